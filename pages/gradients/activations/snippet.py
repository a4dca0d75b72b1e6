"""The view of the activations page as Python that a reader can run, what it prints, and a check against `torch.nn`."""

from typing import Final

import numpy as np
import torch
from torch import nn

from demos.gradients.activations import Units
from pages.gradients.activations.compute import FINE, Run
from pages.gradients.activations.controls import OWN, POINTS, Controls

TEMPLATE: Final = """\
import numpy as np

from demos.gradients.activations import {names}

for name, activation in {{"A": {a}, "B": {b}}}.items():
    print(name, *(f"{{number:.4g}}" for number in moments(activation, std={std!r})))
{curve}
units = construct(x, y, kind={kind!r})
at = np.linspace(0, 1, {fine})
error = np.abs(total(units, x=at, kind={kind!r})[0] - {wanted})
print(f"{{len(units.slope)}} units: largest error {{error.max():.4g}}, mean {{error.mean():.4g}}")
"""
MODULES: Final = {"hard sigmoid": nn.Hardsigmoid, "sigmoid": nn.Sigmoid, "ReLU": nn.ReLU}


def snippet(view: Controls) -> str:
    """Both activations and the curve, with every argument written out."""
    own_points, formulas = view.target == POINTS, OWN in {view.A, view.B}
    names = ["TARGETS"] * (not own_points) + ["construct", "moments"] + ["own"] * formulas + ["total"]
    if own_points:
        curve = f"x = np.array({list(view.curve.x)})\ny = np.array({list(view.curve.y)})"
    else:
        curve = f"target = TARGETS[{view.target!r}]\nx = np.linspace(0, 1, {view.pieces + 1})\ny = target(x)"
    a, b = (f"own({view.formula.text!r})" if each == OWN else repr(each) for each in (view.A, view.B))
    return TEMPLATE.format(
        names=", ".join(names), a=a, b=b, std=view.std, curve=curve, kind=view.kind, fine=len(FINE),
        wanted="np.interp(at, x, y)" if own_points else "target(at)",
    )  # fmt: skip


def printed(result: Run) -> str:
    """What the snippet prints, from the numbers on the page."""
    lines = [" ".join([name, *(f"{number:.4g}" for number in found)]) for name, found in result.moments.items()]
    drawn = result.drawn
    return "\n".join(
        [*lines, f"{len(drawn.units.slope)} units: largest error {drawn.worst:.4g}, mean {drawn.mean:.4g}"]
    )


def checked_against_nn(view: Controls, result: Run) -> str:
    """How far the sum is from a network of `torch.nn` with the same weights, computed now."""
    net = network(result.drawn.units, view.kind)
    with torch.no_grad():
        said = net(torch.from_numpy(FINE)[:, None])[:, 0].numpy()
    ours = result.drawn.errors[-1] + view.curve(FINE)
    layers = f"nn.Linear, nn.{MODULES[view.kind].__name__}, nn.Linear"
    apart = np.abs(said - ours).max()
    return f"Checked now with `nn.Sequential({layers})` in float64: the sums differ by at most {apart:.1g}."


def network(units: Units, kind: str) -> nn.Sequential:
    """The sum as torch's own layers, in float64."""
    count = len(units.slope)
    net = nn.Sequential(nn.Linear(1, count), MODULES[kind](), nn.Linear(count, 1)).double()
    given = (units.slope[:, None], units.shift, units.coefficient[None], np.array([units.constant]))
    for parameter, numbers in zip(net.parameters(), given, strict=True):
        parameter.data = torch.tensor(numbers)
    return net
