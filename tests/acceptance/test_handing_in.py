"""What is handed in, notice by notice: files judged by their content, copies and seals that somebody has seen."""

from datetime import date

import pytest

from operations.materials import Attached, Offered, attach, receive
from operations.nominate import nominate
from operations.results import Denied, Moved
from programs import date_program
from programs.materials import Medium
from states import Endorsement, Move
from tests import files
from tests.conftest import on
from tests.databases import SQLITE
from tests.operations.office import CRAFTSMAN_2017, TECHNICIAN, Office, said, why

#: What is judged here is the same on every database.
pytestmark = on(SQLITE)


@pytest.fixture
def technician(office_of, shipped) -> Office:
    return office_of(TECHNICIAN, program=date_program(shipped(TECHNICIAN), date(2021, 6, 28)))


@pytest.fixture
def of_2017(office_of) -> Office:
    return office_of(CRAFTSMAN_2017)


@pytest.fixture
def hand_in(tmp_path):
    """Hand in files for a material of a fresh nomination; returns what comes of it."""

    def handed(office: Office, to: str, *contents: bytes, seen: bool = True, **draft: object) -> Attached | Denied:
        number = nominate(office.desk, office.id, office.draft(**draft), office.act()).number
        offered = []
        for place, content in enumerate(contents):
            file = tmp_path / f"{place}.bin"
            file.write_bytes(content)
            offered.append(Offered(file.name, file))
        material, _, medium = to.partition(":")
        return attach(office.desk, number, (material, Medium(medium or "electronic")), offered, office.act(), seen=seen)

    return handed


def taken(outcome: Attached | Denied) -> bool | list[tuple[str, str | None]]:
    return outcome.received if isinstance(outcome, Attached) else why(outcome)


def to_see(office: Office, material: str, medium: str = "paper") -> list[tuple[str, str | None]]:
    """What is said to whoever receives it without having looked."""
    number = nominate(office.desk, office.id, office.draft(), office.act()).number
    refused = receive(office.desk, number, [(material, Medium(medium))], office.act())
    asked = said(refused)[0].partition("：")[2].split("、")
    return [*asked, *(clause for _, clause in why(refused))]


def lacking(office: Office, *left_out: str) -> list[str]:
    """What keeps a nomination without these materials from being handed on."""
    number = nominate(office.desk, office.id, office.draft(), office.act()).number
    materials = [one for one in office.program.materials if one.id not in left_out and one.per == "nominee"]
    assert receive(office.desk, number, [(one.id, None) for one in materials], office.act(), seen=True) is None
    refused = office.move(number, Move.SUBMIT)
    assert why(refused) == [("materials-complete", None)]
    return said(refused)[0].partition("缺：")[2].split("、")


def put(office: Office, number: str, **given: object) -> Moved | Denied:
    """Take a nomination on from a tier that puts this on the form."""
    what = Move.SUBMIT if office.row(number).stage.endswith(".unit") else Move.ENDORSE
    return office.move(number, what, endorsement=Endorsement(**given))


# ── 巴渝特级技师 ──────────────────────────────────────────────────────────────────────────────────


def test_T08_form_must_be_handed_in(technician):
    assert lacking(technician, "application-form") == ["《巴渝特级技师申报表》"]


@pytest.mark.parametrize(("count", "outcome"), [(1499, False), (1500, True), (2000, True), (2001, False)])
def test_T09_deeds_have_1500_to_2000_characters_both_included(technician, hand_in, count, outcome):
    done = hand_in(technician, "deeds", files.word("技" * count))
    assert taken(done) == (outcome or [("file-length", "三、（一）")])


def test_T10_T11_each_endorsing_body_puts_its_seal_on_the_form(technician):
    for category, bodies in {"skilled": ("所在单位", "人力社保部门"), "heritage": ("所在单位", "文化旅游委")}.items():
        number = technician.nominate(category=category)
        for body in bodies:
            refused = put(technician, number)
            assert why(refused) == [("endorsed", "三、（一）")]
            assert body in said(refused)[0]
            assert isinstance(put(technician, number, sealed=True), Moved)


def test_T15_declaration_bears_the_nominees_signature(technician):
    assert lacking(technician, "declaration") == ["申报人签字的本人承诺"]
    assert to_see(technician, "declaration") == ["申报人签字", "附件"]


# ── 寻找最美巴渝工匠 ──────────────────────────────────────────────────────────────────────────────


def test_Z12_four_kinds_of_documents_must_be_handed_in(craftsman):
    four = ("recommendation-form", "qualification", "achievements", "awards")
    names = [one.name for one in craftsman.program.materials if one.id in four]
    assert lacking(craftsman, *four) == names
    assert len(names) == 4


@pytest.mark.parametrize("material", ["qualification", "achievements", "awards"])
def test_Z13_copy_bears_the_phrase_a_signature_and_a_seal(craftsman, material):
    assert to_see(craftsman, material) == ["注明“此件与原件相符”", "加盖公章", "经办人签字", "七、（一）"]


@pytest.mark.parametrize(
    ("contents", "outcome"),
    [
        ((files.pdf(10),), True),
        ((files.pdf(11),), [("file-pages", "七、（一）；填表说明3")]),
        ((files.word(pages=10),), True),
        ((files.word(pages=11),), [("file-pages", "七、（一）；填表说明3")]),
        ((files.pdf(1), files.pdf(2)), [("file-count", "七、（一）；填表说明3")]),
        ((files.picture(),), [("file-format", "七、（一）；填表说明3")]),
    ],
)
def test_Z14_evidence_is_one_pdf_or_word_file_of_ten_pages_really_counted(craftsman, hand_in, contents, outcome):
    assert taken(hand_in(craftsman, "evidence", *contents)) == outcome


def test_Z15_paper_and_electronic_copy_are_received_separately_with_day_and_receiver(craftsman):
    number = nominate(craftsman.desk, craftsman.id, craftsman.draft(), craftsman.act()).number
    for medium, receiver in ((Medium.PAPER, "收件甲"), (Medium.ELECTRONIC, "收件乙")):
        act = craftsman.act(name=receiver)
        assert receive(craftsman.desk, number, [("recommendation-form", medium)], act, seen=True) is None
    received = [event for event in craftsman.events(number) if event["kind"] == "materials.received"]
    assert [(event["actor"], event["materials"]) for event in received] == [
        ("收件甲", ["recommendation-form:paper"]),
        ("收件乙", ["recommendation-form:electronic"]),
    ]


@pytest.mark.parametrize(("count", "outcome"), [(1000, True), (1001, False)])
def test_Z16_summary_has_a_thousand_characters_at_most(craftsman, hand_in, count, outcome):
    done = hand_in(craftsman, "form-summary", files.word("匠" * count))
    assert taken(done) == (outcome or [("file-length", "推荐表")])


@pytest.mark.parametrize(("count", "outcome"), [(0, False), (1, True), (1500, True), (1501, False)])
def test_Z17_deeds_have_1500_characters_at_most_by_the_ruling(craftsman, hand_in, count, outcome):
    done = hand_in(craftsman, "deeds", files.word("匠" * count))
    assert taken(done) == (outcome or [("file-length", "填表说明2")])


def test_Z18_form_is_on_a4_and_printed_on_both_sides(craftsman):
    assert to_see(craftsman, "recommendation-form") == ["加盖公章", "A4 纸", "双面打印", "七、（一）；填表说明1"]


# ── 梁平区技能大师工作室 ──────────────────────────────────────────────────────────────────────────

G_MATERIALS = {
    "G10": ("application-form",),
    "G11": ("application-form", "summary-form"),
    "G13": ("report",),
    "G14": ("identity-card", "qualification", "education", "work-photos"),
    "G15": ("evidence",),
}


@pytest.mark.parametrize("materials", G_MATERIALS.values(), ids=G_MATERIALS)
def test_G10_G11_G13_G14_G15_nothing_of_it_may_be_missing(studio, materials):
    names = {one.id: one.name for one in studio.program.materials}
    assert lacking(studio, *materials) == [names[one] for one in materials]


def test_G10_paper_editable_file_and_scan_are_each_received(studio, hand_in):
    number = nominate(studio.desk, studio.id, studio.draft(), studio.act()).number
    every = [(one.id, medium) for one in studio.program.materials for medium in one.media]
    for missing in Medium:
        rest = [one for one in every if one != ("application-form", missing)]
        assert receive(studio.desk, number, rest, studio.act(), seen=True) is None
        if missing is Medium.PAPER:
            assert why(studio.move(number, Move.SUBMIT)) == [("materials-complete", None)]
    assert taken(hand_in(studio, "application-form", files.word())) is True
    assert taken(hand_in(studio, "application-form", files.pdf())) == [("file-format", "三、（二）1")]
    assert taken(hand_in(studio, "application-form:scan", files.pdf())) is True
    assert taken(hand_in(studio, "application-form:scan", files.word())) == [("file-format", "三、（二）1")]


@pytest.mark.parametrize(("count", "outcome"), [(1499, False), (1500, True), (2000, True), (2001, False)])
def test_G12_deeds_have_1500_to_2000_characters(studio, hand_in, count, outcome):
    assert taken(hand_in(studio, "deeds", files.word("技" * count))) == (outcome or [("file-length", "三、（二）2")])


@pytest.mark.parametrize(("count", "outcome"), [(300, True), (301, False)])
def test_G16_achievements_have_300_characters_at_most(studio, hand_in, count, outcome):
    done = hand_in(studio, "form-achievements", files.word("技" * count))
    assert taken(done) == (outcome or [("file-length", "附件1")])


@pytest.mark.parametrize("material", ["identity-card", "qualification", "education", "evidence"])
def test_G17_copy_bears_the_phrase_a_signature_and_a_seal(studio, material):
    assert to_see(studio, material)[:3] == ["注明“此件与原件相符”", "加盖公章", "经办人签字"]


# ── 巴渝工匠 2017 ─────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("contents", "outcome"),
    [
        ([files.picture()] * 3, "file-count"),
        ([files.picture()] * 4, None),
        ([files.picture("PNG")] * 5, None),
        ([files.picture()] * 6, "file-count"),
        ([files.video(299)], "file-minutes"),
        ([files.video(300)], None),
        ([files.video(480)], None),
        ([files.video(481)], "file-minutes"),
        ([files.video(400, brand=b"qt  ")], "file-format"),
        ([files.pdf()], "file-format"),
    ],
)
def test_J07_four_or_five_pictures_or_one_video_of_five_to_eight_minutes(of_2017, hand_in, contents, outcome):
    done = hand_in(of_2017, "footage", *contents)
    assert taken(done) == ([(outcome, "八、（三）")] if outcome else True)


@pytest.mark.parametrize(("count", "outcome"), [(1500, True), (1501, False)])
def test_J08_deeds_of_1500_characters_at_most(of_2017, hand_in, count, outcome):
    assert taken(hand_in(of_2017, "deeds", files.word("匠" * count))) == (outcome or [("file-length", "八、（三）")])


def test_J09_seal_is_asked_of_units_and_of_nobody_else(of_2017):
    unit = of_2017.nominate(route="organization")
    refused = put(of_2017, unit)
    assert why(refused) == [("endorsed", "八、（三）")]
    assert isinstance(put(of_2017, unit, sealed=True), Moved)
    for route in ("public", "self"):
        one = of_2017.nominate(route=route)
        assert isinstance(of_2017.move(one, Move.SUBMIT, endorsement=None), Moved)


def test_J10_everything_comes_on_paper_and_electronically(of_2017):
    number = nominate(of_2017.desk, of_2017.id, of_2017.draft(), of_2017.act()).number
    every = [(one.id, medium) for one in of_2017.program.materials for medium in one.media]
    assert {medium for _, medium in every} == {Medium.PAPER, Medium.ELECTRONIC}
    for medium in (Medium.PAPER, Medium.ELECTRONIC):
        some = [one for one in every if one[1] is medium]
        assert isinstance(of_2017.move(number, Move.SUBMIT), Denied)
        assert receive(of_2017.desk, number, some, of_2017.act(), seen=True) is None
    assert isinstance(of_2017.move(number, Move.SUBMIT), Moved)


# ── 泸州市首席技师 ────────────────────────────────────────────────────────────────────────────────


def test_S10_S24_each_tier_gives_its_opinion_on_every_point(luzhou):
    number = luzhou.nominate()
    points = {
        "unit": ["申请资料是否属实", "是否符合申报条件", "是否同意上报"],
        "recommender": ["材料初审情况", "是否同意推荐"],
    }
    for asked in points.values():
        assert why(put(luzhou, number, sealed=True)) == [
            ("endorsed", luzhou.program.tier(luzhou.row(number).stage).clause)
        ]
        for left_out in asked:
            some = {point: "是" for point in asked if point != left_out} | {left_out: "  "}
            (told,) = said(put(luzhou, number, sealed=True, opinion=some))
            assert [point for point in asked if point in told] == [left_out]
        other = dict.fromkeys(asked, "是") | {"别的": "是"}
        assert "不就“别的”填写意见" in said(put(luzhou, number, sealed=True, opinion=other))[0]
        assert isinstance(put(luzhou, number, sealed=True, opinion=dict.fromkeys(asked, "是")), Moved)
    kept = [event["endorsement"]["opinion"] for event in luzhou.events(number) if event.get("endorsement")]
    assert kept == [dict.fromkeys(asked, "是") for asked in points.values()]


def test_S23_bureau_numbers_the_form_and_gives_no_number_twice(luzhou):
    first, second = (luzhou.nominate("recommendation.office") for _ in range(2))
    refused = luzhou.move(first, Move.ACCEPT, endorsement=None)
    assert (why(refused)[0][0], "编号" in said(refused)[0]) == ("endorsed", True)
    assert isinstance(luzhou.move(first, Move.ACCEPT, endorsement=Endorsement(form_number="001")), Moved)
    refused = luzhou.move(second, Move.ACCEPT, endorsement=Endorsement(form_number="001"))
    assert (why(refused), said(refused)) == ([("form-number-free", None)], [f"编号 001 已用于 {first}"])
    assert isinstance(luzhou.move(second, Move.ACCEPT, endorsement=Endorsement(form_number="002")), Moved)


@pytest.mark.parametrize(
    ("material", "count", "outcome"),
    [
        ("deeds-long", 1349, False),
        ("deeds-long", 1350, True),
        ("deeds-long", 1650, True),
        ("deeds-long", 1651, False),
        ("deeds-short", 449, False),
        ("deeds-short", 450, True),
        ("deeds-short", 550, True),
        ("deeds-short", 551, False),
    ],
)
def test_S13_two_texts_give_or_take_the_tolerance_of_the_ruling(luzhou, hand_in, material, count, outcome):
    assert taken(hand_in(luzhou, material, files.word("技" * count))) == (outcome or [("file-length", "三、（六）")])


@pytest.mark.parametrize(("material", "count"), [("deeds-long", 1500), ("deeds-short", 500)])
def test_S14_deeds_are_received_once_somebody_confirms_that_they_hold_no_secret(luzhou, hand_in, material, count):
    done = hand_in(luzhou, material, files.word("技" * count), seen=False)
    assert (done.received, [one.value for one in done.to_see]) == (False, ["declassified"])
    assert taken(hand_in(luzhou, material, files.word("技" * count))) is True


@pytest.mark.parametrize("kind", ["PNG", "BMP", "TIFF"])
def test_S15_photo_is_a_jpeg_by_its_content(luzhou, hand_in, kind):
    assert taken(hand_in(luzhou, "photo", files.picture("JPEG"))) is True
    assert taken(hand_in(luzhou, "photo", files.picture(kind))) == [("file-format", "三、（七）")]


def test_S16_contract_and_insurance_must_be_handed_in(luzhou):
    assert lacking(luzhou, "employment") == ["劳动合同", "缴纳社会保险证明等印证材料"]


@pytest.mark.parametrize("material", ["certificates", "employment"])
def test_S17_copies_bear_this_notices_own_phrase_and_a_seal_across_the_pages(luzhou, material):
    assert to_see(luzhou, material)[:3] == ["注明“与原件一致”", "加盖公章", "加盖骑缝章"]


def test_S18_all_but_item_five_come_as_files_too(luzhou):
    on_paper_only = [one.id for one in luzhou.program.materials if Medium.ELECTRONIC not in one.media]
    assert on_paper_only == ["certificates"]
    number = nominate(luzhou.desk, luzhou.id, luzhou.draft(), luzhou.act()).number
    papers = [(one.id, Medium.PAPER) for one in luzhou.program.materials if Medium.PAPER in one.media]
    assert receive(luzhou.desk, number, papers, luzhou.act(), seen=True) is None
    (told,) = said(luzhou.move(number, Move.SUBMIT))
    assert "职业资格、专利、荣誉和技术成果证明" not in told
    assert all(
        one.name in told for one in luzhou.program.materials if one.id not in on_paper_only and one.per == "nominee"
    )


def test_S12_form_is_on_a4_on_both_sides_and_the_overview_is_one_page_of_a3(luzhou, hand_in):
    assert to_see(luzhou, "application-form") == ["加盖公章", "加盖骑缝章", "A4 纸", "双面打印", "三、（一）"]
    assert to_see(luzhou, "overview") == ["加盖公章", "A3 纸", "三、（二）"]
    assert taken(hand_in(luzhou, "overview", files.pdf(2))) == [("file-pages", "三、（二）")]
    assert taken(hand_in(luzhou, "overview", files.pdf(1))) is True
