"""Whether each rule of a program can be met at all, and leaves alone what it must not judge."""

from collections import Counter
from collections.abc import Iterator
from typing import Final

from programs.checks.reach import OnPath, concern_on, concerns_somebody, once
from programs.checks.sentences import fault
from programs.errors import Fault
from programs.model import NomineeKind, Program
from programs.nearest import joined, meant
from programs.rules import Age, Combination, CompetitionRank, Exemption, Level, Preference, Quantity, Ratio, Rule
from programs.stages import Publicity, Screening
from programs.words import Words


def rules_that_cannot_work(program: Program) -> Iterator[Fault]:
    """Find rules that nobody can meet, that go in circles, or that judge by what the notice leaves free."""
    for rule in program.rules:
        if not concerns_somebody(program, rule):
            yield fault("rule_in_vain", f"rules.{rule.id}", name=rule.name)
        match rule:
            case Combination():
                yield from _combination(program, rule)
            case Quantity():
                yield from bounds(rule, f"rules.{rule.id}", "at_least", "at_most", required=True)
            case Ratio():
                yield from bounds(rule, f"rules.{rule.id}", "at_least_percent", "at_most_percent", required=True)
            case Age():
                yield from _age(program, rule)
            case Level():
                yield from _level(program, rule)
            case CompetitionRank():
                yield from _places(rule)
            case Exemption():
                yield from _exemption(program, rule)
            case _:
                pass
        yield from _judges_by_what_is_free(program, rule)
    yield from _counts_that_nobody_asks_for(program)


def _counts_that_nobody_asks_for(program: Program) -> Iterator[Fault]:
    asked = sorted({rule.of for rule in program.rules if isinstance(rule, Quantity)})
    for annex in program.annexes:
        for column in annex.columns:
            if column.counts is not None and column.counts not in asked:
                yield fault(
                    "count_unasked",
                    f"annexes.{annex.id}.columns.{column.id}.counts",
                    counts=column.counts,
                    asked=joined(asked) if asked else Words("无", "none"),
                    meant=meant(column.counts, asked),
                )


def bounds(part: object, place: str, least: str, most: str, *, required: bool = False) -> Iterator[Fault]:
    """Find bounds of a part that no number lies within, or that are missing where one is required."""
    low, high, name = getattr(part, least), getattr(part, most), getattr(part, "name", "")
    fields = Words(f"{least}、{most}", f"`{least}`, `{most}`")
    if low is None and high is None and required:
        yield fault("no_bounds", place, name=name, fields=fields)
    if low is not None and high is not None and low > high:
        yield fault("bounds_impossible", f"{place}.{least}", name=name, least=low, most=high, fields=fields)


def _age(program: Program, rule: Age) -> Iterator[Fault]:
    place = f"rules.{rule.id}"
    said = (rule.men, rule.women, rule.at_least, rule.born_from, rule.born_until)
    if all(one is None for one in said):
        yield fault("no_bounds", place, name=rule.name, fields=Words("men、women", "`men`, `women`"))
    if rule.men is not None and (rule.women is None or rule.men <= rule.women):
        yield from bounds(rule, place, "at_least", "men")
    else:
        yield from bounds(rule, place, "at_least", "women")
    yield from bounds(rule, place, "born_from", "born_until")
    if program.nominee in (NomineeKind.UNIT, NomineeKind.TEAM):
        nominee = _UNITS if program.nominee is NomineeKind.UNIT else _TEAMS
        yield fault("age_of_no_person", place, name=rule.name, nominee=nominee)
    if isinstance(rule.as_of, str):
        yield from _as_of(program, rule, rule.as_of)


_UNITS: Final = Words("单位", "unit")
_TEAMS: Final = Words("团队", "team")


def _as_of(program: Program, rule: Age, as_of: str) -> Iterator[Fault]:
    place, dates = f"rules.{rule.id}.as_of", _key_dates(program)
    if as_of not in dates:
        yield fault("as_of_unknown", place, id=as_of, known=joined(dates), meant=meant(as_of, dates))
        return
    order = [stage.id for stage in program.held_stages]
    screened = next((order.index(stage.id) for stage in program.held_stages if isinstance(stage, Screening)), None)
    stage_id, _, part = as_of.partition(".")
    # A period begins when a list is published; a window and a deadline are known beforehand.
    if screened is not None and part == "period" and order.index(stage_id) > screened:
        yield fault("as_of_too_late", place, name=rule.name, id=as_of)


def _level(program: Program, rule: Level) -> Iterator[Fault]:
    vocabulary = program.known_vocabularies[rule.vocabulary]
    if vocabulary.rank(rule.at_least) is not None:
        return
    names = [level.name for level in vocabulary.levels]
    yield fault(
        "level_unknown",
        f"rules.{rule.id}.at_least",
        name=rule.name,
        level=rule.at_least,
        vocabulary=vocabulary.name,
        names=joined(names),
        meant=meant(rule.at_least, names),
    )


def _places(rule: CompetitionRank) -> Iterator[Fault]:
    for level, place in rule.places.items():
        if place < 1:
            yield fault("place_below_first", f"rules.{rule.id}.places", name=rule.name, level=level, place=place)


def _exemption(program: Program, rule: Exemption) -> Iterator[Fault]:
    lifted = next(one for one in program.rules if one.id == rule.lifts)
    why = None
    if isinstance(lifted, Exemption | Preference | Ratio):
        why = Words("不是逐件审查的条件", "is not asked of single nominations")
    elif not concerns_somebody(program, rule, lifted) and concerns_somebody(program, rule):
        why = Words("不用于同一批申报", "concerns other nominations")
    if why:
        yield fault("lifts_nothing", f"rules.{rule.id}.lifts", name=rule.name, lifts=lifted.name, why=why)


def _combination(program: Program, rule: Combination) -> Iterator[Fault]:
    place = f"rules.{rule.id}"
    members = {one.id: one for one in program.rules}
    for member, count in Counter(rule.of).items():
        if count > 1:
            yield fault("member_doubled", f"{place}.of", name=rule.name, id=member)
        if isinstance(members[member], Exemption):
            yield fault("exemption_in_combination", f"{place}.of", name=rule.name, id=member)
        elif isinstance(members[member], Preference | Ratio):
            yield fault("not_judged_in_combination", f"{place}.of", name=rule.name, id=member)
    if _leads_back(members, rule.id):
        yield fault("combination_in_a_circle", f"{place}.of", name=rule.name)
    if rule.need and rule.need > len(rule.of):
        yield fault("need_too_many", f"{place}.need", name=rule.name, need=rule.need, count=len(rule.of))
    else:
        yield from once(program, _too_few_parts(program, rule, members))


def _too_few_parts(program: Program, rule: Combination, members: dict[str, Rule]) -> Iterator[OnPath]:
    """Find paths on which too few of the rules in a combination are asked at all."""
    for path in (path for path in program.paths() if concern_on(program, path, rule)):
        here = sum(concern_on(program, path, rule, members[one]) for one in rule.of)
        if here == 0:
            yield path, "combination_empty", f"rules.{rule.id}.of", {"name": rule.name}
        elif rule.need and here < rule.need:
            values = {"name": rule.name, "need": rule.need, "count": here}
            yield path, "need_too_many_here", f"rules.{rule.id}.need", values


def _leads_back(rules: dict[str, Rule], start: str) -> bool:
    """Tell whether a combination contains itself, however far down."""
    ahead, seen = [start], set[str]()
    while ahead:
        rule = rules[ahead.pop()]
        for member in rule.of if isinstance(rule, Combination) else ():
            if member == start:
                return True
            if member not in seen:
                seen.add(member)
                ahead.append(member)
    return False


_FREE: Final = {
    "sex": Words("性别", "sex"),
    "education": Words("学历", "education"),
    "seniority": Words("资历", "seniority"),
}


def _judges_by_what_is_free(program: Program, rule: Rule) -> Iterator[Fault]:
    """Find a rule whose kind rests on a fact that the notice declares no condition."""
    if program.ungated is None:
        return
    fact = None
    if isinstance(rule, Age) and rule.men != rule.women:
        fact = "sex"
    if isinstance(rule, Quantity):
        # A slug is made of words: years-in-trade, working-years, education-years.
        fact = next((_SLUGS[word] for word in rule.of.split("-") if word in _SLUGS), None)
    if isinstance(rule, Level) and rule.vocabulary == "education":
        fact = "education"
    if fact in program.ungated.facts:
        clause = program.ungated.clause
        place = f"rules.{rule.id}"
        yield fault("judges_by_what_is_free", place, name=rule.name, fact=_FREE[fact], clause=clause)


_SLUGS: Final = {"years": "seniority", "seniority": "seniority", "education": "education", "sex": "sex"}


def _key_dates(program: Program) -> tuple[str, ...]:
    return (
        "issued",
        *program.deadlines(),
        *(stage.id for stage in program.held_stages if stage.window),
        *(f"{stage.id}.period" for stage in program.held_stages if isinstance(stage, Publicity)),
    )
