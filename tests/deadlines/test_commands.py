import json

import pytest
from click.testing import CliRunner

from cli.calendar import command as calendar
from cli.deadline import command as deadline
from cli.face import Mistake
from deadlines import WorkCalendar
from deadlines.errors import OutsideCalendarError, ScheduleError
from operations.schedules import open_calendar

FESTIVALS = {
    "2027-01-01": "元旦",
    "2027-02-06": "春节",
    "2027-04-05": "清明节",
    "2027-05-01": "劳动节",
    "2027-06-09": "端午节",
    "2027-09-15": "中秋节",
    "2027-10-01": "国庆节",
    "2027-10-02": "国庆节",
    "2027-10-03": "国庆节",
}
REVISION = """
year = 2027
source = "国办发明电〔2027〕1号"
revision = true
days = [{ date = 2027-03-01, name = "纪念日", off = true }]
"""


@pytest.fixture(autouse=True)
def own_data_folder(tmp_path, monkeypatch):
    monkeypatch.setenv("LINXUAN_DATA", str(tmp_path / "data"))


@pytest.fixture
def schedule(tmp_path):
    file = tmp_path / "2027.json"
    days = [{"name": name, "date": day, "isOffDay": True} for day, name in FESTIVALS.items()]
    file.write_text(json.dumps({"year": 2027, "days": days}, ensure_ascii=False), "utf-8")
    return file


def run(command, *arguments):
    return CliRunner().invoke(command, [*arguments, "--json"], catch_exceptions=True)


def answer(command, *arguments):
    result = run(command, *arguments)
    assert (result.exit_code, result.stderr) == (0, "")
    return json.loads(result.stdout)


# -- deadline --


def test_parse_answers_in_json():
    told = answer(deadline, "parse", "7月21日前", "--issued", "2022-06-20")
    assert (told["kind"], told["closes"], len(told["all"])) == ("date", "2022-07-22T00:00:00+08:00", 1)


def test_parse_takes_an_event():
    told = answer(deadline, "parse", "公示结束后5个工作日内", "--event", "2023-08-04")
    assert (told["kind"], told["last_day"]) == ("period", "2023-08-11")


def test_parse_takes_office_hours():
    told = answer(deadline, "parse", "2023年8月31日下班前", "--office-closes", "17:00")
    assert told["closes"] == "2023-08-31T17:00:00+08:00"


def test_parse_of_what_is_unresolved_exits_1_with_the_reason_in_both_places():
    result = run(deadline, "parse", "7月21日前")
    assert (result.exit_code, result.stderr) == (1, "  缺少年份：请提供发文日期（--issued 日期）\n")
    told = json.loads(result.stdout)
    assert (told["kind"], told["closes"], told["findings"][0]["code"]) == ("unresolved", None, "year_missing")


def test_parse_answers_in_words():
    result = CliRunner().invoke(deadline, ["parse", "2023年8月31日18:00"])
    assert result.stdout == "2023年8月31日18:00　时刻　2023-08-31 18:00\n"


# -- calendar --


def test_day_is_told_with_its_source():
    told = answer(calendar, "day", "2003-05-06")
    assert told == {
        "date": "2003-05-06",
        "working": True,
        "name": "工作日（原调休取消）",
        "kind": "workday",
        "source": "国务院办公厅关于2003年“五一”放假调休安排的通知（2003年4月21日）",
        "provisional": False,
    }


def test_day_outside_the_calendar_is_refused_with_the_years_covered():
    result = run(calendar, "day", "1999-05-06")
    assert isinstance(result.exception, OutsideCalendarError)
    assert result.exception.words.zh == "1999年5月6日不在工作日历的范围内（2001年至2060年）"


def test_what_is_no_date_is_wrong_usage():
    assert run(calendar, "day", "5月6日").exit_code == 2


def test_export_lists_both_ends():
    assert answer(calendar, "export", "--from", "2026-02-13", "--to", "2026-02-15") == [
        {"date": "2026-02-13", "working": True, "provisional": False},
        {"date": "2026-02-14", "working": True, "provisional": False},
        {"date": "2026-02-15", "working": False, "provisional": False},
    ]


def test_export_backwards_is_refused():
    assert isinstance(run(calendar, "export", "--from", "2026-02-15", "--to", "2026-02-13").exception, Mistake)


@pytest.mark.parametrize(
    ("options", "first_day", "last_day"),
    [
        ((), "2024-03-05", "2024-03-11"),
        (("--convention", "same-day"), "2024-03-04", "2024-03-08"),
        (("--unit", "calendar"), "2024-03-05", "2024-03-09"),
        (("--convention", "same-day", "--unit", "calendar"), "2024-03-04", "2024-03-08"),
    ],
)
def test_publicity_is_worked_out(options, first_day, last_day):
    told = answer(calendar, "publicity", "--published", "2024-03-04", "--days", "5", *options)
    assert (told["first_day"], told["last_day"], told["provisional"]) == (first_day, last_day, False)


def test_publicity_of_no_days_is_wrong_usage():
    assert run(calendar, "publicity", "--published", "2024-03-04", "--days", "0").exit_code == 2


# -- loading a schedule --


def test_a_loaded_schedule_is_kept_and_used(schedule):
    assert answer(calendar, "day", "2027-02-06")["provisional"]
    told = answer(calendar, "load", str(schedule))
    assert (told["year"], told["revision"], told["published_through"]) == (2027, False, "2027-12-31")
    assert not answer(calendar, "day", "2027-02-06")["provisional"]
    assert not answer(calendar, "publicity", "--published", "2027-03-01", "--days", "5")["provisional"]


def test_a_revision_is_applied_after_the_whole_year_whatever_came_first(schedule, tmp_path):
    revision = tmp_path / "revision.toml"
    revision.write_text(REVISION, "utf-8")
    assert answer(calendar, "load", str(revision))["changed"] == [{"date": "2027-03-01", "working": False}]
    answer(calendar, "load", str(schedule))
    assert not answer(calendar, "day", "2027-03-01")["working"]


def test_of_many_revisions_the_one_loaded_last_counts(schedule, tmp_path):
    answer(calendar, "load", str(schedule))
    told = []
    for number in [*range(1, 12), 2]:
        revision = tmp_path / f"{number}.toml"
        text = REVISION.replace("off = true", f"off = {'true' if number % 2 else 'false'}")
        revision.write_text(text.replace("纪念日", f"纪念日{number}"), "utf-8")
        answer(calendar, "load", str(revision))
        told.append(answer(calendar, "day", "2027-03-01")["working"])
    assert told == [number % 2 == 0 for number in [*range(1, 12), 2]]


def test_loading_twice_changes_nothing(schedule, tmp_path):
    revision = tmp_path / "revision.toml"
    revision.write_text(REVISION, "utf-8")
    for file in (schedule, revision):
        answer(calendar, "load", str(file))
    known = open_calendar().fingerprint
    for file in (schedule, revision):
        assert answer(calendar, "load", str(file))["changed"] == []
    assert open_calendar().fingerprint == known


def test_what_is_no_schedule_is_refused_and_not_kept(tmp_path):
    file = tmp_path / "broken.json"
    file.write_text("{}", "utf-8")
    assert isinstance(run(calendar, "load", str(file)).exception, ScheduleError)
    assert open_calendar().fingerprint == WorkCalendar.china().fingerprint


def test_a_file_that_is_not_there_is_wrong_usage(tmp_path):
    assert run(calendar, "load", str(tmp_path / "none.json")).exit_code == 2
