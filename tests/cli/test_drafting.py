"""`linxuan program new|new-edition`: files that load, and that nobody's work is lost to."""

from io import StringIO

ASKED = {
    "--id": "star-2026",
    "--award": "某市之星",
    "--edition": "2026年",
    "--title": "通知",
    "--issuer": "某局",
    "--office": "某处",
    "--issued": "2026-03-02",
    "--seats": "5",
    "--deadline": "3月31日",
    "--publicity-days": "5",
}


def test_next_edition_is_written_and_every_line_to_check_is_told(linxuan, tmp_path):
    out = tmp_path / "luzhou.toml"
    run = linxuan("program", "new-edition", "luzhou-chief-technician-2019", "--year", "2027", "--out", str(out))
    assert run.code == 0
    assert run.out.startswith(f"已起草 luzhou-chief-technician-2027：{out}\n")
    assert "　14　issued = 2019-07-08 → issued = 2027-07-08\n" in run.out
    assert linxuan("program", "check", str(out)).code == 0


def test_file_that_is_there_is_left_alone(linxuan, tmp_path):
    out = tmp_path / "mine.toml"
    out.write_text("meins", "utf-8")
    run = linxuan("program", "new-edition", "luzhou-chief-technician-2019", "--year", "2027", "--out", str(out))
    assert (run.code, f"已有文件 {out}" in run.err, out.read_text("utf-8")) == (2, True, "meins")


def test_first_draft_is_written_and_can_be_rehearsed(linxuan, tmp_path):
    out = tmp_path / "star.toml"
    answers = [word for pair in ASKED.items() for word in pair]
    assert linxuan("program", "new", *answers, "--term-years", "3", "--out", str(out)).code == 0
    assert linxuan("program", "check", str(out)).code == 0
    assert linxuan("rehearse", str(out), "--nominations", "6").code == 0


def test_draft_without_a_name_is_called_by_its_id(linxuan, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    answers = [word for pair in ASKED.items() for word in pair]
    assert linxuan("program", "new", *answers).out.startswith("已起草 star-2026：star-2026.toml\n")
    assert linxuan("program", "check", "star-2026.toml").code == 0


def test_answer_that_cannot_be_is_asked_for_again_in_the_users_language(linxuan, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    typed = ["Star 2026", "star-2026", *list(ASKED.values())[1:7], "五", "5", "3月31日", "5"]
    monkeypatch.setattr("sys.stdin", StringIO("".join(f"{line}\n" for line in typed)))
    run = linxuan("program", "new")
    assert (run.code, (tmp_path / "star-2026.toml").exists()) == (0, True)
    assert "“Star 2026”只能用小写字母、数字和连字符，如 mingshi-craftsman-2026" in run.err
    assert "'--seats' 的值不对：应为整数，不小于 0，不大于 2147483647" in run.err


def test_deadline_that_cannot_be_read_writes_no_draft(linxuan, tmp_path):
    out = tmp_path / "star.toml"
    for deadline, issued in (("另行通知", "2026-03-02"), ("2月30日", "2026-01-02")):
        # Whichever of the two is written first.
        for asked in (ASKED | {"--deadline": deadline}, {"--deadline": deadline} | ASKED | {"--deadline": deadline}):
            words = [word for pair in (asked | {"--issued": issued, "--out": str(out)}).items() for word in pair]
            run = linxuan("program", "new", *words)
            assert (run.code, run.err.count(f"读不出期限“{deadline}”是哪一天"), out.exists()) == (2, 1, False)


def test_answer_that_makes_no_program_is_told_and_writes_nothing(linxuan, tmp_path):
    out = tmp_path / "star.toml"
    answers = [word for pair in (ASKED | {"--id": "Nicht So"}).items() for word in pair]
    run = linxuan("program", "new", *answers, "--out", str(out))
    assert (run.code, "--id" in run.err, out.exists()) == (2, True, False)


def test_opened_program_is_rehearsed_and_has_its_next_edition_by_its_id(linxuan, tmp_path):
    """Its file may be anywhere by then: what counts is what the database holds."""
    out, later = tmp_path / "star.toml", tmp_path / "later.toml"
    answers = [word for pair in ASKED.items() for word in pair]
    assert linxuan("program", "new", *answers, "--out", str(out)).code == 0
    assert linxuan("program", "open", str(out), "--actor", "王管理:administrator", "--now", "2026-03-03").code == 0
    out.unlink()
    run = linxuan("program", "new-edition", "star-2026", "--year", "2027", "--out", str(later))
    assert (run.code, run.out.startswith(f"已起草 star-2027：{later}\n")) == (0, True)
    assert "issued = 2027-03-02\n" in later.read_text("utf-8")
    assert linxuan("program", "check", str(later)).code == 0
    assert linxuan("rehearse", "star-2026", "--nominations", "3", "--until", "2026-03-05").code == 0


def test_ruling_that_keeps_a_file_closed_is_confirmed_as_the_refusal_says(linxuan, tmp_path):
    out = tmp_path / "star.toml"
    answers = [word for pair in ASKED.items() for word in pair]
    linxuan("program", "new", *answers, "--out", str(out))
    ruling = '[[rulings]]\nid = "days"\nquestion = "几天？"\nclause = "一"\ndecision = 5\nbasis = "同类"\n'
    out.write_text(
        f'{out.read_text("utf-8")}\n{ruling}otherwise = "改期"\nsettles = ["stages.publicity.period.days"]\n', "utf-8"
    )
    opening = ("program", "open", str(out), "--actor", "王管理:administrator", "--now", "2026-03-03")
    refused = linxuan(*opening)
    said = f"linxuan program rule {out} days --decision … --actor …"
    assert (refused.code, said in refused.err) == (1, True)
    confirmed = linxuan(*said.split()[1:5], "--accept", "--actor", "王管理:administrator", "--now", "2026-03-03")
    assert (confirmed.code, linxuan(*opening).code) == (0, 0)
