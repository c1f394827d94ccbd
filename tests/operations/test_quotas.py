"""Limited places: of quotas, of seats, of cuts. Nobody takes more than there are; `test_races` has many try at once."""

import pytest

from operations.nominate import nominate
from operations.nominators import register_nominator
from operations.results import Denied, Moved, UnknownError
from programs import Program
from states import Move
from tests.operations.office import CRAFTSMAN_2017, INTAKE, LUZHOU, Office, said, why

AT_THE_NOMINATOR = "recommendation.recommender"


def endorse(office: Office, count: int, **changes) -> list[str]:
    """Bring this many of one nominator to the office."""
    return [office.nominate("recommendation.office", **changes) for _ in range(count)]


def with_changes(program: Program, **fields) -> Program:
    return Program.model_validate(program.model_dump() | fields)


@pytest.mark.parametrize(("kind", "limit", "clause"), [("district", 6, "七、（一）"), ("department", 3, "七、（一）")])
def test_nominator_s_quota_is_full_at_its_limit(craftsman, kind, limit, clause):
    body = {"nominator": "某局", "nominator_kind": kind}
    endorse(craftsman, limit, **body)
    one_more = craftsman.nominate(AT_THE_NOMINATOR, **body)
    refused = craftsman.move(one_more, Move.ENDORSE)
    quota = next(quota for quota in craftsman.program.quotas if quota.id == kind)
    assert (quota.limit, quota.clause) == (limit, clause)
    assert why(refused) == [("quota-free", clause)]
    assert said(refused) == [f"某局的名额已用完：{quota.name}（不超过 {limit} 名）"]


def test_quota_is_each_nominator_s_own(craftsman):
    endorse(craftsman, 6, nominator="渝中区")
    assert endorse(craftsman, 1, nominator="江北区")
    assert endorse(craftsman, 3, nominator="市交通局", nominator_kind="department")


def test_central_unit_uses_the_quota_of_the_district_where_it_sits(craftsman):
    """Z09: what a district's own and what units of the centre put forward there are counted together."""
    central = {"nominator_kind": "central-unit", "host": "渝中区"}
    endorse(craftsman, 5, nominator="渝中区")
    endorse(craftsman, 1, nominator="某央企", **central)
    for one_more in ({"nominator": "渝中区"}, {"nominator": "另一央企", **central}):
        refused = craftsman.move(craftsman.nominate(AT_THE_NOMINATOR, **one_more), Move.ENDORSE)
        assert why(refused) == [("quota-free", "七、（一）")]
    assert craftsman.places() == [("quota.district", "渝中区", place) for place in range(1, 7)]
    assert register_nominator(craftsman.desk, craftsman.id, "江北区", "district", craftsman.act()) is None
    assert endorse(craftsman, 1, nominator="某央企", nominator_kind="central-unit", host="江北区")


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (
            {"nominator": "某央企", "nominator_kind": "central-unit", "host": "没有的地方"},
            "没有登记“没有的地方”为区县人力社保部门（district）",
        ),
        (
            {"nominator": "渝中区", "nominator_kind": "district", "host": "江北区"},
            "“渝中区”用自己的名额，不占别家的",
        ),
        (
            {"nominator": "两江新区", "nominator_kind": "department"},
            "“两江新区”是区县人力社保部门（district），不是市级行业主管部门（department）",
        ),
        (
            {"nominator": "江北区", "nominator_kind": "department"},
            "“江北区”是区县人力社保部门（district），不是市级行业主管部门（department）",
        ),
    ],
)
def test_nobody_chooses_a_quota(craftsman, body, reason):
    craftsman.nominate(nominator="江北区", nominator_kind="district")
    before = craftsman.contents()
    refused = nominate(craftsman.desk, craftsman.id, craftsman.draft(**body), craftsman.act())
    assert said(refused) == [reason]
    assert craftsman.contents() == before


def test_kind_that_was_registered_wrongly_is_corrected_by_the_office(craftsman):
    craftsman.nominate(nominator="江北区", nominator_kind="department")
    assert register_nominator(craftsman.desk, craftsman.id, "江北区", "district", craftsman.act("写错")) is None
    assert craftsman.row(craftsman.nominate(nominator="江北区", nominator_kind=None)).nominator_kind == "district"
    listed = register_nominator(craftsman.desk, craftsman.id, "两江新区", "department", craftsman.act())
    assert why(listed) == [("nominator-kind", None)]
    with pytest.raises(UnknownError):
        register_nominator(craftsman.desk, craftsman.id, "江北区", "moon", craftsman.act())


def test_central_unit_says_where_it_sits(craftsman):
    draft = craftsman.draft(nominator="某央企", nominator_kind="central-unit")
    refused = nominate(craftsman.desk, craftsman.id, draft, craftsman.act())
    assert why(refused) == [("host-named", "七、（一）")]


def test_nominator_of_no_kind_is_not_taken_past_a_quota_of_kinds(craftsman):
    draft = craftsman.draft(nominator="某局", nominator_kind=None)
    assert why(nominate(craftsman.desk, craftsman.id, draft, craftsman.act())) == [("nominator-kind", None)]


def test_nominator_is_of_the_kind_that_the_notice_or_the_register_says(craftsman):
    """Z10: three zones count as districts by the notice's own words."""
    assert craftsman.row(craftsman.nominate(nominator="两江新区", nominator_kind=None)).nominator_kind == "district"
    craftsman.nominate(nominator="市交通局", nominator_kind="department")
    assert craftsman.row(craftsman.nominate(nominator="市交通局", nominator_kind=None)).nominator_kind == "department"


def test_unit_nominates_one_studio(studio):
    studio.nominate("recommendation.bureau", unit="梁平厂")
    refused = studio.move(studio.nominate("recommendation.department", unit="梁平厂"), Move.ENDORSE)
    assert why(refused) == [("quota-free", "三、（一）；三、（三）")]
    assert studio.move(studio.nominate("recommendation.department", unit="别的厂"), Move.ENDORSE)


def test_unit_nominates_one_studio_by_whatever_route(studio):
    studio.nominate("recommendation.bureau", unit="梁平厂")
    body = {"nominator": "梁平厂", "nominator_kind": "municipal-unit"}
    direct = studio.nominate(unit="梁平厂", route="municipal-direct", **body)
    assert why(studio.move(direct, Move.SUBMIT)) == [("quota-free", "三、（一）；三、（三）")]


@pytest.mark.parametrize("what", [Move.WITHDRAW, Move.DISQUALIFY, Move.RETURN])
def test_place_is_given_back(craftsman, what):
    numbers = endorse(craftsman, 3, nominator="市交通局", nominator_kind="department")
    waiting = craftsman.nominate(AT_THE_NOMINATOR, nominator="市交通局", nominator_kind="department")
    assert isinstance(craftsman.move(waiting, Move.ENDORSE), Denied)
    craftsman.move(numbers[1], what, "理由")
    assert craftsman.places() == [("quota.department", "市交通局", 1), ("quota.department", "市交通局", 3)]
    assert isinstance(craftsman.move(waiting, Move.ENDORSE), Moved)
    assert craftsman.places() == [("quota.department", "市交通局", place) for place in (1, 2, 3)]


def test_place_is_kept_by_one_who_is_screened_again(craftsman):
    """What the screening returns for correction has not left the quota: it comes back without asking for a place."""
    numbers = endorse(craftsman, 3, nominator="市交通局", nominator_kind="department")
    craftsman.bring(numbers[0], "screening")
    craftsman.move(numbers[0], Move.RETURN, "请更正")
    waiting = craftsman.nominate(AT_THE_NOMINATOR, nominator="市交通局", nominator_kind="department")
    assert why(craftsman.move(waiting, Move.ENDORSE)) == [("quota-free", "七、（一）")]
    assert isinstance(craftsman.move(numbers[0], Move.SUBMIT), Moved)
    assert len(craftsman.places()) == 3


def test_return_gives_back_only_the_place_of_the_tier_that_was_left(office_of, shipped):
    program = shipped(CRAFTSMAN_2017)
    quotas = [
        {"id": tier, "name": tier, "clause": "四", "per": "nominator", "tier": tier, "limit": 1}
        for tier in ("district", "city")
    ]
    office = office_of(CRAFTSMAN_2017, program=with_changes(program, quotas=quotas))
    number = office.nominate("recommendation.city", route="organization", nominator="渝中区")
    office.move(number, Move.RETURN, "请补正")
    assert office.places() == [("quota.district", "渝中区", 1)]
    office.move(number, Move.RETURN, "请补正")
    assert office.places() == []
    office.bring(number, "recommendation.city")
    assert office.places() == [("quota.city", "渝中区", 1), ("quota.district", "渝中区", 1)]


def test_cut_lets_no_more_go_on_than_it_keeps(luzhou, shipped, desk):
    program = shipped(LUZHOU)
    stages = [
        stage.model_dump() | ({"keep": 2, "ranked": False} if stage.id == "review" else {}) for stage in program.stages
    ]
    office = Office(
        desk,
        with_changes(program, id="cut-2019", stages=stages, seats=[program.seats[0].model_dump() | {"count": 2}]),
        INTAKE[LUZHOU],
    )
    office.open()
    numbers = [office.nominate("review") for _ in range(3)]
    for number in numbers[:2]:
        office.bring(number, "decision")
    for track in ("materials", "site-visit"):
        office.report(numbers[2], track)
    assert why(office.move(numbers[2], Move.ADVANCE)) == [("keep-free", "四、（三）")]
    assert office.places() == [("keep.review", "", 1), ("keep.review", "", 2)]
    assert luzhou.places() == []


@pytest.fixture
def pooled(office_of, shipped) -> Office:
    """A program in which a body may put forward one, a unit or a person, and both win the same two seats."""
    program = shipped(LUZHOU)
    document = program.model_dump()
    document["categories"] = [
        {"id": "person", "name": "个人", "clause": "一"},
        {"id": "unit", "name": "单位", "clause": "一", "nominee": "unit"},
    ]
    document["quotas"] = [
        {"id": "one", "name": "单位或个人1名", "clause": "二", "per": "nominator", "tier": "recommender", "limit": 1}
    ]
    document["seats"] = [{"id": "chief-technician", "award": "首席", "clause": "一", "count": 2}]
    return office_of(LUZHOU, program=Program.model_validate(document))


@pytest.mark.parametrize(("first", "second"), [("unit", "person"), ("person", "unit"), ("unit", "unit")])
def test_pool_is_shared_by_a_unit_and_a_person(pooled, first, second):
    def drawn_up(category: str) -> str:
        # A unit has no identity number, and needs none.
        return pooled.nominate(category=category, **({"identity": None} if category == "unit" else {}))

    assert isinstance(pooled.move(drawn_up(first), Move.SUBMIT), Moved)
    refused = pooled.move(drawn_up(second), Move.SUBMIT)
    assert (why(refused), said(refused)) == (
        [("quota-free", "二")],
        ["江阳区的名额已用完：单位或个人1名（不超过 1 名）"],
    )


def test_person_of_a_program_with_units_still_needs_an_identity_number(pooled):
    refused = nominate(pooled.desk, pooled.id, pooled.draft(category="person", identity=None), pooled.act())
    assert why(refused) == [("identity-number", None)]


def test_seats_are_shared_by_units_and_persons(pooled):
    numbers = [
        pooled.nominate("decision", category=category, nominator=f"第{place}区", **more)
        for place, (category, more) in enumerate([("unit", {"identity": None}), ("person", {}), ("person", {})])
    ]
    for number in numbers[:2]:
        assert isinstance(pooled.move(number, Move.CHOOSE, grade="chief-technician"), Moved)
    assert why(pooled.move(numbers[2], Move.CHOOSE, grade="chief-technician")) == [("seat-free", "一")]
