"""Where Prefect's server is, and the password of its API and pages, where others than this machine reach them."""

import os
import secrets
from contextlib import suppress
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

#: Where `linxuan up` has its server by itself; the next free port where this one is taken.
USUAL_ADDRESS = "http://127.0.0.1:4200/api"

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


def address_file(data: Path) -> Path:
    """Return where `linxuan up` notes the address of its server's API."""
    return data / "prefect" / "address"


def noted_address(data: Path) -> str:
    """Return the address of the API that `linxuan up` had, or has, on a data folder."""
    try:
        return address_file(data).read_text("utf-8").strip() or USUAL_ADDRESS
    except OSError:
        return USUAL_ADDRESS


def note_address(data: Path, address: str) -> None:
    """Note where the API is for those who ask whether it answers; nothing is noted where nothing can be written."""
    file = address_file(data)
    with suppress(OSError):
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(f"{address}\n", "utf-8")


def shown_address(url: str) -> str:
    """Return an address without the user and the password that may stand in it; all of it is kept to itself else."""
    try:
        parts = urlsplit(url)
        return (
            urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2])) if parts.netloc else _nothing_secret(url)
        )
    except ValueError:
        return "…"


def _nothing_secret(url: str) -> str:
    return "…" if "@" in url else url
