"""What a nominee's form says that rules judge by. Sex and birthday are not here: the identity number has them."""

from typing import Literal

from pydantic import Field

from programs.base import Name, Part, Slug

Achiever = Literal["nominee", "apprentice"]


class Competition(Part):
    """A place in a skill competition: `level` is its level and class, as the rules of the program name them."""

    level: Name
    place: int = Field(gt=0, le=10_000)
    by: Achiever = "nominee"


class Facts(Part):
    """What is stated. A thing that is not stated is not known; a list that is empty is stated to be empty."""

    levels: dict[Slug, Name] = Field(default_factory=dict, description="by vocabulary")
    numbers: dict[Slug, int] = Field(default_factory=dict, description="by what is counted")
    honors: tuple[Name, ...] | None = Field(default=None, description="the honors that the nominee has")
    applied: tuple[Name, ...] | None = Field(default=None, description="the honors that the form applies with")
    competitions: tuple[Competition, ...] | None = None
    without: tuple[Achiever, ...] = Field(default=(), description="of whom it is stated that they have no place in any")
    grants: tuple[Name, ...] = Field(default=(), description="what makes the nominee exempt of a rule")

    def places_of(self, by: Achiever) -> tuple[Competition, ...] | None:
        """Return the places in competitions of the nominee, or of apprentices; none where nothing is stated of them."""
        found = tuple(one for one in self.competitions or () if one.by == by)
        # Before each could be stated by itself, an empty list said that there are none of either.
        return found if found or by in self.without or self.competitions == () else None
