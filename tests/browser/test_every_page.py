"""What needs a server or a tab of its own, on every page of the catalogue; all else is claimed by one visit."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from benchmarks.browser import Server, serve
from tests.browser.conftest import CHART, Open, settle
from tests.browser.visit import SLIDER, alike
from tests.pages import BY_NAME, NAMES, ROOT


@pytest.fixture(params=NAMES)
def name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def fresh_server() -> Iterator[Server]:
    with serve(ROOT / "app.py") as running:
        yield running


def picture(page: Page) -> bytes:
    return page.locator(f"{CHART} .marks").first.screenshot()


def press(page: Page, key: str) -> None:
    page.locator(SLIDER).first.focus()
    page.keyboard.press(key)
    page.wait_for_timeout(300)
    settle(page)


def test_the_first_deep_link_on_a_fresh_server_shows_the_page_and_no_dialog(
    browser: Browser, fresh_server: Server, name: str
) -> None:
    page = browser.new_page()
    page.goto(f"{fresh_server.url}/{name}")
    page.locator(f"{CHART} .marks").first.wait_for()
    expect(page.get_by_role("heading", level=1)).to_have_text(BY_NAME[name].title)
    expect(page.get_by_role("dialog")).to_have_count(0)
    page.close()


def test_a_shared_link_reproduces_the_view(open_link: Open, name: str) -> None:
    page = open_link(f"/{name}")
    for _ in range(3):
        press(page, "ArrowRight")
    assert "?" in page.url
    other = open_link(page.url.removeprefix(page.url.split(f"/{name}", maxsplit=1)[0]))
    assert alike(picture(other), picture(page))
