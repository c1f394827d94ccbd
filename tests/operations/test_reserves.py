"""候补: named in order, and the next one takes the place of whoever falls out, on a list of their own."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from io import BytesIO
from itertools import count

import pytest
from docx import Document
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from operations.actors import Actor, Role
from operations.acts import Act
from operations.audit import audit
from operations.decide import decide
from operations.lookup import possible_moves
from operations.objections import Outcome, lodge, settle
from operations.papers import replacement_of
from operations.replacing import release_reserves, replace_from_reserves
from operations.results import Batch, Moved, UnknownError
from operations.sweep import sweep
from operations.tenure.revoking import revoke
from programs import Program
from programs import decide as ruled
from states import Move
from store import tables as t
from tests.conftest import on
from tests.databases import SQLITE
from tests.operations.amending import change, edited
from tests.operations.office import CRAFTSMAN_2022, LUZHOU, Office, said, why

GRADE = "chief-technician"


def with_reserves(program: Program, reserves: int = 2, seats: int = 2) -> Program:
    return ruled(edited(program, change("seats", GRADE, count=seats)), {"reserves": reserves})


def decided(office: Office, winners: int = 2, reserves: int = 2) -> tuple[list[str], list[str]]:
    """The winners and the reserves of a decision on all of them, the reserves against the order of their numbers."""
    numbers = [office.nominate("decision") for _ in range(winners + reserves)]
    chosen, rest = numbers[:winners], numbers[winners:][::-1]
    done = decide(
        office.desk,
        office.id,
        "decision",
        dict.fromkeys(chosen, GRADE),
        office.act(),
        reserves=dict.fromkeys(rest, GRADE),
    )
    assert done.denied == (), done
    return chosen, rest


@pytest.fixture
def chosen(office_of, shipped) -> tuple[Office, list[str], list[str]]:
    """Two winners, whose list runs, and two reserves."""
    office = office_of(LUZHOU, program=with_reserves(shipped(LUZHOU)))
    winners, reserves = decided(office)
    office.publicize()
    office.now += timedelta(days=1)
    return office, winners, reserves


def replaced(office: Office, number: str, reason: str = "按候补次序递补"):
    return replace_from_reserves(office.desk, number, office.act(reason))


def removed(office: Office, number: str) -> None:
    objection = lodge(office.desk, number, "某公司", "有争议", office.act())
    assert isinstance(settle(office.desk, objection, Outcome.UPHELD, "属实", office.act()), Moved)


@on(SQLITE)
def test_reserves_wait_in_the_order_in_which_they_were_named_without_a_grade(chosen):
    office, _, reserves = chosen
    assert [(office.row(one).stage, office.row(one).grade) for one in reserves] == [("decision.reserve", None)] * 2
    (event,) = [one for one in office.events() if one["kind"] == "reserves.named"]
    assert event["reserves"] == {reserves[0]: [GRADE, 1], reserves[1]: [GRADE, 2]}
    assert audit(office.desk, office.id).broken == ()


@on(SQLITE)
def test_more_reserves_than_the_program_has_are_refused_together(office_of, shipped):
    office = office_of(LUZHOU, program=with_reserves(shipped(LUZHOU), reserves=1))
    numbers = [office.nominate("decision") for _ in range(3)]
    given = {"reserves": dict.fromkeys(numbers[1:], GRADE)}
    before = office.contents()
    done = decide(office.desk, office.id, "decision", {numbers[0]: GRADE}, office.act(), **given)
    assert [why(one) for one in done.denied] == [[("reserve-free", "四、（四）")]]
    assert (said(done.denied[0]), office.contents() == before) == (["候补已满 1 名"], True)


@on(SQLITE)
def test_program_without_reserves_has_none(luzhou):
    first, second = luzhou.nominate("decision"), luzhou.nominate("decision")
    done = decide(luzhou.desk, luzhou.id, "decision", {first: GRADE}, luzhou.act(), reserves={second: GRADE})
    assert [why(one)[0][0] for one in done.denied] == ["no-such-move"]


@on(SQLITE)
def test_next_reserve_takes_the_place_and_is_published_on_a_list_of_their_own(chosen):
    office, winners, reserves = chosen
    removed(office, winners[0])
    assert why(replaced(office, winners[0], "")) == [("reason-stated", None)]
    moved = replaced(office, winners[0])
    assert (moved.number, moved.destination, office.row(reserves[0]).grade) == (reserves[0], "publicity", GRADE)
    assert office.places().count(("seats." + GRADE, "", 1)) == 1
    office.now += timedelta(days=6)
    listed = office.publicize()
    assert [one.number for one in listed.moved] == [reserves[0]]
    sweep(office.desk, listed.published.closes)
    office.now = listed.published.closes
    assert sorted(one.number for one in office.issue().moved) == sorted([winners[1], reserves[0]])
    assert audit(office.desk, office.id).broken == ()


@on(SQLITE)
def test_operator_is_told_that_no_reserve_is_left_and_that_a_place_is_filled(office_of, shipped):
    office = office_of(LUZHOU, program=with_reserves(shipped(LUZHOU), reserves=1))
    winners, (reserve,) = decided(office, reserves=1)
    office.publicize()
    for winner in winners:
        removed(office, winner)
    clerk = Act(Actor("李经办", Role.OPERATOR, office.program.stage("decision").office), office.now, "递补")
    assert replace_from_reserves(office.desk, winners[0], clerk).number == reserve
    told = [replace_from_reserves(office.desk, winner, clerk) for winner in winners]
    assert [why(one)[0][0] for one in told] == ["place-vacated", "reserve-named"]
    assert said(told[1]) == ["没有“泸州市首席技师”的候补人选"]


@on(SQLITE)
def test_notice_of_a_replacement_lists_the_reserve_alone_and_names_nobody_who_left(chosen):
    office, winners, reserves = chosen
    with pytest.raises(UnknownError, match="has published nobody from the reserves"):
        replacement_of(office.desk, office.id)
    removed(office, winners[0])
    replaced(office, winners[0])
    with pytest.raises(UnknownError, match="has published nobody from the reserves"):
        replacement_of(office.desk, office.id)
    office.now += timedelta(days=6)
    office.publicize()
    document = Document(BytesIO(replacement_of(office.desk, office.id)))
    (table,) = document.tables
    assert [[cell.text for cell in row.cells] for row in table.rows][1:] == [
        ["1", office.row(reserves[0]).nominee, office.row(reserves[0]).unit, "泸州市首席技师"]
    ]
    assert "现空出1个名额" in "".join(paragraph.text for paragraph in document.paragraphs)
    assert office.row(winners[0]).nominee not in [paragraph.text for paragraph in document.paragraphs]


@on(SQLITE)
@pytest.mark.parametrize("what", [Move.WITHDRAW, Move.DISQUALIFY])
def test_place_of_whoever_withdraws_or_is_disqualified_is_filled_once(chosen, what):
    office, winners, reserves = chosen
    assert why(replaced(office, winners[0])) == [("place-vacated", None)]
    assert isinstance(office.move(winners[0], what), Moved)
    assert replaced(office, winners[0]).number == reserves[0]
    assert said(replaced(office, winners[0])) == [f"{winners[0]} 空出的名额已经递补"]
    assert office.row(reserves[1]).stage == "decision.reserve"


@on(SQLITE)
def test_reserve_who_has_withdrawn_is_passed_over_and_none_is_left_in_the_end(chosen):
    office, winners, reserves = chosen
    office.move(reserves[0], Move.WITHDRAW)
    for winner in winners:
        removed(office, winner)
    assert replaced(office, winners[0]).number == reserves[1]
    assert why(replaced(office, winners[1])) == [("reserve-named", None)]


@on(SQLITE)
def test_moves_of_a_reserve_are_told_by_the_grade_they_are_in_reserve_for(office_of, shipped):
    """The first grade is full, and stays so; the place that is free is of the second."""
    grades = ("craftsman", "runner-up")
    program = edited(shipped(CRAFTSMAN_2022), *(change("seats", grade, count=1) for grade in grades))
    office = office_of(CRAFTSMAN_2022, program=ruled(program, {"reserves": 1}))
    first, second, reserve = (office.nominate("decision") for _ in range(3))
    chosen = dict(zip((first, second), grades, strict=True))
    done = decide(office.desk, office.id, "decision", chosen, office.act(), reserves={reserve: grades[1]})
    assert done.denied == ()

    def told() -> dict[Move, tuple[list[str], list[str]]]:
        found = possible_moves(office.desk, reserve, office.act().actor, office.now)
        return {one.move: ([why.gate for why in one.refusals], [why.gate for why in one.asked]) for one in found}

    assert told()[Move.REPLACE] == (["seat-free"], ["reason-stated"])
    office.publicize()
    office.now += timedelta(days=1)
    removed(office, second)
    assert told()[Move.REPLACE] == ([], ["reason-stated"])


@on(SQLITE)
def test_reserves_replace_nobody_by_a_single_move(chosen):
    office, winners, reserves = chosen
    removed(office, winners[0])
    assert why(office.move(reserves[0], Move.REPLACE, grade=GRADE)) == [("part-of-more", None)]


@on(SQLITE)
def test_reserves_who_are_not_needed_are_let_go(chosen):
    office, _, reserves = chosen
    assert isinstance(release_reserves(office.desk, office.id, office.act("已发文")), Batch)
    assert office.stages(reserves) == ["not-chosen"] * 2
    assert not [one for one in office.places() if one[0].startswith("reserves.")]


@on(SQLITE)
def test_replacement_is_held_to_the_history(chosen):
    office, winners, _ = chosen
    removed(office, winners[0])
    replaced(office, winners[0])
    with office.desk.store.write() as transaction:
        transaction.connection.execute(t.replacement.update().values(reason="另一理由"))
    assert [(one.where, one.disagreement.field) for one in audit(office.desk, office.id).broken] == [
        (f"replacement:{winners[0]}", "reason")
    ]


@on(SQLITE)
def test_reserves_are_held_to_the_order_in_which_they_were_named(chosen):
    office, winners, reserves = chosen
    removed(office, winners[0])
    replaced(office, winners[0])
    mine = t.place.c.limit_key.startswith("reserves.")
    forged = [
        (t.place.update().where(mine).values(ordinal=7), "ordinal"),
        (t.place.update().where(mine).values(limit_key="reserves.other"), "grade"),
        (t.place.delete().where(mine), "exists"),
    ]
    for statement, field in forged:
        with office.desk.store.write() as transaction:
            transaction.connection.execute(statement)
            transaction.abandon()
            found = [(one.where, one.disagreement.field) for one in audit(office.desk, office.id).broken]
        assert found == [(f"reserve:{reserves[1]}", field)]
    assert audit(office.desk, office.id).broken == ()


def test_two_who_replace_at_once_fill_every_place_once_and_never_more_than_the_seats(chosen):
    office, winners, reserves = chosen
    for winner in winners:
        removed(office, winner)
    with ThreadPoolExecutor(4) as pool:
        done = list(pool.map(lambda number: replaced(office, number), [*winners, *winners]))
    assert sorted(one.number for one in done if isinstance(one, Moved)) == sorted(reserves)
    assert [why(one)[0][0] for one in done if not isinstance(one, Moved)] == ["place-vacated"] * 2
    assert [one for one in office.places() if one[0].startswith("seats.")] == [
        ("seats." + GRADE, "", 1),
        ("seats." + GRADE, "", 2),
    ]


#: Each example has a program of its own.
EXAMPLES = count(1)

ACTS = st.tuples(
    st.sampled_from(
        ["object", "dismiss", "correct", "uphold", "defer", "replace", "publish", "wait", "issue", "revoke"]
    ),
    st.integers(0, 3),
)


@on(SQLITE)
@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(contested=st.lists(ACTS, min_size=4, max_size=12), awarded=st.lists(ACTS, min_size=4, max_size=12))
def test_T19_nobody_wins_with_an_open_objection_beyond_the_seats_or_after_a_revocation(
    office_of, shipped, contested, awarded
):
    """Whatever is done before and after the award, which is tried for in between and once more in the end."""
    program = with_reserves(shipped(LUZHOU)).model_copy(update={"id": f"{LUZHOU}-{next(EXAMPLES)}"})
    office = office_of(LUZHOU, program=program)
    winners, reserves = decided(office)
    office.publicize()
    numbers = [*winners, *reserves]
    out: set[str] = set()
    for name, place in (*contested, *TRIED, *awarded, *TRIED):
        office.now += timedelta(hours=1)
        open_before = _with_open_objections(office)
        honored_before = _honored(office)
        _act(office, name, numbers[place])
        stages = dict(zip(numbers, office.stages(numbers), strict=True))
        assert {number for number in out if stages[number] not in OUT} == set()
        out |= {number for number, stage in stages.items() if stage in OUT}
        honored = _honored(office)
        assert len(honored) <= 2
        assert (honored - honored_before).isdisjoint(open_before | out)
    assert audit(office.desk, office.id).broken == ()


#: What brings whoever may be honored to it.
TRIED = (("publish", 0), ("wait", 0), ("issue", 0))
#: Nobody comes back from there.
OUT = {"removed", "deferred", "revoked"}


def _honored(office: Office) -> set[str]:
    """Whoever was ever honored by a document."""
    query = select(t.nomination.c.number).join_from(t.award, t.nomination).where(t.award.c.program_id == office.id)
    with office.desk.store.read() as connection:
        return set(connection.execute(query).scalars())


def _act(office: Office, name: str, number: str) -> None:
    endings = {"dismiss": "dismissed", "correct": "corrected", "uphold": "upheld", "defer": "deferred"}
    others: dict[str, Callable[[], object]] = {
        "object": lambda: lodge(office.desk, number, "某公司", "有争议", office.act()),
        "replace": lambda: replaced(office, number),
        "publish": office.publicize,
        "issue": office.issue,
        "revoke": lambda: revoke(office.desk, number, "1", office.act(), approval="纪要", to_recover=0),
    }
    if name == "wait":
        office.now += timedelta(days=9)
        sweep(office.desk, office.now)
    elif name in endings:
        for objection, one in _open_objections(office):
            if one == number:
                settle(office.desk, objection, Outcome(endings[name]), "经核查", office.act())
    else:
        others[name]()


def _open_objections(office: Office) -> list[tuple[int, str]]:
    of = t.objection.c
    query = select(of.id, t.nomination.c.number).join_from(t.objection, t.nomination)
    query = query.where(of.outcome.is_(None), t.nomination.c.program_id == office.id)
    with office.desk.store.read() as connection:
        return [tuple(row) for row in connection.execute(query.order_by(of.id))]


def _with_open_objections(office: Office) -> set[str]:
    return {number for _, number in _open_objections(office)}
