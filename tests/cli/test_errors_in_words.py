"""What is told when something outside the product fails, whole, in both languages."""

import errno
import os
import sqlite3
import sys

import pytest
from sqlalchemy.exc import OperationalError

from cli.errors import words_of
from cli.face import FAILED_OUTSIDE, WRONG_USAGE
from programs import Words

OPEN_FAILED = Words(
    "数据库文件打不开，请核对路径和权限", "the database file cannot be opened; check its path and permissions"
)
NO_DATABASE = Words("不是数据库文件，请核对数据库地址", "the file is not a database; check the address of the database")

DATABASE = {
    "unable to open database file": (OPEN_FAILED, FAILED_OUTSIDE),
    "file is not a database": (NO_DATABASE, WRONG_USAGE),
    "attempt to write a readonly database": (
        Words(
            "数据库只读，请核对文件和所在文件夹的写权限",
            "the database is read-only; check the permissions of the file and its folder",
        ),
        FAILED_OUTSIDE,
    ),
    "database is locked": (
        Words("数据库正忙，请稍后再试", "the database is busy; try again later"),
        FAILED_OUTSIDE,
    ),
    "disk I/O error": (
        Words("磁盘读写出错，请检查磁盘", "the disk failed to read or write; check the disk"),
        FAILED_OUTSIDE,
    ),
    "database or disk is full": (
        Words("磁盘已满，请腾出空间后再试", "the disk is full; make room and try again"),
        FAILED_OUTSIDE,
    ),
    "database disk image is malformed": (
        Words("数据库文件已损坏，请用备份恢复", "the database file is damaged; restore it from a backup"),
        FAILED_OUTSIDE,
    ),
    "no such table: moon": (
        Words("数据库出错：no such table: moon", "the database failed: no such table: moon"),
        FAILED_OUTSIDE,
    ),
}

FILES = {
    errno.EACCES: Words("没有权限；请核对权限", "no permission; check the permissions"),
    errno.ENOENT: Words("没有这个文件或文件夹；请核对路径", "no such file or folder; check the path"),
    errno.EEXIST: Words(
        "已有同名的文件或文件夹；请换个名称或移开它",
        "a file or folder of this name exists; use another name or move it away",
    ),
    errno.ENOSPC: Words("磁盘已满；请腾出空间后再试", "the disk is full; make room and try again"),
    errno.EISDIR: Words("这是文件夹，不是文件；请写明文件名", "this is a folder, not a file; name a file"),
    errno.EROFS: Words("所在磁盘只读；请换个位置", "the disk is read-only; use another place"),
}


@pytest.fixture(autouse=True)
def _nothing_given(monkeypatch):
    monkeypatch.delenv("LINXUAN_DATABASE", raising=False)
    monkeypatch.delenv("LINXUAN_DEBUG", raising=False)


@pytest.mark.parametrize(("cause", "told"), DATABASE.items(), ids=DATABASE)
def test_a_failure_of_the_database_names_its_remedy(cause, told):
    bare = sqlite3.OperationalError(cause)
    assert words_of(OperationalError("SELECT 1", {}, bare)) == told
    assert words_of(bare) == told


@pytest.mark.parametrize(("number", "words"), FILES.items(), ids=[errno.errorcode[number] for number in FILES])
def test_a_failure_of_a_file_names_the_file(number, words):
    named = Words(f"读写出错：/srv/甲.xlsx：{words.zh}", f"reading or writing failed: /srv/甲.xlsx: {words.en}")
    nameless = Words(f"读写出错：{words.zh}", f"reading or writing failed: {words.en}")
    for name in ("/srv/甲.xlsx", os.fsencode("/srv/甲.xlsx")):
        assert words_of(OSError(number, os.strerror(number), name)) == (named, FAILED_OUTSIDE)
    assert words_of(OSError(number, os.strerror(number))) == (nameless, FAILED_OUTSIDE)


def test_another_failure_keeps_its_cause():
    refused = ConnectionRefusedError(errno.ECONNREFUSED, "Connection refused")
    words = Words(f"读写出错：{refused}", f"reading or writing failed: {refused}")
    assert words_of(refused) == (words, FAILED_OUTSIDE)


@pytest.mark.parametrize("given", ["option", "option with =", "variable"])
def test_a_folder_given_as_the_database_is_bad_input(monkeypatch, tmp_path, given):
    url = f"sqlite:///{tmp_path}"
    options = {"option": ["--database", url], "option with =": [f"--database={url}"], "variable": []}
    monkeypatch.setattr(sys, "argv", ["linxuan", "sweep", *options[given]])
    if given == "variable":
        monkeypatch.setenv("LINXUAN_DATABASE", url)
    words = Words(f"{OPEN_FAILED.zh}：{tmp_path} 是文件夹", f"{OPEN_FAILED.en}: {tmp_path} is a folder")
    assert words_of(sqlite3.OperationalError("unable to open database file")) == (words, WRONG_USAGE)


def test_a_folder_that_nothing_can_be_written_in_is_named(monkeypatch, tmp_path):
    monkeypatch.setenv("LINXUAN_DATABASE", f"sqlite:///{tmp_path}/linxuan.db")
    monkeypatch.setattr(os, "access", lambda path, mode: (path, mode) != (tmp_path, os.W_OK))
    words, code = words_of(sqlite3.OperationalError("unable to open database file"))
    assert (words.zh, code) == (
        f"不能在文件夹 {tmp_path} 里写文件，数据库打不开；请给运行遴选的用户这个文件夹的写权限",
        FAILED_OUTSIDE,
    )


@pytest.mark.parametrize("command", ["sweep", "migrate"])
@pytest.mark.parametrize("language", ["zh", "en"])
def test_what_is_no_database_is_told_by_the_command(linxuan, tmp_path, command, language):
    text = tmp_path / "text.db"
    text.write_text("这不是数据库" * 200, encoding="utf-8")
    folder = Words(f"{OPEN_FAILED.zh}：{tmp_path} 是文件夹", f"{OPEN_FAILED.en}: {tmp_path} is a folder")
    for path, words in ((text, NO_DATABASE), (tmp_path, folder)):
        run = linxuan(command, "--database", f"sqlite:///{path}", language=language)
        assert (run.code, run.out, run.err) == (2, "", f"{words.in_language(language)}\n")
