"""Who is let in, and what each role is shown of its own organizations and of others: every route, every role."""

from collections.abc import Iterator
from datetime import timedelta

import httpx
import pytest
from fastapi import FastAPI
from starlette.routing import Route

from console import create_app
from operations.actors import Actor, Role
from operations.acts import Act
from operations.attempts import FREE_TRIES
from operations.desk import Desk
from operations.people import add_person, grant_role
from operations.session_begins import LONGEST
from operations.sessions import IDLE
from store import INSTALLATION, events_of
from tests.console.asking import Client
from tests.console.filled import LUZHOU, NOW, SMALL, fill, new_desk
from tests.console.people import PASSWORD, PEOPLE, browser_of, hash_quickly, register
from tests.console.reading import read_page

#: Every address that has a page, with what it needs: nothing, a session, or what a table below tells.
PUBLIC = {
    "/health",
    "/sign-in",
    "/verify",
    "/verify/{code}",
    "/assets/{digest}/{name}",
    "/publicity",
    "/publicity/receipt",
    "/publicity/{list}",
    "/publicity/{list}/objection",
    "/letters/received/{name}/{signature}",
    "/calendars/{token}.ics",
    "/letters/unsubscribe/{name}/{signature}",
    "/invitations/{invitation}/{signature}",
}


@pytest.fixture(scope="module")
def staffed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """The filled store with people of every role."""
    patched = pytest.MonkeyPatch()
    hash_quickly(patched)
    desk = new_desk(tmp_path_factory.mktemp("access"))
    fill(desk)
    register(desk)
    yield desk
    desk.store.close()
    patched.undo()


@pytest.fixture
def stranger(staffed: Desk) -> Client:
    return Client(create_app(staffed, lambda: NOW))


def routes(app: FastAPI) -> set[tuple[str, str]]:
    return {
        (method, route.path)
        for route in app.routes
        if isinstance(route, Route)
        for method in (route.methods or ())
        if method != "HEAD"
    }


def concrete(path: str) -> str:
    values = {"program_id": SMALL, "code": "0", "digest": "0", "name": "x.css", "number": f"{SMALL}-0001"}
    others = {
        "move": "return",
        "list": "9",
        "stage": "review",
        "deed": "admit",
        "objection": "1",
        "place": "1",
        "period": "1",
    }
    more = {
        "paper": "notice",
        "track": "materials",
        "member": "评委",
        "material": "form",
        "medium": "electronic",
        "token": "x",
        "signature": "x",
        "invitation": "1",
        "ruling": "closing-hour",
        "message": "m1",
    }
    return path.format(**values, **others, **more) if "{" in path else path


def test_stranger_gets_public_pages_alone_on_every_route(staffed: Desk, stranger: Client) -> None:
    app = create_app(staffed, lambda: NOW)
    assert {path for _, path in routes(app)} >= PUBLIC
    for method, path in sorted(routes(app)):
        answer = stranger.get(concrete(path)) if method == "GET" else stranger.post(concrete(path))
        if path in PUBLIC:
            assert answer.status_code in (200, 404, 422), (method, path)
        elif method == "POST":
            assert answer.status_code == 401, (method, path)
        else:
            assert answer.status_code == 303, (method, path)
            assert answer.headers["location"].startswith("/sign-in"), (method, path)
        assert "候选人" not in answer.text


def test_address_that_is_not_there_leads_a_stranger_to_the_sign_in_too(stranger: Client) -> None:
    assert stranger.get("/nowhere").headers["location"] == "/sign-in?next=%2Fnowhere"


def test_sign_in_leads_back_to_what_was_asked_for_and_nowhere_else(staffed: Desk, stranger: Client) -> None:
    sent = stranger.get(f"/programs/{SMALL}?lang=en").headers["location"]
    form = read_page(stranger.get(sent).text).one("form")
    (hidden,) = (one for one in form.all("input") if one.attributes.get("type") == "hidden")
    assert hidden.attributes["value"] == f"/programs/{SMALL}?lang=en"
    for wanted, led in (
        (hidden.attributes["value"], hidden.attributes["value"]),
        ("//evil.example/", "/"),
        ("https://evil.example/", "/"),
        ("/\\evil.example", "/"),
        ("", "/"),
    ):
        answer = Client(create_app(staffed, lambda: NOW)).post(
            "/sign-in", {"name": "局经办", "password": PASSWORD, "next": wanted}
        )
        assert (answer.status_code, answer.headers["location"]) == (303, led)


def test_cookie_is_for_the_browser_and_this_host_alone(staffed: Desk) -> None:
    form = {"name": "局经办", "password": PASSWORD}
    plain = Client(create_app(staffed, lambda: NOW)).post("/sign-in", form).headers["set-cookie"]
    assert plain.startswith("linxuan_session=")
    assert parts_of(plain) == {"httponly", "samesite=lax", "path=/", f"max-age={int(LONGEST.total_seconds())}"}
    client = Client(create_app(staffed, lambda: NOW))
    headers = {"Origin": "https://localhost"}
    secure = client.request("POST", "/sign-in", data=form, headers=headers).headers["set-cookie"]
    assert secure.startswith("__Host-linxuan_session=")
    assert "secure" in parts_of(secure)


def parts_of(cookie: str) -> set[str]:
    return {part.strip().lower() for part in cookie.split(";")[1:]}


def sent_with_forms(page: httpx.Response, host: str, scheme: str) -> dict[str, str]:
    """Return what browsers send with a form of a page: its referrer policy decides on `Origin` (Fetch, 3.2), and no
    address without TLS but the machine's own gets any `Sec-Fetch-Site` (Fetch Metadata, 2).
    """
    origin = "null" if page.headers["referrer-policy"] == "no-referrer" else f"{scheme}://{host}"
    told = {"Sec-Fetch-Site": "same-origin"} if scheme == "https" or host == "localhost" else {}
    return {"Host": host, "Origin": origin, **told}


@pytest.mark.parametrize(
    ("host", "scheme", "address", "named"),
    [
        ("localhost", "http", None, "linxuan_session"),
        ("192.0.2.7:8000", "http", None, "linxuan_session"),
        ("console.example", "http", "http://console.example/", "linxuan_session"),
        # A proxy speaks TLS, and asks the console over plain HTTP.
        ("console.example", "https", None, "__Host-linxuan_session"),
        ("console.example", "https", "https://console.example/", "__Host-linxuan_session"),
    ],
)
def test_form_is_taken_as_browsers_send_it_to_every_kind_of_address(
    staffed: Desk, host: str, scheme: str, address: str | None, named: str
) -> None:
    client = Client(create_app(staffed, lambda: NOW, hosts=None, address=address))
    headers = sent_with_forms(client.get("/sign-in", headers={"Host": host}), host, scheme)
    answer = client.request("POST", "/sign-in", data={"name": "局经办", "password": PASSWORD}, headers=headers)
    assert answer.status_code == 303, answer.text
    cookie = answer.headers["set-cookie"]
    assert (cookie.partition("=")[0], "secure" in parts_of(cookie)) == (named, named.startswith("__Host-"))


def test_configured_address_over_tls_keeps_cookies_to_it_whatever_a_browser_says(staffed: Desk) -> None:
    client = Client(create_app(staffed, lambda: NOW, hosts=None, address="https://console.example/"))
    form = {"name": "局经办", "password": PASSWORD}
    answer = client.request("POST", "/sign-in", data=form, headers={"Sec-Fetch-Site": "same-origin"})
    assert answer.headers["set-cookie"].startswith("__Host-linxuan_session=")
    assert "secure" in parts_of(answer.headers["set-cookie"])


def test_token_in_a_cookie_that_a_plain_page_could_set_is_not_read_over_tls(staffed: Desk) -> None:
    app = create_app(staffed, lambda: NOW, hosts=None, address="https://console.example/")
    form = {"name": "局经办", "password": PASSWORD}
    answer = Client(app).request("POST", "/sign-in", data=form, headers={"Sec-Fetch-Site": "same-origin"})
    token = answer.headers["set-cookie"].partition("=")[2].partition(";")[0]
    asked = [
        Client(app).get("/", headers={"Cookie": f"{name}={token}"})
        for name in ("linxuan_session", "__Host-linxuan_session")
    ]
    assert [one.status_code for one in asked] == [303, 200]


def test_wrong_password_says_no_more_than_that_and_then_waits(staffed: Desk, stranger: Client) -> None:
    act = Act(Actor("总管理"), NOW)
    assert add_person(staffed, "常输错", Role.SUPERVISOR, None, act, password=PASSWORD) is None
    for name in ("常输错", "没有这人"):
        said = []
        for _ in range(FREE_TRIES + 1):
            answer = stranger.post("/sign-in", {"name": name, "password": "不是这个密码呀"})
            said.append((answer.status_code, read_page(answer.text).one("p", "refused").text.partition("；")[0]))
        assert said == [(422, "姓名或密码不对")] * FREE_TRIES + [(429, "密码错误次数过多")]


def test_session_ends_by_itself_by_sign_out_and_from_elsewhere(staffed: Desk) -> None:
    now = [NOW]
    client = Client(create_app(staffed, lambda: now[0]))
    form = {"name": "局经办", "password": PASSWORD}
    client.post("/sign-in", form)
    assert client.get("/").status_code == 200
    now[0] += IDLE
    assert client.get("/").status_code == 303
    assert client.post("/account/password").status_code == 401
    client.post("/sign-in", form)
    other = Client(create_app(staffed, lambda: now[0]))
    other.post("/sign-in", form)
    buttons = [one for one in read_page(client.get("/account").text).all("button") if one.text == "结束"]
    assert buttons
    for one in buttons:
        assert client.post("/account/sessions", {"session": one.attributes["value"]}).status_code == 303
    assert other.get("/").status_code == 303
    assert client.get("/").status_code == 200
    gone = client.post("/sign-out")
    assert gone.headers["location"] == "/sign-in"
    assert client.get("/").status_code == 303


def test_form_that_an_ended_session_sends_is_kept_and_taken_once_somebody_has_signed_in_again(staffed: Desk) -> None:
    now = [NOW]
    client = Client(create_app(staffed, lambda: now[0]))
    client.post("/sign-in", {"name": "局经办", "password": PASSWORD})
    now[0] += IDLE
    typed = {"name": "等我看的", "query": f"program={SMALL}", "note": "写了半小时的“意见”&<i>依据</i>"}
    headers = {"Origin": "http://localhost", "Referer": f"http://localhost/nominations?program={SMALL}"}
    refused = client.request("POST", "/nominations/views", data=typed, headers=headers)
    page = read_page(refused.text)
    form = page.one("main").one("form")
    kept = {one.attributes["name"]: one.attributes["value"] for one in form.all("input")}
    assert (refused.status_code, form.attributes["action"], kept) == (401, "/nominations/views", typed)
    assert [one.text for one in page.all("blockquote")] == [typed["note"]]
    again = client.get(page.one("main").one("ol").one("a").attributes["href"])
    wanted = read_page(again.text).one("form").all("input")[0].attributes["value"]
    assert wanted == f"/nominations?program={SMALL}"
    client.post("/sign-in", {"name": "局经办", "password": PASSWORD})
    assert client.post(form.attributes["action"], kept).status_code == 303
    assert "等我看的" in client.get("/nominations").text


def test_words_of_a_form_with_files_are_kept_too_and_sent_again_where_no_file_came(staffed: Desk) -> None:
    client = Client(create_app(staffed, lambda: NOW))
    typed = {"finding": "调取原始记录，双方意见一致。", "note": ""}
    page = read_page(client.upload("/objections/1/finding", [], typed).text).one("main")
    form = page.one("form")
    kept = {one.attributes["name"]: one.attributes["value"] for one in form.all("input")}
    assert (form.attributes["enctype"], kept) == ("multipart/form-data", typed | {"file": ""})
    for sent in (b"x", b"x" * 300_000):
        refused = client.upload("/objections/1/finding", [("证据.txt", sent)], typed)
        page = read_page(refused.text).one("main")
        assert (refused.status_code, page.all("form")) == (401, [])
        # A long form of somebody who is not known is not read.
        assert [one.text for one in page.all("blockquote")] == ([typed["finding"]] if len(sent) == 1 else [])


@pytest.mark.parametrize(
    ("path", "field", "texts"),
    [
        ("/account/password", "current", []),
        ("/sign-in/code", "code", []),
        ("/intake/one", "identity", ["写了半小时的意见"]),
        ("/intake/x", "cell.0.3", ["写了半小时的意见"]),
        ("http://localhost//evil.example/x", "plain", []),
    ],
)
def test_secret_or_personal_number_that_an_ended_session_sends_is_not_shown_again(
    staffed: Desk, path: str, field: str, texts: list[str]
) -> None:
    sent = {field: "510502 19900101 甲", "note": "写了半小时的意见", "cell.0.1": "甲", "was.0.1": "乙"}
    refused = Client(create_app(staffed, lambda: NOW)).post(path, sent)
    page = read_page(refused.text).one("main")
    assert (refused.status_code, "19900101" in refused.text, page.all("form")) == (401, False, [])
    assert [one.text for one in page.all("blockquote")] == texts


def test_session_of_somebody_else_is_not_ended(staffed: Desk) -> None:
    mine, theirs = browser_of(staffed, "局经办"), browser_of(staffed, "局审查")
    (number,) = {
        one.attributes["value"]
        for one in read_page(browser_of(staffed, "局审查").get("/account").text).all("button")
        if one.attributes.get("name") == "session"
    } or {"1"}
    assert mine.post("/account/sessions", {"session": number}).status_code == 404
    assert theirs.get("/").status_code == 200


def test_own_password_is_changed(staffed: Desk) -> None:
    client = browser_of(staffed, "外专家")
    form = {"current": PASSWORD, "chosen": "一个新的密码呀呀", "again": "一个新的密码呀呀"}
    for wrong in ({"again": "别的"}, {"current": "不是这个密码呀"}, {"chosen": "短", "again": "短"}):
        answer = client.post("/account/password", form | wrong)
        assert answer.status_code == 422
        assert read_page(answer.text).one("p", "refused").text
    assert client.post("/account/password", form).headers["location"] == "/account?done=password"
    assert client.get("/account").status_code == 200
    assert client.post("/account/password", form | {"current": form["chosen"], "chosen": PASSWORD, "again": PASSWORD})


def test_role_is_switched_in_the_header(staffed: Desk) -> None:
    assert grant_role(staffed, "外经办", Role.SUPERVISOR, "某市人社局", Act(Actor("总管理"), NOW)) is None
    client = browser_of(staffed, "外经办")
    menu = read_page(client.get("/").text).one("details", "roles")
    choices = [one.attributes["value"] for one in menu.all("button")]
    assert choices == ["operator@外市人社局", "supervisor@某市人社局"]
    assert _total(client) == 0
    assert client.post("/role", {"role": choices[1]}).headers["location"] == "/"
    assert _total(client) == 7
    # Nobody takes a role that is not theirs.
    for foreign in ("administrator", "operator@某市人社局", "clock", "", "nobody@某市人社局"):
        refused = client.post("/role", {"role": foreign})
        assert (refused.status_code, "您没有这个角色" in refused.text) == (422, True)
        assert _total(client) == 7


def _total(client: Client) -> int | None:
    """How many nominations of the small program somebody is told of; none where they may not know it."""
    answer = client.get(f"/programs/{SMALL}")
    if answer.status_code == 404:
        return None
    return int(read_page(answer.text).one("p", "tally").one("span").text.split()[1])


#: How many of the seven nominations each is shown, none where the program is not theirs to know; and whether the one
#: in preparation is.
SHOWN = {
    "总管理": (7, True),
    "局管理": (7, False),
    "外管理": (None, False),
    "局经办": (7, False),
    "区经办": (7, False),
    "厂经办": (1, False),
    "外经办": (0, False),
    "局审查": (7, False),
    "外审查": (0, False),
    "局专家": (7, False),
    "外专家": (0, False),
    "总监督": (7, True),
    "局监督": (7, False),
    "外监督": (0, False),
}


@pytest.mark.parametrize("name", PEOPLE)
def test_everybody_is_shown_what_the_table_says(staffed: Desk, name: str) -> None:
    assert SHOWN.keys() == PEOPLE.keys()
    client = browser_of(staffed, name)
    total, prepared = SHOWN[name]
    assert _total(client) == total
    assert (client.get(f"/programs/{LUZHOU}").status_code == 200) == prepared
    front = client.get("/").text
    assert (SMALL in front, LUZHOU in front) == (total is not None, prepared)
    text = client.get(f"/programs/{SMALL}").text
    if not total:
        assert "候选人" not in text
    if name == "厂经办":
        assert {f"候选人{place}" for place in range(2, 7) if f"候选人{place}" in text} == set()
        assert "候选人1" in text
    # Those of the office's programs are for its administrators too, who handle them.
    assert ("封提醒" in front) == (PEOPLE[name][1] is None or name == "局管理")


def test_what_is_not_ones_own_answers_as_what_is_not_there_and_is_recorded(staffed: Desk) -> None:
    client = browser_of(staffed, "外管理")
    foreign, unknown = client.get(f"/programs/{SMALL}"), client.get("/programs/unknown")
    assert foreign.status_code == unknown.status_code == 404
    assert foreign.text.replace(SMALL, "unknown") == unknown.text
    with staffed.store.read() as connection:
        events = list(events_of(connection, INSTALLATION, newest_first=True))
    assert [event["asked"] for event in events if event["kind"] == "access.refused"][:2] == [
        "/programs/unknown",
        f"/programs/{SMALL}",
    ]


def test_what_is_typed_into_an_address_is_not_written_down_and_of_many_tries_few_are(staffed: Desk) -> None:
    later = NOW + timedelta(hours=3)
    client = browser_of(staffed, "外专家", later)
    tried = ("/nominations/张三5105", "/programs/138000000", "/nominations/a-2026-0001", f"/intake/{'aB_' * 14}")
    for path in (*tried, *["/programs/nowhere"] * 40):
        assert client.get(path).status_code == 404
    with staffed.store.read() as connection:
        found = [one for one in events_of(connection, INSTALLATION) if one["kind"] == "access.refused"]
    told = [one for one in found if one["now"] == later.isoformat()]
    asked = ["/nominations/…", "/programs/…", "/nominations/a-2026-0001", "/intake/…", "/programs/nowhere"]
    assert [one["asked"] for one in told[:5]] == asked
    assert [one["tries"] for one in told] == [*range(1, 17), 32]


def test_session_that_a_browser_had_ends_where_another_begins(staffed: Desk) -> None:
    client = Client(create_app(staffed, lambda: NOW))
    old = client.post("/sign-in", {"name": "外经办", "password": PASSWORD}).headers["set-cookie"].partition(";")[0]
    assert client.post("/sign-in", {"name": "外审查", "password": PASSWORD}).status_code == 303
    assert client.get("/account").status_code == 200
    answer = Client(create_app(staffed, lambda: NOW)).get("/account", headers={"Cookie": old})
    assert answer.headers["location"] == "/sign-in?next=%2Faccount"


def test_before_anybody_is_registered_everybody_reads_and_nobody_acts(client: Client) -> None:
    page = read_page(client.get("/").text)
    assert "尚未登记任何人" in page.one("footer").text
    assert not page.all("form")
    assert "无须登录" in read_page(client.get("/sign-in").text).one("p", "banner").text
    for path in ("/account", "/account/password", "/account/sessions", "/role"):
        answer = client.get(path) if path == "/account" else client.post(path)
        assert answer.status_code == 404
    assert client.post("/sign-in", {"name": "王管理", "password": PASSWORD}).status_code == 200


@pytest.mark.parametrize(
    ("address", "headers"),
    [
        ("203.0.113.5", {}),
        ("203.0.113.5", {"Host": "console.example"}),
        ("127.0.0.1", {"Host": "console.example"}),
        # A proxy on this machine, for somebody elsewhere.
        ("127.0.0.1", {"X-Forwarded-For": "203.0.113.5"}),
    ],
)
def test_before_anybody_is_registered_nobody_reads_from_elsewhere(
    desk: Desk, address: str, headers: dict[str, str]
) -> None:
    client = Client(create_app(desk, lambda: NOW, hosts=None), address)
    for path in ("/", "/nominations", f"/nominations/{SMALL}-0001", "/audit", "/messages", f"/programs/{SMALL}"):
        answer = client.get(path, headers=headers)
        assert (answer.status_code, answer.headers["location"].partition("?")[0]) == (303, "/sign-in"), path
    assert client.get("/publicity", headers=headers).status_code == 200
