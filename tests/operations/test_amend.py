"""A program amended while nominations are in flight: what is told, what is refused, and who stays on which version."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from console.happenings import happening
from flows.account import moved_table
from notifications.channels import MemoryChannel
from operations.allotting import allot
from operations.amend import Version, amend, versions_of
from operations.disagreements import disagreements
from operations.intakes import extend_deadline
from operations.issue import Issued
from operations.lookup import list_nominations, show_nomination
from operations.move import move
from operations.opening import confirm_ruling
from operations.overview import program_overview
from operations.papers import document_of, notice_of, register_of
from operations.publicize import Publicized
from operations.ranked import Ranked
from operations.rankings import settle_ranking
from operations.rehearse import rehearse
from operations.remind import remind
from operations.results import Denied, Moved, UnknownError
from operations.sweep import Way, sweep
from programs import Program
from states import Move
from store import tables as t
from store import verify
from tests.conftest import on
from tests.databases import SQLITE
from tests.operations.amending import (
    CONSULTATION,
    CREDIT,
    Edit,
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
from tests.operations.office import CRAFTSMAN_2022, INTAKE, LUZHOU, Office, said, why

INTAKE_KEY = "recommendation.office"
CLOSES = datetime.fromisoformat("2019-07-31T00:00+08:00")
LATER = datetime.fromisoformat("2019-08-16T00:00+08:00")
REASON = "泸市人社办〔2019〕101号"
PANEL = {"id": "panel", "kind": "consultation", "name": "会商", "clause": "补", "bodies": ["专家组"]}
MORE_SEATS = change("seats", "chief-technician", count=12)


def agrees(office: Office) -> bool:
    """Whether chain, tables and history say the same."""
    with office.desk.store.read() as connection:
        return (verify(connection).broken, list(disagreements(connection))) == ((), [])


def rulings(office: Office) -> list[tuple[str, object]]:
    with office.desk.store.read() as connection:
        query = select(t.ruling.c.ruling_id, t.ruling.c.decision).order_by(t.ruling.c.ruling_id)
        return [tuple(row) for row in connection.execute(query)]


def test_amendment_is_a_new_version_with_one_event_that_tells_what_differs(luzhou):
    before = luzhou.running()
    done = amended(luzhou, MORE_SEATS, until("2019年8月15日"))
    after = luzhou.running()
    assert (before.revision, after.revision, done.revision) == (1, 2, 2)
    assert done.closes == {INTAKE_KEY: {"from": CLOSES.isoformat(), "to": LATER.isoformat()}}
    assert done.carried == (
        "age-as-of",
        "closing-hour",
        "condition-one",
        "investigation",
        "reserves",
        "resumption",
        "text-tolerance",
    )
    event = luzhou.events()[-1]
    assert {name: value for name, value in event.items() if name not in ("position", "digest")} == {
        "program": LUZHOU,
        "kind": "program.amended",
        "revision": 2,
        "version": after.version,
        "from": before.digest,
        "definition": after.digest,
        "differences": [
            "奖项“泸州市首席技师”·数量：由“10”改为“12”（一、（二））",
            "环节“组织推荐”·层级“市级受理”·期限·通知原文：由“2019年7月30日”改为“2019年8月15日”（三、（八））",
        ],
        "deadlines": done.closes,
        "carried": list(done.carried),
        **luzhou.act(REASON).signature(),
    }
    assert agrees(luzhou)


def test_nomination_stays_on_its_version_and_a_new_one_is_of_the_newest(luzhou):
    old = luzhou.nominate()
    amended(luzhou, until("2019年8月15日"), insert("materials", CREDIT))
    new = luzhou.nominate()
    with luzhou.desk.store.write() as transaction:
        # It hands in all that its version asks for, but this.
        transaction.connection.execute(t.receipt.delete().where(t.receipt.c.material == "credit"))
    assert [luzhou.row(number).revision for number in (old, new)] == [1, 2]
    assert [luzhou.row(number).due_at for number in (old, new)] == [CLOSES, LATER]
    missing = [[one["id"] for one in show_nomination(luzhou.desk, number)[1]["missing"]] for number in (old, new)]
    assert missing == [[], ["credit"]]
    assert isinstance(luzhou.move(old, Move.SUBMIT), Moved)
    assert [gate for gate, _ in why(luzhou.move(new, Move.SUBMIT))] == ["materials-complete"]
    assert [one.program_version for one in list_nominations(luzhou.desk, program_id=LUZHOU)] == [1, 2]
    now = luzhou.now
    assert versions_of(luzhou.desk, LUZHOU) == (Version(2, None, 1, 0), Version(1, now, 1, 0))
    assert agrees(luzhou)


def test_one_sweep_moves_nominations_of_each_version_by_its_own_deadline(luzhou):
    old = luzhou.nominate()
    amended(luzhou, until("2019年8月15日"))
    new = luzhou.nominate()
    swept = sweep(luzhou.desk, CLOSES)
    assert swept.ways == {Way(LUZHOU, Move.LAPSE, "recommendation.unit", "lapsed"): 1}
    assert luzhou.stages([old, new]) == ["lapsed", "recommendation.unit"]
    assert sweep(luzhou.desk, LATER).moved == 1
    assert luzhou.stages([old, new]) == ["lapsed", "lapsed"]
    assert agrees(luzhou)


def test_one_sweep_of_many_standings_serves_two_versions_that_lead_elsewhere(luzhou):
    """From one and the same list, time leads those of one version to the document, and others to an approval first."""
    old = luzhou.nominate("publicity")
    approval = {"id": "approval", "kind": "approval", "name": "审批", "clause": "补四"}
    amended(luzhou, insert("stages", approval, before="issuance"))
    new = luzhou.nominate("publicity")
    assert isinstance(luzhou.publicize(), Publicized)
    luzhou.now = luzhou.row(old).due_at
    swept = sweep(luzhou.desk, luzhou.now)
    assert swept.ways == {
        Way(LUZHOU, Move.CLOSE, "publicity.running", "issuance"): 1,
        Way(LUZHOU, Move.CLOSE, "publicity.running", "approval"): 1,
    }
    assert luzhou.stages([old, new]) == ["issuance", "approval"]
    assert agrees(luzhou)


def test_places_are_counted_together_and_by_the_newest_version(office_of, shipped):
    office = office_of(LUZHOU, program=edited(shipped(LUZHOU), change("seats", "chief-technician", count=1)))
    first, second, third = (office.nominate("decision") for _ in range(3))
    assert isinstance(office.move(first, Move.CHOOSE, grade="chief-technician"), Moved)
    assert said(office.move(second, Move.CHOOSE, grade="chief-technician")) == ["泸州市首席技师 的 1 个名额已满"]
    amended(office, change("seats", "chief-technician", count=2))
    fourth = office.nominate("decision")
    assert isinstance(office.move(second, Move.CHOOSE, grade="chief-technician"), Moved)
    refused = [office.move(number, Move.CHOOSE, grade="chief-technician") for number in (third, fourth)]
    assert [said(one) for one in refused] == [["泸州市首席技师 的 2 个名额已满"]] * 2
    assert office.places() == [("seats.chief-technician", "", 1), ("seats.chief-technician", "", 2)]
    assert agrees(office)


def test_stage_that_is_taken_out_is_still_held_for_those_of_an_earlier_version(luzhou):
    old = luzhou.nominate("screening")
    amended(luzhou, drop("stages", "review"))
    new = luzhou.nominate("screening")
    for number in (old, new):
        luzhou.judge_all(number)
        assert isinstance(luzhou.move(number, Move.ACCEPT), Moved)
    assert luzhou.stages([old, new]) == ["review", "decision"]
    for track in ("materials", "site-visit"):
        luzhou.report(old, track)
    assert isinstance(settle_ranking(luzhou.desk, LUZHOU, "review", luzhou.act()), Ranked)
    assert luzhou.decide("review", {old: None}).moved[0].destination == "decision"
    assert [row.number for row in list_nominations(luzhou.desk, program_id=LUZHOU, stage="review")] == []
    assert agrees(luzhou)


def test_list_and_document_are_one_for_all_versions(luzhou):
    old = luzhou.nominate("publicity")
    amended(luzhou, change("stages", "publicity", period={"days": 7}), insert("materials", CREDIT))
    new = luzhou.nominate("publicity")
    published = luzhou.publicize()
    assert (len(published.moved), published.published.said.days) == (2, 7)
    luzhou.now = luzhou.row(old).due_at
    sweep(luzhou.desk, luzhou.now)
    issued = luzhou.issue()
    assert isinstance(issued, Issued)
    assert [one.number for one in issued.moved] == [old, new]
    for paper in (notice_of, document_of, register_of):
        assert paper(luzhou.desk, LUZHOU)
    assert agrees(luzhou)


def test_extension_reaches_every_version_that_has_the_deadline(luzhou):
    old = luzhou.nominate()
    amended(luzhou, until("2019年8月15日"))
    new = luzhou.nominate()
    closes = LATER + timedelta(days=7)
    assert isinstance(extend_deadline(luzhou.desk, LUZHOU, INTAKE_KEY, closes, "某文", luzhou.act()), Program)
    assert [luzhou.row(number).due_at for number in (old, new)] == [closes, closes]
    assert agrees(luzhou)


def test_extension_is_kept_through_an_amendment_that_leaves_the_deadline(luzhou):
    closes = LATER + timedelta(days=7)
    extend_deadline(luzhou.desk, LUZHOU, INTAKE_KEY, closes, "某文", luzhou.act())
    done = amended(luzhou, MORE_SEATS)
    assert [one.place for one in done.differences] == ["seats.chief-technician.count"]
    assert (done.closes, luzhou.running().closes) == ({}, {INTAKE_KEY: closes})
    assert agrees(luzhou)


def test_ruling_reaches_every_version_that_asks_the_same(luzhou):
    old = luzhou.nominate()
    amended(luzhou, until("2019年8月15日"))
    new = luzhou.nominate()
    assert isinstance(confirm_ruling(luzhou.desk, luzhou.program, "closing-hour", "18:00", luzhou.act("某文")), Program)
    assert [luzhou.row(number).due_at.isoformat() for number in (old, new)] == [
        "2019-07-30T18:00:00+08:00",
        "2019-08-15T18:00:00+08:00",
    ]
    assert agrees(luzhou)


def test_rulings_that_are_new_or_changed_are_confirmed_with_the_amendment_or_refused(luzhou):
    edits = (
        drop("rulings", "condition-one"),
        change("rulings", "text-tolerance", question="左右是多少？"),
        insert("rulings", {"id": "venue", "question": "哪个网站？", "clause": "四", "decision": "市人社局官网",
                           "basis": "惯例", "otherwise": "改网站", "settles": ("stages.publicity.venue",)}),
    )  # fmt: skip
    before = luzhou.contents()
    refused = amends(luzhou, *edits)
    assert why(refused) == [("rulings-confirmed", "三、（六）"), ("rulings-confirmed", "四")]
    assert refused.refusals[1].remedy.zh == "请加上 --confirm venue（按文件所写确认）或 --confirm venue=决定"
    assert luzhou.contents() == before
    done = amended(luzhou, *edits, confirmed={"text-tolerance": None, "venue": "省厅网站"})
    assert (done.carried, done.confirmed, done.dropped) == (
        ("age-as-of", "closing-hour", "investigation", "reserves", "resumption"),
        ("text-tolerance", "venue"),
        ("condition-one",),
    )
    assert rulings(luzhou) == [
        ("age-as-of", "recommendation.office"),
        ("closing-hour", "24:00"),
        ("investigation", 15),
        ("reserves", 0),
        ("resumption", False),
        ("text-tolerance", 10),
        ("venue", "省厅网站"),
    ]
    assert luzhou.running().program.stage("publicity").venue == "省厅网站"
    assert agrees(luzhou)


def test_decision_is_carried_over_though_the_file_still_says_its_default(luzhou):
    luzhou.rule("text-tolerance", 15)
    amended(luzhou, MORE_SEATS)
    assert dict(rulings(luzhou))["text-tolerance"] == 15
    # What was decided is no difference, so that the same file once more is none either.
    assert why(amends(luzhou, MORE_SEATS)) == [("something-differs", None)]


def test_unknown_ruling_is_an_error(luzhou):
    with pytest.raises(UnknownError, match="there is no ruling moon; the file has"):
        amends(luzhou, MORE_SEATS, confirmed={"moon": None})


def test_dry_run_tells_the_same_and_keeps_nothing(luzhou):
    luzhou.nominate()
    before = luzhou.contents()
    told = amended(luzhou, MORE_SEATS, dry_run=True)
    assert luzhou.contents() == before
    assert amended(luzhou, MORE_SEATS) == told


def nobody(_office: Office) -> None:
    """Nothing has happened yet."""


def chosen(office: Office) -> None:
    office.nominate("publicity")


def public(office: Office) -> None:
    office.nominate("publicity.running")


def reviewed(office: Office) -> None:
    number = office.nominate("review")
    office.report(number, "materials")


def waiting_for_a_decision(office: Office) -> None:
    office.nominate("decision")


ONE_TRACK = [{"id": "materials", "name": "材料评审", "clause": "四、（三）"}]

#: What has happened, what is changed → the gates that refuse it, and what the first of them says.
REFUSED: dict[str, tuple[object, Edit, list[str], str]] = {
    "nothing": (nobody, lambda _document: None, ["something-differs"], "与现行的第 1 版没有不同"),
    "another nominee": (
        nobody, lambda document: document.update(nominee="unit"), ["same-nominee"], "评选对象不能由 person 改为 unit",
    ),
    "a close that has passed": (
        nobody, until("2019年7月10日"), ["close-ahead"],
        "期限 recommendation.office 的截止时刻 2019年7月10日 24:00 已经过去",
    ),
    "a deadline without a year": (
        nobody, until("另行通知"), ["deadlines-dated"], "期限“另行通知”无法确定日期",
    ),
    "a program that contradicts itself": (
        nobody, change("stages", "review", keep=3), ["program-checked"] , None,
    ),
    "a default that is not what the file says": (
        nobody, change("rulings", "text-tolerance", decision=20), ["rulings-confirmed"], None,
    ),
    "fewer seats than are taken": (
        chosen, change("seats", "chief-technician", count=1), [], None,
    ),
    "a grade that somebody has": (
        chosen, change("seats", "chief-technician", award="另一称号"), ["seats-kept"],
        "“泸州市首席技师”已有 1 名入选，不能取消或改名",
    ),
    "the name of the award": (
        chosen, lambda document: document.update(award="另一称号"), ["award-kept"],
        "已有人入选“泸州市首席技师”，奖项名称不能再改",
    ),
    "a stage that becomes another kind": (
        nobody, lambda document: document.update(
            stages=[{"id": "review", "kind": "vote", "name": "投票", "clause": "补"} if one["id"] == "review" else one
                    for one in document["stages"]]),
        ["stage-keeps-its-kind"], "环节“专家评议”不能由专家评议改为投票",
    ),
    "a stage taken out where somebody stands": (
        waiting_for_a_decision,
        lambda document: (drop("stages", "decision")(document), drop("rulings", "reserves")(document),
                          insert("stages", {"id": "meeting", "kind": "decision", "name": "会议", "clause": "补"},
                                 before="publicity")(document)),
        ["nobody-stranded"], "有 1 件申报正处在“评审确定”",
    ),
    "a stage taken out where nobody stands": (
        nobody, drop("stages", "review"), [], None,
    ),
    "days of a list that runs": (
        public, change("stages", "publicity", period={"days": 7}), ["list-running"],
        "“公示”的名单正在公示，至 2019年7月22日 24:00",
    ),
    "days of a list while none runs": (
        chosen, change("stages", "publicity", period={"days": 7}), [], None,
    ),
    "tracks of a comparison that has begun": (
        reviewed, change("stages", "review", tracks=ONE_TRACK), ["comparison-begun"],
        "“专家评议”已经开始评选，评议项、权重和入围人数不能再改",
    ),
    "tracks of a comparison that somebody has gone on from": (
        waiting_for_a_decision, change("stages", "review", tracks=ONE_TRACK), ["comparison-begun"],
        "“专家评议”已经开始评选，评议项、权重和入围人数不能再改",
    ),
    "tracks of a comparison that has not begun": (
        nobody, change("stages", "review", tracks=ONE_TRACK), [], None,
    ),
    "a kind of nominator that is registered": (
        chosen, lambda document: document.update(nominators=document["nominators"][1:]), ["nominators-kept"],
        "有 1 家推荐单位登记为 district，此类型不能取消",
    ),
    "the order of the stages": (chosen, swap("stages", "screening", "review"), [], None),
    "a stage more": (public, insert("stages", CONSULTATION, before="review"), [], None),
}  # fmt: skip


@on(SQLITE)
@pytest.mark.parametrize("case", REFUSED)
def test_what_cannot_be_reconciled_is_refused_and_changes_nothing(luzhou, case):
    happened, edit, gates, words = REFUSED[case]
    happened(luzhou)
    before = luzhou.contents()
    outcome = amends(luzhou, edit)
    if not gates:
        assert not isinstance(outcome, Denied), outcome
        assert agrees(luzhou)
        return
    assert [gate for gate, _ in why(outcome)] == gates
    assert words is None or said(outcome)[0] == words
    assert luzhou.contents() == before


@pytest.mark.parametrize(("count", "gates"), [(1, ["seats-kept"]), (2, None)])
def test_seats_are_never_fewer_than_are_taken(luzhou, count, gates):
    for _ in range(2):
        luzhou.nominate("publicity")
    outcome = amends(luzhou, change("seats", "chief-technician", count=count))
    assert gates is None or [gate for gate, _ in why(outcome)] == gates
    assert isinstance(outcome, Denied) is bool(gates)


@on(SQLITE)
@pytest.mark.parametrize(
    ("edit", "own", "gates"),
    [
        (change("quotas", "district", limit=1), False, ["quota-kept"]),
        (change("quotas", "district", limit=1), True, []),
        (change("quotas", "district", limit=2), False, []),
        (change("quotas", "district", per="unit"), False, ["quota-counted-alike"]),
        (drop("quotas", "district"), False, []),
    ],
    ids=["less than used", "less than used by one who was allotted more", "as much", "counted otherwise", "gone"],
)
def test_quota_is_not_reconciled_with_less_than_was_used_of_it(craftsman, edit, own, gates):
    for _ in range(2):
        craftsman.nominate("screening", nominator="渝中区", nominator_kind="district")
    if own:
        assert not isinstance(allot(craftsman.desk, CRAFTSMAN_2022, "district", {"渝中区": 2}, craftsman.act()), Denied)
    outcome = amends(craftsman, edit)
    assert [gate for gate, _ in why(outcome)] == gates if gates else not isinstance(outcome, Denied)


@on(SQLITE)
def test_quota_that_was_used_and_taken_out_does_not_come_back_under_its_id(craftsman):
    craftsman.nominate("screening", nominator="渝中区", nominator_kind="district")
    amended(craftsman, drop("quotas", "district"))
    assert why(amends(craftsman)) == [("quota-counted-alike", craftsman.program.quotas[0].clause)]


@on(SQLITE)
def test_stage_that_was_taken_out_comes_back_as_those_of_an_earlier_version_have_it(luzhou):
    number = luzhou.nominate("screening")
    amended(luzhou, drop("stages", "review"))
    luzhou.bring(number, "review")
    luzhou.report(number, "materials")
    refused = amends(luzhou, change("stages", "review", tracks=ONE_TRACK))
    assert [gate for gate, _ in why(refused)] == ["comparison-begun"]
    assert amended(luzhou, MORE_SEATS).revision == 3
    assert luzhou.stages([number]) == ["review"]
    assert agrees(luzhou)


def test_quota_that_is_new_is_told_to_count_from_now_on(luzhou):
    quota = {"id": "unit", "name": "每单位", "clause": "补一", "per": "unit", "tier": "recommender", "limit": 2}
    assert [words.zh for words in amended(luzhou, insert("quotas", quota)).remarks] == [
        "新增的名额“每单位”从现在起计，此前已受理的不计入"
    ]


def test_program_that_is_not_open_is_not_amended(desk, shipped):
    office = Office(desk, shipped(LUZHOU), INTAKE[LUZHOU])
    office.rule("closing-hour")
    assert why(amends(office, MORE_SEATS)) == [("program-opened", None)]


def test_program_that_is_not_in_the_store_is_an_error(desk, shipped):
    office = Office(desk, shipped(LUZHOU), INTAKE[LUZHOU])
    with pytest.raises(UnknownError, match="the database has no program"):
        amends(office, MORE_SEATS)


def test_amendment_without_a_reason_is_refused(luzhou):
    program = edited(luzhou.program, MORE_SEATS)
    assert why(amend(luzhou.desk, program, luzhou.act(" "))) == [("reason-stated", None)]


@on(SQLITE)
def test_rehearsed_program_is_not_amended_and_ends_as_ever(desk, shipped):
    rehearse(desk, shipped(LUZHOU), MemoryChannel(), nominations=5, seed=1)
    office = Office(desk, shipped(LUZHOU), INTAKE[LUZHOU])
    assert why(amends(office, MORE_SEATS)) == [("not-rehearsed", None)]
    assert office.running().revision == 1


def test_amendments_follow_on_each_other_and_every_version_is_kept(luzhou):
    numbers = [luzhou.nominate()]
    for count in (11, 12, 13):
        amended(luzhou, change("seats", "chief-technician", count=count))
        numbers.append(luzhou.nominate())
    assert [luzhou.row(number).revision for number in numbers] == [1, 2, 3, 4]
    with luzhou.desk.store.read() as connection:
        versions = luzhou.desk.versions(connection, LUZHOU)
    assert [one.stated.seats[0].count for one in versions] == [13, 12, 11, 10]
    # Seats belong to the whole program.
    assert [one.program.seats[0].count for one in versions] == [13, 13, 13, 13]
    assert agrees(luzhou)


@pytest.mark.parametrize(
    ("damage", "field"),
    [
        (t.nomination.update().values(revision=2), "revision"),
        (t.program.update().values(revision=3), "revision"),
        (t.revision.update().values(closes=None), "definition"),
        (t.revision.delete(), "exists"),
    ],
    ids=["a nomination's version", "the newest version's number", "an earlier version's closes", "an earlier version"],
)
def test_version_that_the_history_tells_otherwise_is_found(luzhou, damage, field):
    luzhou.nominate()
    amended(luzhou, MORE_SEATS)
    assert agrees(luzhou)
    with luzhou.desk.store.write() as transaction:
        transaction.connection.execute(damage)
    with luzhou.desk.store.read() as connection:
        assert [one.field for one in disagreements(connection)] == [field]


def test_move_that_was_seen_before_a_migration_is_not_made_after_it(luzhou):
    number = luzhou.nominate()
    seen = luzhou.row(number).version
    amended(luzhou, MORE_SEATS)
    migrated(luzhou, number)
    refused = move(luzhou.desk, number, Move.SUBMIT, luzhou.act(), seen_version=seen)
    assert said(refused) == ["此件已被王管理改按第 2 版办理"]


def test_console_shows_where_those_of_an_earlier_version_stand_and_tells_what_happened(luzhou):
    old = luzhou.nominate("screening")
    amended(luzhou, drop("stages", "review"), insert("stages", PANEL, before="decision"))
    luzhou.bring(old, "review")
    state = program_overview(luzhou.desk, LUZHOU, luzhou.now).state
    stages = {stage.id: stage.count for stage in state.stages}
    assert list(stages) == [
        *("recommendation", "screening", "panel", "decision", "publicity", "issuance", "tenure", "review")
    ]
    assert (stages["review"], state.astray, state.under_way) == (1, 0, 1)
    migrated(luzhou, review="panel")
    after = program_overview(luzhou.desk, LUZHOU, luzhou.now)
    assert [stage.id for stage in after.state.stages] == [stage.id for stage in luzhou.running().program.held_stages]
    told = [happening(event).zh for event in after.events]
    assert told[:2] == ["改按第 2 版办理，到“会商”", "受理通过，到“专家评议”"]
    assert "修订项目为第 2 版，2 处不同" in told


def test_table_of_moves_names_standings_that_only_an_earlier_version_has(luzhou):
    old = luzhou.nominate("screening")
    amended(luzhou, drop("stages", "review"))
    luzhou.judge_all(old)
    done = luzhou.move(old, Move.ACCEPT)
    (row,) = moved_table(luzhou.desk, [done]).rows
    assert (row["原环节"], row["现环节"]) == ("资格审查", "专家评议")


def test_letter_names_a_standing_that_only_an_earlier_version_has(luzhou):
    old = luzhou.nominate("screening")
    amended(luzhou, drop("stages", "review"))
    luzhou.bring(old, "review")
    channel = MemoryChannel()
    luzhou.now += timedelta(days=1)
    remind(luzhou.desk, channel, luzhou.now)
    assert any("专家评议" in letter.body for letter in channel.letters if letter.recipient == "专家评议小组")
