"""Why time moves a nomination: what a sweep writes into the history, in Chinese, and how that is told."""

from collections.abc import Mapping
from typing import Final

from programs import Words
from states import Move

#: What a sweep gives as its reason for each move that it makes by itself.
BY_CLOCK: Final[Mapping[Move, Words]] = {
    Move.LAPSE: Words("逾期未办", "nothing was done in time"),
    Move.CLOSE: Words("公示期满无异议", "the publicity ended without an objection"),
    Move.EXPIRE: Words("聘期届满", "the term is over"),
}
#: And for the end of a term that was not made good in time.
NOT_RECTIFIED: Final = Words(
    "整改到期未通过，按规定取消称号", "it was not made good in time, and the honor is taken away"
)

_SAID: Final = {one.zh: one for one in (*BY_CLOCK.values(), NOT_RECTIFIED)}


def reason_told(reason: str | None) -> Words | None:
    """Return a reason as it was written, and in both languages where it is a sweep's; none where there is none."""
    return _SAID.get(reason, Words(reason, reason)) if reason else None
