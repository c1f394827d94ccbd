"""`linxuan program register`: a workbook of the nominations, masked unless a reason is given."""

import pytest
from python_calamine import CalamineWorkbook

from tests.operations.test_taking_in import person

LUZHOU = "luzhou-chief-technician-2019"
AT = ("--now", "2019-07-10T09:00")
PHONE, ACCOUNT = "13800138000", "6222021234567890128"


@pytest.fixture
def nominated(linxuan):
    by = ("--actor", "王管理", *AT)
    for ruling in linxuan("program", "show", LUZHOU, "--json").document["rulings"]:
        assert linxuan("program", "rule", LUZHOU, ruling["id"], "--accept", *by).code == 0
    assert linxuan("program", "open", LUZHOU, *by).code == 0
    for number, nominator in ((1, "江阳区"), (2, "=龙马潭区")):
        person_of = ("--nominee", f"第{number}人", "--unit", "某厂", "--identity", person(number))
        kept = ("--nominator", nominator, "--nominator-kind", "district", "--phone", PHONE, "--bank-account", ACCOUNT)
        assert linxuan("nomination", "add", LUZHOU, *person_of, *kept, *by).code == 0
    return linxuan


def cells(file) -> str:
    return repr(CalamineWorkbook.from_path(file).get_sheet_by_index(0).to_python())


def test_register_is_masked_and_says_so(nominated, tmp_path):
    file = tmp_path / "名册.xlsx"
    run = nominated("program", "register", LUZHOU, "--out", str(file), *AT)
    assert (run.code, run.out) == (0, f"{file}：2 件，个人信息只露首尾\n")
    found = cells(file)
    assert [value in found for value in (person(1), PHONE[3:], ACCOUNT)] == [False] * 3
    assert ("个人信息已隐去部分" in found, "'=龙马潭区'" in found) == (True, True)


def test_register_in_full_goes_into_the_history(nominated, tmp_path):
    file = tmp_path / "名册.xlsx"
    asked = ("program", "register", LUZHOU, "--out", str(file), "--in-full", "--actor", "王管理", *AT)
    refused = nominated(*asked)
    assert (refused.code, "没有写明查看的理由" in refused.err, file.exists()) == (1, True, False)
    run = nominated(*asked, "--reason", "发放津贴")
    assert (run.code, run.out) == (0, f"{file}：2 件，其中 2 件含完整的个人信息，已记入办理记录\n")
    assert [value in cells(file) for value in (person(1), person(2), PHONE, ACCOUNT)] == [True] * 4
    assert nominated("audit", "verify").code == 0


def test_operator_gets_their_own_alone(nominated, tmp_path):
    file = tmp_path / "名册.xlsx"
    by = ("--out", str(file), "--json", *AT)
    run = nominated("program", "register", LUZHOU, "--actor", "某人:operator@江阳区", *by)
    assert run.document == {"program": LUZHOU, "out": str(file), "rows": 1, "in_full": 0}
    run = nominated("program", "register", LUZHOU, "--actor", "某人:operator@别处", "--out", str(file), *AT)
    assert (run.code, run.out) == (0, f"没有您可查看的申报，{file} 只有表头\n")


@pytest.mark.parametrize(
    ("asked", "code", "said"),
    [
        (("--out", "名册.docx"), 2, "名册是 .xlsx 文件"),
        (("--out", "没有/名册.xlsx"), 3, "没有这个文件或文件夹"),
        (("--out", "名册.xlsx", "--stage", "moon"), 2, "没有环节 moon"),
        (("--out", "名册.xlsx", "--category", "moon"), 2, "没有类别 moon"),
        (
            ("--out", "名册.xlsx", "--actor", "某人:expert", "--in-full", "--reason", "x"),
            1,
            "专家无权办理“查看个人信息”",
        ),
    ],
)
def test_what_cannot_be_written_is_told_in_words(nominated, tmp_path, monkeypatch, asked, code, said):
    monkeypatch.chdir(tmp_path)
    run = nominated("program", "register", LUZHOU, *asked, *AT)
    assert (run.code, said in run.err, "Traceback" in run.err) == (code, True, False), run
    assert [one.name for one in tmp_path.iterdir() if one.name != "data"] == []
