"""发文: the document gets its number, and everybody whose publicity has passed is honored."""

from dataclasses import dataclass

from sqlalchemy import select

from documents.errors import DocumentError
from documents.notices import require_document_number
from operations.acts import Act
from operations.authority import refuses
from operations.desk import Desk
from operations.jurisdictions import Matter
from operations.move import move_many
from operations.ratios import ratios_broken
from operations.results import Denied, Moved
from programs import Words
from programs.stages import Issuance
from states import Move, Refusal
from store import insert_new
from store import tables as t


@dataclass(frozen=True, slots=True)
class Issued:
    """A document honored these nominations. `held_back` are refused ones: they stay, the others go on."""

    document_number: str
    moved: tuple[Moved, ...]
    held_back: tuple[Denied, ...]


def issue(desk: Desk, program_id: str, document_number: str, act: Act) -> Issued | Denied:
    """Issue the document for everybody who waits at one stage of issuance, the first of several.

    Raises `UnknownError` for an unknown program.
    """
    number = document_number.strip()
    with desk.store.write() as transaction:
        connection = transaction.connection
        running = desk.relied_on(connection, program_id)
        # Of a stage that an amendment has taken out, nominations of an earlier version are still honored at.
        stages = list(
            {
                stage.id: stage
                for version in reversed(desk.versions(connection, program_id))
                for stage in version.program.held_stages
                if isinstance(stage, Issuance)
            }.values()
        )
        rows = connection.execute(
            select(t.nomination)
            .where(t.nomination.c.program_id == program_id, t.nomination.c.stage.in_([stage.id for stage in stages]))
            .order_by(t.nomination.c.number)
            .with_for_update()
        ).all()
        # A second document, of an acceptance, honors those who have come to it, and nobody who waits for the first.
        held = [stage.id for stage in running.program.held_stages if isinstance(stage, Issuance)]
        first = next((key for key in held if any(row.stage == key for row in rows)), rows[0].stage if rows else None)
        rows = [row for row in rows if row.stage == first or row.stage not in held]
        stage = next((stage for stage in stages if stage.id == first), None)
        office = running.program.office
        matter = Matter(program_id, office, (stage.office if stage else None) or office)
        if refusal := refuses(connection, act.actor, Move.ISSUE, matter):
            return Denied((refusal,))
        try:
            require_document_number(number)
        except DocumentError as error:
            return Denied((_not_a_number(error),))
        broken = tuple(ratios_broken(connection, running, soft=False)) if stage else (_nobody_waits(),)
        if stage is None or broken:
            return Denied(broken)
        new = insert_new(
            connection,
            t.document,
            [{"program_id": program_id, "number": number, "stage": stage.id, "issued_at": act.now}],
        )
        if not new:
            transaction.abandon()
            return Denied((_used_already(number),))
        batch = move_many(desk, transaction, rows, Move.ISSUE, act, document_number=number)
        if not batch.moved:
            transaction.abandon()
            return batch.denied[0]
        honored = {one.number for one in batch.moved}
        insert_new(
            connection,
            t.award,
            [
                {"nomination_id": row.id, "stage": row.stage, "program_id": program_id, "document": number}
                for row in rows
                if row.number in honored
            ],
        )
        transaction.record(
            program_id,
            "document.issued",
            document=number,
            issuers=list(stage.issuers),
            nominations=[one.number for one in batch.moved],
            clause=stage.clause,
            **act.signature(),
        )
        return Issued(number, batch.moved, batch.denied)


def _nobody_waits() -> Refusal:
    return Refusal(
        "somebody-waits",
        Words("没有公示期满、可以发文的人选", "nobody whose publicity has passed waits for the document"),
        Words("公示期满且无异议后才能发文", "wait until the publicity has passed without an open objection"),
    )


def _not_a_number(error: DocumentError) -> Refusal:
    return Refusal(
        "document-numbered",
        error.words,
        Words("请写成 机关代字〔年份〕1号 的样子", "write it as in the example"),
    )


def _used_already(number: str) -> Refusal:
    return Refusal(
        "document-numbered",
        Words("发文字号 {number} 已经用过", "the document number {number} is used already").format(number=number),
        Words("请核对发文字号", "check the number"),
    )
