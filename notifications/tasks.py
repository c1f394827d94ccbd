"""What whoever holds a nomination is asked to do, by the kind of stage where it stands."""

from programs import Program
from programs.stages import Stage

_TASKS = {
    "recommendation": "审核材料，签署意见后推荐上报",
    "screening": "进行资格审查，作出受理、退回补正或不予通过的决定",
    "consultation": "研究并回复意见",
    "vote": "汇总并报送投票结果",
    "review": "完成评议，报送评议意见",
    "decision": "评审确定人选",
    "approval": "审批",
    "publicity": "发布公示",
    "issuance": "办理发文",
    "promotion": "开展宣传并登记",
    "tenure": "组织考核并登记结果",
}

_TASKS_WITHIN = {
    "correction": "按退回意见补正材料后重新报送",
    "running": "受理公示期间的异议",
    "objected": "核查异议并作出处理",
    "rectification": "完成整改并报送整改情况",
}


def task_at(program: Program, standing: str) -> str | None:
    """Return what there is to do at a standing, such as `screening.correction`; None where a case has ended."""
    stage_id, _, place = standing.partition(".")
    stage: Stage | None = next((stage for stage in program.held_stages if stage.id == stage_id), None)
    if stage is None:
        return None
    if stage.kind == "recommendation" and place == stage.tiers[0].id:
        return "填报并核对申报材料，按期提交"
    return _TASKS_WITHIN.get(place, _TASKS[stage.kind])
