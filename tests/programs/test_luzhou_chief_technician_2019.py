"""泸州市首席技师 2019: the rows of the checklist that the program file carries."""

import pytest

from programs import Path, decide, load_program
from programs.materials import Mark
from programs.stages import Issuance, Publicity, Review

ONLY_PATH = Path(None, "organization")


@pytest.fixture(scope="module")
def program():
    return load_program("luzhou-chief-technician-2019")


def rule(program, rule_id: str):
    return next(rule for rule in program.rules if rule.id == rule_id)


def material(program, material_id: str):
    return next(material for material in program.materials if material.id == material_id)


def test_S01_ten_seats(program):
    assert [(seats.count, seats.kind) for seats in program.seats] == [(10, "cap")]


def test_S02_level_and_front_line_both_stand(program):
    assert {"skill-level", "front-line"} <= {rule.id for rule in program.rules_for(ONLY_PATH)}


def test_S03_age_caps_by_sex_and_the_day_they_are_taken_is_a_ruling(program):
    age = rule(program, "age")
    assert (age.men, age.women, age.as_of) == (57, 47, "recommendation.office")
    assert rule(decide(program, {"age-as-of": "issued"}), "age").as_of == "issued"


def test_S04_any_one_of_five(program):
    assert (len(rule(program, "one-of-five").of), rule(program, "one-of-five").need) == (5, 1)


def test_S05_ranks_of_the_nominee(program):
    assert rule(program, "own-competitions").places == {
        "国家一类": 6,
        "国家二类": 3,
        "省级一类": 3,
        "省级二类": 1,
        "市级一类": 1,
    }


def test_S06_ranks_of_the_apprentices(program):
    assert rule(program, "apprentice-competitions").places == {"国家一类": 6, "国家二类": 3, "省级一类": 3}
    assert rule(program, "apprentice-competitions").achieved_by == "apprentice"


def test_S07_folk_craft_lifts_the_level_only(program):
    exemption = rule(program, "folk-craft")
    assert exemption.lifts == "skill-level"
    assert len(exemption.granted_by) == 3
    assert exemption not in program.rules_for(ONLY_PATH)


def test_S08_five_trainees_a_year(program):
    assert rule(program, "trainees").at_least == 5


def test_S09_nobody_nominates_themselves(program):
    own = program.route("self")
    assert (own.accepted, own.clause) == (False, "四、（一）")
    assert program.paths() == (ONLY_PATH,)


def test_S10_S24_opinions_of_three_and_two_points(program):
    assert {tier.id: len(tier.opinion) for _, tier in program.tiers()} == {"unit": 3, "recommender": 2, "office": 0}


def test_S11_the_hour_of_the_close_is_a_ruling(program):
    assert decide(program, {"closing-hour": "17:30"}).deadline("recommendation.office").clock == "17:30"


def test_S12_four_annexes(program):
    sheets = {one: material(program, one).sheet for one in ("application-form", "overview", "summary", "apprentices")}
    assert sheets == {"application-form": "A4", "overview": "A3", "summary": "A4", "apprentices": "A4"}
    assert material(program, "application-form").duplex
    assert material(program, "overview").at_most_pages == 1
    assert material(program, "summary").per == "nominator"


def test_S12_the_summary_is_not_asked_of_each_nominee(program):
    assert "summary" not in {one.id for one in program.materials_for(ONLY_PATH)}


def test_S13_two_texts_with_a_tolerance_that_a_ruling_sets(program):
    lengths = [material(program, one).characters() for one in ("deeds-long", "deeds-short")]
    assert lengths == [(1350, 1650), (450, 550)]
    stricter = decide(program, {"text-tolerance": 5})
    assert [material(stricter, one).characters() for one in ("deeds-long", "deeds-short")] == [(1425, 1575), (475, 525)]


def test_S14_the_deeds_are_declassified(program):
    assert all(material(program, one).declassified for one in ("deeds-long", "deeds-short"))


def test_S15_the_photo_is_a_jpeg(program):
    assert (material(program, "photo").formats, material(program, "photo").media) == (("JPEG",), ("electronic",))


def test_S16_S17_copies_bear_this_notices_own_phrase(program):
    employment = material(program, "employment")
    assert employment.attestation == "与原件一致"
    assert employment.marks == (Mark.SEAL, Mark.STRADDLE_SEAL)


def test_S18_all_but_item_five_also_come_electronically(program):
    assert [one.id for one in program.materials if "electronic" not in one.media] == ["certificates"]


def test_S19_the_archive_is_named_by_employer_and_name(program):
    assert program.archive.named_by == ("employer", "name")


def test_S21_S22_forms_agree_and_apprentices_are_colleagues(program):
    agreements = {rule.id: rule for rule in program.rules_for(ONLY_PATH) if rule.kind == "agreement"}
    assert {id_: (rule.annex, rule.clause) for id_, rule in agreements.items()} == {
        "same-facts": ("overview", "附件2填表说明"),
        "apprentices-employer": ("apprentices", "附件4备注"),
    }
    assert agreements["apprentices-employer"].same == {"employer": "unit"}


def test_S23_the_bureau_numbers_the_form(program):
    assert [tier.id for _, tier in program.tiers() if tier.assigns_number] == ["office"]


def test_S25_fraud_ends_the_nomination(program):
    assert [ground.effect for ground in program.disqualifications] == ["取消申报资格"]


def test_S26_two_evaluations_side_by_side(program):
    review = program.stage("review")
    assert isinstance(review, Review)
    assert [track.name for track in review.tracks] == ["材料评审", "实地考察"]


def test_S28_S29_S30_decision_then_publicity_then_a_document_of_two_bureaus(program):
    assert [stage.id for stage in program.held_stages][-4:] == ["decision", "publicity", "issuance", "tenure"]
    publicity, issuance = program.stage("publicity"), program.stage("issuance")
    assert isinstance(publicity, Publicity)
    assert isinstance(issuance, Issuance)
    assert (publicity.venue, publicity.period.days, publicity.period.unit) == ("市人社局官网", 5, "working")
    assert issuance.issuers == ("泸州市人力资源和社会保障局", "泸州市财政局")


def test_S31_S33_three_years_with_a_yearly_assessment_and_report(program):
    tenure = program.tenure
    assert (tenure.years, tenure.assessed_every_years, tenure.reported_every_years) == (3, 1, 1)


def test_S32_an_allowance_of_at_most_ten_thousand_a_year(program):
    allowance = program.benefits[0]
    assert (allowance.at_most_yuan, allowance.every) == (10_000, "year")


def test_S34_two_grounds_stop_the_benefits_and_keep_the_title(program):
    assert program.tenure.suspension_grounds == ("不再从事技术技能岗位工作", "调往市外")


def test_S35_five_grounds_end_it_with_the_committees_approval(program):
    tenure = program.tenure
    assert len(tenure.revocation_grounds) == 5
    assert tenure.revoked_by == "泸州市首席技师评审委员会"
    assert tenure.revocation_effects == ("取消资格", "收回证书", "停止或追回待遇")
