"""The tables behind the main picture."""

from collections.abc import Sequence
from typing import Final

import numpy as np
import streamlit as st

from demos.networks.playground import Frame
from pages.networks.playground.compute import Run
from pages.networks.playground.controls import Controls
from pages.networks.playground.pictures import Layout, boundary, layout, neurons, two_colors
from ui import kit
from ui.kit.charts import packed

DIGITS: Final = 3
BELOW: Final = 0.005  # of the height, between a picture and its name


def of_picture(view: Controls, result: Run, colors: Sequence[str]) -> dict[str, kit.Columns]:
    """All tables of `charts.playground`, by name."""
    frames = result.frames[: result.shown]
    sizes = (len(view.inputs), *view.hidden.widths, len(frames[0].weights[-1]))
    place = layout(sizes)
    return {
        "view": {"last": [len(frames) - 1], "epochs": [view.epochs], "x": [view.x1], "y": [view.x2]},
        "frames": _frames(frames),
        "edges": _edges(view, place, sizes),
        "neurons": _neurons(view, place, sizes),
        "names": _names(view, place),
        "points": _points(view),
        **_sheets(frames, view.inputs, view.bends, sizes, tuple(colors)),
    }


def _frames(frames: Sequence[Frame]) -> kit.Columns:
    weights = np.array([np.concatenate([each.ravel() for each in frame.weights[::2]]) for frame in frames], dtype=float)
    biases = np.array([np.concatenate(frame.weights[1::2]) for frame in frames], dtype=float)
    numbers = {name: [getattr(frame, name) for frame in frames] for name in Frame._fields[:5]}
    said = [f"Epoch {frame.epoch}: {frame.test_accuracy:.1%} of the test points right" for frame in frames]
    broken = [f"Epoch {frame.epoch}: the loss is no number any more" for frame in frames]
    return {
        "frame": list(range(len(frames))),
        **numbers,
        "said": [
            good if np.isfinite(frame.train_loss) else bad
            for frame, good, bad in zip(frames, said, broken, strict=True)
        ],
        "weights": packed(weights, decimals=DIGITS),
        "biases": packed(biases, decimals=DIGITS),
    }


def _edges(view: Controls, place: Layout, sizes: Sequence[int]) -> kit.Columns:
    """From each neuron of a layer to each of the next, in the order of the weights."""
    ends, labels = [], []
    for layer, (into, out_of) in enumerate(zip(sizes[1:], sizes[:-1], strict=True)):
        start, end = place.at(layer), place.at(layer + 1)
        ends += [(*start[source], *end[target]) for target in range(into) for source in range(out_of)]
        labels += [
            f"{_called(view, sizes, layer, source)} → {_called(view, sizes, layer + 1, target)}"
            for target in range(into)
            for source in range(out_of)
        ]
    x, y, x2, y2 = np.array(ends).T
    return {"number": list(range(1, len(labels) + 1)), "x": x, "y": y, "x2": x2, "y2": y2, "label": labels}


def _called(view: Controls, sizes: Sequence[int], layer: int, neuron: int) -> str:
    if layer == 0:
        return view.inputs[neuron]
    if layer == len(sizes) - 1:
        return "output" if sizes[-1] == 1 else f"output for class {view.names[neuron]}"
    return f"neuron {neuron + 1} of layer {layer}"


def _neurons(view: Controls, place: Layout, sizes: Sequence[int]) -> kit.Columns:
    """The frames of the small pictures, those with a bias first and in the order of the biases; features are last."""
    rows, columns = place.shape
    half = np.array([place.side / 2 / columns, place.side / 2 / rows])
    order = [*range(1, len(sizes)), 0]
    corners = np.concatenate([np.hstack([place.at(layer) - half, place.at(layer) + half]) for layer in order])
    labels = [_called(view, sizes, layer, neuron) for layer in order for neuron in range(sizes[layer])]
    x, y, x2, y2 = corners.T
    named = [label[0].upper() + label[1:] if label not in view.inputs else f"The feature {label}" for label in labels]
    return {"number": list(range(1, len(labels) + 1)), "x": x, "y": y, "x2": x2, "y2": y2, "label": named}


def _names(view: Controls, place: Layout) -> kit.Columns:
    """The features under their pictures, and the activations under their layers."""
    features = [(x, y - place.side / 2 / place.shape[0] - BELOW, name)
                for (x, y), name in zip(place.at(0), view.inputs, strict=True)]  # fmt: skip
    bends = [(place.at(layer)[0, 0], 0.0, name) for layer, name in enumerate(view.bends, 1)]
    x, y, labels = zip(*features, *bends, strict=True)
    return {"x": x, "y": y, "label": labels}


def _points(view: Controls) -> kit.Columns:
    split = view.split
    x, y = np.concatenate([split.x_train, split.x_test]).T
    codes = np.concatenate([split.y_train, split.y_test])
    part = np.repeat(["training", "test"], [len(split.y_train), len(split.y_test)])
    return {"x": x, "y": y, "class": codes, "name": [view.names[code] for code in codes], "part": part}


def _of_all(frames: list[Frame]) -> bytes:
    """What no other run has: all losses, and the weights at the end."""
    losses = np.array([(frame.train_loss, frame.test_loss) for frame in frames])
    return b"".join(each.tobytes() for each in (losses, *frames[-1].weights))


@st.cache_resource(max_entries=32, show_spinner=False, hash_funcs={list: _of_all})
def _sheets(
    frames: list[Frame],
    features: tuple[str, ...],
    bends: tuple[str, ...],
    sizes: tuple[int, ...],
    colors: tuple[str, ...],
) -> dict[str, kit.Columns]:
    return {
        "sheet": neurons(
            frames, features=features, activation=bends, place=layout(sizes), colors=two_colors(*colors[:2])
        ),
        "plane": boundary(frames, features=features, activation=bends, colors=colors),
    }
