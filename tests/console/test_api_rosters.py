"""Organizations, people and the pool of experts by the API, as by their pages; never how people sign in."""

from collections.abc import Iterator
from pathlib import Path
from shutil import copytree
from typing import Any

import pytest
from sqlalchemy import insert, select

from console import create_app
from operations.actors import Role
from operations.desk import Desk
from store import INSTALLATION, events_of
from store import tables as t
from tests.console.asking import Client
from tests.console.filled import NOW, new_desk
from tests.console.people import register
from tests.console.test_api import Asking, problem
from tests.console.test_api_files import sent

pytestmark = pytest.mark.usefixtures("quick_passwords")

WHY = {"reason": "核对"}


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory, quick_passwords: None) -> Path:
    """People of every role, and nothing else: only ever copied."""
    del quick_passwords
    folder = tmp_path_factory.mktemp("rosters")
    found = new_desk(folder)
    register(found)
    found.store.close()
    return folder


@pytest.fixture
def desk(made: Path, tmp_path: Path) -> Iterator[Desk]:
    copytree(made, tmp_path / "own")
    found = new_desk(tmp_path / "own")
    yield found
    found.store.close()


class Api:
    """Asks one app as whoever is named."""

    def __init__(self, desk: Desk, **settings: Any) -> None:
        self.desk = desk
        self._client = Client(create_app(desk, lambda: NOW, **settings))

    def get(self, name: str, path: str, status: int = 200) -> Any:
        answer = self._as(name).get(path)
        assert answer.status_code == status, answer.text
        return answer.json()

    def post(self, name: str, path: str, document: Any, status: int = 200) -> Any:
        answer = self._as(name).post(path, document)
        assert answer.status_code == status, answer.text
        return answer.json() if status == 200 else problem(answer)

    def _as(self, name: str) -> Asking:
        return Asking(self.desk, name, client=self._client)


def kinds(desk: Desk) -> list[str]:
    with desk.store.read() as connection:
        return [one["kind"] for one in events_of(connection, INSTALLATION)]


def test_organization_and_person_are_added_given_a_role_and_disabled(desk: Desk) -> None:
    api, who = Api(desk), "总管理"
    (added,) = api.post(who, "/organizations", {"deed": "add", "name": "新区局", "parent": "某市人社局"})[
        "organizations"
    ]
    assert (added["parent"], added["addresses"], added["may_place"]) == ("某市人社局", [], True)
    unknown = api.post(who, "/organizations", {"deed": "add", "name": "新新局", "parent": "没有的局"}, 404)
    assert "没有登记“没有的局”" in unknown["detail"]
    lost = {"deed": "place", "name": "新区局", "parent": "没有的局"}
    assert "没有登记“没有的局”" in api.post(who, "/organizations", lost, 404)["detail"]
    (set_,) = api.post(who, "/organizations", {"deed": "mail", "name": "新区局", "mail": "xinqu@example.cn"})[
        "organizations"
    ]
    assert set_["addresses"] == [{"number": 0, "channel": "mail", "shown": "x***@example.cn"}]
    assert api.post(who, "/organizations/addresses", {"name": "新区局", "reason": " "}, 409)["refusals"]
    full = api.post(who, "/organizations/addresses", {"name": "新区局"} | WHY)
    assert (full, kinds(desk)[-1]) == ({"addresses": [{"number": 0, "address": "xinqu@example.cn"}]}, "addresses.seen")

    one = {"name": "新经办", "role": "operator", "organization": "新区局"}
    (person,) = api.post(who, "/people", {"deed": "add"} | one)["people"]
    assert person["roles"] == [{"role": "operator", "organization": "新区局"}]
    more = {"name": "新经办", "role": "screening", "organization": "新区局"}
    assert (
        "没有登记" in api.post(who, "/people", {"deed": "grant"} | more | {"organization": "没有的局"}, 404)["detail"]
    )
    (person,) = api.post(who, "/people", {"deed": "grant"} | more)["people"]
    assert [each["role"] for each in person["roles"]] == ["operator", "screening"]
    (person,) = api.post(who, "/people", {"deed": "revoke"} | one)["people"]
    assert [each["role"] for each in person["roles"]] == ["screening"]
    assert api.get("新经办", "/me")["role"] == "screening"
    (person,) = api.post(who, "/people", {"deed": "disable", "name": "新经办"})["people"]
    assert person["disabled"]
    (person,) = api.post(who, "/people", {"deed": "enable", "name": "新经办"})["people"]
    assert {key for key in person if "password" in key or "factor" in key or "bound" in key} == set()
    api.post(who, "/people", {"deed": "revoke"} | more)
    assert "有人" not in str(api.post(who, "/organizations", {"deed": "place", "name": "新区局"}))
    assert api.post(who, "/organizations", {"deed": "remove", "name": "新区局"} | WHY)["organizations"] == []
    assert (
        api.post(who, "/people", {"deed": "disable", "name": who}, 409)["refusals"][0]["gate"] == "administrator-left"
    )


def test_rosters_are_told_by_the_page_to_those_who_manage_or_oversee_them(desk: Desk) -> None:
    api = Api(desk)
    everybody = api.get("总监督", "/people")
    assert (len(everybody["people"]), everybody["may_manage"]) == (14, False)
    assert [one["name"] for one in api.get("外管理", "/people")["people"]] == [
        "外专家",
        "外审查",
        "外监督",
        "外管理",
        "外经办",
    ]
    assert [one["name"] for one in api.get("外经办", "/organizations")["organizations"]] == ["外市人社局"]
    assert [one["name"] for one in api.get("总监督", "/organizations?part=市")["organizations"]] == [
        "外市人社局",
        "某市",
        "某市人社局",
    ]


def test_deed_that_is_none_is_answered_with_those_there_are_and_without_what_was_sent(desk: Desk) -> None:
    secret = "11010119900307" + "867X"
    told = Api(desk).post("总管理", "/people", {"deed": secret}, 422)["detail"]
    assert (secret in told, "只能是 add、" in told) == (False, True)


@pytest.mark.parametrize(
    ("path", "form"),
    [
        ("/people", {"deed": "add", "name": " ", "role": "operator", "organization": "某市人社局"}),
        ("/people", {"deed": "add", "name": "甲:乙", "role": "operator", "organization": "某市人社局"}),
        ("/experts", {"deed": "add", "name": "甲:乙", "employer": "某厂"}),
        ("/organizations", {"deed": "mail", "name": "某市人社局", "mail": "无"}),
        ("/organizations", {"deed": "address", "name": "某市人社局", "channel": "sms", "address": "1"}),
        ("/organizations", {"deed": "address", "name": "某市人社局", "channel": "wecom", "address": "https://a/"}),
    ],
)
def test_name_or_address_that_is_none_does_not_fit_and_nobody_is_blamed(
    desk: Desk, path: str, form: dict[str, str]
) -> None:
    before = kinds(desk)
    Api(desk).post("总管理", path, form, 422)
    assert kinds(desk)[len(before) :] == ["token.given"]


def test_pool_of_experts_is_kept_by_the_api_and_masks_what_its_page_masks(desk: Desk) -> None:
    api, who = Api(desk), "总管理"
    draft = {"name": "焊专家", "employer": "某厂", "fields": ["焊接"], "born": 1970, "mail": "hanjie@example.cn"}
    (added,) = api.post(who, "/experts", {"deed": "add"} | draft)["experts"]
    assert ("born" in added, added["addresses"][0]["shown"], added["ties"]) == (False, "h***@example.cn", [])
    tie = {"deed": "declare", "name": "焊专家", "ground": "kinship", "subject": "张三", "unit": "甲厂"}
    (tied,) = api.post(who, "/experts", tie)["experts"]
    assert tied["ties"] == [{"ground": "kinship", "count": 1}]
    assert api.post(who, "/experts/details", {"name": "焊专家", "reason": ""}, 409)["refusals"]
    told = api.post(who, "/experts/details", {"name": "焊专家"} | WHY)
    assert (told["born"], told["mail"], told["ties"][0]["subject"]) == (1970, "hanjie@example.cn", "张三")
    overseen = api.post("总监督", "/experts/details", {"name": "焊专家"} | WHY)
    assert (overseen["born"], overseen["mail"], overseen["addresses"], len(overseen["ties"])) == (None, None, [], 1)
    assert kinds(desk)[-2:] == ["token.given", "expert.seen"]
    number = told["ties"][0]["number"]
    assert (
        api.post(who, "/experts", {"deed": "withdraw-tie", "name": "焊专家", "tie": number} | WHY)["experts"][0]["ties"]
        == []
    )
    (changed,) = api.post(who, "/experts", {"deed": "change"} | draft | {"employer": "乙厂", "born": None})["experts"]
    assert changed["employer"] == "乙厂"
    more = {"deed": "address", "name": "焊专家", "channel": "sms", "address": "138" + "00138000", "first": True}
    (routed,) = api.post(who, "/experts", more)["experts"]
    assert [one["channel"] for one in routed["addresses"]] == ["sms", "mail"]
    (routed,) = api.post(who, "/experts", {"deed": "prefer-address", "name": "焊专家", "number": 0})["experts"]
    assert [one["channel"] for one in routed["addresses"]] == ["mail", "sms"]
    back = {"deed": "remove-address", "name": "焊专家", "number": routed["addresses"][1]["number"]}
    assert len(api.post(who, "/experts", back)["experts"][0]["addresses"]) == 1
    (retired,) = api.post(who, "/experts", {"deed": "retire", "name": "焊专家"} | WHY)["experts"]
    assert retired["retired_at"] == NOW.isoformat()
    api.post(who, "/experts", {"deed": "add", "name": "车专家", "employer": "丙厂", "fields": ["车工"]})
    for query, names in (
        ("", ["车专家"]),
        ("?retired=true", ["焊专家", "车专家"]),
        ("?retired=true&field=焊接", ["焊专家"]),
        ("?retired=true&begins=丙", ["车专家"]),
        ("?retired=true&after=焊专家", ["车专家"]),
    ):
        assert [one["name"] for one in api.get(who, f"/experts{query}")["experts"]] == names, query


def test_table_of_experts_is_looked_at_first_and_taken_in_whole_or_not_at_all(desk: Desk) -> None:
    asked, pool = Asking(desk, "总管理"), "/experts/table"
    good = "姓名,工作单位,专业,备注\n苏明轩,某机床厂,数控,\n何静文,某医院,护理,\n".encode()
    wrong = sent(asked, pool, ("名册.csv", good + "无单位,,,\n".encode()), preview="false").json()
    assert [(one["where"], one["blocks"]) for one in wrong["findings"]] == [("4", True)]
    looked_at = sent(asked, pool, ("名册.csv", good)).json()
    assert (wrong["taken"], looked_at) == (False, {"taken": False, "rows": 2, "findings": [], "passed_over": ["备注"]})
    assert asked.get("/experts").json()["experts"] == []
    assert sent(asked, pool, ("名册.csv", good), preview="false").json()["taken"] is True
    assert [one["name"] for one in asked.get("/experts").json()["experts"]] == ["何静文", "苏明轩"]
    assert sent(asked, pool, *[("名册.csv", good)] * 2).status_code == 422
    assert problem(sent(asked, pool, ("名册.pdf", b"%PDF")))["refusals"][0]["gate"] == "file-read"


#: Who asks for what is not theirs, and what they are answered.
FOREIGN: list[tuple[str, str, str, Any, int]] = [
    ("局专家", "GET", "/organizations", None, 404),
    ("局专家", "POST", "/organizations", {"deed": "add", "name": "甲"}, 404),
    ("局管理", "POST", "/organizations", {"deed": "add", "name": "甲"}, 409),
    ("外管理", "POST", "/organizations", {"deed": "place", "name": "江阳区", "parent": "外市人社局"}, 409),
    ("外经办", "POST", "/organizations", {"deed": "mail", "name": "江阳区", "mail": "a@example.cn"}, 409),
    ("局监督", "POST", "/organizations", {"deed": "remove", "name": "江阳区"} | WHY, 409),
    ("外经办", "POST", "/organizations/addresses", {"name": "江阳区"} | WHY, 409),
    ("局专家", "POST", "/organizations/addresses", {"name": "江阳区"} | WHY, 404),
    ("局经办", "GET", "/people", None, 404),
    ("局经办", "POST", "/people", {"deed": "disable", "name": "区经办"}, 404),
    ("局经办", "POST", "/people", {"deed": "add", "name": "甲", "role": "operator", "organization": "江阳区"}, 404),
    ("外管理", "POST", "/people", {"deed": "disable", "name": "局经办"}, 404),
    ("局监督", "POST", "/people", {"deed": "disable", "name": "局经办"}, 409),
    ("外管理", "POST", "/people", {"deed": "add", "name": "甲", "role": "operator", "organization": "江阳区"}, 409),
    ("外管理", "POST", "/people", {"deed": "grant", "name": "外经办", "role": "administrator"}, 409),
    ("外管理", "POST", "/people/addresses", {"name": "局经办"} | WHY, 404),
    ("局管理", "GET", "/experts", None, 404),
    ("局管理", "POST", "/experts/table", {}, 404),
    ("总监督", "POST", "/experts/table", {}, 404),
    ("局专家", "POST", "/experts", {"deed": "retire", "name": "甲"} | WHY, 404),
    ("总监督", "POST", "/experts", {"deed": "add", "name": "甲", "employer": "乙"}, 409),
    ("局监督", "POST", "/experts/details", {"name": "甲"} | WHY, 404),
]


def test_what_is_not_the_asker_s_of_the_rosters_is_refused_and_recorded(desk: Desk) -> None:
    api = Api(desk)
    for name, method, path, document, status in FOREIGN:
        before = kinds(desk).count("access.refused")
        told = api.get(name, path, status) if method == "GET" else api.post(name, path, document, status)
        assert kinds(desk).count("access.refused") == before + 1, (name, path, told)
    assert {one for one in kinds(desk) if one.startswith(("expert.", "addresses."))} == set()


def test_nobody_who_may_not_look_at_the_pool_finds_out_who_is_in_it_or_is_told_another_s_addresses(desk: Desk) -> None:
    api, who = Api(desk), "总管理"
    api.post(who, "/experts", {"deed": "add", "name": "焊专家", "employer": "某厂"})
    told = [
        api.post("局经办", "/organizations/addresses", {"name": name} | WHY, 409) for name in ("焊专家", "没有的人")
    ]
    assert str(told[0]).replace("焊专家", "没有的人") == str(told[1])
    # Who has the name of an organization is not written to where that is.
    api.post(who, "/organizations", {"deed": "mail", "name": "江阳区", "mail": "jiangyang@example.cn"})
    (namesake,) = api.post(
        who, "/people", {"deed": "add", "name": "江阳区", "role": "operator", "organization": "江阳区"}
    )["people"]
    assert (namesake["is_expert"], namesake["addresses"]) == (False, [])


def test_token_gives_nobody_authority_where_the_role_needs_a_second_factor(desk: Desk) -> None:
    api = Api(desk, second_factor=frozenset({Role.ADMINISTRATOR}))
    api.post("总管理", "/people", {"deed": "disable", "name": "外经办"})
    one = {"name": "区经办", "role": "operator", "organization": "江阳区"}
    for asked in (
        {"deed": "enable", "name": "外经办"},
        {"deed": "add"} | one | {"name": "新人"},
        {"deed": "grant"} | one,
    ):
        told = api.post("总管理", "/people", asked, 409)
        assert "令牌没有经过第二验证" in told["detail"], asked
    # To make one known below another places it: a body that a program names may be known to nobody yet.
    for deed, name in (("place", "江阳区"), ("add", "会签部门")):
        moved = {"deed": deed, "name": name, "parent": "外市人社局"}
        assert api.post("总管理", "/organizations", moved, 409)["refusals"][0]["gate"] == "authority"
    api.post("总管理", "/organizations", {"deed": "add", "name": "会签部门"})
    api.post("总管理", "/people", {"deed": "revoke"} | one)
    assert kinds(desk).count("access.refused") == 5
    # Nor where no role needs one, but its holder has one.
    with desk.store.write() as transaction:
        whose = select(t.person.c.id).where(t.person.c.name == "总管理").scalar_subquery()
        factor = {"person_id": whose, "secret": b"x", "begun_at": NOW, "confirmed_at": NOW, "last_step": 0}
        transaction.connection.execute(insert(t.second_factor).values(factor))
    assert "令牌没有经过第二验证" in Api(desk).post("总管理", "/people", {"deed": "grant"} | one, 409)["detail"]
