"""An expert's own pages: invitation, pledge, sheets; and nothing of others, nor of whom they are recused from."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from shutil import copytree

import pytest
from sqlalchemy import select

from operations.actors import Actor, Role
from operations.acts import Act
from operations.experts.panels import draw_panel
from operations.experts.seats import invite
from operations.materials import Attached, Offered, attach
from operations.people import add_person
from programs import load_program
from programs.materials import Medium
from store import tables as t
from tests import files
from tests.console.asking import Client
from tests.console.filled import new_desk
from tests.console.people import PASSWORD, browser_of, hash_quickly
from tests.console.reading import read_page
from tests.operations.office import INTAKE, LUZHOU
from tests.operations.panels import REVIEW, PanelOffice, with_panel
from tests.operations.test_scores import with_track

SEAT = f"/evaluations/{LUZHOU}/{REVIEW}"
WHY = {"reason": "说明情况"}
POINTS = {"points.work": "28", "points.skill": "60"}


@pytest.fixture(scope="module")
def judged(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, datetime]:
    """Three nominations at a review that is scored, a pool of three, and everybody registered: only ever copied."""
    folder = tmp_path_factory.mktemp("judged")
    with pytest.MonkeyPatch.context() as patched:
        hash_quickly(patched)
        made = office_in(folder)
        made.open()
        made.fill_the_pool(3)
        for _ in range(3):
            made.nominate(REVIEW)
        staff(made, [f"专家{place}" for place in range(1, 4)])
        made.desk.store.close()
    return folder, made.now


@pytest.fixture
def office(judged: tuple[Path, datetime], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[PanelOffice]:
    hash_quickly(monkeypatch)
    copytree(judged[0], tmp_path / "own")
    found = office_in(tmp_path / "own")
    found.now = judged[1]
    yield found
    found.desk.store.close()


def office_in(folder: Path) -> PanelOffice:
    program = with_panel(with_track(load_program(LUZHOU)), pledge="我承诺公正评议")
    return PanelOffice(new_desk(folder), program, INTAKE[LUZHOU])


def staff(office: PanelOffice, experts: list[str]) -> None:
    """Register an administrator, an operator of the review's office, its experts, and an expert of nothing."""
    first = Act(Actor("总管理"), office.now)
    assert add_person(office.desk, "总管理", Role.ADMINISTRATOR, None, first, password=PASSWORD) is None
    place = office.program.stage(REVIEW).office
    for name, role in [("王管理", Role.ADMINISTRATOR), ("周经办", Role.OPERATOR), ("外人", Role.EXPERT)]:
        where = office.program.office if role is Role.ADMINISTRATOR else place
        assert add_person(office.desk, name, role, where, first, password=PASSWORD) is None
    for name in experts:
        assert add_person(office.desk, name, Role.EXPERT, place, first, password=PASSWORD) is None


def seated(office: PanelOffice) -> dict[str, str]:
    """Seat the panel and assign; returns who evaluates whom, by number."""
    office.seat()
    office.assign()
    query = select(t.nomination.c.number, t.expert.c.name).join_from(t.assignment, t.nomination)
    with office.desk.store.read() as connection:
        rows = connection.execute(query.join(t.expert, t.expert.c.id == t.assignment.c.expert_id)).all()
        return {row.number: row.name for row in rows}


def signed_in(office: PanelOffice, name: str) -> Client:
    return browser_of(office.desk, name, office.now)


def test_expert_answers_pledges_and_is_shown_what_is_theirs_alone(office: PanelOffice) -> None:
    client = signed_in(office, "专家1")
    assert "现在没有请您评审的项目" in client.get("/evaluations").text
    assert draw_panel(office.desk, office.id, REVIEW, office.act(), seed="种子").seats
    assert "现在没有请您评审的项目" in client.get("/evaluations").text
    invite(office.desk, office.id, REVIEW, office.act())
    assert client.post(f"{SEAT}/pledge").status_code == 409
    assert client.post(f"{SEAT}/confirm").headers["location"] == "/evaluations"
    assert read_page(client.get("/evaluations").text).one("blockquote").text == "我承诺公正评议"
    assert client.post(f"{SEAT}/pledge").status_code == 303
    assert "还没有分配给您的申报" in client.get("/evaluations").text
    others = signed_in(office, "外人")
    assert others.post(f"{SEAT}/confirm").status_code == 404
    assert signed_in(office, "周经办").post(f"{SEAT}/confirm").status_code == 404


def test_sheet_takes_points_within_the_scale_and_tells_what_is_missing(office: PanelOffice) -> None:
    assigned = seated(office)
    number, name = next(iter(assigned.items()))
    client = signed_in(office, name)
    page = read_page(client.get("/evaluations").text).one("table", "tasks")
    assert [row[0].endswith(number) for row in page.rows()] == [True]
    sheet = f"{SEAT}/{number}"
    text = client.get(sheet).text
    assert all(other not in text for other in {*assigned} - {number})
    for form, told in (
        ({"points.work": "28"}, "没有填写"),
        (POINTS | {"points.work": "999"}, "不在 0 至"),
        (POINTS | {"points.work": "多"}, "不是分数"),
    ):
        answer = client.post(f"{sheet}/tracks/materials", form)
        assert answer.status_code == 409
        assert told in read_page(answer.text).one("div", "refused").text
    saved = client.post(f"{sheet}/tracks/materials", POINTS | {"opinion": "业绩突出"})
    assert saved.headers["location"] == f"{sheet}?done=materials"
    again = read_page(client.get(saved.headers["location"]).text)
    assert "全部评完了" in again.one("p", "good").text
    given = {
        one.attributes["name"]: one.attributes["value"]
        for one in again.all("input")
        if "points." in one.attributes.get("name", "")
    }
    assert given == POINTS
    assert "已评" in client.get("/evaluations").text


def test_sheets_of_others_are_no_pages_however_they_are_asked_for(office: PanelOffice) -> None:
    assigned = seated(office)
    number, name = next(iter(assigned.items()))
    client = signed_in(office, next(other for other in assigned.values() if other != name))
    for path in (
        f"{SEAT}/{number}",
        f"{SEAT}/{LUZHOU}-9999",
        f"/evaluations/{LUZHOU}/vote/{number}",
        f"/evaluations/x/{REVIEW}/{number}",
    ):
        assert client.get(path).status_code == 404, path
        assert client.post(f"{path}/tracks/materials", POINTS).status_code == 404
        assert client.post(f"{path}/recusal", WHY | {"ground": "other"}).status_code == 404
        assert client.post(f"{path}/files/form").status_code == 404
    for person in ("周经办", "王管理", "外人"):
        assert signed_in(office, person).get(f"{SEAT}/{number}").status_code == 404
    assert client.get(f"/programs/{LUZHOU}/stages/{REVIEW}").status_code == 404


def test_expert_who_steps_back_sees_nothing_more_and_their_score_is_gone(office: PanelOffice) -> None:
    number, name = next(iter(seated(office).items()))
    client = signed_in(office, name)
    sheet = f"{SEAT}/{number}"
    client.post(f"{sheet}/tracks/materials", POINTS)
    assert f'action="{sheet}/recusal"' in client.get(sheet).text
    assert client.post(f"{sheet}/recusal", {"ground": "kinship"}).status_code == 409
    assert client.post(f"{sheet}/recusal", WHY).status_code == 409
    assert client.post(f"{sheet}/recusal", WHY | {"ground": "kinship"}).headers["location"] == "/evaluations"
    for path in (sheet, f"/nominations/{number}"):
        assert client.get(path).status_code == 404
    assert number not in client.get("/evaluations").text
    with office.desk.store.read() as connection:
        left = connection.execute(select(t.score.c.id).where(~t.score.c.superseded)).all()
    assert left == []


def test_nothing_is_shown_before_the_pledge(office: PanelOffice) -> None:
    office.seat(pledged=False)
    office.assign()
    client = signed_in(office, "专家1")
    text = client.get("/evaluations").text
    assert "我承诺公正评议" in text
    assert f"{LUZHOU}-000" not in text
    for place in range(1, 4):
        assert client.get(f"{SEAT}/{LUZHOU}-{place:04d}").status_code == 404


def test_files_of_what_is_assigned_are_taken_and_each_time_is_kept(office: PanelOffice, tmp_path: Path) -> None:
    number, name = next(iter(seated(office).items()))
    photo = tmp_path / "photo.jpg"
    photo.write_bytes(files.picture())
    done = attach(office.desk, number, ("photo", Medium.ELECTRONIC), [Offered("照片.jpg", photo)], office.act())
    assert isinstance(done, Attached), done
    client = signed_in(office, name)
    assert "照片.jpg" in client.get(f"{SEAT}/{number}").text
    taken = client.post(f"{SEAT}/{number}/files/photo")
    assert (taken.status_code, taken.content) == (200, files.picture())
    assert taken.headers["content-disposition"].startswith("attachment")
    assert client.post(f"{SEAT}/{number}/files/nothing").status_code == 404
    seen = [event for event in office.events(number) if event["kind"] == "files.seen"]
    assert [event["actor"] for event in seen] == [name]


def test_front_page_tells_an_expert_what_waits(office: PanelOffice) -> None:
    number, name = next(iter(seated(office).items()))
    client = signed_in(office, name)
    assert "待评 1 件" in client.get("/").text
    client.post(f"{SEAT}/{number}/tracks/materials", POINTS)
    assert "待评" not in client.get("/").text
