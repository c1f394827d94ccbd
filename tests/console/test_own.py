"""A nominee on their own pages: let in by an invitation, shown their own nomination, and nothing else anywhere."""

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from shutil import copytree
from typing import Any

import httpx
import pytest
from sqlalchemy import select, update

from console import create_app
from deadlines import SHANGHAI
from notifications import Letter
from notifications.channels import DeliveryFailed, MemoryChannel
from operations.actors import Actor, Role
from operations.acts import Act
from operations.desk import Desk
from operations.experts.pool import ExpertDraft, add_expert
from operations.inviting import HOLDS, MOST_WRONG, invite
from operations.move import Lacking, move
from operations.nominate import Draft, nominate
from operations.opening import open_program
from operations.people import disable_person, grant_role, revoke_role
from operations.rehearse.people import make_identity
from operations.remind import remind
from operations.results import Denied, UnknownError
from operations.settings import Settings, open_desk
from operations.tokens import give_token
from programs import Program, Words
from states import Move
from store import INSTALLATION, events_of
from store import tables as t
from tests import files
from tests.console.asking import Client
from tests.console.filled import NOW, SMALL
from tests.console.people import PASSWORD, hash_quickly, register
from tests.console.reading import Element, read_page
from tests.console.test_access import concrete, routes
from tests.console.working import number, working_program
from tests.operations.office import why

APRIL = datetime(2026, 4, 2, 10, tzinfo=SHANGHAI)
BY = Act(Actor("总管理"), APRIL)
CHOSEN = "候选人自己的密码"


def program() -> Program:
    """The small program, in which people may put themselves forward, and hand in one file."""
    document: dict[str, Any] = working_program().model_dump(mode="json")
    document["routes"].append({"id": "self", "name": "个人自荐", "clause": "二", "kind": "self"})
    document["stages"][0]["tiers"][0] |= {"seal": False, "opinion": []}
    document["materials"] = [
        {"id": "form", "name": "申报表", "clause": "二", "media": ["electronic"], "per": "nominee", "formats": ["PDF"]}
    ]
    return Program.model_validate(document)


class Post(MemoryChannel):
    """Keeps letters, unless nobody is to get any."""

    broken = False

    def deliver(self, letter: Letter) -> None:
        if self.broken:
            raise DeliveryFailed(Words("邮件服务器没有应答", "no answer"), permanent=False)
        super().deliver(letter)


class House:
    """The console, its post, and the people who sign in."""

    def __init__(self, desk: Desk) -> None:
        self.desk, self.now, self.post = desk, APRIL, Post()
        self.app = create_app(desk, lambda: self.now, channel=self.post)

    def browser(self, name: str, password: str = PASSWORD) -> Client:
        client = Client(self.app)
        assert client.post("/sign-in", {"name": name, "password": password}).status_code == 303
        return client

    def invite(self, place: int, by: str = "区经办") -> tuple[str, str]:
        """Invite somebody; returns where the link leads, and the code that whoever invites is shown."""
        client = self.browser(by)
        answer = client.post(f"/nominations/{number(place)}/nominees", {"mail": f"p{place}@example.org"})
        assert answer.status_code == 200, answer.text
        (code,) = re.findall(r'<b class="number">(\d{8})</b>', answer.text)
        letter = self.post.letters[-1]
        assert (letter.address, code in letter.text) == (f"p{place}@example.org", False)
        (link,) = re.findall(r"https://linxuan\.example\.org(/\S+)", letter.text)
        # Shown once.
        assert code not in client.get(f"/nominations/{number(place)}").text
        return link, code

    def accepted(self, place: int, by: str = "区经办", client: Client | None = None) -> Client:
        """A browser in which somebody has taken up their invitation."""
        link, code = self.invite(place, by)
        client = client or Client(self.app)
        answer = client.post(link, {"code": code, "chosen": CHOSEN, "again": CHOSEN})
        assert (answer.status_code, answer.headers.get("location")) == (303, f"/mine/{number(place)}?told=welcome")
        return client


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a store with the program, made once and only ever copied."""
    folder = tmp_path_factory.mktemp("prepared")
    with pytest.MonkeyPatch.context() as patched:
        hash_quickly(patched)
        fill(folder, program())
    return folder


@pytest.fixture
def house(prepared: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[House]:
    hash_quickly(monkeypatch)
    copytree(prepared, tmp_path / "own")
    desk = opened(tmp_path / "own")
    yield House(desk)
    desk.store.close()


def opened(folder: Path) -> Desk:
    return open_desk(
        Settings(data=folder, database=f"sqlite:///{folder / 'own.db'}", console_url="https://linxuan.example.org")
    )


def fill(folder: Path, program: Program) -> None:
    """Open a program in a store of its own, with four who are nominated, the second by themselves."""
    desk, act = opened(folder), Act(Actor("王管理"), APRIL)
    assert not isinstance(open_program(desk, program, act), Denied)
    for place in range(1, 5):
        alone = place == 2
        draft = Draft(
            nominee="李自荐" if alone else f"候选人{place}",
            unit="李自荐" if alone else f"第{place}公司",
            nominator="李自荐" if alone else "江阳区",
            route="self" if alone else "organization",
            nominator_kind=None if alone else "district",
            identity=make_identity(place, Random(place)),  # noqa: S311 - made-up people need no secrets
        )
        assert not isinstance(nominate(desk, SMALL, draft, act), Denied)
    register(desk)
    desk.store.close()


def page(answer: httpx.Response) -> Element:
    assert answer.status_code == 200, answer.text
    return read_page(answer.text)


def contents(desk: Desk) -> dict[str, list[tuple[Any, ...]]]:
    """Everything that the store holds but sessions, and what was asked for in vain."""
    aside = {"session", "sign_in_attempt", "second_factor", "installation_event", "installation_link"}
    with desk.store.read() as connection:
        return {
            table.name: [tuple(row) for row in connection.execute(select(table).order_by(*table.primary_key))]
            for table in t.metadata.sorted_tables
            if table.name not in aside
        }


def test_nominee_is_let_in_by_link_and_code_and_sees_their_own_nomination(house: House) -> None:
    link, code = house.invite(1)
    assert "请在 2026年4月9日 10:00 前打开以下链接" in house.post.letters[-1].body
    client = Client(house.app)
    shown = client.get(link)
    assert ("候选人1" in shown.text, "第1公司" in shown.text) == (False, False)
    assert shown.headers["cache-control"] == "no-store"
    # What is left empty is no guess.
    empty = client.post(link, {"code": " ", "chosen": CHOSEN, "again": CHOSEN})
    assert (empty.status_code, page_text(empty)) == (422, "请输入推荐单位告诉您的验证码")
    wrong = client.post(link, {"code": "00000000", "chosen": CHOSEN, "again": CHOSEN})
    assert (wrong.status_code, page_text(wrong)) == (422, "验证码不对；请核对后重新输入，还可以输 4 次")
    for form in ({"chosen": CHOSEN, "again": "别的密码别的密码"}, {"chosen": "短", "again": "短"}):
        assert client.post(link, {"code": code, **form}).status_code == 422
    # Spaces that somebody types between the digits are no part of the code.
    done = client.post(link, {"code": f" {code[:4]} {code[4:]} ", "chosen": CHOSEN, "again": CHOSEN})
    assert done.headers["location"] == f"/mine/{number(1)}?told=welcome"
    own = page(client.get(done.headers["location"]))
    assert "请用登录名“候选人1”" in own.one("main").text
    assert client.get("/").headers["location"] == "/mine"
    assert [one.text for one in page(client.get("/mine")).all("p", "number")] == [number(1)]
    # The link has been used, and the name and the password go on.
    assert Client(house.app).get(link).status_code == 404
    again = house.browser("候选人1", CHOSEN)
    assert again.get(f"/mine/{number(1)}").status_code == 200
    for place in (2, 3, 4, 9):
        assert again.get(f"/mine/{number(place)}").status_code == 404
    with house.desk.store.read() as connection:
        told = [one for one in events_of(connection, INSTALLATION) if one["kind"].startswith("nominee.")]
    assert [(one["kind"], one["subject"]) for one in told] == [
        ("nominee.invited", number(1)),
        ("nominee.code-wrong", number(1)),
        ("nominee.let-in", "候选人1"),
    ]
    assert (code in str(told), link.rpartition("/")[2] in str(contents(house.desk))) == (False, False)


def page_text(answer: httpx.Response) -> str:
    return read_page(answer.text).one("p", "refused").text


def test_every_address_but_their_own_is_not_there_for_a_nominee(house: House) -> None:
    client = house.accepted(1)
    before, own = contents(house.desk), ("/mine", "/account", "/sign-out", "/role", "/sign-in", "/health")
    public = ("/verify", "/assets", "/publicity", "/letters", "/invitations")
    found: dict[str, int] = {}
    for method, path in sorted(routes(house.app)):
        if path == "/sign-out":
            continue
        for place in (1, 3):
            asked = concrete(path).replace(number(1), number(place))
            answer = client.get(asked) if method == "GET" else client.post(asked, {"name": "局经办", "reason": "理由"})
            assert "候选人3" not in answer.text
            theirs = path.startswith((*own, *public)) and not path.startswith("/account/calendars")
            if not theirs and path != "/":
                found[f"{method} {path}"] = answer.status_code
    assert len(found) > 60
    assert {one for one, status in found.items() if status != 404} == set()
    assert contents(house.desk) == before
    # By their own pages nothing of anybody else is done either.
    for deed in ("submit", "materials/form/electronic", "materials/form/electronic/1"):
        assert client.post(f"/mine/{number(3)}/{deed}").status_code in (404, 415)
        assert client.upload(f"/mine/{number(3)}/{deed}", [("a.pdf", files.pdf())]).status_code in (404, 415)
    assert contents(house.desk) == before
    # Whoever acts here has no nomination of their own.
    for name in ("总管理", "局经办", "区经办", "局专家", "总监督"):
        browser = house.browser(name)
        assert [browser.get(path).status_code for path in ("/mine", f"/mine/{number(1)}")] == [404, 404]


def test_api_gives_a_nominee_no_token(house: House) -> None:
    house.accepted(1)
    mine = Act(Actor("候选人1", Role.NOMINEE, "第1公司"), APRIL)
    with pytest.raises(UnknownError):
        give_token(house.desk, "候选人1", "业务系统", timedelta(days=1), mine)


def test_who_puts_themselves_forward_hands_in_and_answers_a_return(house: House) -> None:
    client = house.accepted(2, by="局经办")
    path = f"/mine/{number(2)}"
    assert "现在还不能报送" in page(client.get(path)).one("main").text
    assert client.upload(f"{path}/materials/form/electronic", [("a.txt", b"x")]).status_code == 409
    done = client.upload(f"{path}/materials/form/electronic", [("申报表.pdf", files.pdf())])
    assert done.headers["location"] == f"{path}?told=handed-in#materials"
    assert client.post(f"{path}/materials/form/electronic/1").content == files.pdf()
    assert client.post(f"{path}/materials/form/electronic/2").status_code == 404
    assert client.post(f"{path}/submit", {"version": "9"}).status_code == 409
    assert client.post(f"{path}/submit", {"version": "1"}).headers["location"] == f"{path}?told=submitted"
    # It is with the office now.
    assert "/submit" not in client.get(path).text
    assert client.post(f"{path}/submit").status_code == 409
    assert client.upload(f"{path}/materials/form/electronic", [("b.pdf", files.pdf(2))]).status_code == 404
    house.now = datetime(2026, 4, 20, 10, tzinfo=SHANGHAI)
    by = Act(Actor("局经办", Role.OPERATOR, "某市人社局"), house.now, "页数不全")
    assert not isinstance(move(house.desk, number(2), Move.ACCEPT, by), Denied)
    lacking = Lacking(("conduct",), ("form",))
    assert not isinstance(move(house.desk, number(2), Move.RETURN, by, lacking=lacking), Denied)
    client = house.browser("李自荐", CHOSEN)
    returned = page(client.get(path))
    (notice,) = returned.all("section", "notices")
    assert "页数不全" in notice.text
    assert [one.text for one in notice.all("li")] == ["品行端正 待补正", "申报表 待补正"]
    assert "局经办" not in returned.one("main").text
    assert client.upload(f"{path}/materials/form/electronic", [("c.pdf", files.pdf(2))]).status_code == 303
    version = next(one for one in page(client.get(path)).all("input") if one.attributes["name"] == "version")
    form = {"version": version.attributes["value"], "reason": "已补齐"}
    assert client.post(f"{path}/submit", form).headers["location"] == f"{path}?told=submitted"
    with house.desk.store.read() as connection:
        moved = [one for one in events_of(connection, SMALL, nomination=number(2)) if one.get("move") == "submit"]
    assert [(one["actor"], one["role"]) for one in moved] == [("李自荐", "nominee")] * 2


def test_whom_an_organization_puts_forward_reads_and_hands_nothing_in(house: House) -> None:
    client = house.accepted(1)
    path = f"/mine/{number(1)}"
    own = client.get(path).text
    assert ("/submit" in own, 'type="file"' in own) == (False, False)
    before = contents(house.desk)
    assert client.post(f"{path}/submit", {"version": "1"}).status_code == 409
    assert client.upload(f"{path}/materials/form/electronic", [("a.pdf", files.pdf())]).status_code == 404
    assert contents(house.desk) == before


def test_office_hands_in_for_who_came_without_an_organization(house: House) -> None:
    one = f"/nominations/{number(2)}"
    client = house.browser("局经办")
    assert client.upload(f"{one}/materials/form/electronic", [("a.pdf", files.pdf())]).status_code == 303
    assert client.post(f"{one}/moves/submit", {"version": "1"}).status_code == 303
    # What an organization puts forward is its own to hand in.
    other = f"/nominations/{number(1)}"
    assert client.upload(f"{other}/materials/form/electronic", [("a.pdf", files.pdf())]).status_code == 404


def test_invitation_is_withdrawn_by_wrong_codes_by_time_and_by_another_one(house: House) -> None:
    form = {"chosen": CHOSEN, "again": CHOSEN}
    link, code = house.invite(1)
    client = Client(house.app)
    statuses = [client.post(link, {"code": "x", **form}).status_code for _ in range(MOST_WRONG)]
    assert statuses == [422] * (MOST_WRONG - 1) + [404]
    assert client.post(link, {"code": code, **form}).status_code == 404
    first, old = house.invite(1)
    link, code = house.invite(1)
    assert client.post(first, {"code": old, **form}).status_code == 404
    # The code of one invitation opens no other, nor does a link that was altered.
    other, _ = house.invite(3)
    assert client.post(other, {"code": code, **form}).status_code == 422
    head, _, signature = other.rpartition("/")
    for altered in (f"{head}/{signature[:-1]}", link.rpartition("/")[0] + f"/{signature}", "/invitations/99/x"):
        assert client.get(altered).status_code == 404, altered
    house.now += HOLDS
    assert client.get(link).status_code == 404
    assert client.post(link, {"code": code, **form}).status_code == 404


def test_invitation_that_does_not_go_out_leaves_none_open(house: House) -> None:
    house.post.broken = True
    client = house.browser("区经办")
    answer = client.post(f"/nominations/{number(1)}/nominees", {"mail": "p@example.org"})
    assert (answer.status_code, "邀请没有发出：邮件服务器没有应答" in answer.text) == (409, True)
    assert client.post(f"/nominations/{number(1)}/nominees", {"mail": "不是邮箱"}).status_code == 409
    with house.desk.store.read() as connection:
        assert connection.execute(select(t.invitation.c.withdrawn_at)).scalars().all() == [APRIL]


def test_nominees_are_invited_by_their_own_side_and_the_office_and_let_go_by_them(house: House) -> None:
    for name, status in (("外经办", 404), ("外管理", 404), ("局审查", 409), ("局专家", 404), ("局监督", 409)):
        path = f"/nominations/{number(1)}/nominees"
        answer = house.browser(name).post(path, {"mail": "p@example.org"})
        assert answer.status_code in (status, 404, 409), name
    assert house.post.letters == []
    for name in ("区经办", "厂经办", "局经办", "局管理"):
        house.invite(1, by=name)
    client = house.accepted(1)
    # Somebody of the same name is somebody else.
    second = house.accepted(1, by="厂经办")
    assert f"候选人1（{number(1)}）" in page(second.get("/account")).one("main").text
    path = f"/nominations/{number(1)}/nominees/released"
    assert house.browser("外经办").post(path, {"name": "候选人1"}).status_code == 404
    assert house.browser("区经办").post(path, {"name": "候选人1"}).status_code == 303
    assert client.get(f"/mine/{number(1)}").status_code == 303
    assert second.get(f"/mine/{number(1)}").status_code == 200
    assert house.browser("区经办").post(path, {"name": "候选人1"}).status_code == 404


def test_letting_somebody_go_withdraws_the_invitation_that_nobody_has_taken_up(house: House) -> None:
    house.accepted(1)
    link, _ = house.invite(1)
    path = f"/nominations/{number(1)}/nominees/released"
    assert house.browser("区经办").post(path, {"name": "候选人1"}).status_code == 303
    assert Client(house.app).get(link).status_code == 404


def test_nominee_whose_role_is_taken_back_finds_nothing_of_it_in_another_one(house: House) -> None:
    client = house.accepted(1)
    house.accepted(3, client=client)
    assert revoke_role(house.desk, "候选人1", Role.NOMINEE, "第1公司", BY) is None
    assert [one.text for one in page(client.get("/mine")).all("p", "number")] == [number(3)]
    # Whom the same unit lets see another one does not see the first again.
    with house.desk.store.write() as transaction:
        transaction.connection.execute(
            update(t.nomination).where(t.nomination.c.number == number(4)).values(unit="第1公司")
        )
    house.accepted(4, by="局经办", client=client)
    assert [one.text for one in page(client.get("/mine")).all("p", "number")] == [number(4), number(3)]


def test_nominee_never_goes_by_the_name_of_an_expert(house: House) -> None:
    act = Act(Actor("总管理"), APRIL)
    assert isinstance(add_expert(house.desk, ExpertDraft("候选人1", "某学院"), act), int)
    client = house.accepted(1)
    assert f"请用登录名“候选人1（{number(1)}）”" in client.get(f"/mine/{number(1)}?told=welcome").text


def test_one_account_has_several_nominations_and_none_who_acts_here(house: House) -> None:
    client = house.accepted(1)
    house.accepted(3, client=client)
    assert [one.text for one in page(client.get("/mine")).all("p", "number")] == [number(3), number(1)]
    link, code = house.invite(4)
    officer = house.browser("局经办")
    answer = officer.post(link, {"code": code, "chosen": CHOSEN, "again": CHOSEN})
    assert (answer.status_code, "请先退出" in answer.text) == (422, True)
    assert disable_person(house.desk, "候选人1", BY) is None
    assert client.get("/mine").status_code == 303


def test_nobody_who_looks_after_their_own_is_given_a_role_to_act_in(house: House) -> None:
    house.accepted(1)
    assert why(grant_role(house.desk, "候选人1", Role.OPERATOR, "第1公司", BY)) == [("no-nominee", None)]


def test_nomination_that_has_ended_invites_nobody(house: House) -> None:
    by = Act(Actor("总管理"), APRIL, "本人放弃")
    assert not isinstance(move(house.desk, number(1), Move.WITHDRAW, by), Denied)
    refused = invite(house.desk, number(1), "p1@example.org", by, house.post)
    assert why(refused) == [("not-ended", None)]
    assert house.post.letters == []


def test_no_address_no_invitation(house: House) -> None:
    object.__setattr__(house.desk.letterhead, "public", None)
    answer = house.browser("区经办").post(f"/nominations/{number(1)}/nominees", {"mail": "p@example.org"})
    assert (answer.status_code, "没有设置外网可以打开的网址" in answer.text) == (409, True)
    plain = Client(create_app(house.desk, lambda: APRIL))
    plain.post("/sign-in", {"name": "区经办", "password": PASSWORD})
    assert "邀请候选人" not in plain.get(f"/nominations/{number(1)}").text


def test_nominee_is_told_that_the_publicity_s_result_is_settled_and_nothing_of_an_objection(own_desk: Desk) -> None:
    object.__setattr__(own_desk.letterhead, "public", "https://linxuan.example.org")
    house = House(own_desk)
    house.now = NOW
    client, office = house.accepted(1, by="局经办"), house.browser("局经办")
    pages = ("/mine", f"/mine/{number(1)}")
    told = [page(client.get(path)).one("main").text for path in pages]
    assert [("公示·结果办理中" in one, "异议" in one) for one in told] == [(True, False)] * 2
    assert "办理公示结果 → 公示·结果办理中" in told[1]
    assert office.post("/objections/1/handling/admit", {"reason": "受理"}).status_code == 303
    upheld = {"outcome": "upheld", "answer": "经查属实"}
    assert office.post("/objections/1/handling/settle", upheld).status_code == 303
    remind(own_desk, house.post, NOW + timedelta(days=3))
    for language in ("zh", "en"):
        for path in pages:
            text = page(client.get(f"{path}?lang={language}")).one("main").text
            assert [word for word in ("异议", "经查属实", "objection", "uphold") if word in text] == []


def test_nominee_is_not_asked_for_what_nobody_puts_on_their_own_form(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hash_quickly(monkeypatch)
    document = program().model_dump(mode="json")
    document["stages"][0]["tiers"][0] |= {"seal": True, "opinion": ["政治表现"], "assigns_number": True}
    fill(tmp_path, Program.model_validate(document))
    house = House(opened(tmp_path))
    client, path = house.accepted(2, by="局经办"), f"/mine/{number(2)}"
    assert client.upload(f"{path}/materials/form/electronic", [("申报表.pdf", files.pdf())]).status_code == 303
    own = page(client.get(path))
    assert "表上的盖章、意见或编号不由本人填写，请交主办单位报送" in own.one("section", "moves").text
    assert own.one("section", "moves").all("form") == []
    form = {"version": "1", "sealed": "1", "opinion.政治表现": "好", "form_number": "1"}
    assert client.post(f"{path}/submit", form).status_code == 409
    office = house.browser("局经办").post(f"/nominations/{number(2)}/moves/submit", form)
    assert office.status_code == 303, office.text
    house.desk.store.close()
