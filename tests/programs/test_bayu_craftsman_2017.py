"""“巴渝工匠”2017: the rows of the checklist that the program file carries."""

from datetime import date

import pytest

from programs import decide, load_program
from programs.stages import Decision, Issuance, Publicity, Vote


@pytest.fixture(scope="module")
def program():
    return load_program("bayu-craftsman-2017")


def rule(program, rule_id: str):
    return next(rule for rule in program.rules if rule.id == rule_id)


def material(program, material_id: str):
    return next(material for material in program.materials if material.id == material_id)


def test_J01_the_district_deadline_has_the_date_of_the_outer_notice(program):
    assert program.deadline("recommendation.district").issued == date(2017, 4, 5)


def test_J01_whether_the_named_day_counts_is_a_ruling(program):
    decided = decide(program, {"before-inclusive": False})
    assert not decided.deadline("recommendation.district").inclusive


def test_J04_three_channels_and_only_one_passes_the_district(program):
    assert [route.kind for route in program.routes if route.accepted] == ["organization", "public", "self"]
    chains = {path.route: [tier.id for _, tier in program.tiers() if tier.concerns(*path)] for path in program.paths()}
    assert chains == {
        "organization": ["unit", "district", "city"],
        "public": ["applicant", "city"],
        "self": ["applicant", "city"],
    }


def test_J05_J06_front_line_and_all_four_conditions(program):
    assert rule(program, "front-line").kind == "attestation"
    assert (len(rule(program, "all-four").of), rule(program, "all-four").need) == (4, None)


def test_J07_four_or_five_pictures_or_one_video_of_five_to_eight_minutes(program):
    pictures, video = material(program, "footage").forms
    assert (pictures.at_least_pieces, pictures.at_most_pieces) == (4, 5)
    assert (video.at_least_minutes, video.at_most_minutes, video.formats) == (5, 8, ("MP4",))


def test_J08_deeds_of_1500_characters_at_most(program):
    assert material(program, "deeds").characters() == (None, 1500)


def test_J09_a_seal_from_units_only(program):
    assert {tier.id for _, tier in program.tiers() if tier.seal} == {"unit"}


def test_J10_everything_comes_on_paper_and_electronically(program):
    assert {material.media for material in program.materials} == {("paper", "electronic")}


def test_J12_the_members_screen_together(program):
    assert program.stage("screening").bodies == ("市总工会", "市人力社保局", "市质监局", "重庆日报")


def test_J12_to_J17_stand_in_the_order_of_the_notice(program):
    assert [stage.id for stage in program.held_stages] == [
        "recommendation",
        "screening",
        "coverage",
        "vote",
        "review",
        "choosing",
        "publicity",
        "final-decision",
        "issuance",
        "broadcast",
    ]


def test_J14_six_platforms_and_their_weights_are_a_ruling(program):
    vote = program.stage("vote")
    assert isinstance(vote, Vote)
    assert (len(vote.platforms), vote.counting) == (6, "sum")
    assert decide(program, {"vote-weights": "equal-platforms"}).stage("vote").counting == "equal-platforms"


def test_J15_how_vote_and_review_blend_is_a_ruling(program):
    assert decide(program, {"blend": 30}).stage("review").vote_percent == 30


def test_J16_J17_those_publicized_are_confirmed_afterwards(program):
    choosing, publicity, final = (program.stage(name) for name in ("choosing", "publicity", "final-decision"))
    assert isinstance(choosing, Decision)
    assert isinstance(publicity, Publicity)
    assert isinstance(final, Decision)
    assert (choosing.confirms, final.confirms) == (False, True)
    assert decide(program, {"publicity-days": 7}).stage("publicity").period.days == 7


def test_J18_ten_medals(program):
    assert [(seats.count, seats.kind) for seats in program.seats] == [(10, "cap")]
    issuance = program.stage("issuance")
    assert isinstance(issuance, Issuance)
    assert issuance.honors == ("重庆五一劳动奖章",)


def test_J19_precedence_in_other_selections(program):
    assert [benefit.kind for benefit in program.benefits] == ["precedence"] * 3
