"""Who somebody is: at their word while nobody is registered, then a person with the role that they claim."""

from datetime import datetime

import pytest
from sqlalchemy import insert, update

from deadlines import SHANGHAI
from operations.actors import MACHINE, Actor, Role
from operations.acts import Act
from operations.authority import identify
from operations.move import move
from operations.organizations import set_mail
from operations.people import add_person, disable_person, enable_person, grant_role, revoke_role
from operations.results import Moved, UnknownError
from operations.sweep import sweep
from operations.tree import Tree
from states import Move
from store import tables as t
from tests.conftest import on
from tests.databases import KINDS, SQLITE
from tests.operations.office import put_on, said, why

pytestmark = on(SQLITE)

NOW = datetime(2019, 7, 15, 10, tzinfo=SHANGHAI)
BY = Act(Actor("王管理"), NOW)
DISTRICT = "江阳区人社局"
GRANTED = "或由管理员授予：linxuan user grant 李四 --role"


@pytest.fixture
def people(desk):
    """王管理 administers everything; 李四 has one role, 张三 three; 赵六 has none left, 钱七 is disabled."""
    add_person(desk, "王管理", Role.ADMINISTRATOR, None, BY)
    add_person(desk, "李四", Role.OPERATOR, DISTRICT, BY)
    add_person(desk, "张三", Role.OPERATOR, DISTRICT, BY)
    grant_role(desk, "张三", Role.OPERATOR, "龙马潭区人社局", BY)
    grant_role(desk, "张三", Role.SUPERVISOR, None, BY)
    add_person(desk, "赵六", Role.OPERATOR, DISTRICT, BY)
    revoke_role(desk, "赵六", Role.OPERATOR, DISTRICT, BY)
    add_person(desk, "钱七", Role.OPERATOR, DISTRICT, BY)
    disable_person(desk, "钱七", BY)
    return desk


@on(*KINDS)
@pytest.mark.parametrize(
    ("told", "meant"),
    [
        ("管理员甲", Actor("管理员甲", Role.ADMINISTRATOR)),
        (" 管理员甲 ", Actor("管理员甲", Role.ADMINISTRATOR)),
        ("李四:operator", Actor("李四", Role.OPERATOR)),
        ("李四:expert@专家组", Actor("李四", Role.EXPERT, "专家组")),
        ("李四:@专家组", Actor("李四", Role.ADMINISTRATOR, "专家组")),
        (None, MACHINE),
    ],
)
def test_actor_is_taken_at_their_word_while_nobody_is_registered(desk, told, meant):
    assert identify(desk, told) == meant


@pytest.mark.parametrize("told", ["", ":", ":operator", "李四:king", "李四\n", "李四\0"])
def test_actor_that_cannot_be_read_is_a_mistake(desk, people, told):
    for one in (desk, people):
        with pytest.raises(UnknownError, match="NAME:ROLE@ORGANIZATION"):
            identify(one, told)


def test_clock_is_nobody_who_can_be_named(desk):
    assert said(identify(desk, "巡检:clock")) == ["定时巡检只由系统办理"]


def test_public_is_nobody_who_can_be_named(desk):
    assert said(identify(desk, "公众:public")) == ["公众只在公示页面上提出异议"]


def test_public_is_nobody_who_can_be_named_among_people(people):
    assert why(identify(people, "公众:public")) == [("registered", None)]
    assert why(identify(people, "李四:public")) == [("role-held", None)]


def test_clock_is_nobody_who_can_be_named_among_people(people):
    assert why(identify(people, "巡检:clock")) == [("registered", None)]
    assert why(identify(people, "李四:clock")) == [("role-held", None)]


@pytest.mark.parametrize(
    ("told", "meant"),
    [
        ("王管理", Actor("王管理", Role.ADMINISTRATOR)),
        ("李四", Actor("李四", Role.OPERATOR, DISTRICT)),
        ("李四:operator", Actor("李四", Role.OPERATOR, DISTRICT)),
        (f"李四:operator@{DISTRICT}", Actor("李四", Role.OPERATOR, DISTRICT)),
        (f"李四:@{DISTRICT}", Actor("李四", Role.OPERATOR, DISTRICT)),
        ("张三:supervisor", Actor("张三", Role.SUPERVISOR)),
        (f"张三:operator@{DISTRICT}", Actor("张三", Role.OPERATOR, DISTRICT)),
        ("张三:@龙马潭区人社局", Actor("张三", Role.OPERATOR, "龙马潭区人社局")),
    ],
)
def test_actor_among_people_is_one_of_them_in_a_role_that_they_have(people, told, meant):
    assert identify(people, told) == meant


@pytest.mark.parametrize(
    ("told", "gate", "reason", "remedy"),
    [
        (
            "周八",
            "registered",
            "没有登记“周八”",
            "请以已登记的人员办理（见 linxuan user list），或由管理员登记：linxuan user add 周八 --role 角色",
        ),
        ("钱七", "enabled", "钱七已停用", "请由其他人员办理，或由管理员启用：linxuan user enable 钱七"),
        ("赵六", "role-held", "赵六没有任何角色", "请由管理员授予：linxuan user grant 赵六 --role 角色"),
        (
            "李四:administrator",
            "role-held",
            f"李四没有“管理员”这一角色，现有：李四:operator@{DISTRICT}",
            f"请以现有的角色办理，如 --actor 李四:operator@{DISTRICT}，{GRANTED} administrator",
        ),
        (
            "李四:operator@市局",
            "role-held",
            f"李四没有“经办人（市局）”这一角色，现有：李四:operator@{DISTRICT}",
            f"请以现有的角色办理，如 --actor 李四:operator@{DISTRICT}，{GRANTED} operator",
        ),
        (
            "张三",
            "role-named",
            f"张三有多个角色：张三:operator@{DISTRICT}、张三:operator@龙马潭区人社局、张三:supervisor",
            f"请写明以哪个角色办理，如 --actor 张三:operator@{DISTRICT}",
        ),
        (
            "张三:operator",
            "role-named",
            f"张三有多个角色：张三:operator@{DISTRICT}、张三:operator@龙马潭区人社局",
            f"请写明以哪个角色办理，如 --actor 张三:operator@{DISTRICT}",
        ),
        (None, "actor-named", "没有写明办理人", "请用 --actor 写明已登记的人员（见 linxuan user list）"),
    ],
)
def test_actor_among_people_who_is_not_who_they_say_is_told_why(people, told, gate, reason, remedy):
    denied = identify(people, told)
    assert why(denied) == [(gate, None)]
    assert [(one.reason.zh, one.remedy.zh) for one in denied.refusals] == [(reason, remedy)]


def test_any_role_will_do_where_it_makes_no_difference(people):
    assert identify(people, "张三", any_role=True) == Actor("张三", Role.OPERATOR, DISTRICT)
    assert why(identify(people, "张三:expert", any_role=True)) == [("role-held", None)]


@pytest.mark.parametrize(
    ("actor", "gate"),
    [
        (Actor("周八"), "registered"),
        (Actor("钱七", Role.OPERATOR, DISTRICT), "enabled"),
        (Actor("赵六", Role.OPERATOR, DISTRICT), "role-held"),
        (Actor("李四"), "role-held"),
        (Actor("李四", Role.OPERATOR), "role-held"),
        (Actor("李四", Role.OPERATOR, "市局"), "role-held"),
        (Actor("李四", Role.CLOCK), "role-held"),
        (Actor("另一个巡检", Role.CLOCK), "registered"),
        (MACHINE, "registered"),
    ],
)
def test_actor_made_elsewhere_does_nothing_once_people_are_registered(people, actor, gate):
    assert why(set_mail(people, DISTRICT, "a@example.cn", Act(actor, NOW))) == [(gate, None)]


def test_person_disabled_a_moment_ago_does_nothing_more(luzhou):
    desk, number = luzhou.desk, luzhou.nominate(unit="长江厂")
    add_person(desk, "王管理", Role.ADMINISTRATOR, None, BY)
    add_person(desk, "李四", Role.OPERATOR, "长江厂", BY)
    act = Act(identify(desk, "李四"), luzhou.now)
    disable_person(desk, "李四", BY)
    assert why(move(desk, number, Move.SUBMIT, act)) == [("enabled", None)]
    enable_person(desk, "李四", BY)
    assert isinstance(move(desk, number, Move.SUBMIT, act, endorsement=put_on(desk, number)), Moved)


def test_sweep_needs_nobody_registered(luzhou):
    number = luzhou.nominate()
    add_person(luzhou.desk, "王管理", Role.ADMINISTRATOR, None, BY)
    assert sweep(luzhou.desk, luzhou.row(number).due_at).moved == 1
    assert luzhou.stages([number]) == ["lapsed"]


def test_tree_made_circular_by_hand_is_still_climbed(desk):
    with desk.store.write() as transaction:
        transaction.connection.execute(insert(t.organization), [{"name": name} for name in "甲乙丙"])
        for name, parent in ("甲乙", "乙丙", "丙甲"):
            transaction.connection.execute(
                update(t.organization).where(t.organization.c.name == name).values(parent=parent)
            )
    with desk.store.read() as connection:
        tree = Tree(connection)
        assert [tree.above(name) for name in "甲丁"] == [("乙", "丙"), ()]
        assert (tree.top_of("甲"), tree.top_of("丁")) == ("丙", "丁")
