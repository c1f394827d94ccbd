"""Bringing nominations to another version, as an administrator prepares it: what would become of whom."""

from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Final

from operations.actors import Actor
from operations.acts import Act
from operations.desk import Desk
from operations.migrating import BATCH, Wanted, target_of
from operations.opening_desk import ruled_by
from operations.previewing import Outlook, Preview, outlook, preview
from operations.seeing import hidden_from
from operations.transfer import entries
from programs import Program, Words

#: So many are told one by one.
MOST: Final = 100


@dataclass(frozen=True, slots=True)
class MigrationDesk:
    """What bringing nominations to a version would do.

    `outlook` tells it by where they stand, for all; `shown` for the first of them one by one. `gone` are the standings,
    by their keys, that the version does not have: those who stand there go to one of `entries` that is chosen.
    """

    program: Program
    versions: tuple[int, ...]
    target: int
    outlook: tuple[Outlook, ...]
    shown: tuple[Preview, ...]
    names: Mapping[str, Words]
    gone: Mapping[str, Words]
    entries: Mapping[str, Words]

    @property
    def under_way(self) -> int:
        """How many are not of that version yet."""
        return sum(one.count for one in self.outlook)

    @property
    def at_once(self) -> bool:
        """Whether all of them are brought over while somebody waits for a page."""
        return self.under_way <= BATCH


def migration_desk(
    desk: Desk, program_id: str, revision: int | None, mapping: Mapping[str, str], actor: Actor, now: datetime
) -> MigrationDesk:
    """Return what bringing everybody under way to a version would do, the newest where none is named.

    Raises `UnknownError` for a program that is not theirs to rule on, and for a version or a standing that it lacks.
    """
    running = ruled_by(desk, program_id, actor, now)
    wanted = Wanted(revision, None, mapping)
    with desk.store.read() as connection:
        target = target_of(desk, connection, program_id, wanted)
        versions = desk.versions(connection, program_id)
        hidden = hidden_from(desk, connection, running, Act(actor, now))
        unmapped = _others(outlook(desk, target, now), target.revision)
        with closing(preview(desk, program_id, wanted, now)) as each:
            shown = tuple(islice((one for one in each if one.number not in hidden), MOST))
    return MigrationDesk(
        program=running.program,
        versions=tuple(one.revision for one in versions),
        target=target.revision,
        outlook=_others(outlook(desk, target, now, mapping), target.revision) if mapping else unmapped,
        shown=shown,
        names={key: standing.name for key, standing in target.pipeline.standings.items()},
        gone={one.stage: one.standing for one in unmapped if one.refusal and one.refusal.gate == "standing-known"},
        entries=entries(target),
    )


def _others(found: Sequence[Outlook], revision: int) -> tuple[Outlook, ...]:
    return tuple(one for one in found if one.revision != revision)
