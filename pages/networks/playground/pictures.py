"""All epochs of all neurons as two sheets of palette pixels, and where neurons and edges stand."""

from collections.abc import Sequence
from typing import Final, NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray

from demos.networks.playground import Frame, featured, pictures
from demos.networks.samples import LIMIT
from ui import kit
from ui.kit import raster

LEVELS: Final = 8  # of each colour
STRONGEST: Final = 0.72  # opacity
SIZE: Final = (490, 400)  # pixels of the network's picture
CELL: Final = 2  # pixels of the screen for one of a neuron's
TALLEST: Final = 60  # pixels of a neuron
BOUNDARY: Final = 48  # cells a side
FRAME: Final = ((0.0, 1.0), (0.0, 1.0))  # of the network's picture
PLANE: Final = ((-LIMIT, LIMIT), (-LIMIT, LIMIT))
CERTAIN: Final = 0.05  # of all values of a layer may be beyond its strongest colour

Indices = NDArray[np.int64]
Values = NDArray[np.float32]


class Layout(NamedTuple):
    """Where everything stands, in cells; the upper left neuron is the first feature."""

    centres: list[NDArray[np.int64]]  # of each layer's neurons: (neurons, 2), column and row from above
    side: int  # of a neuron
    shape: tuple[int, int]  # rows and columns of all

    def at(self, layer: int) -> NDArray[np.float64]:
        """The centres of a layer in the picture, from 0 to 1: (neurons, 2), x and y."""
        rows, columns = self.shape
        return np.asarray((self.centres[layer] + 0.5) / (columns, -rows) + (0, 1))


def layout(sizes: Sequence[int]) -> Layout:
    """The places of so many neurons in each layer, features and outputs included."""
    columns, rows = (pixels // CELL for pixels in SIZE)
    pitch = min(rows / max(sizes), TALLEST * 1.25 / CELL, columns / len(sizes) / 1.4)
    side = int(pitch / 1.25)
    across = np.linspace(side / 2 + 1, columns - side / 2 - 2, len(sizes)).astype(int)
    spaced = [min(rows / count, 1.6 * pitch) for count in sizes]
    centres = [
        np.stack([np.full(count, x), (rows / 2 + gap * (np.arange(count) - (count - 1) / 2)).astype(int)], axis=1)
        for x, count, gap in zip(across, sizes, spaced, strict=True)
    ]
    return Layout(centres, side, (rows, columns))


def two_colors(negative: str, positive: str) -> list[str]:
    """From strong negative over nothing to strong positive."""
    shades = [f"{round(255 * STRONGEST * level / LEVELS):02x}" for level in range(LEVELS + 1)]
    return [negative + shade for shade in shades[:0:-1]] + [positive + shade for shade in shades]


def many_colors(colors: Sequence[str]) -> list[str]:
    """For each class from uncertain to certain."""
    shades = [f"{round(255 * STRONGEST * level / LEVELS):02x}" for level in range(1, LEVELS + 1)]
    return [color + shade for color in colors for shade in shades]


def neurons(
    frames: Sequence[Frame], *, features: Sequence[str], activation: Sequence[str], place: Layout, colors: Sequence[str]
) -> kit.Columns:
    """The row of `planes.sheet` with all pictures of all neurons at their places."""
    rows, columns = place.shape
    empty = 2 * LEVELS + 1
    sheet = np.full((len(frames), rows, columns), empty)
    made = pictures(frames, features=features, activation=activation, side=place.side)
    for layer, values in enumerate([_given(features, place.side), *made]):
        last = layer == len(made)
        shades = _shades(_certainties(values) if last else values)
        for (x, y), picture in zip(place.centres[layer], np.moveaxis(shades, 1, 0), strict=True):
            left, below = x - place.side // 2, rows - 1 - y - place.side // 2
            sheet[:, below : below + place.side, left : left + place.side] = picture
    return raster.sheet(sheet, colors, FRAME)


def _given(features: Sequence[str], side: int) -> Values:
    """What the features are over the plane: (1, features, side, side), each by its own largest value."""
    at = torch.linspace(-LIMIT, LIMIT, side)
    plane = torch.stack(torch.meshgrid(at, at, indexing="xy"), dim=-1)
    values = featured(plane, features).movedim(-1, 0)
    return np.asarray((values / values.abs().amax(dim=(1, 2), keepdim=True)).numpy()[None], np.float32)


def _certainties(logits: Values) -> Values:
    """What outputs say of their class, from −1 to 1."""
    z = torch.from_numpy(logits)
    return np.asarray((2 * (z.sigmoid() if z.shape[1] == 1 else z.softmax(dim=1)) - 1).numpy(), np.float32)


def _shades(values: Values) -> Indices:
    """Indices of `two_colors`, on one scale for a layer in all epochs: else Play would flicker."""
    known = np.abs(values[np.isfinite(values)])
    most = max(1.0, float(np.quantile(known, 1 - CERTAIN))) if len(known) else 1.0
    levels = np.clip(np.nan_to_num(values / most), -1, 1) * LEVELS
    return np.where(np.isfinite(values), np.round(levels).astype(int) + LEVELS, 2 * LEVELS + 1)


def boundary(
    frames: Sequence[Frame], *, features: Sequence[str], activation: Sequence[str], colors: Sequence[str]
) -> kit.Columns:
    """The row of `planes.sheet` with what the network says over the plane."""
    logits = pictures(frames, features=features, activation=activation, side=BOUNDARY)[-1]
    if logits.shape[1] == 1:
        return raster.sheet(_shades(_certainties(logits))[:, 0], two_colors(*colors[:2]), PLANE)
    z = torch.from_numpy(logits)
    surest, told = z.softmax(dim=1).max(dim=1)
    least = 1 / logits.shape[1]
    level = ((surest - least) / (1 - least) * LEVELS).clamp(0, LEVELS - 1).nan_to_num().long()
    kinds = many_colors(colors[: logits.shape[1]])
    indices = torch.where(surest.isfinite(), told * LEVELS + level, len(kinds))
    return raster.sheet(indices.numpy(), kinds, PLANE)
