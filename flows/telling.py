"""One Prefect event for each move, once it is committed: `linxuan.nomination.moved`, for automations to react to.

And one for letters that were parked, by a run or by the command line: `linxuan.message.parked`.

Events go to the server's own door and are looked for afterwards: one that is gone between its taking them and its
writing them down is told again. So they come at least once, each under one id; the server keeps an id once.

`python -m flows.telling` tells for ever; `linxuan up` does it beside the flows.
"""

import asyncio
import logging
import os
import time
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID, uuid5

import httpx
from httpx import codes

from deadlines.zone import SHANGHAI
from flows.server import client_environment, with_defaults
from flows.silence import Listening
from flows.starting import desk_to_start, settings_to_start
from operations.desk import Desk
from operations.settings import Settings
from operations.telling import happened_at, has_told, has_told_parked, parked_to_tell, to_tell

if TYPE_CHECKING:
    from prefect.client.orchestration import PrefectClient

EVENT: Final = "linxuan.nomination.moved"

#: The event that letters were parked, and what it is about.
PARKED: Final = "linxuan.message.parked"
OUTBOX: Final = "linxuan.outbox"

#: Makes the id of an event from its program, position and digest.
_OURS: Final = UUID("6f0f8f3e-5c0d-5b0e-9a53-3e1b7d2c4a10")

#: Seconds between two looks into the history, and for which the server is given to write events down.
LOOK_EVERY: Final = 5.0
KEPT_WITHIN: Final = 20.0

_log = logging.getLogger("linxuan.telling")


def event_of(program: str, move: Mapping[str, Any], clock: datetime) -> dict[str, Any]:
    """Return a move as Prefect takes it: ids and keys, no names of people and no reasons.

    `clock` bounds when it occurred: what was done for a later instant would wait in the future.
    """
    stage, number = move["from"].partition(".")[0], move["nomination"]
    told = ("move", "from", "to", "version", "clause", "grade", "document", "due", "role", "now", "position", "digest")
    return {
        "id": str(uuid5(_OURS, f"{program}/{move['position']}/{move['digest']}")),
        "event": EVENT,
        "occurred": min(happened_at(move), clock).isoformat(),
        "resource": {
            "prefect.resource.id": f"linxuan.nomination.{number}",
            "prefect.resource.name": number,
            "linxuan.move": move["move"],
            "linxuan.from": move["from"],
            "linxuan.to": move["to"],
        },
        "related": [
            {"prefect.resource.id": f"linxuan.program.{program}", "prefect.resource.role": "program"},
            {"prefect.resource.id": f"linxuan.stage.{program}.{stage}", "prefect.resource.role": "stage"},
        ],
        "payload": {key: move[key] for key in told if key in move} | {"program": program, "number": number},
    }


@dataclass
class Telling:
    """How many moves were told; and the programs that wait: the server does not take their events, or has lost them."""

    moves: int = 0
    refused: set[str] = field(default_factory=set)
    lost: set[str] = field(default_factory=set)


class LostError(httpx.ReadTimeout):
    """The server took events, and did not write them down in time."""


async def tell(desk: Desk, client: "PrefectClient", last: Collection[str] = ()) -> Telling:
    """Tell everything that has not been told yet. A program whose events are refused holds up no other.

    Where the server loses events of one, it may lose those of all: nothing more is told then. Whoever tells again says
    which those were, and they are told `last`, after all others. Raises `httpx.HTTPError` where the server is away.
    """
    done = Telling()
    while waiting := [one for one in await asyncio.to_thread(to_tell, desk) if one.program not in done.refused]:
        for some in [one for one in waiting if one.program not in last] or waiting:
            try:
                if some.moves:
                    at = datetime.now(SHANGHAI)
                    await _hand_in(client, [event_of(some.program, move, at) for move in some.moves])
            except httpx.HTTPStatusError as error:
                if not _is_refusal(error.response.status_code):
                    raise
                done.refused.add(some.program)
                continue
            except LostError:
                done.lost.add(some.program)
                return done
            await asyncio.to_thread(has_told, desk, some)
            done.moves += len(some.moves)
    return done


def _is_refusal(status: int) -> bool:
    """Whether a server will say the same again: it is there, lets us in and is not too busy, but does not take this."""
    return status in {codes.BAD_REQUEST, codes.REQUEST_ENTITY_TOO_LARGE, codes.UNPROCESSABLE_ENTITY}


async def tell_parked(desk: Desk, client: "PrefectClient") -> int:
    """Tell of letters that were parked and not told of yet; returns how many those were. Raises as `tell` does."""
    count = 0
    while parked := await asyncio.to_thread(parked_to_tell, desk):
        now = datetime.now(SHANGHAI)
        event = {
            # The same letters, told again within a day, are the same event.
            "id": str(uuid5(_OURS, "\n".join([now.date().isoformat(), *parked]))),
            "event": PARKED,
            "occurred": now.isoformat(),
            "resource": {"prefect.resource.id": OUTBOX},
            "payload": {"count": len(parked)},
        }
        await _hand_in(client, [event])
        await asyncio.to_thread(has_told_parked, desk, parked, now)
        count += len(parked)
    return count


async def _hand_in(client: "PrefectClient", events: Sequence[Mapping[str, Any]]) -> None:
    """Hand events in, and wait until the server has written them down."""
    await client.request("POST", "/events", json=events)
    wanted = {"id": {"id": [one["id"] for one in events]}, "occurred": {"since": min(e["occurred"] for e in events)}}
    patience = time.monotonic() + KEPT_WITHIN
    while True:
        found = await client.request("POST", "/events/filter", json={"filter": wanted, "limit": 1})
        if found.json()["total"] >= len(events):
            return
        if time.monotonic() > patience:
            raise LostError("the server took events and did not write them down")
        await asyncio.sleep(0.5)


@dataclass
class Waiting:
    """Programs whose moves the server did not take, or lost, when they were told last; each is logged once."""

    refused: set[str] = field(default_factory=set)
    lost: set[str] = field(default_factory=set)

    def goes_on(self, done: Telling) -> None:
        """Take in what became of another round."""
        for program in sorted(done.refused - self.refused):
            _log.error("moves of %s are not told: the server refuses their events", program)
        for program in sorted(done.lost - self.lost):
            _log.error("moves of %s are not told: the server takes their events and does not write them down", program)
        self.refused = done.refused
        # A round that loses none has told all.
        self.lost = self.lost | done.lost if done.lost else set()


async def keep_telling(desk: Desk, silence: timedelta) -> None:
    """Tell for ever. A server, or a database, that is away is waited for; nothing is lost by that.

    It listens as well: runs that have said nothing for as long as `silence` are marked as crashed.
    """
    from prefect import get_client  # noqa: PLC0415 - Prefect reads the environment as it is imported

    listening, waiting, failing = Listening(silence), Waiting(), set[str]()

    async def moves(client: "PrefectClient") -> None:
        waiting.goes_on(await tell(desk, client, waiting.lost))

    async def parked(client: "PrefectClient") -> None:
        await tell_parked(desk, client)

    while True:
        # What fails of one holds up no other.
        for part, work in (("dead runs", listening.look), ("moves", moves), ("parked letters", parked)):
            try:
                async with get_client() as client:
                    await work(client)
                failing.discard(part)
            except Exception as error:  # noqa: BLE001 - whatever it is, the next look may do better
                if part not in failing:
                    _log.warning("%s are not told for now: %s", part, type(error).__name__)
                failing.add(part)
        await asyncio.sleep(LOOK_EVERY)


def main() -> None:
    """Tell until killed."""
    os.environ.update(with_defaults(client_environment(settings_to_start().data), os.environ))
    settings = Settings()
    asyncio.run(keep_telling(desk_to_start(settings), timedelta(seconds=settings.silence)))


if __name__ == "__main__":
    main()
