r"""Receptive fields along one axis: which input cells each unit of a layer can depend on.

A layer whose windows have $k$ taps, $d$ apart, and move by $s$ enlarges the field by $d (k - 1)$ jumps and multiplies
the jump, the distance between the fields of neighbouring units, by $s$:

    r_l = r_{l-1} + d (k - 1) j_{l-1},    j_l = s j_{l-1},    start_l = start_{l-1} - p j_{l-1}.

The growth has the product of the *earlier* strides, not the layer's own. Units of padding count: a field may begin
before the input's first cell, cell 0, and end behind its last.

The cells of a field do not count alike. With random weights of mean zero the squared gradient of a unit is, on average,
spread over each window evenly, like a random walk from the unit to the input, whose variances add up:

    v_l = v_{l-1} + j_{l-1}^2 d^2 (k^2 - 1) / 12.

The effective width is that of a window which counts evenly and has this variance, sqrt(12 v + 1): k for one layer of
k taps, and sqrt(n (k^2 - 1) + 1) instead of n (k - 1) + 1 for n of them.

References: A. Araujo, W. Norris and J. Sim, "Computing receptive fields of convolutional neural networks", 2019,
https://distill.pub/2019/computing-receptive-fields; W. Luo, Y. Li, R. Urtasun and R. Zemel, "Understanding the
effective receptive field in deep convolutional neural networks", 2016, https://arxiv.org/abs/1701.04128
"""

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from demos.convolution.layers import ADAPTIVE, CONVOLUTIONS, PADS, POOLS, Layer, per_axis, setting, signature

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


class Taps(NamedTuple):
    """What the units of a layer read along an axis, as places in the layer before; outside of it is padding."""

    first: Ints  # (units,)
    last: Ints  # (units,)
    apart: int  # from one tap to the next, the dilation
    stride: float  # from one unit to the next


class Fields(NamedTuple):
    """The hulls of the receptive fields of a layer's units along an axis, in cells of the input."""

    low: Floats  # (units,), the first cell of each field
    high: Floats  # (units,), the last one
    jump: float  # from the field of a unit to that of the next
    variance: float  # of the place at which a random walk from a unit arrives

    @property
    def size(self) -> float:
        """Cells in a field; the largest, where fields differ."""
        return float((self.high - self.low).max() + 1)

    def centers(self, places: Ints) -> Floats:
        """The middle of the fields of units; outside of the layer, of those that would be there."""
        low, high = _at(self, places)
        return (low + high) / 2

    @property
    def effective(self) -> float:
        """The effective width in cells."""
        return math.sqrt(12 * self.variance + 1)


def of_input(length: int) -> Fields:
    """Each cell of the input sees itself."""
    cells = np.arange(length, dtype=float)
    return Fields(cells, cells, 1.0, 0.0)


def taps(layer: Layer, axis: int, *, inputs: int, outputs: int, axes: int) -> Taps | None:
    """What a layer's units read along an axis; None if each reads the unit in its own place.

    Args:
        layer: with a window, or one that moves units.
        axis: 0 for the rows of an image, 1 for its columns.
        inputs: units before the layer along the axis.
        outputs: units after it.
        axes: how many spatial axes there are.
    """
    units = np.arange(outputs)
    if layer.kind in CONVOLUTIONS | POOLS:
        size, stride, apart, before = window(layer, axis, axes)
        first = units * stride - before
        return Taps(first, first + apart * (size - 1), apart, stride)
    if layer.kind in ADAPTIVE:
        last = -(-(units + 1) * inputs // outputs) - 1
        return Taps(units * inputs // outputs, last, 1, inputs / outputs)
    if layer.kind in PADS:
        moved = units - _pad_before(layer, axis, axes)
        return Taps(moved, moved, 1, 1)
    if layer.kind == "Upsample":
        return _upsampled(layer, axis, inputs=inputs, outputs=outputs, axes=axes)
    return None


def window(layer: Layer, axis: int, axes: int) -> tuple[int, int, int, int]:
    """Kernel size, stride, dilation, and padding before the first unit, along an axis of a convolution or a pool."""

    def along(name: str) -> int:
        return int(per_axis(setting(layer, name), axes)[axis])

    size, apart = along("kernel_size"), dilation_of(layer, axis, axes)
    stride = size if setting(layer, "stride") is None else along("stride")
    padding = setting(layer, "padding")
    if padding == "same":
        return size, stride, apart, apart * (size - 1) // 2
    return size, stride, apart, 0 if padding == "valid" else along("padding")


def dilation_of(layer: Layer, axis: int = -1, axes: int = 1) -> int:
    """How far apart the taps of a layer's window are along an axis; 1 for all that have no dilation."""
    if layer.kind not in CONVOLUTIONS | POOLS or "dilation" not in signature(layer.kind).parameters:
        return 1
    return int(per_axis(setting(layer, "dilation"), axes)[axis])


def through(before: Fields, read: Taps) -> Fields:
    """The fields of units that read those of the layer before; padding has the fields that units would have there."""
    size = int(((read.last - read.first) // read.apart + 1).max())
    walked = (before.jump * read.apart) ** 2 * (size**2 - 1) / 12
    low, high = _at(before, read.first)[0], _at(before, read.last)[1]
    return Fields(low, high, before.jump * read.stride, before.variance + walked)


def nearest(fields: Fields, cell: float) -> int:
    """The unit whose field has its centre next to a place in the input."""
    return int(np.abs((fields.low + fields.high) / 2 - cell).argmin())


def united(ways: Sequence[Fields], shares: Sequence[float]) -> Fields:
    """The fields of units that read those in the same place of several ways; a walk takes each with its share."""
    low, high = (np.minimum.reduce([each.low for each in ways]), np.maximum.reduce([each.high for each in ways]))
    variance = sum(share * each.variance for each, share in zip(ways, shares, strict=True)) / sum(shares)
    return Fields(low, high, ways[0].jump, variance)


def _at(before: Fields, places: Ints) -> tuple[Floats, Floats]:
    inside = places.clip(0, len(before.low) - 1)
    moved = (places - inside) * before.jump
    return before.low[inside] + moved, before.high[inside] + moved


def _pad_before(layer: Layer, axis: int, axes: int) -> int:
    sides = per_axis(setting(layer, "padding"), 2 * axes)
    return int(sides[2 * (axes - 1 - axis)])  # torch begins with the last axis


def _upsampled(layer: Layer, axis: int, *, inputs: int, outputs: int, axes: int) -> Taps:
    """Where interpolation reads: the nearest unit, or the two around the place between units."""
    units = np.arange(outputs)
    factor = setting(layer, "scale_factor")
    ratio = inputs / outputs if factor is None else 1 / per_axis(factor, axes)[axis]
    if setting(layer, "mode") == "nearest":
        nearest = np.floor(units * ratio).astype(int).clip(0, inputs - 1)
        return Taps(nearest, nearest, 1, ratio)
    if setting(layer, "align_corners"):
        ratio = (inputs - 1) / max(1, outputs - 1)
        places = units * ratio
    else:
        places = ((units + 0.5) * ratio - 0.5).clip(0)
    first = np.floor(places).astype(int).clip(0, inputs - 1)
    return Taps(first, np.minimum(first + 1, inputs - 1), 1, ratio)  # the second may have no weight
