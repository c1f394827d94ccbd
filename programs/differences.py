"""What differs between two versions of a program, in words, each under the clause that it rests on.

Parts of lists are known by their ids: one that keeps its id is changed, not taken out and put in.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum
from typing import Any

from programs.base import Identified, Part
from programs.labels import FIELDS, PARTS, WITHIN
from programs.model import Program
from programs.words import Words, closing_clock

#: What a part is known by to people, the first that it has.
_NAMES = ("name", "award", "question", "office", "label", "title", "kind", "id")

#: Lists whose order says something: the way of a nomination, and the highest grade first.
_ORDERED = frozenset({"stages", "tiers", "seats"})

_NOTHING = Words("无", "nothing")


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that is otherwise: the place as a dotted path, the clause behind it where there is one, and words."""

    place: str
    clause: str | None
    words: Words

    def to_json(self, language: str) -> dict[str, str | None]:
        """Return the difference as a JSON object in one language."""
        return {"place": self.place, "clause": self.clause, "words": self.words.in_language(language)}


def differences(before: Program, after: Program) -> tuple[Difference, ...]:
    """Return everything that differs between two versions of a program, in the order of its file."""
    # As they are kept: a ruling's day is read from a file as a day, and from the store as its text.
    was, now = (Program.model_validate(one.model_dump(mode="json")) for one in (before, after))
    return tuple(_of_part(was, now, "", None, None))


def _of_part(before: Part, after: Part, place: str, subject: Words | None, clause: str | None) -> Iterator[Difference]:
    for name in type(after).model_fields:
        was, now = getattr(before, name), getattr(after, name)
        if was == now:
            continue
        path = f"{place}.{name}" if place else name
        if name in PARTS and _is_list(was, now):
            yield from _of_list(was, now, name, path, subject, clause)
        elif isinstance(was, Part) and type(was) is type(now):
            label = _label(name, after)
            yield from _of_part(was, now, path, _beneath(subject, label), _clause_of(now) or clause)
        else:
            words = Words("{what}：由“{was}”改为“{now}”", "{what}: “{was}” becomes “{now}”")
            what = _beneath(subject, _label(name, after))
            yield Difference(path, clause, words.format(what=what, was=_spoken(was), now=_spoken(now)))


def _of_list(
    before: Sequence[Any], after: Sequence[Any], name: str, place: str, subject: Words | None, clause: str | None
) -> Iterator[Difference]:
    was, now = _keyed(before), _keyed(after)
    for key, part in was.items():
        # A part of another kind under the same id is another part.
        if key not in now or type(now[key]) is not type(part):
            what = _beneath(subject, PARTS[name])
            words = Words("取消{what}“{name}”", "{what} “{name}” is taken out").format(what=what, name=_name(part))
            yield Difference(f"{place}.{key}", _clause_of(part) or clause, words)
    for key, part in now.items():
        at, what = f"{place}.{key}", _beneath(subject, PARTS[name])
        if key not in was or type(was[key]) is not type(part):
            words = Words("新增{what}“{name}”{told}", "{what} “{name}” is new{told}")
            told = words.format(what=what, name=_name(part), told=_told(part))
            yield Difference(at, _clause_of(part) or clause, told)
        else:
            whose = Words("{what}“{name}”", "{what} “{name}”").format(what=what, name=_name(was[key]))
            yield from _of_part(was[key], part, at, whose, _clause_of(part) or clause)
    if name in _ORDERED:
        yield from _of_order(was, now, name, place, subject, clause)


def _of_order(
    was: dict[str, Any], now: dict[str, Any], name: str, place: str, subject: Words | None, clause: str | None
) -> Iterator[Difference]:
    stayed, stay = [key for key in was if key in now], [key for key in now if key in was]
    if stayed != stay:
        words = Words("{what}的顺序：由“{was}”改为“{now}”", "the order of {what}: “{was}” becomes “{now}”")
        yield Difference(
            place,
            clause,
            words.format(
                what=_beneath(subject, PARTS[name]),
                was=" → ".join(_name(was[key]) for key in stayed),
                now=" → ".join(_name(now[key]) for key in stay),
            ),
        )


def _is_list(was: object, now: object) -> bool:
    return isinstance(was, tuple) and isinstance(now, tuple) and all(isinstance(one, Part) for one in (*was, *now))


def _keyed(parts: Sequence[Any]) -> dict[str, Any]:
    """Return parts by what tells them from others of their list: the id, or else what they are called, and a number."""
    found: dict[str, Any] = {}
    alike: Counter[str] = Counter()
    for part in parts:
        key = part.id if isinstance(part, Identified) else _name(part)
        alike[key] += 1
        found[key if alike[key] == 1 else f"{key} {alike[key]}"] = part
    return found


def _name(part: Any) -> str:  # noqa: ANN401 - a part of any list
    return str(next(said for name in _NAMES if (said := getattr(part, name, None))))


def _clause_of(part: Any) -> str | None:  # noqa: ANN401 - as above
    return getattr(part, "clause", None)


def _label(name: str, part: Part) -> Words:
    return WITHIN.get((type(part).__name__, name)) or FIELDS.get(name) or PARTS.get(name) or Words(name, name)


def _beneath(subject: Words | None, label: Words) -> Words:
    return label if subject is None else Words(f"{subject.zh}·{label.zh}", f"{subject.en}, {label.en}")


#: What a new part is told by already, or what says nothing by itself.
_PLAIN = frozenset({"id", "name", "label", "title", "award", "question", "clause", "basis", "otherwise", "settles"})


def _told(part: Part) -> Words:
    """Say what a new part asks for, beside its name."""
    said = [
        Words("{label} {value}", "{label} {value}").format(label=_label(name, part), value=_spoken(getattr(part, name)))
        for name, field in type(part).model_fields.items()
        if name not in _PLAIN and getattr(part, name) != field.default and getattr(part, name) not in (None, ())
    ]
    if not said:
        return Words("", "")
    return Words(f"（{'；'.join(one.zh for one in said)}）", f" ({'; '.join(one.en for one in said)})")


def _spoken(value: Any) -> Words:  # noqa: ANN401, PLR0911 - a value of any field
    if value is None or value == ():
        return _NOTHING
    if isinstance(value, bool):
        return Words("是", "yes") if value else Words("否", "no")
    if isinstance(value, datetime):
        return _same(closing_clock(value))
    if isinstance(value, date):
        return _same(value.isoformat())
    if isinstance(value, Enum):
        label = getattr(value, "label", None)
        return label if isinstance(label, Words) else _same(str(value.value))
    if isinstance(value, Part):
        return _of_fields(value)
    if isinstance(value, dict):
        return _same("、".join(f"{key} {one}" for key, one in value.items()))
    if isinstance(value, tuple):
        return _listed(_spoken(one) for one in value)
    return _same(str(value))


def _of_fields(part: Part) -> Words:
    if isinstance(part, Identified):
        return _same(_name(part))
    said = [
        Words("{label} {value}", "{label} {value}").format(label=_label(name, part), value=_spoken(getattr(part, name)))
        for name, field in type(part).model_fields.items()
        if name != "clause" and getattr(part, name) != field.default
    ]
    return _listed(said)


def _listed(said: Iterable[Words]) -> Words:
    some = list(said)
    return Words("、".join(one.zh for one in some), ", ".join(one.en for one in some))


def _same(text: str) -> Words:
    return Words(text, text)
