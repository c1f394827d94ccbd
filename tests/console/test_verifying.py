"""The verification page: open to anybody, tells what the certificate says and whether it holds, and nothing else."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from starlette.requests import Request

from console import create_app
from console.limiting import Limit, place
from console.verifying import MOST
from deadlines.zone import SHANGHAI
from operations.certify import Certified, certificates_of, number_certificates
from operations.desk import Desk
from operations.issue import issue
from operations.reissuing import reissue_certificate
from operations.sweep import sweep
from operations.tenure.revoking import revoke
from tests.console.asking import Client
from tests.console.filled import HOSTILE, SMALL, _at, _done, fill, new_desk
from tests.console.reading import read_page

ISSUED = datetime(2026, 5, 20, 10, tzinfo=SHANGHAI)


@pytest.fixture(scope="module")
def issued(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """The filled store, with two of its nominations honored and their certificates numbered."""
    desk = new_desk(tmp_path_factory.mktemp("verifying"))
    fill(desk)
    sweep(desk, datetime(2026, 5, 14, 0, 5, tzinfo=SHANGHAI))
    _done(issue(desk, SMALL, "某人社发〔2026〕9号", _at("2026-05-20T10:00")))
    _done(number_certificates(desk, SMALL, _at("2026-05-20T10:00")))
    yield desk
    desk.store.close()


@pytest.fixture
def client(issued: Desk) -> Client:
    return Client(create_app(issued, lambda: ISSUED))


@pytest.fixture
def one(issued: Desk) -> Certified:
    return certificates_of(issued, SMALL, ISSUED)[0]


def told(page: object) -> dict[str, str]:
    article = page.one("article", "certificate")
    return dict(zip((one.text for one in article.all("dt")), (one.text for one in article.all("dd")), strict=True))


def test_T20_certificate_is_verified_by_the_address_in_its_code(client: Client, one: Certified) -> None:
    answer = client.get(f"/verify/{one.code}")
    assert answer.status_code == 200
    page = read_page(answer.text)
    assert page.one("p", "answer").text.replace(" ", "") == "这份证书：有效"
    assert told(page) == {
        "获得者": one.name,
        "单位": one.unit,
        "称号": "某市工匠（2026年）",
        "证书编号": "20260001",
        "颁发机关": "某市人社局",
        "授予日期": "2026年5月20日",
        "核验码": f"{one.code[:4]}-{one.code[4:8]}-{one.code[8:12]}-{one.code[12:]}",
    }


def test_certificate_is_verified_by_number_and_name(client: Client, one: Certified) -> None:
    found = client.get("/verify", params={"number": one.number, "name": one.name})
    assert (found.status_code, told(read_page(found.text))["证书编号"]) == (200, one.number)
    # As a phone in Chinese types it.
    wide = "".join(chr(ord("０") + int(digit)) for digit in one.number)
    assert client.get("/verify", params={"number": f" {wide}", "name": one.name}).status_code == 200
    for wrong in ({"number": one.number, "name": "某人"}, {"number": "20260009", "name": one.name}):
        answer = client.get("/verify", params=wrong)
        assert answer.status_code == 404
        assert read_page(answer.text).one("p", "answer").text.startswith("查无此证")
        assert not read_page(answer.text).all("article")


def test_form_that_was_sent_incomplete_says_what_is_missing(client: Client, one: Certified) -> None:
    for sent in ({"number": one.number, "name": " "}, {"number": "", "name": ""}):
        answer = client.get("/verify", params=sent)
        assert (answer.status_code, "两项都要填" in read_page(answer.text).one("p", "answer").text) == (422, True)
    assert read_page(client.get("/verify").text).all("p", "answer") == []


@pytest.mark.parametrize("code", ["0000000000000000", "20260001", "x", "%00", "%F0%9F%98%80", "a" * 5000])
def test_wrong_code_finds_nothing_and_says_so(client: Client, code: str) -> None:
    answer = client.get(f"/verify/{code}")
    assert answer.status_code == 404
    assert not read_page(answer.text).all("article")


def test_form_is_there_before_anybody_asks_and_keeps_what_was_asked(client: Client) -> None:
    page = read_page(client.get("/verify").text)
    assert (page.one("form").attributes["action"], page.one("form").attributes["method"]) == ("/verify", "get")
    assert not page.all("p", "answer")
    kept = read_page(client.get("/verify", params={"number": "1", "name": HOSTILE}).text)
    assert [one.attributes["value"] for one in kept.all("input")] == ["1", HOSTILE]
    half = client.get("/verify", params={"number": "1"})
    assert half.status_code == 422
    assert "两项都要填" in read_page(half.text).one("p", "answer").text


def test_page_loads_nothing_and_leads_nowhere_else(client: Client, one: Certified) -> None:
    answer = client.get(f"/verify/{one.code}")
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "form-action 'self'" in policy
    assert (answer.headers["x-robots-tag"], answer.headers["cache-control"]) == ("noindex", "no-store")
    page = read_page(answer.text)
    assert not page.all("script")
    assert {link.attributes["href"] for link in page.all("a")} == {"#main", "?lang=en"}


def test_page_speaks_english_where_it_is_asked_to(client: Client, one: Certified) -> None:
    page = read_page(client.get(f"/verify/{one.code}", params={"lang": "en"}).text)
    assert page.one("p", "answer").text.replace("  ", " ").startswith("This certificate:")
    assert told(page)["Number"] == one.number


def test_revoked_certificate_says_so(issued: Desk) -> None:
    second = certificates_of(issued, SMALL, ISSUED)[1]
    _done(revoke(issued, second.nomination, "弄虚作假", _at("2026-06-01T10:00"), approval="评委会纪要"))
    page = read_page(Client(create_app(issued, lambda: ISSUED)).get(f"/verify/{second.code}").text)
    assert page.one("p", "answer").text.replace(" ", "") == "这份证书：已取消"


def test_certificate_that_was_issued_anew_says_that_it_is_void_and_nothing_of_the_new_one(issued: Desk) -> None:
    lost = certificates_of(issued, SMALL, ISSUED)[0]
    _done(reissue_certificate(issued, lost.nomination, replace(_at("2026-06-01T10:00"), reason="登报声明遗失")))
    new = certificates_of(issued, SMALL, ISSUED)[0]
    client = Client(create_app(issued, lambda: ISSUED))
    answer = client.get(f"/verify/{lost.code}")
    said = read_page(answer.text).one("p", "answer")
    assert (answer.status_code, said.text.replace(" ", "")) == (200, "这份证书：已补发新证，此证作废")
    assert "replaced" in said.attributes["class"]
    assert not any(part in answer.text for part in (new.code, new.code[:4] + "-" + new.code[4:8]))
    assert read_page(client.get(f"/verify/{new.code}").text).one("p", "answer").text.endswith("有效")


def test_guessing_is_slowed_down_and_waiting_helps(issued: Desk, one: Certified) -> None:
    now = [ISSUED]
    client = Client(create_app(issued, lambda: now[0]))
    codes = [client.get(f"/verify/{place:016d}").status_code for place in range(MOST)]
    assert codes == [404] * MOST
    refused = client.get(f"/verify/{one.code}")
    assert (refused.status_code, refused.headers["retry-after"]) == (429, "60")
    assert not read_page(refused.text).all("article")
    assert client.get("/verify").status_code == 200
    now[0] += timedelta(minutes=1)
    assert client.get(f"/verify/{one.code}").status_code == 200


def test_limit_is_of_each_address_and_forgets_the_oldest() -> None:
    limit = Limit(2, timedelta(minutes=1), known=2)
    assert [limit.allows(address, ISSUED) for address in "aabaab"] == [True, True, True, False, False, True]
    assert [limit.allows(address, ISSUED) for address in "bca"] == [False, True, True]


def test_addresses_of_one_household_count_as_one() -> None:
    asked = [Request({"type": "http", "client": (f"2001:db8::{one:x}", 1)}) for one in (1, 2)]
    assert [place(one) for one in asked] == ["2001:db8::/64", "2001:db8::/64"]
    assert place(Request({"type": "http", "client": ("203.0.113.5", 1)})) == "203.0.113.5"


def test_nothing_personal_is_on_the_page(client: Client, one: Certified) -> None:
    text = client.get(f"/verify/{one.code}").text
    assert not [digits for digits in ("510502", "19900101") if digits in text]


def test_page_of_honorees_tells_their_terms(client: Client, one: Certified) -> None:
    answer = client.get(f"/programs/{SMALL}/honors")
    assert answer.status_code == 200
    page = read_page(answer.text)
    assert one.nomination in page.text
    assert client.get("/programs/nowhere/honors").status_code == 404
    assert f"/programs/{SMALL}/honors" in client.get(f"/programs/{SMALL}").text
