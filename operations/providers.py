"""Which identity provider is set, and what it vouches for: everything about it that needs no asking."""

from dataclasses import dataclass, field
from typing import Final
from urllib.parse import urlsplit

from operations.results import UnknownError
from operations.settings import Settings
from programs import Words

#: Where the console takes back whom it has sent to the provider, and where to whoever was signed out there.
CALLBACK: Final = "/sign-in/provider/back"
_AFTERWARDS: Final = "/sign-in"


@dataclass(frozen=True, slots=True)
class Provided:
    """How the provider is reached, and what of its answers counts.

    `redirect_uri` is where it sends people back to, `left_uri` where to whom it has signed out; `claim` is known beside
    the subject; a session whose `acr` or `amr` is one of these has had its second factor there.
    """

    issuer: str
    client_id: str
    client_secret: str | None = field(repr=False)
    redirect_uri: str
    name: str = ""
    scopes: str = "openid"
    claim: str | None = None
    acr: frozenset[str] = frozenset()
    amr: frozenset[str] = frozenset()
    left_uri: str = ""


@dataclass(frozen=True, slots=True)
class Known:
    """Whom the provider has vouched for: the subject, the configured claim where it is verified, a second factor."""

    issuer: str
    subject: str
    claim: str | None = None
    value: str | None = None
    second_factor: bool = False


def as_kept(claim: str, value: str) -> str:
    """Return a value as it is compared: mailboxes are the same in large and small letters."""
    return value.strip().casefold() if claim == "email" else value.strip()


def provided_by(settings: Settings) -> Provided | None:
    """Return the provider that is set, where one is. Raises `UnknownError` for settings that do not make one."""
    issuer, client = settings.oidc_issuer, settings.oidc_client_id
    if not issuer:
        if not settings.password_sign_in:
            raise UnknownError(
                Words(
                    "关闭密码登录（LINXUAN_PASSWORD_SIGN_IN）须先配置统一身份认证：LINXUAN_OIDC_ISSUER",
                    "LINXUAN_PASSWORD_SIGN_IN can be off only where there is an identity provider: LINXUAN_OIDC_ISSUER",
                )
            )
        return None
    if not is_safe(issuer):
        raise UnknownError(
            Words(
                "LINXUAN_OIDC_ISSUER 须以 https:// 开头（本机除外）：{issuer}",
                "LINXUAN_OIDC_ISSUER must begin with https://, but on this machine: {issuer}",
            ).format(issuer=issuer)
        )
    if not client:
        raise UnknownError(Words("没有设置 LINXUAN_OIDC_CLIENT_ID", "LINXUAN_OIDC_CLIENT_ID is not set"))
    if not settings.console_url:
        raise UnknownError(
            Words(
                "统一身份认证须知道控制台的地址：请设置 LINXUAN_CONSOLE_URL",
                "the identity provider must know where the console is: set LINXUAN_CONSOLE_URL",
            )
        )
    scopes = settings.oidc_scopes.replace(",", " ").split()
    return Provided(
        issuer,
        client,
        _secret(settings),
        settings.console_url.rstrip("/") + CALLBACK,
        settings.oidc_name.strip(),
        " ".join(dict.fromkeys(["openid", *scopes])),
        (settings.oidc_claim or "").strip() or None,
        _listed(settings.oidc_acr),
        _listed(settings.oidc_amr),
        settings.console_url.rstrip("/") + _AFTERWARDS,
    )


def is_safe(address: str) -> bool:
    """Whether nobody on the way reads what is sent there: it speaks TLS, or is this machine itself."""
    try:
        parts = urlsplit(address)
        host = parts.hostname or ""
    except ValueError:
        return False
    local = host in ("localhost", "127.0.0.1", "::1")
    return bool(host) and not parts.username and (parts.scheme == "https" or (parts.scheme == "http" and local))


def _listed(text: str) -> frozenset[str]:
    return frozenset(one.strip() for one in text.split(",") if one.strip())


def _secret(settings: Settings) -> str | None:
    if settings.oidc_client_secret is not None:
        return settings.oidc_client_secret.get_secret_value()
    if settings.oidc_client_secret_file is None:
        return None
    try:
        return settings.oidc_client_secret_file.read_text("utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise UnknownError(
            Words(
                "读不了 LINXUAN_OIDC_CLIENT_SECRET_FILE：{file}",
                "LINXUAN_OIDC_CLIENT_SECRET_FILE cannot be read: {file}",
            ).format(file=settings.oidc_client_secret_file)
        ) from error
