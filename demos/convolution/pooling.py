"""Pooling: a window without weights, that takes the largest of its cells or their mean; and what it tolerates.

A maximum of k cells keeps its value when the picture moves by d cells in (k - d) / k of the places where a bright cell
can lie in its window: small movements are tolerated now and then, not always.

Reference: A. Zhang et al., "Dive into Deep Learning", section 7.5
"""

from typing import Final, NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch.nn import functional

from demos.convolution.windows import output_size

Floats = NDArray[np.float64]
MAX: Final = "max"
AVERAGE: Final = "average"


class Pooled(NamedTuple):
    """What comes out of the windows."""

    output: Floats  # (channels, rows, columns)
    divisor: NDArray[np.int64]  # (rows, columns), by which an average is divided; of a maximum, the cells it looks at


class Tolerance(NamedTuple):
    """What a moved picture changes."""

    unchanged: float  # the share that keeps its value, of the units that are not 0 before and after
    change: float  # the norm of the difference, over the norm before


def pool(
    x: Floats, *, kind: str, kernel_size: int, stride: int, padding: int, ceil_mode: bool, count_include_pad: bool
) -> Pooled:
    """`torch.nn.MaxPool2d` or `torch.nn.AvgPool2d` of x (channels, rows, columns).

    The divisor of an average counts padding, if so wished, but never what a window of `ceil_mode` hangs over.

    Raises:
        ValueError: there is no such kind, the padding is above half of the window, or no window fits.
    """
    if kind not in {MAX, AVERAGE}:
        raise ValueError(f"kind must be {MAX!r} or {AVERAGE!r}, not {kind!r}")
    if 2 * padding > kernel_size:
        raise ValueError(f"padding must be at most half of kernel_size {kernel_size}, not {padding}")
    along = []
    for size in np.shape(x)[1:]:
        count = output_size(
            size, kernel_size=kernel_size, stride=stride, padding=padding, dilation=1, ceil_mode=ceil_mode
        )
        first = np.arange(count) * stride - padding
        behind = np.minimum(first + kernel_size, size + padding)
        inside = np.minimum(behind, size) - np.maximum(first, 0)
        along.append(behind - first if count_include_pad and kind == AVERAGE else inside)
    data = torch.tensor(np.asarray(x, float))[None]
    output = (
        functional.max_pool2d(data, kernel_size, stride, padding, ceil_mode=ceil_mode)
        if kind == MAX
        else functional.avg_pool2d(data, kernel_size, stride, padding, ceil_mode, count_include_pad)
    )
    return Pooled(output[0].numpy(), np.multiply.outer(along[0], along[1]))


def tolerance(x: Floats, *, kind: str, kernel_size: int, stride: int, shift: int) -> Tolerance:
    """What pooling tells of x (pictures, rows, columns) that moves by `shift` columns, around the edge.

    Windows of one cell are no pooling.

    Raises:
        ValueError: the pictures are 0 everywhere, or `pool` refuses.
    """
    before, after = (
        pool(
            each, kind=kind, kernel_size=kernel_size, stride=stride, padding=0, ceil_mode=False, count_include_pad=False
        ).output
        for each in (x, np.roll(x, shift, axis=-1))
    )
    live = (before != 0) | (after != 0)
    if not live.any():
        raise ValueError("x must not be 0 everywhere")
    norm = float(np.linalg.norm(before))
    change = float(np.linalg.norm(after - before)) / norm if norm else np.inf
    return Tolerance(float(np.isclose(before, after)[live].mean()), change)
