"""How nominees are evaluated and ranked: kinds of evaluation, criteria and their scales, evaluators, ties.

All numbers are decimal. An evaluator's points for one nominee are put on a scale of 100, so that evaluations with other
full marks can be weighed against each other. Nothing is rounded but where the program says to how many digits.
"""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from functools import cached_property
from math import lcm
from typing import Annotated, Literal

from pydantic import Field, StringConstraints, model_validator

from programs.base import Clause, Identified, Name, Part, Unfit, require_told_apart, unfit, unfit_together
from programs.nearest import joined, meant
from programs.words import Words

#: What weights come to together, in percent.
WHOLE = 100

Points = Annotated[Decimal, Field(ge=0, le=1000, decimal_places=3)]

TieBreak = Annotated[str, StringConstraints(pattern=r"^[a-z0-9-]+(\.[a-z0-9-]+)?$", max_length=130)]
"""What decides between those who are level: `votes`, a track, or a criterion of a track, as `track.criterion`."""

#: The tie break that asks for the votes of the public.
VOTES = "votes"

Digits = Annotated[int, Field(ge=0, le=6)]


class Evaluation(StrEnum):
    """What kind of evaluation a track is."""

    MATERIALS = "materials"
    SITE_VISIT = "site-visit"
    DEFENCE = "defence"
    TEST = "test"
    VOTE = "vote"

    @property
    def label(self) -> Words:
        """What people call it."""
        return _LABELS[self]


_LABELS = {
    Evaluation.MATERIALS: Words("材料评审", "material review"),
    Evaluation.SITE_VISIT: Words("实地考察", "site visit"),
    Evaluation.DEFENCE: Words("答辩", "defence"),
    Evaluation.TEST: Words("现场测试", "on-site test"),
    Evaluation.VOTE: Words("投票", "vote"),
}


class Ties(StrEnum):
    """What becomes of nominations that stand level at a cut."""

    ADMIT = "admit"
    PANEL = "panel"
    REVOTE = "re-vote"
    TIE_BREAK = "tie-break"
    DROP = "drop"


class Grade(Part):
    """One word of a scale, and the points that it stands for."""

    name: Name
    points: Points


class Criterion(Identified):
    """One thing that is scored: out of `full_marks`, in steps, or by grades. `weight_percent` is its part of the track.

    Where no criterion of a track has a weight, each weighs as much as its full marks.
    """

    name: Name
    clause: Clause | None = None
    weight_percent: int | None = Field(default=None, ge=0, le=WHOLE)
    full_marks: Points = Field(default=Decimal(WHOLE), gt=0)
    step: Points = Field(default=Decimal(1), gt=0, description="points are whole multiples of it")
    grades: tuple[Grade, ...] = Field(default=(), description="a word is given instead of points")

    @model_validator(mode="after")
    def _grades_fit(self) -> "Criterion":
        names: set[str] = set()
        for index, grade in enumerate(self.grades):
            if grade.name in names:
                raise unfit(
                    Words(f"等次“{grade.name}”出现了两次", f"the grade “{grade.name}” stands twice"),
                    Words("请只写一次", "write it once"),
                    at=f"grades.{index}",
                )
            names.add(grade.name)
            if grade.points > self.full_marks:
                raise unfit(
                    Words(
                        f"等次“{grade.name}”是 {grade.points} 分，超过满分 {self.full_marks}",
                        f"the grade “{grade.name}” is {grade.points} points, above the full marks, {self.full_marks}",
                    ),
                    Words("请核对 points 和 full_marks", "check `points` and `full_marks`"),
                    at=f"grades.{index}.points",
                )
        return self


class Group(Identified):
    """One group of evaluators of a track, such as 专家组 beside 群众代表; each group has a result of its own."""

    name: Name
    weight_percent: int | None = Field(default=None, ge=0, le=WHOLE, description="the same for all when left out")


class Scoring(Part):
    """How the evaluators' points of one track become its result."""

    method: Literal["mean", "trimmed", "median"] = Field(
        default="mean", description="trimmed: the mean without so many of the highest and of the lowest"
    )
    trim: int = Field(default=1, gt=0, le=10, description="how many are left out at each end, where trimmed")
    at_least: int = Field(default=1, gt=0, le=1000, description="how many must evaluate each nominee; in each group")
    digits: Digits | None = Field(default=None, description="the result is rounded half up; not at all when left out")

    @model_validator(mode="after")
    def _something_is_left(self) -> "Scoring":
        if self.method == "trimmed" and self.at_least <= 2 * self.trim:
            raise unfit(
                Words(
                    f"去掉 {self.trim} 个最高分和 {self.trim} 个最低分，{self.at_least} 份评分可能一份不剩",
                    f"of {self.at_least} evaluations nothing is left without {self.trim} at each end",
                ),
                Words(
                    f"请写 at_least = {2 * self.trim + 1} 或更多，或减少 trim",
                    f"write at_least = {2 * self.trim + 1} or more, or a smaller `trim`",
                ),
                at="at_least",
            )
        return self


class Track(Identified):
    """One of several evaluations or votes that run side by side; all must report.

    With `criteria` its evaluators score, each by themselves; without, one report says what was found.
    """

    name: Name
    clause: Clause
    evaluation: Evaluation | None = None
    weight_percent: int | None = Field(
        default=None, ge=0, le=WHOLE, description="how much of the ranking it makes up; the same for all when left out"
    )
    criteria: tuple[Criterion, ...] = ()
    groups: tuple[Group, ...] = ()
    scoring: Scoring = Scoring()
    opinion: bool = Field(default=False, description="each evaluation must state an opinion")

    @cached_property
    def worth(self) -> tuple[Mapping[str, int], int]:
        """What a point on each criterion counts on the scale of 100: so many parts, and how many parts make up one."""
        whole = Fraction(sum(criterion.full_marks for criterion in self.criteria))
        each = {
            one.id: WHOLE / whole if one.weight_percent is None else one.weight_percent / Fraction(one.full_marks)
            for one in self.criteria
        }
        parts = lcm(*(one.denominator for one in each.values()))
        return {criterion: int(one * parts) for criterion, one in each.items()}, parts

    @model_validator(mode="after")
    def _is_whole(self) -> "Track":
        require_told_apart(criteria=self.criteria, groups=self.groups)
        require_weights([one.weight_percent for one in self.criteria], "criteria")
        require_weights([one.weight_percent for one in self.groups], "groups")
        if self.groups and not self.criteria:
            raise unfit(
                Words("有评议组而没有评分项", "there are groups and no criteria for them to score"),
                Words("请补 criteria，或删去 groups", "add `criteria`, or remove `groups`"),
                at="groups",
            )
        if self.evaluation is Evaluation.VOTE and (self.criteria or self.opinion):
            raise unfit(
                Words("这一项是投票，不能有评分项或评议意见", "this is a vote, with neither criteria nor opinions"),
                Words("请删去 criteria 和 opinion，或改写 evaluation", "remove them, or write another `evaluation`"),
                at="criteria" if self.criteria else "opinion",
            )
        return self


def require_weights(weights: Iterable[int | None], at: str) -> None:
    """Raise for weights that only some have, or that do not make up the whole; `at` is the field that has them."""
    given = list(weights)
    known = [weight for weight in given if weight is not None]
    if known and (len(known) < len(given) or sum(known) != WHOLE):
        raise unfit(
            Words(f"各项权重合计 {sum(known)}%", f"the weights come to {sum(known)} %"),
            Words(f"请给每一项写权重，合计 {WHOLE}", f"give each its weight, {WHOLE} together"),
            at=at,
        )


def require_tie_breaks(ties: Ties, tie_break: tuple[str, ...], tracks: tuple[Track, ...]) -> None:
    """Raise for tie breaks that are missing, or that name what the stage has not."""
    if (ties is Ties.TIE_BREAK) != bool(tie_break):
        raise unfit(
            Words(
                'ties = "tie-break" 和 tie_break（依次比较什么）只写了一个',
                'only one of ties = "tie-break" and `tie_break`, what is compared in turn, is given',
            ),
            Words("请两个都写，或都不写", "give both, or neither"),
        )
    known = [VOTES]
    for track in tracks:
        known += [track.id, *(f"{track.id}.{criterion.id}" for criterion in track.criteria)]
    faults = []
    for index, one in enumerate(tie_break):
        if one not in known:
            words = Words(f"没有 {one} 可比", f"there is no {one} to compare")
            remedy = Words("可用：{known}{meant}", "use one of {known}{meant}")
            remedy = remedy.format(known=joined(known), meant=meant(one, known))
            faults.append(Unfit(f"tie_break.{index}", words, remedy, "unknown_name"))
    if faults:
        raise unfit_together(faults)
