"""What anybody reads of a list that is public, and what anybody raises against it, without signing in."""

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from console import create_app
from console.publications import ASKED, OFTEN, RECEIPT
from operations.actors import Actor
from operations.acts import Act
from operations.audit import audit
from operations.desk import Desk
from operations.objections import Outcome, admit, refuse, settle
from operations.publications import MOST_FILES, publications
from operations.results import Denied
from store import events_of
from store import tables as t
from tests import files
from tests.console.asking import Client
from tests.console.filled import HOSTILE, NOW, SMALL
from tests.console.reading import Element, read_page

LIST = "/publicity/1"
FORM = f"{LIST}/objection"

PERSON = {
    "place": "2",
    "as": "person",
    "objector": "赵一",
    "contact": "某街 1 号",
    "grounds": "业绩不实，见附件",
    "in-scope": "1",
}
UNIT = PERSON | {"as": "unit", "objector": "某厂", "contact": ""}


@pytest.fixture
def desk(own_desk: Desk) -> Desk:
    """A list that is public until 12 May 24:00, one nominee of which is objected to, and people who work on it."""
    return own_desk


@pytest.fixture
def client(desk: Desk) -> Client:
    return Client(create_app(desk, lambda: NOW))


def refusals(page: Element) -> list[str]:
    return [one.text for one in page.one("div", "refused").all("li")]


def receipt(text: str) -> tuple[str, str]:
    """Return the number and the code of a receipt."""
    number, code = (one.text for one in read_page(text).all("b", "number"))
    return number, code


def objections(desk: Desk) -> list[tuple[object, ...]]:
    of = t.objection.c
    with desk.store.read() as connection:
        rows = connection.execute(
            select(of.raised_by, of.objector, of.grounds, of.taken_by, of.contact).order_by(of.id)
        )
        return [tuple(row) for row in rows]


def test_list_is_read_by_anybody_without_a_cookie_and_tells_no_more_than_it_publishes(client: Client) -> None:
    front = client.get("/publicity")
    assert [one.attributes["href"] for one in read_page(front.text).one("main").all("a")] == [LIST]
    answer = client.get(LIST)
    page = read_page(answer.text)
    assert (answer.status_code, "set-cookie" in answer.headers) == (200, False)
    assert page.one("table", "listed").rows() == [
        ["1", HOSTILE, "第0公司"],
        ["2", "候选人1", "第1公司"],
        ["3", "候选人2", "第2公司"],
    ]
    facts = {one.all("dt")[0].text: one.all("dd")[0].text for one in page.one("dl", "facts").all("div")}
    assert facts == {
        "公示天数": "5个工作日",
        "公示时间": "5月7日 周四 至 5月12日 周二 24:00",
        "异议受理至": "5月12日 周二 24:00",
        "公示渠道": "局官网",
        "异议受理单位": "某市人社局",
    }
    # Neither who is objected to, nor how nominations are numbered.
    assert "异议中" not in answer.text
    assert SMALL not in answer.text
    assert answer.headers["x-frame-options"] == "DENY"


def test_list_reads_in_english(client: Client) -> None:
    assert "Objections until" in client.get(f"{LIST}?lang=en").text
    assert "As whom you object" in client.get(f"{FORM}?lang=en").text


def test_person_objects_and_gets_a_receipt_while_the_nominee_is_held_back(desk: Desk, client: Client) -> None:
    assert len(read_page(client.get(FORM).text).one("form").all("option")) == 4
    answer = client.upload(FORM, [("证据.jpg", files.picture())], PERSON)
    page = read_page(answer.text)
    assert answer.status_code == 201
    assert page.all("b", "number")[0].text == "2"
    assert "某街" not in answer.text
    (_, (raised_by, objector, grounds, taken_by, contact)) = objections(desk)
    assert (raised_by, objector, grounds, taken_by) == ("person", "赵一", "业绩不实，见附件", "公众")
    assert isinstance(contact, bytes)
    assert "某街".encode() not in contact
    with desk.store.read() as connection:
        stage = connection.execute(
            select(t.nomination.c.stage).where(t.nomination.c.number == f"{SMALL}-0002")
        ).scalar()
        told = next(iter(events_of(connection, SMALL, nomination=f"{SMALL}-0002", newest_first=True)))
    assert stage == "publicity.objected"
    assert (told["kind"], told["role"], len(told["files"])) == ("objection.lodged", "public", 1)
    assert audit(desk).broken == ()
    # Nothing of what came in lies about.
    assert list(desk.contents.incoming.glob("*")) == []


def test_form_that_is_sent_twice_is_one_objection(desk: Desk, client: Client) -> None:
    receipts = [receipt(client.upload(FORM, [], PERSON).text) for _ in range(2)]
    assert (receipts[0][0], receipts[0]) == ("2", receipts[1])
    assert len(objections(desk)) == 2


def test_whoever_objected_asks_how_it_stands_and_is_told_of_nobody(desk: Desk, client: Client) -> None:
    upheld, refused = (receipt(client.upload(FORM, [], PERSON | {"place": place}).text) for place in "23")

    def stands(objection: tuple[str, str]) -> str:
        number, code = objection
        typed = code.lower().replace("-", " ").replace("1", "１")
        answer = client.post(RECEIPT, {"number": number, "code": typed})
        assert answer.status_code == 200
        assert [one for one in ("赵一", "某街", "候选人", "业绩不实", "局经办", SMALL) if one in answer.text] == []
        return read_page(answer.text).one("section", "panel").text

    assert "已收到，受理单位正在审查是否受理" in stands(upheld)
    act = Act(Actor("总管理"), NOW + timedelta(days=1), "属于对评选标准的意见，电话13900001234")
    assert not isinstance(admit(desk, int(upheld[0]), act, handler="局经办"), Denied)
    assert "已受理，正在核查" in stands(upheld)
    assert not isinstance(settle(desk, int(upheld[0]), Outcome.UPHELD, "候选人1业绩不实", act), Denied)
    assert "已办结：经核查，异议成立" in stands(upheld)
    refuse(desk, int(refused[0]), act)
    assert "不予受理" in stands(refused)
    assert "属于对评选标准的意见，电话…" in stands(refused)


def test_objection_is_told_to_nobody_without_its_code_and_seldom_to_one_address(desk: Desk) -> None:
    now = [NOW]
    client = Client(create_app(desk, lambda: now[0]))
    number, code = receipt(client.upload(FORM, [], PERSON).text)
    for wrong in (
        {"number": "1", "code": code},
        {"number": number, "code": ""},
        {"number": "x"},
        {"number": number, "code": "é"},
    ):
        answer = client.post(RECEIPT, wrong)
        assert (answer.status_code, "没有查到" in answer.text) == (404, True)
    with desk.store.write() as transaction:
        transaction.connection.execute(update(t.objection).values(code=None))
    assert client.post(RECEIPT, {"number": number, "code": ""}).status_code == 404
    answers = [client.post(RECEIPT, {"number": number, "code": code}) for _ in range(ASKED - 4)]
    assert [one.status_code for one in answers] == [404] * (ASKED - 5) + [429]
    assert (answers[-1].headers["retry-after"], "过于频繁" in answers[-1].text) == ("600", True)
    now[0] += timedelta(minutes=10)
    assert client.post(RECEIPT, {"number": number, "code": code}).status_code == 404
    assert client.get(RECEIPT).status_code == 200


def test_list_stays_as_it_was_published_and_an_objection_meets_nobody_else(desk: Desk, client: Client) -> None:
    options = read_page(client.get(FORM).text).all("option")
    (chosen,) = (one.attributes["value"] for one in options if one.attributes["value"].startswith("2 "))
    with desk.store.write() as transaction:
        unit = chosen.partition("（")[2].removesuffix("）")
        put_right = update(t.nomination).where(t.nomination.c.unit == unit).values(unit="别的单位")
        assert transaction.connection.execute(put_right).rowcount == 1
    before = objections(desk)
    answer = client.upload(FORM, [], PERSON | {"place": chosen.replace(unit, "别的单位")})
    assert (answer.status_code, objections(desk)) == (422, before)
    assert "名单有更正" in refusals(read_page(answer.text))[0]
    assert client.upload(FORM, [], PERSON | {"place": chosen}).status_code == 201


@pytest.mark.parametrize(
    ("form", "told"),
    [
        (PERSON | {"place": ""}, "没有选择反映的对象"),
        (PERSON | {"place": "4"}, "没有选择反映的对象"),
        (PERSON | {"objector": " "}, "没有写明异议人"),
        (PERSON | {"contact": ""}, "没有写明联系方式"),
        (PERSON | {"grounds": ""}, "没有写明异议内容和事实依据"),
        (PERSON | {"as": "anonymous"}, "没有写明异议人"),
        (UNIT, "没有上传加盖公章的异议书"),
        ({key: value for key, value in PERSON.items() if key != "in-scope"}, "没有确认所反映的属于异议"),
    ],
)
def test_objection_that_lacks_something_is_refused_and_what_was_typed_stays(
    desk: Desk, client: Client, form: dict[str, str], told: str
) -> None:
    answer = client.upload(FORM, [], form)
    page = read_page(answer.text)
    assert answer.status_code == 422
    assert [one for one in refusals(page) if told in one]
    assert next(one for one in page.all("textarea") if one.attributes["id"] == "grounds").text == form["grounds"]
    assert len(objections(desk)) == 1


def test_unit_objects_with_its_sealed_letter(desk: Desk, client: Client) -> None:
    assert client.upload(FORM, [("异议书.jpg", files.picture())], UNIT).status_code == 201
    assert objections(desk)[-1][:2] == ("unit", "某厂")


def test_evidence_is_bounded_and_told_by_what_it_holds(desk: Desk, client: Client) -> None:
    broken = client.upload(FORM, [("异议书.jpg", files.picture()[:40])], UNIT)
    assert (broken.status_code, "没有提交" in broken.text) == (422, True)
    many = client.upload(FORM, [(f"{place}.jpg", files.picture()) for place in range(MOST_FILES + 1)], UNIT)
    assert [one for one in refusals(read_page(many.text)) if "过多或过大" in one]
    assert len(objections(desk)) == 1


def test_objection_after_the_end_is_refused_with_the_date_and_the_list_is_gone(desk: Desk) -> None:
    (found,) = publications(desk, NOW)
    last = Client(create_app(desk, lambda: found.dates.objections_close - timedelta(seconds=1)))
    assert last.upload(FORM, [], PERSON).status_code == 201
    late = Client(create_app(desk, lambda: found.dates.objections_close))
    answer = late.upload(FORM, [], PERSON | {"grounds": "另一件事"})
    assert answer.status_code == 422
    assert refusals(read_page(answer.text))[0].startswith("异议受理已于 2026年5月12日 24:00 截止")
    assert "候选人" not in late.get(LIST).text + late.get(FORM).text + answer.text
    assert "已于 5月12日 周二 24:00 截止" in late.get(LIST).text
    assert "没有正在公示" in late.get("/publicity").text
    assert len(objections(desk)) == 2


def test_form_of_another_site_is_refused(desk: Desk, client: Client) -> None:
    headers = {"Origin": "https://elsewhere.example", "Sec-Fetch-Site": "cross-site"}
    answer = client.request("POST", FORM, data=PERSON, files=[("file", ("", b""))], headers=headers)
    assert answer.status_code == 403
    assert len(objections(desk)) == 1


def test_lists_that_are_not_there_and_numbers_that_are_none_are_no_pages(client: Client) -> None:
    for guess in ("2", "0", "-1", "x", "99999999999", "1.0"):
        for page in (f"/publicity/{guess}", f"/publicity/{guess}/objection"):
            assert client.get(page).status_code == 404
        assert client.upload(f"/publicity/{guess}/objection", [], PERSON).status_code == 404


def test_few_objections_come_from_one_address(desk: Desk) -> None:
    now = [NOW]
    client = Client(create_app(desk, lambda: now[0]))
    incomplete = PERSON | {"grounds": ""}
    answers = [client.upload(FORM, [], incomplete).status_code for _ in range(OFTEN + 1)]
    assert answers == [422] * OFTEN + [429]
    assert client.upload(FORM, [], PERSON).headers["retry-after"] == "3600"
    now[0] += timedelta(hours=1)
    assert client.upload(FORM, [], PERSON).status_code == 201


def test_what_somebody_types_is_text_and_no_more(desk: Desk, client: Client) -> None:
    form = PERSON | {"objector": "赵\x00一<b>", "grounds": "<script>alert(1)</script>\r\n第二行\x07"}
    assert client.upload(FORM, [], form).status_code == 201
    assert objections(desk)[-1][1:3] == ("赵 一<b>", "<script>alert(1)</script>\n第二行")
