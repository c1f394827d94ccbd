"""Programs before they take nominations: looked at, entered, ruled on and opened in the console, by whom it is for."""

import html
import re
from typing import Any

import httpx
import pytest

from operations.desk import Desk
from operations.lookup import in_force
from operations.results import UnknownError
from programs.writing import program_text_of
from store import INSTALLATION, events_of
from tests.console.asking import Client
from tests.console.filled import SMALL, small_program
from tests.console.people import browser_of
from tests.console.reading import Element, read_page

FILES = "/program-files"
NEXT = "small-2027"
PAGE = f"/programs/{NEXT}/opening"
RULING = {
    "id": "days",
    "question": "公示几天？",
    "clause": "三",
    "decision": 5,
    "basis": "上届如此",
    "otherwise": "公示期随之改变",
    "settles": ["stages.publicity.period.days"],
}


def text_of(**changes: Any) -> str:
    return program_text_of(small_program(id=NEXT, rulings=[RULING]).model_copy(update=changes))


def sent(client: Client, text: str | bytes) -> httpx.Response:
    content = text.encode() if isinstance(text, str) else text
    return client.upload(FILES, [("工匠.toml", content)])


def entered(client: Client, text: str) -> httpx.Response:
    return client.request(
        "POST",
        f"{FILES}/entered",
        files={"text": (None, text), "name": (None, "工匠.toml")},
        headers={"Origin": "http://localhost", "Sec-Fetch-Site": "same-origin"},
    )


def faults(answer: httpx.Response) -> list[str]:
    return [one.text for one in read_page(answer.text).one("ul", "faults").all("li")]


def main(answer: httpx.Response) -> Element:
    assert answer.status_code == 200, answer.text
    return read_page(answer.text).one("main")


def test_program_is_entered_ruled_on_and_opened_in_the_console(own_desk: Desk) -> None:
    client = browser_of(own_desk, "局管理")
    assert f'href="{FILES}"' in client.get("/").text
    looked_at = sent(client, text_of())
    assert "核对通过" in main(looked_at).one("p", "banner").text
    with pytest.raises(UnknownError), own_desk.store.read() as connection:
        own_desk.running(connection, NEXT)
    (kept,) = re.findall(r'<textarea name="text" hidden>\n(.*?)</textarea>', looked_at.text, re.DOTALL)
    kept = html.unescape(kept)
    assert entered(client, kept).headers["location"] == PAGE
    page = main(client.get(PAGE))
    assert "裁定 days 未确认：公示几天？（默认：5）" in page.text
    assert [one for one in page.all("form") if one.attributes["action"] == PAGE] == []
    assert client.post(PAGE).status_code == 409
    # A decision that makes no program is told as the check tells it.
    wrong = client.post(f"{PAGE}/rulings/days", {"decision": "-3"})
    assert (wrong.status_code, "没有办理" in read_page(wrong.text).one("div", "refused").text) == (409, True)
    ruled = client.post(f"{PAGE}/rulings/days", {"decision": "7", "reason": "办公会"})
    assert ruled.headers["location"] == f"{PAGE}#ruling-days"
    assert client.post(f"{PAGE}/rulings/nothing").status_code == 404
    assert "裁定和开通" in client.get(f"/programs/{NEXT}").text
    assert client.post(PAGE).headers["location"] == f"/programs/{NEXT}"
    state = in_force(own_desk, NEXT)
    assert (state.opened_at is not None, state.confirmed["days"].decision) == (True, 7)
    opened = main(client.get(PAGE))
    assert "已于" in opened.text
    # Once it is open, somebody who rules otherwise says how and why.
    fields = [*opened.all("input"), *opened.all("textarea")]
    required = {one.attributes["name"]: "required" in one.attributes for one in fields if "name" in one.attributes}
    assert (required["decision"], required["reason"]) == (True, True)
    assert client.post(f"{PAGE}/rulings/days").status_code == 409
    with own_desk.store.read() as connection:
        kinds = [(one["kind"], one["actor"]) for one in events_of(connection, NEXT)]
    assert kinds == [(f"{kind}", "局管理") for kind in ("program.entered", "ruling.confirmed", "program.opened")]
    assert "登记项目" in client.get(f"/programs/{NEXT}").text
    again = entered(client, text_of())
    assert (again.status_code, "项目 small-2027 已经登记" in again.text) == (409, True)


def test_what_is_wrong_with_a_file_is_told_by_its_line_and_nothing_of_it_is_kept(own_desk: Desk) -> None:
    client = browser_of(own_desk, "总管理")
    broken = text_of().replace('kind = "publicity"', 'kind = "publicty"')
    line = 1 + next(at for at, one in enumerate(broken.splitlines()) if "publicty" in one)
    (fault,) = faults(sent(client, broken))
    assert (fault.startswith("错误"), f"工匠.toml:{line}" in fault or f"第 {line} 行" in fault) == (True, True)
    for text, told in (
        (b"\xff\xfe", "文件不是 UTF-8 编码的文本"),
        ("#" * (200 * 1024 + 1), "文件超过 200 KB"),
    ):
        answer = sent(client, text)
        assert (answer.status_code, told in answer.text) == (422, True)
    assert client.upload(FILES, []).status_code == 422
    assert (
        client.request(
            "POST", FILES, files={"shipped": (None, "../x")}, headers={"Origin": "http://localhost"}
        ).status_code
        == 404
    )
    for wrong in (broken, "不是 TOML ["):
        answer = entered(client, wrong)
        assert ("登记" in [one.text for one in read_page(answer.text).all("button")]) is False
    # A program that contradicts itself is looked at, and not entered.
    contradicted = text_of().replace("keep = 4", "keep = 2")
    found = sent(client, contradicted)
    assert [one for one in faults(found) if one.startswith("错误")] != []
    assert [one for one in read_page(found.text).all("form") if one.attributes["action"].endswith("entered")] == []
    assert entered(client, contradicted).status_code == 409
    with pytest.raises(UnknownError), own_desk.store.read() as connection:
        own_desk.running(connection, NEXT)


def test_only_administrators_of_the_office_enter_and_rule(own_desk: Desk) -> None:
    for name in ("局经办", "局审查", "总监督", "局专家"):
        client = browser_of(own_desk, name)
        for answer in (client.get(FILES), sent(client, text_of()), entered(client, text_of()), client.get(PAGE)):
            assert answer.status_code == 404, name
        assert FILES not in client.get("/").text
    stranger = browser_of(own_desk, "外管理")
    assert sent(stranger, text_of()).status_code == 200
    assert entered(stranger, text_of()).status_code == 409
    with own_desk.store.read() as connection:
        refused = [one for one in events_of(connection, INSTALLATION) if one["kind"] == "access.refused"]
    assert (refused[-1]["actor"], refused[-1]["asked"]) == ("外管理", f"{FILES}/entered")
    assert stranger.get(f"/programs/{SMALL}/opening").status_code == 404
    assert f"/programs/{SMALL}/opening" in browser_of(own_desk, "局管理").get(f"/programs/{SMALL}").text
    assert f"/programs/{SMALL}/opening" not in browser_of(own_desk, "局经办").get(f"/programs/{SMALL}").text
