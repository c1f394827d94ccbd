"""The password of Prefect's API and pages, where others than this machine reach them."""

import os
import secrets
from ipaddress import ip_address
from pathlib import Path

#: Whom Prefect's one user is called; its password is what counts.
USER = "admin"


def guard_file(data: Path) -> Path:
    """Return where the password of this machine's Prefect server lies, as `user:password`."""
    return data / "prefect.auth"


def guard_of(data: Path) -> str | None:
    """Return `user:password`, or none where no password was made."""
    try:
        return guard_file(data).read_text("utf-8").strip() or None
    except FileNotFoundError:
        return None


def make_guard(data: Path) -> str:
    """Return `user:password`, made by chance where there is none yet. Only its owner may read the file."""
    data.mkdir(parents=True, exist_ok=True)
    try:
        descriptor = os.open(guard_file(data), os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        pass
    else:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(f"{USER}:{secrets.token_urlsafe(24)}\n")
    return guard_of(data) or ""


def is_this_machine(host: str) -> bool:
    """Whether only this machine reaches what listens there."""
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
