"""Running a rehearsal, from the start or from where it was killed, up to its end or to an instant."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, insert, select
from sqlalchemy.engine import Connection

from notifications.channels import Channel
from operations.authority import anybody_registered
from operations.definitions import program_columns
from operations.desk import Desk, Running
from operations.rehearse.cases import Case, cases_of
from operations.rehearse.people import make_people
from operations.rehearse.plan import Plan
from operations.rehearse.play import Players
from operations.rehearse.scenes import Scene
from operations.remind import next_delivery, remind
from operations.results import Denied
from operations.rungs import next_rung
from programs import Program, Words
from states import Refusal
from store import insert_new
from store import tables as t


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """A rehearsal as the store holds it: its scenes in order, how many stand where, and the messages that were sent."""

    program: str
    scenes: tuple[dict[str, Any], ...]
    standings: dict[str, int]
    reminders: int
    messages: int

    @property
    def cases(self) -> dict[Case, int]:
        """How often each contested end or turn was played."""
        return cases_of(self.scenes)


Watch = Callable[[int, int, Scene], None]
"""Called before each scene with its place, the number of scenes, and the scene."""


def rehearse(  # noqa: PLR0913 - what a rehearsal depends on, each by name
    desk: Desk,
    program: Program,
    channel: Channel,
    *,
    nominations: int,
    seed: int,
    until: datetime | None = None,
    watch: Watch | None = None,
) -> Rehearsal | Denied:
    """Run the whole program on a virtual clock with made-up nominees; with `until`, only what happens up to then.

    Each scene is one transaction together with the note that it is done, so a rehearsal that was killed goes on where
    it was and ends as if nothing had happened. Refused for a program that the store holds in earnest.
    """
    refusal = _not_rehearsable(desk, program, nominations, seed)
    if refusal:
        return Denied((refusal,))
    people = make_people(program, nominations, seed)
    scenes = Plan(Running(program, 0, None, desk.calendar), people).scenes()
    if until is not None:
        scenes = [scene for scene in scenes if scene.at <= until]
    with desk.store.write() as transaction:
        _begin(transaction.connection, program, nominations, seed)
        done = _scenes_done(transaction.connection, program.id)
    for place, scene in enumerate(scenes):
        if watch:
            watch(place, len(scenes), scene)
        if place >= done:
            _remind_until(desk, channel, program.id, scenes[max(place - 1, 0)].at, scene.at)
            _perform(desk, program, scene, place, Players(desk, program, people, scene.at))
    if scenes:
        _remind_until(desk, channel, program.id, scenes[-1].at, until or scenes[-1].at)
    return read_rehearsal(desk, program.id)


def read_rehearsal(desk: Desk, program_id: str) -> Rehearsal:
    """Return what the store holds of a rehearsal."""
    with desk.store.read() as connection:
        standings = connection.execute(
            select(t.nomination.c.stage, func.count())
            .where(t.nomination.c.program_id == program_id)
            .group_by(t.nomination.c.stage)
            .order_by(t.nomination.c.stage)
        )
        gathered = t.reminder.c.program_id == program_id, t.reminder.c.state == "gathered"
        return Rehearsal(
            program=program_id,
            scenes=tuple(
                connection.execute(
                    select(t.scene.c.summary).where(t.scene.c.program_id == program_id).order_by(t.scene.c.position)
                ).scalars()
            ),
            standings=dict(tuple(row) for row in standings),
            reminders=connection.execute(select(func.count()).select_from(t.reminder).where(*gathered)).scalar_one(),
            messages=connection.execute(
                select(func.count(t.reminder.c.message_id.distinct())).where(*gathered)
            ).scalar_one(),
        )


def _begin(connection: Connection, program: Program, nominations: int, seed: int) -> None:
    insert_new(connection, t.program, [{"id": program.id, **program_columns(program)}])
    insert_new(connection, t.rehearsal, [{"program_id": program.id, "seed": seed, "nominations": nominations}])


def _not_rehearsable(desk: Desk, program: Program, nominations: int, seed: int) -> Refusal | None:
    for ruling in program.rulings:
        if ruling.decision is None:
            return Refusal(
                "ruling-decided",
                Words("裁定 {id} 没有决定：{question}", "the ruling {id} is not decided: {question}").format(
                    id=ruling.id, question=ruling.question
                ),
                Words(
                    "请给出决定；缺印发日期的，用 --issued 2021-06-28",
                    "decide it; for the issue date, use --issued 2021-06-28",
                ),
                ruling.clause,
            )
    with desk.store.read() as connection:
        begun = connection.execute(
            select(t.rehearsal.c.seed, t.rehearsal.c.nominations).where(t.rehearsal.c.program_id == program.id)
        ).one_or_none()
        known = connection.execute(select(t.program.c.id).where(t.program.c.id == program.id)).scalar()
        rehearsed = connection.execute(select(t.rehearsal.c.program_id).limit(1)).first()
        # A demonstration has people too, who came after its rehearsals.
        at_work = rehearsed is None and anybody_registered(connection)
    elsewhere = Words("请用 --database 另指定一个库", "name another database with --database")
    if begun is None:
        if known is None and at_work:
            return Refusal(
                "not-in-earnest",
                Words("此库已登记人员，用于正式工作，不能演练", "people work with the database in earnest"),
                elsewhere,
            )
        if known is None:
            return None
        return Refusal(
            "not-in-earnest",
            Words("此库已有正式项目 {id}，不能演练", "the database holds {id} in earnest").format(id=program.id),
            elsewhere,
        )
    if tuple(begun) == (seed, nominations):
        return None
    return Refusal(
        "same-rehearsal",
        Words(
            "此库已有 {id} 的另一次演练（--seed {seed} --nominations {nominations}）",
            "the database holds another rehearsal of {id} (--seed {seed} --nominations {nominations})",
        ).format(id=program.id, seed=begun.seed, nominations=begun.nominations),
        elsewhere,
    )


def _perform(desk: Desk, program: Program, scene: Scene, place: int, players: Players) -> None:
    with desk.store.write() as transaction:
        scene.play(players)
        transaction.connection.execute(
            insert(t.scene).values(
                program_id=program.id,
                position=place,
                summary={"at": scene.at.isoformat(), "title": list(scene.title), **players.summary.to_json()},
            )
        )


def _remind_until(desk: Desk, channel: Channel, program_id: str, after: datetime, until: datetime) -> None:
    """Deliver, at the instants they are owed for, all reminders from one instant up to another."""
    while True:
        with desk.store.read() as connection:
            owed = next_delivery(connection, program_id)
        reached = next_rung(desk, program_id, after)
        next_due = min((at for at in (owed, reached) if at is not None), default=None)
        if next_due is None or next_due > until:
            return
        # Nobody else plays this rehearsal, and one that was killed goes on at the same instant.
        remind(desk, channel, next_due, program_id=program_id, lease=timedelta(0))
        after = max(after, next_due)


def _scenes_done(connection: Connection, program_id: str) -> int:
    return connection.execute(
        select(func.count()).select_from(t.scene).where(t.scene.c.program_id == program_id)
    ).scalar_one()
