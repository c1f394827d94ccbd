"""The pasts of nominees across programs: what rules find in them, and what a move adds to them.

Whoever is chosen has the honor from then on as far as others are concerned: two programs cannot both choose somebody
whom either of them may choose only once. A rehearsal honors nobody and leaves no trace in any past.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from hashlib import sha256
from typing import Any

from sqlalchemy import Row, delete, exists, insert, select, update
from sqlalchemy.engine import Connection

from deadlines.keydates import term_closes
from deadlines.zone import shanghai_day
from operations.desk import Running
from operations.paths import path_of
from operations.results import UnknownError
from programs import Path, Program, Words
from programs.model import NomineeKind
from programs.rules import History
from states import Bar, End, Move
from store import among, hold, insert_new
from store import tables as t

#: Moves that give an honor, or the promise of one.
GIVES = frozenset({Move.CHOOSE, Move.REPLACE, Move.ISSUE})

#: Moves after which somebody who was chosen is not honored after all.
_TAKES_BACK = frozenset(
    {Move.WITHDRAW, Move.DISQUALIFY, Move.UPHOLD, Move.DEFER, Move.ELIMINATE, Move.REJECT, Move.LAPSE}
)

#: What one person has once only while they lead it: a studio of this name, or of any.
_STUDIO = "studio"

_CHUNK = 500


def owner_of(program: Program, row: Row[Any]) -> str | None:
    """Return whose past a nomination's is: a person's by identity number, a unit's by name; none if not known."""
    if program.nominee_of(row.category) in (NomineeKind.UNIT, NomineeKind.TEAM):
        return named_owner(row.nominee)
    known: str | None = row.identity_hash
    return known


def named_owner(name: str) -> str:
    """Return how a unit owns a past."""
    return f"={name}"


def matter_of_past(owner: str) -> tuple[str, str]:
    """Return what is held while a past is looked at in order to add to it.

    Owners share 256 of them: a server has room for some thousand locks, and a document may honor more people.
    """
    return "past", sha256(owner.encode()).hexdigest()[:2]


def hold_pasts(connection: Connection, program: Program, what: Move, rows: Iterable[Row[Any]]) -> None:
    """Hold the pasts of those whom a move may give an honor, before anything in them is looked up."""
    if what in GIVES:
        hold(connection, {matter_of_past(owner) for row in rows if (owner := owner_of(program, row))})


def found_in_pasts(
    connection: Connection, running: Running, rows: Sequence[Row[Any]], now: datetime
) -> Mapping[int, Mapping[str, tuple[Bar, ...]]]:
    """Return what the rules on the past find of each nominee, by the nomination's id and the rule."""
    program = running.program
    rules = [rule for rule in program.rules if isinstance(rule, History)]
    if not rules:
        return {}
    owners = {row.id: owner_of(program, row) for row in rows}
    known: dict[str | None, list[Row[Any]]] = defaultdict(list)
    for one in _known(connection, [owner for owner in owners.values() if owner]):
        known[one.owner].append(one)
    return {
        row.id: {
            rule.id: tuple(
                Bar(rule.name, rule.clause, _told(one))
                for one in known[owners[row.id]]
                if one.nomination_id != row.id and _is_meant(rule, one, program, now)
            )
            for rule in rules
            if rule.concerns(*path_of(row))
        }
        for row in rows
    }


def found_by(
    connection: Connection, program: Program, row: Row[Any], rule: History, now: datetime, own: Collection[int] = ()
) -> tuple[Bar, ...]:
    """Return what a rule finds in one nominee's past, but for what this nomination brought and the pasts in `own`."""
    owner = owner_of(program, row)
    return tuple(
        Bar(rule.name, rule.clause, _told(one))
        for one in (_known(connection, [owner]) if owner else ())
        if one.nomination_id != row.id and one.id not in own and _is_meant(rule, one, program, now)
    )


def known_by_name(connection: Connection, names: Iterable[str]) -> Mapping[str, list[Words]]:
    """Return what is known of people by name only. Names repeat, so that this is for people to look at."""
    of = t.past.c
    found: dict[str, list[Words]] = defaultdict(list)
    wanted = sorted(set(names))
    for start in range(0, len(wanted), _CHUNK):
        alike = _PASTS.where(of.owner.is_(None), of.holder.in_(wanted[start : start + _CHUNK]))
        for one in connection.execute(alike.order_by(of.id)):
            found[one.holder].append(_told(one))
    return found


_PASTS = select(t.past, t.nomination.c.number).join_from(t.past, t.nomination, isouter=True)


def _known(connection: Connection, owners: Iterable[str]) -> Iterator[Row[Any]]:
    of = t.past.c
    wanted = sorted(set(owners))
    for start in range(0, len(wanted), _CHUNK):
        some = wanted[start : start + _CHUNK]
        yield from connection.execute(_PASTS.where(of.owner.in_(some)).order_by(of.id))


def own_awards(program: Program) -> tuple[str, ...]:
    """Return what whoever has won a program has been given: its award, or what each of its seats is called.

    Where no seat bears the program's own name, nobody is ever given that: the seats' names are meant (金叶奖, 银叶奖).
    """
    names = tuple(seats.award for seats in program.seats)
    return (program.award,) if program.award in names or not names else names


def _is_meant(rule: History, known: Row[Any], program: Program, now: datetime) -> bool:
    """Whether a rule speaks of this."""
    if rule.within_years and known.since and term_closes(shanghai_day(known.since), rule.within_years) <= now:
        return False
    goes_on = known.ended_at is None or now < known.ended_at
    match rule.bars or rule.requires:
        case "past-winner":
            return known.kind in ("honor", "studio") and known.name in (rule.of or own_awards(program))
        case "leads-another-studio":
            return known.kind == "studio" and goes_on and known.name in (rule.of or (known.name,))
        case "subsidized":
            return known.kind == "subsidy" and known.name in (rule.of or (known.name,))
        case "banned":
            return known.kind == "ban" and goes_on
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
    return words.format(day=shanghai_day(known.since), name=known.name, where=known.number or known.source)


def settle_pasts(
    connection: Connection, running: Running, what: Move, destination: str, ids: Sequence[int], now: datetime
) -> None:
    """Write into the nominees' pasts what a move of these nominations, to one standing, means for them.

    Raises `UnknownError`, so that nothing is kept, where a past has meanwhile what it can have once only.
    """
    of = t.past.c
    if not ids:
        return
    if what in GIVES and not is_rehearsed(connection, running.program.id):
        give(connection, running, ids)
        if what is Move.ISSUE:
            connection.execute(update(t.past).where(among(of.nomination_id, ids), of.since.is_(None)).values(since=now))
    elif what in _TAKES_BACK:
        take_back(connection, ids)
    # An award may be followed by more than its term: an acceptance two years later, which then ends it or does not.
    if destination == End.REVOKED or (what is Move.EXPIRE and running.pipeline.standings[destination].ended):
        ended = select(of.id).where(among(of.nomination_id, ids))
        connection.execute(update(t.past).where(of.id.in_(ended)).values(ended_at=now))
        only_while = t.claim.c.key.startswith(_STUDIO, autoescape=True)
        connection.execute(delete(t.claim).where(t.claim.c.past_id.in_(ended), only_while))


def take_back(connection: Connection, ids: Sequence[int]) -> None:
    """Take what these nominations were promised, and have not been given, out of the nominees' pasts."""
    of = t.past.c
    gone = select(of.id).where(among(of.nomination_id, ids), of.since.is_(None))
    connection.execute(delete(t.claim).where(t.claim.c.past_id.in_(gone)))
    connection.execute(delete(t.past).where(of.id.in_(gone)))


def is_rehearsed(connection: Connection, program_id: str) -> bool:
    """Whether a program is only rehearsed."""
    rehearsed = select(t.rehearsal.c.program_id).where(t.rehearsal.c.program_id == program_id)
    return connection.execute(rehearsed).first() is not None


def give(connection: Connection, running: Running, ids: Sequence[int]) -> None:
    """Enter what was given into the pasts that do not have it from an earlier move.

    Raises `UnknownError` where a past has meanwhile what it can have once only.
    """
    of, program = t.nomination.c, running.program
    new = select(t.nomination).where(among(of.id, ids), ~exists().where(t.past.c.nomination_id == of.id))
    rows = {row.id: row for row in connection.execute(new.order_by(of.id))}
    if not rows:
        return
    awards = {seats.id: seats.award for seats in program.seats}
    connection.execute(
        insert(t.past),
        [
            {
                "kind": "studio" if program.nominee_of(row.category) is NomineeKind.STUDIO else "honor",
                "name": awards.get(row.grade, program.award),
                "holder": row.nominee,
                "unit": row.unit,
                "identity": row.identity,
                "owner": owner_of(program, row),
                "nomination_id": row.id,
            }
            for row in rows.values()
        ],
    )
    entered = select(t.past).where(among(t.past.c.nomination_id, list(rows)))
    claims = [
        {"key": key, "owner": one.owner, "past_id": one.id}
        for one in connection.execute(entered).all()
        for key in claims_of(program, path_of(rows[one.nomination_id]), one.kind, one.name)
        if one.owner
    ]
    if insert_new(connection, t.claim, claims) != len(claims):
        raise UnknownError(
            Words(
                "其中有人刚刚在别的项目入选，全部没有办理；请刷新后再办",
                "somebody among them has just been chosen elsewhere; nothing was done, look at them again",
            )
        )


def claims_of(program: Program, path: Path, kind: str, name: str) -> Iterator[str]:
    """Yield what the program's rules let one owner have once only, of what is given on this path.

    A rule that names what it means claims that alone, so that two programs collide here only where the rules of both
    refuse the second.
    """
    for rule in program.rules:
        if not isinstance(rule, History) or rule.within_years or not rule.concerns(*path):
            continue
        if rule.bars == "past-winner" and name in (rule.of or own_awards(program)):
            yield f"winner:{name}"
        if rule.bars == "leads-another-studio" and kind == _STUDIO and name in (rule.of or (name,)):
            yield f"{_STUDIO}:{name}" if rule.of else _STUDIO
