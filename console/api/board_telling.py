"""A board, its ranking and what a decision came to, put into the shapes of the API in one language."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from math import ceil

from console.api.board_shapes import (
    AssignmentShape,
    BoardShape,
    DecidedShape,
    DecisionShape,
    GradeShape,
    ImportShape,
    LineShape,
    OwedShape,
    PanelShape,
    RankingShape,
    RecusedShape,
    SeatShape,
    SeatsShape,
    StandeeShape,
)
from console.api.shapes import RefusalShape
from console.api.telling import refusals_told
from operations.boards import MOST, Board, RankingDesk
from operations.results import Batch
from programs.panels import Panel
from states import Refusal
from states.explaining import explain
from states.ranking import exact


def may_told(may: Mapping[str, Refusal | None], language: str) -> dict[str, RefusalShape | None]:
    """Tell of each deed why the asker does not do it."""
    return {name: refusals_told([one], language)[0] if one else None for name, one in may.items()}


def board_told(found: Board, page: int, language: str) -> BoardShape:
    """Tell a board, of which the standing are those of one page."""
    keep: int | None = getattr(found.stage, "keep", None)
    return BoardShape(
        program=found.program.id,
        stage=found.stage.id,
        name=found.stage.name,
        kind=found.stage.kind,
        clause=found.stage.clause,
        keep=keep,
        total=found.total,
        mark=found.mark,
        page=page,
        pages=max(1, ceil(found.total / MOST)),
        standing=[
            StandeeShape(
                number=one.number,
                nominee=one.nominee,
                unit=one.unit,
                category=one.category,
                grades=[GradeShape(id=seats.id, award=seats.award) for seats in one.grades],
                proposed=one.proposed,
            )
            for one in found.standing
        ],
        panel=_panel(found, found.panel) if found.panel else None,
        assignments=list(_assignments(found)),
        imports=[
            ImportShape(
                platform=one.platform,
                file=one.file,
                as_of=one.as_of,
                imported_by=one.imported_by,
                superseded=one.superseded,
                votes=sum(one.votes.values()),
                jumped=len(one.jumped),
            )
            for one in found.imports
        ],
        is_ranked=found.is_ranked,
        has_ballot=found.ballot is not None,
        seats=[
            SeatsShape(
                id=one.seats.id,
                award=one.seats.award,
                clause=one.seats.clause,
                count=one.seats.count,
                taken=one.taken,
            )
            for one in found.seats
        ],
        may=may_told(found.may, language),
    )


def _panel(found: Board, panel: Panel) -> PanelShape:
    drawn = found.drawn
    fields = {urn.id: urn.name for urn in panel.urns()}
    return PanelShape(
        size=panel.size,
        clause=panel.clause,
        round=drawn.round if drawn else None,
        seed=drawn.seed if drawn else None,
        drawn_by=drawn.drawn_by if drawn else None,
        drawn_at=drawn.drawn_at if drawn else None,
        seats=[
            SeatShape(
                ordinal=seat.ordinal,
                name=seat.name,
                employer=seat.employer,
                field=fields.get(seat.urn) or "",
                state=seat.state,
                replaces=seat.replaces,
                reason=seat.reason,
                pledged_at=seat.pledged_at,
                answer_by=seat.answer_by,
                owes=found.owed.get(seat.name, 0),
            )
            for seat in (drawn.seats if drawn else ())
        ],
    )


def _assignments(found: Board) -> Iterable[AssignmentShape]:
    here = {one.number for one in found.standing} if found.is_large else None
    missing: dict[str, list[OwedShape]] = defaultdict(list)
    for owed in found.lacking:
        missing[owed.number].append(OwedShape(expert=owed.expert, tracks=list(owed.tracks)))
    for one in found.assignments:
        if here is None or one.number in here:
            yield AssignmentShape(
                number=one.number,
                experts=list(one.experts),
                recused=[
                    RecusedShape(expert=each.expert, ground=each.ground, declared=each.declared) for each in one.recused
                ],
                missing=missing[one.number],
            )


def ranking_told(found: RankingDesk, language: str) -> RankingShape:
    """Tell a page of a ranking."""
    ranked, ranking = found.ranking, found.ranking.ranking
    return RankingShape(
        round=ranked.round,
        settled_by=ranked.settled_by,
        settled_at=ranked.settled_at,
        agrees=ranked.agrees,
        left=ranking.rules.left,
        count=len(ranking.lines),
        page=found.page,
        pages=found.pages,
        lines=[
            LineShape(
                place=line.place,
                number=line.number,
                nominee=ranked.nominees[line.number].nominee,
                unit=ranked.nominees[line.number].unit,
                total=None if line.total is None else exact(line.total),
                goes_on=line.goes_on,
                missing=[words.in_language(language) for words in line.missing],
                steps=[words.in_language(language) for words in explain(line, ranking)],
            )
            for line in found.lines
        ],
        open_ties=[list(level) for level in ranking.open_ties],
        may=may_told(found.may, language),
    )


def decision_told(done: Batch, language: str, *, preview: bool) -> DecisionShape:
    """Tell what a decision did, or would do."""
    return DecisionShape(
        preview=preview,
        moved=[
            DecidedShape(
                number=one.number, move=one.move, destination=one.destination, holder=one.holder, due_at=one.due_at
            )
            for one in done.moved
        ],
        remarks=refusals_told(done.remarks, language),
    )
