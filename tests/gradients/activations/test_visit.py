"""The activations page in Chromium."""

import pytest

from tests.browser.visit import CHART, Visit, alike


@pytest.mark.parametrize("visit", ["activations"], indirect=True)
def test_a_curve_grows_unit_by_unit_and_a_bad_formula_leaves_the_last_good_one(visit: Visit) -> None:
    page = visit.page
    scrub = page.locator(f"{CHART} form.vega-bindings input[type=range]").first
    said = page.locator(f"{CHART} svg text", has_text="largest error")
    assert (said.text_content() or "").startswith("8 of 8 units: largest error 0.0704")

    # Another number of pieces: the hand stays at the end, and the end is another.
    visit.open("?pieces=20&kind=ReLU")
    assert (said.text_content() or "").startswith("20 of 20 units")
    scrub.fill("0")
    visit.until(lambda: (said.text_content() or "").startswith("0 of 20 units"))
    scrub.fill("50")
    visit.until(lambda: (said.text_content() or "").startswith("10 of 20 units"))

    # A formula that cannot be read is refused beside its field, and the picture stays.
    visit.open("?A=Your+own+formula")
    before = visit.picture()
    field = page.get_by_role("textbox", name="φ(x) =")
    field.fill("log(x)")
    field.press("Enter")
    page.get_by_text("no finite number at x").wait_for()
    visit.settle()
    assert alike(visit.picture(), before)
    field.fill("max(0.2x, x)")
    field.press("Enter")
    visit.until(lambda: visit.link.get("formula") == ["max(0.2x, x)"])
    visit.settle()
    visit.until(lambda: not alike(visit.picture(), before))
