"""What the pages say otherwise than the commands."""

from datetime import datetime

import pytest

from console.acting import line_in, text_in
from console.forms import Form
from console.saying import Voice, remedy_shown
from deadlines import SHANGHAI
from operations.move import part_of_more
from programs import Words
from states import Move


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
        (
            Words("请先确定排序：linxuan review settle", "settle the ranking first: linxuan review settle"),
            "请先确定排序",
            "settle the ranking first",
        ),
        (
            Words(
                "请先表决：linxuan review ballot open；用 linxuan review ballot show 查看",
                "hold one with: linxuan review ballot open; see it with: linxuan review ballot show",
            ),
            "请先表决",
            "hold one",
        ),
        (
            Words(
                "请按表决结果办理（linxuan decide … --ballot）；有误的再表决：linxuan review ballot annul",
                "they are to be kept apart: take one of the roles back first (linxuan user revoke)",
            ),
            "请按表决结果办理；有误的再表决",
            "they are to be kept apart: take one of the roles back first",
        ),
        (
            Words("请逐个写明姓名（每人一个 --teller 姓名）", "name each of them (--teller)"),
            "请逐个写明姓名",
            "name each of them",
        ),
        (Words("请先用 linxuan review invite 发出", "run linxuan sweep"), "请先发出", "run linxuan sweep"),
        # Half a command would say less than all of it.
        (
            Words("调整隶属请用 linxuan organization place 甲局 --under 上级单位", "use: linxuan user grant 甲"),
            "调整隶属请用 linxuan organization place 甲局 --under 上级单位",
            "use: linxuan user grant 甲",
        ),
    ],
)
def test_remedy_on_a_page_names_neither_a_command_nor_an_option_of_one(words: Words, zh: str, en: str) -> None:
    now = datetime(2026, 5, 8, 10, tzinfo=SHANGHAI)
    assert [Voice(language, now).remedy(words) for language in ("zh", "en")] == [zh, en]


@pytest.mark.parametrize("move", [one for one in Move if one.by_use_case], ids=str)
def test_deed_that_makes_a_move_is_named_without_its_command(move):
    told = remedy_shown(part_of_more(move, move.by_use_case).remedy)
    assert ("linxuan" in told.zh + told.en, "“" in told.zh) == (False, True)


@pytest.mark.parametrize("rare", ["\U000323af", "\ue863"], ids=["newer than Python 3.11", "private"])
def test_rare_character_of_a_name_stays_where_it_is_typed(rare):
    form = Form([("why", f"王{rare}说：\r\n同意\u200b")])
    assert (line_in(form, "why"), text_in(form, "why")) == (f"王{rare}说： 同意", f"王{rare}说：\n同意")
