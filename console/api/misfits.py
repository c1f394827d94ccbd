"""What does not fit in what was sent to the API, in sentences that never tell it back: it may be an identity number."""

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

from programs import Words

#: By pydantic's type of error, filled with its context.
_WORDS: Final[Mapping[str, Words]] = {
    "missing": Words("缺少这一项", "is missing"),
    "extra_forbidden": Words("没有这一项", "there is no such field"),
    "json_invalid": Words("不是 JSON", "is no JSON"),
    "model_attributes_type": Words("应为对象", "is no object"),
    "dict_type": Words("应为对象", "is no object"),
    "list_type": Words("应为列表", "is no list"),
    "string_type": Words("应为文字", "is no text"),
    "string_too_short": Words("至少 {min_length} 个字", "has fewer than {min_length} characters"),
    "string_too_long": Words("最多 {max_length} 个字", "has more than {max_length} characters"),
    # Patterns of shapes say which characters a text has not.
    "string_pattern_mismatch": Words(
        "有不能用的字符（如换行、控制字符）", "has characters that cannot stand there, such as control characters"
    ),
    "too_short": Words("至少 {min_length} 项", "has fewer than {min_length} entries"),
    "too_long": Words("最多 {max_length} 项", "has more than {max_length} entries"),
    "int_type": Words("应为整数", "is no whole number"),
    "bool_type": Words("应为 true 或 false", "is neither true nor false"),
    "date_type": Words("应为日期，如 2026-11-30", "is no date, such as 2026-11-30"),
    "datetime_type": Words(
        "应为时刻，如 2026-11-30T18:00:00+08:00", "is no instant, such as 2026-11-30T18:00:00+08:00"
    ),
    "timezone_aware": Words("时刻没有时区，如 +08:00", "has no UTC offset, such as +08:00"),
    "greater_than": Words("必须大于 {gt}", "must be greater than {gt}"),
    "greater_than_equal": Words("不得小于 {ge}", "must be at least {ge}"),
    "less_than": Words("必须小于 {lt}", "must be less than {lt}"),
    "less_than_equal": Words("不得大于 {le}", "must be at most {le}"),
    "enum": Words("只能是 {expected}", "must be one of {expected}"),
}

#: Other types of error that say the same.
_SAME: Final[Mapping[str, str]] = {
    "int_parsing": "int_type",
    "int_parsing_size": "int_type",
    "int_from_float": "int_type",
    "bool_parsing": "bool_type",
    "model_type": "model_attributes_type",
    "tuple_type": "list_type",
    "date_parsing": "date_type",
    "date_from_datetime_parsing": "date_type",
    "date_from_datetime_inexact": "date_type",
    "datetime_parsing": "datetime_type",
    "datetime_from_date_parsing": "datetime_type",
    "literal_error": "enum",
    "union_tag_invalid": "enum",
    "union_tag_not_found": "missing",
}

#: So many are told at once.
_MOST: Final = 20
#: So much of the name of a field is told, which may be anything that was sent.
_LONGEST: Final = 40


def misfits_told(faults: Sequence[Mapping[str, Any]]) -> Words:
    """Say where each of pydantic's findings is, and what is wrong there."""
    told = [(_place(one), _wrong(one)) for one in faults[:_MOST]]
    return Words(
        "；".join(f"{at}：{words.zh}" for at, words in told), "; ".join(f"{at}: {words.en}" for at, words in told)
    )


def _place(fault: Mapping[str, Any]) -> str:
    """Return where it is; of several forms one is meant by a word, which is then what is wrong."""
    word = fault.get("ctx", {}).get("discriminator")
    return ".".join(str(part)[:_LONGEST] for part in (*fault["loc"], *([word.strip("'")] if word else [])))


def _wrong(fault: Mapping[str, Any]) -> Words:
    kind, context = str(fault["type"]), dict(fault.get("ctx", {}))
    known = _WORDS.get(_SAME.get(kind, kind))
    if known is None:
        return Words("不符合接口说明（openapi.json）", "does not fit the description (openapi.json)")
    context |= {"expected": context["expected_tags"]} if "expected_tags" in context else {}
    if "expected" in context:
        # Pydantic writes of choices: 'a', 'b' or 'c'.
        choices = re.findall(r"'([^']*)'", context["expected"])
        context["expected"] = Words("、".join(choices), ", ".join(choices))
    return known.format(**context)
