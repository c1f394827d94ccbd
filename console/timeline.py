"""The geometry of a program's time line: one row for each date, months across, today marked."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from console.lettering import shorten, width_of
from console.saying import Voice
from deadlines.keydates import KeyDateKind
from deadlines.zone import last_day_before, midnight
from operations.overview import Dated

_TEXT = 14
_TOP, _BOTTOM, _EDGE = 34, 30, 12
_TICK = 64
_LONG = timedelta(days=75)

#: A term lasts for years and would press everything else together; the table has it.
_DRAWN = frozenset(KeyDateKind) - {KeyDateKind.TENURE}


@dataclass(frozen=True, slots=True)
class Row:
    """One date: `x` to `end` is its bar, a point in time where both are the same. `base` is its label's base line."""

    kind: str
    name: str
    full_name: str
    base: float
    y: float
    x: float
    end: float
    note: str
    note_x: float
    note_anchor: str
    past: bool
    running: bool


@dataclass(frozen=True, slots=True)
class Tick:
    """A line across all rows where a month or a week begins; without a label where that would stick out."""

    x: float
    label: str


@dataclass(frozen=True, slots=True)
class Timeline:
    """A whole time line. `today` is where it stands, none while today lies far outside."""

    width: float
    height: float
    left: float
    rows: tuple[Row, ...]
    ticks: tuple[Tick, ...]
    today: float | None
    label: str


def timeline_picture(dates: Sequence[Dated], voice: Voice, *, width: float, gutter: float) -> Timeline | None:
    """Lay out the dates that are known; none where there is nothing to draw.

    Labels stand in the gutter to the left, or above their bars where there is no gutter.
    """
    drawn = [dated for dated in dates if dated.key.closes and dated.key.kind in _DRAWN]
    if not drawn:
        return None
    first, last = _span(drawn, voice.now)
    left = gutter or _EDGE
    scale = _Scale(first, last, left, width - _EDGE)
    rows = tuple(_rows(drawn, voice, scale, gutter))
    return Timeline(
        width=width,
        height=rows[-1].y + _BOTTOM,
        left=left,
        rows=rows,
        ticks=tuple(_ticks(voice, scale)),
        today=scale(voice.now) if first <= voice.now <= last else None,
        label=voice.say("各时段、期限和公示期，同下表", "Windows, deadlines and publicities, as in the table below"),
    )


@dataclass(frozen=True, slots=True)
class _Scale:
    """Where an instant stands between the left and the right edge."""

    first: datetime
    last: datetime
    left: float
    right: float

    def __call__(self, instant: datetime) -> float:
        place = (instant - self.first) / (self.last - self.first)
        return round(self.left + min(1.0, max(0.0, place)) * (self.right - self.left), 1)


def _begin(dated: Dated) -> datetime:
    """Return where the bar begins; a deadline is its last moment alone."""
    key = dated.key
    assert key.closes  # noqa: S101 - only dates that close are drawn
    return key.closes if key.kind is KeyDateKind.DEADLINE or key.opens is None else key.opens


def _span(drawn: Sequence[Dated], now: datetime) -> tuple[datetime, datetime]:
    first = min(_begin(dated) for dated in drawn)
    last = max(dated.key.closes for dated in drawn if dated.key.closes)
    reach = max(last - first, timedelta(days=28))
    if first - reach / 2 < now < last + reach / 2:
        first, last = min(first, now), max(last, now)
    margin = (last - first) / 40 + timedelta(days=1)
    return first - margin, last + margin


def _rows(drawn: Sequence[Dated], voice: Voice, scale: _Scale, gutter: float) -> Iterator[Row]:
    room = gutter - 16 if gutter else scale.right - scale.left
    step, drop = (32, 0) if gutter else (48, 20)
    for place, dated in enumerate(drawn):
        key = dated.key
        closes, begin = key.closes or voice.now, _begin(dated)
        base = _TOP + 26 + place * step
        x, end = scale(begin), scale(closes)
        note = _note(dated, voice)
        on_left = end > scale.left + 0.72 * (scale.right - scale.left)
        yield Row(
            kind=key.kind.value,
            name=shorten(key.name, _TEXT, room),
            full_name=key.name,
            base=base,
            y=base - 5 + drop,
            x=x,
            end=end,
            note=note,
            note_x=x - 12 if on_left else end + 12,
            note_anchor="end" if on_left else "start",
            past=closes <= voice.now,
            running=begin <= voice.now < closes,
        )


def _note(dated: Dated, voice: Voice) -> str:
    """Return the day or the days, briefly."""
    closes = dated.key.closes or voice.now
    first, last = _begin(dated).astimezone(closes.tzinfo).date(), last_day_before(closes)
    if dated.key.kind in (KeyDateKind.DEADLINE, KeyDateKind.ISSUED) or first >= last:
        return voice.short_day(last)
    return f"{voice.short_day(first)}–{voice.short_day(last)}"


def _ticks(voice: Voice, scale: _Scale) -> Iterator[Tick]:
    """Yield weeks where the span is short, else as many months as have room."""
    first, last = scale.first.date(), scale.last.date()
    if scale.last - scale.first <= _LONG:
        weeks = (last - first).days / 7
        step = timedelta(weeks=max(1, round(0.5 + weeks * _TICK / (scale.right - scale.left))))
        day = first + timedelta(days=-first.weekday() % 7)
        while day <= last:
            yield _tick(scale, day, voice.short_day(day))
            day += step
        return
    months = list(_months(first, last))
    room = scale.right - scale.left
    every = next((every for every in (1, 2, 3, 6, 12, 24, 60, 120) if every * room >= _TICK * len(months)), 240)
    shown = [month for month in months if (12 * month.year + month.month - 1) % every == 0]
    year_said = False
    for month in shown:
        tick = _tick(scale, month, voice.month(month, with_year=not year_said or month.month == 1))
        year_said = year_said or bool(tick.label)
        yield tick


def _tick(scale: _Scale, day: date, label: str) -> Tick:
    x, half = scale(midnight(day)), width_of(label, _TEXT) / 2
    fits = x >= half and x + half <= scale.right + _EDGE
    return Tick(x, label if fits else "")


def _months(first: date, last: date) -> Iterator[date]:
    """Yield the first day of each month that begins after `first`."""
    year, month = first.year, first.month
    while True:
        year, month = (year + 1, 1) if month == 12 else (year, month + 1)
        if date(year, month, 1) > last:
            return
        yield date(year, month, 1)
