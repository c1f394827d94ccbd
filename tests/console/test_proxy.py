"""The console behind the proxy as it is shipped: nginx with `deploy/nginx.conf`, the console with its settings."""

import re
from collections.abc import Iterator
from contextlib import ExitStack
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import httpx
import pytest
from sqlalchemy import select

from console import forms, intake, materials, publications
from console.admission import is_public
from operations.desk import Desk
from operations.tallying import LARGEST_TALLY
from store import tables as t
from tests.cli.test_supervisor import wait_until
from tests.console.people import PASSWORD
from tests.console.serving import serving
from tests.console.working import worked
from tests.postgres import NoServerError
from tests.proxy import CONF, CONSOLE, LOCALHOST, PREFECT, PUBLIC, Proxy, proxying

ELSEWHERE = "127.0.0.2"
FORM = {"name": "局经办", "password": PASSWORD}


class _Prefect(BaseHTTPRequestHandler):
    """A server in the place of Prefect's: says what it was asked by."""

    def do_GET(self) -> None:
        self.send_response(200)
        self.end_headers()
        self.wfile.write(f"{self.path} {self.headers['Host']} {self.headers.get('X-Forwarded-For')}".encode())

    def log_message(self, *_told: object) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def desk(tmp_path_factory) -> Iterator[Desk]:
    desk = worked(tmp_path_factory.mktemp("behind"))
    yield desk
    desk.store.close()


@pytest.fixture(scope="module")
def proxy(desk: Desk) -> Iterator[Proxy]:
    """One Prefect server answers, the other one is away."""
    with ExitStack() as held:
        prefect = held.enter_context(ThreadingHTTPServer((LOCALHOST, 0), _Prefect))
        Thread(target=prefect.serve_forever, daemon=True).start()
        held.callback(prefect.shutdown)
        away = held.enter_context(ThreadingHTTPServer((LOCALHOST, 0), _Prefect, bind_and_activate=False))
        away.server_bind()
        told = {
            "LINXUAN_DATA": str(Path(desk.store.url.database).parent),
            "LINXUAN_CONSOLE_URL": f"https://{CONSOLE}/",
            "LINXUAN_PUBLIC_URL": f"https://{PUBLIC}/",
            "LINXUAN_PROXIES": LOCALHOST,
        }
        served = held.enter_context(serving(desk.store.url.render_as_string(), **told))
        port = int(served.address.rpartition(":")[2])
        try:
            yield held.enter_context(proxying(port, (away.server_port, prefect.server_port)))
        except NoServerError as missing:
            pytest.skip(str(missing))


def sign_in(proxy: Proxy, source: str = LOCALHOST, **headers: str) -> httpx.Response:
    with proxy.browser(source=source) as browser:
        return browser.post("/sign-in", data=FORM, headers=headers)


def test_pages_and_cookies_are_for_https_alone(proxy):
    answer = sign_in(proxy, Origin=proxy.origin())
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    cookie = answer.headers["set-cookie"]
    assert cookie.startswith("__Host-linxuan_session=")
    assert {"Secure", "HttpOnly"} <= {part.strip() for part in cookie.split(";")}
    assert answer.headers["strict-transport-security"] == "max-age=31536000"
    assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]
    assert answer.headers["server"] == "nginx"
    plain = httpx.get(f"http://{LOCALHOST}:{proxy.ports[80]}/verify?x=1", headers={"Host": CONSOLE})
    assert (plain.status_code, plain.headers["location"]) == (301, f"https://{CONSOLE}/verify?x=1")


def test_forms_of_other_pages_are_refused(proxy):
    sent = {"Origin": proxy.origin()}, {"Origin": proxy.origin(PUBLIC)}, {"Origin": "https://evil.example"}, {}
    assert [sign_in(proxy, **headers).status_code for headers in sent] == [303, 403, 403, 403]


def test_whoever_asks_is_known_by_their_own_address_whatever_they_say(proxy, desk):
    headers = {"Origin": proxy.origin(), "X-Forwarded-For": "203.0.113.7", "X-Forwarded-Host": "evil.example"}
    assert sign_in(proxy, ELSEWHERE, **headers).status_code == 303
    with desk.store.read() as connection:
        newest = select(t.session.c.address).order_by(t.session.c.id.desc()).limit(1)
        assert connection.execute(newest).scalar_one() == ELSEWHERE


def test_as_much_is_let_through_as_the_console_takes(proxy):
    most = max(intake.MOST, materials.MOST, publications.MOST, LARGEST_TALLY, forms.LARGEST)
    console = CONF.read_text("utf-8").partition("# The console")[2]
    assert set(re.findall(r"client_max_body_size (\w+);", console)) == {f"{most // 1024 // 1024}m"}
    assert most % (1024 * 1024) == 0

    told = [proxy.announce(length) for length in (most, most + 1)]
    # What is let through is refused by the console, as it does not say what it is; the rest by the proxy.
    assert [(one.split()[1], "Content-Security-Policy" in one.title()) for one in told] == [
        ("415", True),
        ("413", False),
    ]


def secret_addresses(desk: Desk) -> list[str]:
    """Every address that needs no session and has something in it that only some know; it is told by its name."""
    from console.app import create_app  # noqa: PLC0415
    from tests.console.conftest import NOW  # noqa: PLC0415

    paths = {route.path for route in create_app(desk, lambda: NOW).routes if is_public(route.path)}
    return sorted(path for path in paths if "{" in path and not path.startswith(("/assets", "/api")))


def test_no_secret_of_an_address_is_written_down(proxy, desk):
    public = {"/publicity/{list}", "/publicity/{list}/objection"}
    secret = [path for path in secret_addresses(desk) if path not in public]
    assert {path.split("/")[1] for path in secret} == {"letters", "invitations", "calendars", "verify"}
    with proxy.browser() as browser:
        for path in secret:
            filled = re.sub(r"\{(\w+)\}", "hidden", path)
            for asked in (filled, f"/x/..{filled}", f"/%{ord(filled[1]):x}{filled[2:]}"):
                browser.get(asked, headers={"Referer": f"{proxy.origin()}{filled}"})
        browser.get("/nominations", params={"q": "hidden"})
        browser.get("/sign-in/provider/back", params={"code": "hidden", "state": "hidden"})
    # Too much is refused by the proxy itself, which has words of its own for it.
    proxy.announce(2**40, secret[0].replace("{", "hidden").replace("}", ""))
    assert wait_until(lambda: " 413 " in proxy.log(), 10)
    told = proxy.log()
    assert "hidden" not in told
    assert '"GET /letters/received/***" ' in told
    assert '"GET /nominations" ' in told


def test_what_fails_behind_is_told_without_what_was_asked():
    with proxying(1, (1, 1)) as away:
        with away.browser() as browser:
            assert browser.get("/letters/received/hidden/hidden?hidden").status_code == 502
        assert wait_until(lambda: '"GET /letters/received/***" 502 ' in away.log(), 10)
        assert "hidden" not in away.log()


def test_the_public_s_name_leads_to_what_is_public_alone(proxy):
    open_to_all = ["/publicity", "/verify", "/sign-in", "/assets/x/y"]
    shut = ["/programs/x", "/nominations", "/health", "/people", "/api/v1/programs", "/account/calendars", "/mines"]
    with proxy.browser(PUBLIC) as browser:
        found = {path: browser.get(path) for path in ("/", *open_to_all, *shut)}
    assert (found["/"].status_code, found["/"].headers["location"]) == (302, f"{proxy.origin(PUBLIC)}/publicity")
    by_console = {path for path, answer in found.items() if "content-security-policy" in answer.headers}
    assert by_console == {*open_to_all, "/account/calendars"}
    assert {found[path].status_code for path in set(shut) - by_console} == {404}
    # Who is not signed in is led to sign in, and staff who are have nothing here but their own account.
    assert found["/account/calendars"].status_code == 303


def test_prefect_is_reached_by_its_own_name_from_the_office_s_networks_alone(proxy):
    def asked(source: str) -> tuple[int, str]:
        with proxy.browser(PREFECT, source) as browser:
            answer = browser.get("/api/health")
            return answer.status_code, answer.text if answer.is_success else ""

    # Of two servers one is away, and is passed over.
    told = f"/api/health {PREFECT}:{proxy.ports[443]} {LOCALHOST}"
    assert [asked(LOCALHOST) for _ in range(3)] == [(200, told)] * 3
    assert asked(ELSEWHERE) == (403, "")
    assert httpx.get(f"{proxy.api}/health").status_code == 200


def test_a_name_that_is_none_of_ours_gets_nothing(proxy):
    with proxy.browser("evil.example") as browser, pytest.raises(httpx.ConnectError, match="UNRECOGNIZED_NAME"):
        browser.get("/")
    with proxy.browser() as browser, pytest.raises(httpx.RemoteProtocolError):
        browser.get("/", headers={"Host": "evil.example"})


def test_who_asks_too_often_for_what_is_public_is_put_off(proxy):
    with proxy.browser(source="127.0.0.3") as browser:
        told = {browser.get("/publicity/receipt").status_code for _ in range(80)}
    assert told == {HTTPStatus.OK, HTTPStatus.TOO_MANY_REQUESTS}
