"""Moving several nominations together, taking a list away, and keeping it under a name."""

from collections.abc import Iterator
from io import BytesIO
from typing import Any
from zipfile import ZipFile

import httpx
import pytest
from python_calamine import CalamineWorkbook
from sqlalchemy import select, update

from console import create_app
from console.limiting import COMPUTED_WITHIN
from documents.streams import stream_table
from operations.actors import Actor, Role
from operations.acts import Act
from operations.desk import Desk
from operations.lookup import show_nomination
from operations.move import move
from operations.people import disable_person
from programs import Program
from states import Move
from store import INSTALLATION, events_of
from store import tables as t
from tests.console.asking import Client
from tests.console.filled import NOW, SMALL
from tests.console.people import PASSWORD, PEOPLE, browser_of
from tests.console.reading import Element, read_page
from tests.console.test_nominations import APRIL, SHOWN
from tests.console.working import UNIT_OPINION, number, worked, working_program

pytestmark = pytest.mark.usefixtures("quick_passwords")

LIST = "/nominations"
RETURN = {"move": "return", "reason": "请补证明"}


@pytest.fixture(scope="module")
def read(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """A store in which the tests move nothing."""
    desk = worked(tmp_path_factory.mktemp("read"))
    yield desk
    desk.store.close()


@pytest.fixture
def acted(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """A store to act on."""
    desk = worked(tmp_path_factory.mktemp("acted"))
    yield desk
    desk.store.close()


def told(page: Element, which: str) -> dict[int, str]:
    """What a preview says of each nomination that can be moved, or that cannot, by its place."""
    found = [one for one in page.all("section") if one.attributes.get("aria-labelledby") == which]
    rows = found[0].one("tbody").all("tr") if found else []
    return {int(row.one("a").attributes["href"][-4:]): row.text for row in rows}


def hidden(page: Element) -> dict[str, str]:
    """What the form that confirms sends."""
    (form,) = (one for one in page.all("form") if one.attributes["action"] == "/nominations/moves")
    return {one.attributes["name"]: one.attributes["value"] for one in form.all("input")}


def stages(desk: Desk) -> list[str]:
    return [show_nomination(desk, number(place))[0].stage for place in range(1, 5)]


def previewed(client: Client, **form: str | list[str]) -> Element:
    answer = client.post("/nominations/preview", RETURN | form)
    assert answer.status_code == 200, answer.text
    return read_page(answer.text)


def test_preview_tells_what_would_move_what_not_and_why_and_changes_nothing(acted: Desk) -> None:
    before = stages(acted)
    page = previewed(browser_of(acted, "局经办"), scope="all")
    moved, held = told(page, "steps"), told(page, "stays")
    assert (list(moved), list(held)) == ([1], [2, 3, 4])
    assert "资格审查·补正" in moved[1]
    offered = [one.attributes["value"] for one in page.all("option")]
    assert offered == ["accept", "return", "reject", "advance", "eliminate", "withdraw", "disqualify"]
    assert "5月14日 周四 24:00" in moved[1]
    assert stages(acted) == before
    with acted.store.read() as connection:
        events = list(events_of(connection, SMALL, newest_first=True))
    assert not [event for event in events if event.get("reason") == "请补证明"]


def test_moves_are_offered_that_fit_somebody_on_the_page_and_where_it_goes_on_those_first(
    read: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = browser_of(read, "局经办")

    def offered(query: str) -> list[str]:
        page = read_page(client.get(f"{LIST}?program={SMALL}&{query}").text)
        selects = [one for one in page.all("select") if one.attributes["name"] == "move"]
        return [one.attributes["value"] for some in selects for one in some.all("option")]

    assert offered("stage=screening") == ["accept", "return", "reject", "withdraw", "disqualify"]
    assert offered("stage=review") == ["advance", "eliminate", "withdraw", "disqualify"]
    assert offered("stage=withdrawn") == []
    monkeypatch.setattr("operations.finding.PAGE", 2)
    others = ["submit", "endorse", "accept", "return", "reject"]
    assert offered("sort=newest")[:9] == ["advance", "eliminate", "withdraw", "disqualify", *others]


def test_preview_of_none_that_was_picked_asks_for_some(read: Desk) -> None:
    answer = browser_of(read, "局经办").post("/nominations/preview", RETURN | {"scope": "picked"})
    assert answer.headers["location"] == "/nominations?told=nothing-picked"


def test_disqualification_of_several_takes_a_ground_that_the_notice_has(read: Desk) -> None:
    page = previewed(browser_of(read, "局管理"), move="disqualify", ground="moon", number=[number(1), number(2)])
    assert [("通知没有这一取消情形：moon" in why) for why in told(page, "stays").values()] == [True, True]


def test_what_was_previewed_is_moved_with_one_event_each_and_the_list_says_so(acted: Desk) -> None:
    client = browser_of(acted, "局经办")
    page = previewed(client, scope="all", program=SMALL, late="1", **{f"why.{number(1)}": "缺第二页"})
    assert (list(told(page, "steps")), told(page, "stays")) == ([1], {})
    answer = client.post("/nominations/moves", hidden(page))
    assert answer.headers["location"] == f"/nominations?program={SMALL}&late=1&moved=1"
    assert "已办理 1 件" in read_page(client.get(answer.headers["location"]).text).one("p", "banner").text
    assert stages(acted)[0] == "screening.correction"
    # The same form again moves nothing.
    again = client.post("/nominations/moves", hidden(page))
    assert again.status_code == 409
    assert "您查看之后此件有过变动" in told(read_page(again.text), "stays")[1]
    with acted.store.read() as connection:
        reasons = [event.get("reason") for event in events_of(connection, SMALL, nomination=number(1))]
    assert [reasons.count(one) for one in ("缺第二页", "请补证明")] == [1, 0]


def test_what_changed_after_the_preview_stays_and_is_told_beside_what_was_moved(acted: Desk) -> None:
    client = browser_of(acted, "局经办")
    page = previewed(client, move="withdraw", scope="picked", number=[number(2), number(3)])
    assert list(told(page, "steps")) == [2, 3]
    other = Act(Actor("局管理", Role.ADMINISTRATOR, "某市人社局"), NOW, "放弃")
    assert move(acted, number(2), Move.WITHDRAW, other)
    answer = client.post("/nominations/moves", hidden(page))
    assert answer.status_code == 409
    done = read_page(answer.text)
    assert list(told(done, "steps")) == [3]
    assert "您查看之后此件有过变动，2026年5月8日 10:00 起处于“已撤回”" in told(done, "stays")[2]
    # Versions that the page was read with are nobody's words that were lost.
    assert done.all("section", "kept") == []
    assert stages(acted)[1:3] == ["withdrawn", "withdrawn"]


def test_preview_is_given_to_one_person_so_often_in_a_minute(acted: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("console.showing.COMPUTED", 2)
    now = [NOW]
    client = Client(create_app(acted, lambda: now[0]))
    client.post("/sign-in", {"name": "局经办", "password": PASSWORD})
    sent = {"move": "withdraw", "scope": "picked", "number": number(2)}
    answers = [client.post("/nominations/preview", sent) for _ in range(3)]
    assert [one.status_code for one in answers] == [200, 200, 429]
    assert "请 1 分钟后再试" in answers[-1].text
    assert answers[-1].headers["retry-after"] == "60"
    now[0] += COMPUTED_WITHIN
    assert client.post("/nominations/preview", sent).status_code == 200


def test_what_is_no_longer_there_keeps_nothing_else_from_being_moved(acted: Desk) -> None:
    client = browser_of(acted, "局经办")
    sent = hidden(previewed(client, move="withdraw", scope="picked", number=[number(2), number(3)]))
    gone = f"{SMALL}-9999"
    answer = client.post("/nominations/moves", sent | {"seen": f"{sent['seen']} {gone}:1"})
    assert answer.status_code == 409
    page = read_page(answer.text)
    assert (sorted(told(page, "steps")), stages(acted)[1:3]) == ([2, 3], ["withdrawn", "withdrawn"])
    assert f"没有编号为 {gone} 的申报" in page.one("tr", "missing").text
    with acted.store.read() as connection:
        events = [one["kind"] for one in events_of(connection, INSTALLATION)]
    assert events.count("access.refused") == 1


#: How many of those that each sees could be returned by them, of those that it would be refused for.
MAY_RETURN = {"总管理": 1, "局管理": 1, "局经办": 1, "局审查": 1}


@pytest.mark.parametrize("name", PEOPLE)
def test_everybody_picks_among_their_own_and_is_refused_what_is_not_theirs(read: Desk, name: str) -> None:
    client = browser_of(read, name)
    shown = SHOWN[name]
    if not shown:
        answer = client.post("/nominations/preview", RETURN | {"scope": "all"})
        assert answer.headers["location"] == "/nominations?told=nothing-matches"
    else:
        page = previewed(client, scope="all")
        moved, held = told(page, "steps"), told(page, "stays")
        assert len(moved) == MAY_RETURN.get(name, 0)
        assert sorted([*moved, *held]) == shown
        if not moved:
            assert all("无权办理" in why for why in held.values())
            assert not [one for one in page.all("form") if one.attributes["action"] == "/nominations/moves"]
    foreign = [place for place in range(1, 5) if place not in shown]
    for path in ("preview", "moves"):
        for one in (*map(number, foreign[:1]), "nowhere"):
            form = RETURN | {"scope": "picked", "number": one, "seen": f"{one}:1"}
            assert client.post(f"/nominations/{path}", form).status_code == 404
    # What a role never does is not offered to it.
    offered = {one.attributes["value"] for one in read_page(client.get(LIST).text).all("option")}
    assert ("return" in offered) == (bool(shown) and PEOPLE[name][0] not in (Role.EXPERT, Role.SUPERVISOR))


@pytest.mark.parametrize("form", [{"move": "publish"}, {"move": "lapse"}, {"move": "nonsense"}, {}])
def test_move_that_is_part_of_more_or_none_moves_nothing(read: Desk, form: dict[str, str]) -> None:
    client = browser_of(read, "局经办")
    answer = client.post("/nominations/preview", form | {"scope": "picked", "number": number(1)})
    assert answer.status_code == (200 if form.get("move") in ("publish", "lapse") else 404)
    if answer.status_code == 200:
        assert list(told(read_page(answer.text), "stays")) == [1]


def test_tier_is_asked_for_what_it_puts_on_the_form_of_all(tmp_path_factory: pytest.TempPathFactory) -> None:
    desk = worked(tmp_path_factory.mktemp("unit"), screened=False)
    client = browser_of(desk, "区经办", APRIL)
    with desk.store.write() as transaction:
        # Their materials are in, so that what the tier puts on them is all that lacks.
        rows = transaction.connection.execute(select(t.nomination.c.id)).scalars().all()
        receipt = {"material": "form", "medium": "paper", "received_at": APRIL, "receiver": "甲"}
        transaction.connection.execute(t.receipt.insert(), [receipt | {"nomination_id": row} for row in rows])
    page = read_page(client.post("/nominations/preview", {"move": "submit", "scope": "all"}).text)
    assert (told(page, "steps"), len(told(page, "stays"))) == ({}, 4)
    assert f"意见：{UNIT_OPINION}" in page.text
    form = {"move": "submit", "scope": "all", f"opinion.{UNIT_OPINION}": "合格", "sealed": "1"}
    page = read_page(client.post("/nominations/preview", form).text)
    assert len(told(page, "steps")) == 4
    assert client.post("/nominations/moves", hidden(page)).headers["location"] == "/nominations?moved=4"
    assert set(stages(desk)) == {"recommendation.city"}
    desk.store.close()


def test_each_form_is_given_the_number_of_its_own(tmp_path_factory: pytest.TempPathFactory) -> None:
    document = working_program().model_dump(mode="json")
    document["stages"][0]["tiers"][0] |= {"seal": False, "opinion": [], "assigns_number": True}
    document["materials"] = []
    desk = worked(tmp_path_factory.mktemp("numbered"), screened=False, program=Program.model_validate(document))
    client = browser_of(desk, "区经办", APRIL)
    form = {"move": "submit", "scope": "all"}
    page = read_page(client.post("/nominations/preview", form).text)
    asked = [one for one in page.all("input") if one.attributes.get("name", "").startswith("form_number.")]
    assert (told(page, "steps"), len(asked)) == ({}, 4)
    same = form | {f"form_number.{number(place)}": str(place % 3) for place in range(1, 5)}
    page = read_page(client.post("/nominations/preview", same).text)
    assert (list(told(page, "steps")), list(told(page, "stays"))) == ([1, 2, 3], [4])
    assert client.post("/nominations/moves", hidden(page)).status_code == 409
    with desk.store.read() as connection:
        of = t.endorsement.c
        assert connection.execute(select(of.form_number).order_by(of.nomination_id)).scalars().all() == ["1", "2", "0"]
    desk.store.close()


def exported(answer: httpx.Response) -> list[list[str]]:
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"].startswith("application/vnd.openxmlformats")
    assert answer.headers["content-disposition"].startswith("attachment;")
    book = CalamineWorkbook.from_filelike(BytesIO(answer.content))
    return [[str(cell) for cell in row] for row in book.get_sheet_by_index(0).to_python()][2:]


@pytest.mark.parametrize("name", PEOPLE)
def test_list_is_exported_as_far_as_each_role_sees_it_and_masked(read: Desk, name: str) -> None:
    heading, *rows = exported(browser_of(read, name).post("/nominations/export"))
    assert [int(row[0][-4:]) for row in rows] == SHOWN[name]
    tells = PEOPLE[name][0] not in (Role.EXPERT, Role.SUPERVISOR)
    assert heading[-2:] == (["身份证号码", "联系电话"] if tells else ["截至", "是否逾期"])
    if tells and rows:
        assert {len(row[-2]) for row in rows} == {18}
        assert all(row[-2].count("*") == 13 for row in rows)


def test_export_is_what_the_filter_shows_in_its_order_and_is_recorded(read: Desk) -> None:
    client = browser_of(read, "局经办")
    shown = exported(client.post("/nominations/export", {"program": SMALL, "q": "候选人", "sort": "newest"}))[1:]
    assert [row[2] for row in shown] == ["候选人4", "候选人3", "候选人2", "候选人1"]
    assert shown[3][5:10] == ["资格审查", "2026-04-10 09:00", "某市人社局", "2026-04-30", "是"]
    with read.store.read() as connection:
        event = next(iter(events_of(connection, INSTALLATION, newest_first=True)))
    told_of = ("kind", "actor", "role", "count", "of", "searched", "masked")
    assert [event.get(one) for one in told_of] == [
        "nominations.exported",
        "局经办",
        "operator",
        4,
        SMALL,
        True,
        ["identity", "phone"],
    ]
    assert "候选人" not in str(event)


def test_list_is_exported_to_one_person_so_often_in_a_minute(read: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("console.lists._MOST", 1)
    client = browser_of(read, "局经办")
    first, second = (client.post("/nominations/export") for _ in range(2))
    assert (first.status_code, second.status_code, second.headers["retry-after"]) == (200, 429, "60")


def test_list_is_not_given_to_whom_was_disabled_while_it_was_written(
    acted: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def written(*given: Any) -> int:
        rows = stream_table(*given)
        assert disable_person(acted, "局经办", Act(Actor("总管理"), NOW)) is None
        return rows

    client = browser_of(acted, "局经办")
    monkeypatch.setattr("operations.exporting.stream_table", written)
    answer = client.post("/nominations/export")
    assert (answer.status_code, answer.headers["location"]) == (303, f"{LIST}?told=not-exported")
    assert list(acted.contents.incoming.iterdir()) == []


def test_cell_of_an_export_is_never_a_formula(acted: Desk) -> None:
    with acted.store.write() as transaction:
        of = t.nomination.c
        transaction.connection.execute(update(t.nomination).where(of.number == number(2)).values(nominee="=1+1"))
    content = browser_of(acted, "局经办").post("/nominations/export").content
    with ZipFile(BytesIO(content)) as book:
        sheet, styles = (book.read(f"xl/{name}.xml").decode() for name in ("worksheets/sheet1", "styles"))
    assert "=1+1" in sheet
    assert "<f>" not in sheet
    assert 'quotePrefix="1"' in styles


def views(page: Element) -> dict[str, str]:
    found = page.all("section", "views")
    return {one.text: one.attributes["href"] for one in found[0].all("a")} if found else {}


def test_list_is_kept_under_a_name_for_its_owner_alone(acted: Desk) -> None:
    client, other = browser_of(acted, "局经办"), browser_of(acted, "局管理")
    asked = {"program": SMALL, "late": "1", "sort": "waiting", "after": "3"}
    answer = client.post("/nominations/views", asked | {"name": " 逾期  的 "})
    assert answer.headers["location"] == f"/nominations?program={SMALL}&late=1&sort=waiting"
    kept = {"逾期 的": f"/nominations?program={SMALL}&late=1&sort=waiting"}
    assert views(read_page(client.get(LIST).text)) == kept
    assert views(read_page(other.get(LIST).text)) == {}
    # The same name is the same view.
    client.post("/nominations/views", {"mine": "1", "name": "逾期 的"})
    page = read_page(client.get(LIST).text)
    assert views(page) == {"逾期 的": "/nominations?mine=1"}
    (number_of,) = (one.attributes["value"] for one in page.all("button") if one.attributes.get("name") == "view")
    assert other.post("/nominations/views/forget", {"view": number_of}).status_code == 404
    answer = client.post("/nominations/views/forget", {"view": number_of, "asked": "mine=1&evil=//x"})
    assert answer.headers["location"] == "/nominations?mine=1"
    assert views(read_page(client.get(LIST).text)) == {}


def test_views_have_names_and_are_bounded(acted: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("operations.saved_views.MOST", 2)
    client = browser_of(acted, "局经办")
    assert client.post("/nominations/views", {"name": "  "}).headers["location"] == "/nominations?told=view-named"
    for name, led in (("一", LIST), ("二", LIST), ("三", f"{LIST}?told=views-bounded"), ("二", LIST)):
        assert client.post("/nominations/views", {"name": name}).headers["location"] == led
    assert list(views(read_page(client.get(LIST).text))) == ["一", "二"]
