"""A Vega-Lite chart whose spec stays the same while its tables change, so that the browser swaps rows and no more."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Literal, NamedTuple

import altair as alt
import pyarrow as pa
import streamlit as st
from numpy.typing import NDArray

Spec = dict[str, Any]
Columns = Mapping[str, NDArray[Any] | Sequence[float] | Sequence[str]]


def show(
    spec: Spec,
    tables: Mapping[str, Columns],
    *,
    key: str,
    alt_text: str,
    on_select: Literal["ignore"] | Callable[[], None] = "ignore",
) -> None:
    """Draw `spec`, whose `alt.NamedData` are filled from `tables`: by name, columns of equal length."""
    datasets = {name: pa.table(dict(columns)) for name, columns in tables.items()}
    st.vega_lite_chart({**spec, "datasets": datasets}, key=key, alt=alt_text, on_select=on_select, width="stretch")


def spec_of(chart: alt.LayerChart | alt.VConcatChart | alt.FacetChart, *, signals: Sequence[Spec] = ()) -> Spec:
    """The chart as a dict, with extra Vega signals that run in the browser."""
    spec: Spec = chart.to_dict()
    spec["config"] = {**spec.get("config", {}), "signals": list(signals)}
    return spec


def player(steps: int) -> list[Spec]:
    """The signals of a slider over the steps and of a Play toggle under a chart, both without the server.

    The chart filters on the signal `step`. While Play is on the clock moves it, and the slider with it, up to the end.
    """
    stride = max(1, steps // 100)
    forward = f"play ? min({steps}, step + {stride}) : step"
    return [
        {
            "name": "step",
            "value": steps,
            "bind": {"input": "range", "min": 0, "max": steps, "step": 1, "name": "Step "},
            "on": [
                {"events": {"signal": "play"}, "update": f"play && step >= {steps} ? 0 : step"},
                {"events": {"type": "timer", "throttle": 50}, "update": forward},
            ],
        },
        {"name": "play", "value": False, "bind": {"input": "checkbox", "name": "Play "}},
    ]


class Ink(NamedTuple):
    """The colours of text and background in the theme that the reader sees."""

    text: str
    paper: str


def ink() -> Ink:
    """What marks without a colour of their own are drawn with."""
    return Ink(_theme("textColor"), _theme("backgroundColor"))


def palette(kind: Literal["chartCategoricalColors", "chartSequentialColors"]) -> list[str]:
    """A list of colours of the theme that the reader sees."""
    colors: list[str] = _theme(kind)
    return colors


def _theme(option: str) -> Any:  # noqa: ANN401 - a string or a list, as .streamlit/config.toml has it
    return st.get_option(f"theme.{st.context.theme.type or 'light'}.{option}")
