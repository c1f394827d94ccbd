"""What a grown installation is loaded with: programs whose nominations come due one after the other, and operators."""

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from http import HTTPStatus
from threading import Event, Thread
from typing import Any

import httpx
from sqlalchemy import select
from sqlalchemy.exc import DBAPIError
from stdnum.cn import ric

from deadlines import SHANGHAI
from operations.actors import MACHINE, Actor, Role
from operations.acts import Act
from operations.desk import Desk
from operations.held_secrets import Given
from operations.move import move
from operations.nominate import Draft, Nominated, nominate
from operations.opening import open_program
from operations.people import add_person
from operations.results import Denied, Moved, OutsideError
from operations.tokens import give_token
from programs import Program
from states import Move
from store import tables as t
from tests.console.filled import small_program
from tests.console.people import PASSWORD

OPERATOR, ADMINISTRATOR, UNIT = "厂经办", "总管理", "第1公司"
DRAWN_UP = datetime(2026, 4, 1, 9, tzinfo=SHANGHAI)


def small(program_id: str, deadline: str) -> Program:
    """A program whose nominations wait with their unit until this deadline, without a quota."""
    document: dict[str, Any] = small_program().model_dump(mode="json") | {"id": program_id, "quotas": []}
    document["stages"][0]["tiers"][1]["deadline"]["phrase"] = deadline
    return Program.model_validate(document)


def due(program: Program) -> datetime:
    """The first instant that is too late for a program of `small`: its deadline is a day of 2026."""
    month, day = program.stages[0].tiers[1].deadline.phrase.removesuffix("日").split("月")
    return datetime(2026, int(month), int(day), tzinfo=SHANGHAI) + timedelta(days=1)


def draw_up(desk: Desk, program: Program, count: int) -> list[str]:
    """Open a program and draw up so many nominations of one unit, fewer than a thousand; returns their numbers."""
    act = Act(MACHINE, DRAWN_UP)
    assert not isinstance(open_program(desk, program, act), Denied)
    drawn = [nominate(desk, program.id, _draft(place), act) for place in range(count)]
    assert not [one for one in drawn if isinstance(one, Denied)]
    return [one.number for one in drawn if isinstance(one, Nominated)]


def _draft(place: int) -> Draft:
    identity = f"51050219900101{place:03d}"
    identity += ric.calc_check_digit(f"{identity}0")
    return Draft(nominee=f"候选人{place}", unit=UNIT, nominator="江阳区", nominator_kind="district", identity=identity)


def register(desk: Desk) -> str:
    """Register an administrator, and the operator of the unit, whose token is returned."""
    now = datetime.now(SHANGHAI)
    assert add_person(desk, ADMINISTRATOR, Role.ADMINISTRATOR, None, Act(MACHINE, now), password=PASSWORD) is None
    by = Act(Actor(ADMINISTRATOR), now)
    assert add_person(desk, OPERATOR, Role.OPERATOR, UNIT, by, password=PASSWORD) is None
    given = give_token(desk, OPERATOR, "试用", timedelta(days=1), by)
    assert isinstance(given, Given)
    return given.secret


class Operating:
    """Somebody who submits one nomination after the other until it is enough; what fails is tried until it is done."""

    def __init__(self, numbers: Iterable[str], submit: Callable[[str], bool]) -> None:
        self.done: list[str] = []
        self.failures = 0
        self._numbers, self._submit = numbers, submit
        self._enough = Event()
        self._thread = Thread(target=self._work)
        self._thread.start()

    def _work(self) -> None:
        for number in self._numbers:
            while not self._submit(number):
                self.failures += 1
                self._enough.wait(0.2)
            self.done.append(number)
            if self._enough.wait(0.6):
                return

    def stop(self) -> None:
        """Have the one that is under way be the last."""
        self._enough.set()
        self._thread.join()


def by_api(browser: httpx.Client, token: str) -> Callable[[str], bool]:
    """Submit by the console's API: whether it is done. A try whose answer was lost may have been taken."""
    headers = {"Authorization": f"Bearer {token}"}

    def submit(number: str) -> bool:
        try:
            answer = browser.get(f"/api/v1/nominations/{number}", headers=headers)
            if answer.is_success and answer.json()["version"] > 1:
                return True
            if answer.is_success:
                body = {"move": "submit", "version": answer.json()["version"]}
                answer = browser.post(f"/api/v1/nominations/{number}/moves", json=body, headers=headers)
        except httpx.TransportError:
            return False
        # Whoever was told nothing may find that it has been done since.
        assert answer.is_success or answer.is_server_error or answer.status_code == HTTPStatus.CONFLICT, answer.text
        return answer.is_success

    return submit


def by_hand(desk: Desk) -> Callable[[str], bool]:
    """Submit by the operation itself, in this process: whether it is done."""

    def submit(number: str) -> bool:
        act = Act(Actor(OPERATOR, Role.OPERATOR, UNIT), datetime.now(SHANGHAI))
        try:
            with desk.store.read() as connection:
                where = select(t.nomination.c.stage).where(t.nomination.c.number == number)
                if connection.execute(where).scalar_one() == "recommendation.city":
                    return True
            done = move(desk, number, Move.SUBMIT, act)
        except (DBAPIError, OutsideError):
            return False
        assert isinstance(done, Moved), done
        return True

    return submit
