"""What can be done with a nomination now, as lines."""

from collections.abc import Sequence

from cli.face import LANGUAGE, say
from operations.lookup import Possible


def possible_lines(found: Sequence[Possible]) -> list[str]:
    """Tell each move that somebody can make, or why not; what only the clock makes, in one line at the end."""
    if not found:
        return [say("此件已结束，没有可办的操作", "this case has ended; nothing can be done")]
    return [*(_line(one) for one in found if not one.move.by_clock), *_by_clock(found)]


def _by_clock(found: Sequence[Possible]) -> list[str]:
    """Tell in one line what nobody can do, since only the clock does it."""
    named = [one for one in found if one.move.by_clock]
    moves = say("、", ", ").join(
        f"{one.move.label.in_language(LANGUAGE)} → {one.standing.in_language(LANGUAGE)}" for one in named
    )
    return [say(f"到期由巡检办理：{moves}", f"made by a sweep when it is due: {moves}")] if named else []


def _line(one: Possible) -> str:
    mark, label = "✗" if one.refusals else "✓", one.move.label.in_language(LANGUAGE)
    against = "".join(f"　{refusal.reason.in_language(LANGUAGE)}" for refusal in one.refusals)
    asked = say("；", "; ").join(refusal.reason.in_language(LANGUAGE) for refusal in one.asked)
    still = say(f"　办理时还须：{asked}", f"　still to give: {asked}") if asked else ""
    return f"{mark} {one.move:<12}{label} → {one.standing.in_language(LANGUAGE)}{against}{still}"
