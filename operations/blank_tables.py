"""The table that nominators of a program fill in, empty: a column for everything that is read of a row."""

from collections.abc import Iterator

from documents.blank_tables import BlankColumn, blank_table
from operations.columns import HEADINGS
from operations.fact_fields import FactField, facts_asked, facts_named
from programs import Program
from programs.model import NomineeKind

#: What nominees are called in the table, by who is honored; where they are the unit itself, it has no column of theirs.
_CALLED = {
    NomineeKind.PERSON: "姓名",
    NomineeKind.STUDIO: "工作室名称",
    NomineeKind.TEAM: "团队名称",
}
_UNITS = {NomineeKind.UNIT: "申报单位", NomineeKind.STUDIO: "依托单位"}


def blank_of(program: Program) -> bytes:
    """Return the empty table of a program as `.xlsx`; what is read of it is read of any table."""
    return blank_table(f"{program.award}（{program.edition}）推荐汇总表", tuple(columns_of(program)))


def columns_of(program: Program) -> Iterator[BlankColumn]:
    """Yield the columns of a program's table: who is nominated, by whom, and what its rules ask a form for."""
    kinds = {program.nominee, *(one.nominee for one in program.categories if one.nominee)}
    if called := [_CALLED[kind] for kind in _CALLED if kind in kinds]:
        yield BlankColumn(called[0], "全称" if called[0] != "姓名" else "与身份证一致", is_needed=True)
    (unit,) = {_UNITS.get(kind, "工作单位") for kind in kinds} if len(kinds) == 1 else ("工作单位",)
    yield BlankColumn(unit, "全称，与公章一致", is_needed=True)
    if NomineeKind.PERSON in kinds or NomineeKind.STUDIO in kinds:
        whose = "18位" if NomineeKind.STUDIO not in kinds else "18位；工作室填命名专家的"
        yield BlankColumn("身份证号", whose, is_needed=kinds == {NomineeKind.PERSON} or program.asks_the_past)
    yield BlankColumn("联系电话", "手机或带区号的电话")
    yield BlankColumn("推荐单位", "全称，与登记的名称一致", is_needed=True)
    if program.nominators:
        kinds_of = tuple(one.name for one in program.nominators)
        yield BlankColumn("推荐单位类型", "登记过的单位可不填", choices=kinds_of)
        if any(one.attributed_to for one in program.nominators):
            yield BlankColumn("属地", "占用哪个区县的名额，按属地计的才填")
    if program.categories:
        yield BlankColumn("类别", "选一项", is_needed=True, choices=tuple(one.name for one in program.categories))
    routes = tuple(one.name for one in program.routes if one.accepted)
    if len(routes) > 1:
        yield BlankColumn("推荐渠道", f"选一项，不填为{routes[0]}", choices=routes)
    if program.traits:
        names = tuple(one.name for one in program.traits)
        yield BlankColumn("特征", "符合的都写，用顿号隔开；没有的不填", choices=names, many=True)
    yield from _facts(program)


def _facts(program: Program) -> Iterator[BlankColumn]:
    asked = {word: field for path in program.paths() for word, field in facts_asked(program, path).items()}
    named = {word: name for name, word in reversed(facts_named(program).items())}
    for word, field in asked.items():
        heading = HEADINGS[word][0] if word in HEADINGS else named[word]
        yield BlankColumn(heading, _hint(field), choices=field.choices, many=field.many)


def _hint(field: FactField) -> str:
    several = "有几项的用顿号隔开" if field.many else ""
    # Of honors the hint says how often a command's option may be given.
    written = (
        field.hint.zh if field.hint and field.word != "honor" else "选一项" if field.choices and not field.many else ""
    )
    return "；".join(filter(None, (field.name.zh, written, several)))
