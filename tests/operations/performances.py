"""Performs rehearsals, each in a process of its own that can be killed with SIGKILL; run with `python -m`.

Every line of standard input is one performance, as JSON; the answer is its exit code. With `killed_before`, the process
kills itself right before that statement: anywhere within a transaction, between two, or between a message and the note
that it was sent.
"""

import json
import os
import signal
import sys
from datetime import date
from pathlib import Path
from typing import Any

from sqlalchemy import event

from deadlines.calendar import WorkCalendar
from notifications.channels import FileChannel
from operations.desk import Desk
from operations.rehearse import Rehearsal, rehearse
from programs import date_program, load_program
from store import Store, Vault

CALENDAR = WorkCalendar.china()


def perform(request: dict[str, Any]) -> int:
    """Rehearse, and return how many statements it took."""
    program = load_program(request["program"])
    if program.issued is None:
        program = date_program(program, date(2021, 6, 28))
    store = Store(request["database"])
    statements = 0

    def count(*_facts: object) -> None:
        nonlocal statements
        statements += 1
        if statements == request.get("killed_before"):
            os.kill(os.getpid(), signal.SIGKILL)

    event.listen(store.engine, "before_cursor_execute", count)
    desk = Desk(store, CALENDAR, Vault(bytes.fromhex(request["secret"])))
    done = rehearse(
        desk, program, FileChannel(Path(request["outbox"])), nominations=request["nominations"], seed=request["seed"]
    )
    store.close()
    assert isinstance(done, Rehearsal), done
    return statements


def main() -> None:
    for line in sys.stdin:
        reading, writing = os.pipe()
        child = os.fork()
        if child == 0:
            try:
                os.write(writing, str(perform(json.loads(line))).encode())
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
