"""A real HTTP server on this machine, which keeps what it is asked and answers what a test tells it to."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass(frozen=True)
class Asked:
    path: str
    headers: dict[str, str]
    body: bytes


@dataclass
class Web:
    """What the server was asked, and what it answers: status and body, or None to hang up without a word.

    `retry_after` is in that header of each answer.
    """

    port: int = 0
    asked: list[Asked] = field(default_factory=list)
    answers: list[tuple[int, str] | None] = field(default_factory=list)
    otherwise: tuple[int, str] | None = (200, "{}")
    retry_after: str | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"


@contextmanager
def serving() -> Iterator[Web]:
    web = Web()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            web.asked.append(Asked(self.path, {name.lower(): said for name, said in self.headers.items()}, body))
            answer = web.answers.pop(0) if web.answers else web.otherwise
            if answer is None:
                self.connection.close()
                return
            content = answer[1].encode()
            self.send_response(answer[0])
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            if web.retry_after is not None:
                self.send_header("Retry-After", web.retry_after)
            if answer[0] in (301, 302, 307, 308):
                self.send_header("Location", "/elsewhere")
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    web.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield web
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
