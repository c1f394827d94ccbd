from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from typing import Any

import pytest
from sqlalchemy import select

from operations.desk import Desk
from programs import Program
from store import Store
from store import tables as t
from tests.databases import Databases
from tests.operations.office import CRAFTSMAN_2022, INTAKE, LUZHOU, STUDIO, Office
from tests.operations.panels import PanelOffice, with_panel

NewOffice = Callable[..., Any]
NewPanel = Callable[..., PanelOffice]
#: Nominations to be brought to a stage: which one, and what is different about each.
Brought = tuple[str, Sequence[Mapping[str, Any]]]


@dataclass(frozen=True)
class Scene:
    """A database in which a program was opened and nominations were brought somewhere; it is only ever copied."""

    url: str
    office: Office
    numbers: tuple[str, ...]

    def continued(self, office: Office) -> list[str]:
        """Have an office go on where this scene ends; returns the nominations."""
        office.now = self.office.now
        office.follow(self.office)
        return list(self.numbers)


@pytest.fixture(scope="session")
def _scene(calendar, vault) -> Callable[[Databases, Office, Brought | None], Scene]:
    """Make a scene, or find the one that was made of the same program, at the same instant, on the same kind."""
    made: dict[tuple[str, ...], Scene] = {}

    def scene(databases: Databases, like: Office, brought: Brought | None) -> Scene:
        key = databases.kind, type(like).__name__, like.program.model_dump_json(), like.now.isoformat(), repr(brought)
        if key not in made:
            url = databases.new()
            with closing(Store(url)) as store:
                office = type(like)(Desk(store, calendar, vault), like.program, like.now)
                made[key] = Scene(url, office, tuple(_opened(office, brought)))
        return made[key]

    return scene


def _opened(office: Office, brought: Brought | None) -> list[str]:
    office.open()
    stage, ones = brought or ("", ())
    return [office.nominate(stage, **one) for one in ones]


@pytest.fixture
def scene_of(desk, shipped, databases, _scene) -> Callable[..., tuple[Any, list[str]]]:
    """Open a program within its intake and bring nominations somewhere; returns the office and the nominations.

    A shipped program may be made otherwise, and its office be of another kind. What was made once is copied.
    """

    def opened(
        program_id: str,
        *,
        program: Program | None = None,
        at: Desk = desk,
        kind: type[Office] = Office,
        brought: Brought | None = None,
    ) -> tuple[Any, list[str]]:
        office = kind(at, program or shipped(program_id), INTAKE[program_id])
        if at is not desk or not _is_untouched(desk):
            return office, _opened(office, brought)
        scene = _scene(databases, office, brought)
        desk.store.engine.dispose()
        databases.replace(desk.store.url.render_as_string(hide_password=False), scene.url)
        return office, scene.continued(office)

    return opened


@pytest.fixture
def office_of(scene_of) -> NewOffice:
    """Open a program within its intake, where nobody is nominated yet."""
    return lambda program_id, **given: scene_of(program_id, **given)[0]


def _is_untouched(desk: Desk) -> bool:
    with desk.store.read() as connection:
        return all(
            connection.execute(select(table).limit(1)).first() is None
            for table in (t.program, t.organization, t.person, t.schedule, t.installation_event)
        )


@pytest.fixture
def luzhou(office_of) -> Office:
    return office_of(LUZHOU)


@pytest.fixture
def craftsman(office_of) -> Office:
    return office_of(CRAFTSMAN_2022)


@pytest.fixture
def studio(office_of) -> Office:
    return office_of(STUDIO)


@pytest.fixture
def panel_office(office_of, shipped) -> NewPanel:
    """Open the office with a panel of this kind, within the intake."""
    return lambda **changes: office_of(LUZHOU, program=with_panel(shipped(LUZHOU), **changes), kind=PanelOffice)


@pytest.fixture
def luzhou_plain(desk, shipped) -> PanelOffice:
    """The shipped program, which draws no experts, in the same database under another id."""
    program = shipped(LUZHOU).model_copy(update={"id": "luzhou-plain"})
    office = PanelOffice(desk, program, INTAKE[LUZHOU])
    office.open()
    return office
