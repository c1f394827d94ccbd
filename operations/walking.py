"""Walking rows and events nomination by nomination, so that memory does not grow with them."""

from collections.abc import Iterator
from itertools import groupby
from typing import Any

from sqlalchemy import Row, Select
from sqlalchemy.engine import Connection

from operations.recollection import text_of

_ROWS = {"yield_per": 1000}

#: A nomination by its program and its number, and what is told of each of its parts.
Told = tuple[tuple[str, str], dict[str, str]]


def by_nomination(connection: Connection, query: Select[Any]) -> Iterator[tuple[tuple[str, str], Iterator[Row[Any]]]]:
    """Yield the rows of each nomination; the query is ordered by program and number, which are its first columns."""
    with connection.execute(query, execution_options=_ROWS) as rows:
        for (program, number), group in groupby(rows, key=lambda row: (row[0], row[1])):
            yield (text_of(program), text_of(number)), group


def side_by_side(
    tables: Iterator[Told], histories: Iterator[Told]
) -> Iterator[tuple[tuple[str, str], dict[str, str], dict[str, str]]]:
    """Walk two orders of the same keys side by side; what one of them has not is empty there."""
    table, history = next(tables, None), next(histories, None)
    while table or history:
        key = min(one[0] for one in (table, history) if one)
        here, there = table if table and table[0] == key else None, history if history and history[0] == key else None
        yield key, here[1] if here else {}, there[1] if there else {}
        table, history = next(tables, None) if here else table, next(histories, None) if there else history
