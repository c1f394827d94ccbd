"""What addresses share that files are sent to: how a form is read into a folder, and how OpenAPI tells of it."""

import re
from collections.abc import Callable, Mapping
from http import HTTPStatus
from pathlib import Path
from typing import Any, Final, TypeVar

from fastapi import FastAPI, Request
from pydantic import BaseModel, ValidationError
from starlette.concurrency import run_in_threadpool

from console.api.answers import Answers
from console.api.asking import ProblemError, problems
from console.api.misfits import misfits_told
from console.api.shapes import Shape
from console.uploads import FileForm, Sent, folder_for, read_upload
from programs import Words

#: Where files are sent to: what is longer than any document of the API is written to the disk as it comes.
TAKES_FILES: Final = re.compile(
    r"/nominations/[^/]+/materials/[^/]+/[^/]+|/programs/[^/]+/intake|/objections/[^/]+/finding|/experts/table"
    r"|/programs/[^/]+/stages/[^/]+/tallies|/programs/[^/]+/honors/[^/]+/reports/[^/]+/files"
)

#: How an address that sends a file tells of it.
BYTES: Final[dict[int | str, dict[str, Any]]] = {
    HTTPStatus.OK.value: {"content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}}}
}

_Form = TypeVar("_Form", bound=BaseModel)
_Answer = TypeVar("_Answer", bound=Shape)


class TakesFiles(Answers):
    """Answers addresses that files are sent to."""

    @staticmethod
    def _take(
        app: FastAPI, path: str, answer: Callable[..., Any], form: type[BaseModel], *, without: bool = False
    ) -> None:
        """Give the app an address that a form with files is sent to; `without`: it may have none."""
        app.add_api_route(
            path,
            answer,
            methods=["POST"],
            responses=problems(HTTPStatus.CONFLICT, HTTPStatus.UNSUPPORTED_MEDIA_TYPE, HTTPStatus.INSUFFICIENT_STORAGE),
            operation_id=answer.__name__,
            openapi_extra={"requestBody": _body_of(form, without=without)},
        )

    async def _uploaded(
        self,
        request: Request,
        kind: type[_Form],
        answer: Callable[[list[Sent], _Form], _Answer],
        most: int,
        *,
        without: bool = False,
        single: bool = False,
    ) -> _Answer:
        """Read a form with files, of `most` bytes, into a folder of the installation, and answer it; then it is gone.

        `without`: it may have no file; `single`: it has one, and no more.
        """
        with folder_for(self._desk.contents.incoming, request, most) as folder:
            form = await read_upload(request, Path(folder), most)
            files = [one for one in form.files if one.field == "file"]
            if (not files and not without) or len(files) < len(form.files):
                raise ProblemError(HTTPStatus.UNPROCESSABLE_ENTITY, _no_file())
            if single and len(files) > 1:
                raise ProblemError(HTTPStatus.UNPROCESSABLE_ENTITY, _one_alone())
            return await run_in_threadpool(answer, files, _read(form, kind))


def _body_of(form: type[BaseModel], *, without: bool) -> Mapping[str, Any]:
    """Describe a form with files as OpenAPI does; `without`: it may have none."""
    schema = form.model_json_schema()
    schema["properties"] = {"file": {"type": "string", "format": "binary"}, **schema["properties"]}
    schema["required"] = [*([] if without else ["file"]), *schema.get("required", [])]
    return {"required": True, "content": {"multipart/form-data": {"schema": schema}}}


def _read(form: FileForm, kind: type[_Form]) -> _Form:
    """Read the fields of a form, each sent once."""
    values = dict(form.pairs)
    if len(values) < len(form.pairs):
        raise ProblemError(HTTPStatus.UNPROCESSABLE_ENTITY, Words("每一项只能提交一次", "each field is sent once"))
    try:
        return kind.model_validate(values)
    except ValidationError as error:
        faults = [{**one, "loc": ("form", *one["loc"])} for one in error.errors()]
        raise ProblemError(HTTPStatus.UNPROCESSABLE_ENTITY, misfits_told(faults)) from error


def _one_alone() -> Words:
    return Words("这里一次只收一个文件", "one file is taken here at a time")


def _no_file() -> Words:
    return Words("文件须以 file 字段提交", "files are sent as `file`")
