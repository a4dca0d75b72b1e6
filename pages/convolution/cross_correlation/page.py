"""Cross-correlation: what a convolutional layer computes, window by window."""

from typing import Final

import numpy as np
import streamlit as st

from pages.convolution.cross_correlation import charts
from pages.convolution.cross_correlation.compute import NO_KERNEL, NOTHING, Run, cells, frame, outputs, run, taps
from pages.convolution.cross_correlation.controls import Controls
from pages.convolution.cross_correlation.lesson import MATHEMATICS, READING, REFERENCES, SCENARIOS
from ui import kit
from ui.kit.plain import literal

__all__ = ["SCENARIOS", "Controls"]


def main() -> None:
    """Draw the page."""
    view = Controls.draw()
    pending = kit.scenarios(SCENARIOS, view, reading=READING)
    result = run(view)
    _picture(view, result, hidden=pending or bool(result.refusal))
    if result.refusal:
        st.error(literal(f"The kernel cannot slide here: {result.refusal}."), icon=":material/straighten:")
    kit.mathematics(MATHEMATICS)
    kit.references(REFERENCES)


def thumbnail() -> str:
    return "<svg/>"


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
