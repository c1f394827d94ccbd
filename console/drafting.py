"""Beginning a program's file: from a few answers, or as the next edition of an earlier one. Nothing of it is kept."""

import re
import tomllib
from collections.abc import Sequence
from http import HTTPStatus
from typing import Final

from fastapi import FastAPI
from fastapi.responses import Response
from starlette.requests import Request

from console.acting import attachment, day_in, line_in
from console.admission import visitor_of
from console.forms import Form, whole
from console.opening import FILES, admit_opener
from console.program_text import MOST_SENT
from console.showing import Shown, taking
from console.uploads import FileForm, called, uploading
from operations.desk import Desk
from operations.opening_desk import check_file, not_in_store, ruled_programs, written_program
from programs import Fault, ProgramError, Words
from programs.drafting import Answers, NextEdition, first_draft, next_edition
from store.types import UnfitError

#: As `programs.base.Slug`.
_ID: Final = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_YEARS: Final = range(2000, 2101)
_MOST_SEATS: Final = 100_000
_MOST_DAYS: Final = 365
_MOST_YEARS: Final = 50
_LONGEST: Final = 200


class Drafting:
    """The pages of `/program-files/new` and `/program-files/edition`."""

    def __init__(self, desk: Desk, shown: Shown) -> None:
        self._desk = desk
        self._shown = shown

    def register(self, app: FastAPI) -> None:
        """Give the app these pages."""
        incoming = self._desk.contents.incoming
        app.add_route(f"{FILES}/new", self.page, methods=["GET"])
        app.add_route(f"{FILES}/new", taking(self.begin), methods=["POST"])
        app.add_route(f"{FILES}/edition", taking(self.edition), methods=["POST"])
        fetching = uploading(self.fetch, incoming, MOST_SENT, admit_opener)
        app.add_route(f"{FILES}/fetched", fetching, methods=["POST"])

    def page(self, request: Request) -> Response:
        """Show the questions that a first file answers."""
        return self._page(request)

    def begin(self, request: Request, form: Form) -> Response:
        """Write a first file from a few answers."""
        admit_opener(request)
        try:
            answers = _answers(form)
        except UnfitError as error:
            return self._page(request, error.words, form)
        return self._drafted(request, first_draft(answers), f"{answers.id}.toml")

    def edition(self, request: Request, form: Form) -> Response:
        """Write the file of another edition of a program, with every line that is to be checked."""
        admit_opener(request)
        year, program_id = whole(form.get("year")), form.get("program")
        own, shipped = ruled_programs(self._desk, visitor_of(request).actor), not_in_store(self._desk)
        refused = None
        if program_id not in {one.id for one in (*own, *shipped)}:
            refused = Words("请在列表里选定一个项目", "choose a program of the list")
        elif year is None or year not in _YEARS:
            refused = Words("年份写四位数，如 2027", "write the year with four digits, such as 2027")
        if refused or year is None:
            values: dict[str, object] = {"refused": refused, "own": own, "shipped": shipped, "form": form}
            status = HTTPStatus.UNPROCESSABLE_ENTITY
            return self._shown.page(request, self._shown.voice(request), "program-files.html", status, **values)
        text = written_program(self._desk, program_id, visitor_of(request).actor, self._shown.voice(request).now)
        edition = next_edition(text, year)
        return self._drafted(request, edition.text, f"{tomllib.loads(edition.text)['id']}.toml", edition)

    def fetch(self, request: Request, form: FileForm) -> Response:
        """Send a text of a page as a file to keep."""
        admit_opener(request)
        name = called(form.get("name")) or "program.toml"
        text = form.raw("text").replace("\r\n", "\n")
        headers = {"Content-Disposition": attachment(name if name.endswith(".toml") else f"{name}.toml")}
        return Response(text.encode(), media_type="application/toml; charset=utf-8", headers=headers)

    def _page(self, request: Request, refused: Words | None = None, form: Form | None = None) -> Response:
        admit_opener(request)
        status = HTTPStatus.UNPROCESSABLE_ENTITY if refused else HTTPStatus.OK
        values = {"refused": refused, "form": form or Form([])}
        return self._shown.page(request, self._shown.voice(request), "draft.html", status, **values)

    def _drafted(self, request: Request, text: str, name: str, edition: NextEdition | None = None) -> Response:
        checked = None
        try:
            checked = check_file(self._desk, text, name)
            faults: Sequence[Fault] = checked.everything
        except ProgramError as error:
            faults = error.faults
        values: dict[str, object] = {"checked": checked, "faults": faults, "text": text, "name": name}
        values |= {"refusals": (), "edition": edition, "drafted": True, "opened": False}
        return self._shown.page(request, self._shown.voice(request), "program-file.html", HTTPStatus.OK, **values)


def _answers(form: Form) -> Answers:
    """Read what a first file needs to know; raises `UnfitError` that says which answer is missing or unfit."""
    program_id = form.get("id")
    if not _ID.fullmatch(program_id) or len(program_id) > _LONGEST:
        raise UnfitError(
            Words(
                "项目 id 只能用小写字母、数字和连字符，如 mingshi-craftsman-2026",
                "the id may have lower-case letters, digits and hyphens only: mingshi-craftsman-2026",
            )
        )
    issued = day_in(form.get("issued"))
    if issued is None:
        raise _missing(Words("印发日期", "the issue date"))
    issuers = tuple(dict.fromkeys(one.strip() for one in re.split("[、，,]", _line(form, "issuers")) if one.strip()))
    if not issuers:
        raise _missing(_LABELS["issuers"])
    term = _number(form, "term_years", _MOST_YEARS) if form.get("term_years") else None
    return Answers(
        program_id,
        _line(form, "award"),
        _line(form, "edition"),
        _line(form, "title"),
        issuers,
        _line(form, "office"),
        issued,
        _number(form, "seats", _MOST_SEATS),
        _line(form, "deadline"),
        _number(form, "publicity_days", _MOST_DAYS),
        term,
    )


_LABELS: Final = {
    "award": Words("奖项名称", "the award"),
    "edition": Words("届次", "the edition"),
    "title": Words("通知标题", "the notice's title"),
    "issuers": Words("发文机关", "who issues it"),
    "office": Words("承办处室", "the office that runs it"),
    "deadline": Words("截止日期", "the deadline"),
    "seats": Words("名额", "how many are honored"),
    "publicity_days": Words("公示工作日", "working days of publicity"),
    "term_years": Words("聘期年数", "years of the term"),
}


def _line(form: Form, name: str) -> str:
    line = line_in(form, name)
    if not line:
        raise _missing(_LABELS[name])
    if len(line) > _LONGEST:
        raise UnfitError(
            Words("{what}超过 {most} 字，请写短一些", "{what} has more than {most} characters; shorten it").format(
                what=_LABELS[name], most=_LONGEST
            )
        )
    return line


def _number(form: Form, name: str, most: int) -> int:
    number = whole(form.get(name))
    if number is None or not 1 <= number <= most:
        raise UnfitError(
            Words("{what}写 1 至 {most} 的整数", "{what}: write a whole number from 1 to {most}").format(
                what=_LABELS[name], most=most
            )
        )
    return number


def _missing(what: Words) -> UnfitError:
    return UnfitError(Words("请填写{what}", "fill in {what}").format(what=what))
