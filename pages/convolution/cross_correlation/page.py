"""Cross-correlation: what a convolutional layer computes, window by window."""

from functools import partial

import numpy as np
import streamlit as st

from demos.convolution import cross_correlation, kernel_learning, pooling, windows
from pages.convolution.cross_correlation import charts, tabs
from pages.convolution.cross_correlation.compute import NO_KERNEL, NOTHING, Run, cells, frame, outputs, run, table, taps
from pages.convolution.cross_correlation.controls import Controls, Floats
from pages.convolution.cross_correlation.lesson import MATHEMATICS, READING, REFERENCES, SCENARIOS
from pages.convolution.cross_correlation.sentences import conclusions
from pages.convolution.cross_correlation.snippet import checked_against_torch, printed, snippet
from ui import kit
from ui.kit.plain import literal

__all__ = ["SCENARIOS", "Controls"]


def main() -> None:
    """Draw the page."""
    view = Controls.draw()
    pending = kit.scenarios(SCENARIOS, view, reading=READING)
    result = run(view)
    _picture(view, result, hidden=pending or bool(result.refusal))
    if pending:
        st.info("Products and output appear after your prediction.", icon=":material/visibility_off:")
    elif result.refusal:
        st.error(literal(f"The kernel cannot slide here: {result.refusal}."), icon=":material/straighten:")
        st.caption("Shown is the picture alone. Take less dilation, a smaller kernel, or other padding.")
    else:
        st.markdown("\n".join(f"- {sentence}" for sentence in conclusions(view, result)))
        kit.tabs(
            {
                "Learn the kernel": partial(tabs.learn, view),
                "As a matrix": partial(tabs.as_matrix, view),
                "Channels and pooling": partial(tabs.channels_and_pooling, view),
            }
        )
        kit.reproduce(
            snippet(view),
            printed(view, result),
            sources=(cross_correlation, windows, kernel_learning, pooling),
            table=partial(table, view, result),
            file_name="cross_correlation.csv",
            check=partial(checked_against_torch, view, result),
        )
    kit.mathematics(MATHEMATICS)
    kit.references(REFERENCES)


def thumbnail() -> str:
    """Input, window and output of the first view, small, for the gallery."""
    view = Controls.of()
    result = run(view)
    palette = kit.palette()
    lines = []
    for left, values in ((0.0, view.x), (10.0, result.output)):
        for row, column in np.argwhere(values != 0):
            color = palette[1] if values[row, column] > 0 else palette[5]
            lines += [(each, color) for each in _strokes(left + column, 6.0 - row)]
    (low, high), color = ((1.0, 3.0), palette[3])
    window = np.array([(low, 3.0), (high, 3.0), (high, 4.0), (low, 4.0), (low, 3.0)])
    return kit.thumbnail(((-1.0, 18.0), (-2.9, 8.9)), [*lines, (window, color)])


def _strokes(x: float, y: float) -> list[Floats]:
    """A filled cell whose upper left corner is at (x, y), as lines from left to right."""
    return [np.array([(x + 0.1, y - down), (x + 0.9, y - down)]) for down in (0.15, 0.32, 0.5, 0.68, 0.85)]


def _picture(view: Controls, result: Run, *, hidden: bool) -> None:
    palette = kit.palette()
    kit.show(
        charts.sliding(colors=(palette[5], palette[1], palette[3]), ink=kit.ink()),
        {
            "view": frame(view, result, hidden=hidden),
            "cells": cells(view, result, hidden=hidden),
            "kernel": NO_KERNEL if hidden else taps(view),
            "output": NOTHING if hidden else outputs(result),
        },
        key="sliding",
        alt_text="The input with the window of one step, the products under the kernel, and the output so far.",
    )
