"""Every page of the later stages, asked for by every role of its own organization and of others."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from shutil import copytree
from typing import Any

import pytest
from sqlalchemy import insert, select
from starlette.routing import Route

from console import create_app
from console.addressing import ADDRESSING
from deadlines import SHANGHAI
from notifications.channels import FileChannel
from operations.desk import Desk
from operations.failures import keep_failures
from operations.passwords import hash_password
from store import INSTALLATION
from store import tables as t
from tests.console.filled import LUZHOU, NOW, SMALL, new_desk
from tests.console.people import PASSWORD, PEOPLE, browser_of, hash_quickly
from tests.console.reading import read_page
from tests.console.test_access import PUBLIC


@pytest.fixture(scope="module")
def shared(filled_with_people: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """A copy of the filled store with people, which these tests only read."""
    folder = tmp_path_factory.mktemp("pages") / "own"
    copytree(filled_with_people, folder)
    with pytest.MonkeyPatch.context() as patched:
        hash_quickly(patched)
        found = new_desk(folder)
        yield found
        found.store.close()


#: Who is shown each page: ✓ is, · gets the answer of what is not there. In the order of `PEOPLE`.
PAGES = """
/nominations                                   ✓✓✓ ✓✓✓✓ ✓✓ ✓✓ ✓✓✓
/objections                                    ✓✓✓ ✓✓✓✓ ✓✓ ✓✓ ✓✓✓
/objections/1                                  ✓✓· ✓··· ·· ·· ✓✓·
/programs/small-2026/publicity                 ✓✓· ✓✓✓✓ ✓✓ ✓✓ ✓✓✓
/programs/small-2026/papers/notice             ✓✓· ✓✓✓✓ ✓✓ ✓✓ ✓✓✓
/programs/small-2026/stages/review             ✓✓· ✓··· ✓· ·· ✓✓·
/programs/small-2026/stages/decision           ✓✓· ✓··· ✓· ·· ✓✓·
/programs/small-2026/stages/publicity          ··· ···· ·· ·· ···
/programs/small-2026/stages/review/ranking     ··· ···· ·· ·· ···
/programs/small-2026/stages/nowhere            ··· ···· ·· ·· ···
/programs/small-2026/stages/decision/meeting   ✓✓· ✓··· ✓· ·· ✓✓·
/programs/small-2026/stages/screening/meeting  ✓✓· ✓··· ✓· ·· ✓✓·
/programs/small-2026/stages/publicity/meeting  ··· ···· ·· ·· ···
/programs/small-2026/stages/screening/opinions ··· ···· ·· ·· ···
/programs/small-2026/stages/decision/minutes   ✓✓· ✓··· ✓· ·· ✓✓·
/programs/small-2026/stages/decision/ballot/members/x ··· ···· ·· ·· ···
/programs/small-2026/register                  ✓✓· ✓✓✓✓ ✓✓ ·· ✓✓✓
/programs/small-2026/register?nominator=江阳区  ✓✓· ✓✓·· ·· ·· ✓✓·
/programs/small-2026/issuance                  ✓✓· ✓✓✓✓ ✓✓ ✓✓ ✓✓✓
/programs/small-2026/honors                    ✓✓· ✓✓✓✓ ✓✓ ✓✓ ✓✓✓
/programs/small-2026/honors/small-2026-0001    ··· ···· ·· ·· ···
/programs/small-2026/usage                     ✓✓· ✓✓✓✓ ✓✓ ✓✓ ✓✓✓
/programs/small-2026/rehearsal                 ✓✓· ···· ·· ·· ···
/programs/small-2026/dates.ics                 ✓✓· ✓✓✓✓ ✓✓ ✓✓ ✓✓✓
/programs/small-2026/opening                   ✓✓· ···· ·· ·· ···
/programs/luzhou-chief-technician-2019/opening ✓·· ···· ·· ·· ···
/programs/small-2026/amendment                 ✓✓· ···· ·· ·· ···
/programs/small-2026/extension                 ✓✓· ···· ·· ·· ···
/programs/small-2026/migration                 ✓✓· ···· ·· ·· ···
/programs/small-2026/file.toml                 ✓✓· ···· ·· ·· ···
/program-files                                 ✓✓✓ ···· ·· ·· ···
/program-files/new                             ✓✓✓ ···· ·· ·· ···
/evaluations                                   ✓✓✓ ✓✓✓✓ ✓✓ ✓✓ ✓✓✓
/evaluations/small-2026/review/small-2026-0001 ··· ···· ·· ·· ···
/organizations                                 ✓✓✓ ✓✓✓✓ ✓✓ ·· ✓✓✓
/people                                        ✓✓✓ ···· ·· ·· ✓✓✓
/experts                                       ✓·· ···· ·· ·· ✓··
/calendar                                      ✓✓✓ ✓✓✓✓ ✓✓ ✓✓ ✓✓✓
/audit                                         ✓✓✓ ✓··· ·· ·· ✓✓✓
/audit?chain=small-2026                        ✓✓· ✓··· ·· ·· ✓✓·
/audit?chain=INSTALLATION                      ✓·· ···· ·· ·· ✓··
/audit?chain=unknown                           ··· ···· ·· ·· ···
"""


@pytest.mark.parametrize("name", PEOPLE)
def test_pages_are_shown_to_whom_the_table_says(shared: Desk, name: str) -> None:
    client, place = browser_of(shared, name), list(PEOPLE).index(name)
    expected = {path: "".join(marks)[place] for path, *marks in (line.split() for line in PAGES.split("\n") if line)}
    found = {}
    for path in expected:
        answer = client.get(path.replace("INSTALLATION", INSTALLATION))
        found[path] = {200: "✓", 404: "·"}[answer.status_code]
        if "外" in name and path != "/nominations":
            assert "候选人" not in answer.text
    assert found == expected


def test_places_used_are_told_of_every_body_to_who_runs_the_program_and_to_others_of_their_own(shared: Desk) -> None:
    used = {}
    for name in ("局经办", "总监督", "区经办", "厂经办", "外经办"):
        tables = read_page(browser_of(shared, name).get(f"/programs/{SMALL}/usage").text).all("table")
        used[name] = [row for table in tables for row in table.rows()]
    theirs = [["江阳区", "5", "6"]]
    assert used == {"局经办": theirs, "总监督": theirs, "区经办": theirs, "厂经办": [], "外经办": []}


def test_dates_of_a_program_are_given_as_calendars_take_them(shared: Desk) -> None:
    answer = browser_of(shared, "区经办").get(f"/programs/{SMALL}/dates.ics")
    assert answer.headers["content-type"] == "text/calendar; charset=utf-8"
    assert answer.text.startswith("BEGIN:VCALENDAR\r\n")
    dates = read_page(browser_of(shared, "区经办").get(f"/programs/{SMALL}").text).one("table", "dates").rows()
    assert answer.text.count("BEGIN:VEVENT") == len([one for one in dates if one[0] != "未定"])


PANEL = ("draw", "invite", "assign", "confirm", "decline", "recuse", "lift")
BALLOT = ("open", "attendance", "recusal", "count", "close", "annul")
TERM = ("assess", "rectify", "appoint", "pay", "recover", "stop", "resume", "revoke", "returned")
OF_PEOPLE = ("add", "grant", "revoke", "password", "bind", "unbind", "second-factor", "disable", "enable", "addresses")

#: What every page takes, but what is about whoever sends it (`/account`, `/role`, `/sign-out`).
DEEDS = (
    f"/programs/{SMALL}/publicity/publicity",
    f"/programs/{SMALL}/replacements",
    f"/programs/{SMALL}/reserves",
    "/objections/1/contact",
    "/objections/1/files/1",
    *(f"/objections/1/handling/{deed}" for deed in ("admit", "refuse", "prolong", "settle")),
    *(f"/programs/{SMALL}/stages/review/panel/{deed}" for deed in PANEL),
    *(f"/programs/{SMALL}/stages/review/ranking/{deed}" for deed in ("settle", "resolve", "reopen")),
    f"/programs/{SMALL}/stages/decision/decision",
    *(f"/programs/{SMALL}/stages/decision/ballot/{deed}" for deed in BALLOT),
    f"/programs/{SMALL}/stages/decision/ballot/members/x",
    f"/programs/{SMALL}/stages/decision/meeting",
    *(f"/programs/{SMALL}/register/{deed}" for deed in ("order", "form")),
    *(f"/evaluations/{SMALL}/review/{deed}" for deed in ("confirm", "decline", "pledge")),
    f"/evaluations/{SMALL}/review/{SMALL}-0001/tracks/materials",
    f"/evaluations/{SMALL}/review/{SMALL}-0001/recusal",
    f"/programs/{SMALL}/opening",
    f"/programs/{LUZHOU}/opening",
    f"/programs/{LUZHOU}/opening/rulings/closing-hour",
    f"/programs/{SMALL}/issuance",
    f"/programs/{SMALL}/certificates",
    f"/programs/{SMALL}/rehearsal",
    f"/programs/{SMALL}/honors/{SMALL}-0001/certificate",
    *(f"/programs/{SMALL}/honors/{SMALL}-0001/{deed}" for deed in TERM),
    f"/programs/{SMALL}/honors/{SMALL}-0001/reports",
    f"/programs/{SMALL}/honors/{SMALL}-0001/reports/files",
    f"/programs/{SMALL}/honors/{SMALL}-0001/reports/1/files/1",
    *(f"/people/{deed}" for deed in (*OF_PEOPLE, *ADDRESSING)),
    *(f"/experts/{deed}" for deed in ("add", "change", "declare", "retire", "withdraw-tie", "details", *ADDRESSING)),
    *(f"/organizations/{deed}" for deed in ("add", "place", "mail", "addresses", "remove", *ADDRESSING)),
    *(f"/nominations/{SMALL}-0001/moves/{move}" for move in ("withdraw", "disqualify", "accept")),
    *(f"/nominations/{SMALL}-0001/{deed}" for deed in ("undo", "receipts", "verdicts", "opinions", "details", "facts")),
    f"/nominations/{SMALL}-0001/nominees/released",
    *(f"/programs/{SMALL}/{deed}" for deed in ("amendment/confirmed", "extension", "migration")),
    "/evaluations/letters",
    "/objections/1/finding",
    *(f"/messages/{deed}" for deed in ("send", "deliver", "drop")),
    "/audit",
    "/audit/heads",
)
#: What is tried for others by a test of its own, since it takes files, is about whoever asks, or is for everybody.
ELSEWHERE = {
    "/": "test_access",
    "/programs/{program_id}": "test_access",
    "/nominations/{number}": "test_access",
    "/nominations/preview": "test_bulk",
    "/nominations/moves": "test_bulk",
    "/nominations/export": "test_bulk",
    "/nominations/views": "test_bulk",
    "/nominations/views/forget": "test_bulk",
    "/nominations/{number}/materials/{material}/{medium}": "test_materials",
    "/nominations/{number}/materials/{material}/{medium}/{place}": "test_materials",
    "/nominations/{number}/nominees": "test_own",
    "/intake/one": "test_entering",
    "/intake": "test_intake",
    "/intake/blank": "test_intake",
    "/intake/{token}": "test_intake",
    "/intake/{token}/cells": "test_intake",
    "/intake/{token}/commit": "test_intake",
    "/intake/{token}/drop": "test_intake",
    "/intake/{token}/workbook": "test_intake",
    "/publicity/receipt": "test_publications",
    "/publicity/{list}/objection": "test_publications",
    "/evaluations/ties": "test_blind",
    "/evaluations/{program_id}/{stage}/{number}/files/{material}": "test_evaluating",
    "/experts/table": "test_experts",
    "/programs/{program_id}/stages/{stage}/opinions": "test_consultations",
    "/programs/{program_id}/stages/{stage}/letters/{digest}": "test_consultations",
    "/programs/{program_id}/stages/{stage}/tallies": "test_boards",
    "/programs/{program_id}/register/workbook": "test_registers",
    "/programs/{program_id}/amendment": "test_amending",
    "/program-files": "test_opening",
    "/program-files/entered": "test_opening",
    "/program-files/new": "test_amending",
    "/program-files/edition": "test_amending",
    "/program-files/fetched": "test_amending",
    "/letters/received/{name}/{signature}": "test_letters",
    "/letters/unsubscribe/{name}/{signature}": "test_letters",
    "/mine": "test_own",
    "/mine/{number}": "test_own",
    "/mine/{number}/submit": "test_own",
    "/mine/{number}/materials/{material}/{medium}": "test_own",
    "/mine/{number}/materials/{material}/{medium}/{place}": "test_own",
    "/invitations/{invitation}/{signature}": "test_own",
    "/messages": "test_parked",
    "/messages/{message}": "test_parked",
    "/messages/{message}/received": "test_parked",
    "/account/calendars": "test_feeds",
    "/account/calendars/revoke": "test_feeds",
    "/sign-in": "test_access",
    "/sign-in/code": "test_second_factor",
    "/sign-out": "test_access",
    "/role": "test_access",
    "/account": "test_access",
    "/account/password": "test_access",
    "/account/sessions": "test_access",
    "/account/second-factor": "test_second_factor",
    "/account/second-factor/confirm": "test_second_factor",
    "/account/second-factor/remove": "test_second_factor",
}
FORM = {
    "whom": "all",
    "nominator": "江阳区",
    "reason": "理由",
    "name": "局经办",
    "role": "operator",
    "organization": "某市人社局",
    "password": "一个新的密码呀呀",
    "held": "operator@某市人社局",
    "mail": "a@example.org",
    "parent": "外市人社局",
    "employer": "某厂",
    "subject": "某厂",
    "tie": "1",
    "channel": "mail",
    "address": "a@example.org",
    "day": "2026-05-08",
    "claim": "sub",
    "value": "x",
    "nominations": "1",
    "seed": "1",
    "answer": "属实",
    "outcome": "upheld",
    "venue": "官网",
    "number": f"{SMALL}-0001",
    "vacated": f"{SMALL}-0001",
    "until": "2026-07-01",
    "ground": "other",
    "expert": "局专家",
    "document": "x",
    "yuan": "1",
    "result": "合格",
    **{f"fate.{SMALL}-000{place}": "go" for place in range(1, 8)},
    "sure": "1",
}


@pytest.mark.parametrize("name", [name for name in PEOPLE if name.startswith("外") or name in ("厂经办", "局监督")])
def test_nobody_does_with_others_what_is_not_theirs_by_any_form(shared: Desk, name: str) -> None:
    client = browser_of(shared, name)
    before, form = contents(shared), sent(shared)
    answers = {path: client.post(path, form) for path in DEEDS}
    done = [path for path, answer in answers.items() if answer.status_code not in (404, 409)]
    # A supervisor of the office reads, for a reason, and does nothing.
    assert done == (["/objections/1/contact"] if name == "局监督" else [])
    assert contents(shared) == before
    if name.startswith("外"):
        assert [path for path, answer in answers.items() if "候选人" in answer.text] == []


def test_nominee_is_shown_no_page_of_the_table_and_does_none_of_its_deeds(shared: Desk) -> None:
    number = f"{SMALL}-0002"
    with shared.store.write() as transaction:
        connection = transaction.connection
        values = {"name": "某候选人", "password": hash_password(PASSWORD), "created_at": NOW}
        owner = connection.execute(insert(t.person).values(values).returning(t.person.c.id)).scalar_one()
        role = {"person_id": owner, "role": "nominee", "organization": "第1公司"}
        connection.execute(insert(t.person_role).values(role))
        row = connection.execute(select(t.nomination.c.id).where(t.nomination.c.number == number)).scalar_one()
        own = {"person_id": owner, "nomination_id": row, "bound_at": NOW}
        connection.execute(insert(t.own_nomination).values(own))
    client = browser_of(shared, "某候选人")
    before, form = contents(shared), sent(shared)
    asked = [line.split()[0].replace("INSTALLATION", INSTALLATION) for line in PAGES.split("\n") if line]
    answers = [client.get(path) for path in (*asked, f"/programs/{SMALL}", f"/nominations/{number}")]
    answers += [client.post(path, form) for path in DEEDS]
    assert {answer.status_code for answer in answers} == {404}
    assert contents(shared) == before
    assert "候选人" not in "".join(answer.text.replace("某候选人", "").replace("候选人 ·", "") for answer in answers)
    mine = client.get(f"/mine/{number}").text
    assert ("候选人1" in mine, "候选人2" in mine) == (True, False)
    assert [client.get(f"/mine/{SMALL}-000{place}").status_code for place in (1, 3, 9)] == [404] * 3


def sent(desk: Desk) -> dict[str, str]:
    """The form, with the version of the nomination that it is about: a stale one would be refused whoever sends it."""
    with desk.store.read() as connection:
        version = connection.execute(select(t.nomination.c.version).where(t.nomination.c.number == FORM["number"]))
        return {**FORM, "version": str(version.scalar_one())}


def contents(desk: Desk) -> dict[str, list[tuple[Any, ...]]]:
    """Everything that the store holds but sessions, and what was asked for in vain."""
    aside = {"session", "sign_in_attempt", "installation_event", "installation_link"}
    with desk.store.read() as connection:
        return {
            table.name: [tuple(row) for row in connection.execute(select(table).order_by(*table.primary_key))]
            for table in t.metadata.sorted_tables
            if table.name not in aside
        }


@pytest.mark.parametrize(("month", "asked"), [(9, False), (10, True)])
def test_first_page_asks_for_next_year_s_schedule_from_october_on(own_desk: Desk, month: int, asked: bool) -> None:  # noqa: FBT001 - of the table
    at = datetime(2026, month, 12, 10, tzinfo=SHANGHAI)
    for name in ("总管理", "局经办", "局监督"):
        assert ("2027 年的放假安排还没有导入" in browser_of(own_desk, name, at).get("/").text) == asked, name
    assert "放假安排还没有导入" not in browser_of(own_desk, "局专家", at).get("/").text


def test_first_page_names_what_the_last_sweep_could_not_move_to_those_who_see_it(own_desk: Desk) -> None:
    number = f"{SMALL}-0001"
    with own_desk.store.read() as connection:
        row = connection.execute(select(t.nomination).where(t.nomination.c.number == number)).one()
    keep_failures(own_desk, {row.id: "KeyError"}, NOW)
    told = {
        name: "最近的巡检有办不了的件" in browser_of(own_desk, name).get("/").text
        for name in ("局经办", "外经办", "外监督")
    }
    assert told == {"局经办": True, "外经办": False, "外监督": False}
    assert f'href="/nominations/{number}"' in browser_of(own_desk, "局经办").get("/").text


def test_every_address_is_tried_by_everybody_here_or_by_the_test_that_is_named(shared: Desk) -> None:
    routes = [
        one for one in create_app(shared, lambda: NOW, channel=FileChannel(Path())).routes if isinstance(one, Route)
    ]
    asked = {"GET": [line.split()[0].partition("?")[0] for line in PAGES.split("\n") if line], "POST": DEEDS}
    tried = set()
    for method, paths in asked.items():
        for path in paths:
            one = next(one for one in routes if method in (one.methods or ()) and one.path_regex.match(path))
            tried.add((method, one.path))
    left = {(method, one.path) for one in routes for method in ("GET", "POST") if method in (one.methods or ())} - tried
    assert {path for method, path in left if method == "POST" or path not in PUBLIC} == set(ELSEWHERE)
    for module in set(ELSEWHERE.values()):
        assert (Path(__file__).parent / f"{module}.py").exists(), module
