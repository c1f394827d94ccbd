"""What the author of a program is told, whole, in both languages."""

import pytest
from pydantic import ValidationError

from programs import ProgramError, Words, parse_program
from programs.errors import faults_of

KINDS = (
    "recommendation",
    "screening",
    "consultation",
    "vote",
    "review",
    "decision",
    "approval",
    "publicity",
    "issuance",
    "promotion",
    "tenure",
)


def _told(build, **changes):
    with pytest.raises(ValidationError) as refused:
        build(**changes)
    return [(fault.place, fault.words) for fault in faults_of(refused.value)]


def _window(**days):
    return {"screening": {"window": {"phrase": "4月", "clause": "三", **days}}}


ROUTE = {"id": "organization", "name": "组织推荐", "clause": "二", "kind": "organization"}
TIER = {"id": "unit", "name": "单位", "office": "所在单位", "clause": "二"}
SEATS = {"id": "craftsman", "award": "某市工匠", "clause": "一", "count": 10}
QUOTA = {"id": "each", "name": "限额", "clause": "二", "per": "nominator", "tier": "city", "limit": 2}
RULE = {"id": "folk-craft", "name": "民间工艺", "clause": "二", "granted_by": ["非遗传承人"]}

SENTENCES = {
    "two tiers of one id": (
        {"stages": {"recommendation": {"tiers": [TIER, TIER]}}},
        "stages.0.recommendation.tiers",
        Words("有两个层级的 id 相同，请改成不同的 id", "two tiers have the same id"),
    ),
    "two routes of one id": (
        {"routes": [ROUTE, ROUTE]},
        "program",
        Words(
            "routes：id organization 出现了两次，请改成不同的 id",
            "routes: the id 'organization' stands twice",
        ),
    ),
    "an unknown category": (
        {"seats": [SEATS | {"categories": ["nix"]}]},
        "program",
        Words(
            "craftsman：本项目没有定义类别 nix，请核对拼写或补上定义",
            "craftsman: category 'nix' is not defined in this program",
        ),
    ),
    "an unknown route": (
        {"seats": [SEATS | {"routes": ["nix"]}]},
        "program",
        Words(
            "craftsman：本项目没有定义推荐渠道 nix，请核对拼写或补上定义",
            "craftsman: route 'nix' is not defined in this program",
        ),
    ),
    "an unknown tier": (
        {"quotas": [QUOTA | {"tier": "nix"}]},
        "program",
        Words(
            "each：本项目没有定义层级 nix，请核对拼写或补上定义",
            "each: tier 'nix' is not defined in this program",
        ),
    ),
    "an unknown kind of nominator": (
        {"quotas": [QUOTA | {"nominator_kind": "nix"}]},
        "program",
        Words(
            "each：本项目没有定义推荐单位类型 nix，请核对拼写或补上定义",
            "each: nominator kind 'nix' is not defined in this program",
        ),
    ),
    "an unknown rule": (
        {"rules": [RULE | {"kind": "exemption", "lifts": "nix"}]},
        "program",
        Words(
            "folk-craft：本项目没有定义条件 nix，请核对拼写或补上定义",
            "folk-craft: rule 'nix' is not defined in this program",
        ),
    ),
    "a first stage that does not recommend": (
        {"stages": {"recommendation": {"skipped": True}}},
        "program",
        Words(
            "第一个环节必须是推荐（recommendation），且不能跳过：申报材料在这一环节填报",
            "the first stage must be a recommendation: it is where nominations are drawn up",
        ),
    ),
    "no accepted route": (
        {"routes": [ROUTE | {"accepted": False}]},
        "program",
        Words(
            "没有一条推荐渠道是接受的（accepted），这样谁都无法申报",
            "no route is accepted, so nobody could be nominated",
        ),
    ),
    "half a window": (
        {"stages": _window(first_day="2026-04-01")},
        "stages.1.screening.window",
        Words("first_day 和 last_day 要么都写，要么都不写", "first_day and last_day go together"),
    ),
    "a window the wrong way round": (
        {"stages": _window(first_day="2026-04-02", last_day="2026-04-01")},
        "stages.1.screening.window",
        Words("first_day 晚于 last_day，请核对两个日期", "first_day is after last_day"),
    ),
    "an unknown choice": (
        {"nominee": "king"},
        "nominee",
        Words(
            "只能是 person、unit、studio、team",
            "must be one of 'person', 'unit', 'studio' or 'team'",
        ),
    ),
    "an unknown word": (
        {"seats": [SEATS, SEATS | {"kind": "wish"}]},
        "seats.1.kind",
        Words("只能是 cap、target", "must be one of 'cap' or 'target'"),
    ),
    "an unknown kind of stage": (
        {"stages": {"screening": {"kind": "fly"}}},
        "stages.1",
        Words(
            "没有这种类型；可用：" + "、".join(KINDS),
            "is of no known kind; use one of " + ", ".join(f"'{kind}'" for kind in KINDS),
        ),
    ),
    "no list": ({"contacts": 3}, "contacts", Words("应为列表（用方括号）", "must be a list in square brackets")),
    "no table": ({"archive": 3}, "archive", Words("应为表（用花括号或 [表名]）", "must be a table")),
    "a long name": (
        {"award": "奖" * 121},
        "award",
        Words("不得超过 120 个字", "must have at most 120 characters"),
    ),
}


@pytest.mark.parametrize(("changes", "place", "words"), SENTENCES.values(), ids=SENTENCES)
def test_a_fault_is_told_in_both_languages(build, changes, place, words):
    assert _told(build, **changes) == [(place, words)]


def test_braces_in_a_sentence_stay_as_they_are(build):
    told = _told(build, nominee="{zh}", award="{en}" * 31)
    assert [words.zh for _, words in told] == ["不得超过 120 个字", "只能是 person、unit、studio、team"]


@pytest.mark.parametrize(
    ("text", "zh", "en"),
    [
        (
            'id = "x-1"\naward = "奖\n',
            "第 2 行第 11 列有误，请检查该处的引号、括号和等号",
            "Illegal character '\\n' (at line 2, column 11)",
        ),
        ("id = ", "文件末尾有误，请检查该处的引号、括号和等号", "Invalid value (at end of document)"),
        (
            "a = 1\na = 2\nb = 3",
            "第 2 行第 6 列有误，同一字段或同一个表写了两次，请删去一处",
            "Cannot overwrite a value (at line 2, column 6)",
        ),
    ],
)
def test_a_break_of_toml_is_told_with_its_place(text, zh, en):
    with pytest.raises(ProgramError) as refused:
        parse_program(text)
    (fault,) = refused.value.faults
    assert (fault.place, fault.words) == ("TOML", Words(f"不是合法的 TOML 文件：{zh}", f"is not valid TOML: {en}"))
