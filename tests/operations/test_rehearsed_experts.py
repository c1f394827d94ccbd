"""A program that draws experts is rehearsed whole, and leaves nobody in the pool."""

from contextlib import closing

from notifications.channels import MemoryChannel
from operations.desk import Desk
from operations.experts.panels import explain_panel
from operations.experts.pool import list_experts
from operations.rehearse import rehearse
from store import Store, verify
from tests.conftest import on
from tests.databases import SQLITE
from tests.operations.office import LUZHOU
from tests.operations.panels import REVIEW, with_panel

#: What is asked here is the same on every database; others race on both.
pytestmark = on(SQLITE)


def test_program_that_draws_experts_is_rehearsed_to_its_end_the_same_every_time(new_database, calendar, vault, shipped):
    program = with_panel(shipped(LUZHOU), size=5, per_nominee=3, age_at_most=45)
    heads, ends = [], []
    for _ in range(2):
        with closing(Store(new_database())) as store:
            desk = Desk(store, calendar, vault)
            done = rehearse(desk, program, MemoryChannel(), nominations=20, seed=1)
            ends.append(done.standings)
            with store.read() as connection:
                heads.append(verify(connection, program.id).heads)
            explained = explain_panel(desk, program.id, REVIEW)
            states = [seat.state for seat in explained.panel.seats]
            assert (explained.wrong, states) == ((), ["declined", *["confirmed"] * 5])
            assert list_experts(desk) == []
    assert heads[0] == heads[1]
    plain = {"completed", "revoked", "not-chosen", "lapsed", "rejected"}
    assert plain - set(ends[0]) == set()
    (scene,) = [one for one in done.scenes if one["title"][1] == "review: experts drawn and assigned"]
    assert "refused" not in scene or not scene["refused"]
    assert scene["notes"][0].startswith("候选专家 10 名，抽取 5 名；分配 ")
