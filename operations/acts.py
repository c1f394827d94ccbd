"""Who does something, when, and why: what every operation is told."""

from dataclasses import dataclass
from datetime import datetime

from operations.actors import Actor


@dataclass(frozen=True, slots=True)
class Act:
    """One act of somebody. `now` is the instant at which it counts (aware); nothing below the faces reads the clock."""

    actor: Actor
    now: datetime
    reason: str = ""

    def signature(self) -> dict[str, str | None]:
        """Return what every event says of the act behind it."""
        return {
            "actor": self.actor.name,
            "role": self.actor.role.value,
            "organization": self.actor.organization,
            "reason": self.reason.strip() or None,
            "now": self.now.isoformat(),
        }
