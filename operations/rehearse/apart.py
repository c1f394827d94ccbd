"""A rehearsal in a database of its own, which is gone afterwards."""

from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from notifications.channels import Channel
from operations.desk import Desk
from operations.rehearse.run import Rehearsal, Watch, rehearse
from operations.results import Denied
from operations.settings import Settings, open_desk
from programs import Program


def rehearse_apart(  # noqa: PLR0913 - what a rehearsal depends on, each by name
    desk: Desk,
    program: Program,
    channel: Channel,
    *,
    nominations: int,
    seed: int,
    until: datetime | None = None,
    watch: Watch | None = None,
    within: Path | None = None,
) -> Rehearsal | Denied:
    """Rehearse with this desk's calendar; its own nominations are neither read nor changed.

    The database lies in a new folder `within` another one, in the system's temporary folder where none is named.
    """
    with TemporaryDirectory(prefix="linxuan-rehearsal-", dir=within) as folder:
        own = open_desk(Settings(database=f"sqlite:///{folder}/rehearsal.db", key_file=None))
        try:
            return rehearse(
                Desk(own.store, desk.calendar, own.vault),
                program,
                channel,
                nominations=nominations,
                seed=seed,
                until=until,
                watch=watch,
            )
        finally:
            own.store.close()
