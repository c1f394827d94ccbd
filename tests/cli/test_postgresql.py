"""A database on a PostgreSQL server: found by its URL, its failures told in words, its password told nobody."""

from collections.abc import Callable, Iterator

import pytest
from sqlalchemy.engine import URL

from cli.errors import words_of
from cli.face import FAILED_OUTSIDE, WRONG_USAGE
from operations.settings import Settings
from store.engine import UnfitServerError, refuse_unfit_server
from tests.cli.selection import DRAWN_UP, LUZHOU, Office, identity_of
from tests.postgres import OWNER, PASSWORD, Server


def typed(url: URL) -> str:
    """The URL as somebody types it, with its password."""
    return url.render_as_string(hide_password=False)


@pytest.fixture
def database(postgresql_server: Server) -> Iterator[str]:
    name = postgresql_server.create()
    yield name
    postgresql_server.drop(name)


@pytest.fixture
def spoken(linxuan) -> Callable[..., str]:
    """Run a command on a database; it must fail, print a sentence and nothing else, and not the password."""

    def asked(url: str, code: int, command: str = "nomination list", language: str = "zh") -> str:
        run = linxuan(*command.split(), "--database", url, language=language)
        assert (run.code, run.out) == (code, ""), run
        assert PASSWORD not in run.err
        return run.err.removesuffix("\n")

    return asked


@pytest.mark.parametrize("driver", ["postgresql", "postgresql+psycopg"])
def test_an_empty_database_is_made_ready_and_used(linxuan, postgresql_server, database, data, driver):
    url = typed(postgresql_server.url(database, tcp=True).set(drivername=driver))
    office = Office(lambda *arguments, **facts: linxuan(*arguments, "--database", url, **facts))
    office.opens()
    number = office.draws_up()
    told = linxuan("nomination", "show", number, "--database", url)
    assert (told.code, number in told.out, identity_of(0) in told.out) == (0, True, False)
    assert [file.name for file in data.iterdir()] == [f"{database}.key"]
    verified = linxuan("audit", "verify", "--json", "--database", url)
    assert (verified.code, verified.document["broken"]) == (0, [])


def test_migrating_and_rehearsing_work_by_the_url_of_the_environment(linxuan, postgresql_server, database, monkeypatch):
    monkeypatch.setenv("LINXUAN_DATABASE", typed(postgresql_server.url(database, tcp=True)))
    first, again = linxuan("migrate", "--json"), linxuan("migrate", "--json")
    assert (first.document["before"], again.document["before"]) == (None, first.document["after"])
    played = linxuan("rehearse", LUZHOU, "--nominations", "2", "--json")
    assert (played.code, PASSWORD in played.out + played.err) == (0, False)


def test_a_database_of_another_program_is_left_alone(spoken, postgresql_server, database):
    postgresql_server.run("CREATE TABLE theirs (id integer)", database=database)
    shown = postgresql_server.url(database, tcp=True).render_as_string()
    for command in ("sweep", "nomination list"):
        said = spoken(typed(postgresql_server.url(database, tcp=True)), WRONG_USAGE, command)
        assert said == f"{shown} 是别的程序的数据库，不是遴选的；请核对地址"
    assert "是别的程序的数据库" in spoken(typed(postgresql_server.url(database, tcp=True)), WRONG_USAGE, "migrate")
    tables = postgresql_server.run("SELECT tablename FROM pg_tables WHERE schemaname = 'public'", database=database)
    assert tables == [("theirs",)]


REFUSED = (
    "数据库服务器拒绝登录，请核对用户名和密码（密码可写在 PGPASSWORD 或 ~/.pgpass 中）",
    "the database server refuses the login; check the user and the password (PGPASSWORD and ~/.pgpass are read)",
)
MISSING = (
    "数据库服务器上没有这个数据库，请先建立：createdb --encoding=UTF8 库名",
    "the server has no such database; make it first: createdb --encoding=UTF8 name",
)
RIGHTLESS = (
    "数据库用户没有所需的权限；升级和恢复须用各表的属主，或请管理员把库交给它：ALTER DATABASE 库名 OWNER TO 用户名",
    (
        "the database role lacks the rights it needs; "
        "migrate and restore as the owner of the tables, or have an administrator give it the database: "
        "ALTER DATABASE name OWNER TO role"
    ),
)
OTHERWISE_ENCODED = (
    "数据库的编码是 LATIN1，须为 UTF8；请另建：createdb --encoding=UTF8 --template=template0",
    "the database's encoding is LATIN1, not UTF8; make another with: createdb --encoding=UTF8 --template=template0",
)
UNREACHABLE = (
    "连不上数据库服务器，请核对地址和端口，并确认服务器已启动：",
    "the database server cannot be reached; check the host and the port, and that it runs: ",
)


@pytest.fixture
def poor(postgresql_server: Server) -> Iterator[str]:
    """A role that may log in, and nothing else."""
    postgresql_server.run(f"CREATE ROLE {{}} LOGIN PASSWORD '{PASSWORD}'", "poor")
    yield "poor"
    postgresql_server.run("DROP ROLE {}", "poor")


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("command", ["nomination list", "sweep", "migrate"])
def test_what_the_server_refuses_is_told_in_a_sentence(spoken, postgresql_server, database, poor, command, language):
    server = postgresql_server
    latin = server.create_encoded("LATIN1")
    told = {
        typed(server.url(database, tcp=True, password="wrong")): REFUSED,  # noqa: S106 - a made-up one
        typed(server.url(database, tcp=True, password=None)): REFUSED,
        typed(server.url(database, tcp=True, role="nobody")): REFUSED,
        typed(server.url("nowhere", tcp=True)): MISSING,
        typed(server.url(database, tcp=True, role=poor)): RIGHTLESS,
        typed(server.url(latin, tcp=True)): OTHERWISE_ENCODED,
    }
    for url, words in told.items():
        assert spoken(url, FAILED_OUTSIDE, command, language) == words[language == "en"]
    server.drop(latin)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_server_that_is_not_there_is_told_with_its_place(spoken, tmp_path, language):
    places = {
        f"postgresql://{OWNER}:{PASSWORD}@127.0.0.1:1/linxuan": "127.0.0.1",
        f"postgresql://{OWNER}:{PASSWORD}@nowhere.invalid/linxuan": "nowhere.invalid",
        f"postgresql://{OWNER}:{PASSWORD}@/linxuan?host={tmp_path}": str(tmp_path),
    }
    for url, place in places.items():
        said = spoken(url, FAILED_OUTSIDE, language=language)
        assert said.startswith(UNREACHABLE[language == "en"])
        assert place in said
        assert "\n" not in said


@pytest.mark.parametrize(
    "asked", ["?moon=1", "?sslmode=moon", "?connect_timeout=moon"], ids=lambda asked: asked.strip("?")
)
def test_an_address_that_the_driver_does_not_take_is_bad_input(spoken, postgresql_server, database, asked):
    said = spoken(typed(postgresql_server.url(database, tcp=True)) + asked, WRONG_USAGE)
    assert said.startswith("数据库地址不对：")


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("postgresql://linxuan:{}@server", "postgresql://…@server"),
        ("postgresql:/linxuan:{}@server/x", "postgresql:/…@server/x"),
        ("linxuan:{}@server", "linxuan:…@server"),
        ("postgresql://linxuan:{}@server:port/x", "postgresql://…@server:port/x"),
    ],
)
def test_a_wrong_address_is_shown_without_its_password(spoken, written, shown):
    said = spoken(written.format(PASSWORD), WRONG_USAGE)
    assert said.startswith(f"数据库地址不对：{shown}；例如 sqlite:////var/lib/linxuan.db 或 postgresql://")


def test_a_password_is_shown_by_no_setting(postgresql_server, database):
    settings = Settings(database=typed(postgresql_server.url(database, tcp=True)))
    assert PASSWORD not in repr(settings) + str(settings) + settings.database_shown + repr(settings.address)
    assert settings.database_shown == f"postgresql://{OWNER}:***@127.0.0.1:{postgresql_server.port}/{database}"


@pytest.mark.parametrize(("number", "version"), [(120022, "12.22"), (90624, "9.6")])
def test_an_old_server_is_refused_with_its_version(number, version):
    with pytest.raises(UnfitServerError) as refused:
        refuse_unfit_server(number, "UTF8")
    words = (
        f"PostgreSQL {version} 太旧，请升级到 13 或更新的版本",
        f"PostgreSQL {version} is too old; version 13 or newer is needed",
    )
    assert words_of(refused.value) == (words, FAILED_OUTSIDE)


def test_a_server_of_the_oldest_version_is_taken():
    assert refuse_unfit_server(130000, "UTF8") is None


@pytest.mark.parametrize("language", ["zh", "en"])
def test_what_no_column_holds_is_bad_input(linxuan, postgresql_server, database, monkeypatch, language):
    """The same on every kind of database, of which this is the one that would mind."""
    told = {}
    for url in (typed(postgresql_server.url(database, tcp=True)), None):
        if url:
            monkeypatch.setenv("LINXUAN_DATABASE", url)
        else:
            monkeypatch.delenv("LINXUAN_DATABASE")
        Office(linxuan).opens()
        names = (
            "--unit",
            "某厂",
            "--nominator",
            "江阳区",
            "--nominator-kind",
            "district",
            "--identity",
            identity_of(1),
        )
        run = linxuan(
            "nomination", "add", LUZHOU, "--nominee", "长" * 121, *names, "--actor", "王管理", "--now",
            DRAWN_UP, language=language,
        )  # fmt: skip
        assert (run.code, run.out) == (WRONG_USAGE, "")
        told[url] = run.err
    assert len(set(told.values())) == 1
