"""The registry of honorees: who is in it, how they are found, and what an export may hold."""

import io
from datetime import datetime

import pytest
from python_calamine import CalamineWorkbook

from deadlines.zone import SHANGHAI
from operations.certify import Validity, number_certificates
from operations.registry import Wanted, export, search, show
from operations.results import UnknownError
from states import Move
from tests.operations.office import STUDIO, Office, why


@pytest.fixture
def honored(luzhou) -> tuple[Office, list[str]]:
    numbers = [
        luzhou.nominate("publicity", nominee=name, unit=unit, nominator="江阳区")
        for name, unit in (("陈立秋", "泸州某酒厂"), ("陈丁", "泸州某机械厂"), ("王芳", "泸州某机械厂"))
    ]
    luzhou.move(luzhou.nominate("publicity", nominee="陈未发"), Move.WITHDRAW)
    for number in numbers:
        luzhou.bring(number, "issuance")
    luzhou.now = datetime(2019, 9, 2, 9, tzinfo=SHANGHAI)
    luzhou.issue("泸市人社发〔2019〕101号")
    luzhou.move(numbers[2], Move.REVOKE, "违法违纪")
    return luzhou, numbers


def names(office: Office, **wanted) -> list[str]:
    return [one.name for one in search(office.desk, Wanted(**wanted), office.now)]


SEARCHES = [
    ({}, ["陈立秋", "陈丁", "王芳"]),
    ({"name": "陈"}, ["陈立秋", "陈丁"]),
    ({"name": "%"}, []),
    ({"unit": "机械", "validity": Validity.VALID}, ["陈丁"]),
    ({"validity": Validity.REVOKED}, ["王芳"]),
    ({"validity": Validity.EXPIRED}, []),
    ({"nominator": "江阳"}, ["陈立秋", "陈丁", "王芳"]),
    ({"award": "首席", "edition": "2019"}, ["陈立秋", "陈丁", "王芳"]),
    ({"edition": "2020"}, []),
    ({"category": "技能类"}, []),
]


def test_registry_is_searched_by_what_is_known(honored):
    office, _ = honored
    for wanted, expected in SEARCHES:
        assert names(office, **wanted) == expected, wanted
        assert names(office, program=office.id, **wanted) == expected, wanted


def test_registry_holds_every_program_and_the_newest_first(honored, office_of):
    office, _ = honored
    studio = office_of(STUDIO)
    studio.nominate("tenure", nominee="某工作室")
    assert names(office)[0] == "某工作室"
    assert names(office, program=STUDIO) == ["某工作室"]


def test_registry_shows_award_document_term_and_certificate(honored):
    office, numbers = honored
    number_certificates(office.desk, office.id, office.act())
    (one,) = show(office.desk, numbers[0], office.now)
    assert (one.award, one.document, one.dated.isoformat(), one.last_day.isoformat(), one.certificate) == (
        *("泸州市首席技师", "泸市人社发〔2019〕101号", "2019-09-02", "2022-09-01", "20190001"),
    )
    assert show(office.desk, numbers[2], office.now)[0].certificate is None


def test_registry_shows_nobody_who_was_not_honored(honored):
    office, _ = honored
    waiting = f"{office.id}-0004"
    for number, words in ((waiting, "没有获得称号，不在人才库中"), ("nobody", "没有编号为 nobody 的申报")):
        with pytest.raises(UnknownError) as caught:
            show(office.desk, number, office.now)
        assert words in caught.value.words.zh


def rows(content: object) -> list[list[str]]:
    assert isinstance(content, bytes)
    return [
        list(map(str, row))
        for row in CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0).to_python()
    ]


def test_export_holds_no_identity_number_unless_it_is_asked_for_with_a_reason(honored):
    office, numbers = honored
    plain = rows(export(office.desk, Wanted(), office.act()))
    assert plain[1] == [
        *("序号", "姓名/名称", "工作单位", "推荐单位", "称号", "届次", "类别", "发文字号", "授予日期", "聘期至"),
        *("状态", "证书编号"),
    ]
    before = len(office.events())
    assert why(export(office.desk, Wanted(), office.act(), identity=True)) == [("reason-stated", None)]
    assert len(office.events()) == before
    full = rows(export(office.desk, Wanted(), office.act("制作人才卡"), identity=True))
    assert full[1][2] == "身份证号码"
    assert [len(row[2]) for row in full[2:]] == [18, 18, 18]
    seen = [event for event in office.events()[before:] if event["kind"] == "details.seen"]
    assert [(event["nomination"], event["reason"]) for event in seen] == [(number, "制作人才卡") for number in numbers]
