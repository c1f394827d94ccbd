"""Turning an office file into a PDF with the LibreOffice of this machine. Nothing else of the product needs it."""

import os
import shutil
import subprocess
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final, Literal

from documents.errors import DocumentError
from programs import Words

#: A document of a hundred pages takes some seconds; the first start of LibreOffice up to a minute.
_PATIENCE: Final = 180


def office() -> str | None:
    """Return the program that converts, where this machine has one."""
    return shutil.which("soffice") or shutil.which("libreoffice")


def to_pdf(content: bytes, kind: Literal["docx", "xlsx"]) -> bytes:
    """Return the file as a PDF. Raises `DocumentError` where LibreOffice is missing, or fails."""
    program = office()
    if program is None:
        raise DocumentError(
            Words(
                f"本机没有 LibreOffice，不能转成 PDF；请安装 LibreOffice，或把 --out 写成 .{kind} 再另存",
                f"there is no LibreOffice on this machine to make a PDF with; install it, or write to a .{kind}",
            )
        )
    with TemporaryDirectory(prefix="linxuan-pdf-") as folder:
        source = Path(folder) / f"document.{kind}"
        source.write_bytes(content)
        command = [
            program,
            # A profile of its own: one that somebody has open would take the file and convert nothing.
            f"-env:UserInstallation={(Path(folder) / 'profile').as_uri()}",
            "--headless",
            "--norestore",
            "--convert-to",
            "pdf",
            "--outdir",
            folder,
            str(source),
        ]
        try:
            done = subprocess.run(  # noqa: S603 - the program is LibreOffice, the file our own
                command, capture_output=True, timeout=_PATIENCE, check=False, env={**os.environ, "HOME": folder}
            )
            made = Path(folder) / "document.pdf"
            if done.returncode == 0 and made.exists():
                return made.read_bytes()
            cause = done.stderr.decode(errors="replace").strip().partition("\n")[0] or f"exit code {done.returncode}"
        except (OSError, subprocess.TimeoutExpired) as error:
            cause = str(error)
    raise DocumentError(
        Words(f"LibreOffice 没有转成 PDF：{cause}；请导出 .{kind} 再另存", f"LibreOffice made no PDF: {cause}")
    )
