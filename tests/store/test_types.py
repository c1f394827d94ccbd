"""Instants and documents come back as they were put in."""

from contextlib import closing
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Column, Integer, MetaData, Table, insert, select
from sqlalchemy.exc import StatementError

from deadlines import SHANGHAI
from store import Store
from store.types import Document, Instant, Line, Prose, UnfitError, Whole

kept = Table(
    "kept",
    MetaData(),
    Column("id", Integer, primary_key=True),
    Column("at", Instant),
    Column("of", Document),
    Column("line", Line(20)),
    Column("prose", Prose),
    Column("whole", Whole),
)

OFFSETS = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
INSTANTS = st.datetimes(datetime(1901, 1, 1), datetime(9998, 12, 31), timezones=OFFSETS | st.just(SHANGHAI))  # noqa: DTZ001
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=8,
)

lasting = settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture
def connection(empty_database):
    with closing(Store(empty_database)) as store, store.engine.connect() as opened:
        kept.create(opened)
        yield opened


def put(connection, **values):
    connection.execute(kept.delete())
    connection.execute(insert(kept).values(id=1, **values))
    return connection.execute(select(kept)).one()


@lasting
@given(instant=INSTANTS)
def test_instant_comes_back_to_the_microsecond_in_shanghai(connection, instant):
    found = put(connection, at=instant).at
    assert found.tzinfo is SHANGHAI
    assert found.astimezone(UTC) == instant.astimezone(UTC)


@lasting
@given(instants=st.lists(INSTANTS, min_size=2, max_size=6))
def test_instants_are_ordered_and_found_by_time_whatever_their_zone(connection, instants):
    connection.execute(kept.delete())
    connection.execute(insert(kept), [{"id": place, "at": instant} for place, instant in enumerate(instants)])
    first = min(instant.astimezone(UTC) for instant in instants)
    assert connection.execute(select(kept.c.at).order_by(kept.c.at)).scalars().first().astimezone(UTC) == first
    later = connection.execute(select(kept.c.id).where(kept.c.at > instants[0])).scalars().all()
    assert sorted(later) == [
        place for place, instant in enumerate(instants) if instant.astimezone(UTC) > instants[0].astimezone(UTC)
    ]


def test_instant_without_a_zone_is_refused(connection):
    with pytest.raises(StatementError, match="an instant needs a time zone"):
        put(connection, at=datetime(2026, 3, 11))  # noqa: DTZ001


@lasting
@given(value=VALUES)
def test_document_comes_back_as_it_was(connection, value):
    assert put(connection, of=value).of == value


def test_nothing_comes_back_as_nothing(connection):
    assert tuple(put(connection)) == (1, None, None, None, None, None)


#: What people write, and every character that a database might keep otherwise.
LETTERS = st.characters(exclude_categories=["Cs"], exclude_characters="\0")


@lasting
@given(line=st.text(LETTERS, max_size=20), prose=st.text(LETTERS), whole=st.integers(-(2**31) + 1, 2**31 - 1))
def test_text_and_numbers_come_back_as_they_were(connection, line, prose, whole):
    found = put(connection, line=line, prose=prose, whole=whole)
    assert (found.line, found.prose, found.whole) == (line, prose, whole)


@lasting
@given(lines=st.lists(st.text(LETTERS, max_size=5), min_size=2, max_size=6))
def test_lines_are_sorted_by_code_point(connection, lines):
    connection.execute(kept.delete())
    connection.execute(insert(kept), [{"id": place, "line": line} for place, line in enumerate(lines)])
    assert connection.execute(select(kept.c.line).order_by(kept.c.line)).scalars().all() == sorted(lines)


def test_numbers_of_nominations_and_names_are_sorted_alike_everywhere(connection):
    names = ["B-0002", "a-0001", "b-0010", "乙厂", "甲厂", "b-0009", "B-0010", "泸州市", "长江厂"]
    connection.execute(insert(kept), [{"id": place, "line": name} for place, name in enumerate(names)])
    found = connection.execute(select(kept.c.line).order_by(kept.c.line)).scalars().all()
    assert found == ["B-0002", "B-0010", "a-0001", "b-0009", "b-0010", "乙厂", "泸州市", "甲厂", "长江厂"]


UNFIT = {
    "a line with a NUL": (
        {"line": "某\0厂"},
        ("“某␀厂”含有空字符（U+0000），请删去", "“某␀厂” has the character U+0000 in it; remove it"),
    ),
    "prose with a NUL": (
        {"prose": "\0"},
        ("“␀”含有空字符（U+0000），请删去", "“␀” has the character U+0000 in it; remove it"),
    ),
    "a line too long": (
        {"line": "某" * 21},
        (
            "“某某某某某某某某某某某某某某某某某某某某……”过长，不能超过 20 个字",
            "“某某某某某某某某某某某某某某某某某某某某…” is longer than 20 characters",
        ),
    ),
    "a number too large": (
        {"whole": 2**31},
        ("数字 2147483648 过大，不能超过 2147483647", "the number 2147483648 is larger than 2147483647"),
    ),
    "a number too small": (
        {"whole": -(2**31)},
        ("数字 -2147483648 过大，不能超过 2147483647", "the number -2147483648 is larger than 2147483647"),
    ),
}


@pytest.mark.parametrize(("values", "words"), UNFIT.values(), ids=UNFIT)
def test_value_that_no_column_holds_is_refused_before_the_database_sees_it(connection, values, words):
    with pytest.raises(UnfitError) as refused:
        put(connection, **values)
    assert refused.value.words == words
    assert put(connection, line="某" * 20).line == "某" * 20


def test_looking_for_what_no_column_holds_is_refused_alike(connection):
    with pytest.raises(UnfitError):
        connection.execute(select(kept).where(kept.c.line == "\0"))
