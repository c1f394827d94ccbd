"""Scores, votes and rankings by commands alone, as an office types them."""

from pathlib import Path

import pytest

from programs import load_program
from programs.loader import program_text
from tests.cli.selection import DRAWN_UP, LUZHOU, OPENED, SCREENED, Office, identity_of
from tests.operations.workbooks import Workbook

SCORED = "scored-2019"
TRACKS = """tracks = [
  { id = "defence", name = "答辩", clause = "四、（三）", evaluation = "defence", opinion = true, criteria = [
    { id = "work", name = "业绩", full_marks = 40 }, { id = "skill", name = "技能", full_marks = 60, step = 0.5 },
  ], scoring = { method = "trimmed", at_least = 3, digits = 2 } },
]
keep = 10
"""
VOTE = """[[stages]]
id = "vote"
kind = "vote"
name = "网络投票"
clause = "四、（三）"
platforms = ["甲台", "乙台"]

"""
ACTOR = ("--actor", "王管理")
AT_REVIEW = (SCORED, "review")


class Scoring(Office):
    """An office whose program scores its nominees."""

    def __init__(self, office: Office, file: Path, before_review: str = "") -> None:
        super().__init__(office._linxuan, SCORED)  # noqa: SLF001 - the same commands, another program
        text = program_text(LUZHOU)
        head, _, rest = text.partition("tracks = [")
        body = rest.partition("\n]\n")[2]
        screened, stage, review = head.rpartition("[[stages]]")
        head = f"{screened}{before_review}{stage}{review}"
        file.write_text(f"{head}{TRACKS}{body}".replace(f'id = "{LUZHOU}"', f'id = "{SCORED}"'), "utf-8")
        self.source = self._file = str(file)

    def opens(self) -> None:
        for ruling in load_program(self._file).rulings:
            self.does(OPENED, "program", "rule", self._file, ruling.id, "--accept")
        self.does(OPENED, "program", "open", self._file)

    def shows(self) -> str:
        return self._linxuan("program", "show", SCORED).out

    def brings_to_the_review(self, index: int) -> str:
        nominee = ("--nominee", f"第{index}人", "--unit", f"第{index}厂")
        nominator = ("--nominator", "江阳区人社局", "--nominator-kind", "district")
        identity = ("--identity", identity_of(index))
        number = self.does(DRAWN_UP, "nomination", "add", SCORED, *nominee, *nominator, *identity)["number"]
        program = load_program(self._file)
        materials = [material.id for material in program.materials]
        self.does(DRAWN_UP, "nomination", "receive", number, *materials, "--seen")
        for move in ("submit", "endorse", "accept"):
            self.moves(DRAWN_UP, number, move)
        rules = [f"{rule.id}=pass" for path in program.paths() for rule in program.rules_for(path)]
        self.does(SCREENED, "nomination", "judge", number, *dict.fromkeys(rules))
        self.moves(SCREENED, number, "accept")
        return number


@pytest.fixture
def scoring(office, tmp_path, monkeypatch) -> Scoring:
    monkeypatch.chdir(tmp_path)
    scoring = Scoring(office, Path(f"{SCORED}.toml"))
    scoring.opens()
    return scoring


def test_scores_are_entered_ranked_explained_and_acted_on(scoring, linxuan):
    first, second = (scoring.brings_to_the_review(place) for place in range(2))
    for number, skill in ((first, "50"), (second, "55.5")):
        for evaluator in ("甲", "乙", "丙"):
            given = ("defence", "work=30", f"skill={skill}", "--opinion", "对答如流", "--evaluator", evaluator)
            scored = scoring.does(SCREENED, "review", "score", number, *given)
            assert (scored["evaluator"], scored["revision"], scored["changed"]) == (evaluator, 1, True)
    shown = scoring.ask(SCREENED, "review", "scores", *AT_REVIEW, "--number", second).document
    assert [(one["evaluator"], one["points"], one["total"]) for one in shown] == [
        (evaluator, {"work": "30", "skill": "55.5"}, "85.5") for evaluator in ("丙", "乙", "甲")
    ]
    preview = scoring.ask(SCREENED, "review", "rank", *AT_REVIEW).document
    assert (preview["round"], [one["number"] for one in preview["lines"]]) == (None, [second, first])
    settled = scoring.does(SCREENED, "review", "settle", *AT_REVIEW, "--reason", "评议纪要1号")
    assert [(one["place"], one["total"], one["goes_on"]) for one in settled["lines"]] == [
        (1, "85.5", True),
        (2, "80", True),
    ]
    told = linxuan("review", "rank", *AT_REVIEW, "--explain", second).out
    assert "　丙：业绩 30/40、技能 55.5/60，计 85.5（去掉）；意见：对答如流" in told
    assert "得分 85.5（四舍五入到 2 位小数）" in told
    assert "第 1 名，入围（取前 10 名）" in told
    done = scoring.does(SCREENED, "decide", *AT_REVIEW, "--ranked")
    assert (sorted(done["chosen"]), done["eliminated"]) == ([first, second], [])
    run = scoring.ask(SCREENED, "review", "reopen", *AT_REVIEW, "--reason", "有误", *ACTOR)
    assert (run.code, run.reasons) == (1, "已有 2 件按此排序办理")


def test_program_shows_what_is_scored_by_its_id(scoring):
    shown = [line.split() for line in scoring.shows().splitlines()]
    assert [line[:2] for line in shown if line and line[0] in ("defence", "work", "skill")] == [
        ["defence", "答辩（评议项）"],
        ["work", "业绩（评分项，0"],
        ["skill", "技能（评分项，0"],
    ]


def test_score_sheet_goes_out_and_comes_back(scoring, linxuan, tmp_path):
    number = scoring.brings_to_the_review(0)
    out = tmp_path / "评分表.xlsx"
    scoring.does(SCREENED, "review", "sheet", *AT_REVIEW, "defence", "--evaluator", "甲", "--out", str(out))
    book = Workbook(out.read_bytes())
    book.type("评分表", 4, 3, (41, 55.5, "好"))
    out.write_bytes(book.saved())
    noted = tmp_path / "核对.xlsx"
    run = scoring.ask(SCREENED, "review", "import", str(out), "--out", str(noted), *ACTOR)
    assert (run.code, run.document["scored"]) == (1, [])
    assert run.document["findings"] == [{"row": 4, "column": "业绩", "words": "41 分不在 0 至 40 之间", "blocks": True}]
    assert Workbook(noted.read_bytes()).comments() == ["D4"]
    book.type("评分表", 4, 3, (40, 55.5, "好"))
    out.write_bytes(book.saved())
    done = scoring.does(SCREENED, "review", "import", str(out))
    assert (done["evaluator"], done["scored"], done["kept"]) == ("甲", [number], True)
    history = scoring.ask(SCREENED, "review", "scores", *AT_REVIEW, "--number", number, "--history").document
    assert [(one["revision"], one["points"]) for one in history] == [(1, {"work": "40", "skill": "55.5"})]
    assert "甲评分" not in linxuan("nomination", "history", number).err
    assert "评分" in linxuan("nomination", "history", number).out


def test_votes_are_imported_shown_with_their_files_and_decide_who_goes_on(office, linxuan, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    scoring = Scoring(office, Path(f"{SCORED}.toml"), VOTE)
    scoring.opens()
    first, second = (scoring.brings_to_the_review(place) for place in range(2))
    file = tmp_path / "票数.csv"
    for platform, votes in (("甲台", (30, 50)), ("乙台", (10, 20))):
        file.write_text(f"编号,票数\n{first},{votes[0]}\n{second},{votes[1]}\n", "utf-8")
        done = scoring.does(SCREENED, "vote", "import", SCORED, str(file), "--platform", platform)
        assert (done["platform"], done["total"], done["kept"], done["findings"]) == (platform, sum(votes), True, [])
    again = scoring.ask(SCREENED, "vote", "import", SCORED, str(file), "--platform", "乙台", "--replace", *ACTOR)
    assert (again.code, again.reasons) == (1, "这个文件已作为“乙台”的票数导入过（票数.csv）")
    file.write_text(f"编号,票数\n{first},很多\n{second},1\n", "utf-8")
    faulty = scoring.ask(SCREENED, "vote", "import", SCORED, str(file), "--platform", "乙台", "--replace", *ACTOR)
    assert (faulty.code, [one["words"] for one in faulty.document["findings"]]) == (1, ["“很多”不是票数"])
    file.write_text(f"编号,票数\n{first},9\n{second},20\n", "utf-8")
    fell = linxuan(
        "vote", "import", SCORED, str(file), "--platform", "乙台", "--replace", "--dry-run", "--now", SCREENED, *ACTOR
    )
    assert fell.out.splitlines() == [
        f"※ {first}：由 10 票到 9 票，同期增加的中位数为 -0.5，请核查",
        "乙台：2 件，共 29 票（只核对，没有记录）",
    ]
    shown = scoring.ask(SCREENED, "vote", "show", SCORED).document
    assert [(one["platform"], one["total"], len(one["digest"])) for one in shown["imports"]] == [
        ("乙台", 30, 64),
        ("甲台", 80, 64),
    ]
    scoring.does(SCREENED, "review", "settle", SCORED, "vote")
    done = scoring.does(SCREENED, "decide", SCORED, "vote", "--ranked")
    assert done["chosen"] == [first, second]
    assert "合计 70" in linxuan("review", "rank", SCORED, "vote", "--explain", second).out


def test_program_without_a_vote_says_so(office, linxuan, tmp_path):
    run = office.ask(SCREENED, "vote", "show", LUZHOU)
    assert (run.code, run.err) == (2, "本项目没有投票环节\n")
    assert linxuan("vote", "import", LUZHOU, str(tmp_path / "无.csv"), *ACTOR).code == 2


@pytest.mark.parametrize(
    ("command", "words"),
    [
        (("review", "score", "N", "materials", "28", *ACTOR), "“28”应写成 评分项=分数"),
        (("review", "score", "N", "materials", "work=1", *ACTOR), "没有编号为 N 的申报"),
        (("review", "scores", LUZHOU, "publicity"), "“publicity”不是评议或投票环节；可用：review"),
        (("review", "scores", LUZHOU, "review", "--history"), "请用 --number 写明是哪一件"),
        (("review", "rank", LUZHOU, "review", "--explain", "N"), "排序里没有 N"),
        (("review", "rank", LUZHOU, "review", "--round", "3"), "“专家评议”没有第 3 轮排序"),
        (("review", "resolve", LUZHOU, "review", "A=x", *ACTOR), "“A=x”应写成 编号=票数"),
        (("review", "resolve", LUZHOU, "review", "A", "A", *ACTOR), "编号写重了"),
        (("review", "reopen", LUZHOU, "review", "--reason", "误", *ACTOR), "“专家评议”还没有确定排序"),
        (("decide", LUZHOU, "review", "--ranked", *ACTOR), "没有申报在“专家评议”"),
        (("decide", LUZHOU, "review", "--ranked", "--none", *ACTOR), "请列出入选的编号，或用 --ranked"),
    ],
)
@pytest.mark.usefixtures("office")
def test_what_cannot_be_done_is_told_in_words(linxuan, command, words):
    run = linxuan(*command)
    assert run.code == 2, run
    assert words in run.err
