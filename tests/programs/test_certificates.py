"""Numbers of certificates: found however people type them."""

import pytest

from programs.certificates import spellings


@pytest.mark.parametrize(
    ("typed", "printed"),
    [
        ("２０２６０００１", "20260001"),
        (" zyb2026 0001 ", "ZYB20260001"),
        ("ｚｙｂ－１", "ZYB－1"),
        ("证字[2026]1号", "证字〔2026〕1号"),
        ("证字（2026）1号", "证字〔2026〕1号"),
        ("No. 1", "No. 1"),
        ("Ab-1", "Ab-1"),
    ],
)
def test_number_is_known_however_it_is_typed(typed: str, printed: str) -> None:
    assert printed in spellings(typed)


def test_another_number_is_another() -> None:
    assert "20260001" not in spellings("20260010") | spellings("2026001") | spellings("")
