"""Annexes in the store, on both databases: kept with their nominations, replaced, and told once."""

from sqlalchemy import delete, insert, select, update

from operations.annexes import take_in_annex
from operations.disagreements import disagreements
from operations.dossiers import annexes_of, differences_of, verdicts_of_nomination
from operations.results import Denied
from operations.sheets import TakenIn
from store import tables as t
from tests.conftest import on
from tests.databases import KINDS, SQLITE
from tests.documents.test_tables import workbook
from tests.operations.office import Office
from tests.operations.test_taking_in import person

pytestmark = on(SQLITE)

HEADINGS = ["姓名", "身份证号码", "工作单位"]


def overview(*numbers: int, unit: str = "第{}厂") -> bytes:
    return workbook([HEADINGS, *([f"第{one}人", person(one), unit.format(one)] for one in numbers)])


def taken(office: Office, content: bytes, annex: str = "overview", **more: object) -> TakenIn:
    done = take_in_annex(office.desk, office.id, annex, content, "附件.xlsx", office.act(), **more)
    assert not isinstance(done, Denied), done
    return done


def results(office: Office, number: str) -> dict[str, str]:
    found = verdicts_of_nomination(office.desk, number, office.now)
    return {one.rule: one.result.value for one in found if one.rule in ("same-facts", "apprentices-employer")}


@on(*KINDS)
def test_overview_of_many_is_kept_with_each_and_told_of_each(luzhou):
    first, second, third = (
        luzhou.nominate(nominee=f"第{one}人", unit=f"第{one}厂", identity=person(one)) for one in (1, 2, 3)
    )
    done = taken(luzhou, overview(3, 1))
    assert (done.rows, done.numbers, done.findings) == (2, (first, third), ())
    assert [results(luzhou, one)["same-facts"] for one in (first, second, third)] == ["pass", "needs-evidence", "pass"]
    events = [(one["nomination"], one["rows"]) for one in luzhou.events() if one["kind"] == "annex.stated"]
    assert events == [(first, 1), (third, 1)]
    before = luzhou.contents()
    assert taken(luzhou, overview(1, 3)).numbers == (first, third)
    assert {name for name, rows in luzhou.contents().items() if rows != before[name]} <= {"annex", "event", "link"}


def test_annex_takes_the_place_of_the_one_before(luzhou):
    number = luzhou.nominate(unit="长江厂")
    for employer, result in (("黄河厂", "fail"), ("长江厂", "pass"), ("", "needs-evidence")):
        content = workbook([["带徒姓名", "工作单位", "备注"], ["王小二", employer, "某"]])
        taken(luzhou, content, "apprentices", number=number)
        assert results(luzhou, number)["apprentices-employer"] == result
    assert [(one.annex, one.name, one.rows, one.stated_at) for one in annexes_of(luzhou.desk, number)] == [
        ("apprentices", "拟带徒情况汇总表", 1, luzhou.now)
    ]
    assert [
        (one.rule, one.clause, [line.zh for line in one.lines])
        for one in differences_of(luzhou.desk, number, luzhou.now)
    ] == [("apprentices-employer", "附件4备注", ["第 2 行 王小二：没有写工作单位"])]


def test_refused_annex_leaves_everything_as_it_was(luzhou):
    number = luzhou.nominate()
    before = luzhou.contents()
    done = taken(luzhou, overview(8))
    assert (done.numbers, [one.reason.zh for one in done.findings]) == ((), ["本项目没有此人的申报"])
    content = workbook([["带徒姓名", "工作单位"], ["王小二", "13800138000"]])
    assert taken(luzhou, content, "apprentices", number=number).is_blocked
    assert taken(
        luzhou, workbook([["带徒姓名", "工作单位"], ["王小二", "某厂"]]), "apprentices", number=number, dry_run=True
    )
    assert luzhou.contents() == before


def disagreeing(office: Office) -> list[tuple[str, str]]:
    with office.desk.store.read() as connection:
        found = disagreements(connection)
        return [(one.number, one.field) for one in found]


def test_annex_that_was_changed_added_or_removed_behind_the_history_is_found(luzhou):
    first, second, third = (
        luzhou.nominate(nominee=f"第{one}人", unit=f"第{one}厂", identity=person(one)) for one in (1, 2, 3)
    )
    taken(luzhou, overview(1, 2))
    taken(luzhou, overview(1, unit="另{}厂"))
    assert disagreeing(luzhou) == []
    ids = {number: luzhou.row(number).id for number in (first, second, third)}
    of = t.annex.c
    with luzhou.desk.store.write() as transaction:
        change = transaction.connection.execute
        kept = change(select(of.content).where(of.nomination_id == ids[first])).scalar_one()
        changed = {**kept, "rows": [{**kept["rows"][0], "cells": {"unit": "第1厂"}}]}
        change(update(t.annex).where(of.nomination_id == ids[first]).values(content=changed))
        change(delete(t.annex).where(of.nomination_id == ids[second]))
        change(insert(t.annex).values(nomination_id=ids[third], annex="overview", content=kept, stated_at=luzhou.now))
    assert disagreeing(luzhou) == [(number, "annex.overview") for number in (first, second, third)]
