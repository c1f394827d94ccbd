"""The API is put together when it is first asked, once."""

import asyncio
import time

from starlette.types import Receive, Scope, Send

from console.api.app import MadeAtFirst


def test_many_who_ask_first_at_once_are_answered_by_one_app():
    made: list[object] = []
    answered: list[object] = []

    def make():
        app = object()
        made.append(app)
        time.sleep(0.05)

        async def answer(_scope: Scope, _receive: Receive, _send: Send) -> None:
            answered.append(app)

        return answer

    at_first = MadeAtFirst(make)

    async def ask() -> None:
        await asyncio.gather(*(at_first({}, None, None) for _ in range(5)))

    assert made == []
    asyncio.run(ask())
    assert (len(made), answered) == (1, made * 5)
