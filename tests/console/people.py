"""People of every role beside the filled store, and browsers in which they are signed in."""

from datetime import datetime

import pytest
from argon2 import PasswordHasher

from console import create_app
from operations.actors import MACHINE, Actor, Role
from operations.acts import Act
from operations.desk import Desk
from operations.organizations import place_organization
from operations.people import add_person
from tests.console.asking import Client
from tests.console.filled import NOW

#: What everybody's password is.
PASSWORD = "甲乙丙丁戊己庚辛"  # noqa: S105 - nobody has it

#: Who works where: for the office that runs the small program, for those who stand behind its nominations, and for
#: organizations that have nothing to do with either.
PEOPLE: dict[str, tuple[Role, str | None]] = {
    "总管理": (Role.ADMINISTRATOR, None),
    "局管理": (Role.ADMINISTRATOR, "某市人社局"),
    "外管理": (Role.ADMINISTRATOR, "外市人社局"),
    "局经办": (Role.OPERATOR, "某市人社局"),
    "区经办": (Role.OPERATOR, "江阳区"),
    "厂经办": (Role.OPERATOR, "第1公司"),
    "外经办": (Role.OPERATOR, "外市人社局"),
    "局审查": (Role.SCREENING, "某市人社局"),
    "外审查": (Role.SCREENING, "外市人社局"),
    "局专家": (Role.EXPERT, "某市人社局"),
    "外专家": (Role.EXPERT, "外市人社局"),
    "总监督": (Role.SUPERVISOR, None),
    "局监督": (Role.SUPERVISOR, "某市人社局"),
    "外监督": (Role.SUPERVISOR, "外市人社局"),
}


def hash_quickly(patched: pytest.MonkeyPatch) -> None:
    """Make passwords quick to compare: a right one takes a twentieth of a second otherwise."""
    quick = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    patched.setattr("operations.passwords._hasher", lambda: quick)


def register(desk: Desk) -> None:
    """Register everybody, the first administrator first."""
    by = Act(Actor("总管理"), NOW)
    for name, (role, place) in PEOPLE.items():
        act = Act(MACHINE, NOW) if name == "总管理" else by
        assert add_person(desk, name, role, place, act, password=PASSWORD) is None
    assert place_organization(desk, "江阳区", "某市", by) is None


def browser_of(desk: Desk, name: str, now: datetime = NOW) -> Client:
    """Return a browser in which somebody is signed in."""
    client = Client(create_app(desk, lambda: now))
    answer = client.post("/sign-in", {"name": name, "password": PASSWORD})
    assert answer.status_code == 303, answer.text
    return client
