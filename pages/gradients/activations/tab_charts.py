"""The charts of the tabs. They compute nothing: tables come in, and the specs never change."""

from typing import Final

import altair as alt

from ui import kit
from ui.kit.charts import Colors, color_of

ERRORS: Final = (1e-3, 10.0)
SMALLEST: Final = 1e-20  # singular values that are shown; what is smaller stands at the end of the axis
LARGEST: Final = 1e3
LEVELS: Final = ("told from rounding", "lost in float32")


@kit.spec
def errors_of_starts(colors: Colors, *, ink: kit.Ink) -> kit.Chart:
    """The largest error of every trained network. Tables: `starts` (error, frame), `constructed` (error)."""
    x = alt.X(
        "shown:Q",
        title="largest error",
        scale=alt.Scale(type="log", domain=list(ERRORS), nice=False),
        axis=alt.Axis(grid=False, values=[1e-3, 1e-2, 1e-1, 1, 10], format="~g"),
    )
    low, high = ERRORS
    inside = {"shown": f"clamp(datum.error, {low}, {high})"}
    ticks = kit.tip(
        alt.Chart(alt.NamedData("starts"))
        .transform_calculate(**inside)
        .mark_tick(thickness=2.5, opacity=0.8)
        .encode(x=x, y=alt.Y("frame:N", axis=None, sort=None), color=color_of("frame", colors, legend=False)),
        "Largest error {error:.3g}",
    )
    rule = (
        alt.Chart(alt.NamedData("constructed"))
        .transform_calculate(**inside)
        .mark_rule(color=ink.text, strokeWidth=2, strokeDash=[4, 3])
        .encode(x=x)
    )
    return alt.layer(ticks, rule).properties(height=150)


@kit.spec
def trained_curves(colors: Colors, *, ink: kit.Ink) -> kit.Chart:
    """Median networks against the curve. Tables: `curves` (x, y, frame), `wanted` (x, y)."""
    x = alt.X("x:Q", title="x", scale=alt.Scale(domain=[0, 1], nice=False), axis=alt.Axis(grid=False))
    y = alt.Y("y:Q", title="median network", scale=alt.Scale(domain=[-1.6, 1.6], nice=False))
    wanted = alt.Chart(alt.NamedData("wanted")).mark_line(color=ink.text, opacity=0.3, strokeWidth=5, clip=True)
    said = alt.Chart(alt.NamedData("curves")).mark_line(clip=True, strokeWidth=2)
    return alt.layer(wanted.encode(x=x, y=y), said.encode(x=x, y=y, color=color_of("frame", colors))).properties(
        height=300
    )


@kit.spec
def singular_values(colors: tuple[str, str]) -> kit.Chart:
    """All singular values after every layer. Table: `values` (layer, value, level)."""
    x = alt.X(
        "layer:Q", title="linear layers", scale=alt.Scale(domainMin=0, nice=False, padding=8), axis=alt.Axis(grid=False)
    )
    scale = alt.Scale(type="log", domain=[SMALLEST, LARGEST], nice=False)
    axis = alt.Axis(values=[1e-20, 1e-15, 1e-10, 1e-5, 1], format=".0e", grid=False)
    dots = (
        alt.Chart(alt.NamedData("values"))
        .transform_calculate(shown=f"clamp(datum.value, {SMALLEST}, {LARGEST})")
        .mark_point(filled=True, size=12, opacity=1, clip=True)
        .encode(
            x=x,
            y=alt.Y("shown:Q", title="singular values", scale=scale, axis=axis),
            color=color_of("level", tuple(zip(LEVELS, colors, strict=True))),
        )
    )
    return kit.tip(dots, "After {layer} layers: {value:.2~g}, {level}").properties(height=340)


@kit.spec
def dead_units(rates: Colors, names: tuple[str, ...], steps: int) -> kit.Chart:
    """Share of dead units over the steps. Table: `dead` (bend, layer, rate, step, share)."""
    x = alt.X("step:Q", title="step", scale=alt.Scale(domain=[0, steps], nice=False), axis=alt.Axis(grid=False))
    y = alt.Y("share:Q", title="dead units", scale=alt.Scale(domain=[0, 1]), axis=alt.Axis(format="%", tickCount=4))
    dash = alt.StrokeDash(
        "layer:N", title=None, scale=alt.Scale(domain=["layer 1", "layer 2"], range=[[1, 0], [3, 3]]),
        legend=alt.Legend(orient="top"),
    )  # fmt: skip
    panels = []
    for name in names:
        lines = (
            alt.Chart(alt.NamedData("dead"))
            .transform_filter(f"datum.bend == '{name}' && isValid(datum.share)")
            .mark_line(strokeWidth=2, clip=True)
            .encode(x=x, y=y, color=color_of("rate", rates), strokeDash=dash)
        )
        panels.append(
            kit.tip(lines, "Learning rate {rate}, {layer}").properties(
                width=320, height=200, title=f"Activation {name}, by learning rate"
            )
        )
    return alt.hconcat(*panels)
