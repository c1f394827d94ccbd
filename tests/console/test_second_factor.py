"""Signing in with a second factor: no page without it, set up with an app, and needed where a setting says so."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from httpx import Response

from console import create_app
from operations.actors import Role
from operations.desk import Desk
from operations.second_factor import pending_enrolment
from operations.sessions import list_sessions
from tests.console.asking import Client
from tests.console.filled import NOW
from tests.console.people import PASSWORD, hash_quickly
from tests.console.reading import read_page
from tests.console.working import worked
from tests.operations.test_second_factor import code

CODE, SET_UP = "/sign-in/code", "/account/second-factor"
ME = {"name": "局经办", "password": PASSWORD}


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    hash_quickly(monkeypatch)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    found = worked(tmp_path)
    yield found
    found.store.close()


def set_up(desk: Desk, client: Client) -> list[str]:
    """Set a second factor up on the page; returns the codes for the paper."""
    assert client.post(SET_UP, {"password": "no"}).status_code == 422
    assert client.post(SET_UP, {"password": PASSWORD}).headers["location"] == SET_UP
    page = read_page(client.get(SET_UP).text)
    (session,) = list_sessions(desk, NOW, name="局经办")
    begun = pending_enrolment(desk, session)
    assert begun
    assert begun.secret in page.text
    (picture,) = (one.attributes["src"] for one in page.all("img", "qr"))
    assert picture.startswith("data:image/svg+xml,")
    assert client.post(f"{SET_UP}/confirm", {"code": "x"}).status_code == 422
    done = read_page(client.post(f"{SET_UP}/confirm", {"code": code(begun.secret, NOW)}).text)
    codes = [one.text for one in done.one("ul", "codes").all("li")]
    # They are shown this once.
    assert not [one for one in codes if one in client.get(SET_UP).text]
    return codes


def test_no_page_is_shown_before_the_code(desk: Desk) -> None:
    client = Client(create_app(desk, lambda: NOW))
    client.post("/sign-in", ME)
    first, second, *_ = set_up(desk, client)
    client.post("/sign-out")
    answer = client.post("/sign-in", ME | {"next": "/nominations?mine=1"})
    assert answer.headers["location"] == f"{CODE}?next=%2Fnominations%3Fmine%3D1"
    for path in ("/", "/nominations", "/account", SET_UP, "/intake", "/nowhere"):
        led = client.get(path)
        assert (led.status_code, led.headers["location"].partition("?")[0]) == (303, CODE), path
    for path in (f"{SET_UP}/remove", "/account/password", "/role", "/nominations/export"):
        assert client.post(path, {"code": first}).status_code == 401, path
    page = read_page(client.get(answer.headers["location"]).text)
    assert not page.all("div", "whoami")
    (kept,) = (one.attributes["value"] for one in page.one("form").all("input") if one.attributes["name"] == "next")
    assert kept == "/nominations?mine=1"
    assert client.post(CODE, {"code": "000"}).status_code == 422
    assert client.post(CODE, {"code": first, "next": kept}).headers["location"] == kept
    assert client.get("/nominations").status_code == 200
    assert client.get(CODE).headers["location"] == "/"
    assert client.post(f"{SET_UP}/remove", {"code": "no"}).status_code == 422
    assert client.post(f"{SET_UP}/remove", {"code": second}).headers["location"] == SET_UP
    client.post("/sign-out")
    assert client.post("/sign-in", ME).headers["location"] == "/"


def test_lost_second_factor_is_removed_on_the_page_of_people_by_who_manages_them(desk: Desk) -> None:
    client = Client(create_app(desk, lambda: NOW))
    client.post("/sign-in", ME)
    set_up(desk, client)
    deed = {"name": "局经办", "reason": "手机丢失"}
    for name, status in (("外管理", 409), ("局监督", 409), ("局管理", 303)):
        other = Client(create_app(desk, lambda: NOW))
        other.post("/sign-in", ME | {"name": name})
        shown = "停用第二验证" in other.get("/people").text
        assert (shown, other.post("/people/second-factor", deed).status_code) == (status == 303, status), name
    assert "停用第二验证" not in other.get("/people").text
    assert other.post("/people/second-factor", deed).status_code == 409
    assert client.get("/").status_code == 303
    assert client.post("/sign-in", ME).headers["location"] == "/"


def test_session_that_waits_can_be_left(desk: Desk) -> None:
    client = Client(create_app(desk, lambda: NOW))
    client.post("/sign-in", ME)
    set_up(desk, client)
    client.post("/sign-out")
    client.post("/sign-in", ME)
    assert client.post("/sign-out").headers["location"] == "/sign-in"
    assert client.get("/").headers["location"] == "/sign-in"
    assert list_sessions(desk, NOW, name="局经办") == []


def test_role_that_needs_it_does_nothing_before_it_is_set_up(desk: Desk) -> None:
    client = Client(create_app(desk, lambda: NOW, second_factor={Role.OPERATOR}))
    client.post("/sign-in", ME)
    for path in ("/", "/nominations", "/account"):
        assert client.get(path).headers["location"] == SET_UP, path
    assert client.post("/nominations/export").headers["location"] == SET_UP
    assert "您的角色须启用第二验证" in client.get(SET_UP).text
    set_up(desk, client)
    assert client.get("/nominations").status_code == 200
    other = Client(create_app(desk, lambda: NOW, second_factor={Role.OPERATOR}))
    other.post("/sign-in", ME | {"name": "局管理"})
    assert other.get("/").status_code == 200


def token_in(answer: Response) -> str:
    """The token that an answer gives the browser."""
    return answer.headers["set-cookie"].partition("=")[2].partition(";")[0]


def test_token_from_before_the_code_is_nobody_s_after_it(desk: Desk) -> None:
    app = create_app(desk, lambda: NOW)
    client = Client(app)
    before = token_in(client.post("/sign-in", ME))
    first, *_ = set_up(desk, client)
    assert Client(app).get("/", headers={"Cookie": f"linxuan_session={before}"}).status_code == 303
    assert client.get("/").status_code == 200
    client.post("/sign-out")
    waiting = token_in(client.post("/sign-in", ME))
    passed = token_in(client.post(CODE, {"code": first}))
    found = [
        Client(app).get("/", headers={"Cookie": f"linxuan_session={one}"}).status_code for one in (waiting, passed)
    ]
    assert found == [303, 200]
