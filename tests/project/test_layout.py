"""The order of the project itself: folders, build list, type checks and import contracts name the same packages."""

import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
#: The order of the layers, the outermost first, as docs/architecture.md draws it.
LAYERS = [
    {"cli", "console", "flows"},
    {"operations"},
    {"store", "notifications", "documents"},
    {"states", "deadlines"},
    {"programs"},
]
PACKAGES = sorted(set().union(*LAYERS))
LONGEST = 400


@pytest.fixture(scope="module")
def project() -> dict[str, Any]:
    return tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))


@pytest.fixture(scope="module")
def contracts(project) -> dict[str, dict[str, Any]]:
    return {one["name"]: one for one in project["tool"]["importlinter"]["contracts"]}


def _product_files() -> list[Path]:
    return [file for package in PACKAGES for file in sorted((ROOT / package).rglob("*.py"))]


def test_the_folders_at_the_top_are_the_packages_of_the_product():
    assert sorted(file.parent.name for file in ROOT.glob("[!.]*/__init__.py")) == PACKAGES


def test_the_build_list_holds_every_package(project):
    assert sorted(project["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"]) == PACKAGES


def test_types_are_checked_in_every_package(project):
    assert sorted(project["tool"]["mypy"]["packages"]) == PACKAGES
    assert project["tool"]["mypy"]["strict"] is True


def test_the_import_contracts_know_every_package(project, contracts):
    assert sorted(project["tool"]["importlinter"]["root_packages"]) == PACKAGES
    layers = contracts["Imports run one way"]["layers"]
    assert [set(layer.split(" | ")) for layer in layers] == LAYERS


@pytest.mark.parametrize(
    ("contract", "allowed"),
    [
        ("Only states knows transitions", {"states"}),
        ("Only flows knows Prefect", {"flows"}),
        ("Only documents reads and writes office files", {"documents"}),
        ("Programs, deadlines and states are pure", set(PACKAGES) - {"programs", "deadlines", "states"}),
    ],
)
def test_what_one_package_may_import_no_other_may(contracts, contract, allowed):
    assert set(contracts[contract]["source_modules"]) == set(PACKAGES) - allowed


@pytest.mark.parametrize("package", PACKAGES)
def test_every_top_level_name_belongs_to_this_distribution_alone(package):
    assert set(packages_distributions().get(package, ["linxuan"])) == {"linxuan"}


def test_the_architecture_names_every_package():
    told = (ROOT / "docs" / "architecture.md").read_text("utf-8")
    assert [package for package in PACKAGES if f"| `{package}/` |" not in told] == []


def test_no_module_is_too_long_to_be_read_at_once():
    lines = {
        str(file.relative_to(ROOT)): len(file.read_text("utf-8").splitlines())
        for file in _product_files()
        if "migrations" not in file.parts
    }
    assert {file: count for file, count in lines.items() if count > LONGEST} == {}


def test_the_command_is_the_one_that_is_installed(project):
    assert project["project"]["scripts"] == {"linxuan": "cli:main"}
