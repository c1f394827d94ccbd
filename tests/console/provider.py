"""A small OpenID provider on a port of its own, which does what it is told wrongly."""

import base64
import hashlib
import json
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread
from typing import Any
from urllib.parse import parse_qs, parse_qsl, unquote_plus, urlsplit

from joserfc import jwt
from joserfc.jwk import KeySet, RSAKey

CLIENT, SECRET = "linxuan", "甲 secret:+%"
KEYS = [RSAKey.generate_key(2048, {"kid": f"key-{one}", "use": "sig"}) for one in range(2)]


def _set() -> Event:
    event = Event()
    event.set()
    return event


@dataclass
class Provider:
    """Signs whoever comes in as `subject`; `claims` are put over what an ID token should say.

    `asked` are the addresses that were asked of it, `away` has it fail, and it answers nothing before `answers` is set.
    """

    now: datetime
    subject: str = "subject-1"
    claims: dict[str, Any] = field(default_factory=dict)
    key: RSAKey = field(default_factory=lambda: KEYS[0])
    published: list[RSAKey] = field(default_factory=lambda: [KEYS[0]])
    metadata: dict[str, Any] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    codes: dict[str, dict[str, str]] = field(default_factory=dict)
    away: bool = False
    answers: Event = field(default_factory=_set)
    address: str = ""

    def authorize(self, address: str) -> str:
        """Answer as somebody who signs in there: with the address that leads back."""
        assert address.startswith(f"{self.address}/authorize?"), address
        asked = dict(parse_qsl(urlsplit(address).query))
        assert asked["client_id"] == CLIENT
        assert (asked["response_type"], asked["code_challenge_method"]) == ("code", "S256")
        code = secrets.token_urlsafe(8)
        self.codes[code] = asked
        back = urlsplit(asked["redirect_uri"])
        return f"{back.path}?code={code}&state={asked['state']}"

    def documents(self) -> dict[str, Any]:
        names = ("authorize", "token", "keys")
        authorize, token, keys = (f"{self.address}/{name}" for name in names)
        return {
            "/.well-known/openid-configuration": {
                "issuer": self.address,
                "authorization_endpoint": authorize,
                "token_endpoint": token,
                "jwks_uri": keys,
                **self.metadata,
            },
            "/keys": KeySet(self.published).as_dict(private=False),
        }

    def exchange(self, form: dict[str, str], authorization: str) -> dict[str, Any] | None:
        """Give a token for a code, once, to who began it."""
        asked = self.codes.pop(form.get("code", ""), None)
        name, _, secret = base64.b64decode(authorization.removeprefix("Basic ")).decode().partition(":")
        digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        proven = asked and base64.urlsafe_b64encode(digest).rstrip(b"=").decode() == asked["code_challenge"]
        if not proven or (unquote_plus(name), unquote_plus(secret)) != (CLIENT, SECRET):
            return None
        assert asked
        assert form["redirect_uri"] == asked["redirect_uri"]
        at = int(self.now.timestamp())
        claims = {
            "iss": self.address,
            "sub": self.subject,
            "aud": CLIENT,
            "iat": at,
            "exp": at + 300,
            "nonce": asked["nonce"],
            **self.claims,
        }
        said = {name: value for name, value in claims.items() if value is not None}
        token = jwt.encode({"alg": "RS256", "kid": self.key.kid}, said, self.key)
        return {"access_token": "x", "token_type": "Bearer", "id_token": token}


@contextmanager
def providing(now: datetime) -> Iterator[Provider]:
    """Run a provider until the block ends."""
    provider = Provider(now)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            provider.asked.append(self.path)
            self._answer(provider.documents().get(self.path))

        def do_POST(self) -> None:
            provider.asked.append(self.path)
            sent = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
            form = {name: values[0] for name, values in sent.items()}
            found = provider.exchange(form, self.headers.get("Authorization", "")) if self.path == "/token" else None
            self._answer(found)

        def _answer(self, found: dict[str, Any] | None) -> None:
            provider.answers.wait()
            content = json.dumps(found or {"error": "invalid_grant"}).encode()
            self.send_response(503 if provider.away else 200 if found else 400)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    provider.address = f"http://127.0.0.1:{server.server_port}"
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield provider
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
