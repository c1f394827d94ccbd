"""What follows an award, by commands alone: reported, assessed, paid, stopped, taken away."""

from pathlib import Path

from tests.cli.selection import DOCUMENT, ISSUED, LUZHOU

A_YEAR_ON = "2020-08-20T10:00"
GROUND = "聘期内违法违纪，或引发重大质量安全事故、有重大过失"


def test_term_is_reported_assessed_paid_stopped_and_taken_away(office, linxuan, tmp_path):
    number = office.draws_up()
    office.hands_in(number)
    office.chooses(number)
    office.publishes()
    office.sweeps("2019-08-28T00:05")
    office.does(ISSUED, "issue", LUZHOU, "--document-number", DOCUMENT)

    office.does(ISSUED, "certificate", "number", LUZHOU)
    early = office.ask(ISSUED, "tenure", "assess", number, "合格", "--actor", "王管理")
    assert (early.code, "每期只办一次" in early.reasons) == (1, True)
    (one,) = office.ask(ISSUED, "tenure", "list", LUZHOU).document
    assert (one["begun"], one["last_day"], one["due"], one["next"]["kind"]) == (
        ISSUED[:10],
        str(int(ISSUED[:4]) + 3) + one["last_day"][4:],
        [],
        "report",
    )
    paid = office.does(ISSUED, "tenure", "pay", number, "allowance", "10000", "--document", "财拨〔2019〕1号")
    assert paid == {"number": number, "benefit": "allowance", "year": 1, "instalment": 1, "yuan": "10,000.00"}
    again = office.ask(
        ISSUED, "tenure", "pay", number, "allowance", "1", "--document", "财拨〔2019〕2号", "--actor", "王管理"
    )
    assert (again.code, "已于" in again.reasons) == (1, True)

    report = tmp_path / "履职报告.txt"
    report.write_text("带徒三名。", "utf-8")
    reported = office.does(A_YEAR_ON, "tenure", "report", number, "--file", str(report))
    assert reported == {"number": number, "period": 1, "late": False}
    report.write_text("带徒三名，均已出师。", "utf-8")
    assert office.does(A_YEAR_ON, "tenure", "attach", number, "1", "--file", str(report))["files"] == 1
    again = office.ask(A_YEAR_ON, "tenure", "attach", number, "1", "--file", str(report), "--actor", "王管理")
    assert (again.code, "第1期履职报告已有这些文件" in again.reasons) == (1, True)
    taken = office.does(A_YEAR_ON, "tenure", "reports", number, "--out", str(tmp_path / "报告"))["files"]
    assert [Path(one).name for one in taken] == [f"report-tenure-1-{place}-履职报告.txt" for place in (1, 2)]
    assessed = office.does(A_YEAR_ON, "tenure", "assess", number, "合格")
    assert (assessed["period"], assessed["passed"]) == (1, True)
    assert office.does(A_YEAR_ON, "tenure", "suspend", number, "--ground", "2")["ground"] == "调往市外"
    revoked = office.does(
        A_YEAR_ON, "tenure", "revoke", number, "--ground", "1", "--approval", "评委会纪要", "--recover", "4000"
    )
    assert (revoked["ground"], revoked["to_recover"], revoked["paid"]) == (GROUND, "4,000.00", "10,000.00")
    owed = linxuan("tenure", "show", number, "--now", A_YEAR_ON)
    assert all(told in owed.out for told in ("应追回 4,000.00 元，尚欠 4,000.00 元", "证书 20190001 作废，尚未收回"))
    office.does(A_YEAR_ON, "tenure", "recover", number, "allowance", "1500", "--reason", "缴款书")
    assert office.does(A_YEAR_ON, "tenure", "returned", number) == {"number": number, "returned": True}

    shown = linxuan("tenure", "show", number, "--now", A_YEAR_ON)
    assert all(
        told in shown.out
        for told in (
            "第1期考核：合格",
            "首席技师津贴　第1年　10,000.00",
            f"已取消：{GROUND}",
            "应追回 4,000.00 元，尚欠 2,500.00 元",
            "证书 20190001 作废，已于 2020-08-20 收回",
        )
    )
    out = tmp_path / "terms.xlsx"
    assert linxuan("tenure", "export", LUZHOU, "--out", str(out)).code == 0
    assert out.read_bytes().startswith(b"PK")
    assert linxuan("audit", "verify", "--json").document["broken"] == []
    assert [one["kind"] for one in linxuan("nomination", "history", number, "--json").document][-4:] == [
        "nomination.moved",
        "title.revoked",
        "benefit.recovered",
        "certificate.returned",
    ]
