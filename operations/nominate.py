"""Drawing up a nomination."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row, func, insert, select, update
from sqlalchemy.engine import Connection
from stdnum.cn import ric

from deadlines.zone import shanghai_day
from operations.acts import Act
from operations.authority import matter_of, refuses
from operations.desk import Desk, Due, Running
from operations.jurisdictions import Matter
from operations.nominators import Standing, standing_of
from operations.numbered import number_of
from operations.owing import awaited, write_owed
from operations.paths import traits_column
from operations.personal import PersonalKind, seal_details
from operations.placing import Landing
from operations.policy import Deed
from operations.results import Denied, MisstatedError, denied
from operations.verdicts import born_and_sex
from programs import Path, Program, Words
from programs.model import NomineeKind
from programs.naming import is_one_line
from programs.words import closing_in_words
from states import End, Refusal
from store import Transaction, Vault, hold, hold_heads, insert_new
from store import tables as t

#: Two characters that are set apart, as notices set names of two under names of three.
_SPREAD = re.compile(r"\A([\u3400-\u9fff])\s+([\u3400-\u9fff])\Z")

#: The code of a province, region or municipality, or of residents from Hong Kong, Macao and Taiwan; then all the rest.
_IDENTITY = re.compile(r"(?:1[1-5]|2[1-3]|3[1-7]|4[1-6]|5[0-4]|6[1-5]|71|8[1-3])\d{15}[\dX]")


@dataclass(frozen=True, slots=True)
class Draft:
    """A nomination to be drawn up. `identity` is the identity number of the person, or of a studio's named expert.

    `host` is the body whose quota is used where the nominator has none of its own: that of the place where it sits.
    `traits` are ids of the program's traits.
    """

    nominee: str
    unit: str
    nominator: str
    route: str = "organization"
    category: str | None = None
    nominator_kind: str | None = None
    identity: str | None = None
    phone: str | None = None
    bank_account: str | None = None
    host: str | None = None
    traits: frozenset[str] = frozenset()

    @property
    def details(self) -> dict[PersonalKind, str]:
        """What else is given of the person."""
        given = {PersonalKind.PHONE: self.phone, PersonalKind.BANK_ACCOUNT: self.bank_account}
        return {kind: value for kind, value in given.items() if value is not None}


@dataclass(frozen=True, slots=True)
class Nominated:
    """A nomination was drawn up under this number."""

    number: str
    stage: str


def nominate(desk: Desk, program_id: str, draft: Draft, act: Act) -> Nominated | Denied:
    """Draw up a nomination.

    Raises `UnknownError` for a program, route, category or nominator kind that is not there, `MisstatedError` for a
    name that is empty, or has in it what is never seen.
    """
    draft = _named(draft)
    with desk.store.write() as transaction:
        connection = transaction.connection
        running = desk.relied_on(connection, program_id)
        # A table draws many up in one transaction: whoever comes second waits here, before holding what those need.
        hold_heads(connection, [program_id])
        path = _path(running, draft)
        office = running.program.office
        # The unit draws a nomination up, and holds it first.
        route = running.program.route(draft.route).kind
        matter = Matter(program_id, office, draft.unit, draft.unit, draft.nominator, route=route)
        refused = denied(refuses(connection, act.actor, Deed.NOMINATE, matter))
        refused = refused or denied(
            _not_opened(running, act),
            route_not_accepted(running.program, draft.route),
            identity_invalid(running.program, draft.category, draft.identity, act.now),
        )
        if refused:
            return refused
        told = Standing(draft.nominator_kind, draft.host)
        nominator = standing_of(connection, running.program, path, draft.nominator, told)
        if isinstance(nominator, Refusal):
            transaction.abandon()
            return Denied((nominator,))
        vault = desk.sealing(connection) if draft.identity or draft.details else None
        attempts = _attempts(vault, connection, running, draft)
        if refused := denied(_too_late(running, path, act), _nominated_before(connection, running, attempts, act)):
            transaction.abandon()
            return refused
        row = _drawn_up(connection, running, draft, nominator, vault, attempts, act)
        if vault and (refused := seal_details(connection, vault, row.id, draft.details)):
            transaction.abandon()
            return refused
        due = _landed(transaction, running, row, act)
        transaction.record(
            program_id,
            "nomination.created",
            nomination=row.number,
            **{name: getattr(row, name) for name in _TOLD},
            to=row.stage,
            due=due.at.isoformat() if due.at else None,
            revision=row.revision if row.revision > 1 else None,
            **act.signature(),
        )
        return Nominated(row.number, row.stage)


def name_in(text: str) -> str:
    """Return a name without the space that sets two characters as wide as three (`周　敏`)."""
    return _SPREAD.sub(r"\1\2", text)


def _named(draft: Draft) -> Draft:
    """Return a draft with its names as they are kept: a space more or less would make another unit of one."""
    return replace(
        draft,
        nominee=_kept(draft.nominee, Words("候选人或候选单位", "nominee")),
        unit=_kept(draft.unit, Words("所在单位", "unit")),
        nominator=_kept(draft.nominator, Words("推荐单位", "nominator")),
    )


def _in_one_line(text: str) -> str:
    return name_in(" ".join(text.split()))


def names_of(draft: Draft) -> str:
    """Return what a nominee without an identity number is known by in a program: its names, in its category."""
    return "\0".join((_in_one_line(draft.nominee), _in_one_line(draft.unit), draft.category or ""))


def _kept(text: str, what: Words) -> str:
    name = _in_one_line(text)
    if not name or not is_one_line(name):
        wrong = Words(
            "{what}不能为空，也不能含有控制字符", "the {what} must neither be empty nor hold control characters"
        )
        raise MisstatedError(wrong.format(what=what))
    return name


#: What the event of a nomination tells of it, beside where it stands.
_TOLD = ("nominee", "unit", "nominator", "nominator_kind", "host", "category", "route", "traits")


def _drawn_up(  # noqa: PLR0913, PLR0917 - what a nomination is drawn up from
    connection: Connection,
    running: Running,
    draft: Draft,
    nominator: Standing,
    vault: Vault | None,
    attempts: Sequence[Row[Any]],
    act: Act,
) -> Row[Any]:
    """Number a nomination and write its row."""
    program_id = running.program.id
    count = connection.execute(
        update(t.program)
        .where(t.program.c.id == program_id)
        .values(nominations=t.program.c.nominations + 1)
        .returning(t.program.c.nominations)
    ).scalar_one()
    identity = draft.identity.strip().upper() if draft.identity else None
    return connection.execute(
        insert(t.nomination)
        .values(
            number=number_of(program_id, count),
            program_id=program_id,
            category=draft.category,
            route=draft.route,
            traits=traits_column(draft.traits),
            nominator=draft.nominator,
            nominator_kind=nominator.kind,
            host=nominator.host,
            unit=draft.unit,
            nominee=draft.nominee,
            identity=vault.seal(identity) if identity and vault else None,
            identity_hash=vault.fingerprint(identity) if identity and vault else None,
            attempt=attempts[0].attempt + 1 if attempts else 1,
            stage=running.pipeline.entry(_path(running, draft)),
            revision=running.revision,
            moved_at=act.now,
        )
        .returning(*t.nomination.c)
    ).one()


def _landed(transaction: Transaction, running: Running, row: Row[Any], act: Act) -> Due:
    """Give a new nomination to whoever must act first, until when, and make its bodies known."""
    connection = transaction.connection
    landing = Landing(connection, running, act.now)
    holder, due = landing.holder(row.stage, row), landing.due(row.stage, row)
    landed = {"holder": holder, "due_at": due.at, "provisional": due.provisional}
    connection.execute(update(t.nomination).where(t.nomination.c.id == row.id).values(landed))
    transaction.stand(row.program_id, row.stage, holder, 1)
    bodies = [{"name": row.unit, "kind": None}, {"name": row.nominator, "kind": row.nominator_kind}]
    insert_new(connection, t.organization, bodies)
    sides = {"program_id": row.program_id, "unit": row.unit, "nominator": row.nominator}
    if insert_new(connection, t.side, [sides]):
        of = t.program.c
        connection.execute(update(t.program).where(of.id == row.program_id).values(sides=of.sides + 1))
    if holder:
        write_owed(connection, awaited(running, row.stage, holder, due.at, act.now))
    return due


def _path(running: Running, draft: Draft) -> Path:
    program = running.program
    _one_of(draft.route, [route.id for route in program.routes], Words("推荐渠道", "route"))
    if program.categories or draft.category:
        _one_of(draft.category, [category.id for category in program.categories], Words("类别", "category"))
    if draft.nominator_kind:
        _one_of(draft.nominator_kind, [kind.id for kind in program.nominators], Words("推荐单位类型", "nominator kind"))
    for trait in sorted(draft.traits):
        _one_of(trait, [one.id for one in program.traits], Words("特征", "trait"))
    return Path(draft.category, draft.route, draft.traits)


def _one_of(given: str | None, known: list[str], what: Words) -> None:
    if given is None:
        raise MisstatedError(
            Words("没有写{what}；可用：{known}", "the {what} is not said; use one of: {known}").format(
                what=what, known="、".join(known)
            )
        )
    if given not in known:
        raise MisstatedError(
            Words("{what}“{given}”不存在；可用：{known}", "there is no {what} {given!r}; use one of: {known}").format(
                what=what, given=given or "", known="、".join(known) or "—"
            )
        )


def _not_opened(running: Running, act: Act) -> Refusal | None:
    if running.opened_at is not None and running.opened_at <= act.now:
        return None
    return Refusal(
        "program-opened",
        Words("项目尚未开通", "the program is not open yet"),
        Words("请先确认各项裁定并开通项目", "confirm its rulings and open it first"),
    )


def route_not_accepted(program: Program, route_id: str) -> Refusal | None:
    """Refuse a route by which the notice takes nothing in."""
    route = program.route(route_id)
    if route.accepted:
        return None
    return Refusal(
        "route-accepted",
        Words("不受理“{route}”", "nominations by “{route}” are not accepted").format(route=Words(route.name, route.id)),
        Words("请通过：{routes}", "use one of: {routes}").format(
            routes="、".join(other.name for other in program.routes if other.accepted)
        ),
        route.clause,
    )


def identity_invalid(program: Program, category: str | None, identity: str | None, now: datetime) -> Refusal | None:
    """Refuse an identity number that is missing where it is needed, that is none, or whose bearer is not born yet."""
    if identity is None:
        kind = program.nominee_of(category)
        # Rules on the past of whoever leads a studio need to know who that is.
        needed = kind is NomineeKind.PERSON or (kind is NomineeKind.STUDIO and program.asks_the_past)
        return _identity_refusal(Words("没有身份证号码", "the identity number is missing")) if needed else None
    if not is_identity_number(identity):
        return _identity_refusal(Words("身份证号码校验不符", "the identity number fails its check digit"))
    born, _ = born_and_sex(identity.strip())
    if born > shanghai_day(now):
        words = Words("身份证号码中的出生日期 {born} 还没有到", "its day of birth, {born}, is still to come")
        return _identity_refusal(words.format(born=born))
    return None


def is_identity_number(text: str) -> bool:
    """Say whether a text is an identity number by its form, its day of birth and its check digit (GB 11643).

    Of the place only the province is looked at: districts were made, merged and renamed, and a list of them by year,
    such as `stdnum` has, refuses people who have borne their numbers all their lives.
    """
    number = text.strip().upper()
    if not _IDENTITY.fullmatch(number):
        return False
    try:
        date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        return False
    return bool(ric.calc_check_digit(number) == number[-1])


def _identity_refusal(reason: Words) -> Refusal:
    return Refusal(
        "identity-number",
        reason,
        Words("请填写并核对 18 位号码，末位可为 X", "give it, and check the 18 characters; the last may be X"),
    )


def _too_late(running: Running, path: Path, act: Act) -> Refusal | None:
    """Judge the intakes ahead, and that of the first tier itself: drawing a nomination up is what it takes in."""
    entry = running.pipeline.entry(path)
    closed = [
        (closes, key)
        for key in (entry, *running.pipeline.intakes_ahead(entry, path))
        if (closes := running.closes.get(key)) is not None and closes <= act.now
    ]
    if not closed:
        return None
    closes, key = min(closed)
    return Refusal(
        "in-time",
        Words("申报已于 {due} 截止", "nominations closed at {due}").format(due=closing_in_words(closes)),
        Words("逾期不再受理", "nothing more is taken in"),
        running.program.deadline(key).clause,
    )


def _attempts(vault: Vault | None, connection: Connection, running: Running, draft: Draft) -> Sequence[Row[Any]]:
    """Return the nominations of the same nominee in this program, the newest first.

    A person is known by their number. A unit, a team or a studio that has none is by its names, in its category.
    """
    of, program_id = t.nomination.c, running.program.id
    if draft.identity and vault:
        known_by = vault.fingerprint(draft.identity)
        same = [of.identity_hash == known_by]
    else:
        known_by = names_of(draft)
        same = [of.nominee == draft.nominee, of.unit == draft.unit, of.category.is_not_distinct_from(draft.category)]
        # As an expression: SQLite would look for it first, and read all of the program that have no number.
        same.append(func.coalesce(of.identity_hash, "") == "")
    # Somebody may be drawing up a nomination for the same nominee right now: whoever comes second sees it.
    hold(connection, [("nominee", program_id, known_by)])
    same.append(of.program_id == program_id)
    return connection.execute(select(t.nomination).where(*same).order_by(of.attempt.desc())).all()


def _nominated_before(
    connection: Connection, running: Running, attempts: Sequence[Row[Any]], act: Act
) -> Refusal | None:
    """Refuse where the newest attempt still counts; one that has come to nothing may be followed by another.

    Its number is told to whoever may see that nomination; to others, whom to ask.
    """
    if not attempts or attempts[0].stage in (End.WITHDRAWN, End.LAPSED, End.REJECTED):
        return None
    named = Words("“{name}”", "{name}").format(name=attempts[0].nominee)
    who = Words("此人", "this person") if attempts[0].identity_hash else named
    if refuses(connection, act.actor, Deed.SEE_NOMINATIONS, matter_of(running.program, attempts[0])):
        return Refusal(
            "nominated-once",
            Words("{who}已在本项目由他处申报", "{who} is nominated already, by somebody else").format(who=who),
            Words("请与 {office} 联系", "turn to {office}").format(office=running.program.office),
        )
    return Refusal(
        "nominated-once",
        Words("{who}已在本项目申报，编号 {number}", "{who} is nominated already, as {number}").format(
            who=who, number=attempts[0].number
        ),
        Words("请在原申报上办理，或先撤回", "go on with that nomination, or withdraw it first"),
    )
