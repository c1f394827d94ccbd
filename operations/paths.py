"""The path of a nomination, as its row says it."""

from collections.abc import Iterable
from typing import Any

from programs import Path


def path_of(row: Any) -> Path:  # noqa: ANN401 - a row of any statement that asks for these columns
    """Return the path of a row that has a category, a route and traits."""
    return Path(row.category, row.route, frozenset((row.traits or "").split()))


def traits_column(traits: Iterable[str]) -> str | None:
    """Return traits as they are kept."""
    return " ".join(sorted(traits)) or None
