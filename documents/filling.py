"""Fills a Word template. Templates come from offices, so they run in a sandbox and their mistakes are explained.

The same template and the same values give the same bytes.
"""

import io
import re
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal

from docx.enum.section import WD_ORIENT
from docx.opc.exceptions import PackageNotFoundError
from docx.oxml.ns import qn
from docx.shared import Mm
from docxtpl.inline_image import InlineImage
from docxtpl.template import DocxTemplate
from jinja2 import StrictUndefined, TemplateError, TemplateSyntaxError, UndefinedError
from jinja2.exceptions import SecurityError
from jinja2.sandbox import SandboxedEnvironment

from documents.errors import DocumentError
from documents.sealing import sealed
from programs import Words

#: Where the templates that ship with the product lie.
SHIPPED: Final = Path(__file__).parent / "templates"

_SIZES: Final = {"A4": (210, 297), "A3": (297, 420)}

#: What a name in braces is called in Jinja's own sentence about one that there is not.
_UNKNOWN: Final = re.compile(r"'([^']+)' is undefined|has no attribute '([^']+)'")


@dataclass(frozen=True, slots=True)
class Sheet:
    """The paper that a form is printed on: its size, whether it lies on its side, whether both sides are printed."""

    size: Literal["A4", "A3"] = "A4"
    landscape: bool = False
    duplex: bool = False


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture among the values: a PNG, and how wide it is printed, in millimetres."""

    png: bytes
    width: int


@dataclass(frozen=True, slots=True)
class Templates:
    """The templates in use: an office's own from its folder, else the shipped ones."""

    folder: Path | None = None

    def path(self, name: str) -> Path:
        """Return the template of this name; raises `DocumentError` where the office's folder is none."""
        if self.folder is None:
            return SHIPPED / name
        if not self.folder.is_dir():
            raise DocumentError(
                Words(
                    f"没有模板文件夹 {self.folder}；可用 linxuan template export 导出一份",
                    f"there is no folder of templates {self.folder}; make one with linxuan template export",
                )
            )
        own = self.folder / name
        return own if own.exists() else SHIPPED / name


def fill(template: Path, values: Mapping[str, object], sheet: Sheet | None = None) -> bytes:
    """Return the template as a `.docx` with its placeholders replaced by these values, which may be any text.

    With a `sheet`, the document is printed on that instead of the template's own. Raises `DocumentError` where the file
    is no Word document, asks for a value that there is not, or breaks the template language.
    """
    try:
        document = DocxTemplate(template)
        document.init_docx()
    except (PackageNotFoundError, zipfile.BadZipFile, KeyError, OSError, ValueError, SyntaxError) as error:
        raise DocumentError(
            Words(
                "模板 {template} 打不开，它应是一个 .docx 文件",
                "the template {template} cannot be opened; it must be a .docx file",
            ).format(template=template.name)
        ) from error
    environment = SandboxedEnvironment(undefined=StrictUndefined, autoescape=True, finalize=_one_line)
    try:
        document.render(_with_pictures(document, dict(values)), environment)
    except (TemplateError, SyntaxError, ValueError, TypeError, ArithmeticError, LookupError) as error:
        raise DocumentError(_told(template, error)) from error
    if sheet:
        _print_on(document.docx, sheet)
    buffer = io.BytesIO()
    document.save(buffer)
    return sealed(buffer.getvalue())


def _with_pictures(document: DocxTemplate, value: Any) -> Any:  # noqa: ANN401 - whatever a template may be filled with
    """Turn pictures, however deep, into what this document can hold."""
    if isinstance(value, Picture):
        return InlineImage(document, io.BytesIO(value.png), width=Mm(value.width))  # type: ignore[no-untyped-call]
    if isinstance(value, dict):
        return {key: _with_pictures(document, one) for key, one in value.items()}
    if isinstance(value, list):
        return [_with_pictures(document, one) for one in value]
    return value


def _print_on(document: Any, sheet: Sheet) -> None:  # noqa: ANN401 - python-docx has no types
    short, long = _SIZES[sheet.size]
    for section in document.sections:
        width, height = (long, short) if sheet.landscape else (short, long)
        section.orientation = WD_ORIENT.LANDSCAPE if sheet.landscape else WD_ORIENT.PORTRAIT
        section.page_width, section.page_height = Mm(width), Mm(height)
    settings = document.settings.element
    if sheet.duplex and settings.find(qn("w:mirrorMargins")) is None:
        # The binding is on the left of odd pages and on the right of even ones. The schema has it near the beginning.
        settings.insert(0, settings.makeelement(qn("w:mirrorMargins"), {}))


def _told(template: Path, error: Exception) -> Words:
    """Say what is wrong with a template, and with which of its names."""
    cause = str(error)
    match error:
        case UndefinedError() if found := _UNKNOWN.search(cause):
            words = Words(
                "模板 {template} 用了没有的名称“{name}”；请对照模板说明（README.md）改正",
                "the template {template} uses the name {name}, which there is not; see the guide (README.md)",
            )
            return words.format(template=template.name, name=found[1] or found[2])
        case SecurityError():
            words = Words(
                "模板 {template} 用了不允许的写法：{cause}；花括号里只写说明中的名称",
                "the template {template} does what templates may not: {cause}; use the names of the guide only",
            )
        case TemplateSyntaxError():
            words = Words(
                "模板 {template} 的花括号或百分号写错：{cause}；请检查是否成对、是否独占一段",
                "the braces in the template {template} are wrong: {cause}; check that they are paired",
            )
        case _:
            words = Words(
                "模板 {template} 填不出来：{cause}；请对照模板说明检查花括号里的名称",
                "the template {template} cannot be filled: {cause}; check the names in braces against the guide",
            )
    return words.format(template=template.name, cause=cause)


def _one_line(value: object) -> object:
    """Fold white space in text, so that a name from a form cannot break a line."""
    return " ".join(value.split()) if isinstance(value, str) else value
