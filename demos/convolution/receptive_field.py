r"""What a unit sees: the support of its receptive field, how much each cell in it counts, and what borders do.

The formula for the size of the field is in `demos/convolution/fields.py`. Here the field is measured: its support by
gradients that cannot cancel, its effect by gradients of networks with random weights. With $n$ equal layers the support
grows as $n$ and the effective width as $\sqrt n$, so that the share that counts shrinks as $1 / \sqrt n$.

Reference: W. Luo, Y. Li, R. Urtasun and R. Zemel, "Understanding the effective receptive field in deep convolutional
neural networks", 2016, https://arxiv.org/abs/1701.04128
"""

import math
from collections.abc import Sequence
from typing import Any, Final, NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from demos.convolution.channels import for_channels, scaled
from demos.convolution.fields import Fields, Floats
from demos.convolution.layers import BLOCKS, RESIDUAL, Layer, flat, reaching
from demos.convolution.placing import Placed, bounded, check, placed
from demos.convolution.probes import along_axis, even, random, reaching_all
from demos.convolution.pyramid import Rung, pyramid
from demos.convolution.signals import INPUT, joined, outputs
from demos.randomness import stream

__all__ = [
    "INPUT",
    "Effective",
    "Mask",
    "Placed",
    "Rung",
    "Usage",
    "Walk",
    "border_effects",
    "effective",
    "isotropic",
    "placed",
    "pyramid",
    "stack",
    "support",
    "support_in",
    "usage",
    "walks",
    "width",
]

Mask = NDArray[np.bool_]
MOST_MACS: Final = 3 * 10**9  # of one draw in `effective`


class Effective(NamedTuple):
    """How strongly each input cell moves a unit, on average over weights, inputs and input channels."""

    magnitude: Floats  # (*spatial axes of the input), the absolute gradient
    energy: Floats  # the squared gradient


class Usage(NamedTuple):
    """What borders do to a layer."""

    feeds: NDArray[np.int64]  # (*spatial axes of the input), how many units of the layer each input cell reaches
    padding: Floats  # (*spatial axes of the layer), which share of each unit's field lies outside of the input


class Walk(NamedTuple):
    """A random walk from every unit of a layer back to the input, along one axis."""

    reached: Mask  # (units, cells), whether it can arrive there
    probability: Floats  # (units, cells) that it does, without the walks that end in padding


def support(layers: Sequence[Layer], input_shape: tuple[int, ...], *, layer: int, unit: tuple[int, ...]) -> Mask:
    """The input cells that really reach a unit, as a mask with the spatial axes of the input.

    Measured by autograd on the layers themselves, with one channel, weights of one instead of those that could cancel,
    means instead of maxima, each of which could be any cell of its window, and no activations that could die.

    Args:
        layers: of the network.
        input_shape: of its input. It clips the field of a unit near the border.
        layer: its place in the order of `trace`, from 0.
        unit: its place along each spatial axis.

    Raises:
        ValueError: there is no such layer or unit, or a linear layer has mixed all cells.
    """
    return support_in(placed(layers, input_shape), input_shape, layer=layer, unit=unit)


def support_in(part: Placed, input_shape: tuple[int, ...], *, layer: int, unit: tuple[int, ...]) -> Mask:
    """`support`, where `placed` is known already."""
    check(part, layer, unit)
    bounded(part.steps[: layer + 1], channels=1)
    data = torch.ones(1, 1, *input_shape[1:], requires_grad=True)
    reached = outputs(reaching(part.layers, layer), data, reaching_all, join=_sum)[layer]
    (gradient,) = torch.autograd.grad(reached[0, 0][unit], data)
    return (gradient[0, 0] > 0).numpy()


def effective(
    layers: Sequence[Layer],
    input_shape: tuple[int, ...],
    *,
    layer: int,
    unit: tuple[int, ...],
    channels: int,
    draws: int,
    batch: int,
    seed: int,
) -> Effective:
    """The gradient of a unit with respect to the input, averaged over random weights and standard normal inputs.

    Weights are normal with He's variance, biases 0, batch normalization and dropout as if absent, and no layer has more
    than `channels` channels, so that large networks take little time: the form of the field does not depend on them.

    Args:
        layers: of the network.
        input_shape: of its input.
        layer: its place in the order of `trace`, from 0.
        unit: its place along each spatial axis; of its channels, a random sum is taken.
        channels: at most so many in each layer.
        draws: of the weights.
        batch: inputs for each draw.
        seed: of weights and inputs.

    Raises:
        ValueError: there is no such layer or unit, or the work is more than a visitor's machine should do.
    """
    for name, value in (("channels", channels), ("draws", draws), ("batch", batch)):
        if value < 1:
            raise ValueError(f"{name} must be at least 1, not {value}")
    thin = scaled(for_channels(layers), lambda count: min(count, channels), keep_last=False)
    part = placed(thin, input_shape)
    check(part, layer, unit)
    bounded(part.steps[: layer + 1], channels=batch * channels, most_reads=math.inf)  # work is counted below
    work = batch * sum(each.record.macs for each in part.steps[: layer + 1])
    if work > MOST_MACS:
        raise ValueError(f"{work:,} multiply–accumulates are more than {MOST_MACS:,}: take a smaller input or batch")
    generator, needed = stream(seed, "effective"), reaching(part.layers, layer)
    magnitude, energy = torch.zeros(input_shape[1:]), torch.zeros(input_shape[1:])
    for _ in range(draws):
        data = torch.randn(batch, *input_shape, generator=generator).requires_grad_()
        reached = outputs(needed, data, lambda each, x: random(each, x, generator), join=joined)[layer]
        chosen = reached.flatten(2)[..., np.ravel_multi_index(unit, tuple(reached.shape[2:]))]
        signs = torch.randint(2, chosen.shape, generator=generator) * 2.0 - 1  # on average, the channels do not mix
        (gradient,) = torch.autograd.grad(chosen, data, signs)
        magnitude += gradient.abs().mean((0, 1))
        energy += gradient.square().mean((0, 1))
    return Effective((magnitude / draws).double().numpy(), (energy / draws).double().numpy())


def width(energy: Floats, *, axis: int) -> float:
    """The effective width in cells along an axis: of a window that counts evenly and spreads as far as `energy`.

    It is NaN where nothing reaches the unit.
    """
    if not energy.any():
        return math.nan
    others = tuple(each for each in range(energy.ndim) if each != axis)
    share = energy.sum(axis=others) / energy.sum()
    cells = np.arange(len(share))
    variance = share @ cells**2 - (share @ cells) ** 2
    return math.sqrt(12 * max(0.0, float(variance)) + 1)


def usage(layers: Sequence[Layer], input_shape: tuple[int, ...], *, layer: int) -> Usage:
    """How many units of a layer each input cell reaches, and how much padding each of its units sees.

    Units are counted along each axis and multiplied. That is more than there are behind a residual block whose ways
    reach farther than each other along different axes.

    Args:
        layers: of the network.
        input_shape: of its input.
        layer: its place in the order of `trace`, from 0.

    Raises:
        ValueError: there is no such layer, or a linear layer has mixed all cells.
    """
    part = placed(layers, input_shape)
    check(part, layer, None)
    reached = [walks(layers, input_shape, axis=axis)[layer].reached for axis in range(len(input_shape) - 1)]
    return border_effects(part.steps[layer].fields or (), reached)


def border_effects(fields: Sequence[Fields], reached: Sequence[Mask]) -> Usage:
    """`usage` of a layer, from its fields and from the masks of its walks, one of each for every axis."""
    feeds, inside = [], []
    for along, cells in zip(fields, reached, strict=True):
        feeds.append(cells.sum(axis=0))
        seen = np.minimum(along.high, cells.shape[1] - 1) - np.maximum(along.low, 0) + 1
        inside.append(seen.clip(0) / (along.high - along.low + 1))
    return Usage(_product(feeds), 1 - _product(inside))


def walks(
    layers: Sequence[Layer], input_shape: tuple[int, ...], *, axis: int, part: Placed | None = None
) -> list[Walk]:
    """For every layer before the first linear one, the walks of its units along an axis.

    Each step goes to one of a window's taps with equal probability, at a residual block either way, and at a stack to
    one of all channels: this is how the squared gradient spreads, on average over random weights. Along two axes the
    walks are independent, except where ways of different lengths meet in a block. Computed by sending an
    impulse from each cell.

    Args:
        layers: of the network.
        input_shape: of its input.
        axis: 0 for the rows of an image, 1 for its columns.
        part: what `placed` says of them, if that is known already.
    """
    axes, length = len(input_shape) - 1, input_shape[1 + axis]
    part = part or placed(layers, input_shape)
    bounded(part.steps, channels=2 * length, axis=axis)
    impulses = torch.eye(length, dtype=torch.float64).repeat(2, 1).unsqueeze(1)

    def forward(layer: Layer, data: Tensor) -> Tensor:
        after = even(along_axis(layer, axis, axes), data)
        after[length:] = after[length:].sign()  # of the second half only counts that it arrives, however seldom
        return after

    def join(block: Layer, ways: list[Tensor], places: list[int]) -> Tensor:
        channels = [input_shape[0] if at == INPUT else part.steps[at].record.output_shape[0] for at in places]
        shares = [1] * len(ways) if block.kind == RESIDUAL else channels
        total = sum(share * way for way, share in zip(ways, shares, strict=True)) / sum(shares)
        return torch.as_tensor(total)

    found = outputs(part.layers, impulses, forward, join=join)
    arrived = [each[:, 0].T.numpy() for each in found]
    return [Walk(each[:, length:] > 0, each[:, :length]) for each in arrived]


def isotropic(layers: Sequence[Layer], input_shape: tuple[int, ...]) -> bool:
    """Whether the walks along one axis are those along every other."""
    axes = len(input_shape) - 1
    single = [layer for layer in flat(tuple(layers)) if layer.kind not in BLOCKS]
    return len(set(input_shape[1:])) == 1 and all(
        along_axis(layer, axis, axes) == along_axis(layer, 0, axes) for layer in single for axis in range(axes)
    )


def stack(*, kernel_size: int, depth: int, channels: int, padding: int) -> tuple[Layer, ...]:
    """So many equal convolutions one after the other."""
    each = (("in_channels", channels), ("out_channels", channels), ("kernel_size", kernel_size), ("padding", padding))
    return (Layer("Conv2d", each),) * depth


def _sum(_block: Layer, ways: list[Tensor], _places: list[int]) -> Tensor:
    """With one channel, a stack too reaches what any of its ways reaches."""
    return torch.stack(ways).sum(0)


def _product(along: Sequence[NDArray[Any]]) -> NDArray[Any]:
    return along[0] if len(along) == 1 else np.multiply.outer(along[0], along[1])
