"""Cross-correlation: what a convolutional layer computes, window by window."""

from functools import partial

import numpy as np
import streamlit as st

from demos.convolution import cross_correlation, kernel_learning, pooling, windows
from pages.convolution.cross_correlation import charts, tabs
from pages.convolution.cross_correlation.compute import NO_KERNEL, NOTHING, Run, cells, frame, outputs, run, table, taps
from pages.convolution.cross_correlation.controls import Controls
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
    """The flower and what Sobel's kernel makes of it, small, for the gallery."""
    result = run(Controls.of(picture="Flower", kernel_name="Sobel", side=20, padding=1))
    cells = np.full((26, 44), np.nan)
    for left, values in ((1, result.padded[1:-1, 1:-1]), (23, result.output)):
        cells[3:23, left : left + 20] = values / np.abs(values).max()
    (low, high), color = ((8.0, 11.0), kit.palette()[3])
    window = np.array([(low, low), (high, low), (high, high), (low, high), (low, low)])
    return kit.thumbnail(((0.0, 44.0), (0.0, 26.0)), [(window, color)], image=tabs.shades_of(cells, scale=8))


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
