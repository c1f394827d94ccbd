"""What somebody mistypes, and what they are told: the file, the line, and how it is written."""

from pathlib import Path

import pytest

from programs import ProgramError, Words, load_program, parse_program
from programs.loader import program_text

#: A line that breaks a file: the code, where on the line it is read to break, and the remedy.
SLIPS = {
    "Chinese quotes": ("award = “奖”", 9, '引号要用英文半角的 "…"，这里用了中文引号'),
    "Chinese quotes in a list": ('issuers = ["局"，“厅”]', 15, '引号要用英文半角的 "…"，这里用了中文引号'),
    "corner brackets": ("award = 「奖」", 9, '引号要用英文半角的 "…"，这里用了中文引号'),
    "full-width equals": ('award ＝ "奖"', 7, "“＝”是全角符号，请改成半角的 ="),
    "full-width comma": ('issuers = ["局"，"厅"]', 15, "“，”是全角符号，请改成半角的 ,"),
    "enumeration comma": ('issuers = ["局"、"厅"]', 15, "“、”是全角符号，请改成半角的 ,"),
    "full-width brackets": ('issuers = ［"局"］', 11, "“［”是全角符号，请改成半角的 ["),
    "full-width space": ('award =　"奖"', 8, "“　”是全角符号，请改成半角的 空格"),
    "a colon": ('award: "奖"', 6, "字段和值之间用等号 =，不用冒号"),
    "a missing quote": ('award = "奖', 11, "引号没有成对，请补上另一半"),
    "no quotes": ("award = 奖", 9, '文字要用英文双引号括起来，如 "某市"'),
    "a capital True": ("accepted = True", 12, "请写 true（是）或 false（否），小写，不加引号"),
    "a Chinese no": ("accepted = 否", 12, "请写 true（是）或 false（否），小写，不加引号"),
    "a Chinese field": ('奖项 = "奖"', 1, "字段名要用英文，如 name、clause，见 docs/programs.md"),
    "a short date": ("issued = 2026-3-2", 14, "日期请写成 2026-03-02，月日各两位，不加引号"),
    "a Chinese date": ("issued = 2026年3月2日", 14, "日期请写成 2026-03-02，月日各两位，不加引号"),
    "a date with slashes": ("issued = 2026/03/02", 14, "日期请写成 2026-03-02，月日各两位，不加引号"),
    "a day that is not": ("issued = 2026-02-30", 10, "没有这一天，请核对日期"),
    "a backslash": ('award = "C:\\Users"', 14, "引号里的反斜杠 \\ 要写成两个 \\\\"),
    "no value": ("award =", 8, "等号后面没有值，请补上或删去该行"),
    "words": ("这是说明", 1, "这一行不是“字段 = 值”；说明文字请以 # 开头"),
    "a wrong bracket": ("[[stages}]", 9, "请检查该处的引号、括号和等号"),
    "a key twice": ('id = "y"', 9, "第 1 行已经写过，请删去一处"),
}


def _fault(text):
    with pytest.raises(ProgramError) as refused:
        parse_program(text, "star.toml")
    (fault,) = refused.value.faults
    return fault


@pytest.mark.parametrize(("line", "column", "remedy"), SLIPS.values(), ids=SLIPS)
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_a_slip_is_told_with_its_line_and_remedy(line, column, remedy, newline):
    fault = _fault(newline.join(['id = "x-1"', "# 说明，“引号”", line, "edition = 1", ""]))
    assert (fault.file, fault.line, fault.words.zh, fault.remedy.zh) == (
        "star.toml",
        3,
        f"不是合法的 TOML：第 3 行第 {column} 列有误",
        remedy,
    )
    assert fault.told().zh.startswith("star.toml:3　文件：不是合法的 TOML")
    assert fault.words.en.startswith(f"is not valid TOML at line 3, column {column}: ")


def test_a_table_that_stands_twice_is_told_with_its_first_line():
    fault = _fault('id = "x"\n[stages] # 环节\na = 1\n[routes]\n[stages]\nb = 1\n')
    assert (fault.code, fault.line, fault.remedy) == (
        "written_twice",
        5,
        Words(
            "这个表第 2 行已经写过：请合并，或把每一项都写成两层方括号 [[stages]]",
            "the table stands at line 2 already: join them, or write each entry as [[stages]]",
        ),
    )


def test_a_field_that_stands_twice_in_one_table_is_not_that_of_another():
    fault = _fault('name = "x"\n[[stages]]\nname = "a"\n[[stages]]\nkind = "b"\nname = "b"\nname = "c"\n')
    assert (fault.line, fault.remedy.zh) == (7, "第 6 行已经写过，请删去一处")


@pytest.mark.parametrize(
    ("text", "line", "remedy"),
    [
        ('id = "x"\nissuers = ["局",\n\n', 2, "有一个括号没有闭合，请补上"),
        ('id = "x"\naward = """奖\n', 2, "引号没有成对，请补上另一半"),
        ('id = "x"\naward = ', 2, "等号后面没有值，请补上或删去该行"),
    ],
)
def test_a_file_that_ends_too_early_is_told_with_its_last_line(text, line, remedy):
    fault = _fault(text)
    assert (fault.line, fault.words.zh, fault.remedy.zh) == (line, "不是合法的 TOML：文件末尾有误", remedy)


@pytest.mark.parametrize("text", ["a = " + "[" * 5000, "a = " + "9" * 5000])
def test_what_no_notice_needs_is_refused_in_words(text):
    assert _fault(text).words.zh in ("括号套了太多层", "有一个数太长")


ENOUGH = 'id = "x-1"\naward = "奖"\n'

FILES = {
    "GBK": (ENOUGH.encode("gbk"), 2, "不是 UTF-8 编码，像是 GBK（ANSI）编码", "请用记事本打开，另存为，编码选 UTF-8"),
    "UTF-16": (ENOUGH.encode("utf-16"), 1, "文件是 UTF-16（“Unicode”）编码", "请用记事本打开，另存为，编码选 UTF-8"),
    "no encoding": (b'id = "x-1"\n\n\xff', 3, "不是 UTF-8 编码", "请用记事本打开，另存为，编码选 UTF-8"),
    "a picture": (b"\x89PNG\r\n\x1a\n\x00\x00", 1, "不是文本文件", "请选 .toml 文件，Word 和 Excel 文件不能用"),
    "nothing": (b"", 1, "文件是空的，没有任何字段", "用 linxuan program new 起草一个，或照 docs/programs.md 写"),
    "comments": (
        "# 待写\n".encode(),
        1,
        "文件是空的，没有任何字段",
        "用 linxuan program new 起草一个，或照 docs/programs.md 写",
    ),
    "ten megabytes": (b"# x\n" * 2_500_000, None, "文件超过 1024 KB，不像项目文件", "请核对是否选错了文件"),
}


@pytest.mark.parametrize(("data", "line", "words", "remedy"), FILES.values(), ids=FILES)
def test_a_file_that_is_none_is_told_with_its_remedy(tmp_path, data, line, words, remedy):
    file = tmp_path / "star.toml"
    file.write_bytes(data)
    with pytest.raises(ProgramError) as refused:
        load_program(file)
    (fault,) = refused.value.faults
    assert (fault.file, fault.line, fault.words.zh, fault.remedy.zh) == (str(file), line, words, remedy)


def test_a_folder_is_told_to_be_one(tmp_path):
    with pytest.raises(ProgramError) as refused:
        load_program(tmp_path)
    (fault,) = refused.value.faults
    assert (fault.file, fault.words.zh, fault.remedy.zh) == (
        str(tmp_path),
        "这是文件夹，不是文件",
        "请写明文件夹里的 .toml 文件",
    )


def test_the_mark_that_an_editor_puts_before_utf_8_is_no_mistake(tmp_path):
    file = tmp_path / "luzhou.toml"
    file.write_bytes(b"\xef\xbb\xbf" + program_text("luzhou-chief-technician-2019").replace("\n", "\r\n").encode())
    assert load_program(file) == load_program("luzhou-chief-technician-2019")


def test_each_fault_of_the_model_is_told_with_its_line():
    text = program_text("luzhou-chief-technician-2019")
    wrong = text.replace("at_most_pages = 1", "at_most_page = 1").replace("men = 57", 'men = "五十七"')
    wrong = wrong.replace("nominee =", "nomineee =", 1).replace("days = 5", "days = 0")
    with pytest.raises(ProgramError) as refused:
        parse_program(wrong, "star.toml")
    rows = wrong.split("\n")
    assert [(fault.place, rows[fault.line - 1].strip()) for fault in refused.value.faults] == [
        ("nominee", "# 泸州市首席技师（2019年）"),
        ("rules.age.men", 'men = "五十七"'),
        ("materials.overview.at_most_page", "at_most_page = 1"),
        ("stages.publicity.period.days", "period = { days = 0 }"),
        ("nomineee", 'nomineee = "person"'),
    ]


def test_the_second_of_two_parts_with_one_id_is_told_by_its_line():
    text = program_text("luzhou-chief-technician-2019").replace('id = "department"', 'id = "district"')
    with pytest.raises(ProgramError) as refused:
        parse_program(text, "star.toml")
    (fault,) = refused.value.faults
    assert (fault.words.zh, fault.line) == (
        "id district 出现了两次",
        [at for at, row in enumerate(text.split("\n"), 1) if row == 'id = "district"'][1],
    )


#: What an official first wrote in the file of one shape: what stood there, what was written, and what was then told.
FIRST_WRITTEN = {
    'nominee = "team"': ('nominee = "团队"', "是否想写 team？"),
    'kind = "target"': ('kind = "左右"', "是否想写 target？"),
    'facts = ["education"]': ('facts = ["学历"]', "是否想写 education？"),
    'marks = ["seal"]': ('marks = ["公章"]', "是否想写 seal？"),
    'unit = "calendar"': ('unit = "自然日"', "是否想写 calendar？"),
    "at_most_minutes = 5": ("at_most_minute = 5", "是否想写 at_most_minutes？"),
    "weight_percent = 60": ("weight = 60", "是否想写 weight_percent？"),
    'name = "评审确定"': (
        'name = "评审确定"\nkeep = 9',
        "它用于 kind 为 screening（资格审查）、vote（投票）、review（专家评议） 的条目",
    ),
    'name = "竞赛、专利、绝技具其一"': ('name = "竞赛"\nwithin_years = 5', "它用于 kind 为 history（既往） 的条目"),
    'name = "征求公安、税务、信访意见"': ('name = "征求意见"\ndeadline = {}', "它写在 [[stages.tiers]] 里"),
    'categories = ["modern"]': ('categories = ["modren"]', "是否想写 modern？"),
    'tier = "city"': ('tier = "ciyt"', "是否想写 city？"),
}


@pytest.mark.parametrize(("right", "wrong", "remedy"), [(right, *told) for right, told in FIRST_WRITTEN.items()])
def test_what_was_first_written_is_told_with_what_was_meant(right, wrong, remedy):
    text = (Path(__file__).parent / "shapes" / "teams.toml").read_text("utf-8")
    first = text[: text.index(right)].count("\n") + 1
    fault = _fault(text.replace(right, wrong, 1))
    assert (fault.line - wrong.count("\n"), remedy in fault.remedy.zh) == (first, True)
