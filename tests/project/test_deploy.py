"""The files of a grown installation name what there is: modules, commands and settings."""

import re
import tomllib
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
import yaml

from cli.main import COMMANDS
from flows.server import PARTS
from operations.settings import Settings

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "deploy"
UNITS = sorted((DEPLOY / "systemd").glob("*.service"))
#: Containers that run nothing of the product, and those that run once.
OTHERS = {"database", "redis", "migrated", "deployed"}
SET = {f"LINXUAN_{name.upper()}" for name in Settings.model_fields}


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


def test_containers_start_what_there_is(services):
    for name, service in services.items():
        if name not in {"database", "redis"}:
            expect(service["command"])
    assert (services["prefect"]["deploy"]["replicas"], services["worker"]["deploy"]["replicas"]) == (2, 3)


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
    assert services["prefect"]["ports"] == ["127.0.0.1:4201-4202:4200"]
    assert "listen 127.0.0.1:4200;" in text
    assert "PREFECT_API_URL=http://127.0.0.1:4200/api" in (DEPLOY / "linxuan.env").read_text("utf-8")


def test_every_setting_is_one_of_the_product(services):
    named = set(re.findall(r"^(LINXUAN_\w+)=", (DEPLOY / "linxuan.env").read_text("utf-8"), re.MULTILINE))
    for service in services.values():
        named |= {key for key in service.get("environment", {}) if key.startswith("LINXUAN_")}
    assert named - SET == set()


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
