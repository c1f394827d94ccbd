"""The console driven in a browser by people of many organizations, each signed in, at instants that a test sets."""

import re
import socket
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from threading import Thread
from typing import Any
from urllib.parse import quote, urlsplit

import uvicorn
from fastapi import FastAPI
from playwright.sync_api import Locator, Page
from sqlalchemy import select

from deadlines import SHANGHAI
from operations.actors import MACHINE, Actor, Role
from operations.acts import Act
from operations.desk import Desk
from operations.people import add_person
from operations.sessions import IDLE
from store import tables as t
from tests import files
from tests.console.people import PASSWORD

#: What an operator says of a form that is in order.
SAID = "属实，同意"


class Clock:
    """What time it is for the console, as a test says."""

    def __init__(self, now: datetime) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now


@contextmanager
def served(app: FastAPI) -> Iterator[str]:
    """Serve an app of this process on a free port until the block ends; yields its address."""
    server = uvicorn.Server(uvicorn.Config(app, log_config=None, access_log=False, lifespan="off", ws="none"))
    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join(timeout=20)


class Drive:
    """One window in which one person after the other works, signed in by the form whenever they have no session."""

    def __init__(self, page: Page, address: str, desk: Desk, clock: Clock) -> None:
        self.page = page
        self.desk = desk
        self._address = address
        self._clock = clock
        self._who: str | None = None
        self._sessions: dict[str, tuple[list[Any], datetime]] = {}

    @property
    def now(self) -> datetime:
        return self._clock.now

    def at(self, moment: str) -> None:
        """Let time pass until then."""
        then = datetime.fromisoformat(moment).replace(tzinfo=SHANGHAI)
        assert then >= self._clock.now, f"{moment} is past"
        self._clock.now = then

    def staff(self, people: Mapping[str, tuple[Role, str | None]]) -> None:
        """Register people; the first of all is an administrator of all organizations."""
        for name, (role, where) in people.items():
            act = Act(Actor("总管理"), self.now) if name != "总管理" else Act(MACHINE, self.now)
            assert add_person(self.desk, name, role, where, act, password=PASSWORD) is None, name

    def go(self, name: str | None, path: str) -> Page:
        """Have somebody open a page, or anybody of the public."""
        self._become(name)
        self.page.goto(self._address + path)
        if name and urlsplit(self.page.url).path == "/sign-in":
            self.page.get_by_label("姓名").fill(name)
            self.page.get_by_label("密码").fill(PASSWORD)
            self.press(self.page.get_by_role("button", name="登录"))
            assert self._path == urlsplit(path).path
        return self.page

    def press(self, what: Locator) -> None:
        """Press a button or a link, and wait for the page that it leads to."""
        with self.page.expect_navigation():
            what.click()

    @property
    def status(self) -> str:
        """What the page says of what was done."""
        return self.page.get_by_role("status").first.inner_text()

    def send_table(self, name: str, program: str, table: str, fields: Mapping[str, str]) -> Page:
        """Send a table in, and look at what is found in it."""
        page = self.go(name, f"/intake?program={program}")
        page.locator("#file").set_input_files({"name": "汇总表.csv", "mimeType": "text/csv", "buffer": table.encode()})
        page.get_by_text("表中没有的栏目", exact=True).click()
        for label, value in fields.items():
            field = page.get_by_label(label, exact=True)
            field.select_option(label=value) if _is_select(field) else field.fill(value)
        self.press(page.get_by_role("button", name="上传并核对"))
        return page

    def take_in(self, name: str, program: str, table: str, fields: Mapping[str, str]) -> list[str]:
        """Send a table in, and take it in as it is; returns the numbers."""
        page = self.send_table(name, program, table, fields)
        rows = len(table.strip().splitlines()) - 1
        assert f"{rows} 行，可以登记" in self.status, page.locator("main").inner_text()
        self.press(page.get_by_role("button", name="确认登记"))
        assert f"{rows} 行，已登记 {rows} 件" in self.status
        return page.locator("main ul.panel a.number").all_inner_texts()

    def rank(self, name: str, first: str, second: str) -> None:
        """Recommend the second of two before the first, by a step up from the nomination's page."""
        page = self.open(name, first)
        self.press(page.get_by_role("link", name="推荐单位的名册和排序"))
        self.press(page.locator("tr", has_text=second).get_by_role("button", name="上移一位"))
        assert page.locator("table.order .number").all_inner_texts() == [second, first]

    def hand_in(self, name: str, *numbers: str) -> None:
        """Record all the materials of nominations as received."""
        for number in numbers:
            page = self.open(name, number)
            for one in page.locator("input[form=receipts][name=material]").all():
                one.check()
            page.get_by_label("已核对通知对这些材料的要求").check()
            self.press(page.get_by_role("button", name="登记收件"))
            assert page.locator("input[form=receipts][name=material]").count() == 0

    def send_files(self, name: str, number: str, material: str, file: str, content: bytes) -> None:
        """Hand in another electronic copy of a material, looked at by whoever does."""
        one = self.open(name, number).locator("ul.handed-in > li", has_text=material)
        one.get_by_text("提交文件（电子").click()
        form = one.locator("form[enctype]")
        form.locator("input[type=file]").set_input_files({"name": file, "mimeType": "", "buffer": content})
        if (seen := form.locator("input[name=seen]")).count():
            seen.check()
        self.press(form.get_by_role("button", name="提交", exact=True))
        assert "文件已提交并收件" in self.status

    def open(self, name: str, number: str) -> Page:
        """Have somebody open a nomination."""
        return self.go(name, f"/nominations/{quote(number)}")

    def move(
        self, name: str, number: str, what: str, reason: str = "", *, form_number: str = "", lacking: str = ""
    ) -> str:
        """Make a move with all that its form asks for; returns what the page says of it."""
        page = self.open(name, number)
        move = page.locator("details.move", has=page.locator("summary", has_text=re.compile(f"^{what}$")))
        move.locator("> summary").click()
        self._fill_in(move, form_number)
        if lacking:
            move.get_by_label(lacking).check()
        if reason:
            move.locator("textarea[name=reason]").fill(reason)
        self.press(move.get_by_role("button", name=f"确认“{what}”"))
        said = self.status
        assert f"已办理：{what}" in said or "已办理，现由其他单位办理" in said, page.locator("main").inner_text()
        return said

    def together(self, name: str, program: str, stage: str, what: str, count: int) -> None:
        """Move all who stand at a place, after a look at what would come of it."""
        page = self.go(name, f"/nominations?program={program}&stage={stage}")
        for one in page.locator("td.pick input").all():
            one.check()
        page.get_by_label("操作").select_option(label=what)
        self.press(page.get_by_role("button", name="预览选中的"))
        form = page.locator("section", has=page.locator("#adjust"))
        if form.locator("textarea[name^=opinion], input[name=sealed]").count():
            self._fill_in(form)
            self.press(page.get_by_role("button", name="重新预览"))
        assert f"可以办理 {count} 件，不能办理 0 件" in self.status, page.locator("main").inner_text()
        self.press(page.get_by_role("button", name=f"确认办理 {count} 件"))
        assert f"已办理 {count} 件" in self.status

    def judge(self, name: str, *numbers: str) -> None:
        """Say of every rule that is not met yet that it is."""
        for number in numbers:
            page = self.open(name, number)
            page.get_by_text("填写审查结论", exact=True).click()
            for one in page.locator("select[name^='rule.']").all():
                one.select_option("pass")
            self.press(page.get_by_role("button", name="填写", exact=True))
            assert page.locator("select[name^='rule.']").count() == 0

    def concur(self, name: str, number: str, body: str, note: str = "") -> None:
        """Record what a body says that screens jointly: that it agrees, or why not."""
        page = self.open(name, number)
        page.get_by_text("登记部门意见", exact=True).click()
        page.get_by_label("部门", exact=True).select_option(body)
        page.get_by_label("不同意" if note else "同意", exact=True).check()
        page.get_by_label("理由（不同意的必填）").fill(note)
        self.press(page.get_by_role("button", name="登记", exact=True))
        said = page.locator(".verdicts li", has_text=body).locator(".badge")
        assert said.inner_text() == ("不同意" if note else "同意")

    def answer(self, name: str, program: str, stage: str, body: str, *numbers: str, letter: str = "") -> None:
        """Record that a body agrees to these, or to all of whom it has said nothing, by a letter."""
        page = self.go(name, f"/programs/{program}/stages/{stage}/opinions?body={body}&which=all")
        for number in numbers:
            page.locator(f"input[name='agrees'][value='{number}']").check()
        if not numbers:
            page.get_by_label("其余未答复的都同意", exact=False).check()
        if letter:
            paper = {"name": letter, "mimeType": "application/pdf", "buffer": files.pdf(1)}
            page.get_by_label("复函文件", exact=False).set_input_files(paper)
        self.press(page.get_by_role("button", name="登记", exact=True))
        assert "已登记" in self.status, page.locator("main").inner_text()

    def board(self, name: str, program: str, stage: str) -> Page:
        """Have somebody open the board of a stage."""
        return self.go(name, f"/programs/{program}/stages/{stage}")

    def meet(self, name: str, board: str, place: str, present: Sequence[str]) -> None:
        """Record the meeting of a stage, found from its board."""
        page = self.go(name, board)
        self.press(page.get_by_role("link", name="会议和纪要"))
        page.get_by_label("地点").fill(place)
        page.get_by_label("主持人").fill(present[0])
        page.get_by_label("到会人员，每行一人").fill("\n".join(present))
        page.get_by_label("议程，每行一项").fill("听取汇报\n投票表决")
        self.press(page.get_by_role("button", name="登记", exact=True))
        assert f"{len(present)} 人" in page.locator("section", has=page.locator("#recorded")).inner_text()

    def decide(self, name: str, program: str, stage: str, fates: Mapping[str, str], minutes: str) -> None:
        """Decide who goes on, after a look at what would come of it."""
        page = self.board(name, program, stage)
        for place, (number, fate) in enumerate(fates.items(), start=1):
            page.locator(f"select[name='fate.{number}']").select_option(label=fate)
            if fate.startswith("候补"):
                page.locator(f"input[name='order.{number}']").fill(str(place))
        page.get_by_label("依据，如会议纪要").fill(minutes)
        self.press(page.get_by_role("button", name="下一步：核对"))
        self.press(page.get_by_role("button", name="确定去留"))
        assert page.get_by_role("alert").count() == 0, page.get_by_role("alert").inner_text()
        assert "现有 0 件" in page.locator(".notice-title").inner_text()

    def tally(self, name: str, program: str, stage: str, votes: Mapping[str, int], platforms: Sequence[str]) -> None:
        """Import the votes of each platform, which counts one vote more than the one before."""
        for more, platform in enumerate(platforms or [""]):
            table = "\n".join(["编号,票数", *(f"{number},{count + more}" for number, count in votes.items())])
            page = self.board(name, program, stage)
            page.get_by_text("导入票数表", exact=True).click()
            if platform:
                page.get_by_label("平台", exact=True).select_option(platform)
            file = {"name": "票数.csv", "mimeType": "text/csv", "buffer": table.encode()}
            page.get_by_label("表格（").set_input_files(file)
            self.press(page.get_by_role("button", name="核对并导入"))
            imported = page.locator("#tallies ~ table tr", has_text=platform or "票数.csv")
            assert imported.locator(".number").last.inner_text() == f"{sum(votes.values()) + more * len(votes):,}"

    def evaluate(self, name: str, points: Mapping[str, int], opinion: str) -> None:
        """Have an expert report on all tracks of everybody who is theirs: by the name of the nominee."""
        for nominee, given in points.items():
            page = self.go(name, "/evaluations")
            self.press(page.get_by_role("link", name=nominee))
            tracks = page.locator("form[action*='/tracks/']").count()
            for place in range(tracks):
                form = page.locator("form[action*='/tracks/']").nth(place)
                # One track is open at a time, the first of which something is missing.
                assert page.locator("form[action*='/tracks/']").filter(visible=True).count() == 1
                form.get_by_label("得分（整数，可不填）").fill(str(given))
                form.get_by_label("评议意见").fill(opinion)
                self.press(form.get_by_role("button", name="保存"))
                assert ("已保存" in self.status, "此件还缺" in self.status) == (True, place < tracks - 1)
                assert form.get_by_label("得分（整数，可不填）").input_value() == str(given)
        assert "全部评完了" in self.status

    def settle(self, name: str, program: str, stage: str) -> list[tuple[str, str]]:
        """Settle a ranking; returns each place with who has it."""
        page = self.board(name, program, stage)
        page.get_by_text("确定排序", exact=True).click()
        self.press(page.get_by_role("button", name="确定，评分不再更改"))
        assert f"{name}于" in page.locator("#ranking ~ p").first.inner_text()
        rows = page.locator("table.ranking tbody tr").all()
        return [(one.locator("td").first.inner_text(), one.get_by_role("link").first.inner_text()) for one in rows]

    def object_to(self, address: str, about: str, objector: str, grounds: str) -> tuple[str, str]:
        """Object to somebody on a public list, as nobody who is signed in; returns the receipt's number and code."""
        page = self.go(None, f"{address}/objection")
        one = page.locator("#place option", has_text=about)
        page.get_by_label("反映对象").select_option(one.get_attribute("value"))
        page.get_by_label("姓名或单位全称").fill(objector)
        page.get_by_label("联系方式（").fill("13800000000")
        page.get_by_label("异议内容和事实依据").fill(grounds)
        page.get_by_label("我所反映的不属于以上情形").check()
        self.press(page.get_by_role("button", name="提交异议"))
        number, code = page.get_by_role("status").locator(".number").all_inner_texts()
        return number, code

    def do(self, name: str, path: str, what: str, fields: Mapping[str, str], button: str) -> Page:
        """Fill in one of the forms of a page that are told by what they do, and send it."""
        page = self.go(name, path)
        form = page.locator("details.move", has=page.locator("summary", has_text=re.compile(f"^{what}$")))
        form.locator("> summary").click()
        for label, value in fields.items():
            field = form.get_by_label(label)
            if value == "✓":
                field.check()
            elif _is_select(field):
                field.select_option(value)
            else:
                field.fill(value)
        self.press(form.get_by_role("button", name=button, exact=True))
        assert page.get_by_role("alert").count() == 0, page.get_by_role("alert").inner_text()
        return page

    def handle(self, name: str, objection: str, what: str, fields: Mapping[str, str], button: str) -> str:
        """Take one step with an objection; returns how far it is now."""
        return self.do(name, f"/objections/{objection}", what, fields, button).locator(".title .badge").inner_text()

    def issue(self, name: str, program: str, document: str) -> str:
        """Issue the document and number the certificates; returns what the page says of them."""
        page = self.go(name, f"/programs/{program}/issuance")
        page.get_by_label("发文字号").fill(document)
        self.press(page.get_by_role("button", name="印发并授予"))
        self.press(page.get_by_role("button", name="为获得者编证书号"))
        return page.locator("section", has=page.locator("#documents")).inner_text()

    def publish(self, name: str, program: str, venue: str = "主办单位官网") -> str:
        """Publish who waits for it; returns where the public reads the list."""
        page = self.go(name, f"/programs/{program}/publicity")
        page.get_by_label("公示渠道").fill(venue)
        self.press(page.get_by_role("button", name="现在公示"))
        return str(page.locator("table.lists a").first.get_attribute("href"))

    def replace(self, name: str, program: str, reason: str) -> None:
        """Give the first place that was vacated to the next reserve."""
        page = self.go(name, f"/programs/{program}/publicity")
        form = page.locator("form[action$='/replacements']").first
        page.get_by_text("由下一名候补递补").first.click()
        form.locator("textarea").fill(reason)
        self.press(form.get_by_role("button"))
        assert page.get_by_role("alert").count() == 0, page.get_by_role("alert").inner_text()

    def stages(self, numbers: Sequence[str]) -> list[str]:
        """Where nominations stand."""
        of = t.nomination.c
        with self.desk.store.read() as connection:
            found = dict(connection.execute(select(of.number, of.stage).where(of.number.in_(numbers))).tuples().all())
        return [found[number] for number in numbers]

    @property
    def _path(self) -> str:
        return urlsplit(self.page.url).path

    def _become(self, name: str | None) -> None:
        """Put one person's session in the place of another's."""
        context = self.page.context
        if self._who:
            self._sessions[self._who] = (context.cookies(), self.now)
        if name == self._who:
            return
        context.clear_cookies()
        cookies, since = self._sessions.get(name or "", ([], self.now))
        if cookies and self.now - since < IDLE:
            context.add_cookies(cookies)
        self._who = name

    def _fill_in(self, form: Locator, form_number: str = "") -> None:
        for one in form.locator("textarea[name^=opinion]").all():
            one.fill(SAID)
        if (seal := form.locator("input[name=sealed]")).count():
            seal.check()
        if form_number:
            form.locator("input[name=form_number]").fill(form_number)


def _is_select(field: Locator) -> bool:
    return bool(field.evaluate("(one) => one.tagName === 'SELECT'"))
