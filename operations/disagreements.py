"""The tables against the history: what a row says must be what the events of it came to.

No program's nominations are kept in memory: the database joins each with its first and its last move, and they pass by
one at a time.
"""

import json
from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from contextlib import suppress
from itertools import chain, groupby
from typing import Any

from sqlalchemy import Column, ColumnElement, LargeBinary, and_, case, cast, exists, func, or_, select, type_coerce
from sqlalchemy import Text as SqlText
from sqlalchemy.engine import Connection

from operations.annex_disagreements import annex_disagreements
from operations.definitions import definition_digest
from operations.disagreement import Disagreement
from operations.endorsement_disagreements import endorsement_disagreements
from operations.file_disagreements import file_disagreements
from operations.objection_disagreements import objection_disagreements
from operations.outbox_disagreements import outbox_disagreements
from operations.panel_disagreements import panel_disagreements
from operations.past_disagreements import past_disagreements
from operations.recollection import (
    ITSELF,
    Facts,
    Value,
    day,
    event_of,
    instant,
    json_of,
    name_of_list,
    name_of_version,
    shown,
    text_of,
    told_by,
    whole,
)
from operations.reserve_disagreements import reserve_disagreements
from operations.result_disagreements import result_disagreements
from operations.term_disagreements import term_disagreements
from store import tables as t
from store.standings import miscounted
from store.types import Document


def disagreements(connection: Connection, program_id: str | None = None) -> Iterator[Disagreement]:
    """Name every field of the tables that the history tells otherwise, of one program or of all, in no order.

    An event that cannot be read is left to the chain, which is broken there.
    """
    tables = _Tables(connection, program_id)
    told: set[str] = set()
    return chain(
        _noting(tables.nominations(), told),
        tables.strays(),
        tables.programs(),
        past_disagreements(connection, program_id),
        file_disagreements(connection, program_id),
        annex_disagreements(connection, program_id),
        endorsement_disagreements(connection, program_id),
        panel_disagreements(connection, program_id),
        objection_disagreements(connection, program_id),
        reserve_disagreements(connection, program_id),
        term_disagreements(connection, program_id),
        result_disagreements(connection, program_id),
        outbox_disagreements(connection, program_id),
        _standings(connection, program_id, told),
    )


def _noting(found: Iterator[Disagreement], told: set[str]) -> Iterator[Disagreement]:
    """Note the programs of which some nomination stands elsewhere, or is another's, than the history says."""
    for one in found:
        if one.field in ("exists", "stage", "holder", "unit", "nominator"):
            told.add(one.program)
        yield one


def _standings(connection: Connection, program_id: str | None, told: Collection[str]) -> Iterator[Disagreement]:
    """Hold what is kept of how many stand where against the nominations, where these are as the history says."""
    for program, stage, holder, kept, there in miscounted(connection, program_id):
        if program not in told:
            yield Disagreement(program, f"{stage}（{holder or '—'}）", "standing", kept, there)


#: Instants by the program, or by the nomination, that they are of.
Dues = dict[str, set[Value]]

#: What a nomination keeps as it was drawn up.
_DRAWN_UP = ("nominee", "unit", "nominator", "nominator_kind", "host", "category", "route", "traits")

#: How the history of a nomination begins and goes on.
_CREATED, _MOVED, _RECOUNTED = "nomination.created", "nomination.moved", "correction.recounted"

#: What brings a nomination to another version of its program; like a move, it says where the nomination stands then.
_MIGRATED = "nomination.migrated"

#: How many rows a server hands over at once.
_ROWS = {"yield_per": 1000}


class _Tables:
    """Asks a database for rows, beside what the history says of them."""

    def __init__(self, connection: Connection, program_id: str | None) -> None:
        self._connection = connection
        self._program_id = program_id
        self._is_sqlite = connection.dialect.name == "sqlite"

    def nominations(self) -> Iterator[Disagreement]:
        """Hold each nomination against its first and its last move."""
        of, moves = t.nomination.c, t.event.c
        ends = (
            select(
                moves.program_id,
                moves.nomination,
                func.min(moves.position).label("first"),
                func.max(moves.position).label("last"),
                # Taking a move back also says which grade stands, none among them.
                func.max(case((or_(self._says('"grade":"'), self._says('"move":"undo"')), moves.position))).label(
                    "graded"
                ),
                func.max(case((self._is_kind(_MIGRATED), moves.position))).label("migrated"),
            )
            .where(moves.nomination.is_not(None), or_(*map(self._is_kind, (_CREATED, _MOVED, _MIGRATED))))
            .where(*self._of(moves.program_id))
            .group_by(moves.program_id, moves.nomination)
            .subquery()
        )
        first, last, graded, migrated = (t.event.alias(name) for name in ("first", "last", "graded", "migrated"))
        joined = t.nomination.outerjoin(ends, and_(ends.c.program_id == of.program_id, ends.c.nomination == of.number))
        joins = ((first, ends.c.first), (last, ends.c.last), (graded, ends.c.graded), (migrated, ends.c.migrated))
        for one, position in joins:
            joined = joined.outerjoin(one, and_(one.c.program_id == of.program_id, one.c.position == position))
        query = select(
            *map(self._raw, (of.program_id, of.number, first.c.payload, last.c.payload, graded.c.payload)),
            *map(self._raw, (of.stage, of.grade, of.holder, *(of[name] for name in _DRAWN_UP))),
            of.version,
            of.revision,
            self._raw(migrated.c.payload),
            self._raw(of.due_at),
        )
        explained = self._dues()
        query = query.select_from(joined).where(*self._of(of.program_id))
        with self._connection.execute(query, execution_options=_ROWS) as rows:
            for row in rows:
                yield from _of_nomination(row, explained)

    def _dues(self) -> Dues:
        """Return the instants that nominations may be due at though no move of theirs says so."""
        dues: Dues = defaultdict(set)
        of_program, of_version, of_list = t.program.c, t.revision.c, t.publicity.c
        for key, kept in ((of_program.id, of_program.closes), (of_version.program_id, of_version.closes)):
            for program, closes in self._rows(key, kept):
                with suppress(ValueError, TypeError, KeyError, AttributeError):
                    dues[program] |= {instant(close["at"]) for close in json.loads(text_of(closes)).values()}
        for program, closes in self._rows(of_list.program_id, of_list.objections_close_at):
            dues[program].add(instant(closes))
        moves = t.event.c
        again = or_(self._is_kind(_RECOUNTED), self._is_kind("term.begun"))
        for (payload,) in self._connection.execute(
            select(self._raw(moves.payload)).where(again, *self._of(moves.program_id))
        ):
            if event := event_of(payload):
                dues[str(event.get("nomination"))].add(instant(event.get("to") or event.get("due")))
        return dues

    def strays(self) -> Iterator[Disagreement]:
        """Name every nomination that the history tells of and the table does not have."""
        of = t.event.c
        known = exists().where(t.nomination.c.number == of.nomination)
        query = select(self._raw(of.program_id), self._raw(of.nomination)).distinct()
        query = query.where(of.nomination.is_not(None), ~known, *self._of(of.program_id))
        with self._connection.execute(query, execution_options=_ROWS) as rows:
            for program, number in rows:
                yield Disagreement(text_of(program), text_of(number), "exists", table=False, history=True)

    def programs(self) -> Iterator[Disagreement]:
        """Hold each program, its rulings, lists and documents against its own events."""
        of = t.event.c
        query = select(self._raw(of.program_id), self._raw(of.payload)).order_by(of.program_id, of.position)
        told: dict[str, Facts] = {}
        with self._connection.execute(
            query.where(of.nomination.is_(None), *self._of(of.program_id)), execution_options=_ROWS
        ) as rows:
            for program, events in groupby(rows, key=lambda row: text_of(row[0])):
                told[program] = told_by(event for _, payload in events if (event := event_of(payload)))
        kept = self._kept()
        for program in sorted(kept.keys() | told.keys()):
            yield from _compared(program, kept.get(program, {}), told.get(program, told_by(())))

    def _kept(self) -> dict[str, Facts]:
        """Return what the tables say of each program."""
        kept: dict[str, Facts] = {}
        of_program, of_ruling, of_list, of_document = (one.c for one in (t.program, t.ruling, t.publicity, t.document))
        said = (of_program.definition, of_program.closes, of_program.digest)
        for program, opened_at, revision, *texts in self._rows(
            of_program.id, of_program.opened_at, of_program.revision, *said
        ):
            itself = {"opened_at": instant(opened_at), "revision": whole(revision), **_digests(*texts)}
            kept[program] = {ITSELF: itself}
        of_version = t.revision.c
        for program, version, *texts in self._rows(
            of_version.program_id, of_version.number, of_version.definition, of_version.closes, of_version.digest
        ):
            kept.setdefault(program, {})[name_of_version(whole(version))] = _digests(*texts)
        for program, ruling, decision, actor, decided_at in self._rows(
            of_ruling.program_id, of_ruling.ruling_id, of_ruling.decision, of_ruling.actor, of_ruling.decided_at
        ):
            kept.setdefault(program, {})[f"ruling:{text_of(ruling)}"] = {
                "decision": json_of(decision),
                "actor": text_of(actor),
                "decided_at": instant(decided_at),
            }
        days = (of_list.first_day, of_list.last_day, of_list.closes_at, of_list.objections_close_at)
        counted = (of_list.period, of_list.objections, of_list.stated)
        for program, stage, published_at, venue, first, last, closes, objections, provisional, *how in self._rows(
            of_list.program_id, of_list.stage, of_list.published_at, of_list.venue, *days, of_list.provisional, *counted
        ):
            facts = kept.setdefault(program, {})
            facts[name_of_list(facts, text_of(stage), instant(published_at))] = {
                "venue": text_of(venue),
                "first_day": day(first),
                "last_day": day(last),
                "closes_at": instant(closes),
                "objections_close_at": instant(objections),
                "provisional": provisional in (True, b"1"),
                "period": text_of(how[0]),
                "objections": text_of(how[1]),
                "stated": how[2] in (True, b"1"),
            }
        for program, number, issued_at in self._rows(of_document.program_id, of_document.number, of_document.issued_at):
            kept.setdefault(program, {})[f"document:{text_of(number)}"] = {"issued_at": instant(issued_at)}
        self._keep_honors(kept)
        self._keep_replacements(kept)
        return kept

    def _keep_replacements(self, kept: dict[str, Facts]) -> None:
        """Add whose place a reserve has taken."""
        of, left, follows = t.replacement.c, t.nomination.alias("vacated"), t.nomination.alias("follows")
        columns = (of.program_id, left.c.number, follows.c.number, of.grade, of.reason, of.replaced_at)
        query = select(*map(self._raw, columns)).select_from(
            t.replacement.outerjoin(left, left.c.id == of.vacated_id).outerjoin(
                follows, follows.c.id == of.nomination_id
            )
        )
        for program, vacated, by, grade, reason, at in self._connection.execute(query.where(*self._of(of.program_id))):
            told = {"by": text_of(by), "grade": text_of(grade), "reason": text_of(reason), "replaced_at": instant(at)}
            kept.setdefault(text_of(program), {})[f"replacement:{text_of(vacated)}"] = told

    def _keep_honors(self, kept: dict[str, Facts]) -> None:
        """Add who was honored by which document, and the certificates that say so."""
        of_award, of_certificate, of = t.award.c, t.certificate.c, t.nomination.c
        awards = select(*map(self._raw, (of_award.program_id, of.number, of_award.document)))
        awards = awards.join_from(t.award, t.nomination, isouter=True).where(*self._of(of_award.program_id))
        for program, number, document in self._connection.execute(awards):
            kept.setdefault(text_of(program), {})[f"award:{text_of(number)}@{text_of(document)}"] = {}
        columns = (of_certificate.program_id, of_certificate.number, of.number, of_certificate.numbered_at)
        certificates = select(*map(self._raw, columns)).select_from(
            t.certificate.outerjoin(t.nomination, of.id == of_certificate.nomination_id)
        )
        for program, certificate, number, numbered_at in self._connection.execute(
            certificates.where(*self._of(of_certificate.program_id))
        ):
            kept.setdefault(text_of(program), {})[f"certificate:{text_of(certificate)}"] = {
                "nomination": text_of(number),
                "numbered_at": instant(numbered_at),
            }

    def _rows(self, program: Column[str], *columns: Column[Any]) -> Iterator[tuple[Any, ...]]:
        """Read some columns of a table in the order of its key, each row after the id of its program."""
        query = select(self._raw(program), *map(self._raw, columns)).where(*self._of(program))
        for key, *rest in self._connection.execute(query.order_by(*program.table.primary_key)):
            yield text_of(key), *rest

    def _raw(self, column: ColumnElement[Any]) -> ColumnElement[Any]:
        """Read a column as the bytes that are there: on SQLite it may hold anything that somebody has put into it."""
        if self._is_sqlite:
            return cast(column, LargeBinary)
        return type_coerce(column, SqlText) if isinstance(column.type, Document) else column

    def _is_kind(self, kind: str) -> ColumnElement[bool]:
        """Whether an event is of this kind."""
        return self._says(f'"kind":"{kind}"')

    def _says(self, text: str) -> ColumnElement[bool]:
        """Whether an event says this in canonical JSON. A quotation mark within a text is written otherwise there."""
        find = func.instr if self._is_sqlite else func.strpos
        return find(t.event.c.payload, text) > 0

    def _of(self, program: ColumnElement[str]) -> tuple[ColumnElement[bool], ...]:
        return () if self._program_id is None else (program == self._program_id,)


def _of_nomination(row: Sequence[Any], explained: Dues) -> Iterator[Disagreement]:
    program, number, first, last, graded, stage, grade, holder, *drawn_up, version, revision, migrated, due_at = row
    created = event_of(first)
    moved = created if last == first else event_of(last)
    if first is None or (created and created.get("kind") != _CREATED):
        yield Disagreement(text_of(program), text_of(number), "exists", table=True, history=False)
        return
    told: list[tuple[str, Any, Value]] = []
    if created:
        # Events of an earlier version do not tell the kind of nominator.
        told += [
            (name, kept, created.get(name))
            for name, kept in zip(_DRAWN_UP, drawn_up, strict=True)
            if name != "nominator_kind" or name in created
        ]
        of_version = event_of(migrated) if migrated is not None else created
        told.append(("revision", revision, (of_version or {}).get("revision", 1)))
    if moved:
        told += [("stage", stage, moved.get("to")), ("version", version, moved.get("version", 1))]
        told.append(("grade", grade, (event_of(graded) or {}).get("grade") if graded is not None else None))
        if "holder" in moved:
            told.append(("holder", holder, moved["holder"]))
        due, moved_to = instant(due_at), instant(moved.get("due"))
        if due != moved_to and due not in {*explained.get(text_of(program), ()), *explained.get(text_of(number), ())}:
            yield Disagreement(text_of(program), text_of(number), "due_at", due, moved_to)
    for name, kept, value in told:
        if text_of(kept) != value:
            yield Disagreement(text_of(program), text_of(number), name, shown(kept), value)


def _digests(definition: Any, closes: Any, digest: Any) -> dict[str, Value]:  # noqa: ANN401 - raw columns
    """Return what a version comes to: the digest of what it says, and the one that is kept beside it."""
    return {"definition": definition_digest(text_of(definition), text_of(closes)), "digest": text_of(digest)}


def _compared(program: str, kept: Facts, told: Facts) -> Iterator[Disagreement]:
    for subject in sorted(kept.keys() | told.keys()):
        number = subject or program
        if subject not in kept or subject not in told:
            yield Disagreement(program, number, "exists", table=subject in kept, history=subject in told)
            continue
        for field, value in told[subject].items():
            if kept[subject][field] != value:
                yield Disagreement(program, number, field, kept[subject][field], value)
