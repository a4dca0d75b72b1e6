"""How long a reader waits for a chart, in a real browser: after a slider move, and on a fresh server.

Every page of the catalogue is compared with a floor, which is the least that the same stack can do: a Streamlit app of
one slider and one 200-point line chart under the same configuration. The moves of all pages are interleaved, so that
what else the machine does slows all of them alike. Run it with `python -m benchmarks.latency`.
"""

import argparse
import os
import platform
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from itertools import product
from pathlib import Path
from typing import Final, NamedTuple

import numpy as np
from playwright.sync_api import Browser, Page, ViewportSize, WebSocket

from benchmarks.browser import chromium, serve
from ui.house.catalogue import CONCEPTS

ROOT: Final = Path(__file__).parent.parent
WATCH: Final = Path(__file__).with_name("watch.js")
SLIDER: Final = '[data-testid="stSlider"] input[type=range]'
VIEWPORT: Final = ViewportSize(width=1280, height=900)
WARM_UP: Final = 3
MOVE_LIMIT: Final = 5_000  # ms, after which a move counts as missed
VIEW_LIMIT: Final = 60_000  # ms
QUIET: Final = 250  # ms without a change before the next move, so that no move is credited with the last one's chart

FLOOR_ENTRY: Final = 'import streamlit as st\n\napp = st.App("floor.py")\n'
FLOOR_SCRIPT: Final = """\
import altair as alt
import numpy as np
import pandas as pd
import streamlit as st

frequency = st.slider("Frequency", 1.0, 20.0, 5.0, 0.1)
x = np.linspace(0, 1, 200)
table = pd.DataFrame({"x": x, "y": np.sin(frequency * x)})
y = alt.Y("y:Q", scale=alt.Scale(domain=[-1, 1]))
st.altair_chart(alt.Chart(table).mark_line().encode(x="x:Q", y=y), key="wave")
"""


class Target(NamedTuple):
    """What is measured: a page, or the floor."""

    title: str
    entry: Path
    path: str  # below the server's address


class Visit:
    """A page that is open in the browser, and the bytes that it has received over its websocket."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.received = 0
        page.add_init_script(path=WATCH)
        page.on("websocket", self._listen)

    def _listen(self, socket: WebSocket) -> None:
        socket.on("framereceived", self._count)

    def _count(self, frame: str | bytes) -> None:
        self.received += len(frame.encode() if isinstance(frame, str) else frame)

    def first_view(self, url: str) -> float:
        """Open the page; milliseconds from there to the first frame with a chart."""
        self.page.goto(url, wait_until="commit")
        shown = self.page.evaluate("limit => latency.firstView(limit)", VIEW_LIMIT)
        return float("nan") if shown is None else float(shown)

    def settle(self) -> None:
        """Wait until nothing runs or moves."""
        self.page.evaluate("([quiet, limit]) => latency.settle(quiet, limit)", [QUIET, VIEW_LIMIT])


@dataclass
class Walk:
    """The first slider of a page, which is walked to and fro over its range: one step a move."""

    visit: Visit
    key: str = "ArrowRight"

    def move(self) -> tuple[float | None, int]:
        """Milliseconds from the key press to the changed chart (None if it does not change), and bytes received."""
        page = self.visit.page
        page.bring_to_front()
        slider = page.locator(SLIDER).first
        if slider.evaluate("(s, key) => key === 'ArrowRight' ? +s.value >= +s.max : +s.value <= +s.min", self.key):
            self.key = "ArrowLeft" if self.key == "ArrowRight" else "ArrowRight"
        received = self.visit.received
        page.evaluate("limit => latency.arm(limit)", MOVE_LIMIT)
        slider.press(self.key)
        time = page.evaluate("() => latency.move()")
        self.visit.settle()
        return time, self.visit.received - received


@dataclass
class Measured:
    """What was measured of one target; times in milliseconds."""

    moves: list[float] = field(default_factory=list)
    missed: int = 0
    received: list[int] = field(default_factory=list)
    first_views: list[float] = field(default_factory=list)


Results = dict[Target, Measured]


@contextmanager
def floor_app() -> Iterator[Path]:
    """The entry file of the floor, in a folder of its own with this repository's configuration."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        shutil.copytree(ROOT / ".streamlit", folder / ".streamlit")
        (folder / "floor.py").write_text(FLOOR_SCRIPT, encoding="utf-8")
        entry = folder / "app.py"
        entry.write_text(FLOOR_ENTRY, encoding="utf-8")
        yield entry


@contextmanager
def visitor(browser: Browser) -> Iterator[Visit]:
    """A visitor who has never been here: nothing is cached."""
    page = browser.new_page(viewport=VIEWPORT)
    try:
        yield Visit(page)
    finally:
        page.close()


def measure_first_views(browser: Browser, results: Results, *, servers: int) -> None:
    """Open every target as the first visitor of `servers` fresh servers, by its own address."""
    for _, (target, measured) in product(range(servers), results.items()):
        with serve(target.entry) as server, visitor(browser) as visit:
            measured.first_views.append(visit.first_view(f"{server.url}/{target.path}"))


def measure_moves(browser: Browser, results: Results, *, moves: int) -> None:
    """Move every target's first slider `moves` times, in turn."""
    with ExitStack() as stack:
        servers = {entry: stack.enter_context(serve(entry)) for entry in dict.fromkeys(t.entry for t in results)}
        walks = {}
        for target in results:
            visit = stack.enter_context(visitor(browser))
            visit.first_view(f"{servers[target.entry].url}/{target.path}")
            visit.page.locator(SLIDER).first.wait_for(state="attached")
            visit.settle()
            walks[target] = Walk(visit)
        for turn, (target, walk) in product(range(-WARM_UP, moves), walks.items()):
            time, received = walk.move()
            if turn >= 0:
                record(results[target], time, received)


def record(measured: Measured, time: float | None, received: int) -> None:
    """Add one move."""
    measured.received.append(received)
    if time is None:
        measured.missed += 1
    else:
        measured.moves.append(time)


HEADINGS: Final = ("page", "move: median", "p95", "÷ floor", "missed", "received a move", "first view", "÷ floor")


def table(results: Results) -> str:
    """The results as a Markdown table; the floor is the first of them."""
    floor = next(iter(results.values()))
    rows = [row(target.title, measured, floor) for target, measured in results.items()]
    rule = ["---", *["---:"] * (len(HEADINGS) - 1)]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in [HEADINGS, rule, *rows])


def row(title: str, measured: Measured, floor: Measured) -> list[str]:
    """The cells of one target."""
    return [
        title,
        cell(percentile(measured.moves, 50), "{:.0f} ms"),
        cell(percentile(measured.moves, 95), "{:.0f} ms"),
        cell(percentile(measured.moves, 50) / percentile(floor.moves, 50), "{:.1f}"),
        f"{measured.missed} of {len(measured.received)}",
        cell(percentile(measured.received, 50) / 1e3, "{:.1f} kB"),
        cell(percentile(measured.first_views, 50) / 1e3, "{:.2f} s"),
        cell(percentile(measured.first_views, 50) / percentile(floor.first_views, 50), "{:.1f}"),
    ]


def percentile(values: Sequence[float], percent: float) -> float:
    """NaN where nothing was measured."""
    return float(np.percentile(values, percent)) if values else float("nan")


def cell(value: float, form: str) -> str:
    """A number, or a dash."""
    return form.format(value) if np.isfinite(value) else "–"


def arguments() -> argparse.Namespace:
    """What the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--moves", type=int, default=30, help="slider moves of every page (default: %(default)s)")
    parser.add_argument("--fresh", type=int, default=3, help="fresh servers for every page (default: %(default)s)")
    names = [concept.name for concept in CONCEPTS]
    parser.add_argument("--pages", nargs="+", choices=names, default=names, metavar="NAME", help="only these pages")
    return parser.parse_args()


def main() -> None:
    """Measure and print."""
    asked = arguments()
    with floor_app() as floor, chromium() as browser:
        concepts = [concept for concept in CONCEPTS if concept.name in asked.pages]
        targets = [Target("floor: one slider, one line", floor, "")]
        targets += [Target(concept.title, ROOT / "app.py", concept.name) for concept in concepts]
        results = {target: Measured() for target in targets}
        measure_first_views(browser, results, servers=asked.fresh)
        measure_moves(browser, results, moves=asked.moves)
        print(table(results))
        print(
            f"\n{asked.moves} moves and {asked.fresh} fresh servers each; Chromium {browser.version}, "
            f"Python {platform.python_version()}, {os.cpu_count()} cores; bytes are those of the websocket's messages."
        )


if __name__ == "__main__":
    main()
