"""When a message that failed for the time being is tried again, and at which of its recipient's addresses."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from types import MappingProxyType
from typing import Final, NamedTuple

#: Minutes between the first tries at an address. After the last of them its recipient's next address is tried.
_QUICK: Final = (1, 5, 15, 60)
#: Minutes between the tries once every address has had those. They outlast a night's outage, and a weekend's.
_SLOW: Final = (240, 720, 1440, 1440)
#: What stands for an address that has refused a message for good.
REFUSED: Final = -1

#: How often a message has failed at each address, by what tells it from the others; `REFUSED` where it was for good.
Tried = Mapping[str, int]
NOTHING_TRIED: Final[Tried] = MappingProxyType({})


class Next(NamedTuple):
    """The address where a message is tried next, and after how long."""

    address: str
    after: timedelta


def failed_at(tried: Tried, address: str, *, permanent: bool) -> Tried:
    """Return what was tried, with one more failure at an address."""
    return {**tried, address: REFUSED if permanent else max(tried.get(address, 0), 0) + 1}


def next_try(addresses: Sequence[str], tried: Tried) -> Next | None:
    """Return where and when a message is tried next, of the addresses in their order; None to park it.

    Each address is tried five times within an hour and a half before the next one is. Once each has been, those that
    have not refused the message for good take turns, four times within three days.
    """
    left = [one for one in addresses if tried.get(one, 0) != REFUSED]
    for one in left:
        failures = tried.get(one, 0)
        if failures <= len(_QUICK):
            return Next(one, timedelta(minutes=_QUICK[failures - 1] if failures else 0))
    turn = sum(tried[one] - len(_QUICK) - 1 for one in left)
    if not left or turn >= len(_SLOW):
        return None
    return Next(left[turn % len(left)], timedelta(minutes=_SLOW[turn]))
