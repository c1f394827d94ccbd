"""Trying templates out: each is filled with a made-up example, so that a mistake shows before it is needed."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from functools import partial
from pathlib import Path
from typing import Final

from documents.certificates import Certificate, Series, certificates
from documents.errors import DocumentError
from documents.filling import Templates
from documents.forms import Blank, Filled, form
from documents.minutes import Meeting, Minutes, Polling, minutes
from documents.notices import (
    AwardDocument,
    Conferment,
    Honoree,
    PublicityNotice,
    award_document,
    publicity_notice,
    replacement_notice,
)
from documents.objection_records import ObjectionRecord, Signed, Taken, objection_record
from programs import Words
from programs.counting import Unit
from programs.forms import Box, Boxes, Content, Datum, Entry, Grid, Opinion, Opinions, Rows
from programs.materials import Material
from programs.model import NomineeKind

_DAY: Final = date(2026, 9, 1)
_ISSUERS: Final = ("某市人力资源和社会保障局", "某市财政局")
_BASIS: Final = "《关于评选某市工匠的通知》（某人社发〔2026〕12号）"

_CONFERMENT: Final = Conferment(
    award="某市工匠",
    edition="2026年",
    issuers=_ISSUERS,
    basis=_BASIS,
    nominee=NomineeKind.PERSON,
    honorees=(Honoree("张三", "某厂", "一等奖"), Honoree("李四", "某公司", "二等奖")),
    dated=_DAY,
    by_strokes=True,
)

_CONTENT: Final = Content(
    cover=(Entry(label="姓名", of=Datum.NAME),),
    parts=(
        Grid(entries=tuple(Entry(label=f"第{place}栏") for place in range(12)), photo=True, title="基本情况"),
        *(Rows(columns=tuple(f"第{place}栏" for place in range(count)), blank=1) for count in range(2, 9)),
        Boxes(boxes=(Box(label="主要事迹", hint="1000字以内"),)),
        Opinions(opinions=(Opinion(label="单位意见", tier="unit"),)),
    ),
    remarks=("如实填写。",),
)


def _form(template: Path) -> bytes:
    material = Material(id="form", name="《某市工匠申报表》", clause="一", sheet="A4", duplex=True, content=_CONTENT)
    blank = Blank(material, _CONTENT, "某市人力资源和社会保障局", {"unit": ("是否属实",)})
    return form(blank, Filled({Datum.NAME: "张三"}), template)


def _certificates(template: Path) -> bytes:
    series = Series("2026年", NomineeKind.PERSON, _ISSUERS, "https://linxuan.example.cn")
    one = Certificate("20260001", "0" * 16, "荣誉证书", "张三", "某厂", "某市工匠", _DAY, date(2029, 8, 31))
    return certificates(series, [one], template)


def _minutes(template: Path) -> bytes:
    of = Minutes(
        "某市工匠",
        "2026年",
        "评审确定",
        "某市工匠评审委员会",
        _BASIS,
        NomineeKind.PERSON,
        (_DAY, _DAY),
        {"拟授予“某市工匠”": ("张三",), "不予通过": ("李四",)},
        Meeting("会议室", "某主任", "某干事", ("甲", "乙"), ("丙",), ("评审",)),
        (Polling("第 1 轮（无记名投票）。", ("张三：赞成 2 票，反对 0 票，弃权 0 票，通过",), "无效。"),),
    )
    return minutes(of, template)


def _award(template: Path) -> bytes:
    copies = ("某市总工会",)
    document = AwardDocument(_CONFERMENT, "某人社发〔2026〕12号", "各有关单位", "公开发布", copies, "某办公室")
    return award_document(document, template)


_PUBLIC: Final = PublicityNotice(_CONFERMENT, 5, Unit.WORKING, _DAY, date(2026, 9, 7), "某办公室", date(2026, 9, 9))


def _replacement(template: Path) -> bytes:
    reserve = Honoree("王五", "某厂", "二等奖", "李四")
    return replacement_notice(replace(_PUBLIC, conferment=replace(_CONFERMENT, honorees=(reserve,))), template)


def _objection(template: Path) -> bytes:
    of = ObjectionRecord(
        award="某市工匠",
        edition="2026年",
        stage="公示",
        objection=3,
        nomination="2026-0001",
        nominee="张三",
        unit="某厂",
        raised_as="单位（盖章）",
        objector="某公司",
        lodged=date(2026, 9, 2),
        taken_by="甲",
        grounds="业绩归属有争议。",
        evidence=("合同.pdf",),
        judged=Signed("不予受理", "乙", date(2026, 9, 3), "与名次有关"),
        scope="对名次的看法",
        handler="丙",
        due=date(2026, 9, 16),
        found=Signed("走访核实。", "丙", date(2026, 9, 8)),
        settled=Signed("不成立", "乙", date(2026, 9, 9)),
        answer="经核查，反映的情况不属实。",
        clause="四、（五）",
        taken=Taken(7, 5),
    )
    return objection_record(of, template)


_SAMPLES: Final[Mapping[str, Callable[[Path], bytes]]] = {
    "award-document.docx": _award,
    "certificate.docx": _certificates,
    "minutes.docx": _minutes,
    "nominee-form.docx": _form,
    "objection-record.docx": _objection,
    "publicity-notice.docx": partial(publicity_notice, _PUBLIC),
    "replacement-notice.docx": _replacement,
}


def check(templates: Templates) -> dict[str, Words | None]:
    """Fill every template with an example; return what is wrong with each, none where nothing is.

    Raises `DocumentError` where the folder of templates is none.
    """
    found: dict[str, Words | None] = {}
    for name, sample in _SAMPLES.items():
        path = templates.path(name)
        try:
            sample(path)
            found[name] = None
        except DocumentError as error:
            found[name] = error.words
    return found
