"""A scene of a rehearsal, and the scenes of a tenure: what is paid, reported, assessed, made good, stopped, revoked."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from deadlines.duties import period_days
from deadlines.zone import at, shanghai_day
from operations.desk import Running
from operations.rehearse.play import Players
from programs import Words
from programs.stages import Tenure
from programs.terms import Benefit

#: How long before the end of a period those of a rehearsal are assessed: early enough to make a failure good.
_BEFORE = timedelta(days=60)

#: How many years are rehearsed of a term without an end, or without assessments.
_ENDLESS = 2


@dataclass(frozen=True, slots=True)
class Scene:
    """Something that happens at one instant of the rehearsal, at one stage of the pipeline."""

    at: datetime
    title: Words
    play: Callable[[Players], None]
    stage: str = ""


def term_begins(running: Running, stage: Tenure, issued_at: datetime) -> datetime:
    """Return when a rehearsed term begins: with its document, or with the letter of appointment of a day later."""
    if stage.begins == "document":
        return issued_at
    return at(running.calendar.add_working_days(shanghai_day(issued_at), 1), time(10))


def tenure_scenes(running: Running, stage: Tenure, issued_at: datetime) -> Iterator[Scene]:
    """Yield what happens within a term, until its end; of one without an end, for two assessments."""
    calendar, begins = running.calendar, term_begins(running, stage, issued_at)
    begun = shanghai_day(begins)

    def on(day: date, clock: time = time(10)) -> datetime:
        return at(calendar.next_working_day(day), clock)

    def later(instant: datetime, working_days: int) -> datetime:
        return at(calendar.add_working_days(shanghai_day(instant), working_days), time(10))

    if stage.begins == "appointment":
        yield Scene(
            begins,
            Words("颁发聘书", "letters of appointment"),
            lambda crew: crew.within_terms(stage, stage.id, lambda terms, here: terms.appoint(here)),
        )
    every = stage.assessed_every_years
    rounds = (stage.years // every if stage.years else _ENDLESS) if every else 0
    money = [one for one in running.program.benefits if one.kind == "money" and _is_paid_in(running, stage, one)]
    years = stage.years or (rounds * every if every else _ENDLESS)
    for year in range(1, years + 1):
        due = [
            one
            for one in money
            if one.after == "award" and one.is_for_year(year) and (one.every == "year" or year == 1)
        ]
        paid = later(on(period_days(begun, 1, year)[0]), 10)
        if due:
            yield Scene(
                paid, Words(f"发放待遇：第{year}年", f"benefits of year {year}"), _payment(stage, due, year == 1)
            )
        if year == 1 and stage.suspension_grounds:
            yield Scene(
                later(paid, 20),
                Words("停发待遇", "benefits stopped"),
                lambda crew: crew.within_terms(stage, stage.id, lambda terms, here: terms.stop(here)),
            )
        if year == 1 and stage.suspension_grounds and stage.resumable:
            yield Scene(
                later(paid, 60),
                Words("恢复待遇", "benefits run again"),
                lambda crew: crew.within_terms(stage, stage.id, lambda terms, here: terms.resume(here)),
            )
    earned = [one for one in money if one.after == "passed-assessment"]
    for place in range(1, rounds + 1):
        end = period_days(begun, every or 1, place)[1]
        yield from _assessment(stage, on(shanghai_day(end - _BEFORE)), place, later, earned)


def _is_paid_in(running: Running, stage: Tenure, one: Benefit) -> bool:
    """Whether a benefit is paid in a tenure; what is paid once is paid in the first of several."""
    first = next(other for other in running.program.held_stages if isinstance(other, Tenure))
    return one.tenure == stage.id if one.tenure else one.every == "year" or stage == first


def _assessment(
    stage: Tenure, when: datetime, place: int, later: Callable[[datetime, int], datetime], earned: list[Benefit]
) -> Iterator[Scene]:
    """The first honoree fails twice: makes it good after the first assessment, and does not after the second."""
    first = place == 1
    yield Scene(
        when,
        Words("履职报告和考核", "reports and assessments"),
        lambda crew: crew.within_terms(
            stage, stage.id, lambda terms, here: terms.assess(here, first=first, again=place == _ENDLESS)
        ),
    )
    year = place * (stage.assessed_every_years or 1)
    due = [one for one in earned if one.is_for_year(year) and (one.every == "year" or first)]
    if due:
        yield Scene(
            later(when, 1), Words("发放待遇：考核合格的", "benefits of who passed"), _payment(stage, due, first)
        )
    if stage.rectification and place <= _ENDLESS:
        rectifying = f"{stage.id}.rectification"
        checked = later(when, 20)
        yield Scene(
            checked,
            Words("整改复核", "rectification checked"),
            lambda crew: crew.within_terms(stage, rectifying, lambda terms, here: terms.check(here, passes=first)),
        )
        if not first and stage.unrectified == "sweep":
            yield Scene(later(checked, 1), Words("整改未通过巡检", "sweep after a failed check"), Players.sweep)
        elif not first:
            yield Scene(
                later(checked, 2),
                Words("整改仍不合格，取消称号", "revoked after a failed rectification"),
                lambda crew: crew.within_terms(
                    stage, rectifying, lambda terms, here: terms.revoke(here, last_of_several=False)
                ),
            )
    if place == _ENDLESS:
        yield Scene(
            later(when, 5),
            Words("取消称号", "revocation"),
            lambda crew: crew.within_terms(
                stage, stage.id, lambda terms, here: terms.revoke(here, last_of_several=True)
            ),
        )


def _payment(stage: Tenure, benefits: list[Benefit], twice: bool) -> Callable[[Players], None]:  # noqa: FBT001
    return lambda crew: crew.within_terms(stage, stage.id, lambda terms, here: terms.pay(here, benefits, twice=twice))
