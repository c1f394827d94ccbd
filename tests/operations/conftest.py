from collections.abc import Callable

import pytest

from operations.desk import Desk
from programs import Program
from tests.operations.office import CRAFTSMAN_2022, INTAKE, LUZHOU, STUDIO, Office
from tests.operations.panels import PanelOffice, with_panel

NewOffice = Callable[..., Office]
NewPanel = Callable[..., PanelOffice]


@pytest.fixture
def office_of(desk, shipped) -> NewOffice:
    """Open a shipped program within its intake; `program` stands in for it where a test needs one made otherwise."""

    def opened(program_id: str, *, program: Program | None = None, at: Desk = desk) -> Office:
        office = Office(at, program or shipped(program_id), INTAKE[program_id])
        office.open()
        return office

    return opened


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
