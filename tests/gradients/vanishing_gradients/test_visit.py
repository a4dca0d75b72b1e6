"""The gradients page in Chromium: the layer under the hand, the map that loads a network, training."""

import pytest
from playwright.sync_api import expect

from tests.browser.visit import CHART, Visit

SCRUB = f"{CHART} form.vega-bindings input[type=range]"


@pytest.mark.parametrize("visit", ["vanishing_gradients"], indirect=True)
def test_the_slider_ends_at_the_last_layer_the_map_loads_a_network_and_training_goes_stale(visit: Visit) -> None:
    page = visit.page
    visit.open("?depth=5&width=32")
    play, scrub = page.locator(f"{CHART} form.vega-bindings input[type=checkbox]").first, page.locator(SCRUB).first
    scrub.fill("50")  # half of the way
    expect(page.get_by_text("A, layer 3:")).to_be_visible()
    scrub.fill("95")
    play.click()  # and no check: it may have ended before anybody looks
    expect(scrub).to_have_value(scrub.get_attribute("max") or "", timeout=10_000)
    expect(play).not_to_be_checked()
    expect(page.get_by_text("A, layer 5:")).to_be_visible()

    page.locator(f"{CHART} .mark-text text", has_text="0.028 (0.028)").first.click(force=True)  # sigmoid, N(0, 0.01)
    visit.until(lambda: visit.link.get("B activation") == ["sigmoid"])
    visit.until(lambda: visit.link.get("B init") == ["N(0, 0.01)"])

    page.get_by_role("tab", name="Training").click()
    page.get_by_role("button", name="Train A and B").click()
    page.get_by_text("right (10 % is guessing)").first.wait_for()
    expect(page.locator(SCRUB)).to_have_count(2)
    visit.press("ArrowRight")
    expect(page.locator(SCRUB)).to_have_count(1)
    expect(page.get_by_role("button", name="Train A and B")).to_be_visible()
