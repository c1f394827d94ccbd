"""Papers by commands: exports in every form, certificates, the registry, templates."""

import pytest
from docx import Document

from documents.drafts import TEMPLATES
from documents.layout import BODY, official_document, text
from tests.cli.selection import DOCUMENT, DRAWN_UP, ISSUED, LUZHOU, Office

PERIOD_OVER = "2019-08-28T00:05"
ADDRESS = "https://linxuan.example.cn"


@pytest.fixture
def honored(office: Office) -> list[str]:
    """Three whom a document honored, and whose certificates are numbered."""
    numbers = [office.draws_up(index) for index in range(3)]
    for number in numbers:
        office.hands_in(number)
        office.chooses(number)
    office.publishes()
    office.sweeps(PERIOD_OVER)
    office.does(ISSUED, "issue", LUZHOU, "--document-number", DOCUMENT)
    office.does(ISSUED, "certificate", "number", LUZHOU)
    return numbers


def test_whole_set_of_papers_is_exported_and_verified(office, honored, linxuan, tmp_path):
    for paper, suffix, options in (
        ("notice", "docx", ("--order", "strokes")),
        ("document", "docx", ("--addressees", "各县（区）", "--copy", "市委组织部", "--printer", "市人社局办公室")),
        ("minutes", "docx", ("--stage", "decision")),
        ("certificates", "docx", ("--address", ADDRESS)),
        ("honors", "xlsx", ()),
        ("register", "xlsx", ()),
    ):
        out = tmp_path / f"{paper}.{suffix}"
        run = office.ask(ISSUED, "export", paper, LUZHOU, "--out", str(out), *options)
        assert run.code == 0, run
        assert run.document == {"program": LUZHOU, "paper": paper, "out": str(out), "bytes": out.stat().st_size}
    listed = office.ask(ISSUED, "certificate", "list", LUZHOU).document
    assert [(one["number"], one["nomination"], one["state"]) for one in listed] == [
        (f"2019000{place}", number, "valid") for place, number in enumerate(honored, 1)
    ]
    code = listed[0]["code"]
    for asked in ((code,), ("--number", listed[0]["number"], "--name", listed[0]["name"])):
        found = office.ask(ISSUED, "certificate", "verify", *asked)
        assert (found.code, found.document["certificates"][0]["code"]) == (0, code)
    missing = office.ask(ISSUED, "certificate", "verify", "0" * 16)
    assert (missing.code, missing.document) == (1, {"found": False, "certificates": []})
    assert linxuan("certificate", "verify", "--number", "1").code == 2
    again = office.ask(ISSUED, "certificate", "number", LUZHOU, "--actor", "王管理")
    assert (again.code, again.reasons) == (1, "没有需要编号的证书")


def test_replacement_that_nobody_has_published_is_told_in_words(honored, linxuan, tmp_path):
    refused = linxuan("export", "replacement", LUZHOU, "--out", str(tmp_path / "递补.docx"), "--now", ISSUED)
    assert (refused.code, "没有公示过递补人选" in refused.err) == (2, bool(honored))


def test_certificates_need_an_address_that_the_public_reaches(honored, linxuan, tmp_path, monkeypatch):
    out = tmp_path / "证书.docx"
    refused = linxuan("export", "certificates", LUZHOU, "--out", str(out), "--now", ISSUED)
    assert (refused.code, out.exists()) == (2, False)
    assert "LINXUAN_PUBLIC_URL" in refused.err
    monkeypatch.setenv("LINXUAN_PUBLIC_URL", ADDRESS)
    done = linxuan("export", "certificates", LUZHOU, "--out", str(out), "--now", ISSUED, "--nomination", honored[1])
    assert done.code == 0, done
    names = [one.text for one in Document(out).paragraphs if one.text.endswith("同志：")]
    assert names == ["李明远同志："]


def test_T21_registry_is_searched_shown_and_exported_by_commands(office, honored, tmp_path):
    found = office.ask(ISSUED, "registry", "search", "--name", "李", "--state", "valid").document
    assert [(one["name"], one["award"], one["certificate"]) for one in found] == [
        ("李明远", "泸州市首席技师", "20190002")
    ]
    assert office.ask(ISSUED, "registry", "search", "--state", "revoked").document == []
    shown = office.ask(ISSUED, "registry", "show", honored[0]).document
    assert [(one["document"], one["last_day"]) for one in shown] == [(DOCUMENT, "2022-09-01")]
    out = tmp_path / "人才库.xlsx"
    assert office.ask(ISSUED, "registry", "export", "--out", str(out)).code == 0
    assert out.stat().st_size > 0
    only = tmp_path / "本项目.xlsx"
    assert office.ask(ISSUED, "export", "registry", LUZHOU, "--out", str(only)).document["paper"] == "registry"
    assert only.stat().st_size > 0
    refused = office.ask(ISSUED, "registry", "export", "--out", str(out), "--identity", "--actor", "王管理")
    assert (refused.code, refused.reasons) == (1, "没有写明查看的理由")
    reason = ("--identity", "--actor", "王管理", "--reason", "制作人才卡")
    assert office.ask(ISSUED, "registry", "export", "--out", str(out), *reason).code == 0


def test_S12_forms_are_listed_ranked_and_filled_in_by_commands(office, linxuan, tmp_path):
    numbers = [office.draws_up(index) for index in range(2)]
    forms = office.ask(DRAWN_UP, "export", "forms", LUZHOU).document
    assert [one["id"] for one in forms] == ["application-form", "overview", "summary", "apprentices"]
    ranked = office.does(DRAWN_UP, "nomination", "rank", LUZHOU, "江阳区人社局", *numbers[::-1])
    assert ranked["nominations"] == numbers[::-1]
    out = tmp_path / "表.docx"
    done = linxuan("export", "forms", LUZHOU, "application-form", "--nomination", numbers[0], "--out", str(out))
    assert done.code == 0, done
    assert "陈立秋" in [cell.text for row in Document(out).tables[0].rows for cell in row.cells]
    whose = ("--nomination", numbers[0], "--out", str(tmp_path / "第一种.docx"))
    first = linxuan("export", "forms", LUZHOU, *whose, "--json").document
    assert first["paper"] == "application-form"
    sheet = tmp_path / "汇总表.xlsx"
    asked = ("export", "forms", LUZHOU, "summary", "--nominator", "江阳区人社局", "--out")
    assert linxuan(*asked, str(sheet)).code == 0
    wrong = linxuan(*asked, str(tmp_path / "汇总表.docx"))
    assert (wrong.code, wrong.err.strip()) == (2, "--out 应以 .xlsx 或 .pdf 结尾")
    refused = linxuan(*asked, str(sheet), "--actor", "王管理")
    assert (refused.code, "没有写明查看的理由" in refused.err) == (1, True)


@pytest.mark.usefixtures("office")
def test_pdf_is_made_where_libreoffice_is_and_refused_in_words_where_it_is_not(linxuan, tmp_path, monkeypatch):
    out = tmp_path / "名册.pdf"
    monkeypatch.setattr("documents.pdf.shutil.which", lambda _name: None)
    refused = linxuan("export", "register", LUZHOU, "--out", str(out))
    assert (refused.code, out.exists()) == (2, False)
    assert refused.err.startswith("本机没有 LibreOffice，不能转成 PDF；请安装 LibreOffice，或把 --out 写成 .xlsx")
    converter = tmp_path / "soffice"
    converter.write_text('#!/bin/sh\nfor last; do :; done\nprintf "%%PDF-" > "$(dirname "$last")/document.pdf"\n')
    converter.chmod(0o755)
    monkeypatch.setattr("documents.pdf.shutil.which", lambda _name: str(converter))
    assert linxuan("export", "register", LUZHOU, "--out", str(out)).code == 0
    assert out.read_bytes() == b"%PDF-"
    converter.write_text("#!/bin/sh\necho boom >&2\nexit 1\n")
    failed = linxuan("export", "register", LUZHOU, "--out", str(tmp_path / "二.pdf"))
    assert (failed.code, failed.err.strip()) == (2, "LibreOffice 没有转成 PDF：boom；请导出 .xlsx 再另存")


@pytest.mark.usefixtures("honored")
def test_templates_are_taken_out_edited_and_used(linxuan, tmp_path, monkeypatch):
    folder = tmp_path / "模板"
    written = linxuan("template", "export", str(folder), "--json").document["written"]
    assert sorted(written) == sorted([*TEMPLATES, "README.md"])
    own = folder / "award-document.docx"
    own.write_bytes(official_document([text(BODY, "本局格式：{{ number }}")]))
    kept = linxuan("template", "export", str(folder), "--json").document
    assert (kept["written"], len(kept["kept"])) == ([], len(TEMPLATES) + 1)
    assert linxuan("template", "check", str(folder)).code == 0
    out = tmp_path / "发文.docx"
    assert linxuan("export", "document", LUZHOU, "--out", str(out), "--templates", str(folder)).code == 0
    assert [one.text for one in Document(out).paragraphs] == [f"本局格式：{DOCUMENT}"]
    monkeypatch.setenv("LINXUAN_TEMPLATES", str(folder))
    own.write_bytes(official_document([text(BODY, "{{ numbre }}")]))
    broken = linxuan("export", "document", LUZHOU, "--out", str(out))
    told = "模板 award-document.docx 用了没有的名称“numbre”；请对照模板说明（README.md）改正"
    assert (broken.code, broken.err.strip()) == (2, told)
    checked = linxuan("template", "check", "--json")
    assert (checked.code, {name: words for name, words in checked.document.items() if words}) == (
        1,
        {"award-document.docx": told},
    )
    assert linxuan("doctor", "--json").code == 1
