"""How long each layer of a network takes on this machine."""

import math
import time
from collections.abc import Iterator, Sequence
from typing import Final

import numpy as np
import torch
from torch import Tensor, nn

from demos.convolution.fields import Floats
from demos.convolution.layers import BLOCKS, POOLS, Layer, flat, per_axis, setting
from demos.convolution.network import Step, module_of
from demos.convolution.signals import joined, outputs

MOST_PARAMETERS: Final = 30_000_000
MOST_BYTES: Final = 300_000_000  # of all outputs together
MOST_WORK: Final = 10_000_000_000  # multiply–accumulates, and numbers that pooling reads
PASSES: Final = 5  # of which the median counts; there is one more before them, to warm up
Plain = Iterator[tuple[int, nn.Module]]


def too_large(known: Sequence[Step]) -> str:
    """Why a network is not measured, or nothing."""
    parameters = sum(step.record.parameters for step in known)
    size = sum(step.record.activation_bytes for step in known)
    if parameters > MOST_PARAMETERS:
        return f"more than {MOST_PARAMETERS // 10**6} million parameters"
    if max(size, *(_unfolded(step) for step in known)) > MOST_BYTES:
        return f"more than {MOST_BYTES // 10**6} MB of outputs"
    if sum(_work(step) for step in known) > MOST_WORK:
        return f"more than {MOST_WORK // 10**9} billion multiply–accumulates"
    return ""


def _work(step: Step) -> int:
    """Multiply–accumulates, or the numbers that a layer without them reads."""
    layer, record, _ = step
    if layer.kind in POOLS:
        reads = math.prod(per_axis(setting(layer, "kernel_size"), int(layer.kind[-2])))
    else:
        reads = setting(layer, "size") if layer.kind == "LocalResponseNorm" else 1
    return max(record.macs, int(reads) * math.prod(record.output_shape))


def _unfolded(step: Step) -> int:
    """The bytes of a convolution's windows, each written out, as some algorithms do."""
    layer, record, _ = step
    if not layer.kind.startswith("Conv"):
        return 0
    groups: int = setting(layer, "groups")
    return 4 * record.macs * groups // record.output_shape[0]


def passes(layers: Sequence[Layer], input_shape: tuple[int, ...]) -> Iterator[Floats]:
    """Run a network with random weights and one random image: the seconds of each layer, pass by pass.

    Args:
        layers: none of them lazy.
        input_shape: of the image.

    Yields:
        In the order of `flat`, 0 for the sum of a block.
    """
    every = flat(tuple(layers))
    modules = [None if layer.kind in BLOCKS else module_of(layer).eval() for layer in every]
    data = torch.randn(1, *input_shape, generator=torch.Generator().manual_seed(0))
    for _ in range(1 + PASSES):
        seconds = np.zeros(len(every))
        plain = iter([(place, module) for place, module in enumerate(modules) if module is not None])

        def timed(_layer: Layer, x: Tensor, seconds: Floats = seconds, plain: Plain = plain) -> Tensor:
            place, module = next(plain)
            with torch.no_grad():
                start = time.perf_counter()
                made: Tensor = module(x)
                seconds[place] = time.perf_counter() - start
            return made

        outputs(layers, data, timed, join=joined)
        yield seconds
