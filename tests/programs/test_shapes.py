"""Programs of other shapes than the shipped ones: loaded, checked and rehearsed without a line of code for them."""

from collections import Counter, defaultdict
from datetime import date, datetime
from pathlib import Path

import pytest
from sqlalchemy import select

from deadlines import SHANGHAI
from notifications.channels import MemoryChannel
from operations.dates import dates_so_far
from operations.disagreements import disagreements
from operations.objections import Outcome, lodge, settle
from operations.recording import list_pasts
from operations.rehearse import rehearse
from operations.results import Moved
from operations.tenure.paying import pay
from programs import Program, check_program, load_program, parse_program
from programs.errors import Severity
from states import End, Move
from store import events_of
from store import tables as t
from tests.conftest import on
from tests.databases import KINDS, SQLITE
from tests.operations.office import Office, said

pytestmark = on(SQLITE)

SHAPES = sorted((Path(__file__).parent / "shapes").glob("*.toml"))


@pytest.fixture(params=SHAPES, ids=lambda file: file.stem)
def shape(request) -> Program:
    return load_program(request.param)


def test_shape_loads_and_checks_without_a_fault(shape):
    assert [(fault.severity, fault.place, fault.words.zh) for fault in check_program(shape)] == []


def test_shape_is_rehearsed_to_its_end_and_nobody_is_left_on_the_way(desk, shape):
    rehearsal = rehearse(desk, shape, MemoryChannel(), nominations=45, seed=3)
    assert set(rehearsal.standings) <= set(End)
    assert sum(rehearsal.standings.get(end, 0) for end in ("honored", "completed")) > 0


@pytest.fixture
def rehearsed(desk):
    """Rehearse a shape; returns how to count its nominations by some columns, and its moves by nomination."""

    def ran(name: str, nominations: int) -> tuple[Counter[tuple[str | None, ...]], dict[str, list[str]]]:
        program = load_program(Path(__file__).parent / "shapes" / f"{name}.toml")
        rehearse(desk, program, MemoryChannel(), nominations=nominations, seed=3)
        of = t.nomination.c
        moves: dict[str, list[str]] = defaultdict(list)
        with desk.store.read() as connection:
            rows = connection.execute(select(of.stage, of.grade, of.route, of.traits)).all()
            for event in events_of(connection, program.id):
                if event["kind"] == "nomination.moved":
                    moves[event["nomination"]].append(event["to"])
        return Counter(tuple(row) for row in rows), moves

    return ran


@on(*KINDS)
def test_shape_whose_middle_cut_earns_a_lesser_award_honors_both(rehearsed):
    found, moves = rehearsed("cuts", 60)
    honored = Counter(grade for (stage, grade, *_), count in found.items() for _ in range(count) if stage == "honored")
    assert honored.keys() == {"star", "nominee"}
    assert max(honored.values()) <= 10
    reached = Counter(stage for way in moves.values() for stage in set(way))
    assert (reached["evaluation"], reached["panel"], reached["decision"]) == (30, 20, 10)


def test_shape_with_two_publicities_asks_about_heads_only_and_recognizes_some_without_a_review(rehearsed):
    found, moves = rehearsed("two-publicities", 60)
    ways = list(moves.values())
    assert any("posting.running" in way and "publicity.running" in way for way in ways)
    assert any("asked" in way for way in ways)
    assert any("decision" in way and "review" not in way for way in ways)
    assert any("decision" in way and "review" in way for way in ways)
    winners = [
        traits or "" for (stage, _, _, traits), count in found.items() for _ in range(count) if stage == "honored"
    ]
    assert sum("enterprise-head" in traits for traits in winners) * 100 <= 20 * len(winners)


def test_shape_that_is_accepted_two_years_after_the_award_passes_the_inspection_after_the_term(rehearsed):
    _, moves = rehearsed("acceptance", 12)
    ways = Counter(tuple(way[way.index("issuance") :]) for way in moves.values() if "issuance" in way)
    accepted = (
        "issuance",
        "building",
        "inspection",
        "accepted",
        "acceptance-publicity",
        "acceptance-publicity.running",
    )
    objected = (*accepted, "acceptance-publicity.objected")
    kept = ("confirmed", "operating", "completed")
    assert ways.keys() == {
        (*accepted, *kept),
        (*objected, "acceptance-publicity.running", *kept),
        # Corrected, and published again.
        (*objected, *accepted[-2:], *kept),
        # An objection to the acceptance is upheld: the title is lost.
        (*objected, "revoked"),
    }


def test_each_document_of_a_shape_begins_its_own_term_once_objections_are_over(desk):
    program = load_program(Path(__file__).parent / "shapes" / "acceptance.toml")
    done = rehearse(desk, program, MemoryChannel(), nominations=12, seed=3)
    told = [note for scene in done.scenes for note in scene["notes"] if note.startswith("聘期")]
    assert told == ["聘期 2 年，2028-04-29 24:00 届满", "聘期 3 年，2031-06-07 24:00 届满"]
    documents = [scene["notes"][0] for scene in done.scenes if "issue" in scene["moved"]]
    assert documents == ["演练〔2026〕1号", "演练〔2028〕2号"]
    acceptance = [scene for scene in done.scenes if scene["at"] > "2028"]
    assert sum(scene["moved"].get("uphold", 0) for scene in acceptance) == 1
    assert [one["refused"] for one in acceptance if one["refused"]] == []
    paid = [note for scene in done.scenes for note in scene["notes"] if note.startswith("发放")]
    assert paid == ["发放待遇 800,000.00 元", "发放待遇 400,000.00 元"]
    terms = {one.id: (one.opens.date(), one.last_day) for one in dates_so_far(desk, program) if one.kind == "tenure"}
    assert terms == {
        "building.term": (date(2026, 4, 30), date(2028, 4, 29)),
        "operating.term": (date(2028, 6, 8), date(2031, 6, 7)),
    }


def test_benefit_of_one_of_two_terms_is_not_paid_in_the_other(desk):
    program = load_program(Path(__file__).parent / "shapes" / "acceptance.toml")
    office = Office(desk, program, datetime(2026, 3, 2, 10, tzinfo=SHANGHAI))
    office.open()
    number = office.nominate("operating")
    refused = pay(desk, number, "first-year", 100, office.act(), document="财拨〔2028〕1号")
    assert said(refused) == ["不在发放它的聘期内，现在是“运行期”"]


@pytest.mark.parametrize(
    ("stage", "what"),
    [
        ("accepted", Move.REJECT),
        ("inspection", Move.ELIMINATE),
        ("acceptance-publicity.running", Move.UPHOLD),
    ],
)
def test_unit_that_fails_the_inspection_loses_the_award(desk, stage, what):
    program = load_program(Path(__file__).parent / "shapes" / "acceptance.toml")
    office = Office(desk, program, datetime(2026, 3, 2, 10, tzinfo=SHANGHAI))
    office.open()
    number = office.nominate(stage)
    (past,) = list_pasts(desk)
    assert (past.since is not None, past.ended_at) == (True, None)
    if what is Move.UPHOLD:
        objection = lodge(desk, number, "某单位（盖章）", "验收材料不实", office.act("收到异议"))
        assert isinstance(settle(desk, objection, Outcome.UPHELD, "经核查属实", office.act("核查")), Moved)
    else:
        assert isinstance(office.move(number, what, "验收不合格"), Moved)
    (past,) = list_pasts(desk)
    assert (office.row(number).stage, past.ended_at) == ("revoked", office.now)
    with desk.store.read() as connection:
        assert list(disagreements(connection)) == []


def test_weights_that_do_not_make_up_the_whole_are_a_fault():
    program = load_program(Path(__file__).parent / "shapes" / "cuts.toml")
    document = program.model_dump()
    stage = next(stage for stage in document["stages"] if stage["id"] == "evaluation")
    for weights in ((50, 40), (100, None)):
        for track, weight in zip(stage["tracks"], weights, strict=True):
            track["weight_percent"] = weight
        faults = [(fault.severity, fault.place) for fault in check_program(Program.model_validate(document))]
        assert faults == [(Severity.ERROR, "stages.evaluation.tracks")]


def _guides(*edits: tuple[str, str]) -> Program:
    """Return the guide's program with some of its text replaced."""
    guide = (Path(__file__).parents[2] / "docs" / "programs.md").read_text("utf-8")
    text = guide.partition("```toml\n")[2].partition("```")[0]
    for before, after in edits:
        assert text.count(before) == 1
        text = text.replace(before, after)
    return parse_program(text)


def test_guides_program_with_more_tiers_waits_for_its_intakes_objections_and_appointments(desk):
    between = '[[stages.tiers]]\nid = "bureau"\nname = "市局初审"\noffice = "市局"\nclause = "三、（一）"\n\n'
    tenure = 'kind = "tenure"\nname = "聘期"\nclause = "四"\nyears = 1\nbegins = "appointment"\n\n'
    program = _guides(
        ('[[stages.tiers]]\nid = "city"', f'{between}[[stages.tiers]]\nid = "city"'),
        ("period = { days = 5 }", "period = { days = 5 }\nobjections = { days = 7 }"),
        (
            "[[rulings]]",
            f'[[stages]]\nid = "tenure"\n{tenure}[[rulings]]',
        ),
    )
    done = rehearse(desk, program, MemoryChannel(), nominations=20, seed=1)
    at = {scene["title"][1]: scene["at"][:16] for scene in done.scenes}
    swept = [
        (scene["at"][:16], scene["title"][0], scene["moved"]) for scene in done.scenes if "sweep" in scene["title"][1]
    ]
    assert swept == [
        ("2026-04-01T00:05", "截止巡检", {"lapse": 1}),
        ("2026-04-15T18:05", "截止巡检", {}),
        ("2026-04-24T00:05", "补正到期巡检", {"lapse": 1}),
        ("2026-05-19T00:05", "公示期满巡检", {"close": 6}),
        ("2026-05-22T00:05", "公示期满巡检", {"close": 1}),
        ("2027-05-26T00:05", "聘期届满巡检", {"expire": 8}),
    ]
    assert (at["screening"], at["issuance"]) == ("2026-04-16T10:00", "2026-05-25T09:00")
    (appointed,) = [scene["notes"] for scene in done.scenes if scene["title"][1] == "letters of appointment"]
    assert appointed == ["颁发聘书 8 份", "聘期 1 年，2027-05-25 24:00 届满"]
    assert (done.standings["completed"], done.standings["lapsed"]) == (8, 2)
