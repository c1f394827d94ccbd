"""Fills a Word template. Templates come from offices, so they run in a sandbox and their mistakes are explained."""

import io
import zipfile
from collections.abc import Mapping
from pathlib import Path

from docx.opc.exceptions import PackageNotFoundError
from docxtpl.template import DocxTemplate
from jinja2 import StrictUndefined, TemplateError
from jinja2.sandbox import SandboxedEnvironment

from documents.errors import DocumentError
from programs import Words


def fill(template: Path, values: Mapping[str, object]) -> bytes:
    """Return the template as a `.docx` with its placeholders replaced by these values, which may be any text.

    Raises `DocumentError` where the file is no Word document, asks for a value that there is not, or breaks the
    template language.
    """
    document = DocxTemplate(template)
    environment = SandboxedEnvironment(undefined=StrictUndefined, autoescape=True, finalize=_one_line)
    try:
        document.render(dict(values), environment)
    except (PackageNotFoundError, zipfile.BadZipFile, KeyError, OSError) as error:
        raise DocumentError(
            Words(
                "模板{template}打不开，它应是一个 .docx 文件（{error}）",
                "the template {template} cannot be opened; it must be a .docx file ({error})",
            ).format(template=template.name, error=error)
        ) from error
    except TemplateError as error:
        raise DocumentError(
            Words(
                "模板{template}填不出来：{error}；请对照模板说明检查花括号里的名称",
                "the template {template} cannot be filled: {error}; check the names in braces against the guide",
            ).format(template=template.name, error=error)
        ) from error
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()


def _one_line(value: object) -> object:
    """Fold white space in text, so that a name from a form cannot break a line."""
    return " ".join(value.split()) if isinstance(value, str) else value
