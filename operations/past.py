"""The past of nominees across programs: what in it stands against a move, and what a move adds to it.

Whoever is chosen has the honor from then on as far as others are concerned: two programs cannot both choose somebody
whom either of them may choose only once.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, delete, exists, insert, select, update
from sqlalchemy.engine import Connection

from deadlines.keydates import term_closes
from deadlines.zone import shanghai_day
from operations.desk import Running
from operations.paths import path_of
from programs import Program, Words
from programs.model import NomineeKind
from programs.rules import History
from states import Bar, Move
from store import among, hold
from store import tables as t

#: Moves that give an honor, or the promise of one.
_GIVES = frozenset({Move.CHOOSE, Move.ISSUE})

#: Moves after which somebody who was chosen is not honored after all.
_TAKES_BACK = frozenset(
    {Move.WITHDRAW, Move.DISQUALIFY, Move.UPHOLD, Move.ELIMINATE, Move.REJECT},
)

#: Moves that end an honor.
_ENDS = frozenset({Move.EXPIRE, Move.REVOKE})

#: What a person has once only while they lead it.
_STUDIO = "studio"

_CHUNK = 500


def hold_pasts(connection: Connection, what: Move, rows: Iterable[Row[Any]]) -> None:
    """Hold the pasts of those whom a move may give an honor, before anything in them is looked up."""
    if what in _GIVES:
        hold(connection, {("past", row.identity_hash or row.nominee) for row in rows})


def bars_of(
    connection: Connection, running: Running, rows: Sequence[Row[Any]], now: datetime
) -> Mapping[int, tuple[Bar, ...]]:
    """Return what in each nominee's past the program's rules do not allow, by the nomination's id.

    A person is known by the identity number alone: two of one name are not held against each other here.
    """
    rules = running.program.barring
    if not rules:
        return {}
    found: dict[str, list[Row[Any]]] = defaultdict(list)
    by_name = running.program.nominee is NomineeKind.UNIT
    for known in _known(connection, [row.nominee if by_name else row.identity_hash for row in rows], by_name=by_name):
        found[known.holder if by_name else known.fingerprint].append(known)
    bars: dict[int, tuple[Bar, ...]] = {}
    for row in rows:
        others = [one for one in found[row.nominee if by_name else row.identity_hash] if one.nomination_id != row.id]
        path = path_of(row)
        bars[row.id] = tuple(
            Bar(rule.name, rule.clause, _told(one))
            for rule in rules
            if rule.concerns(*path)
            for one in others
            if _is_meant(rule, one, running.program, now)
        )
    return bars


def _known(connection: Connection, keys: Sequence[str | None], *, by_name: bool) -> Iterator[Row[Any]]:
    of = t.past.c
    wanted = sorted({key for key in keys if key})
    query = select(t.past, t.nomination.c.number).join_from(t.past, t.nomination, isouter=True)
    for start in range(0, len(wanted), _CHUNK):
        some = wanted[start : start + _CHUNK]
        mine = of.holder.in_(some) & of.fingerprint.is_(None) if by_name else of.fingerprint.in_(some)
        yield from connection.execute(query.where(mine).order_by(of.id))


def _is_meant(rule: History, known: Row[Any], program: Program, now: datetime) -> bool:
    """Whether a rule speaks of this."""
    if rule.within_years and known.since and term_closes(shanghai_day(known.since), rule.within_years) <= now:
        return False
    match rule.bars or rule.requires:
        case "past-winner":
            return known.kind in ("honor", "studio") and known.name in (rule.of or (program.award,))
        case "leads-another-studio":
            return known.kind == "studio" and known.ended_at is None and known.name in (rule.of or (known.name,))
        case "subsidized":
            return known.kind == "subsidy" and known.name in (rule.of or (known.name,))
        case "banned":
            return known.kind == "ban" and (known.ended_at is None or now < known.ended_at)
    return False


def _told(known: Row[Any]) -> Words:
    if known.since is None:
        return Words("已在 {number} 入选“{name}”", "chosen for “{name}” as {number}").format(
            number=known.number, name=known.name
        )
    words = {
        "ban": Words("{day} 起不得申报：{name}（{where}）", "barred since {day}: {name} ({where})"),
        "subsidy": Words("{day} 已享受“{name}”（{where}）", "has received “{name}” on {day} ({where})"),
    }.get(known.kind, Words("{day} 已获“{name}”（{where}）", "has been honored with “{name}” on {day} ({where})"))
    return words.format(day=shanghai_day(known.since).isoformat(), name=known.name, where=known.number or known.source)


def settle_pasts(connection: Connection, running: Running, what: Move, ids: Sequence[int], now: datetime) -> None:
    """Write into the nominees' pasts what a move of these nominations means for them."""
    of = t.past.c
    if not ids:
        return
    if what in _GIVES:
        _give(connection, running, ids)
        if what is Move.ISSUE:
            connection.execute(update(t.past).where(among(of.nomination_id, ids), of.since.is_(None)).values(since=now))
    elif what in _TAKES_BACK:
        gone = select(of.id).where(among(of.nomination_id, ids), of.since.is_(None))
        connection.execute(delete(t.claim).where(t.claim.c.past_id.in_(gone)))
        connection.execute(delete(t.past).where(of.id.in_(gone)))
    elif what in _ENDS:
        ended = select(of.id).where(among(of.nomination_id, ids))
        connection.execute(update(t.past).where(of.id.in_(ended)).values(ended_at=now))
        connection.execute(delete(t.claim).where(t.claim.c.past_id.in_(ended), t.claim.c.key == _STUDIO))


def _give(connection: Connection, running: Running, ids: Sequence[int]) -> None:
    """Enter what was given into the pasts that do not have it from an earlier move."""
    of, program = t.nomination.c, running.program
    columns = (of.id, of.nominee, of.unit, of.identity, of.identity_hash, of.grade)
    new = select(*columns).where(among(of.id, ids), ~exists().where(t.past.c.nomination_id == of.id))
    rows = connection.execute(new.order_by(of.id)).all()
    if not rows:
        return
    awards = {seats.id: seats.award for seats in program.seats}
    kind = "studio" if program.nominee is NomineeKind.STUDIO else "honor"
    connection.execute(
        insert(t.past),
        [
            {
                "kind": kind,
                "name": awards.get(row.grade, program.award),
                "holder": row.nominee,
                "unit": row.unit,
                "identity": row.identity,
                "fingerprint": row.identity_hash,
                "nomination_id": row.id,
            }
            for row in rows
        ],
    )
    entered = select(t.past).where(among(t.past.c.nomination_id, [row.id for row in rows]))
    claims = [
        {"key": key, "fingerprint": one.fingerprint, "past_id": one.id}
        for one in connection.execute(entered.order_by(t.past.c.fingerprint)).all()
        for key in claims_of(program, one.kind, one.name)
        if one.fingerprint
    ]
    if claims:
        connection.execute(insert(t.claim), claims)


def claims_of(program: Program, kind: str, name: str) -> Iterator[str]:
    """Yield what the program's rules let one person have once only, of what is given here."""
    barred = {rule.bars for rule in program.barring if rule.within_years is None and name in (rule.of or (name,))}
    if "past-winner" in barred and name == program.award:
        yield f"winner:{name}"
    if "leads-another-studio" in barred and kind == "studio":
        yield _STUDIO
