"""What rests on the last move of a nomination by now: whatever does keeps the move from being taken back."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Row, or_, select
from sqlalchemy.engine import Connection

from notifications.owed import OwedKind
from operations.desk import Running
from operations.placing import Landing
from operations.told_events import events_saying
from programs import Words
from programs.versions import TOGETHER
from store import events_of
from store import tables as t

_MOVES: Final = frozenset({"nomination.moved", "nomination.created"})

#: What is recorded of a nomination and builds nothing: somebody looked at it, or its time was counted again.
_LOOKS: Final = frozenset(
    {"files.seen", "details.seen", "objection.seen", "certificate.printed", "correction.recounted"}
)

_LATER: Final[Mapping[str, Words]] = {
    "materials.received": Words("登记了收件", "materials were received"),
    "files.attached": Words("提交了材料文件", "files were handed in"),
    "verdicts.recorded": Words("填写了审查结论", "verdicts were recorded"),
    "opinion.given": Words("登记了部门意见", "a body that screens jointly, or is consulted, has spoken"),
    "evaluation.reported": Words("报送了评议结果", "an evaluation was reported"),
    "score.entered": Words("评了分", "it was scored"),
    "experts.assigned": Words("分配了专家", "experts were assigned"),
    "facts.stated": Words("填报了情况", "facts were stated"),
    "annex.stated": Words("导入了附表", "an annex was taken in"),
    "details.kept": Words("登记了个人信息", "personal data was recorded"),
    "nomination.migrated": Words("改按另一版办理", "it was brought to another version"),
}
_SOMETHING: Final = Words("有了新的办理", "something was done with it")

#: What is recorded once for many, where it is about them by a stage or by their numbers.
_FOR_MANY: Final[Mapping[str, Words]] = {
    "ranking.settled": Words("确定了排序", "a ranking was settled"),
    "ranking.reopened": Words("重开了排序", "a ranking was opened again"),
    "tie.resolved": Words("处理了并列", "a tie was resolved"),
    "tally.imported": Words("导入了票数", "votes were imported"),
    "scores.taken-in": Words("导入了评分表", "score sheets were taken in"),
    "ballot.opened": Words("发起了表决", "a ballot was opened"),
    "ballot.closed": Words("表决已结束", "a ballot was closed"),
    "ballot.annulled": Words("撤销了表决", "a ballot was annulled"),
    "publicity.started": Words("公布了名单", "a list was published"),
    "document.issued": Words("发了文", "a document was issued"),
}
#: Of these it matters that others went on from where it comes back to, wherever they stand by then.
_OF_THE_CHOSEN: Final = frozenset({"publicity.started", "document.issued"})


def last_move(connection: Connection, row: Row[Any]) -> tuple[Mapping[str, Any], Sequence[Mapping[str, Any]]] | None:
    """Return the event of the last move of a nomination, and what was recorded of it since, the newest first.

    Nothing where it has not been moved since it was drawn up.
    """
    since: list[Mapping[str, Any]] = []
    for event in events_of(connection, row.program_id, nomination=row.number, newest_first=True):
        if event["kind"] in _MOVES:
            return (event, since) if "move" in event else None
        since.append(event)
    return None


def put_before(connection: Connection, row: Row[Any], tier: str, position: int) -> Mapping[str, Any] | None:
    """Return the event by which a tier had put something on the form that stood before an event at this position."""
    stood: list[Mapping[str, Any]] = []
    for event in events_of(connection, row.program_id, nomination=row.number):
        if event["position"] >= position:
            break
        if event.get("endorsement") and event.get("from") == tier:
            stood.append(event)
        elif event.get("to") == tier and event.get("undoes", {}).get("endorsed") and stood:
            stood.pop()
    return stood[-1] if stood else None


def built_on(
    connection: Connection,
    running: Running,
    row: Row[Any],
    event: Mapping[str, Any],
    since: Sequence[Mapping[str, Any]],
) -> Iterator[Words]:
    """Say what rests on the last move of a nomination, each thing once."""
    kinds = dict.fromkeys(one["kind"] for one in reversed(since) if one["kind"] not in _LOOKS)
    yield from dict.fromkeys(_LATER.get(kind, _SOMETHING) for kind in kinds)
    yield from _for_many(connection, running, row, event)
    if _acknowledged(connection, running, row, event):
        yield Words("有人确认收到了这一步的信函", "somebody has confirmed a letter about it")


def _for_many(connection: Connection, running: Running, row: Row[Any], event: Mapping[str, Any]) -> Iterator[Words]:
    of = t.event.c
    stages = {str(event[name]).partition(".")[0] for name in ("from", "to")}
    source = running.pipeline.standings[str(event["from"])].stage
    compared = isinstance(running.program.stage(source), TOGETHER)
    said = (f'"kind":"{kind}"' for kind in _FOR_MANY)
    later = (of.position > event["position"], of.nomination.is_(None))
    found: dict[str, None] = {}
    for _program, _number, one in events_saying(connection, said, row.program_id, *later):
        kind = str(one.get("kind"))
        about = one.get("stage") in stages or row.number in one.get("nominations", ())
        if about or (compared and kind in _OF_THE_CHOSEN):
            found[kind] = None
    yield from (_FOR_MANY[kind] for kind in found if kind in _FOR_MANY)


def _acknowledged(connection: Connection, running: Running, row: Row[Any], event: Mapping[str, Any]) -> bool:
    """Whether somebody has confirmed a letter that told of this move: its outcome, or that it had arrived."""
    of, message = t.reminder.c, t.message.c
    at = datetime.fromisoformat(event["now"])
    holder = Landing(connection, running, at).holder(row.stage, row)
    outcome = (of.kind == OwedKind.NOTICE.value) & (of.nomination == row.number) & (of.stage == row.stage)
    arrival = (of.kind == OwedKind.ARRIVAL.value) & (of.stage == row.stage) & (of.recipient == holder)
    query = (
        select(message.id)
        .join_from(t.reminder, t.message)
        .where(of.program_id == row.program_id, or_(outcome, arrival), message.received_at >= at)
        .where(message.written_at >= at)
        .limit(1)
    )
    return connection.execute(query).first() is not None
