"""A nominator's table in the console: looked at cell by cell, mended, and taken in whole or not at all."""

from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from random import Random
from threading import Event, Thread
from typing import Any
from zipfile import ZipFile

import pytest
import xlsxwriter
from python_calamine import CalamineWorkbook
from sqlalchemy import func, select

from operations.actors import Role
from operations.desk import Desk
from operations.receiving import drawn_up_from, take
from operations.rehearse.people import make_identity
from programs import Program
from store import events_of
from store import tables as t
from store.waiting import PATIENCE, Waiting
from tests import files
from tests.console.asking import Client
from tests.console.filled import SMALL
from tests.console.people import PEOPLE, browser_of
from tests.console.reading import Element, read_page
from tests.console.test_materials import program_with_files
from tests.console.test_nominations import APRIL
from tests.console.working import number, worked, working_program

pytestmark = pytest.mark.usefixtures("quick_passwords")

RIGHT = make_identity(11, Random(11))  # noqa: S311 - made-up people need no secrets
OTHER = make_identity(12, Random(12))  # noqa: S311
WRONG = RIGHT[:-1] + ("1" if RIGHT[-1] != "1" else "2")
TABLE = {"program": SMALL, "sending": "table", "nominator": "江阳区", "nominator_kind": "区县"}


def table(*rows: tuple[str, ...]) -> bytes:
    lines = [("姓名", "工作单位", "身份证号码", "备注"), *rows]
    return "\n".join(",".join(line) for line in lines).encode()


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    found = worked(tmp_path, screened=False)
    yield found
    found.store.close()


def count(desk: Desk) -> int:
    with desk.store.read() as connection:
        return connection.execute(select(func.count()).select_from(t.nomination)).scalar_one()


def sent(client: Client, content: bytes, name: str = "汇总表.csv", **form: str) -> str:
    answer = client.upload("/intake", [(name, content)], TABLE | form)
    assert answer.status_code == 303, answer.text
    return answer.headers["location"]


def looked_at(client: Client, address: str) -> Element:
    answer = client.get(address)
    assert answer.status_code == 200, answer.text
    return read_page(answer.text)


def cells(page: Element) -> list[list[str]]:
    return page.one("table", "cells").rows() if page.all("table", "cells") else []


def typed(page: Element) -> dict[str, str]:
    """What the form with the cells sends as it stands."""
    form = page.one("section").one("form")
    return {one.attributes["name"]: one.attributes.get("value", "") for one in form.all("input")}


def test_table_is_looked_at_mended_and_taken_in(desk: Desk) -> None:
    client = browser_of(desk, "区经办", APRIL)
    address = sent(client, table(("甲某", "甲厂", WRONG, "x"), ("乙某", "", OTHER, "y")))
    page = looked_at(client, address)
    assert count(desk) == 4
    found = {row[0].split()[0]: row[1] for row in cells(page)}
    assert "身份证号码校验不符" in found["C2"]
    assert "没有写工作单位" in found["B3"]
    assert ["乙某" in row[0] for row in cells(page)] == [False, True]
    assert WRONG not in page.text
    assert "确认登记" not in page.text
    # What cannot be taken in is not, whoever asks.
    assert client.post(f"{address}/commit").status_code == 200
    assert count(desk) == 4
    form = typed(page)
    assert form["cell.2.identity"] == ""
    half = client.post(f"{address}/cells", form | {"cell.2.identity": RIGHT})
    mended = client.post(f"{half.headers['location']}/cells", {"cell.3.unit": "乙厂"})
    # Whoever goes back is led on, and nothing is done there that they do not see.
    before, address = address, mended.headers["location"]
    for back in (client.get(before), client.post(f"{before}/commit"), client.get(half.headers["location"])):
        assert (back.status_code, back.headers["location"]) == (303, address)
    assert browser_of(desk, "局经办", APRIL).get(before).status_code == 404
    page = looked_at(client, address)
    assert [one.text for one in page.all("p", "banner")] == ["2 行，可以登记。现在什么也没有登记。"]
    assert count(desk) == 4
    done = client.post(f"{address}/commit")
    assert (done.status_code, done.headers["location"]) == (303, address)
    page = looked_at(client, address)
    assert "2 行，已登记 2 件" in page.one("p", "banner").text
    assert [one.text.split()[1] for one in page.one("ul", "plain-list").all("li")] == ["甲某", "乙某"]
    assert count(desk) == 6
    # Once more takes nothing in once more.
    assert client.post(f"{address}/commit").status_code == 303
    assert count(desk) == 6
    with desk.store.read() as connection:
        event = next(one for one in events_of(connection, SMALL, newest_first=True) if one["kind"] == "table.taken-in")
        kept = connection.execute(select(t.nomination).order_by(t.nomination.c.id.desc())).first()
    assert (event["actor"], event["file"], event["rows"]) == ("区经办", "汇总表.xlsx", 2)
    assert (kept.nominee, kept.unit, kept.nominator) == ("乙某", "乙厂", "江阳区")
    book = client.get(f"{address}/workbook")
    assert book.headers["content-disposition"].startswith("attachment;")
    rows = CalamineWorkbook.from_filelike(BytesIO(book.content)).get_sheet_by_index(0).to_python()
    assert [(row[0], row[-1]) for row in rows] == [("姓名", "申报编号"), ("甲某", number(5)), ("乙某", number(6))]


def test_nominator_that_nobody_has_registered_is_told_before_the_table_is_taken_in(desk: Desk) -> None:
    client = browser_of(desk, "局管理", APRIL)
    page = looked_at(client, sent(client, table(("甲某", "甲厂", RIGHT, "x")), nominator="江阳县"))
    assert "没有登记过的推荐单位" in page.all("p", "banner")[1].text
    assert "江阳县" in page.all("p", "banner")[1].text


def test_workbook_that_is_mended_keeps_how_it_looks(desk: Desk) -> None:
    buffer = BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True})
    sheet = book.add_worksheet()
    sheet.merge_range(0, 0, 0, 2, "推荐汇总表", book.add_format({"bg_color": "#FF0000"}))
    sheet.write_row(1, 0, ["姓名", "工作单位", "身份证号码"])
    sheet.write_row(2, 0, ["甲某", "甲厂", WRONG])
    book.close()
    client = browser_of(desk, "区经办", APRIL)
    address = sent(client, buffer.getvalue(), "汇总表.xlsx")
    form = typed(looked_at(client, address)) | {"cell.3.identity": RIGHT}
    address = client.post(f"{address}/cells", form).headers["location"]
    assert "1 行，可以登记" in looked_at(client, address).one("p", "banner").text
    (kept,) = desk.contents.incoming.rglob("_*.xlsx")
    with ZipFile(kept) as parts:
        assert b'<mergeCell ref="A1:C1"/>' in parts.read("xl/worksheets/sheet1.xml")


def committed_unnoted(client: Client, address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Confirm a file where what came of it cannot be written down."""

    def full(*_given: object, **_facts: object) -> None:
        raise OSError

    with monkeypatch.context() as broken, suppress(OSError):
        broken.setattr(Waiting, "note", full)
        client.post(f"{address}/commit")


def test_table_is_taken_in_once_where_what_came_of_it_cannot_be_written(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = browser_of(desk, "区经办", APRIL)
    address = sent(client, table(("甲某", "甲厂", RIGHT, "x")))
    committed_unnoted(client, address, monkeypatch)
    assert count(desk) == 5
    assert client.post(f"{address}/commit").status_code == 303
    answer = client.get(address)
    assert (answer.status_code, "1 行，已登记 1 件" in answer.text, count(desk)) == (200, True, 5)
    assert f"/nominations/{number(5)}" in answer.text
    # Nor is it mended any more: the table would wait anew under another token.
    assert client.post(f"{address}/cells", {"cell.2.unit": "乙厂"}).headers["location"] == address


def test_file_that_cannot_be_read_keeps_what_was_told_beside_it(desk: Desk) -> None:
    client = browser_of(desk, "区经办", APRIL)
    page = read_page(client.get(sent(client, b"nonsense", "汇总表.xlsx")).text)
    fields = {one.attributes["name"]: one.attributes.get("value") for one in page.all("input")}
    assert fields["nominator"] == TABLE["nominator"]


def test_names_of_two_that_are_set_apart_are_read_as_one_name(desk: Desk) -> None:
    """As notices set them under names of three."""
    client = browser_of(desk, "区经办", APRIL)
    address = sent(client, table(("周　敏", "甲厂", RIGHT, "x"), ("李 强", "乙厂", OTHER, "y")))
    client.post(f"{address}/commit")
    with desk.store.read() as connection:
        names = connection.execute(select(t.nomination.c.nominee).order_by(t.nomination.c.id)).scalars().all()
    assert names[4:] == ["周敏", "李强"]


def test_table_that_a_killed_console_had_begun_to_take_in_is_taken_in_after_all(desk: Desk) -> None:
    client = browser_of(desk, "区经办", APRIL)
    address = sent(client, table(("甲某", "甲厂", RIGHT, "x")))
    (place,) = (desk.contents.incoming / "waiting").iterdir()
    # What a process leaves that is killed before anything is drawn up: nobody holds it any more.
    (place / "taken").touch()
    assert "1 行，可以登记" in looked_at(client, address).one("p", "banner").text
    client.post(f"{address}/commit")
    assert ("1 行，已登记 1 件" in looked_at(client, address).one("p", "banner").text, count(desk)) == (True, 5)


def test_table_that_is_taken_in_while_somebody_looks_at_it_is_taken_in_once(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    client, other = browser_of(desk, "区经办", APRIL), browser_of(desk, "区经办", APRIL)
    address = sent(client, table(("甲某", "甲厂", RIGHT, "x")))
    begun, is_looked = Event(), Event()
    taker = Thread(target=other.post, args=(f"{address}/commit",))

    def take_when_looked(*given: Any, dry_run: bool) -> Any:
        if not dry_run:
            begun.set()
            assert is_looked.wait(10)
        return take(*given, dry_run=dry_run)

    def told_too_early(*given: Any) -> Any:
        found = drawn_up_from(*given)
        is_looked.set()
        taker.join(10)
        return found

    monkeypatch.setattr("console.intake.take", take_when_looked)
    monkeypatch.setattr("console.intake.drawn_up_from", told_too_early)
    taker.start()
    assert begun.wait(10)
    assert "已经确认登记" in client.get(address).text
    client.post(f"{address}/commit")
    assert ("1 行，已登记 1 件" in looked_at(client, address).one("p", "banner").text, count(desk)) == (True, 5)


def test_files_that_waited_too_long_are_cleared_though_nobody_sends_another(desk: Desk) -> None:
    sent(browser_of(desk, "区经办", APRIL), table(("甲某", "甲厂", RIGHT, "x")))
    waiting = desk.contents.incoming / "waiting"
    desk.clear_scratch(APRIL + PATIENCE - timedelta(seconds=1))
    assert len(list(waiting.iterdir())) == 1
    desk.clear_scratch(APRIL + PATIENCE)
    assert list(waiting.iterdir()) == []


def test_row_of_another_nominator_keeps_the_whole_table_out(desk: Desk) -> None:
    client = browser_of(desk, "区经办", APRIL)
    address = sent(client, table(("甲某", "甲厂", RIGHT, "x"), ("乙某", "乙厂", OTHER, "y")), nominator="外市")
    page = looked_at(client, address)
    assert len([row for row in cells(page) if "无权办理" in row[1]]) == 2
    client.post(f"{address}/commit")
    assert count(desk) == 4


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("汇总表.csv", b"a,b\n1,2", "没有找到表格"),
        ("汇总表.docx", b"PK", "不是表格文件"),
        ("汇总表.xlsx", b"PK\x03\x04nonsense", "汇总表.xlsx"),
        ("材料.zip", b"PK", "没有规定以压缩文件报送"),
    ],
)
def test_what_is_no_table_is_told_in_words(desk: Desk, name: str, content: bytes, told: str) -> None:
    client = browser_of(desk, "区经办", APRIL)
    address = sent(client, content, name, sending="archive" if name.endswith(".zip") else "table")
    answer = client.get(address)
    assert answer.status_code == 422
    assert told in read_page(answer.text).one("div", "refused").text
    assert client.post(f"{address}/commit").status_code == 422


def test_form_without_a_file_or_for_an_unknown_program_keeps_nothing(desk: Desk) -> None:
    client = browser_of(desk, "区经办", APRIL)
    assert client.upload("/intake", [], TABLE).status_code == 422
    for form in ({"program": "nowhere"}, {"sending": "annex", "annex": "x", "nomination": "nowhere-0001"}):
        assert client.upload("/intake", [("a.csv", table())], TABLE | form).status_code == 404
    assert not (desk.contents.incoming / "waiting").exists()


def test_table_is_held_against_nominations_that_are_there(desk: Desk) -> None:
    client = browser_of(desk, "局经办", APRIL)
    identity = make_identity(1, Random(1))  # noqa: S311 - made-up people need no secrets
    address = sent(client, table(("候选人1", "别的厂", identity, "x")), sending="compare")
    page = looked_at(client, address)
    assert "1 行，1 处与申报不一致" in page.one("p", "banner").text
    assert "确认登记" not in page.text
    assert count(desk) == 4


def test_file_is_its_sender_s_alone_and_not_for_long(desk: Desk) -> None:
    address = sent(browser_of(desk, "区经办", APRIL), table(("甲某", "甲厂", RIGHT, "x")))
    for name in ("局管理", "厂经办", "总管理"):
        other = browser_of(desk, name, APRIL)
        assert other.get(address).status_code == 404
        for path in ("cells", "commit", "drop"):
            assert other.post(f"{address}/{path}").status_code == 404
        assert other.get(f"{address}/workbook").status_code == 404
    mine = browser_of(desk, "区经办", APRIL)
    assert mine.get(address).status_code == 200
    assert browser_of(desk, "区经办", APRIL + PATIENCE).get(address).status_code == 404
    assert mine.post(f"{address}/drop").headers["location"] == "/intake"
    assert mine.get(address).status_code == 404
    assert count(desk) == 4


#: Who may draw up what 江阳区 nominates.
MAY_NOMINATE = {"总管理", "局管理", "区经办"}


def test_page_is_for_roles_that_take_something_in(desk: Desk) -> None:
    for name, (role, _) in PEOPLE.items():
        client = browser_of(desk, name, APRIL)
        takes = role not in (Role.EXPERT, Role.SUPERVISOR)
        assert (client.get("/intake").status_code == 200) == takes, name
        assert ("/intake" in client.get("/").text) == takes, name
        answer = client.upload("/intake", [("a.csv", table(("甲某", "甲厂", RIGHT, "x")))], TABLE)
        # An administrator of elsewhere does not know the program.
        assert answer.status_code == (303 if takes and name != "外管理" else 404), name
        if answer.status_code == 303:
            found = looked_at(client, answer.headers["location"])
            assert ("1 行，可以登记" in found.text) == (name in MAY_NOMINATE), name
            assert ("无权办理" in found.text) == (name not in MAY_NOMINATE), name
    assert count(desk) == 4


def test_blank_table_has_the_headings_that_are_read_and_is_taken_in_filled_in(desk: Desk) -> None:
    client = browser_of(desk, "区经办", APRIL)
    given = client.get(f"/intake/blank?program={SMALL}")
    sheet = CalamineWorkbook.from_filelike(BytesIO(given.content)).get_sheet_by_index(0)
    title, _, (serial, *headings), *_ = sheet.to_python()
    assert (title[0], serial) == ("某市<b>工匠</b>（2026年）推荐汇总表", "序号")
    assert all(one in client.get(f"/intake?program={SMALL}").text for one in headings)
    filled = {"姓名": "甲某", "身份证号": RIGHT, "工作单位": "甲厂", "推荐单位": "江阳区"}
    lines = [headings, [filled.get(one, "") for one in headings]]
    page = looked_at(client, sent(client, "\n".join(",".join(line) for line in lines).encode()))
    assert "1 行，可以登记" in page.one("p", "banner").text
    assert "未读的栏目" not in page.text
    assert client.get("/intake/blank?program=nowhere").status_code == 404


def test_number_of_a_nomination_is_not_guessed_with_an_annex(desk: Desk) -> None:
    client = browser_of(desk, "厂经办", APRIL)
    form = TABLE | {"sending": "annex", "annex": "x"}
    answers = [
        client.upload("/intake", [("a.csv", b"x")], form | {"nomination": one}) for one in (number(2), "nowhere")
    ]
    assert [one.status_code for one in answers] == [404, 404]


def test_archive_is_looked_at_and_what_can_be_received_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    document = program_with_files().model_dump(mode="json")
    document["archive"] = {"clause": "二", "named_by": ["employer", "name"]}
    desk = worked(tmp_path, screened=False, program=Program.model_validate(document))
    packed = BytesIO()
    with ZipFile(packed, "w") as archive:
        archive.writestr("第1公司+候选人1/获奖证书.pdf", files.pdf())
        archive.writestr("没有这人/获奖证书.pdf", files.pdf())
    client = browser_of(desk, "区经办", APRIL)
    address = sent(client, packed.getvalue(), "电子件.zip", sending="archive")
    page = looked_at(client, address)
    assert "1 件申报的电子件可以收件，0 件须由人核对，1 个文件不能收" in page.one("p", "banner").text
    assert cells(page)[0][0] == "没有这人/获奖证书.pdf"
    assert not list(desk.contents.folder.rglob("*"))
    # Marked as begun, and nothing of it in the history: it is not told as received.
    mark = next(desk.contents.incoming.rglob("told.json")).parent / "taken"
    mark.touch()
    assert "结果还没有写下" in client.get(address).text
    mark.unlink()
    committed_unnoted(client, address, monkeypatch)
    done = looked_at(client, address)
    assert "1 件申报的电子件已收件" in done.one("p", "banner").text
    assert client.get(f"{address}/workbook").status_code == 404
    assert "✓ 电子 区经办" in looked_at(client, f"/nominations/{number(1)}").text
    desk.store.close()


def test_annex_comes_with_a_nomination_and_what_differs_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    document = working_program().model_dump(mode="json")
    columns = [{"id": "name", "name": "姓名"}, {"id": "post", "name": "岗位"}]
    document["annexes"] = [{"id": "team", "name": "团队一览表", "clause": "二", "columns": columns, "rows": "others"}]
    desk = worked(tmp_path, screened=False, program=Program.model_validate(document))
    client = browser_of(desk, "区经办", APRIL)
    content = "姓名,岗位\n丙某,钳工\n丁某,焊工\n".encode()
    form = {"sending": "annex", "annex": "team", "nomination": number(1)}
    address = sent(client, content, "一览表.csv", **form)
    assert "2 行，可以登记" in looked_at(client, address).one("p", "banner").text
    committed_unnoted(client, address, monkeypatch)
    assert "2 行，已登记 1 件" in looked_at(client, address).one("p", "banner").text
    found = looked_at(client, f"/nominations/{number(1)}")
    assert "团队一览表 2 行" in found.text
    assert "附表与申报一致" in found.text
    desk.store.close()
