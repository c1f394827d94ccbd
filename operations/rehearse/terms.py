"""What happens within the terms of a rehearsal: assessments, a rectification, payments, a stop, a revocation."""

from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime
from itertools import dropwhile, takewhile

from deadlines.keydates import term_closes
from deadlines.zone import shanghai_day
from operations.actors import Player, Role
from operations.acts import Act
from operations.desk import Desk
from operations.rehearse.people import Person
from operations.results import Denied
from operations.tenure.assessing import Assessed, appoint, assess, receive_report, rectify
from operations.tenure.money import yuan
from operations.tenure.paying import Payment, pay
from operations.tenure.revoking import Revoked, revoke
from operations.tenure.stopping import resume_benefits, stop_benefits
from programs import Program
from programs.stages import Issuance, Tenure
from programs.terms import Benefit
from programs.words import closing_clock

#: Somebody who is honored: the number of the nomination, and who it is.
Honored = tuple[str, Person]


def term_told(stage: Tenure, begun: date) -> tuple[str, ...]:
    """Say how long a term that begins lasts; nothing of one without an end."""
    return (f"聘期 {stage.years} 年，{closing_clock(term_closes(begun, stage.years))} 届满",) if stage.years else ()


def tenure_after(program: Program, issuance: str) -> Tenure | None:
    """Return the tenure that a document begins: the first one behind its stage, before the next document."""
    behind = dropwhile(lambda stage: stage.id != issuance, program.held_stages)
    until = takewhile(lambda stage: stage.id == issuance or not isinstance(stage, Issuance), behind)
    return next((stage for stage in until if isinstance(stage, Tenure)), None)


#: Where a term asks for more than one honoree: nobody else is left to be made an example of.
_SEVERAL = 3


class RehearsedTerms:
    """The terms of a program, as one scene finds them; `notes` says what is worth a line."""

    def __init__(self, desk: Desk, program: Program, stage: Tenure, office: str, now: datetime) -> None:
        self._desk, self._program, self._stage, self._office, self._now = desk, program, stage, office, now
        self.notes: list[str] = []

    def appoint(self, here: Sequence[Honored]) -> Iterator[object]:
        """Everybody gets a letter of appointment, where the term begins with one."""
        appointed, day = 0, shanghai_day(self._now)
        for number, _ in here if self._stage.begins == "appointment" else ():
            done = appoint(self._desk, number, day, "演练聘书", self._act())
            appointed += not isinstance(done, Denied)
            yield done
        if appointed:
            self.notes += [f"颁发聘书 {appointed} 份", *term_told(self._stage, day)]

    def assess(self, here: Sequence[Honored], *, first: bool, again: bool) -> Iterator[object]:
        """Units report, and everybody is assessed; the first one fails, and again where more can follow from it."""
        failing, passing = self._stage.results[-1], self._stage.results[0]
        for place, (number, person) in enumerate(here):
            if self._stage.reported_every_years:
                yield receive_report(self._desk, number, self._act(person.unit))
            fails = place == 0 and (first or (again and (self._stage.rectification or len(here) >= _SEVERAL)))
            reason = "履职未达要求" if fails else ""
            yield _counted(assess(self._desk, number, failing if fails else passing, self._act(reason=reason)))

    def check(self, here: Sequence[Honored], *, passes: bool) -> Iterator[object]:
        """Who had to make something good is looked at again."""
        result = self._stage.results[0 if passes else -1]
        for number, _ in here:
            act = self._act(reason="" if passes else "整改后仍未达要求")
            yield _counted(rectify(self._desk, number, result, act))

    def pay(self, here: Sequence[Honored], benefits: Sequence[Benefit], *, twice: bool) -> Iterator[object]:
        """Everybody is paid the most that there is; somebody tries to pay the first one twice."""
        total = 0
        for benefit in benefits:
            for number, person in here:
                if not benefit.concerns(*person.path):
                    continue
                done = pay(self._desk, number, benefit.id, *self._amount(benefit), document="演练拨付")
                total += done.fen if isinstance(done, Payment) else 0
                yield done
        if twice and benefits and here:
            again = next((number for number, person in here if benefits[0].concerns(*person.path)), None)
            if again:
                yield pay(self._desk, again, benefits[0].id, *self._amount(benefits[0]), document="演练重复拨付")
        if total:
            self.notes.append(f"发放待遇 {yuan(total)} 元")

    def stop(self, here: Sequence[Honored]) -> Iterator[object]:
        """The benefits of the second one stop."""
        for number, _ in here[1:2] if self._stage.suspension_grounds else ():
            yield stop_benefits(self._desk, number, "1", self._act())
            self.notes.append(f"停发待遇：{self._stage.suspension_grounds[0]}")

    def resume(self, here: Sequence[Honored]) -> Iterator[object]:
        """They run again, where the notice has a way back."""
        for number, _ in here[1:2] if self._stage.suspension_grounds and self._stage.resumable else ():
            yield resume_benefits(self._desk, number, self._act(reason="已回到原岗位"))

    def revoke(self, here: Sequence[Honored], *, last_of_several: bool) -> Iterator[object]:
        """The last of several loses the title, or everybody who is here."""
        if last_of_several:
            here = here[-1:] if len(here) >= _SEVERAL else ()
        for number, _ in here:
            yield self._revoked(number)

    def _revoked(self, number: str) -> object:
        act, approval = self._act(role=Role.ADMINISTRATOR), "演练会议纪要"
        known = (*self._stage.revocation_grounds, *(one.name for one in self._program.disqualifications))
        ground = known[0] if known else "弄虚作假"
        done = revoke(self._desk, number, ground, act, approval=approval, to_recover=0)
        self.notes.append(f"取消称号：{ground}")
        return _counted(done)

    def _amount(self, benefit: Benefit) -> tuple[int, Act]:
        return (benefit.at_most_yuan or 1000) * 100, self._act()

    def _act(self, organization: str | None = None, *, reason: str = "", role: Role = Role.OPERATOR) -> Act:
        return Act(Player(f"演练·{role.label.zh}", role, organization or self._office), self._now, reason)


def _counted(done: Assessed | Revoked | Denied) -> object:
    """Return the move that an act made, which is counted, or the act itself."""
    return done if isinstance(done, Denied) else done.moved or done


Scenes = Callable[[RehearsedTerms, Sequence[Honored]], Iterator[object]]
"""What a scene does with the honorees who stand somewhere."""
