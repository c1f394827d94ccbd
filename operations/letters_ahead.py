"""Every letter that a program can send, before it opens: to whom, when, and what it says of a made-up nominee."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from deadlines.errors import OutsideCalendarError
from deadlines.keydates import term_closes
from deadlines.ladders import Rung, ladder
from deadlines.zone import last_day_before, shanghai_day
from notifications.hours import working_days_left
from notifications.letters import Item, Language, Letter, Nominated, compose
from notifications.owed import OwedKind
from notifications.tasks import actor_at, task_at
from operations.asked import Asked, asked_at, window_closes
from operations.desk import Running
from operations.digests import INVITED, UNANSWERED, URGED
from operations.owing import TOLD, only_time_is_awaited, steps_of
from operations.rungs import after_close
from programs import Words
from programs.reminding import Actor
from programs.stages import Publicity, Recommendation, Screening, Tenure
from states import Standing
from states.standings import tiers_on

_SOMEBODY: Final = Words("（候选人）", "(nominee)")
_NUMBER: Final = "0001"
_REASON: Final = Words("（理由）", "(reason)")

#: Who gets a letter, by what they have to do with it.
_WHO: Final = {
    Actor.NOMINATOR: Words("推荐单位或申报单位", "the nominator, or the nominee's unit"),
    Actor.OFFICE: Words("办理机构", "the office"),
    Actor.OBJECTIONS: Words("核查异议的机构", "whoever looks into the objection"),
    Actor.EXPERT: Words("专家", "the expert"),
    Actor.TENURE: Words("聘期管理机构", "whoever looks after the term"),
}
_ABOVE: Final = Words("上级单位", "the organization above")
_UNIT: Final = Words("申报单位", "the nominee's unit")


@dataclass(frozen=True, slots=True)
class Ahead:
    """A letter that a program can send: of what kind, to whom, `when` in words, the days where they are known."""

    kind: OwedKind
    stage: str
    to: Words
    when: Words
    dates: tuple[datetime, ...]
    letter: Letter


def letters_ahead(running: Running, now: datetime, language: Language = "zh") -> list[Ahead]:
    """Return every letter that a program can send, in the order of its stages; dates are those known at `now`."""
    writer = _Writer(running, now, language)
    found = [one for standing in running.pipeline.standings.values() for one in writer.at(standing)]
    return [*found, *writer.invitations()]


class _Writer:
    """Writes the letters of one program."""

    def __init__(self, running: Running, now: datetime, language: Language) -> None:
        self._running, self._now, self._language = running, now, language

    def at(self, standing: Standing) -> Iterator[Ahead]:
        """Yield what is sent of nominations at a standing."""
        running = self._running
        if standing.ended or standing.former:
            return
        yield from self._news(standing)
        if only_time_is_awaited(running, standing.key):
            yield from self._duties(standing)
            return
        actor = actor_at(running.program, standing.key)
        ladder_, who = running.program.ladder(actor), _WHO[actor]
        task = task_at(running.program, standing.key)
        yield self._ahead(OwedKind.ARRIVAL, standing, who, Words("到件时", "when something arrives"), task=task)
        dues = self._dues(standing)
        for due in sorted(one for one in dues if one):
            yield from self._ladder(standing, who, actor, due, task)
        example = self._example(standing)
        if example:
            when = Words("期限前第 {days} 个工作日（以今天为例）", "{days} working days before it is due (as of today)")
            yield self._ahead(
                OwedKind.DEADLINE,
                standing,
                who,
                when.format(days=_days(steps_of(self._running.program, actor))),
                task=task,
                due=example,
            )
        # What is due is reminded of before that; an objection alone is due by itself, whose nominee is not.
        if None in dues and not (example and actor is not Actor.OBJECTIONS):
            for days in ladder_.after:
                when = Words("到件后第 {days} 个工作日仍未办理", "{days} working days after, while it is not done")
                yield self._ahead(OwedKind.OVERDUE, standing, who, when.format(days=days), task=task)
        if ladder_.escalate is not None:
            yield self._escalation(standing, who, _ABOVE, ladder_.escalate, task)
        stage = running.program.stage(standing.stage)
        closes = window_closes(running, stage.id)
        for asked in asked_at(stage) if standing.key == stage.id and closes else ():
            assert closes  # noqa: S101 - as the line above says
            yield from self._ladder(standing, _WHO[asked.actor], asked.actor, closes, asked.task or task)
            yield from self._after(standing, asked, closes)

    def _dues(self, standing: Standing) -> set[datetime | None]:
        """Return by when nominations that stand there must have gone on, by the way that they take; None for never."""
        running = self._running
        stage = running.program.stage(standing.stage)
        if not isinstance(stage, Recommendation):
            return {None}
        paths = [path for path in running.program.paths() if stage.concerns(*path)]
        there = [path for path in paths if standing.key in {tier.key for tier in tiers_on(stage, path)}]
        return {running.due_at_tier(standing.key, path).at for path in there} or {None}

    def _after(self, standing: Standing, asked: Asked, closes: datetime) -> Iterator[Ahead]:
        """Yield what follows the close of a window: those who are still waited for, and then the office."""
        who = _WHO[asked.actor]
        for kind, days, at in after_close(self._running, asked, closes):
            when = Words(
                "截止后第 {days} 个工作日仍未完成", "{days} working days after it closed, while it is not done"
            )
            if kind is OwedKind.OVERDUE:
                yield self._ahead(
                    kind, standing, who, when.format(days=days), task=asked.task, due=closes, at=at, dates=(at,)
                )
                continue
            said = URGED.format(about=who, task=asked.task or "")
            about = who.in_language(self._language)
            to = _WHO[Actor.OFFICE]
            yield self._ahead(
                kind, standing, to, when.format(days=days), task=said, about=about, due=closes, at=at, dates=(at,)
            )

    def _example(self, standing: Standing) -> datetime | None:
        """Return until when something that begins today would have time, where each has a time of its own."""
        stage = self._running.program.stage(standing.stage)
        period = None
        if isinstance(stage, Screening) and standing.key.endswith(".correction"):
            period = stage.correction
        if isinstance(stage, Publicity) and standing.key.endswith(".objected"):
            period = stage.investigation
        return self._running.count(period, self._now).closes if period else None

    def invitations(self) -> Iterator[Ahead]:
        """Yield what is sent to experts who are drawn."""
        ladder_ = self._running.program.ladder(Actor.EXPERT)
        expert, office = _WHO[Actor.EXPERT], _WHO[Actor.OFFICE]
        for stage_id in self._running.program.panels():
            standing = self._running.pipeline.standings[stage_id]
            when = Words("抽取后发出邀请时", "when those who were drawn are invited")
            yield self._ahead(OwedKind.INVITATION, standing, expert, when, task=INVITED, receipt=True)
            for days in ladder_.after:
                when = Words("邀请后第 {days} 个工作日仍未答复", "{days} working days after, without an answer")
                kind = OwedKind.OVERDUE
                yield self._ahead(kind, standing, expert, when.format(days=days), task=INVITED, receipt=True)
            if ladder_.escalate is not None:
                yield self._escalation(standing, expert, office, ladder_.escalate, UNANSWERED, urged=False)

    def _news(self, standing: Standing) -> Iterator[Ahead]:
        pipeline = self._running.pipeline
        for move in pipeline.moves_from(standing.key):
            if move in TOLD:
                destination = pipeline.standings[pipeline.destination(standing.key, move) or standing.key]
                when = Words("办理“{move}”后", "after “{move}”").format(move=move.label)
                yield self._ahead(OwedKind.NOTICE, destination, _UNIT, when, outcome=move.label, said_at=standing.key)

    def _duties(self, standing: Standing) -> Iterator[Ahead]:
        stage = self._running.program.stage(standing.stage)
        if not isinstance(stage, Tenure):
            return
        for asked, every, who in (
            (Asked.REPORT, stage.reported_every_years, _UNIT),
            (Asked.ASSESSMENT, stage.assessed_every_years, _WHO[Actor.TENURE]),
        ):
            if every:
                when = Words(
                    "每期届满前第 {days} 个工作日", "{days} working days before the end of each period"
                ).format(days=_days(steps_of(self._running.program, Actor.TENURE)))
                task = asked.task or task_at(self._running.program, standing.key)
                due = term_closes(shanghai_day(self._now), every)
                yield self._ahead(OwedKind.DEADLINE, standing, who, when, task=task, due=due)

    def _ladder(
        self, standing: Standing, who: Words, actor: Actor, due: datetime, task: Words | None
    ) -> Iterator[Ahead]:
        try:
            rungs: Sequence[Rung] = ladder(
                self._running.calendar,
                due,
                steps_of(self._running.program, actor),
                day_before=due in self._running.ambiguous_closes,
            )
        except OutsideCalendarError:
            rungs = ()
        when = Words("截止前第 {days} 个工作日", "{days} working days before it closes").format(
            days=_days(steps_of(self._running.program, actor))
        )
        first = rungs[0].at if rungs else self._now
        yield self._ahead(
            OwedKind.DEADLINE, standing, who, when, task=task, due=due, at=first, dates=tuple(one.at for one in rungs)
        )

    def _escalation(
        self, standing: Standing, who: Words, above: Words, days: int, task: Words | None, *, urged: bool = True
    ) -> Ahead:
        when = Words(
            "首次提醒后第 {days} 个工作日仍未办理", "{days} working days after the first reminder, while it is not done"
        ).format(days=days)
        said = URGED.format(about=who, task=task or "") if urged else task
        about = who.in_language(self._language)
        return self._ahead(OwedKind.ESCALATION, standing, above, when, task=said, about=about)

    def _ahead(  # noqa: PLR0913 - what a letter says, each by name
        self,
        kind: OwedKind,
        standing: Standing,
        who: Words,
        when: Words,
        *,
        task: Words | None = None,
        due: datetime | None = None,
        at: datetime | None = None,
        dates: tuple[datetime, ...] = (),
        about: str | None = None,
        outcome: Words | None = None,
        receipt: bool = False,
        said_at: str | None = None,
    ) -> Ahead:
        running, language, program = self._running, self._language, self._running.program
        now = at or self._now
        invited = receipt or kind is OwedKind.INVITATION
        because = _REASON.in_language(language) if standing.key.endswith(".correction") and not outcome else None
        somebody = Nominated(f"{program.id}-{_NUMBER}", _SOMEBODY.in_language(language), because)
        item = Item(
            kind=kind,
            award=f"{program.award}（{program.edition}）",
            stage=standing.name.in_language(language),
            nominations=() if invited else (somebody,),
            about=about,
            task=task.in_language(language) if task else None,
            due=due,
            working_days_left=working_days_left(running.calendar, now, due) if due else None,
            provisional=due is not None and running.may_change(shanghai_day(now), last_day_before(due)),
            where=standing.office,
            outcome=outcome.in_language(language) if outcome else None,
            reason=_REASON.in_language(language) if outcome else None,
            remarks=program.words_of(kind.value, standing.stage),
            receipt=receipt,
        )
        letter = compose(
            who.in_language(language),
            [item],
            address=None,
            sender=program.office,
            name=f"{kind}@preview",
            now=now,
            language=language,
        )
        return Ahead(kind, said_at or standing.key, who, when, dates, letter)


def _days(steps: Sequence[int]) -> str:
    return "、".join(str(step) for step in sorted(set(steps), reverse=True))
