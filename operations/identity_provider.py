"""An organization's own identity provider, asked who somebody is: OpenID Connect's code flow, with PKCE.

A browser is led to the provider with a state, a nonce and a challenge, and comes back with a code. That is exchanged
for an ID token, whose signature, issuer, audience, times and nonce are all verified. What is known of the provider (its
discovery document, its keys) is kept for an hour.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, Generic, TypeVar
from urllib.parse import quote_plus

from authlib.common.security import generate_token
from authlib.common.urls import add_params_to_uri
from authlib.oauth2.client import OAuth2Client
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import InvalidKeyIdError, JoseError
from joserfc.jwk import KeySet
from joserfc.jws import JWSRegistry

from operations.provider_questions import Answer, Failure, Questions, misconfigured, unfit
from operations.providers import Known, Provided, as_kept, is_safe
from operations.results import Denied
from programs import Words
from states import Refusal

_Said = TypeVar("_Said")

#: How long somebody may take to sign in there.
PATIENCE: Final = timedelta(minutes=10)

#: For how long what is known of a provider is believed, and how soon keys are looked for again that are missing.
_KEPT: Final = timedelta(hours=1)
_AGAIN: Final = timedelta(minutes=1)

#: How far its clock and ours may differ, in seconds.
_LEEWAY: Final = 60

#: Signatures by the provider's private keys. Those by a shared secret, and none at all, are no proof of who signed.
_ALGORITHMS: Final = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512")


@dataclass(frozen=True, slots=True)
class Begun:
    """Somebody is on their way: to which address, and what must come back with them, which only their browser keeps."""

    address: str
    state: str
    nonce: str
    verifier: str


@dataclass(frozen=True, slots=True)
class _Kept(Generic[_Said]):
    """Something that the provider has said of itself, and when."""

    said: _Said
    at: datetime

    def holds(self, now: datetime, for_: timedelta = _KEPT) -> bool:
        """Whether it is still believed."""
        return now - for_ < self.at <= now


class IdentityProvider:
    """Asks one provider. Every failure of it is a refusal in words; nothing that it says is shown to anybody."""

    def __init__(self, provided: Provided) -> None:
        self.provided = provided
        self._questions = Questions()
        self._said: _Kept[Answer] | None = None
        self._key_set: _Kept[KeySet] | None = None

    def begin(self, now: datetime) -> Begun | Denied:
        """Return where to send somebody, and what their browser must keep until it comes back."""
        try:
            endpoint = self._endpoint("authorization_endpoint", now)
        except Failure as failure:
            return failure.told()
        of, nonce, verifier = self.provided, generate_token(43), generate_token(64)
        asking = OAuth2Client(
            None, of.client_id, scope=of.scopes, redirect_uri=of.redirect_uri, code_challenge_method="S256"
        )
        address, state = asking.create_authorization_url(
            endpoint, state=generate_token(43), nonce=nonce, code_verifier=verifier
        )
        return Begun(address, state, nonce, verifier)

    def finish(self, code: str, nonce: str, verifier: str, now: datetime) -> Known | Denied:
        """Exchange a code for whom it stands for."""
        try:
            return self._known(self._claims(code, nonce, verifier, now))
        except Failure as failure:
            return failure.told()

    def leave(self, now: datetime) -> str | Denied:
        """Return where to send somebody who is to be signed out there too (OpenID Connect RP-Initiated Logout 1.0).

        It asks them whether they mean it, since no ID token of theirs is kept.
        """
        try:
            endpoint = self._metadata(now).get("end_session_endpoint")
        except Failure as failure:
            return failure.told()
        if not isinstance(endpoint, str) or not is_safe(endpoint):
            return Denied((_no_way_out(),))
        of = self.provided
        told = [("client_id", of.client_id), ("post_logout_redirect_uri", of.left_uri)]
        return str(add_params_to_uri(endpoint, told))

    def check(self, now: datetime) -> Failure | None:
        """Return what keeps everybody from signing in there, as far as the provider tells it."""
        try:
            for name in ("authorization_endpoint", "token_endpoint"):
                self._endpoint(name, now)
            self._keys(now)
        except Failure as failure:
            return failure
        return None

    def _claims(self, code: str, nonce: str, verifier: str, now: datetime) -> CodeIDToken:
        endpoint = self._endpoint("token_endpoint", now)
        answer = self._exchanged(endpoint, code, verifier, now)
        token = answer.get("id_token")
        if not isinstance(token, str):
            raise Failure(unfit(), "no ID token")
        try:
            decoded = self._decoded(token, now)
            claims = CodeIDToken(
                decoded.claims,
                decoded.header,
                {
                    "iss": {"essential": True, "value": self.provided.issuer},
                    "sub": {"essential": True},
                    "nonce": {"essential": True, "value": nonce},
                },
                {"nonce": nonce, "client_id": self.provided.client_id, "access_token": answer.get("access_token")},
            )
            claims.validate(now=int(now.timestamp()), leeway=_LEEWAY)
        except (JoseError, ValueError, TypeError, KeyError, AttributeError) as error:
            raise Failure(unfit(), f"{type(error).__name__}: {error}") from error
        return self._meant_for_us(claims)

    def _meant_for_us(self, claims: CodeIDToken) -> CodeIDToken:
        """Make sure of what the library leaves open: that we are among those addressed, and nobody unknown is."""
        audience = claims.get("aud")
        addressed = [audience] if isinstance(audience, str) else audience
        if not isinstance(addressed, list) or self.provided.client_id not in addressed:
            raise Failure(unfit(), "another audience")
        if claims.get("azp", self.provided.client_id) != self.provided.client_id:
            raise Failure(unfit(), "another authorized party")
        return claims

    def _decoded(self, token: str, now: datetime) -> jwt.Token:
        registry = JWSRegistry(algorithms=list(_ALGORITHMS), strict_check_header=False)
        try:
            return jwt.decode(token, self._keys(now), registry=registry)
        except InvalidKeyIdError:
            # The provider may have taken a new key into use since.
            return jwt.decode(token, self._keys(now, older_than=_AGAIN), registry=registry)

    def _known(self, claims: CodeIDToken) -> Known:
        subject = claims["sub"]
        if not isinstance(subject, str) or not 0 < len(subject) <= 255 or not subject.isprintable():
            raise Failure(unfit(), "no subject")
        name, of = self.provided.claim, self.provided
        return Known(
            of.issuer,
            subject,
            name,
            verified_claim(claims, name) if name else None,
            bool(of.acr & _values(claims.get("acr")) or of.amr & _values(claims.get("amr"))),
        )

    def _endpoint(self, name: str, now: datetime) -> str:
        endpoint = self._metadata(now).get(name)
        if not isinstance(endpoint, str) or not is_safe(endpoint):
            raise Failure(misconfigured(), f"{name}: {endpoint!r}")
        return endpoint

    def _metadata(self, now: datetime) -> Answer:
        kept = self._said
        if kept is None or not kept.holds(now):
            found = self._questions.get(f"{self.provided.issuer.rstrip('/')}/.well-known/openid-configuration", now)
            # Whoever vouches for another issuer is not ours (OpenID Connect Discovery, 4.3).
            if found.get("issuer") != self.provided.issuer:
                raise Failure(misconfigured(), f"issuer: {found.get('issuer')!r}")
            self._said = kept = _Kept(found, now)
        return kept.said

    def _keys(self, now: datetime, older_than: timedelta = _KEPT) -> KeySet:
        endpoint = self._endpoint("jwks_uri", now)
        kept = self._key_set
        if kept is None or not kept.holds(now, older_than):
            found = self._questions.get(endpoint, now)
            try:
                keys = KeySet.import_key_set(_readable(found))
            except (JoseError, ValueError, TypeError, KeyError) as error:
                raise Failure(misconfigured(), f"{endpoint}: {type(error).__name__}") from error
            self._key_set = kept = _Kept(keys, now)
        return kept.said

    def _exchanged(self, endpoint: str, code: str, verifier: str, now: datetime) -> Answer:
        of = self.provided
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": of.redirect_uri,
            "code_verifier": verifier,
        }
        if of.client_secret is None:
            return self._questions.post(endpoint, now, data={**form, "client_id": of.client_id})
        # Both are written as a form writes them, before they are put together (RFC 6749, 2.3.1).
        secret = (quote_plus(of.client_id), quote_plus(of.client_secret))
        return self._questions.post(endpoint, now, data=form, auth=secret)


def _no_way_out() -> Refusal:
    return Refusal(
        "provider-leaves",
        Words("统一身份认证没有给出退出的地址", "the identity provider tells no address for signing out"),
        Words(
            "请在它自己的页面上退出，或关闭浏览器的所有窗口",
            "sign out on its own pages, or close all windows of the browser",
        ),
    )


def verified_claim(claims: Mapping[str, Any], name: str) -> str | None:
    """Return a claim that a person can be known by; none where it is missing, or a mail that nobody has verified."""
    value = claims.get(name)
    if name == "email" and claims.get("email_verified") is not True:
        return None
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    return as_kept(name, value) if isinstance(value, str) and 0 < len(value) <= 255 and value.isprintable() else None


def _readable(found: Mapping[str, Any]) -> Any:  # noqa: ANN401 - what the library calls a key set
    """Return a key set without the keys of kinds that are not known here, which providers may have beside ours."""
    keys = found.get("keys")
    if not isinstance(keys, list):
        raise ValueError("there are no keys")  # noqa: TRY004 - what it says is wrong, not what it is given
    return {"keys": [one for one in keys if isinstance(one, dict) and one.get("kty") in ("RSA", "EC")]}


def _values(said: object) -> set[str]:
    values = said if isinstance(said, list) else [said]
    return {one for one in values if isinstance(one, str)}
