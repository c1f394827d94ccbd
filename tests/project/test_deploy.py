"""The files of a grown installation name what there is: modules, commands and settings."""

import re
import tomllib
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
import yaml

from cli.main import COMMANDS
from cli.main import main as linxuan
from console import __main__ as console
from flows import server, telling, worker
from flows.server import PARTS
from operations.results import UnknownError
from operations.settings import EXAMPLE, Settings, require_secrets

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "deploy"
UNITS = sorted((DEPLOY / "systemd").glob("*.service"))
#: Containers that run nothing of the product, and those that run once.
OTHERS = {"database", "redis", "migrated", "deployed"}
SET = {f"LINXUAN_{name.upper()}" for name in Settings.model_fields}
PREFECT = {
    "PREFECT_API_URL",
    "PREFECT_API_AUTH_STRING",
    "PREFECT_SERVER_API_AUTH_STRING",
    "PREFECT_API_DATABASE_CONNECTION_URL",
}
#: What speaks to the product's database, and what Prefect itself is.
OF_PRODUCT = {"console", "deployed", "migrated", "telling", "worker"}
OF_PREFECT = {"prefect", "prefect-second", "prefect-services"}


def settings(name: str) -> dict[str, str]:
    """What a file of settings says, by its names."""
    return dict(re.findall(r"^(\w+)=(.*)$", (DEPLOY / name).read_text("utf-8"), re.MULTILINE))


def offered(name: str) -> set[str]:
    """What can be said in a file of settings, those among them that are left to be taken in."""
    return set(re.findall(r"^#?(\w+)=", (DEPLOY / name).read_text("utf-8"), re.MULTILINE))


@pytest.fixture(scope="module")
def services() -> dict[str, Any]:
    return yaml.safe_load((DEPLOY / "compose.yaml").read_text("utf-8"))["services"]


def commands(text: str) -> list[str]:
    return re.findall(r"^ExecStart(?:Pre)?=(.*)$", text, re.MULTILINE)


def expect(words: list[str]) -> None:
    program, *rest = words
    if program.endswith("python"):
        assert rest[0] == "-m"
        assert find_spec(rest[1]) or find_spec(f"{rest[1]}.__main__"), rest
    elif program.endswith("linxuan"):
        assert rest[0] in COMMANDS
    else:
        raise AssertionError(program)
    if rest[:2] == ["-m", "flows.server"] and "--part" in rest:
        assert rest[rest.index("--part") + 1] in PARTS


@pytest.mark.parametrize("unit", UNITS, ids=lambda one: one.name)
def test_units_start_what_there_is_as_nobody_special(unit):
    text = unit.read_text("utf-8")
    for command in commands(text):
        expect(command.split())
    assert "User=linxuan\n" in text
    assert "EnvironmentFile=/etc/linxuan/linxuan.env\n" in text
    assert ("Restart=always\n" in text) is ("Type=oneshot\n" not in text)


@pytest.mark.parametrize("unit", UNITS, ids=lambda one: one.name)
def test_units_need_no_folder_but_those_that_the_way_there_makes(unit):
    """A folder of `ReadWritePaths` that is not there keeps a unit from starting; that of `StateDirectory` is made."""
    text = unit.read_text("utf-8")
    assert "StateDirectory=linxuan\nStateDirectoryMode=0700\n" in text
    assert re.findall(r"^ReadWritePaths=(.*)$", text, re.MULTILINE) in ([], ["/srv/linxuan"])
    assert ("ReadWritePaths=" in text) is ("RequiresMountsFor=/srv/linxuan\n" in text)
    # A server of databases that comes up later must not leave anything down for good.
    assert "Requires=" not in text


def test_healthchecks_have_no_word_that_podman_takes_apart(services):
    looked_at = {name: one["healthcheck"]["test"] for name, one in services.items() if "healthcheck" in one}
    assert looked_at.keys() == {"console", "database", "prefect", "prefect-second", "redis"}
    for kind, *given in looked_at.values():
        assert kind == "CMD-SHELL" or not any(" " in word for word in given)


def test_containers_take_no_range_of_ports(services):
    assert all(
        re.fullmatch(r"127\.0\.0\.1:\d+:\d+", port) for one in services.values() for port in one.get("ports", ())
    )


def test_containers_start_what_there_is(services):
    for name, service in services.items():
        if name not in {"database", "redis"}:
            expect(service["command"])
    assert services["worker"]["deploy"]["replicas"] == 3
    assert services["prefect-second"]["networks"] == {"default": {"aliases": ["prefect"]}}
    different = {key for key, value in services["prefect"].items() if services["prefect-second"][key] != value}
    assert different == {"ports"}


def test_units_and_containers_are_the_same_parts(services):
    modules = {tuple(words(command)) for unit in UNITS for command in commands(unit.read_text("utf-8"))}
    # Where one server is enough, a unit is it with all of its parts.
    assert {tuple(words(service["command"])) for name, service in services.items() if name not in OTHERS} == (
        modules - {("-m", "flows.server"), ("migrate",)}
    )


def words(command: str | list[str]) -> list[str]:
    """What is started, and which part of it, without where it listens and what it is called."""
    _, *rest = command.split() if isinstance(command, str) else command
    left = rest[: rest.index("--host")] if "--host" in rest else rest
    return left[: left.index("--name")] if "--name" in left else left


def test_the_proxy_stands_before_the_ports_that_are_named(services):
    text = (DEPLOY / "nginx.conf").read_text("utf-8")
    behind = re.findall(r"server 127\.0\.0\.1:(\d+) max_fails", text)
    assert behind == ["4201", "4202"]
    assert [services[one]["ports"] for one in ("prefect", "prefect-second")] == [
        ["127.0.0.1:4201:4200"],
        ["127.0.0.1:4202:4200"],
    ]
    assert "listen 127.0.0.1:4200;" in text
    assert "PREFECT_API_URL=http://127.0.0.1:4200/api" in (DEPLOY / "linxuan.env").read_text("utf-8")


def test_every_setting_is_one_that_there_is(services):
    named = {*settings("linxuan.env"), *settings("owner.env")}
    for name in OF_PRODUCT | OF_PREFECT | {"prefect-database"}:
        named |= services[name]["environment"].keys()
    assert named - SET == PREFECT


def test_machines_and_containers_can_be_told_every_setting(services):
    """Where things lie is a volume's matter in containers, and their secrets come together; mail has a server."""
    told = {name for one in (*OF_PRODUCT, *OF_PREFECT) for name in services[one]["environment"]}
    assert (SET | PREFECT) - told == {
        "LINXUAN_DATA",
        "LINXUAN_KEY_FILE",
        "LINXUAN_OIDC_CLIENT_SECRET_FILE",
        "LINXUAN_OUTBOX",
    }
    assert (SET | PREFECT) - offered("linxuan.env") == {
        "LINXUAN_KEY",
        "LINXUAN_OIDC_CLIENT_SECRET",
        "LINXUAN_OUTBOX",
    }
    assert (told | offered("linxuan.env")) - SET == PREFECT


def test_what_containers_are_given_is_what_their_settings_ask_for(services):
    text = (DEPLOY / "compose.yaml").read_text("utf-8")
    assert set(re.findall(r"\$\{(\w+)", text)) == offered("compose.env")
    # Whatever is not set is empty in a container, and then as if it were not there.
    assert set(re.findall(r"\$\{(\w+):-\}", text)) == offered("compose.env") - settings("compose.env").keys() | {
        "LINXUAN_SMTP_USER",
        "LINXUAN_SMTP_PASSWORD",
    }
    sql = set(re.findall(r"^\\getenv \w+ (\w+)$", (DEPLOY / "databases.sql").read_text("utf-8"), re.MULTILINE))
    assert sql == services["database"]["environment"].keys() - {"POSTGRES_PASSWORD"}


def test_empty_setting_is_one_that_is_not_set(monkeypatch):
    for name in SET:
        monkeypatch.delenv(name, raising=False)
    unset = Settings()
    for name in SET:
        monkeypatch.setenv(name, "")
    assert Settings() == unset


@pytest.mark.parametrize("name", ["README.md", "README.zh-CN.md"])
def test_every_setting_is_explained(name):
    explained = set()
    for cell in re.findall(r"^\| (`LINXUAN_.*?) \|", (ROOT / name).read_text("utf-8"), re.MULTILINE):
        first, *others = re.findall(r"`(\w+)`", cell)
        explained |= {first, *(first.rpartition("_")[0] + other for other in others)}
    assert explained == SET


def test_each_role_of_the_databases_is_used_where_it_belongs(services):
    made = set(re.findall(r"^CREATE ROLE (\w+) LOGIN", (DEPLOY / "databases.sql").read_text("utf-8"), re.MULTILINE))
    assert made == {"linxuan_owner", "linxuan", "prefect"}

    def role(url: str) -> str:
        return re.fullmatch(r"postgresql(?:\+asyncpg)?://(\w+):.*@.*/(?:linxuan|prefect)", url)[1]

    by_container = {name: role(services[name]["environment"]["LINXUAN_DATABASE"]) for name in OF_PRODUCT}
    assert by_container == dict.fromkeys(OF_PRODUCT, "linxuan") | {"migrated": "linxuan_owner"}
    told, owned = settings("linxuan.env"), settings("owner.env")
    assert (role(told["LINXUAN_DATABASE"]), role(owned["LINXUAN_DATABASE"])) == ("linxuan", "linxuan_owner")
    for given in (told, *(services[name]["environment"] for name in OF_PREFECT)):
        assert role(given["PREFECT_API_DATABASE_CONNECTION_URL"]) == "prefect"
    owning = [unit.name for unit in UNITS if "owner.env" in unit.read_text("utf-8")]
    assert owning == ["linxuan-database.service"]
    # Prefect's own processes have nothing of the product's: no database, no key.
    assert all(not {"LINXUAN_DATABASE", "LINXUAN_KEY"} & services[name]["environment"].keys() for name in OF_PREFECT)


def test_programs_that_dump_are_those_of_the_server(services):
    """A dump needs the programs of the server's version; Debian's trixie has those of 17."""
    assert services["database"]["image"].endswith("/postgres:17")
    images = re.findall(r"^FROM (\S+)", (DEPLOY / "Containerfile").read_text("utf-8"), re.MULTILINE)
    assert {one.rpartition("-")[2] for one in images} == {"trixie"}


def test_the_proxy_and_the_settings_have_the_same_names_and_addresses(services):
    text, told = (DEPLOY / "nginx.conf").read_text("utf-8"), settings("linxuan.env")
    for name in ("LINXUAN_CONSOLE_URL", "LINXUAN_PUBLIC_URL"):
        assert f"server_name {told[name].removeprefix('https://').rstrip('/')};" in text
        assert settings("compose.env")[name] == told[name]
    [console] = [one for unit in UNITS for one in commands(unit.read_text("utf-8")) if "-m console" in one]
    assert console.endswith("--host 127.0.0.1 --port 8000")
    assert services["console"]["ports"] == ["127.0.0.1:8000:8000"]
    assert set(re.findall(r"proxy_pass http://127\.0\.0\.1:(\d+);", text)) == {"8000"}
    # In a container the proxy of this machine comes by the bridge, whose address must not change.
    compose = yaml.safe_load((DEPLOY / "compose.yaml").read_text("utf-8"))
    [network] = compose["networks"]["default"]["ipam"]["config"]
    assert services["console"]["environment"]["LINXUAN_PROXIES"] == network["gateway"]
    assert told["LINXUAN_PROXIES"] == "127.0.0.1"


@pytest.mark.parametrize("name", ["linxuan.env", "owner.env", "compose.env"])
def test_secrets_as_they_are_shipped_are_refused(name):
    told = settings(name)
    secret = sorted(key for key, value in told.items() if EXAMPLE in value)
    assert secret == sorted(
        key for key in told if key in PREFECT - {"PREFECT_API_URL"} or re.search("PASSWORD|DATABASE|REDIS|KEY$", key)
    )
    with pytest.raises(UnknownError) as refused:
        require_secrets(told)
    assert refused.value.words.zh.partition(" ")[0].split("、") == secret
    assert EXAMPLE in refused.value.words.en


def test_neither_the_console_nor_a_command_starts_with_a_shipped_secret(monkeypatch, tmp_path, capsys):
    monkeypatch.setenv("LINXUAN_DATA", str(tmp_path))
    monkeypatch.setenv("LINXUAN_DATABASE", settings("owner.env")["LINXUAN_DATABASE"])
    assert console.main([]) == 2
    assert capsys.readouterr().err.startswith("LINXUAN_DATABASE 还是随附文件里的示例（CHANGE-ME），不能启动")
    monkeypatch.setattr("sys.argv", ["linxuan", "doctor"])
    with pytest.raises(SystemExit, match="2"):
        linxuan()
    assert "LINXUAN_DATABASE 还是随附文件里的示例" in capsys.readouterr().err


@pytest.mark.parametrize("name", sorted(key for key, value in settings("linxuan.env").items() if EXAMPLE in value))
@pytest.mark.parametrize("start", [server.main, telling.main, lambda: worker.main(["--pool", "p"])])
def test_nothing_of_the_flows_starts_with_a_shipped_secret(monkeypatch, tmp_path, name, start):
    monkeypatch.setenv("LINXUAN_DATA", str(tmp_path))
    monkeypatch.setenv(name, settings("linxuan.env")[name])
    monkeypatch.setattr("os.execve", lambda *_given: pytest.fail("it was started"))
    monkeypatch.setattr("sys.argv", ["python"])
    with pytest.raises(SystemExit, match=f"{name} 还是随附文件里的示例"):
        start()


@pytest.mark.parametrize("start", [server.main, telling.main, lambda: worker.main(["--pool", "p"])])
def test_nothing_of_the_flows_starts_with_a_setting_that_cannot_be_read(monkeypatch, tmp_path, start):
    monkeypatch.setenv("LINXUAN_DATA", str(tmp_path))
    monkeypatch.setenv("LINXUAN_SILENCE", "0")
    monkeypatch.setattr("os.execve", lambda *_given: pytest.fail("it was started"))
    monkeypatch.setattr("sys.argv", ["python"])
    with pytest.raises(SystemExit, match="设置有误，请改正：LINXUAN_SILENCE=0"):
        start()


def test_console_does_not_start_with_a_setting_that_cannot_be_read(monkeypatch, tmp_path, capsys):
    monkeypatch.setenv("LINXUAN_DATA", str(tmp_path))
    monkeypatch.setenv("LINXUAN_SMTP_PORT", "mail")
    assert console.main([]) == 2
    assert capsys.readouterr().err == "设置有误，请改正：LINXUAN_SMTP_PORT=mail\n"


def test_no_secret_is_shipped_and_nothing_listens_beyond_the_machine(services):
    for service in services.values():
        assert all(port.startswith("127.0.0.1:") for port in service.get("ports", ()))
        for key, value in service.get("environment", {}).items():
            assert "PASSWORD" not in key or "${" in value


def test_the_image_has_the_python_that_the_project_asks_for():
    [asked] = re.findall(
        r">=3\.(\d+)", tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["requires-python"]
    )
    images = re.findall(r"python:3\.(\d+)", (DEPLOY / "Containerfile").read_text("utf-8"))
    assert all(int(one) >= int(asked) for one in images)
