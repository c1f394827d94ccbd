"""What the columns of a nominators' table mean, by the words that notices use for them."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from difflib import SequenceMatcher
from types import MappingProxyType
from typing import Final

from documents.headings import folded
from documents.tables import Table, read_table
from operations.fact_fields import facts_asked, facts_named
from programs import Program
from programs.model import NomineeKind
from programs.nearest import nearest

_WORDS: Final = {
    "nominee": ("姓名|候选人|候选人姓名|申报人|申报人姓名|专家姓名|命名专家|命名专家姓名|工作室名称|团队名称|候选单位"),
    "unit": ("工作单位|所在单位|单位|单位名称|申报单位|申报单位名称|依托单位|依托单位名称|用人单位"),
    "nominator": "推荐单位|推荐部门|主管部门|行业主管部门|推荐单位名称",
    "nominator_kind": "推荐单位类型|推荐单位类别",
    "host": "属地|所在地|所在区县|占用名额单位",
    "category": "类别|申报类别|遴选类别|人才类别|依托单位类型",
    "route": "推荐渠道|申报渠道|推荐方式",
    "identity": "身份证号|身份证号码|身份证|证件号码|公民身份号码",
    "sex": "性别",
    "born": "出生年月|出生日期|出生年月日",
    "phone": "联系电话|电话|手机|手机号|手机号码|联系方式",
    "bank_account": "银行账号|银行卡号|开户账号|账号",
    "skill": (
        "职业资格|职业资格等级|技能等级|职业技能等级|现职业资格及取得时间|"
        "现职业资格等级及取得时间|现有等级|职业资格等级及取得时间"
    ),
    "title": "职称|专业技术职称|专业技术职务",
    "heritage": "非遗传承人级别|传承人级别|非遗级别",
    "education": "文化程度|学历|最高学历",
    "honor": "称号|获得称号|已获称号|荣誉称号",
    "applied": "申报称号|申请对象称号|申请称号",
    "competition": "竞赛名次|技能竞赛名次|本人竞赛名次",
    "apprentice": "徒弟竞赛名次|所带徒弟竞赛名次",
    "team-size": "团队人数|专家团队人数",
    "traits": "特征|人员类型|身份特征",
}

#: Meanings that every program knows, each with its headings as `documents.headings.folded` gives them.
HEADINGS: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {meaning: tuple(words.split("|")) for meaning, words in _WORDS.items()}
)

#: Columns that are read past without a word: numbers of rows, and what people keep for themselves.
PASSED_OVER: Final = frozenset({"序号", "编号", "备注", "推荐排序", "排序"})

#: How many characters in a row are no chance.
_RUN: Final = 3

#: Groups of headings that are about the nominator, and about anybody else who is not the nominee.
_NOMINATORS: Final = ("推荐单位", "推荐部门", "主管部门")
_OTHERS: Final = (
    "徒弟",
    "推荐人",
    "联系人",
    "经办人",
    "填报人",
    "填表人",
    "负责人",
    "成员",
    "家属",
    "配偶",
    "法定代表",
)


def table_for(program: Program, content: bytes, name: str) -> Table:
    """Find a program's table in a file: of people where it honors people, else of units. Raises `DocumentError`."""
    kinds = {program.nominee, *(category.nominee for category in program.categories if category.nominee)}
    needed = "nominee" if kinds == {NomineeKind.PERSON} else "unit"
    return read_table(content, name, meaning_of(program), needed, elsewhere=is_of_others)


def is_of_others(group: str, meaning: str) -> bool:
    """Whether what stands below a group of headings is about somebody else than the nominee: phones of a nominator."""
    if any(word in group for word in _NOMINATORS):
        return meaning not in ("nominator", "nominator_kind", "host")
    return any(word in group for word in _OTHERS) and meaning not in ("apprentice", "team-size")


def label_of(meaning: str) -> str:
    """Return the usual heading of a column."""
    return HEADINGS.get(meaning, (meaning,))[0]


def meaning_of(program: Program) -> Callable[[str], str | None]:
    """Return how a heading is understood in a program: by the words of every notice, or by those of its own rules."""
    return words_of(program).get


def unread(table: Table) -> tuple[str, ...]:
    """Return the headings that were not read, without those that nobody expects to be."""
    return tuple(one for one in table.unknown if not PASSED_OVER & {folded(one), folded(one.rpartition(" ")[2])})


def near_to(program: Program, headings: Iterable[str], columns: Iterable[str] = ()) -> dict[str, str]:
    """Return, of headings that are not understood, what each was probably meant to be.

    None is told of which the table has a column already: `columns`, by their meanings.
    """
    there, words = set(columns), words_of(program)
    known = [word for word, meaning in words.items() if meaning not in there]
    # One that is known and was not read is about somebody else, or stands there twice.
    asked = (heading for heading in headings if folded(heading.rpartition(" ")[2]) not in words)
    found = ((heading, _near(heading, known)) for heading in asked)
    return {heading: near for heading, near in found if near}


def _near(heading: str, known: Sequence[str]) -> str | None:
    """Return the known heading that one without or with its groups is near to, or has most of its words from."""
    ways = dict.fromkeys((folded(heading), folded(heading.rpartition(" ")[2])))
    return next((near for way in ways if way and (near := nearest(way, known) or _alike(way, known))), None)


def _alike(heading: str, known: Sequence[str]) -> str | None:
    """Return the known heading with which one has its longest run of words, if that is most of it: 发明专利数."""
    runs = (SequenceMatcher(None, heading, word, autojunk=False).find_longest_match() for word in known)
    longest, word = max(zip((run.size for run in runs), known, strict=True), default=(0, ""), key=lambda one: one[0])
    return word if longest >= _RUN and longest * 2 > len(heading) else None


def facts_missing(program: Program, columns: Iterable[str]) -> tuple[str, ...]:
    """Return the headings of the facts that rules of a program ask for, and of which a table has no column."""
    there = set(columns)
    asked = dict.fromkeys(word for path in program.paths() for word in facts_asked(program, path))
    named = {word: name for name, word in reversed(facts_named(program).items())}
    return tuple(HEADINGS[word][0] if word in HEADINGS else named[word] for word in asked if word not in there)


def words_of(program: Program) -> dict[str, str]:
    """Return every heading that is understood in a program, as `documents.headings.folded` gives it, with its meaning.

    Beside the words of every notice those are each fact that a rule asks for by its own word, which is also how it is
    stated otherwise, and by the name of the rule; and the name of a vocabulary.
    """
    known = {word: meaning for meaning, words in HEADINGS.items() for word in words}
    for path in program.paths():
        for word in facts_asked(program, path):
            known.setdefault(word, word)
    for name, word in facts_named(program).items():
        known.setdefault(folded(name), word)
    return known
