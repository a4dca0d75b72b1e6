"""The charts of the optimizers page. They compute nothing: tables come in, specs depend on axes and names alone.

The specs are cached because Altair takes a tenth of a second to make one, and nobody changes them.
"""

from collections.abc import Sequence
from typing import Any, Final

import altair as alt
import streamlit as st

from demos.optimization.surfaces import Domain
from ui.chart import Ink, Spec, log_with_zero, player, spec_of

PATHS: Final = alt.NamedData("paths")
HEIGHT: Final = 550
CLICKS: Final = 31  # positions a side that a click can choose
TINY: Final = 1e-12  # logarithmic axes are linear below it, so that an exact zero is drawn as zero
ARROW: Final = 0.14  # length of the steepest-descent arrow, as a share of the domain's shorter side


@st.cache_resource(max_entries=64, show_spinner=False)
def on_surface(domain: Domain, names: Sequence[str], shown: Sequence[str], *, steps: int, ink: Ink) -> Spec:
    """The surface from above with the paths, the arrows of the scrubbed step and a lattice that takes clicks.

    Tables: `field` (x, x2, y, y2, url), `minima` and `start` (x, y), `paths` (optimizer, step, x, y, dx, dy, gx, gy)
    and `exits` (optimizer, x, y, label). (dx, dy) is the update that follows, (gx, gy) the unit vector downhill.
    """
    (left, right), (bottom, top) = domain
    x, y = _plane(domain)
    color = alt.Color(
        "optimizer:N",
        title=None,
        scale=alt.Scale(domain=list(names)),
        legend=alt.Legend(
            orient="top", values=list(shown), columns=3, symbolType="stroke", symbolStrokeWidth=4, symbolOpacity=1
        ),
    )
    minima = (
        alt.Chart(alt.NamedData("minima"))
        .mark_point(shape="cross", size=90, filled=True, color="white", stroke="black", strokeWidth=1, opacity=1)
        .encode(x=x, y=y)
    )
    paths = alt.Chart(PATHS).transform_filter("datum.step <= step")
    lines = paths.mark_line(clip=True, strokeWidth=2.5, strokeJoin="round", strokeCap="round").encode(
        x=x, y=y, color=color, order=alt.Order("step:Q")
    )
    here = alt.Chart(PATHS).transform_filter("datum.step == step")
    moving = here.transform_filter("isValid(datum.dx) && (datum.dx != 0 || datum.dy != 0)")
    heads = here.mark_point(clip=True, filled=True, size=90, opacity=1, stroke="white", strokeWidth=1).encode(
        x=x, y=y, color=color
    )
    reach = ARROW * min(right - left, top - bottom)
    downhill = (
        here.transform_calculate(x2=f"datum.x + {reach} * datum.gx", y2=f"datum.y + {reach} * datum.gy")
        .mark_rule(clip=True, strokeWidth=1.5, strokeDash=[3, 2])
        .encode(x=x, y=y, x2="x2:Q", y2="y2:Q", color=color)
    )
    update = (
        moving.transform_calculate(x2="datum.x + datum.dx", y2="datum.y + datum.dy")
        .mark_rule(clip=True, strokeWidth=4, opacity=0.75)
        .encode(x=x, y=y, x2="x2:Q", y2="y2:Q", color=color)
    )
    tips = (
        moving.transform_calculate(
            x="datum.x + datum.dx",
            y="datum.y + datum.dy",
            turn=f"atan2(datum.dx / {right - left} * width, datum.dy / {top - bottom} * height) * 180 / PI",
        )
        .mark_point(clip=True, shape="triangle-up", filled=True, size=110, opacity=1)
        .encode(x=x, y=y, color=color, angle=alt.Angle("turn:Q", scale=None))
    )
    doors = (
        alt.Chart(alt.NamedData("exits"))
        .mark_point(shape="diamond", filled=True, size=160, opacity=1, stroke="white", strokeWidth=1)
        .encode(x=x, y=y, color=color)
    )
    number = alt.Chart(alt.NamedData("exits")).encode(x=x, y=y, text="label:N")
    inward: dict[str, Any] = {
        "fontWeight": 600,
        "align": alt.expr(f"datum.x > {(left + right) / 2} ? 'right' : 'left'"),
        "dx": alt.expr(f"datum.x > {(left + right) / 2} ? -7 : 7"),
        "dy": alt.expr(f"datum.y > {(bottom + top) / 2} ? 13 : -13"),
    }
    halo = number.mark_text(stroke=ink.paper, strokeWidth=4, strokeJoin="round", **inward)
    labels = halo + number.mark_text(color=ink.text, **inward)
    start = alt.selection_point(name="start", on="click", nearest=True, fields=["x", "y"])
    clicks = (
        alt.Chart(alt.sequence(0, CLICKS**2, as_="i"))
        .transform_calculate(
            x=f"{left} + (datum.i % {CLICKS}) * {(right - left) / (CLICKS - 1)}",
            y=f"{bottom} + floor(datum.i / {CLICKS}) * {(top - bottom) / (CLICKS - 1)}",
        )
        .mark_point(opacity=0, aria=False)
        .encode(x=x, y=y)
        .add_params(start)
    )
    layers = alt.layer(_field(x, y), minima, _start(x, y), lines, downhill, update, tips, heads, doors, labels, clicks)
    return spec_of(
        layers.properties(height=HEIGHT),
        signals=player(0, steps, name="step", label="Step", start=steps, stride=max(1, steps // 100), pace=50),
    )


@st.cache_resource(max_entries=64, show_spinner=False)
def over_steps(names: Sequence[str], *, steps: int, loss_range: tuple[float, float]) -> Spec:
    """The loss above the lowest known one, and the length of each step, against the step.

    Both axes are logarithmic down to a small number and linear below it, so that an exact zero is drawn as zero. Table:
    `paths` (optimizer, step, loss, length).
    """
    x = alt.X("step:Q", title="step", scale=alt.Scale(domain=[0, steps], nice=False), axis=alt.Axis(tickCount=5))
    color = alt.Color("optimizer:N", scale=alt.Scale(domain=list(names)), legend=None)
    lines = alt.Chart(PATHS).mark_line(clip=True, strokeWidth=2)
    loss = lines.encode(
        x=x, y=alt.Y("loss:Q", title="f − f*", **log_with_zero(loss_range, linear_below=TINY, decades=4)), color=color
    ).properties(height=190)
    length = lines.encode(
        x=x,
        y=alt.Y("length:Q", title="step length", **log_with_zero((0, 100), linear_below=TINY, decades=4)),
        color=color,
    ).properties(height=130)
    return spec_of(alt.vconcat(loss, length))


@st.cache_resource(max_entries=64, show_spinner=False)
def basin_map(domain: Domain) -> Spec:
    """A map of the plane with the current start. Tables: `field` (x, x2, y, y2, url) and `start` (x, y)."""
    x, y = _plane(domain)
    return spec_of(alt.layer(_field(x, y), _start(x, y)).properties(height=220))


@st.cache_resource(max_entries=64, show_spinner=False)
def shares(names: tuple[str, ...], outcomes: tuple[str, ...], colors: tuple[str, ...]) -> Spec:
    """How the starts divide among the outcomes. Table: `shares` (optimizer, outcome, share)."""
    bars = (
        alt.Chart(alt.NamedData("shares"))
        .mark_bar()
        .encode(
            x=alt.X("share:Q", title="share of the starts", axis=alt.Axis(format="%"), scale=alt.Scale(domain=[0, 1])),
            y=alt.Y("optimizer:N", title=None, scale=alt.Scale(domain=list(names))),
            color=alt.Color(
                "outcome:N",
                title=None,
                scale=alt.Scale(domain=list(outcomes), range=list(colors)),
                legend=alt.Legend(orient="top", columns=2, labelLimit=240),
            ),
        )
    )
    return spec_of(bars.properties(height=28 * len(names) + 10 * len(outcomes) + 110))


@st.cache_resource(max_entries=64, show_spinner=False)
def sweep(names: tuple[str, ...], shown: tuple[str, ...], loss_range: tuple[float, float], *, ink: Ink) -> Spec:
    """Final loss against lr. Tables: `losses`, `gone` (optimizer, lr, loss) and `rules` (lr, label, side)."""
    x = alt.X("lr:Q", title="learning rate", scale=alt.Scale(type="log", domain=[1e-4, 10], nice=False))
    y = alt.Y("loss:Q", title="final f − f*", **log_with_zero(loss_range, linear_below=TINY, decades=4))
    color = alt.Color(
        "optimizer:N",
        title=None,
        scale=alt.Scale(domain=list(names)),
        legend=alt.Legend(orient="top", values=list(shown), columns=3),
    )
    lines = alt.Chart(alt.NamedData("losses")).mark_line(clip=True, strokeWidth=2).encode(x=x, y=y, color=color)
    gone = (
        alt.Chart(alt.NamedData("gone"))
        .mark_point(shape="cross", size=60, filled=True, opacity=0.9)
        .encode(x=x, y=alt.datum(loss_range[1]), color=color)
    )
    rules = alt.Chart(alt.NamedData("rules")).encode(x=x)
    marks = rules.mark_rule(strokeDash=[6, 4], clip=True, color=ink.text)
    labels = rules.mark_text(
        align=alt.expr("datum.side"),
        dx=alt.expr("datum.side == 'right' ? -4 : 4"),
        baseline="bottom",
        dy=-8,
        color=ink.text,
    ).encode(y=alt.value(0), text="label:N")
    return spec_of((lines + gone + marks + labels).properties(height=380))


@st.cache_resource(max_entries=64, show_spinner=False)
def race(names: tuple[str, ...], shown: tuple[str, ...], loss_range: tuple[float, float], *, ink: Ink) -> Spec:
    """Median as a point, quartiles as a line. Table: `results` (optimizer, lower, median, upper, label)."""
    results = alt.Chart(alt.NamedData("results"))
    y = alt.Y("optimizer:N", title=None, scale=alt.Scale(domain=list(shown)))
    color = alt.Color("optimizer:N", scale=alt.Scale(domain=list(names)), legend=None)
    losses = log_with_zero(loss_range, linear_below=TINY, decades=4)
    quartiles = results.mark_rule(strokeWidth=4, clip=True).encode(
        x=alt.X("lower:Q", title="final f − f*", **losses), x2="upper:Q", y=y, color=color
    )
    medians = results.mark_point(shape="circle", filled=True, size=220, opacity=1, clip=True).encode(
        x=alt.X("median:Q", **losses), y=y, color=color
    )
    labels = results.mark_text(align="left", dx=6, dy=-14, color=ink.text).encode(x=alt.value(0), y=y, text="label:N")
    return spec_of((quartiles + medians + labels).properties(height=44 * len(shown) + 60))


def _plane(domain: Domain) -> tuple[alt.X, alt.Y]:
    (left, right), (bottom, top) = domain
    axis = alt.Axis(grid=False)
    x = alt.X("x:Q", title="x", scale=alt.Scale(domain=[left, right], nice=False), axis=axis)
    y = alt.Y("y:Q", title="y", scale=alt.Scale(domain=[bottom, top], nice=False), axis=axis)
    return x, y


def _field(x: alt.X, y: alt.Y) -> alt.Chart:
    image = alt.Chart(alt.NamedData("field")).mark_image(aspect=False, aria=False)
    field: alt.Chart = image.encode(x=x, y=y, x2="x2:Q", y2="y2:Q", url=alt.Url("url:N"))
    return field


def _start(x: alt.X, y: alt.Y) -> alt.Chart:
    place = alt.Chart(alt.NamedData("start"))
    mark = place.mark_point(size=120, filled=True, color="white", stroke="black", strokeWidth=2, opacity=1)
    start: alt.Chart = mark.encode(x=x, y=y)
    return start
