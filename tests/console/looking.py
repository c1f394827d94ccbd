"""What every page is held to, in one visit of a browser: WCAG 2.2, contrast in both schemes, every width, and quiet."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from fastapi import FastAPI
from playwright.sync_api import Browser, Page, sync_playwright
from starlette.routing import Match, Route

from tests.console.serving import ROOT

#: Debian's Chromium without a window takes two thirds of the processor's time of the one with.
CHROMIUM = next(
    (one for one in map(Path, ("/usr/bin/chromium-headless-shell", "/usr/bin/chromium")) if one.exists()), None
)

#: Without a browser a developer passes these tests over; in CI they are run, and fail.
needs_chromium = pytest.mark.skipif(
    CHROMIUM is None and not os.environ.get("CI"),
    reason="there is no Chromium in /usr/bin; install it with: apt-get install chromium-headless-shell fonts-noto-cjk",
)
OUTPUT = ROOT / "ci-output"

#: Another machine's name, as far as the browser knows: one that it trusts no more than any address of another machine.
ELSEWHERE = "console.example"

#: A window, and what is left of it at 200 % and at 400 %; a phone, and a large screen.
DESKTOP, PHONE = 1280, 375
WIDTHS = (1920, DESKTOP, DESKTOP // 2, PHONE, DESKTOP // 4)

_RULES = {
    "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa"]},
    "resultTypes": ["violations"],
    # Two thirds of its time; `_FAINT` holds every text to more, in both schemes.
    "rules": {"color-contrast": {"enabled": False}},
}

#: Every text with the ratio of its colour's luminance to that of what it stands on, where it is too small (1.4.3).
_FAINT = """() => {
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
  const written = "textarea, input:not([type=hidden], [type=checkbox], [type=radio])";
  const texts = [...document.querySelectorAll("body *")].filter((one) => one.checkVisibility() && one.tagName !== "title")
    .flatMap((one) => [
      ...(own(one) || one.matches(written) ? [[one, one.textContent.trim() || one.value || "", getComputedStyle(one)]] : []),
      ...(one.placeholder ? [[one, one.placeholder, getComputedStyle(one, "::placeholder")]] : []),
    ]);
  return texts.map(([one, text, style]) => {
    const colour = one.tagName === "text" ? style.fill : style.color;
    const [dark, light] = [luminance(colour), luminance(behind(one))].sort((a, b) => a - b);
    return {text: text.slice(0, 40), ratio: (light + .05) / (dark + .05)};
  }).filter((one) => one.ratio < 4.5);
}"""  # noqa: E501 - a script is not wrapped for its host's sake

#: What sticks out of the window to the right, and whether the page can be scrolled sideways.
_OVERHANG = """() => [
  ...[...document.querySelectorAll("body *")]
    .filter((one) => !one.closest("thead") && one.getBoundingClientRect().right > innerWidth + 1)
    .map((one) => one.tagName + " " + one.textContent.trim().slice(0, 40)),
  ...(document.documentElement.scrollWidth > innerWidth ? ["the page"] : []),
]"""

_OPEN = "document.querySelectorAll('main details').forEach((one) => { one.open = true })"


@contextmanager
def chromium() -> Iterator[Browser]:
    """Debian's Chromium, until the block ends. Nothing else runs an event loop in this thread meanwhile."""
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(
            executable_path=CHROMIUM,
            args=[
                "--no-sandbox",
                "--disable-dev-shm-usage",
                "--disable-gpu",
                f"--host-resolver-rules=MAP {ELSEWHERE} 127.0.0.1",
            ],
        )
        yield launched
        launched.close()


class Looker:
    """Looks at the pages of one window. `seen` are the routes of the app that it was shown, as they are written."""

    def __init__(self, page: Page, address: str, app: FastAPI | None = None) -> None:
        self.page = page
        self.seen: set[str] = set()
        #: What the pages say on the console, and what they ask for elsewhere.
        self.said: list[str] = []
        self._address = address
        routes = app.routes if app else ()
        self._routes = [one for one in routes if isinstance(one, Route) and "GET" in (one.methods or ())]
        self._axe = Axe()
        page.on("console", lambda message: self._hear(message.text))
        page.on("pageerror", lambda error: self.said.append(str(error)))
        page.on("requestfailed", lambda request: self._miss(request.url, request.failure or ""))
        page.on("request", lambda request: self._ask(request.url))

    def look(self, name: str, *, english: bool = True) -> None:
        """Hold the page that is shown to all of it, and keep a picture of it at two widths.

        `english`: it is then asked for in English, and left in it; what a form has given is not asked for again.
        """
        page, wrong = self.page, {}
        path = urlsplit(page.url).path
        page.evaluate(_OPEN)
        wrong["axe"] = self._violations()
        page.emulate_media(color_scheme="dark", reduced_motion="reduce")
        wrong["faint in the dark"] = page.evaluate(_FAINT)
        wrong["moves"] = page.evaluate("document.getAnimations().length")
        page.emulate_media(color_scheme="light", reduced_motion="no-preference")
        wrong["faint"] = page.evaluate(_FAINT)
        page.screenshot(path=OUTPUT / f"{name}-desktop.png", full_page=True)
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 900})
            wrong[f"wider than {width}"] = page.evaluate(_OVERHANG)
            if width == PHONE:
                page.screenshot(path=OUTPUT / f"{name}-phone.png", full_page=True)
        if english:
            wrong["wide in English"] = self._in_english(page.url)
        page.set_viewport_size({"width": DESKTOP, "height": 900})
        found = {what: one for what, one in wrong.items() if one}
        assert found == {}, f"{name} at {path}: {found}"
        if english and (route := self.route_of(path)):
            self.seen.add(route)

    def route_of(self, path: str) -> str:
        """Return the route that answers an address, as it is written."""
        scope = {"type": "http", "path": path, "method": "GET", "root_path": ""}
        return next((one.path for one in self._routes if one.matches(scope)[0] is Match.FULL), "")

    def _violations(self) -> list[str]:
        found = self._axe.run(self.page, options=_RULES).response["violations"]
        return [f"{one['id']}: {node['html'][:200]}" for one in found for node in one["nodes"]]

    def _in_english(self, url: str) -> list[str]:
        """Return what sticks out of the narrowest window in English; the next page is in Chinese again."""
        joint = "&" if urlsplit(url).query else "?"
        self.page.goto(f"{url.partition('#')[0]}{joint}lang=en")
        self.page.evaluate(_OPEN)
        wide: list[str] = self.page.evaluate(_OVERHANG)
        chinese: dict[str, Any] = {"name": "linxuan_language", "value": "zh", "url": self._address}
        self.page.context.add_cookies([chinese])
        return wide

    def _hear(self, said: str) -> None:
        # That a page answers with 404 or 409 is told there too, and the browser's own hints on forms are.
        if not said.startswith(("Failed to load resource", "[DOM] ")):
            self.said.append(said)

    def _miss(self, url: str, why: str) -> None:
        # Whoever goes on before all of a page has come misses the rest of it.
        if "ERR_ABORTED" not in why:
            self.said.append(f"{url}: {why}")

    def _ask(self, url: str) -> None:
        if not url.startswith((f"{self._address}/", "data:")):
            self.said.append(f"asks for {url}")
