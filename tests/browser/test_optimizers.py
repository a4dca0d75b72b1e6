"""The optimizers page under a mouse."""

from urllib.parse import parse_qs, urlparse

import pytest

from tests.browser.conftest import CHART, Open, settle


def test_a_click_on_the_surface_starts_there(open_link: Open) -> None:
    page = open_link("/optimizers?surface=Ravine")
    plot = page.locator(f"{CHART} .marks image, {CHART} .mark-image image").first.bounding_box()
    assert plot is not None
    page.mouse.click(plot["x"] + 0.25 * plot["width"], plot["y"] + 0.25 * plot["height"])
    page.wait_for_timeout(500)
    settle(page)
    link = parse_qs(urlparse(page.url).query)
    assert float(link["x"][0]) == pytest.approx(-1.5, abs=0.11)  # clicks fall on a lattice of 0.2
    assert float(link["y"][0]) == pytest.approx(1.5, abs=0.11)


def test_a_bad_formula_leaves_the_last_good_surface(open_link: Open) -> None:
    page = open_link("/optimizers?surface=Your+own+formula")
    field = page.get_by_role("textbox", name="f(x, y) =")
    field.fill("x**4 + y**2")
    field.press("Enter")
    page.wait_for_timeout(500)
    settle(page)
    before = page.locator(f"{CHART} .marks").first.screenshot()
    field.fill("9**9**9")
    field.press("Enter")
    page.get_by_text("is too large a power").wait_for()
    settle(page)
    assert page.locator(f"{CHART} .marks").first.screenshot() == before
