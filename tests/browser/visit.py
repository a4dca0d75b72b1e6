"""One visit of a page in Chromium, and the claims that hold for every page: many of them for few seconds."""

import io
from collections.abc import Callable
from typing import Final, NamedTuple
from urllib.parse import parse_qs, urlparse

import numpy as np
from PIL import Image
from playwright.sync_api import Error, Page, expect

CHART: Final = '[data-testid="stVegaLiteChart"]'
SLIDER: Final = '[data-testid="stSlider"] input[type=range]'
IDLE: Final = '[data-testid="stApp"][data-test-script-state="notRunning"]'
DECODED: Final = "node => Promise.all(Array.from(node.querySelectorAll('image'), each => each.decode().catch(() => 0)))"
AGAIN: Final = 5
FEW: Final = 10  # pixels that Chromium may smooth otherwise when it paints again
FAINT: Final = 8  # of 255 levels
ABOVE: Final = 150  # pixels that heading, sentence and scenarios may take
LINE: Final = 40  # pixels: what is higher is not one line


class Box(NamedTuple):
    """Where something begins and ends on the screen, in pixels."""

    top: float
    bottom: float


class Visit:
    """A reader's tab on one page."""

    def __init__(self, page: Page, server: str, name: str) -> None:
        self.page, self.name = page, name
        self._address = f"{server}/{name}"
        self.messages: list[str] = []
        page.on("websocket", self._listen)
        self.open("")

    def _listen(self, socket: object) -> None:
        for event in ("framesent", "framereceived"):
            socket.on(event, lambda _: self.messages.append(""))  # type: ignore[attr-defined]

    def open(self, query: str) -> None:
        """Load the page under a link."""
        self.page.goto(self._address + query)
        self.page.locator(f"{CHART} .marks").first.wait_for()
        self.settle()

    @property
    def link(self) -> dict[str, list[str]]:
        """The parameters of the address."""
        return parse_qs(urlparse(self.page.url).query)

    def settle(self) -> None:
        """Wait until the script has finished and the chart looks the same twice."""
        settle(self.page)

    def until(self, holds: Callable[[], bool], *, tries: int = 400) -> None:
        """Look every 50 ms, and fail after twenty seconds: a machine may be busy."""
        until(self.page, holds, tries=tries)

    def picture(self) -> bytes:
        """The main chart as PNG."""
        return picture(self.page)

    def box(self, selector: str) -> Box:
        """Where the first such element stands."""
        found = self.page.locator(selector).first.bounding_box()
        assert found is not None
        return Box(found["y"], found["y"] + found["height"])

    def press(self, key: str, slider: str = "") -> None:
        """Press a key on a slider of the sidebar, the first or the one with this label, and wait for the answer."""
        before = self.page.url
        named = f'{SLIDER}[aria-label="{slider}"]' if slider else SLIDER
        self.page.locator(named).first.focus()
        self.page.keyboard.press(key)
        self.until(lambda: self.page.url != before)
        self.settle()


def until(page: Page, holds: Callable[[], bool], *, tries: int = 400) -> None:
    """Look every 50 ms, and fail after twenty seconds: a machine may be busy."""
    for _ in range(tries):
        if holds():
            return
        page.wait_for_timeout(50)
    raise AssertionError(holds)


def settle(page: Page) -> None:
    """Wait until the script has finished and the first chart, if there is one, looks the same twice."""

    def still() -> bool:
        page.locator(IDLE).wait_for()
        same = not page.locator(f"{CHART} .marks").count() or alike(picture(page), picture(page))
        return same and page.locator(IDLE).count() > 0  # no other run has begun meanwhile

    until(page, still)


def picture(page: Page) -> bytes:
    """The first chart as PNG; again if the browser has drawn another in its place meanwhile."""
    marks = page.locator(f"{CHART} .marks").first
    for _ in range(AGAIN):
        try:
            marks.evaluate(DECODED)
            return marks.screenshot()
        except Error:
            page.wait_for_timeout(100)
    return marks.screenshot()


def alike(one: bytes, other: bytes) -> bool:
    """Whether two pictures are the same to the eye."""
    first, second = (Image.open(io.BytesIO(each)).convert("RGB") for each in (one, other))
    if first.size != second.size:
        return False
    apart = np.abs(np.asarray(first, dtype=int) - np.asarray(second, dtype=int)).max(axis=-1)
    return int((apart > FAINT).sum()) <= FEW


def owes_its_reader(visit: Visit, title: str) -> None:
    """What holds for every page, in the order of one visit."""
    page, marks = visit.page, visit.page.locator(f"{CHART} .marks").first
    expect(page.get_by_role("heading", level=1)).to_have_text(title)
    expect(page.get_by_role("dialog")).to_have_count(0)
    first = visit.picture()

    # Scrubbing and Play change the picture, and send nothing.
    sent = len(visit.messages)
    assert sent > 0
    scrub = page.locator(f"{CHART} form.vega-bindings input[type=range]").first
    at_first, third = scrub.input_value(), str(int(scrub.get_attribute("max") or 0) // 3)
    scrub.fill(third)
    visit.until(lambda: not alike(visit.picture(), first))
    scrubbed, play = visit.picture(), page.locator(f"{CHART} form.vega-bindings input[type=checkbox]").first
    play.check()
    visit.until(lambda: not alike(visit.picture(), scrubbed))
    play.uncheck()
    assert len(visit.messages) == sent

    # A moved slider changes the picture, keeps the chart's node and the scrub's place, and stands in the address.
    scrub.fill(at_first)
    marks.evaluate("node => { node.mine = true }")
    unmoved = visit.picture()
    visit.press("ArrowRight")
    visit.until(lambda: not alike(visit.picture(), unmoved))
    scrub.fill(third)
    visit.press("ArrowRight")
    assert marks.evaluate("node => node.mine")
    assert scrub.input_value() == third

    # The address shows the same view to others, and embedded.
    visit.open("?" + urlparse(page.url).query)
    linked = visit.picture()
    visit.press("ArrowRight")
    visit.until(lambda: not alike(visit.picture(), linked))  # a picture that is trained comes later than the address
    visit.settle()
    shared = visit.picture()
    assert not alike(shared, first)
    visit.open("?" + urlparse(page.url).query)
    assert alike(visit.picture(), shared)
    visit.open("?embed=true&" + urlparse(page.url).query)
    assert marks.count() > 0
    headers = page.request.get(page.url).headers
    assert "frame-ancestors *" in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"
    visit.open("?" + urlparse(page.url.replace("embed=true&", "")).query)

    # Reset leads back to the first view and empties the address.
    page.get_by_role("button", name="Reset").click()
    visit.until(lambda: page.url.endswith(f"/{visit.name}"))
    visit.settle()
    visit.until(lambda: alike(visit.picture(), first))

    _holds_its_point_on_the_first_screen(visit)

    # Nothing is wider than the window.
    main = page.locator('[data-testid="stMain"]')
    for width in (390, 1440):
        page.set_viewport_size({"width": width, "height": 900})
        visit.until(lambda: main.evaluate("node => node.scrollWidth - node.clientWidth") <= 0)
    visit.settle()


def _holds_its_point_on_the_first_screen(visit: Visit) -> None:
    """Little stands above the picture, what moves it over it, and all of it is in sight."""
    for width, height in ((1280, 720), (1440, 900)):
        visit.page.set_viewport_size({"width": width, "height": height})
        visit.settle()
        bar, asked, moves, chart = (
            visit.box(part) for part in ('[data-testid="stHeader"]', ".st-key-scenario", f"{CHART} form", CHART)
        )
        assert asked.bottom - bar.bottom <= ABOVE
        assert asked.bottom <= moves.top < moves.bottom <= visit.box(f"{CHART} .marks").top + 1
        assert moves.bottom - moves.top <= LINE
        assert chart.bottom <= height
