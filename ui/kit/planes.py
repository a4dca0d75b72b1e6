"""Charts of a plane: axes with a fixed frame, the image of a field, marked points, and a click anywhere."""

from typing import Any, Final, cast

import altair as alt

from ui.kit.raster import Domain
from ui.kit.scrub import Scrub

CLICKS: Final = 31  # positions a side that a click can choose


def axes(domain: Domain, x: str = "x", y: str = "y") -> tuple[alt.X, alt.Y]:
    """The axes of columns `x` and `y`, with the domain as their frame."""
    scales = [alt.Scale(domain=list(side), nice=False) for side in domain]
    axis = alt.Axis(grid=False)
    return (alt.X("x:Q", title=x, scale=scales[0], axis=axis), alt.Y("y:Q", title=y, scale=scales[1], axis=axis))


def field(x: alt.X, y: alt.Y) -> alt.Chart:
    """An image that fills the frame. Table: `field`, from `raster.row`."""
    image = alt.Chart(alt.NamedData("field")).mark_image(aspect=False, aria=False)
    layer: alt.Chart = image.encode(x=x, y=y, x2="x2:Q", y2="y2:Q", url=alt.Url("url:N"))
    return layer


def sheet(name: str, step: Scrub, x: alt.X, y: alt.Y) -> alt.Chart:
    """The frame of a scrub, in a picture that has all frames above each other. Table: `name`, from `raster.sheet`.

    The browser decodes the picture once and moves it behind its frame.
    """
    place = {  # in columns of their own: Vega computes them again from the same row
        "low": f"datum.y - (datum.y2 - datum.y) * ({step.name} - {step.first})",
        "high": "datum.low + (datum.y2 - datum.y) * datum.frames",
    }
    low = y.copy()
    low["shorthand"] = "low:Q"
    image = alt.Chart(alt.NamedData(name)).transform_calculate(**cast("Any", place))
    layer: alt.Chart = image.mark_image(aspect=False, aria=False, clip=True).encode(
        x=x, y=low, x2="x2:Q", y2="high:Q", url=alt.Url("url:N")
    )
    return layer


def points(name: str, x: alt.X, y: alt.Y, **mark: Any) -> alt.Chart:  # noqa: ANN401 - of Vega-Lite
    """White points with a black edge that show on any field. Table: `name` (x, y)."""
    look = {"filled": True, "size": 120, "color": "white", "stroke": "black", "strokeWidth": 2, "opacity": 1, **mark}
    layer: alt.Chart = alt.Chart(alt.NamedData(name)).mark_point(**look).encode(x=x, y=y)
    return layer


def clicks(name: str, domain: Domain, x: alt.X, y: alt.Y) -> alt.Chart:
    """An invisible lattice, of which a click anywhere chooses the nearest point: the selection `name` (x, y)."""
    (left, right), (bottom, top) = domain
    chosen = alt.selection_point(name=name, on="click", nearest=True, fields=["x", "y"])
    layer: alt.Chart = (
        alt.Chart(alt.sequence(0, CLICKS**2, as_="i"))
        .transform_calculate(
            x=f"{left} + (datum.i % {CLICKS}) * {(right - left) / (CLICKS - 1)}",
            y=f"{bottom} + floor(datum.i / {CLICKS}) * {(top - bottom) / (CLICKS - 1)}",
        )
        .mark_point(opacity=0, aria=False)
        .encode(x=x, y=y)
        .add_params(chosen)
    )
    return layer
