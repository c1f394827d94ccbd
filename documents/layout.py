"""The page of an official document after GB/T 9704-2012, as the parts of a `.docx` package.

A4, a type area of 156 × 225 mm, 22 lines of 28 characters in 仿宋 size 3 (16 pt). Lengths are in twentieths of a point,
which is what the file format counts in. Fonts are named, not shipped: where one is missing, Word tries its
alternatives in turn.
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Literal

from documents.ooxml import footer_of, node, package, paragraph, run

_MM: Final = 1440 / 25.4

PAGE_WIDTH: Final = round(210 * _MM)
PAGE_HEIGHT: Final = round(297 * _MM)
TOP: Final = round(37 * _MM)
RIGHT: Final = round(26 * _MM)
BOTTOM: Final = round(35 * _MM)
LEFT: Final = round(28 * _MM)
TEXT_WIDTH: Final = PAGE_WIDTH - LEFT - RIGHT
LINE: Final = (PAGE_HEIGHT - TOP - BOTTOM) // 22
CHARACTER: Final = 16 * 20
#: What each character gives up so that 28 of them fill a line. A document grid would do that too, but LibreOffice sets
#: a character that is wider than its cell across two cells.
SQUEEZE: Final = math.floor(TEXT_WIDTH / 28) - CHARACTER
#: The page number stands 7 mm below the type area; its own line takes up 5 mm.
FOOTER: Final = round((35 - 7 - 5) * _MM)

TITLE_FONT: Final = "方正小标宋简体"
BODY_FONT: Final = "仿宋_GB2312"
HEADING_FONT: Final = "黑体"
NUMBER_FONT: Final = "宋体"

#: What stands in for each font where it is not installed, best first.
ALTERNATIVES: Final = {
    TITLE_FONT: ("方正小标宋_GBK", "小标宋体", "华文中宋", "宋体"),
    BODY_FONT: ("仿宋", "华文仿宋", "方正仿宋_GBK"),
    HEADING_FONT: ("SimHei", "方正黑体_GBK"),
    NUMBER_FONT: ("SimSun", "方正书宋_GBK"),
}

_RED: Final = "FF0000"
_CRIMSON: Final = "C00000"


@dataclass(frozen=True, slots=True)
class Page:
    """A sheet of paper and its margins, in twentieths of a point; a bordered one has a red frame near its edge."""

    width: int = PAGE_WIDTH
    height: int = PAGE_HEIGHT
    top: int = TOP
    right: int = RIGHT
    bottom: int = BOTTOM
    left: int = LEFT
    bordered: bool = False

    @property
    def text_width(self) -> int:
        """How wide the type area is."""
        return self.width - self.left - self.right

    def to_xml(self) -> str:
        """Return what a section says of its page."""
        lying = {"orient": "landscape"} if self.width > self.height else {}
        sides = ("top", "left", "bottom", "right")
        frame = (node(side, val="thinThickSmallGap", sz=24, space=24, color=_CRIMSON) for side in sides)
        border = node("pgBorders", *frame, offsetFrom="page") if self.bordered else ""
        return (
            node("pgSz", w=self.width, h=self.height, **lying)
            + node(
                "pgMar",
                top=self.top,
                right=self.right,
                bottom=self.bottom,
                left=self.left,
                header=TOP // 2,
                footer=FOOTER,
                gutter=0,
            )
            + border
        )


PORTRAIT: Final = Page()
#: A certificate lies on its side, with the same margin all around.
LANDSCAPE: Final = Page(PAGE_HEIGHT, PAGE_WIDTH, *(round(25 * _MM),) * 4, bordered=True)

#: The separating lines of the imprint are 0.35 mm at its ends and 0.25 mm within, in eighths of a point.
_THICK, _THIN = 8, 6


@dataclass(frozen=True, slots=True)
class Style:
    """A paragraph style under the name that staff see in Word.

    `size` is in points; `first_line`, `left` and `right` indent by so many characters of the body; `line` is exact, or
    none for a line as high as its font; `narrow` is the width of a character in percent; `ruled` puts the red line of
    the document's head below; `tabbed` has a tab stop a character before the right edge.
    """

    id: str
    name: str
    font: str = BODY_FONT
    size: int = 16
    align: Literal["both", "left", "center", "right"] = "both"
    first_line: int = 0
    left: int = 0
    right: int = 0
    line: int | None = LINE
    before: int = 0
    red: bool = False
    narrow: int = 100
    ruled: bool = False
    new_page: bool = False
    keep_next: bool = False
    tabbed: bool = False

    def to_xml(self) -> str:
        """Return the style's element; the order of its parts is the schema's."""
        rule = node("pBdr", node("bottom", val="single", sz=12, space=11, color=_RED))
        exact = {"line": self.line, "lineRule": "exact"} if self.line else {}
        return node(
            "style",
            node("name", val=self.name),
            node("qFormat"),
            node(
                "pPr",
                node("keepNext") if self.keep_next else "",
                node("pageBreakBefore") if self.new_page else "",
                rule if self.ruled else "",
                node("tabs", node("tab", val="right", pos=TEXT_WIDTH - CHARACTER)) if self.tabbed else "",
                node("autoSpaceDE", val=0),
                node("autoSpaceDN", val=0),
                node("spacing", before=self.before, after=0, **exact),
                node(
                    "ind",
                    leftChars=self.left * 100,
                    left=self.left * CHARACTER,
                    rightChars=self.right * 100,
                    right=self.right * CHARACTER,
                    firstLineChars=self.first_line * 100,
                    firstLine=self.first_line * CHARACTER,
                ),
                node("jc", val=self.align),
            ),
            node(
                "rPr",
                _fonts(self.font),
                node("color", val=_RED) if self.red else "",
                node("spacing", val=SQUEEZE),
                node("w", val=self.narrow),
                node("sz", val=self.size * 2),
                node("szCs", val=self.size * 2),
            ),
            type="paragraph",
            **({"default": 1} if self is NORMAL else {"customStyle": 1}),
            styleId=self.id,
        )


NORMAL: Final = Style("Normal", "Normal")
MARK: Final = Style(
    "IssuerMark", "发文机关标志", TITLE_FONT, 26, "center", line=None, before=round(35 * _MM), red=True, narrow=90
)
NUMBER: Final = Style("DocumentNumber", "发文字号", align="center", ruled=True)
TITLE: Final = Style("OfficialTitle", "公文标题", TITLE_FONT, 22, "center")
ADDRESSEES: Final = Style("Addressees", "主送机关", align="left")
BODY: Final = Style("OfficialBody", "公文正文", first_line=2)
#: From the last paragraph of the text to the date all stays on one page: no signature stands on a page without text.
CLOSING: Final = Style("ClosingBody", "正文末段", first_line=2, keep_next=True)
#: Names are centered over the date. This far in, sixteen characters fit and the date keeps off the right edge.
SIGNATURE: Final = Style("Signature", "署名", align="center", left=12, keep_next=True)
DATE: Final = Style("SignatureDate", "成文日期", align="center", left=12)
ANNEX: Final = Style("Annex", "附件标记", HEADING_FONT, align="left", new_page=True)
HEADING: Final = Style("TableHeading", "表头", HEADING_FONT, 14, "center", line=22 * 20)
CELL: Final = Style("TableCell", "表格文字", size=14, align="center", line=22 * 20)
#: 附注, below the date: two characters in.
NOTE: Final = Style("Note", "附注", first_line=2)
#: 版记, between lines across the type area: the text keeps a character off both ends.
IMPRINT: Final = Style("Imprint", "版记", size=14, line=None, tabbed=True)

CENTERED: Final = Style("Centered", "居中", align="center")
COVER_TITLE: Final = Style("CoverTitle", "封面标题", TITLE_FONT, 30, "center", line=50 * 20)
COVER: Final = Style("Cover", "封面栏目", align="left", left=5, line=40 * 20)
FORM_TITLE: Final = Style("FormTitle", "表格标题", TITLE_FONT, 18, "center", line=36 * 20, new_page=True)
FORM_LABEL: Final = Style("FormLabel", "表格栏目", HEADING_FONT, 11, "center", line=18 * 20)
FORM_CELL: Final = Style("FormCell", "表格内容", size=12, align="center", line=18 * 20)
FORM_LEFT: Final = Style("FormLeft", "表格说明", size=12, align="left", line=18 * 20)
FORM_RIGHT: Final = Style("FormRight", "表格签章", size=12, align="right", line=26 * 20)
CERTIFICATE_TITLE: Final = Style(
    "CertificateTitle", "证书名称", TITLE_FONT, 40, "center", line=90 * 20, before=500, red=True, new_page=True
)
CERTIFICATE_BODY: Final = Style("CertificateBody", "证书正文", size=22, line=48 * 20)
CERTIFICATE_UNIT: Final = Style("CertificateUnit", "证书工作单位", size=14, left=2, line=None)
CERTIFICATE_SIDE: Final = Style("CertificateSide", "证书编号核验", NUMBER_FONT, 10, "left", line=None)

ODD_PAGE: Final = Style("OddPage", "单页码", NUMBER_FONT, 14, "right", right=1, line=None)
EVEN_PAGE: Final = Style("EvenPage", "双页码", NUMBER_FONT, 14, "left", left=1, line=None)

STYLES: Final = (
    NORMAL,
    MARK,
    NUMBER,
    TITLE,
    ADDRESSEES,
    BODY,
    CLOSING,
    SIGNATURE,
    DATE,
    ANNEX,
    HEADING,
    CELL,
    NOTE,
    IMPRINT,
    CENTERED,
    COVER_TITLE,
    COVER,
    FORM_TITLE,
    FORM_LABEL,
    FORM_CELL,
    FORM_LEFT,
    FORM_RIGHT,
    CERTIFICATE_TITLE,
    CERTIFICATE_BODY,
    CERTIFICATE_UNIT,
    CERTIFICATE_SIDE,
    ODD_PAGE,
    EVEN_PAGE,
)


def official_document(content: Iterable[str], page: Page = PORTRAIT, *, numbered: bool = True) -> bytes:
    """Return a `.docx` of these paragraphs and tables on the standard's page, with its page numbers."""
    feet = (footer_of("default", "footer1"), footer_of("even", "footer2")) if numbered else ()
    section = node("sectPr", *feet, page.to_xml())
    return package(
        "".join(content) + section,
        {
            "styles": _defaults() + "".join(style.to_xml() for style in STYLES),
            "settings": node("evenAndOddHeaders")
            + node(
                "compat",
                node("compatSetting", name="compatibilityMode", uri="http://schemas.microsoft.com/office/word", val=15),
            )
            + node("themeFontLang", val="en-US", eastAsia="zh-CN"),
            "fontTable": "".join(
                node("font", node("altName", val=",".join(others)), node("charset", val="86"), name=font)
                for font, others in ALTERNATIVES.items()
            ),
            "footer1": _page_number(ODD_PAGE),
            "footer2": _page_number(EVEN_PAGE),
        },
    )


def text(style: Style, words: str = "") -> str:
    """Return one paragraph; without words an empty line."""
    return paragraph(style.id, run(words)) if words else paragraph(style.id)


def table(columns: Iterable[tuple[str, str, int]], each: str) -> str:
    """Return a table across the type area whose heading repeats on every page.

    A column is its heading, what a cell holds, and its share of the width in percent. `each` is the template's loop
    over the rows, as in `person in people`.
    """
    fixed = [(heading, cell, TEXT_WIDTH * share // 100) for heading, cell, share in columns]
    return node(
        "tbl",
        node(
            "tblPr",
            node("tblW", w=TEXT_WIDTH, type="dxa"),
            node("jc", val="center"),
            node(
                "tblBorders",
                *(
                    node(side, val="single", sz=4, space=0, color="auto")
                    for side in ("top", "left", "bottom", "right", "insideH", "insideV")
                ),
            ),
            node("tblLayout", type="fixed"),
        ),
        node("tblGrid", *(node("gridCol", w=width) for _, _, width in fixed)),
        _row(((text(HEADING, heading), width) for heading, _, width in fixed), node("tblHeader")),
        tag_row(f"{{%tr for {each} %}}"),
        _row((text(CELL, cell), width) for _, cell, width in fixed),
        tag_row("{%tr endfor %}"),
    )


def at_the_bottom(rows: Iterable[str]) -> str:
    """Return rows (from `imprint_row` and `tag_row`) as the imprint at the bottom of the page that they stand on."""
    lines = (("top", _THICK), ("bottom", _THICK), ("insideH", _THIN))
    return node(
        "tbl",
        node(
            "tblPr",
            node("tblpPr", vertAnchor="margin", horzAnchor="margin", tblpXSpec="left", tblpYSpec="bottom"),
            node("tblW", w=TEXT_WIDTH, type="dxa"),
            node("tblBorders", *(node(side, val="single", sz=width, space=0, color="auto") for side, width in lines)),
            node("tblLayout", type="fixed"),
            node("tblCellMar", node("left", w=0, type="dxa"), node("right", w=0, type="dxa")),
        ),
        node("tblGrid", node("gridCol", w=TEXT_WIDTH)),
        *rows,
    )


def imprint_row(words: str) -> str:
    """Return one line of the imprint."""
    return _row([(text(IMPRINT, words), TEXT_WIDTH)])


def _row(cells: Iterable[tuple[str, int]], *properties: str) -> str:
    return node(
        "tr",
        node("trPr", node("cantSplit"), node("trHeight", val=LINE, hRule="atLeast"), *properties),
        *(
            node("tc", node("tcPr", node("tcW", w=width, type="dxa"), node("vAlign", val="center")), cell)
            for cell, width in cells
        ),
    )


def tag_row(tag: str) -> str:
    """Return a row that holds a template's tag and goes when the template is filled."""
    return node("tr", node("tc", node("tcPr", node("tcW", w=TEXT_WIDTH, type="dxa")), text(CELL, tag)))


def _page_number(style: Style) -> str:
    field = node("fldSimple", run("1"), instr="PAGE")
    return paragraph(style.id, run("— "), field, run(" —"))


def _defaults() -> str:
    return node(
        "docDefaults",
        node(
            "rPrDefault",
            node(
                "rPr",
                _fonts(BODY_FONT),
                node("sz", val=NORMAL.size * 2),
                node("szCs", val=NORMAL.size * 2),
                node("lang", val="en-US", eastAsia="zh-CN"),
            ),
        ),
        node("pPrDefault"),
    )


def _fonts(font: str) -> str:
    return node("rFonts", ascii=font, hAnsi=font, eastAsia=font, cs=font)
