"""Parked messages, one by one: read, sent again, delivered otherwise, dropped; by administrators of all it tells of."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from operations.actors import Actor, Role
from operations.acts import Act
from operations.desk import Desk
from operations.experts.pool import ExpertDraft, add_expert
from operations.parked import Way, deliver_otherwise, drop, list_parked
from operations.results import Denied, UnknownError
from store import INSTALLATION, events_of
from store import tables as t
from tests.console.filled import LUZHOU, NOW, SMALL
from tests.console.people import browser_of
from tests.console.reading import read_page
from tests.operations.office import why

ALL = Act(Actor("总管理", Role.ADMINISTRATOR, None), NOW)
OFFICE = Act(Actor("局管理", Role.ADMINISTRATOR, "某市人社局"), NOW, "已电话告知")


def park(desk: Desk, message: str = "m1", *programs: str) -> None:
    """Park a message that tells of these programs."""
    with desk.store.write() as transaction:
        connection = transaction.connection
        values = {"id": message, "recipient": "第1公司", "subject": "待办提醒", "body": "信函正文", "written_at": NOW}
        connection.execute(
            t.message.insert().values(**values, state="parked", attempts=5, problem="地址不存在", day=NOW.date())
        )
        for place, program in enumerate(programs or (SMALL,)):
            connection.execute(
                t.reminder.insert().values(
                    key=f"{message}{place}",
                    kind="arrival",
                    program_id=program,
                    stage="screening",
                    recipient="第1公司",
                    facts={},
                    send_at=NOW,
                    state="gathered",
                    message_id=message,
                )
            )


@pytest.mark.parametrize(("name", "told"), [("总管理", 1), ("局管理", 1), ("局经办", 0), ("外管理", 0)])
def test_first_page_tells_whoever_handles_them_how_many_are_parked(own_desk: Desk, name: str, told: int) -> None:
    found = [_told_parked(own_desk, name)]
    park(own_desk)
    found.append(_told_parked(own_desk, name))
    assert found[1] - found[0] == told


def _told_parked(desk: Desk, name: str) -> int:
    said = re.search(r"(\d+) 封提醒多次投递失败", browser_of(desk, name).get("/").text)
    return int(said[1]) if said else 0


def test_own_are_listed_however_many_of_others_were_parked_before(own_desk: Desk, monkeypatch) -> None:
    monkeypatch.setattr("operations.parked.MOST", 3)
    for place in range(4):
        park(own_desk, f"a{place}", LUZHOU)
    park(own_desk, "z1")
    own, every = (list_parked(own_desk, act) for act in (OFFICE, ALL))
    assert ("z1", (SMALL,)) in [(one.id, one.programs) for one in own]
    assert {program for one in own for program in one.programs} == {SMALL}
    assert len(every) == 3


def state(desk: Desk, message: str = "m1") -> tuple:
    of = t.message.c
    with desk.store.read() as connection:
        return tuple(connection.execute(select(of.state, of.attempts, of.sent_at).where(of.id == message)).one())


def kinds(desk: Desk) -> list[tuple[str, str | None, str | None]]:
    with desk.store.read() as connection:
        events = list(events_of(connection, INSTALLATION))
    return [(one["kind"], one.get("way"), one.get("reason")) for one in events if one["kind"].startswith("message.")]


@pytest.mark.parametrize(
    ("deed", "form", "left", "event"),
    [
        ("send", {}, ("waiting", 0, None), ("message.released", None, None)),
        ("deliver", {"way": "phone", "reason": "来电"}, ("sent", 5, NOW), ("message.delivered", "phone", "来电")),
        ("drop", {"reason": "单位撤销"}, ("moot", 5, None), ("message.dropped", None, "单位撤销")),
    ],
)
def test_each_is_handled_on_the_page_and_recorded(
    own_desk: Desk, deed: str, form: dict, left: tuple, event: tuple
) -> None:
    park(own_desk)
    client = browser_of(own_desk, "局管理")
    page = read_page(client.get("/messages").text).one("main").text
    assert all(said in page for said in ("第1公司", "地址不存在", "信函正文", "没有登记"))
    if form:
        assert client.post(f"/messages/{deed}", {"message": "m1"}).status_code == 409
    done = client.post(f"/messages/{deed}", form | {"message": "m1"})
    assert (done.status_code, done.headers["location"]) == (303, f"/messages?done={deed}")
    assert state(own_desk) == left
    assert kinds(own_desk) == [event]
    assert "地址不存在" not in client.get("/messages").text
    assert client.post(f"/messages/{deed}", form | {"message": "m1"}).status_code == 404


@pytest.mark.parametrize("name", ["局经办", "局审查", "局专家", "局监督", "总监督", "厂经办"])
def test_parked_are_for_administrators_and_operators_see_the_messages_of_theirs(own_desk: Desk, name: str) -> None:
    park(own_desk)
    client = browser_of(own_desk, name)
    page = client.get("/messages")
    assert page.status_code == (200 if name.endswith("经办") else 404)
    assert ("/messages/m1" in page.text, "搁置的信函" in page.text) == (name.endswith("经办"), False)
    # Whoever runs the program sees it, and the unit that it is written to.
    assert client.get("/messages/m1").status_code == (200 if name.endswith("经办") else 404)
    for deed in ("send", "deliver", "drop"):
        form = {"message": "m1", "way": "phone", "reason": "理由"}
        assert client.post(f"/messages/{deed}", form).status_code == 404
    assert state(own_desk) == ("parked", 5, None)


def test_newer_letters_of_others_hide_nobody_s_own(own_desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    park(own_desk)
    with own_desk.store.write() as transaction:
        at = NOW + timedelta(hours=1)
        newer = {"id": "newer", "recipient": "别的单位", "subject": "x", "body": "x", "written_at": at}
        transaction.connection.execute(t.message.insert().values(newer))
    monkeypatch.setattr("operations.tracing.NEWEST", 1)
    listed = read_page(browser_of(own_desk, "厂经办").get("/messages").text).one("table").rows()
    assert [row[0] for row in listed] == ["第1公司"]


def test_message_that_tells_of_another_program_too_is_for_who_administers_both(own_desk: Desk) -> None:
    park(own_desk, "m1", SMALL, LUZHOU)
    assert "m1" not in [one.id for one in list_parked(own_desk, OFFICE)]
    assert why(drop(own_desk, "m1", OFFICE)) == [("jurisdiction", None)]
    everybody = Act(Actor("总管理"), NOW, "已电话告知")
    assert {one.id: one.programs for one in list_parked(own_desk, everybody)}["m1"] == tuple(sorted((SMALL, LUZHOU)))
    assert deliver_otherwise(own_desk, "m1", Way.PHONE, everybody) == "第1公司"
    with pytest.raises(UnknownError):
        drop(own_desk, "m1", everybody)


@pytest.mark.parametrize(("programs", "shown"), [((SMALL,), True), ((SMALL, LUZHOU), False)])
def test_letter_is_shown_on_a_nomination_to_who_runs_every_program_that_it_tells_of(
    own_desk: Desk, programs: tuple[str, ...], *, shown: bool
) -> None:
    number, hint = f"{SMALL}-0001", "该信函还涉及其他项目"
    client = browser_of(own_desk, "局经办")
    before = client.get(f"/nominations/{number}").text.count(hint)
    park(own_desk, "m1", *programs)
    with own_desk.store.write() as transaction:
        of = t.reminder.c
        mine = t.reminder.update().where(of.message_id == "m1", of.program_id == SMALL)
        transaction.connection.execute(mine.values(nomination=number, kind="notice", facts={"nominee": "候选人1"}))
    page = client.get(f"/nominations/{number}").text
    assert ("信函正文" in page, page.count(hint) - before) == (shown, 0 if shown else 1)
    assert "信函正文" in browser_of(own_desk, "总管理").get(f"/nominations/{number}").text


def invite(desk: Desk) -> None:
    """Have sent an expert an invitation, at the second try."""
    expert = ExpertDraft("张专家", "某学院", mail="zhang@example.org")
    assert not isinstance(add_expert(desk, expert, Act(Actor("总管理"), NOW)), Denied)
    with desk.store.write() as transaction:
        connection = transaction.connection
        drawn = {"round": 1, "seed": "s", "sizes": {}, "candidates": {}, "digest": "d", "drawn_by": "局管理"}
        panel = t.panel.insert().values(program_id=SMALL, stage="review", drawn_at=NOW, **drawn)
        panel_id = connection.execute(panel.returning(t.panel.c.id)).scalar_one()
        expert_id = connection.execute(select(t.expert.c.id).where(t.expert.c.name == "张专家")).scalar_one()
        seat = {"panel_id": panel_id, "expert_id": expert_id, "urn": "u", "ordinal": 1, "state": "invited"}
        connection.execute(t.panel_seat.insert().values(seat))
        letter = {"id": "m2", "recipient": "张专家", "subject": "评审邀请", "body": "请参加评审", "written_at": NOW}
        connection.execute(t.message.insert().values(letter | {"state": "sent", "sent_at": NOW, "attempts": 1}))
        connection.execute(
            t.reminder.insert().values(
                key="m2",
                kind="invitation",
                program_id=SMALL,
                stage="review",
                recipient="张专家",
                facts={"panel": str(panel_id)},
                send_at=NOW,
                state="gathered",
                message_id="m2",
            )
        )
        tries = [
            ("mail", "z***@example.org", "refused", "550 5.1.1 nobody"),
            ("sms", "+86138****8000", "accepted", "202"),
        ]
        for channel, address, outcome, answer in tries:
            told = {"channel": channel, "address": address, "outcome": outcome, "answer": answer}
            connection.execute(t.delivery.insert().values(message_id="m2", tried_at=NOW, text="0" * 64, **told))


def test_page_of_a_message_tells_every_try_and_who_got_the_call_notes_that_it_came(own_desk: Desk) -> None:
    invite(own_desk)
    client = browser_of(own_desk, "局经办")
    page = read_page(client.get("/messages/m2").text).one("main").text
    told = ("550 5.1.1 nobody", "拒收", "短信 +86138****8000", "已接收", "请参加评审", "待收件人确认收到")
    assert [one for one in told if one not in page] == []
    assert "待确认收到" in client.get("/messages").text
    done = client.post("/messages/m2/received", {"reason": "专家来电", "back": "list"})
    assert (done.status_code, done.headers["location"]) == (303, "/messages?done=received")
    assert "待确认收到" not in client.get("/messages").text
    assert kinds(own_desk)[-1] == ("message.received", None, "专家来电")
    assert client.get("/messages/none").status_code == 404
    for name in ("厂经办", "局审查"):
        assert browser_of(own_desk, name).post("/messages/m2/received", {}).status_code == 404
