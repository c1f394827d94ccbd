"""The API describes itself, and keeps to that."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis.strategies import one_of
from schemathesis.checks import ignored_auth, positive_data_acceptance
from schemathesis.generation.feedback import FeedbackSources

from console import create_app
from tests.console.filled import SMALL, new_desk
from tests.console.honored import HONORED, PASSED, choose, honor, numbered
from tests.console.test_api import API, token_of
from tests.console.working import number, work

pytestmark = pytest.mark.usefixtures("quick_passwords")

#: Every address that the API has.
OPERATIONS = [
    ("GET", "/evaluations"),
    ("GET", "/evaluations/{program_id}/{stage}/{number}"),
    ("GET", "/experts"),
    ("GET", "/me"),
    ("GET", "/nominations"),
    ("GET", "/nominations/{number}"),
    ("GET", "/nominations/{number}/facts"),
    ("GET", "/nominations/{number}/history"),
    ("GET", "/nominations/{number}/materials"),
    ("GET", "/nominations/{number}/opinions"),
    ("GET", "/objections"),
    ("GET", "/objections/{objection}"),
    ("GET", "/organizations"),
    ("GET", "/people"),
    ("GET", "/programs"),
    ("GET", "/programs/{program_id}"),
    ("GET", "/programs/{program_id}/honors"),
    ("GET", "/programs/{program_id}/honors/{number}"),
    ("GET", "/programs/{program_id}/issuance"),
    ("GET", "/programs/{program_id}/objections"),
    ("GET", "/programs/{program_id}/papers/{paper}"),
    ("GET", "/programs/{program_id}/publicity"),
    ("GET", "/programs/{program_id}/stages/{stage}/ballot"),
    ("GET", "/programs/{program_id}/stages/{stage}/ballot/members/{member}"),
    ("GET", "/programs/{program_id}/stages/{stage}/board"),
    ("GET", "/programs/{program_id}/stages/{stage}/meeting"),
    ("GET", "/programs/{program_id}/stages/{stage}/minutes"),
    ("GET", "/programs/{program_id}/stages/{stage}/ranking"),
    ("GET", "/waiting"),
    ("POST", "/evaluations/letters"),
    ("POST", "/evaluations/ties"),
    ("POST", "/evaluations/{program_id}/{stage}"),
    ("POST", "/evaluations/{program_id}/{stage}/{number}/files/{material}/{medium}/{place}"),
    ("POST", "/evaluations/{program_id}/{stage}/{number}/recusal"),
    ("POST", "/evaluations/{program_id}/{stage}/{number}/tracks/{track}"),
    ("POST", "/experts"),
    ("POST", "/experts/details"),
    ("POST", "/experts/table"),
    ("POST", "/moves"),
    ("POST", "/nominations/{number}/details"),
    ("POST", "/nominations/{number}/facts"),
    ("POST", "/nominations/{number}/materials/{material}/{medium}"),
    ("POST", "/nominations/{number}/materials/{material}/{medium}/{place}"),
    ("POST", "/nominations/{number}/moves"),
    ("POST", "/nominations/{number}/opinions"),
    ("POST", "/nominations/{number}/receipts"),
    ("POST", "/nominations/{number}/undo"),
    ("POST", "/nominations/{number}/verdicts"),
    ("POST", "/objections/{objection}/admission"),
    ("POST", "/objections/{objection}/contact"),
    ("POST", "/objections/{objection}/files/{place}"),
    ("POST", "/objections/{objection}/finding"),
    ("POST", "/objections/{objection}/prolongation"),
    ("POST", "/objections/{objection}/refusal"),
    ("POST", "/objections/{objection}/settlement"),
    ("POST", "/organizations"),
    ("POST", "/organizations/addresses"),
    ("POST", "/people"),
    ("POST", "/people/addresses"),
    ("POST", "/programs/{program_id}/certificates"),
    ("POST", "/programs/{program_id}/honors/{number}/appointment"),
    ("POST", "/programs/{program_id}/honors/{number}/assessments"),
    ("POST", "/programs/{program_id}/honors/{number}/certificate"),
    ("POST", "/programs/{program_id}/honors/{number}/certificate-return"),
    ("POST", "/programs/{program_id}/honors/{number}/payments"),
    ("POST", "/programs/{program_id}/honors/{number}/recoveries"),
    ("POST", "/programs/{program_id}/honors/{number}/rectification"),
    ("POST", "/programs/{program_id}/honors/{number}/reports"),
    ("POST", "/programs/{program_id}/honors/{number}/reports/{period}/files"),
    ("POST", "/programs/{program_id}/honors/{number}/reports/{period}/files/{place}"),
    ("POST", "/programs/{program_id}/honors/{number}/resumption"),
    ("POST", "/programs/{program_id}/honors/{number}/revocation"),
    ("POST", "/programs/{program_id}/honors/{number}/stop"),
    ("POST", "/programs/{program_id}/intake"),
    ("POST", "/programs/{program_id}/issuance"),
    ("POST", "/programs/{program_id}/nominations"),
    ("POST", "/programs/{program_id}/publicity/{stage}"),
    ("POST", "/programs/{program_id}/replacements"),
    ("POST", "/programs/{program_id}/reserves"),
    ("POST", "/programs/{program_id}/stages/{stage}/ballot"),
    ("POST", "/programs/{program_id}/stages/{stage}/ballot/members/{member}"),
    ("POST", "/programs/{program_id}/stages/{stage}/decision"),
    ("POST", "/programs/{program_id}/stages/{stage}/meeting"),
    ("POST", "/programs/{program_id}/stages/{stage}/panel"),
    ("POST", "/programs/{program_id}/stages/{stage}/ranking"),
    ("POST", "/programs/{program_id}/stages/{stage}/tallies"),
]

#: What stands in addresses, as the store has it of which `described` tells. Each operation is asked about these mostly:
#: what is made up is nowhere, and answered with no more than that.
KNOWN: dict[str, object] = {
    "objection": 1,
    "paper": "notice",
    "material": "form",
    "medium": "paper",
    "member": "评委甲",
    "number": number(1),
    "period": 1,
    "place": 1,
    "program_id": SMALL,
    "stage": "review",
    "track": "materials",
}

#: Addresses of what follows on a decision, and what is known there in the place of that.
FOLLOWS = re.compile(r"/(publicity|objections|replacements|reserves|papers|issuance|certificates|honors)")
HONORED_ONES: dict[str, object] = {"number": numbered(2), "program_id": HONORED, "stage": "publicity"}


@pytest.fixture(scope="module")
def described(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    desk = new_desk(tmp_path_factory.mktemp("described"))
    work(desk)
    choose(desk)
    honor(desk)
    token = token_of(desk, "总管理").secret
    app = create_app(desk, lambda: PASSED, hosts=None)
    found = schemathesis.openapi.from_asgi(f"{API}/openapi.json", app)
    found.token = token
    yield found
    desk.store.close()


def test_api_describes_itself_to_anybody(described: Any) -> None:
    document = described.raw_schema
    assert document["openapi"].startswith("3.1")
    told = [(method.upper(), path) for path, methods in document["paths"].items() for method in methods]
    assert sorted(told) == OPERATIONS
    assert document["servers"] == [{"url": API}]


@pytest.mark.parametrize("operation", OPERATIONS, ids=" ".join)
def test_api_keeps_to_its_description_whatever_is_sent(described: Any, operation: tuple[str, str]) -> None:
    method, path = operation
    known_there = KNOWN | (HONORED_ONES if FOLLOWS.search(path) else {})
    named = {name: known_there[name] for name in re.findall(r"{(\w+)}", path)}
    # Words are not looked up in the code of the project: that is slow, and words of its programs are not there.
    about = described[path][method]
    anything = about.as_strategy(feedback=FeedbackSources())
    known = about.as_strategy(feedback=FeedbackSources(), path_parameters=named) if named else anything
    # Time goes into drawing, and into what is drawn little by little: there is no more to what has nothing to choose.
    examples = 6 if method == "POST" else 4 if named else 2

    @given(case=one_of(known, known, known, anything))
    @settings(max_examples=examples, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    def keeps_to_it(case: Any) -> None:
        headers = {"Authorization": f"Bearer {described.token}"}
        # Wrong tokens are tried elsewhere; as many as this check tries are stopped. A word that a program does not
        # have, such as a rule, is answered with 422, which no description can tell beforehand; no field is so.
        answer = case.call_and_validate(headers=headers, excluded_checks=[ignored_auth, positive_data_acceptance])
        assert answer.status_code != 422 or not re.match(r"(body|path|query)[.：:]", answer.json()["detail"])

    keeps_to_it()
