"""What an error means for whoever typed the command."""

import os
import traceback

from cli.face import FAILED_OUTSIDE, WRONG_USAGE
from programs import ProgramError, Words


def words_of(error: Exception) -> tuple[Words, int]:
    """Return the sentence and the exit code for an error. The traceback is shown with `LINXUAN_DEBUG` only."""
    if os.environ.get("LINXUAN_DEBUG"):
        traceback.print_exception(error)
    if isinstance(error, ProgramError):
        lines = [
            Words(f"{fault.place}：{fault.words.zh}", f"{fault.place}: {fault.words.en}") for fault in error.faults
        ]
        return (
            Words(
                f"项目 {error.source} 有误：\n" + "\n".join(f"  {line.zh}" for line in lines),
                f"The program {error.source} is wrong:\n" + "\n".join(f"  {line.en}" for line in lines),
            ),
            WRONG_USAGE,
        )
    said = getattr(error, "words", None)
    if isinstance(said, Words):
        return said, WRONG_USAGE
    return _outside(error), FAILED_OUTSIDE


def _outside(error: Exception) -> Words:
    kind = type(error).__module__.partition(".")[0]
    if kind == "sqlalchemy":
        cause = getattr(error, "orig", None) or error
        return Words(f"数据库出错：{cause}", f"the database failed: {cause}")
    if isinstance(error, OSError):
        return Words(f"读写出错：{error}", f"reading or writing failed: {error}")
    return Words(
        f"程序出错：{type(error).__name__}: {error}\n设置 LINXUAN_DEBUG=1 再运行一次，可看到详细信息",
        f"something went wrong: {type(error).__name__}: {error}\nrun again with LINXUAN_DEBUG=1 to see the details",
    )
