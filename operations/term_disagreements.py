"""What was done within terms against the history, from their first day to their end, and what bodies say jointly.

Memory grows with what was done within terms, not with all who were nominated.
"""

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping
from itertools import groupby
from typing import Any, Final

from sqlalchemy import RowMapping, Table, exists, select, union_all
from sqlalchemy.engine import Connection

from deadlines.zone import shanghai_day
from operations.disagreement import Disagreement
from operations.recollection import Value, instant
from operations.told_events import events_saying
from states import End
from store import tables as t

#: How the first day of a term is named, by its stage.
_TERM: Final = "term:"

#: What was done, by the program, the nomination and a name that tells it from all else that was.
_Done = dict[tuple[str, str, str], dict[str, Value]]

_KINDS: Final = (
    "term.begun",
    "tenure.assessed",
    "duties.reported",
    "duties.attached",
    "benefit.paid",
    "benefit.recovered",
    "benefits.stopped",
    "benefits.resumed",
    "title.revoked",
    "certificate.returned",
    "certificate.reissued",
    "opinion.given",
)


def term_disagreements(connection: Connection, program_id: str | None = None) -> Iterator[Disagreement]:
    """Name everything done within terms that the history tells otherwise, of one program or of all."""
    kept, told = _kept(connection, program_id), _told(connection, program_id)
    yield from _begun(connection, program_id, told)
    for program, number, name in sorted(kept.keys() | told.keys()):
        row, history = kept.get((program, number, name)), told.get((program, number, name))
        if row is None or history is None:
            about = f"{number} {name}"
            yield Disagreement(program, about, "exists", table=row is not None, history=history is not None)
            continue
        for field, value in history.items():
            if row[field] != value:
                yield Disagreement(program, f"{number} {name}", field, row[field], value)


def _begun(connection: Connection, program_id: str | None, told: _Done) -> Iterator[Disagreement]:
    """Hold the first day of each term against the appointment that began it, or against the documents of the honoree.

    A later term of the same honoree has taken the place of the one before. Takes out of `told` what it has held.
    """
    appointments = {key: facts for key, facts in told.items() if key[2].startswith(_TERM)}
    for key in appointments:
        del told[key]
    appointing, without = _appointing(connection), {key[:2]: key[2] for key in appointments}
    of, document = t.nomination.c, t.document.c
    query = (
        select(of.program_id, of.number, t.tenure.c.stage, t.tenure.c.begun, document.issued_at)
        .join_from(t.tenure, t.nomination)
        .outerjoin(t.award, t.award.c.nomination_id == of.id)
        .outerjoin(t.document, (document.program_id == t.award.c.program_id) & (document.number == t.award.c.document))
        .order_by(of.id)
    )
    query = query.where(of.program_id == program_id) if program_id is not None else query
    terms = groupby(connection.execute(query), key=lambda row: row[:4])
    for (program, number, stage, begun), rows in terms:
        name, day = f"{_TERM}{stage}", begun.isoformat() if begun else None
        days = sorted({shanghai_day(row.issued_at).isoformat() for row in rows if row.issued_at})
        without.pop((program, number), None)
        appointed = appointments.get((program, number, name))
        if appointed is not None:
            right = day == appointed["begun"]
        elif day is None:
            right = (program, stage) in appointing or not days
        else:
            right = day in days or not days
        if not right:
            yield Disagreement(program, f"{number} {name}", "begun", day, appointed["begun"] if appointed else days[-1])
    without |= {(program, number): f"{_TERM}{stage}" for program, number, stage in _untermed(connection, program_id)}
    for (program, number), name in sorted(without.items()):
        yield Disagreement(program, f"{number} {name}", "exists", table=False, history=True)


def _untermed(connection: Connection, program_id: str | None) -> Iterator[tuple[str, str, str]]:
    """Yield who was honored and stands within a tenure, as their last move says, and has no term: with its stage.

    Terms that were over before they were kept have none, so those who have come to an end are not asked for one.
    """
    of = t.nomination.c
    query = select(of.program_id, of.number, of.stage).where(
        of.stage.not_in(list(End)),
        exists().where(t.award.c.nomination_id == of.id),
        ~exists().where(t.tenure.c.nomination_id == of.id),
    )
    query = query.where(of.program_id == program_id) if program_id is not None else query
    tenures = {(program, str(one["id"])) for program, one in _tenures(connection)}
    for row in connection.execute(query.order_by(of.id)):
        stage = row.stage.partition(".")[0]
        if (row.program_id, stage) in tenures:
            yield row.program_id, row.number, stage


def _appointing(connection: Connection) -> set[tuple[str, str]]:
    """Return in which tenures a term begins with an appointment, in any version of a program."""
    return {(program, str(one["id"])) for program, one in _tenures(connection) if one.get("begins") == "appointment"}


def _tenures(connection: Connection) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Yield the tenures of every version of every program, as they are kept."""
    of, version = t.program.c, t.revision.c
    found = union_all(select(of.id, of.definition), select(version.program_id, version.definition))
    for program, definition in connection.execute(found):
        stages = (json.loads(definition) if isinstance(definition, str) else definition).get("stages", ())
        yield from ((program, stage) for stage in stages if stage.get("kind") == "tenure")


def _kept(connection: Connection, program_id: str | None) -> _Done:
    done: _Done = {}
    for key, row in _rows(connection, t.assessment, program_id):
        name = f"assessment:{row['stage']}:{row['period']}:{row['round']}"
        facts = {"result": row["result"], "passed": row["passed"], "rectify_by": instant(row["rectify_by"])}
        done[*key, name] = {**facts, "at": instant(row["assessed_at"]), "by": row["assessed_by"]}
    for key, row in _rows(connection, t.duty_report, program_id):
        done[*key, f"duty-report:{row['stage']}:{row['period']}"] = {
            "at": instant(row["received_at"]),
            "by": row["received_by"],
            "files": "",
        }
    for key, row in _rows(connection, t.duty_report_file, program_id):
        # On a database that somebody has changed, what a file came with may be gone.
        report = done.setdefault(
            (*key, f"duty-report:{row['stage']}:{row['period']}"), {"at": None, "by": None, "files": ""}
        )
        report["files"] = _together(report["files"], row["digest"])
    for key, row in _rows(connection, t.suspension, program_id):
        done[*key, f"stop:{row['ordinal']}"] = {
            "ground": row["ground"],
            "since": row["since"].isoformat(),
            "resumed": row["resumed"].isoformat() if row["resumed"] else None,
        }
    payments: dict[tuple[str, str, str], int] = {}
    for key, row in _rows(connection, t.payment, program_id):
        name = f"payment:{row['benefit']}:{row['period']}"
        place = payments[*key, name] = payments.get((*key, name), 0) + 1
        facts = {column: row[column] for column in ("fen", "recovered", "document", "stage", "instalment")}
        done[*key, f"{name}:{place}"] = {**facts, "at": instant(row["paid_at"]), "by": row["paid_by"]}
    for key, row in _rows(connection, t.revocation, program_id):
        facts = {name: row[name] for name in ("ground", "approved_by", "approval", "to_recover", "paid")}
        done[*key, "revocation"] = {**facts, "returned": instant(row["returned_at"]), "at": instant(row["revoked_at"])}
    for key, row in _rows(connection, t.joint_opinion, program_id):
        name = f"opinion:{row['stage']}:{row['body']}"
        done[*key, name] = {
            "agrees": row["agrees"],
            "by": row["given_by"],
            "at": instant(row["given_at"]),
            "letter": None,
        }
    for key, row in _rows(connection, t.opinion_letter, program_id):
        said = done.setdefault((*key, f"opinion:{row['stage']}:{row['body']}"), dict.fromkeys(("agrees", "by", "at")))
        said["letter"] = row["digest"]
    reissued: dict[tuple[str, str, str], int] = defaultdict(int)
    for key, row in _reissued(connection, program_id):
        reissued[*key, row["certificate"]] += 1
        name = f"reissued:{row['certificate']}:{reissued[*key, row['certificate']]}"
        done[*key, name] = {"at": instant(row["voided_at"]), "by": row["voided_by"]}
    return done


def _reissued(connection: Connection, program_id: str | None) -> Iterator[tuple[tuple[str, str], RowMapping]]:
    """Yield the certificates that were issued anew, the earliest first."""
    of, voided, whose = t.nomination.c, t.voided_certificate.c, t.certificate.c
    query = (
        select(of.program_id, of.number, whose.number.label("certificate"), voided.voided_at, voided.voided_by)
        .select_from(t.voided_certificate.join(t.certificate).join(t.nomination, of.id == voided.nomination_id))
        .order_by(voided.voided_at)
    )
    query = query.where(of.program_id == program_id) if program_id is not None else query
    for row in connection.execute(query).mappings():
        yield (row["program_id"], row["number"]), row


def _together(before: Value, digest: str) -> str:
    return f"{before}, {digest}" if before else digest


def _rows(connection: Connection, table: Table, program_id: str | None) -> Iterator[tuple[tuple[str, str], RowMapping]]:
    of = t.nomination.c
    whose = of.id == table.c.nomination_id
    query = select(of.program_id, of.number, table).join_from(table, t.nomination, whose).order_by(*table.primary_key)
    query = query.where(of.program_id == program_id) if program_id is not None else query
    for row in connection.execute(query).mappings():
        yield (row["program_id"], row["number"]), row


def _told(connection: Connection, program_id: str | None) -> _Done:
    done: _Done = {}
    payments: dict[tuple[str, str, str], int] = defaultdict(int)
    for program, number, event in events_saying(connection, (f'"kind":"{kind}"' for kind in _KINDS), program_id):
        if number is not None and event.get("kind") in _KINDS:
            _follow(done, payments, (program, number), event)
    return done


def _follow(
    done: _Done, payments: dict[tuple[str, str, str], int], key: tuple[str, str], event: Mapping[str, Any]
) -> None:
    """Follow one event; `payments` counts what was told of so far of a benefit for a period, or of a certificate."""
    at, by = instant(event.get("now")), event.get("actor")
    match event["kind"]:
        case "term.begun":
            done[*key, f"{_TERM}{event.get('stage')}"] = {"begun": event.get("begun")}
        case "tenure.assessed":
            name = f"assessment:{event.get('stage')}:{event.get('period')}:{event.get('round')}"
            facts = {"result": event.get("result"), "passed": event.get("passed")}
            done[*key, name] = {**facts, "rectify_by": instant(event.get("rectify_by")), "at": at, "by": by}
        case "duties.reported" | "duties.attached":
            report = done.setdefault(
                (*key, f"duty-report:{event.get('stage')}:{event.get('period')}"), {"at": at, "by": by, "files": ""}
            )
            for file in event.get("files") or ():
                report["files"] = _together(report["files"], str(file.get("sha256")))
        case "benefit.paid" | "benefit.recovered":
            _follow_money(done, payments, key, event)
        case "benefits.stopped":
            facts = {"ground": event.get("ground"), "since": event.get("since"), "resumed": None}
            done[*key, f"stop:{event.get('ordinal')}"] = facts
        case "benefits.resumed":
            done.get((*key, f"stop:{event.get('ordinal')}"), {})["resumed"] = event.get("resumed")
        case "title.revoked":
            facts = {name: event.get(name) for name in ("ground", "approved_by", "approval", "to_recover")}
            facts |= {"paid": event["paid"]} if "paid" in event else {}
            done[*key, "revocation"] = {**facts, "returned": None, "at": at}
        case "certificate.returned":
            done.get((*key, "revocation"), {})["returned"] = at
        case "certificate.reissued":
            certificate = f"reissued:{event.get('certificate')}"
            payments[*key, certificate] += 1
            done[*key, f"{certificate}:{payments[*key, certificate]}"] = {"at": at, "by": by}
        case "opinion.given":
            name = f"opinion:{event.get('stage')}:{event.get('body')}"
            letter = (event.get("letter") or {}).get("sha256")
            done[*key, name] = {"agrees": event.get("agrees"), "by": by, "at": at, "letter": letter}


def _follow_money(
    done: _Done, payments: dict[tuple[str, str, str], int], key: tuple[str, str], event: Mapping[str, Any]
) -> None:
    """Follow a payment, or what came back of one."""
    name = f"payment:{event.get('benefit')}:{event.get('period')}"
    if event["kind"] == "benefit.recovered":
        place = payments.get((*key, _which(name, event))) or payments[*key, name]
        if paid := done.get((*key, f"{name}:{place}")):
            paid["recovered"] = int(paid["recovered"] or 0) + int(event.get("fen") or 0)
        return
    facts = {"fen": event.get("fen"), "recovered": 0, "document": event.get("document")}
    if "instalment" in event:
        # Before that, there was one payment for a period, and one term.
        facts |= {"stage": event.get("stage") or "", "instalment": event["instalment"]}
    payments[*key, name] += 1
    payments[*key, _which(name, event)] = payments[*key, name]
    told = {"at": instant(event.get("now")), "by": event.get("actor")}
    done[*key, f"{name}:{payments[*key, name]}"] = {**facts, **told}


def _which(name: str, event: Mapping[str, Any]) -> str:
    """Name a payment of which money comes back: the last one of its term and instalment."""
    return f"{name}@{event.get('stage') or ''}:{event.get('instalment')}"
