"""Signing in by an organization's own identity provider: a real one, small, which is told what to do wrongly."""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from console import create_app
from console.signing import Doors
from operations.actors import Actor, Role
from operations.acts import Act
from operations.desk import Desk
from operations.identities import SUBJECT, bind_identity, unbind_identity
from operations.identity_provider import Begun, IdentityProvider
from operations.people import disable_person, enable_person, revoke_role
from operations.provider_questions import MOST_WAITING, REST
from operations.providers import CALLBACK, Provided, provided_by
from operations.results import Denied, UnknownError
from operations.second_factor import Enrolled, begin_enrolment, confirm_enrolment
from operations.sessions import list_sessions
from operations.settings import Settings
from store import INSTALLATION, events_of
from tests.console.asking import Client
from tests.console.filled import NOW, new_desk
from tests.console.people import PASSWORD, browser_of, hash_quickly, register
from tests.console.provider import CLIENT, KEYS, SECRET, Provider, providing
from tests.console.reading import read_page
from tests.kept import identities_of
from tests.operations.office import why
from tests.operations.test_second_factor import code

BY = Act(Actor("总管理"), NOW)
OUT = "/sign-in/provider"


@pytest.fixture(scope="module")
def served() -> Iterator[Provider]:
    with providing(NOW) as found:
        yield found


@pytest.fixture
def provider(served: Provider) -> Provider:
    """The same one for all, which does everything rightly until it is told otherwise."""
    fresh = Provider(NOW)
    kept = served.address
    served.__dict__.update(fresh.__dict__, address=kept)
    return served


@pytest.fixture(scope="module")
def staffed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """People of every role, and nothing else."""
    with pytest.MonkeyPatch.context() as patched:
        hash_quickly(patched)
        desk = new_desk(tmp_path_factory.mktemp("provided"))
        register(desk)
        yield desk
        desk.store.close()


class Door:
    """The console as one browser sees it, with the provider beside it."""

    def __init__(self, desk: Desk, provider: Provider, *, password: bool = True, **changes: object) -> None:
        self.now = NOW
        self.provider = provider
        values = {"issuer": provider.address, "client_id": CLIENT, "client_secret": SECRET} | changes
        provided = Provided(redirect_uri=f"http://localhost{CALLBACK}", **values)  # type: ignore[arg-type]
        doors = Doors(password, IdentityProvider(provided))
        roles = frozenset({Role.OPERATOR})
        self.app = create_app(desk, lambda: self.now, doors=doors, second_factor=roles)
        self.client = Client(self.app)

    def sign_in(self, wanted: str = "") -> httpx.Response:
        """Go to the provider and come back."""
        out = self.client.get(OUT, params={"next": wanted})
        assert out.status_code == 303, out.text
        return self.client.get(self.provider.authorize(out.headers["location"]))


def bound(desk: Desk, name: str, subject: str, provider: Provider) -> None:
    assert bind_identity(desk, name, provider.address, SUBJECT, subject, BY) is None


def events(desk: Desk, kind: str) -> list[dict[str, object]]:
    with desk.store.read() as connection:
        return [one for one in events_of(connection, INSTALLATION, newest_first=True) if one["kind"] == kind]


def refused(answer: httpx.Response) -> str:
    page = read_page(answer.text)
    assert not [cookie for cookie in answer.headers.get_list("set-cookie") if cookie.startswith("linxuan_session")]
    return page.one("p", "refused").text


def test_person_who_is_bound_signs_in_and_comes_where_they_wanted(staffed: Desk, provider: Provider) -> None:
    bound(staffed, "局监督", "subject-1", provider)
    door = Door(staffed, provider)
    sign_in = read_page(door.client.get("/sign-in?next=/calendar").text)
    (button,) = [one for one in sign_in.all("a") if one.text == "用统一身份认证登录"]
    assert button.attributes["href"] == f"{OUT}?next=%2Fcalendar"
    out = door.client.get(button.attributes["href"])
    asked = parse_qs(urlsplit(out.headers["location"]).query)
    assert (asked["scope"], asked["redirect_uri"]) == (["openid"], [f"http://localhost{CALLBACK}"])
    back = door.client.get(provider.authorize(out.headers["location"]))
    assert (back.status_code, back.headers["location"]) == (303, "/calendar")
    assert "局监督" in door.client.get("/").text
    began = events(staffed, "session.begun")[0]
    assert (began["subject"], began["door"]) == ("局监督", "provider")
    assert "统一身份认证" in read_page(door.client.get("/account").text).one("table", "sessions").text
    # What is known of the provider is kept: the next one asks for no more than their token.
    provider.asked.clear()
    door.client = Client(door.app)
    assert door.sign_in().status_code == 303
    assert provider.asked == ["/token"]


def test_person_who_came_by_the_provider_is_led_on_to_sign_out_there_too(staffed: Desk, provider: Provider) -> None:
    bind_identity(staffed, "局监督", provider.address, SUBJECT, "subject-1", BY)
    provider.metadata = {"end_session_endpoint": f"{provider.address}/leave?realm=office"}
    door = Door(staffed, provider, left_uri="http://localhost/sign-in")
    door.sign_in()
    left = door.client.post("/sign-out")
    assert left.headers["location"] == "/sign-in?left=provider"
    page = read_page(door.client.get(left.headers["location"]).text)
    onward = page.one("p", "banner").one("a").attributes["href"]
    out = urlsplit(door.client.get(onward).headers["location"])
    assert (out.path, parse_qs(out.query)) == (
        "/leave",
        {"realm": ["office"], "client_id": [CLIENT], "post_logout_redirect_uri": ["http://localhost/sign-in"]},
    )
    # Who came by a password has nothing to leave there.
    door.client.post("/sign-in", {"name": "局监督", "password": PASSWORD})
    assert door.client.post("/sign-out").headers["location"] == "/sign-in"
    for endpoint in (None, "http://elsewhere.example.org/leave"):
        provider.metadata = {"end_session_endpoint": endpoint}
        assert "没有给出退出的地址" in refused(Door(staffed, provider).client.get(onward))
    provider.away = True
    assert "统一身份认证现在连接不上" in refused(Door(staffed, provider).client.get(onward))


@pytest.mark.parametrize(
    ("claims", "says"),
    [
        ({"nonce": "another"}, "统一身份认证没有确认您的身份"),
        ({"nonce": None}, "统一身份认证没有确认您的身份"),
        ({"aud": "another-client"}, "统一身份认证没有确认您的身份"),
        ({"aud": ["another-client"], "azp": CLIENT}, "统一身份认证没有确认您的身份"),
        ({"aud": [CLIENT, "another"], "azp": "another"}, "统一身份认证没有确认您的身份"),
        ({"aud": None}, "统一身份认证没有确认您的身份"),
        ({"iss": "http://127.0.0.1:1"}, "统一身份认证没有确认您的身份"),
        ({"exp": int(NOW.timestamp()) - 120}, "统一身份认证没有确认您的身份"),
        ({"exp": None}, "统一身份认证没有确认您的身份"),
        ({"iat": int(NOW.timestamp()) + 600}, "统一身份认证没有确认您的身份"),
        ({"sub": None}, "统一身份认证没有确认您的身份"),
        ({"sub": "x" * 300}, "统一身份认证没有确认您的身份"),
        ({"sub": "somebody"}, "您的统一身份还没有绑定到遴选的人员；请把标识 somebody 告诉管理员"),
    ],
    ids=str,
)
def test_token_that_is_not_ours_lets_nobody_in(
    staffed: Desk, provider: Provider, claims: dict[str, object], says: str
) -> None:
    bound(staffed, "局监督", "subject-1", provider)
    provider.claims = claims
    answer = Door(staffed, provider).sign_in()
    assert answer.status_code == 422
    assert refused(answer).startswith(says)
    assert refused(answer).endswith("，或用姓名和密码登录")


def test_token_that_another_key_signed_lets_nobody_in_and_a_new_key_is_looked_for(
    staffed: Desk, provider: Provider
) -> None:
    bound(staffed, "局监督", "subject-1", provider)
    door = Door(staffed, provider)
    provider.key = KEYS[1]
    assert refused(door.sign_in()).startswith("统一身份认证没有确认您的身份")
    # Nobody has the provider asked again and again by tokens of unknown keys.
    assert provider.asked.count("/keys") == 1
    provider.published = KEYS[:2]
    door.now += timedelta(minutes=2)
    assert door.sign_in().status_code == 303
    # A key under the name of the other is no proof.
    provider.published, provider.key = (
        [KEYS[0]],
        type(KEYS[0]).import_key({**KEYS[1].as_dict(private=True), "kid": "key-0"}),
    )
    assert refused(Door(staffed, provider).sign_in()).startswith("统一身份认证没有确认您的身份")


def test_unsigned_token_and_one_signed_with_what_everybody_knows_let_nobody_in(
    staffed: Desk, provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    bound(staffed, "局监督", "subject-1", provider)
    exchange = provider.exchange

    def with_header(header: dict[str, str]):
        def forged(form, authorization):
            answer = exchange(form, authorization)
            _, body, signature = answer["id_token"].split(".")
            plain = urlsafe_b64encode(json.dumps(header).encode()).rstrip(b"=").decode()
            return answer | {"id_token": f"{plain}.{body}.{'' if header['alg'] == 'none' else signature}"}

        return forged

    for header in ({"alg": "none"}, {"alg": "HS256", "kid": "key-0"}, {"alg": "RS256", "jwk": KEYS[1].as_dict()}):
        monkeypatch.setattr(provider, "exchange", with_header(header))
        assert refused(Door(staffed, provider).sign_in()).startswith("统一身份认证没有确认您的身份"), header
    for answer in ({"access_token": "x"}, {"id_token": 7}, {"id_token": "a.b.c"}, {"id_token": "…"}):
        monkeypatch.setattr(provider, "exchange", lambda *_, answer=answer: answer)
        assert refused(Door(staffed, provider).sign_in()).startswith("统一身份认证没有确认您的身份"), answer


def test_way_back_holds_once_and_in_the_browser_that_set_out(staffed: Desk, provider: Provider) -> None:
    bound(staffed, "局监督", "subject-1", provider)
    door = Door(staffed, provider)
    elsewhere = "这次统一身份登录不是从本浏览器发起的，或已过期"
    back = provider.authorize(door.client.get(OUT).headers["location"])
    assert refused(Client(door.app).get(back)).startswith(elsewhere)
    wrong = back.partition("&state=")[0] + "&state=another"
    assert refused(door.client.get(wrong)).startswith(elsewhere)
    # Whatever was refused has used up what the browser kept.
    assert refused(door.client.get(back)).startswith(elsewhere)
    back = provider.authorize(door.client.get(OUT).headers["location"])
    assert door.client.get(back).status_code == 303
    assert refused(door.client.get(back)).startswith(elsewhere)
    # The provider takes a code once, whatever a browser has kept.
    out = door.client.get(OUT)
    kept = out.headers["set-cookie"].partition(";")[0]
    back = provider.authorize(out.headers["location"])
    assert door.client.get(back).status_code == 303
    again = Client(door.app).get(back, headers={"Cookie": kept})
    assert refused(again).startswith("统一身份认证没有确认您的身份")
    back = provider.authorize(door.client.get(OUT).headers["location"])
    door.now += timedelta(minutes=11)
    assert refused(door.client.get(back)).startswith(elsewhere)


def test_what_a_browser_keeps_is_its_own_and_leads_nowhere_else(staffed: Desk, provider: Provider) -> None:
    bound(staffed, "局监督", "subject-1", provider)
    door = Door(staffed, provider)
    for wanted in ("https://evil.example/", "//evil.example/", "/\\evil.example", "/x" * 2000, ""):
        assert door.sign_in(wanted).headers["location"] == "/"
    out = door.client.get(OUT, params={"next": "/calendar"})
    name, _, rest = out.headers["set-cookie"].partition("=")
    assert name == "linxuan_provider"
    assert {part.strip().lower() for part in rest.split(";")[1:]} == {
        "httponly",
        "samesite=lax",
        "path=/",
        "max-age=600",
    }
    # Whoever changes what it keeps goes nowhere else either.
    kept = json.loads(urlsafe_b64decode(rest.partition(";")[0].strip('"')))
    back = provider.authorize(out.headers["location"])
    forged = urlsafe_b64encode(json.dumps(kept | {"wanted": "//evil.example"}).encode()).decode()
    answer = Client(door.app).get(back, headers={"Cookie": f"linxuan_provider={forged}"})
    assert answer.headers["location"] == "/"
    endless = json.dumps(kept | {"at": 10**400})
    for told in ("[]", '{"state": ""}', endless, "[" * 20_000):
        broken = urlsafe_b64encode(told.encode()).decode()
        answer = Client(door.app).get(f"{CALLBACK}?state=&code=x", headers={"Cookie": f"linxuan_provider={broken}"})
        assert answer.status_code == 422, told[:20]
    for broken in ("", "x"):
        answer = Client(door.app).get(f"{CALLBACK}?state=&code=x", headers={"Cookie": f"linxuan_provider={broken}"})
        assert answer.status_code == 422
    secure = Client(door.app).get(OUT, headers={"Origin": "https://localhost"}).headers["set-cookie"]
    assert secure.startswith("__Host-linxuan_provider=")
    assert "; Secure" in secure


def test_provider_that_is_away_or_says_nonsense_is_told_and_the_password_is_left(
    staffed: Desk, provider: Provider
) -> None:
    door = Door(staffed, provider)
    out = door.client.get(OUT).headers["location"]
    provider.away = True
    answer = door.client.get(provider.authorize(out))
    assert (answer.status_code, refused(answer)) == (
        503,
        "统一身份认证现在连接不上；请稍后再试，或用姓名和密码登录",
    )
    answer = Door(staffed, provider).client.get(f"{OUT}?next=/calendar")
    assert (answer.status_code, refused(answer)) == (
        503,
        "统一身份认证现在连接不上；请稍后再试，或用姓名和密码登录",
    )
    form = read_page(answer.text).one("form")
    assert next(one.attributes.get("value") for one in form.all("input")) == "/calendar"
    nobody = Door(staffed, provider, issuer="http://127.0.0.1:9")
    assert nobody.client.get(OUT).status_code == 503
    provider.away = False
    for wrong in (
        {"issuer": "https://evil.example"},
        {"authorization_endpoint": "http://evil.example/authorize"},
        {"authorization_endpoint": None},
        {"authorization_endpoint": "javascript:alert(1)"},
    ):
        provider.metadata = wrong
        answer = Door(staffed, provider).client.get(OUT)
        assert (answer.status_code, refused(answer).partition("；")[0]) == (503, "统一身份认证的配置有误"), wrong
    for wrong in ({"jwks_uri": f"{provider.address}/nowhere"}, {"token_endpoint": f"{provider.address}/nowhere"}):
        provider.metadata = wrong
        assert Door(staffed, provider).sign_in().status_code in (422, 503)
    provider.metadata = {}
    turned = Door(staffed, provider)
    state = parse_qs(urlsplit(turned.client.get(OUT).headers["location"]).query)["state"][0]
    answer = turned.client.get(f"{CALLBACK}?error=access_denied&error_description=<script>&state={state}")
    assert refused(answer) == "没有完成统一身份登录；请重新登录，或用姓名和密码登录"
    assert "<script>" not in answer.text


def test_provider_that_is_slow_holds_few_threads_and_is_left_alone_for_a_while(
    provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    provided = Provided(provider.address, CLIENT, SECRET, f"http://localhost{CALLBACK}")
    asked = IdentityProvider(provided)
    provider.answers.clear()
    silent = "统一身份认证现在连接不上"
    with ThreadPoolExecutor(MOST_WAITING + 1) as pool:
        coming = [pool.submit(asked.begin, NOW) for _ in range(MOST_WAITING + 1)]
        # One question is open for all of them; the one who comes when as many wait as may is told at once.
        first = next(as_completed(coming)).result()
        assert isinstance(first, Denied)
        assert first.refusals[0].reason.zh == silent
        provider.answers.set()
        assert [isinstance(one.result(), Begun) for one in coming].count(True) == MOST_WAITING
    assert provider.asked == ["/.well-known/openid-configuration"]
    monkeypatch.setattr("operations.provider_questions.PATIENCE", 0.05)
    provider.answers.clear()
    late = NOW + timedelta(hours=2)
    assert isinstance(asked.begin(late), Denied)
    provider.answers.set()
    # It is asked nothing more before a while has passed, however many come.
    for seconds in (0, 1, 14):
        assert isinstance(asked.begin(late + timedelta(seconds=seconds)), Denied)
    assert len(provider.asked) == 2
    monkeypatch.undo()
    assert isinstance(asked.begin(late + REST), Begun)
    assert isinstance(asked.finish("x", "x", "x", late + REST), Denied)
    provider.answers.clear()
    monkeypatch.setattr("operations.provider_questions.PATIENCE", 0.05)
    turned = [asked.finish("x", "x", "x", late + REST) for _ in range(9)]
    assert [one.refusals[0].reason.zh for one in turned if isinstance(one, Denied)] == [silent] * 9
    assert provider.asked.count("/token") == 2
    provider.answers.set()


def test_disabled_person_and_one_without_a_role_are_not_let_in(staffed: Desk, provider: Provider) -> None:
    bound(staffed, "外监督", "subject-9", provider)
    provider.subject = "subject-9"
    assert disable_person(staffed, "外监督", BY) is None
    assert refused(Door(staffed, provider).sign_in()).startswith("外监督已停用")
    failure = events(staffed, "sign-in.failed")[0]
    assert (failure["subject"], failure["door"]) == ("外监督", "provider")
    assert enable_person(staffed, "外监督", BY) is None
    assert revoke_role(staffed, "外监督", Role.SUPERVISOR, "外市人社局", BY) is None
    assert refused(Door(staffed, provider).sign_in()).startswith("您还没有任何角色")


def test_person_is_known_by_a_verified_claim_once_and_by_their_subject_then(staffed: Desk, provider: Provider) -> None:
    issuer = provider.address
    assert bind_identity(staffed, "局专家", issuer, "email", "Expert@Example.org", BY) is None
    door = Door(staffed, provider, claim="email", scopes="openid email")
    provider.subject = "expert-1"
    for claims in ({}, {"email": "expert@example.org"}, {"email": "expert@example.org", "email_verified": "true"}):
        provider.claims = claims
        assert refused(door.sign_in()).startswith("您的统一身份还没有绑定")
    provider.claims = {"email": "expert@example.org", "email_verified": True}
    assert door.sign_in().status_code == 303
    assert identities_of(staffed, "局专家") == [
        ("email", "expert@example.org"),
        (SUBJECT, "expert-1"),
    ]
    # The mailbox has gone over to another person.
    provider.subject = "expert-2"
    assert refused(door.sign_in()).startswith("您的统一身份还没有绑定")
    # Bound anew by an administrator, it is theirs, and nobody's who had it before.
    assert bind_identity(staffed, "局专家", issuer, "email", "new@example.org", BY) is None
    provider.claims = {"email": "new@example.org", "email_verified": True}
    assert door.sign_in().status_code == 303
    assert why(bind_identity(staffed, "外专家", issuer, "email", "new@example.org", BY)) == [("identity-free", None)]
    assert unbind_identity(staffed, "局专家", BY) is None
    assert identities_of(staffed, "局专家") == []
    assert refused(door.sign_in()).startswith("您的统一身份还没有绑定")
    with pytest.raises(UnknownError):
        unbind_identity(staffed, "局专家", BY)
    # No mail stands in the history.
    assert "example.org" not in str(events(staffed, "identity.bound"))


def test_second_factor_of_the_provider_stands_for_ours_where_a_setting_names_it(
    staffed: Desk, provider: Provider
) -> None:
    bound(staffed, "区经办", "operator-1", provider)
    provider.subject = "operator-1"
    set_up = "/account/second-factor"
    for claims, changes, led in (
        ({}, {"acr": frozenset({"high"})}, set_up),
        ({"acr": "low", "amr": ["pwd"]}, {"acr": frozenset({"high"})}, set_up),
        ({"acr": "high"}, {}, set_up),
        ({"acr": "high"}, {"acr": frozenset({"high"})}, None),
        ({"amr": ["pwd", "otp"]}, {"amr": frozenset({"otp"})}, None),
    ):
        provider.claims = claims
        door = Door(staffed, provider, **changes)
        assert door.sign_in().headers["location"] == "/"
        assert door.client.get("/").headers.get("location") == led
    # Who has set ours up is asked for it, unless the provider has asked.
    session = list_sessions(staffed, NOW, name="区经办")[0]
    enrolment = begin_enrolment(staffed, session, NOW)
    assert isinstance(confirm_enrolment(staffed, session, code(enrolment.secret, NOW), NOW), Enrolled)
    door = Door(staffed, provider, amr=frozenset({"otp"}))
    assert door.sign_in("/calendar").headers["location"] == "/calendar"
    provider.claims = {}
    assert door.sign_in("/calendar").headers["location"] == "/sign-in/code?next=%2Fcalendar"
    assert Client(door.app).get("/").status_code == 303


def test_password_door_is_shut_where_a_setting_says_so(staffed: Desk, provider: Provider) -> None:
    door = Door(staffed, provider, password=False, name="某市政务统一认证")
    page = read_page(door.client.get("/sign-in").text)
    assert (page.all("form"), "某市政务统一认证" in page.one("main").text) == ([], True)
    answer = door.client.post("/sign-in", {"name": "局经办", "password": PASSWORD})
    assert (answer.status_code, refused(answer)) == (403, "本单位不用密码登录，请用统一身份认证登录")
    provider.subject = "nobody"
    assert not refused(door.sign_in()).endswith("登录")


def test_administrators_bind_on_the_page_of_people_and_nobody_else(staffed: Desk, provider: Provider) -> None:
    door = Door(staffed, provider, claim="employee_number")
    for name, bound_now in (("局经办", False), ("外管理", False), ("总管理", True)):
        door.client.post("/sign-out")
        door.client.post("/sign-in", {"name": name, "password": PASSWORD})
        door.client.post("/people/bind", {"name": "局审查", "claim": "employee_number", "value": "0042"})
        assert bool(identities_of(staffed, "局审查")) is bound_now, name
    page = door.client.get("/people").text
    assert "已绑定统一身份" in page
    assert "0042" not in page
    provider.subject, provider.claims = "screener", {"employee_number": 42}
    assert refused(Door(staffed, provider, claim="employee_number").sign_in()).startswith("您的统一身份还没有绑定")
    provider.claims = {"employee_number": "0042"}
    assert Door(staffed, provider, claim="employee_number").sign_in().status_code == 303
    for form in ({"claim": "email", "value": "x"}, {"claim": SUBJECT, "value": " "}):
        assert door.client.post("/people/bind", {"name": "局审查", **form}).status_code == 409
    assert door.client.post("/people/unbind", {"name": "局审查"}).status_code == 303
    assert identities_of(staffed, "局审查") == []
    # Without a provider there is nothing to bind to.
    plain = browser_of(staffed, "总管理")
    assert "/people/bind" not in plain.get("/people").text
    assert plain.get(OUT).status_code == 404


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"oidc_issuer": None, "password_sign_in": False}, "须先配置统一身份认证"),
        ({"oidc_issuer": "http://id.example.org"}, "须以 https:// 开头"),
        ({"oidc_issuer": "https://user:x@id.example.org"}, "须以 https:// 开头"),
        ({"oidc_client_id": None}, "LINXUAN_OIDC_CLIENT_ID"),
        ({"console_url": None}, "LINXUAN_CONSOLE_URL"),
        ({"oidc_client_secret": None, "oidc_client_secret_file": "/nowhere"}, "LINXUAN_OIDC_CLIENT_SECRET_FILE"),
    ],
    ids=str,
)
def test_settings_that_make_no_provider_say_so(changes: dict[str, object], says: str) -> None:
    with pytest.raises(UnknownError) as caught:
        provided_by(_settings(**changes))
    assert says in caught.value.words.zh


def test_settings_make_a_provider_and_show_no_secret(tmp_path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("s3cret\n")
    found = provided_by(_settings(oidc_client_secret=None, oidc_client_secret_file=secret, oidc_scopes="email,openid"))
    assert found == Provided(
        "https://id.example.org",
        CLIENT,
        "s3cret",
        f"https://console.example.org{CALLBACK}",
        scopes="openid email",
        amr=frozenset({"otp", "mfa"}),
        left_uri="https://console.example.org/sign-in",
    )
    assert "s3cret" not in repr(found)
    assert provided_by(Settings(oidc_issuer=None)) is None


def _settings(**changes: object) -> Settings:
    return Settings(
        **{
            "oidc_issuer": "https://id.example.org",
            "oidc_client_id": CLIENT,
            "oidc_client_secret": SECRET,
            "oidc_amr": "otp, mfa",
            "console_url": "https://console.example.org/",
            **changes,
        }
    )
