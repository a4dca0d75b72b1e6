"""The same network with other numbers of channels: wider, thinner, or for another input."""

from collections.abc import Callable, Sequence
from typing import Final

from demos.convolution.layers import Layer, flat, setting

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
    """The layers with a first convolution that takes any number of channels."""
    first = next((layer for layer in flat(tuple(layers)) if layer.kind in WEIGHTED), None)

    def adapted(layer: Layer) -> Layer:
        body, shortcut = tuple(map(adapted, layer.body)), tuple(map(adapted, layer.shortcut))
        return (_lazy(layer) if layer is first else layer)._replace(body=body, shortcut=shortcut)

    return tuple(map(adapted, layers))


def scaled(layers: Sequence[Layer], change: Callable[[int], int], *, keep_last: bool) -> tuple[Layer, ...]:
    """The layers with `change` applied to the outputs of all convolutions and linear layers; inputs follow.

    A depthwise convolution, which has as many groups as input channels, stays one. With `keep_last` the last of these
    layers keeps its outputs, the classes.
    """
    weighted = [layer for layer in flat(tuple(layers)) if layer.kind in WEIGHTED]
    last = weighted[-1] if weighted and keep_last else None

    def altered(layer: Layer) -> Layer:
        body, shortcut = tuple(map(altered, layer.body)), tuple(map(altered, layer.shortcut))
        changed = _lazy(layer)._replace(body=body, shortcut=shortcut)
        if layer.kind not in WEIGHTED or layer is last:
            return changed
        name = "out_features" if layer.kind.endswith("Linear") else "out_channels"
        arguments = dict(changed.arguments)
        arguments[name] = change(setting(layer, name))
        groups = 1 if layer.kind.endswith("Linear") else setting(layer, "groups")
        if 1 < groups == dict(layer.arguments).get("in_channels"):
            arguments["groups"] = change(groups)
        return changed._replace(arguments=tuple(arguments.items()))

    return tuple(map(altered, layers))


def _lazy(layer: Layer) -> Layer:
    """A layer that takes as many channels or features as come to it."""
    if layer.kind not in {"Conv1d", "Conv2d", "Linear", "BatchNorm1d", "BatchNorm2d"}:
        return layer
    return layer._replace(kind=f"Lazy{layer.kind}", arguments=layer.arguments[1:])
