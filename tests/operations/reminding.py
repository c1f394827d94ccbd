"""A process that delivers what is owed over SMTP: `python -m tests.operations.reminding URL NOW PORT BATCH LANES`.

For the NOW `-`, each line that is read is an instant, and a process of its own delivers what is owed then: its number
is printed, it begins when another line has come, and what it ended with is printed as well.
"""

import os
import sys
from datetime import datetime

from deadlines.calendar import WorkCalendar
from notifications.channels import SmtpChannel
from operations import outbox, remind
from operations.desk import Desk
from store import Store, Vault


def deliver(url: str, now: str, port: int, lanes: int) -> int:
    """Deliver what is owed; returns how many letters went out."""
    sender = "遴选 <office@linxuan.example>"
    channel = SmtpChannel("127.0.0.1", port, sender, security="none", connections=lanes)
    desk = Desk(Store(url), WorkCalendar.china(), Vault(bytes(range(32))))
    return remind.remind(desk, channel, datetime.fromisoformat(now)).sent


def tell(number: int) -> None:
    """Write a line."""
    sys.stdout.write(f"{number}\n")
    sys.stdout.flush()


def deliver_again_and_again(url: str, port: int, lanes: int) -> None:
    """Deliver at each instant that is read, in processes that need not import anything."""
    for now in iter(sys.stdin.readline, ""):
        begins, begin = os.pipe()
        child = os.fork()
        if not child:
            ended = 1
            try:
                os.read(begins, 1)
                deliver(url, now.strip(), port, lanes)
                ended = 0
            finally:
                os._exit(ended)
        tell(child)
        sys.stdin.readline()
        os.write(begin, b"\n")
        tell(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
        os.close(begins)
        os.close(begin)


if __name__ == "__main__":
    url, now, port, batch, lanes = sys.argv[1:]
    outbox.BATCH = remind.RECIPIENTS = int(batch)
    if now == "-":
        deliver_again_and_again(url, int(port), int(lanes))
    else:
        # Whoever starts several lets them begin together.
        sys.stdin.readline()
        tell(deliver(url, now, int(port), int(lanes)))
