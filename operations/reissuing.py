"""补发证书: a certificate that was lost is issued anew under its number and another code; the old code is void."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, insert, select, update

from operations.acts import Act, reason_missing
from operations.authority import matter_of, refuses
from operations.certify import LOST
from operations.codes import make_code
from operations.desk import Desk
from operations.numbered import find
from operations.policy import Deed
from operations.results import Denied, UnknownError, denied
from programs import Words
from states import Refusal
from store import tables as t


@dataclass(frozen=True, slots=True)
class Reissued:
    """A certificate was issued anew, under its own number; its new code is printed on it and stands in no event."""

    nomination: str
    certificate: str


def reissue_certificate(desk: Desk, number: str, act: Act, *, certificate: str | None = None) -> Reissued | Denied:
    """Give the certificate of a nomination another code, with the reason; whoever shows the old one is told it is void.

    `certificate` is its number, where a nomination has several. Raises `UnknownError` for a nomination that is not
    there, and where it has no certificate, or several and none is named.
    """
    of = t.certificate.c
    with desk.store.write() as transaction:
        connection = transaction.connection
        row = find(connection, number)
        program = desk.running_for(connection, row).program
        refused = denied(
            refuses(connection, act.actor, Deed.CERTIFY, matter_of(program, row))
            or reason_missing(act)
            or (_lost() if row.stage in LOST else None)
        )
        if refused:
            return refused
        known = connection.execute(select(t.certificate).where(of.nomination_id == row.id).order_by(of.ordinal)).all()
        one = _meant(number, known, certificate)
        connection.execute(
            insert(t.voided_certificate).values(
                code=one.code,
                nomination_id=row.id,
                stage=one.stage,
                reason=act.reason.strip(),
                voided_at=act.now,
                voided_by=act.actor.name,
            )
        )
        which = (of.nomination_id == row.id, of.stage == one.stage)
        connection.execute(update(t.certificate).where(*which).values(code=make_code()))
        transaction.record(
            row.program_id, "certificate.reissued", nomination=number, certificate=one.number, **act.signature()
        )
        return Reissued(number, one.number)


def _meant(number: str, known: Sequence[Row[Any]], named: str | None) -> Row[Any]:
    meant = [one for one in known if named in (None, one.number)]
    if len(meant) == 1:
        return meant[0]
    if not known:
        raise UnknownError(
            Words("{number} 没有编号的证书", "{number} has no certificate with a number").format(number=number)
        )
    raise UnknownError(
        Words("请用 --certificate 写明证书编号：{known}", "name one with --certificate: {known}").format(
            known="、".join(one.number for one in known)
        )
    )


def _lost() -> Refusal:
    return Refusal(
        "honored",
        Words("称号已经取消，证书不再补发", "the title was taken away; its certificate is not issued anew"),
        Words("请核对编号", "check the number"),
    )
