"""What a statement can say of many rows at once, the same on every database: JSON, digests, escaped keys."""

import json
from collections.abc import Collection, Mapping, Sequence
from functools import reduce
from operator import add
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    FromClause,
    Insert,
    Integer,
    Text,
    any_,
    bindparam,
    cast,
    column,
    func,
    literal,
    select,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.engine import Dialect
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement, GenericFunction
from sqlalchemy.sql.visitors import InternalTraversal
from sqlalchemy.types import TypeDecorator, TypeEngine
from typing_extensions import override

from store.types import Line


class sha256_hex(GenericFunction[str]):  # noqa: N801 - a function of the database
    """The SHA-256 of a text's UTF-8, in hexadecimal. SQLite has it from `store.engine`."""

    type = Line(64)
    inherit_cache = True


class json_text(GenericFunction[str]):  # noqa: N801 - as above
    """A text as JSON writes it: quoted, with only quotes, backslashes and control characters escaped."""

    type = Text()
    inherit_cache = True


class _Ids(TypeDecorator[list[int]]):
    """Many ids in one value: an array where the database has arrays, else JSON."""

    impl = Text
    cache_ok = True

    @override
    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        return dialect.type_descriptor(ARRAY(BigInteger) if dialect.name == "postgresql" else Text())

    @override
    def process_result_value(self, value: Any, dialect: Dialect) -> list[int]:
        return json.loads(value) if isinstance(value, str) else list(value or ())


class id_list(GenericFunction[list[int]]):  # noqa: N801 - as above
    """All ids of a group, in no order."""

    type = _Ids()
    inherit_cache = True


def _written(function: type[FunctionElement[Any]], dialect: str, form: str) -> None:
    """Say how one kind of database writes a function of one argument."""

    @compiles(function, dialect)
    def write(element: FunctionElement[Any], compiler: SQLCompiler, **options: Any) -> str:  # noqa: ANN401
        return form.format(compiler.process(element.clauses, **options))


_written(sha256_hex, "postgresql", "encode(sha256(convert_to({}, 'UTF8')), 'hex')")
_written(json_text, "postgresql", "CAST(to_json({}) AS TEXT)")
_written(json_text, "sqlite", "json_quote({})")
_written(id_list, "postgresql", "array_agg({})")
_written(id_list, "sqlite", "json_group_array({})")


def json_object(facts: Mapping[str, Any], *, separators: tuple[str, str]) -> ColumnElement[str]:
    """Return the JSON object of these facts, its keys sorted, for each row that the statement speaks of.

    A fact may be a column of those rows: text, or a whole number. It gives the bytes that `json.dumps` gives for the
    values with `sort_keys`, these separators and Chinese as itself.
    """
    between, after_key = separators
    parts: list[str | ColumnElement[str]] = ["{"]
    for place, (key, value) in enumerate(sorted(facts.items())):
        parts.append((between if place else "") + _dumped(key, separators) + after_key)
        if isinstance(value, ColumnElement):
            parts.append(cast(value, Text) if isinstance(value.type, Integer) else json_text(value))
        else:
            parts.append(_dumped(value, separators))
    return joined([*parts, "}"])


def joined(parts: Sequence[str | ColumnElement[str]]) -> ColumnElement[str]:
    """Return these texts and columns as one text."""
    merged: list[str | ColumnElement[str]] = []
    for part in parts:
        if isinstance(part, str) and merged and isinstance(merged[-1], str):
            merged[-1] += part
        else:
            merged.append(part)
    return reduce(add, (literal(part, Text) if isinstance(part, str) else part for part in merged))


def among(column: ColumnElement[int], ids: Sequence[int]) -> ColumnElement[bool]:
    """Say that a column is one of many ids, in a statement of one parameter: databases bound their number."""
    return _Among(column, ids)


def among_names(column: ColumnElement[str], names: Collection[str], dialect: str) -> ColumnElement[bool]:
    """Say that a column is one of many names, in a statement of one parameter, which is compiled once for all names."""
    if dialect == "postgresql":
        return column == any_(cast(bindparam(None, sorted(names), type_=ARRAY(Text), unique=True), ARRAY(Text)))
    listed = bindparam(None, json.dumps(sorted(names), ensure_ascii=False), type_=Text, unique=True)
    return column.in_(select(func.json_each(listed).table_valued("value").c.value))


class InsertNew(Insert):
    """An insert that passes over the rows whose unique key is there.

    SQLAlchemy's own, of each dialect, is compiled anew for every execution: as long as everything else that a move
    writes takes.
    """

    inherit_cache = True


@compiles(InsertNew)
def _write_insert_new(element: InsertNew, compiler: SQLCompiler, **options: Any) -> str:  # noqa: ANN401
    insert: str = compiler.visit_insert(element, **options)  # type: ignore[no-untyped-call]
    return f"{insert} ON CONFLICT DO NOTHING"


def in_order(ids: Sequence[int], dialect: str) -> FromClause:
    """Return these ids as rows of `id` and `place`, counted from 1, in a statement of one parameter."""
    if dialect == "postgresql":
        return func.unnest(_array(ids)).table_valued("id", with_ordinality="place").render_derived()
    listed = bindparam(None, json.dumps(list(ids)), type_=Text, unique=True)
    each = func.json_each(listed).table_valued(column("key", Integer), column("value", Integer))
    return select(each.c.value.label("id"), (each.c.key + 1).label("place")).subquery()


def _array(ids: Sequence[int]) -> ColumnElement[Sequence[int]]:
    """Return these ids as PostgreSQL writes an array: the driver takes many times longer to write a list."""
    written = "{" + ",".join(map(str, ids)) + "}"
    return cast(bindparam(None, written, type_=Text, unique=True), ARRAY(BigInteger))


class _Listed(TypeDecorator[Sequence[int]]):
    """Many ids as one text: as each database lists them, for drivers take many times longer to write a list."""

    impl = Text
    cache_ok = True

    @override
    def process_bind_param(self, value: Sequence[int] | None, dialect: Dialect) -> str:
        first, last = "{}" if dialect.name == "postgresql" else "[]"
        return first + ",".join(map(str, value or ())) + last


class _Among(ColumnElement[bool]):
    """`among`, as each database writes it: what a statement is made of is told, so that it is compiled once."""

    _traverse_internals = [  # noqa: RUF012 - as SQLAlchemy declares it
        ("column", InternalTraversal.dp_clauseelement),
        ("listed", InternalTraversal.dp_clauseelement),
    ]

    def __init__(self, column: ColumnElement[int], ids: Sequence[int]) -> None:
        self.column = column
        self.listed = bindparam(None, ids, type_=_Listed, unique=True)


@compiles(_Among)
def _among_elsewhere(element: _Among, compiler: SQLCompiler, **options: Any) -> str:  # noqa: ANN401
    each = func.json_each(element.listed).table_valued("value")
    return compiler.process(element.column.in_(select(each.c.value)), **options)


@compiles(_Among, "postgresql")
def _among_on_postgresql(element: _Among, compiler: SQLCompiler, **options: Any) -> str:  # noqa: ANN401
    return compiler.process(element.column == any_(cast(element.listed, ARRAY(BigInteger))), **options)


def _dumped(value: Any, separators: tuple[str, str]) -> str:  # noqa: ANN401 - any JSON value
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=separators)
