"""How nominees are evaluated and ranked: kinds of evaluation, criteria and their scales, evaluators, ties.

All numbers are decimal. An evaluator's points for one nominee are put on a scale of 100, so that evaluations with other
full marks can be weighed against each other. Nothing is rounded but where the program says to how many digits.
"""

from collections.abc import Iterable
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field, StringConstraints, model_validator

from programs.base import Clause, Identified, Name, Part, unfit
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
        names = [grade.name for grade in self.grades]
        if len(set(names)) != len(names) or any(grade.points > self.full_marks for grade in self.grades):
            raise unfit(
                Words(
                    f"“{self.name}”的等次重名，或分值超过满分",
                    f"the grades of “{self.name}” have one name twice, or more than the full marks",
                )
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
                    f"去掉 {self.trim} 个最高分和 {self.trim} 个最低分，at_least 至少要写 {2 * self.trim + 1}",
                    f"leaving {self.trim} out at each end takes at_least = {2 * self.trim + 1} or more",
                )
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

    @model_validator(mode="after")
    def _is_whole(self) -> "Track":
        for parts in (self.criteria, self.groups):
            require_told_apart(parts, self.name)
            require_weights([part.weight_percent for part in parts], self.name)
        if self.groups and not self.criteria:
            raise unfit(
                Words(
                    f"“{self.name}”有评议组（groups）而没有评分项（criteria）",
                    f"“{self.name}” has groups and no criteria for them to score",
                )
            )
        if self.evaluation is Evaluation.VOTE and (self.criteria or self.opinion):
            raise unfit(
                Words(f"“{self.name}”是投票，不能有评分项或评议意见", f"“{self.name}” is a vote, which nobody scores")
            )
        return self


def require_told_apart(parts: Iterable[Identified], name: str) -> None:
    """Raise for two parts of one id."""
    ids = [part.id for part in parts]
    doubled = next((one for one in ids if ids.count(one) > 1), None)
    if doubled:
        raise unfit(Words(f"“{name}”里有两个 {doubled}，请改成不同的 id", f"“{name}” has the id {doubled} twice"))


def require_weights(weights: Iterable[int | None], name: str) -> None:
    """Raise for weights that only some have, or that do not make up the whole."""
    given = list(weights)
    known = [weight for weight in given if weight is not None]
    if known and (len(known) < len(given) or sum(known) != WHOLE):
        raise unfit(
            Words(
                f"“{name}”的权重合计 {sum(known)}%，应逐项写明，合计 100%",
                f"the weights of “{name}” come to {sum(known)} %; give each, {WHOLE} % together",
            )
        )


def require_tie_breaks(ties: Ties, tie_break: tuple[str, ...], tracks: tuple[Track, ...], name: str) -> None:
    """Raise for tie breaks that are missing, or that name what the stage has not."""
    if (ties is Ties.TIE_BREAK) != bool(tie_break):
        raise unfit(
            Words(
                f'“{name}”：ties = "tie-break" 要和 tie_break（依次比较什么）一起写',
                f'“{name}”: write ties = "tie-break" together with tie_break, what is compared in turn',
            )
        )
    known = {VOTES, *(track.id for track in tracks)}
    known |= {f"{track.id}.{criterion.id}" for track in tracks for criterion in track.criteria}
    for one in tie_break:
        if one not in known:
            raise unfit(
                Words(
                    f"“{name}”没有 {one} 可比；可用：{'、'.join(sorted(known))}",
                    f"“{name}” has no {one} to compare; use one of {', '.join(sorted(known))}",
                )
            )
