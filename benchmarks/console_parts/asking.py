"""A browser as small as can be: one connection that is kept, cookies, and no work but reading what comes.

It is asked for its own time too, since it shares the machine with the server.
"""

import asyncio
import time
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import quote, urlencode

_PATIENCE: Final = 60.0
#: A server closes a connection on which nothing was asked for five seconds; browsers know that as well.
_IDLE: Final = 4.0


@dataclass(frozen=True)
class Answer:
    """What came back: its status, its body, and where it leads to."""

    status: int
    body: bytes
    leads_to: str


@dataclass
class Browser:
    """Somebody's browser at a server on this machine."""

    port: int
    cookies: dict[str, str] = field(default_factory=dict)
    _used: float = 0.0
    _reader: asyncio.StreamReader | None = None
    _writer: asyncio.StreamWriter | None = None

    async def get(self, path: str) -> Answer:
        """Ask for a page."""
        return await self._ask("GET", path, None)

    async def post(self, path: str, form: dict[str, str]) -> Answer:
        """Send a form, as a page of the console does."""
        return await self._ask("POST", path, urlencode(form).encode())

    def close(self) -> None:
        """Let go of the connection."""
        if self._writer:
            self._writer.close()
        self._reader = self._writer = None

    async def connect(self) -> None:
        """Connect, before anything is asked."""
        self._reader, self._writer = await asyncio.open_connection("127.0.0.1", self.port, limit=1 << 22)

    async def _ask(self, method: str, path: str, body: bytes | None) -> Answer:
        if self._writer is None or self._writer.is_closing() or time.monotonic() > self._used + _IDLE:
            self.close()
            await self.connect()
        self._used = time.monotonic()
        assert self._writer
        head = [f"{method} {quote(path, safe='/?=&%')} HTTP/1.1", f"Host: 127.0.0.1:{self.port}"]
        if self.cookies:
            head.append("Cookie: " + "; ".join(f"{name}={value}" for name, value in self.cookies.items()))
        if body is not None:
            head += ["Content-Type: application/x-www-form-urlencoded", f"Content-Length: {len(body)}"]
            head += [f"Origin: http://127.0.0.1:{self.port}", "Sec-Fetch-Site: same-origin"]
        self._writer.write("\r\n".join([*head, "", ""]).encode() + (body or b""))
        return await asyncio.wait_for(self._read(), _PATIENCE)

    async def _read(self) -> Answer:
        assert self._reader
        lines = (await self._reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        status, length, leads_to, closes, chunked = int(lines[0].split()[1]), 0, "", False, False
        for line in lines[1:]:
            name, _, value = line.partition(": ")
            match name.lower():
                case "content-length":
                    length = int(value)
                case "location":
                    leads_to = value
                case "set-cookie":
                    cookie, _, kept = value.partition(";")[0].partition("=")
                    self.cookies[cookie] = kept
                case "connection":
                    closes = value == "close"
                case "transfer-encoding":
                    chunked = True
        body = await self._chunks() if chunked else await self._reader.readexactly(length)
        if closes:
            self.close()
        return Answer(status, body, leads_to)

    async def _chunks(self) -> bytes:
        assert self._reader
        body = bytearray()
        while size := int(await self._reader.readline(), 16):
            body += await self._reader.readexactly(size)
            await self._reader.readexactly(2)
        await self._reader.readexactly(2)
        return bytes(body)
