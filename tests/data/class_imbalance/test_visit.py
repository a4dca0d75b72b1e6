"""The imbalance page under a hand: the threshold under the picture, a reader's own rows, and all methods compared."""

import re
from pathlib import Path
from typing import Final

import numpy as np
from playwright.sync_api import Page, expect

from demos.data.methods import fit
from demos.data.samples import make_data, split
from tests.browser.conftest import CHART, Open, settle

PAGE: Final = "/class_imbalance"
SCRUB: Final = f"{CHART} form.vega-bindings input[type=range]"
PLAY: Final = f"{CHART} form.vega-bindings input[type=checkbox]"
UPLOAD: Final = '[data-testid="stFileUploader"] input[type=file]'
CELL: Final = re.compile(r"(TN|FP|FN|TP) ([\d,]+)")


def cells(page: Page) -> list[tuple[str, int]]:
    """The confusion matrices of A and B as they are drawn."""
    texts = page.locator(CHART).first.locator(".mark-text text").all_text_contents()
    found = [CELL.fullmatch(each) for each in texts]
    return sorted((each[1], int(each[2].replace(",", ""))) for each in found if each)


def counts(percent: int) -> list[tuple[str, int]]:
    """The confusion matrices of the first view at a threshold, by counting."""
    parts = split(
        make_data(shape="two Gaussians", rows=2000, ratio=20, overlap=0.4, label_noise=0.0, seed=0),
        seed=0,
    )
    found = []
    for method in ("none", "SMOTE"):
        model = fit(parts.train, method, classifier="logistic regression", ratio=1, k_neighbors=5, seed=0)
        called, y = model.probability(parts.test.x) >= percent / 100, parts.test.y == 1
        for name, rows in (("TN", ~called & ~y), ("FP", called & ~y), ("FN", ~called & y), ("TP", called & y)):
            found.append((name, int(rows.sum())))
    return sorted(found)


def csv_of(majority: int, minority: int) -> str:
    generator = np.random.default_rng(3)
    rows = [
        f"{a:.4f},{b:.4f},{name}"
        for name, count, centre in (("well", majority, 0.0), ("ill", minority, 1.5))
        for a, b in generator.normal(centre, 1, (count, 2))
    ]
    return "age,dose,label\n" + "\n".join(rows)


def upload(page: Page, file: Path, content: str) -> None:
    file.write_text(content, encoding="utf-8")
    page.locator(UPLOAD).set_input_files(file)
    page.wait_for_timeout(800)
    settle(page)


def test_the_threshold_moves_the_confusion_matrices_and_the_server_hears_nothing(open_link: Open) -> None:
    page = open_link(PAGE)
    sent: list[str | bytes] = []
    page.on("websocket", lambda socket: socket.on("framesent", lambda frame: sent.append(frame)))  # noqa: PLW0108 - a C method cannot be wrapped
    page.reload()  # so that the socket is one that is listened to
    page.locator(f"{CHART} .marks").first.wait_for()
    settle(page)
    assert sent
    page.wait_for_timeout(500)
    sent.clear()
    assert page.locator(SCRUB).first.input_value() == "50"
    assert cells(page) == counts(50)
    for percent in (5, 1, 99, 27):
        page.locator(SCRUB).first.fill(str(percent))
        page.wait_for_timeout(300)
        assert cells(page) == counts(percent), percent
    assert not sent


def test_the_threshold_moves_the_boundary(open_link: Open) -> None:
    page = open_link(PAGE)
    images = page.locator(CHART).first.locator(".mark-image image")

    def drawn() -> list[str]:
        return [each.get_attribute("href") or "" for each in images.all()]

    before = drawn()
    assert len(before) == 6  # shades, boundary and rows of both methods
    page.locator(SCRUB).first.fill("10")
    page.wait_for_timeout(300)
    after = drawn()
    assert len(after) == 6
    assert len(set(before) & set(after)) == 4
    assert len(set(after) - set(before)) == 2


def test_play_ends_at_the_highest_threshold(open_link: Open) -> None:
    page = open_link(PAGE)
    page.locator(SCRUB).first.fill("90")
    page.locator(PLAY).first.check()
    expect(page.locator(SCRUB).first).to_have_value("99", timeout=15_000)
    expect(page.locator(PLAY).first).not_to_be_checked()
    assert cells(page) == counts(99)


def test_a_file_replaces_the_data_and_a_bad_one_leaves_it(open_link: Open, tmp_path: Path) -> None:
    page = open_link(f"{PAGE}?data=your+own+CSV")
    expect(page.get_by_text("Until there is one, two Gaussians stay.")).to_be_visible()
    before = cells(page)
    upload(page, tmp_path / "good.csv", csv_of(150, 30))
    expect(page.get_by_text("150 rows of label = well and 30 of ill, which is the minority.")).to_be_visible()
    good = cells(page)
    assert good != before
    assert sum(count for _, count in good) == 2 * round(0.3 * 180)
    upload(page, tmp_path / "bad.csv", csv_of(150, 30).replace("\n", "\n1,many,ill\n", 1))
    alert = page.get_by_role("alert")
    expect(alert).to_have_count(1)
    expect(alert).to_contain_text("bad.csv: Row 2, column dose: “many” is not a number.")
    settle(page)
    assert cells(page) == good
    expect(page.get_by_text("150 rows of label = well and 30 of ill")).to_be_visible()


def test_all_methods_are_compared_under_a_progress_bar(open_link: Open) -> None:
    page = open_link(f"{PAGE}?rows=500&ratio=10")
    tables = page.locator('[data-testid="stDataFrame"]')
    expect(tables).to_have_count(1)
    page.get_by_role("button", name="Compare all 20 methods with 5 seeds").click()
    bar = page.locator('[data-testid="stProgress"]')
    expect(bar).to_be_visible(timeout=5_000)
    expect(bar).to_contain_text(re.compile(r", seed \d"), timeout=5_000)
    expect(tables).to_have_count(2, timeout=90_000)
    settle(page)
    expect(bar).to_have_count(0)
    expect(page.get_by_text("Means over 5 seeds, each with data, division and models of its own")).to_be_visible()
    page.get_by_role("slider", name="Seed").press("ArrowRight")
    page.wait_for_timeout(500)
    settle(page)
    expect(tables).to_have_count(1)
