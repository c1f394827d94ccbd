"""Instants and documents come back as they were put in."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Column, Integer, MetaData, Table, create_engine, insert, select
from sqlalchemy.exc import StatementError

from deadlines import SHANGHAI
from store.types import Document, Instant

kept = Table("kept", MetaData(), Column("id", Integer, primary_key=True), Column("at", Instant), Column("of", Document))

OFFSETS = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
INSTANTS = st.datetimes(datetime(1901, 1, 1), datetime(9998, 12, 31), timezones=OFFSETS | st.just(SHANGHAI))  # noqa: DTZ001
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=8,
)

lasting = settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture
def connection():
    engine = create_engine("sqlite://")
    with engine.connect() as opened:
        kept.create(opened)
        yield opened
    engine.dispose()


def put(connection, **values):
    connection.execute(kept.delete())
    connection.execute(insert(kept).values(id=1, **values))
    return connection.execute(select(kept.c.at, kept.c.of)).one()


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
    assert tuple(put(connection, at=None, of=None)) == (None, None)
