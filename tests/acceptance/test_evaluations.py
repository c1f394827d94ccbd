"""Evaluations, votes and rankings of the notices: each row of the checklist, asked of nominations."""

from decimal import Decimal
from fractions import Fraction

import pytest

from operations.decide import decide
from operations.ranked import Ranked
from operations.rankings import ranking_at, reopen_ranking, settle_ranking
from operations.results import Batch, Denied
from operations.screen import report
from operations.tallying import Tallied, import_tally, imports_of
from programs import Program
from programs.loader import decide as ruled
from states import Move
from states.explaining import explain
from tests.conftest import on
from tests.databases import KINDS, SQLITE
from tests.operations.office import CRAFTSMAN_2017, CRAFTSMAN_2022, LUZHOU, Office, said, why

pytestmark = on(SQLITE)

PLATFORMS = [
    "重庆市总工会官方网站",
    "“渝工娘家人”APP",
    "“渝工娘家人”微信公众号",
    "重庆日报官方网站",
    "重庆日报微信公众号",
    "《重庆智造》微信公众号",
]


def tally(office: Office, votes: dict[str, int], platform: str | None = None, **facts) -> Tallied | Denied:
    """Import a platform's table of these votes; no two tables are the same file."""
    table = "\n".join([f"{platform}票数,", "编号,票数", *(f"{number},{count}" for number, count in votes.items())])
    return import_tally(office.desk, office.id, table.encode(), "票数.csv", office.act(), platform=platform, **facts)


def vote_of(office: Office) -> dict[str, tuple[int | None, Fraction | None]]:
    ranking = ranking_at(office.desk, office.id, "vote").ranking
    return {line.number: (line.place, line.total) for line in ranking.lines}


@pytest.fixture
def of_2017(office_of) -> Office:
    return office_of(CRAFTSMAN_2017)


def smaller(program: Program) -> Program:
    """The notice of 2022 with a vote that keeps three, and seats for two and one."""
    document = program.model_dump()
    for stage in document["stages"]:
        if stage["id"] == "vote":
            stage["keep"] = 3
    for seats, count in zip(document["seats"], (2, 1), strict=True):
        seats["count"] = count
    return Program.model_validate(document)


# ── 泸州市首席技师 ────────────────────────────────────────────────────────────────────────────────


@on(*KINDS)
def test_S26_two_evaluations_run_side_by_side_and_are_named_by_their_kinds(luzhou):
    stage = luzhou.program.stage("review")
    assert [(track.evaluation.label.zh, track.opinion) for track in stage.tracks] == [
        ("材料评审", True),
        ("实地考察", True),
    ]
    number = luzhou.nominate("review")
    for reported, missing in (("site-visit", "材料评审"), ("materials", None)):
        luzhou.report(number, reported)
        denied = said(luzhou.move(number, Move.ADVANCE))
        assert denied == ([f"尚未完成：{missing}"] if missing else []) + ["排序尚未确定"]


@pytest.mark.parametrize("track", ["materials", "site-visit"])
def test_S27_each_evaluation_states_an_opinion(luzhou, track):
    number = luzhou.nominate("review")
    before = luzhou.contents()
    assert why(report(luzhou.desk, number, track, luzhou.act(), points=88)) == [("opinion-stated", "四、（三）")]
    assert luzhou.contents() == before


def test_S27_those_who_go_on_are_ranked_first_and_the_ranking_tells_why(luzhou):
    numbers = [luzhou.nominate("review") for _ in range(3)]
    for place, number in enumerate(numbers):
        for track, points in (("materials", 80 + place), ("site-visit", 90)):
            opinion = f"第 {place} 人的{track}"
            assert report(luzhou.desk, number, track, luzhou.act(), points=points, opinion=opinion) is None
    unranked = decide(luzhou.desk, LUZHOU, "review", {numbers[0]: None}, luzhou.act())
    assert [[gate for gate, _ in why(one)] for one in unranked.denied] == [["ranking-settled"]] * 3
    settled = luzhou.rank()
    assert [(line.place, line.number, line.total) for line in settled.ranking.lines] == [
        (1, numbers[2], 86),
        (2, numbers[1], Fraction("85.5")),
        (3, numbers[0], 85),
    ]
    told = [words.zh for words in explain(settled.ranking.lines[0], settled.ranking)]
    assert told == [
        "【材料评审】材料评审，占 50%",
        "　王管理：计 82；意见：第 2 人的materials",
        "得分 82",
        "【实地考察】实地考察，占 50%",
        "　王管理：计 90；意见：第 2 人的site-visit",
        "得分 90",
        "总分 82×50% + 90×50% = 86",
        "第 1 名",
    ]
    done = decide(luzhou.desk, LUZHOU, "review", {numbers[2]: None, numbers[1]: None}, luzhou.act())
    assert {one.number: one.move for one in done.moved} == {
        numbers[2]: Move.ADVANCE,
        numbers[1]: Move.ADVANCE,
        numbers[0]: Move.ELIMINATE,
    }
    again = ranking_at(luzhou.desk, LUZHOU, "review")
    assert (again.agrees, again.ranking.lines) == (True, settled.ranking.lines)


def test_S27_nobody_is_ranked_while_somebody_is_not_evaluated(luzhou):
    first, second = (luzhou.nominate("review") for _ in range(2))
    for track in ("materials", "site-visit"):
        luzhou.report(first, track)
    luzhou.report(second, "materials")
    refused = luzhou.rank()
    assert why(refused) == [("evaluations-complete", None)]
    assert said(refused) == [f"{second}：实地考察没有得分"]
    # What some of them lack alike is said once.
    luzhou.nominate("review")
    third = luzhou.nominate("review")
    luzhou.report(third, "materials")
    assert said(luzhou.rank())[0] == f"{second}、{third}：实地考察没有得分"
    assert len(said(luzhou.rank())) == 2


def test_S27_settled_ranking_closes_the_evaluations_until_it_is_opened_again(luzhou):
    number = luzhou.nominate("review")
    for track in ("materials", "site-visit"):
        luzhou.report(number, track)
    assert isinstance(luzhou.rank(), Ranked)
    again = {"points": 10, "opinion": "改"}
    assert why(report(luzhou.desk, number, "materials", luzhou.act(), **again)) == [("scores-open", None)]
    assert why(reopen_ranking(luzhou.desk, LUZHOU, "review", luzhou.act())) == [("reason-stated", None)]
    assert reopen_ranking(luzhou.desk, LUZHOU, "review", luzhou.act("录入有误")) == 1
    assert report(luzhou.desk, number, "materials", luzhou.act(), **again) is None
    assert [event["kind"] for event in luzhou.events()][-3:] == [
        "ranking.settled",
        "ranking.reopened",
        "evaluation.reported",
    ]


def test_ranking_that_somebody_was_moved_by_is_not_opened_again(luzhou):
    luzhou.nominate("decision")
    refused = reopen_ranking(luzhou.desk, LUZHOU, "review", luzhou.act("录入有误"))
    assert why(refused) == [("nobody-moved", None)]


# ── 巴渝工匠 2017 ─────────────────────────────────────────────────────────────────────────────────


def test_J14_votes_of_six_platforms_are_added_up_by_the_ruling(of_2017):
    first, second = (of_2017.nominate("vote") for _ in range(2))
    for place, platform in enumerate(PLATFORMS, start=1):
        done = tally(of_2017, {first: 100 * place, second: 10}, platform)
        assert (done.platform, done.votes, done.findings) == (platform, {first: 100 * place, second: 10}, ())
    assert vote_of(of_2017) == {first: (1, 2100), second: (2, 60)}


def test_J14_each_platform_weighs_the_same_where_it_is_ruled_so(office_of, shipped):
    program = ruled(shipped(CRAFTSMAN_2017), {"vote-weights": "equal-platforms"})
    office = office_of(CRAFTSMAN_2017, program=program)
    first, second = (office.nominate("vote") for _ in range(2))
    for place, platform in enumerate(PLATFORMS):
        tally(office, {first: 9000 if place == 0 else 1, second: 1000 if place == 0 else 3}, platform)
    assert vote_of(office) == {first: (2, Fraction(215, 6)), second: (1, Fraction(385, 6))}


def test_J14_vote_is_not_settled_before_every_platform_is_counted(of_2017):
    number = of_2017.nominate("vote")
    for platform in PLATFORMS[:-1]:
        tally(of_2017, {number: 5}, platform)
    refused = settle_ranking(of_2017.desk, of_2017.id, "vote", of_2017.act())
    assert said(refused) == ["还没有导入这些平台的票数：《重庆智造》微信公众号"]
    assert said(of_2017.move(number, Move.ADVANCE)) == ["排序尚未确定"]
    tally(of_2017, {number: 5}, PLATFORMS[-1])
    assert isinstance(settle_ranking(of_2017.desk, of_2017.id, "vote", of_2017.act()), Ranked)
    assert of_2017.move(number, Move.ADVANCE).destination == "review"


def test_J14_platform_that_the_notice_does_not_name_is_refused_with_those_that_it_does(of_2017):
    number = of_2017.nominate("vote")
    with pytest.raises(Exception, match="there is no platform 某论坛; use one of") as caught:
        tally(of_2017, {number: 5}, "某论坛")
    assert all(platform in caught.value.words.zh for platform in PLATFORMS)


@pytest.mark.parametrize(
    ("decisions", "totals"),
    [
        ({}, (Fraction(90), Fraction(145, 2))),
        ({"blend": 20}, (Fraction(84), Fraction(86))),
        ({"vote-points": "share"}, (Fraction(220, 3), Fraction(385, 6))),
    ],
    ids=["half and half, the most votes are 100", "votes a fifth", "shares"],
)
def test_J15_votes_and_experts_are_blended_as_is_ruled(office_of, shipped, decisions, totals):
    office = office_of(CRAFTSMAN_2017, program=ruled(shipped(CRAFTSMAN_2017), decisions))
    numbers = [office.nominate("vote") for _ in range(2)]
    for platform in PLATFORMS:
        tally(office, dict(zip(numbers, (200, 100), strict=True)), platform)
    assert isinstance(settle_ranking(office.desk, office.id, "vote", office.act()), Ranked)
    for number in numbers:
        office.move(number, Move.ADVANCE)
    for number, points in zip(numbers, (80, 95), strict=True):
        assert report(office.desk, number, "experts", office.act(), points=points) is None
    ranking = ranking_at(office.desk, office.id, "review").ranking
    assert tuple(ranking.line(number).total for number in numbers) == totals


# ── 最美巴渝工匠 2022 ─────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def voted(office_of, shipped) -> Office:
    return office_of(CRAFTSMAN_2022, program=smaller(shipped(CRAFTSMAN_2022)))


def test_Z21_Z23_first_places_go_on_and_the_others_do_not(voted):
    numbers = [voted.nominate("vote") for _ in range(5)]
    done = tally(voted, dict(zip(numbers, (50, 10, 40, 30, 20), strict=True)))
    assert (done.platform, sum(done.votes.values())) == ("网络投票取前30名", 150)
    assert isinstance(settle_ranking(voted.desk, voted.id, "vote", voted.act()), Ranked)
    assert why(voted.move(numbers[1], Move.ADVANCE)) == [("above-the-cut", None)]
    assert why(voted.move(numbers[0], Move.ELIMINATE)) == [("below-the-cut", None)]
    wrong = voted.decide("vote", {numbers[0]: None, numbers[1]: None, numbers[2]: None})
    assert {one.number for one in wrong.denied} == {numbers[1], numbers[3]}
    right = voted.decide("vote", {numbers[0]: None, numbers[2]: None, numbers[3]: None})
    assert right.denied == ()
    assert voted.stages(numbers) == ["review", "not-chosen", "review", "review", "not-chosen"]


def test_Z23_table_of_a_platform_is_kept_by_the_digest_of_its_file(voted):
    numbers = [voted.nominate("vote") for _ in range(2)]
    first = tally(voted, dict.fromkeys(numbers, 10))
    again = why(tally(voted, dict.fromkeys(numbers, 10)))
    other = why(tally(voted, dict.fromkeys(numbers, 11)))
    assert (again, other) == ([("file-once", None), ("platform-once", None)], [("platform-once", None)])
    replaced = tally(voted, dict.fromkeys(numbers, 12), replace=True)
    assert replaced.replaced == first.digest
    _, series = imports_of(voted.desk, voted.id)
    assert [(one.digest, one.superseded, sum(one.votes.values())) for one in series] == [
        (first.digest, True, 20),
        (replaced.digest, False, 24),
    ]
    events = [event for event in voted.events() if event["kind"] == "tally.imported"]
    assert [(one["file_digest"], one["size"], one.get("replaces")) for one in events] == [
        (first.digest, len(f"None票数,\n编号,票数\n{numbers[0]},10\n{numbers[1]},10".encode()), None),
        (replaced.digest, events[1]["size"], first.digest),
    ]


@pytest.mark.parametrize(
    ("ties", "going"),
    [("admit", [True] * 4 + [False]), ("drop", [True, True, False, False, False]), ("panel", None)],
)
def test_Z23_ties_at_the_cut_end_as_was_ruled(office_of, shipped, ties, going):
    program = ruled(smaller(shipped(CRAFTSMAN_2022)), {"ties": ties})
    office = office_of(CRAFTSMAN_2022, program=program)
    numbers = [office.nominate("vote") for _ in range(5)]
    tally(office, dict(zip(numbers, (50, 40, 30, 30, 20), strict=True)))
    settled = settle_ranking(office.desk, office.id, "vote", office.act())
    if going is None:
        assert said(settled) == [f"入围名额处并列：{numbers[2]}、{numbers[3]}"]
        return
    assert [settled.ranking.line(number).goes_on for number in numbers] == going
    chosen = {number: None for number, goes_on in zip(numbers, going, strict=True) if goes_on}
    done = office.decide("vote", chosen)
    assert isinstance(done, Batch)
    assert done.denied == ()
    assert office.stages(numbers) == ["review" if goes_on else "not-chosen" for goes_on in going]


def test_Z23_implausible_jump_is_shown_and_changes_no_count(voted):
    numbers = [voted.nominate("vote") for _ in range(3)]
    tally(voted, dict.fromkeys(numbers, 100))
    votes = dict(zip(numbers, (120, 5000, 90), strict=True))
    done = tally(voted, votes, replace=True)
    assert [(one.number, one.before, one.after, one.median) for one in done.jumped] == [
        (numbers[1], 100, 5000, 20),
        (numbers[2], 100, 90, 20),
    ]
    assert done.votes == votes
    assert vote_of(voted)[numbers[1]] == (1, 5000)
    _, series = imports_of(voted.desk, voted.id)
    assert [[one.number for one in found.jumped] for found in series] == [[], [numbers[1], numbers[2]]]


def test_points_of_a_report_are_exact(luzhou):
    number = luzhou.nominate("review")
    luzhou.report(number, "materials")
    entry = ranking_at(luzhou.desk, LUZHOU, "review").ranking.line(number)
    assert [mark.evaluated.points for track in entry.tracks for mark in track.marks] == [{"points": Decimal(90)}]
