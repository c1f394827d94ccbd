"""What whoever holds a nomination is asked to do, by the kind of stage where it stands."""

from programs import Program
from programs.reminding import Actor
from programs.stages import Publicity, Recommendation, Screening, Stage, Tenure
from states.standings import tiers_on

TASKS = {
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
    ("screening", "correction"): "按退回意见补正材料后重新报送",
    ("decision", "reserve"): "有人退出时按次序递补",
    ("publicity", "running"): "受理公示期间的异议",
    ("publicity", "objected"): "核查异议并作出处理",
    ("tenure", "rectification"): "完成整改并报送整改情况",
}


def task_at(program: Program, standing: str) -> str | None:
    """Return what there is to do at a standing, such as `screening.correction`; None where a case has ended."""
    stage_id, _, place = standing.partition(".")
    stage: Stage | None = next((stage for stage in program.held_stages if stage.id == stage_id), None)
    if stage is None:
        return None
    if isinstance(stage, Recommendation):
        return _task_at_tier(program, stage, standing)
    return _TASKS_WITHIN.get((stage.kind, place), TASKS[stage.kind])


def actor_at(program: Program, standing: str) -> Actor:
    """Return the part of whoever must act at a standing."""
    stage_id, _, place = standing.partition(".")
    match program.stage(stage_id):
        case Recommendation():
            return Actor.NOMINATOR
        case Screening() if place == "correction":
            return Actor.NOMINATOR
        case Publicity() if place == "objected":
            return Actor.OBJECTIONS
        case Tenure():
            return Actor.TENURE
        case _:
            return Actor.OFFICE


def _task_at_tier(program: Program, stage: Recommendation, standing: str) -> str:
    """The first tier on a path draws the nomination up, the last takes it in; those between pass it on."""
    chains = [[tier.key for tier in tiers_on(stage, path)] for path in program.paths() if stage.concerns(*path)]
    if any(chain[:1] == [standing] for chain in chains):
        return "填报并核对申报材料，按期提交"
    if any(chain[-1:] == [standing] for chain in chains):
        return "核收申报材料，作出受理或退回的决定"
    return TASKS[stage.kind]
