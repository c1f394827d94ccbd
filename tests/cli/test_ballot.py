"""`linxuan review ballot`: a committee votes in secret, stands level, votes again, and its minutes tell all of it."""

import re
from io import BytesIO
from pathlib import Path

import pytest
from docx import Document

from programs import load_program
from tests.cli.selection import DRAWN_UP, HANDED_IN, OPENED, SCREENED, Office

PROGRAM = "luzhou-ballot"
PLACE = (PROGRAM, "decision")
ACTOR = ("--actor", "王管理")
NAMES = [f"{name}评委" for name in "甲乙丙"]
MEMBERS = [word for name in NAMES for word in ("--member", name)]
TELLERS = ("--teller", "监票人", "--teller", "计票人")
PAPERS = (
    "应到 3 人，实到 3 人，达到全体成员的三分之二以上的要求。"
    "收回选票 3 张，有效 3 张，无效 0 张；监票、计票：监票人、计票人。"
)
BALLOT = """
[stages.ballot]
clause = "四、（四）"
secret = {secret}
threshold = {{ more_than = "1/2" }}
of = "attending"
quorum = {{ share = {{ at_least = "2/3" }} }}
"""


@pytest.fixture
def committee(linxuan, tmp_path, monkeypatch):
    """An office whose committee votes, with one seat, opened with a secret ballot or a named one."""

    def opened(*, secret: bool = True) -> Office:
        shipped = Path(__file__).parents[2] / "programs" / "luzhou-chief-technician-2019.toml"
        text = shipped.read_text("utf-8").replace('id = "luzhou-chief-technician-2019"', f'id = "{PROGRAM}"')
        decision = "reserves = 0 # 裁定 reserves\n"
        text = text.replace(decision, decision + BALLOT.format(secret=str(secret).lower()))
        text = re.sub(r"ranked = true.*\n", "", text)
        text = text.replace("count = 10", "count = 1", 1)
        file = tmp_path / f"{PROGRAM}.toml"
        file.write_text(text, "utf-8")
        monkeypatch.chdir(tmp_path)
        office = Office(linxuan, PROGRAM)
        office.source = str(file)
        for ruling in load_program(file.name).rulings:
            office.does(OPENED, "program", "rule", file.name, ruling.id, "--accept")
        office.does(OPENED, "program", "open", file.name)
        return office

    return opened


def brought(office: Office, index: int) -> str:
    """Bring a nomination before the committee."""
    number = office.draws_up(index)
    program = load_program(office.source)
    office.does(DRAWN_UP, "nomination", "receive", number, *(one.id for one in program.materials), "--seen")
    for move in ("submit", "endorse", "accept"):
        office.moves(HANDED_IN, number, move)
    rules = [f"{rule.id}=pass" for rule in program.rules_for(program.paths()[0])]
    office.does(SCREENED, "nomination", "judge", number, *rules)
    office.moves(SCREENED, number, "accept")
    for track in ("materials", "site-visit"):
        office.does(SCREENED, "nomination", "report", number, track, "--points", "90", "--opinion", "属实")
    office.moves(SCREENED, number, "advance")
    return number


def test_committee_votes_again_on_those_who_are_level_and_the_minutes_tell_it(committee, linxuan, tmp_path):
    office = committee()
    first, second = brought(office, 0), brought(office, 1)
    assert office.does(SCREENED, "review", "ballot", "open", *PLACE, *MEMBERS)["round"] == 1
    present = office.does(SCREENED, "review", "ballot", "attend", *PLACE, "--all")
    assert present["present"] == sorted(NAMES)
    run = office.ask(SCREENED, "decide", *PLACE, f"{first}=chief-technician", *ACTOR)
    assert (run.code, "还没有表决" in run.err) == (1, True)
    level = (f"{first}=2/1/0", f"{second}=2/1/0")
    office.does(SCREENED, "review", "ballot", "count", *PLACE, *level, "--returned", "3", *TELLERS)
    closed = office.does(SCREENED, "review", "ballot", "close", *PLACE)
    assert closed["tie"] == {"grade": "chief-technician", "level": sorted((first, second)), "places": 1}
    assert office.does(SCREENED, "review", "ballot", "open", *PLACE)["round"] == 2
    again = (f"{first}=1/2/0", f"{second}=2/1/0")
    office.does(SCREENED, "review", "ballot", "count", *PLACE, *again, "--returned", "3", *TELLERS)
    assert office.does(SCREENED, "review", "ballot", "close", *PLACE)["tie"] is None
    shown = linxuan("review", "ballot", "show", *PLACE).out.splitlines()
    assert shown[0] == "第 1 轮　无记名　已结束　成员 3 人，到会 3 人"
    assert [one["state"] for one in office.ask(SCREENED, "review", "ballot", "show", *PLACE).document] == ["closed"] * 2
    chosen = office.does(SCREENED, "decide", *PLACE, "--ballot")
    assert (chosen["chosen"], chosen["eliminated"]) == ([second], [first])

    met = ("--chair", "某主任", "--recorder", "某干事", "--present", "列席人", "--agenda", "投票")
    office.does(SCREENED, "review", "meeting", *PLACE, *met)
    out = tmp_path / "纪要.docx"
    assert linxuan("export", "minutes", PROGRAM, "--out", str(out)).code == 0
    told = [one.text.rstrip() for one in Document(BytesIO(out.read_bytes())).paragraphs if one.text]
    assert told[2:] == [
        "时间：2019年8月2日",
        "地点：",
        "主持：某主任",
        "参加：丙评委、乙评委、甲评委、列席人",
        "记录：某干事",
        "一、议程",
        "1．投票",
        "二、表决情况",
        f"第 1 轮（无记名投票），对 2 件申报表决。{PAPERS}",
        "陈立秋：赞成 2 票，反对 1 票，弃权 0 票，得票相同，再次投票。",
        "李明远：赞成 2 票，反对 1 票，弃权 0 票，得票相同，再次投票。",
        f"第 2 轮（无记名投票），对第 1 轮得票相同的再次投票。{PAPERS}",
        "陈立秋：赞成 1 票，反对 2 票，弃权 0 票，未通过。",
        "李明远：赞成 2 票，反对 1 票，弃权 0 票，通过（泸州市首席技师）。",
        "三、议定事项",
        "会议依据《关于做好泸州市首席技师评审推荐工作的通知》（泸市人社办〔2019〕94号），对2名同志逐一评议，形成以下意见。",
        "1．拟授予“泸州市首席技师”（1名同志）：李明远（第1机械厂）。",
        "2．不予通过（1名同志）：陈立秋（第0机械厂）。",
        "上述意见经参加会议人员核对无误。",
        "泸州市首席技师评审委员会",
        "2019年8月2日",
    ]


def test_named_votes_are_typed_in_and_a_void_ballot_is_held_again(committee, linxuan):
    office = committee(secret=False)
    number = brought(office, 0)
    office.does(SCREENED, "review", "ballot", "open", *PLACE, *MEMBERS)
    office.does(SCREENED, "review", "ballot", "attend", *PLACE, "--present", NAMES[0], "--present", NAMES[1])
    reason = ("--reason", "系其师傅", "--ground", "kinship")
    office.does(SCREENED, "review", "ballot", "recuse", *PLACE, number, NAMES[1], *reason)
    cast = office.does(SCREENED, "review", "ballot", "cast", *PLACE, NAMES[0], number)
    assert cast == {"member": NAMES[0], "marks": {number: "yes"}}
    closed = office.does(SCREENED, "review", "ballot", "close", *PLACE)
    assert [(one["yes"], one["of"], one["chosen"]) for one in closed["lines"]] == [(1, 1, True)]
    lines = linxuan("review", "ballot", "show", *PLACE).out.splitlines()
    assert lines[1:3] == [f"　回避 {number}：{NAMES[1]}", f"　{NAMES[0]}：{number} 赞成"]
    assert office.does(SCREENED, "review", "ballot", "annul", *PLACE, "--reason", "程序有误")["annulled"] == 1
    assert office.does(SCREENED, "review", "ballot", "open", *PLACE)["round"] == 2


#: What is typed, with which exit code it ends, and what is said.
MISTAKES = [
    (("cast", *PLACE, "甲评委", "N=maybe", *ACTOR), 2, "“N=maybe”应写成 编号=yes、no 或 abstain"),
    (("count", *PLACE, "N=many", "--returned", "3", *ACTOR), 2, "“N=many”应写成 编号=赞成/反对/弃权"),
    (("attend", *PLACE, *ACTOR), 2, "请写 --present 或 --all"),
    (("close", *PLACE, *ACTOR), 1, "没有正在进行的表决"),
    (("annul", *PLACE, "--reason", "误", *ACTOR), 2, "此环节还没有表决"),
    (("show", PROGRAM, "publicity"), 2, "环节 publicity 不表决；表决的环节：decision"),
]


def test_what_cannot_be_is_told_in_words(committee, linxuan):
    committee()
    for arguments, code, said in MISTAKES:
        run = linxuan("review", "ballot", *arguments)
        assert (run.code, said in run.err) == (code, True), run
