"""The convolution demos: tracing networks, and the fields of all units at once against autograd, one unit at a time."""

from typing import Final

from benchmarks.timing import Kernel
from demos.convolution.network import NETWORKS, parse, trace
from demos.convolution.receptive_field import effective, support, walks
from demos.convolution.training import train

MIDDLE: Final = 22  # the last convolution of VGG-16's fourth block, 28 × 28 units
UNITS: Final = 28 * 28
MEASURED: Final = 4  # of these


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
    ]


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
