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
from torch import Tensor, nn
from torch.nn import functional

from demos.convolution import signals
from demos.convolution.channels import for_channels, scaled
from demos.convolution.fields import Fields, Floats, of_input, taps, window
from demos.convolution.layers import (
    ADAPTIVE,
    BLOCKS,
    CONVOLUTIONS,
    PADS,
    POINTWISE,
    POOLS,
    RESIDUAL,
    Layer,
    Value,
    axes_of,
    flat,
    on_main_path,
    per_axis,
    reaching,
    setting,
)
from demos.convolution.network import Step, module_of, resolved, steps
from demos.convolution.signals import joined, outputs
from demos.randomness import stream

Mask = NDArray[np.bool_]
INPUT: Final = signals.INPUT
UNMOVED: Final = POINTWISE | BLOCKS | {"Flatten"}  # layers whose units stand where those before them do
MOST_READS: Final = 60_000_000  # of one layer: units times taps, for all that is sent through it at once
MOST_CELLS: Final = 100_000_000  # of all layers' outputs together
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


class Rung(NamedTuple):
    """The units of a layer that feed a unit farther up, along one axis."""

    layer: int  # its place in the order of `trace`, from 0; INPUT for the input
    units: NDArray[np.int64]  # their places; outside of the layer is padding
    center: Floats  # of their fields, in cells of the input
    inside: Mask  # which are not padding
    reads: list[tuple[int, int]]  # unit here, unit that it reads in the rung below


class Placed(NamedTuple):
    """The part of a network whose units have a place in the input: what comes before a linear layer."""

    layers: tuple[Layer, ...]
    steps: list[Step]


def placed(layers: Sequence[Layer], input_shape: tuple[int, ...]) -> Placed:
    """The layers before the first one, or block with one, that mixes all cells, and what `steps` says about them."""
    known = steps(layers, input_shape)
    whole, seen = [], 0
    for layer in resolved(layers, known):
        after = seen + len(flat((layer,)))
        if any(step.fields is None for step in known[seen:after]):
            break
        whole.append(layer)
        seen = after
    return Placed(tuple(whole), known[:seen])


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
    _check(part, layer, unit)
    _bounded(part.steps[: layer + 1], channels=1)
    data = torch.ones(1, 1, *input_shape[1:], requires_grad=True)
    reached = outputs(reaching(part.layers, layer), data, _reaching, join=_sum)[layer]
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
    _check(part, layer, unit)
    _bounded(part.steps[: layer + 1], channels=batch * channels, most_reads=math.inf)  # work is counted below
    work = batch * sum(each.record.macs for each in part.steps[: layer + 1])
    if work > MOST_MACS:
        raise ValueError(f"{work:,} multiply–accumulates are more than {MOST_MACS:,}: take a smaller input or batch")
    generator, needed = stream(seed, "effective"), reaching(part.layers, layer)
    magnitude, energy = torch.zeros(input_shape[1:]), torch.zeros(input_shape[1:])
    for _ in range(draws):
        data = torch.randn(batch, *input_shape, generator=generator).requires_grad_()
        reached = outputs(needed, data, lambda each, x: _random(each, x, generator), join=joined)[layer]
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
    _check(part, layer, None)
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


def walks(layers: Sequence[Layer], input_shape: tuple[int, ...], *, axis: int) -> list[Walk]:
    """For every layer before the first linear one, the walks of its units along an axis.

    Each step goes to one of a window's taps with equal probability, at a residual block either way, and at a stack to
    one of all channels: this is how the squared gradient spreads, on average over random weights. Along two axes the
    walks are independent, except where ways of different lengths meet in a block. Computed by sending an
    impulse from each cell.

    Args:
        layers: of the network.
        input_shape: of its input.
        axis: 0 for the rows of an image, 1 for its columns.
    """
    axes, length = len(input_shape) - 1, input_shape[1 + axis]
    part = placed(layers, input_shape)
    _bounded(part.steps, channels=2 * length, axis=axis)
    impulses = torch.eye(length, dtype=torch.float64).repeat(2, 1).unsqueeze(1)

    def forward(layer: Layer, data: Tensor) -> Tensor:
        after = _even(_along(layer, axis, axes), data)
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
        _along(layer, axis, axes) == _along(layer, 0, axes) for layer in single for axis in range(axes)
    )


def pyramid(layers: Sequence[Layer], input_shape: tuple[int, ...], *, layer: int, unit: int, axis: int) -> list[Rung]:
    """The units that feed one unit along an axis, layer by layer down to the input, on one way.

    Args:
        layers: of the network.
        input_shape: of its input.
        layer: its place in the order of `trace`, from 0.
        unit: its place along the axis.
        axis: 0 for the rows of an image, 1 for its columns.

    Raises:
        ValueError: there is no such layer, or a linear layer has mixed all cells.
    """
    part = placed(layers, input_shape)
    _check(part, layer, None)
    units = len((part.steps[layer].fields or ())[axis].low)
    if not 0 <= unit < units:
        raise ValueError(f"unit must be from 0 to {units - 1}, not {unit}")
    axes, main = len(input_shape) - 1, on_main_path(part.layers)
    path = [place for place in range(layer + 1) if main[place] and part.steps[place].layer.kind not in UNMOVED]
    along = {place: (part.steps[place].fields or ())[axis] for place in path}
    rungs, feeding = [], np.array([unit])
    for place, below in zip(path[::-1], [INPUT, *path][-2::-1], strict=True):
        before = along[below] if below != INPUT else of_input(input_shape[1 + axis])
        units = len(along[place].low)
        read = taps(part.steps[place].layer, axis, inputs=len(before.low), outputs=units, axes=axes)
        inside = feeding[(feeding >= 0) & (feeding < units)]
        reads = []
        if read is not None:
            for each in inside.tolist():
                reads += [(each, tap) for tap in range(read.first[each], read.last[each] + 1, read.apart)]
        rungs.append(Rung(place, feeding, along[place].centers(feeding), (feeding >= 0) & (feeding < units), reads))
        feeding = np.unique([tap for _, tap in reads]).astype(int)
    base = of_input(input_shape[1 + axis])
    return [*rungs, Rung(INPUT, feeding, base.centers(feeding), (feeding >= 0) & (feeding < len(base.low)), [])]


def stack(*, kernel_size: int, depth: int, channels: int, padding: int) -> tuple[Layer, ...]:
    """So many equal convolutions one after the other."""
    each = (("in_channels", channels), ("out_channels", channels), ("kernel_size", kernel_size), ("padding", padding))
    return (Layer("Conv2d", each),) * depth


def _check(part: Placed, layer: int, unit: tuple[int, ...] | None) -> None:
    last = len(part.steps) - 1
    if last < 0 or not part.steps[0].fields:
        raise ValueError("No layer of this network has units with a place along a spatial axis of its input")
    if not 0 <= layer <= last:
        raise ValueError(f"layer must be from 0 to {last}, before a linear layer mixes all cells, not {layer}")
    sizes = [len(along.low) for along in part.steps[layer].fields or ()]
    if unit is not None and (
        len(unit) != len(sizes) or not all(0 <= place < size for place, size in zip(unit, sizes, strict=True))
    ):
        raise ValueError(f"unit must be a place in {tuple(sizes)}, not {unit}")


def _bounded(steps: Sequence[Step], *, channels: int, axis: int | None = None, most_reads: float = MOST_READS) -> None:
    """Refuse what would take the memory that a visitor's machine may not have.

    Args:
        steps: that data is sent through.
        channels: so many numbers at each place.
        axis: the only one, if it is not all of them.
        most_reads: units times taps of a layer.
    """
    cells = 0
    for step in steps:
        fields = step.fields or ()
        along = range(len(fields)) if axis is None else [axis]
        units = channels * math.prod(len(fields[each].low) for each in along)
        cells += units
        windowed = step.layer.kind in CONVOLUTIONS or step.layer.kind.startswith("MaxPool")
        read = math.prod(window(step.layer, each, len(fields))[0] for each in along) if windowed else 1
        if units * read > most_reads or cells > MOST_CELLS:
            raise ValueError(f"{step.layer}: this is too much to follow. Take a smaller input or window.")


def _sum(_block: Layer, ways: list[Tensor], _places: list[int]) -> Tensor:
    """With one channel, a stack too reaches what any of its ways reaches."""
    return torch.stack(ways).sum(0)


def _reaching(layer: Layer, data: Tensor) -> Tensor:
    """The mean over windows, with a gradient that says no more than where it goes."""
    after = _even(layer, data)
    if after is not data:
        after.register_hook(torch.sign)  # type: ignore[no-untyped-call]  # torch's own
    return after


def _even(layer: Layer, data: Tensor) -> Tensor:
    """A layer with one channel as the mean over its windows, without bias and activation."""
    axes = data.dim() - 2
    if layer.kind in CONVOLUTIONS:
        one = {**dict(layer.arguments), "in_channels": 1, "out_channels": 1, "groups": 1}
        return _mean(module_of(layer._replace(arguments=tuple(one.items()))), data)
    if layer.kind.startswith("MaxPool"):  # any cell of a window can be the largest
        after = _passed(module_of(layer), data.detach())
        size, stride, apart, before = zip(*(window(layer, axis, axes) for axis in range(axes)), strict=True)
        sides = [(each, each + step) for each, step in zip(before, stride, strict=True)]  # the far one for ceil_mode
        widened = functional.pad(data, [side for pair in reversed(sides) for side in pair])
        convolution = getattr(nn, f"Conv{axes}d")(1, 1, size, stride, dilation=apart)
        return _mean(convolution, widened)[:, :, : after.shape[2]][..., : after.shape[-1]]
    if layer.kind in ADAPTIVE and setting(layer, "output_size") is not None:  # None leaves the axis as it is
        return _passed(module_of(layer._replace(kind=f"AdaptiveAvgPool{axes}d")), data)
    if layer.kind in POOLS | PADS | {"Upsample"}:
        return _passed(module_of(layer), data)
    return data


def _mean(convolution: nn.Module, data: Tensor) -> Tensor:
    """A convolution of one channel with equal weights that add up to 1 and without bias."""
    convolution.to(data.dtype).requires_grad_(requires_grad=False)
    weight = convolution.get_parameter("weight")
    nn.init.constant_(weight, 1 / weight.numel())
    convolution.register_parameter("bias", None)
    return _passed(convolution, data)


def _random(layer: Layer, data: Tensor, generator: torch.Generator) -> Tensor:
    """A layer with random weights; what normalizes or drops does nothing."""
    if layer.kind.startswith(("BatchNorm", "Dropout", "AlphaDropout", "LocalResponseNorm")):
        return data
    if layer.kind == "Flatten":  # so that its units keep their places
        return data
    aside = tuple((name, value) for name, value in layer.arguments if name != "inplace")
    module = module_of(layer._replace(arguments=aside)).eval().requires_grad_(requires_grad=False)
    if layer.kind in CONVOLUTIONS:
        nn.init.kaiming_normal_(module.get_parameter("weight"), generator=generator)
        module.register_parameter("bias", None)
    return _passed(module, data)


def _passed(module: nn.Module, data: Tensor) -> Tensor:
    after: Tensor = module(data)
    return after


def _along(layer: Layer, axis: int, axes: int) -> Layer:
    """A layer with one spatial axis, that of the given one."""
    if axes == 1 or (axes_of(layer.kind) is None and layer.kind != "Upsample"):
        return layer
    arguments: dict[str, Value] = {
        name: value[axis] if isinstance(value, tuple) else value for name, value in layer.arguments if name != "mode"
    }
    if layer.kind in PADS:
        sides = per_axis(setting(layer, "padding"), 4)
        arguments["padding"] = sides[2:] if axis == 0 else sides[:2]
    if layer.kind == "Upsample":
        arguments["mode"] = {"nearest": "nearest"}.get(setting(layer, "mode"), "linear")
        return layer._replace(arguments=tuple(arguments.items()))
    return layer._replace(kind=f"{layer.kind[:-2]}1d", arguments=tuple(arguments.items()))


def _product(along: Sequence[NDArray[Any]]) -> NDArray[Any]:
    return along[0] if len(along) == 1 else np.multiply.outer(along[0], along[1])
