"""The first visitor of a fresh server, by a deep link."""

from playwright.sync_api import Browser, expect

from benchmarks.browser import serve
from tests.browser.visit import CHART
from tests.pages import ROOT
from ui.house.catalogue import CONCEPTS


def test_the_first_deep_link_shows_the_page_and_no_dialog(browser: Browser) -> None:
    """A folder named `pages` beside Streamlit's script would give one."""
    concept = CONCEPTS[-1]
    with serve(ROOT / "app.py") as fresh:
        page = browser.new_page()
        page.goto(f"{fresh.url}/{concept.name}")
        page.locator(f"{CHART} .marks").first.wait_for()
        expect(page.get_by_role("heading", level=1)).to_have_text(concept.title)
        expect(page.get_by_role("dialog")).to_have_count(0)
        page.close()
