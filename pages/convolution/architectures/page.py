"""Architectures layer by layer: where the parameters, the work and the memory of a network sit."""

from functools import partial
from typing import Final

import numpy as np
import streamlit as st

from demos.convolution import architectures, network
from pages.convolution.architectures import charts, size_tabs, tabs
from pages.convolution.architectures.compute import Run, breaks, key_of, labels, reach, rows, run, sizes_of, table
from pages.convolution.architectures.controls import Controls
from pages.convolution.architectures.lesson import MATHEMATICS, READING, REFERENCES, SCENARIOS
from pages.convolution.architectures.sentences import conclusions, explanation, failure
from pages.convolution.architectures.snippet import checked_against_torch, printed, snippet
from pages.convolution.architectures.time_tab import time
from ui import kit

__all__ = ["SCENARIOS", "Controls"]
NOTHING: Final[kit.Columns] = {"stage": []}
STROKES: Final = np.linspace(-0.35, 0.35, 7)  # of a bar in the small picture


def main() -> None:
    """Draw the page."""
    view = Controls.draw()
    pending = kit.scenarios(SCENARIOS, view, reading=READING)
    view.say_what_is_shown()
    result = run(view)
    _picture(result, pending=pending)
    if pending:
        st.info("The stages appear after your prediction.", icon=":material/visibility_off:")
    else:
        _sentences(view, result)
        kit.tabs(
            {
                "Layers": partial(tabs.listing, result),
                "All networks": partial(tabs.compared, result),
                "Global average pooling": partial(size_tabs.pooling, view, result),
                "Too small": partial(size_tabs.small, view, result),
                "Time": partial(time, view, result),
                "Code": partial(tabs.code, view, result),
            }
        )
        kit.reproduce(
            snippet(view, result),
            printed(result),
            sources=(architectures, network),
            table=partial(table, result),
            file_name="architectures.csv",
            check=partial(checked_against_torch, result),
        )
    kit.mathematics(MATHEMATICS)
    kit.references(REFERENCES)


def thumbnail() -> str:
    """The shapes of the first network's stages, small, as SVG for the gallery."""
    result = run(Controls.of())
    shades = dict(charts.colors())
    bars = []
    for place, stage in enumerate(result.stages):
        half = np.sqrt(max(stage.output_shape[1:], default=1))
        strokes = [(place + shift, sign * half) for shift in STROKES for sign in (-1, 1)]
        bars.append((np.array(strokes), shades[stage.group]))
    top = 1.15 * max(points[:, 1].max() for points, _ in bars)
    return kit.thumbnail(((-0.8, len(bars) - 0.2), (-top, top)), bars)


def _picture(result: Run, *, pending: bool) -> None:
    kit.show(
        charts.over_stages(len(result.planned), colors=charts.colors(), warning=charts.warning(), ink=kit.ink()),
        {
            "view": reach(result),
            "stages": NOTHING if pending else rows(result),
            "labels": NOTHING if pending else labels(result),
            "breaks": NOTHING if pending else breaks(result),
        },
        key="over stages",
        alt_text="Side, channels, and shares of parameters, multiply–accumulates and memory, of every stage.",
    )


def _sentences(view: Controls, result: Run) -> None:
    if result.error is not None:
        st.error(failure(result), icon=":material/broken_image:")
    told = [f"- {sentence}" for sentence in conclusions(view, result)]
    why = explanation(view, result, sizes_of(key_of(view))) if result.error else ""
    st.markdown("\n".join([why, "", *told]))
