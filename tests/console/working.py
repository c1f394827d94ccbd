"""A program in the midst of its screening, which should have been over, with people of every role to act on it."""

from datetime import datetime
from functools import cache
from pathlib import Path
from random import Random
from shutil import copytree
from tempfile import TemporaryDirectory
from typing import Any

import pytest

from deadlines import SHANGHAI
from operations.actors import Actor
from operations.acts import Act
from operations.desk import Desk
from operations.materials import receive
from operations.move import move
from operations.nominate import Draft, nominate
from operations.opening import open_program
from operations.rehearse.people import make_identity
from operations.results import Denied
from operations.screen import judge
from programs import Program
from states import Endorsement, Move, Result
from tests.console.filled import SMALL, new_desk, small_program
from tests.console.people import hash_quickly, register

UNIT_OPINION = "政治表现"


def number(place: int) -> str:
    return f"{SMALL}-{place:04d}"


def working_program() -> Program:
    """The small program, whose units state an opinion and whose screening was planned to be over in April."""
    document: dict[str, Any] = small_program().model_dump(mode="json")
    recommendation, screening = document["stages"][:2]
    recommendation["tiers"][0] |= {"seal": True, "opinion": [UNIT_OPINION]}
    screening |= {
        "window": {"phrase": "2026年4月20日至4月30日", "clause": "四"},
        "correction": {"days": 5, "unit": "working"},
    }
    document["materials"] = [
        {"id": "form", "name": "申报表", "clause": "二", "media": ["paper"], "per": "nominee"},
    ]
    document["rules"] = [
        {"id": "conduct", "name": "品行端正", "clause": "一", "kind": "attestation"},
    ]
    return Program.model_validate(document)


def work(desk: Desk, *, screened: bool = True, program: Program | None = None) -> None:
    """Draw up four. Once they are screened, one waits for it, two are reviewed, and one was taken back."""
    drawn_up = _at("2026-04-01T09:00")
    _done(open_program(desk, program or working_program(), drawn_up))
    for place in range(1, 5):
        draft = Draft(
            nominee=f"候选人{place}",
            unit=f"第{place}公司",
            nominator="江阳区",
            nominator_kind="district",
            identity=make_identity(place, Random(place)),  # noqa: S311 - made-up people need no secrets
        )
        _done(nominate(desk, SMALL, draft, drawn_up))
    if screened:
        stated = Endorsement({UNIT_OPINION: "好"}, sealed=True)
        for place in range(1, 5):
            _done(receive(desk, number(place), [("form", None)], drawn_up, seen=True))
            _done(move(desk, number(place), Move.SUBMIT, drawn_up, endorsement=stated))
        for place in range(1, 4):
            _done(move(desk, number(place), Move.ACCEPT, _at("2026-04-10T09:00")))
        for place in (2, 3):
            _done(judge(desk, number(place), {"conduct": Result.PASS}, _at("2026-04-20T09:00")))
            _done(move(desk, number(place), Move.ACCEPT, _at("2026-04-21T09:00")))
        _done(move(desk, number(4), Move.WITHDRAW, _at("2026-04-12T09:00", "本人放弃")))
    register(desk)


def worked(folder: Path, *, screened: bool = True, program: Program | None = None) -> Desk:
    """Open a store of its own in a folder that stands as `work` leaves one: a copy of what was made once."""
    copytree(_made(screened, program.model_dump_json() if program else None), folder, dirs_exist_ok=True)
    return new_desk(folder)


@cache
def _made(screened: bool, program: str | None) -> Path:  # noqa: FBT001 - a key of the cache
    folder = TemporaryDirectory(prefix="worked-")
    _FOLDERS.append(folder)
    desk = new_desk(Path(folder.name))
    with pytest.MonkeyPatch.context() as patched:
        hash_quickly(patched)
        work(desk, screened=screened, program=Program.model_validate_json(program) if program else None)
    desk.store.close()
    return Path(folder.name)


def asked_about(folder: Path) -> Desk:
    """Open a store of its own in a folder, in which two bodies are asked about three, after the planned time."""
    copytree(_made_asked(), folder, dirs_exist_ok=True)
    return new_desk(folder)


@cache
def _made_asked() -> Path:
    document: dict[str, Any] = working_program().model_dump(mode="json")
    asked = {"id": "asked", "kind": "consultation", "name": "联合审查", "clause": "三", "bodies": ["税务局", "公安局"]}
    document["stages"][1] = asked | {"window": {"phrase": "2026年4月20日至4月30日", "clause": "四"}}
    folder = TemporaryDirectory(prefix="asked-")
    _FOLDERS.append(folder)
    desk = worked(Path(folder.name), screened=False, program=Program.model_validate(document))
    stated, act = Endorsement({UNIT_OPINION: "好"}, sealed=True), Act(Actor("总管理"), _at("2026-04-02T09:00").now)
    for place in (1, 2, 3):
        _done(receive(desk, number(place), [("form", None)], act, seen=True))
        _done(move(desk, number(place), Move.SUBMIT, act, endorsement=stated))
        _done(move(desk, number(place), Move.ACCEPT, act))
    desk.store.close()
    return Path(folder.name)


#: They are gone when the tests end.
_FOLDERS: list[TemporaryDirectory[str]] = []


def _at(moment: str, reason: str = "") -> Act:
    return Act(Actor("王管理"), datetime.fromisoformat(moment).replace(tzinfo=SHANGHAI), reason)


def _done(outcome: object) -> None:
    assert not isinstance(outcome, Denied), outcome
