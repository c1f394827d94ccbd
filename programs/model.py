"""A program: one award in one edition, as its notice defines it."""

from collections.abc import Iterable, Iterator, Mapping
from enum import StrEnum
from itertools import combinations, product
from typing import Annotated, Literal, NamedTuple, TypeVar

from pydantic import Field, StringConstraints, model_validator

from programs.annexes import Annex
from programs.ballots import Ballot
from programs.base import Clause, Count, Day, Identified, Name, Part, Scoped, Slug, unfit, unfit_together
from programs.dates import Deadline, LocalDayOff
from programs.materials import Archive, Material
from programs.panels import Panel
from programs.references import dangling, doubled_ids
from programs.reminding import USUAL, Actor, Ladder, Wording
from programs.rules import Combination, Exemption, History, Preference, Ratio, Rule
from programs.rulings import Ruling
from programs.stages import Approval, Decision, Recommendation, Review, Stage, Tenure, Tier, Vote
from programs.terms import Benefit, Disqualification, Ungated
from programs.vocabularies import VOCABULARIES, Vocabulary
from programs.words import Words

_Found = TypeVar("_Found", bound=Identified)

ProgramId = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", min_length=3, max_length=64)]


class NomineeKind(StrEnum):
    """Who is honored."""

    PERSON = "person"
    UNIT = "unit"
    STUDIO = "studio"
    TEAM = "team"


class RouteKind(StrEnum):
    """推荐渠道: how a nominee is put forward."""

    ORGANIZATION = "organization"
    PUBLIC = "public"
    SELF = "self"


class Path(NamedTuple):
    """What decides which stages and tiers a nomination passes."""

    category: str | None
    route: str
    traits: frozenset[str] = frozenset()


class Category(Identified):
    """A kind of nominee with places or ways of its own."""

    name: Name
    clause: Clause
    organizer: Name | None = Field(default=None, description="the office that organizes this category")
    nominee: NomineeKind | None = Field(
        default=None, description="who is nominated in this category, where that is not what the program says"
    )


class Route(Identified):
    """A way into the program. A route that is not accepted is stated so that its refusal can cite the clause."""

    name: Name
    clause: Clause
    kind: RouteKind
    accepted: bool = True


class Trait(Identified):
    """Something about a nominee that decides which parts of a program concern it: 企业负责人, 分支机构."""

    name: Name
    clause: Clause


class Seats(Scoped):
    """Places for one grade of the award. A cap holds; a target (左右) only warns; both may stay empty.

    `unlimited` (不占名额、人数不限) has no count: whoever meets the conditions has a place.
    """

    award: Name
    clause: Clause
    count: Count | None = None
    kind: Literal["cap", "target", "unlimited"] = "cap"

    @model_validator(mode="after")
    def _counts_unless_unlimited(self) -> "Seats":
        if (self.count is None) != (self.kind == "unlimited"):
            raise unfit(
                Words(
                    "名额没有写 count，或不限名额却写了 count", "seats without `count`, or with one though unlimited"
                ),
                Words(
                    '请写 count = 人数；人数不限的写 kind = "unlimited"，不写 count',
                    'write count = how many; where there is no limit write kind = "unlimited" and no count',
                ),
            )
        return self


class Quota(Scoped):
    """How many nominations one nominator or one unit may have beyond a tier."""

    name: Name
    clause: Clause
    per: Literal["nominator", "unit"]
    nominator_kind: Slug | None = Field(default=None, description="only nominators of this kind, for example district")
    tier: Slug = Field(description="the tier whose intake the quota limits")
    limit: Count
    branches_apart: bool = Field(default=False, description="each branch of an enterprise counts as a unit of its own")


class NominatorKind(Identified):
    """A kind of nominating body, with what the notice says of it."""

    name: Name
    clause: Clause
    includes: tuple[Name, ...] = Field(
        default=(), description="bodies that count as this kind by the notice's own words"
    )
    attributed_to: Slug | None = Field(
        default=None, description="the kind whose quota it uses: that of the place where it sits (属地)"
    )
    count: Count | None = Field(default=None, description="how many such bodies there are, where that is known")


class Contact(Part):
    """Whom to ask: an office, never a person.

    A number that stays out of a published file can still be checked: `phone_digits` says how long the printed one is.
    """

    office: Name
    clause: Clause | None = None
    phone: Name | None = None
    phone_digits: int | None = Field(default=None, gt=0, le=20)


class Program(Part):
    """One award in one edition. `issued` is missing where the notice bears no date; a ruling then supplies it."""

    id: ProgramId
    award: Name
    edition: Name
    title: Name
    document_number: Name | None = None
    issuers: tuple[Name, ...] = Field(min_length=1)
    office: Name = Field(description="the office that runs the program")
    issued: Day | None = None
    disclosure: Name | None = None
    nominee: NomineeKind
    award_note: str | None = None
    vocabularies: tuple[Vocabulary, ...] = ()
    local_days_off: tuple[LocalDayOff, ...] = ()
    reminders: tuple[int, ...] = Field(default=(5, 3, 1, 0), description="working days before a deadline")

    ladders: tuple[Ladder, ...] = ()
    wordings: tuple[Wording, ...] = ()
    categories: tuple[Category, ...] = ()
    routes: tuple[Route, ...] = Field(min_length=1)
    traits: tuple[Trait, ...] = ()
    nominators: tuple[NominatorKind, ...] = ()
    seats: tuple[Seats, ...] = Field(min_length=1)
    quotas: tuple[Quota, ...] = ()
    rules: tuple[Rule, ...] = ()
    ungated: Ungated | None = None
    materials: tuple[Material, ...] = ()
    annexes: tuple[Annex, ...] = ()
    archive: Archive | None = None
    contacts: tuple[Contact, ...] = ()
    stages: tuple[Stage, ...] = Field(min_length=1)
    benefits: tuple[Benefit, ...] = ()
    disqualifications: tuple[Disqualification, ...] = ()
    rulings: tuple[Ruling, ...] = ()

    @model_validator(mode="after")
    def _every_name_means_one_part(self) -> "Program":
        if faults := list(doubled_ids(self)) or list(dangling(self)):
            raise unfit_together(faults)
        return self

    @model_validator(mode="after")
    def _somebody_can_be_nominated(self) -> "Program":
        if not isinstance(self.stages[0], Recommendation) or self.stages[0].skipped:
            raise unfit(
                Words(
                    "第一个环节不是推荐（recommendation），或被略去：申报在这一环节填报",
                    "the first stage is no recommendation, or left out: it is where nominations are drawn up",
                ),
                Words(
                    '请把 kind = "recommendation" 的环节移到最前，并删去它的 skipped',
                    "move the stage of the kind “recommendation” to the front, and remove its `skipped`",
                ),
                at=f"stages.{self.stages[0].id}",
            )
        if not any(route.accepted for route in self.routes):
            raise unfit(
                Words(
                    "没有一条推荐渠道是接受的（accepted），谁都无法申报",
                    "no route is accepted, so nobody could be nominated",
                ),
                Words("请删去至少一条渠道的 accepted = false", "remove accepted = false from at least one route"),
                at="routes",
            )
        return self

    @model_validator(mode="after")
    def _each_is_reminded_by_one_ladder(self) -> "Program":
        actors = [one.actor for one in self.ladders]
        if len(set(actors)) != len(actors):
            raise unfit(
                Words("同一角色写了两份提醒安排", "two ladders are of the same actor"),
                Words("请合为一份", "make them one"),
                at="ladders",
            )
        return self

    def ladder(self, actor: Actor) -> Ladder:
        """Return how whoever has this part is reminded: as the program says, or as is usual."""
        return next((one for one in self.ladders if one.actor is actor), USUAL[actor])

    def words_of(self, kind: str, stage_id: str) -> tuple[str, ...]:
        """Return the program's own sentences in a letter of a kind about a stage, in the order of the file."""
        return tuple(one.text for one in self.wordings if one.kind == kind and one.stage in (None, stage_id))

    @property
    def held_stages(self) -> tuple[Stage, ...]:
        """The stages that take place: those that no ruling has left out, in pipeline order."""
        return tuple(stage for stage in self.stages if not stage.skipped)

    def scoped(self) -> Iterable[tuple[str, Scoped]]:
        """Yield every part that may concern some nominations only, with its place."""
        for name in ("seats", "quotas", "rules", "materials", "stages", "benefits"):
            yield from ((f"{name}.{part.id}", part) for part in getattr(self, name))
        yield from ((f"stages.{stage.id}.tiers.{tier.id}", tier) for stage, tier in self.every_tier())

    def every_tier(self) -> Iterable[tuple[Recommendation, Tier]]:
        """Yield every tier with its stage, those of stages that are left out too."""
        return _tiers(self.stages)

    def tiers(self) -> Iterable[tuple[Recommendation, Tier]]:
        """Yield every tier with its stage, in pipeline order."""
        return _tiers(self.held_stages)

    def paths(self) -> tuple[Path, ...]:
        """Return every combination of category, accepted route and traits that decide which stages there are."""
        categories: tuple[str | None, ...] = tuple(part.id for part in self.categories) or (None,)
        routes = [route.id for route in self.routes if route.accepted]
        deciding = sorted(self.deciding_traits)
        subsets = [frozenset(some) for count in range(len(deciding) + 1) for some in combinations(deciding, count)]
        return tuple(Path(*one) for one in product(categories, routes, subsets))

    @property
    def deciding_traits(self) -> frozenset[str]:
        """The traits that decide which stages and tiers a nomination passes."""
        scoped = (*self.stages, *(tier for _, tier in _tiers(self.stages)))
        return frozenset(trait for part in scoped for trait in (*part.traits, *part.except_traits))

    def stage(self, stage_id: str) -> Stage:
        """Return a stage by its id; raises `KeyError`."""
        return _find(self.stages, stage_id)

    def route(self, route_id: str) -> Route:
        """Return a route by its id, accepted or not; raises `KeyError`."""
        return _find(self.routes, route_id)

    def seats_for(self, path: Path) -> tuple[Seats, ...]:
        """Return the grades that a nomination on this path can win, the highest first as the file lists them."""
        return tuple(seats for seats in self.seats if seats.concerns(*path))

    def grades_at(self, stage: Stage, path: Path) -> tuple[Seats, ...]:
        """Return the grades that a stage gives to a nomination on this path; one that only confirms gives none."""
        if isinstance(stage, Decision):
            return () if stage.confirms else self.seats_for(path)
        lesser = stage.lesser if isinstance(stage, Vote | Review) else None
        return tuple(seats for seats in self.seats if seats.id == lesser)

    def materials_for(self, path: Path) -> tuple[Material, ...]:
        """Return what a nomination on this path must hand in; what a nominator hands in once is not among it."""
        return tuple(
            material
            for material in self.materials
            if material.concerns(*path) and material.per == "nominee" and not material.optional
        )

    def rules_for(self, path: Path) -> tuple[Rule, ...]:
        """Return the rules that each need a verdict when a nomination on this path is screened.

        The alternatives within a combination stand behind the combination, and an exemption behind the rule it lifts.
        A preference asks for none, and a ratio is one of all who are chosen.
        """
        behind = {rule_id for rule in self.rules if isinstance(rule, Combination) for rule_id in rule.of}
        return tuple(
            rule
            for rule in self.rules
            if rule.concerns(*path) and rule.id not in behind and not isinstance(rule, Exemption | Preference | Ratio)
        )

    @property
    def known_vocabularies(self) -> Mapping[str, Vocabulary]:
        """The vocabularies that the program's levels are of, by id: its own before those that every program knows."""
        return {**VOCABULARIES, **{one.id: one for one in self.vocabularies}}

    def rules_asked(self, path: Path) -> tuple[Rule, ...]:
        """Return the rules that a reviewer can answer for a nomination on this path, those behind others included."""
        return tuple(rule for rule in self.rules if rule.concerns(*path) and not isinstance(rule, Preference | Ratio))

    @property
    def asks_the_past(self) -> bool:
        """Whether a rule looks into the pasts of nominees."""
        return any(isinstance(rule, History) for rule in self.rules)

    @property
    def tenure(self) -> Tenure | None:
        """The tenure stage, where the award has one."""
        return next((stage for stage in self.held_stages if isinstance(stage, Tenure)), None)

    def nominee_of(self, category: str | None) -> NomineeKind:
        """Return who is nominated in a category; raises `KeyError` for a category that is none."""
        return (_find(self.categories, category).nominee if category else None) or self.nominee

    def tier(self, key: str) -> Tier | None:
        """Return a tier by the key of its place, `stage.tier`; none where no tier is there."""
        return next((tier for stage, tier in self.tiers() if f"{stage.id}.{tier.id}" == key), None)

    def panels(self) -> dict[str, Panel]:
        """Return the experts that each review draws, by the stage's id, in pipeline order."""
        return {
            stage.id: stage.panel for stage in self.held_stages if isinstance(stage, Review) and stage.panel is not None
        }

    def ballots(self) -> dict[str, Ballot]:
        """Return the ballots of the committees, by the stage's id, in pipeline order."""
        return {
            stage.id: stage.ballot
            for stage in self.held_stages
            if isinstance(stage, Review | Decision | Approval) and stage.ballot is not None
        }

    def deadlines(self) -> dict[str, Deadline]:
        """Return every deadline by its id, `stage.tier`, in pipeline order."""
        return {f"{stage.id}.{tier.id}": tier.deadline for stage, tier in self.tiers() if tier.deadline}

    def deadline(self, deadline_id: str) -> Deadline:
        """Return a tier's deadline by `stage.tier`; raises `KeyError` where there is none."""
        return self.deadlines()[deadline_id]


def _tiers(stages: Iterable[Stage]) -> Iterator[tuple[Recommendation, Tier]]:
    for stage in stages:
        if isinstance(stage, Recommendation):
            for tier in stage.tiers:
                yield stage, tier


def _find(parts: Iterable[_Found], part_id: str) -> _Found:
    for part in parts:
        if part.id == part_id:
            return part
    raise KeyError(part_id)
