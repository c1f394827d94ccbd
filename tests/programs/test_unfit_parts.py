"""Annexes, panels, evaluations, votes, certificates and forms that do not fit themselves: refused with what to do."""

import pytest

from programs import Words
from tests.programs.conftest import refused

OWN_IDS = Words("请给各部分不同的 id", "give each part an id of its own")
ONCE = Words("请只写在一处", "write it once")
BOTH = Words("请两个都写，或都不写", "give both, or neither")
ONE_OF_THEM = Words("请只留一个", "keep one of them")
WEIGH = Words("请给每一项写权重，合计 100", "give each its weight, 100 together")
FORM_HAS = Words(
    '请写 parts（各部分）；一人一行的，改为 kind = "list"',
    'write its `parts`; a table with a line for each nominee has kind = "list"',
)
LIST_HAS = Words(
    '请只写 columns（各栏）；一人一表的，改为 kind = "form"',
    'write its `columns` only; a form for each nominee has kind = "form"',
)
NO_LIST = Words("清单（list）没有 columns，或有 parts、cover", "a list lacks columns, or has parts or a cover")
TIE_BREAK = Words(
    'ties = "tie-break" 和 tie_break（依次比较什么）只写了一个',
    'only one of ties = "tie-break" and `tie_break`, what is compared in turn, is given',
)
WEIGHTED = Words(
    'counting = "weighted-platforms" 和 weights（各平台权重）只写了一个',
    'only one of counting = "weighted-platforms" and `weights`, of each platform, is given',
)
A_VOTE = Words("这一项是投票，不能有评分项或评议意见", "this is a vote, with neither criteria nor opinions")
NO_VOTE = Words("请删去 criteria 和 opinion，或改写 evaluation", "remove them, or write another `evaluation`")
BAD_NUMBER = Words(
    "证书编号里没有 {ordinal}，或有 {year} 以外的花括号、不能打印的字符",
    "the pattern has no {ordinal}, or other braces than {year}, or what cannot be printed",
)
GOOD_NUMBER = Words("请写成“证字〔{year}〕{ordinal}号”这样", "write it like “证字〔{year}〕{ordinal}号”")

NAME = {"id": "name", "name": "姓名"}
WORK, SKILL = {"id": "work", "name": "业绩"}, {"id": "skill", "name": "技能"}
TRACK = {"id": "paper", "name": "评审", "clause": "三", "criteria": [WORK, SKILL]}
VOTED = {"id": "ballot", "name": "投票", "clause": "三", "evaluation": "vote"}
LABEL = {"label": "姓名", "of": "name"}
GRID = {"kind": "grid", "entries": [LABEL]}


def annex(*columns):
    return {
        "annexes": [{"id": "team", "name": "团队名单", "clause": "附件", "rows": "others", "columns": list(columns)}]
    }


def review(**fields):
    return {"stages": {"review": fields}}


def vote(**fields):
    return review(kind="vote", **fields)


def panel(size, **fields):
    return review(panel={"clause": "三", "size": size, **fields})


def track(**fields):
    return review(tracks=[TRACK | fields])


def content(**fields):
    return {"materials": [{"id": "form", "name": "申报表", "clause": "四", "content": fields}]}


def of(field, size):
    return {"id": field, "name": field, "size": size}


def benefit(**fields):
    return {"benefits": [{"id": "money", "name": "津贴", "clause": "五", "kind": "money", **fields}]}


YEARS = (
    Words("聘期的年度从 1 数起，每年写一次", "years of the term are counted from 1, each named once"),
    Words("第一年写 years = [1]", "write years = [1] for the first"),
)
A_PANEL, A_TRACK, A_FORM = "stages.review.panel", "stages.review.tracks.paper", "materials.form.content"

UNFIT = {
    # Annexes
    "two columns of one id": (
        annex(NAME, NAME | {"name": "名字"}),
        "annexes.team.columns.1.id",
        Words("id name 出现了两次", "the id name stands twice"),
        OWN_IDS,
    ),
    "two columns of one heading": (
        annex(NAME, {"id": "other", "name": "名字", "also": ["姓名"]}),
        "annexes.team.columns.other",
        Words("“姓名”出现了两次", "“姓名” stands twice"),
        ONCE,
    ),
    "a column that means two things": (
        annex(NAME | {"vocabulary": "skill", "counts": "team-size"}),
        "annexes.team.columns.name",
        Words(
            "vocabulary、places_of、counts 写了不止一个",
            "more than one of `vocabulary`, `places_of` and `counts` is given",
        ),
        ONE_OF_THEM,
    ),
    # Taking back
    "a move that this stage does not take back": (
        review(undo={"moves": ["choose", "approve"], "hours": 24, "basis": "规则"}),
        "stages.review.undo.moves",
        Words(
            "“专家评议”没有可以撤销的操作：approve",
            "at a stage of the kind “review” nobody takes back: approve",
        ),
        Words("可写：advance、choose、eliminate、withdraw", "it may name advance, choose, eliminate, withdraw"),
    ),
    "two times to take something back": (
        review(undo={"moves": ["advance"], "hours": 24, "working_days": 1, "basis": "规则"}),
        "stages.review.undo",
        Words(
            "hours（小时）和 working_days（工作日）须写一个，且只写一个",
            "one of `hours` and `working_days` is needed, and only one",
        ),
        Words("请写明多久以内可以撤销", "say for how long a move may be taken back"),
    ),
    # Panels
    "an even panel": (
        panel(4),
        f"{A_PANEL}.size",
        Words("4 名专家是双数，投票可能相持", "4 experts are an even number, and may stand level"),
        Words("请改成单数", "make it an odd number"),
    ),
    "a ground that nobody declares": (
        panel(3, recusal=["employer", "other"]),
        f"{A_PANEL}.recusal",
        Words("“其他情形”（other）不能自动适用", "“other” recuses nobody by itself"),
        Words("请删去 other；这种情形逐件申请回避", "remove it; it is stated of one nomination at a time"),
    ),
    "two fields of one id": (
        panel(3, fields=[of("mechanics", 1), of("mechanics", 2)]),
        f"{A_PANEL}.fields.1.id",
        Words("id mechanics 出现了两次", "the id mechanics stands twice"),
        OWN_IDS,
    ),
    "fields that do not add up": (
        panel(7, fields=[of("mechanics", 3), of("heritage", 2)]),
        f"{A_PANEL}.size",
        Words("各专业合计 5 名，总数写的是 7 名", "the fields have 5 experts together, and the panel has 7"),
        Words("请让总数等于各专业 size 之和", "make it the sum of the `size` of the fields"),
    ),
    "more experts for each than there are": (
        panel(5, per_nominee=6),
        f"{A_PANEL}.per_nominee",
        Words("每件由 6 名评议，而专家只有 5 名", "6 experts evaluate each nominee, and there are 5"),
        Words("请核对 per_nominee 和 size", "check `per_nominee` and `size`"),
    ),
    "a load that cannot be": (
        panel(5, at_least=4, at_most=3),
        f"{A_PANEL}.at_least",
        Words("每人至少 4 件，多于至多 3 件", "each evaluates 4 at least, which is above 3 at most"),
        Words("请核对 at_least 和 at_most", "check `at_least` and `at_most`"),
    ),
    # Tracks
    "two tracks of one id": (
        review(tracks=[TRACK, TRACK]),
        "stages.review.tracks.1.id",
        Words("id paper 出现了两次", "the id paper stands twice"),
        OWN_IDS,
    ),
    "two tracks of one id at a vote": (
        vote(tracks=[TRACK, TRACK]),
        "stages.review.tracks.1.id",
        Words("id paper 出现了两次", "the id paper stands twice"),
        OWN_IDS,
    ),
    "two criteria of one id": (
        track(criteria=[WORK, WORK]),
        f"{A_TRACK}.criteria.1.id",
        Words("id work 出现了两次", "the id work stands twice"),
        OWN_IDS,
    ),
    "two groups of one id": (
        track(groups=[{"id": "a", "name": "甲"}, {"id": "a", "name": "乙"}]),
        f"{A_TRACK}.groups.1.id",
        Words("id a 出现了两次", "the id a stands twice"),
        OWN_IDS,
    ),
    "a weight for some criteria": (
        track(criteria=[WORK | {"weight_percent": 100}, SKILL]),
        f"{A_TRACK}.criteria",
        Words("各项权重合计 100%", "the weights come to 100 %"),
        WEIGH,
    ),
    "weights above the whole": (
        track(criteria=[WORK | {"weight_percent": 60}, SKILL | {"weight_percent": 60}]),
        f"{A_TRACK}.criteria",
        Words("各项权重合计 120%", "the weights come to 120 %"),
        WEIGH,
    ),
    "weights of groups below the whole": (
        track(groups=[{"id": "a", "name": "甲", "weight_percent": 90}]),
        f"{A_TRACK}.groups",
        Words("各项权重合计 90%", "the weights come to 90 %"),
        WEIGH,
    ),
    "nothing left of the points": (
        track(scoring={"method": "trimmed", "trim": 2, "at_least": 4}),
        f"{A_TRACK}.scoring.at_least",
        Words(
            "去掉 2 个最高分和 2 个最低分，4 份评分可能一份不剩",
            "of 4 evaluations nothing is left without 2 at each end",
        ),
        Words("请写 at_least = 5 或更多，或减少 trim", "write at_least = 5 or more, or a smaller `trim`"),
    ),
    "a grade twice": (
        track(criteria=[WORK | {"grades": [{"name": "优", "points": 9}, {"name": "优", "points": 8}]}]),
        f"{A_TRACK}.criteria.work.grades.1",
        Words("等次“优”出现了两次", "the grade “优” stands twice"),
        Words("请只写一次", "write it once"),
    ),
    "a grade above the full marks": (
        track(criteria=[WORK | {"full_marks": 60, "grades": [{"name": "优", "points": 61}]}]),
        f"{A_TRACK}.criteria.work.grades.0.points",
        Words("等次“优”是 61 分，超过满分 60", "the grade “优” is 61 points, above the full marks, 60"),
        Words("请核对 points 和 full_marks", "check `points` and `full_marks`"),
    ),
    "groups with nothing to score": (
        track(criteria=[], groups=[{"id": "a", "name": "甲"}]),
        f"{A_TRACK}.groups",
        Words("有评议组而没有评分项", "there are groups and no criteria for them to score"),
        Words("请补 criteria，或删去 groups", "add `criteria`, or remove `groups`"),
    ),
    "a vote that is scored": (vote(tracks=[TRACK | {"evaluation": "vote"}]), f"{A_TRACK}.criteria", A_VOTE, NO_VOTE),
    "a vote with opinions": (
        vote(tracks=[VOTED | {"opinion": True}]),
        "stages.review.tracks.ballot.opinion",
        A_VOTE,
        NO_VOTE,
    ),
    # Votes and rankings
    "a vote in a review": (
        review(tracks=[VOTED]),
        "stages.review.tracks.ballot.evaluation",
        Words("专家评议环节里不能有投票", "a review holds no vote"),
        Words(
            "请删去这一项；要计入前面的投票，请写 vote_percent",
            "remove it; to count the vote before the review, write `vote_percent`",
        ),
    ),
    "two votes at once": (
        vote(tracks=[VOTED, VOTED | {"id": "other"}]),
        "stages.review.tracks",
        Words("不止一项是投票", "more than one track is the vote"),
        Words('请只留一项 evaluation = "vote"', 'keep one with evaluation = "vote"'),
    ),
    "a tie break that compares nothing": (review(ties="tie-break"), "stages.review", TIE_BREAK, BOTH),
    "what is compared without a tie break": (review(tie_break=["votes"]), "stages.review", TIE_BREAK, BOTH),
    "a tie break without what it compares, at a vote": (vote(ties="tie-break"), "stages.review", TIE_BREAK, BOTH),
    "a tie break by what is not there": (
        review(tracks=[TRACK], ties="tie-break", tie_break=["votes", "paper.skil"]),
        "stages.review.tie_break.1",
        Words("没有 paper.skil 可比", "there is no paper.skil to compare"),
        Words(
            "可用：votes、paper、paper.work、paper.skill；是否想写 paper.skill？",
            "use one of votes, paper, paper.work, paper.skill; did you mean paper.skill?",
        ),
    ),
    "platforms that are weighed without weights": (
        vote(platforms=["甲", "乙"], counting="weighted-platforms"),
        "stages.review",
        WEIGHTED,
        BOTH,
    ),
    "weights that nobody asks for": (vote(platforms=["甲"], weights=[100]), "stages.review", WEIGHTED, BOTH),
    "a platform without a weight": (
        vote(platforms=["甲", "乙"], counting="weighted-platforms", weights=[100]),
        "stages.review.weights",
        Words("有 2 个平台，而权重有 1 项", "there are 2 platforms, and 1 weights"),
        Words("请按 platforms 的次序逐个写明", "give one for each of `platforms` in turn"),
    ),
    "weights of platforms below the whole": (
        vote(platforms=["甲"], counting="weighted-platforms", weights=[90]),
        "stages.review.weights",
        Words("各项权重合计 90%", "the weights come to 90 %"),
        WEIGH,
    ),
    # Certificates
    **{
        f"a certificate numbered {pattern!r}": (
            {"stages": {"issuance": {"certificate": {"number": pattern}}}},
            "stages.issuance.certificate.number",
            BAD_NUMBER,
            GOOD_NUMBER,
        )
        for pattern in ("证字{year}号", "{ordinal}{grade}", "{ordinal", "{ordinal}\n")
    },
    # Forms
    "an entry of two things": (
        content(parts=[{"kind": "grid", "entries": [LABEL | {"fact": "skill"}]}]),
        f"{A_FORM}.parts.0.entries.0",
        Words("of 和 fact 都写了", "both `of` and `fact` are given"),
        ONE_OF_THEM,
    ),
    "a list without columns": (content(kind="list"), A_FORM, NO_LIST, LIST_HAS),
    "a list with parts": (content(kind="list", columns=[LABEL], parts=[GRID]), A_FORM, NO_LIST, LIST_HAS),
    "a list with a cover": (content(kind="list", columns=[LABEL], cover=[LABEL]), A_FORM, NO_LIST, LIST_HAS),
    "a form without parts": (
        content(),
        A_FORM,
        Words("form 没有 parts，或有 columns", "“form” without parts, or with columns"),
        FORM_HAS,
    ),
    "an overview with columns": (
        content(kind="overview", parts=[GRID], columns=[LABEL]),
        A_FORM,
        Words("overview 没有 parts，或有 columns", "“overview” without parts, or with columns"),
        FORM_HAS,
    ),
    "an overview with a cover": (
        content(kind="overview", parts=[GRID], cover=[LABEL]),
        f"{A_FORM}.cover",
        Words("overview 只有一页，不能有封面", "an overview is one page and has no cover"),
        Words("请删去 cover", "remove `cover`"),
    ),
}


UNFIT |= {
    "years of what is not paid by the year": (
        benefit(years=[1]),
        "benefits.money.every",
        Words("写了 years（第几年），而不是按年发放", "`years` are named, and it is not paid by the year"),
        Words('请写 every = "year"', 'write every = "year"'),
    ),
    "a year before the first": (benefit(every="year", years=[0]), "benefits.money.years", *YEARS),
    "a year that stands twice": (benefit(every="year", years=[1, 1]), "benefits.money.years", *YEARS),
}


def code(words: Words) -> str:
    """What a program knows the fault by: names that are shared or unknown have codes of their own."""
    if words.en.startswith("the id "):
        return "doubled_id"
    return "unknown_name" if words.en.startswith("there is no ") else "unfit"


@pytest.mark.parametrize(("changes", "place", "words", "remedy"), UNFIT.values(), ids=UNFIT)
def test_a_part_that_does_not_fit_is_told_with_its_place_and_its_remedy(changes, place, words, remedy):
    assert refused(**changes) == [(place, code(words), words, remedy)]


def test_every_tie_break_that_is_not_there_is_told_at_once():
    told = refused(**review(tracks=[TRACK], ties="tie-break", tie_break=["moon", "sun"]))
    assert [words.zh for _, _, words, _ in told] == ["没有 moon 可比", "没有 sun 可比"]
