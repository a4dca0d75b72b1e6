"""Vanishing and exploding gradients: sigmoid against ReLU, measured."""

from functools import partial
from typing import Final

import numpy as np
import streamlit as st

from demos.gradients import networks, vanishing_gradients
from demos.gradients.networks import MAX_DEPTH
from pages.gradients.vanishing_gradients import charts, tabs, training
from pages.gradients.vanishing_gradients.compute import BINS, REACH, by_layer, run, slopes, table
from pages.gradients.vanishing_gradients.controls import NETWORKS, Controls
from pages.gradients.vanishing_gradients.lesson import MATHEMATICS, READING, REFERENCES, SCENARIOS
from pages.gradients.vanishing_gradients.sentences import conclusions
from pages.gradients.vanishing_gradients.snippet import checked_against_nn, printed, snippet
from ui import kit

__all__ = ["SCENARIOS", "Controls"]
NOTHING: Final[kit.Columns] = {"layer": []}


def main() -> None:
    """Draw the page."""
    view = Controls.draw()
    pending = kit.scenarios(SCENARIOS, view, reading=READING)
    result = run(view)
    kit.show(
        charts.over_layers(MAX_DEPTH, REACH, BINS, colors=tabs.colors(NETWORKS), ink=kit.ink()),
        {
            "view": {"depth": [view.depth]},
            "slopes": slopes(view),
            "layers": NOTHING if pending else by_layer(view, result),
        },
        key="over layers",
        alt_text="Gradient norm and factor of every layer of both networks, and the pre-activations of one layer.",
    )
    if pending:
        st.info("The gradients appear after your prediction.", icon=":material/visibility_off:")
    else:
        st.markdown("\n".join(f"- {sentence}" for sentence in conclusions(view, result)))
        kit.tabs(
            {
                "Activation × init": tabs.factor_map,
                "Training": partial(training.learning, view),
                "Exploding": partial(tabs.exploding, view, result),
                "float16": partial(tabs.precision, view),
                "Fix it": partial(training.fixes, view),
            }
        )
        kit.reproduce(
            snippet(view),
            printed(result),
            sources=(vanishing_gradients, networks),
            table=partial(table, view, result),
            file_name="vanishing_gradients.csv",
            check=partial(checked_against_nn, view, result),
        )
    kit.mathematics(MATHEMATICS)
    kit.references(REFERENCES)


def thumbnail() -> str:
    """The first view, small, for the gallery."""
    view = Controls.of()
    layers = np.arange(1, view.depth + 1)
    flows = run(view).flow
    lines = [
        (np.stack([layers, np.log10(flows[name].gradient)], axis=-1), color) for name, color in tabs.colors(NETWORKS)
    ]
    return kit.thumbnail(((0.0, float(layers[-1] + 1)), (-19.0, 2.0)), lines)
