"""What is wrong with a program file, said so that its author can mend it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from tomllib import TOMLDecodeError
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from programs.base import CLOCK_PATTERN, IN_WORDS
from programs.words import Words


class Severity(StrEnum):
    """How much a fault matters: an error stops the program, a warning wants a look, a note informs."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


@dataclass(frozen=True)
class Fault:
    """One thing wrong in a program: the place as a dotted path, and what to do about it."""

    place: str
    words: Words
    severity: Severity = Severity.ERROR


class ProgramError(Exception):
    """The program cannot be used. `faults` says what is wrong and how to mend it; `source` is the file or id."""

    def __init__(self, source: str, faults: tuple[Fault, ...]) -> None:
        super().__init__(f"{source}: {'; '.join(f'{fault.place}: {fault.words.en}' for fault in faults)}")
        self.source = source
        self.faults = faults


_WORDS = {
    "missing": Words("缺少必填项，请补上", "is required; add it"),
    "extra_forbidden": Words("没有这个字段，请核对拼写或删去", "is not a known field; check the spelling or remove it"),
    "string_pattern_mismatch": Words(
        "只能用小写字母、数字和连字符，如 luzhou-2019", "must be lower-case letters, digits and hyphens"
    ),
    "string_too_short": Words("不能为空", "must not be empty"),
    "string_too_long": Words("不得超过 {max_length} 个字", "must have at most {max_length} characters"),
    "tuple_type": Words("应为列表（用方括号）", "must be a list in square brackets"),
    "model_type": Words("应为表（用花括号或 [表名]）", "must be a table"),
    "model_attributes_type": Words("应为表（用花括号或 [表名]）", "must be a table"),
    "too_short": Words("至少要有一项", "needs at least one entry"),
    "greater_than": Words("必须大于 {gt}", "must be greater than {gt}"),
    "greater_than_equal": Words("不得小于 {ge}", "must be at least {ge}"),
    "less_than_equal": Words("不得大于 {le}", "must be at most {le}"),
    "int_parsing": Words("应为整数", "must be a whole number"),
    "int_type": Words("应为整数", "must be a whole number"),
    "bool_parsing": Words("应为 true 或 false（是或否）", "must be true or false"),
    "bool_type": Words("应为 true 或 false", "must be true or false"),
    "string_type": Words("应为文字（加引号）", "must be text in quotes"),
    "date_from_datetime_parsing": Words("应为日期，如 2021-06-28", "must be a date such as 2021-06-28"),
    "date_parsing": Words("应为日期，如 2021-06-28", "must be a date such as 2021-06-28"),
    "date_type": Words("应为日期，如 2021-06-28", "must be a date such as 2021-06-28"),
    "timezone_aware": Words("时刻须带时区，如 2023-08-31T18:00+08:00", "needs a UTC offset such as +08:00"),
    "enum": Words("只能是 {expected}", "must be one of {expected}"),
    "literal_error": Words("只能是 {expected}", "must be one of {expected}"),
    "union_tag_invalid": Words(
        "没有这种类型；可用：{expected_tags}", "is of no known kind; use one of {expected_tags}"
    ),
    "union_tag_not_found": Words("缺少 kind（类型）", "needs a `kind`"),
}


def faults_of(error: ValidationError) -> tuple[Fault, ...]:
    """Turn pydantic's findings into sentences for the author of the file."""
    return tuple(
        Fault(
            ".".join(str(step) for step in finding["loc"]) or "program",
            _words_of(finding),
        )
        for finding in error.errors()
    )


def _words_of(finding: ErrorDetails) -> Words:
    context = finding.get("ctx", {})
    if context.get("pattern") == CLOCK_PATTERN:
        return Words("应为时刻，如 17:30 或 24:00", "must be a time of day such as 17:30 or 24:00")
    if finding["type"] == IN_WORDS:
        return Words(context["zh"], context["en"])
    known = _WORDS.get(finding["type"])
    # The finding's own message may quote the author's braces, so it is never a template.
    return known.format(**_choices(context)) if known else Words(f"不符合要求：{finding['msg']}", finding["msg"])


def _choices(context: Mapping[str, Any]) -> dict[str, Any]:
    """Give the choices that pydantic lists in English their Chinese form: `'a', 'b' or 'c'` is a、b、c."""
    return {
        name: Words("、".join(re.findall(r"'([^']*)'", value)), value) if name in _LISTED else value
        for name, value in context.items()
    }


_LISTED = ("expected", "expected_tags")


def toml_fault(error: TOMLDecodeError) -> Fault:
    """Tell where a text breaks the rules of TOML; what the parser says of it is English."""
    said = str(error)
    found = re.search(r"\(at line (\d+), column (\d+)\)$", said)
    where = f"第 {found[1]} 行第 {found[2]} 列" if found else "文件末尾"
    # What the parser cannot do is always to define something a second time.
    hint = (
        "同一字段或同一个表写了两次，请删去一处"
        if said.startswith(("Cannot ", "Duplicate "))
        else "请检查该处的引号、括号和等号"
    )
    return Fault("TOML", Words(f"不是合法的 TOML 文件：{where}有误，{hint}", f"is not valid TOML: {error}"))
