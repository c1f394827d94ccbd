"""A publicity of a rehearsal: a list, objections of every outcome, and lists of their own for who comes after it."""

from collections import Counter
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, Row, select

from operations.actors import Player, Role
from operations.acts import Act
from operations.desk import Desk
from operations.investigating import investigate
from operations.objections import Outcome, admit, lodge, settle
from operations.publicize import publicize
from operations.rehearse.summary import Summary
from operations.replacing import replace_from_reserves
from operations.results import Denied
from programs import Program
from programs.counting import Unit
from programs.stages import Decision, Issuance, Publicity, Stage
from programs.words import closing_clock
from states import End, Move
from store import tables as t

#: What is found of those who are objected to, in the order of their numbers: whoever comes back comes first, so that
#: a list of few, too, has what follows from it on the next one.
_FINDINGS: Final = {
    Outcome.CORRECTED: "获奖年份填写有误，已更正，不影响条件",
    Outcome.UPHELD: "经核查，主要业绩非本人完成",
    Outcome.DEFERRED: "涉及的专利权属诉讼尚未审结，本届暂缓",
    Outcome.DISMISSED: "经核查，反映情况不属实",
}
_FALLING: Final = frozenset({Outcome.UPHELD, Outcome.DEFERRED})

#: How many lists with objections follow each other where one list is too short for all of the outcomes.
_SHORT, _LONG = len(_FINDINGS), 1


def lists_of(program: Program, stage: Publicity) -> int:
    """Return how many lists a rehearsal plans at a publicity: those that are contested, and a last one that is not."""
    if stage.period is None:
        return 1
    # Seats without a limit have room for all of them.
    room = sum(len(_FINDINGS) + 1 if seats.count is None else seats.count for seats in program.seats)
    return 1 + (_LONG if room > len(_FINDINGS) else _SHORT)


class RehearsedPublicity:
    """A publicity stage, as one scene finds it; what comes of the scene is added to its summary."""

    def __init__(
        self, desk: Desk, program: Program, stage: Publicity, office: str, now: datetime, summary: Summary
    ) -> None:
        self._desk, self._program, self._stage, self._summary = desk, program, stage, summary
        self._office, self._now = office, now

    def publish(self, *, first: bool) -> None:
        """The list is published; where the notice names no venue, on the organizers' site. A later one may be empty."""
        if not first and not self._standing(self._stage.id):
            return
        venue = self._stage.venue or "主办单位官网"
        done = publicize(self._desk, self._program.id, self._stage.id, self._act(), venue=venue)
        if isinstance(done, Denied):
            self._summary.take(done)
            return
        self._summary.moved[Move.PUBLISH] += len(done.moved)
        period, listed = self._stage.period, done.published
        length = f"{period.days} 个{'工作日' if period.unit is Unit.WORKING else '自然日'}" if period else ""
        self._summary.notes.append(
            f"{length}：{listed.first_day} 至 {listed.last_day}，{closing_clock(listed.closes)} 截止"
            f"{'（暂定）' if listed.provisional else ''}，{listed.venue}"
        )

    def contest(self) -> None:
        """Some are objected to: of several the first never is, and one is left until the end."""
        listed = self._standing(f"{self._stage.id}.running")
        agenda = self._agenda(len(listed))
        contested = len(agenda) + 1 if agenda else 0
        able = listed[1:] if len(listed) > 1 else listed
        for number in able[:contested]:
            done = lodge(self._desk, number, "某单位（盖章）", "反映业绩归属有争议", self._act("收到署名异议"))
            if isinstance(done, Denied):
                self._summary.take(done)
            else:
                self._summary.moved[Move.OBJECT] += 1

    def look_into(self, *, raised_at: datetime) -> None:
        """What was raised then is admitted, and what is found is noted."""
        for objection in self._open(raised_at):
            admitted = admit(self._desk, objection, self._act("单位盖章，有具体线索"))
            if isinstance(admitted, Denied):
                self._summary.take(admitted)
            elif admitted.due_at:
                self._summary.notes.append(f"异议 {objection} 受理，核查至 {closing_clock(admitted.due_at)}")
            self._summary.take(investigate(self._desk, objection, "已调阅申报材料并听取双方意见", self._act()))

    def settle(self, *, raised_at: datetime, late: bool) -> None:
        """What was raised then is settled, each with another outcome; one takes longer and is dismissed in the end."""
        still_open = self._open(raised_at)
        listed = len(self._standing(f"{self._stage.id}.running")) + len(still_open)
        agenda = [Outcome.DISMISSED] * len(still_open) if late else self._agenda(listed)
        for objection, outcome in zip(still_open, agenda, strict=False):
            self._summary.take(settle(self._desk, objection, outcome, _FINDINGS[outcome], self._act()))

    def replace(self) -> None:
        """Whoever fell out is replaced by the next reserve, while there are any."""
        waiting = self._reserves()
        for vacated in self._vacated() if waiting else ():
            if waiting[vacated.grade]:
                waiting[vacated.grade] -= 1
                # Whoever has chosen them has them in reserve.
                act = self._act(f"{vacated.nominee}空出名额，按次序递补", self._before.office or self._program.office)
                self._summary.take(replace_from_reserves(self._desk, vacated.number, act))

    def _agenda(self, listed: int) -> list[Outcome]:
        """Return the outcomes that are still to be played on a list of so many, such that somebody is left on it."""
        played, may_fall = self._played(), listed - 1 + self._reserves().total()
        agenda: list[Outcome] = []
        for outcome in _FINDINGS:
            if outcome in played or len(agenda) == max(listed - 1, min(listed, 1)):
                continue
            if outcome is Outcome.DEFERRED and self._awarded:
                # A title is not put off: it is taken away, or kept.
                continue
            if outcome in _FALLING:
                if not may_fall:
                    continue
                may_fall -= 1
            agenda.append(outcome)
        return agenda

    def _played(self) -> set[Outcome]:
        of = t.objection.c
        query = select(of.outcome).join_from(t.objection, t.nomination).where(*self._own(of.stage == self._stage.id))
        with self._desk.store.read() as connection:
            found = connection.execute(query.where(of.outcome.in_(list(Outcome))).distinct()).scalars()
            return {Outcome(outcome) for outcome in found}

    def _reserves(self) -> Counter[str]:
        """Return how many reserves of each grade wait for a place on this list: those of a decision right before it."""
        if not (isinstance(self._before, Decision) and self._before.reserves):
            return Counter()
        key = t.place.c.limit_key
        query = select(key).where(t.place.c.program_id == self._program.id, key.startswith("reserves."))
        with self._desk.store.read() as connection:
            return Counter(one.partition(".")[2] for one in connection.execute(query).scalars())

    @property
    def _awarded(self) -> bool:
        held = self._program.held_stages
        return any(isinstance(stage, Issuance) for stage in held[: held.index(self._stage)])

    @property
    def _before(self) -> Stage:
        held = self._program.held_stages
        return held[held.index(self._stage) - 1]

    def _standing(self, place: str) -> list[str]:
        of = t.nomination.c
        query = select(of.number).where(*self._own(of.stage == place)).order_by(of.number)
        with self._desk.store.read() as connection:
            return list(connection.execute(query).scalars())

    def _open(self, raised_at: datetime) -> list[int]:
        of = t.objection.c
        query = select(of.id).join_from(t.objection, t.nomination).order_by(of.id)
        here = (of.stage == self._stage.id, of.lodged_at == raised_at, of.outcome.is_(None))
        query = query.where(*self._own(*here))
        with self._desk.store.read() as connection:
            return list(connection.execute(query).scalars())

    def _vacated(self) -> Sequence[Row[Any]]:
        of, out = t.nomination.c, (End.REMOVED.value, End.DEFERRED.value)
        replaced = select(t.replacement.c.vacated_id)
        query = select(of.number, of.nominee, of.grade).where(*self._own(of.stage.in_(out), of.id.not_in(replaced)))
        with self._desk.store.read() as connection:
            return connection.execute(query.order_by(of.number)).all()

    def _own(self, *conditions: ColumnElement[bool]) -> tuple[ColumnElement[bool], ...]:
        return t.nomination.c.program_id == self._program.id, *conditions

    def _act(self, reason: str = "", office: str | None = None) -> Act:
        return Act(Player(f"演练·{Role.OPERATOR.label.zh}", Role.OPERATOR, office or self._office), self._now, reason)


Turn = Callable[[RehearsedPublicity], None]
"""What a scene does at a publicity."""
