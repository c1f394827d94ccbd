"""Transactions: one link each, kept whole or not at all, and a history that only grows."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import pytest
from sqlalchemy import delete, insert, select, text, update
from sqlalchemy.exc import DatabaseError, IntegrityError

from store import Head, Store, events_of, insert_new, verify
from store import tables as t
from store.chain import GENESIS, canonical, event_digest, link_digest
from store.types import UnfitError
from tests.conftest import on
from tests.databases import POSTGRESQL, SQLITE

PROGRAM = "small-2026"
OTHER = "other-2026"


def links(store: Store, program: str = PROGRAM) -> list[tuple[int, int, int]]:
    query = select(t.link.c.sequence, t.link.c.first_position, t.link.c.last_position)
    with store.read() as connection:
        return [
            tuple(row)
            for row in connection.execute(query.where(t.link.c.program_id == program).order_by(t.link.c.sequence))
        ]


def happened(store: Store, program: str = PROGRAM) -> list[str]:
    with store.read() as connection:
        return [event["kind"] for event in events_of(connection, program)]


def record(store: Store, *kinds: str, program: str = PROGRAM) -> None:
    with store.write() as transaction:
        for kind in kinds:
            transaction.record(program, kind)


def organizations(store: Store) -> list[str]:
    with store.read() as connection:
        return list(connection.execute(select(t.organization.c.name).order_by(t.organization.c.name)).scalars())


def found(name: str) -> object:
    return insert(t.organization).values(name=name)


def fail_after_writing(store: Store) -> None:
    with store.write() as transaction:
        transaction.connection.execute(found("乙厂"))
        transaction.record(PROGRAM, "b")
        raise ZeroDivisionError


def test_transaction_writes_one_link_for_all_its_events(prepared):
    record(prepared, "a")
    record(prepared, "b", "c", "d")
    record(prepared, "e")
    assert links(prepared) == [(1, 1, 1), (2, 2, 4), (3, 5, 5)]
    assert happened(prepared) == ["a", "b", "c", "d", "e"]


def test_transaction_over_two_programs_writes_a_link_for_each(prepared):
    with prepared.write() as transaction:
        transaction.record(OTHER, "a")
        transaction.record(PROGRAM, "b")
        transaction.record(OTHER, "c")
    assert links(prepared) == [(1, 1, 1)]
    assert links(prepared, OTHER) == [(1, 1, 2)]


def test_transaction_without_events_writes_no_link(prepared):
    with prepared.write() as transaction:
        transaction.connection.execute(found("某厂"))
    assert organizations(prepared) == ["某厂"]
    assert links(prepared) == []


def test_links_are_chained_from_the_genesis(prepared):
    record(prepared, "a", "b")
    record(prepared, "c")
    a, b, c = (event_digest(canonical({"program": PROGRAM, "kind": kind})) for kind in "abc")
    first = link_digest(GENESIS, [a, b])
    with prepared.read() as connection:
        digests = list(connection.execute(select(t.link.c.digest).order_by(t.link.c.sequence)).scalars())
        audit = verify(connection)
    assert digests == [first, link_digest(first, [c])]
    assert (audit.events, audit.links, audit.broken) == (3, 2, ())
    assert audit.heads == (Head(PROGRAM, 2, 3, digests[-1]),)


def test_event_is_canonical_json_without_what_is_none(prepared):
    with prepared.write() as transaction:
        transaction.record(PROGRAM, "说明", zeta=1, alpha="甲", nothing=None, verdicts={"b": True, "a": None})
    with prepared.read() as connection:
        payload = connection.execute(select(t.event.c.payload)).scalar_one()
    assert payload == ('{"alpha":"甲","kind":"说明","program":"small-2026","verdicts":{"a":null,"b":true},"zeta":1}')


@pytest.mark.parametrize(
    "fact",
    ["证件 11010519491231002X", ["甲", "11010519491231002X"], {"a": {"b": "11010519491231002X"}}],
    ids=["a sentence", "a list", "an object"],
)
def test_event_with_an_identity_number_anywhere_is_refused_and_leaves_nothing(prepared, fact):
    with pytest.raises(UnfitError) as refused, prepared.write() as transaction:
        transaction.record(PROGRAM, "tested", said=fact)
    assert "不能写身份证号码" in refused.value.words.zh
    with prepared.read() as connection:
        assert list(events_of(connection, PROGRAM)) == []


def test_history_of_one_nomination_is_read_either_way(prepared):
    with prepared.write() as transaction:
        for place in range(3):
            transaction.record(PROGRAM, f"k{place}", nomination="n-1" if place != 1 else "n-2")
    with prepared.read() as connection:
        forth = [(one["position"], one["kind"]) for one in events_of(connection, PROGRAM, nomination="n-1")]
        back = [one["kind"] for one in events_of(connection, PROGRAM, newest_first=True)]
    assert forth == [(1, "k0"), (3, "k2")]
    assert back == ["k2", "k1", "k0"]


def test_exception_leaves_nothing_behind(prepared):
    with pytest.raises(ZeroDivisionError):
        fail_after_writing(prepared)
    record(prepared, "a")
    assert organizations(prepared) == []
    assert (happened(prepared), links(prepared)) == (["a"], [(1, 1, 1)])


def test_abandoned_transaction_leaves_nothing_behind(prepared):
    with prepared.write() as transaction:
        transaction.connection.execute(found("某厂"))
        transaction.record(PROGRAM, "a")
        transaction.abandon()
    assert organizations(prepared) == []
    assert happened(prepared) == []


def test_event_of_an_unknown_program_is_not_kept(prepared):
    with pytest.raises(IntegrityError):
        record(prepared, "a", program="moon-2026")
    assert links(prepared, "moon-2026") == []


def test_write_within_a_write_joins_it_in_one_link(prepared):
    with prepared.write() as outer:
        outer.record(PROGRAM, "a")
        with prepared.write() as inner:
            inner.connection.execute(found("某厂"))
            inner.record(PROGRAM, "b")
            with prepared.write() as innermost:
                innermost.record(PROGRAM, "c")
        outer.record(PROGRAM, "d")
    assert organizations(prepared) == ["某厂"]
    assert (happened(prepared), links(prepared)) == (["a", "b", "c", "d"], [(1, 1, 4)])


def test_abandoned_inner_write_leaves_the_outer_one_as_it_was(prepared):
    with prepared.write() as outer:
        outer.connection.execute(found("甲厂"))
        outer.record(PROGRAM, "a")
        with prepared.write() as inner:
            inner.connection.execute(found("乙厂"))
            inner.record(PROGRAM, "b")
            inner.abandon()
        outer.record(PROGRAM, "c")
    assert organizations(prepared) == ["甲厂"]
    assert happened(prepared) == ["a", "c"]


def test_inner_write_that_raises_and_is_caught_leaves_the_outer_one_as_it_was(prepared):
    with prepared.write() as outer:
        outer.record(PROGRAM, "a")
        with pytest.raises(ZeroDivisionError):
            fail_after_writing(prepared)
        outer.connection.execute(found("甲厂"))
    assert organizations(prepared) == ["甲厂"]
    assert happened(prepared) == ["a"]


def test_outer_write_that_is_abandoned_takes_the_inner_one_with_it(prepared):
    with prepared.write() as outer:
        with prepared.write() as inner:
            inner.connection.execute(found("乙厂"))
            inner.record(PROGRAM, "b")
        outer.abandon()
    assert organizations(prepared) == []
    assert happened(prepared) == []


def test_reading_within_a_write_sees_what_it_has_done_and_others_do_not(prepared):
    with prepared.write() as transaction, ThreadPoolExecutor(1) as elsewhere:
        transaction.connection.execute(found("某厂"))
        assert organizations(prepared) == ["某厂"]
        assert elsewhere.submit(organizations, prepared).result() == []


def test_reading_after_a_write_within_a_read_sees_it_and_the_read_around_keeps_its_state(prepared):
    def seen(connection) -> int:
        return len(list(events_of(connection, PROGRAM)))

    with prepared.read() as around:
        before = seen(around)
        with prepared.write() as transaction:
            transaction.record(PROGRAM, "noted")
        with prepared.read() as within:
            assert (seen(within), seen(around)) == (before + 1, before)
    with prepared.read() as connection:
        assert seen(connection) == before + 1


def test_writers_at_once_leave_no_gap_and_no_break(prepared):
    def write(worker: int) -> None:
        for place in range(15):
            record(prepared, f"{worker}.{place}", f"{worker}.{place}'")

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(write, range(4)))
    assert links(prepared) == [(one, 2 * one - 1, 2 * one) for one in range(1, 61)]
    with prepared.read() as connection:
        assert verify(connection).broken == ()


@pytest.mark.parametrize("table", [t.event, t.link], ids=lambda table: table.name)
@pytest.mark.parametrize("change", [update, delete])
def test_history_refuses_changes_even_from_the_product(prepared, table, change):
    record(prepared, "a")
    statement = change(table).values(digest="0" * 64) if change is update else change(table)
    with pytest.raises(DatabaseError, match="append-only"), prepared.write() as transaction:
        transaction.connection.execute(statement)
    with prepared.read() as connection:
        assert verify(connection).broken == ()


@on(SQLITE)
def test_history_in_sqlite_refuses_a_row_put_in_the_place_of_another(prepared):
    record(prepared, "a")
    replace = text("INSERT OR REPLACE INTO event SELECT program_id, position, nomination, '{}', digest FROM event")
    with pytest.raises(DatabaseError, match="append-only"), prepared.write() as transaction:
        transaction.connection.execute(replace)


@on(POSTGRESQL)
@pytest.mark.parametrize("how", ["TRUNCATE event", "TRUNCATE link", "TRUNCATE program CASCADE"])
def test_history_in_postgresql_refuses_to_be_emptied_at_once(prepared, how):
    record(prepared, "a")
    with pytest.raises(DatabaseError, match="append-only"), prepared.write() as transaction:
        transaction.connection.execute(text(how))
    with prepared.read() as connection:
        assert (verify(connection).broken, verify(connection).events) == ((), 1)


@on(POSTGRESQL)
def test_history_in_postgresql_refuses_a_row_written_over_by_an_upsert(prepared):
    record(prepared, "a")
    upsert = text(
        "INSERT INTO event SELECT * FROM event ON CONFLICT (program_id, position) DO UPDATE SET payload = '{}'"
    )
    with pytest.raises(DatabaseError, match="append-only"), prepared.write() as transaction:
        transaction.connection.execute(upsert)


def test_insert_new_tells_how_many_were_new(prepared):
    rows = [{"name": "甲厂"}, {"name": "乙厂"}]
    with prepared.write() as transaction:
        counts = [
            insert_new(transaction.connection, t.organization, some)
            for some in (rows[:1], rows, [], [*rows, {"name": "丙厂"}, {"name": "丙厂"}])
        ]
    assert counts == [1, 1, 0, 1]
    assert organizations(prepared) == sorted(["甲厂", "乙厂", "丙厂"])


def test_insert_new_leaves_the_row_that_is_there_as_it_is(prepared):
    with prepared.write() as transaction:
        insert_new(transaction.connection, t.organization, [{"name": "某局", "mail": "a@example.cn"}])
        insert_new(transaction.connection, t.organization, [{"name": "某局", "mail": "b@example.cn"}])
        mails = transaction.connection.execute(select(t.organization.c.mail)).scalars().all()
    assert mails == ["a@example.cn"]


def test_store_keeps_a_committed_change_when_it_is_opened_again(prepared):
    record(prepared, "a")
    prepared.close()
    with closing(Store(prepared.url)) as again:
        assert happened(again) == ["a"]
