"""Drawing up a nomination: what is refused, on which clause, and what is kept."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select
from stdnum.cn import ric

from operations.actors import MACHINE, Actor, Role
from operations.acts import Act
from operations.nominate import Nominated, is_identity_number, nominate
from operations.people import add_person
from operations.results import MisstatedError, Moved, UnknownError
from programs import Program
from states import Move
from store import tables as t
from store.types import UnfitError
from tests.conftest import on
from tests.databases import KINDS, SQLITE
from tests.operations.office import (
    CRAFTSMAN_2017,
    INTAKE,
    LUZHOU,
    STUDIO,
    TECHNICIAN,
    Office,
    not_asking_the_past,
    said,
    why,
)

pytestmark = on(SQLITE)


def attempt(office: Office, **changes):
    return nominate(office.desk, office.id, office.draft(**changes), office.act())


@on(*KINDS)
def test_nomination_is_drawn_up_at_the_entry_of_its_path_with_a_number(luzhou):
    assert attempt(luzhou) == Nominated(f"{LUZHOU}-0001", "recommendation.unit")
    assert attempt(luzhou) == Nominated(f"{LUZHOU}-0002", "recommendation.unit")


@on(*KINDS)
def test_nomination_by_oneself_begins_at_the_applicant_s_tier(office_of):
    office = office_of(CRAFTSMAN_2017)
    done = attempt(office, route="self", nominator="本人", nominator_kind=None)
    assert done.stage == "recommendation.applicant"


def test_nomination_waits_for_its_unit_until_the_intake_closes(luzhou):
    row = luzhou.row(luzhou.nominate(unit="长江厂"))
    assert (row.holder, row.due_at.isoformat(), row.version) == ("长江厂", "2019-07-31T00:00:00+08:00", 1)


def test_nomination_is_an_event_without_the_identity_number(luzhou):
    draft = luzhou.draft()
    nominate(luzhou.desk, luzhou.id, draft, luzhou.act())
    (event,) = luzhou.events(f"{LUZHOU}-0001")
    assert (event["kind"], event["to"], event["actor"]) == ("nomination.created", "recommendation.unit", "王管理")
    assert draft.identity not in str(event)


def test_identity_number_is_sealed_in_the_store_and_found_by_its_fingerprint(luzhou):
    draft = luzhou.draft()
    nominate(luzhou.desk, luzhou.id, draft, luzhou.act())
    row = luzhou.row(f"{LUZHOU}-0001")
    assert luzhou.desk.vault.unseal(row.identity) == draft.identity
    assert row.identity_hash == luzhou.desk.vault.fingerprint(draft.identity)
    kept = str(luzhou.contents())
    assert (row.nominee in kept, draft.identity in kept, draft.identity.encode().hex() in kept) == (True, False, False)


def test_file_of_sqlite_shows_no_identity_number(luzhou):
    draft = luzhou.draft()
    nominate(luzhou.desk, luzhou.id, draft, luzhou.act())
    file = Path(luzhou.desk.store.url.database)
    kept = b"".join(one.read_bytes() for one in file.parent.iterdir())
    assert (draft.nominee.encode() in kept, draft.identity.encode() in kept) == (True, False)


@pytest.mark.parametrize("field", ["nominee", "unit", "nominator"])
@pytest.mark.parametrize(
    ("value", "error"),
    [
        ("某\0人", MisstatedError),
        ("", MisstatedError),
        (" \u3000", MisstatedError),
        ("\u200b", MisstatedError),
        ("长" * 121, UnfitError),
    ],
    ids=["a NUL", "empty", "spaces", "no width", "too long"],
)
def test_name_that_is_none_is_refused_and_leaves_nothing(luzhou, field, value, error):
    before = luzhou.contents()
    with pytest.raises(error):
        attempt(luzhou, **{field: value})
    assert luzhou.contents() == before


def test_name_is_kept_without_the_spaces_around_it(luzhou):
    number = luzhou.nominate(nominee=" 王\u3000芳 ", unit="长江厂 ", nominator="\t江阳区")
    row = luzhou.row(number)
    assert (row.nominee, row.unit, row.nominator) == ("王芳", "长江厂", "江阳区")
    rare = "王\U000323af"
    assert luzhou.row(luzhou.nominate(nominee=rare)).nominee == rare


def test_organizations_of_a_nomination_become_known_with_the_nominator_s_kind(luzhou):
    luzhou.nominate(unit="长江厂", nominator="江阳区")
    with luzhou.desk.store.read() as connection:
        query = select(t.organization.c.name, t.organization.c.kind)
        known = {tuple(row) for row in connection.execute(query)}
    assert known == {("长江厂", None), ("江阳区", "district")}


def test_route_that_is_not_accepted_is_refused_with_its_clause(luzhou):
    refused = attempt(luzhou, route="self")
    assert why(refused) == [("route-accepted", "四、（一）")]
    assert said(refused) == ["不受理“个人申请”"]


@pytest.mark.parametrize(
    ("identity", "reason"),
    [
        (None, "没有身份证号码"),
        ("510000196803019961", "身份证号码校验不符"),
        ("51000019680301996", "身份证号码校验不符"),
        ("", "身份证号码校验不符"),
        ("51000019681301996X", "身份证号码校验不符"),
        ("张三", "身份证号码校验不符"),
        ("510502203005121005", "身份证号码中的出生日期 2030年5月12日 还没有到"),
    ],
)
def test_identity_number_that_cannot_be_right_is_refused(luzhou, identity, reason):
    refused = attempt(luzhou, identity=identity)
    assert (why(refused), said(refused)) == ([("identity-number", None)], [reason])


#: Districts were made, merged and renamed; who was born before keeps the number. 江阳区, 梁平县, 梁平区, 渝北区.
PLACES = ("510502", "500228", "500155", "500112")


@given(st.sampled_from(PLACES), st.dates(date(1940, 1, 1), date(2008, 12, 31)), st.integers(0, 999))
def test_identity_number_of_any_district_and_year_is_right_by_its_check_digit_alone(place, born, order):
    body = f"{place}{born:%Y%m%d}{order:03d}"
    right = ric.calc_check_digit(f"{body}0")
    digits = "0123456789X"
    assert [digit for digit in digits if is_identity_number(body + digit)] == [right]
    assert is_identity_number(f" {body}{right.lower()} ")


@pytest.mark.parametrize("province", ["00", "16", "38", "99"])
def test_identity_number_of_no_province_is_wrong(province):
    body = f"{province}010119680301996"
    assert not is_identity_number(body + ric.calc_check_digit(f"{body}0"))


def test_studio_whose_expert_is_judged_by_the_past_needs_the_identity_number(studio):
    assert why(attempt(studio, identity=None)) == [("identity-number", None)]
    assert why(attempt(studio, identity="1")) == [("identity-number", None)]


def test_studio_of_a_program_without_rules_on_the_past_needs_no_identity_number(office_of, shipped):
    studio = office_of(STUDIO, program=not_asking_the_past(shipped(STUDIO)))
    draft = studio.draft(nominee="某工作室", unit="某学校", identity=None)
    assert isinstance(nominate(studio.desk, studio.id, draft, studio.act()), Nominated)
    # Sent twice, it is still one; another unit's studio of that name is another one.
    assert why(nominate(studio.desk, studio.id, draft, studio.act())) == [("nominated-once", None)]
    assert isinstance(attempt(studio, nominee="某工作室", identity=None), Nominated)
    college = replace(draft, category="college")
    assert isinstance(nominate(studio.desk, studio.id, college, studio.act()), Nominated)
    assert why(attempt(studio, identity="1")) == [("identity-number", None)]


def test_person_is_nominated_once_however_the_number_is_written(luzhou):
    draft = luzhou.draft()
    first = luzhou.nominate(identity=draft.identity)
    refused = attempt(luzhou, identity=f" {draft.identity.lower()} ", unit="别的厂")
    assert (why(refused), said(refused)) == (
        [("nominated-once", None)],
        [f"此人已在本项目申报，编号 {first}"],
    )


def test_number_of_somebody_else_s_nomination_is_not_told(luzhou):
    draft = luzhou.draft()
    first = luzhou.nominate(identity=draft.identity)
    by = Act(Actor("王管理"), luzhou.now)
    assert add_person(luzhou.desk, "王管理", Role.ADMINISTRATOR, None, Act(MACHINE, luzhou.now)) is None
    assert add_person(luzhou.desk, "外经办", Role.OPERATOR, "外区", by) is None
    outside = Act(Actor("外经办", Role.OPERATOR, "外区"), luzhou.now)
    again = luzhou.draft(identity=draft.identity, unit="外厂", nominator="外区")
    assert said(nominate(luzhou.desk, luzhou.id, again, outside)) == ["此人已在本项目由他处申报"]
    assert said(nominate(luzhou.desk, luzhou.id, again, by)) == [f"此人已在本项目申报，编号 {first}"]


@pytest.mark.parametrize("ending", [Move.WITHDRAW, Move.REJECT])
def test_person_may_be_nominated_again_after_the_first_came_to_nothing(luzhou, ending):
    draft = luzhou.draft()
    luzhou.move(luzhou.nominate("recommendation.recommender", identity=draft.identity), ending)
    assert isinstance(attempt(luzhou, identity=draft.identity), Nominated)


def test_person_who_was_disqualified_may_not_be_nominated_again(luzhou):
    draft = luzhou.draft()
    luzhou.move(luzhou.nominate(identity=draft.identity), Move.DISQUALIFY)
    assert why(attempt(luzhou, identity=draft.identity)) == [("nominated-once", None)]


def test_person_may_be_nominated_in_two_programs(luzhou, craftsman):
    draft = luzhou.draft()
    luzhou.nominate(identity=draft.identity)
    assert isinstance(attempt(craftsman, identity=draft.identity), Nominated)


def test_nomination_is_in_time_until_the_last_moment_and_too_late_at_the_close(luzhou):
    luzhou.now = luzhou.running().closes["recommendation.office"] - timedelta(microseconds=1)
    assert isinstance(attempt(luzhou), Nominated)
    luzhou.now += timedelta(microseconds=1)
    refused = attempt(luzhou)
    assert why(refused) == [("in-time", "三、（八）")]
    assert said(refused) == ["申报已于 2019年7月30日 24:00 截止"]


def test_nomination_that_could_not_reach_the_next_intake_is_too_late_by_that_one_s_clause(office_of):
    office = office_of(CRAFTSMAN_2017)
    office.now = office.running().closes["recommendation.district"]
    assert why(attempt(office)) == [("in-time", "转发通知")]
    assert isinstance(attempt(office, route="public", nominator="某人", nominator_kind=None), Nominated)


def test_program_that_is_not_open_takes_no_nominations(desk, shipped):
    office = Office(desk, shipped(LUZHOU), INTAKE[LUZHOU])
    with pytest.raises(UnknownError, match="the database has no program"):
        attempt(office)
    office.open()
    with desk.store.write() as transaction:
        transaction.connection.execute(t.program.update().values(opened_at=None))
    assert why(attempt(office)) == [("program-opened", None)]


def test_every_reason_is_told_at_once(luzhou):
    refused = attempt(luzhou, route="self", identity=None)
    assert why(refused) == [("route-accepted", "四、（一）"), ("identity-number", None)]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"route": "moon"}, "there is no route 'moon'; use one of: organization"),
        ({"category": "moon"}, "there is no category 'moon'; use one of: skilled、professional、heritage"),
        ({"category": None}, "the category is not said; use one of: skilled、professional、heritage"),
        ({"nominator_kind": "moon"}, "there is no nominator kind 'moon'; use one of: district、culture"),
    ],
)
def test_what_the_program_does_not_know_is_an_error_that_names_what_it_knows(office_of, changes, message):
    office = office_of(TECHNICIAN)
    with pytest.raises(UnknownError) as raised:
        attempt(office, **changes)
    assert str(raised.value) == message


def test_category_for_a_program_without_categories_is_an_error(luzhou):
    with pytest.raises(UnknownError, match="there is no category 'skilled'; use one of: —"):
        attempt(luzhou, category="skilled")


def test_refused_nomination_leaves_nothing_behind(luzhou):
    before = luzhou.contents()
    attempt(luzhou, route="self", identity=None)
    assert luzhou.contents() == before


@pytest.fixture
def early(office_of, shipped) -> Office:
    """The program of Luzhou, where the units themselves take in until 20 July."""
    document = shipped(LUZHOU).model_dump()
    unit = document["stages"][0]["tiers"][0]
    unit["deadline"] = {"phrase": "7月20日前", "clause": "三、（一）"}
    return office_of(LUZHOU, program=Program.model_validate(document))


def test_nomination_after_the_first_tiers_own_intake_has_closed_is_refused_with_its_clause(early):
    early.now = datetime.fromisoformat("2019-07-20T23:59+08:00")
    number = early.nominate()
    early.now = datetime.fromisoformat("2019-07-21T00:00+08:00")
    refused = attempt(early)
    assert (why(refused), said(refused)) == ([("in-time", "三、（一）")], ["申报已于 2019年7月20日 24:00 截止"])
    assert isinstance(early.move(number, Move.SUBMIT), Moved)
