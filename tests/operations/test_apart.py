"""Administrators, security officers and auditors kept apart, once there is a security officer of all organizations."""

import pytest

from operations.actors import FOR_ALL, OF_PEOPLE, Actor, Role
from operations.acts import Act
from operations.chronicle import Question, chains_seen, search, verify_all
from operations.people import (
    add_person,
    disable_person,
    enable_person,
    grant_role,
    list_people,
    revoke_role,
    set_password,
)
from operations.policy import Deed, grants
from operations.results import Denied, UnknownError
from operations.second_factor import remove_second_factor
from store import INSTALLATION
from tests.conftest import on
from tests.databases import KINDS

PASSWORD = "甲乙丙丁戊己庚辛"  # noqa: S105 - nobody has it
PLACE = "江阳区人社局"


@pytest.fixture
def staffed(luzhou):
    """An administrator and a supervisor of all organizations, an administrator of one, and an operator."""
    desk, now = luzhou.desk, luzhou.now
    assert add_person(desk, "总管理", Role.ADMINISTRATOR, None, Act(Actor("总管理"), now)) is None
    by = Act(Actor("总管理"), now)
    assert add_person(desk, "总监督", Role.SUPERVISOR, None, by) is None
    assert add_person(desk, "区管理", Role.ADMINISTRATOR, PLACE, by) is None
    assert add_person(desk, "区经办", Role.OPERATOR, PLACE, by) is None
    return luzhou


def act_of(office, name: str, role: Role, place: str | None = None) -> Act:
    return Act(Actor(name, role, place), office.now, "岗位调整")


def administrator(office) -> Act:
    return act_of(office, "总管理", Role.ADMINISTRATOR)


def officer(office) -> Act:
    return act_of(office, "安全员", Role.SECURITY)


def begun(office) -> None:
    assert add_person(office.desk, "安全员", Role.SECURITY, None, administrator(office)) is None


def why(done: object) -> str | None:
    return done.refusals[0].gate if isinstance(done, Denied) else None


def roles(office) -> dict[str, list[str]]:
    return {one["name"]: [held["role"] for held in one["roles"]] for one in list_people(office.desk)}


def test_before_a_security_officer_is_registered_administrators_manage_people(staffed):
    assert grant_role(staffed.desk, "总监督", Role.ADMINISTRATOR, None, administrator(staffed)) is None
    assert set_password(staffed.desk, "总监督", PASSWORD, administrator(staffed)) is None
    assert INSTALLATION in chains(staffed, administrator(staffed))


@on(*KINDS)
def test_once_there_is_one_people_are_theirs_to_manage_and_no_administrator_s(staffed):
    begun(staffed)
    for place, name in ((None, "总管理"), (PLACE, "区管理")):
        by = act_of(staffed, name, Role.ADMINISTRATOR, place)
        tried = [
            add_person(staffed.desk, "新人", Role.OPERATOR, PLACE, by),
            grant_role(staffed.desk, "区经办", Role.SCREENING, PLACE, by),
            revoke_role(staffed.desk, "区经办", Role.OPERATOR, PLACE, by),
            set_password(staffed.desk, "区经办", PASSWORD, by),
            disable_person(staffed.desk, "区经办", by),
            remove_second_factor(staffed.desk, "区经办", by),
        ]
        assert [why(done) for done in tried] == ["authority"] * len(tried)
    by = officer(staffed)
    assert add_person(staffed.desk, "新人", Role.OPERATOR, PLACE, by) is None
    assert grant_role(staffed.desk, "新人", Role.SCREENING, PLACE, by) is None
    assert revoke_role(staffed.desk, "新人", Role.OPERATOR, PLACE, by) is None
    assert set_password(staffed.desk, "新人", PASSWORD, by) is None
    assert disable_person(staffed.desk, "新人", by) is None
    assert enable_person(staffed.desk, "新人", by) is None
    # One's own password is one's own still.
    assert set_password(staffed.desk, "总管理", PASSWORD, administrator(staffed)) is None


def chains(office, act: Act) -> list[str]:
    return [one.program.id if one.program else INSTALLATION for one in chains_seen(office.desk, act.actor, office.now)]


def test_what_happens_to_people_is_read_and_verified_by_supervisors_alone(staffed):
    begun(staffed)
    supervisor = act_of(staffed, "总监督", Role.SUPERVISOR)
    assert INSTALLATION in chains(staffed, supervisor)
    assert search(staffed.desk, Question(chain=INSTALLATION), supervisor.actor, staffed.now).plain
    assert not isinstance(verify_all(staffed.desk, supervisor.actor), Denied)
    assert INSTALLATION not in chains(staffed, administrator(staffed))
    for act in (administrator(staffed), officer(staffed)):
        with pytest.raises(UnknownError):
            search(staffed.desk, Question(chain=INSTALLATION), act.actor, staffed.now)
        with pytest.raises(UnknownError):
            verify_all(staffed.desk, act.actor)
    with pytest.raises(UnknownError):
        chains_seen(staffed.desk, officer(staffed).actor, staffed.now)


@pytest.mark.parametrize("held", [Role.ADMINISTRATOR, Role.SUPERVISOR, Role.SECURITY])
@pytest.mark.parametrize("given", OF_PEOPLE)
def test_nobody_is_two_of_the_three_and_an_officer_nothing_else(staffed, held, given):
    begun(staffed)
    name = {Role.ADMINISTRATOR: "总管理", Role.SUPERVISOR: "总监督", Role.SECURITY: "安全员"}[held]
    before, place = roles(staffed), None if given in FOR_ALL else PLACE

    done = grant_role(staffed.desk, name, given, place, officer(staffed))

    parted = given is not held and (held is Role.SECURITY or given in FOR_ALL)
    assert why(done) == ("kept-apart" if parted else None)
    assert (roles(staffed) == before) == (parted or given is held)


def test_they_are_not_begun_to_be_kept_apart_while_somebody_is_two_of_them(staffed):
    grant_role(staffed.desk, "总监督", Role.ADMINISTRATOR, PLACE, administrator(staffed))

    done = add_person(staffed.desk, "安全员", Role.SECURITY, None, administrator(staffed))

    assert why(done) == "kept-apart"
    assert "总监督" in done.refusals[0].reason.zh
    assert revoke_role(staffed.desk, "总监督", Role.ADMINISTRATOR, PLACE, administrator(staffed)) is None
    begun(staffed)


def test_the_first_officer_is_one_of_all_organizations(staffed):
    done = add_person(staffed.desk, "区安全", Role.SECURITY, PLACE, administrator(staffed))
    assert why(done) == "officer-first"
    begun(staffed)
    assert add_person(staffed.desk, "区安全", Role.SECURITY, PLACE, officer(staffed)) is None
    district = act_of(staffed, "区安全", Role.SECURITY, PLACE)
    assert set_password(staffed.desk, "区经办", PASSWORD, district) is None
    assert why(set_password(staffed.desk, "总管理", PASSWORD, district)) == "jurisdiction"


def test_the_last_officer_of_all_organizations_stays(staffed):
    begun(staffed)
    by = officer(staffed)
    assert why(revoke_role(staffed.desk, "安全员", Role.SECURITY, None, by)) == "officer-left"
    assert why(disable_person(staffed.desk, "安全员", by)) == "officer-left"
    assert add_person(staffed.desk, "安全员乙", Role.SECURITY, None, by) is None
    assert disable_person(staffed.desk, "安全员", by) is None
    assert why(disable_person(staffed.desk, "区经办", administrator(staffed))) == "authority"


def test_a_security_officer_sees_no_nomination_and_does_nothing_with_one():
    assert [deed for deed in Deed if Role.SECURITY in grants(deed)] == [Deed.MANAGE_PERSON, Deed.MANAGE_ROLE]
