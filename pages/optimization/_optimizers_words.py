"""The conclusions of the optimizers page: sentences made from the numbers, so that they cannot go stale."""

import numpy as np

from demos.optimization.comparisons import DIVERGED, ELSEWHERE
from demos.optimization.optimizers import Floats
from demos.optimization.surfaces import Surface, critical_point
from pages.optimization._optimizers_controls import Controls
from pages.optimization._optimizers_run import Run, Scenery


def conclusions(controls: Controls, scene: Scenery, result: Run) -> list[str]:
    """One sentence an entrant: which minimum it reached and when, or why not."""
    return [f"**{name}** {_fate(controls, scene, result, index)}" for index, name in enumerate(controls.names)]


def _fate(controls: Controls, scene: Scenery, result: Run, index: int) -> str:
    lr = result.lr[controls.names[index]]
    path, minimum = result.paths[index], result.minimum[index]
    if lr == 0:
        return "does not move: its learning rate is 0."
    if minimum == DIVERGED:
        return _divergence(controls.surface, path, lr)
    if minimum == ELSEWHERE:
        return _elsewhere(controls.surface, path)
    x, y = scene.minima[minimum]
    above = result.loss[index, -1] - scene.lowest
    rank = "the lowest minimum" if minimum == 0 and scene.unique else "the minimum"
    return f"is close to {rank} {at(x, y)} from step {result.arrival[index]} on and ends at f − f* = {above:.2g}."


def _divergence(surface: Surface, path: Floats, lr: float) -> str:
    low, high = np.array(surface.domain).T
    inside = np.all((path >= low) & (path <= high), axis=-1)
    undefined = inside & np.isnan(surface.value(path))
    if undefined.any():
        step = int(np.argmax(undefined))
        return f"reaches {at(*path[step])} at step {step}, where f is not defined."
    overflowed = ~np.isfinite(path).all(axis=-1)
    overflow = f" and overflows at step {int(np.argmax(overflowed))}" if overflowed.any() else ""
    steepest = curvature(surface, path[inside])
    limit = 2 / steepest if steepest > 0 else np.inf
    why = (
        f" λmax was up to {steepest:.3g} on its way: lr = {lr:.3g} is above 2/λmax = {limit:.3g}." if lr > limit else ""
    )
    return f"diverges: it leaves the frame at step {int(np.argmin(inside))}{overflow}.{why}"


def curvature(surface: Surface, points: Floats) -> float:
    """The largest Hessian eigenvalue at any of the points (n, 2); NaN where there is none."""
    hessian = surface.hessian(points)
    hessian = hessian[np.isfinite(hessian).all(axis=(-2, -1))]
    return float(np.linalg.eigvalsh(hessian).max()) if len(hessian) else np.nan


def _elsewhere(surface: Surface, path: Floats) -> str:
    x, y = path[-1]
    point = critical_point(surface, path[-1], tolerance=1e-3)
    if point.kind == "undefined":
        return f"ends at {at(x, y)}, where f has no derivative."
    if point.kind == "not critical":
        return f"is still moving at {at(x, y)}, where |∇f| = {point.gradient_norm:.2g}."
    low, high = point.eigenvalues
    kind = {"degenerate": "a degenerate critical point"}.get(point.kind, f"a {point.kind}")
    return f"has come to rest at {at(x, y)}: {kind} (λ = {low:.3g} and {high:.3g}), |∇f| = {point.gradient_norm:.2g}."


def stability(surface: Surface, start: tuple[float, float]) -> str:
    """How long a step plain gradient descent can take at the start."""
    value = float(surface.value(start))
    if not np.isfinite(value):
        return f"f is not defined at the start {at(*start)}: choose another one."
    point = critical_point(surface, start)
    steepest = point.eigenvalues[1]
    if not steepest > 0:
        return f"At the start {at(*start)} the surface does not curve upward in any direction."
    return (
        f"At the start {at(*start)} the largest eigenvalue of the Hessian is {steepest:.3g}: there, plain gradient "
        f"descent is stable below 2/λmax = {2 / steepest:.3g}."
    )


def at(x: float, y: float) -> str:
    """A point as it is printed: three digits, and 0 for what rounding left of it."""
    return f"({round(x, 9) + 0:.3g}, {round(y, 9) + 0:.3g})"
