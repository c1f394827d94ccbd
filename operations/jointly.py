"""联合初审、征求意见: what each of the bodies says that screen a nomination jointly, or are consulted about it.

All that screen jointly must agree before it goes on. Of those that are consulted none may object; whether to wait for
who has not answered is the office's to say. One letter of a body may be about many nominations
(`operations.answering`).
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Row, delete, insert, select
from sqlalchemy.engine import Connection

from deadlines.zone import SHANGHAI
from operations.acts import Act
from operations.authority import Authority, matter_of
from operations.desk import Desk, Running
from operations.experts.sight import Sight
from operations.materials import Offered
from operations.numbered import find
from operations.objection_evidence import Evidence, ReadFiles, keep_read, read_evidence, told_files
from operations.policy import Deed
from operations.results import Denied, UnknownError
from programs import Words
from programs.stages import Consultation, Screening, bodies_asked
from programs.words import moment_in_words
from states import Refusal
from store import Transaction, among
from store import tables as t

#: The largest letter that is taken, in bytes.
LARGEST_LETTER: Final = 20 * 1024 * 1024

#: A stage at which bodies say one by one what they think.
Asks = Screening | Consultation


@dataclass(frozen=True, slots=True)
class Answer:
    """What a body says of one nomination: that it agrees, or not and why."""

    agrees: bool
    note: str = ""


@dataclass(frozen=True, slots=True)
class BodyOpinion:
    """What one body says of a nomination that it screens or is asked about; `agrees` is none while it said nothing.

    `letter` is the SHA-256 of the file in which it said so, and `letter_name` what that is called, where one was kept.
    """

    body: str
    agrees: bool | None
    note: str
    given_by: str | None
    given_at: datetime | None
    letter: str | None = None
    letter_name: str | None = None


@dataclass(frozen=True, slots=True)
class KeptLetter:
    """A letter that is kept already, by the SHA-256 of what it holds."""

    digest: str


def opinions_of(connection: Connection, running: Running, row: Row[Any]) -> tuple[BodyOpinion, ...]:
    """Return what each body says of a nomination, in the program's order; none where none is asked now."""
    stage = asked_at(running, row)
    if stage is None or not (bodies := bodies_asked(stage)):
        return ()
    said = opinions_at(connection, stage.id, [row.id])[row.id]
    return tuple(said.get(body, _silent(body)) for body in bodies)


def opinions_at(connection: Connection, stage: str, ids: Sequence[int]) -> Mapping[int, Mapping[str, BodyOpinion]]:
    """Return what was said of nominations at a stage, by their ids and the bodies; nothing for who is silent."""
    of, letter = t.joint_opinion.c, t.opinion_letter.c
    mine = (letter.nomination_id == of.nomination_id) & (letter.stage == of.stage) & (letter.body == of.body)
    query = (
        select(t.joint_opinion, letter.digest, letter.name)
        .join_from(t.joint_opinion, t.opinion_letter, mine, isouter=True)
        .where(among(of.nomination_id, ids), of.stage == stage)
    )
    found: dict[int, dict[str, BodyOpinion]] = defaultdict(dict)
    for one in connection.execute(query):
        opinion = BodyOpinion(one.body, one.agrees, one.note, one.given_by, one.given_at, one.digest, one.name)
        found[one.nomination_id][one.body] = opinion
    return found


def said_by_all(said: Mapping[str, BodyOpinion], bodies: Iterable[str]) -> tuple[BodyOpinion, ...]:
    """Return what each of these bodies says, in their order, those that are silent among them."""
    return tuple(said.get(body, _silent(body)) for body in bodies)


def give_opinion(  # noqa: PLR0913 - what a body says, each by name
    desk: Desk, number: str, body: str, act: Act, *, agrees: bool, note: str = "", letter: Offered | None = None
) -> Denied | None:
    """Record what one of the bodies says; what it said before is replaced. Who does not agree says why.

    Raises `UnknownError` for a number that is not there.
    """
    read = read_letter(letter)
    if isinstance(read, Denied):
        return read
    with desk.store.write() as transaction:
        row = find(transaction.connection, number)
        answers = Answers(desk, transaction, body, act, read)
        if refused := answers.refused(desk.running_for(transaction.connection, row), row, Answer(agrees, note)):
            return refused
        answers.write()
    return None


def read_letter(letter: Offered | KeptLetter | None) -> ReadFiles | KeptLetter | Denied:
    """Tell what a letter is before anybody has to wait; refused where it is too large, of no known kind, or damaged."""
    if letter is None or isinstance(letter, KeptLetter):
        return letter or ()
    if letter.file.stat().st_size > LARGEST_LETTER:
        return Denied((_too_large(letter.name),))
    return read_evidence(Evidence((letter,)))


class Answers:
    """What one body says of several nominations, in one transaction: each is judged, and what fits recorded together.

    With `seen_at`, what the body has said since then is not replaced: whoever answers has not seen it.
    """

    def __init__(
        self,
        desk: Desk,
        transaction: Transaction,
        body: str,
        act: Act,
        letter: ReadFiles | KeptLetter,
        seen_at: datetime | None = None,
    ) -> None:
        self._desk = desk
        self._transaction = transaction
        self._body = body.strip()
        self._act = act
        self._letter = letter
        self._seen_at = seen_at
        self._authority = Authority(transaction.connection, act.actor)
        self._sight = Sight(transaction.connection, act.actor, act.now)
        self._fit: list[tuple[Row[Any], Asks, Answer]] = []

    def refused(
        self, running: Running, row: Row[Any], answer: Answer, *, stage: str | None = None, said: datetime | None = None
    ) -> Denied | None:
        """Say why an answer is not recorded; else keep it until all are. `stage` is where it was asked for.

        `said` is when this body has spoken of it before, if it has.
        """
        asks = asked_at(running, row)
        refusal = self._sight.recused(running, row) or self._authority.refuses(
            Deed.JUDGE, matter_of(running.program, row)
        )
        if refusal is None and stage is not None and row.stage != stage:
            refusal = _moved_on(running, row)
        if refusal is None and (asks is None or self._body not in asks.bodies):
            refusal = not_asked(asks)
        if refusal is None and not answer.agrees and not answer.note.strip():
            refusal = _unexplained()
        if refusal is None and said is not None and self._seen_at is not None and said > self._seen_at:
            refusal = _said_meanwhile(self._body, said)
        if refusal is not None or asks is None:
            return Denied((refusal or not_asked(asks),), row.number)
        self._fit.append((row, asks, answer))
        return None

    def write(self) -> list[str]:
        """Record what was not refused, each as an event of its nomination; returns their numbers."""
        if not self._fit:
            return []
        connection, act = self._transaction.connection, self._act
        letter = self._keep()
        for stage in {asks.id for _, asks, _ in self._fit}:
            ids = [row.id for row, asks, _ in self._fit if asks.id == stage]
            for table in (t.opinion_letter, t.joint_opinion):
                of = table.c
                connection.execute(
                    delete(table).where(among(of.nomination_id, ids), of.stage == stage, of.body == self._body)
                )
        key = [{"nomination_id": row.id, "stage": asks.id, "body": self._body} for row, asks, _ in self._fit]
        said = [
            {"agrees": answer.agrees, "note": answer.note.strip(), "given_by": act.actor.name, "given_at": act.now}
            for _, _, answer in self._fit
        ]
        connection.execute(insert(t.joint_opinion), [one | what for one, what in zip(key, said, strict=True)])
        if letter:
            digest, name, _ = letter
            connection.execute(insert(t.opinion_letter), [one | {"digest": digest, "name": name} for one in key])
        for row, asks, answer in self._fit:
            self._transaction.record(
                row.program_id,
                "opinion.given",
                nomination=row.number,
                stage=asks.id,
                body=self._body,
                agrees=answer.agrees,
                note=answer.note.strip() or None,
                letter=letter[2] if letter else None,
                clause=asks.clause,
                **act.signature(),
            )
        return [row.number for row, _, _ in self._fit]

    def _keep(self) -> tuple[str, str, object] | None:
        """Keep the letter, once something rests on it; returns its SHA-256, its name, and what events say of it."""
        if isinstance(self._letter, KeptLetter):
            return self._known(self._letter.digest)
        if not self._letter:
            return None
        ((kept, copy),) = keep_read(self._desk, self._transaction.connection, self._letter, self._act)
        return kept.digest, copy.name, told_files([(kept, copy)])[0]

    def _known(self, digest: str) -> tuple[str, str, object]:
        """Return a letter of this body that rests on nominations of the same stage already."""
        stages, of = {asks.id for _, asks, _ in self._fit}, t.opinion_letter.c
        query = (
            select(of.name, t.file.c.copy)
            .join(t.file, t.file.c.digest == of.digest)
            .join(t.nomination, t.nomination.c.id == of.nomination_id)
            .where(of.digest == digest, of.body == self._body, of.stage.in_(stages))
            .where(t.nomination.c.program_id == self._fit[0][0].program_id)
        )
        found = self._transaction.connection.execute(query.limit(1)).one_or_none()
        if found is None:
            raise UnknownError(no_letter())
        return digest, found.name, {"sha256": digest, "format": found.copy["format"], "size": found.copy["size"]}


def asked_at(running: Running, row: Row[Any]) -> Asks | None:
    """Return the stage at which bodies are asked of a nomination; none while it is corrected, or anywhere else."""
    standing = running.pipeline.standings[row.stage]
    stage = None if standing.ended else running.program.stage(standing.stage)
    return stage if isinstance(stage, Screening | Consultation) and row.stage == stage.id else None


def not_asked(stage: Asks | None) -> Refusal:
    """Refuse a body that a stage does not ask."""
    consults = isinstance(stage, Consultation)
    return Refusal(
        "body-asked",
        Words("这里不征求这一部门的意见", "this body is not consulted here")
        if consults
        else Words("这里不由这一部门联合初审", "this body does not screen here"),
        Words("可用：{bodies}", "use one of: {bodies}").format(bodies="、".join(stage.bodies if stage else ()) or "—"),
    )


def _silent(body: str) -> BodyOpinion:
    return BodyOpinion(body, None, "", None, None)


def _unexplained() -> Refusal:
    return Refusal(
        "reason-stated",
        Words("不同意的没有写明理由", "who does not agree has not said why"),
        Words("请写明理由", "say why"),
    )


def _moved_on(running: Running, row: Row[Any]) -> Refusal:
    return Refusal(
        "stage",
        Words("此件现在“{name}”", "it stands at “{name}”").format(name=running.pipeline.standings[row.stage].name),
        Words("离开这一环节后不再登记", "nothing is recorded once it has left the stage"),
    )


def _said_meanwhile(body: str, at: datetime) -> Refusal:
    return Refusal(
        "seen-opinion",
        Words(
            "您查看之后，{at} 已登记了{body}的意见", "what {body} says was recorded at {at}, since you looked"
        ).format(body=body, at=moment_in_words(at.astimezone(SHANGHAI))),
        Words("请核对后再登记", "look at it, then record it again"),
    )


def _too_large(name: str) -> Refusal:
    most = LARGEST_LETTER // 1024 // 1024
    return Refusal(
        "file-size",
        Words("{name} 超过 {most} MB", "{name} is larger than {most} MB").format(name=name, most=most),
        Words("请压缩或重新扫描后再交", "make it smaller, or scan it anew"),
    )


def no_letter() -> Words:
    """Say of a letter that is not there, or not theirs to see, one and the same."""
    return Words("没有这份函件", "there is no such letter")
