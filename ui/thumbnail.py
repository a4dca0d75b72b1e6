"""The small picture of a concept in the gallery: an image of a field with lines over it, as SVG."""

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ui.raster import Domain

WIDTH: Final = 320
HEIGHT: Final = 200


def thumbnail(image: str, domain: Domain, lines: Sequence[tuple[NDArray[np.float64], str]]) -> str:
    """`image` (a data URL) over the whole picture, and each line (points (n, 2) in the domain, colour) above it."""
    low, high = np.array(domain).T
    drawn = [
        f'<polyline points="{_points(points, low, high)}" fill="none" stroke="{color}" stroke-width="3" '
        'stroke-linejoin="round" stroke-linecap="round"/>'
        for points, color in lines
    ]
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}">'
        f'<image href="{image}" width="{WIDTH}" height="{HEIGHT}" preserveAspectRatio="none"/>{"".join(drawn)}</svg>'
    )


def _points(points: NDArray[np.float64], low: NDArray[np.float64], high: NDArray[np.float64]) -> str:
    share = (points - low) / (high - low)
    return " ".join(f"{x * WIDTH:.1f},{(1 - y) * HEIGHT:.1f}" for x, y in share)
