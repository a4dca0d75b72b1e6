"""The polynomial page under a hand: the degree that both sliders move, and a reader's own points."""

from pathlib import Path
from urllib.parse import unquote

from playwright.sync_api import Page, expect

from tests.browser.conftest import CHART, Open, settle
from tests.browser.visit import alike

SCRUB = f"{CHART} form.vega-bindings input[type=range]"
OWN = "/polynomial_fitting?data=Your+own+points"


def label(page: Page) -> str:
    """The line in the picture that names the degree and its errors."""
    return page.locator(f"{CHART} .mark-text text", has_text="degree ").first.text_content() or ""


def rule(page: Page) -> float:
    """Where the dashed line stands in the chart of the errors."""
    box = page.locator(f"{CHART} .concat_1_group .mark-rule line[stroke-dasharray='4,3']").first.bounding_box()
    assert box is not None
    return box["x"]


def upload(page: Page, file: Path, content: str) -> None:
    file.write_text(content, encoding="utf-8")
    page.locator('[data-testid="stFileUploader"] input[type=file]').set_input_files(file)
    page.wait_for_timeout(800)
    settle(page)


def test_the_degree_under_the_hand_moves_the_line_in_the_errors_too(open_link: Open) -> None:
    page = open_link("/polynomial_fitting")
    assert "degree 9" in label(page)
    before = rule(page)
    page.locator(SCRUB).first.fill("2")
    page.wait_for_timeout(200)
    assert "degree 2" in label(page)
    assert rule(page) < before


def test_the_degree_of_the_sidebar_moves_the_one_under_the_picture(open_link: Open) -> None:
    page = open_link("/polynomial_fitting?degree=4")
    assert page.locator(SCRUB).first.input_value() == "4"
    page.locator(f"{CHART} .marks").first.evaluate("node => { node.mine = true }")
    page.get_by_role("slider", name="Degree").first.press("ArrowRight")
    page.wait_for_timeout(400)
    settle(page)
    assert page.locator(SCRUB).first.input_value() == "5"
    assert "degree 5" in label(page)
    assert page.locator(f"{CHART} .marks").first.evaluate("node => node.mine") is True


def test_play_starts_again_from_zero_and_ends_at_the_highest_degree(open_link: Open) -> None:
    page = open_link("/polynomial_fitting?degree=20")
    play = page.locator(f"{CHART} form.vega-bindings input[type=checkbox]").first
    play.check()
    page.wait_for_timeout(300)
    assert int(page.locator(SCRUB).first.input_value()) < 3
    page.locator(SCRUB).first.fill("19")
    expect(page.locator(SCRUB).first).to_have_value("20", timeout=10_000)
    expect(play).not_to_be_checked()


def test_a_file_is_fitted_and_a_bad_one_leaves_the_picture(open_link: Open, tmp_path: Path) -> None:
    page = open_link(OWN)
    before = page.locator(f"{CHART} .marks").first.screenshot()
    upload(page, tmp_path / "good.csv", "x,y\n" + "\n".join(f"{x},{x * x}" for x in range(12)))
    good = page.locator(f"{CHART} .marks").first.screenshot()
    assert good != before
    assert "points=" in page.url
    upload(page, tmp_path / "bad.csv", "0,1\n1,2\n2,three\n3,4\n4,5")
    expect(page.get_by_text("Row 3, column y: “three” is not a number.")).to_be_visible()
    assert page.locator(f"{CHART} .marks").first.screenshot() == good


def test_a_link_with_points_reproduces_the_view(open_link: Open, tmp_path: Path) -> None:
    page = open_link(OWN)
    upload(page, tmp_path / "points.csv", "\n".join(f"{x},{(-1) ** x}" for x in range(9)))
    other = open_link("/" + page.url.split("/", maxsplit=3)[3])
    assert other.locator(f"{CHART} .marks").first.screenshot() == page.locator(f"{CHART} .marks").first.screenshot()


def test_an_edit_of_the_table_is_fitted_and_kept(open_link: Open) -> None:
    page = open_link(OWN)
    box = page.locator('[data-testid="stDataFrame"] canvas').first.bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + 0.8 * box["width"], box["y"] + 55)
    page.keyboard.press("Enter")
    page.locator("input.gdg-input").fill("1.75")
    page.keyboard.press("Enter")
    page.wait_for_timeout(800)
    settle(page)
    assert ",1.75+" in unquote(page.url)
    edited = page.locator(f"{CHART} .marks").first.screenshot()
    for source in ("Line", "Your own points"):
        page.get_by_role("combobox", name="Points from").click()
        page.get_by_role("option", name=source).click()
        page.wait_for_timeout(800)
        settle(page)
    assert ",1.75+" in unquote(page.url)
    assert alike(page.locator(f"{CHART} .marks").first.screenshot(), edited)
