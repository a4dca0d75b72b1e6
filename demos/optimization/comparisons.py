"""Whole families of descents at once: basins of attraction, learning-rate sweeps and a fair race.

One run of an optimizer may say more about the start or the learning rate than about the optimizer. So every comparison
here varies one of them over its whole range, and gives each optimizer the same number of gradients.

Reference: for tuning before comparing, D. Choi et al., "On empirical comparisons of optimizers for deep learning",
arXiv:1910.05446, 2019.
"""

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from demos.optimization.minima import lattice
from demos.optimization.optimizers import Optimizer, descend
from demos.optimization.surfaces import Domain, Floats, Surface

ELSEWHERE = -1
DIVERGED = -2


class Arrivals(NamedTuple):
    """Where paths end."""

    minimum: NDArray[np.int64]  # (n,), the index of the minimum reached, ELSEWHERE or DIVERGED
    steps: NDArray[np.int64]  # (n,), after how many steps the path stays close to it; -1 where none is reached


def arrivals(path: Floats, minima: ArrayLike, *, domain: Domain, tolerance: float = 0.02) -> Arrivals:
    """Which of the `minima` (k, 2) each path in `path` (steps + 1, n, 2) reaches, and when.

    A minimum is reached when the path ends within `tolerance` of it, as a share of the domain's shorter side; the step
    count is the first after which it stays there. A path diverges when it overflows or ends farther outside the domain
    than the domain is wide.
    """
    minima = np.asarray(minima, dtype=float).reshape(-1, 2)
    low, high = np.array(domain).T
    size = high - low
    end = path[-1]
    diverged = ~np.all((end >= low - size) & (end <= high + size), axis=-1)
    minimum = np.where(diverged, DIVERGED, ELSEWHERE)
    steps = np.full(len(minimum), -1)
    if len(minima):
        nearest = np.argmin(_squared_distance(np.where(diverged[:, None], low, end)[:, None], minima), axis=1)
        close = _squared_distance(path, minima[nearest]) <= (tolerance * size.min()) ** 2
        reached = close[-1] & ~diverged
        minimum = np.where(reached, nearest, minimum)
        away = len(path) - np.argmin(close[::-1], axis=0)  # one after the last position that is not close
        steps = np.where(reached, np.where(close.all(axis=0), 0, away), -1)
    return Arrivals(minimum, steps)


def _squared_distance(points: Floats, others: Floats) -> Floats:
    with np.errstate(over="ignore", invalid="ignore"):  # a diverged path is infinitely far from everything
        return np.asarray((points[..., 0] - others[..., 0]) ** 2 + (points[..., 1] - others[..., 1]) ** 2)


def exits(paths: Floats, *, domain: Domain) -> tuple[NDArray[np.int64], Floats]:
    """Where paths (n, steps + 1, 2) leave the domain for good: the step (n,), and the place on the border (n, 2).

    The step is −1, and the place NaN, where a path ends inside or has never been inside.
    """
    low, high = np.array(domain).T
    inside = np.all((paths >= low) & (paths <= high), axis=-1)
    last = inside.shape[1] - 1 - np.argmax(inside[:, ::-1], axis=1)
    steps = np.where(inside[:, -1] | ~inside.any(axis=1), -1, last + 1)
    places = np.full((len(paths), 2), np.nan)
    for place, path, step in zip(places, paths, steps, strict=True):
        if step > 0:
            place[:] = _crossing(path[step - 1], path[step], low, high)
    return steps, places


def _crossing(inner: Floats, outer: Floats, low: Floats, high: Floats) -> Floats:
    """Where the line from `inner` to `outer` crosses the border of the box; `inner` where `outer` is undefined."""
    with np.errstate(all="ignore"):
        way = np.clip(np.nan_to_num(outer - inner), -1e300, 1e300)
        limits = np.where(way > 0, (high - inner) / way, (low - inner) / way)
    share = min(1.0, float(np.nanmin(np.where(way == 0, np.inf, limits))))
    return np.asarray(np.clip(inner + share * way, low, high))


class Basins(NamedTuple):
    """Where each start of a lattice ends; row 0 has the lowest y."""

    minimum: NDArray[np.int64]  # (n, n), as in Arrivals
    steps: NDArray[np.int64]  # (n, n), as in Arrivals
    starts: Floats  # (n, n, 2)


def basins(
    optimizer: Optimizer, surface: Surface, minima: ArrayLike, *, lr: float, steps: int, resolution: int
) -> Basins:
    """Which of the `minima` (k, 2) every start of a `resolution` × `resolution` lattice reaches, and when."""
    starts = lattice(surface.domain, resolution=resolution)
    path = descend(optimizer, surface.gradient, starts.reshape(-1, 2), lr=lr, steps=steps)
    ends = arrivals(path, minima, domain=surface.domain)
    return Basins(ends.minimum.reshape(starts.shape[:2]), ends.steps.reshape(starts.shape[:2]), starts)


def learning_rate_sweep(
    optimizers: Mapping[str, Optimizer], surface: Surface, start: ArrayLike, *, lrs: ArrayLike, steps: int
) -> dict[str, Floats]:
    """The final loss of every optimizer at every learning rate: one array (len(lrs), *start.shape[:-1]) by name.

    A run that overflows, or ends where the surface is undefined, has the loss inf.
    """
    starts = np.asarray(start, dtype=float)
    rates = np.atleast_1d(np.asarray(lrs, dtype=float))
    tiled = np.broadcast_to(starts, (len(rates), *starts.shape))
    per_step = np.broadcast_to(rates.reshape(-1, *[1] * starts.ndim), (steps, len(rates), *[1] * starts.ndim))
    return {
        name: _loss(surface, descend(optimizer, surface.gradient, tiled, lr=per_step, steps=steps)[-1])
        for name, optimizer in optimizers.items()
    }


def _loss(surface: Surface, points: Floats) -> Floats:
    loss = surface.value(points)
    return np.where(np.isfinite(loss) & np.isfinite(points).all(-1), loss, np.inf)


class Result(NamedTuple):
    """How one optimizer did in a race."""

    lr: float  # its best learning rate
    loss: Floats  # (3,), lower quartile, median and upper quartile of the final loss over the starts


def race(
    optimizers: Mapping[str, Optimizer], surface: Surface, starts: ArrayLike, *, lrs: ArrayLike, steps: int
) -> dict[str, Result]:
    """Each optimizer at its own best learning rate, with the same number of gradients for all.

    The rate is the one with the lowest median final loss over every second start; the score comes from the other
    starts, so that no optimizer is judged on the runs it was tuned on. `starts` has shape (s, 2), s ≥ 2.
    """
    starts = np.asarray(starts, dtype=float)
    if starts.ndim != 2 or len(starts) < 2:
        raise ValueError(f"starts must have shape (s, 2) with s at least 2, got {starts.shape}")
    rates = np.asarray(lrs, dtype=float)
    results = {}
    for name, losses in learning_rate_sweep(optimizers, surface, starts, lrs=rates, steps=steps).items():
        best = int(np.argmin(_quartiles(losses[:, ::2])[1]))
        results[name] = Result(float(rates[best]), _quartiles(losses[:, 1::2])[:, best])
    return results


def _quartiles(losses: Floats) -> Floats:
    """Quartiles over the last axis, each one of the losses itself, so that infinite losses need no arithmetic."""
    return np.quantile(losses, [0.25, 0.5, 0.75], axis=-1, method="nearest")
