"""One view of the activations page as numbers: both bends, the drawn curve, and what is computed in the tabs."""

from collections.abc import Iterator, Sequence
from functools import partial
from typing import Any, Final, NamedTuple

import numpy as np
import pandas as pd
import streamlit as st

from demos.gradients.activations import (
    ACTIVATIONS,
    Collapse,
    Curve,
    Fit,
    Look,
    Moments,
    Own,
    Units,
    collapse,
    construct,
    curve,
    dying,
    fitting,
    moments,
    total,
)
from demos.gradients.activations.bends import SATURATED, steepest
from pages.gradients.activations.controls import Controls, Floats, Target, read_formula
from ui import kit

REACH: Final = 6.0  # of the inputs that the picture shows
GRID: Final = np.linspace(-REACH, REACH, 241)
AT: Final = np.linspace(0, 1, 101)  # where the picture draws the curve
FINE: Final = np.linspace(0, 1, 1_001)  # where errors are measured
RATES: Final = (0.1, 0.3, 1.0, 1.5, 2.0, 3.0)
STARTS: Final = 20
FITTED: Final[dict[str, Any]] = {"lr": 0.01, "steps": 2_000, "every": 50}
ROUNDING: Final = 1e-9  # an error below it
FRAMES: Final = ((0.0, 1.0), (-3.0, 3.0))  # inputs of the trained networks
SEEDS: Final = 5  # of the networks whose units die
DYING: Final[dict[str, Any]] = {"steps": 300, "width": 64, "batch_size": 64, "every": 25}


class Drawn(NamedTuple):
    """A curve as a sum of units."""

    units: Units
    errors: Floats  # (units + 1, fine), of the sum after so many units
    sums: Floats  # (units + 1, at)
    terms: Floats  # (units + 1, at), the first is the constant

    @property
    def worst(self) -> float:
        """The largest error of the whole sum."""
        return float(np.abs(self.errors[-1]).max())

    @property
    def mean(self) -> float:
        """The mean error of the whole sum, without sign."""
        return float(np.abs(self.errors[-1]).mean())


class Run(NamedTuple):
    """What is shown before any tab is opened."""

    moments: dict[str, Moments]  # of A and B
    drawn: Drawn
    finer: float  # the largest error with twice as many pieces


def run(view: Controls) -> Run:
    """Both activations and the curve."""
    target, knots = view.curve, view.knots
    finer = np.sort(np.concatenate([knots, (knots[:-1] + knots[1:]) / 2]))
    return Run(
        {name: moments_of(bend, view.std) for name, bend in view.bends.items()},
        drawn(target, tuple(knots), view.kind),
        drawn(target, tuple(finer), view.kind).worst,
    )


def activation(bend: str) -> str | Own:
    """A name of `ACTIVATIONS`, or the activation that a formula writes."""
    return bend if bend in ACTIVATIONS else read_formula(bend)


@st.cache_data(max_entries=1_024, show_spinner=False)
def moments_of(bend: str, std: float) -> Moments:
    """Under N(0, std²)."""
    return moments(activation(bend), std=std)


@st.cache_resource(max_entries=256, show_spinner=False)
def curve_of(bend: str) -> tuple[Curve, float]:
    """On `GRID`, with the largest |φ′|."""
    return curve(activation(bend), x=GRID), steepest(activation(bend))


@st.cache_resource(max_entries=128, show_spinner=False)
def drawn(target: Target, knots: tuple[float, ...], kind: str) -> Drawn:
    """The sum through the curve at the knots, unit by unit."""
    units = construct(knots, target(np.array(knots)), kind=kind)
    sums = []
    for at in (AT, FINE):
        _, terms = total(units, x=at, kind=kind)
        sums.append(np.vstack([np.full_like(at, units.constant), terms]))
    return Drawn(units, sums[1].cumsum(axis=0) - target(FINE), sums[0].cumsum(axis=0), sums[0])


@st.cache_resource(max_entries=64, show_spinner=False)
def collapsed(widths: tuple[int, ...], seed: int) -> Collapse:
    """A stack of linear layers."""
    return collapse(widths=widths, seed=seed)


@kit.long(f"Train {STARTS} networks, twice", keep=16)
def fits(target: Target, units: int, kind: str, seed: int) -> Iterator[kit.Progress[tuple[int, Fit]]]:
    """From the same starts on both frames of inputs; parts are marked with the frame."""
    seeds = range(STARTS * seed, STARTS * (seed + 1))
    for frame, (low, high) in enumerate(FRAMES):
        stretched = partial(_stretched, target, low, high)
        for fit in fitting(stretched, units=units, kind=kind, seeds=seeds, low=low, high=high, **FITTED):
            done = (frame + fit.step / FITTED["steps"]) / len(FRAMES)
            yield kit.Progress(done, f"Inputs {low:g} to {high:g}, step {fit.step} of {FITTED['steps']}", (frame, fit))


def _stretched(target: Target, low: float, high: float, x: Floats) -> Floats:
    return target((x - low) / (high - low))


@kit.long("Train at six learning rates", keep=16)
def looks(bends: Sequence[str], momentum: float, seed: int) -> Iterator[kit.Progress[tuple[str, Look]]]:
    """One activation after the other; parts are marked with it."""
    seeds = range(SEEDS * seed, SEEDS * (seed + 1))
    for place, bend in enumerate(bends):
        for look in dying(activation(bend), lr=RATES, seeds=seeds, momentum=momentum, **DYING):
            done = (place + look.step / DYING["steps"]) / len(bends)
            yield kit.Progress(done, f"{bend}: step {look.step} of {DYING['steps']}", (bend, look))


def of_picture(view: Controls, result: Run) -> dict[str, kit.Columns]:
    """All tables of `charts.bends_and_curve`, by name."""
    return {**_of_bends(view), **_of_curve(view, result.drawn)}


def _of_bends(view: Controls) -> dict[str, kit.Columns]:
    found = {name: curve_of(bend) for name, bend in view.bends.items()}
    flat: list[tuple[str, float, float]] = []
    for name, (shape, most) in found.items():
        where = np.abs(shape.derivative) <= SATURATED * most
        edges = np.flatnonzero(np.diff(np.r_[False, where, False].astype(int))).reshape(-1, 2)
        flat += [(name, GRID[first], GRID[last - 1]) for first, last in edges]
    labels = [f"{name}: {bend if len(bend) <= 40 else 'your formula'}" for name, bend in view.bends.items()]
    return {
        "bends": {
            "network": np.repeat(list(found), len(GRID)).astype(object),
            "h": np.tile(GRID, len(found)),
            "value": np.concatenate([shape.value for shape, _ in found.values()]),
            "slope": np.concatenate([shape.derivative for shape, _ in found.values()]),
        },
        "density": {"h": GRID, "density": np.exp(-((GRID / view.std) ** 2) / 2)},
        "saturated": {
            "network": [name for name, _, _ in flat],
            "low": [low for _, low, _ in flat],
            "high": [high for _, _, high in flat],
        },
        "names": {"network": list(found), "label": labels},
    }


def _of_curve(view: Controls, result: Drawn) -> dict[str, kit.Columns]:
    count, worst = len(result.units.slope), np.abs(result.errors).max(axis=1)
    errors = [f"largest error {error:.3g}" if error > ROUNDING else "no error but rounding" for error in worst]
    said = [f"{k} of {count} units: {error}" for k, error in enumerate(errors)]
    return {
        "target": {"x": FINE[::5], "y": view.curve(FINE[::5])},
        "view": {"last": [count]},
        "steps": {"unit": np.arange(count + 1), "said": said},
        "terms": {
            "unit": np.repeat(np.arange(count + 1, dtype=np.int16), len(AT)),
            "x": np.tile(AT.astype(np.float32), count + 1),
            "term": result.terms.ravel().astype(np.float32),
            "sum": result.sums.ravel().astype(np.float32),
        },
    }


def table(view: Controls) -> pd.DataFrame:
    """All activations with range, steepest slope and moments at this spread."""
    rows = []
    for bend in dict.fromkeys([*ACTIVATIONS, *view.bends.values()]):
        shape, most = curve_of(bend)
        found = moments_of(bend, view.std)
        gain = found.square**-0.5 if found.square > 0 else np.inf
        rows.append({"activation": bend, "lowest within ±6": shape.value.min(), "highest within ±6": shape.value.max(),
                     "largest slope": most, **found._asdict(), "gain": gain})  # fmt: skip
    return pd.DataFrame(rows)
