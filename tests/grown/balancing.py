"""What stands before several servers, as a proxy does: each connection goes to one of them that answers."""

import asyncio
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from itertools import count


class _Balancer:
    def __init__(self, host: str, behind: Sequence[int]) -> None:
        self._host, self._behind, self._turn = host, behind, count()
        self._open: set[asyncio.StreamWriter] = set()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        first = next(self._turn)
        for place in range(len(self._behind)):
            try:
                other = await asyncio.open_connection(self._host, self._behind[(first + place) % len(self._behind)])
            except OSError:
                continue
            await asyncio.gather(self._pass_on(reader, other[1]), self._pass_on(other[0], writer))
            return
        writer.close()

    async def _pass_on(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Pass on until one side is gone; then the other learns of it."""
        self._open.add(writer)
        with suppress(OSError):
            while some := await reader.read(65536):
                writer.write(some)
                await writer.drain()
        writer.close()
        self._open.discard(writer)

    async def close(self, server: asyncio.Server) -> None:
        server.close()
        while self._open:
            for writer in self._open:
                writer.transport.abort()
            await asyncio.sleep(0.01)


@contextmanager
def balancing(host: str, port: int, behind: Sequence[int]) -> Iterator[None]:
    """Pass what comes to a port on to the ports behind it, in turn; one that does not answer is passed over."""
    loop, balancer = asyncio.new_event_loop(), _Balancer(host, behind)
    server = loop.run_until_complete(asyncio.start_server(balancer.serve, host, port))
    thread = threading.Thread(target=loop.run_forever, name="balancing")
    thread.start()
    try:
        yield
    finally:
        asyncio.run_coroutine_threadsafe(balancer.close(server), loop).result(30)
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()
