"""Drawing a panel from the pool, from a seed that is recorded, and showing that the record comes to the same draw."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from secrets import token_hex
from typing import Any

from sqlalchemy import ColumnElement, Row, exists, func, insert, or_, select, update
from sqlalchemy.engine import Connection

from deadlines.zone import shanghai_day
from operations.acts import Act, reason_missing
from operations.authority import matter_at, refuses
from operations.desk import Desk, Running
from operations.experts.records import (
    POOL,
    fields_of,
    find_panel,
    names_of,
    panel_matter,
    panel_of_stage,
    seats_of,
    standing_panel,
)
from operations.policy import Deed
from operations.results import Denied
from operations.rounds import another_round
from programs import Words
from programs.panels import ANY, Panel
from states import Refusal
from states.draws import Urn, candidates_digest, draw, draw_order, next_in_line
from store import Transaction, hold
from store import tables as t


@dataclass(frozen=True, slots=True)
class Seat:
    """Somebody's place on a panel: `urn` is the field they were drawn for, `replaces` who had declined before.

    `state` is drawn, invited, confirmed or declined; `answer_by` the first instant too late to answer, if there is one.
    """

    expert: int
    name: str
    employer: str
    urn: str
    ordinal: int
    state: str
    replaces: str | None
    reason: str
    pledged_at: datetime | None
    answer_by: datetime | None = None


@dataclass(frozen=True, slots=True)
class DrawnPanel:
    """A panel that was drawn: from which seed, from how many candidates of each urn, and who is on it."""

    program: str
    stage: str
    round: int
    seed: str
    digest: str
    candidates: Mapping[str, int]
    drawn_by: str
    drawn_at: datetime
    seats: tuple[Seat, ...]


@dataclass(frozen=True, slots=True)
class Explained:
    """A draw computed anew from its record. `orders` are the candidates of each urn in their order, number and name.

    `wrong` says what of the record does not follow from it.
    """

    panel: DrawnPanel
    orders: Mapping[str, tuple[tuple[int, str], ...]]
    wrong: tuple[Words, ...]


def draw_panel(  # noqa: PLR0913 - what a draw rests on, each by name
    desk: Desk,
    program_id: str,
    stage: str,
    act: Act,
    *,
    seed: str | None = None,
    again: bool = False,
    which: int | None = None,
) -> DrawnPanel | Denied:
    """Draw the experts of a stage. Without a seed one is made that nobody could foresee; either is recorded.

    `again` puts a new panel in the place of the one that stands, with the reason, while nothing is assigned; of the
    round `which`, where one is named, and of no other. Raises `UnknownError` for a program or a stage that draws none.
    """
    with desk.store.write() as transaction:
        connection = transaction.connection
        running = desk.relied_on(connection, program_id, stage)
        wanted = panel_of_stage(running.program, stage)
        if refusal := refuses(connection, act.actor, Deed.DRAW_PANEL, matter_at(running, stage)):
            return Denied((refusal,))
        hold(connection, [panel_matter(program_id, stage)])
        hold(connection, [POOL], shared=True)
        standing = standing_panel(connection, program_id, stage)
        other = another_round(which, standing.round) if standing and again else None
        if refusal := other or _not_to_be_drawn(connection, standing, act, again=again):
            return Denied((refusal,))
        seed = seed if seed is not None else token_hex(16)
        candidates = _candidates(connection, running, wanted, act)
        urns = [Urn(urn.id, urn.size, draw_order(candidates[urn.id], seed, urn.id)) for urn in wanted.urns()]
        drawn = draw(urns)
        if drawn.short:
            return Denied(tuple(_too_few(wanted, urns, drawn.short)))
        before = _void(connection, standing, act) if standing else 0
        seats = [(urn, one) for urn, some in drawn.seats.items() for one in some]
        _keep(transaction, running, stage, before + 1, seed, urns, candidates, seats, act)
        return _read(connection, _standing(connection, program_id, stage))


def show_panel(desk: Desk, program_id: str, stage: str) -> DrawnPanel | Denied:
    """Return the panel that stands for a stage. Raises `UnknownError` for a program or a stage that draws none."""
    with desk.store.read() as connection:
        panel_of_stage(desk.holding(connection, program_id, stage).program, stage)
        row = find_panel(connection, program_id, stage)
        return Denied((row,)) if isinstance(row, Refusal) else _read(connection, row)


def explain_panel(desk: Desk, program_id: str, stage: str) -> Explained | Denied:
    """Compute the draw of a stage anew from what is recorded: candidates, seed, and who has declined.

    Raises `UnknownError` for a program or a stage that draws none.
    """
    with desk.store.read() as connection:
        panel_of_stage(desk.holding(connection, program_id, stage).program, stage)
        row = find_panel(connection, program_id, stage)
        if isinstance(row, Refusal):
            return Denied((row,))
        urns = urns_of(row)
        names = names_of(connection, {one for urn in urns for one in urn.order})
        orders = {urn.id: tuple((one, names.get(one, "")) for one in urn.order) for urn in urns}
        return Explained(_read(connection, row), orders, tuple(wrong_in(row, seats_of(connection, row.id), names)))


def urns_of(row: Row[Any]) -> list[Urn]:
    """Return the urns of a recorded draw, in the order that its seed gives them."""
    return [Urn(urn, size, draw_order(row.candidates.get(urn, ()), row.seed, urn)) for urn, size in row.sizes]


def wrong_in(row: Row[Any], seats: Sequence[Row[Any]], names: Mapping[int, str]) -> Iterator[Words]:
    """Say what of a recorded draw does not follow from its candidates and its seed."""
    if candidates_digest(row.candidates) != row.digest:
        yield Words("候选专家名单与记录的摘要不符", "the candidates are not those of the recorded digest")
    urns = urns_of(row)
    orders = {urn.id: urn.order for urn in urns}
    first = [(urn, one) for urn, some in draw(urns).seats.items() for one in some]
    taken: list[int] = []
    for place, seat in enumerate(seats):
        if place < len(first):
            expected = first[place]
        else:
            urn = next((one.urn for one in seats if one.expert_id == seat.replaces), seat.urn)
            expected = (urn, next_in_line(orders.get(urn, ()), taken) or 0)
        taken.append(seat.expert_id)
        if expected != (seat.urn, seat.expert_id):
            yield Words(
                "第 {ordinal} 席应为{expected}，记录为{found}", "place {ordinal} is {expected}'s, not {found}'s"
            ).format(ordinal=seat.ordinal, expected=names.get(expected[1], "—"), found=seat.name)
    for _urn, one in first[len(seats) :]:
        yield Words("缺少{name}", "{name} is missing").format(name=names.get(one, str(one)))


def _candidates(connection: Connection, running: Running, wanted: Panel, act: Act) -> dict[str, list[int]]:
    """Return who can be drawn from each urn today: in term, young enough, and of the field."""
    today = shanghai_day(act.now)
    of = t.expert.c
    query = select(of.id).where(*_drawable(connection, running, wanted, today)).order_by(of.id)
    experts = list(connection.execute(query).scalars())
    if not wanted.fields:
        return {ANY: experts}
    fields = fields_of(connection, experts)
    return {field.id: [one for one in experts if field.name in fields[one]] for field in wanted.fields}


def _drawable(connection: Connection, running: Running, wanted: Panel, today: date) -> Iterator[ColumnElement[bool]]:
    of = t.expert.c
    rehearsed = connection.execute(select(exists().where(t.rehearsal.c.program_id == running.program.id))).scalar_one()
    yield of.program_id == running.program.id if rehearsed else of.program_id.is_(None)
    yield of.retired_at.is_(None)
    yield or_(of.term_from.is_(None), of.term_from <= today)
    yield or_(of.term_until.is_(None), of.term_until >= today)
    if wanted.age_at_most is not None:
        # Nobody is drawn whose age is not known.
        yield of.born >= today.year - wanted.age_at_most


def _not_to_be_drawn(connection: Connection, standing: Row[Any] | None, act: Act, *, again: bool) -> Refusal | None:
    if standing is None:
        return None
    if not again:
        return Refusal(
            "drawn-once",
            Words("此环节已于 {day} 由{who}抽取专家", "{who} has drawn experts for this stage on {day}").format(
                day=shanghai_day(standing.drawn_at), who=standing.drawn_by
            ),
            Words(
                "确需重抽的，请写明重抽（--again）和理由（--reason）",
                "to draw again, say so (--again) and why (--reason)",
            ),
        )
    if refusal := reason_missing(act):
        return refusal
    of = t.assignment.c
    count = connection.execute(select(func.count()).where(of.panel_id == standing.id)).scalar_one()
    if count:
        return Refusal(
            "not-assigned-yet",
            Words("已向专家分配 {count} 份评议，不能重抽", "{count} evaluations are assigned already").format(
                count=count
            ),
            Words(
                "个别专家不能履职的，请登记其辞邀，由下一名递补", "record who declines; the next one takes the place"
            ),
        )
    return None


def _void(connection: Connection, standing: Row[Any], act: Act) -> int:
    """Let a panel stand no more; returns which it was."""
    connection.execute(update(t.panel).where(t.panel.c.id == standing.id).values(voided_at=act.now))
    return int(standing.round)


def _keep(  # noqa: PLR0913, PLR0917 - all that is recorded of a draw
    transaction: Transaction,
    running: Running,
    stage: str,
    number: int,
    seed: str,
    urns: Sequence[Urn],
    candidates: Mapping[str, Iterable[int]],
    seats: Sequence[tuple[str, int]],
    act: Act,
) -> None:
    connection, program_id = transaction.connection, running.program.id
    digest = candidates_digest(candidates)
    values = {
        "program_id": program_id,
        "stage": stage,
        "round": number,
        "seed": seed,
        "sizes": [[urn.id, urn.size] for urn in urns],
        "candidates": {urn: list(some) for urn, some in candidates.items()},
        "digest": digest,
        "drawn_by": act.actor.name,
        "drawn_at": act.now,
    }
    panel: int = connection.execute(insert(t.panel).values(values).returning(t.panel.c.id)).scalar_one()
    connection.execute(
        insert(t.panel_seat),
        [
            {"panel_id": panel, "expert_id": one, "urn": urn, "ordinal": place}
            for place, (urn, one) in enumerate(seats, start=1)
        ],
    )
    names = names_of(connection, {one for _, one in seats})
    transaction.record(
        program_id,
        "panel.drawn",
        stage=stage,
        round=number,
        seed=seed,
        candidates=digest,
        sizes=[[urn.id, urn.size] for urn in urns],
        drawn_from={urn.id: len(urn.order) for urn in urns},
        seats=[{"expert": one, "name": names[one], "urn": urn} for urn, one in seats],
        **act.signature(),
    )


def _standing(connection: Connection, program_id: str, stage: str) -> Row[Any]:
    of = t.panel.c
    query = select(t.panel).where(of.program_id == program_id, of.stage == stage, of.voided_at.is_(None))
    return connection.execute(query).one()


def _read(connection: Connection, row: Row[Any]) -> DrawnPanel:
    seats = seats_of(connection, row.id)
    names = {seat.expert_id: seat.name for seat in seats}
    return DrawnPanel(
        row.program_id,
        row.stage,
        row.round,
        row.seed,
        row.digest,
        {urn: len(some) for urn, some in row.candidates.items()},
        row.drawn_by,
        row.drawn_at,
        tuple(
            Seat(
                seat.expert_id,
                seat.name,
                seat.employer,
                seat.urn,
                seat.ordinal,
                seat.state,
                names.get(seat.replaces),
                seat.reason,
                seat.pledged_at,
                seat.answer_by,
            )
            for seat in seats
        ),
    )


def _too_few(wanted: Panel, urns: Sequence[Urn], short: Mapping[str, int]) -> Iterator[Refusal]:
    fields = {urn.id: urn.name for urn in wanted.urns()}
    for urn in urns:
        if urn.id in short:
            named = (
                Words("", "")
                if urn.id == ANY
                else Words("“{field}”专业", " of the field {field}").format(field=fields[urn.id])
            )
            yield Refusal(
                "experts-enough",
                Words(
                    "{named}应抽 {size} 名专家，符合条件的只有 {found} 名，还差 {lacking} 名",
                    "{size} experts{named} are to be drawn of {found} who can be; {lacking} are wanting",
                ).format(named=named, size=urn.size, found=len(urn.order), lacking=short[urn.id]),
                Words(
                    "请补充专家库（linxuan expert add、import），或核对聘期和年龄",
                    "add experts to the pool (linxuan expert add, import), or check terms and ages",
                ),
                wanted.clause,
            )
