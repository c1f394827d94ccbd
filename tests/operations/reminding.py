"""A process that delivers what is owed over SMTP: `python -m tests.operations.reminding URL NOW PORT BATCH LANES`."""

import sys
from datetime import datetime

from deadlines.calendar import WorkCalendar
from notifications.channels import SmtpChannel
from operations import outbox, remind
from operations.desk import Desk
from store import Store, Vault

if __name__ == "__main__":
    url, now, port, batch, lanes = sys.argv[1:]
    outbox.BATCH = remind.RECIPIENTS = int(batch)
    sender = "遴选 <office@linxuan.example>"
    channel = SmtpChannel("127.0.0.1", int(port), sender, security="none", connections=int(lanes))
    # Whoever starts several lets them begin together.
    sys.stdin.readline()
    done = remind.remind(Desk(Store(url), WorkCalendar.china(), Vault(bytes(32))), channel, datetime.fromisoformat(now))
    sys.stdout.write(f"{done.sent}\n")
