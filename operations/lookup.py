"""Looking nominations up: lists, one with all that is known of it, and what can be done with it now."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, Row, func, select
from sqlalchemy.engine import Connection

from operations.actors import Actor
from operations.acts import Act
from operations.attachments import files_of
from operations.authority import Authority, matter_of
from operations.desk import Desk, Running
from operations.dossiers import facts_stated
from operations.experts.sight import Sight
from operations.facts import cases_of
from operations.numbered import find
from operations.paths import path_of
from operations.placing import Places
from operations.results import UnknownError
from programs import Words
from programs.rulings import Decision
from states import Circumstances, End, Endorsement, Move, Refusal
from store import events_of
from store import tables as t


@dataclass(frozen=True, slots=True)
class Listed:
    """One nomination in a list.

    `due_at` is the first instant too late, where time moves it on; provisional: it was counted over days whose holiday
    schedule is not published yet.
    """

    number: str
    program: str
    nominee: str
    unit: str
    nominator: str
    category: str | None
    route: str
    stage: str
    standing: Words
    holder: str | None
    due_at: datetime | None
    provisional: bool
    grade: str | None
    version: int
    #: The version of its program by which it is judged.
    program_version: int


@dataclass(frozen=True, slots=True)
class Possible:
    """A move that leads on from where a nomination stands: where to, and every reason against it now.

    `asked` is what whoever makes it is still to give: a reason, a grade, a number, what a tier puts on the form.
    """

    move: Move
    destination: str
    standing: Words
    refusals: tuple[Refusal, ...]
    asked: tuple[Refusal, ...] = ()


@dataclass(frozen=True, slots=True)
class Confirmed:
    """What was decided on a ruling, by whom and when."""

    actor: str
    decided_at: datetime
    decision: Decision


@dataclass(frozen=True, slots=True)
class InForce:
    """Whether a program is open, its confirmed rulings by their ids, and the number of its newest version."""

    opened_at: datetime | None
    confirmed: Mapping[str, Confirmed]
    version: int = 1


def in_force(desk: Desk, program_id: str) -> InForce:
    """Return how far a program has come; one that the store does not have is not open."""
    with desk.store.read() as connection:
        kept = connection.execute(
            select(t.program.c.opened_at, t.program.c.revision).where(t.program.c.id == program_id)
        ).one_or_none()
        rows = connection.execute(
            select(t.ruling).where(t.ruling.c.program_id == program_id).order_by(t.ruling.c.ruling_id)
        )
        confirmed = {row.ruling_id: Confirmed(row.actor, row.decided_at, row.decision) for row in rows}
        return InForce(kept.opened_at, confirmed, kept.revision) if kept else InForce(None, confirmed)


def announced_closes(desk: Desk, program_id: str) -> Mapping[str, datetime]:
    """Return when the intakes of an open program close, by their ids; nothing of one that is not open yet."""
    with desk.store.read() as connection:
        try:
            running = desk.running(connection, program_id)
        except UnknownError:
            return {}
        return running.closes if running.opened_at else {}


def count_lapsed(desk: Desk, program_id: str) -> int:
    """Return how many nominations of a program have lapsed."""
    of = t.nomination.c
    with desk.store.read() as connection:
        query = select(func.count()).where(of.program_id == program_id, of.stage == End.LAPSED)
        return connection.execute(query).scalar_one()


def running_of(desk: Desk, number: str) -> Running:
    """Return the program of a nomination, as it stands; raises `UnknownError`."""
    row = _row(desk, number)
    with desk.store.read() as connection:
        return desk.running_for(connection, row)


def list_nominations(
    desk: Desk,
    *,
    program_id: str | None = None,
    stage: str | None = None,
    due_before: datetime | None = None,
    seen_by: Act | None = None,
) -> Iterator[Listed]:
    """Yield nominations in the order of their numbers; `stage` names a stage, or one standing within it.

    To an expert, and to whoever is recused, only what they may see.

    Raises `UnknownError` for a program that is not there, and for a stage that it has not.
    """
    query = select(t.nomination).order_by(t.nomination.c.program_id, t.nomination.c.number)
    if program_id is not None:
        query = query.where(t.nomination.c.program_id == program_id)
    if stage is not None:
        query = query.where(stands_in(stage))
    if due_before is not None:
        query = query.where(t.nomination.c.due_at < due_before)
    with desk.store.read() as connection:
        if program_id is not None:
            expect_stage(desk.holding(connection, program_id, stage or ""), stage)
        known: dict[tuple[str, int], Running] = {}
        sight = Sight(connection, seen_by.actor, seen_by.now) if seen_by else None
        for row in connection.execution_options(yield_per=500).execute(query):
            key = (row.program_id, row.revision)
            if key not in known:
                known[key] = desk.running_for(connection, row)
            if sight is None or sight.refuses(known[key], row) is None:
                yield _listed(known[key], row)


def stands_in(stage: str) -> ColumnElement[bool]:
    """Return the condition that a nomination stands at a stage, or at one standing within it."""
    return (t.nomination.c.stage == stage) | t.nomination.c.stage.startswith(f"{stage}.")


def show_nomination(desk: Desk, number: str) -> tuple[Listed, dict[str, Any]]:
    """Return a nomination, and what has been handed in, found, reported, objected and is missing.

    Raises `UnknownError` for a number that is not there.
    """
    with desk.store.read() as connection:
        row = _row(desk, number)
        kept = {
            "materials": t.receipt,
            "verdicts": t.verdict,
            "reports": t.report,
        }
        facts: dict[str, Any] = {}
        for name, table in kept.items():
            found = connection.execute(select(table).where(table.c.nomination_id == row.id)).mappings()
            facts[name] = [{key: value for key, value in one.items() if key != "nomination_id"} for one in found]
        facts["objections"] = _objections(connection, row.id)
        running = desk.running_for(connection, row)
        facts["files"] = [one.to_json() for one in files_of(connection, row.id)]
        facts["missing"] = _missing(running, row, facts["materials"])
        category = next((one for one in running.program.categories if one.id == row.category), None)
        facts["organizer"] = category.organizer if category else None
        facts |= {"nominator_kind": row.nominator_kind, "host": row.host, "traits": sorted(path_of(row).traits)}
        facts["stated"] = {
            one.field.word: list(one.values)
            for one in facts_stated(connection, running.program, row)
            if one.values is not None
        }
        return _listed(running, row), facts


def history_of(desk: Desk, number: str) -> list[dict[str, Any]]:
    """Return the events of a nomination, the oldest first; raises `UnknownError`."""
    row = _row(desk, number)
    with desk.store.read() as connection:
        return list(events_of(connection, row.program_id, nomination=number))


#: What a mover gives, before it is given.
_NOTHING_GIVEN: Final[Mapping[str, Any]] = {
    "reason": "",
    "grade": None,
    "document_number": None,
    "endorsement": Endorsement(),
}


def possible_moves(desk: Desk, number: str, actor: Actor, now: datetime) -> list[Possible]:
    """Return every move that leads on from where a nomination stands, with what stands against each now.

    What the mover would still give is not held against a move, but told with it.
    """
    row = _row(desk, number)
    with desk.store.read() as connection:
        running = desk.running_for(connection, row)
        case = cases_of(desk, connection, running, [row], now)[row.id]
        places = Places(connection, running.program)
        authority, matter = Authority(connection, actor), matter_of(running.program, row)
        grades = running.program.seats_for(case.path)
        given = Circumstances(
            now=now,
            reason="…",
            closes=running.closes,
            grade=grades[0].id if grades else None,
            document_number="…",
            endorsement=Endorsement.full(running.program.tier(row.stage)),
        )
        reserve_of = _reserve_of(connection, row.id)
        found: list[Possible] = []
        for move in running.pipeline.moves_from(row.stage, case.path):
            # A reserve is one of a grade: whoever makes the move has none to name.
            replaces = move is Move.REPLACE
            named = given.grade if running.pipeline.names_grade(row.stage, move, case.path) else None
            circumstances = replace(given, grade=reserve_of if replaces else named)
            limits = running.pipeline.limits(case, move, circumstances)
            allotted = places.allotted(row) if limits else {}
            around = replace(circumstances, left=places.left(limits, row), allotted=allotted)
            refused = authority.would_refuse(move, matter)
            refusals = (refused,) if refused else running.pipeline.may(case, move, around)
            nothing = replace(around, **_NOTHING_GIVEN)
            bare = running.pipeline.may(case, move, replace(nothing, grade=reserve_of) if replaces else nothing)
            asked = () if refused else tuple(one for one in bare if one.gate not in {held.gate for held in refusals})
            destination = running.pipeline.destination(row.stage, move, case.path) or row.stage
            standing = running.pipeline.standings[destination].name
            found.append(Possible(move, destination, standing, refusals, asked))
        return found


def _reserve_of(connection: Connection, nomination_id: int) -> str | None:
    """Return the grade that somebody is in reserve for, none where they are not."""
    of = t.place.c
    query = select(of.limit_key).where(of.nomination_id == nomination_id, of.limit_key.startswith("reserves."))
    key = connection.execute(query).scalar()
    return key.partition(".")[2] if key else None


def _objections(connection: Connection, nomination_id: int) -> list[dict[str, Any]]:
    """Return what was raised against a nominee. Of a person who objects only the first character is told."""
    of = t.objection.c
    told = [column for column in of if column.name not in ("nomination_id", "contact", "investigation")]
    rows = connection.execute(select(*told).where(of.nomination_id == nomination_id).order_by(of.id)).mappings()
    return [
        dict(one) | ({"objector": masked_name(one["objector"])} if one["raised_by"] == "person" else {}) for one in rows
    ]


def masked_name(name: str) -> str:
    """Show the first character only."""
    return name[:1] + "*" * (len(name) - 1)


def _missing(running: Running, row: Row[Any], receipts: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return each material that is not complete, with the media it has still to be received in."""
    received = {(one["material"], one["medium"]) for one in receipts}
    lacking = (
        (material, [medium.value for medium in material.media if (material.id, medium.value) not in received])
        for material in running.program.materials_for(path_of(row))
    )
    return [{"id": material.id, "name": material.name, "media": media} for material, media in lacking if media]


def expect_stage(running: Running, stage: str | None) -> None:
    """Raise `UnknownError` for what is neither a stage of the program nor a standing within one."""
    standings = running.pipeline.standings
    known = {standing.stage: standing for standing in standings.values()}
    if stage is None or stage in standings or stage in known:
        return
    names = {held.id: held.name for held in running.program.held_stages}
    raise UnknownError(
        Words(
            "项目 {program} 没有环节 {stage}；环节：{known}", "{program} has no stage {stage}; it has {known}"
        ).format(
            program=running.program.id,
            stage=stage,
            known=Words(
                "、".join(f"{key}（{names.get(key, standing.name.zh)}）" for key, standing in known.items()),
                ", ".join(known),
            ),
        )
    )


def _row(desk: Desk, number: str) -> Row[Any]:
    with desk.store.read() as connection:
        return find(connection, number, lock=False)


def _listed(running: Running, row: Row[Any]) -> Listed:
    return Listed(
        number=row.number,
        program=row.program_id,
        nominee=row.nominee,
        unit=row.unit,
        nominator=row.nominator,
        category=row.category,
        route=row.route,
        stage=row.stage,
        standing=running.pipeline.standings[row.stage].name,
        holder=row.holder,
        due_at=row.due_at,
        provisional=row.provisional,
        grade=row.grade,
        version=row.version,
        program_version=row.revision,
    )
