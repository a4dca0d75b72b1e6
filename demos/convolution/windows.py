"""Where the windows of a layer lie along an axis: how many there are, and how often they read each cell."""

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]


def output_size(size: int, *, kernel_size: int, stride: int, padding: int, dilation: int, ceil_mode: bool) -> int:
    """How many windows there are along an axis of `size` cells: the quotient by the stride is floored.

    With `ceil_mode` it is rounded up, so that the last window may hang over the end. It must still begin inside of the
    input or of the padding before it.

    Raises:
        ValueError: a number is too small, or not even one window fits.
    """
    given = {"size": size, "kernel_size": kernel_size, "stride": stride, "dilation": dilation, "padding": padding}
    for name, value in given.items():
        least = 0 if name == "padding" else 1
        if value < least:
            raise ValueError(f"{name} must be at least {least}, not {value}")
    span = dilation * (kernel_size - 1) + 1
    room = size + 2 * padding - span
    count = (-(-room // stride) if ceil_mode else room // stride) + 1
    if ceil_mode and (count - 1) * stride >= size + padding:
        count -= 1
    if count < 1:
        raise ValueError(f"a window spans {span} cells, and the input has {size + 2 * padding} with its padding")
    return count


def reads(*, shape: tuple[int, int], kernel_size: tuple[int, int], stride: int, dilation: int) -> Ints:
    """How many windows read each cell of an input of that shape, without padding: (rows, columns).

    A window reads a cell if it does so along both axes: the counts along the axes are multiplied.
    """
    along = []
    for size, taps in zip(shape, kernel_size, strict=True):
        count = output_size(size, kernel_size=taps, stride=stride, padding=0, dilation=dilation, ceil_mode=False)
        cells = np.arange(count)[:, None] * stride + np.arange(taps) * dilation
        along.append(np.bincount(cells.ravel(), minlength=size))
    return np.multiply.outer(along[0], along[1])
