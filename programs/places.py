"""The places of a program file: by ids for programs, in words for people, by keys and indexes for the text.

A *place* is a dotted path, entries of lists by their id: `stages.recommendation.tiers.city.deadline`. Where an entry
has no id its number stands there, counted from 0. *Steps* are the same way with every entry by its index, as the text
has them. Both are read against a document: the parsed file, or the dump of a program.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from programs.positions import Steps
from programs.words import Words

WHOLE: Final = "program"
"""The place of what concerns no part but the whole file."""

_PARTS: Final = {
    "categories": Words("类别", "category"),
    "routes": Words("推荐渠道", "route"),
    "traits": Words("特征", "trait"),
    "nominators": Words("推荐单位类型", "kind of nominator"),
    "seats": Words("名额", "seats"),
    "quotas": Words("限额", "quota"),
    "rules": Words("条件", "rule"),
    "materials": Words("材料", "material"),
    "forms": Words("形式", "form"),
    "stages": Words("环节", "stage"),
    "tiers": Words("层级", "tier"),
    "tracks": Words("分项", "track"),
    "criteria": Words("评分项", "criterion"),
    "groups": Words("评议组", "group"),
    "scoring": Words("计分办法", "scoring"),
    "jump": Words("异常增票", "implausible gain"),
    "panel": Words("专家组", "panel"),
    "ballot": Words("表决", "ballot"),
    "threshold": Words("通过的份额", "share that is needed"),
    "quorum": Words("法定到会人数", "quorum"),
    "share": Words("份额", "share"),
    "fields": Words("专业", "field"),
    "certificate": Words("证书", "certificate"),
    "annexes": Words("附表", "annex"),
    "columns": Words("栏目", "column"),
    "content": Words("表格内容", "content"),
    "parts": Words("部分", "part"),
    "cover": Words("封面栏", "entry of the cover"),
    "entries": Words("填写栏", "entry"),
    "boxes": Words("填写框", "box"),
    "opinions": Words("意见栏", "opinion"),
    "benefits": Words("待遇", "benefit"),
    "disqualifications": Words("取消资格情形", "disqualification"),
    "rulings": Words("裁定", "ruling"),
    "contacts": Words("联系方式", "contact"),
    "wordings": Words("信函用语", "words in letters"),
    "local_days_off": Words("地方放假日", "local day off"),
    "vocabularies": Words("等级体系", "vocabulary"),
    "levels": Words("等级", "level"),
    "archive": Words("电子文本包", "archive"),
    "ungated": Words("不作条件的事项", "ungated"),
    "deadline": Words("期限", "deadline"),
    "window": Words("计划时段", "window"),
    "period": Words("公示期", "period"),
    "objections": Words("异议受理期", "time for objections"),
    "correction": Words("补正期", "time for correction"),
    "rectification": Words("整改期", "time for rectification"),
}
"""What people call the parts that a file is made of, by the key that they stand under."""

_NAMES: Final = ("name", "award", "office", "label", "title", "id")
"""The fields that a part is known by to people."""


def steps_of(document: Mapping[str, Any], place: str) -> Steps:
    """Return the way to a place as far as the document has it; of two entries with one id, to the first."""
    steps: list[str | int] = []
    value: Any = document
    for step in place.split(".") if place != WHOLE else ():
        found = _into(value, step)
        if found is None:
            break
        steps.append(found)
        value = value[found]
    return tuple(steps)


def place_of(document: Mapping[str, Any], steps: Sequence[str | int]) -> str:
    """Return the place that these steps lead to; one that does not exist ends it."""
    return ".".join(_named(document, steps)) or WHOLE


def _named(document: Mapping[str, Any], steps: Sequence[str | int]) -> Iterator[str]:
    value: Any = document
    for step in steps:
        value = _at(value, step)
        yield str(value["id"]) if isinstance(step, int) and _has(value, "id") else str(step)


def place_words(document: Mapping[str, Any], place: str) -> Words:
    """Return a place as people speak of it, with the path behind it: 材料“事迹材料”（materials.deeds）."""
    if place == WHOLE:
        return Words("整个项目", "the whole program")
    steps = steps_of(document, place)
    told: list[Words] = []
    listed = False
    value: Any = document
    for step in steps:
        value = _at(value, step)
        if isinstance(step, int) and listed:
            told[-1] = _entry(told[-1], value, step)
        listed = step in _PARTS
        if listed:
            told.append(_PARTS[str(step)])
    within = Words("的".join(one.zh for one in told), ", ".join(one.en for one in told))
    return Words(f"{within.zh}（{place}）", f"{within.en} ({place})") if told else Words(place, place)


def _entry(part: Words, value: object, index: int) -> Words:
    name = _name(value)
    if name is None:
        return Words(f"第 {index + 1} 个{part.zh}", f"{part.en} no. {index + 1}")
    return Words(f"{part.zh}“{name}”", f"{part.en} “{name}”")


def _name(value: object) -> str | None:
    if not isinstance(value, Mapping):
        return None
    return next((str(value[key]) for key in _NAMES if isinstance(value.get(key), str) and value[key]), None)


def clause_of(document: Mapping[str, Any], place: str) -> str | None:
    """Return the clause of the part that a place lies in; none where no part around it cites one."""
    value: Any = document
    clause: str | None = None
    for step in steps_of(document, place):
        value = _at(value, step)
        if isinstance(value, Mapping) and isinstance(value.get("clause"), str):
            clause = value["clause"]
    return clause


def _into(value: object, step: str) -> str | int | None:
    """Return the key or the index that one step of a place means, none where there is no such."""
    if isinstance(value, Mapping):
        return step if step in value else None
    if isinstance(value, list | tuple):
        by_id = (index for index, item in enumerate(value) if _has(item, "id") and item["id"] == step)
        by_number = int(step) if step.isdecimal() and len(step) < 10 and int(step) < len(value) else None
        return next(by_id, by_number)
    return None


def _at(value: Any, step: str | int) -> Any:  # noqa: ANN401 - a document holds values of any kind
    """Return what one step leads to, none where it leads nowhere."""
    if isinstance(value, Mapping):
        return value.get(step)
    if isinstance(value, list | tuple) and isinstance(step, int) and step < len(value):
        return value[step]
    return None


def _has(value: object, key: str) -> bool:
    return isinstance(value, Mapping) and key in value
