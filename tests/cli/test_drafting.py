"""`linxuan program new|new-edition`: files that load, and that nobody's work is lost to."""

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


def test_answer_that_makes_no_program_is_told_and_writes_nothing(linxuan, tmp_path):
    out = tmp_path / "star.toml"
    answers = [word for pair in (ASKED | {"--id": "Nicht So"}).items() for word in pair]
    run = linxuan("program", "new", *answers, "--out", str(out))
    assert (run.code, "id" in run.err, out.exists()) == (2, True, False)
