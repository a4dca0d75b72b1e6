"""The gallery in Chromium, and the way back from it."""

from collections.abc import Iterator
from urllib.parse import parse_qs, urlparse

import pytest
from playwright.sync_api import Browser, Page, expect

from benchmarks.browser import Server
from tests.browser.visit import IDLE, SLIDER, Visit, alike
from tests.pages import BY_NAME, scenarios
from ui.house.catalogue import CONCEPTS

CARDS = '[class*="st-key-cards_"] > div'


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A tab; nothing may go wrong in its console."""
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    page = context.new_page()
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    yield page
    context.close()
    # Streamlit looks for its own address below the page's first, and finds it one folder higher.
    assert not [text for text in complaints if "404" not in text]


def query(page: Page) -> dict[str, list[str]]:
    return parse_qs(urlparse(page.url).query)


def steps(page: Page) -> int:
    return int(page.evaluate("history.length"))


def test_the_gallery_shows_finds_and_maps(page: Page, server: Server) -> None:
    page.goto(server.url)
    cards, main = page.locator(CARDS), page.locator('[data-testid="stMain"]')
    expect(cards).to_have_count(len(CONCEPTS))
    expect(page.locator(".st-key-sections")).to_have_css("flex-wrap", "wrap")  # its style sheet has come

    # Four cards in a row on a desk and one on a phone, where nothing is wider than the window.
    for width, in_a_row in ((1440, 4), (390, 1)):
        page.set_viewport_size({"width": width, "height": 900})
        room, card = (each.bounding_box() for each in (page.locator(".st-key-sections"), cards.first))
        assert room is not None
        assert card is not None
        assert room["width"] // card["width"] == in_a_row
        assert main.evaluate("node => node.scrollWidth - node.clientWidth") <= 0
    page.set_viewport_size({"width": 1440, "height": 900})

    # What is asked for stands in the address, and alone on the screen.
    field = page.get_by_role("textbox", name="Find a concept")
    field.fill("smote")
    field.press("Enter")
    expect(cards).to_have_count(1)
    assert query(page) == {"find": ["smote"]}

    # The card leads to its page wherever it is clicked, and Back to the answer.
    cards.first.locator("img").click(force=True)  # the link lies over it
    expect(page.get_by_role("heading", level=1)).to_have_text(BY_NAME["class_imbalance"].title)
    page.go_back()
    expect(cards).to_have_count(1)
    expect(field).to_have_value("smote")

    # A link leads to a course.
    page.goto(f"{server.url}/?course=Dive+into+Deep+Learning")
    main.get_by_role("link", name=BY_NAME["optimizers"].title).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(BY_NAME["optimizers"].title)


@pytest.mark.parametrize("name", ["optimizers", "polynomial_fitting"])
def test_one_act_is_one_step_and_back_undoes_it(page: Page, server: Server, name: str) -> None:
    """The gallery and a scenario that sets several controls."""
    visit = Visit(page, server.url, name)
    visit.press("ArrowRight")
    moved, picture, before = page.url, visit.picture(), steps(page)
    value = page.locator(SLIDER).first.input_value()
    assert query(page)

    page.get_by_role("link", name="Gallery").first.click()
    expect(page.locator(CARDS)).to_have_count(len(CONCEPTS))
    assert page.url == f"{server.url}/"
    assert steps(page) == before + 1
    page.go_back()
    expect(page.get_by_role("heading", level=1)).to_have_text(BY_NAME[name].title)
    visit.settle()
    assert page.url == moved
    visit.until(lambda: alike(visit.picture(), picture))

    def entered(question: str, address: str = "") -> str:
        """The address when this question is asked and the script has ended."""
        expect(page.get_by_text(question)).to_be_visible()
        page.locator(IDLE).wait_for()
        assert page.url == (address or page.url)
        return page.url

    first, second = scenarios(name)[:2]
    pills = page.locator(".st-key-scenario")
    pills.get_by_text(first.name, exact=True).click()
    address = entered(first.question)
    assert steps(page) == before + 1
    assert set(first.settings) & set(query(page))
    pills.get_by_text(second.name, exact=True).click()
    entered(second.question)
    assert steps(page) == before + 2
    page.go_back()
    entered(first.question, address)
    page.go_back()
    expect(page.get_by_text(first.question)).to_have_count(0)
    page.locator(IDLE).wait_for()
    assert page.url == moved
    visit.until(lambda: page.locator(SLIDER).first.input_value() == value)
