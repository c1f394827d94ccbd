"""Files on the page of a nomination: handed in, judged, seen and given again, and nothing of them runs."""

import asyncio
import os
import time
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from random import Random
from typing import Any

import pytest
from starlette.exceptions import HTTPException
from starlette.requests import Request

from console.uploads import read_upload
from operations.actors import Role
from operations.desk import Desk
from operations.rehearse.people import make_identity
from programs import Program
from store import INSTALLATION, events_of
from tests import files
from tests.console.asking import Client
from tests.console.filled import SMALL
from tests.console.people import PEOPLE, browser_of
from tests.console.reading import Element, read_page
from tests.console.test_nominations import APRIL
from tests.console.working import number, worked, working_program

pytestmark = pytest.mark.usefixtures("quick_passwords")

ONE = f"/nominations/{number(1)}"
AWARDS = f"{ONE}/materials/awards/electronic"


def program_with_files() -> Program:
    document: dict[str, Any] = working_program().model_dump(mode="json")
    document["materials"] += [
        {"id": "awards", "name": "获奖证书", "clause": "二", "media": ["electronic"], "per": "nominee"}
        | {"formats": ["PDF", "JPEG"], "at_most_pages": 3}
    ]
    return Program.model_validate(document)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    found = worked(tmp_path, screened=False, program=program_with_files())
    yield found
    found.store.close()


def events(desk: Desk) -> list[str]:
    with desk.store.read() as connection:
        return [event["kind"] for event in events_of(connection, SMALL, nomination=number(1))]


def page(client: Client, path: str = ONE) -> Element:
    answer = client.get(path)
    assert answer.status_code == 200, answer.text
    return read_page(answer.text)


def left_over(desk: Desk) -> list[Path]:
    return list(desk.contents.incoming.rglob("*"))


def test_file_is_handed_in_received_seen_and_given_again(desk: Desk) -> None:
    client = browser_of(desk, "厂经办", APRIL)
    content = files.pdf(2)
    answer = client.upload(AWARDS, [("../../证书 一.pdf", content)])
    assert answer.headers["location"] == f"{ONE}?told=handed-in#materials"
    found = page(client, answer.headers["location"])
    assert "文件已提交并收件" in found.text
    listed = [one.text for one in found.all("form") if one.attributes["action"] == f"{AWARDS}/1"]
    assert listed == ["证书 一.pdf", "预览"]
    # A link alone gives nothing: each time goes into the history.
    assert client.get(f"{AWARDS}/1").status_code == 405
    given = client.post(f"{AWARDS}/1")
    assert given.content == content
    assert given.headers["content-disposition"] == "attachment; filename*=UTF-8''%E8%AF%81%E4%B9%A6%20%E4%B8%80.pdf"
    shown = client.post(f"{AWARDS}/1", {"show": "1"})
    assert shown.headers["content-disposition"].startswith("inline;")
    for answer in (given, shown):
        assert answer.headers["content-type"] == "application/pdf"
        assert answer.headers["content-security-policy"].startswith("sandbox; default-src 'none'")
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["cache-control"] == "no-store"
    assert events(desk)[1:] == ["files.attached", "materials.received", "files.seen", "files.seen"]
    assert left_over(desk) == []


@pytest.mark.parametrize(
    ("sent", "told"),
    [
        ([("证书.pdf", b"<script>alert(1)</script>")], "证书.pdf"),
        ([("证书.docx", files.word())], "DOCX"),
        ([("证书.pdf", files.pdf(4))], "4"),
        ([("证书.pdf", b"")], "证书.pdf"),
    ],
    ids=["no-pdf", "format", "pages", "empty"],
)
def test_file_that_does_not_fit_is_refused_with_the_clause_and_nothing_is_kept(
    desk: Desk, sent: list[tuple[str, bytes]], told: str
) -> None:
    answer = browser_of(desk, "厂经办", APRIL).upload(AWARDS, sent)
    assert answer.status_code == 409
    refused = read_page(answer.text).one("div", "refused").text
    assert told in refused
    assert "依据 二" in refused
    assert "<script>alert" not in answer.text
    assert (events(desk), left_over(desk), desk.contents.folder.exists()) == (["nomination.created"], [], False)


def test_file_that_is_gone_is_nobody_s_trespass(desk: Desk) -> None:
    client = browser_of(desk, "厂经办", APRIL)
    content = files.pdf()
    client.upload(AWARDS, [("a.pdf", content)])
    desk.contents.path(sha256(content).hexdigest()).unlink()
    assert client.post(f"{AWARDS}/1").status_code == 503
    # Nor is a text that cannot be kept, and what is wrong with it is told.
    unfit = client.post(f"{ONE}/moves/withdraw", {"version": "1", "reason": make_identity(1, Random(1))})  # noqa: S311 - made-up people need no secrets
    assert (unfit.status_code, "不能写身份证号码" in unfit.text) == (422, True)
    with desk.store.read() as connection:
        assert "access.refused" not in [event["kind"] for event in events_of(connection, INSTALLATION)]


def test_what_a_killed_process_has_left_is_forgotten_after_a_day(desk: Desk) -> None:
    incoming = desk.contents.incoming
    for name, age in (("coming-old", 25 * 3600), ("coming-new", 23 * 3600), ("waiting", 25 * 3600)):
        (incoming / name).mkdir(parents=True)
        (incoming / name / "0").write_bytes(b"x")
        os.utime(incoming / name, (time.time() - age,) * 2)
    browser_of(desk, "厂经办", APRIL).upload(AWARDS, [])
    assert sorted(one.name for one in incoming.iterdir()) == ["coming-new", "waiting"]


def test_form_without_a_file_hands_in_nothing(desk: Desk) -> None:
    answer = browser_of(desk, "厂经办", APRIL).upload(AWARDS, [])
    assert answer.headers["location"] == f"{ONE}?told=no-file#materials"
    assert events(desk) == ["nomination.created"]


def test_what_is_sent_is_bounded_and_read_for_those_alone_who_may_hand_in(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = {"Origin": "http://localhost", "Content-Type": "multipart/form-data; boundary=x"}
    client = browser_of(desk, "厂经办", APRIL)
    for boundary, body, status in (
        ("multipart/form-data; boundary=x", b"--x\r\nnonsense", 400),
        (
            "multipart/form-data; boundary=x",
            b'--x\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\nab',
            400,
        ),
        ("multipart/form-data", b"", 415),
        ("application/x-www-form-urlencoded", b"a=b", 415),
    ):
        answer = client.request("POST", AWARDS, headers=own | {"Content-Type": boundary}, content=body)
        assert answer.status_code == status, body
    told = own | {"Content-Length": str(2 * 1024**3)}
    assert client.request("POST", AWARDS, headers=told, content=b"x").status_code == 413
    many = [(f"{place}.pdf", b"x") for place in range(51)]
    assert client.upload(AWARDS, many).status_code == 413
    monkeypatch.setattr("console.uploads._SPARE", 2**62)
    assert client.upload(AWARDS, [("a.pdf", b"x")]).status_code == 507
    assert left_over(desk) == []
    # Others are sent away before a byte of it is read.
    monkeypatch.setattr("console.uploads.read_upload", None)
    for name in ("外经办", "局专家", "总监督"):
        assert browser_of(desk, name, APRIL).upload(AWARDS, [("a.pdf", files.pdf())]).status_code == 404


#: Who may hand in files of the one that its unit holds, and who may see them; nobody else finds either.
MAY_ATTACH = {"总管理", "局管理", "区经办", "厂经办"}
MAY_SEE = {"总管理", "局管理", "区经办", "厂经办"}


def test_upload_that_does_not_say_how_long_it_is_is_read_no_further_than_it_may_be(tmp_path: Path) -> None:
    read: list[bytes] = []

    async def receive() -> dict[str, Any]:
        read.append(b"x" * 10)
        return {"type": "http.request", "body": read[-1], "more_body": True}

    headers = [(b"content-type", b"multipart/form-data; boundary=x")]
    request = Request({"type": "http", "method": "POST", "headers": headers}, receive)
    with pytest.raises(HTTPException) as refused:
        asyncio.run(read_upload(request, tmp_path, 25))
    assert (refused.value.status_code, len(read)) == (413, 3)


def test_files_are_for_those_whom_the_policy_names(desk: Desk) -> None:
    assert browser_of(desk, "厂经办", APRIL).upload(AWARDS, [("a.pdf", files.pdf())]).status_code == 303
    nowhere = (f"{AWARDS}/9", f"{AWARDS}/x", f"{ONE}/materials/awards/nonsense/1")
    for name, (role, _) in PEOPLE.items():
        client = browser_of(desk, name, APRIL)
        assert (client.post(f"{AWARDS}/1").status_code == 200) == (name in MAY_SEE), name
        # Without a file nothing is handed in, and whether one may is asked all the same.
        assert (client.upload(AWARDS, []).status_code == 303) == (name in MAY_ATTACH), name
        assert {client.post(wrong).status_code for wrong in nowhere} <= {404, 409}, name
        assert client.post("/nominations/nowhere/materials/awards/electronic/1").status_code == 404
        if role in (Role.EXPERT, Role.SUPERVISOR):
            assert "提交文件" not in client.get(ONE).text


def test_return_names_what_lacks_as_data_and_the_page_tells_what_is_mended(tmp_path: Path) -> None:
    desk = worked(tmp_path)
    client = browser_of(desk, "局经办")
    form = next(one for one in page(client).all("form") if one.attributes["action"].endswith("/moves/return"))
    assert "现在退回，须在 5月14日 周四 24:00 前补正" in form.text
    sent = {"version": "3", "rule": ["conduct", "nonsense"], "lacking": "form", "reason": "请补"}
    assert client.post(f"{ONE}/moves/return", sent).status_code == 303
    with desk.store.read() as connection:
        event = next(iter(events_of(connection, SMALL, nomination=number(1), newest_first=True)))
    assert event["lacking"] == {"rules": ["conduct"], "materials": ["form"]}
    wanted = page(client).one("section", "notices").all("li")
    assert [one.text for one in wanted] == ["品行端正 待补正", "申报表 待补正"]
    desk.store.close()
