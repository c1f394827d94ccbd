"""Whatever a command asks for by its id can be looked up first, with its name beside it."""

import re

import pytest

from programs import load_program
from tests.cli.selection import DRAWN_UP, LUZHOU, SCREENED

OPENED_AT = "2019-07-10 09:00"
ROLES = "administrator 管理员、operator 经办人、screening 审查人员、expert 专家、supervisor 监督人员"
ROLES += "、security 安全管理员"
ACTING = [
    "program open",
    "program rule",
    "program extend",
    "program amend",
    "program migrate",
    "nomination add",
    "nomination receive",
    "nomination judge",
    "nomination report",
    "nomination moves",
    "nomination move",
    "review score",
    "review sheet",
    "review import",
    "vote import",
    "review settle",
    "review resolve",
    "review reopen",
    "publicity start",
    "publicity object",
    "publicity settle",
    "issue",
    "organization mail",
    "organization add",
    "organization place",
    "user add",
    "user grant",
    "user revoke",
    "user disable",
    "user enable",
    "user password",
]


def _sections(text):
    """Read the sections of `program show`: the ids of each, in their order, by the section's heading."""
    found = {}
    for block in text.split("\n\n")[1:]:
        heading, *rows = block.splitlines()
        found[heading.rstrip("：:")] = [row.split()[0] for row in rows]
    return found


def _rulings(text):
    """Read how each ruling is marked, by its id."""
    rows = text.rpartition("裁定：\n")[2].splitlines()
    return {row.split()[0]: row.rpartition("　")[2] for row in rows}


def _after(text, heading):
    """Read the entries below a heading of `nomination show`."""
    below = text.partition(f"{heading}：")[2].splitlines()[1:]
    entries = []
    for line in below:
        if not line.startswith("  "):
            break
        entries.append(line.strip())
    return entries


def test_a_program_shows_the_id_of_every_part_that_commands_ask_for(linxuan, data):
    program = load_program(LUZHOU)
    sections = _sections(linxuan("program", "show", LUZHOU).out)
    asked, unasked = sections.pop("审查条件"), sections.pop("不单独填写结论的条件")
    assert asked == [rule.id for rule in program.rules_for(program.paths()[0])]
    assert sorted([*asked, *unasked]) == sorted(rule.id for rule in program.rules)
    assert sections == {
        "环节": [
            "recommendation",
            "recommendation.unit",
            "recommendation.recommender",
            "recommendation.office",
            "screening",
            "review",
            "materials",
            "site-visit",
            "decision",
            "publicity",
            "issuance",
            "tenure",
        ],
        "名额（奖项）": ["chief-technician"],
        "推荐渠道": ["organization", "self"],
        "推荐单位类型": ["district", "department", "enterprise"],
        "材料": [material.id for material in program.materials],
        "附表": [annex.id for annex in program.annexes],
        "裁定": [ruling.id for ruling in program.rulings],
    }
    assert not data.exists()


def test_a_program_with_categories_shows_them(linxuan):
    program = next(one for one in map(load_program, _shipped(linxuan)) if one.categories)
    sections = _sections(linxuan("program", "show", program.id).out)
    assert sections["类别"] == [category.id for category in program.categories]


def test_a_fresh_program_is_neither_open_nor_confirmed(linxuan, data):
    for program in map(load_program, _shipped(linxuan)):
        shown = linxuan("program", "show", program.id)
        assert shown.out.splitlines()[3] == "状态：未开通"
        assert _rulings(shown.out) == {
            ruling.id: "须作出决定" if ruling.decision is None else "默认，未确认" for ruling in program.rulings
        }
        document = linxuan("program", "show", program.id, "--json").document
        assert (document.pop("opened_at"), document.pop("confirmed"), document.pop("version")) == (None, {}, 1)
        assert document == program.model_dump(mode="json", exclude_none=True)
    assert not data.exists()


def test_a_confirmed_ruling_says_by_whom_and_when(linxuan):
    rule = ("program", "rule", LUZHOU, "closing-hour", "--decision", "18:00", "--actor", "王管理")
    assert linxuan(*rule, "--now", "2019-07-10T09:00").code == 0
    shown = linxuan("program", "show", LUZHOU)
    assert shown.out.splitlines()[3] == "状态：未开通"
    assert _rulings(shown.out) == {
        "closing-hour": f"已确认（王管理，{OPENED_AT}）",
        "age-as-of": "默认，未确认",
        "text-tolerance": "默认，未确认",
        "condition-one": "默认，未确认",
        "resumption": "默认，未确认",
        "investigation": "默认，未确认",
        "reserves": "默认，未确认",
    }
    document = linxuan("program", "show", LUZHOU, "--json").document
    assert document["opened_at"] is None
    assert document["confirmed"] == {
        "closing-hour": {"actor": "王管理", "decided_at": "2019-07-10T09:00:00+08:00", "decision": "18:00"}
    }


@pytest.mark.usefixtures("office")
def test_an_open_program_says_since_when(linxuan):
    assert linxuan("program", "show", LUZHOU).out.splitlines()[3] == f"状态：已开通（{OPENED_AT}）"
    assert linxuan("program", "show", LUZHOU, language="en").out.splitlines()[3] == f"state: open (since {OPENED_AT})"
    document = linxuan("program", "show", LUZHOU, "--json").document
    assert document["opened_at"] == "2019-07-10T09:00:00+08:00"
    assert set(document["confirmed"]) == {ruling.id for ruling in load_program(LUZHOU).rulings}


def test_a_nomination_shows_what_is_missing_until_it_is_received(office, linxuan):
    number = office.draws_up()
    program = load_program(LUZHOU)
    lacking = [
        {"id": one.id, "name": one.name, "media": [medium.value for medium in one.media]}
        for one in program.materials_for(program.paths()[0])
    ]
    assert office.ask(DRAWN_UP, "nomination", "show", number).document["missing"] == lacking
    office.does(DRAWN_UP, "nomination", "receive", number, "overview", "application-form:paper", "--seen")
    left = [
        one | {"media": ["electronic"]} if one["id"] == "application-form" else one
        for one in lacking
        if one["id"] != "overview"
    ]
    assert office.ask(DRAWN_UP, "nomination", "show", number).document["missing"] == left
    told = linxuan("nomination", "show", number).out
    assert _after(told, "尚缺材料")[0] == "《泸州市首席技师申报表》（application-form）　电子"
    assert sorted(_after(told, "已收材料")) == [
        "《泸州市首席技师申报人员基本情况一览表》（overview）　纸质、电子",
        "《泸州市首席技师申报表》（application-form）　纸质",
    ]
    office.receives(number)
    assert office.ask(DRAWN_UP, "nomination", "show", number).document["missing"] == []
    assert "尚缺材料：无\n" in linxuan("nomination", "show", number).out


def test_a_nomination_shows_verdicts_and_evaluations_by_name(office, linxuan):
    number = office.draws_up()
    office.hands_in(number)
    verdicts = ("conduct=fail", "skill-level=needs-evidence", "age=pass")
    office.does(SCREENED, "nomination", "judge", number, *verdicts)
    assert sorted(_after(linxuan("nomination", "show", number).out, "审查结论")) == [
        "守法敬业，职业道德良好，对本市或本单位贡献突出（conduct）　不通过",
        "持有技师以上国家职业资格（skill-level）　待补证据",
        "距法定退休年龄3年以上（age）　通过",
    ]
    # Names are taken for ids, and what stays otherwise by what is stated is told.
    office.does(SCREENED, "nomination", "state", number, "职业技能等级=高级工")
    by = ("--actor", "王管理", "--now", SCREENED)
    judged = linxuan("nomination", "judge", number, "持有技师以上国家职业资格=符合", "age=pass", *by)
    assert judged.out == "已填写\n※ 持有技师以上国家职业资格　仍为“不符合”　填报为高级工，须技师以上\n", judged
    office.does(SCREENED, "nomination", "state", number, "skill=技师")
    office.screens(number)
    office.moves(SCREENED, number, "accept")
    office.does(SCREENED, "nomination", "report", number, "materials", "--opinion", "材料属实")
    office.does(SCREENED, "nomination", "report", number, "site-visit", "--points", "91", "--opinion", "属实")
    told = linxuan("nomination", "show", number).out
    assert sorted(_after(told, "评议")) == ["实地考察（site-visit）　91 分　属实", "材料评审（materials）　材料属实"]
    for language in ("zh", "en"):
        assert "None" not in linxuan("nomination", "show", number, language=language).out


def test_a_nomination_shows_who_nominates_and_what_its_form_states(office, linxuan):
    number = office.draws_up()
    office.does(DRAWN_UP, "nomination", "state", number, "skill=高级技师", "competition=国家一类:3", "apprentice=")
    document = office.ask(DRAWN_UP, "nomination", "show", number).document
    assert (document["nominator_kind"], document["host"], document["traits"]) == ("district", None, [])
    assert document["stated"] == {"skill": ["高级技师"], "competition": ["国家一类:3"], "apprentice": []}
    told = linxuan("nomination", "show", number).out
    assert "推荐单位类型：" in told
    assert _after(told, "填报情况") == [
        "职业技能等级（skill）　高级技师",
        "本人竞赛名次（competition）　国家一类:3",
        "所带徒弟竞赛名次（apprentice）　无",
    ]


def test_a_move_tells_names_and_keeps_keys_in_json(office, linxuan):
    numbers = [office.draws_up(index) for index in range(3)]
    withdraw = ("withdraw", "--reason", "本人放弃", "--actor", "王管理", "--now", DRAWN_UP)
    told = linxuan("nomination", "move", numbers[0], *withdraw).out
    assert told.endswith("组织推荐·所在单位申报 → 已撤回\n")
    told = linxuan("nomination", "move", numbers[1], *withdraw, language="en").out
    assert told.endswith("recommendation: unit → withdrawn\n")
    moved = linxuan("nomination", "move", numbers[2], *withdraw, "--json").document
    assert (moved["source"], moved["destination"]) == ("recommendation.unit", "withdrawn")


def test_an_unknown_stage_is_answered_with_the_known_ones(office, linxuan):
    office.draws_up()
    unknown = linxuan("nomination", "list", "--program", LUZHOU, "--stage", "nix")
    assert (unknown.code, unknown.out) == (2, "")
    known = re.findall(r"([a-z-]+)（", unknown.err.partition("；")[2])
    stages = [stage.id for stage in load_program(LUZHOU).held_stages]
    assert known[: len(stages)] == stages
    for stage in (*known, "recommendation.unit", "publicity.running"):
        assert linxuan("nomination", "list", "--program", LUZHOU, "--stage", stage).code == 0


@pytest.mark.parametrize("command", ACTING)
def test_every_actor_is_explained(linxuan, command):
    told = "".join(linxuan(*command.split(), "--help").out.split())
    assert "姓名，或姓名:角色，或姓名:角色@单位；角色：" + "".join(ROLES.split()) in told
    english = " ".join(linxuan(*command.split(), "--help", language="en").out.split())
    assert "roles: administrator, operator, screening, expert, supervisor" in english


def test_drawing_up_says_where_ids_come_from(linxuan):
    for language in ("zh", "en"):
        assert "linxuan program show" in " ".join(linxuan("nomination", "add", "--help", language=language).out.split())


def _shipped(linxuan):
    return [one["id"] for one in linxuan("program", "list", "--json").document]
