"""What a program will do, as those see it in the console who rule on it: its letters ahead, and a rehearsal."""

import pytest

from operations.desk import Desk
from tests.console.filled import LUZHOU, SMALL
from tests.console.people import browser_of
from tests.console.reading import read_page

PAGE = f"/programs/{SMALL}/rehearsal"


@pytest.fixture
def desk(own_desk: Desk) -> Desk:
    return own_desk


def test_letters_ahead_are_shown_whole_with_their_dates(desk: Desk) -> None:
    page = read_page(browser_of(desk, "局管理").get(PAGE).text)
    told = [one.text for one in page.one("main").all("summary")]
    assert [one for one in told if "4月15日" in one and "推荐单位或申报单位" in one]
    assert len(told) == len(page.one("main").all("pre")) > 10
    english = browser_of(desk, "局管理").get(f"{PAGE}?lang=en").text
    assert "Letters that the program can send" in english


def test_rehearsal_tells_who_ends_where_and_changes_nothing(desk: Desk) -> None:
    client = browser_of(desk, "局管理")
    before = client.get("/nominations").text
    answer = client.post(PAGE, {"nominations": "8", "seed": "1"})
    assert answer.status_code == 200
    page = read_page(answer.text)
    ends = [one.text for one in page.one("ul", "ends").all("li")]
    assert sum(int(one.split()[-1]) for one in ends) == 8
    scenes = page.one("table", "tasks").rows()
    assert len(scenes) > 5
    assert client.get("/nominations").text == before
    assert list(desk.contents.incoming.glob("linxuan-rehearsal-*")) == []


@pytest.mark.parametrize(
    ("program", "form", "said"),
    [
        (SMALL, {"nominations": "61", "seed": "1"}, "件数写 1 至 60"),
        (SMALL, {"nominations": "0", "seed": "1"}, "件数写 1 至 60"),
        (SMALL, {"nominations": "甲", "seed": "1"}, "件数写 1 至 60"),
        (SMALL, {"nominations": "5", "seed": "-1"}, "件数写 1 至 60"),
        (SMALL, {}, "件数写 1 至 60"),
    ],
)
def test_what_cannot_be_rehearsed_is_said(desk: Desk, program: str, form: dict[str, str], said: str) -> None:
    answer = browser_of(desk, "总管理").post(f"/programs/{program}/rehearsal", form)
    assert answer.status_code == 409
    assert said in read_page(answer.text).one("div", "refused").text


def test_program_of_others_is_not_there(desk: Desk) -> None:
    assert browser_of(desk, "外管理").post(PAGE, {"nominations": "1", "seed": "1"}).status_code == 404
    assert browser_of(desk, "局经办").get(PAGE).status_code == 404
    assert browser_of(desk, "总管理").get(f"/programs/{LUZHOU}/rehearsal").status_code == 200
