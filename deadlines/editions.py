"""A new edition of a program: the same rules, every date moved by the same number of days."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from pydantic import ValidationError

from deadlines.calendar import WorkCalendar
from deadlines.spans import Span, Unresolved, read_deadline, read_window
from deadlines.zone import SHANGHAI, last_day_before, shanghai_day
from programs import Fault, Program, ProgramError, Words
from programs.dates import Deadline, Window
from programs.mistakes import faults_of
from programs.stages import Recommendation, Stage


def redate(program: Program, edition_id: str, edition: str, days: int, calendar: WorkCalendar) -> Program:
    """Return the program as a new edition, `days` whole days later (earlier when negative).

    The issue date, deadlines and windows become explicit days and instants, and their phrases say the same, so that
    nothing is read from the old notice again; hours and order stay. What was ruled about the old phrases is settled
    by that and leaves the file, as do the number of the old document and its local days off. Dates are not moved off
    days off: the new edition's key dates report those.

    Raises `ProgramError` where the program has no issue date yet, where a phrase cannot be read, where a date would
    leave the years that Python knows, or where `edition_id` is no id.
    """
    if program.issued is None:
        raise _undated(program)
    document = program.model_dump()
    try:
        move = _Move(program.id, program.issued, timedelta(days=days), calendar)
        for stage, fields in zip(program.stages, document["stages"], strict=True):
            move.stage(stage, fields)
        document |= {
            "id": edition_id,
            "edition": edition,
            "title": program.title.replace(program.edition, edition),
            "document_number": None,
            "issued": program.issued + move.by,
            "local_days_off": [],
            "rulings": [fields for fields in document["rulings"] if not _is_about_old_dates(fields["settles"])],
        }
        return Program.model_validate(document)
    except OverflowError as error:
        words = Words("移动{days}天后日期超出范围", "{days} days lead to a date that cannot be").format(days=days)
        raise ProgramError(program.id, (Fault("issued", words),)) from error
    except ValidationError as error:
        raise ProgramError(edition_id, faults_of(error)) from error


@dataclass(frozen=True, slots=True)
class _Move:
    """What moves the dates of one program."""

    program: str
    issued: date
    by: timedelta
    calendar: WorkCalendar

    def stage(self, stage: Stage, fields: dict[str, Any]) -> None:
        """Write the moved dates into a stage's dump; a skipped stage's too, because a ruling may bring it back."""
        if stage.window:
            fields["window"] |= self._window(f"stages.{stage.id}.window", stage.window)
        if isinstance(stage, Recommendation):
            for tier, tier_fields in zip(stage.tiers, fields["tiers"], strict=True):
                if tier.deadline:
                    tier_fields["deadline"] |= self._deadline(f"{stage.id}.{tier.id}", tier.deadline)

    def _window(self, place: str, window: Window) -> dict[str, Any]:
        span = self._read(place, read_window(window, self.issued, self.calendar))
        first = (shanghai_day(span.opens) if span.opens else self.issued) + self.by
        last = last_day_before(span.closes) + self.by
        return {"phrase": f"{_chinese(first)}至{_chinese(last)}", "first_day": first, "last_day": last}

    def _deadline(self, place: str, deadline: Deadline) -> dict[str, Any]:
        span = self._read(place, read_deadline(deadline, self.issued, self.calendar))
        # The wall clock moves by whole days. Shanghai has one offset since 1991, so the instant does as well.
        closes = span.closes.astimezone(SHANGHAI) + self.by
        return {
            "phrase": _closing(closes),
            "closes": closes,
            "authority": f"由{self.program}改期",
            "issued": None,
            "inclusive": True,
            "clock": "24:00",
        }

    def _read(self, place: str, span: Span | Unresolved) -> Span:
        if isinstance(span, Unresolved):
            raise ProgramError(self.program, tuple(Fault(place, finding.words) for finding in span.findings))
        return span


def _undated(program: Program) -> ProgramError:
    rulings = [ruling.id for ruling in program.rulings if "issued" in ruling.settles]
    if rulings:
        words = Words(
            "没有印发日期；请先裁定 {rulings}", "has no issue date; decide the ruling {rulings} first"
        ).format(rulings="、".join(rulings))
    else:
        words = Words("没有印发日期；请写 issued", "has no issue date; write `issued`")
    return ProgramError(program.id, (Fault("issued", words),))


def _is_about_old_dates(settles: tuple[str, ...]) -> bool:
    """Tell whether a ruling only says how to read dates that now are explicit."""
    return bool(settles) and all(path == "issued" or ".deadline." in path for path in settles)


def _closing(closes: datetime) -> str:
    """Write a close as a notice would: the end of a day as 24:00 of that day."""
    if closes.time() == time.min:
        return f"{_chinese(last_day_before(closes))}24:00"
    clock = f"{closes:%H:%M:%S}".removesuffix(":00")
    return f"{_chinese(closes.date())}{clock}"


def _chinese(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"
