"""The cross-correlation page in Chromium: the sum of the window under the hand, the end of the way, a file."""

from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from tests.browser.visit import CHART, Visit

SCRUB = f"{CHART} form.vega-bindings input[type=range]"


def said(page: Page) -> str:
    """The sum that is written out under the picture."""
    lines = page.locator(CHART).first.locator(".mark-text text").all_text_contents()
    return next((line for line in lines if line.startswith("Output (")), "")


@pytest.mark.parametrize("visit", ["cross_correlation"], indirect=True)
def test_the_window_under_the_hand_and_a_file(visit: Visit, tmp_path: Path) -> None:
    page = visit.page
    scrub, play = page.locator(SCRUB).first, page.locator(f"{CHART} form.vega-bindings input[type=checkbox]").first
    assert said(page) == "Output (5, 6) = 1·1 + 1·(−1) = 0"
    scrub.fill("0")
    visit.until(lambda: said(page) == "Output (0, 0) = 1·1 + 1·(−1) = 0")
    scrub.fill(str(200 / 41))
    visit.until(lambda: said(page) == "Output (0, 1) = 1·1 + 0·(−1) = 1")
    play.click()
    visit.until(lambda: said(page).startswith("Output (5, 6)"))
    expect(play).not_to_be_checked()

    # With another stride there are other windows, and the hand stays at their end.
    visit.press("ArrowRight", "Stride")
    visit.until(lambda: said(page) == "Output (2, 3) = 1·1 + 1·(−1) = 0")
    assert scrub.input_value() == "200"

    # The matrix has a hand of its own.
    page.get_by_role("tab", name="As a matrix").click()
    expect(page.locator(SCRUB)).to_have_count(2)
    visit.open("?picture=Your+own&side=8&kernel_name=Identity")
    Image.new("RGB", (30, 30), "white").save(tmp_path / "white.png")
    page.locator('[data-testid="stFileUploader"] input[type=file]').set_input_files(tmp_path / "white.png")
    visit.until(lambda: said(page) == "Output (7, 7) = 1·1 = 1")
