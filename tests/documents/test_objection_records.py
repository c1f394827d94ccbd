"""异议处理记录: what an office files of an objection, open or settled."""

import io
from dataclasses import replace
from datetime import date

import pytest
from docx import Document

from documents.objection_records import ObjectionRecord, Signed, Taken, objection_record

LODGED = ObjectionRecord(
    award="泸州市首席技师",
    edition="2019年",
    stage="公示",
    objection=7,
    nomination="luzhou-0001",
    nominee="陈立秋",
    unit="泸州某机械厂",
    raised_as="个人（实名）",
    objector="李**",
    lodged=date(2019, 8, 21),
    taken_by="王管理",
    grounds="业绩归属有争议",
)

SETTLED = replace(
    LODGED,
    evidence=("合同.pdf", "工友证言"),
    judged=Signed("予以受理", "王管理", date(2019, 8, 22), "署名、有事实"),
    handler="张核查",
    due=date(2019, 9, 4),
    found=Signed("已调取合同", "张核查", date(2019, 8, 28)),
    settled=Signed("不成立", "王管理", date(2019, 9, 2)),
    answer="反映的情况不属实",
    clause="四、（五）",
    taken=Taken(12, 8),
)


def told(of: ObjectionRecord) -> dict[str, str]:
    """What stands beside each label; of lines in one cell one text."""
    (table,) = Document(io.BytesIO(objection_record(of))).tables
    found: dict[str, str] = {}
    for row in table.rows:
        cells = list(dict.fromkeys(row.cells))
        for label, value in zip(cells[::2], cells[1::2], strict=True):
            found[label.text] = value.text
    return found


def test_settled_objection_is_told_from_the_letter_to_its_end():
    assert told(SETTLED) == {
        "评选项目": "2019年泸州市首席技师",
        "公示环节": "公示",
        "申报编号": "luzhou-0001",
        "被异议人": "陈立秋",
        "所在单位": "泸州某机械厂",
        "异议人": "李**",
        "提出方式": "个人（实名）",
        "登记日期": "2019年8月21日",
        "登记人": "王管理",
        "异议内容": "业绩归属有争议",
        "证据材料": "1．合同.pdf\n2．工友证言",
        "受理意见": "予以受理\n理由：署名、有事实\n王管理　2019年8月22日",
        "承办人": "张核查",
        "核查期限": "2019年9月4日",
        "核查情况": "已调取合同\n张核查　2019年8月28日",
        "处理结果": "不成立",
        "依据条款": "四、（五）",
        "处理结论": "反映的情况不属实\n王管理　2019年9月2日",
        "办理用时": "自登记至办结12天（8个工作日）",
        "审签": "\n承办人（签字）：　　　　　　　负责人（签字）：\n（盖章）　　　　　　年　　月　　日",
    }


def test_open_objection_says_what_has_not_come_yet():
    found = told(LODGED)
    names = ("证据材料", "受理意见", "承办人", "核查期限", "核查情况", "处理结果", "处理结论", "办理用时")
    assert {name: found[name] for name in names} == {
        "证据材料": "无",
        "受理意见": "尚未作出是否受理的决定",
        "承办人": "—",
        "核查期限": "—",
        "核查情况": "尚未登记核查情况",
        "处理结果": "尚未办结",
        "处理结论": "",
        "办理用时": "—",
    }


def test_what_is_no_objection_says_what_it_is():
    of = replace(LODGED, judged=Signed("不予受理", "王管理", date(2019, 8, 22), "属于看法"), scope="对名次的看法")
    assert told(of)["受理意见"] == "不予受理：属于对名次的看法，不作为异议\n理由：属于看法\n王管理　2019年8月22日"


@pytest.mark.parametrize(
    ("taken", "words"),
    [
        (Taken(0, 0), "登记当日办结"),
        (Taken(3, None), "自登记至办结3天"),
        (Taken(20, 14, late=True), "自登记至办结20天（14个工作日），超过核查期限"),
    ],
)
def test_how_long_it_took_is_told_in_days_and_whether_it_was_late(taken, words):
    assert told(replace(SETTLED, taken=taken))["办理用时"] == words


def test_same_record_gives_the_same_bytes():
    assert objection_record(SETTLED) == objection_record(SETTLED)
