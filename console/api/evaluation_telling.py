"""What an expert evaluates, put into the shapes of the API in one language."""

from collections.abc import Sequence
from datetime import datetime

from console.api.evaluation_shapes import (
    CriterionShape,
    EvaluatedFile,
    EvaluationList,
    GivenShape,
    LetterShape,
    PaperWaits,
    PointsShape,
    SeatingShape,
    SheetShape,
    TaskShape,
    ToldFact,
    TrackName,
    TrackShape,
)
from operations.experts.evaluating import Paper, Seating, Sheet, Task
from programs.evaluations import Criterion, Evaluation, Track
from states.scales import plain, scale_of


def evaluations_told(
    found: Sequence[Seating],
    papers: Sequence[Paper],
    letters: Sequence[tuple[str, str, datetime]],
    *,
    may_declare: bool,
) -> EvaluationList:
    """Tell what an expert has before them."""
    return EvaluationList(
        seatings=[_seating(one) for one in found],
        papers=[PaperWaits(program=one.program.id, stage=one.stage, name=one.name, round=one.round) for one in papers],
        letters=[LetterShape(id=id_, subject=subject, sent_at=at) for id_, subject, at in letters],
        may_declare=may_declare,
    )


def _seating(one: Seating) -> SeatingShape:
    pledges = one.state == "confirmed" and not one.pledged
    return SeatingShape(
        program=one.program.id,
        stage=one.stage.id,
        name=one.stage.name,
        state=one.state,
        pledge=one.pledge if pledges else None,
        tasks=[_task(task) for task in one.tasks],
        missing=one.missing,
        total=one.total,
    )


def _task(one: Task) -> TaskShape:
    return TaskShape(
        number=one.number,
        nominee=one.nominee,
        unit=one.unit,
        missing=[TrackName(id=track.id, name=track.name) for track in one.missing],
        closed=one.closed,
    )


def sheet_told(found: Sheet, language: str) -> SheetShape:
    """Tell the sheet of one nominee: nothing that the expert may not know, since it is not in it."""
    return SheetShape(
        program=found.program.id,
        stage=found.stage.id,
        task=_task(found.task),
        category=found.category,
        blind=found.blind,
        facts=[
            ToldFact(fact=one.field.word, name=one.field.name.in_language(language), values=list(one.values or ()))
            for one in found.facts
        ],
        files=[
            EvaluatedFile(
                material=one.material, medium=one.medium, place=one.place, name=one.copy.name, size=one.copy.size
            )
            for one in found.files
        ],
        tracks=[
            _track(track, found, language) for track in found.stage.tracks if track.evaluation is not Evaluation.VOTE
        ],
        following=found.following,
    )


def _track(track: Track, found: Sheet, language: str) -> TrackShape:
    score = found.scores.get(track.id)
    given = None
    if score:
        # In the program's order, whatever order the store gives them in.
        points = [
            PointsShape(criterion=one.id, points=plain(score.points[one.id]))
            for one in track.criteria
            if one.id in score.points
        ]
        given = GivenShape(points=points, total=None, group=score.panel, opinion=score.opinion)
    elif found.reported.get(track.id) or track.id in found.points:
        opinion = found.reported.get(track.id, "")
        given = GivenShape(points=[], total=found.points.get(track.id), group=None, opinion=opinion)
    return TrackShape(
        id=track.id,
        name=track.name,
        clause=track.clause,
        weight_percent=track.weight_percent,
        opinion_required=track.opinion,
        criteria=[_criterion(one, language) for one in track.criteria],
        groups=[TrackName(id=group.id, name=group.name) for group in track.groups],
        given=given,
        reported=track.id in found.reported,
    )


def _criterion(one: Criterion, language: str) -> CriterionShape:
    return CriterionShape(
        id=one.id,
        name=one.name,
        scale=scale_of(one).in_language(language),
        full_marks=plain(one.full_marks),
        step=plain(one.step),
        grades=[grade.name for grade in one.grades],
        weight_percent=one.weight_percent,
        clause=one.clause,
    )
