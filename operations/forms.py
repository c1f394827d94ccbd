"""Forms of a program, filled in with what is known of its nominees.

Personal data is filled in only for who may see it, for a reason, which is an event; without that it stays blank.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final, Literal

from sqlalchemy import Row, select
from sqlalchemy.engine import Connection

from deadlines.zone import shanghai_day
from documents.filling import Templates
from documents.forms import Blank, Filled, form
from documents.workbooks import overview, summary
from operations.acts import Act
from operations.desk import Desk, Running
from operations.papers import templates_of
from operations.paths import path_of
from operations.personal import PersonalKind, Told, reveal_all
from operations.recommending import GONE, places_of
from operations.results import Denied, UnknownError, no_such_nomination
from programs import Program, Words
from programs.facts import Facts
from programs.forms import Content, Datum
from programs.materials import Material
from store import tables as t


@dataclass(frozen=True, slots=True)
class Paper:
    """A file that was drawn up, and what kind of office file it is."""

    content: bytes
    kind: Literal["docx", "xlsx"]


@dataclass(frozen=True, slots=True)
class Asked:
    """Which nominees a form is drawn up for: some by their numbers, else all of one nominator.

    `personal` asks for their personal data on it.
    """

    numbers: Sequence[str] = ()
    nominator: str | None = None
    personal: bool = False


#: The codes of sex in an identity number: an odd digit is a man's (GB 11643).
_SEXES: Final = ("女", "男")


def form_of(
    desk: Desk, program_id: str, material_id: str, asked: Asked, act: Act, templates: Templates | None = None
) -> Paper | Denied:
    """Return a form of a program filled in for these nominees.

    Raises `UnknownError` for a program, a form or a nomination that is not there, for one that the form does not
    concern, and where the form asks for one nominee, or one nominator, and another number of them is named.
    """
    with desk.store.read() as connection:
        running = desk.running(connection, program_id)
        material, content = _material(running.program, material_id)
        rows = _rows(connection, program_id, content, asked)
        _concern(material, rows)
    told: Mapping[str, list[Told]] = {}
    if asked.personal and content.is_personal:
        seen = reveal_all(desk, (row.number for row in rows), act)
        if isinstance(seen, Denied):
            return seen
        told = seen
    today = shanghai_day(act.now)
    with desk.store.read() as connection:
        places = {name: places_of(connection, program_id, name) for name in {row.nominator for row in rows}}
        filled = [
            _filled(
                connection, running, row, places[row.nominator][row.number], _personal(told.get(row.number, ()), today)
            )
            for row in rows
        ]
    points = {tier.id: tier.opinion for _, tier in running.program.tiers()}
    blank = Blank(material, content, running.program.office, points)
    nominator = asked.nominator or (rows[0].nominator if rows else "")
    match content.kind:
        case "form":
            return Paper(form(blank, filled[0], templates_of(desk, templates).path("nominee-form.docx")), "docx")
        case "list":
            return Paper(summary(blank, filled, nominator=nominator), "xlsx")
        case _:
            named = [(row.nominee, one) for row, one in zip(rows, filled, strict=True)]
            return Paper(overview(blank, named, nominator=nominator), "xlsx")


def forms_of(program: Program) -> list[tuple[str, str, Content]]:
    """Return the forms that a program says the contents of: id, name, content."""
    return [(one.id, one.name, one.content) for one in program.materials if one.content]


def _material(program: Program, material_id: str) -> tuple[Material, Content]:
    for material in program.materials:
        if material.id == material_id and material.content:
            return material, material.content
    known = "；".join(f"{form_id}＝{name}" for form_id, name, _ in forms_of(program)) or "—"
    raise UnknownError(
        Words(f"项目没有写明表格“{material_id}”的内容；可填的表：{known}", f"no form {material_id}; there is: {known}")
    )


def _rows(connection: Connection, program_id: str, content: Content, asked: Asked) -> list[Row[Any]]:
    numbers, nominator = asked.numbers, asked.nominator
    of = t.nomination.c
    query = select(t.nomination).where(of.program_id == program_id)
    if numbers:
        found = {row.number: row for row in connection.execute(query.where(of.number.in_(numbers)))}
        for number in numbers:
            if number not in found:
                raise UnknownError(no_such_nomination(number))
        rows = [found[number] for number in numbers]
    elif nominator:
        places = places_of(connection, program_id, nominator)
        query = query.where(of.nominator == nominator, of.stage.not_in(GONE))
        rows = sorted(connection.execute(query).all(), key=lambda row: places[row.number])
    else:
        rows = []
    if not rows:
        raise UnknownError(
            Words(
                "请写明给谁填表：--nomination 编号，或 --nominator 推荐单位",
                "say for whom: --nomination NUMBER, or --nominator NAME",
            )
            if not numbers and not nominator
            else Words(f"“{nominator}”没有可列入的申报", f"{nominator} has no nomination to list")
        )
    if content.kind == "form" and len(rows) > 1:
        raise UnknownError(Words("这份表一人一表，请只写一个编号", "this form is for one nominee; name one"))
    if content.kind == "list" and len({row.nominator for row in rows}) > 1:
        raise UnknownError(
            Words("汇总表一个推荐单位一份，所写的申报来自几个单位", "a list is of one nominator; these are of several")
        )
    return rows


def _concern(material: Material, rows: Sequence[Row[Any]]) -> None:
    for row in rows:
        if not material.concerns(*path_of(row)):
            raise UnknownError(
                Words(f"{row.number} 不用填{material.name}", f"{row.number} need not hand in {material.id}")
            )


def _filled(
    connection: Connection, running: Running, row: Row[Any], place: int, personal: Mapping[Datum, str]
) -> Filled:
    program = running.program
    stated = connection.execute(select(t.dossier.c.facts).where(t.dossier.c.nomination_id == row.id)).scalar()
    facts = Facts.model_validate(stated or {})
    competitions = [
        f"{'徒弟' if one.by == 'apprentice' else ''}{one.level}第{one.place}名" for one in facts.competitions or ()
    ]
    data = {
        Datum.NUMBER: _number_on_the_form(connection, running, row),
        Datum.NAME: row.nominee,
        Datum.UNIT: row.unit,
        Datum.NOMINATOR: row.nominator,
        Datum.CATEGORY: next((one.name for one in program.categories if one.id == row.category), ""),
        Datum.ROUTE: program.route(row.route).name,
        Datum.RANK: str(place),
        Datum.AWARD: next((seats.award for seats in program.seats if seats.id == row.grade), ""),
        Datum.APPLIED: "、".join(facts.applied or ()),
        Datum.HONORS: "、".join(facts.honors or ()),
        Datum.COMPETITIONS: "、".join(competitions),
        **personal,
    }
    return Filled(data, {**facts.levels, **{what: str(count) for what, count in facts.numbers.items()}})


def _number_on_the_form(connection: Connection, running: Running, row: Row[Any]) -> str:
    """Return the number that a tier gives the form, blank until then; the nomination's own where no tier does."""
    if not any(tier.assigns_number for _, tier in running.program.tiers()):
        return str(row.number)
    of = t.endorsement.c
    given = select(of.form_number).where(of.nomination_id == row.id, of.form_number.is_not(None))
    return connection.execute(given).scalar() or ""


def _personal(told: Sequence[Told], today: date) -> dict[Datum, str]:
    """Return what is told of somebody, and what their identity number says of them."""
    values = {one.kind: one.value for one in told}
    data = {
        Datum.PHONE: _as_dialled(values.get(PersonalKind.PHONE, "")),
        Datum.BANK_ACCOUNT: values.get(PersonalKind.BANK_ACCOUNT, ""),
    }
    identity = values.get(PersonalKind.IDENTITY)
    if identity:
        born = date(int(identity[6:10]), int(identity[10:12]), int(identity[12:14]))
        age = today.year - born.year - ((today.month, today.day) < (born.month, born.day))
        data |= {
            Datum.IDENTITY: identity,
            Datum.SEX: _SEXES[int(identity[16]) % 2],
            Datum.BIRTH: f"{born.year}年{born.month}月",
            Datum.AGE: str(age),
        }
    return data


def _as_dialled(phone: str) -> str:
    """Write a phone as it is dialled at home."""
    if not phone:
        return ""
    import phonenumbers  # noqa: PLC0415 - its tables take a tenth of a second, which most commands need not pay

    parsed = phonenumbers.parse(phone)
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.NATIONAL).replace(" ", "")
