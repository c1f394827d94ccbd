import csv
from datetime import date, datetime, time
from itertools import groupby
from pathlib import Path

import pytest

from deadlines import Convention, Unit, WorkCalendar
from deadlines.errors import PhraseError
from deadlines.phrases import Kind, parse_phrase
from deadlines.zone import SHANGHAI, midnight

CHINA = WorkCalendar.china()
DATA = Path(__file__).parent / "data"
ISSUED = date(2023, 7, 26)


def rows_of(name):
    with (DATA / name).open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def codes(reading):
    return [finding.code for finding in reading.findings]


def day_of(text):
    return date.fromisoformat(text) if text else None


# -- phrases from real notices; kind, opens and closes of each are facts --


@pytest.mark.parametrize("row", rows_of("phrases.csv"), ids=lambda row: row["phrase"])
def test_real_phrase_is_answered_as_its_notice_meant_it(row):
    told = parse_phrase(row["phrase"], issued=day_of(row["issued"])).to_json()
    assert (told["kind"], told["opens"] or "", told["closes"] or "") == (row["kind"], row["opens"], row["closes"])


@pytest.mark.parametrize(
    ("phrase", "issued", "kind", "opens", "closes"),
    [
        ("于7月21日前报市职业技能鉴定指导中心", "2022-06-20", Kind.DATE, None, "2022-07-22T00:00:00+08:00"),
        ("截止时间为2022年6月30日，逾期不再受理", None, Kind.DATE, None, "2022-07-01T00:00:00+08:00"),
        ("申报截止时间为：2023年8月31日18:00", None, Kind.INSTANT, None, "2023-08-31T18:00:00+08:00"),
        ("于4月20日之前", "2017-04-05", Kind.DATE, None, "2017-04-21T00:00:00+08:00"),
        ("自文件下发之日起至2017年4月30日24:00时止", None, Kind.RANGE, None, "2017-05-01T00:00:00+08:00"),
        ("材料上报截止日期为2019年7月30日", None, Kind.DATE, None, "2019-07-31T00:00:00+08:00"),
        ("2017年2月—4月", None, Kind.RANGE, "2017-02-01T00:00:00+08:00", "2017-05-01T00:00:00+08:00"),
        ("2017年2月中旬—5月中旬", None, Kind.RANGE, "2017-02-11T00:00:00+08:00", "2017-05-21T00:00:00+08:00"),
        ("2017年5月中下旬", None, Kind.RANGE, "2017-05-11T00:00:00+08:00", "2017-06-01T00:00:00+08:00"),
        ("2017年6月上中旬", None, Kind.RANGE, "2017-06-01T00:00:00+08:00", "2017-06-21T00:00:00+08:00"),
        ("2017年7、8、9月", None, Kind.RANGE, "2017-07-01T00:00:00+08:00", "2017-10-01T00:00:00+08:00"),
        ("2022年5－6月", None, Kind.RANGE, "2022-05-01T00:00:00+08:00", "2022-07-01T00:00:00+08:00"),
        ("2022年7—8月", None, Kind.RANGE, "2022-07-01T00:00:00+08:00", "2022-09-01T00:00:00+08:00"),
        ("2022年9—10月", None, Kind.RANGE, "2022-09-01T00:00:00+08:00", "2022-11-01T00:00:00+08:00"),
        ("2022年11－12月", None, Kind.RANGE, "2022-11-01T00:00:00+08:00", "2023-01-01T00:00:00+08:00"),
        ("公示期为5个工作日", "2019-08-12", Kind.PERIOD, None, "2019-08-20T00:00:00+08:00"),
    ],
)
def test_phrase_of_the_five_notices(phrase, issued, kind, opens, closes):
    reading = parse_phrase(phrase, issued=day_of(issued))
    told = reading.to_json()
    assert (reading.kind, told["opens"], told["closes"]) == (kind, opens, closes)


def grouped(*names):
    """One phrase with what is known of it, and a row for each reading that it must give."""
    rows = [{"event": "", **row} for name in names for row in rows_of(name)]
    return [list(group) for _, group in groupby(rows, key=lambda row: (row["phrase"], row["issued"], row["event"]))]


@pytest.mark.parametrize("rows", grouped("forms.csv", "phrasings.csv"), ids=lambda rows: rows[0]["phrase"])
def test_form_is_answered_with_its_findings(rows):
    known = {name: rows[0][name] for name in ("phrase", "issued", "event")}
    reading = parse_phrase(known["phrase"], issued=day_of(known["issued"]), event=day_of(known["event"]))
    answered = [
        {
            **known,
            "kind": one.kind.value,
            "opens": one.opens.isoformat() if one.opens else "",
            "closes": one.closes.isoformat() if one.closes else "",
            "unit": one.unit.value if one.unit else "",
            "count": str(one.count or ""),
            "findings": " ".join(codes(one)),
        }
        for one in reading.all or (reading,)
    ]
    assert answered == rows


# -- what a caller knows --


@pytest.mark.parametrize(
    ("phrase", "code"),
    [
        ("7月21日前", "year_missing"),
        ("即日起至2023年9月15日", "issued_missing"),
        ("本周五前", "issued_missing"),
        ("公示期自即日起20日", "issued_missing"),
        ("自公布之日起15个工作日内", "event_missing"),
        ("公示5个工作日", "length_only"),
        ("每年4月底前", "year_missing"),
        ("8月31日下班前", "year_missing"),
        ("2月30日前", "invalid_date"),
    ],
)
def test_without_an_issue_date_the_reading_says_what_is_missing(phrase, code):
    reading = parse_phrase(phrase)
    assert (reading.kind, reading.closes, codes(reading)) == (Kind.UNRESOLVED, None, [code])


def test_the_first_such_day_on_the_issue_date_itself_counts():
    assert parse_phrase("7月26日前", issued=ISSUED).last_day == ISSUED


def test_a_day_before_the_issue_date_is_next_years():
    assert parse_phrase("7月25日前", issued=ISSUED).last_day == date(2024, 7, 25)


def test_an_aware_instant_serves_as_issue_date():
    assert parse_phrase("即日起至8月31日", issued=datetime(2023, 7, 26, 23, tzinfo=SHANGHAI)).opens == midnight(ISSUED)


def test_an_event_beats_the_issue_date():
    reading = parse_phrase("自公布之日起5个工作日内", issued=date(2023, 7, 1), event=ISSUED)
    assert reading.last_day == date(2023, 8, 2)


def test_an_event_that_is_not_the_publication_needs_its_own_date():
    assert codes(parse_phrase("公示结束后5个工作日内", issued=ISSUED)) == ["event_missing"]
    assert parse_phrase("公示结束后5个工作日内", issued=ISSUED, event=date(2023, 8, 4)).last_day == date(2023, 8, 11)


def test_close_of_business_takes_the_office_hours():
    assert parse_phrase("2023年8月31日下班前", office_closes=time(17)).closes.isoformat() == "2023-08-31T17:00:00+08:00"


@pytest.mark.parametrize(
    "phrase", ["2023年8月31日工作时间结束前", "2023年8月31日下午下班前", "2023年8月31日办公时间结束之前"]
)
def test_close_of_business_has_several_names(phrase):
    assert parse_phrase(phrase, office_closes=time(17)).closes.isoformat() == "2023-08-31T17:00:00+08:00"


def test_close_of_business_before_noon_is_not_that_of_the_day():
    reading = parse_phrase("2023年8月31日上午下班前", office_closes=time(17))
    assert (reading.kind, codes(reading)) == (Kind.UNRESOLVED, ["vague_time"])


def test_an_hour_beats_the_close_of_business():
    reading = parse_phrase("2023年8月31日下班前（17:30）", office_closes=time(17))
    assert reading.closes.isoformat() == "2023-08-31T17:30:00+08:00"


def test_the_convention_of_the_program_is_followed():
    reading = parse_phrase("公示5个工作日", issued=date(2020, 6, 9), convention=Convention.SAME_DAY)
    assert reading.last_day == date(2020, 6, 15)


def test_words_that_settle_the_first_day_beat_the_convention():
    reading = parse_phrase("自公布次日起5个工作日内", issued=date(2020, 6, 9), convention=Convention.SAME_DAY)
    assert reading.last_day == date(2020, 6, 16)


def test_before_may_exclude_its_day():
    reading = parse_phrase("2023年8月31日前", before_included=False)
    assert (reading.closes.isoformat(), reading.last_day, codes(reading)) == (
        "2023-08-31T00:00:00+08:00",
        date(2023, 8, 30),
        [],
    )


def test_a_calendar_period_rolls_where_the_program_says_so():
    assert parse_phrase("自公布之日起30日内", issued=date(2018, 3, 23), roll=True).last_day == date(2018, 4, 23)


def test_a_fixed_date_never_rolls_by_itself():
    reading = parse_phrase("2017年4月30日24:00时止", roll=True)
    assert (reading.closes.isoformat(), codes(reading)) == ("2017-05-01T00:00:00+08:00", ["on_day_off"])


def test_a_local_calendar_counts():
    local = CHINA.with_local_days_off([date(2024, 3, 5)])
    assert parse_phrase("公示5个工作日", issued=date(2024, 3, 4), calendar=local).last_day == date(2024, 3, 12)


# -- several statements in one text --


def test_every_deadline_of_a_text_is_told_and_the_first_repeated():
    reading = parse_phrase("7月31日前报区级，2023年8月31日17:00前报市级", issued=ISSUED)
    assert [(one.text, one.closes.isoformat()) for one in reading.all] == [
        ("7月31日前", "2023-08-01T00:00:00+08:00"),
        ("2023年8月31日17:00前", "2023-08-31T17:00:00+08:00"),
    ]
    assert (reading.text, reading.closes) == ("7月31日前报区级，2023年8月31日17:00前报市级", reading.all[0].closes)


def test_before_is_exclusive_where_the_same_text_has_a_period_that_ends_the_day_before():
    reading = parse_phrase("如有异议请于5月21日前反映。公示时间:2020年5月14日至5月20日", issued=date(2020, 5, 14))
    assert (reading.last_day, codes(reading)) == (date(2020, 5, 20), ["year_from_issue", "before_exclusive"])


def test_before_is_inclusive_where_the_same_text_has_a_period_that_ends_on_the_day():
    reading = parse_phrase("请于2023年9月27日前反映。公示时间:2023年9月21日至9月27日")
    assert (reading.last_day, codes(reading)) == (date(2023, 9, 27), [])


def test_a_year_told_before_serves_later_deadlines():
    reading = parse_phrase("2023年8月25日前网上申报，8月31日前报送纸质材料")
    assert [one.last_day for one in reading.all] == [date(2023, 8, 25), date(2023, 8, 31)]
    assert codes(reading.all[1]) == ["year_from_text", "before_ambiguous"]


def test_a_year_told_before_serves_an_earlier_deadline_too():
    reading = parse_phrase("2023年8月31日前报市级，8月25日前报区级")
    assert [one.last_day for one in reading.all] == [date(2023, 8, 31), date(2023, 8, 25)]


def test_a_deadline_told_first_and_yearly_after_it_is_the_first_of_a_yearly_one():
    reading = parse_phrase("应于2022年3月15日前报告，并于今后每年1月15日前报告", issued=date(2022, 1, 15))
    assert [(one.kind, one.last_day) for one in reading.all] == [
        (Kind.YEARLY, date(2022, 3, 15)),
        (Kind.YEARLY, date(2023, 1, 15)),
    ]


def test_dates_of_issue_and_effect_are_no_deadlines():
    reading = parse_phrase("请于2023年8月31日前报送。2023年7月26日印发")
    assert [one.text for one in reading.all] == ["2023年8月31日前"]


# -- what must never be --


def test_a_text_without_words_is_unresolved():
    assert codes(parse_phrase("")) == ["no_date"]


def test_a_text_too_long_is_refused():
    with pytest.raises(PhraseError, match="at most 20000"):
        parse_phrase("前" * 20_001)


def test_a_number_of_any_length_is_harmless():
    assert codes(parse_phrase("9" * 10_000)) == ["no_date"]


@pytest.mark.parametrize("piece", ["1、", "至", "一", "三、", "节假日、", "9月1日、1日", "1 ", "每年", "第一、", "近3"])
def test_a_text_of_nonsense_of_any_length_is_answered(piece):
    """Nonsense once took a minute; a runaway search would show as this file hanging."""
    assert parse_phrase(piece * (20_000 // len(piece))).kind is Kind.UNRESOLVED


@pytest.mark.parametrize("phrase", ["1949年9月30日前", "2201年1月1日前", "9999年12月31日前", "0000年1月1日"])
def test_a_date_beyond_what_can_be_computed_is_unresolved(phrase):
    assert codes(parse_phrase(phrase)) == ["out_of_range"]


def test_a_date_outside_the_calendar_is_told_without_saying_whether_it_is_off():
    assert codes(parse_phrase("1998年5月3日截止")) == ["outside_calendar"]


def test_a_period_outside_the_calendar_is_unresolved():
    assert codes(parse_phrase("公示5个工作日", issued=date(1998, 5, 3))) == ["out_of_range"]


def test_a_period_on_unpublished_days_is_provisional():
    reading = parse_phrase("公示5个工作日", issued=date(CHINA.published_through.year + 1, 3, 1))
    assert reading.provisional


# -- the shape that scripts rely on --


def test_a_reading_is_told_in_json():
    assert parse_phrase("公示5个工作日", event=date(2024, 3, 4)).to_json("en") == {
        "text": "公示5个工作日",
        "kind": "period",
        "opens": None,
        "closes": "2024-03-12T00:00:00+08:00",
        "last_day": "2024-03-11",
        "unit": "working",
        "count": 5,
        "findings": [
            {
                "code": "other_convention",
                "message": "counted from the next day; the other way it would end on 2024-03-08",
            }
        ],
        "all": [
            {
                "text": "公示5个工作日",
                "kind": "period",
                "opens": None,
                "closes": "2024-03-12T00:00:00+08:00",
                "last_day": "2024-03-11",
                "unit": "working",
                "count": 5,
                "findings": [
                    {
                        "code": "other_convention",
                        "message": "counted from the next day; the other way it would end on 2024-03-08",
                    }
                ],
            }
        ],
    }


def test_messages_are_chinese_by_default():
    assert parse_phrase("7月21日前").to_json()["findings"] == [
        {"code": "year_missing", "message": "缺少年份：请提供发文日期"}
    ]


def test_an_unresolved_length_still_says_what_it_counts():
    reading = parse_phrase("公示时间不少于7个自然日", issued=date(2025, 5, 30))
    assert (reading.kind, reading.unit, reading.count) == (Kind.UNRESOLVED, Unit.CALENDAR, 7)
