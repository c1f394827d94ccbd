"""A program from its publicity to the terms of those whom it honors, with people of every role to act on it.

Four stand in the decision: three are chosen, and the fourth is a reserve. One of the three is objected to; the others
are honored, and one of them waits for a letter of appointment.
"""

from datetime import datetime
from pathlib import Path
from random import Random
from typing import Any

import pytest

from deadlines import SHANGHAI
from operations.actors import Actor
from operations.acts import Act
from operations.certify import number_certificates
from operations.decide import decide
from operations.desk import Desk
from operations.issue import issue
from operations.move import move
from operations.nominate import Draft, nominate
from operations.objections import RaisedBy, lodge
from operations.opening import open_program
from operations.publicize import publicize
from operations.rehearse.people import make_identity
from operations.results import Batch, Denied
from operations.sweep import sweep
from operations.tenure.assessing import appoint
from programs import Program
from states import Move
from tests.console.filled import new_desk, small_program
from tests.console.people import hash_quickly, register

HONORED = "honored-2026"
CONTACT = "某街 1 号"

#: When the list is published, and when its days have passed.
PUBLISHED = datetime(2026, 5, 6, 10, tzinfo=SHANGHAI)
PASSED = datetime(2026, 5, 14, 10, tzinfo=SHANGHAI)


def numbered(place: int) -> str:
    return f"{HONORED}-{place:04d}"


def honoring_program() -> Program:
    """The small program, which ends with a term of three years that a letter of appointment begins."""
    document: dict[str, Any] = small_program().model_dump(mode="json") | {"id": HONORED}
    recommendation, _, _, decision, publicity, issuance = document["stages"]
    recommendation["tiers"] = recommendation["tiers"][-1:]
    decision["reserves"] = 1
    publicity |= {"admission": {"days": 3}, "investigation": {"days": 10}}
    tenure = {
        "id": "tenure",
        "kind": "tenure",
        "name": "聘期管理",
        "clause": "五",
        "years": 3,
        "begins": "appointment",
        "reported_every_years": 1,
        "assessed_every_years": 1,
        "opens_days_before": 366,
        "rectification": {"days": 30},
        "suspension_grounds": ["离岗"],
        "resumable": True,
        "revocation_grounds": ["弄虚作假"],
        "revoked_by": "某市人社局",
    }
    document["stages"] = [recommendation, decision, publicity, issuance, tenure]
    document["quotas"] = []
    document["seats"][0]["count"] = 3
    document["benefits"] = [
        {
            "id": "allowance",
            "name": "津贴",
            "clause": "六",
            "kind": "money",
            "at_most_yuan": 10_000,
            "every": "year",
        }
    ]
    return Program.model_validate(document)


def choose(desk: Desk) -> None:
    """Bring four to the decision, which chooses three of them and has the fourth as a reserve."""
    program, numbers = honoring_program(), [numbered(place) for place in range(1, 5)]
    _done(open_program(desk, program, _at("2026-03-03T09:00")))
    for place, number in enumerate(numbers, 1):
        draft = Draft(
            nominee=f"候选人{place}",
            unit=f"第{place}公司",
            nominator="江阳区",
            nominator_kind="district",
            identity=make_identity(50 + place, Random(place)),  # noqa: S311 - made-up people need no secrets
        )
        _done(nominate(desk, HONORED, draft, _at("2026-04-01T09:00")))
        _done(move(desk, number, Move.SUBMIT, _at("2026-04-10T09:00")))
    chosen = dict.fromkeys(numbers[:3], "craftsman")
    reserves = {numbers[3]: "craftsman"}
    _done(decide(desk, HONORED, "decision", chosen, _at("2026-04-28T10:00"), reserves=reserves))


def object_to(desk: Desk, number: str, objector: str = "张三") -> int:
    """Lodge an objection, as the public does."""
    act = _at("2026-05-07T10:00")
    found = lodge(desk, number, objector, "业绩不实", act, raised_by=RaisedBy.PERSON, contact=CONTACT)
    assert not isinstance(found, Denied), found
    return found


def honor(desk: Desk) -> None:
    """Publish those who were chosen, hold the first one back, and honor the others; the second one is appointed."""
    _done(publicize(desk, HONORED, "publicity", _at("2026-05-06T10:00")))
    object_to(desk, numbered(1))
    sweep(desk, PASSED)
    by = _at("2026-05-14T11:00")
    _done(issue(desk, HONORED, "某人社发〔2026〕1号", by))
    _done(number_certificates(desk, HONORED, by))
    _done(appoint(desk, numbered(2), by.now.date(), "聘字1号", by))


def chosen_desk(folder: Path) -> Desk:
    """Open a desk on a program whose decision was just made."""
    desk = new_desk(folder)
    with pytest.MonkeyPatch.context() as patched:
        hash_quickly(patched)
        register(desk)
    choose(desk)
    return desk


def _at(moment: str, reason: str = "依规办理") -> Act:
    return Act(Actor("总管理"), datetime.fromisoformat(moment).replace(tzinfo=SHANGHAI), reason)


def _done(outcome: object) -> None:
    assert not isinstance(outcome, Denied), outcome
    assert not (isinstance(outcome, Batch) and outcome.denied), outcome
