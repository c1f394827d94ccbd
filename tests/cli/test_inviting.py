"""`linxuan nomination invite` and `release`: the link by mail, the code at the terminal."""

import re

from tests.cli.selection import DRAWN_UP

BY = ("--actor", "王管理")


def test_nominee_is_invited_and_released(office, data, monkeypatch):
    number = office.draws_up()
    invite = ("nomination", "invite", number, "--mail", "a@example.org", *BY)
    refused = office.ask(DRAWN_UP, *invite)
    assert (refused.code, "LINXUAN_PUBLIC_URL" in refused.err) == (1, True)
    monkeypatch.setenv("LINXUAN_PUBLIC_URL", "https://linxuan.example.org")
    done = office.ask(DRAWN_UP, *invite)
    assert (done.code, done.document["mail"]) == (0, "a@example.org")
    assert re.fullmatch(r"\d{8}", done.document["code"])
    (letter,) = (data / "outbox").glob("*.eml")
    written = letter.read_text("utf-8")
    assert ("https://linxuan.example.org/invitations/" in written, done.document["code"] in written) == (True, False)
    unknown = office.ask(DRAWN_UP, "nomination", "release", number, "某人", *BY)
    assert (unknown.code, "此件不是某人的" in unknown.err) == (2, True)
