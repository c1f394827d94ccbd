"""Which of the fonts that documents name are installed here. They are named, not shipped: they are not free."""

import shutil
import subprocess
from collections.abc import Mapping

from documents.layout import ALTERNATIVES


def installed() -> frozenset[str] | None:
    """Return the names of all fonts of this machine; None where it cannot be asked (no fontconfig)."""
    program = shutil.which("fc-list")
    if program is None:
        return None
    try:
        done = subprocess.run([program, ":", "family"], capture_output=True, timeout=30, check=False)  # noqa: S603 - fontconfig's own
    except (OSError, subprocess.TimeoutExpired):
        return None
    lines = done.stdout.decode(errors="replace").splitlines()
    return frozenset(name.strip().replace("\\", "") for line in lines for name in line.split(","))


def stand_ins(fonts: frozenset[str]) -> Mapping[str, str | None]:
    """Return for each font that is missing the one that stands in, None where the office program chooses one."""
    return {
        font: next((other for other in others if other in fonts), None)
        for font, others in ALTERNATIVES.items()
        if font not in fonts
    }
