"""Stages, their order and what stands in them: what can be found wrong, by its code."""

from typing import Final

from programs.checks.sentences.kinds import ERROR, NOTE, SCOPE, WARNING, Said
from programs.words import Words

STAGES: Final[dict[str, Said]] = {
    "field_evaluates_nobody": (
        ERROR,
        Words("专业“{field}”没有可评的类别", "the field “{field}” evaluates nobody"),
        Words(
            "请核对这一专业的 categories，和环节的 categories",
            "check its `categories`, and those of the stage",
        ),
    ),
    "opinions_even": (
        WARNING,
        Words(
            "每件由 {count} 名专家评议，为双数，意见可能相持",
            "{count} experts evaluate each nominee, an even number, so that they may stand level",
        ),
        Words("请把 per_nominee 改为单数", "make `per_nominee` an odd number"),
    ),
    "experts_too_few": (
        ERROR,
        Words(
            "{path}每件应由 {wanted} 名专家评议，抽取的专家里只有 {found} 名可评",
            "{path} needs {wanted} experts, and {found} of those drawn may evaluate it",
        ),
        Words(
            "请增加 size，或核对各专业的 categories", "draw more with `size`, or check the `categories` of the fields"
        ),
    ),
    "stage_unreachable": (ERROR, Words("没有申报会走到“{name}”", "no nomination comes to “{name}”"), SCOPE),
    "tier_unreachable": (ERROR, Words("没有申报会走到“{name}”", "no nomination comes to “{name}”"), SCOPE),
    "recommendation_after_decision": (
        ERROR,
        Words("“{name}”排在评审确定之后", "“{name}” stands after the decision"),
        Words("请把它移到评审确定之前", "move it before the decision"),
    ),
    "screening_after_decision": (
        WARNING,
        Words(
            "“{name}”排在评审确定之后，不符合条件的可能已占名额",
            "“{name}” stands after the decision, when seats may have gone to whom the rules bar",
        ),
        Words("请把它移到评审确定之前", "move it before the decision"),
    ),
    "issuance_unfounded": (
        ERROR,
        Words(
            "“{name}”之前没有评审确定或审批，发文没有依据",
            "no decision or approval stands before “{name}”, so nothing could be issued",
        ),
        Words("请在它之前补一个 decision 或 approval 环节", "put a `decision` or an `approval` before it"),
    ),
    "nobody_chooses": (
        ERROR,
        Words(
            "{path}没有评审确定，也没有审批，受理了就算授予",
            "{path} has neither decision nor approval: whoever is taken in is honored",
        ),
        Words(
            "请补一个 decision 或 approval 环节；略去的（skipped）不算",
            "add a `decision` or an `approval`; one that is `skipped` does not count",
        ),
    ),
    "no_issuance": (
        WARNING,
        Words("{path}没有发文环节，评出的荣誉无从颁布", "{path} has no issuance, so nothing is ever awarded"),
        Words("请补一个 issuance 环节", "add an `issuance`"),
    ),
    "rules_never_asked": (
        WARNING,
        Words(
            "{path}没有资格审查，{count}条条件没有环节来审", "{path} has no screening, so nobody asks its {count} rules"
        ),
        Words("请补一个 screening 环节", "add a `screening`"),
    ),
    "second_decision": (
        NOTE,
        Words("“{name}”是第二次评审确定", "“{name}” is a second decision"),
        Words(
            "若只审定已选人选，请写 confirms = true", "if it only confirms those chosen before, write confirms = true"
        ),
    ),
    "nothing_confirmed": (
        ERROR,
        Words("“{name}”是复核性审定，但前面没有评审确定", "“{name}” confirms a decision, and none stands before it"),
        Words("请删去 confirms，或在前面补一个 decision 环节", "remove `confirms`, or put a `decision` before it"),
    ),
    "no_period": (
        ERROR,
        Words("“{name}”没有公示期", "“{name}” has no period"),
        Words("请补 period = {{ days = … }}", "add period = {{ days = … }}"),
    ),
    "publicity_after_issuance": (
        WARNING,
        Words(
            "“{name}”排在发文之后，异议来不及影响结果", "“{name}” stands after the issuance, too late for objections"
        ),
        Words("请把它移到发文之前", "move it before the issuance"),
    ),
    "tenure_before_issuance": (
        ERROR,
        Words("“{name}”排在发文之前，聘期无从起算", "“{name}” stands before the issuance that begins its term"),
        Words("请把它移到发文之后", "move it after the issuance"),
    ),
    "vote_missing": (
        ERROR,
        Words("“{name}”要计入投票结果，但前面没有投票环节", "“{name}” counts in a vote, and no vote stands before it"),
        Words("请删去 vote_percent，或在前面补一个 vote 环节", "remove `vote_percent`, or put a `vote` before it"),
    ),
    "vote_in_vain": (
        WARNING,
        Words(
            "“{name}”不淘汰任何人，后面的评议也不计入票数",
            "“{name}” cuts nobody, and no review after it counts its votes",
        ),
        Words("请写 keep，或在后面的 review 写 vote_percent", "write `keep`, or `vote_percent` at a later review"),
    ),
    "one_platform": (
        WARNING,
        Words("“{name}”按平台等权计票，但只写了{count}个平台", "“{name}” weighs platforms alike, and has {count}"),
        Words(
            '请在 platforms 写全各平台，或改为 counting = "sum"', 'list all in `platforms`, or write counting = "sum"'
        ),
    ),
    "objections_too_short": (
        WARNING,
        Words(
            "“{name}”的异议受理只有{objections}天，短于公示的{days}天；公示期满前均予受理",
            "“{name}” takes objections for {objections} days, and is public for {days}; they are taken until that ends",
        ),
        Words(
            "objections 也从发布起算，请写总天数，或删去",
            "`objections` count from publication too: write all days, or remove it",
        ),
    ),
    "assessed_too_late": (
        WARNING,
        Words(
            "“{name}”聘期{years}年，而{field}是{every}年一次，轮不到",
            "the term of “{name}” is {years} years, and {field} is every {every}: it never comes",
        ),
        Words("请核对 years 和 {field}", "check `years` and `{field}`"),
    ),
    "grades_in_vain": (
        WARNING,
        Words("“{name}”写了考核等次，但没有考核", "“{name}” has grades and no assessment"),
        Words("请补 assessed_every_years，或删去 grades", "add `assessed_every_years`, or remove `grades`"),
    ),
    "swept_ground_unsaid": (
        WARNING,
        Words(
            "“{name}”由巡检取消称号，没有写明依据哪一情形",
            "a sweep revokes at “{name}”, and it is not said on which ground",
        ),
        Words(
            "请在 unrectified_ground 写明 revocation_grounds 中的一项",
            "name one of `revocation_grounds` with `unrectified_ground`",
        ),
    ),
    "standing_unreachable": (
        ERROR,
        Words(
            "{path}走不到“{name}”：前面的“{before}”没有出口",
            "{path} never comes to “{name}”: nothing leads on from “{before}” before it",
        ),
        Words("聘期后面还有环节的，请写 years", "a tenure with stages after it needs `years`"),
    ),
    "evaluators_missing": (
        ERROR,
        Words(
            "“{name}”每件要 {asked} 人评分，而只分配给 {assigned} 名专家，永远评不齐",
            "“{name}” asks for {asked} evaluators, and each nominee is assigned to {assigned}: it is never complete",
        ),
        Words("请让 at_least 与 panel 的 per_nominee 一致", "make `at_least` the panel's `per_nominee`"),
    ),
    "evaluators_beyond": (
        WARNING,
        Words(
            "“{name}”每件分配给 {assigned} 名专家，而 {asked} 人评分后就能确定排序",
            "“{name}” is assigned to {assigned} for each nominee, and its ranking can be settled after {asked}",
        ),
        Words("请让 at_least 与 panel 的 per_nominee 一致", "make `at_least` the panel's `per_nominee`"),
    ),
    "ballot_panel_missing": (
        ERROR,
        Words(
            "由环节 {panel} 抽取的专家表决，而它不抽取专家，或排在后面",
            "the experts of {panel} are to vote, which draws none, or stands after",
        ),
        Words("请写前面有 panel 的评议环节，或删去", "name a review with a `panel` before it, or remove it"),
    ),
    "ballot_ranking_missing": (
        ERROR,
        Words(
            "并列按环节 {ranking} 的排序，而它不在前面，或没有排序",
            "ties are broken by the ranking of {ranking}, which has none, or stands after",
        ),
        Words("请写前面的评议或投票环节", "name a review or a vote before it"),
    ),
    "ballot_grades_in_vain": (
        WARNING,
        Words("“{name}”不授予奖项，却写了各奖项的份额", "“{name}” gives no grades, and has shares of single grades"),
        Words("请删去 grades，只写 threshold", "remove `grades`, and write `threshold` alone"),
    ),
    "quorum_above_panel": (
        ERROR,
        Words("到会须 {count} 人，而专家只有 {size} 人", "{count} must attend, and there are {size} experts"),
        Words("请核对 quorum 和 panel", "check `quorum` and the panel"),
    ),
    "picks_above_places": (
        WARNING,
        Words("每票可选 {picks} 名，多于 {places} 个名额", "each picks up to {picks}, which is above {places} places"),
        Words("请核对 picks 和名额", "check `picks` and the places"),
    ),
    "doubled_part": (
        ERROR,
        Words("“{name}”里的 id {id} 出现了两次", "the id {id} stands twice in “{name}”"),
        Words("请给各部分不同的 id", "give each part an id of its own"),
    ),
    "reminder_impossible": (
        ERROR,
        Words("提前 {days} 个工作日的提醒不成立", "no reminder comes {days} working days ahead"),
        Words("reminders 请写 0 至 250 的整数", "write numbers from 0 to 250 in `reminders`"),
    ),
    "closes_without_authority": (
        WARNING,
        Words("期限改为 closes 所写的时刻，但没有写依据", "the deadline is moved by `closes`, and nothing says why"),
        Words("请在 authority 写明文号或决定", "name the document or decision in `authority`"),
    ),
    "day_off_doubled": (
        WARNING,
        Words("{day} 写了两次", "{day} stands twice"),
        Words("请删去一处", "remove one of them"),
    ),
}
