"""Why a ranking is not settled, not opened again, or a tie not taken up, in words."""

from collections.abc import Sequence
from typing import Final

from programs import Words
from programs.evaluations import Ties
from programs.stages import Review, Vote
from states import Refusal
from states.ranking import Ranking

#: So many at most are named of those who lack the same.
_MOST_NAMED: Final = 5


def nobody(stage: Vote | Review) -> Refusal:
    """Say that nobody is left to rank."""
    return Refusal(
        "somebody-to-rank",
        Words("“{stage}”没有待排序的申报", "nobody is left to rank at “{stage}”").format(stage=stage.name),
        Words("用 linxuan review rank 查看已确定的排序", "see what is settled with: linxuan review rank"),
    )


def incomplete(ranking: Ranking, *, votes_closed: bool = False) -> list[Refusal]:
    """Say what the ranking of some still lacks: each lack once, with whom it is about.

    `votes_closed`: a settled ranking has closed the votes, so that who has come later gets none before it is reopened.
    """
    alike: dict[tuple[tuple[Words, ...], Words], list[str]] = {}
    for line in ranking.incomplete:
        late = votes_closed and line.vote is None and ranking.rules.vote_weight
        alike.setdefault((line.missing, _votes_first() if late else _completed_first()), []).append(line.number)
    return [
        Refusal(
            "evaluations-complete",
            Words("{numbers}：{missing}", "{numbers}: {missing}").format(
                numbers=_first_of(numbers),
                missing=Words("；".join(one.zh for one in missing), "; ".join(one.en for one in missing)),
            ),
            remedy,
        )
        for (missing, remedy), numbers in alike.items()
    ]


def _first_of(numbers: Sequence[str]) -> Words:
    zh, en = (separator.join(numbers[:_MOST_NAMED]) for separator in ("、", ", "))
    if len(numbers) <= _MOST_NAMED:
        return Words(zh, en)
    return Words(f"{zh} 等 {len(numbers)} 件", f"{en} and others, {len(numbers)} in all")


def _completed_first() -> Words:
    return Words("请补齐评分、评议或票数后再确定排序", "have it scored, reported or voted on first")


def _votes_first() -> Words:
    return Words(
        "投票的排序确定后票数已经封存，后来的没有票数；请由管理员重开其排序（linxuan review reopen）再导入；"
        "已有人按它办理的不能重开，此件只能撤回",
        "the votes are closed since their ranking was settled: who came later has none; have it opened again (linxuan "
        "review reopen) and import them; once somebody was moved by it that cannot be, and this one can be withdrawn",
    )


def open_tie(stage: Vote | Review, level: Sequence[str]) -> Refusal:
    """Say who is level at the cut, and what is to be done."""
    return Refusal(
        "ties-resolved",
        Words("入围名额处并列：{level}", "level at the cut: {level}").format(
            level=Words("、".join(level), ", ".join(level))
        ),
        Words(
            "请重新投票，并记录各得几票：linxuan review resolve … 编号=票数",
            "vote on them again, and record the votes: linxuan review resolve … NUMBER=VOTES",
        )
        if stage.ties is Ties.REVOTE
        else Words(
            "请再次评议，并按先后记录：linxuan review resolve … 编号 编号",
            "deliberate on them again, and record their order: linxuan review resolve … NUMBER NUMBER",
        ),
        stage.clause,
    )


def not_for_people(stage: Vote | Review) -> Refusal | None:
    """Say that the program decides ties by itself, where it does."""
    told = {
        Ties.ADMIT: Words("并列的一并入围", "all who are level go on"),
        Ties.DROP: Words("并列的都不入围", "none of those who are level go on"),
    }.get(stage.ties)
    if told is None:
        return None
    return Refusal(
        "ties-resolved",
        Words("本项目规定{told}", "by the program {told}").format(told=told),
        Words("并列不用另行处理", "nothing is to be decided on ties"),
        stage.clause,
    )


def are_level(ranking: Ranking, numbers: set[str]) -> bool:
    """Say whether exactly these share a place."""
    places: dict[int, set[str]] = {}
    for line in ranking.lines:
        if line.place is not None:
            places.setdefault(line.place, set()).add(line.number)
    return len(numbers) > 1 and numbers in places.values()


def not_level(ranking: Ranking) -> Refusal:
    """Say that those named are not exactly those who are level."""
    shared: dict[int, list[str]] = {}
    for line in ranking.lines:
        if line.place is not None:
            shared.setdefault(line.place, []).append(line.number)
    level = [some for some in shared.values() if len(some) > 1]
    return Refusal(
        "level",
        Words("写出的不正好是并列的几件", "these are not exactly those who are level"),
        Words("现在并列的：{level}", "level now are: {level}").format(
            level=Words(
                "；".join("、".join(some) for some in level) or "没有",
                "; ".join(", ".join(some) for some in level) or "none",
            )
        ),
    )


def acted_on(stage: Vote | Review, count: int) -> Refusal:
    """Say that a ranking has been acted on."""
    return Refusal(
        "nobody-moved",
        Words("已有 {count} 件按此排序办理", "{count} have been moved by this ranking").format(count=count),
        Words(
            "“{stage}”的排序不能再重开；错误请在其后的环节纠正",
            "the ranking of “{stage}” cannot be opened again; mend what is wrong at a later stage",
        ).format(stage=stage.name),
    )
