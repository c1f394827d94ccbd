"""What is left out of the history for whom it is not: who evaluates, and what was written about objections."""

from collections.abc import Collection, Mapping
from typing import Any, Final

from operations.actors import Role
from states import Move

#: Kinds of events that tell who evaluates whom, and how: for those who run the program, and who oversee it.
_CONFIDENTIAL: Final = ("score", "evaluation.", "expert", "recusal.", "panel", "tie", "ranking", "tally", "ballot.")

#: Moves by which an objection is handled: their reasons say what the office made of it.
_HANDLING: Final = frozenset({Move.OBJECT, Move.SETTLE, Move.CORRECT, Move.UPHOLD, Move.DEFER})


def tells_who_evaluates(event: Mapping[str, Any]) -> bool:
    """Whether an event tells who evaluates: by what was done, or, whatever it was, by an expert having done it."""
    return event.get("role") == Role.EXPERT or str(event["kind"]).startswith(_CONFIDENTIAL)


def tells_of_an_objection(event: Mapping[str, Any]) -> bool:
    """Whether an event is about an objection itself."""
    return str(event["kind"]).startswith("objection.")


def without_reason(event: Mapping[str, Any], heard: Collection[str]) -> Mapping[str, Any]:
    """Return an event without what the office wrote about an objection, for whom objections are not told."""
    if event.get("move") not in _HANDLING or event["nomination"] in heard:
        return event
    return {name: said for name, said in event.items() if name != "reason"}
