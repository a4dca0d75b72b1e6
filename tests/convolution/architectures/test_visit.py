"""The architectures page in Chromium: the hand, a pasted network, the points that load a network, and the clock."""

import pytest
from playwright.sync_api import expect

from tests.browser.visit import CHART, SLIDER, Visit

SCRUB = f"{CHART} form.vega-bindings input[type=range]"


@pytest.mark.parametrize("visit", ["architectures"], indirect=True)
def test_a_reader_reads_a_stage_pastes_a_network_loads_another_and_times_it(visit: Visit) -> None:
    page, words = visit.page, visit.page.locator(f"{CHART} .marks").first

    # The hand reads a stage, and stays there while the shape follows the input.
    expect(words).to_contain_text("3 × 224 × 224")
    page.locator(SCRUB).first.fill("3")
    expect(words).to_contain_text("307,392 parameters (0.5 %), 224 M MACs (31 %)")
    visit.press("Home")  # an input of 4 × 4 breaks it
    expect(words).to_contain_text("breaks here")
    expect(page.get_by_role("alert").first).to_contain_text("needs at least")
    expect(words).to_contain_text("is not reached")
    assert page.locator(SCRUB).first.input_value() == "3"

    # A mark says what it is in words.
    visit.open("")
    page.locator(f"{CHART} .mark-rect path").nth(2).hover(force=True)
    expect(page.locator("#vg-tooltip-element")).to_contain_text("channels; ")
    expect(page.locator("#vg-tooltip-element")).not_to_contain_text("left")

    # A network is pasted from the first screen; what cannot be read leaves the last good one.
    page.get_by_role("button", name="Paste your own code").click()
    field = page.get_by_role("textbox", name="PyTorch code")
    field.fill("net = nn.Sequential(nn.Conv2d(3, 7, 3), nn.ReLU())")
    field.press("Control+Enter")
    expect(page.get_by_text("196 parameters")).to_be_visible()
    assert page.locator(SCRUB).first.get_attribute("max") == "1"  # the slider ends where the network does
    field.fill("nn.Conv2d(3,")
    field.press("Control+Enter")
    expect(page.get_by_text("Shown is the last of your networks")).to_be_visible()
    expect(page.get_by_text("196 parameters")).to_be_visible()

    # A click on a point loads its network with its own input.
    visit.open("?tab=All+networks&width=0.5")
    page.locator(f"{CHART} .mark-symbol path[aria-label*='LeNet-5']").first.click(force=True)
    visit.until(lambda: visit.link.get("network") == ["LeNet-5"])
    visit.settle()
    assert "width" not in visit.link
    expect(page.locator(SLIDER).first).to_have_value("28")

    # The clock, and Play to the last stage.
    visit.open("?network=LeNet-5&tab=Time")
    page.get_by_role("button", name="Measure a forward pass").click()
    page.get_by_text("ms for one image on").wait_for()
    play = page.locator(f"{CHART} form.vega-bindings input[type=checkbox]").first
    page.locator(SCRUB).first.fill("7")
    play.click()  # it ends at the last stage before a check could be seen
    expect(page.locator(SCRUB).first).to_have_value("8")
    expect(play).not_to_be_checked()
