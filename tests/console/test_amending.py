"""Programs in the console: drafted, amended by a changed file, and intakes extended, by whom it is for."""

import html
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import httpx
import pytest

from operations.desk import Desk
from operations.lookup import in_force
from store import events_of
from tests.console.asking import Client
from tests.console.filled import LUZHOU, SMALL
from tests.console.people import browser_of
from tests.console.reading import Element, read_page
from tests.console.working import number, worked

PAGE = f"/programs/{SMALL}/amendment"
PUBLICITY = '[[stages]]\nid = "publicity"\n'
APPROVAL = '[[stages]]\nid = "approval"\nname = "批准"\nclause = "三"\nkind = "approval"\n\n'
EXTENSION = f"/programs/{SMALL}/extension"
MIGRATION = f"/programs/{SMALL}/migration"
ANSWERS = {
    "id": "mingshi-craftsman-2027",
    "award": "某市“工匠\\",
    "edition": "2027年",
    "title": "关于评选某市工匠的通知",
    "issuers": "某市人社局、某市总工会",
    "office": "某市人社局",
    "issued": "2027-03-01",
    "seats": "10",
    "deadline": "4月20日前",
    "publicity_days": "5",
}


def main(answer: httpx.Response, status: int = 200) -> Element:
    assert answer.status_code == status, answer.text
    return read_page(answer.text).one("main")


def file_of(client: Client) -> str:
    answer = client.get(f"/programs/{SMALL}/file.toml")
    assert "filename*=UTF-8''small-2026.toml" in answer.headers["content-disposition"]
    return answer.text


def compared(client: Client, text: str | bytes) -> httpx.Response:
    return client.upload(PAGE, [("工匠.toml", text if isinstance(text, bytes) else text.encode())])


def hidden(answer: httpx.Response) -> dict[str, str]:
    """Return what a page gives back of the file that it was sent."""
    (text,) = re.findall(r'<textarea name="text" hidden>\n(.*?)</textarea>', answer.text, re.DOTALL)
    (against,) = re.findall('name="against" value="(.*?)"', answer.text)
    return {"text": html.unescape(text), "name": "工匠.toml", "against": against}


def confirmed(client: Client, fields: Mapping[str, str]) -> httpx.Response:
    headers = {"Origin": "http://localhost", "Sec-Fetch-Site": "same-origin"}
    return client.request(
        "POST", f"{PAGE}/confirmed", files={key: (None, value) for key, value in fields.items()}, headers=headers
    )


def kinds(desk: Desk) -> list[dict[str, Any]]:
    with desk.store.read() as connection:
        return [dict(one) for one in events_of(connection, SMALL)]


def test_open_program_is_amended_by_the_file_that_was_held_against_it(own_desk: Desk) -> None:
    client = browser_of(own_desk, "局管理")
    assert PAGE in client.get(f"/programs/{SMALL}").text
    text = file_of(client)
    unchanged = main(compared(client, text), 409)
    assert "与现行的第 1 版没有不同" in unchanged.text
    ruling = """
[[rulings]]
id = "seats"
question = "名额几个？"
clause = "一"
decision = 4
basis = "上届如此"
otherwise = "名额随之改变"
settles = ["seats.craftsman.count"]
"""
    answer = compared(client, text.replace("count = 3", "count = 4") + ruling)
    page = main(answer)
    assert [one.text for one in page.one("ul", "faults").all("li")] == [
        "奖项“某市工匠”·数量：由“3”改为“4” 依据 一",
        "新增裁定“名额几个？”（默认决定 4） 依据 一",
    ]
    assert "在办的 3 件仍按原来的版次办理" in page.text
    assert kinds(own_desk)[-1]["kind"] != "program.amended"
    fields = hidden(answer)
    for missing, told in (
        ({"reason": "某人社发〔2026〕20号"}, "裁定 seats 未确认"),
        ({"confirmed": "seats"}, "没有写明理由"),
    ):
        tried = confirmed(client, {**fields, **missing})
        assert told in main(tried, 409).one("div", "refused").text
        assert hidden(tried) == fields
    whole = {**fields, "confirmed": "seats", "decision-seats": "3", "reason": "某人社发〔2026〕20号"}
    done = confirmed(client, whole)
    assert done.headers["location"] == f"/programs/{SMALL}/usage#versions"
    state = in_force(own_desk, SMALL)
    assert (state.version, state.confirmed["seats"].decision) == (2, 3)
    # The same form once more is held against what is in force now.
    assert "核对之后项目又有改动" in main(confirmed(client, whole), 409).one("div", "refused").text


def test_who_could_not_be_brought_to_an_amended_program_is_told_before_it_is(own_desk: Desk) -> None:
    client = browser_of(own_desk, "局管理")
    text = file_of(client)
    page = main(compared(client, text.replace(PUBLICITY, f"{APPROVAL}{PUBLICITY}")))
    told = [row.text for row in page.one("table").all("tr")][1:]
    assert [("不能改按新版" in row, "没有经过" in row) for row in told] == [(True, True)] * 2


def test_file_that_is_no_amendment_is_told_what_to_do(own_desk: Desk) -> None:
    client = browser_of(own_desk, "局管理")
    for content, status, told in (
        (b"\xef\xbb\xbf  ", 409, "文件是空的"),
        ("奖项".encode("gbk"), 409, "不是 UTF-8 编码的文本"),
        ("id = 1".encode("utf-16"), 409, "不是 UTF-8 编码的文本"),
        (b"\x89PNG\r\n\x1a\n\0\0", 409, "不是 UTF-8 编码的文本"),
        (b"id = 1\0", 409, "不是 UTF-8 编码的文本"),
        (b"id = [", 200, "错误"),
        (b'id = "other"', 200, "错误"),
    ):
        assert told in main(compared(client, content), status).text
    assert "没有选择文件" in main(client.upload(PAGE, []), 409).text


def test_line_that_is_wrong_is_shown_with_its_text(own_desk: Desk) -> None:
    client = browser_of(own_desk, "局管理")
    text = file_of(client).replace('kind = "publicity"', 'kind = "publicty"')
    line = 1 + text.split("\n").index('kind = "publicty"')
    page = main(compared(client, text))
    assert page.one("code", "line").text == f'{line} kind = "publicty"'
    other = main(compared(client, file_of(client).replace(SMALL, "other-2026")), 409)
    assert "文件的 id 是 other-2026，不是 small-2026" in other.one("div", "refused").text


def test_close_is_extended_with_its_authority(own_desk: Desk) -> None:
    client = browser_of(own_desk, "局管理")
    form = {"deadline": "recommendation.city", "day": "2026-05-20", "time": "", "authority": "某人社发〔2026〕21号"}
    for change, told in (
        ({"day": ""}, "日期或时刻不对"),
        ({"day": "9999-12-31"}, "日期或时刻不对"),
        ({"time": "25:00"}, "日期或时刻不对"),
        ({"day": "2026-04-01"}, "已经过去"),
        ({"authority": " "}, "没有写明延期的依据"),
        ({"deadline": "nowhere"}, "没有选定要延长的截止时间"),
    ):
        answer = client.post(EXTENSION, {**form, **change})
        page = main(answer, 409)
        assert told in page.one("div", "refused").text
        if "authority" not in change:
            assert 'value="某人社发〔2026〕21号"' in answer.text
    assert kinds(own_desk)[-1]["kind"] != "deadline.extended"
    done = client.post(EXTENSION, form)
    assert "5月20日 周三 24:00" in main(client.get(done.headers["location"])).text
    event = kinds(own_desk)[-1]
    assert (event["kind"], event["actor"], event["authority"], event["to"]) == (
        "deadline.extended",
        "局管理",
        "某人社发〔2026〕21号",
        "2026-05-21T00:00:00+08:00",
    )


def test_first_file_is_drafted_checked_and_kept_as_a_file(own_desk: Desk) -> None:
    client = browser_of(own_desk, "局管理")
    answer = client.post("/program-files/new", ANSWERS)
    page = main(answer)
    assert page.one("h1").text == "mingshi-craftsman-2027.toml"
    (text,) = re.findall(r'<textarea id="edited"[^>]*>\n(.*?)</textarea>', answer.text, re.DOTALL)
    fetched = client.request(
        "POST",
        "/program-files/fetched",
        files={"text": (None, html.unescape(text)), "name": (None, "../x\n.toml")},
        headers={"Origin": "http://localhost", "Sec-Fetch-Site": "same-origin"},
    )
    assert fetched.text == html.unescape(text)
    assert fetched.headers["content-disposition"] == "attachment; filename*=UTF-8''x_.toml"
    for change, told in (
        ({"id": "某市"}, "项目 id 只能用小写字母"),
        ({"award": " \x00"}, "请填写奖项名称"),
        ({"issuers": "、"}, "请填写发文机关"),
        ({"issued": "去年"}, "不是日期"),
        ({"seats": str(2**63)}, "名额写 1 至"),
        ({"publicity_days": "-1"}, "公示工作日写 1 至"),
        ({"title": "长" * 201}, "通知标题超过 200 字"),
    ):
        wrong = client.post("/program-files/new", {**ANSWERS, **change})
        assert told in main(wrong, 422).one("p", "banner").text
        assert 'value="4月20日前"' in wrong.text


def test_next_edition_lists_the_lines_to_check(own_desk: Desk) -> None:
    client = browser_of(own_desk, "局管理")
    page = main(client.post("/program-files/edition", {"program": SMALL, "year": "2027"}))
    assert page.one("h1").text == "small-2027.toml"
    rows = [row.text for row in page.one("table").all("tr")]
    assert any("issued = 2026-03-02" in row and "issued = 2027-03-02" in row for row in rows)
    for form, told in (
        ({"program": SMALL, "year": "27"}, "年份写四位数"),
        ({"program": "nowhere", "year": "2027"}, "请在列表里选定一个项目"),
        ({"program": LUZHOU, "year": "2027"}, "请在列表里选定一个项目"),
    ):
        wrong = client.post("/program-files/edition", form)
        assert told in main(wrong, 422).one("p", "banner").text
        assert f'value="{form["year"]}"' in wrong.text


def test_file_of_an_open_program_leads_on_to_its_amendment(own_desk: Desk) -> None:
    client = browser_of(own_desk, "局管理")
    page = main(client.upload("/program-files", [("工匠.toml", file_of(client).encode())]))
    assert [one.attributes["action"] for one in page.all("form")] == ["/program-files", PAGE]


def amended(client: Client, old: str, new: str) -> None:
    fields = hidden(compared(client, file_of(client).replace(old, new)))
    assert confirmed(client, {**fields, "reason": "某人社发〔2026〕20号"}).status_code == 303


def test_nominations_are_looked_at_one_by_one_and_brought_to_another_version(own_desk: Desk) -> None:
    client = browser_of(own_desk, "局管理")
    assert "项目只有一版" in main(client.get(MIGRATION)).text
    amended(client, "count = 3", "count = 4")
    page = main(client.get(MIGRATION))
    boxes = [one.attributes["value"] for one in page.all("input") if one.attributes.get("name") == "number"]
    assert [row.rows() != [] for row in page.all("table")] == [True, True]
    whole = {"to": "2", "whom": "ticked", "number": boxes[0], "reason": "某人社发〔2026〕21号"}
    for form, told in (
        (whole | {"number": ""}, "没有选定改哪些申报"),
        (whole | {"reason": " "}, "没有写明理由"),
    ):
        sent = {name: value for name, value in form.items() if value}
        assert told in main(client.post(MIGRATION, sent), 409).one("div", "refused").text
    assert client.post(MIGRATION, whole).headers["location"] == f"{MIGRATION}?to=2&done=1&stayed=0"
    last = kinds(own_desk)[-1]
    assert (last["kind"], last["nomination"], last["revision"], last["actor"]) == (
        "nomination.migrated",
        boxes[0],
        2,
        "局管理",
    )
    assert "1 件已改按第 2 版办理" in main(client.get(f"{MIGRATION}?to=2&done=1&stayed=0")).one("p", "good").text
    left = client.post(MIGRATION, whole | {"whom": "all"}).headers["location"]
    assert left == f"{MIGRATION}?to=2&done={len(boxes) - 1}&stayed=0"
    assert "在办的都已按这一版办理" in main(client.get(MIGRATION)).text
    assert (client.get(f"{MIGRATION}?to=7").status_code, client.get(f"{MIGRATION}?map.x=y").status_code) == (404, 422)


@pytest.mark.usefixtures("quick_passwords")
def test_who_stands_where_a_version_has_no_place_goes_where_is_chosen_or_stays(tmp_path: Path) -> None:
    desk = worked(tmp_path)
    client = browser_of(desk, "局管理")
    amended(client, 'id = "screening"', 'id = "checked"')
    page = main(client.get(MIGRATION))
    (gone,) = [row for row in page.all("table")[0].all("tr", "late") if "第 2 版没有“资格审查”" in row.text]
    assert ("请在下面选定改到哪里" in gone.text, "--map" in page.text) == (True, False)
    asked = {"to": "2", "map.screening": "checked"}
    mapped = main(client.get(MIGRATION, params=asked))
    assert "第 2 版没有“资格审查”" not in mapped.text
    fields = {"whom": "ticked", "number": number(1), "reason": "某人社发〔2026〕21号"}
    assert "done=0&stayed=1" in client.post(MIGRATION, fields | {"to": "2"}).headers["location"]
    assert "done=1&stayed=0" in client.post(MIGRATION, fields | asked).headers["location"]
    last = kinds(desk)[-1]
    assert (last["nomination"], last["from"], last["to"]) == (number(1), "screening", "checked")
    desk.store.close()
