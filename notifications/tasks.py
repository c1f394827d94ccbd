"""What whoever holds a nomination is asked to do, by the kind of stage where it stands."""

from programs import Program, Words
from programs.reminding import Actor
from programs.stages import Publicity, Recommendation, Screening, Stage, Tenure
from states.standings import tiers_on

TASKS = {
    "recommendation": Words("审核材料，签署意见后推荐上报", "check the materials, give an opinion and pass them on"),
    "screening": Words(
        "进行资格审查，作出受理、退回补正或不予通过的决定", "screen them: accept, return for correction, or reject"
    ),
    "consultation": Words("研究并回复意见", "give an opinion"),
    "vote": Words("汇总并报送投票结果", "gather the votes and hand them in"),
    "review": Words("完成评议，报送评议意见", "finish the review and report on it"),
    "decision": Words("评审确定人选", "decide who is chosen"),
    "approval": Words("审批", "approve"),
    "publicity": Words("发布公示", "publish the list"),
    "issuance": Words("办理发文", "issue the document"),
    "promotion": Words("开展宣传并登记", "make it known, and record that"),
    "tenure": Words("组织考核并登记结果", "hold the assessment and record its result"),
}

_TASKS_WITHIN = {
    ("screening", "correction"): Words(
        "按退回意见补正材料后重新报送", "correct what was returned and hand it in again"
    ),
    ("decision", "reserve"): Words("有人退出时按次序递补", "replace whoever withdraws, in order"),
    ("publicity", "running"): Words("受理公示期间的异议", "take objections"),
    ("publicity", "objected"): Words("核查异议并作出处理", "look into the objection and settle it"),
    ("tenure", "rectification"): Words("完成整改并报送整改情况", "make good what failed, and report on it"),
}

_DRAWN_UP = Words("填报并核对申报材料，按期提交", "complete and check the materials, and submit them in time")
_TAKEN_IN = Words("核收申报材料，作出受理或退回的决定", "take the materials in, or return them")


def task_at(program: Program, standing: str) -> Words | None:
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


def _task_at_tier(program: Program, stage: Recommendation, standing: str) -> Words:
    """The first tier on a path draws the nomination up, the last takes it in; those between pass it on."""
    chains = [[tier.key for tier in tiers_on(stage, path)] for path in program.paths() if stage.concerns(*path)]
    if any(chain[:1] == [standing] for chain in chains):
        return _DRAWN_UP
    if any(chain[-1:] == [standing] for chain in chains):
        return _TAKEN_IN
    return TASKS[stage.kind]
