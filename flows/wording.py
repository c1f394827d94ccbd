"""What Prefect says of a run by itself, in Chinese: for letters and the daily summary."""

import re
from types import MappingProxyType
from typing import Final

#: Names of states, as Prefect's own pages show them, and what they are called where somebody reads of them.
STATES: Final = MappingProxyType({"Failed": "失败", "Crashed": "崩溃", "TimedOut": "超时"})

_EXITED: Final = r"(?:Process|Flow run (?:infrastructure|process)) exited with [^\n\d-]*"

#: The sentences of its runner, its workers and its engine, each up to the end of its line.
_SAYS: Final = (
    (re.compile(_EXITED + r"-9\b[^\n]*"), "进程被强行终止（信号 9），多为内存不足或人工终止"),
    (re.compile(_EXITED + r"(-?\d+)[^\n]*"), r"进程中途退出（\1）"),
    (re.compile(r"Flow run exceeded timeout of (\d+)(?:\.\d+)? second\(s\)"), r"超过时限 \1 秒，已中断"),
    (re.compile(r"Execution was (?:aborted|cancelled) by [^\n]*"), "进程被终止"),
)


def in_words(text: str) -> str:
    """Return a text in which what Prefect says by itself is said in Chinese; all else stays as it is."""
    for said, words in _SAYS:
        text = said.sub(words, text)
    return text
