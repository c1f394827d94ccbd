"""Taking a table of experts into the pool, all of them or none."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from documents.tables import Table, read_table
from operations.acts import Act
from operations.desk import Desk
from operations.experts.pool import ExpertDraft, added, refused_keeping
from operations.experts.records import POOL
from operations.results import Denied, UnknownError
from programs import Words
from store import hold

_WORDS: Final = {
    "name": "姓名|专家姓名|专家",
    "employer": "工作单位|所在单位|单位|单位名称",
    "fields": "专业|专业领域|领域|评审专业|研究方向|从事专业|专业方向",
    "title": "职称|职务|职称职务|专业技术职务|技能等级",
    "born": "出生年月|出生年|出生日期|出生年月日",
    "mail": "邮箱|电子邮箱|电子邮件",
    "term_from": "聘期起|聘任起始|聘期开始|入库日期",
    "term_until": "聘期止|聘任截止|聘期结束|有效期至",
}
_MEANING: Final = {word: meaning for meaning, words in _WORDS.items() for word in words.split("|")}
_BETWEEN = re.compile(r"[、，,；;/\s]+")
_DAY = re.compile(r"(\d{4})\D+(\d{1,2})\D+(\d{1,2})\D*|(\d{4})(\d{2})(\d{2})")


@dataclass(frozen=True, slots=True)
class Imported:
    """What came of a table: the numbers of those who were taken in, none where a row is wrong or it was a check.

    `findings` are rows, counted from 1 as the table counts them, with what is wrong; `passed_over` are headings of
    which nothing is known.
    """

    rows: int
    numbers: tuple[int, ...]
    findings: tuple[tuple[int, Words], ...]
    passed_over: tuple[str, ...]


def import_experts(desk: Desk, content: bytes, name: str, act: Act, *, dry_run: bool = False) -> Imported | Denied:
    """Take in everybody whom a table names. Raises `DocumentError` for what is no table with a column of names."""
    table = read_table(content, name, _MEANING.get, "name")
    with desk.store.write() as transaction:
        hold(transaction.connection, [POOL])
        if refused := refused_keeping(transaction.connection, act):
            return refused
        numbers: list[int] = []
        findings: list[tuple[int, Words]] = []
        count = 0
        for row, cells in _rows(table):
            count += 1
            try:
                done = added(transaction, _draft(cells), act)
            except UnknownError as error:
                findings.append((row, error.words))
                continue
            if isinstance(done, Denied):
                findings += [(row, refusal.reason) for refusal in done.refusals]
            else:
                numbers.append(done)
        if findings or dry_run:
            transaction.abandon()
            numbers = []
    return Imported(count, tuple(numbers), tuple(findings), table.unknown)


def _rows(table: Table) -> Iterator[tuple[int, Mapping[str, str]]]:
    columns = {meaning: table.column(meaning).tolist() for meaning in table.columns}
    for place, name in enumerate(columns["name"]):
        if name:
            yield table.first + place + 1, {meaning: cells[place] for meaning, cells in columns.items() if cells[place]}


def _draft(cells: Mapping[str, str]) -> ExpertDraft:
    if "employer" not in cells:
        raise UnknownError(
            Words("没有写工作单位，无从判断回避", "without an employer nobody knows when to recuse them")
        )
    return ExpertDraft(
        cells["name"],
        cells["employer"],
        tuple(field for field in _BETWEEN.split(cells.get("fields", "")) if field),
        cells.get("title"),
        _year(cells["born"]) if "born" in cells else None,
        cells.get("mail"),
        _day(cells["term_from"]) if "term_from" in cells else None,
        _day(cells["term_until"]) if "term_until" in cells else None,
    )


def _year(text: str) -> int:
    found = re.match(r"\d{4}", text)
    if found is None:
        raise UnknownError(Words(f"出生年“{text}”读不懂，请写成 1968", f"{text!r} is no year; write 1968"))
    return int(found[0])


def _day(text: str) -> date:
    found = _DAY.match(text)
    try:
        year, month, day = (int(part) for part in (found.groups() if found else ()) if part)
        return date(year, month, day)
    except ValueError as error:
        raise UnknownError(
            Words(f"日期“{text}”读不懂，请写成 2026-01-01", f"{text!r} is no day; write 2026-01-01")
        ) from error
