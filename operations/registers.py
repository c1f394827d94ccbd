"""The register of a program's nominations with what is kept of their nominees: masked, and in full only for a reason.

Rows pass by one at a time, so a register of any length takes the same memory.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from cryptography.exceptions import InvalidTag
from sqlalchemy import BindParameter, Row, bindparam, exists, select
from sqlalchemy.engine import Connection

from deadlines.zone import SHANGHAI
from documents.streams import Column, stream_table
from operations.acts import Act
from operations.authority import Authority, matter_of
from operations.desk import Desk, Running
from operations.experts.sight import Sight
from operations.jurisdictions import Matter
from operations.lookup import expect_stage, stands_in
from operations.paths import path_of
from operations.personal import PersonalKind, no_reason
from operations.policy import Deed, allows, may
from operations.results import Denied, UnknownError
from programs import Program, Words
from programs.facts import Facts
from programs.model import NomineeKind
from programs.rules import Level, Quantity
from states import Refusal
from store import Vault, masked
from store import tables as t
from store.files import draft_of, put_in_place

#: How many nominations are read at once.
_CHUNK: Final = 500

_NOMINEE: Final = {
    NomineeKind.PERSON: "姓名",
    NomineeKind.UNIT: "申报单位",
    NomineeKind.STUDIO: "工作室",
    NomineeKind.TEAM: "团队",
}
_WIDTHS: Final = {PersonalKind.IDENTITY: 21, PersonalKind.PHONE: 17, PersonalKind.BANK_ACCOUNT: 23}

_IDS: BindParameter[Any] = bindparam("ids", expanding=True)
_SEALED = select(t.personal.c.nomination_id, t.personal.c.kind, t.personal.c.sealed).where(
    t.personal.c.nomination_id.in_(_IDS)
)
_STATED = select(t.dossier.c.nomination_id, t.dossier.c.facts).where(t.dossier.c.nomination_id.in_(_IDS))


@dataclass(frozen=True, slots=True)
class Registered:
    """A register was written: `rows` nominations, of which `in_full` with personal data that nothing hides."""

    rows: int
    in_full: int


def write_register(  # noqa: PLR0913 - what is asked for, each by name
    desk: Desk,
    program_id: str,
    file: Path,
    act: Act,
    *,
    stage: str | None = None,
    category: str | None = None,
    in_full: bool = False,
) -> Registered | Denied:
    """Write the nominations of a program that the actor may see to an `.xlsx`, whole or not at all.

    In full, each nomination's personal data is what `operations.personal.reveal` would tell the actor of it, and one
    event says of how many and of which it was. Raises `UnknownError` for a program, a stage or a category that is not
    there, `DocumentError` for more rows than a sheet has, and `OSError` where the file cannot be written.
    """
    with draft_of(file) as draft:
        with desk.store.read() as connection:
            running = desk.running(connection, program_id)
            _expect(desk.holding(connection, program_id, stage or ""), stage, category)
            seen = _Seen(connection, act, running.program)
            if refusal := seen.refusal(in_full=in_full) or (
                no_reason() if in_full and not act.reason.strip() else None
            ):
                return Denied((refusal,))
            writer = _Writer(desk, connection, running, seen, in_full=in_full)
            rows = stream_table(
                draft,
                _title(running.program),
                _remark(act, in_full=in_full),
                writer.columns,
                writer.rows(stage, category),
            )
        if writer.revealed:
            told = writer.revealed
            kinds = [kind.value for kind in writer.kinds]
            with desk.store.write() as transaction:
                # Who was disabled while the file was written gets nothing.
                if refusal := Authority(transaction.connection, act.actor).unknown(program_id):
                    return Denied((refusal,))
                transaction.record(
                    program_id,
                    "details.exported",
                    kinds=kinds,
                    count=told.count,
                    numbers=told.ranges,
                    stage=stage,
                    category=category,
                    **act.signature(),
                )
        put_in_place(draft, file)
    return Registered(rows, writer.revealed.count)


@dataclass(slots=True)
class _Numbers:
    """Numbers of nominations as runs of their counts: a hundred thousand that follow on each other are one."""

    count: int = 0
    _runs: list[list[int]] = field(default_factory=list)

    def add(self, number: str) -> None:
        """Add the number of a nomination; they come in the order of their counts."""
        place = int(number.rpartition("-")[2])
        self.count += 1
        if self._runs and self._runs[-1][1] + 1 == place:
            self._runs[-1][1] = place
        else:
            self._runs.append([place, place])

    @property
    def ranges(self) -> list[str]:
        """The runs, as they stand in the event: `0001`, `0003-0120`."""
        return [f"{first:04d}" if first == last else f"{first:04d}-{last:04d}" for first, last in self._runs]

    def __bool__(self) -> bool:
        return self.count > 0


class _Seen:
    """What one actor may see of a program, asked once for each nomination: only their own organization is climbed."""

    def __init__(self, connection: Connection, act: Act, program: Program) -> None:
        self._actor = act.actor
        self._program = program
        self._authority = Authority(connection, act.actor)
        self._sight = Sight(connection, act.actor, act.now)
        self._is_at_or_above = self._authority.reach(act.actor.organization)

    def refusal(self, *, in_full: bool) -> Refusal | None:
        """Return why the actor may see no register at all: there is no such actor, or it is not for their role."""
        if refusal := self._authority.unknown(self._program.id):
            return refusal
        asked = (Deed.SEE_NOMINATIONS, Deed.SEE_DETAILS) if in_full else (Deed.SEE_NOMINATIONS,)
        nobodys = Matter(self._program.id, self._program.office)
        refusals = (may(self._actor, deed, nobodys, self._is_at_or_above) for deed in asked)
        return next((one for one in refusals if one and one.gate == "authority"), None)

    def may(self, deed: Deed, row: Row[Any], running: Running) -> bool:
        """Whether the actor may do this with a nomination, which is judged by this version of its program."""
        unseen = self._sight.recused if deed is Deed.SEE_DETAILS else self._sight.refuses
        if unseen(running, row):
            return False
        return allows(self._actor, deed, matter_of(self._program, row), self._is_at_or_above)


class _Writer:
    """Turns nominations into rows of text. `revealed` fills as they pass."""

    def __init__(self, desk: Desk, connection: Connection, running: Running, seen: _Seen, *, in_full: bool) -> None:
        self._connection = connection
        self._running = running
        self._versions = {one.revision: one for one in desk.versions(connection, running.program.id)}
        self._seen = seen
        self._in_full = in_full
        self._vault = _vault(desk, connection, in_full=in_full)
        program = running.program
        self.kinds = _kept(connection, program.id)
        self._levels, self._numbers = _facts(program)
        self._categories = {one.id: one.name for one in program.categories}
        self._traits = {one.id: one.name for one in program.traits}
        self._routes = {one.id: one.name for one in program.routes}
        self._grades = {one.id: one.award for one in program.seats}
        self._has_routes = sum(route.accepted for route in program.routes) > 1
        self.revealed = _Numbers()

    @property
    def columns(self) -> list[Column]:
        """The columns: those of every register, and those that the program makes."""
        program = self._running.program
        columns = [
            Column("编号", len(program.id) + 7),
            Column(_NOMINEE[program.nominee], 12),
            Column("工作单位", 32),
            Column("推荐单位", 28),
        ]
        columns += [Column("类别", 14)] * bool(self._categories)
        columns += [Column("推荐渠道", 12)] * self._has_routes
        columns += [Column("特征", 16)] * bool(self._traits)
        columns += [Column(heading, 14) for heading in (*self._levels.values(), *self._numbers.values())]
        columns += [Column("所处环节", 24), Column("何时起", 17), Column("待办单位", 28), Column("奖项", 18)]
        return columns + [Column(kind.label.zh, _WIDTHS[kind]) for kind in self.kinds]

    def rows(self, stage: str | None, category: str | None) -> Iterator[Sequence[str]]:
        """Yield the rows of the nominations that the actor may see, in the order of their numbers."""
        of = t.nomination.c
        query = select(t.nomination).where(of.program_id == self._running.program.id).order_by(of.id)
        if stage is not None:
            query = query.where(stands_in(stage))
        if category is not None:
            query = query.where(of.category == category)
        with self._connection.execute(query, execution_options={"yield_per": _CHUNK}) as found:
            for some in found.partitions():
                visible = [
                    row for row in some if self._seen.may(Deed.SEE_NOMINATIONS, row, self._versions[row.revision])
                ]
                yield from self._together(visible)

    def _together(self, rows: Sequence[Row[Any]]) -> Iterator[Sequence[str]]:
        ids = {"ids": [row.id for row in rows]}
        sealed: dict[int, dict[str, bytes]] = defaultdict(dict)
        if rows and self.kinds:
            for nomination, kind, value in self._connection.execute(_SEALED, ids):
                sealed[nomination][kind] = value
        stated: dict[int, Facts] = {}
        if rows and (self._levels or self._numbers):
            stated = {
                one.nomination_id: Facts.model_validate(one.facts) for one in self._connection.execute(_STATED, ids)
            }
        for row in rows:
            if row.identity is not None:
                sealed[row.id][PersonalKind.IDENTITY.value] = row.identity
            yield [*self._plain(row, stated.get(row.id, Facts())), *self._personal(row, sealed[row.id])]

    def _plain(self, row: Row[Any], facts: Facts) -> list[str]:
        path = path_of(row)
        cells = [row.number, row.nominee, row.unit, row.nominator]
        cells += [self._categories.get(path.category or "", "")] * bool(self._categories)
        cells += [self._routes.get(path.route, path.route)] * self._has_routes
        cells += ["、".join(self._traits.get(one, one) for one in sorted(path.traits))] * bool(self._traits)
        cells += [facts.levels.get(word, "") for word in self._levels]
        cells += [str(facts.numbers.get(word, "")) for word in self._numbers]
        standing = self._versions[row.revision].pipeline.standings[row.stage].name.zh
        since = f"{row.moved_at.astimezone(SHANGHAI):%Y-%m-%d %H:%M}"
        return [*cells, standing, since, row.holder or "", self._grades.get(row.grade, "")]

    def _personal(self, row: Row[Any], sealed: Mapping[str, bytes]) -> list[str]:
        if not sealed:
            return [""] * len(self.kinds)
        in_full = self._in_full and self._seen.may(Deed.SEE_DETAILS, row, self._versions[row.revision])
        if in_full:
            self.revealed.add(row.number)
        return [self._told(sealed.get(kind.value), in_full=in_full) for kind in self.kinds]

    def _told(self, sealed: bytes | None, *, in_full: bool) -> str:
        if sealed is None:
            return ""
        if in_full and self._vault:
            return self._vault.unseal(sealed)
        try:
            return masked(self._vault.unseal(sealed) if self._vault else "")
        except InvalidTag:
            return masked("")


def _vault(desk: Desk, connection: Connection, *, in_full: bool) -> Vault | None:
    """Return the vault; without the key everything is hidden, and nothing can be told in full."""
    try:
        return desk.reading(connection)
    except UnknownError:
        if in_full:
            raise
        return None


def _kept(connection: Connection, program_id: str) -> tuple[PersonalKind, ...]:
    """Return what is kept of anybody in a program."""
    of, kept = t.nomination.c, t.personal.c
    mine = select(of.id).where(of.program_id == program_id)

    def is_kept(kind: PersonalKind) -> bool:
        some = (
            mine.where(of.identity.is_not(None))
            if kind is PersonalKind.IDENTITY
            else mine.join(t.personal, kept.nomination_id == of.id).where(kept.kind == kind.value)
        )
        return bool(connection.execute(select(exists(some))).scalar())

    return tuple(kind for kind in PersonalKind if is_kept(kind))


def _facts(program: Program) -> tuple[dict[str, str], dict[str, str]]:
    """Return the levels and the numbers that rules ask nominees for, with their headings."""
    rules = [rule for path in program.paths() for rule in program.rules_asked(path)]
    levels = {
        rule.vocabulary: program.known_vocabularies[rule.vocabulary].name for rule in rules if isinstance(rule, Level)
    }
    return levels, {rule.of: rule.name for rule in rules if isinstance(rule, Quantity)}


def _expect(running: Running, stage: str | None, category: str | None) -> None:
    expect_stage(running, stage)
    known = {one.id: one.name for one in running.program.categories}
    if category is not None and category not in known:
        raise UnknownError(
            Words(
                "项目 {program} 没有类别 {category}；类别：{known}",
                "{program} has no category {category}; it has {known}",
            ).format(
                program=running.program.id,
                category=category,
                known="、".join(f"{one}（{name}）" for one, name in known.items()) or "—",
            )
        )


def _title(program: Program) -> str:
    return f"{program.award}（{program.edition}）申报名册"


def _remark(act: Act, *, in_full: bool) -> str:
    shown = f"含完整的个人信息，用于：{act.reason.strip()}；请妥善保管，用后销毁" if in_full else "个人信息已隐去部分"
    return f"{act.now.astimezone(SHANGHAI):%Y-%m-%d %H:%M} {act.actor.name}导出；{shown}"
