"""The charts of the invariance page's tabs. They too compute nothing."""

import json
from collections.abc import Sequence
from typing import Final

import altair as alt

from ui import kit
from ui.kit.charts import Colors, color_of

ROW: Final = 24


@kit.spec
def errors(layers: tuple[str, ...], shifts: tuple[int, ...], *, color: str, ink: kit.Ink) -> kit.Chart:
    """The equivariance error of each layer at each shift. Table: `errors` (layer, shift, error, label)."""
    cells = alt.Chart(alt.NamedData("errors")).transform_calculate(
        strength="datum.error < 1e-9 ? 0 : clamp(1 + log(datum.error) / log(1000), 0.05, 1)"
    )
    cells = cells.encode(
        x=alt.X("shift:O", title="pixels", scale=alt.Scale(domain=list(shifts)), axis=alt.Axis(labelAngle=0)),
        y=alt.Y("layer:N", title=None, scale=alt.Scale(domain=list(layers)), axis=alt.Axis(labelLimit=200)),
    )
    shades = alt.Scale(domain=[0, 1], range=[ink.paper, color], interpolate="rgb")
    heat = cells.mark_rect().encode(color=alt.Color("strength:Q", scale=shades, legend=None))
    text = cells.mark_text(fontSize=12).encode(
        text="label:N", color=alt.condition("datum.strength > 0.6", alt.value(ink.paper), alt.value(ink.text))
    )
    return (kit.tip(heat, "{layer}, {shift} pixels: {label}") + text).properties(height=ROW * len(layers) + 45)


@kit.spec
def strips(names: tuple[str, ...], count: int, *, color: str, ink: kit.Ink) -> kit.Chart:
    """Signals as rows of cells with their numbers. Table: `cells` (row, left, right, middle, strength, label)."""
    y = alt.Y(
        "row:N", title=None, scale=alt.Scale(domain=list(names), paddingInner=0.18), axis=alt.Axis(labelLimit=220)
    )
    scale = alt.Scale(domain=[0, count], nice=False)
    rows = alt.Chart(alt.NamedData("cells"))
    shades = alt.Scale(domain=[0, 1], range=[ink.paper, color], interpolate="rgb")
    boxes = rows.mark_rect(stroke=ink.text, strokeWidth=0.5).encode(
        x=alt.X("left:Q", title=None, scale=scale, axis=None),
        x2="right:Q",
        y=y,
        color=alt.Color("strength:Q", scale=shades, legend=None),
    )
    text = rows.mark_text(fontSize=13).encode(
        x=alt.X("middle:Q", scale=scale),
        y=y,
        text="label:N",
        color=alt.condition("datum.strength > 0.6", alt.value(ink.paper), alt.value(ink.text)),
    )
    return (boxes + text).properties(height=28 * len(names) + 10)


@kit.spec
def compared(labels: tuple[str, ...], ticks: tuple[int, ...], title: str, *, colors: Colors) -> kit.Chart:
    """Accuracies over one change. Table: `compared` (name, frame, share, change)."""
    x = alt.X(
        "frame:Q",
        title=title,
        scale=alt.Scale(domain=[0, len(labels) - 1], nice=False),
        axis=alt.Axis(
            values=list(ticks), grid=False, labelExpr=f"{json.dumps(labels, ensure_ascii=False)}[datum.value]"
        ),
    )
    y = alt.Y("share:Q", title="accuracy", scale=alt.Scale(domain=[0, 1]), axis=alt.Axis(format="%"))
    rows = alt.Chart(alt.NamedData("compared"))
    color = color_of("name", colors, columns=3)
    lines = rows.mark_line(strokeWidth=2.5).encode(x=x, y=y, color=color)
    dots = kit.tip(
        rows.mark_point(filled=True, size=50, opacity=1).encode(x=x, y=y, color=color),
        "{name}, {change}: {share:.0%} of 360 test digits are right",
    )
    return (lines + dots).properties(height=280)


def colors(names: Sequence[str]) -> Colors:
    """Of networks, in the theme that the reader sees."""
    palette = kit.palette()
    return tuple(zip(names, (palette[place] for place in (1, 5, 4, 3, 6, 2)), strict=False))
