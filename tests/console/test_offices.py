"""Organizations, people, the calendar, the history, and the terms of honorees, as those work on them who may."""

import re
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import update

from documents.errors import DocumentError
from notifications.letters import Letterhead
from operations.actors import Actor, Role
from operations.acts import Act
from operations.addresses import list_addresses
from operations.desk import Desk
from operations.experts.pool import ExpertDraft, add_expert
from operations.issue import Issued
from operations.objections import Outcome, settle
from operations.paths import path_of
from operations.people import add_person
from operations.results import Denied
from operations.sweep import sweep
from programs import Words, load_program
from states import Refusal
from store import INSTALLATION, events_of
from store import tables as t
from tests.console.filled import NOW, SMALL, new_desk
from tests.console.people import PASSWORD, PEOPLE, browser_of, hash_quickly
from tests.console.reading import Element, read_page
from tests.operations.office import INTAKE, STUDIO, Office

WHY = {"reason": "按规定"}


@pytest.fixture
def desk(own_desk: Desk) -> Desk:
    return own_desk


def refused(text: str) -> str:
    return read_page(text).one("div", "refused").text


def failing(*_given: object) -> bytes:
    raise DocumentError(Words("转换失败", "it was not made"))


def tree(page: Element) -> list[str]:
    return [row.all("td")[0].text.split()[0] for row in page.one("tbody").all("tr")]


def test_organizations_are_a_tree_that_each_sees_from_their_own_on(desk: Desk) -> None:
    client = browser_of(desk, "总管理")
    assert client.post("/organizations/add", {"name": "某区", "parent": "某市"}).status_code == 303
    assert client.post("/organizations/place", {"name": "第2公司", "parent": "江阳区"}).status_code == 303
    assert client.post("/organizations/mail", {"name": "江阳区", "mail": "office@example.org"}).status_code == 303
    shown = tree(read_page(client.get("/organizations").text))
    assert shown[shown.index("某市") :][:4] == ["某市", "某区", "江阳区", "第2公司"]
    assert "不是邮箱地址" in refused(client.post("/organizations/mail", {"name": "江阳区", "mail": "x"}).text)
    assert client.post("/organizations/place", {"name": "某市", "parent": "第2公司"}).status_code == 409
    assert client.post("/organizations/nonsense", {"name": "某市"}).status_code == 409
    mistaken, why = {"name": "某县"}, {"reason": "写错了名称"}
    assert client.post("/organizations/add", mistaken).status_code == 303
    assert "删除单位“江阳区”" in refused(client.post("/organizations/remove", {"name": "江阳区"} | why).text)
    assert client.post("/organizations/remove", mistaken | why).headers["location"] == "/organizations"
    assert "没有单位“某县”" in refused(client.post("/organizations/remove", mistaken | why).text)
    assert tree(read_page(browser_of(desk, "区经办").get("/organizations").text)) == ["江阳区上级：某市", "第2公司"]
    other = browser_of(desk, "外管理")
    assert other.post("/organizations/add", {"name": "新单位"}).status_code == 409
    assert other.post("/organizations/place", {"name": "江阳区", "parent": "外市人社局"}).status_code == 409


def test_addresses_are_added_ordered_and_removed_on_the_pages_of_organizations_and_people(desk: Desk) -> None:
    client = browser_of(desk, "总管理")

    def shown(path: str) -> list[str]:
        listed = read_page(client.get(path).text).one("ol", "addresses").all("li")
        return [one.text.split("先投")[0].split("删去")[0].strip() for one in listed]

    def numbers(name: str) -> list[int]:
        return [one.number for one in list_addresses(desk, [name])[name]]

    place, robot = {"name": "江阳区"}, {"channel": "wecom", "address": "区局群", "first": "yes"}
    for sent in ({"channel": "sms", "address": "13800138000"}, robot):
        assert client.post("/organizations/address", place | sent).status_code == 303
    assert shown("/organizations") == ["企业微信 区局群", "短信 +86138****8000"]
    assert client.post("/organizations/prefer-address", place | {"number": numbers("江阳区")[1]}).status_code == 303
    assert shown("/organizations") == ["短信 +86138****8000", "企业微信 区局群"]
    assert client.post("/organizations/remove-address", place | {"number": numbers("江阳区")[0]}).status_code == 303
    assert shown("/organizations") == ["企业微信 区局群"]
    wrong = client.post("/organizations/address", place | {"channel": "sms", "address": "1"})
    assert "不是手机号码" in refused(wrong.text)
    assert "请选择通知方式" in refused(client.post("/organizations/address", place | {"address": "1"}).text)
    assert browser_of(desk, "外管理").post("/organizations/address", place | robot).status_code == 409
    assert browser_of(desk, "外管理").post("/organizations/addresses", place | WHY).status_code == 409

    expert = {"name": "局专家"}
    assert not isinstance(add_expert(desk, ExpertDraft("局专家", "某学院"), Act(Actor("总管理"), NOW)), Denied)
    assert client.post("/people/address", expert | {"channel": "sms", "address": "13900139000"}).status_code == 303
    assert shown("/people") == ["短信 +86139****9000"]
    assert "13900139000" not in client.get("/people").text
    assert "没有写明查看的理由" in refused(client.post("/people/addresses", expert).text)
    assert "13900139000" in client.post("/people/addresses", expert | WHY).text
    assert client.post("/organizations/mail", place | {"mail": "office@example.org"}).status_code == 303
    assert "office@example.org" not in client.get("/organizations").text
    assert "office@example.org" in client.post("/organizations/addresses", place | WHY).text
    with desk.store.read() as connection:
        seen = [one for one in events_of(connection, INSTALLATION) if one["kind"] == "addresses.seen"]
    assert [(one["actor"], one["subject"], one["reason"]) for one in seen] == [
        ("总管理", "局专家", "按规定"),
        ("总管理", "江阳区", "按规定"),
    ]
    assert browser_of(desk, "局管理").post("/people/address", expert | robot).status_code == 409


def test_people_are_registered_and_managed_within_one_s_own_tree(desk: Desk) -> None:
    client = browser_of(desk, "局管理")
    new = {"name": "新经办", "role": "operator", "organization": "某市人社局", "password": PASSWORD}
    # Nobody is made an administrator by a choice that was not made, and what was typed stays.
    (role,) = [one for one in read_page(client.get("/people").text).all("select") if one.attributes["id"] == "add-role"]
    assert role.all("option")[0].attributes["value"] == ""
    typed = read_page(client.post("/people/add", new | {"name": ""}).text)
    (role,) = [one for one in typed.all("select") if one.attributes["id"] == "add-role"]
    assert [one.attributes["value"] for one in role.all("option") if "selected" in one.attributes] == ["operator"]
    assert client.post("/people/add", new).status_code == 303
    assert browser_of(desk, "新经办").get("/").status_code == 200
    for role in ({}, {"role": "anything"}):
        answer = client.post("/people/grant", {key: value for key, value in new.items() if key != "role"} | role)
        assert (answer.status_code, "没有选择角色" in refused(answer.text)) == (409, True)
    assert client.post("/people/grant", new | {"role": "supervisor"}).status_code == 303
    row = next(one for one in read_page(client.get("/people").text).one("table").all("tr") if "新经办" in one.text)
    assert "经办人 · 某市人社局" in row.text
    assert client.post("/people/revoke", {"name": "新经办", "held": "supervisor@某市人社局"}).status_code == 303
    assert client.post("/people/revoke", {"name": "新经办", "held": "supervisor@某市人社局"}).status_code == 409
    assert client.post("/people/disable", {"name": "新经办"}).status_code == 303
    assert "已停用" in client.get("/people").text
    assert client.post("/people/enable", {"name": "新经办"}).status_code == 303
    assert "外经办" not in client.get("/people").text
    # Nobody of another tree is reached, by guessing their name either.
    for deed, form in (
        ("disable", {"name": "外经办"}),
        ("password", {"name": "外经办", "password": "一个新的密码呀呀"}),
        ("grant", {"name": "外经办", "role": "operator", "organization": "外市人社局"}),
        ("grant", {"name": "局经办", "role": "administrator"}),
        ("add", new | {"name": "另一人", "organization": "外市人社局"}),
    ):
        assert client.post(f"/people/{deed}", form).status_code == 409, deed
    assert browser_of(desk, "外经办").get("/").status_code == 200
    assert browser_of(desk, "局监督").post("/people/disable", {"name": "局经办"}).status_code == 409


def test_misspelt_organization_does_not_become_one(desk: Desk) -> None:
    client = browser_of(desk, "总管理")
    for path, form in (
        ("/organizations/add", {"name": "某新区", "parent": "某市人社居"}),
        ("/organizations/place", {"name": "第1公司", "parent": "某市人社居"}),
        ("/people/add", {"name": "某新人", "role": "operator", "organization": "某市人社居"}),
        ("/people/grant", {"name": "外经办", "role": "screening", "organization": "某市人社居"}),
    ):
        answer = client.post(path, form)
        assert (answer.status_code, "没有登记“某市人社居”" in refused(answer.text)) == (409, True), path
    assert "某市人社居" not in read_page(client.get("/organizations").text).text


def test_calendar_tells_make_up_days_and_who_says_so(desk: Desk) -> None:
    client = browser_of(desk, "厂经办")
    page = read_page(client.get("/calendar?year=2019").text)
    rows = {row[0]: row[1:] for row in page.one("table", "tasks").rows()}
    assert rows["2019年9月29日 周日"][0].startswith("上班")
    assert rows["2019年9月29日 周日"][1]
    assert rows["2019年10月1日 周二"][0].startswith("放假")
    assert len(page.all("table", "month")) == 12
    assert "本年的放假安排尚未公布" in client.get("/calendar?year=2050").text
    assert [client.get(f"/calendar?year={year}").status_code for year in ("2000", "2061", "x")] == [404, 404, 200]


def test_history_is_verified_and_searched(desk: Desk) -> None:
    client = browser_of(desk, "总监督")
    assert "全部相符" in client.post("/audit").text
    heads = client.post("/audit/heads").json()
    assert [one["program"] for one in heads].count(SMALL) == 1
    found = read_page(client.get(f"/audit?chain={SMALL}&text=业绩不实").text).one("table", "events")
    assert [row[1].split()[0] for row in found.rows()] == ["收到异议"]
    assert "没有找到" in client.get(f"/audit?chain={SMALL}&number={SMALL}-9999").text
    assert "登记人员：局经办" in client.get(f"/audit?chain={INSTALLATION}&text=局经办").text
    with desk.store.write() as transaction:
        transaction.connection.execute(
            update(t.nomination).where(t.nomination.c.number == f"{SMALL}-0002").values(stage="decision")
        )
    assert "处不符" in client.post("/audit").text
    assert client.post("/audit/heads").headers["content-type"].startswith("text/html")
    assert browser_of(desk, "局管理").post("/audit").status_code == 404


def test_page_after_an_issuance_says_who_is_held_back_and_why(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    barred = Refusal("not-barred", Words("有未满的限制期", "is barred"), Words("", ""))
    issued = Issued("某人社发〔2026〕1号", (), (Denied((barred,), f"{SMALL}-0002"),))
    monkeypatch.setattr("console.honors.issue", lambda *_: issued)
    answer = browser_of(desk, "局经办").post(f"/programs/{SMALL}/issuance", {"number": issued.document_number})
    assert answer.status_code == 200
    banner = read_page(answer.text).one("div", "banner").text
    assert banner == f"已印发，授予 0 名。 {SMALL}-0002 未授予：有未满的限制期"


def test_document_is_issued_and_certificates_are_numbered(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    by = Act(Actor("总管理"), NOW)
    settle(desk, 1, Outcome.DISMISSED, "不实", by)
    later = NOW + timedelta(days=12)
    sweep(desk, later)
    client = browser_of(desk, "局经办", later)
    page = f"/programs/{SMALL}/issuance"
    assert len(read_page(client.get(page).text).one("table", "tasks").rows()) == 3
    assert "不合规范" in refused(client.post(page, {"number": "一号"}).text)
    issued = client.post(page, {"number": "某人社发〔2026〕1号"})
    assert (issued.status_code, issued.headers["location"]) == (303, f"{page}?honored=3")
    assert "已印发，授予 3 名" in read_page(client.get(issued.headers["location"]).text).one("div", "banner").text
    assert client.post(f"/programs/{SMALL}/certificates").status_code == 303
    assert "已编号 3 份，待编号 0 份" in client.get(page).text
    assert client.get(f"/programs/{SMALL}/papers/award").content[:2] == b"PK"
    assert "第1公司" in client.get(f"/programs/{SMALL}/honors").text
    monkeypatch.setattr("console.honors.MOST", 2)
    address: str | None = f"/programs/{SMALL}/honors"
    pages = []
    while address:
        shown = read_page(client.get(address).text)
        pages.append([row[0].split()[1] for row in shown.one("table", "honors").rows()])
        address = next((one.attributes["href"] for one in shown.all("a") if one.attributes.get("rel") == "next"), None)
    assert pages == [[f"{SMALL}-0001", f"{SMALL}-0002"], [f"{SMALL}-0003"]]
    assert browser_of(desk, "区经办", later).post(page, {"number": "某人社发〔2026〕2号"}).status_code == 409
    # Whoever certifies takes the certificate from the term's page; its code leads to where the public verifies it.
    certificate = f"/programs/{SMALL}/honors/{SMALL}-0002/certificate"
    assert "LINXUAN_PUBLIC_URL" in refused(client.post(certificate, {"kind": "docx"}).text)
    monkeypatch.setattr(desk, "letterhead", Letterhead(public="https://linxuan.example.cn"))
    monkeypatch.setattr("console.honors.office", lambda: "soffice")
    # What was not made was printed by nobody.
    monkeypatch.setattr("operations.printing.to_pdf", failing)
    assert "转换失败" in refused(client.post(certificate, {"kind": "pdf"}).text)
    monkeypatch.setattr("operations.printing.to_pdf", lambda content, _kind: b"%PDF" + content[:2])
    assert "下载证书（PDF）" in client.get(certificate.removesuffix("/certificate")).text
    word, pdf = (client.post(certificate, {"kind": kind}) for kind in ("docx", "pdf"))
    assert (word.content[:2], pdf.content) == (b"PK", b"%PDFPK")
    assert word.headers["content-disposition"].endswith(".docx")
    other = browser_of(desk, "区经办", later)
    assert other.post(certificate, {"kind": "docx"}).status_code == 409
    assert "下载证书" not in other.get(certificate.removesuffix("/certificate")).text
    with desk.store.read() as connection:
        events = [one for one in events_of(connection, SMALL) if one["kind"] == "certificate.printed"]
    assert [(one["actor"], one["nomination"]) for one in events] == [("局经办", f"{SMALL}-0002")] * 2


def test_term_is_assessed_paid_stopped_and_revoked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    hash_quickly(monkeypatch)
    desk = new_desk(tmp_path)
    office = Office(desk, load_program(STUDIO), INTAKE[STUDIO])
    office.open()
    number = office.nominate(next(one.id for one in office.program.held_stages if one.kind == "tenure"))
    by = Act(Actor("总管理"), office.now)
    assert add_person(desk, "总管理", Role.ADMINISTRATOR, None, by, password=PASSWORD) is None
    client = browser_of(desk, "总管理", office.now)
    page = f"/programs/{STUDIO}/honors/{number}"

    def marked(form: dict[str, str]) -> dict[str, str]:
        """Return a form as the page sends it: with the mark of the term as it stands."""
        mark = next(one for one in read_page(client.get(page).text).all("input") if one.attributes["name"] == "mark")
        return form | {"mark": mark.attributes["value"]}

    (benefit, *_) = [one for one in office.program.benefits if one.kind == "money"]
    # What is no money is told with whether it is had now.
    told = read_page(client.get(page).text).one("section", "benefits").text
    assert all(one.name in told for one in office.program.benefits if one.concerns(*path_of(office.row(number))))
    assert "命名专家优先推荐参评重庆技能大师、全市技术能手和巴渝青年技能之星 正在享受" in told
    pay = {"benefit": benefit.id, "yuan": "1000", "document": "财教〔2023〕1号"}
    assert "不是金额" in refused(client.post(f"{page}/pay", pay | {"yuan": "许多"}).text)
    assert "没有填写金额，请填写，如 10000" in refused(client.post(f"{page}/pay", pay | {"yuan": " "}).text)
    # What no page has sent states no mark of a term: nobody has looked at it.
    assert "这一聘期又有登记" in refused(client.post(f"{page}/pay", pay).text)
    assert client.post(f"{page}/pay", marked(pay)).status_code == 303
    assert "1,000.00" in client.get(page).text
    back = marked(pay | WHY | {"yuan": "400"})
    assert client.post(f"{page}/recover", back).status_code == 303
    # A form that is sent twice, by two clicks or a reload, counts once; what was typed is kept, over what now stands.
    twice = client.post(f"{page}/recover", back)
    assert (twice.status_code, "这一聘期又有登记" in refused(twice.text)) == (409, True)
    assert "400.00" in client.get(page).text
    written = {"result": "合格", "reason": "带徒三名，攻关两项"}
    again = client.post(f"{page}/assess", marked(written))
    assert (again.status_code, again.text.count(written["reason"])) == (409, 1)
    for told in (page, f"/programs/{STUDIO}/honors"):
        shown = read_page(client.get(told).text).one("main").text
        assert ("期限 " in shown, re.findall(r"\d{4}-\d\d-\d\d", shown)) == (True, [])
    ground = office.ground(number)
    lacking = client.post(f"{page}/revoke", marked(WHY | {"ground": ground, "approval": "纪要"}))
    assert lacking.status_code == 409
    (form,) = [one for one in read_page(lacking.text).all("form") if one.attributes["action"] == f"{page}/revoke"]
    # A form that is sent once more says the same: on no other ground, and by no other decision.
    assert [one.text for one in form.all("option") if "selected" in one.attributes] == [ground]
    assert (form.one("textarea").text, form.all("input")[0].attributes["value"]) == (WHY["reason"], "纪要")
    done = client.post(f"{page}/revoke", marked(WHY | {"ground": ground, "approval": "纪要", "yuan": "600"}))
    assert done.headers["location"] == f"{page}?told=recorded"
    after = read_page(client.get(done.headers["location"]).text)
    assert (after.one("p", "good").text, ground in after.one("dl", "panel").text) == ("已登记。", True)
    # The nomination, which tells that its assessments are recorded elsewhere, leads there.
    assert page in [one.attributes.get("href") for one in read_page(client.get(f"/nominations/{number}").text).all("a")]
    assert client.post(f"{page}/nonsense", WHY).status_code == 404
    desk.store.close()


def test_organizations_and_people_come_a_page_at_a_time_and_by_part_of_their_name(desk: Desk, monkeypatch) -> None:
    monkeypatch.setattr("operations.rosters.people_seen.__kwdefaults__", {"most": 3})
    monkeypatch.setattr("operations.rosters.organizations_seen.__kwdefaults__", {"most": 3})
    client = browser_of(desk, "总管理")
    for path, column in (("/people", "b"), ("/organizations", None)):
        found: list[str] = []
        at: str | None = path
        while at:
            page = read_page(client.get(at).text)
            cells = [row.all("td")[0] for row in page.one("table", "tasks").one("tbody").all("tr")]
            names = [cell.one(column).text if column else cell.text.split()[0] for cell in cells]
            assert len(names) <= 3
            found += names
            at = next((one.attributes["href"] for one in page.all("a") if one.attributes.get("rel") == "next"), None)
        assert len(found) == len(set(found)) > 3
        assert set(PEOPLE) <= set(found) or path == "/organizations"
    page = read_page(client.get("/people?q=监督").text)
    assert {one.text for one in page.one("table", "tasks").all("b")} == {one for one in PEOPLE if "监督" in one}
    assert "没有姓名中有“无此人”的人员" in client.get("/people?q=无此人").text
    assert "没有名称中有“无此处”的单位" in client.get("/organizations?q=无此处").text
