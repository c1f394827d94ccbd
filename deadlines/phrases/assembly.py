"""Puts together what a text says in several places about one thing, and drops what only looks like a deadline."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Final

from deadlines.phrases import syntax as s
from programs.counting import Convention, Unit

_MOVED: Final = frozenset(" ,现已将再拟统一决定")
"""What may stand between a deadline and the word that moves it."""


@dataclass(frozen=True, slots=True)
class Statement:
    """An item with what the same sentence says about it.

    `stated` is the number of days that a range is said to have; `notes` are kinds of `Note`, and 'hours'.
    `recurs`: the next clause says 今后每年, so that this is the first of a yearly deadline.
    """

    item: s.Item
    quote: str
    leftover: str | None
    sentence: int
    gap: str = ""
    fills_a_line: bool = False
    stated: s.Span | None = None
    notes: tuple[str, ...] = field(default=())
    recurs: bool = False


def assemble(found: Iterable[s.Found]) -> list[Statement]:
    """Return the statements of a text in its order."""
    statements: list[Statement] = []
    for statement in _statements(found):
        previous = statements[-1] if statements else None
        if previous and isinstance(previous.item, s.Deadline) and _is_subsequent(statement.item):
            statements[-1:] = [replace(previous, recurs=True), statement]
        elif previous and (joined := _join(previous, statement)):
            statements[-1] = joined
        else:
            statements.append(statement)
    strong = [statement for statement in statements if not _is_weak(statement)]
    if strong and all(_is_window(statement.item) for statement in strong):
        # Where a text plans in months, a month that it names is one more of its windows.
        strong = [statement for statement in statements if not _is_weak(statement) or _is_window(statement.item)]
    return strong or [statement for statement in statements if not isinstance(statement.item, s.Note)]


def _statements(found: Iterable[s.Found]) -> Iterable[Statement]:
    for one in found:
        if isinstance(one.item, s.Several):
            for item in (item for item in one.item.items if not _is_noise(item)):
                yield Statement(item, one.quote, one.leftover, one.sentence, one.gap)
        elif not _is_noise(one.item):
            yield Statement(one.item, one.quote, one.leftover, one.sentence, one.gap, one.fills_a_line)


def _join(previous: Statement, current: Statement) -> Statement | None:
    """Return what two neighbours say together, or None where they are two things."""
    if isinstance(previous.item, s.Note) or isinstance(current.item, s.Note):
        return _join_note(previous, current)
    if (moved := _join_moved(previous, current)) or previous.sentence != current.sentence:
        return moved
    return _join_weekday(previous, current) or _join_clock(previous, current) or _join_days(previous, current)


def _join_note(previous: Statement, current: Statement) -> Statement | None:
    """Put a remark to what it stands beside; only 原定 is about what comes after it."""
    match previous.item, current.item:
        case _, s.Note("original"):
            return None
        case s.Note("original"), s.Deadline(_, edge) | s.Range(_, _, edge) if edge.superseding:
            return current
        case item, s.Note(kind):
            return replace(previous, item=_remarked(item, kind), notes=(*previous.notes, kind))
        case s.Note(kind), _:
            return replace(current, notes=(kind,))
    return None


def _remarked(item: s.Item, kind: str) -> s.Item:
    """Return an item with what a remark changes in it: 公示5天，节假日不计; 9月15日前，不含9月15日."""
    match item:
        case s.Counted(span=span) if kind == "working_only":
            return replace(item, span=replace(span, unit=Unit.WORKING))
        case s.Counted(span=span) if kind in {"inclusive", "exclusive"}:
            convention = Convention.SAME_DAY if kind == "inclusive" else Convention.NEXT_DAY
            return replace(item, span=replace(span, convention=convention))
        case s.Deadline(_, edge) if kind in {"inclusive", "exclusive"}:
            return replace(item, edge=replace(edge, included=kind == "inclusive"))
        case _:
            return item


def _join_moved(previous: Statement, current: Statement) -> Statement | None:
    """Put a new deadline in the place of the old: 原定9月15日截止，现延长至9月30日."""
    here = previous.sentence == current.sentence and ("," not in current.gap or set(current.gap) <= _MOVED)
    if not here and "original" not in previous.notes:
        return None
    match previous.item, current.item:
        case s.Range(start), s.Deadline(end, edge) if edge.superseding:
            return _combined(previous, current, s.Range(start, end, edge))
        case s.Deadline() | s.Range(), s.Deadline(_, edge) | s.Range(_, _, edge) if edge.superseding:
            return _combined(previous, current, current.item)
    return None


def _join_weekday(previous: Statement, current: Statement) -> Statement | None:
    """Put a weekday in brackets to the clock that it stands behind: 5月31日17:30（星期五）截止."""
    if current.gap.strip(" ()"):
        return None
    match previous.item, current.item:
        case s.Deadline(s.Point(date, weekdays, clock), edge), s.Deadline(
            s.Point(s.WeekdayOf() as weekday, (), None), more
        ):
            if date is None or clock is None or isinstance(date, s.WeekdayOf) or edge.marked:
                return None
            return _combined(previous, current, s.Deadline(s.Point(date, (*weekdays, weekday), clock), more))
    return None


def _join_clock(previous: Statement, current: Statement) -> Statement | None:
    """Put a time of day to its date: 8月31日，17:30前. Hours that hold on several days are only remarked on."""
    beside = not current.gap.strip(" ,、()")
    match previous.item, current.item:
        case s.Deadline(s.Point(date, weekdays, None)), s.Deadline(s.Point(None, _, clock), edge) if date and beside:
            return _combined(previous, current, s.Deadline(s.Point(date, weekdays, clock), edge))
        case s.Deadline(s.Point(None, _, clock), edge), s.Deadline(s.Point(date, weekdays, None)) if date and beside:
            return _combined(previous, current, s.Deadline(s.Point(date, weekdays, clock), edge))
        case s.Range(_, s.Point(None) as end) as stretch, s.Hours(clock) if beside:
            return _combined(previous, current, replace(stretch, end=replace(end, clock=clock)))
        case s.Deadline() | s.Range() | s.Counted(), s.Hours():
            return replace(previous, notes=(*previous.notes, "hours"))
        case s.Deadline(s.Point(date)), s.Deadline(s.Point(None), edge) if date and not edge.marked:
            return replace(previous, notes=(*previous.notes, "hours"))
    return None


def _join_days(previous: Statement, current: Statement) -> Statement | None:
    """Put a number of days to its dates, and an end to its beginning."""
    joined: Statement | None = None
    match previous.item, current.item:
        case s.Range(), s.Counted(anchor=None, span=span) if previous.stated is None:
            joined = replace(previous, stated=span)
        case s.Counted(anchor=None, span=span), s.Range():
            joined = replace(current, stated=span)
        case s.Beginning(point), s.Counted(anchor=None, span=span):
            joined = _combined(previous, current, s.Counted(point, span))
        case s.Counted(anchor=None, span=span), s.Beginning(point):
            joined = _combined(previous, current, s.Counted(point, span))
        case s.Beginning(start), s.Deadline(end, edge) if edge.closing:
            joined = _combined(previous, current, s.Range(start, end, edge))
    return joined


def _combined(first: Statement, second: Statement, item: s.Item) -> Statement:
    return Statement(
        item,
        f"{first.quote}{'…' if second.gap.strip() else ''}{second.quote}",
        first.leftover or second.leftover,
        first.sentence,
        first.gap,
        notes=tuple(note for note in first.notes if note != "original"),
    )


def _is_window(item: s.Item) -> bool:
    """Say whether an item is open for whole months or parts of them."""
    months = s.MonthOf | s.MonthsOf | s.MonthList
    match item:
        case s.Deadline(s.Point(date), edge):
            return isinstance(date, months) and not edge.marked
        case s.Range(s.Point(), s.Point(date)):
            return isinstance(date, months)
        case _:
            return False


def _is_subsequent(item: s.Item) -> bool:
    return isinstance(item, s.Yearly) and item.subsequent


def _is_noise(item: s.Item) -> bool:
    """Say whether an item is mere numbers: 3—15人, 附件1, 0.5毫米."""
    match item:
        case s.Deadline(s.Point(s.DayOf(dotted=True), _, None), edge):
            return not edge.marked
        case s.Deadline(s.Point(date, _, clock)) | s.Yearly(s.Deadline(s.Point(date, _, clock))):
            return isinstance(date, s.BareNumber) and clock is None
        case s.Range(s.Point(start, _, None), s.Point(end, _, None)):
            return isinstance(start, s.BareNumber) and isinstance(end, s.BareNumber | s.BareDay)
        case _:
            return False


def _is_weak(statement: Statement) -> bool:
    """Say whether a statement is only taken for a deadline when the text has nothing better."""
    match statement.item:
        case s.Deadline(s.Point(date), edge) if not edge.marked:
            return (
                isinstance(date, s.BareDay | s.VagueDate | None)
                or (isinstance(date, s.WeekdayOf) and date.week is None)
                or (isinstance(date, s.MonthOf) and date.part is s.Part.WHOLE)
                # The date of the document, below its signature.
                or statement.fills_a_line
            )
        case s.Counted(anchor=None, span=span):
            return span.months or span.hours or not (span.marked or span.backwards)
        case s.Range(s.Point(s.WeekdayOf(week=None)), s.Point(s.WeekdayOf(week=None))):
            return True
        case s.Hours() | s.Record() | s.Beginning() | s.Note() | s.Recurring(marked=False) | s.Named(marked=False):
            return True
        case _:
            return False
