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
Layers = alt.LayerChart | alt.FacetChart
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
    layers = alt.layer(_input(shade, ink), _taps(shade, window, ink), _output(step, shade, window, ink), *_titles(ink))
    return layers.properties(height=HEIGHT), step


def _input(shade: alt.Color, ink: kit.Ink) -> Layers:
    cells = alt.Chart()
    told = kit.tip(cells, "Row {r}, column {c}: {value:.3~g}. Windows that read it: {reads}")
    faded = alt.condition("datum.inside == 1", alt.value(1), alt.value(0.45))
    fields = _rect(told, **_thin(ink)).encode(color=shade, opacity=faded)
    size = alt.expr(f"pow({CELL['input']}, 2)")
    hatched = (
        cells.transform_filter("datum.reads == 0")
        .mark_point(shape=HATCH, filled=False, stroke=ink.text, strokeWidth=1, opacity=0.6, size=size)
        .encode(x=_x("mx"), y=_y("my"))
    )
    frame = cells.transform_aggregate(
        px="min(px)", px2="max(px2)", py="min(py)", py2="max(py2)", groupby=["inside"]
    ).transform_filter("datum.inside == 1")
    edge = _rect(frame, filled=False, stroke=ink.text, strokeWidth=1.5)
    return (
        alt.layer(fields, hatched, _number(told, "input", ink), edge, data=alt.NamedData("cells"))
        .transform_calculate(**_places("input", "datum.row", "datum.column"))
        .transform_calculate(
            shade=f"datum.value / {VIEW}.input_reach",
            r=f"datum.row - {VIEW}.padding",
            c=f"datum.column - {VIEW}.padding",
        )
    )


def _taps(shade: alt.Color, window: str, ink: kit.Ink) -> Layers:
    """The weights with what lies under them in the window of the step: there, beside it, and as a sum."""
    taps = alt.Chart()
    under = taps.transform_calculate(**_places("input", "datum.r", "datum.c"))
    told = kit.tip(taps, "{x:.3~g} · {weight:.3~g} = {product:.3~g}")
    fields = _rect(told, **_thin(ink)).encode(color=shade)
    factors = told.transform_filter(f"{CELL['product']} >= 40").transform_calculate(
        said="format(datum.x, '.2~f') + ' · ' + format(datum.weight, '.2~f')", above=f"datum.my - {CELL['product']} / 4"
    )
    small = factors.mark_text(fontSize=alt.expr(f"min(11, {CELL['product']} / 5.5)")).encode(
        x=_x("mx"), y=_y("above"), text="said:N", color=_on(ink)
    )
    products = alt.layer(fields, small, _number(told, "product", ink)).transform_calculate(
        **_places("product", "datum.i", "datum.j"), shade=f"datum.product / {VIEW}.product_reach", value="datum.product"
    )
    return (
        alt.layer(
            _rect(under, filled=False, stroke=window, strokeWidth=3),
            products,
            _sum(taps, ink),
            data=alt.NamedData("kernel"),
        )
        .transform_calculate(**TAP)
        .transform_calculate(**PRODUCT)
    )


def _output(step: Scrub, shade: alt.Color, window: str, ink: kit.Ink) -> Layers:
    cells = alt.Chart()
    done = kit.tip(step.so_far(cells), "Row {r}, column {c}: {value:.3~g}")
    return (
        alt.layer(
            _rect(done).encode(color=shade),
            _rect(cells, filled=False, **_thin(ink)),
            _number(done, "output", ink),
            _rect(step.here(cells), filled=False, stroke=window, strokeWidth=3),
            data=alt.NamedData("output"),
        )
        .transform_calculate(
            r=f"floor(datum.step / {VIEW}.width)",
            c=f"datum.step % {VIEW}.width",
            shade=f"datum.value / {VIEW}.output_reach",
        )
        .transform_calculate(**_places("output", "datum.r", "datum.c"))
    )


def _titles(ink: kit.Ink) -> list[alt.Chart]:
    style: dict[str, Any] = {"align": "left", "baseline": "middle", "fontWeight": 600, "color": ink.text}
    return [
        alt.Chart(alt.NamedData("view"))
        .transform_calculate(px=LEFT[part])
        .mark_text(fontSize=alt.expr("min(13, width / 34)"), **style)
        .encode(x=_x("px"), y=alt.value(TOP / 2), text=f"{part}_title:N")
        for part in LEFT
    ]


def _sum(taps: alt.Chart, ink: kit.Ink) -> alt.Chart:
    """The products of the window written out, if they are few."""
    number = "(datum.{0} < 0 ? '(' + format(datum.{0}, '.3~g') + ')' : format(datum.{0}, '.3~g'))"
    terms = taps.transform_calculate(term=f"{number.format('x')} + '·' + {number.format('weight')}")
    said: alt.Chart = (
        terms.transform_aggregate(total="sum(product)", terms="values(term)")
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
    return said


def _number(cells: alt.Chart, part: str, ink: kit.Ink) -> alt.Chart:
    """The value of each cell, where there is room."""
    written = cells.transform_filter(f"{CELL[part]} >= {READABLE}").transform_calculate(
        said="format(abs(datum.value) < 1e-9 ? 0 : datum.value, '.2~f')"
    )
    number: alt.Chart = written.mark_text(
        baseline="middle", fontSize=alt.expr(f"max(8, min(14, {CELL[part]} / 3))")
    ).encode(x=_x("mx"), y=_y("my"), text="said:N", color=_on(ink))
    return number


def _thin(ink: kit.Ink) -> dict[str, Any]:
    return {"stroke": ink.text, "strokeWidth": 0.5, "strokeOpacity": 0.35}


def _places(part: str, row: str, column: str) -> dict[str, Any]:
    """The sides and the middle of a cell in pixels."""
    cell = CELL[part]
    x, y = f"{LEFT[part]} + {cell} * ", f"{TOP} + {cell} * "
    return {
        "px": f"{x}({column})",
        "px2": f"{x}({column} + 1)",
        "py": f"{y}({row})",
        "py2": f"{y}({row} + 1)",
        "mx": f"{x}({column} + 0.5)",
        "my": f"{y}({row} + 0.5)",
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
