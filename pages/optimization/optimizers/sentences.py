"""The conclusions of the optimizers page: sentences made from the numbers, so that they cannot go stale."""

from typing import Final

import numpy as np

from demos.optimization.comparisons import DIVERGED, ELSEWHERE
from demos.optimization.optimizers import STABILITY, Floats
from demos.optimization.surfaces import Point, Surface, critical_point
from pages.optimization.optimizers.compute import Run, Scenery
from pages.optimization.optimizers.controls import Controls

ROUNDING: Final = 1e-15


def conclusions(view: Controls, scene: Scenery, result: Run) -> list[str]:
    """One sentence an entrant: which minimum it reached and when, or why not."""
    return [f"**{name}** {_fate(view, scene, result, index)}" for index, name in enumerate(view.entrants)]


def _fate(view: Controls, scene: Scenery, result: Run, index: int) -> str:
    name = list(view.entrants)[index]
    path, minimum, lr = result.paths[index], result.minimum[index], result.lr[name]
    undefined = np.isnan(result.loss[index])
    if undefined[0]:
        return "starts where f is not defined."
    if lr == 0:
        return "does not move: its learning rate is 0."
    if minimum == DIVERGED and not undefined[: result.exit[index]].any():
        return _divergence(view, scene, result, index)
    if undefined.any():
        return f"leaves the domain of f at step {int(np.argmax(undefined))}."
    if minimum == ELSEWHERE:
        return _elsewhere(view.f, scene, path, result.exit[index])
    rank = "the lowest minimum" if minimum == 0 and scene.unique else "the minimum"
    return (
        f"is close to {rank} {at(*scene.minima[minimum])} from step {result.arrival[index]} on and ends at "
        f"f − f* = {gap(result.loss[index, -1] - scene.lowest)}."
    )


def _divergence(view: Controls, scene: Scenery, result: Run, index: int) -> str:
    name = list(view.entrants)[index]
    path, step, lr = result.paths[index], result.exit[index], result.lr[name]
    overflowed = ~np.isfinite(path).all(axis=-1)
    overflow = f" and overflows at step {int(np.argmax(overflowed))}" if overflowed.any() else ""
    why = ""
    if not len(scene.minima):
        why = " There is no minimum in the frame to hold it."
    elif name in STABILITY:
        steepest = _curvature(view.f, path[:step])
        limit = STABILITY[name](view.momentum)
        if lr * steepest > limit:
            why = (
                f" On its way λmax was up to {steepest:.3g}, where {name} is stable only below {limit:.3g}/λmax = "
                f"{limit / steepest:.3g}; its lr is {lr:.3g}."
            )
    return f"diverges: it leaves the frame at step {step}{overflow}.{why}"


def _curvature(surface: Surface, points: Floats) -> float:
    """The largest Hessian eigenvalue at any of the points (n, 2); NaN where there is none."""
    hessian = surface.hessian(points)
    hessian = hessian[np.isfinite(hessian).all(axis=(-2, -1))]
    return float(np.linalg.eigvalsh(hessian).max()) if len(hessian) else np.nan


def _elsewhere(surface: Surface, scene: Scenery, path: Floats, exit_step: int) -> str:
    end = path[-1]
    if exit_step >= 0:
        return f"leaves the frame at step {exit_step} and ends outside it, at {at(*end)}."
    point = critical_point(surface, end, tolerance=1e-6 * scene.steepest)
    if point.kind == "undefined":
        return f"ends at {at(*end)}, where f has no derivative."
    if point.kind == "not critical":
        last = np.linalg.norm(path[-1] - path[-2])
        return (
            f"is still on its way at {at(*end)}: |∇f| = {point.gradient_norm:.2g} there, and its last step was "
            f"{last:.2g} long."
        )
    low, high = point.eigenvalues
    kind = {"degenerate": "a degenerate critical point"}.get(point.kind, f"a {point.kind}")
    return f"has come to rest at {at(*end)}: {kind} (λ = {low:.3g} and {high:.3g}), |∇f| = {point.gradient_norm:.2g}."


def stability(surface: Surface, start: Point) -> str:
    """How long a step plain gradient descent can take at the start."""
    if not np.isfinite(surface.value(start)):
        return f"f is not defined at the start {at(*start)}: choose another one."
    lowest, steepest = critical_point(surface, start).eigenvalues
    if not np.isfinite(steepest):
        return f"f has no second derivatives at the start {at(*start)}."
    if steepest <= 0:
        return f"At the start {at(*start)} the surface does not curve upward in any direction."
    here = f"At the start {at(*start)} the largest eigenvalue of the Hessian is λmax = {steepest:.3g}"
    if lowest < 0:
        return (
            f"{here}, but the surface also curves downward (λmin = {lowest:.3g}): along that direction gradient "
            "descent moves away at every learning rate."
        )
    return f"{here}: there, plain gradient descent is stable below 2/λmax = {2 / steepest:.3g}."


def at(x: float, y: float) -> str:
    """A point as it is printed: three digits, and 0 for what rounding left of it."""
    return f"({round(x, 6) + 0:.3g}, {round(y, 6) + 0:.3g})"


def gap(value: float) -> str:
    """A difference of losses as it is printed."""
    return "0 up to rounding" if abs(value) < ROUNDING else f"{value:.2g}"
