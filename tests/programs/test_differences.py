"""What differs between two versions of a program, in words."""

from typing import get_args

import pytest
from pydantic import BaseModel

from programs import Program, load_program, shipped_programs
from programs.differences import differences
from programs.labels import FIELDS, PARTS
from tests.operations.amending import CONSULTATION, CREDIT, change, drop, edited, insert, swap, until

LUZHOU = "luzhou-chief-technician-2019"

FORMERLY = "组织推荐 → 资格审查 → 专家评议 → 评审确定 → 公示 → 发文公布 → 聘期管理"
NOW = "组织推荐 → 专家评议 → 资格审查 → 评审确定 → 公示 → 发文公布 → 聘期管理"

#: What was changed → the place, the clause behind it, and what is said, in both languages.
TOLD = [
    (change("seats", "chief-technician", count=12), [
        ("seats.chief-technician.count", "一、（二）",
         "奖项“泸州市首席技师”·数量：由“10”改为“12”", "grade “泸州市首席技师”, count: “10” becomes “12”"),
    ]),
    (until("2019年8月15日"), [
        ("stages.recommendation.tiers.office.deadline.phrase", "三、（八）",
         "环节“组织推荐”·层级“市级受理”·期限·通知原文：由“2019年7月30日”改为“2019年8月15日”",
         "stage “组织推荐”, tier “市级受理”, deadline, phrase: “2019年7月30日” becomes “2019年8月15日”"),
    ]),
    (insert("stages", CONSULTATION, before="review"), [
        ("stages.consultation", "补二",
         "新增环节“征求意见”（参加部门 公安局）", "stage “征求意见” is new (bodies 公安局)"),
    ]),
    (drop("stages", "review"), [
        ("stages.review", "四、（三）", "取消环节“专家评议”", "stage “专家评议” is taken out"),
    ]),
    (swap("stages", "screening", "review"), [
        ("stages", None,
         f"环节的顺序：由“{FORMERLY}”改为“{NOW}”", f"the order of stage: “{FORMERLY}” becomes “{NOW}”"),
    ]),
    (insert("materials", CREDIT), [
        ("materials.credit", "补三", "新增材料“信用报告”（介质 纸质）", "material “信用报告” is new (media paper)"),
    ]),
    (change("rules", "trainees", at_least=8), [
        ("rules.trainees.at_least", "二、（五）",
         "条件“每年为本单位培养5名以上青年高技能人才”·至少：由“5”改为“8”",
         "rule “每年为本单位培养5名以上青年高技能人才”, at least: “5” becomes “8”"),
    ]),
    (change("stages", "publicity", period={"days": 7}), [
        ("stages.publicity.period.days", "四、（五）",
         "环节“公示”·公示期·天数：由“5”改为“7”", "stage “公示”, period, days: “5” becomes “7”"),
    ]),
    (change("stages", "tenure", years=None), [
        ("stages.tenure.years", "五、（一）；六；七",
         "环节“聘期管理”·聘期年数：由“3”改为“无”", "stage “聘期管理”, years: “3” becomes “nothing”"),
    ]),
    (lambda document: document.update(title="补充通知{0}"), [
        ("title", None, "通知标题：由“关于做好泸州市首席技师评审推荐工作的通知”改为“补充通知{0}”",
         "title: “关于做好泸州市首席技师评审推荐工作的通知” becomes “补充通知{0}”"),
    ]),
]  # fmt: skip


@pytest.fixture(scope="module")
def luzhou() -> Program:
    return load_program(LUZHOU)


@pytest.mark.parametrize(("edit", "told"), TOLD, ids=[told[0][0] for _, told in TOLD])
def test_amendment_is_told_by_place_clause_and_words(luzhou, edit, told):
    found = differences(luzhou, edited(luzhou, edit))
    assert [(one.place, one.clause, *one.words) for one in found] == told


@pytest.mark.parametrize("program_id", shipped_programs())
def test_program_does_not_differ_from_itself_read_again(program_id):
    program = load_program(program_id)
    assert differences(program, Program.model_validate(program.model_dump(mode="json"))) == ()


def test_part_of_another_kind_under_the_same_id_is_another_part(luzhou):
    attestation = {"id": "trainees", "kind": "attestation", "name": "培养技能人才", "clause": "补一"}
    other = edited(luzhou, drop("rules", "trainees"), insert("rules", attestation))
    assert [one.words.en for one in differences(luzhou, other)] == [
        "rule “每年为本单位培养5名以上青年高技能人才” is taken out",
        "rule “培养技能人才” is new",
    ]


def _fields(model: type[BaseModel], seen: set[type]) -> set[str]:
    """Every field of a model and of the parts it is made of."""
    if model in seen:
        return set()
    seen.add(model)
    found = set(model.model_fields)
    waiting = [field.annotation for field in model.model_fields.values()]
    while waiting:
        one = waiting.pop()
        waiting += get_args(one)
        if isinstance(one, type) and issubclass(one, BaseModel):
            found |= _fields(one, seen)
    return found


def test_every_field_of_a_program_is_called_something_and_nothing_else_is():
    assert _fields(Program, set()) - {"id"} == FIELDS.keys() | PARTS.keys()
    assert all(words for label in (*FIELDS.values(), *PARTS.values()) for words in label)
