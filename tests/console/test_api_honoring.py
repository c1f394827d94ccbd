"""Publicities, objections, issuance and terms by the API, as by their pages: from the list to the end of a term."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from shutil import copytree
from typing import Any

import httpx
import pytest
from sqlalchemy import update

from notifications.letters import Letterhead
from operations.desk import Desk
from operations.sweep import sweep
from store import INSTALLATION, events_of
from store import tables as t
from tests import files
from tests.console.filled import new_desk
from tests.console.honored import (
    CONTACT,
    HONORED,
    PASSED,
    PUBLISHED,
    chosen_desk,
    honor,
    numbered,
    object_to,
)
from tests.console.people import browser_of
from tests.console.reading import read_page
from tests.console.test_api import Asking, problem
from tests.console.test_api_files import sent

pytestmark = pytest.mark.usefixtures("quick_passwords")

PROGRAM = f"/programs/{HONORED}"
TERM = f"{PROGRAM}/honors/{numbered(2)}"
WHY = {"reason": "依规办理"}


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store whose decision was just made, which is only copied."""
    folder = tmp_path_factory.mktemp("chosen")
    chosen_desk(folder).store.close()
    return folder


@pytest.fixture
def desk(made: Path, tmp_path: Path) -> Iterator[Desk]:
    copytree(made, tmp_path / "own")
    found = new_desk(tmp_path / "own")
    yield found
    found.store.close()


def done(answer: httpx.Response) -> Any:
    assert answer.status_code == 200, answer.text
    return answer.json()


def gates(answer: httpx.Response) -> list[str]:
    assert answer.status_code == 409, answer.text
    return [one["gate"] for one in problem(answer)["refusals"]]


def events(desk: Desk, chain: str = HONORED) -> list[dict[str, Any]]:
    with desk.store.read() as connection:
        return [dict(one) for one in events_of(connection, chain)]


def in_term(asked: Asking, deed: str, said: dict[str, Any]) -> httpx.Response:
    """Record something in the term as it stands."""
    return asked.post(f"{TERM}/{deed}", said | {"mark": done(asked.get(TERM))["mark"]})


def read_on_the_page(desk: Desk, asked: Asking) -> None:
    """Read the file of a report, and add another one, by the page of the term and by the API."""
    client = browser_of(desk, "局经办", PASSED)
    page = read_page(client.get(TERM).text)
    shown = [one.text for one in page.all("form") if one.attributes["action"] == f"{TERM}/reports/1/files/1"]
    mark = next(one.attributes["value"] for one in page.all("input") if one.attributes["name"] == "mark")
    assert shown == ["报告.txt"]
    assert client.post(f"{TERM}/reports/1/files/1", {}).content == "带徒三名。".encode()
    more = [("附件.txt", "攻关两项。".encode())]
    assert client.upload(f"{TERM}/reports/files", [], {"period": "1", "mark": mark}).status_code == 409
    assert client.upload(f"{TERM}/reports/files", more, {"period": "1", "mark": mark}).status_code == 303
    # What could not be taken stays in the field where it was typed.
    late = read_page(client.upload(f"{TERM}/reports", [], {"note": "已核对原件", "mark": "-"}).text)
    assert [one.text for one in late.all("textarea") if one.attributes["name"] == "note"] == ["已核对原件"]
    told = [(one["period"], one["place"], one["name"]) for one in done(asked.get(TERM))["report_files"]]
    assert told == [(1, 1, "报告.txt"), (1, 2, "附件.txt")]
    # A name of a file may be somebody's: whoever may not take it is not told it.
    assert done(Asking(desk, "局监督", now=PASSED).get(TERM))["report_files"] == []
    assert asked.post(f"{TERM}/reports/1/files/2", {}).content == more[0][1]
    assert asked.post(f"{TERM}/reports/1/files/3", {}).status_code == 404


def elsewhere(desk: Desk, what: str, now: datetime = PUBLISHED) -> Any:
    """What of the program somebody of a foreign organization is told."""
    return done(Asking(desk, "外经办", now=now).get(f"{PROGRAM}/{what}"))


def test_list_is_published_objected_to_and_its_place_taken_by_a_reserve(desk: Desk) -> None:
    asked = Asking(desk, "局经办", now=PUBLISHED)
    (waiting,) = done(asked.get(f"{PROGRAM}/publicity"))["waiting"]
    assert (waiting["stage"], waiting["count"], waiting["last_day"], waiting["refusals"]) == (
        "publicity",
        3,
        "2026-05-12",
        [],
    )
    assert gates(asked.post(f"{PROGRAM}/publicity/publicity", {"last_day": "2026-05-08"})) == ["publicity-long-enough"]
    told = done(asked.post(f"{PROGRAM}/publicity/publicity", {"venue": "局官网　", "last_day": "2026-05-13"}))
    assert (told["venue"], told["last_day"], [one["number"] for one in told["moved"]]) == (
        "局官网",
        "2026-05-13",
        [numbered(place) for place in (1, 2, 3)],
    )
    assert gates(asked.post(f"{PROGRAM}/publicity/publicity", {})) == ["somebody-waits"]
    found = done(asked.get(f"{PROGRAM}/publicity"))
    (shown,) = found["lists"]
    assert (shown["count"], shown["working_days_left"], found["waiting"]) == (3, 6, [])
    notice, award = (asked.get(f"{PROGRAM}/papers/{one}") for one in ("notice", "award"))
    assert (notice.content[:2], award.status_code) == (b"PK", 404)

    objection = f"/objections/{object_to(desk, numbered(1))}"
    (listed,) = done(asked.get("/objections"))["objections"]
    assert (listed["program"], listed["number"], listed["state"], listed["overdue"]) == (
        HONORED,
        numbered(1),
        "lodged",
        False,
    )
    case = done(asked.get(objection))
    assert (case["objector"], case["has_contact"], CONTACT in str(case)) == ("张*", True, False)
    unreasoned = problem(asked.post(f"{objection}/contact", {"reason": " "}))
    # Who asks the API gives no commands, so the remedy names no option of one.
    assert [(one["gate"], one["remedy"]) for one in unreasoned["refusals"]] == [
        ("reason-stated", "请写明，将记入办理记录")
    ]
    assert done(asked.post(f"{objection}/contact", {"reason": "核实"})) == {"contact": CONTACT}
    assert events(desk)[-1]["kind"] == "objection.seen"
    assert gates(sent(asked, f"{objection}/finding", finding="先查")) == ["objection-admitted"]
    # A name of blanks is none, as on the page.
    admitted = done(asked.post(f"{objection}/admission", WHY | {"handler": " "}))
    assert (admitted["state"], admitted["handler"]) == ("admitted", "局经办")
    # The same file chosen twice is one.
    record = ("笔录.jpg", files.picture())
    assert gates(sent(asked, f"{objection}/finding", *[record] * 6, finding="业绩系他人")) == ["files-bounded"]
    noted = done(sent(asked, f"{objection}/finding", record, record, finding="业绩系他人"))
    assert (noted["found"]["said"], [one["name"] for one in noted["files"]]) == ("业绩系他人", ["笔录.jpg"])
    taken = asked.post(f"{objection}/files/1", {"reason": "核对"})
    assert (taken.content, asked.post(f"{objection}/files/2", {}).status_code) == (files.picture(), 404)
    assert list(desk.contents.incoming.iterdir()) == []
    assert gates(asked.post(f"{objection}/prolongation", WHY | {"until": "2026-05-07"})) == ["later"]
    longer = done(asked.post(f"{objection}/prolongation", WHY | {"until": "2026-06-30"}))
    assert longer["due_at"] == "2026-07-01T00:00:00+08:00"
    upheld = {"outcome": "upheld", "answer": "属实", "clause": "三"}
    corrected = {"facts": [{"fact": "skill", "values": ["技师"]}]}
    assert asked.post(f"{objection}/settlement", upheld | corrected).status_code == 422
    settled = done(asked.post(f"{objection}/settlement", upheld))
    assert (settled["state"], settled["handler"], settled["moved"]["destination"]) == (
        "upheld",
        longer["handler"],
        "removed",
    )
    assert (done(asked.get("/objections")), done(asked.get(objection))["settled"]["said"]) == (
        {"objections": []},
        "属实",
    )
    before = events(desk, INSTALLATION)
    assert gates(sent(asked, f"{objection}/finding", record, finding="又查")) == ["objection-open"]
    # They handle it, so nobody asked for what is not theirs.
    assert events(desk, INSTALLATION) == before
    assert [one["state"] for one in done(asked.get(f"{PROGRAM}/objections"))["objections"]] == ["upheld"]

    (vacated,) = done(asked.get(f"{PROGRAM}/publicity"))["vacated"]
    assert (vacated["number"], vacated["refusals"], elsewhere(desk, "publicity")["vacated"]) == (numbered(1), [], [])
    assert asked.post(f"{PROGRAM}/replacements", WHY | {"vacated": numbered(2)}).status_code == 404
    replaced = done(asked.post(f"{PROGRAM}/replacements", WHY | {"vacated": numbered(1)}))
    assert (replaced["number"], replaced["destination"]) == (numbered(4), "publicity")
    assert asked.post(f"{PROGRAM}/reserves", WHY).status_code == 404


def test_objection_is_not_taken_up_and_reserves_are_let_go(desk: Desk) -> None:
    asked = Asking(desk, "局经办", now=PUBLISHED)
    # How many wait is told of those alone whom the asker may see.
    assert elsewhere(desk, "publicity")["waiting"] == []
    done(asked.post(f"{PROGRAM}/publicity/publicity", {}))
    objection = f"/objections/{object_to(desk, numbered(1))}"
    wrong = problem(asked.post(f"{objection}/refusal", WHY | {"scope": "moon"}))
    assert (wrong["status"], "可用：" in wrong["detail"]) == (422, True)
    refused = done(asked.post(f"{objection}/refusal", WHY | {"scope": "ranking"}))
    assert (refused["state"], refused["moved"]["destination"]) == ("refused", "publicity.running")
    assert done(asked.get(objection))["judged"]["said"] == "依规办理"
    own = f"/objections/{object_to(desk, numbered(2), '局经办')}"
    assert [one["gate"] for one in done(asked.get(own))["refusals"]] == ["handler-impartial"]
    assert gates(sent(asked, f"{own}/finding", finding="查过")) == ["handler-impartial"]
    (reserve,) = done(asked.get(f"{PROGRAM}/publicity"))["reserves"]
    assert (reserve["number"], reserve["ordinal"], reserve["refusals"]) == (numbered(4), 1, [])
    (released,) = done(asked.post(f"{PROGRAM}/reserves", WHY))["moved"]
    assert (released["number"], released["destination"]) == (numbered(4), "not-chosen")


def test_document_is_issued_and_certificates_are_numbered_and_taken(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    done(Asking(desk, "局经办", now=PUBLISHED).post(f"{PROGRAM}/publicity/publicity", {}))
    sweep(desk, PASSED)
    asked = Asking(desk, "局经办", now=PASSED)
    found = done(asked.get(f"{PROGRAM}/issuance"))
    assert (found["count"], len(found["waiting"]), found["issuing"]) == (3, 3, [])
    foreign = elsewhere(desk, "issuance", PASSED)
    assert (foreign["count"], foreign["waiting"]) == (0, [])
    assert gates(asked.post(f"{PROGRAM}/issuance", {"number": "一号"})) == ["document-numbered"]
    issued = done(asked.post(f"{PROGRAM}/issuance", {"number": "某人社发〔2026〕1号"}))
    assert (len(issued["moved"]), issued["held_back"]) == (3, [])
    assert asked.get(f"{PROGRAM}/papers/award").content[:2] == b"PK"
    certified = done(asked.post(f"{PROGRAM}/certificates", None))["certificates"]
    assert certified[0] == {"nomination": numbered(1), "certificate": "20260001"}
    assert gates(asked.post(f"{PROGRAM}/certificates", None)) == ["somebody-honored"]
    monkeypatch.setattr("console.api.honoring.MOST", 2)
    page = done(asked.get(f"{PROGRAM}/honors"))
    assert ([one["certificate"] for one in page["honors"]], page["following"]) == (
        ["20260001", "20260002"],
        numbered(2),
    )
    (last,) = done(asked.get(f"{PROGRAM}/honors?after={numbered(2)}"))["honors"]
    assert (last["number"], last["begun"], last["validity"]) == (numbered(3), None, "valid")
    monkeypatch.setattr("console.api.app.COMPUTED", 1)
    asked = Asking(desk, "局经办", now=PASSED)
    assert gates(asked.post(f"{TERM}/certificate", {"kind": "pdf"})) == ["public-address"]
    assert asked.post(f"{TERM}/certificate", {"kind": "pdf"}).status_code == 429
    monkeypatch.setattr(desk, "letterhead", Letterhead(public="https://linxuan.example.cn"))
    assert asked.post(f"{TERM}/certificate", {"kind": "docx"}).content[:2] == b"PK"
    assert events(desk)[-1]["kind"] == "certificate.printed"


def test_term_is_begun_assessed_paid_stopped_and_revoked(desk: Desk) -> None:
    done(Asking(desk, "局经办", now=PUBLISHED).post(f"{PROGRAM}/publicity/publicity", {}))
    sweep(desk, PASSED)
    asked = Asking(desk, "局经办", now=PASSED)
    done(asked.post(f"{PROGRAM}/issuance", {"number": "某人社发〔2026〕1号"}))
    done(asked.post(f"{PROGRAM}/certificates", None))
    late = {"day": "2026-05-15", "document": "聘字1号"}
    assert gates(in_term(asked, "appointment", late)) == ["appointed"]
    begun = done(in_term(asked, "appointment", late | {"day": "2026-05-14"}))
    assert (begun["begun"], begun["last_day"]) == ("2026-05-14", "2029-05-13")
    assert [one["kind"] for one in begun["duties"]] == ["assessment", "report"]
    assert {one["deed"]: one["refusals"] for one in begun["deeds"]}["pay"] == []

    pay = {"benefit": "allowance", "fen": 100_000, "document": "财社〔2026〕1号"}
    unknown = problem(in_term(asked, "payments", pay | {"benefit": "moon"}))
    assert (unknown["status"], "津贴" in unknown["detail"]) == (422, True)
    assert gates(in_term(asked, "payments", pay | {"fen": 1_000_001})) == ["within-the-cap"]
    assert in_term(asked, "payments", pay | {"fen": "100000"}).status_code == 422
    sent_once = pay | {"mark": begun["mark"]}
    (paid,) = done(asked.post(f"{TERM}/payments", sent_once))["payments"]
    assert gates(asked.post(f"{TERM}/payments", sent_once)) == ["seen-term"]
    assert (paid["name"], paid["year"], paid["fen"], paid["recovered"]) == ("津贴", 1, 100_000, 0)
    back = WHY | {"benefit": "allowance", "fen": 40_000, "mark": done(asked.get(TERM))["mark"]}
    recovered = done(asked.post(f"{TERM}/recoveries", back))
    assert gates(asked.post(f"{TERM}/recoveries", back)) == ["seen-term"]
    # No mark is no look.
    unmarked = asked.post(f"{TERM}/recoveries", back | {"mark": " "}).status_code
    assert (unmarked, done(asked.get(TERM))["payments"]) == (422, recovered["payments"])
    assert (recovered["paid"], recovered["payments"][0]["recovered"]) == (60_000, 40_000)

    assert gates(in_term(asked, "stop", {"ground": "moon"})) == ["ground-known"]
    stopped = done(in_term(asked, "stop", {"ground": "离岗"}))
    assert stopped["stop"] == {"ground": "离岗", "since": "2026-05-14"}
    assert done(in_term(asked, "resumption", WHY))["stop"] is None

    assert done(in_term(asked, "reports", {"note": "已收"}))["reported"] == [1]
    report = ("报告.txt", "带徒三名。".encode())
    assert done(sent(asked, f"{TERM}/reports/1/files", report)) == {"kept": 1}
    not_yet = problem(sent(asked, f"{TERM}/reports/2/files", report))
    assert (not_yet["status"], not_yet["detail"]) == (404, "还没有收到第 2 期的履职报告")
    read_on_the_page(desk, asked)
    assert gates(in_term(asked, "assessments", {"result": "优异"})) == ["result-known"]
    assert gates(in_term(asked, "assessments", {"result": "不合格"})) == ["reason-stated"]
    failed = done(in_term(asked, "assessments", WHY | {"result": "不合格"}))
    assert (failed["last"]["passed"], [one["kind"] for one in failed["duties"]]) == (False, ["rectification"])
    passed = done(in_term(asked, "rectification", {"result": "合格"}))
    assert [(one["round"], one["result"]) for one in passed["rounds"]] == [(1, "不合格"), (2, "合格")]

    revoke = WHY | {"ground": "弄虚作假", "approval": "会议纪要", "fen": 60_000}
    assert gates(in_term(asked, "revocation", revoke | {"approval": ""})) == ["revocation-approved"]
    revoked = done(in_term(asked, "revocation", revoke))
    assert (revoked["validity"], revoked["revocation"]["outstanding"]) == ("revoked", 60_000)
    returned = done(in_term(asked, "certificate-return", {}))
    assert returned["revocation"]["returned_at"] == PASSED.isoformat()


@pytest.fixture(scope="module")
def honored(made: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """A store in which some are honored, that the tests do not change but for what was asked in vain."""
    folder = tmp_path_factory.mktemp("honored") / "own"
    copytree(made, folder)
    found = new_desk(folder)
    honor(found)
    yield found
    found.store.close()


#: What is sent to each address, as somebody would for whom it is.
DEEDS: dict[str, dict[str, Any] | None] = {
    f"{PROGRAM}/publicity/publicity": {},
    f"{PROGRAM}/replacements": WHY | {"vacated": numbered(1)},
    f"{PROGRAM}/reserves": WHY,
    f"{PROGRAM}/issuance": {"number": "某人社发〔2026〕2号"},
    f"{PROGRAM}/certificates": None,
    f"{TERM}/certificate": {},
    f"{TERM}/appointment": {"day": "2026-05-14", "document": "聘字1号", "mark": "x"},
    f"{TERM}/reports": {"mark": "x"},
    f"{TERM}/reports/1/files": {},
    f"{TERM}/reports/1/files/1": {},
    f"{TERM}/assessments": {"result": "合格", "mark": "x"},
    f"{TERM}/rectification": {"result": "合格", "mark": "x"},
    f"{TERM}/payments": {"benefit": "allowance", "fen": 100, "document": "文", "mark": "x"},
    f"{TERM}/recoveries": WHY | {"benefit": "allowance", "fen": 100, "mark": "x"},
    f"{TERM}/stop": {"ground": "离岗", "mark": "x"},
    f"{TERM}/resumption": WHY | {"mark": "x"},
    f"{TERM}/revocation": WHY | {"ground": "弄虚作假", "approval": "会议纪要", "mark": "x"},
    f"{TERM}/certificate-return": {"mark": "x"},
    "/objections/1/contact": WHY,
    "/objections/1/files/1": {},
    "/objections/1/admission": WHY,
    "/objections/1/refusal": WHY,
    "/objections/1/prolongation": WHY | {"until": "2026-06-30"},
    "/objections/1/settlement": {"outcome": "upheld", "answer": "属实"},
}
SEEN = (
    f"{PROGRAM}/publicity",
    f"{PROGRAM}/objections",
    f"{PROGRAM}/papers/notice",
    f"{PROGRAM}/issuance",
    f"{PROGRAM}/honors",
    TERM,
    "/objections/1",
)


@pytest.mark.parametrize("name", ["外经办", "外管理", "外监督"])
def test_what_is_foreign_is_not_there_or_not_theirs_to_do_and_who_asked_for_it_is_recorded(
    honored: Desk, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("operations.attempts._TOLD_EACH", 100)
    asked, before = Asking(honored, name, now=PASSED), len(events(honored, INSTALLATION))
    seen = {path: asked.get(path) for path in SEEN}
    deeds = {path: asked.post(path, form) for path, form in DEEDS.items()}
    deeds["finding"] = sent(asked, "/objections/1/finding", finding="x")
    # A program and its lists are no secret to those who nominate elsewhere: nobody's name is told, and nothing done.
    known = {path for path, answer in seen.items() if answer.status_code == 200}
    assert known == (set() if name == "外管理" else {path for path in SEEN if path.startswith(f"{PROGRAM}/")} - {TERM})
    assert [path for path in known if "候选人" in seen[path].text] == []
    of_program = {f"{PROGRAM}/{one}" for one in ("publicity/publicity", "issuance", "certificates")}
    statuses = {path: 409 if known and path in of_program else 404 for path in deeds}
    assert {path: answer.status_code for path, answer in deeds.items()} == statuses
    refused = [one for one in events(honored, INSTALLATION)[before:] if one["kind"] == "access.refused"]
    assert [one["actor"] for one in refused] == [name] * (len(seen) - len(known) + len(deeds))
    assert done(asked.get("/objections")) == {"objections": []}


def test_what_others_handle_is_shown_and_refused_to_whom_it_is_not(honored: Desk) -> None:
    """Whoever oversees the program reads all of it, and does nothing."""
    asked, before = Asking(honored, "局监督", now=PASSED), events(honored)
    assert {path for path in SEEN if asked.get(path).status_code != 200} == set()
    answers = {path: asked.post(path, form).status_code for path, form in DEEDS.items()}
    # They may see how to reach who objects, and what they rest on, which is nothing here; nobody's place is vacated.
    # Nor is a file read of who hands none in.
    others = {"/objections/1/contact": 200, "/objections/1/files/1": 404, f"{PROGRAM}/replacements": 404}
    others |= {f"{TERM}/reports/1/files": 404}
    assert {path: status for path, status in answers.items() if status != 409} == others
    assert [one["kind"] for one in events(honored)[len(before) :]] == ["objection.seen"]


def test_district_is_told_of_its_own_and_of_no_objection(honored: Desk) -> None:
    asked = Asking(honored, "区经办", now=PASSED)
    found = done(asked.get(f"{PROGRAM}/publicity"))
    assert ([one["count"] for one in found["lists"]], [one["number"] for one in found["reserves"]]) == (
        [3],
        [numbered(4)],
    )
    assert done(asked.get("/objections")) == done(asked.get(f"{PROGRAM}/objections")) == {"objections": []}
    assert asked.get("/objections/1").status_code == 404
    assert [one["number"] for one in done(asked.get(f"{PROGRAM}/honors"))["honors"]] == [numbered(2), numbered(3)]


def test_damaged_program_is_not_answered_for_now_and_nobody_is_blamed(desk: Desk) -> None:
    asked, before = Asking(desk, "局经办", now=PASSED), events(desk, INSTALLATION)
    of = t.program.c
    with desk.store.write() as transaction:
        values = {"definition": {"id": HONORED}, "version": of.version + 1}
        transaction.connection.execute(update(t.program).where(of.id == HONORED).values(values))
    told = problem(asked.get(f"{PROGRAM}/publicity"))
    assert (told["status"], HONORED in told["detail"], events(desk, INSTALLATION)) == (503, True, before)


@pytest.mark.parametrize("day", ["9999-12-31", "20260630", "明天", 1782777600, "2026-06-30T00:00:00"])
def test_day_that_is_none_is_answered_so(honored: Desk, day: object) -> None:
    asked = Asking(honored, "局经办", now=PASSED)
    answer = asked.post("/objections/1/prolongation", WHY | {"until": day})
    assert answer.status_code == (409 if day == "9999-12-31" else 422)
    if answer.status_code == 422:
        assert problem(answer)["detail"] == "body.until：应为日期，如 2026-11-30"
