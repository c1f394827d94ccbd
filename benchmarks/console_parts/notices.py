"""The programs of the databases: three of one city and two of its neighbor, with three tiers each."""

from datetime import datetime, timedelta
from typing import Final

from benchmarks.console_parts.beside import PER_NOMINEE, SEATED
from programs import Program

OFFICES: Final = ("某市人社局", "邻市人社局")


def program(place: int, now: datetime, closes: str = "") -> Program:
    """Build one of the programs: three tiers, and a screening that should have been over by now."""
    soon, ago, begun = now + timedelta(days=60), now - timedelta(days=7), now - timedelta(days=90)
    clause = {"clause": "二"}
    return Program.model_validate(
        {
            "id": f"artisan-{place}",
            "award": "某市工匠" if place < 3 else "邻市工匠",
            "edition": f"第{place + 1}届",
            "title": "关于评选工匠的通知",
            "issuers": [OFFICES[place > 2]],
            "office": OFFICES[place > 2],
            "issued": f"{now - timedelta(days=200):%Y-%m-%d}",
            "nominee": "person",
            "routes": [{"id": "organization", "name": "组织推荐", "clause": "二", "kind": "organization"}],
            "nominators": [{"id": "district", "name": "区县", **clause}],
            "seats": [{"id": "artisan", "award": "工匠", "clause": "一", "count": 100_000}],
            "materials": [
                {"id": name, "name": said, **clause, "media": ["paper"], "per": "nominee"}
                for name, said in (("form", "申报表"), ("proof", "业绩证明"))
            ],
            "rules": [
                {"id": name, "name": said, "clause": "一", "kind": "attestation"}
                for name, said in (("conduct", "品行端正"), ("skill", "技能高超"), ("years", "从业十年"))
            ],
            "stages": [
                {
                    "id": "recommendation", "kind": "recommendation", "name": "推荐", **clause,
                    "tiers": [
                        {"id": "unit", "name": "单位", "office": "所在单位", **clause},
                        {"id": "district", "name": "区县推荐", "office": "推荐单位", **clause},
                        {
                            "id": "city", "name": "受理", "office": OFFICES[place > 2], **clause,
                            "deadline": {"phrase": closes or f"{soon:%Y年%-m月%-d日}", **clause},
                        },
                    ],
                },
                {
                    "id": "screening", "kind": "screening", "name": "资格审查", "clause": "三",
                    "window": {"phrase": f"{begun:%Y年%-m月%-d日}至{ago:%Y年%-m月%-d日}", "clause": "四"},
                    "correction": {"days": 5, "unit": "working"},
                },
                {
                    "id": "review", "kind": "review", "name": "专家评议", "clause": "三",
                    "ranked": True, "panel": {"size": SEATED, "per_nominee": PER_NOMINEE, **clause},
                    "tracks": [
                        {
                            "id": "merit", "name": "综合评价", **clause,
                            "criteria": [{"id": "skill", "name": "技能"}, {"id": "achievement", "name": "业绩"}],
                        }
                    ],
                },
                {"id": "decision", "kind": "decision", "name": "评审确定", "clause": "三"},
                {
                    "id": "publicity", "kind": "publicity", "name": "公示", "clause": "三", "venue": "局官网",
                    "period": {"days": 5},
                },
                {"id": "issuance", "kind": "issuance", "name": "发文", "clause": "三", "issuers": [OFFICES[place > 2]]},
                {"id": "tenure", "kind": "tenure", "name": "聘期", "clause": "五", "years": 3},
            ],
        }
    )  # fmt: skip
