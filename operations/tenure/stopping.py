"""保留资格、停发待遇: the title stays while the benefits stop, and run again where the notice has a way back."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import insert, update

from deadlines.zone import shanghai_day
from operations.acts import Act, reason_missing
from operations.desk import Desk
from operations.policy import Deed
from operations.results import Denied
from operations.tenure.opening import Held, hold_term, not_honored
from programs import Words
from states import Refusal
from store import tables as t


@dataclass(frozen=True, slots=True)
class Stopped:
    """Benefits stopped on a day, for a ground of the program's."""

    number: str
    ground: str
    since: date


def stop_benefits(desk: Desk, number: str, ground: str, act: Act, *, since: date | None = None) -> Stopped | Denied:
    """Stop the benefits from a day on, today's where none is given; the title stays. Raises `UnknownError`."""
    with desk.store.write() as transaction:
        held = hold_term(desk, transaction, number, Deed.STOP_BENEFITS, act)
        if isinstance(held, Denied):
            return held
        day = since or shanghai_day(act.now)
        grounds = held.term.stage.suspension_grounds if held.term.stage else ()
        named = named_ground(grounds, ground)
        if refusal := not_honored(held) or _unfit(held, grounds, named, day, act):
            return Denied((refusal,), number)
        values = {"ordinal": len(held.term.stops) + 1, "ground": named, "since": day}
        kept = {"suspended_at": act.now, "suspended_by": act.actor.name}
        transaction.connection.execute(insert(t.suspension).values(nomination_id=held.row.id, **values, **kept))
        told = {"ordinal": values["ordinal"], "ground": named, "since": day.isoformat()}
        clause = held.term.stage.clause if held.term.stage else None
        transaction.record(
            held.row.program_id, "benefits.stopped", nomination=number, **told, clause=clause, **act.signature()
        )
        return Stopped(number, str(named), day)


def resume_benefits(desk: Desk, number: str, act: Act, *, on: date | None = None) -> date | Denied:
    """Let the benefits run again from a day on; returns it. Raises `UnknownError`."""
    with desk.store.write() as transaction:
        held = hold_term(desk, transaction, number, Deed.STOP_BENEFITS, act)
        if isinstance(held, Denied):
            return held
        day, stop = on or shanghai_day(act.now), held.term.stop
        refusal = not_honored(held) or reason_missing(act) or _cannot_resume(held, day, act)
        if refusal or stop is None:
            return Denied((refusal,) if refusal else (), number)
        of = t.suspension.c
        which = (of.nomination_id == held.row.id, of.ordinal == stop.ordinal)
        transaction.connection.execute(update(t.suspension).where(*which).values(resumed=day))
        told = {"ordinal": stop.ordinal, "resumed": day.isoformat()}
        transaction.record(held.row.program_id, "benefits.resumed", nomination=number, **told, **act.signature())
        return day


def named_ground(grounds: tuple[str, ...], named: str) -> str | None:
    """Return the ground of this wording, or of this place in the list, counted from 1; none where there is none."""
    wanted = named.strip()
    if wanted.isdecimal() and 0 < int(wanted) <= len(grounds):
        return grounds[int(wanted) - 1]
    return next((ground for ground in grounds if ground == wanted), None)


def listed_grounds(grounds: tuple[str, ...]) -> str:
    """List grounds with their places, for a refusal."""
    return "；".join(f"{place} {ground}" for place, ground in enumerate(grounds, 1)) or "—"


def _unfit(held: Held, grounds: tuple[str, ...], ground: str | None, day: date, act: Act) -> Refusal | None:
    clause = held.term.stage.clause if held.term.stage else None
    if ground is None:
        return Refusal(
            "ground-known",
            Words("通知没有这一停发待遇的情形", "the notice has no such ground to stop benefits"),
            Words("可用：{grounds}", "use one of: {grounds}").format(grounds=listed_grounds(grounds)),
            clause,
        )
    if stop := held.term.stop:
        return Refusal(
            "benefits-run",
            Words("待遇已自 {day} 起停发", "benefits have stopped since {day}").format(day=stop.since),
            Words("无须再次办理", "there is nothing to do"),
            clause,
        )
    resumed = [stop.resumed for stop in held.term.stops if stop.resumed]
    earliest = max([*resumed, *([held.term.begun] if held.term.begun else [])], default=day)
    if held.term.is_over or not earliest <= day <= shanghai_day(act.now):
        return Refusal(
            "benefits-run",
            Words("{day} 没有在发的待遇，或还没有到", "no benefit runs on {day}, or it is still to come").format(
                day=day
            ),
            Words("请核对停发日期（--since）", "check the day (--since)"),
            clause,
        )
    return None


def _cannot_resume(held: Held, day: date, act: Act) -> Refusal | None:
    stage, stop = held.term.stage, held.term.stop
    clause = stage.clause if stage else None
    if stop is None or stage is None:
        return Refusal(
            "benefits-stopped",
            Words("待遇没有停发", "benefits have not stopped"),
            Words("无须恢复", "there is nothing to do"),
            clause,
        )
    if not stage.resumable:
        return Refusal(
            "resumable",
            Words("停发的待遇不再恢复", "benefits that stopped do not run again"),
            Words("通知没有写恢复；如裁定可以恢复，请先修订项目", "the notice has no way back; rule on it first"),
            clause,
        )
    if not stop.since <= day <= shanghai_day(act.now):
        return Refusal(
            "benefits-stopped",
            Words("恢复之日早于停发之日，或还没有到", "the day lies before the stop, or is still to come"),
            Words("请核对恢复日期（--on）", "check the day (--on)"),
            clause,
        )
    return None
