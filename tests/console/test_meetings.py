"""The meeting of a stage: recorded on its page, refused with what was typed kept, and in the minutes."""

from datetime import datetime
from io import BytesIO
from pathlib import Path

import pytest
from docx import Document

from deadlines import SHANGHAI
from documents.layout import BODY, official_document, text
from operations.actors import Actor, Role
from operations.acts import Act
from operations.desk import Desk
from operations.move import move
from operations.results import Denied
from states import Move
from tests.console.filled import SMALL
from tests.console.people import browser_of
from tests.console.reading import read_page
from tests.console.working import number, worked

PAGE = f"/programs/{SMALL}/stages/decision/meeting"
HELD = {
    "held": "2026-04-28",
    "place": "三楼 会议室",
    "chair": "甲<b>",
    "recorder": "乙",
    "present": "甲\r\n 丙  丁 \r\n\r\n甲",
    "absent": "戊",
    "agenda": "听取汇报\n表决",
}


def text_of(docx: bytes) -> str:
    found = Document(BytesIO(docx))
    return "\n".join([one.text for one in found.paragraphs])


def test_meeting_is_recorded_on_its_page_and_told_by_the_minutes(own_desk: Desk) -> None:
    client = browser_of(own_desk, "局经办")
    assert "还没有登记会议" in client.get(PAGE).text
    # A form that was sent as it stood is no record, and would take the place of one.
    assert "没有填写会议的任何情况" in client.post(PAGE, {"held": HELD["held"]}).text
    assert client.post(PAGE, HELD).headers["location"] == f"{PAGE}#recorded"
    facts = {one.one("dt").text: one.one("dd").text for one in read_page(client.get(PAGE).text).one("dl").all("div")}
    assert facts == {
        "时间": "4月28日 周二",
        "地点": "三楼 会议室",
        "主持": "甲<b>",
        "记录": "乙",
        "到会": "甲、丙 丁 2 人",
        "请假": "戊",
    }
    minutes = text_of(client.get(PAGE.replace("meeting", "minutes")).content)
    assert {word for word in ("三楼 会议室", "甲、丙 丁", "戊", "听取汇报") if word not in minutes} == set()
    # A later record takes the place of this one.
    assert client.post(PAGE, HELD | {"place": "四楼"}).status_code == 303
    assert "三楼" not in client.get(PAGE).text


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"held": "5月8日"}, "“5月8日”不是日期"),
        ({"held": "2026-05-09"}, "2026年5月9日 还没有到"),
        ({"absent": "甲"}, "既到会又请假：甲"),
        ({"present": "\n".join(f"评委{place}" for place in range(201))}, "人员或议程过多，或者有一行过长"),
        ({"agenda": "字" * 201}, "人员或议程过多，或者有一行过长"),
        ({"place": "字" * 201}, "人员或议程过多，或者有一行过长"),
        ({"chair": "字" * 121}, "主持人、记录人最多 120 字"),
    ],
)
def test_meeting_that_cannot_be_is_refused_in_words_and_what_was_typed_is_kept(
    own_desk: Desk, wrong: dict[str, str], said: str
) -> None:
    client = browser_of(own_desk, "局经办")
    answer = client.post(PAGE, HELD | wrong)
    page = read_page(answer.text)
    assert (answer.status_code, said in page.one("div", "refused").text) == (409, True)
    typed = {
        one.attributes["name"]: one.attributes.get("value") for one in page.all("input") if "name" in one.attributes
    }
    assert {name: typed[name] for name in ("place", "held", "chair")} == {
        name: (HELD | wrong)[name] for name in ("place", "held", "chair")
    }
    assert "还没有登记会议" in client.get(PAGE).text


def test_minutes_are_made_by_the_office_s_own_template(
    own_desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(own_desk, "templates", tmp_path)
    template, client = tmp_path / "minutes.docx", browser_of(own_desk, "局经办")
    template.write_bytes(official_document([text(BODY, "本局纪要")]))
    assert text_of(client.get(PAGE.replace("meeting", "minutes")).content) == "本局纪要"
    template.write_bytes(b"PK")
    refused = client.get(PAGE.replace("meeting", "minutes"))
    assert (refused.status_code, "请更正后再下载" in refused.text) == (409, True)


def test_whoever_screens_reads_of_a_meeting_and_records_none(own_desk: Desk) -> None:
    client = browser_of(own_desk, "局审查")
    assert "登记会议</h2>" not in client.get(PAGE).text
    assert client.post(PAGE, HELD).status_code == 409
    assert client.get(f"/programs/{SMALL}/stages/nowhere/minutes").status_code == 404


def test_meetings_are_found_from_where_somebody_looks_for_them(own_desk: Desk) -> None:
    client = browser_of(own_desk, "局经办")
    links = {one.attributes["href"] for one in read_page(client.get(f"/programs/{SMALL}").text).all("a")}
    assert f"/programs/{SMALL}/stages/screening/meeting" in links
    board = f"/programs/{SMALL}/stages/decision"
    assert PAGE in {one.attributes["href"] for one in read_page(client.get(board).text).all("a")}
    assert client.get(f"/programs/{SMALL}/stages/screening/minutes").status_code == 200


@pytest.mark.usefixtures("quick_passwords")
def test_minutes_are_offered_only_where_something_was_decided(tmp_path: Path, own_desk: Desk) -> None:
    offered = PAGE.replace("meeting", "minutes")
    assert f'href="{offered}"' in browser_of(own_desk, "局经办").get(PAGE).text
    desk = worked(tmp_path)
    act = Act(Actor("局经办", Role.OPERATOR, "某市人社局"), datetime(2026, 5, 1, 9, tzinfo=SHANGHAI), "票数不足")
    out = [move(desk, number(place), Move.ELIMINATE, act) for place in (2, 3)]
    client = browser_of(desk, "局经办")
    pages = {stage: client.get(PAGE.replace("decision", stage)).text for stage in ("screening", "review", "decision")}
    links = {stage: f'/stages/{stage}/minutes"' in page for stage, page in pages.items()}
    desk.store.close()
    assert [isinstance(one, Denied) for one in out] == [False, False], out
    # Who went out at the review stands where the decision leads as well.
    assert links == {"screening": True, "review": True, "decision": False}
    assert "还没有议定事项" in pages["decision"]
