"""What lies ahead, gathered so that a reader sees each day once."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from deadlines.findings import Finding
from operations.overview import Dated


@dataclass(frozen=True, slots=True)
class Entry:
    """Dates of one program and one kind that close at the same instant; `dated` is the first of them."""

    dated: Dated
    names: tuple[str, ...]
    findings: tuple[Finding, ...]


def agenda(dates: Sequence[Dated]) -> tuple[Entry, ...]:
    """Gather dates that are sorted by when they close."""
    entries: list[Entry] = []
    for _, together in groupby(dates, key=lambda dated: dated.key.closes):
        by_matter: dict[tuple[str, str], list[Dated]] = {}
        for dated in together:
            by_matter.setdefault((dated.program.id, dated.key.kind), []).append(dated)
        entries += [_entry(some) for some in by_matter.values()]
    return tuple(entries)


def _entry(dates: Sequence[Dated]) -> Entry:
    findings = dict.fromkeys(finding for dated in dates for finding in dated.key.findings)
    return Entry(dates[0], tuple(dict.fromkeys(dated.key.name for dated in dates)), tuple(findings))
