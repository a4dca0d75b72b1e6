"""What flows through a network's layers, when each layer does what the caller says."""

from collections.abc import Callable, Sequence

from torch import Tensor

from demos.convolution.layers import RESIDUAL, Layer

Apply = Callable[[Layer, Tensor], Tensor]


def outputs(
    layers: Sequence[Layer], data: Tensor, apply: Apply, *, join: Callable[[Tensor, Tensor], Tensor]
) -> list[Tensor]:
    """The output of every layer, in the order of `flat`; `join` makes a residual block's from its body and shortcut."""
    found: list[Tensor] = []
    for layer in layers:
        if layer.kind == RESIDUAL:
            ways = [outputs(way, data, apply, join=join) for way in (layer.body, layer.shortcut)]
            body, shortcut = (way[-1] if way else data for way in ways)
            found += [*ways[0], *ways[1], join(body, shortcut)]
        else:
            found.append(apply(layer, data))
        data = found[-1]
    return found
