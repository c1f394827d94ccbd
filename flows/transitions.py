"""One move of one nomination, started by an operator from Prefect's form."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from prefect import State

from flows.account import Account, carry_out, moved_table, program_of, refused_table
from flows.batches import WITHOUT_GROUND
from flows.clock import instant
from flows.forms import form
from operations.acts import Act
from operations.authority import identify
from operations.desk import Desk
from operations.move import move as make_move
from operations.results import Denied
from states import Endorsement, Move


def _name(asked: Mapping[str, Any]) -> str:
    return f"办理 {asked['number'].strip()} {asked['move'].label.zh}"


@form("办理申报", _name, timeout_seconds=600)
async def transition(  # noqa: PLR0913 - the fields of the form, each by name
    number: str,
    move: Move,
    actor: str,
    *,
    reason: str = "",
    grade: str | None = None,
    document_number: str | None = None,
    ground: str | None = None,
    sealed: bool = False,
    opinion: dict[str, str] | None = None,
    form_number: str | None = None,
    now: datetime | None = None,
) -> State[Mapping[str, Any]]:
    """Move one nomination. A refusal is an answer: the run completes, and its table says why."""
    at, number = instant(now), number.strip()
    endorsement = Endorsement(opinion or {}, sealed, form_number)

    def moved(desk: Desk) -> Account:
        who = identify(desk, actor)
        outcome = (
            who
            if isinstance(who, Denied)
            else make_move(
                desk,
                number,
                move,
                Act(who, at, reason),
                grade=grade,
                document_number=document_number,
                ground=ground or None,
                endorsement=endorsement if endorsement != Endorsement() else None,
            )
        )
        programs = frozenset({program_of(number)})
        if isinstance(outcome, Denied):
            reasons = "；".join(refusal.reason.zh for refusal in outcome.refusals)
            return Account(
                summary=f"不予办理：{reasons}",
                facts={"refused": [refusal.to_json() for refusal in outcome.refusals]},
                programs=programs,
                tables=(refused_table([outcome]),),
            )
        table = moved_table(desk, [outcome])
        silent = WITHOUT_GROUND if move is Move.DISQUALIFY and not ground else ""
        return Account(
            summary=f"{outcome.nominee}：{move.label.zh}，现环节：{table.rows[0]['现环节']}{silent}",
            facts={"moved": number, "from": outcome.source, "to": outcome.destination, "version": outcome.version},
            programs=programs,
            stages=frozenset({outcome.source.partition(".")[0]}),
            tables=(table,),
        )

    return await carry_out("transition", moved)
