"""What holds for all tests, and a server with a Chromium for those that look at a page."""

from collections.abc import Iterator
from typing import NoReturn

import pytest
import torch
from playwright.sync_api import Browser, expect

from benchmarks.browser import Server, chromium, serve
from tests.browser.visit import Visit
from tests.pages import ROOT
from ui.house.catalogue import Concept
from ui.kit import charts as chart
from ui.kit import later

torch.set_num_threads(1)  # as the dashboard does
chart.VALIDATE = True
later.PAINTING = 0.0  # nobody paints
expect.set_options(timeout=20_000)  # milliseconds: a machine may be busy


@pytest.fixture(autouse=True)
def failures_show(monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> None:
    """A page that fails under AppTest has an exception, and not an apology that a test would overlook."""

    def fail(_concept: Concept, error: Exception) -> NoReturn:
        raise error

    if "apologies" not in request.keywords:
        monkeypatch.setattr("ui.house.apology.apologize", fail)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with chromium() as running:
        yield running


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    with serve(ROOT / "app.py") as running:
        yield running
        assert "Traceback" not in running.log, running.log
        assert "WARNING" not in running.log.upper(), running.log


@pytest.fixture
def visit(browser: Browser, server: Server, request: pytest.FixtureRequest) -> Iterator[Visit]:
    """The page that is the fixture's parameter, in a tab of its own; nothing may go wrong in the console."""
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    page = context.new_page()
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    yield Visit(page, server.url, request.param)
    context.close()
    # Streamlit looks for its own address below the page's first, and finds it one folder higher.
    assert not [text for text in complaints if "404" not in text]
