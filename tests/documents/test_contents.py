"""What files are is told by their content, by a process of its own that nothing can hang or fill."""

import os
import resource
import subprocess
import sys
import zipfile
from io import BytesIO

import pytest

from documents.contents import apart, read_copies
from documents.errors import DocumentError
from programs.copies import Copy
from programs.lengths import Counting
from tests import files


@pytest.fixture
def read(tmp_path):
    def read_them(**contents: bytes) -> list[Copy | DocumentError]:
        for name, content in contents.items():
            (tmp_path / name).write_bytes(content)
        return list(read_copies([(tmp_path / name, f"{name}.pdf") for name in contents]))

    return read_them


def test_format_is_told_by_content_whatever_the_name(read):
    found = read(
        a=files.pdf(2), b=files.word(), c=files.picture("JPEG"), d=files.picture("PNG"), e=files.picture("BMP"),
        f=files.picture("TIFF"), g=files.video(60), h=files.video(60, brand=b"qt  "), i="事迹".encode("gb18030"),
    )  # fmt: skip
    assert [one.format for one in found] == ["PDF", "DOCX", "JPEG", "PNG", "BMP", "TIFF", "MP4", "MOV", "TXT"]


def test_pages_characters_pixels_and_seconds_are_counted(read):
    paged, written, seen, filmed, scanned, plain = read(
        a=files.pdf(3, text="forty characters and more are on this page, all letters"),
        b=files.word("技师，工匠。", pages=7),
        c=files.picture(size=(35, 49)),
        d=files.video(330.5),
        e=files.pdf(2),
        f="技师 工匠".encode(),
    )
    assert (paged.pages, paged.paged, paged.characters[Counting.WORDS]) == (3, True, 30)
    assert (written.pages, written.paged, written.characters[Counting.CHARACTERS]) == (7, False, 6)
    assert written.characters[Counting.HAN] == 4
    assert (seen.pixels, filmed.seconds) == ((35, 49), 330.5)
    assert (scanned.pages, scanned.characters) == (2, None)
    assert plain.characters[Counting.WITH_SPACES] == 5


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "a.pdf 是空文件"),
        (b"%PDF-1.4 nothing", "a.pdf 打不开，PDF文件已损坏；请重新生成再交"),
        (files.pdf(1)[:300], "a.pdf 打不开，PDF文件已损坏；请重新生成再交"),
        (files.pdf(1, password="secret"), "a.pdf 加了密码，请去掉密码再交"),  # noqa: S106 - a test's
        (files.word()[:5000], "a.pdf 打不开，Office文件已损坏；请重新生成再交"),
        (files.picture(size=(400, 400))[:700], "a.pdf 打不开，图片文件已损坏；请重新生成再交"),
    ],
)  # fmt: skip
def test_file_that_cannot_be_read_is_refused_in_words(read, content, words):
    (refused,) = read(a=content)
    assert isinstance(refused, DocumentError)
    assert refused.words.zh == words


def test_file_that_is_far_larger_unpacked_is_refused_in_words(read):
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr("word/document.xml", bytes(301 * 1024 * 1024))
    (refused,) = read(a=buffer.getvalue())
    assert isinstance(refused, DocumentError)
    assert refused.words.zh == "a.pdf 解开后过大"


@pytest.mark.parametrize("content", [bytes(range(256)) * 8, b"MZ\x90\0" + bytes(400), b"PK\x03\x04" + bytes(200)])
def test_what_is_no_document_is_refused(read, content):
    (refused,) = read(a=content)
    assert isinstance(refused, DocumentError)


def test_reader_that_dies_over_one_file_leaves_the_others_readable(read, tmp_path, monkeypatch):
    trap = tmp_path / "trap.py"
    trap.write_text(
        "import os, sys\n"
        "for line in sys.stdin:\n"
        "    if 'bad' in line: os._exit(9)\n"
        '    print(\'{"refused": ["读过", "read"]}\', flush=True)\n'
    )
    monkeypatch.setattr(apart, "_COMMAND", ["-I", str(trap)])
    found = read(a=b"1", bad=b"2", c=b"3", bad2=b"4", e=b"5")
    assert [one.words.zh for one in found] == [
        "读过",
        "bad.pdf 无法读取：过于复杂或已损坏；请重新生成再交",
        "读过",
        "bad2.pdf 无法读取：过于复杂或已损坏；请重新生成再交",
        "读过",
    ]


def test_reader_that_hangs_is_given_up(read, tmp_path, monkeypatch):
    trap = tmp_path / "trap.py"
    trap.write_text("import time\ntime.sleep(60)\n")
    monkeypatch.setattr(apart, "_COMMAND", ["-I", str(trap)])
    monkeypatch.setattr(apart, "_SECONDS", 0.2)
    (found,) = read(a=b"1")
    assert "无法读取" in found.words.zh


def test_reader_can_write_no_file(tmp_path):
    file = tmp_path / "made"
    code = f"from documents.contents.__main__ import confine; confine(); open({str(file)!r}, 'wb', 0).write(b'1')"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=False)
    assert (done.returncode != 0, file.stat().st_size) == (True, 0)


def test_no_file_at_all_starts_no_reader(monkeypatch):
    monkeypatch.setattr(apart, "_COMMAND", ["-c", "raise SystemExit"])
    assert list(read_copies([])) == []


def test_file_is_read_by_a_process_that_has_many_others_open(tmp_path):
    file = tmp_path / "业绩.pdf"
    file.write_bytes(files.pdf(2))
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    most = 4096 if hard == resource.RLIM_INFINITY else min(4096, hard)
    if most < 1200:
        pytest.skip("this machine lets a process open fewer files")
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, most), hard))
    opened = [os.open("/dev/null", os.O_RDONLY) for _ in range(1100)]
    try:
        (read,) = read_copies([(file, "业绩.pdf")])
    finally:
        for one in opened:
            os.close(one)
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    assert (read.format, read.pages) == ("PDF", 2)
