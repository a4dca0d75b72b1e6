"""The receptive-field page under a mouse: places and units to click, layers to scrub, networks to choose, files."""

from pathlib import Path
from urllib.parse import parse_qs, urlparse

import pytest
from PIL import Image
from playwright.sync_api import FloatRect, Page, expect

from tests.browser.conftest import CHART, Open, settle

PAGE = "/receptive_field"
SCRUB = f"{CHART} form.vega-bindings input[type=range]"
PLAY = f"{CHART} form.vega-bindings input[type=checkbox]"
UPLOAD = '[data-testid="stFileUploader"] input[type=file]'


def box(page: Page, chart: int) -> FloatRect:
    """Where the first image of a chart is: the photo of the picture, the units of the feature map."""
    found = page.locator(CHART).nth(chart).locator(".mark-image image").first.bounding_box()
    assert found is not None
    return found


def click(page: Page, chart: int, right: float, down: float) -> None:
    """Click so far right and down in an image, as a share of its sides."""
    at = box(page, chart)
    page.mouse.click(at["x"] + right * at["width"], at["y"] + down * at["height"])
    page.wait_for_timeout(600)
    settle(page)


def link(page: Page) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(urlparse(page.url).query).items()}


def label(page: Page) -> str:
    """The line in the picture that names the layer."""
    lines = page.locator(f"{CHART} .mark-text text").all_text_contents()
    return next((line for line in lines if ": " in line), "")


def photo(page: Page) -> str:
    return page.locator(CHART).first.locator(".mark-image image").first.get_attribute("href") or ""


def choose(page: Page, control: str, option: str) -> None:
    page.get_by_role("combobox", name=control).click()
    page.get_by_role("option", name=option, exact=True).click()
    page.wait_for_timeout(600)
    settle(page)


def test_the_input_is_drawn_square(open_link: Open) -> None:
    at = box(open_link(PAGE), 0)
    assert at["width"] == pytest.approx(at["height"], rel=0.02)


def test_a_click_on_the_picture_moves_the_place(open_link: Open) -> None:
    page = open_link(PAGE)
    page.locator(f"{CHART} .marks").first.evaluate("node => { node.mine = true }")
    for right, down in ((0.25, 0.75), (0.9, 0.1)):
        click(page, 0, right, down)
        assert float(link(page)["column"]) == pytest.approx(100 * right, abs=2.2)  # clicks fall on a lattice of 31 × 31
        assert float(link(page)["row"]) == pytest.approx(100 * down, abs=2.2)
    expect(page.get_by_role("slider", name="Row")).to_have_value(link(page)["row"])
    assert page.locator(f"{CHART} .marks").first.evaluate("node => node.mine") is True


def test_a_click_on_the_feature_map_chooses_the_unit(open_link: Open) -> None:
    page = open_link(f"{PAGE}?layer=18")  # 7 × 7 units
    for row, column in ((0, 6), (5, 1), (6, 6)):
        click(page, 1, (column + 0.5) / 7, (row + 0.5) / 7)
        expect(page.get_by_text(f"Unit ({row}, {column}) is reached by")).to_be_visible()
    assert {"row", "column"} <= link(page).keys()


def test_the_layer_of_the_sidebar_moves_the_one_under_the_picture(open_link: Open) -> None:
    page = open_link(f"{PAGE}?layer=4")
    assert page.locator(SCRUB).first.input_value() == "4"
    assert label(page).startswith("4: Conv2d")
    page.locator(f"{CHART} .marks").first.evaluate("node => { node.mine = true }")
    page.get_by_role("slider", name="Layer").first.press("ArrowRight")
    page.wait_for_timeout(400)
    settle(page)
    assert page.locator(SCRUB).first.input_value() == "5"
    assert label(page).startswith("5: Conv2d")
    assert page.locator(f"{CHART} .marks").first.evaluate("node => node.mine") is True


def test_a_scrub_moves_the_boxes_and_leaves_the_sidebar(open_link: Open) -> None:
    page = open_link(PAGE)
    page.locator(SCRUB).first.fill("18")
    page.wait_for_timeout(200)
    assert label(page) == "18: MaxPool2d, 512 × 7 × 7"
    assert "layer" not in link(page)


def test_play_ends_at_the_last_layer(open_link: Open) -> None:
    page = open_link(f"{PAGE}?network=Dilated+stack&size=64&layer=1")
    page.locator(PLAY).first.check()
    expect(page.locator(SCRUB).first).to_have_value("4", timeout=15_000)
    expect(page.locator(PLAY).first).not_to_be_checked()
    assert label(page).startswith("4: Conv2d")


def test_after_another_network_the_sliders_go_on_working(open_link: Open) -> None:
    page = open_link(PAGE)
    choose(page, "Network", "LeNet-5")
    assert (link(page)["network"], link(page)["size"]) == ("LeNet-5", "28")
    assert label(page).startswith("4: AvgPool2d")  # the last of four, though the sidebar says 13
    size = page.get_by_role("slider", name="Input size")
    for _ in range(4):
        size.press("ArrowRight")
        page.wait_for_timeout(300)
        settle(page)
    assert link(page)["size"] == "32"
    assert label(page) == "4: AvgPool2d, 16 × 6 × 6"
    page.get_by_role("slider", name="Row").press("Home")
    page.wait_for_timeout(400)
    settle(page)
    expect(page.get_by_text("Unit (0, 2) is reached by")).to_be_visible()
    page.locator(SCRUB).first.fill("1")
    page.wait_for_timeout(200)
    assert label(page) == "1: Conv2d + Sigmoid, 6 × 32 × 32"


def test_the_code_of_a_network_can_be_edited(open_link: Open) -> None:
    page = open_link(f"{PAGE}?network=Dilated+stack&size=64&layer=4")
    page.locator('[data-testid="stExpander"]').get_by_text("Your own code").click()
    page.get_by_role("button", name="Edit the code of Dilated stack").click()
    code = page.get_by_role("textbox", name="PyTorch code")
    expect(code).to_contain_text("dilation=8")
    assert label(page).startswith("4: Conv2d")
    code.fill("nn.Sequential(nn.Conv2d(3, 8, 3), nn.Conv9d(3, 8, 3))")
    code.press("Control+Enter")
    page.get_by_text("there is no such layer here").wait_for()
    settle(page)
    assert label(page).startswith("4: Conv2d")  # the last good one
    code.fill("nn.Sequential(nn.Conv2d(3, 8, 5, stride=2))")
    code.press("Control+Enter")
    expect(page.get_by_text("1: Conv2d, 8 × 30 × 30")).to_be_attached()
    other = open_link("/" + page.url.split("/", maxsplit=3)[3])
    assert label(other) == "1: Conv2d, 8 × 30 × 30"


def test_a_file_replaces_the_picture_and_a_bad_one_leaves_it(open_link: Open, tmp_path: Path) -> None:
    page = open_link(f"{PAGE}?photo=Your+own")
    flower = photo(page)
    Image.new("RGB", (300, 200), "red").save(tmp_path / "red.png")
    (tmp_path / "text.png").write_text("no picture", encoding="utf-8")
    page.locator(UPLOAD).set_input_files(tmp_path / "red.png")
    page.wait_for_timeout(800)
    settle(page)
    red = photo(page)
    assert red.startswith("data:image/jpeg")
    assert red != flower
    page.locator(UPLOAD).set_input_files(tmp_path / "text.png")
    expect(page.get_by_role("alert")).to_have_count(1)
    expect(page.get_by_role("alert")).to_contain_text(
        "text.png: It is no picture that can be read. PNG, JPEG, WEBP, GIF are."
    )
    settle(page)
    assert photo(page) == red


def test_training_shows_its_curves_and_a_moved_slider_takes_them_away(open_link: Open) -> None:
    page = open_link(f"{PAGE}?tab=Training&depth=2")
    before = page.locator(f"{CHART} .marks").count()
    page.get_by_role("button", name="Train on handwritten digits").click()
    expect(page.get_by_text("Before training the effective width is")).to_be_visible(timeout=60_000)
    settle(page)
    assert page.locator(f"{CHART} .marks").count() == before + 3
    page.get_by_role("slider", name="Layers of the stack").press("ArrowRight")
    expect(page.get_by_text("Before training the effective width is")).to_have_count(0)
    settle(page)
    assert page.locator(f"{CHART} .marks").count() == before
