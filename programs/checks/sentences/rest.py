"""Materials, terms, contacts and rulings: what can be found wrong, by its code."""

from typing import Final

from programs.checks.sentences.kinds import ERROR, NOTE, SCOPE, WARNING, Said
from programs.words import Words

REST: Final[dict[str, Said]] = {
    "material_in_vain": (WARNING, Words("没有申报须交“{name}”", "no nomination has to hand in “{name}”"), SCOPE),
    "not_on_paper": (
        WARNING,
        Words("“{name}”不收纸质，{field} 无从查验", "“{name}” is not received on paper, so nobody can check `{field}`"),
        Words('请在 media 加上 "paper"，或删去 {field}', 'add "paper" to `media`, or remove `{field}`'),
    ),
    "not_electronic": (
        WARNING,
        Words(
            "“{name}”不收电子件，formats 无从查验",
            "“{name}” is not received electronically, so nobody can check `formats`",
        ),
        Words('请在 media 加上 "electronic"，或删去 formats', 'add "electronic" to `media`, or remove `formats`'),
    ),
    "archive_in_vain": (
        WARNING,
        Words(
            "没有一项材料收电子件，[archive] 不起作用",
            "no material is received electronically, so [archive] is for nothing",
        ),
        Words("请删去 [archive]，或核对各材料的 media", "remove [archive], or check the `media` of the materials"),
    ),
    "benefit_in_vain": (WARNING, Words("没有人能得到“{name}”", "nobody can receive “{name}”"), SCOPE),
    "yuan_without_money": (
        WARNING,
        Words("“{name}”写了金额，类型却不是 money", "“{name}” has an amount and is no `money`"),
        Words('请改为 kind = "money"，或删去 at_most_yuan', 'write kind = "money", or remove `at_most_yuan`'),
    ),
    "benefit_beyond_term": (
        WARNING,
        Words(
            "“{name}”在聘期第 {last} 年发放，而聘期只有 {years} 年",
            "“{name}” is for year {last} of a term of {years}",
        ),
        Words("请核对 years 和聘期的年数", "check `years`, and those of the tenure"),
    ),
    "never_assessed": (
        WARNING,
        Words(
            "“{name}”在考核合格后给予，而项目没有考核", "“{name}” follows a passed assessment, and nothing is assessed"
        ),
        Words(
            "请在 tenure 环节写 assessed_every_years，或删去 after",
            "write `assessed_every_years` at the tenure, or remove `after`",
        ),
    ),
    "ban_unasked": (
        WARNING,
        Words(
            "“{effect}”是禁报，而没有条件查禁报记录，被禁的仍能申报",
            "“{effect}” is a ban, and no rule asks for bans, so who is banned can come again",
        ),
        Words(
            '请加一条 kind = "history"、bars = "banned" 的条件', 'add a rule with kind = "history" and bars = "banned"'
        ),
    ),
    "trait_unused": (
        WARNING,
        Words("特征“{name}”没有任何部分用到", "nothing uses the trait “{name}”"),
        Words(
            "请在有关部分写 traits 或 except_traits，或删去",
            "name it in `traits` or `except_traits` somewhere, or remove it",
        ),
    ),
    "vocabulary_unused": (
        WARNING,
        Words("等级体系“{name}”没有条件用到", "no rule uses the vocabulary “{name}”"),
        Words(
            '请在 kind = "level" 的条件写 vocabulary = "{id}"，或删去',
            'write vocabulary = "{id}" in a `level` rule, or remove it',
        ),
    ),
    "clause_placeholder": (
        WARNING,
        Words("条款号“{clause}”不是通知里的位置", "the clause “{clause}” is no place in the notice"),
        Words("请写条款号，如 三、（一）；没有编号的写“附件2填表说明”之类", "write its number, as 三、（一）"),
    ),
    "clauses_as_drafted": (
        WARNING,
        Words(
            "{count} 处条款号都是“{clause}”，像是起草时的占位",
            "all {count} clauses are “{clause}”, as a draft has them",
        ),
        Words("请对照通知逐条改写 clause", "go through the notice and write each `clause`"),
    ),
    "number_odd": (
        WARNING,
        Words(
            "“{office}”的电话是{length}位，疑有误", "the number of “{office}” has {length} digits, which looks wrong"
        ),
        Words("请对照通知核对电话", "check it with the notice"),
    ),
    "number_disagrees": (
        WARNING,
        Words(
            "“{office}”的电话是{length}位，phone_digits 写的是{said}",
            "the number of “{office}” has {length} digits, and `phone_digits` says {said}",
        ),
        Words("请改成一致，或只写一个", "make them agree, or give one of them"),
    ),
    "issue_date_missing": (
        ERROR,
        Words("没有印发日期，也没有裁定它的条目", "has no date and no ruling on it"),
        Words(
            '请写 issued，或加一条 settles = ["issued"] 的裁定',
            'write `issued`, or add a ruling with settles = ["issued"]',
        ),
    ),
    "skipped_without_ruling": (
        WARNING,
        Words("“{name}”被略去而没有裁定", "“{name}” is left out without a ruling"),
        Words(
            '请加一条 settles = ["{place}"] 的裁定，或删去该环节',
            'add a ruling with settles = ["{place}"], or remove the stage',
        ),
    ),
    "settles_nowhere": (
        ERROR,
        Words("项目里没有 {path} 这个位置", "the program has no place {path}"),
        Words("请核对拼写{meant}", "check the spelling{meant}"),
    ),
    "settled_twice": (
        ERROR,
        Words("{path} 已由裁定 {other} 决定", "{path} is settled by the ruling {other} already"),
        Words("请只在一条裁定的 settles 里写", "name it in the `settles` of one ruling only"),
    ),
    "ruling_open": (
        NOTE,
        Words(
            "待裁定，项目不能启用：{question}", "is open, and the program stays closed until it is decided: {question}"
        ),
        Words(
            "linxuan program rule {program} {id} --decision … --actor …",
            "linxuan program rule {program} {id} --decision … --actor …",
        ),
    ),
    "default_invalid": (
        ERROR,
        Words("默认裁定 {decision} 用不到 {place}：{fault}", "the default {decision} does not fit {place}: {fault}"),
        Words("请改写 decision", "mend `decision`"),
    ),
    "default_disagrees": (
        ERROR,
        Words(
            "默认裁定是{decision}，与 {places} 现有的值不同", "the default is {decision}, but {places} says otherwise"
        ),
        Words("请改成一致", "make them agree"),
    ),
}
