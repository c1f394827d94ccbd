"""The engine against a model of it: whatever is done in whatever order, both come to the same.

The model knows the transitions of one program by heart, two seats, and when time itself moves somebody on. What a
nomination may do is asked of the engine before, as an operator asks it; that it then does just this is what is tested.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    initialize,
    invariant,
    multiple,
    rule,
    run_state_machine_as_test,
)

from deadlines import WorkCalendar, publicity_period
from deadlines.zone import SHANGHAI
from operations.desk import Desk
from operations.disagreements import disagreements
from operations.issue import Issued
from operations.lookup import possible_moves
from operations.move import move
from operations.nominate import Nominated, nominate
from operations.objections import Outcome, lodge, settle
from operations.publicize import Publicized
from operations.results import Denied, Moved
from operations.screen import report
from operations.sweep import sweep
from operations.undo import undo
from operations.undoing import undoing
from programs import Program
from states import End, Move
from store import Store, Vault, verify
from tests.conftest import SECRET
from tests.operations.office import INTAKE, LUZHOU, Office, put_on

CHINA = WorkCalendar.china()
CLOSES = datetime(2019, 7, 31, tzinfo=SHANGHAI)
SEATS = 2

#: Where an objection takes somebody, whatever else is open against them.
FALLS = {Outcome.UPHELD: "removed", Outcome.DEFERRED: "deferred"}

#: Where each move leads, by heart: the notice's clauses four and five.
WAYS = {
    ("recommendation.unit", Move.SUBMIT): "recommendation.recommender",
    ("recommendation.recommender", Move.ENDORSE): "recommendation.office",
    ("recommendation.recommender", Move.RETURN): "recommendation.unit",
    ("recommendation.recommender", Move.REJECT): "rejected",
    ("recommendation.office", Move.ACCEPT): "screening",
    ("recommendation.office", Move.RETURN): "recommendation.recommender",
    ("recommendation.office", Move.REJECT): "rejected",
    ("screening", Move.ACCEPT): "review",
    ("screening", Move.RETURN): "screening.correction",
    ("screening", Move.REJECT): "rejected",
    ("screening.correction", Move.SUBMIT): "screening",
    ("review", Move.ADVANCE): "decision",
    ("review", Move.ELIMINATE): "not-chosen",
    ("decision", Move.CHOOSE): "publicity",
    ("decision", Move.ELIMINATE): "not-chosen",
}
#: Where time leads, once it has come.
TIME = {
    "recommendation.unit": "lapsed",
    "recommendation.recommender": "lapsed",
    "screening.correction": "lapsed",
    "publicity.running": "issuance",
    "tenure": "completed",
}
#: What takes a nomination on, until it is public.
USUAL = {
    "recommendation.unit": Move.SUBMIT,
    "recommendation.recommender": Move.ENDORSE,
    "recommendation.office": Move.ACCEPT,
    "screening": Move.ACCEPT,
    "screening.correction": Move.SUBMIT,
    "review": Move.ADVANCE,
    "decision": Move.CHOOSE,
}
#: Whoever stands there holds a seat.
SEATED = {"publicity", "publicity.running", "publicity.objected", "issuance", "tenure"}
ENDS = set(map(str, End))
#: What may be taken back, and for how long.
HOURS = 72
UNDOABLE = {
    "recommendation": ["submit", "endorse", "accept", "return", "reject", "withdraw"],
    "screening": ["accept", "return", "reject", "submit", "withdraw"],
    "review": ["advance", "eliminate", "withdraw"],
    "decision": ["choose", "eliminate", "withdraw"],
}
MANUAL = sorted({what for _, what in WAYS} | {Move.WITHDRAW, Move.DISQUALIFY})


@dataclass
class Case:
    """What the model knows of a nomination."""

    stage: str = "recommendation.unit"
    due: datetime | None = CLOSES
    version: int = 1
    listed_until: datetime | None = None
    open_objections: set[int] = field(default_factory=set)
    corrected: bool = False
    #: Where the last move came from, when it was due there, and when it was made; none where it cannot be taken back.
    back: tuple[str, datetime | None, datetime] | None = None

    def go(self, stage: str, now: datetime) -> None:
        self.back = None
        self.stage, self.version = stage, self.version + 1
        if stage == "screening.correction":
            self.due = publicity_period(CHINA, now, 5).closes
        elif stage == "publicity.running":
            self.due = self.listed_until
        elif stage in ("recommendation.unit", "recommendation.recommender"):
            self.due = CLOSES
        elif stage != "tenure":
            self.due = None


class Engine(RuleBasedStateMachine):
    """One program, run by one office, which does whatever it is told."""

    numbers = Bundle("numbers")
    fresh = None  # how to make a database, and the program

    @initialize(target=numbers)
    def begin(self):
        new_database, program = type(self).fresh
        self.store = Store(new_database())
        self.office = Office(Desk(self.store, CHINA, Vault(SECRET)), program, INTAKE[LUZHOU])
        self.office.open()
        self.cases: dict[str, Case] = {}
        return multiple(*(self.draw_up() for _ in range(SEATS + 1)))

    def teardown(self) -> None:
        if hasattr(self, "store"):
            self.store.close()

    @property
    def now(self) -> datetime:
        return self.office.now

    @rule(target=numbers)
    def draw_up(self):
        office = self.office
        done = nominate(office.desk, office.id, office.draft(), office.act())
        assert isinstance(done, Nominated) == (self.now < CLOSES)
        if isinstance(done, Denied):
            return multiple()
        self.cases[done.number] = Case()
        return done.number

    @rule(number=numbers)
    def hand_everything_in(self, number):
        case = self.cases[number]
        if case.stage not in ENDS:
            self.office.hand_in(number)

    @rule(number=numbers)
    def judge_and_report(self, number):
        case = self.cases[number]
        if case.stage == "screening":
            self.office.judge_all(number)
        if case.stage == "review":
            # All who are there, or nobody could be ranked; who has a place in a ranking is reported on no more.
            for here in [one for one, known in self.cases.items() if known.stage == "review"]:
                for track in ("materials", "site-visit"):
                    report(self.office.desk, here, track, self.office.act(), points=90, opinion="情况属实")
            self.office.rank()

    @rule(number=numbers, what=st.sampled_from(MANUAL))
    def make_a_move(self, number, what):
        case = self.cases[number]
        office, before = self.office, case.stage
        act = office.act("依规办理")
        told = {one.move: one for one in possible_moves(office.desk, number, act.actor, self.now)}
        grade = "chief-technician" if what is Move.CHOOSE else None
        done = move(office.desk, number, what, act, grade=grade, endorsement=put_on(office.desk, number))
        assert isinstance(done, Moved) == (what in told and not told[what].refusals), (before, what, done)
        if isinstance(done, Denied):
            return
        expected = {Move.WITHDRAW: "withdrawn", Move.DISQUALIFY: "disqualified"}.get(what) or WAYS[before, what]
        assert done.destination == expected
        due = case.due
        case.go(expected, self.now)
        if what in UNDOABLE.get(before.partition(".")[0], ()):
            case.back = before, due, self.now

    @rule(number=numbers)
    def take_it_back(self, number):
        """Take the last move back: allowed in time, and while nothing rests on it that the engine tells."""
        case, office = self.cases[number], self.office
        act = office.act("误操作")
        ahead = undoing(office.desk, number, act.actor, self.now)
        done = undo(office.desk, number, act)
        assert isinstance(done, Moved) == (ahead is not None and not ahead.refusals)
        in_time = case.back is not None and self.now < case.back[2] + timedelta(hours=HOURS)
        assert in_time or isinstance(done, Denied)
        if isinstance(done, Denied):
            rests = {"nothing-built", "seat-free", "quota-free"}
            assert not in_time or {one.gate for one in done.refusals} <= rests
            return
        stage, due, _ = case.back
        assert done.destination == stage
        case.go(stage, self.now)
        case.due = due

    @rule(number=numbers, what=st.sampled_from(MANUAL), steps=st.integers(0, 8))
    def make_a_mistake(self, number, what, steps):
        """Make a move somewhere on the way, and take it back."""
        self.go_the_usual_way(number, steps)
        self.make_a_move(number, what)
        self.take_it_back(number)

    @rule(number=numbers)
    def revoke(self, number):
        case = self.cases[number]
        done = self.office.move(number, Move.REVOKE)
        assert isinstance(done, Moved) == (case.stage == "tenure")
        if isinstance(done, Moved):
            case.go("revoked", self.now)

    @rule(number=numbers, steps=st.integers(1, 12))
    def go_the_usual_way(self, number, steps):
        """Do whatever takes a nomination on, so that late stages are reached."""
        case = self.cases[number]
        for _ in range(steps):
            if case.stage in USUAL:
                self.hand_everything_in(number)
                self.judge_and_report(number)
                self.make_a_move(number, USUAL[case.stage])
            elif case.stage == "publicity":
                self.publicize()
            elif case.stage == "publicity.running":
                self.office.now = max(self.now, case.listed_until)
                self.sweep()
            elif case.stage == "issuance":
                self.issue()

    @rule()
    def publicize(self):
        waiting = [case for case in self.cases.values() if case.stage == "publicity"]
        done = self.office.publicize()
        assert isinstance(done, Publicized) == bool(waiting)
        for case in waiting:
            case.listed_until, case.corrected = publicity_period(CHINA, self.now, 5).closes, False
            case.go("publicity.running", self.now)

    @rule(number=numbers)
    def object(self, number):
        case = self.cases[number]
        if case.stage not in ("publicity.running", "publicity.objected"):
            return
        done = lodge(self.office.desk, number, "某单位", "事由", self.office.act())
        assert isinstance(done, int) == (self.now < case.listed_until)
        if isinstance(done, int):
            case.open_objections.add(done)
            if case.stage == "publicity.running":
                case.go("publicity.objected", self.now)

    @rule(number=numbers, outcome=st.sampled_from(Outcome))
    def settle(self, number, outcome):
        case = self.cases[number]
        if not case.open_objections or case.stage != "publicity.objected":
            return
        objection = min(case.open_objections)
        done = settle(self.office.desk, objection, outcome, "经核查", self.office.act())
        assert not isinstance(done, Denied), done
        case.open_objections.discard(objection)
        case.corrected |= outcome is Outcome.CORRECTED
        if outcome in FALLS:
            case.open_objections.clear()
            case.go(FALLS[outcome], self.now)
        elif not case.open_objections:
            # Whoever was put right is published again.
            case.go("publicity" if case.corrected else "publicity.running", self.now)

    @rule(number=numbers, objections=st.integers(1, 2), outcome=st.sampled_from(Outcome), waits=st.integers(0, 9))
    def dispute_in_public(self, number, objections, outcome, waits):
        """Bring somebody into the public, where others object."""
        case = self.cases[number]
        while case.stage in USUAL or case.stage == "publicity":
            before = case.version
            self.go_the_usual_way(number, 1)
            if case.version == before:
                return
        self.office.now += timedelta(days=waits)
        for _ in range(objections):
            self.object(number)
        self.settle(number, outcome)

    @rule(number=numbers)
    def spend_the_term(self, number):
        """Let a term begin and pass."""
        self.go_the_usual_way(number, 12)
        if self.cases[number].stage == "tenure":
            self.office.now += timedelta(days=365 * 3 + 1)
            self.sweep()

    @rule()
    def issue(self):
        waiting = [case for case in self.cases.values() if case.stage == "issuance"]
        done = self.office.issue()
        assert isinstance(done, Issued) == bool(waiting)
        for case in waiting:
            case.go("tenure", self.now)
            day = self.now.astimezone(SHANGHAI)
            case.due = datetime(day.year + 3, day.month, day.day, tzinfo=SHANGHAI)

    @rule(hours=st.sampled_from([1, 24, 24 * 7, 24 * 30, 24 * 400]))
    def wait(self, hours):
        self.office.now += timedelta(hours=hours)

    @rule()
    def sweep(self):
        due = {
            number: TIME[case.stage]
            for number, case in self.cases.items()
            if case.due is not None and case.due <= self.now and case.stage in TIME
        }
        done = sweep(self.office.desk, self.now)
        assert {one.number: one.destination for one in done.named} == due
        assert (done.moved, done.refused) == (len(due), [])
        for number, stage in due.items():
            self.cases[number].go(stage, self.now)
            self.cases[number].due = None
        assert sweep(self.office.desk, self.now).moved == 0

    @invariant()
    def rows_are_as_the_model_says(self):
        if not hasattr(self, "cases"):
            return
        for number, case in self.cases.items():
            row = self.office.row(number)
            ended = case.stage in ENDS
            assert (row.stage, row.version, row.due_at) == (case.stage, case.version, None if ended else case.due)
            assert (row.holder is None) == ended

    @invariant()
    def seats_are_taken_by_who_has_them_and_by_no_more_than_there_are(self):
        if not hasattr(self, "cases"):
            return
        seated = [number for number, case in self.cases.items() if case.stage in SEATED]
        kept = [number for number, case in self.cases.items() if case.stage in ("completed", "revoked")]
        places = [place for place in self.office.places() if "chief-technician" in place[0]]
        assert len(seated) <= len(places) <= len(seated) + len(kept)
        assert len(places) <= SEATS

    @invariant()
    def history_is_whole_and_tells_what_the_tables_say(self):
        if not hasattr(self, "store"):
            return
        with self.store.read() as connection:
            assert verify(connection).breaks == 0
            assert list(disagreements(connection)) == []


@pytest.fixture
def program(shipped) -> Program:
    document = shipped(LUZHOU).model_dump()
    document["seats"] = [{**seats, "count": SEATS} for seats in document["seats"]]
    for stage in document["stages"]:
        if stage["id"] in UNDOABLE:
            stage["undo"] = {"moves": UNDOABLE[stage["id"]], "hours": HOURS, "basis": "主办单位工作规则"}
    return Program.model_validate(document)


def test_engine_does_what_its_model_does(new_database, program):
    machine = type("OfThisDatabase", (Engine,), {"fresh": (new_database, program)})
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=6, stateful_step_count=40, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )
