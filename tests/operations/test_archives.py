"""The one compressed file of electronic copies: taken in for whoever its names say, each judged by its content."""

import io
import zipfile

import pytest
from sqlalchemy import select

from documents.archives import unpack
from documents.errors import DocumentError
from operations.archives import Unpacked, take_in_archive
from operations.attachments import files_of
from operations.nominate import Nominated, nominate
from operations.results import UnknownError
from store import tables as t
from store.scratch import UNPACKED
from tests import files
from tests.conftest import on
from tests.databases import KINDS, SQLITE
from tests.operations.office import Office

pytestmark = on(SQLITE)


def archive(*names: str) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as made:
        for name in names:
            made.writestr(name, files.picture() if name.endswith(".jpg") else files.word("技" * 1500))
    return buffer.getvalue()


def archive_of_chinese_windows(name: str) -> bytes:
    """It writes the bytes of its own encoding, and does not say so."""
    written = name.encode("gb18030")
    stand_in = "n" * len(written)
    return archive(stand_in).replace(stand_in.encode(), written)


@pytest.fixture
def number(luzhou) -> str:
    done = nominate(luzhou.desk, luzhou.id, luzhou.draft(nominee="王一", unit="长江厂"), luzhou.act())
    assert isinstance(done, Nominated)
    return done.number


@pytest.fixture
def take(tmp_path):
    """Take in an archive, given by the names in it or whole."""

    def take_it(office: Office, *names: str, content: bytes | None = None, **more: object) -> Unpacked:
        file = tmp_path / "电子件.zip"
        file.write_bytes(archive(*names) if content is None else content)
        return take_in_archive(office.desk, office.id, file, office.act(), **more)

    return take_it


def receipts(office: Office) -> list[tuple[str, str]]:
    with office.desk.store.read() as connection:
        query = select(t.receipt.c.material, t.receipt.c.medium).order_by(t.receipt.c.material)
        return [tuple(row) for row in connection.execute(query)]


@on(*KINDS)
@pytest.mark.parametrize("folder", ["长江厂+王一", "长江厂王一", "长江厂 ＋ 王一", "长江厂-王一"])
def test_S19_copies_named_by_employer_and_name_are_received_electronically(luzhou, number, folder, take):
    done = take(luzhou, f"{folder}/申报表.docx", f"{folder}/个人事迹材料（详版）.docx", f"{folder}/照片.jpg")
    assert (done.received, done.findings) == ({number: ("application-form", "photo")}, ())
    assert receipts(luzhou) == [(one, "electronic") for one in ("application-form", "photo")]
    # Whether a text holds a secret somebody must have looked at.
    assert done.to_see == {number: ("deeds-long",)}
    with luzhou.desk.store.read() as connection:
        kept = [one.material for one in files_of(connection, luzhou.row(number).id)]
    assert kept == ["application-form", "deeds-long", "photo"]


def test_copy_that_is_not_as_asked_is_named_and_the_others_are_taken(luzhou, number, take):
    done = take(luzhou, "长江厂+王一/照片.docx", "长江厂+王一/简版.docx", "长江厂+王一/申报表.docx")
    assert done.received == {number: ("application-form",)}
    assert [(one.file, one.words.zh.partition("；")[0]) for one in done.findings] == [
        (f"{number} 简版.docx", "“个人事迹材料（简版）”数得 1500 字，要求450—550 字（标点计入，空格不计）"),
        (f"{number} 照片.docx", "“2寸白底免冠彩色照片”照片.docx 的内容是 DOCX 格式"),
    ]


def test_dry_run_says_the_same_and_keeps_nothing(luzhou, number, take):
    before = luzhou.contents()
    assert take(luzhou, "长江厂+王一/申报表.docx", dry_run=True).received == {number: ("application-form",)}
    assert (luzhou.contents(), luzhou.desk.contents.folder.exists()) == (before, False)


@pytest.mark.usefixtures("number")
def test_archive_is_unpacked_beside_the_kept_files_and_nothing_of_it_stays(luzhou, take, monkeypatch):
    folders = []

    def watched(file, paths, folder):
        folders.append((folder.parent, folder.name.startswith(UNPACKED)))
        return unpack(file, paths, folder)

    monkeypatch.setattr("operations.archives.unpack", watched)
    take(luzhou, "长江厂+王一/照片.jpg")
    incoming = luzhou.desk.contents.incoming
    assert (folders, list(incoming.iterdir())) == ([(incoming, True)], [])


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("黄河厂+李二/申报表.docx", "没有这样命名的申报，应以“单位+名字”命名"),
        ("长江厂+王一/通讯录.docx", "看不出是哪一项材料"),
        ("长江厂+王一/个人事迹材料.docx", "看不出是哪一项材料"),
    ],
)
def test_file_of_which_nobody_can_tell_is_named(luzhou, number, name, words, take):
    done = take(luzhou, name, "长江厂+王一/申报表.docx")
    assert done.received == {number: ("application-form",)}
    assert [(one.file, words in one.words.zh) for one in done.findings] == [(name, True)]


def test_two_of_one_name_are_not_guessed(luzhou, take):
    for _ in range(2):
        nominate(luzhou.desk, luzhou.id, luzhou.draft(nominee="王一", unit="长江厂"), luzhou.act())
    (finding,) = take(luzhou, "长江厂+王一/申报表.docx").findings
    assert finding.words.zh == "有 2 件申报都是这个名字"


def test_names_in_the_encoding_of_chinese_windows_are_read(luzhou, number, take):
    content = archive_of_chinese_windows("长江厂+王一/申报表.docx")
    done = take(luzhou, content=content)
    assert done.received == {number: ("application-form",)}


def packed_otherwise(name: str) -> bytes:
    """By Deflate64 (method 9), as Windows packs what is large; both of its headers say so."""
    content = bytearray(archive(name))
    # The file within is an archive too: the first of its heads, and the last of the directories, are the outer ones.
    for at in (content.index(b"PK\x03\x04") + 8, content.rindex(b"PK\x01\x02") + 10):
        content[at : at + 2] = (9).to_bytes(2, "little")
    return bytes(content)


@pytest.mark.usefixtures("number")
def test_archive_that_is_packed_in_another_way_is_told_and_nothing_is_taken_in(luzhou, take):
    with pytest.raises(DocumentError) as refused:
        take(luzhou, content=packed_otherwise("长江厂+王一/申报表.docx"))
    assert "压缩方式不常用" in refused.value.words.zh
    assert receipts(luzhou) == []


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"no archive", "不是 .zip 压缩文件"),
        (archive("../../etc/passwd"), "不合法的路径"),
        (archive("/etc/passwd"), "不合法的路径"),
    ],
)
def test_what_is_no_archive_or_leads_outside_is_refused(luzhou, content, words, take):
    with pytest.raises(DocumentError) as refused:
        take(luzhou, content=content)
    assert words in refused.value.words.zh


def test_program_that_asks_for_no_archive_takes_none(craftsman, take):
    with pytest.raises(UnknownError):
        take(craftsman, "x")
