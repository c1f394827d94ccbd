"""Compiles `grammar.lark` into `tables.json`; run `python -m deadlines.phrases.compiling` when the grammar changes.

Lark analyses the grammar, which takes it 0.2 s together with its import. A command that reads one phrase must not pay
that each time, so the parser runs from the tables alone. A test holds the tables to the grammar.
"""

import json
from pathlib import Path
from typing import Any, Final

from lark import Lark

GRAMMAR: Final = Path(__file__).with_name("grammar.lark")
TABLES: Final = Path(__file__).with_name("tables.json")


def compile_grammar(grammar: str) -> str:
    """Return the tables as JSON, one row a line.

    `terminals` are names and regular expressions in the order in which they are tried. `rules` are the name of what a
    rule makes, how many parts it takes, and whether a single part stands for itself. `actions` are the distinct rows of
    the LALR table: a state to go to, or minus one less than the rule to reduce by; `states` gives each state its row.
    """
    lark = Lark(grammar, parser="lalr", lexer="basic", start=["start", "unread"])
    # Lark keeps its tables to itself and loosely typed; nothing but this function reaches for them.
    parsing: Any = lark.parser
    lexer, table = parsing.lexer, parsing.parser._parse_table  # noqa: SLF001
    first = table.start_states["start"]
    states = _in_order(table.states, first)
    rules = sorted({rule for state in states for rule in _reductions(table.states[state])}, key=_told)
    rows = [json.dumps(_row(table.states[state], states, rules), sort_keys=True) for state in states]
    distinct = sorted(set(rows))
    return _lines(
        {
            "terminals": [[one.name, one.pattern.to_regexp()] for one in lexer.terminals],
            "ignored": sorted(lexer.ignore_types),
            "rules": [[rule.alias or rule.origin.name, len(rule.expansion), rule.options.expand1] for rule in rules],
            "origins": [rule.origin.name for rule in rules],
            "actions": [json.loads(row) for row in distinct],
            "states": [distinct.index(row) for row in rows],
            "start": states.index(first),
            "end": states.index(table.end_states["start"]),
        }
    )


def _in_order(rows: dict[int, dict[str, Any]], first: int) -> list[int]:
    """Return the states in the order in which they are met from the first, which lark's own numbers do not keep."""
    met = [first]
    for state in met:
        for _, (action, argument) in sorted(rows[state].items()):
            if action.name == "Shift" and argument not in met:
                met.append(argument)
    return met


def _reductions(row: dict[str, Any]) -> list[Any]:
    return [argument for action, argument in row.values() if action.name == "Reduce"]


def _told(rule: Any) -> tuple[str, ...]:  # noqa: ANN401 - lark's own
    return rule.origin.name, *(symbol.name for symbol in rule.expansion)


def _row(row: dict[str, Any], states: list[int], rules: list[Any]) -> dict[str, int]:
    return {
        symbol: states.index(argument) if action.name == "Shift" else -1 - rules.index(argument)
        for symbol, (action, argument) in row.items()
    }


def _lines(document: dict[str, Any]) -> str:
    def told(value: Any) -> str:  # noqa: ANN401 - any JSON value
        if isinstance(value, list) and value and isinstance(value[0], list | dict):
            return "[\n" + ",\n".join(json.dumps(one, ensure_ascii=False) for one in value) + "\n]"
        return json.dumps(value, ensure_ascii=False)

    return "{\n" + ",\n".join(f'"{name}": {told(value)}' for name, value in document.items()) + "\n}\n"


if __name__ == "__main__":
    TABLES.write_text(compile_grammar(GRAMMAR.read_text("utf-8")), "utf-8")
