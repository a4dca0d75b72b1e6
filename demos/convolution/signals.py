"""What flows through a network's layers, when each layer does what the caller says."""

import operator
from collections.abc import Callable, Sequence
from functools import reduce

import torch
from torch import Tensor

from demos.convolution.layers import BLOCKS, RESIDUAL, Layer

Apply = Callable[[Layer, Tensor], Tensor]
Join = Callable[[Layer, list[Tensor], list[int]], Tensor]  # a block, what its ways make, and their last layers' places
INPUT = -1  # the place of what comes to the network


def joined(block: Layer, ways: list[Tensor], _places: list[int]) -> Tensor:
    """What a block makes of its ways: their sum, or their channels one after the other."""
    return reduce(operator.add, ways) if block.kind == RESIDUAL else torch.cat(ways, 1)


def outputs(layers: Sequence[Layer], data: Tensor, apply: Apply, *, join: Join) -> list[Tensor]:
    """The output of every layer, in the order of `flat`; `join` makes a block's from those of its ways."""
    found: list[Tensor] = []

    def through(way: Sequence[Layer], data: Tensor, place: int) -> tuple[Tensor, int]:
        for layer in way:
            if layer.kind in BLOCKS:
                ends = [through(each, data, place) for each in layer.ways]
                made = join(layer, [end for end, _ in ends], [at for _, at in ends])
            else:
                made = apply(layer, data)
            found.append(made)
            data, place = made, len(found) - 1
        return data, place

    through(layers, data, INPUT)
    return found
