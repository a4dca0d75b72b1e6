"""The main picture of the activations page. It computes nothing: tables come in, and the spec never changes."""

from typing import Any, Final

import altair as alt

from pages.gradients.activations.compute import REACH
from ui import kit
from ui.kit.charts import Colors, color_of

NAMES: Final = ("A", "B")
WIDTHS: Final = (310, 400)
HEIGHTS: Final = (185, 140)
VALUES: Final = (-2.0, 4.0)  # of φ that the picture shows; what is beyond leaves it
SLOPES: Final = (-0.8, 1.8)
CURVE: Final = (-1.6, 1.6)
TERMS: Final = (-2.5, 2.5)
LAST: Final = "(length(data('view')) ? data('view')[0].last : 1)"
MOST: Final = 100  # units
WIDE: Final = alt.StrokeWidth(  # so that A shows on both sides of B where the two are equal
    "network:N", scale=alt.Scale(domain=list(NAMES), range=[4.5, 1.8]), legend=None
)
Layers = alt.LayerChart | alt.FacetChart


@kit.spec
def bends_and_curve(colors: Colors, drawing: str, *, ink: kit.Ink) -> tuple[kit.Chart, kit.Scrub]:
    """φ and φ′ of both activations, and a curve that grows unit by unit under the hand.

    Tables: `bends` (network, h, value, slope), `density` (h, density), `saturated` (network, low, high), `names`
    (network, label), `view` (last), `steps` (unit, said), `target` (x, y), `terms` (unit, x, term, sum).
    """
    scrub = kit.Scrub("unit", MOST, "Units added", seconds=5, until=LAST)
    left = alt.vconcat(_values(colors, ink), _slopes(colors, ink), spacing=8)
    right = alt.vconcat(_sum(scrub, drawing, ink), _terms(scrub, drawing, ink), spacing=8)
    return alt.hconcat(left, right, spacing=24), scrub


def _axis(field: str, title: str, domain: tuple[float, float], *, labels: bool = True) -> Any:  # noqa: ANN401
    kind = alt.X if field[:-2] in {"h", "x", "low"} else alt.Y
    axis = alt.Axis(grid=False, tickCount=5, labels=labels)
    return kind(field, title=title, scale=alt.Scale(domain=list(domain), nice=False), axis=axis)


def _values(colors: Colors, ink: kit.Ink) -> Layers:
    x = _axis("h:Q", "", (-REACH, REACH), labels=False)
    y = _axis("value:Q", "φ(h)", VALUES)
    lines = kit.tip(
        alt.Chart(alt.NamedData("bends"))
        .mark_line(clip=True)
        .encode(x=x, y=y, color=color_of("network", colors, legend=False), strokeWidth=WIDE),
        "{network}: φ",
    )
    labels = [
        alt.Chart(alt.NamedData("names"))
        .transform_filter(f"datum.network == '{name}'")
        .mark_text(align="left", baseline="bottom", fontSize=12, fontWeight=600)
        .encode(
            x=alt.value(6),
            y=alt.value(18 + 16 * place),
            text="label:N",
            color=color_of("network", colors, legend=False),
        )
        for place, name in enumerate(NAMES)
    ]
    return alt.layer(_zero(ink), lines, *labels).properties(width=WIDTHS[0], height=HEIGHTS[0])


def _slopes(colors: Colors, ink: kit.Ink) -> Layers:
    x = _axis("h:Q", "pre-activation h", (-REACH, REACH))
    color = color_of("network", colors, legend=False)
    area = (
        alt.Chart(alt.NamedData("density"))
        .mark_area(color=ink.text, opacity=0.15, clip=True)
        .encode(x=x, y=_axis("density:Q", "φ′(h)", SLOPES), y2=alt.datum(0.0))
    )
    lines = (
        alt.Chart(alt.NamedData("bends"))
        .mark_line(clip=True)
        .encode(x=x, y=_axis("slope:Q", "φ′(h)", SLOPES), color=color, strokeWidth=WIDE)
    )
    strips = [
        kit.tip(
            alt.Chart(alt.NamedData("saturated"))
            .transform_filter(f"datum.network == '{name}'")
            .mark_rule(strokeWidth=5, clip=True)
            .encode(
                x=_axis("low:Q", "pre-activation h", (-REACH, REACH)),
                x2="high:Q",
                y=alt.value(HEIGHTS[1] - 12 + 7 * place),
                color=color,
            ),
            "{network} is saturated from {low:.2f} to {high:.2f}",
        )
        for place, name in enumerate(NAMES)
    ]
    return alt.layer(area, _zero(ink), lines, *strips).properties(width=WIDTHS[0], height=HEIGHTS[1])


def _zero(ink: kit.Ink) -> alt.Chart:
    line = alt.Chart(alt.NamedData("view")).mark_rule(color=ink.text, opacity=0.25)
    zero: alt.Chart = line.encode(y=alt.datum(0.0))
    return zero


def _sum(scrub: kit.Scrub, drawing: str, ink: kit.Ink) -> Layers:
    x, y = _axis("x:Q", "", (0, 1), labels=False), _axis("y:Q", "curve and sum", CURVE)
    target = alt.Chart(alt.NamedData("target")).mark_line(color=ink.text, opacity=0.3, strokeWidth=5, clip=True)
    now = scrub.here(alt.Chart(alt.NamedData("terms"))).mark_line(color=drawing, strokeWidth=2, clip=True)
    said = (
        scrub.here(alt.Chart(alt.NamedData("steps")))
        .mark_text(align="left", baseline="bottom", fontSize=12, fontWeight=600, color=ink.text)
        .encode(x=alt.value(6), y=alt.value(HEIGHTS[0] - 4), text="said:N")
    )
    layers = target.encode(x=x, y=y), now.encode(x=x, y=_axis("sum:Q", "curve and sum", CURVE)), said
    return alt.layer(*layers).properties(width=WIDTHS[1], height=HEIGHTS[0])


def _terms(scrub: kit.Scrub, drawing: str, ink: kit.Ink) -> Layers:
    """Every unit so far, the last one strong."""
    x, y = _axis("x:Q", "x", (0, 1)), _axis("term:Q", "its units", TERMS)
    added = scrub.so_far(alt.Chart(alt.NamedData("terms"))).transform_filter("datum.unit > 0")
    before = added.mark_line(color=ink.text, opacity=0.3, strokeWidth=1, clip=True).encode(x=x, y=y, detail="unit:N")
    last = scrub.here(added).mark_line(color=drawing, strokeWidth=2.5, clip=True).encode(x=x, y=y)
    return alt.layer(_zero(ink), before, last).properties(width=WIDTHS[1], height=HEIGHTS[1])
