"""One view of the gradients page as numbers: what flows through both networks, and the tables of the charts."""

from collections.abc import Iterable, Mapping
from typing import Any, Final, NamedTuple

import numpy as np
import pandas as pd
import streamlit as st
import torch

from demos.gradients.networks import Architecture
from demos.gradients.vanishing_gradients import Floats, GradientFlow, derivative, gradient_flow, predicted_factors
from pages.gradients.vanishing_gradients.controls import BATCH, Controls
from ui import kit
from ui.kit.charts import packed
from ui.server import slots

REACH: Final = 5.0  # the histogram of pre-activations goes from -REACH to REACH; what is beyond is in its last bins
BINS: Final = 50
MANY: Final = 2_000_000  # weights of a network: beyond it a pass takes a tenth of a second and more
EDGES: Final = np.linspace(-REACH, REACH, BINS + 1)
CENTRES: Final = (EDGES[:-1] + EDGES[1:]) / 2


class Run(NamedTuple):
    """What flows, by network."""

    flow: Mapping[str, GradientFlow]
    predicted: Mapping[str, Floats | None]  # (depth,), None where mean-field theory of plain networks does not apply


def run(view: Controls) -> Run:
    """One pass through both networks."""
    return Run(
        {name: flow(architecture, view.seed, "float32") for name, architecture in view.architectures.items()},
        {name: predicted(architecture) for name, architecture in view.architectures.items()},
    )


def flow(architecture: Architecture, seed: int, kind: str) -> GradientFlow:
    """One forward and one backward pass in a floating-point format of torch, without the pre-activations."""
    return _seen(architecture, seed, kind)[0]


def _seen(architecture: Architecture, seed: int, kind: str) -> tuple[GradientFlow, list[str]]:
    """The pass, in a slot if it is a long one."""
    passed = _long if architecture.depth * architecture.width**2 > MANY else _short
    return passed(architecture, seed, kind)


def _passed(architecture: Architecture, seed: int, kind: str) -> tuple[GradientFlow, list[str]]:
    """The pass, and the density of the pre-activations of each layer, packed: they themselves take up to 13 MB."""
    found = gradient_flow(**architecture._asdict(), batch=BATCH, seed=seed, dtype=getattr(torch, kind))
    counts = np.array([np.histogram(np.clip(layer, -REACH, REACH), EDGES)[0] for layer in found.pre])
    density = packed(counts / (found.pre[0].size * np.diff(EDGES)), decimals=3)
    return found._replace(pre=found.pre[:0].copy()), density


_short = st.cache_resource(max_entries=64, show_spinner=False)(_passed)
_long = slots.heavy(st.cache_resource(max_entries=64, show_spinner=False), above=True)(_passed)


def predicted(architecture: Architecture) -> Floats | None:
    """Mean-field factors of a plain network."""
    if architecture.normalization != "none" or architecture.residual:
        return None
    return _predicted(architecture.activation, architecture.init, architecture.width, architecture.depth)


@st.cache_resource(max_entries=256, show_spinner=False)
def _predicted(activation: str, init: str, width: int, depth: int) -> Floats:
    return predicted_factors(activation, init, width=width, depth=depth)


def by_layer(view: Controls, result: Run) -> kit.Columns:
    """A row for each layer of each network: gradient, factors, and the histogram as text to unpack."""
    parts: list[dict[str, Iterable[Any]]] = []
    for name, architecture in view.architectures.items():
        theory = result.predicted[name]
        passed, density = _seen(architecture, view.seed, "float32")
        parts.append(
            {
                "network": [name] * architecture.depth,
                "layer": np.arange(1, architecture.depth + 1),
                "gradient": passed.gradient,
                "factor": np.append(np.where(passed.factors > 0, passed.factors, np.nan), np.nan),
                "predicted": np.full(architecture.depth, np.nan) if theory is None else np.append(theory[:-1], np.nan),
                "density": density,
                "label": [
                    f"{name}, layer {layer}: activations {mean:.2g} ± {std:.2g}, {saturated:.0%} saturated, "
                    f"{dead:.0%} dead"
                    for layer, (mean, std, saturated, dead) in enumerate(
                        zip(passed.mean, passed.std, passed.saturated, passed.dead, strict=True), start=1
                    )
                ],
            }
        )
    return {key: [value for part in parts for value in part[key]] for key in parts[0]}


def slopes(view: Controls) -> kit.Columns:
    """φ′ of both activations."""
    curves = [
        derivative(architecture.activation, torch.from_numpy(CENTRES)).numpy()
        for architecture in view.architectures.values()
    ]
    return {
        "network": np.repeat(list(view.architectures), BINS).astype(object),
        "h": np.tile(CENTRES, len(curves)),
        "slope": np.concatenate(curves),
    }


def table(view: Controls, result: Run) -> pd.DataFrame:
    """What flows through every layer of both networks."""
    frames = []
    for name in view.architectures:
        passed = result.flow[name]
        frame = pd.DataFrame(
            {
                "network": name,
                "layer": np.arange(1, view.depth + 1),
                "gradient": passed.gradient,
                "weight_gradient": passed.weight_gradient,
                "mean": passed.mean,
                "std": passed.std,
                "saturated": passed.saturated,
                "dead": passed.dead,
                "zero": passed.zero,
            }
        )
        frames.append(frame)
    return pd.concat(frames)
