"""The invariance page in Chromium: the frame under the hand, training, and a digit of one's own."""

import pytest
from playwright.sync_api import expect

from tests.browser.visit import CHART, Visit

SCRUB = f"{CHART} form.vega-bindings input[type=range]"


@pytest.mark.parametrize("visit", ["invariance"], indirect=True)
def test_a_reader_turns_a_digit_trains_a_network_and_types_a_digit(visit: Visit) -> None:
    page, words = visit.page, visit.page.locator(f"{CHART} .marks").first
    visit.open("?head=dense+network&steps=50")

    # The hand goes through the film, and the server is not asked.
    expect(words).to_contain_text("turned by 0°")
    sent = len(visit.messages)
    page.locator(SCRUB).fill("18")
    expect(words).to_contain_text("turned by 90°")
    expect(words).to_contain_text("random weights say")
    assert len(visit.messages) == sent

    # Training keeps the frame, draws the accuracy and takes its button away; another seed brings it back.
    train = page.get_by_role("button", name="Train this network")
    train.click()
    expect(page.get_by_text("All 360 test digits (dense network alone)")).to_be_visible()
    expect(train).to_have_count(0)
    visit.settle()
    expect(words).not_to_contain_text("random weights")
    assert page.locator(SCRUB).input_value() == "18"
    page.locator(f"{CHART} .mark-symbol path[aria-label*='right']").nth(3).hover(force=True)
    expect(page.locator("#vg-tooltip-element")).to_contain_text("of 360 test digits are right")
    visit.press("ArrowRight", "Seed")
    expect(train).to_be_visible()

    # A digit that is typed is shown; what is no picture leaves it.
    visit.open("?own=true")
    film = page.locator(f"{CHART} .mark-image image").first
    seven = film.get_attribute("href")
    field = page.get_by_role("textbox", name="Picture")
    page.get_by_text("More", exact=True).first.click()
    field.fill("..#..\n.###.\n#####")
    field.press("Control+Enter")
    visit.until(lambda: film.get_attribute("href") != seven)
    field.fill(".....")
    field.press("Control+Enter")
    expect(page.get_by_text("There is no ink in it")).to_be_visible()
    visit.settle()
    assert film.get_attribute("href") != seven
