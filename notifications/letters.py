"""What a message says: one digest for one recipient, in one language, from the templates in `texts/`."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Final, Literal

from jinja2 import Environment, PackageLoader, StrictUndefined, Template, select_autoescape

from deadlines import SHANGHAI
from deadlines.zone import last_day_before
from notifications.kinds import ChannelKind
from notifications.owed import OwedKind

#: A longer list says how many more there are: whoever holds hundreds works from the list in the console.
LISTED: Final = 10
_SUBJECT_LENGTH: Final = 100
_WEEKDAYS: Final = "一二三四五六日"
_DAYS: Final = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS: Final = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")

Language = Literal["zh", "en"]

#: What stands at the end of a text of which not all fits into a channel.
_MORE: Final = {"zh": "（全文请登录查看）", "en": "(sign in to read all of it)"}


@dataclass(frozen=True, slots=True)
class Letterhead:
    """What all letters of an installation have in common: their language, and where their links lead.

    `console` is where people who sign in reach the console, `public` where anybody reaches its public pages; without a
    slash at the end, and none where there is no such address.
    """

    language: Language = "zh"
    console: str | None = None
    public: str | None = None


@dataclass(frozen=True, slots=True)
class Links:
    """Addresses that a letter ends with: where its receipt is confirmed, and where news like it is not wanted again."""

    confirm: str | None = None
    unsubscribe: str | None = None


NO_LINKS: Final = Links()


@dataclass(frozen=True, slots=True)
class Nominated:
    """A nomination as a letter names it; `because` is why it was returned, where it is to be mended."""

    number: str
    nominee: str
    because: str | None = None


@dataclass(frozen=True, slots=True)
class Item:
    """One owed thing, with all that its recipient needs to act on it; every text is for people, in their language.

    `award` names the award and its edition, `stage` the standing. `nominations` are the first of `total` (all of them
    where it is left out), and `about` whose they are where that is not the recipient. An `urgent` item cannot wait for
    another working day. `task` is what to do, `where` the office where it is done, `page` the page. `due` is the first
    instant too late (aware), and `working_days_left` counts from the day of sending; `provisional`: the due rests on a
    holiday schedule that is not published yet. `outcome` says what became of a nomination, `reason` why; both belong to
    a notice. `remarks` are the program's own words. Of an item with a `receipt` somebody must know that it came.
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
    page: str | None = None
    remarks: tuple[str, ...] = ()
    receipt: bool = False

    @property
    def count(self) -> int:
        """How many nominations it is about."""
        return max(self.total, len(self.nominations))

    @property
    def is_back(self) -> bool:
        """Whether all that it names was returned to be mended."""
        return bool(self.nominations) and all(one.because for one in self.nominations)

    @property
    def asks(self) -> bool:
        """Whether its recipient is to do something."""
        return self.task is not None or self.kind is not OwedKind.NOTICE


@dataclass(frozen=True, slots=True)
class Letter:
    """A message ready for a channel. `message_id` is its RFC 5322 Message-ID without the angle brackets.

    `by` says what kind of channel its `address` belongs to. `written_at` becomes its date: a letter that is tried again
    is the same letter. Its `links` are no part of the body, which is kept: whoever has them acts as the recipient.
    """

    message_id: str
    recipient: str
    address: str | None
    subject: str
    body: str
    written_at: datetime
    links: Links = NO_LINKS
    language: Language = "zh"
    by: ChannelKind = ChannelKind.MAIL

    @property
    def text(self) -> str:
        """The body with its links, as it is sent."""
        if self.links == NO_LINKS:
            return self.body
        return self.body + self._links

    @property
    def _links(self) -> str:
        return _texts_of(self.language).links.render(confirm=self.links.confirm, unsubscribe=self.links.unsubscribe)

    def short(self, most: int, page: str | None = None) -> str:
        """The text in at most so many bytes of UTF-8: its subject, as much of the body as there is room for, its links.

        Where not all of the body is there it says so, and where the rest can be read, if that is known.
        """
        links = self._links.strip() if self.links != NO_LINKS else ""
        head, foot = f"{self.subject}\n\n", f"\n\n{links}" if links else ""
        whole = f"{head}{self.body.strip()}{foot}"
        if len(whole.encode()) <= most:
            return whole
        more = _MORE[self.language] + (f" {page}" if page else "")
        room = most - len(f"{head}…\n{more}{foot}".encode())
        some = self.body.strip().encode()[: max(room, 0)].decode(errors="ignore").rstrip()
        # A subject and links alone may be too long for a channel that takes hardly anything.
        return (
            f"{head}{some}…\n{more}{foot}"
            if room > 0
            else f"{head}{more}{foot}".encode()[:most].decode(errors="ignore")
        )


def compose(  # noqa: PLR0913 - what a letter is made of, each by name
    recipient: str,
    items: Iterable[Item],
    *,
    address: str | None,
    sender: str,
    name: str,
    now: datetime,
    answered_to: str | None = None,
    links: Links = NO_LINKS,
    language: Language = "zh",
    by: ChannelKind = ChannelKind.MAIL,
) -> Letter:
    """Return the one letter that tells a recipient all these items, the most urgent first.

    `sender` is the office, or offices, that sign it, `name` its Message-ID. Its receipt is confirmed to `answered_to`,
    where that is another. Raises `ValueError` without items.
    """
    ranked = _once(sorted(items, key=_urgency))
    if not ranked:
        raise ValueError("a letter needs something to say")
    texts = _texts_of(language)
    subject = texts.subject.render(items=ranked)
    body = texts.letter.render(
        recipient=recipient,
        items=ranked,
        sender=sender,
        answered_to=answered_to or sender,
        now=now.astimezone(SHANGHAI),
        listed=LISTED,
        acts=any(item.asks for item in ranked),
        receipt=any(item.receipt for item in ranked),
        linked=links.confirm is not None,
        id=name,
    )
    return Letter(name, recipient, address, _shortened(_one_line(subject)), body, now, links, language, by)


def message_id(key: str) -> str:
    """Return the Message-ID of the letter with this key: 46 ASCII characters."""
    return f"{hashlib.sha256(key.encode()).hexdigest()[:32]}@linxuan.local"


def _once(items: Sequence[Item]) -> list[Item]:
    """Leave out notices of what was returned where the letter asks its recipient to mend just that, and says why."""
    told = {one.number for item in items if item.asks for one in item.nominations[:LISTED] if one.because}
    return [
        item
        for item in items
        if item.asks or not item.reason or not item.count or {one.number for one in item.nominations} - told
    ]


def _urgency(item: Item) -> tuple[bool, float, str, str]:
    return item.due is None, item.due.timestamp() if item.due else 0, item.award, item.stage


def _shortened(text: str) -> str:
    return text if len(text) <= _SUBJECT_LENGTH else text[: _SUBJECT_LENGTH - 1] + "…"


def _one_line(text: object) -> str:
    """Fold white space, so that no name from a form can start a line of its own."""
    return " ".join(str(text).split())


def _day(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"


def _day_in_english(day: date) -> str:
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"


def _closing_day(due: datetime) -> str:
    day = last_day_before(due)
    return f"{day.month}月{day.day}日"


def _closing_day_in_english(due: datetime) -> str:
    day = last_day_before(due)
    return f"{day.day} {_MONTHS[day.month - 1]}"


def _clock(due: datetime) -> str:
    """Write the first instant too late as people say it: 24:00 of the last day, not 00:00 of the next."""
    local = due.astimezone(SHANGHAI)
    return "24:00" if last_day_before(due) < local.date() else f"{local:%H:%M}"


def _closing(due: datetime) -> str:
    day = last_day_before(due)
    return f"{_day(day)}（星期{_WEEKDAYS[day.weekday()]}）{_clock(due)}"


def _closing_in_english(due: datetime) -> str:
    day = last_day_before(due)
    return f"{_DAYS[day.weekday()]} {_day_in_english(day)}, {_clock(due)}"


def _remaining(working_days: int | None) -> str:
    match working_days:
        case None:
            return ""
        case 0:
            return "，今天是最后一个工作日"
        case _:
            return f"，还有{working_days}个工作日"


def _remaining_in_english(working_days: int | None) -> str:
    match working_days:
        case None:
            return ""
        case 0:
            return ", today is the last working day"
        case 1:
            return ", one working day is left"
        case _:
            return f", {working_days} working days are left"


@dataclass(frozen=True, slots=True)
class _Texts:
    """The templates of one language, compiled."""

    subject: Template
    letter: Template
    links: Template


def _texts(language: Language, **filters: object) -> _Texts:
    environment = Environment(
        loader=PackageLoader("notifications", f"texts/{language}"),
        autoescape=select_autoescape(["html"]),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        auto_reload=False,
        finalize=_one_line,
    )
    environment.filters |= filters
    return _Texts(*(environment.get_template(f"{name}.txt") for name in ("subject", "letter", "links")))


def _numeral(count: int) -> str:
    import cn2an  # noqa: PLC0415 - most of what runs writes no letter

    return str(cn2an.an2cn(count))


@cache
def _texts_of(language: Language) -> _Texts:
    if language == "zh":
        return _texts(
            "zh", day=_day, closing=_closing, closing_day=_closing_day, remaining=_remaining, numeral=cache(_numeral)
        )
    return _texts(
        "en",
        day=_day_in_english,
        closing=_closing_in_english,
        closing_day=_closing_day_in_english,
        remaining=_remaining_in_english,
    )
