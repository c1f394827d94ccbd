"""The addresses of the API for the document that confers an award, certificates, and the terms of honorees."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from http import HTTPStatus
from typing import Annotated, Any, Final

from fastapi import FastAPI, Query, Request
from fastapi.responses import Response

from console.acting import office_file
from console.api.answers import Answers, route
from console.api.asking import Asker, Language, Number, ProgramId, expect_page, problems
from console.api.honored_shapes import (
    AppointAsked,
    AssessAsked,
    CertificateAsked,
    CertificateList,
    CertificateShape,
    HonorPageShape,
    IssuanceShape,
    IssueAsked,
    IssuedShape,
    PayAsked,
    RecoverAsked,
    ReportAsked,
    ResumeAsked,
    ReturnAsked,
    RevokeAsked,
    StopAsked,
    TermShape,
)
from console.api.honored_telling import honors_told, issuance_told, issued_told, term_told
from console.api.sent_files import BYTES
from console.api.shapes import Asked, Line
from operations.acts import Act
from operations.certify import number_certificates
from operations.desk import Desk
from operations.held_secrets import Held
from operations.issue import issue
from operations.printing import certificate_of
from operations.tenure.assessing import appoint, assess, receive_report, rectify
from operations.tenure.listing import honor_page
from operations.tenure.paying import pay, recover
from operations.tenure.revoking import revoke, take_certificate_back
from operations.tenure.stopping import resume_benefits, stop_benefits
from operations.tenure.view import TermView, issuance_desk, term_view

#: So many honorees are on a page.
MOST: Final = 200


class Honoring(Answers):
    """What each address answers. Methods whose names say what is asked for; FastAPI reads their annotations."""

    def register(self, app: FastAPI) -> None:
        """Give the app these addresses."""
        program = "/programs/{program_id}"
        one = f"{program}/honors/{{number}}"
        route(
            app,
            (
                ("GET", f"{program}/issuance", self.issuance),
                ("POST", f"{program}/issuance", self.issue),
                ("POST", f"{program}/certificates", self.certify),
                ("GET", f"{program}/honors", self.honors),
                ("GET", one, self.term),
                *(("POST", f"{one}/{what.path}", self._deed(what)) for what in _DEEDS),
            ),
        )
        app.add_api_route(
            f"{one}/certificate",
            self.certificate,
            methods=["POST"],
            response_class=Response,
            responses=problems(HTTPStatus.CONFLICT) | BYTES,
            operation_id="certificate",
        )

    def issuance(self, bearer: Asker, language: Language, program_id: ProgramId) -> IssuanceShape:
        """Who waits for the document, what was issued, and how many certificates are numbered."""
        return issuance_told(issuance_desk(self._desk, program_id, bearer.actor, self._clock()), language)

    def issue(
        self, request: Request, bearer: Asker, language: Language, program_id: ProgramId, asked: IssueAsked
    ) -> IssuedShape:
        """Issue the document for everybody who waits for it."""
        self._program(bearer, program_id)
        act = self._act(bearer)
        return issued_told(self._done(request, act, issue(self._desk, program_id, asked.number, act)), language)

    def certify(self, request: Request, bearer: Asker, program_id: ProgramId) -> CertificateList:
        """Number the certificate of everybody who is honored and has none."""
        self._program(bearer, program_id)
        act = self._act(bearer)
        done = self._done(request, act, number_certificates(self._desk, program_id, act))
        numbered = done.certificates.items()
        return CertificateList(
            certificates=[CertificateShape(nomination=number, certificate=one) for number, one in numbered]
        )

    def honors(
        self, bearer: Asker, language: Language, program_id: ProgramId, after: Annotated[Line, Query()] = ""
    ) -> HonorPageShape:
        """Whom a program has honored, a page of them: the first ones, or those after a number."""
        now = self._clock()
        page = honor_page(self._desk, program_id, bearer.actor, now, after=after, most=MOST)
        expect_page(lost=page.lost)
        return honors_told(page, language, now)

    def term(self, bearer: Asker, language: Language, program_id: ProgramId, number: Number) -> TermShape:
        """One term: what was reported, assessed and paid, what is to be done, and what the asker may do."""
        return term_told(self._term(bearer, program_id, number), language, self._clock())

    def certificate(
        self, request: Request, bearer: Asker, program_id: ProgramId, number: Number, asked: CertificateAsked
    ) -> Response:
        """Take the certificate as a Word file or a PDF: each time is an event of the nomination."""
        found, act = self._term(bearer, program_id, number), self._act(bearer)
        if asked.kind == "pdf":
            self._computed.bound(act.actor.name, act.now)
        done = self._done(request, act, certificate_of(self._desk, number, act, as_pdf=asked.kind == "pdf"))
        return office_file(done, f"证书-{found.honor.nominee}", asked.kind)

    def _deed(self, what: "_Deed") -> Callable[..., TermShape]:
        """Return what answers where something is done in a term: with the term as it stands then."""

        def answer(
            request: Request,
            bearer: Asker,
            language: Language,
            program_id: ProgramId,
            number: Number,
            asked: Any,  # noqa: ANN401 - `what.asked`, which FastAPI is told below
        ) -> TermShape:
            self._term(bearer, program_id, number)
            act = replace(self._act(bearer, getattr(asked, "reason", "")), seen=asked.mark)
            self._done(request, act, what.do(self._desk, number, asked, act))
            return term_told(self._term(bearer, program_id, number), language, act.now)

        answer.__annotations__["asked"] = what.asked
        answer.__name__, answer.__doc__ = what.name, what.told
        return answer

    def _term(self, bearer: Held, program_id: str, number: str) -> TermView:
        return term_view(self._desk, program_id, number, bearer.actor, self._clock())


@dataclass(frozen=True, slots=True)
class _Deed:
    """Something that is done in a term: at which address, what is sent for it, and the operation that does it."""

    path: str
    name: str
    told: str
    asked: type[Asked]
    do: Callable[[Desk, str, Any, Act], object]


_DEEDS: Final = (
    _Deed(
        "appointment",
        "appoint",
        "Begin a term with a letter of appointment.",
        AppointAsked,
        lambda desk, number, asked, act: appoint(desk, number, asked.day, asked.document, act),
    ),
    _Deed(
        "reports",
        "receive_report",
        "Record that the report of duties has come that is open, the earliest first.",
        ReportAsked,
        lambda desk, number, asked, act: receive_report(desk, number, act, note=asked.note),
    ),
    _Deed(
        "assessments",
        "assess",
        "Record the assessment that is open, the earliest first; the last of the results fails.",
        AssessAsked,
        lambda desk, number, asked, act: assess(desk, number, asked.result, act),
    ),
    _Deed(
        "rectification",
        "rectify",
        "Record what the check of a rectification has found.",
        AssessAsked,
        lambda desk, number, asked, act: rectify(desk, number, asked.result, act),
    ),
    _Deed(
        "payments",
        "pay",
        "Record that a benefit was paid.",
        PayAsked,
        lambda desk, number, asked, act: pay(
            desk, number, asked.benefit, asked.fen, act, document=asked.document, period=asked.year
        ),
    ),
    _Deed(
        "recoveries",
        "recover",
        "Record that money was paid back.",
        RecoverAsked,
        lambda desk, number, asked, act: recover(
            desk, number, asked.benefit, asked.fen, act, period=asked.year, instalment=asked.instalment
        ),
    ),
    _Deed(
        "stop",
        "stop_benefits",
        "Stop the benefits from a day on; the title stays.",
        StopAsked,
        lambda desk, number, asked, act: stop_benefits(desk, number, asked.ground, act, since=asked.day),
    ),
    _Deed(
        "resumption",
        "resume_benefits",
        "Let the benefits run again from a day on.",
        ResumeAsked,
        lambda desk, number, asked, act: resume_benefits(desk, number, act, on=asked.day),
    ),
    _Deed(
        "revocation",
        "revoke",
        "Take the title away.",
        RevokeAsked,
        lambda desk, number, asked, act: revoke(
            desk,
            number,
            asked.ground,
            act,
            approval=asked.approval,
            to_recover=asked.fen,
            despite_rectification=asked.despite_rectification,
        ),
    ),
    _Deed(
        "certificate-return",
        "take_certificate_back",
        "Record that the certificate of a title that was taken away came back.",
        ReturnAsked,
        lambda desk, number, _asked, act: take_certificate_back(desk, number, act),
    ),
)
