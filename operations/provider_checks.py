"""Whether people can sign in as is set: with a second factor, and by an identity provider, where one is."""

from collections.abc import Iterator
from datetime import datetime

from operations.checks import Check, State, well
from operations.identity_provider import IdentityProvider
from operations.providers import provided_by
from operations.results import UnknownError
from operations.settings import Settings
from programs import Words


def refuse_unfit_sign_in(settings: Settings) -> None:
    """Raise `UnknownError` for what the console would not start with, before anything is started."""
    for one in _unfit(settings):
        raise UnknownError(one.message)


def provider_checks(settings: Settings, now: datetime) -> Iterator[Check]:
    """Ask the provider for what it says of itself, and for its keys; tell what the console does not start with."""
    unfit = list(_unfit(settings))
    yield from unfit
    provided = None if "identity-provider" in {one.check for one in unfit} else provided_by(settings)
    if provided is None:
        return
    where = provided.name or provided.issuer
    failure = IdentityProvider(provided).check(now)
    if failure is None:
        yield well("identity-provider", f"统一身份认证正常：{where}", f"the identity provider answers: {where}")
        return
    message = Words("{what}：{where}（{why}）", "{what}: {where} ({why})").format(
        what=failure.refusal.reason, where=where, why=failure.log
    )
    remedy = Words(
        "请核对 LINXUAN_OIDC_ISSUER 和到它的网络；其间可以用密码登录",
        "check LINXUAN_OIDC_ISSUER and the way to it; passwords let people in meanwhile",
    )
    if not settings.password_sign_in:
        remedy = Words(
            "请核对 LINXUAN_OIDC_ISSUER 和到它的网络；现在没有人能登录，急用时打开 LINXUAN_PASSWORD_SIGN_IN",
            "check LINXUAN_OIDC_ISSUER and the way to it; nobody can sign in: LINXUAN_PASSWORD_SIGN_IN is another way",
        )
    state = State.WARNING if settings.password_sign_in else State.WRONG
    yield Check("identity-provider", state, message, remedy)


def _unfit(settings: Settings) -> Iterator[Check]:
    remedy = Words("改正之前控制台不能启动", "the console does not start before it is mended")
    for check, read in (
        ("second-factor", lambda: settings.second_factor_roles),
        ("identity-provider", lambda: provided_by(settings)),
    ):
        try:
            read()
        except UnknownError as error:
            yield Check(check, State.WRONG, error.words, remedy)
