"""Scores: entered by evaluators or for them, superseded and never overwritten, on sheets that come back whole."""

import json
from datetime import datetime, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from sqlalchemy import case, select, update

from deadlines import SHANGHAI
from documents.errors import DocumentError
from documents.score_sheets import SheetColumn, SheetRow, read_score_sheet, score_sheet
from operations.actors import Actor, Role
from operations.acts import Act
from operations.desk import Desk
from operations.experts.evaluating import seatings, seatings_that_wait, sheet
from operations.known_scores import Given, KnownScores, ScoreRow
from operations.ranked import Ranked
from operations.rankings import ranking_at, resolve_tie
from operations.reading_results import revisions_of, scores_at
from operations.results import Denied, UnknownError
from operations.score_sheets import SheetTakenIn, export_sheet, import_sheet
from operations.scores import Scored, enter_score
from operations.screen import report
from programs import Program
from states import Move
from states.scoring import Evaluated
from store import tables as t
from store.backups import back_up, restore
from tests.conftest import on
from tests.databases import KINDS, SQLITE
from tests.operations.amending import change, edited
from tests.operations.office import LUZHOU, Office, said, why
from tests.operations.workbooks import Workbook

pytestmark = on(SQLITE)

CRITERIA = [
    {"id": "work", "name": "业绩", "clause": "四", "full_marks": 30},
    {"id": "skill", "name": "技能", "full_marks": 70, "step": "0.5"},
]
GRADES = [{"id": "work", "name": "业绩", "grades": [{"name": "优", "points": 95}, {"name": "良", "points": 80}]}]
EXPERTS = "专家评议小组"


def with_track(program: Program, review: dict | None = None, **track) -> Program:
    """The notice of 泸州 with one track of its review that is scored."""
    document = program.model_dump()
    for stage in document["stages"]:
        if stage["id"] == "review":
            stage["tracks"] = [{**stage["tracks"][0], "criteria": CRITERIA, "opinion": False, **track}]
            stage.update(review or {})
    return Program.model_validate(document)


@pytest.fixture
def office_with(scene_of, shipped):
    """Open 泸州 with its review scored as a test needs it, and bring so many nominations there."""

    def opened(count: int = 2, review: dict | None = None, **track) -> tuple[Office, list[str]]:
        return scene_of(LUZHOU, program=with_track(shipped(LUZHOU), review, **track), brought=("review", [{}] * count))

    return opened


def expert(office: Office, name: str = "王专家") -> Act:
    return Act(Actor(name, Role.EXPERT, EXPERTS), office.now)


def enter(office: Office, number: str, who: str = "王专家", work: str = "28", skill: str = "60.5", **facts):
    return enter_score(office.desk, number, "materials", {"work": work, "skill": skill}, expert(office, who), **facts)


def rows(office: Office) -> list[tuple]:
    """Every score there ever was: the evaluator, the revision, whether it is superseded, the points."""
    of = t.score.c
    query = select(of.evaluator, of.revision, of.superseded, of.points).order_by(of.id)
    with office.desk.store.read() as connection:
        return [tuple(row) for row in connection.execute(query)]


def test_what_waits_for_an_expert_is_counted_as_it_is_listed(office_with):
    office, numbers = office_with(3)
    actor = expert(office).actor

    def told() -> list[tuple]:
        listed, counted = (
            [(one.program.id, one.stage.id, one.missing) for one in find(office.desk, actor, office.now) if one.waits]
            for find in (seatings, seatings_that_wait)
        )
        assert listed == counted
        return [missing for *_, missing in counted]

    assert told() == [3]
    others = [track.id for track in office.running().program.stage("review").tracks if track.id != "materials"]
    assert isinstance(enter(office, numbers[0]), Scored)
    assert told() == [2 if not others else 3]
    for track in others:
        assert report(office.desk, numbers[0], track, expert(office), opinion="属实") is None
    assert told() == [2]


def test_expert_who_is_not_in_the_pool_is_offered_no_recusal(office_with):
    office, (number,) = office_with(1)
    assert not sheet(office.desk, number, "review", expert(office).actor, office.now).may_step_back


def test_of_more_than_are_listed_the_first_that_wait_are_and_each_leads_to_the_next(office_with, monkeypatch):
    office, numbers = office_with(4)
    actor = expert(office).actor
    whole = sheet(office.desk, numbers[1], "review", actor, office.now)
    monkeypatch.setattr("operations.experts.evaluating.MOST", 2)

    def told() -> tuple[list[str], int, int]:
        [one] = seatings(office.desk, actor, office.now)
        return [task.number for task in one.tasks], one.missing, one.total

    assert told() == (numbers[:2], 4, 4)
    assert sheet(office.desk, numbers[1], "review", actor, office.now) == whole
    assert sheet(office.desk, numbers[3], "review", actor, office.now).following == numbers[0]
    enter(office, numbers[0])
    for track in office.running().program.stage("review").tracks:
        if track.id != "materials":
            report(office.desk, numbers[0], track.id, expert(office), opinion="属实")
    assert told() == (numbers[1:3], 3, 4)
    assert sheet(office.desk, numbers[3], "review", actor, office.now).following == numbers[1]
    assert sheet(office.desk, numbers[0], "review", actor, office.now).task.missing == ()


# ── entering ──────────────────────────────────────────────────────────────────────────────────────


@on(*KINDS)
def test_later_score_supersedes_the_earlier_one_and_both_stay(office_with):
    office, (number, _) = office_with()
    assert enter(office, number).revision == 1
    assert enter(office, number, work="29", opinion=" 突出 ").revision == 2
    same = enter(office, number, work="29.0", opinion="突出")
    assert (same.revision, same.changed) == (2, False)
    assert rows(office) == [
        ("王专家", 1, True, {"work": "28", "skill": "60.5"}),
        ("王专家", 2, False, {"work": "29", "skill": "60.5"}),
    ]
    entered = [event for event in office.events(number) if event["kind"] == "score.entered"]
    assert [(one["revision"], one["points"], one.get("opinion")) for one in entered] == [
        (1, {"work": "28", "skill": "60.5"}, None),
        (2, {"work": "29", "skill": "60.5"}, "突出"),
    ]
    assert [(one["revision"], one["superseded"]) for one in revisions_of(office.desk, "review", number)] == [
        (1, True),
        (2, False),
    ]
    assert [(one.number, one.total) for one in scores_at(office.desk, LUZHOU, "review")] == [(number, "89.5")]


@on(*KINDS)
@pytest.mark.parametrize(
    ("points", "reasons"),
    [
        ({"work": "31", "skill": "60"}, ["业绩：31 分不在 0 至 30 之间"]),
        (
            {"work": "28.5", "skill": "60.3"},
            ["业绩：28.5 分不是 1 的整数倍", "技能：60.3 分不是 0.5 的整数倍"],
        ),
        ({"work": "28"}, ["技能：没有填写"]),
        ({"work": "优", "skill": " "}, ["业绩：“优”不是分数", "技能：没有填写"]),
    ],
)
def test_points_out_of_scale_are_refused_each_with_its_criterion_and_record_nothing(office_with, points, reasons):
    office, (number, _) = office_with()
    before = office.contents()
    assert said(enter_score(office.desk, number, "materials", points, expert(office))) == reasons
    assert office.contents() == before


def test_criterion_track_or_group_that_is_not_there_is_named(office_with):
    office, (number, _) = office_with()
    with pytest.raises(UnknownError, match="no criterion moon; the track has work、skill"):
        enter_score(office.desk, number, "materials", {"moon": "1"}, expert(office))
    with pytest.raises(UnknownError, match="no track moon"):
        enter_score(office.desk, number, "moon", {}, expert(office))
    with pytest.raises(UnknownError, match="has no groups"):
        enter(office, number, panel="public")


def test_grades_are_words_that_stand_for_points(office_with):
    office, (number, _) = office_with(criteria=GRADES)
    done = enter_score(office.desk, number, "materials", {"work": "良"}, expert(office))
    assert done.points == {"work": Decimal(80)}


def test_expert_scores_in_no_other_s_name_and_nobody_changes_what_another_gave(office_with):
    office, (number, _) = office_with()
    assert why(enter(office, number, evaluator="李专家")) == [("own-score", None)]
    assert isinstance(enter(office, number), Scored)
    operator = Act(Actor("张经办", Role.OPERATOR, EXPERTS), office.now)
    points = {"work": "1", "skill": "1"}
    theirs = enter_score(office.desk, number, "materials", points, operator, evaluator="王专家")
    assert said(theirs) == ["王专家的评分由王专家填写"]
    # What an operator typed in from paper is the operator's to mend, or the evaluator's own.
    assert isinstance(enter_score(office.desk, number, "materials", points, operator, evaluator="李专家"), Scored)
    other = Act(Actor("赵经办", Role.OPERATOR, EXPERTS), office.now)
    mended = {"work": "2", "skill": "2"}
    assert why(enter_score(office.desk, number, "materials", mended, other, evaluator="李专家")) == [
        ("own-score", None)
    ]
    assert isinstance(enter_score(office.desk, number, "materials", mended, operator, evaluator="李专家"), Scored)
    assert isinstance(enter(office, number, "李专家", work="3"), Scored)


def test_nominee_waits_for_as_many_evaluators_as_the_program_asks_for(office_with):
    office, (number,) = office_with(1, scoring={"method": "trimmed", "at_least": 3, "digits": 2})
    for place, work in enumerate(("10", "20", "30"), start=1):
        assert "尚未完成：材料评审" in said(office.move(number, Move.ADVANCE))
        enter(office, number, f"第{place}专家", work=work, skill="50")
    assert office.rank().ranking.line(number).total == 70
    assert office.move(number, Move.ADVANCE).destination == "decision"


def test_groups_are_counted_each_by_itself(office_with):
    groups = [{"id": "experts", "name": "专家组"}, {"id": "public", "name": "群众"}]
    office, (number,) = office_with(1, groups=groups)
    enter(office, number, panel="experts", work="30", skill="70")
    assert said(office.rank()) == [f"{number}：群众已有 0 人评分，须有 1 人"]
    enter(office, number, "李群众", panel="public", work="0", skill="70")
    assert office.rank().ranking.line(number).total == 85


def test_scored_track_is_not_reported_on_and_settled_scores_are_closed(office_with):
    office, (number,) = office_with(1)
    refused = report(office.desk, number, "materials", office.act(), points=90)
    assert (why(refused), refused.refusals[0].remedy.zh) == (
        [("report-fits", "四、（三）")],
        "请用 linxuan review score",
    )
    enter(office, number)
    assert isinstance(office.rank(), Ranked)
    assert why(enter(office, number, work="1")) == [("scores-open", None)]


def test_ranking_that_was_looked_at_before_is_what_one_looks_at_for_the_first_time(office_with):
    office, (first, second) = office_with(2)

    def looked_at() -> list[tuple]:
        other = Desk(office.desk.store, office.desk.calendar, office.desk.vault)
        found, fresh = (ranking_at(desk, LUZHOU, "review") for desk in (office.desk, other))
        assert found == fresh
        return [(line.number, line.total) for line in found.ranking.lines]

    enter(office, first)
    enter(office, second, work="20")
    assert looked_at() == looked_at() == [(first, Fraction("88.5")), (second, Fraction("80.5"))]
    enter(office, first, work="10")
    assert looked_at() == [(second, Fraction("80.5")), (first, Fraction("70.5"))]
    # What a transaction read that was given up is nothing that anybody sees.
    with office.desk.store.write() as transaction:
        enter(office, second, work="1")
        assert looked_at()[-1][0] == second
        transaction.abandon()
    enter(office, second, work="25")
    assert looked_at() == [(second, Fraction("85.5")), (first, Fraction("70.5"))]
    enter(office, first, work="25")
    assert looked_at() == [(first, Fraction("85.5")), (second, Fraction("85.5"))]
    resolve_tie(office.desk, LUZHOU, "review", {first: 1, second: 2}, office.act("纪要"))
    assert looked_at() == [(second, Fraction("85.5")), (first, Fraction("85.5"))]
    late = office.nominate("review")
    assert looked_at()[-1] == (late, None)
    office.move(late, Move.WITHDRAW)
    assert looked_at() == [(second, Fraction("85.5")), (first, Fraction("85.5"))]
    office.rank()
    assert looked_at() == looked_at() == [(second, Fraction("85.5")), (first, Fraction("85.5"))]
    last = office.nominate("review")
    assert looked_at() == [(last, None)]


def test_page_of_a_ranking_names_its_own_and_those_who_are_level_at_the_cut(scene_of, shipped):
    few = edited(with_track(shipped(LUZHOU), {"keep": 2}), change("seats", "chief-technician", count=2))
    office, numbers = scene_of(LUZHOU, program=few, brought=("review", [{}] * 3))
    for number, work in zip(numbers, ("28", "20", "20"), strict=True):
        enter(office, number, work=work)

    def named(part: slice) -> set[str]:
        return {*ranking_at(office.desk, LUZHOU, "review", part=part).nominees}

    assert [named(part) for part in (slice(0, 1), slice(1, 1))] == [set(numbers), set(numbers[1:])]
    resolve_tie(office.desk, LUZHOU, "review", {numbers[1]: 1, numbers[2]: 2}, office.act("纪要"))
    assert [named(part) for part in (slice(0, 1), slice(1, 2))] == [{numbers[0]}, {numbers[2]}]


def test_ranking_of_others_whose_ids_add_up_alike_is_worked_out_anew(office_with):
    office, _ = office_with(0)
    numbers = [office.nominate() for _ in range(7)]

    def ranked(*places: int) -> list[str]:
        office.now += timedelta(minutes=1)
        here = [numbers[place] for place in places]
        with office.desk.store.write() as transaction:
            of = t.nomination.c
            standing = case((of.number.in_(here), "review"), else_="recommendation.recommender")
            came = update(t.nomination).values(stage=standing, moved_at=office.now)
            transaction.connection.execute(came)
        return [line.number for line in ranking_at(office.desk, LUZHOU, "review").ranking.lines]

    # 1 + 5 + 6 = 2 + 3 + 7, and so are the sums of their squares.
    assert ranked(0, 4, 5) == [numbers[0], numbers[4], numbers[5]]
    assert ranked(1, 2, 6) == [numbers[1], numbers[2], numbers[6]]


def test_settled_ranking_of_which_a_score_was_changed_in_the_database_does_not_agree(office_with):
    office, (number,) = office_with(1)
    enter(office, number)
    office.rank()
    with office.desk.store.write() as transaction:
        transaction.connection.execute(update(t.score).values(points={"work": "20", "skill": "60.5"}))
    found = ranking_at(office.desk, LUZHOU, "review")
    assert (found.round, found.agrees, [line.total for line in found.ranking.lines]) == (1, False, [Fraction("80.5")])


def test_ranking_that_was_looked_at_before_a_backup_came_back_is_worked_out_anew(office_with, tmp_path):
    office, (number,) = office_with(1)

    def looked_at() -> Fraction | None:
        [line] = ranking_at(office.desk, LUZHOU, "review").ranking.lines
        return line.total

    back_up(office.desk.store, tmp_path / "before.db")
    enter(office, number, work="28")
    assert looked_at() == Fraction("88.5")
    restore(office.desk.store, tmp_path / "before.db", before_change=lambda: None)
    office.now += timedelta(minutes=1)
    # Its row has the id of the one that is gone.
    enter(office, number, work="20")
    assert looked_at() == Fraction("80.5")


def test_ranking_tells_the_later_of_two_reports(office_with):
    office, (number,) = office_with(1, criteria=[])
    for points in (90, 60):
        assert report(office.desk, number, "materials", expert(office), points=points, opinion="属实") is None
        [line] = ranking_at(office.desk, LUZHOU, "review").ranking.lines
        assert line.total == points


def test_scores_are_read_once_and_no_more_of_them_kept_than_there_is_room_for(monkeypatch):
    monkeypatch.setattr("operations.known_scores._MOST", 3)
    known, asked = KnownScores(), []

    def read(some):
        asked.append([row.id for row in some])
        return {row: Given("panel", Evaluated(f"专家{row.id}", {})) for row in some}

    def look(*ids: int) -> list[str]:
        scores = [ScoreRow(one, 9, datetime(2026, 4, 1, 9, one, tzinfo=SHANGHAI)) for one in ids]
        found = known.of(scores, read)
        return [found[one].evaluated.evaluator for one in scores]

    assert [look(1, 2), look(2, 3), look(1, 2, 3), look(4), look(4), look(1, 2, 3, 4), look(4)] == [
        ["专家1", "专家2"],
        ["专家2", "专家3"],
        ["专家1", "专家2", "专家3"],
        ["专家4"],
        ["专家4"],
        ["专家1", "专家2", "专家3", "专家4"],
        ["专家4"],
    ]
    assert asked == [[1, 2], [3], [4], [1, 2, 3, 4]]


def test_who_comes_after_a_ranking_is_ranked_in_another_round_on_the_places_that_are_left(office_with):
    seats = {"keep": 10}
    office, first = office_with(2, seats)
    for number in first:
        enter(office, number)
    assert (office.rank().round, ranking_at(office.desk, LUZHOU, "review").ranking.rules.left) == (1, 10)
    late = office.nominate("review")
    enter(office, late, work="1")
    settled = office.rank()
    assert (settled.round, settled.ranking.rules.left, [line.number for line in settled.ranking.lines]) == (
        2,
        8,
        [late],
    )
    assert [ranking_at(office.desk, LUZHOU, "review", round_=one).agrees for one in (1, 2)] == [True, True]


def test_tie_is_resolved_by_exactly_those_who_are_level_and_with_a_reason(office_with):
    office, numbers = office_with(3, {"keep": 10, "ties": "panel"})
    for number in numbers:
        enter(office, number)
    assert why(resolve_tie(office.desk, LUZHOU, "review", dict.fromkeys(numbers, 1), office.act())) == [
        ("reason-stated", None)
    ]
    two = dict.fromkeys(numbers[:2], 1)
    refused = resolve_tie(office.desk, LUZHOU, "review", two, office.act("纪要"))
    assert (why(refused), refused.refusals[0].remedy.zh) == ([("level", None)], f"现在并列的：{'、'.join(numbers)}")
    order = {number: place for place, number in enumerate(numbers)}
    done = resolve_tie(office.desk, LUZHOU, "review", order, office.act("纪要"))
    assert [line.number for line in done.ranking.lines] == numbers[::-1]


# ── sheets ────────────────────────────────────────────────────────────────────────────────────────


def sheet_of(office: Office, who: str = "王专家", **facts) -> bytes:
    content = export_sheet(office.desk, LUZHOU, "review", "materials", expert(office, who), **facts)
    assert isinstance(content, bytes), content
    return content


def filled(content: bytes, given: dict[str, tuple]) -> bytes:
    """Type into a sheet, as somebody would: the cells of each nomination, from the first criterion on."""
    book = Workbook(content)
    for place, row in enumerate(book.rows("评分表", 4), start=4):
        book.type("评分表", place, 3, given.get(row[0], ()))
    return book.saved()


def take_in(office: Office, content: bytes, who: str = "王专家", **facts) -> SheetTakenIn | Denied:
    return import_sheet(office.desk, content, "评分表.xlsx", expert(office, who), **facts)


def test_sheet_comes_pre_filled_locked_and_bounded_with_a_hidden_key(office_with):
    office, (first, second) = office_with(criteria=[*CRITERIA, {**GRADES[0], "id": "conduct", "name": "品德"}])
    points = {"work": "28", "skill": "60.5", "conduct": "良"}
    enter_score(office.desk, first, "materials", points, expert(office), opinion="突出")
    book = Workbook(sheet_of(office))
    assert book.states == {"评分表": "visible", "linxuan": "veryHidden"}
    assert book.rows("评分表", 4) == [
        [first, "第1人", "第1厂", 28, 60.5, "良", "突出"],
        [second, "第2人", "第2厂", None, None, None, None],
    ]
    assert book.is_protected("评分表")
    assert book.locked("评分表", 4) == [True, True, True, False, False, False, False]
    assert book.validations("评分表") == [
        ("D4:D5", "whole", "0", "30"),
        ("E4:E5", "decimal", "0", "70"),
        ("F4:F5", "list", '"优,良"', None),
    ]


def test_filled_sheet_is_taken_in_whole_and_twice_is_as_once(office_with):
    office, (first, second) = office_with()
    content = filled(sheet_of(office), {first: (28, 60.5, "突出"), second: (30, 70)})
    done = take_in(office, content)
    assert (done.numbers, done.unchanged, done.blank, done.findings) == ((first, second), 0, 0, ())
    again = take_in(office, content)
    assert (again.numbers, again.unchanged, again.findings) == ((), 2, ())
    assert rows(office) == [
        ("王专家", 1, False, {"work": "28", "skill": "60.5"}),
        ("王专家", 1, False, {"work": "30", "skill": "70"}),
    ]
    assert [event["kind"] for event in office.events()][-3:] == ["score.entered", "score.entered", "scores.taken-in"]


def test_sheet_whose_names_stand_beside_other_numbers_is_refused(office_with):
    office, (first, second) = office_with()
    book = Workbook(sheet_of(office))
    book.type("评分表", 4, 1, ("第2人", "第2厂", 28, 60))
    book.type("评分表", 5, 1, ("第1人", "第1厂", 30, 70))
    done = take_in(office, book.saved())
    assert [(one.row, one.column, one.words.zh) for one in done.findings] == [
        (4, "姓名（名称）", f"编号 {first} 是第1人"),
        (5, "姓名（名称）", f"编号 {second} 是第2人"),
    ]
    assert (done.is_blocked, done.kept, scores_at(office.desk, LUZHOU, "review")) == (True, False, [])
    assert Workbook(done.workbook).comments() == ["B4", "B5"]


def test_faulty_cells_are_found_each_and_nothing_is_kept(office_with):
    office, (first, second) = office_with(opinion=True)
    content = filled(sheet_of(office), {first: (31, "很好", "突出"), second: (28, 60)})
    before = office.contents()
    done = take_in(office, content)
    assert [(one.row, one.column, one.words.zh) for one in done.findings] == [
        (4, "业绩", "31 分不在 0 至 30 之间"),
        (4, "技能", "“很好”不是分数"),
        (5, "评议意见", "没有写评议意见"),
    ]
    assert (done.is_blocked, done.numbers, done.kept) == (True, (), False)
    assert office.contents() == before
    assert Workbook(done.workbook).comments() == ["D4", "E4", "F5"]


def test_blank_rows_are_passed_over_and_a_dry_run_keeps_nothing(office_with):
    office, (first, _) = office_with()
    content = filled(sheet_of(office), {first: (28, 60)})
    before = office.contents()
    done = take_in(office, content, dry_run=True)
    assert (done.numbers, done.blank, done.kept) == ((first,), 1, False)
    assert office.contents() == before


def test_who_has_left_is_told_and_not_scored(office_with):
    office, (first, second) = office_with()
    content = filled(sheet_of(office), {first: (28, 60), second: (28, 60)})
    office.move(second, Move.WITHDRAW)
    done = take_in(office, content)
    assert done.numbers == (first,)
    assert [(one.row, one.blocks, one.words.zh) for one in done.findings] == [
        (5, False, "此件已不在“专家评议”，不再评分")
    ]


def test_sheet_that_was_overtaken_is_refused_where_it_says_otherwise(office_with):
    office, (first, second) = office_with()
    content = filled(sheet_of(office), {first: (28, 60), second: (28, 60)})
    enter(office, first, work="10")
    enter(office, second, work="28", skill="60")
    done = take_in(office, content)
    assert [(one.row, one.words.zh.partition("；")[0]) for one in done.findings] == [
        (4, "导出评分表之后，此件的评分又有改动")
    ]


def test_sheet_of_another_is_refused_to_an_expert(office_with):
    office, (first, _) = office_with()
    content = filled(sheet_of(office), {first: (28, 60)})
    assert why(take_in(office, content, "李专家")) == [("own-score", None)]
    assert why(export_sheet(office.desk, LUZHOU, "review", "materials", expert(office), evaluator="李专家")) == [
        ("own-score", None)
    ]


def test_sheet_of_other_criteria_or_of_another_database_is_refused(office_with):
    office, _ = office_with()
    content = sheet_of(office)
    for key, gate in (
        ("rules", "评分项在导出之后有改动"),
        ("opened", "这张评分表不是本库导出的"),
        ("panel", "这张评分表不是本库导出的"),
    ):
        assert said(take_in(office, with_key(content, **{key: "x"}))) == [gate]
    with pytest.raises(UnknownError):
        take_in(office, with_key(content, program="elsewhere-2019"))
    with pytest.raises(UnknownError):
        take_in(office, with_key(content, track="moon"))
    assert rows(office) == []


def with_key(content: bytes, **changes: str) -> bytes:
    """Change the hidden key of a sheet."""
    book = Workbook(content)
    key = json.loads(book.rows("linxuan", 2)[0][0].strip("|"))
    book.type("linxuan", 2, 0, (f"|{json.dumps({**key, **changes})}|",))
    return book.saved()


def emptied(content: bytes) -> bytes:
    """The sheet without its hidden key, as it comes from a copy of what can be seen."""
    book = Workbook(content)
    book.remove("linxuan")
    return book.saved()


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("评分表.xlsx", b"PK\x03\x04"),
        ("评分表.xlsx", b""),
        ("评分表.docx", b"x"),
        ("评分表.csv", "编号,业绩\n1,2".encode()),
        ("评分表.xlsx", None),
    ],
    ids=["damaged", "empty", "no table", "no workbook", "no key"],
)
def test_what_is_no_score_sheet_is_refused_in_words(office_with, name, content):
    office, _ = office_with(1)
    content = emptied(sheet_of(office)) if content is None else content
    with pytest.raises(DocumentError) as caught:
        import_sheet(office.desk, content, name, expert(office))
    assert name in caught.value.words.zh


def test_key_of_many_nominees_is_longer_than_a_cell_and_comes_back():
    column = SheetColumn("业绩", Decimal(100), Decimal(1), (), "0 至 100")
    many = [SheetRow(f"luzhou-chief-technician-2019-{place:04}", "某人", "某厂", ("90",), "") for place in range(3000)]
    key = {"revisions": {row.number: 1 for row in many}}
    read = read_score_sheet(score_sheet("评分表", "说明", [column], many, key), "评分表.xlsx")
    assert (read.key, len(read.rows), read.rows[-1].given) == (key, 3000, ("90",))
