"""On which line each key of a TOML text stands, held against what the standard library reads in it."""

import tomllib
from importlib.resources import files
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from programs import shipped_programs
from programs.positions import Lines

TEXTS = {name: files("programs").joinpath(f"{name}.toml").read_text("utf-8") for name in shipped_programs()} | {
    file.stem: file.read_text("utf-8") for file in (Path(__file__).parent / "shapes").glob("*.toml")
}


def ways(value, steps=()):
    """Every way into a document."""
    if steps:
        yield steps
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from ways(inner, (*steps, key))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from ways(inner, (*steps, index))


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_every_key_of_a_program_has_its_line(text):
    lines, rows = Lines(text), text.split("\n")
    assert set(lines) == set(ways(tomllib.loads(text)))
    assert all(steps[-1] in rows[lines.of(steps) - 1] for steps in lines if isinstance(steps[-1], str))


EVERYTHING = '''\
a."中".c = """x
"q" """
d = [1, # ]
 [2,
{e = 1, f.g = "]"}]]
[x.y]  # =
z = \'\'\'
[no]\'\'\'
"k\\u4e2d\\"=" = """""quoted"""""
[[x.t]]
[[x.t]]
k = 2026-01-01 10:00:00
[x.t.q]
r = -1e3
[x]
'''


def test_every_form_of_writing_has_its_line():
    lines = Lines(EVERYTHING)
    assert set(lines) == set(ways(tomllib.loads(EVERYTHING)))
    assert {steps: lines.of(steps) for steps in lines if len(steps) > 1} == {
        ("a", "中"): 1,
        ("a", "中", "c"): 1,
        ("d", 0): 3,
        ("d", 1): 4,
        ("d", 1, 0): 4,
        ("d", 1, 1): 5,
        ("d", 1, 1, "e"): 5,
        ("d", 1, 1, "f"): 5,
        ("d", 1, 1, "f", "g"): 5,
        ("x", "y"): 6,
        ("x", "y", "z"): 7,
        ("x", "y", 'k中"='): 9,
        ("x", "t"): 10,
        ("x", "t", 0): 10,
        ("x", "t", 1): 11,
        ("x", "t", 1, "k"): 12,
        ("x", "t", 1, "q"): 13,
        ("x", "t", 1, "q", "r"): 14,
    }


def test_what_is_not_there_has_the_line_of_what_is_around_it():
    lines = Lines("a = 1\n[b]\nc = 2\n")
    assert [lines.of(steps) for steps in (("b", "d"), ("b", "c", "e", 3), ("z",), ())] == [2, 3, None, None]


_NAMES = st.text("ab", min_size=1, max_size=2)
_VALUES = st.recursive(
    st.sampled_from(["1", "true", "2026-01-01", '"[x] # = \\""', "'''\n[a]\n'''", '"""\\\n"\n"""', "1_0.5"]),
    lambda inner: (
        st.lists(inner, max_size=3).map(lambda items: "[\n" + "".join(f"{item} , # ]\n" for item in items) + "]")
        | st.dictionaries(_NAMES, inner, max_size=3).map(
            lambda items: "{" + ",".join(f" {key} = {item}" for key, item in items.items()) + "}"
        )
    ),
    max_leaves=6,
)
_BLOCKS = st.lists(st.tuples(st.sampled_from(["", "[{}]\n", "[[{}]]\n"]), _NAMES, st.dictionaries(_NAMES, _VALUES)))


@given(_BLOCKS)
@settings(max_examples=60, deadline=None)
def test_every_key_of_any_text_has_its_line(blocks):
    text = "".join(
        head.format(name) + "".join(f"# c\n{key} = {value}\n" for key, value in pairs.items())
        for head, name, pairs in blocks
    )
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return
    lines, rows = Lines(text), text.split("\n")
    assert set(lines) == set(ways(document))
    assert all(steps[-1] in rows[lines.of(steps) - 1] for steps in lines if isinstance(steps[-1], str))
