"""Files as people hand them in, really of their formats, made on the spot."""

import io
import struct
import zipfile
from functools import cache

from docx import Document
from PIL import Image
from pypdf import PdfWriter
from pypdf.generic import DecodedStreamObject, DictionaryObject, NameObject


@cache
def word(text: str = "事迹", *, pages: int | None = None) -> bytes:
    """A .docx; `pages` is how many it says that it has."""
    document, buffer = Document(), io.BytesIO()
    document.add_paragraph(text)
    document.save(buffer)
    if pages is None:
        return buffer.getvalue()
    return repacked(buffer.getvalue(), "docProps/app.xml", b"<Pages>1</Pages>", f"<Pages>{pages}</Pages>".encode())


def repacked(archive: bytes, entry: str, before: bytes, after: bytes) -> bytes:
    """A packed file with something else in one of its parts."""
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(archive)) as source, zipfile.ZipFile(made, "w") as target:
        for name in source.namelist():
            content = source.read(name)
            if name == entry:
                assert before in content
                content = content.replace(before, after)
            target.writestr(name, content)
    return made.getvalue()


@cache
def pdf(pages: int = 1, *, text: str = "", password: str | None = None) -> bytes:
    """A .pdf on A4; without a text it is as blank as a scan is to whoever reads letters."""
    writer, buffer = PdfWriter(), io.BytesIO()
    for _ in range(pages):
        page = writer.add_blank_page(595, 842)
        if text:
            font = DictionaryObject(
                {NameObject("/Type"): NameObject("/Font"), NameObject("/Subtype"): NameObject("/Type1"),
                 NameObject("/BaseFont"): NameObject("/Helvetica")}
            )  # fmt: skip
            page[NameObject("/Resources")] = DictionaryObject(
                {NameObject("/Font"): DictionaryObject({NameObject("/F1"): font})}
            )
            stream = DecodedStreamObject()
            stream.set_data(f"BT /F1 12 Tf 72 700 Td ({text}) Tj ET".encode())
            page[NameObject("/Contents")] = writer._add_object(stream)  # noqa: SLF001 - there is no other way
    if password:
        writer.encrypt(password, algorithm="RC4-128")
    writer.write(buffer)
    return buffer.getvalue()


@cache
def picture(kind: str = "JPEG", size: tuple[int, int] = (35, 49)) -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", size, "white").save(buffer, kind)
    return buffer.getvalue()


def video(seconds: float, *, brand: bytes = b"isom") -> bytes:
    """An .mp4 whose header says how long it is; there is one track, and nothing to see on it."""
    units = int(seconds * 1000)
    matrix = struct.pack(">9I", 0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000)
    mvhd = _box(
        b"mvhd",
        struct.pack(">IIIII", 0, 0, 0, 1000, units),
        struct.pack(">IHHQ", 0x10000, 0x100, 0, 0),
        matrix,
        bytes(24),
        struct.pack(">I", 2),
    )
    tkhd = _box(
        b"tkhd",
        struct.pack(">IIIIII", 7, 0, 0, 1, 0, units),
        bytes(16),
        matrix,
        struct.pack(">II", 640 << 16, 360 << 16),
    )
    mdhd = _box(b"mdhd", struct.pack(">IIIIIHH", 0, 0, 0, 1000, units, 0x55C4, 0))
    hdlr = _box(b"hdlr", struct.pack(">II4s", 0, 0, b"vide"), bytes(12), b"video\0")
    avc1 = _box(b"avc1", bytes(6), struct.pack(">H", 1), bytes(16), struct.pack(">HH", 640, 360),
                struct.pack(">IIIH", 0x480000, 0x480000, 0, 1), bytes(32), struct.pack(">HH", 24, 0xFFFF))  # fmt: skip
    tables = (
        _box(b"stsd", struct.pack(">II", 0, 1), avc1),
        _box(b"stts", struct.pack(">IIII", 0, 1, 1, units)),
        _box(b"stsc", struct.pack(">IIIII", 0, 1, 1, 1, 1)),
        _box(b"stsz", struct.pack(">IIII", 0, 0, 1, 4)),
        _box(b"stco", struct.pack(">III", 0, 1, 48)),
    )
    dinf = _box(b"dinf", _box(b"dref", struct.pack(">II", 0, 1), _box(b"url ", struct.pack(">I", 1))))
    minf = _box(b"minf", _box(b"vmhd", struct.pack(">IQ", 1, 0)), dinf, _box(b"stbl", *tables))
    moov = _box(b"moov", mvhd, _box(b"trak", tkhd, _box(b"mdia", mdhd, hdlr, minf)))
    return _box(b"ftyp", brand, struct.pack(">I", 512), brand, b"mp41") + _box(b"mdat", bytes(4)) + moov


def _box(kind: bytes, *parts: bytes) -> bytes:
    content = b"".join(parts)
    return struct.pack(">I4s", len(content) + 8, kind) + content
