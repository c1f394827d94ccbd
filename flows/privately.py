"""Runs a command of Prefect as `python -m prefect` does, without the second version of its pages.

That version asks an analytics service elsewhere as soon as it is opened, and Prefect offers it in the menu of the first
whether or not it is enabled; there is no setting that takes it away. Whoever enables it has it.
"""

import runpy
import sys
from pathlib import Path

import prefect
from prefect.settings import get_current_settings


def leave_out_pages_that_call_out() -> None:
    """Let the server find no second version of its pages, as in an installation that was built without it."""
    if not get_current_settings().server.ui.v2_enabled:
        prefect.__ui_v2_static_path__ = Path(sys.prefix) / "no-second-version-of-the-pages"


if __name__ == "__main__":
    leave_out_pages_that_call_out()
    runpy.run_module("prefect", run_name="__main__", alter_sys=True)
