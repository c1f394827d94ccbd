"""What a mail server's refusal means: whether trying again can help."""

import re
from typing import Final

#: Enhanced codes (RFC 3463) of refusals that pass by themselves, though servers give them with a 5xx: a mailbox or a
#: system that is full (5.2.2, 5.3.1), a system that takes nothing for now (5.3.0, 5.3.2), networks that are down or in
#: knots (5.4.2 to 5.4.7, but for 5.4.4, a host that is none), and too many recipients at once (5.5.3). 5.4.1 is none of
#: them: in practice it says that there is no such recipient.
_PASSES: Final = re.compile(r"5\.(2\.2|3\.[012]|4\.[23567]|5\.3)\b")
_ENHANCED: Final = re.compile(r"^\s*[245]\.\d{1,3}\.\d{1,3}\b")
#: The one plain code of a full mailbox, for servers that give no enhanced one.
_FULL: Final = 552


def is_for_good(code: int, answer: str) -> bool:
    """Say whether a refusal of a recipient or a text stays: by its enhanced code, else by the plain one.

    `answer` is what stands behind the code.
    """
    if code < 500:
        return False
    if _ENHANCED.match(answer):
        return _PASSES.match(answer.lstrip()) is None
    return code != _FULL
