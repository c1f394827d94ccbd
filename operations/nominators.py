"""Of which kind a nominator is, and whose quota it uses: what the notice counts nominations by.

Nobody chooses a quota. The notice's own list of bodies comes first, then who is registered in the program; what a first
nomination says of its nominator registers it, and every later one must agree.
"""

from typing import NamedTuple

from sqlalchemy import select, update
from sqlalchemy.engine import Connection

from operations.acts import Act
from operations.authority import refuses
from operations.desk import Desk
from operations.jurisdictions import Matter
from operations.policy import Deed
from operations.results import Denied, MisstatedError
from programs import Path, Program, Words
from programs.model import NominatorKind, RouteKind
from states import Refusal
from store import insert_new
from store import tables as t


class Standing(NamedTuple):
    """The kind of a nominator in a program, and the body whose quota it uses where that is another."""

    kind: str | None
    host: str | None


def standing_of(
    connection: Connection, program: Program, path: Path, nominator: str, told: Standing
) -> Standing | Refusal:
    """Return what a nominator is, of which a nomination tells something; it is registered so from then on.

    Refuses what contradicts the notice or the register, what a quota needs to be known, and a host that is none.
    """
    if program.route(path.route).kind is not RouteKind.ORGANIZATION:
        return Standing(told.kind, None)
    quotas = [quota for quota in program.quotas if quota.concerns(*path) and quota.per == "nominator"]
    kind = _settled_kind(connection, program, nominator, told.kind)
    if isinstance(kind, Refusal):
        return kind
    if kind is None:
        asked = any(quota.nominator_kind for quota in quotas)
        return _kind_unknown(program, nominator) if asked else Standing(None, None)
    own = next(one for one in program.nominators if one.id == kind)
    refusal = _host_unfit(connection, program, own, nominator, told.host, is_counted=bool(quotas))
    return refusal or Standing(kind, told.host)


def _settled_kind(connection: Connection, program: Program, nominator: str, told: str | None) -> str | Refusal | None:
    """Return the kind of a nominator, which is registered from now on; a refusal where something else is told."""
    kind = _kind_of(connection, program, nominator) or told
    if kind is not None:
        # Another may be registering it at this moment, as something else.
        kind = _register(connection, program.id, nominator, kind)
    if kind is not None and told not in (None, kind):
        return _another_kind(program, nominator, kind, str(told))
    return kind


def _host_unfit(
    connection: Connection, program: Program, own: NominatorKind, nominator: str, host: str | None, *, is_counted: bool
) -> Refusal | None:
    if own.attributed_to is None:
        return _no_host(nominator) if host else None
    if host is None:
        return _host_unknown(program, own, nominator) if is_counted else None
    return (
        None
        if _kind_of(connection, program, host) == own.attributed_to
        else _host_is_none(program, own.attributed_to, host)
    )


def register_nominator(desk: Desk, program_id: str, name: str, kind: str, act: Act) -> Denied | None:
    """Say of which kind a body is in a program; what was said before is replaced, and nominations stay as they are.

    Raises `UnknownError` for a program or a kind that is not there.
    """
    with desk.store.write() as transaction:
        connection = transaction.connection
        program = desk.relied_on(connection, program_id).program
        refusal = refuses(connection, act.actor, Deed.REGISTER_NOMINATOR, Matter(program_id, program.office))
        if refusal is None and kind not in {one.id for one in program.nominators}:
            raise MisstatedError(
                Words(
                    "没有推荐单位类型 {kind}；可用：{kinds}",
                    "there is no kind {kind} of nominators; use one of: {kinds}",
                ).format(kind=kind, kinds="、".join(one.id for one in program.nominators) or "—")
            )
        listed = next((one.id for one in program.nominators if name in one.includes), kind)
        if refusal is None and listed != kind:
            refusal = _another_kind(program, name, listed, kind)
        if refusal:
            return Denied((refusal,))
        of = t.nominator.c
        before = _register(connection, program_id, name, kind)
        connection.execute(update(t.nominator).where(of.program_id == program_id, of.name == name).values(kind=kind))
        transaction.record(
            program_id,
            "nominator.registered",
            nominator=name,
            **{"from": before if before != kind else None, "to": kind},
            **act.signature(),
        )
    return None


def counted_as(program: Program, kind: str | None) -> str | None:
    """Return the kind whose quota a nominator of this kind uses: its own, or that of the place where it sits."""
    return next((one.attributed_to for one in program.nominators if one.id == kind and one.attributed_to), kind)


def _kind_of(connection: Connection, program: Program, name: str) -> str | None:
    """Return what kind of body this is, by the notice's own words or by the register; none if unknown."""
    listed = next((kind.id for kind in program.nominators if name in kind.includes), None)
    if listed is not None:
        return listed
    of = t.nominator.c
    registered = select(of.kind).where(of.program_id == program.id, of.name == name)
    kind = connection.execute(registered).scalar_one_or_none()
    return kind if kind in {one.id for one in program.nominators} else None


def _register(connection: Connection, program_id: str, name: str, kind: str) -> str:
    """Register a body of which nothing is known yet; returns of which kind it is registered now."""
    insert_new(connection, t.nominator, [{"program_id": program_id, "name": name, "kind": kind}])
    of = t.nominator.c
    return str(connection.execute(select(of.kind).where(of.program_id == program_id, of.name == name)).scalar_one())


def _named(program: Program, kind: str) -> str:
    return next((f"{one.name}（{one.id}）" for one in program.nominators if one.id == kind), kind)


def _kinds(program: Program) -> str:
    return "、".join(_named(program, one.id) for one in program.nominators)


def _another_kind(program: Program, name: str, kind: str, told: str) -> Refusal:
    return Refusal(
        "nominator-kind",
        Words("“{name}”是{kind}，不是{told}", "{name} is {kind}, not {told}").format(
            name=name, kind=_named(program, kind), told=_named(program, told)
        ),
        Words(
            "请核对；登记有误的由主办单位管理员更正：linxuan program nominator",
            "check it; the office's administrator corrects what is registered with: linxuan program nominator",
        ),
    )


def _kind_unknown(program: Program, nominator: str) -> Refusal:
    return Refusal(
        "nominator-kind",
        Words("没有写明“{nominator}”是哪一类推荐单位", "which kind of nominator {nominator} is is not said").format(
            nominator=nominator
        ),
        Words("名额按类型计算，请用 --nominator-kind 写明：{kinds}", "say it with --nominator-kind: {kinds}").format(
            kinds=_kinds(program)
        ),
    )


def _no_host(nominator: str) -> Refusal:
    return Refusal(
        "host-named",
        Words("“{nominator}”用自己的名额，不占别家的", "{nominator} uses a quota of its own").format(
            nominator=nominator
        ),
        Words("请不写占用哪一家的名额（--host）", "name no host (--host)"),
    )


def _host_unknown(program: Program, kind: NominatorKind, nominator: str) -> Refusal:
    return Refusal(
        "host-named",
        Words(
            "“{nominator}”是{kind}，占所在地{host}的名额，但没有写明所在地",
            "{nominator} is {kind}, which uses the quota of the place where it sits, {host}; the place is not said",
        ).format(nominator=nominator, kind=kind.name, host=_named(program, str(kind.attributed_to))),
        Words("请用 --host 写明占用哪一家的名额", "say with --host whose quota it uses"),
        kind.clause,
    )


def _host_is_none(program: Program, kind: str, host: str) -> Refusal:
    return Refusal(
        "host-named",
        Words("没有登记“{host}”为{kind}", "{host} is not registered as {kind}").format(
            host=host, kind=_named(program, kind)
        ),
        Words(
            "请核对名称；确有其地的由主办单位管理员登记：linxuan program nominator {program} {host} --kind {kind}",
            "check its name; the office's administrator registers it with: "
            "linxuan program nominator {program} {host} --kind {kind}",
        ).format(program=program.id, host=host, kind=kind),
    )
