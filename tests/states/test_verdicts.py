"""Verdicts: every kind of rule, answered from what is stated, by a reviewer, or not yet."""

from datetime import date
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from programs import Path, Program
from programs.facts import Competition, Facts
from programs.words import Words
from states import Bar, Evidence, Result, Sex, each, verdicts_of
from states.answers import full_years

PASS, FAIL, OPEN = Result.PASS, Result.FAIL, Result.NEEDS_EVIDENCE
PATH = Path(None, "organization")


@pytest.fixture
def asked(shipped):
    """Ask rules of one nominee: the results by rule, parts included."""
    blank = shipped("luzhou-chief-technician-2019").model_dump()

    def ask(*rules: dict, path: Path = PATH, **evidence) -> dict[str, Result]:
        named = [{"name": "某条", "clause": "二", **rule} for rule in rules]
        changes = {"rules": named, "traits": [{"id": "branch", "name": "分支", "clause": "二"}], "rulings": []}
        program = Program.model_validate(blank | changes)
        return {one.rule: one.result for one in each(verdicts_of(program, path, Evidence(**evidence)))}

    return ask


@pytest.mark.parametrize(
    ("sex", "born", "result"),
    [
        (Sex.MAN, date(1961, 7, 31), PASS),  # turns 58 the day after
        (Sex.MAN, date(1961, 7, 30), FAIL),  # turns 58 on that day
        (Sex.WOMAN, date(1971, 7, 31), PASS),
        (Sex.WOMAN, date(1971, 7, 30), FAIL),
        (Sex.MAN, None, OPEN),
    ],
)
def test_age_is_taken_in_full_years_at_its_day_by_sex(asked, sex, born, result):
    age = {"id": "age", "kind": "age", "men": 57, "women": 47, "as_of": "recommendation.office"}
    assert asked(age, born=born, sex=sex, days={"recommendation.office": date(2019, 7, 30)}) == {"age": result}


@pytest.mark.parametrize(("born", "result"), [(date(1968, 9, 1), PASS), (date(1968, 8, 31), FAIL)])
@pytest.mark.parametrize("as_of", [date(2026, 8, 31), "2026-08-31"])
def test_age_is_taken_at_a_day_of_the_calendar(asked, as_of, born, result):
    age = {"id": "age", "kind": "age", "men": 57, "women": 47, "as_of": as_of}
    assert asked(age, born=born, sex=Sex.MAN) == {"age": result}


def test_age_at_a_day_that_is_not_known_is_open(asked):
    age = {"id": "age", "kind": "age", "men": 57, "as_of": "issued"}
    assert asked(age, born=date(1970, 1, 1), sex=Sex.MAN) == {"age": OPEN}


def test_age_without_a_day_of_its_own_is_taken_at_the_close_of_the_intake(asked):
    age = {"id": "age", "kind": "age", "at_least": 18}
    born = date(2001, 7, 31)
    found = [asked(age, born=born, as_of=day)["age"] for day in (date(2019, 7, 30), date(2019, 7, 31))]
    assert found == [FAIL, PASS]


@pytest.mark.parametrize(
    ("born", "result"),
    [
        (date(1979, 12, 31), FAIL),
        (date(1980, 1, 1), PASS),
        (date(1990, 12, 31), PASS),
        (date(1991, 1, 1), FAIL),
    ],
)
def test_day_of_birth_is_bounded_with_both_days_included(asked, born, result):
    age = {"id": "age", "kind": "age", "born_from": date(1980, 1, 1), "born_until": date(1990, 12, 31)}
    assert asked(age, born=born) == {"age": result}


@given(st.dates(date(1940, 1, 1), date(2005, 12, 31)), st.dates(date(2006, 1, 1), date(2060, 12, 31)))
def test_full_years_rise_by_one_on_the_birthday_and_on_no_other_day(born, day):
    before, after = full_years(born, day), full_years(born, day.fromordinal(day.toordinal() + 1))
    following = day.fromordinal(day.toordinal() + 1)
    is_leap = following.year % 4 == 0 and (following.year % 100 != 0 or following.year % 400 == 0)
    celebrated = (3, 1) if (born.month, born.day) == (2, 29) and not is_leap else (born.month, born.day)
    assert after - before == ((following.month, following.day) == celebrated)


@pytest.mark.parametrize(
    ("stated", "result"),
    [("高级工", FAIL), ("技师", PASS), ("二级（技师）", PASS), ("高级技师", PASS), ("大师", OPEN), (None, OPEN)],
)
def test_level_is_that_level_or_above(asked, stated, result):
    level = {"id": "level", "kind": "level", "vocabulary": "skill", "at_least": "技师"}
    facts = Facts(levels={"skill": stated} if stated else {})
    assert asked(level, facts=facts) == {"level": result}


@pytest.mark.parametrize(("stated", "result"), [(2, FAIL), (3, PASS), (15, PASS), (16, FAIL), (None, OPEN)])
def test_quantity_includes_both_bounds(asked, stated, result):
    quantity = {"id": "team", "kind": "quantity", "of": "team-size", "at_least": 3, "at_most": 15}
    facts = Facts(numbers={} if stated is None else {"team-size": stated})
    assert asked(quantity, facts=facts) == {"team": result}


PLACES = {"国家一类": 6, "国家二类": 3, "省级一类": 3, "省级二类": 1, "市级一类": 1}


@pytest.mark.parametrize(
    ("level", "place"), [(level, place) for level in (*PLACES, "市级二类") for place in range(1, 8)]
)
def test_competition_rank_is_read_off_its_table(asked, level, place):
    rank = {"id": "rank", "kind": "competition-rank", "places": PLACES}
    facts = Facts(competitions=(Competition(level=level, place=place),))
    assert asked(rank, facts=facts) == {"rank": PASS if place <= PLACES.get(level, 0) else FAIL}


def test_competition_of_an_apprentice_is_not_the_nominee_s_own(asked):
    own, taught = (
        {"id": by, "kind": "competition-rank", "places": PLACES, "achieved_by": by} for by in ("nominee", "apprentice")
    )
    facts = Facts(competitions=(Competition(level="国家一类", place=1, by="apprentice"),))
    assert asked(own, taught, facts=facts) == {"nominee": OPEN, "apprentice": PASS}
    assert asked(own, taught, facts=facts.model_copy(update={"without": ("nominee",)})) == {
        "nominee": FAIL,
        "apprentice": PASS,
    }
    assert asked(own, taught, facts=Facts(competitions=())) == {"nominee": FAIL, "apprentice": FAIL}
    assert asked(own, taught) == {"nominee": OPEN, "apprentice": OPEN}


@pytest.mark.parametrize(
    ("rule", "facts", "result"),
    [
        ({}, {"honors": ["全国技术能手", "别的"]}, PASS),
        ({}, {"honors": ["别的"]}, FAIL),
        ({}, {"honors": []}, FAIL),
        ({}, {}, OPEN),
        ({"exactly_one": True}, {"applied": ["全国技术能手"]}, PASS),
        ({"exactly_one": True}, {"applied": ["全国技术能手", "中华技能大奖"]}, FAIL),
        ({"exactly_one": True}, {"applied": ["别的"]}, FAIL),
        ({"exactly_one": True}, {"honors": ["全国技术能手"]}, OPEN),
    ],
)
def test_title_is_one_of_those_listed(asked, rule, facts, result):
    title = {"id": "title", "kind": "title", "any_of": ["全国技术能手", "中华技能大奖"], **rule}
    assert asked(title, facts=Facts(**facts)) == {"title": result}


@pytest.mark.parametrize(
    ("rule", "is_found", "result"),
    [("bars", True, FAIL), ("bars", False, PASS), ("requires", True, PASS), ("requires", False, OPEN)],
)
def test_past_bars_or_is_required(asked, rule, is_found, result):
    past = {"id": "past", "kind": "history", rule: "past-winner"}
    found = {"past": (Bar("某条", "二", Words("已获", "honored")),)} if is_found else {}
    assert asked(past, found=found) == {"past": result}


def verdict_of(need: int, results: tuple[Result, ...]) -> Result:
    """By hand: met, or can still be met, or can no longer be."""
    if results.count(PASS) >= need:
        return PASS
    return OPEN if results.count(PASS) + results.count(OPEN) >= need else FAIL


@pytest.mark.parametrize("results", list(product(Result, repeat=3)))
@pytest.mark.parametrize("need", [1, 2, 3, None])
def test_combination_needs_so_many_of_its_rules(asked, need, results):
    parts = [{"id": f"part-{place}", "kind": "attestation"} for place in range(3)]
    combined = {"id": "combined", "kind": "combination", "of": [part["id"] for part in parts], "need": need}
    attested = {f"part-{place}": result for place, result in enumerate(results) if result is not OPEN}
    assert asked(combined, *parts, attested=attested)["combined"] is verdict_of(need or 3, results)


def test_combination_counts_only_the_rules_that_concern_the_nominee(asked):
    parts = [
        {"id": "for-all", "kind": "attestation"},
        {"id": "for-branches", "kind": "attestation", "traits": ["branch"]},
    ]
    combined = {"id": "combined", "kind": "combination", "of": ["for-all", "for-branches"]}
    attested = {"for-all": PASS}
    assert asked(combined, *parts, attested=attested)["combined"] is PASS
    branch = Path(None, "organization", frozenset({"branch"}))
    assert asked(combined, *parts, path=branch, attested=attested)["combined"] is OPEN


@pytest.mark.parametrize(
    ("computed", "attested", "result"),
    [
        (PASS, None, PASS), (PASS, PASS, PASS), (PASS, FAIL, FAIL), (PASS, OPEN, OPEN),
        (FAIL, None, FAIL), (FAIL, PASS, FAIL), (FAIL, FAIL, FAIL), (FAIL, OPEN, FAIL),
        (OPEN, None, OPEN), (OPEN, PASS, PASS), (OPEN, FAIL, FAIL), (OPEN, OPEN, OPEN),
    ],
)  # fmt: skip
def test_reviewer_answers_what_is_open_and_doubts_what_is_stated_but_passes_nothing_failed(
    asked, computed, attested, result
):
    stated = {PASS: {"team-size": 5}, FAIL: {"team-size": 1}, OPEN: {}}[computed]
    quantity = {"id": "team", "kind": "quantity", "of": "team-size", "at_least": 3}
    said = {} if attested is None else {"team": attested}
    assert asked(quantity, facts=Facts(numbers=stated), attested=said) == {"team": result}


EXEMPTION = {"id": "folk", "kind": "exemption", "lifts": "level", "granted_by": ["民间艺人"]}
LEVEL = {"id": "level", "kind": "level", "vocabulary": "skill", "at_least": "技师"}
AGE = {"id": "age", "kind": "age", "men": 57}
OLD = {"born": date(1950, 1, 1), "sex": Sex.MAN, "as_of": date(2019, 7, 30)}


@pytest.mark.parametrize(
    ("evidence", "results"),
    [
        ({"facts": Facts(levels={"skill": "高级工"})}, {"level": FAIL, "age": FAIL}),
        ({"facts": Facts(levels={"skill": "高级工"}, grants=["民间艺人"])}, {"level": PASS, "age": FAIL}),
        ({"facts": Facts(levels={"skill": "高级工"}), "attested": {"folk": PASS}}, {"level": PASS, "age": FAIL}),
        ({"facts": Facts(grants=["民间艺人"]), "attested": {"folk": FAIL}}, {"level": OPEN, "age": FAIL}),
        ({"facts": Facts(grants=["别的"])}, {"level": OPEN, "age": FAIL}),
    ],
)
def test_exemption_lifts_exactly_one_rule(asked, evidence, results):
    assert asked(LEVEL, AGE, EXEMPTION, **evidence, **OLD) == results


def test_preference_and_ratio_ask_nothing_of_anybody(asked):
    preference = {"id": "first", "kind": "preference"}
    ratio = {"id": "share", "kind": "ratio", "of": "branch", "at_most_percent": 20}
    assert asked(preference, ratio) == {}
