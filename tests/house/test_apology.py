"""A page that fails leaves the frame standing, tells nobody what went wrong but the log, and can be reset."""

import logging
from typing import NoReturn

import pytest
from streamlit.testing.v1 import AppTest

from tests.pages import defaults, open_page, value
from ui.house.apology import LOGGED, RESET

SECRET = "/a/path/of/the/server"  # noqa: S105 - not a password


def fail(*_: object) -> NoReturn:
    raise RuntimeError(SECRET)


def shown(app: AppTest) -> str:
    return "".join(str(each) for each in (*app.main, *app.sidebar))


@pytest.fixture
def log(caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch) -> pytest.LogCaptureFixture:
    monkeypatch.setattr(logging.getLogger("ui.house.apology"), "propagate", True)
    return caplog


@pytest.mark.apologies
def test_the_frame_stands_and_only_the_log_knows_why(
    monkeypatch: pytest.MonkeyPatch, log: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("pages.optimization.optimizers.page.run", fail)
    app = open_page("optimizers", {"x": "1.5", "formula": "x" * 10 * LOGGED})
    assert not app.exception
    assert "Sorry" in app.error[0].value
    assert SECRET not in shown(app)
    assert app.title[0].value == "Optimizer trajectories"
    assert [link.proto.label for link in app.get("page_link")][1] == "All concepts"
    assert SECRET in log.text
    assert "'x': '1.5'" in log.text
    assert len(log.records[0].getMessage()) < LOGGED + 100


@pytest.mark.apologies
def test_reset_leads_back_to_the_first_view(monkeypatch: pytest.MonkeyPatch) -> None:
    first = open_page("optimizers")
    app = open_page("optimizers", {"x": "1.5", "surface": "Beale"}, trained="something old")
    with monkeypatch.context() as broken:
        broken.setattr("pages.optimization.optimizers.page.run", fail)
        app.run()
        assert app.button(key=RESET)
    app.button(key=RESET).click().run()
    assert not app.error
    assert "trained" not in app.session_state
    for key, expected in defaults("optimizers").items():
        assert value(app, key) in (expected, None)
    assert value(app, "x") == value(first, "x") == defaults("optimizers")["x"]


def test_other_tests_see_the_exception_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pages.optimization.optimizers.page.run", fail)
    assert open_page("optimizers").exception
