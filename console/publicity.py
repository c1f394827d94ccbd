"""公示和异议 for those who work on them: publishing, handling objections, reserves, and the papers of a list."""

from collections.abc import Sequence
from typing import Final

from fastapi import FastAPI
from fastapi.responses import Response
from starlette.requests import Request

from console.acting import TakenAway, act_of, day_in, number_in, status_of, text_in, told, word_file
from console.admission import visitor_of
from console.forms import Form, whole
from console.showing import Shown, see, taking
from console.uploads import FileForm, uploading
from operations.acts import Act
from operations.desk import Desk
from operations.fact_fields import FactField
from operations.investigating import investigate, prolong
from operations.materials import Offered
from operations.objection_evidence import Evidence, take_evidence
from operations.objection_list import reveal_contact
from operations.objections import Outcome, admit, refuse, settle
from operations.papers import paper_of
from operations.publications import LARGEST_FILE, MOST, MOST_FILES, evidence_unbounded
from operations.publicity_desk import ObjectionCase, objection_case, open_objections, publicity_desk
from operations.publicize import publicize
from operations.replacing import release_reserves, replace_from_reserves
from operations.results import Batch, Denied, MisstatedError, UnknownError
from programs import Words
from states import Refusal


class PublicityPages:
    """The pages of a program's publicity and of `/objections`."""

    def __init__(self, desk: Desk, shown: Shown) -> None:
        self._desk = desk
        self._shown = shown

    def register(self, app: FastAPI) -> None:
        """Give the app these pages."""
        program, one = "/programs/{program_id}", "/objections/{objection}"
        app.add_route(f"{program}/publicity", self.program, methods=["GET"])
        app.add_route(f"{program}/publicity/{{stage}}", taking(self.publish), methods=["POST"])
        app.add_route(f"{program}/replacements", taking(self.replace), methods=["POST"])
        app.add_route(f"{program}/reserves", taking(self.release), methods=["POST"])
        app.add_route(f"{program}/papers/{{paper}}", self.paper, methods=["GET"])
        app.add_route("/objections", self.list, methods=["GET"])
        app.add_route(one, self.one, methods=["GET"])
        app.add_route(f"{one}/contact", taking(self.contact), methods=["POST"])
        app.add_route(f"{one}/files/{{place}}", taking(self.file), methods=["POST"])
        take = uploading(self.investigate, self._desk.contents.incoming, MOST, self.admits)
        app.add_route(f"{one}/finding", take, methods=["POST"])
        app.add_route(f"{one}/handling/{{deed}}", taking(self.handle), methods=["POST"])

    def list(self, request: Request) -> Response:
        """Show what is open in every program."""
        voice = self._shown.voice(request)
        found = open_objections(self._desk, visitor_of(request).actor, voice.now)
        done = whole(request.query_params.get("done", ""))
        return self._shown.page(request, voice, "objections.html", found=found, done=done)

    def program(self, request: Request) -> Response:
        """Show the publicity of one program."""
        return self._program(request)

    def publish(self, request: Request, form: Form) -> Response:
        """Publish everybody who waits at a publicity."""
        program_id = self._known(request)
        act = act_of(request, self._shown)
        venue, last_day = form.get("venue") or None, day_in(form.get("last-day"))
        done = publicize(self._desk, program_id, request.path_params["stage"], act, venue=venue, last_day=last_day)
        if isinstance(done, Denied):
            return self._program(request, told(self._desk, request, act, done), form)
        return see(f"/programs/{program_id}/publicity")

    def replace(self, request: Request, form: Form) -> Response:
        """Give the place of somebody who fell out to the next reserve."""
        program_id = self._known(request)
        act = act_of(request, self._shown, text_in(form, "reason"))
        vacated = form.get("vacated")
        publicity_desk(self._desk, program_id, act.actor, act.now).require_vacated(vacated)
        done = replace_from_reserves(self._desk, vacated, act)
        if isinstance(done, Denied):
            return self._program(request, told(self._desk, request, act, done), form)
        return see(f"/programs/{program_id}/publicity#reserves")

    def release(self, request: Request, form: Form) -> Response:
        """Let the reserves go who are no longer needed."""
        program_id = self._known(request)
        act = act_of(request, self._shown, text_in(form, "reason"))
        publicity_desk(self._desk, program_id, act.actor, act.now).require_reserves()
        done: Batch = release_reserves(self._desk, program_id, act)
        if done.denied:
            return self._program(request, told(self._desk, request, act, done.denied[0]), form)
        return see(f"/programs/{program_id}/publicity")

    def paper(self, request: Request) -> Response:
        """Send the notice of the last list, or the document that conferred the award."""
        done = paper_of(self._desk, self._known(request), request.path_params["paper"])
        return self._program(request, done.refusals) if isinstance(done, Denied) else word_file(*done)

    def one(self, request: Request) -> Response:
        """Show one objection."""
        return self._objection(request)

    def contact(self, request: Request, form: Form) -> Response:
        """Show how to reach who objects, once, for a reason that the history keeps."""
        found = self._case(request)
        act = act_of(request, self._shown, text_in(form, "reason"))
        done = reveal_contact(self._desk, found.listed.id, act)
        if isinstance(done, Denied):
            return self._objection(request, told(self._desk, request, act, done), form)
        return self._objection(request, contact=done)

    def file(self, request: Request, _form: Form) -> Response:
        """Send a copy of one file; the history says who took it."""
        found, away = self._case(request), TakenAway(self._desk)
        act = act_of(request, self._shown)
        try:
            place = number_in(request.path_params["place"])
            done = take_evidence(self._desk, found.listed.id, away.folder, act, place=place)
        except BaseException:
            away.forget()
            raise
        if isinstance(done, Denied):
            away.forget()
            return self._objection(request, told(self._desk, request, act, done))
        return away.send(done[0])

    def admits(self, request: Request) -> None:
        """Ask whether the visitor handles the objection, before any file is read."""
        act_of(request, self._shown)
        if self._case(request).refusal:
            raise UnknownError(Words("这里不收文件", "no files are taken here"))

    def investigate(self, request: Request, form: FileForm) -> Response:
        """Note what was found."""
        found = self._case(request)
        act = act_of(request, self._shown)
        if unbounded := evidence_unbounded([one.size for one in form.files]):
            return self._objection(request, told(self._desk, request, act, Denied((unbounded,))), form)
        offered = tuple(Offered(one.name, one.file) for one in form.files)
        done = investigate(self._desk, found.listed.id, text_in(form, "finding"), act, evidence=Evidence(offered))
        if done:
            return self._objection(request, told(self._desk, request, act, done), form)
        return see(f"/objections/{found.listed.id}")

    def handle(self, request: Request, form: Form) -> Response:
        """Admit, refuse, prolong or settle an objection."""
        found = self._case(request)
        act = act_of(request, self._shown, text_in(form, "reason"))
        try:
            done = self._handled(request.path_params["deed"], found, form, act)
        except MisstatedError as error:
            done = Denied((Refusal("facts-stated", error.words, _MEND),))
        if isinstance(done, Denied):
            return self._objection(request, told(self._desk, request, act, done), form)
        try:
            self._case(request)
        except UnknownError:
            # The nominee has gone to where it is not theirs to see.
            return see(f"/objections?done={found.listed.id}")
        return see(f"/objections/{found.listed.id}")

    def _handled(self, deed: str, found: ObjectionCase, form: Form, act: Act) -> object:
        objection = found.listed.id
        if deed == "admit":
            return admit(self._desk, objection, act, handler=form.get("handler") or None)
        if deed == "refuse":
            return refuse(self._desk, objection, act, scope=form.get("scope") or None)
        if deed == "prolong":
            until = day_in(form.get("until"))
            return prolong(self._desk, objection, until, act) if until else Denied((_no_day(),))
        if deed == "settle":
            outcome = next((one for one in Outcome if one == form.get("outcome")), None)
            if outcome is None:
                return Denied((_no_outcome(),))
            facts = _facts(text_in(form, "facts")) if outcome is Outcome.CORRECTED else []
            if facts is None:
                return Denied((_no_facts(found.asked),))
            answer, clause = text_in(form, "answer"), form.get("clause") or None
            return settle(self._desk, objection, outcome, answer, act, clause=clause, facts=facts)
        raise UnknownError(Words("没有这个操作", "there is no such deed"))

    def _case(self, request: Request) -> ObjectionCase:
        now = self._shown.voice(request).now
        return objection_case(self._desk, number_in(request.path_params["objection"]), visitor_of(request).actor, now)

    def _known(self, request: Request) -> str:
        """Return the program that an address names, where the reader may know it."""
        program_id: str = request.path_params["program_id"]
        publicity_desk(self._desk, program_id, visitor_of(request).actor, self._shown.voice(request).now)
        return program_id

    def _program(self, request: Request, refusals: Sequence[Refusal] = (), form: Form | None = None) -> Response:
        voice = self._shown.voice(request)
        found = publicity_desk(self._desk, request.path_params["program_id"], visitor_of(request).actor, voice.now)
        return self._shown.page(
            request,
            voice,
            "publicity.html",
            status_of(refusals),
            found=found,
            refusals=refusals,
            form=form or Form([]),
        )

    def _objection(
        self,
        request: Request,
        refusals: Sequence[Refusal] = (),
        form: Form | None = None,
        contact: str | None = None,
    ) -> Response:
        return self._shown.page(
            request,
            self._shown.voice(request),
            "objection.html",
            status_of(refusals),
            found=self._case(request),
            refusals=refusals,
            form=form or Form([]),
            contact=contact,
            most_files=MOST_FILES,
            largest=LARGEST_FILE // 1024 // 1024,
        )


_MEND: Final = Words("请更正后再办结", "mend it, then settle it")


def _facts(text: str) -> list[tuple[str, str]] | None:
    """Read what is put right, a line each, as `name=value`; none where a line is not."""
    parted = [line.partition("=") for line in text.replace("＝", "=").splitlines() if line.strip()]
    if any(not equals for _, equals, _ in parted):
        return None
    return [(name.strip(), value.strip()) for name, _, value in parted]


def _no_day() -> Refusal:
    return Refusal("day-named", Words("没有写明延长到哪一天", "no day is named"), Words("请选择日期", "choose a day"))


def _no_outcome() -> Refusal:
    return Refusal(
        "outcome-named", Words("没有选择办理结果", "no outcome is chosen"), Words("请选择一项", "choose one")
    )


def _no_facts(asked: Sequence[FactField]) -> Refusal:
    example = next((f"{one.name.zh}={one.choices[0]}" for one in asked if one.choices), "项目=内容")
    return Refusal(
        "facts-stated",
        Words("更正的情况每行应写成 项目=内容", "what is put right is written as NAME=VALUE, a line each"),
        Words("如 {example}", "such as {example}").format(example=example),
    )
