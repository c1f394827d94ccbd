"""The pages in Debian's Chromium: quiet, by themselves, readable, and fitting every width."""

import os
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from deadlines import SHANGHAI
from notifications.channels import MemoryChannel
from operations.demo import fill_demo
from operations.newcomers import welcome_players
from tests.console.filled import new_desk
from tests.console.serving import ROOT, serving

CHROMIUM = Path("/usr/bin/chromium")
OUTPUT = ROOT / "ci-output"

pytestmark = pytest.mark.skipif(
    not CHROMIUM.exists() and not os.environ.get("CI"),
    reason="there is no /usr/bin/chromium; install it with: apt-get install chromium fonts-noto-cjk",
)

SCREENS: dict[str, dict[str, Any]] = {
    "desktop": {"viewport": {"width": 1280, "height": 900}},
    "desktop-dark": {"viewport": {"width": 1280, "height": 900}, "color_scheme": "dark"},
    "phone": {"viewport": {"width": 375, "height": 800}, "device_scale_factor": 2},
    "phone-dark": {"viewport": {"width": 375, "height": 800}, "device_scale_factor": 2, "color_scheme": "dark"},
}

#: Another machine's name, as far as the browser knows.
ELSEWHERE = "console.example"

#: Who acts for every office of the demonstration's programs.
OPERATOR = "方静"

#: Every text with the ratio of its colour's luminance to that of what it stands on (WCAG 2.2, 1.4.3).
CONTRASTS = """() => {
  const channels = (colour) => colour.match(/[\\d.]+/g).map(Number);
  const luminance = (colour) => {
    const [r, g, b] = channels(colour).map((c) => c / 255).map((c) => c <= .04045 ? c / 12.92 : ((c + .055) / 1.055) ** 2.4);
    return .2126 * r + .7152 * g + .0722 * b;
  };
  const solid = (colour) => colour.startsWith("rgb") && (channels(colour)[3] ?? 1) === 1;
  const behind = (element) => {
    const box = element.closest("g.stage")?.querySelector("rect");
    if (box && element.tagName === "text") return getComputedStyle(box).fill;
    for (let one = element; one; one = one.parentElement) {
      const colour = getComputedStyle(one).backgroundColor;
      if (solid(colour)) return colour;
    }
    return "rgb(255, 255, 255)";
  };
  const own = (element) => [...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim());
  return [...document.querySelectorAll("body *")].filter((one) => own(one) && one.checkVisibility() && one.tagName !== "title").map((one) => {
    const style = getComputedStyle(one);
    const colour = one.tagName === "text" ? style.fill : style.color;
    const [dark, light] = [luminance(colour), luminance(behind(one))].sort((a, b) => a - b);
    return {text: one.textContent.trim().slice(0, 40), ratio: (light + .05) / (dark + .05)};
  });
}"""  # noqa: E501 - a script is not wrapped for its host's sake

#: What sticks out of the window to the right.
OVERHANG = """() => [...document.querySelectorAll("body *")]
  .filter((one) => !one.closest("thead") && one.getBoundingClientRect().right > innerWidth + 1)
  .map((one) => one.tagName + " " + one.textContent.trim().slice(0, 40))"""


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
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(
            executable_path=CHROMIUM,
            args=[
                "--no-sandbox",
                "--disable-dev-shm-usage",
                "--disable-gpu",
                # A name that a browser trusts no more than any address of another machine.
                f"--host-resolver-rules=MAP {ELSEWHERE} 127.0.0.1",
            ],
        )
        yield launched
        launched.close()


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


def _all_paths(page: Page, address: str) -> list[str]:
    """Every kind of page: the first, all programs, a list, a nomination that can be moved, the account."""
    paths = _paths(page, address)
    page.goto(f"{address}{waiting(page, address)}")
    one = str(page.locator("table.nominations a").first.get_attribute("href"))
    return [
        *paths,
        "/nominations",
        one,
        "/intake?program=" + paths[1].rpartition("/")[2],
        "/account",
        "/account/second-factor",
        "/account/calendars",
        "/verify",
        "/nowhere",
    ]


def waiting(page: Page, address: str) -> str:
    """Where what waits longest to be screened is listed."""
    page.goto(address)
    return str(page.locator(".waiting a", has_text="审核资格条件").first.get_attribute("href"))


@pytest.mark.parametrize(
    ("page", "screen"), [(screen, screen) for screen in SCREENS], indirect=["page"], ids=list(SCREENS)
)
def test_pages_are_quiet_local_and_readable(page: Page, screen: str, address: str) -> None:
    said: list[str] = []
    asked: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("requestfailed", lambda request: said.append(request.url))
    page.on("request", lambda request: asked.append(request.url))
    paths = _all_paths(page, address)
    assert len(paths) == 14
    for path in paths:
        answer = page.goto(address + path)
        assert answer
        assert answer.ok or path == "/nowhere"
        name = path.partition("?")[0].rpartition("/")[2] or "overview"
        page.evaluate("document.querySelectorAll('main details').forEach((one) => { one.open = true })")
        page.screenshot(path=OUTPUT / f"console-{name}-{screen}.png", full_page=True)
        assert page.evaluate(OVERHANG) == []
        faint = [found for found in page.evaluate(CONTRASTS) if found["ratio"] < 4.5]
        assert faint == []
    assert [one for one in said if "404" not in one] == []
    assert asked
    assert [url for url in asked if not url.startswith(f"{address}/")] == []


@pytest.mark.parametrize("width", [320, 640, 1920])
def test_nothing_sticks_out_at_any_width_or_zoom(page: Page, address: str, width: int) -> None:
    # 640 is a window of 1280 at 200 %, 320 the same at 400 %.
    for path in _all_paths(page, address):
        page.set_viewport_size({"width": width, "height": 800})
        for language in ("zh", "en"):
            page.goto(f"{address}{path}{'&' if '?' in path else '?'}lang={language}")
            assert page.evaluate(OVERHANG) == []
            assert page.evaluate("document.documentElement.scrollWidth") == width


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


def test_newcomer_finds_what_has_waited_longest_returns_it_and_sees_what_goes_out(
    browser: Browser, demo: tuple[str, dict[str, str]]
) -> None:
    """The path of the README, without a script: pages work where none may run."""
    context = browser.new_context(**SCREENS["desktop"], java_script_enabled=False)
    page = context.new_page()
    sign_in(page, demo, OPERATOR)
    page.locator(".waiting").get_by_role("link", name="审核资格条件").click()
    first = page.locator("table.nominations tbody tr").first
    nominee, unit = first.get_by_role("link").inner_text(), first.locator(".sub span").first.inner_text()
    first.get_by_role("link").click()
    assert page.get_by_role("heading", level=1).inner_text() == nominee
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


def test_the_keyboard_finds_the_content_first(page: Page, address: str) -> None:
    page.goto(address)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"


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
    page.goto(address + _paths(page, address)[1])
    page.emulate_media(media="print")
    assert not page.get_by_role("link", name="English").is_visible()
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    page.pdf(path=OUTPUT / "console-program.pdf", format="A4")


def _later_paths(page: Page, address: str) -> list[str]:
    """Where the pages of the later stages of a program of the demonstration are, and those of the public."""
    found = ["/publicity", "/objections", "/organizations", "/calendar", "/audit", "/evaluations"]
    page.goto(f"{address}/publicity")
    lists = page.locator(".public-lists a")
    if lists.count():
        one = str(lists.first.get_attribute("href"))
        found += [one, f"{one}/objection"]
    page.goto(address + _paths(page, address)[1])
    links = page.locator("nav.papers a")
    hrefs = [str(links.nth(place).get_attribute("href")) for place in range(links.count())]
    return [*found, *(href for href in hrefs if not href.endswith(".ics"))]


@pytest.mark.parametrize(
    ("page", "screen"),
    [(screen, screen) for screen in ("desktop", "phone-dark")],
    indirect=["page"],
    ids=["desktop", "phone-dark"],
)
def test_pages_of_the_later_stages_are_quiet_readable_and_fit(page: Page, screen: str, address: str) -> None:
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    for path in _later_paths(page, address):
        answer = page.goto(address + path)
        assert answer
        assert answer.ok, path
        page.evaluate("document.querySelectorAll('main details').forEach((one) => { one.open = true })")
        name = path.strip("/").replace("/", "-")
        page.screenshot(path=OUTPUT / f"console-{name}-{screen}.png", full_page=True)
        assert page.evaluate(OVERHANG) == [], path
        assert [found for found in page.evaluate(CONTRASTS) if found["ratio"] < 4.5] == [], path
        if screen == "phone-dark":
            page.set_viewport_size({"width": 320, "height": 800})
            page.goto(f"{address}{path}?lang=en")
            page.evaluate("document.querySelectorAll('main details').forEach((one) => { one.open = true })")
            assert page.evaluate(OVERHANG) == [], path
            page.goto(f"{address}{path}?lang=zh")
            page.set_viewport_size({"width": 375, "height": 800})
    assert said == []
