"""A program from its notice to the end of the term, by commands alone."""

from collections.abc import Iterator

import pytest

from tests.cli.selection import (
    DOCUMENT,
    DRAWN_UP,
    ENDED,
    ISSUED,
    LUZHOU,
    PUBLISHED,
    SCREENED,
    Office,
    identity_of,
)
from tests.databases import KINDS, SQLITE

PERIOD_OVER = "2019-08-28T00:05"


@pytest.fixture(params=KINDS)
def office(request, office: Office, monkeypatch) -> Iterator[Office]:
    """Everything here happens on every kind of database."""
    if request.param == SQLITE:
        yield office
        return
    databases = request.getfixturevalue(f"{request.param}_databases")
    url = databases.empty()
    monkeypatch.setenv("LINXUAN_DATABASE", url)
    office.opens()
    yield office
    databases.drop(url)


@pytest.fixture
def chosen(office: Office) -> list[str]:
    """Three nominations that were chosen."""
    numbers = [office.draws_up(index) for index in range(3)]
    for number in numbers:
        office.hands_in(number)
        office.chooses(number)
    return numbers


def test_a_whole_life_runs_from_the_ruling_to_the_end_of_the_term(office, chosen, linxuan, tmp_path):
    published = office.publishes()
    assert published["moved"] == chosen
    assert (published["first_day"], published["last_day"]) == ("2019-08-21", "2019-08-27")
    assert published["closes_at"] == "2019-08-28T00:00:00+08:00"

    swept = office.sweeps(PERIOD_OVER)
    assert [one["to"] for one in swept["named"]] == ["issuance"] * 3

    issued = office.does(ISSUED, "issue", LUZHOU, "--document-number", DOCUMENT)
    assert (issued["moved"], issued["held_back"]) == (chosen, [])

    for paper, suffix in (("register", "xlsx"), ("notice", "docx"), ("document", "docx")):
        out = tmp_path / f"{paper}.{suffix}"
        exported = office.ask(ISSUED, "export", paper, LUZHOU, "--out", str(out)).document
        assert exported == {"program": LUZHOU, "paper": paper, "out": str(out), "bytes": out.stat().st_size}
        assert out.read_bytes().startswith(b"PK")

    assert not office.sweeps("2022-09-01T23:59")["named"]
    ended = office.sweeps(ENDED)["named"]
    assert [(one["number"], one["move"]) for one in ended] == [(number, "expire") for number in chosen]
    assert office.stage_of(chosen[0]) == ended[0]["to"]

    verified = linxuan("audit", "verify", "--json")
    assert verified.code == 0
    assert verified.document["chains"] == 1
    assert verified.document["broken"] == []
    heads = linxuan("audit", "export", "--json").document
    assert [(head["program"], head["events"]) for head in heads] == [(LUZHOU, verified.document["events"])]


def test_an_objection_holds_back_its_nominee_alone(office, chosen):
    office.publishes()
    accused, doubted, untouched = chosen
    raised = [
        office.does(PUBLISHED, "publicity", "object", number, "--objector", "第一机械厂工会", "--grounds", "业绩不实")[
            "objection"
        ]
        for number in (accused, doubted)
    ]

    assert [one["number"] for one in office.sweeps(PERIOD_OVER)["named"]] == [untouched]

    settle = ("publicity", "settle")
    upheld = office.does(PERIOD_OVER, *settle, str(raised[0]), "upheld", "--answer", "查证属实")
    assert upheld["outcome"] == "upheld"
    assert office.stage_of(accused) == upheld["to"]
    dismissed = office.does(PERIOD_OVER, *settle, str(raised[1]), "dismissed", "--answer", "查无实据")
    assert dismissed["outcome"] == "dismissed"
    again = office.ask(PERIOD_OVER, *settle, str(raised[1]), "dismissed", "--answer", "再次办结", "--actor", "王管理")
    assert (again.code, "已经办结" in again.reasons) == (1, True)

    office.sweeps("2019-08-28T00:10")
    issued = office.does(ISSUED, "issue", LUZHOU, "--document-number", DOCUMENT)
    assert sorted(issued["moved"]) == sorted([doubted, untouched])
    (listed,) = office.ask(ISSUED, "publicity", "list", LUZHOU).document
    assert (listed["stage"], listed["last_day"]) == ("publicity", "2019-08-27")


def test_a_deadline_is_enforced_to_the_minute_and_extended_on_an_authority(office):
    number = office.draws_up()
    office.receives(number)
    late = office.ask("2019-07-31T00:00", "nomination", "move", number, "submit", "--actor", "王管理")
    assert late.code == 1
    assert "2019年7月30日 24:00 截止" in late.reasons

    extension = ("program", "extend", LUZHOU, "recommendation.office", "--to", "2019-08-06T00:00")
    unfounded = office.ask(DRAWN_UP, *extension, "--authority", " ", "--actor", "王管理")
    assert (unfounded.code, "没有写明延期的依据" in unfounded.reasons) == (1, True)
    extended = office.does(DRAWN_UP, *extension, "--authority", "泸市人社办〔2019〕101号")
    assert extended["closes"] == "2019-08-06T00:00:00+08:00"
    assert office.moves("2019-08-05T23:59", number, "submit")["destination"] == "recommendation.recommender"

    assert office.sweeps("2019-08-05T23:59:59")["named"] == []
    (lapsed,) = office.sweeps("2019-08-06T00:00")["named"]
    assert (lapsed["number"], lapsed["move"], lapsed["to"]) == (number, "lapse", "lapsed")


def test_what_is_not_met_is_refused_with_the_reason_the_remedy_and_the_clause(office):
    number = office.draws_up()
    office.hands_in(number)
    office.screens(number, "fail")

    refused = office.ask(SCREENED, "nomination", "move", number, "accept", "--actor", "王管理")

    assert refused.code == 1
    assert (refused.document["number"], refused.document["move"]) == (number, "accept")
    for refusal in refused.document["refusals"]:
        assert set(refusal) >= {"reason", "remedy", "clause"}
        assert refusal["reason"] in refused.err
        assert refusal["remedy"] in refused.err
    assert office.stage_of(number) == "screening"
    moves = {one["move"]: one for one in office.ask(SCREENED, "nomination", "moves", number).document}
    assert moves["accept"]["refusals"]
    assert moves["return"]["refusals"] == []


def test_history_tells_who_did_what_when_and_why(office, linxuan):
    number = office.draws_up()
    office.moves(DRAWN_UP, number, "withdraw", "--reason", "本人放弃")

    events = office.ask(ISSUED, "nomination", "history", number).document
    assert [event["kind"] for event in events] == ["nomination.created", "nomination.moved"]
    assert {event["actor"] for event in events} == {"王管理"}
    assert events[-1]["reason"] == "本人放弃"
    told = linxuan("nomination", "history", number)
    assert "2019-07-15 09:00" in told.out
    assert "本人放弃" in told.out


def test_an_identity_number_is_shown_by_no_command(office, linxuan):
    number = office.draws_up(2)
    commands = (("nomination", "show", number), ("nomination", "history", number), ("nomination", "list"))
    shown = [linxuan(*command, *flag) for command in commands for flag in ((), ("--json",))]
    assert all(run.code == 0 for run in shown)
    assert not any(identity_of(2)[6:14] in run.out for run in shown)


def test_reminders_that_are_owed_are_shown_and_then_delivered_once(office, data):
    office.draws_up()
    monday = "2019-07-29T10:00"

    (letter,) = office.ask(monday, "remind", "--dry-run").document
    assert set(letter) == {"recipient", "subject", "body"}
    assert not (data / "outbox").exists()

    sent = office.ask(monday, "remind").document
    assert set(sent) == {"gathered", "held", "moot", "sent", "put_off", "parked", "told"}
    assert sent["sent"] == len(list((data / "outbox").glob("*.eml"))) == 1
    assert office.ask(monday, "remind").document["sent"] == 0
    assert office.ask(monday, "remind", "--dry-run").document == []


def test_letters_are_previewed_and_news_are_unsubscribed_from_by_command(office, linxuan):
    ahead = linxuan("remind", "preview", LUZHOU, "--json").document
    assert {one["kind"] for one in ahead} >= {"arrival", "deadline", "notice", "escalation"}
    assert all(one["subject"] and one["body"] and one["when"] for one in ahead)
    office.draws_up()
    for command, left in (("unsubscribe", ["长江厂"]), ("subscribe", [])):
        done = office.does(DRAWN_UP, "remind", command, LUZHOU, "长江厂")
        assert done == {"program": LUZHOU, "recipient": "长江厂"}
        assert [one["recipient"] for one in linxuan("remind", "list", "--json").document["unsubscribed"]] == left
