"""Ways to sweep: ours, the floor that no sweep can be faster than, and an object for every row."""

from contextlib import closing
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.orm import Session, registry
from transitions import Machine

from benchmarks.engine_parts.filling import NOW, PROGRAM, STANDING, desk_at
from deadlines import WorkCalendar
from deadlines.zone import SHANGHAI
from notifications.hours import next_working_instant
from operations.actors import CLOCK
from operations.acts import Act
from operations.move import event_facts
from operations.sweep import sweep
from states import Move
from store import Store
from store import tables as t
from store.chain import canonical, event_digest, link_digest

CALENDAR = WorkCalendar.china()
REASON = "逾期未办"
_BATCH = 1000
_AT = NOW.astimezone(SHANGHAI)


def ours(store: Store) -> int:
    """Sweep as the product does, chain, events and outbox included."""
    return sweep(desk_at(store, CALENDAR), _AT).moved


def floor(store: Store) -> int:
    """Write the same rows with one set-based statement each and no digest at all, in one transaction."""
    facts = {
        "actor": "巡检", "from": STANDING, "kind": "nomination.moved", "move": "lapse", "nomination": "@number",
        "now": _AT.isoformat(), "program": PROGRAM.id, "reason": REASON, "role": "clock", "to": "lapsed",
        "version": "@version",
    }  # fmt: skip
    clause = PROGRAM.stage("recommendation").clause
    before, rest = canonical(facts | {"clause": clause}).split('"@number"')
    between, after = rest.split('"@version"')
    said = {
        "before": before + '"', "between": '"' + between, "after": after, "program": PROGRAM.id, "now": NOW,
        "told": '{"move": "逾期失效", "nominee": ', "why": f', "reason": "{REASON}"}}',
        "send": next_working_instant(CALENDAR, _AT), "key": f"notice|{PROGRAM.id}|", "blank": "0" * 64,
    }  # fmt: skip
    if store.url.get_backend_name() == "sqlite":
        return _floor_on_sqlite(store, said)
    with closing(store.engine.raw_connection()) as connection:
        cursor = connection.cursor()
        cursor.execute(_POSTGRESQL, said)
        moved = cursor.rowcount
        connection.commit()
        return int(moved)


def _floor_on_sqlite(store: Store, said: dict[str, Any]) -> int:
    said = {key: f"{value:%Y-%m-%d %H:%M:%S.%f}" if hasattr(value, "hour") else value for key, value in said.items()}
    said["send"] = f"{next_working_instant(CALENDAR, _AT).astimezone(NOW.tzinfo):%Y-%m-%d %H:%M:%S.%f}"
    with closing(store.engine.raw_connection()) as connection:
        connection.execute("BEGIN IMMEDIATE")
        for statement in _SQLITE:
            moved = connection.execute(statement, said).rowcount
        connection.execute("COMMIT")
        return int(moved)


_SQLITE = (
    """CREATE TEMP TABLE due AS SELECT id, number, version + 1 AS version, nominee, unit
       FROM nomination WHERE due_at <= :now""",
    """INSERT INTO event (program_id, position, nomination, payload, digest)
       SELECT :program, (SELECT max(last_position) FROM link WHERE program_id = :program) + row_number() OVER (),
         number, :before || number || :between || version || :after, :blank FROM due""",
    """INSERT INTO reminder (key, kind, program_id, stage, recipient, nomination, facts, send_at)
       SELECT :key || number || '|' || version || '|lapsed|' || unit, 'notice', :program, 'lapsed', unit, number,
         :told || json_quote(nominee) || :why, :send FROM due""",
    """UPDATE nomination SET stage = 'lapsed', holder = NULL, due_at = NULL, version = version + 1, moved_at = :now
       WHERE id IN (SELECT id FROM due)""",
)

_POSTGRESQL = """
WITH moved AS (
  UPDATE nomination SET stage = 'lapsed', holder = NULL, due_at = NULL, version = version + 1,
    moved_at = %(now)s::timestamptz
  WHERE due_at <= %(now)s::timestamptz RETURNING number, version, nominee, unit),
told AS (
  INSERT INTO event (program_id, position, nomination, payload, digest)
  SELECT %(program)s::text,
    (SELECT max(last_position) FROM link WHERE program_id = %(program)s::text) + row_number() OVER (),
    number, %(before)s::text || number || %(between)s::text || version || %(after)s::text, %(blank)s::text FROM moved)
INSERT INTO reminder (key, kind, program_id, stage, recipient, nomination, facts, send_at)
SELECT %(key)s::text || number || '|' || version || '|lapsed|' || unit, 'notice', %(program)s::text, 'lapsed', unit,
  number, %(told)s::text || to_json(nominee)::text || %(why)s::text, %(send)s::timestamptz FROM moved
"""


class Row:
    """A nomination as an object."""

    id: int
    number: str
    program_id: str
    stage: str
    holder: str | None
    due_at: Any
    version: int
    nominee: str
    unit: str
    moved_at: Any


registry().map_imperatively(Row, t.nomination, exclude_properties=["identity"])

_STATES = (STANDING, "lapsed")
_SHARED = Machine(model=None, states=list(_STATES), initial=STANDING, auto_transitions=False, model_attribute="stage")
_SHARED.add_transition("lapse", STANDING, "lapsed")


def object_each(store: Store) -> int:
    """Load an object for every row and fire a shared machine; events are hashed, reminders written, a link a batch."""
    return _by_objects(store, _shared_machine)


def machine_each(store: Store) -> int:
    """Load an object for every row, and build a machine for it."""
    return _by_objects(store, _own_machine)


def _shared_machine(row: Row) -> None:
    _SHARED.events["lapse"].trigger(row)


def _own_machine(row: Row) -> None:
    machine = Machine(
        model=row, states=list(_STATES), initial=row.stage, auto_transitions=False, model_attribute="stage"
    )
    machine.add_transition("lapse", STANDING, "lapsed")
    row.trigger("lapse")  # type: ignore[attr-defined] - the machine adds it


def _by_objects(store: Store, fire: Any) -> int:  # noqa: ANN401 - a way to fire
    running = desk_at(store, CALENDAR)
    act = Act(CLOCK, _AT, REASON)
    moved = 0
    with store.read() as connection:
        pipeline = running.running(connection, PROGRAM.id)
    send_at = next_working_instant(CALENDAR, _AT)
    while True:
        with Session(store.engine.execution_options(linxuan_writes=True)) as session:
            rows = session.scalars(
                select(Row).where(t.nomination.c.due_at <= _AT).order_by(t.nomination.c.due_at).limit(_BATCH)
            ).all()
            if not rows:
                return moved
            head = session.execute(select(t.link).order_by(t.link.c.sequence.desc()).limit(1)).one()
            events, owed, digests = [], [], []
            for place, row in enumerate(rows, start=head.last_position + 1):
                source = row.stage
                fire(row)
                row.holder, row.due_at, row.version, row.moved_at = None, None, row.version + 1, _AT
                facts = event_facts(
                    pipeline, Move.LAPSE, source, row.stage, version=row.version, due_at=None, holder=None, act=act
                )
                stated = {key: value for key, value in facts.items() if value is not None}
                text = canonical(
                    {"program": PROGRAM.id, "kind": "nomination.moved", "nomination": row.number, **stated}
                )
                digests.append(event_digest(text))
                events.append(
                    {"program_id": PROGRAM.id, "position": place, "nomination": row.number, "payload": text,
                     "digest": digests[-1]}
                )  # fmt: skip
                owed.append(
                    {"key": f"notice|{PROGRAM.id}|{row.number}|{row.version}|lapsed|{row.unit}", "kind": "notice",
                     "program_id": PROGRAM.id, "stage": "lapsed", "recipient": row.unit, "nomination": row.number,
                     "facts": {"move": "逾期失效", "nominee": row.nominee, "reason": REASON}, "send_at": send_at}
                )  # fmt: skip
            session.execute(insert(t.event), events)
            session.execute(insert(t.reminder), owed)
            session.execute(
                insert(t.link).values(
                    program_id=PROGRAM.id,
                    sequence=head.sequence + 1,
                    first_position=head.last_position + 1,
                    last_position=head.last_position + len(rows),
                    digest=link_digest(head.digest, digests),
                )
            )
            session.commit()
            moved += len(rows)
