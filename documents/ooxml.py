"""The little of WordprocessingML (ISO/IEC 29500-1) that the shipped templates are made of, as text."""

import io
import zipfile
from collections.abc import Mapping
from typing import Final
from xml.sax.saxutils import escape, quoteattr

_WORD: Final = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_OFFICE: Final = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE: Final = "http://schemas.openxmlformats.org/package/2006"
_CONTENT: Final = "application/vnd.openxmlformats-officedocument.wordprocessingml"
_METADATA: Final = "application/vnd.openxmlformats-package"

#: What each part beside the document is, by its file's name, and its root element.
_PARTS: Final = {
    "styles": ("styles", "styles"),
    "settings": ("settings", "settings"),
    "fontTable": ("fontTable", "fonts"),
    "footer1": ("footer", "ftr"),
    "footer2": ("footer", "ftr"),
}


def node(tag: str, *children: str, **attributes: object) -> str:
    """Return an element of the `w` namespace; attributes are written in the order given."""
    opened = f"w:{tag}" + "".join(f" w:{name}={quoteattr(str(value))}" for name, value in attributes.items())
    return f"<{opened}>{''.join(children)}</w:{tag}>" if children else f"<{opened}/>"


def run(text: str) -> str:
    """Return a run of text in the paragraph's own style; a tab in it goes to the style's next tab stop."""
    pieces = (f'<w:t xml:space="preserve">{escape(piece)}</w:t>' if piece else "" for piece in text.split("\t"))
    return node("r", node("tab").join(pieces))


def paragraph(style: str, *runs: str) -> str:
    """Return a paragraph in the style with this id."""
    return node("p", node("pPr", node("pStyle", val=style)), *runs)


def footer_of(pages: str, part: str) -> str:
    """Return the reference that makes a part the footer of the `default` (odd) or `even` pages."""
    return f'<w:footerReference w:type="{pages}" r:id="{part}"/>'


def package(body: str, parts: Mapping[str, str]) -> bytes:
    """Return a `.docx`: the document's body, and the inside of its `styles`, `settings`, `fontTable` and footers.

    The same texts give the same bytes.
    """
    files = {
        "[Content_Types].xml": _types(parts),
        "_rels/.rels": _relations(
            _relation("document", f"{_OFFICE}/officeDocument", "word/document.xml"),
            _relation("core", f"{_PACKAGE}/relationships/metadata/core-properties", "docProps/core.xml"),
        ),
        "docProps/core.xml": f'<cp:coreProperties xmlns:cp="{_PACKAGE}/metadata/core-properties"/>',
        "word/_rels/document.xml.rels": _relations(
            *(_relation(part, f"{_OFFICE}/{_PARTS[part][0]}", f"{part}.xml") for part in parts)
        ),
        "word/document.xml": _root("document", node("body", body)),
        **{f"word/{part}.xml": _root(_PARTS[part][1], inside) for part, inside in parts.items()},
    }
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in files.items():
            # A ZipInfo that is given no date bears 1980-01-01.
            archive.writestr(
                zipfile.ZipInfo(name),
                f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n{content}',
                zipfile.ZIP_DEFLATED,
            )
    return buffer.getvalue()


def _root(tag: str, inside: str) -> str:
    return f'<w:{tag} xmlns:w="{_WORD}" xmlns:r="{_OFFICE}">{inside}</w:{tag}>'


def _types(parts: Mapping[str, str]) -> str:
    words = {"document": "document.main"} | {part: _PARTS[part][0] for part in parts}
    overrides = "".join(
        f'<Override PartName="/word/{part}.xml" ContentType="{_CONTENT}.{kind}+xml"/>' for part, kind in words.items()
    )
    return (
        f'<Types xmlns="{_PACKAGE}/content-types">'
        f'<Default Extension="rels" ContentType="{_METADATA}.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/>'
        f'<Override PartName="/docProps/core.xml" ContentType="{_METADATA}.core-properties+xml"/>'
        f"{overrides}</Types>"
    )


def _relations(*relations: str) -> str:
    return f'<Relationships xmlns="{_PACKAGE}/relationships">{"".join(relations)}</Relationships>'


def _relation(identifier: str, kind: str, target: str) -> str:
    return f'<Relationship Id="{identifier}" Type="{kind}" Target="{target}"/>'
