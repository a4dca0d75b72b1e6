"""Activation functions: two bends, and a curve that grows from units."""

from functools import partial
from typing import Final

import numpy as np
import streamlit as st

from demos.gradients.activations import bends, curve, ramps
from pages.gradients.activations import charts, tabs
from pages.gradients.activations.compute import GRID, of_picture, run, table
from pages.gradients.activations.controls import Controls
from pages.gradients.activations.lesson import MATHEMATICS, READING, REFERENCES, SCENARIOS
from pages.gradients.activations.sentences import conclusions
from pages.gradients.activations.snippet import checked_against_nn, printed, snippet
from ui import kit

__all__ = ["SCENARIOS", "Controls"]
HIDDEN: Final[kit.Columns] = {"unit": []}


def main() -> None:
    """Draw the page."""
    view = Controls.draw()
    pending = kit.scenarios(SCENARIOS, view, reading=READING)
    result = run(view)
    tables = of_picture(view, result)
    kit.show(
        charts.bends_and_curve(tabs.colors(charts.NAMES), kit.palette()[4], ink=kit.ink()),
        {**tables, "terms": HIDDEN, "steps": HIDDEN} if pending else tables,
        key="bends and curve",
        alt_text="Both activations and their slopes over the spread of inputs, and a curve as a sum of units.",
    )
    if pending:
        st.info("The units and what follows appear after your prediction.", icon=":material/visibility_off:")
    else:
        st.markdown("\n".join(f"- {sentence}" for sentence in conclusions(view, result)))
        kit.tabs(
            {
                "Train it": partial(tabs.training, view, result),
                "Dead units": partial(tabs.dead_units, view),
                "Linear layers": partial(tabs.linear_layers, view),
            }
        )
        kit.reproduce(
            snippet(view),
            printed(result),
            sources=(bends, ramps),
            table=partial(table, view),
            file_name="activations.csv",
            check=partial(checked_against_nn, view, result),
        )
    kit.mathematics(MATHEMATICS)
    kit.references(REFERENCES)


def thumbnail() -> str:
    """Both bends of the first view, small, for the gallery."""
    view = Controls.of()
    lines = [
        (np.stack([GRID, curve(view.bends[name], x=GRID).value], axis=-1), color)
        for name, color in tabs.colors(charts.NAMES)
    ]
    return kit.thumbnail(((-3.0, 3.0), (-0.8, 3.0)), lines)
