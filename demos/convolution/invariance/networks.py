"""Small convolutional networks that differ in how they skip places, and in how they read the last map.

Blurred pooling takes the maximum at every place, blurs, and only then skips: the blur stands behind the nonlinearity,
since before it, it would only blur the input (Zhang 2019, section 3).
"""

from collections.abc import Callable, Mapping
from typing import Any, Final

import torch
from torch import Tensor, nn
from torch.nn import functional

from demos.convolution.invariance.pictures import CANVAS
from demos.randomness import stream

CHANNELS: Final = (16, 32, 32)  # of the three convolutions
HIDDEN: Final = 64  # units of the network without convolutions
CLASSES: Final = 10
TOTAL_STRIDE: Final = 4  # of two halvings
PADDING_MODES: Final = ("zeros", "circular")
FILLED: Final = {"zeros": "constant", "circular": "circular"}  # what `functional.pad` calls them
STRIDED: Final = "strided convolution"
UNSKIPPED: Final = "none"
DENSE: Final = "dense network"

Halving = Callable[[int, str], list[nn.Module]]  # of channels and padding mode


class BlurPool2d(nn.Module):
    """The binomial blur [1 2 1] × [1 2 1] / 16 of each channel, with stride 2."""

    kernel: Tensor

    def __init__(self, channels: int, padding_mode: str) -> None:
        super().__init__()
        row = torch.tensor([1.0, 2.0, 1.0]) / 4
        self.register_buffer("kernel", torch.outer(row, row)[None, None].repeat(channels, 1, 1, 1))
        self.padding_mode = padding_mode

    def forward(self, x: Tensor) -> Tensor:
        """Maps of half the size."""
        padded = functional.pad(x, (1, 1, 1, 1), mode=FILLED[self.padding_mode])
        return functional.conv2d(padded, self.kernel, stride=2, groups=x.shape[1])


class DenseMaxPool2d(nn.Module):
    """The largest of each 2 × 2 cells, at every place: no stride."""

    def __init__(self, padding_mode: str) -> None:
        super().__init__()
        self.padding_mode = padding_mode

    def forward(self, x: Tensor) -> Tensor:
        """Maps of the same size."""
        return functional.max_pool2d(functional.pad(x, (0, 1, 0, 1), mode=FILLED[self.padding_mode]), 2, stride=1)


DOWNSAMPLING: Final[Mapping[str, Halving]] = {
    "max pooling": lambda _, __: [nn.MaxPool2d(2)],
    STRIDED: lambda _, __: [],  # the convolution itself skips
    "blurred pooling": lambda channels, mode: [DenseMaxPool2d(mode), BlurPool2d(channels, mode)],
    UNSKIPPED: lambda _, __: [],
}
HEADS: Final = ("global average pooling", "flatten", DENSE)


def network(*, downsampling: str, head: str, padding_mode: str, seed: int) -> nn.Sequential:
    """Three 3 × 3 convolutions with batch normalization and ReLU, halved after the first two, and a head.

    Args:
        downsampling: one of DOWNSAMPLING.
        head: one of HEADS; "dense network" is another network, one hidden layer that sees all pixels.
        padding_mode: of convolutions and poolings, one of PADDING_MODES.
        seed: of the weights, which are Kaiming's.

    Raises:
        ValueError: there is no such choice.
    """
    choices = {"downsampling": (downsampling, DOWNSAMPLING), "head": (head, HEADS)}
    for name, (value, known) in {**choices, "padding_mode": (padding_mode, PADDING_MODES)}.items():
        if value not in known:
            raise ValueError(f"{name} must be one of {', '.join(known)}, not {value!r}.")
    if head == DENSE:
        layers = [nn.Flatten(), nn.Linear(CANVAS**2, HIDDEN), nn.ReLU(), nn.Linear(HIDDEN, CLASSES)]
    else:
        layers = [*_body(downsampling, padding_mode), *_head(head, downsampling)]
    net = nn.Sequential(*layers)
    net.to(memory_format=torch.channels_last)  # type: ignore[call-overload]  # on a CPU, nearly twice as fast
    generator = stream(seed, "weights")
    for layer in net:
        if isinstance(layer, nn.Conv2d | nn.Linear):
            nn.init.kaiming_normal_(layer.weight, generator=generator, nonlinearity="relu")
            nn.init.zeros_(layer.bias)  # type: ignore[arg-type]  # there is one
    return net


def _body(downsampling: str, padding_mode: Any) -> list[nn.Module]:  # noqa: ANN401 - torch's literals
    halving, stride = DOWNSAMPLING[downsampling], 2 if downsampling == STRIDED else 1
    layers: list[nn.Module] = []
    for place, (before, after) in enumerate(zip((1, *CHANNELS), CHANNELS, strict=False)):
        halves = place < len(CHANNELS) - 1
        layers += [
            nn.Conv2d(before, after, 3, stride if halves else 1, padding=1, padding_mode=padding_mode),
            nn.BatchNorm2d(after),
            nn.ReLU(),
            *(halving(after, padding_mode) if halves else []),
        ]
    return layers


def _head(head: str, downsampling: str) -> list[nn.Module]:
    if head == "flatten":
        side = CANVAS if downsampling == UNSKIPPED else CANVAS // TOTAL_STRIDE
        return [nn.Flatten(), nn.Linear(CHANNELS[-1] * side**2, CLASSES)]
    return [nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(CHANNELS[-1], CLASSES)]
