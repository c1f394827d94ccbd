"""The shipped templates of forms, records, minutes and certificates; `documents.drafts` writes them."""

from typing import Final

from documents.grids import COLUMNS, GridCell, grid, row, spans, tag
from documents.layout import (
    BODY,
    CENTERED,
    CERTIFICATE_BODY,
    CERTIFICATE_SIDE,
    CERTIFICATE_TITLE,
    CERTIFICATE_UNIT,
    CLOSING,
    COVER,
    COVER_TITLE,
    DATE,
    FORM_CELL,
    FORM_LABEL,
    FORM_LEFT,
    FORM_RIGHT,
    FORM_TITLE,
    LANDSCAPE,
    LINE,
    NORMAL,
    SIGNATURE,
    TITLE,
    official_document,
    text,
)

_BLANK: Final = text(NORMAL)
_LABEL = 4
_PHOTO = 4
_ROW: Final = LINE

#: What the rows of a filled form can be. Each stands in the template once, between tags that ask for its kind.
_MOST_COLUMNS: Final = 8


def _when(kind: str, *rows: str) -> tuple[str, ...]:
    return tag(FORM_CELL, f'{{%tr if row.kind == "{kind}" %}}'), *rows, tag(FORM_CELL, "{%tr endif %}")


def _label(words: str, span: int = _LABEL) -> GridCell:
    return GridCell(text(FORM_LABEL, words), span)


def _value(words: str, span: int) -> GridCell:
    return GridCell(text(FORM_CELL, words), span)


def _pairs(*more: GridCell) -> str:
    value = (COLUMNS - sum(cell.span for cell in more)) // 2 - _LABEL
    cells = [
        cell
        for place in range(2)
        for cell in (
            _label(f"{{{{ row.cells[{place}].label }}}}"),
            _value(f"{{{{ row.cells[{place}].value }}}}", value),
        )
    ]
    return row([*cells, *more], height=_ROW)


def _photo(merge: str) -> GridCell:
    return GridCell(text(FORM_LABEL, "照片" if merge == "restart" else ""), _PHOTO, merge)  # type: ignore[arg-type]


def _lines(of: str) -> str:
    return text(FORM_LEFT, f"{{%p for line in range({of}) %}}") + text(FORM_LEFT) + text(FORM_LEFT, "{%p endfor %}")


def _box() -> str:
    hint = (
        text(FORM_LEFT, "{%p if row.hint %}") + text(FORM_LEFT, "（{{ row.hint }}）") + text(FORM_LEFT, "{%p endif %}")
    )
    return row(
        [_label("{{ row.label }}"), GridCell(hint + _lines("row.lines"), COLUMNS - _LABEL, valign="top")], height=_ROW
    )


def _opinion() -> str:
    content = (
        text(FORM_LEFT, "{%p if row.points %}")
        + text(FORM_LEFT, "（须写明：{{ row.points }}）")
        + text(FORM_LEFT, "{%p endif %}")
        + _lines("row.lines")
        + text(FORM_RIGHT, "签字：　　　　　（盖章）　　　　　　年　　月　　日")
    )
    return row([_label("{{ row.label }}"), GridCell(content, COLUMNS - _LABEL, valign="top")], height=_ROW)


def _columns(count: int) -> tuple[str, ...]:
    cells = [
        GridCell(text(FORM_CELL, f"{{{{ row.cells[{place}] }}}}"), span) for place, span in enumerate(spans(count))
    ]
    return _when(f"columns-{count}", row(cells, height=_ROW))


def nominee_form() -> bytes:
    """Return the template of a form that is filled in for one nominee (申报表、推荐表)."""
    cover = (
        text(NORMAL, "{%p if cover %}"),
        *([_BLANK] * 3),
        text(COVER_TITLE, "{{ title }}"),
        *([_BLANK] * 4),
        text(NORMAL, "{%p for entry in cover %}"),
        text(COVER, "{{ entry.label }}：{{ entry.value }}"),
        text(NORMAL, "{%p endfor %}"),
        *([_BLANK] * 2),
        text(CENTERED, "{{ office }}　制"),
        text(NORMAL, "{%p endif %}"),
    )
    table = grid(
        (
            tag(FORM_CELL, "{%tr for row in rows %}"),
            *_when("title", row([_label("{{ row.label }}", COLUMNS)], height=_ROW)),
            *_when("two", _pairs()),
            *_when("photo-first", _pairs(_photo("restart"))),
            *_when("photo-next", _pairs(_photo("continue"))),
            *_when("wide", row([_label("{{ row.label }}"), _value("{{ row.value }}", COLUMNS - _LABEL)], height=_ROW)),
            *_when("box", _box()),
            *_when("opinion", _opinion()),
            *(one for count in range(2, _MOST_COLUMNS + 1) for one in _columns(count)),
            tag(FORM_CELL, "{%tr endfor %}"),
        )
    )
    remarks = (
        text(FORM_LEFT, "{%p if remarks %}"),
        text(FORM_LEFT, "填表说明："),
        text(FORM_LEFT, "{%p for remark in remarks %}"),
        text(FORM_LEFT, "{{ loop.index }}．{{ remark }}"),
        text(FORM_LEFT, "{%p endfor %}"),
        text(FORM_LEFT, "{%p endif %}"),
    )
    return official_document((*cover, text(FORM_TITLE, "{{ title }}"), table, *remarks, text(FORM_LEFT)))


def _two(*pairs: tuple[str, str]) -> str:
    """Return a line with a label and a value twice, or once across the table."""
    value = COLUMNS // len(pairs) - _LABEL
    return row([cell for label, words in pairs for cell in (_label(label), _value(words, value))], height=_ROW)


def _told(label: str, *paragraphs: str, signed: str = "") -> str:
    """Return a line with what was said, and at its right who said it and when, where a template's value says so."""
    signature = (
        text(FORM_LEFT, f"{{%p if {signed}.by %}}")
        + text(FORM_RIGHT, f"{{{{ {signed}.by }}}}　{{{{ {signed}.on }}}}")
        + text(FORM_LEFT, "{%p endif %}")
    )
    content = "".join(paragraphs) + (signature if signed else "")
    return row([_label(label), GridCell(content, COLUMNS - _LABEL)], height=_ROW)


def _if(value: str, words: str) -> str:
    return text(FORM_LEFT, f"{{%p if {value} %}}") + text(FORM_LEFT, words) + text(FORM_LEFT, "{%p endif %}")


def objection_record() -> bytes:
    """Return the template of the record of how an objection was handled (异议处理记录)."""
    table = grid(
        (
            _two(("评选项目", "{{ edition }}{{ award }}")),
            _two(("公示环节", "{{ stage }}"), ("申报编号", "{{ nomination }}")),
            _two(("被异议人", "{{ nominee }}"), ("所在单位", "{{ unit }}")),
            _two(("异议人", "{{ objector }}"), ("提出方式", "{{ raised_as }}")),
            _two(("登记日期", "{{ lodged }}"), ("登记人", "{{ taken_by }}")),
            _told("异议内容", text(FORM_LEFT, "{{ grounds }}")),
            _told(
                "证据材料",
                text(FORM_LEFT, "{%p for one in evidence %}"),
                text(FORM_LEFT, "{{ loop.index }}．{{ one }}"),
                text(FORM_LEFT, "{%p else %}"),
                text(FORM_LEFT, "无"),
                text(FORM_LEFT, "{%p endfor %}"),
            ),
            _told(
                "受理意见",
                text(FORM_LEFT, "{{ judged.words }}{% if scope %}：属于{{ scope }}，不作为异议{% endif %}"),
                _if("judged.reason", "理由：{{ judged.reason }}"),
                signed="judged",
            ),
            _two(("承办人", "{{ handler }}"), ("核查期限", "{{ due }}")),
            _told("核查情况", text(FORM_LEFT, "{{ found.words }}"), signed="found"),
            _two(("处理结果", "{{ settled.words }}"), ("依据条款", "{{ clause }}")),
            _told("处理结论", text(FORM_LEFT, "{{ answer }}"), signed="settled"),
            _two(("办理用时", "{{ taken }}")),
            _told(
                "审签",
                text(FORM_LEFT),
                text(FORM_LEFT, "承办人（签字）：　　　　　　　负责人（签字）："),
                text(FORM_RIGHT, "（盖章）　　　　　　年　　月　　日"),
            ),
        )
    )
    return official_document(
        (
            text(TITLE, "{{ edition }}{{ award }}"),
            text(TITLE, "异议处理记录"),
            text(CENTERED, "（第{{ objection }}号）"),
            table,
            text(FORM_LEFT),
        )
    )


def minutes() -> bytes:
    """Return the template of the minutes of the meeting that chose (评审会议纪要)."""
    return official_document(
        (
            text(TITLE, "{{ edition }}{{ award }}"),
            text(TITLE, "{{ stage }}会议纪要"),
            _BLANK,
            text(BODY, "时间：{{ held }}"),
            text(BODY, "地点：{{ place }}"),
            text(BODY, "主持：{{ chair }}"),
            text(BODY, "参加：{{ present }}"),
            text(NORMAL, "{%p if absent %}"),
            text(BODY, "请假：{{ absent }}"),
            text(NORMAL, "{%p endif %}"),
            text(BODY, "记录：{{ recorder }}"),
            _BLANK,
            text(BODY, "一、议程"),
            text(NORMAL, "{%p for item in agenda %}"),
            text(BODY, "{{ loop.index }}．{{ item }}"),
            text(NORMAL, "{%p endfor %}"),
            text(NORMAL, "{%p if pollings %}"),
            text(BODY, "二、表决情况"),
            text(NORMAL, "{%p for polling in pollings %}"),
            text(BODY, "{{ polling.opening }}"),
            text(NORMAL, "{%p for result in polling.results %}"),
            text(BODY, "{{ result }}。"),
            text(NORMAL, "{%p endfor %}"),
            text(NORMAL, "{%p if polling.remark %}"),
            text(BODY, "{{ polling.remark }}"),
            text(NORMAL, "{%p endif %}"),
            text(NORMAL, "{%p endfor %}"),
            text(NORMAL, "{%p endif %}"),
            text(NORMAL, "{%p if groups %}"),
            text(BODY, "{% if pollings %}三{% else %}二{% endif %}、议定事项"),
            text(BODY, "会议依据{{ basis }}，对{{ considered }}{{ measure }}逐一评议，形成以下意见。"),
            text(NORMAL, "{%p for group in groups %}"),
            text(BODY, "{{ loop.index }}．{{ group.title }}（{{ group.count }}{{ measure }}）：{{ group.names }}。"),
            text(NORMAL, "{%p endfor %}"),
            text(NORMAL, "{%p endif %}"),
            text(CLOSING, "上述意见经参加会议人员核对无误。"),
            text(CLOSING),
            text(SIGNATURE, "{{ body }}"),
            text(DATE, "{{ dated }}"),
        )
    )


def certificate() -> bytes:
    """Return the template of the certificates: one page for each honoree (证书)."""
    foot = grid(
        (
            row(
                [
                    GridCell(
                        text(CERTIFICATE_SIDE, "{{ certificate.qr }}")
                        + text(CERTIFICATE_SIDE, "编号：{{ certificate.number }}")
                        + text(CERTIFICATE_SIDE, "扫码核验　核验码：{{ certificate.code }}"),
                        12,
                    ),
                    GridCell(
                        text(CENTERED, "{%p for issuer in issuers %}")
                        + text(CENTERED, "{{ issuer }}")
                        + text(CENTERED, "{%p endfor %}")
                        + text(CENTERED, "{{ certificate.dated }}"),
                        12,
                    ),
                ],
                height=_ROW * 4,
                width=LANDSCAPE.text_width,
            ),
        ),
        width=LANDSCAPE.text_width,
        ruled=False,
    )
    return official_document(
        (
            text(NORMAL, "{%p for certificate in certificates %}"),
            text(CERTIFICATE_TITLE, "{{ certificate.honor }}"),
            text(CERTIFICATE_BODY, "{{ certificate.name }}{{ certificate.addressed }}："),
            text(
                CERTIFICATE_BODY,
                "　　经评选，授予{{ certificate.whom }}{{ edition }}{{ certificate.grade }}称号，特颁此证。",
            ),
            text(NORMAL, "{%p if certificate.term %}"),
            text(CERTIFICATE_BODY, "　　聘期：{{ certificate.term }}。"),
            text(NORMAL, "{%p endif %}"),
            text(NORMAL, "{%p if certificate.employer %}"),
            text(CERTIFICATE_UNIT, "（工作单位：{{ certificate.employer }}）"),
            text(NORMAL, "{%p endif %}"),
            _BLANK,
            _BLANK,
            foot,
            text(NORMAL, "{%p endfor %}"),
        ),
        page=LANDSCAPE,
        numbered=False,
    )
