import datetime as dt
import socket
import ssl
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field, replace
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from deadlines import SHANGHAI
from notifications import DeliveryFailed, Item, Nominated, OwedKind, SmtpChannel, compose, message_id

SENDER = "遴选办公室 <office@linxuan.example>"


@dataclass
class Postman:
    """Takes mail in as a real server does, and refuses what it is told to refuse."""

    mails: list[EmailMessage] = field(default_factory=list)
    senders: list[str] = field(default_factory=list)
    peers: set[tuple[str, int]] = field(default_factory=set)
    sender_answer: str = "250 OK"
    recipient_answer: str = "250 OK"
    data_answer: str = "250 OK"
    hangs_up: bool = False

    async def handle_MAIL(
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        self.senders.append(address)
        return self.sender_answer

    async def handle_RCPT(
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        envelope.rcpt_tos.append(address)
        return self.recipient_answer

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        if self.hangs_up:
            server.transport.abort()
            return "421 closing"
        if self.data_answer.startswith("250"):
            self.peers.add(session.peer)
            self.mails.append(BytesParser(EmailMessage, policy=policy.default).parsebytes(envelope.content))
        return self.data_answer


@contextmanager
def served(postman: Postman, **settings: object) -> Iterator[int]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    controller = Controller(postman, "127.0.0.1", port, **settings)
    controller.start()
    try:
        yield port
    finally:
        controller.stop()


@pytest.fixture
def postman() -> Postman:
    return Postman()


@pytest.fixture
def channel(postman) -> Iterator[SmtpChannel]:
    with served(postman) as port, SmtpChannel("127.0.0.1", port, SENDER, security="none", timeout=5) as opened:
        yield opened


def failure(channel, letter) -> DeliveryFailed:
    with pytest.raises(DeliveryFailed) as caught:
        channel.deliver(letter)
    return caught.value


def test_mail_arrives_with_its_chinese_intact(channel, postman, letter):
    channel.deliver(letter)
    (mail,) = postman.mails
    assert mail["Subject"] == letter.subject
    assert mail.get_content().replace("\r\n", "\n") == letter.body
    assert mail["From"].addresses[0].display_name == "遴选办公室"
    assert mail["From"].addresses[0].addr_spec == "office@linxuan.example"
    assert mail["To"].addresses[0].display_name == letter.recipient
    assert mail["To"].addresses[0].addr_spec == letter.address
    assert mail["Date"].datetime == letter.written_at
    assert mail["Message-ID"] == f"<{letter.message_id}>"
    assert postman.senders == ["office@linxuan.example"]


def test_mail_is_seven_bit_for_servers_that_know_no_other(channel, postman, letter):
    channel.deliver(letter)
    assert postman.mails[0]["Content-Transfer-Encoding"] == "base64"
    assert postman.mails[0].as_bytes().isascii()


def test_batch_goes_over_one_connection(channel, postman, letter):
    for number in range(20):
        channel.deliver(replace(letter, message_id=f"{number}@linxuan.local"))
    assert [mail["Message-ID"] for mail in postman.mails] == [f"<{number}@linxuan.local>" for number in range(20)]
    assert len(postman.peers) == 1


def test_channel_that_was_closed_opens_again(channel, postman, letter):
    channel.deliver(letter)
    channel.close()
    channel.close()
    channel.deliver(letter)
    assert len(postman.peers) == 2


def test_letter_tried_again_keeps_its_message_id(channel, postman):
    item = Item(OwedKind.ARRIVAL, "2026年某技师", "资格审查", (Nominated("A-1", "陈立秋"),))
    written = dt.datetime(2026, 3, 11, 9, 0, tzinfo=SHANGHAI)

    def letter():
        return compose(
            "某局", [item], address="a@example.cn", sender="办公室", name=message_id("2026-03-11|某局"), now=written
        )

    postman.data_answer = "451 try later"
    assert failure(channel, letter()).permanent is False
    postman.data_answer = "250 OK"
    channel.deliver(letter())
    channel.deliver(letter())
    assert [mail["Message-ID"] for mail in postman.mails] == [f"<{letter().message_id}>"] * 2


@pytest.mark.parametrize(
    ("step", "answer", "permanent"),
    [
        ("recipient_answer", "550 no such user", True),
        ("recipient_answer", "450 mailbox busy", False),
        ("recipient_answer", "421 shutting down", False),
        ("data_answer", "554 refused", True),
        ("data_answer", "452 no space", False),
        ("data_answer", "421 shutting down", False),
    ],
)
def test_refusal_of_one_letter_is_permanent_from_500_on(channel, postman, letter, step, answer, permanent):
    setattr(postman, step, answer)
    failed = failure(channel, letter)
    assert failed.permanent is permanent
    assert failed.words.zh == (
        f"邮件服务器拒收发往j***@example.cn的邮件（{answer}）；请核对该邮箱后重新发送"
        if permanent
        else f"邮件服务器暂不接收发往j***@example.cn的邮件（{answer}）"
    )


@pytest.mark.parametrize("answer", ["550 sender not allowed", "451 greylisted", "421 too many messages"])
def test_refusal_of_the_sender_fails_no_letter_for_good(channel, postman, letter, answer):
    postman.sender_answer = answer
    failed = failure(channel, letter)
    assert failed.permanent is False
    assert f"（{answer}）" in failed.words.zh


@pytest.mark.parametrize("step", ["sender_answer", "recipient_answer", "data_answer"])
@pytest.mark.parametrize("answer", ["550 no", "421 shutting down"])
def test_refusal_leaves_the_rest_of_the_batch_alone(channel, postman, letter, step, answer):
    channel.deliver(letter)
    setattr(postman, step, answer)
    failure(channel, letter)
    setattr(postman, step, "250 OK")
    channel.deliver(letter)
    assert len(postman.mails) == 2


def test_connection_lost_in_the_middle_of_a_letter_is_worth_another_try(channel, postman, letter):
    channel.deliver(letter)
    postman.hangs_up = True
    assert failure(channel, letter).permanent is False
    postman.hangs_up = False
    channel.deliver(letter)
    assert len(postman.mails) == 2


def test_server_that_is_away_is_worth_another_try(letter):
    with served(Postman()) as port:
        pass
    failed = failure(SmtpChannel("127.0.0.1", port, SENDER, security="none"), letter)
    assert failed.permanent is False
    assert failed.words.zh == (
        f"邮件未能交给服务器127.0.0.1:{port}（Connection refused）；持续失败时请检查邮件服务器设置和网络"
    )


def test_server_that_does_not_answer_is_given_up_after_the_timeout(letter):
    with socket.create_server(("127.0.0.1", 0)) as silent:
        channel = SmtpChannel("127.0.0.1", silent.getsockname()[1], SENDER, security="none", timeout=0.2)
        failed = failure(channel, letter)
    assert failed.permanent is False
    assert "timed out" in failed.words.en


@pytest.mark.parametrize(
    ("address", "sentence"),
    [
        (None, "没有“江阳区人力资源和社会保障局”的电子邮箱；请在单位信息中补填后重新发送"),
        ("", "没有“江阳区人力资源和社会保障局”的电子邮箱；请在单位信息中补填后重新发送"),
        ("办公室", "“江阳区人力资源和社会保障局”的电子邮箱不是有效地址；请在单位信息中更正后重新发送"),
        ("a@b\r\nBcc: c@d", "“江阳区人力资源和社会保障局”的电子邮箱不是有效地址；请在单位信息中更正后重新发送"),
        ("a@b, c@d", "“江阳区人力资源和社会保障局”的电子邮箱不是有效地址；请在单位信息中更正后重新发送"),
    ],
)
def test_letter_without_a_usable_address_fails_for_good_and_says_what_to_do(channel, letter, address, sentence):
    failed = failure(channel, replace(letter, address=address))
    assert failed.permanent is True
    assert failed.words.zh == sentence


@pytest.mark.parametrize("sender", ["", "遴选办公室", "office@", "遴选 <a@b> c@d"])
def test_sender_that_is_no_mailbox_is_refused_at_once(sender):
    with pytest.raises(ValueError, match="no mail address"):
        SmtpChannel("127.0.0.1", 25, sender)


@dataclass(frozen=True)
class Certificate:
    file: Path
    context: ssl.SSLContext


@pytest.fixture(scope="module")
def certificate(tmp_path_factory) -> Certificate:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    now = dt.datetime.now(dt.UTC)
    signed = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    file = tmp_path_factory.mktemp("tls") / "localhost.pem"
    file.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        + signed.public_bytes(serialization.Encoding.PEM)
    )
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(file)
    return Certificate(file, context)


def signing_in(port: int, security: str, word: str) -> SmtpChannel:
    return SmtpChannel("localhost", port, SENDER, user="office", password=word, security=security)


def authenticator(*asked: object) -> AuthResult:
    return AuthResult(success=asked[-1] == LoginPassword(b"office", b"secret"), handled=False)


Served = Callable[[], AbstractContextManager[int]]


@pytest.fixture(params=["starttls", "tls"])
def secure(request, postman, certificate) -> tuple[str, Served]:
    if request.param == "tls":
        return "tls", lambda: served(
            postman, ssl_context=certificate.context, authenticator=authenticator, auth_require_tls=False
        )
    return "starttls", lambda: served(
        postman, tls_context=certificate.context, require_starttls=True, authenticator=authenticator, auth_required=True
    )


def test_encrypted_mail_is_sent_after_signing_in(secure, postman, letter, certificate, monkeypatch):
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate.file))
    security, opened = secure
    with opened() as port, signing_in(port, security, "secret") as channel:
        channel.deliver(letter)
    assert [mail["Subject"] for mail in postman.mails] == [letter.subject]


def test_wrong_password_fails_no_letter_for_good(secure, postman, letter, certificate, monkeypatch):
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate.file))
    security, opened = secure
    with opened() as port, signing_in(port, security, "guess") as channel:
        failed = failure(channel, letter)
    assert failed.permanent is False
    assert "535" in failed.words.zh
    assert "guess" not in failed.words.zh
    assert postman.mails == []


def test_unknown_certificate_is_not_trusted(secure, postman, letter):
    security, opened = secure
    with opened() as port, SmtpChannel("localhost", port, SENDER, security=security) as channel:
        failed = failure(channel, letter)
    assert failed.permanent is False
    assert "certificate verify failed" in failed.words.en
    assert postman.mails == []


def test_server_without_encryption_gets_nothing_where_it_is_required(postman, letter):
    with served(postman) as port, SmtpChannel("127.0.0.1", port, SENDER, security="starttls") as channel:
        failed = failure(channel, letter)
    assert (failed.permanent, "请把 LINXUAN_SMTP_SECURITY 设为 tls" in failed.words.zh) == (False, True)
    assert postman.mails == []
