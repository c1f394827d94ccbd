"""Registers and orders of recommendation: seen, changed in a form or by buttons, refused in words, and taken away."""

from io import BytesIO
from urllib.parse import quote

import pytest
from python_calamine import CalamineWorkbook

from operations.desk import Desk
from operations.recommending import places_of
from tests.console.asking import Client
from tests.console.filled import SMALL
from tests.console.people import browser_of
from tests.console.reading import read_page

PAGE = f"/programs/{SMALL}/register"
NOMINATOR = "江阳区"
NUMBERS = [f"{SMALL}-000{place}" for place in (1, 2, 3, 4, 5)]


def order_in(desk: Desk) -> list[str]:
    with desk.store.read() as connection:
        return [number for number in places_of(connection, SMALL, NOMINATOR) if number in NUMBERS]


def sends(client: Client, **fields: str) -> tuple[int, str]:
    """Send the order as the page stands; returns the answer and what it refuses."""
    page = read_page(client.get(f"{PAGE}?nominator={quote(NOMINATOR)}").text)
    seen = next(one.attributes["value"] for one in page.all("input") if one.attributes.get("name") == "seen")
    answer = client.post(f"{PAGE}/order", {"nominator": NOMINATOR, "seen": seen} | fields)
    refused = read_page(answer.text).all("div", "refused") if answer.text else []
    return answer.status_code, refused[0].text if refused else ""


def placed(*places: str) -> dict[str, str]:
    return {f"place.{number}": place for number, place in zip(NUMBERS, places, strict=True)}


def test_nominator_keeps_an_order_by_typing_places_and_by_single_steps(own_desk: Desk) -> None:
    client = browser_of(own_desk, "区经办")
    assert order_in(own_desk) == NUMBERS
    assert sends(client, **placed("3", "1", "", "2", "")) == (303, "")
    one, two, three, four, five = NUMBERS
    assert order_in(own_desk) == [two, four, one, three, five]
    assert sends(client, up=one) == (303, "")
    assert order_in(own_desk) == [two, one, four, three, five]
    assert sends(client, down=five) == (303, "")
    assert sends(client, down=two) == (303, "")
    assert order_in(own_desk) == [one, two, four, three, five]
    # Whoever runs the program sees it, and does not change it.
    office = browser_of(own_desk, "局经办")
    page = read_page(office.get(PAGE).text)
    assert [row[0] for row in page.one("table", "order").rows()] == ["1", "2", "3", "4", "5"]
    assert sends(office, up=two)[0] == 409
    assert order_in(own_desk) == [one, two, four, three, five]


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        (placed("1", "1", "2", "3", "4"), "位次重复：1"),
        (placed("一", "2", "3", "4", "5"), "位次应填 1、2、3 这样的整数"),
        (placed("0", "2", "3", "4", "5"), "位次应填 1、2、3 这样的整数"),
        (placed("-1", "2", "3", "4", "5"), "位次应填 1、2、3 这样的整数"),
        (placed("2", "1", "3", "4", "5") | {"seen": "x"}, "打开页面之后，名单或次序有变动"),
    ],
)
def test_order_that_cannot_be_is_refused_in_words_and_what_was_typed_is_kept(
    own_desk: Desk, typed: dict[str, str], said: str
) -> None:
    client = browser_of(own_desk, "区经办")
    status, refused = sends(client, **typed)
    assert (status, said in refused) == (409, True)
    assert order_in(own_desk) == NUMBERS
    seen = " ".join(NUMBERS)
    answer = client.post(f"{PAGE}/order", {"nominator": NOMINATOR, "seen": seen} | typed)
    fields = [one.attributes for one in read_page(answer.text).all("input")]
    kept = {one["name"]: one["value"] for one in fields if one.get("name", "").startswith("place.")}
    assert kept == {name: place for name, place in typed.items() if name != "seen"}


def test_order_of_others_and_of_nobody_is_not_there(own_desk: Desk) -> None:
    foreign = browser_of(own_desk, "外经办")
    assert "没有您可查看的推荐单位" in foreign.get(PAGE).text
    unit = browser_of(own_desk, "厂经办")
    for client in (foreign, unit):
        assert client.get(f"{PAGE}?nominator={quote(NOMINATOR)}").status_code == 404
        assert client.post(f"{PAGE}/order", {"nominator": NOMINATOR, "up": NUMBERS[1]}).status_code == 404
    assert browser_of(own_desk, "区经办").get(f"{PAGE}?nominator=没有这家").status_code == 404


def cells(content: bytes) -> list[list[str]]:
    rows = CalamineWorkbook.from_filelike(BytesIO(content)).get_sheet_by_index(0).to_python()
    return [list(map(str, row)) for row in rows if str(row[0]).startswith(SMALL)]


def test_register_is_taken_away_masked_and_in_full_for_a_reason(
    own_desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("console.registers._OFTEN", 3)
    client = browser_of(own_desk, "区经办")
    masked = client.post(f"{PAGE}/workbook", {"stage": "", "category": ""})
    assert masked.headers["content-type"].endswith("spreadsheetml.sheet")
    rows = cells(masked.content)
    assert ([row[0] for row in rows][:2], "19900101" in str(rows)) == (NUMBERS[:2], False)
    refused = client.post(f"{PAGE}/workbook", {"stage": "publicity", "in-full": "1"})
    page = read_page(refused.text)
    assert (refused.status_code, "理由" in page.one("div", "refused").text) == (409, True)
    (chosen,) = (one for one in page.all("option") if "selected" in one.attributes and one.attributes["value"])
    assert chosen.attributes["value"] == "publicity"
    full = client.post(f"{PAGE}/workbook", {"stage": "publicity", "in-full": "1", "reason": "上报省厅"})
    assert "51050219900101000" in str(cells(full.content))
    assert client.post(f"{PAGE}/workbook", {"stage": ""}).status_code == 429
    own = browser_of(own_desk, "厂经办").post(f"{PAGE}/workbook", {"stage": ""})
    assert [row[0] for row in cells(own.content)] == NUMBERS[1:2]


def test_registers_are_found_from_where_somebody_looks_for_them(own_desk: Desk) -> None:
    client = browser_of(own_desk, "区经办")
    assert PAGE in {one.attributes["href"] for one in read_page(client.get(f"/programs/{SMALL}").text).all("a")}
    links = {one.attributes["href"] for one in read_page(client.get(f"/nominations/{NUMBERS[0]}").text).all("a")}
    assert f"{PAGE}?nominator={quote(NOMINATOR)}" in links
