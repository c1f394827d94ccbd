"""Whatever is changed in the history behind the product's back is found, and the event is named."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest
from sqlalchemy import Connection, create_engine, make_url, text

from store import Audit, verify
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
    position, _, payload, _ = events(tampered)[7]
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
