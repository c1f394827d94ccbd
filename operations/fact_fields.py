"""What a form asks of a nominee, for rules to judge by: each fact with its word and name, and how it is written."""

from collections.abc import Iterable
from dataclasses import dataclass

from programs import Path, Program, Words
from programs.facts import Achiever, Facts
from programs.rules import CompetitionRank, Exemption, Level, Quantity, Rule, Title


@dataclass(frozen=True, slots=True)
class FactField:
    """A fact that a form is asked for.

    `word` states it, and `name` is what people call it. A value is one of `choices` where there are some, and else
    written as `hint` says. `many`: there may be several, which are stated together.
    """

    word: str
    name: Words
    choices: tuple[str, ...] = ()
    hint: Words | None = None
    many: bool = False
    numeric: bool = False

    @property
    def told(self) -> Words:
        """What it is and how a value is written, in one phrase."""
        if self.choices:
            return Words("{name}：{values}", "{name}: {values}").format(name=self.name, values="/".join(self.choices))
        return (
            Words("{name}（{hint}）", "{name} ({hint})").format(name=self.name, hint=self.hint)
            if self.hint
            else self.name
        )

    def values_in(self, facts: Facts) -> tuple[str, ...] | None:
        """Return what is stated, as it is written; none where nothing is, and no value where that there is none is."""
        match self.word:
            case "honor":
                return facts.honors
            case "applied":
                return facts.applied
            case "grant":
                return facts.grants or None
            case "competition" | "apprentice":
                found = facts.places_of("nominee" if self.word == "competition" else "apprentice")
                return None if found is None else tuple(f"{one.level}:{one.place}" for one in found)
        stated = facts.numbers.get(self.word) if self.numeric else facts.levels.get(self.word)
        return None if stated is None else (str(stated),)


def facts_asked(program: Program, path: Path) -> dict[str, FactField]:
    """Return what the rules on a path ask a form for, by the word that states it, in their order."""
    rules = list(program.rules_asked(path))
    asked: dict[str, FactField] = {}
    for rule in rules:
        match rule:
            case Level():
                vocabulary = program.known_vocabularies[rule.vocabulary]
                levels = tuple(level.name for level in vocabulary.levels)
                field = FactField(rule.vocabulary, Words(vocabulary.name, vocabulary.id), levels)
            case Quantity():
                field = FactField(rule.of, Words(rule.name, rule.of), hint=Words("数字", "a number"), numeric=True)
            case Title() if rule.exactly_one:
                field = FactField("applied", Words("申报所用的称号", "the honor that is applied with"), many=True)
            case Title():
                several = Words("可多次", "may be repeated")
                field = FactField("honor", Words("已有的称号", "an honor held"), hint=several, many=True)
            case CompetitionRank():
                field = _places(rule.achieved_by, rules)
            case Exemption():
                exempt = [one for other in rules if isinstance(other, Exemption) for one in other.granted_by]
                name = Words("免除条件的身份", "what exempts somebody")
                field = FactField("grant", name, tuple(dict.fromkeys(exempt)), many=True)
            case _:
                continue
        asked[field.word] = field
    return asked


def _places(by: Achiever, rules: Iterable[Rule]) -> FactField:
    levels = list(
        dict.fromkeys(
            level
            for rule in rules
            if isinstance(rule, CompetitionRank) and rule.achieved_by == by
            for level in rule.places
        )
    )
    written = Words("级别:名次，如 {first}:1；级别：{levels}", "LEVEL:PLACE, as {first}:1; levels: {levels}")
    hint = written.format(first=levels[0], levels="/".join(levels))
    if by == "nominee":
        return FactField("competition", Words("本人竞赛名次", "own place in a competition"), hint=hint, many=True)
    return FactField("apprentice", Words("所带徒弟竞赛名次", "an apprentice's place"), hint=hint, many=True)


def facts_named(program: Program) -> dict[str, str]:
    """Return what people call facts that rules ask for, each with the word that states it: the heading of a column."""
    named: dict[str, str] = {}
    for rule in program.rules:
        match rule:
            case Level():
                named.setdefault(program.known_vocabularies[rule.vocabulary].name, rule.vocabulary)
            case Quantity():
                named.setdefault(rule.name, rule.of)
            case Exemption():
                named.setdefault(rule.name, "grant")
    return named
