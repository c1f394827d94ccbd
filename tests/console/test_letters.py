"""The pages that links in letters lead to: reading changes nothing, the button does, without a session."""

from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest

from console import create_app
from console.letters import MOST, WITHIN
from notifications.channels import MemoryChannel
from notifications.letters import Letterhead
from operations.actors import MACHINE, Role
from operations.acts import Act
from operations.desk import Desk
from operations.messages import list_messages
from operations.people import add_person
from operations.remind import remind
from operations.subscriptions import list_unsubscribed
from tests.console.asking import Client
from tests.console.filled import NOW, fill, new_desk
from tests.console.people import PASSWORD

HERE = Letterhead(console="https://console.example", public="https://console.example")


@pytest.fixture
def told(tmp_path) -> Iterator[tuple[Desk, dict[str, str]]]:
    """The filled store with somebody registered, and the addresses in the letters that are sent from it."""
    desk = new_desk(tmp_path)
    fill(desk)
    desk.letterhead = HERE
    assert add_person(desk, "王管理", Role.ADMINISTRATOR, None, Act(MACHINE, NOW), password=PASSWORD) is None
    channel = MemoryChannel()
    remind(desk, channel, NOW.replace(hour=11))
    links = {letter.recipient: letter.links.unsubscribe for letter in channel.letters if letter.links.unsubscribe}
    yield desk, {name: urlsplit(url).path for name, url in links.items()}
    desk.store.close()


def test_button_unsubscribes_and_reading_does_not(told):
    desk, links = told
    name, path = next(iter(links.items()))
    client = Client(create_app(desk, lambda: NOW))
    page = client.get(path)
    assert (page.status_code, name in page.text, "<button" in page.text) == (200, True, True)
    assert client.request("HEAD", path).status_code == 200
    assert list_unsubscribed(desk) == []
    assert "已退订" in client.post(path).text
    assert [one.recipient for one in list_unsubscribed(desk)] == [name]
    assert "<button" not in client.get(path).text
    assert client.get(path).headers["X-Robots-Tag"] == "noindex"


def test_mail_program_unsubscribes_with_one_click_from_nowhere(told):
    desk, links = told
    path = next(iter(links.values()))
    client = Client(create_app(desk, lambda: NOW, hosts=None))
    answer = client.request("POST", path, files={"List-Unsubscribe": (None, "One-Click")})
    assert (answer.status_code, len(list_unsubscribed(desk))) == (200, 1)


@pytest.mark.parametrize("path", ["/letters/received/x/y", "/letters/unsubscribe/x/y", "/letters/unsubscribe/%25/y"])
def test_link_that_is_none_says_so(client, path):
    assert client.get(path).status_code == 404
    assert "链接无效" in client.get(path).text
    assert client.post(path).status_code == 404


def test_links_are_opened_so_often_a_minute_from_one_address(told):
    desk, links = told
    path, clock = next(iter(links.values())), [NOW]
    client = Client(create_app(desk, lambda: clock[0]))
    asked = [client.post("/letters/unsubscribe/x/y").status_code for _ in range(MOST)]
    assert asked == [404] * MOST
    answer = client.post(path)
    assert (answer.status_code, answer.headers["Retry-After"], "打开过于频繁" in answer.text) == (429, "60", True)
    assert list_unsubscribed(desk) == []
    clock[0] += WITHIN
    assert "已退订" in client.post(path).text


def test_receipt_is_confirmed_from_the_console_s_own_page_only(told):
    desk, links = told
    path = next(iter(links.values())).replace("unsubscribe", "received")
    client = Client(create_app(desk, lambda: NOW))
    assert client.request("POST", path, data={"": ""}).status_code == 403
    assert client.get(path).status_code == 404
    assert {one.received_at for one in list_messages(desk)} == {None}
