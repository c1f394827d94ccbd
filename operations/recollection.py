"""What the events of a program come to, and how the values of rows and events are told so that they can be compared."""

import json
from collections.abc import Iterable, Mapping
from contextlib import suppress
from datetime import UTC, date, datetime
from typing import Any

from deadlines.zone import SHANGHAI
from store.types import document_text

#: What a field of a row can hold. Days and instants are told as ISO 8601, instants in Shanghai time.
Value = str | int | None

#: What a table, or the history, says of something: its fields, by what it is about.
Facts = dict[str, dict[str, Value]]


#: What is said of a program itself.
ITSELF = ""


def told_by(events: Iterable[Mapping[str, Any]]) -> Facts:
    """Return what the events of a program come to, in their order."""
    facts: Facts = {ITSELF: {"opened_at": None, "revision": 1}}
    for event in events:
        now = instant(event.get("now"))
        for version, digest in (event.get("versions") or {}).items():
            # A change of the program may concern earlier versions of it as well.
            facts.setdefault(name_of_version(version), {}).update({"definition": digest, "digest": digest})
        if "definition" in event:
            # Whatever changes what a program says tells what it says from then on. Earlier versions did not.
            facts[ITSELF]["definition"] = facts[ITSELF]["digest"] = event["definition"]
        match event.get("kind"):
            case "program.opened":
                facts[ITSELF]["opened_at"] = now
            case "program.amended":
                _amend(facts, event)
            case "ruling.confirmed":
                facts[f"ruling:{event.get('ruling')}"] = {
                    "decision": event.get("decision"),
                    "actor": event.get("actor"),
                    "decided_at": now,
                }
            case "publicity.started":
                name = name_of_list(facts, event.get("stage"), now)
                facts[name] = {"venue": event.get("venue"), **_days(event), **_said(event)}
            case "publicity.recounted":
                _recount(facts, event)
            case "document.issued":
                facts[f"document:{event.get('document')}"] = {"issued_at": now}
                _honor(facts, event)
            case "seat.replaced":
                filled = {name: event.get(name) for name in ("by", "grade", "reason")}
                facts[f"replacement:{event.get('vacated')}"] = {**filled, "replaced_at": now}
            case "certificates.numbered":
                _certify(facts, event, now)
    return facts


def _honor(facts: Facts, event: Mapping[str, Any]) -> None:
    honored = event.get("nominations")
    for number in honored if isinstance(honored, list) else ():
        facts[f"award:{number}@{event.get('document')}"] = {}


def _certify(facts: Facts, event: Mapping[str, Any], now: Value) -> None:
    numbered = event.get("certificates")
    for certificate, number in numbered.items() if isinstance(numbered, dict) else ():
        facts[f"certificate:{certificate}"] = {"nomination": shown(number), "numbered_at": now}


def _amend(facts: Facts, event: Mapping[str, Any]) -> None:
    """Put the new version in the place of the one before, which is kept beside it from then on."""
    newest = event.get("revision")
    facts[ITSELF]["revision"] = newest
    before = {"definition": event.get("from"), "digest": event.get("from")}
    facts[name_of_version(newest - 1 if isinstance(newest, int) else newest)] = before
    for ruling in event.get("dropped") or ():
        facts.pop(f"ruling:{ruling}", None)


def name_of_version(version: object) -> str:
    """Name an earlier version of a program by its number."""
    return f"version:{version}"


def _recount(facts: Facts, event: Mapping[str, Any]) -> None:
    """Give the list that was counted again its new days; it is known by its stage and the days that it had."""
    before, after = _days(event.get("from") or {}), _days(event.get("to") or {})
    for name, said in facts.items():
        if name.startswith(f"publicity:{event.get('stage')}@") and before.items() <= said.items():
            said.update(after)
            return


def _days(said: Mapping[str, Any]) -> dict[str, Value]:
    """Return the days of a list as an event says them: objections are told only where they outlast it."""
    return {
        "first_day": said.get("first_day"),
        "last_day": said.get("last_day"),
        "closes_at": instant(said.get("closes")),
        "objections_close_at": instant(said.get("objections_close", said.get("closes"))),
        "provisional": said.get("provisional"),
    }


def _said(event: Mapping[str, Any]) -> dict[str, Value]:
    """Return how the days of a list are counted, as its event says it; earlier versions did not."""
    if "period" not in event:
        return {}
    return {
        "period": document_text(event["period"]),
        "objections": document_text(event["objections"]) if event.get("objections") else None,
        "stated": event.get("stated", False),
    }


def name_of_list(facts: Facts, stage: str | None, published_at: Value) -> str:
    """Name a list by its stage and its publication; a second one of the same instant is told apart by its number."""
    name = f"publicity:{stage}@{published_at}"
    same = sum(one == name or one.startswith(f"{name}#") for one in facts)
    return f"{name}#{same + 1}" if same else name


def event_of(payload: bytes | str | None) -> dict[str, Any] | None:
    """Read an event; nothing where it is none, or none that can be read."""
    try:
        event = json.loads(text_of(payload) or "")
    except (ValueError, RecursionError):
        return None
    return event if isinstance(event, dict) else None


def instant_of(payload: bytes | str | None) -> datetime | None:
    """Return the instant of an event; nothing where it cannot be read."""
    event = event_of(payload) or {}
    with suppress(TypeError, ValueError):
        instant = datetime.fromisoformat(event.get("now", ""))
        return instant if instant.tzinfo else None
    return None


def text_of(value: Any) -> Any:  # noqa: ANN401 - what is no text stays what it is
    """Return bytes as the text that they are, and anything else as it is."""
    return value.decode(errors="replace") if isinstance(value, bytes) else value


def shown(value: object) -> Value:
    """Return a value as it is told."""
    return value if isinstance(value, str | int | None) else str(text_of(value) if isinstance(value, bytes) else value)


def json_of(value: bytes | str | None) -> Value:
    """Return what a document holds; what is none is told as it is."""
    try:
        return shown(json.loads(value or ""))
    except (ValueError, RecursionError):
        return shown(text_of(value))


def instant(value: datetime | bytes | str | None) -> Value:
    """Tell an instant in Shanghai time; without a zone it is the store's, in UTC. What is none is told as it is."""
    if value is None:
        return None
    if not isinstance(value, datetime):
        try:
            value = datetime.fromisoformat(text_of(value))
        except ValueError:
            return shown(text_of(value))
    return (value if value.tzinfo else value.replace(tzinfo=UTC)).astimezone(SHANGHAI).isoformat()


def whole(value: int | bytes) -> Value:
    """Tell a whole number; what is none is told as it is."""
    said = text_of(value)
    return int(said) if isinstance(said, str) and said.isdecimal() else shown(said)


def day(value: date | bytes) -> Value:
    """Tell a day; what is none is told as it is."""
    return value.isoformat() if isinstance(value, date) else shown(text_of(value))
