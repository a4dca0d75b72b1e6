"""Fresh tabs of the browser for tests that open more than one link."""

from collections.abc import Callable, Iterator
from typing import Final

import pytest
from playwright.sync_api import Browser, Page, ViewportSize

from benchmarks.browser import Server

Open = Callable[[str], Page]
CHART: Final = '[data-testid="stVegaLiteChart"]'


@pytest.fixture
def open_link(browser: Browser, server: Server) -> Iterator[Open]:
    """Open a link of the dashboard and wait for its first chart; nothing may go wrong in the browser's console."""
    context = browser.new_context(viewport=ViewportSize(width=1440, height=900))
    complaints: list[str] = []

    def open_page(path: str) -> Page:
        page = context.new_page()
        page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
        page.goto(server.url + path)
        page.locator(f"{CHART} .marks").first.wait_for()
        settle(page)
        return page

    yield open_page
    context.close()
    # Streamlit looks for its own address below the page's first, and finds it one folder higher.
    assert not [text for text in complaints if "404" not in text]


def settle(page: Page) -> None:
    """Wait until the script has finished and the charts have been drawn."""
    page.locator('[data-testid="stApp"][data-test-script-state="notRunning"]').wait_for()
    page.wait_for_timeout(400)
