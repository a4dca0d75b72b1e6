"""Every page of the catalogue, visited once."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from benchmarks.browser import Server
from tests.browser.visit import CHART, Visit, owes_its_reader
from tests.pages import BY_NAME, NAMES


@pytest.fixture
def visit(browser: Browser, server: Server, request: pytest.FixtureRequest) -> Iterator[Visit]:
    """A page in a tab of its own; nothing may go wrong in the console."""
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    page = context.new_page()
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    yield Visit(page, server.url, request.param)
    context.close()
    # Streamlit looks for its own address below the page's first, and finds it one folder higher.
    assert not [text for text in complaints if "404" not in text]


@pytest.mark.parametrize("visit", NAMES, indirect=True)
def test_a_page_owes_its_reader(visit: Visit) -> None:
    owes_its_reader(visit, BY_NAME[visit.name].title)
    if visit.name in EXTRA:
        EXTRA[visit.name](visit)


def optimizers(visit: Visit) -> None:
    """A click on the surface starts there, and a bad formula leaves the last good one."""
    page = visit.page
    visit.open("?surface=Ravine")
    plot = page.locator(f"{CHART} .marks image, {CHART} .mark-image image").first.bounding_box()
    assert plot is not None
    page.mouse.click(plot["x"] + 0.25 * plot["width"], plot["y"] + 0.25 * plot["height"])
    visit.until(lambda: "y" in visit.link)
    assert float(visit.link["x"][0]) == pytest.approx(-1.5, abs=0.11)
    assert float(visit.link["y"][0]) == pytest.approx(1.5, abs=0.11)
    visit.open("?surface=Your+own+formula")
    field = page.get_by_role("textbox", name="f(x, y) =")
    field.fill("x**4 + y**2")
    field.press("Enter")
    visit.until(lambda: visit.link.get("formula") == ["x**4 + y**2"])
    visit.settle()
    before = visit.picture()
    field.fill("9**9**9")
    field.press("Enter")
    page.get_by_text("is too large a power").wait_for()
    visit.settle()
    assert visit.picture() == before


EXTRA = {"optimizers": optimizers}
