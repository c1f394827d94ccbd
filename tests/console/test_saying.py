"""What the pages say otherwise than the commands."""

from datetime import datetime

import pytest

from console.saying import Voice
from deadlines import SHANGHAI
from programs import Words


@pytest.mark.parametrize(
    ("words", "zh", "en"),
    [
        (Words("请用 --finding 写明", "say it with --finding"), "请写明", "say it"),
        (
            Words("请用 --approval 写明批准文件", "name its decision with --approval"),
            "请写明批准文件",
            "name its decision",
        ),
        (Words("请核对", "check it"), "请核对", "check it"),
    ],
)
def test_remedy_on_a_page_names_no_option_of_a_command(words: Words, zh: str, en: str) -> None:
    now = datetime(2026, 5, 8, 10, tzinfo=SHANGHAI)
    assert [Voice(language, now).remedy(words) for language in ("zh", "en")] == [zh, en]
