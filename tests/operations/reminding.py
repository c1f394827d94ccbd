"""A process that delivers what is owed over SMTP: `python -m tests.operations.reminding URL NOW PORT BATCH`."""

import sys
from datetime import datetime

from deadlines.calendar import WorkCalendar
from notifications.channels import SmtpChannel
from operations import outbox
from operations.desk import Desk
from operations.remind import remind
from store import Store, Vault

if __name__ == "__main__":
    url, now, port, batch = sys.argv[1:]
    outbox.BATCH = int(batch)
    channel = SmtpChannel("127.0.0.1", int(port), "遴选 <office@linxuan.example>", security="none")
    # Whoever starts several lets them begin together.
    sys.stdin.readline()
    done = remind(Desk(Store(url), WorkCalendar.china(), Vault(bytes(32))), channel, datetime.fromisoformat(now))
    sys.stdout.write(f"{done.sent}\n")
