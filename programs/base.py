"""The kinds of value that every part of a program is made of."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import date
from typing import Annotated, Any, Final, NamedTuple, TypeVar

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    ConfigDict,
    Field,
    GetCoreSchemaHandler,
    StringConstraints,
)
from pydantic_core import CoreSchema, PydanticCustomError

from programs.words import Words

Slug = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=64)]
"""An identifier: lower-case letters, digits and hyphens."""

KeyDateId = Annotated[str, StringConstraints(pattern=r"^[a-z0-9-]+(\.[a-z0-9-]+)?$", max_length=130)]
"""A key date: `issued`, a stage's id for its window, `stage.tier` for a deadline, `stage.period` for a publicity."""

Clause = Annotated[str, StringConstraints(min_length=1, max_length=40, strip_whitespace=True)]
"""The numbered place in the notice that a rule comes from, for example `三、（一）`."""

YEARS: Final = range(1900, 3000)

D = TypeVar("D", bound=date)

Name = Annotated[str, StringConstraints(min_length=1, max_length=120, strip_whitespace=True)]


CLOCK_PATTERN = r"^(([01]\d|2[0-3]):[0-5]\d|24:00)$"

Clock = Annotated[str, StringConstraints(pattern=CLOCK_PATTERN)]
"""A time of day in Shanghai; `24:00` is the end of the day."""


IN_WORDS = "linxuan"
"""The type of the errors that `unfit` makes."""


def unfit(words: Words, remedy: Words | None = None, at: str = "") -> PydanticCustomError:
    """Return what a validator raises: what is wrong and what to do, which reach the author in their own language.

    `at` is the place below what is validated, as a dotted path, where the fault lies deeper.
    """
    return unfit_together([Unfit(at, words, remedy)])


def unfit_together(faults: Sequence["Unfit"]) -> PydanticCustomError:
    """Return what a validator raises that finds several things wrong at once."""
    return PydanticCustomError(
        IN_WORDS,
        "{en}",
        {
            "en": "; ".join(f"{fault.at}: {fault.words.en}" if fault.at else fault.words.en for fault in faults),
            "faults": tuple(faults),
        },
    )


DIFFERENT_IDS = Words("请给各部分不同的 id", "give each part an id of its own")
"""What to do where two parts share an id."""


class Unfit(NamedTuple):
    """One thing that a validator finds wrong: the place below what is validated, the sentence, the remedy, the code."""

    at: str
    words: Words
    remedy: Words | None = None
    code: str = "unfit"


def _of_a_year_that_can_be(when: D) -> D:
    if when.year not in YEARS:
        raise unfit(
            Words(f"年份 {when.year} 不对", f"the year {when.year} cannot be"),
            Words(f"年份应在 {YEARS[0]} 至 {YEARS[-1]} 之间", f"write a year from {YEARS[0]} to {YEARS[-1]}"),
        )
    return when


Day = Annotated[date, AfterValidator(_of_a_year_that_can_be)]
"""A date; years far off are mistakes of typing, and lie where computing with dates overflows."""

Instant = Annotated[AwareDatetime, AfterValidator(_of_a_year_that_can_be)]
"""An instant with a UTC offset, of a year as above."""

Count = Annotated[int, Field(gt=0, le=2**31 - 1)]
"""How many there are: a number that every database holds."""


def _be_strict(schema: Any) -> None:  # noqa: ANN401 - any part of a schema
    if isinstance(schema, dict):
        if schema.get("type") in ("int", "bool"):
            schema["strict"] = True
        schema = list(schema.values())
    if isinstance(schema, list):
        for part in schema:
            _be_strict(part)


class Part(BaseModel):
    """A part of a program: immutable, and closed to fields that nobody reads."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    @classmethod
    def __get_pydantic_core_schema__(cls, source: type[BaseModel], handler: GetCoreSchemaHandler) -> CoreSchema:
        """Have numbers and truths be what they are: pydantic would take `"10"` and `"yes"` for what they look like."""
        schema = handler(source)
        _be_strict(schema)
        return schema


class Identified(Part):
    """A part that others refer to by its id."""

    id: Slug


def doubled(parts: Iterable[Identified], at: str) -> Iterator[Unfit]:
    """Find ids that two parts of one list share. Each is placed at the second, by its number."""
    seen: set[str] = set()
    for index, part in enumerate(parts):
        if part.id in seen:
            words = Words("id {id} 出现了两次", "the id {id} stands twice").format(id=part.id)
            yield Unfit(f"{at}.{index}.id", words, DIFFERENT_IDS, "doubled_id")
        seen.add(part.id)


def require_told_apart(**lists: Iterable[Identified]) -> None:
    """Raise for ids that two parts of one list share; each list by the name of its field."""
    if faults := [fault for at, parts in lists.items() for fault in doubled(parts, at)]:
        raise unfit_together(faults)


class Scoped(Identified):
    """A part that may concern some categories, routes or traits only; empty means all."""

    categories: tuple[Slug, ...] = ()
    routes: tuple[Slug, ...] = ()
    traits: tuple[Slug, ...] = Field(default=(), description="only nominees with one of these traits")
    except_traits: tuple[Slug, ...] = Field(default=(), description="not nominees with any of these traits")

    @property
    def concerns_all(self) -> bool:
        """Whether every nomination meets this part."""
        return not (self.categories or self.routes or self.traits or self.except_traits)

    def concerns(self, category: str | None, route: str, traits: Collection[str] = ()) -> bool:
        """Tell whether a nomination of this category and route, of a nominee with these traits, meets this part."""
        return (
            (not self.categories or category in self.categories)
            and (not self.routes or route in self.routes)
            and (not self.traits or any(trait in traits for trait in self.traits))
            and not any(trait in traits for trait in self.except_traits)
        )
