"""New program files: one for the next edition of an award, and a first one from a few answers.

Both are texts, so that the comments and the order of a file stay, and so that whoever goes on works on a file.
"""

import re
import tomllib
from dataclasses import dataclass
from datetime import date
from string import Template
from typing import Final

_DATE: Final = re.compile(r"\b(\d{4})-(\d{2})-(\d{2})\b")
_PHRASE: Final = re.compile(r"(phrase\s*=\s*)\"([^\"]*)\"")
#: A time in words: in a name it may be that of an earlier award, and a day without a year stays, so both are looked at.
_IN_WORDS: Final = re.compile(r"(?<!\d)(?:19|20)\d\d年|\d{1,2}月\d{1,2}日")
_KEY: Final = re.compile(r"^(\w+)\s*=\s*")

#: Values of a program that name its year in words.
_NAMED: Final = ("edition", "title")


@dataclass(frozen=True, slots=True)
class NextEdition:
    """The text of a new edition, and every line that was changed: its number, counted from 1, as it was, as it is.

    `left` are lines that speak of a year or a day and stayed as they were.
    """

    text: str
    changes: tuple[tuple[int, str, str], ...]
    left: tuple[tuple[int, str], ...] = ()


def next_edition(text: str, year: int) -> NextEdition:
    """Return a program's file for another year: dates and phrases moved by whole years, its number left out.

    Its comments and its order stay. Every change has to be held against the new notice. A file that names no year only
    gets an id of its own.
    """
    before = _year_of(text) or year
    by = year - before
    changes: list[tuple[int, str, str]] = []
    left: list[tuple[int, str]] = []
    lines: list[str] = []
    top = True
    for number, line in enumerate(text.splitlines(), start=1):
        top = top and not line.startswith("[")
        after = line if line.lstrip().startswith("#") else _redated(line, before, by, top=top)
        if after != line:
            changes.append((number, line.strip(), after.strip()))
        elif by and not line.lstrip().startswith("#") and _IN_WORDS.search(line):
            left.append((number, line.strip()))
        lines.append(after)
    return NextEdition("\n".join(lines) + "\n", tuple(changes), tuple(left))


def _year_of(text: str) -> int | None:
    """Return the year that a file is of; none where neither its issue date nor its names tell."""
    document = tomllib.loads(text)
    issued = document.get("issued")
    if isinstance(issued, date):
        return issued.year
    named = (re.search(r"(?<!\d)(19|20)\d\d(?!\d)", str(document.get(key, ""))) for key in ("id", "edition", "title"))
    return next((int(found[0]) for found in named if found), None)


def _redated(line: str, before: int, by: int, *, top: bool) -> str:
    key = _KEY.match(line)
    if top and key and key[1] == "document_number":
        return f"# {line}  # 待新通知的文号"
    if top and key and key[1] == "id":
        moved = line.replace(str(before), str(before + by))
        return moved if moved != line else re.sub(r'"([^"]+)"', rf'"\1-{before + by}"', line, count=1)
    if top and key and key[1] in _NAMED:
        return line.replace(str(before), str(before + by))
    line = _PHRASE.sub(lambda found: f'{found[1]}"{_later_years(found[2], by)}"', line)
    code, mark, comment = line.partition(" #")
    return _DATE.sub(lambda found: _moved(found, by), code) + mark + comment


def _later_years(phrase: str, by: int) -> str:
    return re.sub(r"(?<!\d)((?:19|20)\d\d)(?=年|[-./])", lambda found: str(int(found[1]) + by), phrase)


def _moved(found: re.Match[str], by: int) -> str:
    day = date.fromisoformat(found[0])
    try:
        return day.replace(year=day.year + by).isoformat()
    except ValueError:
        return day.replace(year=day.year + by, day=28).isoformat()


@dataclass(frozen=True, slots=True)
class Answers:
    """What a first file needs to know. `deadline` is the notice's phrase; `term_years` is none for no fixed term."""

    id: str
    award: str
    edition: str
    title: str
    issuers: tuple[str, ...]
    office: str
    issued: date
    seats: int
    deadline: str
    publicity_days: int
    term_years: int | None = None


def first_draft(answers: Answers) -> str:
    """Return a file with the usual pipeline, to be gone through with the notice in hand."""
    values = {name: _quoted(str(getattr(answers, name))) for name in Answers.__dataclass_fields__}
    values["issuers"] = ", ".join(f'"{_quoted(issuer)}"' for issuer in answers.issuers)
    is_open = _BEFORE.search(answers.deadline.strip()) is not None
    values["inclusive"] = ", inclusive = true } # 裁定 before-inclusive" if is_open else " }"
    tenure = "" if answers.term_years is None else _TENURE.substitute(values)
    return _DRAFT.substitute(values) + tenure + (_RULING.substitute(values) if is_open else "")


def _quoted(text: str) -> str:
    """Return a text as it stands between quotation marks of TOML."""
    return text.replace("\\", "\\\\").replace('"', '\\"')


_DRAFT: Final = Template(
    """# $award（$edition）
#
# 由 linxuan program new 起草。clause 一律先写“一”，请逐条改成通知里的条款号；写法见 docs/programs.md。

id = "$id"
award = "$award"
edition = "$edition"
title = "$title"
issuers = [$issuers]
office = "$office"
issued = $issued
nominee = "person" # person 个人、unit 单位、studio 工作室、team 团队

[[routes]]
id = "organization"
name = "组织推荐"
clause = "一"
kind = "organization"

[[seats]]
id = "award"
award = "$award"
clause = "一"
count = $seats

[[rules]]
id = "conditions"
name = "符合通知规定的申报条件"
clause = "一"
kind = "attestation"

[[materials]]
id = "form"
name = "申报表"
clause = "一"

[[stages]]
id = "recommendation"
kind = "recommendation"
name = "推荐"
clause = "一"

[[stages.tiers]]
id = "unit"
name = "单位申报"
office = "所在单位"
clause = "一"

[[stages.tiers]]
id = "office"
name = "受理"
office = "$office"
clause = "一"
deadline = { phrase = "$deadline", clause = "一"$inclusive

[[stages]]
id = "screening"
kind = "screening"
name = "资格审查"
clause = "一"

[[stages]]
id = "review"
kind = "review"
name = "专家评议"
clause = "一"

[[stages]]
id = "decision"
kind = "decision"
name = "评审确定"
clause = "一"

[[stages]]
id = "publicity"
kind = "publicity"
name = "公示"
clause = "一"
period = { days = $publicity_days }

[[stages]]
id = "issuance"
kind = "issuance"
name = "发文"
clause = "一"
issuers = [$issuers]
"""
)

#: A phrase that leaves open whether the day that it names is in time (民法典 art. 1259 says so of “以内” alone).
_BEFORE: Final = re.compile(r"[日号月][之以]?[前底]$")

_RULING: Final = Template(
    """
[[rulings]]
id = "before-inclusive"
question = "“$deadline”是否包含当日？"
clause = "一"
decision = true
basis = "通知没有写明；按包含处理不会把当日报送的拒之门外，提醒按前一日安排。"
otherwise = "不包含的，截止提前一日，当日收到的即为逾期。"
settles = ["stages.recommendation.tiers.office.deadline.inclusive"]
"""
)

_TENURE: Final = Template(
    """
[[stages]]
id = "tenure"
kind = "tenure"
name = "聘期管理"
clause = "一"
years = $term_years
"""
)
