"""What is written down of an address that somebody asked for: no secret, and nothing that only they typed.

Whoever asks types what they like into an address, and some addresses are secrets by themselves.
"""

import re
from collections.abc import Iterator
from typing import Final

from starlette.requests import Request
from starlette.routing import Match, Mount, Route
from starlette.types import Scope

#: What stands for a part that is not written down.
HIDDEN: Final = "…"
#: Numbers of nominations and the ids of programs and stages look like this. So many digits in a row are a person's.
_SHOWN: Final = re.compile(r"(?!.*[0-9]{9})[a-z0-9._-]{1,60}")
#: What whoever knows it is let in by.
_SECRET: Final = frozenset({"{token}", "{token}.ics", "{signature}", "{code}", "{digest}"})


def template_of(scope: Scope) -> str:
    """Return the route that a request leads to, as it was declared; of an address with none, no more than that."""
    for route in scope["app"].routes if "app" in scope else ():
        if route.matches(scope)[0] is not Match.NONE:
            if isinstance(route, Route):
                return f"{scope.get('root_path', '')}{route.path}"
            if isinstance(route, Mount):
                return f"{route.path}/{HIDDEN}"
    return f"/{HIDDEN}"


def asked_for(request: Request) -> str:
    """Return what was asked for, without what could be a secret, or somebody's name or number."""
    return "/".join(_parts(request))


def _parts(request: Request) -> Iterator[str]:
    parts = request.scope["path"].split("/")
    declared = template_of(request.scope).split("/")
    known = len(declared) == len(parts)
    for place, part in enumerate(parts):
        word = declared[place] if known else HIDDEN
        is_safe = word not in _SECRET and (not part or _SHOWN.fullmatch(part))
        yield part if part == word or is_safe else HIDDEN
