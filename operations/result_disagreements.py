"""Scores, votes of the public, rankings, ballots and meetings against the history.

Memory grows with what is scored, voted and ranked, not with all nominations.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.engine import Connection

from operations.ballots.records import held, kept_digest, rules_digest
from operations.ballots.voting import votes_in
from operations.disagreement import Disagreement
from operations.recollection import Value, event_of
from operations.told_events import events_saying
from store import tables as t
from store.chain import canonical

#: Fields by the program, and by what they are of.
_Told = dict[tuple[str, str], dict[str, Value]]

_KINDS = (
    "score.entered",
    "tally.",
    "ranking.",
    "tie.resolved",
    "ballot.",
    "meeting.",
    "expert.recused",
    "invitation.declined",
)


#: How many papers of a secret round came back, and how many of them say nothing.
_PAPERS: Final = ("returned", "invalid", "blank")


def result_disagreements(connection: Connection, program_id: str | None = None) -> Iterator[Disagreement]:
    """Name every score, tally, ranking, ballot and meeting that the history tells otherwise, of one program or all."""
    history = _History()
    for program, _, event in events_saying(connection, (f'"kind":"{kind}' for kind in _KINDS), program_id):
        history.follow(program, event)
    kept = _kept(connection, program_id, history)
    for key in sorted(kept.keys() | history.told.keys()):
        row, told = kept.get(key), history.told.get(key)
        if row is None or told is None:
            yield Disagreement(*key, "exists", table=row is not None, history=told is not None)
            continue
        for field, value in told.items():
            if row.get(field) != value:
                yield Disagreement(*key, field, row.get(field), value)


class _History:
    """What the events about results come to, in their order."""

    def __init__(self) -> None:
        self.told: _Told = {}
        #: Whose scores may have been taken back: by nomination, or by the stage.
        self.withdrawn: set[tuple[str, str, str]] = set()
        self._ties: dict[tuple[str, str], int] = defaultdict(int)

    def follow(self, program: str, event: Mapping[str, Any]) -> None:
        """Follow one event."""
        way = {
            "score.entered": self._scored,
            "expert.recused": self._withdrew,
            "invitation.declined": self._withdrew,
            "tally.imported": self._tallied,
            "ranking.settled": self._ranked,
            "ranking.reopened": self._reopened,
            "tie.resolved": self._resolved,
            "ballot.opened": self._opened,
            "ballot.attended": self._attended,
            "ballot.recused": self._recused,
            "ballot.cast": self._cast,
            "ballot.counted": self._counted,
            "ballot.closed": self._closed,
            "ballot.annulled": self._annulled,
            "meeting.recorded": self._met,
        }.get(str(event.get("kind")))
        if way:
            way(program, event)

    def _scored(self, program: str, event: Mapping[str, Any]) -> None:
        number, stage, track = event.get("nomination"), event.get("stage"), event.get("track")
        key = score_key(number, stage, track, event.get("evaluator"), event.get("revision"))
        self.told[program, key] = {
            "points": canonical(event.get("points") or {}),
            "opinion": event.get("opinion") or "",
            "entered_by": event.get("actor"),
        }

    def _withdrew(self, program: str, event: Mapping[str, Any]) -> None:
        self.withdrawn.add((program, str(event.get("nomination") or event.get("stage")), str(event.get("expert"))))

    def _tallied(self, program: str, event: Mapping[str, Any]) -> None:
        stage, platform = event.get("stage"), event.get("platform")
        for (of, key), told in self.told.items():
            if of == program and key.startswith(f"tally:{stage}:{platform}:"):
                told["superseded"] = True
        self.told[program, f"tally:{stage}:{platform}:{event.get('file_digest')}"] = {
            "votes": canonical(event.get("votes") or {}),
            "superseded": False,
        }

    def _ranked(self, program: str, event: Mapping[str, Any]) -> None:
        stage, round_ = event.get("stage"), event.get("round")
        self.told[program, f"ranking:{stage}:{round_}"] = {
            "ranking_digest": event.get("ranking_digest"),
            "places": event.get("places"),
        }
        going_on = event.get("goes_on")
        for number, place, total in zip(
            event.get("nominations") or (), event.get("ranks") or (), event.get("totals") or (), strict=False
        ):
            self.told[program, f"ranked:{stage}:{number}"] = {
                "round": round_,
                "place": place,
                "total": total,
                "goes_on": None if going_on is None else number in going_on,
            }

    def _reopened(self, program: str, event: Mapping[str, Any]) -> None:
        stage, round_ = event.get("stage"), event.get("round")
        self.told.pop((program, f"ranking:{stage}:{round_}"), None)
        prefix = f"ranked:{stage}:"
        for key in [
            key
            for key, told in self.told.items()
            if key[0] == program and key[1].startswith(prefix) and told["round"] == round_
        ]:
            del self.told[key]

    def _resolved(self, program: str, event: Mapping[str, Any]) -> None:
        place = program, str(event.get("stage"))
        self._ties[place] += 1
        self.told[program, f"tie:{place[1]}:{self._ties[place]}"] = {
            "way": event.get("way"),
            "points": canonical(event.get("points") or {}),
        }

    def _opened(self, program: str, event: Mapping[str, Any]) -> None:
        present = event.get("present")
        self.told[program, _ballot(event)] = {
            "secret": event.get("secret"),
            "members": "、".join(event.get("members") or ()),
            "nominations": "、".join(event.get("nominations") or ()),
            "present": None if present is None else "、".join(present),
            **({"rules": event["rules"]} if "rules" in event else {}),
            "counts": canonical({}),
            "votes": canonical({}),
            **dict.fromkeys(_PAPERS),
            "tellers": None,
            "closed": False,
            "annulled": False,
        }
        self._more(program, event)

    def _attended(self, program: str, event: Mapping[str, Any]) -> None:
        self._set(program, event, present="、".join(event.get("present") or ()))

    def _recused(self, program: str, event: Mapping[str, Any]) -> None:
        self._bar(program, event, event.get("nomination"), event.get("member"), event.get("ground"))

    def _cast(self, program: str, event: Mapping[str, Any]) -> None:
        self._more(program, event)
        key = program, _ballot(event)
        if key in self.told:
            votes = event_of(str(self.told[key]["votes"])) or {}
            votes[str(event.get("member"))] = event.get("marks")
            self.told[key]["votes"] = canonical({member: marks for member, marks in votes.items() if marks})

    def _counted(self, program: str, event: Mapping[str, Any]) -> None:
        self._more(program, event)
        papers = {name: event.get(name) for name in _PAPERS}
        tellers = "、".join(event.get("tellers") or ())
        self._set(program, event, counts=canonical(event.get("counts") or {}), **papers, tellers=tellers)

    def _closed(self, program: str, event: Mapping[str, Any]) -> None:
        self._more(program, event)
        self._set(program, event, counts=canonical(event.get("counts") or {}), closed=True)
        if "places" in event:
            self._set(program, event, places=_places(event["places"]))
        if "kept" in event:
            self._set(program, event, kept=event["kept"])
        if "tie" in event:
            return
        chosen = event.get("chosen") or {}
        for number in (*chosen, *(event.get("others") or ())):
            self.told[program, f"balloted:{event.get('stage')}:{number}"] = {
                "round": event.get("round"),
                "chosen": number in chosen,
                "grade": chosen.get(number),
                "reached": (event.get("reached") or {}).get(number),
            }

    def _annulled(self, program: str, event: Mapping[str, Any]) -> None:
        self._set(program, event, annulled=True)
        prefix = f"balloted:{event.get('stage')}:"
        for key in [
            key
            for key, told in self.told.items()
            if key[0] == program and key[1].startswith(prefix) and told["round"] == event.get("round")
        ]:
            del self.told[key]

    def _met(self, program: str, event: Mapping[str, Any]) -> None:
        names = ("held_on", "place", "chair", "recorder")
        self.told[program, f"meeting:{event.get('stage')}"] = {
            **{name: event.get(name) or None for name in names},
            **{name: "、".join(event.get(name) or ()) for name in ("present", "absent", "agenda")},
        }

    def _more(self, program: str, event: Mapping[str, Any]) -> None:
        """Follow who is recused with an event of a round: their grounds by number, in older events the names alone."""
        for number, some in (event.get("recused") or {}).items():
            for member in some:
                self._bar(program, event, number, member, some[member] if isinstance(some, dict) else None)

    def _bar(self, program: str, event: Mapping[str, Any], number: object, member: object, ground: Value) -> None:
        told: dict[str, Value] = {} if ground is None else {"ground": ground}
        self.told.setdefault((program, _recusal(_ballot(event), number, member)), told)

    def _set(self, program: str, event: Mapping[str, Any], **values: Value) -> None:
        key = program, _ballot(event)
        if key in self.told:
            self.told[key].update(values)


def score_key(number: object, stage: object, track: object, evaluator: object, revision: object) -> str:
    """Name one score of one evaluator."""
    return f"score:{number}:{stage}:{track}:{evaluator}:{revision}"


def _ballot(event: Mapping[str, Any]) -> str:
    return f"ballot:{event.get('stage')}:{event.get('round')}"


def _recusal(ballot: str, number: object, member: object) -> str:
    return f"{ballot}:{number}:{member}"


def _places(slots: Iterable[Sequence[Any]]) -> str:
    """Return how many places each grade has, as one text."""
    return "、".join(f"{grade or ''}={'' if left is None else left}" for grade, left, *_ in slots)


def _kept(connection: Connection, program_id: str | None, history: _History) -> _Told:
    """Return what the tables have; a score that was taken back is told by who was recused or has declined."""
    kept: _Told = {}
    numbers = select(t.nomination.c.id, t.nomination.c.number, t.nomination.c.program_id)
    if program_id is not None:
        numbers = numbers.where(t.nomination.c.program_id == program_id)
    of = numbers.subquery().c
    last: dict[str, Any] = {}
    scores = select(t.score, of.number, of.program_id).join_from(t.score, of.id.table, of.id == t.score.c.nomination_id)
    for row in connection.execute(scores.order_by(t.score.c.revision)):
        key = score_key(row.number, row.stage, row.track, row.evaluator, row.revision)
        kept[row.program_id, key] = {
            "points": canonical(row.points),
            "opinion": row.opinion,
            "entered_by": row.entered_by,
            "superseded": row.superseded,
        }
        last[score_key(row.number, row.stage, row.track, row.evaluator, "")] = row
    for row in last.values():
        whose = {(row.program_id, row.number, row.evaluator), (row.program_id, row.stage, row.evaluator)}
        told = history.told.get(
            (row.program_id, score_key(row.number, row.stage, row.track, row.evaluator, row.revision))
        )
        if told is not None and not history.withdrawn & whose:
            # Nobody took it back, so the last one counts.
            told["superseded"] = False
    _tallies(connection, program_id, kept)
    _rankings(connection, program_id, kept)
    _ballots(connection, program_id, kept)
    return kept


def _tallies(connection: Connection, program_id: str | None, kept: _Told) -> None:
    given: dict[int, dict[str, int]] = defaultdict(dict)
    votes = select(t.tally_votes, t.nomination.c.number).join_from(t.tally_votes, t.nomination)
    if program_id is not None:
        votes = votes.where(t.nomination.c.program_id == program_id)
    for row in connection.execute(votes):
        given[row.tally_id][row.number] = row.votes
    for row in _rows(connection, t.tally, program_id):
        kept[row.program_id, f"tally:{row.stage}:{row.platform}:{row.file_digest}"] = {
            "votes": canonical(given[row.id]),
            "superseded": row.superseded,
        }


def _rankings(connection: Connection, program_id: str | None, kept: _Told) -> None:
    rounds: dict[int, Any] = {}
    for row in _rows(connection, t.ranking, program_id):
        rounds[row.id] = row
        kept[row.program_id, f"ranking:{row.stage}:{row.round}"] = {"ranking_digest": row.digest, "places": row.places}
    query = select(t.ranked, t.nomination.c.number, t.nomination.c.program_id).join_from(t.ranked, t.nomination)
    if program_id is not None:
        query = query.where(t.nomination.c.program_id == program_id)
    for row in connection.execute(query):
        kept[row.program_id, f"ranked:{row.stage}:{row.number}"] = {
            "round": rounds[row.ranking_id].round,
            "place": row.place,
            "total": row.total,
            "goes_on": row.goes_on,
        }
    count: dict[tuple[str, str], int] = defaultdict(int)
    for row in _rows(connection, t.tie_resolution, program_id):
        count[row.program_id, row.stage] += 1
        key = f"tie:{row.stage}:{count[row.program_id, row.stage]}"
        kept[row.program_id, key] = {"way": row.way, "points": canonical(row.points)}


def _ballots(connection: Connection, program_id: str | None, kept: _Told) -> None:
    rounds: dict[int, int] = {}
    every = held(connection, _rows(connection, t.ballot, program_id))
    cast = votes_in(connection, every)
    for one in every:
        row = one.row
        rounds[row.id] = row.round
        votes = cast[row.id]
        counts = {number: [count.yes, count.no, count.abstained] for number, count in one.counts.items()}
        kept[row.program_id, f"ballot:{row.stage}:{row.round}"] = {
            "secret": row.secret,
            "members": "、".join(one.members),
            "nominations": "、".join(sorted(one.numbers.values())),
            "present": "、".join(sorted(one.attendance.attending)) if one.is_attended else None,
            "rules": rules_digest(row.rules),
            "kept": kept_digest(row.rules),
            "places": _places(row.rules.get("slots", ())),
            "counts": canonical(counts),
            "votes": canonical(
                {member: {key: mark.value for key, mark in some.items()} for member, some in votes.items()}
            ),
            **{name: getattr(row, name) for name in _PAPERS},
            "tellers": None if row.tellers is None else "、".join(row.tellers),
            "closed": row.closed_at is not None,
            "annulled": row.annulled_at is not None,
        }
        for number, barred in one.recused.items():
            for member, ground in barred.items():
                key = _recusal(f"ballot:{row.stage}:{row.round}", number, member)
                kept[row.program_id, key] = {"ground": ground.value}
    query = select(t.balloted, t.nomination.c.number, t.nomination.c.program_id).join_from(t.balloted, t.nomination)
    if program_id is not None:
        query = query.where(t.nomination.c.program_id == program_id)
    for row in connection.execute(query):
        kept[row.program_id, f"balloted:{row.stage}:{row.number}"] = {
            "round": rounds[row.ballot_id],
            "chosen": row.chosen,
            "grade": row.grade,
            "reached": row.reached,
        }
    for row in _rows(connection, t.meeting, program_id):
        kept[row.program_id, f"meeting:{row.stage}"] = {
            "held_on": row.held_on.isoformat(),
            "place": row.place or None,
            "chair": row.chair,
            "recorder": row.recorder,
            **{name: "、".join(getattr(row, name)) for name in ("present", "absent", "agenda")},
        }


def _rows(connection: Connection, table: Any, program_id: str | None) -> list[Any]:  # noqa: ANN401 - a table of a program
    query = select(table).order_by(*table.primary_key)
    return list(connection.execute(query if program_id is None else query.where(table.c.program_id == program_id)))
