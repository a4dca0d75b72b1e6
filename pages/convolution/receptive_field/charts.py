"""The charts of the receptive-field page. They compute nothing: specs depend on counts and names alone."""

from typing import Any, Final, cast

import altair as alt

from ui import kit
from ui.kit.charts import Colors, color_of

VIEW: Final = "data('view')[0]"
WIDTH: Final = 420
HEIGHT: Final = 400
MAP_HEIGHT: Final = 220
AROUND: Final = 1.25  # of the input's size is shown, so that padding has a place
CLICKS: Final = 31  # positions a side that a click can choose
POINT: Final = "point"
GRID: Final = 16  # units a side that are drawn as dots
FIELDS: Final = ("theoretical", "measured", "effective")
TALLEST: Final = 1000.0


def colors() -> Colors:
    """Of the three fields and the jump, in the theme that the reader sees."""
    palette = kit.palette()
    return tuple(zip((*FIELDS, "jump"), (palette[1], palette[2], palette[6], palette[3]), strict=True))


@kit.spec
def through_layers(count: int, *, colors: Colors, ink: kit.Ink) -> tuple[kit.Chart, kit.Scrub]:
    """The fields of one unit on the image for the layer under the hand, and beside it their growth over all layers.

    Tables: `view` (size, layer, x, y, photo) and `frames`, a row for each layer; see `frames.frames`.
    """
    here = alt.Chart(alt.NamedData("frames")).transform_filter("datum.place == layer")
    color = color_of("what", colors)
    picture = alt.layer(
        _photo(),
        _heat(here),
        _support(here, color),
        _grid(ink),
        _box(here, "", "theoretical", color, strokeWidth=2.5),
        _box(here, "e", "effective", color, strokeWidth=2.5, strokeDash=[6, 4]),
        _labels(here, ink),
        _clicks(),
    ).properties(width=WIDTH, height=HEIGHT)
    step = kit.Scrub("layer", max(2, count), "Layer", first=1, start=1, seconds=0.5 * count, follows="view")
    return alt.hconcat(picture, _growth(count, color, ink)), step


@kit.spec
def feature_map(*, color: str, ink: kit.Ink) -> kit.Chart:
    """The units of one layer, which take clicks. Tables: `view` (rows, columns, row, column, url)."""
    x, y = plane(f"{VIEW}.columns", f"{VIEW}.rows", width="width", height=MAP_HEIGHT, around=1.04)
    whole = alt.Chart(alt.NamedData("view")).transform_calculate(left="0", top="0")
    image = whole.mark_image(aspect=False, aria=False).encode(
        x=x("left"), y=y("top"), x2="columns:Q", y2="rows:Q", url="url:N"
    )
    frame = whole.mark_rect(filled=False, stroke=ink.text, strokeWidth=1).encode(
        x=x("left"), y=y("top"), x2="columns:Q", y2="rows:Q"
    )
    unit = (
        alt.Chart(alt.NamedData("view"))
        .transform_calculate(right="datum.column + 1", bottom="datum.row + 1")
        .mark_rect(filled=False, stroke=color, strokeWidth=3)
        .encode(x=x("column"), y=y("row"), x2="right:Q", y2="bottom:Q")
    )
    places = {"px": f"datum.right * {VIEW}.columns", "py": f"datum.down * {VIEW}.rows"}
    return (image + frame + unit + _lattice(x("px"), y("py"), places)).properties(height=MAP_HEIGHT)


def _photo() -> alt.Chart:
    x, y = plane()
    whole = alt.Chart(alt.NamedData("view")).transform_calculate(left="0", top="0")
    image: alt.Chart = whole.mark_image(aspect=False, aria=False).encode(
        x=x("left"), y=y("top"), x2="size:Q", y2="size:Q", url="photo:N"
    )
    return image


def _heat(here: alt.Chart) -> alt.Chart:
    x, y = plane()
    image = here.mark_image(aspect=False, aria=False)
    heat: alt.Chart = image.encode(x=x("hx"), y=y("hy"), x2="hx2:Q", y2="hy2:Q", url="heat:N")
    return heat


def _support(here: alt.Chart, color: alt.Color) -> alt.Chart:
    """A rectangle for each stretch of rows and of columns that is reached."""
    x, y = plane()
    stretches = here.transform_calculate(rows="split(datum.rows, ',')", columns="split(datum.columns, ',')")
    each = stretches.transform_flatten(["rows"]).transform_flatten(["columns"])
    measured: alt.Chart = (
        each.transform_calculate(
            sx="toNumber(split(datum.columns, ':')[0])",
            sx2="toNumber(split(datum.columns, ':')[1])",
            sy="toNumber(split(datum.rows, ':')[0])",
            sy2="toNumber(split(datum.rows, ':')[1])",
            what="'measured'",
        )
        .transform_filter("isValid(datum.sx2) && isValid(datum.sy2)")
        .mark_rect(clip=True, fillOpacity=0.16, strokeWidth=1, stroke=None)
        .encode(x=x("sx"), x2="sx2:Q", y=y("sy"), y2="sy2:Q", color=color)
    )
    return measured


def _box(here: alt.Chart, prefix: str, what: str, color: alt.Color, **style: Any) -> alt.Chart:  # noqa: ANN401 - a mark's
    x, y = plane()
    box: alt.Chart = (
        here.transform_filter(f"isValid(datum.{prefix}x)")
        .transform_calculate(what=f"'{what}'")
        .mark_rect(filled=False, clip=True, **style)
        .encode(x=x(f"{prefix}x"), x2=f"{prefix}x2:Q", y=y(f"{prefix}y"), y2=f"{prefix}y2:Q", color=color)
    )
    return box


def _grid(ink: kit.Ink) -> alt.LayerChart | alt.FacetChart:
    """The centres of all units if they are few, and the place that was asked for."""
    x, y = plane()
    frame = "data('frames')[layer - 1]"
    units = (
        alt.Chart(alt.sequence(0, GRID**2, as_="i"))
        .transform_filter(f"{frame} && {frame}.nx <= {GRID} && {frame}.ny <= {GRID}")
        .transform_filter(f"datum.i < {frame}.nx * {frame}.ny")
        .transform_calculate(
            ux=f"{frame}.fx + (datum.i % {frame}.nx) * {frame}.jx",
            uy=f"{frame}.fy + floor(datum.i / {frame}.nx) * {frame}.jy",
        )
        .mark_point(clip=True, filled=True, size=14, opacity=0.9, color="white", stroke="black", strokeWidth=0.5)
        .encode(x=x("ux"), y=y("uy"))
    )
    asked = (
        alt.Chart(alt.NamedData("view"))
        .mark_point(clip=True, shape="cross", filled=True, size=110, opacity=1, color=ink.paper, stroke=ink.text)
        .encode(x=x("x"), y=y("y"))
    )
    return alt.layer(units, asked)


def _labels(here: alt.Chart, ink: kit.Ink) -> alt.LayerChart | alt.FacetChart:
    style: dict[str, Any] = {"align": "left", "baseline": "top", "fontSize": 13, "color": ink.text}
    name = here.mark_text(fontWeight=600, **style).encode(x=alt.value(2), y=alt.value(4), text="label:N")
    said = here.mark_text(**style).encode(x=alt.value(2), y=alt.value(22), text="said:N")
    return alt.layer(name, said)


def _clicks() -> alt.Chart:
    """Over the photo, whose place on the screen is the same for inputs of all sizes: the points need not move."""
    side = min(WIDTH, HEIGHT) / AROUND
    places = {"px": f"{WIDTH / 2} + (datum.right - 0.5) * {side}", "py": f"{HEIGHT / 2} + (datum.down - 0.5) * {side}"}
    return _lattice(alt.X("px:Q", scale=None, axis=None), alt.Y("py:Q", scale=None, axis=None), places)


def _lattice(x: alt.X, y: alt.Y, places: dict[str, str]) -> alt.Chart:
    """Invisible points that take a click, and tell what share of the way right and down it is."""
    point = alt.selection_point(name=POINT, on="click", nearest=True, fields=["right", "down"])
    lattice: alt.Chart = (
        alt.Chart(alt.sequence(0, CLICKS**2, as_="i"))
        .transform_calculate(
            right=f"(datum.i % {CLICKS} + 0.5) / {CLICKS}", down=f"(floor(datum.i / {CLICKS}) + 0.5) / {CLICKS}"
        )
        .transform_calculate(**cast("Any", places))
        .mark_point(opacity=0, aria=False)
        .encode(x=x, y=y)
        .add_params(point)
    )
    return lattice


def _growth(count: int, color: alt.Color, ink: kit.Ink) -> alt.LayerChart | alt.FacetChart:
    """Field, jump and effective width of a layer's inner units against the layer."""
    x = alt.X(
        "place:Q", title="layer", scale=alt.Scale(domain=[1, max(2, count)], nice=False), axis=alt.Axis(tickMinStep=1)
    )
    y = alt.Y(
        "cells:Q",
        title="cells",
        scale=alt.Scale(type="log", domain=[1, TALLEST], nice=False, clamp=True),
        axis=alt.Axis(values=[1, 3, 10, 30, 100, 300, 1000], format="~g"),
    )
    rows = (
        alt.Chart(alt.NamedData("frames"))
        .transform_fold(["field", "effective", "jump"], as_=["kind", "cells"])
        .transform_calculate(what="datum.kind == 'field' ? 'theoretical' : datum.kind")
    )
    lines = rows.mark_line(strokeWidth=2, point=alt.OverlayMarkDef(size=28), interpolate="step-after")
    at = alt.Chart(alt.NamedData("frames")).transform_filter("datum.place == layer")
    hand = at.mark_rule(strokeWidth=1.5, strokeDash=[4, 3], color=ink.text).encode(x=x)
    return alt.layer(lines.encode(x=x, y=y, color=color), hand).properties(width=340, height=HEIGHT - 50)


def plane(
    wide: str = f"{VIEW}.size",
    high: str = f"{VIEW}.size",
    *,
    width: int | str = WIDTH,
    height: int = HEIGHT,
    around: float = AROUND,
) -> tuple[Any, Any]:
    """Encodings of x and y in which cells are square; y goes down, as in an image.

    In a view of its own, "width" is what the page gives it.
    """
    cell = f"({around} * max({wide} / {width}, {high} / {height}))"  # cells that a pixel of the screen takes
    across, down = f"{cell} * {width} / 2", f"{cell} * {height} / 2"

    def axis(middle: str, reach: str, *, reverse: bool) -> dict[str, Any]:
        domain = [alt.ExprRef(f"{middle} / 2 - {reach}"), alt.ExprRef(f"{middle} / 2 + {reach}")]
        return {"scale": alt.Scale(domain=domain, nice=False, zero=False, reverse=reverse), "axis": None}

    right, downward = axis(wide, across, reverse=False), axis(high, down, reverse=True)
    return (lambda field: alt.X(f"{field}:Q", **right)), (lambda field: alt.Y(f"{field}:Q", **downward))
