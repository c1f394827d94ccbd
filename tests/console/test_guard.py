import logging

import pytest

from console import create_app
from operations.desk import Desk
from store import Store
from tests.console.asking import Client
from tests.console.filled import NOW, SMALL
from tests.console.reading import read_page

PATHS = ("/", f"/programs/{SMALL}", "/programs/unknown", "/nowhere", "/health")


@pytest.mark.parametrize("path", PATHS)
def test_every_answer_carries_the_security_headers(client: Client, path: str) -> None:
    headers = client.get(path).headers
    policy = dict(part.strip().split(" ", 1) for part in headers["content-security-policy"].split(";"))
    assert policy == {
        "default-src": "'none'",
        "style-src": "'self'",
        "img-src": "'self' data:",
        "base-uri": "'none'",
        "form-action": "'self'",
        "frame-ancestors": "'none'",
    }
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "same-origin"
    assert headers["x-frame-options"] == "DENY"
    assert headers["cache-control"] == "no-store"


@pytest.mark.parametrize("path", PATHS)
def test_pages_hold_nothing_that_the_policy_would_block(client: Client, path: str) -> None:
    text = client.get(path).text
    if path != "/health":
        page = read_page(text)
        for tag in ("style", "script", "iframe", "object", "base"):
            assert not page.all(tag)
        styled = [one for tag in ("div", "svg", "g", "rect", "span", "p") for one in page.all(tag)]
        assert not [one for one in styled if "style" in one.attributes]
        loaded = [one.attributes["href"] for one in page.all("link")] + [
            one.attributes["src"] for one in page.all("img")
        ]
        assert all(address.startswith("/assets/") for address in loaded)


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"])
def test_nothing_but_reading_and_forms_is_allowed(client: Client, method: str, path: str) -> None:
    answer = client.request(method, path)
    assert answer.status_code == 405
    assert answer.headers["allow"] == "GET, HEAD, POST"


@pytest.mark.parametrize("path", ["/", f"/programs/{SMALL}", "/health"])
def test_what_is_for_reading_takes_no_form(client: Client, path: str) -> None:
    answer = client.request("POST", path, headers={"Origin": "http://localhost"})
    assert answer.status_code == 405
    assert set(answer.headers["allow"].split(", ")) <= {"GET", "HEAD"}


OWN = [{"Sec-Fetch-Site": "same-origin"}, {"Origin": "http://localhost"}, {"Origin": "https://LOCALHOST"}]
FOREIGN = [
    {},
    {"Origin": "null"},
    {"Origin": "http://["},
    {"Origin": "http://evil.example"},
    {"Origin": "http://localhost.evil.example"},
    {"Origin": "http://localhost:8001"},
    {"Sec-Fetch-Site": "cross-site", "Origin": "http://localhost"},
    {"Sec-Fetch-Site": "same-site", "Origin": "http://localhost"},
    {"Sec-Fetch-Site": "none", "Origin": "http://localhost"},
]


@pytest.mark.parametrize("headers", OWN)
def test_form_of_an_own_page_is_taken(client: Client, headers: dict[str, str]) -> None:
    assert client.request("POST", "/sign-out", headers=headers, data={"x": "1"}).status_code == 303


@pytest.mark.parametrize("headers", FOREIGN)
def test_form_from_elsewhere_is_not(client: Client, headers: dict[str, str]) -> None:
    answer = client.request("POST", "/sign-out", headers=headers, data={"x": "1"})
    assert answer.status_code == 403
    assert read_page(answer.text).one("h1").text == "没有办理"


def test_where_people_come_over_https_no_page_without_it_is_own(desk: Desk) -> None:
    client = Client(create_app(desk, lambda: NOW, address="https://localhost/"))
    for origin, status in (("http://localhost", 403), ("https://localhost", 303)):
        answer = client.request("POST", "/sign-out", headers={"Origin": origin}, data={"x": "1"})
        assert answer.status_code == status
        assert answer.headers["strict-transport-security"] == "max-age=31536000"
    english = client.get("/sign-in", params={"lang": "en"}).headers["set-cookie"]
    assert "; Secure" in english
    plain = Client(create_app(desk, lambda: NOW)).get("/sign-in", params={"lang": "en"})
    assert "strict-transport-security" not in plain.headers
    assert "; Secure" not in plain.headers["set-cookie"]


def test_form_that_is_too_long_or_none_is_refused(client: Client) -> None:
    own = {"Origin": "http://localhost"}
    assert client.request("POST", "/sign-out", headers=own, data={"x": "1" * 300_000}).status_code == 413
    assert client.request("POST", "/sign-out", headers=own, json={"x": 1}).status_code == 415
    form = own | {"Content-Type": "application/x-www-form-urlencoded"}
    assert client.request("POST", "/sign-out", headers=form, content=b"x=%ff").status_code == 400


@pytest.mark.parametrize("path", ["/", f"/programs/{SMALL}", "/health"])
def test_head_answers_like_get(client: Client, path: str) -> None:
    head, get = client.request("HEAD", path), client.get(path)
    assert head.status_code == get.status_code == 200
    assert head.headers["content-type"] == get.headers["content-type"]


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST:8000", "127.0.0.1:8000", "[::1]:8000", "[::1]"])
def test_this_machine_has_several_names(client: Client, host: str) -> None:
    assert client.get("/health", headers={"Host": host}).status_code == 200


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example:8000", "localhost.evil.example", "", "::1"])
def test_a_name_from_elsewhere_reads_nothing(client: Client, host: str) -> None:
    for path in ("/", "/health"):
        answer = client.get(path, headers={"Host": host})
        assert answer.status_code == 421
        assert read_page(answer.text).one("h1").text == "不是本机地址"


def test_where_any_host_is_allowed_none_is_refused(desk: Desk) -> None:
    served = Client(create_app(desk, lambda: NOW, hosts=None))
    assert served.get("/health", headers={"Host": "console.example.cn"}).status_code == 200


@pytest.mark.parametrize("path", ["/programs/unknown", "/programs/a/b", "/nowhere", "/programs/%3Cscript%3E"])
def test_an_unknown_address_gets_a_page_in_the_readers_language(client: Client, path: str) -> None:
    answer = client.get(path)
    page = read_page(answer.text)
    assert answer.status_code == 404
    assert page.one("h1").text == "没有这个页面"
    assert page.one("main").one("a").attributes["href"] == "/"
    english = read_page(client.get(path, params={"lang": "en"}).text)
    assert english.one("h1").text == "There is no such page"


def test_assets_are_kept_for_ever_under_their_digest(client: Client) -> None:
    address = read_page(client.get("/").text).all("link")[0].attributes["href"]
    answer = client.get(address)
    assert answer.headers["content-type"] == "text/css; charset=utf-8"
    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert "url(" not in answer.text
    assert "@import" not in answer.text
    assert client.get("/assets/0000000000000000/console.css").status_code == 404
    assert client.get(address.replace("console.css", "..%2Fapp.py")).status_code == 404


def test_health_tells_whether_the_database_answers(client: Client, desk: Desk) -> None:
    assert client.get("/health").json() == {"status": "ok", "database": "ok"}
    broken = Desk(Store("sqlite:////nowhere/at/all.db"), desk.calendar, desk.vault, desk.contents)
    answer = Client(create_app(broken, lambda: NOW)).get("/health")
    assert answer.status_code == 503
    assert answer.json() == {"status": "failing", "database": "failing"}


def test_a_failure_is_told_without_a_traceback(desk: Desk, caplog: pytest.LogCaptureFixture) -> None:
    broken = Desk(Store("sqlite:////nowhere/at/all.db"), desk.calendar, desk.vault, desk.contents)
    with caplog.at_level(logging.ERROR):
        answer = Client(create_app(broken, lambda: NOW, language="en")).get("/")
    assert answer.status_code == 500
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert read_page(answer.text).one("h1").text == "The page cannot be shown just now"
    for secret in ("Traceback", "sqlite", "nowhere"):
        assert secret not in answer.text
    (record,) = caplog.records
    assert not record.exc_info
    said = record.getMessage()
    assert said.startswith("GET /: OperationalError at ")
    assert "nowhere" not in said


@pytest.mark.parametrize(
    ("path", "told"),
    [
        ("/calendars/SECRET.ics", "/calendars/{token}.ics"),
        ("/letters/unsubscribe/SECRET/SECRET", "/letters/unsubscribe/{name}/{signature}"),
        ("/publicity/1", "/publicity/{list}"),
    ],
)
def test_no_secret_of_an_address_is_in_the_log_of_a_failure(
    desk: Desk, caplog: pytest.LogCaptureFixture, path: str, told: str
) -> None:
    broken = Desk(Store("sqlite:////nowhere/at/all.db"), desk.calendar, desk.vault, desk.contents)
    with caplog.at_level(logging.ERROR):
        assert Client(create_app(broken, lambda: NOW)).get(path).status_code == 500
    (record,) = caplog.records
    assert record.getMessage().startswith(f"GET {told}: OperationalError at ")
