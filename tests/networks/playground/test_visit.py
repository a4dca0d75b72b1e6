"""The playground in Chromium."""

import pytest

from tests.browser.visit import CHART, Visit, alike


@pytest.mark.parametrize("visit", ["playground"], indirect=True)
def test_a_run_is_scrubbed_a_point_is_followed_and_a_bad_network_leaves_the_last_good_one(visit: Visit) -> None:
    page = visit.page
    scrub = page.locator(f"{CHART} form.vega-bindings input[type=range]").first
    said = page.locator(f"{CHART} svg text", has_text="of the test points right")
    assert (said.text_content() or "").startswith("Epoch 100:")

    # Another number of epochs: the hand stays at the end, and the end is another.
    visit.open("?epochs=30")
    assert (said.text_content() or "").startswith("Epoch 30:")
    scrub.fill("0")
    visit.until(lambda: (said.text_content() or "").startswith("Epoch 0:"))

    # A click on the plane is the point of the forward pass.
    frame = page.locator(f"{CHART} .mark-symbol path").last.bounding_box()
    assert frame is not None
    page.mouse.click(frame["x"] + 60, frame["y"] + 60)
    visit.until(lambda: {"x1", "x2"} <= set(visit.link))
    assert float(visit.link["x1"][0]) > 1.0
    assert float(visit.link["x2"][0]) < 2.0
    page.get_by_text(f"The point ({float(visit.link['x1'][0]):g}, {float(visit.link['x2'][0]):g})").wait_for()

    # A network that cannot be drawn is refused beside its field, and the picture stays.
    visit.settle()
    before = visit.picture()
    field = page.get_by_role("textbox", name="Hidden layers")
    field.fill("4, 99")
    field.press("Enter")
    page.get_by_text("layer 2 has 99 neurons").wait_for()
    visit.settle()
    assert alike(visit.picture(), before)
