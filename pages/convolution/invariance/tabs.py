"""The tabs of the invariance page: shifts layer by layer, aliasing in one dimension, networks side by side."""

from typing import Final

import numpy as np
import pandas as pd
import streamlit as st

from demos.convolution.invariance import POOLINGS, TOTAL_STRIDE, pooled
from pages.convolution.invariance import compute, tab_charts
from pages.convolution.invariance.compute import SHIFTED, SHIFTS, Run, Trained, all_trained
from pages.convolution.invariance.controls import CHANGES, VARIED, Controls
from pages.convolution.invariance.frames import named
from ui import kit

ROUNDING: Final = 1e-9  # what is below it is no error but the machine's
LABEL: Final = "{:.2g}"


def layers(view: Controls, result: Run) -> None:
    """How far each layer is from moving along with its input."""
    found = compute.errors(result.net, view.recipe, is_trained=result.trained is not None)
    names = tuple(f"{place}: {type(layer).__name__}" for place, layer in enumerate(result.net, start=1))
    kit.show(
        tab_charts.errors(names, SHIFTS, color=kit.palette()[5], ink=kit.ink()),
        {
            "errors": {
                "layer": np.repeat(np.array(names, dtype=object), len(SHIFTS)),
                "shift": np.tile(SHIFTS, len(names)),
                "error": found.ravel(),
                "label": ["0" if error < ROUNDING else LABEL.format(error) for error in found.ravel().tolist()],
            }
        },
        key="errors",
        alt_text="The equivariance error of every layer for circular shifts from 0 to 8 pixels.",
    )
    weights = "after training" if result.trained else "with random weights"
    st.caption(
        f"‖f(Tx) − T f(x)‖ / ‖f(x)‖ over {SHIFTED} test digits, {weights}: the output for x moved in a circle to the "
        "right, against the output for x, moved. 0 is below 10⁻⁹, in float64. Beyond 4 pixels ink goes round the "
        "border. Where an output has no places, it should not change at all."
    )
    st.markdown(_law(view, found[-1]))


def _law(view: Controls, last: compute.Floats) -> str:
    if view.head != "global average pooling":
        return "- The answer follows the place: the head has a weight of its own for every place. Try a mean over them."
    exact = [str(shift) for shift in SHIFTS[1:] if last[shift] < ROUNDING]
    if view.padding_mode == "zeros":
        seldom = f"only after shifts by {' and '.join(exact)}" if exact else "after no shift"
        return (
            f"- The answer is the same {seldom}, since zeros around the picture are no circle: whatever reaches the "
            "border tells the place. *Padding* under *More* has a circle."
        )
    if len(exact) == len(SHIFTS) - 1:
        return (
            "- The answer does not change with the place at all: convolutions that skip nothing, a circular border, "
            "and a mean over all places."
        )
    return (
        f"- The answer is the same after {' and '.join(exact)} pixels, and after no others: two halvings keep every "
        f"{TOTAL_STRIDE}th place, so shifts by multiples of {TOTAL_STRIDE} land on the same places."
    )


def aliasing(view: Controls) -> None:
    """Zhang's example: a signal and the same moved by one, pooled in four ways."""
    signal = np.array(view.signal)
    strips = {"signal": signal, "signal, moved by 1": np.roll(signal, 1)}
    distances = {}
    for kind in POOLINGS:
        still, moved = strips[kind], strips[f"{kind}, moved by 1"] = pooled(signal, kind=kind)
        distances[kind] = min(float(np.linalg.norm(np.roll(still, shift) - moved)) for shift in range(len(still)))
    low, high = float(signal.min()), float(signal.max())
    rows = []
    for name, values in strips.items():
        width = len(signal) / len(values)
        for place, value in enumerate(values):
            strength = (value - low) / (high - low) if high > low else 0.0
            middle = (place + 0.5) * width
            rows.append((name, place * width, (place + 1) * width, middle, strength, f"{value:.3g}"))
    kit.show(
        tab_charts.strips(tuple(strips), len(signal), color=kit.palette()[1], ink=kit.ink()),
        {"cells": pd.DataFrame(rows, columns=["row", "left", "right", "middle", "strength", "label"])},
        key="strips",
        alt_text="A signal and the same moved by one place, and both after four kinds of pooling by two.",
    )
    st.markdown(
        "\n".join(
            f"- **{kind}**: once the signal has moved, "
            f"{'the same numbers' if gap < ROUNDING else f'other numbers, {gap:.2g} apart'}."
            for kind, gap in distances.items()
        )
    )
    st.caption(
        "The signal is a circle. How far apart: the smallest Euclidean distance over all places at which the second "
        "result can be laid on the first. *Signal* under *More* has others, and takes yours."
    )


def compare(view: Controls) -> None:
    """Networks that differ in one thing, trained alike."""
    variants = view.variants
    parts = all_trained(tuple(variants.values()))
    if parts is None:
        st.caption(
            f"All {len(variants)} {view.varied}, everything else as in the sidebar. What differs is chosen under "
            f"*More*: {', '.join(VARIED)}. It takes up to half a minute; moving a control stops it."
        )
        return
    results = dict(zip(variants, (part for part in parts if part is not None), strict=True))
    change, words = view.changed, named(view.changed)
    rows = [
        (name, frame, share, words[frame])
        for name, known in results.items()
        for frame, share in zip(change.asked, known.curves[view.change], strict=True)
    ]
    kit.show(
        tab_charts.compared(
            tuple(map(change.form.format, change.amounts)),
            change.ticks,
            change.title,
            colors=tab_charts.colors(tuple(results)),
        ),
        {"compared": pd.DataFrame(rows, columns=["name", "frame", "share", "change"])},
        key="compared",
        alt_text="Accuracy of each network over the change of the digits.",
    )
    st.dataframe(
        pd.DataFrame({name: _row(known) for name, known in results.items()}).T,
        column_config={
            column: st.column_config.NumberColumn(format="percent") for column in ("unchanged", "worst", "consistency")
        },
    )
    st.caption(
        "Accuracy on the 360 test digits as they are, the worst over the moves by up to 4 pixels to either side, and "
        "how often two copies that are moved at random get the same answer."
    )


def _row(known: Trained) -> dict[str, float]:
    move = next(name for name, change in CHANGES.items() if change.kind == "right")
    near = [known.at(move, pixels) for pixels in range(-TOTAL_STRIDE, TOTAL_STRIDE + 1)]
    shares = {"unchanged": known.at(move, 0), "worst": min(near), "consistency": known.consistency}
    return {name: round(share, 3) for name, share in shares.items()}
