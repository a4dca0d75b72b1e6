"""The view of the optimizers page as Python that a reader can run, and what it prints."""

import numpy as np

from demos.optimization.optimizers import ENTRANTS, OPTIMIZERS
from demos.optimization.torch_reference import torch_descend
from pages.optimization.optimizers.compute import Run
from pages.optimization.optimizers.controls import Controls

TEMPLATE = """\
from demos.optimization.optimizers import OPTIMIZERS, descend
from demos.optimization.surfaces import FAMILIES, SURFACES, parse

surface = {surface}
runs = {{
{runs}
}}
for name, run in runs.items():
    path = descend(
        gradient=surface.gradient, start={start}, steps={steps}, noise={noise}, seed={seed}, **run
    )
    print(f"{{name}}: x = {{path[-1, 0]:.6g}}, y = {{path[-1, 1]:.6g}}, f = {{surface.value(path[-1]):.6g}}")
"""


def snippet(view: Controls, result: Run) -> str:
    """The descents of this view, with every argument written out."""
    runs = []
    for name, hyperparameters in view.entrants.items():
        arguments = {"lr": result.lr[name], **hyperparameters}
        written = "".join(f", {key}={value!r}" for key, value in arguments.items())
        runs.append(f'    "{name}": dict(optimizer=OPTIMIZERS["{_rule(name)}"]{written}),')
    settings = {name: getattr(view, name) for name in ("start", "steps", "noise", "seed")}
    return TEMPLATE.format(surface=view.source, runs="\n".join(runs), **settings)


def _rule(name: str) -> str:
    """The name of an entrant's rule among the optimizers."""
    return next(rule for rule, optimizer in OPTIMIZERS.items() if optimizer is ENTRANTS[name].optimizer)


def printed(view: Controls, result: Run) -> str:
    """What the snippet prints, from the numbers on the page."""
    return "\n".join(
        f"{name}: x = {path[-1, 0]:.6g}, y = {path[-1, 1]:.6g}, f = {loss[-1]:.6g}"
        for name, path, loss in zip(view.entrants, result.paths, result.loss, strict=True)
    )


def checked_against_torch(view: Controls, result: Run) -> str:
    """How far the paths are from those of `torch.optim`, run now."""
    if view.noise:
        return "With gradient noise the two are not compared: set the noise to 0 to check against `torch.optim`."
    if not view.entrants:
        return "Nobody has walked yet."
    compared = [name for name in view.entrants if not ENTRANTS[name].fixed]
    worst = 0.0
    for name, path in zip(view.entrants, result.paths, strict=True):
        if name in compared:
            reference = torch_descend(
                _rule(name), view.f.gradient, view.start, lr=result.lr[name], steps=view.steps, **view.entrants[name]
            )
            with np.errstate(all="ignore"):
                difference = np.abs(path - reference) / np.maximum(np.abs(reference), 1e-3)
            worst = max(worst, float(np.nanmax(np.where(np.isfinite(difference), difference, np.nan), initial=0.0)))
    chaos = (
        " That is more than rounding: these paths are chaotic, so that rounding errors grow from step to step."
        if worst > 1e-6
        else ""
    )
    return (
        f"Checked now against `torch.optim` in float64 ({', '.join(compared)}; {view.steps} steps): the largest "
        f"relative difference is {worst:.1g}.{chaos}"
    )
