"""Checks a built wheel: it holds the top-level packages of the build list, their data, and nothing else."""

import sys
import tomllib
import zipfile
from pathlib import Path

NEEDED = (
    "programs/luzhou-chief-technician-2019.toml",
    "deadlines/corrections.toml",
    "store/migrations/script.py.mako",
    "notifications/texts/zh/letter.txt",
    "documents/templates/award-document.docx",
    "console/templates/",
    "console/assets/",
)


def check(wheel: Path) -> list[str]:
    """Return what is wrong with the wheel."""
    listed = tomllib.loads(Path("pyproject.toml").read_text("utf-8"))["tool"]["hatch"]["build"]["targets"]["wheel"]
    names = zipfile.ZipFile(wheel).namelist()
    tops = {name.partition("/")[0] for name in names if ".dist-info/" not in name}
    wrong = [f"missing: {needed}" for needed in NEEDED if not any(name.startswith(needed) for name in names)]
    if tops != set(listed["packages"]):
        wrong.append(f"top level: {sorted(tops)}, listed: {sorted(listed['packages'])}")
    return wrong


if __name__ == "__main__":
    found = [fault for argument in sys.argv[1:] for fault in check(Path(argument))]
    sys.exit("\n".join(found) or 0)
