"""The optimizers page in Chromium."""

import io

import numpy as np
import pytest
from PIL import Image

from tests.browser.visit import CHART, Visit, alike

LIGHT, DARK = 170, 110  # of 255


@pytest.mark.parametrize("visit", ["optimizers"], indirect=True)
def test_a_click_starts_there_and_a_bad_formula_leaves_the_last_good_one(visit: Visit) -> None:
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
    assert alike(visit.picture(), before)


@pytest.mark.parametrize("visit", ["optimizers"], indirect=True)
def test_the_surface_follows_a_change_of_theme(visit: Visit) -> None:
    """Streamlit does not run the page again: what the image has is what the theme must suit."""
    assert brightness(visit.picture()) > LIGHT
    sent = len(visit.messages)
    visit.page.emulate_media(color_scheme="dark")
    visit.until(lambda: brightness(visit.picture()) < DARK)
    assert len(visit.messages) == sent


def brightness(picture: bytes) -> float:
    """Of the middle of the surface, where nobody walks in the first view."""
    pixels = np.asarray(Image.open(io.BytesIO(picture)).convert("L"), dtype=float)
    return float(np.median(pixels))
