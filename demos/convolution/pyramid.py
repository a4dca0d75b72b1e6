"""The units that feed a unit, layer by layer."""

from collections.abc import Sequence
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from demos.convolution.fields import Floats, of_input, taps
from demos.convolution.layers import BLOCKS, POINTWISE, Layer, on_main_path
from demos.convolution.placing import check, placed
from demos.convolution.signals import INPUT

Mask = NDArray[np.bool_]
UNMOVED: Final = POINTWISE | BLOCKS | {"Flatten"}  # layers whose units stand where those before them do


class Rung(NamedTuple):
    """The units of a layer that feed a unit farther up, along one axis."""

    layer: int  # its place in the order of `trace`, from 0; INPUT for the input
    units: NDArray[np.int64]  # their places; outside of the layer is padding
    center: Floats  # of their fields, in cells of the input
    inside: Mask  # which are not padding
    reads: list[tuple[int, int]]  # unit here, unit that it reads in the rung below


def pyramid(layers: Sequence[Layer], input_shape: tuple[int, ...], *, layer: int, unit: int, axis: int) -> list[Rung]:
    """The units that feed one unit along an axis, layer by layer down to the input, on one way.

    Args:
        layers: of the network.
        input_shape: of its input.
        layer: its place in the order of `trace`, from 0.
        unit: its place along the axis.
        axis: 0 for the rows of an image, 1 for its columns.

    Raises:
        ValueError: there is no such layer, or a linear layer has mixed all cells.
    """
    part = placed(layers, input_shape)
    check(part, layer, None)
    units = len((part.steps[layer].fields or ())[axis].low)
    if not 0 <= unit < units:
        raise ValueError(f"unit must be from 0 to {units - 1}, not {unit}")
    axes, main = len(input_shape) - 1, on_main_path(part.layers)
    path = [place for place in range(layer + 1) if main[place] and part.steps[place].layer.kind not in UNMOVED]
    along = {place: (part.steps[place].fields or ())[axis] for place in path}
    rungs, feeding = [], np.array([unit])
    for place, below in zip(path[::-1], [INPUT, *path][-2::-1], strict=True):
        before = along[below] if below != INPUT else of_input(input_shape[1 + axis])
        units = len(along[place].low)
        read = taps(part.steps[place].layer, axis, inputs=len(before.low), outputs=units, axes=axes)
        inside = feeding[(feeding >= 0) & (feeding < units)]
        reads = []
        if read is not None:
            for each in inside.tolist():
                reads += [(each, tap) for tap in range(read.first[each], read.last[each] + 1, read.apart)]
        rungs.append(Rung(place, feeding, along[place].centers(feeding), (feeding >= 0) & (feeding < units), reads))
        feeding = np.unique([tap for _, tap in reads]).astype(int)
    base = of_input(input_shape[1 + axis])
    return [*rungs, Rung(INPUT, feeding, base.centers(feeding), (feeding >= 0) & (feeding < len(base.low)), [])]
