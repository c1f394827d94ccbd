"""Whatever is changed in the history behind the product's back is found, and the event is named."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest
from sqlalchemy import Connection, create_engine, make_url, text
from sqlalchemy.exc import DBAPIError

from store import Audit, Head, compare_heads, verify, verify_tails
from store.chain import event_digest
from store.engine import normalised
from tests.conftest import on
from tests.databases import SQLITE
from tests.postgres import ADMINISTRATOR

PROGRAM = "luzhou-chief-technician-2019"


@pytest.fixture
def tampered(rehearsed_database) -> Iterator[Connection]:
    """A rehearsed database in the hands of somebody whom no trigger stops; what is done to it is rolled back."""
    url = normalised(rehearsed_database)
    is_sqlite = url.get_backend_name() == "sqlite"
    engine = create_engine(url if is_sqlite else url.set(username=ADMINISTRATOR))
    with engine.connect() as connection:
        if is_sqlite:
            for table in ("event", "link"):
                for change in ("update", "delete"):
                    connection.execute(text(f"DROP TRIGGER {table}_refuses_{change}"))
        else:
            connection.execute(text("SET session_replication_role = replica"))
        connection.commit()
        yield connection
    engine.dispose()


def events(connection: Connection) -> list[tuple[int, str | None, bytes, str]]:
    payload = "CAST(payload AS BLOB)" if connection.dialect.name == "sqlite" else "convert_to(payload, 'UTF8')"
    columns = f"position, nomination, {payload}, digest"
    return [tuple(row) for row in connection.execute(text(f"SELECT {columns} FROM event ORDER BY position"))]  # noqa: S608


def some(rows: list[tuple], connection: Connection) -> list[tuple]:
    """Every row where reading all is fast; every ninth elsewhere: what judges them is the same code."""
    return rows if connection.dialect.name == "sqlite" else rows[::9]


def broken_by(connection: Connection, statement: str, **values: object) -> list[str]:
    """Return what is named after this change; the change is taken back."""
    if connection.dialect.name == "postgresql":
        values = {name: value.decode() if isinstance(value, bytes) else value for name, value in values.items()}
    connection.execute(text(statement), values)
    audit = verify(connection)
    connection.rollback()
    return named(audit)


def named(audit: Audit) -> list[str]:
    return [broken.where for broken in audit.broken]


def flipped(raw: bytes, seed: int, *, to_text: bool = False) -> bytes:
    """The same bytes with one bit of one of them turned over; still valid text, where a database keeps nothing else."""
    random = Random(seed)  # noqa: S311 - any byte will do
    while True:
        place = random.randrange(len(raw))
        changed = raw[:place] + bytes([raw[place] ^ 1 << random.randrange(7)]) + raw[place + 1 :]
        if not to_text or is_text(changed):
            return changed


def is_text(raw: bytes) -> bool:
    try:
        return "\0" not in raw.decode()
    except ValueError:
        return False


@pytest.fixture
def to_text(databases) -> bool:
    """Whether the database keeps valid text only."""
    return databases.kind != SQLITE


def here(position: int) -> str:
    return f"{PROGRAM}/{position}"


def test_clean_history_has_no_break(tampered):
    audit = verify(tampered)
    count, last = tampered.execute(text("SELECT count(*), max(position) FROM event")).one()
    (head,) = audit.heads
    assert audit.broken == ()
    assert (audit.events, last, head.events) == (count, count, count)
    assert audit.links == head.sequence == tampered.execute(text("SELECT count(*) FROM link")).scalar_one()


def test_every_change_of_one_byte_of_a_payload_is_found(tampered, to_text):
    for position, _, payload, _ in some(events(tampered), tampered):
        changed = flipped(payload, position, to_text=to_text)
        found = broken_by(
            tampered, "UPDATE event SET payload = CAST(:raw AS TEXT) WHERE position = :at", raw=changed, at=position
        )
        assert found[0] == here(position)


def test_every_change_of_one_byte_of_a_digest_is_found(tampered, to_text):
    for position, _, _, digest in some(events(tampered), tampered):
        changed = flipped(digest.encode(), position, to_text=to_text)
        found = broken_by(
            tampered, "UPDATE event SET digest = CAST(:raw AS TEXT) WHERE position = :at", raw=changed, at=position
        )
        assert found == [here(position)]


def test_every_change_of_one_byte_of_a_nomination_is_found(tampered, to_text):
    for position, nomination, _, _ in some(events(tampered), tampered):
        changed = flipped(nomination.encode(), position, to_text=to_text) if nomination else b"x"
        found = broken_by(
            tampered, "UPDATE event SET nomination = CAST(:raw AS TEXT) WHERE position = :at", raw=changed, at=position
        )
        assert found == [here(position)]


def test_every_change_of_one_byte_of_a_program_is_found(tampered, to_text):
    for position, _, _, _ in some(events(tampered), tampered):
        changed = flipped(PROGRAM.encode(), position, to_text=to_text)
        found = broken_by(
            tampered, "UPDATE event SET program_id = CAST(:raw AS TEXT) WHERE position = :at", raw=changed, at=position
        )
        assert here(position) in found
        assert f"{changed.decode(errors='replace')}/{position}" in found


@pytest.mark.parametrize("elsewhere", [1_000_000, 0, -7])
def test_every_change_of_a_position_is_found(tampered, elsewhere):
    for position, *_ in some(events(tampered), tampered):
        found = broken_by(tampered, "UPDATE event SET position = :to WHERE position = :at", to=elsewhere, at=position)
        assert {here(position), here(elsewhere)} <= set(found)


def test_payload_and_digest_changed_together_break_the_link(tampered):
    position, _, payload, _ = events(tampered)[9]
    forged = payload.replace(b'"now":"2019', b'"now":"2018')
    found = broken_by(
        tampered,
        "UPDATE event SET payload = CAST(:raw AS TEXT), digest = :digest WHERE position = :at",
        raw=forged,
        digest=event_digest(forged),
        at=position,
    )
    assert found == [f"{PROGRAM}#2"]


@pytest.mark.parametrize("forged", ["", "{", "[]", "null", "{}", '{"kind":"x"}'])
def test_payload_that_is_no_event_is_named_even_with_its_own_digest(tampered, forged):
    found = broken_by(
        tampered,
        "UPDATE event SET payload = :raw, digest = :digest WHERE position = 9",
        raw=forged,
        digest=event_digest(forged),
    )
    assert found[0] == here(9)


def test_every_removed_event_is_found(tampered):
    for position, *_ in some(events(tampered), tampered):
        assert here(position) in broken_by(tampered, "DELETE FROM event WHERE position = :at", at=position)


def test_all_events_removed_are_found(tampered):
    assert here(1) in broken_by(tampered, "DELETE FROM event")


@pytest.mark.parametrize(("one", "other"), [(8, 9), (8, 60)])
def test_swapped_events_break_their_links(tampered, one, other):
    tampered.execute(text("UPDATE event SET position = 0 WHERE position = :at"), {"at": one})
    tampered.execute(text("UPDATE event SET position = :to WHERE position = :at"), {"at": other, "to": one})
    holding = "SELECT sequence FROM link WHERE :at BETWEEN first_position AND last_position"
    links = {tampered.execute(text(holding), {"at": at}).scalar_one() for at in (one, other)}
    found = broken_by(tampered, "UPDATE event SET position = :to WHERE position = 0", to=other)
    assert found == [f"{PROGRAM}#{link}" for link in sorted(links)]


def test_inserted_event_is_found(tampered):
    last = events(tampered)[-1][0]
    found = broken_by(
        tampered,
        "INSERT INTO event SELECT program_id, :to, nomination, payload, digest FROM event WHERE position = 5",
        to=last + 1,
    )
    assert found == [here(last + 1)]


def test_removed_link_is_found(tampered):
    found = broken_by(tampered, "DELETE FROM link WHERE sequence = 3")
    assert found[0] == f"{PROGRAM}#4"


def test_link_removed_from_the_end_leaves_events_that_nothing_holds(tampered):
    first, last = tampered.execute(
        text("SELECT first_position, last_position FROM link ORDER BY sequence DESC LIMIT 1")
    ).one()
    found = broken_by(tampered, "DELETE FROM link WHERE sequence = (SELECT max(sequence) FROM link)")
    assert found == [here(position) for position in range(first, last + 1)]


def test_tail_cut_off_with_its_link_shows_against_the_head_noted_before(tampered):
    (before,) = verify(tampered).heads
    tampered.execute(text("DELETE FROM event WHERE position >= (SELECT max(first_position) FROM link)"))
    tampered.execute(text("DELETE FROM link WHERE sequence = (SELECT max(sequence) FROM link)"))
    audit = verify(tampered)
    (after,) = audit.heads
    assert audit.broken == ()
    assert (after.sequence, after.events < before.events, after.digest != before.digest) == (
        before.sequence - 1,
        True,
        True,
    )


@pytest.mark.parametrize(
    ("changed", "link"),
    [("first_position = first_position - 1", 4), ("last_position = 1000", 4), ("sequence = 1000", 5)],
)
def test_link_whose_number_was_changed_is_found(tampered, changed, link):
    found = broken_by(tampered, f"UPDATE link SET {changed} WHERE sequence = 4")  # noqa: S608
    assert f"{PROGRAM}#{link}" in found


def test_every_changed_link_digest_is_found(tampered, to_text):
    for sequence, digest in tampered.execute(text("SELECT sequence, digest FROM link ORDER BY sequence")).all():
        changed = flipped(digest.encode(), sequence, to_text=to_text)
        found = broken_by(
            tampered, "UPDATE link SET digest = CAST(:raw AS TEXT) WHERE sequence = :at", raw=changed, at=sequence
        )
        assert found[0] == f"{PROGRAM}#{sequence}"


def test_break_in_one_program_is_not_told_of_another(tampered):
    tampered.execute(text("INSERT INTO event VALUES ('another', 1, NULL, '{}', 'x')"))
    assert named(verify(tampered, PROGRAM)) == []
    assert set(named(verify(tampered, "another"))) == {"another/1"}
    assert set(named(verify(tampered))) == {"another/1"}


@on(SQLITE)
def test_every_flipped_byte_in_the_file_of_sqlite_itself_is_found(rehearsed_database, tmp_path):
    """Whoever can write to the file needs no database: one bit of each event's text is turned over in its bytes."""
    copy = tmp_path / "copy.db"
    with sqlite3.connect(make_url(rehearsed_database).database) as source:
        source.execute("VACUUM INTO ?", (str(copy),))
    source.close()
    content = copy.read_bytes()
    with create_engine(f"sqlite:///{copy}").connect() as connection:
        rows = events(connection)
        connection.engine.dispose()
    for position, _, payload, _ in rows:
        start, length = place_of(payload, content)
        end = start + length
        copy.write_bytes(content[:start] + flipped(content[start:end], position) + content[end:])
        assert named(audit_of(copy))[0] == here(position)


def place_of(payload: bytes, content: bytes) -> tuple[int, int]:
    """Where a payload stands in the file; of one that is spread over pages, its longest beginning."""
    length = len(payload)
    while (start := content.find(payload[:length])) < 0 or content.count(payload[:length]) > 1:
        length -= 1
        assert length > 100
    return start, length


def audit_of(file: Path) -> Audit:
    engine = create_engine(f"sqlite:///{file}")
    with engine.connect() as connection:
        audit = verify(connection)
    engine.dispose()
    return audit


def test_every_break_is_counted_and_the_first_hundred_are_named(tampered):
    tampered.execute(text("UPDATE event SET digest = 'x'"))
    audit = verify(tampered)
    assert (audit.breaks, len(audit.broken)) == (audit.events, 100)
    assert named(audit) == [here(position) for position in range(1, 101)]


@pytest.mark.parametrize("table", ["event", "link"])
def test_duplicated_row_is_found(tampered, table):
    order = {"event": "position", "link": "sequence"}[table]
    tampered.execute(text(f"ALTER TABLE {table} RENAME TO kept"))
    tampered.execute(text(f"CREATE TABLE {table} AS SELECT * FROM kept"))  # noqa: S608
    found = broken_by(tampered, f"INSERT INTO {table} SELECT * FROM kept WHERE {order} = 5")  # noqa: S608
    assert found[0] == {"event": here(5), "link": f"{PROGRAM}#5"}[table]


@on(SQLITE)
@pytest.mark.parametrize(
    ("change", "where"),
    [
        ("UPDATE event SET position = 'fifth' WHERE position = 5", here(5)),
        ("UPDATE event SET payload = NULL WHERE position = 5", here(5)),
        ("UPDATE event SET digest = x'00ff' WHERE position = 5", here(5)),
        ("UPDATE event SET program_id = x'00ff' WHERE position = 5", here(5)),
        ("UPDATE link SET sequence = 'fifth' WHERE sequence = 5", f"{PROGRAM}#6"),
        ("UPDATE link SET last_position = 5.5 WHERE sequence = 5", f"{PROGRAM}#5"),
        ("UPDATE link SET digest = NULL WHERE sequence = 5", f"{PROGRAM}#5"),
    ],
)
def test_what_no_column_should_hold_is_found(tampered, change, where):
    for table in ("event", "link"):
        tampered.execute(text(f"ALTER TABLE {table} RENAME TO kept_{table}"))
        columns = "program_id TEXT, position INTEGER, nomination TEXT, payload TEXT, digest TEXT"
        if table == "link":
            columns = "program_id TEXT, sequence INTEGER, first_position INTEGER, last_position INTEGER, digest TEXT"
        tampered.execute(text(f"CREATE TABLE {table} ({columns})"))
        tampered.execute(text(f"INSERT INTO {table} SELECT * FROM kept_{table}"))  # noqa: S608
    assert where in broken_by(tampered, change)


def test_words_of_the_payload_put_into_a_column_do_not_pass_for_its_nomination(tampered):
    position, nomination, payload, _ = next(row for row in events(tampered) if row[1])
    follows = payload.decode().partition(f'"nomination":"{nomination}"')[2]
    quoted = '"'.join(follows.split('"')[:4])
    assert f'"nomination":"{nomination}"{quoted}"' in payload.decode()
    for forged in (f'{nomination}"{quoted}', "\\u0000"):
        found = broken_by(tampered, "UPDATE event SET nomination = :to WHERE position = :at", to=forged, at=position)
        assert found == [here(position)]


def test_a_nested_key_is_not_taken_for_the_event_s_own(tampered):
    nested = f'{{"closes":{{"nomination":"x"}},"kind":"x","program":"{PROGRAM}"}}'
    for column, broken in ((None, []), ("x", [here(1)])):
        values = {"payload": nested, "digest": event_digest(nested), "column": column}
        found = broken_by(
            tampered,
            "UPDATE event SET payload = :payload, digest = :digest, nomination = :column WHERE position = 1",
            **values,
        )
        assert [where for where in found if "#" not in where] == broken


def test_a_head_agrees_while_its_chain_grows_and_names_what_was_cut_or_changed(tampered):
    (head,) = verify(tampered).heads
    sequence, last, digest = tampered.execute(
        text("SELECT sequence, last_position, digest FROM link WHERE sequence = 3")
    ).one()
    earlier = Head(PROGRAM, sequence, last, digest)
    assert list(compare_heads(tampered, [head, earlier])) == []
    longer = Head(PROGRAM, head.sequence + 1, head.events + 1, "0" * 64)
    others = [Head(PROGRAM, 3, last, "0" * 64), Head(PROGRAM, 3, last + 1, digest), Head("gone", 1, 1, digest)]
    found = [one.where for one in compare_heads(tampered, [longer, *others])]
    assert found == [f"{PROGRAM}#{longer.sequence}", f"{PROGRAM}#3", f"{PROGRAM}#3", "gone#1"]


def test_every_cut_tail_shows_against_the_head(tampered):
    (head,) = verify(tampered).heads
    for sequence in range(head.sequence, 0, -1):
        tampered.execute(
            text("DELETE FROM event WHERE position >= (SELECT first_position FROM link WHERE sequence = :at)"),
            {"at": sequence},
        )
        tampered.execute(text("DELETE FROM link WHERE sequence = :at"), {"at": sequence})
        assert [one.where for one in compare_heads(tampered, [head])] == [f"{PROGRAM}#{head.sequence}"]
    assert verify(tampered).broken == ()


def test_tails_are_verified_from_the_link_before_them(tampered):
    whole = verify(tampered)
    tails = verify_tails(tampered, 4)
    assert (tails.heads, tails.links, tails.broken) == (whole.heads, 4, ())
    assert verify_tails(tampered, 10_000) == whole
    last = whole.heads[0].events
    tampered.execute(text("UPDATE event SET digest = 'x' WHERE position IN (2, :last)"), {"last": last})
    assert named(verify_tails(tampered, 4)) == [here(last)]


def test_watch_is_told_how_far_it_is_of_how_many(prepared):
    with prepared.write() as transaction:
        for number in range(2500):
            transaction.record("small-2026", "thing.happened", number=number)
    seen: list[tuple[int, int]] = []
    with prepared.read() as connection:
        verify(connection, watch=lambda done, events: seen.append((done, events)))
    assert seen == [(1000, 2500), (2000, 2500)]


@pytest.mark.parametrize("change", ["UPDATE {} SET digest = 'x'", "DELETE FROM {}"])
@pytest.mark.parametrize("table", ["event", "link"])
def test_history_refuses_to_be_changed_through_the_product_s_own_door(rehearsed_store, table, change):
    with pytest.raises(DBAPIError, match="append-only"), rehearsed_store.write() as transaction:
        transaction.connection.execute(text(change.format(table)))
    with rehearsed_store.read() as connection:
        assert verify(connection).broken == ()
