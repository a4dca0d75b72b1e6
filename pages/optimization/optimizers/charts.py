"""The charts of the optimizers page. They compute nothing: tables come in, specs depend on axes and names alone."""

from collections.abc import Sequence
from typing import Any, Final

import altair as alt

from demos.optimization.surfaces import Domain
from ui import kit
from ui.kit import planes
from ui.kit.charts import log_with_zero

PATHS: Final = alt.NamedData("paths")
HEIGHT: Final = 480
TINY: Final = 1e-12  # logarithmic axes are linear below it, so that an exact zero is drawn as zero
ARROW: Final = 0.14  # length of the steepest-descent arrow, as a share of the domain's shorter side


@kit.spec
def on_surface(
    domain: Domain, names: Sequence[str], shown: Sequence[str], *, steps: int, ink: kit.Ink
) -> tuple[kit.Chart, kit.Scrub]:
    """The surface from above with the paths, the arrows of the scrubbed step and a lattice that takes clicks.

    Tables: `field` (x, x2, y, y2, url), `minima` (x, y, f), `start` (x, y), `paths` (optimizer, step, x, y, loss, dx,
    dy, gx, gy) and `exits` (optimizer, x, y, label). (dx, dy) is the update that follows, (gx, gy) points downhill.
    """
    (left, right), (bottom, top) = domain
    x, y = planes.axes(domain)
    legend = alt.Legend(
        orient="top", values=list(shown), columns=5, symbolType="stroke", symbolStrokeWidth=4, symbolOpacity=1
    )
    color = alt.Color("optimizer:N", title=None, scale=alt.Scale(domain=list(names)), legend=legend)
    minima = kit.tip(
        planes.points("minima", x, y, shape="cross", size=90, strokeWidth=1),
        "Minimum at ({x:.4~g}, {y:.4~g}): f = {f:.3~g}",
    )
    step = kit.Scrub("step", steps, "Step")
    lines = (
        step.so_far(alt.Chart(PATHS))
        .mark_line(clip=True, strokeWidth=2.5, strokeJoin="round", strokeCap="round")
        .encode(x=x, y=y, color=color, order=alt.Order("step:Q"))
    )
    here = step.here(alt.Chart(PATHS))
    heads = kit.tip(
        here.mark_point(clip=True, filled=True, size=90, opacity=1, stroke="white", strokeWidth=1).encode(
            x=x, y=y, color=color
        ),
        "{optimizer} at step {step}: x = {x:.3~g}, y = {y:.3~g}, f − f* = {loss:.2~g}",
    )
    reach = ARROW * min(right - left, top - bottom)
    downhill = (
        here.transform_calculate(x2=f"datum.x + {reach} * datum.gx", y2=f"datum.y + {reach} * datum.gy")
        .mark_rule(clip=True, strokeWidth=1.5, strokeDash=[3, 2])
        .encode(x=x, y=y, x2="x2:Q", y2="y2:Q", color=color)
    )
    moving = here.transform_filter("isValid(datum.dx) && (datum.dx != 0 || datum.dy != 0)").transform_calculate(
        x2="datum.x + datum.dx", y2="datum.y + datum.dy"
    )
    update = moving.mark_rule(clip=True, strokeWidth=4, opacity=0.75).encode(
        x=x, y=y, x2="x2:Q", y2="y2:Q", color=color
    )
    turn = f"atan2(datum.dx / {right - left} * width, datum.dy / {top - bottom} * height) * 180 / PI"
    tips = (
        moving.transform_calculate(x="datum.x2", y="datum.y2", turn=turn)
        .mark_point(clip=True, shape="triangle-up", filled=True, size=110, opacity=1)
        .encode(x=x, y=y, color=color, angle=alt.Angle("turn:Q", scale=None))
    )
    exits = alt.Chart(alt.NamedData("exits"))
    doors = kit.tip(
        exits.mark_point(shape="diamond", filled=True, size=160, opacity=1, stroke="white", strokeWidth=1).encode(
            x=x, y=y, color=color
        ),
        "{optimizer} leaves the frame at step {label}",
    )
    inward: dict[str, Any] = {
        "fontWeight": 600,
        "align": alt.expr(f"datum.x > {(left + right) / 2} ? 'right' : 'left'"),
        "dx": alt.expr(f"datum.x > {(left + right) / 2} ? -7 : 7"),
        "dy": alt.expr(f"datum.y > {(bottom + top) / 2} ? 13 : -13"),
    }
    number = exits.encode(x=x, y=y, text="label:N")
    halo = number.mark_text(stroke=ink.paper, strokeWidth=4, strokeJoin="round", **inward)
    labels = halo + number.mark_text(color=ink.text, **inward)
    field, start, clicks = planes.field(x, y), planes.points("start", x, y), planes.clicks("start", domain, x, y)
    layers = alt.layer(field, clicks, minima, start, lines, downhill, update, tips, heads, doors, labels)
    return layers.properties(height=HEIGHT), step


@kit.spec
def over_steps(names: Sequence[str], *, steps: int, loss_range: tuple[float, float]) -> kit.Chart:
    """The loss above the lowest known one, and the length of each step, against the step.

    Both axes are logarithmic down to a small number and linear below it, so that an exact zero is drawn as zero. Table:
    `paths` (optimizer, step, loss, length).
    """
    x = alt.X("step:Q", title="step", scale=alt.Scale(domain=[0, steps], nice=False), axis=alt.Axis(tickCount=5))
    color = alt.Color("optimizer:N", scale=alt.Scale(domain=list(names)), legend=None)
    lines = alt.Chart(PATHS).mark_line(clip=True, strokeWidth=2)
    loss = lines.encode(
        x=x, y=alt.Y("loss:Q", title="f − f*", **log_with_zero(loss_range, linear_below=TINY, decades=4)), color=color
    ).properties(height=150)
    length = lines.encode(
        x=x,
        y=alt.Y("length:Q", title="step length", **log_with_zero((0, 100), linear_below=TINY, decades=4)),
        color=color,
    ).properties(height=100)
    return alt.vconcat(loss, length)


@kit.spec
def basin_map(domain: Domain) -> kit.Chart:
    """A map of the plane with the current start. Tables: `field` (x, x2, y, y2, url) and `start` (x, y)."""
    x, y = planes.axes(domain)
    return alt.layer(planes.field(x, y), planes.points("start", x, y)).properties(height=220)


@kit.spec
def shares(names: Sequence[str], outcomes: Sequence[str], colors: Sequence[str]) -> kit.Chart:
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
    return bars.properties(height=28 * len(names) + 10 * len(outcomes) + 110)


@kit.spec
def sweep(names: Sequence[str], shown: Sequence[str], loss_range: tuple[float, float], *, ink: kit.Ink) -> kit.Chart:
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
    return (lines + gone + marks + labels).properties(height=380)


@kit.spec
def race(names: Sequence[str], shown: Sequence[str], loss_range: tuple[float, float], *, ink: kit.Ink) -> kit.Chart:
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
    return (quartiles + medians + labels).properties(height=44 * len(shown) + 60)
