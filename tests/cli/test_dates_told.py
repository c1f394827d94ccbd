"""What the commands say of dates: what changed, what it was, what may still change, and what is left to do."""

import re
from importlib.resources import files

import pytest

from tests.cli.selection import LUZHOU

DEADLINE = f"program extend {LUZHOU} recommendation.office --authority 某文 --actor 王管理 --now 2019-07-20T10:00"


@pytest.mark.usefixtures("office")
def test_extension_says_what_it_was_what_is_to_be_said_of_it_and_on_what_authority(linxuan):
    done = linxuan(*DEADLINE.split(), "--to", "2019-08-10")
    assert (done.code, done.out.splitlines()) == (
        0,
        [
            f"{LUZHOU} 的期限 recommendation.office：原为 2019-07-30 24:00，改为 2019-08-10 24:00",
            "※ 2019年8月10日是休息日（周末），不自动顺延",
        ],
    )
    assert "延长或更正依据：某文" in linxuan("program", "dates", LUZHOU).out


@pytest.mark.usefixtures("office")
def test_extension_to_the_end_of_a_day_is_written_as_people_say_it(linxuan):
    for written in ("2019-08-05 24:00", "2019-08-05T24:00", "2019-08-05"):
        told = linxuan(*DEADLINE.split(), "--to", written, "--json").document
        assert told["closes"] == "2019-08-06T00:00:00+08:00"


def test_extension_after_some_have_lapsed_says_that_they_stay_so(office, linxuan):
    office.draws_up()
    office.sweeps("2019-08-01T09:00")
    late = DEADLINE.replace("2019-07-20", "2019-08-02").split()
    assert "已逾期失效的 1 件不会自动恢复，可重新登记" in linxuan(*late, "--to", "2019-08-10").out
    assert linxuan("nomination", "moves", f"{LUZHOU}-0001").out == "此件已结束，没有可办的操作\n"


@pytest.mark.usefixtures("office")
def test_ruling_that_moves_a_deadline_says_from_where_to_where(linxuan):
    rule = f"program rule {LUZHOU} closing-hour --decision 17:30 --actor 王管理 --reason 某文".split()
    assert linxuan(*rule).out.splitlines() == [
        f"{LUZHOU} 裁定 closing-hour 已确认：17:30",
        "　期限 recommendation.office 随之改变：原为 2019-07-30 24:00，现为 2019-07-30 17:30",
    ]


def test_program_opened_after_its_intakes_have_closed_says_so(linxuan):
    program = "bayu-craftsman-2022"
    shown = linxuan("program", "show", program, "--json").document
    for ruling in shown["rulings"]:
        linxuan("program", "rule", program, ruling["id"], "--accept", "--actor", "王管理")
    opened = linxuan("program", "open", program, "--actor", "王管理", "--now", "2026-11-02T09:00")
    assert (opened.code, "各级受理均已截止" in opened.out) == (0, True)


def test_calendar_file_without_a_date_is_not_made(linxuan, tmp_path):
    done = linxuan("program", "dates", "bayu-special-grade-technician", "--ics", str(tmp_path / "x.ics"))
    assert (done.code, "没有可写入日历的日期" in done.err, list(tmp_path.glob("*.ics"))) == (1, True, [])


def test_program_whose_dates_cannot_be_read_or_contradict_fails_its_check(linxuan, tmp_path):
    source = linxuan("program", "show", "bayu-craftsman-2017", "--json")
    assert source.code == 0
    checked = linxuan("program", "check", "bayu-special-grade-technician")
    assert (checked.code, "处日期待裁定" in checked.out) == (0, True)

    text = files("programs").joinpath("luzhou-chief-technician-2019.toml").read_text("utf-8")
    wrong = tmp_path / "wrong.toml"
    wrong.write_text(text.replace("2019年7月30日", "2019年2月30日"), "utf-8")
    checked = linxuan("program", "check", str(wrong))
    assert (checked.code, "没有这一天" in checked.out, "未通过" in checked.out) == (1, True, True)


@pytest.mark.usefixtures("office")
def test_file_is_dated_by_what_it_says_whatever_the_database_holds(linxuan, tmp_path):

    text = files("programs").joinpath("luzhou-chief-technician-2019.toml").read_text("utf-8")
    edited = tmp_path / "edited.toml"
    edited.write_text(text.replace("2019年7月30日", "2019年8月20日"), "utf-8")
    assert "→ 2019-08-20 24:00" in linxuan("program", "dates", str(edited)).out
    assert "→ 2019-07-30 24:00" in linxuan("program", "dates", LUZHOU).out
    assert linxuan("program", "dates", LUZHOU, "--issued", "2026-12-01").code == 2


@pytest.mark.usefixtures("office")
def test_sweep_of_a_program_that_is_not_there_is_a_mistake(linxuan):
    done = linxuan("sweep", "--program", "nosuch")
    assert (done.code, re.search("没有项目 nosuch", done.err) is not None) == (2, True)
