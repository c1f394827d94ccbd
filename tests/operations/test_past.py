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

from operations.actors import Actor
from operations.acts import Act
from operations.desk import Desk
from operations.recording import PastDraft, PastKind, end_past, list_pasts, record_past, remove_past
from operations.rehearse.people import make_identity
from operations.results import Denied, Moved, UnknownError
from operations.sweep import sweep
from programs import Program
from states import Move
from store import Store
from store import tables as t
from tests.operations.office import CRAFTSMAN_2017, CRAFTSMAN_2022, STUDIO, Office, said, why

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
    assert isinstance(other.move(second, Move.CHOOSE, grade="studio"), Moved)
    assert claims(one) == ["studio"]


def test_expert_who_was_chosen_elsewhere_is_refused_at_the_screening(two_districts):
    one, other = two_districts
    screened = other.nominate("screening", identity=EXPERT)
    one.nominate("publicity", identity=EXPERT)
    other.judge_all(screened)
    assert why(other.move(screened, Move.ACCEPT)) == [("past-allows", CLAUSE)]


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
    assert why(refused) == [("past-allows", "五")]
    assert said(refused) == ["不符合“已当选者不再申报”：2021-09-01 已获“最美巴渝工匠”（某人社发〔2021〕3号）"]


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
    ],
)
def test_rule_on_the_past_speaks_of_what_it_names(office_of, shipped, rule, past, barred):
    office = office_of(CRAFTSMAN_2022, program=with_rule(shipped(CRAFTSMAN_2022), **rule))
    identity = identity_of(office)
    assert record(office, identity=identity, **past) == 1
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


def test_past_recorded_while_somebody_is_chosen_is_seen_or_comes_after(craftsman):
    """Both hold the same matter, so the choice either sees what was recorded, or was made before it."""
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
        ({"since": date(2030, 1, 1)}, "2030-01-01 还没有到"),
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
