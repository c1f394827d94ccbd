"""Databases as a city's office has them after some years: five programs, three tiers, people of every role.

Rows are written past the operations, as fast as the database takes them, and the history behind them verifies.
"""

import os
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from hashlib import sha256
from typing import Any, Final

from sqlalchemy import insert, select, update
from sqlalchemy.engine import URL

from benchmarks.console_parts.beside import Beside
from benchmarks.console_parts.notices import OFFICES, program
from benchmarks.console_parts.writing import Writer
from deadlines import SHANGHAI, WorkCalendar
from operations.actors import MACHINE, Actor, Role
from operations.acts import Act
from operations.desk import Desk, Running
from operations.intakes import computed
from operations.passwords import hash_password
from operations.people import add_person
from operations.results import Denied
from store import Store, Vault
from store import tables as t
from store.chain import GENESIS, canonical, event_digest, link_digest
from store.migrate import migrate

PASSWORD: Final = "甲乙丙丁戊己庚辛"  # noqa: S105 - nobody has it
DISTRICTS: Final = 40
UNITS: Final = 5000
#: How many stand on the one list of each program that is public.
LISTED: Final = 200
#: How many events a nomination that people look at has behind it.
STEPS: Final = 4
_LINKED: Final = 1000

#: Of a hundred nominations of a program, how many stand where.
_STANDS: Final = (
    ("recommendation.unit", 16), ("recommendation.district", 14), ("recommendation.city", 5), ("screening", 25),
    ("screening.correction", 2), ("review", 1), ("decision", 2), ("issuance", 1), ("rejected", 8), ("not-chosen", 10),
    ("lapsed", 5), ("withdrawn", 3), ("tenure", 1), ("completed", 7),
)  # fmt: skip
_ENDS: Final = frozenset({"rejected", "not-chosen", "lapsed", "withdrawn", "completed"})
_HONORED: Final = frozenset({"tenure", "completed"})
_CHOSEN: Final = frozenset({"issuance", "publicity.running"}) | _HONORED

COLUMNS: Final = (
    *("id", "number", "program_id", "category", "route", "nominator", "nominator_kind", "unit", "nominee", "identity"),
    *("identity_hash", "attempt", "stage", "holder", "due_at", "grade", "publicity_id", "version", "moved_at"),
)

#: Who signs in, and where they work: twenty people of every role, most of them at units and districts.
PEOPLE: Final[tuple[tuple[str, Role, str | None], ...]] = (
    ("总管理", Role.ADMINISTRATOR, None),
    ("总监督", Role.SUPERVISOR, None),
    ("局管理", Role.ADMINISTRATOR, OFFICES[0]),
    ("局经办甲", Role.OPERATOR, OFFICES[0]),
    ("局经办乙", Role.OPERATOR, OFFICES[0]),
    ("局经办丙", Role.OPERATOR, OFFICES[0]),
    ("局审查", Role.SCREENING, OFFICES[0]),
    ("局监督", Role.SUPERVISOR, OFFICES[0]),
    ("局专家", Role.EXPERT, OFFICES[0]),
    ("邻管理", Role.ADMINISTRATOR, OFFICES[1]),
    ("邻经办", Role.OPERATOR, OFFICES[1]),
    *((f"区经办{place}", Role.OPERATOR, f"区县{place}") for place in range(5)),
    *((f"厂经办{place}", Role.OPERATOR, f"某某有限公司{place}") for place in range(4)),
)


@dataclass(frozen=True)
class Filled:
    """What a database holds: `rows` nominations over five programs, as of `now`."""

    rows: int
    now: datetime

    @cached_property
    def running(self) -> list[Running]:
        """The programs, open since the beginning of the year."""
        calendar = WorkCalendar.china()
        undated = [Running(program(place, self.now), 1, self.opened_at, calendar) for place in range(5)]
        return [Running(one.program, 1, one.opened_at, calendar, computed(one)) for one in undated]

    @property
    def opened_at(self) -> datetime:
        """When the programs were opened."""
        return self.now - timedelta(days=200)

    def number(self, place: int) -> str:
        """Return the number of the nomination in this row."""
        return f"artisan-{place % 5}-{place // 5 + 1:07d}"

    def stage(self, place: int) -> str:
        """Return where the nomination in this row stands."""
        own = place // 5
        if own < LISTED:
            return "publicity.running"
        return _SPREAD[own * 7919 % 100]

    def placed(self, place: int) -> tuple[str, str]:
        """Return the unit and the district of the nomination in this row: those of the first city for its programs."""
        unit = place * 31 % UNITS
        own = range(30, 40) if place % 5 > 2 else range(30)
        # A unit lies in the district of its number; each city has its own.
        unit = unit - unit % DISTRICTS + own[unit % DISTRICTS % len(own)]
        return f"某某有限公司{unit}", f"区县{unit % DISTRICTS}"

    def watched(self, place: int) -> bool:
        """Whether people look at this nomination, so that it has a whole history and all its papers."""
        return place // 5 % max(1, self.rows // 20_000) == 0

    def nominations(self) -> Iterator[tuple[Any, ...]]:
        """Yield the nominations as rows."""
        closes = self.running[0].closes["recommendation.city"]
        for place in range(self.rows):
            stage, (unit, district) = self.stage(place), self.placed(place)
            ended, office = stage in _ENDS, OFFICES[place % 5 > 2]
            holder = {
                "recommendation.unit": unit,
                "recommendation.district": district,
                "screening.correction": district,
            }
            due = {
                "recommendation.unit": closes, "recommendation.district": closes, "recommendation.city": closes,
                "screening.correction": self.now + timedelta(days=1 + place % 5),
                "publicity.running": self.now + timedelta(days=4),
            }  # fmt: skip
            yield (
                place + 1,
                self.number(place),
                f"artisan-{place % 5}",
                None,
                "organization",
                district,
                "district",
                unit,
                _name(place),
                os.urandom(46),
                sha256(str(place).encode()).hexdigest(),
                1,
                stage,
                None if ended else holder.get(stage, office),
                due.get(stage),
                "artisan" if stage in _CHOSEN else None,
                place % 5 + 1 if stage == "publicity.running" else None,
                STEPS if self.watched(place) else 1,
                self.moved_at(place),
            )

    def moved_at(self, place: int) -> datetime:
        """Return when the nomination came to where it stands."""
        return self.now - timedelta(minutes=10 + place * 7919 % 80_000)

    def seats(self) -> Iterator[tuple[Any, ...]]:
        """Yield the places of those who were chosen."""
        ordinals = [0] * 5
        for place in range(self.rows):
            if self.stage(place) in _CHOSEN:
                ordinals[place % 5] += 1
                yield f"artisan-{place % 5}", "seats.artisan", "", ordinals[place % 5], place + 1

    @property
    def beside(self) -> Beside:
        """What stands beside the nominations."""
        by_stage = {name: [[], [], [], [], []] for name in ("review", "honored")}
        for place in range(self.rows):
            stage = self.stage(place)
            if stage == "review" or stage in _HONORED:
                by_stage["review" if stage == "review" else "honored"][place % 5].append(place)
        names = [*OFFICES, *(f"区县{one}" for one in range(DISTRICTS)), *(f"某某有限公司{one}" for one in range(UNITS))]
        programs = [one.program for one in self.running]
        expert = next(name for name, role, _ in PEOPLE if role is Role.EXPERT)
        return Beside(programs, by_stage["review"], by_stage["honored"], names, self.rows, expert, self.now)

    def receipts(self) -> Iterator[tuple[Any, ...]]:
        """Yield the papers of the nominations that people look at."""
        for place in range(self.rows):
            if self.watched(place):
                for material in ("form", "proof"):
                    yield place + 1, material, "paper", self.moved_at(place), "王管理"

    def verdicts(self) -> Iterator[tuple[Any, ...]]:
        """Yield what was found on the nominations that people look at."""
        for place in range(self.rows):
            if self.watched(place):
                for rule in ("conduct", "skill", "years"):
                    yield place + 1, rule, "pass", "", "局审查", self.moved_at(place)

    def events(self, of: int) -> Iterator[tuple[Any, ...]]:
        """Yield the events of one program: how each nomination was drawn up, and the way of those that people see."""
        position, step = 1, ("recommendation.unit", "recommendation.district", "recommendation.city", "screening")
        yield self._published(of)
        for place in range(of, self.rows, 5):
            number, (unit, district) = self.number(place), self.placed(place)
            drawn_up = {
                "nominee": _name(place), "unit": unit, "nominator": district,
                "nominator_kind": "district", "route": "organization",
            }  # fmt: skip
            said = {"actor": "王管理", "role": "operator", "nomination": number, "program": f"artisan-{of}"}
            at = self.moved_at(place)
            steps = range(1, STEPS) if self.watched(place) else ()
            last = self.stage(place)
            events = [{"kind": "nomination.created", "to": step[0] if steps else last, **drawn_up}]
            for number_of_move in steps:
                to = last if number_of_move == STEPS - 1 else step[number_of_move]
                moved = {"kind": "nomination.moved", "move": "accept", "from": step[number_of_move - 1], "to": to}
                events.append({**moved, "version": number_of_move + 1, "clause": "二"})
            for back, facts in zip(range(len(events) - 1, -1, -1), events, strict=True):
                position += 1
                payload = canonical({**said, **facts, "now": (at - timedelta(days=back)).isoformat()})
                yield f"artisan-{of}", position, number, payload, event_digest(payload)

    def _published(self, of: int) -> tuple[Any, ...]:
        """Return the event that published the list of a program."""
        places = range(of, self.rows, 5)[:LISTED]
        listed = [
            {"number": self.number(place), "name": _name(place), "unit": self.placed(place)[0], "grade": "工匠"}
            for place in places
        ]
        facts = {
            "kind": "publicity.started", "program": f"artisan-{of}", "stage": "publicity",
            "nominations": [one["number"] for one in listed], "listed": listed,
            "actor": "王管理", "role": "operator", "now": self.published_at.isoformat(),
        }  # fmt: skip
        payload = canonical(facts)
        return f"artisan-{of}", 1, None, payload, event_digest(payload)

    @property
    def published_at(self) -> datetime:
        """When the lists were published that are public."""
        return (self.now - timedelta(days=1)).astimezone(SHANGHAI)

    def links(self, of: int, digests: Sequence[str]) -> Iterator[tuple[Any, ...]]:
        """Yield the links that hold these events of a program, so that the history verifies."""
        previous = GENESIS
        for sequence, first in enumerate(range(0, len(digests), _LINKED), start=1):
            some = digests[first : first + _LINKED]
            previous = link_digest(previous, some)
            yield f"artisan-{of}", sequence, first + 1, first + len(some), previous


_SPREAD: Final = tuple(stage for stage, count in _STANDS for _ in range(count))
_SURNAMES: Final = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜"


def _name(place: int) -> str:
    return f"{_SURNAMES[place % len(_SURNAMES)]}某{place}"


def fill(url: URL, filled: Filled) -> None:
    """Make the tables and fill them."""
    with closing(Store(url)) as store:
        migrate(store)
        desk = Desk(store, WorkCalendar.china(), Vault(bytes(range(32))))
        _prepare(store, filled)
        _people(desk, filled)
    tables: list[tuple[str, Sequence[str], Iterator[tuple[Any, ...]]]] = [
        ("nomination", COLUMNS, filled.nominations()),
        ("place", [column.name for column in t.place.columns], filled.seats()),
        ("receipt", ("nomination_id", "material", "medium", "received_at", "receiver"), filled.receipts()),
        ("verdict", ("nomination_id", "rule", "result", "note", "reviewer", "judged_at"), filled.verdicts()),
    ]
    with Writer(url) as writer:
        for table, columns, rows in (*tables, *filled.beside.tables()):
            writer.put(table, columns, rows)
        for of in range(5):
            digests: list[str] = []
            writer.put("event", [column.name for column in t.event.columns], _noting(filled.events(of), digests))
            writer.put("link", [column.name for column in t.link.columns], filled.links(of, digests))
        writer.settle()


def to_submit(url: URL, most: int) -> list[str]:
    """Return the numbers of nominations that people look at and nobody has submitted yet, the last ones."""
    of = t.nomination.c
    query = select(of.number).where(of.stage == "recommendation.unit", of.version == STEPS).order_by(of.id.desc())
    with closing(Store(url)) as store, store.read() as connection:
        return list(connection.scalars(query.limit(most)))


def _noting(events: Iterator[tuple[Any, ...]], digests: list[str]) -> Iterator[tuple[Any, ...]]:
    for event in events:
        digests.append(event[-1])
        yield event


def _prepare(store: Store, filled: Filled) -> None:
    """Open the programs, each with its list that is public, and make the organizations known."""
    running = filled.running
    published = filled.published_at
    with store.write() as transaction:
        put = transaction.connection.execute
        for place, one in enumerate(running):
            count = len(range(place, filled.rows, 5))
            put(insert(t.program).values(id=one.program.id, opened_at=one.opened_at, nominations=count, **one.columns))
            closes = filled.now + timedelta(days=4)
            put(
                insert(t.publicity).values(
                    id=place + 1, program_id=one.program.id, stage="publicity", published_at=published,
                    venue="局官网", period={"days": 5}, first_day=published.date(), last_day=closes.date(),
                    closes_at=closes, objections_close_at=closes, provisional=False,
                )
            )  # fmt: skip
        put(insert(t.organization), [{"name": name} for name in OFFICES])
        districts = [{"name": f"区县{place}", "parent": OFFICES[place >= 30]} for place in range(DISTRICTS)]
        put(insert(t.organization), districts)
        units = ({"name": f"某某有限公司{place}", "parent": f"区县{place % DISTRICTS}"} for place in range(UNITS))
        put(insert(t.organization), list(units))
        calendar = running[0].national
        put(
            insert(t.calendar_used).values(
                id=1, fingerprint=calendar.fingerprint, published_through=calendar.published_through,
                facts=calendar.facts_known, counted_at=filled.opened_at,
            )
        )  # fmt: skip
        # Rows are written with their ids.
        if transaction.connection.dialect.name == "postgresql":
            transaction.connection.exec_driver_sql("SELECT setval('publicity_id_seq', 5)")


def _people(desk: Desk, filled: Filled) -> None:
    """Register everybody with one password, which is hashed once."""
    act = Act(MACHINE, filled.opened_at)
    for name, role, place in PEOPLE:
        done = add_person(desk, name, role, place, act)
        if isinstance(done, Denied):
            raise SystemExit(f"{name}: {done.refusals[0].words.zh}")
        act = Act(Actor(PEOPLE[0][0], Role.ADMINISTRATOR, None), filled.opened_at)
    with desk.store.write() as transaction:
        kept = {"password": hash_password(PASSWORD), "password_set_at": filled.opened_at}
        transaction.connection.execute(update(t.person).values(kept))
