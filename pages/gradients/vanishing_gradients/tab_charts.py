"""The charts of the gradients page's tabs. Like those of its picture they compute nothing."""

from collections.abc import Sequence
from typing import Final

import altair as alt

from pages.gradients.vanishing_gradients.charts import GRADIENTS, gradient_axis
from ui import kit
from ui.kit.charts import Colors, color_of, unpacked

CELL: Final = "cell"
HEIGHT: Final = 260


@kit.spec
def factors(
    rows: tuple[str, ...], columns: tuple[str, ...], *, colors: tuple[str, str, str], ink: kit.Ink
) -> kit.Chart:
    """The factor per layer for every activation and init. Table: `factors` (activation, init, measured, predicted)."""
    cells = alt.Chart(alt.NamedData("factors")).transform_calculate(
        decades="clamp(log(datum.measured) / log(10), -0.5, 0.5)",
        label="format(datum.measured, '.3~f') + (width < 500 ? '' : ' (' + format(datum.predicted, '.3~f') + ')')",
    )
    cells = cells.encode(
        x=alt.X(
            "init:N",
            title=None,
            scale=alt.Scale(domain=list(columns)),
            axis=alt.Axis(labelAngle=0, labelOverlap=False, orient="top"),
        ),
        y=alt.Y("activation:N", title=None, scale=alt.Scale(domain=list(rows))),
    )
    shades = alt.Scale(domain=[-0.5, 0, 0.5], range=list(colors), interpolate="rgb")
    heat = cells.mark_rect().encode(color=alt.Color("decades:Q", scale=shades, legend=None))
    chosen = alt.selection_point(name=CELL, on="click", fields=["activation", "init"])
    text = cells.mark_text().encode(
        text="label:N", color=alt.condition("datum.decades < -0.25", alt.value(ink.paper), alt.value(ink.text))
    )
    return (heat.add_params(chosen) + text).properties(height=34 * len(rows) + 40)


@kit.spec
def by_format(most: int, *, colors: Colors) -> kit.Chart:
    """Gradient norms in several floating-point formats. Table: `formats` (format, layer, gradient, lost).

    Where a format has lost the gradient to overflow (1) or underflow (-1) it is marked beyond the axis.
    """
    x = alt.X("layer:Q", title="layer", scale=alt.Scale(domain=[1, most], nice=False), axis=alt.Axis(grid=False))
    color = color_of("format", colors)
    rows = alt.Chart(alt.NamedData("formats"))
    low, high = GRADIENTS
    y = gradient_axis()
    flowing = rows.transform_filter("datum.lost == 0").transform_calculate(
        shown=f"clamp(datum.gradient, {low}, {high})"
    )
    lines = [  # the widest format first, so that each is seen where those above it end
        flowing.transform_filter(f"datum.format == '{name}'").mark_line(strokeWidth=width).encode(x=x, y=y, color=color)
        for width, (name, _) in zip((11, 8, 5, 2), reversed(colors), strict=True)
    ]
    ends = [
        rows.transform_filter(f"datum.lost == {lost}")
        .mark_point(shape=shape, filled=True, size=45, opacity=1)
        .encode(x=x, y=alt.value(place), color=color)
        for lost, shape, place in ((-1, "cross", HEIGHT + 6), (1, "triangle-up", -6))
    ]
    return alt.vconcat(alt.layer(*lines, *ends).properties(height=HEIGHT))  # alone, it would shrink for them


@kit.spec
def rungs(names: tuple[str, ...], *, ink: kit.Ink, color: str) -> kit.Chart:
    """The factor per layer of every rung. Table: `rungs` (rung, factor, label)."""
    base = alt.Chart(alt.NamedData("rungs")).encode(
        y=alt.Y("rung:N", title=None, scale=alt.Scale(domain=list(names)), axis=alt.Axis(labelLimit=200))
    )
    x = alt.X(
        "factor:Q",
        title="factor per layer",
        scale=alt.Scale(type="log", domain=[0.1, 2], nice=False, clamp=True),
        axis=alt.Axis(values=[0.1, 0.2, 0.5, 1, 2], format="~g"),
    )
    one = alt.Chart(alt.NamedData("rungs")).mark_rule(strokeDash=[1, 3], color=ink.text).encode(x=alt.datum(1.0))
    dots = base.mark_point(filled=True, size=150, opacity=1, color=color).encode(x=x)
    labels = base.mark_text(align="left", dx=12, color=ink.text).encode(x=x, text="label:N")
    return (one + dots + labels).properties(height=44 * len(names))


@kit.spec
def products(layers: int, *, colors: Colors, ink: kit.Ink) -> kit.Chart:
    """Norms of products of Gaussian matrices. Tables: `products` (layer, format, norm) and `ends` (layer, label)."""
    x = alt.X("layer:Q", title="matrices", scale=alt.Scale(domain=[0, layers], nice=False), axis=alt.Axis(grid=False))
    y = alt.Y(
        "norm:Q",
        title="norm",
        scale=alt.Scale(type="log", domain=[1, 1e60], nice=False),
        axis=alt.Axis(values=[10.0**k for k in range(0, 61, 10)], format=".0e"),
    )
    lines = alt.Chart(alt.NamedData("products")).mark_line(strokeWidth=2, clip=True)
    ends = alt.Chart(alt.NamedData("ends")).encode(x=x)
    marks = ends.mark_rule(strokeDash=[4, 3], color=ink.text)
    labels = ends.mark_text(align="left", dx=4, baseline="top", color=ink.text).encode(y=alt.value(4), text="label:N")
    return (lines.encode(x=x, y=y, color=color_of("format", colors)) + marks + labels).properties(height=HEIGHT)


@kit.spec
def training(shown: Sequence[int], most: int, *, colors: Colors, ink: kit.Ink) -> tuple[kit.Chart, kit.Scrub]:
    """Losses over steps, and the gradients of all layers at the step under the hand.

    Tables: `losses` (network, seed, step, loss) and `steps` (network, place, step, gradient), a row for each step told
    and network, with the gradients of the layers packed in text.
    """
    color = color_of("network", colors)
    at = alt.Chart(alt.NamedData("steps")).transform_filter("datum.place == told")
    x = alt.X("step:Q", title="step", scale=alt.Scale(domain=[0, shown[-1]], nice=False), axis=alt.Axis(grid=False))
    y = alt.Y("loss:Q", title="test loss", scale=alt.Scale(domain=[0, 4], nice=False))
    losses = alt.Chart(alt.NamedData("losses")).mark_line(strokeWidth=1.5, clip=True)
    hand = at.mark_rule(strokeDash=[4, 3], color=ink.text).encode(x=x)
    over_steps = (losses.encode(x=x, y=y, color=color, detail="seed:N") + hand).properties(height=180)
    low, high = GRADIENTS
    layers = (
        unpacked(at, "gradient")
        .transform_window(layer="row_number()", groupby=["network"])
        .transform_filter("datum.gradient > 0")
        .transform_calculate(shown=f"clamp(datum.gradient, {low}, {high})")
        .mark_line(strokeWidth=2, point=True)
        .encode(
            x=alt.X("layer:Q", title="layer", scale=alt.Scale(domain=[1, most], nice=False), axis=alt.Axis(grid=False)),
            y=gradient_axis(),
            color=color,
        )
        .properties(height=150)
    )
    last = len(shown) - 1
    return alt.vconcat(over_steps, layers), kit.Scrub("told", last, f"Time, × {shown[-1] // last} steps")
