"""What automations say to the server, filled in as the server does it."""

import json
from types import SimpleNamespace
from uuid import uuid4

import pytest
from prefect.server.utilities.user_templates import render_user_template_sync

from flows.automations import COURSE_AGAIN, automations
from flows.deployments import DEPLOYMENTS

KNOWN = {one.name: uuid4() for one in DEPLOYMENTS}


@pytest.mark.parametrize(
    ("given", "follow"),
    [
        ({"program": "p"}, True),
        ({"program": "p", "follow": True, "now": None}, True),
        ({"program": "p", "follow": False}, False),
        ({"program": "p", "follow": True, "now": "2030-01-01T00:00"}, False),
    ],
)
def test_a_course_that_broke_down_is_taken_up_again_unless_it_was_to_be_one_run(given, follow):
    [one] = [each for each in automations(KNOWN) if each.name.endswith("日程中断")]
    [action] = one.actions
    assert (action.deployment_id, action.schedule_after) == (KNOWN["course"], COURSE_AGAIN)
    context = {"flow_run": SimpleNamespace(parameters=given)}
    program, again = (action.parameters[name] for name in ("program", "follow"))
    assert render_user_template_sync(program["template"], context) == "p"
    assert again["__prefect_kind"] == "json"
    assert json.loads(render_user_template_sync(again["value"]["template"], context)) is follow
