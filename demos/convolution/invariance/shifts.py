"""What a shift of the input does to each layer, and to a pooled signal.

A layer f is equivariant to the shift T if f(Tx) = T f(x). With circular borders a convolution is so exactly. A stride
s keeps every s-th place: it commutes with shifts by multiples of s. For the others T moves by a part of a cell, which
is possible only if nothing in the map is finer than the new grid: the sampling theorem, and the purpose of the blur.

Reference: R. Zhang, 2019, https://arxiv.org/abs/1904.11486, figure 3 and section 3.1
"""

import copy
import math
from collections.abc import Callable, Mapping, Sequence
from typing import Final

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional


@torch.no_grad()
def equivariance(net: nn.Sequential, x: Tensor, *, shifts: Sequence[int]) -> NDArray[np.float64]:
    """‖f(Tx) − T f(x)‖ / ‖f(x)‖ after each layer (layers, shifts), for circular shifts to the right.

    Where an output has no places any more, T leaves it as it is. A copy of the network computes it in the precision of
    `x`, in evaluation mode.

    Args:
        net: any network of layers.
        x: pictures (n, channels, h, w).
        shifts: pixels.

    Raises:
        ValueError: `x` has another shape.
    """
    if x.ndim != 4:
        raise ValueError(f"x must be pictures, (n, channels, h, w), not {tuple(x.shape)}.")
    layers = copy.deepcopy(net).to(x.dtype).eval()
    data = torch.cat([torch.roll(x, shift, -1) for shift in (0, *shifts)])
    errors = []
    for layer in layers:
        data = layer(data)
        still, *moved = data.split(len(x))
        cells = [shift * still.shape[-1] / x.shape[-1] for shift in shifts]
        size = float(still.norm())
        errors.append(
            [float((after - _moved(still, by)).norm()) / size for after, by in zip(moved, cells, strict=True)]
        )
    return np.array(errors)


def _moved(maps: Tensor, cells: float) -> Tensor:
    """Maps moved in a circle to the right, by a part of a cell as the Fourier shift theorem has it."""
    if maps.ndim < 4:
        return maps
    if cells == int(cells):
        return torch.roll(maps, int(cells), -1)
    frequencies = torch.fft.rfftfreq(maps.shape[-1], dtype=maps.dtype)
    turned = torch.fft.rfft(maps) * torch.exp(-2j * math.pi * cells * frequencies)
    back: Tensor = torch.fft.irfft(turned, n=maps.shape[-1])
    return back


def _dense_max(signal: Tensor) -> Tensor:
    return functional.max_pool1d(functional.pad(signal, (0, 1), mode="circular"), 2, stride=1)


def _blurred(signal: Tensor) -> Tensor:
    kernel = torch.tensor([[[1.0, 2.0, 1.0]]], dtype=signal.dtype) / 4
    return functional.conv1d(functional.pad(signal, (1, 1), mode="circular"), kernel)


POOLINGS: Final[Mapping[str, Callable[[Tensor], Tensor]]] = {
    "subsample": lambda signal: signal[..., ::2],
    "average": lambda signal: functional.avg_pool1d(signal, 2),
    "max": lambda signal: functional.max_pool1d(signal, 2),
    "max, blurred": lambda signal: _blurred(_dense_max(signal))[..., ::2],
}


def pooled(signal: Sequence[float] | NDArray[np.float64], *, kind: str) -> NDArray[np.float64]:
    """A circular signal after pooling by 2, and the same moved by one to the right before (2, n / 2).

    Args:
        signal: an even number of numbers.
        kind: one of POOLINGS.

    Raises:
        ValueError: the length is odd, a number is not finite, or there is no such pooling.
    """
    if kind not in POOLINGS:
        raise ValueError(f"kind must be one of {', '.join(POOLINGS)}, not {kind!r}.")
    values = torch.tensor(np.asarray(signal, dtype=float))
    if values.ndim != 1 or not len(values) or len(values) % 2:
        raise ValueError(f"signal must have an even number of values, not {len(values) if values.ndim else 1}.")
    if not bool(torch.isfinite(values).all()):
        raise ValueError("signal must have finite numbers, and one of its is not.")
    both = torch.stack([values, torch.roll(values, 1)])[:, None]
    found: NDArray[np.float64] = POOLINGS[kind](both)[:, 0].numpy()
    return found
