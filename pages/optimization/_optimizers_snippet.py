"""The view of the optimizers page as Python that a reader can run, and what it prints."""

import numpy as np

from demos.optimization.torch_reference import torch_descend
from pages.optimization._optimizers_controls import ENTRANTS, Controls
from pages.optimization._optimizers_run import Run

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


def snippet(controls: Controls, result: Run) -> str:
    """The descents of this view, with every argument written out."""
    runs = []
    for name in controls.names:
        arguments = {"lr": result.lr[name], **controls.hyperparameters(name)}
        written = "".join(f", {key}={value!r}" for key, value in arguments.items())
        runs.append(f'    "{name}": dict(optimizer=OPTIMIZERS["{ENTRANTS[name].optimizer}"]{written}),')
    return TEMPLATE.format(
        surface=controls.source,
        runs="\n".join(runs),
        start=controls.start,
        steps=controls.steps,
        noise=controls.noise,
        seed=controls.seed,
    )


def printed(controls: Controls, result: Run) -> str:
    """What the snippet prints, from the numbers on the page."""
    return "\n".join(
        f"{name}: x = {path[-1, 0]:.6g}, y = {path[-1, 1]:.6g}, f = {loss[-1]:.6g}"
        for name, path, loss in zip(controls.names, result.paths, result.loss, strict=True)
    )


def checked_against_torch(controls: Controls, result: Run) -> str:
    """How far the paths are from those of `torch.optim`, run now."""
    if controls.noise:
        return "With gradient noise the two are not compared: set the noise to 0 to check against `torch.optim`."
    if not controls.names:
        return "Nobody has walked yet."
    compared = [name for name in controls.names if not ENTRANTS[name].fixed]
    worst = 0.0
    for name, path in zip(controls.names, result.paths, strict=True):
        if name in compared:
            reference = torch_descend(
                ENTRANTS[name].optimizer,
                controls.surface.gradient,
                controls.start,
                lr=result.lr[name],
                steps=controls.steps,
                **controls.hyperparameters(name),
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
        f"Checked now against `torch.optim` in float64 ({', '.join(compared)}; {controls.steps} steps): the largest "
        f"relative difference is {worst:.1g}.{chaos}"
    )
