"""What stands above a table as `推荐单位（盖章）：江阳区`: one label in two cells, or several in one.

Nobody is registered under what a name runs into, so where it is unclear what ends a name, nothing is read.
"""

import re
from collections.abc import Iterator, Sequence
from typing import Final

from documents.headings import Meaning, folded

#: Labels of who fills a table in and when: nothing of them is about its rows, and the value before them ends there.
_OF_FILLING: Final = frozenset({
    *("填报日期", "填表日期", "填报时间", "填表时间", "报送日期", "报送时间", "上报日期", "上报时间", "制表日期"),
    *("日期", "时间", "年度", "共计", "合计", "人数", "填报单位", "填表单位", "制表单位"),
    *("联系人", "填报人", "填表人", "制表人", "经办人", "审核人", "负责人", "单位负责人", "主要负责人", "分管领导"),
    *("联系电话", "电话", "联系方式", "手机", "手机号", "手机号码", "办公电话", "传真", "邮箱", "电子邮箱"),
    *("邮编", "地址", "通讯地址", "联系地址"),
})  # fmt: skip

#: How long what stands above a table can be; a longer cell is a note.
_LONGEST: Final = 500

#: A colon that is none of a time, such as 10:30.
_COLON: Final = re.compile(r"(?<!\d)[：:]|[：:](?!\d)")

#: Blanks that set one thing apart from the next, as no name has them within it.
_APART: Final = re.compile(r"[^\S\n\t]{2,}|[\u3000\n\t]+")

#: The same, but for the one full-width blank that names may have.
_FAR_APART: Final = re.compile(r"\s{2,}|[\n\t]")

_SEAL: Final = r"[（(【]?\s*(?:加?盖\s*章|公\s*章|签\s*章|印\s*章)\s*[)）】]?"

#: What follows a name and is none of it: where the seal goes, and a date, filled in or not.
_BEHIND: Final = re.compile(rf"\s+(?:{_SEAL}|[\d\s]*年[\d\s]*月[\d\s]*日?|\d{{4}}[-./]\d{{1,2}}[-./]\d{{1,2}})$")
_SEALED: Final = re.compile(r"[（(【]\s*(?:加?盖\s*章|公\s*章|签\s*章|印\s*章)\s*[)）】]$")


def labels_above(rows: Sequence[Sequence[str]], meaning: Meaning) -> tuple[dict[str, str], dict[str, tuple[int, int]]]:
    """Return what labels say by their meanings, and in which cells, by row and column, it is unclear where it ends."""
    told: dict[str, str] = {}
    unclear: dict[str, tuple[int, int]] = {}
    for at, row in enumerate(rows):
        waiting: str | None = None
        for place, cell in enumerate(row):
            if not cell or len(cell) > _LONGEST or (waiting is None and _COLON.search(cell) is None):
                continue
            for label, value, is_clear in _parts(cell, meaning):
                named = waiting if label is None else label
                waiting = label if label is not None and not value else None
                meant = _meant(named, meaning) if named and value else None
                if meant is None or meant in told:
                    continue
                if is_clear:
                    told[meant] = value
                else:
                    unclear.setdefault(meant, (at, place))
    return told, {meant: where for meant, where in unclear.items() if meant not in told}


def _parts(cell: str, meaning: Meaning) -> Iterator[tuple[str | None, str, bool]]:
    """Yield each label of a cell with its value and whether that is clear; what stands before them all has none."""
    pieces = _COLON.split(cell.replace("_", " ").replace("＿", " "))
    label: str | None = None
    for place, piece in enumerate(pieces):
        if place == len(pieces) - 1:
            yield label, *_value(piece, is_clear=True)
            return
        value, following, is_clear = _split(piece.strip(), meaning, is_first=place == 0)
        if label is not None or value:
            yield label, *_value(value, is_clear=is_clear)
        label = following


def _split(piece: str, meaning: Meaning, *, is_first: bool) -> tuple[str, str, bool]:
    """Tell a value from the label behind it: by the label, where it is known, or else by the blanks between."""
    for start in (0, *(blank.end() for blank in re.finditer(r"\s+", piece))):
        plain = folded(piece[start:])
        if plain in _OF_FILLING or meaning(plain) is not None:
            return piece[:start].strip(), piece[start:], True
    blanks = list(_APART.finditer(piece))
    if blanks:
        return piece[: blanks[-1].start()].strip(), piece[blanks[-1].end() :], True
    return ("", piece, True) if is_first else (piece, "", False)


def _value(text: str, *, is_clear: bool) -> tuple[str, bool]:
    """Return a value without the place of the seal and a date behind it, and whether it is one value by all signs."""
    plain = text.strip()
    while (shorter := _SEALED.sub("", _BEHIND.sub("", plain)).strip()) != plain:
        plain = shorter
    return plain, is_clear and _FAR_APART.search(plain) is None


def _meant(label: str, meaning: Meaning) -> str | None:
    plain = folded(label)
    return None if plain in _OF_FILLING else meaning(plain)
