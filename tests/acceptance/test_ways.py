"""The way of a nomination, notice by notice: chains, intakes, cuts, publicity, document and term, at work."""

from datetime import date, datetime, timedelta

import pytest

from deadlines import SHANGHAI
from operations.nominate import nominate
from operations.objections import Outcome, lodge, settle
from operations.results import Denied, Moved
from operations.sweep import sweep
from programs import date_program
from states import Move
from tests.conftest import on
from tests.databases import SQLITE
from tests.operations.office import CRAFTSMAN_2017, TECHNICIAN, Office, said, why

#: What is asked here is the same on every database; others race on both.
pytestmark = on(SQLITE)

MINUTE = timedelta(minutes=1)


@pytest.fixture
def technician(office_of, shipped) -> Office:
    return office_of(TECHNICIAN, program=date_program(shipped(TECHNICIAN), date(2021, 6, 28)))


@pytest.fixture
def of_2017(office_of) -> Office:
    return office_of(CRAFTSMAN_2017)


def chain(office: Office, **draft: object) -> list[tuple[str, str]]:
    """Each place of the recommendation, in order, with who must act there."""
    number = office.nominate(**draft)
    met: list[tuple[str, str]] = []
    while (row := office.row(number)).stage.startswith("recommendation."):
        met.append((row.stage.partition(".")[2], row.holder))
        office.step(number, row.stage)
    return met


def closing(office: Office, **draft: object) -> tuple[datetime, datetime]:
    """When the last minute is in which something can be handed in, and the first instant too late."""
    number = office.nominate(**draft)
    due = office.row(number).due_at
    return due - MINUTE, due


# ── 巴渝特级技师 ──────────────────────────────────────────────────────────────────────────────────


def test_T06_intake_is_planned_against_the_targets_and_a_target_refuses_nobody(technician):
    seats = {seats.id: (seats.count, seats.kind) for seats in technician.program.seats}
    assert seats == {"skilled": (60, "target"), "professional": (25, "target"), "heritage": (15, "target")}
    numbers = [technician.nominate("decision", category="heritage") for _ in range(16)]
    done = technician.decide("decision", dict.fromkeys(numbers, "heritage"))
    assert (len(done.moved), done.denied) == (16, ())


def test_T10_employer_first_then_the_local_bureau(technician):
    met = chain(technician, category="skilled", unit="长江厂", nominator="渝中区人力社保局")
    assert met[:2] == [("unit", "长江厂"), ("district", "渝中区人力社保局")]


def test_T11_for_heritage_the_second_is_the_culture_commission(technician):
    met = chain(technician, category="heritage", nominator="市文化旅游委", nominator_kind="culture")
    assert [tier for tier, _ in met] == ["unit", "culture", "centre"]


def test_T18_publicity_lasts_five_working_days(technician):
    number = technician.nominate("publicity", category="skilled")
    technician.now = datetime(2021, 9, 15, 10, tzinfo=SHANGHAI)
    published = technician.publicize().published
    # 18 September 2021 was worked, 19 to 21 September were not.
    assert (published.first_day, published.last_day) == (date(2021, 9, 16), date(2021, 9, 23))
    assert technician.row(number).due_at == datetime(2021, 9, 24, tzinfo=SHANGHAI)


def test_T19_recognized_after_the_publicity_without_an_open_objection_only(technician):
    number = technician.nominate("publicity.running", category="skilled")
    assert isinstance(technician.issue(), Denied)
    objection = lodge(technician.desk, number, "某单位", "反映问题", technician.act())
    technician.now = technician.row(number).due_at or technician.now + timedelta(days=30)
    sweep(technician.desk, technician.now)
    assert technician.row(number).stage == "publicity.objected"
    settle(technician.desk, objection, Outcome.DISMISSED, "不属实", technician.act())
    sweep(technician.desk, technician.now + timedelta(days=30))
    assert technician.row(number).stage == "issuance"


# ── 最美巴渝工匠 2022 ─────────────────────────────────────────────────────────────────────────────


def test_Z01_ten_and_ten_and_nobody_twice(craftsman):
    numbers = [craftsman.nominate("decision", nominator=f"第{place // 6}区") for place in range(21)]
    grades = ["craftsman"] * 10 + ["runner-up"] * 10
    refused = craftsman.decide("decision", dict(zip(numbers, [*grades, "craftsman"], strict=True)))
    assert [why(one) for one in refused.denied] == [[("seat-free", "三")]]
    done = craftsman.decide("decision", dict(zip(numbers, grades, strict=False)))
    assert [one.move for one in done.moved].count(Move.CHOOSE) == 20


def test_Z07_Z08_six_from_a_district_and_three_from_a_department(craftsman):
    for kind, most in (("district", 6), ("department", 3)):
        body = {"nominator": f"某{kind}", "nominator_kind": kind}
        for _ in range(most):
            craftsman.nominate("recommendation.office", **body)
        refused = craftsman.move(craftsman.nominate("recommendation.recommender", **body), Move.ENDORSE)
        assert why(refused) == [("quota-free", "七、（一）")]


def test_Z09_unit_of_the_centre_uses_its_district_s_quota(craftsman):
    for _ in range(6):
        craftsman.nominate("recommendation.office", nominator="渝中区")
    central = {"nominator": "某央企", "nominator_kind": "central-unit", "host": "渝中区"}
    refused = craftsman.move(craftsman.nominate("recommendation.recommender", **central), Move.ENDORSE)
    assert why(refused) == [("quota-free", "七、（一）")]


@pytest.mark.parametrize("zone", ["两江新区", "重庆高新区", "万盛经开区"])
def test_Z10_zone_counts_as_a_district(craftsman, zone):
    assert craftsman.row(craftsman.nominate(nominator=zone, nominator_kind=None)).nominator_kind == "district"


def test_Z11_nothing_is_taken_in_after_30_june(craftsman):
    last, late = closing(craftsman)
    assert late == datetime(2022, 7, 1, tzinfo=SHANGHAI)
    craftsman.now = last
    assert not isinstance(nominate(craftsman.desk, craftsman.id, craftsman.draft(), craftsman.act()), Denied)
    craftsman.now = late
    refused = nominate(craftsman.desk, craftsman.id, craftsman.draft(), craftsman.act())
    assert why(refused) == [("in-time", "七、（一）")]
    assert said(refused) == ["申报已于 2022年6月30日 24:00 截止"]


def test_Z19_unit_then_recommender_then_the_joint_office(craftsman):
    assert [tier for tier, _ in chain(craftsman)] == ["unit", "recommender", "office"]


@pytest.mark.parametrize(("stage", "keep"), [("screening", 50), ("vote", 30)])
def test_Z21_Z23_no_more_go_on_than_the_notice_keeps(craftsman, stage, keep):
    limits = {one.id: one.keep for one in craftsman.program.held_stages if getattr(one, "keep", None)}
    assert limits[stage] == keep


def test_Z24_panel_chooses_ten_and_ten_of_thirty(craftsman):
    numbers = [craftsman.nominate("decision", nominator=f"第{place // 6}区") for place in range(30)]
    grades = dict(zip(numbers, ["craftsman"] * 10 + ["runner-up"] * 10, strict=False))
    done = craftsman.decide("decision", grades)
    assert [one.move for one in done.moved].count(Move.ELIMINATE) == 10


# ── 梁平区技能大师工作室 ──────────────────────────────────────────────────────────────────────────


def test_G01_one_studio_is_named(studio):
    first, second = (studio.nominate("decision", unit=f"第{place}梁平厂") for place in range(2))
    assert isinstance(studio.move(first, Move.CHOOSE, grade="studio"), Moved)
    assert why(studio.move(second, Move.CHOOSE, grade="studio")) == [("seat-free", "一、（一）")]


@pytest.mark.parametrize(
    ("route", "kind", "tiers"),
    [
        ("organization", "department", ["unit", "department", "bureau"]),
        ("municipal-direct", "municipal-unit", ["unit", "bureau"]),
    ],
)
def test_G07_municipal_units_pass_by_the_department(studio, route, kind, tiers):
    met = chain(studio, route=route, nominator=f"某{kind}", nominator_kind=kind)
    assert [tier for tier, _ in met] == tiers


def test_G08_unit_applies_with_one(studio):
    studio.nominate("recommendation.bureau", unit="梁平厂")
    refused = studio.move(studio.nominate("recommendation.department", unit="梁平厂"), Move.ENDORSE)
    assert why(refused) == [("quota-free", "三、（一）；三、（三）")]


def test_G09_intake_closes_at_18_on_31_august(studio):
    last, late = closing(studio)
    assert late == datetime(2023, 8, 31, 18, tzinfo=SHANGHAI)
    waiting = [studio.nominate("recommendation.department", unit=f"第{place}梁平厂") for place in range(2)]
    studio.now = last
    assert isinstance(studio.move(waiting[0], Move.ENDORSE), Moved)
    studio.now = late
    assert why(studio.move(waiting[1], Move.ENDORSE)) == [("in-time", "三、（一）")]


def test_G18_fraud_ends_a_nomination_wherever_it_stands(studio):
    for stage in ("recommendation.unit", "screening", "publicity"):
        number = studio.nominate(stage, unit=f"{stage}厂")
        assert isinstance(studio.move(number, Move.DISQUALIFY, "弄虚作假"), Moved)
        assert studio.row(number).stage == "disqualified"


# ── 巴渝工匠 2017 ─────────────────────────────────────────────────────────────────────────────────


def test_J02_city_takes_in_until_the_end_of_30_april_though_it_is_a_holiday(of_2017):
    """J03: it was a Sunday within the May Day holiday, and does not move."""
    closes = of_2017.running().closes["recommendation.city"]
    assert closes == datetime(2017, 5, 1, tzinfo=SHANGHAI)


@pytest.mark.parametrize(
    ("route", "tiers"),
    [
        ("organization", ["unit", "district", "city"]),
        ("public", ["applicant", "city"]),
        ("self", ["applicant", "city"]),
    ],
)
def test_J04_three_channels(of_2017, route, tiers):
    nominator_kind = "district" if route == "organization" else None
    assert [tier for tier, _ in chain(of_2017, route=route, nominator_kind=nominator_kind)] == tiers


def test_J13_J16_J17_coverage_before_the_vote_and_publicity_before_the_last_decision(of_2017):
    number = of_2017.nominate("issuance")
    met = [event["to"] for event in of_2017.events(number) if event["kind"] == "nomination.moved"]
    order = [met.index(stage) for stage in ("coverage", "vote", "review", "publicity.running", "final-decision")]
    assert order == sorted(order)


def test_J18_ten_are_chosen(of_2017):
    numbers = [of_2017.nominate("choosing", nominator=f"第{place}区") for place in range(11)]
    for number in numbers[:10]:
        assert isinstance(of_2017.move(number, Move.CHOOSE, grade="craftsman"), Moved)
    assert [gate for gate, _ in why(of_2017.move(numbers[10], Move.CHOOSE, grade="craftsman"))] == ["seat-free"]


# ── 泸州市首席技师 ────────────────────────────────────────────────────────────────────────────────


def test_S01_ten_are_chosen(luzhou):
    numbers = [luzhou.nominate("decision") for _ in range(11)]
    refused = luzhou.decide("decision", dict.fromkeys(numbers, "chief-technician"))
    assert [why(one) for one in refused.denied] == [[("seat-free", "一、（二）")]]


def test_S11_intake_closes_with_30_july(luzhou):
    assert closing(luzhou)[1] == datetime(2019, 7, 31, tzinfo=SHANGHAI)


@pytest.mark.parametrize("reported", [["materials"], ["site-visit"], ["materials", "site-visit"]])
def test_S26_both_evaluations_are_needed(luzhou, reported):
    number = luzhou.nominate("review")
    for track in reported:
        luzhou.report(number, track)
    luzhou.rank()
    assert isinstance(luzhou.move(number, Move.ADVANCE), Moved) is (len(reported) == 2)


def test_S29_publicity_of_five_working_days_at_the_bureau_s_site(luzhou):
    luzhou.nominate("publicity")
    luzhou.now = datetime(2019, 9, 27, 10, tzinfo=SHANGHAI)
    published = luzhou.publicize().published
    # 29 September 2019, a Sunday, was worked; 1 to 7 October were not.
    assert (published.first_day, published.last_day) == (date(2019, 9, 29), date(2019, 10, 10))


def test_S30_document_after_the_publicity_with_a_number(luzhou):
    number = luzhou.nominate("publicity.running")
    assert why(luzhou.issue()) == [("somebody-waits", None)]
    luzhou.bring(number, "issuance")
    assert why(luzhou.issue("没有字号")) == [("document-numbered", None)]
    assert not isinstance(luzhou.issue("泸市人社发〔2019〕101号"), Denied)


def test_S31_term_of_three_years_ends_by_itself(luzhou):
    number = luzhou.nominate("tenure")
    begun, due = luzhou.now, luzhou.row(number).due_at
    assert (due.year, due.month, due.day) == (begun.year + 3, begun.month, begun.day)
    sweep(luzhou.desk, due)
    assert luzhou.row(number).stage == "completed"
