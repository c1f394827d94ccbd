"""What the five notices say, seen through the commands."""

import re
import sqlite3
from contextlib import closing
from pathlib import Path
from random import Random

import pytest

from tests.cli.selection import LUZHOU

CITY_2017 = "bayu-craftsman-2017"
LIANGPING = "liangping-master-studio-2023"
UNDATED = "bayu-special-grade-technician"


def _closes(linxuan, program, *options):
    document = linxuan("program", "dates", program, *options, "--json").document
    return {one["id"]: one["closes"] for one in document["dates"]}


def test_luzhou_is_rehearsed_from_its_deadline_to_the_end_of_its_term(linxuan):
    told = linxuan("rehearse", LUZHOU).out
    assert "2019-07-31T00:00:00+08:00" in told
    assert re.search(r"公示.*5 个工作日", told)
    stages = ["组织推荐", "资格审查", "专家评议", "评审确定", "公示", "发文", "聘期届满"]
    timeline = told.partition("\n经过\n")[2].partition("\n结果\n")[0]
    places = [timeline.find(stage) for stage in stages[1:]]
    assert -1 not in places
    assert places == sorted(places)

    document = linxuan("rehearse", LUZHOU, "--nominations", "12", "--json").document
    issued = next(scene["at"] for scene in document["timeline"] if "issue" in scene["moved"])
    expired = next(scene["at"] for scene in document["timeline"] if "expire" in scene["moved"])
    assert int(expired[:4]) == int(issued[:4]) + 3
    assert expired[5:7] == issued[5:7]
    assert "3年" in told


def test_bayu_2017_closes_in_the_city_on_the_first_of_may_and_is_public_before_it_is_decided(linxuan):
    told = linxuan("rehearse", CITY_2017).out
    assert "2017-05-01T00:00:00+08:00" in told
    assert _closes(linxuan, CITY_2017)["recommendation.city"] == "2017-05-01T00:00:00+08:00"
    document = linxuan("rehearse", CITY_2017, "--nominations", "12", "--json").document
    moves = [move for scene in document["timeline"] for move in scene["moved"]]
    decided = len(moves) - 1 - moves[::-1].index("approve" if "approve" in moves else "choose")
    assert moves.index("publish") < moves.index("close") < decided


def test_liangping_closes_when_its_office_does(linxuan):
    told = linxuan("rehearse", LIANGPING).out
    assert "2023-08-31T18:00:00+08:00" in told
    assert "2023-08-31T18:00:00+08:00" in _closes(linxuan, LIANGPING).values()


def test_a_notice_without_a_year_is_not_opened_and_says_so(linxuan):
    refused = linxuan("program", "open", UNDATED, "--actor", "王管理", "--json")
    assert refused.code == 1
    assert "裁定 year 未确认" in refused.err
    assert "年份" in refused.reasons
    in_english = linxuan("program", "open", UNDATED, "--actor", "A", language="en")
    assert in_english.code == 1
    assert "the ruling year is not confirmed" in in_english.err


def test_a_notice_without_a_year_closes_by_its_issue_date(linxuan):
    assert "2021-07-22T00:00:00+08:00" in _closes(linxuan, UNDATED, "--issued", "2021-06-28").values()
    told = linxuan("rehearse", UNDATED, "--issued", "2021-06-28")
    assert (told.code, "2021-07-22T00:00:00+08:00" in told.out) == (0, True)


def test_a_notice_without_a_year_opens_once_its_year_is_ruled_on(linxuan):
    rulings = [one["id"] for one in linxuan("program", "show", UNDATED, "--json").document["rulings"]]
    at = ("--actor", "王管理", "--now", "2021-06-28T10:00")
    assert linxuan("program", "rule", UNDATED, "year", "--decision", "2021-06-28", *at).code == 0
    for ruling in rulings:
        if ruling != "year":
            assert linxuan("program", "rule", UNDATED, ruling, "--accept", *at).code == 0
    assert linxuan("program", "open", UNDATED, *at).code == 0
    assert "2021-07-22T00:00:00+08:00" in _closes(linxuan, UNDATED).values()
    again = linxuan("program", "open", UNDATED, *at)
    assert (again.code, "2021年6月28日 10:00" in again.err) == (1, True)


@pytest.mark.parametrize("program", [LIANGPING, "bayu-craftsman-2022"])
def test_a_rehearsal_is_the_same_for_the_same_seed(linxuan, program):
    options = (program, "--nominations", "6", "--seed", "7", "--json")
    assert linxuan("rehearse", *options).out == linxuan("rehearse", *options).out


def test_a_rehearsal_that_is_kept_goes_on_and_ends_as_an_undisturbed_one(linxuan, tmp_path):
    def rehearsed(name, *options):
        database = ("--database", f"sqlite:///{tmp_path}/{name}.db")
        run = linxuan("rehearse", LUZHOU, "--nominations", "6", *database, *options, "--json")
        assert run.code == 0
        (head,) = linxuan("audit", "export", *database, "--json").document
        return head["digest"], run.document["standings"]

    undisturbed = rehearsed("whole")
    interrupted = rehearsed("parts", "--until", "2019-08-10T00:00")
    assert interrupted != undisturbed
    assert rehearsed("parts") == undisturbed
    assert rehearsed("parts") == undisturbed


@pytest.fixture(scope="module")
def kept(command_line, tmp_path_factory) -> Path:
    file = tmp_path_factory.mktemp("audit") / "kept.db"
    run = command_line.run("rehearse", LUZHOU, "--nominations", "6", "--database", f"sqlite:///{file}")
    assert run.code == 0
    # Closed as it is, the file holds every event; nothing is left in a journal beside it.
    assert {beside.name for beside in file.parent.iterdir()} == {"kept.db", "kept.db.key"}
    return file


@pytest.mark.parametrize("seed", range(12))
def test_one_changed_byte_is_found_and_its_event_named(linxuan, kept, tmp_path, seed):
    events = _payloads(kept)
    random = Random(seed)  # noqa: S311 - any byte will do
    position, payload = random.choice(events)
    copy = tmp_path / "copy.db"
    _change_one_byte(kept, copy, payload, random)

    run = linxuan("audit", "verify", "--database", f"sqlite:///{copy}", "--json")

    assert run.code == 1
    assert run.document["events"] == len(events)
    assert f"{LUZHOU}/{position}" in {one["where"] for one in run.document["broken"]}
    assert f"{LUZHOU}/{position}" in linxuan("audit", "verify", "--database", f"sqlite:///{copy}").out
    assert linxuan("audit", "verify", "--program", LUZHOU, "--database", f"sqlite:///{copy}").code == 1


def test_the_untouched_database_is_whole(linxuan, kept):
    assert linxuan("audit", "verify", "--database", f"sqlite:///{kept}", "--json").document["broken"] == []


def _payloads(database: Path) -> list[tuple[int, bytes]]:
    with closing(sqlite3.connect(database)) as connection:
        return list(connection.execute("SELECT position, CAST(payload AS BLOB) FROM event ORDER BY position"))


def _change_one_byte(database: Path, copy: Path, payload: bytes, random: Random) -> None:
    """Change one byte of an event in the file itself, past every trigger."""
    content = bytearray(database.read_bytes())
    found = content.find(payload)
    assert found >= 0, "the event is too long for one page; rehearse with fewer nominations"
    content[found + random.randrange(len(payload))] ^= 1 << random.randrange(8)
    copy.write_bytes(content)
