"""What stands beside the nominations after some years: experts and what they evaluate, letters, honors and terms."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any, Final

from operations.experts.seats import pledge_version
from programs import Program
from programs.panels import ANY
from store.types import document_text

#: How many are in the pool of experts; the first one signs in.
POOL: Final = 1000
#: How many sit on the panel of each program.
SEATED: Final = 301
#: How many evaluate each nominee.
PER_NOMINEE: Final = 3
#: One letter was sent for so many nominations.
_PER_LETTER: Final = 10
#: How many letters were parked.
_PARKED: Final = 40

#: A table, its columns, and rows of it.
Rows = tuple[str, Sequence[str], Iterator[tuple[Any, ...]]]


@dataclass(frozen=True)
class Beside:
    """What is written beside nominations: which stand at the review, and which were honored, by program.

    Each is the row of a nomination from 0; ids are one more. `recipients` are written to in turn.
    """

    programs: Sequence[Program]
    reviewed: Sequence[Sequence[int]]
    honored: Sequence[Sequence[int]]
    recipients: Sequence[str]
    rows: int
    expert: str
    now: datetime

    def tables(self) -> Iterator[Rows]:
        """Yield the tables in the order in which they refer to each other."""
        yield "expert", ("id", "name", "employer", "added_at"), self._experts()
        yield "expert_field", ("expert_id", "field"), ((one, _FIELDS[one % len(_FIELDS)]) for one in _pool())
        panel = ("id", "program_id", "stage", "round", "seed", "sizes", "candidates", "digest", "drawn_by", "drawn_at")
        yield "panel", panel, self._panels()
        seat = ("panel_id", "expert_id", "urn", "ordinal", "state", "answered_at", "reason", "pledge", "pledged_at")
        yield "panel_seat", seat, self._seats()
        yield "assignment", ("nomination_id", "stage", "expert_id", "panel_id", "assigned_at"), self._assignments()
        score = ("nomination_id", "stage", "track", "evaluator", "revision", "superseded", "points", "opinion")
        yield "score", (*score, "entered_by", "entered_at"), self._scores()
        message = ("id", "recipient", "subject", "body", "state", "attempts", "problem", "written_at", "sent_at")
        yield "message", (*message, "alerted_at", "unsure"), self._messages()
        reminder = ("key", "kind", "program_id", "stage", "recipient", "facts", "send_at", "state", "message_id")
        yield "reminder", reminder, self._reminders()
        yield "delivery", ("message_id", "channel", "tried_at", "outcome", "text"), self._deliveries()
        yield "document", ("program_id", "number", "stage", "issued_at"), self._documents()
        yield "award", ("nomination_id", "stage", "program_id", "document"), self._awards()
        certificate = ("nomination_id", "stage", "program_id", "ordinal", "number", "code", "numbered_at")
        yield "certificate", certificate, self._certificates()
        yield "tenure", ("nomination_id", "stage", "begun", "next_at"), self._tenures()

    @property
    def _before(self) -> datetime:
        return self.now - timedelta(days=30)

    def _name(self, expert: int) -> str:
        return self.expert if expert == 1 else f"专家{expert}"

    def _experts(self) -> Iterator[tuple[Any, ...]]:
        for one in _pool():
            yield one, self._name(one), f"某某有限公司{one * 7}", self._before

    def _panels(self) -> Iterator[tuple[Any, ...]]:
        candidates = {ANY: list(_pool())}
        digest = sha256(json.dumps(candidates).encode()).hexdigest()
        for of, program in enumerate(self.programs, 1):
            sizes = document_text({ANY: SEATED})
            yield (
                of,
                program.id,
                "review",
                1,
                "0" * 64,
                sizes,
                document_text(candidates),
                digest,
                "王管理",
                self._before,
            )

    def _seats(self) -> Iterator[tuple[Any, ...]]:
        for of, program in enumerate(self.programs, 1):
            pledge = pledge_version(program.panels()["review"])
            for place in range(SEATED):
                yield of, _seated(of, place), ANY, place + 1, "confirmed", self._before, "", pledge, self._before

    def _assigned(self) -> Iterator[tuple[int, int, int]]:
        for of, rows in enumerate(self.reviewed, 1):
            for place, row in enumerate(rows):
                for turn in range(PER_NOMINEE):
                    yield of, row + 1, _seated(of, (place * PER_NOMINEE + turn) % SEATED)

    def _assignments(self) -> Iterator[tuple[Any, ...]]:
        for of, nomination, expert in self._assigned():
            yield nomination, "review", expert, of, self._before

    def _scores(self) -> Iterator[tuple[Any, ...]]:
        for _, nomination, expert in self._assigned():
            if nomination % 3:
                name = self._name(expert)
                given = {"skill": 60 + nomination * 7919 % 41, "achievement": 60 + expert * 31 % 41}
                points = document_text({criterion: str(some) for criterion, some in given.items()})
                yield nomination, "review", "merit", name, 1, False, points, "", name, self._before

    def _letters(self) -> Iterator[tuple[int, str, str]]:
        """Yield each letter: its place, whom it is to, and what became of it."""
        every = self.rows // _PER_LETTER
        for place in range(every):
            recipient = self.recipients[place * 17 % len(self.recipients)]
            yield place, recipient, "parked" if place % max(1, every // _PARKED) == 0 else "sent"

    def _messages(self) -> Iterator[tuple[Any, ...]]:
        for place, recipient, state in self._letters():
            at, is_parked = self._written(place), state == "parked"
            said = f"您好：\n\n有 {place % 9 + 1} 名人选待办理。\n\n某市人社局"
            problem = "邮件服务器暂不可用" if is_parked else None
            sent = None if is_parked else at
            told = at if is_parked else None
            yield f"letter-{place}", recipient, "待办提醒", said, state, 1, problem, at, sent, told, False

    def _written(self, place: int) -> datetime:
        return self.now - timedelta(minutes=place * 7919 % 250_000)

    def _reminders(self) -> Iterator[tuple[Any, ...]]:
        for place, recipient, _ in self._letters():
            program, at = self.programs[place % len(self.programs)].id, self._written(place)
            yield (
                *(f"deadline:{place}", "deadline", program, "screening", recipient, "{}", at, "gathered"),
                f"letter-{place}",
            )

    def _deliveries(self) -> Iterator[tuple[Any, ...]]:
        for place, _, state in self._letters():
            outcome = "refused" if state == "parked" else "accepted"
            yield f"letter-{place}", "mail", self._written(place), outcome, "0" * 64

    def _documents(self) -> Iterator[tuple[Any, ...]]:
        for program in self.programs:
            yield program.id, _document(program), "issuance", self._before

    def _honored(self) -> Iterator[tuple[Program, int, int]]:
        for program, rows in zip(self.programs, self.honored, strict=True):
            for ordinal, row in enumerate(rows, 1):
                yield program, row + 1, ordinal

    def _awards(self) -> Iterator[tuple[Any, ...]]:
        for program, nomination, _ in self._honored():
            yield nomination, "issuance", program.id, _document(program)

    def _certificates(self) -> Iterator[tuple[Any, ...]]:
        for program, nomination, ordinal in self._honored():
            code = sha256(f"{program.id} {ordinal}".encode()).hexdigest()[:26]
            yield nomination, "issuance", program.id, ordinal, f"{program.id}-{ordinal}", code, self._before

    def _tenures(self) -> Iterator[tuple[Any, ...]]:
        for _, nomination, _ in self._honored():
            yield nomination, "tenure", self._before.date(), self.now + timedelta(days=700 + nomination % 300)


_FIELDS: Final = ("焊工", "钳工", "电工", "数控")


def _pool() -> range:
    return range(1, POOL + 1)


def _seated(panel: int, place: int) -> int:
    """Return who sits there: the first of the pool on the first three panels, others in turn."""
    first = 0 if panel <= 3 else 1
    return (first + (place * 3 + panel if place else 0)) % POOL + 1


def _document(program: Program) -> str:
    return f"某人社发〔2026〕{program.id[-1]}号"
