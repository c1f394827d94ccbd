"""Reading one file: what it is by its content, proven by opening it with what reads such files.

Each of those is loaded for the first file of its kind: most processes read one file, and all of them take longer to
load than a file takes to be read.
"""

import warnings
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from documents.errors import DocumentError
from programs import Words
from programs.copies import Copy, FileFormat
from programs.lengths import Counting, count_characters

if TYPE_CHECKING:
    from docx.document import Document as WordDocument

#: How much a packed file may hold: a hundredfold is a bomb, no document.
_MOST_UNPACKED: Final = 300 * 1024 * 1024
#: How many pixels a picture may have; a page scanned at 1200 dots an inch has 140 million.
_MOST_PIXELS: Final = 200_000_000
#: A PDF of which fewer characters than these can be read for each page is a scan.
_SCANNED: Final = 20

#: What stands in a text box stands in the file twice, the second time for older readers.
_FALLBACK: Final = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"

_OLE: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_PICTURES: Final = {
    "JPEG": FileFormat.JPEG,
    "MPO": FileFormat.JPEG,
    "PNG": FileFormat.PNG,
    "BMP": FileFormat.BMP,
    "TIFF": FileFormat.TIFF,
}
_VIDEOS: Final = {
    "MPEG-4": FileFormat.MP4,
    "QuickTime": FileFormat.MOV,
    "AVI": FileFormat.AVI,
    "Windows Media": FileFormat.WMV,
    "MPEG-PS": FileFormat.MPEG,
}


def read_copy(file: Path, name: str) -> Copy:
    """Tell what a file is and how much it holds. `name` is what its owner calls it; it decides nothing.

    Raises `DocumentError` for an empty file, one that is locked or damaged, and one of no known format.
    """
    size = file.stat().st_size
    if size == 0:
        raise DocumentError(Words(f"{name} 是空文件", f"{name} is empty"))
    with file.open("rb") as stream:
        start = stream.read(1024)
    if b"%PDF-" in start:
        return _pdf(file, name, size)
    if start.startswith(b"PK"):
        return _packed(file, name, size)
    if start.startswith(_OLE):
        return _older(file, name, size)
    return _picture(file, name, size) or _video(file, name, size) or _plain(file, name, size)


def _pdf(file: Path, name: str, size: int) -> Copy:
    from pypdf import PdfReader  # noqa: PLC0415
    from pypdf.errors import PyPdfError  # noqa: PLC0415

    try:
        reader = PdfReader(file)
        if reader.is_encrypted and not reader.decrypt(""):
            raise _locked(name)
        pages = len(reader.pages)
        text = "\n".join(page.extract_text() for page in reader.pages)
    except PyPdfError as error:
        raise _damaged(name, "PDF") from error
    except (ValueError, KeyError, TypeError, AttributeError, IndexError, RecursionError) as error:
        # What the reader trips over in a file that somebody has broken is of any kind.
        raise _damaged(name, "PDF") from error
    counts = _counts(text)
    if counts[Counting.CHARACTERS] < _SCANNED * pages:
        return Copy(name, FileFormat.PDF, size, pages)
    return Copy(name, FileFormat.PDF, size, pages, characters=counts)


def _packed(file: Path, name: str, size: int) -> Copy:
    try:
        with zipfile.ZipFile(file) as archive:
            entries = {entry.filename: entry for entry in archive.infolist()}
            if sum(entry.file_size for entry in entries.values()) > _MOST_UNPACKED:
                raise DocumentError(Words(f"{name} 解开后过大", f"{name} is too large when unpacked"))
            if "word/document.xml" in entries:
                pages = _pages_stated(archive)
                return _word(file, name, size, pages)
            if "xl/workbook.xml" in entries:
                return Copy(name, FileFormat.XLSX, size)
    except (zipfile.BadZipFile, OSError, RuntimeError) as error:
        raise _damaged(name, "Office") from error
    raise _unknown(name)


def _word(file: Path, name: str, size: int, pages: int | None) -> Copy:
    from docx import Document  # noqa: PLC0415

    try:
        document = Document(str(file))
        text = "\n".join(_paragraphs(document))
    except (KeyError, ValueError, OSError, zipfile.BadZipFile, SyntaxError) as error:
        raise _damaged(name, "Word") from error
    # Where a page ends is known to whoever lays the document out; the file only says what it was last.
    return Copy(name, FileFormat.DOCX, size, pages, paged=False, characters=_counts(text))


def _paragraphs(document: "WordDocument") -> list[str]:
    """Return the text of all paragraphs of the body, those in tables and text boxes included."""
    from docx.oxml.ns import qn  # noqa: PLC0415

    body: Any = document.element.body
    return [
        "".join(run.text or "" for run in paragraph.iter(qn("w:t")))
        for paragraph in body.iter(qn("w:p"))
        if next(paragraph.iterancestors(_FALLBACK), None) is None
    ]


def _pages_stated(archive: zipfile.ZipFile) -> int | None:
    """Return how many pages a Word file says that it has: as it was saved, or as it was last laid out."""
    stated = 0
    if "docProps/app.xml" in archive.namelist():
        _, _, rest = archive.read("docProps/app.xml").partition(b"<Pages>")
        number = rest.partition(b"<")[0].strip()
        stated = int(number) if number.isdigit() else 0
    laid_out = archive.read("word/document.xml").count(b"lastRenderedPageBreak")
    return max(stated, laid_out + 1 if laid_out else 0) or None


def _older(file: Path, name: str, size: int) -> Copy:
    import olefile  # noqa: PLC0415

    try:
        with olefile.OleFileIO(str(file)) as parts:  # type: ignore[no-untyped-call]
            if parts.exists("EncryptedPackage"):
                raise _locked(name)
            if parts.exists("WordDocument"):
                return Copy(name, FileFormat.DOC, size, _number(parts.get_metadata().num_pages), paged=False)
            if parts.exists("Workbook") or parts.exists("Book"):
                return Copy(name, FileFormat.XLS, size)
    except OSError as error:
        raise _damaged(name, "Office") from error
    raise _unknown(name)


def _number(value: object) -> int | None:
    return value if isinstance(value, int) and value > 0 else None


def _picture(file: Path, name: str, size: int) -> Copy | None:
    from PIL import Image, UnidentifiedImageError  # noqa: PLC0415

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(file, formats=["JPEG", "PNG", "BMP", "TIFF"]) as picture:
                if picture.width * picture.height > _MOST_PIXELS:
                    raise _too_large(name)
                picture.load()
                return Copy(name, _PICTURES[str(picture.format)], size, pixels=picture.size)
    except UnidentifiedImageError:
        return None
    except (Image.DecompressionBombWarning, Image.DecompressionBombError) as error:
        raise _too_large(name) from error
    except (OSError, ValueError, SyntaxError) as error:
        raise _damaged(name, Words("图片", "picture")) from error


def _video(file: Path, name: str, size: int) -> Copy | None:
    from pymediainfo import MediaInfo  # noqa: PLC0415

    tracks = MediaInfo.parse(str(file)).tracks
    general = next((track for track in tracks if track.track_type == "General"), None)
    if general is None or not any(track.track_type == "Video" for track in tracks):
        return None
    kind = _VIDEOS.get(str(general.format))
    if kind is FileFormat.MP4 and general.format_profile == "QuickTime":
        kind = FileFormat.MOV
    if kind is None:
        raise _unknown(name)
    seconds = None if general.duration is None else float(general.duration) / 1000
    return Copy(name, kind, size, seconds=seconds)


def _plain(file: Path, name: str, size: int) -> Copy:
    content = file.read_bytes() if size <= _MOST_UNPACKED else b"\0"
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return Copy(name, FileFormat.TXT, size, characters=_counts(text))
    raise _unknown(name)


def _counts(text: str) -> Mapping[Counting, int]:
    return {counting: count_characters(text, counting) for counting in Counting}


def _damaged(name: str, kind: str | Words) -> DocumentError:
    return DocumentError(
        Words(
            "{name} 打不开，{kind}文件已损坏；请重新生成再交", "{name} is a damaged {kind} file; make it anew"
        ).format(name=name, kind=kind)
    )


def _locked(name: str) -> DocumentError:
    return DocumentError(Words(f"{name} 加了密码，请去掉密码再交", f"{name} is locked by a password; take it off"))


def _too_large(name: str) -> DocumentError:
    return DocumentError(Words(f"{name} 的像素过多，请缩小再交", f"{name} has too many pixels; make it smaller"))


def _unknown(name: str) -> DocumentError:
    known = "、".join(FileFormat)
    return DocumentError(
        Words(f"{name} 的内容不是可收的格式；可收：{known}", f"{name} is of no format that is taken: {known}")
    )
