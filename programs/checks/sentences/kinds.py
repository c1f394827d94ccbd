"""What a sentence of the checks is made of."""

from typing import Final

from programs.errors import Severity
from programs.words import Words

ERROR: Final = Severity.ERROR
WARNING: Final = Severity.WARNING
NOTE: Final = Severity.NOTE

Said = tuple[Severity, Words, Words]
"""How much it matters, what is wrong, and the remedy."""

SCOPE: Final = Words(
    "请核对其 categories、routes、traits 和 except_traits",
    "check its `categories`, `routes`, `traits` and `except_traits`",
)
