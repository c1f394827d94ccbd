"""Lists that somebody has given a name to find them again: their own, seen by nobody else.

They change nothing of any nomination, and a list shows its owner no more than they may see when they open it; so they
are no part of the history.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import delete, func, insert, select
from sqlalchemy.engine import Connection

from operations.desk import Desk
from operations.results import Denied, UnknownError
from operations.sessions import Session
from programs import Words
from states import Refusal
from store import hold
from store import tables as t

#: So many somebody may keep.
MOST: Final = 30
LONGEST_NAME: Final = 40
LONGEST: Final = 1000

_of = t.saved_view.c


@dataclass(frozen=True, slots=True)
class SavedView:
    """A list by its name; `asked` is the query of its address."""

    id: int
    name: str
    asked: str


def views_of(desk: Desk, session: Session) -> tuple[SavedView, ...]:
    """Return somebody's own lists, by their names."""
    with desk.store.read() as connection:
        query = select(_of.id, _of.name, _of.asked).where(_of.person_id == _person(connection, session))
        return tuple(SavedView(*row) for row in connection.execute(query.order_by(_of.name, _of.id)))


def save_view(desk: Desk, session: Session, name: str, asked: str, now: datetime) -> Denied | None:
    """Keep a list under a name, in the place of the one that had it."""
    name = " ".join(name.split())
    if not name or len(name) > LONGEST_NAME or len(asked) > LONGEST:
        return Denied((_no_name(),))
    with desk.store.write() as transaction:
        connection = transaction.connection
        owner = _person(connection, session)
        hold(connection, [("saved-views", str(owner))])
        connection.execute(delete(t.saved_view).where(_of.person_id == owner, _of.name == name))
        count = connection.execute(select(func.count()).where(_of.person_id == owner)).scalar_one()
        if count >= MOST:
            transaction.abandon()
            return Denied((_too_many(),))
        connection.execute(insert(t.saved_view).values(person_id=owner, name=name, asked=asked, saved_at=now))
    return None


def forget_view(desk: Desk, session: Session, view: int) -> None:
    """Forget one of somebody's own lists; raises `UnknownError` for one that is not theirs, or not there."""
    with desk.store.write() as transaction:
        connection = transaction.connection
        mine = (_of.id == view, _of.person_id == _person(connection, session))
        if not connection.execute(delete(t.saved_view).where(*mine)).rowcount:
            raise UnknownError(Words("没有这个视图", "there is no such view"))


def _person(connection: Connection, session: Session) -> int:
    owner: int = connection.execute(select(t.person.c.id).where(t.person.c.name == session.name)).scalar_one()
    return owner


def _no_name() -> Refusal:
    return Refusal(
        "view-named",
        Words("视图没有名称，或名称过长", "the view has no name, or too long a one"),
        Words("请写 1 至 {most} 个字的名称", "give it a name of up to {most} characters").format(most=LONGEST_NAME),
    )


def _too_many() -> Refusal:
    return Refusal(
        "views-bounded",
        Words("已保存 {most} 个视图", "{most} views are kept already").format(most=MOST),
        Words("请先删去不用的", "remove one that you no longer use"),
    )
