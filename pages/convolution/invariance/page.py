"""Invariance: does a network still know a digit that is moved, turned or resized?"""

from functools import partial

import numpy as np
import streamlit as st

from demos.convolution.invariance import networks, pictures, shifts, training, transform
from pages.convolution.invariance import charts, tabs
from pages.convolution.invariance.compute import UNCHANGED, Run, known, picture_of, run, table
from pages.convolution.invariance.controls import Controls
from pages.convolution.invariance.frames import DIGITS, SHADES, tables
from pages.convolution.invariance.lesson import MATHEMATICS, READING, REFERENCES, SCENARIOS
from pages.convolution.invariance.sentences import conclusions
from pages.convolution.invariance.snippet import checked_against_torch, printed, snippet
from ui import kit
from ui.kit import raster

__all__ = ["SCENARIOS", "Controls"]


def main() -> None:
    """Draw the page."""
    view = Controls.draw()
    pending = kit.scenarios(SCENARIOS, view, reading=READING)
    with st.container():  # also when it is empty: the picture keeps its place, and the browser keeps the picture
        network = known(view.recipe)
    result = run(view, network)
    _picture(view, result, pending=pending)
    if pending:
        st.info("The answers appear after your prediction.", icon=":material/visibility_off:")
    else:
        st.markdown(conclusions(view, result))
        kit.tabs(
            {
                "Layer by layer": partial(tabs.layers, view, result),
                "Aliasing": partial(tabs.aliasing, view),
                "Compare": partial(tabs.compare, view),
            }
        )
        kit.reproduce(
            snippet(view, result),
            printed(view, result),
            sources=(pictures, networks, training, shifts),
            table=partial(table, view, result),
            file_name="invariance.csv",
            check=partial(checked_against_torch, view),
        )
    kit.mathematics(MATHEMATICS)
    kit.references(REFERENCES)


def thumbnail() -> str:
    """One digit on its way round, for the gallery."""
    picture, columns, rows = picture_of(Controls.of()), 8, 5
    turned = [
        transform(picture, **{**UNCHANGED, "angle": 360 * frame / (columns * rows)})[0, 0].numpy()[2:-2, 2:-2]
        for frame in range(columns * rows)
    ]
    levels = np.round((SHADES - 1) * np.array(turned)).astype(int)
    sheet = np.concatenate([np.concatenate(levels[row * columns : (row + 1) * columns], axis=1) for row in range(rows)])
    shades = raster.blend([kit.ink().paper, kit.palette()[1]], SHADES)
    return kit.thumbnail(((0.0, 1.0), (0.0, 1.0)), [], image=raster.data_url(sheet[::-1], shades, scale=4))


def _picture(view: Controls, result: Run, *, pending: bool) -> None:
    change = view.changed
    kit.show(
        charts.through_film(
            tuple(change.form.format(amount).replace("-", "−") for amount in change.amounts),
            change.ticks,
            change.title,
            colors=charts.colors(DIGITS),
            ink=kit.ink(),
        ),
        tables(view, result, pending=pending),
        key="film",
        alt_text="The digit in every frame of its change, the probabilities that the network gives to the ten digits, "
        "and the accuracy on all test digits.",
    )
