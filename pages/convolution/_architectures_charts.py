"""The picture of the architectures page. It computes nothing: tables come in, the spec depends on names and colours.

The spec is cached because Altair takes a tenth of a second to make one, and nobody changes it.
"""

from typing import Any, Final

import altair as alt
import streamlit as st

from pages.convolution._architectures_run import HALF, MOST
from ui.kit.charts import Colors, Ink, Spec, color_of, spec_of, tip
from ui.kit.scrub import player

STAGES: Final = alt.NamedData("stages")
LAST: Final = "(length(data('view')) ? data('view')[0].last : 1)"  # the number of stages, in the browser
HEIGHTS: Final = (110, 38, 34, 34, 34)
CLEAR: Final = 20  # of the legend from the text under the hand: the browser draws a neighbour again, not quite alike
SHARES: Final = {"parameters": "parameters", "macs": "MACs", "memory": "memory"}


@st.cache_resource(max_entries=64, show_spinner=False)
def over_stages(last: int, *, colors: Colors, warning: str, ink: Ink) -> Spec:
    """The shapes of the stages, and their shares of parameters, work and memory.

    Tables: `view` (last, half, most, top), `stages` (stage, name, group, side, channels, parameters, macs, memory),
    `labels` (stage, title, size, counts) and `breaks` (from), where the stages begin that cannot be computed.
    """
    axis = alt.Axis(grid=False, tickMinStep=1, format="d")
    scale = alt.Scale(domain=[-0.6, alt.ExprRef(f"{LAST} + 0.6")], nice=False, zero=False)
    hidden = alt.X("left:Q", scale=scale, axis=alt.Axis(labels=False, ticks=False, title=None, grid=False))
    shown = alt.X("left:Q", scale=scale, axis=axis, title="stage")
    *upper, lowest = SHARES
    bars = [_share(field, hidden) for field in upper] + [_share(lowest, shown)]
    panels = [_shapes(hidden), _channels(hidden), *bars]
    color = color_of("group", colors)
    drawn = [
        alt.layer(_missing(x, warning), panel.encode(color=color), _hand(x, ink))
        for panel, x in zip(panels, [hidden] * (len(panels) - 1) + [shown], strict=True)
    ]
    drawn[0] = alt.layer(drawn[0], _stop(hidden, warning), *_labels(ink))
    tall = [each.properties(height=height) for each, height in zip(drawn, HEIGHTS, strict=True)]
    return spec_of(
        alt.vconcat(*tall, spacing=6).configure_legend(offset=CLEAR),
        signals=player(0, last, name="stage", label="Stage", start=0, stride=1, pace=500),
    )


def _bars() -> alt.Chart:
    """A bar for each stage, faint unless it is under the hand."""
    bars = (
        alt.Chart(STAGES)
        .transform_calculate(left="datum.stage - 0.42", right="datum.stage + 0.42")
        .mark_rect()
        .encode(opacity=alt.condition(f"datum.stage == min(stage, {LAST})", alt.value(1.0), alt.value(0.6)))
    )
    shares = ", ".join(f"{{{field}:.1%}} of the {title}" for field, title in SHARES.items())
    return tip(bars, f"Stage {{stage}} ({{name}}): side {{side}}, {{channels:,}} channels; {shares}")


def _shapes(x: alt.X) -> alt.Chart:
    half = _view("half", HALF)
    y = alt.Y(
        "above:Q",
        title="rows = columns",
        scale=alt.Scale(type="sqrt", domain=[alt.ExprRef(f"-({half.expr})"), half], nice=False),
        axis=alt.Axis(
            values=[-HALF, -HALF / 4, -HALF / 16, HALF / 16, HALF / 4, HALF],
            labelExpr="format(2 * abs(datum.value), 'd')",
            labelOverlap=False,
        ),
    )
    cells = _bars().transform_calculate(above="datum.side / 2", below="-datum.side / 2")
    return cells.encode(x=x, x2="right:Q", y=y, y2="below:Q")


def _channels(x: alt.X) -> alt.Chart:
    y = alt.Y(
        "channels:Q",
        title="channels",
        scale=alt.Scale(type="log", domain=[0.7, _view("most", MOST)], nice=False),
        axis=alt.Axis(values=[1, 100, 10_000, 1_000_000], format="~s"),
    )
    return _bars().transform_calculate(floor="0.7").encode(x=x, x2="right:Q", y=y, y2="floor:Q")


def _view(column: str, otherwise: float) -> alt.ExprRef:
    """How far an axis reaches, in the browser."""
    return alt.ExprRef(f"length(data('view')) ? data('view')[0].{column} : {otherwise}")


def _share(field: str, x: alt.X) -> alt.Chart:
    y = alt.Y(
        f"{field}:Q",
        title=SHARES[field],
        scale=alt.Scale(domain=[0, _view("top", 1)], nice=False),
        axis=alt.Axis(tickCount=2, format="%"),
    )
    return _bars().transform_calculate(floor="0").encode(x=x, x2="right:Q", y=y, y2="floor:Q")


def _missing(x: alt.X, warning: str) -> alt.Chart:
    """A veil over the stages that cannot be computed."""
    veil: alt.Chart = (
        alt.Chart(alt.NamedData("breaks"))
        .transform_calculate(left="datum.from - 0.5", right=f"{LAST} + 0.5")
        .mark_rect(color=warning, opacity=0.15)
        .encode(x=x, x2="right:Q")
    )
    return veil


def _stop(x: alt.X, warning: str) -> alt.Chart:
    """What the veil means."""
    text: alt.Chart = (
        alt.Chart(alt.NamedData("breaks"))
        .transform_calculate(left="datum.from - 0.4", said="'breaks here'")
        .mark_text(align="left", baseline="top", fontWeight=600, color=warning)
        .encode(x=x, y=alt.value(5), text="said:N")
    )
    return text


def _hand(x: alt.X, ink: Ink) -> alt.Chart:
    rule: alt.Chart = (
        alt.Chart(alt.NamedData("view"))
        .transform_calculate(left="min(stage, datum.last)")
        .mark_rule(strokeWidth=1.5, strokeDash=[4, 3], color=ink.text)
        .encode(x=x)
    )
    return rule


def _labels(ink: Ink) -> list[alt.Chart]:
    here = alt.Chart(alt.NamedData("labels")).transform_filter(f"datum.stage == min(stage, {LAST})")
    texts: list[alt.Chart] = []
    for place, (field, weight) in enumerate((("title", 600), ("size", 400), ("counts", 400))):
        look: dict[str, Any] = {"align": "left", "baseline": "bottom", "fontSize": 12, "fontWeight": weight}
        text = here.mark_text(color=ink.text, **look)
        texts.append(text.encode(x=alt.value(0), y=alt.value(-4 - 15 * (2 - place)), text=f"{field}:N"))
    return texts
