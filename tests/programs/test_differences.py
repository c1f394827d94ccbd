"""What differs between two versions of a program, in words."""

from typing import get_args

import pytest
from pydantic import BaseModel

from programs import Program, load_program, shipped_programs
from programs.differences import differences
from programs.labels import FIELDS, PARTS, WITHIN
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


GRID = {"kind": "grid", "entries": [{"label": "姓名", "of": "name"}, {"label": "单位", "of": "unit"}]}
DEEDS, NOTES = ({"kind": "boxes", "boxes": [{"label": label}]} for label in ("主要事迹", "备注"))
FORM = "材料“信用报告”·表格内容·"


@pytest.mark.parametrize(
    ("parts", "told"),
    [
        ([GRID, DEEDS, NOTES], []),
        ([GRID | {"entries": GRID["entries"][:1]}, DEEDS, NOTES], [f"取消{FORM}部分“grid”·填写栏“单位”"]),
        ([GRID, DEEDS, {"kind": "boxes", "boxes": [{"label": "备注", "lines": 3}]}],
         [f"{FORM}部分“boxes”·填写框“备注”·行数：由“6”改为“3”"]),
        ([GRID, DEEDS], [f"取消{FORM}部分“boxes”"]),
        ([GRID, DEEDS, NOTES, {"kind": "rows", "title": "获奖", "columns": ["时间", "奖项"]}],
         [f"新增{FORM}部分“获奖”（栏目 时间、奖项）"]),
    ],
)  # fmt: skip
def test_parts_without_ids_are_told_by_what_they_are_called(luzhou, parts, told):
    before, after = (
        edited(luzhou, insert("materials", CREDIT | {"content": {"parts": some}}))
        for some in ([GRID, DEEDS, NOTES], parts)
    )
    assert [one.words.zh for one in differences(before, after)] == told


def test_field_that_means_something_else_in_one_part_is_called_so_there(luzhou):
    panel = {"clause": "四", "size": 3, "at_least": 1}
    before = edited(luzhou, change("stages", "review", panel=panel))
    after = edited(luzhou, change("stages", "review", panel=panel | {"at_least": 2, "per_nominee": 3}))
    assert [one.words.zh for one in differences(before, after)] == [
        "环节“专家评议”·专家组·每件专家人数：由“无”改为“3”",
        "环节“专家评议”·专家组·每人最少件数：由“1”改为“2”",
    ]


def _models(model: type[BaseModel]) -> set[type[BaseModel]]:
    """Every kind of part of a program, the whole among them."""
    found: set[type[BaseModel]] = set()
    waiting = [model]
    while waiting:
        one = waiting.pop()
        if isinstance(one, type) and issubclass(one, BaseModel) and one not in found:
            found.add(one)
            waiting += [field.annotation for field in one.model_fields.values()]
        waiting += get_args(one)
    return found


def test_every_name_for_one_part_only_is_of_a_field_that_it_has():
    known = {(model.__name__, field) for model in _models(Program) for field in model.model_fields}
    assert set(WITHIN) - known == set()


def test_every_field_of_a_program_is_called_something_and_nothing_else_is():
    fields = {name for model in _models(Program) for name in model.model_fields}
    assert fields - {"id"} == FIELDS.keys() | PARTS.keys()
    assert all(words for label in (*FIELDS.values(), *PARTS.values()) for words in label)
