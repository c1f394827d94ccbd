"""`linxuan consultation`: a letter about several is recorded, looked at, and taken out again."""

from pathlib import Path

import pytest

from tests import files
from tests.cli.command_line import CommandLine
from tests.console.filled import SMALL
from tests.console.working import asked_about, number

NOW = ("--now", "2026-05-08T10:00")
STAGE = (SMALL, "asked")


def test_letter_is_recorded_for_several_told_and_taken_out(
    command_line: CommandLine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked_about(tmp_path).store.close()
    monkeypatch.setenv("LINXUAN_DATA", str(tmp_path))
    place = ("--database", f"sqlite:///{tmp_path / 'console.db'}", *NOW)

    def run(*words: str, **kept: int):
        return command_line.run("consultation", *words, *place, **kept)

    letter, who = tmp_path / "复函.pdf", ("--actor", "局审查")
    letter.write_bytes(files.pdf(1))
    for words, code in (
        (("税务局", f"{number(3)}"), 2),
        (("税务局", number(1), "--disagree", f"{number(1)}=欠税", *who), 2),
        (("税务局", "--disagree", number(1), *who), 2),
        (("甲局", number(1), *who), 1),
        (("税务局", *who), 1),
        (("税务局", number(1), "--actor", "厂经办"), 1),
    ):
        assert run("answer", *STAGE, *words).code == code, words
    done = run(
        "answer",
        *STAGE,
        "税务局",
        number(1),
        "--disagree",
        f"{number(3)}=欠税",
        "--letter",
        str(letter),
        "--json",
        *who,
    )
    assert (done.code, done.document["recorded"], done.document["denied"]) == (0, [number(1), number(3)], [])
    some = run("answer", *STAGE, "税务局", number(2), "nowhere-1", "--json", *who)
    assert (some.code, some.document["recorded"], [one["number"] for one in some.document["denied"]]) == (
        1,
        [number(2)],
        ["nowhere-1"],
    )
    shown = run("show", *STAGE, "--which", "opposed", "--json", *who)
    assert shown.document["bodies"][0] == {"body": "税务局", "agreed": 2, "opposed": 1, "silent": 0}
    assert [one["number"] for one in shown.document["nominations"]] == [number(3)]
    (kept,) = shown.document["letters"]
    assert "未答复：公安局　不同意：税务局：欠税" in run("show", *STAGE, *who).out
    taken = run("letter", *STAGE, kept["sha256"], "--out", str(tmp_path / "out"), "--json", *who)
    assert Path(taken.document["file"]).read_bytes() == letter.read_bytes()
    assert run("letter", *STAGE, "0", "--out", str(tmp_path / "out"), *who).code == 2
    rest = run("answer", *STAGE, "公安局", "--rest", "--kept", kept["sha256"], *who)
    assert rest.code == 2
    assert run("answer", *STAGE, "公安局", "--rest", "--json", *who).document["recorded"] == [
        number(place) for place in (1, 2, 3)
    ]
