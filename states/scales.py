"""Reading what was given on a criterion: points within its scale, or the word of one of its grades."""

import re
from decimal import Decimal
from typing import Final

from programs.evaluations import Criterion
from programs.words import Words

#: Points as people write them; nothing longer, no signs and no powers of ten.
_POINTS: Final = re.compile(r"[0-9]{1,7}(\.[0-9]{1,7})?")
_SHOWN: Final = 20


def read_points(criterion: Criterion, text: str) -> Decimal | Words:
    """Return the points that a text gives, or what is wrong with it: no number, out of bounds, or between two steps."""
    said = text.strip()
    if criterion.grades:
        by_name = {grade.name: grade.points for grade in criterion.grades}
        return by_name[said] if said in by_name else _no_grade(criterion, said)
    if not _POINTS.fullmatch(said):
        return Words("“{text}”不是分数", "{text!r} is no number of points").format(text=said[:_SHOWN])
    points = Decimal(said)
    if points > criterion.full_marks:
        return Words("{points} 分不在 0 至 {most} 之间", "{points} does not lie from 0 to {most}").format(
            points=said, most=plain(criterion.full_marks)
        )
    if points % criterion.step:
        return Words("{points} 分不是 {step} 的整数倍", "{points} is no multiple of {step}").format(
            points=said, step=plain(criterion.step)
        )
    return Decimal(plain(points))


def plain(points: Decimal) -> str:
    """Write points without zeros behind them, and never in powers of ten."""
    return f"{points.normalize():f}"


def scale_of(criterion: Criterion) -> Words:
    """Say what may be given on a criterion."""
    if criterion.grades:
        named = [f"{grade.name}={plain(grade.points)}" for grade in criterion.grades]
        return Words("、".join(named), ", ".join(named))
    return Words("0 至 {most}，每 {step} 分一档", "0 to {most} in steps of {step}").format(
        most=plain(criterion.full_marks), step=plain(criterion.step)
    )


def _no_grade(criterion: Criterion, said: str) -> Words:
    named = "、".join(grade.name for grade in criterion.grades)
    return Words("“{text}”不是等次；应为：{named}", "{text!r} is no grade; use one of: {named}").format(
        text=said[:_SHOWN], named=named
    )
