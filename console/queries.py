"""What a list of nominations is asked for, as addresses and forms write it."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Final
from urllib.parse import parse_qsl, urlencode

from operations.queries import Query, Sort

_LONGEST: Final = 120
LIST: Final = "/nominations"


def query_of(get: Callable[[str], str | None]) -> Query:
    """Read what is asked for, by the names that a list's address has for it; nonsense asks for nothing."""

    def told(name: str) -> str:
        return (get(name) or "").strip()[:_LONGEST]

    return Query(
        program=told("program"),
        stage=told("stage"),
        text=told("q"),
        mine=told("mine") == "1",
        late=told("late") == "1",
        sort=next((one for one in Sort if one == told("sort")), Sort.NUMBER),
        after=told("after"),
    )


def read_query(text: str) -> Query:
    """Read the query of an address."""
    return query_of(dict(parse_qsl(text[:2000])).get)


def fields_of(query: Query) -> Mapping[str, str]:
    """Return what is asked for, by the same names, without what is not."""
    fields = {
        "program": query.program,
        "stage": query.stage,
        "q": query.text,
        "mine": "1" if query.mine else "",
        "late": "1" if query.late else "",
        "sort": "" if query.sort is Sort.NUMBER else query.sort.value,
        "after": query.after,
    }
    return {name: value for name, value in fields.items() if value}


def written(query: Query) -> str:
    """Return the query of the list's address, from its first page on."""
    return urlencode(fields_of(replace(query, after="")))


def address_of(query: Query, after: str = "", **more: str) -> str:
    """Return the address of a list from one place on, with what else it is to say."""
    told = urlencode({**fields_of(replace(query, after=after)), **more})
    return f"{LIST}?{told}" if told else LIST
