r"""What a convolutional layer computes: it slides a kernel over its input and adds up products.

    y[r, c] = \sum_{i, j} w[i, j] x[r s + i d - p, c s + j d - p]

with stride s, dilation d and padding p. Deep learning calls this a convolution; mathematics calls it cross-correlation,
and turns the kernel by 180 degrees for a convolution. It is linear: a matrix does the same, with the kernel's few
weights in every row.

References: V. Dumoulin and F. Visin, "A guide to convolution arithmetic for deep learning", 2016,
https://arxiv.org/abs/1603.07285; A. Zhang et al., "Dive into Deep Learning", chapter 7
"""

from typing import Final, NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional

from demos.convolution.kernel_learning import Learned, drawn_start, learn_kernel, squared_error
from demos.convolution.pooling import Pooled, Tolerance, pool, tolerance
from demos.convolution.windows import output_size, reads

__all__ = [
    "PADDING_MODES", "Learned", "Pooled", "Slid", "Tolerance", "cross_correlate", "drawn_start", "learn_kernel",
    "matrix", "output_size", "pool", "reads", "squared_error", "tolerance",
]  # fmt: skip

Floats = NDArray[np.float64]
PADDING_MODES: Final = {"zeros": "constant", "reflect": "reflect", "replicate": "replicate", "circular": "circular"}


class Slid(NamedTuple):
    """What comes out, and what the kernel has slid over."""

    output: Floats  # (out_channels, rows, columns)
    padded: Floats  # (in_channels, rows + 2 padding, columns + 2 padding)


def cross_correlate(
    x: Floats, weight: Floats, *, stride: int, padding: int, dilation: int, groups: int, flip: bool, padding_mode: str
) -> Slid:
    """The output of `torch.nn.Conv2d` without bias, in double precision.

    Args:
        x: the input, (in_channels, rows, columns).
        weight: (out_channels, in_channels / groups, kernel rows, kernel columns).
        stride: cells from one window to the next.
        padding: rows and columns around the input, on each side.
        dilation: cells from one tap of the kernel to the next.
        groups: into which the channels are divided; as many as there are channels is a depthwise convolution.
        flip: whether the kernel is turned by 180 degrees first, which makes it a convolution in the strict sense.
        padding_mode: one of `PADDING_MODES`.

    Raises:
        ValueError: a number is not finite, channels do not fit, or the window or the padding is too large.
    """
    x, weight = np.asarray(x, float), np.asarray(weight, float)
    for name, given, form in (("x", x, "(channels, rows, columns)"), ("weight", weight, "(out, in, rows, columns)")):
        if given.ndim != len(form.split(",")):
            raise ValueError(f"{name} must have the axes {form}, not {given.ndim} axes")
        if not np.isfinite(given).all():
            raise ValueError(f"{name} must hold finite numbers only")
    if groups < 1 or x.shape[0] != weight.shape[1] * groups or weight.shape[0] % groups:
        raise ValueError(
            f"weight {weight.shape} with groups={groups} reads {weight.shape[1] * groups} channels, x has {x.shape[0]}"
        )
    for size, kernel_size in zip(x.shape[1:], weight.shape[2:], strict=True):
        output_size(size, kernel_size=kernel_size, stride=stride, padding=padding, dilation=dilation, ceil_mode=False)
    padded = _padded(torch.as_tensor(x), padding, padding_mode)
    output = functional.conv2d(padded[None], _kernel(weight, flip=flip), None, stride, 0, dilation, groups)
    return Slid(output[0].numpy(), padded.numpy())


def matrix(kernel: Floats, *, shape: tuple[int, int], stride: int, padding: int, dilation: int, flip: bool) -> Floats:
    """The matrix (output cells, input cells) that a dense layer would need to do the same, with zeros for padding.

    Args:
        kernel: (kernel rows, kernel columns).
        shape: rows and columns of the input.
        stride: as for `cross_correlate`, like the others.
        padding: of zeros.
        dilation: between taps.
        flip: whether the kernel is turned first.

    Raises:
        ValueError: the window does not fit.
    """
    rows, columns = shape
    for size, kernel_size in zip(shape, np.shape(kernel), strict=True):
        output_size(size, kernel_size=kernel_size, stride=stride, padding=padding, dilation=dilation, ceil_mode=False)
    impulses = torch.eye(rows * columns, dtype=torch.float64).view(-1, 1, rows, columns)
    weight = _kernel(np.asarray(kernel, float)[None, None], flip=flip)
    made: Floats = functional.conv2d(impulses, weight, None, stride, padding, dilation).flatten(1).T.numpy()
    return made


def _kernel(weight: Floats, *, flip: bool) -> Tensor:
    kernel = torch.tensor(weight)
    return kernel.flip(-1, -2) if flip else kernel


def _padded(x: Tensor, padding: int, padding_mode: str) -> Tensor:
    if padding_mode not in PADDING_MODES:
        raise ValueError(f"padding_mode must be one of {', '.join(PADDING_MODES)}, not {padding_mode!r}")
    most = {"reflect": min(x.shape[1:]) - 1, "circular": min(x.shape[1:])}.get(padding_mode, padding)
    if padding > most:
        raise ValueError(f"padding must be at most {most} with padding_mode {padding_mode!r}, not {padding}")
    return functional.pad(x[None], (padding,) * 4, mode=PADDING_MODES[padding_mode])[0]
