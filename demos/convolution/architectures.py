"""Where the parameters, the work and the memory of a network sit, and what its input may be.

Convolutions share few weights over many places: they do most of the multiplications. Linear layers use each weight
once: in AlexNet and VGG they hold most of the parameters, and do almost none of the work.

References: A. Krizhevsky, I. Sutskever and G. Hinton, 2012; K. Simonyan and A. Zisserman, https://arxiv.org/abs/1409.1556;
M. Lin, Q. Chen and S. Yan, https://arxiv.org/abs/1312.4400; the chapters on modern convolutional networks of
https://d2l.ai
"""

from collections.abc import Callable, Sequence
from typing import Final, NamedTuple

from demos.convolution.layers import POINTWISE, RESIDUAL, Layer, setting
from demos.convolution.network import ShapeError, Step, trace

LARGEST_SIDE: Final = 1_024  # of the inputs that `working_sizes` tries
DENSE: Final = "linear"
CONVOLUTIONAL: Final = "convolution"
OTHER: Final = "other"


class Stage(NamedTuple):
    """A layer with the pointwise ones behind it, such as a convolution, its batch normalization and its ReLU."""

    name: str  # the kinds, joined by +
    group: str  # convolution, linear or other
    output_shape: tuple[int, ...]
    parameters: int
    macs: int
    activation_bytes: int  # of all outputs in it
    layers: tuple[int, ...]  # their places in the order of `trace`, from 0


class Totals(NamedTuple):
    """The sums over a network."""

    parameters: int
    macs: int
    activation_bytes: int
    dense_parameters: int  # of linear layers
    dense_macs: int


def stages(known: Sequence[Step]) -> list[Stage]:
    """The steps of a network in stages; pointwise layers at its beginning are stages of their own."""
    found: list[Stage] = []
    for place, (layer, record, _) in enumerate(known):
        if layer.kind in POINTWISE and found:
            last = found[-1]
            found[-1] = last._replace(
                name=f"{last.name} + {layer.kind}",
                parameters=last.parameters + record.parameters,
                activation_bytes=last.activation_bytes + record.activation_bytes,
                layers=(*last.layers, place),
            )
            continue
        group = DENSE if layer.kind == "Linear" else CONVOLUTIONAL if layer.kind.startswith("Conv") else OTHER
        name = "sum" if layer.kind == RESIDUAL else layer.kind
        counted = (record.output_shape, record.parameters, record.macs, record.activation_bytes)
        found.append(Stage(name, group, *counted, (place,)))
    return found


def totals(known: Sequence[Step]) -> Totals:
    """The sums over the steps of a network."""
    dense = [record for layer, record, _ in known if layer.kind == "Linear"]
    records = [step.record for step in known]
    return Totals(
        sum(each.parameters for each in records),
        sum(each.macs for each in records),
        sum(each.activation_bytes for each in records),
        sum(each.parameters for each in dense),
        sum(each.macs for each in dense),
    )


def working_sizes(layers: Sequence[Layer], *, channels: int) -> tuple[int, int] | None:
    """The smallest and the largest side of a square input that the network takes, up to `LARGEST_SIDE`.

    None if it takes none: then something else than the size is wrong. A linear layer fixes how many numbers may come to
    it, and so bounds the side from above as well.
    """
    low = _first(lambda side: _fit(layers, channels, side) >= 0)
    if low is None or _fit(layers, channels, low) != 0:
        return None
    beyond = _first(lambda side: _fit(layers, channels, side) > 0)
    return low, LARGEST_SIDE if beyond is None else beyond - 1


def _fit(layers: Sequence[Layer], channels: int, side: int) -> int:
    """−1 if an input is too small, 0 if it works, 1 if it is too large."""
    try:
        trace(layers, (channels, side, side))
    except ShapeError as error:
        if error.layer.kind != "Linear" or not error.records:
            return -1
        return 1 if error.records[-1].output_shape[-1] > setting(error.layer, "in_features") else -1
    return 0


def _first(holds: Callable[[int], bool]) -> int | None:
    """The smallest side for which a condition holds that then holds for all larger ones."""
    if not holds(LARGEST_SIDE):
        return None
    low, high = 1, LARGEST_SIDE
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if holds(middle) else (middle + 1, high)
    return low
