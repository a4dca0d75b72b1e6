"""A field over the plane as one image: a small palette PNG in a data URL, instead of thousands of rectangles."""

import base64
import io
from collections.abc import Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image

VEIL: Final = "#4a80ba"  # shows on a light page and on a dark one
STRONGEST: Final = 0.6  # opacity of the highest band
Domain = tuple[tuple[float, float], tuple[float, float]]


def data_url(indices: NDArray[np.integer], colors: Sequence[str], *, scale: int = 1) -> str:
    """The PNG of palette `indices` (rows, columns), row 0 at the bottom; index len(colors) is transparent.

    Each cell becomes `scale` × `scale` pixels. A colour is #rrggbb, or #rrggbbaa with its opacity.
    """
    pixels = np.flipud(indices).astype(np.uint8).repeat(scale, axis=0).repeat(scale, axis=1)
    image = Image.fromarray(pixels, mode="P")
    palette = [color.removeprefix("#").ljust(8, "f") for color in colors] + ["00000000"]
    image.putpalette(bytes.fromhex("".join(palette)), rawmode="RGBA")
    buffer = io.BytesIO()
    image.save(buffer, format="PNG")
    return "data:image/png;base64," + base64.b64encode(buffer.getvalue()).decode()


def contours(f: NDArray[np.float64], *, bands: int = 24, stretch: float = 200) -> str:
    """The PNG of f (rows, columns) in bands of one colour, the higher the stronger, with a line at every edge.

    It is transparent where f is NaN. `stretch` gives the valleys, where paths are, more bands than the heights.
    """
    depth = f - np.nanmin(f)
    height = np.log1p(stretch * depth / (np.nanmax(depth) or 1.0)) / np.log1p(stretch)
    undefined = np.isnan(f)
    band = np.clip(np.where(undefined, 0, height) * bands, 0, bands - 1).astype(int)
    edge = (band != np.roll(band, 1, 0)) | (band != np.roll(band, 1, 1))
    edge[0], edge[:, 0] = False, False
    opacities = np.linspace(0, STRONGEST, bands + 4)  # and no paler colour, so that it follows a change of theme
    shades = [f"{VEIL}{round(255 * opacity):02x}" for opacity in opacities]
    palette = shades[:bands] + shades[4:]  # an edge is as strong as what is four bands higher
    return data_url(np.where(undefined, len(palette), np.where(edge, band + bands, band)), palette)


def row(url: str, domain: Domain) -> dict[str, list[float] | list[str]]:
    """The one row that an image mark needs to fill the domain: x, x2, y, y2, url."""
    (left, right), (bottom, top) = domain
    return {"x": [left], "x2": [right], "y": [bottom], "y2": [top], "url": [url]}


def sheet(frames: NDArray[np.integer], colors: Sequence[str], domain: Domain) -> dict[str, Any]:
    """The one row that `planes.sheet` needs, from palette indices (frames, rows, columns): all frames in one image."""
    count, rows, columns = frames.shape
    stacked = data_url(frames.reshape(count * rows, columns), colors)
    return {**row(stacked, domain), "frames": [count]}


def blend(colors: Sequence[str], count: int) -> list[str]:
    """`count` colours along the ramp that `colors` spans."""
    ramp = np.array([list(bytes.fromhex(color.removeprefix("#"))) for color in colors], dtype=float)
    at = np.linspace(0, len(ramp) - 1, count)
    channels = [np.interp(at, np.arange(len(ramp)), ramp[:, channel]) for channel in range(3)]
    return ["#" + bytes(round(value) for value in color).hex() for color in zip(*channels, strict=True)]
