"""The documents that the public reads: the lists made public (公示, 递补公示) and the award itself (发文).

They are filled into Word templates that offices may change; `templates/README.md` tells them how. What the public
reads carries no identity number, no phone and no account of anybody: text that looks like one is refused.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final

from documents.errors import DocumentError
from documents.filling import SHIPPED, fill
from programs import Words
from programs.counting import Unit
from programs.model import NomineeKind

#: Kind of nominee → how they are counted, called before and after the award, and the headings of their list.
CALLED: Final = {
    NomineeKind.PERSON: ("名同志", "候选人", "人员", "姓名", "工作单位"),
    NomineeKind.UNIT: ("个单位", "候选单位", "单位", "单位名称", "所属地区或部门"),
    NomineeKind.STUDIO: ("个工作室", "候选工作室", "工作室", "工作室名称", "依托单位"),
    NomineeKind.TEAM: ("个团队", "候选团队", "团队", "团队名称", "所在单位"),
}
_UNITS: Final = {Unit.WORKING: "个工作日", Unit.CALENDAR: "天"}

#: 发文机关代字〔年份〕序号号, the number without zeros in front.
_NUMBER: Final = re.compile(r"[\u4e00-\u9fff]+〔(19|20)\d\d〕[1-9]\d*号")

#: Seven digits or more in a row, however they are spaced: the shortest phone number, and all that is longer.
_PERSONAL: Final = re.compile(r"\d(?:[\s\-－—·]?\d){6,}[Xx]?")


@dataclass(frozen=True, slots=True)
class Honoree:
    """One line of a list: who, where they work, and the grade of the award (its name, where it has no grades).

    `replaces` is whose place a reserve takes. It is there for offices that name them; the shipped template does not.
    """

    name: str
    employer: str
    grade: str
    replaces: str = ""


@dataclass(frozen=True, slots=True)
class Conferment:
    """What both documents say: which award, by whom, for whom, on what basis, and the date that stands under it.

    `award` and `edition` are the program's (`edition` as in 2019年). `basis` is the notice's title with its number, in
    book-title marks. The first issuer leads. The honorees stand as the document lists them; `by_strokes` says that this
    is the order of their names' strokes.
    """

    award: str
    edition: str
    issuers: tuple[str, ...]
    basis: str
    nominee: NomineeKind
    honorees: tuple[Honoree, ...]
    dated: date
    by_strokes: bool = False


@dataclass(frozen=True, slots=True)
class PublicityNotice:
    """A list made public from `first_day` to the end of `last_day`; `reception` is the office that hears objections.

    `days` is the length that the program asks for, `at_least` that this list lasts longer. Objections are heard to the
    end of `objections_last`, where that is later than the last day. A provisional one rests on a holiday schedule that
    is not published yet, and says so.
    """

    conferment: Conferment
    days: int
    unit: Unit
    first_day: date
    last_day: date
    reception: str
    objections_last: date | None = None
    at_least: bool = False
    provisional: bool = False


@dataclass(frozen=True, slots=True)
class AwardDocument:
    """The document that confers the award: its number, and whom it is addressed to.

    `disclosure` is its class, such as 公开发布; `copies` are who is sent a copy; `printer` is who had it printed, which
    stands below it on the last page.
    """

    conferment: Conferment
    number: str
    addressees: str
    disclosure: str = ""
    copies: tuple[str, ...] = ()
    printer: str = ""


def publicity_notice(notice: PublicityNotice, template: Path | None = None) -> bytes:
    """Return the notice as a `.docx`, from the office's own template or the shipped one.

    Raises `DocumentError` for an empty list, for personal numbers, and for a template that cannot be filled.
    """
    return fill(template or SHIPPED / "publicity-notice.docx", _public(notice))


def replacement_notice(notice: PublicityNotice, template: Path | None = None) -> bytes:
    """Return the notice of those who take vacated places from the reserves as a `.docx`; raises as above."""
    return fill(template or SHIPPED / "replacement-notice.docx", _public(notice))


def _public(notice: PublicityNotice) -> dict[str, object]:
    later = notice.objections_last if notice.objections_last and notice.objections_last > notice.last_day else None
    return _common(notice.conferment) | {
        "days": f"{'不少于' if notice.at_least else ''}{notice.days}{_UNITS[notice.unit]}",
        "objections_last": in_words(later) if later else "",
        "first_day": in_words(notice.first_day),
        "last_day": in_words(notice.last_day),
        "reception": notice.reception,
        "provisional": notice.provisional,
    }


def award_document(document: AwardDocument, template: Path | None = None) -> bytes:
    """Return the document as a `.docx`, from the office's own template or the shipped one.

    Raises `DocumentError` as `publicity_notice` does, and for a document number that is not in the standard's form.
    """
    require_document_number(document.number)
    return fill(
        template or SHIPPED / "award-document.docx",
        _common(document.conferment)
        | {
            "number": document.number,
            "addressees": document.addressees,
            "disclosure": document.disclosure,
            "copies": "，".join(document.copies),
            "printer": document.printer,
        },
    )


def require_document_number(number: str) -> None:
    """Raise `DocumentError` unless the number reads like 泸市人社发〔2019〕94号."""
    if not _NUMBER.fullmatch(number):
        raise DocumentError(
            Words(
                "发文字号“{number}”不合规范；应为机关代字、六角括号内的四位年份和不编虚位的序号，如“泸市人社发〔2019〕94号”",
                "the document number “{number}” is not in form; write the office's code, the year of four digits in "
                "〔〕 and the number without leading zeros, such as 泸市人社发〔2019〕94号",
            ).format(number=number)
        )


def _common(conferment: Conferment) -> dict[str, object]:
    if not conferment.honorees:
        raise DocumentError(
            Words("名单是空的，没有可以公布的人选", "the list is empty: there is nobody to name in the document")
        )
    for honoree in conferment.honorees:
        require_public(honoree.name, (honoree.name, honoree.employer, honoree.grade, honoree.replaces))
    measure, candidates, honored, name_heading, employer_heading = CALLED[conferment.nominee]
    return {
        "award": conferment.award,
        "edition": conferment.edition,
        "issuers": list(conferment.issuers),
        "lead_issuer": conferment.issuers[0],
        "basis": conferment.basis,
        "dated": in_words(conferment.dated),
        "count": len(conferment.honorees),
        "measure": measure,
        "candidates": candidates,
        "honored": honored,
        "name_heading": name_heading,
        "employer_heading": employer_heading,
        "by_strokes": f"按{name_heading if name_heading != '姓名' else '姓氏'}笔画为序"
        if conferment.by_strokes
        else "",
        "breakdown": _breakdown(conferment.honorees, measure),
        "honorees": [
            {
                "name": honoree.name,
                "employer": honoree.employer,
                "grade": honoree.grade,
                "replaces": honoree.replaces,
            }
            for honoree in conferment.honorees
        ],
    }


def require_public(name: str, texts: Iterable[str]) -> None:
    """Raise `DocumentError` where a text of somebody's line holds digits that look personal."""
    for words in texts:
        if _PERSONAL.search(words):
            raise DocumentError(
                Words(
                    "“{name}”一行含有像证件号、电话或账号的数字，公开文件不得载明；请先删去",
                    "the line of “{name}” holds digits that look like an identity number, a phone or an account; "
                    "a public document must not carry them, remove them first",
                ).format(name=_PERSONAL.sub("…", name))
            )


def without_numbers(text: str) -> str:
    """Return a text for the public's pages, with what looks like a personal number left out."""
    return _PERSONAL.sub("…", text)


def _breakdown(honorees: tuple[Honoree, ...], measure: str) -> str:
    """Say how many there are of each grade, in the list's order; nothing where there is one grade only."""
    grades = list(dict.fromkeys(honoree.grade for honoree in honorees))
    if len(grades) == 1:
        return ""
    counts = [sum(honoree.grade == grade for honoree in honorees) for grade in grades]
    parts = "、".join(f"{grade}{count}{measure}" for grade, count in zip(grades, counts, strict=True))
    return f"（其中{parts}）"


def in_words(day: date) -> str:
    """Write a day as official documents do."""
    return f"{day.year}年{day.month}月{day.day}日"
