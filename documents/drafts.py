"""The templates that ship with the product, drawn up from GB/T 9704-2012.

`python -m documents.drafts` writes them into `documents/templates/`. Offices change their own copies in Word; nothing
here needs to be changed for that.
"""

from typing import Final

from documents.blanks import certificate, minutes, nominee_form, objection_record
from documents.filling import SHIPPED
from documents.layout import (
    ADDRESSEES,
    ANNEX,
    BODY,
    CELL,
    CENTERED,
    CLOSING,
    DATE,
    MARK,
    NORMAL,
    NOTE,
    NUMBER,
    SIGNATURE,
    TITLE,
    at_the_bottom,
    imprint_row,
    official_document,
    table,
    tag_row,
    text,
)

FOLDER: Final = SHIPPED

_BLANK: Final = text(NORMAL)

_SIGNED: Final = (
    text(CLOSING),
    text(CLOSING),
    text(SIGNATURE, "{%p for issuer in issuers %}"),
    text(SIGNATURE, "{{ issuer }}"),
    text(SIGNATURE, "{%p endfor %}"),
    text(DATE, "{{ dated }}"),
)


def _list(title: str, grade: str) -> tuple[str, ...]:
    """Return the annex with the names, on a page of its own."""
    columns = (
        ("序号", "{{ loop.index }}", 10),
        ("{{ name_heading }}", "{{ honoree.name }}", 22),
        ("{{ employer_heading }}", "{{ honoree.employer }}", 42),
        (grade, "{{ honoree.grade }}", 26),
    )
    # A document ends with a paragraph, never with a table.
    ordered = (
        text(NORMAL, "{%p if by_strokes %}"),
        text(CENTERED, "（{{ by_strokes }}）"),
        text(NORMAL, "{%p endif %}"),
    )
    head = text(ANNEX, "附件"), _BLANK, text(TITLE, title), *ordered, _BLANK
    return *head, table(columns, "honoree in honorees"), text(CELL)


_IMPRINT: Final = (
    text(NORMAL, "{%p if printer %}"),
    at_the_bottom(
        (
            tag_row("{%tr if copies %}"),
            imprint_row("　抄送：{{ copies }}。"),
            tag_row("{%tr endif %}"),
            imprint_row("　{{ printer }}\t{{ dated }}印发"),
        )
    ),
    text(NORMAL, "{%p endif %}"),
    text(CELL),
)


#: For how long the list is public, and who hears objections.
_PUBLIC: Final = (
    text(
        BODY,
        "公示期为{{ days }}，自{{ first_day }}至{{ last_day }}。"
        "{% if provisional %}起止日期涉及尚未公布的放假安排，公布后如有变化，另行公告。{% endif %}",
    ),
    text(
        CLOSING,
        "{% if objections_last %}如有异议，请在{{ objections_last }}前（含当日）"
        "{% else %}公示期间，如有异议，请{% endif %}以书面形式向{{ reception }}反映。"
        "以单位名义反映的，须加盖单位公章；以个人名义反映的，须署真实姓名并提供联系方式。",
    ),
)


def publicity_notice() -> bytes:
    """Return the template of the notice that makes a list public (公示)."""
    return official_document(
        (
            text(TITLE, "关于{{ edition }}{{ award }}"),
            text(TITLE, "{{ candidates }}名单的公示"),
            _BLANK,
            text(
                BODY,
                "根据{{ basis }}要求，经推荐、审查和评审，现将{{ edition }}{{ award }}{{ candidates }}名单"
                "（共{{ count }}{{ measure }}）予以公示，接受社会监督。",
            ),
            *_PUBLIC,
            text(CLOSING),
            text(CLOSING, "附件：{{ edition }}{{ award }}{{ candidates }}名单"),
            *_SIGNED,
            *_list("{{ edition }}{{ award }}{{ candidates }}名单", "拟授予称号"),
        )
    )


def replacement_notice() -> bytes:
    """Return the template of the notice of those who take vacated places from the reserves (递补公示)."""
    return official_document(
        (
            text(TITLE, "关于{{ edition }}{{ award }}"),
            text(TITLE, "递补{{ candidates }}名单的公示"),
            _BLANK,
            text(
                BODY,
                "{{ edition }}{{ award }}{{ candidates }}名单现空出{{ count }}个名额。根据{{ basis }}要求，"
                "按照评审确定的候补次序，拟由{{ count }}{{ measure }}递补，"
                "现将递补{{ candidates }}名单予以公示，接受社会监督。",
            ),
            *_PUBLIC,
            text(CLOSING),
            text(CLOSING, "附件：{{ edition }}{{ award }}递补{{ candidates }}名单"),
            *_SIGNED,
            *_list("{{ edition }}{{ award }}递补{{ candidates }}名单", "拟授予称号"),
        )
    )


def award_document() -> bytes:
    """Return the template of the document that confers the award (发文)."""
    return official_document(
        (
            text(MARK, "{{ lead_issuer }}文件"),
            _BLANK,
            _BLANK,
            text(NUMBER, "{{ number }}"),
            _BLANK,
            _BLANK,
            text(TITLE, "关于公布{{ edition }}{{ award }}"),
            text(TITLE, "名单的通知"),
            _BLANK,
            text(ADDRESSEES, "{{ addressees }}："),
            text(
                BODY,
                "根据{{ basis }}要求，经推荐、审查、评审和公示，决定授予{{ count }}{{ measure }}"
                "“{{ award }}”称号{{ breakdown }}，现予公布。",
            ),
            text(CLOSING, "希望上述{{ honored }}珍惜荣誉，发挥示范带动作用，作出新的更大贡献。"),
            text(CLOSING),
            text(CLOSING, "附件：{{ edition }}{{ award }}名单"),
            *_SIGNED,
            text(NORMAL, "{%p if disclosure %}"),
            text(NOTE, "（此件{{ disclosure }}）"),
            text(NORMAL, "{%p endif %}"),
            *_list("{{ edition }}{{ award }}名单", "授予称号"),
            *_IMPRINT,
        )
    )


TEMPLATES: Final = {
    "publicity-notice.docx": publicity_notice,
    "replacement-notice.docx": replacement_notice,
    "objection-record.docx": objection_record,
    "award-document.docx": award_document,
    "nominee-form.docx": nominee_form,
    "minutes.docx": minutes,
    "certificate.docx": certificate,
}

if __name__ == "__main__":
    for name, drawn_up in TEMPLATES.items():
        (FOLDER / name).write_bytes(drawn_up())
