"""Compressed files as offices send them: what is in them, by names alone. Nothing is ever unpacked."""

import io
import zipfile
from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import Final

from documents.errors import DocumentError
from programs import Words

#: More files, or more bytes when unpacked, than any office sends.
_MOST_FILES: Final = 20_000
_MOST_BYTES: Final = 20_000_000_000
_IS_UTF8: Final = 0x800
_IS_LOCKED: Final = 0x1


def names_in(content: bytes, name: str) -> list[PurePosixPath]:
    """Return the paths of all files in a `.zip`, in their order.

    Raises `DocumentError` for what is none, is locked, holds too much, or names a place outside of itself.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            entries = archive.infolist()
    except (zipfile.BadZipFile, ValueError, OSError) as error:
        raise DocumentError(
            Words(f"{name} 不是 .zip 压缩文件，或已损坏", f"{name} is no .zip, or is damaged")
        ) from error
    if len(entries) > _MOST_FILES or sum(entry.file_size for entry in entries) > _MOST_BYTES:
        raise DocumentError(Words(f"{name} 里的文件过多或过大", f"{name} holds too much"))
    return list(_paths(entries, name))


def _paths(entries: list[zipfile.ZipInfo], name: str) -> Iterator[PurePosixPath]:
    for entry in entries:
        if entry.is_dir():
            continue
        if entry.flag_bits & _IS_LOCKED:
            raise DocumentError(Words(f"{name} 加了密码，请去掉密码再报", f"{name} is locked by a password"))
        path = PurePosixPath(_name(entry).replace("\\", "/"))
        if path.is_absolute() or ".." in path.parts:
            raise DocumentError(Words(f"{name} 里有不合法的路径：{path}", f"{name} names a place outside: {path}"))
        if "__MACOSX" not in path.parts and not path.name.startswith("."):
            yield path


def _name(entry: zipfile.ZipInfo) -> str:
    """Read a name as it was meant: Chinese Windows writes its own encoding without saying so."""
    if entry.flag_bits & _IS_UTF8:
        return entry.filename
    try:
        return entry.filename.encode("cp437").decode("gb18030")
    except (UnicodeEncodeError, UnicodeDecodeError):
        return entry.filename
