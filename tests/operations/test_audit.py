"""What the tables say is held against the history, and what disagrees is named with both values."""

import json
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import delete, insert, select, text, update

from deadlines.schedules import Schedule, ScheduledDay
from deadlines.zone import SHANGHAI
from operations.actors import Actor
from operations.acts import Act
from operations.audit import audit, heads, heads_to_json, read_heads
from operations.certify import Numbered, number_certificates
from operations.desk import Desk
from operations.disagreements import Disagreement, disagreements
from operations.intakes import extend_deadline
from operations.recount import recount
from operations.results import UnknownError
from store import Head
from store import tables as t
from tests.conftest import on
from tests.databases import SQLITE
from tests.operations.office import CRAFTSMAN_2017, CRAFTSMAN_2022, LUZHOU, STUDIO, TECHNICIAN

NUMBER = f"{LUZHOU}-0003"


@pytest.fixture
def rehearsed(rehearsed_store, calendar, vault) -> Desk:
    return Desk(rehearsed_store, calendar, vault)


def disagreeing(desk: Desk, *statements) -> list[Disagreement]:
    """What disagrees once somebody has run these on the tables; it is taken back."""
    with desk.store.write() as transaction:
        for statement in statements:
            transaction.connection.execute(statement)
        transaction.abandon()
        found = list(disagreements(transaction.connection))
        of_program = list(disagreements(transaction.connection, LUZHOU))
    assert sorted(of_program, key=repr) == sorted(found, key=repr)
    return found


def nomination(**values):
    return update(t.nomination).where(t.nomination.c.number == NUMBER).values(values)


def row(desk: Desk, table=t.nomination):
    query = select(table)
    if table is t.nomination:
        query = query.where(t.nomination.c.number == NUMBER)
    with desk.store.read() as connection:
        return connection.execute(query).first()


def test_rehearsed_tables_agree_with_their_history(rehearsed):
    assert disagreeing(rehearsed) == []
    found = audit(rehearsed)
    assert (found.broken, found.breaks, len(found.heads)) == ((), 0, 1)


@pytest.mark.parametrize("program", [LUZHOU, CRAFTSMAN_2017, CRAFTSMAN_2022, STUDIO, TECHNICIAN])
def test_tables_of_every_shipped_program_agree_on_the_way(office_of, program):
    office = office_of(program)
    number = office.nominate()
    standing = office.row(number).stage
    assert disagreeing_of(office.desk) == []
    office.bring(number, "publicity" if program in (LUZHOU, STUDIO) else standing)
    if program == LUZHOU:
        office.publicize()
    assert disagreeing_of(office.desk) == []


@pytest.mark.parametrize(
    "values", [{"sealed": False}, {"form_number": "9-9"}, {"opinion": {"甲": "乙"}}, {"endorsed_by": "别人"}]
)
def test_what_a_tier_put_on_a_form_is_held_against_its_move(rehearsed, values):
    of = t.endorsement.c
    with rehearsed.store.read() as connection:
        own = connection.execute(
            select(t.nomination.c.number, t.endorsement)
            .join_from(t.endorsement, t.nomination)
            .where(of.sealed)
            .limit(1)
        ).one()
    mine = (of.nomination_id == own.nomination_id, of.tier == own.tier)
    (found,) = disagreeing(rehearsed, update(t.endorsement).where(*mine).values(values))
    assert (found.number, found.field) == (own.number, f"endorsement.{own.tier}")
    (gone,) = disagreeing(rehearsed, delete(t.endorsement).where(*mine))
    assert (gone.number, gone.table, gone.history is None) == (own.number, None, False)


def disagreeing_of(desk: Desk) -> list[Disagreement]:
    with desk.store.read() as connection:
        return list(disagreements(connection))


@pytest.mark.parametrize("field", ["stage", "nominee", "unit", "nominator", "category", "route"])
def test_changed_text_of_a_nomination_is_named(rehearsed, field):
    told = getattr(row(rehearsed), field)
    found = disagreeing(rehearsed, nomination(**{field: "篡改"}))
    assert found == [Disagreement(LUZHOU, NUMBER, field, "篡改", told)]


def test_changed_version_of_a_nomination_is_named(rehearsed):
    version = row(rehearsed).version
    found = disagreeing(rehearsed, nomination(version=version + 1))
    assert found == [Disagreement(LUZHOU, NUMBER, "version", version + 1, version)]
    assert "版本" in found[0].words.zh


def test_renumbered_nomination_is_named_by_both_numbers(rehearsed):
    found = disagreeing(rehearsed, nomination(number="forged-0001"))
    # What tiers put on its form is told of by its number as well.
    parts = {one.number for one in found if one.field.startswith("endorsement.")}
    assert parts == {NUMBER, "forged-0001"}
    found = [one for one in found if not one.field.startswith("endorsement.")]
    # Its place in the ranking is somebody else's then, too.
    assert sorted(found, key=lambda one: (one.number.rpartition(":")[0], one.number)) == [
        Disagreement(LUZHOU, "forged-0001", "exists", table=True, history=False),
        Disagreement(LUZHOU, NUMBER, "exists", table=False, history=True),
        Disagreement(LUZHOU, "ranked:review:forged-0001", "exists", table=True, history=False),
        Disagreement(LUZHOU, f"ranked:review:{NUMBER}", "exists", table=False, history=True),
    ]


def test_nomination_that_nobody_drew_up_is_named(rehearsed):
    values = {"number": "smuggled", "program_id": LUZHOU, "route": "organization", "stage": "honored"}
    people = {"nominator": "县", "unit": "厂", "nominee": "人", "moved_at": datetime(2020, 1, 1, tzinfo=UTC)}
    found = disagreeing(rehearsed, insert(t.nomination).values(**values, **people))
    assert found == [Disagreement(LUZHOU, "smuggled", "exists", table=True, history=False)]


def test_count_of_a_place_is_held_against_the_nominations_that_stand_there(rehearsed):
    with rehearsed.store.read() as connection:
        kept = connection.execute(select(t.standing).where(t.standing.c.nominations > 0)).first()
    same = (t.standing.c.stage == kept.stage) & (t.standing.c.holder == kept.holder)
    found = disagreeing(rehearsed, update(t.standing).where(same).values(nominations=kept.nominations + 1))
    there = f"{kept.stage}（{kept.holder or '—'}）"
    assert found == [Disagreement(LUZHOU, there, "standing", kept.nominations + 1, kept.nominations)]


@on(SQLITE)
def test_what_no_column_should_hold_is_named_and_not_stumbled_over(rehearsed):
    for field, forged in {"stage": "x'ff00'", "version": "'second'", "nominee": "x'ff'"}.items():
        statement = text(f"UPDATE nomination SET {field} = {forged} WHERE number = '{NUMBER}'")  # noqa: S608
        assert [(one.number, one.field) for one in disagreeing(rehearsed, statement)] == [(NUMBER, field)]
    for table, field in {"program": "opened_at", "publicity": "closes_at", "ruling": "decision"}.items():
        found = disagreeing(rehearsed, text(f"UPDATE {table} SET {field} = x'ff'"))  # noqa: S608
        assert {one.field for one in found} == {field}


def test_changed_opening_is_named(rehearsed):
    opened = row(rehearsed, t.program).opened_at
    later = opened + timedelta(days=1)
    found = disagreeing(rehearsed, update(t.program).values(opened_at=later))
    assert found == [Disagreement(LUZHOU, LUZHOU, "opened_at", later.isoformat(), opened.isoformat())]
    (closed,) = disagreeing(rehearsed, update(t.program).values(opened_at=None))
    assert (closed.table, closed.history) == (None, opened.isoformat())


@pytest.mark.parametrize("column", ["definition", "closes"])
def test_changed_definition_and_closes_are_named(rehearsed, column):
    kept = row(rehearsed, t.program)
    changed = json.loads(json.dumps(getattr(kept, column)).replace("2019", "2020"))
    (found,) = disagreeing(rehearsed, update(t.program).values({column: changed}))
    assert (found.number, found.field, found.history) == (LUZHOU, "definition", kept.digest)


def test_definition_agrees_after_everything_that_changes_it(luzhou):
    luzhou.rule("closing-hour", "17:30")
    to = datetime(2019, 8, 5, tzinfo=SHANGHAI)
    extend_deadline(luzhou.desk, luzhou.id, "recommendation.office", to, "某文", luzhou.act())
    assert disagreeing_of(luzhou.desk) == []


def test_changed_removed_and_invented_rulings_are_named(rehearsed):
    ruling = row(rehearsed, t.ruling)
    this = t.ruling.c.ruling_id == ruling.ruling_id
    name = f"ruling:{ruling.ruling_id}"
    changed = disagreeing(rehearsed, update(t.ruling).where(this).values(decision="另行决定", actor="他人"))
    assert {(one.number, one.field, one.table) for one in changed} == {
        (name, "decision", "另行决定"),
        (name, "actor", "他人"),
    }
    assert disagreeing(rehearsed, delete(t.ruling).where(this)) == [
        Disagreement(LUZHOU, name, "exists", table=False, history=True)
    ]
    invented = insert(t.ruling).values(
        program_id=LUZHOU, ruling_id="invented", decision=True, actor="他人", decided_at=ruling.decided_at
    )
    assert disagreeing(rehearsed, invented) == [
        Disagreement(LUZHOU, "ruling:invented", "exists", table=True, history=False)
    ]


def test_changed_days_of_a_list_are_named(rehearsed):
    published = row(rehearsed, t.publicity)
    name = f"publicity:{published.stage}@{published.published_at.isoformat()}"
    for field, value in {
        "first_day": date(2019, 1, 1),
        "last_day": date(2019, 1, 1),
        "closes_at": datetime(2019, 1, 1, tzinfo=SHANGHAI),
        "objections_close_at": datetime(2019, 1, 1, tzinfo=SHANGHAI),
        "provisional": not published.provisional,
        "venue": "别处",
    }.items():
        shown = value if isinstance(value, bool | str) else value.isoformat()
        told = getattr(published, field)
        changed = update(t.publicity).where(t.publicity.c.id == published.id).values({field: value})
        (found,) = disagreeing(rehearsed, changed)
        assert (found.number, found.field, found.table) == (name, field, shown)
        assert found.history == (told if isinstance(told, bool | str) else told.isoformat())


def test_changed_document_is_named(rehearsed):
    found = disagreeing(rehearsed, update(t.document).values(issued_at=datetime(2019, 9, 30, tzinfo=SHANGHAI)))
    documents = [one for one in found if one.number.startswith("document:")]
    assert {(one.field, one.table) for one in documents} == {("issued_at", "2019-09-30T00:00:00+08:00")}
    # Terms began with it.
    assert {one.field for one in found if one not in documents} == {"begun"}


def test_honor_that_no_document_gave_is_named(rehearsed):
    with rehearsed.store.read() as connection:
        honored = select(t.award.c.nomination_id)
        other = connection.execute(select(t.nomination).where(t.nomination.c.id.not_in(honored)).limit(1)).one()
        award = connection.execute(select(t.award).limit(1)).one()
    forged = {"nomination_id": other.id, "stage": award.stage, "program_id": award.program_id}
    found = disagreeing(rehearsed, insert(t.award).values(forged | {"document": award.document}))
    assert [(one.number, one.field, one.table, one.history) for one in found] == [
        (f"award:{other.number}@{award.document}", "exists", True, False)
    ]


def test_certificate_that_was_changed_is_named(rehearsed):
    with rehearsed.store.read() as connection:
        program = connection.execute(select(t.award.c.program_id)).scalars().first()
    act = Act(Actor("王管理"), datetime(2019, 9, 30, tzinfo=SHANGHAI))
    assert isinstance(number_certificates(rehearsed, program, act), Numbered)
    assert disagreeing_of(rehearsed) == []
    changed = update(t.certificate).where(t.certificate.c.ordinal == 1).values(number="伪造1号")
    found = disagreeing(rehearsed, changed)
    assert {(one.number == "certificate:伪造1号", one.field, one.table, one.history) for one in found} == {
        (True, "exists", True, False),
        (False, "exists", False, True),
    }


def test_recounted_list_agrees_by_its_new_days(luzhou, store, vault):
    luzhou.now = datetime(2019, 7, 15, 10, tzinfo=SHANGHAI)
    luzhou.nominate("publicity")
    luzhou.publicize()
    day = luzhou.desk.calendar.add_working_days(luzhou.now.date(), 1)
    off = Schedule(2019, (ScheduledDay(day, "临时放假", off=True),), "made up", revision=True)
    later = Desk(store, luzhou.desk.calendar.with_schedule(off), vault)
    assert recount(later, Act(Actor("管理员甲"), luzhou.now + timedelta(hours=1))).publicities == 1
    assert disagreeing_of(later) == []


def test_disagreements_are_counted_and_the_first_hundred_of_them_named(rehearsed):
    with rehearsed.store.write() as transaction:
        transaction.connection.execute(
            update(t.nomination).values(nominee="甲", unit="乙", nominator="丙", route="丁", stage="戊", category="己")
        )
    found = audit(rehearsed)
    assert (found.breaks, len(found.broken)) == (20 * 6, 100)
    assert found.broken[0].disagreement == Disagreement(
        LUZHOU, f"{LUZHOU}-0001", "category", "己", found.broken[0].disagreement.history
    )


def test_heads_are_read_as_they_were_written(rehearsed):
    noted = heads(rehearsed).heads
    now = datetime(2026, 3, 2, 9, tzinfo=SHANGHAI)
    written = heads_to_json(noted, now)
    assert {one["at"] for one in written} == {"2026-03-02T09:00:00+08:00"}
    assert tuple(read_heads(json.dumps(written).encode())) == noted
    assert audit(rehearsed, noted=noted).compared == 1
    forged = [Head(LUZHOU, noted[0].sequence + 1, noted[0].events + 1, "0" * 64)]
    (cut,) = audit(rehearsed, noted=forged).broken
    assert "链被截短" in cut.words.zh
    assert audit(rehearsed, LUZHOU, noted=[Head("other", 1, 1, "0" * 64)]).compared == 0


HEAD = {"program": "x", "sequence": 1, "events": 1, "digest": "0" * 64}


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "不是 JSON 文档"),
        (b"\xff\xfe", "不是 JSON 文档"),
        (b"[" * 100_000, "不是 JSON 文档"),
        (b"{}", "应是链首的列表"),
        (b"[1]", "第 1 项不是链首"),
        *(
            (json.dumps([HEAD, {**HEAD, field: wrong}]).encode(), f"第 2 项的 {field} 不对")
            for field, wrong in [
                ("program", ""),
                ("program", 7),
                ("program", "a\0b"),
                ("program", "x" * 65),
                ("sequence", 0),
                ("sequence", True),
                ("sequence", "1"),
                ("events", 2**31),
                ("events", None),
                ("digest", "0" * 63),
                ("digest", "G" * 64),
            ]
        ),
    ],
)
def test_malformed_heads_are_refused_with_what_is_wrong(content, why):
    with pytest.raises(UnknownError) as refused:
        read_heads(content)
    assert why in refused.value.words.zh
