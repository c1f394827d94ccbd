"""Verdicts: each rule of a program asked of one nominee, and answered with pass, fail or needs-evidence, in words.

What is stated in the form decides by itself; what needs judgement waits for a named reviewer, who may also find that
what is stated is not proven. A reviewer cannot pass what the facts fail: the facts are corrected instead.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from programs import Path, Program, Words
from programs.rules import Combination, Exemption, Rule
from states.answers import Answer, Evidence, Result, answer


@dataclass(frozen=True, slots=True)
class Verdict:
    """The answer to one rule, why, and the answers to the rules that it is made of.

    `reviewed`: it is a reviewer's, not that of what is stated. `lines` are the single things that were found.
    """

    rule: str
    name: str
    clause: str
    result: Result
    words: Words
    parts: tuple["Verdict", ...] = ()
    reviewed: bool = False
    lines: tuple[Words, ...] = ()

    def to_json(self, language: str = "zh") -> dict[str, object]:
        """Return the verdict as a JSON object in one language."""
        return {
            "rule": self.rule,
            "name": self.name,
            "clause": self.clause,
            "result": self.result.value,
            "words": self.words.in_language(language),
            "reviewed": self.reviewed,
            "lines": [line.in_language(language) for line in self.lines],
            "parts": [part.to_json(language) for part in self.parts],
        }


def verdicts_of(program: Program, path: Path, evidence: Evidence) -> tuple[Verdict, ...]:
    """Return a verdict for each rule that a nomination on this path is screened by, in the order of the program."""
    judge = _Judge(program, path, evidence)
    return tuple(judge.verdict(rule) for rule in program.rules_for(path))


def each(verdicts: Iterable[Verdict]) -> Iterator[Verdict]:
    """Yield all verdicts, each before its parts."""
    for verdict in verdicts:
        yield verdict
        yield from each(verdict.parts)


class _Judge:
    """Asks the rules of one nominee."""

    def __init__(self, program: Program, path: Path, evidence: Evidence) -> None:
        self._program = program
        self._evidence = evidence
        self._rules = {rule.id: rule for rule in program.rules if rule.concerns(*path)}
        self._lifted = {
            rule.lifts: rule for rule in self._rules.values() if isinstance(rule, Exemption) and self._granted(rule)
        }

    def verdict(self, rule: Rule) -> Verdict:
        """Return the verdict on one rule."""
        parts: tuple[Verdict, ...] = ()
        if isinstance(rule, Combination):
            parts = tuple(self.verdict(self._rules[one]) for one in rule.of if one in self._rules)
            computed = _combined(rule, parts)
        else:
            computed = answer(rule, self._program, self._evidence)
        reviewed = self._reviewed(rule, computed)
        result, words, _ = reviewed or computed
        # Whoever finds otherwise is told what it was that they looked at.
        verdict = Verdict(rule.id, rule.name, rule.clause, result, words, parts, reviewed is not None, computed.lines)
        exemption = self._lifted.get(rule.id)
        if exemption and verdict.result is not Result.PASS:
            lifted = Words("依“{name}”不受此限", "lifted by “{name}”").format(name=exemption.name)
            verdict = replace(verdict, result=Result.PASS, words=lifted)
        return verdict

    def _reviewed(self, rule: Rule, computed: Answer) -> Answer | None:
        """Let a reviewer answer what is open, or doubt what is stated."""
        match computed.result, self._evidence.attested.get(rule.id):
            case Result.PASS | Result.NEEDS_EVIDENCE, Result.FAIL:
                return Answer(Result.FAIL, Words("审查认定不符合", "found not to be met"))
            case Result.NEEDS_EVIDENCE, Result.PASS:
                return Answer(Result.PASS, Words("审查认定符合", "found to be met"))
            case Result.PASS, Result.NEEDS_EVIDENCE:
                return Answer(Result.NEEDS_EVIDENCE, Words("审查要求补充证据", "more evidence was asked for"))
        return None

    def _granted(self, exemption: Exemption) -> bool:
        attested = self._evidence.attested.get(exemption.id)
        if attested is not None:
            return attested is Result.PASS
        return bool(set(self._evidence.facts.grants) & set(exemption.granted_by))


def _combined(rule: Combination, parts: tuple[Verdict, ...]) -> Answer:
    need = rule.need if rule.need is not None else len(parts)
    passed, unsure = (sum(part.result is result for part in parts) for result in (Result.PASS, Result.NEEDS_EVIDENCE))
    words = Words("{count} 项中符合 {passed} 项，须 {need} 项", "{passed} of {count} are met, {need} needed").format(
        count=len(parts), passed=passed, need=need
    )
    if passed >= need:
        return Answer(Result.PASS, words)
    return Answer(Result.NEEDS_EVIDENCE if passed + unsure >= need else Result.FAIL, words)
