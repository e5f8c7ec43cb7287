"""A real browser, driven from Python. Fixtures are as wide as a module: Playwright's loop must not outlive it.

A test takes ``visit``: ``page = visit("keeper")`` is a page of a signed-in storekeeper in Chinese on a wide screen.
Whatever a page asks of another host is stopped and fails the test, and so does an error of a script.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Protocol

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, Request, Route, expect, sync_playwright

from api import logs
from tests.browser.house import PASSWORD, Served, serving

ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-sync",
    "--disable-background-networking",
    "--disable-component-update",
)
PHONE = (390, 844)
WIDE = (1280, 800)
PATIENCE_MS = 60_000
"""How long a page may take on a machine that does much else; nothing waits longer than it needs."""
HERE = Path(__file__).parent
NAMES = ("chromium", "chromium-browser", "google-chrome")

logs.configure()
expect.set_options(timeout=PATIENCE_MS)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """One test process for each module, so that its server and browser are opened once."""
    for item in items:
        if item.path.parent == HERE:
            item.add_marker(pytest.mark.xdist_group(item.path.stem))


class Visit(Protocol):
    """Open a page as somebody; an empty login is a guest."""

    def __call__(
        self, login: str = "", *, size: tuple[int, int] = WIDE, language: str = "zh-CN", **options: Any
    ) -> Page: ...


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    path = next((found for name in NAMES if (found := shutil.which(name))), None)
    if path is None:
        pytest.fail("no Chromium found: apt-get install -y chromium fonts-noto-cjk")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=list(ARGUMENTS))
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The reference world behind a server, shared by the tests of a module."""
    with serving(tmp_path_factory.mktemp("house")) as served:
        yield served


@pytest.fixture(scope="module")
def passes() -> dict[str, Any]:
    """Cookies of those who signed in already, by login, so that a module signs everybody in once."""
    return {}


@pytest.fixture
def visit(browser: Browser, served: Served, passes: dict[str, Any]) -> Iterator[Visit]:
    strangers: list[str] = []
    broken: list[str] = []
    contexts = []

    def guard(route: Route, request: Request) -> None:
        if request.url.startswith((f"{served.address}/", "data:", "blob:")):
            route.continue_()
        else:
            strangers.append(request.url)
            route.abort()

    def listen(message: ConsoleMessage) -> None:
        if message.type == "error" and "Failed to load resource" not in message.text:
            broken.append(message.text)

    def open_page(login: str = "", *, size: tuple[int, int] = WIDE, language: str = "zh-CN", **options: Any) -> Page:
        width, height = size
        context = browser.new_context(
            base_url=served.address,
            viewport={"width": width, "height": height},
            locale=language,
            storage_state=passes.get(login),
            **options,
        )
        contexts.append(context)
        context.route("**/*", guard)
        page = context.new_page()
        page.set_default_timeout(PATIENCE_MS)
        page.on("console", listen)
        page.on("pageerror", lambda error: broken.append(str(error)))
        if login and login not in passes:
            sign_in(page, login)
            passes[login] = context.storage_state()
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert strangers == [], "a page asked another host"
    assert broken == [], "a page's script or policy complained"


def sign_in(page: Page, login: str, password: str = PASSWORD) -> None:
    """As a person does it: the form, and Enter."""
    page.goto("/sign-in")
    page.locator("#login").fill(login)
    page.locator("#password").fill(password)
    page.locator("#password").press("Enter")
    page.wait_for_url("**/")


@pytest.fixture
def no_sideways_scroll() -> Callable[[Page], None]:
    """Fail when a page is wider than its screen."""

    def look(page: Page) -> None:
        wide, screen = page.evaluate("[document.documentElement.scrollWidth, window.innerWidth]")
        assert wide <= screen, f"{page.url} is {wide} px wide on {screen}"

    return look
