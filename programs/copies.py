"""What a file that is handed in was found to be, by its content.

It loads no model of a program: the process that reads files starts for each of those who hand in.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from programs.lengths import Counting


class FileFormat(StrEnum):
    """What a file is by its content. `DOC` and `XLS` are the older formats of Word and Excel, which WPS writes too."""

    PDF = "PDF"
    DOC = "DOC"
    DOCX = "DOCX"
    XLS = "XLS"
    XLSX = "XLSX"
    TXT = "TXT"
    JPEG = "JPEG"
    PNG = "PNG"
    BMP = "BMP"
    TIFF = "TIFF"
    MP4 = "MP4"
    MOV = "MOV"
    AVI = "AVI"
    WMV = "WMV"
    MPEG = "MPEG"


@dataclass(frozen=True, slots=True)
class Copy:
    """What a file was found to be, by its content.

    `name` is what people call it, `size` its bytes. `pages` are counted, or only what the file says of itself where not
    `paged`. `characters` by each way of counting; none where it holds no text, as a scan. `seconds` of a video.
    """

    name: str
    format: FileFormat
    size: int
    pages: int | None = None
    paged: bool = True
    characters: Mapping[Counting, int] | None = field(default=None, hash=False)
    seconds: float | None = None
    pixels: tuple[int, int] | None = None
