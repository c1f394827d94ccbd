"""Each contradiction that the checks know, put into a program that is otherwise in order."""

from typing import Any

import pytest

from programs import Program, Severity, check_program

RULE = {"name": "条件", "clause": "二"}
ROUTES = [
    {"id": "organization", "name": "组织推荐", "clause": "二", "kind": "organization"},
    {"id": "self", "name": "个人自荐", "clause": "二", "kind": "self"},
]
DISTRICT_QUOTA = {
    "id": "district",
    "name": "区县名额",
    "clause": "二",
    "per": "nominator",
    "nominator_kind": "district",
    "tier": "city",
    "limit": 2,
}


def ruling(**fields: Any) -> dict[str, Any]:
    return {"id": "open", "question": "几天？", "clause": "三", "basis": "未定", "otherwise": "日期改变", **fields}


def found(program: Program) -> list[tuple[Severity, str]]:
    return [(fault.severity, fault.place) for fault in check_program(program)]


def test_a_program_in_order_has_no_faults(build):
    assert check_program(build()) == ()


def test_every_fault_says_it_in_both_languages(build):
    program = build(stages={"issuance": None, "screening": {"keep": 3}})
    faults = check_program(program)
    assert faults
    assert all(fault.words.zh and fault.words.en and "{" not in fault.words.zh + fault.words.en for fault in faults)


def test_errors_come_before_warnings_and_notes(build):
    program = build(stages={"screening": {"keep": 3}, "issuance": None}, rulings=[ruling(settles=["reminders"])])
    severities = [fault.severity for fault in check_program(program)]
    assert severities == sorted(severities, key=list(Severity).index)
    assert len(set(severities)) == 3


def test_a_path_without_seats(build):
    seats = [{"id": "craftsman", "award": "某市工匠", "clause": "一", "count": 10, "routes": ["organization"]}]
    assert found(build(routes=ROUTES, seats=seats)) == [(Severity.ERROR, "seats")]


def test_a_path_without_a_tier(build):
    tier = {"id": "city", "name": "受理", "office": "局", "clause": "二", "routes": ["organization"]}
    program = build(routes=ROUTES, stages={"recommendation": {"tiers": [tier]}})
    assert (Severity.ERROR, "stages.recommendation.tiers") in found(program)


def test_a_path_without_a_recommendation(build):
    program = build(routes=ROUTES, stages={"recommendation": {"routes": ["organization"]}})
    assert (Severity.ERROR, "stages") in found(program)


def test_an_intake_that_never_ends(build):
    tier = {"id": "city", "name": "受理", "office": "局", "clause": "二"}
    program = build(stages={"recommendation": {"tiers": [tier]}})
    assert found(program) == [(Severity.WARNING, "stages.recommendation.tiers.city")]


@pytest.mark.parametrize("stage", ["screening", "review"])
def test_a_cut_below_the_seats(build, stage):
    assert found(build(stages={stage: {"keep": 9}})) == [(Severity.ERROR, f"stages.{stage}.keep")]


def test_a_cut_at_the_seats_is_in_order(build):
    assert found(build(stages={"screening": {"keep": 10}})) == []


def test_a_cut_that_cuts_nothing(build):
    program = build(stages={"screening": {"keep": 20}, "review": {"keep": 30}})
    assert found(program) == [(Severity.WARNING, "stages.review.keep")]


def test_a_cut_below_all_seats_but_not_below_the_highest_grade_is_a_warning(build):
    seats = [{"id": name, "award": name, "clause": "一", "count": 10} for name in ("gold", "silver")]
    program = build(seats=seats, stages={"screening": {"keep": 20}, "review": {"keep": 10}})
    assert found(program) == [(Severity.WARNING, "stages.review.keep")]


def test_a_cut_for_one_category_is_measured_by_its_own_seats(build):
    categories = [{"id": name, "name": name, "clause": "一"} for name in ("a", "b")]
    seats = [
        {"id": name, "award": "工匠", "clause": "一", "count": count, "categories": [name]}
        for name, count in (("a", 5), ("b", 50))
    ]
    program = build(categories=categories, seats=seats, stages={"review": {"keep": 5, "categories": ["a"]}})
    assert found(program) == []


@pytest.mark.parametrize(("count", "faults"), [(4, [(Severity.ERROR, "quotas")]), (5, []), (None, [])])
def test_quotas_that_cannot_fill_the_seats(build, count, faults):
    nominators = [{"id": "district", "name": "区县", "clause": "二", "count": count}]
    assert found(build(nominators=nominators, quotas=[DISTRICT_QUOTA])) == faults


def test_quotas_bound_nothing_where_people_may_come_by_themselves(build):
    nominators = [{"id": "district", "name": "区县", "clause": "二", "count": 1}]
    assert found(build(routes=ROUTES, nominators=nominators, quotas=[DISTRICT_QUOTA])) == []


def test_a_quota_at_a_tier_that_nobody_passes(build):
    routes = [*ROUTES[:1], ROUTES[1] | {"accepted": False}]
    quota = DISTRICT_QUOTA | {"routes": ["self"]}
    assert (Severity.ERROR, "quotas.district.tier") in found(build(routes=routes, quotas=[quota]))


def test_a_quota_for_a_nominator_that_uses_anothers(build):
    nominators = [
        {"id": "district", "name": "区县", "clause": "二"},
        {"id": "central", "name": "中央单位", "clause": "二", "attributed_to": "district"},
    ]
    program = build(nominators=nominators, quotas=[DISTRICT_QUOTA | {"nominator_kind": "central"}])
    assert found(program) == [(Severity.WARNING, "quotas.district")]


def test_a_stage_that_no_path_reaches(build):
    routes = [*ROUTES[:1], ROUTES[1] | {"accepted": False}]
    assert found(build(routes=routes, stages={"review": {"routes": ["self"]}})) == [(Severity.ERROR, "stages.review")]


def test_issuance_before_any_decision(build):
    assert found(build(stages={"decision": None})) == [(Severity.ERROR, "stages.issuance")]


def test_issuance_after_an_approval_alone_is_in_order(build):
    assert found(build(stages={"decision": {"kind": "approval"}})) == []


def test_no_issuance_at_all(build):
    assert found(build(stages={"issuance": None})) == [(Severity.WARNING, "stages")]


def test_a_tenure_before_its_issuance(build):
    assert found(build(stages={"review": {"kind": "tenure"}})) == [(Severity.ERROR, "stages.review")]


def test_a_confirmation_of_nothing(build):
    assert found(build(stages={"decision": {"confirms": True}})) == [(Severity.ERROR, "stages.decision.confirms")]


def test_a_review_that_counts_in_a_vote_that_is_not_held(build):
    assert found(build(stages={"review": {"vote_percent": 30}})) == [(Severity.ERROR, "stages.review.vote_percent")]


def test_a_publicity_without_a_period(build):
    assert found(build(stages={"publicity": {"period": None}})) == [(Severity.ERROR, "stages.publicity.period")]


def test_a_skipped_stage_needs_a_ruling(build):
    assert found(build(stages={"review": {"skipped": True}})) == [(Severity.WARNING, "stages.review.skipped")]


def test_a_skipped_stage_is_not_checked_as_if_it_were_held(build):
    rulings = [ruling(decision=True, settles=["stages.publicity.skipped"])]
    program = build(stages={"publicity": {"skipped": True, "period": None}}, rulings=rulings)
    assert found(program) == []


@pytest.mark.parametrize(
    ("rule", "place"),
    [
        ({"kind": "quantity", "of": "team-size"}, "rules.one"),
        ({"kind": "quantity", "of": "team-size", "at_least": 15, "at_most": 3}, "rules.one"),
        ({"kind": "age"}, "rules.one"),
        ({"kind": "age", "men": 57, "as_of": "recommendation.moon"}, "rules.one.as_of"),
        ({"kind": "combination", "of": ["two", "three"], "need": 3}, "rules.one.need"),
        ({"kind": "combination", "of": ["one", "two"]}, "rules.one.of"),
        ({"kind": "combination", "of": ["two", "lift"]}, "rules.one.of"),
    ],
)
def test_a_rule_that_cannot_work(build, rule, place):
    others = [{"id": "two", "kind": "attestation", **RULE}, {"id": "three", "kind": "attestation", **RULE}]
    lift = {"id": "lift", "kind": "exemption", "lifts": "two", "granted_by": ["大师"], **RULE}
    program = build(rules=[{"id": "one", **RULE, **rule}, *others, lift])
    assert found(program) == [(Severity.ERROR, place)]


def test_combinations_that_lead_back_to_themselves(build):
    rules = [
        {"id": "one", "kind": "combination", "of": ["two", "three"], **RULE},
        {"id": "two", "kind": "combination", "of": ["one", "three"], **RULE},
        {"id": "three", "kind": "attestation", **RULE},
    ]
    assert found(build(rules=rules)) == [(Severity.ERROR, "rules.one.of"), (Severity.ERROR, "rules.two.of")]


@pytest.mark.parametrize(
    ("fact", "rule"),
    [
        ("sex", {"kind": "age", "men": 57, "women": 47}),
        ("seniority", {"kind": "quantity", "of": "years-at-unit", "at_least": 2}),
    ],
)
def test_Z02_a_rule_that_judges_by_what_the_notice_leaves_free(build, fact, rule):
    program = build(rules=[{"id": "one", **RULE, **rule}], ungated={"facts": [fact], "clause": "四、（二）"})
    assert found(program) == [(Severity.ERROR, "rules.one")]


def test_a_material_that_must_be_longer_than_it_may_be(build):
    material = {"id": "deeds", "name": "事迹", "clause": "二", "at_least_characters": 2000, "at_most_characters": 1500}
    assert found(build(materials=[material])) == [(Severity.ERROR, "materials.deeds")]


@pytest.mark.parametrize("place", ["stages.publicty.period.days", "stages.publicity", "moon"])
def test_a_ruling_on_a_place_that_does_not_exist(build, place):
    program = build(rulings=[ruling(decision=5, settles=[place])])
    assert found(program) == [(Severity.ERROR, "rulings.open.settles")]


def test_a_ruling_whose_default_is_not_what_the_file_says(build):
    program = build(rulings=[ruling(decision=7, settles=["stages.publicity.period.days"])])
    assert found(program) == [(Severity.ERROR, "rulings.open.decision")]


def test_a_ruling_whose_default_makes_no_valid_program(build):
    program = build(rulings=[ruling(decision=0, settles=["stages.publicity.period.days"])])
    assert found(program) == [(Severity.ERROR, "rulings.open.decision")]


def test_two_rulings_on_one_place(build):
    settles = ["stages.publicity.period.days"]
    rulings = [ruling(decision=5, settles=settles), ruling(id="again", decision=5, settles=settles)]
    assert found(build(rulings=rulings)) == [(Severity.ERROR, "rulings.again.settles")]


def test_an_open_ruling_is_a_note(build):
    assert found(build(rulings=[ruling(settles=["office"])])) == [(Severity.NOTE, "rulings.open")]


def test_a_missing_date_needs_a_ruling(build):
    assert found(build(issued=None)) == [(Severity.ERROR, "issued")]


@pytest.mark.parametrize(
    ("phones", "odd"),
    [
        (["60001234", "6000567", "60001236"], 1),
        (["0830-6000123", "13900000000", "60001235"], 0),
        (["881269"], 1),
        (["6000567"], 0),
    ],
)
def test_T23_an_odd_contact_number(build, phones, odd):
    contacts = [{"office": f"科室{number}", "phone": phone} for number, phone in enumerate(phones)]
    assert found(build(contacts=contacts)) == [(Severity.WARNING, "contacts")] * odd
