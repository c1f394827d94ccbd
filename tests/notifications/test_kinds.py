import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifications import ChannelKind, shown_address, shown_answer
from notifications.kinds import ANSWER_LENGTH


@pytest.mark.parametrize(
    ("kind", "value", "shown"),
    [
        (ChannelKind.MAIL, "office@example.org", "o***@example.org"),
        (ChannelKind.SMS, "+8613800138000", "+86138****8000"),
        (ChannelKind.SMS, "12345", "****"),
        (ChannelKind.WECOM, "区局群", "区局群"),
    ],
)
def test_address_is_shown_masked(kind, value, shown):
    assert shown_address(kind, value) == shown


@pytest.mark.parametrize(
    ("answer", "shown"),
    [
        ("250 2.0.0 Ok: queued as 4Xk2Tn0fQz", "250 2.0.0 Ok: queued as 4Xk2Tn0fQz"),
        ("550 5.1.1 <wang@example.org>: no such user", "550 5.1.1 <w***@example.org>: no such user"),
        ("422 no 13800138000\r\n", "422 no 138****8000"),
        ("see https://qyapi.weixin.qq.com/send?key=abc now", "see … now"),
        ("the key abcdef is wrong", "the key … is wrong"),
    ],
)
def test_answer_is_shown_in_one_line_without_anything_secret(answer, shown):
    assert shown_answer(answer, ["abcdef", ""]) == shown


@given(st.text(max_size=400))
def test_answer_is_short_printable_and_on_one_line(answer):
    shown = shown_answer(answer)
    assert len(shown) <= ANSWER_LENGTH
    assert shown.isprintable()
