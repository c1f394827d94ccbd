"""`linxuan user sessions|sign-out`: who is signed in to the console, and ending it."""

import io
import sys
from datetime import datetime

from console import create_app
from deadlines import SHANGHAI
from operations.settings import Settings, open_desk
from tests.console.asking import Client

PASSWORD = "correct horse battery"  # noqa: S105 - nobody has it
NOW = datetime(2026, 5, 8, 10, tzinfo=SHANGHAI)
AT = ("--now", NOW.isoformat())


def test_sessions_are_listed_and_ended_by_who_may(linxuan, monkeypatch):
    assert linxuan("user", "add", "王管理", "--role", "administrator").code == 0
    at = ("--organization", "江阳区人社局", "--actor", "王管理")
    assert linxuan("user", "add", "李四", "--role", "operator", *at).code == 0
    assert linxuan("user", "add", "孙五", "--role", "operator", *at).code == 0
    monkeypatch.setattr(sys, "stdin", io.StringIO(PASSWORD))
    assert linxuan("user", "password", "李四", "--stdin").code == 0
    assert linxuan("user", "sessions", *AT).out == "没有人登录\n"

    desk = open_desk(Settings())
    browser = Client(create_app(desk, lambda: NOW))
    assert browser.post("/sign-in", {"name": "李四", "password": PASSWORD}).status_code == 303
    (one,) = linxuan("user", "sessions", "李四", "--json", *AT).document
    assert (one["name"], one["role"], one["organization"]) == ("李四", "operator", "江阳区人社局")
    assert "token" not in one
    assert linxuan("user", "sessions", *AT).out.startswith(f"{one['id']}　李四　经办人　2026-05-08 10:00 登录")
    assert linxuan("user", "sessions", "孙五", "--json", *AT).document == []

    assert linxuan("user", "sign-out", "李四", "--actor", "孙五", *AT).code == 1
    assert linxuan("user", "sign-out", "李四", "--session", "99", *AT).code == 2
    assert browser.get("/").status_code == 200
    out = ("user", "sign-out", "李四", "--session", str(one["id"]), "--actor", "王管理")
    assert linxuan(*out, *AT).code == 1
    ended = linxuan(*out, "--reason", "电脑丢失", "--json", *AT)
    assert (ended.code, ended.document) == (0, {"name": "李四", "ended": 1})
    assert browser.get("/").status_code == 303
    desk.store.close()
