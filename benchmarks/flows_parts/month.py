"""What a month of runs leaves in Prefect's database, with its own clean-up at work.

Real runs are copied, row by row, to every instant at which one begins, under ids of their own and with their times
shifted; each day ends with what the server does every hour: Prefect's own clean-up, at that day's midnight.
"""

import asyncio
import re
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from datetime import UTC, datetime, timedelta
from itertools import cycle
from pathlib import Path
from typing import Any, Final
from unittest.mock import patch
from uuid import uuid4

#: Runs in a day: two sweeps every five minutes, reminders every fifteen, a look for courses every hour, four once.
A_DAY: Final = 2 * 288 + 96 + 24 + 4
#: More days than runs are kept for, so that in the end as much is taken away as comes.
DAYS: Final = 35

_OURS: Final = "resource_id = 'prefect.flow-run.' || :run"
#: The tables that a run writes to, and how its rows are found.
_TABLES: Final = {
    "flow_run": "id = :run",
    "flow_run_state": "flow_run_id = :run",
    "log": "flow_run_id = :run",
    "artifact": "flow_run_id = :run",
    "events": _OURS,
    "event_resources": f"event_id IN (SELECT id FROM events WHERE {_OURS})",  # noqa: S608 - no value is in it
}
_INSTANT: Final = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d+")
_FORM: Final = "%Y-%m-%d %H:%M:%S.%f"

Rows = dict[str, list[dict[str, Any]]]


def written(file: Path) -> tuple[float, float]:
    """Write `DAYS` of runs into a server's database that is not running; returns the MB of its file, and of its use."""
    with closing(sqlite3.connect(file)) as database:
        database.row_factory = sqlite3.Row
        runs = database.execute("SELECT id FROM flow_run WHERE state_type = 'COMPLETED'").fetchall()
        samples = cycle([_rows(database, one["id"]) for one in runs])
        begin = datetime.now(UTC).replace(tzinfo=None) - timedelta(days=DAYS)
        for day in range(DAYS):
            for place in range(A_DAY):
                _copy(database, next(samples), begin + timedelta(days=day, seconds=86400 * place / A_DAY))
            database.commit()
            asyncio.run(_clean_up(begin + timedelta(days=day + 1)))
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        ((pages,), (free,), (size,)) = (
            database.execute(f"PRAGMA {name}").fetchone() for name in ("page_count", "freelist_count", "page_size")
        )
    return file.stat().st_size / 1e6, (pages - free) * size / 1e6


def _rows(database: sqlite3.Connection, run: str) -> Rows:
    return {
        table: [dict(row) for row in database.execute(f"SELECT * FROM {table} WHERE {where}", {"run": run})]  # noqa: S608
        for table, where in _TABLES.items()
    }


def _copy(database: sqlite3.Connection, rows: Rows, begin: datetime) -> None:
    [run] = rows["flow_run"]
    shift = begin - datetime.strptime(run["start_time"], _FORM)  # noqa: DTZ007 - the database's times are UTC
    ids = {row["id"]: str(uuid4()) for some in rows.values() for row in some}
    known = re.compile("|".join(map(re.escape, ids)))

    def changed(row: dict[str, Any]) -> Iterator[Any]:
        for name, value in row.items():
            if name == "idempotency_key":
                yield str(uuid4())
            elif not isinstance(value, str):
                yield value
            elif _INSTANT.fullmatch(value) and not value.startswith("1970"):
                yield (datetime.strptime(value, _FORM) + shift).strftime(_FORM)  # noqa: DTZ007
            else:
                yield known.sub(lambda found: ids[found[0]], value)

    # The run names its state and its states name the run.
    database.execute("PRAGMA defer_foreign_keys = ON")
    for table, some in rows.items():
        if some:
            marks = ", ".join("?" * len(some[0]))
            columns = ", ".join(some[0])
            values: Sequence[tuple[Any, ...]] = [tuple(changed(row)) for row in some]
            database.executemany(f"INSERT INTO {table} ({columns}) VALUES ({marks})", values)  # noqa: S608


async def _clean_up(now: datetime) -> None:
    """Do what the server does by itself every hour, at an instant."""
    from prefect.server.database import provide_database_interface  # noqa: PLC0415 - it reads the environment
    from prefect.server.services import db_vacuum  # noqa: PLC0415

    database = provide_database_interface()
    with patch.object(db_vacuum, "now", lambda _zone: now.replace(tzinfo=UTC)):
        await db_vacuum.vacuum_old_flow_runs(db=database)
        await db_vacuum.vacuum_events_with_retention_overrides(db=database)
        await db_vacuum.vacuum_old_events(db=database)
    await (await database.engine()).dispose()
