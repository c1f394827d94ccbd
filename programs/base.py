"""The kinds of value that every part of a program is made of."""

from collections.abc import Collection, Container, Iterable
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints
from pydantic_core import PydanticCustomError

from programs.words import Words

Slug = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=64)]
"""An identifier: lower-case letters, digits and hyphens."""

KeyDateId = Annotated[str, StringConstraints(pattern=r"^[a-z0-9-]+(\.[a-z0-9-]+)?$", max_length=130)]
"""A key date: `issued`, a stage's id for its window, `stage.tier` for a deadline, `stage.period` for a publicity."""

Clause = Annotated[str, StringConstraints(min_length=1, max_length=40, strip_whitespace=True)]
"""The numbered place in the notice that a rule comes from, for example `三、（一）`."""

Name = Annotated[str, StringConstraints(min_length=1, max_length=120, strip_whitespace=True)]


CLOCK_PATTERN = r"^(([01]\d|2[0-3]):[0-5]\d|24:00)$"

Clock = Annotated[str, StringConstraints(pattern=CLOCK_PATTERN)]
"""A time of day in Shanghai; `24:00` is the end of the day."""


IN_WORDS = "linxuan"
"""The type of the errors that `unfit` makes."""


def unfit(words: Words) -> PydanticCustomError:
    """Return what a validator raises: the sentence reaches the author in their own language."""
    return PydanticCustomError(IN_WORDS, "{en}", {"zh": words.zh, "en": words.en})


class Part(BaseModel):
    """A part of a program: immutable, and closed to fields that nobody reads."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Identified(Part):
    """A part that others refer to by its id."""

    id: Slug


class Scoped(Identified):
    """A part that may concern some categories, routes or traits only; empty means all."""

    categories: tuple[Slug, ...] = ()
    routes: tuple[Slug, ...] = ()
    traits: tuple[Slug, ...] = Field(default=(), description="only nominees with one of these traits")
    except_traits: tuple[Slug, ...] = Field(default=(), description="not nominees with any of these traits")

    def concerns(self, category: str | None, route: str, traits: Collection[str] = ()) -> bool:
        """Tell whether a nomination of this category and route, of a nominee with these traits, meets this part."""
        return (
            (not self.categories or category in self.categories)
            and (not self.routes or route in self.routes)
            and (not self.traits or any(trait in traits for trait in self.traits))
            and not any(trait in traits for trait in self.except_traits)
        )


def expect_known(names: Iterable[str], known: Container[str], where: str, what: Words) -> None:
    """Have every name among those that are known; raises what `unfit` makes."""
    for name in names:
        if name not in known:
            raise unfit(
                Words(
                    f"{where}：本项目没有定义{what.zh} {name}，请核对拼写或补上定义",
                    f"{where}: {what.en} {name!r} is not defined in this program",
                )
            )
