"""What is said of a nomination that has lapsed, to whoever comes too late to move it."""

from typing import Any

from sqlalchemy import Row
from sqlalchemy.engine import Connection

from operations.desk import Running
from operations.paths import path_of
from programs import Words
from programs.words import closing_in_words
from states import End, Move, Refusal
from store import events_of


def lapsed(connection: Connection, running: Running, row: Row[Any]) -> Refusal | None:
    """Say of a nomination that has lapsed at a tier which deadline it missed; None of any other."""
    if row.stage != End.LAPSED:
        return None
    history = events_of(connection, row.program_id, nomination=row.number, newest_first=True)
    source = next((str(event["from"]) for event in history if event.get("move") == Move.LAPSE), "")
    if running.program.tier(source) is None:
        return None
    # The first intake that it was too late for: others, ahead of it or of other tiers, may have closed since.
    ahead = running.pipeline.intakes_ahead(source, path_of(row))
    missed = [(running.closes[key], key) for key in ahead if key in running.closes]
    if not missed:
        return None
    closes, key = min(missed)
    return Refusal(
        "in-time",
        Words("受理已于 {due} 截止，此件逾期失效", "the intake closed at {due}, and it has lapsed").format(
            due=closing_in_words(closes)
        ),
        Words("逾期不再受理", "nothing more is taken in"),
        running.program.deadline(key).clause,
    )
