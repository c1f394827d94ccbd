"""Reading what a page's form sends: bounded, and nothing but text."""

from collections.abc import Sequence
from http import HTTPStatus
from typing import Final
from urllib.parse import parse_qsl

from starlette.exceptions import HTTPException
from starlette.requests import Request

from programs import Words
from store.types import UnfitError

#: The longest form without files, in bytes; the longest opinion is a page of text.
LARGEST: Final = 256 * 1024
_MOST_FIELDS: Final = 2000
#: So much is shown of what cannot be read.
_SHOWN: Final = 40


class Form:
    """The fields of one form, each with what was typed, in their order."""

    def __init__(self, fields: Sequence[tuple[str, str]]) -> None:
        self._fields = fields

    @property
    def pairs(self) -> Sequence[tuple[str, str]]:
        """Every field as it was sent, in their order."""
        return self._fields

    def get(self, name: str) -> str:
        """Return what was typed into a field, without space around it; nothing where it is not there."""
        return next((value.strip() for key, value in self._fields if key == name), "")

    def raw(self, name: str) -> str:
        """Return a field as it was typed: a password may begin with a space."""
        return next((value for key, value in self._fields if key == name), "")

    def all(self, name: str) -> list[str]:
        """Return everything that was ticked under one name."""
        return [value.strip() for key, value in self._fields if key == name]

    def given(self, prefix: str) -> dict[str, str]:
        """Return the fields of which the name begins so, by the rest of the name, also those left empty."""
        found = ((key.removeprefix(prefix), value.strip()) for key, value in self._fields if key.startswith(prefix))
        return dict(found)

    def starting(self, prefix: str) -> dict[str, str]:
        """Return what was typed into the fields of which the name begins so, by the rest of the name."""
        return {key: value for key, value in self.given(prefix).items() if value}

    def __contains__(self, name: object) -> bool:
        """Whether a field was sent, filled or not."""
        return any(key == name for key, _ in self._fields)

    def has(self, name: str) -> bool:
        """Whether a box was ticked, or a field sent at all."""
        return any(key == name for key, _ in self._fields)


_HALVED: Final = {ord("０") + digit: str(digit) for digit in range(10)}


def whole(text: str) -> int | None:
    """Read a whole number as pages write it, or in digits of full width, which Chinese keyboards type; else none."""
    text = text.translate(_HALVED)
    return int(text) if text.isascii() and text.isdecimal() and len(text) < len("1000000000") else None


def whole_in(text: str) -> int | None:
    """Read a whole number; none where nothing was typed. Raises `UnfitError` for what is none."""
    number = whole(text)
    if text and number is None:
        raise UnfitError(Words("“{text}”不是整数", "“{text}” is no whole number").format(text=text[:_SHOWN]))
    return number


async def read_form(request: Request) -> Form:
    """Read the form that a request sends; an `HTTPException` says that it is too long or none."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "application/x-www-form-urlencoded":
        raise HTTPException(HTTPStatus.UNSUPPORTED_MEDIA_TYPE)
    content = await read_bounded(request, LARGEST)
    try:
        fields = parse_qsl(content.decode(), keep_blank_values=True, errors="strict", max_num_fields=_MOST_FIELDS)
    except ValueError as error:
        raise HTTPException(HTTPStatus.BAD_REQUEST) from error
    note_sent(request, fields)
    return Form(fields)


def note_sent(request: Request, fields: Sequence[tuple[str, str]], *, files: int = 0) -> None:
    """Remember beside a request what its form held, for the page that says why it could not be taken."""
    request.scope.setdefault("state", {}).update(sent=tuple(fields), files=files)


def files_with(request: Request) -> int:
    """Return how many files came with the form that a request sent."""
    count: int = request.scope.get("state", {}).get("files", 0)
    return count


def sent_with(request: Request) -> Sequence[tuple[str, str]]:
    """Return the fields of the form that a request sent, once it was read; none before, or where it sent none."""
    sent: Sequence[tuple[str, str]] = request.scope.get("state", {}).get("sent", ())
    return sent


async def read_bounded(request: Request, most: int) -> bytes:
    """Read what a request sends, and no more of it than this; an `HTTPException` says that there is more."""
    content = bytearray()
    async for part in request.stream():
        content += part
        if len(content) > most:
            raise HTTPException(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
    return bytes(content)
