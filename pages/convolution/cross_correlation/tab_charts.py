"""The charts of the cross-correlation page's tabs. They compute nothing: tables come in."""

from typing import Final

import altair as alt

from pages.convolution.cross_correlation.charts import VIEW
from ui import kit
from ui.kit import planes
from ui.kit.charts import log_with_zero
from ui.kit.raster import Domain
from ui.kit.scrub import Scrub

LOSSES: Final = (0.0, 1e9)
TALL: Final = 380
SPLIT: Final = 0.56  # share of the width for the matrix
SIDE: Final = f"min(width * {SPLIT} / {VIEW}.columns, {TALL} / {VIEW}.rows)"
CELL: Final = f"min(width * {0.96 - SPLIT} / {VIEW}.wide, {TALL} / {VIEW}.tall)"


@kit.spec
def losses(*, color: str) -> kit.Chart:
    """The loss over steps. Tables: `losses` (step, loss, steps) and `gone` (step, loss), the first above the axis."""
    last = alt.ExprRef("length(data('losses')) ? data('losses')[0].steps : 1")
    steps = alt.Scale(domain=[0, last], nice=False)
    x = alt.X("step:Q", title="step", scale=steps, axis=alt.Axis(grid=False, tickMinStep=1))
    y = alt.Y("loss:Q", title="sum of squared errors", **log_with_zero(LOSSES, linear_below=1e-15, decades=6))
    line = alt.Chart(alt.NamedData("losses")).mark_line(
        strokeWidth=2, color=color, point=alt.OverlayMarkDef(color=color)
    )
    gone = alt.Chart(alt.NamedData("gone")).mark_point(
        shape="triangle-up", filled=True, size=90, color=color, opacity=1
    )
    return (line.encode(x=x, y=y) + gone.encode(x=x, y=alt.value(4))).properties(height=260)


@kit.spec
def way(domain: Domain, *, color: str) -> kit.Chart:
    """The two weights on the loss. Tables: `field` (x, x2, y, y2, url), `way` (step, x, y) and `goal` (x, y)."""
    x, y = planes.axes(domain, "first weight", "second weight")
    steps = alt.Chart(alt.NamedData("way"))
    line = steps.mark_line(clip=True, color=color, strokeWidth=2).encode(x=x, y=y, order=alt.Order("step:Q"))
    dots = kit.tip(
        steps.mark_point(clip=True, filled=True, color=color, size=40, opacity=1).encode(x=x, y=y),
        "Step {step}: {x:.4~f}, {y:.4~f}",
    )
    goal = planes.points("goal", x, y, shape="cross", size=110)
    return alt.layer(planes.field(x, y), line, goal, dots).properties(height=260)


@kit.spec
def dense(*, colors: tuple[str, str], ink: kit.Ink) -> tuple[kit.Chart, Scrub]:
    """The matrix with the row of one window outlined, and that row as a picture.

    Tables: `view` (rows, columns, tall, wide, url) and `weights` (row, place, shade), those of each row that are not 0.
    """
    step = Scrub("row", 200, "Row", start=100, seconds=20, until=f"({VIEW}.rows - 1)")
    whole = alt.Chart(alt.NamedData("view"))
    px, y = alt.X("px:Q", scale=None, axis=None), alt.Y("py:Q", scale=None, axis=None)
    image = (
        whole.transform_calculate(px="0", py="0", px2=f"datum.columns * {SIDE}", py2=f"datum.rows * {SIDE}")
        .mark_image(aspect=False, aria=False)
        .encode(x=px, y=y, x2="px2:Q", y2="py2:Q", url="url:N")
    )
    frame = (
        whole.transform_calculate(px="0", py="0", px2=f"datum.columns * {SIDE}", py2=f"datum.rows * {SIDE}")
        .mark_rect(filled=False, stroke=ink.text, strokeWidth=1)
        .encode(x=px, y=y, x2="px2:Q", y2="py2:Q")
    )
    here = (
        whole.transform_calculate(
            px="0", px2=f"datum.columns * {SIDE}", py=f"row * {SIDE} - 1", py2=f"(row + 1) * {SIDE} + 1"
        )
        .mark_rect(filled=False, stroke=ink.text, strokeWidth=2)
        .encode(x=px, y=y, x2="px2:Q", y2="py2:Q")
    )
    left = f"width * {SPLIT + 0.03}"
    border = (
        whole.transform_calculate(px=left, py="0", px2=f"{left} + datum.wide * {CELL}", py2=f"datum.tall * {CELL}")
        .mark_rect(filled=False, stroke=ink.text, strokeWidth=1)
        .encode(x=px, y=y, x2="px2:Q", y2="py2:Q")
    )
    shade = alt.Scale(domain=[-1, 0, 1], range=[colors[0], ink.paper, colors[1]], interpolate="rgb")
    taps = (
        step.here(alt.Chart(alt.NamedData("weights")))
        .transform_calculate(
            px=f"{left} + (datum.place % {VIEW}.wide) * {CELL}", py=f"floor(datum.place / {VIEW}.wide) * {CELL}"
        )
        .transform_calculate(px2=f"datum.px + {CELL}", py2=f"datum.py + {CELL}")
        .mark_rect(stroke=ink.text, strokeWidth=0.5)
        .encode(x=px, y=y, x2="px2:Q", y2="py2:Q", color=alt.Color("shade:Q", scale=shade, legend=None))
    )
    return alt.layer(image, frame, here, border, taps).properties(height=TALL + 3), step


@kit.spec
def kept(names: tuple[str, ...], *, color: str, ink: kit.Ink) -> kit.Chart:
    """The share of units that keep their value. Table: `kept` (pooling, share, label)."""
    y = alt.Y("pooling:N", title=None, scale=alt.Scale(domain=list(names)))
    x = alt.X(
        "share:Q", title="keep their value", axis=alt.Axis(format="%", tickCount=5), scale=alt.Scale(domain=[0, 1])
    )
    rows = alt.Chart(alt.NamedData("kept"))
    bars = rows.mark_bar(color=color).encode(x=x, y=y)
    labels = rows.mark_text(align="left", dx=6, color=ink.text).encode(x=x, y=y, text="label:N")
    return (bars + labels).properties(height=34 * len(names) + 40)


@kit.spec
def side_by_side(count: int, *, ink: kit.Ink) -> kit.Chart:
    """Square images in a line. Table: `images` (place, name, url)."""
    side = f"min(width / {count} - 8, 190)"
    rows = alt.Chart(alt.NamedData("images")).transform_calculate(
        px=f"datum.place * ({side} + 8)", px2=f"datum.place * ({side} + 8) + {side}", py="22", py2=f"22 + {side}"
    )
    x, y = alt.X("px:Q", scale=None, axis=None), alt.Y("py:Q", scale=None, axis=None)
    image = rows.mark_image(aspect=False, aria=False).encode(x=x, x2="px2:Q", y=y, y2="py2:Q", url="url:N")
    text = rows.mark_text(align="left", baseline="middle", color=ink.text).encode(x=x, y=alt.value(10), text="name:N")
    return (image + text).properties(height=216)
