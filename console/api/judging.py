"""The addresses of the API by which it is found out about a nomination what its rules ask: as its page has them."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request

from console.api.answers import Answers
from console.api.asking import Asker, Language, Number, each_once, problems
from console.api.judged_shapes import (
    BodyOpinionAsked,
    BodyOpinionList,
    BodyOpinionShape,
    DetailList,
    DetailShape,
    FactAsked,
    FactList,
    FactsAsked,
    FactShape,
    VerdictList,
    VerdictsAsked,
)
from console.api.shapes import ReasonAsked
from console.api.telling import verdict_told
from operations.acts import Act
from operations.casefiles import CaseFile
from operations.dossiers import Stated, state_facts
from operations.fact_fields import FactField
from operations.jointly import give_opinion
from operations.personal import reveal
from operations.results import Denied, MisstatedError
from operations.screen import judge
from programs import Words
from states import each


class Judging(Answers):
    """What each address answers. Methods whose names say what is asked for; FastAPI reads their annotations."""

    def register(self, app: FastAPI) -> None:
        """Give the app these addresses."""
        one = "/nominations/{number}"
        asked: tuple[tuple[str, str, Callable[..., Any]], ...] = (
            ("POST", f"{one}/verdicts", self.judge),
            ("GET", f"{one}/facts", self.facts),
            ("POST", f"{one}/facts", self.state),
            ("GET", f"{one}/opinions", self.opinions),
            ("POST", f"{one}/opinions", self.give_opinion),
            ("POST", f"{one}/details", self.reveal),
        )
        for method, path, answer in asked:
            may = problems() if method == "GET" else problems(HTTPStatus.CONFLICT)
            if answer == self.reveal:
                may |= problems(HTTPStatus.SERVICE_UNAVAILABLE)
            app.add_api_route(path, answer, methods=[method], responses=may, operation_id=answer.__name__)

    def judge(
        self, request: Request, bearer: Asker, language: Language, number: Number, asked: VerdictsAsked
    ) -> VerdictList:
        """Record what a reviewer finds of rules, while the nomination is screened."""
        self._case(bearer, number)
        act = self._act(bearer)
        each_once(one.rule for one in asked.verdicts)
        done = judge(self._desk, number, {one.rule: one.result for one in asked.verdicts}, act, note=asked.note)
        self._after(request, act, done)
        return VerdictList(verdicts=[verdict_told(one, language) for one in each(self._case(bearer, number).verdicts)])

    def facts(self, bearer: Asker, language: Language, number: Number) -> FactList:
        """What rules ask the form for, with what it states."""
        return _facts(self._case(bearer, number), language)

    def state(self, request: Request, bearer: Asker, language: Language, number: Number, asked: FactsAsked) -> FactList:
        """State facts of the form, for the rules to judge by; those that are not named stay as they are."""
        case = self._case(bearer, number)
        act = self._act(bearer)
        done = state_facts(self._desk, number, list(pairs_of((one.field for one in case.stated), asked.facts)), act)
        self._after(request, act, done)
        return _facts(self._case(bearer, number), language)

    def opinions(self, bearer: Asker, number: Number) -> BodyOpinionList:
        """What each body says that screens the nomination jointly, or is consulted, where it stands."""
        return _opinions(self._case(bearer, number))

    def give_opinion(self, request: Request, bearer: Asker, number: Number, asked: BodyOpinionAsked) -> BodyOpinionList:
        """Record what one of the bodies says; what it said before is replaced."""
        self._case(bearer, number)
        act = self._act(bearer)
        done = give_opinion(self._desk, number, asked.body, act, agrees=asked.agrees, note=asked.note)
        self._after(request, act, done)
        return _opinions(self._case(bearer, number))

    def reveal(
        self, request: Request, bearer: Asker, language: Language, number: Number, asked: ReasonAsked
    ) -> DetailList:
        """Personal data of the nominee in full, for a reason: each time is an event of the nomination."""
        self._case(bearer, number)
        act = self._act(bearer, asked.reason)
        done = reveal(self._desk, number, act)
        if isinstance(done, Denied):
            raise self._refused(request, act, done)
        return DetailList(
            details=[
                DetailShape(kind=one.kind, name=one.kind.label.in_language(language), value=one.value) for one in done
            ]
        )

    def _after(self, request: Request, act: Act, done: object) -> None:
        if isinstance(done, Denied):
            raise self._refused(request, act, done)


def pairs_of(asked: Iterable[FactField], facts: Sequence[FactAsked]) -> Iterator[tuple[str, str]]:
    """Yield facts as they are stated.

    Raises `MisstatedError` where one is stated twice, or several values of one that has a single one.
    """
    each_once(one.fact for one in facts)
    several = {one.word for one in asked if one.many}
    for one in facts:
        if len(one.values) > 1 and one.fact not in several:
            raise MisstatedError(Words("“{word}”只能填一项", "{word} has a single value").format(word=one.fact))
        yield from ((one.fact, value) for value in one.values or [""])


def _facts(case: CaseFile, language: str) -> FactList:
    return FactList(facts=[_fact(one, language) for one in case.stated])


def _fact(one: Stated, language: str) -> FactShape:
    field = one.field
    return FactShape(
        fact=field.word,
        name=field.name.in_language(language),
        values=None if one.values is None else list(one.values),
        choices=list(field.choices),
        hint=field.hint.in_language(language) if field.hint else None,
        several=field.many,
    )


def _opinions(case: CaseFile) -> BodyOpinionList:
    return BodyOpinionList(
        opinions=[
            BodyOpinionShape(
                body=one.body, agrees=one.agrees, note=one.note, given_by=one.given_by, given_at=one.given_at
            )
            for one in case.bodies
        ]
    )
