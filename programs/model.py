"""A program: one award in one edition, as its notice defines it."""

from collections.abc import Container, Iterable, Iterator, Mapping
from datetime import date
from enum import StrEnum
from itertools import combinations, product
from typing import Annotated, Literal, NamedTuple, TypeVar

from pydantic import Field, StringConstraints, model_validator

from programs.base import Clause, Identified, Name, Part, Scoped, Slug, unfit
from programs.dates import Deadline, LocalDayOff
from programs.materials import Archive, Material
from programs.rules import Combination, Exemption, History, Level, Preference, Quantity, Ratio, Rule
from programs.rulings import Ruling
from programs.stages import Decision, Recommendation, Review, Stage, Tenure, Tier, Vote
from programs.terms import Benefit, Disqualification, Ungated
from programs.vocabularies import VOCABULARIES, Vocabulary
from programs.words import Words

_Found = TypeVar("_Found", bound=Identified)

ProgramId = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", min_length=3, max_length=64)]

_CATEGORY = Words("类别", "category")
_ROUTE = Words("推荐渠道", "route")
_VOCABULARY = Words("等级体系", "vocabulary")
_GRADE = Words("奖项", "grade")
_TRAIT = Words("特征", "trait")
_TIER = Words("层级", "tier")
_NOMINATOR_KIND = Words("推荐单位类型", "nominator kind")
_RULE = Words("条件", "rule")
_FACT = Words("填报项", "fact")

_LISTS = (
    "vocabularies",
    "categories",
    "routes",
    "traits",
    "nominators",
    "seats",
    "quotas",
    "rules",
    "materials",
    "stages",
    "benefits",
    "disqualifications",
    "rulings",
)


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
    """Places for one grade of the award. A cap holds; a target (左右) only warns; both may stay empty."""

    award: Name
    clause: Clause
    count: int = Field(gt=0)
    kind: Literal["cap", "target"] = "cap"


class Quota(Scoped):
    """How many nominations one nominator or one unit may have beyond a tier."""

    name: Name
    clause: Clause
    per: Literal["nominator", "unit"]
    nominator_kind: Slug | None = Field(default=None, description="only nominators of this kind, for example district")
    tier: Slug = Field(description="the tier whose intake the quota limits")
    limit: int = Field(gt=0)
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
    count: int | None = Field(default=None, gt=0, description="how many such bodies there are, where that is known")


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
    issued: date | None = None
    disclosure: Name | None = None
    nominee: NomineeKind
    award_note: str | None = None
    vocabularies: tuple[Vocabulary, ...] = ()
    local_days_off: tuple[LocalDayOff, ...] = ()
    reminders: tuple[int, ...] = Field(default=(5, 3, 1, 0), description="working days before a deadline")

    categories: tuple[Category, ...] = ()
    routes: tuple[Route, ...] = Field(min_length=1)
    traits: tuple[Trait, ...] = ()
    nominators: tuple[NominatorKind, ...] = ()
    seats: tuple[Seats, ...] = Field(min_length=1)
    quotas: tuple[Quota, ...] = ()
    rules: tuple[Rule, ...] = ()
    ungated: Ungated | None = None
    materials: tuple[Material, ...] = ()
    archive: Archive | None = None
    contacts: tuple[Contact, ...] = ()
    stages: tuple[Stage, ...] = Field(min_length=1)
    benefits: tuple[Benefit, ...] = ()
    disqualifications: tuple[Disqualification, ...] = ()
    rulings: tuple[Ruling, ...] = ()

    @model_validator(mode="after")
    def _ids_are_unique(self) -> "Program":
        for name in _LISTS:
            doubled = _doubled(part.id for part in getattr(self, name))
            if doubled:
                raise unfit(
                    Words(
                        f"{name}：id {doubled} 出现了两次，请改成不同的 id", f"{name}: the id {doubled!r} stands twice"
                    )
                )
        return self

    @model_validator(mode="after")
    def _references_exist(self) -> "Program":
        categories, routes = {part.id for part in self.categories}, {part.id for part in self.routes}
        traits = {part.id for part in self.traits}
        kinds, tiers = {part.id for part in self.nominators}, {tier.id for _, tier in _tiers(self.stages)}
        rules = {rule.id for rule in self.rules}
        for part in self._scoped():
            _known(part.categories, categories, part.id, _CATEGORY)
            _known(part.routes, routes, part.id, _ROUTE)
            _known((*part.traits, *part.except_traits), traits, part.id, _TRAIT)
        grades = {part.id for part in self.seats}
        for stage in self.stages:
            if isinstance(stage, Vote | Review | Decision) and stage.lesser:
                _known((stage.lesser,), grades, stage.id, _GRADE)
        for quota in self.quotas:
            _known((quota.tier,), tiers, quota.id, _TIER)
            _known((quota.nominator_kind,) if quota.nominator_kind else (), kinds, quota.id, _NOMINATOR_KIND)
        for nominator in self.nominators:
            _known((nominator.attributed_to,) if nominator.attributed_to else (), kinds, nominator.id, _NOMINATOR_KIND)
        for rule in self.rules:
            if isinstance(rule, Combination):
                _known(rule.of, rules, rule.id, _RULE)
            if isinstance(rule, Exemption):
                _known((rule.lifts,), rules, rule.id, _RULE)
            if isinstance(rule, Ratio):
                _known((rule.of,), traits, rule.id, _TRAIT)
            if isinstance(rule, Level):
                _known((rule.vocabulary,), self.known_vocabularies.keys(), rule.id, _VOCABULARY)
        return self

    @model_validator(mode="after")
    def _forms_ask_for_what_there_is(self) -> "Program":
        tiers = {tier.id for _, tier in _tiers(self.stages)}
        stated = {*self.known_vocabularies, *(rule.of for rule in self.rules if isinstance(rule, Quantity))}
        for material in self.materials:
            if material.content:
                _known(material.content.tiers(), tiers, material.id, _TIER)
                facts = (entry.fact for entry in material.content.entries() if entry.fact)
                _known(facts, stated, material.id, _FACT)
        return self

    @model_validator(mode="after")
    def _somebody_can_be_nominated(self) -> "Program":
        if not isinstance(self.stages[0], Recommendation) or self.stages[0].skipped:
            raise unfit(
                Words(
                    "第一个环节必须是推荐（recommendation），且不能跳过：申报材料在这一环节填报",
                    "the first stage must be a recommendation: it is where nominations are drawn up",
                )
            )
        if not any(route.accepted for route in self.routes):
            raise unfit(
                Words(
                    "没有一条推荐渠道是接受的（accepted），这样谁都无法申报",
                    "no route is accepted, so nobody could be nominated",
                )
            )
        return self

    def _scoped(self) -> Iterable[Scoped]:
        yield from (*self.seats, *self.quotas, *self.rules, *self.materials, *self.stages, *self.benefits)
        yield from (tier for _, tier in _tiers(self.stages))

    @property
    def held_stages(self) -> tuple[Stage, ...]:
        """The stages that take place: those that no ruling has left out, in pipeline order."""
        return tuple(stage for stage in self.stages if not stage.skipped)

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


def _doubled(ids: Iterable[str]) -> str | None:
    seen: set[str] = set()
    for one in ids:
        if one in seen:
            return one
        seen.add(one)
    return None


def _known(names: Iterable[str], known: Container[str], where: str, what: Words) -> None:
    for name in names:
        if name not in known:
            raise unfit(
                Words(
                    f"{where}：本项目没有定义{what.zh} {name}，请核对拼写或补上定义",
                    f"{where}: {what.en} {name!r} is not defined in this program",
                )
            )
