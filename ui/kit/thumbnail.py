"""The small picture of a concept in the gallery, as SVG: lines and dots, over the image of a field if there is one."""

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ui.kit.raster import Domain

WIDTH: Final = 320
HEIGHT: Final = 200


def thumbnail(
    domain: Domain,
    lines: Sequence[tuple[NDArray[np.float64], str]],
    *,
    image: str | None = None,
    dots: tuple[NDArray[np.float64], str] | None = None,
) -> str:
    """Each line (points (n, 2) in the domain, colour) over the picture.

    Args:
        domain: what the picture shows.
        lines: drawn in their order.
        image: a data URL that fills the picture, under the lines.
        dots: points (n, 2) and their colour, above the lines.
    """
    low, high = np.array(domain).T
    field = f'<image href="{image}" width="{WIDTH}" height="{HEIGHT}" preserveAspectRatio="none"/>' if image else ""
    drawn = [
        f'<polyline points="{_points(points, low, high)}" fill="none" stroke="{color}" stroke-width="3" '
        'stroke-linejoin="round" stroke-linecap="round"/>'
        for points, color in lines
    ]
    if dots is not None:
        places, color = dots
        centres = [place.split(",") for place in _points(places, low, high).split(" ")]
        drawn += [f'<circle cx="{x}" cy="{y}" r="5" fill="{color}"/>' for x, y in centres]
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}">'
        f"{field}{''.join(drawn)}</svg>"
    )


def _points(points: NDArray[np.float64], low: NDArray[np.float64], high: NDArray[np.float64]) -> str:
    share = (points - low) / (high - low)
    return " ".join(f"{x * WIDTH:.1f},{(1 - y) * HEIGHT:.1f}" for x, y in share)
