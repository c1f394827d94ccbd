"""Publishing and objections inside: handled by whom it is for, with the same refusals as the commands."""

import pytest

from console import create_app
from operations.desk import Desk
from tests import files
from tests.console.asking import Client
from tests.console.filled import NOW, SMALL
from tests.console.people import browser_of
from tests.console.reading import read_page
from tests.console.test_publications import FORM, UNIT

ONE = "/objections/1"
WHY = {"reason": "按通知办理"}


@pytest.fixture
def desk(own_desk: Desk) -> Desk:
    """The filled store, where one nominee is objected to, with people of every role."""
    return own_desk


def badge(client: Client) -> str:
    return read_page(client.get(ONE).text).one("header", "title").one("span", "badge").text


def test_objection_is_admitted_looked_into_and_settled(desk: Desk) -> None:
    client = browser_of(desk, "局经办")
    assert [one.text for one in read_page(client.get("/objections").text).one("table", "objections").all("a")] == [
        "异议 1"
    ]
    assert "1 件异议未办结" in client.get("/").text
    assert badge(client) == "待受理"
    assert client.post(f"{ONE}/handling/admit", WHY).status_code == 303
    assert badge(client) == "核查中"
    finding, record = {"finding": "经查属实，\n但已更正"}, ("笔录.jpg", files.picture())
    many = client.upload(f"{ONE}/finding", [record] * 6, finding)
    assert (many.status_code, "一次最多 5 个" in many.text) == (409, True)
    assert client.upload(f"{ONE}/finding", [record], finding).status_code == 303
    settled = client.post(f"{ONE}/handling/settle", {"outcome": "dismissed", "answer": "经查不实"})
    assert settled.headers["location"] == ONE
    page = read_page(client.get(ONE).text)
    assert badge(client) == "不成立"
    assert "经查不实" in page.one("dl", "handled").text
    assert not page.all("section", "moves")
    assert "没有未办结的异议" in client.get("/objections").text
    assert "异议未办结" not in client.get("/").text


def test_deeds_that_lack_something_are_refused_and_nothing_is_done(desk: Desk) -> None:
    client = browser_of(desk, "局经办")
    for deed, form, told in (
        ("admit", {}, "没有写明理由"),
        ("settle", {"outcome": "upheld"}, "没有写明调查处理结论"),
        ("settle", {"outcome": "else", "answer": "x"}, "没有选择办理结果"),
        ("settle", {"outcome": "corrected", "answer": "x", "facts": "什么"}, "每行应写成"),
        ("settle", {"outcome": "corrected", "answer": "x", "facts": "无=此项"}, "没有条件用到“无”"),
        ("prolong", WHY, "没有写明延长到哪一天"),
        ("prolong", WHY | {"until": "2026-07-01"}, "没有核查期限"),
    ):
        answer = client.post(f"{ONE}/handling/{deed}", form)
        assert answer.status_code == 409, deed
        assert told in read_page(answer.text).one("div", "refused").text
    assert badge(client) == "待受理"
    assert client.post(f"{ONE}/handling/nonsense", WHY).status_code == 404


def test_objection_is_not_admitted_for_what_it_is_instead(desk: Desk) -> None:
    client = browser_of(desk, "局经办")
    client.post(f"{ONE}/handling/refuse", WHY | {"scope": "ranking"})
    assert badge(client) == "不予受理"
    assert "名次" in read_page(client.get(ONE).text).one("dl", "handled").text


def test_contact_and_evidence_are_seen_for_a_reason_and_each_time_is_kept(desk: Desk) -> None:
    form = UNIT | {"contact": "某街 1 号"}
    assert (
        Client(create_app(desk, lambda: NOW)).upload(FORM, [("异议书.jpg", files.picture())], form).status_code == 201
    )
    client = browser_of(desk, "局经办")
    two = "/objections/2"
    assert "某街" not in client.get(two).text
    assert "没有写明" in client.post(f"{two}/contact").text
    assert "某街 1 号" in client.post(f"{two}/contact", WHY).text
    assert "某街" not in client.get(two).text
    taken = client.post(f"{two}/files/1")
    assert taken.content == files.picture()
    assert taken.headers["content-disposition"].startswith("attachment")
    assert client.post(f"{two}/files/2").status_code == 404
    told = client.get(f"/nominations/{SMALL}-0002").text
    assert told.count("查看异议 2 的材料") == 2


def test_party_and_supervisors_read_and_do_not_handle(desk: Desk) -> None:
    supervisor = browser_of(desk, "局监督")
    assert "无权办理" in read_page(supervisor.get(ONE).text).one("section", "moves").text
    answer = supervisor.post(f"{ONE}/handling/admit", WHY)
    assert (answer.status_code, badge(supervisor)) == (409, "待受理")
    assert supervisor.upload(f"{ONE}/finding", [], {"finding": "x"}).status_code == 404


def test_list_is_published_and_its_notice_taken(desk: Desk) -> None:
    client = browser_of(desk, "局经办")
    page = f"/programs/{SMALL}/publicity"
    assert read_page(client.get(page).text).one("table", "lists").rows()[0][1] == "5月7日 周四 至 5月12日 周二 24:00"
    nobody = client.post(f"{page}/publicity", {"venue": "局官网"})
    assert (nobody.status_code, "没有待公示的人选" in nobody.text) == (409, True)
    notice = client.get(f"/programs/{SMALL}/papers/notice")
    assert notice.content[:2] == b"PK"
    assert client.get(f"/programs/{SMALL}/papers/award").status_code == 404
    assert client.get(f"/programs/{SMALL}/papers/else").status_code == 404
    assert client.post(f"{page}/nowhere").status_code == 404


def test_place_of_somebody_whom_an_objection_removed_waits_for_a_reserve(desk: Desk) -> None:
    client = browser_of(desk, "局经办")
    client.post(f"{ONE}/handling/settle", {"outcome": "upheld", "answer": "属实"})
    page = f"/programs/{SMALL}/publicity"
    assert f"{SMALL}-0001" in read_page(client.get(page).text).one("div", "vacated").text
    answer = client.post(f"/programs/{SMALL}/replacements", WHY | {"vacated": f"{SMALL}-0001"})
    assert answer.status_code == 409
    assert client.post(f"/programs/{SMALL}/replacements", WHY | {"vacated": f"{SMALL}-0002"}).status_code == 404
