"""What is left out of the history for whom it is not: who evaluates, and what was written about objections."""

from collections.abc import Collection, Iterable, Mapping
from typing import Any, Final

from operations.actors import Role
from operations.desk import Running
from operations.seeing import Seeing
from states import Move

#: Kinds of events that tell who evaluates whom, and how: for those who run the program, and who oversee it.
_CONFIDENTIAL: Final = ("score", "evaluation.", "expert", "recusal.", "panel", "tie", "ranking", "tally", "ballot.")

#: Moves by which an objection is handled: their reasons say what the office made of it.
_HANDLING: Final = frozenset({Move.OBJECT, Move.SETTLE, Move.CORRECT, Move.UPHOLD, Move.DEFER})


def tellable(
    seeing: Seeing, events: Iterable[Mapping[str, Any]], running: Running, *, picked: bool = False
) -> list[Mapping[str, Any]]:
    """Return those of a program's events that somebody may be told, of those about objections what is theirs.

    `picked`: all are about nominations that the `condition` of who looks lets through.
    """
    told, runs = list(events), seeing.runs(running)
    if runs and running.program.id in seeing.whole and seeing.is_told_by_condition:
        return told
    if not runs:
        told = [one for one in told if "nomination" in one and not _tells_who_evaluates(one)]
    objected = {one["nomination"] for one in told if not runs and (_tells_of_an_objection(one) or _handles_one(one))}
    # Rows are read for what they tell alone: whose each is, or whether its objections are heard of.
    is_each_theirs = picked and seeing.is_told_by_condition
    asked = objected if is_each_theirs else {one["nomination"] for one in told if "nomination" in one}
    rows = seeing.of_these(asked) if asked else []
    if not is_each_theirs:
        shown = {row.number for row in rows}
        told = [one for one in told if one.get("nomination") is None or one["nomination"] in shown]
    if not objected:
        return told
    heard = seeing.heard_of([row for row in rows if row.number in objected])
    return [
        _without_reason(one, heard) for one in told if one["nomination"] in heard or not _tells_of_an_objection(one)
    ]


def _tells_who_evaluates(event: Mapping[str, Any]) -> bool:
    """Whether an event tells who evaluates: by what was done, or, whatever it was, by an expert having done it."""
    return event.get("role") == Role.EXPERT or str(event["kind"]).startswith(_CONFIDENTIAL)


def _tells_of_an_objection(event: Mapping[str, Any]) -> bool:
    """Whether an event is about an objection itself."""
    return str(event["kind"]).startswith("objection.")


def _handles_one(event: Mapping[str, Any]) -> bool:
    """Whether an event is a move by which an objection is handled."""
    return event.get("move") in _HANDLING


def _without_reason(event: Mapping[str, Any], heard: Collection[str]) -> Mapping[str, Any]:
    """Return an event without what the office wrote about an objection, for whom objections are not told."""
    if not _handles_one(event) or event["nomination"] in heard:
        return event
    return {name: said for name, said in event.items() if name != "reason"}
