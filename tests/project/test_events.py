"""Every kind of event that a use case records of a program is told to people, by the console and by the command."""

import ast
from pathlib import Path

from cli.histories import HAPPENED
from console import installed
from console.happenings import PHRASES

OPERATIONS = Path(__file__).parents[2] / "operations"


def recorded(*, of_installation: bool = False) -> list[ast.Call]:
    """Every call that records a kind of event, of a program or of what belongs to none: people, the pool, keys."""

    def is_of(chain: str) -> bool:
        # An expert of a rehearsal belongs to its program, and to none elsewhere.
        return "INSTALLATION" in chain if of_installation else chain != "INSTALLATION"

    calls = [
        node
        for file in OPERATIONS.rglob("*.py")
        for node in ast.walk(ast.parse(file.read_text("utf-8")))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in ("record", "record_each")
        and is_of(ast.unparse(node.args[0]))
    ]
    assert calls
    return calls


def kind(call: ast.Call) -> str:
    constant = call.args[1]
    assert isinstance(constant, ast.Constant)
    return str(constant.value)


def test_console_tells_every_kind_of_event():
    assert {kind(call) for call in recorded()} == set(PHRASES)


def test_console_tells_every_kind_of_event_that_belongs_to_no_program():
    kinds = [
        {str(part.value) for part in ast.walk(call.args[1]) if isinstance(part, ast.Constant)}
        for call in recorded(of_installation=True)
    ]
    assert all(kinds)
    assert set().union(*kinds) == set(installed.PHRASES)


def test_history_of_a_nomination_tells_every_kind_of_its_events():
    of_nominations = {
        kind(call)
        for call in recorded()
        if ast.unparse(call.func).endswith("record_each")
        or any(keyword.arg == "nomination" for keyword in call.keywords)
    }
    assert of_nominations - {"nomination.moved"} == set(HAPPENED)
