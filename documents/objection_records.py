"""异议处理记录: what was raised against a nominee, whether it was taken up, what was found, and how it ended.

It is for the file of those who handle it, not for the public: a unit stands in it by name, a person as insiders see
them, and nobody's contact at all.
"""

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from documents.filling import SHIPPED, fill
from documents.notices import in_words

_OPEN = "—"


@dataclass(frozen=True, slots=True)
class Signed:
    """Something that somebody decided or found on a day: in words, by whom, and why, where a reason was given."""

    words: str
    by: str
    on: date
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Taken:
    """How long an objection took from the day on which it was lodged: in days, and in working days where known."""

    days: int
    working_days: int | None
    late: bool = False


@dataclass(frozen=True, slots=True)
class ObjectionRecord:
    """One objection as it stands. `objector` is as insiders see it, `raised_as` as whom they object.

    `evidence` are the files' names and what was described. `judged` says whether it was admitted, and `scope` what it
    is instead of an objection; `due` is the last day to look into it, and `clause` the rule that its end rests on.
    What has not come yet is none.
    """

    award: str
    edition: str
    stage: str
    objection: int
    nomination: str
    nominee: str
    unit: str
    raised_as: str
    objector: str
    lodged: date
    taken_by: str
    grounds: str
    evidence: tuple[str, ...] = ()
    judged: Signed | None = None
    scope: str = ""
    handler: str = ""
    due: date | None = None
    found: Signed | None = None
    settled: Signed | None = None
    answer: str = ""
    clause: str = ""
    taken: Taken | None = None


def objection_record(of: ObjectionRecord, template: Path | None = None) -> bytes:
    """Return the record as a `.docx`, from the office's own template or the shipped one; raises as `fill` does."""
    return fill(
        template or SHIPPED / "objection-record.docx",
        {
            "award": of.award,
            "edition": of.edition,
            "stage": of.stage,
            "objection": of.objection,
            "nomination": of.nomination,
            "nominee": of.nominee,
            "unit": of.unit,
            "raised_as": of.raised_as or _OPEN,
            "objector": of.objector or _OPEN,
            "lodged": in_words(of.lodged),
            "taken_by": of.taken_by or _OPEN,
            "grounds": of.grounds,
            "evidence": list(of.evidence),
            "judged": _signed(of.judged, "尚未作出是否受理的决定"),
            "scope": of.scope,
            "handler": of.handler or _OPEN,
            "due": in_words(of.due) if of.due else _OPEN,
            "found": _signed(of.found, "尚未登记核查情况"),
            "settled": _signed(of.settled, "尚未办结"),
            "answer": of.answer,
            "clause": of.clause or _OPEN,
            "taken": _taken(of.taken) if of.taken else _OPEN,
        },
    )


def _signed(one: Signed | None, missing: str) -> dict[str, str]:
    if one is None:
        return {"words": missing, "reason": "", "by": "", "on": ""}
    return {"words": one.words, "reason": one.reason, "by": one.by, "on": in_words(one.on)}


def _taken(one: Taken) -> str:
    if one.days == 0:
        long = "登记当日办结"
    else:
        working = f"（{one.working_days}个工作日）" if one.working_days is not None else ""
        long = f"自登记至办结{one.days}天{working}"
    return f"{long}，超过核查期限" if one.late else long
