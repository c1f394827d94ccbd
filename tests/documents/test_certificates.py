"""Certificates: a page each, numbered, with a QR code that leads to its own verification."""

import io
from datetime import date

import pytest
import segno
from docx import Document

from documents.certificates import Certificate, Series, certificates, shown_code, verification_address
from documents.errors import DocumentError
from documents.filling import Picture
from documents.minutes import Meeting, Minutes, minutes
from programs.model import NomineeKind

SERIES = Series("2022年", NomineeKind.PERSON, ("某市人社局", "某市财政局"), "https://linxuan.example.cn/")
ONE = Certificate(
    "20220001", "ABCD0123EFGH4567", "荣誉证书", "陈立秋", "某厂", "首席技师", date(2022, 9, 2), date(2025, 9, 1)
)
TWO = Certificate("20220002", "ABCD0123EFGH4568", "荣誉证书", "丁一", "某公司", "“最美巴渝工匠”提名", date(2022, 9, 2))


def lines(content: bytes) -> list[str]:
    return [paragraph.text for paragraph in Document(io.BytesIO(content)).paragraphs if paragraph.text]


def foot(content: bytes, page: int) -> list[str]:
    return list(dict.fromkeys(cell.text for cell in Document(io.BytesIO(content)).tables[page].rows[0].cells))


def test_certificates_name_holder_honor_and_term():
    assert lines(certificates(SERIES, [ONE, TWO])) == [
        "荣誉证书",
        "陈立秋同志：",
        "　　经评选，授予您2022年“首席技师”称号，特颁此证。",
        "　　聘期：2022年9月2日至2025年9月1日。",
        "（工作单位：某厂）",
        "荣誉证书",
        "丁一同志：",
        "　　经评选，授予您2022年“最美巴渝工匠”提名称号，特颁此证。",
        "（工作单位：某公司）",
    ]


def test_certificate_bears_number_code_issuers_and_date():
    assert foot(certificates(SERIES, [ONE]), 0) == [
        "\n编号：20220001\n扫码核验　核验码：ABCD-0123-EFGH-4567",
        "某市人社局\n某市财政局\n2022年9月2日",
    ]


def test_each_certificate_has_a_picture_of_its_own_address(monkeypatch):
    drawn: list[str] = []
    monkeypatch.setattr("documents.certificates.qr_code", lambda text: drawn.append(text) or _qr(text))
    content = certificates(SERIES, [ONE, TWO])
    assert drawn == [f"https://linxuan.example.cn/verify/{code}" for code in (ONE.code, TWO.code)]
    pictures = [
        part for part in Document(io.BytesIO(content)).part.package.iter_parts() if "image" in part.content_type
    ]
    assert sorted(part.blob for part in pictures) == sorted(_qr(text) for text in drawn)


def _qr(text: str) -> bytes:
    buffer = io.BytesIO()
    segno.make_qr(text, error="m").save(buffer, kind="png", scale=2, border=2)
    return buffer.getvalue()


def test_unit_and_studio_are_addressed_as_such():
    unit = Series("2022年", NomineeKind.UNIT, ("某市人社局",), SERIES.address)
    content = certificates(unit, [Certificate("1", ONE.code, "荣誉证书", "某厂", "某厂", "先进单位", date(2022, 9, 2))])
    assert lines(content) == ["荣誉证书", "某厂：", "　　经评选，授予你单位2022年“先进单位”称号，特颁此证。"]


@pytest.mark.parametrize("address", ["", "linxuan.example.cn", "ftp://a", "https://", "https://a b", "http://a/?x=1"])
def test_address_that_nobody_can_open_is_refused(address):
    with pytest.raises(DocumentError) as caught:
        certificates(Series("2022年", NomineeKind.PERSON, ("某局",), address), [ONE])
    assert caught.value.words.zh.startswith(f"核验网址“{address}”不对；请用 --address 或 LINXUAN_PUBLIC_URL")


def test_certificate_with_personal_digits_is_refused():
    personal = Certificate("1", ONE.code, "荣誉证书", "丁一", "某厂13800138000", "首席技师", date(2022, 9, 2))
    with pytest.raises(DocumentError):
        certificates(SERIES, [personal])


def test_no_certificates_are_none():
    with pytest.raises(DocumentError) as caught:
        certificates(SERIES, [])
    assert caught.value.words.zh.startswith("没有可打印的证书")


def test_codes_are_shown_in_fours_and_addresses_have_one_slash():
    assert shown_code("ABCD0123EFGH4567") == "ABCD-0123-EFGH-4567"
    assert verification_address("https://a.cn/x/", "AB") == verification_address("https://a.cn/x", "AB")
    assert verification_address("https://a.cn/x", "AB") == "https://a.cn/x/verify/AB"


def test_same_certificates_give_the_same_bytes():
    assert certificates(SERIES, [ONE, TWO]) == certificates(SERIES, [ONE, TWO])
    assert Picture(b"1", 2) == Picture(b"1", 2)


MINUTES = Minutes(
    "首席技师",
    "2022年",
    "评审确定",
    "评审委员会",
    "《某通知》",
    NomineeKind.PERSON,
    (date(2022, 8, 15), date(2022, 8, 16)),
    {"拟授予“首席技师”": ("陈立秋", "丁一"), "不予通过": ("王五",)},
)


def test_minutes_tell_who_met_and_what_was_decided():
    meeting = Meeting("三楼会议室", "甲", "乙", ("甲", "乙", "丙"), ("丁",), ("听取汇报", "投票"))
    told = lines(
        minutes(Minutes(**{**{name: getattr(MINUTES, name) for name in MINUTES.__slots__}, "meeting": meeting}))
    )
    assert told == [
        "2022年首席技师",
        "评审确定会议纪要",
        "时间：2022年8月15日至2022年8月16日",
        "地点：三楼会议室",
        "主持：甲",
        "参加：甲、乙、丙",
        "请假：丁",
        "记录：乙",
        "一、议程",
        "1．听取汇报",
        "2．投票",
        "二、议定事项",
        "会议依据《某通知》，对3名同志逐一评议，形成以下意见。",
        "1．拟授予“首席技师”（2名同志）：陈立秋、丁一。",
        "2．不予通过（1名同志）：王五。",
        "上述意见经参加会议人员核对无误。",
        "评审委员会",
        "2022年8月16日",
    ]


def test_minutes_leave_room_for_what_is_not_said():
    told = [line.rstrip("　 ") for line in lines(minutes(MINUTES))]
    assert [line for line in told if line in ("地点：", "主持：", "参加：", "记录：")] == [
        "地点：",
        "主持：",
        "参加：",
        "记录：",
    ]
    assert not any(line.startswith("请假") for line in told)


def test_minutes_of_nothing_are_refused():
    with pytest.raises(DocumentError):
        minutes(Minutes(**{**{name: getattr(MINUTES, name) for name in MINUTES.__slots__}, "groups": {}}))
