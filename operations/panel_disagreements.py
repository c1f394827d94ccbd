"""Experts against the history: the pool and its ties, panels and their seats, assignments and recusals.

Memory grows with the pool and with what is assigned, not with all nominations.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.engine import Connection

from operations.disagreement import Disagreement
from operations.experts.records import fields_of
from operations.recollection import Value, instant
from operations.told_events import events_saying, own_events_saying
from states.draws import candidates_digest
from store import INSTALLATION
from store import tables as t

#: Fields by the program, and by what they are of.
_Told = dict[tuple[str, str], dict[str, Value]]

#: What every event about experts says, beside a few others: looking once is quick, whatever the history's length.
_SAID = '"expert'
_DRAFT = ("name", "employer", "title", "born", "term_from", "term_until")


def panel_disagreements(connection: Connection, program_id: str | None = None) -> Iterator[Disagreement]:
    """Name everything about experts that the history tells otherwise, of one program or of all and the installation."""
    history = _History()
    for program, event in _events(connection, program_id):
        history.follow(program, event)
    kept = _kept(connection, program_id)
    for key in sorted(kept.keys() | history.told.keys()):
        row, told = kept.get(key), history.told.get(key)
        if row is None or told is None:
            yield Disagreement(*key, "exists", table=row is not None, history=told is not None)
            continue
        for field, value in told.items():
            if row[field] != value:
                yield Disagreement(*key, field, row[field], value)


class _History:
    """What the events about experts come to, in their order."""

    def __init__(self) -> None:
        self.told: _Told = {}
        #: Who evaluates what, by the program and the stage, so that a decline takes all of somebody's back.
        self._assigned: dict[tuple[str, str, str], set[str]] = defaultdict(set)

    def follow(self, program: str, event: Mapping[str, Any]) -> None:
        """Follow one event."""
        way = {
            "expert.added": self._pooled,
            "expert.changed": self._pooled,
            "expert.retired": self._retired,
            "tie.declared": self._tied,
            "tie.withdrawn": self._untied,
            "panel.drawn": self._drawn,
            "experts.invited": self._invited,
            "invitation.confirmed": self._confirmed,
            "invitation.declined": self._declined,
            "pledge.made": self._pledged,
            "experts.assigned": self._assign,
            "expert.recused": self._recused,
            "recusal.lifted": self._lifted,
        }.get(str(event.get("kind")))
        if way:
            way(program, event)

    def _pooled(self, program: str, event: Mapping[str, Any]) -> None:
        key = program, f"expert:{event.get('expert')}"
        before = self.told.get(key, {})
        self.told[key] = {
            **{name: event.get(name) for name in _DRAFT},
            "fields": "、".join(event.get("fields", ())),
            "retired_at": before.get("retired_at"),
        }

    def _retired(self, program: str, event: Mapping[str, Any]) -> None:
        self._set((program, f"expert:{event.get('expert')}"), retired_at=instant(event.get("now")))

    def _tied(self, program: str, event: Mapping[str, Any]) -> None:
        told = {name: event.get(name) for name in ("ground", "subject", "unit", "until")}
        self.told[program, f"tie:{event.get('tie')}"] = told

    def _untied(self, program: str, event: Mapping[str, Any]) -> None:
        self.told.pop((program, f"tie:{event.get('tie')}"), None)

    def _drawn(self, program: str, event: Mapping[str, Any]) -> None:
        stage = event.get("stage")
        for key in [key for key in self.told if key[0] == program and key[1].startswith(f"panel:{stage}:")]:
            del self.told[key]
        self.told[program, f"panel:{stage}"] = {
            **{name: event.get(name) for name in ("round", "seed", "candidates")},
            "drawn_by": event.get("actor"),
        }
        for seat in event.get("seats", ()):
            self.told[program, _seat(stage, seat.get("name"))] = _new_seat(seat.get("urn"))

    def _invited(self, program: str, event: Mapping[str, Any]) -> None:
        for name in event.get("experts", ()):
            self._set((program, _seat(event.get("stage"), name)), state="invited")

    def _confirmed(self, program: str, event: Mapping[str, Any]) -> None:
        self._set((program, _seat(event.get("stage"), event.get("expert"))), state="confirmed")

    def _declined(self, program: str, event: Mapping[str, Any]) -> None:
        stage, expert, following = event.get("stage"), event.get("expert"), event.get("next")
        left = self.told.get((program, _seat(stage, expert)), {})
        if following:
            # Whoever takes the place of somebody who was asked is asked with it.
            state = "drawn" if left.get("state") == "drawn" else "invited"
            self.told[program, _seat(stage, following)] = _new_seat(left.get("urn"), state, expert)
        left["state"] = "declined"
        for number in self._assigned.pop((program, str(stage), str(expert)), set()):
            self.told.pop((program, _assignment(number, stage, expert)), None)

    def _pledged(self, program: str, event: Mapping[str, Any]) -> None:
        self._set((program, _seat(event.get("stage"), event.get("expert"))), pledge=event.get("text"))

    def _assign(self, program: str, event: Mapping[str, Any]) -> None:
        number, stage = event.get("nomination"), event.get("stage")
        for expert in event.get("experts", ()):
            self.told[program, _assignment(number, stage, expert)] = {}
            self._assigned[program, str(stage), str(expert)].add(str(number))

    def _recused(self, program: str, event: Mapping[str, Any]) -> None:
        number, expert, stage = str(event.get("nomination")), event.get("expert"), event.get("stage")
        told = {name: event.get(name) for name in ("ground", "declared")}
        self.told[program, _recusal(number, expert)] = told
        for key, numbers in self._assigned.items():
            if key[0] == program and key[2] == expert and stage in (None, key[1]) and number in numbers:
                numbers.discard(number)
                self.told.pop((program, _assignment(number, key[1], expert)), None)

    def _lifted(self, program: str, event: Mapping[str, Any]) -> None:
        self.told.pop((program, _recusal(event.get("nomination"), event.get("expert"))), None)

    def _set(self, key: tuple[str, str], **values: Value) -> None:
        if key in self.told:
            self.told[key].update(values)


def _seat(stage: object, name: object) -> str:
    return f"panel:{stage}:{name}"


def _new_seat(urn: Value, state: str = "drawn", replaces: str | None = None) -> dict[str, Value]:
    return {"urn": urn, "state": state, "replaces": replaces, "pledge": None}


def _assignment(number: object, stage: object, expert: object) -> str:
    return f"assignment:{number}:{stage}:{expert}"


def _recusal(number: object, expert: object) -> str:
    return f"recusal:{number}:{expert}"


def _events(connection: Connection, program_id: str | None) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Yield the events about experts: those of the installation, where all are asked for, then those of programs."""
    if program_id is None:
        yield from ((INSTALLATION, event) for event in own_events_saying(connection, [_SAID]))
    yield from ((program, event) for program, _, event in events_saying(connection, [_SAID], program_id))


def _kept(connection: Connection, program_id: str | None) -> _Told:
    """Return what the tables have."""
    kept: _Told = {}
    experts = _rows(connection, select(t.expert), t.expert.c.program_id, program_id)
    fields = fields_of(connection, [row.id for row in experts])
    for row in experts:
        kept[row.program_id or INSTALLATION, f"expert:{row.id}"] = {
            **{name: _plain(getattr(row, name)) for name in _DRAFT},
            "fields": "、".join(fields[row.id]),
            "retired_at": instant(row.retired_at),
        }
    if program_id is None:
        standing = select(t.expert_tie).where(t.expert_tie.c.withdrawn_at.is_(None))
        for row in connection.execute(standing):
            told = {name: _plain(getattr(row, name)) for name in ("ground", "subject", "unit", "until")}
            kept[INSTALLATION, f"tie:{row.id}"] = told
    kept.update(_panels(connection, program_id))
    of, given, barred = t.nomination.c, t.assignment.c, t.recusal.c
    query = select(of.program_id, of.number, given.stage, t.expert.c.name).join_from(t.assignment, t.nomination)
    for row in _rows(connection, query.join(t.expert, t.expert.c.id == given.expert_id), of.program_id, program_id):
        kept[row.program_id, _assignment(row.number, row.stage, row.name)] = {}
    query = select(of.program_id, of.number, barred.ground, barred.declared, t.expert.c.name)
    query = query.join_from(t.recusal, t.nomination).join(t.expert, t.expert.c.id == barred.expert_id)
    for row in _rows(connection, query, of.program_id, program_id):
        kept[row.program_id, _recusal(row.number, row.name)] = {"ground": row.ground, "declared": row.declared}
    return kept


def _panels(connection: Connection, program_id: str | None) -> _Told:
    kept: _Told = {}
    before, seat = t.expert.alias("before"), t.panel_seat.c
    query = select(t.panel).where(t.panel.c.voided_at.is_(None))
    for row in _rows(connection, query, t.panel.c.program_id, program_id):
        kept[row.program_id, f"panel:{row.stage}"] = {
            "round": row.round,
            "seed": row.seed,
            # Of the candidates themselves: the digest beside them could be changed with them.
            "candidates": candidates_digest(row.candidates),
            "drawn_by": row.drawn_by,
        }
        seats = (
            select(t.panel_seat, t.expert.c.name, before.c.name.label("before"))
            .join_from(t.panel_seat, t.expert, t.expert.c.id == seat.expert_id)
            .join(before, before.c.id == seat.replaces, isouter=True)
            .where(seat.panel_id == row.id)
        )
        for one in connection.execute(seats):
            kept[row.program_id, _seat(row.stage, one.name)] = {
                "urn": one.urn,
                "state": one.state,
                "replaces": one.before,
                "pledge": one.pledge,
            }
    return kept


def _rows(connection: Connection, query: Any, program: Any, program_id: str | None) -> list[Row[Any]]:  # noqa: ANN401
    return list(connection.execute(query if program_id is None else query.where(program == program_id)))


def _plain(value: Any) -> Value:  # noqa: ANN401 - text, a number or a day
    return value if value is None or isinstance(value, str | int) else str(value)
