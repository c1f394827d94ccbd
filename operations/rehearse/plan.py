"""The plan of a rehearsal: which scene happens when, from the notice's issue to the end of the term.

Everything in it follows from the program, its key dates and the calendar; nothing depends on what was played already,
so a killed rehearsal makes the same plan again and goes on behind its last finished scene.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from enum import Enum, auto
from functools import partial

from deadlines.calendar import WorkCalendar
from deadlines.keydates import term_closes
from deadlines.zone import at, last_day_before, shanghai_day
from operations.desk import Running
from operations.rehearse.contesting import RehearsedPublicity, Turn, lists_of
from operations.rehearse.people import Person
from operations.rehearse.play import Players
from operations.rehearse.scenes import Scene, tenure_scenes, term_begins
from programs import Words
from programs.dates import Duration
from programs.stages import (
    Approval,
    Consultation,
    Decision,
    Issuance,
    Promotion,
    Publicity,
    Recommendation,
    Review,
    Screening,
    Stage,
    Tenure,
    Tier,
    Vote,
)
from states import Move

_WAVES = 4
_MINUTE = timedelta(minutes=1)


class Fate(Enum):
    """What becomes of a made-up nomination before it is judged."""

    ORDINARY = auto()
    LATE = auto()
    INCOMPLETE = auto()
    RETURNED = auto()
    INELIGIBLE = auto()
    CORRECTED = auto()
    FORGOTTEN = auto()
    WITHDRAWN = auto()
    FRAUDULENT = auto()


#: By the nominee's index, over and over: enough of every fate, and most ordinary.
_FATES = {
    1: Fate.LATE,
    4: Fate.INCOMPLETE,
    6: Fate.RETURNED,
    8: Fate.INELIGIBLE,
    10: Fate.CORRECTED,
    13: Fate.FORGOTTEN,
    15: Fate.WITHDRAWN,
    17: Fate.FRAUDULENT,
}


def fate_of(person: Person) -> Fate:
    """Return what is to become of a nominee."""
    return _FATES.get(person.index % 20, Fate.ORDINARY)


class Plan:
    """Builds the scenes of one program."""

    def __init__(self, running: Running, people: Sequence[Person]) -> None:
        self._running = running
        self._program = running.program
        self._calendar: WorkCalendar = running.calendar
        self._people = people
        self._by_fate: dict[Fate, list[Person]] = defaultdict(list)
        for person in people:
            self._by_fate[fate_of(person)].append(person)

    def scenes(self) -> list[Scene]:
        """Return every scene in the order of time."""
        issued = self._program.issued
        if issued is None:
            raise ValueError("a program without an issue date cannot be rehearsed")
        opening = at(self._calendar.next_working_day(issued), time(9))
        scenes = [Scene(opening, Words("印发通知，确认裁定，开通项目", "issued, ruled on and opened"), Players.open)]
        scenes += self._recommendation(opening)
        scenes = [replace(scene, stage=self._program.stages[0].id) for scene in scenes]
        reached = max(scene.at for scene in scenes)
        document_dated: datetime | None = None
        for stage in self._program.held_stages[1:]:
            start = self._start(stage, reached)
            added = [replace(scene, stage=stage.id) for scene in self._stage(stage, start, document_dated)]
            if isinstance(stage, Issuance):
                document_dated = start
            scenes += added
            reached = max([reached, *(scene.at for scene in added)])
        return sorted(scenes, key=lambda scene: scene.at)

    def _recommendation(self, opening: datetime) -> Iterator[Scene]:
        by_close: dict[datetime, list[Person]] = defaultdict(list)
        for person in self._people:
            entry = self._running.pipeline.entry(person.path)
            closes = self._running.due_at_tier(entry, person.path).at or opening + timedelta(days=30)
            by_close[closes].append(person)
        refused = next((route for route in self._program.routes if not route.accepted), None)
        for closes, people in sorted(by_close.items()):
            days = self._wave_days(opening, closes)
            for place, day in enumerate(days):
                first, behind = (len(people) * edge // len(days) for edge in (place, place + 1))
                yield from self._wave(day, people[first:behind])
            late = [person for person in people if fate_of(person) is Fate.LATE]
            yield Scene(closes + _MINUTE, Words("逾期申报", "late submissions"), _submission(late))
        for closes in sorted({*by_close, *self._running.closes.values()}):
            yield Scene(closes + 5 * _MINUTE, Words("截止巡检", "sweep at the close"), Players.sweep)
        if refused and self._people:
            yield Scene(
                opening + timedelta(hours=1),
                Words(f"{refused.name}（不受理）", f"{refused.id}: not accepted"),
                _application(self._people[0], refused.id),
            )

    def _wave(self, day: date, wave: list[Person]) -> Iterator[Scene]:
        short = [person for person in wave if fate_of(person) is Fate.INCOMPLETE]
        back = [person for person in wave if fate_of(person) is Fate.RETURNED and len(self._tiers(person)) > 2]
        prompt = [person for person in wave if fate_of(person) is not Fate.LATE]

        def apply(crew: Players) -> None:
            crew.draw_up(wave, short)
            crew.submit(prompt)

        def complete(crew: Players) -> None:
            crew.complete(short)
            crew.submit(short)

        between = max((len(self._tiers(person)) - 2 for person in wave), default=0)

        def endorse(crew: Players) -> None:
            crew.endorse(wave, back)
            for _ in range(between - 1):
                crew.endorse(wave)

        def again(crew: Players) -> None:
            crew.submit(back)
            for _ in range(between):
                crew.endorse(back)

        yield Scene(at(day, time(9, 30)), Words("申报登记", "nominations drawn up"), apply)
        if short:
            yield Scene(at(day, time(11)), Words("补齐材料后申报", "completed and submitted"), complete)
        if between > 0:
            yield Scene(at(day, time(14)), Words("审核推荐", "endorsed"), endorse)
        if back:
            yield Scene(at(day, time(15)), Words("退回件补报", "returned ones come again"), again)
        yield Scene(at(day, time(16)), Words("受理", "taken in"), Players.take_in)

    def _tiers(self, person: Person) -> list[Tier]:
        stage = self._program.stages[0]
        tiers = stage.tiers if isinstance(stage, Recommendation) else ()
        return [tier for tier in tiers if tier.concerns(*person.path)]

    def _wave_days(self, opening: datetime, closes: datetime) -> list[date]:
        last = self._calendar.previous_working_day(last_day_before(closes))
        if at(last, time(16, 30)) > closes:
            last = self._calendar.add_working_days(last, -1)
        first = self._calendar.add_working_days(shanghai_day(opening), 1)
        between = self._calendar.count_working_days(first, last) if first <= last else 0
        if not between:
            return [last]
        places = sorted({(between - 1) * wave // (_WAVES - 1) for wave in range(_WAVES)})
        return [first if place == 0 else self._calendar.add_working_days(first, place) for place in places]

    def _stage(self, stage: Stage, start: datetime, document_dated: datetime | None) -> Iterator[Scene]:
        name = Words(stage.name, stage.id)
        match stage:
            case Screening():
                yield from self._screening(stage, start)
            case Vote() | Review():
                yield from self._evaluation(stage, start)
            case Decision():
                yield Scene(start, name, _ballot(stage) or (lambda crew: crew.choose(stage)))
            case Consultation():
                yield Scene(start, name, lambda crew: crew.each(stage.id, Move.ACCEPT))
            case Approval():
                approve = _ballot(stage) or (lambda crew: crew.each(stage.id, Move.APPROVE))
                yield Scene(start, name, approve)
            case Promotion():
                yield Scene(start, name, lambda crew: crew.each(stage.id, Move.ADVANCE))
            case Publicity():
                yield from self._publicity(stage, start)
            case Issuance():
                documents = [one.id for one in self._program.held_stages if isinstance(one, Issuance)]
                number = f"演练〔{start.year}〕{documents.index(stage.id) + 1}号"
                yield Scene(start, name, lambda crew: crew.issue(stage, number))
            case Tenure():
                yield from self._tenure(stage, document_dated or start)
            case Recommendation():
                raise ValueError("a second recommendation cannot be rehearsed")

    def _screening(self, stage: Screening, start: datetime) -> Iterator[Scene]:
        back = [*self._by_fate[Fate.CORRECTED], *self._by_fate[Fate.FORGOTTEN]] if stage.correction else []
        ineligible, accept = self._by_fate[Fate.INELIGIBLE], stage.keep is None
        yield Scene(
            start, Words("撤回申报", "withdrawals"), lambda crew: crew.withdraw(stage.id, self._by_fate[Fate.WITHDRAWN])
        )
        screened = start + timedelta(hours=1)
        yield Scene(
            screened,
            Words(stage.name, stage.id),
            lambda crew: crew.screen(stage, ineligible, back, accept=accept),
        )
        reached = screened
        if stage.correction:
            corrected = self._later(screened, 1, time(10))
            due = self._closes(screened, stage.correction)

            def correct(crew: Players) -> None:
                crew.correct(stage, self._by_fate[Fate.CORRECTED])
                crew.screen(stage, (), (), accept=accept)

            yield Scene(corrected, Words("补正后再审", "corrected and screened again"), correct)
            yield Scene(due + 5 * _MINUTE, Words("补正到期巡检", "sweep when corrections are due"), Players.sweep)
            reached = max(corrected, due)
        if stage.keep:
            yield Scene(
                self._later(reached, 1, time(10)),
                Words(f"{stage.name}：择优入围", f"{stage.id}: the shortlist"),
                lambda crew: crew.send_on(stage, stage.keep),
            )

    def _evaluation(self, stage: Vote | Review, start: datetime) -> Iterator[Scene]:
        if isinstance(stage, Review):
            yield Scene(
                start,
                Words("查实弄虚作假", "fraud found"),
                lambda crew: crew.disqualify(stage.id, self._by_fate[Fate.FRAUDULENT]),
            )
        if isinstance(stage, Review) and stage.panel:
            yield Scene(
                self._later(start, 1, time(9)),
                Words(f"{stage.name}：抽取、分配专家", f"{stage.id}: experts drawn and assigned"),
                lambda crew: crew.draw_experts(stage),
            )
        if stage.tracks:
            tracks = "、".join(track.name for track in stage.tracks)
            yield Scene(
                self._later(start, 3, time(16)),
                Words(f"{stage.name}：{tracks}", f"{stage.id}: {', '.join(track.id for track in stage.tracks)}"),
                lambda crew: crew.evaluate(stage),
            )
        if isinstance(stage, Vote):
            yield Scene(
                self._later(start, 4, time(9)),
                Words(f"{stage.name}：计票", f"{stage.id}: votes counted"),
                lambda crew: crew.count_votes(stage),
            )
        yield Scene(
            self._later(start, 4, time(10)),
            Words(f"{stage.name}结果", f"{stage.id}: result"),
            (_ballot(stage) if isinstance(stage, Review) else None) or (lambda crew: crew.send_on(stage, stage.keep)),
        )

    def _publicity(self, stage: Publicity, start: datetime) -> Iterator[Scene]:
        lists = lists_of(self._program, stage)
        for place in range(lists):
            first, last = place == 0, place == lists - 1
            title = Words(stage.name, stage.id) if first else Words(f"{stage.name}：再次公示", f"{stage.id}: again")
            yield Scene(start, title, _turn(stage, partial(RehearsedPublicity.publish, first=first)))
            if stage.period is None:
                return
            # A list lets its nominees go once the time to object is over too, which may outlast it.
            closes = max(self._closes(start, said) for said in (stage.period, stage.objections) if said)
            yield Scene(closes + 5 * _MINUTE, Words("公示期满巡检", "sweep at the end of publicity"), Players.sweep)
            if not last:
                yield from self._contested(stage, start, closes)
            start = self._later(start, 3, time(9))

    def _contested(self, stage: Publicity, start: datetime, closes: datetime) -> Iterator[Scene]:
        """Objections come, are looked into and settled; whoever comes back, or in, is published on the next day."""
        raised_at = self._later(start, 1, time(10))
        settled = partial(RehearsedPublicity.settle, raised_at=raised_at, late=False)
        settled_late = _turn(stage, partial(RehearsedPublicity.settle, raised_at=raised_at, late=True))
        looked_into = partial(RehearsedPublicity.look_into, raised_at=raised_at)
        yield Scene(raised_at, Words("收到异议", "objections"), _turn(stage, RehearsedPublicity.contest))
        yield Scene(
            self._later(start, 1, time(16)), Words("异议受理核查", "objections looked into"), _turn(stage, looked_into)
        )
        yield Scene(self._later(start, 2, time(15)), Words("异议办结", "objections settled"), _turn(stage, settled))
        yield Scene(
            self._later(start, 2, time(16)),
            Words("候补递补", "replaced from the reserves"),
            _turn(stage, RehearsedPublicity.replace),
        )

        def settle_late(crew: Players) -> None:
            settled_late(crew)
            crew.sweep()

        late = self._later(closes, 1, time(10))
        yield Scene(late, Words("期满后办结的异议", "objections settled after the end"), settle_late)

    def _tenure(self, stage: Tenure, issued_at: datetime) -> Iterator[Scene]:
        yield from tenure_scenes(self._running, stage, issued_at)
        if stage.years:
            closes = term_closes(shanghai_day(term_begins(self._running, stage, issued_at)), stage.years)
            yield Scene(closes + 5 * _MINUTE, Words("聘期届满巡检", "sweep at the end of the term"), Players.sweep)

    def _start(self, stage: Stage, reached: datetime) -> datetime:
        start = self._later(reached, 1, time(9))
        dates = self._running.dates
        opens = next((one.opens for one in dates if one.id == stage.id and one.opens), None)
        if opens and opens > start:
            return at(self._calendar.next_working_day(shanghai_day(opens)), time(9))
        return start

    def _later(self, instant: datetime, working_days: int, clock: time) -> datetime:
        return at(self._calendar.add_working_days(shanghai_day(instant), working_days), clock)

    def _closes(self, start: datetime, period: Duration) -> datetime:
        return self._running.count(period, start).closes


def _turn(stage: Publicity, turn: Turn) -> Callable[[Players], None]:
    return lambda crew: crew.at_publicity(stage, turn)


def _ballot(stage: Decision | Approval | Review) -> Callable[[Players], None] | None:
    return (lambda crew: crew.vote(stage.id)) if stage.ballot else None


def _submission(people: list[Person]) -> Callable[[Players], None]:
    return lambda crew: crew.submit(people)


def _application(person: Person, route: str) -> Callable[[Players], None]:
    return lambda crew: crew.apply_alone(person, route)
