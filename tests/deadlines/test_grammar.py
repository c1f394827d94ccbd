import json

from deadlines.phrases.building import Builder
from deadlines.phrases.compiling import GRAMMAR, TABLES, compile_grammar


def test_tables_are_those_of_the_grammar():
    compiled = compile_grammar(GRAMMAR.read_text("utf-8"))
    assert TABLES.read_text("utf-8") == compiled, "run: python -m deadlines.phrases.compiling"


def test_every_rule_has_its_method():
    rules = json.loads(TABLES.read_text("utf-8"))["rules"]
    made = {name for name, _, single_stands in rules if not name.startswith("_") and not single_stands}
    methods = {name for name in dir(Builder) if not name.startswith("_")}
    assert methods == made
