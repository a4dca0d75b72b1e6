"""The charts of the playground. They compute nothing: tables come in, and the specs never change."""

from typing import Any, Final

import altair as alt

from pages.networks.playground.pictures import FRAME, PLANE, SIZE
from ui import kit
from ui.kit import planes
from ui.kit.charts import unpacked

FRAMES: Final = alt.NamedData("frames")
EDGES: Final = "edges"
NEURONS: Final = "neurons"
SIDE: Final = 290  # pixels of the plane
CURVE: Final = (116, 56)
LOSSES: Final = (1e-3, 10.0)  # what the axis shows; beyond it curves stay at its end
TENTHS: Final = [tenth / 10 for tenth in range(11)]
END: Final = "(length(data('view')) ? data('view')[0].last : 1)"
PARTS: Final = ("training", "test")
Colors = tuple[str, ...]  # of the classes


@kit.spec
def playground(frames: int, colors: Colors, *, ink: kit.Ink) -> tuple[kit.Chart, kit.Scrub]:
    """The network, what it says of the plane, and its loss and accuracy, all at the epoch under the hand.

    Tables: `view` (last, epochs, and x and y of the point that is followed), `frames` (frame, epoch, said, loss and
    accuracy of both parts, packed weights and biases), `edges` and `neurons` (places in their order), `sheet` and
    `plane` (of `raster.sheet`), `names` (x, y, label), `points` (x, y, class, name, part).
    """
    scrub = kit.Scrub("frame", frames - 1, "Epoch", seconds=6, until=END)
    right = alt.vconcat(_plane(scrub, colors, ink), alt.hconcat(*_curves(scrub, ink), spacing=8), spacing=6)
    return alt.hconcat(_network(scrub, colors, ink), right, spacing=14), scrub


def _network(scrub: kit.Scrub, colors: Colors, ink: kit.Ink) -> alt.LayerChart | alt.FacetChart:
    x, y = planes.axes(FRAME)
    x, y = x.axis(None), y.axis(None)
    here = scrub.here(alt.Chart(FRAMES))
    color = _color("side", colors)
    places = ["x", "y", "x2", "y2", "label"]
    edges = (
        unpacked(here, "weights")
        .transform_window(number="row_number()")
        .transform_lookup("number", alt.LookupData(alt.NamedData(EDGES), key="number", fields=places))
        .transform_calculate(
            side="datum.weights < 0 ? 0 : 1", width="isValid(datum.weights) ? clamp(2 * abs(datum.weights), 0.4, 7) : 0"
        )
    )
    lines = kit.tip(
        edges.mark_rule(opacity=0.8, strokeCap="round").encode(
            x=x, y=y, x2="x2:Q", y2="y2:Q", color=color, strokeWidth=alt.StrokeWidth("width:Q", scale=None)
        ),
        "{label}: weight {weights:.3~g}",
    )
    boxes = alt.Chart(alt.NamedData(NEURONS))
    paper = boxes.mark_rect(color=ink.paper, opacity=1).encode(x=x, y=y, x2="x2:Q", y2="y2:Q")
    borders = kit.tip(
        boxes.mark_rect(fillOpacity=0, fill=ink.paper, stroke=ink.text, strokeWidth=1, strokeOpacity=0.5).encode(
            x=x, y=y, x2="x2:Q", y2="y2:Q"
        ),
        "{label}",
    )
    biases = kit.tip(
        unpacked(here, "biases")
        .transform_window(number="row_number()")
        .transform_lookup("number", alt.LookupData(alt.NamedData(NEURONS), key="number", fields=places))
        .transform_calculate(
            side="datum.biases < 0 ? 0 : 1", size="isValid(datum.biases) ? clamp(60 * abs(datum.biases), 24, 160) : 0"
        )
        .mark_point(filled=True, opacity=1, stroke=ink.paper, strokeWidth=1)
        .encode(x=x, y=y, color=color, size=alt.Size("size:Q", scale=None)),
        "{label}: bias {biases:.3~g}",
    )
    names = (
        alt.Chart(alt.NamedData("names"))
        .mark_text(color=ink.text, fontSize=11, baseline="top")
        .encode(x=x, y=y, text="label:N")
    )
    said = here.mark_text(color=ink.text, align="left", fontSize=13, fontWeight=600).encode(
        x=alt.value(0), y=alt.value(-14), text="said:N"
    )
    sheet = planes.sheet("sheet", scrub, x, y)
    width, height = SIZE
    return alt.layer(lines, paper, sheet, borders, biases, names, said).properties(width=width, height=height)


def _color(field: str, colors: Colors) -> alt.Color:
    """The colour of a class; what is negative has that of the first, what is positive that of the second."""
    return alt.Color(f"{field}:O", scale=alt.Scale(domain=list(range(len(colors))), range=list(colors)), legend=None)


def _plane(scrub: kit.Scrub, colors: Colors, ink: kit.Ink) -> alt.LayerChart | alt.FacetChart:
    x, y = planes.axes(PLANE)
    axis = alt.Axis(grid=False, tickCount=5, title=None)
    x, y = x.axis(axis), y.axis(axis)
    points = alt.Chart(alt.NamedData("points"))
    look: dict[str, Any] = {"clip": True, "opacity": 1}
    learned = points.transform_filter("datum.part == 'training'").mark_point(
        filled=True, size=26, stroke=ink.paper, strokeWidth=0.8, **look
    )
    judged = points.transform_filter("datum.part == 'test'").mark_point(filled=False, size=20, strokeWidth=1.5, **look)
    dots = [
        kit.tip(each.encode(x=x, y=y, color=_color("class", colors)), "Class {name}, {part}")
        for each in (learned, judged)
    ]
    chosen = planes.points("view", x, y, shape="diamond", size=110)
    layers = [planes.sheet("plane", scrub, x, y), planes.clicks("point", PLANE, x, y), *dots, chosen]
    return alt.layer(*layers).properties(width=SIDE, height=SIDE)


def _curves(scrub: kit.Scrub, ink: kit.Ink) -> list[alt.LayerChart | alt.FacetChart]:
    """Loss and accuracy of both parts against the epoch."""
    most = alt.ExprRef("length(data('view')) ? data('view')[0].epochs : 1")
    axis = alt.Axis(tickCount=3, grid=False)
    x = alt.X("epoch:Q", title="epoch", scale=alt.Scale(domain=[0, most], nice=False), axis=axis)
    low, high = LOSSES
    scales = {
        "loss": (alt.Scale(type="log", domain=[low, high], nice=False), alt.Axis(values=[0.001, 0.1, 10], format="~g")),
        "accuracy": (alt.Scale(domain=[0, 1]), alt.Axis(tickCount=3, format="%")),
    }
    charts = []
    for what, (scale, axis) in scales.items():
        table = alt.Chart(FRAMES).transform_fold([f"train_{what}", f"test_{what}"], as_=["key", "raw"])
        rows = table.transform_filter("isValid(datum.raw)").transform_calculate(
            part="datum.key[1] == 'r' ? 'training' : 'test'",
            value=f"clamp(datum.raw, {low}, {high})" if what == "loss" else "datum.raw",
        )
        lines = rows.mark_line(clip=True, strokeWidth=1.8).encode(
            x=x,
            y=alt.Y("value:Q", title=what, scale=scale, axis=axis),
            color=alt.ColorValue(ink.text),
            strokeDash=alt.StrokeDash(
                "part:N", scale=alt.Scale(domain=list(PARTS), range=[[1, 0], [3, 2]]), legend=None
            ),
        )
        hand = scrub.here(alt.Chart(FRAMES)).mark_rule(color=ink.text, strokeWidth=1).encode(x=x)
        charts.append(alt.layer(lines, hand).properties(width=CURVE[0], height=CURVE[1]))
    return charts


@kit.spec
def histogram(*, ink: kit.Ink) -> kit.Chart:
    """Where forty starts end. Tables: `starts` (accuracy, start) and `shown` (accuracy)."""
    x = alt.X(
        "accuracy:Q",
        title="test accuracy",
        bin=alt.Bin(extent=[0, 1], step=0.02),
        axis=alt.Axis(format="%", values=TENTHS),
    )
    bars = kit.tip(
        alt.Chart(alt.NamedData("starts")).mark_bar().encode(x=x, y=alt.Y("count():Q", title="starts")),
        "Test accuracy of starts",
    )
    here = alt.Chart(alt.NamedData("shown")).mark_rule(color=ink.text, strokeWidth=2, strokeDash=[4, 3])
    return alt.layer(bars, here.encode(x=alt.X("accuracy:Q"))).properties(height=220)
