"""What migrations find out from what was there: an office at work, taken back to an earlier revision and up again."""

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from operations.disagreements import disagreements
from operations.sweep import sweep
from operations.tenure.paying import pay
from operations.tenure.revoking import revoke
from states import Move
from store import tables as t
from store.migrate import differences, downgrade, migrate
from tests.operations.amending import change, edited
from tests.operations.office import CRAFTSMAN_2022, LUZHOU, STUDIO, Office


def pasts(office: Office) -> list[tuple[object, ...]]:
    of = t.past.c
    columns = (of.kind, of.name, of.holder, of.unit, of.owner, of.since, of.ended_at)
    query = select(t.nomination.c.number, *columns).join_from(t.past, t.nomination).order_by(t.nomination.c.number)
    with office.desk.store.read() as connection:
        return [tuple(row) for row in connection.execute(query)]


def claims(office: Office) -> list[tuple[object, ...]]:
    query = select(t.claim.c.key, t.claim.c.owner).order_by(t.claim.c.key, t.claim.c.owner)
    with office.desk.store.read() as connection:
        return [tuple(row) for row in connection.execute(query)]


@pytest.fixture
def at_work(office_of) -> list[Office]:
    """Some were chosen, one of them withdrew, one was honored, one revoked."""
    craftsman, studio = office_of(CRAFTSMAN_2022), office_of(STUDIO)
    chosen = [craftsman.nominate("decision") for _ in range(3)]
    for number, grade in zip(chosen, ("craftsman", "runner-up", "craftsman"), strict=True):
        craftsman.move(number, Move.CHOOSE, grade=grade)
    craftsman.move(chosen[0], Move.WITHDRAW)
    craftsman.nominate("screening")
    led = studio.nominate("tenure")
    studio.move(led, Move.REVOKE)
    return [craftsman, studio]


def is_lost(one) -> bool:
    """Whether it is about a table that an earlier revision has not: only the history tells what is lost on the way."""
    return "revocation" in one.number or one.field.startswith("endorsement.")


def test_migration_finds_out_who_was_honored_and_what_nobody_has_twice(at_work):
    office = at_work[0]
    before = pasts(office), claims(office)
    assert [len(some) for some in before] == [3, 1]
    downgrade(office.desk.store, "0006")
    migrate(office.desk.store)
    assert (pasts(office), claims(office)) == before
    assert differences(office.desk.store) == []
    with office.desk.store.read() as connection:
        assert [one for one in disagreements(connection) if not is_lost(one)] == []


def test_migration_finds_out_who_was_honored_by_which_document(at_work):
    studio = at_work[1]

    def awards() -> list[tuple[object, ...]]:
        query = select(t.nomination.c.number, t.award.c.stage, t.award.c.document).join_from(t.award, t.nomination)
        with studio.desk.store.read() as connection:
            return [tuple(row) for row in connection.execute(query.order_by(t.nomination.c.number))]

    before = awards()
    assert [(stage, document) for _, stage, document in before] == [("issuance", "某人社〔2026〕1号")]
    downgrade(studio.desk.store, "0009")
    migrate(studio.desk.store)
    assert awards() == before
    with studio.desk.store.read() as connection:
        assert [one for one in disagreements(connection) if not is_lost(one)] == []


def test_migration_tells_the_terms_of_reminders_and_payments_apart_and_finds_the_ban(office_of, shipped):
    program = edited(shipped(LUZHOU), change("stages", "tenure", revoked_bars_years=2))
    office = office_of(LUZHOU, program=program)
    number = office.nominate("tenure")
    pay(office.desk, number, "allowance", 500_000, office.act(), document="文")
    office.now = office.now.replace(year=office.now.year + 1) - timedelta(days=5)
    sweep(office.desk, office.now)
    revoke(office.desk, number, "1", office.act(), approval="纪要", to_recover=0)

    def kept() -> tuple[list[object], ...]:
        queries = (
            select(t.reminder.c.key).order_by(t.reminder.c.key),
            select(t.payment.c.stage),
            select(t.revocation.c.past_id),
        )
        with office.desk.store.read() as connection:
            return tuple(list(connection.execute(query).scalars()) for query in queries)

    before = kept()
    assert any("|tenure|report-1-" in str(key) for key in before[0])
    downgrade(office.desk.store, "0026")
    with office.desk.store.read() as connection:
        keys = connection.exec_driver_sql("SELECT key FROM reminder").scalars().all()
    assert not any("|tenure|report-1-" in key for key in keys)
    migrate(office.desk.store)
    assert kept() == before
    assert [len(some) > 0 for some in before] == [True, True, True]


def test_migration_passes_over_an_event_that_cannot_be_read(at_work):
    office = at_work[0]
    before = pasts(office)
    downgrade(office.desk.store, "0006")
    with office.desk.store.write() as transaction:
        for table, change in (("event", "update"),):
            if transaction.connection.dialect.name == "sqlite":
                transaction.connection.exec_driver_sql(f"DROP TRIGGER {table}_refuses_{change}")
            else:
                transaction.connection.exec_driver_sql(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        broken = (t.event.c.program_id == CRAFTSMAN_2022, t.event.c.position == 1)
        transaction.connection.execute(update(t.event).where(*broken).values(payload='{"move":"issue"'))
    migrate(office.desk.store)
    assert pasts(office) == before


def test_migration_finds_out_whose_quota_was_used_and_who_nominates(office_of):
    office = office_of(CRAFTSMAN_2022)
    office.nominate(nominator="江北区")
    number = office.nominate(nominator="某央企", nominator_kind="central-unit", host="江北区")
    downgrade(office.desk.store, "0006")
    migrate(office.desk.store)
    assert office.row(number).host == "江北区"
    with office.desk.store.read() as connection:
        kinds = dict(connection.execute(select(t.nominator.c.name, t.nominator.c.kind)).tuples().all())
        assert [one for one in disagreements(connection) if not is_lost(one)] == []
    assert kinds == {"江北区": "district", "某央企": "central-unit"}
