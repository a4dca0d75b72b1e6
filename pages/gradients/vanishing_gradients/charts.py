"""The charts of the gradients page. They compute nothing: tables come in, specs depend on axes and names alone."""

from typing import Any, Final

import altair as alt

from pages.gradients.vanishing_gradients.controls import NETWORKS
from ui import kit
from ui.kit.charts import Colors, beyond, color_of, unpacked

LAYERS: Final = alt.NamedData("layers")
DEEPEST: Final = "(length(data('view')) ? data('view')[0].depth : 1)"  # the number of layers, in the browser
GRADIENTS: Final = (1e-30, 1e10)  # what the axis shows; what is lower or higher stands at its end, as a triangle
FACTORS: Final = (0.01, 10.0)
WIDTHS: Final = (420, 320)
HEIGHT: Final = 160
TALLEST: Final = 2.0  # density, and slope
WIDE: Final = alt.StrokeWidth(  # so that A shows on both sides of B where the two are equal
    "network:N", scale=alt.Scale(domain=list(NETWORKS), range=[5, 2]), legend=None
)
LARGE: Final = alt.Size("network:N", scale=alt.Scale(domain=list(NETWORKS), range=[80, 25]), legend=None)


@kit.spec
def over_layers(most: int, reach: float, bins: int, *, colors: Colors, ink: kit.Ink) -> tuple[kit.Chart, kit.Scrub]:
    """Gradient norms and factors against the layer, and the pre-activations of the layer under the hand.

    Tables: `view` (depth), `slopes` (network, h, slope) and `layers` (network, layer, gradient, factor, predicted,
    density, label), a row for each layer of each network. The histograms come packed in text, because one layer is
    shown at a time.
    """
    x = alt.X(
        "layer:Q",
        title="layer",
        scale=alt.Scale(domain=[1, alt.ExprRef(f"max(2, {DEEPEST})")], nice=False, zero=False),
        axis=alt.Axis(grid=False, tickMinStep=1),
    )
    color = color_of("network", colors)
    rows = alt.Chart(LAYERS)
    here = rows.transform_filter(f"datum.layer == min(layer, {DEEPEST})")
    hand = here.mark_rule(strokeWidth=1.5, strokeDash=[4, 3], color=ink.text).encode(x=x)
    through = alt.vconcat(_gradients(rows, hand, x, color), _factors(rows, hand, x, color, ink))
    charts = alt.hconcat(through, _inside(here, reach, bins, color))
    return charts, kit.Scrub("layer", most, "Layer", first=1, start=1, seconds=20, until=DEEPEST)


def gradient_axis() -> alt.Y:
    """Gradient norms, `shown` within `GRADIENTS`."""
    scale = alt.Scale(type="log", domain=list(GRADIENTS), nice=False)
    axis = alt.Axis(values=[10.0**k for k in range(-30, 11, 10)], format=".0e")
    return alt.Y("shown:Q", title="gradient norm", scale=scale, axis=axis)


def _gradients(rows: alt.Chart, hand: alt.Chart, x: alt.X, color: alt.Color) -> alt.LayerChart | alt.FacetChart:
    low, high = GRADIENTS
    y = gradient_axis()
    flowing = rows.transform_filter("datum.gradient > 0").transform_calculate(
        shown=f"clamp(datum.gradient, {low}, {high})",
        beyond=f"datum.gradient < {low} ? -1 : datum.gradient > {high} ? 1 : 0",
    )
    lines = flowing.mark_line().encode(x=x, y=y, color=color, strokeWidth=WIDE)
    dots = flowing.mark_point(filled=True, opacity=1).encode(x=x, y=y, color=color, shape=beyond(), size=LARGE)
    gone = (  # an exact zero has no place on a logarithmic axis: it stands below it
        rows.transform_filter("datum.gradient == 0")
        .mark_point(shape="cross", filled=True, opacity=1)
        .encode(x=x, y=alt.value(HEIGHT + 6), color=color, size=LARGE)
    )
    return alt.layer(hand, lines, dots, gone).properties(width=WIDTHS[0], height=HEIGHT)


def _factors(
    rows: alt.Chart, hand: alt.Chart, x: alt.X, color: alt.Color, ink: kit.Ink
) -> alt.LayerChart | alt.FacetChart:
    axis: dict[str, Any] = {
        "title": "factor per layer",
        "scale": alt.Scale(type="log", domain=list(FACTORS), nice=False, clamp=True),
        "axis": alt.Axis(values=[0.01, 0.1, 1, 10], format="~g"),
    }
    measured = rows.transform_filter("isValid(datum.factor)").mark_line()
    theory = rows.transform_filter("isValid(datum.predicted)").mark_line(strokeDash=[5, 4])
    one = alt.Chart(alt.NamedData("view")).mark_rule(strokeDash=[1, 3], color=ink.text).encode(y=alt.datum(1.0))
    return alt.layer(
        one,
        hand,
        measured.encode(x=x, y=alt.Y("factor:Q", **axis), color=color, strokeWidth=WIDE),
        theory.encode(x=x, y=alt.Y("predicted:Q", **axis), color=color, strokeWidth=WIDE),
    ).properties(width=WIDTHS[0], height=80)


def _inside(here: alt.Chart, reach: float, bins: int, color: alt.Color) -> alt.LayerChart | alt.FacetChart:
    x = alt.X("h:Q", title="pre-activation h", scale=alt.Scale(domain=[-reach, reach]), axis=alt.Axis(grid=False))
    y: dict[str, Any] = {
        "title": "density; φ′(h)",
        "scale": alt.Scale(domain=[0, TALLEST], nice=False),
        "axis": alt.Axis(tickCount=4),
    }
    width = 2 * reach / bins
    densities = (
        unpacked(here, "density")
        .transform_window(bin="row_number()", groupby=["network"])
        .transform_calculate(h=f"{-reach} + {width} * (datum.bin - 0.5)", shown=f"min({TALLEST}, datum.density)")
        .mark_area(interpolate="step", opacity=0.35)
        .encode(x=x, y=alt.Y("shown:Q", stack=None, **y), color=color)
    )
    slopes = (
        alt.Chart(alt.NamedData("slopes"))
        .mark_line(clip=True)
        .encode(x=x, y=alt.Y("slope:Q", **y), color=color, strokeWidth=WIDE)
    )
    labels = [
        here.transform_filter(f"datum.network == '{name}'")
        .mark_text(align="left", baseline="bottom", fontSize=12, fontWeight=600)
        .encode(x=alt.value(0), y=alt.value(-4 - 15 * (1 - place)), text="label:N", color=color)
        for place, name in enumerate(NETWORKS)
    ]
    return alt.layer(densities, slopes, *labels).properties(width=WIDTHS[1], height=290)
