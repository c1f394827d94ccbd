"""Performs rehearsals, those that are killed in a process of their own with SIGKILL; run with `python -m`.

Every line of standard input is one performance, as JSON; the answer is its exit code. With `killed_before`, the process
kills itself right before that statement: anywhere within a transaction, between two, or between a message and the note
that it was sent. What one that is not killed has compiled, those after it use.
"""

import json
import os
import signal
import sys
from datetime import date
from pathlib import Path
from typing import Any

from sqlalchemy import event

import store.store
from deadlines.calendar import WorkCalendar
from notifications.channels import FileChannel
from operations.desk import Desk
from operations.rehearse import Rehearsal, rehearse
from programs import date_program, load_program
from store import Store, Vault
from tests.databases import open_quickly

CALENDAR = WorkCalendar.china()


def perform(request: dict[str, Any]) -> int:
    """Rehearse, and return how many statements it took."""
    program = load_program(request["program"])
    if program.issued is None:
        program = date_program(program, date(2021, 6, 28))
    opened = Store(request["database"])
    statements = 0

    def count(*_facts: object) -> None:
        nonlocal statements
        statements += 1
        if statements == request.get("killed_before"):
            os.kill(os.getpid(), signal.SIGKILL)

    event.listen(opened.engine, "before_cursor_execute", count)
    desk = Desk(opened, CALENDAR, Vault(bytes.fromhex(request["secret"])))
    done = rehearse(
        desk, program, FileChannel(Path(request["outbox"])), nominations=request["nominations"], seed=request["seed"]
    )
    opened.close()
    assert isinstance(done, Rehearsal), done
    return statements


def main() -> None:
    store.store.open_engine = open_quickly
    for line in sys.stdin:
        request = json.loads(line)
        if not request["killed_before"]:
            answer = {"code": 0, "statements": perform(request)}
            print(json.dumps(answer), flush=True)  # noqa: T201 - the answer
            continue
        reading, writing = os.pipe()
        child = os.fork()
        if child == 0:
            try:
                os.write(writing, str(perform(request)).encode())
            finally:
                os._exit(0)
        os.close(writing)
        _, status = os.waitpid(child, 0)
        statements = os.read(reading, 100).decode()
        os.close(reading)
        answer = {"code": os.waitstatus_to_exitcode(status), "statements": int(statements or 0)}
        print(json.dumps(answer), flush=True)  # noqa: T201 - the answer


if __name__ == "__main__":
    main()
