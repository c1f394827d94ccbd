"""The proxy that `deploy/nginx.conf` makes of nginx, run for the tests: at free ports, with certificates of its own."""

import re
import shutil
import socket
import ssl
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.postgres import NoServerError

CONF = Path(__file__).parents[1] / "deploy" / "nginx.conf"
CONSOLE, PUBLIC, PREFECT = "linxuan.example.com", "awards.example.com", "prefect.example.com"
LOCALHOST = "127.0.0.1"

#: What Debian's nginx.conf has around a file of conf.d, as far as the tests need it.
_AROUND = """
daemon off;
worker_processes 1;
pid {folder}/pid;
error_log {folder}/nginx.log;
{user}
events {{ worker_connections 512; }}
http {{
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    include {folder}/linxuan.conf;
}}
"""

#: Runs the server until the pipe from the tests closes: they ended, or were killed.
_GUARD = """
"$@" </dev/null &
server=$!
read -r _
kill -TERM "$server" 2>/dev/null
wait "$server"
"""


@dataclass
class Proxy:
    """A running nginx: its ports by those of the file, and what it has written down."""

    folder: Path
    ports: dict[int, int]

    @property
    def api(self) -> str:
        """Prefect's API as this machine reaches it."""
        return f"http://{LOCALHOST}:{self.ports[4200]}/api"

    def origin(self, host: str = CONSOLE) -> str:
        """The origin of pages of a host, as a browser tells it."""
        return f"https://{host}:{self.ports[443]}"

    @property
    def trusted(self) -> ssl.SSLContext:
        """Trusts the authority of these certificates, and no other."""
        return ssl.create_default_context(cafile=self.folder / "tls" / "authority.crt")

    @contextmanager
    def browser(self, host: str = CONSOLE, source: str = LOCALHOST) -> Iterator[httpx.Client]:
        """Give a client that finds a host here, trusts its certificate, and comes from an address of this machine."""
        transport = _Here(self.trusted, source)
        with httpx.Client(base_url=self.origin(host), transport=transport) as client:
            yield client

    def announce(self, length: int, path: str = "/sign-in", host: str = CONSOLE) -> str:
        """Say that so many bytes of some kind come, and return how the answer begins before any of them came."""
        told = f"POST {path} HTTP/1.1\r\nHost: {host}\r\nOrigin: https://{host}\r\nContent-Length: {length}\r\n\r\n"
        with (
            socket.create_connection((LOCALHOST, self.ports[443]), 30) as plain,
            self.trusted.wrap_socket(plain, server_hostname=host) as connection,
        ):
            connection.sendall(told.encode())
            with connection.makefile("r") as answer:
                return "".join(iter(answer.readline, "\n"))

    def log(self) -> str:
        """All that was written down: what was asked, and what failed."""
        return "".join(one.read_text("utf-8") for one in sorted(self.folder.glob("*.log")))


class _Here(httpx.HTTPTransport):
    """Looks for every host on this machine, and has it show the certificate of its name."""

    def __init__(self, trusted: ssl.SSLContext, source: str) -> None:
        super().__init__(verify=trusted, local_address=source)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        request.extensions["sni_hostname"] = request.url.host
        request.url = request.url.copy_with(host=LOCALHOST)
        return super().handle_request(request)


@contextmanager
def proxying(console: int, prefect: Sequence[int]) -> Iterator[Proxy]:
    """Stand before a console and two Prefect servers at these ports; raises `NoServerError` where there is no nginx."""
    program = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
    if program is None:
        raise NoServerError("nginx is not installed; install the Debian package nginx-light")
    with ExitStack() as held:
        folder = Path(held.enter_context(tempfile.TemporaryDirectory(prefix="linxuan-nginx-", dir="/tmp")))
        ports = {port: _free_port() for port in (80, 443, 4200)}
        ports |= {8000: console, 4201: prefect[0], 4202: prefect[1]}
        _certify(folder / "tls", (CONSOLE, PUBLIC, PREFECT))
        (folder / "linxuan.conf").write_text(_moved(CONF.read_text("utf-8"), folder, ports), "utf-8")
        # Where the tests are root, nginx becomes nobody, who reads nothing in their folders.
        user = "user root;" if Path("/proc/self").stat().st_uid == 0 else ""
        (folder / "nginx.conf").write_text(_AROUND.format(folder=folder, user=user), "utf-8")
        command = [program, "-c", folder / "nginx.conf", "-e", folder / "nginx.log"]
        guard = held.enter_context(
            subprocess.Popen(["sh", "-c", _GUARD, "guard", *command], stdin=subprocess.PIPE, start_new_session=True)
        )
        held.callback(guard.stdin.close)
        proxy = Proxy(folder, ports)
        _await(proxy, guard)
        yield proxy


def _moved(conf: str, folder: Path, ports: dict[int, int]) -> str:
    """Put the file's ports, certificates and logs elsewhere, and listen on this machine alone; nothing else changes."""
    conf = re.sub(r"^ *listen \[::\]:.*\n", "", conf, flags=re.MULTILINE)
    conf = re.sub(r"listen (80|443)\b", lambda found: f"listen 127.0.0.1:{ports[int(found[1])]}", conf)
    conf = re.sub(r"127\.0\.0\.1:(8000|420[012])\b", lambda found: f"127.0.0.1:{ports[int(found[1])]}", conf)
    return conf.replace("/etc/linxuan/tls/", f"{folder}/tls/").replace("/var/log/nginx/", f"{folder}/")


def _free_port() -> int:
    with socket.create_server((LOCALHOST, 0)) as listener:
        return int(listener.getsockname()[1])


def _await(proxy: Proxy, guard: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + 30
    while True:
        with suppress(OSError), socket.create_connection((LOCALHOST, proxy.ports[443]), 5):
            return
        assert guard.poll() is None, proxy.log()
        assert time.monotonic() < until, proxy.log()
        time.sleep(0.01)


def _certify(folder: Path, hosts: Sequence[str]) -> None:
    """Make an authority, and a certificate and key for each host, called as the file calls them."""
    folder.mkdir()
    authority, of_authority = _certificate("authority", None)
    (folder / "authority.crt").write_bytes(authority.public_bytes(serialization.Encoding.PEM))
    for host in hosts:
        made, key = _certificate(host, (authority, of_authority))
        name = host.partition(".")[0]
        (folder / f"{name}.crt").write_bytes(made.public_bytes(serialization.Encoding.PEM))
        (folder / f"{name}.key").write_bytes(
            key.private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            )
        )


def _certificate(
    name: str, by: tuple[x509.Certificate, ec.EllipticCurvePrivateKey] | None
) -> tuple[x509.Certificate, ec.EllipticCurvePrivateKey]:
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    issuer, signing = (by[0].subject, by[1]) if by else (subject, key)
    now = datetime.now(UTC)
    built = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.BasicConstraints(ca=by is None, path_length=None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(signing.public_key()), critical=False)
    )
    if by:
        built = built.add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
    else:
        usage = dict.fromkeys(
            (
                "digital_signature",
                "content_commitment",
                "key_encipherment",
                "data_encipherment",
                "key_agreement",
                "encipher_only",
                "decipher_only",
            ),
            False,
        )
        built = built.add_extension(x509.KeyUsage(key_cert_sign=True, crl_sign=True, **usage), critical=True)
    return built.sign(signing, hashes.SHA256()), key
