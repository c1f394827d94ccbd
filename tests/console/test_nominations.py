"""Finding nominations, reading one, and moving it on from its page, as each role may."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import product
from pathlib import Path

import pytest

from deadlines import SHANGHAI
from operations.actors import Actor, Role
from operations.acts import Act
from operations.desk import Desk
from operations.lookup import show_nomination
from operations.materials import receive
from operations.move import Lacking, move
from operations.results import Denied
from programs import Program
from states import Endorsement, Move
from store import INSTALLATION, events_of
from tests.console.asking import Client
from tests.console.filled import NOW, SMALL
from tests.console.people import PEOPLE, browser_of, hash_quickly
from tests.console.reading import Element, read_page
from tests.console.working import UNIT_OPINION, number, worked, working_program

pytestmark = pytest.mark.usefixtures("quick_passwords")

APRIL = datetime(2026, 4, 2, 9, tzinfo=SHANGHAI)


@pytest.fixture(scope="module")
def read(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """A store that the tests only read."""
    desk = worked(tmp_path_factory.mktemp("read"))
    yield desk
    desk.store.close()


@pytest.fixture
def acted(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """A store to act on."""
    desk = worked(tmp_path_factory.mktemp("acted"))
    yield desk
    desk.store.close()


def page(client: Client, path: str, status: int = 200) -> Element:
    answer = client.get(path)
    assert answer.status_code == status, answer.text
    return read_page(answer.text)


def numbers(found: Element) -> list[int]:
    """The nominations of a list, by their places."""
    return [
        int(link.attributes["href"][-4:])
        for link in found.one("main").all("a")
        if link.attributes["href"].startswith("/nominations/")
    ]


def stage(desk: Desk, place: int) -> str:
    return show_nomination(desk, number(place))[0].stage


#: Which of the four each is shown: one waits for the office's screening, two and three for its review, four was taken
#: back. What experts of the office are shown are those that it holds, as no panel is drawn here, and what has ended.
SHOWN = {
    "总管理": [1, 2, 3, 4],
    "局管理": [1, 2, 3, 4],
    "外管理": [],
    "局经办": [1, 2, 3, 4],
    "区经办": [1, 2, 3, 4],
    "厂经办": [1],
    "外经办": [],
    "局审查": [1, 2, 3, 4],
    "外审查": [],
    "局专家": [1, 2, 3, 4],
    "外专家": [],
    "总监督": [1, 2, 3, 4],
    "局监督": [1, 2, 3, 4],
    "外监督": [],
}

POSTS = ("moves/return", "moves/accept", "moves/withdraw", "receipts", "verdicts", "details")


@pytest.mark.parametrize("name", PEOPLE)
def test_every_role_finds_and_opens_its_own_and_nothing_else_on_every_route(read: Desk, name: str) -> None:
    client = browser_of(read, name)
    shown = SHOWN[name]
    assert numbers(page(client, "/nominations")) == shown
    assert page(client, "/nominations").one("p", "tally").one("b").text == str(len(shown))
    # Neither search nor filter finds what a list does not show.
    assert numbers(page(client, "/nominations?q=候选人")) == shown
    for asked in (number(2), "2"):
        assert numbers(page(client, f"/nominations?q={asked}")) == [one for one in shown if one == 2]
    for sort in ("newest", "due", "waiting"):
        assert set(numbers(page(client, f"/nominations?sort={sort}"))) <= set(shown)
    for place in range(1, 6):
        assert (client.get(f"/nominations/{number(place)}").status_code == 200) == (place in shown)
    foreign = next((place for place in range(1, 5) if place not in shown), 9)
    for path in ("", *(f"/{one}" for one in POSTS)):
        answers = [
            client.post(f"/nominations/{one}{path}", {"reason": "试"}) if path else client.get(f"/nominations/{one}")
            for one in (number(foreign), "nowhere")
        ]
        assert [one.status_code for one in answers] == [404, 404], path
        assert answers[0].text.replace(number(foreign), "nowhere") == answers[1].text


#: Who may return the one that is being screened; everybody else who sees it is told why not.
MAY_RETURN = {"总管理", "局管理", "局经办", "局审查"}


@pytest.mark.parametrize("name", [name for name, shown in SHOWN.items() if 1 in shown])
def test_moves_are_buttons_for_those_who_may_and_reasons_for_others(read: Desk, name: str) -> None:
    found = page(browser_of(read, name), f"/nominations/{number(1)}")
    offered = {form.attributes["action"].rpartition("/")[2] for form in found.one("section", "moves").all("form")}
    assert ("return" in offered) == (name in MAY_RETURN)
    refused = [one.text for one in found.one("section", "moves").all("li")]
    if name not in MAY_RETURN:
        assert [one for one in refused if one.startswith("退回补正") and ("无权办理" in one)]
    # What the rules refuse is refused to all, with its clause.
    if name in MAY_RETURN:
        assert [one for one in refused if one.startswith("受理通过") and "品行端正" in one]


def test_today_tells_what_waits_what_is_late_and_leads_there(read: Desk) -> None:
    found = page(browser_of(read, "局经办"), "/").one("section", "waiting")
    rows = found.rows()
    assert [(row[0].partition(" ")[0], row[1]) for row in rows] == [("资格审查", "1"), ("专家评议", "2")]
    assert (rows[0][2], rows[0][3]) == ("4月30日 周四 24:00", "1 件已逾期")
    late = next(link.attributes["href"] for link in found.all("a") if "late=1" in link.attributes["href"])
    assert numbers(page(browser_of(read, "局经办"), late)) == [1]
    for name in ("区经办", "厂经办", "外经办", "总监督"):
        assert "没有等您办理" in page(browser_of(read, name), "/").one("section", "waiting").text


def test_lists_are_filtered_sorted_and_paged_by_their_last_row(read: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    client = browser_of(read, "局经办")
    for asked, expected in (
        ("?stage=review&program=" + SMALL, [2, 3]),
        ("?stage=screening", [1]),
        ("?late=1", [1]),
        ("?mine=1", [1, 2, 3]),
        ("?q=第3公司", [3]),
        ("?q=公司", []),
        ("?q=0003", [3]),
        ("?q=３", [3]),
        ("?q=5", []),
        (f"?q={SMALL.upper()}-0002", [2]),
        (f"?q={SMALL}-000", [1, 2, 3, 4]),
        ("?q=江阳区&sort=newest", [4, 3, 2, 1]),
        ("?sort=waiting", [1, 2, 3]),
        ("?sort=nonsense&after=x", [1, 2, 3, 4]),
        ("?sort=due", []),
    ):
        assert numbers(page(client, "/nominations" + asked)) == expected, asked
    assert client.get("/nominations?program=nowhere").status_code == 404
    monkeypatch.setattr("operations.finding.PAGE", 3)
    for sort, expected in (("number", [1, 2, 3, 4]), ("newest", [4, 3, 2, 1]), ("waiting", [1, 2, 3])):
        found, seen, address = [], 0, f"/nominations?sort={sort}"
        while address:
            listed = page(client, address)
            found += numbers(listed)
            seen += 1
            links = [one for one in listed.all("a") if one.attributes.get("rel") == "next"]
            address = links[0].attributes["href"] if links else ""
        assert (found, seen) == (expected, 2 if len(expected) > 3 else 1)
    # Of more than are counted, the heads of places are taken, a few places at once: SQLite takes no more than 500.
    monkeypatch.setattr("operations.finding.PAGE", 50)
    for most in (1, 2):
        monkeypatch.setattr("operations.finding.COUNTED", 1)
        monkeypatch.setattr("operations.finding._TOGETHER", most)
        for asked, expected in (("?sort=waiting", [1, 2, 3]), ("", [1, 2, 3, 4]), ("?q=江阳区", [1, 2, 3, 4])):
            assert numbers(page(client, "/nominations" + asked)) == expected, asked


def test_list_of_many_that_are_due_is_paged_by_their_instants(tmp_path_factory: pytest.TempPathFactory) -> None:
    desk = worked(tmp_path_factory.mktemp("due"), screened=False)
    client = browser_of(desk, "局经办", APRIL)
    patched = pytest.MonkeyPatch()
    patched.setattr("operations.finding.PAGE", 3)
    first = page(client, "/nominations?sort=due")
    (following,) = (one.attributes["href"] for one in first.all("a") if one.attributes.get("rel") == "next")
    assert numbers(first) + numbers(page(client, following)) == [1, 2, 3, 4]
    patched.undo()
    desk.store.close()


def test_nomination_is_returned_with_reasons_that_were_ticked_and_written(acted: Desk) -> None:
    client = browser_of(acted, "局经办")
    form = read_page(client.get(f"/nominations/{number(1)}").text)
    version = next(one.attributes["value"] for one in form.all("input") if one.attributes.get("name") == "version")
    answer = client.post(
        f"/nominations/{number(1)}/moves/return",
        {"version": version, "rule": "conduct", "lacking": "form", "reason": "请补证明"},
    )
    assert answer.status_code == 303
    assert answer.headers["location"] == f"/nominations/{number(1)}?done={int(version) + 1}"
    after = page(client, answer.headers["location"])
    told = after.one("div", "banner").text
    assert "退回补正，到“资格审查·补正”" in told
    assert "理由： 条件未满足：品行端正；材料须补正：申报表；请补证明".replace(" ", "") in told.replace(" ", "")
    assert "第1公司" in told
    # Five working days, of which the Saturday is one that is worked.
    assert "5月14日 周四 24:00" in told
    (word,) = [one for one in after.one("ul", "messages").all("li") if "退回补正" in one.text.partition("→")[0]]
    assert "请补证明" in word.one("pre").text
    # Looking at it again does nothing again, and nobody else is told that they did it.
    assert page(client, answer.headers["location"]).one("dl", "standing").text.startswith("所处环节资格审查·补正")
    course = {one.text: "aria-current" in one.attributes for one in after.one("ol", "course").all("li")}
    assert list(course) == ["推荐", "资格审查", "专家评议", "评审确定", "公示", "发文"]
    assert [stage for stage, is_here in course.items() if is_here] == ["资格审查"]
    other = page(browser_of(acted, "局管理"), f"/nominations/{number(1)}?done={int(version) + 1}")
    assert not other.all("div", "banner")


def test_paper_that_was_to_be_mended_is_received_once_more_on_the_page(acted: Desk) -> None:
    lacking = Lacking((), ("form",))
    act = Act(Actor("局经办", Role.OPERATOR, "某市人社局"), NOW, "没有盖章")
    assert move(acted, number(1), Move.RETURN, act, lacking=lacking)
    client = browser_of(acted, "局管理", NOW + timedelta(hours=1))
    path = f"/nominations/{number(1)}"
    before = page(client, path)
    assert ("申报表 待补正" in before.one("main").text, "再次收到纸质件" in before.one("main").text) == (True, True)
    assert client.post(f"{path}/receipts", {"material": "form:paper", "seen": "1"}).status_code == 303
    after = page(client, path).one("main").text
    assert ("申报表 已补正" in after, "再次收到纸质件" in after) == (True, False)


def test_nothing_is_returned_without_a_reason_and_what_was_typed_stays(acted: Desk) -> None:
    client = browser_of(acted, "局经办")
    answer = client.post(f"/nominations/{number(1)}/moves/return", {"reason": "  "})
    assert answer.status_code == 409
    found = read_page(answer.text)
    assert "没有办理“退回补正”" in found.one("div", "refused").text
    assert [one for one in found.all("details", "move") if "open" in one.attributes]
    assert stage(acted, 1) == "screening"


def test_lost_race_is_told_by_whom_when_and_to_where(acted: Desk) -> None:
    client = browser_of(acted, "局经办")
    act = Act(Actor("局审查", Role.SCREENING, "某市人社局"), NOW, "材料不全")
    assert move(acted, number(1), Move.RETURN, act)
    answer = client.post(f"/nominations/{number(1)}/moves/reject", {"version": "3", "reason": "不符合"})
    assert answer.status_code == 409
    told = read_page(answer.text).one("div", "refused").text
    assert "局审查于 5月8日 周五 10:00 办理了：退回补正，到“资格审查·补正”" in told
    # The move is not theirs any more, so no field holds what they wrote.
    assert "您写的理由：不符合" in told
    assert "请刷新" not in told
    assert stage(acted, 1) == "screening.correction"


def test_verdicts_are_recorded_and_open_the_way(acted: Desk) -> None:
    client = browser_of(acted, "局审查")
    path = f"/nominations/{number(1)}"
    assert client.post(f"{path}/moves/accept", {"version": "3"}).status_code == 409
    # Words alone judge nothing: they are not taken for a verdict, and not lost.
    noted = read_page(client.post(f"{path}/verdicts", {"rule.conduct": "", "note": "已核原件"}).text)
    assert "没有选择任何一条的结论" in noted.one("div", "refused").text
    assert [one.text for one in noted.all("textarea") if one.attributes["name"] == "note"] == ["已核原件"]
    form = {"rule.conduct": "pass", "rule.nothing": "nonsense", "note": "已核实"}
    assert client.post(f"{path}/verdicts", form).status_code == 303
    assert page(client, path).one("ul", "verdicts").text.startswith("符合 品行端正")
    assert client.post(f"{path}/moves/accept", {"version": "3"}).status_code == 303
    assert stage(acted, 1) == "review"


def test_bodies_that_screen_jointly_are_told_one_by_one(tmp_path, monkeypatch: pytest.MonkeyPatch) -> None:
    hash_quickly(monkeypatch)
    document = working_program().model_dump(mode="json")
    document["stages"][1]["bodies"] = ["甲局", "乙局"]
    desk = worked(tmp_path, screened=False, program=Program.model_validate(document))
    act = Act(Actor("总管理"), APRIL)
    assert receive(desk, number(1), [("form", None)], act, seen=True) is None
    for what in (Move.SUBMIT, Move.ACCEPT):
        stated = Endorsement({UNIT_OPINION: "好"}, sealed=True) if what is Move.SUBMIT else None
        assert not isinstance(move(desk, number(1), what, act, endorsement=stated), Denied)
    client, path = browser_of(desk, "局审查", APRIL), f"/nominations/{number(1)}"

    def said() -> list[str]:
        (_, bodies) = page(client, path).all("ul", "verdicts")
        return [one.one("span", "badge").text for one in bodies.all("li")]

    assert said() == ["未答复", "未答复"]
    for form, refused in (
        ({"body": "甲局"}, "没有选择同意还是不同意"),
        ({"body": "甲局", "agrees": "no"}, "不同意的没有写明理由"),
        ({"body": "丙局", "agrees": "yes"}, "这里不由这一部门联合初审"),
    ):
        answer = client.post(f"{path}/opinions", form)
        assert (answer.status_code, refused in read_page(answer.text).one("div", "refused").text) == (409, True)
    assert client.post(f"{path}/opinions", {"body": "甲局", "agrees": "yes"}).headers["location"] == f"{path}#rules"
    assert client.post(f"{path}/opinions", {"body": "乙局", "agrees": "no", "note": "待核实"}).status_code == 303
    assert said() == ["同意", "不同意"]
    # Who reads, and does not screen, is told in the history alone.
    assert len(page(browser_of(desk, "局监督", APRIL), path).all("ul", "verdicts")) == 1
    desk.store.close()


def test_bodies_that_are_consulted_answer_one_by_one_and_an_objection_stops(
    tmp_path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hash_quickly(monkeypatch)
    document = working_program().model_dump(mode="json")
    asked = {"id": "asked", "kind": "consultation", "name": "征求意见", "clause": "三", "bodies": ["税务局", "应急局"]}
    document["stages"][1] = asked
    desk = worked(tmp_path, screened=False, program=Program.model_validate(document))
    act = Act(Actor("总管理"), APRIL)
    assert receive(desk, number(1), [("form", None)], act, seen=True) is None
    for what in (Move.SUBMIT, Move.ACCEPT):
        stated = Endorsement({UNIT_OPINION: "好"}, sealed=True) if what is Move.SUBMIT else None
        assert not isinstance(move(desk, number(1), what, act, endorsement=stated), Denied)
    assert stage(desk, 1) == "asked"
    client, path = browser_of(desk, "局审查", APRIL), f"/nominations/{number(1)}"
    assert "已答复 0 家，共 2 家" in client.get(path).text
    for form, refused in (
        ({"body": "甲局", "agrees": "yes"}, "这里不征求这一部门的意见"),
        ({"body": "税务局", "agrees": "no", "note": " "}, "不同意的没有写明理由"),
    ):
        answer = client.post(f"{path}/opinions", form)
        assert (answer.status_code, refused in read_page(answer.text).one("div", "refused").text) == (409, True)
    assert client.post(f"{path}/opinions", {"body": "税务局", "agrees": "no", "note": "欠税"}).status_code == 303
    text = client.get(path).text
    assert ("已答复 1 家，共 2 家" in text, "征求意见：税务局不同意" in text) == (True, True)
    objected = client.post(f"{path}/moves/accept", {"reason": "", "version": "3"})
    assert "征求意见，有部门反对：税务局" in read_page(objected.text).one("div", "refused").text
    # A body may come round; who has not answered stops nobody.
    assert client.post(f"{path}/opinions", {"body": "税务局", "agrees": "yes", "note": "已补缴"}).status_code == 303
    assert client.post(f"{path}/moves/accept", {"reason": "", "version": "3"}).status_code == 303
    assert stage(desk, 1) != "asked"
    foreign = browser_of(desk, "外经办", APRIL)
    assert foreign.post(f"{path}/opinions", {"body": "税务局", "agrees": "no", "note": "试"}).status_code == 404
    desk.store.close()


def test_what_is_not_for_a_role_is_refused_by_the_operation_and_recorded(acted: Desk) -> None:
    client = browser_of(acted, "厂经办")
    path = f"/nominations/{number(1)}"
    tried = ("moves/return", "moves/accept", "verdicts", "receipts", "opinions", "facts")
    for what in tried:
        sent = {"reason": "试", "rule.conduct": "pass", "material": "form:paper", "body": "甲局", "agrees": "yes"}
        answer = client.post(f"{path}/{what}", sent | {"version": "3"})
        assert answer.status_code == 409, what
        assert "无权办理" in read_page(answer.text).one("div", "refused").text
    assert stage(acted, 1) == "screening"
    with acted.store.read() as connection:
        asked = [one.get("asked") for one in events_of(connection, INSTALLATION) if one["kind"] == "access.refused"]
    assert asked == [f"{path}/{what}" for what in tried]


def test_form_without_the_version_that_was_seen_does_nothing(acted: Desk) -> None:
    client, path = browser_of(acted, "局经办"), f"/nominations/{number(1)}"
    for what, seen in product(("moves/withdraw", "undo"), ({}, {"version": "x"})):
        answer = client.post(f"{path}/{what}", {"reason": "本人放弃", **seen})
        told = read_page(answer.text).one("div", "refused").text
        assert (answer.status_code, "页面已经过期" in told) == (409, True), what
    for what in ("moves/withdraw", "undo"):
        assert client.post(f"{path}/{what}", {"reason": "本人放弃", "version": "0"}).status_code == 409
    assert stage(acted, 1) == "screening"


def test_personal_data_is_masked_and_seen_in_full_once_for_a_reason(acted: Desk) -> None:
    client = browser_of(acted, "局经办")
    path = f"/nominations/{number(1)}"
    masked = page(client, path).one("dd", "number").text
    assert "*" in masked
    assert client.post(f"{path}/details", {"reason": " "}).status_code == 409
    assert browser_of(acted, "局监督").post(f"{path}/details", {"reason": "好奇"}).status_code == 409
    with acted.store.read() as connection:
        refused = [one for one in events_of(connection, INSTALLATION) if one["kind"] == "access.refused"]
    assert [(one["actor"], one["asked"]) for one in refused] == [("局监督", f"{path}/details")]
    answer = client.post(f"{path}/details", {"reason": "核对身份"})
    full = read_page(answer.text).one("dd", "number").text
    assert (len(full), "*" in full, full[:3]) == (18, False, masked[:3])
    assert page(client, path).one("dd", "number").text == masked
    assert "查看身份证号码 理由：核对身份 局经办" in page(client, path).one("table", "events").text
    for name in ("局专家", "总监督"):
        assert "查看完整内容" not in browser_of(acted, name).get(path).text
        assert browser_of(acted, name).post(f"{path}/details", {"reason": "好奇"}).status_code == 409


def test_unit_hands_in_seals_states_its_opinion_and_submits(tmp_path_factory: pytest.TempPathFactory) -> None:
    desk = worked(tmp_path_factory.mktemp("unit"), screened=False)
    client = browser_of(desk, "厂经办", APRIL)
    path = f"/nominations/{number(1)}"
    assert page(client, "/").one("section", "waiting").rows()[0][1] == "1"
    shut = page(client, path).one("details", "shut").text
    assert "申报表" in shut
    assert client.post(f"{path}/receipts", {"material": "form:paper", "seen": "1"}).status_code == 303
    form = next(one for one in page(client, path).all("form") if one.attributes["action"].endswith("/moves/submit"))
    assert f"意见：{UNIT_OPINION}" in form.text
    assert "已在表上盖章" in form.text
    lacking = client.post(f"{path}/moves/submit", {"version": "1"})
    assert lacking.status_code == 409
    sent = client.post(f"{path}/moves/submit", {"version": "1", f"opinion.{UNIT_OPINION}": "合格", "sealed": "1"})
    assert sent.status_code == 303
    assert stage(desk, 1) == "recommendation.city"
    # It is with the city now, and still theirs to see and to take back.
    assert "撤回" in page(client, path).one("section", "moves").text
    desk.store.close()


def test_mover_who_may_not_see_it_any_more_is_told_on_the_list(acted: Desk) -> None:
    client = browser_of(acted, "局审查")
    answer = client.post(f"/nominations/{number(1)}/moves/return", {"version": "3", "reason": "请补证明"})
    assert answer.headers["location"] == f"/nominations?mine=1&done={number(1)}"
    assert "已办理" in page(client, answer.headers["location"]).one("p", "banner").text


def test_before_anybody_is_registered_nothing_is_done(client: Client) -> None:
    found = page(client, f"/nominations/{number(1)}")
    assert not found.all("form")
    assert client.post(f"/nominations/{number(1)}/moves/withdraw", {"reason": "试"}).status_code == 404


def test_history_shows_the_digest_of_each_event(read: Desk) -> None:
    with read.store.read() as connection:
        kept = [one["digest"] for one in events_of(connection, SMALL, nomination=number(1), newest_first=True)]
    page = read_page(browser_of(read, "局经办").get(f"/nominations/{number(1)}").text)
    shown = [(one.text, one.attributes["title"]) for one in page.all("code", "digest")]
    assert shown == [(one[:12], one) for one in kept]


def test_messages_stand_by_when_they_were_or_will_be_sent_the_newest_first(tmp_path: Path) -> None:
    desk = worked(tmp_path, screened=False)
    shown = read_page(browser_of(desk, "总管理").get(f"/nominations/{number(1)}").text).one("ul", "messages").all("li")
    desk.store.close()
    days = ["2026-04-15", "2026-04-14", "2026-04-10", "2026-04-08", "2026-04-01"]
    assert [one.one("time", "sub").attributes["datetime"][:10] for one in shown] == days
    # The letter is told once, where it goes out next.
    assert [bool(one.all("pre")) for one in shown] == [False, False, False, False, True]
