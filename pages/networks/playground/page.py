"""A neural network in the plane: every epoch of every neuron."""

from functools import partial
from typing import Final

import numpy as np
import streamlit as st

from demos.networks import batched, perceptron, playground
from demos.networks.playground import train
from pages.networks.playground import charts, tabs
from pages.networks.playground.compute import FRAMES, Run, run, table
from pages.networks.playground.controls import ORDER, Controls
from pages.networks.playground.lesson import MATHEMATICS, READING, REFERENCES, SCENARIOS
from pages.networks.playground.pictures import PLANE, boundary
from pages.networks.playground.sentences import conclusions
from pages.networks.playground.snippet import checked_by_hand, printed, snippet
from pages.networks.playground.tables import of_picture
from ui import kit

__all__ = ["SCENARIOS", "Controls"]
CHART: Final = "playground"
CLASSES: Final = (5, 1, 4, 6, 3, 2)  # of the palette: rust and blue first, which all readers can tell apart


def main() -> None:
    """Draw the page."""
    view = Controls.draw()
    pending = kit.scenarios(SCENARIOS, view, reading=READING)
    result = run(view, pending=pending)
    _picture(view, result)
    if pending:
        st.info("The network is at its start. It trains after your prediction.", icon=":material/visibility_off:")
    else:
        st.markdown("\n".join(f"- {sentence}" for sentence in conclusions(view, result)))
        kit.tabs(
            {
                "Forward pass": partial(tabs.forward_pass, view, result),
                "Forty starts": partial(tabs.forty_starts, view),
                "Take it along": partial(tabs.take_along, view, result),
            }
        )
        kit.reproduce(
            snippet(view),
            printed(result),
            sources=(playground, perceptron, batched),
            table=partial(table, view),
            file_name="playground.csv",
            check=partial(checked_by_hand, view, result),
        )
    kit.mathematics(MATHEMATICS)
    kit.references(REFERENCES)


def thumbnail() -> str:
    """The first view, small, for the gallery."""
    view = Controls.of()
    *_, last = train(view.net(), view.split, features=view.inputs, **view.training, frames=FRAMES, seed=ORDER)
    image = boundary([last], features=view.inputs, activation=view.bends, colors=colors())["url"][0]
    dots = view.split.x_train[view.split.y_train == 1].astype(np.float64), kit.palette()[1]
    return kit.thumbnail(PLANE, [], image=str(image), dots=dots)


def colors() -> list[str]:
    """Of the classes."""
    palette = kit.palette()
    return [palette[each] for each in CLASSES]


def _picture(view: Controls, result: Run) -> None:
    kit.show(
        charts.playground(FRAMES, tuple(colors()), ink=kit.ink()),
        of_picture(view, result, colors()),
        key=CHART,
        alt_text="The network and what each neuron says over the plane, with the points, the loss and the accuracy.",
        on_select=_choose_point,
    )


def _choose_point() -> None:
    clicked = st.session_state[CHART]["selection"]["point"]
    if clicked:
        st.session_state.update(x1=round(clicked[0]["x"], 3), x2=round(clicked[0]["y"], 3))
