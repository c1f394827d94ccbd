"""补正: what a nomination was returned for, while it is being mended."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.engine import Connection

from operations.attachments import files_of
from programs.materials import Medium
from states import Move
from store import events_of
from store import tables as t


@dataclass(frozen=True, slots=True)
class ReturnedFor:
    """The return that a nomination is with somebody for: when it was made, and what was named, by ids."""

    since: datetime
    rules: tuple[str, ...]
    materials: tuple[str, ...]

    def is_mended_by(self, material: str, received_at: datetime | None) -> bool:
        """Whether a material that it was returned for has come since."""
        return material in self.materials and received_at is not None and received_at > self.since

    def awaits(self, material: str, received_at: datetime | None) -> bool:
        """Whether a material that it was returned for, and that had come before, is to come again."""
        return material in self.materials and received_at is not None and received_at <= self.since


def returned_for(events: Iterable[Mapping[str, Any]], stage: str) -> ReturnedFor | None:
    """Return what a nomination stands here for, of its events with the newest first; none where it was not returned."""
    undone: set[int] = set()
    for event in events:
        if "undoes" in event:
            undone.add(event["undoes"]["position"])
        elif "move" in event and event["position"] not in undone:
            if event["move"] != Move.RETURN or event["to"] != stage:
                return None
            lacking = event.get("lacking") or {}
            since = datetime.fromisoformat(event["now"])
            return ReturnedFor(since, tuple(lacking.get("rules", ())), tuple(lacking.get("materials", ())))
    return None


def come_again(
    connection: Connection, row: Row[Any], received: Sequence[tuple[str, Medium]]
) -> list[tuple[str, Medium]]:
    """Return which of these, each a material in a medium, were received before the nomination was returned for them.

    What has files in that medium is not among them: files are mended by other files alone.
    """
    returned = returned_for(
        events_of(connection, row.program_id, nomination=row.number, newest_first=True), str(row.stage)
    )
    if returned is None or not any(material in returned.materials for material, _ in received):
        return []
    of = t.receipt.c
    kept = connection.execute(select(of.material, of.medium, of.received_at).where(of.nomination_id == row.id))
    at = {(one.material, one.medium): one.received_at for one in kept}
    files = {(one.material, one.medium) for one in files_of(connection, row.id)}
    return [one for one in received if one not in files and returned.awaits(one[0], at.get((one[0], one[1].value)))]
