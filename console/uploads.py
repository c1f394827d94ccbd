"""Reading forms with files: written to the disk as they come, bounded, and gone again once they are answered.

Files lie under numbers in a folder of their own; what people call them is a label, and never a path.
"""

import shutil
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, BinaryIO, Final

from fastapi.responses import Response
from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request

from console.arriving import beside_pages
from console.forms import LARGEST, Form, note_sent
from store.scratch import COMING, clear_left

if TYPE_CHECKING:
    from python_multipart.multipart import MultipartCallbacks

#: How many files come with one form.
MOST_FILES: Final = 50
_MOST_FIELDS: Final = 2000
_LONGEST_NAME: Final = 200
#: What is left free of a disk, whatever is sent.
_SPARE: Final = 512 * 1024 * 1024
#: So much is gathered before a thread writes it.
_GATHERED: Final = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Sent:
    """A file that came with a form: of which field, what its sender calls it, where it lies, and its bytes."""

    field: str
    name: str
    file: Path
    size: int


class FileForm(Form):
    """The fields of a form, and the files that came with it."""

    def __init__(self, fields: Sequence[tuple[str, str]], files: Sequence[Sent]) -> None:
        super().__init__(fields)
        self.files = files


Takes = Callable[[Request, FileForm], Response]
"""Answers a form with files."""

Admits = Callable[[Request], None]
"""Asks whether somebody may hand in anything here, before a byte of it is read; raises what says no."""


def uploading(answer: Takes, scratch: Path, most: int, admits: Admits) -> Callable[[Request], Awaitable[Response]]:
    """Return a route that takes a form with files of `most` bytes together; `scratch` is where they lie meanwhile."""

    async def route(request: Request) -> Response:
        await beside_pages(admits, request)
        with folder_for(scratch, request, most) as folder:
            form = await read_upload(request, folder, most)
            note_sent(request, form.pairs, files=len(form.files))
            return await run_in_threadpool(answer, request, form)

    return route


async def read_upload(request: Request, folder: Path, most: int) -> FileForm:
    """Read a form with files into a folder; an `HTTPException` says that it is too large, or none."""
    kind, options = parse_options_header(request.headers.get("content-type", ""))
    boundary = options.get(b"boundary")
    if kind != b"multipart/form-data" or not boundary:
        raise HTTPException(HTTPStatus.UNSUPPORTED_MEDIA_TYPE)
    parts = _Parts(folder)
    parser = MultipartParser(boundary, parts.callbacks())
    total, gathered = 0, bytearray()
    try:
        async for chunk in request.stream():
            total += len(chunk)
            if total > most:
                raise HTTPException(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
            gathered += chunk
            if len(gathered) >= _GATHERED:
                await beside_pages(parser.write, bytes(gathered))
                gathered.clear()
        await beside_pages(parser.write, bytes(gathered))
        parser.finalize()
        return parts.form()
    except (FormParserError, UnicodeDecodeError) as error:
        raise HTTPException(HTTPStatus.BAD_REQUEST) from error
    finally:
        parts.close()


class _Parts:
    """What a parser finds, part by part: a field is kept, a file is written."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._fields: list[tuple[str, str]] = []
        self._files: list[Sent] = []
        self._headers: dict[bytes, bytes] = {}
        self._header, self._value = bytearray(), bytearray()
        self._field, self._name = "", ""
        self._text = bytearray()
        self._texts = 0
        self._open: BinaryIO | None = None
        self._is_whole = False

    def callbacks(self) -> "MultipartCallbacks":
        return {
            "on_part_begin": self._headers.clear,
            "on_header_field": lambda data, start, end: self._header.extend(data[start:end]),
            "on_header_value": lambda data, start, end: self._value.extend(data[start:end]),
            "on_header_end": self._header_ends,
            "on_headers_finished": self._begins,
            "on_part_data": self._goes_on,
            "on_part_end": self._ends,
            "on_end": self._all_read,
        }

    def form(self) -> FileForm:
        """Return what was read; an `HTTPException` where the form breaks off."""
        if not self._is_whole:
            raise HTTPException(HTTPStatus.BAD_REQUEST)
        return FileForm(self._fields, self._files)

    def close(self) -> None:
        if self._open:
            self._open.close()

    def _header_ends(self) -> None:
        self._headers[bytes(self._header).lower()] = bytes(self._value)
        self._header.clear()
        self._value.clear()

    def _begins(self) -> None:
        _, options = parse_options_header(self._headers.get(b"content-disposition", b""))
        self._field = options.get(b"name", b"").decode()
        self._text.clear()
        if len(self._fields) + len(self._files) >= _MOST_FIELDS:
            raise HTTPException(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
        if b"filename" in options:
            if len(self._files) == MOST_FILES:
                raise HTTPException(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
            self._name = called(options[b"filename"].decode())
            self._open = (self._folder / str(len(self._files))).open("xb")

    def _goes_on(self, data: bytes, start: int, end: int) -> None:
        if self._open:
            self._open.write(data[start:end])
            return
        self._texts += end - start
        if self._texts > LARGEST:
            raise HTTPException(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
        self._text += data[start:end]

    def _ends(self) -> None:
        if self._open is None:
            self._fields.append((self._field, self._text.decode()))
            return
        size = self._open.tell()
        file = Path(self._open.name)
        self._open.close()
        self._open = None
        # A field for files that was left empty sends one without a name.
        if self._name or size:
            self._files.append(Sent(self._field, self._name or "—", file, size))
        else:
            file.unlink()

    def _all_read(self) -> None:
        self._is_whole = True


def called(name: str) -> str:
    """Return what a file is called, without the folders that old browsers send, and on one line."""
    last = PurePosixPath(name.replace("\\", "/")).name
    return "".join(one if one.isprintable() else "_" for one in last)[-_LONGEST_NAME:]


@contextmanager
def folder_for(scratch: Path, request: Request, most: int) -> Iterator[Path]:
    """Give an empty folder for as long as a request is answered, where there is room for what it says it sends."""
    told = request.headers.get("content-length", "")
    size = int(told) if told.isascii() and told.isdecimal() and len(told) < 16 else most
    if size > most:
        raise HTTPException(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
    scratch.mkdir(mode=0o700, parents=True, exist_ok=True)
    if shutil.disk_usage(scratch).free < size + _SPARE:
        raise HTTPException(HTTPStatus.INSUFFICIENT_STORAGE)
    clear_left(scratch, time.time())
    folder = TemporaryDirectory(prefix=COMING, dir=scratch)
    try:
        yield Path(folder.name)
    finally:
        with suppress(OSError):
            folder.cleanup()
