"""What the points come from: target functions with noise, and two data sets from the literature.

y = f(x) + ε with ε ~ N(0, σ²). A reader who knows f can see what no practitioner sees: the test error itself.
"""

from collections.abc import Callable, Mapping
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]
Interval = tuple[float, float]


class Target(NamedTuple):
    """A function to learn, and where."""

    latex: str
    domain: Interval
    value: Callable[[Floats], Floats]  # elementwise


class Sample(NamedTuple):
    """Points (x, y), or a batch of such sets; x without the batch's axis where all sets share it."""

    x: Floats  # (n,) or (sets, n), ascending
    y: Floats  # (n,) or (sets, n)


Design = Callable[[Interval, tuple[int, ...], np.random.Generator], Floats]


def at_random(domain: Interval, shape: tuple[int, ...], rng: np.random.Generator) -> Floats:
    """Uniformly distributed x, ascending along the last axis; other ones in each set."""
    return np.sort(rng.uniform(*domain, shape), axis=-1)


def evenly_spaced(domain: Interval, shape: tuple[int, ...], rng: np.random.Generator) -> Floats:  # noqa: ARG001 - a Design
    """From one end of the domain to the other, the same in each set: (n,)."""
    return np.linspace(*domain, shape[-1])


def _cubic(x: Floats) -> Floats:
    return 5 + 1.2 * x - 3.4 * x**2 / 2 + 5.6 * x**3 / 6


TARGETS: Final[Mapping[str, Target]] = {
    "Sine": Target(r"\sin 2\pi x", (0.0, 1.0), lambda x: np.sin(2 * np.pi * x)),
    "Cosine": Target(r"\cos 1.5\pi x", (0.0, 1.0), lambda x: np.cos(1.5 * np.pi * x)),
    "Cubic": Target(r"5 + 1.2x - 3.4\tfrac{x^2}{2!} + 5.6\tfrac{x^3}{3!}", (-2.0, 2.0), _cubic),
    "Runge": Target(r"\frac{1}{1 + 25x^2}", (-1.0, 1.0), lambda x: 1 / (1 + 25 * x**2)),
    "Step": Target(r"\operatorname{sign} x", (-1.0, 1.0), np.sign),
    "Line": Target(r"x", (-1.0, 1.0), lambda x: np.array(x, dtype=float)),
}
DESIGNS: Final[Mapping[str, Design]] = {"At random": at_random, "Evenly spaced": evenly_spaced}


def samples(target: Target, *, n: int, noise: float, seed: int, design: Design, sets: int) -> Sample:
    """Independent sets of n points of the target each.

    Args:
        target: what to learn.
        n: points in a set, at least 1.
        noise: standard deviation σ of y around f(x).
        seed: another seed, other points.
        design: where the x are, one of `DESIGNS`.
        sets: how many.

    Raises:
        ValueError: n or sets is below 1, or the noise is negative or not finite.
    """
    if n < 1 or sets < 1:
        raise ValueError(f"n and sets must be at least 1, not {n} and {sets}.")
    if not 0 <= noise < np.inf:
        raise ValueError(f"noise must be a standard deviation of at least 0, not {noise}.")
    rng = np.random.default_rng(seed)
    x = design(target.domain, (sets, n), rng)
    return Sample(x, target.value(x) + noise * rng.standard_normal((sets, n)))


def sample(target: Target, *, n: int, noise: float, seed: int, design: Design) -> Sample:
    """One set of n points of the target; the arguments are those of `samples`."""
    x, y = samples(target, n=n, noise=noise, seed=seed, design=design, sets=1)
    return Sample(x.reshape(n), y.reshape(n))


class Truth(NamedTuple):
    """What only the one who drew the points knows."""

    target: str  # of TARGETS
    noise: float
    design: str  # of DESIGNS


class Classic(NamedTuple):
    """A data set from the literature, and what it was drawn from."""

    sample: Sample
    truth: Truth


def _bishop() -> Sample:
    """Figure 1.2 of Bishop, 2006. The polynomial of degree 9 through the points is the last column of his table 1.1."""
    y: ArrayLike = (
        0.349486, 0.830839, 1.007332, 0.971507, 0.133066, 0.166823, -0.848307, -0.445686, -0.563567, 0.261502,
    )  # fmt: skip
    return Sample(np.linspace(0, 1, 10), np.array(y))


def _scikit_learn() -> Sample:
    """Those of scikit-learn's example "Underfitting vs. Overfitting", made by numpy's older generator with seed 0."""
    rng = np.random.RandomState(0)
    x = np.sort(rng.random_sample(30))
    return Sample(x, TARGETS["Cosine"].value(x) + 0.1 * rng.standard_normal(30))


CLASSICS: Final[Mapping[str, Classic]] = {
    "Bishop's ten points": Classic(_bishop(), Truth("Sine", 0.3, "Evenly spaced")),
    "scikit-learn's thirty points": Classic(_scikit_learn(), Truth("Cosine", 0.1, "At random")),
}
