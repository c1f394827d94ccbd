"""What bodies say of all who stand at a stage: recorded for many by one letter, and who is silent told."""

from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert, select

from console import create_app
from operations.actors import Actor
from operations.acts import Act
from operations.audit import audit
from operations.desk import Desk
from operations.move import move
from operations.results import Denied
from states import Move
from store import events_of
from store import tables as t
from tests import files
from tests.console.asking import Client
from tests.console.filled import NOW, SMALL
from tests.console.people import PASSWORD, PEOPLE, browser_of
from tests.console.reading import Element, read_page
from tests.console.working import asked_about, number

pytestmark = pytest.mark.usefixtures("quick_passwords")

PAGE = f"/programs/{SMALL}/stages/asked/opinions"
LETTER = ("复函 甲.pdf", files.pdf(1))
DIGEST = sha256(LETTER[1]).hexdigest()
MANAGER = Act(Actor("总管理"), NOW)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    found = asked_about(tmp_path)
    yield found
    found.store.close()


def page(client: Client, query: str = "") -> Element:
    answer = client.get(f"{PAGE}{query}")
    assert answer.status_code == 200, answer.text
    return read_page(answer.text)


def sent(found: Element, **fields: Any) -> dict[str, Any]:
    """What the form of a page sends as it stands, with what is typed."""
    form = next(one for one in found.all("form") if one.attributes.get("id") == "record")
    hidden = {
        one.attributes["name"]: one.attributes["value"]
        for one in form.all("input")
        if one.attributes.get("type") == "hidden"
    }
    return hidden | fields


def said(desk: Desk) -> set[tuple[int, str, bool, str]]:
    with desk.store.read() as connection:
        of = t.joint_opinion.c
        query = select(t.nomination.c.number, of.body, of.agrees, of.note).join_from(t.joint_opinion, t.nomination)
        return {(int(number[-1]), *rest) for number, *rest in connection.execute(query)}


def letters(desk: Desk) -> dict[str, Any]:
    with desk.store.read() as connection:
        return {
            event["nomination"]: (event["letter"] or {}).get("sha256")
            for event in events_of(connection, SMALL)
            if event["kind"] == "opinion.given"
        }


def test_letter_is_recorded_for_all_at_once_objections_with_their_words_and_given_again(desk: Desk) -> None:
    client = browser_of(desk, "局审查")
    found = page(client)
    bodies, listed = (one.rows() for one in found.all("table"))
    assert [(row[0], row[1]) for row in bodies] == [
        ("税务局 登记答复", "未答复 3 件 已逾期"),
        ("公安局 登记答复", "未答复 3 件 已逾期"),
    ]
    assert {row[1].partition("·")[0].strip() for row in listed} == {"未答复：税务局、公安局自 4月2日 周四 09:00 已逾期"}
    form = sent(page(client, "?body=税务局"), rest="1", note="税函〔2026〕3号", **{f"why.{number(3)}": "欠税未缴"})
    answer = client.upload(PAGE, [LETTER], form)
    assert answer.headers["location"].endswith("&done=3#record")
    agreed = {(place, "税务局", True, "税函〔2026〕3号") for place in (1, 2)}
    assert said(desk) == agreed | {(3, "税务局", False, "欠税未缴")}
    assert letters(desk) == {number(place): DIGEST for place in (1, 2, 3)}
    found = page(client, "?which=opposed")
    assert "不同意：税务局：欠税未缴 复函 甲.pdf" in found.all("table")[1].rows()[0][2]
    assert len(found.all("table")[1].rows()) == 1
    assert found.all("table")[2].rows()[0][1].startswith("复函 甲.pdf涉及 3 件")
    # A link alone gives nothing, and each time is an event; the page of a nomination leads there.
    address = PAGE.replace("opinions", f"letters/{DIGEST}")
    assert f"{PAGE}#letters" in client.get(f"/nominations/{number(1)}").text
    assert client.get(address).status_code == 405
    given = client.post(address)
    assert (given.content, given.headers["content-type"]) == (LETTER[1], "application/octet-stream")
    with desk.store.read() as connection:
        seen = [one for one in events_of(connection, SMALL) if one["kind"] == "letter.seen"]
    assert [(one["actor"], one["body"], one["files"]) for one in seen] == [("局审查", "税务局", [DIGEST])]
    assert audit(desk).broken == ()
    # Another body sends the same paper: it is kept once. A kept letter is that of its own body alone.
    kept = {"kept": DIGEST, "agrees": number(1)}
    assert client.upload(PAGE, [], sent(page(client, "?body=公安局"), **kept)).status_code == 404
    assert client.upload(PAGE, [], sent(page(client, "?body=税务局&which=all"), **kept)).status_code == 303
    assert len(list(desk.contents.folder.rglob("?" * 64))) == 1


def test_answers_that_are_refused_are_told_one_by_one_and_what_was_typed_stays(desk: Desk) -> None:
    client = browser_of(desk, "局审查")
    found = page(client, "?body=公安局")
    assert not isinstance(move(desk, number(2), Move.ACCEPT, MANAGER), Denied)
    why = {f"why.{number(place)}": "曾受处罚" for place in (2, 3)}
    form = sent(found, agrees=[number(1), number(3), "nowhere-1"], **why)
    answer = client.upload(PAGE, [LETTER], form)
    told = read_page(answer.text)
    assert answer.status_code == 409
    assert "已登记 1 件；3 件没有登记" in told.one("div", "refused").text
    assert [one.text.partition("只留")[0] for one in told.one("div", "refused").all("li")] == [
        f"{number(3)} “曾受处罚”：既勾选了同意，又写了不同意的理由请",
        "nowhere-1：没有编号为 nowhere-1 的申报其余的不受影响",
        f"{number(2)} “曾受处罚”：此件现在“专家评议”离开这一环节后不再登记",
    ]
    typed = {
        one.attributes["name"]: one.attributes.get("value") for one in told.all("input") if "name" in one.attributes
    }
    assert typed[f"why.{number(3)}"] == "曾受处罚"
    assert said(desk) == {(1, "公安局", True, "")}
    # What is refused altogether leaves no file behind.
    form = sent(found, **{f"why.{number(2)}": "曾受处罚"})
    answer = client.upload(PAGE, [("另一份.pdf", files.pdf(2))], form)
    assert (answer.status_code, "复函没有保存" in answer.text) == (409, True)
    assert len(list(desk.contents.folder.rglob("?" * 64))) == 1


@pytest.mark.parametrize(
    ("typed", "refused"),
    [
        ({}, "没有选择任何一件"),
        ({"agrees": number(1), "seen": "x"}, "页面已经过期"),
        ({"agrees": number(1), "body": "甲局"}, "这里不征求这一部门的意见"),
        ({"rest": "1", "mark": "0.0.0"}, "此环节的人选有变动"),
        ({"rest": "1", "agrees": number(1), f"why.{number(1)}": "欠税"}, "既勾选了同意，又写了不同意的理由"),
        ({"agrees": number(1), "file": b"%PDF-1.7"}, "a.pdf"),
        ({"agrees": number(1), "note": "字" * 2001}, "说明超过 2000 字"),
    ],
)
def test_form_that_cannot_be_records_nothing(desk: Desk, typed: dict[str, Any], refused: str) -> None:
    client = browser_of(desk, "局审查")
    file = typed.pop("file", None)
    form = sent(page(client, "?body=税务局")) | typed
    answer = client.upload(PAGE, [("a.pdf", file)] if file else [], form)
    assert (answer.status_code, refused in read_page(answer.text).one("div", "refused").text) == (409, True)
    assert said(desk) == set()


def test_what_a_body_has_said_since_the_page_was_read_is_not_replaced(desk: Desk) -> None:
    client = browser_of(desk, "局审查")
    found = page(client, "?body=税务局")
    form = sent(found, agrees=number(1), seen="2026-05-08T09:59:59+08:00")
    other = browser_of(desk, "局经办")
    assert other.upload(PAGE, [], sent(found, **{f"why.{number(1)}": "欠税"})).status_code == 303
    answer = client.upload(PAGE, [], form)
    assert "您查看之后，2026年5月8日 10:00 已登记了税务局的意见" in read_page(answer.text).one("div", "refused").text
    # Of whom it has spoken it says nothing else by speaking of all others.
    assert client.upload(PAGE, [], sent(found, rest="1")).status_code == 303
    assert {one for one in said(desk) if not one[2]} == {(1, "税务局", False, "欠税")}


def test_thousands_are_looked_at_page_by_page(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("console.consultations.MOST", 2)
    client = browser_of(desk, "局审查")
    for query, names in (("", ["候选人1", "候选人2"]), ("?page=2", ["候选人3"]), ("?page=9", [])):
        found = page(client, query).text
        assert [name for name in ("候选人1", "候选人2", "候选人3") if name in found] == names
    found = page(client, "?body=税务局&page=2")
    assert "第 2 页，共 2 页" in found.text
    assert client.upload(PAGE, [], sent(found, rest="1", **{f"why.{number(3)}": "欠税"})).status_code == 303
    assert {(place, agrees) for place, _, agrees, _ in said(desk)} == {(1, True), (2, True), (3, False)}


#: Who is shown the page, who records there, and who is given a letter: ✓ is, · gets the answer of what is not there,
#: × is told why not.
ACCESS = """
总管理 ✓✓✓
局管理 ✓✓✓
外管理 ···
局经办 ✓✓✓
区经办 ···
厂经办 ···
外经办 ···
局审查 ✓✓✓
外审查 ···
局专家 ···
外专家 ···
总监督 ✓·×
局监督 ✓·×
外监督 ···
"""


def test_page_form_and_letter_are_for_whom_the_table_says(desk: Desk) -> None:
    app, letter = create_app(desk, lambda: NOW), PAGE.replace("opinions", f"letters/{DIGEST}")
    form = sent(page(browser_of(desk, "局审查"), "?body=税务局"))
    assert browser_of(desk, "局审查").upload(PAGE, [LETTER], form | {"agrees": number(1)}).status_code == 303
    found = {}
    for name in PEOPLE:
        client = Client(app)
        assert client.post("/sign-in", {"name": name, "password": PASSWORD}).status_code == 303
        answers = [
            client.get(PAGE),
            client.upload(PAGE, [], form | {"agrees": number(2)}),
            client.post(letter),
        ]
        found[name] = "".join({200: "✓", 303: "✓", 404: "·", 409: "×"}[one.status_code] for one in answers)
        if answers[0].status_code == 200:
            assert ("登记答复" in answers[0].text) == (found[name][1] == "✓")
        else:
            assert "候选人" not in "".join(one.text for one in answers)
    assert found == dict(line.split() for line in ACCESS.split("\n") if line)
    links = read_page(browser_of(desk, "局经办").get(f"/programs/{SMALL}").text).all("a")
    assert PAGE in {one.attributes["href"] for one in links}


def test_letter_about_somebody_from_whom_one_is_recused_is_not_there(desk: Desk) -> None:
    client = browser_of(desk, "局经办")
    assert client.upload(PAGE, [LETTER], sent(page(client, "?body=税务局"), rest="1")).status_code == 303
    with desk.store.write() as transaction:
        connection = transaction.connection
        values = {"name": "局经办", "employer": "某大学", "added_at": NOW}
        expert = connection.execute(insert(t.expert).values(values).returning(t.expert.c.id)).scalar_one()
        whom = connection.execute(select(t.nomination.c.id).where(t.nomination.c.number == number(2))).scalar_one()
        recusal = {"expert_id": expert, "nomination_id": whom, "ground": "kinship", "declared": True}
        connection.execute(insert(t.recusal).values(recusal | {"recused_at": NOW, "recused_by": "局经办"}))
    text = client.get(PAGE).text
    assert [name in text for name in ("候选人1", "候选人2")] == [True, False]
    assert client.post(PAGE.replace("opinions", f"letters/{DIGEST}")).status_code == 404
    answer = client.upload(PAGE, [], sent(page(client, "?body=公安局"), agrees=number(2)))
    assert f"没有编号为 {number(2)} 的申报" in read_page(answer.text).one("div", "refused").text
