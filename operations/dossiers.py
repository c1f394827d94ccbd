"""Stating facts of a nominee, as its form has them, for the rules to judge by."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pydantic import ValidationError
from sqlalchemy import Row, delete, insert, select
from sqlalchemy.engine import Connection

from operations.acts import Act
from operations.authority import matter_of, refuses
from operations.desk import Desk, Running
from operations.fact_fields import FactField, facts_asked
from operations.numbered import find
from operations.paths import path_of
from operations.policy import Deed
from operations.results import Denied, MisstatedError
from operations.verdicts import verdicts_on
from programs import Path, Program, Words
from programs.facts import Facts
from states import Refusal, Verdict, each
from store import Transaction
from store import tables as t


@dataclass(frozen=True, slots=True)
class Stated:
    """A fact that rules ask for, and its values; none where nothing is stated, no value where there is none of it."""

    field: FactField
    values: tuple[str, ...] | None


@dataclass(frozen=True, slots=True)
class KeptAnnex:
    """An annex of one nomination: its id and name, how many rows, and when it was taken in."""

    annex: str
    name: str
    rows: int
    stated_at: datetime


def state_facts(desk: Desk, number: str, stated: Iterable[tuple[str, str]], act: Act) -> Facts | Denied:
    """State facts of a nominee: `skill=技师`, `team-size=8`, `competition=国家一类:3`; an empty value takes one back.

    A fact is named by its word or as people call it (`职业技能等级=技师`).

    What is stated of a list replaces the whole list. Returns all that is stated now. Raises `UnknownError` for a number
    that is not there, `MisstatedError` for a fact that no rule of the program asks for, or a value that it cannot have.
    """
    with desk.store.write() as transaction:
        connection = transaction.connection
        row = find(connection, number)
        running = desk.running_for(connection, row)
        standing = running.pipeline.standings[row.stage]
        refusal = refuses(connection, act.actor, Deed.RECEIVE, matter_of(running.program, row))
        if refusal is None and standing.ended:
            refusal = Refusal(
                "not-ended",
                Words("此件已结束：{standing}", "this case has ended: {standing}").format(standing=standing.name),
                Words("不再填报", "nothing more is stated"),
            )
        if refusal:
            return Denied((refusal,), number)
        return restate(transaction, running, row, stated, act, standard=False)


def restate(
    transaction: Transaction,
    running: Running,
    row: Row[Any],
    stated: Iterable[tuple[str, str]],
    act: Act,
    *,
    standard: bool = True,
) -> Facts:
    """State facts as `state_facts` does, within a transaction that has asked whether the actor may.

    `standard`: a value that no rule knows is refused. A form may state one, and its verdict asks for another.
    """
    connection = transaction.connection
    before = _facts_of(connection, row.id)
    facts = _changed(running.program, path_of(row), before, stated, standard=standard)
    if facts != before:
        of = t.dossier.c
        connection.execute(delete(t.dossier).where(of.nomination_id == row.id))
        document = facts.model_dump(mode="json", exclude_defaults=True)
        connection.execute(insert(t.dossier).values(nomination_id=row.id, facts=document, stated_at=act.now))
        transaction.record(row.program_id, "facts.stated", nomination=row.number, facts=document, **act.signature())
    return facts


def verdicts_of_nomination(desk: Desk, number: str, now: datetime) -> tuple[Verdict, ...]:
    """Return the verdict on every rule that a nomination is screened by, wherever it stands, as of now.

    Raises `UnknownError` for a number that is not there.
    """
    with desk.store.read() as connection:
        row = find(connection, number, lock=False)
        running = desk.running_for(connection, row)
        return verdicts_on(desk, connection, running, [row], now)[row.id]


def annexes_of(desk: Desk, number: str) -> list[KeptAnnex]:
    """Return the annexes that are kept of a nomination; raises `UnknownError` for a number that is not there."""
    with desk.store.read() as connection:
        row = find(connection, number, lock=False)
        names = {one.id: one.name for one in desk.running_for(connection, row).program.annexes}
        of = t.annex.c
        found = connection.execute(select(t.annex).where(of.nomination_id == row.id).order_by(of.annex))
        return [
            KeptAnnex(one.annex, names.get(one.annex, one.annex), len(one.content["rows"]), one.stated_at)
            for one in found
        ]


def differences_of(desk: Desk, number: str, now: datetime) -> list[Verdict]:
    """Return the verdicts that found an annex to say something else than its nomination, or nothing, line by line."""
    with desk.store.read() as connection:
        row = find(connection, number, lock=False)
        running = desk.running_for(connection, row)
        if not running.program.annexes:
            return []
        return [one for one in each(verdicts_on(desk, connection, running, [row], now)[row.id]) if one.lines]


def facts_stated(connection: Connection, program: Program, row: Row[Any]) -> Iterator[Stated]:
    """Yield what the rules ask a form for, with what it states; that names neither the nominee nor where they work."""
    facts = _facts_of(connection, row.id)
    for field in facts_asked(program, path_of(row)).values():
        yield Stated(field, field.values_in(facts))


def _facts_of(connection: Connection, nomination: int) -> Facts:
    of = t.dossier.c
    kept = connection.execute(select(of.facts).where(of.nomination_id == nomination)).scalar_one_or_none()
    return Facts.model_validate(kept or {})


def _changed(
    program: Program, path: Path, before: Facts, stated: Iterable[tuple[str, str]], *, standard: bool
) -> Facts:
    asked = facts_asked(program, path)
    document: dict[str, Any] = before.model_dump()
    lists: dict[str, list[str]] = defaultdict(list)
    named = {field.name.zh: word for word, field in asked.items()}
    for said, value in stated:
        word = named.get(said, said)
        if word not in asked:
            raise MisstatedError(_not_asked(word, asked))
        if standard and value and not _is_standard(program, asked[word], value, before.levels.get(word)):
            raise MisstatedError(_no_choice(asked[word], value))
        if asked[word].many:
            lists[word].append(value)
        elif asked[word].numeric:
            _put(document["numbers"], word, _number(word, value) if value else None)
        else:
            _put(document["levels"], word, value)
    for word, values in lists.items():
        _put_list(document, word, [value for value in values if value])
    try:
        return Facts.model_validate(document)
    except ValidationError as error:
        told = "；".join(f"{'.'.join(map(str, one['loc']))}：{one['input']}" for one in error.errors())
        raise MisstatedError(Words(f"填报的内容不对：{told}", f"this cannot be stated: {told}")) from error


def _is_standard(program: Program, field: FactField, value: str, before: str | None) -> bool:
    vocabulary = program.known_vocabularies.get(field.word)
    known = vocabulary is not None and vocabulary.rank(value) is not None
    return known or not field.choices or value in (*field.choices, before)


def _put(kept: dict[str, Any], word: str, value: object) -> None:
    if value in (None, ""):
        kept.pop(word, None)
    else:
        kept[word] = value


def _put_list(document: dict[str, Any], word: str, values: list[str]) -> None:
    if word in ("competition", "apprentice"):
        by = "nominee" if word == "competition" else "apprentice"
        others = [one for one in document["competitions"] or () if one["by"] != by]
        document["competitions"] = [*others, *({**_competition(value), "by": by} for value in values)] or None
        without = {one for one in document["without"] if one != by} | (set() if values else {by})
        document["without"] = sorted(without)
    else:
        document[{"honor": "honors", "grant": "grants"}.get(word, word)] = values


def _competition(text: str) -> dict[str, Any]:
    level, _, place = text.replace("：", ":").rpartition(":")
    if not level.strip():
        raise MisstatedError(
            Words(f"“{text}”应写成 级别:名次，如 国家一类:3", f"write {text!r} as LEVEL:PLACE, such as 国家一类:3")
        )
    return {"level": level.strip(), "place": _number(level, place)}


def _number(word: str, text: str) -> int:
    if not text.strip().isdecimal() or len(text.strip()) > len("999999999"):
        raise MisstatedError(Words(f"“{word}”应填数字，不是“{text}”", f"{word} is a number, not {text!r}"))
    return int(text)


def _no_choice(field: FactField, value: str) -> Words:
    return Words(
        "“{value}”不是规范名称，没有填报；可填：{told}", "“{value}” is no standard name and is not stated; say {told}"
    ).format(value=value, told=field.told)


def _not_asked(word: str, asked: Mapping[str, FactField]) -> Words:
    return Words("没有条件用到“{word}”；可填：{asked}", "no rule asks for {word}; state one of: {asked}").format(
        word=word,
        asked=Words(
            "；".join(f"{one}＝{field.told.zh}" for one, field in asked.items()) or "无",
            "; ".join(f"{one} = {field.told.en}" for one, field in asked.items()) or "nothing",
        ),
    )
