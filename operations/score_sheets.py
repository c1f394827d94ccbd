"""Score sheets: given out to an evaluator, pre-filled, and taken back whole or not at all."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from sqlalchemy import Row
from sqlalchemy.engine import Connection

from documents.findings import with_findings
from documents.score_sheets import (
    NOMINEE,
    NUMBER,
    OPINION,
    FilledRow,
    FilledSheet,
    SheetColumn,
    SheetRow,
    read_score_sheet,
    score_sheet,
)
from operations.acts import Act
from operations.authority import matter_at, refuses
from operations.desk import Desk, Running
from operations.evaluated import Score, ranked_here, ranking_stage, scores_of, standing_here, track_of
from operations.experts.sight import Evaluators
from operations.policy import Deed
from operations.results import Denied, denied
from operations.rows import CellFinding
from operations.scores import (
    Given,
    another_s,
    expect_panel,
    not_scored,
    own_score,
    record_scores,
    scores_closed,
)
from programs import Words
from programs.evaluations import Criterion, Track
from programs.stages import Review, Vote
from states import Refusal
from states.scales import plain, read_points, scale_of
from store.chain import canonical


@dataclass(frozen=True, slots=True)
class SheetTakenIn:
    """What came of a score sheet: who was scored anew, how many rows were as before, and how many were left blank.

    Where something blocks, and in a dry run, nothing is kept. `workbook` has a note on each faulty cell.
    """

    program: str
    stage: str
    track: str
    evaluator: str
    numbers: tuple[str, ...]
    unchanged: int
    blank: int
    findings: tuple[CellFinding, ...]
    kept: bool
    workbook: bytes = field(repr=False)

    @property
    def is_blocked(self) -> bool:
        """Whether something has to be mended before the sheet can be taken in."""
        return any(finding.blocks for finding in self.findings)


def _nobody_to_score(who: str) -> Refusal:
    return Refusal(
        "scored-here",
        Words("现在没有{who}要评的申报", "there is nobody here for {who} to score").format(who=who),
        Words("请核对评委姓名、分配和环节", "see the name, the assignment and the stage"),
    )


def export_sheet(  # noqa: PLR0913 - whose sheet of what, each by name
    desk: Desk,
    program_id: str,
    stage_id: str,
    track_id: str,
    act: Act,
    *,
    evaluator: str | None = None,
    panel: str | None = None,
) -> bytes | Denied:
    """Return an evaluator's sheet of one track: everybody who stands there to be scored, with what was given before.

    Raises `UnknownError` for what is not there.
    """
    who = evaluator or act.actor.name
    with desk.store.read() as connection:
        running = desk.holding(connection, program_id, stage_id)
        stage = ranking_stage(running, stage_id)
        refused = denied(
            refuses(connection, act.actor, Deed.SCORE, matter_at(running, stage_id)) or own_score(act, who)
        )
        if refused:
            return refused
        track = track_of(stage, track_id)
        expect_panel(track, panel)
        if refused := denied(not_scored(track)):
            return refused
        rows = standing_here(connection, program_id, stage_id)
        settled = ranked_here(connection, [row.id for row in rows], stage_id)
        evaluators = Evaluators(connection, act, who)
        rows = [row for row in rows if row.id not in settled and evaluators.refuses(running, row, stage_id) is None]
        if not rows:
            return Denied((_nobody_to_score(who),))
        before = _before(connection, rows, stage, track, who)
        key = {
            "program": program_id,
            "opened": running.opened_at.isoformat() if running.opened_at else None,
            "stage": stage_id,
            "track": track_id,
            "evaluator": who,
            "panel": panel,
            "rules": _rules_digest(track),
            "revisions": {row.number: before[row.id].revision if row.id in before else 0 for row in rows},
        }
        group = next((f"，{one.name}" for one in track.groups if one.id == panel), "")
        return score_sheet(
            f"{running.program.award}（{running.program.edition}）{track.name}评分表",
            f"评委：{who}{group}　　只填浅黄色的格子；不评的整行留空。{'每件须写评议意见。' if track.opinion else ''}",
            [_column(criterion) for criterion in track.criteria],
            [_sheet_row(row, track, before.get(row.id), blind=evaluators.blind(running.program)) for row in rows],
            key,
        )


def import_sheet(desk: Desk, content: bytes, name: str, act: Act, *, dry_run: bool = False) -> SheetTakenIn | Denied:
    """Take a filled score sheet in; every row that was filled, or nothing.

    Raises `DocumentError` for what is no score sheet, and `UnknownError` for one of a program that is not there.
    """
    sheet = read_score_sheet(content, name)
    key = {**dict.fromkeys(("program", "stage", "track", "evaluator"), ""), **sheet.key}
    who = str(key["evaluator"])
    with desk.store.write() as transaction:
        connection = transaction.connection
        running = desk.relied_on(connection, str(key["program"]), str(key["stage"]))
        stage = ranking_stage(running, str(key["stage"]))
        evaluators = Evaluators(connection, act, who)
        # Whom they do not evaluate is to them as whoever does not stand here.
        rows = [
            row
            for row in standing_here(connection, running.program.id, stage.id, lock=True)
            if evaluators.refuses(running, row, stage.id) is None
        ]
        refused = denied(
            refuses(connection, act.actor, Deed.SCORE, matter_at(running, stage.id)) or own_score(act, who)
        )
        if refused:
            return refused
        track = track_of(stage, str(key["track"]))
        refused = denied(_stale(running, track, key, sheet))
        if refused:
            return refused
        reader = _SheetReader(running, stage, track, sheet, act, blind=evaluators.blind(running.program))
        given = reader.given(connection, rows, who)
        if reader.is_blocked:
            transaction.abandon()
            return reader.result((), kept=False)
        panel = key.get("panel")
        scored = record_scores(transaction, running, stage, track, given, act, evaluator=who, panel=panel)
        changed = tuple(one.number for one in scored if one.changed)
        if dry_run:
            transaction.abandon()
        elif changed:
            desk.keep(content)
            transaction.record(
                running.program.id,
                "scores.taken-in",
                stage=stage.id,
                track=track.id,
                evaluator=who,
                file=name,
                file_digest=sha256(content).hexdigest(),
                nominations=list(changed),
                **act.signature(),
            )
        reader.unchanged = len(scored) - len(changed)
        return reader.result(changed, kept=not dry_run)


class _SheetReader:
    """Reads the rows of one filled sheet against what stands in the store."""

    def __init__(
        self,
        running: Running,
        stage: Vote | Review,
        track: Track,
        sheet: FilledSheet,
        act: Act,
        *,
        blind: bool,
    ) -> None:
        self.findings: list[CellFinding] = []
        self.unchanged = 0
        self._blank = 0
        self._running = running
        self._stage = stage
        self._track = track
        self._sheet = sheet
        self._act = act
        self._blind = blind

    @property
    def is_blocked(self) -> bool:
        return any(finding.blocks for finding in self.findings)

    def given(self, connection: Connection, rows: list[Row[Any]], who: str) -> list[Given]:
        """Return what the sheet gives; what is wrong is found, and stands in `findings`."""
        by_number = {row.number: row for row in rows}
        before = _before(connection, rows, self._stage, self._track, who)
        settled = ranked_here(connection, [row.id for row in rows], self._stage.id)
        doubled = {number for number, count in Counter(one.number for one in self._sheet.rows).items() if count > 1}
        found: list[Given] = []
        for filled in self._sheet.rows:
            if not any(filled.given) and not filled.opinion:
                self._blank += 1
                continue
            if filled.number in doubled or filled.number not in self._revisions:
                self._add(filled.row, NUMBER, filled.number, _not_on_the_sheet(), blocks=True)
                continue
            row = by_number.get(filled.number)
            if row is None:
                words = Words("此件已不在“{stage}”，不再评分", "it stands at “{stage}” no longer, and is not scored")
                self._add(filled.row, NUMBER, filled.number, words.format(stage=self._stage.name), blocks=False)
                continue
            if filled.nominee and self._blind:
                # To say whose number it is would tell it.
                self._add(filled.row, NOMINEE, filled.nominee, _blind_sheet(), blocks=True)
                continue
            if filled.nominee and filled.nominee != row.nominee:
                words = Words("编号 {number} 是{nominee}", "{number} is {nominee}")
                told = words.format(number=row.number, nominee=row.nominee)
                self._add(filled.row, NOMINEE, filled.nominee, told, blocks=True)
                continue
            one = self._read(filled, row)
            if one is None:
                continue
            was = before.get(row.id)
            if was is not None and (was.points, was.opinion, was.panel) == (
                one.points,
                one.opinion,
                self._sheet.key.get("panel"),
            ):
                found.append(one)
                continue
            for refusal in self._refusals(row, was, settled, who):
                self._add(filled.row, NUMBER, filled.number, refusal.words, blocks=True)
            found.append(one)
        return found

    def _refusals(self, row: Row[Any], was: Score | None, settled: set[int], who: str) -> Iterator[Refusal]:
        if row.id in settled:
            yield scores_closed(self._stage)
        elif was is not None:
            yield from another_s(self._act, who, [was], self._track)
            if was.revision != self._revisions[row.number]:
                yield Refusal(
                    "sheet-current",
                    Words("导出评分表之后，此件的评分又有改动", "it was scored since the sheet was given out"),
                    Words("请重新导出评分表，核对后再填", "export the sheet again, and look at it"),
                )

    @property
    def _revisions(self) -> Mapping[str, int]:
        kept = self._sheet.key.get("revisions")
        return kept if isinstance(kept, dict) else {}

    def _read(self, filled: FilledRow, row: Row[Any]) -> Given | None:
        points = {}
        for criterion, heading, text in zip(self._track.criteria, self._sheet.headings, filled.given, strict=True):
            read = read_points(criterion, text) if text else Words("没有填写", "is not given")
            if isinstance(read, Words):
                self._add(filled.row, heading, text, read, blocks=True)
            else:
                points[criterion.id] = read
        if self._track.opinion and not filled.opinion:
            self._add(filled.row, OPINION, "", Words("没有写评议意见", "no opinion is stated"), blocks=True)
        elif "\0" in filled.opinion:
            self._add(filled.row, OPINION, "", Words("含有空字符", "it has the character U+0000 in it"), blocks=True)
        complete = len(points) == len(self._track.criteria)
        return Given(row, points, filled.opinion.strip()) if complete else None

    def _add(self, row: int, column: str, value: str, words: Words, *, blocks: bool) -> None:
        self.findings.append(CellFinding(row, column, value, words, blocks))

    def result(self, numbers: tuple[str, ...], *, kept: bool) -> SheetTakenIn:
        notes: dict[tuple[int, int], list[str]] = defaultdict(list)
        for one in self.findings:
            notes[one.row - 1, self._sheet.places[one.column or NUMBER]].append(one.words.zh)
        return SheetTakenIn(
            self._running.program.id,
            self._stage.id,
            self._track.id,
            str(self._sheet.key.get("evaluator", "")),
            numbers,
            self.unchanged,
            self._blank,
            tuple(self.findings),
            kept,
            with_findings(self._sheet.cells, notes),
        )


def _before(
    connection: Connection, rows: list[Row[Any]], stage: Vote | Review, track: Track, who: str
) -> dict[int, Score]:
    found = scores_of(connection, [row.id for row in rows], stage.id, evaluator=who)
    return {one.nomination: one for one in found if one.track == track.id}


def _column(criterion: Criterion) -> SheetColumn:
    names = tuple(grade.name for grade in criterion.grades)
    return SheetColumn(criterion.name, criterion.full_marks, criterion.step, names, scale_of(criterion).zh)


def _sheet_row(row: Row[Any], track: Track, before: Score | None, *, blind: bool) -> SheetRow:
    given = tuple(_written(criterion, before) for criterion in track.criteria)
    name, unit = ("", "") if blind else (row.nominee, row.unit)
    return SheetRow(row.number, name, unit, given, before.opinion if before else "")


def _written(criterion: Criterion, before: Score | None) -> str:
    """Write what was given as it is given: points, or the grade that stands for them."""
    points = before.points.get(criterion.id) if before else None
    if points is None:
        return ""
    return next((grade.name for grade in criterion.grades if grade.points == points), plain(points))


def _rules_digest(track: Track) -> str:
    kept = track.model_dump(mode="json", include={"id", "criteria", "groups", "opinion"}, exclude_defaults=True)
    return sha256(canonical(kept).encode()).hexdigest()


def _stale(running: Running, track: Track, key: Mapping[str, Any], sheet: FilledSheet) -> Refusal | None:
    """Refuse a sheet of another database, or one whose criteria are no longer those of the program."""
    opened = running.opened_at.isoformat() if running.opened_at else None
    panels: list[str | None] = [group.id for group in track.groups] or [None]
    if key.get("opened") != opened or key.get("panel") not in panels or not key["evaluator"]:
        reason = Words("这张评分表不是本库导出的", "the sheet was not given out by this database")
    elif key.get("rules") != _rules_digest(track) or len(sheet.headings) != len(track.criteria):
        reason = Words("评分项在导出之后有改动", "the criteria have changed since it was given out")
    else:
        return None
    return Refusal(
        "sheet-current", reason, Words("请重新导出：linxuan review sheet", "export it again: linxuan review sheet")
    )


def _blind_sheet() -> Words:
    return Words("盲评的评分表不填姓名，只按编号评分", "the sheet of a blind review bears no names, numbers alone")


def _not_on_the_sheet() -> Words:
    return Words("编号重复，或不是这张表上的申报", "the number stands twice, or is none of this sheet's")
