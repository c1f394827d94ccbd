"""The board of a review and of a decision: experts, what is missing, the ranking, ballots, and who goes on."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
from sqlalchemy import select

from console.acting import day_in
from console.boards import _instant
from console.forms import whole_in
from operations.actors import Actor, Role
from operations.acts import Act
from operations.ballots.telling import pollings_of
from operations.boards import board_of
from operations.decide import decide
from operations.experts.listing import list_assignments
from operations.experts.pool import declare_tie
from operations.objections import lodge
from operations.overview import program_overview
from operations.people import add_person
from operations.results import Batch, Denied
from operations.waiting import waiting_for
from programs import Program, load_program
from programs.panels import Ground
from states.recusals import Tie
from store import tables as t
from store.types import UnfitError
from tests.console.asking import Client
from tests.console.filled import new_desk
from tests.console.people import PASSWORD, browser_of, hash_quickly
from tests.console.reading import read_page
from tests.console.test_evaluating import POINTS, seated, staff
from tests.operations.balloting import MEMBERS, with_ballot
from tests.operations.office import CRAFTSMAN_2022, INTAKE, LUZHOU, Office
from tests.operations.panels import REVIEW, PanelOffice, with_panel
from tests.operations.test_reserves import with_reserves
from tests.operations.test_scores import with_track

BOARD = f"/programs/{LUZHOU}/stages/{REVIEW}"
DECISION = f"/programs/{LUZHOU}/stages/decision"
GRADE = "chief-technician"
WHY = {"reason": "会议纪要"}


@pytest.fixture
def office(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[PanelOffice]:
    """A review that draws experts who score, and a decision by a named ballot; three nominations, not moved yet."""
    hash_quickly(monkeypatch)
    desk = new_desk(tmp_path)
    program = with_ballot(with_panel(with_track(load_program(LUZHOU))), secret=False, of="cast")
    found = PanelOffice(desk, program, INTAKE[LUZHOU])
    found.open()
    yield found
    desk.store.close()


def signed_in(office: PanelOffice, name: str) -> Client:
    return browser_of(office.desk, name, office.now)


def refused(answer: object) -> str:
    return read_page(answer.text).one("div", "refused").text


def test_review_is_run_from_the_draw_to_who_goes_on(office: PanelOffice) -> None:
    office.fill_the_pool(5)
    numbers = [office.nominate(REVIEW) for _ in range(3)]
    staff(office, [f"专家{place}" for place in range(1, 6)])
    client = signed_in(office, "王管理")
    assert "还没有抽取专家" in client.get(BOARD).text
    assert client.post(f"{BOARD}/panel/draw", {"seed": "种子"}).headers["location"] == BOARD
    assert client.post(f"{BOARD}/panel/draw").status_code == 409
    assert client.post(f"{BOARD}/panel/invite").status_code == 303
    seats = read_page(client.get(BOARD).text).one("table", "seats").rows()
    names = [one for one in (f"专家{place}" for place in range(1, 6)) if any(one in row[0] for row in seats)]
    for name in names:
        assert client.post(f"{BOARD}/panel/confirm", {"expert": name}).status_code == 303
        assert signed_in(office, name).post(f"/evaluations/{LUZHOU}/{REVIEW}/pledge").status_code == 303
    assert client.post(f"{BOARD}/panel/assign").status_code == 303
    assert "（3 份未评）" in client.get(BOARD).text
    for name in names:
        expert = signed_in(office, name)
        (link,) = (
            one.attributes["href"] for one in read_page(expert.get("/evaluations").text).one("table", "tasks").all("a")
        )
        assert expert.post(f"{link}/tracks/materials", POINTS).status_code == 303
    assert "（0 份未评）" in client.get(BOARD).text
    assert client.post(f"{BOARD}/ranking/settle", WHY).status_code == 303
    ranking = read_page(client.get(BOARD).text).one("table", "ranking")
    assert [row[0] for row in ranking.rows()] == ["1", "1", "1"]
    assert "总分" in ranking.all("ol", "steps")[0].text
    fates = {f"fate.{number}": "go" for number in numbers}
    assert "有变动" in refused(client.post(f"{BOARD}/decision", {f"fate.{numbers[0]}": "go"}))
    looked_over = client.post(f"{BOARD}/decision", fates)
    assert "进入下一环节 3 件，候补 0 件，落选 0 件" in looked_over.text
    assert office.stages(numbers) == [REVIEW] * 3
    done = client.post(f"{BOARD}/decision", fates | {"sure": "1"})
    assert done.status_code == 303
    after = read_page(client.get(done.headers["location"]).text)
    assert after.one("p", "good").text == "已确定去留，办理 3 件。"
    assert office.stages(numbers) == ["decision"] * 3


def test_board_of_many_tells_who_is_on_its_page_and_its_ranking_is_a_page_of_its_own(
    office: PanelOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in ("console.marking", "operations.boards"):
        monkeypatch.setattr(f"{module}.MOST", 2)
    monkeypatch.setattr("operations.boards.RANKED", 2)
    office.fill_the_pool(3)
    numbers = [office.nominate(REVIEW) for _ in range(3)]
    assigned = seated(office)
    staff(office, sorted(set(assigned.values())))
    client = signed_in(office, "王管理")

    def rows(address: str, table: str) -> list[str]:
        return [
            row[1 if table == "ranking" else 0]
            for row in read_page(client.get(address).text).one("table", table).rows()
        ]

    board = client.get(BOARD).text
    assert ("（3 份未评）" in board, "逐步说明" in board, f"{BOARD}/ranking" in board) == (True, False, True)
    first, second = rows(BOARD, "tasks"), rows(f"{BOARD}?page=2", "tasks")
    assert [number for number in numbers if any(number in row for row in first)] == numbers[:2]
    assert [number for number in numbers if any(number in row for row in second)] == numbers[2:]
    assert "已有 0 人评分" in refused(client.post(f"{BOARD}/ranking/settle", WHY))
    for number, name in assigned.items():
        signed_in(office, name).post(f"/evaluations/{LUZHOU}/{REVIEW}/{number}/tracks/materials", POINTS)
    assert "（0 份未评）" in client.get(BOARD).text
    assert client.post(f"{BOARD}/ranking/settle", WHY).headers["location"] == f"{BOARD}/ranking"
    ranked = [rows(f"{BOARD}/ranking{page}", "ranking") for page in ("", "?page=2")]
    assert [len(page) for page in ranked] == [2, 1]
    assert "第 1 轮" in client.get(f"{BOARD}/ranking").text
    assert client.get(f"/programs/{LUZHOU}/stages/decision/ranking").status_code == 404


def test_board_of_a_review_has_nothing_of_whom_the_reader_is_recused_from(office: PanelOffice) -> None:
    office.fill_the_pool(3)
    hidden, other = (office.nominate(REVIEW) for _ in range(2))
    mine = seated(office)[hidden]
    tie = Tie(Ground.KINSHIP, office.row(hidden).nominee)
    assert not isinstance(declare_tie(office.desk, mine, tie, office.as_expert(mine)), Denied)
    reader = Actor(mine, Role.ADMINISTRATOR, office.program.office)
    found = board_of(office.desk, LUZHOU, REVIEW, reader, office.now)
    assert found.total == 2
    stages = program_overview(office.desk, LUZHOU, office.now, seen_by=reader).state.stages
    assert [(one.key, one.count) for stage in stages for one in stage.standings if one.count] == [(REVIEW, 1)]
    assert [(one.stage, one.count) for one in waiting_for(office.desk, reader, office.now)] == [(REVIEW, 1)]
    assert [one.number for one in found.assignments] == [one.number for one in found.lacking] == [other]
    assert found.ranking is not None
    assert [line.number for line in found.ranking.ranking.lines] == list(found.ranking.nominees) == [other]
    assert hidden not in str(found)
    assert hidden in str(board_of(office.desk, LUZHOU, REVIEW, Actor("王管理", Role.ADMINISTRATOR), office.now))
    listed = list_assignments(office.desk, LUZHOU, REVIEW, actor=reader, now=office.now)
    assert hidden not in str(listed)


def test_nobody_is_eliminated_who_came_after_the_board_was_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hash_quickly(monkeypatch)
    office = PanelOffice(new_desk(tmp_path), load_program(LUZHOU), INTAKE[LUZHOU])
    office.open()
    numbers = [office.nominate("decision") for _ in range(2)]
    staff(office, [])
    client = signed_in(office, "王管理")
    late: list[str] = []

    def decided_late(*place: Any, **given: Any) -> Batch:
        late.append(office.nominate("decision"))
        return decide(*place, **given)

    monkeypatch.setattr("console.boards.decide", decided_late)
    reserve = {f"fate.{numbers[0]}": f"reserve:{GRADE}", f"fate.{numbers[1]}": "", f"order.{numbers[0]}": "x"}
    unread = client.post(f"{DECISION}/decision", reserve)
    assert (unread.status_code, "“x”不是整数" in unread.text) == (422, True)
    fates = {f"fate.{numbers[0]}": f"grade:{GRADE}", f"fate.{numbers[1]}": "", "sure": "1"}
    assert "有变动" in refused(client.post(f"{DECISION}/decision", fates))
    assert office.stages([*numbers, *late]) == ["decision"] * 3
    office.desk.store.close()


def test_what_is_marked_on_one_page_of_a_board_is_decided_with_what_is_marked_on_the_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hash_quickly(monkeypatch)
    for module in ("console.marking", "operations.boards"):
        monkeypatch.setattr(f"{module}.MOST", 2)
    office = PanelOffice(new_desk(tmp_path), load_program(LUZHOU), INTAKE[LUZHOU])
    office.open()
    numbers = [office.nominate("decision") for _ in range(5)]
    staff(office, [])
    client = signed_in(office, "王管理")

    def on(answer: Any) -> tuple[list[str], dict[str, str]]:
        """Who is on a page, and what its form sends but for what is typed."""
        form = next(one for one in read_page(answer.text).all("form") if one.all("table", "fates"))
        sent = {one.attributes["name"]: one.attributes["value"] for one in form.all("input")}
        return [one.attributes["name"].removeprefix("fate.") for one in form.all("select")], sent

    assert on(client.get(f"{DECISION}?page=3"))[0] == numbers[4:]
    shown, sent = on(client.get(DECISION))
    assert shown == numbers[:2]
    goes_on = f"grade:{GRADE}"
    why = {f"why.{numbers[0]}": "业绩=不足 待查", f"why.{numbers[1]}": "成果突出"}
    marked = sent | {f"fate.{numbers[0]}": "", f"fate.{numbers[1]}": goes_on, "turn": "2"} | why
    shown, sent = on(client.post(f"{DECISION}/decision", marked))
    assert shown == numbers[2:4]
    marked = sent | {f"fate.{numbers[2]}": goes_on, f"fate.{numbers[3]}": "", "reason": "会议纪要"}
    # Of several that are refused it is told who they are, and what was typed stays.
    ungraded = client.post(f"{DECISION}/decision", marked | {f"fate.{numbers[2]}": "go", f"fate.{numbers[3]}": "go"})
    assert all(f"{office.row(one).nominee} {one}" in refused(ungraded) for one in numbers[2:4])
    late = office.nominate("decision")
    changed = client.post(f"{DECISION}/decision", marked)
    assert "有变动" in refused(changed)
    shown, sent = on(changed)
    looked_over = client.post(f"{DECISION}/decision", sent | {f"fate.{one}": goes_on for one in shown[:1]})
    assert "进入下一环节 2 件，候补 0 件，落选 4 件" in looked_over.text
    preview = read_page(looked_over.text).one("section", "notices")
    assert ("理由：成果突出" in preview.text, "理由：业绩=不足 待查" in preview.text) == (True, True)
    sure = preview.all("input")
    confirmed = {one.attributes["name"]: one.attributes["value"] for one in sure} | {"reason": "会议纪要"}
    assert client.post(f"{DECISION}/decision", confirmed).status_code == 303
    gone = ["not-chosen", "publicity", "publicity", "not-chosen", "not-chosen", "not-chosen"]
    assert office.stages([*numbers, late]) == gone
    # Whoever has a reason of their own is told that alone.
    assert [office.events(one)[-1]["reason"] for one in numbers[:3]] == ["业绩=不足 待查", "成果突出", "会议纪要"]
    with office.desk.store.read() as connection:
        told = connection.execute(select(t.reminder.c.nomination, t.reminder.c.facts))
        letters = {one: facts["reason"] for one, facts in told if one in numbers}
    assert [letters[one] for one in numbers[:3]] == ["业绩=不足 待查", "成果突出", "会议纪要"]
    office.desk.store.close()


def test_ranking_is_opened_again_by_administrators_with_a_reason(office: PanelOffice) -> None:
    office.fill_the_pool(3)
    office.nominate(REVIEW)
    assigned = seated(office)
    staff(office, sorted(set(assigned.values())))
    for number, name in assigned.items():
        signed_in(office, name).post(f"/evaluations/{LUZHOU}/{REVIEW}/{number}/tracks/materials", POINTS)
    client = signed_in(office, "王管理")
    assert client.post(f"{BOARD}/ranking/settle").status_code == 303
    assert "没有写明理由" in refused(client.post(f"{BOARD}/ranking/reopen"))
    operator = signed_in(office, "周经办")
    assert operator.post(f"{BOARD}/ranking/reopen", WHY).status_code == 409
    assert client.post(f"{BOARD}/ranking/reopen", WHY).status_code == 303
    assert "尚未确定" in client.get(BOARD).text


def test_named_ballot_is_held_voted_in_by_members_themselves_and_decided_by(office: PanelOffice) -> None:
    office.fill_the_pool(3)
    numbers = [office.nominate(REVIEW) for _ in range(2)]
    assigned = seated(office)
    staff(office, [*MEMBERS, *sorted(set(assigned.values()))])
    client = signed_in(office, "王管理")
    for number, name in assigned.items():
        signed_in(office, name).post(f"/evaluations/{LUZHOU}/{REVIEW}/{number}/tracks/materials", POINTS)
    client.post(f"{BOARD}/ranking/settle")
    fates = {f"fate.{number}": "go" for number in numbers}
    client.post(f"{BOARD}/decision", fates | {"sure": "1"})
    assert client.post(f"{DECISION}/ballot/open", {"members": "、".join(MEMBERS)}).status_code == 303
    assert client.post(f"{DECISION}/ballot/attendance", {"present": list(MEMBERS)}).status_code == 303
    assert client.post(f"{DECISION}/ballot/close").status_code == 409
    for place, member in enumerate(MEMBERS):
        voter = signed_in(office, member)
        paper = f"{DECISION}/ballot/members/{member}"
        links = [unquote(one.attributes["href"]) for one in read_page(voter.get("/evaluations").text).all("a")]
        assert paper in links
        marks = {f"mark.{numbers[0]}": "yes", f"mark.{numbers[1]}": "yes" if place == 0 else "no"}
        assert voter.post(paper, marks).headers["location"].endswith("?done=1")
        others = MEMBERS[place - 1]
        assert voter.get(f"{DECISION}/ballot/members/{others}").status_code == 404
        assert voter.post(f"{DECISION}/ballot/members/{others}", marks).status_code == 404
        assert voter.get(DECISION).status_code == 404
    assert client.post(f"{DECISION}/ballot/close").status_code == 303
    page = read_page(client.get(DECISION).text)
    counts = {row[0].split()[1]: row[1] for row in page.one("table", "counts").rows()}
    assert counts == {numbers[0]: "5/0/0", numbers[1]: "1/4/0"}
    chosen = {f"fate.{numbers[0]}": f"grade:{GRADE}", f"fate.{numbers[1]}": "", "sure": "1"}
    assert client.post(f"{DECISION}/decision", chosen).status_code == 303
    assert office.stages(numbers) == ["publicity", "not-chosen"]


def test_secret_ballot_is_counted_by_tellers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    hash_quickly(monkeypatch)
    desk = new_desk(tmp_path)
    office = PanelOffice(desk, with_ballot(load_program(LUZHOU)), INTAKE[LUZHOU])
    office.open()
    number = office.nominate("decision")
    staff(office, [])
    client = signed_in(office, "王管理")
    client.post(f"{DECISION}/ballot/open", {"members": "\n".join(MEMBERS)})
    client.post(f"{DECISION}/ballot/attendance", {"present": list(MEMBERS)})
    votes = {f"yes.{number}": "4", f"no.{number}": "1", f"abstained.{number}": "0"}
    counted = {"returned": "5", "tellers": "监票人、计票人", **votes}
    assert "票数须为整数" in refused(client.post(f"{DECISION}/ballot/count", counted | {"returned": "五"}))
    assert "现在是第 1 轮" in refused(client.post(f"{DECISION}/ballot/count", counted | {"round": "2"}))
    wrong = client.post(f"{DECISION}/ballot/count", counted | {"returned": "9"})
    (fold,) = [one for one in read_page(wrong.text).one("main").all("details") if "open" in one.attributes]
    # The form that was refused is in view, as it was filled in.
    typed = {one.attributes["name"]: one.attributes["value"] for one in fold.all("input")}
    assert (wrong.status_code, typed) == (409, counted | {"round": "1", "returned": "9", "invalid": "0"})
    assert client.post(f"{DECISION}/ballot/count", counted).status_code == 303
    assert client.post(f"{DECISION}/ballot/close").status_code == 303
    page = read_page(client.get(DECISION).text)
    assert page.one("table", "counts").rows()[0][1:] == ["4/1/0", "通过 泸州市首席技师"]
    # What the ballot has found is proposed.
    options = page.one("table", "fates").all("option")
    assert [one.attributes["value"] for one in options if "selected" in one.attributes] == [f"grade:{GRADE}"]
    assert client.get(f"{DECISION}/ballot/members/{MEMBERS[0]}").status_code == 404
    assert "没有写明理由" in refused(client.post(f"{DECISION}/ballot/annul"))
    assert client.post(f"{DECISION}/ballot/annul", WHY).status_code == 303
    desk.store.close()


def test_secret_ballot_that_is_held_again_names_everybody_and_shows_what_was_entered(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hash_quickly(monkeypatch)
    desk = new_desk(tmp_path)
    office = PanelOffice(desk, with_ballot(load_program(LUZHOU), seats=2), INTAKE[LUZHOU])
    office.open()
    first, second, third = (office.nominate("decision", nominee=name) for name in ("邓长河", "易小红", "罗明远"))
    staff(office, [])
    client = signed_in(office, "王管理")
    nobody = refused(client.post(f"{DECISION}/ballot/open", {"members": ""}))
    assert ("请写明全体成员" in nobody, "--" in nobody) == (True, False)
    client.post(f"{DECISION}/ballot/open", {"members": "评委甲 评委乙　评委丙\n评委丁、评委戊"})
    client.post(f"{DECISION}/ballot/attendance", {"present": list(MEMBERS)})

    def votes(**yes: int) -> dict[str, str]:
        each = {"first": first, "second": second, "third": third}
        return {
            f"{part}.{each[who]}": str(count) for who, n in yes.items() for part, count in (("yes", n), ("no", 5 - n))
        }

    papers = {"returned": "５", "tellers": "监票人 计票人"}
    counted = papers | votes(first=5, second=3, third=3)
    assert "--" not in refused(client.post(f"{DECISION}/ballot/count", counted | {"tellers": "监票人"}))
    empty = client.post(f"{DECISION}/ballot/count", counted | {f"yes.{second}": ""})
    assert (empty.status_code, "票数须为" in refused(empty), "易小红" in refused(empty)) == (409, True, True)
    assert client.post(f"{DECISION}/ballot/count", counted).status_code == 303
    article = read_page(client.get(DECISION).text).one("article", "round")
    assert "已录入：收回 5 张，无效 0 张；监票、计票：监票人、计票人" in article.text
    entered = {
        one.attributes["name"]: one.attributes["value"] for one in article.all("input") if "value" in one.attributes
    }
    assert (entered["returned"], entered[f"yes.{second}"], entered["tellers"]) == ("5", "3", "监票人、计票人")
    client.post(f"{DECISION}/ballot/close")
    assert "并列：易小红、罗明远，须再次表决" in client.get(DECISION).text
    client.post(f"{DECISION}/ballot/open")
    recusal = {"member": MEMBERS[2], "number": third, "ground": "project"}
    again = read_page(client.post(f"{DECISION}/ballot/recusal", recusal).text)
    chosen = [one.attributes["value"] for one in again.all("option") if "selected" in one.attributes]
    assert chosen == [MEMBERS[2], third, "project"]
    assert client.post(f"{DECISION}/ballot/recusal", recusal | WHY).status_code == 303
    assert "回避：罗明远——评委丙" in read_page(client.get(DECISION).text).text
    client.post(f"{DECISION}/ballot/count", papers | votes(second=3) | {f"yes.{third}": "2", f"no.{third}": "2"})
    client.post(f"{DECISION}/ballot/close")
    *_, last = read_page(client.get(DECISION).text).all("article", "round")
    assert [row[0].split()[0] for row in last.one("table", "counts").rows()] == ["邓长河", "易小红", "罗明远"]
    # Held once more, they stay level, and nobody has the place: the minutes say why.
    client.post(f"{DECISION}/ballot/annul", WHY)
    client.post(f"{DECISION}/ballot/open")
    client.post(f"{DECISION}/ballot/count", papers | votes(second=3) | {f"yes.{third}": "3", f"no.{third}": "1"})
    client.post(f"{DECISION}/ballot/close")
    with desk.store.read() as connection:
        *_, held = pollings_of(connection, desk.running(connection, LUZHOU), "decision")
    assert [line.partition("未")[2] for line in held.results] == ["通过（得票相同，名额空缺）"] * 2
    desk.store.close()


def test_reserves_are_named_in_their_order_and_the_first_takes_a_vacated_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hash_quickly(monkeypatch)
    desk = new_desk(tmp_path)
    document = with_reserves(load_program(LUZHOU), seats=1).model_dump(mode="json")
    next(stage for stage in document["stages"] if stage["id"] == "decision")["office"] = "另一评审机构"
    office = PanelOffice(desk, Program.model_validate(document), INTAKE[LUZHOU])
    office.open()
    numbers = [office.nominate("decision") for _ in range(3)]
    staff(office, [])
    by = Act(Actor("王管理", Role.ADMINISTRATOR, office.program.office), office.now)
    assert add_person(desk, "李经办", Role.OPERATOR, office.program.office, by, password=PASSWORD) is None
    client, operator = signed_in(office, "王管理"), signed_in(office, "李经办")
    fates = {f"fate.{numbers[0]}": f"grade:{GRADE}", **{f"fate.{one}": f"reserve:{GRADE}" for one in numbers[1:]}}
    order = {f"order.{numbers[1]}": "2", f"order.{numbers[2]}": "1"}
    # More than there are places for is told when it is looked at, and what was marked stays.
    both = client.post(f"{DECISION}/decision", fates | order | {f"fate.{numbers[1]}": f"grade:{GRADE}"})
    assert (both.status_code, "名额" in refused(both), "请确认" in both.text) == (409, True, False)
    assert [one.attributes["value"] for one in read_page(both.text).all("option") if "selected" in one.attributes] == [
        f"grade:{GRADE}",
        f"grade:{GRADE}",
        f"reserve:{GRADE}",
    ]
    looked_over = read_page(client.post(f"{DECISION}/decision", fates | order).text).one("section", "notices")
    assert [one.text.split()[-1] for one in looked_over.all("li")][1:] == [numbers[2], numbers[1]]
    sent = {one.attributes["name"]: one.attributes["value"] for one in looked_over.all("input")}
    assert client.post(f"{DECISION}/decision", sent).status_code == 303
    page = f"/programs/{LUZHOU}/publicity"
    reserves = [one.text.split()[0] for one in read_page(client.get(page).text).one("ol", "plain-list").all("li")]
    assert reserves == ["1.", "2."]
    # Who would be on a list, and until when, is told before it is published.
    (form,) = [
        one for one in read_page(client.get(page).text).all("form") if one.attributes["action"] == f"{page}/publicity"
    ]
    assert "现在公示的，公示时间为 7月16日 周二 至 7月22日 周一 24:00。" in form.text
    assert numbers[0] in client.get(form.one("a").attributes["href"]).text
    assert client.post(f"{page}/publicity", {"venue": "官网"}).status_code == 303
    objection = lodge(desk, numbers[0], "某公司", "有争议", office.act())
    settled = {"outcome": "upheld", "answer": "属实"}
    assert client.post(f"/objections/{objection}/handling/settle", settled).status_code == 303
    # To whoever the reserves are not with, nothing is offered that would be refused.
    offered = ("由下一名候补递补", "不再需要候补，全部落选", "不能递补：")
    for browser, shown in ((client, (True, True, False)), (operator, (False, False, True))):
        text = browser.get(page).text
        assert tuple(one in text for one in offered) == shown
    assert operator.post(f"/programs/{LUZHOU}/replacements", WHY | {"vacated": numbers[0]}).status_code == 409
    replaced = client.post(f"/programs/{LUZHOU}/replacements", WHY | {"vacated": numbers[0]})
    assert replaced.headers["location"] == f"{page}#reserves"
    assert office.stages(numbers) == ["removed", "decision.reserve", "publicity"]
    assert client.post(f"/programs/{LUZHOU}/reserves", WHY).status_code == 303
    assert office.stages(numbers) == ["removed", "not-chosen", "publicity"]
    desk.store.close()


def test_votes_are_taken_in_whole_or_not_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    hash_quickly(monkeypatch)
    desk = new_desk(tmp_path)
    office = Office(desk, load_program(CRAFTSMAN_2022), INTAKE[CRAFTSMAN_2022])
    office.open()
    numbers = [office.nominate("vote") for _ in range(2)]
    by = Act(Actor("总管理"), office.now)
    assert add_person(desk, "总管理", Role.ADMINISTRATOR, None, by, password=PASSWORD) is None
    assert add_person(desk, "监督", Role.SUPERVISOR, None, by, password=PASSWORD) is None
    client = browser_of(desk, "总管理", office.now)
    board = f"/programs/{CRAFTSMAN_2022}/stages/vote"
    fields = read_page(client.get(board).text).all("select")
    named = [one.all("option")[0].text for one in fields if one.attributes.get("name") == "platform"]
    platform = dict.fromkeys(["platform"][: len(named)], "".join(named))
    assert "没有选择文件" in refused(client.upload(f"{board}/tallies", [], platform))
    faulty = f"编号,票数\n{numbers[0]},多\n{numbers[1]},2".encode()
    assert "不是票数" in refused(client.upload(f"{board}/tallies", [("票.csv", faulty)], platform))
    assert client.upload(f"{board}/tallies", [("票.csv", b"\xff\xfe\x00")], platform).status_code == 409
    table = f"编号,票数\n{numbers[0]},3\n{numbers[1]},2".encode()
    supervisor = browser_of(desk, "监督", office.now)
    assert supervisor.upload(f"{board}/tallies", [("票.csv", table)], platform).status_code == 404
    assert "还没有导入票数" in client.get(board).text
    assert client.upload(f"{board}/tallies", [("票.csv", table)], platform).status_code == 303
    assert "票.csv" in client.get(board).text
    desk.store.close()


@pytest.mark.parametrize(
    ("read", "typed"),
    [(whole_in, "3.5"), (whole_in, "x"), (day_in, "2026-13-01"), (day_in, "明天"), (_instant, "昨天")],
)
def test_what_is_typed_wrong_is_told_and_never_taken_for_what_is_left_out(
    read: Callable[[str], object], typed: str
) -> None:
    assert read("") is None
    with pytest.raises(UnfitError, match=typed):
        read(typed)


def test_number_in_digits_of_full_width_is_read() -> None:
    assert whole_in("９５") == 95
