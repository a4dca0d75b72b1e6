"""The charts of the receptive-field page's tabs. They too compute nothing, and their specs are cached."""

from typing import Any, Final

import altair as alt
import streamlit as st

from pages.convolution._field_charts import plane
from ui.kit.charts import Colors, Ink, Spec, color_of, spec_of

VIEW: Final = "data('view')[0]"
IMAGE: Final = 300  # height of an image


@st.cache_resource(max_entries=64, show_spinner=False)
def costs(names: tuple[str, ...], *, color: str, ink: Ink) -> Spec:
    """The weights of stacks and of the one layer that sees as much. Table: `costs` (stack, share, label)."""
    bars = alt.Chart(alt.NamedData("costs")).encode(
        y=alt.Y("stack:N", title=None, scale=alt.Scale(domain=list(names)), axis=alt.Axis(labelLimit=160)),
        x=alt.X(
            "share:Q",
            title="weights, in those of the one large kernel",
            scale=alt.Scale(domain=[0, 1.6]),
            axis=alt.Axis(format="%", values=[0, 0.25, 0.5, 0.75, 1]),
        ),
    )
    label = bars.mark_text(align="left", dx=5, color=ink.text).encode(text="label:N")
    return spec_of((bars.mark_bar(color=color) + label).properties(height=44 * len(names) + 70))


@st.cache_resource(max_entries=64, show_spinner=False)
def over_depth(deepest: int, tallest: int, *, colors: Colors) -> Spec:
    """Widths against the number of layers. Tables: `law` (depth, what, cells) and `measured` (depth, what, cells)."""
    x = alt.X("depth:Q", title="layers", scale=alt.Scale(domain=[0, deepest], nice=False), axis=alt.Axis(grid=False))
    y = alt.Y("cells:Q", title="width in cells", scale=alt.Scale(domain=[0, tallest], nice=False))
    color = color_of("what", colors)
    lines = alt.Chart(alt.NamedData("law")).mark_line(strokeWidth=2).encode(x=x, y=y, color=color)
    points = alt.Chart(alt.NamedData("measured")).mark_point(filled=True, size=80, opacity=1)
    return spec_of((lines + points.encode(x=x, y=y, color=color)).properties(height=300))


@st.cache_resource(max_entries=64, show_spinner=False)
def image(*, height: int, ink: Ink) -> Spec:
    """An image with a frame. Table: `view` (columns, rows, url)."""
    x, y = plane(f"{VIEW}.columns", f"{VIEW}.rows", width="width", height=height, around=1.04)
    whole = alt.Chart(alt.NamedData("view")).transform_calculate(left="0", top="0")
    corners: dict[str, Any] = {"x": x("left"), "y": y("top"), "x2": "columns:Q", "y2": "rows:Q"}
    shown = whole.mark_image(aspect=False, aria=False).encode(**corners, url="url:N")
    frame = whole.mark_rect(filled=False, stroke=ink.text, strokeWidth=1).encode(**corners)
    return spec_of((shown + frame).properties(height=height))


@st.cache_resource(max_entries=64, show_spinner=False)
def training(steps: int, tallest: int, *, colors: Colors, ink: Ink) -> Spec:
    """The effective width over training. Tables: `widths` (seed, step, cells) and `law` (cells, label)."""
    x = alt.X("step:Q", title="step", scale=alt.Scale(domain=[0, steps], nice=False), axis=alt.Axis(grid=False))
    y = alt.Y("cells:Q", title="effective width", scale=alt.Scale(domain=[0, tallest], nice=False))
    lines = alt.Chart(alt.NamedData("widths")).mark_line(strokeWidth=2, point=True)
    law = alt.Chart(alt.NamedData("law")).encode(y=y)
    rule = law.mark_rule(strokeDash=[5, 4], color=ink.text)
    text = law.mark_text(align="left", dx=4, dy=-8, color=ink.text).encode(x=alt.value(0), text="label:N")
    return spec_of((lines.encode(x=x, y=y, color=color_of("seed", colors)) + rule + text).properties(height=260))


@st.cache_resource(max_entries=64, show_spinner=False)
def feeding(rungs: int, *, colors: Colors, ink: Ink) -> Spec:
    """The units that feed one unit, a row a layer, with the input below.

    Tables: `units` (rung, cell, what), `reads` (rung, cell, rung2, cell2) and `names` (rung, name, left, right), with
    the ends of the axis.
    """
    y = alt.Y("rung:Q", title=None, scale=alt.Scale(domain=[-0.6, rungs - 0.4], nice=False), axis=None)
    x = alt.X(
        "cell:Q",
        title="cell of the input",
        scale=alt.Scale(
            domain=[alt.ExprRef("data('names')[0].left"), alt.ExprRef("data('names')[0].right")], nice=False, zero=False
        ),
        axis=alt.Axis(grid=False),
    )
    reads = alt.Chart(alt.NamedData("reads")).mark_rule(opacity=0.35, strokeWidth=1, color=ink.text)
    units = alt.Chart(alt.NamedData("units")).mark_point(
        filled=True, opacity=1, size=46, stroke=ink.text, strokeWidth=0.5
    )
    names = alt.Chart(alt.NamedData("names")).mark_text(align="left", dx=4, dy=-9, color=ink.text, fontSize=12)
    return spec_of(
        alt.layer(
            reads.encode(x=x, y=y, x2="cell2:Q", y2="rung2:Q"),
            units.encode(x=x, y=y, color=color_of("what", colors)),
            names.encode(x=alt.value(0), y=y, text="name:N"),
        ).properties(height=max(160, min(640, 46 * rungs)))
    )
