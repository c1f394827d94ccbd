"""Shares of those who are chosen: what a notice asks of all of them together, and of nobody alone."""

from collections.abc import Iterator, Sequence

from sqlalchemy import select
from sqlalchemy.engine import Connection

from operations.desk import Running
from operations.paths import path_of
from programs import Path, Program, Words
from programs.rules import Ratio
from states import End, Refusal
from store import tables as t

#: Where somebody who was chosen is not among the winners any more.
_OUT = (
    End.REJECTED,
    End.NOT_CHOSEN,
    End.REMOVED,
    End.DEFERRED,
    End.WITHDRAWN,
    End.LAPSED,
    End.DISQUALIFIED,
    End.REVOKED,
)


def ratios_broken(connection: Connection, running: Running, *, soft: bool) -> Iterator[Refusal]:
    """Yield what the winners of a program, as they are now, do not come to: of soft rules, or of those that hold."""
    rules = [rule for rule in running.program.rules if isinstance(rule, Ratio) and rule.soft is soft]
    if not rules:
        return
    of = t.nomination.c
    chosen = select(of.category, of.route, of.traits).where(
        of.program_id == running.program.id, of.grade.is_not(None), of.stage.not_in(_OUT)
    )
    paths = [path_of(row) for row in connection.execute(chosen)]
    for rule in rules:
        concerned = [path for path in paths if rule.concerns(*path)]
        having = sum(rule.of in path.traits for path in concerned)
        if concerned and not _holds(rule, having, len(concerned)):
            yield _broken(running, rule, having, len(concerned))


def within_ratios(program: Program, ranked: Sequence[tuple[str, Path]]) -> list[str]:
    """Return whom of these, the best first, to choose so that no ratio that holds is broken; the last give way."""
    kept = list(ranked)
    rules = [rule for rule in program.rules if isinstance(rule, Ratio) and not rule.soft]
    while kept:
        gives_way = next((last for rule in rules if (last := _gives_way(rule, kept)) is not None), None)
        if gives_way is None:
            break
        kept.pop(gives_way)
    return [number for number, _ in kept]


def _gives_way(rule: Ratio, kept: Sequence[tuple[str, Path]]) -> int | None:
    """Return the place of the last one whose leaving brings a broken ratio nearer to what it asks."""
    concerned = [(place, rule.of in path.traits) for place, (_, path) in enumerate(kept) if rule.concerns(*path)]
    having = sum(has for _, has in concerned)
    if not concerned or _holds(rule, having, len(concerned)):
        return None
    too_many = rule.at_most_percent is not None and having * 100 > rule.at_most_percent * len(concerned)
    return max((place for place, has in concerned if has is too_many), default=None)


def _holds(rule: Ratio, having: int, total: int) -> bool:
    """Whether a share lies within the bounds, both included, without rounding anything."""
    least, most = rule.at_least_percent, rule.at_most_percent
    return (least is None or having * 100 >= least * total) and (most is None or having * 100 <= most * total)


def _broken(running: Running, rule: Ratio, having: int, total: int) -> Refusal:
    trait = next(one.name for one in running.program.traits if one.id == rule.of)
    bounds = [
        words.format(bound=bound)
        for words, bound in (
            (Words("不少于 {bound}%", "at least {bound} %"), rule.at_least_percent),
            (Words("不超过 {bound}%", "at most {bound} %"), rule.at_most_percent),
        )
        if bound is not None
    ]
    return Refusal(
        "ratio-kept",
        Words(
            "“{rule}”：{total} 名入选者中{trait} {having} 名，占 {percent:.1f}%，应{bounds}",
            "“{rule}”: {having} of {total} chosen are {trait}, {percent:.1f} %; it should be {bounds}",
        ).format(
            rule=rule.name,
            total=total,
            having=having,
            trait=trait,
            percent=having * 100 / total,
            bounds=Words("、".join(one.zh for one in bounds), ", ".join(one.en for one in bounds)),
        ),
        Words("请调整入选名单", "choose otherwise"),
        rule.clause,
    )
