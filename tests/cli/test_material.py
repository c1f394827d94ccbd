"""`linxuan material` and `linxuan nomination receive`: what was replaced and vouched for is told."""

from tests import files
from tests.cli.selection import DRAWN_UP


def test_files_handed_in_again_are_told_what_they_replace(office, linxuan, tmp_path):
    number = office.draws_up()
    for name, size in (("一.jpg", (35, 49)), ("二.jpg", (70, 98))):
        photo = tmp_path / name
        photo.write_bytes(files.picture(size=size))
        told = office.does(DRAWN_UP, "material", "attach", number, "photo", str(photo))
    assert told["replaced"] == ["一.jpg"]
    again = linxuan("material", "attach", number, "photo", str(tmp_path / "一.jpg"), "--actor", "甲", "--now", DRAWN_UP)
    assert "取代先前提交的：二.jpg\n" in again.out


def test_who_receives_is_told_what_they_have_vouched_for(office, linxuan):
    number = office.draws_up()
    run = linxuan("nomination", "receive", number, "employment:paper", "--seen", "--actor", "甲", "--now", DRAWN_UP)
    name = "劳动合同、缴纳社会保险证明等印证材料"
    assert run.out == (
        f"已登记收件\n　甲 已核对{name}：注明“与原件一致”\n　甲 已核对{name}：加盖公章\n　甲 已核对{name}：加盖骑缝章\n"
    )
