"""What statements say of many rows: the same bytes that Python writes, on every database."""

import json
from hashlib import sha256

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Integer, Text, false, func, literal, select

from store.sql import among, id_list, in_order, joined, json_object, sha256_hex
from store.tables import program

texts = st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\0"))
many = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=25)


def asked(store, expression):
    with store.read() as connection:
        return connection.execute(select(expression)).scalar_one()


@many
@given(texts, st.integers(-(2**31), 2**31 - 1))
def test_json_object_of_columns_is_what_json_dumps_gives(store, text, number):
    facts = {"nomination": text, "version": number, "actor": "巡检", "verdicts": {"failed": [text]}, "due": None}
    columns = facts | {"nomination": literal(text, Text), "version": literal(number, Integer)}
    for separators in ((",", ":"), (", ", ": ")):
        expected = json.dumps(facts, ensure_ascii=False, sort_keys=True, separators=separators)
        assert asked(store, json_object(columns, separators=separators)) == expected


@many
@given(texts)
def test_sha256_of_a_text_is_that_of_its_utf8(store, text):
    assert asked(store, sha256_hex(literal(text, Text))) == sha256(text.encode()).hexdigest()


@many
@given(st.lists(texts, min_size=1), texts)
def test_texts_and_columns_are_joined_in_order(store, constants, text):
    parts = [part for constant in constants for part in (constant, literal(text, Text))]
    assert asked(store, joined(parts)) == "".join(constant + text for constant in constants)


def test_rows_among_more_ids_than_a_statement_takes_parameters(prepared):
    with prepared.read() as connection:
        query = select(program.c.id).where(among(program.c.version, range(1, 100_000)))
        assert connection.execute(query.order_by(program.c.id)).scalars().all() == ["other-2026", "small-2026"]
        assert connection.execute(select(program.c.id).where(among(program.c.version, []))).all() == []


def test_a_statement_on_rows_among_ids_is_compiled_once_for_all_of_them(prepared):
    compiled: dict[object, object] = {}
    with prepared.read() as connection:
        counts = [
            connection.execute(
                select(func.count()).select_from(program).where(among(program.c.version, ids)),
                execution_options={"compiled_cache": compiled},
            ).scalar_one()
            for ids in ([1], [2, 3], [5, 1])
        ]
    assert (counts, len(compiled)) == ([2, 0, 2], 1)


def test_ids_in_order_come_with_their_places(prepared):
    ids = [7, 3, 2**40, 3]
    with prepared.read() as connection:
        rows = in_order(ids, connection.dialect.name)
        found = connection.execute(select(rows.c.place, rows.c.id).order_by(rows.c.place))
        assert [tuple(row) for row in found] == [(1, 7), (2, 3), (3, 2**40), (4, 3)]


def test_ids_of_a_group_are_listed(prepared):
    listed = select(program.c.version, id_list(program.c.version)).group_by(program.c.version)
    with prepared.read() as connection:
        assert [tuple(row) for row in connection.execute(listed)] == [(1, [1, 1])]
        assert connection.execute(select(id_list(program.c.version)).where(false())).scalar_one() == []
