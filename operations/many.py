"""One move of many nominations that somebody names: each judged by itself, or only looked at beforehand."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.engine import Connection

from deadlines.zone import SHANGHAI
from operations.acts import Act
from operations.authority import permitted
from operations.desk import Desk, Running
from operations.leaving import unfit_ground
from operations.lookup import expect_stage, stands_in
from operations.meanwhile import is_conflict
from operations.move import move_many, part_of_more
from operations.results import Batch, Denied, UnknownError
from operations.seeing import Seeing
from programs import Words
from programs.words import moment_in_words
from states import End, Endorsement, Move, Refusal
from store import Transaction, among
from store import tables as t

#: How many are judged between two words of progress; all of a program are one transaction all the same.
_AT_ONCE = 200

#: How many numbers that nobody has are named.
_NAMED = 10

#: Is told how many have been judged, of how many.
Watch = Callable[[int, int], None]


def move_each(  # noqa: PLR0913 - a move's facts, each by name
    desk: Desk,
    numbers: Sequence[str],
    what: Move,
    act: Act,
    *,
    grades: Mapping[str, str] | None = None,
    document_number: str | None = None,
    endorsement: Endorsement | None = None,
    form_numbers: Mapping[str, str] | None = None,
    ground: str | None = None,
    reasons: Mapping[str, str] | None = None,
    seen: Mapping[str, int] | None = None,
    dry_run: bool = False,
    watch: Watch | None = None,
) -> Batch:
    """Make one move with each of these nominations; those that are refused stay where they are.

    `grades` has the grade of each number that is given one, `form_numbers` the number that a tier writes on the form of
    each, and `reasons` those of numbers that have one of their own; a document's number is that of all. `seen` are the
    versions of nominations as somebody looked at them: what has changed since stays as well.

    Those of one program are one transaction, in the order of their numbers, so that limited places are given in that
    order. `ground` is of a disqualification, as `move` has it; who is of a version without it is refused. A dry run
    judges all of them as they would be and keeps nothing. Raises `UnknownError` for numbers that are
    not there, before anything is moved.
    """
    wanted = sorted({number.strip() for number in numbers if number.strip()})
    if what.by_use_case:
        return Batch(denied=tuple(Denied((part_of_more(what, what.by_use_case),), number) for number in wanted))
    with desk.store.read() as connection:
        by_program = _programs(connection, wanted)
    done, known = Batch(), seen or {}
    for program_id in sorted(by_program):
        with desk.store.write() as transaction:
            for some in _chunks(by_program[program_id]):
                rows = _held(transaction.connection, some)
                changed = [row for row in rows if row.version != known.get(row.number, row.version)]
                still = [row for row in rows if row.version == known.get(row.number, row.version)]
                fit, unfit = (
                    (still, []) if ground is None or not still else _fit(desk, transaction, still, what, act, ground)
                )
                part = move_many(
                    desk,
                    transaction,
                    fit,
                    what,
                    act,
                    grades=grades,
                    document_number=document_number,
                    endorsement=endorsement,
                    form_numbers=form_numbers,
                    ground=ground,
                    reasons=reasons,
                )
                told = _changed(desk, transaction.connection, changed, what, act)
                done = Batch(
                    done.moved + part.moved,
                    (*done.denied, *told, *unfit, *part.denied),
                    done.owed + part.owed,
                    done.remarks + part.remarks,
                )
                if watch:
                    watch(len(done.moved) + len(done.denied), len(wanted))
            if dry_run:
                transaction.abandon()
    return done


def _changed(desk: Desk, connection: Connection, rows: Sequence[Row[Any]], what: Move, act: Act) -> Sequence[Denied]:
    """Say of nominations of one program that they are no longer as they were looked at, or not the actor's to move."""
    if not rows:
        return ()
    versions = desk.running_by_version(connection, desk.running(connection, rows[0].program_id), rows)
    seeing = Seeing(desk, connection, act.actor, act.now)
    _, denied = permitted(connection, act.actor, what, versions, rows)
    by_number = {row.number: row for row in rows}
    refused = {
        number: one.refusals
        for one in denied
        if (number := one.number) and not is_conflict(seeing, by_number[number], one.refusals[0])
    }
    changed = {row.number: (_changed_since(versions[row.revision], row),) for row in rows}
    return [Denied(refusals, number) for number, refusals in (changed | refused).items()]


def _changed_since(running: Running, row: Row[Any]) -> Refusal:
    return Refusal(
        "seen-version",
        Words(
            "您查看之后此件有过变动，{when} 起处于“{stage}”",
            "it has changed since you looked at it, and stands at “{stage}” since {when}",
        ).format(
            when=moment_in_words(row.moved_at.astimezone(SHANGHAI)),
            stage=running.pipeline.standings[row.stage].name,
        ),
        Words("请重新查看后再办理", "look at it again before you act"),
    )


def numbers_at(desk: Desk, program_id: str, stage: str) -> list[str]:
    """Return the numbers of all that stand at a stage of a program, or at one standing within it.

    Raises `UnknownError` for a program, or a stage, that is not there.
    """
    of = t.nomination.c
    with desk.store.read() as connection:
        expect_stage(desk.holding(connection, program_id, stage), stage)
        query = select(of.number).where(of.program_id == program_id, stands_in(stage), of.stage.not_in(list(End)))
        return list(connection.execute(query.order_by(of.number)).scalars())


def _fit(
    desk: Desk, transaction: Transaction, rows: Sequence[Row[Any]], what: Move, act: Act, ground: str
) -> tuple[Sequence[Row[Any]], list[Denied]]:
    """Tell those apart whose own version of the program has no such ground; who may not be moved is told that first."""
    connection = transaction.connection
    versions = desk.running_by_version(connection, desk.running(connection, rows[0].program_id), rows)
    unfit = {version: unfit_ground(running.program, what, ground) for version, running in versions.items()}
    if not any(unfit.values()):
        return rows, []
    without = [row for row in rows if unfit[row.revision]]
    allowed, denied = permitted(connection, act.actor, what, versions, without)
    denied += [Denied((refusal,), row.number) for row in allowed if (refusal := unfit[row.revision])]
    return [row for row in rows if not unfit[row.revision]], denied


def _programs(connection: Connection, numbers: Sequence[str]) -> dict[str, list[str]]:
    of = t.nomination.c
    found: dict[str, list[str]] = defaultdict(list)
    known: set[str] = set()
    for some in _chunks(numbers):
        for number, program_id in connection.execute(select(of.number, of.program_id).where(of.number.in_(some))):
            found[program_id].append(number)
            known.add(number)
    missing = [number for number in numbers if number not in known]
    if missing:
        more = len(missing) - _NAMED
        raise UnknownError(
            Words(
                "没有这些编号的申报：{numbers}{more}；请核对后再办，一件也没有办理",
                "there are no nominations {numbers}{more}; nothing was moved",
            ).format(
                numbers="、".join(missing[:_NAMED]),
                more=Words(f" 等 {len(missing)} 个", f" and {more} more") if more > 0 else "",
            )
        )
    return {program_id: sorted(some) for program_id, some in found.items()}


def _held(connection: Connection, numbers: Sequence[str]) -> Sequence[Row[Any]]:
    """Return these rows, locked until the transaction ends, in the order in which everybody takes them."""
    of = t.nomination.c
    ids = connection.execute(select(of.id).where(of.number.in_(numbers))).scalars().all()
    return connection.execute(select(t.nomination).where(among(of.id, ids)).order_by(of.id).with_for_update()).all()


def _chunks(numbers: Sequence[str]) -> Iterable[Sequence[str]]:
    return (numbers[start : start + _AT_ONCE] for start in range(0, len(numbers), _AT_ONCE))
