"""The paper of a member in an open, named round: for the member, and for whoever enters votes as members say them."""

from collections.abc import Mapping
from dataclasses import dataclass

from operations.actors import Role
from operations.acts import Act
from operations.authority import Authority, matter_at
from operations.ballots.records import balloting
from operations.ballots.showing import Shown, show_ballots
from operations.desk import Desk
from operations.policy import Deed
from operations.results import Denied, UnknownError
from programs import Program, Words
from states.balloting import Mark


@dataclass(frozen=True, slots=True)
class BallotPaper:
    """What a member votes on: `over` are the numbers, `given` what was entered of it so far.

    `program` and `stage` (its name) say of what.
    """

    program: Program
    stage: str
    round: Shown
    member: str
    over: tuple[str, ...]
    given: Mapping[str, Mark]


def ballot_paper(desk: Desk, program_id: str, stage_id: str, member: str, act: Act) -> BallotPaper | Denied:
    """Return the paper of a member; a refusal where ballots of this stage are nothing that the actor may look at.

    Raises `UnknownError` where no named round is open, where the member is none of it, and for whoever is neither the
    member nor enters votes for others.
    """
    rounds = show_ballots(desk, program_id, stage_id, act=act)
    if isinstance(rounds, Denied):
        return rounds
    one = next((one for one in reversed(rounds) if one.state == "open"), None)
    with desk.store.read() as connection:
        running = balloting(desk, connection, program_id, stage_id)
        if act.actor.role is Role.EXPERT:
            is_theirs = act.actor.name == member
        else:
            refusal = Authority(connection, act.actor).refuses(Deed.CAST, matter_at(running, stage_id))
            is_theirs = refusal is None
    if one is None or one.held.row.secret or member not in one.held.members or not is_theirs:
        raise no_such_ballot()
    over = tuple(number for number in one.nominees if member in one.held.attendance.voting_on(number))
    name = running.program.stage(stage_id).name
    return BallotPaper(running.program, name, one, member, over, one.votes.get(member, {}))


def no_such_ballot() -> UnknownError:
    """Say of a ballot that is not there, or not theirs, one and the same."""
    return UnknownError(Words("没有这次表决", "there is no such ballot"))
