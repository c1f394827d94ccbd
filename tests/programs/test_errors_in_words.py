"""What the author of a program is told, whole, in both languages."""

import pytest

from programs import Words
from tests.programs.conftest import refused


def _window(**days):
    return {"screening": {"window": {"phrase": "4月", "clause": "三", **days}}}


ROUTE = {"id": "organization", "name": "组织推荐", "clause": "二", "kind": "organization"}
TIER = {"id": "unit", "name": "单位", "office": "所在单位", "clause": "二"}
SEATS = {"id": "craftsman", "award": "某市工匠", "clause": "一", "count": 10}
QUOTA = {"id": "each", "name": "限额", "clause": "二", "per": "nominator", "tier": "city", "limit": 2}
RULE = {"id": "folk-craft", "name": "民间工艺", "clause": "二"}
MATERIAL = {"id": "deeds", "name": "事迹", "clause": "四"}
RULING = {"id": "open", "question": "几天？", "clause": "三", "basis": "未定", "otherwise": "日期改变"}
TERM = {"id": "term", "name": "聘期", "kind": "tenure", "clause": "五", "years": 3, "revocation_grounds": ["违法违纪"]}

STAGES = Words(
    "recommendation（推荐）、screening（资格审查）、consultation（征求意见）、vote（投票）、review（专家评议）、"
    "decision（评审确定）、approval（审批）、publicity（公示）、issuance（发文）、promotion（宣传）、tenure（聘期管理）",
    "recommendation, screening, consultation, vote, review, decision, approval, publicity, issuance, promotion, tenure",
)
RULES = Words(
    "attestation（审查认定）、age（年龄）、level（等级）、title（称号）、quantity（数量）、competition-rank（竞赛名次）、"
    "history（既往）、agreement（附表相符）、combination（组合）、exemption（免除）、preference（优先）、ratio（比例）",
    "attestation, age, level, title, quantity, competition-rank, history, agreement, combination, exemption, "
    "preference, ratio",
)

SENTENCES = {
    "two tiers of one id": (
        {"stages": {"recommendation": {"tiers": [TIER, TIER]}}},
        "stages.recommendation.tiers",
        "unfit",
        Words("有两个层级的 id 相同", "two tiers have the same id"),
        Words("请给各部分不同的 id", "give each part an id of its own"),
    ),
    "two routes of one id": (
        {"routes": [ROUTE, ROUTE]},
        "routes.1.id",
        "doubled_id",
        Words("id organization 出现了两次", "the id organization stands twice"),
        Words("请给各部分不同的 id", "give each part an id of its own"),
    ),
    "an unknown category": (
        {"seats": [SEATS | {"categories": ["nix"]}]},
        "seats.craftsman.categories",
        "unknown_name",
        Words("本项目没有定义类别 nix", "category 'nix' is not defined in this program"),
        Words("请核对拼写，或补上定义（本项目还没有任何类别）", "check the spelling or define it (there is none)"),
    ),
    "an unknown route": (
        {"seats": [SEATS | {"routes": ["organisation"]}]},
        "seats.craftsman.routes",
        "unknown_name",
        Words("本项目没有定义推荐渠道 organisation", "route 'organisation' is not defined in this program"),
        Words(
            "请核对拼写，或补上定义（已有：organization）；是否想写 organization？",
            "check the spelling or define it (there are: organization); did you mean organization?",
        ),
    ),
    "an unknown tier": (
        {"quotas": [QUOTA | {"tier": "ctiy"}]},
        "quotas.each.tier",
        "unknown_name",
        Words("本项目没有定义层级 ctiy", "tier 'ctiy' is not defined in this program"),
        Words(
            "请核对拼写，或补上定义（已有：unit、city）；是否想写 city？",
            "check the spelling or define it (there are: unit, city); did you mean city?",
        ),
    ),
    "an unknown kind of nominator": (
        {"quotas": [QUOTA | {"nominator_kind": "nix"}]},
        "quotas.each.nominator_kind",
        "unknown_name",
        Words("本项目没有定义推荐单位类型 nix", "nominator kind 'nix' is not defined in this program"),
        Words("请核对拼写，或补上定义（已有：district）", "check the spelling or define it (there are: district)"),
    ),
    "an unknown rule": (
        {"rules": [RULE | {"kind": "exemption", "lifts": "nix", "granted_by": ["大师"]}]},
        "rules.folk-craft.lifts",
        "unknown_name",
        Words("本项目没有定义条件 nix", "rule 'nix' is not defined in this program"),
        Words("请核对拼写，或补上定义（已有：folk-craft）", "check the spelling or define it (there are: folk-craft)"),
    ),
    "an unknown vocabulary": (
        {"rules": [RULE | {"kind": "level", "vocabulary": "skills", "at_least": "技师"}]},
        "rules.folk-craft.vocabulary",
        "unknown_name",
        Words("本项目没有定义等级体系 skills", "vocabulary 'skills' is not defined in this program"),
        Words(
            "请核对拼写，或补上定义（已有：skill、title、heritage、award、education）；是否想写 skill？",
            "check the spelling or define it (there are: skill, title, heritage, award, education); "
            "did you mean skill?",
        ),
    ),
    "an unknown grade": (
        {"stages": {"review": {"lesser": "craftman"}}},
        "stages.review.lesser",
        "unknown_name",
        Words("本项目没有定义奖项 craftman", "grade 'craftman' is not defined in this program"),
        Words(
            "请核对拼写，或补上定义（已有：craftsman）；是否想写 craftsman？",
            "check the spelling or define it (there are: craftsman); did you mean craftsman?",
        ),
    ),
    "a grade given by a decision that only confirms": (
        {"stages": {"decision": {"confirms": True, "lesser": "craftsman"}}},
        "stages.decision.lesser",
        "unfit",
        Words("只审定已入选者的环节不授予奖项，不用 lesser", "a decision that only confirms gives no grade"),
        Words("请把 lesser 写在选出人选的环节", "give `lesser` to the decision that chooses"),
    ),
    "a first stage that does not recommend": (
        {"stages": {"recommendation": {"skipped": True}}},
        "stages.recommendation",
        "unfit",
        Words(
            "第一个环节不是推荐（recommendation），或被略去：申报在这一环节填报",
            "the first stage is no recommendation, or left out: it is where nominations are drawn up",
        ),
        Words(
            '请把 kind = "recommendation" 的环节移到最前，并删去它的 skipped',
            "move the stage of the kind “recommendation” to the front, and remove its `skipped`",
        ),
    ),
    "no accepted route": (
        {"routes": [ROUTE | {"accepted": False}]},
        "routes",
        "unfit",
        Words(
            "没有一条推荐渠道是接受的（accepted），谁都无法申报", "no route is accepted, so nobody could be nominated"
        ),
        Words("请删去至少一条渠道的 accepted = false", "remove accepted = false from at least one route"),
    ),
    "half a window": (
        {"stages": _window(first_day="2026-04-01")},
        "stages.screening.window",
        "unfit",
        Words("first_day 和 last_day 只写了一个", "only one of first_day and last_day is given"),
        Words("请两个都写，或都不写", "give both, or neither"),
    ),
    "a window the wrong way round": (
        {"stages": _window(first_day="2026-04-02", last_day="2026-04-01")},
        "stages.screening.window",
        "unfit",
        Words("first_day 晚于 last_day", "first_day is after last_day"),
        Words("请核对两个日期", "check the two dates"),
    ),
    "a length stated twice": (
        {"materials": [MATERIAL | {"about_characters": 500, "at_most_characters": 600}]},
        "materials.deeds",
        "unfit",
        Words(
            "about_characters（字左右）和字数上下限不能同时写：它已含上下限",
            "about_characters stands alone: it implies the least and the most",
        ),
        Words(
            "请只留 about_characters，或只留 at_least_characters、at_most_characters",
            "keep either about_characters, or at_least_characters and at_most_characters",
        ),
    ),
    "a past that is neither": (
        {"rules": [RULE | {"kind": "history"}]},
        "rules.folk-craft",
        "unfit",
        Words(
            "bars（不得有）和 requires（须有）都写了，或都没写",
            "both or neither of `bars` (must not be there) and `requires` (must be there) are given",
        ),
        Words("请写且只写其中一个", "give one of them"),
    ),
    "an unknown choice": (
        {"nominee": "persons"},
        "nominee",
        "unknown_choice",
        Words("没有“persons”这一项", "“persons” is not among the choices"),
        Words(
            "可用：person（个人）、unit（单位）、studio（工作室）、team（团队）；是否想写 person？",
            "use one of person, unit, studio, team; did you mean person?",
        ),
    ),
    "an unknown choice in Chinese": (
        {"nominee": "个人"},
        "nominee",
        "unknown_choice",
        Words("没有“个人”这一项", "“个人” is not among the choices"),
        Words(
            "可用：person（个人）、unit（单位）、studio（工作室）、team（团队）；是否想写 person？",
            "use one of person, unit, studio, team; did you mean person?",
        ),
    ),
    "an unknown word": (
        {"seats": [SEATS, SEATS | {"id": "other", "kind": "wish"}]},
        "seats.other.kind",
        "unknown_choice",
        Words("没有“wish”这一项", "“wish” is not among the choices"),
        Words("可用：cap（上限）、target（左右）、unlimited（不限人数）", "use one of cap, target, unlimited"),
    ),
    "an unknown kind of stage": (
        {"stages": {"screening": {"kind": "资格审查"}}},
        "stages.screening.kind",
        "unknown_choice",
        Words("没有“资格审查”这一项", "“资格审查” is not among the choices"),
        Words(
            f"可用：{STAGES.zh}；是否想写 screening？",
            f"use one of {STAGES.en}; did you mean screening?",
        ),
    ),
    "no kind": (
        {"routes": [{k: v for k, v in ROUTE.items() if k != "kind"}]},
        "routes.organization.kind",
        "missing",
        Words("缺少必填项", "is required and missing"),
        Words("请补上 kind = …", "add kind = …"),
    ),
    "no kind of rule": (
        {"rules": [RULE]},
        "rules.folk-craft",
        "missing",
        Words("缺少 kind（类型）", "has no `kind`"),
        Words(
            f"请补上 kind，可用：{RULES.zh}",
            f"add a `kind`, one of {RULES.en}",
        ),
    ),
    "no clause": (
        {"routes": [{k: v for k, v in ROUTE.items() if k != "clause"}]},
        "routes.organization.clause",
        "missing",
        Words("缺少必填项", "is required and missing"),
        Words(
            '请写明这一条出自通知何处，如 clause = "三、（一）"', 'say where the notice has it: clause = "三、（一）"'
        ),
    ),
    "no length of a period": (
        {"stages": {"publicity": {"period": {}}}},
        "stages.publicity.period.days",
        "missing",
        Words("缺少必填项", "is required and missing"),
        Words("请补上 days = …", "add days = …"),
    ),
    "an unknown field": (
        {"issuer": ["局"]},
        "issuer",
        "unknown_field",
        Words("没有“issuer”这个字段", "there is no field “issuer”"),
        Words("是否想写 issuers？如不是，请删去", "did you mean issuers? if not, remove it"),
    ),
    "an unknown field of a part": (
        {"seats": [SEATS | {"ceiling": 3}]},
        "seats.craftsman.ceiling",
        "unknown_field",
        Words("没有“ceiling”这个字段", "there is no field “ceiling”"),
        Words(
            "请删去；这里可用：id、categories、routes、traits、except_traits、award、clause、count、kind",
            "remove it; the fields here are id, categories, routes, traits, except_traits, award, clause, count, kind",
        ),
    ),
    "a misspelt field of a part": (
        {"materials": [MATERIAL | {"at-most-characters": 3}]},
        "materials.deeds.at-most-characters",
        "unknown_field",
        Words("没有“at-most-characters”这个字段", "there is no field “at-most-characters”"),
        Words("是否想写 at_most_characters？如不是，请删去", "did you mean at_most_characters? if not, remove it"),
    ),
    "a field of another kind": (
        {"stages": {"decision": {"keep": 3}}},
        "stages.decision.keep",
        "unknown_field",
        Words("没有“keep”这个字段", "there is no field “keep”"),
        Words(
            "它用于 kind 为 screening（资格审查）、vote（投票）、review（专家评议） 的条目；请移过去或删去",
            "it belongs to the kinds screening, vote, review; move or remove it",
        ),
    ),
    "a field of the program in a part": (
        {"routes": [ROUTE | {"office": "局"}]},
        "routes.organization.office",
        "unknown_field",
        Words("没有“office”这个字段", "there is no field “office”"),
        Words(
            "它是项目自己的字段，须写在文件开头、所有 [[…]] 之前",
            "it belongs to the program itself: write it at the top, before every [[…]]",
        ),
    ),
    "a field of another table": (
        {"stages": {"recommendation": {"deadline": {}}}},
        "stages.recommendation.deadline",
        "unknown_field",
        Words("没有“deadline”这个字段", "there is no field “deadline”"),
        Words("它写在 [[stages.tiers]] 里；请移过去或删去", "it belongs into [[stages.tiers]]; move or remove it"),
    ),
    "a misspelt field of a tier": (
        {"stages": {"recommendation": {"tiers": [TIER | {"dead_line": {}}]}}},
        "stages.recommendation.tiers.unit.dead_line",
        "unknown_field",
        Words("没有“dead_line”这个字段", "there is no field “dead_line”"),
        Words("是否想写 deadline？如不是，请删去", "did you mean deadline? if not, remove it"),
    ),
    "no list": (
        {"contacts": 3},
        "contacts",
        "wrong_type",
        Words("应为列表", "is no list"),
        Words('请用方括号括起来，如 ["甲", "乙"]，或写成 [[…]]', "write it in square brackets, or as [[…]]"),
    ),
    "no table": (
        {"archive": 3},
        "archive",
        "wrong_type",
        Words("应为表", "is no table"),
        Words("请用花括号 {…}，或写成 [表名]", "write it in braces, or as [table]"),
    ),
    "a long name": (
        {"award": "奖" * 121},
        "award",
        "too_long",
        Words("超过 120 个字", "has more than 120 characters"),
        Words("请缩短，详情留在通知里", "shorten it; the details are in the notice"),
    ),
    "an empty name": (
        {"award": " "},
        "award",
        "empty",
        Words("不能为空", "is empty"),
        Words("请填写内容，或删去该行", "fill it, or remove it"),
    ),
    "a short id": (
        {"id": "ab"},
        "id",
        "too_short",
        Words("“ab”不足 3 个字", "“ab” has fewer than 3 characters"),
        Words("请写长一些，如 luzhou-2019", "make it longer: luzhou-2019"),
    ),
    "an empty list": (
        {"issuers": []},
        "issuers",
        "too_few",
        Words("只有 0 项", "has 0 entries"),
        Words("请至少写 1 项", "give at least 1"),
    ),
    "a combination of one": (
        {"rules": [RULE | {"kind": "combination", "of": ["folk-craft"]}]},
        "rules.folk-craft.of",
        "too_few",
        Words("只有 1 项", "has 1 entries"),
        Words("请至少写 2 项", "give at least 2"),
    ),
    "a bad id": (
        {"seats": [SEATS | {"id": "Seats 1"}]},
        "seats.Seats 1.id",
        "bad_id",
        Words("“Seats 1”不能用在这里", "“Seats 1” cannot stand here"),
        Words(
            "只能用小写字母、数字和连字符，如 luzhou-2019", "use lower-case letters, digits and hyphens: luzhou-2019"
        ),
    ),
    "a number in quotes": (
        {"seats": [SEATS | {"count": "十"}]},
        "seats.craftsman.count",
        "wrong_type",
        Words("应为整数", "is no whole number"),
        Words("请写成不加引号的数字，如 10", "write digits without quotes: 10"),
    ),
    "a number that looks like one, in quotes": (
        {"seats": [SEATS | {"count": "10"}]},
        "seats.craftsman.count",
        "wrong_type",
        Words("应为整数", "is no whole number"),
        Words("请写成不加引号的数字，如 10", "write digits without quotes: 10"),
    ),
    "too few": (
        {"seats": [SEATS | {"count": 0}]},
        "seats.craftsman.count",
        "out_of_bounds",
        Words("0 太小", "0 is too small"),
        Words("必须大于 0", "it must be greater than 0"),
    ),
    "too many": (
        {"seats": [SEATS | {"count": 2**31}]},
        "seats.craftsman.count",
        "out_of_bounds",
        Words("2147483648 太大", "2147483648 is too large"),
        Words("不得大于 2147483647", "it must be at most 2147483647"),
    ),
    "a year that cannot be": (
        {"issued": "9999-12-31"},
        "issued",
        "unfit",
        Words("年份 9999 不对", "the year 9999 cannot be"),
        Words("年份应在 1900 至 2999 之间", "write a year from 1900 to 2999"),
    ),
    "an instant of a year that cannot be": (
        {
            "stages": {
                "recommendation": {
                    "tiers": [
                        TIER | {"deadline": {"phrase": "4月", "clause": "二", "closes": "9999-12-31T23:59:59-12:00"}}
                    ]
                }
            }
        },
        "stages.recommendation.tiers.unit.deadline.closes",
        "unfit",
        Words("年份 9999 不对", "the year 9999 cannot be"),
        Words("年份应在 1900 至 2999 之间", "write a year from 1900 to 2999"),
    ),
    "a date in words": (
        {"issued": "2026年3月2日"},
        "issued",
        "bad_date",
        Words("2026年3月2日 不是日期", "2026年3月2日 is no date"),
        Words("请写成 2021-06-28，不加引号", "write 2021-06-28, without quotes"),
    ),
    "a truth in words": (
        {"routes": [ROUTE | {"accepted": "接受"}]},
        "routes.organization.accepted",
        "wrong_type",
        Words("应为 true 或 false", "is neither true nor false"),
        Words("请写 true（是）或 false（否），不加引号", "write true or false, without quotes"),
    ),
    "a text without quotes": (
        {"award": 2026},
        "award",
        "wrong_type",
        Words("应为文字", "is no text"),
        Words('请加英文双引号，如 "10"', "write it in double quotes"),
    ),
    "a bad clock": (
        {
            "stages": {
                "recommendation": {"tiers": [TIER | {"deadline": {"phrase": "4月", "clause": "二", "clock": "5pm"}}]}
            }
        },
        "stages.recommendation.tiers.unit.deadline.clock",
        "bad_clock",
        Words("“5pm”不是时刻", "“5pm” is no time of day"),
        Words("请写成 17:30 或 24:00", "write 17:30 or 24:00"),
    ),
    "a decision of no kind": (
        {"rulings": [RULING | {"decision": 3.5}]},
        "rulings.open.decision",
        "wrong_type",
        Words("“3.5”不能用在这里", "“3.5” cannot stand here"),
        Words(
            "请写是否（true、false）、整数、日期或加引号的文字",
            "write true or false, a whole number, a date, or text in quotes",
        ),
    ),
    "an instant without a zone": (
        {
            "stages": {
                "recommendation": {
                    "tiers": [TIER | {"deadline": {"phrase": "4月", "clause": "二", "closes": "2026-04-01T00:00:00"}}]
                }
            }
        },
        "stages.recommendation.tiers.unit.deadline.closes",
        "bad_date",
        Words("时刻没有时区", "the instant has no UTC offset"),
        Words("请写成 2023-08-31T18:00:00+08:00", "write 2023-08-31T18:00:00+08:00"),
    ),
    "a ground of a sweep that revokes nobody": (
        {"after": [TERM | {"unrectified_ground": "不合格"}]},
        "stages.term.unrectified_ground",
        "unfit",
        Words("不由巡检取消称号，写了巡检依据的情形", "it names the ground of a sweep, and no sweep revokes"),
        Words('请写 unrectified = "sweep"，或删去', 'write unrectified = "sweep", or remove it'),
    ),
    "a ground of a sweep that is none": (
        {"after": [TERM | {"unrectified": "sweep", "unrectified_ground": "不合格"}]},
        "stages.term.unrectified_ground",
        "unfit",
        Words("“不合格”不在 revocation_grounds 之内", "“不合格” is none of `revocation_grounds`"),
        Words("请照录其中一项", "write one of them as it stands there"),
    ),
    "a level twice": (
        {
            "vocabularies": [
                {"id": "belt", "name": "段位", "levels": [{"name": "一段"}, {"name": "二段", "also": ["一段"]}]}
            ]
        },
        "vocabularies.belt.levels",
        "unfit",
        Words("“一段”属于两个等级", "'一段' means two levels"),
        Words("请只写在一处", "write it once"),
    ),
}


@pytest.mark.parametrize(("changes", "place", "code", "words", "remedy"), SENTENCES.values(), ids=SENTENCES)
def test_a_fault_is_told_in_both_languages_with_its_remedy(changes, place, code, words, remedy):
    assert refused(**changes) == [(place, code, words, remedy)]


def test_every_fault_of_a_file_is_told_at_once():
    changes = {"routes": [ROUTE, ROUTE | {"id": "self"}], "seats": [SEATS | {"categories": ["a"], "routes": ["b"]}]}
    assert [(place, words.zh) for place, _, words, _ in refused(**changes)] == [
        ("seats.craftsman.categories", "本项目没有定义类别 a"),
        ("seats.craftsman.routes", "本项目没有定义推荐渠道 b"),
    ]


def test_braces_in_a_sentence_stay_as_they_are():
    told = refused(
        nominee="{zh}", award="{en}" * 31, rules=[RULE | {"kind": "combination", "of": ["{x}", "folk-craft"]}]
    )
    assert [(place, words.zh) for place, _, words, _ in told] == [
        ("award", "超过 120 个字"),
        ("nominee", "没有“{zh}”这一项"),
        ("rules.folk-craft.of.0", "“{x}”不能用在这里"),
    ]


def test_a_long_value_is_quoted_in_part():
    ((_, _, words, _),) = refused(nominee="x" * 1000)
    assert words.zh == f"没有“{'x' * 40}…”这一项"
