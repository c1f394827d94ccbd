"""Links in letters: a receipt is confirmed by a button until its matter is over; news can be stopped, duties not."""

from dataclasses import replace
from email import message_from_bytes
from urllib.parse import urlsplit

import pytest
from sqlalchemy import update

from notifications.channels import MemoryChannel
from notifications.letters import Letter, Letterhead
from notifications.mails import mail_of, mailbox
from operations.actors import Actor, Role
from operations.acts import Act
from operations.experts.seats import confirm, invite
from operations.messages import list_messages
from operations.receipts import Asked, confirm_receipt, receipt_asked
from operations.remind import pending, remind
from operations.results import Denied
from operations.settings import Settings
from operations.subscriptions import list_unsubscribed, news_behind, subscribe, unsubscribe, unsubscribe_by_link
from programs.reminding import Actor as Whose
from programs.reminding import Ladder
from states import Move
from store import INSTALLATION, events_of
from store import tables as t
from tests.conftest import on
from tests.databases import SQLITE
from tests.operations.office import LUZHOU, Office
from tests.operations.panels import REVIEW

pytestmark = on(SQLITE)

HERE = Letterhead(console="https://console.example", public="https://public.example")


def sent(office: Office, recipient: str) -> Letter:
    """The letter that goes out to somebody now."""
    channel = MemoryChannel()
    remind(office.desk, channel, office.now)
    return next(letter for letter in channel.letters if letter.recipient == recipient)


def link(url: str | None) -> tuple[str, str]:
    *_, name, signature = urlsplit(url or "").path.split("/")
    return name, signature


def invited(panel_office, letterhead: Letterhead = HERE) -> tuple[Office, str]:
    office = panel_office()
    office.desk.letterhead = letterhead
    office.fill_the_pool(3)
    office.draw()
    return office, invite(office.desk, office.id, REVIEW, office.act())[0]


def rejected(office: Office) -> str:
    """A nomination whose unit is told that it was rejected, a few days after it was told of its arrival."""
    number = office.nominate("screening", unit="长江厂")
    remind(office.desk, MemoryChannel(), office.now)
    office.now = office.now.replace(day=22)
    office.move(number, Move.REJECT, "不符合条件")
    return number


def test_invitation_bears_a_link_that_confirms_its_receipt_once(panel_office):
    office, expert = invited(panel_office)
    letter = sent(office, expert)
    assert letter.links.confirm.startswith("https://public.example/letters/received/")
    assert letter.links.confirm in letter.text
    assert letter.links.confirm not in letter.body
    asked = link(letter.links.confirm)
    assert receipt_asked(office.desk, *asked, office.now).asked is Asked.OPEN
    assert [one.received_at for one in list_messages(office.desk)] == [None] * 3
    assert confirm_receipt(office.desk, *asked, office.now).asked is Asked.DONE
    assert confirm_receipt(office.desk, *asked, office.now.replace(day=16)).received_at == office.now
    (event,) = [one for one in installation_events(office) if one["kind"] == "message.received"]
    told = {"actor": expert, "by": "link", "message": letter.message_id, "subject": expert}
    assert told.items() <= event.items()


def installation_events(office: Office) -> list[dict]:
    with office.desk.store.read() as connection:
        return list(events_of(connection, INSTALLATION))


def test_reminder_of_the_answer_stops_once_the_receipt_is_confirmed(panel_office):
    office, expert = invited(panel_office)
    confirm_receipt(office.desk, *link(sent(office, expert).links.confirm), office.now)
    channel = MemoryChannel()
    remind(office.desk, channel, office.now.replace(day=17))
    assert len(channel.letters) == 2
    assert expert not in {letter.recipient for letter in channel.letters}


def test_receipt_is_no_longer_asked_for_once_the_expert_has_answered(panel_office):
    office, expert = invited(panel_office)
    asked = link(sent(office, expert).links.confirm)
    assert confirm(office.desk, office.id, REVIEW, expert, office.as_expert(expert)) is None
    assert confirm_receipt(office.desk, *asked, office.now).asked is Asked.OVER
    assert {one.received_at for one in list_messages(office.desk)} == {None}


def test_link_serves_one_purpose_and_one_letter(panel_office):
    office, expert = invited(panel_office)
    name, signature = link(sent(office, expert).links.confirm)
    other = next(one.id for one in list_messages(office.desk) if not one.id.startswith(name))
    assert receipt_asked(office.desk, name, signature[:-1] + "~", office.now) is None
    assert receipt_asked(office.desk, other.partition("@")[0], signature, office.now) is None
    assert confirm_receipt(office.desk, "%", signature, office.now) is None
    assert news_behind(office.desk, name, signature) is None


def test_link_that_is_none_or_changes_nothing_opens_no_write(panel_office, monkeypatch):
    office, expert = invited(panel_office)
    name, signature = link(sent(office, expert).links.confirm)
    assert confirm_receipt(office.desk, name, signature, office.now).asked is Asked.DONE

    def write():
        pytest.fail("a write was opened")

    monkeypatch.setattr(office.desk.store, "write", write)
    assert confirm_receipt(office.desk, name, signature[:-1] + "~", office.now) is None
    assert unsubscribe_by_link(office.desk, name, signature, office.now) is None
    assert confirm_receipt(office.desk, name, signature, office.now).asked is Asked.DONE


def test_link_of_a_letter_whose_reminders_were_let_go_is_none(luzhou):
    luzhou.desk.letterhead = HERE
    rejected(luzhou)
    asked = link(sent(luzhou, "长江厂").links.unsubscribe)
    with luzhou.desk.store.write() as transaction:
        transaction.connection.execute(update(t.reminder).values(state="moot", message_id=None))
    assert news_behind(luzhou.desk, *asked) is None
    assert unsubscribe_by_link(luzhou.desk, *asked, luzhou.now) is None
    assert list_unsubscribed(luzhou.desk) == []


def test_without_an_address_of_the_console_the_letter_says_how_to_confirm(panel_office):
    office, expert = invited(panel_office, Letterhead())
    letter = sent(office, expert)
    assert letter.links.confirm is None
    assert f"回复确认收到本函（函号：{letter.message_id}）" in letter.text
    # Whoever gets letters from outside has no commands.
    assert "linxuan remind" not in letter.text


def test_letter_of_two_programs_is_signed_by_both_and_confirmed_to_the_office_that_invites(panel_office, craftsman):
    office, expert = invited(panel_office, Letterhead())
    craftsman.nominate(unit=expert)
    office.now = max(office.now, craftsman.now)
    body = sent(office, expert).body
    assert f"请向{office.program.office}回复确认收到本函" in body
    assert set(body.splitlines()[-2].split("、")) == {office.program.office, craftsman.program.office}


def test_what_is_only_looked_at_has_no_working_link(panel_office):
    office, _ = invited(panel_office)
    letter = pending(office.desk, office.now)[0]
    assert link(letter.links.confirm)[1] == "…"


def test_letter_leads_to_the_page_of_what_it_is_about(luzhou):
    luzhou.desk.letterhead = HERE
    number = luzhou.nominate(unit="长江厂")
    assert f"办理网页：https://console.example/nominations/{number}" in sent(luzhou, "长江厂").body
    luzhou.nominate(unit="沱江厂")
    luzhou.nominate(unit="沱江厂")
    asked = f"https://console.example/nominations?program={luzhou.id}&stage=recommendation.unit"
    assert asked in sent(luzhou, "沱江厂").body


def test_news_can_be_unsubscribed_from_by_a_link_and_duties_go_on(luzhou):
    luzhou.desk.letterhead = HERE
    rejected(luzhou)
    letter = sent(luzhou, "长江厂")
    mail = message_from_bytes(mail_of(letter, mailbox("office@linxuan.example"), "base64"))
    assert mail["List-Unsubscribe"].strip() == f"<{letter.links.unsubscribe}>"
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    asked = link(letter.links.unsubscribe)
    assert news_behind(luzhou.desk, *asked).done is False
    assert unsubscribe_by_link(luzhou.desk, *asked, luzhou.now).done is True
    assert unsubscribe_by_link(luzhou.desk, *asked, luzhou.now).done is True
    assert [(one.recipient, one.program) for one in list_unsubscribed(luzhou.desk)] == [("长江厂", luzhou.id)]
    with luzhou.desk.store.read() as connection:
        kinds = [one for one in events_of(connection, luzhou.id) if one["kind"].startswith("news.")]
    assert [(one["kind"], one["actor"], one["by"]) for one in kinds] == [("news.unsubscribed", "长江厂", "link")]
    luzhou.now = luzhou.now.replace(day=23)
    rejected_again = luzhou.nominate("screening", unit="长江厂")
    luzhou.move(rejected_again, Move.REJECT, "不符合条件")
    luzhou.nominate(unit="长江厂")
    after = sent(luzhou, "长江厂")
    assert ("不予通过" in after.body, "填报并核对" in after.body, after.links.unsubscribe) == (False, True, None)


def test_letter_of_duties_offers_no_unsubscribing(luzhou):
    luzhou.desk.letterhead = HERE
    luzhou.nominate(unit="长江厂")
    assert sent(luzhou, "长江厂").links.unsubscribe is None


def test_one_click_needs_https(luzhou):
    luzhou.desk.letterhead = Letterhead(public="http://public.example")
    rejected(luzhou)
    headers = mail_of(sent(luzhou, "长江厂"), mailbox("office@linxuan.example"), "base64").decode()
    assert ("List-Unsubscribe:" in headers, "List-Unsubscribe-Post" in headers) == (True, False)


def test_program_that_wants_everybody_told_lets_nobody_unsubscribe(office_of, shipped):
    ladder = Ladder(actor=Whose.NOMINATOR, unsubscribe=False)
    office = office_of(LUZHOU, program=shipped(LUZHOU).model_copy(update={"ladders": (ladder,)}))
    office.desk.letterhead = HERE
    rejected(office)
    assert sent(office, "长江厂").links.unsubscribe is None
    refused = unsubscribe(office.desk, office.id, "长江厂", office.act())
    assert [one.gate for one in refused.refusals] == ["news-optional"]


def test_unsubscribing_by_command_is_for_the_recipient_s_side_and_the_office_and_can_be_taken_back(luzhou):
    luzhou.nominate(unit="长江厂")
    theirs = Act(Actor("厂经办", Role.OPERATOR, "长江厂"), luzhou.now)
    stranger = Act(Actor("别厂", Role.OPERATOR, "沱江厂"), luzhou.now)
    assert isinstance(unsubscribe(luzhou.desk, luzhou.id, "长江厂", stranger), Denied)
    assert unsubscribe(luzhou.desk, luzhou.id, "长江厂", theirs) is None
    assert [one.recipient for one in list_unsubscribed(luzhou.desk)] == ["长江厂"]
    assert subscribe(luzhou.desk, luzhou.id, "长江厂", luzhou.act()) is None
    assert subscribe(luzhou.desk, luzhou.id, "长江厂", luzhou.act()) is None
    assert list_unsubscribed(luzhou.desk) == []
    with luzhou.desk.store.read() as connection:
        kinds = [one["kind"] for one in events_of(connection, luzhou.id) if one["kind"].startswith("news.")]
    assert kinds == ["news.unsubscribed", "news.subscribed"]


def test_letter_is_in_english_where_the_installation_is(luzhou):
    luzhou.desk.letterhead = Letterhead("en")
    number = rejected(luzhou)
    letter = sent(luzhou, "长江厂")
    assert letter.subject.startswith("[Linxuan notice] 泸州市首席技师")
    assert letter.subject.endswith("reject")
    assert f"      1. {number}  " in letter.body


@pytest.mark.parametrize(("stage", "there"), [(None, True), ("recommendation", True), ("screening", False)])
def test_program_s_own_words_stand_in_its_letters(office_of, shipped, stage, there):
    document = shipped(LUZHOU).model_dump(mode="json")
    document["wordings"] = [{"kind": "arrival", "stage": stage, "text": "联系电话见通知附件"}]
    office = office_of(LUZHOU, program=type(shipped(LUZHOU)).model_validate(document))
    office.nominate(unit="长江厂")
    assert ("　　说明：联系电话见通知附件" in sent(office, "长江厂").body.splitlines()) is there


#: The addresses that are set, and those that letters lead to: none that would lead a reader to their own machine.
ADDRESSES = [
    (None, None, Letterhead()),
    ("https://a.example/", None, Letterhead("zh", "https://a.example", "https://a.example")),
    ("https://a.example", "https://b.example/x/", Letterhead("zh", "https://a.example", "https://b.example/x")),
    ("http://127.0.0.1:8000/", None, Letterhead()),
    ("http://localhost:8000/", "https://b.example", Letterhead("zh", None, "https://b.example")),
    ("http://[::1]:8000/", None, Letterhead()),
]


@pytest.mark.parametrize(("console", "public", "expected"), ADDRESSES)
def test_letters_lead_where_their_readers_reach_the_console(console, public, expected):
    assert Settings(console_url=console, public_url=public, lang="").letterhead == expected
    assert Settings(console_url=console, public_url=public, lang="en_US").letterhead == replace(expected, language="en")
