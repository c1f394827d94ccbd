"""What a program will do, before it does: every letter that it can send, and a rehearsal with made-up nominees."""

from collections.abc import Sequence
from dataclasses import dataclass
from threading import Lock
from typing import Any, Final

from fastapi import FastAPI
from fastapi.responses import Response
from starlette.requests import Request

from console.acting import status_of
from console.admission import session_here, visitor_of
from console.forms import Form, whole
from console.showing import Shown, taking
from notifications.channels import MemoryChannel
from notifications.letters import Letter
from operations.desk import Desk
from operations.letters_ahead import letters_ahead
from operations.opening_desk import ruled_by
from operations.rehearse import Case, Rehearsal, rehearse_apart
from operations.results import Denied
from programs import Words
from states import Move, Refusal, compile_pipeline

#: A rehearsal takes about a tenth of a second for each; more are rehearsed by command or by the flow.
MOST: Final = 60
_USUAL: Final = 20
_SEEDS: Final = 10_000
#: So many letters of a rehearsal are shown.
_LETTERS: Final = 300


@dataclass(frozen=True, slots=True)
class Rehearsed:
    """A rehearsal as a page shows it: scenes in which something happened, ends by their names, and letters."""

    scenes: Sequence[dict[str, Any]]
    standings: Sequence[tuple[Words, int]]
    cases: Sequence[tuple[Words, int]]
    unplayed: Sequence[Words]
    letters: Sequence[Letter]
    more: int


class Rehearsing:
    """The page of `/programs/ID/rehearsal`."""

    def __init__(self, desk: Desk, shown: Shown) -> None:
        self._desk = desk
        self._shown = shown
        self._stage = Lock()

    def register(self, app: FastAPI) -> None:
        """Give the app this page."""
        program = "/programs/{program_id}/rehearsal"
        app.add_route(program, self.ahead, methods=["GET"])
        app.add_route(program, taking(self.rehearse), methods=["POST"])

    def ahead(self, request: Request) -> Response:
        """Show every letter that the program can send."""
        return self._page(request)

    def rehearse(self, request: Request, form: Form) -> Response:
        """Rehearse the program, and show what came of it; nothing of it is kept."""
        now, actor = self._shown.voice(request).now, session_here(request).actor
        program = ruled_by(self._desk, request.path_params["program_id"], actor, now).program
        nominations, seed = whole(form.get("nominations")), whole(form.get("seed"))
        if nominations is None or seed is None or not (1 <= nominations <= MOST and seed < _SEEDS):
            return self._page(request, (_unfit(),), form)
        if not self._stage.acquire(blocking=False):
            return self._page(request, (_occupied(),), form)
        try:
            channel = MemoryChannel()
            incoming = self._desk.contents.incoming
            incoming.mkdir(mode=0o700, parents=True, exist_ok=True)
            done = rehearse_apart(self._desk, program, channel, nominations=nominations, seed=seed, within=incoming)
        finally:
            self._stage.release()
        if isinstance(done, Denied):
            return self._page(request, done.refusals, form)
        pipeline = compile_pipeline(program)
        names = [(pipeline.standings[key].name, count) for key, count in done.standings.items()]
        return self._page(request, form=form, rehearsed=_shown_of(done, names, channel.letters))

    def _page(
        self,
        request: Request,
        refusals: Sequence[Refusal] = (),
        form: Form | None = None,
        rehearsed: Rehearsed | None = None,
    ) -> Response:
        voice = self._shown.voice(request)
        running = ruled_by(self._desk, request.path_params["program_id"], visitor_of(request).actor, voice.now)
        return self._shown.page(
            request,
            voice,
            "rehearsal.html",
            status_of(refusals),
            program=running.program,
            ahead=letters_ahead(running, voice.now, "en" if voice.language == "en" else "zh"),
            refusals=refusals,
            form=form or Form([("nominations", str(_USUAL)), ("seed", "1")]),
            most=MOST,
            moves={move.value: move.label for move in Move},
            rehearsed=rehearsed,
        )


def _shown_of(done: Rehearsal, standings: Sequence[tuple[Words, int]], letters: Sequence[Letter]) -> Rehearsed:
    return Rehearsed(
        [one for one in done.scenes if one["moved"] or one["refused"] or one["notes"]],
        standings,
        [(case.label, times) for case, times in done.cases.items()],
        [case.label for case in Case if case not in done.cases],
        letters[:_LETTERS],
        len(letters[_LETTERS:]),
    )


def _unfit() -> Refusal:
    return Refusal(
        "read",
        Words("件数或种子不对", "the count or the seed is out of range"),
        Words("件数写 1 至 {most}，种子写 0 至 {seeds}", "1 to {most} nominations; a seed of 0 to {seeds}").format(
            most=MOST, seeds=_SEEDS - 1
        ),
    )


def _occupied() -> Refusal:
    return Refusal(
        "rehearsing",
        Words("另一场演练正在进行", "another rehearsal is going on"),
        Words("请过几秒再试", "try again in some seconds"),
    )
