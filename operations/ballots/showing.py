"""Ballots as people look at them: all of it for the office and supervisors, their own vote and results for members."""

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from typing import TypeVar

from sqlalchemy import select
from sqlalchemy.engine import Connection

from operations.actors import Actor, Role
from operations.acts import Act
from operations.authority import Authority, matter_at
from operations.ballots.records import Held, again, balloting, balloting_stage, held, rounds_of, series_of
from operations.ballots.voting import votes_in
from operations.desk import Desk
from operations.policy import Deed
from operations.results import Denied, UnknownError
from operations.seeing import Seeing, hidden_from
from programs import Words
from states.balloting import Mark, Outcome
from store import among
from store import tables as t

_One = TypeVar("_One")


@dataclass(frozen=True, slots=True)
class Shown:
    """A round for people. `state` is open, closed or annulled; `again_after` the round whose tie it votes on again.

    `nominees` are names by number; `named` are also those of the rounds whose tie it votes on again. `votes` are those
    of a named round that the reader may see: member → number → mark. `found` is what the rounds so far came to, of a
    closed one.
    """

    held: Held
    state: str
    again_after: int | None
    nominees: Mapping[str, str]
    named: Mapping[str, str]
    votes: Mapping[str, Mapping[str, Mark]]
    found: Outcome | None

    def without(self, hidden: AbstractSet[str]) -> "Shown":
        """Return the round as somebody sees it who is recused from these; the row of the store stays as it is."""
        if hidden.isdisjoint(self.named):
            return self
        held = replace(
            self.held,
            numbers={key: number for key, number in self.held.numbers.items() if number not in hidden},
            recused=_but(self.held.recused, hidden),
            counts=_but(self.held.counts, hidden),
        )
        found = self.found and self.found.without(hidden)
        votes = {member: _but(marks, hidden) for member, marks in self.votes.items()}
        nominees, named = _but(self.nominees, hidden), _but(self.named, hidden)
        return replace(self, held=held, nominees=nominees, named=named, votes=votes, found=found)


def _but(by_number: Mapping[str, _One], hidden: AbstractSet[str]) -> Mapping[str, _One]:
    return {number: one for number, one in by_number.items() if number not in hidden}


def show_ballots(desk: Desk, program_id: str, stage_id: str, *, act: Act | None = None) -> list[Shown] | Denied:
    """Return every round that a stage has held, in their order; to an expert, where they are a member of one.

    `act` says who looks: nobody sees anything of whom they are recused from.

    Raises `UnknownError` for what is not there.
    """
    with desk.store.read() as connection:
        running = balloting(desk, connection, program_id, stage_id)
        rounds = held(connection, rounds_of(connection, program_id, stage_id))
        if act is not None:
            actor = act.actor
            authority = Authority(connection, actor)
            # A member sees their own ballots whatever they may else, but must be who they say.
            refusal = authority.unknown(program_id)
            if refusal is None and not _is_member(actor, rounds):
                refusal = authority.would_refuse(Deed.SEE_RESULTS, matter_at(running, stage_id))
            if refusal:
                return Denied((refusal,))
        hidden = hidden_from(desk, connection, running, act)
        found = [one.without(hidden) for one in shown(connection, rounds, act.actor if act else None)]
        if act and Seeing(desk, connection, act.actor, act.now).is_blind_in(running.program):
            # Whoever is told no names votes on numbers.
            return [
                replace(
                    one,
                    nominees={number: number for number in one.nominees},
                    named={number: number for number in one.named},
                )
                for one in found
            ]
        return found


def shown(connection: Connection, rounds: Sequence[Held], actor: Actor | None = None) -> list[Shown]:
    """Return rounds of one stage with what they came to."""
    by_id = {one.row.id: one for one in rounds}
    rows = [one.row for one in rounds]
    cast = votes_in(connection, rounds)
    of = t.nomination.c
    everybody = sorted({nomination for one in rounds for nomination in one.numbers})
    named = select(of.id, of.nominee).where(among(of.id, everybody))
    names = {row.id: row.nominee for row in connection.execute(named)}
    found: list[Shown] = []
    for one in rounds:
        votes = cast[one.row.id]
        if actor is not None and actor.role is Role.EXPERT:
            votes = {member: marks for member, marks in votes.items() if member == actor.name}
        closed = one.row.closed_at is not None
        series = [by_id[row.id] for row in series_of(rows, one.row)]
        found.append(
            Shown(
                one,
                "annulled" if one.row.annulled_at else "closed" if closed else "open",
                by_id[one.row.follows].row.round if one.row.follows else None,
                _names(one, names),
                {number: name for some in series for number, name in _names(some, names).items()},
                votes,
                again(series) if closed else None,
            )
        )
    return found


def _names(one: Held, names: Mapping[int, str]) -> dict[str, str]:
    return {number: names[nomination] for nomination, number in one.numbers.items()}


def chosen_by_ballot(desk: Desk, program_id: str, stage_id: str) -> dict[str, str | None]:
    """Return who stands at a stage and was chosen by its closed ballot, with the grades.

    Raises `UnknownError` where there is no ballot, or none is closed.
    """
    with desk.store.read() as connection:
        stage, _ = balloting_stage(balloting(desk, connection, program_id, stage_id), stage_id)
        of, whose = t.balloted.c, t.nomination.c
        rows = connection.execute(
            select(whose.number, of.chosen, of.grade)
            .join_from(t.balloted, t.nomination)
            .where(whose.program_id == program_id, whose.stage == stage_id, of.stage == stage_id)
            .order_by(whose.number)
        ).all()
        if not rows:
            raise UnknownError(
                Words(
                    "“{stage}”还没有表决结果；请先用 linxuan review ballot open 表决",
                    "no ballot of “{stage}” is closed; hold one with: linxuan review ballot open",
                ).format(stage=stage.name)
            )
        return {row.number: row.grade for row in rows if row.chosen}


def _is_member(actor: Actor, rounds: Sequence[Held]) -> bool:
    return actor.role is Role.EXPERT and any(actor.name in one.members for one in rounds)
