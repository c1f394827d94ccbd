"""How long a table takes to be read and judged, beside reading it alone: `python -m benchmarks.intake [--rows N]`.

Both read the same `.xlsx` of 13 columns with the same engine, in turns; drawing up in the database is left out.
"""

import argparse
import io
import time
from collections.abc import Callable
from random import Random
from statistics import median

import xlsxwriter
from python_calamine import CalamineWorkbook

from documents.tables import read_table
from operations.columns import meaning_of
from operations.rehearse.people import make_identity
from operations.rows import RowReader
from programs import load_program

TURNS = 5
PROGRAM = load_program("luzhou-chief-technician-2019")
#: The headings of the notice's annex 3.
HEADINGS = (
    *("推荐排序", "推荐单位", "姓名", "性别", "出生年月", "身份证号", "工作单位", "文化程度", "参工时间"),
    *("职业(工种)", "现职业资格及取得时间", "联系电话", "主要技术成果、贡献"),
)


def main() -> None:
    """Measure both."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=10_000)
    rows = parser.parse_args().rows
    content = table_of(rows)
    taken: dict[str, list[float]] = {"alone": [], "ours": []}
    for _ in range(TURNS):
        for name, way in (("alone", read_alone), ("ours", read_and_judge)):
            taken[name].append(seconds(way, content))
    alone, mine = (median(taken[name]) for name in ("alone", "ours"))
    print(
        f"{rows:,} rows of {len(HEADINGS)} columns: read and judged in {mine:.3f} s, read alone in {alone:.3f} s: "
        f"{mine / alone:.1f} times"
    )


def table_of(rows: int) -> bytes:
    """Return a table of so many made-up people."""
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True})
    sheet = book.add_worksheet("汇总表")
    sheet.write_row(0, 0, HEADINGS)
    for place in range(rows):
        identity = make_identity(place, Random(place))  # noqa: S311 - made-up people need no secrets
        sex = "男" if int(identity[-2]) % 2 else "女"
        born = f"{identity[6:10]}.{identity[10:12]}"
        told = (
            str(place + 1),
            "江阳区",
            f"第{place}人",
            sex,
            born,
            identity,
            f"第{place}厂",
            "大专",
            "1999.07",
            "钳工",
        )
        sheet.write_row(place + 1, 0, (*told, "高级技师（2015年3月）", f"138{place:08d}", "技术革新多项"))
    book.close()
    return buffer.getvalue()


def read_alone(content: bytes) -> None:
    """Read every cell, and do nothing with it."""
    CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0).to_python()


def read_and_judge(content: bytes) -> None:
    """Read the table, and make a draft of every row, with whatever is wrong in a cell."""
    table = read_table(content, "汇总表.xlsx", meaning_of(PROGRAM), "nominee")
    reader = RowReader(PROGRAM, table, {"nominator_kind": "district"})
    found = sum(1 for _ in reader.candidates())
    if found != reader.rows or reader.findings:
        raise SystemExit(f"{found} of {reader.rows} rows are fit: {reader.findings[:3]}")


def seconds(way: Callable[[bytes], None], content: bytes) -> float:
    """Return how long it took."""
    start = time.perf_counter()
    way(content)
    return time.perf_counter() - start


if __name__ == "__main__":
    main()
