"""How the store keeps text, numbers, instants and documents, the same on every database.

SQLite takes text of any length and any character, and whole numbers of 64 bits; PostgreSQL does not, and sorts text by
the language of the database. So what does not fit everywhere is refused before any database sees it, and text is
compared by its code points everywhere.
"""

import json
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import DateTime, Integer, String, Text
from sqlalchemy.engine import Dialect
from sqlalchemy.exc import DontWrapMixin
from sqlalchemy.types import TypeDecorator, TypeEngine
from typing_extensions import override

from deadlines.zone import SHANGHAI
from programs import Words

_SHOWN = 20
_LARGEST = 2**31 - 1


class UnfitError(ValueError, DontWrapMixin):
    """A value that no column can hold: bad input, which `words` tells to whoever gave it."""

    def __init__(self, words: Words) -> None:
        super().__init__(words.en)
        self.words = words


class Line(TypeDecorator[str]):
    """Text of at most `length` characters, such as a name, a number or a key. It sorts by code point.

    Raises `UnfitError` for longer text and for the character U+0000.
    """

    impl = String
    cache_ok = True

    def __init__(self, length: int) -> None:
        super().__init__(length)
        self.length = length

    @override
    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        collation = "C" if dialect.name == "postgresql" else None
        return dialect.type_descriptor(String(self.length, collation))

    @override
    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        if value is None:
            return None
        _refuse_nul(value)
        if len(value) > self.length:
            raise UnfitError(
                Words("“{some}……”过长，不能超过 {length} 个字", "“{some}…” is longer than {length} characters").format(
                    some=value[:_SHOWN], length=self.length
                )
            )
        # A member of an enumeration is text too, which drivers would adapt each in its own way.
        return str(value)


class Prose(TypeDecorator[str]):
    """Text of any length. Raises `UnfitError` for the character U+0000."""

    impl = Text
    cache_ok = True

    @override
    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        if value is not None:
            _refuse_nul(value)
        return value


class Whole(TypeDecorator[int]):
    """A whole number that somebody gives. Raises `UnfitError` for what 32 bits do not hold."""

    impl = Integer
    cache_ok = True

    @override
    def process_bind_param(self, value: int | None, dialect: Dialect) -> int | None:
        if value is not None and not -_LARGEST <= value <= _LARGEST:
            raise UnfitError(
                Words("数字 {value} 过大，不能超过 {most}", "the number {value} is larger than {most}").format(
                    value=value, most=_LARGEST
                )
            )
        return value


class Instant(TypeDecorator[datetime]):
    """An aware instant: kept in UTC, given back in Asia/Shanghai. SQLite keeps it as text that sorts by time."""

    impl = DateTime(timezone=True)
    cache_ok = True

    @override
    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("an instant needs a time zone")
        universal = value.astimezone(UTC)
        return universal.replace(tzinfo=None) if dialect.name == "sqlite" else universal

    @override
    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return (value if value.tzinfo else value.replace(tzinfo=UTC)).astimezone(SHANGHAI)


#: How a document is punctuated.
DOCUMENT_SEPARATORS = (", ", ": ")


def document_text(value: object) -> str:
    """Return a JSON value as the text that is kept of it: equal values have one text."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=DOCUMENT_SEPARATORS)


def documents(texts: Iterable[str]) -> list[Any]:
    """Return the JSON values that these texts are kept of, all read at once: five times as quick as one by one."""
    values: list[Any] = json.loads(f"[{','.join(texts)}]")
    return values


class Document(TypeDecorator[Any]):
    """A JSON value kept as readable text."""

    impl = Text
    cache_ok = True

    @override
    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:
        return None if value is None else document_text(value)

    @override
    def process_result_value(self, value: str | None, dialect: Dialect) -> Any:
        return None if value is None else json.loads(value)


def _refuse_nul(value: str) -> None:
    if "\0" in value:
        raise UnfitError(
            Words("“{some}”含有空字符（U+0000），请删去", "“{some}” has the character U+0000 in it; remove it").format(
                some=value[:_SHOWN].replace("\0", "␀")
            )
        )
