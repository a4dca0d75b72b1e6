"""The tabs of the activations page: the curve by training, layers without a bend, and units that die."""

from itertools import groupby
from typing import Any, Final

import numpy as np
import pandas as pd
import streamlit as st
import torch

from demos.gradients.activations import Deaths, Fit, gathered, pieces, random_net, sawtooth
from demos.gradients.activations.fitting import GRID
from pages.gradients.activations import tab_charts as charts
from pages.gradients.activations.compute import DYING, FITTED, FRAMES, RATES, SEEDS, STARTS, Run, collapsed, fits, looks
from pages.gradients.activations.controls import Controls
from pages.gradients.activations.sentences import of_collapse, of_deaths, of_fits
from ui import kit
from ui.kit.charts import Colors

RANDOM: Final = (1, 32, 32, 32, 1)  # 96 units
INPUTS: Final = (-10.0, 10.0)
TEETH: Final = 10  # layers of the sawtooth
FRAME_NAMES: Final = tuple(f"inputs {low:g} to {high:g}".replace("-", "−") for low, high in FRAMES)


def colors(names: tuple[str, ...]) -> Colors:
    """Those of names, in the theme that the reader sees."""
    palette = kit.palette()
    return tuple(zip(names, (palette[place] for place in (1, 5, 4, 3, 2, 0)), strict=False))


def training(view: Controls, result: Run) -> None:
    """The same units, found by Adam from twenty starts."""
    units = len(result.drawn.units.slope)
    parts = fits(view.curve, units, view.kind, view.seed)
    if parts is None:
        st.caption(
            f"A network with {units} {view.kind} units learns the curve from {GRID} points by {FITTED['steps']:,} "
            f"steps of Adam, from {STARTS} starts as torch draws them. Once x goes from 0 to 1, and once the same "
            "curve is stretched to −3 … 3."
        )
        return
    ends: list[Fit] = [[fit for _, fit in of_frame][-1] for _, of_frame in groupby(parts, key=lambda part: part[0])]
    shades = colors(FRAME_NAMES)
    kit.show(
        charts.errors_of_starts(shades, ink=kit.ink()),
        {
            "starts": {
                "error": np.concatenate([fit.error for fit in ends]),
                "frame": np.repeat(FRAME_NAMES, STARTS).astype(object),
            },
            "constructed": {"error": [result.drawn.worst]},
        },
        key="errors of starts",
        alt_text="The largest error of every trained network, and that of the constructed sum.",
    )
    at = np.linspace(0, 1, GRID)
    median = [fit.value[np.argsort(fit.error)[STARTS // 2]] for fit in ends]
    kit.show(
        charts.trained_curves(shades, ink=kit.ink()),
        {
            "curves": {
                "x": np.tile(at, len(ends)),
                "y": np.concatenate(median),
                "frame": np.repeat(FRAME_NAMES, GRID).astype(object),
            },
            "wanted": {"x": at, "y": view.curve(at)},
        },
        key="trained curves",
        alt_text="What the median network of both kinds says, over the curve.",
    )
    st.markdown("\n".join(f"- {sentence}" for sentence in of_fits(result, ends)))


def linear_layers(view: Controls) -> None:
    """A stack of linear layers: what is left of its directions; and what a bend does to the pieces."""
    found = collapsed(view.widths, view.seed)
    layers, widest = found.singular.shape
    least = torch.finfo(torch.float32).eps * widest * found.singular[:, :1]
    level = np.where(found.singular > least, *charts.LEVELS).astype(object)
    there = np.isfinite(found.singular)
    kit.show(
        charts.singular_values((kit.palette()[1], kit.palette()[5])),
        {
            "values": {
                "layer": np.repeat(np.arange(1, layers + 1), there.sum(axis=1)),
                "value": np.maximum(found.singular[there], 1e-300),
                "level": level[there],
            }
        },
        key="singular values",
        alt_text="The singular values of the product of linear layers, after every layer.",
    )
    left, right = INPUTS
    random = len(pieces(*random_net(widths=RANDOM, seed=view.seed, bias_std=1.0), low=left, high=right)) + 1
    teeth = len(pieces(*sawtooth(TEETH), low=0, high=1)) + 1
    bends = (
        f"With ReLUs it is no single layer, and yet depth alone makes few pieces: {sum(RANDOM) - 2} random ones "
        f"in three layers bend a line into {random} pieces. {2 * TEETH} that are chosen by hand, two a layer, "
        f"make {teeth:,}."
    )
    st.markdown("\n".join(f"- {sentence}" for sentence in [*of_collapse(found), bends]))


def dead_units(view: Controls) -> None:
    """Both activations on the digits, at six learning rates."""
    bends = tuple(dict.fromkeys(view.bends.values()))
    momentum = 0.9 if view.momentum else 0.0
    parts = looks(bends, momentum, view.seed)
    if parts is None:
        st.caption(
            f"64 – {DYING['width']} – {DYING['width']} – 10 on handwritten digits, {DYING['steps']} steps of SGD, "
            f"{SEEDS} seeds for each learning rate and activation. A unit is dead if φ′ is exactly 0 on all training "
            "digits."
        )
        return
    by_bend = {bend: gathered([look for _, look in some]) for bend, some in groupby(parts, key=lambda part: part[0])}
    found = {name: by_bend[bend] for name, bend in view.bends.items()}
    shades = colors(tuple(f"{rate:g}" for rate in RATES))
    rows = [_over_steps(name, each) for name, each in found.items()]
    kit.show(
        charts.dead_units(shades, tuple(found), DYING["steps"]),
        {"dead": pd.concat(rows)},
        key="dead units",
        alt_text="The share of dead units of both layers over training, at six learning rates, for both activations.",
    )
    st.markdown("\n".join(f"- {sentence}" for sentence in of_deaths(view, found)))
    percent = st.column_config.NumberColumn(format="percent")
    tables = pd.concat([_at_the_end(name, view.bends[name], each) for name, each in found.items()])
    st.dataframe(
        tables,
        hide_index=True,
        height="content",
        column_config={
            **dict.fromkeys(("dead in layer 1", "dead in layer 2", "test accuracy"), percent),
            **dict.fromkeys(("came back, layer 1", "came back, layer 2"), st.column_config.NumberColumn(format="%.2f")),
        },
    )
    st.caption(
        f"Medians over {SEEDS} seeds, of those whose loss is a number. *Came back* counts returns from death, over the "
        "units that were ever dead."
    )


def _over_steps(name: str, found: Deaths) -> pd.DataFrame:
    """The median share of dead units over the seeds."""
    frames = []
    for layer in range(2):
        for place, rate in enumerate(RATES):
            share = _median(found.dead[:, layer, place])
            frames.append(
                pd.DataFrame({"bend": name, "layer": f"layer {layer + 1}", "rate": f"{rate:g}", "step": found.step,
                              "share": share})
            )  # fmt: skip
    return pd.concat(frames)


def _at_the_end(name: str, bend: str, found: Deaths) -> pd.DataFrame:
    """A row for each rate."""
    broken = np.isnan(found.loss[-1]).sum(axis=1)
    return pd.DataFrame(
        {
            "activation": f"{name}: {bend}",
            "learning rate": RATES,
            "dead in layer 1": _median(found.dead[-1, 0]),
            "dead in layer 2": _median(found.dead[-1, 1]),
            "came back, layer 1": found.revived[0].mean(axis=1),
            "came back, layer 2": found.revived[1].mean(axis=1),
            "test accuracy": _median(found.accuracy),
            "loss is NaN": [f"{count} of {SEEDS}" for count in broken],
        }
    )


def _median(numbers: Any) -> Any:  # noqa: ANN401 - arrays, the seeds last
    """Of those that are numbers; NaN where none is."""
    there = np.isfinite(numbers).any(axis=-1)
    return np.where(there, np.nanmedian(np.where(there[..., None], numbers, 0.0), axis=-1), np.nan)
