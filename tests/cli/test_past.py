"""`linxuan past`: what is recorded bars in every program, and is told as it was given."""

import pytest

RECORD = ["past", "add", "honor", "最美巴渝工匠", "--holder", "王一", "--unit", "某厂", "--since", "2021-09-01"]
WHY = ["--source", "某人社发〔2021〕3号", "--actor", "王管理"]


def test_past_is_recorded_listed_ended_and_removed(linxuan):
    assert linxuan("past", "list").out == "没有符合的既往记录\n"
    assert linxuan(*RECORD, *WHY).out == "已登记为第 1 号：王一　称号　最美巴渝工匠\n"
    assert linxuan("past", "list").out == (
        "1　称号　最美巴渝工匠　王一（某厂）　2021-09-01　只有姓名\n　　某人社发〔2021〕3号\n"
    )
    done = linxuan("past", "end", "1", "--reason", "已满", "--actor", "王管理", "--now", "2026-01-05T09:00")
    assert done.out == "第 1 号已终止\n"
    assert linxuan("past", "list").out.splitlines()[0] == (
        "1　称号　最美巴渝工匠　王一（某厂）　2021-09-01　至 2026-01-05　只有姓名"
    )
    assert linxuan("past", "remove", "1", "--reason", "登记错了", "--actor", "王管理").out == "第 1 号已删去\n"
    assert linxuan("past", "list", "--json").document == []


def test_past_is_told_in_json(linxuan):
    assert linxuan(*RECORD, *WHY, "--json").document == {
        "id": 1,
        "kind": "honor",
        "name": "最美巴渝工匠",
        "holder": "王一",
        "known": False,
    }
    assert linxuan("past", "list", "--holder", "王一", "--json").document == [
        {
            "id": 1,
            "kind": "honor",
            "name": "最美巴渝工匠",
            "holder": "王一",
            "unit": "某厂",
            "since": "2021-09-01T00:00:00+08:00",
            "ended": None,
            "nomination": None,
            "source": "某人社发〔2021〕3号",
            "known": False,
        }
    ]


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        ([*RECORD, *WHY, "--identity", "510000197501019960"], 1, "身份证号码校验不符"),
        ([*RECORD, *WHY, "--until", "2020-01-01"], 1, "截止日早于起始日"),
        (["past", "end", "7", "--reason", "无", "--actor", "王管理"], 2, "没有第 7 号既往记录"),
        (["past", "list", "--kind", "奖"], 2, "应为 honor、studio、subsidy、ban 之一"),
    ],
)
def test_past_that_cannot_be_is_told_in_words(linxuan, arguments, code, said):
    run = linxuan(*arguments)
    assert (run.code, said in run.err) == (code, True), run
