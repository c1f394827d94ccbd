"""收件: what is handed in on paper and as files, what is refused on which clause, and who has looked at what."""

import stat
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from operations.attachments import files_of, take_copies
from operations.audit import audit
from operations.casefiles import case_file
from operations.materials import Attached, Offered, attach, receive
from operations.move import Lacking, move
from operations.nominate import Nominated, nominate
from operations.results import Moved, OutsideError, UnknownError
from programs.materials import Medium
from states import Move
from states.demands import Demand
from store import tables as t
from tests import files
from tests.conftest import on
from tests.databases import KINDS, SQLITE
from tests.operations.amending import amended, change, migrated
from tests.operations.office import Office, said, why

pytestmark = on(SQLITE)

PHOTO = ("photo", Medium.ELECTRONIC)
DEEDS = ("deeds-short", Medium.ELECTRONIC)


@pytest.fixture
def number(luzhou) -> str:
    done = nominate(luzhou.desk, luzhou.id, luzhou.draft(), luzhou.act())
    assert isinstance(done, Nominated)
    return done.number


@pytest.fixture
def offer(tmp_path):
    def made(name: str, content: bytes) -> Offered:
        file = tmp_path / name
        file.write_bytes(content)
        return Offered(name, file)

    return made


def receipts(office: Office, number: str) -> list[tuple[str, str, list[str] | None]]:
    of = t.receipt.c
    query = select(of.material, of.medium, of.seen).where(of.nomination_id == office.row(number).id)
    with office.desk.store.read() as connection:
        return [tuple(row) for row in connection.execute(query.order_by(of.material, of.medium))]


def kept(office: Office, number: str) -> list[tuple[str, int, str]]:
    with office.desk.store.read() as connection:
        return [(one.material, one.place, one.copy.name) for one in files_of(connection, office.row(number).id)]


@on(*KINDS)
def test_submission_is_refused_until_every_material_is_in_every_medium(luzhou, number):
    assert why(luzhou.move(number, Move.SUBMIT)) == [("materials-complete", None)]
    every = [(material.id, medium) for material in luzhou.program.materials for medium in material.media]
    receive(luzhou.desk, number, every[:-1], luzhou.act(), seen=True)
    assert said(luzhou.move(number, Move.SUBMIT)) == ["材料不齐，缺：劳动合同、缴纳社会保险证明等印证材料"]
    receive(luzhou.desk, number, every[-1:], luzhou.act(), seen=True)
    assert luzhou.move(number, Move.SUBMIT).destination == "recommendation.recommender"


@on(*KINDS)
def test_materials_received_twice_are_recorded_once(luzhou, number):
    for _ in range(2):
        assert receive(luzhou.desk, number, [("overview", Medium.PAPER)], luzhou.act(), seen=True) is None
    assert [event["kind"] for event in luzhou.events(number)] == ["nomination.created", "materials.received"]
    assert luzhou.events(number)[1]["materials"] == ["overview:paper"]


def test_what_is_asked_of_a_paper_must_have_been_seen_and_goes_into_the_history(luzhou, number):
    refused = receive(luzhou.desk, number, [("certificates", Medium.PAPER)], luzhou.act())
    assert why(refused) == [("material-seen", "三、（五）")]
    assert said(refused) == [
        "“职业资格、专利、荣誉和技术成果证明”纸质件须先核对：注明“与原件一致”、加盖公章、加盖骑缝章、A4 纸"
    ]
    assert receipts(luzhou, number) == []
    receive(luzhou.desk, number, [("certificates", Medium.PAPER)], luzhou.act(), seen=True)
    seen = ["attestation", "seal", "straddle-seal", "sheet"]
    assert receipts(luzhou, number) == [("certificates", "paper", seen)]
    assert luzhou.events(number)[-1]["seen"] == {"certificates:paper": seen}


def test_nothing_is_received_where_one_of_several_was_not_seen(luzhou, number):
    both = [("employment", Medium.ELECTRONIC), ("overview", Medium.PAPER)]
    assert why(receive(luzhou.desk, number, both, luzhou.act())) == [("material-seen", "三、（二）")]
    assert receipts(luzhou, number) == []


def test_file_that_is_as_asked_counts_as_received(luzhou, number, offer):
    done = attach(luzhou.desk, number, PHOTO, [offer("照片.png", files.picture("JPEG"))], luzhou.act())
    assert isinstance(done, Attached)
    assert (done.received, done.to_see, [one.format for one in done.copies]) == (True, (), ["JPEG"])
    assert kept(luzhou, number) == [("photo", 1, "照片.png")]
    assert receipts(luzhou, number) == [("photo", "electronic", None)]
    assert [event["kind"] for event in luzhou.events(number)][1:] == ["files.attached", "materials.received"]


def test_file_that_is_not_as_asked_is_refused_with_the_clause_and_nothing_is_kept(luzhou, number, offer):
    refused = attach(luzhou.desk, number, PHOTO, [offer("照片.jpg", files.picture("PNG"))], luzhou.act())
    assert why(refused) == [("file-format", "三、（七）")]
    assert said(refused) == ["“2寸白底免冠彩色照片”照片.jpg 的内容是 PNG 格式"]
    assert (kept(luzhou, number), receipts(luzhou, number), luzhou.desk.contents.folder.exists()) == ([], [], False)


def test_every_fault_of_every_file_is_told_at_once(luzhou, number, offer):
    given = [offer("a.jpg", b""), offer("b.jpg", files.picture("PNG")), offer("c.jpg", files.pdf())]
    refused = attach(luzhou.desk, number, PHOTO, given, luzhou.act())
    assert why(refused) == [("file-readable", "三、（七）"), *[("file-format", "三、（七）")] * 2]


def test_file_that_cannot_be_read_is_not_said_to_be_too_short_as_well(luzhou, number, offer):
    refused = attach(luzhou.desk, number, DEEDS, [offer("a.docx", files.word()[:3000])], luzhou.act())
    assert why(refused) == [("file-readable", "三、（六）")]


def test_what_no_machine_can_tell_waits_for_somebody_to_look(luzhou, number, offer):
    text = offer("简版.docx", files.word("技" * 500))
    done = attach(luzhou.desk, number, DEEDS, [text], luzhou.act())
    assert isinstance(done, Attached)
    assert (done.received, done.to_see) == (False, (Demand.DECLASSIFIED,))
    assert (kept(luzhou, number), receipts(luzhou, number)) == ([("deeds-short", 1, "简版.docx")], [])
    assert said(receive(luzhou.desk, number, [DEEDS], luzhou.act())) == [
        "“个人事迹材料（简版）”电子件须先核对：已作脱密处理"
    ]
    assert receive(luzhou.desk, number, [DEEDS], luzhou.act(), seen=True) is None
    assert receipts(luzhou, number) == [("deeds-short", "electronic", ["declassified"])]


def test_other_files_take_the_place_of_those_before_and_are_received_anew(luzhou, number, offer):
    first, second = offer("一.docx", files.word("技" * 500)), offer("二.docx", files.word("师" * 500))
    attach(luzhou.desk, number, DEEDS, [first], luzhou.act(), seen=True)
    assert receipts(luzhou, number) == [("deeds-short", "electronic", ["declassified"])]
    attach(luzhou.desk, number, DEEDS, [second], luzhou.act())
    assert (kept(luzhou, number), receipts(luzhou, number)) == ([("deeds-short", 1, "二.docx")], [])
    digests = [event["files"][0]["sha256"] for event in luzhou.events(number) if event["kind"] == "files.attached"]
    assert len(set(digests)) == 2
    assert all(luzhou.desk.contents.is_whole(digest) for digest in digests)


def test_same_files_handed_in_again_change_nothing(luzhou, number, offer):
    photo = offer("照片.jpg", files.picture())
    attach(luzhou.desk, number, PHOTO, [photo], luzhou.act())
    before = luzhou.contents()
    attach(luzhou.desk, number, PHOTO, [photo], luzhou.act())
    assert luzhou.contents() == before


def test_same_file_of_two_nominations_is_kept_once(luzhou, number, offer):
    photo, other = offer("照片.jpg", files.picture()), luzhou.nominate()
    for one in (number, other):
        attach(luzhou.desk, one, PHOTO, [photo], luzhou.act())
    with luzhou.desk.store.read() as connection:
        assert len(connection.execute(select(t.file)).all()) == 1
    kept_files = [one for one in luzhou.desk.contents.folder.rglob("*") if one.is_file()]
    assert [stat.S_IMODE(one.stat().st_mode) for one in kept_files] == [0o400]


@pytest.mark.parametrize(
    ("to", "words"),
    [
        (("moon", Medium.ELECTRONIC), "no files are taken as moon:electronic"),
        (("certificates", Medium.ELECTRONIC), "no files are taken as certificates:electronic"),
        (("photo", Medium.SCAN), "no files are taken as photo:scan"),
        (("overview", Medium.PAPER), "no files are taken as overview:paper"),
    ],
)
def test_files_for_what_takes_none_are_an_error(luzhou, number, offer, to, words):
    with pytest.raises(UnknownError, match=words):
        attach(luzhou.desk, number, to, [offer("a.jpg", files.picture())], luzhou.act())


def test_material_that_the_program_does_not_ask_for_is_an_error(luzhou, number):
    with pytest.raises(UnknownError, match="no material moon; the program has application-form"):
        receive(luzhou.desk, number, [("overview", Medium.PAPER), ("moon", Medium.PAPER)], luzhou.act(), seen=True)
    assert receipts(luzhou, number) == []


def test_materials_for_a_case_that_has_ended_are_refused(luzhou, number, offer):
    luzhou.move(number, Move.WITHDRAW)
    refused = receive(luzhou.desk, number, [("overview", Medium.PAPER)], luzhou.act(), seen=True)
    assert (why(refused), said(refused)) == ([("not-ended", None)], ["此件已结束：已撤回"])
    refused = attach(luzhou.desk, number, PHOTO, [offer("a.jpg", files.picture())], luzhou.act())
    assert why(refused) == [("not-ended", None)]


def test_corrected_files_can_be_handed_in_again(luzhou, offer):
    number = luzhou.nominate("screening")
    assert isinstance(luzhou.move(number, Move.RETURN, "照片不清"), Moved)
    done = attach(luzhou.desk, number, PHOTO, [offer("新照片.jpg", files.picture(size=(70, 98)))], luzhou.act())
    assert isinstance(done, Attached)
    assert isinstance(luzhou.move(number, Move.SUBMIT), Moved)


def test_paper_that_it_was_returned_for_is_received_once_more_and_nothing_else_is(luzhou):
    number = luzhou.nominate("screening")
    paper, other = ("certificates", Medium.PAPER), ("overview", Medium.PAPER)
    luzhou.now += timedelta(hours=1)
    lacking = Lacking((), ("certificates",))
    assert isinstance(move(luzhou.desk, number, Move.RETURN, luzhou.act("没有骑缝章"), lacking=lacking), Moved)

    def states() -> dict[str, tuple[bool, bool]]:
        found = case_file(luzhou.desk, number, luzhou.act().actor, luzhou.now)
        held = {(one.material.id, each.medium): each for one in found.materials for each in one.media}
        wanted = {one.name: one.mended for one in found.wanted}
        assert list(wanted) == ["职业资格、专利、荣誉和技术成果证明"]
        return {"again": (held[paper].again, held[other].again), "mended": (*wanted.values(),)}

    assert states() == {"again": (True, False), "mended": (False,)}
    luzhou.now += timedelta(hours=1)
    assert why(receive(luzhou.desk, number, [paper], luzhou.act())) == [("material-seen", "三、（五）")]
    for _ in range(2):
        assert receive(luzhou.desk, number, [paper, other], luzhou.act(), seen=True) is None
    assert states() == {"again": (False, False), "mended": (True,)}
    kinds = [event["kind"] for event in luzhou.events(number)]
    assert kinds[-2:] == ["nomination.moved", "materials.received"]
    with luzhou.desk.store.read() as connection:
        of = t.receipt.c
        anew = select(of.material, of.medium).where(of.received_at == luzhou.now)
        assert connection.execute(anew).tuples().all() == [("certificates", "paper")]


def test_files_are_judged_by_the_version_that_the_nomination_has_when_they_are_attached(
    luzhou, number, offer, monkeypatch
):
    amended(luzhou, change("materials", "deeds-short", about_characters=300))
    keep = luzhou.desk.contents.keep

    def keep_while_it_is_migrated(*given: Any, **told: Any) -> Any:
        migrated(luzhou, number)
        return keep(*given, **told)

    monkeypatch.setattr(luzhou.desk.contents, "keep", keep_while_it_is_migrated)
    refused = attach(luzhou.desk, number, DEEDS, [offer("一.docx", files.word("技" * 500))], luzhou.act(), seen=True)
    assert why(refused) == [("file-length", "三、（六）")]
    assert (kept(luzhou, number), receipts(luzhou, number)) == ([], [])


def test_copies_are_taken_on_record_under_names_that_lead_nowhere(luzhou, number, offer, tmp_path):
    attach(luzhou.desk, number, PHOTO, [Offered("../../照片.jpg", offer("a", files.picture()).file)], luzhou.act())
    (taken,) = take_copies(luzhou.desk, number, tmp_path / "out", luzhou.act("核对"))
    assert (taken.parent, taken.name) == (tmp_path / "out", "photo-electronic-1-_.._照片.jpg")
    assert taken.read_bytes() == files.picture()
    event = luzhou.events(number)[-1]
    assert (event["kind"], event["reason"], len(event["files"])) == ("files.seen", "核对", 1)
    with pytest.raises(UnknownError, match="no such file has been handed in"):
        take_copies(luzhou.desk, number, tmp_path / "out", luzhou.act(), material="overview")


@pytest.mark.parametrize("harm", [Path.unlink, lambda place: (place.chmod(0o600), place.write_bytes(b"x"))])
def test_file_that_is_gone_or_damaged_is_not_handed_out(luzhou, number, offer, tmp_path, harm):
    attach(luzhou.desk, number, PHOTO, [offer("照片.jpg", files.picture())], luzhou.act())
    with luzhou.desk.store.read() as connection:
        (one,) = files_of(connection, luzhou.row(number).id)
    harm(luzhou.desk.contents.path(one.digest))
    with pytest.raises(OutsideError, match=one.digest):
        take_copies(luzhou.desk, number, tmp_path / "out", luzhou.act())
    assert [event["kind"] for event in luzhou.events(number)][-1] == "materials.received"


def broken(office: Office, **options: bool) -> list[str]:
    return [f"{one.where} {one.words.zh}" for one in audit(office.desk, office.id, **options).broken]


def test_audit_holds_files_to_the_history_and_to_what_they_held(luzhou, number, offer):
    attach(luzhou.desk, number, PHOTO, [offer("照片.jpg", files.picture())], luzhou.act())
    attach(luzhou.desk, number, DEEDS, [offer("一.docx", files.word("技" * 500))], luzhou.act())
    assert broken(luzhou, files=True) == []
    with luzhou.desk.store.read() as connection:
        photo = next(one for one in files_of(connection, luzhou.row(number).id) if one.material == "photo")
    place = luzhou.desk.contents.path(photo.digest)
    place.chmod(0o600)
    place.write_bytes(b"another")
    assert broken(luzhou) == []
    assert broken(luzhou, files=True) == [
        f"{number} photo:electronic 1 文件内容的摘要（content）：数据表为 （无），办理记录为 {photo.digest}"
    ]
    with luzhou.desk.store.write() as transaction:
        transaction.connection.execute(t.attachment.delete().where(t.attachment.c.material == "photo"))
    assert broken(luzhou) == [
        f"{number} photo:electronic 材料文件的摘要（files）：数据表为 （无），办理记录为 {photo.digest}"
    ]
