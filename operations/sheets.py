"""A table that was sent, what was found in it, and what was drawn up of it."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from documents.findings import with_findings
from documents.tables import Table
from operations.acts import Act
from operations.desk import Desk, Running
from operations.dossiers import state_facts
from operations.nominate import nominate
from operations.results import Denied, UnknownError
from operations.rows import Candidate, CellFinding
from programs import Words

#: In which column a refusal shows, by its gate.
_WHERE: Mapping[str, str] = {
    "identity-number": "identity",
    "nominated-once": "identity",
    "nominator-kind": "nominator_kind",
    "host-named": "host",
    "route-accepted": "route",
    "phone": "phone",
    "bank-account": "bank_account",
    "authority": "nominator",
    "jurisdiction": "nominator",
}


@dataclass(frozen=True, slots=True)
class TakenIn:
    """What came of a table. `numbers` were drawn up: none where something blocks, and in a dry run.

    `rows` are those with a nominee in them. `passed_over` are the headings of which nothing is known. `workbook` is the
    table with a note on each cell in which something was found, as `.xlsx`. `near` tells what some of the headings that
    were passed over were probably meant to be, and `missing` which headings the table could have beside: of the facts
    that rules ask for, where some were passed over. `unheard_of` are the nominators that nobody had registered before.
    """

    rows: int
    numbers: tuple[str, ...]
    findings: tuple[CellFinding, ...]
    passed_over: tuple[str, ...]
    workbook: bytes = field(repr=False)
    table: Table = field(repr=False)
    near: Mapping[str, str] = field(default_factory=dict)
    missing: tuple[str, ...] = ()
    unheard_of: tuple[str, ...] = ()

    @property
    def is_blocked(self) -> bool:
        """Whether something has to be mended before the table can be taken in."""
        return any(finding.blocks for finding in self.findings)


class Sheet:
    """A table, what was found in it, and what was drawn up of it."""

    def __init__(self, table: Table, findings: Iterable[CellFinding]) -> None:
        self._table = table
        self.findings = list(findings)
        self.drawn_up: dict[str, Candidate] = {}

    @property
    def is_blocked(self) -> bool:
        """Whether something has to be mended first."""
        return any(finding.blocks for finding in self.findings)

    def draw_up(self, desk: Desk, running: Running, candidate: Candidate, act: Act) -> None:
        """Draw a row up, and state its facts; what is refused is found in its cell."""
        try:
            done = nominate(desk, running.program.id, candidate.draft, act)
            if isinstance(done, Denied):
                self._refused(candidate, done)
                return
            told = state_facts(desk, done.number, candidate.facts, act) if candidate.facts else None
            if isinstance(told, Denied):
                self._refused(candidate, told)
            self.drawn_up[done.number] = candidate
        except UnknownError as error:
            self.add(candidate, None, error.words, blocks=True)

    def add(
        self, candidate: Candidate, column: str | None, reason: Words, *, blocks: bool, remedy: Words | None = None
    ) -> None:
        """Add a finding in a row."""
        value = candidate.cells.get(column, "") if column else ""
        self.findings.append(CellFinding(candidate.row, column, value, reason, blocks, remedy))

    def _refused(self, candidate: Candidate, done: Denied) -> None:
        for refusal in done.refusals:
            by_name = refusal.gate == "nominated-once" and candidate.draft.identity is None
            column = "nominee" if by_name else _WHERE.get(refusal.gate)
            self.add(candidate, column, refusal.reason, blocks=True, remedy=refusal.remedy)

    def workbook(self, *, kept: bool = False) -> bytes:
        """Return the table with a note on each cell in which something was found; once `kept`, with the numbers too."""
        notes: dict[tuple[int, int], list[str]] = defaultdict(list)
        beside = len(self._table.cells.columns)
        for finding in self.findings:
            place = self._table.columns.get(finding.column, beside) if finding.column else beside
            notes[finding.row - 1, place].append(finding.words.zh)
        numbers = {one.row - 1: number for number, one in self.drawn_up.items()} if kept else {}
        heading = {self._table.first - 1: "申报编号"} if numbers else {}
        return with_findings(self._table.cells, notes, came_of=heading | numbers)
