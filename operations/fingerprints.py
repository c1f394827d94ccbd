"""Whether the rows that somebody has looked at are still the ones, told without reading them."""

from collections.abc import Sequence
from typing import Any, Final, NamedTuple

from sqlalchemy import BigInteger, ColumnElement, cast, func, select
from sqlalchemy.engine import Connection

#: Squares of what is left by it fit the sums of every database.
_PRIME: Final = 65_521


class Fingerprint(NamedTuple):
    """How many rows there are, and a text that is another once others are among them."""

    rows: int
    mark: str


def fingerprint_of(
    connection: Connection, id_: ColumnElement[int], where: Sequence[ColumnElement[bool]], *more: ColumnElement[Any]
) -> Fingerprint:
    """Return the fingerprint of the rows that meet the conditions, by two sums of their ids; an index may be enough.

    With `more` that is told of them all, such as the last instant at which one was written.
    """
    rest = cast(id_ % _PRIME, BigInteger)
    query = select(func.count(), func.sum(id_), func.sum(rest * rest), *more)
    found = connection.execute(query.where(*where)).one()
    return Fingerprint(found[0], ".".join(str(one or 0) for one in found))
