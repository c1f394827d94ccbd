"""Everything that the checks can find, by its code: how much it matters, what is wrong, and the remedy."""

from typing import Final

from programs.checks.sentences.kinds import Said
from programs.checks.sentences.places import PLACES
from programs.checks.sentences.rest import REST
from programs.checks.sentences.rules import RULES
from programs.checks.sentences.stages import STAGES
from programs.errors import Fault, Severity

SENTENCES: Final[dict[str, Said]] = {**PLACES, **STAGES, **RULES, **REST}


def fault(code: str, place: str, severity: Severity | None = None, /, **values: object) -> Fault:
    """Return the fault of that code at a place, its sentences filled in; `severity` where it is not the usual one."""
    usual, words, remedy = SENTENCES[code]
    return Fault(place, words.format(**values), severity or usual, remedy.format(**values), code)
