from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from notifications import NOTHING_TRIED, REFUSED, Next, failed_at, next_try


def minutes(*, of: list[str], refusing: frozenset[str] = frozenset()) -> list[tuple[str, int]]:
    """Where a message is tried, and how long after the try before, until it is parked."""
    found, tried = [], NOTHING_TRIED
    while (one := next_try(of, tried)) is not None:
        found.append((one.address, one.after // timedelta(minutes=1)))
        tried = failed_at(tried, one.address, permanent=one.address in refusing)
    return found


def test_only_address_is_tried_with_pauses_that_grow_and_outlast_a_weekend():
    tries = minutes(of=["mail"])
    assert tries == [("mail", pause) for pause in (0, 1, 5, 15, 60, 240, 720, 1440, 1440)]
    assert sum(pause for _, pause in tries) > 63 * 60


def test_next_address_is_tried_at_once_when_the_one_before_has_failed_for_an_hour_and_a_half():
    quick = [0, 1, 5, 15, 60]
    assert minutes(of=["mail", "wecom", "sms"]) == [
        *(("mail", pause) for pause in quick),
        *(("wecom", pause) for pause in quick),
        *(("sms", pause) for pause in quick),
        ("mail", 240),
        ("wecom", 720),
        ("sms", 1440),
        ("mail", 1440),
    ]


def test_address_that_refuses_for_good_is_left_at_once_and_never_tried_again():
    assert minutes(of=["mail", "sms"], refusing=frozenset({"mail"}))[:2] == [("mail", 0), ("sms", 0)]
    assert minutes(of=["mail", "sms"], refusing=frozenset({"mail", "sms"})) == [("mail", 0), ("sms", 0)]
    # What failed for the time being is not given up because the last address refuses for good.
    assert minutes(of=["mail", "sms"], refusing=frozenset({"sms"}))[5:] == [
        ("sms", 0),
        *(("mail", pause) for pause in (240, 720, 1440, 1440)),
    ]


def test_address_that_was_added_since_is_tried_at_once():
    assert next_try(["mail", "new"], {"mail": REFUSED}) == Next("new", timedelta())
    assert next_try(["new"], {"old": 7}) == Next("new", timedelta())
    assert next_try([], NOTHING_TRIED) is None


@given(st.lists(st.text("abcd", min_size=1, max_size=2), unique=True, max_size=4), st.data())
def test_every_message_is_parked_in_the_end_after_every_address_was_tried(addresses, data):
    refusing = frozenset(data.draw(st.sets(st.sampled_from(addresses)))) if addresses else frozenset()
    tries = minutes(of=addresses, refusing=refusing)
    assert {one for one, _ in tries} == set(addresses)
    assert all([one for one, _ in tries].count(address) == 1 for address in refusing)
    assert len(tries) <= 5 * len(addresses) + 4
