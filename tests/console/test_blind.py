"""A blind review: an expert sees numbers and anonymous files; no page, address, table, list or letter tells a name."""

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from io import BytesIO
from pathlib import Path
from shutil import copytree
from zipfile import ZipFile

import pytest
from starlette.routing import Route

from console import create_app
from notifications.channels import MemoryChannel
from operations.actors import Actor
from operations.acts import Act
from operations.attachments import take_copies
from operations.desk import Desk
from operations.disagreements import disagreements
from operations.experts.listing import list_assignments
from operations.experts.pool import declare_tie, withdraw_tie
from operations.experts.sight import unseen
from operations.finding import find_nominations
from operations.held_secrets import Given
from operations.lookup import list_nominations
from operations.materials import Attached, Offered, attach
from operations.queries import Query
from operations.ranked import Ranked
from operations.rankings import ranking_at
from operations.reading_results import scores_at
from operations.remind import remind
from operations.results import Denied
from operations.score_sheets import export_sheet, import_sheet
from operations.scores import enter_score
from operations.seeing import Seeing
from operations.tokens import give_token
from programs import Program, load_program
from programs.materials import Medium
from programs.panels import Ground
from states.recusals import Tie
from tests import files
from tests.console.asking import Client
from tests.console.filled import new_desk
from tests.console.people import browser_of, hash_quickly
from tests.console.test_evaluating import POINTS, SEAT, WHY, seated, staff
from tests.operations.office import INTAKE, LUZHOU, why
from tests.operations.panels import REVIEW, PanelOffice, with_panel
from tests.operations.test_scores import with_track
from tests.operations.workbooks import Workbook

#: What nobody may read who reviews blind.
SECRETS = ("赵钱孙", "周吴郑王厂", "冯陈褚卫局", "某某的照片")
PICTURE = files.picture()


def office_in(folder: Path) -> PanelOffice:
    program = with_panel(with_track(load_program(LUZHOU)), pledge="我承诺公正评议", blind=True)
    document = program.model_dump(mode="json")
    for stage in document["stages"]:
        if stage["id"] == REVIEW:
            stage["window"] = {"phrase": "2019年7月16日至7月19日", "clause": "四"}
    return PanelOffice(new_desk(folder), Program.model_validate(document), INTAKE[LUZHOU])


@pytest.fixture(scope="module")
def judged(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, datetime]:
    """Three nominations at a blind review, each with a photograph and an anonymous one: only ever copied."""
    folder = tmp_path_factory.mktemp("blind")
    photo = folder / "某某的照片.jpg"
    photo.write_bytes(PICTURE)
    with pytest.MonkeyPatch.context() as patched:
        hash_quickly(patched)
        made = office_in(folder)
        made.open()
        made.fill_the_pool(3)
        for place in range(1, 4):
            names = {"nominee": f"赵钱孙{place}", "unit": f"周吴郑王厂{place}", "nominator": "冯陈褚卫局"}
            number = made.nominate(REVIEW, **names)
            done = attach(
                made.desk, number, ("photo", Medium.ELECTRONIC), [Offered("某某的照片.jpg", photo)], made.act()
            )
            assert isinstance(done, Attached), done
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


def open_to(office: PanelOffice, number: str) -> None:
    """Hand the photograph in again, as one that tells nobody who it is."""
    file = office.desk.contents.incoming / "x.jpg"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(PICTURE)
    offered = [Offered("某某的照片.jpg", file)]
    done = attach(office.desk, number, ("photo", Medium.ELECTRONIC), offered, office.act(), anonymous=True)
    assert isinstance(done, Attached), done


def addresses(desk: Desk, now: datetime, program: str, number: str) -> set[str]:
    """Every address that something is read at, filled in with what there is."""
    app = create_app(desk, lambda: now)
    described = Client(app).get("/api/v1/openapi.json").json()["paths"]
    paths = [one.path for one in app.routes if isinstance(one, Route) and "GET" in (one.methods or ())]
    paths += [f"/api/v1{path}" for path, methods in described.items() if "get" in methods]
    values = {
        "program_id": program,
        "number": number,
        "stage": REVIEW,
        "stage_id": REVIEW,
        "track": "materials",
        "material": "photo",
        "medium": "electronic",
        "place": "1",
        "member": "专家1",
        "kind": "nomination",
        "name": "专家1",
        "list": "1",
        "objection": "1",
    }
    return {re.sub(r"\{(\w+)\}", lambda one: values.get(one[1], one[0]), path) for path in paths}


def secrets_in(content: bytes | str) -> list[str]:
    text = content if isinstance(content, str) else content.decode("utf-8", "ignore")
    return [one for one in SECRETS if one in text]


def unzipped(content: bytes) -> str:
    with ZipFile(BytesIO(content)) as archive:
        return "".join(archive.read(one).decode("utf-8", "ignore") for one in archive.namelist())


def test_no_address_tells_an_expert_who_it_is(office: PanelOffice) -> None:
    assigned = seated(office)
    number, name = next(iter(assigned.items()))
    open_to(office, number)
    client = browser_of(office.desk, name, office.now)
    given = give_token(office.desk, name, "试用", timedelta(days=1), Act(Actor("总管理"), office.now))
    assert isinstance(given, Given)
    api = Client(create_app(office.desk, lambda: office.now))
    shown = 0
    token = {"Authorization": f"Bearer {given.secret}"}
    asked: set[str] = set()
    for other in assigned:
        for path in sorted(addresses(office.desk, office.now, office.id, other) - asked):
            asked.add(path)
            by_token = path.startswith("/api/")
            answer = api.request("GET", path, headers=token) if by_token else client.get(path)
            assert secrets_in(answer.text) == [], (path, answer.status_code)
            shown += answer.status_code == 200
    assert shown > 10
    for search in SECRETS:
        assert secrets_in(client.get("/nominations", params={"search": search}).text.replace(search, "", 2)) == []
    assert client.get(f"/nominations/{number}").status_code == 404
    sheet = f"{SEAT}/{number}"
    for path, form in (
        (f"{sheet}/tracks/materials", {"points.work": "999"}),
        (f"{sheet}/tracks/materials", POINTS | {"opinion": "业绩突出"}),
        (f"{sheet}/recusal", {"ground": "kinship"}),
        (f"/nominations/{number}/details", WHY),
    ):
        assert secrets_in(client.post(path, form).text) == [], path
    page = client.get(sheet).text
    assert "盲评" in page
    assert number in page
    assert "2寸白底免冠彩色照片-1.jpg" in page
    taken = client.post(f"{sheet}/files/photo")
    assert (taken.status_code, taken.content) == (200, PICTURE)
    assert secrets_in(taken.headers["content-disposition"]) == []
    by_api = f"/api/v1{sheet}"
    told = api.request("GET", by_api, headers=token).json()
    assert (told["blind"], told["task"]["nominee"], told["task"]["unit"]) == (True, number, "")
    assert [one["name"] for one in told["files"]] == ["2寸白底免冠彩色照片-1.jpg"]
    for path, sent, status in (
        ("tracks/materials", {"points": [{"criterion": "work", "points": "999"}]}, 409),
        ("files/photo/electronic/1", {}, 200),
        ("recusal", {"ground": "kinship", "reason": "亲属"}, 200),
        ("recusal", {"ground": "kinship", "reason": "亲属"}, 404),
    ):
        answer = api.request("POST", f"{by_api}/{path}", headers=token, json=sent)
        assert (answer.status_code, secrets_in(answer.text + str(answer.headers))) == (status, []), path


def test_nothing_that_is_read_or_sent_tells_an_expert_who_it_is(office: PanelOffice) -> None:
    assigned = seated(office)
    number, name = next(iter(assigned.items()))
    for each, of in assigned.items():
        office_act = office.as_expert(of)
        done = enter_score(office.desk, each, "materials", {"work": "28", "skill": "60"}, office_act, opinion="好")
        assert not isinstance(done, Denied), done
    me = office.as_expert(name)
    told = [
        list_assignments(office.desk, office.id, REVIEW, actor=me.actor, now=office.now),
        scores_at(office.desk, office.id, REVIEW, act=me),
        list(list_nominations(office.desk, program_id=office.id, seen_by=me)),
        find_nominations(office.desk, Query(), office.now, seen_by=me.actor).found,
        unseen(office.desk, number, me.actor, office.now),
    ]
    assert secrets_in(repr(told)) == []
    assert [one.number for one in told[0]] == [number]
    assert told[2] == []
    assert why(told[4]) == [("blind", None)]
    settled(office)
    ranking = ranking_at(office.desk, office.id, REVIEW, act=me)
    assert isinstance(ranking, Ranked)
    assert secrets_in(repr(ranking)) == []
    assert secrets_in(repr(ranking_at(office.desk, office.id, REVIEW, act=office.act()))) != []
    with office.desk.store.read() as connection:
        assert list(disagreements(connection)) == []


def settled(office: PanelOffice) -> None:
    others = [track.id for track in office.program.stage(REVIEW).tracks if track.id != "materials"]
    for one in list_nominations(office.desk, program_id=office.id):
        for track in others:
            office.report(one.number, track)
    assert isinstance(office.rank(), Ranked)


@pytest.mark.parametrize("by", ["expert", "office"])
def test_score_sheet_of_an_expert_bears_numbers_alone_whoever_gives_it_out(office: PanelOffice, by: str) -> None:
    number, name = next(iter(seated(office).items()))
    act = office.as_expert(name) if by == "expert" else office.act()
    sheet = export_sheet(office.desk, office.id, REVIEW, "materials", act, evaluator=name)
    assert isinstance(sheet, bytes)
    text = unzipped(sheet)
    assert secrets_in(text) == []
    assert number in text


def test_sheet_on_which_somebody_has_typed_a_name_is_not_told_whose_number_it_is(office: PanelOffice) -> None:
    name = next(iter(seated(office).values()))
    sheet = export_sheet(office.desk, office.id, REVIEW, "materials", office.as_expert(name))
    assert isinstance(sheet, bytes)
    book = Workbook(sheet)
    book.type("评分表", 4, 1, ("张三", "某厂", 28, 60))
    done = import_sheet(office.desk, book.saved(), "评分表.xlsx", office.as_expert(name))
    assert not isinstance(done, Denied), done
    assert [one.words.zh for one in done.findings] == ["盲评的评分表不填姓名，只按编号评分"]
    assert secrets_in(unzipped(done.workbook)) == []


def test_letters_to_experts_bear_numbers_alone(office: PanelOffice) -> None:
    assigned = seated(office)
    with office.desk.store.read() as connection:
        assert Seeing(office.desk, connection, office.as_expert("专家1").actor, office.now).is_blind_in(office.program)
    # The last working day of the review's window, on which scores that are missing are asked for.
    office.now = datetime.fromisoformat("2019-07-18T09:30+08:00")
    channel = MemoryChannel()
    for _ in range(3):
        remind(office.desk, channel, office.now)
        office.now += timedelta(hours=8)
    sent = [one for one in channel.letters if one.recipient in assigned.values()]
    assert any(number in repr(sent) for number in assigned), "nothing was asked of experts"
    assert secrets_in(repr(sent)) == []


def test_identifying_files_are_withheld_until_they_are_anonymous(office: PanelOffice, tmp_path: Path) -> None:
    number, name = next(iter(seated(office).items()))
    client = browser_of(office.desk, name, office.now)
    assert client.post(f"{SEAT}/{number}/files/photo").status_code == 404
    open_to(office, number)
    taken = take_copies(office.desk, number, tmp_path / "out", office.as_expert(name))
    assert [one.name for one in taken] == ["photo-electronic-1-2寸白底免冠彩色照片-1.jpg"]
    everything = take_copies(office.desk, number, tmp_path / "all", office.act())
    assert [one.name for one in everything] == ["photo-electronic-1-某某的照片.jpg"]
    with office.desk.store.read() as connection:
        assert list(disagreements(connection)) == []


def test_those_who_run_the_program_see_all(office: PanelOffice) -> None:
    number = next(iter(seated(office)))
    for person in ("王管理", "总管理"):
        page = browser_of(office.desk, person, office.now).get(f"/nominations/{number}").text
        assert "赵钱孙" in page


def test_ties_recuse_by_name_and_show_nothing_of_whom_they_match(office: PanelOffice) -> None:
    client = browser_of(office.desk, "专家1", office.now)
    form = {"ground": "kinship", "subject": "赵钱孙1", "unit": "周吴郑王厂1"}
    answer = client.post("/evaluations/ties", form)
    assert answer.headers["location"] == "/evaluations?declared=1"
    page = client.get("/evaluations?declared=1").text
    assert secrets_in(page) == []
    assert f"{LUZHOU}-000" not in page
    assigned = seated(office)
    number = f"{LUZHOU}-0001"
    assert assigned[number] != "专家1"
    refused = unseen(office.desk, number, office.as_expert("专家1").actor, office.now)
    assert secrets_in(repr(refused)) == []
    # Whom one is recused from is refused as everybody else is, or a row of numbers would tell whose they are.
    assert (
        refused.refusals == unseen(office.desk, f"{LUZHOU}-0002", office.as_expert("专家1").actor, office.now).refusals
    )
    for path in (f"{SEAT}/{number}", f"{SEAT}/{LUZHOU}-9999"):
        assert client.get(path).status_code == 404


def test_ties_are_not_declared_while_files_are_read_to_find_out_whose_they_are(office: PanelOffice) -> None:
    seated(office)
    me = office.as_expert("专家1", "说明")
    tie = Tie(Ground.KINSHIP, "赵钱孙2")
    assert why(declare_tie(office.desk, "专家1", tie, me)) == [("declared-before", "四、（三）")]
    keeper = Act(Actor("总管理"), office.now, "专家来电说明")
    kept = declare_tie(office.desk, "专家1", tie, keeper)
    assert isinstance(kept, int)
    assert why(withdraw_tie(office.desk, "专家1", kept, me)) == [("declared-before", "四、（三）")]
    assert withdraw_tie(office.desk, "专家1", kept, keeper) is None
