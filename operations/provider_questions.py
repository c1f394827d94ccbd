"""Questions to an identity provider: few at once, each for a few seconds, and none for a while after it did not answer.

Whoever signs in waits in a thread of the console, which everybody else needs too. So a provider that is slow or away
holds a few of them at most, and not for long, whatever it does.
"""

import json
import logging
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future
from contextlib import contextmanager
from datetime import datetime, timedelta
from functools import cache
from http import HTTPStatus
from ssl import SSLContext
from threading import BoundedSemaphore, Lock, Thread
from typing import Any, Final

import httpx

from operations.results import Denied
from programs import Words
from states import Refusal

#: How long anybody waits for one answer, in seconds, however slowly it comes.
PATIENCE: Final = 4.0

#: How many threads may wait for answers, and how many questions may be open, whether or not anybody still waits.
MOST_WAITING: Final = 8
MOST_OPEN: Final = 4

#: How long a provider that did not answer is asked nothing more.
REST: Final = timedelta(seconds=15)

#: How long it may stay silent, in seconds, and the longest answer that is read, in bytes.
_TIMEOUT: Final = httpx.Timeout(3, connect=2)
_LONGEST: Final = 512 * 1024

_log = logging.getLogger(__name__)

Answer = Mapping[str, Any]


class Failure(Exception):  # noqa: N818 - it reports what became of a question
    """The provider did not answer, or not as it must. `log` says what, for whoever looks after the product."""

    def __init__(self, refusal: Refusal, log: str) -> None:
        super().__init__(log)
        self.refusal = refusal
        self.log = log.partition("\n")[0][:300]

    def told(self) -> Denied:
        """Write what went wrong into the log, and return what is said of it."""
        _log.warning("identity provider: %s", self.log)
        return Denied((self.refusal,))


class Questions:
    """What one provider is asked. Whoever asks for the same document at the same time waits for one answer."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._open: dict[str, Future[Answer]] = {}
        self._silent_at: datetime | None = None
        self._waiting = BoundedSemaphore(MOST_WAITING)
        self._asking = BoundedSemaphore(MOST_OPEN)

    def get(self, address: str, now: datetime) -> Answer:
        """Return a document of the provider; raises `Failure`."""
        with self._place(address, now):
            with self._lock:
                answer = self._open.get(address)
                if answer is None:
                    answer = self._open[address] = self._begun(lambda: _asked("GET", address), address)
            return self._awaited(answer, address, now)

    def post(self, address: str, now: datetime, **options: Any) -> Answer:  # noqa: ANN401 - as the library takes them
        """Return what the provider answers to a form; raises `Failure`."""
        with self._place(address, now):
            return self._awaited(self._begun(lambda: _asked("POST", address, **options)), address, now)

    @contextmanager
    def _place(self, address: str, now: datetime) -> Iterator[None]:
        silent = self._silent_at
        if silent is not None and silent <= now < silent + REST:
            raise Failure(away(), f"{address}: not asked, it has just been silent")
        if not self._waiting.acquire(blocking=False):
            raise Failure(away(), f"{address}: too many wait for it")
        try:
            yield
        finally:
            self._waiting.release()

    def _begun(self, ask: Callable[[], Answer], shared: str | None = None) -> Future[Answer]:
        """Have it asked in a thread of its own, which may take longer than anybody waits."""
        if not self._asking.acquire(blocking=False):
            raise Failure(away(), "too many questions are open")
        answer: Future[Answer] = Future()

        def run() -> None:
            try:
                found = ask()
            except BaseException as error:  # noqa: BLE001 - it is raised where it is waited for
                self._ended(shared)
                answer.set_exception(error)
            else:
                self._ended(shared)
                answer.set_result(found)

        Thread(target=run, name="identity-provider", daemon=True).start()
        return answer

    def _ended(self, shared: str | None) -> None:
        self._asking.release()
        if shared is not None:
            with self._lock:
                self._open.pop(shared, None)

    def _awaited(self, answer: Future[Answer], address: str, now: datetime) -> Answer:
        try:
            return answer.result(PATIENCE)
        except TimeoutError as error:
            self._silent_at = now
            raise Failure(away(), f"{address}: no answer within {PATIENCE:g} seconds") from error
        except Failure as failure:
            if failure.refusal == away():
                self._silent_at = now
            raise


@cache
def _trusted() -> SSLContext:
    """Return which authorities are believed, read once: it takes longer than asking."""
    return httpx.create_ssl_context()


def _asked(method: str, address: str, **options: Any) -> Answer:  # noqa: ANN401 - as the library takes them
    """Ask the provider for a JSON object; whatever goes wrong is a `Failure`."""
    try:
        with (
            httpx.Client(timeout=_TIMEOUT, verify=_trusted()) as client,
            client.stream(method, address, headers={"Accept": "application/json"}, **options) as answer,
        ):
            content = b""
            for part in answer.iter_bytes():
                content += part
                if len(content) > _LONGEST:
                    raise Failure(misconfigured(), f"{address}: it is too long")
        if method == "POST" and HTTPStatus.BAD_REQUEST <= answer.status_code < HTTPStatus.INTERNAL_SERVER_ERROR:
            # It has refused the code, which was used, has expired or is not ours; or it does not know us.
            raise Failure(unfit(), f"{address}: {answer.status_code} {content[:200]!r}")
        answer.raise_for_status()
        found = json.loads(content)
    except httpx.HTTPError as error:
        raise Failure(away(), f"{address}: {type(error).__name__}: {error}") from error
    except (ValueError, httpx.InvalidURL) as error:
        raise Failure(misconfigured(), f"{address}: {type(error).__name__}: {error}") from error
    if not isinstance(found, dict):
        raise Failure(misconfigured(), f"{address}: it is no object")
    return found


def away() -> Refusal:
    """Refuse because the provider does not answer."""
    return Refusal(
        "provider-answers",
        Words("统一身份认证现在连接不上", "the identity provider does not answer"),
        Words("请稍后再试", "try again later"),
    )


def misconfigured() -> Refusal:
    """Refuse because what the provider says of itself cannot be."""
    return Refusal(
        "provider-answers",
        Words("统一身份认证的配置有误", "the identity provider is not set up rightly"),
        Words("请告知管理员：详情在控制台的日志里", "tell an administrator: the console's log says more"),
    )


def unfit() -> Refusal:
    """Refuse because the provider did not vouch for anybody."""
    return Refusal(
        "provider-vouches",
        Words("统一身份认证没有确认您的身份", "the identity provider did not vouch for you"),
        Words("请重新登录；仍不行的，请告知管理员", "sign in again; if that does not help, tell an administrator"),
    )
