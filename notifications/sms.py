"""Text messages through a gateway over HTTP; docs/channels.md is the contract that a gateway keeps."""

from datetime import timedelta
from typing import Any, Final
from urllib.parse import urlsplit

from notifications.channels import Channel, DeliveryFailed
from notifications.kinds import shown_address, shown_answer
from notifications.letters import Letter
from notifications.replies import asked_wait
from programs import Words

#: A message of so many bytes of UTF-8 is some five parts of a long one.
_ROOM: Final = 1000
#: The gateway takes this number, or this text, never.
_FOR_GOOD: Final = frozenset({400, 410, 413, 422})
#: It has taken the same message before, under the same key.
_KNOWN: Final = 409
#: Seconds that the gateway may take to be reached, and to answer.
_REACHED, _ANSWERED = 10, 20


def is_safe(url: str) -> bool:
    """Whether a token may go to an address: over TLS, or to this machine itself."""
    parts = urlsplit(url)
    local = (parts.hostname or "") in ("localhost", "127.0.0.1", "::1")
    return bool(parts.hostname) and (parts.scheme == "https" or (parts.scheme == "http" and local))


class SmsChannel(Channel):
    """Sends letters as text messages, each under its id, by which a gateway knows one that comes again.

    Raises `ValueError` for an address that a token may not go to.
    """

    def __init__(self, url: str, token: str, page: str | None = None) -> None:
        if not is_safe(url):
            raise ValueError("the gateway's address must begin with https://")
        self._url = url
        self._token = token
        self._page = page
        self._client: Any = None

    def deliver(self, letter: Letter) -> str | None:
        """Send the letter; what the gateway's answer means, the contract says."""
        import httpx  # noqa: PLC0415 - only those wait for it who send

        if not letter.address:
            raise _unaddressed(letter)
        if self._client is None:
            timeout = httpx.Timeout(_ANSWERED, connect=_REACHED)
            self._client = httpx.Client(timeout=timeout, follow_redirects=False, trust_env=False)
        try:
            answer = self._client.post(
                self._url,
                json={"id": letter.message_id, "to": letter.address, "text": letter.short(_ROOM, self._page)},
                headers={"Authorization": f"Bearer {self._token}", "Idempotency-Key": letter.message_id},
            )
        except httpx.HTTPError as error:
            raise _unheard(error, unsure=not isinstance(error, (httpx.ConnectError, httpx.ConnectTimeout))) from None
        said = shown_answer(f"{answer.status_code} {answer.text[:2000]}", (self._token, letter.address))
        if answer.is_success or answer.status_code == _KNOWN:
            return said
        wait = asked_wait(answer.status_code, answer.headers)
        raise _refused(letter, said, permanent=answer.status_code in _FOR_GOOD, wait=wait)

    def close(self) -> None:
        """Close the connection to the gateway."""
        if self._client is not None:
            self._client.close()
            self._client = None


def _refused(letter: Letter, said: str, *, permanent: bool, wait: timedelta) -> DeliveryFailed:
    to = shown_address(letter.by, letter.address or "")
    words = (
        Words(
            "短信网关拒收发往{to}的短信（{answer}）；请核对该号码后重新发送",
            "the SMS gateway refuses what goes to {to} ({answer}); check the number and send again",
        )
        if permanent
        else Words(
            "短信网关暂不接收发往{to}的短信（{answer}）；持续失败时请检查网关的地址和令牌",
            "the SMS gateway takes nothing to {to} for now ({answer}); if this persists, "
            "check the gateway's address and token",
        )
    )
    return DeliveryFailed(words.format(to=to, answer=said), permanent=permanent, answer=said, wait=wait)


def _unheard(error: Exception, *, unsure: bool) -> DeliveryFailed:
    problem = type(error).__name__
    return DeliveryFailed(
        Words(
            "短信网关没有应答（{problem}）；持续失败时请检查网关的地址和网络",
            "the SMS gateway did not answer ({problem}); if this persists, check its address and the network",
        ).format(problem=problem),
        permanent=False,
        answer=problem,
        unsure=unsure,
    )


def _unaddressed(letter: Letter) -> DeliveryFailed:
    return DeliveryFailed(
        Words("没有“{recipient}”的手机号码", "there is no number for “{recipient}”").format(recipient=letter.recipient),
        permanent=True,
    )
