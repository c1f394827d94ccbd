"""People: registered once, given roles by those who oversee what the roles reach, and never locked out."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import datetime
from threading import Barrier

import pytest
from sqlalchemy import event, insert, select
from sqlalchemy.exc import IntegrityError

from deadlines import SHANGHAI
from operations.actors import MACHINE, Actor, Role
from operations.acts import Act
from operations.desk import Desk
from operations.organizations import list_organizations, place_organization
from operations.passwords import is_password, make_password
from operations.people import (
    add_person,
    disable_person,
    enable_person,
    grant_role,
    list_people,
    revoke_role,
    set_password,
)
from operations.results import UnknownError
from store import INSTALLATION, Store, events_of, verify
from store import tables as t
from tests.conftest import on
from tests.databases import KINDS, SQLITE
from tests.kept import password_matches
from tests.operations.office import said, why

pytestmark = on(SQLITE)

PASSWORD = "一二三四五六七八"  # noqa: S105 - nobody has it
NOW = datetime(2026, 3, 2, 9, tzinfo=SHANGHAI)
BY = Act(Actor("王管理"), NOW)
CITY, DISTRICT, UNIT = "泸州市人社局", "江阳区人社局", "长江厂"
IN_THE_DISTRICT = Act(Actor("区管理", Role.ADMINISTRATOR, DISTRICT), NOW)


@pytest.fixture
def first(desk) -> Desk:
    """A database whose first person is registered."""
    assert add_person(desk, "王管理", Role.ADMINISTRATOR, None, Act(MACHINE, NOW)) is None
    return desk


@pytest.fixture
def staffed(first) -> Desk:
    """City above district above unit; the district has an administrator of its own."""
    place_organization(first, DISTRICT, CITY, BY)
    place_organization(first, UNIT, DISTRICT, BY)
    assert add_person(first, "区管理", Role.ADMINISTRATOR, DISTRICT, BY) is None
    assert add_person(first, "厂经办", Role.OPERATOR, UNIT, BY) is None
    assert add_person(first, "市经办", Role.OPERATOR, CITY, BY) is None
    return first


def roles(desk: Desk) -> dict[str, list[tuple[str, str | None]]]:
    return {one["name"]: [(role["role"], role["organization"]) for role in one["roles"]] for one in list_people(desk)}


def history(desk: Desk) -> list[dict[str, object]]:
    """The events of the installation, which must hold together."""
    with desk.store.read() as connection:
        audit = verify(connection)
        assert audit.broken == ()
        events = list(events_of(connection, INSTALLATION))
        assert sum(head.events for head in audit.heads if head.program == INSTALLATION) == len(events)
        assert events[::-1] == list(events_of(connection, INSTALLATION, newest_first=True))
    return events


def kinds(desk: Desk) -> list[tuple[object, object]]:
    return [(event["kind"], event["subject"]) for event in history(desk)]


@on(*KINDS)
def test_first_person_is_registered_by_anybody_as_administrator(desk):
    for role, organization in ((Role.OPERATOR, DISTRICT), (Role.SUPERVISOR, None), (Role.ADMINISTRATOR, DISTRICT)):
        assert said(add_person(desk, "王管理", role, organization, Act(MACHINE, NOW))) == [
            "还没有登记任何人；第一个须是不限单位的管理员"
        ]
    assert (list_people(desk), history(desk)) == ([], [])
    assert add_person(desk, "王管理", Role.ADMINISTRATOR, None, Act(Actor("孙某", Role.EXPERT), NOW)) is None
    assert list_people(desk) == [
        {
            "name": "王管理",
            "roles": [{"role": "administrator", "organization": None}],
            "has_password": False,
            "bound": [],
            "created_at": NOW,
            "disabled_at": None,
        }
    ]


@on(*KINDS)
def test_person_registered_is_events_that_say_who_did_what(first):
    assert add_person(first, " 李四 ", Role.OPERATOR, DISTRICT, BY, password=PASSWORD) is None
    told = [{key: one[key] for key in one if key not in ("position", "digest")} for one in history(first)[2:]]
    by = {"program": INSTALLATION, "actor": "王管理", "role": "administrator", "now": NOW.isoformat()}
    assert told == [
        {**by, "kind": "person.added", "subject": "李四"},
        {**by, "kind": "person.password_set", "subject": "李四"},
        {**by, "kind": "organization.added", "subject": DISTRICT},
        {**by, "kind": "role.granted", "subject": "李四", "given": "operator", "where": DISTRICT},
    ]
    with first.store.read() as connection:
        links = connection.execute(select(t.installation_link.c.first_position, t.installation_link.c.last_position))
        assert [tuple(row) for row in links] == [(1, 2), (3, 6)]


def test_second_person_is_registered_by_people_only(first):
    assert why(add_person(first, "李四", Role.OPERATOR, DISTRICT, Act(MACHINE, NOW))) == [("registered", None)]
    assert roles(first) == {"王管理": [("administrator", None)]}


def test_person_of_the_same_name_is_refused(first):
    assert said(add_person(first, "王管理", Role.SUPERVISOR, None, BY)) == ["“王管理”已经登记"]


@pytest.mark.parametrize("role", [Role.OPERATOR, Role.SCREENING, Role.EXPERT])
def test_who_works_for_one_organization_needs_it(first, role):
    for refused in (add_person(first, "李四", role, None, BY), grant_role(first, "王管理", role, None, BY)):
        assert said(refused) == [f"{role.label.zh}须写明所在单位"]
    with pytest.raises(IntegrityError), first.store.write() as transaction:
        transaction.connection.execute(insert(t.person_role).values(person_id=1, role=role.value))


def test_clock_is_nobody_s_role(first):
    assert why(add_person(first, "巡检", Role.CLOCK, None, BY)) == [("role-of-a-person", None)]
    assert why(grant_role(first, "王管理", Role.CLOCK, None, BY)) == [("role-of-a-person", None)]


@pytest.mark.parametrize("name", ["", " ", "李\n四", "李:四", "李\0四"])
def test_name_that_cannot_be_written_as_an_actor_is_a_mistake(desk, name):
    with pytest.raises(UnknownError, match="name"):
        add_person(desk, name, Role.ADMINISTRATOR, None, BY)


def test_roles_are_granted_once_and_revoked(staffed):
    before = len(history(staffed))
    for _ in range(2):
        assert grant_role(staffed, "厂经办", Role.SUPERVISOR, None, BY) is None
        assert grant_role(staffed, "厂经办", Role.OPERATOR, DISTRICT, BY) is None
    assert roles(staffed)["厂经办"] == [("operator", UNIT), ("supervisor", None), ("operator", DISTRICT)]
    assert revoke_role(staffed, "厂经办", Role.OPERATOR, DISTRICT, BY) is None
    assert revoke_role(staffed, "厂经办", Role.SUPERVISOR, None, BY) is None
    assert roles(staffed)["厂经办"] == [("operator", UNIT)]
    assert [kind for kind, _ in kinds(staffed)[before:]] == ["role.granted"] * 2 + ["role.revoked"] * 2
    with pytest.raises(UnknownError, match="厂经办 is no operator at 江阳区人社局"):
        revoke_role(staffed, "厂经办", Role.OPERATOR, DISTRICT, BY)


def test_what_is_done_to_nobody_is_a_mistake(first):
    for deed in (disable_person, enable_person):
        with pytest.raises(UnknownError, match="linxuan user list"):
            deed(first, "周八", BY)
    for deed in (grant_role, revoke_role):
        with pytest.raises(UnknownError, match="linxuan user list"):
            deed(first, "周八", Role.SUPERVISOR, None, BY)
    with pytest.raises(UnknownError, match="linxuan user list"):
        set_password(first, "周八", PASSWORD, BY)


def test_person_is_disabled_and_enabled_once(staffed):
    before = len(history(staffed))
    for _ in range(2):
        assert disable_person(staffed, "厂经办", BY) is None
    assert [one["disabled_at"] for one in list_people(staffed) if one["name"] == "厂经办"] == [NOW]
    for _ in range(2):
        assert enable_person(staffed, "厂经办", BY) is None
    assert kinds(staffed)[before:] == [("person.disabled", "厂经办"), ("person.enabled", "厂经办")]


def test_last_administrator_of_all_stays(staffed):
    for refused in (
        disable_person(staffed, "王管理", BY),
        revoke_role(staffed, "王管理", Role.ADMINISTRATOR, None, BY),
    ):
        assert said(refused) == ["这是最后一个不限单位的管理员"]
    assert add_person(staffed, "赵管理", Role.ADMINISTRATOR, None, BY) is None
    assert disable_person(staffed, "王管理", BY) is None
    after = Act(Actor("赵管理"), NOW)
    assert why(disable_person(staffed, "赵管理", after)) == [("administrator-left", None)]
    assert roles(staffed)["王管理"] == [("administrator", None)]


def test_administrator_of_one_organization_manages_those_who_work_below_it_only(staffed):
    by, theirs = IN_THE_DISTRICT, PASSWORD
    assert add_person(staffed, "区经办", Role.OPERATOR, DISTRICT, by) is None
    assert grant_role(staffed, "区经办", Role.ADMINISTRATOR, UNIT, by) is None
    assert disable_person(staffed, "厂经办", by) is None
    assert enable_person(staffed, "厂经办", by) is None
    assert set_password(staffed, "厂经办", theirs, by) is None
    outcomes = [
        add_person(staffed, "新人", Role.OPERATOR, CITY, by),
        add_person(staffed, "新人", Role.SUPERVISOR, None, by),
        add_person(staffed, "新人", Role.ADMINISTRATOR, None, by),
        add_person(staffed, "新人", Role.OPERATOR, "没有听说过的单位", by),
        grant_role(staffed, "区管理", Role.ADMINISTRATOR, CITY, by),
        revoke_role(staffed, "市经办", Role.OPERATOR, CITY, by),
        disable_person(staffed, "市经办", by),
        disable_person(staffed, "王管理", by),
        set_password(staffed, "市经办", theirs, by),
        set_password(staffed, "王管理", theirs, by),
        set_password(staffed, "没有登记的", theirs, by),
    ]
    assert [why(one) for one in outcomes] == [[("jurisdiction", None)]] * len(outcomes)


def test_roles_that_reach_up_are_handed_out_by_who_oversees_the_top(staffed):
    """A screening officer of the district could screen what the city holds, which is not the district's to give."""
    for role in (Role.SCREENING, Role.EXPERT):
        assert said(add_person(staffed, "新人", role, DISTRICT, IN_THE_DISTRICT)) == [
            "此事涉及泸州市人社局，您所在的单位是江阳区人社局，无权办理“授予或收回角色”"
        ]
        assert why(grant_role(staffed, "厂经办", role, UNIT, IN_THE_DISTRICT)) == [("jurisdiction", None)]
    assert add_person(staffed, "市管理", Role.ADMINISTRATOR, CITY, BY) is None
    in_the_city = Act(Actor("市管理", Role.ADMINISTRATOR, CITY), NOW)
    assert add_person(staffed, "审查", Role.SCREENING, UNIT, in_the_city) is None
    # Whoever sets a password could act as them.
    assert why(set_password(staffed, "审查", PASSWORD, IN_THE_DISTRICT)) == [("jurisdiction", None)]


def test_own_password_is_everybody_s_to_set(staffed):
    own = Act(Actor("厂经办", Role.OPERATOR, UNIT), NOW)
    assert set_password(staffed, "厂经办", PASSWORD, own) is None
    assert why(set_password(staffed, "市经办", PASSWORD, own)) == [("authority", None)]
    disable_person(staffed, "厂经办", BY)
    assert why(set_password(staffed, "厂经办", PASSWORD, own)) == [("enabled", None)]


def test_password_is_kept_as_an_argon2id_hash_only(staffed):
    assert set_password(staffed, "厂经办", "correct horse ９", BY) is None
    with staffed.store.read() as connection:
        kept = connection.execute(select(t.person.c.password).where(t.person.c.name == "厂经办")).scalar_one()
        said_of_it = "".join(event["kind"] + str(event) for event in events_of(connection, INSTALLATION))
    assert kept.startswith("$argon2id$")
    assert "horse" not in kept + said_of_it
    assert kept not in said_of_it
    # Full-width digits are the same password, as another keyboard would type it.
    assert [password_matches(staffed, "厂经办", told) for told in ("correct horse 9", "correct horse 8", "")] == [
        True,
        False,
        False,
    ]


def test_password_of_somebody_disabled_or_unknown_or_without_one_matches_nothing(staffed):
    set_password(staffed, "厂经办", PASSWORD, BY)
    disable_person(staffed, "厂经办", BY)
    names = ("厂经办", "市经办", "周八")
    assert [password_matches(staffed, name, PASSWORD) for name in names] == [False, False, False]
    assert is_password("damaged", PASSWORD) is False


@pytest.mark.parametrize("password", ["", "1234567", "1" * 1001])
def test_password_too_short_or_too_long_is_a_mistake(staffed, password):
    with pytest.raises(UnknownError, match="from 8 to 1000 characters"):
        set_password(staffed, "厂经办", password, BY)


@pytest.mark.parametrize("password", ["12345678", "１２３４５６７８", "abababab", "Password1", "qwertyuiop"])
def test_password_that_is_guessed_at_once_is_a_mistake(staffed, password):
    with pytest.raises(UnknownError, match="easily guessed"):
        set_password(staffed, "厂经办", password, BY)


def test_list_of_people_is_read_by_as_many_statements_however_many_there_are(staffed):
    assert grant_role(staffed, "厂经办", Role.EXPERT, UNIT, BY) is None
    asked: list[str] = []
    event.listen(staffed.store.engine, "before_cursor_execute", lambda *call: asked.append(call[2]))
    assert roles(staffed) == {
        "厂经办": [("operator", UNIT), ("expert", UNIT)],
        "区管理": [("administrator", DISTRICT)],
        "市经办": [("operator", CITY)],
        "王管理": [("administrator", None)],
    }
    assert len([one for one in asked if one.startswith("SELECT")]) == 3


def test_passwords_made_up_differ_and_are_legible():
    made = {make_password() for _ in range(200)}
    assert len(made) == 200
    assert {len(one) for one in made} == {23}
    assert not set("".join(made)) & set("0Oo1lIiB8S5Z2")


def test_people_of_the_same_name_added_at_once_are_registered_once(first, calendar, vault):
    """Each has a store of their own, as processes have them."""
    together = Barrier(4)

    def add(_turn: int):
        with closing(Store(first.store.url)) as store:
            desk = Desk(store, calendar, vault)
            list_people(desk)
            together.wait()
            return add_person(desk, "李四", Role.OPERATOR, DISTRICT, BY)

    with ThreadPoolExecutor(4) as pool:
        outcomes = list(pool.map(add, range(4)))
    assert sorted(said(one)[0] if one else "" for one in outcomes) == ["", *["“李四”已经登记"] * 3]
    assert roles(first) == {"李四": [("operator", DISTRICT)], "王管理": [("administrator", None)]}
    assert len(kinds(first)) == 5


def test_first_people_added_at_once_are_one(desk, calendar, vault):
    together = Barrier(4)

    def add(turn: int):
        with closing(Store(desk.store.url)) as store:
            own = Desk(store, calendar, vault)
            list_people(own)
            together.wait()
            return add_person(own, f"管理员{turn}", Role.ADMINISTRATOR, None, Act(MACHINE, NOW))

    with ThreadPoolExecutor(4) as pool:
        outcomes = list(pool.map(add, range(4)))
    assert [gate for one in outcomes if one for gate, _ in why(one)] == ["registered"] * 3
    assert len(roles(desk)) == 1
    assert list_organizations(desk) == []
