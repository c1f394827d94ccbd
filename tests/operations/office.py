"""Everybody who works on one program, for tests that need a nomination at a certain place."""

from collections.abc import Iterable
from copy import copy
from dataclasses import replace
from datetime import date, datetime
from itertools import count
from random import Random
from typing import Any

from sqlalchemy import Row, bindparam, select

from deadlines import SHANGHAI
from operations.actors import Actor, Role
from operations.acts import Act
from operations.decide import decide
from operations.desk import Desk
from operations.issue import Issued, issue
from operations.jointly import give_opinion
from operations.materials import receive
from operations.move import move
from operations.nominate import Draft, Nominated, nominate
from operations.objections import Outcome, settle
from operations.opening import Opened, confirm_ruling, open_program
from operations.paths import path_of
from operations.publicize import Publicized, publicize
from operations.ranked import Ranked
from operations.rankings import settle_ranking
from operations.rehearse.people import make_identity
from operations.results import Batch, Denied, Moved
from operations.screen import judge, report
from operations.sweep import sweep
from operations.tenure.assessing import assess, rectify
from operations.tenure.revoking import revoke
from programs import Program
from programs.rulings import Decision
from programs.stages import Issuance, Publicity, Review, Screening, Tenure, Vote
from states import Endorsement, Move, Result
from store import events_of
from store import tables as t

LUZHOU = "luzhou-chief-technician-2019"
CRAFTSMAN_2017 = "bayu-craftsman-2017"
CRAFTSMAN_2022 = "bayu-craftsman-2022"
TECHNICIAN = "bayu-special-grade-technician"
STUDIO = "liangping-master-studio-2023"

#: A working day within the intake of each shipped program.
INTAKE = {
    LUZHOU: datetime(2019, 7, 15, 10, 0, tzinfo=SHANGHAI),
    CRAFTSMAN_2017: datetime(2017, 4, 10, 10, 0, tzinfo=SHANGHAI),
    CRAFTSMAN_2022: datetime(2022, 6, 6, 10, 0, tzinfo=SHANGHAI),
    TECHNICIAN: datetime(2021, 7, 5, 10, 0, tzinfo=SHANGHAI),
    STUDIO: datetime(2023, 8, 1, 10, 0, tzinfo=SHANGHAI),
}

#: Moves that are part of more than a move.
TENURED = frozenset({Move.ASSESS, Move.FAIL, Move.RECTIFY, Move.REVOKE})

#: Asked again and again: built once.
_NOMINATION = select(t.nomination).where(t.nomination.c.number == bindparam("number"))
_CONTENTS = {table.name: select(table).order_by(*table.primary_key) for table in t.metadata.sorted_tables}

_ONWARD = (Move.SUBMIT, Move.ENDORSE, Move.ACCEPT, Move.ADVANCE, Move.CHOOSE, Move.APPROVE)


def not_asking_the_past(program: Program) -> Program:
    """Return a program of studios without its rules on the past: whoever leads one needs no identity number then."""
    rules = [rule.model_dump() for rule in program.rules if rule.kind != "history"]
    return Program.model_validate(program.model_dump() | {"rules": rules})


class Office:
    """Acts on one program at `now`, which tests set as they go."""

    def __init__(self, desk: Desk, program: Program, now: datetime) -> None:
        self.desk = desk
        self.program = program
        self.id = program.id
        self.now = now
        self.people = count(1)
        self.documents = count(1)

    def follow(self, other: "Office") -> None:
        """Number those who come from now on after those of another office."""
        self.people, self.documents = copy(other.people), copy(other.documents)

    def act(self, reason: str = "", role: Role = Role.ADMINISTRATOR, name: str = "王管理") -> Act:
        return Act(Actor(name, role, self.program.office), self.now, reason)

    def open(self) -> None:
        for ruling in self.program.rulings:
            self.rule(ruling.id)
        assert open_program(self.desk, self.program, self.act()) == Opened(self.id, self.now)

    def rule(self, ruling: str, decision: Decision | None = None) -> None:
        act = self.act("局办公会")
        assert isinstance(confirm_ruling(self.desk, self.program, ruling, decision, act), Program)

    def draft(self, **changes: Any) -> Draft:
        """Somebody who has not been nominated yet."""
        one = next(self.people)
        program = self.program
        draft = Draft(
            nominee=f"第{one}人",
            unit=f"第{one}厂",
            nominator="江阳区",
            route=next(route.id for route in program.routes if route.accepted),
            category=program.categories[0].id if program.categories else None,
            nominator_kind=program.nominators[0].id if program.nominators else None,
            identity=make_identity(one, Random(one)),  # noqa: S311 - made-up people need no secrets
        )
        return replace(draft, **changes)

    def nominate(self, stage: str | None = None, **changes: Any) -> str:
        """Draw up a nomination with all its materials, and bring it to this standing."""
        done = nominate(self.desk, self.id, self.draft(**changes), self.act())
        assert isinstance(done, Nominated), done
        self.hand_in(done.number)
        if stage:
            self.bring(done.number, stage)
        return done.number

    def hand_in(self, number: str) -> None:
        row = self.row(number)
        materials = self.running_for(number).program.materials_for(path_of(row))
        receipts = [(material.id, medium) for material in materials for medium in material.media]
        assert receive(self.desk, number, receipts, self.act(), seen=True) is None

    def judge_all(self, number: str, result: Result = Result.PASS) -> None:
        row = self.row(number)
        rules = [rule.id for rule in self.running_for(number).program.rules_for(path_of(row))]
        assert judge(self.desk, number, dict.fromkeys(rules, result), self.act()) is None
        self.concur(number)

    def concur(self, number: str) -> None:
        """Have every body agree that screens jointly."""
        stage = next(
            (one for one in self.running_for(number).program.held_stages if one.id == self.row(number).stage), None
        )
        for body in stage.bodies if isinstance(stage, Screening) and len(stage.bodies) > 1 else ():
            assert give_opinion(self.desk, number, body, self.act(), agrees=True) is None

    def report(self, number: str, track: str) -> None:
        assert report(self.desk, number, track, self.act(), points=90, opinion="情况属实") is None

    def rank_all(self, stage: Review, reported: str) -> None:
        """Have everybody who stands there ranked: nobody is, while somebody has not been reported on."""
        of = t.nomination.c
        with self.desk.store.read() as connection:
            ranked = select(t.ranked.c.nomination_id).where(t.ranked.c.stage == stage.id)
            waiting = select(of.number).where(of.program_id == self.id, of.stage == stage.id, of.id.not_in(ranked))
            numbers = connection.execute(waiting).scalars().all()
        for number in set(numbers) - {reported}:
            for track in stage.tracks:
                self.report(number, track.id)
        assert isinstance(self.rank(stage.id), Ranked)

    def rank(self, stage: str = "review") -> Ranked | Denied:
        return settle_ranking(self.desk, self.id, stage, self.act())

    def bring(self, number: str, stage: str) -> None:
        """Move a nomination on until it stands there; time goes on where only time helps."""
        while (here := self.row(number).stage) != stage:
            self.step(number, here)
            assert self.row(number).stage != here

    def step(self, number: str, here: str) -> None:
        running = self.running_for(number)
        stage = running.program.stage(running.pipeline.standings[here].stage)
        if isinstance(stage, Publicity):
            if here == stage.id:
                assert isinstance(self.publicize(stage.id), Publicized)
            else:
                self.now = self.row(number).due_at
                sweep(self.desk, self.now)
            return
        if isinstance(stage, Issuance):
            assert isinstance(self.issue(), Issued)
            return
        if isinstance(stage, Tenure):
            self.now = self.row(number).due_at
            sweep(self.desk, self.now)
            return
        if isinstance(stage, Screening):
            self.judge_all(number)
        for track in stage.tracks if isinstance(stage, Review | Vote) else ():
            self.report(number, track.id)
        if isinstance(stage, Review) and stage.ranked:
            self.rank_all(stage, number)
        row = self.row(number)
        path = path_of(row)
        what = next(what for what in _ONWARD if what in running.pipeline.moves_from(here, path))
        named = running.pipeline.names_grade(here, what, path)
        done = self.move(number, what, grade=self.program.seats_for(path)[0].id if named else None)
        assert isinstance(done, Moved), done

    def move(self, number: str, what: Move, reason: str = "依规办理", **facts: Any) -> Moved | Denied:
        """Move one; what a tier puts on the form it puts there in full, unless something else is given."""
        if what in TENURED:
            return self._within_term(number, what, reason)
        given = {"endorsement": put_on(self.desk, number)} | facts
        return move(self.desk, number, what, self.act(reason), **given)

    def _within_term(self, number: str, what: Move, reason: str) -> Moved | Denied:
        """Make a move within a term by its use case, with what this needs to be done."""
        act, term = self.act(reason), self.running_for(number).program.tenure
        results = term.results if term else ("合格", "不合格")
        match what:
            case Move.REVOKE:
                done = revoke(self.desk, number, self.ground(number), act, approval="评委会纪要", to_recover=0)
            case Move.RECTIFY:
                done = rectify(self.desk, number, results[0], act)
            case _:
                done = assess(self.desk, number, results[0 if what is Move.ASSESS else -1], act)
        return done if isinstance(done, Denied) else done.moved

    def ground(self, number: str) -> str:
        """The first ground on which a title is taken away."""
        program = self.running_for(number).program
        known = program.tenure.revocation_grounds if program.tenure else ()
        return next(iter((*known, *(one.name for one in program.disqualifications))), "弄虚作假")

    def decide(self, stage: str, chosen: dict[str, str | None]) -> Batch:
        return decide(self.desk, self.id, stage, chosen, self.act())

    def publicize(self, stage: str = "publicity", last_day: date | None = None) -> Publicized | Denied:
        return publicize(self.desk, self.id, stage, self.act(), venue="主办单位官网", last_day=last_day)

    def dismiss(self, objection: int) -> None:
        assert isinstance(settle(self.desk, objection, Outcome.DISMISSED, "经核查不属实", self.act()), Moved)

    def issue(self, number: str | None = None) -> Issued | Denied:
        return issue(self.desk, self.id, number or f"某人社〔2026〕{next(self.documents)}号", self.act())

    def running(self):
        with self.desk.store.read() as connection:
            return self.desk.running(connection, self.id)

    def running_for(self, number: str):
        """The version of the program by which a nomination is judged."""
        with self.desk.store.read() as connection:
            return self.desk.running_for(connection, self.row(number))

    def row(self, number: str) -> Row[Any]:
        with self.desk.store.read() as connection:
            return connection.execute(_NOMINATION, {"number": number}).one()

    def stages(self, numbers: Iterable[str]) -> list[str]:
        return [self.row(number).stage for number in numbers]

    def places(self) -> list[tuple[str, str, int]]:
        """Every place taken: of which limit, whose, and which one."""
        query = select(t.place.c.limit_key, t.place.c.owner, t.place.c.ordinal).where(t.place.c.program_id == self.id)
        with self.desk.store.read() as connection:
            return sorted(tuple(row) for row in connection.execute(query))

    def events(self, number: str | None = None) -> list[dict[str, Any]]:
        with self.desk.store.read() as connection:
            return list(events_of(connection, self.id, nomination=number))

    def contents(self) -> dict[str, list[tuple[Any, ...]]]:
        """Everything that the store holds, for tests that nothing has changed."""
        with self.desk.store.read() as connection:
            return {name: [tuple(row) for row in connection.execute(query)] for name, query in _CONTENTS.items()}


def put_on(desk: Desk, number: str) -> Endorsement | None:
    """What the tier where a nomination stands puts on the form; nothing where no tier is, or no such nomination."""
    with desk.store.read() as connection:
        row = connection.execute(_NOMINATION, {"number": number}).one_or_none()
        tier = desk.running_for(connection, row).program.tier(row.stage) if row else None
    return Endorsement.full(tier, "同意", number) if tier else None


def why(denied: object) -> list[tuple[str, str | None]]:
    """The gate and the clause of every refusal; fails for what was not denied."""
    assert isinstance(denied, Denied), type(denied)
    assert all(words for refusal in denied.refusals for words in (*refusal.reason, *refusal.remedy))
    return [(refusal.gate, refusal.clause) for refusal in denied.refusals]


def said(denied: object) -> list[str]:
    """The reason of every refusal; fails for what was not denied."""
    assert isinstance(denied, Denied), type(denied)
    return [refusal.reason.zh for refusal in denied.refusals]
