"""The tables against the history: what a row says must be what the events of it came to.

No program's nominations are kept in memory: the database joins each with its first and its last move, and they pass by
one at a time.
"""

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime
from itertools import chain, groupby
from typing import Any

from sqlalchemy import Column, ColumnElement, LargeBinary, and_, cast, exists, func, or_, select, type_coerce
from sqlalchemy import Text as SqlText
from sqlalchemy.engine import Connection

from deadlines.zone import SHANGHAI
from operations.desk import definition_digest
from programs import Words
from store import tables as t
from store.types import Document, document_text

#: What a field of a row can hold. Days and instants are told as ISO 8601, instants in Shanghai time.
Value = str | int | None

#: What a table, or the history, says of something: its fields, by what it is about.
Facts = dict[str, dict[str, Value]]


@dataclass(frozen=True, slots=True)
class Disagreement:
    """A field of a row that the history tells otherwise.

    `number` is a nomination's number or the program's id, or names a ruling, a list or a document of the program. The
    field `exists` is about the row itself.
    """

    program: str
    number: str
    field: str
    table: Value
    history: Value

    @property
    def words(self) -> Words:
        """Say what disagrees."""
        return Words(
            "{field}：数据表为 {table}，办理记录为 {history}", "{field}: the table says {table}, the history {history}"
        ).format(
            field=_FIELDS.get(self.field, Words(self.field, self.field)),
            table=_spoken(self.table),
            history=_spoken(self.history),
        )


def disagreements(connection: Connection, program_id: str | None = None) -> Iterator[Disagreement]:
    """Name every field of the tables that the history tells otherwise, of one program or of all, in no order.

    An event that cannot be read is left to the chain, which is broken there.
    """
    tables = _Tables(connection, program_id)
    return chain(tables.nominations(), tables.strays(), tables.programs())


_FIELDS = {
    "exists": Words("有无此记录", "whether it exists"),
    "stage": Words("所处环节（stage）", "stage"),
    "version": Words("版本（version）", "version"),
    "nominee": Words("候选人（nominee）", "nominee"),
    "unit": Words("单位（unit）", "unit"),
    "nominator": Words("推荐单位（nominator）", "nominator"),
    "category": Words("类别（category）", "category"),
    "route": Words("推荐渠道（route）", "route"),
    "opened_at": Words("开通时间（opened_at）", "opened_at"),
    "definition": Words("项目内容和期限的摘要（definition）", "the digest of what the program says (definition)"),
    "decision": Words("裁定的决定（decision）", "decision"),
    "actor": Words("裁定人（actor）", "actor"),
    "decided_at": Words("裁定时间（decided_at）", "decided_at"),
    "venue": Words("公示渠道（venue）", "venue"),
    "first_day": Words("公示首日（first_day）", "first_day"),
    "last_day": Words("公示末日（last_day）", "last_day"),
    "closes_at": Words("公示截止（closes_at）", "closes_at"),
    "objections_close_at": Words("异议截止（objections_close_at）", "objections_close_at"),
    "provisional": Words("是否暂定（provisional）", "provisional"),
    "period": Words("公示天数的算法（period）", "how its days are counted (period)"),
    "objections": Words("异议天数的算法（objections）", "how days to object are counted (objections)"),
    "stated": Words("末日是否由主办单位写明（stated）", "whether the office named the last day (stated)"),
    "due_at": Words("到期时间（due_at）", "due_at"),
    "digest": Words("项目的摘要（digest）", "the program's digest"),
    "issued_at": Words("发文时间（issued_at）", "issued_at"),
}


def _spoken(value: Value) -> Words:
    if isinstance(value, bool):
        return Words("是", "yes") if value else Words("否", "no")
    return Words("（无）", "nothing") if value is None else Words(str(value), str(value))


#: Instants by the program, or by the nomination, that they are of.
Dues = dict[str, set[Value]]

#: What a nomination keeps as it was drawn up.
_DRAWN_UP = ("nominee", "unit", "nominator", "category", "route")

#: How the history of a nomination begins and goes on.
_CREATED, _MOVED, _RECOUNTED = "nomination.created", "nomination.moved", "correction.recounted"

#: How many rows a server hands over at once.
_ROWS = {"yield_per": 1000}


class _Tables:
    """Asks a database for rows, beside what the history says of them."""

    def __init__(self, connection: Connection, program_id: str | None) -> None:
        self._connection = connection
        self._program_id = program_id
        self._is_sqlite = connection.dialect.name == "sqlite"

    def nominations(self) -> Iterator[Disagreement]:
        """Hold each nomination against its first and its last move."""
        of, moves = t.nomination.c, t.event.c
        ends = (
            select(
                moves.program_id,
                moves.nomination,
                func.min(moves.position).label("first"),
                func.max(moves.position).label("last"),
            )
            .where(moves.nomination.is_not(None), or_(*map(self._is_kind, (_CREATED, _MOVED))))
            .where(*self._of(moves.program_id))
            .group_by(moves.program_id, moves.nomination)
            .subquery()
        )
        first, last = t.event.alias("first"), t.event.alias("last")
        joined = t.nomination.outerjoin(ends, and_(ends.c.program_id == of.program_id, ends.c.nomination == of.number))
        for one, position in ((first, ends.c.first), (last, ends.c.last)):
            joined = joined.outerjoin(one, and_(one.c.program_id == of.program_id, one.c.position == position))
        query = select(
            *map(self._raw, (of.program_id, of.number, first.c.payload, last.c.payload)),
            *map(self._raw, (of.stage, *(of[name] for name in _DRAWN_UP))),
            of.version,
            self._raw(of.due_at),
        )
        explained = self._dues()
        query = query.select_from(joined).where(*self._of(of.program_id))
        with self._connection.execute(query, execution_options=_ROWS) as rows:
            for row in rows:
                yield from _of_nomination(row, explained)

    def _dues(self) -> Dues:
        """Return the instants that nominations may be due at though no move of theirs says so."""
        dues: Dues = defaultdict(set)
        of_program, of_list = t.program.c, t.publicity.c
        for program, closes in self._rows(of_program.id, of_program.closes):
            with suppress(ValueError, TypeError, KeyError, AttributeError):
                dues[program] |= {_instant(close["at"]) for close in json.loads(_text(closes)).values()}
        for program, closes in self._rows(of_list.program_id, of_list.objections_close_at):
            dues[program].add(_instant(closes))
        moves = t.event.c
        again = select(self._raw(moves.payload)).where(self._is_kind(_RECOUNTED), *self._of(moves.program_id))
        for (payload,) in self._connection.execute(again):
            if event := _read(payload):
                dues[str(event.get("nomination"))].add(_instant(event.get("to")))
        return dues

    def strays(self) -> Iterator[Disagreement]:
        """Name every nomination that the history tells of and the table does not have."""
        of = t.event.c
        known = exists().where(t.nomination.c.number == of.nomination)
        query = select(self._raw(of.program_id), self._raw(of.nomination)).distinct()
        query = query.where(of.nomination.is_not(None), ~known, *self._of(of.program_id))
        with self._connection.execute(query, execution_options=_ROWS) as rows:
            for program, number in rows:
                yield Disagreement(_text(program), _text(number), "exists", table=False, history=True)

    def programs(self) -> Iterator[Disagreement]:
        """Hold each program, its rulings, lists and documents against its own events."""
        of = t.event.c
        query = select(self._raw(of.program_id), self._raw(of.payload)).order_by(of.program_id, of.position)
        told: dict[str, Facts] = {}
        with self._connection.execute(
            query.where(of.nomination.is_(None), *self._of(of.program_id)), execution_options=_ROWS
        ) as rows:
            for program, events in groupby(rows, key=lambda row: _text(row[0])):
                told[program] = _told(event for _, payload in events if (event := _read(payload)))
        kept = self._kept()
        for program in sorted(kept.keys() | told.keys()):
            yield from _compared(program, kept.get(program, {}), told.get(program, _told(())))

    def _kept(self) -> dict[str, Facts]:
        """Return what the tables say of each program."""
        kept: dict[str, Facts] = {}
        of_program, of_ruling, of_list, of_document = (one.c for one in (t.program, t.ruling, t.publicity, t.document))
        for program, opened_at, definition, closes, kept_digest in self._rows(
            of_program.id, of_program.opened_at, of_program.definition, of_program.closes, of_program.digest
        ):
            digest = definition_digest(_text(definition), _text(closes))
            kept[program] = {
                _ITSELF: {"opened_at": _instant(opened_at), "definition": digest, "digest": _text(kept_digest)}
            }
        for program, ruling, decision, actor, decided_at in self._rows(
            of_ruling.program_id, of_ruling.ruling_id, of_ruling.decision, of_ruling.actor, of_ruling.decided_at
        ):
            kept.setdefault(program, {})[f"ruling:{_text(ruling)}"] = {
                "decision": _json(decision),
                "actor": _text(actor),
                "decided_at": _instant(decided_at),
            }
        days = (of_list.first_day, of_list.last_day, of_list.closes_at, of_list.objections_close_at)
        said = (of_list.period, of_list.objections, of_list.stated)
        for program, stage, published_at, venue, first, last, closes, objections, provisional, *how in self._rows(
            of_list.program_id, of_list.stage, of_list.published_at, of_list.venue, *days, of_list.provisional, *said
        ):
            facts = kept.setdefault(program, {})
            facts[_name_of_list(facts, _text(stage), _instant(published_at))] = {
                "venue": _text(venue),
                "first_day": _day(first),
                "last_day": _day(last),
                "closes_at": _instant(closes),
                "objections_close_at": _instant(objections),
                "provisional": provisional in (True, b"1"),
                "period": _text(how[0]),
                "objections": _text(how[1]),
                "stated": how[2] in (True, b"1"),
            }
        for program, number, issued_at in self._rows(of_document.program_id, of_document.number, of_document.issued_at):
            kept.setdefault(program, {})[f"document:{_text(number)}"] = {"issued_at": _instant(issued_at)}
        return kept

    def _rows(self, program: Column[str], *columns: Column[Any]) -> Iterator[tuple[Any, ...]]:
        """Read some columns of a table in the order of its key, each row after the id of its program."""
        query = select(self._raw(program), *map(self._raw, columns)).where(*self._of(program))
        for key, *rest in self._connection.execute(query.order_by(*program.table.primary_key)):
            yield _text(key), *rest

    def _raw(self, column: ColumnElement[Any]) -> ColumnElement[Any]:
        """Read a column as the bytes that are there: on SQLite it may hold anything that somebody has put into it."""
        if self._is_sqlite:
            return cast(column, LargeBinary)
        return type_coerce(column, SqlText) if isinstance(column.type, Document) else column

    def _is_kind(self, kind: str) -> ColumnElement[bool]:
        """Whether an event is of this kind. A quotation mark within a text is written otherwise in JSON."""
        find = func.instr if self._is_sqlite else func.strpos
        return find(t.event.c.payload, f'"kind":"{kind}"') > 0

    def _of(self, program: ColumnElement[str]) -> tuple[ColumnElement[bool], ...]:
        return () if self._program_id is None else (program == self._program_id,)


def _of_nomination(row: Sequence[Any], explained: Dues) -> Iterator[Disagreement]:
    program, number, first, last, stage, *drawn_up, version, due_at = row
    created = _read(first)
    moved = created if last == first else _read(last)
    if first is None or (created and created.get("kind") != _CREATED):
        yield Disagreement(_text(program), _text(number), "exists", table=True, history=False)
        return
    told: list[tuple[str, Any, Value]] = []
    if created:
        told += [(name, kept, created.get(name)) for name, kept in zip(_DRAWN_UP, drawn_up, strict=True)]
    if moved:
        told += [("stage", stage, moved.get("to")), ("version", version, moved.get("version", 1))]
        due, moved_to = _instant(due_at), _instant(moved.get("due"))
        if due != moved_to and due not in {*explained.get(_text(program), ()), *explained.get(_text(number), ())}:
            yield Disagreement(_text(program), _text(number), "due_at", due, moved_to)
    for name, kept, value in told:
        if _text(kept) != value:
            yield Disagreement(_text(program), _text(number), name, _shown(kept), value)


#: What is said of a program itself.
_ITSELF = ""


def _told(events: Iterable[Mapping[str, Any]]) -> Facts:
    """Return what the events of a program come to, in their order."""
    facts: Facts = {_ITSELF: {"opened_at": None}}
    for event in events:
        now = _instant(event.get("now"))
        if "definition" in event:
            # Whatever changes what a program says tells what it says from then on. Earlier versions did not.
            facts[_ITSELF]["definition"] = facts[_ITSELF]["digest"] = event["definition"]
        match event.get("kind"):
            case "program.opened":
                facts[_ITSELF]["opened_at"] = now
            case "ruling.confirmed":
                facts[f"ruling:{event.get('ruling')}"] = {
                    "decision": event.get("decision"),
                    "actor": event.get("actor"),
                    "decided_at": now,
                }
            case "publicity.started":
                name = _name_of_list(facts, event.get("stage"), now)
                facts[name] = {"venue": event.get("venue"), **_days(event), **_said(event)}
            case "publicity.recounted":
                _recount(facts, event)
            case "document.issued":
                facts[f"document:{event.get('document')}"] = {"issued_at": now}
    return facts


def _recount(facts: Facts, event: Mapping[str, Any]) -> None:
    """Give the list that was counted again its new days; it is known by its stage and the days that it had."""
    before, after = _days(event.get("from") or {}), _days(event.get("to") or {})
    for name, said in facts.items():
        if name.startswith(f"publicity:{event.get('stage')}@") and before.items() <= said.items():
            said.update(after)
            return


def _days(said: Mapping[str, Any]) -> dict[str, Value]:
    """Return the days of a list as an event says them: objections are told only where they outlast it."""
    return {
        "first_day": said.get("first_day"),
        "last_day": said.get("last_day"),
        "closes_at": _instant(said.get("closes")),
        "objections_close_at": _instant(said.get("objections_close", said.get("closes"))),
        "provisional": said.get("provisional"),
    }


def _said(event: Mapping[str, Any]) -> dict[str, Value]:
    """Return how the days of a list are counted, as its event says it; earlier versions did not."""
    if "period" not in event:
        return {}
    return {
        "period": document_text(event["period"]),
        "objections": document_text(event["objections"]) if event.get("objections") else None,
        "stated": event.get("stated", False),
    }


def _name_of_list(facts: Facts, stage: str | None, published_at: Value) -> str:
    """Name a list by its stage and its publication; a second one of the same instant is told apart by its number."""
    name = f"publicity:{stage}@{published_at}"
    same = sum(one == name or one.startswith(f"{name}#") for one in facts)
    return f"{name}#{same + 1}" if same else name


def _compared(program: str, kept: Facts, told: Facts) -> Iterator[Disagreement]:
    for subject in sorted(kept.keys() | told.keys()):
        number = subject or program
        if subject not in kept or subject not in told:
            yield Disagreement(program, number, "exists", table=subject in kept, history=subject in told)
            continue
        for field, value in told[subject].items():
            if kept[subject][field] != value:
                yield Disagreement(program, number, field, kept[subject][field], value)


def _read(payload: bytes | str | None) -> dict[str, Any] | None:
    """Read an event; nothing where it is none, or none that can be read."""
    try:
        event = json.loads(_text(payload) or "")
    except (ValueError, RecursionError):
        return None
    return event if isinstance(event, dict) else None


def instant_of(payload: bytes | str | None) -> datetime | None:
    """Return the instant of an event; nothing where it cannot be read."""
    event = _read(payload) or {}
    with suppress(TypeError, ValueError):
        instant = datetime.fromisoformat(event.get("now", ""))
        return instant if instant.tzinfo else None
    return None


def _text(value: Any) -> Any:  # noqa: ANN401 - what is no text stays what it is
    return value.decode(errors="replace") if isinstance(value, bytes) else value


def _shown(value: object) -> Value:
    return value if isinstance(value, str | int | None) else str(_text(value) if isinstance(value, bytes) else value)


def _json(value: bytes | str | None) -> Value:
    try:
        return _shown(json.loads(value or ""))
    except (ValueError, RecursionError):
        return _shown(_text(value))


def _instant(value: datetime | bytes | str | None) -> Value:
    """Tell an instant in Shanghai time; without a zone it is the store's, in UTC. What is none is told as it is."""
    if value is None:
        return None
    if not isinstance(value, datetime):
        try:
            value = datetime.fromisoformat(_text(value))
        except ValueError:
            return _shown(_text(value))
    return (value if value.tzinfo else value.replace(tzinfo=UTC)).astimezone(SHANGHAI).isoformat()


def _day(value: date | bytes) -> Value:
    return value.isoformat() if isinstance(value, date) else _shown(_text(value))
