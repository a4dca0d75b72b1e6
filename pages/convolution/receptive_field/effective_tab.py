"""The tab that measures effective fields: of stacks against the law, and of the chosen unit."""

from collections.abc import Sequence
from typing import Final

import numpy as np
import streamlit as st

from demos.convolution.fields import Floats
from demos.convolution.layers import Layer
from demos.convolution.network import parse
from demos.convolution.receptive_field import effective, stack, width
from pages.convolution.receptive_field import tab_charts as charts
from pages.convolution.receptive_field.compute import Run, times
from pages.convolution.receptive_field.controls import Controls
from pages.convolution.receptive_field.images import image, shade
from pages.convolution.receptive_field.sentences import named
from ui import kit
from ui.kit.plain import literal
from ui.server import slots

MEASURED: Final = (1, 2, 3, 5, 8, 12, 16, 20)  # layers
THIN: Final = 4  # channels of the stacks that are measured
DRAWS: Final = 30
UNIT_DRAWS: Final = 4
UNIT_CHANNELS: Final = 8


def effective_field(view: Controls, result: Run) -> None:
    """Theory and measurement of what counts, for stacks and for the chosen unit."""
    left, right = st.columns(2, gap="medium")
    with left:
        _over_depth(int(view.kernel_size))
    with right:
        _this_unit(view, result)


def _over_depth(kernel_size: int) -> None:
    """Stacks of equal layers: their widths measured, and the laws."""
    depths = np.arange(MEASURED[-1] + 1)
    field, law = depths * (kernel_size - 1) + 1, np.sqrt(depths * (kernel_size**2 - 1) + 1)
    found = _measured_widths(kernel_size)
    kit.show(
        charts.over_depth(
            MEASURED[-1],
            MEASURED[-1] * (kernel_size - 1) + 1,
            colors=(("theoretical", shade(1)), ("effective", shade(6))),
        ),
        {
            "law": {
                "depth": np.tile(depths, 2),
                "what": np.repeat(["theoretical", "effective"], len(depths)).astype(object),
                "cells": np.concatenate([field, law]),
            },
            "measured": {"depth": list(MEASURED), "what": ["effective"] * len(MEASURED), "cells": found},
        },
        key=f"over depth {kernel_size}",
        alt_text="Theoretical and effective width of stacks of equal layers against their number.",
    )
    shares = {depth: width / field[depth] for depth, width in zip(MEASURED, found, strict=True)}
    st.markdown(
        f"Layers of {kernel_size} × {kernel_size}: the field grows as n, what counts as √n. Of the width "
        f"**{shares[5]:.0%}** counts after 5 layers and **{shares[20]:.0%}** after 20: measured, by a factor of "
        f"{shares[20] / shares[5]:.2f}, and √(5/20) is 0.5."
    )
    st.caption(
        f"Points: the gradient of real networks with {THIN} channels and ReLU, over {DRAWS} draws of weights and "
        "inputs. Lines: the formulas under *Mathematics*."
    )


@slots.heavy(st.cache_data(max_entries=3, show_spinner="Measuring gradients"))
def _measured_widths(kernel_size: int) -> list[float]:
    """The effective width of stacks, in cells: the root of the mean of both axes' squares."""
    found = []
    for depth in MEASURED:
        side = depth * (kernel_size - 1) + 1  # what one unit sees, without padding
        layers = [
            each
            for convolution in stack(kernel_size=kernel_size, depth=depth, channels=THIN, padding=0)
            for each in (convolution, Layer("ReLU"))
        ]
        energy = effective(
            layers,
            (THIN, side, side),
            layer=len(layers) - 2,  # before the last ReLU, which can hide the unit
            unit=(0, 0),
            channels=THIN,
            draws=DRAWS,
            batch=1,
            seed=0,
        ).energy
        found.append(float(np.hypot(width(energy, axis=0), width(energy, axis=1)) / np.sqrt(2)))
    return found


def _this_unit(view: Controls, result: Run) -> None:
    """The gradient of the chosen unit in a network with random weights."""
    seen = result.chosen
    if seen is None:
        return
    try:
        energy = _measured_energy(view.text, result.network.layers, view.input_shape, seen.shown.place, seen.unit)
    except ValueError as error:
        st.caption(literal(str(error)))
        return
    if not energy.any():
        st.caption("Nothing of the input arrives at this unit: it sees padding only.")
        return
    strength = np.sqrt(np.atleast_2d(energy))
    image(strength / strength.max(), 6, key="gradient of the unit")
    found = [width(energy, axis=axis) for axis in range(energy.ndim)]
    st.markdown(
        f"The unit in the picture, of {named(result, seen)}: its gradient with random weights is {_cells(found)} cells "
        f"wide; the walk that the picture shows says {_cells(seen.width)}."
    )
    st.caption(
        f"The root of the mean squared gradient over {UNIT_DRAWS} draws of the weights, with at most {UNIT_CHANNELS} "
        "channels a layer. With real ReLUs and maxima it is noisier than the walk, which is its mean."
    )


@slots.heavy(st.cache_data(max_entries=16, show_spinner="Measuring gradients"))
def _measured_energy(code: str, kept: int, input_shape: tuple[int, ...], layer: int, unit: tuple[int, ...]) -> Floats:
    layers = parse(code)[:kept]
    return effective(
        layers, input_shape, layer=layer, unit=unit, channels=UNIT_CHANNELS, draws=UNIT_DRAWS, batch=2, seed=0
    ).energy


def _cells(widths: Sequence[float]) -> str:
    return times([round(each, 1) for each in widths])
