"""Every page of the later stages, asked for by every role of its own organization and of others."""

from collections.abc import Iterator
from pathlib import Path
from shutil import copytree

import pytest

from operations.desk import Desk
from store import INSTALLATION
from tests.console.filled import new_desk
from tests.console.people import PEOPLE, browser_of, hash_quickly


@pytest.fixture(scope="module")
def shared(filled_with_people: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """A copy of the filled store with people, which these tests only read."""
    folder = tmp_path_factory.mktemp("pages") / "own"
    copytree(filled_with_people, folder)
    with pytest.MonkeyPatch.context() as patched:
        hash_quickly(patched)
        found = new_desk(folder)
        yield found
        found.store.close()


#: Who is shown each page: ✓ is, · gets the answer of what is not there. In the order of `PEOPLE`.
PAGES = """
/nominations                                   ✓✓✓ ✓✓✓✓ ✓✓ ✓✓ ✓✓✓
/objections                                    ✓✓✓ ✓✓✓✓ ✓✓ ✓✓ ✓✓✓
/objections/1                                  ✓✓· ✓··· ·· ·· ✓✓·
/programs/small-2026/publicity                 ✓✓· ✓✓✓✓ ✓✓ ✓✓ ✓✓✓
/programs/small-2026/papers/notice             ✓✓· ✓✓✓✓ ✓✓ ✓✓ ✓✓✓
/programs/small-2026/stages/review             ✓✓· ✓··· ✓· ·· ✓✓·
/programs/small-2026/stages/decision           ✓✓· ✓··· ✓· ·· ✓✓·
/programs/small-2026/stages/publicity          ··· ···· ·· ·· ···
/programs/small-2026/stages/nowhere            ··· ···· ·· ·· ···
/programs/small-2026/stages/decision/ballot/members/x ··· ···· ·· ·· ···
/programs/small-2026/issuance                  ✓✓· ✓✓✓✓ ✓✓ ✓✓ ✓✓✓
/programs/small-2026/honors                    ✓✓· ✓✓✓✓ ✓✓ ✓✓ ✓✓✓
/programs/small-2026/honors/small-2026-0001    ··· ···· ·· ·· ···
/programs/small-2026/usage                     ✓✓· ✓✓✓✓ ✓✓ ✓✓ ✓✓✓
/programs/small-2026/dates.ics                 ✓✓· ✓✓✓✓ ✓✓ ✓✓ ✓✓✓
/evaluations                                   ✓✓✓ ✓✓✓✓ ✓✓ ✓✓ ✓✓✓
/evaluations/small-2026/review/small-2026-0001 ··· ···· ·· ·· ···
/organizations                                 ✓✓✓ ✓✓✓✓ ✓✓ ·· ✓✓✓
/people                                        ✓✓✓ ···· ·· ·· ✓✓✓
/calendar                                      ✓✓✓ ✓✓✓✓ ✓✓ ✓✓ ✓✓✓
/audit                                         ✓✓✓ ✓··· ·· ·· ✓✓✓
/audit?chain=small-2026                        ✓✓· ✓··· ·· ·· ✓✓·
/audit?chain=INSTALLATION                      ✓·· ···· ·· ·· ✓··
/audit?chain=unknown                           ··· ···· ·· ·· ···
"""


@pytest.mark.parametrize("name", PEOPLE)
def test_pages_are_shown_to_whom_the_table_says(shared: Desk, name: str) -> None:
    client, place = browser_of(shared, name), list(PEOPLE).index(name)
    expected = {path: "".join(marks)[place] for path, *marks in (line.split() for line in PAGES.split("\n") if line)}
    found = {}
    for path in expected:
        answer = client.get(path.replace("INSTALLATION", INSTALLATION))
        found[path] = {200: "✓", 404: "·"}[answer.status_code]
        if "外" in name and path != "/nominations":
            assert "候选人" not in answer.text
    assert found == expected
