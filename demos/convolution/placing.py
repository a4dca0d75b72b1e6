"""The part of a network whose units have a place in the input, and how much work it is to follow it."""

import math
from collections.abc import Sequence
from typing import Final, NamedTuple

from demos.convolution.fields import window
from demos.convolution.layers import CONVOLUTIONS, Layer, flat
from demos.convolution.network import Step, resolved, steps

MOST_READS: Final = 60_000_000  # of one layer: units times taps, for all that is sent through it at once
MOST_CELLS: Final = 100_000_000  # of all layers' outputs together


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


def check(part: Placed, layer: int, unit: tuple[int, ...] | None) -> None:
    """Refuse a layer or a unit that has no place in the input."""
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


def bounded(steps: Sequence[Step], *, channels: int, axis: int | None = None, most_reads: float = MOST_READS) -> None:
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
