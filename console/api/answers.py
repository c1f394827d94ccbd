"""What the addresses of the API share: the desk, the clock, what somebody's key lets them do and see, and refusals."""

from collections.abc import Callable
from datetime import datetime
from http import HTTPStatus
from typing import Any, TypeVar

from fastapi import FastAPI, Request

from console.acting import told
from console.api.asking import ProblemError, problems
from console.limiting import Limit
from operations.acts import Act
from operations.casefiles import CaseFile, case_file
from operations.desk import Desk
from operations.held_secrets import Held
from operations.results import Denied
from operations.seeing import Seeing

_Done = TypeVar("_Done")

Routed = tuple[tuple[str, str, Callable[..., Any]], ...]
"""Addresses: by which method, where, and what answers there."""


class Answers:
    """Answers at a desk; `clock` says what time it is (aware), `computed` how often one person looks ahead."""

    def __init__(self, desk: Desk, clock: Callable[[], datetime], computed: Limit) -> None:
        self._desk = desk
        self._clock = clock
        self._computed = computed

    def _act(self, bearer: Held, reason: str = "") -> Act:
        return Act(bearer.actor, self._clock(), reason)

    def _case(self, bearer: Held, number: str) -> CaseFile:
        return case_file(self._desk, number, bearer.actor, self._clock())

    def _program(self, bearer: Held, program_id: str) -> None:
        """Raise `UnknownError` for a program that the asker may not know."""
        with self._desk.store.read() as connection:
            Seeing(self._desk, connection, bearer.actor, self._clock()).program(program_id)

    def _done(self, request: Request, act: Act, done: _Done | Denied) -> _Done:
        """Return what was done; raises the problem where it was refused."""
        if isinstance(done, Denied):
            raise self._refused(request, act, done)
        return done

    def _refused(self, request: Request, act: Act, done: Denied, *, version: int | None = None) -> ProblemError:
        """Return why something was refused; that it was not theirs to do goes into the history."""
        return ProblemError(HTTPStatus.CONFLICT, refusals=told(self._desk, request, act, done), version=version)


def route(app: FastAPI, asked: Routed) -> None:
    """Give an app addresses, of which those may refuse by which something is done."""
    for method, path, answer in asked:
        may = problems() if method == "GET" else problems(HTTPStatus.CONFLICT)
        app.add_api_route(path, answer, methods=[method], responses=may, operation_id=answer.__name__)
