"""What a message says: one digest for one recipient, in Chinese, from the templates in `texts/`."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

import cn2an
from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

from deadlines import SHANGHAI
from deadlines.zone import last_day_before
from notifications.owed import OwedKind

#: A longer list says how many more there are: whoever holds hundreds works from the list in the console.
LISTED: Final = 10
_SUBJECT_LENGTH: Final = 100
_WEEKDAYS: Final = "一二三四五六日"


@dataclass(frozen=True, slots=True)
class Nominated:
    """A nomination as a letter names it."""

    number: str
    nominee: str


@dataclass(frozen=True, slots=True)
class Item:
    """One owed thing, with all that its recipient needs to act on it; every text is for people, in Chinese.

    `award` names the award and its edition, `stage` the standing. `nominations` are the first of `total` (all of them
    where it is left out), and `about` whose they are where that is not the recipient. An `urgent` item cannot wait for
    another working day. `task` is what to do, `where` the page or the office where it is done. `due` is the first
    instant too late (aware), and `working_days_left` counts from the day of sending; `provisional`: the due rests on a
    holiday schedule that is not published yet. `outcome` says what became of a nomination, `reason` why; both belong to
    a notice.
    """

    kind: OwedKind
    award: str
    stage: str
    nominations: tuple[Nominated, ...] = ()
    total: int = 0
    about: str | None = None
    urgent: bool = False
    task: str | None = None
    due: datetime | None = None
    working_days_left: int | None = None
    provisional: bool = False
    where: str | None = None
    outcome: str | None = None
    reason: str | None = None

    @property
    def count(self) -> int:
        """How many nominations it is about."""
        return max(self.total, len(self.nominations))


@dataclass(frozen=True, slots=True)
class Letter:
    """A message ready for a channel. `message_id` is its RFC 5322 Message-ID without the angle brackets.

    `written_at` becomes its date: a letter that is tried again is the same letter.
    """

    message_id: str
    recipient: str
    address: str | None
    subject: str
    body: str
    written_at: datetime


def compose(
    recipient: str, items: Iterable[Item], *, address: str | None, sender: str, key: str, now: datetime
) -> Letter:
    """Return the one letter that tells a recipient all these items, the most urgent first.

    `sender` is the office that signs it. The same `key` always gives the same Message-ID. Raises `ValueError` without
    items.
    """
    ranked = sorted(items, key=_urgency)
    if not ranked:
        raise ValueError("a letter needs something to say")
    subject = _TEXTS.get_template("subject.txt").render(items=ranked)
    body = _TEXTS.get_template("digest.txt").render(
        recipient=recipient, items=ranked, sender=sender, now=now.astimezone(SHANGHAI), listed=LISTED
    )
    return Letter(message_id(key), recipient, address, _shortened(_one_line(subject)), body, now)


def message_id(key: str) -> str:
    """Return the Message-ID of the letter with this key: 46 ASCII characters."""
    return f"{hashlib.sha256(key.encode()).hexdigest()[:32]}@linxuan.local"


def _urgency(item: Item) -> tuple[bool, float, str, str]:
    return item.due is None, item.due.timestamp() if item.due else 0, item.award, item.stage


def _shortened(text: str) -> str:
    return text if len(text) <= _SUBJECT_LENGTH else text[: _SUBJECT_LENGTH - 1] + "…"


def _one_line(text: object) -> str:
    """Fold white space, so that no name from a form can start a line of its own."""
    return " ".join(str(text).split())


def _day(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"


def _closing_day(due: datetime) -> str:
    day = last_day_before(due)
    return f"{day.month}月{day.day}日"


def _closing(due: datetime) -> str:
    """Write the first instant too late as people say it: 24:00 of the last day, not 00:00 of the next."""
    day, local = last_day_before(due), due.astimezone(SHANGHAI)
    clock = "24:00" if day < local.date() else f"{local:%H:%M}"
    return f"{_day(day)}（星期{_WEEKDAYS[day.weekday()]}）{clock}"


def _remaining(working_days: int | None) -> str:
    match working_days:
        case None:
            return ""
        case 0:
            return "，今天是最后一个工作日"
        case _:
            return f"，还有{working_days}个工作日"


def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("notifications", "texts"),
        autoescape=select_autoescape(["html"]),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        # A digest includes a template for each item, and none of them changes while the product runs.
        auto_reload=False,
        finalize=_one_line,
    )
    environment.filters |= {
        "day": _day,
        "closing": _closing,
        "closing_day": _closing_day,
        "remaining": _remaining,
        "numeral": cn2an.an2cn,
    }
    return environment


_TEXTS: Final = _environment()
