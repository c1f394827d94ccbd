import re

from sqlalchemy import select

from deadlines.days import library, published_years
from operations.desk import Desk
from store import tables as t
from tests.console.asking import Client
from tests.console.filled import COUNTS, HOSTILE, HOSTILE_REASON, LUZHOU, SMALL
from tests.console.people import browser_of
from tests.console.reading import Element, read_page

#: An identity number, whole or masked, has fourteen digits and more in a row, or stars among digits.
_IDENTITY = re.compile(r"\d{14}|\d{6}\*+|\*{4,}")


def _page(client: Client, path: str) -> Element:
    answer = client.get(path)
    assert answer.status_code == 200
    return read_page(answer.text)


def _card(page: Element, program: str) -> Element:
    (found,) = (
        card for card in page.all("article") if card.one("h3").one("a").attributes["href"] == f"/programs/{program}"
    )
    return found


def test_every_program_has_a_card_with_its_counts(client: Client) -> None:
    card = _card(_page(client, "/"), SMALL)
    assert card.one("p", "tally").text == "在办 3 共 7 件"
    assert [one.text for one in card.one("ul", "ends").all("li")] == [
        "不予通过 1",
        "落选 1",
        "已撤回 1",
        "逾期失效 1",
    ]
    wide = card.one("svg", "wide")
    stages = {group.one("title").text: group.one("text", "count").text for group in wide.all("g", "stage")}
    assert stages == {"推荐": "0", "资格审查": "0", "专家评议": "0", "评审确定": "0", "公示": "3", "发文": "0"}
    assert "公示 3" in wide.attributes["aria-label"]
    assert len(wide.all("path", "arrow")) == 5


def test_the_program_page_counts_as_the_store_does(client: Client, desk: Desk) -> None:
    with desk.store.read() as connection:
        stages = connection.execute(select(t.nomination.c.stage).where(t.nomination.c.program_id == SMALL)).scalars()
        stored = list(stages)
    assert {stage: stored.count(stage) for stage in stored} == COUNTS
    rows = _page(client, f"/programs/{SMALL}").one("table", "standings").rows()
    assert [row[-2:] for row in rows if row[-1] != "0"] == [
        ["公示中", "2"],
        ["异议处理", "1"],
        ["不予通过", "1"],
        ["落选", "1"],
        ["已撤回", "1"],
        ["逾期失效", "1"],
    ]
    assert sum(int(row[-1]) for row in rows) == len(stored) == 7


def test_the_next_deadlines_say_weekday_and_working_days_left(client: Client) -> None:
    rows = _page(client, "/").one("table", "dates").rows()
    # 9 May 2026 is a Saturday that is worked.
    assert rows[0] == ["5月12日 周二 24:00", "公示 公示 某市<b>工匠</b> 2026年", "3 个工作日"]
    assert rows[1][0] == "6月20日 周六 24:00"
    assert rows[1][2].endswith("30 个工作日")


def test_what_waits_is_said(client: Client) -> None:
    notices = [one.text for one in _page(client, "/").one("section", "notices").all("li")]
    assert notices[0].startswith("1 封提醒多次投递失败")
    assert notices[1].startswith("6 封提醒待发送")
    assert "还有 6 项裁定待确认" in notices[2]
    assert notices[3:] == ["1 件异议未办结。"]


def test_the_latest_events_stand_in_order_and_a_batch_is_one(client: Client) -> None:
    rows = _page(client, "/").one("table", "events").rows()
    assert [row[0] for row in rows[:3]] == ["5月7日 周四 11:00", "5月7日 周四 10:00", "5月6日 周三 10:00"]
    assert rows[0][1].startswith("裁定：上报截止日期只写到日，当日几时截止？")
    assert rows[1][1].startswith("收到异议 1")
    assert rows[2][1].startswith("“公示”开始，共 3 件，至 5月12日 周二")
    assert [row for row in rows if row[1].startswith("受理通过，到“专家评议”") and "4 件" in row[1]]
    assert [row for row in rows if row[1].startswith("推荐·单位：逾期失效") and row[2] == "巡检 定时巡检"]


def test_a_program_page_draws_its_dates_and_lists_the_same(client: Client) -> None:
    page = _page(client, f"/programs/{SMALL}")
    drawing, table = page.one("svg", "timeline", "wide"), page.one("table", "dates")
    drawn = [row.one("text", "name").text for row in drawing.all("g", "row")]
    assert drawn == ["关于评选某市工匠的通知", "推荐·受理", "公示", "发文"]
    assert len(drawing.all("path", "today")) == 1
    assert [row.classes for row in drawing.all("g", "row")][2] == ["row", "running"]
    assert len(drawing.all("rect", "kind-publicity")) == len(drawing.all("path", "kind-deadline")) == 1
    assert [row[0] for row in table.rows()] == [
        "3月2日 周一",
        "4月15日 周三 24:00",
        "5月7日 周四 至 5月12日 周二 24:00",
        "6月1日 周一 至 6月20日 周六 24:00",
    ]
    assert [row[2] for row in table.rows()] == ["已过", "已过", "3 个工作日", "30 个工作日"]
    assert "局官网" in table.rows()[2][1]
    assert "依据 四" in table.rows()[3][1]


def test_findings_stand_beside_their_dates(client: Client) -> None:
    (findings,) = _page(client, f"/programs/{SMALL}").one("table", "dates").all("ul", "findings")
    assert "2026年" in findings.text


def test_the_calendar_says_which_of_its_days_may_still_change_and_where_they_are_from(client: Client) -> None:
    kept = published_years()
    last, open_ = _page(client, f"/calendar?year={max(kept)}"), _page(client, f"/calendar?year={max(kept) + 1}")
    assert last.one("p", "banner").text == ("下一年的放假安排公布之前，12月25日至31日仍可能调整；涉及的期限为暂定。")
    assert open_.one("p", "banner").text == "本年的放假安排尚未公布；涉及的期限为暂定。"
    assert _page(client, "/calendar?year=2019").all("p", "banner") == []
    sources = {row[-1] for row in last.one("table", "tasks").rows()}
    assert sources == {f"国务院办公厅放假通知，据 {library()} 的数据"}


def test_places_are_counted(client: Client) -> None:
    rows = _page(client, f"/programs/{SMALL}").one("table", "places").rows()
    assert [(row[1], row[2]) for row in rows] == [("3", "3"), ("4", "4"), ("6", "5")]
    assert "已有 1 家使用，最多的用了 5 名" in rows[2][0]


def test_rulings_show_what_was_decided_and_what_is_left(client: Client) -> None:
    rows = _page(client, f"/programs/{LUZHOU}").one("table", "rulings").rows()
    assert rows[0][1:] == ["24:00", "王<i>管理</i> 5月7日 周四 11:00"]
    assert [row[2] for row in rows[1:]] == ["待确认"] * 6
    assert rows[2][1] == "10"


def test_what_users_write_is_text_and_never_markup(client: Client) -> None:
    page = _page(client, f"/programs/{SMALL}")
    assert not page.all("script")
    assert not page.all("i")
    assert not page.all("b", "工匠")
    assert all(image.attributes["src"].startswith("/assets/") for image in page.all("img"))
    assert [span for span in page.one("table", "events").all("span") if span.text == HOSTILE]
    assert next(one.text for one in page.all("span", "reason")) == "理由：" + HOSTILE_REASON
    assert HOSTILE_REASON not in client.get(f"/programs/{SMALL}").text


def test_names_stand_on_the_program_page_only_and_identity_numbers_nowhere(client: Client) -> None:
    front, program = client.get("/"), client.get(f"/programs/{SMALL}")
    assert "候选人" not in front.text
    assert "候选人5" in program.text
    for answer in (front, program):
        assert not _IDENTITY.search(read_page(answer.text).text)


def test_pages_speak_english_when_asked_and_remember_it(client: Client) -> None:
    chinese = _page(client, "/")
    assert chinese.one("html").attributes["lang"] == "zh-Hans"
    switch = next(link for link in chinese.one("header", "masthead").all("a") if link.text == "English")
    asked = client.get("/", params={"lang": "en"})
    assert switch.attributes["href"] == "?lang=en"
    assert "samesite=lax" in asked.headers["set-cookie"].lower()
    english = _page(client, f"/programs/{SMALL}")
    assert english.one("html").attributes["lang"] == "en"
    assert english.one("table", "dates").rows()[2][0] == "Thu 7 May to Tue 12 May 24:00"
    assert english.one("table", "dates").rows()[2][2] == "3 working days"
    assert client.get("/?lang=xx").headers["content-language"] == "en"
    assert client.get("/?lang=zh").headers["content-language"] == "zh-Hans"
    assert _page(client, "/").one("h1").text == "项目总览"


def test_an_empty_database_says_what_to_do_next(empty_client: Client) -> None:
    page = _page(empty_client, "/")
    steps = [code.text for code in page.one("div", "empty").all("code")]
    assert steps[0] == "linxuan user add NAME --role administrator"
    assert steps[-1] == "linxuan up --demo"
    assert not page.all("table")
    assert not page.all("section", "notices")


def test_pages_are_well_formed_for_those_who_do_not_see_them(client: Client) -> None:
    for path in ("/", f"/programs/{SMALL}", f"/programs/{LUZHOU}", "/nowhere"):
        page = read_page(client.get(path).text)
        assert len(page.all("h1")) == len(page.all("main")) == len(page.all("footer")) == 1
        ids = [one.attributes["id"] for tag in ("h2", "h3", "main") for one in page.all(tag) if "id" in one.attributes]
        assert len(ids) == len(set(ids))
        for section in page.all("section"):
            assert section.attributes.get("aria-labelledby", ids[0]) in ids
        for table in page.all("table"):
            assert all(header.attributes["scope"] == "col" for header in table.one("thead").all("th"))
        for drawing in page.all("svg"):
            assert drawing.attributes["role"] == "img"
            assert drawing.attributes["aria-label"]


def test_an_address_that_no_database_could_hold_is_not_found(client: Client) -> None:
    assert [client.get(f"/programs/{name}").status_code for name in ("nowhere", "a%00b", "x" * 65)] == [404, 404, 404]


def test_english_page_gives_a_sweep_s_reason_in_english(client: Client) -> None:
    page = _page(client, f"/nominations/{SMALL}-0007?lang=en")
    assert [one.text for one in page.all("span", "reason")] == ["reason: nothing was done in time"]


def test_first_page_tells_commands_to_administrators_of_the_installation_alone(own_desk: Desk) -> None:
    shown = {name: _page(browser_of(own_desk, name), "/").all("code") != [] for name in ("总管理", "局管理", "局经办")}
    assert shown == {"总管理": True, "局管理": False, "局经办": False}
