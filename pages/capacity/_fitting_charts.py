"""The charts of the polynomial page. They compute nothing: tables come in, specs depend on axes and names alone.

The specs are cached because Altair takes a tenth of a second to make one, and nobody changes them.
"""

from typing import Any, Final

import altair as alt
import streamlit as st

from demos.capacity.targets import Interval
from ui.chart import Ink, Spec, log_with_zero, player, spec_of

DEGREES: Final = alt.NamedData("degrees")
VIEW: Final = alt.NamedData("view")
JUDGES: Final = ("training", "validation", "test", "K-fold")
LINEAR_BELOW: Final = 1e-3  # units; error axes are linear below it, so that an interpolating fit is drawn at zero
HIGHEST: Final = 1e2  # units; what is higher is drawn there, as a triangle

Colors = tuple[str, ...]  # one for each of JUDGES; the fit has that of the training set


@st.cache_resource(max_entries=64, show_spinner=False)
def over_degrees(
    domain: Interval, y: Interval, unit: float, *, last: int, start: int, pieces: int, colors: Colors, ink: Ink
) -> Spec:
    """The fit of the degree under the hand over its points, and below it the errors of all degrees.

    Tables: `view` (degree, truth), `points` (x, y, set, beyond), and `degrees`, a row for each. Curves come packed in
    text: the browser unpacks one row of 21, and would else have to take in 2,500 after every move.
    """
    across: dict[str, Any] = {
        "title": "x",
        "scale": alt.Scale(domain=list(domain), nice=False),
        "axis": alt.Axis(grid=False),
    }
    up: dict[str, Any] = {"title": "y", "scale": alt.Scale(domain=list(y), nice=False), "axis": alt.Axis(grid=False)}
    here = alt.Chart(DEGREES).transform_filter("datum.degree == degree")
    curve = _on_curve(_unpacked(here, "fit", "lower", "upper"), domain, pieces).encode(x=alt.X("x:Q", **across))
    band = curve.mark_area(opacity=0.18, clip=True, color=colors[0]).encode(y=alt.Y("lower:Q", **up), y2="upper:Q")
    line = curve.mark_line(clip=True, strokeWidth=3, color=colors[0]).encode(y=alt.Y("fit:Q", **up))
    known = alt.Chart(VIEW).transform_filter("datum.truth != ''")
    truth = (
        _on_curve(_unpacked(known, "truth"), domain, pieces)
        .mark_line(clip=True, strokeWidth=2, strokeDash=[6, 4], color=ink.text)
        .encode(x=alt.X("x:Q", **across), y=alt.Y("truth:Q", **up))
    )
    residuals = (
        _unpacked(here.transform_filter("datum.at != ''"), "at", "measured", "fitted")
        .mark_rule(clip=True, strokeWidth=1.5, color=ink.text)
        .encode(x=alt.X("at:Q", **across), y=alt.Y("measured:Q", **up), y2="fitted:Q")
    )
    points = (
        alt.Chart(alt.NamedData("points"))
        .mark_point(filled=True, size=70, stroke=ink.paper, strokeWidth=1)
        .encode(
            x=alt.X("x:Q", **across),
            y=alt.Y("y:Q", **up),
            color=_judge(colors, legend=None),
            opacity=alt.condition("datum.set == 'training'", alt.value(1), alt.value(0.45)),
            shape=beyond(),
        )
    )
    label = here.mark_text(
        align="left", baseline="top", fontSize=12, fontWeight=600, lineBreak="\n", color=ink.text
    ).encode(x=alt.value(8), y=alt.value(6), text="label:N")
    fits = alt.layer(band, truth, residuals, line, points, label).properties(height=300)
    return spec_of(
        alt.vconcat(fits, _errors(unit, last=last, colors=colors, ink=ink)).resolve_scale(color="independent"),
        signals=player(last, name="degree", start=start, stride=1, pace=500, follows="view"),
    )


def _errors(unit: float, *, last: int, colors: Colors, ink: Ink) -> alt.LayerChart | alt.FacetChart:
    x = alt.X("degree:Q", title="degree", scale=alt.Scale(domain=[0, last], nice=False), axis=alt.Axis(grid=False))
    color = _judge(colors, legend=alt.Legend(orient="top", symbolType="circle", symbolOpacity=1))
    highest = HIGHEST * unit
    y = error_axis("shown:Q", unit)
    judged = (
        alt.Chart(DEGREES)
        .transform_calculate(**{"K-fold": "datum.folds"})
        .transform_fold(list(JUDGES), as_=["set", "error"])
        .transform_filter("isValid(datum.error)")
        .transform_calculate(shown=f"min(datum.error, {highest})", beyond=f"datum.error > {highest} ? 1 : 0")
    )
    lines = judged.mark_line(strokeWidth=2).encode(x=x, y=y, color=color)
    dots = judged.mark_point(filled=True, size=35, opacity=1).encode(x=x, y=y, color=color, shape=beyond())
    spread = (
        alt.Chart(DEGREES)
        .transform_filter("isValid(datum.folds)")
        .transform_calculate(set="'K-fold'", low=f"min(datum.least, {highest})", high=f"min(datum.most, {highest})")
        .mark_rule(strokeWidth=3, opacity=0.6)
        .encode(x=x, y=error_axis("low:Q", unit), y2="high:Q", color=color)
    )
    here = (
        alt.Chart(DEGREES)
        .transform_filter("datum.degree == degree")
        .mark_rule(strokeWidth=1.5, strokeDash=[4, 3], color=ink.text)
        .encode(x=x)
    )
    return alt.layer(spread, here, lines, dots).properties(height=220)


def error_axis(field: str, unit: float) -> alt.Y:
    """Mean squared errors, up to `HIGHEST` units."""
    scaled = log_with_zero((0, HIGHEST * unit), linear_below=LINEAR_BELOW * unit, decades=1)
    return alt.Y(field, title="mean squared error", **scaled)


def _judge(colors: Colors, *, legend: alt.Legend | None) -> alt.Color:
    scale = alt.Scale(domain=list(JUDGES), range=list(colors))
    return alt.Color("set:N", title=None, scale=scale, legend=legend)


def beyond() -> alt.Shape:
    """A triangle for what is drawn at the edge because it is above (1) or below (−1) the frame, from `beyond`."""
    shapes = alt.Scale(domain=[-1, 0, 1], range=["triangle-down", "circle", "triangle-up"])
    return alt.Shape("beyond:N", scale=shapes, legend=None)


def _unpacked(chart: alt.Chart, *columns: str) -> alt.Chart:
    """A row for each number in the text of the columns."""
    texts = chart.transform_calculate(**{column: f"split(datum.{column}, ',')" for column in columns})
    numbers: dict[str, Any] = {column: f"toNumber(datum.{column})" for column in columns}
    return texts.transform_flatten(list(columns)).transform_calculate(**numbers)


def _on_curve(chart: alt.Chart, domain: Interval, pieces: int) -> alt.Chart:
    """The x of each row: the Chebyshev points of the domain, in their order."""
    low, high = domain
    counted = chart.transform_window(row="row_number()")
    return counted.transform_calculate(x=f"{low} + {high - low} * (1 - cos(PI * (datum.row - 1) / {pieces})) / 2")
