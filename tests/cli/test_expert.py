"""`linxuan expert` and `linxuan review`: from the pool to the first report, as the office and the experts type it."""

import io
from pathlib import Path

import pytest
import xlsxwriter

from cli import expert, review
from programs import load_program
from tests.cli.selection import DRAWN_UP, HANDED_IN, OPENED, SCREENED, Office

PROGRAM = "luzhou-experts"
PLACE = (PROGRAM, "review")
HEADINGS = ("序号", "姓名", "工作单位", "专业", "职称", "出生年月", "聘期起", "聘期止")
ROWS = [
    ("1", "甲专家", "某大学", "机械、钳工", "教授", "1968.05", "2018年1月1日", "2020-12-31"),
    ("2", "乙专家", "第0机械厂", "机械", "", "1970", "", ""),
    ("3", "丙专家", "某学院", "焊接", "", "1975-03", "", ""),
    ("4", "丁专家", "某研究院", "机械", "", "1980", "", ""),
]


def workbook(rows: list[tuple[str, ...]]) -> bytes:
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True})
    sheet = book.add_worksheet()
    sheet.write_row(0, 0, ["2019年专家名册"])
    for place, row in enumerate([HEADINGS, *rows]):
        sheet.write_row(place + 1, 0, row)
    book.close()
    return buffer.getvalue()


POINTS = ("--points", "90", "--opinion", "业绩突出")


@pytest.fixture
def experts(linxuan, tmp_path, monkeypatch) -> Office:
    """An office whose program draws three experts, with four in the pool, and two nominations at the review."""
    file = tmp_path / f"{PROGRAM}.toml"
    shipped = Path(__file__).parents[2] / "programs" / "luzhou-chief-technician-2019.toml"
    text = shipped.read_text("utf-8").replace('id = "luzhou-chief-technician-2019"', f'id = "{PROGRAM}"')
    panel = 'panel = { clause = "四、（三）", size = 3, per_nominee = 1 }'
    file.write_text(text.replace('kind = "review"\n', f'kind = "review"\n{panel}\n'), "utf-8")
    monkeypatch.chdir(tmp_path)
    office = Office(linxuan, PROGRAM)
    office.source = str(file)
    for ruling in load_program(file.name).rulings:
        office.does(OPENED, "program", "rule", file.name, ruling.id, "--accept")
    office.does(OPENED, "program", "open", file.name)
    (tmp_path / "专家.xlsx").write_bytes(workbook(ROWS))
    office.does(OPENED, "expert", "import", str(tmp_path / "专家.xlsx"))
    return office


def reviewed(office: Office, index: int, tmp_path: Path) -> str:
    """Bring a nomination to the review."""
    number = office.draws_up(index)
    program = load_program(str(tmp_path / f"{PROGRAM}.toml"))
    office.does(DRAWN_UP, "nomination", "receive", number, *(one.id for one in program.materials), "--seen")
    for move in ("submit", "endorse", "accept"):
        office.moves(HANDED_IN, number, move)
    rules = [f"{rule.id}=pass" for rule in program.rules_for(program.paths()[0])]
    office.does(SCREENED, "nomination", "judge", number, *rules)
    office.moves(SCREENED, number, "accept")
    return number


def test_experts_from_the_table_to_the_first_report(experts, linxuan, tmp_path):
    numbers = [reviewed(experts, index, tmp_path) for index in range(2)]
    drawn = experts.does(SCREENED, "review", "draw", *PLACE, "--seed", "2019080212")
    names = [seat["expert"] for seat in drawn["seats"]]
    assert (drawn["candidates"], len(set(names))) == ({"any": 4}, 3)
    assert experts.does(SCREENED, "review", "invite", *PLACE)["invited"] == names
    explained = experts.ask(SCREENED, "review", "explain", *PLACE).document
    assert (explained["agrees"], [one["expert"] for one in explained["orders"]["any"]][:3]) == (True, names)
    for name in names:
        own = ("--actor", f"{name}:expert@专家评议小组")
        assert experts.ask(SCREENED, "review", "confirm", *PLACE, name, *own).document["state"] == "confirmed"
        run = experts.ask(SCREENED, "review", "assignments", *PLACE, *own)
        assert (run.code, run.document["refusals"][0]["reason"]) == (1, "还没有签署评审承诺")
        assert experts.ask(SCREENED, "review", "pledge", *PLACE, "--agree", *own).document["pledged"] is True
    done = experts.does(SCREENED, "review", "assign", *PLACE)
    assert (done["nominations"], done["assigned"], done["vacant"]) == (2, 2, 0)
    listed = {one["number"]: one for one in experts.ask(SCREENED, "review", "assignments", *PLACE).document}
    assert sorted(listed) == numbers
    if "乙专家" in names:
        assert [one["expert"] for one in listed[numbers[0]]["recused"]] == ["乙专家"]
    (mine,) = listed[numbers[0]]["experts"]
    own = ("--actor", f"{mine}:expert@专家评议小组")
    assert [one["number"] for one in experts.ask(SCREENED, "review", "assignments", *PLACE, *own).document] == [
        numbers[0]
    ]
    assert [one["number"] for one in experts.ask(SCREENED, "nomination", "list", *own).document] == [numbers[0]]
    assert experts.ask(SCREENED, "nomination", "show", numbers[0], *own).code == 0
    assert experts.ask(SCREENED, "nomination", "show", numbers[1], *own).code == 1
    assert experts.ask(SCREENED, "nomination", "report", numbers[0], "materials", *POINTS, *own).code == 0
    recused = experts.ask(
        SCREENED, "review", "recuse", numbers[0], mine, "--ground", "kinship", "--reason", "系本人亲属", *own
    )
    assert recused.document == {
        "number": numbers[0],
        "expert": mine,
        "recused": True,
        "ground": "kinship",
        "rankings": [],
    }
    for command in (["show"], ["history"], ["verdicts"], ["moves"], ["report", "materials", "--points", "1"]):
        what, *more = command
        run = linxuan("nomination", what, numbers[0], *more, *own, "--now", SCREENED)
        assert (run.code, run.out, run.err.splitlines()[0]) == (1, "", "不予办理：您应回避此件：与候选人有亲属关系")
    assert linxuan("audit", "verify").code == 0


def test_panel_and_the_pool_are_told_in_lines(experts, linxuan):
    experts.does(SCREENED, "expert", "declare", "甲专家", "kinship", "陈立秋", "--unit", "第0机械厂")
    assert linxuan("expert", "list", "--field", "机械").out.splitlines() == [
        "4　丁专家　某研究院　机械",
        "2　乙专家　第0机械厂　机械",
        "1　甲专家　某大学　教授　机械、钳工　聘期 2018-01-01 至 2020-12-31",
        "　　1　与候选人有亲属关系",
    ]
    seen = experts.does(SCREENED, "expert", "show", "甲专家", "--reason", "核对回避")
    (tie,) = seen["ties"]
    assert (seen["born"], tie["subject"], tie["unit"]) == (1968, "陈立秋", "第0机械厂")
    (listed,) = [one for one in experts.ask(SCREENED, "expert", "list").document if one["name"] == "甲专家"]
    assert (listed["born"], listed["ties"]) == (None, [tie | {"subject": None, "unit": None}])
    assert linxuan("expert", "show", "甲专家", "--actor", "王管理").err.startswith("不予办理：没有写明")
    experts.does(SCREENED, "review", "draw", *PLACE, "--seed", "1")
    first = experts.ask(SCREENED, "review", "panel", *PLACE).document["seats"][0]["expert"]
    said = linxuan("review", "decline", *PLACE, first, "--reason", "出差", "--actor", "王管理").out
    assert said.startswith(f"{first} 已辞邀，由 ")
    lines = linxuan("review", "panel", *PLACE).out.splitlines()
    assert lines[0].endswith("候选 4 名，种子 1")
    assert lines[1].endswith("已辞邀　出差")
    assert lines[4].endswith(f"已抽取　递补 {first}")
    assert linxuan("review", "explain", *PLACE).out.splitlines()[-1] == "复算结果与记录一致"


@pytest.mark.parametrize(
    ("row", "said"),
    [
        (("5", "甲专家", "某厂", "", "", "", "", ""), "✗ 第 3 行：专家库里已有“甲专家”"),
        (("5", "戊专家", "", "", "", "", "", ""), "✗ 第 3 行：没有写工作单位，无从判断回避"),
        (("5", "戊专家", "某厂", "", "", "五十岁", "", ""), "✗ 第 3 行：出生年“五十岁”读不懂，请写成 1968"),
        (("5", "戊专家", "某厂", "", "", "", "明年", ""), "✗ 第 3 行：日期“明年”读不懂，请写成 2026-01-01"),
        (("5", "戊专家", "某厂", "", "", "", "2020-01-01", "2019-01-01"), "✗ 第 3 行：聘期截止日早于起始日"),
    ],
)
@pytest.mark.usefixtures("experts")
def test_table_with_a_row_that_is_wrong_takes_nobody_in(linxuan, tmp_path, row, said):
    file = tmp_path / "更多.xlsx"
    file.write_bytes(workbook([row, ("6", "己专家", "某厂", "", "", "", "", "")]))
    run = linxuan("expert", "import", str(file), "--actor", "王管理")
    assert (run.code, run.out.splitlines()) == (1, [said, "未读的栏目：序号", "2 行，有问题须改正，一名也没有入库"])
    assert "己专家" not in linxuan("expert", "list").out


def test_dry_run_takes_nobody_in(linxuan, tmp_path):
    file = tmp_path / "专家.csv"
    file.write_text("姓名,工作单位\n甲,某大学\n", "utf-8")
    run = linxuan("expert", "import", str(file), "--dry-run", "--actor", "王管理")
    assert (run.code, run.out) == (0, "1 行，可以入库（只核对）\n")
    assert linxuan("expert", "list").out == "没有符合的专家\n"


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (
            ["review", "draw", PROGRAM, "screening", "--actor", "王管理"],
            2,
            "环节 screening 不抽取专家；抽取专家的环节：review",
        ),
        (["review", "panel", *PLACE], 1, "此环节还没有抽取专家"),
        (["review", "confirm", *PLACE, "某人", "--actor", "王管理"], 1, "此环节还没有抽取专家"),
        (["expert", "retire", "某人", "--reason", "无", "--actor", "王管理"], 2, "专家库里没有“某人”"),
        (["expert", "change", "甲专家", "--actor", "王管理"], 2, "没有写要更正什么"),
        (
            ["expert", "declare", "甲专家", "kinship", "陈立秋", "--actor", "乙专家:expert@某处"],
            1,
            "须由甲专家本人办理",
        ),
        (["review", "draw", *PLACE, "--actor", "某人:expert@专家评议小组"], 1, "专家无权办理“抽取和分配专家”"),
        (
            ["review", "recuse", "没有这件", "甲专家", "--reason", "无", "--actor", "王管理"],
            2,
            "没有编号为 没有这件 的申报",
        ),
    ],
)
@pytest.mark.usefixtures("experts")
def test_what_cannot_be_is_told_in_words(linxuan, arguments, code, said):
    run = linxuan(*arguments)
    assert (run.code, said in run.err) == (code, True), run


def test_the_pool_and_the_review_have_each_their_own_commands():
    assert (list(expert.command.commands), list(review.command.commands)) == (
        ["add", "import", "list", "show", "change", "retire", "declare", "withdraw-tie"],
        [
            *("draw", "panel", "explain", "invite", "confirm", "decline", "pledge", "assign", "assignments", "recuse"),
            *("score", "sheet", "import", "scores"),
            *("rank", "settle", "resolve", "reopen", "ballot", "meeting"),
        ],
    )
