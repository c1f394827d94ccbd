"""Backup, restore, migrate and doctor, as an administrator types them; the history against heads kept elsewhere."""

import json
import os
import pty
import sqlite3
import subprocess
import sys
from contextlib import closing

import pytest

from store import Store
from store.migrate import downgrade, newest_revision, revisions
from tests import files
from tests.cli.selection import DRAWN_UP, LUZHOU
from tests.postgres import PASSWORD

HELD = {"file", "size", "programs", "events", "revision", "key_file", "files_folder"}
RESTORED = {"file", "programs", "events", "before", "after", "breaks", "kept", "key_file", "key"}


@pytest.fixture
def opened(office, data):
    """An installation whose program is open and has a nomination."""
    office.hands_in(office.draws_up())
    return data / "linxuan.db"


@pytest.mark.usefixtures("opened")
def test_backup_says_what_it_holds_and_that_the_key_is_kept_apart(linxuan, data, tmp_path):
    file = tmp_path / "linxuan.backup"
    told = linxuan("backup", str(file))
    assert told.code == 0
    assert f"已备份到 {file}：项目 1 个" in told.out
    assert f"请把密钥文件 {data}/linxuan.db.key 另存一处" in told.out
    assert "材料文件不在备份里" not in told.out
    again = linxuan("backup", str(file))
    assert (again.code, again.out, "--force" in again.err) == (2, "", True)
    document = linxuan("backup", str(file), "--force", "--json", language="en").document
    assert set(document) == HELD
    assert (document["size"], document["programs"]) == (file.stat().st_size, 1)


def test_backup_says_that_files_are_to_be_copied_as_well(office, linxuan, data, tmp_path):
    photo = tmp_path / "照片.jpg"
    photo.write_bytes(files.picture())
    office.does(DRAWN_UP, "material", "attach", office.draws_up(), "photo", str(photo))
    told = linxuan("backup", str(tmp_path / "linxuan.backup"))
    assert f"材料文件不在备份里；请在备份之后另行复制文件夹 {data}/linxuan.db.files" in told.out


@pytest.mark.usefixtures("opened")
def test_backup_restores_into_another_installation(linxuan, data, tmp_path):
    file, other = tmp_path / "linxuan.backup", f"sqlite:///{tmp_path}/other/linxuan.db"
    linxuan("backup", str(file))
    told = linxuan("restore", str(file), "--database", other)
    assert (told.code, "✓ 已核验 1 条链，全部相符" in told.out) == (0, True)
    assert "缺少密钥文件" in told.out
    numbers = [linxuan("nomination", "list", "--json", *where).document for where in ([], ["--database", other])]
    assert numbers[0] == numbers[1] != []
    refused = linxuan("restore", str(file), "--database", other)
    assert (refused.code, refused.out, "已有 1 个项目" in refused.err) == (2, "", True)
    (tmp_path / "other" / "linxuan.db.key").write_bytes((data / "linxuan.db.key").read_bytes())
    document = linxuan("restore", str(file), "--force", "--json", "--database", other).document
    assert set(document) == RESTORED
    assert (document["breaks"], document["key"]) == (0, "agrees")
    assert document["kept"].startswith(str(tmp_path / "other" / "linxuan.db.before-restore-"))


def test_backup_of_an_earlier_version_is_upgraded_and_says_so(linxuan, opened, tmp_path):
    with closing(Store(f"sqlite:///{opened}")) as store:
        downgrade(store, revisions()[-2])
    file = tmp_path / "linxuan.backup"
    assert linxuan("backup", str(file)).code == 0
    told = linxuan("restore", str(file), "--database", f"sqlite:///{tmp_path}/other.db")
    assert (told.code, f"从 {revisions()[-2]} 升级到 {newest_revision()}" in told.out) == (0, True)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_file_that_is_no_backup_is_refused(linxuan, data, tmp_path, language):
    (tmp_path / "file").write_text("这不是备份" * 1000)
    run = linxuan("restore", str(tmp_path / "file"), language=language)
    assert (run.code, run.out, str(tmp_path / "file") in run.err) == (2, "", True)
    assert not (data / "linxuan.db").exists()
    missing = linxuan("restore", str(tmp_path / "nowhere"), language=language)
    assert (missing.code, missing.out) == (2, "")


def test_backup_where_nothing_can_be_written_fails_outside(linxuan, opened):
    run = linxuan("backup", "/proc/linxuan.backup", "--database", f"sqlite:///{opened}")
    assert (run.code, run.out) == (3, "")


def test_postgresql_is_backed_up_and_restored_without_telling_the_password(linxuan, postgresql_server, tmp_path):
    names = [postgresql_server.create() for _ in range(2)]
    first, second = (postgresql_server.url(name, tcp=True).render_as_string(hide_password=False) for name in names)
    assert linxuan("rehearse", LUZHOU, "--nominations", "2", "--database", first).code == 0
    runs = [
        linxuan("backup", str(tmp_path / "dump"), "--database", first),
        linxuan("restore", str(tmp_path / "dump"), "--database", second),
        linxuan("restore", str(tmp_path / "dump"), "--force", "--database", second),
        linxuan("audit", "verify", "--database", second),
        linxuan("doctor", "--now", "2026-03-02T09:00", "--database", second),
    ]
    assert [run.code for run in runs[:4]] == [0] * 4, runs
    assert not any(PASSWORD in run.out + run.err for run in runs)
    at = ("--now", "2026-03-02")
    heads = [linxuan("audit", "export", *at, "--database", url, "--json").document for url in (first, second)]
    assert heads[0] == heads[1] != []
    for name in names:
        postgresql_server.drop(name)


def test_heads_kept_elsewhere_show_what_was_cut(linxuan, opened, tmp_path):
    file = tmp_path / "heads.json"
    assert linxuan("audit", "export", "--out", str(file), "--now", "2026-03-02T09:00").code == 0
    (head,) = json.loads(file.read_text())
    assert set(head) == {"program", "sequence", "events", "digest", "at"}
    assert head["at"] == "2026-03-02T09:00:00+08:00"
    assert json.loads(linxuan("audit", "export", "--now", "2026-03-02T09:00").out) == [head]
    whole = linxuan("audit", "verify", "--heads", str(file), "--json")
    assert (whole.code, whole.document["heads"], whole.document["broken"]) == (0, 1, [])
    with closing(sqlite3.connect(opened)) as database:
        for table in ("event", "link"):
            database.execute(f"DROP TRIGGER {table}_refuses_delete")
        database.execute("DELETE FROM event WHERE position >= (SELECT max(first_position) FROM link)")
        database.execute("DELETE FROM link WHERE sequence = (SELECT max(sequence) FROM link)")
        database.commit()
    cut = linxuan("audit", "verify", "--heads", str(file), "--json")
    assert cut.code == 1
    assert f"{LUZHOU}#{head['sequence']}" in {one["where"] for one in cut.document["broken"]}


@pytest.mark.parametrize("content", ["", "{}", "[1]", '[{"program": "x"}]'])
@pytest.mark.parametrize("language", ["zh", "en"])
def test_malformed_heads_are_bad_input(linxuan, tmp_path, content, language):
    (tmp_path / "heads.json").write_text(content)
    run = linxuan("audit", "verify", "--heads", str(tmp_path / "heads.json"), language=language)
    assert (run.code, run.out) == (2, "")
    assert run.err.strip()


def test_changed_table_is_named_with_both_values(linxuan, opened):
    with closing(sqlite3.connect(opened)) as database:
        database.execute("UPDATE nomination SET stage = 'review'")
        database.commit()
    run = linxuan("audit", "verify", "--json")
    assert run.code == 1
    (broken,) = run.document["broken"]
    assert (broken["where"], broken["field"], broken["table"], broken["history"]) == (
        f"{LUZHOU}-0001",
        "stage",
        "review",
        "screening",
    )
    assert "数据表为 review，办理记录为 screening" in linxuan("audit", "verify").out


def test_broken_history_exports_no_heads(linxuan, opened, tmp_path):
    with closing(sqlite3.connect(opened)) as database:
        database.execute("DROP TRIGGER event_refuses_update")
        database.execute("UPDATE event SET digest = 'x' WHERE position = 2")
        database.commit()
    run = linxuan("audit", "export", "--out", str(tmp_path / "heads.json"))
    assert (run.code, run.out, f"{LUZHOU}/2" in run.err) == (1, "", True)
    assert not (tmp_path / "heads.json").exists()


@pytest.mark.parametrize("language", ["zh", "en"])
def test_doctor_tells_each_check_and_what_to_do(linxuan, opened, language):
    at = ("--now", "2019-07-22T09:00")
    well = linxuan("doctor", "--json", *at, language=language)
    assert (well.code, well.err) == (0, "")
    assert {frozenset(one) for one in well.document} == {frozenset({"check", "state", "message", "remedy"})}
    # Which fonts and programs a machine has is its own affair.
    states = {one["check"]: one["state"] for one in well.document if one["check"] not in ("fonts", "pdf")}
    # Nothing of this machine's nights has been kept yet.
    assert {name for name, state in states.items() if state != "ok"} == {"backup"}
    opened.with_name("linxuan.db.key").chmod(0o644)
    warned = linxuan("doctor", *at, language=language)
    assert (warned.code, "△" in warned.out, "chmod 600" in warned.out, "✗" in warned.out) == (0, True, True, False)
    opened.with_name("linxuan.db.key").unlink()
    wrong = linxuan("doctor", *at, language=language)
    assert (wrong.code, "✗" in wrong.out) == (1, True)
    opened.write_text("这不是数据库" * 500)
    assert linxuan("doctor", *at, language=language).code == 3


def test_migrate_tells_from_what_to_what(linxuan, opened):
    with closing(Store(f"sqlite:///{opened}")) as store:
        downgrade(store, revisions()[-2])
    assert linxuan("migrate").out == f"已升级：{revisions()[-2]} → {newest_revision()}\n"
    assert linxuan("migrate").out == f"已是最新（{newest_revision()}）\n"


@pytest.mark.parametrize("command", ["migrate", "sweep", "nomination list"])
def test_database_of_a_later_version_is_left_alone(linxuan, opened, command):
    with closing(sqlite3.connect(opened)) as database:
        database.execute("UPDATE alembic_version SET version_num = '9999'")
        database.commit()
    for language, said in (("zh", "更新的版本"), ("en", "a later version")):
        run = linxuan(*command.split(), language=language)
        assert (run.code, run.out, said in run.err) == (2, "", True), run


def test_a_long_verification_shows_people_how_far_it_is(opened, data):
    """On a terminal; a waiting people's second is made to be over at once."""
    script = "import cli.audit; cli.audit._PATIENCE = -1; from cli import main; main()"
    with closing(Store(f"sqlite:///{opened}")) as store, store.write() as transaction:
        for number in range(3000):
            transaction.record(LUZHOU, "thing.happened", number=number, now="2019-07-20T10:00:00+08:00")
    for arguments, shown in ((["verify"], True), (["verify", "--json"], False)):
        ours, theirs = pty.openpty()
        done = subprocess.run(
            [sys.executable, "-c", script, "audit", *arguments],
            stdout=subprocess.PIPE,
            stderr=theirs,
            env={**os.environ, "LINXUAN_DATA": str(data), "TERM": "xterm", "COLUMNS": "100"},
            check=True,
        )
        os.close(theirs)
        said = b""
        try:
            while piece := os.read(ours, 4096):
                said += piece
        except OSError:
            # The other end of a terminal is gone.
            pass
        os.close(ours)
        assert ("核验办理记录".encode() in said) is shown, said
        assert done.stdout != b""
