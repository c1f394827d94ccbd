"""Seats, cuts and quotas: what can be found wrong, by its code."""

from typing import Final

from programs.checks.sentences.kinds import ERROR, SCOPE, WARNING, Said
from programs.words import Words

PLACES: Final[dict[str, Said]] = {
    "no_seats": (
        ERROR,
        Words("{path}没有名额", "{path} has no seats"),
        Words(
            "请补一项 [[seats]]，或让已有的名额也用于它", "add some to `seats`, or let those that are there concern it"
        ),
    ),
    "no_recommendation": (
        ERROR,
        Words("{path}没有推荐环节，无从申报", "{path} has no recommendation, so it cannot begin"),
        Words(
            "请给它写一个推荐环节，或删去这一渠道或类别", "give it a recommendation, or remove the route or category"
        ),
    ),
    "no_tier": (
        ERROR,
        Words("{path}没有推荐层级", "{path} has no tier"),
        Words(
            "请补 [[stages.tiers]]，或让已有的层级也用于它",
            "add one to `tiers`, or let those that are there concern it",
        ),
    ),
    "intake_never_ends": (
        WARNING,
        Words(
            "{path}最后一级“{tier}”没有期限，受理不会截止",
            "{path}: the last tier “{tier}” has no deadline, so its intake never ends",
        ),
        Words("请在这一层级写 deadline", "write `deadline` at this tier"),
    ),
    "seats_in_vain": (WARNING, Words("没有申报能得到“{name}”", "no nomination can win “{name}”"), SCOPE),
    "weights_not_whole": (
        ERROR,
        Words("“{stage}”各项权重合计{sum}%", "the weights of “{stage}” come to {sum} %"),
        Words("请给每一项写 weight_percent，合计100", "give each a `weight_percent`, 100 together"),
    ),
    "cut_below_seats": (
        ERROR,
        Words("“{stage}”只留{keep}名，少于名额{seats}", "“{stage}” keeps {keep}, fewer than the {seats} seats"),
        Words("请核对 keep 和名额的 count", "check `keep` and the `count` of the seats"),
    ),
    "cut_above_cut": (
        WARNING,
        Words(
            "“{stage}”留{keep}名，多于前面“{earlier}”留下的{kept}名",
            "“{stage}” keeps {keep}, more than the {kept} that “{earlier}” left",
        ),
        Words("请核对两个环节的 keep", "check the `keep` of both stages"),
    ),
    "cut_above_quotas": (
        WARNING,
        Words(
            "“{stage}”留{keep}名，而各推荐单位合计最多推荐{most}名",
            "“{stage}” keeps {keep}, and all quotas together allow {most} nominations",
        ),
        Words(
            "请核对 keep、quotas 的 limit 和 nominators 的 count",
            "check `keep`, the `limit` of the quotas and the `count` of the nominators",
        ),
    ),
    "lesser_without_seats": (
        ERROR,
        Words(
            "“{stage}”给落选者的奖项“{grade}”不用于走到这里的申报",
            "“{stage}” gives the grade “{grade}”, which concerns none of those who come there",
        ),
        Words("请核对这项名额的 categories 和 routes", "check the `categories` and `routes` of these seats"),
    ),
    "lesser_is_highest": (
        WARNING,
        Words(
            "“{stage}”把最高一档“{grade}”给了落选者",
            "“{stage}” gives the highest grade, “{grade}”, to those who fall out",
        ),
        Words(
            "请把较低一档写进 lesser；seats 从高到低排列",
            "name a lower one in `lesser`; `seats` go from the highest down",
        ),
    ),
    "lesser_without_cut": (
        WARNING,
        Words(
            "“{stage}”写了 lesser 而没有 keep，不知从第几名起算落选",
            "“{stage}” has `lesser` and no `keep`, so nobody knows who falls out",
        ),
        Words("请补 keep，或删去 lesser", "add `keep`, or remove `lesser`"),
    ),
    "quotas_below_seats": (
        ERROR,
        Words(
            "各推荐单位名额合计最多{most}名，少于名额{seats}",
            "all quotas together allow {most} nominations, fewer than the {seats} seats",
        ),
        Words(
            "请核对 quotas 的 limit、nominators 的 count 和 seats 的 count",
            "check the `limit` of the quotas and the `count` of nominators and seats",
        ),
    ),
    "quota_in_vain": (
        ERROR,
        Words(
            "没有申报会经过层级 {tier}，这条限额不起作用",
            "no nomination passes the tier {tier}, so the quota never holds",
        ),
        Words("请核对 tier、categories 和 routes", "check its `tier`, `categories` and `routes`"),
    ),
    "quota_at_first_tier": (
        WARNING,
        Words(
            "{tier} 是填报的层级，没有受理，这条限额不起作用",
            "nominations are drawn up at {tier}, which takes nothing in, so the quota never holds",
        ),
        Words("请写后面受理的层级，如 {next}", "name a later tier that takes in, such as {next}"),
    ),
    "quota_misses_some": (
        WARNING,
        Words(
            "{path}不经过层级 {tier}，不计入这条限额",
            "{path} does not pass the tier {tier}, so the quota leaves it out",
        ),
        Words(
            "请让它们经过同一层级，或另写一条限额，并在这条写明 categories、routes",
            "let them pass the same tier, or give them a quota of their own, and scope this one",
        ),
    ),
    "quota_of_attributed": (
        WARNING,
        Words("{kind}已计入{host}的名额，又另有限额", "{kind} uses the quota of {host} and has one of its own"),
        Words("请删去这条限额，或删去 attributed_to", "remove the quota, or `attributed_to`"),
    ),
    "quota_branches": (
        WARNING,
        Words(
            "限额按推荐单位计，branches_apart 不起作用",
            "the quota counts by nominator, so `branches_apart` changes nothing",
        ),
        Words('请改为 per = "unit"，或删去 branches_apart', 'write per = "unit", or remove `branches_apart`'),
    ),
    "attributed_in_a_circle": (
        ERROR,
        Words("“{kind}”的名额绕回自身", "the quota of “{kind}” leads back to itself"),
        Words("请让 attributed_to 指向属地的推荐单位类型", "let `attributed_to` name the kind of the place"),
    ),
}
