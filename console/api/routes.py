"""The addresses of the API."""

from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from http import HTTPStatus
from typing import Annotated, Any, cast

from fastapi import FastAPI, Query, Request

from console.acting import reason_for, rules_and_materials, told_of_many
from console.api.answers import Answers
from console.api.asking import Asker, Language, Number, ProblemError, ProgramId, each_once, expect_page, problems
from console.api.program_shapes import (
    ProgramDetail,
    ProgramList,
    WaitingList,
)
from console.api.shapes import (
    BatchAsked,
    BatchDone,
    DraftAsked,
    Drawn,
    History,
    Listing,
    Me,
    MoveAsked,
    MovedShape,
    NominationDetail,
    NominationPage,
    UndoAsked,
)
from console.api.telling import (
    batch_told,
    case_told,
    event_told,
    moved_told,
    page_told,
    program_in_full,
    program_told,
    waiting_told,
)
from operations import finding, queries
from operations.casefiles import CaseFile
from operations.held_secrets import Held
from operations.move import Lacking, move
from operations.naming import ids_called
from operations.nominate import Draft, nominate
from operations.overview import overview, program_overview
from operations.picking import as_seen, move_picked, pick, pick_there
from operations.results import Denied, MisstatedError, UnknownError
from operations.undo import undo
from operations.waiting import waiting_for
from programs import Words
from states import Endorsement, Move, Refusal

_UNREAD = Refusal(
    "seen-version",
    Words("没有写明每件的 version", "the `version` of each is not stated"),
    Words("请先预览，再写明预览给出的 version", "look at a preview first, and state the versions that it gives"),
)


class Routes(Answers):
    """What each address answers. Methods whose names say what is asked for; FastAPI reads their annotations."""

    def register(self, app: FastAPI) -> None:
        """Give the app these addresses."""
        one = "/nominations/{number}"
        asked: tuple[tuple[str, str, Callable[..., Any], bool], ...] = (
            ("GET", "/me", self.me, False),
            ("GET", "/waiting", self.waiting, False),
            ("GET", "/programs", self.programs, False),
            ("GET", "/programs/{program_id}", self.program, False),
            ("POST", "/programs/{program_id}/nominations", self.nominate, True),
            ("GET", "/nominations", self.nominations, False),
            ("GET", one, self.nomination, False),
            ("GET", f"{one}/history", self.history, False),
            ("POST", f"{one}/moves", self.move, True),
            ("POST", f"{one}/undo", self.undo, True),
            ("POST", "/moves", self.batch, True),
        )
        for method, path, answer, may_refuse in asked:
            told = problems(HTTPStatus.CONFLICT) if may_refuse else problems()
            app.add_api_route(path, answer, methods=[method], responses=told, operation_id=answer.__name__)

    def me(self, bearer: Asker) -> Me:
        """Whom the token stands for."""
        actor = bearer.actor
        return Me(
            name=actor.name,
            role=actor.role.value,
            organization=actor.organization,
            token=bearer.label or "",
            # Every token has an end; addresses of calendars alone have none.
            ends_at=cast("datetime", bearer.ends_at),
        )

    def waiting(self, bearer: Asker, language: Language) -> WaitingList:
        """What waits for the asker's organization: what is late first, then what is due next."""
        found = waiting_for(self._desk, bearer.actor, self._clock())
        return WaitingList(waiting=[waiting_told(one, language) for one in found])

    def programs(self, bearer: Asker, language: Language) -> ProgramList:
        """The programs that the asker may know, with how many nominations stand where."""
        found = overview(self._desk, self._clock(), seen_by=bearer.actor)
        return ProgramList(programs=[program_told(one, language) for one in found.programs])

    def program(self, bearer: Asker, language: Language, program_id: ProgramId) -> ProgramDetail:
        """One program with all its dates."""
        found = program_overview(self._desk, program_id, self._clock(), seen_by=bearer.actor)
        return program_in_full(found, language)

    def nominations(self, bearer: Asker, language: Language, listing: Annotated[Listing, Query()]) -> NominationPage:
        """A page of the nominations that the asker may see and asks for."""
        query = queries.Query(**dict(listing))
        expect_page(lost=queries.is_no_place(query))
        return page_told(finding.find_nominations(self._desk, query, self._clock(), seen_by=bearer.actor), language)

    def nomination(self, bearer: Asker, language: Language, number: Number) -> NominationDetail:
        """One nomination: where it stands, every move that leads on and what stands against it, verdicts, materials."""
        return case_told(self._case(bearer, number), language)

    def history(self, bearer: Asker, language: Language, number: Number) -> History:
        """What happened to a nomination, the newest first."""
        case = self._case(bearer, number)
        return History(events=[event_told(one, language, in_full=case.runs) for one in case.history])

    def nominate(self, request: Request, bearer: Asker, program_id: ProgramId, asked: DraftAsked) -> Drawn:
        """Draw up a nomination."""
        self._program(bearer, program_id)
        draft = Draft(**dict(asked) | {"traits": frozenset(asked.traits)})
        act = self._act(bearer)
        done = nominate(self._desk, program_id, draft, act)
        if isinstance(done, Denied):
            raise self._refused(request, act, done)
        return Drawn(number=done.number, stage=done.stage)

    def move(self, request: Request, bearer: Asker, number: Number, asked: MoveAsked) -> MovedShape:
        """Move a nomination, if nobody has moved it since its version was read."""
        case = self._case(bearer, number)
        lacking = _lacking(case, asked)
        act = self._act(bearer, reason_for(case, lacking, asked.reason))
        endorsement = Endorsement(_opinion(asked), asked.sealed, asked.form_number)
        done = move(
            self._desk,
            number,
            asked.move,
            act,
            grade=asked.grade,
            ground=asked.ground,
            endorsement=endorsement if endorsement != Endorsement() else None,
            lacking=lacking,
            seen_version=asked.version,
        )
        if isinstance(done, Denied):
            raise self._refused(request, act, done, version=self._version(bearer, number, case))
        return moved_told(done)

    def undo(self, request: Request, bearer: Asker, number: Number, asked: UndoAsked) -> MovedShape:
        """Take the last move of a nomination back, where its program allows it and nothing rests on it."""
        case = self._case(bearer, number)
        act = self._act(bearer, asked.reason)
        done = undo(self._desk, number, act, seen_version=asked.version)
        if isinstance(done, Denied):
            raise self._refused(request, act, done, version=self._version(bearer, number, case))
        return moved_told(done)

    def batch(self, request: Request, bearer: Asker, language: Language, asked: BatchAsked) -> BatchDone:
        """Make one move with many nominations; those that are refused stay where they are. By default a preview."""
        act = self._act(bearer, asked.reason)
        each_once(one.number for one in asked.nominations)
        if asked.preview:
            self._computed.bound(act.actor.name, act.now)
        elif any(one.version is None for one in asked.nominations):
            raise ProblemError(HTTPStatus.CONFLICT, refusals=(_UNREAD,))
        look = pick if asked.preview else pick_there
        picked = look(self._desk, [one.number for one in asked.nominations], act.actor, act.now)
        seen = {one.number: one.version for one in asked.nominations if one.version is not None}
        endorsement = Endorsement(_opinion(asked), asked.sealed)
        done = move_picked(
            self._desk,
            as_seen(picked, seen),
            asked.move,
            act,
            endorsement=endorsement if endorsement != Endorsement() else None,
            ground=asked.ground,
            dry_run=asked.preview,
        )
        if done.missing or not asked.preview:
            told_of_many(self._desk, request, act, done)
        return batch_told(done, language, preview=asked.preview)

    def _version(self, bearer: Held, number: str, before: CaseFile) -> int:
        """Return the version that now stands; of what has left the asker's sight meanwhile, the last that they saw."""
        with suppress(UnknownError):
            return self._case(bearer, number).version
        return before.version


def _lacking(case: CaseFile, asked: MoveAsked) -> Lacking:
    """Return what a nomination is returned for; raises `MisstatedError` for what it does not have, or another move."""
    if asked.move is not Move.RETURN and (asked.rules or asked.materials):
        raise MisstatedError(Words("只有退回补正才填 rules 和 materials", "`rules` and `materials` are of a return"))
    rules, materials = rules_and_materials(case)
    no_rule = Words("没有条件 {id}；此件的审查条件：{known}", "there is no rule {id}; its rules are {known}")
    no_material = Words("没有材料 {id}；此件的材料：{known}", "there is no material {id}; its materials are {known}")
    return Lacking(
        tuple(ids_called(asked.rules, rules, no_rule).values()),
        tuple(ids_called(asked.materials, materials, no_material).values()),
    )


def _opinion(asked: MoveAsked | BatchAsked) -> dict[str, str]:
    each_once(one.point for one in asked.opinion)
    return {one.point: one.said for one in asked.opinion}
