"""What pages on which something is done have in common: who acts, numbers in addresses, and files to take away."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from http import HTTPStatus
from pathlib import Path
from shutil import rmtree
from typing import Final, Literal
from urllib.parse import quote

from fastapi.responses import FileResponse, Response
from starlette.background import BackgroundTask
from starlette.requests import Request

from console.admission import session_here
from console.asked import asked_for
from console.forms import Form, whole
from console.showing import Shown
from operations.acts import Act
from operations.attempts import note_refused
from operations.casefiles import CaseFile
from operations.desk import Desk
from operations.move import Lacking
from operations.picking import Together
from operations.results import Batch, Denied, UnknownError
from programs import Words
from programs.naming import is_seen
from states import Refusal, each
from store.scratch import take_away
from store.types import UnfitError

XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
#: A form without the version that its reader saw is not one of the page's.
UNSEEN: Final = Refusal(
    "seen-version",
    Words("页面已经过期，没有办理", "the page is out of date; nothing was done"),
    Words("请核对现在的情况后再办理", "look at what it says now, and try again"),
)

#: What refuses because of who asks.
_NOT_THEIRS: Final = ("authority", "jurisdiction", "own")

#: Of many reasons to refuse so many are told.
_MOST_TOLD: Final = 30
#: So many of those are named whom one reason is about.
_MOST_NAMED: Final = 5

_WORD: Final = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def act_of(request: Request, shown: Shown, reason: str = "") -> Act:
    """Return who does what a form asks for, now; nobody acts who is not signed in."""
    return Act(session_here(request).actor, shown.voice(request).now, reason)


def number_in(text: str) -> int:
    """Read a number of an address or a form; an `UnknownError` says that there is nothing of what is no number."""
    number = whole(text)
    if number is None:
        raise UnknownError(Words("没有这一项", "there is no such thing"))
    return number


def day_in(text: str) -> date | None:
    """Read a day as browsers send it; none where it is left out. Raises `UnfitError` for what is no day."""
    try:
        return date.fromisoformat(text) if text else None
    except ValueError as error:
        raise UnfitError(Words("“{text}”不是日期", "“{text}” is no day").format(text=text[:40])) from error


def line_in(form: Form, name: str) -> str:
    """Return what was typed into a field of one line, with a space for what cannot be shown."""
    return " ".join("".join(one if is_seen(one) else " " for one in form.get(name)).split())


def text_in(form: Form, name: str) -> str:
    """Return what was typed into a field of several lines, without what cannot be shown."""
    lines = form.get(name).replace("\r\n", "\n").replace("\r", "\n")
    return "".join(one for one in lines if is_seen(one) or one in "\n\t").strip()


def status_of(refusals: Sequence[Refusal]) -> HTTPStatus:
    """Return how a page answers on which something was tried in vain, or nothing was tried."""
    return HTTPStatus.CONFLICT if refusals else HTTPStatus.OK


def told(desk: Desk, request: Request, act: Act, done: Denied) -> Sequence[Refusal]:
    """Return why something was refused; that it was not theirs to do goes into the history."""
    if _is_not_theirs(done.refusals):
        note_refused(desk, act, asked_for(request))
    return done.refusals


def told_of_many(desk: Desk, request: Request, act: Act, done: Together) -> None:
    """Record, as one event, that some of what was to be moved together was not theirs to move."""
    if done.missing or _is_not_theirs([refusal for one in done.stays for refusal in one.refusals]):
        note_refused(desk, act, asked_for(request))


def each_refused(done: Batch, names: Mapping[str, str]) -> Iterator[tuple[Refusal, Sequence[str]]]:
    """Tell why some of many are refused: each reason once, of whom it is said first, and the numbers of all of them.

    `names` are those of nominees by number, where they are known.
    """
    alike: dict[Refusal, list[str]] = {}
    for one in done.denied:
        for refusal in one.refusals:
            alike.setdefault(refusal, []).extend([one.number] if one.number else [])
    for refusal, numbers in list(alike.items())[:_MOST_TOLD]:
        about = _listed([f"{names.get(one, '')} {one}".strip() for one in numbers])
        reason = Words("{about}：{reason}", "{about}: {reason}").format(about=about, reason=refusal.reason)
        yield replace(refusal, reason=reason if numbers else refusal.reason), numbers
    rest = dict.fromkeys(number for numbers in list(alike.values())[_MOST_TOLD:] for number in numbers)
    if rest:
        words = Words("另有 {more} 件不能办理", "{more} more are refused").format(more=len(rest))
        yield Refusal("more", words, Words("先处理以上各件", "mend these first")), list(rest)


def _listed(names: Sequence[str]) -> Words:
    """Name the first of some, and say how many they are in all."""
    told = (separator.join(names[:_MOST_NAMED]) for separator in ("、", ", "))
    if len(names) <= _MOST_NAMED:
        return Words(*told)
    zh, en = told
    return Words(f"{zh} 等 {len(names)} 件", f"{en} and others, {len(names)} in all")


def _is_not_theirs(refusals: Sequence[Refusal]) -> bool:
    return not {one.gate for one in refusals}.isdisjoint(_NOT_THEIRS)


def word_file(content: bytes, name: str) -> Response:
    """Return a Word file to take away under this name."""
    return Response(content, media_type=_WORD, headers={"Content-Disposition": attachment(f"{name}.docx")})


def office_file(content: bytes, name: str, kind: Literal["docx", "xlsx", "pdf"]) -> Response:
    """Return a Word or Excel file, or a PDF, to take away under this name."""
    if kind == "docx":
        return word_file(content, name)
    media_type = XLSX if kind == "xlsx" else "application/pdf"
    return Response(content, media_type=media_type, headers={"Content-Disposition": attachment(f"{name}.{kind}")})


def attachment(name: str) -> str:
    """Return the header by which browsers keep a file under this name, whatever it is."""
    return f"attachment; filename*=UTF-8''{quote(name, safe='')}"


class TakenAway:
    """A folder for copies of files that a request takes away; it is gone once they are sent, or nothing was."""

    def __init__(self, desk: Desk) -> None:
        self.folder = take_away(desk.contents.incoming)

    def send(self, file: Path) -> Response:
        """Send one of the copies, as something to keep and never to show here."""
        return FileResponse(
            file,
            media_type="application/octet-stream",
            filename=file.name,
            background=BackgroundTask(self.forget),
        )

    def forget(self) -> None:
        """Remove the folder."""
        rmtree(self.folder, ignore_errors=True)


def rules_and_materials(found: CaseFile) -> tuple[dict[str, str], dict[str, str]]:
    """Return what a nomination may be returned for: the names of its rules and of its materials, by their ids."""
    return (
        {one.rule: one.name for one in each(found.verdicts)},
        {one.material.id: one.material.name for one in found.materials},
    )


def reason_for(found: CaseFile, lacking: Lacking, said: str) -> str:
    """Put a reason together from what is named to be mended and what was written, as letters tell it."""
    rules, materials = rules_and_materials(found)
    named = [
        ("条件未满足", [rules[one] for one in lacking.rules]),
        ("材料须补正", [materials[one] for one in lacking.materials]),
    ]
    parts = [f"{what}：{'、'.join(names)}" for what, names in named if names]
    return "；".join([*parts, said] if said else parts)
