"""What a check of the product comes to."""

from dataclasses import dataclass
from enum import StrEnum

from programs import Words


class State(StrEnum):
    """What a check came to."""

    WELL = "ok"
    WARNING = "warning"
    WRONG = "wrong"


@dataclass(frozen=True, slots=True)
class Check:
    """One check: what was found, and what to do about it. `unreachable`: nothing else of the database can be asked."""

    check: str
    state: State
    message: Words
    remedy: Words | None = None
    unreachable: bool = False


def well(check: str, zh: str, en: str) -> Check:
    """Say that all is well."""
    return Check(check, State.WELL, Words(zh, en))
