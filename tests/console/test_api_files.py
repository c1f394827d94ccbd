"""Files by the API: handed in, received, taken, and tables looked at before they are taken in."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from operations.desk import Desk
from tests import files
from tests.console.filled import SMALL
from tests.console.test_api import API, Asking, problem
from tests.console.test_intake import OTHER, RIGHT, WRONG, count, table
from tests.console.test_materials import events, left_over, program_with_files
from tests.console.test_nominations import APRIL
from tests.console.working import number, worked

pytestmark = pytest.mark.usefixtures("quick_passwords")

ONE = f"/nominations/{number(1)}"
AWARDS = f"{ONE}/materials/awards/electronic"
INTAKE = f"/programs/{SMALL}/intake"


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    found = worked(tmp_path, screened=False, program=program_with_files())
    yield found
    found.store.close()


def asking(desk: Desk, name: str) -> Asking:
    return Asking(desk, name, now=APRIL)


def sent(asked: Asking, path: str, *contents: tuple[str, bytes], **fields: str) -> httpx.Response:
    parts: list[tuple[str, Any]] = [("file", one) for one in contents]
    parts += [(name, (None, one)) for name, value in fields.items() for one in value.split("&")]
    return asked.client.request("POST", API + path, headers=asked.headers, files=parts or {"": (None, "")})


def gates(answer: httpx.Response) -> list[str]:
    assert answer.status_code == 409, answer.text
    return [one["gate"] for one in problem(answer)["refusals"]]


def test_files_are_handed_in_listed_received_and_taken(desk: Desk) -> None:
    asked = asking(desk, "厂经办")
    done = sent(asked, AWARDS, ("证书.pdf", files.pdf(2)), ("奖状.pdf", files.pdf(1)))
    assert (done.status_code, done.json()["received"], done.json()["replaced"]) == (200, True, [])
    listed = {one["id"]: one["media"] for one in asked.get(f"{ONE}/materials").json()["materials"]}
    assert [(one["place"], one["name"], one["format"], one["pages"]) for one in listed["awards"][0]["files"]] == [
        (1, "证书.pdf", "PDF", 2),
        (2, "奖状.pdf", "PDF", 1),
    ]
    assert [(one["medium"], one["received_at"]) for one in listed["form"]] == [("paper", None)]
    taken = asked.post(f"{AWARDS}/1", {"reason": "核对"})
    assert (taken.content, taken.headers["content-type"]) == (files.pdf(2), "application/octet-stream")
    assert asked.post(f"{AWARDS}/3", {}).status_code == 404
    received = asked.post(f"{ONE}/receipts", {"materials": [{"material": "form"}], "seen": True}).json()
    (form,) = (one for one in received["materials"] if one["id"] == "form")
    assert form["media"][0]["receiver"] == "厂经办"
    assert events(desk)[1:] == ["files.attached", "materials.received", "files.seen", "materials.received"]
    assert left_over(desk) == []


def test_what_does_not_fit_is_refused_and_nothing_is_kept(desk: Desk) -> None:
    asked = asking(desk, "厂经办")
    assert gates(sent(asked, AWARDS, ("证书.pdf", files.pdf(4)))) == ["file-pages"]
    misfits = (
        ({"seen": "perhaps"}, "form.seen：只能是 true、false"),
        ({"nothing": "x"}, "form.nothing：没有这一项"),
        ({"seen": "true&false"}, "每一项只能提交一次"),
    )
    for fields, told in misfits:
        answer = sent(asked, AWARDS, ("证书.pdf", files.pdf()), **fields)
        assert (answer.status_code, problem(answer)["detail"]) == (422, told)
    assert sent(asked, AWARDS).status_code == 422
    assert asked.post(AWARDS, {}).status_code == 415
    assert sent(asked, f"{ONE}/materials/nothing/electronic", ("a.pdf", files.pdf())).status_code == 422
    # Whoever may not hand in sends nothing that is read.
    for name, path in (("外经办", AWARDS), ("局经办", AWARDS), ("局监督", INTAKE)):
        assert sent(asking(desk, name), path, ("a.pdf", files.pdf())).status_code == 404
    assert (events(desk), left_over(desk)) == (["nomination.created"], [])


def test_table_is_looked_at_first_and_taken_in_whole_or_not_at_all(desk: Desk) -> None:
    asked, before = asking(desk, "区经办"), count(desk)
    beside = {"nominator": "江阳区", "nominator_kind": "区县"}
    wrong = table(("赵一", "甲厂", RIGHT, ""), ("钱二", "乙厂", WRONG, ""))
    for preview in ("true", "false"):
        found = sent(asked, INTAKE, ("表.csv", wrong), preview=preview, **beside).json()
        assert (found["taken"], found["rows"], found["numbers"]) == (False, 2, [])
        assert [(one["where"], one["blocks"]) for one in found["findings"] if one["blocks"]] == [("C3", True)]
    right = ("表.csv", table(("赵一", "甲厂", RIGHT, ""), ("钱二", "乙厂", OTHER, "")))
    looked_at = sent(asked, INTAKE, right, **beside).json()
    assert (looked_at["taken"], looked_at["numbers"], count(desk)) == (False, [], before)
    done = sent(asked, INTAKE, right, preview="false", **beside).json()
    assert (done["taken"], done["numbers"], count(desk)) == (True, [number(5), number(6)], before + 2)
    assert gates(sent(asked, INTAKE, ("表.xlsx", b"nonsense"), **beside)) == ["file-read"]
    assert sent(asked, INTAKE, right, sending="nothing").status_code == 422
    # Of several tables none is passed over in silence.
    assert "一次只收一个文件" in problem(sent(asked, INTAKE, right, right, **beside))["detail"]
    assert left_over(desk) == []
