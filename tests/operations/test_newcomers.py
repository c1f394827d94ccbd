"""Whom `linxuan up` registers: one administrator where nobody is, and in a demonstration one of each role."""

from contextlib import closing
from datetime import date
from datetime import time as clock

import pytest
from sqlalchemy import select

from deadlines.zone import at
from notifications.channels import MemoryChannel
from operations.actors import OF_PEOPLE, Actor, Role
from operations.acts import Act
from operations.authority import Authority, identify, matter_of
from operations.demo import fill_demo
from operations.desk import Desk
from operations.lookup import list_nominations
from operations.newcomers import welcome_administrator, welcome_players
from operations.people import add_person, list_people
from states import Move
from store import INSTALLATION, Store, events_of, verify
from store import tables as t
from tests.conftest import on
from tests.databases import SQLITE
from tests.kept import password_matches

pytestmark = on(SQLITE)

NOW = at(date(2026, 3, 11), clock(10))


@pytest.fixture(scope="module")
def filled(sqlite_databases, calendar, vault):
    """A database with the demonstration, and its programs: made once, and only ever copied."""
    url = sqlite_databases.new()
    with closing(Store(url)) as store:
        return url, fill_demo(Desk(store, calendar, vault), MemoryChannel(), NOW, nominations=6)


@pytest.fixture
def demonstration(desk, databases, filled):
    """The programs with which the desk's store was filled."""
    url, editions = filled
    desk.store.engine.dispose()
    databases.replace(desk.store.url.render_as_string(), url)
    return editions


def test_first_administrator_has_a_password_of_their_own_and_comes_once(desk):
    (newcomer,) = welcome_administrator(desk, NOW)
    assert (newcomer.name, newcomer.role, newcomer.organization) == ("管理员", Role.ADMINISTRATOR, None)
    assert password_matches(desk, "管理员", newcomer.password)
    assert identify(desk, "管理员") == Actor("管理员", Role.ADMINISTRATOR)
    assert welcome_administrator(desk, NOW) == ()
    assert len(list_people(desk)) == 1
    with desk.store.read() as connection:
        assert newcomer.password not in str(list(events_of(connection, INSTALLATION)))


def test_nobody_is_welcomed_where_somebody_is_registered(desk):
    add_person(desk, "王管理", Role.ADMINISTRATOR, None, Act(Actor("王管理"), NOW))
    assert (welcome_administrator(desk, NOW), welcome_players(desk, NOW)) == ((), ())


@pytest.mark.usefixtures("demonstration")
def test_demonstration_has_somebody_of_each_role_who_can_try_something(desk):
    newcomers = welcome_players(desk, NOW)
    # A security officer would take people from the administrator whom everybody tries.
    assert {one.role for one in newcomers} == set(OF_PEOPLE) - {Role.SECURITY}
    assert [one["name"] for one in list_people(desk)] == sorted(one.name for one in newcomers)
    assert [password_matches(desk, one.name, one.password) for one in newcomers] == [True] * len(newcomers)
    office, nominator, screening, expert = newcomers[1:5]
    with desk.store.read() as connection:
        assert verify(connection).broken == ()
        rows = connection.execute(select(t.nomination).where(t.nomination.c.holder.is_not(None))).all()

        programs = {row.program_id: desk.running(connection, row.program_id).program for row in rows}

        def theirs(newcomer, what):
            authority = Authority(connection, identify(desk, newcomer.name))
            return [row for row in rows if not authority.refuses(what, matter_of(programs[row.program_id], row))]

        assert {row.nominator for row in theirs(nominator, Move.WITHDRAW)} == {nominator.organization}
        assert {row.holder for row in theirs(screening, Move.REJECT)} == {screening.organization}
        at_offices = {row.holder for row in rows if row.holder not in (row.unit, row.nominator)}
        assert {row.holder for row in theirs(office, Move.ACCEPT)} >= at_offices
        assert expert.organization in at_offices
    assert list(list_nominations(desk))


def test_demonstration_goes_on_with_its_rehearsals_after_people_came(desk, demonstration):
    welcome_players(desk, NOW)
    assert fill_demo(desk, MemoryChannel(), NOW, nominations=6) == demonstration
