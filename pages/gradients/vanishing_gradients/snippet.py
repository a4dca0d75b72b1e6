"""The view of the gradients page as Python that a reader can run, what it prints, and a check against torch.nn."""

from typing import Final

import numpy as np

from demos.gradients.torch_reference import nn_gradient_norms
from pages.gradients.vanishing_gradients.compute import Run
from pages.gradients.vanishing_gradients.controls import BATCH, Controls

TEMPLATE: Final = """\
import torch

from demos.gradients.vanishing_gradients import gradient_flow

networks = {{
{networks}
}}
for name, network in networks.items():
    flow = gradient_flow(depth={depth}, width={width}, batch={batch}, seed={seed}, dtype=torch.float32, **network)
    print(name, *(f"{{norm:.4g}}" for norm in flow.gradient))
"""


CHAOTIC: Final = 0.01


def snippet(view: Controls) -> str:
    """Both networks, with every argument written out."""
    networks = []
    for name, architecture in view.architectures.items():
        _, _, *chosen = architecture
        written = ", ".join(f"{key}={value!r}" for key, value in zip(architecture._fields[2:], chosen, strict=True))
        networks.append(f'    "{name}": dict({written}),')
    return TEMPLATE.format(
        networks="\n".join(networks), depth=view.depth, width=view.width, batch=BATCH, seed=view.seed
    )


def printed(result: Run) -> str:
    """What the snippet prints, from the numbers on the page."""
    return "\n".join(" ".join([name, *(f"{norm:.4g}" for norm in flow.gradient)]) for name, flow in result.flow.items())


def checked_against_nn(view: Controls, result: Run) -> str:
    """How far the gradient norms are from those of torch's own layers, computed now."""
    worst, compared = 0.0, 0
    for name, architecture in view.architectures.items():
        theirs = nn_gradient_norms(architecture, batch=BATCH, seed=view.seed)
        ours = result.flow[name].gradient
        there = np.isfinite(theirs) & (theirs > 0)
        worst = max(worst, float(np.abs(ours[there] / theirs[there] - 1).max(initial=0.0)))
        compared += int(there.sum())
    return (
        "Checked now against `torch.nn.Linear`, `BatchNorm1d` and `LayerNorm` with the same weights in float32: the "
        f"gradient norms of {compared} layers differ by at most {worst:.1g} of each."
        + (" That is more than rounding: such a network amplifies every difference." if worst > CHAOTIC else "")
    )
