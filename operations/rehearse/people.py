"""Made-up nominees for rehearsals and demonstrations: plausible, the same for the same seed, and nobody real.

Their identity numbers pass every check and can belong to no one: they begin with the code of a province, where a real
one has a county's, and end in a sequence code 996–999, kept for people past a hundred (GB 11643-1999).
"""

from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from stdnum.cn import ric

from programs import Path, Program
from programs.model import NominatorKind, NomineeKind, RouteKind

_SURNAMES = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦许何吕施张孔曹严华金魏陶姜谢邹喻柏章苏潘葛范彭鲁韦马苗方俞任袁柳"
_GIVEN = "伟芳敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华玉萍红建文斌宁丹凯荣新志国海林峰燕雪松梅辉宏亮"
_PLACES = ("江岸", "云岭", "青石", "龙泉", "白马", "金沙", "桐梓", "南屏", "东溪", "西湖", "临江", "凤鸣")
_TRADES = (
    "重型机械",
    "精密铸造",
    "汽车部件",
    "电力检修",
    "酿造",
    "竹编工艺",
    "数控装备",
    "轨道交通",
    "化工",
    "建筑安装",
)
_FORMS = ("有限公司", "股份有限公司", "集团有限公司", "厂")
_COLLEGES = ("职业技术学院", "技师学院", "高级技工学校", "职业学院")
_EMPLOYERS = len(_PLACES) * len(_TRADES) * len(_FORMS)
#: Shares no factor with the number of employers or of birthdays, so that both are spread before they repeat.
_STRIDE = 149
#: A province's own code: numbers bear that of a county, so no real one begins like this.
_REGION = "510000"
_FIRST_BIRTHDAY, _BIRTHDAYS = date(1975, 3, 1), 9001
#: How old the oldest is in the year of the notice: well within what notices ask for.
_OLDEST = 46


@dataclass(frozen=True, slots=True)
class Person:
    """One made-up nominee, or the named expert of a made-up studio. `applicant`: their unit, or they themselves."""

    index: int
    nominee: str
    unit: str
    applicant: str
    nominator: str
    nominator_kind: str | None
    path: Path
    identity: str
    points: int


def make_people(program: Program, count: int, seed: int) -> tuple[Person, ...]:
    """Return made-up nominees of this program, spread over its paths and kinds of nominators."""
    return tuple(_person(program, index, seed) for index in range(count))


def make_identity(index: int, random: Random, first: date = _FIRST_BIRTHDAY) -> str:
    """Return an identity number of 18 characters; each of the first 9,001 indexes has a birthday of its own.

    `first` is the birthday of the oldest; the youngest is 24 years younger.
    """
    born = first + timedelta(days=index * _STRIDE % _BIRTHDAYS)
    # The check digit is computed over a number that has a place for it.
    body = f"{_REGION}{born:%Y%m%d}{random.randint(996, 999)}"
    return body + ric.calc_check_digit(f"{body}0")


#: What a nominee of each kind is called.
_NOMINEES = {
    NomineeKind.PERSON: "{name}",
    NomineeKind.UNIT: "{unit}",
    NomineeKind.STUDIO: "{unit}{name}工作室",
    NomineeKind.TEAM: "{unit}{name}团队",
}


def _person(program: Program, index: int, seed: int) -> Person:
    random = Random(f"{program.award}/{seed}/{index}")  # noqa: S311 - made-up people need no secrets
    paths = program.paths()
    path: Path = _with_traits(program, paths[index % len(paths)], index // len(paths))
    name = random.choice(_SURNAMES) + "".join(random.sample(_GIVEN, random.choice((1, 2, 2))))
    unit = _unit(path, index)
    by_itself = program.route(path.route).kind is not RouteKind.ORGANIZATION
    kind = None if by_itself else _nominator_kind(program, path, index // len(paths))
    return Person(
        index=index,
        nominee=_NOMINEES[program.nominee_of(path.category)].format(unit=unit, name=name),
        unit=unit,
        applicant=name if by_itself else unit,
        nominator=name if by_itself else _nominator(program, kind, index),
        nominator_kind=kind.id if kind else None,
        path=path,
        identity=make_identity(index, random, _oldest(program)),
        points=random.randint(600, 990),
    )


def _with_traits(program: Program, path: Path, turn: int) -> Path:
    """Give two in five each of the traits that decide no stage: rules and shares are asked of them."""
    others = [trait.id for trait in program.traits if trait.id not in program.deciding_traits]
    given = {trait for place, trait in enumerate(others) if (turn + place) % 5 < 2}
    return path._replace(traits=path.traits | given)


def _oldest(program: Program) -> date:
    return program.issued.replace(year=program.issued.year - _OLDEST, day=1) if program.issued else _FIRST_BIRTHDAY


def _unit(path: Path, index: int) -> str:
    spread = index * _STRIDE % _EMPLOYERS
    place, trade = _PLACES[spread % len(_PLACES)], _TRADES[spread // len(_PLACES) % len(_TRADES)]
    forms = _COLLEGES if path.category == "college" else _FORMS
    form = forms[spread // len(_PLACES) // len(_TRADES)]
    branch = f"第{index // _EMPLOYERS}分公司" if index >= _EMPLOYERS else ""
    return f"{place}{trade}{form}{branch}"


def _nominator_kind(program: Program, path: Path, turn: int) -> NominatorKind | None:
    """Take the kinds in turn; where the path's own tier names one of them as its office, that one."""
    offices = {tier.office: tier for _, tier in program.tiers()}
    for kind in program.nominators:
        if kind.name in offices and offices[kind.name].concerns(*path):
            return kind
    kinds = [kind for kind in program.nominators if kind.attributed_to is None and kind.name not in offices]
    return kinds[turn % len(kinds)] if kinds else None


def _nominator(program: Program, kind: NominatorKind | None, index: int) -> str:
    place = _PLACES[index % len(_PLACES)]
    if kind is None:
        return f"{place}人力资源和社会保障局"
    if kind.name.startswith("市") and any(kind.name == tier.office for _, tier in program.tiers()):
        return kind.name
    return f"{kind.name.partition('、')[0]}（{place}）"
