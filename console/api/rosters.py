"""The addresses of the API for organizations and people: as their rosters have them, but for how people sign in."""

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime
from http import HTTPStatus
from typing import Annotated, Any

from fastapi import FastAPI, Query, Request

from console.api.answers import Answers
from console.api.asking import Asker, expect_page, problems
from console.api.roster_shapes import (
    AddAddress,
    AddOrganization,
    AddPerson,
    Addressing,
    AddressList,
    AddressShape,
    ChangeAddress,
    ChangePerson,
    ChangeRole,
    FullAddress,
    OrganizationAsked,
    OrganizationPage,
    OrganizationShape,
    PersonAsked,
    PersonPage,
    PersonShape,
    PlaceOrganization,
    RevealAsked,
    RoleShape,
    SetMail,
    Sought,
)
from console.limiting import Limit
from operations import rosters
from operations.actors import Role
from operations.acts import Act
from operations.addresses import (
    Listed,
    add_address,
    list_addresses,
    prefer_address,
    remove_address,
    reveal_addresses,
)
from operations.desk import Desk
from operations.held_secrets import Held
from operations.organizations import add_organization, place_organization, set_mail
from operations.people import add_person, disable_person, enable_person, grant_role, revoke_role
from operations.removing import remove_organization
from operations.rosters import ask_known, manages_people, organizations_seen, people_seen, person_seen
from operations.tokens import may_give_authority


class Rosters(Answers):
    """What each address answers. `second_factor` are the roles in which nobody acts without one."""

    def __init__(
        self, desk: Desk, clock: Callable[[], datetime], computed: Limit, second_factor: Collection[Role]
    ) -> None:
        super().__init__(desk, clock, computed)
        self._second_factor = second_factor

    def register(self, app: FastAPI) -> None:
        """Give the app these addresses."""
        asked: tuple[tuple[str, str, Callable[..., Any]], ...] = (
            ("GET", "/organizations", self.organizations),
            ("POST", "/organizations", self.arrange),
            ("POST", "/organizations/addresses", self.organization_addresses),
            ("GET", "/people", self.people),
            ("POST", "/people", self.manage),
            ("POST", "/people/addresses", self.person_addresses),
        )
        for method, path, answer in asked:
            may = problems() if method == "GET" else problems(HTTPStatus.CONFLICT, HTTPStatus.SERVICE_UNAVAILABLE)
            app.add_api_route(path, answer, methods=[method], responses=may, operation_id=answer.__name__)

    def organizations(self, bearer: Asker, sought: Annotated[Sought, Query()]) -> OrganizationPage:
        """The organizations that are the asker's, or below theirs, as a tree."""
        return self._organizations(bearer, sought)

    def arrange(self, request: Request, bearer: Asker, asked: OrganizationAsked) -> OrganizationPage:
        """Make an organization known, place it, change where it is written to, or take it away; answers with it."""
        organizations_seen(self._desk, bearer.actor, most=1)
        act = self._act(bearer, getattr(asked, "reason", ""))
        self._done(request, act, self._arranged(asked, act))
        return self._organizations(bearer, Sought(part=asked.name))

    def organization_addresses(self, request: Request, bearer: Asker, asked: RevealAsked) -> AddressList:
        """Where an organization is written to in full, for a reason: each time is an event."""
        organizations_seen(self._desk, bearer.actor, most=1)
        return self._reveal(request, bearer, asked)

    def people(self, bearer: Asker, sought: Annotated[Sought, Query()]) -> PersonPage:
        """Who has a role in the asker's organization, or below it."""
        return self._people(bearer, sought)

    def manage(self, request: Request, bearer: Asker, asked: PersonAsked) -> PersonPage:
        """Register somebody, change their roles, or let them do nothing more; answers with them.

        What gives somebody authority needs the second factor, where the asker has one or must: no token shows it.
        """
        people_seen(self._desk, bearer.actor, most=1)
        act = self._act(bearer)
        self._done(request, act, self._managed(asked, act))
        return self._people(bearer, Sought(part=asked.name))

    def person_addresses(self, request: Request, bearer: Asker, asked: RevealAsked) -> AddressList:
        """Where somebody is written to in full, for a reason: each time is an event."""
        person_seen(self._desk, bearer.actor, asked.name)
        return self._reveal(request, bearer, asked)

    def _arranged(self, asked: OrganizationAsked, act: Act) -> object:
        match asked:
            case AddOrganization():
                ask_known(self._desk, act.actor, asked.parent if asked.parent != asked.name else None)
                # Below another it is placed as well.
                refused = may_give_authority(self._desk, act.actor, self._second_factor) if asked.parent else None
                return refused or add_organization(self._desk, asked.name, act, parent=asked.parent or None)
            case PlaceOrganization():
                ask_known(self._desk, act.actor, asked.parent or None)
                refused = may_give_authority(self._desk, act.actor, self._second_factor)
                return refused or place_organization(self._desk, asked.name, asked.parent or None, act)
            case SetMail():
                return set_mail(self._desk, asked.name, asked.mail, act)
            case AddAddress() | ChangeAddress():
                return addressed(self._desk, asked, act)
        return remove_organization(self._desk, asked.name, act)

    def _managed(self, asked: PersonAsked, act: Act) -> object:
        gives = isinstance(asked, AddPerson) or (not isinstance(asked, Addressing) and asked.deed in _GIVING)
        if gives and (refused := may_give_authority(self._desk, act.actor, self._second_factor)):
            return refused
        if isinstance(asked, AddPerson) or (isinstance(asked, ChangeRole) and asked.deed == "grant"):
            place = asked.organization or None
            ask_known(self._desk, act.actor, place)
            return (add_person if isinstance(asked, AddPerson) else grant_role)(
                self._desk, asked.name, Role(asked.role), place, act
            )
        person_seen(self._desk, act.actor, asked.name)
        match asked:
            case ChangeRole():
                return revoke_role(self._desk, asked.name, Role(asked.role), asked.organization or None, act)
            case ChangePerson():
                return (disable_person if asked.deed == "disable" else enable_person)(self._desk, asked.name, act)
        return addressed(self._desk, asked, act)

    def _reveal(self, request: Request, bearer: Held, asked: RevealAsked) -> AddressList:
        act = self._act(bearer, asked.reason)
        found = self._done(request, act, reveal_addresses(self._desk, asked.name, act))
        return AddressList(addresses=full_told(found))

    def _organizations(self, bearer: Held, sought: Sought) -> OrganizationPage:
        some = organizations_seen(self._desk, bearer.actor, rosters.Sought(sought.part, sought.after))
        expect_page(lost=some.lost)
        addresses = list_addresses(self._desk, [one.name for one in some.shown])
        return OrganizationPage(
            organizations=[
                OrganizationShape(
                    name=one.name,
                    parent=one.parent,
                    depth=one.depth,
                    addresses=addresses_told(addresses.get(one.name, [])),
                    may_place=one.may_place,
                    may_address=one.may_address,
                )
                for one in some.shown
            ],
            following=some.after,
            may_add=rosters.may_add_organizations(self._desk, bearer.actor),
        )

    def _people(self, bearer: Held, sought: Sought) -> PersonPage:
        some = people_seen(self._desk, bearer.actor, rosters.Sought(sought.part, sought.after))
        expect_page(lost=some.lost)
        addresses = list_addresses(self._desk, [one.name for one in some.shown if one.expert])
        return PersonPage(
            people=[
                PersonShape(
                    name=one.name,
                    roles=[RoleShape(role=role, organization=place) for role, place in one.roles],
                    registered_at=one.created_at,
                    disabled=one.disabled,
                    may_manage=one.manageable,
                    is_expert=one.expert,
                    addresses=addresses_told(addresses.get(one.name, [])),
                )
                for one in some.shown
            ],
            following=some.after,
            may_manage=manages_people(self._desk, bearer.actor),
        )


#: What gives somebody authority that they have not: it lasts when the token by which it was given is revoked.
_GIVING = ("grant", "enable")


def addressed(desk: Desk, asked: Addressing, act: Act) -> object:
    """Do what is asked with an address."""
    if isinstance(asked, AddAddress):
        return add_address(desk, asked.name, asked.channel, asked.address, act, first=asked.first)
    change = prefer_address if asked.deed == "prefer-address" else remove_address
    return change(desk, asked.name, asked.number, act)


def addresses_told(found: Sequence[Listed]) -> list[AddressShape]:
    """Tell addresses, masked."""
    return [AddressShape(number=one.number, channel=one.channel, shown=one.shown) for one in found]


def full_told(found: Mapping[int, str]) -> list[FullAddress]:
    """Tell addresses in full."""
    return [FullAddress(number=number, address=value) for number, value in found.items()]
