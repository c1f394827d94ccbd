"""One move at a time, each a transaction of its own: ours, and nothing but the statements that it comes to."""

import time
from contextlib import closing

from sqlalchemy import insert, select

from benchmarks.engine_parts.filling import MOVED_AT, PROGRAM, STANDING, desk_at
from deadlines import WorkCalendar
from operations.actors import Actor
from operations.acts import Act
from operations.move import move
from operations.results import Moved
from programs import Path
from states import Endorsement, Move
from store import Store
from store import tables as t
from store.chain import canonical, event_digest, link_digest

_CALENDAR = WorkCalendar.china()
_MOVES = 200
_PUT = Endorsement.full(PROGRAM.tier(STANDING), "属实")
_NUMBERS = [f"{PROGRAM.id}-{place * 3 + 1:07d}" for place in range(_MOVES)]


def single_moves(store: Store) -> float:
    """Return the seconds of a submission with all its gates, event, link and outbox, committed."""
    _hand_everything_in(store)
    desk, act = desk_at(store, _CALENDAR), Act(Actor("王管理"), MOVED_AT, "依规办理")
    with store.read() as connection:
        desk.running(connection, PROGRAM.id)
    start = time.perf_counter()
    for number in _NUMBERS:
        done = move(desk, number, Move.SUBMIT, act, endorsement=_PUT)
    taken = time.perf_counter() - start
    if not isinstance(done, Moved):
        raise SystemExit(f"refused: {done}")
    return taken / _MOVES


def bare_statements(store: Store) -> float:
    """Return the seconds of the statements alone: what the gates ask, the row, event, link and reminders."""
    _hand_everything_in(store)
    sqlite = store.url.get_backend_name() == "sqlite"
    say = _as_sqlite if sqlite else _as_is
    with closing(store.engine.raw_connection()) as connection:
        cursor = connection.cursor()
        start = time.perf_counter()
        for number in _NUMBERS:
            if sqlite:
                cursor.execute("BEGIN IMMEDIATE")
            cursor.execute(say("SELECT id, version FROM nomination WHERE number = %s FOR UPDATE"), (number,))
            nomination, version = cursor.fetchone()
            cursor.execute(say("SELECT material, medium FROM receipt WHERE nomination_id = %s"), (nomination,))
            cursor.fetchall()
            put = (nomination, STANDING, PROGRAM.id, canonical(dict(_PUT.opinion)), True, str(MOVED_AT), "王管理")
            cursor.execute(
                say(
                    "INSERT INTO endorsement "
                    "(nomination_id, tier, program_id, opinion, sealed, endorsed_at, endorsed_by) "
                    "VALUES (%s, %s, %s, %s, %s, %s, %s)"
                ),
                put,
            )
            cursor.execute(
                say(
                    "UPDATE nomination SET stage = 'recommendation.recommender', holder = nominator, "
                    "version = version + 1, moved_at = %s WHERE id = %s AND version = %s"
                ),
                (str(MOVED_AT), nomination, version),
            )
            for step in range(5):
                cursor.execute(
                    say(
                        "INSERT INTO reminder (key, kind, program_id, stage, recipient, facts, send_at) "
                        "VALUES (%s, 'deadline', %s, 'recommendation.recommender', '区县', '{}', %s) "
                        "ON CONFLICT DO NOTHING"
                    ),
                    (f"bare-{step}", PROGRAM.id, str(MOVED_AT)),
                )
            cursor.execute(
                say(
                    "SELECT sequence, last_position, digest FROM link WHERE program_id = %s "
                    "ORDER BY sequence DESC LIMIT 1"
                ),
                (PROGRAM.id,),
            )
            sequence, position, previous = cursor.fetchone()
            payload = canonical(
                {"actor": "王管理", "from": STANDING, "move": "submit", "nomination": number, "program": PROGRAM.id}
            )
            digest = event_digest(payload)
            cursor.execute(
                say("INSERT INTO event VALUES (%s, %s, %s, %s, %s)"),
                (PROGRAM.id, position + 1, number, payload, digest),
            )
            cursor.execute(
                say("INSERT INTO link VALUES (%s, %s, %s, %s, %s)"),
                (PROGRAM.id, sequence + 1, position + 1, position + 1, link_digest(previous, [digest])),
            )
            if sqlite:
                cursor.execute("COMMIT")
            else:
                connection.commit()
        return (time.perf_counter() - start) / _MOVES


def _as_sqlite(statement: str) -> str:
    return statement.replace("%s", "?").replace(" FOR UPDATE", "")


def _as_is(statement: str) -> str:
    return statement


def _hand_everything_in(store: Store) -> None:
    wanted = [
        (material.id, medium.value)
        for material in PROGRAM.materials_for(Path(None, "organization"))
        for medium in material.media
    ]
    with store.write() as transaction:
        ids = transaction.connection.execute(
            select(t.nomination.c.id).where(t.nomination.c.number.in_(_NUMBERS))
        ).scalars()
        rows = [
            {"nomination_id": one, "material": material, "medium": medium, "received_at": MOVED_AT, "receiver": "甲"}
            for one in ids
            for material, medium in wanted
        ]
        transaction.connection.execute(insert(t.receipt), rows)
