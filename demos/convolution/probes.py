"""Layers with other weights, through which it is seen what reaches a unit: even ones, and random ones."""

import torch
from torch import Tensor, nn
from torch.nn import functional

from demos.convolution.fields import window
from demos.convolution.layers import ADAPTIVE, CONVOLUTIONS, PADS, POOLS, Layer, Value, axes_of, per_axis, setting
from demos.convolution.network import module_of


def reaching_all(layer: Layer, data: Tensor) -> Tensor:
    """The mean over windows, with a gradient that says no more than where it goes."""
    after = even(layer, data)
    if after is not data:
        after.register_hook(torch.sign)  # type: ignore[no-untyped-call]  # torch's own
    return after


def even(layer: Layer, data: Tensor) -> Tensor:
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


def random(layer: Layer, data: Tensor, generator: torch.Generator) -> Tensor:
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


def along_axis(layer: Layer, axis: int, axes: int) -> Layer:
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
