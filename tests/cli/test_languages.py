"""Chinese by default, English with `LINXUAN_LANG=en`: help, answers and refusals."""

import re
from collections.abc import Iterator

import click
import pytest

from cli.main import COMMANDS
from cli.main import linxuan as root
from tests.cli.selection import DRAWN_UP, LUZHOU

_CHINESE = re.compile(r"[\u4e00-\u9fff]")

#: Chinese that an English help may hold: a default, and the word of a notice that an option explains.
_QUOTED = re.compile(r"default: [^]]+|下班")


def _paths(command: click.Command, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    yield path
    if isinstance(command, click.Group):
        context = click.Context(command)
        for name in command.list_commands(context):
            found = command.get_command(context, name)
            assert found is not None
            yield from _paths(found, (*path, name))


EVERY_COMMAND = [" ".join(path) for path in _paths(root)]


@pytest.mark.parametrize("command", EVERY_COMMAND)
def test_every_command_explains_itself_in_either_language_and_makes_no_database(linxuan, data, command):
    chinese = linxuan(*command.split(), "--help")
    english = linxuan(*command.split(), "--help", language="en")
    assert (chinese.code, chinese.err, english.code, english.err) == (0, "", 0, "")
    assert chinese.out.startswith("用法：linxuan")
    assert english.out.startswith("Usage: linxuan")
    assert not _CHINESE.search(_QUOTED.sub("", english.out))
    assert not re.search(r"required|default|Show|range|Options|Commands", chinese.out)
    assert not data.exists()


@pytest.mark.parametrize("command", EVERY_COMMAND)
def test_every_option_says_what_it_is_for(linxuan, command):
    _, _, options = linxuan(*command.split(), "--help").out.partition("选项:\n")
    blocks = re.split(r"\n(?=  \S)", options.partition("\n\n")[0])
    assert blocks
    for block in blocks:
        assert _CHINESE.search(block), block


def test_every_command_is_listed_with_its_purpose(linxuan):
    for language in ("zh", "en"):
        told = linxuan("--help", language=language).out
        for name, entry in COMMANDS.items():
            assert re.search(rf"^  {name}\s+\S", told, re.MULTILINE), (name, entry)


@pytest.mark.parametrize("name", ["en", "en_US.UTF-8", "EN"])
def test_english_has_several_names(command_line, data, name):
    assert command_line.run("--help", language=name).out.startswith("Usage")
    assert not data.exists()


@pytest.mark.parametrize("name", ["", "zh", "zh_CN.UTF-8", "fr"])
def test_everything_else_is_chinese(command_line, data, name):
    assert command_line.run("--help", language=name).out.startswith("用法")
    assert not data.exists()


WRONG_USAGE = [
    "",
    "programme",
    "program lst",
    "program list --nop",
    "program list --now",
    "program list --json=1",
    "program open x",
    "program show",
    "program list one two",
    "nomination move N fly --actor A",
    f"rehearse {LUZHOU} --nominations many",
    f"rehearse {LUZHOU} --nominations 0",
    "publicity settle x dismissed --answer A --actor A",
    "sweep --now yesterday",
    f"program dates {LUZHOU} --issued yesterday",
    "export register x --out /",
    "rehearse x --outbox /dev/null",
    "up --port 0",
    "up --for soon",
    "deadline parse x --office-closes noon",
    "calendar load /nowhere.json",
]


@pytest.mark.parametrize("command", WRONG_USAGE)
def test_wrong_usage_is_explained_in_the_language_of_the_user(linxuan, command):
    chinese = linxuan(*command.split())
    english = linxuan(*command.split(), language="en")
    assert (chinese.code, english.code) == (2, 2)
    assert not _CHINESE.search(english.err)
    for line in chinese.err.splitlines():
        assert not line or _CHINESE.search(line), line
    assert not re.search(r"\b(is|not|in|the|an?|does|requires|Got|Missing|Invalid|Error|required)\b", chinese.err)


def test_a_near_miss_is_pointed_out(linxuan):
    assert "program" in linxuan("progam").err
    assert "--actor" in linxuan("program", "open", "x", "--acter", "王管理").err


def test_refusals_and_their_remedies_speak_the_language_of_the_user(office, linxuan):
    number = office.draws_up()
    move = ("nomination", "move", number, "submit", "--now", "2019-07-31", "--actor", "王管理")
    chinese, english = linxuan(*move), linxuan(*move, language="en")
    assert chinese.err.startswith("不予办理：")
    assert "怎么办：" in chinese.err
    assert english.err.startswith("Refused: ")
    assert "closed at 2019-07-30 24:00" in english.err
    assert "  Remedy: " in english.err
    in_json = linxuan(*move, "--json", language="en").document["refusals"][0]
    assert "closed at 2019-07-30 24:00" in in_json["reason"]


def test_answers_speak_the_language_of_the_user(office, linxuan):
    number = office.draws_up()
    withdraw = (
        "nomination",
        "move",
        number,
        "withdraw",
        "--reason",
        "本人放弃",
        "--actor",
        "王管理",
        "--now",
        DRAWN_UP,
    )
    assert "recommendation: unit → withdrawn" in linxuan(*withdraw, language="en").out
    assert linxuan("audit", "verify").out.endswith("全部相符\n")
    assert linxuan("audit", "verify", language="en").out.endswith("all of them whole\n")
