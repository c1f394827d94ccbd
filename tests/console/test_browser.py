"""The demonstration in Debian's Chromium, served as it is installed: what newcomers do, with and without a mouse."""

import re
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from deadlines import SHANGHAI
from notifications.channels import MemoryChannel
from operations.demo import fill_demo
from operations.newcomers import welcome_players
from tests.console.filled import new_desk
from tests.console.looking import DESKTOP, ELSEWHERE, OUTPUT, PHONE, Looker, chromium, needs_chromium
from tests.console.serving import serving

pytestmark = needs_chromium

SCREENS: dict[str, dict[str, Any]] = {
    "desktop": {"viewport": {"width": DESKTOP, "height": 900}},
    "phone": {"viewport": {"width": PHONE, "height": 800}},
}

#: Who acts for every office of the demonstration's programs.
OPERATOR = "方静"


@pytest.fixture(scope="module")
def stored(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, str, dict[str, str]]]:
    """Make the demonstration, which stands mid-flight today: its database, its folder, and everybody's password."""
    folder = tmp_path_factory.mktemp("demo")
    desk = new_desk(folder)
    now = datetime.now(SHANGHAI)
    fill_demo(desk, MemoryChannel(), now, nominations=30)
    passwords = {one.name: one.password for one in welcome_players(desk, now)}
    yield desk.store.url.render_as_string(), str(folder), passwords
    desk.store.close()


@pytest.fixture(scope="module")
def demo(stored: tuple[str, str, dict[str, str]]) -> Iterator[tuple[str, dict[str, str]]]:
    """Serve the demonstration; with the password of everybody in it."""
    database, folder, passwords = stored
    with serving(database, LINXUAN_DATA=folder) as served:
        yield served.address, passwords


@pytest.fixture(scope="module")
def address(demo: tuple[str, dict[str, str]]) -> str:
    return demo[0]


def sign_in(page: Page, demo: tuple[str, dict[str, str]], name: str) -> None:
    address, passwords = demo
    page.goto(address)
    page.get_by_label("姓名").fill(name)
    page.get_by_label("密码").fill(passwords[name])
    page.get_by_role("button", name="登录").click()
    page.locator(".whoami").wait_for()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as launched:
        yield launched


@pytest.fixture
def page(browser: Browser, request: pytest.FixtureRequest, demo: tuple[str, dict[str, str]]) -> Iterator[Page]:
    """A page of the screen that the test names, else of a desktop; the demonstration's operator is signed in."""
    context = browser.new_context(**SCREENS[getattr(request, "param", "desktop")])
    page = context.new_page()
    sign_in(page, demo, OPERATOR)
    yield page
    context.close()


def _paths(page: Page, address: str) -> list[str]:
    page.goto(address)
    cards = page.locator("article h3 a")
    return ["/", *(str(cards.nth(place).get_attribute("href")) for place in range(cards.count()))]


def waiting(page: Page, address: str) -> str:
    """Where what waits longest to be screened is listed."""
    page.goto(address)
    return str(page.locator(".waiting a", has_text="审核资格条件").first.get_attribute("href"))


def test_pages_of_the_demonstration_pass_all_that_pages_are_held_to(page: Page, address: str) -> None:
    """Full of nominations, as pages are that are worked with; every kind of page is looked at elsewhere."""
    looker = Looker(page, address)
    first, *programs = _paths(page, address)
    page.goto(f"{address}{waiting(page, address)}")
    one = str(page.locator("table.nominations a").first.get_attribute("href"))
    page.goto(f"{address}/publicity")
    (listed, *_) = page.locator(".public-lists a").all()
    paths = {
        "today": first,
        **{path.rpartition("/")[2]: path for path in programs},
        "nominations": "/nominations",
        "nomination": one,
        "list": str(listed.get_attribute("href")),
    }
    for name, path in paths.items():
        page.goto(address + path)
        looker.look(f"demo-{name}", english=False)
    assert looker.said == []


def test_somebody_signs_in_and_out_over_plain_http_from_another_machine(
    browser: Browser, stored: tuple[str, str, dict[str, str]]
) -> None:
    database, folder, passwords = stored
    with serving(database, host="0.0.0.0", LINXUAN_DATA=folder) as served:  # noqa: S104 - as it is served to other machines
        address = f"http://{ELSEWHERE}:{served.address.rpartition(':')[2]}"
        context = browser.new_context(**SCREENS["desktop"])
        page = context.new_page()
        sign_in(page, (address, passwords), OPERATOR)
        assert page.evaluate("isSecureContext") is False
        page.get_by_role("button", name="退出").click()
        page.get_by_label("密码").wait_for()
        context.close()


def test_newcomer_finds_what_is_late_returns_it_and_sees_what_goes_out(
    browser: Browser, demo: tuple[str, dict[str, str]]
) -> None:
    """The path of the README, without a script: pages work where none may run."""
    context = browser.new_context(**SCREENS["desktop"], java_script_enabled=False)
    page = context.new_page()
    sign_in(page, demo, OPERATOR)
    page.locator(".waiting tr.late", has_text="审核资格条件").get_by_role("link", name="已逾期").click()
    first = page.locator("table.nominations tbody tr").first
    nominee, unit = first.get_by_role("link").inner_text(), first.locator(".sub span").first.inner_text()
    first.get_by_role("link").click()
    assert page.get_by_role("heading", level=1).inner_text() == nominee
    assert page.locator("dl.standing.late").count() == 1
    page.locator("summary", has_text="退回补正").click()
    page.get_by_role("group", name="材料须补正").get_by_role("checkbox").first.check()
    page.get_by_label("理由").filter(visible=True).first.fill("请补交获奖证书复印件")
    page.get_by_role("button", name="确认“退回补正”").click()
    told = page.get_by_role("status").first.inner_text()
    assert "已办理：退回补正，到“审核资格条件·补正”" in told
    assert "请补交获奖证书复印件" in told
    assert unit in told
    page.get_by_role("link", name="查看消息").click()
    letter = page.locator("#messages ~ ul pre").first.inner_text()
    assert letter.startswith(f"{unit}：")
    assert "请补交获奖证书复印件" in letter
    assert nominee in letter
    page.screenshot(path=OUTPUT / "console-newcomer.png", full_page=True)
    # It waits for others now, and everybody who may see it can read why.
    page.get_by_role("button", name="退出").click()
    sign_in(page, demo, "袁清")
    page.goto(f"{demo[0]}/nominations?q={nominee}")
    page.get_by_role("link", name=nominee).first.click()
    assert "请补交获奖证书复印件" in page.locator("table.events").inner_text()
    context.close()


@pytest.mark.parametrize("screen", ["phone"])
def test_operator_previews_several_takes_a_table_in_and_mends_it_without_a_script(
    browser: Browser, demo: tuple[str, dict[str, str]], screen: str
) -> None:
    context = browser.new_context(**SCREENS[screen], java_script_enabled=False)
    page = context.new_page()
    sign_in(page, demo, OPERATOR)
    page.goto(f"{demo[0]}{waiting(page, demo[0])}")
    for place in (0, 1):
        page.locator("td.pick input").nth(place).check()
    page.get_by_label("操作").select_option("return")
    page.get_by_label("理由或说明").fill("请补交证明")
    page.get_by_role("button", name="预览选中的").click()
    assert "可以办理 2 件" in page.get_by_role("status").first.inner_text()
    page.screenshot(path=OUTPUT / f"console-together-{screen}.png", full_page=True)
    program = page.locator("input[name=number], a[href^='/nominations/']").first.get_attribute("href")
    page.goto(f"{demo[0]}/intake?program={str(program).rpartition('/')[2].rpartition('-')[0]}")
    table = "姓名,工作单位,推荐单位,身份证号码\n甲某,,演示区,510502199001010011\n乙某,演示厂,演示区,\n"
    page.get_by_label("文件（").set_input_files([{"name": "表.csv", "mimeType": "text/csv", "buffer": table.encode()}])
    page.get_by_role("button", name="上传并核对").click()
    assert "有问题须改正" in page.get_by_role("status").first.inner_text()
    page.screenshot(path=OUTPUT / f"console-intake-{screen}.png", full_page=True)
    page.get_by_label("B2 改为").fill("演示厂")
    page.get_by_role("button", name="按此改正").click()
    assert page.get_by_label("B2 改为").count() == 0
    context.close()


def test_somebody_works_with_the_keyboard_alone(browser: Browser, demo: tuple[str, dict[str, str]]) -> None:
    """Sign in, find a nomination and move it, by Tab, Enter, Space and letters; where one is can always be seen."""
    address, passwords = demo
    context = browser.new_context(**SCREENS["desktop"])
    page = context.new_page()
    page.goto(address)
    page.wait_for_function("document.activeElement.matches('input[autofocus]')")
    page.keyboard.type(OPERATOR)
    tab_to(page, "密码")
    page.keyboard.type(passwords[OPERATOR])
    enter(page)
    page.keyboard.press("Tab")
    assert focused(page) == "跳到正文"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
    tab_to(page, "审核资格条件|资格审查")
    enter(page)
    one = page.locator("table.nominations tbody a").last.inner_text()
    tab_to(page, one)
    enter(page)
    assert page.get_by_role("heading", level=1).inner_text() == one
    tab_to(page, "不予通过")
    page.keyboard.press("Enter")
    tab_to(page, "理由")
    page.keyboard.type("不符合申报条件")
    tab_to(page, "确认“不予通过”")
    enter(page)
    assert "不予通过\n\n理由：不符合申报条件" in page.get_by_role("status").first.inner_text()
    context.close()


#: What has the focus, by its name, where that can be seen: an outline, and within the window.
FOCUSED = """() => {
  const one = document.activeElement, style = getComputedStyle(one), box = one.getBoundingClientRect();
  const seen = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2
    && box.bottom > 0 && box.top < innerHeight && box.right > 0;
  return seen ? (one.labels?.[0]?.textContent ?? one.getAttribute("aria-label") ?? one.textContent).trim() : null;
}"""


def focused(page: Page) -> str:
    """Return the name of what has the focus; fails where nobody could see that it has."""
    name: str | None = page.evaluate(FOCUSED)
    assert name is not None, page.evaluate("document.activeElement.outerHTML")
    return name


def tab_to(page: Page, name: str) -> None:
    """Press Tab until what is called so has the focus."""
    for _ in range(200):
        page.keyboard.press("Tab")
        if re.fullmatch(name, focused(page).partition("\n")[0]):
            return
    pytest.fail(f"Tab does not lead to {name}")


def enter(page: Page) -> None:
    """Press Enter, and wait for the page that it leads to, until keys go to it."""
    with page.expect_navigation():
        page.keyboard.press("Enter")
    page.wait_for_function("document.hasFocus()")
    page.evaluate("new Promise(requestAnimationFrame)")


def test_the_language_is_switched_and_stays(page: Page, address: str) -> None:
    page.goto(address)
    page.get_by_role("link", name="English").click()
    page.locator("article h3 a").first.click()
    assert page.locator("html").get_attribute("lang") == "en"
    assert page.get_by_role("heading", name="Rulings").is_visible()
    page.get_by_role("link", name="中文").click()
    assert page.get_by_role("heading", name="裁定").is_visible()


def test_the_pipeline_can_be_read_as_a_table(page: Page, address: str) -> None:
    page.goto(address + _paths(page, address)[1])
    table = page.locator("table.standings")
    assert not table.is_visible()
    page.get_by_text("以表格查看").click()
    assert table.is_visible()
    assert page.get_by_role("img", name="各环节在办件数").is_visible()


def test_pages_print_on_paper(page: Page, address: str) -> None:
    program = address + _paths(page, address)[1]
    page.goto(f"{address}/publicity")
    (listed, *_) = page.locator(".public-lists a").all()
    page.goto(f"{address}{listed.get_attribute('href')}")
    page.emulate_media(media="print")
    assert page.locator("table.listed").is_visible()
    assert not page.locator("nav, footer, form, .button").filter(visible=True).count()
    page.goto(f"{address}/verify")
    assert not page.locator("nav, form").filter(visible=True).count()
    page.goto(program)
    assert not page.get_by_role("link", name="English").is_visible()
    assert not page.get_by_role("link", name="今日").is_visible()
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    page.pdf(path=OUTPUT / "console-program.pdf", format="A4")
