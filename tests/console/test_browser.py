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
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Serve the demonstration, which stands mid-flight today."""
    desk = new_desk(tmp_path_factory.mktemp("demo"))
    fill_demo(desk, MemoryChannel(), datetime.now(SHANGHAI), nominations=30)
    with serving(desk.store.url.render_as_string()) as served:
        yield served.address
    desk.store.close()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu"]
        )
        yield launched
        launched.close()


@pytest.fixture
def page(browser: Browser, request: pytest.FixtureRequest) -> Iterator[Page]:
    """A page of the screen that the test names, else of a desktop."""
    context = browser.new_context(**SCREENS[getattr(request, "param", "desktop")])
    yield context.new_page()
    context.close()


def _paths(page: Page, address: str) -> list[str]:
    page.goto(address)
    cards = page.locator("article h3 a")
    return ["/", *(str(cards.nth(place).get_attribute("href")) for place in range(cards.count()))]


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
    paths = _paths(page, address)
    assert len(paths) == 6
    for path in paths:
        answer = page.goto(address + path)
        assert answer
        assert answer.ok
        name = path.rpartition("/")[2] or "overview"
        page.screenshot(path=OUTPUT / f"console-{name}-{screen}.png", full_page=True)
        assert page.evaluate(OVERHANG) == []
        faint = [found for found in page.evaluate(CONTRASTS) if found["ratio"] < 4.5]
        assert faint == []
    assert said == []
    assert asked
    assert [url for url in asked if not url.startswith(f"{address}/")] == []


@pytest.mark.parametrize("width", [320, 640, 1920])
def test_nothing_sticks_out_at_any_width_or_zoom(page: Page, address: str, width: int) -> None:
    # 640 is a window of 1280 at 200 %, 320 the same at 400 %.
    for path in _paths(page, address):
        page.set_viewport_size({"width": width, "height": 800})
        for language in ("zh", "en"):
            page.goto(f"{address}{path}?lang={language}")
            assert page.evaluate(OVERHANG) == []
            assert page.evaluate("document.documentElement.scrollWidth") == width


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
