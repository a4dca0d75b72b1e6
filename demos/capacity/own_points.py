"""Points that a reader brings: in order, and a part of them held out."""

import numpy as np

from demos.capacity.targets import Floats, Sample


def ascending(x: Floats, y: Floats) -> Sample:
    """The points (n,) in the order of x; those of one x stay in theirs."""
    order = np.argsort(x, kind="stable")
    return Sample(np.asarray(x, dtype=float)[order], np.asarray(y, dtype=float)[order])


def held_out(points: Sample, *, seed: int) -> tuple[Sample, Sample]:
    """A training set and a validation set of a quarter of the points, at random; x stays ascending in both."""
    n = len(points.x)
    validated = np.zeros(n, dtype=bool)
    validated[np.random.default_rng(seed).choice(n, n // 4, replace=False)] = True
    x, y = points
    return Sample(x[~validated], y[~validated]), Sample(x[validated], y[validated])


def subsets(points: Sample, *, size: int, sets: int, seed: int) -> Sample:
    """Random subsets (sets, size) of the points, x ascending in each."""
    rng = np.random.default_rng(seed)
    rows = np.sort(rng.permuted(np.tile(np.arange(len(points.x)), (sets, 1)), axis=1)[:, :size])
    return Sample(points.x[rows], points.y[rows])
