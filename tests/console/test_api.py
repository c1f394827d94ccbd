"""The API: who asks by which token, what they see, and what they may do."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from random import Random
from typing import Any

import httpx
import pytest

from console import create_app
from console.api.misfits import misfits_told
from deadlines import SHANGHAI
from operations.actors import Actor, Role
from operations.acts import Act
from operations.desk import Desk
from operations.finding import find_nominations
from operations.held_secrets import Given, list_held, revoke
from operations.people import disable_person, grant_role, revoke_role
from operations.queries import Query
from operations.rehearse.people import make_identity
from operations.results import Denied
from operations.tokens import TOKENS, give_token
from store import INSTALLATION, events_of
from tests.console.asking import Client
from tests.console.filled import NOW, SMALL, new_desk
from tests.console.people import PEOPLE, browser_of
from tests.console.working import UNIT_OPINION, number, work

pytestmark = pytest.mark.usefixtures("quick_passwords")

API = "/api/v1"
BY = Act(Actor("总管理"), NOW)
A_MONTH = timedelta(days=30)
#: Nominations may still be handed in.
APRIL = datetime(2026, 4, 2, 9, tzinfo=SHANGHAI)


@pytest.fixture(scope="module")
def read(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """A store that the tests only read."""
    desk = new_desk(tmp_path_factory.mktemp("read"))
    work(desk)
    yield desk
    desk.store.close()


@pytest.fixture
def acted(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """A store to act on; nothing is screened yet."""
    desk = new_desk(tmp_path_factory.mktemp("acted"))
    work(desk, screened=False)
    yield desk
    desk.store.close()


def token_of(desk: Desk, name: str) -> Given:
    given = give_token(desk, name, "试用", A_MONTH, BY)
    assert isinstance(given, Given)
    return given


class Asking:
    """Asks the API as somebody."""

    def __init__(
        self, desk: Desk, name: str | None, token: str | None = None, now: Any = NOW, client: Client | None = None
    ) -> None:
        self.client = client or Client(create_app(desk, lambda: now))
        shown = token if name is None else token_of(desk, name).secret
        self.headers = {"Authorization": f"Bearer {shown}"} if shown else {}

    def get(self, path: str, **options: Any) -> httpx.Response:
        headers = self.headers | options.pop("headers", {})
        return self.client.request("GET", API + path, headers=headers, **options)

    def post(self, path: str, document: Any, **options: Any) -> httpx.Response:
        return self.client.request("POST", API + path, headers=self.headers, json=document, **options)


def problem(answer: httpx.Response) -> dict[str, Any]:
    assert answer.headers["content-type"] == "application/problem+json"
    return answer.json()


def test_token_stands_for_one_person_in_one_role(read: Desk) -> None:
    given = token_of(read, "厂经办")
    assert Asking(read, None, given.secret).get("/me").json() == {
        "name": "厂经办",
        "role": "operator",
        "organization": "第1公司",
        "token": "试用",
        "ends_at": (NOW + A_MONTH).isoformat(),
    }


@pytest.mark.parametrize("headers", [{}, {"Authorization": "Bearer linxuan_x"}, {"Authorization": "Basic eDp5"}])
def test_whoever_shows_no_right_token_is_told_how_to_get_one(read: Desk, headers: dict[str, str]) -> None:
    client = Client(create_app(read, lambda: NOW))
    for path in ("/me", "/nominations", f"/nominations/{number(1)}", "/programs"):
        answer = client.request("GET", API + path, headers=headers)
        assert (answer.status_code, answer.headers["www-authenticate"]) == (401, "Bearer")
        assert "linxuan user token" in problem(answer)["detail"]


def test_cookie_of_the_console_is_no_token(read: Desk) -> None:
    browser = browser_of(read, "总管理")
    assert browser.get("/nominations").status_code == 200
    assert browser.request("GET", f"{API}/nominations").status_code == 401


def test_guessing_tokens_is_stopped_and_waiting_helps(read: Desk) -> None:
    clock = [NOW]
    client = Client(create_app(read, lambda: clock[0]))

    def guess() -> int:
        return client.request("GET", f"{API}/me", headers={"Authorization": "Bearer linxuan_x"}).status_code

    assert [guess() for _ in range(31)] == [401] * 30 + [429]
    right = {"Authorization": f"Bearer {token_of(read, '局监督').secret}"}
    assert client.request("GET", f"{API}/me", headers=right).status_code == 200
    clock[0] += timedelta(minutes=1)
    assert guess() == 401


def test_token_ends_with_its_time_its_revocation_its_role_and_its_person(acted: Desk) -> None:
    def answers(token: Given, later: timedelta = timedelta()) -> int:
        return Asking(acted, None, token.secret, NOW + later).get("/me").status_code

    ending, revoked, stripped, disabled = (token_of(acted, one) for one in ("局经办", "区经办", "局审查", "局专家"))
    assert (answers(ending, A_MONTH - timedelta(seconds=1)), answers(ending, A_MONTH)) == (200, 401)
    assert [answers(one) for one in (revoked, stripped, disabled)] == [200] * 3
    assert not isinstance(revoke(acted, TOKENS, revoked.id, Act(Actor("区经办", Role.OPERATOR, "江阳区"), NOW)), Denied)
    assert revoke_role(acted, "局审查", Role.SCREENING, "某市人社局", BY) is None
    assert disable_person(acted, "局专家", BY) is None
    assert [answers(one) for one in (revoked, stripped, disabled)] == [401] * 3
    kept = {one.id: (one.used_at is not None, one.revoked_at is not None) for one in list_held(acted, TOKENS)}
    gone = {one.id: (True, True) for one in (revoked, stripped, disabled)}
    assert kept == {ending.id: (True, False)} | gone
    # Whoever is given the role once more begins anew.
    assert grant_role(acted, "局审查", Role.SCREENING, "某市人社局", BY) is None
    assert answers(stripped) == 401


def test_token_is_given_for_those_whom_one_manages_alone(read: Desk) -> None:
    outside = Act(Actor("外管理", Role.ADMINISTRATOR, "外市人社局"), NOW)
    refused = give_token(read, "局经办", "试用", A_MONTH, outside)
    assert isinstance(refused, Denied)
    assert [one.gate for one in refused.refusals] == ["jurisdiction"]


def test_store_keeps_no_token_and_the_history_tells_who_has_one(acted: Desk) -> None:
    given = token_of(acted, "局经办")
    with acted.store.read() as connection:
        rows = connection.exec_driver_sql("SELECT * FROM api_token").all()
        told = [one for one in events_of(connection, INSTALLATION) if one["kind"] == "token.given"]
    assert given.secret not in repr(rows) + repr(told)
    assert [(one["subject"], one["actor"], one["label"], one["given"]) for one in told] == [
        ("局经办", "总管理", "试用", "operator")
    ]


@pytest.mark.parametrize("name", PEOPLE)
def test_each_role_sees_by_the_api_just_what_it_sees(read: Desk, name: str) -> None:
    asking, actor = Asking(read, name), Actor(name, *PEOPLE[name])
    seen = [one.number for one in find_nominations(read, Query(), NOW, seen_by=actor).found]
    assert [one["number"] for one in asking.get("/nominations").json()["nominations"]] == seen
    for place in range(1, 5):
        status = 200 if number(place) in seen else 404
        assert asking.get(f"/nominations/{number(place)}").status_code == status
        assert asking.get(f"/nominations/{number(place)}/history").status_code == status
        asked = {"move": "return", "version": 1, "reason": "试"}
        moved = asking.post(f"/nominations/{number(place)}/moves", asked).status_code
        assert moved == (409 if status == 200 else 404)
        batch = {"move": "accept", "nominations": [{"number": number(place)}]}
        assert asking.post("/moves", batch).status_code == status


def test_what_is_not_yours_answers_like_what_is_not_there_and_is_recorded(acted: Desk) -> None:
    asking = Asking(acted, "外经办")
    for one in (number(1), f"{SMALL}-9999"):
        told = problem(asking.get(f"/nominations/{one}"))
        assert (told["status"], told["detail"].partition(one)[0]) == (404, "没有编号为 ")
    with acted.store.read() as connection:
        asked = [one["asked"] for one in events_of(connection, INSTALLATION) if one["kind"] == "access.refused"]
    assert asked == [f"{API}/nominations/{number(1)}", f"{API}/nominations/{SMALL}-9999"]


def test_nomination_tells_its_moves_and_what_is_asked_for_them(acted: Desk) -> None:
    found = Asking(acted, "厂经办", now=APRIL).get(f"/nominations/{number(1)}").json()
    submit = next(one for one in found["moves"] if one["move"] == "submit")
    told = found["version"], found["stage"], found["standing"], submit["name"]
    assert told == (1, "recommendation.unit", "推荐·单位", "申报")
    assert [one["gate"] for one in submit["refusals"]] == ["materials-complete"]


def test_move_is_made_once_and_whoever_read_an_earlier_version_is_told(acted: Desk) -> None:
    asking = Asking(acted, "厂经办")
    asked = {"move": "withdraw", "version": 1, "reason": "本人放弃"}
    done = asking.post(f"/nominations/{number(1)}/moves", asked)
    assert (done.status_code, done.json()["destination"], done.json()["version"]) == (200, "withdrawn", 2)
    again = problem(asking.post(f"/nominations/{number(1)}/moves", asked))
    assert (again["status"], again["version"], [one["gate"] for one in again["refusals"]]) == (409, 2, ["seen-version"])
    history = asking.get(f"/nominations/{number(1)}/history").json()["events"]
    assert (history[0]["actor"], history[0]["facts"]["reason"]) == ("厂经办", "本人放弃")


def test_notes_of_verdicts_and_digests_are_told_by_the_api_to_those_who_run_the_program_alone(acted: Desk) -> None:
    by = Act(Actor("局经办", Role.OPERATOR, "某市人社局"), NOW)
    with acted.store.write() as transaction:
        facts = {"nomination": number(1), **by.signature()}
        transaction.record(SMALL, "verdicts.recorded", verdicts={"conduct": "fail"}, note="内部意见", **facts)
        transaction.record(SMALL, "files.attached", material="form:paper", files=[{"sha256": "x"}], **facts)

    def told(name: str) -> list[dict[str, Any]]:
        events = Asking(acted, name).get(f"/nominations/{number(1)}/history").json()["events"]
        return [one["facts"] for one in events]

    attached, judged, created = told("厂经办")
    assert (attached, judged) == ({"material": "form:paper"}, {})
    assert created == {
        "nominee": "候选人1",
        "unit": "第1公司",
        "nominator": "江阳区",
        "nominator_kind": "district",
        "route": "organization",
        "to": "recommendation.unit",
        "due": created["due"],
    }
    attached, judged, _ = told("局监督")
    assert (judged["note"], attached["files"]) == ("内部意见", [{"sha256": "x"}])


def test_refusal_gives_the_reason_the_remedy_and_the_clause_in_the_asker_s_language(acted: Desk) -> None:
    asking = Asking(acted, "厂经办", now=APRIL)
    asked = {"move": "submit", "version": 1, "sealed": True, "opinion": [{"point": UNIT_OPINION, "said": "好"}]}
    refused = asking.post(f"/nominations/{number(1)}/moves", asked)
    told = problem(refused)
    assert (told["title"], refused.headers["content-language"]) == ("没有办理", "zh-CN")
    assert [(one["gate"], one["clause"]) for one in told["refusals"]] == [("materials-complete", None)]
    asking.headers["Accept-Language"] = "en-GB,en;q=0.9"
    assert problem(asking.post(f"/nominations/{number(1)}/moves", asked))["title"] == "nothing was done"


def test_nomination_is_drawn_up_by_the_api(acted: Desk) -> None:
    asked = {
        "nominee": "新人",
        "unit": "第1公司",
        "nominator": "江阳区",
        "nominator_kind": "district",
        "identity": make_identity(9, Random(9)),  # noqa: S311 - made-up people need no secrets
    }
    done = Asking(acted, "区经办", now=APRIL).post(f"/programs/{SMALL}/nominations", asked)
    assert (done.status_code, done.json()) == (200, {"number": number(5), "stage": "recommendation.unit"})
    program = Asking(acted, "区经办", now=APRIL).get(f"/programs/{SMALL}").json()
    named = {part: [one["id"] for one in program[part]] for part in ("routes", "nominator_kinds", "categories")}
    assert named == {"routes": ["organization"], "nominator_kinds": ["district"], "categories": []}
    refused = Asking(acted, "外经办", now=APRIL).post(f"/programs/{SMALL}/nominations", asked)
    assert [one["gate"] for one in problem(refused)["refusals"]] == ["jurisdiction"]


def test_batch_is_looked_at_first_and_done_then_but_for_what_changed(acted: Desk) -> None:
    asking = Asking(acted, "局管理")
    chosen = [{"number": number(place), "version": 1} for place in (1, 2)]
    asked = {"move": "withdraw", "nominations": chosen, "reason": "均已放弃"}
    preview = asking.post("/moves", asked).json()
    told = [(one["number"], one["version"]) for one in preview["moved"]]
    assert (preview["preview"], told) == (True, [(number(1), 1), (number(2), 1)])
    assert asking.get(f"/nominations/{number(1)}").json()["version"] == 1
    alone = {"move": "withdraw", "version": 1, "reason": "先放弃"}
    assert asking.post(f"/nominations/{number(1)}/moves", alone).status_code == 200
    gone = f"{SMALL}-9999"
    more = {"nominations": [*asked["nominations"], {"number": gone, "version": 1}]}
    assert asking.post("/moves", asked | more).status_code == 404
    done = asking.post("/moves", asked | more | {"preview": False}).json()
    assert done["refused"].pop()["number"] == gone
    moved = [(one["number"], one["version"], one["stage"]) for one in done["moved"]]
    assert moved == [(number(2), 2, "withdrawn")]
    assert [(one["number"], one["refusals"][0]["gate"]) for one in done["refused"]] == [(number(1), "seen-version")]


def test_batch_that_is_done_states_what_was_read(read: Desk) -> None:
    asked = {"move": "return", "preview": False, "reason": "请补证明", "nominations": [{"number": number(1)}]}
    told = problem(Asking(read, "局经办").post("/moves", asked))
    assert (told["status"], [one["gate"] for one in told["refusals"]]) == (409, ["seen-version"])


def test_what_is_named_twice_for_one_move_does_not_fit(read: Desk) -> None:
    asking, twice = Asking(read, "局经办"), {"opinion": [{"point": "业绩", "said": one} for one in ("好", "差")]}
    many = {"move": "endorse", "nominations": [{"number": number(1), "version": one} for one in (1, 2)]}
    one = {"move": "endorse", "version": 1}
    for path, asked, name in (
        ("/moves", many, number(1)),
        ("/moves", many | {"nominations": many["nominations"][:1]} | twice, "业绩"),
        (f"/nominations/{number(1)}/moves", one | twice, "业绩"),
    ):
        told = problem(asking.post(path, asked))
        assert (told["status"], told["detail"]) == (422, f"“{name}”写了不止一次")


def test_batch_takes_a_ground_that_the_notice_has(read: Desk) -> None:
    asked = {"move": "disqualify", "ground": "moon", "reason": "弄虚作假", "nominations": [{"number": number(1)}]}
    refused = Asking(read, "局管理").post("/moves", asked).json()["refused"]
    assert [[why["gate"] for why in one["refusals"]] for one in refused] == [["ground-known"]]


def test_what_is_only_looked_at_is_given_to_one_person_so_often_in_a_minute(
    read: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("console.api.app.COMPUTED", 1)
    asking = Asking(read, "局管理")
    asked = {"move": "withdraw", "reason": "放弃", "nominations": [{"number": number(1)}]}
    first, second = (asking.post("/moves", asked) for _ in range(2))
    assert (first.status_code, problem(second)["status"], second.headers["retry-after"]) == (200, 429, "60")
    table = asking.client.request(
        "POST", f"{API}/programs/{SMALL}/intake", headers=asking.headers, files=[("file", ("表.csv", b"x"))]
    )
    assert (table.status_code, Asking(read, "局管理").post("/moves", asked).status_code) == (429, 200)


def test_what_is_sent_is_bounded_and_never_told_back(acted: Desk) -> None:
    asking = Asking(acted, "厂经办")
    path = f"/nominations/{number(1)}/moves"
    secret = "11010119900307" + "867X"
    long = problem(asking.post(path, {"move": "submit", "version": 1, "reason": "长" * 200_000}))
    assert (long["status"], "最多 256 KB" in long["detail"]) == (413, True)
    told = problem(asking.post(path, {"move": secret, "version": secret, "identity": secret}))
    assert (told["status"], secret in told["detail"]) == (422, False)


def test_what_does_not_fit_is_said_in_the_asker_s_language(read: Desk) -> None:
    asking = Asking(read, "厂经办")
    asked = {"move": "fly", "version": "三", "reason": "长" * 4001, "moon": 1}

    def told(path: str, document: Any) -> list[str]:
        return problem(asking.post(path, document))["detail"].replace("; ", "；").split("；")

    path = f"/nominations/{number(1)}/moves"
    move, version, *rest = told(path, asked)
    assert (move.partition("：")[0], version, rest) == (
        "body.move",
        "body.version：应为整数",
        ["body.reason：最多 4000 个字", "body.moon：没有这一项"],
    )
    assert move.startswith("body.move：只能是 ")
    assert told(path, {"move": "submit", "version": 1, "reason": "空\0字"}) == [
        "body.reason：有不能用的字符（如换行、控制字符）"
    ]
    ranking = f"/programs/{SMALL}/stages/decision/ranking"
    assert told(ranking, {"deed": "fly"}) == ["body.deed：只能是 settle、reopen、resolve"]
    assert told(ranking, {}) == ["body.deed：缺少这一项"]
    held = {"held_on": 1_746_662_400}
    assert [one.partition("：")[0] for one in told(f"/programs/{SMALL}/stages/decision/meeting", held)] == [
        "body.held_on"
    ]
    assert told("/moves", {}) == ["body.move：缺少这一项", "body.nominations：缺少这一项"]
    text = asking.client.request("POST", f"{API}/moves", headers=asking.headers, content=b"{}")
    assert problem(text)["detail"] == "内容须为 JSON，请加请求头 Content-Type: application/json"
    asking.headers["Accept-Language"] = "en"
    assert told("/moves", []) == ["body: is no object"]


@pytest.mark.parametrize(
    "path",
    ["/nominations", "/nominations?sort=due", "/organizations", "/people", "/experts", f"/programs/{SMALL}/honors"],
)
def test_list_does_not_begin_after_what_no_page_of_it_has_told(read: Desk, path: str) -> None:
    asking = Asking(read, "总管理")
    for after in ("zzz", "9" * 12):
        told = problem(asking.get(f"{path}{'&' if '?' in path else '?'}after={after}"))
        assert (told["status"], told["detail"].partition("，")[0]) == (422, "after 不是上一页给出的 following")
    assert asking.get(path).status_code == 200


def test_what_does_not_fit_is_told_in_short_however_long_it_is() -> None:
    faults = [{"type": "extra_forbidden", "loc": ("body", "x" * 60)}] * 30
    assert misfits_told(faults).en == "; ".join([f"body.{'x' * 40}: there is no such field"] * 20)


def test_other_methods_and_addresses_are_problems_too(read: Desk) -> None:
    asking = Asking(read, "总管理")
    assert problem(asking.get("/nowhere"))["status"] == 404
    assert problem(Asking(read, "局经办").get("/people"))["detail"] == "这里没有可看的内容"
    assert problem(asking.client.request("DELETE", f"{API}/me", headers=asking.headers))["status"] == 405
