"""梁平区技能大师工作室 2023: the rows of the checklist that the program file carries."""

from datetime import date

import pytest

from programs import Path, decide, load_program
from programs.materials import Mark
from programs.stages import Publicity, Tenure


@pytest.fixture(scope="module")
def program():
    return load_program("liangping-master-studio-2023")


def rule(program, rule_id: str):
    return next(rule for rule in program.rules if rule.id == rule_id)


def material(program, material_id: str):
    return next(material for material in program.materials if material.id == material_id)


def test_G01_one_studio(program):
    assert program.nominee == "studio"
    assert [(seats.count, seats.kind) for seats in program.seats] == [(1, "cap")]


def test_G02_enterprises_and_colleges_have_conditions_of_their_own(program):
    own = {path.category: {rule.id for rule in program.rules_for(path) if rule.categories} for path in program.paths()}
    assert own == {"enterprise": {"enterprise-conditions"}, "college": {"college-conditions"}}


def test_G03_six_months_a_year(program):
    assert rule(program, "months-in-studio").at_least == 6


def test_G04_a_team_of_three_to_fifteen(program):
    assert (rule(program, "team").at_least, rule(program, "team").at_most) == (3, 15)


def test_G05_any_of_three_levels(program):
    qualification = rule(program, "qualification")
    assert qualification.need == 1
    assert [rule(program, member).at_least for member in qualification.of] == ["技师", "副高级", "区县级"]


def test_G06_how_many_of_five_is_a_ruling(program):
    assert (len(rule(program, "achievements").of), rule(program, "achievements").need) == (5, 1)
    assert rule(decide(program, {"conditions-needed": 3}), "achievements").need == 3


def test_G07_municipal_units_bypass_the_department(program):
    chains = {
        route: [tier.id for _, tier in program.tiers() if tier.concerns("enterprise", route)]
        for route in ("organization", "municipal-direct")
    }
    assert chains == {"organization": ["unit", "department", "bureau"], "municipal-direct": ["unit", "bureau"]}


def test_G08_G20_one_per_unit_and_a_branch_is_a_unit(program):
    (quota,) = program.quotas
    assert (quota.per, quota.limit, quota.branches_apart) == ("unit", 1, True)


@pytest.mark.parametrize(("material_id", "characters"), [("deeds", (1500, 2000)), ("form-achievements", (None, 300))])
def test_G12_G16_lengths_of_texts(program, material_id, characters):
    assert material(program, material_id).characters() == characters


def test_G10_G11_G13_G14_G15_what_must_be_handed_in(program):
    materials = program.materials_for(Path("enterprise", "organization"))
    both, all_three, scanned = ("paper", "electronic"), ("paper", "electronic", "scan"), ("paper", "scan")
    assert {material.id: material.media for material in materials} == {
        "application-form": all_three,
        "summary-form": all_three,
        "form-achievements": ("electronic",),
        "deeds": all_three,
        "report": all_three,
        "identity-card": scanned,
        "qualification": scanned,
        "education": scanned,
        "work-photos": both,
        "evidence": scanned,
    }


def test_G17_copies_bear_the_phrase_a_signature_and_a_seal(program):
    copy = material(program, "identity-card")
    assert (copy.attestation, copy.marks) == ("此件与原件相符", (Mark.HANDLER_SIGNATURE, Mark.SEAL))


def test_G18_fraud_disqualifies(program):
    assert [ground.id for ground in program.disqualifications] == ["fraud"]


def test_G19_an_expert_leads_one_studio(program):
    assert rule(program, "one-studio").bars == "leads-another-studio"


def test_G20_two_years_at_the_branch_are_asked_of_branches_only(program):
    years = rule(program, "years-at-branch")
    assert (years.at_least, years.traits) == (2, ("branch",))


def test_G21_G22_a_subsidy_once_unless_a_higher_one_was_received(program):
    subsidy = program.benefits[0]
    assert (subsidy.at_most_yuan, subsidy.every, subsidy.barred_by) == (50_000, "once", "subsidized")


def test_G23_G24_assessed_every_two_years_in_two_grades_with_time_to_make_good(program):
    tenure = program.tenure
    assert isinstance(tenure, Tenure)
    assert (tenure.years, tenure.assessed_every_years, tenure.grades) == (None, 2, ("合格", "不合格"))
    assert decide(program, {"rectification": 90}).tenure.rectification.days == 90


def test_G25_precedence_on_naming_and_after_a_pass(program):
    assert [benefit.after for benefit in program.benefits if benefit.kind == "precedence"] == [
        "award",
        "passed-assessment",
    ]


def test_G26_the_missing_publicity_is_held_unless_ruled_otherwise(program):
    publicity = program.stage("publicity")
    assert isinstance(publicity, Publicity)
    assert publicity in program.held_stages
    without = decide(program, {"publicity-left-out": True})
    assert "publicity" not in {stage.id for stage in without.held_stages}


def test_G26_the_missing_expert_review_is_left_out_unless_ruled_otherwise(program):
    assert "review" not in {stage.id for stage in program.held_stages}
    reviewed = decide(program, {"review-left-out": "否"})
    assert [stage.id for stage in reviewed.held_stages][1:4] == ["screening", "review", "decision"]


def test_G27_issued_on_26_july_2023(program):
    assert program.issued == date(2023, 7, 26)
