"""A real browser, watched: Debian's Chromium, which sees the pages under test, a copy of MathJax, and nothing else."""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Dialog, ElementHandle, Error, Page, Request, Route, sync_playwright

CHROMIUM = shutil.which("chromium-headless-shell") or shutil.which("chromium")
MATHJAX = Path("/usr/share/javascript/mathjax")

needs_a_browser = pytest.mark.skipif(
    CHROMIUM is None or not MATHJAX.is_dir(),
    reason="there is no browser: `apt-get install chromium-headless-shell libjs-mathjax` brings one, and the formulas",
)

RAN = "ran-"
"""How the line begins that a script of a student writes to the console if it is run."""

_QUIET = (
    *("--disable-gpu", "--disable-quic", "--no-first-run", "--no-proxy-server", "--disable-background-networking"),
    *("--disable-component-update", "--disable-sync"),
    # Nothing in three dimensions is shown, and what would draw it takes time to start.
    *("--disable-software-rasterizer", "--disable-gpu-compositing"),
)
_MATHJAX_AT = "https://cdnjs.cloudflare.com/ajax/libs/mathjax/2.7.7/"
_CLICKED = ("http:", "https:", "javascript:", "mailto:")
# Milliseconds; of use only where a machine has much else to do.
_PATIENCE = 60_000
_TRIES = 20
_STARTS_MATHJAX = "latest.js"
# What the file of that name does, which Debian leaves out.
_STARTING_MATHJAX = """
const script = document.createElement("script");
script.src = document.currentScript.src.replace("latest.js", "MathJax.js");
document.head.append(script);
"""


def _opens_a_page(request: Request) -> bool:
    """Say whether a request is for a whole page, and not for something in one."""
    if not request.is_navigation_request():
        return False
    try:
        return request.frame.parent_frame is None
    except Error:
        # A page that has just been opened has no frame yet.
        return True


def _answer_for_mathjax(route: Route, name: str) -> None:
    if name == _STARTS_MATHJAX:
        route.fulfill(body=_STARTING_MATHJAX, content_type="text/javascript")
    elif (MATHJAX / name).is_file():
        # Fonts are asked for by another page than theirs.
        route.fulfill(path=MATHJAX / name, headers={"Access-Control-Allow-Origin": "*"})
    else:
        route.abort()


@dataclass(frozen=True)
class Asked:
    """A request: `opens` says whether it would have opened a page."""

    address: str
    opens: bool


@dataclass
class Watch:
    """What a browser did while it showed pages: scripts of students that ran, and all that it asked for.

    `odd` are addresses of links that are neither of the web nor scripts nor for letters. `home` is the server whose pages are
    shown; what else is asked for is noted, and not answered. While `is_held` is set, no page is left: what a click would open
    is noted, too.
    """

    home: str
    ran: set[str] = field(default_factory=set)
    asked: list[Asked] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    is_held: bool = False
    odd: list[str] = field(default_factory=list)

    @property
    def strange(self) -> list[str]:
        """What was asked of anybody but the home server and those who serve MathJax, without a click."""
        return [one.address for one in self.asked if not one.opens and not one.address.startswith((self.home, _MATHJAX_AT))]

    @property
    def opened(self) -> list[str]:
        """The pages that clicks would have opened, by their addresses."""
        return [one.address for one in self.asked if one.opens and self.is_held]

    def on_console(self, message: ConsoleMessage) -> None:
        if message.text.startswith(RAN):
            self.ran.add(message.text.removeprefix(RAN))
        elif "Content Security Policy" in message.text:
            self.refused.append(message.text)

    def on_dialog(self, dialog: Dialog) -> None:
        self.ran.add(f"dialog {dialog.message}")
        dialog.dismiss()

    def answer(self, route: Route, request: Request) -> None:
        opens = _opens_a_page(request)
        if self.is_held or not request.url.startswith("data:"):
            self.asked.append(Asked(request.url, opens))
        if request.url.startswith(_MATHJAX_AT):
            _answer_for_mathjax(route, urlsplit(request.url.removeprefix(_MATHJAX_AT)).path)
        elif opens and self.is_held:
            # The answer that keeps a browser where it is.
            route.fulfill(status=204)
        elif request.url.startswith(self.home):
            route.continue_()
        else:
            route.abort()


@contextlib.contextmanager
def chromium(*options: str) -> Iterator[Browser]:
    """Run a browser, with further options of its command line."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=[*_QUIET, *options], chromium_sandbox=False)
        yield browser
        browser.close()


@contextlib.contextmanager
def watched(browser: Browser, home: str, without_policy: bool = False) -> Iterator[tuple[Page, Watch]]:
    """Open an empty page under watch; `without_policy` overlooks what a page forbids itself."""
    context = browser.new_context(bypass_csp=without_policy, viewport={"width": 1200, "height": 900})
    context.set_default_timeout(_PATIENCE)
    watch = Watch(home)
    context.on("console", watch.on_console)
    context.on("dialog", watch.on_dialog)
    context.route("**/*", watch.answer)
    yield context.new_page(), watch
    context.close()


def formulas_are_set(page: Page) -> None:
    """Wait until MathJax has set the formulas of a page."""
    page.wait_for_function("window.MathJax && MathJax.Hub && MathJax.isReady")
    page.evaluate("new Promise(done => MathJax.Hub.Queue(() => done(true)))")


def _click(page: Page, thing: ElementHandle, button: Literal["left", "middle"]) -> None:
    """Click with the mouse; what the page moves away while it is clicked is clicked where it is then."""
    for _ in range(_TRIES):
        try:
            thing.click(button=button, force=True, no_wait_after=True)
            return
        except Error as error:
            if "outside of the viewport" not in error.message:
                raise
            page.wait_for_timeout(100)
    raise AssertionError(f"this cannot be clicked: {thing.evaluate('thing => thing.outerHTML')}")


def click_everything(page: Page, watch: Watch, within: str, but: str = "nothing", quickly: bool = False) -> int:
    """Click, with the left button and the middle one, what can be clicked within an element; returns how much that was.

    `but` selects elements whose content is left alone; `quickly` has a script click instead of a mouse.
    """
    # What stays at the top of the window would take the clicks that are meant for what lies below it.
    page.add_style_tag(content=".navbar-fixed-top { display: none !important }")
    page.context.on("page", lambda opened: opened.close())
    watch.is_held = True
    things = page.query_selector_all(f"{within} :is(a, area, button, summary, form, input, [onclick], [href]):not({but} *)")
    for thing in things:
        address = thing.get_attribute("href") or "#"
        if not address.startswith("#") and thing.evaluate("thing => thing.protocol") not in _CLICKED:
            # Most of these lead to a page that says no; the test is told instead.
            watch.odd.append(address)
        elif quickly or thing.bounding_box() is None:
            # What has no place on the screen can be reached with a keyboard.
            thing.evaluate("thing => thing.click?.()")
        else:
            for button in ("left", "middle"):
                _click(page, thing, button)
    return len(things)
