"""What an error means for whoever typed the command."""

import os
import sys
import traceback
from collections.abc import Iterator
from pathlib import Path

from cli.face import FAILED_OUTSIDE, WRONG_USAGE
from programs import Fault, ProgramError, Words


def words_of(error: Exception) -> tuple[Words, int]:
    """Return the sentence and the exit code for an error. The traceback is shown with `LINXUAN_DEBUG` only."""
    if os.environ.get("LINXUAN_DEBUG"):
        traceback.print_exception(error)
    if isinstance(error, ProgramError):
        lines = [line for fault in error.faults for line in _fault_lines(fault)]
        return (
            Words(
                f"项目 {error.source} 有误：\n" + "\n".join(f"  {line.zh}" for line in lines),
                f"The program {error.source} is wrong:\n" + "\n".join(f"  {line.en}" for line in lines),
            ),
            WRONG_USAGE,
        )
    said = getattr(error, "words", None)
    if isinstance(said, Words):
        return said, FAILED_OUTSIDE if getattr(error, "outside", False) else WRONG_USAGE
    return _outside(error)


def _fault_lines(fault: Fault) -> Iterator[Words]:
    yield fault.told()
    if fault.remedy:
        yield Words(f"  怎么办：{fault.remedy.zh}", f"  Remedy: {fault.remedy.en}")


_UNOPENED = "unable to open database file"
_NO_DATABASE = "file is not a database"

_DATABASE = {
    _UNOPENED: Words(
        "数据库文件打不开，请核对路径和权限",
        "the database file cannot be opened; check its path and permissions",
    ),
    _NO_DATABASE: Words(
        "不是数据库文件，请核对数据库地址", "the file is not a database; check the address of the database"
    ),
    "attempt to write a readonly database": Words(
        "数据库只读，请核对文件和所在文件夹的写权限",
        "the database is read-only; check the permissions of the file and its folder",
    ),
    "database is locked": Words("数据库正忙，请稍后再试", "the database is busy; try again later"),
    "disk I/O error": Words("磁盘读写出错，请检查磁盘", "the disk failed to read or write; check the disk"),
    "database or disk is full": Words("磁盘已满，请腾出空间后再试", "the disk is full; make room and try again"),
    "database disk image is malformed": Words(
        "数据库文件已损坏，请用备份恢复", "the database file is damaged; restore it from a backup"
    ),
}


def _outside(error: Exception) -> tuple[Words, int]:
    if type(error).__module__.partition(".")[0] in ("sqlalchemy", "sqlite3"):
        # Only what has used a database already pays for this import.
        from store.failures import failure_of  # noqa: PLC0415

        failure = failure_of(error)
        if failure:
            return failure.words, FAILED_OUTSIDE if failure.outside else WRONG_USAGE
        return _of_database(str(getattr(error, "orig", None) or error))
    if isinstance(error, OSError):
        from store.file_failures import words_of_file  # noqa: PLC0415 - only where there is such an error

        return words_of_file(error), FAILED_OUTSIDE
    words = Words(
        f"程序出错：{type(error).__name__}: {error}\n设置 LINXUAN_DEBUG=1 再运行一次，可看到详细信息",
        f"something went wrong: {type(error).__name__}: {error}\nrun again with LINXUAN_DEBUG=1 to see the details",
    )
    return words, FAILED_OUTSIDE


def _of_database(cause: str) -> tuple[Words, int]:
    known = _DATABASE.get(cause, Words(f"数据库出错：{cause}", f"the database failed: {cause}"))
    file = _database_given() if cause == _UNOPENED else None
    if file and file.is_dir():
        return Words(f"{known.zh}：{file} 是文件夹", f"{known.en}: {file} is a folder"), WRONG_USAGE
    if file and file.parent.is_dir() and not os.access(file.parent, os.W_OK):
        # SQLite keeps what it writes in files of its own beside the database.
        return (
            Words(
                f"不能在文件夹 {file.parent} 里写文件，数据库打不开；请给运行遴选的用户这个文件夹的写权限",
                f"nothing can be written in the folder {file.parent}, so the database cannot be opened; "
                "let the user that runs Linxuan write there",
            ),
            FAILED_OUTSIDE,
        )
    return known, WRONG_USAGE if cause == _NO_DATABASE else FAILED_OUTSIDE


def _database_given() -> Path | None:
    """Return what the user named as the database; SQLite's error does not say what it tried to open."""
    url = os.environ.get("LINXUAN_DATABASE", "")
    for option, following in zip(sys.argv, [*sys.argv[1:], ""], strict=True):
        name, _, value = option.partition("=")
        if name == "--database":
            url = value or following
    return Path(url.removeprefix("sqlite:///").partition("?")[0]) if url.startswith("sqlite:///") else None
