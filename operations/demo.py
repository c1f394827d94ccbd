"""A database to look around in: the shipped programs as new editions, each standing at a different stage today."""

from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta

from sqlalchemy import select

from deadlines.calendar import WorkCalendar
from deadlines.editions import redate
from deadlines.zone import shanghai_day
from notifications.channels import Channel
from operations.desk import Desk, Running
from operations.rehearse import Rehearsal, Scene, rehearse
from operations.rehearse.people import make_people
from operations.rehearse.plan import Plan
from operations.results import Denied, UnknownError
from programs import Program, Words, date_program, load_program, shipped_programs
from programs.stages import Publicity, Recommendation, Review, Screening, Tenure
from store import tables as t

SEED = 20

#: The kind of stage at which each shipped program stands, in the order of their ids, over and over for more of them.
_STANDS_AT = (Publicity, Review, Recommendation, Tenure, Screening)

#: A program whose notice bears no date is dated like this before it is moved to today.
_SOME_DAY = date(2021, 6, 28)

#: How far a new edition may be moved off the first guess: days off shift its scenes.
_TRIES = 45

Watch = Callable[[Program, int, int], None]
"""Called as a program is filled: the program, the scenes done, the scenes in all."""


def fill_demo(
    desk: Desk, channel: Channel, now: datetime, *, nominations: int = 60, watch: Watch | None = None
) -> tuple[Program, ...]:
    """Open every shipped program as a new edition and rehearse it up to `now`; returns the new editions.

    Raises `UnknownError` where the database holds one of them already, with other nominations or in earnest.
    """
    _require_no_program_in_earnest(desk)
    editions: list[Program] = []
    for place, source in enumerate(shipped_programs()):
        program = _around(desk.calendar, load_program(source), _STANDS_AT[place % len(_STANDS_AT)], now, nominations)
        done: Rehearsal | Denied = rehearse(
            desk, program, channel, nominations=nominations, seed=SEED, until=now, watch=_watching(watch, program)
        )
        if isinstance(done, Denied):
            raise UnknownError(done.refusals[0].reason)
        editions.append(program)
    return tuple(editions)


def _require_no_program_in_earnest(desk: Desk) -> None:
    with desk.store.read() as connection:
        rehearsed = select(t.rehearsal.c.program_id)
        in_earnest = connection.execute(select(t.program.c.id).where(t.program.c.id.not_in(rehearsed))).scalars().all()
    if in_earnest:
        raise UnknownError(
            Words(
                "此库已有正式项目 {programs}，不能用作演示；请另指定一个库",
                "the database holds {programs} in earnest and is no place for a demonstration; name another one",
            ).format(programs="、".join(in_earnest))
        )


def _around(calendar: WorkCalendar, source: Program, kind: type, now: datetime, nominations: int) -> Program:
    """Return the program as an edition of this year that stands in the midst of a stage of this kind now."""
    program = source if source.issued else date_program(source, _SOME_DAY)
    stage = next((stage.id for stage in program.held_stages if isinstance(stage, kind)), program.held_stages[0].id)
    first_guess = (shanghai_day(now) - _midst(_scenes(calendar, program, nominations), stage)).days
    edition = program
    for days in _around_zero(_TRIES):
        issued = (program.issued or _SOME_DAY) + timedelta(days=first_guess + days)
        edition = redate(program, f"{source.id}-demo", f"{issued.year}年度（演示）", first_guess + days, calendar)
        if _stands_at(_scenes(calendar, edition, nominations), stage, now):
            break
    return _behind(calendar, edition, nominations, now) if kind is Recommendation else edition


def _behind(calendar: WorkCalendar, edition: Program, nominations: int, now: datetime) -> Program:
    """Plan the screening of a program that still takes nominations in to have been over yesterday.

    Whoever has come by now waits for it already: something in a demonstration is late on every day of the year.
    """
    begun = min(scene.at for scene in _scenes(calendar, edition, nominations))
    last = shanghai_day(now) - timedelta(days=1)
    first = min(shanghai_day(begun), last)
    said = "至".join(f"{day.year}年{day.month}月{day.day}日" for day in (first, last))
    document = edition.model_dump(mode="json")
    stage = next(one for one in document["stages"] if one["kind"] == Screening.model_fields["kind"].default)
    stage["window"] = {
        "phrase": said,
        "clause": stage["clause"],
        "first_day": first.isoformat(),
        "last_day": last.isoformat(),
    }
    return Program.model_validate(document)


def _scenes(calendar: WorkCalendar, program: Program, nominations: int) -> list[Scene]:
    return Plan(Running(program, 0, None, calendar), make_people(program, nominations, SEED)).scenes()


def _midst(scenes: list[Scene], stage: str) -> date:
    here = [scene.at for scene in scenes if scene.stage == stage]
    return shanghai_day(here[0] + (here[-1] - here[0]) / 2)


def _stands_at(scenes: list[Scene], stage: str, now: datetime) -> bool:
    """Whether the last scene before now and the next one are both of this stage."""
    before = [scene.stage for scene in scenes if scene.at <= now]
    after = [scene.stage for scene in scenes if scene.at > now]
    return bool(before and after) and before[-1] == stage == after[0]


def _around_zero(tries: int) -> Iterator[int]:
    """Yield 0, 1, -1, 2, -2 and so on."""
    yield 0
    for step in range(1, tries + 1):
        yield step
        yield -step


def _watching(watch: Watch | None, program: Program) -> Callable[[int, int, Scene], None] | None:
    return None if watch is None else lambda place, scenes, _scene: watch(program, place, scenes)
