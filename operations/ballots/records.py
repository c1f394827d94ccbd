"""What the store has of the ballots at a stage, as the other modules of this package look at it."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any, Final

from sqlalchemy import Row, bindparam, func, insert, select, update
from sqlalchemy.engine import Connection

from deadlines.zone import shanghai_day
from operations.desk import Desk, Running
from operations.evaluated import standing_here
from operations.experts.records import evaluated, evaluators
from operations.paths import path_of
from operations.results import UnknownError
from programs import Words
from programs.ballots import Ballot
from programs.panels import Ground, Panel
from programs.stages import Approval, Decision, Review
from states.balloting import Attendance, Count, Outcome, Round, Slot, outcome, polled
from states.recusals import conflicts
from store import Transaction, among, hold
from store import tables as t
from store.chain import canonical

#: A stage that can hold a ballot.
Balloting = Review | Decision | Approval


@dataclass(frozen=True, slots=True)
class Held:
    """A round with all that belongs to it. `numbers` are its nominees (id → number); those without a count are none."""

    row: Row[Any]
    ballot: Ballot
    picks: int | None
    members: Mapping[str, bool | None]
    numbers: Mapping[int, str]
    recused: Mapping[str, Mapping[str, Ground]]
    counts: Mapping[str, Count]

    @property
    def attendance(self) -> Attendance:
        """Who may vote in it."""
        return Attendance(
            frozenset(self.members),
            frozenset(member for member, present in self.members.items() if present),
            {number: frozenset(some) for number, some in self.recused.items()},
        )

    @property
    def is_attended(self) -> bool:
        """Whether it is recorded who attends."""
        return None not in self.members.values()

    def round(self, standing: Iterable[str]) -> Round:
        """Return what was voted on those who still stand at the stage."""
        here = set(standing)
        return polled(self.ballot, self.attendance, {one: count for one, count in self.counts.items() if one in here})


def balloting_stage(running: Running, stage_id: str) -> tuple[Balloting, Ballot]:
    """Return a stage with its ballot; raises `UnknownError` for one that holds none."""
    ballots = running.program.ballots()
    if stage_id not in ballots:
        known = "、".join(ballots)
        raise UnknownError(
            Words("环节 {id} 不表决；表决的环节：{known}", "{id} holds no ballot; {known} do").format(
                id=stage_id, known=known
            )
            if known
            else Words("本项目没有表决的环节（ballot）", "no stage of the program holds a ballot")
        )
    stage = running.program.stage(stage_id)
    assert isinstance(stage, Balloting)  # noqa: S101 - `ballots` names no other
    return stage, ballots[stage_id]


def balloting(desk: Desk, connection: Connection, program_id: str, stage_id: str) -> Running:
    """Return the newest version of a program that holds a ballot at a stage; raises `UnknownError` as above.

    One that an amendment has taken out is still held for those of the versions that have it.
    """
    running = desk.newest_that(connection, program_id, lambda one: stage_id in one.program.ballots())
    balloting_stage(running, stage_id)
    return running


def begin(desk: Desk, transaction: Transaction, program_id: str, stage_id: str) -> tuple[Running, list[Row[Any]]]:
    """Hold the ballots of a stage, and return the program with those there whose version has the ballot.

    Raises `UnknownError` as above.
    """
    connection = transaction.connection
    desk.relied_on(connection, program_id)
    running = balloting(desk, connection, program_id, stage_id)
    voted_on = {one.revision for one in desk.versions(connection, program_id) if stage_id in one.program.ballots()}
    rows = standing_here(connection, program_id, stage_id, lock=True)
    hold(connection, [("ballot", program_id, stage_id)])
    return running, [row for row in rows if row.revision in voted_on]


def rounds_of(connection: Connection, program_id: str, stage_id: str) -> list[Row[Any]]:
    """Return every round that a stage has held, annulled ones too, in their order."""
    of = t.ballot.c
    query = select(t.ballot).where(of.program_id == program_id, of.stage == stage_id).order_by(of.round)
    return list(connection.execute(query))


def standing_rounds(rows: Sequence[Row[Any]]) -> list[Row[Any]]:
    """Return those that nobody has annulled."""
    return [row for row in rows if row.annulled_at is None]


def series_of(rows: Sequence[Row[Any]], last: Row[Any]) -> list[Row[Any]]:
    """Return a round with those that it votes on again, the first one in front."""
    by_id = {row.id: row for row in rows}
    series = [last]
    while series[0].follows is not None:
        series.insert(0, by_id[series[0].follows])
    return series


def held(connection: Connection, rows: Sequence[Row[Any]]) -> list[Held]:
    """Return rounds with all that belongs to them."""
    ids = [row.id for row in rows]
    members: dict[int, dict[str, bool | None]] = defaultdict(dict)
    of = t.ballot_member.c
    for one in connection.execute(select(t.ballot_member).where(among(of.ballot_id, ids)).order_by(of.member)):
        members[one.ballot_id][one.member] = one.present
    numbers: dict[int, dict[int, str]] = defaultdict(dict)
    counts: dict[int, dict[str, Count]] = defaultdict(dict)
    who = t.ballot_nominee.c
    named = select(t.ballot_nominee, t.nomination.c.number).join_from(t.ballot_nominee, t.nomination)
    for one in connection.execute(named.where(among(who.ballot_id, ids)).order_by(t.nomination.c.number)):
        numbers[one.ballot_id][one.nomination_id] = one.number
        if one.yes is not None:
            counts[one.ballot_id][one.number] = Count(one.yes, one.no, one.abstained)
    recused: dict[int, dict[str, dict[str, Ground]]] = defaultdict(lambda: defaultdict(dict))
    barred = t.ballot_recusal.c
    for one in connection.execute(
        select(t.ballot_recusal).where(among(barred.ballot_id, ids)).order_by(barred.nomination_id, barred.member)
    ):
        recused[one.ballot_id][numbers[one.ballot_id][one.nomination_id]][one.member] = Ground(one.ground)
    return [
        Held(
            row,
            Ballot.model_validate(row.rules["ballot"]),
            row.rules["picks"],
            members[row.id],
            numbers[row.id],
            recused[row.id],
            counts[row.id],
        )
        for row in rows
    ]


def places_left(
    connection: Connection, running: Running, stage: Balloting, ballot: Ballot, rows: Sequence[Row[Any]]
) -> list[Slot]:
    """Return the places that a ballot on those who stand at a stage may fill, the highest grade first.

    Taken are those that somebody holds, and those that an earlier ballot has given to who was not moved yet.
    """
    everybody = frozenset(row.number for row in rows)
    if isinstance(stage, Approval) or (isinstance(stage, Decision) and stage.confirms):
        return [Slot(None, None, everybody, ballot.threshold)]
    taken = _taken(connection, running, stage)
    if isinstance(stage, Review):
        left = None if stage.keep is None else max(stage.keep - taken.get(f"keep.{stage.id}", 0), 0)
        return [Slot(None, left, everybody, ballot.threshold)]
    return [
        Slot(
            seats.id,
            None if seats.kind != "cap" else max((seats.count or 0) - taken.get(f"seats.{seats.id}", 0), 0),
            frozenset(row.number for row in rows if seats.concerns(*path_of(row))),
            ballot.threshold_of(seats.id),
        )
        for seats in running.program.seats
    ]


def _taken(connection: Connection, running: Running, stage: Balloting) -> Mapping[str, int]:
    """Count the places of each limit that are held, or promised by a closed ballot."""
    program_id = running.program.id
    taken: dict[str, int] = defaultdict(int)
    place = t.place.c
    held_now = select(place.limit_key, func.count()).where(place.program_id == program_id).group_by(place.limit_key)
    for limit, count in connection.execute(held_now):
        taken[limit] += count
    of = t.balloted.c
    promised = (
        select(of.grade, func.count())
        .join_from(t.balloted, t.nomination)
        .where(
            t.nomination.c.program_id == program_id, t.nomination.c.stage == stage.id, of.stage == stage.id, of.chosen
        )
        .group_by(of.grade)
    )
    for grade, count in connection.execute(promised):
        taken[f"keep.{stage.id}" if grade is None else f"seats.{grade}"] += count
    return taken


def without_result(connection: Connection, stage_id: str, rows: Sequence[Row[Any]]) -> list[Row[Any]]:
    """Return those on whom no ballot of the stage has decided."""
    of = t.balloted.c
    query = select(of.nomination_id).where(of.stage == stage_id, among(of.nomination_id, [row.id for row in rows]))
    decided = set(connection.execute(query).scalars())
    return [row for row in rows if row.id not in decided]


def ranking_order(connection: Connection, ballot: Ballot, rows: Sequence[Row[Any]]) -> dict[str, int]:
    """Return the places that the ranking has which breaks ties, where one does."""
    if ballot.ranking is None:
        return {}
    of, numbers = t.ranked.c, {row.id: row.number for row in rows}
    query = select(of.nomination_id, of.place).where(of.stage == ballot.ranking, among(of.nomination_id, list(numbers)))
    return {numbers[nomination]: place for nomination, place in connection.execute(query)}


def outcome_of(
    connection: Connection, series: Sequence[Held], slots: Sequence[Slot], rows: Sequence[Row[Any]]
) -> Outcome:
    """Return what a series of rounds comes to for those who still stand at the stage."""
    ballot, numbers = series[0].ballot, [row.number for row in rows]
    return outcome(ballot, slots, [one.round(numbers) for one in series], ranking_order(connection, ballot, rows))


def kept_of(connection: Connection, ballot: Ballot, slots: Iterable[Slot], rows: Sequence[Row[Any]]) -> dict[str, Any]:
    """Return what a closed round keeps so that it can be computed again: the places, who stood there, the ranking."""
    return {
        "slots": [[slot.grade, slot.left, sorted(slot.open_to)] for slot in slots],
        "standing": sorted(row.number for row in rows),
        "order": ranking_order(connection, ballot, rows),
    }


def again(series: Sequence[Held]) -> Outcome:
    """Compute what closed rounds came to from what they have kept."""
    kept, ballot = series[-1].row.rules, series[0].ballot
    slots = [
        Slot(grade, left, frozenset(open_to), ballot.threshold_of(grade)) for grade, left, open_to in kept["slots"]
    ]
    return outcome(ballot, slots, [one.round(kept["standing"]) for one in series], kept["order"])


def recuse_by_ties(
    connection: Connection, running: Running, one: Held, rows: Sequence[Row[Any]], now: datetime
) -> dict[str, dict[str, str]]:
    """Recuse members from themselves, and experts of the pool where it says so or their ties do; returns whom newly.

    What is returned are the grounds by member, by number.
    """
    known = {
        row.name: row for row in connection.execute(select(t.expert).where(t.expert.c.name.in_(list(one.members))))
    }
    here = [row for row in rows if row.id in one.numbers]
    # Members who are named by hand are in no pool, and are taken for a nominee by their name alone.
    found = {(row.id, row.nominee): Ground.OTHER for row in here if row.nominee in one.members}
    if not here or not (known or found):
        return {}
    names = {row.id: name for name, row in known.items()}
    panel = running.program.panels().get(one.ballot.panel or "") or Panel(clause=one.ballot.clause, size=1)
    experts = evaluators(connection, [(row.id, row.employer) for row in known.values()])
    tied = conflicts(panel, experts, [evaluated(running.program, row) for row in here], shanghai_day(now))
    of = t.recusal.c
    stated = select(of.nomination_id, of.expert_id, of.ground).where(
        among(of.nomination_id, [row.id for row in here]), of.expert_id.in_(list(names))
    )
    for row in here:
        found |= {(row.id, names[expert]): ground for expert, ground in tied.get(row.number, {}).items()}
    for nomination, expert, ground in connection.execute(stated):
        found[nomination, names[expert]] = Ground(ground)
    new = {
        (nomination, member): ground
        for (nomination, member), ground in found.items()
        if member not in one.recused.get(one.numbers[nomination], {})
    }
    if new:
        connection.execute(
            insert(t.ballot_recusal),
            [
                {"ballot_id": one.row.id, "nomination_id": nomination, "member": member, "ground": ground.value}
                for (nomination, member), ground in sorted(new.items())
            ],
        )
    told: dict[str, dict[str, str]] = defaultdict(dict)
    for (nomination, member), ground in sorted(new.items()):
        told[one.numbers[nomination]][member] = ground.value
    return dict(told)


def recusals_of(one: Held) -> dict[str, dict[str, str]]:
    """Return who is recused in a round, and on which ground, by number."""
    return {number: {member: ground.value for member, ground in some.items()} for number, some in one.recused.items()}


#: What a round keeps of its program from its opening on.
_OPENED: Final = ("ballot", "picks")


def rules_digest(rules: Mapping[str, Any]) -> str:
    """Return the digest of the rules by which a round is held, as they were when it opened."""
    return _digest({name: rules.get(name) for name in _OPENED})


def kept_digest(rules: Mapping[str, Any]) -> str | None:
    """Return the digest of what a closed round keeps so that it can be computed again; none of one that is open."""
    kept = {name: value for name, value in rules.items() if name not in _OPENED}
    return _digest(kept) if kept else None


def _digest(document: dict[str, Any]) -> str:
    return sha256(canonical(document).encode()).hexdigest()


def write_counts(connection: Connection, one: Held, counts: Mapping[str, Count]) -> None:
    """Write what was counted on each nominee of a round."""
    ids = {number: nomination for nomination, number in one.numbers.items()}
    if counts:
        connection.execute(
            _COUNTED,
            [
                {
                    "round": one.row.id,
                    "who": ids[number],
                    "for": count.yes,
                    "against": count.no,
                    "open": count.abstained,
                }
                for number, count in counts.items()
            ],
        )


_COUNTED = (
    update(t.ballot_nominee)
    .where(
        t.ballot_nominee.c.ballot_id == bindparam("round"),
        t.ballot_nominee.c.nomination_id == bindparam("who"),
    )
    .values(yes=bindparam("for"), no=bindparam("against"), abstained=bindparam("open"))
)
