"""Holding a ballot: a round is opened, who attends and who steps back is recorded, and what was wrong is annulled."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, delete, func, insert, select, update
from sqlalchemy.engine import Connection

from operations.acts import Act, reason_missing
from operations.authority import matter_at, refuses
from operations.ballots.records import (
    Held,
    balloting_stage,
    begin,
    held,
    outcome_of,
    places_left,
    recusals_of,
    recuse_by_ties,
    rounds_of,
    rules_digest,
    series_of,
    standing_rounds,
    without_result,
)
from operations.ballots.refusals import (
    acted_on,
    members_drawn,
    members_missing,
    members_stay,
    nobody_to_vote_on,
    none_open,
    not_members,
    panel_missing,
    still_open,
    tie_gone,
    voted_already,
)
from operations.desk import Desk, Running
from operations.policy import Deed
from operations.results import Denied, MisstatedError, NothingHereError, denied
from operations.rounds import another_round
from programs import Words
from programs.ballots import Ballot
from programs.naming import is_one_line
from programs.panels import Ground
from states import End, Refusal
from states.balloting import Tie
from store import tables as t


def open_ballot(desk: Desk, program_id: str, stage_id: str, act: Act, *, members: Sequence[str] = ()) -> int | Denied:
    """Open a round on everybody at a stage on whom none has decided, or again on those who are level; returns which.

    Members are the panel's, else those who are named, else those of the round before; of a round again those of the one
    that left some level, and nobody else. Raises `UnknownError` for what is not there, `MisstatedError` for a name that
    is none.
    """
    with desk.store.write() as transaction:
        connection = transaction.connection
        running, rows = begin(desk, transaction, program_id, stage_id)
        stage, ballot = balloting_stage(running, stage_id)
        if refused := denied(refuses(connection, act.actor, Deed.HOLD_BALLOT, matter_at(running, stage_id))):
            return refused
        rounds = rounds_of(connection, program_id, stage_id)
        standing = standing_rounds(rounds)
        last = held(connection, standing[-1:])
        if last and last[0].row.closed_at is None:
            return Denied((still_open(last[0]),))
        undecided = without_result(connection, stage_id, rows)
        before = _with_open_tie(connection, standing)
        tie: Tie | None = None
        if before is not None:
            slots = places_left(connection, running, stage, before[0].ballot, undecided)
            tie = outcome_of(connection, before, slots, undecided).tie
            if tie is None:
                return Denied((tie_gone(),))
            ballot = before[0].ballot
        over = [row for row in undecided if tie is None or row.number in tie.level]
        earlier = before or held(connection, rounds[-1:])
        named = _members(connection, running, ballot, members, earlier[-1] if earlier else None)
        changed = before and members and not isinstance(named, Refusal) and {*named} != {*before[-1].members}
        if refused := denied(
            nobody_to_vote_on() if not over else None,
            named if isinstance(named, Refusal) else None,
            members_stay(before[-1], ballot) if before and changed else None,
        ):
            return refused
        assert not isinstance(named, Refusal)  # noqa: S101 - told above
        picks = ballot.picks if tie is None or ballot.picks is None else min(ballot.picks, tie.places)
        number = len(rounds) + 1
        rules = {"ballot": ballot.model_dump(mode="json", exclude_defaults=True), "picks": picks}
        opened: int = connection.execute(
            insert(t.ballot)
            .values(
                program_id=program_id,
                stage=stage_id,
                round=number,
                follows=before[-1].row.id if before else None,
                secret=ballot.secret,
                rules=rules,
                opened_by=act.actor.name,
                opened_at=act.now,
            )
            .returning(t.ballot.c.id)
        ).scalar_one()
        present = before[-1].members if before else {}
        connection.execute(
            insert(t.ballot_member),
            [{"ballot_id": opened, "member": one, "present": present.get(one)} for one in named],
        )
        connection.execute(insert(t.ballot_nominee), [{"ballot_id": opened, "nomination_id": row.id} for row in over])
        _carry_recusals(connection, [*(before or ())[-1:], *held(connection, rounds[-1:])], opened, over, set(named))
        (one,) = held(connection, rounds_of(connection, program_id, stage_id)[-1:])
        recuse_by_ties(connection, running, one, over, act.now)
        (one,) = held(connection, [one.row])
        transaction.record(
            program_id,
            "ballot.opened",
            stage=stage_id,
            round=number,
            follows=before[-1].row.round if before else None,
            secret=ballot.secret,
            members=list(one.members),
            present=sorted(one.attendance.attending) or None,
            nominations=sorted(one.numbers.values()),
            recused=recusals_of(one) or None,
            rules=rules_digest(rules),
            clause=ballot.clause,
            **act.signature(),
        )
        return number


def record_attendance(desk: Desk, program_id: str, stage_id: str, present: Sequence[str], act: Act) -> Held | Denied:
    """Record which members attend the open round: those who are named, and no others. A later record replaces it.

    Raises `UnknownError` for what is not there.
    """
    with desk.store.write() as transaction:
        connection = transaction.connection
        running, _ = begin(desk, transaction, program_id, stage_id)
        if refused := denied(refuses(connection, act.actor, Deed.HOLD_BALLOT, matter_at(running, stage_id))):
            return refused
        one = open_round(connection, program_id, stage_id)
        if one is None:
            return Denied((none_open(),))
        strangers = sorted(set(present) - set(one.members))
        voted = set(
            connection.execute(
                select(t.ballot_vote.c.member).where(t.ballot_vote.c.ballot_id == one.row.id).distinct()
            ).scalars()
        )
        gone = sorted(voted - set(present))
        if refused := denied(not_members(strangers) if strangers else None, voted_already(gone) if gone else None):
            return refused
        of = t.ballot_member.c
        here = of.member.in_(sorted(set(present)))
        connection.execute(update(t.ballot_member).where(of.ballot_id == one.row.id).values(present=here))
        transaction.record(
            program_id,
            "ballot.attended",
            stage=stage_id,
            round=one.row.round,
            present=sorted(set(present)),
            absent=sorted(set(one.members) - set(present)),
            **act.signature(),
        )
        return held(connection, [one.row])[0]


def recuse_member(  # noqa: PLR0913 - who from what and why, each by name
    desk: Desk, program_id: str, stage_id: str, number: str, act: Act, *, member: str, ground: Ground
) -> Held | Denied:
    """Recuse a member from a nominee of the open round, with the reason; a named vote on it no longer counts.

    Experts of the pool are recused by themselves, as `review recuse` and their ties say. Raises `UnknownError` for what
    is not there.
    """
    with desk.store.write() as transaction:
        connection = transaction.connection
        running, _ = begin(desk, transaction, program_id, stage_id)
        if refused := denied(refuses(connection, act.actor, Deed.HOLD_BALLOT, matter_at(running, stage_id))):
            return refused
        one = open_round(connection, program_id, stage_id)
        if refused := denied(
            none_open() if one is None else None,
            not_members([member]) if one and member not in one.members else None,
            reason_missing(act),
        ):
            return refused
        assert one is not None  # noqa: S101 - told above
        nomination = next((key for key, value in one.numbers.items() if value == number), None)
        if nomination is None:
            raise NothingHereError(
                Words("{number} 不在本轮表决中", "{number} is not voted on in this round").format(number=number)
            )
        if member not in one.recused.get(number, {}):
            values = {"ballot_id": one.row.id, "nomination_id": nomination, "member": member, "ground": ground.value}
            connection.execute(insert(t.ballot_recusal).values(values))
            transaction.record(
                program_id,
                "ballot.recused",
                nomination=number,
                stage=stage_id,
                round=one.row.round,
                member=member,
                ground=ground.value,
                **act.signature(),
            )
        return held(connection, [one.row])[0]


def annul_ballot(desk: Desk, program_id: str, stage_id: str, act: Act, *, which: int | None = None) -> int | Denied:
    """Annul the last round of a stage, open or closed, with the reason, so that it can be held again; returns which.

    Where one is named, that round and no other.
    What it was stays as it was. Refused once somebody has been moved by it. Raises `UnknownError` where none was held.
    """
    with desk.store.write() as transaction:
        connection = transaction.connection
        running, _ = begin(desk, transaction, program_id, stage_id)
        if refused := denied(refuses(connection, act.actor, Deed.ANNUL_BALLOT, matter_at(running, stage_id))):
            return refused
        standing = standing_rounds(rounds_of(connection, program_id, stage_id))
        if not standing:
            raise NothingHereError(Words("此环节还没有表决", "no ballot was held at this stage"))
        last = standing[-1]
        of = t.balloted.c
        moved_on = connection.execute(
            select(func.count())
            .select_from(t.balloted.join(t.nomination))
            .where(
                of.ballot_id == last.id,
                t.nomination.c.stage.not_in([stage_id, End.WITHDRAWN.value, End.DISQUALIFIED.value]),
            )
        ).scalar_one()
        refused = denied(
            another_round(which, last.round), acted_on(moved_on) if moved_on else None, reason_missing(act)
        )
        if refused:
            return refused
        connection.execute(delete(t.balloted).where(of.ballot_id == last.id))
        connection.execute(update(t.ballot).where(t.ballot.c.id == last.id).values(annulled_at=act.now))
        transaction.record(program_id, "ballot.annulled", stage=stage_id, round=last.round, **act.signature())
        return int(last.round)


def open_round(connection: Connection, program_id: str, stage_id: str) -> Held | None:
    """Return the round that is open at a stage, if one is."""
    of = t.ballot.c
    row = connection.execute(
        select(t.ballot).where(
            of.program_id == program_id, of.stage == stage_id, of.closed_at.is_(None), of.annulled_at.is_(None)
        )
    ).one_or_none()
    return held(connection, [row])[0] if row else None


def _with_open_tie(connection: Connection, standing: Sequence[Row[Any]]) -> list[Held] | None:
    """Return the last series of rounds, where a tie of it is still open."""
    if not standing:
        return None
    series = series_of(standing, standing[-1])
    decided = connection.execute(
        select(t.balloted.c.nomination_id).where(t.balloted.c.ballot_id == series[-1].id).limit(1)
    ).first()
    return None if decided else held(connection, series)


def _members(
    connection: Connection, running: Running, ballot: Ballot, named: Sequence[str], last: Held | None
) -> list[str] | Refusal:
    """Return who votes: without names those of the round before, `last`."""
    if ballot.panel is not None:
        if named:
            return members_drawn(ballot)
        seat = t.panel_seat.c
        query = (
            select(t.expert.c.name)
            .join_from(t.panel_seat, t.expert, t.expert.c.id == seat.expert_id)
            .join(t.panel, t.panel.c.id == seat.panel_id)
            .where(
                t.panel.c.program_id == running.program.id,
                t.panel.c.stage == ballot.panel,
                t.panel.c.voided_at.is_(None),
                seat.state == "confirmed",
            )
        )
        return list(connection.execute(query.order_by(t.expert.c.name)).scalars()) or panel_missing(ballot)
    if named:
        wanted = sorted({" ".join(one.split()) for one in named})
        if not all(one and is_one_line(one) for one in wanted):
            raise MisstatedError(Words("成员的姓名不能为空", "the name of a member must not be empty"))
        return wanted
    return list(last.members) if last else members_missing(ballot)


def _carry_recusals(
    connection: Connection, earlier: Sequence[Held], opened: int, over: Sequence[Row[Any]], members: set[str]
) -> None:
    """Whoever has stepped back from somebody stays so, also where the round in which they did was annulled."""
    found = {
        (row.id, member): ground.value
        for one in earlier
        for row in over
        for member, ground in one.recused.get(row.number, {}).items()
        if member in members
    }
    if found:
        connection.execute(
            insert(t.ballot_recusal),
            [
                {"ballot_id": opened, "nomination_id": nomination, "member": member, "ground": ground}
                for (nomination, member), ground in found.items()
            ],
        )
