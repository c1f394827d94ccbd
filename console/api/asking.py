"""Who asks the API, in which language, and how it says that something was not done."""

from collections.abc import Iterable, Sequence
from http import HTTPStatus
from typing import Annotated, Any, Final, NamedTuple

from fastapi import Depends, Path, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from console.api.shapes import Line, Problem
from operations.held_secrets import Held
from operations.results import MisstatedError
from programs import Words
from states import Refusal

_bearer: Final = HTTPBearer(auto_error=False, description="linxuan user token NAME --label …")


class ProblemError(Exception):
    """Something that is answered with a problem. `refusals` say why nothing was done; `version` is what now stands.

    `about` are the numbers of those whom each of the refusals is about, where it is about some of many.
    """

    def __init__(
        self,
        status: HTTPStatus,
        detail: Words | None = None,
        *,
        refusals: Sequence[Refusal] = (),
        about: Sequence[Sequence[str]] = (),
        version: int | None = None,
    ) -> None:
        super().__init__(status)
        self.status, self.detail, self.refusals, self.version = status, detail, refusals, version
        self.about = about


def language_of(request: Request) -> str:
    """Return the language that the asker prefers: English where it is named first, else Chinese."""
    first = request.headers.get("accept-language", "").partition(",")[0].strip().lower()
    return "en" if first.startswith("en") else "zh"


def _asker(request: Request, _shown: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)]) -> Held:
    """Return whom the request's token stands for, as the admission found out."""
    found: Held | None = request.scope["state"].get("bearer")
    if found is None:
        raise ProblemError(
            HTTPStatus.UNAUTHORIZED,
            Words(
                "没有令牌，或令牌不对、已过期、已撤销；用 linxuan user token 姓名 发放",
                "there is no token, or it is wrong, over or revoked; one is given by: linxuan user token NAME",
            ),
        )
    return found


def each_once(names: Iterable[str]) -> None:
    """Raise `MisstatedError` where something is named twice: which of the two is meant would be a guess."""
    seen: set[str] = set()
    for one in names:
        if one in seen:
            raise MisstatedError(Words("“{name}”写了不止一次", "{name} is named more than once").format(name=one))
        seen.add(one)


Asker = Annotated[Held, Depends(_asker)]
"""Whom a request's token stands for."""

Number = Annotated[Line, Path(description="the number of a nomination")]
ProgramId = Annotated[Line, Path(description="the id of a program")]
StageId = Annotated[Line, Path(description="the id of a stage")]


class Place(NamedTuple):
    """A stage of a program, by their ids."""

    program_id: str
    stage: str


async def _place(program_id: ProgramId, stage: StageId) -> Place:
    return Place(program_id, stage)


AtStage = Annotated[Place, Depends(_place)]
"""The stage of a program that an address names."""
Language = Annotated[str, Depends(language_of)]


def expect_page(*, lost: bool) -> None:
    """Raise the problem of a list that was to begin after something that is not in it."""
    if lost:
        raise ProblemError(
            HTTPStatus.UNPROCESSABLE_ENTITY,
            Words(
                "after 不是上一页给出的 following，或者列表已有变动；请从第一页重新查询",
                "`after` is no `following` of a page before, or the list has changed; begin with its first page",
            ),
        )


#: What every address may answer with beside what it is for.
_ALWAYS: Final = (
    HTTPStatus.BAD_REQUEST,
    HTTPStatus.UNAUTHORIZED,
    HTTPStatus.NOT_FOUND,
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    HTTPStatus.UNPROCESSABLE_ENTITY,
    HTTPStatus.TOO_MANY_REQUESTS,
)


def problems(*more: HTTPStatus) -> dict[int | str, dict[str, Any]]:
    """Describe the problems that an address may answer with, as OpenAPI does."""
    told: dict[str, Any] = {"model": Problem, "content": {"application/problem+json": {}}}
    return {status.value: told for status in (*_ALWAYS, *more)}
