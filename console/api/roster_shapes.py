"""What the API takes and answers with about organizations, people and the pool of experts."""

from datetime import date
from typing import Annotated, Literal

from fastapi import Body
from pydantic import AwareDatetime, Field

from console.api.shapes import Asked, Day, Line, Shape, Text
from notifications.kinds import ChannelKind
from operations.actors import Role
from programs.panels import Ground

Address = Annotated[str, Field(max_length=254, pattern=r"^[^\x00-\x1f\x7f-\x9f\u2028\u2029]*$")]


class Sought(Asked):
    """Who of a roster is asked for: with `part` in the name, behind the name `after`."""

    part: Line = ""
    after: Line = ""


class AddressShape(Shape):
    """Where somebody is written to, masked; `number` 0 is the mailbox. They stand in the order in which letters try."""

    number: int
    channel: ChannelKind
    shown: str


class OrganizationShape(Shape):
    """An organization; `depth` below the first one that is the asker's to see."""

    name: str
    parent: str | None
    depth: int
    addresses: list[AddressShape]
    may_place: bool
    may_address: bool


class OrganizationPage(Shape):
    """Organizations as a tree, each behind the one above it, 50 at a time; `following` is the `after` of the next."""

    organizations: list[OrganizationShape]
    following: str | None
    may_add: bool


class AddOrganization(Asked):
    """Make an organization known, below another or none."""

    deed: Literal["add"]
    name: Line
    parent: Line | None = None


class PlaceOrganization(Asked):
    """Place an organization below another, or below none."""

    deed: Literal["place"]
    name: Line
    parent: Line | None = None


class SetMail(Asked):
    """Set the mailbox of an organization."""

    deed: Literal["mail"]
    name: Line
    mail: Line


class RemoveOrganization(Asked):
    """Take an organization away that was made known by mistake, and that nothing refers to."""

    deed: Literal["remove"]
    name: Line
    reason: Text


class AddAddress(Asked):
    """Give somebody one more address, behind the others or before them."""

    deed: Literal["address"]
    name: Line
    channel: ChannelKind
    address: Address
    first: bool = False


class ChangeAddress(Asked):
    """Let letters try an address before the others, or take it back."""

    deed: Literal["prefer-address", "remove-address"]
    name: Line
    number: Annotated[int, Field(ge=0, le=2_000_000_000)]


Addressing = AddAddress | ChangeAddress
OrganizationAsked = Annotated[
    AddOrganization | PlaceOrganization | SetMail | RemoveOrganization | AddAddress | ChangeAddress,
    Body(discriminator="deed"),
]


class RevealAsked(Asked):
    """Of whom something is to be seen in full, and why: it goes into the history."""

    name: Line
    reason: Text


class FullAddress(Shape):
    """An address in full; `number` 0 is the mailbox."""

    number: int
    address: str


class AddressList(Shape):
    """Where somebody is written to, in full."""

    addresses: list[FullAddress]


class RoleShape(Shape):
    """A role, and where; none for all organizations."""

    role: Role
    organization: str | None


class PersonShape(Shape):
    """Somebody who is registered, with those of their roles that are the asker's to see.

    How they sign in is nothing that the API tells.
    """

    name: str
    roles: list[RoleShape]
    registered_at: AwareDatetime
    disabled: bool
    may_manage: bool
    is_expert: bool
    addresses: list[AddressShape]


class PersonPage(Shape):
    """People by name, 50 at a time; `following` is the `after` of the next."""

    people: list[PersonShape]
    following: str | None
    may_manage: bool


#: The roles that somebody is registered with (`OF_PEOPLE`), and which they can be given or lose.
GivenRole = Literal["administrator", "operator", "screening", "expert", "supervisor", "security"]
HeldRole = Literal[GivenRole, "nominee"]


class AddPerson(Asked):
    """Register somebody with their first role. Nobody is given a password by the API."""

    deed: Literal["add"]
    name: Line
    role: GivenRole
    organization: Line | None = None


class ChangeRole(Asked):
    """Give somebody one more role, or take one back, with its tokens."""

    deed: Literal["grant", "revoke"]
    name: Line
    role: HeldRole
    organization: Line | None = None


class ChangePerson(Asked):
    """Let somebody do nothing more, or act again."""

    deed: Literal["disable", "enable"]
    name: Line


PersonAsked = Annotated[AddPerson | ChangeRole | ChangePerson | AddAddress | ChangeAddress, Body(discriminator="deed")]


class ExpertsSought(Asked):
    """Who of the pool is asked for: of one field, whose name or employer begins so, behind the name `after`.

    `retired`: those too who left the pool.
    """

    field: Line = ""
    begins: Line = ""
    retired: bool = False
    after: Line = ""


class TieCount(Shape):
    """How many ties of a ground somebody has declared."""

    ground: Ground
    count: int


class ExpertShape(Shape):
    """An expert as lists show them: addresses masked, no year of birth, of ties how many of each ground."""

    name: str
    employer: str
    fields: list[str]
    title: str | None
    term_from: date | None
    term_until: date | None
    retired_at: AwareDatetime | None
    ties: list[TieCount]
    addresses: list[AddressShape]


class ExpertPage(Shape):
    """Experts by name, 100 at a time; `following` is the `after` of the next; `may_keep`: the asker changes it."""

    experts: list[ExpertShape]
    fields: list[str]
    following: str | None
    may_keep: bool


class TieShape(Shape):
    """What ties an expert; `number` takes it back."""

    number: int
    ground: Ground
    subject: str
    unit: str | None
    until: date | None


class ExpertDetail(Shape):
    """An expert in full; without the year of birth and addresses for whoever oversees the pool and does not keep it."""

    name: str
    employer: str
    fields: list[str]
    title: str | None
    born: int | None
    mail: str | None
    term_from: date | None
    term_until: date | None
    ties: list[TieShape]
    addresses: list[FullAddress]


class _Drafted(Asked):
    name: Line
    employer: Line
    fields: Annotated[list[Line], Field(default_factory=list, max_length=50)]
    title: Line | None = None
    born: Annotated[int, Field(ge=1, le=9999)] | None = None
    mail: Line | None = None
    term_from: Day | None = None
    term_until: Day | None = None


class AddExpert(_Drafted):
    """Take somebody into the pool; both days of the term are included."""

    deed: Literal["add"]


class ChangeExpert(_Drafted):
    """Change what the pool has of somebody: all of it, as it is stated here; the name stays."""

    deed: Literal["change"]


class RetireExpert(Asked):
    """Take somebody out of the pool, so that nobody draws them; what they are on stays."""

    deed: Literal["retire"]
    name: Line
    reason: Text


class DeclareTie(Asked):
    """Record what ties an expert to a unit, a person or a body; `unit` is where a relative works."""

    deed: Literal["declare"]
    name: Line
    ground: Ground
    subject: Line
    unit: Line | None = None
    until: Day | None = None


class WithdrawTie(Asked):
    """Take a tie back that is none."""

    deed: Literal["withdraw-tie"]
    name: Line
    tie: Annotated[int, Field(ge=0, le=2_000_000_000)]
    reason: Text


ExpertAsked = Annotated[
    AddExpert | ChangeExpert | RetireExpert | DeclareTie | WithdrawTie | AddAddress | ChangeAddress,
    Body(discriminator="deed"),
]
