"""What is found about the dates of a program: the least change that yields exactly it, placed and with its remedy."""

import pytest

from deadlines.calendar import WorkCalendar
from deadlines.checking import date_faults
from programs import Program, Severity
from tests.programs.conftest import written

CALENDAR = WorkCalendar.china()
E, W, N = Severity.ERROR, Severity.WARNING, Severity.NOTE

UNIT = {"id": "unit", "name": "单位", "office": "所在单位", "clause": "二"}
CITY = {"id": "city", "name": "受理", "office": "某市人社局", "clause": "二"}
INNER, OUTER = "stages.recommendation.tiers.unit.deadline", "stages.recommendation.tiers.city.deadline"
RULING = {"id": "open", "question": "含当日？", "clause": "二", "basis": "未定", "otherwise": "不含"}


def due(phrase, **more):
    return {"deadline": {"phrase": phrase, "clause": "二", **more}}


def window(phrase):
    return {"window": {"phrase": phrase, "clause": "三"}}


def tiers(inner, outer):
    return {"recommendation": {"tiers": [UNIT | inner, CITY | outer]}}


#: What is changed, and what is then found: key date, code, place, severity.
CASES = {
    "in order": ({}, []),
    "an inner tier after the outer": (
        {"stages": tiers(due("2026年4月17日"), due("2026年4月15日"))},
        [("recommendation.unit", "tier_after_next", INNER, E)],
    ),
    "tiers too close": (
        {"stages": tiers(due("2026年4月14日"), due("2026年4月15日"))},
        [("recommendation.unit", "tiers_too_close", INNER, W)],
    ),
    "a day that is not": (
        {"stages": tiers({}, due("2026年2月30日"))},
        [("recommendation.city", "invalid_date", OUTER, E), ("recommendation.city", "unresolved", OUTER, E)],
    ),
    "a range that ends before it begins": (
        {"stages": {"screening": window("2026年6月10日至6月1日")}},
        [
            ("screening", "range_backwards", "stages.screening.window", E),
            ("screening", "unresolved", "stages.screening.window", E),
        ],
    ),
    "a day off": (
        {"stages": tiers({}, due("2026年4月18日"))},
        [("recommendation.city", "on_day_off", OUTER, W)],
    ),
    "before the issue": (
        {"stages": tiers({}, due("2026年2月27日"))},
        [("recommendation.city", "before_issue", OUTER, W)],
    ),
    "an open 前": (
        {"stages": tiers({}, due("2026年4月15日前"))},
        [("recommendation.city", "before_ambiguous", OUTER, W)],
    ),
    "an open 前 that is ruled on": (
        {
            "stages": tiers({}, due("2026年4月15日前")),
            "rulings": [RULING | {"decision": True, "settles": [f"{OUTER}.inclusive"]}],
        },
        [("recommendation.city", "before_ambiguous", OUTER, N)],
    ),
    "a missing year": (
        {"issued": None, "stages": tiers({}, due("4月15日"))},
        [("recommendation.city", "year_missing", OUTER, E), ("recommendation.city", "unresolved", OUTER, E)],
    ),
    "a missing year that waits for a ruling": (
        {
            "issued": None,
            "stages": tiers({}, due("4月15日")),
            "rulings": [RULING | {"settles": ["issued"]}],
        },
        [("recommendation.city", "year_missing", OUTER, N), ("recommendation.city", "unresolved", OUTER, N)],
    ),
    "windows out of order": (
        {"stages": {"screening": window("2026年6月1日至6月10日"), "review": window("2026年5月6日至5月20日")}},
        [("review", "window_out_of_order", "stages.review.window", W)],
    ),
    "a deadline outside of its window": (
        {"stages": {"recommendation": window("2026年3月10日至3月31日")}},
        [("recommendation.city", "deadline_outside_window", OUTER, W)],
    ),
    "a publicity that cannot end after the intake": (
        {"stages": {"issuance": window("2026年4月13日至4月20日")}},
        [("publicity.period", "publicity_cannot_end", "stages.publicity.period", W)],
    ),
    "a publicity that cannot end after an earlier window": (
        {"stages": {"decision": window("2026年5月25日至5月29日"), "issuance": window("2026年5月25日至5月29日")}},
        [("publicity.period", "publicity_cannot_end", "stages.publicity.period", W)],
    ),
    "a publicity that ends with the last day of the later window": (
        {"stages": {"decision": window("2026年5月25日至5月29日"), "issuance": window("2026年5月25日至6月1日")}},
        [],
    ),
    "a local day off that the calendar does not cover": (
        {"local_days_off": [{"day": "2300-01-01", "name": "三月三", "authority": "某文"}]},
        [("local_days_off.0", "outside_calendar", "local_days_off.0", E)],
    ),
    "a window shorter than its publicity": (
        {"stages": {"publicity": window("2026年6月1日至6月3日")}},
        [("publicity", "range_too_short", "stages.publicity.window", W)],
    ),
}


@pytest.mark.parametrize(("changes", "expected"), CASES.values(), ids=CASES)
def test_a_change_yields_exactly_its_findings(changes, expected):
    found = date_faults(Program.model_validate(written(**changes)), CALENDAR)
    assert [(key_date, fault.code, fault.place, fault.severity) for key_date, fault in found] == expected
    assert all(fault.remedy for _, fault in found if fault.severity is not N)
