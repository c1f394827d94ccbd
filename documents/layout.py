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


@dataclass(frozen=True, slots=True)
class Style:
    """A paragraph style under the name that staff see in Word.

    `size` is in points; `first_line`, `left` and `right` indent by so many characters of the body; `line` is exact, or
    none for a line as high as its font; `narrow` is the width of a character in percent; `ruled` puts the red line of
    the document's head below.
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
    ODD_PAGE,
    EVEN_PAGE,
)


def official_document(content: Iterable[str]) -> bytes:
    """Return a `.docx` of these paragraphs and tables on the standard's page, with its page numbers."""
    section = node(
        "sectPr",
        footer_of("default", "footer1"),
        footer_of("even", "footer2"),
        node("pgSz", w=PAGE_WIDTH, h=PAGE_HEIGHT),
        node("pgMar", top=TOP, right=RIGHT, bottom=BOTTOM, left=LEFT, header=TOP // 2, footer=FOOTER, gutter=0),
    )
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
        _tag_row(f"{{%tr for {each} %}}"),
        _row((text(CELL, cell), width) for _, cell, width in fixed),
        _tag_row("{%tr endfor %}"),
    )


def _row(cells: Iterable[tuple[str, int]], *properties: str) -> str:
    return node(
        "tr",
        node("trPr", node("cantSplit"), node("trHeight", val=LINE, hRule="atLeast"), *properties),
        *(
            node("tc", node("tcPr", node("tcW", w=width, type="dxa"), node("vAlign", val="center")), cell)
            for cell, width in cells
        ),
    )


def _tag_row(tag: str) -> str:
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
