"""What the addresses of the API share: the desk, the clock, and what somebody's key lets them do and see."""

from collections.abc import Callable
from datetime import datetime

from operations.acts import Act
from operations.casefiles import CaseFile, case_file
from operations.desk import Desk
from operations.held_secrets import Held


class Answers:
    """Answers at a desk; `clock` says what time it is (aware)."""

    def __init__(self, desk: Desk, clock: Callable[[], datetime]) -> None:
        self._desk = desk
        self._clock = clock

    def _act(self, bearer: Held, reason: str = "") -> Act:
        return Act(bearer.actor, self._clock(), reason)

    def _case(self, bearer: Held, number: str) -> CaseFile:
        return case_file(self._desk, number, bearer.actor, self._clock())
