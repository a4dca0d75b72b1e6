"""The charts of the polynomial page's tabs. Like those of its picture they compute nothing."""

from typing import Final

import altair as alt

from demos.capacity.polynomial_fitting import EPSILON
from demos.capacity.targets import Interval
from pages.capacity.polynomial_fitting.charts import HIGHEST, PLAIN, error_axis
from pages.capacity.polynomial_fitting.colors import PARTS
from ui import kit
from ui.kit.charts import Colors, beyond, color_of, log_with_zero

HEIGHT: Final = 300
CONDITIONS: Final = (1.0, 1e20)


@kit.spec
def parts_over_degrees(unit: float, *, last: int, colors: Colors, ink: kit.Ink) -> kit.Chart:
    """The parts of the expected error, averaged over x. Tables: `parts` (degree, PARTS, measured) and `chosen`."""
    x = alt.X("degree:Q", title="degree", scale=alt.Scale(domain=[0, last], nice=False), axis=alt.Axis(grid=False))
    measured = (
        alt.Chart(alt.NamedData("parts"))
        .transform_filter(f"datum.measured <= {HIGHEST * unit}")
        .mark_point(shape="square", size=90, strokeWidth=1.5, color=ink.text)
        .encode(x=x, y=error_axis("measured:Q", unit))
    )
    return (_parts(x, unit, colors) + measured + _chosen(x, ink)).properties(height=HEIGHT)


@kit.spec
def parts_over_x(domain: Interval, unit: float, *, colors: Colors) -> kit.Chart:
    """The parts of one degree's expected error over x. Table: `parts` (x, PARTS)."""
    x = alt.X(
        "x:Q", title="x", scale=alt.Scale(domain=list(domain), nice=False), axis=alt.Axis(grid=False, format=PLAIN)
    )
    return _parts(x, unit, colors).properties(height=HEIGHT)


@kit.spec
def over_sizes(sizes: tuple[int, ...], unit: float, *, colors: Colors, ink: kit.Ink) -> kit.Chart:
    """Quartiles of training and test error against n. Tables: `errors` (n, set, lower, median, upper), `chosen` (n)."""
    x = alt.X("n:Q", title="points n", scale=alt.Scale(type="log", domain=[sizes[0], sizes[-1]], nice=False))
    color = color_of("set", colors)
    errors = _limited(alt.Chart(alt.NamedData("errors")), HIGHEST * unit)
    band = errors.mark_area(opacity=0.2).encode(x=x, y=error_axis("lower:Q", unit), y2="upper:Q", color=color)
    y = error_axis("median:Q", unit)
    median = errors.mark_line(strokeWidth=2).encode(x=x, y=y, color=color)
    dots = errors.mark_point(filled=True, size=35, opacity=1).encode(x=x, y=y, color=color, shape=beyond())
    return (band + median + dots + _chosen(x, ink)).properties(height=HEIGHT)


@kit.spec
def path_errors(ridges: Interval, unit: float, *, colors: Colors, ink: kit.Ink) -> kit.Chart:
    """Errors against λ. Tables: `path` (ridge, training, validation, test), `chosen` (ridge)."""
    x = _ridge(ridges)
    y, color, highest = error_axis("shown:Q", unit), color_of("set", colors), HIGHEST * unit
    errors = (
        alt.Chart(alt.NamedData("path"))
        .transform_fold([name for name, _ in colors], as_=["set", "error"])
        .transform_calculate(shown=f"min(datum.error, {highest})", beyond=f"datum.error > {highest} ? 1 : 0")
    )
    lines = errors.mark_line(strokeWidth=2).encode(x=x, y=y, color=color)
    above = errors.transform_filter("datum.beyond").mark_point(filled=True, size=35, opacity=1)
    triangles = above.encode(x=x, y=y, color=color, shape=beyond())
    return (lines + triangles + _chosen(x, ink)).properties(height=HEIGHT)


@kit.spec
def path_coefficients(ridges: Interval, most: float, *, ink: kit.Ink) -> kit.Chart:
    """Every coefficient, up to ±most, against λ. Tables: `coefficients` (ridge, k, coefficient), `chosen` (ridge)."""
    x = _ridge(ridges)
    scaled = log_with_zero((-most, most), linear_below=most / 100, decades=1)
    lines = (
        alt.Chart(alt.NamedData("coefficients"))
        .mark_line(strokeWidth=2, clip=True)
        .encode(
            x=x,
            y=alt.Y("coefficient:Q", title="coefficient", **scaled),
            color=alt.Color("k:Q", title="k", scale=alt.Scale(scheme="viridis"), legend=alt.Legend(orient="top")),
            detail="k:N",
        )
    )
    return (lines + _chosen(x, ink)).properties(height=HEIGHT)


@kit.spec
def descent(most: int, *, highest: float, colors: Colors, ink: kit.Ink) -> kit.Chart:
    """Test error and condition number against the number of coefficients.

    Tables: `descent` (basis, count, lower, median, upper, condition) and `chosen` (count), which is n.
    """
    x = alt.X("count:Q", title="coefficients d + 1", scale=alt.Scale(type="log", domain=[1, most], nice=False))
    color = color_of("basis", colors)
    errors = _limited(alt.Chart(alt.NamedData("descent")), highest)
    scaled = log_with_zero((0, highest), linear_below=1e-2, decades=2)
    band = errors.mark_area(opacity=0.2).encode(
        x=x, y=alt.Y("lower:Q", title="test error", **scaled), y2="upper:Q", color=color
    )
    y = alt.Y("median:Q", title="test error", **scaled)
    median = errors.mark_line(strokeWidth=2).encode(x=x, y=y, color=color)
    above = errors.transform_filter("datum.beyond").mark_point(filled=True, size=35, opacity=1)
    triangles = above.encode(x=x, y=y, color=color, shape=beyond())
    up = alt.Y(
        "condition:Q",
        title="condition number",
        scale=alt.Scale(type="log", domain=list(CONDITIONS), nice=False, clamp=True),
        axis=alt.Axis(values=[10.0**k for k in range(0, 21, 4)], format=".0e"),
    )
    conditions = alt.Chart(alt.NamedData("descent")).mark_line(strokeWidth=2).encode(x=x, y=up, color=color)
    lost = alt.Chart(alt.NamedData("chosen")).mark_rule(strokeDash=[1, 3], color=ink.text)
    rounding = lost.encode(y=alt.datum(1 / EPSILON))
    return alt.vconcat(
        (band + median + triangles + _chosen(x, ink)).properties(height=HEIGHT),
        (conditions + rounding + _chosen(x, ink)).properties(height=160),
    )


def _parts(x: alt.X, unit: float, colors: Colors) -> alt.LayerChart | alt.FacetChart:
    highest = HIGHEST * unit
    parts = (
        alt.Chart(alt.NamedData("parts"))
        .transform_fold(list(PARTS), as_=["part", "error"])
        .transform_calculate(shown=f"min(datum.error, {highest})", beyond=f"datum.error > {highest} ? 1 : 0")
    )
    color = color_of("part", colors)
    lines = parts.mark_line(strokeWidth=2).encode(x=x, y=error_axis("shown:Q", unit), color=color)
    above = parts.transform_filter("datum.beyond").mark_point(filled=True, size=40, opacity=1)
    return alt.layer(lines, above.encode(x=x, y=error_axis("shown:Q", unit), color=color, shape=beyond()))


def _chosen(x: alt.X, ink: kit.Ink) -> alt.Chart:
    rule = alt.Chart(alt.NamedData("chosen")).mark_rule(strokeWidth=1.5, strokeDash=[4, 3], color=ink.text)
    chosen: alt.Chart = rule.encode(x=x)
    return chosen


def _ridge(ridges: Interval) -> alt.X:
    scale = alt.Scale(type="log", domain=list(ridges), nice=False)
    axis = alt.Axis(values=[10.0**k for k in range(-10, 5, 2)], format=".0e", grid=False)
    return alt.X("ridge:Q", title="weight decay λ", scale=scale, axis=axis)


def _limited(chart: alt.Chart, highest: float) -> alt.Chart:
    """The quartiles up to `highest`, and whether the median is beyond it."""
    limits = {quartile: f"min(datum.{quartile}, {highest})" for quartile in ("lower", "median", "upper")}
    noted = chart.transform_calculate(beyond=f"datum.median > {highest} ? 1 : 0")
    limited: alt.Chart = noted.transform_calculate(**limits)
    return limited
