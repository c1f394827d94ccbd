"""Whatever is typed, a command ends with one of its exit codes and a sentence, never with a traceback."""

from itertools import takewhile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.cli.selection import LUZHOU

_ANY_TEXT = st.text(st.characters(blacklist_characters="\0"), max_size=12)
_HOSTILE = st.sampled_from(
    (
        *("", " ", "-", "--", "---", "\x1b[31m", "\r\n", "\ud800", "\udcff", "😀", "\u202e", "%s", "{0}", "{", "'; --"),
        *("🏅" * 40, "x" * 100_000, "../" * 2_000, "9" * 400, "-1", "1e400", "nan", "²", "①"),
        *("0001-01-01", "9999-12-31T23:59:59.999999", "2019-07-15T24:00", "2060-12-31", "2001-01-01"),
    )
)
_WORDS = st.sampled_from(
    (
        *("program", "nomination", "publicity", "issue", "organization", "sweep", "remind", "deadline", "calendar"),
        *("audit", "export", "list", "show", "check", "dates", "diagram", "open", "rule", "extend", "history", "moves"),
        *("move", "add", "receive", "judge", "report", "start", "object", "settle", "mail", "parse", "day", "verify"),
        *("register", "submit", "upheld", LUZHOU, "recommendation.office", "closing-hour", "2019-07-30"),
    )
)
_OPTIONS = st.sampled_from(
    (
        *("--json", "--now", "--help", "--version", "--actor", "--reason", "--program", "--stage", "--due-before"),
        *("--issued", "--to", "--authority", "--decision", "--accept", "--nominee", "--unit", "--identity", "--points"),
        *("--dry-run", "--now=", "--json=1", "--actor=王管理", "--actor=:", "--actor=@", "--now=2019-07-15", "--days"),
    )
)
_ARGUMENTS = st.lists(_WORDS | _OPTIONS | _HOSTILE | _ANY_TEXT, max_size=9)

_VALUES = _HOSTILE | _ANY_TEXT

#: Whole commands; any value may stand for each question mark.
_COMMANDS = (
    "program show ?",
    "program check ?",
    "program diagram ?",
    f"program dates {LUZHOU} --issued ?",
    f"program dates {LUZHOU} --ics ?",
    f"program rule {LUZHOU} ? --decision ? --actor=王",
    f"program rule {LUZHOU} closing-hour --accept --actor ? --reason ?",
    f"program rule {LUZHOU} text-tolerance --decision ? --actor 王",
    f"program extend {LUZHOU} ? --to 2019-08-06 --authority ? --actor 王",
    f"program extend {LUZHOU} recommendation.office --to ? --authority 文件 --actor 王",
    "organization mail ? ? --actor 王",
    "nomination show ?",
    "nomination history ?",
    "nomination moves ? --actor ?",
    "nomination list --program ? --stage ?",
    "nomination list --stage ? --due-before ?",
    f"nomination add {LUZHOU} --nominee ? --unit ? --nominator 区 --identity ? --actor 王",
    "nomination move ? submit --actor 王 --reason ?",
    "nomination receive ? ? --actor 王",
    "nomination judge ? ? --actor 王",
    "nomination report ? ? --points ? --actor 王",
    "expert add ? --employer ? --field ? --born ? --mail ? --actor 王",
    "expert import ? --actor 王",
    "expert declare ? kinship ? --unit ? --actor ?",
    "expert withdraw-tie ? ? --reason ? --actor ?",
    "expert list --field ?",
    "expert show ? --reason ? --actor 王",
    f"review draw {LUZHOU} ? --seed ? --actor 王",
    f"review confirm {LUZHOU} review ? --actor ?",
    "review recuse ? ? --reason ? --actor 王",
    "review score ? ? ? --opinion ? --actor 王",
    f"review sheet {LUZHOU} ? ? --evaluator ? --out ? --actor 王",
    "review import ? --actor 王",
    f"review scores {LUZHOU} ? --number ? --track ?",
    f"vote import {LUZHOU} ? --platform ? --as-of ? --actor 王",
    "vote show ? --stage ?",
    f"review rank {LUZHOU} ? --explain ? --round ?",
    f"review settle {LUZHOU} ? --actor 王",
    f"review resolve {LUZHOU} review ? ? --reason ? --actor 王",
    "review reopen ? ? --reason ? --actor 王",
    f"issue {LUZHOU} --document-number ? --actor 王",
    f"publicity start {LUZHOU} --stage ? --venue ? --actor 王",
    "publicity object ? --objector ? --grounds ? --actor 王",
    "publicity settle ? upheld --answer ? --actor 王",
    "sweep --now ? --program ?",
    "sweep --now ?",
    "remind --now ?",
    f"export ? {LUZHOU} --out ?",
    "audit verify --database ?",
    "audit verify --heads ?",
    "backup ?",
    "restore ?",
    "doctor --now ?",
    "deadline parse ? --issued ?",
    "deadline parse ?",
    "calendar day ?",
    "calendar export --from ? --to ?",
    "calendar publicity --published 2019-08-20 --days ?",
    "calendar load ?",
)


@st.composite
def _whole_commands(draw):
    words = draw(st.sampled_from(_COMMANDS)).split()
    return [draw(_VALUES) if word == "?" else word for word in words] + draw(st.sampled_from(([], ["--json"])))


_SHARED_INSTALLATION = settings(
    max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@pytest.fixture
def _in_a_folder_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")


def _check(run, arguments):
    assert run.code in (0, 1, 2, 3), arguments
    assert "Traceback" not in run.out + run.err, arguments
    assert "LINXUAN_DEBUG" not in run.err, (arguments, run.err[:500])
    if run.code in (2, 3):
        assert run.err.strip(), arguments
        # A file that is no program is bad input too; what is wrong with it is the answer of a check.
        assert not run.out or (run.code == 2 and run.document["faults"]), arguments
    # Behind a bare "--" everything is a value: `backup -- --json` writes a file of that name.
    options = set(takewhile(lambda one: one != "--", arguments))
    if "--json" in options and run.code == 0 and not {"--help", "--version"} & options:
        run.document  # noqa: B018 - raises where it is no document


@pytest.mark.usefixtures("office", "_in_a_folder_of_its_own")
@given(arguments=_ARGUMENTS)
@_SHARED_INSTALLATION
def test_any_arguments_end_with_a_sentence(linxuan, arguments):
    # The demonstration and rehearsals take their time; they have tests of their own.
    if not {"up", "rehearse"} & set(arguments):
        _check(linxuan(*arguments), arguments)


@pytest.mark.usefixtures("office", "_in_a_folder_of_its_own")
@given(arguments=_whole_commands())
@_SHARED_INSTALLATION
def test_any_value_ends_with_a_sentence(linxuan, arguments):
    _check(linxuan(*arguments), arguments)
