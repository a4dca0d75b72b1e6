"""The imbalance page in Chromium: a threshold for each method, and a reader's own file."""

import re
from pathlib import Path
from typing import Final

import pytest
from playwright.sync_api import Page, expect

from tests.browser.visit import CHART, Visit
from tests.data.class_imbalance.oracle import counted, csv_of, direct, tuned

SCRUB: Final = f"{CHART} form.vega-bindings input[type=range]"
PLAY: Final = f"{CHART} form.vega-bindings input[type=checkbox]"
UPLOAD: Final = '[data-testid="stFileUploader"] input[type=file]'
CELL: Final = re.compile(r"(TN|FP|FN|TP) ([\d,]+)")


def cells(page: Page) -> list[tuple[str, int]]:
    """The confusion matrices of A and B as they are drawn."""
    texts = page.locator(CHART).first.locator(".mark-text text").all_text_contents()
    found = [CELL.fullmatch(each) for each in texts]
    return sorted((each[1], int(each[2].replace(",", ""))) for each in found if each)


def counts(*percents: int) -> list[tuple[str, int]]:
    """The confusion matrices of the first view at a threshold each, by counting."""
    told = [direct(side) for side in ("A", "B")]
    found = [counted(each.test.y, each.probability, at / 100) for each, at in zip(told, percents, strict=True)]
    return sorted((name, count) for each in found for name, count in zip(("TN", "FP", "FN", "TP"), each, strict=True))


@pytest.mark.parametrize("visit", ["class_imbalance"], indirect=True)
def test_each_method_has_its_threshold_and_a_file_is_taken(visit: Visit, tmp_path: Path) -> None:
    page = visit.page
    sliders, play = page.locator(SCRUB), page.locator(PLAY).first
    lines = page.locator(CHART).first.locator(".mark-line path")
    assert cells(page) == counts(50, 50)
    sent, before = len(visit.messages), [path.get_attribute("d") for path in lines.all()]
    sliders.nth(0).fill("5")
    visit.until(lambda: cells(page) == counts(5, 50))
    after = [path.get_attribute("d") for path in lines.all()]
    assert len(set(before) - set(after)) == len(set(after) - set(before)) == 1  # the boundary of A
    sliders.nth(1).fill("97")
    visit.until(lambda: cells(page) == counts(5, 97))
    sliders.nth(0).fill("97")
    play.click()
    expect(play).not_to_be_checked()
    visit.until(lambda: cells(page) == counts(99, 99))
    assert len(visit.messages) == sent

    # A slider goes to the method's own threshold when that is another, and else stays where the reader has put it.
    visit.open("?B=threshold+tuning")
    assert sliders.nth(0).input_value() == "50"
    threshold, _ = tuned(direct("A"))
    assert sliders.nth(1).input_value() == f"{100 * threshold:.0f}"
    sliders.nth(0).fill("30")
    visit.press("ArrowRight", "Ratio 1 :")
    visit.until(lambda: sliders.nth(1).input_value() != f"{100 * threshold:.0f}")
    assert sliders.nth(0).input_value() == "30"
    visit.open("?data=your+own+CSV")
    example = cells(page)
    (tmp_path / "mine.csv").write_text(csv_of(150, 30), encoding="utf-8")
    page.locator(UPLOAD).set_input_files(tmp_path / "mine.csv")
    visit.until(lambda: cells(page) != example)
    assert sum(count for _, count in cells(page)) == 2 * round(0.3 * 180)
