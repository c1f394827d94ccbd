"""Votes: tables as platforms give them out, each row somebody's, each cell a count, or nothing is kept."""

import pytest

from documents.errors import DocumentError
from operations.actors import Actor, Role
from operations.acts import Act
from operations.audit import audit
from operations.ranked import Ranked
from operations.rankings import ranking_at
from operations.tallying import Tallied, import_tally, imports_of
from states import Move
from tests.conftest import on
from tests.databases import KINDS, SQLITE
from tests.operations.office import CRAFTSMAN_2022, LUZHOU, Office, said, why

pytestmark = on(SQLITE)


@pytest.fixture
def voting(craftsman) -> tuple[Office, list[str]]:
    """Three nominees at the vote: 第1人, 第2人 and 第3人."""
    return craftsman, [craftsman.nominate("vote") for _ in range(3)]


def take_in(office: Office, text: str, name: str = "票数.csv", **facts):
    return import_tally(office.desk, office.id, text.encode(), name, office.act(), **facts)


@on(*KINDS)
@pytest.mark.parametrize(
    "table",
    [
        "编号,票数\n{0},1\n{1},2\n{2},3",
        "某平台投票结果\n截至6月30日\n序号,姓名,得票数\n1,第1人,1\n2,第2人,2\n3,第3人,3\n,合计,6",
        '候选人姓名,单位,累计票数\n第1人,第1厂,1票\n第2人,第2厂,"2"\n第3人,第3厂,3',
        "编号,姓名,票数\n1,第1人,1\n2,第2人,2\n3,第3人,3",
    ],
    ids=["numbers", "a title, names and a sum", "units", "the platform's own numbers"],
)
def test_table_is_understood_by_numbers_or_names(voting, table):
    office, numbers = voting
    done = take_in(office, table.format(*numbers))
    assert (done.votes, done.findings) == ({number: place for place, number in enumerate(numbers, start=1)}, ())


@on(*KINDS)
def test_thousands_are_written_with_commas(voting):
    office, numbers = voting
    done = take_in(office, f'编号,票数\n{numbers[0]},"12,345"\n{numbers[1]},0\n{numbers[2]},0')
    assert done.votes[numbers[0]] == 12345


@pytest.mark.parametrize(
    ("lines", "found"),
    [
        (["{0},1", "{1},2"], [(2, None, "表中没有第3人（{2}），没有得票的请写 0")]),
        (["{0},1", "{0},2", "{1},2", "{2},3"], [(4, "number", "“第1人”与第 3 行重复")]),
        (["{0},-1", "{1},1.5", "{2},"], [
            (3, "votes", "“-1”不是票数"),
            (4, "votes", "“1.5”不是票数"),
            (5, "votes", "没有填写票数，没有得票的请写 0"),
        ]),
        (["{0},1", "{1},2", "{2},99999999999"], [(5, "votes", "“99999999999”不是票数")]),
        (["{0},1", "{1},2", "{2},3", "某某,4"], [(6, "number", "投票环节没有“某某”")]),
        (["{0},1", "{1},2", "{2},3", ",4"], [(6, "number", "没有写明是谁")]),
    ],
    ids=["missing", "twice", "no counts", "too many", "unknown", "nobody's"],
)  # fmt: skip
def test_what_is_wrong_is_found_in_its_cell_and_nothing_is_kept(voting, lines, found):
    office, numbers = voting
    before = office.contents()
    done = take_in(office, "\n".join(["票数表", "编号,票数", *lines]).format(*numbers))
    assert [(one.row, one.column, one.words.zh) for one in done.findings] == [
        (row, column, words.format(*numbers)) for row, column, words in found
    ]
    assert (done.is_blocked, done.kept, done.votes) == (True, False, {})
    assert office.contents() == before


def test_two_of_one_name_are_told_apart_by_number_or_unit(craftsman):
    numbers = [craftsman.nominate("vote", nominee="王芳", unit=unit) for unit in ("甲厂", "乙厂")]
    done = take_in(craftsman, "姓名,票数\n王芳,1\n王芳,2")
    assert [one.words.zh for one in done.findings][:2] == ["有 2 位“王芳”，请写编号或单位"] * 2
    done = take_in(craftsman, "姓名,单位,票数\n王芳,乙厂,1\n王芳,甲厂,2")
    assert done.votes == {numbers[0]: 2, numbers[1]: 1}


def test_name_that_is_not_that_of_its_number_is_found(voting):
    office, numbers = voting
    lines = [f"{number},第{place}人,5" for place, number in enumerate(numbers, start=1)]
    lines[0] = f"{numbers[0]},第2人,5"
    done = take_in(office, "\n".join(["编号,姓名,票数", *lines]))
    assert done.findings[0].words.zh == f"编号 {numbers[0]} 是第1人"


def test_who_has_left_is_told_and_not_counted(voting):
    office, numbers = voting
    office.move(numbers[2], Move.WITHDRAW)
    done = take_in(office, "姓名,票数\n第1人,1\n第2人,2\n第3人,3")
    assert done.votes == {numbers[0]: 1, numbers[1]: 2}
    assert [(one.blocks, one.words.zh) for one in done.findings] == [(False, "“第3人”已不在投票环节，不计票")]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("票数.csv", "甲,乙\n1,2"),
        ("票数.csv", "票数\n5"),
        ("票数.xlsx", "编号,票数"),
        ("票数.pdf", "编号,票数"),
        ("票数.csv", ""),
    ],
    ids=["no headings", "nobody", "damaged", "another kind", "empty"],
)
def test_what_is_no_table_of_votes_is_refused_in_words(voting, name, text):
    office, _ = voting
    with pytest.raises(DocumentError) as caught:
        take_in(office, text, name)
    assert name in caught.value.words.zh


def test_dry_run_keeps_nothing(voting):
    office, numbers = voting
    before = office.contents()
    done = take_in(office, "编号,票数\n{},1\n{},2\n{},3".format(*numbers), dry_run=True)
    assert (len(done.votes), done.kept) == (3, False)
    assert office.contents() == before


def test_votes_are_no_older_than_those_that_they_replace(voting):
    office, numbers = voting
    text = "编号,票数\n{0},{3}\n{1},2\n{2},3"
    first = office.now
    assert isinstance(take_in(office, text.format(*numbers, 1)), Tallied)
    office.now = first.replace(hour=23)
    early = first.replace(hour=1)
    assert why(take_in(office, text.format(*numbers, 2), as_of=early, replace=True)) == [("counted-later", None)]
    done = take_in(office, text.format(*numbers, 3), as_of=first.replace(hour=12), replace=True)
    assert done.kept
    _, series = imports_of(office.desk, office.id)
    assert [one.as_of.hour for one in series] == [first.hour, 12]


@pytest.mark.parametrize("role", [Role.EXPERT, Role.SCREENING, Role.SUPERVISOR])
def test_votes_are_imported_by_who_holds_the_vote_only(voting, role):
    office, _numbers = voting
    act = Act(Actor("某人", role), office.now)
    refused = import_tally(office.desk, office.id, b"x", "x.csv", act)
    assert [gate for gate, _ in why(refused)] == ["authority"]


def test_program_without_a_vote_says_so(luzhou):
    with pytest.raises(Exception, match="the program has no vote"):
        take_in(luzhou, "编号,票数")
    assert luzhou.id == LUZHOU


def test_vote_where_nobody_stands_takes_no_votes(craftsman):
    assert said(take_in(craftsman, "编号,票数")) == ["没有申报在“网络投票取前30名”"]
    assert craftsman.id == CRAFTSMAN_2022


def test_votes_that_a_ranking_was_made_of_are_never_taken_from_it(voting):
    office, numbers = voting
    take_in(office, "编号,票数\n" + "\n".join(f"{number},5" for number in numbers))
    assert isinstance(office.rank("vote"), Ranked)
    for number in numbers:
        office.move(number, Move.ADVANCE)
    late = office.nominate("vote")
    assert why(take_in(office, f"编号,票数\n{late},9", replace=True)) == [("scores-open", None)]
    (refusal,) = office.rank("vote").refusals
    assert (refusal.reason.zh, "票数已经封存" in refusal.remedy.zh) == (f"{late}：没有导入票数", True)
    settled = ranking_at(office.desk, office.id, "vote", round_=1)
    assert (settled.agrees, [line.total for line in settled.ranking.lines]) == (True, [5, 5, 5])


@on(*KINDS)
def test_table_that_was_replaced_by_mistake_is_brought_back(voting):
    office, numbers = voting
    right, wrong = ("编号,票数\n" + "\n".join(f"{one},{votes}" for one in numbers) for votes in (5, 900))
    for text, votes in ((right, 5), (wrong, 900), (right, 5)):
        assert take_in(office, text, replace=True).kept
        assert [line.total for line in ranking_at(office.desk, office.id, "vote").ranking.lines] == [votes] * 3
    assert why(take_in(office, right, replace=True)) == [("file-once", None)]
    _, found = imports_of(office.desk, office.id, "vote")
    assert [(one.superseded, set(one.votes.values())) for one in found] == [(True, {5}), (True, {900}), (False, {5})]
    assert audit(office.desk).broken == ()


def test_source_file_is_kept_by_its_content_and_a_dry_run_keeps_none(voting):
    office, numbers = voting
    text = "编号,票数\n" + "\n".join(f"{number},{place}" for place, number in enumerate(numbers))
    digest = take_in(office, text, dry_run=True).digest
    assert not office.desk.contents.is_whole(digest)
    take_in(office, text)
    assert office.desk.contents.path(digest).read_bytes() == text.encode()
