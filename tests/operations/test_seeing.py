"""What somebody is shown: the condition that a database asks of all rows says what the policy says of each."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import delete, event, func, insert, select, update

from notifications.owed import OwedKind
from operations.actors import MACHINE, OF_PEOPLE, Actor, Role
from operations.acts import Act
from operations.attempts import note_refused
from operations.casefiles import case_file
from operations.experts.pool import declare_tie
from operations.finding import find_nominations, programs_seen
from operations.lookup import list_nominations
from operations.organizations import place_organization
from operations.overview import overview, program_overview
from operations.people import add_person
from operations.policy import Deed, grants
from operations.queries import Query, Sort
from operations.results import Denied, UnknownError
from operations.seeing import Seeing
from operations.usage import usage_of
from programs.panels import Ground
from states import Move
from states.recusals import Tie
from store import INSTALLATION, events_of
from store import tables as t
from tests.conftest import on
from tests.databases import SQLITE
from tests.operations.amending import amended, drop, until
from tests.operations.office import LUZHOU
from tests.operations.panels import REVIEW

#: City above district above plant; another district beside.
TREE = {"江阳区": "泸州市", "长江厂": "江阳区", "龙马潭区": "泸州市", "长江厂车间": "长江厂", "泸州市": None}
ROLES = list(OF_PEOPLE)
OPERATOR = Actor("乙", Role.OPERATOR, "江阳区")
PLACES = [*TREE, "某处", "泸州市人力资源和社会保障局", "长江厂甲某", None]


@pytest.fixture
def staffed(luzhou):
    """Nominations of two districts, of which each stands elsewhere, and an end among them."""
    drafts = [
        {"unit": "长江厂", "nominator": "江阳区"},
        {"unit": "长江厂甲某", "nominator": "江阳区"},
        {"unit": "沱江厂", "nominator": "龙马潭区"},
        {"unit": "长江厂", "nominator": "龙马潭区"},
    ]
    numbers = [luzhou.nominate(**draft) for draft in drafts]
    luzhou.bring(numbers[2], "screening")
    with luzhou.desk.store.write() as transaction:
        for place in TREE:
            transaction.connection.execute(insert(t.organization).prefix_with("OR IGNORE").values(name=place))
        for place, parent in TREE.items():
            transaction.connection.execute(
                update(t.organization).where(t.organization.c.name == place).values(parent=parent)
            )
        # One has come to its end, which nobody holds.
        of = t.nomination.c
        ended = {"stage": "withdrawn", "holder": None, "due_at": None}
        transaction.connection.execute(update(t.nomination).where(of.number == numbers[3]).values(ended))
    return luzhou


def seen(office, actor: Actor) -> tuple[list[str], list[str]]:
    """The numbers that the condition lets through, and those that the policy does, one by one."""
    with office.desk.store.read() as connection:
        seeing = Seeing(office.desk, connection, actor, office.now)
        rows = connection.execute(select(t.nomination).order_by(t.nomination.c.id)).all()
        shown = connection.execute(select(t.nomination.c.number).where(seeing.condition).order_by(t.nomination.c.id))
        by_one = [row.number for row in rows if seeing.sees(office.desk.running_for(connection, row), row)]
        return list(shown.scalars()), by_one


@on(SQLITE)
@pytest.mark.parametrize("climbed", [2000, 0])
def test_condition_of_all_rows_says_what_the_policy_says_of_each(staffed, monkeypatch, climbed):
    # Who lies below is found from above or from below, by how many nominate.
    monkeypatch.setattr("operations.conditions._CLIMBED", climbed)
    told = {}
    for role in ROLES:
        for place in PLACES:
            by_all, by_one = seen(staffed, Actor("某人", role, place))
            assert by_all == by_one, (role, place)
            told[role, place] = [int(number[-4:]) for number in by_all]
    assert told[Role.OPERATOR, "江阳区"] == [1, 2, 4]  # one was put forward by another, of a plant below it
    assert told[Role.OPERATOR, "长江厂"] == [1, 4]
    assert told[Role.OPERATOR, "龙马潭区"] == [3, 4]
    assert told[Role.OPERATOR, "长江厂车间"] == told[Role.OPERATOR, "某处"] == []
    assert (
        told[Role.OPERATOR, "泸州市"] == told[Role.SUPERVISOR, None] == told[Role.ADMINISTRATOR, None] == [1, 2, 3, 4]
    )
    assert told[Role.ADMINISTRATOR, "江阳区"] == told[Role.ADMINISTRATOR, "泸州市"] == []
    assert told[Role.SUPERVISOR, "江阳区"] == [1, 2, 4]
    assert set(grants(Deed.SEE_NOMINATIONS)) == {*ROLES, Role.NOMINEE} - {Role.SECURITY}


@on(SQLITE)
def test_nominee_is_shown_their_own_nomination_wherever_they_are_and_nobody_else_by_it(staffed):
    with staffed.desk.store.write() as transaction:
        connection = transaction.connection
        person = insert(t.person).values(name="甲", created_at=staffed.now).returning(t.person.c.id)
        owner = connection.execute(person).scalar_one()
        held = {"person_id": owner, "role": "nominee", "organization": "长江厂"}
        connection.execute(insert(t.person_role).values(held))
        row = staffed.row(f"{LUZHOU}-0002")
        own = {"person_id": owner, "nomination_id": row.id, "bound_at": staffed.now}
        connection.execute(insert(t.own_nomination).values(own))
    assert seen(staffed, Actor("甲", Role.NOMINEE, "长江厂")) == ([row.number], [row.number])
    # In no other role, at no other place, and nobody else.
    for name, role, place in (
        ("甲", Role.NOMINEE, "江阳区"),
        ("甲", Role.NOMINEE, None),
        ("甲", Role.OPERATOR, "长江厂"),
        ("乙", Role.NOMINEE, "长江厂"),
    ):
        assert seen(staffed, Actor(name, role, place)) == ([], []), (name, role, place)
    actor = Actor("甲", Role.NOMINEE, "长江厂")
    found = overview(staffed.desk, staffed.now, seen_by=actor)
    assert (found.overdue, list_own(staffed, actor)) == (0, [row.number])


@on(SQLITE)
@pytest.mark.parametrize("mine", [False, True])
@pytest.mark.parametrize("sort", [Sort.NEWEST, Sort.WAITING, Sort.DUE])
def test_pages_of_many_are_what_is_seen_in_order(staffed, monkeypatch, sort, mine):
    for place, unit in enumerate(("长江厂", "沱江厂", "长江厂车间", "长江厂")):
        staffed.bring(staffed.nominate(unit=unit, nominator=("江阳区", "龙马潭区")[place % 2]), "screening")
    with staffed.desk.store.write() as transaction:
        of = t.nomination.c
        due = update(t.nomination).where(of.holder.is_not(None)).values(due_at=staffed.now + timedelta(days=3))
        transaction.connection.execute(due)
    # So few are many: pages come from the heads of places, and where fewer are found from all of them.
    monkeypatch.setattr("operations.finding.COUNTED", 1)
    monkeypatch.setattr("operations.finding.PAGE", 2)
    pages = 0
    for role in ROLES:
        for place in ("江阳区", "长江厂", "泸州市", staffed.program.office, None):
            actor = Actor("某人", role, place)
            for program in ("", *(one.id for one in programs_seen(staffed.desk, actor, staffed.now))):
                found, query = [], Query(program=program, mine=mine, sort=sort)
                while True:
                    page = find_nominations(staffed.desk, query, staffed.now, seen_by=actor)
                    found += [one.number for one in page.found]
                    if page.following is None:
                        break
                    pages, query = pages + 1, replace(query, after=page.following)
                assert found == _sorted(staffed, actor, sort, mine=mine), (role, place, program)
    assert pages > 5


def _sorted(office, actor: Actor, sort: Sort, *, mine: bool) -> list[str]:
    """The numbers of what somebody sees, as one statement sorts them; of `mine` those that wait for them."""
    of = t.nomination.c
    with office.desk.store.read() as connection:
        seeing = Seeing(office.desk, connection, actor, office.now)
        query = select(of.number).where(seeing.condition)
        if mine:
            query = query.where(seeing.waiting, of.holder.is_not(None))
        if sort is Sort.NEWEST:
            return list(connection.scalars(query.order_by(of.id.desc())))
        instant, there = (of.due_at, of.due_at) if sort is Sort.DUE else (of.moved_at, of.holder)
        return list(connection.scalars(query.where(there.is_not(None)).order_by(instant, of.id)))


@on(SQLITE)
def test_what_is_kept_of_sides_follows_new_nominations_and_organizations_placed_elsewhere(staffed):
    one, other = (Actor("某人", Role.OPERATOR, name) for name in ("江阳区", "长江厂"))
    assert [list_of(staffed, actor) for actor in (one, other)] == [[1, 2, 4], [1, 4]]
    staffed.nominate(unit="沱江厂", nominator="江阳区")
    staffed.nominate(unit="长江厂", nominator="某工会")
    assert [list_of(staffed, actor) for actor in (one, other)] == [[1, 2, 4, 5, 6], [1, 4, 6]]
    assert place_organization(staffed.desk, "长江厂", "龙马潭区", Act(MACHINE, staffed.now)) is None
    assert [list_of(staffed, actor) for actor in (one, other)] == [[1, 2, 5], [1, 4, 6]]


@on(SQLITE)
def test_sides_of_a_transaction_that_is_abandoned_are_not_kept(staffed):
    actor = Actor("某人", Role.OPERATOR, "长江厂")
    with staffed.desk.store.write() as transaction:
        connection = transaction.connection
        connection.execute(update(t.program).values(sides=t.program.c.sides + 1))
        new = {"program_id": LUZHOU, "unit": "长江厂", "nominator": "某工会"}
        connection.execute(insert(t.side).values(new))
        seeing = Seeing(staffed.desk, connection, actor, staffed.now)
        assert connection.scalar(select(func.count()).select_from(t.nomination).where(seeing.condition)) == 2
        transaction.abandon()
    staffed.nominate(unit="沱江厂", nominator="江阳区")
    assert list_of(staffed, actor) == [1, 4]


def list_of(office, actor: Actor) -> list[int]:
    """The numbers of what somebody's list has, without their program."""
    return [int(one.number[-4:]) for one in find_nominations(office.desk, Query(), office.now, seen_by=actor).found]


def list_own(office, actor: Actor) -> list[str]:
    return [one.number for one in find_nominations(office.desk, Query(), office.now, seen_by=actor).found]


@on(SQLITE)
def test_nobody_registered_is_shown_everything_and_a_stranger_then_nothing(staffed):
    assert len(seen(staffed, Actor("某人"))[0]) == 4
    assert add_person(staffed.desk, "王管理", Role.ADMINISTRATOR, None, staffed.act()) is None
    assert seen(staffed, Actor("某人")) == ([], [])
    assert len(seen(staffed, Actor("王管理"))[0]) == 4


@on(SQLITE)
def test_counts_events_and_lists_are_those_of_what_is_seen(staffed):
    operator = Actor("甲", Role.OPERATOR, "龙马潭区")
    mine = program_overview(staffed.desk, LUZHOU, staffed.now, seen_by=operator)
    assert (mine.state.total, mine.state.under_way, mine.places) == (2, 1, None)
    assert {event.number for event in mine.events if event.number} == {f"{LUZHOU}-0003", f"{LUZHOU}-0004"}
    # What is of the program as a whole is for those who run it.
    assert not [event for event in mine.events if event.number is None]
    whole = program_overview(staffed.desk, LUZHOU, staffed.now)
    assert whole.state.total == 4
    assert [event for event in whole.events if event.number is None]
    later = staffed.now + timedelta(days=60)
    overdue = [overview(staffed.desk, later, seen_by=one).overdue for one in (operator, OPERATOR, MACHINE)]
    assert overdue == [0, 2, 2]


@on(SQLITE)
def test_who_evaluated_is_told_to_those_who_run_the_program_alone(staffed):
    number = f"{LUZHOU}-0003"
    staffed.bring(number, "review")
    staffed.report(number, staffed.program.stage("review").tracks[0].id)
    told = {}
    for actor in (MACHINE, Actor("甲", Role.OPERATOR, "龙马潭区"), Actor("丙", Role.SUPERVISOR, "龙马潭区")):
        events = program_overview(staffed.desk, LUZHOU, staffed.now, seen_by=actor).events
        told[actor] = {event.kind for event in events if event.number == number}
    nobody_s, *others = told.values()
    assert "evaluation.reported" in nobody_s
    assert others == [nobody_s - {"evaluation.reported"}] * 2


@on(SQLITE)
def test_expert_who_took_files_is_named_to_those_who_run_the_program_alone(staffed):
    number = f"{LUZHOU}-0003"
    with staffed.desk.store.write() as transaction:
        for actor in (Actor("张评委", Role.EXPERT), Actor("局经办", Role.OPERATOR)):
            act = Act(actor, staffed.now)
            transaction.record(LUZHOU, "files.seen", nomination=number, files=[], **act.signature())
    holder = staffed.row(number).holder
    readers = (MACHINE, Actor("甲", Role.OPERATOR, "龙马潭区"), Actor("李评委", Role.EXPERT, holder))
    told = [
        [
            event.actor
            for event in case_file(staffed.desk, number, one, staffed.now).history
            if event.kind == "files.seen"
        ]
        for one in readers
    ]
    assert told == [["局经办", "张评委"], ["局经办"], ["局经办"]]


@on(SQLITE)
def test_who_amended_a_program_and_why_is_told_to_those_who_run_it_alone(staffed):
    amended(staffed, until("2019年8月15日"))
    told = {}
    for actor in (MACHINE, OPERATOR):
        newest, first = usage_of(staffed.desk, LUZHOU, actor, staffed.now).versions
        assert newest.differences
        assert (first.actor, first.reason) == (None, None)
        told[actor.name] = (newest.actor, newest.reason)
    assert told.pop("乙") == (None, None)
    assert None not in told[MACHINE.name]


@on(SQLITE)
def test_program_is_known_to_those_who_run_it_and_once_it_is_open_to_all_but_other_administrators(staffed):
    offices = {
        Role.ADMINISTRATOR: "江阳区",
        Role.OPERATOR: "江阳区",
        Role.SCREENING: "江阳区",
        Role.SUPERVISOR: "江阳区",
    }
    known = {}
    for announced in (True, False):
        if not announced:
            with staffed.desk.store.write() as transaction:
                transaction.connection.execute(update(t.program).values(opened_at=None))
        for role, place in offices.items():
            with staffed.desk.store.read() as connection:
                seeing = Seeing(staffed.desk, connection, Actor("某人", role, place), staffed.now)
                known[role, announced] = len(seeing.programs)
    assert known == {
        (role, announced): int(announced and role is not Role.ADMINISTRATOR)
        for role in offices
        for announced in (True, False)
    }


@on(SQLITE)
def test_what_is_not_seen_is_told_as_what_is_not_there(staffed):
    with staffed.desk.store.read() as connection:
        seeing = Seeing(staffed.desk, connection, OPERATOR, staffed.now)
        assert seeing.nomination(f"{LUZHOU}-0001").unit == "长江厂"
        told = []
        for number in (f"{LUZHOU}-0003", f"{LUZHOU}-0009"):
            with pytest.raises(UnknownError) as raised:
                seeing.nomination(number)
            told.append(raised.value.words.zh.replace(number, "N"))
    assert told[0] == told[1]


@on(SQLITE)
def test_asking_for_what_is_not_ones_own_is_an_event(staffed):
    note_refused(staffed.desk, staffed.act(), "/nominations/x-0003")
    # An identity number goes into no event, whoever types it where.
    note_refused(staffed.desk, staffed.act(), "/nominations/510502199001010013")
    with staffed.desk.store.read() as connection:
        asked = [event["asked"] for event in events_of(connection, INSTALLATION) if event["kind"] == "access.refused"]
    assert asked[0] == "/nominations/x-0003"
    assert len(list(list_nominations(staffed.desk))) == 4


@on(SQLITE)
def test_every_kind_of_message_is_named_in_both_languages(staffed):
    number, at = f"{LUZHOU}-0001", staffed.now
    row = staffed.row(number)
    with staffed.desk.store.write() as transaction:
        transaction.connection.execute(delete(t.reminder))
        for kind in OwedKind:
            values = {"key": kind.value, "kind": kind.value, "program_id": LUZHOU, "stage": row.stage, "send_at": at}
            facts = {"move": Move.RETURN.label.zh, "nominee": row.nominee} if kind is OwedKind.NOTICE else {}
            told = values | {"recipient": row.holder, "nomination": number, "facts": facts}
            transaction.connection.execute(insert(t.reminder).values(told))
    messages = case_file(staffed.desk, number, MACHINE, at).messages
    named = [OwedKind(kind).label for kind in OwedKind if kind is not OwedKind.NOTICE] + [Move.RETURN.label]
    assert {(one.what.zh, one.what.en) for one in messages} == {(one.zh, one.en) for one in named}
    assert not [one.what for one in messages if not one.what.en.isascii() or one.what.zh.isascii()]


@on(SQLITE)
@pytest.mark.parametrize("panel", [{}, {"assigned": False, "per_nominee": None}], ids=["assigned", "whole"])
def test_what_experts_see_is_found_by_statements_that_nominations_do_not_multiply(panel_office, panel):
    office = panel_office(**panel)
    names = office.fill_the_pool(3)
    for place in range(6):
        office.nominate(REVIEW, unit=f"{names[0]}所在单位" if place == 2 else f"第{place}厂")
    office.seat()
    if not panel:
        office.assign()
    tie = Tie(Ground.KINSHIP, office.row(f"{LUZHOU}-0001").nominee)
    assert not isinstance(declare_tie(office.desk, names[1], tie, office.as_expert(names[1])), Denied)
    where = office.program.stage(REVIEW).office
    told = {}
    for name in (*names, "外人"):
        by_all, by_one = seen(office, Actor(name, Role.EXPERT, where))
        assert by_all == by_one, name
        told[name] = len(by_all)
    if not panel:
        assert sum(told.values()) == 6 - (f"{LUZHOU}-0001" in assigned_to(office, names[1]))
    else:
        assert told == {names[0]: 5, names[1]: 5, names[2]: 6, "外人": 0}

    def statements() -> int:
        asked: list[str] = []
        event.listen(office.desk.store.engine, "before_cursor_execute", lambda *call: asked.append(call[2]))
        with office.desk.store.read() as connection:
            actor = Actor(names[2], Role.EXPERT, where)
            condition = Seeing(office.desk, connection, actor, office.now).condition
            connection.execute(select(func.count()).where(condition)).scalar_one()
        return len(asked)

    before = statements()
    for _ in range(4):
        office.nominate(REVIEW)
    assert statements() == before


@on(SQLITE)
@pytest.mark.parametrize("blind", [False, True])
def test_expert_sees_no_more_once_an_amendment_takes_their_review_out(panel_office, blind):
    """Whoever was assigned to others by the version that these are of sees nothing of them by the next one."""
    office = panel_office(blind=blind)
    names, where = office.fill_the_pool(3), office.program.office
    for _ in range(3):
        office.nominate(REVIEW)
    office.seat()
    office.assign()
    with office.desk.store.write() as transaction:
        for table in (t.nomination, t.standing):
            later = {"stage": "decision", "holder": where}
            transaction.connection.execute(update(table).where(table.c.stage == REVIEW).values(later))
    amended(office, drop("stages", REVIEW))
    for name in (*names, "外人"):
        actor, own = Actor(name, Role.EXPERT, where), [] if blind else assigned_to(office, name)
        assert seen(office, actor) == (own, own)
        with office.desk.store.read() as connection:
            assert Seeing(office.desk, connection, actor, office.now).counted is None
        told = program_overview(office.desk, office.program.id, office.now, seen_by=actor, latest=100).events
        assert {one.number for one in told} == set(own)


@on(SQLITE)
@pytest.mark.parametrize("runs", [False, True])
@pytest.mark.parametrize("most", [1000, 0])
def test_events_of_what_an_operator_has_ties_to_are_not_told_to_them_however_many_ties_there_are(
    panel_office, monkeypatch, most, runs
):
    monkeypatch.setattr("operations.seeing._MOST_TIED", most)
    office = panel_office()
    (name, *_) = office.fill_the_pool(1)
    _, other = (office.nominate(unit=unit, nominator="江阳区") for unit in (f"{name}所在单位", "某厂"))
    operator = Actor(name, Role.OPERATOR, office.program.office if runs else "江阳区")
    told = program_overview(office.desk, office.id, office.now, seen_by=operator, latest=100).events
    assert {(one.number, one.count) for one in told if one.number or not runs} == {(other, 1)}


def assigned_to(office, name: str) -> list[str]:
    query = select(t.nomination.c.number).join_from(t.assignment, t.nomination).join(t.expert)
    with office.desk.store.read() as connection:
        return list(connection.execute(query.where(t.expert.c.name == name)).scalars())
