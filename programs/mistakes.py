"""What pydantic finds wrong with a file, in sentences for its author: what is wrong, what to do, what was meant."""

import re
from collections.abc import Iterator, Mapping, Sequence
from types import UnionType
from typing import Annotated, Any, Final, Literal, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from programs.base import CLOCK_PATTERN, IN_WORDS
from programs.errors import Fault
from programs.model import Program
from programs.nearest import joined, listed, meant, nearest
from programs.places import WHOLE, place_of
from programs.positions import Lines, Steps
from programs.words import Words

_SAID = tuple[str, Words, Words | None]

#: By pydantic's type of error: the code, what is wrong, and what to do.
_WORDS: Final[Mapping[str, tuple[str, Words, Words]]] = {
    "string_pattern_mismatch": (
        "bad_id",
        Words("“{input}”不能用在这里", "“{input}” cannot stand here"),
        Words(
            "只能用小写字母、数字和连字符，如 luzhou-2019", "use lower-case letters, digits and hyphens: luzhou-2019"
        ),
    ),
    "string_too_short": (
        "empty",
        Words("不能为空", "is empty"),
        Words("请填写内容，或删去该行", "fill it, or remove it"),
    ),
    "string_short": (
        "too_short",
        Words("“{input}”不足 {min_length} 个字", "“{input}” has fewer than {min_length} characters"),
        Words("请写长一些，如 luzhou-2019", "make it longer: luzhou-2019"),
    ),
    "string_too_long": (
        "too_long",
        Words("超过 {max_length} 个字", "has more than {max_length} characters"),
        Words("请缩短，详情留在通知里", "shorten it; the details are in the notice"),
    ),
    "tuple_type": (
        "wrong_type",
        Words("应为列表", "is no list"),
        Words('请用方括号括起来，如 ["甲", "乙"]，或写成 [[…]]', "write it in square brackets, or as [[…]]"),
    ),
    "model_type": (
        "wrong_type",
        Words("应为表", "is no table"),
        Words("请用花括号 {{…}}，或写成 [表名]", "write it in braces, or as [table]"),
    ),
    "too_short": (
        "too_few",
        Words("只有 {actual_length} 项", "has {actual_length} entries"),
        Words("请至少写 {min_length} 项", "give at least {min_length}"),
    ),
    "greater_than": (
        "out_of_bounds",
        Words("{input} 太小", "{input} is too small"),
        Words("必须大于 {gt}", "it must be greater than {gt}"),
    ),
    "greater_than_equal": (
        "out_of_bounds",
        Words("{input} 太小", "{input} is too small"),
        Words("不得小于 {ge}", "it must be at least {ge}"),
    ),
    "less_than": (
        "out_of_bounds",
        Words("{input} 太大", "{input} is too large"),
        Words("必须小于 {lt}", "it must be less than {lt}"),
    ),
    "less_than_equal": (
        "out_of_bounds",
        Words("{input} 太大", "{input} is too large"),
        Words("不得大于 {le}", "it must be at most {le}"),
    ),
    "int_type": (
        "wrong_type",
        Words("应为整数", "is no whole number"),
        Words("请写成不加引号的数字，如 10", "write digits without quotes: 10"),
    ),
    "bool_type": (
        "wrong_type",
        Words("应为 true 或 false", "is neither true nor false"),
        Words("请写 true（是）或 false（否），不加引号", "write true or false, without quotes"),
    ),
    "string_type": (
        "wrong_type",
        Words("应为文字", "is no text"),
        Words('请加英文双引号，如 "10"', "write it in double quotes"),
    ),
    "date_type": (
        "bad_date",
        Words("{input} 不是日期", "{input} is no date"),
        Words("请写成 2021-06-28，不加引号", "write 2021-06-28, without quotes"),
    ),
    "datetime_type": (
        "bad_date",
        Words("{input} 不是时刻", "{input} is no instant"),
        Words("请写成 2023-08-31T18:00:00+08:00，不加引号", "write 2023-08-31T18:00:00+08:00, without quotes"),
    ),
    "timezone_aware": (
        "bad_date",
        Words("时刻没有时区", "the instant has no UTC offset"),
        Words("请写成 2023-08-31T18:00:00+08:00", "write 2023-08-31T18:00:00+08:00"),
    ),
    "dict_type": (
        "wrong_type",
        Words("应为表", "is no table"),
        Words('请用花括号，如 {{ "国家一类" = 6 }}', 'write it in braces: {{ "国家一类" = 6 }}'),
    ),
}

#: Other types of error that say the same.
_SAME: Final = {
    "int_parsing": "int_type",
    "int_from_float": "int_type",
    "bool_parsing": "bool_type",
    "model_attributes_type": "model_type",
    "date_parsing": "date_type",
    "date_from_datetime_parsing": "date_type",
    "date_from_datetime_inexact": "date_type",
    "datetime_parsing": "datetime_type",
    "datetime_from_date_parsing": "datetime_type",
    "timezone_naive": "timezone_aware",
}

_LONGEST_QUOTE: Final = 40


def faults_of(
    error: ValidationError,
    document: Mapping[str, Any] | None = None,
    lines: Lines | None = None,
    file: str | None = None,
) -> tuple[Fault, ...]:
    """Turn pydantic's findings into sentences for the author of the file.

    `document` is what was validated: with it places are told by ids and in words, and with its lines by line.
    """
    written = document if document is not None else {}
    faults: dict[tuple[str, str], Fault] = {}
    for finding in error.errors():
        missing = finding["type"] == "missing"
        steps, past = (finding["loc"], False) if document is None else _steps(written, finding["loc"], missing=missing)
        if finding["type"] == "too_short" and len(finding["input"]) >= finding["ctx"]["min_length"]:
            continue  # pydantic counts the entries without those that it finds fault with
        for at, code, words, remedy in _said(finding, past=past):
            place = ".".join(part for part in (place_of(written, steps) if steps else "", at) if part) or WHOLE
            fault = Fault(place, words, remedy=remedy, code=code).within(written)
            if lines is not None and file is not None:
                fault = fault.at_line(written, lines, file, None if at else steps)
            faults.setdefault((place, code), fault)
    return tuple(faults.values())


def _steps(document: Mapping[str, Any], loc: Sequence[str | int], *, missing: bool) -> tuple[Steps, bool]:
    """Take out of pydantic's way what the file does not have: the kinds of parts, and what it tried a value as.

    The second value tells whether it tried a value as several types.
    """
    steps: list[str | int] = []
    value: Any = document
    for index, step in enumerate(loc):
        if isinstance(value, Mapping):
            if step == value.get("kind") and step not in value and (index + 1 < len(loc) or not missing):
                continue
            if step not in value and not (missing and index + 1 == len(loc)):
                return tuple(steps), True
            value = value.get(str(step))
        elif isinstance(value, list | tuple) and isinstance(step, int) and step < len(value):
            value = value[step]
        else:
            return tuple(steps), True
        steps.append(step)
    return tuple(steps), False


def _said(finding: ErrorDetails, *, past: bool) -> Iterator[tuple[str, str, Words, Words | None]]:
    """Yield what is wrong: the place below, the code, the sentence and the remedy."""
    context, kind = finding.get("ctx", {}), finding["type"]
    if kind == IN_WORDS:
        for fault in context["faults"]:
            yield fault.at, fault.code, fault.words, fault.remedy
    elif past:
        words = Words("“{input}”不能用在这里", "“{input}” cannot stand here").format(input=_quoted(finding["input"]))
        remedy = Words(
            "请写是否（true、false）、整数、日期或加引号的文字",
            "write true or false, a whole number, a date, or text in quotes",
        )
        yield "", "wrong_type", words, remedy
    else:
        yield "kind" if kind == "union_tag_invalid" else "", *_known(finding, kind, context)


def _known(finding: ErrorDetails, kind: str, context: Mapping[str, Any]) -> _SAID:
    match kind:
        case "missing":
            return _missing(str(finding["loc"][-1]))
        case "extra_forbidden":
            return _unknown_field(finding["loc"])
        case "enum" | "literal_error" | "union_tag_invalid" | "union_tag_not_found":
            return _no_choice(finding, context)
        case "string_pattern_mismatch" if context.get("pattern") == CLOCK_PATTERN:
            words = Words("“{input}”不是时刻", "“{input}” is no time of day").format(input=_quoted(finding["input"]))
            return "bad_clock", words, Words("请写成 17:30 或 24:00", "write 17:30 or 24:00")
        case "string_too_short" if finding["input"].strip():
            kind = "string_short"
    said = _WORDS.get(_SAME.get(kind, kind))
    if said is None:
        # The finding's own message may quote the author's braces, so it is never a template.
        return "invalid", Words(f"不符合要求：{finding['msg']}", finding["msg"]), None
    code, wrong, mend = said
    values = {**context, "input": _quoted(finding["input"])}
    return code, wrong.format(**values), mend.format(**values)


_MISSING: Final = {
    "clause": Words(
        '请写明这一条出自通知何处，如 clause = "三、（一）"', 'say where the notice has it: clause = "三、（一）"'
    ),
    "id": Words(
        '请起一个 id：小写字母、数字和连字符，如 id = "skill-level"',
        'give it an id of lower-case letters, digits and hyphens: id = "skill-level"',
    ),
    "name": Words('请写名称，如 name = "事迹材料"', 'give it a name: name = "事迹材料"'),
}


def _missing(field: str) -> _SAID:
    add = Words("请补上 {field} = …", "add {field} = …").format(field=field)
    return "missing", Words("缺少必填项", "is required and missing"), _MISSING.get(field, add)


def _no_choice(finding: ErrorDetails, context: Mapping[str, Any]) -> _SAID:
    """Say what may be chosen; pydantic lists it in English: `'a', 'b' or 'c'`."""
    if finding["type"] == "union_tag_not_found":
        kinds = _kinds(finding["loc"])
        remedy = Words("请补上 kind，可用：{kinds}", "add a `kind`, one of {kinds}").format(kinds=listed(kinds))
        return "missing", Words("缺少 kind（类型）", "has no `kind`"), remedy
    known = re.findall(r"'([^']*)'", context.get("expected") or context["expected_tags"])
    written = context.get("tag", finding["input"])
    words = Words("没有“{written}”这一项", "“{written}” is not among the choices").format(written=_quoted(written))
    remedy = Words("可用：{known}{meant}", "use one of {known}{meant}")
    return "unknown_choice", words, remedy.format(known=listed(known), meant=meant(written, known))


def _unknown_field(loc: Sequence[str | int]) -> _SAID:
    """Say that there is no such field, and where it belongs: nearly so named here, of another kind, of the program."""
    *around, name = loc
    field = str(name)
    models = _models(around)
    fields = [known for model in models for known in model.model_fields]
    words = Words("没有“{field}”这个字段", "there is no field “{field}”").format(field=_quoted(field))
    kinds = [_kind_of(model) for model in _alternatives(around) if field in model.model_fields]
    if kinds:
        remedy = Words(
            "它用于 kind 为 {kinds} 的条目；请移过去或删去", "it belongs to the kinds {kinds}; move or remove it"
        )
        return "unknown_field", words, remedy.format(kinds=listed(kinds))
    if around and field in Program.model_fields:
        remedy = Words(
            "它是项目自己的字段，须写在文件开头、所有 [[…]] 之前",
            "it belongs to the program itself: write it at the top, before every [[…]]",
        )
        return "unknown_field", words, remedy
    found = nearest(field, fields)
    if found:
        remedy = Words("是否想写 {found}？如不是，请删去", "did you mean {found}? if not, remove it")
        return "unknown_field", words, remedy.format(found=found)
    tables = [table for table, known in _tables(Program) if field in known]
    if tables:
        remedy = Words("它写在 {tables} 里；请移过去或删去", "it belongs into {tables}; move or remove it")
        return "unknown_field", words, remedy.format(tables=joined(dict.fromkeys(tables)))
    remedy = Words("请删去；这里可用：{known}", "remove it; the fields here are {known}")
    return "unknown_field", words, remedy.format(known=joined(fields))


def _tables(model: type[BaseModel], within: str = "") -> Iterator[tuple[str, set[str]]]:
    """Yield every table of a file below a model, as it is headed, `[[stages.tiers]]`, with its fields."""
    for name, field in model.model_fields.items():
        at = f"{within}.{name}" if within else name
        for one in _members(field.annotation):
            listed = get_origin(one) is tuple
            for part in _members(get_args(one)[0]) if listed else [one]:
                if isinstance(part, type) and issubclass(part, BaseModel):
                    yield f"[[{at}]]" if listed else f"{at} = {{ … }}", set(part.model_fields)
                    yield from _tables(part, at)


def _models(loc: Sequence[str | int]) -> list[type[BaseModel]]:
    """Return the model that pydantic's way leads to, in a list; an empty list where it leads to none."""
    annotation: Any = Program
    for step in loc:
        members = [one for one in _members(annotation) if isinstance(one, type) and issubclass(one, BaseModel)]
        tagged = [one for one in members if len(members) > 1 and _kind_of(one) == step]
        if tagged:
            annotation = tagged[0]
        elif isinstance(step, int):
            annotation = next((get_args(one)[0] for one in _members(annotation) if get_origin(one) is tuple), None)
        else:
            found = [one.model_fields[step].annotation for one in members if step in one.model_fields]
            annotation = found[0] if found else None
    return [one for one in _members(annotation) if isinstance(one, type) and issubclass(one, BaseModel)]


def _alternatives(loc: Sequence[str | int]) -> list[type[BaseModel]]:
    """Return the models of all kinds that could stand where pydantic's way leads."""
    members = _models(loc[:-1]) if loc and isinstance(loc[-1], str) else []
    return members if len(members) > 1 else []


def _kinds(loc: Sequence[str | int]) -> list[str]:
    return [_kind_of(model) for model in _models(loc)]


def _kind_of(model: type[BaseModel]) -> str:
    field = model.model_fields.get("kind")
    return str(get_args(field.annotation)[0]) if field and get_origin(field.annotation) is Literal else ""


def _members(annotation: object) -> list[Any]:
    """Return what an annotation is of: the members of a union, or itself."""
    if get_origin(annotation) is Annotated:
        return _members(get_args(annotation)[0])
    if get_origin(annotation) in (Union, UnionType):
        return [member for one in get_args(annotation) for member in _members(one)]
    return [annotation]


def _quoted(value: object) -> str:
    """Return what somebody wrote, short enough to be told."""
    shown = value if isinstance(value, str) else "true" if value is True else "false" if value is False else str(value)
    return shown if len(shown) <= _LONGEST_QUOTE else f"{shown[:_LONGEST_QUOTE]}…"
