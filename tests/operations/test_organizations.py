"""The tree of organizations: without circles, in the history, and nobody's way to more than they had."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import datetime
from threading import Barrier

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from deadlines import SHANGHAI
from operations.actors import OF_PEOPLE, Actor, Role
from operations.acts import Act
from operations.authority import Authority
from operations.desk import Desk
from operations.jurisdictions import Matter
from operations.organizations import add_organization, list_organizations, place_organization, set_mail
from operations.people import add_person
from operations.policy import Deed, grants, may
from operations.removing import remove_organization
from operations.results import UnknownError
from states import Move
from store import INSTALLATION, Store, events_of, verify
from tests.conftest import on
from tests.databases import KINDS, SQLITE
from tests.operations.office import said, why

pytestmark = on(SQLITE)

NOW = datetime(2026, 3, 2, 9, tzinfo=SHANGHAI)
BY = Act(Actor("王管理"), NOW)


def of(organization: str, role: Role = Role.ADMINISTRATOR) -> Act:
    return Act(Actor("某人", role, organization), NOW)


def tree(desk: Desk) -> dict[str, str | None]:
    return {one["name"]: one["parent"] for one in list_organizations(desk)}


def events(desk: Desk) -> list[tuple[object, ...]]:
    with desk.store.read() as connection:
        assert verify(connection).broken == ()
        told = events_of(connection, INSTALLATION)
        return [(one["kind"], one["subject"], one.get("from"), one.get("to")) for one in told]


@on(*KINDS)
def test_organizations_are_added_and_placed(desk):
    assert add_organization(desk, " 江阳区局 ", BY, parent="市局") is None
    assert add_organization(desk, "龙马潭区局", BY) is None
    assert place_organization(desk, "龙马潭区局", "市局", BY) is None
    assert place_organization(desk, "长江厂", "江阳区局", BY) is None
    assert tree(desk) == {"市局": None, "江阳区局": "市局", "龙马潭区局": "市局", "长江厂": "江阳区局"}
    assert place_organization(desk, "长江厂", None, BY) is None
    before = len(events(desk))
    assert place_organization(desk, "长江厂", None, BY) is None
    assert events(desk)[before - 1 :] == [("organization.placed", "长江厂", "江阳区局", None)]
    assert [kind for kind, *_ in events(desk)] == [
        *("organization.added", "organization.added", "organization.placed"),
        *("organization.added", "organization.placed"),
        *("organization.added", "organization.placed"),
        "organization.placed",
    ]


@on(*KINDS)
def test_organization_known_by_mistake_is_removed_and_one_in_use_is_not(desk):
    why_not = Act(Actor("王管理"), NOW, "写错了名称")
    for name, parent in (("市局", None), ("江阳区局", "市局"), ("江阳县局", "市局")):
        place_organization(desk, name, parent, BY)
    set_mail(desk, "江阳县局", "a@example.org", BY)
    for name, role, place in (("王管理", Role.ADMINISTRATOR, None), ("李经办", Role.OPERATOR, "江阳区局")):
        assert add_person(desk, name, role, place, BY) is None
    assert why(remove_organization(desk, "江阳县局", BY)) == [("reason-stated", None)]
    assert said(remove_organization(desk, "市局", why_not)) == ["不能删除单位“市局”：下面还有单位"]
    assert said(remove_organization(desk, "江阳区局", why_not)) == ["不能删除单位“江阳区局”：有人在此任职"]
    assert remove_organization(desk, "江阳县局", why_not) is None
    assert tree(desk) == {"市局": None, "江阳区局": "市局"}
    assert events(desk)[-1] == ("organization.removed", "江阳县局", "市局", None)
    with pytest.raises(UnknownError):
        remove_organization(desk, "江阳县局", why_not)


def test_organization_of_nominations_is_not_removed(luzhou):
    luzhou.nominate(unit="长江厂")
    act = Act(Actor("王管理"), luzhou.now, "写错了名称")
    assert add_organization(luzhou.desk, luzhou.program.office, act) is None
    refused = remove_organization(luzhou.desk, "长江厂", act)
    assert said(refused) == ["不能删除单位“长江厂”：有申报与它有关、有给它的信函或另外的收件地址"]
    named = remove_organization(luzhou.desk, luzhou.program.office, act)
    assert said(named) == [f"不能删除单位“{luzhou.program.office}”：项目文件写有它，或在项目中登记过"]


def test_organization_that_is_known_is_not_added_again(desk):
    add_organization(desk, "市局", BY)
    assert said(add_organization(desk, "市局", BY)) == ["单位“市局”已经登记"]


@pytest.mark.parametrize("name", ["", " ", "市\n局", "市\0局"])
def test_name_that_is_no_line_is_a_mistake(desk, name):
    for deed in (lambda: add_organization(desk, name, BY), lambda: place_organization(desk, name, "市局", BY)):
        with pytest.raises(UnknownError, match="name"):
            deed()


def test_circles_are_refused(desk):
    for name, parent in (("区局", "市局"), ("街道", "区局"), ("长江厂", "街道")):
        place_organization(desk, name, parent, BY)
    before = tree(desk)
    assert said(place_organization(desk, "市局", "市局", BY)) == ["市局不能隶属于自己"]
    assert said(add_organization(desk, "新局", BY, parent="新局")) == ["新局不能隶属于自己"]
    for below in ("区局", "街道", "长江厂"):
        assert said(place_organization(desk, "市局", below, BY)) == [f"{below}本身隶属于市局"]
    assert tree(desk) == before


def test_circle_made_by_two_at_once_is_refused_to_one(desk, calendar, vault):
    for name in "甲乙":
        add_organization(desk, name, BY)
    together = Barrier(2)

    def place(pair: str):
        with closing(Store(desk.store.url)) as store:
            own = Desk(store, calendar, vault)
            list_organizations(own)
            together.wait()
            return place_organization(own, pair[0], pair[1], BY)

    with ThreadPoolExecutor(2) as pool:
        outcomes = list(pool.map(place, ("甲乙", "乙甲")))
    assert sorted(why(one)[0][0] if one else "" for one in outcomes) == ["", "no-circle"]
    assert tree(desk) in ({"甲": "乙", "乙": None}, {"甲": None, "乙": "甲"})


def test_organizations_are_added_and_moved_about_by_who_oversees_them(desk):
    for name, parent in (("区局", "市局"), ("街道", "区局"), ("长江厂", "街道"), ("另区局", "市局")):
        place_organization(desk, name, parent, BY)
    before = tree(desk)
    outcomes = [
        add_organization(desk, "新单位", of("区局"), parent="街道"),
        place_organization(desk, "另区局", "区局", of("区局")),
        place_organization(desk, "没有听说过的单位", "区局", of("区局")),
        place_organization(desk, "长江厂", "另区局", of("区局")),
        place_organization(desk, "长江厂", None, of("区局")),
        place_organization(desk, "区局", None, of("区局")),
        place_organization(desk, "市局", "区局", of("区局")),
    ]
    assert [why(one) for one in outcomes] == [[("jurisdiction", None)]] * len(outcomes)
    assert tree(desk) == before
    assert place_organization(desk, "长江厂", "区局", of("区局")) is None
    assert tree(desk) == before | {"长江厂": "区局"}


def test_address_is_set_by_who_oversees_the_organization_and_told_once(desk):
    place_organization(desk, "区局", "市局", BY)
    before = len(events(desk))
    for _ in range(2):
        assert set_mail(desk, "区局", "office@example.cn", of("市局", Role.OPERATOR)) is None
    assert set_mail(desk, "区局", "other@example.cn", of("区局", Role.SCREENING)) is None
    assert why(set_mail(desk, "市局", "other@example.cn", of("区局", Role.OPERATOR))) == [("jurisdiction", None)]
    assert events(desk)[before:] == [
        ("organization.addressed", "区局", None, "office@example.cn"),
        ("organization.addressed", "区局", "office@example.cn", "other@example.cn"),
    ]


NAMES = "甲乙丙丁戊己"
NOBODY = "庚"

#: Each organization lies below an earlier one, or below none: every tree there is, without circles.
TREES = st.tuples(*(st.sampled_from([None, *NAMES[:place]]) for place in range(len(NAMES))))
ROLES = st.sampled_from(OF_PEOPLE)
PLACES = st.sampled_from(NAMES)
#: One deed of every kind that the policy tells apart; the others are like one of these.
DEEDS = list({tuple(grants(deed).items()): deed for deed in (*Move, *Deed)}.values())


def powers(actor: Actor, is_at_or_above: Callable[[str, str], bool]) -> set[tuple[object, ...]]:
    """All that somebody may do: every move and deed, whoever holds, nominates and runs it."""
    found: set[tuple[object, ...]] = set()
    everybody = (*NAMES, NOBODY)
    for deed in DEEDS:
        for one in everybody:
            for other in everybody:
                matters = {
                    "held": Matter("p", other, one),
                    "behind": Matter("p", NOBODY, other, one, other),
                    "about": Matter(within=(one, other)),
                }
                found |= {
                    (deed, kind, one, other)
                    for kind, matter in matters.items()
                    if may(actor, deed, matter, is_at_or_above) is None
                }
    return found


def planted(desk: Desk, parents: tuple[str | None, ...]) -> None:
    for name, parent in zip(NAMES, parents, strict=True):
        assert place_organization(desk, name, parent, BY) is None


def powers_now(desk: Desk, actor: Actor) -> set[tuple[object, ...]]:
    with desk.store.read() as connection:
        return powers(actor, Authority(connection, actor).tree.is_at_or_above)


PROPERTY = settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@PROPERTY
@given(parents=TREES, role=ROLES, mine=PLACES, child=st.sampled_from([*NAMES, NOBODY]), parent=PLACES)
def test_nobody_of_an_organization_can_do_more_by_adding_or_placing_one(desk, parents, role, mine, child, parent):
    """Whatever somebody is, and whatever they place below whatever: afterwards they may do what they could before."""
    actor = Actor("某人", role, mine)
    with desk.store.write() as transaction:
        planted(desk, parents)
        before = powers_now(desk, actor)
        act = Act(actor, NOW)
        place_organization(desk, child, parent, act)
        assert add_organization(desk, NOBODY, act, parent=parent) is not None
        assert powers_now(desk, actor) == before
        transaction.abandon()


@PROPERTY
@given(parents=TREES, role=ROLES, mine=PLACES, parent=PLACES)
def test_nobody_below_or_beside_can_do_more_because_one_is_added_below_another(desk, parents, role, mine, parent):
    """Only those at the other and above it act for the new one; its own people can do nothing above it."""
    with desk.store.write() as transaction:
        planted(desk, parents)
        actor, newcomer = Actor("某人", role, mine), Actor("新人", Role.OPERATOR, NOBODY)
        before, before_newcomer = powers_now(desk, actor), powers_now(desk, newcomer)
        assert add_organization(desk, NOBODY, BY, parent=parent) is None
        is_above = Authority(transaction.connection, actor).tree.is_at_or_above(mine, parent)
        after = powers_now(desk, actor)
        assert after == before or (is_above and after > before)
        assert powers_now(desk, newcomer) == before_newcomer
        transaction.abandon()
