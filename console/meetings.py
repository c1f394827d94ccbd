"""The meeting of a stage: who met where and when, what its ballots say of that, and the minutes to take away."""

from collections.abc import Sequence
from typing import Final

from fastapi import FastAPI
from fastapi.responses import Response
from starlette.requests import Request

from console.acting import act_of, day_in, line_in, status_of, text_in, told, word_file
from console.admission import visitor_of
from console.forms import Form
from console.showing import Shown, see, taking
from deadlines.zone import shanghai_day
from documents.errors import DocumentError
from documents.minutes import Meeting
from operations.desk import Desk
from operations.meetings import MeetingRoom, meeting_room, record_meeting
from operations.printing import minutes_of
from operations.results import Denied
from programs import Words
from states import Refusal
from store.types import UnfitError

#: So many people come to a meeting, and so much is on its agenda; and the longest line of either.
_MOST_LINES: Final = 200
_LONGEST_LINE: Final = 200
_LONGEST_NAME: Final = 120


class Meetings:
    """The pages of `/programs/ID/stages/STAGE/meeting`."""

    def __init__(self, desk: Desk, shown: Shown) -> None:
        self._desk = desk
        self._shown = shown

    def register(self, app: FastAPI) -> None:
        """Give the app these pages."""
        one = "/programs/{program_id}/stages/{stage}"
        app.add_route(f"{one}/meeting", self.one, methods=["GET"])
        app.add_route(f"{one}/meeting", taking(self.record), methods=["POST"])
        app.add_route(f"{one}/minutes", self.minutes, methods=["GET"])

    def one(self, request: Request) -> Response:
        """Show the meeting."""
        return self._page(request)

    def record(self, request: Request, form: Form) -> Response:
        """Record it, in the place of what was recorded before."""
        found, act = self._found(request), act_of(request, self._shown)
        try:
            day = day_in(form.get("held")) or shanghai_day(act.now)
        except UnfitError as error:
            return self._page(request, (Refusal("day", error.words, _CHOOSE_A_DAY),), form)
        lists = {name: _lines(form, name) for name in ("present", "absent", "agenda")}
        place, chair, recorder = (line_in(form, name) for name in ("place", "chair", "recorder"))
        if wrong := tuple(_too_much(lists, place, (chair, recorder))):
            return self._page(request, wrong, form)
        meeting = Meeting(place, chair, recorder, lists["present"], lists["absent"], lists["agenda"])
        done = record_meeting(self._desk, found.program.id, found.stage.id, act, meeting=meeting, held_on=day)
        if isinstance(done, Denied):
            return self._page(request, told(self._desk, request, act, done), form)
        return see(f"{request.url.path}#recorded")

    def minutes(self, request: Request) -> Response:
        """Send the minutes as a Word file."""
        found = self._found(request)
        try:
            return word_file(minutes_of(self._desk, found.program.id, found.stage.id), f"{found.stage.name}纪要")
        except DocumentError as error:
            return self._page(
                request, (Refusal("minutes", error.words, MEND_MINUTES if found.decided else DECIDE_FIRST),)
            )

    def _found(self, request: Request) -> MeetingRoom:
        asked, now = request.path_params, self._shown.voice(request).now
        return meeting_room(self._desk, asked["program_id"], asked["stage"], visitor_of(request).actor, now)

    def _page(self, request: Request, refusals: Sequence[Refusal] = (), form: Form | None = None) -> Response:
        return self._shown.page(
            request,
            self._shown.voice(request),
            "meeting.html",
            status_of(refusals),
            found=self._found(request),
            refusals=refusals,
            form=form,
        )


def _lines(form: Form, name: str) -> tuple[str, ...]:
    """Return what was typed a line each, everything once."""
    lines = (" ".join(line.split()) for line in text_in(form, name).splitlines())
    return tuple(dict.fromkeys(line for line in lines if line))


def _too_much(lists: dict[str, tuple[str, ...]], place: str, names: Sequence[str]) -> Sequence[Refusal]:
    lines = [place, *(line for one in lists.values() for line in one)]
    are_few = all(len(one) <= _MOST_LINES for one in lists.values())
    if are_few and all(len(one) <= _LONGEST_LINE for one in lines) and all(len(one) <= _LONGEST_NAME for one in names):
        return ()
    return (
        Refusal(
            "lines-bounded",
            Words("人员或议程过多，或者有一行过长", "there are too many people or items, or a line is too long"),
            Words(
                "每栏最多 {most} 行，每行最多 {longest} 字；主持人、记录人最多 {name} 字",
                "{most} lines each at most, of {longest} characters; who chaired and recorded it, {name}",
            ).format(most=_MOST_LINES, longest=_LONGEST_LINE, name=_LONGEST_NAME),
        ),
    )


_CHOOSE_A_DAY: Final = Words("请写成 2026-05-08 的样子", "write it as 2026-05-08")
MEND_MINUTES: Final = Words("请更正后再下载", "mend it, then take it again")
DECIDE_FIRST: Final = Words("确定去留之后再下载纪要", "take the minutes once it was decided who goes on")
