"""Text messages through a gateway: the contract of docs/channels.md, held against a real server."""

import json
import socket
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from notifications import ChannelKind, DeliveryFailed, Letter, Links, SmsChannel
from notifications.replies import asked_wait
from tests.http_server import Web, serving

TOKEN, NUMBER = "t0ken-of-the-gateway", "+8613800138000"


@pytest.fixture(scope="module")
def server() -> Iterator[Web]:
    with serving() as web:
        yield web


@pytest.fixture
def web(server) -> Web:
    server.asked, server.answers, server.otherwise = [], [], (202, '{"id": "gw-1"}')
    server.retry_after = None
    return server


@pytest.fixture
def text(letter) -> Letter:
    return replace(letter, by=ChannelKind.SMS, address=NUMBER)


def sent(web: Web, letter: Letter) -> str | None:
    with SmsChannel(f"{web.url}/messages", TOKEN, "https://console.example") as channel:
        return channel.deliver(letter)


def test_message_is_posted_as_the_contract_says(web, text):
    assert sent(web, text) == '202 {"id": "gw-1"}'
    (asked,) = web.asked
    assert asked.path == "/messages"
    assert {name: asked.headers[name] for name in ("authorization", "idempotency-key", "content-type")} == {
        "authorization": f"Bearer {TOKEN}",
        "idempotency-key": text.message_id,
        "content-type": "application/json",
    }
    assert json.loads(asked.body) == {
        "id": text.message_id,
        "to": NUMBER,
        "text": f"{text.subject}\n\n{text.body.strip()}",
    }


@pytest.mark.parametrize("status", [200, 201, 202, 204, 409])
def test_answer_means_that_it_was_taken(web, text, status):
    web.answers = [(status, "")]
    assert sent(web, text) == str(status)


@pytest.mark.parametrize(
    ("status", "permanent"),
    [
        *((status, True) for status in (400, 410, 413, 422)),
        *((status, False) for status in (301, 307, 401, 403, 404, 405, 408, 425, 429, 500, 502, 503)),
    ],
)
def test_answer_means_that_it_was_not_taken_and_names_neither_number_nor_token(web, text, status, permanent):
    web.answers = [(status, f'{{"error": "no {NUMBER}, 13912345678, {TOKEN}"}}')]
    with pytest.raises(DeliveryFailed) as caught:
        sent(web, text)
    failure = caught.value
    assert (failure.permanent, failure.unsure) == (permanent, False)
    assert failure.answer.startswith(f"{status} ")
    told = f"{failure.words}{failure.answer}"
    assert not any(secret in told for secret in (TOKEN, NUMBER, "13912345678"))
    assert "139****5678" in failure.answer
    assert len(web.asked) == 1


@pytest.mark.parametrize(
    ("status", "said", "wait"),
    [
        (429, "90", timedelta(seconds=90)),
        (503, " 600 ", timedelta(minutes=10)),
        (429, "864000", timedelta(hours=4)),
        *((429, said, timedelta()) for said in ("", "-5", "soon", "9" * 12, "Fri, 01 Jan 1999 00:00:00 GMT")),
        (500, "90", timedelta()),
    ],
)
def test_gateway_says_within_bounds_for_how_long_it_takes_nothing(web, text, status, said, wait):
    web.answers, web.retry_after = [(status, "")], said
    with pytest.raises(DeliveryFailed) as caught:
        sent(web, text)
    assert (caught.value.permanent, caught.value.wait) == (False, wait)


@pytest.mark.parametrize("said", ["Fri, 27 Nov 2026 10:20:00 GMT", "Fri, 27 Nov 2026 18:20:00 +0800"])
def test_gateway_may_say_an_instant(said):
    now = datetime(2026, 11, 27, 10, 0, tzinfo=UTC)
    assert asked_wait(503, {"Retry-After": said}, now) == timedelta(minutes=20)


def test_gateway_that_is_not_reached_has_taken_nothing_and_one_that_hangs_up_may_have(web, text):
    web.answers = [None]
    with pytest.raises(DeliveryFailed) as caught:
        sent(web, text)
    assert (caught.value.permanent, caught.value.unsure) == (False, True)
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        with pytest.raises(DeliveryFailed) as caught:
            SmsChannel(f"http://127.0.0.1:{nobody.getsockname()[1]}/", TOKEN).deliver(text)
    assert (caught.value.permanent, caught.value.unsure) == (False, False)


def test_long_text_is_shortened_and_keeps_its_link(web, text):
    links = Links(confirm="https://public.example/letters/received/1/abc")
    sent(web, replace(text, body="一二三四五\n" * 200, links=links))
    told = json.loads(web.asked[0].body)["text"]
    assert len(told.encode()) <= 1000
    assert told.endswith(links.confirm)


@pytest.mark.parametrize("url", ["http://sms.example/", "ftp://sms.example/", "sms.example", ""])
def test_token_goes_nowhere_without_tls_but_to_this_machine(url):
    with pytest.raises(ValueError, match="https"):
        SmsChannel(url, TOKEN)
