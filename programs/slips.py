"""Slips of the pen in a TOML text: where it cannot be read, and what its author most likely meant.

Quotes and punctuation of a Chinese keyboard, dates and words as people write them, a table that is written twice.
"""

import re
import tomllib
from collections.abc import Iterator
from datetime import date
from typing import Final

from programs.errors import Fault
from programs.words import Words

TOML: Final = "TOML"
"""The place of what breaks the rules of the language itself."""

THE_FILE: Final = Words("文件", "the file")


def toml_fault(error: tomllib.TOMLDecodeError, text: str, file: str | None = None) -> Fault:
    """Tell where a text breaks the rules of TOML, and what its author most likely meant."""
    said = str(error)
    found = re.search(r"\(at line (\d+), column (\d+)\)$", said)
    rows = text.replace("\r\n", "\n").split("\n")
    line = int(found[1]) if found else max(len(text.rstrip().split("\n")), 1)
    column = int(found[2]) if found else None
    row = rows[line - 1] if line <= len(rows) else ""
    # What the parser cannot do is always to define something a second time.
    doubled = said.startswith(("Cannot ", "Duplicate "))
    hint = _written_twice(rows, line) if doubled else _hint(row, at_the_end=column is None)
    where = (
        Words("第 {line} 行第 {column} 列", "line {line}, column {column}") if column else Words("文件末尾", "its end")
    )
    words = Words("不是合法的 TOML：{where}有误", "is not valid TOML at {where}: {said}").format(
        where=where.format(line=line, column=column), said=said.partition(" (at ")[0]
    )
    code = "written_twice" if doubled else "not_toml"
    return Fault(TOML, words, remedy=hint, code=code, where=THE_FILE, file=file, line=line)


_FULL_WIDTH: Final = {
    "＝": "=", "，": ",", "、": ",", "［": "[", "］": "]", "【": "[", "】": "]", "｛": "{", "｝": "}", "：": "=",
    "＃": "#", "．": ".", "。": ".", "；": ",", "＂": '"', "＇": "'", "　": " ", "\u00a0": " ",
}  # fmt: skip
_CHINESE_QUOTES: Final = "“”‘’「」『』＂＇"
_AS_A_DATE: Final = re.compile(r"^(?!\d{4}-\d{2}-\d{2}(?!\d))\d{4}\s*[年/.-]\s*\d{1,2}\s*[月/.-]\s*\d{1,2}\s*日?")
_DATE: Final = re.compile(r"^\d{4}-\d{2}-\d{2}(?!\d)")
_TRUTHS: Final = ("true", "false", "yes", "no", "是", "否", "有", "无")
_PAIR: Final = re.compile(r"^\s*([^=＝:：\s]+)\s*([=＝:：])\s*(.*)$")


def _hint(row: str, *, at_the_end: bool) -> Words:
    """Say what to do about a line that cannot be read, or about the last one of a text that ends too early."""
    last = (
        Words("有一个括号没有闭合，请补上", "a bracket is not closed")
        if at_the_end
        else Words("请检查该处的引号、括号和等号", "check the quotes, brackets and equals signs there")
    )
    return next(_guesses(row), last)


def _guesses(row: str) -> Iterator[Words]:
    """Yield what may be wrong with a line, the surest first."""
    bare = re.sub(r'"(?:[^"\\]|\\.)*"|\'[^\']*\'|#.*', "", row)  # what stands outside of quotes
    pair = _PAIR.match(row)
    key, sign, value = pair.groups() if pair else ("", "", row.strip())
    if value[:1] in tuple(_CHINESE_QUOTES) or any(one in _CHINESE_QUOTES for one in bare):
        yield Words('引号要用英文半角的 "…"，这里用了中文引号', 'use the straight quotes "…" instead of “…”')
    if _DATE.match(value) and not _is_day(value[:10]):
        yield Words("没有这一天，请核对日期", "there is no such day; check the date")
    if _AS_A_DATE.match(value):
        yield Words("日期请写成 2026-03-02，月日各两位，不加引号", "write dates as 2026-03-02, with two digits each")
    for wide in (one for one in bare if one in _FULL_WIDTH):
        words = Words("“{wide}”是全角符号，请改成半角的 {plain}", "“{wide}” is full-width; write {plain}")
        yield words.format(wide=wide, plain=_FULL_WIDTH[wide].strip() or Words("空格", "a space"))
    if sign == ":":
        yield Words("字段和值之间用等号 =，不用冒号", "write = between a field and its value, not a colon")
    if not key.isascii():
        yield Words("字段名要用英文，如 name、clause，见 docs/programs.md", "field names are English: name, clause …")
    if "\\" in row:
        yield Words("引号里的反斜杠 \\ 要写成两个 \\\\", "write a backslash in quotes twice: \\\\")
    if row.count('"') % 2:
        yield Words("引号没有成对，请补上另一半", "a quote is missing its other half")
    if pair:
        yield from _about_value(value)
    if row.strip() and not pair and not row.lstrip().startswith(("[", "{", "]", "}")):
        yield Words("这一行不是“字段 = 值”；说明文字请以 # 开头", "a line is `field = value`; begin a comment with #")


def _is_day(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def _about_value(value: str) -> Iterator[Words]:
    if not value:
        yield Words("等号后面没有值，请补上或删去该行", "there is no value after the equals sign")
    elif value.strip().casefold() in _TRUTHS:
        yield Words(
            "请写 true（是）或 false（否），小写，不加引号", "write true or false, in small letters without quotes"
        )
    elif value[:1] not in tuple("\"'[{0123456789+-"):
        yield Words('文字要用英文双引号括起来，如 "某市"', "write text in double quotes")


def _written_twice(rows: list[str], line: int) -> Words:
    """Say where a field or a table was written first: the same header, or the same key within one table."""
    row = rows[line - 1].strip() if line <= len(rows) else ""
    if row.startswith("["):
        name = row.partition("#")[0].strip()
        same = (at for at in range(line - 1) if rows[at].partition("#")[0].strip() == name)
    else:
        key = row.partition("=")[0].strip()
        top = max((at for at in range(line - 1) if rows[at].lstrip().startswith("[")), default=-1)
        same = (at for at in range(top + 1, line - 1) if rows[at].partition("=")[0].strip() == key)
    first = next(same, None)
    if first is None:
        return Words(
            "同一字段或同一个表写了两次，请删去一处；一项一项的列表要用两层方括号 [[…]]",
            "something is written twice; remove one; entries of a list stand under [[…]]",
        )
    if row.startswith("[") and not row.startswith("[["):
        words = Words(
            "这个表第 {line} 行已经写过：请合并，或把每一项都写成两层方括号 [{row}]",
            "the table stands at line {line} already: join them, or write each entry as [{row}]",
        )
        return words.format(line=first + 1, row=row.partition("#")[0].strip())
    words = Words("第 {line} 行已经写过，请删去一处", "it stands at line {line} already; remove one of them")
    return words.format(line=first + 1)
