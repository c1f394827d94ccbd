"""The key dates of a program: when each tier closes, each stage is planned, a publicity and a tenure end.

Every instant is aware, in Shanghai; `closes` is the first instant that is too late. The notice's phrases are read with
the program's issue date, and explicit dates in the file overrule them.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from itertools import takewhile

from deadlines.calendar import WorkCalendar
from deadlines.contradictions import contradictions
from deadlines.course import Close, Course, OpenObjection, PublishedList
from deadlines.errors import DeadlineError
from deadlines.findings import Finding
from deadlines.periods import Period, list_findings, publicity_period, verify_range
from deadlines.spans import Span, Unresolved, read_deadline, read_window
from deadlines.zone import day_end, last_day_before, midnight, shanghai_day
from programs import Program, Words
from programs.counting import Unit
from programs.dates import Deadline, Duration, Window
from programs.stages import Issuance, Publicity, Recommendation, Stage, Tenure, Tier


class KeyDateKind(StrEnum):
    """What a key date is about."""

    ISSUED = "issued"
    DEADLINE = "deadline"
    WINDOW = "window"
    PUBLICITY = "publicity"
    OBJECTIONS = "objections"
    OBJECTION = "objection"
    TENURE = "tenure"


@dataclass(frozen=True, slots=True)
class KeyDate:
    """One date of a program.

    `id` is `issued`, `stage.tier` for a deadline, the stage's id for its window, `stage.period` for a publicity and
    `stage.objections` for objections that outlast it (`.2`, `.3`, … for further lists), `stage.objection.3` for the
    objection 3 while it is open and due, `stage.term` for a tenure.
    `authority` names the document or decision behind a deadline that was extended. `venue` is where a list was
    published. `opens` is the first instant that is in time, None where there is no such bound; `closes` is the first
    that is too late, None while it is unresolved or has not begun. `provisional`: it rests on a holiday schedule that
    is not published yet.
    """

    id: str
    kind: KeyDateKind
    stage: str | None
    tier: str | None
    name: str
    phrase: str | None
    clause: str | None
    opens: datetime | None = None
    closes: datetime | None = None
    last_day: date | None = None
    provisional: bool = False
    findings: tuple[Finding, ...] = ()
    venue: str | None = None
    authority: str | None = None

    def to_json(self, language: str = "zh") -> dict[str, object]:
        """Return the shape that `linxuan program dates` prints."""
        return {
            "id": self.id,
            "kind": self.kind.value,
            "stage": self.stage,
            "tier": self.tier,
            "name": self.name,
            "phrase": self.phrase,
            "clause": self.clause,
            "opens": self.opens.isoformat() if self.opens else None,
            "closes": self.closes.isoformat() if self.closes else None,
            "last_day": self.last_day.isoformat() if self.last_day else None,
            "provisional": self.provisional,
            "authority": self.authority,
            "findings": [finding.to_json(language) for finding in self.findings],
        }


@dataclass(frozen=True, slots=True)
class KeyDates:
    """All key dates of one program, in pipeline order: a stage's window, then its tiers or its period."""

    program: str
    title: str
    dates: tuple[KeyDate, ...]

    def __iter__(self) -> Iterator[KeyDate]:
        return iter(self.dates)

    def __getitem__(self, key_date_id: str) -> KeyDate:
        """Return the key date with this id; raises `KeyError`."""
        for one in self.dates:
            if one.id == key_date_id:
                return one
        raise KeyError(key_date_id)

    def closes(self, key_date_id: str) -> datetime | None:
        """Return the first instant too late for this key date, None while it is not known; raises `KeyError`."""
        return self[key_date_id].closes

    def after(self, now: datetime) -> tuple[KeyDate, ...]:
        """Return those that close after `now`, the next one first."""
        ahead = [(one.closes, one) for one in self.dates if one.closes is not None and one.closes > now]
        return tuple(one for _, one in sorted(ahead, key=lambda pair: pair[0]))

    @property
    def findings(self) -> tuple[tuple[str, Finding], ...]:
        """Every finding with the id of its key date."""
        return tuple((one.id, finding) for one in self.dates for finding in one.findings)

    def to_json(self, language: str = "zh") -> dict[str, object]:
        """Return the document that `linxuan program dates --json` prints."""
        return {
            "program": self.program,
            "title": self.title,
            "dates": [one.to_json(language) for one in self.dates],
            "findings": [{"id": key_date_id, **finding.to_json(language)} for key_date_id, finding in self.findings],
        }


def key_dates(program: Program, calendar: WorkCalendar, course: Course | None = None) -> KeyDates:
    """Return the key dates of a program as far as they are known.

    What its course says wins over what the calendar would say now. A publicity or a tenure that has not begun closes at
    None, without a finding. A phrase that cannot be read closes at None, with a finding that says what is missing.
    """
    calendar = calendar_of(program, calendar)
    dates = tuple(_dates(program, calendar, course or Course()))
    remarks = contradictions(program, calendar, dates)
    return KeyDates(
        program.id,
        f"{program.award}（{program.edition}）",
        tuple(replace(one, findings=one.findings + tuple(remarks.get(one.id, ()))) for one in dates),
    )


def count_period(calendar: WorkCalendar, said: Duration, start: datetime) -> Period:
    """Count a period of a program from an instant, as the program says it is counted; raises as `publicity_period`."""
    return publicity_period(calendar, start, said.days, said.counting, said.unit, roll=said.roll)


def calendar_of(program: Program, calendar: WorkCalendar) -> WorkCalendar:
    """Return the calendar that a program counts by: the national one, with the program's local days off."""
    if not program.local_days_off:
        return calendar
    return calendar.with_local_days_off(
        {local.day: Words(local.name, local.name) for local in program.local_days_off}, source=program.id
    )


def term_closes(first: date, years: int) -> datetime:
    """Return the first instant after a term that begins with `first`, the day of the document.

    That day counts, so the last day is the one before the anniversary. A term that begins on 29 February ends, in a
    year without one, with 28 February, the last day of its month (民法典 art. 202).
    """
    year = first.year + years
    try:
        return midnight(first.replace(year=year))
    except ValueError:
        return midnight(date(year, 3, 1))


def _dates(program: Program, calendar: WorkCalendar, course: Course) -> Iterator[KeyDate]:
    if program.issued:
        yield _issue(program, program.issued)
    for stage in program.held_stages:
        if stage.window:
            yield _window(calendar, program, stage, stage.window)
        for tier in stage.tiers if isinstance(stage, Recommendation) else ():
            if tier.deadline:
                date_ = _deadline(calendar, program, stage, tier, tier.deadline)
                yield _announced(date_, course.closes.get(date_.id))
        if isinstance(stage, Publicity) and stage.period:
            yield from _publicity(calendar, stage, stage.period, [one for one in course.lists if one.stage == stage.id])
        if isinstance(stage, Publicity):
            yield from (_objection(stage, one) for one in course.objections if one.stage == stage.id)
        if isinstance(stage, Tenure) and stage.years:
            yield _tenure(stage, stage.years, _begun_by(program, stage, course.issued))


def _issue(program: Program, issued: date) -> KeyDate:
    return KeyDate(
        "issued", KeyDateKind.ISSUED, None, None, program.title, None, None, midnight(issued), day_end(issued), issued
    )


def _deadline(calendar: WorkCalendar, program: Program, stage: Stage, tier: Tier, deadline: Deadline) -> KeyDate:
    blank = KeyDate(
        id=f"{stage.id}.{tier.id}",
        kind=KeyDateKind.DEADLINE,
        stage=stage.id,
        tier=tier.id,
        name=f"{stage.name}·{tier.name}",
        phrase=deadline.phrase,
        clause=deadline.clause,
        authority=deadline.authority,
    )
    return _dated(blank, read_deadline(deadline, program.issued, calendar))


def _announced(computed: KeyDate, close: Close | None) -> KeyDate:
    """Return a deadline as it was announced, where the program has been opened."""
    if close is None:
        return computed
    return replace(computed, closes=close.at, last_day=last_day_before(close.at), provisional=close.provisional)


def _window(calendar: WorkCalendar, program: Program, stage: Stage, window: Window) -> KeyDate:
    blank = KeyDate(stage.id, KeyDateKind.WINDOW, stage.id, None, stage.name, window.phrase, window.clause)
    dated = _dated(blank, read_window(window, program.issued, calendar))
    if isinstance(stage, Publicity) and stage.period and dated.opens and dated.last_day:
        return replace(dated, findings=dated.findings + _window_agrees(calendar, dated, stage.period))
    return dated


def _window_agrees(calendar: WorkCalendar, window: KeyDate, said: Duration) -> tuple[Finding, ...]:
    """Find a window that is too short for the days of its publicity; a longer one only plans when it is to be."""
    if window.opens is None or window.last_day is None:
        return ()
    first = shanghai_day(window.opens)
    try:
        return verify_range(calendar, first, window.last_day, said.days, said.unit, minimum=True).findings
    except DeadlineError as error:
        return (Finding("unresolved", error.words),)


def _dated(blank: KeyDate, span: Span | Unresolved) -> KeyDate:
    if isinstance(span, Unresolved):
        return replace(blank, findings=span.findings)
    return replace(
        blank,
        opens=span.opens,
        closes=span.closes,
        last_day=span.last_day,
        provisional=span.provisional,
        findings=span.findings,
    )


def _publicity(
    calendar: WorkCalendar, stage: Publicity, period: Duration, lists: list[PublishedList]
) -> Iterator[KeyDate]:
    if not lists:
        yield _public_for(stage, period)
        if stage.objections:
            yield _objections_to(stage, stage.objections)
    for place, one in enumerate(lists, start=1):
        ending = f".{place}" if place > 1 else ""
        public = _public_for(stage, one.said, ending)
        remarks = _list_remarks(calendar, one) + (_provisional(one.last_day) if one.provisional else ())
        yield replace(_listed(public, one), closes=one.closes, last_day=one.last_day, findings=remarks)
        if one.said_objections:
            taken, closes = _objections_to(stage, one.said_objections, ending), one.objections_close
            yield replace(_listed(taken, one), closes=closes, last_day=last_day_before(closes))


def _listed(blank: KeyDate, one: PublishedList) -> KeyDate:
    return replace(blank, opens=midnight(one.first_day), provisional=one.provisional, venue=one.venue)


def _public_for(stage: Publicity, said: Duration, ending: str = "") -> KeyDate:
    return _period(f"{stage.id}.period{ending}", KeyDateKind.PUBLICITY, stage, stage.name, said)


def _objections_to(stage: Publicity, said: Duration, ending: str = "") -> KeyDate:
    name = f"{stage.name}·异议受理"
    return _period(f"{stage.id}.objections{ending}", KeyDateKind.OBJECTIONS, stage, name, said)


def _objection(stage: Publicity, one: OpenObjection) -> KeyDate:
    """Return when something is to be done about an objection. Against whom it is, and whose, is not for everybody."""
    return KeyDate(
        f"{stage.id}.objection.{one.objection}",
        KeyDateKind.OBJECTION,
        stage.id,
        None,
        f"{stage.name}·异议{one.objection}{'核查' if one.admitted else '受理'}",
        _phrase(one.said) if one.said else None,
        stage.clause,
        opens=one.since,
        closes=one.due_at,
        last_day=last_day_before(one.due_at),
        provisional=one.provisional,
    )


def _period(key_date_id: str, kind: KeyDateKind, stage: Stage, name: str, said: Duration) -> KeyDate:
    return KeyDate(key_date_id, kind, stage.id, None, name, _phrase(said), stage.clause)


def _phrase(said: Duration) -> str:
    unit = "个工作日" if said.unit is Unit.WORKING else "日"
    return f"{'不少于' if said.minimum else ''}{said.days}{unit}"


def _list_remarks(calendar: WorkCalendar, one: PublishedList) -> tuple[Finding, ...]:
    """Remark on a published list what counting it finds: a day off, a late hour, objections that end too early."""
    try:
        counted = count_period(calendar, one.said, one.published_at)
        objections = count_period(calendar, one.said_objections, one.published_at) if one.said_objections else None
        return list_findings(calendar, counted, objections, one.last_day)
    except DeadlineError as error:
        return (Finding("unresolved", error.words),)


def _provisional(last_day: date) -> tuple[Finding, ...]:
    words = Words(
        "涉及尚未公布的放假安排，公布后须重算，目前算到{day}",
        "rests on a holiday schedule that is not published; compute again then, it is {day} for now",
    )
    return (Finding("provisional", words.format(day=last_day)),)


def _begun_by(program: Program, stage: Tenure, issued: Mapping[str, datetime]) -> datetime | None:
    """Return when the document was issued that a tenure follows, also at a stage that was taken out since."""
    documents = [one.id for one in program.held_stages if isinstance(one, Issuance)]
    before = [one.id for one in takewhile(lambda one: one.id != stage.id, program.held_stages) if one.id in documents]
    return max((at for key, at in issued.items() if key in before[-1:] or key not in documents), default=None)


def _tenure(stage: Stage, years: int, issued_at: datetime | None) -> KeyDate:
    blank = KeyDate(f"{stage.id}.term", KeyDateKind.TENURE, stage.id, None, stage.name, f"{years}年", stage.clause)
    if issued_at is None:
        return blank
    first = shanghai_day(issued_at)
    closes = term_closes(first, years)
    return replace(blank, opens=midnight(first), closes=closes, last_day=last_day_before(closes))
