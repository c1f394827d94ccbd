"""The pages' templates and the files that they load, both from this package alone."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from hashlib import sha256
from importlib.resources import files
from typing import Final

from jinja2 import Environment, PackageLoader, StrictUndefined

from console.agenda import agenda
from console.happenings import happening
from console.installed import installed
from console.pipeline import pipeline_picture, place_name
from console.queries import fields_of
from console.saying import Voice
from console.timeline import timeline_picture
from operations.clock_reasons import reason_told
from operations.objection_list import RAISED_BY, STATES
from operations.receiving import takes_in
from operations.sessions import role_told
from operations.tenure.money import yuan

_TYPES: Final = {".css": "text/css; charset=utf-8", ".svg": "image/svg+xml"}


@dataclass(frozen=True, slots=True)
class Asset:
    """A file that pages load. Its address carries its digest, so browsers may keep it for ever."""

    name: str
    content: bytes
    media_type: str

    @property
    def digest(self) -> str:
        """What tells two versions of the file apart."""
        return sha256(self.content).hexdigest()[:16]

    @property
    def address(self) -> str:
        """Where the app serves this version."""
        return f"/assets/{self.digest}/{self.name}"


@cache
def load_assets() -> Mapping[str, Asset]:
    """Return the files in `assets/` by their names."""
    return {
        file.name: Asset(file.name, file.read_bytes(), media_type)
        for file in files("console").joinpath("assets").iterdir()
        for suffix, media_type in _TYPES.items()
        if file.name.endswith(suffix)
    }


class Pages:
    """Renders templates. Everything that they fill in is escaped, and a name that is not given is an error."""

    def __init__(self) -> None:
        self.assets = load_assets()
        self._environment = _environment()

    def prepare(self) -> None:
        """Compile every template now, which is done else when the first page of its kind is asked for."""
        for name in self._environment.list_templates():
            self._environment.get_template(name)

    def render(self, template: str, voice: Voice, **values: object) -> str:
        """Return a page in the reader's language."""
        return self._environment.get_template(template).render(voice=voice, say=voice.say, **values)


@cache
def _environment() -> Environment:
    """Return what compiles templates, each once in a process."""
    made = Environment(
        loader=PackageLoader("console"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.globals |= {
        "agenda": agenda,
        "yuan": yuan,
        "assets": {name: asset.address for name, asset in load_assets().items()},
        "happening": happening,
        "reason_told": reason_told,
        "installed": installed,
        "instant": datetime.fromisoformat,
        "objection_states": STATES,
        "pipeline_picture": pipeline_picture,
        "place_name": place_name,
        "query_fields": fields_of,
        "raised_by": RAISED_BY,
        "role_told": role_told,
        "takes_in": takes_in,
        "timeline_picture": timeline_picture,
    }
    return made
