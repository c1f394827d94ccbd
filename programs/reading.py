"""Reading a program file as people save it; what is none, a folder or another encoding, is told with its remedy."""

import tomllib
from pathlib import Path
from typing import Any, Final

from programs.errors import Fault, ProgramError
from programs.positions import Lines
from programs.slips import THE_FILE, TOML, toml_fault
from programs.words import Words

LARGEST: Final = 1024 * 1024
"""More bytes than any notice needs; the largest program that ships has 20,000."""

_WHOLE: Final = "program"


def read_text(path: Path) -> str:
    """Return the text of a file in UTF-8, without the mark that some editors put before it.

    Raises `ProgramError` for what is no such file, with the line where its encoding breaks, and `FileNotFoundError`.
    """
    if path.is_dir():
        raise _unread(
            path,
            "folder",
            Words("这是文件夹，不是文件", "is a folder, not a file"),
            Words("请写明文件夹里的 .toml 文件", "name the .toml file in it"),
        )
    try:
        with path.open("rb") as file:
            data = file.read(LARGEST + 1)
    except FileNotFoundError:
        raise
    except (OSError, ValueError) as error:
        words = Words("文件打不开：{error}", "cannot be opened: {error}").format(error=error)
        raise _unread(path, "unreadable", words, Words("请核对路径和权限", "check its path and permissions")) from error
    if len(data) > LARGEST:
        words = Words("文件超过 {size} KB，不像项目文件", "is larger than {size} KB: no program file")
        raise _unread(
            path,
            "too_large",
            words.format(size=LARGEST // 1024),
            Words("请核对是否选错了文件", "check that it is the right one"),
        )
    return _decoded(path, data)


def _decoded(path: Path, data: bytes) -> str:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise _unread(path, "encoding", Words("文件是 UTF-16（“Unicode”）编码", "is encoded in UTF-16"), _AS_UTF8, 1)
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        if b"\0" in data:
            what = (
                Words("不是文本文件", "is no text"),
                Words("请选 .toml 文件，Word 和 Excel 文件不能用", "name a .toml file, not one of Word or Excel"),
            )
            raise _unread(path, "no_text", *what, line) from error
        try:
            data.decode("gb18030")
        except UnicodeDecodeError:
            words = Words("不是 UTF-8 编码", "is not encoded in UTF-8")
        else:
            words = Words("不是 UTF-8 编码，像是 GBK（ANSI）编码", "is not encoded in UTF-8, but in GBK as it seems")
        raise _unread(path, "encoding", words, _AS_UTF8, line) from error


_AS_UTF8: Final = Words("请用记事本打开，另存为，编码选 UTF-8", "save it again in UTF-8")


def _unread(path: Path, code: str, words: Words, remedy: Words, line: int | None = None) -> ProgramError:
    fault = Fault(_WHOLE, words, remedy=remedy, code=code, where=THE_FILE, file=str(path), line=line)
    return ProgramError(str(path), (fault,))


def read_document(text: str, file: str) -> tuple[dict[str, Any], Lines]:
    """Return what a TOML text says, and the lines on which it says it; raises `ProgramError` where it is none."""
    try:
        document = tomllib.loads(text)
        lines = Lines(text)
    except tomllib.TOMLDecodeError as error:
        raise ProgramError(file, (toml_fault(error, text, file),)) from error
    except RecursionError as error:
        words = Words("括号套了太多层", "has too many brackets within brackets")
        remedy = Words("请核对括号是否成对", "check that every bracket is closed")
        raise ProgramError(
            file, (Fault(TOML, words, remedy=remedy, code="not_toml", where=THE_FILE, file=file),)
        ) from error
    except ValueError as error:  # a number of more digits than Python reads
        words = Words("有一个数太长", "has a number with too many digits")
        remedy = Words("请核对数字", "check the numbers")
        raise ProgramError(
            file, (Fault(TOML, words, remedy=remedy, code="not_toml", where=THE_FILE, file=file),)
        ) from error
    if not document:
        words = Words("文件是空的，没有任何字段", "is empty")
        remedy = Words(
            "用 linxuan program new 起草一个，或照 docs/programs.md 写", "draft one with linxuan program new"
        )
        raise ProgramError(
            file, (Fault(_WHOLE, words, remedy=remedy, code="empty", where=THE_FILE, file=file, line=1),)
        )
    return document, lines
