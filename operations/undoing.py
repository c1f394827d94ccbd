"""What taking the last move of a nomination back would do now, and what stands against it: looked at, and not done."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Row
from sqlalchemy.engine import Connection

from operations.actors import Actor, Role
from operations.authority import Authority, matter_of
from operations.built import built_on, last_move
from operations.desk import Desk, Due, Running
from operations.facts import cases_of
from operations.jurisdictions import Matter
from operations.numbered import find
from operations.owing import TOLD
from operations.paths import path_of
from operations.placing import Places
from operations.verdicts import bars_among, verdicts_on
from programs import Program, Words
from programs.stages import Recommendation
from programs.words import closing_in_words
from states import Case, Circumstances, Last, Move, Refusal
from states.undoing import Back


@dataclass(frozen=True, slots=True)
class Undoing:
    """What taking the last move of a nomination back would do, or why it cannot be taken back now.

    `told` is what would happen, and `warned` what would be no longer possible after it, each as a sentence.
    """

    move: Move
    by: str
    at: datetime
    until: datetime
    destination: str
    told: tuple[Words, ...]
    warned: tuple[Words, ...]
    refusals: tuple[Refusal, ...]


def undoing(desk: Desk, number: str, actor: Actor, now: datetime) -> Undoing | None:
    """Return what taking the last move back would do; none where its program does not let it be taken back.

    Raises `UnknownError` for a number that is not there.
    """
    with desk.store.read() as connection:
        row = find(connection, number, lock=False)
        running = desk.running_for(connection, row)
        if not running.pipeline.takes_back:
            return None
        found = last_move_of(connection, running, row)
        if found is None or found.back is None:
            return None
        newest = desk.running(connection, row.program_id)
        weighed = Weighed(desk, connection, running, newest, row, found, now)
        refused = Authority(connection, actor).would_refuse(
            Move.UNDO, matter_of_undo(running.program, row, found, actor)
        )
        around = weighed.circumstances("…")
        return Undoing(
            move=found.move,
            by=str(found.event["actor"]),
            at=datetime.fromisoformat(found.event["now"]),
            until=weighed.last.until,
            destination=found.source,
            told=tuple(weighed.told()),
            warned=tuple(weighed.warned()),
            refusals=(refused,) if refused else running.pipeline.may(weighed.case, Move.UNDO, around),
        )


@dataclass(frozen=True, slots=True)
class LastMove:
    """The last move of a nomination: its event, the events since, and the way back where the program has one."""

    event: Mapping[str, Any]
    since: Sequence[Mapping[str, Any]]
    back: Back | None

    @property
    def move(self) -> Move:
        """The move that was made."""
        return Move(self.event["move"])

    @property
    def source(self) -> str:
        """Where it was made from."""
        return str(self.event["from"])

    def made_by(self, actor: Actor) -> bool:
        """Whether somebody has made it, as what they are now."""
        made = tuple(self.event.get(name) for name in ("actor", "role", "organization"))
        return made == (actor.name, actor.role.value, actor.organization)

    @property
    def kept(self) -> Mapping[str, Any]:
        """What the event keeps for taking it back."""
        kept: Mapping[str, Any] = self.event.get("undo") or {}
        return kept


def last_move_of(connection: Connection, running: Running, row: Row[Any]) -> LastMove | None:
    """Return the last move of a nomination; none where it has not been moved since it was drawn up."""
    last = last_move(connection, row)
    if last is None:
        return None
    event, since = last
    back = None
    # Whoever has been brought to another version, or has come here by an event before this was kept, stays.
    if event.get("undo") and event["to"] == row.stage:
        back = running.pipeline.back(row.stage, Move(event["move"]), event["from"], path_of(row))
    return LastMove(event, since, back)


def matter_of_undo(program: Program, row: Row[Any], found: LastMove | None, actor: Actor) -> Matter:
    """Return the nomination as the policy looks at it, with whoever made the last move: in one role, at one office."""
    matter = matter_of(program, row)
    if found is None:
        return matter
    by = str(found.event["actor"])
    own = found.made_by(actor)
    if by == actor.name and not own:
        role = next((one.label.zh for one in Role if one == found.event.get("role")), "")
        by = f"{found.event.get('organization') or ''}{role}{by}"
    return replace(matter, expert=by, own=own)


def takes_back(desk: Desk, connection: Connection, row: Row[Any], actor: Actor, now: datetime) -> bool:
    """Whether somebody has made the last move of a nomination, and its program still lets them take it back."""
    running = desk.running_for(connection, row)
    found = last_move_of(connection, running, row) if running.pipeline.takes_back else None
    if found is None or found.back is None or not found.made_by(actor):
        return False
    return now < datetime.fromisoformat(found.kept["until"])


class Weighed:
    """The last move as it is to be taken back now."""

    def __init__(  # noqa: PLR0913, PLR0917 - what it is weighed with
        self,
        desk: Desk,
        connection: Connection,
        running: Running,
        newest: Running,
        row: Row[Any],
        found: LastMove,
        now: datetime,
        *,
        hold: bool = False,
    ) -> None:
        self._running = running
        self._row = row
        self.found = found
        self._now = now
        kept = found.kept
        self.last = Last(
            found.move,
            found.source,
            datetime.fromisoformat(kept["until"]),
            tuple(built_on(connection, running, row, found.event, found.since)),
            tuple(kept.get("gave_back", ())),
            bool(kept.get("withdrew")),
        )
        self.case: Case = cases_of(desk, connection, running, [row], now)[row.id]
        self.case.last = self.last
        if self.last.past:
            self.case.bars = bars_among(running, verdicts_on(desk, connection, running, [row], now)[row.id])
        self.places = Places(connection, newest.program)
        bare = Circumstances(now=now, reason="…")
        self.limits = running.pipeline.limits(self.case, Move.UNDO, bare)
        if hold:
            self.places.hold([(row, self.limits)])
        self._left = self.places.left(self.limits, row) if self.limits else {}
        self._allotted = self.places.allotted(row) if self.limits else {}

    def circumstances(self, reason: str) -> Circumstances:
        """Return what surrounds the way back."""
        return Circumstances(now=self._now, reason=reason, left=self._left, allotted=self._allotted)

    @property
    def due(self) -> Due:
        """When time moves it on where it stands then: what ran goes on, and intakes close when they close."""
        source, was = self.found.source, self.found.kept.get("was", {})
        stage = self._running.program.stage(self._running.pipeline.standings[source].stage)
        if isinstance(stage, Recommendation):
            return self._running.due_at_tier(source, path_of(self._row))
        at = was.get("due")
        return Due(datetime.fromisoformat(at) if at else None, bool(was.get("provisional")))

    def told(self) -> list[Words]:
        """Say what would happen."""
        standings, kept = self._running.pipeline.standings, self.found.kept
        told = [Words("回到“{place}”", "it goes back to “{place}”").format(place=standings[self.found.source].name)]
        for given, words in (
            (kept.get("took"), Words("交还名额：{names}", "it gives back its place of: {names}")),
            (kept.get("gave_back"), Words("重新占用名额：{names}", "it takes again a place of: {names}")),
        ):
            if given:
                names = (limit_named(self._running.program, key) for key in given)
                told.append(words.format(names="、".join(names)))
        if self.found.event.get("endorsement"):
            told.append(
                Words(
                    "本次在表上填写的意见、盖章和编号作废", "the opinion, seal and number of this move no longer stand"
                )
            )
        if self.found.move in TOLD:
            told.append(
                Words(
                    "尚未发出的结果通知不再发出；已经发出的，另发更正通知",
                    "word of its outcome that has not gone out stays here; where it has, another letter puts it right",
                )
            )
        return told

    def warned(self) -> list[Words]:
        """Say what would be no longer possible: going back is open though time has passed, going on is not."""
        due = self.due.at
        if due is None or due > self._now:
            return []
        return [
            Words(
                "该处期限已于 {due} 届满：撤销后不能再从那里上报，下一次巡检将按“{lapse}”办结",
                "the time there ended at {due}: it cannot go on from there, and the next sweep ends it as “{lapse}”",
            ).format(due=closing_in_words(due), lapse=Move.LAPSE.label)
        ]


def limit_named(program: Program, key: str) -> str:
    """Return what people call a limit."""
    kind, _, name = key.partition(".")
    parts: Mapping[str, Sequence[tuple[str, str]]] = {
        "quota": [(one.id, one.name) for one in program.quotas],
        "seats": [(one.id, one.award) for one in program.seats],
        "keep": [(one.id, one.name) for one in program.stages],
        "reserves": [(one.id, f"{one.award}候补") for one in program.seats],
    }
    return dict(parts.get(kind, ())).get(name, name)


def not_undoable(running: Running, row: Row[Any], found: LastMove | None) -> Refusal:
    """Refuse to take back what the program does not let be taken back."""
    known = "move" in found.event if found else False
    label = Move(found.event["move"]).label if found and known else Words("登记", "the drawing up")
    standing = running.pipeline.standings[row.stage]
    clause = None if standing.ended else running.program.stage(standing.stage).clause
    return Refusal(
        "undoable",
        Words("最近一步“{move}”不能撤销", "the last move, “{move}”, cannot be taken back").format(move=label),
        Words(
            "项目没有允许撤销这一步；主办单位可修订项目、在环节上写明 undo（见 docs/programs.md）",
            "the program does not let it be taken back; its office may amend it with `undo` of a stage",
        ),
        clause,
    )
