"""A program whose committee votes is rehearsed whole: it stands level once, and votes again."""

from contextlib import closing

import pytest

from notifications.channels import MemoryChannel
from operations.audit import audit
from operations.ballots.showing import show_ballots
from operations.desk import Desk
from operations.rehearse import rehearse
from store import Store
from tests.conftest import on
from tests.databases import SQLITE
from tests.operations.balloting import DECISION, with_ballot
from tests.operations.office import LUZHOU

#: What is asked here is the same on every database.
pytestmark = [pytest.mark.usefixtures("databases"), on(SQLITE)]


@pytest.mark.parametrize("secret", [True, False])
def test_rehearsed_committee_stands_level_votes_again_and_fills_the_seats(
    new_database, calendar, vault, shipped, secret
):
    program = with_ballot(shipped(LUZHOU), seats=3, secret=secret)
    with closing(Store(new_database())) as store:
        desk = Desk(store, calendar, vault)
        done = rehearse(desk, program, MemoryChannel(), nominations=16, seed=1)
        (scene,) = [one for one in done.scenes if one["title"][1] == DECISION]
        assert scene["notes"] == ["第 1 轮表决：最后 1 个名额处 2 件得票相同，再次投票", "第 2 轮表决：通过 3 件"]
        assert not scene["refused"]
        shown = show_ballots(desk, program.id, DECISION)
        assert [(one.state, bool(one.found.tie), bool(one.votes)) for one in shown] == [
            ("closed", True, not secret),
            ("closed", False, not secret),
        ]
        assert audit(desk, program.id).broken == ()
