"""What visitors meet besides a page that works: a foreign page around it, an apology, and a queue."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Final, Literal
from urllib.parse import parse_qs, urlparse

import pytest
from playwright.sync_api import Browser, Locator, Page, ViewportSize, expect

from benchmarks.browser import LOCALHOST, Server
from tests.browser.visit import CHART, alike, settle, until
from tests.server import test_failures

Visit = Callable[..., Page]
Scheme = Literal["light", "dark"]

failing = test_failures.failing  # a fixture: a server that fails on purpose
NAMED: Final = "localhost"  # to a browser another site than 127.0.0.1
SLIDER: Final = '[data-testid="stSlider"] input[type=range]'
ALERT: Final = '[data-testid="stAlert"]'
APP: Final = '[data-testid="stApp"]'
DARK: Final = 128  # of 255: the channels of a dark theme's background are below it
SLOW: Final = "depth=60&width=128"  # many seconds of training
QUICK: Final = "depth=5&width=32"
PATIENCE: Final = 30_000  # milliseconds that a quick training may take on a busy machine
STOPS: Final = "Moving a control stops the training"  # said where nothing has been trained
SECRETS: Final = (test_failures.SECRET, "RuntimeError", "Traceback", "site-packages", "optimizers/compute")


@pytest.fixture
def visit(browser: Browser) -> Iterator[Visit]:
    """Open an address as a new visitor; nothing may go wrong in the console of any of them."""
    complaints: list[str] = []
    with ExitStack() as contexts:

        def open_page(url: str, scheme: Scheme = "light") -> Page:
            size = ViewportSize(width=1440, height=900)
            context = contexts.enter_context(browser.new_context(viewport=size, color_scheme=scheme))
            page = context.new_page()
            page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
            page.on("pageerror", lambda error: complaints.append(str(error)))
            page.goto(url)
            return page

        yield open_page
    # Streamlit looks for its own address below the page's first, and finds it one folder higher.
    assert not [text for text in complaints if "404" not in text]


@pytest.fixture
def slides(server: Server) -> Iterator[str]:
    """The address of a teacher's page, on another site than the dashboard, that has a page of the dashboard in it."""
    link = f"{server.url}/optimizers?embed=true&amp;lr=0.02"
    html = f"<!doctype html><title>Slides</title><link rel=icon href=data:><iframe width=1200 height=800 src='{link}'>"

    class Slides(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            self.wfile.write(html.encode())

        def log_message(self, *_: object) -> None:
            """Tests need no log of it."""

    with ThreadingHTTPServer((LOCALHOST, 0), Slides) as running:
        thread = Thread(target=partial(running.serve_forever, poll_interval=0.05))
        thread.start()
        yield f"http://{NAMED}:{running.server_port}"
        running.shutdown()
        thread.join()


def train(page: Page) -> None:
    page.get_by_role("button", name="Train A and B").click()


def move(page: Page) -> None:
    page.locator(SLIDER).first.press("ArrowRight")


def waiting(page: Page) -> Locator:
    return page.locator(ALERT, has_text="Waiting for a free slot")


def results(page: Page, depth: int) -> Locator:
    """What the page says after it has trained networks of this depth, the first of two lines."""
    return page.get_by_text(f"in layer {depth}; below about 1e-7").first


def test_a_page_in_the_frame_of_another_site_shows_its_chart_and_follows_a_slider(visit: Visit, slides: str) -> None:
    page = visit(slides)
    frame = page.frame_locator("iframe")
    marks = frame.locator(f"{CHART} .marks").first
    marks.wait_for()
    frame.locator(f'{APP}[data-test-script-state="notRunning"]').wait_for()
    until(page, lambda: alike(marks.screenshot(), marks.screenshot()))
    before = marks.screenshot()
    frame.locator(SLIDER).first.press("ArrowRight")
    until(page, lambda: not alike(marks.screenshot(), before))
    embedded = page.frames[1]
    assert urlparse(embedded.url).hostname != urlparse(page.url).hostname
    assert float(parse_qs(urlparse(embedded.url).query)["lr"][0]) > 0.02


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_page_that_fails_apologizes_inside_of_its_frame_and_reset_brings_it_back(
    visit: Visit, failing: Server, scheme: Scheme
) -> None:
    page = visit(f"{failing.url}/optimizers?seed=13&lr=0.02", scheme)
    apology = page.locator(ALERT, has_text="Sorry: this page has failed")
    expect(apology).to_be_visible()
    settle(page)
    background = page.locator(APP).evaluate("node => getComputedStyle(node).backgroundColor")
    assert (int(background.removeprefix("rgb(").split(",")[0]) < DARK) == (scheme == "dark")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    expect(page.get_by_role("link", name="All concepts")).to_be_visible()
    expect(page.locator(CHART)).to_have_count(0)
    assert not [secret for secret in SECRETS if secret in page.content()]
    page.get_by_role("button", name="Reset this page").click()
    page.locator(f"{CHART} .marks").first.wait_for()
    settle(page)
    expect(apology).to_have_count(0)
    assert page.url == f"{failing.url}/optimizers"


def test_a_scenario_that_fails_is_not_entered_again_after_reset(visit: Visit, failing: Server) -> None:
    page = visit(f"{failing.url}/optimizers?lr=0.02")
    page.locator(f"{CHART} .marks").first.wait_for()
    settle(page)
    page.get_by_role("radio", name="Overshoot").or_(page.get_by_role("button", name="Overshoot")).click()
    page.get_by_role("button", name="Reset this page").click()
    page.locator(f"{CHART} .marks").first.wait_for()
    settle(page)
    assert page.url == f"{failing.url}/optimizers"


def test_visitors_train_one_after_the_other_and_each_is_told_how_many_are_before(visit: Visit, server: Server) -> None:
    link = f"{server.url}/vanishing_gradients?tab=Training"
    first, second, third = (visit(f"{link}&{settings}") for settings in (SLOW, QUICK, QUICK))
    for page in (first, second, third):
        page.get_by_role("button", name="Train A and B").wait_for()
        settle(page)
    for page in (first, second, third):
        train(page)
    expect(waiting(second)).to_contain_text("1 computation is before yours")
    expect(waiting(third)).to_contain_text("2 computations are before yours")
    expect(first.get_by_text("Training A, step")).to_be_visible()

    move(third)
    expect(waiting(third)).to_have_count(0)
    settle(third)
    expect(third.locator(f"{CHART} .marks")).to_have_count(1)
    expect(third.get_by_text(STOPS)).to_be_visible()
    expect(third.get_by_text("in layer")).to_have_count(0)
    train(third)
    expect(waiting(third)).to_contain_text("2 computations are before yours")  # 3, had it kept its first place

    move(first)
    expect(first.get_by_text(STOPS)).to_be_visible()
    expect(results(second, 5)).to_be_visible(timeout=PATIENCE)
    expect(results(third, 6)).to_be_visible(timeout=PATIENCE)
    for page in (first, second, third):
        settle(page)
        expect(waiting(page)).to_have_count(0)
    expect(first.get_by_text("Training A, step")).to_have_count(0)
    expect(first.get_by_text("in layer")).to_have_count(0)
