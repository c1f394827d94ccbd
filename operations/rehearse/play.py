"""What the players of a rehearsal do, scene by scene, through the same use cases as everybody else."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from types import MappingProxyType

from sqlalchemy import select

from deadlines.zone import shanghai_day
from operations.actors import Player, Role
from operations.acts import Act
from operations.ballots.showing import chosen_by_ballot
from operations.decide import decide
from operations.desk import Desk
from operations.facts import ranks
from operations.issue import issue
from operations.jointly import give_opinion
from operations.materials import receive
from operations.move import move
from operations.nominate import Draft, Nominated, nominate
from operations.opening import confirm_ruling, open_program
from operations.ratios import within_ratios
from operations.rehearse.balloting import hold_ballot
from operations.rehearse.contesting import RehearsedPublicity, Turn
from operations.rehearse.experts import RehearsedPanel, evaluators_of
from operations.rehearse.judging import OPINION, count_votes, level_at_the_cut, rank_them, score, worth_of
from operations.rehearse.people import Person
from operations.rehearse.summary import Summary
from operations.rehearse.terms import RehearsedTerms, Scenes, tenure_after, term_told
from operations.replacing import release_reserves
from operations.results import Denied
from operations.screen import judge, report
from operations.sweep import sweep
from programs import Program
from programs.evaluations import Evaluation
from programs.materials import Medium
from programs.model import Seats
from programs.stages import Decision, Issuance, Publicity, Recommendation, Review, Screening, Tenure, Vote
from states import End, Endorsement, Move, Result
from store import tables as t

#: Nobody is a reserve.
_NONE: Mapping[str, str] = MappingProxyType({})


class Players:
    """Everybody who acts in one scene, at its instant, with what came of it in `summary`."""

    def __init__(self, desk: Desk, program: Program, people: Iterable[Person], now: datetime) -> None:
        self.desk = desk
        self.program = program
        self.now = now
        self.summary = Summary()
        self._people = {desk.vault.fingerprint(person.identity): person for person in people}
        self._holders: dict[str, str] = {}

    def open(self) -> None:
        """The administrator confirms every ruling as it stands and opens the program."""
        act = self._act(Role.ADMINISTRATOR, self.program.office)
        for ruling in self.program.rulings:
            self.summary.take(confirm_ruling(self.desk, self.program, ruling.id, None, act))
        self.summary.take(open_program(self.desk, self.program, act))
        self.summary.notes.append(f"确认裁定 {len(self.program.rulings)} 项")

    def draw_up(self, people: Iterable[Person], incomplete: Iterable[Person]) -> None:
        """The units draw up their nominations and hand in the materials; the incomplete leave the last one out."""
        short = {person.index for person in incomplete}
        drawn_up = 0
        for person in people:
            act = self._act(Role.OPERATOR, person.applicant)
            done = nominate(self.desk, self.program.id, _draft(person), act)
            if isinstance(done, Nominated):
                drawn_up += 1
                self._hand_in(done.number, person, leave_out=person.index in short)
            else:
                self.summary.take(done)
        self.summary.notes.append(f"登记申报 {drawn_up} 件")

    def apply_alone(self, person: Person, route: str) -> None:
        """Somebody tries a route that the notice does not accept."""
        draft = Draft(
            person.nominee, person.unit, person.nominee, route, person.path.category, identity=person.identity
        )
        self.summary.take(nominate(self.desk, self.program.id, draft, self._act(Role.OPERATOR, person.applicant)))

    def complete(self, people: Iterable[Person]) -> None:
        """The incomplete hand in what was missing."""
        for number, person in self._here(self._tiers(0), people):
            self._hand_in(number, person)

    def submit(self, people: Iterable[Person]) -> None:
        """The units hand their nominations on."""
        self._move_all(self._here(self._tiers(0), people), Move.SUBMIT)

    def endorse(self, people: Iterable[Person], return_them: Iterable[Person] = ()) -> None:
        """The nominators hand on what came, and return some for correction."""
        back = {person.index for person in return_them}
        for number, person in self._here(self._tiers(1), people):
            what, reason = (
                (Move.RETURN, "单位意见未盖公章，请补盖后重报") if person.index in back else (Move.ENDORSE, "")
            )
            self._move(number, what, self._act(Role.OPERATOR, person.nominator, reason))

    def take_in(self) -> None:
        """The office takes in what has reached it."""
        for number, _ in self._here(self._tiers(2)):
            self._move(number, Move.ACCEPT, self._holder_s(number, Role.OPERATOR))

    def withdraw(self, stage: str, people: Iterable[Person]) -> None:
        """Some withdraw."""
        for number, person in self._here((stage,), people):
            self._move(number, Move.WITHDRAW, self._act(Role.OPERATOR, person.applicant, "本人因工作调动放弃申报"))

    def screen(
        self, stage: Screening, ineligible: Iterable[Person], to_correct: Iterable[Person], *, accept: bool
    ) -> None:
        """The screening officer gives every rule a verdict, rejects, returns and, unless a cut follows, accepts."""
        failing, back = {one.index for one in ineligible}, {one.index for one in to_correct}
        for number, person in self._here((stage.id,)):
            rules = [rule.id for rule in self.program.rules_for(person.path)]
            verdicts = dict.fromkeys(rules, Result.PASS)
            if person.index in failing and rules:
                verdicts[rules[0]] = Result.FAIL
            if verdicts:
                self.summary.take(judge(self.desk, number, verdicts, self._holder_s(number, Role.SCREENING)))
            for body in stage.bodies if len(stage.bodies) > 1 else ():
                act = self._holder_s(number, Role.SCREENING)
                self.summary.take(give_opinion(self.desk, number, body, act, agrees=True))
            if person.index in failing:
                self._move(number, Move.REJECT, self._holder_s(number, Role.SCREENING, "不符合申报条件"))
            elif person.index in back:
                reason = "事迹材料与申报表不一致，请更正"
                self._move(number, Move.RETURN, self._holder_s(number, Role.SCREENING, reason))
            elif accept:
                self._move(number, Move.ACCEPT, self._holder_s(number, Role.SCREENING))

    def correct(self, stage: Screening, people: Iterable[Person]) -> None:
        """Those who were asked to correct hand their nomination in again."""
        self._move_all(self._here((f"{stage.id}.correction",), people), Move.SUBMIT)

    def disqualify(self, stage: str, people: Iterable[Person]) -> None:
        """Fraud is found."""
        for number, _ in self._here((stage,), people):
            act = self._act(Role.ADMINISTRATOR, self.program.office, "经查，业绩材料弄虚作假")
            self._move(number, Move.DISQUALIFY, act)

    def evaluate(self, stage: Review | Vote) -> None:
        """Every track reports on everybody."""
        here = self._here((stage.id,))
        tracks = [track for track in stage.tracks if track.evaluation is not Evaluation.VOTE]
        worth = worth_of([(number, person.points) for number, person in here], stage.keep)
        for number, _ in here:
            for place, track in enumerate(tracks):
                act = self._evaluator_s(stage, number, place)
                if track.criteria:
                    names = evaluators_of(self.desk, number, stage) if isinstance(stage, Review) else ()
                    for done in score(self.desk, number, track, worth[number].points, act, names):
                        self.summary.take(done)
                    continue
                points = worth[number].points + place
                self.summary.take(report(self.desk, number, track.id, act, points=points, opinion=OPINION))
        if tracks:
            self.summary.notes.append(f"评议意见 {len(here) * len(tracks)} 份")

    def count_votes(self, stage: Vote) -> None:
        """Every platform counts; the best have the most votes everywhere."""
        worth = worth_of([(number, person.points) for number, person in self._here((stage.id,))], stage.keep)
        act = self._act(Role.OPERATOR, self._office_of(stage.id))
        for done in count_votes(self.desk, self.program.id, stage, worth, act):
            self.summary.take(done)
        self.summary.notes.append(f"导入 {max(len(stage.platforms), 1)} 个平台的票数")

    def draw_experts(self, stage: Review) -> None:
        """Experts are made up, drawn, invited and assigned; the first of them declines, and everybody else pledges."""
        office = self._act(Role.ADMINISTRATOR, self.program.office, "抽取评议专家")
        panel = RehearsedPanel(self.desk, self.program, stage, self._office_of(stage.id), self.now)
        for refused in panel.play(office):
            self.summary.take(refused)
        self.summary.notes.append(panel.told)

    def _evaluator_s(self, stage: Review | Vote, number: str, place: int) -> Act:
        """Somebody who evaluates a nomination: of those assigned to it the one in turn, where experts are drawn."""
        if isinstance(stage, Review) and stage.panel and (names := evaluators_of(self.desk, number, stage)):
            return self._act(Role.EXPERT, self._holders[number], name=names[place % len(names)])
        return self._holder_s(number, Role.EXPERT)

    def send_on(self, stage: Screening | Review | Vote, keep: int | None) -> None:
        """The best go on, as many as may; all of them where no number is set."""
        ranked = self._ranked(stage.id)
        chosen: dict[str, str | None] = {number: None for number, _ in ranked[:keep]}
        if ranked and isinstance(stage, Vote | Review) and (isinstance(stage, Vote) or ranks(stage)):
            act = self._act(Role.OPERATOR, self._office_of(stage.id), "评议小组会议纪要")
            settled = rank_them(self.desk, self.program.id, stage.id, act)
            if isinstance(settled, Denied):
                self.summary.take(settled)
                return
            if level := level_at_the_cut(settled):
                self.summary.ties += 1
                self.summary.notes.append(f"第 {settled.rules.left} 名处 {level} 件并列")
            order = {line.number: line.place or 0 for line in settled.lines}
            ranked.sort(key=lambda one: (order.get(one[0], 0), one[0]))
            chosen = {line.number: None for line in settled.lines if line.goes_on is not False}
        lesser = None if isinstance(stage, Screening) else stage.lesser
        places = next((seats.count for seats in self.program.seats if seats.id == lesser), 0)
        chosen |= {number: lesser for number, _ in ranked[len(chosen) :][:places]}
        self._decide(stage.id, chosen)

    def choose(self, stage: Decision) -> None:
        """The committee fills the seats with the best, or confirms those chosen before."""
        left = {
            seats.id: len(self._here((stage.id,))) if seats.count is None else seats.count
            for seats in self.program.seats
        }
        chosen: dict[str, str | None] = {}
        for number, person in self._ranked(stage.id):
            seats = None if stage.confirms else self._seats_for(person, left)
            if seats:
                left[seats.id] -= 1
            if seats or stage.confirms:
                chosen[number] = seats.id if seats else None
        kept = within_ratios(
            self.program, [(number, one.path) for number, one in self._ranked(stage.id) if number in chosen]
        )
        reserves: dict[str, str] = {}
        waiting = {seats.id: stage.reserves for seats in self.program.seats}
        for number, person in self._ranked(stage.id) if stage.reserves else ():
            if number not in chosen and (seats := self._seats_for(person, waiting)):
                waiting[seats.id] -= 1
                reserves[number] = seats.id
        self._decide(stage.id, {number: chosen[number] for number in kept}, reserves)
        if reserves:
            self.summary.notes.append(f"候补 {len(reserves)} 名")

    def vote(self, stage: str) -> None:
        """The committee votes, and what it has decided is done."""
        act = self._act(Role.ADMINISTRATOR, self.program.office)
        best = [number for number, _ in self._ranked(stage)]
        for told in hold_ballot(self.desk, self.program.id, stage, best, act) if best else ():
            if isinstance(told, Denied):
                self.summary.take(told)
                return
            self.summary.notes.append(told.words)
            self.summary.ties += told.tied
        self._decide(stage, chosen_by_ballot(self.desk, self.program.id, stage) if best else {})

    def each(self, stage: str, what: Move) -> None:
        """Everybody at a stage is moved on."""
        for number, _ in self._here((stage,)):
            self._move(number, what, self._holder_s(number, Role.OPERATOR))

    def at_publicity(self, stage: Publicity, turn: Turn) -> None:
        """Something happens to those who are publicized, or to the list."""
        office = self._office_of(stage.id)
        turn(RehearsedPublicity(self.desk, self.program, stage, office, self.now, self.summary))

    def issue(self, stage: Issuance, document_number: str) -> None:
        """The document is issued."""
        act = self._act(Role.OPERATOR, self._office_of(stage.id))
        done = issue(self.desk, self.program.id, document_number, act)
        if isinstance(done, Denied):
            self.summary.take(done)
            return
        self.summary.moved[Move.ISSUE] += len(done.moved)
        self.summary.refused += done.held_back
        self.summary.notes.append(document_number)
        act = self._act(Role.ADMINISTRATOR, self.program.office, "已发文，不再需要候补")
        self.summary.take(release_reserves(self.desk, self.program.id, act))
        tenure = tenure_after(self.program, stage.id)
        if tenure and tenure.begins == "document":
            self.summary.notes += term_told(tenure, shanghai_day(self.now))

    def within_terms(self, stage: Tenure, place: str, play: Scenes) -> None:
        """Something happens to the honorees who stand somewhere within a tenure."""
        terms = RehearsedTerms(self.desk, self.program, stage, self._office_of(stage.id), self.now)
        for done in play(terms, self._here((place,))):
            self.summary.take(done)
        self.summary.notes += terms.notes

    def sweep(self) -> None:
        """Time makes its moves."""
        done = sweep(self.desk, self.now, program_id=self.program.id)
        for way, count in done.ways.items():
            # What was not made good in time lapses, and the title with it.
            self.summary.moved[Move.REVOKE if way.destination == End.REVOKED else way.move] += count
        self.summary.refused += done.refused

    def _tiers(self, place: int) -> tuple[str, ...]:
        """The first tiers of all paths (0), those between (1), or the last (2)."""
        stage = self.program.stages[0]
        assert isinstance(stage, Recommendation)  # noqa: S101 - the model makes sure of it
        keys: set[str] = set()
        for path in self.program.paths():
            on_path = [f"{stage.id}.{tier.id}" for tier in stage.tiers if tier.concerns(*path)]
            keys.update((on_path[:1], on_path[1:-1], on_path[-1:])[place])
        return tuple(sorted(keys))

    def _here(self, stages: Iterable[str], people: Iterable[Person] | None = None) -> list[tuple[str, Person]]:
        """Return who of these people stands at one of these places, in the order of their numbers."""
        wanted = None if people is None else {person.index for person in people}
        with self.desk.store.read() as connection:
            rows = connection.execute(
                select(t.nomination.c.number, t.nomination.c.identity_hash, t.nomination.c.holder)
                .where(t.nomination.c.program_id == self.program.id, t.nomination.c.stage.in_(list(stages)))
                .order_by(t.nomination.c.number)
            ).all()
        self._holders.update({row.number: row.holder for row in rows})
        found = ((row.number, self._people[row.identity_hash]) for row in rows)
        return [(number, person) for number, person in found if wanted is None or person.index in wanted]

    def _ranked(self, stage: str) -> list[tuple[str, Person]]:
        return sorted(self._here((stage,)), key=lambda one: (-one[1].points, one[0]))

    def _seats_for(self, person: Person, left: Mapping[str, int]) -> Seats | None:
        grades = self.program.seats_for(person.path)
        return next((seats for seats in grades if left[seats.id] > 0), None)

    def _hand_in(self, number: str, person: Person, *, leave_out: bool = False) -> None:
        materials = self.program.materials_for(person.path)
        handed_in = materials[:-1] if leave_out else materials
        receipts: list[tuple[str, Medium]] = [(one.id, medium) for one in handed_in for medium in one.media]
        if receipts:
            self.summary.take(
                receive(self.desk, number, receipts, self._act(Role.OPERATOR, person.applicant), seen=True)
            )

    def _decide(self, stage: str, chosen: Mapping[str, str | None], reserves: Mapping[str, str] = _NONE) -> None:
        act = self._act(Role.OPERATOR, self._office_of(stage))
        self.summary.take(decide(self.desk, self.program.id, stage, chosen, act, reserves=reserves))

    def _move_all(self, here: Iterable[tuple[str, Person]], what: Move) -> None:
        for number, person in here:
            self._move(number, what, self._act(Role.OPERATOR, person.applicant))

    def _move(self, number: str, what: Move, act: Act) -> None:
        self.summary.take(move(self.desk, number, what, act, endorsement=self._endorsement(number, what)))

    def _endorsement(self, number: str, what: Move) -> Endorsement | None:
        """What somebody puts on the form who takes a nomination on from a tier."""
        if what not in (Move.SUBMIT, Move.ENDORSE, Move.ACCEPT):
            return None
        with self.desk.store.read() as connection:
            stage = connection.execute(select(t.nomination.c.stage).where(t.nomination.c.number == number)).scalar_one()
        tier = self.program.tier(stage)
        return Endorsement.full(tier, "属实，同意", number) if tier else None

    def _holder_s(self, number: str, role: Role, reason: str = "") -> Act:
        """Somebody of the organization that must act on a nomination."""
        return self._act(role, self._holders[number], reason)

    def _office_of(self, stage: str) -> str:
        return self.program.stage(stage).office or self.program.office

    def _act(self, role: Role, organization: str, reason: str = "", *, name: str | None = None) -> Act:
        return Act(Player(name or f"演练·{role.label.zh}", role, organization), self.now, reason)


def _draft(person: Person) -> Draft:
    return Draft(
        nominee=person.nominee,
        unit=person.unit,
        nominator=person.nominator,
        route=person.path.route,
        category=person.path.category,
        nominator_kind=person.nominator_kind,
        identity=person.identity,
        traits=person.path.traits,
    )
