"""An organization that was made known by mistake, taken away again: only one that nothing has to do with."""

import json
from collections.abc import Iterator
from typing import Final

from sqlalchemy import ColumnElement, Text, delete, or_, select, type_coerce
from sqlalchemy.engine import Connection

from operations.acts import Act, reason_missing
from operations.authority import refuses
from operations.desk import Desk
from operations.jurisdictions import Matter
from operations.organizations import AUTHORITY, named
from operations.policy import Deed
from operations.results import Denied, NothingHereError
from programs import Words
from states import Refusal
from store import INSTALLATION, hold
from store import tables as t

_BELOW: Final = Words("下面还有单位", "organizations lie below it")
_PEOPLE: Final = Words("有人在此任职", "people have roles there")
_NOMINATIONS: Final = Words("有申报与它有关", "nominations have to do with it")
_PROGRAMS: Final = Words("项目文件写有它，或在项目中登记过", "programs name it, or have it registered")
_LETTERS: Final = Words("有给它的信函或另外的收件地址", "letters are for it, or it has further addresses")


def remove_organization(desk: Desk, name: str, act: Act) -> Denied | None:
    """Take an organization away that nothing refers to, with its mailbox; what was done with it stays in the history.

    For whoever makes organizations known, and for a reason. Raises `UnknownError` for one that is not known.
    """
    name = named(name)
    with desk.store.write() as transaction:
        connection = transaction.connection
        hold(connection, [AUTHORITY])
        refusal = refuses(connection, act.actor, Deed.ADD_ORGANIZATION, Matter(within=(name,))) or reason_missing(act)
        if refusal:
            return Denied((refusal,))
        of = t.organization.c
        row = connection.execute(select(of.parent).where(of.name == name)).one_or_none()
        if row is None:
            raise NothingHereError(Words("没有单位“{name}”", "there is no organization {name}").format(name=name))
        if used := tuple(_uses(connection, name)):
            return Denied((_in_use(name, used),))
        connection.execute(delete(t.organization).where(of.name == name))
        transaction.record(
            INSTALLATION, "organization.removed", subject=name, **{"from": row.parent}, **act.signature()
        )
    return None


def _uses(connection: Connection, name: str) -> Iterator[Words]:
    """Say by what an organization is referred to, each kind once."""
    quoted = json.dumps(name, ensure_ascii=False)
    asked: tuple[tuple[Words, tuple[ColumnElement[bool], ...]], ...] = (
        (_BELOW, (t.organization.c.parent == name,)),
        (_PEOPLE, (t.person_role.c.organization == name,)),
        (
            _NOMINATIONS,
            (
                or_(t.side.c.unit == name, t.side.c.nominator == name),
                (t.standing.c.holder == name) & (t.standing.c.nominations > 0),
                t.place.c.owner == name,
                t.nomination.c.host == name,
            ),
        ),
        (
            _PROGRAMS,
            (
                t.nominator.c.name == name,
                t.allotment.c.owner == name,
                type_coerce(t.program.c.definition, Text).contains(quoted, autoescape=True),
                type_coerce(t.revision.c.definition, Text).contains(quoted, autoescape=True),
            ),
        ),
        (
            _LETTERS,
            (t.address.c.recipient == name, t.reminder.c.recipient == name, t.message.c.recipient == name),
        ),
    )
    for words, conditions in asked:
        if any(connection.execute(select(1).where(one).limit(1)).first() for one in conditions):
            yield words


def _in_use(name: str, used: tuple[Words, ...]) -> Refusal:
    return Refusal(
        "organization-unused",
        Words("不能删除单位“{name}”：{used}", "{name} cannot be removed: {used}").format(
            name=name, used=Words("、".join(one.zh for one in used), "; ".join(one.en for one in used))
        ),
        Words("只有登记有误、与其他都没有关系的单位可以删除", "only one that was made known by mistake can be"),
    )
