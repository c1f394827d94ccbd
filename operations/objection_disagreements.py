"""The objections against the history: who took them up and how they ended, and the files that they rest on.

Who objects, and how to reach them, stands in no event: the history cannot be shortened when that must be forgotten.
"""

from collections.abc import Iterator, Mapping
from itertools import groupby
from typing import Any

from sqlalchemy import select
from sqlalchemy.engine import Connection

from operations.disagreement import Disagreement
from operations.recollection import Facts, Value, instant
from operations.told_events import events_saying
from store import tables as t

_KINDS = ("lodged", "admitted", "refused", "investigated", "prolonged", "recounted", "settled")

#: What only events of later versions tell: it is not compared where it was not told.
_TOLD_LATER = ("stage", "raised_by", "evidence")


def objection_disagreements(connection: Connection, program_id: str | None = None) -> Iterator[Disagreement]:
    """Name every objection of which the history tells otherwise, of one program or of all.

    Memory grows with the objections, not with those against whom nobody objected.
    """
    kept, programs = _kept(connection, program_id)
    told: Facts = {}
    kinds = (f'"kind":"objection.{kind}"' for kind in _KINDS)
    for program, number, event in events_saying(connection, kinds, program_id):
        if number is None:
            continue
        objection = str(event.get("objection"))
        programs.setdefault(objection, program)
        _follow(told, objection, number, event)
    for objection in sorted(kept.keys() | told.keys(), key=lambda one: (len(one), one)):
        row, history, program = kept.get(objection), told.get(objection), programs[objection]
        if row is None or history is None:
            there = {"table": row is not None, "history": history is not None}
            yield Disagreement(program, f"objection:{objection}", "exists", **there)
            continue
        for field, value in history.items():
            if row[field] != value:
                yield Disagreement(program, f"objection:{objection}", field, row[field], value)


def _kept(connection: Connection, program_id: str | None) -> tuple[Facts, dict[str, str]]:
    of, row, file = t.objection.c, t.nomination.c, t.objection_file.c
    query = select(t.objection, row.number, row.program_id).join_from(t.objection, t.nomination)
    files = select(file.objection_id, file.digest).order_by(file.objection_id, file.place)
    digests = {
        objection: ", ".join(one.digest for one in some)
        for objection, some in groupby(connection.execute(files), key=lambda one: one.objection_id)
    }
    query = query if program_id is None else query.where(row.program_id == program_id)
    kept: Facts = {}
    programs: dict[str, str] = {}
    for one in connection.execute(query.order_by(of.id)):
        programs[str(one.id)] = one.program_id
        kept[str(one.id)] = {
            "nomination": one.number,
            **{name: getattr(one, name) for name in (*_TOLD_LATER, "grounds", "scope", "handler", "finding")},
            **{name: getattr(one, name) for name in ("admitted", "outcome", "answer", "clause")},
            **{name: getattr(one, name) for name in ("judged_by", "judged_because", "found_by", "settled_by")},
            **{name: instant(getattr(one, name)) for name in ("lodged_at", "judged_at", "due_at", "settled_at")},
            "files": digests.get(one.id, ""),
        }
    return kept, programs


def _follow(told: Facts, objection: str, number: str, event: Mapping[str, Any]) -> None:
    now, who = instant(event.get("now")), event.get("actor")
    if event.get("kind") == "objection.lodged":
        recorded = event.get("outcome")
        told[objection] = {
            "nomination": number,
            "grounds": event.get("grounds"),
            **{name: event[name] for name in _TOLD_LATER if name in event},
            **dict.fromkeys(("admitted", "judged_at", "handler", "finding"), None),
            "lodged_at": now,
            "due_at": instant(event.get("due")),
            "outcome": recorded,
            "settled_at": now if recorded else None,
            "files": _digests(event),
        }
        return
    facts = told.get(objection)
    if facts is None:
        return
    judged: dict[str, Value] = {"judged_by": who, "judged_at": now, "judged_because": event.get("reason")}
    match event.get("kind"):
        case "objection.admitted":
            facts |= {"admitted": True, "handler": event.get("handler"), "due_at": instant(event.get("due")), **judged}
        case "objection.refused":
            outcome: dict[str, Value] = {"outcome": "refused", "settled_at": now, "scope": event.get("scope")}
            facts |= {"admitted": False, **outcome, **judged}
        case "objection.investigated":
            files = [one for one in (facts["files"], _digests(event)) if one]
            facts |= {"finding": event.get("finding"), "found_by": who, "files": ", ".join(map(str, files))}
        case "objection.prolonged" | "objection.recounted":
            facts["due_at"] = instant(event.get("to"))
        case "objection.settled":
            facts |= {"outcome": event.get("outcome"), "answer": event.get("answer"), "settled_at": now}
            if "clause" in event:
                facts |= {"clause": event["clause"], "settled_by": who}


def _digests(event: Mapping[str, Any]) -> str:
    files = event.get("files")
    return ", ".join(str(one.get("sha256")) for one in files) if isinstance(files, list) else ""
