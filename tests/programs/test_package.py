"""The package's door: every name is there, and none is loaded before it is used."""

import subprocess
import sys

import pytest

import programs


@pytest.mark.parametrize("name", programs.__all__)
def test_every_public_name_is_there(name):
    assert getattr(programs, name) is not None


def test_another_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match="moon"):
        _ = programs.moon


@pytest.mark.parametrize("module", ["programs", "programs.words"])
def test_the_model_is_not_built_before_it_is_needed(module):
    code = f"import sys, {module}; sys.exit('pydantic' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
