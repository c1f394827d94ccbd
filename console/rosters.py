"""Organizations and people: the tree, who has which role where, and what administrators do about it."""

from collections.abc import Callable, Mapping, Sequence
from typing import Final
from urllib.parse import urlencode

from fastapi import FastAPI
from fastapi.responses import Response
from starlette.requests import Request

from console.acting import act_of, status_of, told
from console.addressing import ADDRESSING, addressed
from console.admission import visitor_of
from console.forms import Form
from console.showing import Shown, see, taking
from notifications.kinds import ChannelKind
from operations.actors import FOR_ALL, OF_PEOPLE
from operations.acts import Act
from operations.addresses import list_addresses, reveal_addresses
from operations.desk import Desk
from operations.identities import SUBJECT, bind_identity, unbind_identity
from operations.organizations import add_organization, place_organization, set_mail
from operations.people import add_person, disable_person, enable_person, grant_role, revoke_role, set_password
from operations.providers import Provided
from operations.removing import remove_organization
from operations.results import Denied, UnknownError
from operations.rosters import (
    Person,
    Sought,
    ask_known,
    manages_people,
    may_add_organizations,
    organizations_seen,
    people_seen,
    person_seen,
    places_of,
)
from operations.second_factor import remove_second_factor
from operations.sessions import role_told
from programs import Words
from states import Refusal

_LONGEST: Final = 120
#: Shows a roster: with why nothing was done and what was typed, or with addresses in full, by whose they are.
_Page = Callable[..., Response]
_MEND = Words("请核对后再提交", "look at it, then send it again")


class Rosters:
    """The pages of `/organizations` and `/people`."""

    def __init__(self, desk: Desk, shown: Shown, provided: Provided | None) -> None:
        self._desk = desk
        self._shown = shown
        self._provided = provided

    def register(self, app: FastAPI) -> None:
        """Give the app these pages."""
        app.add_route("/organizations", self.organizations, methods=["GET"])
        app.add_route("/organizations/{deed}", taking(self.arrange), methods=["POST"])
        app.add_route("/people", self.people, methods=["GET"])
        app.add_route("/people/{deed}", taking(self.manage), methods=["POST"])

    def organizations(self, request: Request) -> Response:
        """Show the tree."""
        return self._organizations(request)

    def arrange(self, request: Request, form: Form) -> Response:
        """Make an organization known, place it below another, change its addresses, or take it away."""
        organizations_seen(self._desk, visitor_of(request).actor, most=1)
        act = act_of(request, self._shown, form.get("reason"))
        try:
            if request.path_params["deed"] == "addresses":
                return self._reveal(request, form, act, self._organizations)
            done = self._arranged(request.path_params["deed"], form, act)
        except UnknownError as error:
            return self._organizations(request, (Refusal("read", error.words, _MEND),), form)
        if isinstance(done, Denied):
            return self._organizations(request, told(self._desk, request, act, done), form)
        # What is there no more is not looked for.
        is_gone = request.path_params["deed"] == "remove"
        return see("/organizations" if is_gone else _at("/organizations", {"q": form.get("name")}))

    def people(self, request: Request) -> Response:
        """Show who has which role."""
        return self._people(request)

    def manage(self, request: Request, form: Form) -> Response:
        """Register somebody, change their roles or addresses, disable or enable them, or set their password."""
        people_seen(self._desk, visitor_of(request).actor, most=1)
        act = act_of(request, self._shown, form.get("reason"))
        try:
            if request.path_params["deed"] == "addresses":
                person_seen(self._desk, act.actor, form.get("name"))
                return self._reveal(request, form, act, self._people)
            done = self._managed(request.path_params["deed"], form, act)
        except UnknownError as error:
            return self._people(request, (Refusal("read", error.words, _MEND),), form)
        if isinstance(done, Denied):
            return self._people(request, told(self._desk, request, act, done), form)
        return see(_at("/people", {"q": form.get("name")}))

    def _reveal(self, request: Request, form: Form, act: Act, page: _Page) -> Response:
        """Show where somebody is reached in full, once, for a reason that the history keeps."""
        name = form.get("name")
        done = reveal_addresses(self._desk, name, act)
        if isinstance(done, Denied):
            return page(request, told(self._desk, request, act, done), form)
        return page(request, revealed={name: done})

    def _arranged(self, deed: str, form: Form, act: Act) -> Denied | None:
        name, parent = form.get("name"), form.get("parent") or None
        if deed == "add":
            ask_known(self._desk, act.actor, parent if parent != name else None)
            return add_organization(self._desk, name, act, parent=parent)
        if deed == "place":
            ask_known(self._desk, act.actor, parent)
            return place_organization(self._desk, name, parent, act)
        if deed == "mail":
            return set_mail(self._desk, name, form.get("mail"), act)
        if deed == "remove":
            return remove_organization(self._desk, name, act)
        if deed in ADDRESSING:
            return addressed(self._desk, deed, form, act)
        raise UnknownError(Words("没有这个操作", "there is no such deed"))

    def _managed(self, deed: str, form: Form, act: Act) -> Denied | None:
        name = form.get("name")
        if deed in ("add", "grant"):
            role = next((one for one in OF_PEOPLE if one == form.get("role")), None)
            if role is None:
                raise UnknownError(Words("没有选择角色", "no role is chosen"))
            organization = form.get("organization") or None
            ask_known(self._desk, act.actor, organization)
            if deed == "grant":
                return grant_role(self._desk, name, role, organization, act)
            return add_person(self._desk, name, role, organization, act, password=form.raw("password") or None)
        person = person_seen(self._desk, act.actor, name)
        if deed in ADDRESSING:
            return addressed(self._desk, deed, form, act)
        return self._changed(deed, form, person, act)

    def _changed(self, deed: str, form: Form, person: Person, act: Act) -> Denied | None:
        """Do what is done with somebody who is registered."""
        name = person.name
        if deed == "revoke":
            held = {role_told(*one): one for one in person.roles}
            if form.get("held") not in held:
                raise UnknownError(Words("没有这个角色", "there is no such role"))
            return revoke_role(self._desk, name, *held[form.get("held")], act)
        if deed == "password":
            return set_password(self._desk, name, form.raw("password"), act)
        if deed in ("bind", "unbind"):
            return self._bound(form, act) if deed == "bind" else unbind_identity(self._desk, name, act)
        if deed == "second-factor":
            return remove_second_factor(self._desk, name, act)
        if deed in ("disable", "enable"):
            return (disable_person if deed == "disable" else enable_person)(self._desk, name, act)
        raise UnknownError(Words("没有这个操作", "there is no such deed"))

    def _bound(self, form: Form, act: Act) -> Denied | None:
        of, claim = self._provided, form.get("claim")
        if of is None or claim not in (SUBJECT, of.claim):
            raise UnknownError(Words("没有这种标识", "there is no such claim"))
        return bind_identity(self._desk, form.get("name"), of.issuer, claim, form.get("value"), act)

    def _organizations(
        self,
        request: Request,
        refusals: Sequence[Refusal] = (),
        form: Form | None = None,
        revealed: Mapping[str, Mapping[int, str]] | None = None,
    ) -> Response:
        actor = visitor_of(request).actor
        sought = Sought(next(iter(revealed))) if revealed else _sought(request)
        some = organizations_seen(self._desk, actor, sought)
        found = some.shown
        return self._shown.page(
            request,
            self._shown.voice(request),
            "organizations.html",
            status_of(refusals),
            found=found,
            sought=sought,
            first=_at(request.url.path, {"q": sought.part}) if sought.after else None,
            following=_at(request.url.path, {"q": sought.part, "after": some.after}) if some.after else None,
            addresses=list_addresses(self._desk, [one.name for one in found]),
            kinds=list(ChannelKind),
            revealed=revealed or {},
            adds=visitor_of(request).may_act and may_add_organizations(self._desk, actor),
            refusals=refusals,
            form=form or Form([]),
        )

    def _people(
        self,
        request: Request,
        refusals: Sequence[Refusal] = (),
        form: Form | None = None,
        revealed: Mapping[str, Mapping[int, str]] | None = None,
    ) -> Response:
        actor = visitor_of(request).actor
        sought = Sought(next(iter(revealed))) if revealed else _sought(request)
        some = people_seen(self._desk, actor, sought)
        found = some.shown
        return self._shown.page(
            request,
            self._shown.voice(request),
            "people.html",
            status_of(refusals),
            found=found,
            sought=sought,
            first=_at(request.url.path, {"q": sought.part}) if sought.after else None,
            following=_at(request.url.path, {"q": sought.part, "after": some.after}) if some.after else None,
            addresses=list_addresses(self._desk, [one.name for one in found if one.expert]),
            kinds=list(ChannelKind),
            revealed=revealed or {},
            places=places_of(self._desk, actor),
            roles=OF_PEOPLE,
            for_all=FOR_ALL if actor.organization is None else (),
            provided=self._provided,
            subject=SUBJECT,
            manages=visitor_of(request).may_act and manages_people(self._desk, actor),
            refusals=refusals,
            form=form or Form([]),
        )


def _sought(request: Request) -> Sought:
    asked = request.query_params
    return Sought(asked.get("q", "").strip()[:_LONGEST], asked.get("after", "")[:_LONGEST])


def _at(path: str, asked: Mapping[str, str]) -> str:
    told = urlencode({name: value for name, value in asked.items() if value})
    return f"{path}?{told}" if told else path
