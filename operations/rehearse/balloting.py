"""The committee of a rehearsal votes, and once more on those whom it leaves level at the last places."""

from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from operations.acts import Act
from operations.ballots.holding import open_ballot, record_attendance
from operations.ballots.records import balloting_stage, places_left
from operations.ballots.showing import Shown, show_ballots
from operations.ballots.voting import cast_vote, close_ballot, count_papers
from operations.desk import Desk
from operations.evaluated import standing_here
from operations.results import Denied
from states.balloting import Mark, Outcome, Slot
from states.papers import Papers

_MEMBERS: Final = tuple(f"演练·评委{place}" for place in range(1, 10))
_TELLERS: Final = tuple(f"演练·监票计票{place}" for place in range(1, 21))


class Told(NamedTuple):
    """What came of a round: a line for people, and whether somebody was level at the last places."""

    words: str
    tied: bool = False


def hold_ballot(desk: Desk, program_id: str, stage_id: str, best: Sequence[str], act: Act) -> Iterator[Told | Denied]:
    """Vote until nobody is level, the best in front; yields each round, and what was refused, which ends it."""
    with desk.store.read() as connection:
        running = desk.holding(connection, program_id, stage_id)
        stage, ballot = balloting_stage(running, stage_id)
        rows = standing_here(connection, program_id, stage_id)
        slots = places_left(connection, running, stage, ballot, rows)
    place = desk, program_id, stage_id
    order: Sequence[str] = best
    for round_ in range(1, ballot.revotes + 2):
        opened = open_ballot(*place, act, members=() if ballot.panel or round_ > 1 else _MEMBERS)
        shown = show_ballots(*place)
        if isinstance(opened, Denied) or isinstance(shown, Denied):
            yield opened if isinstance(opened, Denied) else Denied(())
            return
        one = shown[-1]
        yes = _votes(one, slots, order) if round_ == 1 else _told_apart(one, order)
        for done in (record_attendance(*place, list(one.held.members), act), *_voted(desk, one, yes, act)):
            if isinstance(done, Denied):
                yield done
                return
        closed = close_ballot(*place, act)
        if isinstance(closed, Denied):
            yield closed
            return
        yield _told(opened, closed)
        if closed.tie is None:
            return
        level, slots = set(closed.tie.level), []
        order = [number for number in best if number in level]


def _votes(one: Shown, slots: Sequence[Slot], best: Sequence[str]) -> dict[str, int]:
    """Give those within the places of each grade as many votes, fewer from grade to grade, and the last as the next."""
    everybody = len(one.held.members)
    if one.held.picks is not None:
        return {number: everybody if place < one.held.picks else 0 for place, number in enumerate(best)}
    votes = dict.fromkeys(best, 0)
    for rank, slot in enumerate(slots):
        able = [number for number in best if number in slot.open_to and not votes[number]]
        within = able if slot.left is None else able[: slot.left]
        votes |= dict.fromkeys(within, everybody - rank)
        if rank == len(slots) - 1 and within and len(able) > len(within):
            votes |= dict.fromkeys((within[-1], able[len(within)]), everybody - rank - 1)
    return votes


def _told_apart(one: Shown, level: Sequence[str]) -> dict[str, int]:
    """Give the best of those who are level all the votes that can be."""
    everybody = len(one.held.members)
    if one.held.picks is not None:
        return {number: everybody if place < one.held.picks else 0 for place, number in enumerate(level)}
    return {number: max(everybody - place, 0) for place, number in enumerate(level)}


def _voted(desk: Desk, one: Shown, yes: dict[str, int], act: Act) -> Iterator[object]:
    """Have all members vote: so many for each, the others against."""
    place, members = (desk, one.held.row.program_id, one.held.row.stage), list(one.held.members)
    if one.held.row.secret:
        picked = one.held.picks is not None
        given = {number: (votes,) if picked else (votes, len(members) - votes, 0) for number, votes in yes.items()}
        tellers = _TELLERS[: one.held.ballot.tellers]
        yield count_papers(*place, Papers(len(members)), act, given=given, tellers=tellers)
        return
    for at, member in enumerate(members):
        marks = {number: Mark.YES if at < votes else Mark.NO for number, votes in yes.items()}
        yield cast_vote(*place, member, marks, act)


def _told(round_: int, found: Outcome) -> Told:
    if found.tie is None:
        return Told(f"第 {round_} 轮表决：通过 {len(found.chosen)} 件")
    level = f"最后 {found.tie.places} 个名额处 {len(found.tie.level)} 件得票相同"
    return Told(f"第 {round_} 轮表决：{level}，再次投票", tied=True)
