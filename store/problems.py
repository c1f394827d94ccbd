"""What keeps a backup from being taken or put back."""

from pathlib import Path

from programs import Words
from store.migrate import revisions


class BackupError(Exception):
    """Nothing was written or changed; `words` says why. `outside`: it is nothing that was typed."""

    def __init__(self, words: Words, *, outside: bool = False) -> None:
        super().__init__(words.en)
        self.words = words
        self.outside = outside


def damaged(file: Path) -> BackupError:
    """Say that a backup cannot be read to its end."""
    return BackupError(
        Words(
            "{file} 已损坏或不完整，没有恢复；请换一份备份",
            "{file} is damaged or cut short; nothing was restored, use another backup",
        ).format(file=file)
    )


def foreign(file: Path) -> BackupError:
    """Say that a file is a backup of something else."""
    return BackupError(
        Words(
            "{file} 是别的程序的数据，不是遴选的备份，没有恢复",
            "{file} is another program's data; nothing was restored",
        ).format(file=file)
    )


def require_known(revision: str | None, file: Path) -> None:
    """Raise `BackupError` for a backup by a later version of the product."""
    known = revisions()
    if revision not in known:
        raise BackupError(
            Words(
                "{file} 由更新的版本备份（{revision}，本版本到 {newest}），没有恢复；请先升级遴选",
                "{file} was made by a later version ({revision}; this one knows up to {newest}); nothing was restored, "
                "upgrade Linxuan first",
            ).format(file=file, revision=revision, newest=known[-1])
        )
