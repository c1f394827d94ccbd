"""`linxuan program amend|versions|migrate`: a supplementary notice, by commands alone."""

from pathlib import Path

import pytest

from programs import load_program
from programs.loader import program_text
from tests.cli.selection import DRAWN_UP, LUZHOU

AMENDED = "2019-07-16T10:00"


@pytest.fixture
def changed(tmp_path) -> Path:
    """The program's file with two seats more and a later close."""
    file = tmp_path / f"{LUZHOU}.toml"
    text = program_text(LUZHOU)
    assert (text.count("\ncount = 10\n"), text.count('phrase = "2019年7月30日"')) == (1, 1)
    text = text.replace("\ncount = 10\n", "\ncount = 12\n").replace("2019年7月30日", "2019年8月15日")
    file.write_text(text, "utf-8")
    assert load_program(file).seats[0].count == 12
    return file


def amend(linxuan, file: Path, *more: str):
    reason = ("--reason", "泸市人社办〔2019〕101号", "--actor", "王管理", "--now", AMENDED)
    return linxuan("program", "amend", str(file), *reason, *more)


def migrate(linxuan, *more: str):
    reason = ("--reason", "补充通知", "--actor", "王管理", "--now", AMENDED)
    return linxuan("program", "migrate", LUZHOU, *reason, *more)


def test_amendment_tells_what_differs_and_who_stays(office, linxuan, changed):
    number = office.draws_up()
    told = [
        f"{LUZHOU} 可以修订为第 2 版（只核对，没有登记）：",
        "　奖项“泸州市首席技师”·数量：由“10”改为“12”（一、（二））",
        "　环节“组织推荐”·层级“市级受理”·期限·通知原文：由“2019年7月30日”改为“2019年8月15日”（三、（八））",
        "　期限 recommendation.office：2019-07-30 24:00 → 2019-08-15 24:00",
        "　沿用的裁定：age-as-of、closing-hour、condition-one、investigation、reserves、resumption、text-tolerance",
        f"在办的 1 件仍按原来的版次办理；改按新版：linxuan program migrate {LUZHOU} --all --dry-run",
    ]
    assert amend(linxuan, changed, "--dry-run").out.splitlines() == told
    assert linxuan("program", "versions", LUZHOU).out == "第 1 版　现行　在办 1 件，已结束 0 件\n"
    assert amend(linxuan, changed).out.splitlines() == [f"{LUZHOU} 已修订为第 2 版：", *told[1:]]
    assert linxuan("program", "versions", LUZHOU).out.splitlines() == [
        "第 2 版　现行　在办 0 件，已结束 0 件",
        "第 1 版　至 2019-07-16 10:00　在办 1 件，已结束 0 件",
    ]
    assert "按项目第 1 版办理" in linxuan("nomination", "show", number).out


def test_amendment_in_json_lists_each_difference_with_its_place_and_clause(office, linxuan, changed):  # noqa: ARG001
    document = amend(linxuan, changed, "--json").document
    assert {name: document[name] for name in ("program", "version", "kept", "staying")} == {
        "program": LUZHOU,
        "version": 2,
        "kept": True,
        "staying": 0,
    }
    assert [(one["place"], one["clause"]) for one in document["differences"]] == [
        ("seats.chief-technician.count", "一、（二）"),
        ("stages.recommendation.tiers.office.deadline.phrase", "三、（八）"),
    ]


def test_migration_shows_what_changes_then_does_it_and_is_told_in_the_history(office, linxuan, changed):
    first, second = office.draws_up(0), office.draws_up(1)
    amend(linxuan, changed)
    change = "期限：2019年7月30日 24:00 → 2019年8月15日 24:00"
    assert migrate(linxuan, "--nominations", first, "--dry-run").out == (
        f"✓ {first}　陈立秋　组织推荐·所在单位申报　{change}\n"
    )
    assert migrate(linxuan, "--nominations", f"{first},{second}").out.splitlines() == [
        f"{LUZHOU}：2 件改按第 2 版办理，0 件原已按此版",
        "　原第 1 版　recommendation.unit　2 件",
    ]
    assert migrate(linxuan, "--all", "--json").document | {"reminders": 0} == {
        "program": LUZHOU,
        "version": 2,
        "migrated": 0,
        "already": 2,
        "ways": [],
        "reminders": 0,
        "refused": [],
    }
    last = linxuan("nomination", "history", first).out.splitlines()[-1]
    assert last.endswith(f"王管理　改按另一版办理　第 1 版 → 第 2 版　{change}　补充通知")
    assert linxuan("audit", "verify").code == 0
    assert office.ask(DRAWN_UP, "nomination", "show", first).document["program_version"] == 2


def test_nomination_that_stays_is_told_and_the_exit_code_says_so(office, linxuan, changed):
    number = office.draws_up()
    office.moves(DRAWN_UP, number, "withdraw", "--reason", "本人放弃")
    amend(linxuan, changed)
    run = migrate(linxuan, "--nominations", number)
    assert (run.code, run.out.splitlines()[-1]) == (
        1,
        f"✗ {number}　此件已结束：已撤回；已结束的按原版留存",
    )
    shown = migrate(linxuan, "--nominations", number, "--dry-run", "--json").document
    assert [(one["number"], one["refusal"]["gate"]) for one in shown] == [(number, "not-ended")]


def test_new_ruling_is_asked_for_and_confirmed_with_the_amendment(office, linxuan, changed):  # noqa: ARG001
    with changed.open("a", encoding="utf-8") as file:
        file.write(
            '\n[[rulings]]\nid = "venue"\nquestion = "哪个网站？"\nclause = "四"\ndecision = "市人社局官网"\n'
            'basis = "惯例"\notherwise = "改网站"\nsettles = ["stages.publicity.venue"]\n'
        )
    refused = amend(linxuan, changed)
    assert (refused.code, "裁定 venue 未确认" in refused.err, "--confirm venue" in refused.err) == (1, True, True)
    told = amend(linxuan, changed, "--confirm", "venue=省厅网站").out
    assert "　一并确认的裁定：venue\n" in told


WRONG = {
    "neither": ("migrate", LUZHOU),
    "both": ("migrate", LUZHOU, "--all", "--nominations", "x"),
    "no version": ("migrate", LUZHOU, "--all", "--to", "7", "--reason", "x"),
    "no nomination": ("migrate", LUZHOU, "--nominations", "x", "--reason", "x"),
    "no mapping": ("migrate", LUZHOU, "--all", "--map", "review"),
    "mapped twice": ("migrate", LUZHOU, "--all", "--map", "review=decision", "--map", "review=screening"),
    "no standing": ("migrate", LUZHOU, "--all", "--map", "moon=review", "--reason", "x"),
    "no confirmation": ("amend", "FILE", "--confirm", "=x"),
    "no decision": ("amend", "FILE", "--confirm", "venue="),
    "no ruling": ("amend", "FILE", "--confirm", "moon", "--reason", "x"),
    "no program": ("versions", "moon"),
}


@pytest.mark.parametrize("case", WRONG)
def test_what_cannot_be_understood_is_told_in_a_sentence(office, linxuan, changed, case):  # noqa: ARG001
    words = [str(changed) if word == "FILE" else word for word in WRONG[case]]
    actor = () if words[0] == "versions" else ("--actor", "王管理")
    for language in ("zh", "en"):
        run = linxuan("program", *words, *actor, "--now", AMENDED, language=language)
        assert (run.code, run.out, "Traceback" in run.err) == (2, "", False), run
        assert run.err
