"""Shares of all who are chosen: front-line workers at least so many, heads of enterprises at most so many."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from operations.ratios import within_ratios
from operations.results import Batch
from programs import Path, Program
from states import Move
from tests.conftest import on
from tests.databases import KINDS, SQLITE
from tests.operations.office import LUZHOU, Office, said

pytestmark = on(SQLITE)

HEAD = frozenset({"head"})
SHARE = {"id": "share", "name": "企业负责人比例", "clause": "三", "kind": "ratio", "of": "head"}


def with_ratio(program: Program, **rule) -> Program:
    traits = [{"id": "head", "name": "企业负责人", "clause": "三"}]
    rules = [*(one.model_dump() for one in program.rules), SHARE | rule]
    return Program.model_validate(program.model_dump() | {"traits": traits, "rules": rules})


@pytest.fixture
def deciding(office_of, shipped):
    """Bring so many heads of enterprises, and so many others, to the decision, and choose them all."""

    def decided(heads: int, others: int, **rule) -> tuple[Office, Batch]:
        office = office_of(LUZHOU, program=with_ratio(shipped(LUZHOU), **rule))
        numbers = [office.nominate("decision", traits=HEAD) for _ in range(heads)]
        numbers += [office.nominate("decision") for _ in range(others)]
        return office, office.decide("decision", dict.fromkeys(numbers, "chief-technician"))

    return decided


@on(*KINDS)
@pytest.mark.parametrize(
    ("heads", "others", "rule", "is_kept"),
    [
        (1, 4, {"at_most_percent": 20}, True),
        (1, 3, {"at_most_percent": 20}, False),
        (3, 2, {"at_least_percent": 60}, True),
        (2, 2, {"at_least_percent": 60}, False),
        (0, 2, {"at_least_percent": 60, "categories": []}, False),
    ],
)
def test_decision_keeps_the_share_or_nobody_is_chosen(deciding, heads, others, rule, is_kept):
    office, done = deciding(heads, others, **rule)
    assert bool(done.moved) is is_kept
    if not is_kept:
        (denied,) = done.denied
        total = heads + others
        bound = (
            f"不超过 {rule['at_most_percent']}%" if "at_most_percent" in rule else f"不少于 {rule['at_least_percent']}%"
        )
        assert said(denied) == [
            f"“企业负责人比例”：{total} 名入选者中企业负责人 {heads} 名，占 {heads * 100 / total:.1f}%，应{bound}"
        ]
        assert office.places() == []


def test_share_that_is_only_wished_for_is_told_and_refuses_nothing(deciding):
    _, done = deciding(2, 1, at_most_percent=20, soft=True)
    assert (len(done.moved), done.denied) == (3, ())
    assert [one.reason.zh for one in done.remarks] == [
        "“企业负责人比例”：3 名入选者中企业负责人 2 名，占 66.7%，应不超过 20%"
    ]


def test_document_is_not_issued_for_winners_who_no_longer_keep_the_share(deciding):
    office, done = deciding(1, 4, at_most_percent=20)
    for one in done.moved[1:3]:
        office.move(one.number, Move.WITHDRAW)
    for one in (done.moved[0], *done.moved[3:]):
        office.bring(one.number, "issuance")
    assert said(office.issue()) == ["“企业负责人比例”：3 名入选者中企业负责人 1 名，占 33.3%，应不超过 20%"]


@given(
    st.lists(st.booleans(), max_size=30),
    st.one_of(st.none(), st.integers(0, 100)),
    st.one_of(st.none(), st.integers(0, 100)),
)
def test_whoever_is_kept_within_a_share_keeps_it_and_stands_in_the_order_given(shipped_luzhou, heads, least, most):
    program = with_ratio(shipped_luzhou, at_least_percent=least, at_most_percent=most)
    ranked = [
        (str(place), Path(None, "organization", HEAD if is_head else frozenset()))
        for place, is_head in enumerate(heads)
    ]
    kept = within_ratios(program, ranked)
    having = sum(heads[int(number)] for number in kept)
    assert [int(number) for number in kept] == sorted(map(int, kept))
    if kept:
        assert (least or 0) * len(kept) <= having * 100 <= (100 if most is None else most) * len(kept)


@pytest.fixture(scope="module")
def shipped_luzhou(shipped) -> Program:
    return shipped(LUZHOU)
