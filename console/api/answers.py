"""What the addresses of the API share: the desk, the clock, what somebody's key lets them do and see, and refusals."""

from collections.abc import Callable
from datetime import datetime
from http import HTTPStatus

from fastapi import Request

from console.acting import told
from console.api.asking import ProblemError
from console.limiting import Limit
from operations.acts import Act
from operations.casefiles import CaseFile, case_file
from operations.desk import Desk
from operations.held_secrets import Held
from operations.results import Denied


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

    def _refused(self, request: Request, act: Act, done: Denied, *, version: int | None = None) -> ProblemError:
        """Return why something was refused; that it was not theirs to do goes into the history."""
        return ProblemError(HTTPStatus.CONFLICT, refusals=told(self._desk, request, act, done), version=version)
