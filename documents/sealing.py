"""Office files that bear no moment of their making: the same content gives the same bytes."""

import io
import zipfile
from datetime import UTC, datetime
from typing import Final

#: What stands where a file must say when it was made.
NEVER: Final = datetime(1980, 1, 1, tzinfo=UTC)


def sealed(package: bytes) -> bytes:
    """Return an office file whose parts all bear the same moment, so that the same content gives the same bytes."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(package)) as read, zipfile.ZipFile(buffer, "w") as written:
        for name in read.namelist():
            # A ZipInfo that is given no date bears 1980-01-01.
            written.writestr(zipfile.ZipInfo(name), read.read(name), zipfile.ZIP_DEFLATED)
    return buffer.getvalue()
