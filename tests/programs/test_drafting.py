"""New files: the next edition of an award from the last one's text, and a first draft from a few answers."""

import tomllib
from dataclasses import replace
from datetime import date

import pytest

from programs import check_program, parse_program, shipped_programs
from programs.drafting import Answers, first_draft, next_edition
from programs.errors import Severity
from programs.loader import program_text

ANSWERS = Answers(
    id="star-2026",
    award="某市之星",
    edition="2026年",
    title="关于评选“某市之星”的通知",
    issuers=("某局",),
    office="某局某处",
    issued=date(2026, 3, 2),
    seats=5,
    deadline="3月31日17:30",
    publicity_days=5,
)


@pytest.mark.parametrize("program_id", shipped_programs())
def test_next_edition_is_a_program_without_errors_that_names_its_own_year(program_id):
    text = program_text(program_id)
    before = parse_program(text)
    drafted = parse_program(next_edition(text, 2027).text)
    faults = [fault for fault in check_program(drafted) if fault.severity is Severity.ERROR]
    assert (faults, drafted.document_number, "2027" in drafted.id) == ([], None, True)
    assert drafted.stages[-1].kind == before.stages[-1].kind
    assert "2019" not in drafted.edition
    if before.issued:
        assert drafted.issued is not None
        assert drafted.issued.year == 2027


def test_every_line_that_changed_is_told_and_the_others_stay():
    text = program_text("luzhou-chief-technician-2019")
    drafted = next_edition(text, 2027)
    old, new = text.splitlines(), drafted.text.splitlines()
    differing = [number for number, (one, other) in enumerate(zip(old, new, strict=True), start=1) if one != other]
    assert [number for number, *_ in drafted.changes] == differing
    assert ('deadline = { phrase = "2027年7月30日"') in drafted.text
    assert [line for line in new if line.startswith("#")][:3] == [line for line in old if line.startswith("#")][:3]


@pytest.mark.parametrize(
    ("line", "year", "after"),
    [
        ('phrase = "2019年7月30日"', 2021, 'phrase = "2021年7月30日"'),
        ('phrase = "7月30日前"', 2021, 'phrase = "7月30日前"'),
        ('phrase = "2019年12月—2020年2月"', 2021, 'phrase = "2021年12月—2022年2月"'),
        ("day = 2020-02-29", 2021, "day = 2022-02-28"),
        ('name = "2019年获奖者"', 2021, 'name = "2019年获奖者"'),
        ("# issued = 2019-01-01", 2021, "# issued = 2019-01-01"),
    ],
)
def test_dates_and_phrases_move_by_whole_years(line, year, after):
    text = f'id = "x-2019"\nissued = 2019-03-01\n[[parts]]\n{line}\n'
    assert next_edition(text, year).text.splitlines()[-1] == after


def test_file_without_a_year_gets_an_id_of_its_own_and_nothing_else():
    assert next_edition('id = "x"\ntitle = "通知"\n', 2027).text == 'id = "x-2027"\ntitle = "通知"\n'


@pytest.mark.parametrize("years", [None, 3])
def test_first_draft_is_a_program_that_passes_its_check(years):
    text = first_draft(replace(ANSWERS, term_years=years))
    program = parse_program(text)
    assert [fault for fault in check_program(program) if fault.severity is Severity.ERROR] == []
    assert (program.id, program.issued, program.seats[0].count) == ("star-2026", date(2026, 3, 2), 5)
    assert (program.tenure.years if program.tenure else None) == years


@pytest.mark.parametrize(
    ("deadline", "left_open"),
    [("4月20日前", True), ("4月20日以前", True), ("4月底", True), ("4月20日", False), ("4月20日18:00前", False)],
)
def test_draft_leaves_a_ruling_to_confirm_where_the_deadline_leaves_its_day_open(deadline, left_open):
    program = parse_program(first_draft(replace(ANSWERS, deadline=deadline)))
    assert [one.id for one in program.rulings] == ["before-inclusive"] * left_open
    assert [fault.severity for fault in check_program(program) if fault.severity is Severity.ERROR] == []


def test_answers_with_quotation_marks_and_backslashes_stay_what_they_are():
    answers = replace(ANSWERS, title='关于"某\\市"的通知')
    assert tomllib.loads(first_draft(answers))["title"] == '关于"某\\市"的通知'


def test_lines_that_speak_of_a_time_and_stay_are_told():
    lines = [
        'id = "x-2019"',
        "issued = 2019-03-01",
        'name = "年龄（截至2019年8月31日）"',
        'phrase = "8月24日前"',
        "# 8月1日",
    ]
    assert next_edition("\n".join(lines), 2021).left == ((3, lines[2]), (4, lines[3]))


def test_first_draft_names_every_issuer():
    drafted = parse_program(first_draft(replace(ANSWERS, issuers=("某局", "某“总”工会"))))
    assert (drafted.issuers, drafted.stages[-1].issuers) == (("某局", "某“总”工会"),) * 2
