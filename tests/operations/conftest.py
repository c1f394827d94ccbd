from collections.abc import Callable
from contextlib import closing

import pytest
from sqlalchemy import select

from operations.desk import Desk
from programs import Program
from store import Store
from store import tables as t
from tests.databases import Databases
from tests.operations.office import CRAFTSMAN_2022, INTAKE, LUZHOU, STUDIO, Office
from tests.operations.panels import PanelOffice, with_panel

NewOffice = Callable[..., Office]
NewPanel = Callable[..., PanelOffice]


@pytest.fixture(scope="session")
def _opened(calendar, vault, shipped) -> Callable[[Databases, str], str]:
    """A database of each kind in which one shipped program was opened; it is shared, and only ever copied."""
    made: dict[tuple[str, str], str] = {}

    def opened(databases: Databases, program_id: str) -> str:
        key = databases.kind, program_id
        if key not in made:
            url = databases.new()
            with closing(Store(url)) as store:
                Office(Desk(store, calendar, vault), shipped(program_id), INTAKE[program_id]).open()
            made[key] = url
        return made[key]

    return opened


@pytest.fixture
def office_of(desk, shipped, databases, _opened) -> NewOffice:
    """Open a shipped program within its intake; `program` stands in for it where a test needs one made otherwise."""

    def opened(program_id: str, *, program: Program | None = None, at: Desk = desk) -> Office:
        office = Office(at, program or shipped(program_id), INTAKE[program_id])
        if program is None and at is desk and _is_untouched(desk):
            desk.store.engine.dispose()
            databases.replace(desk.store.url.render_as_string(hide_password=False), _opened(databases, program_id))
        else:
            office.open()
        return office

    return opened


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
def panel_office(desk, shipped) -> NewPanel:
    """Open the office with a panel of this kind, within the intake."""

    def opened(**changes) -> PanelOffice:
        office = PanelOffice(desk, with_panel(shipped(LUZHOU), **changes), INTAKE[LUZHOU])
        office.open()
        return office

    return opened


@pytest.fixture
def luzhou_plain(desk, shipped) -> PanelOffice:
    """The shipped program, which draws no experts, in the same database under another id."""
    program = shipped(LUZHOU).model_copy(update={"id": "luzhou-plain"})
    office = PanelOffice(desk, program, INTAKE[LUZHOU])
    office.open()
    return office
