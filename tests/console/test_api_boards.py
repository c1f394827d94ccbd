"""How some are chosen by the API, as by the pages: panel, sheets, ranking, decision and ballots; nothing of others."""

import json
from collections.abc import Iterator
from datetime import datetime
from itertools import count
from pathlib import Path
from shutil import copytree
from typing import Any

import httpx
import pytest
from sqlalchemy import insert, update

from console import create_app
from operations.actors import Actor, Role
from operations.acts import Act
from operations.decide import decide
from operations.experts.pool import ExpertDraft, add_expert
from operations.materials import Offered, attach
from operations.people import add_person
from programs import load_program
from programs.materials import Medium
from store import INSTALLATION, events_of
from store import tables as t
from tests import files
from tests.console.asking import Client
from tests.console.filled import new_desk
from tests.console.test_api import Asking, problem
from tests.console.test_api_files import sent
from tests.console.test_evaluating import POINTS, staff
from tests.operations.balloting import MEMBERS, with_ballot
from tests.operations.office import CRAFTSMAN_2022, INTAKE, LUZHOU, Office
from tests.operations.panels import REVIEW, PanelOffice, with_panel
from tests.operations.test_scores import with_track

pytestmark = pytest.mark.usefixtures("quick_passwords")

BOARD = f"/programs/{LUZHOU}/stages/{REVIEW}"
DECISION = f"/programs/{LUZHOU}/stages/decision"
BALLOT = f"{DECISION}/ballot"
SEAT = f"/evaluations/{LUZHOU}/{REVIEW}"
GRADE = "chief-technician"
WHY = {"reason": "会议纪要"}
SCORES = {"points": [{"criterion": name.removeprefix("points."), "points": some} for name, some in POINTS.items()]}


class Api:
    """Asks one app as whoever is named."""

    def __init__(self, office: PanelOffice) -> None:
        self.office = office
        self._client = Client(create_app(office.desk, lambda: office.now))
        self._asking: dict[str, Asking] = {}

    def get(self, name: str, path: str) -> httpx.Response:
        return self._as(name).get(path)

    def post(self, name: str, path: str, document: Any) -> httpx.Response:
        return self._as(name).post(path, document)

    def done(self, name: str, path: str, document: Any) -> Any:
        answer = self.post(name, path, document)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def unfit(self, name: str, path: str, document: Any) -> str:
        answer = self.post(name, path, document)
        assert answer.status_code == 422, answer.text
        return str(problem(answer)["detail"])

    def gates(self, name: str, path: str, document: Any) -> list[str]:
        answer = self.post(name, path, document)
        assert answer.status_code == 409, answer.text
        return [one["gate"] for one in problem(answer)["refusals"]]

    def _as(self, name: str) -> Asking:
        if name not in self._asking:
            self._asking[name] = Asking(self.office.desk, name, client=self._client)
        return self._asking[name]


def office_in(folder: Path) -> PanelOffice:
    program = with_ballot(with_panel(with_track(load_program(LUZHOU)), pledge="我承诺公正"), secret=False, of="cast")
    return PanelOffice(new_desk(folder), program, INTAKE[LUZHOU])


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory, quick_passwords: None) -> tuple[Path, datetime]:
    """A review that draws experts who score, and a decision by a ballot; three nominations at the review."""
    del quick_passwords
    folder = tmp_path_factory.mktemp("boards")
    found = office_in(folder)
    found.open()
    found.fill_the_pool(4)
    for _ in range(3):
        found.nominate(REVIEW)
    staff(found, [f"专家{place}" for place in range(1, 5)] + list(MEMBERS))
    act = Act(Actor("总管理"), found.now)
    assert add_person(found.desk, "外经办", Role.OPERATOR, "外市人社局", act) is None
    assert add_person(found.desk, "总监督", Role.SUPERVISOR, None, act) is None
    assert add_person(found.desk, "审查员", Role.SCREENING, found.program.stage(REVIEW).office, act) is None
    found.desk.store.close()
    return folder, found.now


@pytest.fixture
def office(made: tuple[Path, datetime], tmp_path: Path) -> Iterator[PanelOffice]:
    copytree(made[0], tmp_path / "own")
    found = office_in(tmp_path / "own")
    found.now = made[1]
    yield found
    found.desk.store.close()


def refused(office: PanelOffice) -> list[str]:
    """What was asked for that is not the asker's, as the history has it."""
    with office.desk.store.read() as connection:
        return [one["asked"] for one in events_of(connection, INSTALLATION) if one["kind"] == "access.refused"]


def test_stage_is_run_by_the_api_from_the_draw_to_who_is_chosen_by_a_ballot(office: PanelOffice) -> None:
    api, who = Api(office), "王管理"
    first = api.get(who, f"{BOARD}/board").json()
    numbers = [one["number"] for one in first["standing"]]
    assert (first["total"], first["panel"]["seats"], first["may"]["draw"]) == (3, [], None)
    assigned = draw_and_assign(api, who)
    assert set(api.gates(who, f"{BOARD}/ranking", {"deed": "settle"})) == {"evaluations-complete"}
    # Each reason why nobody goes on yet is said once, with whom it is about.
    early = {"fates": [{"number": one, "fate": "go"} for one in numbers], "mark": first["mark"]}
    why = problem(api.post(who, f"{BOARD}/decision", early))["refusals"]
    told = [(one["gate"], one["numbers"]) for one in why]
    assert told == [("tracks-reported", numbers), ("ranking-settled", numbers)]
    score(api, assigned)
    assert {one["owes"] for one in api.get(who, f"{BOARD}/board").json()["panel"]["seats"]} == {0}

    level = {"deed": "resolve", "points": [{"number": one, "points": 1} for one in numbers[:2]]} | WHY
    assert api.gates(who, f"{BOARD}/ranking", level) == ["level"]
    settled = api.done(who, f"{BOARD}/ranking", {"deed": "settle"} | WHY)
    assert (settled["round"], [one["place"] for one in settled["lines"]]) == (1, [1, 1, 1])
    assert settled["lines"][0]["steps"][-1] == "第 1 名"
    assert [api.gates(who, f"{BOARD}/ranking", {"deed": "reopen", "round": one, "reason": " "}) for one in (1, 2)] == [
        ["reason-stated"],
        ["seen-round", "reason-stated"],
    ]
    assert api.done(who, f"{BOARD}/ranking", {"deed": "reopen", "round": 1} | WHY)["round"] is None
    api.done(who, f"{BOARD}/ranking", {"deed": "settle"})
    goes_on = {"fates": [{"number": one, "fate": "go"} for one in numbers], "mark": first["mark"]}
    assert api.gates(who, f"{BOARD}/decision", goes_on | {"mark": "0"}) == ["standing"]
    for path, twice in (
        (f"{BOARD}/decision", goes_on | {"fates": [{"number": numbers[0], "fate": one} for one in ("go", "out")]}),
        (f"{BOARD}/ranking", level | {"points": [{"number": numbers[0], "points": one} for one in (1, 2)]}),
    ):
        assert api.unfit(who, path, twice) == f"“{numbers[0]}”写了不止一次"
    reserves = goes_on | {"fates": [{"number": numbers[0], "fate": "reserve", "grade": GRADE}]}
    assert set(api.gates(who, f"{BOARD}/decision", reserves)) == {"no-such-move"}
    preview = api.done(who, f"{BOARD}/decision", goes_on)
    assert (preview["preview"], len(preview["moved"]), office.stages(numbers)) == (True, 3, [REVIEW] * 3)
    api.done(who, f"{BOARD}/decision", goes_on | WHY | {"preview": False})
    assert office.stages(numbers) == ["decision"] * 3

    undecided = problem(api.get(who, f"{DECISION}/minutes"))
    assert [(one["gate"], one["remedy"]) for one in undecided["refusals"]] == [("minutes", "确定去留之后再下载纪要")]
    unranked = problem(api.get(who, f"{DECISION}/ranking"))
    assert (unranked["status"], unranked["detail"]) == (404, "“评审确定”不排名次")
    assert api.post(who, BALLOT, {"deed": "annul", "round": 1} | WHY).status_code == 404
    vote(api, who, numbers)
    board = api.get(who, f"{DECISION}/board").json()
    proposed = {one["number"]: one["proposed"] for one in board["standing"]}
    assert proposed == {numbers[0]: GRADE, numbers[1]: "", numbers[2]: ""}
    out = {"number": numbers[1], "fate": "out", "reason": "得票不足"}
    chosen = {"fates": [{"number": numbers[0], "fate": "go", "grade": GRADE}, out], "mark": board["mark"]}
    ungraded = chosen | {"fates": [{"number": numbers[0], "fate": "go"}], "preview": False}
    assert numbers[0] in problem(api.post(who, f"{DECISION}/decision", ungraded))["detail"]
    moved = api.done(who, f"{DECISION}/decision", chosen | {"preview": False})["moved"]
    assert [one["move"] for one in moved] == ["choose", "eliminate", "eliminate"]
    minutes = api.get(who, f"{DECISION}/minutes")
    assert (minutes.content[:2], minutes.headers["content-disposition"].endswith(".docx")) == (b"PK", True)
    assert office.stages(numbers) == ["publicity", "not-chosen", "not-chosen"]
    assert [office.events(one)[-1].get("reason") for one in numbers[1:]] == ["得票不足", None]
    assert api.gates(who, BALLOT, {"deed": "annul", "round": 2} | WHY) == ["seen-round", "nobody-moved"]
    # The track and the program that were not there, and the paper that was not the overseer's.
    assert len(refused(office)) == 3


def test_table_of_votes_is_looked_at_first_and_taken_in_whole_or_not_at_all(tmp_path: Path) -> None:
    desk = new_desk(tmp_path)
    office = Office(desk, load_program(CRAFTSMAN_2022), INTAKE[CRAFTSMAN_2022])
    office.open()
    numbers = [office.nominate("vote") for _ in range(2)]
    assert add_person(desk, "总管理", Role.ADMINISTRATOR, None, Act(Actor("总管理"), office.now)) is None
    asked, board = Asking(desk, "总管理", now=office.now), f"/programs/{CRAFTSMAN_2022}/stages/vote"

    def send(table: str, **fields: str) -> httpx.Response:
        return sent(asked, f"{board}/tallies", ("票.csv", table.encode()), **fields)

    faulty = send(f"编号,票数\n{numbers[0]},多\n{numbers[1]},2", preview="false").json()
    assert [(one["where"], one["reason"], one["blocks"]) for one in faulty["findings"]] == [
        ("B2", "“多”不是票数", True)
    ]
    right = f"编号,票数\n{numbers[0]},3\n{numbers[1]},2"
    looked_at = send(right).json()
    assert (faulty["taken"], looked_at["taken"], asked.get(f"{board}/board").json()["imports"]) == (False, False, [])
    done = send(right, preview="false", as_of=office.now.isoformat()).json()
    assert (done["taken"], [(one["number"], one["votes"]) for one in done["votes"]]) == (
        True,
        [(numbers[0], 3), (numbers[1], 2)],
    )
    (kept,) = asked.get(f"{board}/board").json()["imports"]
    assert (kept["file"], kept["votes"], kept["as_of"]) == ("票.csv", 5, office.now.isoformat())
    # The same table sent twice, and another one in its place that is not said to be.
    for again, gate in ((right, "file-once"), (right.replace(",3", ",4"), "platform-once")):
        assert gate in {one["gate"] for one in problem(send(again, preview="false"))["refusals"]}
    assert [one["gate"] for one in problem(send("nonsense", replace="true"))["refusals"]] == ["file-read"]
    assert send(right, as_of="2022-07-01").status_code == 422
    assert sent(asked, f"{board}/tallies", *[("票.csv", b"x")] * 2).status_code == 422
    desk.store.close()


def draw_and_assign(api: Api, who: str) -> dict[str, str]:
    """Draw the panel, have all of it answer and pledge, and assign; returns who evaluates whom, by number."""
    drawn = api.done(who, f"{BOARD}/panel", {"deed": "draw", "seed": "种子"})["panel"]
    assert (drawn["seed"], {one["state"] for one in drawn["seats"]}) == ("种子", {"drawn"})
    assert api.gates(who, f"{BOARD}/panel", {"deed": "draw"}) == ["drawn-once"]
    api.done(who, f"{BOARD}/panel", {"deed": "invite"})
    names = [one["name"] for one in drawn["seats"]]
    api.done(who, f"{BOARD}/panel", {"deed": "confirm", "expert": names[0]})
    for name in names:
        (seating,) = api.done(name, SEAT, {"answer": "confirm"})["seatings"]
        assert (seating["state"], seating["pledge"], seating["tasks"]) == ("confirmed", "我承诺公正", [])
        assert api.done(name, SEAT, {"answer": "pledge"})["seatings"][0]["pledge"] is None
    board = api.done(who, f"{BOARD}/panel", {"deed": "assign"})
    assigned = {one["number"]: one["experts"] for one in board["assignments"]}
    assert sorted(name for some in assigned.values() for name in some) == sorted(names)
    return {number: name for number, (name,) in assigned.items()}


def score(api: Api, assigned: dict[str, str]) -> None:
    """Have each expert give points on their sheet."""
    number, name = next(iter(assigned.items()))
    track = f"{SEAT}/{number}/tracks/materials"
    (told,) = api.get(name, f"{SEAT}/{number}").json()["tracks"]
    assert ([one["id"] for one in told["criteria"]], told["given"]) == (["work", "skill"], None)
    unfit = problem(api.post(name, track, {"points": [{"criterion": "moon", "points": "1"}]}))
    assert (unfit["status"], "没有评分项 moon" in unfit["detail"]) == (422, True)
    assert api.post(name, track, {"total": 9}).status_code == 422
    assert api.unfit(name, track, {"points": [*SCORES["points"], SCORES["points"][0]]}) == "“work”写了不止一次"
    for elsewhere in (track.replace("materials", "moon"), track.replace(LUZHOU, "bayu-craftsman-2017", 1)):
        assert api.post(name, elsewhere, SCORES).status_code == 404
    assert api.gates(name, track, {"points": [{"criterion": "work", "points": "多"}, SCORES["points"][1]]}) == [
        "points-fit"
    ]
    for number, name in assigned.items():
        (track,) = api.done(name, f"{SEAT}/{number}/tracks/materials", SCORES)["tracks"]
        assert track["given"]["points"] == SCORES["points"]


def vote(api: Api, who: str, numbers: list[str]) -> None:
    """Hold a named ballot: all who may vote for the first, and nobody for the others."""
    assert api.gates(who, BALLOT, {"deed": "open"}) == ["members-named"]
    assert "至少 1 个字" in api.unfit(who, BALLOT, {"deed": "open", "members": ["评委甲", "　"]})
    api.done(who, BALLOT, {"deed": "open", "members": [f"{one} " for one in MEMBERS]})
    here, away = MEMBERS[:4], numbers[2]
    api.done(who, BALLOT, {"deed": "attend", "present": list(here)})
    api.done(who, BALLOT, {"deed": "recuse", "member": here[0], "number": away, "ground": "kinship"} | WHY)
    assert api.gates(who, BALLOT, {"deed": "close"}) == ["everybody-voted"]
    for member in here:
        assert [one["round"] for one in api.get(member, "/evaluations").json()["papers"]] == [1]
        paper = api.get(member, f"{BALLOT}/members/{member}").json()
        over = [one["number"] for one in paper["nominees"]]
        assert over == (numbers[:2] if member == here[0] else numbers)
        marks = [{"number": one, "mark": "yes" if one == numbers[0] else "no"} for one in over]
        twice = {"round": 1, "marks": [*marks, {"number": over[0], "mark": "no"}]}
        assert api.unfit(member, f"{BALLOT}/members/{member}", twice) == f"“{over[0]}”写了不止一次"
        late = {"round": 2, "marks": marks}
        assert api.gates(member, f"{BALLOT}/members/{member}", late) == ["seen-round"]
        # The office enters the last one's vote, as they say it.
        cast = api.done(
            who if member == here[-1] else member, f"{BALLOT}/members/{member}", {"round": 1, "marks": marks}
        )
        assert [one["mark"] for one in cast["nominees"]] == [one["mark"] for one in marks]
    # How somebody votes is told to who enters it, and not to who oversees.
    assert api.get("总监督", f"{BALLOT}/members/{here[0]}").status_code == 404
    (open_,), (seen,) = (api.get(name, BALLOT).json()["rounds"] for name in (who, "总监督"))
    assert (open_["voted"], open_["attending"]) == (sorted(here), 4)
    recused = {one["member"]: one["recused_from"] for one in open_["members"] if one["recused_from"]}
    assert recused == {here[0]: [away]}
    assert (seen["voted"], seen["members"], seen["seated"]) == ([], [], 5)
    (closed,) = api.done(who, BALLOT, {"deed": "close"})["rounds"]
    assert closed["voted"] == []
    counts = {one["number"]: (one["yes"], one["no"], one["chosen"]) for one in closed["nominees"]}
    assert counts == {numbers[0]: (4, 0, True), numbers[1]: (0, 4, False), away: (0, 3, False)}
    met = api.done(who, f"{DECISION}/meeting", MEETING)
    assert (met["decided"], met["recorded"]["present"], met["recorded"]["recorded_by"]) == (True, ["甲", "乙"], who)
    assert api.gates(who, f"{DECISION}/meeting", MEETING | {"absent": ["甲"]}) == ["attendance-clear"]


MEETING = {"held_on": "2019-07-15", "place": "楼" * 200, "present": ["甲", " 乙", "甲"], "absent": ["丙"]}
#: Who asks for what is not theirs, or not there for them, and what they are answered; `{number}` is a nomination's.
_REASON = {"reason": "想看"}
_OF_IT = _REASON | {"number": "{number}"}
FOREIGN: list[tuple[str, str, str, Any, int]] = [
    ("外经办", "GET", f"{BOARD}/board", None, 404),
    ("专家1", "GET", f"{BOARD}/board", None, 404),
    ("外经办", "POST", f"{BOARD}/panel", {"deed": "invite"}, 404),
    ("周经办", "POST", f"{BOARD}/panel", {"deed": "invite"}, 409),
    ("总监督", "POST", f"{BOARD}/panel", {"deed": "assign"}, 409),
    ("王管理", "POST", f"{BOARD}/panel", {"deed": "lift", "expert": "专家1", "number": "x"} | _REASON, 404),
    # Their own to recuse an expert from, but not where it does not stand.
    ("王管理", "POST", f"{DECISION}/panel", {"deed": "recuse", "expert": "专家1", "ground": "other"} | _OF_IT, 404),
    ("外经办", "GET", f"{BOARD}/ranking", None, 404),
    ("专家1", "GET", f"{BOARD}/ranking", None, 404),
    # Not even that nobody is ranked there.
    ("外经办", "GET", f"{DECISION}/ranking", None, 404),
    ("外经办", "POST", f"{BOARD}/ranking", {"deed": "settle"}, 404),
    ("总监督", "POST", f"{BOARD}/ranking", {"deed": "settle"}, 409),
    ("周经办", "POST", f"{BOARD}/ranking", {"deed": "reopen", "round": 1} | _REASON, 409),
    ("外经办", "POST", f"{BOARD}/decision", {"mark": "0", "fates": []}, 404),
    ("总监督", "POST", f"{BOARD}/decision", {"mark": "{mark}", "fates": []}, 409),
    ("外经办", "GET", BALLOT, None, 404),
    ("评委甲", "GET", BALLOT, None, 404),
    ("王管理", "GET", BALLOT.replace("decision", REVIEW), None, 404),
    ("评委甲", "POST", BALLOT, {"deed": "close"}, 404),
    ("总监督", "POST", BALLOT, {"deed": "open", "members": ["评委甲"]}, 409),
    ("评委乙", "GET", f"{BALLOT}/members/评委甲", None, 404),
    ("评委甲", "POST", f"{BALLOT}/members/评委甲", {"round": 1, "marks": []}, 404),
    ("外经办", "GET", f"{DECISION}/meeting", None, 404),
    ("外经办", "GET", f"{DECISION}/minutes", None, 404),
    ("评委甲", "GET", f"{DECISION}/minutes", None, 404),
    ("外经办", "POST", f"{BOARD}/tallies", {}, 404),
    ("总监督", "POST", f"{BOARD}/tallies", {}, 404),
    ("评委甲", "GET", f"{DECISION}/meeting", None, 404),
    ("专家1", "GET", f"{BOARD}/meeting", None, 404),
    ("外经办", "POST", f"{DECISION}/meeting", MEETING, 404),
    ("总监督", "POST", f"{DECISION}/meeting", MEETING, 409),
    ("外人", "POST", SEAT, {"answer": "pledge"}, 404),
    ("王管理", "POST", SEAT, {"answer": "confirm"}, 404),
    ("周经办", "POST", "/evaluations/letters", {"letter": "1"}, 404),
    ("外人", "POST", "/evaluations/ties", {"ground": "project", "subject": "某厂"}, 404),
    ("外人", "GET", f"{SEAT}/{{number}}", None, 404),
    ("周经办", "POST", f"{SEAT}/{{number}}/tracks/materials", SCORES, 404),
    ("外人", "POST", f"{SEAT}/{{number}}/recusal", {"ground": "other"} | _REASON, 404),
    ("外人", "POST", f"{SEAT}/{{number}}/files/photo/electronic/1", {}, 404),
]


def test_what_is_not_the_asker_s_at_a_stage_is_refused_and_recorded(office: PanelOffice) -> None:
    api = Api(office)
    board = api.get("王管理", f"{BOARD}/board").json()
    number = board["standing"][0]["number"]
    for name, method, path, document, status in FOREIGN:
        asked, before = path.replace("{number}", number), len(refused(office))
        sent = json.loads(json.dumps(document).replace("{mark}", board["mark"]).replace("{number}", number))
        answer = api.get(name, asked) if method == "GET" else api.post(name, asked, sent)
        assert (answer.status_code, len(refused(office)) - before) == (status, 1), (name, path, answer.text)
    assert api.get("王管理", f"{BOARD}/board").json() == board
    # Of a program whose notice is not out its office alone knows.
    with office.desk.store.write() as transaction:
        transaction.connection.execute(update(t.program).values(opened_at=None, version=t.program.c.version + 1))
    paths = [f"{BOARD}/{one}" for one in ("board", "ranking", "meeting")]
    told = [[api.get(name, path).status_code for path in paths] for name in ("王管理", "周经办")]
    assert told == [[200] * 3, [404] * 3]
    assert api.get("周经办", "/evaluations").json() == {
        "seatings": [],
        "papers": [],
        "letters": [],
        "may_declare": False,
    }


@pytest.fixture(scope="module")
def arranged(made: tuple[Path, datetime], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Api]:
    """One app for tests that leave those who stand at the review there; one look ahead is given a minute."""
    folder = tmp_path_factory.mktemp("arranged") / "own"
    copytree(made[0], folder)
    found = office_in(folder)
    found.now = made[1]
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("console.api.app.COMPUTED", 1)
        api = Api(found)
    yield api
    found.desk.store.close()


def test_office_draws_again_answers_for_an_expert_and_recuses_one_until_that_is_lifted(arranged: Api) -> None:
    api, who, path = arranged, "王管理", f"{BOARD}/panel"
    first = api.done(who, path, {"deed": "draw", "seed": "一"})["panel"]
    anew = {"deed": "draw", "seed": "二", "again": True} | WHY
    assert api.post(who, path, anew).status_code == 422
    again = api.done(who, path, anew | {"round": 1})["panel"]
    # Sent twice it draws no third panel.
    assert api.gates(who, path, anew | {"round": 1}) == ["seen-round"]
    assert (first["round"], again["round"], again["seed"]) == (1, 2, "二")
    api.done(who, path, {"deed": "invite"})
    name = again["seats"][0]["name"]
    assert api.gates(who, path, {"deed": "decline", "expert": name}) == ["reason-stated"]
    seats = api.done(who, path, {"deed": "decline", "expert": name} | WHY)["panel"]["seats"]
    assert [(one["name"], one["reason"]) for one in seats if one["state"] == "declined"] == [(name, WHY["reason"])]
    assert [one["replaces"] for one in seats if one["replaces"]] == [name]
    # Whoever sees what comes of a stage and has no part in its panel is told of no expert.
    unnamed = api.get("审查员", f"{BOARD}/board").json()
    assert (unnamed["standing"] == [], unnamed["panel"]["seats"], unnamed["assignments"]) == (False, [], [])
    board = api.get(who, f"{BOARD}/board").json()
    about = {"expert": seats[0]["name"], "number": board["standing"][0]["number"]} | WHY
    recused = api.done(who, path, {"deed": "recuse", "ground": "project"} | about)["assignments"][0]["recused"]
    assert recused == [{"expert": about["expert"], "ground": "project", "declared": True}]
    assert api.done(who, path, {"deed": "lift"} | about)["assignments"][0]["recused"] == []


def test_decision_is_for_who_sees_all_and_who_saw_whoever_stands_there_and_is_previewed_a_few_times_a_minute(
    arranged: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    api, office, who = arranged, arranged.office, "王管理"
    board = api.get(who, f"{BOARD}/board").json()
    numbers = [one["number"] for one in board["standing"]]
    nobody = {"mark": board["mark"], "fates": [], "preview": False}
    assert api.gates(who, f"{BOARD}/decision", nobody) == ["somebody-named"]
    some = nobody | {"fates": [{"number": one, "fate": "out"} for one in numbers[1:]]}
    assert api.gates(who, f"{BOARD}/decision", some) == ["somebody-named"]
    nobody["fates"] = [{"number": one, "fate": "out"} for one in numbers]
    assert api.get(who, f"{BOARD}/board?page=2").json()["standing"] == []

    def late(*asked: Any, **options: Any) -> Any:
        office.people = count(9)
        office.nominate(REVIEW)
        return decide(*asked, **options)

    with monkeypatch.context() as patched:
        patched.setattr("console.api.boards.decide", late)
        assert api.gates(who, f"{BOARD}/decision", nobody) == ["standing"]
    four = api.get(who, f"{BOARD}/board").json()
    out = [{"number": one["number"], "fate": "out"} for one in four["standing"]]
    look = {"mark": four["mark"], "fates": out}
    assert [api.post(who, f"{BOARD}/decision", look).status_code for _ in range(2)] == [409, 429]
    tied = ExpertDraft(who, board["standing"][0]["unit"])
    assert isinstance(add_expert(office.desk, tied, Act(Actor("总管理"), office.now)), int)
    hidden = api.get(who, f"{BOARD}/board").json()
    assert (hidden["total"], [one["number"] for one in hidden["standing"]][:2]) == (4, numbers[1:])
    told = problem(api.post(who, f"{BOARD}/decision", look | {"preview": False}))
    assert (told["status"], "您不能查看的申报" in told["detail"]) == (409, True)
    assert office.stages(numbers) == [REVIEW] * 3


def test_letter_is_its_expert_s_alone_and_a_tie_that_is_none_does_not_fit(arranged: Api) -> None:
    api, office = arranged, arranged.office
    letter = {"id": "a1", "subject": "请评审", "body": "请评审", "written_at": office.now, "sent_at": office.now}
    somebody = Act(Actor("总管理"), office.now)
    assert add_person(office.desk, "江阳区", Role.EXPERT, office.program.office, somebody) is None
    with office.desk.store.write() as transaction:
        for number, recipient in enumerate(("专家1", "江阳区")):
            row = letter | {"id": f"a{number}", "recipient": recipient, "state": "sent"}
            transaction.connection.execute(insert(t.message).values(row))
    # Whoever only has the name of an organization is not written to.
    seen = {name: [one["id"] for one in listed(api, name)] for name in ("专家1", "专家2", "江阳区")}
    assert seen == {"专家1": ["a0"], "专家2": [], "江阳区": []}
    assert api.post("专家2", "/evaluations/letters", {"letter": "a0"}).status_code == 404
    assert api.done("专家1", "/evaluations/letters", {"letter": "a0"})["letters"] == []
    before = refused(office)
    told = api.unfit("专家1", "/evaluations/ties", {"ground": "other", "subject": "某厂"})
    assert ("逐件申请回避" in told, refused(office)) == (True, before)


def listed(api: Api, name: str) -> list[dict[str, Any]]:
    return list(api.get(name, "/evaluations").json()["letters"])


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory, quick_passwords: None) -> Iterator[Api]:
    """A review of which whoever evaluates reports, and a decision by a secret ballot, with two nominations."""
    del quick_passwords
    program = with_ballot(load_program(LUZHOU), seats=1, tellers=1)
    found = PanelOffice(new_desk(tmp_path_factory.mktemp("plain")), program, INTAKE[LUZHOU])
    found.open()
    staff(found, ["专家1", "专家2", "评委甲"])
    assert add_person(found.desk, "总监督", Role.SUPERVISOR, None, Act(Actor("总管理"), found.now)) is None
    yield Api(found)
    found.desk.store.close()


def test_secret_ballot_is_counted_and_told_to_others_once_it_is_closed(plain: Api) -> None:
    numbers = [plain.office.nominate("decision") for _ in range(2)]
    api, who = plain, "王管理"
    api.done(who, BALLOT, {"deed": "open", "members": list(MEMBERS)})
    api.done(who, BALLOT, {"deed": "attend", "present": list(MEMBERS)})
    # Of a secret ballot there are papers in the room, and none here.
    assert api.get(who, f"{BALLOT}/members/评委甲").status_code == 404
    assert api.get("评委甲", "/evaluations").json()["papers"] == []
    votes, before = [{"number": one, "yes": 4, "no": 0} for one in numbers], refused(plain.office)
    counted = {"deed": "count", "round": 1, "returned": 5, "invalid": 1, "tellers": ["监票人"], "votes": votes}
    for unfit, told in (
        ([*votes, votes[0]], f"“{numbers[0]}”写了不止一次"),
        ([*votes, {"number": "x", "yes": 1}], "计票结果应正好写出本轮的每一件；缺 —，多 x"),
    ):
        assert api.unfit(who, BALLOT, counted | {"votes": unfit}) == told
    assert refused(plain.office) == before
    assert api.gates(who, BALLOT, counted | {"round": 2}) == ["seen-round"]
    (mine,) = api.done(who, BALLOT, counted)["rounds"]
    assert (mine["returned"], mine["invalid"], mine["blank"], mine["tellers"]) == (5, 1, 0, ["监票人"])
    (theirs,) = api.get("总监督", BALLOT).json()["rounds"]
    told = (theirs["returned"], theirs["tellers"], theirs["members"], [one["yes"] for one in theirs["nominees"]])
    assert told == (None, [], [], [None, None])
    (closed,) = api.done(who, BALLOT, {"deed": "close"})["rounds"]
    assert (closed["tie"]["level"], [one["chosen"] for one in closed["nominees"]]) == (numbers, [None, None])
    (theirs,) = api.get("总监督", BALLOT).json()["rounds"]
    assert (theirs["returned"], [one["yes"] for one in theirs["nominees"]]) == (5, [4, 4])


def test_track_without_criteria_takes_a_total_and_no_points_and_its_file_is_taken(plain: Api, tmp_path: Path) -> None:
    number, api, name, desk = plain.office.nominate(REVIEW), plain, "专家1", plain.office.desk
    picture = tmp_path / "photo.jpg"
    picture.write_bytes(files.picture())
    attach(desk, number, ("photo", Medium.ELECTRONIC), [Offered("照片.jpg", picture)], plain.office.act())
    sheet = f"{SEAT}/{number}"
    first = api.get(name, sheet).json()["tracks"][0]
    assert (first["criteria"], first["given"], first["reported"]) == ([], None, False)
    # What no panel is drawn for experts evaluate all alike, and nobody in another role.
    assert (api.get("周经办", sheet).status_code, api.get("周经办", "/evaluations").json()["seatings"]) == (404, [])
    track = f"{sheet}/tracks/{first['id']}"
    for points in (SCORES, {"total": 90, "group": "一"}):
        assert "没有评分项" in api.unfit(name, track, points)
    given = api.done(name, track, {"total": 90, "opinion": "业绩突出"})["tracks"][0]["given"]
    assert given == {"points": [], "total": 90, "group": None, "opinion": "业绩突出"}
    # Another expert is told that somebody has reported, and not what.
    others = api.get("专家2", sheet).json()["tracks"][0]
    assert (others["given"], others["reported"]) == (None, True)
    taken = api.post(name, f"{sheet}/files/photo/electronic/1", {})
    assert (taken.content, taken.headers["content-type"]) == (files.picture(), "application/octet-stream")
