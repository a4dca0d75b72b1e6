"""The local minima of a surface, found by looking: a lattice first, then Newton steps that only go down.

Reference: J. Nocedal and S. J. Wright, *Numerical Optimization*, 2nd ed., Springer 2006, section 3.4.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from demos.optimization.surfaces import Domain, Floats, Surface

FLAT: Final = 1e-3  # a gradient norm that Newton steps would have brought lower if they could
VALLEY: Final = 1e-6  # of the largest eigenvalue: a smaller one cannot be told from a valley floor


def lattice(domain: Domain, *, resolution: int) -> Floats:
    """The centres of `resolution` × `resolution` equal cells of the domain; row 0 has the lowest y: (n, n, 2)."""
    middles = (np.arange(resolution) + 0.5) / resolution
    (left, right), (bottom, top) = domain
    return np.stack(np.meshgrid(left + (right - left) * middles, bottom + (top - bottom) * middles), axis=-1)


def local_minima(surface: Surface, *, resolution: int = 96, iterations: int = 60) -> Floats:
    """The strict local minima inside the domain that a lattice can see, lowest first; shape (k, 2).

    Every lattice point lower than its eight neighbours is polished by Newton steps on the Hessian with its
    eigenvalues made positive (Nocedal and Wright 2006, section 3.4), halved until f decreases. A point is kept
    where f rises in all directions around it and the Hessian is not degenerate, so a valley floor is left out.
    """
    points = lattice(surface.domain, resolution=resolution)
    f = np.nan_to_num(surface.value(points), nan=np.inf)
    walled = np.pad(f, 1, constant_values=np.inf)
    around = [np.roll(walled, (i, j), (0, 1))[1:-1, 1:-1] for i in (-1, 0, 1) for j in (-1, 0, 1) if (i, j) != (0, 0)]
    found: Floats = points[np.isfinite(f) & np.less_equal(f, np.min(around, axis=0))]
    with np.errstate(all="ignore"):  # where f overflows there is nothing to find
        for _ in range(iterations):
            found = _newton_step(surface, found)
        return _distinct(surface, found)


def _newton_step(surface: Surface, points: Floats) -> Floats:
    gradient, hessian = surface.gradient(points), surface.hessian(points)
    defined = np.isfinite(np.abs(gradient).sum(-1) + np.abs(hessian).sum((-2, -1)))[:, None]
    eigenvalues, vectors = np.linalg.eigh(np.where(defined[..., None], hessian, np.eye(2)))
    curvature = np.maximum(np.abs(eigenvalues), 1e-8)
    gradient = np.where(defined, gradient, 0.0)
    step = -np.einsum("nij,nj,nkj,nk->ni", vectors, 1 / curvature, vectors, gradient)
    widest = np.hypot(*np.ptp(np.array(surface.domain), axis=1))
    step *= np.minimum(1, widest / np.maximum(np.linalg.norm(step, axis=1), 1e-300))[:, None]
    lengths = 0.5 ** np.arange(40.0)
    trials = points + lengths[:, None, None] * step
    lower = np.less(surface.value(trials), surface.value(points))
    longest = lower.argmax(axis=0), np.arange(len(points))  # the first length that goes down, if any does
    return np.where(lower[longest][:, None], trials[longest], points)


def _distinct(surface: Surface, points: Floats) -> Floats:
    low, high = np.array(surface.domain).T
    radius = 1e-3 * np.min(high - low)
    inside = np.all((low <= points) & (points <= high), axis=1)
    kept: list[Floats] = []
    for point in points[np.logical_and(inside, _is_isolated(surface, points, radius))]:
        if all(np.linalg.norm(point - other) > radius for other in kept):
            kept.append(point)
    kept.sort(key=lambda point: float(surface.value(point)))
    return np.array(kept).reshape(-1, 2)


def _is_isolated(surface: Surface, points: Floats, radius: float) -> NDArray[np.bool_]:
    angles = np.linspace(0, 2 * np.pi, 16, endpoint=False)
    circle = radius * np.stack([np.cos(angles), np.sin(angles)], axis=-1)
    rise = surface.value(points[:, None] + circle).min(axis=1) - surface.value(points)
    slope = np.nan_to_num(np.linalg.norm(surface.gradient(points), axis=-1))
    hessian = surface.hessian(points)
    smooth = np.isfinite(np.abs(hessian).sum((-2, -1)))
    low, high = np.linalg.eigvalsh(np.where(smooth[:, None, None], hessian, np.eye(2))).T
    kink = slope > FLAT  # a cone's tip, say: there the Hessian decides nothing
    pole = slope * radius >= 3 * rise  # falls ever faster
    return np.asarray((rise > 0) & ~pole & (kink | (low > VALLEY * np.abs(high))))
