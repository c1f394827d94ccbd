import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import httpx
import pytest
from sqlalchemy import select

from operations.actors import Role
from operations.desk import Desk
from operations.results import UnknownError
from operations.settings import Settings
from store import tables as t
from tests.console.people import PASSWORD
from tests.console.reading import read_page
from tests.console.serving import ROOT, Served, serving
from tests.console.working import worked


def _url(desk: Desk) -> str:
    return desk.store.url.render_as_string()


@pytest.mark.parametrize("stop", [signal.SIGTERM, signal.SIGINT])
def test_it_serves_quietly_until_it_is_told_to_stop(desk: Desk, stop: signal.Signals) -> None:
    with serving(_url(desk)) as served:
        assert httpx.get(f"{served.address}/health").json()["status"] == "ok"
        front = httpx.get(served.address)
        assert front.status_code == 200
        assert "server" not in front.headers
        assert httpx.get(served.address, headers={"Host": "evil.example"}).status_code == 421
        assert httpx.head(served.address).content == b""
        served.process.send_signal(stop)
        out, err = served.process.communicate(timeout=20)
        assert (served.process.returncode, out, err) == (0, "", "")


def test_connection_is_kept_longer_than_a_client_keeps_it(desk: Desk) -> None:
    """Where both gave it up after five seconds, what was asked at that moment was lost."""
    with serving(_url(desk)) as served, httpx.Client(base_url=served.address) as client:
        stream = client.get("/health").extensions["network_stream"]
        time.sleep(5.5)
        assert not stream.get_extra_info("is_readable")


def _workers(served: Served, *others: int) -> set[int]:
    """The processes that serve, once there are two and none of these."""
    task = Path(f"/proc/{served.process.pid}/task/{served.process.pid}/children")
    until = time.monotonic() + 20
    while len(found := {int(one) for one in task.read_text().split()} - {*others}) < 2:
        assert time.monotonic() < until
        time.sleep(0.05)
    return found


def _is_there(process: int) -> bool:
    state = Path(f"/proc/{process}/stat")
    return state.exists() and state.read_text().rpartition(")")[2].split()[0] != "Z"


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="looks at processes as Linux tells of them")
def test_several_processes_serve_one_address_and_one_that_ends_is_followed_by_another(tmp_path: Path) -> None:
    desk = worked(tmp_path)
    signed_in = {"name": "局经办", "password": PASSWORD}
    own = {"Sec-Fetch-Site": "same-origin"}
    with serving(_url(desk), LINXUAN_DATA=str(tmp_path), LINXUAN_CONSOLE_WORKERS="2") as served:
        with httpx.Client(base_url=served.address, timeout=60) as client:
            assert client.post("/sign-in", data=signed_in, headers=own).status_code == 303
            session = dict(client.cookies)
        first, second = sorted(_workers(served))
        os.kill(first, signal.SIGKILL)
        again = _workers(served, first)
        assert second in again
        # Whoever answers knows the session, which the database keeps.
        answers = [
            httpx.get(f"{served.address}/nominations", cookies=session, timeout=60).status_code for _ in range(6)
        ]
        assert answers == [200] * 6
        # Nobody serves on for whom nobody stands: not even where the first process is killed.
        served.process.kill()
        until = time.monotonic() + 20
        while any(map(_is_there, again)):
            assert time.monotonic() < until
            time.sleep(0.05)
    desk.store.close()


def test_several_processes_end_together_when_they_are_told_to(desk: Desk) -> None:
    with serving(_url(desk), LINXUAN_CONSOLE_WORKERS="2") as served:
        assert httpx.get(f"{served.address}/health", timeout=60).json()["status"] == "ok"
        served.process.send_signal(signal.SIGINT)
        out, err = served.process.communicate(timeout=20)
        assert (served.process.returncode, out, err) == (0, "", "")


def test_its_language_is_that_of_the_environment(desk: Desk) -> None:
    with serving(_url(desk), LINXUAN_LANG="en_GB.UTF-8") as served:
        assert read_page(httpx.get(served.address).text).one("html").attributes["lang"] == "en"
        assert httpx.get(served.address, params={"lang": "zh"}).headers["content-language"] == "zh-Hans"


def test_a_new_embedded_database_is_made_ready(tmp_path: Path) -> None:
    with serving(f"sqlite:///{tmp_path / 'new.db'}") as served:
        assert read_page(httpx.get(served.address).text).one("div", "empty")


def _fails(*arguments: str) -> tuple[int, str]:
    done = subprocess.run(
        [sys.executable, "-m", "console", *arguments],
        cwd=ROOT,
        env={"LINXUAN_LANG": "en"},
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    assert done.stdout == ""
    assert "Traceback" not in done.stderr
    return done.returncode, done.stderr


def test_a_port_that_is_taken_is_said(desk: Desk) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        code, words = _fails("--port", port, "--database", _url(desk))
    assert code == 3
    assert words.startswith(f"cannot serve at 127.0.0.1 port {port}:")


def test_a_database_that_cannot_be_used_is_said() -> None:
    code, words = _fails("--database", "no url")
    assert code == 2
    assert words.startswith("not a database URL: no url")


def test_server_in_front_that_is_named_tells_where_somebody_comes_from_and_no_other(tmp_path: Path) -> None:
    desk = worked(tmp_path)
    url, form = _url(desk), {"name": "局经办", "password": PASSWORD}
    for proxies, told in (("127.0.0.1", "203.0.113.7"), ("", "127.0.0.1")):
        with serving(url, LINXUAN_DATA=str(tmp_path), LINXUAN_PROXIES=proxies) as served:
            headers = {"Sec-Fetch-Site": "same-origin", "X-Forwarded-For": "203.0.113.7"}
            assert httpx.post(f"{served.address}/sign-in", data=form, headers=headers).status_code == 303
        with desk.store.read() as connection:
            newest = select(t.session.c.address).order_by(t.session.c.id.desc()).limit(1)
            assert connection.execute(newest).scalar_one() == told
    desk.store.close()


def test_role_that_needs_a_second_factor_must_be_one() -> None:
    assert Settings(second_factor=" operator, expert,").second_factor_roles == {Role.OPERATOR, Role.EXPERT}
    for wrong in ("clock", "public", "operators"):
        with pytest.raises(UnknownError, match=f"{wrong} is none of the roles"):
            assert Settings(second_factor=wrong).second_factor_roles
