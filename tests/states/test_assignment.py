"""The assignment of experts, held against every assignment that there is."""

from collections import Counter
from itertools import combinations, product
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from states.assignment import Assignment, Bounds, Shortage, Want, Wanted, assign

EXPERTS = range(1, 5)


@st.composite
def tasks(draw):
    """Up to five nominations, up to four experts, some of whom have work already, and bounds."""
    held = {expert: draw(st.integers(0, 2)) for expert in EXPERTS[: draw(st.integers(0, 4))]}
    wanted = [
        Wanted(f"N{place}", draw(st.integers(0, 2)), frozenset(draw(st.sets(st.sampled_from(EXPERTS)))))
        for place in range(draw(st.integers(0, 4)))
    ]
    least = draw(st.integers(0, 2))
    most = draw(st.none() | st.integers(least, 5))
    return wanted, held, Bounds(least, most)


def loads(held: dict[int, int], given: dict[str, tuple[int, ...]]) -> dict[int, int]:
    return dict(Counter(held) + Counter(one for some in given.values() for one in some)) | {
        one: held[one] for one in held if not held[one] and not any(one in some for some in given.values())
    }


def every_assignment(wanted: list[Wanted], held: dict[int, int]) -> list[dict[int, int]]:
    """The loads that any assignment comes to, whatever the bounds."""
    ways = [combinations(sorted(one.eligible & held.keys()), one.count) for one in wanted]
    return [loads(held, dict(enumerate(way))) for way in product(*ways)]


def keeps(found: dict[int, int], bounds: Bounds) -> bool:
    return all(bounds.at_least <= load <= (bounds.at_most or load) for load in found.values()) and not (
        bounds.at_most == 0 and any(found.values())
    )


@settings(deadline=None)
@given(tasks())
def test_assignment_is_there_exactly_if_any_is_and_is_the_most_even(task):
    wanted, held, bounds = task
    found = assign(wanted, held, bounds)
    possible = [one for one in every_assignment(wanted, held) if keeps(one, bounds)]
    assert bool(found.shortages) == (not possible)
    if found.shortages:
        assert found.experts == {}
        return
    mine = loads(held, found.experts)
    assert keeps(mine, bounds)
    assert sum(load**2 for load in mine.values()) == min(sum(load**2 for load in one.values()) for one in possible)


@settings(deadline=None)
@given(tasks())
def test_nobody_takes_what_is_not_for_them_and_everything_is_taken_by_as_many_as_it_needs(task):
    wanted, held, bounds = task
    found = assign(wanted, held, bounds)
    if not found.shortages:
        assert {one.number: one.count for one in wanted if one.count} == {
            number: len(set(experts)) for number, experts in found.experts.items()
        }
    for one in wanted:
        assert set(found.experts.get(one.number, ())) <= one.eligible & held.keys()


@settings(deadline=None)
@given(tasks(), st.randoms(use_true_random=False))
def test_assignment_does_not_depend_on_the_order_of_anything(task, random: Random):
    wanted, held, bounds = task
    shuffled, others = random.sample(wanted, len(wanted)), dict(random.sample(sorted(held.items()), len(held)))
    assert assign(shuffled, others, bounds) == assign(wanted, held, bounds)


@settings(deadline=None)
@given(tasks())
def test_shortages_are_true(task):
    """What is said to be wanting is wanting: the numbers can be counted again."""
    wanted, held, bounds = task
    for one in assign(wanted, held, bounds).shortages:
        those = set(one.experts)
        assert one.needed > one.available
        named = [each for each in wanted if each.number in one.numbers]
        if one.want is Want.EXPERTS:
            assert {(len(each.eligible & held.keys()), each.count) for each in named} == {(one.available, one.needed)}
        elif one.want is Want.ROOM:
            must = sum(max(0, each.count - len((each.eligible & held.keys()) - those)) for each in named)
            assert (one.needed, one.available) == (
                must + sum(held[expert] for expert in those),
                bounds.at_most * len(those),
            )
        else:
            can = sum(held[expert] for expert in those)
            for each in wanted:
                can += min(each.count, len(each.eligible & those))
            assert (one.needed, one.available) == (bounds.at_least * len(those), can)


def test_nomination_that_too_few_may_take_is_named():
    wanted = [Wanted("甲", 2, frozenset({1})), Wanted("乙", 1, frozenset({1, 2}))]
    assert assign(wanted, {1: 0, 2: 0}, Bounds()) == Assignment({}, (Shortage(Want.EXPERTS, ("甲",), (1,), 2, 1),))


def test_experts_who_cannot_take_so_many_are_named_with_what_only_they_may_take():
    wanted = [Wanted(f"甲{place}", 1, frozenset({1, 2})) for place in range(5)]
    wanted.append(Wanted("乙", 1, frozenset({3})))
    shortage = Shortage(Want.ROOM, ("甲0", "甲1", "甲2", "甲3", "甲4"), (1, 2), 5, 4)
    assert assign(wanted, {1: 0, 2: 0, 3: 0}, Bounds(0, 2)) == Assignment({}, (shortage,))


def test_experts_who_cannot_be_given_enough_are_named():
    wanted = [Wanted("甲", 1, frozenset({1})), Wanted("乙", 1, frozenset({1, 2}))]
    shortages = (Shortage(Want.WORK, (), (1, 2), 4, 2),)
    assert assign(wanted, {1: 0, 2: 0}, Bounds(2)) == Assignment({}, shortages)


def test_what_somebody_has_already_counts():
    wanted = [Wanted(f"甲{place}", 1, frozenset({1, 2})) for place in range(3)]
    assert loads({1: 3, 2: 0}, assign(wanted, {1: 3, 2: 0}, Bounds()).experts) == {1: 3, 2: 3}


def test_many_nominations_are_spread_evenly_however_the_first_lie():
    """What everybody may take evens out what only some may."""
    wanted = [Wanted(f"{place:04d}", 3, frozenset(range(40))) for place in range(400)]
    wanted += [Wanted(f"x{place:04d}", 3, frozenset({0, 1, 2, 3})) for place in range(100)]
    found = Counter(
        one for some in assign(wanted, dict.fromkeys(range(40), 0), Bounds(30, 75)).experts.values() for one in some
    )
    assert sorted(found.values()) == [33] * 24 + [34] * 12 + [75] * 4
