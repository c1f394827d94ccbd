"""Each thing that can be wrong with an installation is told, with what to do about it."""

import os
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

import pytest
from pydantic import SecretStr
from sqlalchemy import delete, insert, literal, select, text, update

from deadlines.zone import SHANGHAI
from operations.actors import CLOCK
from operations.acts import Act
from operations.checks import Check, State
from operations.desk import Desk
from operations.doctor import examine
from operations.guarding import note_address
from operations.provider_checks import refuse_unfit_sign_in
from operations.recount import recount
from operations.results import UnknownError
from operations.settings import Settings, open_desk
from store import Store, Vault
from store import tables as t
from store.migrate import downgrade, is_empty, revisions
from store.types import Instant
from tests.conftest import SECRET, on
from tests.console.provider import CLIENT, providing
from tests.databases import POSTGRESQL, SQLITE
from tests.postgres import ADMINISTRATOR, OWNER

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=SHANGHAI)

EVERYTHING = (
    *("database", "migrations", "writable", "integrity", "calendar", "calendar-used", "chains", "standings"),
    *(
        "outbox",
        "channels",
        "deliveries",
        "sweep",
        "clock",
        "files",
        "backup",
        "key",
        "disk",
        "fonts",
        "pdf",
        "software",
    ),
)


def now() -> datetime:
    return datetime.now(UTC)


@pytest.fixture(autouse=True)
def _no_server(monkeypatch):
    monkeypatch.delenv("PREFECT_API_URL", raising=False)


@pytest.fixture
def settings(rehearsed_database, tmp_path) -> Settings:
    settings = Settings(data=tmp_path / "data", database=rehearsed_database, key_file=tmp_path / "key")
    settings.backup_folder.mkdir(parents=True)
    back_up_at(settings, NOW.replace(year=2100))
    return settings


def back_up_at(settings: Settings, made: datetime) -> None:
    """Leave a nightly backup that was made at an instant."""
    file = settings.backup_folder / "linxuan-2026-03-01.backup"
    file.touch()
    os.utime(file, times=(made.timestamp(), made.timestamp()))


@pytest.fixture
def change(rehearsed_store) -> Callable[..., None]:
    def changed(*statements) -> None:
        with rehearsed_store.write() as transaction:
            for statement in statements:
                transaction.connection.execute(text(statement) if isinstance(statement, str) else statement)

    return changed


def checked(settings: Settings, at: datetime = NOW, clock: Callable[[], datetime] = now) -> dict[str, Check]:
    found = {one.check: one for one in examine(settings, at, clock)}
    # Whatever is not well says what to do, and says it in both languages.
    assert all(one.remedy for one in found.values() if one.state is not State.WELL)
    return found


def unwell(settings: Settings, at: datetime = NOW, **facts) -> dict[str, State]:
    """What is not well, but for the fonts, which the machine has, and for the role, which owns what tests use."""
    found = checked(settings, at, **facts).items()
    return {name: one.state for name, one in found if one.state is not State.WELL and name not in {"fonts", "role"}}


@pytest.mark.parametrize(
    ("there", "state", "said"),
    [
        ({"方正小标宋简体", "仿宋_GB2312", "黑体", "宋体"}, State.WELL, "公文字体齐全"),
        (set(), State.WARNING, "本机没有这些公文字体"),
    ],
)
@on(SQLITE)
def test_fonts_that_are_missing_are_warned_of(settings, monkeypatch, there, state, said):
    monkeypatch.setattr("operations.surroundings.installed", lambda: frozenset(there))
    told = checked(settings)["fonts"]
    assert (told.state, told.message.zh.startswith(said)) == (state, True)


def test_installation_in_order_is_well(settings):
    found = checked(settings)
    assert [name for name in found if name not in {"role", "server-clock"}] == list(EVERYTHING)
    assert unwell(settings) == {}


def test_calendar_that_ends_this_year_is_told_from_november_and_is_wrong_after(settings, calendar):
    through = calendar.published_through.year
    assert unwell(settings, datetime(through, 10, 31, 23, 59, tzinfo=SHANGHAI)) == {}
    assert unwell(settings, datetime(through, 11, 1, tzinfo=SHANGHAI)) == {"calendar": State.WARNING}
    assert unwell(settings, datetime(through + 1, 1, 1, tzinfo=SHANGHAI)) == {"calendar": State.WRONG}


def test_calendar_other_than_the_database_was_counted_by_is_told(settings, rehearsed_store, calendar, vault, change):
    recount(Desk(rehearsed_store, calendar, vault), Act(CLOCK, NOW))
    assert unwell(settings) == {}
    change(update(t.calendar_used).values(fingerprint="0" * 64, facts=1))
    assert "linxuan sweep" in checked(settings)["calendar-used"].remedy.zh
    # A sweep would change nothing: of two that know as much, neither counts again.
    change(update(t.calendar_used).values(facts=calendar.facts_known))
    assert "升级到同一版本" in checked(settings)["calendar-used"].remedy.zh
    change(update(t.calendar_used).values(published_through=date(2060, 12, 31)))
    assert "升级到同一版本" in checked(settings)["calendar-used"].remedy.zh


@pytest.mark.parametrize(("hours", "state"), [(36, State.WELL), (36.1, State.WARNING)])
@on(SQLITE)
def test_nights_without_a_backup_are_told(settings, hours, state):
    back_up_at(settings, NOW - timedelta(hours=hours))
    told = checked(settings)["backup"]
    assert (told.state, told.message.zh.startswith("最近一次备份")) == (state, True)


@on(SQLITE)
def test_programs_without_any_backup_are_told_and_no_programs_need_none(settings, tmp_path):
    for file in settings.backup_folder.iterdir():
        file.unlink()
    (settings.backup_folder / "theirs.backup").touch()
    assert unwell(settings) == {"backup": State.WARNING}
    empty = Settings(data=tmp_path / "empty")
    open_desk(empty).store.close()
    assert checked(empty)["backup"].state is State.WELL


def test_messages_that_do_not_go_out_are_told(settings, change):
    message = {"recipient": "甲", "subject": "乙", "body": "丙", "written_at": NOW - timedelta(hours=23)}
    change(delete(t.reminder), delete(t.message), insert(t.message).values(id="1", next_attempt_at=NOW, **message))
    assert unwell(settings) == {}
    assert unwell(settings, NOW + timedelta(hours=2)) == {"outbox": State.WARNING}
    change(update(t.message).values(state="parked", problem="550", next_attempt_at=None))
    told = checked(settings)["outbox"]
    assert (told.state, "搁置 1 封" in told.message.zh) == (State.WARNING, True)


def test_overdue_nominations_mean_that_nobody_sweeps(settings, change):
    due = {"due_at": NOW - timedelta(minutes=119), "stage": "publicity.running"}
    change(update(t.nomination).where(t.nomination.c.number.like("%-000%")).values(due), delete(t.standing))
    change(
        "INSERT INTO standing (program_id, stage, holder, nominations) "
        "SELECT program_id, stage, coalesce(holder, ''), count(*) FROM nomination GROUP BY 1, 2, 3"
    )
    assert unwell(settings) == {}
    told = checked(settings, NOW + timedelta(minutes=2))["sweep"]
    assert (told.state, "9 件申报到期未办" in told.message.zh) == (State.WARNING, True)


def test_terms_that_are_due_mean_that_nobody_sweeps_too(settings, change):
    term = select(t.nomination.c.id, literal("tenure"), literal(NOW - timedelta(hours=3), Instant)).limit(1)
    change(insert(t.tenure).from_select(["nomination_id", "stage", "next_at"], term))
    told = checked(settings)["sweep"]
    assert (told.state, "1 件申报到期未办" in told.message.zh) == (State.WARNING, True)


def test_event_in_the_future_is_told(settings):
    assert unwell(settings, datetime(2019, 8, 1, tzinfo=SHANGHAI))["clock"] is State.WARNING


@on(POSTGRESQL)
def test_server_whose_clock_differs_is_told(settings):
    assert unwell(settings, clock=lambda: now() + timedelta(minutes=2)) == {"server-clock": State.WARNING}


def test_break_at_the_end_of_a_chain_is_wrong(settings, databases, rehearsed_store, change):
    if databases.kind == SQLITE:
        change("DROP TRIGGER event_refuses_update")
    else:
        name = rehearsed_store.url.database
        databases.server.run("ALTER TABLE event DISABLE TRIGGER ALL", database=name)
    change("UPDATE event SET digest = 'x' WHERE position = (SELECT max(position) FROM event)")
    found = unwell(settings)
    assert found == {"integrity": State.WRONG, "chains": State.WRONG}


@on(POSTGRESQL)
def test_role_that_could_take_the_triggers_away_is_told(settings, databases, rehearsed_store):
    """The three statements are those of docs/flows.md, for a database that one role made and ran."""
    name, role = rehearsed_store.url.database, f"runs_{rehearsed_store.url.database}"

    def told_as(user: str) -> State:
        url = databases.server.url(name, role=user).render_as_string(hide_password=False)
        return checked(settings.model_copy(update={"database": url}))["role"].state

    databases.server.run("CREATE ROLE {} LOGIN", role)
    try:
        for granted in (
            "GRANT USAGE ON SCHEMA public TO {}",
            "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {}",
            "GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {}",
        ):
            databases.server.run(granted, role, database=name)
        assert (told_as(OWNER), told_as(ADMINISTRATOR), told_as(role)) == (State.WARNING, State.WARNING, State.WELL)
        # Whoever may become the owner is no better.
        databases.server.run("GRANT {} TO {}", OWNER, role)
        assert told_as(role) is State.WARNING
    finally:
        databases.server.run("DROP OWNED BY {}", role, database=name)
        databases.server.run("DROP ROLE {}", role)


@on(SQLITE)
def test_count_that_is_wrong_is_told(settings, change):
    change("UPDATE standing SET nominations = nominations + 1 WHERE stage = (SELECT min(stage) FROM standing)")
    assert unwell(settings) == {"standings": State.WRONG}


@on(SQLITE)
def test_nominator_that_is_not_known_for_whom_it_put_forward_is_told(settings, change):
    change("DELETE FROM side WHERE unit = (SELECT min(unit) FROM side)")
    assert unwell(settings) == {"standings": State.WRONG}


def test_database_that_needs_an_upgrade_is_wrong(settings, rehearsed_store):
    downgrade(rehearsed_store, revisions()[-2])
    assert unwell(settings) == {"migrations": State.WRONG}


def test_database_that_a_later_version_has_used_is_wrong(settings, change):
    change("UPDATE alembic_version SET version_num = '9999'")
    told = checked(settings)["migrations"]
    assert (told.state, "更新的版本使用" in told.message.zh) == (State.WRONG, True)


@pytest.mark.parametrize(
    ("key", "mode", "state"),
    [
        (SECRET.hex(), 0o600, State.WELL),
        (SECRET.hex(), 0o644, State.WARNING),
        ("ab" * 32, 0o600, State.WRONG),
        ("不是密钥", 0o600, State.WRONG),
        (None, 0, State.WRONG),
    ],
)
def test_key_is_held_against_the_database(settings, change, key, mode, state):
    fingerprint = Vault(SECRET).fingerprint("linxuan")
    change(delete(t.vault_key), insert(t.vault_key).values(id=1, fingerprint=fingerprint))
    if key:
        settings.key_path.write_text(key)
        settings.key_path.chmod(mode)
    assert checked(settings)["key"].state is state


@on(SQLITE)
def test_key_that_is_set_is_told_as_what_it_is(settings, change):
    change(delete(t.vault_key), insert(t.vault_key).values(id=1, fingerprint=Vault(SECRET).fingerprint("linxuan")))
    for key, said in (("abc", "LINXUAN_KEY 已损坏"), ("ab" * 32, "LINXUAN_KEY 与数据库不符")):
        found = checked(settings.model_copy(update={"key": SecretStr(key)}))["key"]
        assert (found.message.zh, "LINXUAN_KEY" in found.remedy.zh) == (said, True)


@on(SQLITE)
def test_role_of_a_second_factor_that_is_none_is_told(settings):
    unfit = settings.model_copy(update={"second_factor": "boss"})
    assert unwell(unfit) == {"second-factor": State.WRONG}
    with pytest.raises(UnknownError, match="LINXUAN_SECOND_FACTOR"):
        refuse_unfit_sign_in(unfit)


def test_empty_database_is_to_be_made_ready(empty_database, tmp_path):
    settings = Settings(data=tmp_path, database=empty_database)
    with closing(Store(empty_database)) as store:
        assert is_empty(store)
    assert unwell(settings) == {"migrations": State.WARNING}


def test_another_program_s_database_is_wrong(empty_database, tmp_path):
    store = Store(empty_database)
    with store.write() as transaction:
        transaction.connection.execute(text("CREATE TABLE theirs (id INTEGER)"))
    store.close()
    assert unwell(Settings(data=tmp_path, database=empty_database))["migrations"] is State.WRONG


def test_database_that_is_not_there_is_wrong_where_it_was_named(tmp_path):
    named = Settings(data=tmp_path, database=f"sqlite:///{tmp_path}/nowhere.db")
    told = checked(named)["database"]
    assert (told.state, told.unreachable) == (State.WRONG, True)
    assert checked(Settings(data=tmp_path, database=None))["database"].state is State.WARNING
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("content", ["这不是数据库" * 500, "SQLite format 3\0" + "x" * 5000])
def test_file_that_is_no_database_cannot_be_reached(tmp_path, content):
    (tmp_path / "linxuan.db").write_text(content)
    told = checked(Settings(data=tmp_path, database=None))["database"]
    assert (told.state, told.unreachable) == (State.WRONG, True)


def test_server_that_does_not_answer_cannot_be_reached(tmp_path):
    settings = Settings(data=tmp_path, database="postgresql://somebody:secret@127.0.0.1:1/nowhere")
    told = checked(settings)["database"]
    assert (told.state, told.unreachable) == (State.WRONG, True)
    assert "secret" not in str(told)


@on(POSTGRESQL)
def test_server_that_is_read_only_is_wrong(settings, databases, rehearsed_store):
    databases.server.run("ALTER DATABASE {} SET default_transaction_read_only = on", rehearsed_store.url.database)
    rehearsed_store.close()
    assert unwell(settings) == {"writable": State.WRONG}


@pytest.mark.parametrize("databases", [SQLITE], indirect=True)
def test_alerts_that_would_reach_nobody_are_told(settings):
    by_mail = settings.model_copy(update={"smtp_host": "mail.example.org", "administrators": ""})
    assert unwell(by_mail) == {"channels": State.WARNING}
    assert unwell(by_mail.model_copy(update={"administrators": "it@example.org"})) == {}
    unserved = by_mail.model_copy(update={"administrators": "it@example.org,sms:+8613800138000"})
    told = checked(unserved)["channels"]
    assert told.message.zh == "1 个收件地址投不出去，首个：系统管理员（短信 +86138****8000）"


class Prefect(BaseHTTPRequestHandler):
    """Answers as Prefect's API does at its health route, and nowhere else."""

    def do_GET(self):
        self.send_response(200 if self.path == "/api/health" else 500)
        self.end_headers()

    def log_message(self, *_said):
        pass


@pytest.mark.parametrize("databases", [SQLITE], indirect=True)
def test_prefect_is_asked_where_it_is_configured(settings, monkeypatch):
    with HTTPServer(("127.0.0.1", 0), Prefect) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        address = f"http://127.0.0.1:{server.server_port}"
        monkeypatch.setenv("PREFECT_API_URL", f"{address}/api")
        assert checked(settings)["prefect"].state is State.WELL
        # One that `linxuan up` has at another port than the usual one is asked there; a password is shown to nobody.
        monkeypatch.delenv("PREFECT_API_URL")
        note_address(settings.data, f"{address}/api".replace("//", "//admin:secret@"))
        assert checked(settings)["prefect"].message.zh == f"Prefect 服务正常：{address}/api"
        monkeypatch.setenv("PREFECT_API_URL", f"{address}/elsewhere")
        assert checked(settings)["prefect"].state is State.WARNING
        server.shutdown()
        thread.join()
    assert unwell(settings) == {"prefect": State.WARNING}
    for wrong in ("file:///etc", "nowhere", "http://[", "http://127.0.0.1:99999/api"):
        monkeypatch.setenv("PREFECT_API_URL", wrong)
        assert unwell(settings) == {"prefect": State.WARNING}


@on(SQLITE)
def test_identity_provider_is_asked_where_one_is_set(settings):
    with providing(now()) as provider:
        set_up = {"oidc_issuer": provider.address, "oidc_client_id": CLIENT, "console_url": "http://localhost:8000"}

        def told(**changes: object) -> tuple[State, str]:
            found = checked(settings.model_copy(update=set_up | changes), now())["identity-provider"]
            return found.state, found.message.zh

        assert told() == (State.WELL, f"统一身份认证正常：{provider.address}")
        assert told(oidc_name="某市统一身份认证") == (State.WELL, "统一身份认证正常：某市统一身份认证")
        assert told(oidc_client_id=None) == (State.WRONG, "没有设置 LINXUAN_OIDC_CLIENT_ID")
        provider.published = []
        assert told()[0] is State.WARNING
        provider.metadata = {"issuer": "https://elsewhere.example.org"}
        assert told()[1].startswith(f"统一身份认证的配置有误：{provider.address}（issuer: ")
        provider.away = True
        assert told()[1].startswith(f"统一身份认证现在连接不上：{provider.address}（")
        # Where passwords let nobody in, nobody gets in.
        assert told(password_sign_in=False)[0] is State.WRONG
