"""“最美巴渝工匠”2022: the rows of the checklist that the program file carries."""

import pytest

from programs import Path, decide, load_program
from programs.materials import Mark
from programs.stages import Issuance, Publicity, Screening, Ties, Vote

ONLY_PATH = Path(None, "organization")


@pytest.fixture(scope="module")
def program():
    return load_program("bayu-craftsman-2022")


def rule(program, rule_id: str):
    return next(rule for rule in program.rules if rule.id == rule_id)


def material(program, material_id: str):
    return next(material for material in program.materials if material.id == material_id)


def test_Z01_ten_winners_and_ten_runners_up_are_hard_caps(program):
    assert [(seats.award, seats.count, seats.kind) for seats in program.seats_for(ONLY_PATH)] == [
        ("最美巴渝工匠", 10, "cap"),
        ("最美巴渝工匠提名", 10, "cap"),
    ]


def test_Z02_sex_education_and_seniority_never_gate(program):
    assert program.ungated.facts == ("sex", "education", "seniority")
    assert {rule.kind for rule in program.rules} == {"attestation", "combination", "level", "history"}


def test_Z03_any_one_of_three_paths_qualifies(program):
    qualification = rule(program, "qualification")
    assert qualification.need == 1
    assert [rule(program, member).at_least for member in qualification.of] == ["技师", "市级", "中级"]


def test_Z04_and_any_one_of_four_achievements(program):
    assert (len(rule(program, "one-of-four").of), rule(program, "one-of-four").need) == (4, 1)


def test_Z05_past_winners_are_barred(program):
    assert rule(program, "not-again").bars == "past-winner"


@pytest.mark.parametrize(("kind", "limit"), [("district", 6), ("department", 3)])
def test_Z07_Z08_each_nominator_has_a_quota(program, kind, limit):
    (quota,) = [quota for quota in program.quotas if quota.nominator_kind == kind]
    assert (quota.per, quota.tier, quota.limit) == ("nominator", "office", limit)


def test_Z09_central_units_use_the_quota_of_their_district(program):
    assert {kind.id: kind.attributed_to for kind in program.nominators}["central-unit"] == "district"


def test_Z10_three_zones_count_as_districts(program):
    assert program.nominators[0].includes == ("两江新区", "重庆高新区", "万盛经开区")


def test_Z11_the_hour_of_the_close_is_a_ruling(program):
    assert decide(program, {"closing-hour": "17:30"}).deadline("recommendation.office").clock == "17:30"


def test_Z12_Z13_four_documents_whose_copies_bear_the_phrase_a_signature_and_a_seal(program):
    assert "recommendation-form" in {one.id for one in program.materials_for(ONLY_PATH)}
    for copy in ("qualification", "achievements", "awards"):
        assert material(program, copy).attestation == "此件与原件相符"
        assert material(program, copy).marks == (Mark.HANDLER_SIGNATURE, Mark.SEAL)


def test_Z14_one_evidence_file_of_ten_pages_at_most(program):
    evidence = material(program, "evidence")
    assert (evidence.formats, evidence.at_most_pages) == (("PDF", "DOC", "DOCX"), 10)


def test_Z15_Z18_the_form_is_handed_in_twice_and_printed_duplex(program):
    form = material(program, "recommendation-form")
    assert (form.media, form.sheet, form.duplex) == (("paper", "electronic"), "A4", True)


def test_Z16_the_summary_has_a_thousand_characters_at_most(program):
    assert material(program, "form-summary").characters() == (None, 1000)


def test_Z17_the_deeds_have_1500_characters_at_most_unless_ruled_otherwise(program):
    assert material(program, "deeds").characters() == (1, 1500)
    exact = decide(program, {"deeds-length": 1500})
    assert material(exact, "deeds").characters() == (1500, 1500)


def test_Z19_unit_then_district_or_department_then_the_office(program):
    assert [tier.id for _, tier in program.tiers()] == ["unit", "recommender", "office"]


def test_Z21_Z22_Z23_fifty_are_listed_profiled_voted_on_and_thirty_go_on(program):
    assert [stage.id for stage in program.held_stages][1:5] == ["screening", "profiles", "vote", "review"]
    screening, vote = program.stage("screening"), program.stage("vote")
    assert isinstance(screening, Screening)
    assert isinstance(vote, Vote)
    assert (screening.keep, vote.keep) == (50, 30)


def test_Z23_ties_at_the_cut_are_a_ruling(program):
    assert program.stage("vote").ties is Ties.ADMIT
    assert decide(program, {"ties": "panel"}).stage("vote").ties is Ties.PANEL


def test_Z25_whether_there_is_a_publicity_and_for_how_long_are_rulings(program):
    decided = decide(program, {"publicity-days": 7})
    publicity = decided.stage("publicity")
    assert isinstance(publicity, Publicity)
    assert publicity.period.days == 7
    without = decide(program, {"publicity-left-out": "是"})
    assert "publicity" not in {stage.id for stage in without.held_stages}


def test_Z26_campaign_before_the_ceremony(program):
    assert [stage.id for stage in program.held_stages][-3:] == ["campaign", "issuance", "wrap-up"]


def test_Z27_certificates_and_trophies_for_both_grades(program):
    issuance = program.stage("issuance")
    assert isinstance(issuance, Issuance)
    assert issuance.honors == ("证书", "奖杯")
