"""Files outside of the database, each once, by what it holds: named by its SHA-256, never changed, never executed."""

from dataclasses import dataclass
from hashlib import file_digest, sha256
from pathlib import Path
from typing import BinaryIO, Final

from programs import Words
from store.files import draft_of, put_in_place
from store.types import UnfitError

_CHUNK: Final = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Kept:
    """A file that is kept: its SHA-256 in hexadecimal, and its bytes."""

    digest: str
    size: int


class Contents:
    """A folder of files. Several processes, and machines that share the folder, may keep the same file at once."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @property
    def incoming(self) -> Path:
        """The folder beside it for what comes in and is not kept yet: on the same disk, and in no backup."""
        return self.folder.with_name(f"{self.folder.name}.incoming")

    def keep(self, source: BinaryIO, *, at_most: int) -> Kept:
        """Keep what can be read from here, of `at_most` so many bytes; it survives a power cut.

        Raises `UnfitError` for more, and `OSError` where it cannot be written; then nothing is left.
        """
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with draft_of(self.folder / "content") as draft:
            hashed, size = sha256(), 0
            with draft.open("wb") as stream:
                while chunk := source.read(_CHUNK):
                    size += len(chunk)
                    if size > at_most:
                        raise too_large(at_most)
                    hashed.update(chunk)
                    stream.write(chunk)
            kept = Kept(hashed.hexdigest(), size)
            place = self.path(kept.digest)
            if not place.exists():
                place.parent.mkdir(mode=0o700, exist_ok=True)
                # Its owner may read it, and nobody run it or write it.
                draft.chmod(0o400)
                put_in_place(draft, place)
        return kept

    def path(self, digest: str) -> Path:
        """Return where a file is kept, or would be."""
        return self.folder / digest[:2] / digest

    def is_whole(self, digest: str) -> bool:
        """Say whether a file is there and still holds what it held. Raises `OSError` where it cannot be read."""
        try:
            with self.path(digest).open("rb") as stream:
                return file_digest(stream, "sha256").hexdigest() == digest
        except FileNotFoundError:
            return False

    def copy_out(self, digest: str, to: Path) -> None:
        """Write a copy for somebody to open; raises `OSError`, `FileNotFoundError` among it where it is gone."""
        with self.path(digest).open("rb") as stream, draft_of(to) as draft:
            with draft.open("wb") as out:
                while chunk := stream.read(_CHUNK):
                    out.write(chunk)
            put_in_place(draft, to)


def too_large(at_most: int) -> UnfitError:
    """Say that a file is larger than is taken."""
    megabytes = at_most // (1024 * 1024)
    return UnfitError(
        Words(f"文件超过 {megabytes} MB，请压缩后再交", f"the file is larger than {megabytes} MB; make it smaller")
    )
