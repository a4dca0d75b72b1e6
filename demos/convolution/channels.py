"""The same network with other numbers of channels: wider, thinner, or for another input."""

import math
from collections.abc import Callable, Sequence
from typing import Any, Final

from demos.convolution.layers import CONCAT, Layer, flat, setting

WEIGHTED: Final = {"Conv1d", "Conv2d", "Linear", "LazyConv1d", "LazyConv2d", "LazyLinear"}


def first_channels(layers: Sequence[Layer]) -> int | None:
    """How many channels the first layer that is particular about them wants of the input, if any is."""
    for layer in flat(tuple(layers)):
        if layer.kind.startswith(("Conv", "BatchNorm")):
            wanted: int = setting(layer, "in_channels" if layer.kind.startswith("Conv") else "num_features")
            return wanted
        if layer.kind in WEIGHTED:
            return None
    return None


def for_channels(layers: Sequence[Layer]) -> tuple[Layer, ...]:
    """The layers with first convolutions that take any number of channels; in groups they could not."""
    return _opened(layers)[0]


def scaled(layers: Sequence[Layer], change: Callable[[int], int], *, keep_last: bool) -> tuple[Layer, ...]:
    """The layers with `change` applied to the outputs of all convolutions and linear layers; inputs follow.

    A depthwise convolution, which has as many groups as input channels, stays one, and other groups stay if they still
    divide the channels. With `keep_last` the last of these layers keeps its outputs, the classes.
    """
    weighted = [layer for layer in flat(tuple(layers)) if layer.kind in WEIGHTED]
    last = weighted[-1] if weighted and keep_last else None

    def altered(layer: Layer) -> Layer:
        changed = _lazy(layer)._replace(ways=tuple(tuple(map(altered, way)) for way in layer.ways))
        arguments = dict(changed.arguments)
        if layer.kind == "PReLU" and arguments.get("num_parameters", 1) != 1:
            arguments["num_parameters"] = change(setting(layer, "num_parameters"))
        if layer.kind in WEIGHTED:
            name = "out_features" if layer.kind.endswith("Linear") else "out_channels"
            arguments[name] = setting(layer, name) if layer is last else change(setting(layer, name))
            if name == "out_channels" and setting(layer, "groups") > 1:
                arguments["groups"] = _groups(layer, change, out=arguments[name])
        return changed._replace(arguments=tuple(arguments.items()))

    return tuple(map(altered, layers))


def _groups(layer: Layer, change: Callable[[int], int], *, out: Any) -> int:  # noqa: ANN401 - a whole number
    groups: int = setting(layer, "groups")
    comes: int = dict(layer.arguments).get("in_channels", groups)  # type: ignore[assignment]  # a whole number
    return math.gcd(change(comes) if groups == comes else groups, change(comes), out)


def _opened(layers: Sequence[Layer], *, channels_are_open: bool = True) -> tuple[tuple[Layer, ...], bool]:
    """The layers, lazy as long as no convolution has fixed the channels on the way, and whether none has."""
    found = []
    for layer in layers:
        ways = [_opened(way, channels_are_open=channels_are_open) for way in layer.ways]
        opened = layer._replace(ways=tuple(way for way, _ in ways))
        if channels_are_open:
            opened = _lazy(opened)
            kept = [(name, value) for name, value in opened.arguments if name != "groups"]
            opened = opened._replace(arguments=tuple(kept))
        found.append(opened)
        passed = any if layer.kind == CONCAT else all  # one open way leaves a stack's channels open, not a sum's
        fixed = layer.kind in WEIGHTED or (bool(ways) and not passed(is_open for _, is_open in ways))
        channels_are_open = channels_are_open and not fixed
    return tuple(found), channels_are_open


def _lazy(layer: Layer) -> Layer:
    """A layer that takes as many channels or features as come to it."""
    if layer.kind not in {"Conv1d", "Conv2d", "Linear", "BatchNorm1d", "BatchNorm2d"}:
        return layer
    return layer._replace(kind=f"Lazy{layer.kind}", arguments=layer.arguments[1:])
