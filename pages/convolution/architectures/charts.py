"""The picture of the architectures page. It computes nothing: tables come in, the spec depends on names and colours."""

from typing import Any, Final

import altair as alt

from demos.convolution.architectures import CONVOLUTIONAL, DENSE, OTHER
from pages.convolution.architectures.compute import HALF, INPUT, MOST
from ui import kit
from ui.kit.charts import Colors, color_of

STAGES: Final = alt.NamedData("stages")
LAST: Final = "(length(data('view')) ? data('view')[0].last : 1)"  # the number of stages, in the browser
WIDTH: Final = 366
HEIGHT: Final = 64
GAP: Final = 8
TALL: Final = 2 * HEIGHT + GAP
SHARES: Final = {"parameters": "parameters", "macs": "MACs", "kept": "memory"}
PACE: Final = 0.5  # seconds that Play stays at a stage


def colors() -> Colors:
    """Those of the groups of layers, in the theme that the reader sees."""
    palette = kit.palette()
    return tuple(zip((INPUT, CONVOLUTIONAL, DENSE, OTHER), (palette[place] for place in (0, 1, 5, 4)), strict=True))


def warning() -> str:
    """The colour of what breaks."""
    return kit.palette()[6]


@kit.spec
def over_stages(last: int, *, colors: Colors, warning: str, ink: kit.Ink) -> tuple[kit.Chart, kit.Scrub]:
    """The shapes of the stages, and their shares of parameters, work and memory.

    Tables: `view` (last, half, most, top), `stages` (stage, name, group, side, channels, parameters, macs, kept),
    `labels` (stage, title, size, counts) and `breaks` (from), where the stages begin that cannot be computed.
    """
    axis = alt.Axis(grid=False, tickMinStep=1, format="d")
    scale = alt.Scale(domain=[-0.6, alt.ExprRef(f"{LAST} + 0.6")], nice=False, zero=False)
    hidden = alt.X("left:Q", scale=scale, axis=alt.Axis(labels=False, ticks=False, title=None, grid=False))
    shown = alt.X("left:Q", scale=scale, axis=axis, title="stage")

    def panel(bars: alt.Chart, x: alt.X, *more: alt.Chart, height: int = HEIGHT, legend: bool = False) -> kit.Chart:
        color = color_of("group", colors, legend=legend)
        layers = alt.layer(_missing(x, warning), bars.encode(color=color), _hand(x, ink), *more)
        return layers.properties(width=WIDTH, height=height)

    shapes = (
        panel(_shapes(hidden), hidden, _stop(hidden, warning), *_labels(ink), height=TALL),
        panel(_channels(shown), shown),
    )
    first, second, third = SHARES
    shares = (
        panel(_share(first, hidden), hidden, legend=True),  # beside the text about the stage, not above it
        panel(_share(second, hidden), hidden),
        panel(_share(third, shown), shown),
    )
    size, shared = (
        alt.vconcat(*panels, spacing=GAP, bounds="flush").resolve_legend(color="independent")
        for panels in (shapes, shares)
    )
    scrub = kit.Scrub("stage", last, "Stage", start=0, seconds=PACE * last)
    both = alt.hconcat(size, shared, spacing=24).resolve_legend(color="independent")
    return both, scrub


def _bars() -> alt.Chart:
    """A bar for each stage, faint unless it is under the hand."""
    bars = (
        alt.Chart(STAGES)
        .transform_calculate(left="datum.stage - 0.42", right="datum.stage + 0.42")
        .mark_rect()
        .encode(opacity=alt.condition(f"datum.stage == min(stage, {LAST})", alt.value(1.0), alt.value(0.6)))
    )
    return kit.tip(
        bars,
        "Stage {stage} ({name}): side {side}, {channels:,} channels; {parameters:.1%} of the parameters, "
        "{macs:.1%} of the MACs, {kept:.1%} of what training keeps",
    )


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


def _hand(x: alt.X, ink: kit.Ink) -> alt.Chart:
    rule: alt.Chart = (
        alt.Chart(alt.NamedData("view"))
        .transform_calculate(left="min(stage, datum.last)")
        .mark_rule(strokeWidth=1.5, strokeDash=[4, 3], color=ink.text)
        .encode(x=x)
    )
    return rule


def _labels(ink: kit.Ink) -> list[alt.Chart]:
    here = alt.Chart(alt.NamedData("labels")).transform_filter(f"datum.stage == min(stage, {LAST})")
    texts: list[alt.Chart] = []
    for place, (field, weight) in enumerate((("title", 600), ("size", 400), ("counts", 400))):
        look: dict[str, Any] = {"align": "left", "baseline": "bottom", "fontSize": 12, "fontWeight": weight}
        text = here.mark_text(color=ink.text, **look)
        texts.append(text.encode(x=alt.value(0), y=alt.value(-4 - 15 * (2 - place)), text=f"{field}:N"))
    return texts
