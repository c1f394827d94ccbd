"""The addresses of the API for objections: what is open, and how one is handled from its letter to its end."""

from datetime import datetime
from http import HTTPStatus
from typing import Annotated

from fastapi import FastAPI, Path, Request
from fastapi.responses import Response

from console.acting import TakenAway
from console.api.answers import route
from console.api.asking import Asker, Language, ProgramId, problems
from console.api.file_shapes import TakeAsked
from console.api.judging import pairs_of
from console.api.objected_shapes import (
    AdmitAsked,
    ContactShape,
    CorrectableShape,
    EvidenceShape,
    FindingForm,
    HandledShape,
    ObjectionDetail,
    ObjectionList,
    ObjectionShape,
    ProlongAsked,
    RefuseAsked,
    ScopeShape,
    SettleAsked,
    SignedShape,
)
from console.api.sent_files import BYTES, TakesFiles
from console.api.shapes import ReasonAsked
from console.api.telling import moved_told, refusals_told
from console.arriving import beside_pages
from console.uploads import Sent
from operations.held_secrets import Held
from operations.investigating import investigate, prolong
from operations.materials import Offered
from operations.objection_evidence import Evidence, take_evidence
from operations.objection_list import STATES, ListedObjection, reveal_contact
from operations.objections import Admitted, Outcome, admit, refuse, settle
from operations.publications import MOST, evidence_unbounded
from operations.publicity_desk import ObjectionCase, objection_case, open_objections, publicity_desk
from operations.results import Denied, MisstatedError, Moved
from programs import Words

Objection = Annotated[int, Path(ge=1, le=1_000_000_000, description="the number of an objection")]


class Objecting(TakesFiles):
    """What each address answers. Methods whose names say what is asked for; FastAPI reads their annotations."""

    def register(self, app: FastAPI) -> None:
        """Give the app these addresses."""
        one = "/objections/{objection}"
        route(
            app,
            (
                ("GET", "/objections", self.open_objections),
                ("GET", "/programs/{program_id}/objections", self.objections),
                ("GET", one, self.objection),
                ("POST", f"{one}/admission", self.admit_objection),
                ("POST", f"{one}/refusal", self.refuse_objection),
                ("POST", f"{one}/prolongation", self.prolong_objection),
                ("POST", f"{one}/settlement", self.settle_objection),
            ),
        )
        app.add_api_route(
            f"{one}/contact",
            self.reveal_contact,
            methods=["POST"],
            responses=problems(HTTPStatus.CONFLICT, HTTPStatus.SERVICE_UNAVAILABLE),
            operation_id="reveal_contact",
        )
        app.add_api_route(
            f"{one}/files/{{place}}",
            self.take_evidence,
            methods=["POST"],
            response_class=Response,
            responses=problems(HTTPStatus.CONFLICT, HTTPStatus.SERVICE_UNAVAILABLE) | BYTES,
            operation_id="take_evidence",
        )
        self._take(app, f"{one}/finding", self.investigate_objection, FindingForm, without=True)

    def open_objections(self, bearer: Asker, language: Language) -> ObjectionList:
        """What is open in every program, of each the first to be settled in front."""
        found = open_objections(self._desk, bearer.actor, self._clock())
        return ObjectionList(
            objections=[_objection(one, program.id, language) for program, some in found for one in some]
        )

    def objections(self, bearer: Asker, language: Language, program_id: ProgramId) -> ObjectionList:
        """The objections of a program that the asker may see, those that are settled too."""
        found = publicity_desk(self._desk, program_id, bearer.actor, self._clock())
        return ObjectionList(objections=[_objection(one, program_id, language) for one in found.objections])

    def objection(self, bearer: Asker, language: Language, objection: Objection) -> ObjectionDetail:
        """One objection: what was raised, by when something is to be done, and what was done."""
        return _detail(self._objected(bearer, objection), language)

    def reveal_contact(self, request: Request, bearer: Asker, objection: Objection, asked: ReasonAsked) -> ContactShape:
        """How to reach who objects, for a reason: each time is an event of the nomination."""
        self._objected(bearer, objection)
        act = self._act(bearer, asked.reason)
        return ContactShape(contact=self._done(request, act, reveal_contact(self._desk, objection, act)))

    def take_evidence(
        self,
        request: Request,
        bearer: Asker,
        objection: Objection,
        place: Annotated[int, Path(ge=1, le=1000)],
        asked: TakeAsked,
    ) -> Response:
        """Take a copy of one file: each time is an event of the nomination."""
        self._objected(bearer, objection)
        act, away = self._act(bearer, asked.reason), TakenAway(self._desk)
        try:
            (file,) = self._done(request, act, take_evidence(self._desk, objection, away.folder, act, place=place))
        except BaseException:
            away.forget()
            raise
        return away.send(file)

    def admit_objection(self, request: Request, bearer: Asker, objection: Objection, asked: AdmitAsked) -> HandledShape:
        """Take an objection up: it is looked into, by a deadline where the program has one."""
        self._objected(bearer, objection)
        act = self._act(bearer, asked.reason)
        done = self._done(request, act, admit(self._desk, objection, act, handler=asked.handler or None))
        return _admitted(done)

    def refuse_objection(
        self, request: Request, bearer: Asker, objection: Objection, asked: RefuseAsked
    ) -> HandledShape:
        """Do not take an objection up; who objects can read the reason."""
        self._objected(bearer, objection)
        act = self._act(bearer, asked.reason)
        done = self._done(request, act, refuse(self._desk, objection, act, scope=asked.scope or None))
        return _ended(objection, "refused", done)

    async def investigate_objection(
        self, request: Request, bearer: Asker, language: Language, objection: Objection
    ) -> ObjectionDetail:
        """Note what was found, in the place of what was noted before; files come behind those that there are."""

        def admits() -> None:
            if refusal := self._objected(bearer, objection).refusal:
                raise self._refused(request, self._act(bearer), Denied((refusal,)))

        def answer(files: list[Sent], form: FindingForm) -> ObjectionDetail:
            act = self._act(bearer)
            if unbounded := evidence_unbounded([one.size for one in files]):
                raise self._refused(request, act, Denied((unbounded,)))
            evidence = Evidence(tuple(Offered(one.name, one.file) for one in files))
            self._done(request, act, investigate(self._desk, objection, form.finding, act, evidence=evidence))
            return _detail(self._objected(bearer, objection), language)

        await beside_pages(admits)
        return await self._uploaded(request, FindingForm, answer, MOST, without=True)

    def prolong_objection(
        self, request: Request, bearer: Asker, objection: Objection, asked: ProlongAsked
    ) -> HandledShape:
        """Give an investigation more time."""
        self._objected(bearer, objection)
        act = self._act(bearer, asked.reason)
        return _admitted(self._done(request, act, prolong(self._desk, objection, asked.until, act)))

    def settle_objection(
        self, request: Request, bearer: Asker, objection: Objection, asked: SettleAsked
    ) -> HandledShape:
        """Settle an objection. Upheld its nominee is removed; else they go on once nothing more is open."""
        found = self._objected(bearer, objection)
        if asked.facts and asked.outcome is not Outcome.CORRECTED:
            raise MisstatedError(Words("只有更正后继续办理才填 facts", "`facts` are put right where corrected"))
        act = self._act(bearer, asked.reason)
        done = settle(
            self._desk,
            objection,
            asked.outcome,
            asked.answer,
            act,
            clause=asked.clause or None,
            facts=list(pairs_of(found.asked, asked.facts)),
        )
        handler = self._objected(bearer, objection).listed.handler
        return _ended(objection, asked.outcome.value, self._done(request, act, done), handler)

    def _objected(self, bearer: Held, objection: int) -> ObjectionCase:
        return objection_case(self._desk, objection, bearer.actor, self._clock())


def _objection(one: ListedObjection, program_id: str, language: str) -> ObjectionShape:
    return ObjectionShape(
        id=one.id,
        program=program_id,
        number=one.number,
        nominee=one.nominee,
        stage=one.stage,
        raised_by=one.raised_by,
        lodged_at=one.lodged_at,
        state=one.state,
        state_name=STATES[one.state].in_language(language),
        handler=one.handler,
        due_at=one.due_at,
        provisional=one.provisional,
        overdue=one.overdue,
        settled_at=one.settled_at,
    )


def _detail(found: ObjectionCase, language: str) -> ObjectionDetail:
    settled = found.settled
    return ObjectionDetail(
        **dict(_objection(found.listed, found.program.id, language)),
        unit=found.unit,
        objector=found.objector,
        grounds=found.grounds,
        evidence=found.evidence,
        files=[
            EvidenceShape(place=one.place, name=one.name, attached_at=one.attached_at, attached_by=one.attached_by)
            for one in found.files
        ],
        has_contact=found.has_contact,
        taken_by=found.taken_by,
        judged=_signed(found.judged),
        scope=found.scope,
        found=_signed(found.found),
        settled=_signed((settled[0], found.listed.settled_at, settled[1]) if settled else None),
        clause=settled[2] if settled else None,
        scopes=[ScopeShape(id=one.id, name=one.name) for one in found.scopes],
        correctable=[
            CorrectableShape(
                fact=one.word,
                name=one.name.in_language(language),
                choices=list(one.choices),
                hint=one.hint.in_language(language) if one.hint else None,
                several=one.many,
            )
            for one in found.asked
        ],
        refusals=refusals_told([found.refusal] if found.refusal else [], language),
    )


def _signed(said: tuple[str, datetime | None, str] | None) -> SignedShape | None:
    return SignedShape(by=said[0], at=said[1], said=said[2]) if said else None


def _admitted(done: Admitted) -> HandledShape:
    return HandledShape(objection=done.objection, state="admitted", handler=done.handler, due_at=done.due_at)


def _ended(objection: int, state: str, done: Moved | None, handler: str | None = None) -> HandledShape:
    return HandledShape(objection=objection, state=state, handler=handler, moved=moved_told(done) if done else None)
