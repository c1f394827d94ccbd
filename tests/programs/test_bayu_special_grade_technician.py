"""巴渝特级技师: the rows of the checklist that the program file carries."""

from datetime import date

import pytest

from programs import Path, ProgramError, Severity, check_program, decide, load_program
from programs.stages import Issuance, Publicity

SKILLED, PROFESSIONAL, HERITAGE = "skilled", "professional", "heritage"


@pytest.fixture(scope="module")
def program():
    return load_program("bayu-special-grade-technician")


def path(category: str) -> Path:
    return Path(category, "organization")


def tiers(program, category: str) -> list[str]:
    return [tier.office for _, tier in program.tiers() if tier.concerns(*path(category))]


@pytest.mark.parametrize(("category", "count"), [(SKILLED, 60), (PROFESSIONAL, 25), (HERITAGE, 15)])
def test_T01_T02_T03_each_category_has_a_soft_target(program, category, count):
    assert [(seats.count, seats.kind) for seats in program.seats_for(path(category))] == [(count, "target")]


def test_T03_heritage_counts_from_the_municipal_level(program):
    (rule,) = [rule for rule in program.rules_for(path(HERITAGE)) if rule.kind == "level"]
    assert (rule.vocabulary, rule.at_least) == ("heritage", "市级")


def test_T04_the_scope_of_the_title_is_a_ruling(program):
    assert "scope-of-among" in {ruling.id for ruling in program.rulings}


def test_T05_any_one_of_four_and_the_basic_conditions(program):
    rules = {rule.id: rule for rule in program.rules_for(path(SKILLED))}
    assert (len(rules["one-of-four"].of), rules["one-of-four"].need) == (4, 1)
    assert "basic" in rules


def test_T07_three_offices_organize_the_three_categories(program):
    assert [category.organizer for category in program.categories] == [
        "市人力社保局职业能力建设处",
        "市人力社保局专业技术人员管理处",
        "市文化旅游委",
    ]


def test_T08_T09_T15_form_deeds_and_declaration(program):
    materials = {material.id: material for material in program.materials_for(path(SKILLED))}
    assert {"application-form", "declaration"} <= materials.keys()
    assert materials["deeds"].characters() == (1500, 2000)


def test_T10_the_employer_signs_before_the_local_bureau(program):
    assert tiers(program, SKILLED)[:2] == ["所在单位", "区县（自治县）人力社保部门"]


def test_T11_for_heritage_the_second_signature_is_the_culture_commissions(program):
    assert tiers(program, HERITAGE)[:2] == ["所在单位", "市文化旅游委"]
    assert tiers(program, HERITAGE)[2] == tiers(program, SKILLED)[2] == "市职业技能鉴定指导中心"


def test_T12_the_year_is_open_and_nothing_is_guessed(program):
    assert program.issued is None
    year = next(ruling for ruling in program.rulings if ruling.id == "year")
    assert year.decision is None
    assert year.settles == ("issued",)


def test_T12_the_ruling_on_the_year_gives_the_issue_date(program):
    assert decide(program, {"year": "2021-06-28"}).issued == date(2021, 6, 28)


def test_T12_a_ruling_that_is_no_date_is_refused(program):
    with pytest.raises(ProgramError, match="issued"):
        decide(program, {"year": "那年夏天"})


def test_T14_exactly_one_title_is_applied_for(program):
    assert next(rule for rule in program.rules if rule.id == "applied-title").exactly_one


def test_T16_one_committee_screens_and_reviews(program):
    assert program.stage("screening").office == program.stage("review").office


def test_T17_T18_T19_proposal_then_five_working_days_then_recognition(program):
    assert [stage.id for stage in program.held_stages][3:6] == ["decision", "publicity", "issuance"]
    publicity = program.stage("publicity")
    assert isinstance(publicity, Publicity)
    assert (publicity.period.days, publicity.period.unit) == (5, "working")


def test_T20_T21_a_certificate_and_a_register(program):
    issuance = program.stage("issuance")
    assert isinstance(issuance, Issuance)
    assert issuance.honors == ("“特级技师”证书",)
    assert issuance.registry == "“巴渝特级技师”人才库"


def test_T22_disclosure_is_on_application(program):
    assert program.disclosure == "依申请公开"


def test_T23_the_check_warns_of_the_number_with_seven_digits(program):
    warnings = [fault for fault in check_program(program) if fault.severity is Severity.WARNING]
    assert [fault.words.zh for fault in warnings] == ["“市职业技能鉴定指导中心”的电话是7位，疑有误"]
