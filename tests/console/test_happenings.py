"""What evaluations, votes and rankings are told as, one by one and where several are gathered."""

from datetime import datetime

import pytest

from console.happenings import happening
from deadlines import SHANGHAI
from operations.overview import Event
from programs import Words

AT = datetime(2026, 5, 6, 10, tzinfo=SHANGHAI)


def event(kind: str, facts: dict, count: int, subject: str) -> Event:
    return Event(
        program=None,  # type: ignore[arg-type] - these phrases never look at it
        position=1,
        at=AT,
        kind=kind,
        actor="王管理",
        role=Words("管理员", "administrator"),
        number=None,
        nominee=None,
        count=count,
        and_more=False,
        source=None,
        destination=None,
        subject=Words(subject, subject),
        facts=facts,
    )


@pytest.mark.parametrize(
    ("kind", "facts", "one", "many"),
    [
        ("score.entered", {"evaluator": "甲", "revision": 1}, "评分：评审", "评分：评审"),
        ("score.entered", {"evaluator": "甲", "revision": 2}, "改评：评审", "评分：评审"),
        (
            "scores.taken-in",
            {"evaluator": "甲", "nominations": ["1", "2"]},
            "导入评分表：评审，2 件",
            "导入评分表：评审",
        ),
        (
            "tally.imported",
            {"platform": "甲台", "votes": {"1": 20, "2": 5}},
            "导入票数：甲台，共 25 票",
            "导入票数：评审",
        ),
        (
            "tally.imported",
            {"platform": "甲台", "votes": {"1": 20}, "jumped": ["1"]},
            "导入票数：甲台，共 20 票；1 件票数异常",
            "导入票数：评审",
        ),
        ("ranking.settled", {"nominations": ["1", "2"]}, "确定排序：评审，共 2 件", "确定排序：评审"),
        ("tie.resolved", {"points": {"1": 1, "2": 2}}, "并列处理：评审，2 件", "并列处理：评审"),
        ("ranking.reopened", {}, "重开排序：评审", "重开排序：评审"),
    ],
)
def test_event_of_an_evaluation_is_told_in_words(kind, facts, one, many):
    told = [happening(event(kind, facts, count, "评审")) for count in (1, 3)]
    assert [words.zh for words in told] == [one, many]
    assert all(words.en for words in told)
