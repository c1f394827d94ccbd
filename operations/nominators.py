"""Of which kind a nominator is, and whose quota it uses: what the notice counts nominations by."""

from sqlalchemy import select
from sqlalchemy.engine import Connection

from programs import Path, Program, Words
from programs.model import NominatorKind, RouteKind
from states import Refusal
from store import tables as t


def kind_of(connection: Connection, program: Program, nominator: str) -> str | None:
    """Return what kind of body a nominator is, by the notice's own words or as it is registered; none if unknown."""
    kinds = [kind.id for kind in program.nominators]
    named = next((kind.id for kind in program.nominators if nominator in kind.includes), None)
    if named is not None or not kinds:
        return named
    of = t.organization.c
    registered = connection.execute(select(of.kind).where(of.name == nominator)).scalar_one_or_none()
    return registered if registered in kinds else None


def counted_as(program: Program, kind: str | None) -> str | None:
    """Return the kind whose quota a nominator of this kind uses: its own, or that of the place where it sits."""
    return next((one.attributed_to for one in program.nominators if one.id == kind and one.attributed_to), kind)


def nominator_unclear(
    program: Program, path: Path, nominator: str, kind: str | None, host: str | None
) -> Refusal | None:
    """Refuse where a quota is counted by kinds of nominators, or by places, and nobody knows which this one is of."""
    if program.route(path.route).kind is not RouteKind.ORGANIZATION:
        return None
    quotas = [quota for quota in program.quotas if quota.concerns(*path) and quota.per == "nominator"]
    if kind is None and any(quota.nominator_kind for quota in quotas):
        return _kind_unknown(program, nominator)
    own = next((one for one in program.nominators if one.id == kind), None)
    if own and own.attributed_to and not host and any(q.nominator_kind in (None, own.attributed_to) for q in quotas):
        return _host_unknown(program, own, nominator)
    return None


def _kind_unknown(program: Program, nominator: str) -> Refusal:
    return Refusal(
        "nominator-kind",
        Words("没有写明“{nominator}”是哪一类推荐单位", "which kind of nominator {nominator} is is not said").format(
            nominator=nominator
        ),
        Words("名额按类型计算，请用 --nominator-kind 写明：{kinds}", "say it with --nominator-kind: {kinds}").format(
            kinds=Words(
                "、".join(f"{one.id}（{one.name}）" for one in program.nominators),
                ", ".join(one.id for one in program.nominators),
            )
        ),
    )


def _host_unknown(program: Program, kind: NominatorKind, nominator: str) -> Refusal:
    host = next(one for one in program.nominators if one.id == kind.attributed_to)
    return Refusal(
        "host-named",
        Words(
            "“{nominator}”是{kind}，占所在地{host}的名额，但没有写明所在地",
            "{nominator} is of the kind {id}, which uses the quota of the place where it sits; the place is not said",
        ).format(nominator=nominator, kind=kind.name, id=kind.id, host=host.name),
        Words("请用 --host 写明占用哪一家的名额", "say with --host whose quota it uses"),
        kind.clause,
    )
