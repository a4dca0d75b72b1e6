"""The main picture of the imbalance page. It computes nothing: tables come in, the spec knows names and colours alone.

Both methods stand in one view, side by side in unit squares, each under a threshold of its own.
"""

from typing import Any, Final

import altair as alt
import streamlit as st

from pages.data.class_imbalance.controls import SIDES
from pages.data.class_imbalance.picture import GAP, LEFT
from ui import kit
from ui.kit.charts import Colors, color_of, spec_of, unpacked
from ui.kit.scrub import player

SIDE: Final = 240  # of a plane, in pixels
RIGHT: Final = 1 + GAP  # where the right square begins
HERE: Final = " || ".join(f"datum.side == '{side}' && datum.percent == threshold_{side}" for side in SIDES)
AROUND: Final = " || ".join(
    f"datum.side == '{side}' && datum.first <= threshold_{side} && threshold_{side} <= datum.last" for side in SIDES
)


@st.cache_resource(max_entries=64, show_spinner=False)
def at_threshold(*, kinds: Colors, sides: Colors, ink: kit.Ink) -> kit.Spec:
    """Decision regions of two methods with their confusion matrices, and their ROC and precision–recall curves.

    Tables: `images` (x, x2, probability, rows), `boundaries` (side, first, last, line, x, y), `lines` (x, y, x2, y2),
    `titles` (side, x, title, trouble), `curves` (side, curve, x, y), `thresholds` (side, percent, fp, tp, negatives,
    positives) and `own` (side, threshold, fp, tp, negatives, positives, threshold_A, threshold_B).
    """
    side = color_of("side", sides)
    charts = alt.hconcat(
        alt.vconcat(_planes(kinds, ink), _matrices(ink), spacing=40),
        alt.vconcat(
            _curve("ROC", ("fpr", "false-positive rate"), ("recall", "recall"), side, ink),
            _curve("PR", ("recall", "recall"), ("precision", "precision"), side.copy().legend(None), ink),
            spacing=8,
        ),
    ).resolve_scale(color="independent")
    (slider_a, play), (slider_b, _) = (_slider(name) for name in SIDES)
    followed = [
        {"name": f"own_{name}", "update": f"length(data('own')) ? data('own')[0].threshold_{name} : 50"}
        for name in SIDES
    ]
    return spec_of(charts, signals=[*followed, slider_a, slider_b, play])


def _slider(side: str) -> list[dict[str, Any]]:
    """A slider that goes to the method's own threshold when that is another, and Play, which moves both."""
    slider, play = player(1, 99, name=f"threshold_{side}", label=f"Threshold of {side}, %", start=50, stride=1, pace=60)
    slider["init"] = f"own_{side}"
    slider["on"].append({"events": {"signal": f"own_{side}"}, "update": f"own_{side}", "force": True})
    return [slider, play]


def _planes(kinds: Colors, ink: kit.Ink) -> kit.Chart:
    x, y = _squares()
    images = alt.Chart(alt.NamedData("images")).transform_calculate(low="0", high="1")
    corners: dict[str, Any] = {"x": x("x"), "x2": "x2:Q", "y": y("low"), "y2": "high:Q"}
    now = _points(alt.Chart(alt.NamedData("boundaries")).transform_filter(AROUND))
    titles = alt.Chart(alt.NamedData("titles")).encode(x=x("x"))
    words: dict[str, Any] = {"align": "left", "color": ink.text}
    legend = titles.transform_calculate(kind=f"'{kinds[0][0]}'").mark_point(filled=True, opacity=0)
    return alt.layer(
        images.mark_image(aspect=False, aria=False).encode(**corners, url="probability:N"),
        alt.Chart(alt.NamedData("lines"))
        .mark_rule(clip=True, strokeWidth=1, opacity=0.5, color=ink.text)
        .encode(x=x("x"), x2="x2:Q", y=y("y"), y2="y2:Q"),
        images.mark_image(aspect=False, aria=False).encode(**corners, url="rows:N"),
        now.mark_line(strokeWidth=2.5, color=ink.text, strokeJoin="round", strokeCap="round").encode(
            x=x("x"), y=y("y"), detail="line:N", order="place:Q"
        ),
        images.mark_rect(filled=False, stroke=ink.text, strokeWidth=1).encode(**corners),
        titles.mark_text(baseline="bottom", fontWeight=600, fontSize=13, **words).encode(
            y=alt.value(-5), text="title:N"
        ),
        titles.mark_text(dx=8, fontSize=12, **words).encode(y=alt.value(20), text="trouble:N"),
        legend.encode(color=color_of("kind", kinds)),
    ).properties(width=SIDE * (1 + RIGHT), height=SIDE)


def _curve(curve: str, across: tuple[str, str], up: tuple[str, str], side: alt.Color, ink: kit.Ink) -> kit.Chart:
    """One of the two curves, with the point of the slider and a ring at the method's own threshold."""
    unit = alt.Scale(domain=[0, 1], nice=False)
    ticks = alt.Axis(values=[0, 0.5, 1], grid=False)

    def at(fields: tuple[str, str]) -> dict[str, Any]:
        return {
            "x": alt.X(f"{fields[0]}:Q", title=across[1], scale=unit, axis=ticks),
            "y": alt.Y(f"{fields[1]}:Q", title=up[1], scale=unit, axis=ticks),
            "color": side,
        }

    rows = _points(alt.Chart(alt.NamedData("curves")).transform_filter(f"datum.curve == '{curve}'"))
    path: Any = "step-before" if curve == "PR" else "linear"  # precision means nothing between two recalls
    place = at((across[0], up[0]))
    drawn = _rates(_here()).transform_filter("isValid(datum.precision)")
    own = _rates(alt.Chart(alt.NamedData("own"))).transform_filter("isValid(datum.precision)")
    words = "{side} at a threshold of {threshold:.3~g}: recall {recall:.2f}, precision {precision:.2f}"
    return alt.layer(
        rows.mark_line(strokeWidth=2, clip=True, interpolate=path).encode(**at(("x", "y")), order="place:Q"),
        kit.tip(own.mark_point(size=220, strokeWidth=2, opacity=1).encode(**place), words),
        kit.tip(
            drawn.transform_calculate(threshold="datum.percent / 100")
            .mark_point(filled=True, size=110, opacity=1, stroke=ink.paper, strokeWidth=1)
            .encode(**place),
            words,
        ),
    ).properties(width=230, height=118)


def _matrices(ink: kit.Ink) -> kit.Chart:
    """The confusion matrix of each method at its threshold: rows are what is, columns what is said."""
    x, y = _squares()
    rates = _rates(_here()).transform_calculate(
        left=f"datum.side == '{SIDES[0]}' ? 0 : {LEFT[SIDES[1]]}",
        said="'threshold ' + format(datum.percent / 100, '.2f') + ': precision ' + "
        "(isValid(datum.precision) ? format(datum.precision, '.2f') : '–') + ', recall ' + format(datum.recall, '.2f')",
        more="'F1 ' + format(2 * datum.tp / (2 * datum.tp + datum.fp + datum.fn), '.2f') + ', accuracy ' + "
        "format((datum.tp + datum.tn) / (datum.negatives + datum.positives), '.1%')",
    )
    cells = rates.transform_fold(["tn", "fp", "fn", "tp"], as_=["cell", "count"]).transform_calculate(
        mx="datum.left + (datum.cell == 'fp' || datum.cell == 'tp' ? 0.75 : 0.25)",
        my="datum.cell == 'tn' || datum.cell == 'fp' ? 0.75 : 0.25",
        label="upper(datum.cell) + ' ' + format(datum.count, ',')",
        wrong="datum.cell == 'fp' || datum.cell == 'fn' ? 0.18 : 0",
    )
    boxes = cells.transform_calculate(
        bx="datum.mx - 0.25", bx2="datum.mx + 0.25", by="datum.my - 0.25", by2="datum.my + 0.25"
    )
    return alt.layer(
        boxes.mark_rect(stroke=ink.text, strokeWidth=0.5, color=ink.text).encode(
            x=x("bx"), x2="bx2:Q", y=y("by"), y2="by2:Q", fillOpacity=alt.FillOpacity("wrong:Q", scale=None)
        ),
        cells.mark_text(fontSize=13, color=ink.text).encode(x=x("mx"), y=y("my"), text="label:N"),
        *(
            rates.mark_text(align="left", baseline="bottom", fontSize=11.5, color=ink.text).encode(
                x=x("left"), y=alt.value(height), text=f"{words}:N"
            )
            for words, height in (("said", -18), ("more", -3))
        ),
    ).properties(width=SIDE * (1 + RIGHT), height=56)


def _points(texts: alt.Chart) -> alt.Chart:
    """The points of lines that travel as texts, in their order."""
    points: alt.Chart = unpacked(texts, "x", "y").transform_window(place="row_number()")
    return points


def _here() -> alt.Chart:
    """The row of each method that its slider shows."""
    here: alt.Chart = alt.Chart(alt.NamedData("thresholds")).transform_filter(HERE)
    return here


def _rates(chart: alt.Chart) -> alt.Chart:
    """With what follows from the counts."""
    told: alt.Chart = chart.transform_calculate(
        tn="datum.negatives - datum.fp",
        fn="datum.positives - datum.tp",
        fpr="datum.fp / datum.negatives",
        recall="datum.tp / datum.positives",
        precision="datum.tp + datum.fp > 0 ? datum.tp / (datum.tp + datum.fp) : null",
    )
    return told


def _squares() -> tuple[Any, Any]:
    """Encodings of two unit squares beside each other, without axes."""
    x = alt.Scale(domain=[0, RIGHT + 1], nice=False)
    y = alt.Scale(domain=[0, 1], nice=False)
    return (
        lambda field: alt.X(f"{field}:Q", scale=x, axis=None),
        lambda field: alt.Y(f"{field}:Q", scale=y, axis=None),
    )
