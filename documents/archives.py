"""Compressed files as offices send them: what is in them by names; what is asked for is unpacked under others."""

import shutil
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from pathlib import Path, PurePosixPath
from typing import Final

from documents.errors import DocumentError
from programs import Words

#: More files, or more bytes when unpacked, than any office sends.
_MOST_FILES: Final = 20_000
_MOST_BYTES: Final = 5_000_000_000
_IS_UTF8: Final = 0x800
_IS_LOCKED: Final = 0x1


def names_in(file: Path) -> list[PurePosixPath]:
    """Return the paths of all files in a `.zip`, in their order.

    Raises `DocumentError` for what is none, is locked, holds too much, or names a place outside of itself.
    """
    name = file.name
    entries = _entries(file)
    if len(entries) > _MOST_FILES or sum(entry.file_size for entry in entries) > _MOST_BYTES:
        raise DocumentError(Words(f"{name} 里的文件过多或过大", f"{name} holds too much"))
    return [path for path, _ in _paths(entries, name)]


def unpack(file: Path, paths: Sequence[PurePosixPath], folder: Path) -> list[Path]:
    """Unpack these of the paths that `names_in` gave into a folder, as files named by numbers; returns them in order.

    Raises `DocumentError` for one that is damaged, larger than it says, or packed in a way that is not read here.
    """
    places = dict(_paths(_entries(file), file.name))
    unpacked: list[Path] = []
    try:
        with zipfile.ZipFile(file) as archive:
            for number, path in enumerate(paths):
                target = folder / str(number)
                with archive.open(places[path]) as source, target.open("wb") as out:
                    shutil.copyfileobj(source, out)
                unpacked.append(target)
    except NotImplementedError as error:
        # What `zipfile` raises for a method that it does not know: Windows packs what is over 2 GB by Deflate64.
        raise DocumentError(
            Words(
                f"{file.name} 的压缩方式不常用，无法解开；请分成几个小的，用普通方式（zip）重新压缩",
                f"{file.name} is packed in a way that is not read here; pack it anew as an ordinary .zip, in parts",
            )
        ) from error
    except (zipfile.BadZipFile, zlib.error, EOFError) as error:
        raise _no_archive(file.name) from error
    return unpacked


def _entries(file: Path) -> list[zipfile.ZipInfo]:
    try:
        with zipfile.ZipFile(file) as archive:
            return archive.infolist()
    except (zipfile.BadZipFile, ValueError, OSError) as error:
        raise _no_archive(file.name) from error


def _no_archive(name: str) -> DocumentError:
    return DocumentError(Words(f"{name} 不是 .zip 压缩文件，或已损坏", f"{name} is no .zip, or is damaged"))


def _paths(entries: list[zipfile.ZipInfo], name: str) -> Iterator[tuple[PurePosixPath, zipfile.ZipInfo]]:
    for entry in entries:
        if entry.is_dir():
            continue
        if entry.flag_bits & _IS_LOCKED:
            raise DocumentError(Words(f"{name} 加了密码，请去掉密码再报", f"{name} is locked by a password"))
        path = PurePosixPath(_name(entry).replace("\\", "/"))
        if path.is_absolute() or ".." in path.parts:
            raise DocumentError(Words(f"{name} 里有不合法的路径：{path}", f"{name} names a place outside: {path}"))
        if "__MACOSX" not in path.parts and not path.name.startswith("."):
            yield path, entry


def _name(entry: zipfile.ZipInfo) -> str:
    """Read a name as it was meant: Chinese Windows writes its own encoding without saying so."""
    if entry.flag_bits & _IS_UTF8:
        return entry.filename
    try:
        return entry.filename.encode("cp437").decode("gb18030")
    except (UnicodeEncodeError, UnicodeDecodeError):
        return entry.filename
