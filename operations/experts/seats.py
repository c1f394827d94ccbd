"""From the draw to the first file: an expert is invited, confirms or declines, and pledges."""

from collections.abc import Sequence
from datetime import datetime
from hashlib import sha256
from typing import Any

from sqlalchemy import Row, insert, select, update
from sqlalchemy.engine import Connection

from operations.acts import Act, reason_missing
from operations.authority import matter_at, refuses
from operations.desk import Desk, Running
from operations.experts.panels import urns_of
from operations.experts.records import (
    find_expert,
    find_panel,
    panel_matter,
    panel_matter_of,
    panel_of_stage,
    seats_of,
    withdraw_reports,
)
from operations.owing import owe_invitations
from operations.policy import Deed
from operations.results import Denied
from programs import Words
from programs.panels import Panel
from states import Refusal
from states.draws import next_in_line
from store import Transaction, hold
from store import tables as t

#: What is pledged where the notice has no words of its own for it.
PLEDGE = (
    "我承诺：独立、客观、公正地评议，不受任何单位和个人影响；与申报人或其单位、推荐单位有利害关系的，主动申请回避；"
    "不泄露申报材料和评议情况，不复制、留存材料；评议期间不与申报人接触，不收受财物；违反承诺的，承担相应责任。"
)


def pledge_text(panel: Panel) -> str:
    """Return the words that an expert pledges."""
    return panel.pledge or PLEDGE


def pledge_version(panel: Panel) -> str:
    """Return what tells these words from any other: their SHA-256, in hexadecimal."""
    return sha256(pledge_text(panel).encode()).hexdigest()


def invite(desk: Desk, program_id: str, stage: str, act: Act) -> tuple[str, ...] | Denied:
    """Owe an invitation to everybody who was drawn and not invited yet; returns their names, none when done before.

    They are to answer in the time that the program gives for that, if it does. Raises `UnknownError` for a program or a
    stage that draws none, `DeadlineError` beyond the calendar.
    """
    with desk.store.write() as transaction:
        running, panel = _begin(desk, transaction, program_id, stage)
        if refusal := refuses(transaction.connection, act.actor, Deed.DRAW_PANEL, matter_at(running, stage)):
            return Denied((refusal,))
        if isinstance(panel, Refusal):
            return Denied((panel,))
        if late := _behind(desk, transaction.connection, running, stage):
            return Denied((late,))
        new = [seat for seat in seats_of(transaction.connection, panel.id) if seat.state == "drawn"]
        if not new:
            return ()
        due = _invite(transaction, running, panel, new, act)
        names = tuple(seat.name for seat in new)
        transaction.record(
            program_id,
            "experts.invited",
            stage=stage,
            experts=list(names),
            answer_by=due.isoformat() if due else None,
            **act.signature(),
        )
        return names


def confirm(desk: Desk, program_id: str, stage: str, expert: str, act: Act) -> Denied | None:
    """Note that an invitation was received and accepted: by the expert, or by the office on their word.

    Again is no change. Raises `UnknownError` for a program, a stage or an expert that there is none of.
    """
    with desk.store.write() as transaction:
        running, panel = _begin(desk, transaction, program_id, stage)
        seat = _seat(transaction.connection, running, panel, expert, act, Deed.ANSWER_INVITATION)
        if isinstance(seat, Refusal):
            return Denied((seat,))
        if seat.state == "confirmed":
            return None
        if refusal := _not_invited(seat):
            return Denied((refusal,))
        _set(transaction.connection, seat, state="confirmed", answered_at=act.now)
        transaction.record(program_id, "invitation.confirmed", stage=stage, expert=expert, **act.signature())
    return None


def decline(desk: Desk, program_id: str, stage: str, expert: str, act: Act) -> str | Denied | None:
    """Note, with the reason, that an expert cannot take part; whoever comes next in the draw takes the place.

    Returns who that is, none when the draw has nobody left. What they were assigned has to be taken over first. Raises
    `UnknownError` for a program, a stage or an expert that there is none of.
    """
    with desk.store.write() as transaction:
        connection = transaction.connection
        running, panel = _begin(desk, transaction, program_id, stage)
        seat = _seat(connection, running, panel, expert, act, Deed.ANSWER_INVITATION)
        if isinstance(seat, Refusal):
            return Denied((seat,))
        refusal = _declined_already(seat) or reason_missing(act) or _behind(desk, connection, running, stage)
        if refusal:
            return Denied((refusal,))
        assert not isinstance(panel, Refusal)  # noqa: S101 - there is a seat on it
        released = _release(connection, panel, seat)
        _set(connection, seat, state="declined", answered_at=act.now, reason=act.reason.strip())
        following = _seat_the_next(transaction, running, panel, seat, act)
        transaction.record(
            program_id,
            "invitation.declined",
            stage=stage,
            expert=expert,
            next=following,
            released=released or None,
            **act.signature(),
        )
    return following


def make_pledge(desk: Desk, program_id: str, stage: str, expert: str, act: Act) -> Denied | None:
    """Pledge: the expert's own act, after which the files assigned to them are open to them. Again is no change.

    Raises `UnknownError` for a program, a stage or an expert that there is none of.
    """
    with desk.store.write() as transaction:
        running, panel = _begin(desk, transaction, program_id, stage)
        seat = _seat(transaction.connection, running, panel, expert, act, Deed.PLEDGE)
        if isinstance(seat, Refusal):
            return Denied((seat,))
        if seat.state != "confirmed":
            return Denied((_not_confirmed(seat, program_id, stage),))
        version = pledge_version(panel_of_stage(running.program, stage))
        if seat.pledge != version:
            _set(transaction.connection, seat, pledge=version, pledged_at=act.now)
            transaction.record(program_id, "pledge.made", stage=stage, expert=expert, text=version, **act.signature())
    return None


def _begin(desk: Desk, transaction: Transaction, program_id: str, stage: str) -> tuple[Running, Row[Any] | Refusal]:
    """Hold a stage's panel, and return it with the program."""
    running = desk.relied_on(transaction.connection, program_id, stage)
    panel_of_stage(running.program, stage)
    hold(transaction.connection, [panel_matter(program_id, stage)])
    return running, find_panel(transaction.connection, program_id, stage)


def _seat(
    connection: Connection, running: Running, panel: Row[Any] | Refusal, expert: str, act: Act, deed: Deed
) -> Row[Any] | Refusal:
    """Return an expert's place on a panel, or why the actor does nothing about it."""
    if refusal := refuses(connection, act.actor, deed, panel_matter_of(running, expert, act.actor)):
        return refusal
    if isinstance(panel, Refusal):
        return panel
    find_expert(connection, expert)
    seat = next((one for one in seats_of(connection, panel.id) if one.name == expert), None)
    return seat or Refusal(
        "on-the-panel",
        Words("{expert}不在本次抽取的专家之中", "{expert} is not among the experts who were drawn").format(
            expert=expert
        ),
        Words(
            "请核对（可能已重抽）：linxuan review panel",
            "see who is (it may have been drawn again): linxuan review panel",
        ),
    )


def _set(connection: Connection, seat: Row[Any], **values: Any) -> None:  # noqa: ANN401 - the columns of a seat
    of = t.panel_seat.c
    connection.execute(
        update(t.panel_seat).where(of.panel_id == seat.panel_id, of.expert_id == seat.expert_id).values(**values)
    )


def _behind(desk: Desk, connection: Connection, running: Running, stage: str) -> Refusal | None:
    """Refuse to name a day by which to answer where the database knows more of the calendar."""
    return desk.behind(connection) if panel_of_stage(running.program, stage).answer else None


def _invite(
    transaction: Transaction, running: Running, panel: Row[Any], seats: Sequence[Row[Any]], act: Act
) -> datetime | None:
    """Invite these, and return the first instant that is too late to answer, if there is one."""
    said = panel_of_stage(running.program, panel.stage).answer
    due = running.count(said, act.now).closes if said else None
    for seat in seats:
        _set(transaction.connection, seat, state="invited", invited_at=act.now, answer_by=due)
    owe_invitations(
        transaction.connection, running, panel.stage, str(panel.id), [seat.name for seat in seats], due, act
    )
    return due


def _seat_the_next(transaction: Transaction, running: Running, panel: Row[Any], left: Row[Any], act: Act) -> str | None:
    """Seat whoever comes next in the recorded order of the field, invited if the one before was; returns the name."""
    connection = transaction.connection
    seats = seats_of(connection, panel.id)
    order = next(urn.order for urn in urns_of(panel) if urn.id == left.urn)
    following = next_in_line(order, [seat.expert_id for seat in seats])
    if following is None:
        return None
    values = {
        "panel_id": panel.id,
        "expert_id": following,
        "urn": left.urn,
        "ordinal": max(seat.ordinal for seat in seats) + 1,
        "replaces": left.expert_id,
    }
    connection.execute(insert(t.panel_seat).values(values))
    new = seats_of(connection, panel.id)[-1]
    if left.invited_at is not None:
        _invite(transaction, running, panel, [new], act)
    return str(new.name)


def _release(connection: Connection, panel: Row[Any], seat: Row[Any]) -> int:
    """Take back what somebody was assigned and cannot evaluate, and has reported of it; returns how much that was."""
    of = t.assignment.c
    mine = select(of.nomination_id).where(of.panel_id == panel.id, of.expert_id == seat.expert_id)
    for nomination in connection.execute(mine.order_by(of.nomination_id)).scalars().all():
        withdraw_reports(connection, nomination, seat.name, [panel.stage])
    return connection.execute(
        t.assignment.delete().where(of.panel_id == panel.id, of.expert_id == seat.expert_id)
    ).rowcount


def _not_invited(seat: Row[Any]) -> Refusal | None:
    if seat.state == "invited":
        return None
    if seat.state == "declined":
        return _declined_already(seat)
    return Refusal(
        "invited",
        Words("还没有向{expert}发出邀请", "{expert} is not invited yet").format(expert=seat.name),
        Words("请先用 linxuan review invite 发出", "invite them first with: linxuan review invite"),
    )


def _declined_already(seat: Row[Any]) -> Refusal | None:
    if seat.state != "declined":
        return None
    return Refusal(
        "not-declined",
        Words("{expert}已经辞邀，由下一名递补", "{expert} has declined, and the next one has the place").format(
            expert=seat.name
        ),
        Words("席位已递补，不能收回", "the place has been filled and cannot be taken back"),
    )


def _not_confirmed(seat: Row[Any], program_id: str, stage: str) -> Refusal:
    return Refusal(
        "confirmed",
        Words("{expert}还没有确认参加评审", "{expert} has not confirmed to take part").format(expert=seat.name),
        Words(
            "请先确认：linxuan review confirm {program} {stage} {expert}",
            "confirm first with: linxuan review confirm {program} {stage} {expert}",
        ).format(program=program_id, stage=stage, expert=seat.name),
    )
