from typing import get_args

import pytest

from notifications import task_at
from notifications.tasks import TASKS
from programs import Program, parse_program
from programs.stages import Stage
from states import compile_pipeline


@pytest.fixture(scope="module")
def program() -> Program:
    return parse_program("""
        id = "award-2026"
        award = "某技师"
        edition = "2026年"
        title = "关于开展某技师评选的通知"
        issuers = ["某市人社局"]
        office = "某市评委会办公室"
        nominee = "person"
        routes = [{ id = "organization", name = "组织推荐", clause = "一", kind = "organization" }]
        seats = [{ id = "all", award = "某技师", clause = "一", count = 10 }]

        [[stages]]
        id = "recommendation"
        kind = "recommendation"
        name = "推荐"
        clause = "二"
        tiers = [
            { id = "unit", name = "单位申报", office = "所在单位", clause = "二" },
            { id = "district", name = "区县推荐", office = "区县人社局", clause = "二" },
            { id = "city", name = "市级受理", office = "某市评委会办公室", clause = "二" },
        ]

        [[stages]]
        id = "screening"
        kind = "screening"
        name = "资格审查"
        clause = "三"

        [[stages]]
        id = "publicity"
        kind = "publicity"
        name = "公示"
        clause = "四"
    """)


@pytest.mark.parametrize(
    ("standing", "task"),
    [
        ("recommendation.unit", "填报并核对申报材料，按期提交"),
        ("recommendation.district", "审核材料，签署意见后推荐上报"),
        ("recommendation.city", "核收申报材料，作出受理或退回的决定"),
        ("screening", "进行资格审查，作出受理、退回补正或不予通过的决定"),
        ("screening.correction", "按退回意见补正材料后重新报送"),
        ("publicity.objected", "核查异议并作出处理"),
    ],
)
def test_task_at_a_standing(program, standing, task):
    assert task_at(program, standing).zh == task


def test_task_at_every_standing_of_a_pipeline_stands_until_the_case_ends(program):
    standings = compile_pipeline(program).standings
    assert {key for key in standings if task_at(program, key) is None} == {
        key for key, standing in standings.items() if standing.ended
    }


def test_tasks_know_every_kind_of_stage():
    kinds = {kind.model_fields["kind"].default for kind in get_args(get_args(Stage)[0])}
    assert set(TASKS) == kinds
