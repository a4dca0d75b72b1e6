"""The local minima of a surface, found by looking: a lattice first, then Newton steps that only go down.

Reference: J. Nocedal and S. J. Wright, *Numerical Optimization*, 2nd ed., Springer 2006, section 3.4.
"""

import numpy as np

from demos.optimization.surfaces import Domain, Floats, Surface


def lattice(domain: Domain, *, resolution: int) -> Floats:
    """The centres of `resolution` × `resolution` equal cells of the domain; row 0 has the lowest y: (n, n, 2)."""
    middles = (np.arange(resolution) + 0.5) / resolution
    (left, right), (bottom, top) = domain
    return np.stack(np.meshgrid(left + (right - left) * middles, bottom + (top - bottom) * middles), axis=-1)


def local_minima(surface: Surface, *, resolution: int = 96, iterations: int = 60) -> Floats:
    """The strict local minima inside the domain that a lattice can see, lowest first; shape (k, 2).

    Every lattice point lower than its eight neighbours is polished by Newton steps on the Hessian with its
    eigenvalues made positive (Nocedal and Wright 2006, section 3.4), halved until f decreases. A point is kept
    where f rises in all directions around it, so a valley floor of equal minima is left out.
    """
    points = lattice(surface.domain, resolution=resolution)
    f = np.nan_to_num(surface.value(points), nan=np.inf)
    inner = f[1:-1, 1:-1]
    neighbours = [np.roll(f, (i, j), (0, 1))[1:-1, 1:-1] for i in (-1, 0, 1) for j in (-1, 0, 1) if (i, j) != (0, 0)]
    found: Floats = points[1:-1, 1:-1][np.isfinite(inner) & np.less_equal(inner, np.min(neighbours, axis=0))]
    for _ in range(iterations):
        found = _newton_step(surface, found)
    return _distinct(surface, found)


def _newton_step(surface: Surface, points: Floats) -> Floats:
    gradient, hessian = surface.gradient(points), surface.hessian(points)
    defined = np.isfinite(gradient.sum(-1) + hessian.sum((-2, -1)))[:, None]
    eigenvalues, vectors = np.linalg.eigh(np.where(defined[..., None], hessian, np.eye(2)))
    curvature = np.maximum(np.abs(eigenvalues), 1e-8)
    gradient = np.where(defined, gradient, 0.0)
    step = -np.einsum("nij,nj,nkj,nk->ni", vectors, 1 / curvature, vectors, gradient)
    lengths = 0.5 ** np.arange(24.0)
    trials = points + lengths[:, None, None] * step
    lower = np.less(surface.value(trials), surface.value(points))
    longest = lower.argmax(axis=0), np.arange(len(points))  # the first length that goes down, if any does
    return np.where(lower[longest][:, None], trials[longest], points)


def _distinct(surface: Surface, points: Floats) -> Floats:
    low, high = np.array(surface.domain).T
    radius = 1e-3 * np.min(high - low)
    angles = np.linspace(0, 2 * np.pi, 16, endpoint=False)
    circle = radius * np.stack([np.cos(angles), np.sin(angles)], axis=-1)
    rises = surface.value(points[:, None] + circle).min(axis=1) > surface.value(points)
    inside = np.all((low <= points) & (points <= high), axis=1)
    kept: list[Floats] = []
    for point in points[np.logical_and(rises, inside)]:
        if all(np.linalg.norm(point - other) > radius for other in kept):
            kept.append(point)
    kept.sort(key=lambda point: float(surface.value(point)))
    return np.array(kept).reshape(-1, 2)
