from collections.abc import Callable

import pytest

from operations.dossiers import state_facts, verdicts_of_nomination
from operations.results import Denied
from operations.screen import judge
from states import Move, Result, each
from tests.operations.conftest import _scene, craftsman, luzhou, office_of, scene_of, studio  # noqa: F401 - fixtures
from tests.operations.office import Office

#: What rules come to for one nominee, by the rule's id, those behind others included.
Verdicts = dict[str, Result]


class Screened:
    """One nomination at the screening: what is stated of it, what reviewers find, and what comes of it."""

    def __init__(self, office: Office, **draft: object) -> None:
        self.office = office
        self.number = office.nominate("screening", **draft)

    def states(self, *facts: str) -> "Screened":
        stated = [tuple(fact.split("=", 1)) for fact in facts]
        done = state_facts(self.office.desk, self.number, stated, self.office.act())
        assert not isinstance(done, Denied), done
        return self

    def attests(self, **results: bool) -> "Screened":
        found = {rule.replace("_", "-"): Result.PASS if met else Result.FAIL for rule, met in results.items()}
        assert judge(self.office.desk, self.number, found, self.office.act()) is None
        return self

    def attests_the_rest(self) -> "Screened":
        """A reviewer passes whatever is still open."""
        open_ones = [one.rule for one in self.verdicts_of() if one.result is Result.NEEDS_EVIDENCE]
        assert judge(self.office.desk, self.number, dict.fromkeys(open_ones, Result.PASS), self.office.act()) is None
        return self

    def verdicts_of(self):
        return verdicts_of_nomination(self.office.desk, self.number, self.office.now)

    @property
    def verdicts(self) -> Verdicts:
        return {one.rule: one.result for one in each(self.verdicts_of())}

    @property
    def is_accepted(self) -> bool:
        return not isinstance(self.office.move(self.number, Move.ACCEPT), Denied)

    @property
    def refusal(self) -> str:
        refused = self.office.move(self.number, Move.ACCEPT)
        assert isinstance(refused, Denied)
        return refused.refusals[0].reason.zh


Screening = Callable[..., Screened]


@pytest.fixture
def screened() -> Screening:
    return Screened
