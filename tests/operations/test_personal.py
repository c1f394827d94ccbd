"""Personal data: sealed at rest, masked for everybody, in full for a reason that goes into the history."""

import pytest
from sqlalchemy import select

from operations.actors import Actor, Role
from operations.acts import Act
from operations.desk import Desk
from operations.nominate import Nominated, nominate
from operations.personal import PersonalKind, Told, find_by, keep_details, masked_details, normalised, reveal
from operations.results import Denied, UnknownError
from store import Vault
from store import tables as t
from tests.conftest import on
from tests.databases import KINDS, SQLITE
from tests.operations.office import Office, said, why

pytestmark = on(SQLITE)

PHONE, ACCOUNT = "13800138000", "6222021234567890128"
KEPT = {PersonalKind.PHONE: PHONE, PersonalKind.BANK_ACCOUNT: ACCOUNT}
IN_FULL = {PersonalKind.PHONE: "+86138001380" + "00", PersonalKind.BANK_ACCOUNT: ACCOUNT}


def contents_of(office: Office) -> str:
    return repr(office.contents())


@on(*KINDS)
def test_phone_and_account_are_sealed_and_stand_in_no_event(luzhou):
    draft = luzhou.draft(phone=PHONE, bank_account=ACCOUNT)
    number = nominate(luzhou.desk, luzhou.id, draft, luzhou.act()).number
    kept = contents_of(luzhou)
    assert not [value for value in (PHONE, ACCOUNT, draft.identity) if value in kept]
    assert {one.kind: one.value for one in reveal(luzhou.desk, number, luzhou.act("核对"))} == {
        PersonalKind.IDENTITY: draft.identity,
        **IN_FULL,
    }
    assert not [value for value in (PHONE, ACCOUNT, draft.identity) if value in contents_of(luzhou)]


def test_details_are_kept_once_and_the_last_ones_count(luzhou):
    number = luzhou.nominate()
    for phone in ("0830-2345678", PHONE):
        assert keep_details(luzhou.desk, number, KEPT | {PersonalKind.PHONE: phone}, luzhou.act()) is None
    told = reveal(luzhou.desk, number, luzhou.act("发放津贴"))
    assert {one.kind: one.value for one in told[1:]} == IN_FULL
    events = [(one["kind"], one["kinds"], one.get("reason")) for one in luzhou.events(number)[-3:]]
    assert events == [
        ("details.kept", ["bank-account", "phone"], None),
        ("details.kept", ["bank-account", "phone"], None),
        ("details.seen", ["identity", "phone", "bank-account"], "发放津贴"),
    ]


def test_everybody_sees_the_ends_of_them_only(luzhou):
    number = luzhou.nominate(phone=PHONE, bank_account=ACCOUNT)
    identity = luzhou.desk.vault.unseal(luzhou.row(number).identity)
    before = luzhou.events(number)
    assert masked_details(luzhou.desk, number) == [
        Told(PersonalKind.IDENTITY, f"{identity[:3]}{'*' * 13}{identity[-2:]}"),
        Told(PersonalKind.PHONE, f"+86{'*' * 9}00"),
        Told(PersonalKind.BANK_ACCOUNT, f"622{'*' * 14}28"),
    ]
    assert luzhou.events(number) == before


def test_without_the_key_nothing_of_them_is_seen(luzhou, store, calendar):
    number = luzhou.nominate(phone=PHONE)
    others = Desk(store, calendar, Vault(bytes(32)))
    assert masked_details(others, number) == [
        Told(PersonalKind.IDENTITY, "*****"),
        Told(PersonalKind.PHONE, "*****"),
    ]


def test_seeing_them_needs_a_reason(luzhou):
    number = luzhou.nominate(phone=PHONE)
    before = luzhou.contents()
    assert [gate for gate, _ in why(reveal(luzhou.desk, number, luzhou.act(" ")))] == ["reason-stated"]
    assert luzhou.contents() == before


@pytest.mark.parametrize("role", [Role.EXPERT, Role.SUPERVISOR])
def test_experts_and_supervisors_see_no_more_than_everybody(luzhou, role):
    number = luzhou.nominate(phone=PHONE)
    act = Act(Actor("某人", role, luzhou.program.office), luzhou.now, "看看")
    assert [gate for gate, _ in why(reveal(luzhou.desk, number, act))] == ["authority"]


@pytest.mark.parametrize(
    ("kind", "written"),
    [
        (PersonalKind.PHONE, "138 0013 8000"),
        (PersonalKind.PHONE, "+86 138-0013-8000"),
        (PersonalKind.BANK_ACCOUNT, "6222 0212 3456 7890 128"),
    ],
)
def test_nominations_are_found_by_them_however_they_are_written(luzhou, kind, written):
    number = luzhou.nominate(phone=PHONE, bank_account=ACCOUNT)
    luzhou.nominate(phone="13800138001")
    assert find_by(luzhou.desk, kind, written, luzhou.act()) == [number]


def test_nominations_are_found_by_the_identity_number(luzhou):
    draft = luzhou.draft()
    number = nominate(luzhou.desk, luzhou.id, draft, luzhou.act()).number
    assert find_by(luzhou.desk, PersonalKind.IDENTITY, f" {draft.identity.lower()}", luzhou.act()) == [number]
    assert find_by(luzhou.desk, PersonalKind.IDENTITY, luzhou.draft().identity, luzhou.act()) == []


@pytest.mark.parametrize(
    ("kind", "wrong", "gate"),
    [
        *((PersonalKind.PHONE, text, "phone") for text in ("", "1380013800", "2345678", "张三", "+1 555")),
        *((PersonalKind.BANK_ACCOUNT, text, "bank-account") for text in ("", "1234567", "6222021234567890129", "张三")),
    ],
)
def test_what_is_none_is_refused_and_nothing_is_kept(luzhou, kind, wrong, gate):
    number = luzhou.nominate()
    before = luzhou.contents()
    given = {"phone": wrong} if kind is PersonalKind.PHONE else {"bank_account": wrong}
    refused = nominate(luzhou.desk, luzhou.id, luzhou.draft(**given), luzhou.act())
    assert [gate for gate, _ in why(refused)] == [gate]
    assert [gate for gate, _ in why(keep_details(luzhou.desk, number, {kind: wrong}, luzhou.act()))] == [gate]
    assert luzhou.contents() == before
    assert wrong == "" or wrong not in said(refused)[0]


def test_account_of_an_enterprise_has_no_check_digit(luzhou):
    assert normalised(PersonalKind.BANK_ACCOUNT, "3100 0210 0920 0123 456") == "3100021009200123456"
    assert isinstance(nominate(luzhou.desk, luzhou.id, luzhou.draft(bank_account="31000210"), luzhou.act()), Nominated)


def test_unknown_number_is_an_error(luzhou):
    for ask in (
        lambda: reveal(luzhou.desk, "moon-1", luzhou.act("核对")),
        lambda: masked_details(luzhou.desk, "moon-1"),
        lambda: keep_details(luzhou.desk, "moon-1", KEPT, luzhou.act()),
    ):
        with pytest.raises(UnknownError):
            ask()


def test_withdrawn_nominations_keep_their_row_and_their_seal(luzhou):
    number = luzhou.nominate(phone=PHONE)
    with luzhou.desk.store.read() as connection:
        rows = connection.execute(select(t.personal.c.kind, t.personal.c.sealed)).all()
    assert [(row.kind, PHONE.encode() in row.sealed) for row in rows] == [("phone", False)]
    assert not isinstance(reveal(luzhou.desk, number, luzhou.act("核对")), Denied)
