"""Nominations brought to another version of their program: what changes for whom, who stays, and why."""

from contextlib import closing
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

import operations.migrating
from operations.desk import Desk
from operations.disagreements import disagreements
from operations.intakes import extend_deadline
from operations.lookup import show_nomination
from operations.migrating import Wanted, Way, migrate
from operations.objections import lodge
from operations.previewing import Preview, preview
from operations.results import Denied, Moved, UnknownError
from operations.sweep import sweep
from programs import Program
from states import Move
from store import Store, verify
from store import tables as t
from tests.conftest import on
from tests.databases import KINDS, SQLITE
from tests.operations.amending import (
    CONSULTATION,
    CREDIT,
    amended,
    amends,
    change,
    drop,
    edited,
    insert,
    migrated,
    swap,
    until,
)
from tests.operations.office import INTAKE, LUZHOU, Office, why

pytestmark = on(SQLITE)

CLOSES = datetime.fromisoformat("2019-07-31T00:00+08:00")
LATER = datetime.fromisoformat("2019-08-16T00:00+08:00")
APPROVAL = {"id": "approval", "kind": "approval", "name": "审批", "clause": "补四"}
MORE_SEATS = change("seats", "chief-technician", count=12)
TRAINEES = change("rules", "trainees", at_least=8)


def agrees(office: Office) -> bool:
    with office.desk.store.read() as connection:
        return (verify(connection).broken, list(disagreements(connection))) == ((), [])


def previews(office: Office, *numbers: str, to: int | None = None, **mapping: str) -> list[Preview]:
    places = {key.replace("__", "."): new for key, new in mapping.items()}
    return list(preview(office.desk, office.id, Wanted(to, numbers or None, places), office.now))


def changes(office: Office, *numbers: str, **mapping: str) -> list[list[str]]:
    return [[words.zh for words in one.changes] for one in previews(office, *numbers, **mapping)]


def gates(found: object) -> dict[str, list[str]]:
    return {one.number: [refusal.gate for refusal in one.refusals] for one in found.refused}


def ladder(office: Office, due: datetime) -> int:
    """How many reminders are owed before an instant."""
    with office.desk.store.read() as connection:
        query = select(t.reminder.c.id).where(t.reminder.c.kind == "deadline", t.reminder.c.due_at == due)
        return len(connection.execute(query).all())


@on(*KINDS)
def test_migration_shows_what_changes_and_then_does_just_that(luzhou):
    number = luzhou.nominate()
    amended(
        luzhou, until("2019年8月15日"), insert("materials", CREDIT), insert("stages", CONSULTATION, before="review")
    )
    (shown,) = previews(luzhou)
    assert (shown.number, shown.revision, shown.stage, shown.due_at) == (number, 1, "recommendation.unit", LATER)
    assert [words.zh for words in shown.changes] == [
        "期限：2019年7月30日 24:00 → 2019年8月15日 24:00",
        "新增环节：征求意见",
        "新增材料：信用报告",
        "须补交：信用报告",
    ]
    before = luzhou.row(number)
    done = migrated(luzhou)
    after = luzhou.row(number)
    assert (done.ways, done.refused, done.already) == ({Way(1, "recommendation.unit", "recommendation.unit"): 1}, [], 0)
    assert after._asdict() == before._asdict() | {"revision": 2, "version": 2, "due_at": LATER}
    assert [one["id"] for one in show_nomination(luzhou.desk, number)[1]["missing"]] == ["credit"]
    event = luzhou.events(number)[-1]
    assert {name: value for name, value in event.items() if name not in ("position", "digest")} == {
        "program": LUZHOU,
        "kind": "nomination.migrated",
        "nomination": number,
        "from_revision": 1,
        "revision": 2,
        "from": "recommendation.unit",
        "to": "recommendation.unit",
        "version": 2,
        "due": LATER.isoformat(),
        "holder": "第1厂",
        "changes": ["期限：2019年7月30日 24:00 → 2019年8月15日 24:00", "新增环节：征求意见", "新增材料：信用报告"],
        **luzhou.act("补充通知").signature(),
    }
    assert ladder(luzhou, LATER) == len(luzhou.program.reminders)
    assert agrees(luzhou)


@on(*KINDS)
def test_nominee_s_side_is_told_of_what_changes_and_of_nothing_else(luzhou):
    first = luzhou.nominate()
    amended(luzhou, MORE_SEATS)
    assert migrated(luzhou).reminders == 0
    amended(luzhou, MORE_SEATS, insert("materials", CREDIT))
    assert migrated(luzhou).reminders == 1
    with luzhou.desk.store.read() as connection:
        notice = connection.execute(select(t.reminder).where(t.reminder.c.kind == "notice")).one()
    assert (notice.nomination, notice.recipient, notice.facts) == (
        first,
        "第1厂",
        {"nominee": "第1人", "move": "改按第 3 版办理", "move_en": "brought to version 3", "reason": "补充通知"},
    )


@on(*KINDS)
def test_migration_made_twice_is_made_once(luzhou):
    luzhou.nominate()
    amended(luzhou, until("2019年8月15日"))
    assert migrated(luzhou).migrated == 1
    before = luzhou.contents()
    again = migrated(luzhou)
    assert (again.migrated, again.already, again.batches) == (0, 1, 0)
    assert luzhou.contents() == before


@on(*KINDS)
def test_only_those_that_are_named_are_brought_over(luzhou):
    numbers = [luzhou.nominate() for _ in range(3)]
    amended(luzhou, until("2019年8月15日"))
    migrated(luzhou, numbers[1])
    assert [luzhou.row(number).revision for number in numbers] == [1, 2, 1]


def test_batches_bring_over_everybody_in_order_and_one_that_fails_leaves_those_before(luzhou, monkeypatch):
    numbers = [luzhou.nominate() for _ in range(5)]
    amended(luzhou, until("2019年8月15日"))
    monkeypatch.setattr(operations.migrating, "BATCH", 2)
    write, made = operations.migrating.write_owed, []

    def once(*told: Any) -> int:
        made.append(told)
        if len(made) > 1:
            raise KeyboardInterrupt
        return write(*told)

    monkeypatch.setattr(operations.migrating, "write_owed", once)
    with pytest.raises(KeyboardInterrupt):
        migrated(luzhou)
    assert [luzhou.row(number).revision for number in numbers] == [2, 2, 1, 1, 1]
    monkeypatch.setattr(operations.migrating, "write_owed", write)
    done = migrated(luzhou)
    assert (done.migrated, done.already, done.batches) == (3, 2, 2)
    assert [luzhou.row(number).revision for number in numbers] == [2] * 5
    assert agrees(luzhou)


@on(*KINDS)
def test_migration_there_and_back_restores_due_instants_and_owes_what_was_owed(luzhou):
    numbers = [luzhou.nominate(), luzhou.nominate("recommendation.recommender"), luzhou.nominate("screening")]
    returned = luzhou.nominate("screening")
    luzhou.move(returned, Move.RETURN)
    before = [luzhou.row(number)._asdict() for number in (*numbers, returned)]
    amended(luzhou, until("2019年8月15日"), change("stages", "screening", correction={"days": 9}))
    migrated(luzhou)
    moved = [luzhou.row(number).due_at for number in (*numbers, returned)]
    assert moved == [LATER, LATER, None, before[3]["due_at"]]
    migrated(luzhou, to=1)
    after = [luzhou.row(number)._asdict() for number in (*numbers, returned)]
    assert after == [one | {"version": one["version"] + 2} for one in before]
    assert agrees(luzhou)


@on(*KINDS)
def test_verdicts_that_change_are_told_before(luzhou):
    number = luzhou.nominate("screening")
    luzhou.judge_all(number)
    amended(luzhou, insert("rules", {"id": "honest", "kind": "attestation", "name": "诚信", "clause": "补三"}))
    assert changes(luzhou) == [["新增条件：诚信", "新的条件“诚信”：待查验"]]
    migrated(luzhou)
    assert [gate for gate, _ in why(luzhou.move(number, Move.ACCEPT))] == ["rules-passed"]


def test_what_has_been_screened_is_not_screened_again(luzhou):
    number = luzhou.nominate("review")
    amended(luzhou, insert("rules", {"id": "honest", "kind": "attestation", "name": "诚信", "clause": "补三"}))
    assert changes(luzhou) == [[]]
    migrated(luzhou)
    assert luzhou.row(number).stage == "review"


def test_standing_that_is_gone_is_mapped_or_the_nomination_stays(luzhou):
    number = luzhou.nominate("review")
    panel = {"id": "panel", "kind": "consultation", "name": "会商", "clause": "补", "bodies": ["专家组"]}
    # The review is taken out where nobody stands, and somebody of the version before comes to it after.
    luzhou.bring(number, "decision")
    late = luzhou.nominate("screening")
    amended(luzhou, drop("stages", "review"), insert("stages", panel, before="decision"))
    luzhou.bring(late, "review")
    (shown,) = [one for one in previews(luzhou) if one.number == late]
    assert shown.refusal.gate == "standing-known"
    assert shown.refusal.remedy.zh.startswith("请用 --map review=… 写明改到哪里；可用：recommendation.unit、")
    assert gates(migrated(luzhou)) == {late: ["standing-known"]}
    assert [luzhou.row(one).revision for one in (number, late)] == [2, 1]
    done = migrated(luzhou, review="panel")
    assert done.ways == {Way(1, "review", "panel"): 1}
    row = luzhou.row(late)
    assert (row.stage, row.holder, row.revision) == ("panel", luzhou.program.office, 2)
    assert [event["changes"] for event in luzhou.events(late) if "changes" in event] == [
        ["环节：专家评议 → 会商", "新增环节：会商", "不再有的环节：专家评议"]
    ]
    assert agrees(luzhou)


def test_stage_before_where_it_stands_is_held_after_all_by_a_mapping(luzhou):
    number = luzhou.nominate("publicity")
    amended(luzhou, insert("stages", APPROVAL, before="publicity"))
    assert gates(migrated(luzhou)) == {number: ["nothing-skipped"]}
    migrated(luzhou, publicity="approval")
    assert luzhou.row(number).stage == "approval"
    assert isinstance(luzhou.move(number, Move.APPROVE), Moved)
    assert luzhou.row(number).stage == "publicity"
    assert luzhou.places() == [("seats.chief-technician", "", 1)]
    assert agrees(luzhou)


def objected(office: Office) -> str:
    number = office.nominate("publicity.running")
    assert isinstance(lodge(office.desk, number, "某人", "不实", office.act()), int)
    return number


def withdrawn(office: Office) -> str:
    number = office.nominate()
    office.move(number, Move.WITHDRAW)
    return number


def returned(office: Office) -> str:
    number = office.nominate("screening")
    office.move(number, Move.RETURN)
    return number


#: Where a nomination stands, what is changed, how it is mapped → the gate that refuses it.
STAYING: dict[str, tuple[Any, list[Any], dict[str, str], str]] = {
    "an end": (withdrawn, [MORE_SEATS], {}, "not-ended"),
    "a route that is refused now": (
        lambda office: office.nominate(),
        [change("routes", "organization", accepted=False), change("routes", "self", accepted=True)],
        {}, "path-known",
    ),
    "a category that everybody has now": (
        lambda office: office.nominate(), [insert("categories", {"id": "skill", "name": "技能类", "clause": "补"})],
        {}, "path-known",
    ),
    "a chosen one before the decision": (
        lambda office: office.nominate("publicity"), [swap("stages", "decision", "publicity")], {}, "limit-passed-once",
    ),
    "an approval passed by": (
        lambda office: office.nominate("publicity"), [insert("stages", APPROVAL, before="publicity")],
        {}, "nothing-skipped",
    ),
    "a screening mapped past": (
        lambda office: office.nominate("screening"), [MORE_SEATS], {"screening": "review"}, "nothing-skipped",
    ),
    "a tier mapped past": (
        lambda office: office.nominate(), [MORE_SEATS], {"recommendation__unit": "screening"}, "nothing-skipped",
    ),
    "a tier of the recommendation mapped past": (
        lambda office: office.nominate(), [MORE_SEATS], {"recommendation__unit": "recommendation.office"},
        "nothing-skipped",
    ),
    "a list that runs, mapped": (
        lambda office: office.nominate("publicity.running"), [insert("stages", APPROVAL, before="issuance")],
        {"publicity__running": "decision"}, "list-running",
    ),
    "an objection that is open, mapped": (
        objected, [MORE_SEATS], {"publicity__objected": "publicity"}, "list-running",
    ),
    "into a time to correct": (
        lambda office: office.nominate("screening"), [MORE_SEATS], {"screening": "screening.correction"},
        "standing-known",
    ),
    "a time to correct that is no more": (
        returned, [change("stages", "screening", correction=None)], {}, "standing-known",
    ),
    "a term that would have no end": (
        lambda office: office.nominate("tenure"), [change("stages", "tenure", years=None)], {}, "term-ends",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", STAYING)
def test_nomination_that_cannot_be_brought_over_stays_and_is_told_why(luzhou, case):
    happened, edits, mapping, gate = STAYING[case]
    number = happened(luzhou)
    assert not isinstance(amends(luzhou, *edits), Denied)
    before = luzhou.contents()
    assert [one.refusal.gate for one in previews(luzhou, number, **mapping)] == [gate]
    assert gates(migrated(luzhou, number, **mapping)) == {number: [gate]}
    assert luzhou.contents() == before


def test_nomination_is_not_brought_to_where_it_would_lapse_at_once(luzhou):
    number = luzhou.nominate()
    amended(luzhou, until("2019年8月15日"))
    migrated(luzhou)
    luzhou.now = CLOSES
    assert gates(migrated(luzhou, to=1)) == {number: ["in-time"]}
    assert sweep(luzhou.desk, luzhou.now).moved == 0
    assert luzhou.row(number).due_at == LATER


def test_term_and_time_to_correct_that_run_go_on_as_they_were_said(luzhou):
    number = luzhou.nominate("tenure")
    ends = luzhou.row(number).due_at
    amended(luzhou, change("stages", "tenure", years=5))
    migrated(luzhou)
    assert (luzhou.row(number).due_at, luzhou.row(number).revision) == (ends, 2)


def test_tier_with_a_quota_is_not_passed_by_a_mapping(craftsman):
    tiers = craftsman.program.stage("recommendation").tiers
    quota = craftsman.program.quotas[0]
    at = next(place for place, tier in enumerate(tiers) if tier.id == quota.tier)
    number = craftsman.nominate(f"recommendation.{tiers[at - 1].id}", nominator_kind=quota.nominator_kind)
    amended(craftsman, lambda document: document.update(disclosure="公开"))
    mapping = {f"recommendation__{tiers[at - 1].id}": f"recommendation.{quota.tier}"}
    assert gates(migrated(craftsman, number, **mapping)) == {number: ["quota-passed"]}


@pytest.mark.parametrize(
    ("wanted", "message"),
    [
        (Wanted(3), "has no version 3; it has 1、2"),
        (Wanted(numbers=("luzhou-chief-technician-2019-9999",)), "has no nomination luzhou-chief-technician-2019-9999"),
        (Wanted(mapping={"moon": "review"}), "there is no standing moon"),
        (Wanted(mapping={"review": "moon"}), "version 2 has no standing moon"),
        (Wanted(mapping={"review": "lapsed"}), "version 2 has no standing lapsed"),
    ],
)
def test_what_is_not_there_is_an_error_and_changes_nothing(luzhou, wanted, message):
    luzhou.nominate()
    amended(luzhou, MORE_SEATS)
    before = luzhou.contents()
    for ask in (
        lambda: migrate(luzhou.desk, LUZHOU, wanted, luzhou.act("补充通知")),
        lambda: list(preview(luzhou.desk, LUZHOU, wanted, luzhou.now)),
    ):
        with pytest.raises(UnknownError, match=message):
            ask()
    assert luzhou.contents() == before


def test_migration_without_a_reason_is_refused(luzhou):
    amended(luzhou, MORE_SEATS)
    assert why(migrate(luzhou.desk, LUZHOU, Wanted(), luzhou.act(" "))) == [("reason-stated", None)]


def test_extension_after_a_migration_reaches_both_versions(luzhou):
    numbers = [luzhou.nominate(), luzhou.nominate()]
    amended(luzhou, until("2019年8月15日"))
    migrated(luzhou, numbers[0])
    closes = LATER + timedelta(days=3)
    extend_deadline(luzhou.desk, LUZHOU, "recommendation.office", closes, "某文", luzhou.act())
    assert [luzhou.row(number).due_at for number in numbers] == [closes, closes]
    migrated(luzhou)
    assert [luzhou.row(number).due_at for number in numbers] == [closes, closes]
    assert agrees(luzhou)


#: Standings within the intake, and edits that change nothing for any nomination at them.
STANDINGS = ("recommendation.unit", "recommendation.recommender", "screening", "review", "decision", "publicity")
IDLE = (
    MORE_SEATS,
    lambda document: document.update(title="补充通知"),
    lambda document: document.update(contacts=()),
    change("benefits", "allowance", at_most_yuan=12_000),
)


@settings(
    max_examples=6,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    places=st.lists(st.sampled_from(STANDINGS), min_size=1, max_size=3),
    idle=st.sets(st.sampled_from(range(len(IDLE))), min_size=1),
)
def test_migrating_to_a_version_that_is_the_same_in_effect_changes_nothing_but_the_version(
    databases, calendar, vault, shipped, places, idle
):
    url = databases.new()
    with closing(Store(url)) as store:
        office = opened(store, calendar, vault, shipped(LUZHOU))
        numbers = [office.nominate(place) for place in places]
        amended(office, *(IDLE[one] for one in sorted(idle)))
        before, rows = office.contents(), [office.row(number)._asdict() for number in numbers]
        assert changes(office) == [[]] * len(numbers)
        migrated(office)
        after = office.contents()
        assert [office.row(number)._asdict() for number in numbers] == [
            row | {"revision": 2, "version": row["version"] + 1} for row in rows
        ]
        changed = {name for name, kept in after.items() if kept != before[name]}
        assert changed == {"nomination", "event", "link"}
        assert agrees(office)
    databases.drop(url)


def opened(store: Store, calendar, vault, program: Program) -> Office:
    office = Office(Desk(store, calendar, vault), edited(program), INTAKE[LUZHOU])
    office.open()
    return office


def test_tier_that_is_gone_is_mapped_to_the_one_after_it(luzhou):
    """Whoever was with the recommender has passed the unit, so that the office may take it in."""
    number = luzhou.nominate("recommendation.recommender")

    def without_recommender(document: dict[str, Any]) -> None:
        stages = [dict(stage) for stage in document["stages"]]
        stages[0]["tiers"] = [tier for tier in stages[0]["tiers"] if tier["id"] != "recommender"]
        document["stages"] = stages
        # The form no longer has a place for its opinion.
        document["materials"] = [{**one, "content": None} for one in document["materials"]]

    amended(luzhou, without_recommender)
    assert gates(migrated(luzhou)) == {number: ["standing-known"]}
    migrated(luzhou, recommendation__recommender="recommendation.office")
    row = luzhou.row(number)
    assert (row.stage, row.holder, row.due_at) == (
        "recommendation.office",
        "泸州市人力资源和社会保障局",
        None,
    )
    assert isinstance(luzhou.move(number, Move.ACCEPT), Moved)
    assert agrees(luzhou)
