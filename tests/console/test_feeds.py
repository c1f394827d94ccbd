"""Calendars that subscribe: a secret address that is shown once, told apart by tags, bounded, and ends at once."""

import pytest
from sqlalchemy import select

from console import create_app
from console.feeds import MOST, WITHIN
from operations.actors import Actor, Role
from operations.acts import Act
from operations.desk import Desk
from operations.people import disable_person, revoke_role, set_password
from store import INSTALLATION, events_of
from store import tables as t
from tests.console.asking import Client
from tests.console.filled import LUZHOU, NOW, SMALL
from tests.console.people import PASSWORD, browser_of
from tests.console.reading import read_page

BY = Act(Actor("总管理"), NOW, "调离")


def subscribed(desk: Desk, name: str) -> str:
    """Make an address on one's own page; returns its path."""
    answer = browser_of(desk, name).post("/account/calendars")
    assert answer.status_code == 200, answer.text
    (field,) = (one for one in read_page(answer.text).all("input") if one.attributes.get("id") == "feed-address")
    address = field.attributes["value"]
    assert f'href="webcal://{address.partition("://")[2]}"' in answer.text
    return address.removeprefix("http://localhost")


@pytest.fixture
def stranger(own_desk: Desk) -> Client:
    return Client(create_app(own_desk, lambda: NOW))


def test_address_gives_the_dates_that_its_owner_may_know_and_is_kept_nowhere(own_desk: Desk, stranger: Client) -> None:
    path = subscribed(own_desk, "厂经办")
    answer = stranger.get(path)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "text/calendar; charset=utf-8")
    assert answer.text.startswith("BEGIN:VCALENDAR\r\n")
    assert f".{SMALL}@linxuan" in answer.text
    # The one in preparation is not announced.
    assert f".{LUZHOU}@linxuan" not in answer.text
    assert "候选人" not in answer.text
    token = path.removeprefix("/calendars/").removesuffix(".ics")
    with own_desk.store.read() as connection:
        kept = connection.execute(select(t.calendar_feed)).all()
        told = list(events_of(connection, INSTALLATION))
    assert len(kept) == 1
    assert token not in repr(kept)
    assert token not in repr(told)
    assert [event["subject"] for event in told if event["kind"] == "feed.given"] == ["厂经办"]
    assert token not in browser_of(own_desk, "厂经办").get("/account/calendars").text


def test_calendar_that_has_not_changed_is_not_sent_again(own_desk: Desk, stranger: Client) -> None:
    path = subscribed(own_desk, "局管理")
    first = stranger.get(path)
    again = stranger.get(path, headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["etag"] == first.headers["etag"]
    later = Client(create_app(own_desk, lambda: NOW.replace(hour=NOW.hour + 1)))
    assert later.get(path, headers={"If-None-Match": first.headers["etag"]}).status_code == 304
    changed = later.get(path, headers={"If-None-Match": '"another"'})
    assert (changed.status_code, changed.headers["etag"]) == (200, first.headers["etag"])
    assert later.request("HEAD", path).status_code == 200


@pytest.mark.parametrize("end", ["revoke", "role", "disable", "password"])
def test_address_gives_nothing_once_it_is_revoked_or_its_owner_has_not_the_role(
    own_desk: Desk, stranger: Client, end: str
) -> None:
    path = subscribed(own_desk, "局经办")
    assert stranger.get(path).status_code == 200
    if end == "revoke":
        page = read_page(browser_of(own_desk, "局经办").get("/account/calendars").text)
        (button,) = (one for one in page.all("button") if one.attributes.get("name") == "feed")
        form = {"feed": button.attributes["value"]}
        assert browser_of(own_desk, "区经办").post("/account/calendars/revoke", form).status_code == 404
        assert stranger.get(path).status_code == 200
        assert browser_of(own_desk, "局经办").post("/account/calendars/revoke", form).status_code == 303
    elif end == "role":
        assert revoke_role(own_desk, "局经办", Role.OPERATOR, "某市人社局", BY) is None
    elif end == "disable":
        assert disable_person(own_desk, "局经办", BY) is None
    else:
        assert set_password(own_desk, "局经办", PASSWORD + "一", BY) is None
    assert stranger.get(path).status_code == 404
    assert stranger.get("/calendars/x.ics").status_code == 404


def test_one_network_address_asks_no_more_than_so_often(own_desk: Desk) -> None:
    now = [NOW]
    client = Client(create_app(own_desk, lambda: now[0]))
    answers = [client.get("/calendars/guess.ics").status_code for _ in range(MOST + 1)]
    assert answers == [404] * MOST + [429]
    now[0] += WITHIN
    assert client.get("/calendars/guess.ics").status_code == 404
