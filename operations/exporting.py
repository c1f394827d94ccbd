"""A list of nominations as a workbook: what somebody asked for and may see, as it stands, row by row to the disk."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from cryptography.exceptions import InvalidTag
from sqlalchemy import Row, bindparam, select
from sqlalchemy.engine import Connection

from deadlines.zone import SHANGHAI, last_day_before
from documents.streams import Column, stream_table
from operations.acts import Act
from operations.authority import Authority, matter_of
from operations.desk import Desk
from operations.finding import Found, found_in, objections_due
from operations.personal import PersonalKind
from operations.policy import Deed, allows, grants
from operations.queries import Query, conditions_of, ordered
from operations.results import Denied, UnknownError
from operations.seeing import Seeing
from store import INSTALLATION, Vault, masked
from store import tables as t
from store.files import draft_of, put_in_place

#: How many nominations are read at once.
_CHUNK: Final = 500

_COLUMNS: Final = (
    Column("编号", 26),
    Column("项目", 34),
    Column("候选人（单位）", 16),
    Column("工作单位", 30),
    Column("推荐单位", 26),
    Column("所处环节", 24),
    Column("何时起", 17),
    Column("由谁办理", 28),
    Column("截至", 12),
    Column("是否逾期", 10),
)
#: What is shown of a nominee's own data, hidden but for its ends.
_MASKED: Final = {PersonalKind.IDENTITY: 21, PersonalKind.PHONE: 17}

_SEALED = select(t.personal.c.nomination_id, t.personal.c.sealed).where(
    t.personal.c.kind == PersonalKind.PHONE.value,
    t.personal.c.nomination_id.in_(bindparam("ids", expanding=True)),
)


def export_found(desk: Desk, query: Query, file: Path, act: Act) -> int | Denied:
    """Write the nominations that a list shows to an `.xlsx`, in its order; returns how many.

    Identity numbers and phones are masked, and there only for whom they are to see. That somebody has asked is an
    event. Raises `DocumentError` for more rows than a sheet has, and `OSError` where the file cannot be written.
    """
    with draft_of(file) as draft:
        with desk.store.read() as connection:
            if refusal := Authority(connection, act.actor).unknown():
                return Denied((refusal,))
            writer = _Writer(desk, connection, act)
            rows = stream_table(draft, "申报名单", writer.remark, writer.columns, writer.rows(query))
        with desk.store.write() as transaction:
            # Who was disabled while the file was written gets nothing.
            if refusal := Authority(transaction.connection, act.actor).unknown():
                return Denied((refusal,))
            transaction.record(
                INSTALLATION,
                "nominations.exported",
                count=rows,
                of=query.program or None,
                stage=query.stage or None,
                # What was searched for may be a name or a number that belongs in no event.
                searched=bool(query.text) or None,
                mine=query.mine or None,
                late=query.late or None,
                masked=writer.kinds or None,
                **act.signature(),
            )
        put_in_place(draft, file)
    return rows


class _Writer:
    """Turns nominations into rows of text as they pass."""

    def __init__(self, desk: Desk, connection: Connection, act: Act) -> None:
        self._connection = connection
        self._act = act
        self._seeing = Seeing(desk, connection, act.actor, act.now)
        self._reach = Authority(connection, act.actor).reach(act.actor.organization)
        self._tells = act.actor.role in grants(Deed.SEE_DETAILS)
        self._vault = _vault(desk, connection) if self._tells else None

    @property
    def kinds(self) -> list[str]:
        """What of a nominee's own data the sheet has, masked."""
        return [kind.value for kind in _MASKED] if self._tells else []

    @property
    def columns(self) -> list[Column]:
        """The columns for this role."""
        return [*_COLUMNS, *(Column(kind.label.zh, width) for kind, width in _MASKED.items() if self._tells)]

    @property
    def remark(self) -> str:
        """Who made the sheet, when, and what is hidden in it."""
        hidden = "；个人信息已隐去部分" if self._tells else ""
        return f"{self._act.now.astimezone(SHANGHAI):%Y-%m-%d %H:%M} {self._act.actor.name}导出{hidden}"

    def rows(self, query: Query) -> Iterator[Sequence[str]]:
        """Yield a row of text for each nomination of the list."""
        listed = select(t.nomination).where(*conditions_of(self._seeing, query, self._act.now))
        statement = ordered(listed, replace(query, after=""))
        with self._connection.execute(statement, execution_options={"yield_per": _CHUNK}) as found:
            for some in found.partitions():
                yield from self._together(self._seeing.visible(some))

    def _together(self, rows: Sequence[Row[Any]]) -> Iterator[Sequence[str]]:
        sealed: dict[int, bytes] = {}
        if rows and self._tells:
            sealed = dict(self._connection.execute(_SEALED, {"ids": [row.id for row in rows]}).tuples().all())
        objections = objections_due(self._connection, self._seeing, rows)
        for row in rows:
            found = found_in(self._seeing.version(row), row, self._act.now, objections)
            yield [*_plain(found), *(self._personal(found, row, sealed) if self._tells else ())]

    def _personal(self, found: Found, row: Row[Any], sealed: dict[int, bytes]) -> list[str]:
        shown = allows(self._act.actor, Deed.SEE_DETAILS, matter_of(found.program, row), self._reach)
        return [self._told(one, shown=shown) for one in (row.identity, sealed.get(row.id))]

    def _told(self, sealed: bytes | None, *, shown: bool) -> str:
        if not sealed:
            return ""
        try:
            return masked(self._vault.unseal(sealed) if shown and self._vault else "")
        except InvalidTag:
            return masked("")


def _plain(found: Found) -> list[str]:
    program = found.program
    return [
        found.number,
        f"{program.award}（{program.edition}）",
        found.nominee,
        found.unit,
        found.nominator,
        found.standing.zh,
        f"{found.since.astimezone(SHANGHAI):%Y-%m-%d %H:%M}",
        found.holder or "",
        last_day_before(found.by).isoformat() if found.by else "",
        "是" if found.late else "",
    ]


def _vault(desk: Desk, connection: Connection) -> Vault | None:
    """Return the vault; without the key everything is hidden."""
    try:
        return desk.reading(connection)
    except UnknownError:
        return None
