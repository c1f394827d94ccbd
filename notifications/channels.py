"""How letters reach people. Every channel takes the same letters; one that cannot deliver a letter says why.

Delivery is at least once: a letter that is delivered again carries the same Message-ID, by which it can be told.
"""

import contextlib
import os
import re
import smtplib
import ssl
from collections.abc import Sequence
from copy import copy
from datetime import timedelta
from email.headerregistry import Address
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Literal, Protocol, Self

from notifications.kinds import ChannelKind, shown_address, shown_answer
from notifications.letters import Letter
from notifications.mails import address_of, mail_of, mailbox
from notifications.replies import is_for_good
from programs import Words

Security = Literal["none", "starttls", "tls"]


class DeliveryFailed(Exception):  # noqa: N818 - it reports what became of a letter; nothing is in error here
    """A letter was not delivered. `words` says why and what helps; after a permanent failure no retry will.

    `answer` is what the server said, short and without anything secret. A letter that is `unsure` may have been taken:
    the connection broke before anybody was told. `wait` is for how long the server asks not to be asked again.
    """

    def __init__(
        self,
        words: Words,
        *,
        permanent: bool,
        answer: str | None = None,
        unsure: bool = False,
        wait: timedelta = timedelta(),
    ) -> None:
        super().__init__(words.en)
        self.words = words
        self.permanent = permanent
        self.answer = answer
        self.unsure = unsure
        self.wait = wait


class Channel(Protocol):
    """A way to deliver letters. Hold it in a `with` block for a batch: what it keeps open is closed at the end."""

    def deliver(self, letter: Letter) -> str | None:
        """Deliver the letter, or raise `DeliveryFailed`; returns what the server answered, as a failure has it."""

    def beside(self) -> Sequence["Channel"]:
        """Return others of the same that can deliver at the same time, each with what it needs; none by itself."""
        return ()

    def close(self) -> None:
        """Let go of what is kept open; the next letter opens it again."""
        return  # most channels keep nothing open

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


class MemoryChannel(Channel):
    """Keeps letters in a list, for rehearsals and tests; one that comes again stands there again."""

    def __init__(self) -> None:
        self.letters: list[Letter] = []

    def deliver(self, letter: Letter) -> None:
        """Keep the letter."""
        self.letters.append(letter)


class FileChannel(Channel):
    """Puts each letter into a folder as one `.eml` file, which mail programs and text editors open.

    The file is named by the letter's id, so that delivering twice leaves one file; it appears whole or not at all.
    """

    #: Nobody answers a file.
    _SENDER: Final = Address("遴选", addr_spec="noreply@linxuan.local")

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def deliver(self, letter: Letter) -> None:
        """Write the file; a folder that cannot be written to is worth another try."""
        content = mail_of(letter, self._SENDER, "8bit")
        name = re.sub(r"[^0-9A-Za-z_@-]+", ".", letter.message_id)
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            _write_whole(self.folder / f"{name}.eml", content)
        except OSError as error:
            raise DeliveryFailed(
                Words(
                    "通知写不进文件夹{folder}（{error}）；请检查写入权限和磁盘空间",
                    "messages cannot be written to {folder} ({error}); check its permissions and the space on its disk",
                ).format(folder=self.folder, error=error.strerror),
                permanent=False,
            ) from error


class SmtpChannel(Channel):
    """Sends letters through a mail server, over one connection for a batch; so many at once with those beside it.

    `sender` is `名称 <mailbox@host>`; `ValueError` for anything else. `timeout` is in seconds. Certificates are checked
    against the system's authorities, or those that `SSL_CERT_FILE` names.

    Only a refused recipient or a refused text fails a letter for good. A connection, a certificate, an account or a
    sender that is refused concerns every letter, and mending it lets them all through.
    """

    def __init__(  # noqa: PLR0913 - a mail server's settings
        self,
        host: str,
        port: int,
        sender: str,
        *,
        user: str | None = None,
        password: str | None = None,
        security: Security = "starttls",
        timeout: float = 30,
        connections: int = 1,
    ) -> None:
        self._host = host
        self._port = port
        self._sender = mailbox(sender)
        self._user = user
        self._password = password
        self._security = security
        self._timeout = timeout
        self._connections = connections
        self._connection: _Talk | None = None

    def beside(self) -> Sequence["SmtpChannel"]:
        """Return as many others as make up its connections."""
        others = [copy(self) for _ in range(1, self._connections)]
        for one in others:
            one._connection = None  # noqa: SLF001 - one of the same
        return others

    def deliver(self, letter: Letter) -> str | None:
        """Send the letter; whether a refusal of its recipient or its text is permanent, `replies` says."""
        address = address_of(letter.recipient, letter.address)
        if address is None:
            raise DeliveryFailed(_unaddressed(letter), permanent=True)
        mail = mail_of(letter, self._sender, "base64")
        connection = None
        try:
            connection = self._connected()
            connection.sendmail(self._sender.addr_spec, [address.addr_spec], mail)
        except smtplib.SMTPRecipientsRefused as error:
            self.close()
            raise _refused(address, *error.recipients[address.addr_spec]) from error
        except smtplib.SMTPDataError as error:
            self.close()
            raise _refused(address, error.smtp_code, error.smtp_error) from error
        except (smtplib.SMTPException, OSError) as error:
            self._hang_up()
            raise _unreachable(self._host, self._port, error, unsure=bool(connection and connection.is_told)) from error
        return connection.answer

    def close(self) -> None:
        """Say goodbye to the server."""
        if self._connection is not None:
            with contextlib.suppress(smtplib.SMTPException, OSError):
                self._connection.quit()
        self._hang_up()

    def _hang_up(self) -> None:
        """Close without a word: a server that has gone silent would keep us waiting for its goodbye."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _connected(self) -> "_Talk":
        if self._connection is None:
            context = ssl.create_default_context()
            if self._security == "tls":
                self._connection = _TalkOverTls(self._host, self._port, timeout=self._timeout, context=context)
            else:
                self._connection = _Talk(self._host, self._port, timeout=self._timeout)
            if self._security == "starttls":
                self._connection.starttls(context=context)
            if self._user is not None:
                self._connection.login(self._user, self._password or "")
        return self._connection


class _Talk(smtplib.SMTP):
    """A conversation with a mail server, which remembers what became of the last text."""

    #: What the server answered to the last text, once it has taken it: in it is often the name of its own for it.
    answer: str | None = None
    #: Whether all of a text was handed over, and nothing came back since.
    is_told = False

    def data(self, msg: Any) -> tuple[int, bytes]:  # noqa: ANN401 - as the library has it
        """Hand over a text."""
        self.answer, self.is_told = None, False
        return super().data(msg)

    def send(self, s: Any) -> None:  # noqa: ANN401 - as the library has it
        """Send some bytes: those that end with a full stop on a line of its own are a whole text."""
        super().send(s)
        self.is_told = isinstance(s, bytes) and s.endswith(b"\r\n.\r\n")

    def getreply(self) -> tuple[int, bytes]:
        """Read what the server answers."""
        code, said = super().getreply()
        if self.is_told and code >= 0:
            self.is_told = False
            self.answer = shown_answer(f"{code} {_text(said)}")
        return code, said


class _TalkOverTls(_Talk, smtplib.SMTP_SSL):
    """The same, encrypted from the beginning."""


def _write_whole(path: Path, content: bytes) -> None:
    """Write beside the file and then put it in place; a half-written one left by a crash is written over."""
    part = path.with_suffix(".part")
    with part.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)


def _unaddressed(letter: Letter) -> Words:
    if not letter.address:
        return Words(
            "没有“{recipient}”的电子邮箱；请在单位信息中补填后重新发送",
            "there is no mail address for “{recipient}”; add it to the organization and send again",
        ).format(recipient=letter.recipient)
    return Words(
        "“{recipient}”的电子邮箱不是有效地址；请在单位信息中更正后重新发送",
        "the mail address of “{recipient}” is none; correct it with the organization and send again",
    ).format(recipient=letter.recipient)


def _refused(address: Address, code: int, answer: bytes | str) -> DeliveryFailed:
    answer = _text(answer)
    # Whoever may see the mailbox finds it beside the message; what is said of the letter goes into logs and lists.
    short = shown_answer(f"{code} {answer}")
    said = {"address": shown_address(ChannelKind.MAIL, address.addr_spec), "answer": short}
    if is_for_good(code, answer):
        return DeliveryFailed(
            Words(
                "邮件服务器拒收发往{address}的邮件（{answer}）；请核对该邮箱后重新发送",
                "the mail server refuses mail to {address} ({answer}); check the address and send again",
            ).format(**said),
            permanent=True,
            answer=short,
        )
    return DeliveryFailed(
        Words(
            "邮件服务器暂不接收发往{address}的邮件（{answer}）",
            "the mail server takes no mail to {address} for now ({answer})",
        ).format(**said),
        permanent=False,
        answer=short,
    )


def _unreachable(host: str, port: int, error: Exception, *, unsure: bool) -> DeliveryFailed:
    """Say that nothing gets through: the connection, its certificate, the account, or the sender is refused."""
    if isinstance(error, smtplib.SMTPResponseException):
        problem = f"{error.smtp_code} {_text(error.smtp_error)}"
    else:
        problem = getattr(error, "strerror", None) or str(error) or type(error).__name__
    problem = shown_answer(problem)
    if isinstance(error, smtplib.SMTPNotSupportedError) and "STARTTLS" in problem:
        # Which is another setting to choose, not a fault of the network.
        return DeliveryFailed(
            Words(
                "邮件服务器{host}:{port}不支持 STARTTLS；请把 LINXUAN_SMTP_SECURITY 设为 tls，或只在内网设为 none",
                "the mail server {host}:{port} knows no STARTTLS; set LINXUAN_SMTP_SECURITY to tls, or, within "
                "a network of your own alone, to none",
            ).format(host=host, port=port),
            permanent=False,
            answer=problem,
        )
    return DeliveryFailed(
        Words(
            "邮件未能交给服务器{host}:{port}（{problem}）；持续失败时请检查邮件服务器设置和网络",
            "the mail server {host}:{port} did not take the message ({problem}); if this "
            "persists, check the mail settings and the network",
        ).format(host=host, port=port, problem=problem),
        permanent=False,
        answer=problem,
        unsure=unsure,
    )


def _text(answer: bytes | str) -> str:
    return answer.decode("utf-8", "replace") if isinstance(answer, bytes) else answer
