"""A Vega-Lite chart whose spec stays the same while its tables change, so that the browser swaps rows and no more."""

import json
from collections.abc import Callable, Mapping, Sequence
from functools import partial, wraps
from string import Formatter
from typing import Any, Final, Literal, NamedTuple, ParamSpec

import altair as alt
import numpy as np
import pandas as pd
import pyarrow as pa
import streamlit as st
from numpy.typing import NDArray

from ui.kit.scrub import Scrub

AXIS: Final = 68  # pixels that a y axis takes beside its plot
VALIDATE = False  # whether Altair checks each chart against Vega-Lite's schema, which takes half of the time: tests do
Spec = dict[str, Any]
Chart = Any  # of Altair, whose methods do not say which kind they return
P = ParamSpec("P")
Colors = tuple[tuple[str, str], ...]  # names and their colours, in the order of the legend
Columns = Mapping[str, NDArray[Any] | Sequence[float] | Sequence[str]]


def show(
    spec: Spec,
    tables: Mapping[str, Columns | pd.DataFrame],
    *,
    key: str,
    alt_text: str,
    on_select: Literal["ignore"] | Callable[[], None] = "ignore",
) -> None:
    """Draw `spec`, whose `alt.NamedData` are filled from `tables`: by name, columns of equal length."""
    filled = {**spec, "datasets": {name: _arrow(columns) for name, columns in tables.items()}}
    drawn = partial(st.vega_lite_chart, filled, key=key, alt=alt_text, on_select=on_select)
    if "vconcat" in spec:
        with st.container(horizontal=True, gap=None):  # Streamlit gives the width to the plots, and forgets their axes
            drawn(width="stretch")
            st.space(AXIS)
    else:
        drawn(width="content" if "hconcat" in spec else "stretch")


def spec_of(chart: Chart, *, signals: Sequence[Spec] = ()) -> Spec:
    """The chart as a dict, with extra Vega signals that run in the browser."""
    spec: Spec = chart.to_dict(validate=VALIDATE)
    silent = {"tooltip": None}  # else Streamlit shows every encoded field, the text of images included
    spec["config"] = {"mark": silent, **spec.get("config", {}), "signals": list(signals)}
    return spec


def tip(chart: alt.Chart, words: str) -> alt.Chart:
    """A chart that says of the mark under the pointer what `words` says, such as "{name} at {x:.2f}" of its columns.

    What stands behind a colon is a format of D3.
    """
    parts = []
    for text, column, form, _ in Formatter().parse(words):
        parts.append(json.dumps(text, ensure_ascii=False))
        if column:
            parts.append(f"format(datum.{column}, '{form}')" if form else f"datum.{column}")
    told: alt.Chart = chart.transform_calculate(tip=" + ".join(parts)).encode(tooltip="tip:N")
    return told


def _arrow(columns: Columns | pd.DataFrame) -> pa.Table:
    return pa.table({str(name): np.asarray(column) for name, column in columns.items()})


def spec(make: Callable[P, Chart | tuple[Chart, Scrub]]) -> Callable[P, Spec]:
    """A decorator: a function that makes a chart, with its scrub if it has one, gives the chart's spec, and keeps it.

    Altair takes a tenth of a second to make one. What moves with the controls is in the tables, not in the spec.
    """

    @wraps(make)
    def made(*args: P.args, **kwargs: P.kwargs) -> Spec:
        chart = make(*args, **kwargs)
        return spec_of(chart[0], signals=chart[1].signals()) if isinstance(chart, tuple) else spec_of(chart)

    kept: Callable[P, Spec] = st.cache_resource(max_entries=64, show_spinner=False)(made)
    return kept


def log_with_zero(domain: tuple[float, float], *, linear_below: float, decades: int) -> dict[str, Any]:
    """Scale and axis that are logarithmic down to a small number and linear below it, so that zero is drawn as zero.

    There is a tick at zero and one every so many `decades`.
    """
    low, high = domain
    powers = [sign * 10.0**k for sign in (-1, 1) for k in range(-40, 41, decades) if linear_below < 10.0**k]
    return {
        "scale": alt.Scale(type="symlog", constant=linear_below, domain=[low, high], nice=False),
        "axis": alt.Axis(
            values=sorted([0.0, *(tick for tick in powers if low <= tick <= high)]),
            format=".0e",
            labelExpr="datum.value == 0 ? '0' : replace(datum.label, '+', '')",
            labelOverlap=False,
        ),
    }


def packed(rows: NDArray[np.float64], *, decimals: int) -> list[str]:
    """Each row of numbers as one text, for a chart that shows one row at a time and unpacks it."""
    return [",".join(map(repr, row)) for row in rows.round(decimals).tolist()]


def unpacked(chart: alt.Chart, *columns: str) -> alt.Chart:
    """A row for each number in the text of the columns."""
    texts = chart.transform_calculate(**{column: f"split(datum.{column}, ',')" for column in columns})
    numbers: dict[str, Any] = {column: f"toNumber(datum.{column})" for column in columns}
    return texts.transform_flatten(list(columns)).transform_calculate(**numbers)


def color_of(field: str, colors: Colors, *, legend: bool = True, columns: int = 0) -> alt.Color:
    """The colour of the names in a field; the legend has so many columns, and 0 is as many as there are names."""
    names, shades = zip(*colors, strict=True)
    shown = alt.Legend(orient="top", symbolType="circle", symbolOpacity=1, columns=columns) if legend else None
    return alt.Color(f"{field}:N", title=None, scale=alt.Scale(domain=names, range=shades), legend=shown)


def beyond() -> alt.Shape:
    """A triangle for what is drawn at the edge because it is above (1) or below (−1) the frame, from `beyond`."""
    shapes = alt.Scale(domain=[-1, 0, 1], range=["triangle-down", "circle", "triangle-up"])
    return alt.Shape("beyond:N", scale=shapes, legend=None)


class Ink(NamedTuple):
    """The colours of text and background in the theme that the reader sees."""

    text: str
    paper: str


def ink() -> Ink:
    """What marks without a colour of their own are drawn with."""
    return Ink(_theme("textColor"), _theme("backgroundColor"))


def palette() -> list[str]:
    """The colours of categories in the theme that the reader sees."""
    colors: list[str] = _theme("chartCategoricalColors")
    return colors


def _theme(option: str) -> Any:  # noqa: ANN401 - a string or a list, as .streamlit/config.toml has it
    return st.get_option(f"theme.{st.context.theme.type or 'light'}.{option}")
