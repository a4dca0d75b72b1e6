"""The polynomial page in Chromium: the degree that both sliders move, and a reader's own points."""

from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.visit import CHART, Visit, alike


@pytest.mark.parametrize("visit", ["polynomial_fitting"], indirect=True)
def test_one_degree_for_both_sliders_and_own_points_from_text_and_file(visit: Visit, tmp_path: Path) -> None:
    page = visit.page
    scrub, play = (page.locator(f"{CHART} form.vega-bindings input[type={kind}]") for kind in ("range", "checkbox"))
    rule = page.locator(f"{CHART} .concat_1_group .mark-rule line[stroke-dasharray='4,3']").first

    def place() -> float:
        box = rule.bounding_box()
        assert box is not None
        return box["x"]

    # The degree under the hand moves the curve and the line in the errors; that of the sidebar moves both, and Reset.
    expect(page.get_by_text("degree 9").first).to_be_visible()
    before = place()
    scrub.fill("2")
    expect(page.get_by_text("degree 2").first).to_be_visible()
    assert place() < before
    visit.press("ArrowRight", "Degree")
    expect(scrub).to_have_value("10")
    page.get_by_role("button", name="Reset").click()
    expect(scrub).to_have_value("9")
    scrub.fill("2")
    page.get_by_role("button", name="Reset").click()  # the sidebar has nothing to go back from
    expect(scrub).to_have_value("9")

    # Play starts again from zero and ends at the highest degree.
    scrub.fill("20")
    play.click()
    visit.until(lambda: int(scrub.input_value()) < 4)
    scrub.fill("19")
    expect(scrub).to_have_value("20", timeout=10_000)
    expect(play).not_to_be_checked()

    # Own points: typed, from a file, and refused.
    visit.open("?data=Your+own+points")
    first = visit.picture()
    field = page.get_by_role("textbox", name="Paste a table")
    field.fill("\n".join(f"{x} {x * x}" for x in range(12)))
    field.press("Control+Enter")
    visit.until(lambda: "points" in visit.link)
    visit.settle()
    typed = visit.picture()
    assert not alike(typed, first)
    field.fill("nothing of the kind")
    field.press("Control+Enter")
    expect(page.get_by_text("Shown is the last one that could be read.")).to_be_visible()
    visit.settle()
    assert alike(visit.picture(), typed)
    file = tmp_path / "points.csv"
    file.write_text("x;y\n" + "\n".join(f"{x};{(-1) ** x}" for x in range(12)), encoding="utf-8")
    page.locator('[data-testid="stFileUploader"] input[type=file]').set_input_files(file)
    visit.until(lambda: "x;y" in visit.link.get("points", [""])[0])
    visit.settle()
    assert not alike(visit.picture(), typed)
