"""Allotting the places of a quota: to each nominator, or unit, its own number, given or computed from figures."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from sqlalchemy import delete, func, insert, select
from sqlalchemy.engine import Connection

from documents.errors import DocumentError
from documents.tables import Table, read_table
from operations.acts import Act
from operations.authority import refuses
from operations.columns import HEADINGS
from operations.desk import Desk
from operations.jurisdictions import Matter
from operations.policy import Deed
from operations.results import Denied, MisstatedError, denied
from programs import Program, Words
from programs.allocation import largest_remainder, shares
from programs.model import Quota
from states import Refusal
from store import hold
from store import tables as t

#: The heading under which a table says the places themselves.
PLACES = "名额"
_OWNERS = frozenset({*HEADINGS["nominator"], *HEADINGS["unit"], "区县", "区县名称", "行业部门"})


@dataclass(frozen=True, slots=True)
class Allotted:
    """How many places each body has, and how many together."""

    quota: str
    places: Mapping[str, int]

    @property
    def total(self) -> int:
        """All places together."""
        return sum(self.places.values())


def allotments_of(content: bytes, name: str, *, total: int | None, weights: Mapping[str, Fraction]) -> dict[str, int]:
    """Return the places of each body in a table: as it says them, or computed from its figures.

    With `weights`, by the headings of figures, `total` places are divided by them; without, a column 名额 says them.
    Raises `DocumentError` for a table that does not say what is needed.
    """
    wanted = {"".join(heading.split()): heading for heading in weights} or {PLACES: PLACES}
    meaning = {**dict.fromkeys(_OWNERS, "owner"), **wanted}.get
    table = read_table(content, name, meaning, "owner")
    missing = [heading for heading in wanted.values() if heading not in table.columns]
    if missing:
        headings = "、".join(missing)
        raise DocumentError(Words(f"{name} 里没有“{headings}”一栏", f"{name} has no column {headings}"))
    figures = _figures(table, list(wanted.values()), name)
    if not weights:
        return {body: int(own[PLACES]) for body, own in figures.items()}
    if total is None:
        raise DocumentError(Words("按数据分配名额要写明总数", "to divide places, say how many there are"))
    try:
        return largest_remainder(total, shares(figures, weights))
    except ValueError as error:
        raise DocumentError(
            Words("权重或数据合计为零，无从分配", "the weights or figures come to nothing, so nothing can be divided")
        ) from error


def allot(desk: Desk, program_id: str, quota_id: str, places: Mapping[str, int], act: Act) -> Allotted | Denied:
    """Allot the places of a quota, in the place of what was allotted before; who is not named has the quota's limit.

    Refused where somebody has taken more places already. Raises `UnknownError` for a program or quota that there is
    none of.
    """
    with desk.store.write() as transaction:
        connection = transaction.connection
        program = desk.relied_on(connection, program_id).program
        quota = _quota(program, quota_id)
        hold(connection, {("limit", program_id, f"quota.{quota_id}", owner) for owner in places})
        refused = denied(
            refuses(connection, act.actor, Deed.RULE, Matter(program_id, program.office)),
            *_taken_already(connection, program, quota, places),
        )
        if refused:
            transaction.abandon()
            return refused
        of = t.allotment.c
        connection.execute(delete(t.allotment).where(of.program_id == program_id, of.quota == quota_id))
        rows = [
            {"program_id": program_id, "quota": quota_id, "owner": owner, "places": count}
            for owner, count in places.items()
        ]
        if rows:
            connection.execute(insert(t.allotment), rows)
        transaction.record(program_id, "quota.allotted", quota=quota_id, places=dict(places), **act.signature())
        return Allotted(quota_id, dict(places))


def _figures(table: Table, wanted: list[str], name: str) -> dict[str, dict[str, Fraction]]:
    columns = {heading: table.column(heading).tolist() for heading in (*wanted, "owner")}
    figures: dict[str, dict[str, Fraction]] = {}
    for place, body in enumerate(columns["owner"]):
        if not body or body in ("合计", "总计"):
            continue
        row = table.first + place + 1
        if body in figures:
            raise DocumentError(Words(f"{name} 第 {row} 行：{body} 写了两次", f"{name} row {row}: {body} stands twice"))
        figures[body] = {heading: _number(columns[heading][place], name, row) for heading in wanted}
    return figures


def _number(text: str, name: str, row: int) -> Fraction:
    try:
        number = Fraction(text.replace(",", "").replace("，", ""))
    except (ValueError, ZeroDivisionError):
        number = Fraction(-1)
    if number < 0:
        raise DocumentError(
            Words(f"{name} 第 {row} 行：“{text}”不是数字", f"{name} row {row}: {text!r} is no number that can be used")
        )
    return number


def _quota(program: Program, quota_id: str) -> Quota:
    quota = next((one for one in program.quotas if one.id == quota_id), None)
    if quota is None:
        raise MisstatedError(
            Words("没有名额规定 {id}；本项目有：{known}", "there is no quota {id}; the program has: {known}").format(
                id=quota_id, known="、".join(one.id for one in program.quotas) or "—"
            )
        )
    return quota


def _taken_already(connection: Connection, program: Program, quota: Quota, places: Mapping[str, int]) -> list[Refusal]:
    of = t.place.c
    taken = dict(
        connection.execute(
            select(of.owner, func.count())
            .where(of.program_id == program.id, of.limit_key == f"quota.{quota.id}")
            .group_by(of.owner)
        )
        .tuples()
        .all()
    )
    return [
        Refusal(
            "places-taken",
            Words(
                "“{owner}”已报 {taken} 名，多于拟给的 {count} 名", "{owner} has taken {taken}, more than {count}"
            ).format(owner=owner, taken=taken[owner], count=count),
            Words("请先退回或撤回，或多给名额", "return or withdraw some first, or allot more"),
            quota.clause,
        )
        for owner, count in places.items()
        if taken.get(owner, 0) > count
    ]
