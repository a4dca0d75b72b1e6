"""The charts of the polynomial page. They compute nothing: tables come in, specs depend on axes and names alone.

The specs are cached because Altair takes a tenth of a second to make one, and nobody changes them.
"""

from typing import Any, Final

import altair as alt
import streamlit as st

from demos.capacity.targets import Interval
from ui.kit.charts import Colors, Ink, Spec, beyond, color_of, log_with_zero, spec_of, unpacked
from ui.kit.scrub import player

DEGREES: Final = alt.NamedData("degrees")
VIEW: Final = alt.NamedData("view")
LINEAR_BELOW: Final = 1e-3  # units; error axes are linear below it, so that an interpolating fit is drawn at zero
HIGHEST: Final = 1e2  # units; what is higher is drawn there, as a triangle
HEIGHT: Final = 360
PLAIN: Final = ".6~g"  # 1990 and not 1,990, 1e+8 and not nine digits


@st.cache_resource(max_entries=64, show_spinner=False)
def over_degrees(
    domain: Interval,
    y: Interval,
    unit: float,
    *,
    last: int,
    start: int,
    pieces: int,
    crowded: bool,
    colors: Colors,
    ink: Ink,
) -> Spec:
    """The fit of the degree under the hand over its points, and beside it the errors of all degrees.

    Tables: `view` (degree, truth, noise, full), `points` (x, y, set, beyond), and `degrees`, a row for each. Curves
    come packed in text: the browser unpacks one row of 21, and would else have to take in 2,500 after every move.
    """
    plain = alt.Axis(grid=False, format=PLAIN)
    across: dict[str, Any] = {"title": "x", "scale": alt.Scale(domain=list(domain), nice=False), "axis": plain}
    up: dict[str, Any] = {"title": "y", "scale": alt.Scale(domain=list(y), nice=False), "axis": plain}
    fitted = dict(colors)["training"]
    here = alt.Chart(DEGREES).transform_filter("datum.degree == degree")
    curve = _on_curve(unpacked(here, "fit", "lower", "upper"), domain, pieces).encode(x=alt.X("x:Q", **across))
    band = curve.mark_area(opacity=0.18, clip=True, color=fitted).encode(y=alt.Y("lower:Q", **up), y2="upper:Q")
    line = curve.mark_line(clip=True, strokeWidth=3, color=fitted).encode(y=alt.Y("fit:Q", **up))
    known = alt.Chart(VIEW).transform_filter("datum.truth != ''")
    truth = (
        _on_curve(unpacked(known, "truth"), domain, pieces)
        .mark_line(clip=True, strokeWidth=2, strokeDash=[6, 4], color=ink.text)
        .encode(x=alt.X("x:Q", **across), y=alt.Y("truth:Q", **up))
    )
    residuals = (
        unpacked(here.transform_filter("datum.at != ''"), "at", "measured", "fitted")
        .mark_rule(clip=True, strokeWidth=1.5, color=ink.text)
        .encode(x=alt.X("at:Q", **across), y=alt.Y("measured:Q", **up), y2="fitted:Q")
    )
    dot: dict[str, Any] = {"size": 12} if crowded else {"size": 70, "stroke": ink.paper, "strokeWidth": 1}
    points = (
        alt.Chart(alt.NamedData("points"))
        .mark_point(filled=True, **dot)
        .encode(
            x=alt.X("x:Q", **across),
            y=alt.Y("y:Q", **up),
            color=color_of("set", colors, legend=False),
            opacity=alt.condition("datum.set == 'training'", alt.value(0.5 if crowded else 1), alt.value(0.45)),
            shape=beyond(),
        )
    )
    label = here.mark_text(
        align="left", baseline="bottom", fontSize=12, fontWeight=600, lineBreak="\n", color=ink.text
    ).encode(x=alt.value(0), y=alt.value(-16), text="label:N")
    over = (points, residuals, line) if crowded else (residuals, line, points)
    fits = alt.layer(band, truth, *over, label).properties(width=440, height=HEIGHT)
    return spec_of(
        alt.hconcat(fits, _errors(unit, last=last, colors=colors, ink=ink)).resolve_scale(color="independent"),
        signals=player(0, last, name="degree", label="Degree shown", start=start, stride=1, pace=500, follows="view"),
    )


def _errors(unit: float, *, last: int, colors: Colors, ink: Ink) -> alt.LayerChart | alt.FacetChart:
    x = alt.X("degree:Q", title="degree", scale=alt.Scale(domain=[0, last], nice=False), axis=alt.Axis(grid=False))
    color = color_of("set", colors)
    highest = HIGHEST * unit
    y = error_axis("shown:Q", unit)
    judged = (
        alt.Chart(DEGREES)
        .transform_calculate(**{"K-fold": "datum.folds"})
        .transform_fold([name for name, _ in colors], as_=["set", "error"])
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
    noise = (
        alt.Chart(VIEW)
        .transform_filter("isValid(datum.noise)")
        .mark_rule(strokeDash=[1, 3], color=ink.text)
        .encode(y=error_axis("noise:Q", unit))
    )
    full = (
        alt.Chart(VIEW)
        .transform_filter(f"datum.full <= {last}")
        .transform_calculate(degree="datum.full")
        .mark_rule(strokeDash=[1, 3], color=ink.text)
        .encode(x=x)
    )
    return alt.layer(noise, full, spread, here, lines, dots).properties(width=300, height=HEIGHT)


def error_axis(field: str, unit: float) -> alt.Y:
    """Mean squared errors, up to `HIGHEST` units."""
    scaled = log_with_zero((0, HIGHEST * unit), linear_below=LINEAR_BELOW * unit, decades=1)
    return alt.Y(field, title="mean squared error", **scaled)


def _on_curve(chart: alt.Chart, domain: Interval, pieces: int) -> alt.Chart:
    """The x of each row: the Chebyshev points of the domain, in their order."""
    low, high = domain
    counted = chart.transform_window(row="row_number()")
    return counted.transform_calculate(x=f"{low} + {high - low} * (1 - cos(PI * (datum.row - 1) / {pieces})) / 2")
