"""表决: how a committee votes on those who stand at a stage, and how many of its votes each grade needs.

All shares are exact fractions: “三分之二以上” of ten is seven, and “过半数” of eight is five.
"""

from fractions import Fraction
from typing import Annotated, Literal

from pydantic import Field, StringConstraints, model_validator

from programs.base import Clause, Count, Part, Slug, unfit
from programs.words import Words

ShareText = Annotated[str, StringConstraints(pattern=r"^[1-9]\d{0,3}/[1-9]\d{0,3}$")]
"""A share as a fraction of whole numbers, such as `2/3`."""

_ONE_OF = Words("请只写 at_least（以上，含本数）或 more_than（超过）", "write one of `at_least` and `more_than`")


class Share(Part):
    """A part of a number: `at_least` includes the share itself (三分之二以上), `more_than` does not (过半数)."""

    at_least: ShareText | None = Field(default=None, description="this share or more, such as 2/3")
    more_than: ShareText | None = Field(default=None, description="more than this share, such as 1/2")

    @model_validator(mode="after")
    def _is_a_share(self) -> "Share":
        if (self.at_least is None) == (self.more_than is None):
            raise unfit(Words("at_least 和 more_than 要写一个，且只写一个", "exactly one share is given"), _ONE_OF)
        if self.fraction > 1 or (self.more_than is not None and self.fraction == 1):
            raise unfit(
                Words(f"{self.at_least or self.more_than} 无法达到", f"{self.at_least or self.more_than} is never met"),
                Words(
                    "请写不大于 1 的份额；more_than 须小于 1", "write a share of at most 1, and less for `more_than`"
                ),
            )
        return self

    @property
    def fraction(self) -> Fraction:
        """The share as a number."""
        return Fraction(self.at_least or self.more_than or 0)

    def is_met(self, some: int, of: int) -> bool:
        """Tell whether so many of so many are enough; nothing is enough of nobody."""
        if of <= 0:
            return False
        needed = self.fraction * of
        return some >= needed if self.at_least else some > needed

    @property
    def words(self) -> Words:
        """How it is said."""
        share = self.at_least or self.more_than or ""
        if self.more_than == "1/2":
            return Words("过半数", "more than half")
        if self.at_least == "2/3":
            return Words("三分之二以上", "two thirds or more")
        return Words(f"{share} 以上", f"{share} or more") if self.at_least else Words(f"超过 {share}", f"over {share}")


class Quorum(Part):
    """How many members must attend: a share of all members, or a number of them."""

    share: Share | None = None
    count: Count | None = None

    @model_validator(mode="after")
    def _is_said_once(self) -> "Quorum":
        if (self.share is None) == (self.count is None):
            raise unfit(
                Words("share 和 count 要写一个，且只写一个", "exactly one of `share` and `count` is given"),
                Words("请写到会成员的份额（share）或人数（count）", "write the share of members, or how many"),
            )
        return self

    def is_met(self, attending: int, members: int) -> bool:
        """Tell whether so many of the members may vote."""
        return self.share.is_met(attending, members) if self.share else attending >= (self.count or 0)

    @property
    def words(self) -> Words:
        """How it is said."""
        if self.share:
            return Words("全体成员的{share}", "{share} of the members").format(share=self.share.words)
        return Words("{count} 人", "{count} members").format(count=self.count or 0)


class GradeThreshold(Part):
    """The share of votes that one grade needs, where it is another than the ballot's own."""

    grade: Slug = Field(description="a grade of the seats")
    threshold: Share


class Ballot(Part):
    """The committee's ballot at a stage. Members vote by themselves, never for each other.

    Whoever is recused from a nominee has no vote on it, and is left out of what the shares are of.
    """

    clause: Clause
    secret: bool = Field(description="papers are counted by tellers; else each vote is kept with its member")
    threshold: Share = Field(description="the share of yes votes that a nominee needs")
    of: Literal["cast", "attending", "members"] = Field(
        description="what that share is of: the votes cast, the members who attend, or all members"
    )
    panel: Slug | None = Field(
        default=None, description="the review whose drawn experts vote; else who is named when the ballot opens"
    )
    quorum: Quorum | None = Field(default=None, description="how many members must attend")
    tellers: int = Field(default=2, gt=0, le=20, description="how many tellers sign the count of a secret ballot")
    grades: tuple[GradeThreshold, ...] = ()
    abstentions: Literal["counted", "left-out", "none"] = Field(
        default="counted", description="counted among the votes cast, left out of them, or not allowed"
    )
    picks: int | None = Field(
        default=None, gt=0, le=1000, description="each picks so many at most; else votes yes or no on each nominee"
    )
    exactly: bool = Field(default=False, description="each picks exactly that many")
    ranked_by: Literal["votes", "share"] = Field(
        default="votes", description="who stands in front: more yes votes, or a larger share of those who may vote"
    )
    ties: Literal["re-vote", "ranking", "leave-empty"] = Field(
        default="re-vote", description="who are level at the last places: voted on again, by a ranking, or none of them"
    )
    revotes: int = Field(default=1, gt=0, le=10, description="how often those who are level are voted on again")
    ranking: Slug | None = Field(default=None, description="the review or vote whose settled ranking breaks ties")

    @model_validator(mode="after")
    def _is_whole(self) -> "Ballot":
        if self.exactly and self.picks is None:
            raise unfit(
                Words("exactly 要写明选几名", "`exactly` needs how many are picked"),
                Words("请补 picks，或删去 exactly", "add `picks`, or remove `exactly`"),
                at="exactly",
            )
        if (self.ties == "ranking") != (self.ranking is not None):
            raise unfit(
                Words(
                    'ties = "ranking" 和 ranking（按哪个环节的排序）只写了一个',
                    'only one of ties = "ranking" and `ranking`, of which stage, is given',
                ),
                Words("请两个都写，或都不写", "give both, or neither"),
            )
        named = [one.grade for one in self.grades]
        if len(set(named)) != len(named):
            raise unfit(
                Words("有奖项写了两次", "a grade stands twice"),
                Words("每个奖项只写一次", "write each grade once"),
                at="grades",
            )
        return self

    def threshold_of(self, grade: str | None) -> Share:
        """Return the share that a grade needs."""
        return next((one.threshold for one in self.grades if one.grade == grade), self.threshold)
