"""What the checks leave alone, and how far their findings go; test_findings has a case for each kind of finding."""

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


def test_a_cut_at_the_seats_is_in_order(build):
    assert found(build(stages={"screening": {"keep": 10}})) == []


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


def test_issuance_after_an_approval_alone_is_in_order(build):
    assert found(build(stages={"decision": {"kind": "approval"}})) == []


def test_a_skipped_stage_is_not_checked_as_if_it_were_held(build):
    rulings = [ruling(decision=True, settles=["stages.publicity.skipped"])]
    program = build(stages={"publicity": {"skipped": True, "period": None}}, rulings=rulings)
    assert found(program) == []


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


@pytest.mark.parametrize(
    ("phones", "odd"),
    [
        (["60001234", "6000567", "60001236"], ["contacts.1"]),
        (["0830-6000123", "13900000000", "60001235"], []),
        (["881269"], ["contacts.0"]),
        (["6000567"], []),
    ],
)
def test_T23_an_odd_contact_number(build, phones, odd):
    contacts = [{"office": f"科室{number}", "phone": phone} for number, phone in enumerate(phones)]
    assert found(build(contacts=contacts)) == [(Severity.WARNING, place) for place in odd]


PATENTS = {"kind": "quantity", "of": "patents", **RULE}
CATEGORIES = [{"id": name, "name": name, "clause": "一"} for name in ("a", "b")]
HEAD = {"id": "head", "name": "负责人", "clause": "一"}
LIFT = {"id": "lift", "kind": "exemption", "lifts": "least", "granted_by": ["大师"], **RULE}
TERM = {"id": "term", "name": "聘期", "kind": "tenure", "clause": "五", "years": 3}


@pytest.mark.parametrize(
    ("changes", "least", "most", "others"),
    [
        ({}, {"of": "team-size"}, {}, []),
        ({"categories": CATEGORIES}, {"categories": ["a"]}, {"categories": ["b"]}, []),
        ({"traits": [HEAD]}, {"traits": ["head"]}, {"except_traits": ["head"]}, []),
        ({}, {}, {}, [LIFT]),
        ({}, {}, {}, [{"id": "either", "kind": "combination", "of": ["least", "most"], "need": 1, **RULE}]),
    ],
    ids=["another fact", "another category", "another trait", "lifted from some", "either of both"],
)
def test_bounds_that_nobody_has_to_meet_together_are_in_order(build, changes, least, most, others):
    rules = [{**PATENTS, "id": "least", "at_least": 9, **least}, {**PATENTS, "id": "most", "at_most": 2, **most}]
    assert found(build(rules=rules + others, **changes)) == []


@pytest.mark.parametrize(
    ("required", "barred"),
    [
        ({"of": ["劳模"]}, {"of": ["技术能手"]}),
        ({"of": ["劳模"]}, {}),
        ({"of": ["劳模"]}, {"of": ["劳模"], "within_years": 3}),
    ],
    ids=["another honor", "the own award is barred", "barred of late"],
)
def test_a_past_that_can_be_had_and_not_barred_is_in_order(build, required, barred):
    rules = [
        {"id": "one", "kind": "history", "requires": "past-winner", **RULE, **required},
        {"id": "two", "kind": "history", "bars": "past-winner", **RULE, **barred},
    ]
    assert found(build(rules=rules)) == []


@pytest.mark.parametrize(
    "changes",
    [
        {"materials": [{"id": "m", "media": ["paper"], "sheet": "A4", "marks": ["seal"], "duplex": True, **RULE}]},
        {"materials": [{"id": "m", "media": ["electronic"], "formats": ["JPEG"], **RULE}]},
        {"materials": [{"id": "m", "at_least_characters": 500, "at_most_characters": 500, **RULE}]},
        {"contacts": [{"office": "科", "phone": "6000-1234", "phone_digits": 8}]},
        {"stages": {"publicity": {"objections": {"days": 5}}}},
        {"stages": {"publicity": {"objections": {"days": 3, "unit": "calendar"}}}},
        {"after": [{**TERM, "assessed_every_years": 3, "reported_every_years": 3, "grades": ["合格", "不合格"]}]},
        {"after": [TERM], "disqualifications": [{"id": "d", "effect": "取消申报资格", **RULE}]},
        {
            "rules": [{"id": "clean", "kind": "history", "bars": "banned", **RULE}],
            "disqualifications": [{"id": "d", "effect": "三年内不得申报", **RULE}],
        },
        {
            "rules": [{"id": "new", "kind": "history", "bars": "subsidized", **RULE}],
            "benefits": [{"id": "b", "kind": "money", "at_most_yuan": 5, "barred_by": "subsidized", **RULE}],
        },
        {"traits": [HEAD], "rules": [{"id": "share", "kind": "ratio", "of": "head", "at_most_percent": 20, **RULE}]},
        {"traits": [HEAD], "rules": [{"id": "of-heads", "kind": "attestation", "traits": ["head"], **RULE}]},
        {"reminders": [0], "local_days_off": [{"day": "2026-04-20", "name": "三月三", "authority": "某文"}]},
        {"rules": [{"id": "as-of", "kind": "age", "men": 57, "as_of": "recommendation.city", **RULE}]},
        {"rules": [{"id": "one-day", "kind": "age", "at_least": 18, "men": 18, **RULE}]},
        {"stages": {"screening": {"kind": "vote"}, "review": {"vote_percent": 50}}},
    ],
)
def test_what_agrees_is_left_alone(build, changes):
    assert [fault for fault in found(build(**changes)) if fault[1] != "rules"] == []


def test_what_several_paths_share_is_told_once_with_their_names(build):
    program = build(
        categories=CATEGORIES,
        routes=ROUTES,
        seats=[{"id": "s", "award": "奖", "clause": "一", "count": 1, "categories": ["a"]}],
    )
    assert [fault.words.zh for fault in check_program(program)] == ["“b·组织推荐”、“b·个人自荐”没有名额"]


def test_what_every_path_lacks_is_told_of_every_nomination(build):
    program = build(routes=ROUTES, stages={"issuance": None})
    assert [fault.words.zh for fault in check_program(program)] == ["任何申报没有发文环节，评出的荣誉无从颁布"]


@pytest.mark.parametrize(
    ("place", "meant"),
    [
        ("stages.publicty.period.days", "请核对拼写；是否想写 stages.publicity.period.days？"),
        ("stages.publicity", "请核对拼写；请写到字段，如 stages.publicity.categories"),
        ("stages.publicity.period.dayz", "请核对拼写；是否想写 stages.publicity.period.days？"),
        ("routes.moon.accepted", "请核对拼写；这里有：organization"),
    ],
)
def test_a_place_that_does_not_exist_is_told_with_the_nearest(build, place, meant):
    (fault,) = check_program(build(rulings=[ruling(decision=5, settles=[place])]))
    assert fault.remedy.zh == meant


def test_a_fault_cites_the_clause_of_the_part_around_it(build):
    (fault,) = check_program(build(stages={"publicity": {"clause": "三、（五）", "period": None}}))
    assert (fault.clause, fault.where.zh) == ("三、（五）", "环节“公示”的公示期（stages.publicity.period）")
