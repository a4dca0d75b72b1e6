"""The convolution demos: sliding and learning a kernel, tracing networks, and the fields of all units at once."""

from typing import Final

import numpy as np
import torch
from torch import nn

from benchmarks.timing import Kernel
from demos.convolution import invariance
from demos.convolution.cross_correlation import cross_correlate, learn_kernel
from demos.convolution.network import NETWORKS, parse, trace
from demos.convolution.receptive_field import effective, support, walks
from demos.convolution.training import train

MIDDLE: Final = 22  # the last convolution of VGG-16's fourth block, 28 × 28 units
UNITS: Final = 28 * 28
MEASURED: Final = 4  # of these
PICTURE: Final = np.random.default_rng(0).standard_normal((1, 32, 32))
KERNEL: Final = np.random.default_rng(1).standard_normal((1, 1, 3, 3))
TARGET: Final = np.zeros((30, 30))


def kernels() -> list[Kernel]:
    """All of them."""
    return [
        Kernel("VGG-19 parsed and traced", lambda: traced("VGG-19"), budget=0.06),
        Kernel("ResNet-50 parsed and traced", lambda: traced("ResNet-50")),
        Kernel(
            "the cells that reach each of 28 × 28 units of VGG-16, and those of all layers before",
            vgg_walks,
            peer=vgg_supports,
            peer_share=MEASURED / UNITS,
        ),
        Kernel("effective field of one such unit, 4 draws of weights", vgg_effective),
        Kernel("six convolutions trained on digits, 200 steps", trained),
        Kernel("a 3 × 3 kernel slid over 32 × 32 cells", slid, budget=0.002, peer=slid_by_loops),
        Kernel("the same kernel learned, 100 steps", learned, budget=0.02, peer=learned_by_autograd),
        Kernel("three convolutions with max pooling trained on digits, 150 steps", invariance_trained, budget=3.0),
        Kernel("their answers to 360 digits at 25 angles", invariance_curve, budget=1.5),
        Kernel("their equivariance at 9 shifts, 8 digits", invariance_errors, budget=0.1),
    ]


def slid() -> object:
    """As the page does."""
    return cross_correlate(PICTURE, KERNEL, stride=1, padding=0, dilation=1, groups=1, flip=False, padding_mode="zeros")


def slid_by_loops() -> object:
    """Window by window, as "Dive into Deep Learning" writes it."""
    x, kernel = PICTURE[0], KERNEL[0, 0]
    y = np.zeros((30, 30))
    for row in range(30):
        for column in range(30):
            y[row, column] = (x[row : row + 3, column : column + 3] * kernel).sum()
    return y


def learned() -> object:
    """As the page does."""
    return learn_kernel(PICTURE[0], TARGET, kernel_size=(3, 3), lr=1e-4, steps=100, bias=False, start=KERNEL.ravel())


def learned_by_autograd() -> object:
    """By torch's layer and optimizer."""
    layer = nn.Conv2d(1, 1, 3, bias=False, dtype=torch.float64)
    optimizer, x, target = torch.optim.SGD(layer.parameters(), lr=1e-4), torch.tensor(PICTURE), torch.tensor(TARGET)
    for _ in range(100):
        optimizer.zero_grad()
        (layer(x)[0] - target).square().sum().backward()
        optimizer.step()
    return layer


def traced(name: str) -> object:
    """Shapes, parameters, multiply–accumulates and fields of every layer."""
    preset = NETWORKS[name]
    return trace(parse(preset.code), preset.input_shape)


def vgg_walks() -> object:
    """Both axes, as the page does."""
    preset = NETWORKS["VGG-16"]
    return [walks(parse(preset.code), preset.input_shape, axis=axis) for axis in (0, 1)]


def vgg_supports() -> object:
    """By autograd."""
    preset = NETWORKS["VGG-16"]
    units = [(place, place) for place in range(MEASURED)]
    return [support(parse(preset.code), preset.input_shape, layer=MIDDLE, unit=unit) for unit in units]


def vgg_effective() -> object:
    """As the page does for the unit that is chosen."""
    preset = NETWORKS["VGG-16"]
    return effective(
        parse(preset.code), preset.input_shape, layer=MIDDLE, unit=(14, 14), channels=8, draws=4, batch=2, seed=0
    )


def trained() -> object:
    """One seed."""
    return list(train(depth=6, channels=16, lr=0.003, steps=200, batch_size=64, seed=0, every=20))


def pooling_network() -> nn.Sequential:
    """As the page starts."""
    return invariance.network(downsampling="max pooling", head="global average pooling", padding_mode="zeros", seed=0)


def invariance_trained() -> object:
    """One seed."""
    return list(invariance.train(pooling_network(), augmentation="none", steps=150, batch_size=64, lr=0.01, seed=0))


def invariance_curve() -> object:
    """All test digits."""
    return invariance.curve(pooling_network(), kind="angle", values=range(-180, 181, 15))


def invariance_errors() -> object:
    """In float64."""
    pictures = invariance.digits()[1].x[:8].double()
    return invariance.equivariance(pooling_network(), pictures, shifts=range(9))
