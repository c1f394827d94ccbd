"""Who does something, when, and why: what every operation is told."""

from dataclasses import dataclass, replace
from datetime import datetime

from operations.actors import Actor
from programs import Words
from states import Refusal


@dataclass(frozen=True, slots=True)
class Act:
    """One act of somebody. `now` is the instant at which it counts (aware); nothing below the faces reads the clock.

    `seen` is the mark of what they looked at, where what they do is done to that alone; without one it is done anyhow.
    """

    actor: Actor
    now: datetime
    reason: str = ""
    seen: str = ""

    def because(self, reason: str | None) -> "Act":
        """Return the act with a reason of its own for one of those whom it is about, where one is given."""
        return replace(self, reason=reason) if reason and reason.strip() else self

    def signature(self) -> dict[str, str | None]:
        """Return what every event says of the act behind it."""
        return {
            "actor": self.actor.name,
            "role": self.actor.role.value,
            "organization": self.actor.organization,
            "reason": self.reason.strip() or None,
            "now": self.now.isoformat(),
        }


def reason_missing(act: Act) -> Refusal | None:
    """Refuse what nobody does without saying why."""
    if act.reason.strip():
        return None
    return Refusal(
        "reason-stated",
        Words("没有写明理由", "no reason is given"),
        Words("请用 --reason 写明理由，如文件或决定", "state it with --reason, such as the document behind it"),
    )
