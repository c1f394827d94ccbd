"""Cuts a text into the grammar's terminals, and finds what items they make: an LALR parser over `tables.json`."""

import json
import re
from collections.abc import Iterator, Sequence
from functools import cache
from importlib import resources
from typing import Any, Final

from deadlines.phrases.building import Builder
from deadlines.phrases.syntax import Item, Token

_END: Final = "$END"


class Parser:
    """The grammar at work. What its rules make is left to the `Builder`'s method of the rule's name."""

    def __init__(self, tables: dict[str, Any]) -> None:
        self._words = re.compile("|".join(f"(?P<{name}>{pattern})" for name, pattern in tables["terminals"]))
        self._ignored = frozenset(tables["ignored"])
        self._rules: list[tuple[str, int, bool]] = tables["rules"]
        self._origins: list[str] = tables["origins"]
        self._rows: list[dict[str, int]] = [tables["actions"][row] for row in tables["states"]]
        self._start: int = tables["start"]
        self._end: int = tables["end"]
        self._builder = Builder()

    def cut(self, text: str) -> Iterator[Token]:
        """Yield the terminals of a plain text; every character belongs to one."""
        for match in self._words.finditer(text):
            kind = str(match.lastgroup)
            if kind not in self._ignored:
                yield Token(kind, match.group(), match.start(), match.end())

    def longest(self, tokens: Sequence[Token]) -> tuple[Item, int] | None:
        """Return the longest item that begins with the first token, and how many tokens it takes."""
        states = [self._start]
        size = 0
        for place, token in enumerate(tokens, 1):
            if not self._shift(states, token.kind):
                break
            if self._reduce(states.copy(), _END):
                size = place
        return (self._build(tokens[:size]), size) if size else None

    def _shift(self, states: list[int], kind: str) -> bool:
        """Take a terminal in, after the reductions that it calls for; False where it cannot stand here."""
        if not self._reduce(states, kind):
            return False
        states.append(self._rows[states[-1]][kind])
        return True

    def _reduce(self, states: list[int], kind: str) -> bool:
        """Reduce until the terminal can be shifted, or at the end until the whole is one item."""
        while True:
            action = self._rows[states[-1]].get(kind)
            if action is None:
                return False
            if action >= 0:
                return True
            rule = -1 - action
            del states[len(states) - self._rules[rule][1] :]
            states.append(self._rows[states[-1]][self._origins[rule]])
            if kind == _END and states[-1] == self._end:
                return True

    def _build(self, tokens: Sequence[Token]) -> Item:
        """Parse once more, with what the rules make."""
        states = [self._start]
        values: list[Any] = []
        for token in (*tokens, Token(_END, "", 0, 0)):
            while (action := self._rows[states[-1]][token.kind]) < 0:
                rule = -1 - action
                size = self._rules[rule][1]
                parts = values[len(values) - size :]
                del states[len(states) - size :], values[len(values) - size :]
                values.append(self._made(rule, parts))
                states.append(self._rows[states[-1]][self._origins[rule]])
                if token.kind == _END and states[-1] == self._end:
                    item: Item = values[-1]
                    return item
            states.append(action)
            values.append(token)
        raise ValueError("the tokens do not make an item")

    def _made(self, rule: int, parts: list[Any]) -> Any:  # noqa: ANN401 - what a rule makes is the builder's affair
        """Return what a rule makes of its parts; repeated parts, which lark names with `_`, are told one by one."""
        flat = [one for part in parts for one in (part if type(part) is _Repeated else (part,))]
        name, _, single_stands = self._rules[rule]
        if name.startswith("_"):
            return _Repeated(flat)
        if single_stands and len(flat) == 1:
            return flat[0]
        return getattr(self._builder, name)(flat)


class _Repeated(list[Any]):
    """The parts that a repetition in the grammar has gathered."""


@cache
def phrase_parser() -> Parser:
    """Return the parser of phrases, made once."""
    return Parser(json.loads(resources.files("deadlines.phrases").joinpath("tables.json").read_text("utf-8")))
