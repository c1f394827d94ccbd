"""The second factor: set up by a code, asked for after the password, never twice the same, and gone with the phone."""

from base64 import b32decode
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import datetime, timedelta
from threading import Barrier

import pytest
from argon2 import PasswordHasher
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP
from sqlalchemy import select

from deadlines import SHANGHAI
from operations.actors import MACHINE, Actor, Role
from operations.acts import Act
from operations.attempts import FREE_FROM_ANYWHERE, FREE_TRIES
from operations.desk import Desk
from operations.keys import rotate_key
from operations.people import add_person
from operations.results import Denied, UnknownError
from operations.second_factor import (
    RECOVERY_CODES,
    Enrolled,
    begin_enrolment,
    confirm_enrolment,
    factor_of,
    must_enrol,
    pass_second,
    pending_enrolment,
    remove_own,
    remove_second_factor,
)
from operations.session_begins import SignedIn
from operations.sessions import Session, change_password, list_sessions, session_of, sign_in
from operations.settings import Settings, open_desk
from store import INSTALLATION, Store, events_of
from store import tables as t
from tests.conftest import on
from tests.databases import KINDS, SQLITE
from tests.operations.office import said, why

PASSWORD = "correct horse 甲"  # noqa: S105 - nobody has it
NOW = datetime(2026, 3, 2, 9, tzinfo=SHANGHAI)
BY = Act(Actor("王管理"), NOW)
LOST = BY.because("手机丢失")
STEP = timedelta(seconds=30)
WRONG = ["验证码不对，或已经用过"]

pytestmark = on(SQLITE)


@pytest.fixture
def desk(desk, monkeypatch):
    quick = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    monkeypatch.setattr("operations.passwords._hasher", lambda: quick)
    assert add_person(desk, "王管理", Role.ADMINISTRATOR, None, Act(MACHINE, NOW), password=PASSWORD) is None
    assert add_person(desk, "李经办", Role.OPERATOR, "江阳区", BY, password=PASSWORD) is None
    return desk


def signed_in(desk, at: datetime = NOW, name: str = "李经办") -> Session:
    done = sign_in(desk, name, PASSWORD, at, address="10.0.0.8")
    assert isinstance(done, SignedIn), done
    found = session_of(desk, done.token, at)
    assert found
    assert found.awaits_code == done.awaits_code
    return found


def code(secret: str, at: datetime) -> str:
    return TOTP(b32decode(secret), 6, SHA1(), 30).generate(int(at.timestamp())).decode()  # noqa: S303 - as apps do


def enrolled(desk) -> tuple[str, list[str]]:
    """Set a second factor up; returns its secret, and the codes for the paper."""
    session = signed_in(desk)
    begun = begin_enrolment(desk, session, NOW, password=PASSWORD)
    assert pending_enrolment(desk, session) == begun
    done = confirm_enrolment(desk, session, code(begun.secret, NOW), NOW)
    assert isinstance(done, Enrolled)
    return begun.secret, done.codes


def kinds(desk) -> list[str]:
    with desk.store.read() as connection:
        return [one["kind"] for one in events_of(connection, INSTALLATION) if one["kind"].startswith("second")]


def test_factor_is_begun_by_who_knows_the_password(desk):
    session = signed_in(desk)
    assert said(begin_enrolment(desk, session, NOW, password=PASSWORD[1:])) == ["现在的密码不对"]
    assert pending_enrolment(desk, session) is None


def test_factor_counts_once_it_was_confirmed_and_other_sessions_end(desk):
    other, session = signed_in(desk), signed_in(desk)
    begun = begin_enrolment(desk, session, NOW, password=PASSWORD)
    assert (
        begun.address
        == f"otpauth://totp/Linxuan:%E6%9D%8E%E7%BB%8F%E5%8A%9E?digits=6&secret={begun.secret}&algorithm=SHA1&issuer=Linxuan&period=30"
    )
    assert not signed_in(desk).awaits_code
    assert factor_of(desk, "李经办") is None
    assert said(confirm_enrolment(desk, session, code(begun.secret, NOW + 9 * STEP), NOW)) == WRONG
    done = confirm_enrolment(desk, session, code(begun.secret, NOW), NOW)
    assert isinstance(done, Enrolled)
    codes = done.codes
    assert len(set(codes)) == factor_of(desk, "李经办").left == RECOVERY_CODES
    assert pending_enrolment(desk, session) is None
    assert why(begin_enrolment(desk, session, NOW, password=PASSWORD)) == [("second-factor", None)]
    with desk.store.read() as connection:
        of = t.session.c
        ended = dict(connection.execute(select(of.id, of.ended_at)).tuples().all())
        kept = connection.execute(select(t.second_factor.c.secret)).scalar_one()
        papers = connection.execute(select(t.recovery_code.c.code)).scalars().all()
    assert (ended[other.id], ended[session.id]) == (NOW, None)
    # Neither is to be read in the database.
    assert begun.secret.encode() not in kept
    assert not set(papers) & set(codes)
    assert kinds(desk) == ["second-factor.enrolled"]


def test_session_waits_for_a_code_that_is_taken_once(desk):
    secret, _ = enrolled(desk)
    session = signed_in(desk)
    assert session.awaits_code
    # That of the enrolment was used.
    assert said(pass_second(desk, session, code(secret, NOW), NOW)) == WRONG
    later = NOW + 2 * STEP
    assert said(pass_second(desk, session, code(secret, later + 2 * STEP), later)) == WRONG
    assert isinstance(pass_second(desk, session, code(secret, later - STEP), later), str)
    again = signed_in(desk, later)
    assert said(pass_second(desk, again, code(secret, later - STEP), later)) == WRONG
    assert isinstance(pass_second(desk, again, f" {code(secret, later)[:3]} {code(secret, later)[3:]}", later), str)
    assert kinds(desk) == ["second-factor.enrolled", *["second-factor.failed"] * 3]


def test_code_on_paper_stands_in_once_however_it_is_typed(desk):
    _, codes = enrolled(desk)
    assert isinstance(pass_second(desk, signed_in(desk), codes[0].upper().replace("-", " "), NOW), str)
    assert factor_of(desk, "李经办").left == RECOVERY_CODES - 1
    assert said(pass_second(desk, signed_in(desk), codes[0], NOW)) == WRONG
    assert "second-factor.paper-used" in kinds(desk)


def test_codes_are_guessed_no_faster_than_passwords(desk):
    secret, _ = enrolled(desk)
    session = signed_in(desk)
    tried = [said(pass_second(desk, session, "12345x", NOW))[0] for _ in range(FREE_TRIES + 1)]
    assert tried == WRONG * FREE_TRIES + ["密码错误次数过多"]
    assert said(pass_second(desk, session, code(secret, NOW + STEP), NOW)) == ["密码错误次数过多"]
    assert said(sign_in(desk, "李经办", PASSWORD, NOW, address="10.0.0.8")) == ["密码错误次数过多"]


def test_password_typed_between_codes_makes_up_for_none_of_them(desk):
    secret, _ = enrolled(desk)
    for _ in range(FREE_TRIES):
        assert said(pass_second(desk, signed_in(desk), "12345x", NOW)) == WRONG
    assert said(sign_in(desk, "李经办", PASSWORD, NOW, address="10.0.0.8")) == ["密码错误次数过多"]
    # Each further guess costs a wait that doubles; the right password itself costs nothing.
    at = NOW
    for wait in (1, 2, 4):
        at += timedelta(minutes=wait)
        session = signed_in(desk, at)
        assert said(pass_second(desk, session, "12345x", at)) == WRONG
        assert said(pass_second(desk, session, code(secret, at), at)) == ["密码错误次数过多"]
    at += timedelta(minutes=8)
    assert isinstance(pass_second(desk, signed_in(desk, at), code(secret, at), at), str)
    for _ in range(FREE_TRIES - 1):
        assert said(pass_second(desk, signed_in(desk, at), "12345x", at)) == WRONG


def test_address_is_its_owner_s_only_once_a_code_was_right_there(desk):
    secret, _ = enrolled(desk)
    for place in range(FREE_FROM_ANYWHERE):
        done = sign_in(desk, "李经办", PASSWORD, NOW, address=f"198.51.100.{place}")
        assert said(pass_second(desk, session_of(desk, done.token, NOW), "12345x", NOW)) == WRONG
    # Those who have the password alone share one bound, also where they signed in before; its owner does not wait.
    told = sign_in(desk, "李经办", PASSWORD, NOW, address="198.51.100.0")
    assert said(told) == ["密码错误次数过多"]
    later = NOW + 2 * STEP
    assert isinstance(pass_second(desk, signed_in(desk, later), code(secret, later), later), str)


def test_own_password_changed_between_codes_makes_up_for_none_of_them(desk):
    _, codes = enrolled(desk)
    session = signed_in(desk)
    assert isinstance(pass_second(desk, session, codes[0], NOW), str)
    for _ in range(FREE_TRIES - 1):
        assert said(remove_own(desk, session, "12345x", NOW)) == WRONG
    assert change_password(desk, session, PASSWORD, PASSWORD, NOW) is None
    assert said(remove_own(desk, session, "12345x", NOW)) == WRONG
    assert said(remove_own(desk, session, codes[1], NOW)) == ["密码错误次数过多"]


def test_factor_is_removed_by_its_own_code_or_by_who_manages_its_owner(desk):
    _, codes = enrolled(desk)
    session = signed_in(desk)
    assert said(remove_own(desk, session, "nonsense", NOW)) == WRONG
    assert kinds(desk)[-1] == "second-factor.failed"
    assert remove_own(desk, session, codes[0], NOW) is None
    assert (factor_of(desk, "李经办"), signed_in(desk).awaits_code) == (None, False)
    enrolled(desk)
    other = Act(Actor("李经办", Role.OPERATOR, "江阳区"), NOW)
    assert [gate for gate, _ in why(remove_second_factor(desk, "李经办", other))] == ["authority"]
    assert [gate for gate, _ in why(remove_second_factor(desk, "李经办", BY))] == ["reason-stated"]
    assert remove_second_factor(desk, "李经办", LOST) is None
    assert factor_of(desk, "李经办") is None
    for name in ("李经办", "王管理"):
        with pytest.raises(UnknownError, match="no second factor"):
            remove_second_factor(desk, name, BY)
    assert kinds(desk)[-1] == "second-factor.removed"
    with desk.store.read() as connection:
        assert next(events_of(connection, INSTALLATION, newest_first=True))["reason"] == "手机丢失"


def test_factor_is_needed_in_some_roles_alone(desk):
    session = signed_in(desk)
    assert must_enrol(session, {Role.OPERATOR})
    assert not must_enrol(session, {Role.ADMINISTRATOR, Role.EXPERT})
    assert not must_enrol(session, ())
    enrolled(desk)
    assert not must_enrol(signed_in(desk), {Role.OPERATOR})


def test_session_that_waits_for_a_code_is_not_listed(desk):
    secret, _ = enrolled(desk)
    later = NOW + 2 * STEP
    session = signed_in(desk, later)
    listed = [one.id for one in list_sessions(desk, later, name="李经办")]
    assert session.id not in listed
    assert isinstance(pass_second(desk, session, code(secret, later), later), str)
    assert sorted(one.id for one in list_sessions(desk, later, name="李经办")) == sorted([*listed, session.id])


@on(*KINDS)
def test_second_factor_begun_at_several_places_at_once_is_the_last_one(desk, calendar, vault):
    """Each has a store of their own, as processes have them."""
    session, together = signed_in(desk), Barrier(4)

    def begin(_turn: int):
        with closing(Store(desk.store.url)) as store:
            own = Desk(store, calendar, vault)
            pending_enrolment(own, session)
            together.wait()
            return begin_enrolment(own, session, NOW, password=PASSWORD)

    with ThreadPoolExecutor(4) as pool:
        begun = list(pool.map(begin, range(4)))
    assert pending_enrolment(desk, session) in begun


def test_nothing_is_confirmed_that_was_not_begun(desk):
    assert isinstance(confirm_enrolment(desk, signed_in(desk), "123456", NOW), Denied)
    assert said(pass_second(desk, signed_in(desk), "123456", NOW)) == WRONG


def test_secret_is_sealed_anew_with_everything_else(new_database, tmp_path, monkeypatch):
    quick = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    monkeypatch.setattr("operations.passwords._hasher", lambda: quick)
    settings = Settings(database=new_database(), data=tmp_path, key_file=tmp_path / "linxuan.key")
    desk = open_desk(settings)
    assert add_person(desk, "王管理", Role.ADMINISTRATOR, None, Act(MACHINE, NOW), password=PASSWORD) is None
    begun = begin_enrolment(desk, signed_in(desk, name="王管理"), NOW, password=PASSWORD)
    assert rotate_key(desk, settings, BY).values == 1
    assert pending_enrolment(desk, signed_in(desk, name="王管理")) == begun
    desk.store.close()
