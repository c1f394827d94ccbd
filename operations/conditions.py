"""The conditions that say of all rows what the predicates of `operations.jurisdictions` say of one.

An office may have thousands of organizations below it. So what is asked of rows is as little as it can be: programs
that they run are theirs as a whole, and of others it is looked up first (`side`, `standing`) whether they have anything
there.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

from sqlalchemy import CTE, ColumnElement, FromClause, Select, and_, case, false, func, or_, select, true
from sqlalchemy.engine import Connection
from sqlalchemy.sql.base import ReadOnlyColumnCollection
from sqlalchemy.sql.elements import False_

from operations.desk import Running
from operations.jurisdictions import Predicate, holds_it, lies_in_their_tree, runs_it
from operations.placing import is_held_by_side
from operations.sides import KnownSides, Sides
from operations.tree import Tree
from store import among_names
from store import tables as t

#: The columns of rows that tell a program, a stage and a holder.
Columns = ReadOnlyColumnCollection[str, Any]

#: So many names are said one by one, so that a database knows how few nominations they are.
_FEW: Final = 50

#: Of so many sides what lies above is read; of more, which of them lie below somebody is asked of the database.
_CLIMBED: Final = 2000

#: Places by their program where everything is held by somebody, where some of it is, and by whom there.
_Held = tuple[Mapping[str, Collection[str]], Mapping[str, Collection[str]], Sequence[str]]

_of = t.nomination.c


@dataclass(frozen=True)
class Bodies:
    """Organizations: few by their names, or all below one as a query of the column `name`."""

    said: Sequence[str] | CTE
    have: Callable[[str], bool]

    def among(self, column: ColumnElement[str]) -> ColumnElement[bool]:
        """Return the condition that a column is one of them."""
        return column.in_(select(self.said.c.name) if isinstance(self.said, CTE) else self.said)

    def named(self, alias: str) -> FromClause:
        """Return them as a table of the column `name`; asked of those below an organization alone."""
        assert isinstance(self.said, CTE)  # noqa: S101 - what lies in a tree lies below
        return self.said.alias(alias)


class Conditions:
    """Makes the conditions for somebody of an organization, `mine`, as one transaction sees programs and organizations.

    `everything` are all programs; `known` is what was found out in other reads.
    """

    def __init__(
        self,
        connection: Connection,
        mine: str,
        tree: Tree,
        everything: Collection[Running],
        versions_of: Callable[[Running], Iterable[Running]],
        known: KnownSides,
    ) -> None:
        self._connection = connection
        self._mine = mine
        self._tree = tree
        self._everything = everything
        self._versions_of = versions_of
        self._known = known
        self._held: dict[tuple[bool, frozenset[tuple[str, str]]], _Held] = {}

    @cached_property
    def below(self) -> Bodies:
        """Their organization and all below it: they may be thousands, and are not read."""
        mine = self._mine
        return Bodies(self._tree.below(mine), lambda other: self._tree.is_at_or_above(mine, other))

    @cached_property
    def above(self) -> Bodies:
        """Their organization and all above it."""
        names = (self._mine, *self._tree.above(self._mine))
        return Bodies(names, names.__contains__)

    def twin(self, asks: Predicate, of: Columns = _of) -> ColumnElement[bool]:
        """Return the condition that says of all rows what a predicate of the policy says of one.

        That is one of `lies_in_their_tree`, `runs_it`, `holds_it` and `works_for_the_holder`.
        """
        if asks is lies_in_their_tree:
            return self._in_the_tree()
        if asks is runs_it:
            return self.run_by(self.below, of)
        theirs = self.below if asks is holds_it else self.above
        # What has ended is with the office; where rows are counted, nobody is written as "".
        nobody = of.holder.is_(None) if of is _of else of.holder == ""
        return or_(self.held_by(theirs, of), and_(nobody, self.run_by(theirs, of)))

    def concerned(self, asks: Predicate) -> frozenset[str]:
        """Return the programs of which a twin lets anything through, and maybe some others."""
        if asks is runs_it:
            return self.programs_of(self.below)
        if asks is not lies_in_their_tree:
            theirs = self.below if asks is holds_it else self.above
            held = self._counts(self._held_places, theirs.among(t.standing.c.holder))
            return self.programs_of(theirs) | {program_id for program_id, _ in held}
        others = {
            program_id for program_id, _ in (*self._sides.nominators, *self._sides.units, *self._held_places_of_others)
        }
        return self.programs_of(self.below) | others

    def programs_of(self, bodies: Bodies) -> frozenset[str]:
        """Return the programs that one of these runs."""
        self._tree.learn(one.program.office for one in self._everything)
        return frozenset(one.program.id for one in self._everything if bodies.have(one.program.office))

    def run_by(self, bodies: Bodies, of: Columns = _of) -> ColumnElement[bool]:
        """Return the condition that one of these runs its program."""
        programs = self.programs_of(bodies)
        return of.program_id.in_(sorted(programs)) if programs else false()

    def held_by(self, bodies: Bodies, of: Columns = _of, program_id: str = "") -> ColumnElement[bool]:
        """Return the condition that one of these holds it, so that an index finds it by program, place and holder.

        Of a program that is named, rows of others need not be told apart.
        """
        places = self._held_places
        if program_id:
            places = frozenset(place for place in places if place[0] == program_id)
        return self._held_at(bodies, places, of)

    def _held_at(self, bodies: Bodies, places: frozenset[tuple[str, str]], of: Columns = _of) -> ColumnElement[bool]:
        """Return the condition that one of these holds it at one of these places."""
        key = (bodies is self.below, places)
        if key not in self._held:
            self._held[key] = self._holding(bodies, places)
        whole, partly, holders = self._held[key]
        found: list[ColumnElement[bool]] = []
        if whole:
            found.append(and_(of.holder.is_not(None), of.holder != "", _at(of, whole)))
        if partly:
            found.append(and_(_at(of, partly), self._named(of.holder, holders)))
        return _either(*found)

    def _holding(self, bodies: Bodies, places: frozenset[tuple[str, str]]) -> _Held:
        """Look up where these hold everything, where they hold some of it, and who of them does."""
        kept = t.standing.c
        # As an expression, since SQLite looks for each place and each of thousands of holders by the index of both.
        holder = kept.holder.concat("")
        theirs = self._counts(places, bodies.among(holder)) if places else {}
        every = self._counts(places, kept.holder != "") if theirs else {}
        # Where everything is theirs, nobody is asked for by name: an office may have thousands below it.
        whole = _stages([place for place, count in theirs.items() if every[place] == count])
        partly = _stages([place for place, count in theirs.items() if every[place] != count])
        if not partly:
            return whole, partly, ()
        there = (kept.nominations != 0, _at(kept, partly), bodies.among(holder))
        return whole, partly, self._connection.execute(select(kept.holder).where(*there).distinct()).scalars().all()

    def _counts(self, places: Collection[tuple[str, str]], asked: ColumnElement[bool]) -> Mapping[tuple[str, str], int]:
        """Return how many stand at these places, as far as their holder is asked for."""
        kept, (programs, stages) = t.standing.c, ({place[part] for place in places} for part in (0, 1))
        counts = select(kept.program_id, kept.stage, func.sum(kept.nominations)).where(
            kept.nominations != 0, kept.program_id.in_(sorted(programs)), kept.stage.in_(sorted(stages)), asked
        )
        rows = self._connection.execute(counts.group_by(kept.program_id, kept.stage))
        return {(program_id, stage): count for program_id, stage, count in rows if (program_id, stage) in places}

    def _in_the_tree(self) -> ColumnElement[bool]:
        if not self._rest:
            # They run whatever there is: a database would gather all rows before it looks at the first.
            return true()
        sides = ((_of.nominator, self._sides.nominators), (_of.unit, self._sides.units))
        behind = (self._in(column, places) for column, places in sides if places)
        return _either(self.run_by(self.below), self._held_at(self.below, self._held_places_of_others), *behind)

    @cached_property
    def _rest(self) -> frozenset[str]:
        """The programs that neither they nor anybody below them runs."""
        return frozenset(one.program.id for one in self._everything) - self.programs_of(self.below)

    @cached_property
    def _sides(self) -> Sides:
        """Who of them nominates in programs that they do not run, by program, and whose units others nominate there.

        Of all below an office few nominate, and mostly for units that lie below them: few names are asked for.
        """
        if not self._rest:
            return Sides()
        return self._known.of(self._connection, self._mine, self._rest, self._find_sides)

    def _find_sides(self) -> Sides:
        of, mine = t.side.c, self._mine
        there = of.program_id.in_(sorted(self._rest))
        sides = select(of.program_id, of.unit, of.nominator).where(there).limit(_CLIMBED + 1)
        found = self._connection.execute(sides).tuples().all()
        if len(found) > _CLIMBED:
            found = self._connection.execute(self._sides_below(there)).tuples().all()
        self._tree.learn(name for _, *names in found for name in names)
        is_theirs = self._tree.is_at_or_above
        nominators = {(program_id, nominator) for program_id, _, nominator in found if is_theirs(mine, nominator)}
        units = {
            (program_id, unit)
            for program_id, unit, nominator in found
            if (program_id, nominator) not in nominators and is_theirs(mine, unit)
        }
        return Sides(tuple(sorted(nominators)), tuple(sorted(units)))

    def _sides_below(self, there: ColumnElement[bool]) -> Select[tuple[str, str, str]]:
        """Ask for the sides of these programs of which either lies below, where those of all are too many to read."""
        of, nominates, belongs = t.side.c, self.below.named("nominates"), self.below.named("belongs")
        by, from_ = nominates.c.name, belongs.c.name
        sides = t.side.join(nominates, by == of.nominator, isouter=True).join(belongs, from_ == of.unit, isouter=True)
        # Of a nominator that lies below, whose units they are is not told.
        query = select(of.program_id, case((by.is_(None), of.unit), else_=of.nominator), of.nominator)
        return query.select_from(sides).where(there, or_(by.is_not(None), from_.is_not(None))).distinct()

    @cached_property
    def _held_places_of_others(self) -> frozenset[tuple[str, str]]:
        """The places at which they hold what they neither run nor have put forward."""
        places = {key for key in self._held_places - self._places_of_sides if key[0] in self._rest}
        if not places:
            return frozenset()
        kept = t.standing.c
        there = (kept.nominations != 0, kept.holder != "", _at(kept, _stages(places)))
        held = self._connection.execute(select(kept.program_id, kept.stage, kept.holder).where(*there)).tuples().all()
        self._tree.learn(holder for *_, holder in held)
        is_theirs = self._tree.is_at_or_above
        return frozenset((program_id, stage) for program_id, stage, holder in held if is_theirs(self._mine, holder))

    def _in(self, column: ColumnElement[str], places: Collection[tuple[str, str]]) -> ColumnElement[bool]:
        """Return the condition that a nomination is of one of these programs and names one of these bodies."""
        programs, names = ({place[part] for place in places} for part in (0, 1))
        return and_(_of.program_id.in_(sorted(programs)), self._named(column, names))

    def _named(self, column: ColumnElement[str], names: Iterable[str]) -> ColumnElement[bool]:
        """Say that a column is one of these, one by one where they are few: a database then knows how few these are."""
        told = sorted(names)
        few = len(told) <= _FEW
        return column.in_(told) if few else among_names(column, told, self._connection.dialect.name)

    @cached_property
    def _held_places(self) -> frozenset[tuple[str, str]]:
        """Every place of a program at which somebody must act, in whatever version."""
        return frozenset((running.program.id, key) for running in self._everything for key in self._places(running))

    @cached_property
    def _places_of_sides(self) -> frozenset[tuple[str, str]]:
        """Those of them at which, in every version, that is the nominee's own unit or nominator."""
        versions = [version for running in self._everything for version in self._versions_of(running)]
        named = {
            (one.program.id, key) for one in versions for key in one.pipeline.standings if not is_held_by_side(one, key)
        }
        return self._held_places - named

    def _places(self, running: Running) -> Iterable[str]:
        for version in self._versions_of(running):
            yield from (key for key, standing in version.pipeline.standings.items() if not standing.ended)


def _at(of: Columns, stages: Mapping[str, Collection[str]]) -> ColumnElement[bool]:
    """Return the condition that a row is of one of these places of programs."""
    places = (and_(of.program_id == program_id, of.stage.in_(sorted(some))) for program_id, some in stages.items())
    return _either(*places)


def _either(*asked: ColumnElement[bool]) -> ColumnElement[bool]:
    """Return the condition that one of these holds: SQLite uses no index beside one that never does."""
    some = [one for one in asked if not isinstance(one, False_)]
    return or_(*some) if some else false()


def _stages(places: Collection[tuple[str, str]]) -> Mapping[str, Collection[str]]:
    """Gather places by their program."""
    found = defaultdict[str, list[str]](list)
    for program_id, stage in places:
        found[program_id].append(stage)
    return found
