"""The receptive-field page in Chromium: places and units to click, layers to scrub, networks to choose, files."""

from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import FloatRect, Page, expect

from tests.browser.visit import CHART, Visit


def box(page: Page, chart: int) -> FloatRect:
    """Where the first image of a chart is: the photo of the picture, the units of the feature map."""
    found = page.locator(CHART).nth(chart).locator(".mark-image image").first.bounding_box()
    assert found is not None
    return found


def click(visit: Visit, chart: int, right: float, down: float) -> None:
    """Click so far right and down in an image, as a share of its sides, and wait for the answer."""
    visit.page.locator(CHART).nth(chart).scroll_into_view_if_needed()
    at, before = box(visit.page, chart), visit.page.url
    visit.page.mouse.click(at["x"] + right * at["width"], at["y"] + down * at["height"])
    visit.until(lambda: visit.page.url != before)
    visit.settle()


def label(page: Page) -> str:
    """The line in the picture that names the layer."""
    lines = page.locator(f"{CHART} .mark-text text").all_text_contents()
    return next((line for line in lines if ": " in line), "")


@pytest.mark.parametrize("visit", ["receptive_field"], indirect=True)
def test_places_units_layers_networks_and_photos(visit: Visit, tmp_path: Path) -> None:
    page = visit.page
    scrub, play = (page.locator(f"{CHART} form.vega-bindings input[type={kind}]") for kind in ("range", "checkbox"))

    # A click on the picture, which is square, is where units look; one on the feature map chooses its unit.
    at = box(page, 0)
    assert at["width"] == pytest.approx(at["height"], rel=0.02)
    page.locator(f"{CHART} .marks").first.evaluate("node => { node.mine = true }")
    click(visit, 0, 0.25, 0.75)
    assert float(visit.link["column"][0]) == pytest.approx(25, abs=2.2)  # clicks fall on a lattice of 31 × 31
    assert float(visit.link["row"][0]) == pytest.approx(75, abs=2.2)
    assert page.locator(f"{CHART} .marks").first.evaluate("node => node.mine") is True
    visit.open("?layer=18")  # 7 × 7 units
    click(visit, 1, 1.5 / 7, 5.5 / 7)
    expect(page.get_by_text("Unit (5, 1) is reached by")).to_be_visible()

    # The layer of the sidebar moves the one above the picture, which leaves the sidebar alone and ends at the last.
    visit.open("?network=Dilated+stack&size=64&layer=2")
    assert scrub.input_value() == "2"
    visit.press("ArrowRight", "Layer")
    assert scrub.input_value() == "3"
    scrub.fill("1")
    visit.until(lambda: label(page).startswith("1: Conv2d"))
    assert visit.link["layer"] == ["3"]
    play.click()
    expect(scrub).to_have_value("4", timeout=15_000)
    expect(play).not_to_be_checked()

    # A link that names a network alone shows it at its own size; what is pasted over its code is shown, or the last.
    visit.open("?network=LeNet-5")
    expect(page.get_by_role("slider", name="Input size")).to_have_value("28")
    assert label(page).startswith("4: AvgPool2d")
    page.get_by_role("button", name="Paste your own code").click()
    code = page.get_by_role("textbox", name="PyTorch code")
    expect(code).to_contain_text("AvgPool2d")
    code.fill("nn.Sequential(nn.Conv2d(3, 8, 5, stride=2))")
    code.press("Control+Enter")
    visit.until(lambda: label(page) == "1: Conv2d, 8 × 12 × 12")
    code.fill("nn.Sequential(nn.Conv2d(3, 8, 3), nn.Conv9d(3, 8, 3))")
    code.press("Control+Enter")
    expect(page.get_by_text("there is no such layer here")).to_be_visible()
    visit.settle()
    assert label(page) == "1: Conv2d, 8 × 12 × 12"

    # A file replaces the picture, and a bad one leaves it.
    visit.open("?photo=Your+own")
    photo = page.locator(CHART).first.locator(".mark-image image").first
    flower = photo.get_attribute("href")
    Image.new("RGB", (300, 200), "red").save(tmp_path / "red.png")
    (tmp_path / "text.png").write_text("no picture", encoding="utf-8")
    upload = page.locator('[data-testid="stFileUploader"] input[type=file]')
    upload.set_input_files(tmp_path / "red.png")
    visit.until(lambda: photo.get_attribute("href") != flower)
    visit.settle()
    red = photo.get_attribute("href")
    upload.set_input_files(tmp_path / "text.png")
    expect(page.get_by_role("alert")).to_contain_text("text.png: It is no picture that can be read.")
    visit.settle()
    visit.until(lambda: photo.get_attribute("href") == red)
