"""Reads a text: every deadline, window and period in it, with what is to be said about each."""

from dataclasses import replace
from datetime import date, datetime, time
from typing import Final

from deadlines.calendar import WorkCalendar
from deadlines.errors import OutsideCalendarError, PhraseError
from deadlines.findings import Finding
from deadlines.periods import verify_range
from deadlines.phrases import syntax as s
from deadlines.phrases.assembly import Statement, assemble
from deadlines.phrases.closing import rolled, with_day_off
from deadlines.phrases.context import Context
from deadlines.phrases.reading import Kind, Reading
from deadlines.phrases.resolution import resolve
from deadlines.phrases.scanning import scan
from deadlines.phrases.sentences import finding
from deadlines.zone import ONE_DAY, midnight, shanghai_day
from programs.counting import Convention
from programs.words import Words

_LONGEST_TEXT: Final = 20_000
_NOTES: Final = {
    "dispatch": "dispatch_counts",
    "receipt": "receipt_counts",
    "hours": "hours_stated",
    "original": "original",
}


def parse_phrase(  # noqa: PLR0913 - each is a fact that a caller may or may not know, by name
    text: str,
    *,
    issued: date | datetime | None = None,
    event: date | datetime | None = None,
    calendar: WorkCalendar | None = None,
    office_closes: time | None = None,
    convention: Convention = Convention.NEXT_DAY,
    before_included: bool = True,
    roll: bool = False,
) -> Reading:
    """Read a Chinese text about time and return its first deadline, with every one of them in `all`.

    `issued` is the date of the text, which gives missing years and 即日; `event` the day that a period counts from,
    `issued` standing in where the text counts from its own publication. `office_closes` is what 下班 means.
    `convention` applies where the words leave open whether the first day counts, `before_included` where they leave
    open whether 前 includes its day; `roll` moves counted periods off days off, as Civil Code art. 203 does.

    What is not understood is unresolved, and its findings say why. Raises `PhraseError` for a text of more than 20,000
    characters; `OutsideCalendarError` never: what the calendar does not cover is unresolved too.
    """
    if len(text) > _LONGEST_TEXT:
        raise PhraseError(
            Words(
                "文字过长（{length}字），请只给出有关期限的部分（不超过{most}字）",
                "the text is too long ({length} characters); give the part about the deadline, at most {most}",
            ).format(length=len(text), most=_LONGEST_TEXT)
        )
    context = Context(
        calendar or WorkCalendar.china(),
        shanghai_day(issued) if issued is not None else None,
        shanghai_day(event) if event is not None else None,
        None,
        office_closes,
        convention,
        before_included,
        roll,
    )
    readings = _compare(_read(assemble(scan(text)), context))
    readings = [with_day_off(reading, context) for reading in readings]
    if not readings:
        return Reading(text.strip(), Kind.UNRESOLVED, findings=(finding("no_date"),))
    return replace(readings[0], text=text.strip(), all=tuple(readings))


def _read(statements: list[Statement], context: Context) -> list[Reading]:
    readings = []
    for statement in statements:
        try:
            reading = _read_one(statement, context)
        except (OutsideCalendarError, OverflowError):
            reading = Reading(statement.quote, Kind.UNRESOLVED, findings=(finding("out_of_range"),))
        readings.append(reading)
        if reading.last_day is not None:
            context = replace(context, told=reading.last_day)
    return readings


def _read_one(statement: Statement, context: Context) -> Reading:
    quote = statement.quote
    if statement.leftover is not None:
        note = finding("not_understood", quote=quote, word=statement.leftover)
        return Reading(quote, Kind.UNRESOLVED, findings=(note,))
    reading = resolve(statement.item, quote, context)
    if not reading.resolved:
        return reading
    if statement.stated is not None:
        reading = _verified(reading, statement.stated, context)
    if "roll" in statement.notes:
        reading = rolled(reading, context)
    if "advance" in statement.notes:
        reading = rolled(reading, context, forward=False)
    notes = [finding(_NOTES[note]) for note in statement.notes if note in _NOTES]
    if statement.recurs:
        reading = replace(reading, kind=Kind.YEARLY)
        notes.append(finding("recurs_yearly"))
    return replace(reading, findings=(*reading.findings, *notes))


def _verified(reading: Reading, span: s.Span, context: Context) -> Reading:
    """Check a range against the number of days that the text gives for it; the dates win."""
    if reading.opens is None or reading.last_day is None or span.months or span.hours:
        return reading
    first = shanghai_day(reading.opens)
    published = context.issued if context.issued is not None and context.issued + ONE_DAY == first else None
    findings: tuple[Finding, ...] = ()
    if span.bound != "most" and span.count > 0:
        minimum = span.bound == "least"
        findings = verify_range(
            context.calendar, first, reading.last_day, span.count, span.unit, published=published, minimum=minimum
        ).findings
    return replace(reading, unit=span.unit, count=span.count, findings=reading.findings + findings)


def _compare(readings: list[Reading]) -> list[Reading]:
    """Settle 前 where another period of the same text ends on the day before, or on the day itself."""
    ends = {reading.last_day for reading in readings if reading.kind in {Kind.RANGE, Kind.PERIOD}}
    return [_settled(reading, ends) if reading.has("before_ambiguous") else reading for reading in readings]


def _settled(reading: Reading, ends: set[date | None]) -> Reading:
    if reading.last_day is None:
        return reading
    others = tuple(note for note in reading.findings if note.code != "before_ambiguous")
    if reading.last_day in ends:
        return replace(reading, findings=others)
    day_before = reading.last_day - ONE_DAY
    if day_before not in ends:
        return reading
    return replace(
        reading,
        closes=midnight(reading.last_day),
        last_day=day_before,
        findings=(*others, finding("before_exclusive", day=day_before)),
    )
