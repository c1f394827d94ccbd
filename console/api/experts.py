"""The addresses of the API for the pool of experts: as its page has it."""

from collections.abc import Callable
from http import HTTPStatus
from typing import Annotated, Any

from fastapi import FastAPI, Query, Request

from console.api.answers import Answers
from console.api.asking import Asker, expect_page, problems
from console.api.roster_shapes import (
    AddAddress,
    AddExpert,
    ChangeAddress,
    ChangeExpert,
    DeclareTie,
    ExpertAsked,
    ExpertDetail,
    ExpertPage,
    ExpertShape,
    ExpertsSought,
    RetireExpert,
    RevealAsked,
    TieCount,
    TieShape,
    WithdrawTie,
)
from console.api.rosters import addressed, addresses_told, full_told
from operations.acts import Act
from operations.addresses import list_addresses
from operations.experts.browsing import Sought, pool_seen, reveal_expert
from operations.experts.pool import ExpertDraft, add_expert, change_expert, declare_tie, retire_expert, withdraw_tie
from operations.held_secrets import Held
from states.recusals import Tie

#: What of an expert is changed: everything but the name.
_CHANGED = ("employer", "fields", "title", "born", "mail", "term_from", "term_until")


class Experts(Answers):
    """What each address answers."""

    def register(self, app: FastAPI) -> None:
        """Give the app these addresses."""
        asked: tuple[tuple[str, str, Callable[..., Any]], ...] = (
            ("GET", "/experts", self.experts),
            ("POST", "/experts", self.keep_expert),
            ("POST", "/experts/details", self.reveal_expert),
        )
        for method, path, answer in asked:
            may = problems() if method == "GET" else problems(HTTPStatus.CONFLICT, HTTPStatus.SERVICE_UNAVAILABLE)
            app.add_api_route(path, answer, methods=[method], responses=may, operation_id=answer.__name__)

    def experts(self, bearer: Asker, sought: Annotated[ExpertsSought, Query()]) -> ExpertPage:
        """The pool of experts, for who keeps it or oversees it; what concerns the expert alone is masked."""
        return self._page(bearer, Sought(sought.field, sought.begins, sought.retired, sought.after))

    def keep_expert(self, request: Request, bearer: Asker, asked: ExpertAsked) -> ExpertPage:
        """Take somebody in, correct or retire them, record ties, or change their addresses; answers with them."""
        pool_seen(self._desk, bearer.actor, most=1)
        act = self._act(bearer, getattr(asked, "reason", ""))
        self._done(request, act, self._kept(asked, act))
        return self._page(bearer, Sought(begins=asked.name, retired=isinstance(asked, RetireExpert)))

    def reveal_expert(self, request: Request, bearer: Asker, asked: RevealAsked) -> ExpertDetail:
        """An expert in full, for a reason: each time is an event."""
        pool_seen(self._desk, bearer.actor, most=1)
        act = self._act(bearer, asked.reason)
        done = self._done(request, act, reveal_expert(self._desk, asked.name, act))
        draft = done.draft
        return ExpertDetail(
            name=draft.name,
            employer=draft.employer,
            fields=list(draft.fields),
            title=draft.title,
            born=draft.born,
            mail=draft.mail,
            term_from=draft.term_from,
            term_until=draft.term_until,
            ties=[
                TieShape(
                    number=one.id,
                    ground=one.tie.ground,
                    subject=one.tie.subject,
                    unit=one.tie.unit,
                    until=one.tie.until,
                )
                for one in done.ties
            ],
            addresses=full_told(done.addresses),
        )

    def _kept(self, asked: ExpertAsked, act: Act) -> object:
        match asked:
            case AddExpert():
                return add_expert(self._desk, _draft(asked), act)
            case ChangeExpert():
                draft = _draft(asked)
                return change_expert(self._desk, asked.name, {one: getattr(draft, one) for one in _CHANGED}, act)
            case RetireExpert():
                return retire_expert(self._desk, asked.name, act)
            case DeclareTie():
                tie = Tie(asked.ground, asked.subject, asked.unit or None, asked.until)
                return declare_tie(self._desk, asked.name, tie, act)
            case WithdrawTie():
                return withdraw_tie(self._desk, asked.name, asked.tie, act)
            case AddAddress() | ChangeAddress():
                return addressed(self._desk, asked, act)

    def _page(self, bearer: Held, sought: Sought) -> ExpertPage:
        found = pool_seen(self._desk, bearer.actor, sought)
        addresses = list_addresses(self._desk, [one.draft.name for one in found.experts])
        expect_page(lost=found.lost)
        return ExpertPage(
            experts=[
                ExpertShape(
                    name=one.draft.name,
                    employer=one.draft.employer,
                    fields=list(one.draft.fields),
                    title=one.draft.title,
                    term_from=one.draft.term_from,
                    term_until=one.draft.term_until,
                    retired_at=one.retired_at,
                    ties=[TieCount(ground=ground, count=count) for ground, count in one.ties.items()],
                    addresses=addresses_told(addresses.get(one.draft.name, [])),
                )
                for one in found.experts
            ],
            fields=list(found.fields),
            following=found.after,
            may_keep=found.keeps,
        )


def _draft(asked: AddExpert | ChangeExpert) -> ExpertDraft:
    return ExpertDraft(
        asked.name,
        asked.employer,
        tuple(one for one in asked.fields if one),
        asked.title or None,
        asked.born,
        asked.mail or None,
        asked.term_from,
        asked.term_until,
    )
