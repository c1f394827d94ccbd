"""A store with two programs, filled through the operations, as of one working Friday in May."""

from datetime import datetime
from pathlib import Path
from typing import Any

from stdnum.cn import ric

from deadlines import SHANGHAI
from notifications import Letter
from notifications.channels import Channel, DeliveryFailed
from operations.actors import Actor
from operations.acts import Act
from operations.decide import decide
from operations.desk import Desk
from operations.move import move
from operations.nominate import Draft, nominate
from operations.objections import lodge
from operations.opening import confirm_ruling, open_program
from operations.publicize import publicize
from operations.remind import remind
from operations.results import Batch, Denied
from operations.settings import Settings, open_desk
from operations.sweep import sweep
from programs import Program, Words, load_program
from states import Move

SMALL = "small-2026"
LUZHOU = "luzhou-chief-technician-2019"
NOW = datetime(2026, 5, 8, 10, tzinfo=SHANGHAI)
HOSTILE = "<script>alert('1')</script>&\"李\""
HOSTILE_REASON = '"><img src=x onerror=alert(2)>'

#: How many nominations stand where at `NOW`.
COUNTS = {
    "publicity.running": 2,
    "publicity.objected": 1,
    "not-chosen": 1,
    "rejected": 1,
    "withdrawn": 1,
    "lapsed": 1,
}


def small_program(**fields: Any) -> Program:
    """Build a program with every kind of date, and places of every kind."""
    document: dict[str, Any] = {
        "id": SMALL,
        "award": "某市<b>工匠</b>",
        "edition": "2026年",
        "title": "关于评选某市工匠的通知",
        "issuers": ["某市人社局"],
        "office": "某市人社局",
        "issued": "2026-03-02",
        "nominee": "person",
        "routes": [{"id": "organization", "name": "组织推荐", "clause": "二", "kind": "organization"}],
        "nominators": [{"id": "district", "name": "区县", "clause": "二"}],
        "seats": [{"id": "craftsman", "award": "某市工匠", "clause": "一", "count": 3}],
        "quotas": [
            {"id": "district", "name": "每区县", "clause": "二", "per": "nominator", "tier": "city", "limit": 6}
        ],
        "stages": [
            {
                "id": "recommendation",
                "kind": "recommendation",
                "name": "推荐",
                "clause": "二",
                "tiers": [
                    {"id": "unit", "name": "单位", "office": "所在单位", "clause": "二"},
                    {
                        "id": "city",
                        "name": "受理",
                        "office": "某市人社局",
                        "clause": "二",
                        "deadline": {"phrase": "4月15日", "clause": "二"},
                    },
                ],
            },
            {"id": "screening", "kind": "screening", "name": "资格审查", "clause": "三"},
            {"id": "review", "kind": "review", "name": "专家评议", "clause": "三", "keep": 4},
            {"id": "decision", "kind": "decision", "name": "评审确定", "clause": "三"},
            {
                "id": "publicity",
                "kind": "publicity",
                "name": "公示",
                "clause": "三",
                "venue": "局官网",
                "period": {"days": 5},
            },
            {
                "id": "issuance",
                "kind": "issuance",
                "name": "发文",
                "clause": "三",
                "issuers": ["某市人社局"],
                "window": {"phrase": "2026年6月上中旬", "clause": "四"},
            },
        ],
    }
    return Program.model_validate(document | fields)


def new_desk(folder: Path) -> Desk:
    """Open a desk on a new SQLite database."""
    return open_desk(Settings(data=folder, database=f"sqlite:///{folder / 'console.db'}"))


def fill(desk: Desk) -> None:
    """Run the small program up to its publicity, and begin to prepare another one."""
    program = small_program()
    _done(open_program(desk, program, _at("2026-03-03T09:00")))
    numbers = [_nominate(desk, place) for place in range(7)]
    for number in numbers[:6]:
        _done(move(desk, number, Move.SUBMIT, _at("2026-04-02T09:00")))
    sweep(desk, _at("2026-04-16T00:05").now)
    _done(move(desk, numbers[5], Move.WITHDRAW, _at("2026-04-17T09:00", "本人放弃")))
    for number in numbers[:5]:
        _done(move(desk, number, Move.ACCEPT, _at("2026-04-17T10:00")))
    _done(move(desk, numbers[4], Move.REJECT, _at("2026-04-20T10:00", HOSTILE_REASON)))
    for number in numbers[:4]:
        _done(move(desk, number, Move.ACCEPT, _at("2026-04-20T11:00")))
    _done(decide(desk, SMALL, "review", dict.fromkeys(numbers[:4]), _at("2026-04-27T10:00")))
    _done(decide(desk, SMALL, "decision", dict.fromkeys(numbers[:3], "craftsman"), _at("2026-04-28T10:00")))
    _done(publicize(desk, SMALL, "publicity", _at("2026-05-06T10:00")))
    _done(lodge(desk, numbers[0], "某职工", "业绩不实", _at("2026-05-07T10:00")))
    _done(confirm_ruling(desk, load_program(LUZHOU), "closing-hour", None, _at("2026-05-07T11:00")))
    remind(desk, _BrokenChannel(), NOW)


class _BrokenChannel(Channel):
    """Refuses one recipient for good and everybody else for now."""

    def deliver(self, letter: Letter) -> None:
        raise DeliveryFailed(Words("投递失败", "it failed"), permanent=letter.recipient == "第1公司")


def _nominate(desk: Desk, place: int) -> str:
    identity = f"51050219900101{place:03d}"
    draft = Draft(
        nominee=HOSTILE if place == 0 else f"候选人{place}",
        unit=f"第{place}公司",
        nominator="江阳区",
        nominator_kind="district",
        identity=identity + ric.calc_check_digit(f"{identity}0"),
    )
    done = nominate(desk, SMALL, draft, _at("2026-04-01T09:00"))
    assert not isinstance(done, Denied), done
    return done.number


def _at(moment: str, reason: str = "") -> Act:
    return Act(Actor("王<i>管理</i>"), datetime.fromisoformat(moment).replace(tzinfo=SHANGHAI), reason)


def _done(outcome: object) -> None:
    assert not isinstance(outcome, Denied), outcome
    assert not (isinstance(outcome, Batch) and outcome.denied), outcome
