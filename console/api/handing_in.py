"""The addresses of the API by which files come and go: materials of a nomination, tables, annexes and archives."""

from http import HTTPStatus
from typing import Annotated, Final

from fastapi import FastAPI, Path, Request
from fastapi.responses import FileResponse, Response

from console.acting import attachment
from console.api.asking import Asker, Language, Number, ProgramId, problems
from console.api.file_shapes import (
    AttachedShape,
    AttachForm,
    FileShape,
    FoundShape,
    HandedInShape,
    IntakeForm,
    IntakeShape,
    MaterialList,
    MediumShape,
    ReceiptsAsked,
    TakeAsked,
)
from console.api.sent_files import BYTES, TakesFiles
from console.api.shapes import Line
from console.arriving import beside_pages
from console.uploads import Sent
from documents.errors import DocumentError
from operations import receiving
from operations.acts import Act
from operations.archives import Unpacked
from operations.attachments import see_file
from operations.casefiles import CaseFile, HandedIn
from operations.materials import LARGEST, Offered, attach, receive
from operations.picking import pick
from operations.policy import Deed
from operations.receiving import Sending, take, takes_in
from operations.results import Denied, UnknownError
from operations.sheets import TakenIn
from programs import Words
from programs.materials import Medium
from states import Refusal
from store.types import UnfitError

#: The files of one request together, with what surrounds them in the form.
MOST: Final = LARGEST + 1024 * 1024
Material = Annotated[Line, Path(description="the id of a material")]


class HandingIn(TakesFiles):
    """What each address answers."""

    def register(self, app: FastAPI) -> None:
        """Give the app these addresses."""
        one = "/nominations/{number}"
        material = f"{one}/materials/{{material}}/{{medium}}"
        app.add_api_route(
            f"{one}/materials", self.materials, methods=["GET"], responses=problems(), operation_id="materials"
        )
        app.add_api_route(
            f"{one}/receipts",
            self.receive,
            methods=["POST"],
            responses=problems(HTTPStatus.CONFLICT),
            operation_id="receive",
        )
        app.add_api_route(
            f"{material}/{{place}}",
            self.take_file,
            methods=["POST"],
            response_class=Response,
            responses=problems(HTTPStatus.CONFLICT, HTTPStatus.SERVICE_UNAVAILABLE) | BYTES,
            operation_id="take_file",
        )
        self._take(app, material, self.attach, AttachForm)
        self._take(app, "/programs/{program_id}/intake", self.intake, IntakeForm)

    def materials(self, bearer: Asker, language: Language, number: Number) -> MaterialList:
        """What a nomination hands in, by material and medium, with its files."""
        return MaterialList(materials=_told(self._case(bearer, number), language))

    def receive(
        self, request: Request, bearer: Asker, language: Language, number: Number, asked: ReceiptsAsked
    ) -> MaterialList:
        """Record materials as received, on paper or otherwise."""
        self._case(bearer, number)
        receipts = [(one.material, one.medium) for one in asked.materials]
        act = self._act(bearer)
        if done := receive(self._desk, number, receipts, act, seen=asked.seen):
            raise self._refused(request, act, done)
        return MaterialList(materials=_told(self._case(bearer, number), language))

    def take_file(  # noqa: PLR0913, PLR0917 - what FastAPI reads off an address, each by name
        self,
        request: Request,
        bearer: Asker,
        number: Number,
        material: Material,
        medium: Medium,
        place: Annotated[int, Path(ge=1, le=1000)],
        asked: TakeAsked,
    ) -> Response:
        """Take one file: each time is an event of the nomination."""
        self._case(bearer, number)
        act = self._act(bearer, asked.reason)
        found = see_file(self._desk, number, material, medium, place, act)
        if isinstance(found, Denied):
            raise self._refused(request, act, found)
        one, file = found
        headers = {"Content-Disposition": attachment(one.copy.name)}
        return FileResponse(str(file), media_type="application/octet-stream", headers=headers)

    async def attach(
        self, request: Request, bearer: Asker, language: Language, number: Number, material: Material, medium: Medium
    ) -> AttachedShape:
        """Hand in the files of a material, in the place of those before; `file` may stand several times."""

        def admit() -> None:
            if Deed.ATTACH not in self._case(bearer, number).deeds:
                raise UnknownError(Words("这里不收文件", "no files are taken here"))

        def answer(files: list[Sent], form: AttachForm) -> AttachedShape:
            offered = [Offered(one.name, one.file) for one in files]
            seen, anonymous = form.seen == "true", form.anonymous == "true"
            act = self._act(bearer)
            done = attach(self._desk, number, (material, medium), offered, act, seen=seen, anonymous=anonymous)
            if isinstance(done, Denied):
                raise self._refused(request, act, done)
            now = {one.id: one for one in _told(self._case(bearer, number), language)}
            to_see = next((one.to_see for one in now[material].media if one.medium is medium), [])
            return AttachedShape(
                received=done.received,
                to_see=[] if done.received else to_see,
                replaced=list(done.replaced),
                materials=list(now.values()),
            )

        await beside_pages(admit)
        return await self._uploaded(request, AttachForm, answer, MOST)

    async def intake(self, request: Request, bearer: Asker, language: Language, program_id: ProgramId) -> IntakeShape:
        """Look at a table, an annex or an archive, or take it in: all of a table, or nothing of it."""

        def admit() -> None:
            self._program(bearer, program_id)
            if not takes_in(bearer.actor.role):
                raise UnknownError(Words("这里不收文件", "no files are taken here"))

        def answer(files: list[Sent], form: IntakeForm) -> IntakeShape:
            act = self._act(bearer)
            if form.nomination:
                pick(self._desk, [form.nomination], act.actor, act.now)
            beside = ("nominator", "nominator_kind", "host", "category", "route")
            defaults = {name: value for name in beside if (value := getattr(form, name))}
            asked = receiving.Asked(program_id, Sending(form.sending), defaults, form.annex, form.nomination)
            if only := form.preview == "true":
                self._computed.bound(act.actor.name, act.now)
            done = self._taken(asked, files[0], act, dry_run=only)
            if isinstance(done, Denied):
                raise self._refused(request, act, done)
            return _came_of(done, language, only=only)

        await beside_pages(admit)
        return await self._uploaded(request, IntakeForm, answer, MOST, single=True)

    def _taken(self, asked: receiving.Asked, sent: Sent, act: Act, *, dry_run: bool) -> TakenIn | Unpacked | Denied:
        try:
            return take(self._desk, asked, sent.file, sent.name, act, dry_run=dry_run)
        except (DocumentError, UnknownError, UnfitError) as error:
            remedy = Words("请核对后重新提交", "look at it and send it again")
            return Denied((Refusal("file-read", error.words, remedy),))


def _told(case: CaseFile, language: str) -> list[HandedInShape]:
    return [_material(one, language) for one in case.materials]


def _material(one: HandedIn, language: str) -> HandedInShape:
    media = [
        MediumShape(
            medium=each.medium,
            received_at=each.at,
            receiver=each.receiver,
            to_see=[what.in_language(language) for what in each.to_see],
            again=each.again,
            files=[
                FileShape(
                    place=file.place,
                    name=file.copy.name,
                    format=file.copy.format.value,
                    size=file.copy.size,
                    pages=file.copy.pages,
                    attached_at=file.attached_at,
                    attached_by=file.attached_by,
                    anonymous=file.anonymous,
                )
                for file in each.files
            ],
        )
        for each in one.media
    ]
    return HandedInShape(id=one.material.id, name=one.material.name, clause=one.material.clause, media=media)


def _came_of(done: TakenIn | Unpacked, language: str, *, only: bool) -> IntakeShape:
    if isinstance(done, Unpacked):
        return IntakeShape(
            taken=not only,
            rows=0,
            numbers=sorted(done.received),
            to_see=sorted(done.to_see),
            findings=[
                FoundShape(where=one.file, reason=one.words.in_language(language), blocks=False)
                for one in done.findings
            ],
            passed_over=[],
        )
    return IntakeShape(
        taken=not only and not done.is_blocked,
        rows=done.rows,
        numbers=list(done.numbers),
        to_see=[],
        findings=[
            FoundShape(
                where=done.table.address(one.row, one.column),
                reason=one.words.in_language(language),
                blocks=one.blocks,
            )
            for one in done.findings
        ],
        passed_over=list(done.passed_over),
    )
