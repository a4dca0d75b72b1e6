"""The pages of the catalogue under AppTest, and what each of them declares as data."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
from streamlit.testing.v1 import AppTest
from streamlit.util import calc_hash

from ui.house.catalogue import CONCEPTS, Concept
from ui.house.navigation import Page, module_of
from ui.kit.scenarios import Scenario

ROOT = Path(__file__).parent.parent
HOSTILE: list[str | list[str]] = [
    "nan",
    "inf",
    "-inf",
    "1e308",
    "-1",
    "",
    "text",
    "<b>x</b>",
    "[]",
    ["0.5", "0.1"],
    "9" * 10_000,
]
NAMES = [concept.name for concept in CONCEPTS]
BY_NAME: Mapping[str, Concept] = {concept.name: concept for concept in CONCEPTS}


def module(name: str) -> Page:
    return module_of(BY_NAME[name])


def defaults(name: str) -> Mapping[str, Any]:
    return module(name).Controls.defaults()


def scenarios(name: str) -> Sequence[Scenario]:
    return module(name).SCENARIOS


def open_page(name: str, query: Mapping[str, str | list[str]] | None = None, **state: Any) -> AppTest:  # noqa: ANN401
    """The page as a visitor finds it under a link with these parameters, with expanders and the like in `state`."""
    app = AppTest.from_file(ROOT / "ui" / "house" / "main.py", default_timeout=60)
    app._page_hash = calc_hash(name)  # `switch_page` knows files only, and our pages are functions
    for key, value in (query or {}).items():
        app.query_params[key] = value
    for key, value in state.items():
        app.session_state[key] = value
    return app.run()


def enter(app: AppTest, scenario: str) -> AppTest:
    """Choose a scenario."""
    return app.button_group(key="scenario").set_value(scenario).run()


def value(app: AppTest, key: str) -> Any:  # noqa: ANN401 - whatever the control holds
    return app.session_state[key] if key in app.session_state else None  # noqa: SIM401 - it has no get


def chart_rows(app: AppTest, name: str) -> dict[str, list[Any]]:
    """The first table of this name that a chart of the page was sent."""
    for chart in app.get("vega_lite_chart"):
        for dataset in chart.proto.datasets:
            if dataset.name == name:
                table: dict[str, list[Any]] = pa.ipc.open_stream(dataset.data.data).read_all().to_pydict()
                return table
    raise KeyError(name)
