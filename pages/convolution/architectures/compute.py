"""One view of the architectures page as numbers: the network as the controls have it, and the tables of the charts."""

import math
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final, NamedTuple

import pandas as pd
import streamlit as st

from demos.convolution.architectures import (
    Stage,
    Totals,
    adapted,
    attempt,
    fitting_side,
    stage_names,
    stages,
    totals,
    working_sizes,
)
from demos.convolution.layers import Layer, flat
from demos.convolution.modules import kept_bytes
from demos.convolution.network import NETWORKS, ShapeError, Step, resolved
from demos.convolution.notation import spelled
from pages.convolution.architectures.controls import Controls
from pages.convolution.architectures.units import amount, count, memory, shape, share
from pages.convolution.network_choice import read
from ui import kit

INPUT: Final = "input"
HALF: Final = 256  # cells of a feature map above the middle, in the picture
MOST: Final = 100_000  # channels in it
TOPS: Final = (0.1, 0.2, 0.5, 1.0)  # where the axes of shares may end
BYTES: Final = 4  # of a number in float32
BATCH: Final = 2  # images, of which what training keeps is counted: BatchNorm1d cannot be trained with one


@dataclass(frozen=True)
class Run:
    """A network with an input, as far as it can be computed."""

    layers: tuple[Layer, ...]
    input_shape: tuple[int, ...]
    known: list[Step]
    error: ShapeError | None

    @cached_property
    def stages(self) -> list[Stage]:
        """Those that could be computed."""
        return stages(self.known)

    @cached_property
    def planned(self) -> list[str]:
        """The names of all stages, also of those that cannot be computed."""
        return stage_names(self.layers)

    @cached_property
    def totals(self) -> Totals:
        """The sums over what could be computed."""
        return totals(self.known)

    @cached_property
    def sound(self) -> tuple[Layer, ...]:
        """The layers before the one that does not fit, without a block that it is in."""
        seen = 0
        for place, layer in enumerate(self.layers):
            seen += len(flat((layer,)))
            if seen > len(self.known):
                return self.layers[:place]
        return self.layers

    @cached_property
    def kept(self) -> list[int]:
        """How many bytes training keeps for an image of each of these layers."""
        found = kept_bytes(resolved(self.sound, self.known), self.input_shape, batch=BATCH)
        return [size // BATCH for size in found]

    def kept_by(self, stage: Stage) -> int:
        """How many of them in a stage."""
        return sum(self.kept[place] for place in stage.layers if place < len(self.kept))


class Key(NamedTuple):
    """All that decides a network; its caches are by this."""

    code: str
    width: float
    written: tuple[int, ...] | None  # the shape of the input for which it was adapted; None if it is as written
    channels: int  # of the input
    axes: int

    @classmethod
    def of_preset(cls, name: str) -> "Key":
        """A known network as it is written."""
        code, input_shape, _ = NETWORKS[name]
        return cls(code, 1.0, None, input_shape[0], len(input_shape) - 1)


def run(view: Controls) -> Run:
    """The network that the controls describe."""
    return run_of(key_of(view), view.input_shape)


def key_of(view: Controls) -> Key:
    """What decides the network that the controls describe."""
    written = None
    if not view.as_written:
        preset = NETWORKS.get(view.network)
        side = preset.input_shape[1] if preset else _fitting_side(view.text, view.first_channels, view.axes)
        written = None if side is None else (view.input_channels, *[side] * view.axes)
    return Key(view.text, view.width, written, view.input_channels, view.axes)


@st.cache_resource(max_entries=64, show_spinner=False)
def network(key: Key) -> tuple[Layer, ...]:
    """The layers. A network that takes no input as it is written stays so: its error is what there is to see."""
    layers = read(key.code).layers
    return layers if key.written is None else adapted(layers, key.written, width=key.width)


@st.cache_resource(max_entries=64, show_spinner="Looking for the sizes that fit")
def sizes_of(key: Key) -> tuple[int, int] | None:
    """The smallest and the largest side that the network takes."""
    return working_sizes(network(key), channels=key.channels, axes=key.axes)


@st.cache_resource(max_entries=64, show_spinner=False)
def _fitting_side(code: str, channels: int, axes: int) -> int | None:
    return fitting_side(read(code).layers, channels=channels, axes=axes)


@st.cache_resource(max_entries=128, show_spinner=False)
def run_of(key: Key, input_shape: tuple[int, ...]) -> Run:
    """A network with an input."""
    return computed(network(key), input_shape)


def computed(layers: tuple[Layer, ...], input_shape: tuple[int, ...]) -> Run:
    """What there is to know of layers with an input, without the fields of single units, which would take memory."""
    known, error = attempt(layers, input_shape)
    return Run(layers, input_shape, [step._replace(fields=None) for step in known], error)


def rows(result: Run) -> kit.Columns:
    """A row for the input and one for each stage that could be computed: its size, and its shares of the network."""
    nothing = dict.fromkeys(("parameters", "macs", "kept"), 0.0)
    parts: list[dict[str, Any]] = [
        {"stage": 0, "name": INPUT, "group": INPUT, **_size(result.input_shape), **nothing},
        *(
            {
                "stage": place,
                "name": stage.name,
                "group": stage.group,
                **_size(stage.output_shape),
                **_shares(result, stage),
            }
            for place, stage in enumerate(result.stages, start=1)
        ),
    ]
    return {key: [part[key] for part in parts] for key in parts[0]}


def _size(sizes: tuple[int, ...]) -> dict[str, int]:
    channels, *spatial = sizes
    return {"side": max(spatial, default=1), "channels": channels}


def _shares(result: Run, stage: Stage) -> dict[str, float]:
    """Of a stage, of what the whole network has."""
    whole = result.totals
    return {
        "parameters": stage.parameters / max(1, whole.parameters),
        "macs": stage.macs / max(1, whole.macs),
        "kept": result.kept_by(stage) / max(1, sum(result.kept)),
    }


def reach(result: Run) -> kit.Columns:
    """How far the axes reach."""
    shapes = [result.input_shape, *(stage.output_shape for stage in result.stages)]
    largest = max((max(_shares(result, stage).values()) for stage in result.stages), default=0)
    return {
        "last": [len(result.planned)],
        "half": [max(HALF, max(max(sizes[1:], default=1) for sizes in shapes) / 2)],
        "most": [max(MOST, *(sizes[0] for sizes in shapes))],
        "top": [top_of(largest)],
    }


def top_of(largest: float) -> float:
    """Where an axis of shares ends that has to show the largest of them."""
    return next(top for top in TOPS if top >= min(1.0, largest))


def labels(result: Run) -> kit.Columns:
    """What is said about each stage under the hand, also about those that cannot be computed."""
    whole, done = result.totals, len(result.stages)
    size = f"{shape(result.input_shape)}, {memory(BYTES * math.prod(result.input_shape))}"
    said = [("0: the input", size, "Move the slider, or press Play")]
    for place, stage in enumerate(result.stages, start=1):
        kept = f"training keeps {memory(result.kept_by(stage))}"
        weights = f"{count(stage.parameters)} parameters ({share(stage.parameters, whole.parameters)})"
        work = f"{amount(stage.macs)} MACs ({share(stage.macs, whole.macs)})"
        size = f"{shape(stage.output_shape)}, {kept}, {_sight(result, stage)}"
        said.append((f"{place}: {stage.name}", size, f"{weights}, {work}"))
    for place, name in enumerate(result.planned[done:], start=done + 1):
        said.append((f"{place}: {name}", "here it breaks" if place == done + 1 else "is not reached", ""))
    titles, sizes, counts = zip(*said, strict=True)
    return {"stage": list(range(len(said))), "title": titles, "size": sizes, "counts": counts}


def breaks(result: Run) -> kit.Columns:
    """Where the stages begin that cannot be computed, if there are any."""
    return {"from": [len(result.stages) + 1] if result.error else []}


def _sight(result: Run, stage: Stage) -> str:
    fields = result.known[stage.layers[-1]].record.receptive_field
    if fields is None:
        return "sees the whole input"
    return "receptive field " + " × ".join(f"{each:g}" for each in dict.fromkeys(fields))


def table(result: Run) -> pd.DataFrame:
    """What there is to know of every layer."""
    records = [step.record for step in result.known]
    return pd.DataFrame(
        {
            "layer": [record.name for record in records],
            "code": [spelled(step.layer) for step in result.known],
            "output": [shape(record.output_shape) for record in records],
            "parameters": [record.parameters for record in records],
            "macs": [record.macs for record in records],
            "activation_bytes": [record.activation_bytes for record in records],
            "kept_bytes": [*result.kept, *[None] * (len(records) - len(result.kept))],
            "receptive_field": [record.receptive_field and record.receptive_field[0] for record in records],
            "jump": [record.jump and record.jump[0] for record in records],
        }
    )
