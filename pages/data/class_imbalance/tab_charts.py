"""The charts of the imbalance page's tabs. They too compute nothing."""

from typing import Any, Final

import altair as alt

from ui import kit
from ui.kit.charts import Colors, color_of

HEIGHT: Final = 320


@kit.spec
def calibration(*, colors: Colors, ink: kit.Ink) -> kit.Chart:
    """Observed against predicted. Tables: `bins` (model, predicted, observed, rows) and `even` (x, y)."""
    x = alt.X("predicted:Q", title="predicted probability", scale=alt.Scale(domain=[0, 1]), axis=alt.Axis(grid=False))
    y = alt.Y("observed:Q", title="share that is positive", scale=alt.Scale(domain=[0, 1]))
    color = color_of("model", colors, columns=1)
    bins = alt.Chart(alt.NamedData("bins"))
    even = alt.Chart(alt.NamedData("even")).mark_line(strokeDash=[4, 3], color=ink.text, strokeWidth=1)
    points = bins.mark_point(filled=True, opacity=1).encode(
        x=x, y=y, color=color, size=alt.Size("rows:Q", scale=alt.Scale(type="sqrt", range=[20, 300]), legend=None)
    )
    lines = bins.mark_line(strokeWidth=2).encode(x=x, y=y, color=color)
    return (even.encode(x="x:Q", y="y:Q") + lines + points).properties(height=HEIGHT + 60)


@kit.spec
def folds(rows: tuple[str, ...], *, colors: Colors, ink: kit.Ink) -> kit.Chart:
    """Scores of the folds of both ways. Tables: `folds` (score, way, value) and `means` (score, way, value, label)."""
    x = alt.X("value:Q", title=None, scale=alt.Scale(domain=[0, 1.15]), axis=alt.Axis(values=[0, 0.25, 0.5, 0.75, 1]))
    y = alt.Y("score:N", title=None, scale=alt.Scale(domain=list(rows)), axis=alt.Axis(labelLimit=200))
    offset = alt.YOffset("way:N", scale=alt.Scale(domain=[name for name, _ in colors]))
    color = color_of("way", colors, columns=1)
    each = alt.Chart(alt.NamedData("folds")).mark_point(filled=True, size=50, opacity=0.6)
    means = alt.Chart(alt.NamedData("means")).encode(x=x, y=y, yOffset=offset)
    ticks = means.mark_tick(thickness=3, size=22).encode(color=color)
    text = means.mark_text(align="left", color=ink.text).encode(x=alt.datum(1.04), text="label:N")
    return (each.encode(x=x, y=y, yOffset=offset, color=color) + ticks + text).properties(height=220)


@kit.spec
def costs(*, colors: Colors, ink: kit.Ink) -> kit.Chart:
    """Cost a row against the threshold, with a ring at each method's own.

    Tables: `costs`, `own thresholds` (model, threshold, cost) and `rules` (threshold, label).
    """
    x = alt.X("threshold:Q", title="threshold", scale=alt.Scale(domain=[0, 1]), axis=alt.Axis(grid=False))
    y = alt.Y("cost:Q", title="cost a test row", scale=alt.Scale(domainMin=0, nice=True))
    color = color_of("model", colors, columns=1)
    lines = alt.Chart(alt.NamedData("costs")).mark_line(strokeWidth=2).encode(x=x, y=y, color=color)
    own = (
        alt.Chart(alt.NamedData("own thresholds"))
        .mark_point(size=150, strokeWidth=2.5, opacity=1)
        .encode(x=x, y=y, color=color)
    )
    rules = alt.Chart(alt.NamedData("rules")).encode(x=x)
    marks = rules.mark_rule(strokeDash=[4, 3], color=ink.text)
    lower = alt.expr("datum.label[0] == 'B' ? 2 : 18")  # the two rules may be close
    labels = rules.mark_text(align="left", dx=5, dy=lower, baseline="top", color=ink.text).encode(
        y=alt.value(0), text="label:N"
    )
    told = kit.tip(own, "{model} at its own threshold of {threshold:.3~g}: {cost:.3f} a row")
    return (lines + told + marks + labels).properties(height=HEIGHT)


@kit.spec
def rounds(count: int, *, kinds: Colors, colors: Colors, ink: kit.Ink) -> tuple[kit.Chart, kit.Scrub]:
    """What is left of the majority, round by round: how many, and which.

    Tables: `sizes` (round, what, rows) and `images` (round, x, x2, y, y2, url).
    """
    x = alt.X("round:O", title="round", axis=alt.Axis(labelAngle=0))
    y = alt.Y("rows:Q", title="majority rows", scale=alt.Scale(domainMin=0))
    color = color_of("what", colors, columns=1)
    sizes = alt.Chart(alt.NamedData("sizes"))
    bars = sizes.mark_bar().encode(
        x=x, y=y, color=color, xOffset=alt.XOffset("what:N", scale=alt.Scale(domain=[name for name, _ in colors]))
    )
    axis: dict[str, Any] = {"axis": None, "scale": alt.Scale(domain=[0, 1], nice=False)}
    corners: dict[str, Any] = {"x": alt.X("x:Q", **axis), "x2": "x2:Q", "y": alt.Y("y:Q", **axis), "y2": "y2:Q"}
    here = alt.Chart(alt.NamedData("images")).transform_filter("datum.round == round")
    image = here.mark_image(aspect=False, aria=False).encode(**corners, url="url:N")
    frame = here.mark_rect(filled=False, stroke=ink.text).encode(**corners)
    legend = (
        here.transform_calculate(kind=f"'{kinds[0][0]}'")
        .mark_point(filled=True, opacity=0)
        .encode(color=color_of("kind", kinds))
    )
    charts = alt.hconcat(
        bars.properties(width=360, height=260), alt.layer(image, frame, legend).properties(width=260, height=260)
    ).resolve_scale(color="independent", x="independent", y="independent")
    return charts, kit.Scrub("round", count, "Round", first=1, start=1, seconds=0.9 * count)
