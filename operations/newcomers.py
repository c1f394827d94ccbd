"""Whom `linxuan up` registers where nobody is: the first administrator, and in a demonstration one of each role."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import case, func, select
from sqlalchemy.engine import Connection

from operations.actors import MACHINE, Actor, Role
from operations.acts import Act
from operations.desk import Desk, Running
from operations.organizations import place_organization
from operations.passwords import make_password
from operations.people import add_person
from programs.stages import Recommendation, Review, Screening
from store import tables as t

#: Above every office of the demonstration's programs, so that its operator can act for all of them.
DEMO_OFFICE = "演示评选工作办公室"


_of = t.nomination.c
#: Whoever put the most nominations forward, those first that are still with the nominee's side.
_BUSIEST_NOMINATOR = (
    select(_of.nominator)
    .where(_of.holder.is_not(None))
    .group_by(_of.nominator)
    .order_by(
        func.sum(case((_of.holder.in_((_of.unit, _of.nominator)), 1), else_=0)).desc(),
        func.count().desc(),
        _of.nominator,
    )
    .limit(1)
)


@dataclass(frozen=True, slots=True)
class Newcomer:
    """Somebody who was registered just now. `password` is kept nowhere: whoever shows it shows it once."""

    name: str
    role: Role
    organization: str | None
    password: str


def welcome_administrator(desk: Desk, now: datetime, *, name: str = "管理员") -> tuple[Newcomer, ...]:
    """Register the first administrator; nobody where somebody is registered already."""
    newcomer = Newcomer(name, Role.ADMINISTRATOR, None, make_password())
    return _register(desk, [newcomer], Act(MACHINE, now))


def welcome_players(desk: Desk, now: datetime) -> tuple[Newcomer, ...]:
    """Register a made-up person of each role to try the demonstration with; nobody where somebody is registered."""
    first = welcome_administrator(desk, now, name="柳明远")
    if not first:
        return ()
    act = Act(Actor(first[0].name, first[0].role), now)
    with desk.store.read() as connection:
        programs = [desk.running(connection, one) for one in connection.execute(select(t.program.c.id)).scalars()]
        nominator = connection.execute(_BUSIEST_NOMINATOR).scalar()
        screening, review = (_holder_at(connection, programs, kind) for kind in (Screening, Review))
    for office in sorted({office for running in programs for office in _offices(running)}):
        place_organization(desk, office, DEMO_OFFICE, act)
    others = [
        Newcomer("方静", Role.OPERATOR, DEMO_OFFICE, make_password()),
        Newcomer("何立强", Role.OPERATOR, nominator or DEMO_OFFICE, make_password()),
        Newcomer("苏晓梅", Role.SCREENING, screening or DEMO_OFFICE, make_password()),
        Newcomer("鲁志刚", Role.EXPERT, review or DEMO_OFFICE, make_password()),
        Newcomer("袁清", Role.SUPERVISOR, None, make_password()),
    ]
    return first + _register(desk, others, act)


def _register(desk: Desk, newcomers: Iterable[Newcomer], act: Act) -> tuple[Newcomer, ...]:
    return tuple(
        one
        for one in newcomers
        if add_person(desk, one.name, one.role, one.organization, act, password=one.password) is None
    )


def _offices(running: Running) -> Iterable[str]:
    """Yield every office that a program itself names to act: all but the units and nominators of its first tiers."""
    program = running.program
    yield program.office
    for stage in program.held_stages:
        if isinstance(stage, Recommendation):
            yield from ([tier.office for tier in stage.tiers if tier.concerns(*path)][-1] for path in program.paths())
        elif stage.office:
            yield stage.office


def _holder_at(connection: Connection, programs: Iterable[Running], kind: type) -> str | None:
    """Return who holds the most nominations that stand at stages of this kind."""
    stages = {stage.id for running in programs for stage in running.program.held_stages if isinstance(stage, kind)}
    query = select(_of.holder).where(_of.stage.in_(stages), _of.holder.is_not(None)).group_by(_of.holder)
    return connection.execute(query.order_by(func.count().desc(), _of.holder).limit(1)).scalar()
