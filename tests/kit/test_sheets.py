"""A sheet in Chromium: sixty frames sent once, of which the step slider shows one."""

import io
from functools import partial
from pathlib import Path

import numpy as np
from PIL import Image
from playwright.sync_api import Browser

from benchmarks.browser import serve
from tests.browser.visit import Visit
from tests.pages import ROOT

FRAMES = 60
PAGE = """
import sys
sys.path.insert(0, {root!r})
import altair as alt
import numpy as np
from ui import kit
from ui.kit import planes, raster

DOMAIN = ((0.0, 1.0), (-2.0, 2.0))
COLORS = [f"#{{4 * k:02x}}0000" for k in range({frames})] + ["#00ff00"]
frames = np.tile(np.arange({frames})[:, None, None], (1, 48, 48))
frames[:, 40:, :] = {frames}  # the upper edge of each frame, so that a frame that is off by a little shows
step = kit.Scrub("step", {frames} - 1, "Step", start=0)
chart = planes.sheet("picture", step, *planes.axes(DOMAIN)).properties(width=240, height=240)
sheet = raster.sheet(frames, COLORS, DOMAIN)
kit.show(kit.spec(lambda: (chart, step))(), {{"picture": sheet}}, key="sheet", alt_text="A sheet.")
"""


def test_a_sheet_shows_the_frame_of_the_step_and_sends_nothing(browser: Browser, tmp_path: Path) -> None:
    script = tmp_path / "app.py"
    script.write_text(PAGE.format(root=str(ROOT), frames=FRAMES), encoding="utf-8")
    with serve(script) as server:
        visit = Visit(browser.new_page(), server.url, "")
        sent = len(visit.messages)
        for frame in (0, 1, 37, FRAMES - 1):
            visit.page.locator("form.vega-bindings input[type=range]").fill(str(frame))
            visit.until(partial(_shows, visit, [(0, 255, 0), (4 * frame, 0, 0)]))
        assert len(visit.messages) == sent
        visit.page.close()


def _shows(visit: Visit, colors: list[tuple[int, ...]]) -> bool:
    return shown(visit) == colors


def shown(visit: Visit) -> list[tuple[int, ...]]:
    """The colours of a column of the picture, from its top to its bottom, without those of a smoothed edge."""
    pixels = np.asarray(Image.open(io.BytesIO(visit.picture())).convert("RGB"))
    plot = visit.page.locator(".mark-image image").first.bounding_box()
    marks = visit.page.locator(".marks").first.bounding_box()
    assert plot is not None
    assert marks is not None
    column = pixels[:, int(plot["x"] - marks["x"] + plot["width"] / 2)]
    colors, counts = np.unique(column, axis=0, return_counts=True)
    frequent = [tuple(int(each) for each in color) for color, count in zip(colors, counts, strict=True) if count > 20]
    return sorted((color for color in frequent if color != (255, 255, 255)), key=lambda color: -color[1])
