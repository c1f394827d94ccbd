"""Signing in: by a right password, not while too many were wrong, and never longer than the session lasts."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest
from argon2 import PasswordHasher
from sqlalchemy import event, func, select, update

from deadlines import SHANGHAI
from operations.actors import MACHINE, Actor, Role
from operations.acts import Act
from operations.attempts import FREE_FROM_ANYWHERE, FREE_TRIES, LAST_WAIT, LAST_WAIT_ANYWHERE, place_of
from operations.held_secrets import Given, holder_of, list_held
from operations.passwords import hash_password, is_password
from operations.people import add_person, disable_person, enable_person, grant_role, revoke_role, set_password
from operations.results import Denied, UnknownError
from operations.session_begins import LONGEST, SignedIn
from operations.sessions import (
    IDLE,
    Session,
    change_password,
    choose_role,
    list_sessions,
    revoke_sessions,
    session_of,
    sign_in,
    sign_out,
)
from operations.tokens import TOKENS, give_token
from store import INSTALLATION, events_of
from store import tables as t
from tests.conftest import on
from tests.databases import SQLITE
from tests.operations.office import said, why

PASSWORD, OTHER, RESET = "correct horse 甲", "another staple 乙", "battery reset 丙"
NOW = datetime(2026, 3, 2, 9, tzinfo=SHANGHAI)
BY = Act(Actor("王管理"), NOW)
MINUTE = timedelta(minutes=1)

pytestmark = on(SQLITE)


@pytest.fixture
def desk(desk, monkeypatch):
    """A database with two people who have passwords, which are quick to compare here."""
    quick = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    monkeypatch.setattr("operations.passwords._hasher", lambda: quick)
    assert add_person(desk, "王管理", Role.ADMINISTRATOR, None, Act(MACHINE, NOW), password=PASSWORD) is None
    assert add_person(desk, "李经办", Role.OPERATOR, "江阳区", BY, password=PASSWORD) is None
    return desk


def begun(desk, name: str = "李经办", at: datetime = NOW) -> SignedIn:
    done = sign_in(desk, name, PASSWORD, at, address="10.0.0.8")
    assert isinstance(done, SignedIn), done
    return done


def held(desk, token: str, at: datetime = NOW) -> Session:
    found = session_of(desk, token, at)
    assert found
    return found


def history(desk, *kept: str) -> list[tuple[str, str | None]]:
    """What happened of these kinds, or of those that sign-in is about."""
    with desk.store.read() as connection:
        kept = kept or ("session", "sign-in")
        return [
            (event["kind"], event.get("subject"))
            for event in events_of(connection, INSTALLATION)
            if event["kind"].startswith(kept)
        ]


def test_right_password_begins_a_session_in_the_first_role(desk):
    done = begun(desk)
    found = held(desk, done.token)
    assert found.actor == Actor("李经办", Role.OPERATOR, "江阳区")
    assert (found.roles, found.address) == (((Role.OPERATOR, "江阳区"),), "10.0.0.8")
    assert found.ends_at == done.ends_at == NOW + LONGEST
    assert history(desk) == [("session.begun", "李经办")]
    assert [one.name for one in list_sessions(desk, NOW)] == ["李经办"]


def test_token_is_kept_nowhere(desk):
    token = begun(desk).token
    with desk.store.read() as connection:
        kept = connection.execute(select(t.session.c.token)).scalar_one()
        told = [str(event) for event in events_of(connection, INSTALLATION)]
    assert len(token) >= 43
    assert token not in kept
    assert not [event for event in told if token in event or kept in event]
    assert session_of(desk, kept, NOW) is None
    assert session_of(desk, "", NOW) is None


def test_nobody_and_a_wrong_password_are_told_alike_and_recorded(desk):
    wrong = sign_in(desk, "李经办", OTHER, NOW)
    unknown = sign_in(desk, "我的密码123456", OTHER, NOW)
    assert said(wrong) == said(unknown) == ["姓名或密码不对"]
    assert wrong.refusals[0].remedy.zh == "请重新输入；忘记密码的，请联系负责账号管理的管理员重设"
    # What was typed for a name may be a password, and goes nowhere.
    assert history(desk) == [("sign-in.failed", "李经办"), ("sign-in.failed", None)]


def test_waits_grow_with_failures_are_of_one_name_and_end(desk):
    now = NOW
    for name in ("李经办", "没有这人"):
        for _ in range(FREE_TRIES):
            assert said(sign_in(desk, name, OTHER, now)) == ["姓名或密码不对"]
        # Also the right one waits; and what is refused unseen is no failure.
        for _ in range(3):
            assert said(sign_in(desk, name, PASSWORD, now + MINUTE - timedelta(seconds=1))) == ["密码错误次数过多"]
    assert isinstance(sign_in(desk, "王管理", PASSWORD, now), SignedIn)
    waits = []
    for _ in range(8):
        with desk.store.read() as connection:
            until = connection.execute(select(func.max(t.sign_in_attempt.c.locked_until))).scalar_one()
        waits.append(until - now)
        now = until
        assert said(sign_in(desk, "李经办", OTHER, now)) == ["姓名或密码不对"]
    assert waits == [MINUTE * 2**step for step in range(6)] + [LAST_WAIT] * 2
    assert isinstance(sign_in(desk, "李经办", PASSWORD, now + LAST_WAIT), SignedIn)
    # A right one makes up for all that was wrong before.
    assert said(sign_in(desk, "李经办", OTHER, now + LAST_WAIT)) == ["姓名或密码不对"]
    assert isinstance(sign_in(desk, "李经办", PASSWORD, now + LAST_WAIT), SignedIn)


def fail(desk, address: str, times: int, at: datetime = NOW, name: str = "李经办") -> str:
    """Try a wrong password so often from an address; returns what was said last."""
    for _ in range(times):
        told = said(sign_in(desk, name, OTHER, at, address=address))[0]
    return told


def test_who_guesses_keeps_nobody_out_of_where_they_work(desk):
    begun(desk)
    for place in range(40):
        fail(desk, f"198.51.100.{place}", FREE_TRIES)
    assert isinstance(sign_in(desk, "李经办", PASSWORD, NOW, address="10.0.0.8"), SignedIn)
    # From where its owner never was, all wait together: for ten minutes at most.
    assert fail(desk, "203.0.113.9", 1) == "密码错误次数过多"
    at = NOW
    for _ in range(12):
        at += LAST_WAIT_ANYWHERE
        assert fail(desk, "203.0.113.9", 1, at) in ("姓名或密码不对", "密码错误次数过多")
    assert isinstance(sign_in(desk, "李经办", PASSWORD, at + LAST_WAIT, address="192.0.2.1"), SignedIn)


def test_names_bound_holds_for_many_addresses_together(desk):
    tried = [fail(desk, f"198.51.100.{place}", 1) for place in range(FREE_FROM_ANYWHERE + 3)]
    assert tried == ["姓名或密码不对"] * FREE_FROM_ANYWHERE + ["密码错误次数过多"] * 3
    assert said(sign_in(desk, "李经办", PASSWORD, NOW, address="192.0.2.1")) == ["密码错误次数过多"]
    assert isinstance(sign_in(desk, "李经办", PASSWORD, NOW + MINUTE, address="192.0.2.1"), SignedIn)
    # The right one took back no more than its own try.
    assert fail(desk, "203.0.113.9", 1, NOW + MINUTE) == "姓名或密码不对"
    assert fail(desk, "203.0.113.9", 1, NOW + MINUTE) == "密码错误次数过多"


def test_right_password_makes_up_for_its_own_address_alone(desk):
    begun(desk)
    assert fail(desk, "10.0.0.8", FREE_TRIES - 1) == "姓名或密码不对"
    assert fail(desk, "198.51.100.7", FREE_TRIES) == "姓名或密码不对"
    begun(desk)
    assert fail(desk, "10.0.0.8", FREE_TRIES - 1) == "姓名或密码不对"
    assert fail(desk, "198.51.100.7", 1) == "密码错误次数过多"


@pytest.mark.parametrize(
    ("address", "place"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("", ""),
        ("testclient", "testclient"),
    ],
)
def test_place_is_an_address_or_a_household_s_network(address, place):
    assert place_of(address) == place


def test_names_that_are_nobody_s_are_told_ever_less(desk):
    for place in range(70):
        fail(desk, f"198.51.100.{place}", 1, name=f"没有这人{place}")
    with desk.store.read() as connection:
        told = [one for one in events_of(connection, INSTALLATION) if one["kind"] == "sign-in.failed"]
    assert [one["tries"] for one in told] == [*range(1, 17), 32, 64]
    assert told[-1]["address"] == "198.51.100.63"
    assert fail(desk, "198.51.100.1", 1) == "姓名或密码不对"
    with desk.store.read() as connection:
        last = next(iter(events_of(connection, INSTALLATION, newest_first=True)))
    assert (last["kind"], last["subject"], "tries" in last) == ("sign-in.failed", "李经办", False)


def test_list_of_sessions_is_read_by_two_statements(desk):
    assert grant_role(desk, "李经办", Role.SCREENING, "泸州市", BY) is None
    for _ in range(6):
        begun(desk)
        begun(desk, "王管理")
    asked: list[str] = []
    event.listen(desk.store.engine, "before_cursor_execute", lambda *call: asked.append(call[2]))
    found = list_sessions(desk, NOW)
    assert len([one for one in asked if one.lstrip().startswith(("SELECT", "WITH"))]) == 2
    assert {(one.name, one.roles) for one in found} == {
        ("李经办", ((Role.OPERATOR, "江阳区"), (Role.SCREENING, "泸州市"))),
        ("王管理", ((Role.ADMINISTRATOR, None),)),
    }


def test_many_tries_at_once_are_as_many_failures(desk):
    with ThreadPoolExecutor(8) as pool:
        done = list(pool.map(lambda _: said(sign_in(desk, "李经办", OTHER, NOW))[0], range(12)))
    assert done.count("姓名或密码不对") == FREE_TRIES
    assert done.count("密码错误次数过多") == 12 - FREE_TRIES


def test_session_ends_when_nobody_uses_it_and_in_any_case(desk):
    token = begun(desk).token
    at = NOW
    assert session_of(desk, token, NOW + IDLE) is None
    while at + IDLE < NOW + LONGEST:
        at += IDLE - timedelta(seconds=1)
        held(desk, token, at)
    held(desk, token, NOW + LONGEST - timedelta(seconds=1))
    assert session_of(desk, token, NOW + LONGEST) is None


def test_sign_out_ends_this_session_alone(desk):
    one, other = begun(desk).token, begun(desk).token
    sign_out(desk, held(desk, one), NOW)
    assert session_of(desk, one, NOW) is None
    assert held(desk, other)
    assert history(desk) == [*[("session.begun", "李经办")] * 2, ("session.ended", "李经办")]


def test_disabled_person_is_out_at_once_and_stays_out(desk):
    token = begun(desk).token
    assert disable_person(desk, "李经办", BY) is None
    assert session_of(desk, token, NOW) is None
    assert said(sign_in(desk, "李经办", PASSWORD, NOW)) == ["姓名或密码不对"]
    assert enable_person(desk, "李经办", BY) is None
    assert session_of(desk, token, NOW) is None
    assert held(desk, begun(desk).token)


def test_disabled_person_s_tokens_are_revoked_for_good(desk):
    mine = Act(Actor("李经办", Role.OPERATOR, "江阳区"), NOW)
    given = give_token(desk, "李经办", "业务系统", timedelta(days=9), mine)
    assert isinstance(given, Given)
    assert holder_of(desk, TOKENS, given.secret, NOW) is not None
    for _ in range(2):
        assert disable_person(desk, "李经办", BY) is None
    assert enable_person(desk, "李经办", BY) is None
    assert holder_of(desk, TOKENS, given.secret, NOW) is None
    assert [one.revoked_at for one in list_held(desk, TOKENS)] == [NOW]
    assert history(desk, "person", "token")[-3:] == [
        ("person.disabled", "李经办"),
        ("token.revoked", "李经办"),
        ("person.enabled", "李经办"),
    ]


def test_person_disabled_behind_the_sessions_back_does_nothing(desk):
    token = begun(desk).token
    with desk.store.write() as transaction:
        transaction.connection.execute(update(t.person).values(disabled_at=NOW))
    assert session_of(desk, token, NOW) is None


def test_role_is_chosen_among_ones_own_and_given_up_when_it_is_taken(desk):
    assert grant_role(desk, "李经办", Role.SCREENING, "泸州市", BY) is None
    token = begun(desk).token
    assert choose_role(desk, held(desk, token), "screening@泸州市") is None
    assert held(desk, token).actor == Actor("李经办", Role.SCREENING, "泸州市")
    for foreign in ("administrator", "screening@江阳区", "screening", "supervisor", ""):
        assert said(choose_role(desk, held(desk, token), foreign)) == ["您没有这个角色"]
    assert held(desk, token).role is Role.SCREENING
    assert revoke_role(desk, "李经办", Role.SCREENING, "泸州市", BY) is None
    assert held(desk, token).actor == Actor("李经办", Role.OPERATOR, "江阳区")
    assert revoke_role(desk, "李经办", Role.OPERATOR, "江阳区", BY) is None
    assert session_of(desk, token, NOW) is None
    assert said(sign_in(desk, "李经办", PASSWORD, NOW)) == ["您还没有任何角色"]


def test_own_password_is_changed_by_who_knows_it_and_ends_other_sessions(desk):
    here, elsewhere = begun(desk).token, begun(desk).token
    assert said(change_password(desk, held(desk, here), OTHER, "一个新的密码123", NOW)) == ["现在的密码不对"]
    assert held(desk, elsewhere)
    with pytest.raises(UnknownError):
        change_password(desk, held(desk, here), PASSWORD, "short", NOW)
    assert change_password(desk, held(desk, here), PASSWORD, OTHER, NOW) is None
    assert held(desk, here)
    assert session_of(desk, elsewhere, NOW) is None
    assert said(sign_in(desk, "李经办", PASSWORD, NOW)) == ["姓名或密码不对"]
    assert isinstance(sign_in(desk, "李经办", OTHER, NOW), SignedIn)


def test_guessing_the_present_password_waits_as_signing_in_does(desk):
    session = held(desk, begun(desk).token)
    for _ in range(FREE_TRIES):
        assert said(change_password(desk, session, OTHER, OTHER, NOW)) == ["现在的密码不对"]
    assert said(change_password(desk, session, PASSWORD, OTHER, NOW)) == ["密码错误次数过多"]
    assert said(sign_in(desk, "李经办", PASSWORD, NOW, address=session.address)) == ["密码错误次数过多"]


def test_password_set_anew_by_an_administrator_ends_all_sessions(desk):
    token = begun(desk).token
    assert set_password(desk, "李经办", OTHER, BY) is None
    assert session_of(desk, token, NOW) is None


def test_password_set_anew_by_an_administrator_revokes_tokens_that_hold(desk):
    day = timedelta(days=1)
    mine = Act(Actor("李经办", Role.OPERATOR, "江阳区"), NOW)
    for lasts in (day, 9 * day):
        assert isinstance(give_token(desk, "李经办", f"{lasts.days}天", lasts, mine), Given)
    other = give_token(desk, "王管理", "本人", 9 * day, BY)
    assert isinstance(other, Given)
    later = NOW + 2 * day
    assert set_password(desk, "李经办", OTHER, Act(BY.actor, later)) is None
    revoked = {one.label: one.revoked_at for one in list_held(desk, TOKENS)}
    assert revoked == {"1天": None, "9天": later, "本人": None}
    with desk.store.read() as connection:
        told = [one for one in events_of(connection, INSTALLATION) if one["kind"] == "token.revoked"]
    assert [(one["subject"], one["label"], one["actor"]) for one in told] == [("李经办", "9天", "王管理")]


@pytest.mark.parametrize(
    ("meanwhile", "told", "left"),
    [
        (lambda desk: set_password(desk, "李经办", RESET, BY), "登录已经结束，密码没有修改", RESET),
        (lambda desk: disable_person(desk, "李经办", BY), "登录已经结束，密码没有修改", PASSWORD),
        (lambda desk: revoke_sessions(desk, "李经办", BY.because("电脑丢失")), "登录已经结束，密码没有修改", PASSWORD),
        # Behind the sessions' back, as a restored backup would.
        (lambda desk: kept_anew(desk, "李经办"), "现在的密码不对", RESET),
    ],
    ids=["reset", "disabled", "signed-out", "stored-anew"],
)
def test_password_is_not_changed_over_what_happened_while_it_was_compared(desk, monkeypatch, meanwhile, told, left):
    session = held(desk, begun(desk).token)

    def compare(kept: str | None, password: str) -> bool:
        right = is_password(kept, password)
        meanwhile(desk)
        return right

    monkeypatch.setattr("operations.sessions.is_password", compare)
    assert said(change_password(desk, session, PASSWORD, OTHER, NOW)) == [told]
    with desk.store.read() as connection:
        kept = connection.execute(select(t.person.c.password).where(t.person.c.name == "李经办")).scalar_one()
    assert [one for one in (PASSWORD, OTHER, RESET) if is_password(kept, one)] == [left]


def kept_anew(desk, name: str) -> None:
    with desk.store.write() as transaction:
        transaction.connection.execute(
            update(t.person).where(t.person.c.name == name).values(password=hash_password(RESET))
        )


def test_reset_lets_in_whoever_was_locked_out_by_others(desk):
    for _ in range(FREE_TRIES):
        sign_in(desk, "李经办", OTHER, NOW)
    assert said(sign_in(desk, "李经办", PASSWORD, NOW)) == ["密码错误次数过多"]
    assert set_password(desk, "李经办", RESET, BY) is None
    assert isinstance(sign_in(desk, "李经办", RESET, NOW), SignedIn)


def test_sessions_are_ended_by_their_owner_or_who_manages_them(desk):
    assert add_person(desk, "孙经办", Role.OPERATOR, "龙马潭区", BY) is None
    mine = Act(Actor("李经办", Role.OPERATOR, "江阳区"), NOW)
    token = begun(desk).token
    other = Act(Actor("孙经办", Role.OPERATOR, "龙马潭区"), NOW)
    refused = revoke_sessions(desk, "李经办", other)
    assert isinstance(refused, Denied)
    assert refused.refusals[0].gate == "authority"
    assert held(desk, token)
    number = held(desk, token).id
    with pytest.raises(UnknownError, match="no session"):
        revoke_sessions(desk, "王管理", BY, only=number)
    with pytest.raises(UnknownError, match="not registered"):
        revoke_sessions(desk, "没有这人", BY)
    assert revoke_sessions(desk, "李经办", mine, only=number) == 1
    assert session_of(desk, token, NOW) is None
    tokens = [begun(desk).token for _ in range(2)]
    assert [gate for gate, _ in why(revoke_sessions(desk, "李经办", BY))] == ["reason-stated"]
    assert revoke_sessions(desk, "李经办", BY.because("电脑丢失")) == 2
    assert [session_of(desk, one, NOW) for one in tokens] == [None, None]
    assert revoke_sessions(desk, "李经办", BY.because("电脑丢失")) == 0
