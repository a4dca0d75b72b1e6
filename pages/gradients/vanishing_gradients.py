"""Vanishing and exploding gradients: sigmoid against ReLU, measured."""

from functools import partial
from typing import Final

import numpy as np
import streamlit as st

from demos.gradients import networks, vanishing_gradients
from demos.gradients.networks import MAX_DEPTH, Architecture
from pages.gradients import _vanishing_charts as charts
from pages.gradients import _vanishing_tabs as tabs
from pages.gradients._vanishing_controls import DEFAULTS, NETWORKS, Controls, controls
from pages.gradients._vanishing_prose import MATHEMATICS, READING, REFERENCES, SCENARIOS
from pages.gradients._vanishing_run import BINS, REACH, Run, by_layer, flow, run, slopes, table
from pages.gradients._vanishing_snippet import checked_against_nn, printed, snippet
from pages.gradients._vanishing_words import conclusions
from ui.kit import charts as chart
from ui.kit import ending as frame
from ui.kit.scenarios import scenarios
from ui.kit.thumbnail import thumbnail

__all__ = ["DEFAULTS", "SCENARIOS", "picture"]
NOTHING: Final[chart.Columns] = {"layer": []}


def main() -> None:
    """Draw the page."""
    asked = controls()
    pending = scenarios(SCENARIOS, DEFAULTS, reading=READING)
    result = run(asked)
    _pictures(asked, result, pending=pending)
    if not pending:
        _tabs(asked, result)
        frame.reproduce(
            snippet(asked),
            printed(result),
            sources=(vanishing_gradients, networks),
            table=partial(table, asked, result),
            file_name="vanishing_gradients.csv",
            check=partial(checked_against_nn, asked, result),
        )
    frame.mathematics(MATHEMATICS)
    frame.references(REFERENCES)


def picture() -> str:
    """The first view of the page, small, as SVG for the gallery."""
    layers = np.arange(1, DEFAULTS["depth"] + 1)
    lines = []
    for name, color in tabs.colors(NETWORKS):
        chosen = {key: DEFAULTS[f"{name} {key}"] for key in ("activation", "init", "normalization", "residual")}
        passed = flow(Architecture(DEFAULTS["depth"], DEFAULTS["width"], **chosen), DEFAULTS["seed"], "float32")
        lines.append((np.stack([layers, np.log10(passed.gradient)], axis=-1), color))
    return thumbnail(((0.0, float(layers[-1] + 1)), (-19.0, 2.0)), lines)


def _pictures(asked: Controls, result: Run, *, pending: bool) -> None:
    chart.show(
        charts.over_layers(MAX_DEPTH, REACH, BINS, colors=tabs.colors(NETWORKS), ink=chart.ink()),
        {
            "view": {"depth": [asked.depth]},
            "slopes": slopes(asked),
            "layers": NOTHING if pending else by_layer(asked, result),
        },
        key="over layers",
        alt_text="Gradient norm and factor of every layer of both networks, and the pre-activations of one layer.",
    )
    if pending:
        st.info("The gradients appear after your prediction.", icon=":material/visibility_off:")
    else:
        st.markdown("\n".join(f"- {sentence}" for sentence in conclusions(asked, result)))


def _tabs(asked: Controls, result: Run) -> None:
    names = ["Activation × init", "Training", "Exploding", "float16", "Fix it"]
    bodies = (
        partial(tabs.factor_map),
        partial(tabs.learning, asked),
        partial(tabs.exploding, asked, result),
        partial(tabs.precision, asked),
        partial(tabs.fixes, asked),
    )
    for tab, show in zip(st.tabs(names, key="tab", on_change="rerun", bind="query-params"), bodies, strict=True):
        if tab.open:
            with tab:
                show()


if __name__ == "__main__":
    main()
