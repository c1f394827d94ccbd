"""名册和推荐排序: whom each nominator recommends and in which order, and the registers to take away."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Final
from urllib.parse import urlencode

from fastapi import FastAPI
from fastapi.responses import FileResponse, Response
from starlette.background import BackgroundTask
from starlette.requests import Request

from console.acting import XLSX, TakenAway, act_of, office_file, status_of, text_in, told
from console.admission import visitor_of
from console.forms import Form, whole
from console.limiting import Limit
from console.showing import Shown, see, taking
from documents.errors import DocumentError
from operations.desk import Desk
from operations.forms import Asked, form_of
from operations.recommending import Nominator, Recommendation, has_register, nominators_seen, order, recommendation_of
from operations.registers import write_register
from operations.results import Denied, UnknownError
from programs import Program, Words
from programs.forms import Content
from programs.materials import Material
from states import Refusal

#: Nominators that one page lists; of more the page says how to find one.
_MOST: Final = 300

#: A register of everybody takes a processor for a while, and nobody needs more of them.
_OFTEN: Final = 10
_WITHIN: Final = timedelta(minutes=1)


class Registers:
    """The pages of `/programs/ID/register`."""

    def __init__(self, desk: Desk, shown: Shown) -> None:
        self._desk = desk
        self._shown = shown
        self._limit = Limit(_OFTEN, _WITHIN)

    def register(self, app: FastAPI) -> None:
        """Give the app these pages."""
        one = "/programs/{program_id}/register"
        app.add_route(one, self.one, methods=["GET"])
        app.add_route(f"{one}/order", taking(self.order), methods=["POST"])
        app.add_route(f"{one}/workbook", taking(self.workbook), methods=["POST"])
        app.add_route(f"{one}/form", taking(self.form), methods=["POST"])

    def one(self, request: Request) -> Response:
        """Show the nominators, and whom the one recommends that is asked for."""
        return self._page(request, request.query_params.get("nominator", ""))

    def order(self, request: Request, form: Form) -> Response:
        """Keep the order that was typed, or move one nomination up or down by one place."""
        nominator = form.get("nominator")
        found, act = self._recommendation(request, nominator), act_of(request, self._shown)
        placed = _moved(found, form) if form.has("up") or form.has("down") else _typed(found, form)
        if refusal := _not_as_read(found, form):
            return self._page(request, nominator, (refusal,), form)
        if isinstance(placed, Refusal):
            return self._page(request, nominator, (placed,), form)
        done = order(self._desk, found.program.id, nominator, placed, act)
        if isinstance(done, Denied):
            return self._page(request, nominator, told(self._desk, request, act, done), form)
        return self._shown_again(request, nominator, "ordered")

    def workbook(self, request: Request, form: Form) -> Response:
        """Give the register of what the reader may see, masked, or in full for a reason."""
        program, _ = self._nominators(request)
        act = act_of(request, self._shown, text_in(form, "reason"))
        self._limit.bound(act.actor.name, act.now)
        away = TakenAway(self._desk)
        file = away.folder / "register.xlsx"
        asked = {name: form.get(name) or None for name in ("stage", "category")}
        try:
            done = write_register(self._desk, program.id, file, act, **asked, in_full=form.has("in-full"))
        except DocumentError as error:
            away.forget()
            return self._page(request, form.get("nominator"), (Refusal("rows", error.words, _FEWER),), form)
        except BaseException:
            away.forget()
            raise
        if isinstance(done, Denied):
            away.forget()
            return self._page(request, form.get("nominator"), told(self._desk, request, act, done), form)
        name = f"申报名册-{act.now:%Y%m%d-%H%M}.xlsx"
        return FileResponse(file, media_type=XLSX, filename=name, background=BackgroundTask(away.forget))

    def form(self, request: Request, form: Form) -> Response:
        """Give one of the program's own tables, filled in with whom a nominator recommends."""
        nominator = form.get("nominator")
        found, act = self._recommendation(request, nominator), act_of(request, self._shown, text_in(form, "reason"))
        material = next((one for one, _ in _tables(found.program) if one.id == form.get("material")), None)
        if material is None or found.hidden:
            raise UnknownError(Words("没有这份表", "there is no such form"))
        self._limit.bound(act.actor.name, act.now)
        asked = Asked(nominator=nominator, personal=form.has("in-full"))
        try:
            done = form_of(self._desk, found.program.id, material.id, asked, act)
        except DocumentError as error:
            return self._page(request, nominator, (Refusal("form", error.words, _FEWER),), form)
        except UnknownError as error:
            # Of somebody whom the form does not concern: the page says of whom.
            return self._page(request, nominator, (Refusal("form", error.words, _BY_HAND),), form)
        if isinstance(done, Denied):
            return self._page(request, nominator, told(self._desk, request, act, done), form)
        return office_file(done.content, f"{material.name}-{nominator}", done.kind)

    def _nominators(self, request: Request) -> tuple[Program, tuple[Nominator, ...]]:
        """Return the nominators that the reader is told of; raises `UnknownError` for whom registers are not."""
        actor, now = visitor_of(request).actor, self._shown.voice(request).now
        if not has_register(actor):
            raise UnknownError(Words("没有名册", "there is no register"))
        return nominators_seen(self._desk, request.path_params["program_id"], actor, now)

    def _recommendation(self, request: Request, nominator: str) -> Recommendation:
        actor, now = visitor_of(request).actor, self._shown.voice(request).now
        return recommendation_of(self._desk, request.path_params["program_id"], nominator, actor, now)

    def _shown_again(self, request: Request, nominator: str, done: str) -> Response:
        address = f"/programs/{request.path_params['program_id']}/register"
        return see(f"{address}?{urlencode({'nominator': nominator, 'done': done})}#order")

    def _page(
        self, request: Request, nominator: str, refusals: Sequence[Refusal] = (), form: Form | None = None
    ) -> Response:
        program, nominators = self._nominators(request)
        if not nominator and len(nominators) == 1:
            nominator = nominators[0].name
        chosen = self._recommendation(request, nominator) if nominator else None
        return self._shown.page(
            request,
            self._shown.voice(request),
            "register.html",
            status_of(refusals),
            program=program,
            nominators=nominators[:_MOST],
            left_out=max(0, len(nominators) - _MOST),
            chosen=chosen,
            tables=_tables(program),
            refusals=refusals,
            form=form or Form([]),
            kept=form is not None and form.has("seen"),
            done=request.query_params.get("done") == "ordered",
        )


def _tables(program: Program) -> list[tuple[Material, Content]]:
    """Return the tables of a program that list whom a nominator recommends."""
    return [(one, one.content) for one in program.materials if one.content and one.content.kind != "form"]


def _not_as_read(found: Recommendation, form: Form) -> Refusal | None:
    """Say that the order is another one than the page showed, or that not all of it is the reader's to see."""
    if found.hidden:
        return Refusal(
            "order-seen",
            Words("其中有您须回避的申报，不能由您排序", "you are recused from some of them"),
            Words("请由其他人员排序", "have somebody else rank them"),
        )
    if form.get("seen") != " ".join(one.number for one in found.found):
        return Refusal(
            "order-seen",
            Words("打开页面之后，名单或次序有变动", "since you opened the page, the list or its order has changed"),
            Words("请看过现在的次序，再保存", "look at the order as it is now, then keep yours"),
        )
    return None


def _moved(found: Recommendation, form: Form) -> list[str] | Refusal:
    """Return the order with one nomination a place higher or lower; at either end it stays."""
    numbers, number = [one.number for one in found.found], form.get("up") or form.get("down")
    if number not in numbers:
        raise UnknownError(Words("没有这一申报", "there is no such nomination"))
    at = numbers.index(number)
    to = at - 1 if form.has("up") else at + 1
    if 0 <= to < len(numbers):
        numbers[at], numbers[to] = numbers[to], numbers[at]
    return numbers


def _typed(found: Recommendation, form: Form) -> list[str] | Refusal:
    """Return the order that the number fields say: each place once; those left empty follow by their numbers."""
    typed = form.starting("place.")
    places = {number: whole(said) for number, said in typed.items()}
    names = {one.number: one.nominee for one in found.found}
    if wrong := [names.get(number, number) for number, place in places.items() if not place]:
        return Refusal(
            "places-whole",
            Words("位次应填 1、2、3 这样的整数：{names}", "a place is a whole number from 1 on: {names}").format(
                names="、".join(wrong)
            ),
            Words("请改正后再保存", "mend it, then keep it"),
        )
    taken = list(places.values())
    if twice := sorted({place for place in taken if place and taken.count(place) > 1}):
        return Refusal(
            "places-once",
            Words("位次重复：{places}", "named more than once: {places}").format(places="、".join(map(str, twice))),
            Words("每个位次只填一件", "give each place to one"),
        )
    return sorted((number for number in places if number in names), key=lambda number: places[number] or 0)


_FEWER: Final = Words("请缩小范围后再导出", "ask for fewer, then export again")
_BY_HAND: Final = Words("请用申报列表导出这些申报", "export these from the list of nominations")
