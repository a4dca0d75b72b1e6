"""The main picture: input, products and output side by side. Everything that a step moves is computed in the browser.

All places are in pixels, so that one plot holds three grids of square cells whatever its width.
"""

from typing import Any, Final

import altair as alt

from ui import kit
from ui.kit.scrub import Scrub

VIEW: Final = "data('view')[0]"
TOP: Final = 26  # pixels for the titles
HIGH: Final = 330  # of the largest grid
HEIGHT: Final = TOP + HIGH + 34
WIDE: Final = {"input": 0.42, "product": 0.19, "output": 0.33}  # shares of the width
LEFT: Final = {"input": "1", "product": "width * 0.45", "output": "width * 0.67"}
LARGEST: Final = 66  # pixels of a product
READABLE: Final = 24  # pixels of a cell that has room for its number
WORDS: Final = 9  # products that are written out
FEW: Final = 4  # of them on a phone
SAME: Final = f"min(width * {WIDE['input']} / {VIEW}.columns, {HIGH} / {VIEW}.rows)"
CELL: Final = {
    "input": f"({SAME})",
    "product": f"min({LARGEST}, width * {WIDE['product']} / {VIEW}.wide, {HIGH} / {VIEW}.tall)",
    "output": f"min({SAME}, width * {WIDE['output']} / max(1, {VIEW}.width), {HIGH} / max(1, {VIEW}.height))",
}
STRONG: Final = 0.55  # of the largest number: where text needs the other colour
HATCH: Final = "M-1,0L0,-1M-1,1L1,-1M0,1L1,0"
TAP: Final = {  # which cell of the padded input lies under a weight
    "r": f"floor(step / max(1, {VIEW}.width)) * {VIEW}.stride + datum.i * {VIEW}.dilation",
    "c": f"(step % max(1, {VIEW}.width)) * {VIEW}.stride + datum.j * {VIEW}.dilation",
}
PRODUCT: Final = {
    "x": f"(data('cells')[datum.r * {VIEW}.columns + datum.c] || {{value: 0}}).value",
    "product": "datum.x * datum.weight",
}


@kit.spec
def sliding(*, colors: tuple[str, str, str], ink: kit.Ink) -> tuple[kit.Chart, Scrub]:
    """The window of one step, its products and the output so far.

    Tables: `view`, one row, see `compute.frame`; `cells` (row, column, value, inside, reads), the padded input row by
    row; `kernel` (i, j, weight); `output` (step, value).

    Args:
        colors: of negative numbers, of positive ones, and of the window.
        ink: of text and paper.
    """
    step = Scrub("step", 200, "Window", seconds=20, until=f"({VIEW}.windows - 1)")
    negative, positive, window = colors
    shade = alt.Color(
        "shade:Q",
        scale=alt.Scale(domain=[-1, 0, 1], range=[negative, ink.paper, positive], clamp=True, interpolate="rgb"),
        legend=None,
    )
    return alt.layer(
        *_input(shade, window, ink), *_products(shade, ink), *_output(step, shade, window, ink), *_words(ink)
    ).properties(height=HEIGHT), step


def _input(shade: alt.Color, window: str, ink: kit.Ink) -> list[alt.Chart]:
    cells = alt.Chart(alt.NamedData("cells")).transform_calculate(
        **_places("input", "datum.row", "datum.column"), shade=f"datum.value / {VIEW}.input_reach"
    )
    shown = cells.transform_calculate(r=f"datum.row - {VIEW}.padding", c=f"datum.column - {VIEW}.padding")
    faded = alt.condition("datum.inside == 1", alt.value(1), alt.value(0.45))
    fields = kit.tip(
        _rect(shown, stroke=ink.text, strokeWidth=0.5, strokeOpacity=0.35).encode(color=shade, opacity=faded),
        "Row {r}, column {c}: {value:.3~g}. Windows that read it: {reads}",
    )
    unread = cells.transform_filter("datum.reads == 0").mark_point(
        shape=HATCH,
        filled=False,
        stroke=ink.text,
        strokeWidth=1,
        opacity=0.6,
        size=alt.expr(f"pow({CELL['input']}, 2)"),
    )
    hatched = unread.encode(x=_x("mx"), y=_y("my"))
    edge = alt.Chart(alt.NamedData("view")).transform_calculate(
        px=f"{LEFT['input']} + datum.padding * {CELL['input']}",
        px2=f"{LEFT['input']} + (datum.columns - datum.padding) * {CELL['input']}",
        py=f"{TOP} + datum.padding * {CELL['input']}",
        py2=f"{TOP} + (datum.rows - datum.padding) * {CELL['input']}",
    )
    frame = _rect(edge, filled=False, stroke=ink.text, strokeWidth=1.5)
    under = _taps().transform_calculate(**_places("input", "datum.r", "datum.c"))
    window_ = _rect(under, filled=False, stroke=window, strokeWidth=3)
    return [fields, hatched, _number(cells, "input", ink), frame, window_]


def _products(shade: alt.Color, ink: kit.Ink) -> list[alt.Chart]:
    taps = _taps().transform_calculate(
        **_places("product", "datum.i", "datum.j"), shade=f"datum.product / {VIEW}.product_reach", value="datum.product"
    )
    fields = kit.tip(
        _rect(taps, stroke=ink.text, strokeWidth=0.5, strokeOpacity=0.35).encode(color=shade),
        "{x:.3~g} · {weight:.3~g} = {product:.3~g}",
    )
    factors = taps.transform_filter(f"{CELL['product']} >= 40").transform_calculate(
        said="format(datum.x, '.2~f') + ' · ' + format(datum.weight, '.2~f')", above=f"datum.my - {CELL['product']} / 4"
    )
    small = factors.mark_text(fontSize=alt.expr(f"min(11, {CELL['product']} / 5.5)")).encode(
        x=_x("mx"), y=_y("above"), text="said:N", color=_on(ink)
    )
    return [fields, small, _number(taps, "product", ink)]


def _output(step: Scrub, shade: alt.Color, window: str, ink: kit.Ink) -> list[alt.Chart]:
    cells = alt.Chart(alt.NamedData("output")).transform_calculate(
        r=f"floor(datum.step / {VIEW}.width)",
        c=f"datum.step % {VIEW}.width",
        shade=f"datum.value / {VIEW}.output_reach",
    )
    placed = cells.transform_calculate(**_places("output", "datum.r", "datum.c"))
    empty = _rect(placed, filled=False, stroke=ink.text, strokeWidth=0.5, strokeOpacity=0.35)
    done = step.so_far(placed)
    fields = kit.tip(_rect(done).encode(color=shade), "Row {r}, column {c}: {value:.3~g}")
    here = _rect(step.here(placed), filled=False, stroke=window, strokeWidth=3)
    return [fields, empty, _number(done, "output", ink), here]


def _words(ink: kit.Ink) -> list[alt.Chart]:
    titles = [
        alt.Chart(alt.NamedData("view"))
        .transform_calculate(px=LEFT[part])
        .mark_text(
            align="left", baseline="middle", fontWeight=600, fontSize=alt.expr("min(13, width / 34)"), color=ink.text
        )
        .encode(x=_x("px"), y=alt.value(TOP / 2), text=f"{part}_title:N")
        for part in LEFT
    ]
    number = "(datum.{0} < 0 ? '(' + format(datum.{0}, '.3~g') + ')' : format(datum.{0}, '.3~g'))"
    sums = (
        _taps()
        .transform_calculate(term=f"{number.format('x')} + '·' + {number.format('weight')}")
        .transform_aggregate(total="sum(product)", terms="values(term)")
        .transform_calculate(
            py=f"{TOP + 18} + {VIEW}.rows * {CELL['input']}",
            said=f"'Output (' + floor(step / max(1, {VIEW}.width)) + ', ' + step % max(1, {VIEW}.width) + ') = ' "
            f"+ (length(datum.terms) > (width < 500 ? {FEW} : {WORDS}) "
            "? 'the sum of ' + length(datum.terms) + ' products' : join(pluck(datum.terms, 'term'), ' + ')) + ' = ' "
            "+ format(abs(datum.total) < 1e-9 ? 0 : datum.total, '.4~g')",
        )
        .mark_text(
            align="left", baseline="middle", fontSize=alt.expr("width < 500 ? 11 : min(13, width / 62)"), color=ink.text
        )
        .encode(x=alt.value(1), y=_y("py"), text="said:N")
    )
    return [*titles, sums]


def _taps() -> alt.Chart:
    """The weights with what lies under them in the window of the step."""
    taps: alt.Chart = alt.Chart(alt.NamedData("kernel")).transform_calculate(**TAP).transform_calculate(**PRODUCT)
    return taps


def _number(cells: alt.Chart, part: str, ink: kit.Ink) -> alt.Chart:
    """The value of each cell, where there is room."""
    written = cells.transform_filter(f"{CELL[part]} >= {READABLE}").transform_calculate(
        said="format(abs(datum.value) < 1e-9 ? 0 : datum.value, '.2~f')"
    )
    number: alt.Chart = written.mark_text(
        baseline="middle", fontSize=alt.expr(f"max(8, min(14, {CELL[part]} / 3))")
    ).encode(x=_x("mx"), y=_y("my"), text="said:N", color=_on(ink))
    return number


def _places(part: str, row: str, column: str) -> dict[str, Any]:
    """The sides and the middle of a cell in pixels."""
    left, cell = LEFT[part], CELL[part]
    return {
        "px": f"{left} + ({column}) * {cell}",
        "px2": f"{left} + ({column} + 1) * {cell}",
        "py": f"{TOP} + ({row}) * {cell}",
        "py2": f"{TOP} + ({row} + 1) * {cell}",
        "mx": f"{left} + ({column} + 0.5) * {cell}",
        "my": f"{TOP} + ({row} + 0.5) * {cell}",
    }


def _rect(chart: alt.Chart, **style: Any) -> alt.Chart:  # noqa: ANN401 - a mark's
    rect: alt.Chart = chart.mark_rect(**style).encode(x=_x("px"), x2="px2:Q", y=_y("py"), y2="py2:Q")
    return rect


def _on(ink: kit.Ink) -> Any:  # noqa: ANN401 - of Altair
    """The colour of a number on its shade."""
    return alt.condition(f"abs(datum.shade) > {STRONG}", alt.value(ink.paper), alt.value(ink.text))


def _x(field: str) -> alt.X:
    return alt.X(f"{field}:Q", scale=None, axis=None)


def _y(field: str) -> alt.Y:
    return alt.Y(f"{field}:Q", scale=None, axis=None)
