"""What operations answer with, put into the shapes of the API in one language."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Final

from console.api.program_shapes import (
    KeyDateShape,
    NamedShape,
    Place,
    ProgramDetail,
    ProgramShape,
    Stage,
    WaitingShape,
)
from console.api.shapes import (
    BatchDone,
    EventShape,
    MaterialShape,
    MovedShape,
    MoveShape,
    NominationDetail,
    NominationPage,
    NominationShape,
    RefusalShape,
    RefusedShape,
    StepShape,
    ToMendShape,
    UndoingShape,
    VerdictShape,
)
from console.saying import reason_shown, remedy_shown
from operations.casefiles import CaseFile, HandedIn
from operations.finding import Found, Page
from operations.lookup import Possible
from operations.overview import Dated, Event, ProgramOverview, ProgramState
from operations.picking import Together, not_there
from operations.results import Moved
from operations.undoing import Undoing
from operations.waiting import Waiting
from states import Refusal, Verdict, each


def refusals_told(refusals: Iterable[Refusal], language: str) -> list[RefusalShape]:
    """Tell refusals as the pages do: who asks the API gives no commands."""
    return [RefusalShape.model_validate(shown(one).to_json(language)) for one in refusals]


def shown(refusal: Refusal) -> Refusal:
    """Return a refusal without the commands and options that its remedy names."""
    return replace(refusal, reason=reason_shown(refusal.reason), remedy=remedy_shown(refusal.remedy))


def program_told(state: ProgramState, language: str) -> ProgramShape:
    """Tell a program at a glance."""
    program = state.program
    return ProgramShape(
        id=program.id,
        name=program.title,
        office=program.office,
        issued=program.issued,
        opened_at=state.opened_at,
        rulings_left=state.rulings_left,
        stages=[
            Stage(
                id=stage.id,
                name=stage.name.in_language(language),
                count=stage.count,
                places=[
                    Place(id=one.key, name=one.name.in_language(language), count=one.count) for one in stage.standings
                ],
            )
            for stage in state.stages
        ],
        ends={one.end.value: one.count for one in state.ends},
        total=state.total,
    )


def program_in_full(found: ProgramOverview, language: str) -> ProgramDetail:
    """Tell a program with its dates and documents, and what a nomination is drawn up with."""
    program = found.state.program
    return ProgramDetail(
        **dict(program_told(found.state, language)),
        routes=[NamedShape(id=one.id, name=one.name) for one in program.routes if one.accepted],
        categories=[NamedShape(id=one.id, name=one.name) for one in program.categories],
        nominator_kinds=[NamedShape(id=one.id, name=one.name) for one in program.nominators],
        traits=[NamedShape(id=one.id, name=one.name) for one in program.traits],
        seats=[NamedShape(id=one.id, name=one.award) for one in program.seats],
        dates=[_date(one) for one in found.dates],
        documents=[one.number for one in found.documents],
        overdue=found.overdue,
    )


def _date(one: Dated) -> KeyDateShape:
    return KeyDateShape(
        id=one.key.id,
        kind=one.key.kind.value,
        name=one.key.name,
        opens=one.key.opens,
        closes=one.key.closes,
        working_days_left=one.working_days_left,
        provisional=one.provisional,
        clause=one.key.clause,
    )


def page_told(page: Page, language: str) -> NominationPage:
    """Tell a page of a list."""
    return NominationPage(
        nominations=[nomination_told(one, language) for one in page.found], count=page.count, following=page.following
    )


def nomination_told(found: Found, language: str) -> NominationShape:
    """Tell a nomination as it stands in a list."""
    return NominationShape(
        number=found.number,
        program=found.program.id,
        nominee=found.nominee,
        unit=found.unit,
        nominator=found.nominator,
        stage=found.stage,
        standing=found.standing.in_language(language),
        holder=found.holder,
        since=found.since,
        by=found.by,
        working_days_left=found.days_left,
        late=found.late,
    )


def case_told(case: CaseFile, language: str) -> NominationDetail:
    """Tell a nomination in full, as far as the asker may see it."""
    return NominationDetail(
        **dict(nomination_told(case.found, language)),
        version=case.version,
        undoing=_undoing(case.undoing, language) if case.undoing else None,
        moves=[_move(one, language) for one in case.moves],
        verdicts=[verdict_told(one, language) for one in each(case.verdicts)],
        materials=[_material(one) for one in case.materials],
        to_mend=[ToMendShape(name=one.name, mended=one.mended) for one in case.wanted],
    )


def _move(one: Possible, language: str) -> MoveShape:
    return MoveShape(
        move=one.move,
        name=one.move.label.in_language(language),
        destination=one.destination,
        destination_name=one.standing.in_language(language),
        refusals=refusals_told(one.refusals, language),
        asked=refusals_told(one.asked, language),
    )


def _undoing(one: Undoing, language: str) -> UndoingShape:
    return UndoingShape(
        move=one.move,
        by=one.by,
        at=one.at,
        until=one.until,
        destination=one.destination,
        told=[words.in_language(language) for words in one.told],
        warned=[words.in_language(language) for words in one.warned],
        refusals=refusals_told(one.refusals, language),
    )


def verdict_told(one: Verdict, language: str) -> VerdictShape:
    """Tell what a rule says of a nominee."""
    return VerdictShape(
        rule=one.rule, name=one.name, result=one.result.value, words=one.words.in_language(language), clause=one.clause
    )


def _material(one: HandedIn) -> MaterialShape:
    return MaterialShape(
        id=one.material.id,
        name=one.material.name,
        received=[part.medium.value for part in one.media if part.at],
        missing=[part.medium.value for part in one.media if part.at is None],
    )


#: What is told of an event to whoever sees the nomination and does not run the program; of other kinds nothing is.
#: Notes of verdicts, opinions of bodies, what is confirmed and the digests of files are the office's own.
_FACTS: Final[Mapping[str, frozenset[str]]] = {
    kind: frozenset(facts.split())
    for kind, facts in {
        "nomination.created": "to due revision nominee unit nominator nominator_kind category route",
        "nomination.moved": "move from to version clause grade document lacking due holder reason undoes",
        "nomination.migrated": "revision from to version due holder",
        "materials.received": "materials",
        "files.attached": "material",
        "annex.stated": "annex rows",
        "details.kept": "kinds",
        "details.seen": "kinds",
        "correction.recounted": "from to",
        "certificate.reissued": "certificate",
        "term.begun": "begun",
        "tenure.assessed": "period result rectify_by",
    }.items()
}


def event_told(event: Event, language: str, *, in_full: bool) -> EventShape:
    """Tell an event: `in_full` with all the facts that were recorded, else with those that its own side may know."""
    told = _FACTS.get(event.kind, frozenset())
    return EventShape(
        position=event.position,
        at=event.at,
        kind=event.kind,
        actor=event.actor,
        role=event.role.in_language(language),
        source=event.source.in_language(language) if event.source else None,
        destination=event.destination.in_language(language) if event.destination else None,
        facts={name: said for name, said in event.facts.items() if in_full or name in told},
    )


def waiting_told(one: Waiting, language: str) -> WaitingShape:
    """Tell what waits at one place."""
    return WaitingShape(
        program=one.program.id,
        stage=one.stage,
        standing=one.standing.in_language(language),
        count=one.count,
        late=one.late,
        by=one.by,
        working_days_left=one.days_left,
    )


def moved_told(moved: Moved) -> MovedShape:
    """Tell that a nomination was moved."""
    return MovedShape(
        number=moved.number,
        move=moved.move,
        source=moved.source,
        destination=moved.destination,
        version=moved.version,
        holder=moved.holder,
        due_at=moved.due_at,
    )


def batch_told(done: Together, language: str, *, preview: bool) -> BatchDone:
    """Tell what a move did to many, or would do."""
    return BatchDone(
        preview=preview,
        moved=[
            StepShape(
                number=step.picked.number,
                version=step.picked.version if preview else step.version,
                stage=step.stage,
                standing=step.destination.in_language(language),
                holder=step.holder,
                due_at=step.due_at,
            )
            for step in done.steps
        ],
        refused=[
            RefusedShape(number=stay.picked.number, refusals=refusals_told(stay.refusals, language))
            for stay in done.stays
        ]
        + [
            RefusedShape(number=number, refusals=refusals_told([not_there(number)], language))
            for number in done.missing
        ],
        remarks=refusals_told(done.remarks, language),
    )
