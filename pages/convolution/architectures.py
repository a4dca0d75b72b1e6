"""Architectures layer by layer: where the parameters, the work and the memory of a network sit."""

from functools import partial
from typing import Final

import numpy as np
import streamlit as st

from demos.convolution import architectures, network
from pages.convolution import _architectures_charts as charts
from pages.convolution import _architectures_size_tabs as size_tabs
from pages.convolution import _architectures_tabs as tabs
from pages.convolution._architectures_code import code
from pages.convolution._architectures_controls import DEFAULTS, Controls, controls
from pages.convolution._architectures_prose import MATHEMATICS, READING, REFERENCES, SCENARIOS
from pages.convolution._architectures_run import (
    Key,
    Run,
    breaks,
    key_of,
    labels,
    rows,
    run,
    run_of,
    sizes_of,
    table,
    view,
)
from pages.convolution._architectures_snippet import checked_against_torch, printed, snippet
from pages.convolution._architectures_time_tab import time
from pages.convolution._architectures_words import conclusions, explanation, failure
from ui.kit import charts as chart
from ui.kit import ending as frame
from ui.kit.scenarios import scenarios
from ui.kit.thumbnail import thumbnail

__all__ = ["DEFAULTS", "SCENARIOS", "picture"]
NOTHING: Final[chart.Columns] = {"stage": []}
STROKES: Final = np.linspace(-0.35, 0.35, 7)  # of a bar in the small picture


def main() -> None:
    """Draw the page."""
    asked = controls()
    pending = scenarios(SCENARIOS, DEFAULTS, reading=READING)
    result = run(asked)
    _picture(asked, result, pending=pending)
    if not pending:
        _tabs(asked, result)
        frame.reproduce(
            snippet(asked),
            printed(result),
            sources=(architectures, network),
            table=partial(table, result),
            file_name="architectures.csv",
            check=partial(checked_against_torch, result),
        )
    frame.mathematics(MATHEMATICS)
    frame.references(REFERENCES)


def picture() -> str:
    """The shapes of the first network's stages, small, as SVG for the gallery."""
    key = Key.of_preset(DEFAULTS["network"])
    result = run_of(key, (key.channels, *[DEFAULTS["size"]] * key.axes))
    shades = dict(tabs.colors())
    bars = []
    for place, stage in enumerate(result.stages):
        half = np.sqrt(max(stage.output_shape[1:], default=1))
        strokes = [(place + shift, sign * half) for shift in STROKES for sign in (-1, 1)]
        bars.append((np.array(strokes), shades[stage.group]))
    reach = 1.15 * max(points[:, 1].max() for points, _ in bars)
    return thumbnail(((-0.8, len(bars) - 0.2), (-reach, reach)), bars)


def _picture(asked: Controls, result: Run, *, pending: bool) -> None:
    left, right = st.columns([3, 2], gap="medium")
    with left:
        chart.show(
            charts.over_stages(
                len(result.planned),
                colors=tabs.colors(),
                warning=chart.palette()[6],
                ink=chart.ink(),
            ),
            {
                "view": view(result),
                "stages": NOTHING if pending else rows(result),
                "labels": NOTHING if pending else labels(result),
                "breaks": NOTHING if pending else breaks(result),
            },
            key="over stages",
            alt_text="Side, channels, parameters, multiply–accumulates and memory of every stage of the network.",
        )
    with right:
        if pending:
            st.info("The stages appear after your prediction.", icon=":material/visibility_off:")
            return
        if result.error is not None:
            st.error(failure(result), icon=":material/broken_image:")
            st.markdown(explanation(asked, result, sizes_of(key_of(asked))))
        st.markdown("\n".join(f"- {sentence}" for sentence in conclusions(asked, result)))


def _tabs(asked: Controls, result: Run) -> None:
    bodies = {
        "Layers": partial(tabs.listing, result),
        "All networks": partial(tabs.compared, result),
        "Global average pooling": partial(size_tabs.pooling, asked, result),
        "Too small": partial(size_tabs.small, asked, result),
        "Time": partial(time, asked, result),
        "Code": partial(code, asked, result),
    }
    opened = st.tabs(list(bodies), key="tab", on_change="rerun", bind="query-params")
    for tab, show in zip(opened, bodies.values(), strict=True):
        if tab.open:
            with tab:
                show()


if __name__ == "__main__":
    main()
