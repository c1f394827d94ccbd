"""Terms: nobody is paid beyond what the notice gives; what was not made good ends; what an end leaves others read."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from deadlines.duties import DutyKind, duties, period_at
from deadlines.zone import SHANGHAI, last_day_before, midnight
from operations.actors import MACHINE, Actor, Role
from operations.acts import Act
from operations.amend import Amended, amend
from operations.audit import audit
from operations.certify import number_certificates
from operations.disagreements import disagreements
from operations.lookup import show_nomination
from operations.many import move_each
from operations.materials import Offered
from operations.people import add_person
from operations.recording import PastKind, end_past, list_pasts
from operations.results import Denied, UnknownError
from operations.sweep import sweep
from operations.tenure.assessing import appoint, assess, receive_report, rectify
from operations.tenure.listing import honor_of, honor_page, honors_of, table_of
from operations.tenure.money import read_yuan, yuan
from operations.tenure.paying import Payment, pay, recover
from operations.tenure.report_files import attach_report, take_reports
from operations.tenure.revoking import Revoked, revoke
from operations.tenure.state import Paid, Round, Stop, Term
from operations.tenure.stopping import resume_benefits, stop_benefits
from operations.waiting import waiting_for
from programs import Program, decide
from programs.stages import Tenure
from states import Move
from store import tables as t
from store.migrate import downgrade, migrate
from tests.conftest import on
from tests.databases import SQLITE
from tests.operations.amending import change, drop, edited
from tests.operations.office import LUZHOU, STUDIO, Office, why

PERSISTENT = settings(
    max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)


def changed(program: Program, stage: str = "tenure", **fields) -> Program:
    """The program with another tenure, in which benefits may run again."""
    return edited(program, change("stages", stage, **fields))


@pytest.fixture
def resumable(office_of, shipped) -> Office:
    program = decide(shipped(LUZHOU), {"resumption": True})
    return office_of(LUZHOU, program=edited(program, change("seats", "chief-technician", count=100)))


STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("pay"), st.integers(1, 15_000), st.sampled_from([None, 0, 1, 2, 3, 4])),
        st.tuples(st.just("wait"), st.sampled_from([1, 100, 250, 365]), st.none()),
        st.tuples(st.just("recover"), st.sampled_from([1, 500, 10_000]), st.sampled_from([None, 1, 2])),
        st.tuples(st.sampled_from(["stop", "resume"]), st.none(), st.none()),
        st.tuples(st.just("revoke"), st.none(), st.none()),
    ),
    min_size=3,
    max_size=12,
)


@on(SQLITE)
def test_nobody_is_paid_beyond_the_cap_twice_outside_the_term_or_after_an_end(resumable):
    office = resumable
    began = office.now

    @PERSISTENT
    @given(STEPS)
    def holds(steps):
        office.now = began
        number = office.nominate("tenure")
        begun, stopped, revoked = office.now.date(), False, False
        closes = midnight(begun.replace(year=begun.year + 3))
        paid: dict[int, int] = {}
        for step, amount, year in steps:
            match step:
                case "wait":
                    office.now += timedelta(days=amount)
                case "stop":
                    stopped |= not isinstance(stop_benefits(office.desk, number, "1", office.act()), Denied)
                case "resume":
                    stopped &= isinstance(resume_benefits(office.desk, number, office.act("回岗")), Denied)
                case "revoke":
                    act = office.act()
                    done = revoke(office.desk, number, "1", act, approval="纪要", to_recover=0)
                    revoked |= not isinstance(done, Denied)
                case "recover":
                    done = recover(office.desk, number, "allowance", amount * 100, office.act("缴款"), period=year)
                    if not isinstance(done, Denied):
                        paid[done.period] -= done.fen
                case "pay":
                    done = pay(office.desk, number, "allowance", amount * 100, office.act(), document="文", period=year)
                    if isinstance(done, Payment):
                        assert not stopped
                        assert not revoked
                        assert midnight(begun) <= office.now < closes
                        assert 1 <= done.period <= period_at(begun, 1, office.now.date())
                        assert paid.get(done.period, 0) == 0
                        paid[done.period] = done.fen
        assert all(0 <= fen <= 1_000_000 for fen in paid.values())
        assert honor_of(office.desk, number, office.now).paid == sum(paid.values())

    holds()
    with office.desk.store.read() as connection:
        assert list(disagreements(connection)) == []


@on(SQLITE)
@pytest.mark.parametrize("program", [LUZHOU, STUDIO])
def test_term_waits_for_nobody_before_one_of_its_duties_whether_or_not_it_ends(office_of, program):
    office = office_of(program)
    office.nominate("tenure")
    actor = Actor("甲", Role.ADMINISTRATOR, office.program.office)
    assert waiting_for(office.desk, actor, office.now) == ()
    with office.desk.store.read() as connection:
        owed = connection.execute(select(t.reminder.c.kind).where(t.reminder.c.stage == "tenure")).scalars()
        # That it was honored is told; nothing has arrived, and nothing is due.
        assert list(owed) == ["notice"]


@on(SQLITE)
def test_benefit_of_single_years_is_paid_for_those_alone_up_to_its_own_cap(office_of, shipped):
    """第一年1万元、第二年5千元: two benefits, each for its year of the term."""
    program = edited(shipped(LUZHOU), change("benefits", "allowance", years=(1,)))
    second = program.benefits[0].model_copy(update={"id": "second", "years": (2,), "at_most_yuan": 5_000})
    office = office_of(LUZHOU, program=program.model_copy(update={"benefits": (*program.benefits, second)}))
    number = office.nominate("tenure")

    def paid(benefit: str, yuan_paid: int, year: int | None = None) -> object:
        done = pay(office.desk, number, benefit, yuan_paid * 100, office.act(), document="文", period=year)
        return (done.period, done.cap) if isinstance(done, Payment) else [gate for gate, _ in why(done)]

    assert paid("allowance", 10_000, 2) == ["benefit-year"]
    assert paid("second", 5_000) == ["within-the-term"]
    office.now += timedelta(days=370)
    assert paid("second", 5_001) == ["within-the-cap"]
    # For the first year, also after it: it is the only one that it is for.
    assert paid("allowance", 10_000) == (1, 1_000_000)
    assert paid("second", 5_000) == (2, 500_000)
    assert paid("second", 5_000, 3) == ["benefit-year"]


def test_database_refuses_a_second_payment_and_one_beyond_the_cap(luzhou):
    number = luzhou.nominate("tenure")
    pay(luzhou.desk, number, "allowance", 500_000, luzhou.act(), document="文")
    with luzhou.desk.store.read() as connection:
        kept = dict(connection.execute(select(t.payment)).mappings().one())
    del kept["id"]
    for forged in (kept, kept | {"period": 2, "fen": 1_000_001}):
        with pytest.raises(IntegrityError), luzhou.desk.store.write() as transaction:
            transaction.connection.execute(t.payment.insert().values(**forged))


FAILED = "考核评估不合格，整改后仍不合格"


@on(SQLITE)
@pytest.mark.parametrize(
    "grounds",
    [
        {},
        {"revocation_grounds": ("出借铭牌", FAILED), "unrectified_ground": FAILED},
    ],
    ids=["the only ground", "the one of several that the program names"],
)
def test_what_was_not_made_good_is_revoked_by_the_sweep_where_the_program_says_so(office_of, shipped, grounds):
    program = changed(shipped(STUDIO), unrectified="sweep", revoked_by=None, revoked_bars_years=3, **grounds)
    office = office_of(STUDIO, program=program)
    number = office.nominate("tenure")
    office.now = office.now.replace(year=office.now.year + 2) - timedelta(days=5)
    failed = assess(office.desk, number, "不合格", office.act("未开展带徒"))
    before = failed.rectify_by - timedelta(seconds=1)
    assert sweep(office.desk, before).moved == 0
    swept = sweep(office.desk, failed.rectify_by)
    assert [(one.number, one.destination) for one in swept.named] == [(number, "revoked")]
    assert sweep(office.desk, failed.rectify_by).moved == 0
    (ban,) = list_pasts(office.desk, kind=PastKind.BAN)
    assert (ban.since.date(), ban.ended_at.date().year) == (failed.rectify_by.date(), failed.rectify_by.year + 3)
    honor = honor_of(office.desk, number, failed.rectify_by)
    assert honor.revocation.ground == FAILED
    with office.desk.store.read() as connection:
        assert list(disagreements(connection)) == []


@on(SQLITE)
def test_second_failure_is_revoked_by_the_next_sweep(office_of, shipped):
    office = office_of(STUDIO, program=changed(shipped(STUDIO), unrectified="sweep", revoked_by=None))
    number = office.nominate("tenure")
    office.now = office.now.replace(year=office.now.year + 2) - timedelta(days=5)
    assess(office.desk, number, "不合格", office.act("未开展带徒"))
    rectify(office.desk, number, "不合格", office.act("整改不到位"))
    sweep(office.desk, office.now)
    assert office.row(number).stage == "revoked"


@on(SQLITE)
def test_term_begins_with_the_appointment_where_the_notice_says_so(office_of, shipped):
    office = office_of(LUZHOU, program=changed(shipped(LUZHOU), begins="appointment"))
    number = office.nominate("tenure")
    assert (office.row(number).due_at, honor_of(office.desk, number, office.now).begun) == (None, None)
    assert why(pay(office.desk, number, "allowance", 100, office.act(), document="文")) == [
        ("within-the-term", "五、（一）")
    ]
    office.now += timedelta(days=20)
    day = office.now.date() - timedelta(days=3)
    closes = appoint(office.desk, number, day, "聘字〔2019〕1号", office.act())
    assert closes == office.row(number).due_at == midnight(day.replace(year=day.year + 3))
    assert [gate for gate, _ in why(appoint(office.desk, number, day, "聘字", office.act()))] == ["appointed"]
    with office.desk.store.read() as connection:
        assert list(disagreements(connection)) == []
    assert [one.number for one in sweep(office.desk, closes).named] == [number]


@on(SQLITE)
def test_disqualification_leaves_the_ban_of_its_ground(office_of, shipped):
    program = edited(shipped(LUZHOU), change("disqualifications", "fraud", bars_years=5))
    office = office_of(LUZHOU, program=program)
    office.move(office.nominate("review"), Move.DISQUALIFY, "材料造假", ground="fraud")
    (ban,) = list_pasts(office.desk, kind=PastKind.BAN)
    assert (ban.known, ban.ended_at.year - ban.since.year) == (True, 5)


@on(SQLITE)
def test_what_follows_a_revocation_is_told_with_the_money_the_ban_and_the_certificate(office_of, shipped):
    program = edited(shipped(LUZHOU), change("stages", "tenure", revoked_bars_years=2))
    office = office_of(LUZHOU, program=program)
    number = office.nominate("tenure")
    number_certificates(office.desk, office.id, office.act())
    pay(office.desk, number, "allowance", 800_000, office.act(), document="文")
    recover(office.desk, number, "allowance", 100_000, office.act("多付"))
    revoke(office.desk, number, "1", office.act(), approval="纪要", to_recover=500_000)
    recover(office.desk, number, "allowance", 200_000, office.act("缴款书"))
    honor = honor_of(office.desk, number, office.now)
    told = honor.revocation
    last = office.now.date().replace(year=office.now.year + 2) - timedelta(days=1)
    assert (told.to_recover, told.recovered, told.outstanding, told.barred_until, told.returned_at) == (
        500_000,
        200_000,
        300_000,
        last,
        None,
    )
    assert honor.certificate is not None
    (ban,) = list_pasts(office.desk, kind=PastKind.BAN)
    office.now += timedelta(days=10)
    assert end_past(office.desk, ban.id, Act(MACHINE, office.now, "复核")) is None
    assert honor_of(office.desk, number, office.now).revocation.barred_until == last_day_before(office.now)
    with office.desk.store.read() as connection:
        assert list(disagreements(connection)) == []


@on(SQLITE)
def test_report_of_duties_is_kept_as_files_and_copied_on_record(luzhou, tmp_path):
    number = luzhou.nominate("tenure")
    luzhou.now = luzhou.now.replace(year=luzhou.now.year + 1) - timedelta(days=10)
    broken, whole = tmp_path / "空.pdf", tmp_path / "报告.txt"
    broken.write_bytes(b"")
    whole.write_text("带徒三名。", "utf-8")
    refused = receive_report(luzhou.desk, number, luzhou.act(), files=[Offered("空.pdf", broken)])
    assert why(refused) == [("file-readable", None)]
    report = Offered("报告.txt", whole)
    assert receive_report(luzhou.desk, number, luzhou.act(), files=[report]).period == 1
    with pytest.raises(UnknownError, match="no report of period 2"):
        attach_report(luzhou.desk, number, 2, [report], luzhou.act())
    assert why(attach_report(luzhou.desk, number, 1, [report], luzhou.act())) == [("file-once", None)]
    assert attach_report(luzhou.desk, number, 1, [Offered("报告（补）.txt", whole)], luzhou.act()) == 1
    taken = take_reports(luzhou.desk, number, tmp_path / "out", luzhou.act())
    assert [one.read_text("utf-8") for one in taken] == ["带徒三名。"] * 2
    assert luzhou.events(number)[-1]["kind"] == "files.seen"
    assert audit(luzhou.desk, luzhou.id, files=True).broken == ()
    with luzhou.desk.store.read() as connection:
        digest = connection.execute(select(t.duty_report_file.c.digest).limit(1)).scalar_one()
    luzhou.desk.contents.path(digest).unlink()
    assert [one.where for one in audit(luzhou.desk, luzhou.id, files=True).broken] == [
        f"{number} duty-report:tenure:1 {place}" for place in (1, 2)
    ]


@on(SQLITE)
def test_forged_payment_assessment_and_stop_are_named(luzhou):
    number = luzhou.nominate("tenure")
    pay(luzhou.desk, number, "allowance", 500_000, luzhou.act(), document="文")
    stop_benefits(luzhou.desk, number, "1", luzhou.act())
    luzhou.now = luzhou.now.replace(year=luzhou.now.year + 1) - timedelta(days=1)
    assess(luzhou.desk, number, "合格", luzhou.act())
    with luzhou.desk.store.write() as transaction:
        transaction.connection.execute(update(t.payment).values(fen=600_000))
        transaction.connection.execute(update(t.assessment).values(result="优秀"))
        transaction.connection.execute(delete(t.suspension))
    with luzhou.desk.store.read() as connection:
        found = [(one.number, one.field) for one in disagreements(connection)]
    assert sorted(found) == [
        (f"{number} assessment:tenure:1:1", "result"),
        (f"{number} payment:allowance:1:1", "fen"),
        (f"{number} stop:1", "exists"),
    ]


@on(SQLITE)
def test_list_of_a_program_as_a_table(luzhou):
    number = luzhou.nominate("tenure")
    assert [one.number for one in honors_of(luzhou.desk, luzhou.id, luzhou.now)] == [number]
    assert table_of(luzhou.desk, luzhou.id, luzhou.now).startswith(b"PK")
    # Whoever has the machine reads on once people are registered, and who is nobody sees nothing.
    assert add_person(luzhou.desk, "王管理", Role.ADMINISTRATOR, None, Act(MACHINE, luzhou.now)) is None
    assert [one.number for one in honors_of(luzhou.desk, luzhou.id, luzhou.now)] == [number]
    with pytest.raises(UnknownError):
        honors_of(luzhou.desk, luzhou.id, luzhou.now, seen_by=Actor("无名", Role.OPERATOR, "某局"))


@pytest.mark.parametrize(
    ("text", "fen"),
    [
        ("10000", 1_000_000),
        ("9,999.50", 999_950),
        ("1万", 1_000_000),
        ("0.1", 10),
        ("0.01元", 1),
        ("１，０００", 100_000),
    ],
)
def test_amounts_are_exact(text, fen):
    assert read_yuan(text) == fen
    assert read_yuan(yuan(fen)) == fen


@given(st.dates(date(2001, 1, 1), date(2030, 1, 1)), st.integers(1, 6), st.integers(1, 3), st.integers(0, 4000))
def test_periods_follow_each_other_and_lie_within_the_term(begun, years, every, days):
    stage = Tenure(id="t", name="t", clause="一", years=years, assessed_every_years=every)
    now = midnight(begun) + timedelta(days=days)
    found = list(duties(stage, begun, now))
    assert [duty.period for duty in found] == list(range(1, len(found) + 1))
    assert len(found) <= years // every
    assert all(duty.kind is DutyKind.ASSESSMENT and duty.opens < duty.due for duty in found)
    assert all(one.due <= other.opens or one.due < other.due for one, other in pairwise(found))
    last = datetime(begun.year + years, 12, 31, tzinfo=SHANGHAI)
    assert all(duty.due <= last for duty in found)


def honored(office: Office, count: int) -> list[str]:
    """Nominate so many before the intake closes, and bring each within its term."""
    numbers = [office.nominate("screening") for _ in range(count)]
    for number in numbers:
        office.bring(number, "tenure")
    return numbers


def old_failures(office: Office, *numbers: str) -> None:
    """Put these where every failed assessment led before assessments were kept, and come from there by migrating."""
    downgrade(office.desk.store, "0019")
    with office.desk.store.write() as transaction:
        of = t.nomination.c
        failed = update(t.nomination).where(of.number.in_(numbers)).values(stage="tenure.rectification")
        transaction.connection.execute(failed)
    migrate(office.desk.store)


@on(SQLITE)
@pytest.mark.parametrize(("program", "count"), [(LUZHOU, 2), (STUDIO, 1)])
def test_old_failure_is_shown_swept_and_made_good_after_migrating(program, count, office_of):
    office = office_of(program)
    numbers = honored(office, count)
    failed = numbers[0]
    old_failures(office, failed)
    assert show_nomination(office.desk, failed)[0].standing.zh.endswith("·整改")
    assert [one.number for one in honors_of(office.desk, office.id, office.now)] == numbers
    swept = sweep(office.desk, office.now + timedelta(days=1))
    assert (swept.refused, swept.moved, swept.batches) == ([], 0, 1)
    results = office.program.tenure.results
    assert why(rectify(office.desk, failed, results[-1], office.act())) == [("reason-stated", None)]
    assert rectify(office.desk, failed, results[0], office.act()).period == 1
    assert office.row(failed).stage == "tenure"


@on(SQLITE)
def test_old_failure_that_fails_again_is_left_to_those_who_revoke(luzhou):
    number = luzhou.nominate("tenure")
    old_failures(luzhou, number)
    assert rectify(luzhou.desk, number, "不合格", luzhou.act("仍不到位")).moved is None
    assert sweep(luzhou.desk, luzhou.now).refused == []
    assert [gate for gate, _ in why(rectify(luzhou.desk, number, "合格", luzhou.act()))] == ["rectified-once"]
    assert isinstance(revoke(luzhou.desk, number, "1", luzhou.act(), approval="纪要", to_recover=0), Revoked)


@on(SQLITE)
def test_term_that_fails_in_a_sweep_is_kept_and_leaves_the_others(luzhou):
    numbers = honored(luzhou, 3)
    later = luzhou.now.replace(year=luzhou.now.year + 1)
    place = update(t.nomination).where(t.nomination.c.number == numbers[1])
    with luzhou.desk.store.write() as transaction:
        transaction.connection.execute(place.values(stage="nowhere"))
    done = sweep(luzhou.desk, later)
    assert [(one.number, why(one)) for one in done.refused] == [(numbers[1], [("swept", None)])]
    assert done.reminders > 0
    assert kept_failures(luzhou) == [(numbers[1], "KeyError: 'nowhere'")]
    assert sweep(luzhou.desk, later).reminders == 0
    with luzhou.desk.store.write() as transaction:
        transaction.connection.execute(place.values(stage="tenure"))
    again = sweep(luzhou.desk, later)
    assert (again.refused, again.reminders) == ([], done.reminders // 2)
    assert kept_failures(luzhou) == []


def kept_failures(office: Office) -> list[tuple[str, str]]:
    query = select(t.nomination.c.number, t.sweep_failure.c.problem).join_from(t.sweep_failure, t.nomination)
    with office.desk.store.read() as connection:
        return [tuple(row) for row in connection.execute(query)]


@on(SQLITE)
@pytest.mark.parametrize("begins", ["document", "appointment"])
@pytest.mark.parametrize("forged", [date(2018, 1, 1), None])
def test_forged_first_day_of_a_term_is_named(office_of, shipped, begins, forged):
    office = office_of(LUZHOU, program=changed(shipped(LUZHOU), begins=begins))
    number = office.nominate("tenure")
    if begins == "appointment":
        office.now += timedelta(days=20)
        appoint(office.desk, number, office.now.date() - timedelta(days=3), "聘字〔2019〕1号", office.act())
    with office.desk.store.read() as connection:
        assert list(disagreements(connection)) == []
    with office.desk.store.write() as transaction:
        transaction.connection.execute(update(t.tenure).values(begun=forged))
    with office.desk.store.read() as connection:
        assert [(one.number, one.field) for one in disagreements(connection)] == [(f"{number} term:tenure", "begun")]
    with office.desk.store.write() as transaction:
        transaction.connection.execute(delete(t.tenure))
    with office.desk.store.read() as connection:
        assert [(one.number, one.field) for one in disagreements(connection)] == [(f"{number} term:tenure", "exists")]


def test_page_of_honorees_begins_after_one_of_them(office_of):
    office = office_of(LUZHOU)
    first, other = office.nominate(), office.nominate()
    office.bring(first, "tenure")

    def page(after):
        found = honor_page(office.desk, office.id, office.act().actor, office.now, after=after, most=1)
        return [one.number for one in found.honors], found.following

    assert [page(""), page(first)] == [([first], None), ([], None)]
    assert page(other) == page("nowhere-1") == page("")


@pytest.mark.parametrize("looked_at", [1, 2, 2000])
def test_page_of_honorees_has_those_of_the_reader_alone(office_of, monkeypatch, looked_at):
    monkeypatch.setattr("operations.tenure.listing._LOOKED_AT", looked_at)
    office = office_of(LUZHOU)
    numbers = [office.nominate(unit=unit) for unit in ("甲厂", "乙厂", "甲厂", "甲厂")]
    of = {"program_id": office.id, "stage": "issuance"}
    awards = [
        {"nomination_id": office.row(number).id, "document": "某文", **of} for number in (*numbers[:2], numbers[3])
    ]
    with office.desk.store.write() as transaction:
        transaction.connection.execute(insert(t.document).values(number="某文", issued_at=office.now, **of))
        transaction.connection.execute(insert(t.award), awards)

    def page(unit, after):
        reader = Actor("厂经办", Role.OPERATOR, unit)
        found = honor_page(office.desk, office.id, reader, office.now, after=after, most=1)
        return [one.number for one in found.honors], found.following

    assert page("甲厂", "") == ([numbers[0]], numbers[0])
    assert page("甲厂", numbers[0]) == ([numbers[3]], None)
    assert page("乙厂", "") == ([numbers[1]], None)


@on(SQLITE)
@pytest.mark.parametrize("reason", ["经查不属于材料弄虚作假，本人放弃", "本人死亡", "fraud"])
def test_words_of_a_reason_bar_nobody(office_of, shipped, reason):
    office = office_of(LUZHOU, program=edited(shipped(LUZHOU), change("disqualifications", "fraud", bars_years=5)))
    office.move(office.nominate("review"), Move.DISQUALIFY, reason)
    assert list(list_pasts(office.desk, kind=PastKind.BAN)) == []


@on(SQLITE)
def test_ground_that_the_notice_does_not_have_is_refused(luzhou):
    number = luzhou.nominate("review")
    assert why(luzhou.move(number, Move.DISQUALIFY, ground="moon")) == [("ground-known", None)]
    assert why(luzhou.move(number, Move.WITHDRAW, ground="fraud")) == [("ground-known", None)]
    luzhou.move(number, Move.DISQUALIFY, ground="fraud")
    assert luzhou.events(number)[-1]["ground"] == "fraud"


@on(SQLITE)
def test_many_are_disqualified_for_one_ground_and_barred_like_one(office_of, shipped):
    """Each by its own version: who was nominated before the notice had the ground is not disqualified for it."""
    before = edited(shipped(LUZHOU), drop("disqualifications", "fraud"))
    office = office_of(LUZHOU, program=before)
    early = office.nominate("screening")
    after = edited(shipped(LUZHOU), change("disqualifications", "fraud", bars_years=5))
    assert isinstance(amend(office.desk, after, office.act("补充通知")), Amended)
    numbers = [office.nominate("screening") for _ in range(2)]
    act = office.act("集体造假")
    done = move_each(office.desk, [early, *numbers], Move.DISQUALIFY, act, ground="fraud")
    assert [(one.number, why(one)) for one in done.denied] == [(early, [("ground-known", None)])]
    assert sorted(one.number for one in done.moved) == numbers
    bans = list(list_pasts(office.desk, kind=PastKind.BAN))
    assert sorted(one.source.split()[-1] for one in bans) == numbers
    assert {office.events(number)[-1]["ground"] for number in numbers} == {"fraud"}


@on(SQLITE)
def test_ground_of_many_is_told_after_who_may_move_them(luzhou):
    number = luzhou.nominate("screening")
    stranger = Act(Actor("某评委", Role.EXPERT, "某局"), luzhou.now, "…")
    unknown = {"ground": "moon", "dry_run": True}
    (denied,) = move_each(luzhou.desk, [number], Move.DISQUALIFY, stranger, **unknown).denied
    assert why(denied)[0][0] != "ground-known"
    (denied,) = move_each(luzhou.desk, [number], Move.DISQUALIFY, luzhou.act("…"), **unknown).denied
    assert why(denied) == [("ground-known", None)]


@on(SQLITE)
def test_deed_in_a_term_that_is_sent_twice_is_told_of_the_first_though_it_has_left_their_hands(office_of, shipped):
    office = office_of(LUZHOU, program=changed(shipped(LUZHOU), office="江阳区"))
    number = office.nominate("tenure")
    mark = honor_of(office.desk, number, office.now).term.mark
    clerk, stranger = (
        Act(Actor("李经办", Role.OPERATOR, where), office.now, "核实", seen=mark) for where in ("江阳区", "外区")
    )
    first, again, foreign = (
        revoke(office.desk, number, "1", act, approval="纪要", to_recover=0) for act in (clerk, clerk, stranger)
    )
    assert isinstance(first, Revoked)
    assert (why(again), why(foreign)) == ([("seen-term", None)], [("jurisdiction", None)])


def test_mark_of_a_term_is_another_once_anything_is_recorded_in_it():
    day, at = date(2024, 1, 1), datetime(2024, 12, 1, 9, tzinfo=SHANGHAI)
    first, again = (Round(1, number, "不合格", passed=False, rectify_by=at, assessed_at=at) for number in (1, 2))
    stop = Stop(1, "停薪留职", day, None)
    paid = Paid(1, "tenure", "grant", 1, 1, 100, 0, "拨付一号", at, None)
    fresh = Term("tenure", None, "tenure", None, at)
    later = [
        replace(fresh, begun=day),
        replace(fresh, reported=frozenset({1})),
        replace(fresh, rounds=(first,)),
        replace(fresh, rounds=(first, again)),
        replace(fresh, at="tenure.rectification"),
        replace(fresh, stops=(stop,)),
        replace(fresh, stops=(replace(stop, resumed=day),)),
        replace(fresh, payments=(paid,)),
        replace(fresh, payments=(replace(paid, recovered=40),)),
        replace(fresh, payments=(replace(paid, recovered=100),)),
    ]
    assert len({one.mark for one in (fresh, *later)}) == 1 + len(later)
    assert replace(fresh).mark == fresh.mark
