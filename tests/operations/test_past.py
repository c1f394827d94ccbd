"""Pasts across programs: what one program gave is known to every other, whoever runs it."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from datetime import date
from random import Random
from threading import Barrier

import pytest
from sqlalchemy import insert, select
from sqlalchemy.exc import IntegrityError

from notifications.channels import MemoryChannel
from operations.actors import Actor
from operations.acts import Act
from operations.desk import Desk
from operations.objections import Outcome, lodge, settle
from operations.pasts import matter_of_past
from operations.recording import PastDraft, PastKind, end_past, list_pasts, record_past, remove_past
from operations.rehearse import rehearse
from operations.rehearse.people import make_identity
from operations.results import Denied, Moved, UnknownError
from operations.screen import judge
from operations.sweep import sweep
from programs import Program
from states import Move, Result
from store import Store, hold
from store import tables as t
from tests.conftest import on
from tests.databases import KINDS, SQLITE
from tests.operations.office import CRAFTSMAN_2017, CRAFTSMAN_2022, STUDIO, Office, said, why

pytestmark = on(SQLITE)

EXPERT = make_identity(7777, Random(7777))  # noqa: S311 - made-up people need no secrets
CLAUSE = "三、（三）"


def another(program: Program, program_id: str, **changes) -> Program:
    """The same program as another office would run it."""
    return Program.model_validate(program.model_dump() | {"id": program_id, **changes})


@pytest.fixture
def two_districts(office_of, shipped) -> tuple[Office, Office]:
    program = shipped(STUDIO)
    return (
        office_of(STUDIO),
        office_of(STUDIO, program=another(program, "other-district-studio-2023", award="垫江县技能大师工作室")),
    )


def identity_of(office: Office) -> str:
    return office.draft().identity


def pasts(office: Office) -> list[tuple[str, str, str, bool, bool]]:
    return [
        (one.kind.value, one.name, one.holder, one.since is not None, one.ended_at is not None)
        for one in list_pasts(office.desk)
    ]


def claims(office: Office) -> list[str]:
    with office.desk.store.read() as connection:
        return sorted(connection.execute(select(t.claim.c.key)).scalars())


def record(office: Office, **changes) -> int | Denied:
    draft = PastDraft(
        PastKind.HONOR, "最美巴渝工匠", "王一", "某厂", date(2021, 9, 1), "某人社发〔2021〕3号", identity_of(office)
    )
    return record_past(office.desk, replace(draft, **changes), Act(Actor("王管理"), office.now, ""))


@on(*KINDS)
def test_past_of_a_winner_goes_from_the_choice_through_the_document_to_the_end_of_the_term(luzhou):
    number = luzhou.nominate("decision")
    assert pasts(luzhou) == []
    luzhou.bring(number, "publicity")
    assert pasts(luzhou) == [("honor", "泸州市首席技师", luzhou.row(number).nominee, False, False)]
    luzhou.bring(number, "tenure")
    (past,) = list_pasts(luzhou.desk)
    assert (past.since, past.ended_at, past.number, past.known) == (luzhou.now, None, number, True)
    luzhou.now = luzhou.row(number).due_at
    sweep(luzhou.desk, luzhou.now)
    (past,) = list_pasts(luzhou.desk)
    assert past.ended_at == luzhou.now


@on(*KINDS)
def test_past_of_an_honor_that_is_revoked_has_ended(luzhou):
    number = luzhou.nominate("tenure")
    assert isinstance(luzhou.move(number, Move.REVOKE), Moved)
    (past,) = list_pasts(luzhou.desk)
    assert past.ended_at == luzhou.now


@pytest.mark.parametrize(
    ("stage", "what"), [("publicity", Move.WITHDRAW), ("publicity", Move.DISQUALIFY), ("issuance", Move.WITHDRAW)]
)
def test_past_of_one_who_falls_out_after_the_choice_is_none(studio, stage, what):
    number = studio.nominate(stage, identity=EXPERT)
    assert claims(studio) == ["studio"]
    assert isinstance(studio.move(number, what), Moved)
    assert (pasts(studio), claims(studio)) == ([], [])


def test_expert_who_was_chosen_elsewhere_is_not_chosen_again(two_districts):
    one, other = two_districts
    chosen = one.nominate("decision", identity=EXPERT)
    second = other.nominate("decision", identity=EXPERT)
    assert isinstance(one.move(chosen, Move.CHOOSE, grade="studio"), Moved)
    refused = other.move(second, Move.CHOOSE, grade="studio")
    assert why(refused) == [("past-allows", CLAUSE)]
    assert said(refused) == [f"不符合“同一专家只命名一个工作室”：已在 {chosen} 入选“梁平区技能大师工作室”"]
    assert other.places() == [("quota.unit", other.row(second).unit, 1)]


def test_expert_whose_studio_was_revoked_may_lead_another(two_districts):
    one, other = two_districts
    first, second = (office.nominate("decision", identity=EXPERT) for office in two_districts)
    one.bring(first, "tenure")
    assert why(other.move(second, Move.CHOOSE, grade="studio")) == [("past-allows", CLAUSE)]
    assert isinstance(one.move(first, Move.REVOKE), Moved)
    other.now = one.now
    assert isinstance(other.move(second, Move.CHOOSE, grade="studio"), Moved)
    assert claims(one) == ["studio"]


def test_expert_who_was_chosen_elsewhere_is_refused_at_the_screening(two_districts):
    one, other = two_districts
    screened = other.nominate("screening", identity=EXPERT)
    one.nominate("publicity", identity=EXPERT)
    other.judge_all(screened)
    assert why(other.move(screened, Move.ACCEPT)) == [("rules-passed", None)]


def test_expert_of_whom_something_is_recorded_after_the_choice_is_held_back_from_the_document(studio):
    number = studio.nominate("issuance", identity=EXPERT)
    record(studio, kind=PastKind.STUDIO, identity=EXPERT)
    assert why(studio.issue()) == [("past-allows", CLAUSE)]
    assert studio.row(number).stage == "issuance"


def test_winner_of_an_earlier_edition_is_not_nominated_again(craftsman):
    identity = identity_of(craftsman)
    assert record(craftsman, identity=identity) == 1
    number = craftsman.nominate("screening", identity=identity)
    craftsman.judge_all(number)
    refused = craftsman.move(number, Move.ACCEPT)
    assert why(refused) == [("rules-passed", None)]
    assert said(refused) == [
        "不符合条件：已当选者不再申报（五）：2021年9月1日 已获“最美巴渝工匠”（某人社发〔2021〕3号）"
    ]


@pytest.mark.parametrize(
    "changes",
    [
        {"identity": None},
        {"name": "最美巴渝工匠提名"},
        {"kind": PastKind.SUBSIDY},
        {"kind": PastKind.BAN},
    ],
    ids=["known by name only", "another honor", "a subsidy", "a ban"],
)
def test_past_of_another_kind_or_another_person_bars_nobody(craftsman, changes):
    identity = identity_of(craftsman)
    assert record(craftsman, **{"identity": identity, **changes}) == 1
    number = craftsman.nominate("screening", identity=identity, nominee="王一")
    craftsman.judge_all(number)
    assert isinstance(craftsman.move(number, Move.ACCEPT), Moved)


def with_rule(program: Program, **rule) -> Program:
    rules = [one for one in program.model_dump()["rules"] if one["kind"] != "history"]
    rules.append({"id": "past", "name": "既往", "clause": "五", "kind": "history", **rule})
    return Program.model_validate(program.model_dump() | {"rules": rules})


@pytest.mark.parametrize(
    ("rule", "past", "barred"),
    [
        ({"bars": "banned"}, {"kind": PastKind.BAN, "until": date(2022, 6, 30)}, True),
        ({"bars": "banned"}, {"kind": PastKind.BAN, "until": date(2022, 6, 5)}, False),
        ({"bars": "banned"}, {"kind": PastKind.BAN}, True),
        ({"bars": "subsidized"}, {"kind": PastKind.SUBSIDY}, True),
        ({"bars": "subsidized", "of": ["建设补助"]}, {"kind": PastKind.SUBSIDY}, False),
        ({"bars": "past-winner", "within_years": 1}, {"since": date(2021, 6, 6)}, False),
        ({"bars": "past-winner", "within_years": 1}, {"since": date(2021, 6, 7)}, True),
        ({"bars": "past-winner", "of": ["巴渝工匠"]}, {"name": "巴渝工匠"}, True),
        ({"bars": "past-winner", "of": ["巴渝工匠"]}, {"name": "最美巴渝工匠"}, False),
        ({"bars": "leads-another-studio"}, {"kind": PastKind.STUDIO}, True),
        ({"bars": "leads-another-studio"}, {"kind": PastKind.STUDIO, "until": date(2021, 12, 31)}, False),
        ({"requires": "past-winner"}, {}, False),
        ({"bars": "leads-another-studio"}, {"kind": PastKind.STUDIO, "until": date(2030, 12, 31)}, True),
    ],
)
def test_rule_on_the_past_speaks_of_what_it_names(office_of, shipped, rule, past, barred):
    office = office_of(CRAFTSMAN_2022, program=with_rule(shipped(CRAFTSMAN_2022), **rule))
    identity = identity_of(office)
    assert record(office, identity=identity, **past) == 1
    number = office.nominate("screening", identity=identity)
    office.judge_all(number)
    assert isinstance(office.move(number, Move.ACCEPT), Denied) is barred


@pytest.mark.parametrize(("award", "barred"), [("茶城工匠", True), ("最美巴渝工匠", False)])
def test_winner_of_a_lesser_seat_is_barred_where_no_seat_bears_the_award(office_of, shipped, award, barred):
    program = with_rule(shipped(CRAFTSMAN_2022), bars="past-winner").model_copy(update={"award": award})
    office = office_of(CRAFTSMAN_2022, program=program)
    identity = identity_of(office)
    assert record(office, identity=identity, name="最美巴渝工匠提名") == 1
    number = office.nominate("screening", identity=identity)
    office.judge_all(number)
    assert isinstance(office.move(number, Move.ACCEPT), Denied) is barred


def test_one_of_two_programs_that_choose_the_same_expert_at_once_succeeds(two_districts, store, calendar, vault):
    for turn in range(3):
        identity = identity_of(two_districts[0])
        numbers = [office.nominate("decision", identity=identity, unit=f"第{turn}梁平厂") for office in two_districts]
        together = Barrier(2)

        def choose(place: int) -> Moved | Denied:
            office = two_districts[place]
            racer = Office(Desk(Store(store.url), calendar, vault), office.program, office.now)
            with closing(racer.desk.store):
                racer.running()
                together.wait()  # noqa: B023
                return racer.move(numbers[place], Move.CHOOSE, grade="studio")  # noqa: B023

        with ThreadPoolExecutor(2) as pool:
            outcomes = list(pool.map(choose, range(2)))
        denied = [one for one in outcomes if isinstance(one, Denied)]
        assert [why(one) for one in denied] == [[("past-allows", CLAUSE)]]
        for office, number in zip(two_districts, numbers, strict=True):
            office.move(number, Move.WITHDRAW)
        assert claims(two_districts[0]) == []


def test_database_itself_lets_nobody_have_twice_what_is_had_once(two_districts):
    one, _ = two_districts
    one.nominate("publicity", identity=EXPERT)
    with one.desk.store.read() as connection:
        kept = connection.execute(select(t.claim)).one()
    with pytest.raises(IntegrityError), one.desk.store.write() as transaction:
        transaction.connection.execute(insert(t.claim).values(kept._asdict()))


@pytest.mark.parametrize("what", [Move.REJECT, Move.UPHOLD, Move.ELIMINATE, Move.LAPSE])
def test_past_seat_and_claim_are_given_back_by_whatever_ends_it_after_the_choice(office_of, shipped, what):
    """After the decision: an approval that is refused, an objection that is upheld, a correction that lapses."""
    blank = shipped(STUDIO)
    stages = [stage.model_dump() for stage in blank.stages]
    place = next(at for at, stage in enumerate(stages) if stage["id"] == "decision") + 1
    approval = {"id": "approval", "kind": "approval", "name": "审批", "clause": "五"}
    again = {"id": "again", "kind": "screening", "name": "复审", "clause": "五"}
    confirm = {"id": "confirm", "kind": "decision", "name": "审定", "clause": "五", "confirms": True}
    stages[place:place] = [approval, again, confirm]
    office = office_of(STUDIO, program=Program.model_validate(blank.model_dump() | {"stages": stages}))
    where = {Move.REJECT: "approval", Move.LAPSE: "again", Move.ELIMINATE: "confirm", Move.UPHOLD: "publicity.running"}
    number = office.nominate(where[what], identity=EXPERT)
    assert (len(pasts(office)), claims(office)) == (1, ["studio"])
    if what is Move.LAPSE:
        assert isinstance(office.move(number, Move.RETURN), Moved)
        office.now = office.row(number).due_at
        assert sweep(office.desk, office.now).moved == 1
    elif what is Move.UPHOLD:
        objection = lodge(office.desk, number, "某单位", "反映问题", office.act())
        assert isinstance(settle(office.desk, objection, Outcome.UPHELD, "属实", office.act()), Moved)
    else:
        assert isinstance(office.move(number, what), Moved)
    assert (pasts(office), claims(office)) == ([], [])
    assert [place for place in office.places() if place[0].startswith("seats.")] == []


def with_rules(program: Program, program_id: str, **changes) -> Program:
    rules = [rule.model_dump() | (changes if rule.kind == "history" else {}) for rule in program.rules]
    return another(program, program_id, rules=rules)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"of": ["甲工作室"]}, {"of": ["乙工作室"]}),
        ({"of": ["甲工作室"]}, {"of": ["乙工作室"], "within_years": 3}),
        ({"routes": ["municipal-direct"]}, {"routes": ["municipal-direct"]}),
    ],
    ids=["each its own", "each its own, for some years", "neither on this route"],
)
def test_choice_that_no_rule_forbids_is_made_in_both_programs(office_of, shipped, one, other):
    offices = []
    for name, changes in (("甲", one), ("乙", other)):
        program = with_rules(shipped(STUDIO), f"studio-{len(offices)}", **changes)
        seats = [program.seats[0].model_dump() | {"award": f"{name}工作室"}]
        program = another(program, program.id, award=f"{name}工作室", seats=seats)
        offices.append(office_of(STUDIO, program=program))
    for office in offices:
        number = office.nominate("decision", identity=EXPERT)
        assert isinstance(office.move(number, Move.CHOOSE, grade="studio"), Moved)


def test_winner_is_claimed_so_that_nobody_wins_twice(craftsman):
    number = craftsman.nominate("decision")
    assert isinstance(craftsman.move(number, Move.CHOOSE, grade="craftsman"), Moved)
    assert claims(craftsman) == ["winner:最美巴渝工匠"]


@pytest.fixture
def two_of_units(office_of, shipped) -> tuple[Office, Office]:
    """Two programs that honor units, and none twice."""
    program = with_rule(shipped(CRAFTSMAN_2022), bars="past-winner")
    return tuple(
        office_of(CRAFTSMAN_2022, program=another(program, f"units-{number}", nominee="unit")) for number in (1, 2)
    )


@pytest.mark.parametrize("identities", [(None, None), (EXPERT, None), (None, EXPERT)])
def test_unit_is_known_by_its_name_whatever_number_was_given(two_of_units, identities):
    one, other = two_of_units
    first, second = (
        office.nominate("decision", nominee="长江厂", identity=identity)
        for office, identity in zip(two_of_units, identities, strict=True)
    )
    assert isinstance(one.move(first, Move.CHOOSE, grade="craftsman"), Moved)
    assert why(other.move(second, Move.CHOOSE, grade="craftsman")) == [("past-allows", "五")]


def test_unit_that_was_recorded_by_name_is_barred(two_of_units):
    one, _ = two_of_units
    record(one, holder="长江厂", unit="长江厂", identity=None)
    number = one.nominate("screening", nominee="长江厂", identity=None)
    one.judge_all(number)
    assert why(one.move(number, Move.ACCEPT)) == [("rules-passed", None)]


def test_exemption_or_an_alternative_lets_a_past_pass_at_the_decision_as_at_the_screening(office_of, shipped):
    program = with_rule(shipped(CRAFTSMAN_2022), bars="past-winner")
    rules = [*program.model_dump()["rules"], {"id": "other", "name": "另一条", "clause": "五", "kind": "attestation"}]
    either = {"id": "either", "name": "其一", "clause": "五", "kind": "combination", "of": ["past", "other"], "need": 1}
    office = office_of(CRAFTSMAN_2022, program=another(program, program.id, rules=[*rules, either]))
    identity = identity_of(office)
    record(office, identity=identity)
    number = office.nominate("screening", identity=identity)
    office.judge_all(number)
    judge(office.desk, number, {"other": Result.PASS}, office.act())
    office.bring(number, "decision")
    assert isinstance(office.move(number, Move.CHOOSE, grade="craftsman"), Moved)


def test_rehearsal_leaves_nothing_in_any_past(desk, shipped):
    program = shipped(STUDIO)
    rehearse(desk, program, MemoryChannel(), nominations=12, seed=1)
    assert list(list_pasts(desk)) == []


def test_document_honors_more_people_than_a_server_has_locks(store):
    """A server has room for some thousand; every past has one of 256 matters."""
    with store.write() as transaction:
        hold(transaction.connection, {matter_of_past(f"{number}") for number in range(20_000)})


def test_past_recorded_at_the_instant_of_a_choice_is_seen_or_comes_after(craftsman, store, calendar, vault):
    for turn in range(3):
        identity = identity_of(craftsman)
        number = craftsman.nominate("decision", identity=identity)
        together = Barrier(2)

        def act(place: int) -> object:
            racer = Office(Desk(Store(store.url), calendar, vault), craftsman.program, craftsman.now)
            with closing(racer.desk.store):
                racer.running()
                together.wait()  # noqa: B023
                if place:
                    return record(racer, identity=identity, holder=f"第{turn}人")  # noqa: B023
                return racer.move(number, Move.CHOOSE, grade="runner-up")  # noqa: B023

        with ThreadPoolExecutor(2) as pool:
            chosen, recorded = pool.map(act, range(2))
        assert isinstance(recorded, int)
        assert isinstance(chosen, Moved) or why(chosen) == [("past-allows", "五")]
        if isinstance(chosen, Moved):
            # It was made before: the document then sees what was recorded.
            craftsman.bring(number, "issuance")
            assert why(craftsman.issue()) == [("past-allows", "五")]
            craftsman.move(number, Move.WITHDRAW)


def test_past_recorded_before_the_choice_is_seen_by_it(craftsman):
    identity = identity_of(craftsman)
    number = craftsman.nominate("decision", identity=identity)
    assert record(craftsman, identity=identity) == 1
    assert why(craftsman.move(number, Move.CHOOSE, grade="craftsman")) == [("past-allows", "五")]


def test_seat_of_one_who_is_eliminated_by_the_last_decision_is_free_again(office_of):
    office = office_of(CRAFTSMAN_2017)
    stages = [stage.id for stage in office.program.held_stages if stage.kind == "decision"]
    number = office.nominate(stages[-1])
    assert [place for place in office.places() if place[0].startswith("seats.")] != []
    assert isinstance(office.move(number, Move.ELIMINATE), Moved)
    assert [place for place in office.places() if place[0].startswith("seats.")] == []
    assert pasts(office) == []


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"source": " "}, "没有写明依据"),
        ({"identity": "510000197501019960"}, "身份证号码校验不符"),
        ({"since": date(2030, 1, 1)}, "2030年1月1日 还没有到"),
        ({"until": date(2020, 1, 1)}, "截止日早于起始日"),
    ],
)
def test_past_that_cannot_be_is_refused(craftsman, changes, reason):
    before = craftsman.contents()
    assert said(record(craftsman, **changes)) == [reason]
    assert craftsman.contents() == before


def test_past_is_recorded_once(craftsman):
    identity = identity_of(craftsman)
    assert record(craftsman, identity=identity) == 1
    assert said(record(craftsman, identity=identity)) == ["已有这条记录，第 1 号"]
    assert record(craftsman) == 2


def test_past_that_was_recorded_is_ended_and_removed_with_a_reason(craftsman):
    act = craftsman.act()
    all_powerful = replace(act, actor=Actor("王管理"))
    record(craftsman, kind=PastKind.BAN)
    assert why(end_past(craftsman.desk, 1, all_powerful)) == [("reason-stated", None)]
    assert end_past(craftsman.desk, 1, replace(all_powerful, reason="禁期届满")) is None
    (past,) = list_pasts(craftsman.desk)
    assert past.ended_at == craftsman.now
    assert why(end_past(craftsman.desk, 1, replace(all_powerful, reason="再来"))) == [("past-goes-on", None)]
    assert remove_past(craftsman.desk, 1, replace(all_powerful, reason="登记错了人")) is None
    assert pasts(craftsman) == []
    with pytest.raises(UnknownError):
        remove_past(craftsman.desk, 1, all_powerful)


def test_past_that_a_nomination_brought_is_not_changed_by_hand(luzhou):
    number = luzhou.nominate("tenure")
    refused = remove_past(luzhou.desk, 1, Act(Actor("王管理"), luzhou.now, "看不顺眼"))
    assert why(refused) == [("recorded-by-hand", None)]
    assert number in said(refused)[0]


def test_event_of_a_recorded_past_holds_no_identity_number(craftsman):
    identity = identity_of(craftsman)
    record(craftsman, identity=identity)
    with craftsman.desk.store.read() as connection:
        events = connection.execute(select(t.installation_event.c.payload)).scalars().all()
    assert any('"kind":"past.recorded"' in event for event in events)
    assert not any(identity in event for event in events)


def test_pasts_are_listed_by_name_holder_and_kind(craftsman):
    record(craftsman, holder="王一")
    record(craftsman, holder="李二", kind=PastKind.BAN, name="弄虚作假", since=date(2022, 1, 1))
    assert [one.holder for one in list_pasts(craftsman.desk)] == ["李二", "王一"]
    assert [one.holder for one in list_pasts(craftsman.desk, name="弄虚作假")] == ["李二"]
    assert [one.holder for one in list_pasts(craftsman.desk, holder="王一")] == ["王一"]
    assert [one.holder for one in list_pasts(craftsman.desk, kind=PastKind.HONOR)] == ["王一"]
