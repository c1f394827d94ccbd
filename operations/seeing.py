"""What somebody is shown: of many nominations at once by a condition of the database, of one by the policy itself.

Every list, count, search and page asks here, and what it is asked is `Deed.SEE_NOMINATIONS` and `Deed.SEE_PROGRAM` of
`operations.policy`, and the `Sight` of experts. Each predicate of the policy has a twin that a statement can ask of all
rows; a test holds the two together.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import datetime
from functools import cached_property
from typing import Any, Final

from sqlalchemy import ColumnElement, Row, and_, case, false, func, not_, or_, select, true
from sqlalchemy.engine import Connection

from operations.actors import MACHINE, Actor, Role
from operations.acts import Act
from operations.authority import Authority, matter_of
from operations.conditions import Columns, Conditions
from operations.damaged import whole_programs
from operations.desk import Desk, Running
from operations.experts.records import has_members
from operations.experts.sight import Sight, sight_of
from operations.jurisdictions import (
    Matter,
    holds_it,
    is_about_them,
    lies_in_their_tree,
    runs_it,
    works_for_the_holder,
)
from operations.policy import Deed, grants
from operations.results import UnknownError, no_such_nomination
from operations.undoing import takes_back
from programs import Program, Words
from store import once
from store import tables as t

_of = t.nomination.c

#: What decides by which panels a nomination is evaluated.
_PATH: Final = (_of.program_id, _of.revision, _of.category, _of.route, _of.traits)

#: So many names are said one by one, so that a database knows how few nominations they are.
_FEW: Final = 50

#: Of so many nominations ties are looked at for what is shown of many.
_MOST_TIED: Final = 1000


class Seeing:
    """What one actor is shown, as one transaction sees people, organizations, programs and experts.

    With no actor, what the product itself reads for those who look after it: everything.
    """

    def __init__(self, desk: Desk, connection: Connection, actor: Actor | None, now: datetime) -> None:
        self._desk = desk
        self._connection = connection
        self._actor, self._is_product = actor or MACHINE, actor is None
        self._now = now
        self._authority = Authority(connection, self._actor)
        self._is_anybody = actor is None or self._authority.unknown() is None
        self._versions: dict[tuple[str, int], Running] = {}
        self._conditions: Conditions | None = None

    @cached_property
    def everything(self) -> tuple[Running, ...]:
        """Every program of the store, those opened last first; for the product itself, all that are not damaged."""
        desk, connection = self._desk, self._connection
        return whole_programs(desk, connection) if self._is_product else desk.everything(connection)

    @property
    def programs(self) -> tuple[Running, ...]:
        """The programs that the actor may know."""
        return tuple(running for running in self.everything if self.sees_program(running))

    def sees_program(self, running: Running) -> bool:
        """Whether the actor may know a program."""
        program = running.program
        matter = Matter(program.id, program.office, announced=running.opened_at is not None)
        return self._is_anybody and self._authority.would_refuse(Deed.SEE_PROGRAM, matter) is None

    def program(self, program_id: str) -> Running:
        """Return a program that the actor may know; any other raises `UnknownError` as one that is not there does."""
        running = self._desk.running(self._connection, program_id)
        if not self.sees_program(running):
            raise UnknownError(Words("没有项目 {id}", "there is no program {id}").format(id=program_id))
        return running

    def runs(self, running: Running) -> bool:
        """Whether the actor has to do with a program as a whole: is of its office or above, acting or overseeing."""
        if self._actor.role not in (Role.ADMINISTRATOR, Role.OPERATOR, Role.SUPERVISOR):
            return False
        mine, office = self._actor.organization, running.program.office
        return self._is_anybody and (mine is None or self._authority.tree.is_at_or_above(mine, office))

    def covers(self, organization: str, running: Running | None = None) -> bool:
        """Whether what an organization is told is the actor's to read: it is theirs, or they run what it is about."""
        mine = self._actor.organization
        if not self._is_anybody or self._actor.role in (Role.EXPERT, Role.SECURITY, Role.NOMINEE):
            return False
        own = mine is None or self._authority.tree.is_at_or_above(mine, organization)
        return own or (running is not None and self.runs(running))

    def sees(self, running: Running, row: Row[Any]) -> bool:
        """Whether the actor may see a nomination; `running` is the version by which it is judged."""
        newest = self.newest(row.program_id)
        return (
            self._is_anybody
            and self._authority.would_refuse(Deed.SEE_NOMINATIONS, matter_of(newest.program, row)) is None
            and self._sight.refuses(running, row) is None
        )

    def may(self, deed: Deed, running: Running, row: Row[Any]) -> bool:
        """Whether the policy lets the actor do something with a nomination."""
        return self._is_anybody and self._authority.would_refuse(deed, matter_of(running.program, row)) is None

    def hears_of(self, row: Row[Any]) -> bool:
        """Whether the actor may see the objections to a nomination."""
        return self.may(Deed.SEE_OBJECTION, self.version(row), row)

    def nomination(self, number: str) -> Row[Any]:
        """Return a nomination that the actor may see; any other raises `UnknownError` as one that is not there does.

        Whose move took it out of their sight sees it for as long as they may take that back.
        """
        row = self._connection.execute(select(t.nomination).where(_of.number == number)).one_or_none()
        if row is None or not self.shows(row):
            raise UnknownError(no_such_nomination(number))
        return row

    def shows(self, row: Row[Any]) -> bool:
        """Whether `nomination` would return this one, whose row is at hand."""
        return self.sees(self.version(row), row) or self._has_just_moved(row)

    def _has_just_moved(self, row: Row[Any]) -> bool:
        if not self._is_anybody or self._actor.role is not Role.SCREENING:
            return False
        if self._sight.recused(self.version(row), row) is not None:
            return False
        return takes_back(self._desk, self._connection, row, self._actor, self._now)

    def visible(self, rows: Sequence[Row[Any]]) -> list[Row[Any]]:
        """Return those that nothing hides which only people's ties tell: `condition` has let the rest through."""
        return [row for row in rows if self._sight.refuses(self.version(row), row) is None]

    def recused_in(self, running: Running) -> frozenset[str]:
        """Return the nominations of a program, by their numbers, from which the actor is recused in whatever role."""
        if not self._sight.in_pool:
            return frozenset()
        tied = or_(_of.id.in_(list(self._sight.recorded_recusals)), *self._tied([running.program]))
        query = select(t.nomination).where(_of.program_id == running.program.id, tied)
        rows = self._connection.execute(query).all()
        return frozenset(row.number for row in rows if self._sight.recused(self.version(row), row) is not None)

    def version(self, row: Row[Any]) -> Running:
        """Return the version of its program by which a nomination is judged; each is looked up once."""
        key = (row.program_id, row.revision)
        if key not in self._versions:
            self._versions[key] = self._desk.running_for(self._connection, row)
        return self._versions[key]

    @cached_property
    def condition(self) -> ColumnElement[bool]:
        """The condition that a nomination is one that the actor may see: not one that they evaluate blind."""
        if self._actor.role is not Role.EXPERT:
            return self.evaluating
        versions = (version for newest in self.everything for version in self._versions_of(newest))
        blind = [version for version in versions if self._sight.blind(version.program)]
        of_these = (and_(_of.program_id == one.program.id, _of.revision == one.revision) for one in blind)
        return and_(self.evaluating, *map(not_, of_these))

    def is_blind_in(self, program: Program) -> bool:
        """Whether the actor is told no names in a program."""
        return self._sight.blind(program)

    @cached_property
    def evaluating(self) -> ColumnElement[bool]:
        """The condition that a nomination is one that the actor may see, or evaluate by its number alone."""
        if self._actor.role not in grants(Deed.SEE_NOMINATIONS):
            return false()
        shown = self._granted(Deed.SEE_NOMINATIONS)
        if recused := self.recused:
            shown = and_(shown, _of.id.not_in(list(recused)))
        return and_(shown, self._evaluated(shown)) if self._actor.role is Role.EXPERT else shown

    @cached_property
    def of_few(self) -> ColumnElement[bool]:
        """The same, asked of rows that a statement finds by something else: no index is looked into for it."""
        return case((self.condition, 1), else_=0) == 1

    @cached_property
    def hears(self) -> ColumnElement[bool]:
        """The condition that the actor may see the objections to a nomination."""
        return self._granted(Deed.SEE_OBJECTION)

    def _granted(self, deed: Deed) -> ColumnElement[bool]:
        """Return the condition that the policy lets the actor see this of a nomination."""
        asks, mine = grants(deed).get(self._actor.role), self._actor.organization
        if not self._is_anybody or asks is None:
            return false()
        if asks is is_about_them:
            return _of.id.in_(sorted(self._authority.own))
        return true() if mine is None else self._of_all(mine).twin(asks)

    @cached_property
    def waiting(self) -> ColumnElement[bool]:
        """The condition that a nomination is the actor's to act on now, as far as its holder tells."""
        return self.waiting_in(_of)

    def waiting_in(self, of: Columns, program_id: str = "") -> ColumnElement[bool]:
        """The same, of rows that have a program, a stage and a holder: of all, or of one program."""
        mine, role = self._actor.organization, self._actor.role
        if not self._is_anybody or role in (Role.SUPERVISOR, Role.SECURITY, Role.NOMINEE):
            return false()
        if mine is None:
            return true()
        if role is Role.ADMINISTRATOR:
            return self._of_all(mine).run_by(self._of_all(mine).below, of)
        of_all = self._of_all(mine)
        return of_all.held_by(of_all.below if role is Role.OPERATOR else of_all.above, of, program_id)

    @cached_property
    def waiting_is_counted(self) -> bool:
        """Whether all that waits for the actor is theirs to see, so that it need not be counted one by one."""
        return not self.recused and (self._actor.role is not Role.EXPERT or self.counted is not None)

    @cached_property
    def whole(self) -> frozenset[str]:
        """The programs of which the actor may see every nomination, but for those from which they are recused."""
        asks, mine = grants(Deed.SEE_NOMINATIONS).get(self._actor.role), self._actor.organization
        overseeing = (Role.ADMINISTRATOR, Role.OPERATOR, Role.SCREENING, Role.SUPERVISOR)
        if not self._is_anybody or asks is None or self._actor.role not in overseeing:
            return frozenset()
        if mine is None:
            return frozenset(one.program.id for one in self.everything)
        if asks not in (runs_it, lies_in_their_tree):
            return frozenset()
        return self._of_all(mine).programs_of(self._of_all(mine).below)

    @cached_property
    def concerned(self) -> frozenset[str]:
        """The programs of which the actor sees any nomination, and maybe some others."""
        asks, mine = grants(Deed.SEE_NOMINATIONS).get(self._actor.role), self._actor.organization
        if not self._is_anybody or asks is None:
            return frozenset()
        if mine is None or asks is is_about_them:
            return frozenset(one.program.id for one in self.everything)
        return self._of_all(mine).concerned(asks)

    @cached_property
    def counted(self) -> ColumnElement[bool] | None:
        """The condition that what is kept of how many stand where (`standing`) is of nominations that the actor sees.

        None where that depends on more than the program, the place and the holder.
        """
        asks, mine = grants(Deed.SEE_NOMINATIONS).get(self._actor.role), self._actor.organization
        drawn = self._actor.role is Role.EXPERT and any(map(self._draws, self.everything))
        if not self._is_anybody or asks not in (holds_it, runs_it, works_for_the_holder) or self.recused or drawn:
            return None
        return true() if mine is None else self._of_all(mine).twin(asks, t.standing.c)

    def count_at(self, program_id: str, stage: str) -> int | None:
        """Return how many nominations that the actor sees stand at a place; none where rows have to be counted."""
        if self.counted is None:
            return None
        kept = t.standing.c
        here = (kept.program_id == program_id, kept.stage == stage, self.counted)
        count = self._connection.execute(select(func.sum(kept.nominations)).where(*here)).scalar()
        return int(count or 0)

    @cached_property
    def recused(self) -> Collection[int]:
        """The nominations, by their ids, from which the actor is recused, as it is recorded or as their ties tell.

        Ties to more than a thousand are left to `visible`, and those of an expert to their `condition`.
        """
        recorded = self._sight.recorded_recusals
        drawn = [one.program for one in self.everything if self._draws(one)]
        if not self._sight.in_pool or self._actor.role is Role.EXPERT or not drawn:
            return recorded
        tied = (_of.program_id.in_([program.id for program in drawn]), or_(*self._tied(drawn)))
        rows = self._connection.execute(select(t.nomination).where(*tied).limit(_MOST_TIED + 1)).all()
        few = rows if len(rows) <= _MOST_TIED else ()
        return {*recorded, *(row.id for row in few if self._sight.recused(self.version(row), row))}

    def objected_by(self, now: datetime) -> ColumnElement[bool] | None:
        """Return the condition that something was to be done by now about an objection; none where nothing was.

        Few are named one by one, so that a database looks for just these.
        """
        of = t.objection.c
        overdue = select(of.nomination_id).where(of.outcome.is_(None), of.due_at <= now).distinct()
        some = self._connection.execute(overdue.limit(_FEW + 1)).scalars().all()
        if not some:
            return None
        return _of.id.in_(sorted(some)) if len(some) <= _FEW else _of.id.in_(overdue)

    def keys_of(self, stage: str, program_id: str = "") -> frozenset[str]:
        """Return the places of a stage, or the one that is named, in whatever version of a program or of all."""
        some = (one for one in self.everything if program_id in ("", one.program.id))
        places = {key for one in some for version in self._versions_of(one) for key in version.pipeline.standings}
        return frozenset(key for key in places if key == stage or key.startswith(f"{stage}."))

    def of_these(self, numbers: Collection[str]) -> list[Row[Any]]:
        """Return those of some nominations, by their numbers, that the actor may see."""
        named = _of.number.in_(sorted(numbers))
        return self.visible(self._connection.execute(select(t.nomination).where(named, self.of_few)).all())

    def heard_of(self, rows: Collection[Row[Any]]) -> frozenset[str]:
        """Return of which of these nominations the actor may see the objections, by their numbers."""
        sides = {side for row in rows for side in (row.unit, row.nominator, row.holder) if side is not None}
        self._authority.tree.learn(sides)
        return frozenset(row.number for row in rows if self.hears_of(row))

    @cached_property
    def is_told_by_condition(self) -> bool:
        """Whether `condition` tells all that the actor sees: of who is in the pool and acts otherwise not all ties."""
        return self._actor.role is Role.EXPERT or not self._sight.in_pool

    @cached_property
    def _sight(self) -> Sight:
        return sight_of(self._connection, self._actor, self._now)

    def newest(self, program_id: str) -> Running:
        """Return the newest version of a program of the store, whether or not it is the actor's to know."""
        return next(one for one in self.everything if one.program.id == program_id)

    def _evaluated(self, shown: ColumnElement[bool]) -> ColumnElement[bool]:
        """Return the condition that an expert evaluates it: what they were assigned, but for what they have ties to."""
        drawn = [running.program for running in self.everything if self._draws(running)]
        if not drawn:
            return true()
        of_them = _of.program_id.in_([program.id for program in drawn])
        others = [one.program.id for one in self.everything if not self._draws(one)]
        mine: set[int] = set()
        unclear: list[str] = []
        for program in drawn:
            few = self._sight.evaluates_few(self._versions_of(self.newest(program.id)))
            if few is None:
                unclear.append(program.id)
            else:
                mine.update(few)
        seen: list[ColumnElement[bool]] = [_of.program_id.in_(others)] if others else []
        seen.append(_of.id.in_(sorted(mine)))
        if unclear:
            seen += self._evaluated_by_path(and_(_of.program_id.in_(unclear), shown))
        evaluated = or_(*seen)
        tied = or_(*self._tied(drawn))
        rows = self._connection.execute(select(t.nomination).where(of_them, shown, evaluated, tied)).all()
        visible = {row.id for row in rows if self._sight.recused(self.version(row), row) is None}
        return and_(evaluated, _of.id.not_in([row.id for row in rows if row.id not in visible]))

    def _draws(self, newest: Running) -> bool:
        """Whether a program draws panels, in whatever version: what one of these evaluates is still theirs alone."""
        return any(version.program.panels() for version in self._versions_of(newest))

    def _evaluated_by_path(self, shown: ColumnElement[bool]) -> Iterator[ColumnElement[bool]]:
        """Yield the conditions that an expert evaluates what stands on each path that there is."""
        for row in self._connection.execute(select(*_PATH).where(shown).distinct()):
            there = and_(*(column.is_not_distinct_from(value) for column, value in zip(_PATH, row, strict=True)))
            mine = self._sight.evaluates(self.version(row), row)
            yield there if mine is None else and_(there, _of.id.in_(sorted(mine)))

    def _tied(self, drawn: Iterable[Program]) -> Iterator[ColumnElement[bool]]:
        """Yield the conditions that a nomination names what the actor has ties to, in programs that draw panels."""
        names = self._sight.names
        yield from (column.in_(names) for column in (_of.unit, _of.nominee, _of.nominator))
        if any(map(has_members, drawn)):
            yield from (_of.nominee.contains(name, autoescape=True) for name in names)

    def _versions_of(self, newest: Running) -> tuple[Running, ...]:
        return self._desk.versions_of(self._connection, newest)

    def _of_all(self, mine: str) -> Conditions:
        if self._conditions is None:
            tree = self._authority.tree
            self._conditions = Conditions(
                self._connection, mine, tree, self.everything, self._versions_of, self._desk.known_sides
            )
        return self._conditions


def seeing_as(desk: Desk, connection: Connection, actor: Actor | None, now: datetime) -> Seeing:
    """Return what somebody is shown, put together once in a read."""
    return once(connection, (Seeing, desk, actor, now), lambda: Seeing(desk, connection, actor, now))


def hidden_from(desk: Desk, connection: Connection, running: Running, act: Act | None) -> frozenset[str]:
    """Return the nominations of a program, by number, from which whoever looks is recused."""
    return Seeing(desk, connection, act.actor, act.now).recused_in(running) if act else frozenset()


def version_seen(desk: Desk, number: str, actor: Actor, now: datetime) -> int:
    """Return the version of a nomination that somebody may see; raises `UnknownError` for one that is not theirs."""
    with desk.store.read() as connection:
        return int(Seeing(desk, connection, actor, now).nomination(number).version)
