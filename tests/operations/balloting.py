"""A program whose committee votes at its decision, and the office that holds the ballots."""

from collections.abc import Mapping, Sequence
from typing import Any

from operations.actors import Actor, Role
from operations.acts import Act
from operations.ballots.holding import annul_ballot, open_ballot, record_attendance
from operations.ballots.showing import show_ballots
from operations.ballots.voting import cast_vote, close_ballot, count_papers
from programs import Program
from states.balloting import Mark, Outcome
from states.papers import Papers
from tests.operations.office import Office

DECISION = "decision"
MEMBERS = tuple(f"评委{place}" for place in "甲乙丙丁戊")
BALLOT = {
    "clause": "四、（四）",
    "secret": True,
    "threshold": {"more_than": "1/2"},
    "of": "attending",
    "quorum": {"share": {"at_least": "2/3"}},
}
TELLERS = ("监票人", "计票人")


def with_ballot(program: Program, stage: str = DECISION, seats: int | None = None, **changes: Any) -> Program:
    """A program that holds a ballot at a stage, with so many seats of each grade."""
    document = program.model_dump(mode="json")
    for one in document["stages"]:
        if one["id"] == stage:
            one["ballot"] = BALLOT | changes
    for one in document["seats"] if seats else ():
        one["count"] = seats
    return Program.model_validate(document)


class BallotOffice(Office):
    """An office with a committee of five."""

    def as_member(self, name: str) -> Act:
        return Act(Actor(name, Role.EXPERT, "评委会"), self.now)

    def opened(self, members: Sequence[str] = MEMBERS, present: Sequence[str] | None = None) -> int:
        """Open a round, and have these attend."""
        done = open_ballot(self.desk, self.id, DECISION, self.act(), members=members)
        assert isinstance(done, int), done
        attended = record_attendance(self.desk, self.id, DECISION, members if present is None else present, self.act())
        assert len(attended.attendance.attending) == len(members if present is None else present)
        return done

    def count(self, given: Mapping[str, Sequence[int]], returned: int = 5, **facts: int) -> Any:
        papers = Papers(returned, **facts)
        return count_papers(self.desk, self.id, DECISION, papers, self.act(), given=given, tellers=TELLERS)

    def cast(self, member: str, *yes: str, **marks: Mark) -> Any:
        return cast_vote(
            self.desk, self.id, DECISION, member, dict.fromkeys(yes, Mark.YES) | marks, self.as_member(member)
        )

    def close(self) -> Any:
        return close_ballot(self.desk, self.id, DECISION, self.act())

    def annul(self, reason: str = "计票有误") -> Any:
        return annul_ballot(self.desk, self.id, DECISION, self.act(reason))

    def voted(self, given: Mapping[str, int], *, members: int = 5) -> Outcome:
        """Hold a secret round with so many yes votes for each, all the others against."""
        self.opened()
        counted = self.count({number: (yes, members - yes, 0) for number, yes in given.items()})
        assert isinstance(counted, dict), counted
        done = self.close()
        assert isinstance(done, Outcome), done
        return done

    def shown(self) -> Any:
        return show_ballots(self.desk, self.id, DECISION)
