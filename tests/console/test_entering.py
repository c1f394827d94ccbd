"""One nomination entered by a form, and what its form states: kept field by field, refused in words, nothing lost."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from random import Random
from typing import Any
from urllib.parse import quote

import pytest

from deadlines import SHANGHAI
from operations.desk import Desk
from operations.lookup import show_nomination
from operations.organizations import is_registered
from operations.rehearse.people import make_identity
from operations.results import UnknownError
from programs import Program
from store import events_of
from tests.console.asking import Client
from tests.console.filled import SMALL
from tests.console.people import browser_of
from tests.console.reading import Element, read_page
from tests.console.working import number, worked, working_program

pytestmark = pytest.mark.usefixtures("quick_passwords")

OPEN = datetime(2026, 4, 8, 10, tzinfo=SHANGHAI)
LATE = datetime(2026, 5, 8, 10, tzinfo=SHANGHAI)
ONE = f"/nominations/{number(1)}"
ENTRY = {
    "program": SMALL,
    "route": "organization",
    "nominee": "苏明轩",
    "unit": "第9公司",
    "nominator": "江阳区",
    "nominator_kind": "district",
    "identity": make_identity(9, Random(9)),  # noqa: S311 - made-up people need no secrets
    "phone": "13800000009",
}
PASTED = (
    f"{ENTRY['identity'][:6]} {ENTRY['identity'][6:14]} ".translate({48 + one: 0xFF10 + one for one in range(10)})
    + ENTRY["identity"][14:]
)
RULES: list[dict[str, Any]] = [
    {"id": "skill", "name": "技师以上", "clause": "一", "kind": "level", "vocabulary": "skill", "at_least": "技师"},
    {"id": "team", "name": "团队人数", "clause": "一", "kind": "quantity", "of": "team-size", "at_least": 5},
    {"id": "prize", "name": "竞赛", "clause": "一", "kind": "competition-rank", "places": {"国家一类": 6}},
    {"id": "taught", "name": "徒弟", "clause": "一", "kind": "competition-rank", "places": {"国家一类": 6}}
    | {"achieved_by": "apprentice"},
    {"id": "held", "name": "已有称号", "clause": "一", "kind": "title", "any_of": ["省级工匠"]},
    {"id": "waived", "name": "免除", "clause": "一", "kind": "exemption", "lifts": "skill", "granted_by": ["特殊人才"]},
]


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    document: dict[str, Any] = working_program().model_dump(mode="json")
    document["rules"] += RULES
    document["traits"] = [{"id": "worker", "name": "一线职工", "clause": "一"}]
    found = worked(tmp_path, screened=False, program=Program.model_validate(document))
    yield found
    found.store.close()


def stated(page: Element) -> dict[str, str]:
    """What a nomination's page says that its form states, by name."""
    lists = [one for one in page.all("dl", "facts") if "本人竞赛名次" in one.text]
    return {one.one("dt").text: one.one("dd").text for shown in lists for one in shown.all("div")}


def look(client: Client, path: str = ONE) -> Element:
    answer = client.get(path)
    assert answer.status_code == 200, answer.text
    return read_page(answer.text)


def test_entering_draws_a_nomination_up_and_leads_to_its_page(desk: Desk) -> None:
    client = browser_of(desk, "区经办", OPEN)
    form = look(client, f"/intake/one?program={SMALL}")
    own = [one.attributes["value"] for one in form.all("input") if one.attributes.get("name") == "nominator"]
    assert own == ["江阳区"]

    answer = client.post("/intake/one", ENTRY | {"trait": "worker"})

    assert (answer.status_code, answer.headers["location"]) == (303, f"/nominations/{number(5)}")
    found, _ = show_nomination(desk, number(5))
    assert (found.nominee, found.unit, found.nominator, found.route) == ("苏明轩", "第9公司", "江阳区", "organization")
    page = look(client, answer.headers["location"]).text
    assert "特征一线职工" in page
    assert "推荐单位类型区县" in page


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"nominee": " "}, "没有填写候选人或候选单位"),
        ({"unit": ""}, "没有填写所在单位"),
        ({"identity": ""}, "没有身份证号码"),
        ({"identity": "110101199001011234"}, "身份证号码校验不符"),
        ({"route": "self"}, "推荐渠道"),
        ({"nominator_kind": "province"}, "推荐单位类型"),
        ({"trait": "none"}, "特征"),
        ({"nominee": "名" * 200}, "过长"),
        ({"phone": "\u0000", "identity": PASTED}, ""),
    ],
)
def test_entry_that_is_wrong_is_refused_in_words_and_keeps_what_was_typed(
    desk: Desk, changed: dict[str, str], said: str
) -> None:
    client = browser_of(desk, "区经办", OPEN)

    answer = client.post("/intake/one", ENTRY | changed)

    if not said:
        # A character that cannot be shown counts as a space, and an empty phone is none. Full width is what an input
        # method leaves on, and spaces come with what is pasted.
        assert answer.status_code == 303
        return
    assert answer.status_code == 422
    page = read_page(answer.text)
    assert said in page.one("div", "refused").text
    kept = {
        one.attributes["name"]: one.attributes.get("value", "") for one in page.all("input") if "name" in one.attributes
    }
    for name, value in (ENTRY | changed).items():
        if name in ("nominee", "unit", "nominator"):
            assert kept[name] == value.strip()
    typed = [value for name, value in (ENTRY | changed).items() if name in {"identity", "phone"} and value]
    assert [one in answer.text for one in typed] == [False] * len(typed)
    with pytest.raises(UnknownError):
        show_nomination(desk, number(5))


def test_personal_data_of_a_refused_entry_is_kept_without_being_shown_and_for_who_typed_it_alone(desk: Desk) -> None:
    client = browser_of(desk, "区经办", OPEN)
    page = read_page(client.post("/intake/one", ENTRY | {"unit": ""}).text)
    assert f"已填 {ENTRY['identity'][:3]}*************{ENTRY['identity'][-2:]}，不再显示" in page.text
    sent = {
        one.attributes["name"]: one.attributes.get("value", "") for one in page.all("input") if "name" in one.attributes
    }
    again = ENTRY | sent | {"unit": "第9公司"}
    assert (again["identity"], again["phone"]) == ("", "")

    others = browser_of(desk, "总管理", OPEN).post("/intake/one", again)
    late = browser_of(desk, "区经办", OPEN.replace(hour=11)).post("/intake/one", again)
    forged = client.post("/intake/one", again | {"kept.identity": again["kept.phone"]})
    for refused in (others, late, forged):
        assert "没有身份证号码" in read_page(refused.text).one("div", "refused").text
    assert client.post("/intake/one", again).status_code == 303
    (told,) = [one.text for one in look(client, f"/nominations/{number(5)}").all("dl") if "身份证" in one.text][:1]
    assert ENTRY["identity"][:3] in told


def test_nominator_whom_nobody_registered_is_asked_for_once_more(desk: Desk) -> None:
    client, slip = browser_of(desk, "总管理", OPEN), ENTRY | {"nominator": "江阳县"}

    asked = client.post("/intake/one", slip)

    assert asked.status_code == 422
    page = read_page(asked.text)
    assert "没有登记过推荐单位“江阳县”" in page.one("div", "refused").text
    ticks = [one.attributes["name"] for one in page.all("input") if one.attributes.get("type") == "checkbox"]
    assert ticks[0] == "new_nominator"
    assert not is_registered(desk, "江阳县")
    assert client.post("/intake/one", slip | {"new_nominator": "1"}).status_code == 303
    assert is_registered(desk, "江阳县")


def test_entry_after_the_deadline_is_refused_with_it(desk: Desk) -> None:
    answer = browser_of(desk, "区经办", LATE).post("/intake/one", ENTRY)

    assert answer.status_code == 422
    assert "2026年4月15日 24:00" in read_page(answer.text).one("div", "refused").text


def test_entry_for_a_program_that_is_not_there_is_not_found(desk: Desk) -> None:
    assert browser_of(desk, "区经办", OPEN).post("/intake/one", ENTRY | {"program": "nowhere"}).status_code == 404


@pytest.mark.parametrize(
    ("name", "status"), [("局经办", 200), ("外经办", 200), ("局审查", 200), ("局专家", 404), ("局监督", 404)]
)
def test_form_is_for_roles_that_take_nominations_in(desk: Desk, name: str, status: int) -> None:
    assert browser_of(desk, name, OPEN).get("/intake/one").status_code == status


def test_entry_for_a_foreign_nominator_is_refused(desk: Desk) -> None:
    answer = browser_of(desk, "外经办", OPEN).post("/intake/one", ENTRY)

    assert answer.status_code == 422
    with pytest.raises(UnknownError):
        show_nomination(desk, number(5))


def test_facts_are_stated_field_by_field_and_judged(desk: Desk) -> None:
    client = browser_of(desk, "厂经办", OPEN)
    assert set(stated(look(client)).values()) == {"未填"}
    form = {
        "facts": "1",
        "fact.skill": "高级技师",
        "fact.team-size": "8",
        "asked.competition": "1",
        "fact.competition": "国家一类:3\r\n国家一类:5",
        "asked.honor": "1",
        "fact.honor": "",
        "none.honor": "1",
        "asked.grant": "1",
        "fact.grant": "特殊人才",
    }

    answer = client.post(f"{ONE}/facts", form)

    assert (answer.status_code, answer.headers["location"]) == (303, f"/nominations/{quote(number(1))}#facts")
    assert stated(look(client)) == {
        "职业技能等级": "高级技师",
        "团队人数": "8",
        "本人竞赛名次": "国家一类:3、国家一类:5",
        "所带徒弟竞赛名次": "未填",
        "已有的称号": "无",
        "免除条件的身份": "特殊人才",
    }


def test_facts_that_are_sent_unchanged_leave_no_event(desk: Desk) -> None:
    client = browser_of(desk, "厂经办", OPEN)
    form = {"facts": "1", "fact.team-size": "8", "asked.competition": "1", "fact.competition": "国家一类:3"}
    for _ in range(2):
        assert client.post(f"{ONE}/facts", form).status_code == 303

    with desk.store.read() as connection:
        kinds = [one["kind"] for one in events_of(connection, SMALL, nomination=number(1))]
    assert kinds.count("facts.stated") == 1


def test_own_places_say_nothing_of_apprentices(desk: Desk) -> None:
    client = browser_of(desk, "厂经办", OPEN)
    client.post(f"{ONE}/facts", {"facts": "1", "asked.competition": "1", "fact.competition": "国家一类:3"})

    assert stated(look(client))["所带徒弟竞赛名次"] == "未填"


def test_facts_of_fields_that_were_not_sent_stay(desk: Desk) -> None:
    client = browser_of(desk, "厂经办", OPEN)
    client.post(f"{ONE}/facts", {"facts": "1", "fact.team-size": "8"})

    client.post(f"{ONE}/facts", {"facts": "1", "fact.skill": "技师"})

    assert (stated(look(client))["团队人数"], stated(look(client))["职业技能等级"]) == ("8", "技师")


@pytest.mark.parametrize(
    ("form", "said"),
    [
        ({"fact.team-size": "八"}, "应填数字"),
        ({"asked.competition": "1", "fact.competition": "第三名"}, "应写成 级别:名次"),
    ],
)
def test_fact_that_cannot_be_read_is_refused_and_stays_typed(desk: Desk, form: dict[str, str], said: str) -> None:
    answer = browser_of(desk, "厂经办", OPEN).post(f"{ONE}/facts", {"facts": "1"} | form)

    assert answer.status_code == 409
    page = read_page(answer.text)
    assert said in page.one("div", "refused").text
    fields = [one.attributes.get("value") for one in page.all("input")] + [one.text for one in page.all("textarea")]
    assert list(form.values())[-1] in fields


def test_facts_are_not_for_whoever_only_looks(desk: Desk) -> None:
    client = browser_of(desk, "局监督", OPEN)

    assert client.post(f"{ONE}/facts", {"facts": "1", "fact.team-size": "8"}).status_code == 409
    assert stated(look(client))["团队人数"] == "未填"
    assert browser_of(desk, "外经办", OPEN).post(f"{ONE}/facts", {"fact.team-size": "8"}).status_code == 404
