"""How an objection stands, told to whoever has its receipt: the number and the code that came with it.

No name is told, neither of who objects nor of whom it is about, nothing of what was found, and nobody of the office.
"""

from dataclasses import dataclass
from datetime import datetime
from hmac import compare_digest
from typing import Final

from sqlalchemy import select

from documents.notices import without_numbers
from operations.codes import read_code
from operations.desk import Desk
from operations.objection_rows import publicity_at
from operations.objections import REFUSED
from programs import Words
from programs.model import Program
from store import tables as t

#: How far an objection is, as whoever objected is told; of the same states as the office's list.
PROGRESS: Final = {
    "lodged": Words("已收到，受理单位正在审查是否受理", "received; the office is deciding whether it is taken up"),
    "admitted": Words("已受理，正在核查", "taken up, and being looked into"),
    "refused": Words("不予受理", "not taken up"),
    "dismissed": Words("已办结：经核查，异议不成立", "settled: it was looked into, and dismissed"),
    "corrected": Words("已办结：经核查，已更正", "settled: it was looked into, and put right"),
    "upheld": Words("已办结：经核查，异议成立", "settled: it was looked into, and upheld"),
    "deferred": Words("已办结：暂缓，留待下届", "settled: left to the next edition"),
    "recorded": Words("匿名反映，已存查", "not signed, kept on record"),
}


@dataclass(frozen=True, slots=True)
class Progress:
    """How an objection stands: `state` is a key of `PROGRESS`, `since` when it came to be so.

    `reception` is the office to turn to. `because` says why it was not taken up: the kind of what is no objection,
    where the program names it, and the office's reason; both empty otherwise.
    """

    number: int
    program: Program
    reception: str
    lodged_at: datetime
    state: str
    since: datetime
    because: tuple[str, ...] = ()

    @property
    def label(self) -> Words:
        """How it stands, in words."""
        return PROGRESS[self.state]


def progress_of(desk: Desk, number: int, code: str) -> Progress | None:
    """Return how an objection stands; none, alike, where there is no such objection and where the code is another's."""
    of = t.objection.c
    query = select(t.objection, t.nomination.c.program_id).join_from(t.objection, t.nomination).where(of.id == number)
    with desk.store.read() as connection:
        row = connection.execute(query).one_or_none()
        given = read_code(code).encode()
        if row is None or row.code is None or not compare_digest(row.code.encode(), given):
            return None
        program = desk.holding(connection, row.program_id, row.stage).program
        stage = publicity_at(desk, connection, row.program_id, row.stage)
    because: tuple[str, ...] = ()
    if row.outcome == REFUSED:
        named = [one.name for one in (stage.out_of_scope if stage else ()) if one.id == row.scope]
        because = (*named, without_numbers(row.judged_because or ""))
    return Progress(
        number=number,
        program=program,
        reception=(stage.office if stage else None) or program.office,
        lodged_at=row.lodged_at,
        state=row.outcome or ("admitted" if row.admitted else "lodged"),
        since=row.settled_at or row.judged_at or row.lodged_at,
        because=tuple(one for one in because if one),
    )


def receipt_code(desk: Desk, number: int) -> str | None:
    """Return the code of an objection's receipt; none of one that was taken before there were codes."""
    with desk.store.read() as connection:
        return connection.execute(select(t.objection.c.code).where(t.objection.c.id == number)).scalar()
