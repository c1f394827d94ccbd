"""Files that wait: each its owner's alone, bounded, and gone after a while."""

import json
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from deadlines import SHANGHAI
from store.types import UnfitError
from store.waiting import MOST, PATIENCE, Waiting, Waits

NOW = datetime(2026, 5, 8, 10, tzinfo=SHANGHAI)


@pytest.fixture
def waiting(tmp_path: Path) -> Waiting:
    return Waiting(tmp_path / "waiting")


def kept(waiting: Waiting, tmp_path: Path, owner: str = "甲", at: datetime = NOW, name: str = "表.csv") -> Waits:
    file = tmp_path / "sent"
    file.write_bytes(b"a,b")
    return waiting.keep(file, name, owner, {"program": "x"}, at)


def test_file_is_found_by_its_owner_with_its_token_until_it_has_waited_long_enough(waiting, tmp_path):
    one = kept(waiting, tmp_path)
    found = waiting.find(one.token, "甲", NOW + PATIENCE - timedelta(seconds=1))
    assert found == one
    assert (found.file.read_bytes(), found.file.suffix, found.facts) == (b"a,b", ".csv", {"program": "x"})
    assert not (tmp_path / "sent").exists()
    assert [waiting.find(one.token, "乙", NOW), waiting.find("x", "甲", NOW), waiting.find("", "甲", NOW)] == [None] * 3
    assert waiting.find("../../etc", "甲", NOW) is None
    assert waiting.find(one.token, "甲", NOW + PATIENCE) is None
    assert [place.stat().st_mode & 0o777 for place in one.file.parents][:2] == [0o700, 0o700]


def test_token_is_not_on_the_disk(waiting, tmp_path):
    one = kept(waiting, tmp_path)
    assert one.token not in str(one.file)
    assert one.token not in (one.file.parent / "told.json").read_text("utf-8")


def test_what_has_waited_too_long_and_the_oldest_of_many_give_way(waiting, tmp_path):
    other = kept(waiting, tmp_path, "乙")
    mine = [kept(waiting, tmp_path, at=NOW + timedelta(minutes=place)) for place in range(MOST + 2)]
    later = NOW + timedelta(minutes=MOST + 2)
    assert [waiting.find(one.token, "甲", later) is not None for one in mine] == [False] * 2 + [True] * MOST
    assert waiting.find(other.token, "乙", later)
    kept(waiting, tmp_path, "丙", NOW + PATIENCE + timedelta(hours=1))
    assert len(list((tmp_path / "waiting").iterdir())) == 1


def test_no_more_is_kept_than_there_is_room_for(waiting, tmp_path, monkeypatch):
    one = kept(waiting, tmp_path)
    there = sum(file.stat().st_size for file in one.file.parent.iterdir())
    monkeypatch.setattr("store.waiting.MOST_BYTES", 2 * there)
    kept(waiting, tmp_path)
    with pytest.raises(UnfitError, match="too many files"):
        kept(waiting, tmp_path)


def test_file_is_taken_in_once_and_again_where_that_failed(waiting, tmp_path):
    one = kept(waiting, tmp_path)
    with pytest.raises(ZeroDivisionError), waiting.taking(one) as first:
        assert 1 / (not first)
    with waiting.taking(one) as first, waiting.taking(one) as second:
        assert (first, second) == (True, False)
    with waiting.taking(one) as again:
        assert not again
    with waiting.left(one) as is_left:
        assert is_left
        waiting.untaken(one)
        with waiting.taking(one) as first, waiting.left(one) as was_left:
            assert (first, was_left) == (True, False)
    waiting.untaken(one)
    with waiting.left(one) as is_left:
        assert not is_left
    with waiting.taking(one) as first:
        assert first


def test_what_is_noted_stays_with_the_file_and_goes_with_it(waiting, tmp_path):
    one = kept(waiting, tmp_path)
    waiting.note(one, done={"rows": 2})
    waiting.beside(one, "result.xlsx").write_bytes(b"x")
    assert waiting.find(one.token, "甲", NOW).facts == {"program": "x", "done": {"rows": 2}}
    waiting.drop(one)
    waiting.drop(one)
    assert waiting.find(one.token, "甲", NOW) is None
    waiting.note(one, done={})
    assert list((tmp_path / "waiting").iterdir()) == []


def test_damaged_note_finds_nothing(waiting, tmp_path):
    one = kept(waiting, tmp_path)
    (one.file.parent / "told.json").write_text("{")
    assert waiting.find(one.token, "甲", NOW) is None
    (one.file.parent / "told.json").write_text(json.dumps({"owner": "乙"}))
    assert waiting.find(one.token, "甲", NOW) is None
