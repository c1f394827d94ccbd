"""What somebody is told who acts on a nomination that is no longer as they looked at it.

Where it stands now and who has moved it is for those alone who may see it. They are told that before they are told that
it is with somebody else now: whoever sends a move a second time has mostly sent it out of their hands themselves.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import Row
from sqlalchemy.engine import Connection

from deadlines.zone import SHANGHAI
from operations.desk import Running
from operations.seeing import Seeing
from programs import Words
from programs.words import moment_in_words
from states import Refusal
from store import events_of

#: What refuses because of where a nomination is, or who moved it last: another answer before it was moved.
_OF_WHERE_IT_IS = ("jurisdiction", "own")


def is_conflict(seeing: Seeing, row: Row[Any], refused: Refusal) -> bool:
    """Whether somebody who is refused a stale version is told of that alone: they see it, and it was moved meanwhile.

    A role that may never do it is refused whatever stands, and so is whoever does not see it.
    """
    return refused.gate in _OF_WHERE_IT_IS and seeing.shows(row)


def moved_meanwhile(connection: Connection, running: Running, row: Row[Any]) -> Refusal:
    """Say who has moved a nomination since it was looked at."""
    history = events_of(connection, row.program_id, nomination=row.number, newest_first=True)
    kinds = ("nomination.moved", "nomination.created", "nomination.migrated")
    last = next(event for event in history if event["kind"] in kinds)
    if last["kind"] == "nomination.migrated":
        return Refusal(
            "seen-version",
            Words(
                "此件已被{who}改按第 {version} 版办理", "{who} has brought it to version {version} of the program"
            ).format(who=last["actor"], version=last["revision"]),
            Words("请刷新后再办理", "look at it again before you act"),
        )
    return Refusal(
        "seen-version",
        Words(
            "此件已被{who}于 {when} 办到“{stage}”",
            "{who} has moved it to “{stage}” at {when}",
        ).format(
            who=last["actor"],
            when=moment_in_words(datetime.fromisoformat(last["now"]).astimezone(SHANGHAI)),
            stage=running.pipeline.standings[row.stage].name,
        ),
        Words("请刷新后再办理", "look at it again before you act"),
    )
