"""The kinds of stage that a pipeline is made of, and what each needs to know.

The order of a program's stages is data: kinds may repeat, be left out, or stand in an unusual order.
"""

from typing import Annotated, Literal

from pydantic import Field, field_validator, model_validator

from programs.ballots import Ballot
from programs.base import DIFFERENT_IDS, Clause, Count, Identified, Name, Part, Scoped, Slug, require_told_apart, unfit
from programs.certificates import Certificate
from programs.dates import Deadline, Duration
from programs.evaluations import Digits, Evaluation, TieBreak, Ties, Track, require_tie_breaks, require_weights
from programs.panels import Panel
from programs.stage_base import StageBase
from programs.words import Words


class Tier(Scoped):
    """One level of the recommendation chain. Its deadline is when its own intake ends."""

    name: Name
    office: Name
    clause: Clause
    deadline: Deadline | None = None
    seal: bool = Field(default=False, description="this tier's seal must be on the nomination")
    opinion: tuple[Name, ...] = Field(
        default=(), description="what this tier's written opinion must say, point by point"
    )
    assigns_number: bool = Field(default=False, description="this tier writes the number on the form")


_TIES = "admit all who are level, let the office choose, have a second vote, compare what `tie_break` says, or drop all"
_DIGITS = "the total is rounded half up to so many digits; not at all when left out"
_BALLOT = "the committee's ballot, without which nobody goes on from here"
_LESSER = "a grade of the seats: who does not go on from here is given it, and goes on with the winners"


Order = Literal["number", "strokes"]
"""How a list that is read by the public is ordered within a grade: as nominated, or by strokes (姓氏笔画为序)."""


class Recommendation(StageBase):
    """推荐: done when the last tier has taken the nomination in, in time and complete."""

    label = Words("推荐", "recommendation")
    undoable = frozenset({"submit", "endorse", "accept", "return", "reject", "withdraw"})
    kind: Literal["recommendation"] = "recommendation"
    tiers: tuple[Tier, ...] = Field(min_length=1)

    @field_validator("tiers")
    @classmethod
    def _tiers_are_told_apart(cls, tiers: tuple[Tier, ...]) -> tuple[Tier, ...]:
        ids = [tier.id for tier in tiers]
        if len(set(ids)) != len(ids):
            raise unfit(Words("有两个层级的 id 相同", "two tiers have the same id"), DIFFERENT_IDS)
        return tiers


class Screening(StageBase):
    """资格审查: every rule has a verdict; accepted, returned for correction, or refused."""

    label = Words("资格审查", "screening")
    undoable = frozenset({"accept", "reject", "return", "submit", "eliminate", "withdraw"})
    kind: Literal["screening"] = "screening"
    correction: Duration | None = Field(default=Duration(days=5), description="time to correct what was returned")
    keep: Count | None = Field(default=None, description="how many may go on")
    bodies: tuple[Name, ...] = Field(default=(), description="who screens jointly; the stage's office when left out")


class Consultation(StageBase):
    """征求意见: bodies are asked; an objection of one of them stops the nominee, silence does not."""

    label = Words("征求意见", "consultation")
    undoable = frozenset({"accept", "reject", "withdraw"})
    kind: Literal["consultation"] = "consultation"
    bodies: tuple[Name, ...] = Field(min_length=1)


class Jump(Part):
    """When a nominee's gain on a platform, since the import before, is shown as implausible. No vote is taken off."""

    times: int = Field(default=10, gt=0, description="more than so many times the median gain of all nominees there")
    at_least: int = Field(default=500, gt=0, description="and at least so many votes")


_VOTE_POINTS = "how votes become points: the most votes are 100 and others in proportion, or each its share of all"
_TIE_BREAK = "what is compared in turn between those who are level: votes, a track, or track.criterion"


class Vote(StageBase):
    """投票: tallies imported and the cut made. Tracks beside the vote need one that is the vote itself."""

    label = Words("投票", "vote")
    undoable = frozenset({"advance", "eliminate", "choose", "withdraw"})
    kind: Literal["vote"] = "vote"
    platforms: tuple[Name, ...] = ()
    counting: Literal["sum", "equal-platforms", "weighted-platforms"] = Field(
        default="sum", description="add up all votes, or let each platform's share weigh the same, or as `weights` say"
    )
    weights: tuple[int, ...] = Field(default=(), description="percent of each platform, in the order of `platforms`")
    tracks: tuple[Track, ...] = ()
    vote_points: Literal["top", "share"] = Field(default="top", description=_VOTE_POINTS)
    jump: Jump = Jump()
    keep: Count | None = None
    lesser: Slug | None = Field(default=None, description=_LESSER)
    ties: Ties = Field(default=Ties.ADMIT, description=_TIES)
    tie_break: tuple[TieBreak, ...] = Field(default=(), description=_TIE_BREAK)
    digits: Digits | None = Field(default=None, description=_DIGITS)

    @model_validator(mode="after")
    def _is_whole(self) -> "Vote":
        require_told_apart(tracks=self.tracks)
        require_tie_breaks(self.ties, self.tie_break, self.tracks)
        require_weights(self.weights, "weights")
        if (self.counting == "weighted-platforms") != bool(self.weights):
            raise unfit(
                Words(
                    'counting = "weighted-platforms" 和 weights（各平台权重）只写了一个',
                    'only one of counting = "weighted-platforms" and `weights`, of each platform, is given',
                ),
                Words("请两个都写，或都不写", "give both, or neither"),
            )
        if self.weights and len(self.weights) != len(self.platforms):
            raise unfit(
                Words(
                    f"有 {len(self.platforms)} 个平台，而权重有 {len(self.weights)} 项",
                    f"there are {len(self.platforms)} platforms, and {len(self.weights)} weights",
                ),
                Words("请按 platforms 的次序逐个写明", "give one for each of `platforms` in turn"),
                at="weights",
            )
        if sum(track.evaluation is Evaluation.VOTE for track in self.tracks) > 1:
            raise unfit(
                Words("不止一项是投票", "more than one track is the vote"),
                Words('请只留一项 evaluation = "vote"', 'keep one with evaluation = "vote"'),
                at="tracks",
            )
        return self


class Review(StageBase):
    """专家评议: every required evaluation is in, the ranking is settled."""

    label = Words("专家评议", "review")
    undoable = frozenset({"advance", "eliminate", "choose", "withdraw"})
    kind: Literal["review"] = "review"
    tracks: tuple[Track, ...] = ()
    ranked: bool = Field(default=False, description="nobody goes on before a ranking is settled")
    vote_percent: int = Field(
        default=0, ge=0, le=100, description="how much of the ranking the vote before it makes up"
    )
    vote_points: Literal["top", "share"] = Field(default="top", description=_VOTE_POINTS)
    keep: Count | None = None
    lesser: Slug | None = Field(default=None, description=_LESSER)
    ties: Ties = Field(default=Ties.PANEL, description=_TIES)
    tie_break: tuple[TieBreak, ...] = Field(default=(), description=_TIE_BREAK)
    digits: Digits | None = Field(default=None, description=_DIGITS)
    panel: Panel | None = Field(default=None, description="the experts that are drawn; whoever the office has without")
    ballot: Ballot | None = Field(default=None, description=_BALLOT)

    @model_validator(mode="after")
    def _is_whole(self) -> "Review":
        require_told_apart(tracks=self.tracks)
        require_tie_breaks(self.ties, self.tie_break, self.tracks)
        for track in self.tracks:
            if track.evaluation is Evaluation.VOTE:
                raise unfit(
                    Words("专家评议环节里不能有投票", "a review holds no vote"),
                    Words(
                        "请删去这一项；要计入前面的投票，请写 vote_percent",
                        "remove it; to count the vote before the review, write `vote_percent`",
                    ),
                    at=f"tracks.{track.id}.evaluation",
                )
        if self.ballot and (self.ranked or self.lesser or any(track.criteria for track in self.tracks)):
            raise unfit(
                Words("既按排序入围，又按表决入围", "both a ranking and a ballot would say who goes on"),
                Words(
                    "请删去 ballot，或删去 ranked、lesser 和评分项",
                    "remove `ballot`, or `ranked`, `lesser` and the criteria",
                ),
                at="ballot",
            )
        return self


class Decision(StageBase):
    """评审确定: the committee chose within the seats."""

    label = Words("评审确定", "decision")
    undoable = frozenset({"choose", "eliminate", "withdraw"})
    kind: Literal["decision"] = "decision"
    confirms: bool = Field(
        default=False, description="a later decision on those already chosen (审定): it takes no further seat"
    )
    lesser: Slug | None = Field(default=None, description=_LESSER)
    ballot: Ballot | None = Field(default=None, description=_BALLOT)
    reserves: int = Field(
        default=0,
        ge=0,
        le=100,
        description="how many reserves each grade may have, in the order in which they are named",
    )

    @model_validator(mode="after")
    def _is_whole(self) -> "Decision":
        if self.confirms and self.reserves:
            raise unfit(
                Words("只审定已入选者的环节不设候补", "a decision that only confirms has no reserves"),
                Words("请把 reserves 写在选出人选的环节", "give `reserves` to the decision that chooses"),
                at="reserves",
            )
        if self.confirms and self.lesser:
            raise unfit(
                Words("只审定已入选者的环节不授予奖项，不用 lesser", "a decision that only confirms gives no grade"),
                Words("请把 lesser 写在选出人选的环节", "give `lesser` to the decision that chooses"),
                at="lesser",
            )
        if self.ballot and self.lesser:
            raise unfit(
                Words("表决已经决定每个奖项授予谁，不另用 lesser", "the ballot gives each grade, a lesser one too"),
                Words("请删去 lesser 或 ballot", "remove `lesser` or `ballot`"),
                at="lesser",
            )
        return self


class Approval(StageBase):
    """审批: the approving body signed."""

    label = Words("审批", "approval")
    undoable = frozenset({"approve", "reject", "withdraw"})
    kind: Literal["approval"] = "approval"
    ballot: Ballot | None = Field(default=None, description=_BALLOT)


class OutOfScope(Identified):
    """Something that people raise during a publicity and that is no objection."""

    name: Name


_OUT_OF_SCOPE = (
    OutOfScope(id="ranking", name="对他人名次、得分或推荐次序的不同看法"),
    OutOfScope(id="inquiry", name="要求解释、说明或咨询"),
)


class Publicity(StageBase):
    """公示: the last day has passed and no objection is open. A missing period is left to a ruling."""

    label = Words("公示", "publicity")
    kind: Literal["publicity"] = "publicity"
    period: Duration | None = None
    objections: Duration | None = Field(
        default=None,
        description="how long objections are taken, counted from publication, where that outlasts the publicity",
    )
    admission: Duration | None = Field(
        default=None, description="how long it may take to admit an objection or not, counted from when it was lodged"
    )
    investigation: Duration | None = Field(
        default=None, description="how long an objection may be looked into, counted from when it was admitted"
    )
    anonymous: Literal["recorded", "investigated"] = Field(
        default="recorded", description="whether one that nobody signed is only kept, or looked into like any other"
    )
    out_of_scope: tuple[OutOfScope, ...] = Field(default=_OUT_OF_SCOPE, description="what is no objection")
    reopens: bool = Field(
        default=True, description="whoever is corrected after an objection is published again, with days counted anew"
    )
    venue: Name | None = None
    order: Order = "number"

    @model_validator(mode="after")
    def _tells_apart_what_is_no_objection(self) -> "Publicity":
        require_told_apart(out_of_scope=self.out_of_scope)
        return self


class Issuance(StageBase):
    """发文: the document is numbered and published."""

    label = Words("发文", "issuance")
    kind: Literal["issuance"] = "issuance"
    issuers: tuple[Name, ...] = Field(min_length=1)
    honors: tuple[Name, ...] = Field(default=(), description="what is presented: certificate, trophy, medal, plaque")
    registry: Name | None = Field(default=None, description="the register that the honorees enter")
    certificate: Certificate = Certificate()
    order: Order = "number"


class Promotion(StageBase):
    """宣传/表彰: recorded; decides nothing."""

    label = Words("宣传", "promotion")
    kind: Literal["promotion"] = "promotion"


class Tenure(StageBase):
    """聘期管理: from the award to the end of the term, or to revocation."""

    label = Words("聘期管理", "tenure")
    kind: Literal["tenure"] = "tenure"
    years: int | None = Field(default=None, gt=0, le=30, description="none: the honor has no fixed term")
    begins: Literal["document", "appointment"] = Field(
        default="document", description="with the day of the document, or with a letter of appointment that is recorded"
    )
    assessed_every_years: int | None = Field(default=None, gt=0, le=10)
    grades: tuple[Name, ...] = Field(
        default=(), description="the results of an assessment, the best first; of several the last one fails"
    )
    reported_every_years: int | None = Field(
        default=None, gt=0, le=10, description="the unit reports how duties are met"
    )
    opens_days_before: int = Field(
        default=90, gt=0, le=366, description="how long before a period ends its report and its assessment can be made"
    )
    rectification: Duration | None = Field(default=None, description="time to make good a failed assessment")
    unrectified: Literal["person", "sweep"] = Field(
        default="person",
        description="who revokes what was not made good: a named person, or a sweep, which nobody has to approve",
    )
    unrectified_ground: Name | None = Field(
        default=None, description="which of the grounds of revocation a sweep names; of a single one, that"
    )
    suspension_grounds: tuple[Name, ...] = Field(default=(), description="the title stays, the benefits stop")
    resumable: bool = Field(default=False, description="benefits that stopped may run again when the ground is gone")
    revocation_grounds: tuple[Name, ...] = ()
    revoked_by: Name | None = Field(default=None, description="who must approve a revocation")
    revocation_effects: tuple[Name, ...] = ()
    revoked_bars_years: int | None = Field(
        default=None, gt=0, le=99, description="how long whoever was revoked may not be nominated, in any program"
    )

    @model_validator(mode="after")
    def _sweep_revokes_by_itself(self) -> "Tenure":
        if self.unrectified == "sweep" and self.revoked_by:
            raise unfit(
                Words(
                    f"取消称号须经{self.revoked_by}批准，不能由巡检自动取消",
                    f"a sweep cannot revoke what {self.revoked_by} must approve",
                ),
                Words('请删去 unrectified = "sweep"，或删去 revoked_by', "remove `unrectified`, or `revoked_by`"),
                at="unrectified",
            )
        if self.unrectified_ground is not None and self.unrectified != "sweep":
            raise unfit(
                Words("不由巡检取消称号，写了巡检依据的情形", "it names the ground of a sweep, and no sweep revokes"),
                Words('请写 unrectified = "sweep"，或删去', 'write unrectified = "sweep", or remove it'),
                at="unrectified_ground",
            )
        if self.unrectified_ground is not None and self.unrectified_ground not in self.revocation_grounds:
            raise unfit(
                Words(
                    f"“{self.unrectified_ground}”不在 revocation_grounds 之内",
                    f"“{self.unrectified_ground}” is none of `revocation_grounds`",
                ),
                Words("请照录其中一项", "write one of them as it stands there"),
                at="unrectified_ground",
            )
        return self

    @property
    def swept_ground(self) -> str | None:
        """The ground that a sweep names as it revokes: the one that is said, or the only one; none where neither is."""
        only = self.revocation_grounds[0] if len(self.revocation_grounds) == 1 else None
        return self.unrectified_ground or only

    @property
    def results(self) -> tuple[str, ...]:
        """The results of an assessment, the best first; the last one fails."""
        return self.grades if len(self.grades) > 1 else ("合格", "不合格")


Stage = Annotated[
    Recommendation
    | Screening
    | Consultation
    | Vote
    | Review
    | Decision
    | Approval
    | Publicity
    | Issuance
    | Promotion
    | Tenure,
    Field(discriminator="kind"),
]


def bodies_asked(stage: Stage) -> tuple[str, ...]:
    """Return the bodies that say one by one what they think at a stage: who are consulted, or several that screen."""
    if isinstance(stage, Consultation):
        return stage.bodies
    return stage.bodies if isinstance(stage, Screening) and len(stage.bodies) > 1 else ()
