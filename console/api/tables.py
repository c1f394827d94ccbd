"""The addresses of the API that tables are sent to beside those of intake: votes of the public, and experts."""

from typing import Final

from fastapi import FastAPI, Request

from console.api.asking import Asker, AtStage, Language
from console.api.file_shapes import (
    ExpertsForm,
    ExpertsTakenShape,
    FoundShape,
    JumpShape,
    TallyForm,
    TallyShape,
    VotesShape,
)
from console.api.sent_files import TakesFiles
from console.arriving import beside_pages
from console.uploads import Sent
from documents.errors import DocumentError
from documents.tables import LARGEST
from operations.boards import board_of
from operations.experts.browsing import pool_seen
from operations.experts.importing import Imported, import_experts
from operations.results import Denied, UnknownError
from operations.tallying import LARGEST_TALLY, Tallied, import_tally
from programs import Words
from states import Refusal

#: What surrounds a table in its form.
_BESIDE: Final = 64 * 1024


class Tables(TakesFiles):
    """What each address answers."""

    def register(self, app: FastAPI) -> None:
        """Give the app these addresses."""
        self._take(app, "/programs/{program_id}/stages/{stage}/tallies", self.import_votes, TallyForm)
        self._take(app, "/experts/table", self.import_experts, ExpertsForm)

    async def import_votes(self, request: Request, bearer: Asker, language: Language, at: AtStage) -> TallyShape:
        """Look at the table that one platform counted, or take it in: all of it, or nothing."""

        def admit() -> None:
            found = board_of(self._desk, *at, bearer.actor, self._clock(), part=slice(0, 1))
            if found.may["tally"]:
                raise UnknownError(Words("这里不收票数", "no votes are taken here"))

        def answer(files: list[Sent], form: TallyForm) -> TallyShape:
            act, (sent, *_) = self._act(bearer), files
            if only := form.preview == "true":
                self._computed.bound(act.actor.name, act.now)
            try:
                done = import_tally(
                    self._desk,
                    at.program_id,
                    sent.file.read_bytes(),
                    sent.name,
                    act,
                    stage_id=at.stage,
                    platform=form.platform or None,
                    as_of=form.as_of,
                    replace=form.replace == "true",
                    dry_run=only,
                )
            except DocumentError as error:
                done = _unread(error)
            return _tally_told(self._done(request, act, done), language)

        await beside_pages(admit)
        return await self._uploaded(request, TallyForm, answer, LARGEST_TALLY, single=True)

    async def import_experts(self, request: Request, bearer: Asker, language: Language) -> ExpertsTakenShape:
        """Look at a table of experts, or take all of them into the pool: all of them, or nobody."""

        def admit() -> None:
            if not pool_seen(self._desk, bearer.actor, most=1).keeps:
                raise UnknownError(Words("这里不收文件", "no files are taken here"))

        def answer(files: list[Sent], form: ExpertsForm) -> ExpertsTakenShape:
            act, (sent, *_) = self._act(bearer), files
            if only := form.preview == "true":
                self._computed.bound(act.actor.name, act.now)
            try:
                done = import_experts(self._desk, sent.file.read_bytes(), sent.name, act, dry_run=only)
            except DocumentError as error:
                done = _unread(error)
            return _experts_told(self._done(request, act, done), language)

        await beside_pages(admit)
        return await self._uploaded(request, ExpertsForm, answer, LARGEST + _BESIDE, single=True)


def _unread(error: DocumentError) -> Denied:
    return Denied((Refusal("file-read", error.words, Words("请核对后重新提交", "look at it and send it again")),))


def _tally_told(done: Tallied, language: str) -> TallyShape:
    return TallyShape(
        taken=done.kept,
        platform=done.platform,
        digest=done.digest,
        votes=[VotesShape(number=number, votes=votes) for number, votes in done.votes.items()],
        jumped=[JumpShape(number=one.number, before=one.before, after=one.after) for one in done.jumped],
        replaced=done.replaced,
        findings=[
            FoundShape(where=place, reason=one.words.in_language(language), blocks=one.blocks)
            for one, place in zip(done.findings, done.places, strict=True)
        ],
    )


def _experts_told(done: Imported, language: str) -> ExpertsTakenShape:
    return ExpertsTakenShape(
        taken=bool(done.numbers),
        rows=done.rows,
        findings=[
            FoundShape(where=str(row), reason=words.in_language(language), blocks=True) for row, words in done.findings
        ],
        passed_over=list(done.passed_over),
    )
