"""With `--json`, stdout holds one JSON document with the documented keys, and nothing else."""

from datetime import datetime

import pytest

from tests.cli.selection import DRAWN_UP, LUZHOU

DATE_KEYS = {"id", "name", "opens", "closes", "clause", "provisional", "findings"}

#: Commands that need no database, with the keys of their document; a list's keys are those of its entries.
LOOKING_UP = {
    "program list": {"id", "award", "edition", "issued", "opened_at"},
    f"program show {LUZHOU}": {"id", "award", "edition", "stages", "seats", "rulings"},
    f"program check {LUZHOU}": {"program", "passed", "faults", "findings"},
    f"program dates {LUZHOU}": {"program", "dates"},
    f"program diagram {LUZHOU}": {"program", "mermaid"},
    "program schema": {"properties", "required"},
    f"rehearse {LUZHOU} --nominations 3": {
        "program",
        "dates",
        "timeline",
        "standings",
        "moves",
        "reminders",
        "messages",
        "findings",
    },
    "deadline parse 2019年7月30日": {
        "text",
        "kind",
        "opens",
        "closes",
        "last_day",
        "unit",
        "count",
        "findings",
        "all",
    },
    "calendar day 2019-10-01": {"date", "working", "name", "kind", "source", "provisional"},
    "calendar export --from 2019-10-01 --to 2019-10-07": {"date", "working", "provisional"},
    "calendar publicity --published 2019-08-20 --days 5": {"first_day", "last_day", "closes", "provisional"},
}

#: The same for commands that ask, or change, a database with one open program.
ON_A_DATABASE = {
    "sweep": {"moved", "refused", "reminders", "batches"},
    "remind": {"gathered", "held", "moot", "sent", "put_off", "parked", "told"},
    "audit verify": {"events", "chains", "broken"},
    "audit export": {"program", "sequence", "events", "digest", "at"},
    "doctor": {"check", "state", "message", "remedy"},
    "migrate": {"before", "after"},
    "organization mail 江阳区人社局 office@example.org --actor 王管理": {"name", "mail"},
    "address list": set(),
    "remind acknowledge --from 江阳区人社局 --actor 王管理": {"recipient", "messages"},
}


def _keys(document):
    entry = document[0] if isinstance(document, list) else document
    return set(entry)


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("command", LOOKING_UP)
def test_looking_up_answers_with_one_document(linxuan, command, language):
    run = linxuan(*command.split(), "--json", language=language)
    assert (run.code, run.err) == (0, "")
    assert _keys(run.document) >= LOOKING_UP[command]


@pytest.mark.usefixtures("office")
@pytest.mark.parametrize("command", ON_A_DATABASE)
def test_work_on_a_database_answers_with_one_document(linxuan, command):
    run = linxuan(*command.split(), "--json")
    assert (run.code, run.err) == (0, "")
    assert _keys(run.document) >= ON_A_DATABASE[command]


@pytest.mark.usefixtures("office")
def test_address_of_a_known_organization_answers_with_one_document(linxuan):
    assert linxuan("organization", "mail", "江阳区人社局", "office@example.org", "--actor", "王管理").code == 0
    run = linxuan("address", "add", "江阳区人社局", "--by", "sms", "13800000000", "--actor", "王管理", "--json")
    assert (run.code, run.err) == (0, "")
    assert _keys(run.document) >= {"name", "number", "channel", "usable"}


def test_nominations_answer_with_one_document_each(office, linxuan):
    number = office.draws_up()
    place = {"number", "program", "nominee", "unit", "nominator", "stage", "standing", "holder", "due_at", "version"}
    (listed,) = linxuan("nomination", "list", "--json").document
    assert set(listed) >= place
    shown = linxuan("nomination", "show", number, "--json").document
    assert set(shown) >= place | {"materials", "verdicts", "reports", "objections"}
    moves = office.ask(DRAWN_UP, "nomination", "moves", number).document
    assert set(moves[0]) == {"move", "label", "to", "refusals", "asked"}
    moved = office.moves(DRAWN_UP, number, "withdraw", "--reason", "本人放弃")
    assert set(moved) >= {"number", "move", "source", "destination", "version", "due_at"}


def test_nominations_are_found_by_program_stage_and_due_instant(office, linxuan):
    drawn_up, handed_in = office.draws_up(0), office.draws_up(1)
    office.hands_in(handed_in)

    def found(*options):
        return [one["number"] for one in linxuan("nomination", "list", *options, "--json").document]

    assert found() == [drawn_up, handed_in]
    assert found("--program", LUZHOU, "--stage", "screening") == [handed_in]
    assert found("--stage", "recommendation") == [drawn_up]
    assert found("--due-before", "2019-07-31T00:00") == []
    assert found("--due-before", "2019-07-31T00:00:01") == [drawn_up]


@pytest.mark.parametrize(
    "instant",
    ["2019-08-06T00:00", "2019-08-05", "20190805", "2019-08-06T00:00+08:00", "2019-08-05T16:00Z", "20190806T00"],
)
def test_every_way_to_write_an_instant_is_told_back_in_shanghai_time(office, linxuan, instant):
    number = office.draws_up()
    extension = ("program", "extend", LUZHOU, "recommendation.office", "--to", instant)
    told = linxuan(*extension, "--authority", "泸市人社办〔2019〕101号", "--actor", "王管理", "--now", DRAWN_UP)
    assert "2019-08-05 24:00" in told.out
    shown = linxuan("nomination", "show", number, "--json").document
    assert shown["due_at"] == "2019-08-06T00:00:00+08:00"


def test_the_history_tells_shanghai_time_whatever_zone_now_was_given_in(office, linxuan):
    number = office.draws_up()
    office.moves("2019-07-15T16:30Z", number, "withdraw", "--reason", "本人放弃")
    assert office.ask(DRAWN_UP, "nomination", "history", number).document[-1]["now"] == "2019-07-16T00:30:00+08:00"
    assert "2019-07-16 00:30" in linxuan("nomination", "history", number).out


def test_instants_and_days_in_json_are_iso_8601(office):
    number = office.draws_up()
    office.receives(number)
    submitted = office.moves(DRAWN_UP, number, "submit")
    assert submitted["due_at"] == "2019-07-31T00:00:00+08:00"
    received = office.ask(DRAWN_UP, "nomination", "show", number).document["materials"]
    assert {datetime.fromisoformat(one["received_at"]).isoformat() == one["received_at"] for one in received} == {True}
