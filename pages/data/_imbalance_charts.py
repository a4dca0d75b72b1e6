"""The charts of the imbalance page. They compute nothing: tables come in, specs depend on names and colours alone.

The specs are cached because Altair takes a tenth of a second to make one, and nobody changes them. Both methods stand
in one plot, side by side in unit squares, so that one slider moves everything.
"""

from typing import Any, Final

import altair as alt
import streamlit as st

from pages.data._imbalance_controls import SIDES
from pages.data._imbalance_run import GAP
from ui.kit.charts import Colors, Ink, Spec, color_of, spec_of
from ui.kit.scrub import player

RIGHT: Final = 1 + GAP  # where the right square begins
HEIGHT: Final = 350


@st.cache_resource(max_entries=64, show_spinner=False)
def at_threshold(*, kinds: Colors, sides: Colors, ink: Ink) -> Spec:
    """Decision regions of two methods, their ROC and precision–recall curves and confusion matrices.

    Tables: `images` (x, x2, probability, rows), `boundaries` (x, x2, first, last, url), `lines` (x, y, x2, y2),
    `titles` (side, x, title, trouble), `curves` (side, curve, place, x, y) and `thresholds`, a row for each method and
    percent.
    """
    here = alt.Chart(alt.NamedData("thresholds")).transform_filter("datum.percent == threshold")
    side = color_of("side", sides)
    charts = alt.hconcat(_planes(kinds, ink), alt.vconcat(_curves(here, side, ink), _matrices(here, side, ink)))
    return spec_of(
        charts.resolve_scale(color="independent"),
        signals=player(1, 99, name="threshold", label="Threshold, %", start=50, stride=1, pace=60),
    )


def _planes(kinds: Colors, ink: Ink) -> alt.LayerChart | alt.FacetChart:
    x, y = _square(None)
    images = alt.Chart(alt.NamedData("images")).transform_calculate(low="0", high="1")
    now = (
        alt.Chart(alt.NamedData("boundaries"))
        .transform_filter("datum.first <= threshold && threshold <= datum.last")
        .transform_calculate(low="0", high="1")
    )
    corners: dict[str, Any] = {"x": x("x"), "x2": "x2:Q", "y": y("low"), "y2": "high:Q"}
    titles = alt.Chart(alt.NamedData("titles")).encode(x=x("x"))
    words: dict[str, Any] = {"align": "left", "color": ink.text}
    legend = titles.transform_calculate(kind=f"'{kinds[0][0]}'").mark_point(filled=True, opacity=0)
    return alt.layer(
        images.mark_image(aspect=False, aria=False).encode(**corners, url="probability:N"),
        now.mark_image(aspect=False, aria=False).encode(**corners, url="url:N"),
        alt.Chart(alt.NamedData("lines"))
        .mark_rule(clip=True, strokeWidth=1, opacity=0.5, color=ink.text)
        .encode(x=x("x"), x2="x2:Q", y=y("y"), y2="y2:Q"),
        images.mark_image(aspect=False, aria=False).encode(**corners, url="rows:N"),
        images.mark_rect(filled=False, stroke=ink.text, strokeWidth=1).encode(**corners),
        titles.mark_text(baseline="bottom", fontWeight=600, fontSize=13, **words).encode(
            y=alt.value(-5), text="title:N"
        ),
        titles.mark_text(dx=8, fontSize=12, **words).encode(y=alt.value(20), text="trouble:N"),
        legend.encode(color=color_of("kind", kinds)),
    ).properties(width=490, height=HEIGHT)


def _curves(here: alt.Chart, side: alt.Color, ink: Ink) -> alt.LayerChart | alt.FacetChart:
    x, y = _square("false-positive rate (left); recall (right)", y_title="recall (left); precision (right)")
    rows = alt.Chart(alt.NamedData("curves")).encode(x=x("x"), y=y("y"), color=side, detail="curve:N", order="place:Q")
    roc = rows.transform_filter("datum.x <= 1").mark_line(strokeWidth=2, clip=True)
    stairs = rows.transform_filter("datum.x > 1").mark_line(  # precision means nothing between two recalls
        strokeWidth=2, clip=True, interpolate="step-before"
    )
    points = here.mark_point(filled=True, size=130, opacity=1, stroke=ink.paper, strokeWidth=1)
    return alt.layer(
        roc,
        stairs,
        points.encode(x=x("fpr"), y=y("recall"), color=side),
        points.transform_filter("isValid(datum.precision)").encode(x=x("pr_x"), y=y("precision"), color=side),
    ).properties(width=330, height=190)


def _matrices(here: alt.Chart, side: alt.Color, ink: Ink) -> alt.LayerChart | alt.FacetChart:
    """The confusion matrix of each method at the threshold: rows are what is, columns what is said."""
    x, y = _square(None)
    left = f"(datum.side == '{SIDES[0]}' ? 0 : {RIGHT})"
    cells = here.transform_fold(["tn", "fp", "fn", "tp"], as_=["cell", "count"]).transform_calculate(
        mx=f"{left} + (datum.cell == 'fp' || datum.cell == 'tp' ? 0.75 : 0.25)",
        my="datum.cell == 'tn' || datum.cell == 'fp' ? 0.72 : 0.3",
        label="upper(datum.cell) + ' ' + format(datum.count, ',')",
        wrong="datum.cell == 'fp' || datum.cell == 'fn' ? 0.18 : 0",
    )
    boxes = cells.transform_calculate(
        bx="datum.mx - 0.24", bx2="datum.mx + 0.24", by="datum.my - 0.19", by2="datum.my + 0.19"
    )
    said = here.transform_calculate(mx=left)
    return alt.layer(
        boxes.mark_rect(stroke=ink.text, strokeWidth=0.5, color=ink.text).encode(
            x=x("bx"), x2="bx2:Q", y=y("by"), y2="by2:Q", fillOpacity=alt.FillOpacity("wrong:Q", scale=None)
        ),
        cells.mark_text(fontSize=13, color=ink.text).encode(x=x("mx"), y=y("my"), text="label:N"),
        *(
            said.mark_text(align="left", baseline="bottom", fontSize=11.5, color=ink.text).encode(
                x=x("mx"), y=alt.value(height), text=f"{words}:N"
            )
            for words, height in (("said", -18), ("more", -3))
        ),
        said.mark_point(opacity=0).encode(x=x("mx"), color=side.copy().legend(None)),
    ).properties(width=330, height=80)


def _square(title: str | None, *, y_title: str | None = None) -> tuple[Any, Any]:
    """Encodings of two unit squares beside each other; with a title there are axes."""
    ticks = [0, 0.5, 1, RIGHT, RIGHT + 0.5, RIGHT + 1]
    across = alt.Axis(
        values=ticks,
        labelExpr=f"format(datum.value < {1 + GAP / 2} ? datum.value : datum.value - {RIGHT}, '~g')",
        grid=False,
    )
    x: dict[str, Any] = {"scale": alt.Scale(domain=[0, RIGHT + 1], nice=False), "title": title}
    y: dict[str, Any] = {"scale": alt.Scale(domain=[0, 1], nice=False), "title": y_title}
    x["axis"], y["axis"] = (across, alt.Axis(values=[0, 0.5, 1])) if title else (None, None)
    return (lambda field: alt.X(f"{field}:Q", **x)), (lambda field: alt.Y(f"{field}:Q", **y))
