"""The key is exchanged for another: everything is sealed anew, or nothing is, and everybody at work goes on."""

import pytest
from sqlalchemy import insert, select

from notifications.kinds import ChannelKind
from operations.actors import Actor
from operations.acts import Act
from operations.addresses import add_address, routes
from operations.keys import rotate_key
from operations.nominate import nominate
from operations.personal import PersonalKind, find_by, reveal
from operations.results import Denied, UnknownError
from operations.settings import Settings, open_desk
from store import INSTALLATION, events_of
from store import tables as t
from store.vault import new_secret, read_secrets, vault_of, write_secrets
from tests.operations.office import INTAKE, LUZHOU, Office, why

PHONE = "13800138000"


@pytest.fixture
def settings(new_database, tmp_path) -> Settings:
    return Settings(database=new_database(), data=tmp_path, key_file=tmp_path / "linxuan.key")


def opened(settings: Settings, shipped) -> Office:
    office = Office(open_desk(settings), shipped(LUZHOU), INTAKE[LUZHOU])
    with office.desk.store.read() as connection:
        begun = connection.execute(select(t.program.c.id)).first()
    if begun is None:
        office.open()
    return office


@pytest.fixture
def office(settings, shipped):
    office = opened(settings, shipped)
    yield office
    office.desk.store.close()


def by(office: Office) -> Act:
    return Act(Actor("王管理"), office.now)


def told(office: Office, number: str) -> list[str]:
    return [one.value for one in reveal(office.desk, number, office.act("核对"))]


def test_everything_is_sealed_with_the_new_key_and_found_by_it(office, settings, shipped):
    draft = office.draft(phone=PHONE)
    number = nominate(office.desk, office.id, draft, office.act()).number
    row, before = office.row(number), told(office, number)
    done = rotate_key(office.desk, settings, by(office))
    after = office.row(number)
    assert (done.values, done.before != done.after) == (2, True)
    assert (row.identity != after.identity, row.identity_hash != after.identity_hash) == (True, True)
    assert told(office, number) == before
    assert find_by(office.desk, PersonalKind.PHONE, PHONE, office.act()) == [number]
    assert find_by(office.desk, PersonalKind.IDENTITY, draft.identity, office.act()) == [number]

    # Whoever was nominated before is known still.
    again = nominate(office.desk, office.id, office.draft(identity=draft.identity), office.act())
    assert [gate for gate, _ in why(again)] == ["nominated-once"]
    another = opened(settings, shipped)
    assert told(another, number) == before
    another.desk.store.close()


def test_past_of_a_person_is_known_by_the_new_key(office, settings):
    number = office.nominate("publicity")
    with office.desk.store.write() as transaction:
        past = transaction.connection.execute(select(t.past)).one()
        claim = {"key": "studio", "owner": past.owner, "past_id": past.id}
        transaction.connection.execute(insert(t.claim).values(claim))
    assert rotate_key(office.desk, settings, by(office)).values == 2
    with office.desk.store.read() as connection:
        known = connection.execute(select(t.past.c.owner, t.claim.c.owner).join_from(t.past, t.claim)).one()
    row = office.row(number)
    assert tuple(known) == (row.identity_hash, row.identity_hash)
    assert known[0] != past.owner


def test_process_that_was_at_work_takes_the_new_key(office, settings, shipped):
    other = opened(settings, shipped)
    first = other.nominate(phone=PHONE)
    rotate_key(office.desk, settings, by(office))
    second = other.nominate(phone="13800138001")
    assert [told(one, number)[1][-3:] for one in (office, other) for number in (first, second)] == ["000", "001"] * 2
    other.desk.store.close()


def test_addresses_are_read_and_told_apart_by_the_new_key(office, settings):
    office.nominate(unit="长江厂")
    number = add_address(office.desk, "长江厂", ChannelKind.SMS, PHONE, by(office))
    assert rotate_key(office.desk, settings, by(office)).values == 2
    with office.desk.store.read() as connection:
        (route,) = routes(office.desk, connection, ["长江厂"])["长江厂"]
    assert (route.value, route.shown) == (f"+86{PHONE}", "+86138****8000")
    assert add_address(office.desk, "长江厂", ChannelKind.SMS, f"+86{PHONE}", by(office)) == number


def test_rotation_is_an_event_that_tells_no_secret(office, settings):
    office.nominate()
    done = rotate_key(office.desk, settings, by(office))
    with office.desk.store.read() as connection:
        event = list(events_of(connection, INSTALLATION))[-1]
    assert (event["kind"], event["from"], event["to"], event["actor"]) == (
        "key.rotated",
        done.before,
        done.after,
        "王管理",
    )
    assert not [secret for secret in read_secrets(settings.key_path) if secret in str(event)]


def test_file_keeps_the_old_key_behind_the_new_one(office, settings):
    office.nominate()
    (old,) = read_secrets(settings.key_path)
    rotate_key(office.desk, settings, by(office))
    new, kept = read_secrets(settings.key_path)
    assert (kept, new != old, settings.key_path.stat().st_mode & 0o777) == (old, True, 0o600)


def test_rotation_that_is_killed_leaves_what_can_be_read_and_is_run_again(office, settings, shipped, monkeypatch):
    number = office.nominate(phone=PHONE)
    before = told(office, number)

    def killed(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr("operations.keys._reseal", killed)
    with pytest.raises(KeyboardInterrupt):
        rotate_key(office.desk, settings, by(office))
    monkeypatch.undo()
    left = read_secrets(settings.key_path)
    another = opened(settings, shipped)
    assert (told(another, number), len(left)) == (before, 2)
    # The key that was made is used, and no third one.
    assert rotate_key(another.desk, settings, by(another)).after == vault_of(left, None).name
    assert (told(another, number), read_secrets(settings.key_path)) == (before, left)
    another.desk.store.close()


def test_key_of_the_environment_is_exchanged_for_the_one_in_front_of_it(office, settings, shipped):
    number = office.nominate(phone=PHONE)
    before = told(office, number)
    (old,) = read_secrets(settings.key_path)
    unchanged = Settings(database=settings.database, data=settings.data, key=old)
    with pytest.raises(UnknownError, match="holds no new key"):
        rotate_key(office.desk, unchanged, by(office))
    set_so = Settings(database=settings.database, data=settings.data, key=f"{new_secret()}, {old}")
    another = opened(set_so, shipped)
    assert rotate_key(another.desk, set_so, by(another)).values == 2
    assert told(another, number) == before
    assert [secret for secret in set_so.secrets() if secret in repr(set_so)] == []
    another.desk.store.close()


def test_wrong_key_is_refused_and_nothing_is_sealed_with_it(office, settings, shipped):
    office.nominate()
    write_secrets(settings.key_path, [new_secret()])
    another = opened(settings, shipped)
    with pytest.raises(UnknownError, match="is not this database's"):
        another.nominate()
    another.desk.store.close()


def test_rotation_is_for_who_is_for_all_organizations(office, settings):
    office.nominate()
    before = read_secrets(settings.key_path)
    refused = rotate_key(office.desk, settings, office.act())
    assert isinstance(refused, Denied)
    assert read_secrets(settings.key_path) == before
