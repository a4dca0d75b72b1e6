"""The conclusions of the activations page: sentences made from the numbers, so that they cannot go stale."""

from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np
import torch

from demos.gradients.activations import Collapse, Deaths, Fit, Moments
from pages.gradients.activations.compute import FRAMES, RATES, ROUNDING, SEEDS, STARTS, Run
from pages.gradients.activations.controls import Controls
from ui.kit.plain import literal

CERTAIN: Final = 0.005  # shares below it are not worth a word
MANY_DEAD: Final = 0.05
REACH_OF_STRETCHED: Final = FRAMES[1][1]
UNITS: Final[Mapping[str, str]] = {
    "hard sigmoid": "hard sigmoids", "sigmoid": "soft sigmoids", "ReLU": "ReLUs"
}  # fmt: skip


def conclusions(view: Controls, result: Run) -> list[str]:
    """What each activation lets through, and how well the sum draws."""
    return [
        *(_passes(name, view.bends[name], found, view.std) for name, found in result.moments.items()),
        _draws(view, result),
    ]


def _passes(name: str, bend: str, found: Moments, std: float) -> str:
    said = f"**{name}** ({literal(bend)}) for inputs with σ = {std:g}"
    if not np.isfinite([found.square, found.slope_square]).all():
        return f"{said} gives numbers that are too large to be squared."
    if found.slope_square == 0:
        return f"{said} passes nothing of the gradient: φ′ is 0 wherever there is one."
    passed = (
        f"{said} passes **{found.slope_square:.3g}** of the squared gradient (E φ′²): weights of variance "
        f"{1 / found.slope_square:.3g}/n make up for it"
    )
    flat = f"; {found.saturated:.0%} of the inputs are saturated" if found.saturated > CERTAIN else ""
    exactly = f", {found.zero:.0%} with a slope of exactly 0" if found.zero > CERTAIN else ""
    return f"{passed}{flat}{exactly}."


def _draws(view: Controls, result: Run) -> str:
    units, drawn = len(result.drawn.units.slope), result.drawn
    shape = "rounded ramp" if view.kind == "sigmoid" else "straight piece"
    said = f"One {view.kind} draws the curve in one {shape}"
    if units > 1:
        said = f"{units} {UNITS[view.kind]} draw the curve in {units} {shape}s"
    if drawn.worst < ROUNDING:
        return f"{said}: exactly, but for rounding, since it is straight between their ends."
    errors = f"largest error **{drawn.worst:.3g}**, mean {drawn.mean:.2g}"
    return (
        f"{said}: {errors}. With twice as many the largest is {result.finer:.3g}, × {result.finer / drawn.worst:.2g}."
    )


def of_fits(result: Run, ends: Sequence[Fit]) -> list[str]:
    """How training compares with the sum that was made by hand."""
    by_hand, (plain, stretched) = result.drawn.worst, ends
    good = int((plain.error <= by_hand).sum())
    inside = float(((plain.kinks >= 0) & (plain.kinks <= 1)).mean())
    wide = float((np.abs(stretched.kinks) <= REACH_OF_STRETCHED).mean())
    return [
        f"By hand the largest error is {by_hand:.3g}, the dashed line. **{good} of {STARTS}** networks get there.",
        f"The best of them has {plain.error.min():.3g}, the median {np.median(plain.error):.3g}.",
        f"The same curve with inputs from −3 to 3: the median is {np.median(stretched.error):.3g}.",
        f"A unit bends at −b/w: in the end {inside:.0%} of them inside of 0 … 1, and {wide:.0%} inside of −3 … 3.",
    ]


def of_collapse(found: Collapse) -> list[str]:
    """What is left of the directions."""
    layers, widest = found.singular.shape
    outputs, inputs = found.weight.shape
    survive = int(found.surviving(dtype=torch.float32)[-1])
    return [
        f"{layers} linear layers are one of {outputs} × {inputs} weights: outputs differ by {found.difference:.1g}.",
        f"Of its {widest} directions **{survive}** can be told from rounding in float32, and {found.rank} in float64.",
        f"Its stable rank, over how many directions the outputs spread, is {found.stable_rank:.3g}.",
    ]


def of_deaths(view: Controls, found: Mapping[str, Deaths]) -> list[str]:
    """From which rate on units die, what becomes of them, and which networks break."""
    return [_fate(name, view.bends[name], each) for name, each in found.items()]


def _fate(name: str, bend: str, found: Deaths) -> str:
    said = [f"**{name}** ({literal(bend)}):"]
    share = np.nanmean(np.where(np.isfinite(found.dead[-1, 0]), found.dead[-1, 0], 0.0), axis=1)
    dying = [rate for rate, dead in zip(RATES, share, strict=True) if dead > MANY_DEAD]
    if found.dead[0, 0].min() == 1:
        said.append("every unit is dead from the start: φ′ is 0, and nothing is learned before the last layer.")
    elif dying:
        said.append(f"units of layer 1 die from learning rate {dying[0]:g} on")
        back = found.revived[0].max()
        said.append("and none of them ever comes back." if back == 0 else f"and some come back, {back:.2g} times each.")
    else:
        few = f"at most {share.max():.1%} of the units of layer 1 die" if share.any() else "no unit of layer 1 dies"
        said.append(f"{few} at any of these rates.")
    broken = np.isnan(found.loss[-1]).sum(axis=1)
    if broken.any():
        first = int(np.flatnonzero(broken)[0])
        said.append(
            f"The loss is no number in {broken[first]} of {SEEDS} runs at {RATES[first]:g}, and in {broken[-1]} of "
            f"{SEEDS} at {RATES[-1]:g}."
        )
    else:
        said.append("The loss stays a number in every run.")
    if found.revived[1].max() > 0:
        said.append(f"In layer 2 dead units come back, up to {found.revived[1].max():.2g} times each.")
    return " ".join(said)
