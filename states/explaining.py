"""A ranking in words and as JSON: every step from what was given to the place, so that anybody can compute it again."""

from collections.abc import Iterator
from fractions import Fraction
from typing import Any

from programs.evaluations import WHOLE
from programs.words import Words
from states.ranking import Line, Ranking, exact
from states.scoring import GroupValue, Mark, TrackValue, VoteValue, half_up

_METHODS = {
    "mean": Words("平均", "mean"),
    "trimmed": Words("去掉最高、最低后平均", "mean without the highest and the lowest"),
    "median": Words("中位数", "median"),
}
_SHOWN = 4


def shown(value: Fraction) -> str:
    """Return a value for people: as it is, or to four places where it has more."""
    text = exact(half_up(value, _SHOWN))
    return text if Fraction(text) == value else f"≈{text}"


def percent(weight: Fraction) -> str:
    """Return a weight in percent."""
    return f"{shown(weight * WHOLE)}%"


def explain(line: Line, ranking: Ranking) -> tuple[Words, ...]:
    """Return how a nominee came to its place, a sentence for each step."""
    return (*(one for track in line.tracks for one in _track(track)), *_vote(line.vote), *_outcome(line, ranking))


def _track(one: TrackValue) -> Iterator[Words]:
    kind = one.track.evaluation
    part = Words("占 {part}", "counts {part}") if one.weight else Words("只提意见，不计分", "opinions only")
    yield Words("【{name}】{kind}{part}", "[{name}] {kind}{part}").format(
        name=one.track.name,
        kind=Words(f"{kind.label.zh}，", f"{kind.label.en}, ") if kind else Words("", ""),
        part=part.format(part=percent(one.weight)),
    )
    for group in one.groups:
        for mark in group.marks:
            yield _mark(one, mark)
        if group.name or (group.value is not None and one.track.criteria):
            yield _group(one, group)
    if one.missing:
        yield one.missing
    elif one.value is not None and one.weight:
        digits = one.track.scoring.digits
        words = Words("得分 {value}{digits}", "result {value}{digits}")
        yield words.format(value=shown(one.value), digits=_digits(digits))


def _mark(one: TrackValue, mark: Mark) -> Words:
    of = mark.evaluated
    # In the program's order, whatever order the store gives them in.
    points = "、".join(
        f"{criterion.name} {of.points[criterion.id]}/{criterion.full_marks}"
        for criterion in one.track.criteria
        if criterion.id in of.points
    )
    opinion = Words("；意见：{opinion}", "; opinion: {opinion}") if of.opinion else Words("", "")
    left_out = Words("（去掉）", " (left out)") if mark.left_out and of.points else Words("", "")
    total = Words("计 {total}", "comes to {total}").format(total=shown(mark.total)) if of.points else Words("", "")
    return Words("　{who}：{points}{total}{left_out}{opinion}", "  {who}: {points}{total}{left_out}{opinion}").format(
        who=of.evaluator,
        points=Words(f"{points}，", f"{points}, ") if points else Words("", ""),
        total=total,
        left_out=left_out,
        opinion=opinion.format(opinion=of.opinion),
    )


def _group(one: TrackValue, group: GroupValue) -> Words:
    value = Words("尚缺", "not complete") if group.value is None else Words(shown(group.value), shown(group.value))
    part = Words("（占 {part}）", " ({part})").format(part=percent(group.weight)) if group.name else Words("", "")
    return Words("　{name}{part}{method}：{value}", "  {name}{part}{method}: {value}").format(
        name=group.name or "", part=part, method=_METHODS[one.track.scoring.method], value=value
    )


def _vote(one: VoteValue | None) -> Iterator[Words]:
    if one is None:
        return
    yield Words("【投票】占 {part}", "[vote] counts {part}").format(part=percent(one.weight))
    for platform in one.platforms:
        words = Words("　{name}：{votes} 票", "  {name}: {votes} votes").format(
            name=platform.platform, votes=platform.votes
        )
        if platform.weight is not None:
            words = Words("{words}，占该平台 {all} 票，权重 {weight}", "{words} of {all}, weight {weight}").format(
                words=words, all=platform.all_votes, weight=percent(platform.weight)
            )
        yield words
    if one.base is None:
        yield Words("合计 {counted}", "together {counted}").format(counted=shown(one.counted))
    else:
        yield Words(
            "合计 {counted}，以 {base} 为 100 分，折合 {value}", "together {counted}; of {base}: {value}"
        ).format(counted=shown(one.counted), base=shown(one.base), value=shown(one.value))


def _outcome(line: Line, ranking: Ranking) -> Iterator[Words]:
    if line.total is None:
        yield Words("尚不能排序：{missing}", "cannot be ranked yet: {missing}").format(
            missing=Words("；".join(one.zh for one in line.missing), "; ".join(one.en for one in line.missing))
        )
        return
    values = [(one.value or Fraction(0), one.weight) for one in line.tracks]
    values += [(line.vote.value, line.vote.weight)] if line.vote else []
    sum_of = " + ".join(f"{shown(value)}×{percent(weight)}" for value, weight in values if weight)
    yield Words("总分 {sum} = {total}{digits}", "total {sum} = {total}{digits}").format(
        sum=sum_of or "0", total=shown(line.total), digits=_digits(ranking.rules.digits)
    )
    if line.level:
        yield Words("总分与 {others} 相同", "the same total as {others}").format(others="、".join(line.level))
    yield from line.told_apart
    yield Words("第 {place} 名{cut}", "place {place}{cut}").format(place=line.place, cut=_cut(line, ranking))


def _digits(digits: int | None) -> Words:
    if digits is None:
        return Words("", "")
    return Words(f"（四舍五入到 {digits} 位小数）", f" (rounded half up to {digits} places)")


def _cut(line: Line, ranking: Ranking) -> Words:
    left = ranking.rules.left
    if left is None:
        return Words("", "")
    told = {
        True: Words("，入围（取前 {left} 名）", ", goes on (the first {left} do)"),
        False: Words("，未入围（取前 {left} 名）", ", does not go on (the first {left} do)"),
        None: Words("，在第 {left} 名处并列，待处理", ", level at place {left}, to be decided"),
    }
    return told[line.goes_on].format(left=left)


def ranking_json(ranking: Ranking) -> list[dict[str, Any]]:
    """Return the lines as JSON; numbers are text that `Fraction` reads, so that nothing is lost."""
    return [line_json(line) for line in ranking.lines]


def line_json(line: Line) -> dict[str, Any]:
    """Return one line as JSON."""
    return {
        "number": line.number,
        "place": line.place,
        "total": None if line.total is None else exact(line.total),
        "goes_on": line.goes_on,
        "level": list(line.level),
        "told_apart": [one.zh for one in line.told_apart],
        "missing": [one.zh for one in line.missing],
        "tracks": [_track_json(one) for one in line.tracks],
        "vote": None if line.vote is None else _vote_json(line.vote),
    }


def _track_json(one: TrackValue) -> dict[str, Any]:
    scoring = one.track.scoring
    return {
        "track": one.track.id,
        "weight": exact(one.weight),
        "method": scoring.method,
        "digits": scoring.digits,
        "value": None if one.value is None else exact(one.value),
        "groups": [
            {
                "group": group.id,
                "weight": exact(group.weight),
                "value": None if group.value is None else exact(group.value),
                "marks": [
                    {
                        "evaluator": mark.evaluated.evaluator,
                        "points": {key: str(points) for key, points in mark.evaluated.points.items()},
                        "total": exact(mark.total) if mark.evaluated.points else None,
                        "left_out": mark.left_out,
                        "opinion": mark.evaluated.opinion,
                    }
                    for mark in group.marks
                ],
            }
            for group in one.groups
        ],
    }


def _vote_json(one: VoteValue) -> dict[str, Any]:
    return {
        "weight": exact(one.weight),
        "counted": exact(one.counted),
        "base": None if one.base is None else exact(one.base),
        "value": exact(one.value),
        "platforms": [
            {
                "platform": platform.platform,
                "votes": platform.votes,
                "all_votes": platform.all_votes,
                "weight": None if platform.weight is None else exact(platform.weight),
            }
            for platform in one.platforms
        ],
    }
