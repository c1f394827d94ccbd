"""异议 in full: who raises one, whether it is admitted, by when it is looked into, and what becomes of the nominee."""

from datetime import datetime, timedelta
from io import BytesIO

import pytest
from docx import Document
from sqlalchemy import select

from deadlines.ics import to_ics
from deadlines.keydates import KeyDateKind
from operations.actors import MACHINE, Actor, Role
from operations.acts import Act
from operations.audit import audit
from operations.casefiles import case_file
from operations.daily import day_of
from operations.dates import dates_so_far
from operations.finding import find_nominations
from operations.investigating import investigate, prolong
from operations.lookup import show_nomination
from operations.materials import Offered
from operations.objection_evidence import Evidence, take_evidence
from operations.objection_list import list_objections, reveal_contact
from operations.objection_papers import record_of
from operations.objections import Outcome, RaisedBy, admit, lodge, refuse, settle
from operations.overview import overview, program_overview
from operations.publicize import Publicized
from operations.queries import Query
from operations.remind import pending
from operations.results import Denied, UnknownError
from operations.sweep import sweep
from operations.waiting import waiting_for
from programs import Program, decide
from states import Move
from store import tables as t
from tests.conftest import on
from tests.databases import SQLITE
from tests.operations.office import LUZHOU, Office, said, why

PUBLISHED = datetime.fromisoformat("2019-08-20T09:00+08:00")
CLOSES = datetime.fromisoformat("2019-08-28T00:00+08:00")
#: What is asked here is no SQL that databases differ in: one will do.
pytestmark = on(SQLITE)

#: Ten working days after Wednesday, 21 August 2019.
DUE = datetime.fromisoformat("2019-09-05T00:00+08:00")
PHONE = "13800138000"


def with_publicity(program: Program, **fields) -> Program:
    document = program.model_dump()
    next(stage for stage in document["stages"] if stage["id"] == "publicity").update(fields)
    return Program.model_validate(document)


@pytest.fixture
def public(office_of, shipped, request) -> tuple[Office, list[str]]:
    """Two nominees on a list; what is objected to them is looked into within ten working days."""
    program = decide(with_publicity(shipped(LUZHOU), **getattr(request, "param", {})), {"investigation": 10})
    office = office_of(LUZHOU, program=program)
    numbers = [office.nominate("publicity") for _ in range(2)]
    office.now = PUBLISHED
    assert isinstance(office.publicize(), Publicized)
    office.now += timedelta(days=1)
    return office, numbers


def raised(office: Office, number: str, **more) -> int:
    given = {"objector": "某公司", "grounds": "业绩归属有争议"} | more
    objection = lodge(office.desk, number, given.pop("objector"), given.pop("grounds"), office.act(), **given)
    assert isinstance(objection, int), objection
    return objection


def listed(office: Office):
    return [(one.id, one.state, one.due_at, one.overdue) for one in list_objections(office.desk, office.id, office.now)]


def closed(office: Office, outcome: Outcome, objection: int, **more):
    return settle(office.desk, objection, outcome, "经核查", office.act(), **more)


def agrees(office: Office) -> bool:
    return audit(office.desk, office.id).broken == ()


# -- who is told of it --


@pytest.mark.parametrize("outcome", list(Outcome))
def test_what_the_office_wrote_is_told_to_it_and_to_supervisors_and_not_to_the_accused(public, outcome):
    office, (number, _) = public
    row = office.row(number)
    objection = raised(office, number, grounds="业绩系他人所为")
    assert not isinstance(admit(office.desk, objection, office.act("拟约谈该单位")), Denied)
    assert investigate(office.desk, objection, "证人甲称不实", office.act("走访证人甲")) is None
    done = settle(office.desk, objection, outcome, "答复要点", office.act("内部研判意见"))
    assert not isinstance(done, Denied)
    written = ["业绩系他人所为", "拟约谈该单位", "证人甲称不实", "走访证人甲", "答复要点", "内部研判意见"]
    told = {}
    for actor in (
        Actor("丙", Role.SUPERVISOR, row.unit),
        Actor("甲", Role.ADMINISTRATOR, office.program.office),
        Actor("乙", Role.OPERATOR, row.unit),
        Actor("丁", Role.OPERATOR, row.nominator),
    ):
        found = case_file(office.desk, number, actor, office.now)
        kinds = {event.kind for event in found.history if event.kind.startswith("objection.")}
        moves = [event.facts["move"] for event in found.history if event.kind == "nomination.moved"]
        latest = program_overview(office.desk, office.program.id, office.now, seen_by=actor, latest=100).events
        assert {event.kind for event in latest if event.kind.startswith("objection.")} == kinds
        shown = str([dict(event.facts) for event in (*found.history, *latest)]) + str(found.messages)
        told[actor.name] = (len(kinds), moves, [one for one in written if one in shown])
    all_moves = told["甲"][1]
    assert {Move.OBJECT, outcome.move} <= set(all_moves)
    assert told == {
        "丙": (4, all_moves, written),
        "甲": (4, all_moves, written),
        "乙": (0, all_moves, []),
        "丁": (0, all_moves, []),
    }


# -- who raises it --


@pytest.mark.parametrize(
    ("kind", "objector", "contact", "told"),
    [
        (RaisedBy.UNIT, " ", "", "没有写明异议人或异议内容"),
        (RaisedBy.PERSON, "", PHONE, "没有写明异议人或异议内容"),
        (RaisedBy.PERSON, "李群众", " ", "没有写明异议人的联系方式"),
        (RaisedBy.ANONYMOUS, "李群众", "", "匿名异议写了异议人"),
    ],
)
def test_objection_without_seal_name_or_contact_is_refused(public, kind, objector, contact, told):
    office, (number, _) = public
    before = office.contents()
    refused = lodge(office.desk, number, objector, "有争议", office.act(), raised_by=kind, contact=contact)
    assert (why(refused), said(refused)) == ([("objection-founded", None)], [told])
    assert office.contents() == before


def test_contact_is_sealed_and_told_in_full_only_for_a_reason_that_is_kept(public):
    office, (number, _) = public
    objection = raised(office, number, objector="李群众", raised_by=RaisedBy.PERSON, contact=PHONE)
    assert PHONE not in str(office.contents()) + str(office.events())
    assert show_nomination(office.desk, number)[1]["objections"][0]["objector"] == "李**"
    assert "contact" not in show_nomination(office.desk, number)[1]["objections"][0]
    assert why(reveal_contact(office.desk, objection, office.act())) == [("reason-stated", None)]
    assert reveal_contact(office.desk, objection, office.act("回访核实")) == PHONE
    assert [(one["kind"], one["reason"]) for one in office.events(number)[-1:]] == [("objection.seen", "回访核实")]


def test_anonymous_objection_is_kept_apart_and_holds_nobody_back(public):
    office, numbers = public
    objection = raised(office, numbers[0], objector="", raised_by=RaisedBy.ANONYMOUS)
    assert office.stages(numbers) == ["publicity.running"] * 2
    assert listed(office) == [(objection, "recorded", None, False)]
    assert why(admit(office.desk, objection, office.act("核查"))) == [("objection-open", None)]
    office.now = CLOSES
    assert [one.number for one in sweep(office.desk, CLOSES).named] == numbers
    assert agrees(office)


def test_anonymous_objection_at_the_close_comes_too_late(public):
    office, (number, _) = public
    office.now = CLOSES
    late = lodge(office.desk, number, "", "有争议", office.act(), raised_by=RaisedBy.ANONYMOUS)
    assert why(late) == [("before-due", None)]


@pytest.mark.parametrize("public", [{"anonymous": "investigated"}], indirect=True)
def test_anonymous_objection_is_looked_into_where_the_program_says_so(public):
    office, (number, _) = public
    objection = raised(office, number, objector="", raised_by=RaisedBy.ANONYMOUS)
    assert office.row(number).stage == "publicity.objected"
    assert admit(office.desk, objection, office.act("线索具体")).due_at == DUE


def test_objection_after_the_nominee_has_gone_on_says_when_they_were_taken(public):
    office, (number, _) = public
    office.now = CLOSES
    sweep(office.desk, CLOSES)
    late = lodge(office.desk, number, "某公司", "有争议", office.act())
    assert (why(late), said(late)) == ([("before-due", "四、（五）")], ["异议受理已于 2019年8月27日 24:00 截止"])


# -- whether it is admitted --


def test_objection_is_admitted_for_a_reason_and_then_due_in_working_days(public):
    office, (number, _) = public
    objection = raised(office, number)
    assert why(admit(office.desk, objection, office.act())) == [("reason-stated", None)]
    done = admit(office.desk, objection, office.act("署名、有事实"), handler="张核查")
    assert (done.handler, done.due_at, done.provisional) == ("张核查", DUE, False)
    assert listed(office) == [(objection, "admitted", DUE, False)]
    assert why(admit(office.desk, objection, office.act("再受理"))) == [("objection-unjudged", None)]
    assert why(refuse(office.desk, objection, office.act("不受理"))) == [("objection-unjudged", None)]
    assert agrees(office)


def test_what_is_no_objection_is_refused_by_name_and_the_nominee_goes_on(public):
    office, numbers = public
    objection = raised(office, numbers[0], grounds="名次应当更低")
    with pytest.raises(UnknownError, match=r"moon is not named there; use one of: ranking"):
        refuse(office.desk, objection, office.act("与名次有关"), scope="moon")
    assert why(refuse(office.desk, objection, office.act())) == [("reason-stated", None)]
    moved = refuse(office.desk, objection, office.act("属于对名次的看法"), scope="ranking")
    assert (moved.destination, moved.due_at) == ("publicity.running", CLOSES)
    assert listed(office) == [(objection, "refused", None, False)]
    assert agrees(office)


def test_refused_objection_leaves_the_nominee_held_back_while_another_is_open(public):
    office, (number, _) = public
    first, second = raised(office, number), raised(office, number)
    assert refuse(office.desk, first, office.act("无事实依据")) is None
    assert office.row(number).stage == "publicity.objected"
    assert closed(office, Outcome.DISMISSED, second).destination == "publicity.running"


@pytest.mark.parametrize("name", ["李群众", "第1人"], ids=["who objects", "the nominee"])
def test_whoever_is_party_to_an_objection_does_not_handle_it(public, name):
    office, (number, _) = public
    objection = raised(office, number, objector="李群众", raised_by=RaisedBy.PERSON, contact=PHONE)
    act = Act(Actor(name, Role.ADMINISTRATOR, None), office.now, "经核查")
    assert why(admit(office.desk, objection, act)) == [("handler-impartial", None)]
    assert why(admit(office.desk, objection, office.act("经核查"), handler=name)) == [("handler-impartial", None)]
    assert why(settle(office.desk, objection, Outcome.DISMISSED, "不属实", act)) == [("handler-impartial", None)]
    assert office.row(number).stage == "publicity.objected"


def test_office_whose_own_studio_is_objected_to_leaves_it_to_somebody_above(office_of):
    office = office_of(LUZHOU)
    number = office.nominate("publicity", unit=office.program.office)
    office.now = PUBLISHED
    office.publicize()
    objection = raised(office, number)
    assert why(admit(office.desk, objection, office.act("署名"))) == [("handler-impartial", None)]
    above = Act(Actor("张纪检", Role.ADMINISTRATOR, None), office.now, "署名")
    assert admit(office.desk, objection, above).handler == "张纪检"


# -- looking into it --


def test_finding_needs_an_admitted_objection_and_words(public):
    office, (number, _) = public
    objection = raised(office, number)
    assert why(investigate(office.desk, objection, "已约谈", office.act())) == [("objection-admitted", None)]
    admit(office.desk, objection, office.act("署名"))
    assert why(investigate(office.desk, objection, " ", office.act())) == [("finding-stated", None)]
    assert investigate(office.desk, objection, "已约谈", office.act()) is None
    assert investigate(office.desk, objection, "已调取合同", office.act()) is None
    told = [one["finding"] for one in office.events(number) if one["kind"] == "objection.investigated"]
    assert told == ["已约谈", "已调取合同"]
    assert agrees(office)


def test_evidence_is_kept_by_its_content_and_its_copies_are_an_event(public, tmp_path):
    office, (number, _) = public
    letter, photo = tmp_path / "信.txt", tmp_path / "合同.txt"
    letter.write_text("反映业绩不实。", "utf-8")
    photo.write_text("合同。", "utf-8")
    objection = raised(office, number, evidence=Evidence((Offered("信.txt", letter),), "证人证言"))
    admit(office.desk, objection, office.act("署名"))
    investigate(office.desk, objection, "属实", office.act(), evidence=Evidence((Offered("合同.txt", photo),)))
    taken = take_evidence(office.desk, objection, tmp_path / "out", office.act())
    assert [one.read_text("utf-8") for one in taken] == ["反映业绩不实。", "合同。"]
    supervisor = Act(Actor("张纪检", Role.SUPERVISOR, office.program.office), office.now)
    assert len(take_evidence(office.desk, objection, tmp_path / "more", supervisor)) == 2
    expert = Act(Actor("陈专家", Role.EXPERT, office.program.office), office.now)
    assert why(take_evidence(office.desk, objection, tmp_path / "no", expert)) == [("authority", None)]
    assert agrees(office)


def test_damaged_evidence_is_refused_and_nothing_is_kept(public, tmp_path):
    office, (number, _) = public
    empty = tmp_path / "空.pdf"
    empty.touch()
    before = office.contents()
    refused = lodge(
        office.desk, number, "某公司", "有争议", office.act(), evidence=Evidence((Offered("空.pdf", empty),))
    )
    assert (why(refused), office.contents() == before) == ([("file-readable", None)], True)


def test_overdue_investigation_is_told_by_every_sweep_and_reminded_of_once_a_day(public):
    office, (number, _) = public
    objection = raised(office, number)
    admit(office.desk, objection, office.act("署名"))
    assert sweep(office.desk, DUE - timedelta(seconds=1)).overdue == []
    first, again = sweep(office.desk, DUE), sweep(office.desk, DUE)
    assert [(one.objection, one.number, one.due_at) for one in first.overdue] == [(objection, number, DUE)]
    assert (first.reminders, again.reminders, len(again.overdue)) == (1, 0, 1)
    office.now = DUE
    assert listed(office) == [(objection, "admitted", DUE, True)]
    closed(office, Outcome.DISMISSED, objection)
    assert sweep(office.desk, DUE + timedelta(days=1)).overdue == []


def test_whoever_holds_the_nominee_is_reminded_before_the_investigation_is_due(public):
    office, (number, _) = public
    admit(office.desk, raised(office, number), office.act("署名"))
    day_before = DUE - timedelta(hours=39)
    letters = [one for one in pending(office.desk, day_before) if "异议处理" in one.body]
    assert letters
    assert "核查异议并作出处理" in letters[0].body
    assert "9月4日" in letters[0].body


def test_investigation_is_given_more_time_for_a_reason(public):
    office, (number, _) = public
    objection = raised(office, number)
    assert why(prolong(office.desk, objection, DUE.date(), office.act("疑难"))) == [("deadline-set", None)]
    admit(office.desk, objection, office.act("署名"))
    earlier = (DUE - timedelta(days=1)).date()
    assert why(prolong(office.desk, objection, earlier, office.act("疑难"))) == [("later", None)]
    assert why(prolong(office.desk, objection, DUE.date(), office.act())) == [("reason-stated", None)]
    done = prolong(office.desk, objection, DUE.date(), office.act("案情复杂"))
    assert (done.due_at, sweep(office.desk, DUE).overdue) == (DUE + timedelta(days=1), [])
    assert agrees(office)


ADMITTED_BY = datetime.fromisoformat("2019-08-24T00:00+08:00")


@pytest.mark.parametrize("public", [{"admission": {"days": 2}}], indirect=True)
def test_objection_is_to_be_judged_in_the_program_s_time_and_then_looked_into_in_its_own(public):
    office, (number, _) = public
    objection = raised(office, number)
    assert listed(office) == [(objection, "lodged", ADMITTED_BY, False)]
    assert [one for one in pending(office.desk, ADMITTED_BY - timedelta(hours=15)) if "8月23日" in one.body]
    office.now = ADMITTED_BY
    assert [one.handler for one in sweep(office.desk, ADMITTED_BY).overdue] == [None]
    assert why(prolong(office.desk, objection, DUE.date(), office.act("疑难"))) == [("objection-admitted", None)]
    due = admit(office.desk, objection, office.act("署名")).due_at
    assert due == datetime.fromisoformat("2019-09-07T00:00+08:00")
    assert (listed(office), agrees(office)) == ([(objection, "admitted", due, False)], True)


def dates(office: Office) -> list[tuple[str, str, datetime | None, datetime | None]]:
    found = dates_so_far(office.desk, office.program)
    return [(one.id, one.name, one.opens, one.closes) for one in found if one.kind is KeyDateKind.OBJECTION]


@pytest.mark.parametrize("public", [{"admission": {"days": 2}}], indirect=True)
def test_open_objection_is_among_the_dates_of_the_program_until_it_ends(public):
    office, (number, _) = public
    objection = raised(office, number)
    lodged = office.now
    at = f"publicity.objection.{objection}"
    assert dates(office) == [(at, f"公示·异议{objection}受理", lodged, ADMITTED_BY)]
    ics = to_ics(dates_so_far(office.desk, office.program), stamp=office.now)
    assert "DTSTART;VALUE=DATE:20190821\r\nDTEND;VALUE=DATE:20190824\r\n" in ics
    admit(office.desk, objection, office.act("署名"))
    assert dates(office) == [(at, f"公示·异议{objection}核查", lodged, DUE)]
    closed(office, Outcome.DISMISSED, objection)
    assert dates(office) == []


def test_what_is_due_of_an_objection_is_told_ahead_to_those_who_may_see_it(public):
    office, (number, _) = public
    row = office.row(number)
    admit(office.desk, raised(office, number), office.act("署名"))
    told = {}
    for actor in (
        MACHINE,
        Actor("甲", Role.ADMINISTRATOR, office.program.office),
        Actor("乙", Role.OPERATOR, row.unit),
        Actor("丙", Role.SUPERVISOR, row.unit),
    ):
        ahead = (
            overview(office.desk, office.now, seen_by=actor).dates,
            program_overview(office.desk, office.id, office.now, seen_by=actor).dates,
        )
        told[actor.name] = [[one.key.closes for one in some if one.key.kind is KeyDateKind.OBJECTION] for some in ahead]
    assert told == {MACHINE.name: [[DUE], [DUE]], "甲": [[DUE], [DUE]], "乙": [[], []], "丙": [[DUE], [DUE]]}
    assert DUE in [one.key.closes for one in day_of(office.desk, DUE - timedelta(days=3)).coming]


def test_nominee_whose_objection_is_overdue_is_late_and_shown_with_its_day(public):
    office, (number, other) = public
    admit(office.desk, raised(office, number), office.act("署名"))
    actor = Actor("甲", Role.ADMINISTRATOR, office.program.office)

    def shown(now: datetime):
        page = find_nominations(office.desk, Query(late=True), now)
        waiting = [(one.late, one.by) for one in waiting_for(office.desk, actor, now) if one.stage.endswith("objected")]
        return [(one.number, one.by, one.late) for one in page.found], waiting

    assert shown(DUE - timedelta(seconds=1)) == ([(other, CLOSES, True)], [(0, DUE)])
    assert shown(DUE) == ([(number, DUE, True), (other, CLOSES, True)], [(1, DUE)])


def test_day_of_an_objection_is_told_to_nobody_who_may_not_see_it(public):
    office, (number, _) = public
    admit(office.desk, raised(office, number), office.act("署名"))
    row, hour = office.row(number), timedelta(hours=1)
    told = {}
    for actor in (
        Actor("甲", Role.ADMINISTRATOR, office.program.office),
        Actor("乙", Role.OPERATOR, row.unit),
        Actor("丙", Role.SCREENING, row.holder),
    ):
        case = case_file(office.desk, number, actor, DUE - hour)
        page = find_nominations(office.desk, Query(late=True), DUE + hour, seen_by=actor)
        waiting = [
            one.by for one in waiting_for(office.desk, actor, DUE - hour) if one.stage == row.stage and one.by == DUE
        ]
        listed = [one.by for one in find_nominations(office.desk, Query(), DUE - hour, seen_by=actor).found]
        told[actor.name] = (
            case.found.by == DUE,
            DUE in listed,
            number in [one.number for one in page.found],
            bool(waiting),
            [one for one in case.messages if one.recipient == row.holder] != [],
        )
    assert told == {"甲": (True,) * 5, "乙": (False,) * 5, "丙": (False,) * 5}


# -- on paper --


def test_record_of_an_objection_tells_all_of_it_to_who_may_see_it_and_the_history_who_took_it(public):
    office, (number, _) = public
    objection = raised(office, number, objector="李群众", raised_by=RaisedBy.PERSON, contact=PHONE)
    admit(office.desk, objection, office.act("署名、有事实"), handler="张核查")
    investigate(office.desk, objection, "已调取合同", office.act())
    office.now += timedelta(days=7)
    closed(office, Outcome.DISMISSED, objection)
    stranger = Act(Actor("乙", Role.OPERATOR, office.row(number).unit), office.now)
    assert [gate for gate, _ in why(record_of(office.desk, objection, stranger))] == ["jurisdiction"]
    done = record_of(office.desk, objection, office.act())
    (table,) = Document(BytesIO(done.content)).tables
    cells = [cell.text for row in table.rows for cell in dict.fromkeys(row.cells)]
    assert {"李**", "2019年9月4日", "不成立", "四、（五）", "自登记至办结7天（5个工作日）"} <= set(cells)
    assert not any(one in text for text in cells for one in ("李群众", PHONE))
    last = office.events(number)[-1]
    assert (done.program, last["kind"], last["record"], agrees(office)) == (office.id, "objection.seen", True, True)


def test_record_of_what_was_only_kept_or_not_admitted_says_so(public):
    office, numbers = public
    kept = raised(office, numbers[0], objector="", raised_by=RaisedBy.ANONYMOUS)
    ranked = raised(office, numbers[1], grounds="名次应当更低")
    refuse(office.desk, ranked, office.act("属于对名次的看法"), scope="ranking")
    told = []
    for objection in (kept, ranked):
        (table,) = Document(BytesIO(record_of(office.desk, objection, office.act()).content)).tables
        told.append([table.rows[place].cells[-1].paragraphs[0].text for place in (3, 7, 10)])
    assert told == [
        ["匿名", "匿名，存查", "—"],
        ["单位（盖章）", "不予受理：属于对他人名次、得分或推荐次序的不同看法，不作为异议", "—"],
    ]


# -- what becomes of the nominee --


def test_corrected_nominee_is_published_again_with_days_of_their_own(public):
    office, numbers = public
    objection = raised(office, numbers[0])
    moved = closed(office, Outcome.CORRECTED, objection)
    assert (moved.destination, office.places()) == (
        "publicity",
        [("seats.chief-technician", "", 1), ("seats.chief-technician", "", 2)],
    )
    office.now = datetime.fromisoformat("2019-08-26T09:00+08:00")
    again = office.publicize()
    assert [one.number for one in again.moved] == numbers[:1]
    assert again.published.closes == datetime.fromisoformat("2019-09-03T00:00+08:00")
    assert [one.number for one in sweep(office.desk, CLOSES).named] == numbers[1:]
    assert [one.number for one in sweep(office.desk, again.published.closes).named] == numbers[:1]
    assert agrees(office)


@pytest.mark.parametrize("public", [{"reopens": False}], indirect=True)
def test_corrected_nominee_goes_on_where_the_program_publishes_nobody_again(public):
    office, (number, _) = public
    moved = closed(office, Outcome.CORRECTED, raised(office, number))
    assert (moved.destination, moved.due_at) == ("publicity.running", CLOSES)


def test_correction_waits_for_the_other_objections_and_is_not_forgotten(public):
    office, (number, _) = public
    first, second = raised(office, number), raised(office, number)
    assert closed(office, Outcome.CORRECTED, first) is None
    assert closed(office, Outcome.DISMISSED, second).destination == "publicity"
    office.now += timedelta(days=1)
    office.publicize()
    third = raised(office, number)
    assert closed(office, Outcome.DISMISSED, third).destination == "publicity.running"


def test_correction_puts_facts_right_and_refuses_whom_the_notice_then_bars(public):
    office, (number, _) = public
    objection = raised(office, number)
    before = office.contents()
    refused = closed(office, Outcome.CORRECTED, objection, facts=[("skill", "高级工")])
    assert (why(refused)[0][0], office.contents() == before) == ("rules-passed", True)
    moved = closed(office, Outcome.CORRECTED, objection, facts=[("skill", "高级技师")])
    assert moved.destination == "publicity"
    assert [one["facts"] for one in office.events(number) if one["kind"] == "facts.stated"] == [
        {"levels": {"skill": "高级技师"}}
    ]


@pytest.mark.parametrize(
    ("outcome", "end"), [(Outcome.UPHELD, "removed"), (Outcome.DEFERRED, "deferred")], ids=["upheld", "deferred"]
)
def test_nominee_who_is_out_gives_the_seat_back_and_never_comes_again(public, outcome, end):
    office, numbers = public
    moved = closed(office, outcome, raised(office, numbers[0]), clause="二、（三）")
    assert (moved.destination, moved.holder, moved.due_at) == (end, None, None)
    assert office.places() == [("seats.chief-technician", "", 2)]
    (event,) = [one for one in office.events(numbers[0]) if one["kind"] == "objection.settled"]
    assert (event["clause"], event["outcome"]) == ("二、（三）", outcome.value)
    office.now = CLOSES
    sweep(office.desk, CLOSES)
    assert [one.number for one in office.issue().moved] == numbers[1:]
    assert office.row(numbers[0]).stage == end
    assert agrees(office)


def test_T19_S30_nobody_is_honored_before_the_list_is_over_or_while_an_objection_is_open(public):
    office, numbers = public
    objection = raised(office, numbers[0])
    assert why(office.issue()) == [("somebody-waits", None)]
    office.now = CLOSES
    sweep(office.desk, CLOSES)
    assert [one.number for one in office.issue().moved] == numbers[1:]
    closed(office, Outcome.DISMISSED, objection)
    sweep(office.desk, office.now)
    assert [one.number for one in office.issue().moved] == numbers[:1]


# -- the history --


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("grounds", "另有所指"),
        ("raised_by", "anonymous"),
        ("handler", "别人"),
        ("judged_because", "另一理由"),
        ("due_at", DUE + timedelta(days=1)),
        ("finding", "另有所见"),
        ("outcome", "dismissed"),
        ("clause", "九"),
        ("answer", "另一结论"),
        ("settled_at", DUE),
    ],
)
def test_every_field_of_an_objection_is_held_to_the_history(public, field, value):
    office, (number, _) = public
    objection = raised(office, number)
    admit(office.desk, objection, office.act("署名"))
    investigate(office.desk, objection, "属实", office.act())
    closed(office, Outcome.UPHELD, objection)
    with office.desk.store.write() as transaction:
        transaction.connection.execute(t.objection.update().values({field: value}))
    broken = audit(office.desk, office.id).broken
    assert [(one.where, one.disagreement.field) for one in broken] == [(f"objection:{objection}", field)]


def test_objection_that_was_put_in_or_taken_out_is_found(public):
    office, (number, _) = public
    raised(office, number)
    with office.desk.store.write() as transaction:
        row = transaction.connection.execute(select(t.objection)).mappings().one()
        transaction.connection.execute(t.objection.insert().values({**row, "id": 7}))
        transaction.connection.execute(t.objection.delete().where(t.objection.c.id == 1))
    told = [(one.where, one.disagreement.table) for one in audit(office.desk, office.id).broken]
    assert told == [("objection:1", False), ("objection:7", True)]
