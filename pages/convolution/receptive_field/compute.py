"""One view of the receptive-field page as numbers: what a unit of each layer sees, and the tables of the charts."""

import math
import operator
from collections.abc import Sequence
from typing import Final, NamedTuple

import numpy as np
import pandas as pd
import streamlit as st
from numpy.typing import NDArray

from demos.convolution.architectures import stages
from demos.convolution.fields import Fields, nearest
from demos.convolution.layers import BLOCKS, POINTWISE, Layer, flat, on_main_path
from demos.convolution.network import Record, ShapeError, parse
from demos.convolution.receptive_field import Mask, Placed, Walk, isotropic, placed, support_in, walks, width
from pages.convolution.receptive_field.controls import MOST_LAYERS, Controls

Chances = NDArray[np.floating]
MOST_MEMORY: Final = 100_000_000  # bytes of the walks of one network


class Shown(NamedTuple):
    """A layer with a place in the picture, with the walks of its units along each axis."""

    place: int  # in the order of `trace`, from 0
    name: str
    layer: Layer
    record: Record
    fields: tuple[Fields, ...]
    reached: tuple[Mask, ...]  # (units, cells) for each axis
    probability: tuple[Chances, ...]


class Network(NamedTuple):
    """The layers that can be shown, and what stopped the others."""

    layers: int  # how many of those written fit together
    part: Placed  # those with a place in the input
    shown: list[Shown]
    refusal: str | None  # of a layer that does not fit
    left_out: int  # layers beyond what is shown


class Look(NamedTuple):
    """What a unit of a layer sees."""

    shown: Shown
    unit: tuple[int, ...]  # its place along each axis
    low: tuple[float, ...]  # of the theoretical field
    high: tuple[float, ...]
    cells: int  # that reach it
    outside: float  # the share of the theoretical field that is padding
    width: tuple[float, ...]  # effective, in cells, of what arrives in the input
    middle: tuple[float, ...]  # of it


class Run(NamedTuple):
    """A network and what the units around one place see in it, layer by layer."""

    network: Network
    looks: list[Look]
    chosen: Look | None  # that of the layer in the sidebar


def run(view: Controls) -> Run:
    """Look through every layer at the place in the sidebar."""
    network = traced(view.text, view.input_shape)
    looks = [look(shown, view) for shown in network.shown]
    if not looks:
        return Run(network, looks, None)
    chosen = min(view.layer, len(looks)) - 1
    looks[chosen] = _counted(looks[chosen], network, view)
    return Run(network, looks, looks[chosen])


@st.cache_resource(max_entries=3, show_spinner=False)
def traced(code: str, input_shape: tuple[int, ...]) -> Network:
    """The network's layers with their walks, as far as shapes fit and memory allows."""
    layers, refusal = parse(code), None
    try:
        part = placed(layers, input_shape)
    except ShapeError as error:
        refusal, layers = str(error), _first(layers, len(error.records))
        part = placed(layers, input_shape)
    except ValueError as error:  # it wants more channels than an input may have
        return Network(0, Placed((), []), [], f"{error}.", 0)
    main = on_main_path(part.layers)
    known = [stage for stage in stages(part.steps) if main[stage.layers[0]] and not stage.name.startswith("Flatten")]
    affordable = _first(part.layers, _affordable(part, input_shape))
    kept = [stage for stage in known if stage.layers[0] < len(flat(affordable))][:MOST_LAYERS]
    try:
        by_axis = _by_axis(affordable, input_shape, part if affordable == part.layers else None)
    except ValueError as error:  # a window of hundreds of cells
        return Network(0, Placed((), []), [], str(error), 0)
    shown = []
    for stage in kept:
        place = stage.layers[0]
        layer, record, fields = part.steps[place]
        reached = tuple(along[place].reached for along in by_axis)
        probability = tuple(along[place].probability for along in by_axis)
        shown.append(Shown(place, stage.name, layer, record, fields or (), reached, probability))
    return Network(len(layers), part, shown, refusal, len(known) - len(kept))


def _by_axis(layers: tuple[Layer, ...], input_shape: tuple[int, ...], part: Placed | None) -> list[list[Walk]]:
    """The walks along each axis, the very same for axes that are alike."""
    axes = len(input_shape) - 1
    apart = 1 if isotropic(layers, input_shape) else axes
    found = []
    for axis in range(apart):
        along = walks(layers, input_shape, axis=axis, part=part)
        found.append([Walk(each.reached, each.probability.astype(np.float32)) for each in along])
    return found * (axes // apart)


def look(shown: Shown, view: Controls) -> Look:
    """What the unit of a layer sees whose field has its centre next to the place in the sidebar."""
    place = view.place[-len(shown.fields) :]
    unit = tuple(nearest(along, at - 0.5) for along, at in zip(shown.fields, place, strict=True))
    low = tuple(float(along.low[each]) for along, each in zip(shown.fields, unit, strict=True))
    high = tuple(float(along.high[each]) for along, each in zip(shown.fields, unit, strict=True))
    inside = [
        max(0.0, min(last, view.size - 1) - max(first, 0) + 1) / (last - first + 1)
        for first, last in zip(low, high, strict=True)
    ]
    spread = [_spread(rows[each]) for rows, each in zip(shown.probability, unit, strict=True)]
    return Look(
        shown,
        unit,
        low,
        high,
        math.prod(int(rows[each].sum()) for rows, each in zip(shown.reached, unit, strict=True)),
        1 - math.prod(inside),
        tuple(width for width, _ in spread),
        tuple(middle for _, middle in spread),
    )


def _counted(seen: Look, network: Network, view: Controls) -> Look:
    """Behind residual blocks, whose ways can differ along both axes, the cells are counted by autograd."""
    if all(step.layer.kind not in BLOCKS for step in network.part.steps[: seen.shown.place + 1]):
        return seen
    try:
        reached = support_in(network.part, view.input_shape, layer=seen.shown.place, unit=seen.unit)
    except ValueError:  # a window too large to be followed in the plane
        return seen
    return seen._replace(cells=int(reached.sum()))


def table(result: Run) -> pd.DataFrame:
    """The fields of every layer that has them."""
    return pd.DataFrame(
        [
            {
                "layer": place,
                "name": shown.name,
                "units": times(shown.record.output_shape[1:]),
                "field": times(shown.record.receptive_field or ()),
                "jump": times(shown.record.jump or ()),
                "start": times(shown.record.start or (), ", "),
                "center": times(shown.record.center or (), ", "),
                "effective width": round(shown.fields[-1].effective, 1),
                "share of the field": shown.fields[-1].effective / shown.fields[-1].size,
            }
            for place, shown in enumerate(result.network.shown, start=1)
        ]
    )


def times(numbers: Sequence[float], between: str = " × ") -> str:
    """Sizes as people write them, such as 3 × 3."""
    return between.join(f"{number:,g}" for number in numbers)


def _first(layers: Sequence[Layer], count: int) -> tuple[Layer, ...]:
    """As many whole layers as make at most `count` steps."""
    return tuple(layer for place, layer in enumerate(layers) if len(flat(tuple(layers[: place + 1]))) <= count)


def _affordable(part: Placed, input_shape: tuple[int, ...]) -> int:
    """How many steps the walks have memory for."""
    each = []
    for step in part.steps:
        units = [0] if step.layer.kind in POINTWISE else step.record.output_shape[1:]
        each.append(16 * sum(map(operator.mul, units, input_shape[1:])))
    return int(np.searchsorted(np.cumsum(each), MOST_MEMORY, side="right"))


def _spread(probability: Chances) -> tuple[float, float]:
    """Effective width and middle of where a walk arrives."""
    share = probability.astype(float)
    return width(share, axis=0), float(share @ np.arange(len(share)) / share.sum()) + 0.5 if share.any() else math.nan
