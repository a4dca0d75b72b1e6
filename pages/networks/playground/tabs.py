"""The tabs of the playground: one point on its way, forty starts, and what to take along."""

from collections.abc import Sequence
from typing import Final

import numpy as np
import pandas as pd
import streamlit as st

from demos.networks.notation import code_of, dumped
from demos.networks.playground import Unit, forward_steps
from pages.networks.playground import charts
from pages.networks.playground.compute import Run, forty
from pages.networks.playground.controls import Controls
from ui import kit

GOOD: Final = 0.95
LONGEST: Final = 5  # terms of a sum that are written out


def forward_pass(view: Controls, result: Run) -> None:
    """The sums of every neuron for the point that was clicked."""
    point = view.x1, view.x2
    if result.diverged:
        st.caption("There are no numbers to follow: the network broke.")
        return
    units = forward_steps(result.last, point, features=view.inputs, activation=view.bends)
    rows = [
        {
            "layer": "output" if unit.layer == len(view.bends) else str(unit.layer + 1),
            "neuron": unit.neuron + 1,
            "inputs · weights + bias": _sum(unit),
            "sum": unit.total,
            "activation": "" if unit.layer == len(view.bends) else view.bends[unit.layer],
            "says": unit.output,
        }
        for unit in units
    ]
    st.markdown(
        f"The point ({view.x1:g}, {view.x2:g}) after epoch {result.last.epoch}. Click the picture, or set it under "
        f"*More*. {_verdict([unit.output for unit in units if unit.layer == len(view.bends)], view)}"
    )
    number = st.column_config.NumberColumn(format="%.4g")
    st.dataframe(pd.DataFrame(rows), hide_index=True, column_config={"sum": number, "says": number})


def _sum(unit: Unit) -> str:
    terms = [f"({x:.3g})({w:.3g})" for x, w in zip(unit.inputs, unit.weights, strict=True)]
    if len(terms) > LONGEST:
        terms = [*terms[:LONGEST], "…"]
    return " + ".join([*terms, f"{unit.bias:.3g}"]).replace("+ -", "− ").replace("-", "−")


def _verdict(logits: Sequence[float], view: Controls) -> str:
    z = np.array(logits)
    if len(z) == 1:
        p = 1 / (1 + np.exp(-z[0]))
        return f"The last sum is the logit: class {view.names[1]} has the probability σ({z[0]:.3g}) = {p:.3g}."
    shares = np.exp(z - z.max()) / np.exp(z - z.max()).sum()
    best = int(shares.argmax())
    return f"Softmax makes probabilities of the logits: class {view.names[best]} is first with {shares[best]:.3g}."


def forty_starts(view: Controls) -> None:
    """Where the same network ends from other first weights."""
    if view.weights is not None:
        st.caption("With weights that you have brought there is one start.")
        return
    st.markdown("The same network on the same points, from forty seeds of its first weights.")
    parts = forty(view.shape, view.split, view.training)
    if parts is None:
        return
    test, training = (np.concatenate(each) for each in zip(*parts, strict=True))
    good = int((test >= GOOD).sum())
    st.markdown(
        f"**{good} of {len(test)}** starts tell at least {GOOD:.0%} of the test points right. The median is "
        f"{np.median(test):.1%}, the worst {test.min():.1%} and the best {test.max():.1%}; on the training points the "
        f"median is {np.median(training):.1%}. The dashed line is start {view.start}, the one above, with "
        f"{test[view.start]:.1%}."
    )
    kit.show(
        charts.histogram(ink=kit.ink()),
        {"starts": {"accuracy": test, "start": np.arange(len(test))}, "shown": {"accuracy": [test[view.start]]}},
        key="forty starts",
        alt_text="Histogram of the test accuracies of forty starts.",
    )


def take_along(view: Controls, result: Run) -> None:
    """The network as code, and its weights as text."""
    st.markdown(
        "The network as PyTorch code. Its inputs are the features; `net.load_state_dict` takes the weights below."
    )
    st.code(code_of(view.net()), language="python")
    if result.diverged:
        st.caption("There are no weights to take along: the network broke.")
        return
    st.markdown(
        f"The weights after epoch {result.last.epoch}, by the names of its state dict. Paste them into *Weights to "
        "start from* under *More*, and training goes on from here."
    )
    st.code(dumped(view.net(), result.last.weights), language="json", wrap_lines=True, height=160)
