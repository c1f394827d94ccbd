"""Rules: what can be found wrong, by its code."""

from typing import Final

from programs.checks.sentences.kinds import ERROR, SCOPE, WARNING, Said
from programs.words import Words

RULES: Final[dict[str, Said]] = {
    "no_bounds": (
        ERROR,
        Words("“{name}”没有上下限", "“{name}” has no bounds"),
        Words("请写 {fields} 中至少一个", "give at least one of {fields}"),
    ),
    "bounds_impossible": (
        ERROR,
        Words(
            "“{name}”的下限{least}高于上限{most}，谁都不符合",
            "the least of “{name}”, {least}, is above the most, {most}: nobody meets it",
        ),
        Words("请核对 {fields}", "check {fields}"),
    ),
    "as_of_unknown": (
        ERROR,
        Words("没有 {id} 这个日期", "there is no key date {id}"),
        Words("可用：{known}{meant}", "use one of {known}{meant}"),
    ),
    "as_of_too_late": (
        WARNING,
        Words(
            "“{name}”的年龄计算到 {id}，资格审查时还不知道是哪天",
            "“{name}” takes the age at {id}, which is not known when the screening asks",
        ),
        Words(
            "请改用资格审查之前的日期，如 issued 或推荐期限",
            "use a date before the screening, such as issued or a deadline",
        ),
    ),
    "age_of_no_person": (
        WARNING,
        Words(
            "“{name}”判断年龄，而申报的是{nominee}，没有出生日期",
            "“{name}” judges an age, and the nominee is a {nominee} without a birthday",
        ),
        Words('请改为 kind = "attestation"，由审查人员认定', 'write kind = "attestation" and let a reviewer judge it'),
    ),
    "level_unknown": (
        ERROR,
        Words(
            "“{name}”的等级“{level}”不在“{vocabulary}”之内",
            "“{name}” asks for the level “{level}”, which is not among “{vocabulary}”",
        ),
        Words("可用：{names}{meant}", "use one of {names}{meant}"),
    ),
    "place_below_first": (
        ERROR,
        Words(
            "“{name}”的“{level}”要求第{place}名以内，谁都不符合",
            "“{name}” asks for place {place} or better at “{level}”: nobody meets it",
        ),
        Words("名次从 1 起；不认可的级别请删去", "places begin with 1; remove the levels that do not count"),
    ),
    "need_too_many": (
        ERROR,
        Words(
            "“{name}”要求{need}项，只列了{count}项，永远不会通过",
            "“{name}” needs {need} of only {count} rules, so it can never pass",
        ),
        Words("请核对 need 和 of", "check `need` and `of`"),
    ),
    "need_too_many_here": (
        ERROR,
        Words(
            "“{name}”要求{need}项，而对{path}只有{count}项适用，永远不会通过",
            "“{name}” needs {need} rules, and only {count} concern {path}, so it can never pass there",
        ),
        Words(
            "请核对各项的 categories、routes 和 traits",
            "check the `categories`, `routes` and `traits` of the rules in `of`",
        ),
    ),
    "combination_empty": (
        WARNING,
        Words(
            "“{name}”对{path}没有一项适用，等于没有条件",
            "none of the rules in “{name}” concerns {path}, so everybody passes it",
        ),
        Words("请让“{name}”也只用于各项适用的范围", "let “{name}” concern only whom its rules concern"),
    ),
    "member_doubled": (
        ERROR,
        Words("“{name}”把 {id} 列了两次，一项会当成两项", "“{name}” lists {id} twice, so one counts as two"),
        Words("请删去一处", "remove one of them"),
    ),
    "exemption_in_combination": (
        ERROR,
        Words("“{name}”里列了免除规则 {id}", "“{name}” lists the exemption {id}"),
        Words("请列被免除的规则", "list the rule that it lifts"),
    ),
    "not_judged_in_combination": (
        ERROR,
        Words(
            "“{name}”里列了 {id}，它不审单个申报，永远算符合",
            "“{name}” lists {id}, which judges no single nomination and always passes",
        ),
        Words("请从 of 中删去", "remove it from `of`"),
    ),
    "combination_in_a_circle": (
        ERROR,
        Words("“{name}”绕回自身", "“{name}” leads back to itself"),
        Words("请拆开，不要互相包含", "take it apart: combinations must not contain each other"),
    ),
    "lifts_nothing": (
        ERROR,
        Words(
            "“{name}”要免除的“{lifts}”{why}，免除不起作用", "“{name}” lifts “{lifts}”, which {why}, so it lifts nothing"
        ),
        Words(
            "请在 lifts 写一条会审到同一批申报的条件", "name in `lifts` a rule that is asked of the same nominations"
        ),
    ),
    "judges_by_what_is_free": (
        ERROR,
        Words("“{name}”以{fact}为条件，而条款{clause}不许", "“{name}” judges by {fact}, which clause {clause} forbids"),
        Words("请删去这条条件，或改用别的条件", "remove the rule, or judge by something else"),
    ),
    "rules_contradict": (
        ERROR,
        Words(
            "“{name}”与“{other}”对{path}都要符合，却不能同时符合：{least} 高于 {most}",
            "{path} must meet both “{name}” and “{other}”, and nobody can: {least} is above {most}",
        ),
        Words(
            "请核对两条的上下限，或让它们用于不同的类别、渠道",
            "check the bounds of both, or let them concern different categories or routes",
        ),
    ),
    "history_contradicts": (
        ERROR,
        Words(
            "“{name}”要求有的，“{other}”不许有，谁都不符合", "“{name}” requires what “{other}” bars: nobody meets both"
        ),
        Words("请核对两条的 bars、requires 和 of", "check `bars`, `requires` and `of` of both"),
    ),
    "count_unasked": (
        ERROR,
        Words("没有条件用到“{counts}”", "no rule asks for “{counts}”"),
        Words(
            "请核对 counts，或补一条 quantity 条件（条件用到的：{asked}）{meant}",
            "check `counts`, or add a `quantity` rule (rules ask for: {asked}){meant}",
        ),
    ),
    "rule_in_vain": (WARNING, Words("没有申报会审到“{name}”", "“{name}” is asked of no nomination"), SCOPE),
}
