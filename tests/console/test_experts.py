"""The pool of experts in the console: found by field and name, kept by its keepers, looked at by overseers."""

from urllib.parse import quote

import pytest

from notifications.kinds import ChannelKind
from operations.actors import Actor
from operations.acts import Act
from operations.addresses import add_address, list_addresses
from operations.desk import Desk
from operations.experts.browsing import Sought, pool_seen
from operations.experts.pool import ExpertDraft, add_expert, declare_tie
from programs.panels import TIES, Ground
from states.recusals import Tie
from store import INSTALLATION, events_of
from tests.console.filled import NOW
from tests.console.people import browser_of
from tests.console.reading import read_page

KEEPER = "总管理"
NEW = {"name": "苏明轩", "employer": "某机床厂", "fields": "数控、焊接", "title": "高级技师", "born": "1970"}


@pytest.fixture
def desk(own_desk: Desk) -> Desk:
    return own_desk


def refused(text: str) -> str:
    return read_page(text).one("div", "refused").text


def shown(text: str) -> dict[str, list[str]]:
    """Every expert of the page by name: fields, term and ties."""
    rows = [row.all("td") for row in read_page(text).one("table", "tasks").one("tbody").all("tr")]
    return {cells[0].one("b").text: [one.text.split()[0] for one in cells[1:]] for cells in rows}


def test_expert_is_taken_in_corrected_tied_and_retired(desk: Desk) -> None:
    client = browser_of(desk, KEEPER)
    assert "专家库里还没有人" in client.get("/experts").text
    answer = client.post("/experts/add", NEW | {"term_from": "2026-01-01", "term_until": "2026-12-31"})
    assert (answer.status_code, answer.headers["location"]) == (303, f"/experts?q={quote('苏明轩')}")
    assert shown(client.get("/experts").text)["苏明轩"] == ["数控、焊接", "1月1日", "—"]
    assert client.post("/experts/change", NEW | {"fields": "钳工", "term_from": "2026-03-01"}).status_code == 303
    tie = {"name": "苏明轩", "ground": "employer", "subject": "某轴承厂", "until": "2025-06-30"}
    assert client.post("/experts/declare", tie).status_code == 303
    page = client.get("/experts").text
    assert (shown(page)["苏明轩"], "某轴承厂" in page) == (["钳工", "3月1日", TIES[0].label.zh], False)
    assert "某轴承厂" in client.post("/experts/details", {"name": "苏明轩", "reason": "核对"}).text
    assert client.post("/experts/withdraw-tie", {"name": "苏明轩", "tie": "1", "reason": "误报"}).status_code == 303
    assert shown(client.get("/experts").text)["苏明轩"][2] == "—"
    assert client.post("/experts/retire", {"name": "苏明轩", "reason": "聘期届满"}).status_code == 303
    assert "专家库里还没有人" in client.get("/experts").text
    assert "已出库" in client.get("/experts?retired=1").text


@pytest.mark.parametrize(
    ("deed", "form", "said"),
    [
        ("add", NEW | {"name": "已有人"}, "专家库里已有“已有人”"),
        ("add", NEW | {"born": "70年"}, "“70年”不是整数"),
        ("add", NEW | {"born": "70"}, "出生年 70 不对"),
        ("add", NEW | {"term_from": "2026-02-30"}, "不是日期"),
        ("add", NEW | {"term_from": "2026-02-01", "term_until": "2026-01-01"}, "聘期截止日早于起始日"),
        ("add", NEW | {"mail": "无"}, "不是邮箱地址"),
        ("change", NEW | {"name": "无此人"}, "专家库里没有“无此人”"),
        ("declare", {"name": "已有人", "ground": "other", "subject": "某厂"}, "请选择事由"),
        ("withdraw-tie", {"name": "已有人", "tie": "7", "reason": "误报"}, "没有第 7 号利害关系"),
        ("retire", {"name": "已有人"}, "理由"),
        ("nonsense", {"name": "已有人"}, "没有这个操作"),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_stays(desk: Desk, deed: str, form: dict[str, str], said: str) -> None:
    assert add_expert(desk, ExpertDraft("已有人", "某厂"), Act(Actor(KEEPER), NOW)) == 1
    answer = browser_of(desk, KEEPER).post(f"/experts/{deed}", form)
    assert answer.status_code == 409
    assert said in refused(answer.text)
    assert form.get("employer", "某厂") in answer.text
    assert [one.draft.name for one in pool_seen(desk, Actor(KEEPER)).experts] == ["已有人"]


def test_table_is_checked_and_then_taken_in_whole(desk: Desk) -> None:
    client = browser_of(desk, KEEPER)
    good = "姓名,工作单位,专业\n苏明轩,某机床厂,数控\n何静文,某医院,护理\n".encode()
    bad = good + "无单位,,\n".encode()

    def send(table: bytes, **fields: str) -> tuple[int, str]:
        answer = client.post("/experts/table", fields, files={"file": ("名册.csv", table, "text/csv")})
        return answer.status_code, answer.text

    assert send(bad, sure="1")[0] == 409
    assert "第 4 行" in refused(send(bad)[1])
    status, text = send(good)
    assert (status, "2 行，可以入库" in text, "专家库里还没有人" in text) == (200, True, True)
    assert "入库 2 名" in send(good, sure="1")[1]
    assert list(shown(client.get("/experts?field=护理").text)) == ["何静文"]
    assert list(shown(client.get("/experts?q=某机").text)) == ["苏明轩"]
    assert "没有符合条件的专家" in client.get("/experts?q=%25").text
    assert "不是表格文件" in refused(
        client.post("/experts/table", {}, files={"file": ("名册.pdf", b"%PDF", "application/pdf")}).text
    )


def test_pool_is_shown_a_page_at_a_time_by_name(desk: Desk) -> None:
    act = Act(Actor(KEEPER), NOW)
    for place in range(5):
        assert add_expert(desk, ExpertDraft(f"专家{place}", "某厂"), act) == place + 1
    found, after = [], ""
    while True:
        page = pool_seen(desk, act.actor, Sought(after=after), most=2)
        found.append([one.draft.name for one in page.experts])
        if page.after is None:
            break
        after = page.after
    assert found == [["专家0", "专家1"], ["专家2", "专家3"], ["专家4"]]


def test_overseer_looks_and_is_offered_nothing(desk: Desk) -> None:
    assert add_expert(desk, ExpertDraft("已有人", "某厂"), Act(Actor(KEEPER), NOW)) == 1
    client = browser_of(desk, "总监督")
    page = client.get("/experts").text
    assert ("已有人" in page, "/experts/add" in page) == (True, False)
    assert client.post("/experts/add", NEW).status_code == 409
    assert browser_of(desk, "局管理").get("/experts").status_code == 404


def test_expert_is_reached_by_further_addresses_which_an_overseer_sees_masked(desk: Desk) -> None:
    assert add_expert(desk, ExpertDraft("苏明轩", "某厂", mail="su@example.cn"), Act(Actor(KEEPER), NOW)) == 1
    client = browser_of(desk, KEEPER)
    form = {"name": "苏明轩", "channel": "sms", "address": "13800138000", "first": "yes"}
    answer = client.post("/experts/address", form)
    assert (answer.status_code, answer.headers["location"]) == (303, f"/experts?q={quote('苏明轩')}")

    def listed(name: str) -> list[list[str]]:
        page = read_page(browser_of(desk, name).get("/experts").text)
        return [one.text.split()[1:] for one in page.one("ol", "addresses").all("li")]

    assert listed(KEEPER) == [["+86138****8000", "删去"], ["s***@example.cn", "先投"]]
    assert listed("总监督") == [["+86138****8000"], ["s***@example.cn"]]
    number = str(list_addresses(desk, ["苏明轩"])["苏明轩"][0].number)
    assert client.post("/experts/prefer-address", {"name": "苏明轩", "number": "0"}).status_code == 303
    assert [one[0] for one in listed(KEEPER)] == ["s***@example.cn", "+86138****8000"]
    wrong = client.post("/experts/address", form | {"address": "13800"})
    assert (wrong.status_code, "这不是手机号码" in refused(wrong.text)) == (409, True)
    assert client.post("/experts/remove-address", {"name": "苏明轩", "number": number}).status_code == 303
    assert list(list_addresses(desk, ["苏明轩"])) == ["苏明轩"]
    assert browser_of(desk, "总监督").post("/experts/address", form).status_code == 409


def test_expert_is_shown_in_full_for_a_reason_alone_and_that_is_an_event(desk: Desk) -> None:
    act = Act(Actor(KEEPER), NOW)
    draft = ExpertDraft("苏明轩", "某机床厂", born=1970, mail="su@example.cn")
    assert add_expert(desk, draft, act) == 1
    assert declare_tie(desk, "苏明轩", Tie(Ground.KINSHIP, "苏小妹", "某轴承厂"), act) == 1
    assert add_address(desk, "苏明轩", ChannelKind.SMS, "13800138000", act) == 1
    hidden = ("1970", "su@example.cn", "苏小妹", "某轴承厂", "13800138000")

    def told(text: str) -> list[bool]:
        return [one in text for one in hidden]

    for name, all_of_it in ((KEEPER, [True] * 5), ("总监督", [False, False, True, True, False])):
        client = browser_of(desk, name)
        assert told(client.get("/experts").text) == [False] * 5
        without = client.post("/experts/details", {"name": "苏明轩"})
        assert (without.status_code, told(without.text)) == (409, [False] * 5)
        assert "没有写明查看的理由" in refused(without.text)
        assert told(client.post("/experts/details", {"name": "苏明轩", "reason": "核对回避"}).text) == all_of_it
        assert client.post("/experts/details", {"name": "无此人", "reason": "核对"}).status_code == 409
    assert browser_of(desk, "局管理").post("/experts/details", {"name": "苏明轩", "reason": "想看"}).status_code == 404
    with desk.store.read() as connection:
        seen = [one for one in events_of(connection, INSTALLATION) if one["kind"] == "expert.seen"]
    everything = ["addresses", "born", "ties"]
    assert [(one["actor"], one["name"], one["kinds"], one["reason"]) for one in seen] == [
        (KEEPER, "苏明轩", everything, "核对回避"),
        ("总监督", "苏明轩", ["ties"], "核对回避"),
    ]


def test_correction_that_is_refused_keeps_what_was_typed_beside_the_expert(desk: Desk) -> None:
    assert add_expert(desk, ExpertDraft("已有人", "某厂"), Act(Actor(KEEPER), NOW)) == 1
    answer = browser_of(desk, KEEPER).post("/experts/change", NEW | {"name": "已有人", "born": "70"})
    page = read_page(answer.text)
    typed = {one.attributes["id"]: one.attributes.get("value") for one in page.all("input") if "id" in one.attributes}
    assert (typed["change-1-born"], typed["change-1-employer"], typed["add-employer"]) == ("70", "某机床厂", "")
