"""The picture of the invariance page: the frame under the hand, and the film with the answers. It computes nothing."""

import json
from collections.abc import Sequence
from typing import Any, Final

import altair as alt

from ui import kit
from ui.kit import planes
from ui.kit.charts import Colors, color_of

LARGE: Final = 236  # pixels a side of the frame under the hand
WIDTH: Final = 500
HEIGHT: Final = 230
SQUARE: Final = ((0.0, 1.0), (0.0, 1.0))
SIGNS: Final = 17  # height of the row of answers


@kit.spec
def through_film(
    labels: tuple[str, ...], ticks: tuple[int, ...], title: str, *, colors: Colors, ink: kit.Ink
) -> tuple[kit.Chart, kit.Scrub]:
    """One frame large, and beside it all of them with the answer and the probabilities of each.

    Tables: `sheet` from `raster.sheet`, `film` (x, x2, y, y2, url), `frames` (frame, change, answer), `bands` (frame,
    digit, low, high, share, change), `answers` (frame, digit, right) and `accuracy` (frame, share, change).
    """
    last = len(labels) - 1
    step = kit.Scrub("frame", last, "Frame", start=last // 2, seconds=4)
    wide, high = planes.axes(SQUARE)
    wide["axis"] = high["axis"] = None
    here = step.here(alt.Chart(alt.NamedData("frames")))
    words: dict[str, Any] = {"align": "left", "baseline": "top", "fontSize": 13, "color": ink.text}
    frame = (
        alt.layer(
            planes.sheet("sheet", step, wide, high),
            here.mark_text(fontWeight=600, **words).encode(x=alt.value(4), y=alt.value(LARGE + 6), text="change:N"),
            here.mark_text(**words).encode(x=alt.value(4), y=alt.value(LARGE + 24), text="answer:N"),
        )
        .properties(width=LARGE, height=LARGE)
        .resolve_scale(color="independent")
    )
    x = alt.X("frame:Q", title=None, scale=alt.Scale(domain=[-0.5, last + 0.5], nice=False), axis=None)
    named = x.copy()
    named["title"] = title
    named["axis"] = alt.Axis(
        values=list(ticks), grid=False, labelExpr=f"{json.dumps(labels, ensure_ascii=False)}[datum.value]"
    )
    return alt.hconcat(frame, alt.vconcat(_strip(x, step, ink), _answers(named, step, ink, colors), spacing=2)), step


def _strip(x: alt.X, step: kit.Scrub, ink: kit.Ink) -> alt.LayerChart | alt.FacetChart:
    """The film as one image, and what is said to each frame."""
    images = x.copy()
    images["shorthand"] = "x:Q"
    image = alt.Chart(alt.NamedData("film")).mark_image(aspect=False, aria=False)
    shown = image.encode(x=images, x2="x2:Q", y=alt.value(0), y2=alt.value(25), url="url:N")
    said = alt.Chart(alt.NamedData("answers")).encode(x=x, y=alt.value(25 + SIGNS / 2), text="digit:N")
    right = said.transform_filter("datum.right").mark_text(fontWeight=700, color=ink.text, fontSize=13)
    wrong = said.transform_filter("!datum.right").mark_text(color=ink.text, opacity=0.55, fontSize=13)
    hand = step.here(alt.Chart(alt.NamedData("frames"))).transform_calculate(
        left="datum.frame - 0.5", right="datum.frame + 0.5"
    )
    hand_x = x.copy()
    hand_x["shorthand"] = "left:Q"
    outline = hand.mark_rect(filled=False, stroke=ink.text, strokeWidth=1.5).encode(
        x=hand_x, x2="right:Q", y=alt.value(0), y2=alt.value(25 + SIGNS)
    )
    return alt.layer(shown, right, wrong, outline).properties(width=WIDTH, height=25 + SIGNS)


def _answers(named: alt.X, step: kit.Scrub, ink: kit.Ink, colors: Colors) -> alt.LayerChart | alt.FacetChart:
    """The probabilities as bands in each frame, and the accuracy over all test digits as a line."""
    y = alt.Y(
        "share:Q",
        title="probability · accuracy",
        scale=alt.Scale(domain=[0, 1], nice=False),
        axis=alt.Axis(format="%", grid=False, tickCount=5),
    )
    low = y.copy()
    low["shorthand"] = "low:Q"
    edge = named.copy()
    edge["shorthand"] = "left:Q"
    rows = alt.Chart(alt.NamedData("bands")).transform_calculate(left="datum.frame - 0.47", right="datum.frame + 0.47")
    bands = kit.tip(
        rows.mark_rect(opacity=0.8).encode(x=edge, x2="right:Q", y=low, y2="high:Q", color=color_of("digit", colors)),
        "{change}: {digit} with {share:.0%}",
    )
    accuracy = alt.Chart(alt.NamedData("accuracy"))
    halo = accuracy.mark_line(strokeWidth=7, color=ink.paper, opacity=0.85).encode(x=named, y=y)
    line = accuracy.mark_line(strokeWidth=2.5, color=ink.text).encode(x=named, y=y)
    dots = kit.tip(
        accuracy.mark_point(filled=True, size=55, opacity=1, color=ink.text, stroke=ink.paper).encode(x=named, y=y),
        "{change}: {share:.0%} of 360 test digits are right",
    )
    hand = step.here(alt.Chart(alt.NamedData("frames"))).mark_rule(strokeDash=[4, 3], color=ink.text, opacity=0.7)
    return alt.layer(bands, halo, line, dots, hand.encode(x=named)).properties(width=WIDTH, height=HEIGHT)


def colors(digits: Sequence[str]) -> Colors:
    """Of the answers, in the theme that the reader sees."""
    return tuple(zip(digits, kit.palette(), strict=True))
