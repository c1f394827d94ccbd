"""Many who act on the same thing at the same instant: as many win as may, and each loser is told why.

Everybody has a store and a desk of their own, as processes have them, and all wait at a barrier before they act.
"""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing
from datetime import datetime
from threading import Barrier
from typing import Any

import pytest
from sqlalchemy import func, select

from notifications.channels import MemoryChannel
from notifications.owed import notice
from operations.actors import Actor
from operations.acts import Act
from operations.desk import Desk
from operations.intakes import extend_deadline
from operations.inviting import Invited, accept, invite
from operations.issue import Issued
from operations.move import move
from operations.nominate import Nominated, nominate
from operations.objections import Outcome, lodge, settle
from operations.opening import Opened, confirm_ruling, open_program
from operations.owing import write_owed
from operations.publicize import Publicized
from operations.rankings import ranking_at
from operations.results import Denied, Moved
from operations.screen import report
from operations.sweep import Sweep, sweep
from operations.tallying import import_tally
from operations.tenure.paying import Payment, pay
from operations.undo import undo
from programs import Path, Program
from states import Move
from store import Store, verify
from store import tables as t
from tests.conftest import on
from tests.databases import POSTGRESQL
from tests.operations.office import CRAFTSMAN_2017, INTAKE, LUZHOU, Office, put_on, said, why
from tests.states.test_undoing import with_undo

ONE_SEAT = [{"id": "chief-technician", "award": "泸州市首席技师", "clause": "一", "count": 1}]

#: How many act at once, and how often.
MANY = 4
ROUNDS = 3

AT_THE_NOMINATOR = "recommendation.recommender"

Deed = Callable[[Office], Any]
Race = Callable[[Office, list[Deed]], list[Any]]


@pytest.fixture
def own_office(store, calendar, vault) -> Callable[[Office], Office]:
    """The same office seen from another process: nothing is shared but the database."""

    def opened(office: Office) -> Office:
        return Office(Desk(Store(store.url), calendar, vault), office.program, office.now)

    return opened


@pytest.fixture
def race(own_office) -> Race:
    """Do these deeds at the same instant; returns what came of each, in their order."""

    def ran(office: Office, deeds: list[Deed]) -> list[Any]:
        together = Barrier(len(deeds))

        def act(deed: Deed) -> Any:
            racer = own_office(office)
            with closing(racer.desk.store):
                # Whoever is connected and has compiled the program starts with the others.
                racer.running()
                together.wait()
                return deed(racer)

        with ThreadPoolExecutor(len(deeds)) as pool:
            return list(pool.map(act, deeds))

    return ran


def written(office: Office) -> tuple[int, int]:
    """How many events and links the program's history has; it must hold together."""
    with office.desk.store.read() as connection:
        audit = verify(connection, office.id)
        assert audit.broken == ()
        links = connection.execute(
            select(func.count()).select_from(t.link).where(t.link.c.program_id == office.id)
        ).scalar_one()
    assert links == audit.links
    return audit.events, audit.links


def race_for_one(office: Office, race: Race, deeds: list[Deed], *, gate: str) -> int:
    """Have these deeds done at once, of which one may succeed; returns the place of the one that did.

    It has written one event in one link; the others are refused by this gate, and have written nothing.
    """
    events, links = written(office)
    outcomes = race(office, deeds)
    winners = [place for place, outcome in enumerate(outcomes) if not isinstance(outcome, Denied)]
    losers = [outcome for outcome in outcomes if isinstance(outcome, Denied)]
    assert (len(winners), len(losers)) == (1, len(deeds) - 1)
    assert {name for loser in losers for name, _ in why(loser)} == {gate}
    assert written(office) == (events + 1, links + 1)
    return winners[0]


def moving(number: str, what: Move, **facts: Any) -> Deed:
    return lambda racer: racer.move(number, what, **facts)


def with_changes(program: Program, **fields: Any) -> Program:
    return Program.model_validate(program.model_dump() | fields)


def test_last_place_of_a_nominator_s_quota_goes_to_one_of_many(craftsman, race):
    for turn in range(ROUNDS):
        body = {"nominator": f"第{turn}局", "nominator_kind": "department"}
        for _ in range(2):
            craftsman.nominate("recommendation.office", **body)
        numbers = [craftsman.nominate(AT_THE_NOMINATOR, **body) for _ in range(MANY)]
        won = race_for_one(craftsman, race, [moving(number, Move.ENDORSE) for number in numbers], gate="quota-free")
        expected = [AT_THE_NOMINATOR] * MANY
        expected[won] = "recommendation.office"
        assert craftsman.stages(numbers) == expected
        taken = [place for place in craftsman.places() if place[1] == body["nominator"]]
        assert taken == [("quota.department", body["nominator"], place) for place in (1, 2, 3)]


def test_only_place_of_a_unit_s_quota_goes_to_one_of_many(studio, race):
    for turn in range(ROUNDS):
        numbers = [studio.nominate("recommendation.department", unit=f"第{turn}梁平厂") for _ in range(MANY)]
        race_for_one(studio, race, [moving(number, Move.ENDORSE) for number in numbers], gate="quota-free")
        assert [place for place in studio.places() if place[1] == f"第{turn}梁平厂"] == [
            ("quota.unit", f"第{turn}梁平厂", 1)
        ]


def test_last_seat_goes_to_one_of_many(studio, race):
    numbers = [studio.nominate("decision", unit=f"梁平{place}厂") for place in range(MANY + ROUNDS - 1)]
    for _ in range(ROUNDS):
        deeds = [moving(number, Move.CHOOSE, grade="studio") for number in numbers]
        won = race_for_one(studio, race, deeds, gate="seat-free")
        assert [place for place in studio.places() if place[0] == "seats.studio"] == [("seats.studio", "", 1)]
        assert isinstance(studio.move(numbers.pop(won), Move.DISQUALIFY), Moved)


def test_last_place_of_a_cut_goes_to_one_of_many(desk, shipped, race):
    program = shipped(LUZHOU)
    stages = [
        stage.model_dump() | ({"keep": 1, "ranked": False} if stage.id == "review" else {}) for stage in program.stages
    ]
    office = Office(desk, with_changes(program, id="cut-2019", stages=stages, seats=ONE_SEAT), INTAKE[LUZHOU])
    office.open()
    numbers = [office.nominate("review") for _ in range(MANY + ROUNDS - 1)]
    for number in numbers:
        for track in ("materials", "site-visit"):
            office.report(number, track)
    for _ in range(ROUNDS):
        won = race_for_one(office, race, [moving(number, Move.ADVANCE) for number in numbers], gate="keep-free")
        assert office.places() == [("keep.review", "", 1)]
        assert isinstance(office.move(numbers.pop(won), Move.DISQUALIFY), Moved)


@on(POSTGRESQL)
def test_whoever_comes_second_to_a_last_place_in_postgresql_waits_and_is_then_refused(craftsman, own_office, store):
    body = {"nominator": "市交通局", "nominator_kind": "department"}
    for _ in range(2):
        craftsman.nominate("recommendation.office", **body)
    first, second = (craftsman.nominate(AT_THE_NOMINATOR, **body) for _ in range(2))
    other = own_office(craftsman)
    with closing(other.desk.store), ThreadPoolExecutor(1) as elsewhere:
        with craftsman.desk.store.write():
            assert isinstance(craftsman.move(first, Move.ENDORSE), Moved)
            outcome = elsewhere.submit(other.move, second, Move.ENDORSE)
            assert waits(store, outcome)
        assert said(outcome.result()) == ["市交通局的名额已用完：每个市级行业主管部门推荐人数（不超过 3 名）"]


@on(POSTGRESQL)
def test_move_is_not_taken_back_in_postgresql_while_a_list_is_published_that_rests_on_it(
    office_of, shipped, store, own_office
):
    office = office_of(LUZHOU, program=with_undo(shipped(LUZHOU)))
    first, second = (office.nominate("decision") for _ in range(2))
    office.move(first, Move.CHOOSE, grade="chief-technician")
    office.move(second, Move.ELIMINATE)
    other = own_office(office)
    with closing(other.desk.store), ThreadPoolExecutor(1) as elsewhere:
        with office.desk.store.write():
            assert isinstance(office.publicize(), Publicized)
            outcome = elsewhere.submit(undo, other.desk, second, other.act("误操作"))
            assert waits(store, outcome)
        assert said(outcome.result()) == ["此后已经公布了名单"]


@on(POSTGRESQL)
def test_ranking_is_not_settled_in_postgresql_while_a_move_is_taken_back(office_of, shipped, store, own_office):
    office = office_of(LUZHOU, program=with_undo(shipped(LUZHOU)))
    gone, stays = (office.nominate("review") for _ in range(2))
    office.move(gone, Move.WITHDRAW)
    for track in ("materials", "site-visit"):
        office.report(stays, track)
    other = own_office(office)
    with closing(other.desk.store), ThreadPoolExecutor(1) as elsewhere:
        with office.desk.store.write():
            assert isinstance(undo(office.desk, gone, office.act("误操作")), Moved)
            outcome = elsewhere.submit(other.rank)
            assert waits(store, outcome)
        # Whoever came back is among those who are ranked, and has not been reported on.
        assert [gate for gate, _ in why(outcome.result())] == ["evaluations-complete"]


@on(POSTGRESQL)
def test_same_reminders_owed_in_another_order_in_postgresql_make_nobody_wait_in_a_circle(luzhou, own_office, store):
    one, other = (
        notice(luzhou.id, str(place), 1, "x", "某厂", facts={}, calendar=luzhou.running().calendar, now=luzhou.now)
        for place in range(2)
    )
    elsewhere_at = own_office(luzhou)

    def owe_both() -> int:
        with elsewhere_at.desk.store.write() as transaction:
            return write_owed(transaction.connection, [other]) + write_owed(transaction.connection, [one])

    with closing(elsewhere_at.desk.store), ThreadPoolExecutor(1) as elsewhere:
        with luzhou.desk.store.write() as transaction:
            owed = write_owed(transaction.connection, [one])
            outcome = elsewhere.submit(owe_both)
            assert waits(store, outcome)
            owed += write_owed(transaction.connection, [other])
        assert (owed, outcome.result()) == (2, 0)


@on(POSTGRESQL)
def test_what_arrives_while_the_day_s_word_is_gathered_is_owed_beside_it_in_postgresql(luzhou, own_office):
    luzhou.nominate(unit="长江厂")
    elsewhere = own_office(luzhou)
    elsewhere.follow(luzhou)
    arrivals = select(t.reminder.c.id).where(t.reminder.c.kind == "arrival")
    with closing(elsewhere.desk.store), luzhou.desk.store.write() as transaction:
        assert len(transaction.connection.execute(arrivals.with_for_update()).all()) == 1
        elsewhere.nominate(unit="长江厂")
    with luzhou.desk.store.read() as connection:
        assert len(connection.execute(arrivals).all()) == 2


def waits(store: Store, outcome: Future[Any]) -> bool:
    """Whether somebody waits for a lock before this is done."""
    with store.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        waiting = "SELECT count(*) FROM pg_locks WHERE NOT granted"
        while connection.exec_driver_sql(waiting).scalar_one() == 0:
            if outcome.done():
                return False
    return True


def test_places_of_different_limits_are_taken_side_by_side(craftsman, race):
    """Each takes a place of its own and then its turn at the chain: nobody waits in a circle, nobody is refused."""
    for turn in range(ROUNDS):
        bodies = [{"nominator": f"第{turn}{place}局", "nominator_kind": "department"} for place in range(MANY)]
        numbers = [craftsman.nominate(AT_THE_NOMINATOR, **body) for body in bodies]
        events, links = written(craftsman)
        outcomes = race(craftsman, [moving(number, Move.ENDORSE) for number in numbers])
        assert [type(outcome).__name__ for outcome in outcomes] == ["Moved"] * MANY
        assert written(craftsman) == (events + MANY, links + MANY)
    assert len(craftsman.places()) == ROUNDS * MANY


def test_one_nominee_is_nominated_by_one_of_many(luzhou, race):
    for turn in range(ROUNDS):
        draft = luzhou.draft()
        number = f"{LUZHOU}-{turn + 1:04d}"
        events, links = written(luzhou)
        deed: Deed = lambda racer, draft=draft: nominate(racer.desk, racer.id, draft, racer.act())  # noqa: E731 - for many
        outcomes = race(luzhou, [deed] * MANY)
        assert [outcome for outcome in outcomes if isinstance(outcome, Nominated)] == [
            Nominated(number, "recommendation.unit")
        ]
        losers = [outcome for outcome in outcomes if isinstance(outcome, Denied)]
        assert [why(loser) for loser in losers] == [[("nominated-once", None)]] * (MANY - 1)
        assert {said(loser)[0] for loser in losers} == {f"此人已在本项目申报，编号 {number}"}
        assert written(luzhou) == (events + 1, links + 1)


def test_nominations_drawn_up_at_once_are_numbered_without_a_gap(luzhou, race):
    drafts = [luzhou.draft() for _ in range(ROUNDS * MANY)]
    found: list[str] = []
    for turn in range(ROUNDS):
        deeds = [
            lambda racer, draft=draft: nominate(racer.desk, racer.id, draft, racer.act())
            for draft in drafts[turn * MANY : (turn + 1) * MANY]
        ]
        found += [outcome.number for outcome in race(luzhou, deeds)]
    assert sorted(found) == [f"{LUZHOU}-{place:04d}" for place in range(1, ROUNDS * MANY + 1)]
    with luzhou.desk.store.read() as connection:
        named = dict(connection.execute(select(t.nomination.c.number, t.nomination.c.nominee)).tuples().all())
    assert [named[number] for number in found] == [draft.nominee for draft in drafts]


def test_nomination_moved_by_two_who_saw_the_same_moves_once_and_the_other_is_told_by_whom(luzhou, race):
    names = ("李经办", "张经办")
    for _ in range(ROUNDS):
        number = luzhou.nominate(AT_THE_NOMINATOR)
        put = put_on(luzhou.desk, number)
        deeds = [
            lambda racer, name=name, number=number, put=put: move(
                racer.desk, number, Move.ENDORSE, Act(Actor(name), racer.now), seen_version=2, endorsement=put
            )
            for name in names
        ]
        events, links = written(luzhou)
        outcomes = race(luzhou, deeds)
        (won,) = (place for place, outcome in enumerate(outcomes) if isinstance(outcome, Moved))
        assert (outcomes[won].version, luzhou.row(number).version) == (3, 3)
        lost = outcomes[1 - won]
        assert why(lost) == [("seen-version", None)]
        assert said(lost) == [f"此件已被{names[won]}于 2019年7月15日 10:00 办到“组织推荐·市级受理”"]
        assert luzhou.events(number)[-1]["actor"] == names[won]
        assert written(luzhou) == (events + 1, links + 1)


def test_document_issued_by_many_at_once_is_issued_once(luzhou, race):
    for turn in range(ROUNDS):
        number = luzhou.nominate("issuance")
        outcomes = race(luzhou, [lambda racer, turn=turn: racer.issue(f"泸市人社发〔2019〕{turn + 1}号")] * MANY)
        issued = [outcome for outcome in outcomes if isinstance(outcome, Issued)]
        assert [[one.number for one in outcome.moved] for outcome in issued] == [[number]]
        gates = {gate for outcome in outcomes if isinstance(outcome, Denied) for gate, _ in why(outcome)}
        assert gates == {"somebody-waits"}
        # The intake is over since: the next one is nominated in time again.
        luzhou.now = INTAKE[LUZHOU]
    with luzhou.desk.store.read() as connection:
        numbers = connection.execute(select(t.document.c.number).order_by(t.document.c.number)).scalars().all()
    assert numbers == [f"泸市人社发〔2019〕{turn + 1}号" for turn in range(ROUNDS)]
    written(luzhou)


def test_program_opened_by_many_at_once_is_opened_once(desk, shipped, race):
    program = shipped(LUZHOU)
    office = Office(desk, program, INTAKE[LUZHOU])
    for ruling in program.rulings:
        confirm_ruling(desk, program, ruling.id, None, office.act())
    deeds = [lambda racer: open_program(racer.desk, program, racer.act())] * MANY
    race_for_one(office, race, deeds, gate="not-open-yet")
    assert open_program(desk, program, office.act()) != Opened(program.id, office.now)


def test_deadlines_extended_at_once_are_all_extended(office_of, race):
    office = office_of(CRAFTSMAN_2017)
    later = {
        "recommendation.district": datetime.fromisoformat("2017-05-11T00:00+08:00"),
        "recommendation.city": datetime.fromisoformat("2017-05-21T00:00+08:00"),
    }
    number = office.nominate()
    before = office.running().version
    deeds = [
        lambda racer, deadline=deadline, closes=closes: extend_deadline(
            racer.desk, racer.id, deadline, closes, "延期通知", racer.act()
        )
        for deadline, closes in later.items()
    ]
    outcomes = race(office, [*deeds, moving(number, Move.SUBMIT)])
    assert [type(outcome).__name__ for outcome in outcomes] == ["Program", "Program", "Moved"]
    running = office.running()
    assert (running.closes, running.version) == (later, before + 2)
    row = office.row(number)
    assert row.due_at == running.due_at_tier(row.stage, Path(row.category, row.route)).at
    written(office)


def test_objections_lodged_at_once_are_numbered_without_a_gap_and_settled_once(luzhou, race):
    numbers = [luzhou.nominate("publicity") for _ in range(MANY)]
    luzhou.publicize()
    deeds: list[Deed] = [
        lambda racer, number=number: lodge(racer.desk, number, "某单位", "反映问题", racer.act()) for number in numbers
    ]
    lodged: list[int] = []
    # The first ones move their nominees, those after them join.
    for _ in range(ROUNDS):
        lodged += race(luzhou, deeds)
    assert sorted(lodged) == list(range(1, ROUNDS * MANY + 1))
    assert set(luzhou.stages(numbers)) == {"publicity.objected"}

    events, links = written(luzhou)
    outcomes = race(luzhou, [lambda racer: settle(racer.desk, lodged[-1], Outcome.UPHELD, "查实", racer.act())] * MANY)
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["Denied"] * (MANY - 1) + ["Moved"]
    assert {gate for one in outcomes if isinstance(one, Denied) for gate, _ in why(one)} == {"objection-open"}
    # Admitted, settled, and removed from the list: three events in one link.
    assert written(luzhou) == (events + 3, links + 1)


def test_sweeps_at_once_move_everything_once(luzhou, race):
    numbers = [luzhou.nominate(nominator=f"第{place % 3}区") for place in range(12)]
    luzhou.now = luzhou.row(numbers[0]).due_at
    events, _ = written(luzhou)
    done: list[Sweep] = race(luzhou, [lambda racer: sweep(racer.desk, racer.now)] * MANY)
    assert sorted(one.number for sweeping in done for one in sweeping.named) == numbers
    assert [one for sweeping in done for one in sweeping.refused] == []
    assert written(luzhou)[0] == events + len(numbers)
    assert set(luzhou.stages(numbers)) == {"lapsed"}
    assert sweep(luzhou.desk, luzhou.now).named == []


def test_sweep_and_operators_at_once_move_everything_once(luzhou, race):
    """A sweep of everything due, and operators who withdraw some of it: each nomination ends one way."""
    for _ in range(ROUNDS):
        luzhou.now = INTAKE[LUZHOU]
        numbers = [luzhou.nominate() for _ in range(MANY)]
        luzhou.now = luzhou.row(numbers[0]).due_at
        swept, *withdrawn = race(
            luzhou,
            [
                lambda racer: sweep(racer.desk, racer.now),
                *(moving(number, Move.WITHDRAW, seen_version=1) for number in numbers[: MANY - 1]),
            ],
        )
        lapsed = [one.number for one in swept.named]
        by_hand = [one.number for one in withdrawn if isinstance(one, Moved)]
        left = sweep(luzhou.desk, luzhou.now)
        assert sorted([*lapsed, *by_hand, *(one.number for one in left.named)]) == numbers
        assert {luzhou.row(number).version for number in numbers} == {2}
        written(luzhou)


def test_votes_of_one_platform_are_imported_once_whoever_is_first(craftsman, race):
    number = craftsman.nominate("vote")

    def importing(count: int) -> Deed:
        content = f"编号,票数\n{number},{count}".encode()
        return lambda racer: import_tally(racer.desk, racer.id, content, f"{count}.csv", racer.act())

    race_for_one(craftsman, race, [importing(count) for count in range(MANY)], gate="platform-once")


def test_ranking_is_settled_once_whoever_is_first(luzhou, race):
    number = luzhou.nominate("review")
    for track in ("materials", "site-visit"):
        luzhou.report(number, track)
    race_for_one(luzhou, race, [lambda racer: racer.rank()] * MANY, gate="somebody-to-rank")


def test_report_and_the_ranking_that_closes_it_never_both_have_the_last_word(luzhou, race):
    number = luzhou.nominate("review")
    for track in ("materials", "site-visit"):
        luzhou.report(number, track)

    def late(racer: Office) -> Any:
        return report(racer.desk, number, "materials", racer.act(), points=1, opinion="改") or "reported"

    race(luzhou, [lambda racer: racer.rank(), late])
    assert ranking_at(luzhou.desk, luzhou.id, "review").agrees


@on(POSTGRESQL)
def test_invitation_is_not_taken_up_in_postgresql_while_another_one_withdraws_it(luzhou, own_office, store):
    number, address = luzhou.nominate(AT_THE_NOMINATOR), "https://linxuan.example.org"
    object.__setattr__(luzhou.desk.letterhead, "public", address)
    post = MemoryChannel()

    def inviting() -> Invited:
        invited = invite(luzhou.desk, number, "p@example.org", luzhou.act(), post)
        assert isinstance(invited, Invited)
        return invited

    first, other = inviting(), own_office(luzhou)
    link = next(line for line in post.letters[0].text.splitlines() if line.startswith(address))
    made, signature = link.rsplit("/", 2)[1:]
    taken = (other.desk, int(made), signature, first.code, other.now)
    with closing(other.desk.store), ThreadPoolExecutor(1) as elsewhere:
        with luzhou.desk.store.write():
            inviting()
            outcome = elsewhere.submit(accept, *taken, password="候选人自己的密码")  # noqa: S106
            assert waits(store, outcome)
        assert outcome.result() is None
    of = t.invitation.c
    with luzhou.desk.store.read() as connection:
        kept = connection.execute(select(of.used_at, of.withdrawn_at.is_not(None)).order_by(of.id)).tuples().all()
    assert kept == [(None, True), (None, False)]


def test_benefit_that_several_pay_at_once_is_paid_once(luzhou, race):
    number = luzhou.nominate("tenure")

    def paying(office: Office) -> Any:
        return pay(office.desk, number, "allowance", 1_000_000, office.act(), document="某文")

    done = race(luzhou, [paying] * MANY)
    assert sum(isinstance(one, Payment) for one in done) == 1
    assert {why(one)[0][0] for one in done if isinstance(one, Denied)} == {"paid-once"}
