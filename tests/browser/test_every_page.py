"""What only a real browser shows, on every page of the catalogue."""

import io
from collections.abc import Iterator
from typing import Final

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Browser, Page, expect

from benchmarks.browser import Server, serve
from tests.browser.conftest import CHART, Open, settle
from tests.pages import BY_NAME, NAMES, ROOT

FEW: Final = 10  # pixels
FAINT: Final = 8  # of 255 levels: an image that is scaled again can differ by 2
SLIDER = '[data-testid="stSlider"] input[type=range]'
SCRUB = f"{CHART} form.vega-bindings input[type=range]"


@pytest.fixture(params=NAMES)
def name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def fresh_server() -> Iterator[Server]:
    with serve(ROOT / "app.py") as running:
        yield running


def count_frames(page: Page) -> list[str]:
    """A list that grows with every message between the page and the server; call before the page is loaded."""
    frames: list[str] = []

    def watch(socket: object) -> None:
        socket.on("framesent", lambda _: frames.append("sent"))  # type: ignore[attr-defined]
        socket.on("framereceived", lambda _: frames.append("received"))  # type: ignore[attr-defined]

    page.on("websocket", watch)
    return frames


def picture(page: Page) -> bytes:
    return page.locator(f"{CHART} .marks").first.screenshot()


def alike(one: bytes, other: bytes) -> bool:
    """Whether two pictures are the same, but for a few pixels that Chromium smooths otherwise when it paints again."""
    pictures = [Image.open(io.BytesIO(each)).convert("RGB") for each in (one, other)]
    if pictures[0].size != pictures[1].size:
        return False
    apart = np.abs(np.asarray(pictures[0], dtype=int) - np.asarray(pictures[1], dtype=int)).max(axis=-1)
    return int((apart > FAINT).sum()) <= FEW


def press(page: Page, key: str) -> None:
    page.locator(SLIDER).first.focus()
    page.keyboard.press(key)
    page.wait_for_timeout(300)
    settle(page)


def test_the_first_deep_link_on_a_fresh_server_shows_the_page_and_no_dialog(
    browser: Browser, fresh_server: Server, name: str
) -> None:
    page = browser.new_page()
    page.goto(f"{fresh_server.url}/{name}")
    page.locator(f"{CHART} .marks").first.wait_for()
    expect(page.get_by_role("heading", level=1)).to_have_text(BY_NAME[name].title)
    expect(page.get_by_role("dialog")).to_have_count(0)
    page.close()


def test_a_slider_move_changes_the_picture_and_keeps_the_charts_node(open_link: Open, name: str) -> None:
    page = open_link(f"/{name}")
    before = picture(page)
    page.locator(f"{CHART} .marks").first.evaluate("node => { node.mine = true }")
    press(page, "ArrowRight")
    assert picture(page) != before
    assert page.locator(f"{CHART} .marks").first.evaluate("node => node.mine") is True


def test_the_scrub_and_play_change_the_picture_and_send_nothing(browser: Browser, server: Server, name: str) -> None:
    page = browser.new_page()
    frames = count_frames(page)
    page.goto(f"{server.url}/{name}")
    page.locator(SCRUB).first.wait_for()
    settle(page)
    sent = len(frames)
    assert sent > 0
    before = picture(page)
    page.locator(SCRUB).first.fill("3")
    page.wait_for_timeout(200)
    scrubbed = picture(page)
    assert scrubbed != before
    page.locator(f"{CHART} form.vega-bindings input[type=checkbox]").first.check()
    page.wait_for_timeout(700)
    assert picture(page) != scrubbed
    assert len(frames) == sent
    page.close()


def test_the_scrub_keeps_its_place_when_a_slider_moves(open_link: Open, name: str) -> None:
    page = open_link(f"/{name}")
    page.locator(SCRUB).first.fill("3")
    press(page, "ArrowRight")
    assert page.locator(SCRUB).first.input_value() == "3"


def test_a_shared_link_reproduces_the_view(open_link: Open, name: str) -> None:
    page = open_link(f"/{name}")
    for _ in range(3):
        press(page, "ArrowRight")
    assert "?" in page.url
    other = open_link(page.url.removeprefix(page.url.split(f"/{name}", maxsplit=1)[0]))
    assert alike(picture(other), picture(page))


def test_reset_clears_the_link(open_link: Open, name: str) -> None:
    page = open_link(f"/{name}")
    before = picture(page)
    press(page, "ArrowRight")
    page.get_by_role("button", name="Reset").click()
    page.wait_for_timeout(300)
    settle(page)
    assert page.url.endswith(f"/{name}")
    assert alike(picture(page), before)


@pytest.mark.parametrize("width", [1440, 390])
def test_nothing_is_wider_than_the_window(open_link: Open, name: str, width: int) -> None:
    page = open_link(f"/{name}")
    page.set_viewport_size({"width": width, "height": 900})
    page.wait_for_timeout(800)
    main = page.locator('[data-testid="stMain"]')
    assert main.evaluate("node => node.scrollWidth - node.clientWidth") <= 0


def test_the_page_can_be_embedded(open_link: Open, name: str) -> None:
    page = open_link(f"/{name}?embed=true")
    assert page.locator(f"{CHART} .marks").count() > 0
    policy = page.request.get(page.url).headers["content-security-policy"]
    assert "frame-ancestors *" in policy
    assert page.request.get(page.url).headers["x-content-type-options"] == "nosniff"
