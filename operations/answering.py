"""What one body says of many nominations at once, as its letter tells it: of most that it agrees, of a few why not."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, Row, select
from sqlalchemy.engine import Connection

from operations.acts import Act
from operations.authority import matter_at, refuses
from operations.consultations import asking_stage, bodies_of, has_answered
from operations.decide import others_stand_here
from operations.desk import Desk
from operations.fingerprints import fingerprint_of
from operations.jointly import Answer, Answers, KeptLetter, not_asked, opinions_at, read_letter
from operations.materials import Offered
from operations.picking import not_there
from operations.policy import Deed
from operations.results import Denied
from operations.seeing import seeing_as
from programs import Words
from states import Refusal
from store import among
from store import tables as t

#: So many are read at once.
_AT_ONCE: Final = 500

_of = t.nomination.c


@dataclass(frozen=True, slots=True)
class Rest:
    """All others who stand at the stage and of whom the body has said nothing: it agrees.

    With a `mark` of who stood there when somebody looked, nothing is recorded if others do now.
    """

    mark: str | None = None


@dataclass(frozen=True, slots=True)
class Answered:
    """Of which nominations an answer was recorded, and why not of the others; each is told with its number."""

    recorded: tuple[str, ...]
    denied: tuple[Denied, ...]


def give_opinions(  # noqa: PLR0913 - what a letter says, each by name
    desk: Desk,
    program_id: str,
    stage_id: str,
    body: str,
    answers: Mapping[str, Answer],
    act: Act,
    *,
    rest: Rest | None = None,
    note: str = "",
    letter: Offered | KeptLetter | None = None,
    seen_at: datetime | None = None,
) -> Answered | Denied:
    """Record what one body says of these nominations, by their numbers, and with `rest` that it agrees to all others.

    `note` stands with every agreement that has none of its own. Each nomination is judged by itself: of those that are
    refused nothing changes, and the others are recorded in one transaction. The letter is kept once, and rests on all
    that are recorded; `KeptLetter` names one of the same body that is kept already. With `seen_at`, what the body said
    since then is not replaced. Raises `UnknownError` for a program, stage or letter that is not there.
    """
    asked = _Asked(program_id, stage_id, body.strip())
    with desk.store.read() as connection:
        meant = _meant(desk, connection, asked, answers, act, rest=rest)
    if isinstance(meant, Denied):
        return meant
    read = read_letter(letter)
    if isinstance(read, Denied):
        return read
    denied = [Denied((not_there(number),), number) for number in meant.missing]
    with desk.store.write() as transaction:
        connection = transaction.connection
        if rest and rest.mark is not None and fingerprint_of(connection, _of.id, asked.here).mark != rest.mark:
            return Denied((others_stand_here(),))
        taking = Answers(desk, transaction, asked.body, act, read, seen_at)
        rows = list(_held(connection, sorted(meant.answers)))
        versions = desk.running_by_version(connection, desk.running(connection, program_id), rows)
        said = opinions_at(connection, stage_id, [row.id for row in rows])
        for row in rows:
            before, answer = said.get(row.id, {}).get(asked.body), meant.answers[row.id]
            if before and row.id in meant.others:
                # It has answered meanwhile.
                continue
            if answer.agrees and not answer.note:
                answer = Answer(agrees=True, note=note)
            at = before.given_at if before else None
            if refused := taking.refused(versions[row.revision], row, answer, stage=stage_id, said=at):
                denied.append(refused)
        recorded = taking.write()
    return Answered(tuple(recorded), tuple(sorted(denied, key=lambda one: one.number or "")))


@dataclass(frozen=True, slots=True)
class _Asked:
    program_id: str
    stage_id: str
    body: str

    @property
    def here(self) -> tuple[ColumnElement[bool], ...]:
        return (_of.program_id == self.program_id, _of.stage == self.stage_id)


@dataclass(frozen=True, slots=True)
class _Meant:
    """The answers by the ids of nominations, those of `others` because nothing was said of them; numbers of nobody."""

    answers: Mapping[int, Answer]
    others: Collection[int]
    missing: Sequence[str]


def _meant(
    desk: Desk, connection: Connection, asked: _Asked, answers: Mapping[str, Answer], act: Act, *, rest: Rest | None
) -> _Meant | Denied:
    seeing = seeing_as(desk, connection, act.actor, act.now)
    seeing.program(asked.program_id)
    running, stage = asking_stage(desk, connection, asked.program_id, asked.stage_id)
    if refusal := refuses(connection, act.actor, Deed.JUDGE, matter_at(running, asked.stage_id)):
        return Denied((refusal,))
    if asked.body not in bodies_of(desk, connection, asked.program_id, asked.stage_id):
        return Denied((not_asked(stage),))
    found = [
        row
        for some in _chunks(sorted(answers))
        for row in connection.execute(
            select(t.nomination).where(_of.program_id == asked.program_id, seeing.condition, _of.number.in_(some))
        )
    ]
    named = {row.id: row.number for row in seeing.visible(found)}
    silent = (*asked.here, seeing.condition, ~has_answered(asked.stage_id, asked.body))
    more = seeing.visible(connection.execute(select(t.nomination).where(*silent)).all()) if rest else []
    others = {row.id for row in more} - named.keys()
    missing = sorted(answers.keys() - named.values())
    if not (named or others or missing):
        return Denied((_nobody(silent=rest is not None),))
    stated = {nomination: answers[number] for nomination, number in named.items()}
    return _Meant(stated | dict.fromkeys(others, Answer(agrees=True)), others, missing)


def _held(connection: Connection, ids: Sequence[int]) -> Iterator[Row[Any]]:
    """Yield these rows, locked until the transaction ends, in the order in which everybody takes them."""
    for start in range(0, len(ids), _AT_ONCE):
        some = among(_of.id, ids[start : start + _AT_ONCE])
        yield from connection.execute(select(t.nomination).where(some).order_by(_of.id).with_for_update()).all()


def _chunks(numbers: Sequence[str]) -> Iterator[Sequence[str]]:
    return (numbers[start : start + _AT_ONCE] for start in range(0, len(numbers), _AT_ONCE))


def _nobody(*, silent: bool) -> Refusal:
    if silent:
        return Refusal(
            "somebody-silent",
            Words("这一部门对每一件都已答复", "this body has answered about everybody"),
            Words("要改的，请逐件选择", "mark those of which it says something else now"),
        )
    return Refusal(
        "somebody-named",
        Words("没有选择任何一件", "no nomination is named"),
        Words("请选择同意的，或写明不同意的理由", "mark those that it agrees to, or say why it does not"),
    )
