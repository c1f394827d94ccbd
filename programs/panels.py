"""专家组: how many experts a review has, of which fields, how nominations are spread over them, and who steps back."""

from enum import StrEnum

from pydantic import Field, field_validator, model_validator

from programs.base import Clause, Identified, Name, Part, Slug, require_told_apart, unfit
from programs.dates import Duration
from programs.words import Words


class Ground(StrEnum):
    """回避事由: why an expert has nothing to do with a nomination."""

    EMPLOYER = "employer"
    KINSHIP = "kinship"
    PROJECT = "project"
    NOMINATOR = "nominator"
    OTHER = "other"

    @property
    def label(self) -> Words:
        """What people call it."""
        return _LABELS[self]


_LABELS = {
    Ground.EMPLOYER: Words("与候选人同单位", "the nominee's employer"),
    Ground.KINSHIP: Words("与候选人有亲属关系", "kin of the nominee"),
    Ground.PROJECT: Words("与候选人或其单位有项目合作", "a project with the nominee or its unit"),
    Ground.NOMINATOR: Words("属于推荐单位", "of the nominator"),
    Ground.OTHER: Words("其他可能影响公正的情形", "something else that could sway them"),
}

#: What a declared tie can be; anything else is said of one nomination.
TIES = (Ground.EMPLOYER, Ground.KINSHIP, Ground.PROJECT, Ground.NOMINATOR)


class PanelField(Identified):
    """Experts of one field: how many are drawn, and whom they evaluate."""

    name: Name = Field(description="the field as the pool of experts has it")
    size: int = Field(gt=0, description="how many are drawn")
    categories: tuple[Slug, ...] = Field(default=(), description="whom they evaluate; all when left out")


class Panel(Part):
    """The experts of one review. Whoever is on it sees a file only once they have pledged, and never when recused."""

    clause: Clause
    size: int = Field(gt=0, le=1000, description="how many experts are drawn: an odd number")
    fields: tuple[PanelField, ...] = Field(default=(), description="by field; experts of any field when left out")
    assigned: bool = Field(default=True, description="each evaluates what they are assigned; else everything")
    per_nominee: int | None = Field(
        default=None, gt=0, description="how many experts evaluate each nominee; all that may when left out"
    )
    at_least: int = Field(default=0, ge=0, description="how many nominees each expert evaluates at least")
    at_most: int | None = Field(default=None, gt=0, description="how many nominees each expert evaluates at most")
    age_at_most: int | None = Field(
        default=None, ge=18, le=120, description="the age that an expert turns at most in the year of the draw"
    )
    recusal: tuple[Ground, ...] = Field(default=TIES, description="which ties recuse an expert by themselves")
    employer_years: int = Field(
        default=0, ge=0, le=50, description="for how many years after they left it an employer still recuses"
    )
    answer: Duration | None = Field(
        default=None, description="how long an expert has to answer an invitation, counted from when it was made"
    )
    blind: bool = Field(
        default=False, description="its experts see numbers, and neither names nor files that tell them"
    )
    pledge: str | None = Field(default=None, min_length=1, max_length=2000, description="the words that are pledged")

    @field_validator("size")
    @classmethod
    def _size_is_odd(cls, size: int) -> int:
        if size % 2 == 0:
            raise unfit(
                Words(f"{size} 名专家是双数，投票可能相持", f"{size} experts are an even number, and may stand level"),
                Words("请改成单数", "make it an odd number"),
            )
        return size

    @field_validator("recusal")
    @classmethod
    def _ties_recuse(cls, grounds: tuple[Ground, ...]) -> tuple[Ground, ...]:
        if Ground.OTHER in grounds:
            raise unfit(
                Words("“其他情形”（other）不能自动适用", "“other” recuses nobody by itself"),
                Words("请删去 other；这种情形逐件申请回避", "remove it; it is stated of one nomination at a time"),
            )
        return tuple(dict.fromkeys(grounds))

    @model_validator(mode="after")
    def _numbers_fit(self) -> "Panel":
        require_told_apart(fields=self.fields)
        drawn = sum(field.size for field in self.fields)
        if self.fields and drawn != self.size:
            raise unfit(
                Words(
                    f"各专业合计 {drawn} 名，总数写的是 {self.size} 名",
                    f"the fields have {drawn} experts together, and the panel has {self.size}",
                ),
                Words("请让总数等于各专业 size 之和", "make it the sum of the `size` of the fields"),
                at="size",
            )
        if self.per_nominee and self.per_nominee > self.size:
            raise unfit(
                Words(
                    f"每件由 {self.per_nominee} 名评议，而专家只有 {self.size} 名",
                    f"{self.per_nominee} experts evaluate each nominee, and there are {self.size}",
                ),
                Words("请核对 per_nominee 和 size", "check `per_nominee` and `size`"),
                at="per_nominee",
            )
        if self.at_most is not None and self.at_least > self.at_most:
            raise unfit(
                Words(
                    f"每人至少 {self.at_least} 件，多于至多 {self.at_most} 件",
                    f"each evaluates {self.at_least} at least, which is above {self.at_most} at most",
                ),
                Words("请核对 at_least 和 at_most", "check `at_least` and `at_most`"),
                at="at_least",
            )
        return self

    def urns(self) -> tuple[PanelField, ...]:
        """Return what is drawn from: each field, or experts of any field together, which is the urn `any`."""
        return self.fields or (PanelField(id=ANY, name=ANY, size=self.size),)


#: The urn of experts of whatever field.
ANY = "any"
