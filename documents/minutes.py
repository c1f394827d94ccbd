"""The minutes of a meeting that chose: who met, what was on the agenda, what was decided."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from documents.errors import DocumentError
from documents.filling import SHIPPED, fill
from documents.notices import CALLED, in_words
from programs import Words
from programs.model import NomineeKind

_TO_FILL_IN = "　" * 8


@dataclass(frozen=True, slots=True)
class Meeting:
    """Who met where, as whoever writes the minutes says it; what is not said stays blank, to be written in by hand."""

    place: str = ""
    chair: str = ""
    recorder: str = ""
    present: tuple[str, ...] = ()
    absent: tuple[str, ...] = ()
    agenda: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Polling:
    """One round of a ballot: how it was held, what it came to line by line, and a remark, such as that it is void."""

    opening: str
    results: tuple[str, ...]
    remark: str = ""


@dataclass(frozen=True, slots=True)
class Minutes:
    """What was decided: the names in each group, by its title, in order; `pollings` are the ballots that were held.

    `held` is the first day of the meeting and its last.
    """

    award: str
    edition: str
    stage: str
    body: str
    basis: str
    nominee: NomineeKind
    held: tuple[date, date]
    groups: Mapping[str, tuple[str, ...]]
    meeting: Meeting = Meeting()
    pollings: tuple[Polling, ...] = ()


def minutes(of: Minutes, template: Path | None = None) -> bytes:
    """Return the minutes as a `.docx`. Raises `DocumentError` where nothing was decided, and as `fill` does."""
    groups = [
        {"title": title, "count": len(names), "names": "、".join(names)} for title, names in of.groups.items() if names
    ]
    if not groups and not of.pollings:
        raise DocumentError(Words("这一环节还没有议定事项", "nothing has been decided at this stage yet"))
    meeting, (first, last) = of.meeting, of.held
    measure = CALLED[of.nominee][0]
    return fill(
        template or SHIPPED / "minutes.docx",
        {
            "award": of.award,
            "edition": of.edition,
            "stage": of.stage,
            "body": of.body,
            "basis": of.basis,
            "measure": measure,
            "held": in_words(first) if first == last else f"{in_words(first)}至{in_words(last)}",
            "dated": in_words(last),
            "place": meeting.place or _TO_FILL_IN,
            "chair": meeting.chair or _TO_FILL_IN,
            "recorder": meeting.recorder or _TO_FILL_IN,
            "present": "、".join(meeting.present) or _TO_FILL_IN,
            "absent": "、".join(meeting.absent),
            "agenda": list(meeting.agenda) or [f"{of.edition}{of.award}{of.stage}"],
            "considered": sum(len(names) for names in of.groups.values()),
            "groups": groups,
            "pollings": [
                {"opening": one.opening, "results": list(one.results), "remark": one.remark} for one in of.pollings
            ],
        },
    )
