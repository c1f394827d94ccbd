"""Files held to what a notice asks of a material; what is wrong, and what a person must still look at."""

from typing import Any

import pytest

from programs.copies import Copy, FileFormat
from programs.lengths import Counting
from programs.materials import Material, Medium
from states.copies import judge_copies
from states.demands import Demand, demands, told

MEGABYTE = 1024 * 1024


def material(**asked: Any) -> Material:
    return Material.model_validate({"id": "deeds", "name": "事迹", "clause": "三", **asked})


def copy(kind: str = "PDF", **found: Any) -> Copy:
    count = found.pop("characters", None)
    counts = None if count is None else dict.fromkeys(Counting, count)
    return Copy("甲.bin", FileFormat(kind), found.pop("size", 1), characters=counts, **found)


def faults(asked: dict[str, Any], *copies: Copy, medium: Medium = Medium.ELECTRONIC) -> list[str]:
    judged = judge_copies(material(**asked), medium, copies)
    assert all(fault.clause == "三" for fault in judged.faults)
    return [fault.gate for fault in judged.faults]


BETWEEN = {"at_least_characters": 1500, "at_most_characters": 2000}
PICTURES_OR_VIDEO = {
    "forms": [
        {"id": "pictures", "name": "图片", "formats": ["JPEG"], "at_least_pieces": 4, "at_most_pieces": 5},
        {"id": "video", "name": "视频", "formats": ["MP4"], "at_least_minutes": 5, "at_most_minutes": 8},
    ]
}


@pytest.mark.parametrize(
    ("asked", "copies", "found"),
    [
        (BETWEEN, [copy(characters=1499)], ["file-length"]),
        (BETWEEN, [copy(characters=1500)], []),
        (BETWEEN, [copy(characters=2000)], []),
        (BETWEEN, [copy(characters=2001)], ["file-length"]),
        (BETWEEN, [copy(characters=1000), copy(characters=1000)], []),
        (BETWEEN, [copy(characters=None)], []),
        ({"about_characters": 1500}, [copy(characters=1349)], ["file-length"]),
        ({"about_characters": 1500}, [copy(characters=1350)], []),
        ({"about_characters": 1500}, [copy(characters=1650)], []),
        ({"about_characters": 1500}, [copy(characters=1651)], ["file-length"]),
        ({"at_least_characters": 1}, [copy(characters=0)], ["file-length"]),
        ({"at_most_pages": 10}, [copy(pages=10)], []),
        ({"at_most_pages": 10}, [copy(pages=11)], ["file-pages"]),
        ({"at_most_pages": 10}, [copy(pages=6), copy(pages=5)], ["file-pages"]),
        ({"at_most_pages": 10}, [copy("DOCX", pages=11, paged=False)], ["file-pages"]),
        ({"at_most_pages": 10}, [copy("DOC")], []),
        ({"at_most_pieces": 1}, [copy()], []),
        ({"at_most_pieces": 1}, [copy(), copy()], ["file-count"]),
        ({"at_most_megabytes": 2}, [copy(size=MEGABYTE), copy(size=MEGABYTE)], []),
        ({"at_most_megabytes": 2}, [copy(size=MEGABYTE), copy(size=MEGABYTE + 1)], ["file-size"]),
        ({"formats": ["JPEG"]}, [copy("JPEG")], []),
        ({"formats": ["JPEG"]}, [copy("PNG")], ["file-format"]),
        ({"formats": ["JPEG"]}, [copy("PNG"), copy("JPEG"), copy("PDF")], ["file-format", "file-format"]),
        (PICTURES_OR_VIDEO, [copy("JPEG")] * 3, ["file-count"]),
        (PICTURES_OR_VIDEO, [copy("JPEG")] * 4, []),
        (PICTURES_OR_VIDEO, [copy("JPEG")] * 5, []),
        (PICTURES_OR_VIDEO, [copy("JPEG")] * 6, ["file-count"]),
        (PICTURES_OR_VIDEO, [copy("MP4", seconds=299.9)], ["file-minutes"]),
        (PICTURES_OR_VIDEO, [copy("MP4", seconds=300)], []),
        (PICTURES_OR_VIDEO, [copy("MP4", seconds=480)], []),
        (PICTURES_OR_VIDEO, [copy("MP4", seconds=480.1)], ["file-minutes"]),
        (PICTURES_OR_VIDEO, [copy("MP4")], ["file-minutes"]),
        (PICTURES_OR_VIDEO, [copy("PDF")], ["file-format"]),
        (PICTURES_OR_VIDEO, [copy("MP4", seconds=300), *[copy("JPEG")] * 4], ["file-format"]),
        ({"at_most_pages": 1, "at_most_pieces": 1}, [copy(pages=1), copy(pages=1)], ["file-count", "file-pages"]),
    ],
)  # fmt: skip
def test_files_are_held_to_every_bound_with_its_number_included(asked, copies, found):
    assert faults(asked, *copies) == found


def test_way_of_counting_is_the_materials_own():
    counts = {Counting.CHARACTERS: 11, Counting.WITH_SPACES: 12, Counting.WORDS: 10, Counting.HAN: 9}
    found = Copy("甲.docx", FileFormat.DOCX, 1, characters=counts)
    for way, count in counts.items():
        one = material(at_most_characters=count, counting=way)
        assert judge_copies(one, Medium.ELECTRONIC, [found]).faults == ()
        one = material(at_least_characters=count + 1, counting=way)
        (fault,) = judge_copies(one, Medium.ELECTRONIC, [found]).faults
        assert f"数得 {count} 字" in fault.reason.zh
        assert way.label.zh in fault.reason.zh


def test_what_could_not_be_counted_is_left_to_see():
    asked = material(at_most_pages=10, at_most_characters=100)
    judged = {
        name: judge_copies(asked, Medium.ELECTRONIC, [one]).to_see
        for name, one in {
            "scan": copy(pages=3),
            "word": copy("DOCX", pages=3, paged=False, characters=10),
            "counted": copy(pages=3, characters=10),
            "older": copy("DOC", pages=3, paged=False),
        }.items()
    }
    assert judged == {
        "scan": (Demand.CHARACTERS,),
        "word": (Demand.PAGES,),
        "counted": (),
        "older": (Demand.PAGES, Demand.CHARACTERS),
    }


ALL = {
    "attestation": "与原件一致",
    "marks": ["seal", "straddle-seal", "handler-signature", "nominee-signature"],
    "sheet": "A4",
    "duplex": True,
    "declassified": True,
    "formats": ["PDF"],
    "at_most_pieces": 1,
    "at_most_pages": 2,
    "at_most_characters": 3,
}
ON_PAPER = ["attestation", "seal", "straddle-seal", "handler-signature", "nominee-signature", "sheet", "duplex"]
OF_CONTENT = ["declassified", "format", "pieces", "pages", "characters"]


@pytest.mark.parametrize(
    ("media", "asked"),
    [
        (["paper"], {"paper": [*ON_PAPER, *(one for one in OF_CONTENT if one != "format")]}),
        (["electronic"], {"electronic": [*ON_PAPER, *OF_CONTENT]}),
        (["paper", "electronic"], {"paper": ON_PAPER, "electronic": OF_CONTENT}),
        (["scan"], {"scan": [*ON_PAPER, *OF_CONTENT]}),
        (["electronic", "scan"], {"electronic": OF_CONTENT, "scan": [*ON_PAPER, "format"]}),
        (["paper", "electronic", "scan"], {"paper": ON_PAPER, "electronic": OF_CONTENT, "scan": ["format"]}),
    ],
)
def test_each_thing_is_asked_once_on_paper_of_the_file_or_of_the_scan(media, asked):
    one = material(**ALL, media=media)
    assert {medium: [demand.value for demand in demands(one, Medium(medium))] for medium in media} == asked


def test_beside_a_scan_the_file_can_be_edited():
    asked = {"media": ["electronic", "scan"]}
    assert [faults(asked, copy(kind)) for kind in ("DOCX", "DOC", "XLSX", "XLS")] == [[]] * 4
    assert [faults(asked, copy(kind)) for kind in ("PDF", "JPEG")] == [["file-format"]] * 2
    assert [faults(asked, copy(kind), medium=Medium.SCAN) for kind in ("PDF", "JPEG", "PNG", "TIFF")] == [[]] * 4
    assert faults(asked, copy("DOCX"), medium=Medium.SCAN) == ["file-format"]


def test_every_demand_is_told_in_both_languages():
    one = material(**ALL, media=["paper", "electronic"])
    forms = material(**PICTURES_OR_VIDEO)
    words = {demand: told(forms if demand is Demand.FORM else one, demand) for demand in Demand}
    assert all(each.zh and each.en for each in words.values())
    assert words[Demand.ATTESTATION].zh == "注明“与原件一致”"
    assert words[Demand.FORM].zh == "图片（4—5 个、JPEG）或视频（5—8 分钟、MP4）"
    assert words[Demand.CHARACTERS].zh == "不超过 3 字（标点计入，空格不计）"
    assert told(material(at_least_characters=1), Demand.CHARACTERS).zh == "不能是空的（标点计入，空格不计）"
