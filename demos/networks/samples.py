"""Points of the plane in classes: the kinds of TensorFlow Playground, and three more.

Reference: `dataset.ts` of https://github.com/tensorflow/playground
"""

from collections.abc import Callable, Mapping
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Labels = NDArray[np.int64]
REACH: Final = 5.0  # points without noise lie within ±5
LIMIT: Final = 6.0  # pictures show ±6


class Split(NamedTuple):
    """Points to learn from, and points to judge by."""

    x_train: NDArray[np.float32]  # (n, 2)
    y_train: Labels  # (n,), classes from 0
    x_test: NDArray[np.float32]
    y_test: Labels


def _circle(n: int, noise: float, g: np.random.Generator) -> tuple[Floats, Labels]:
    inner = np.arange(n) % 2 == 1
    r = np.where(inner, g.uniform(0, REACH / 2, n), g.uniform(0.7 * REACH, REACH, n))
    t = g.uniform(0, 2 * np.pi, n)
    x = np.stack([r * np.sin(t), r * np.cos(t)], axis=1)
    return x, (np.hypot(*_moved(x, noise, g).T) < REACH / 2).astype(int)


def _xor(n: int, noise: float, g: np.random.Generator) -> tuple[Floats, Labels]:
    x = g.uniform(-REACH, REACH, (n, 2))
    x += 0.3 * np.sign(x)  # a gap between the quadrants
    return x, (_moved(x, noise, g).prod(axis=1) >= 0).astype(int)


def _gauss(n: int, noise: float, g: np.random.Generator) -> tuple[Floats, Labels]:
    y = np.arange(n) % 2
    return np.where(y == 1, 2.0, -2.0)[:, None] + g.standard_normal((n, 2)) * np.sqrt(0.5 + 7 * noise), y


def _arms(count: int) -> "Sampler":
    def arms(n: int, noise: float, g: np.random.Generator) -> tuple[Floats, Labels]:
        y = np.arange(n) % count
        along = (np.arange(n) // count) / (n / count)
        t = 2 * np.pi * (1.75 * along + y / count)
        return REACH * along[:, None] * np.stack([np.sin(t), np.cos(t)], axis=1) + g.uniform(-1, 1, (n, 2)) * noise, y

    return arms


def _sine(n: int, noise: float, g: np.random.Generator) -> tuple[Floats, Labels]:
    x = g.uniform(-REACH, REACH, (n, 2))
    return x, (_moved(x, noise, g)[:, 1] > 2 * np.sin(x[:, 0])).astype(int)


def _moved(x: Floats, noise: float, g: np.random.Generator) -> Floats:
    """Where points would be whose labels are those of their neighbours: noise mixes labels, and leaves points alone."""
    return x + g.uniform(-REACH, REACH, x.shape) * noise


Sampler = Callable[[int, float, np.random.Generator], tuple[Floats, Labels]]
DATASETS: Final[Mapping[str, Sampler]] = {
    "circle": _circle,
    "xor": _xor,
    "gauss": _gauss,
    "spiral": _arms(2),
    "three arms": _arms(3),
    "sine": _sine,
}
CLASSES: Final = {name: 3 if name == "three arms" else 2 for name in DATASETS}


def data(*, dataset: str, n: int, noise: float, test_size: float, seed: int) -> Split:
    """So many points of one kind, shuffled, a share of them for the test.

    Args:
        dataset: one of `DATASETS`.
        n: points in all.
        noise: 0 to 0.5, as TensorFlow Playground's 0 to 50.
        test_size: share of the points, above 0 and below 1.
        seed: of points and shuffle.

    Raises:
        ValueError: an argument is not allowed.
    """
    if dataset not in DATASETS:
        raise ValueError(f"dataset must be one of {', '.join(DATASETS)}, not {dataset!r}.")
    if n < 2:
        raise ValueError(f"n must be at least 2, not {n}.")
    if not noise >= 0:
        raise ValueError(f"noise must be at least 0, not {noise}.")
    generator = np.random.default_rng([seed, list(DATASETS).index(dataset)])
    return split(*DATASETS[dataset](n, noise, generator), test_size=test_size, generator=generator)


def split(x: Floats, y: Labels, *, test_size: float, generator: np.random.Generator) -> Split:
    """Points (n, 2) and their classes in a random order, the first for the test; at least one is left for each side."""
    if not 0 < test_size < 1:
        raise ValueError(f"test_size must be above 0 and below 1, not {test_size}.")
    order = generator.permutation(len(y))
    single, y = x[order].astype(np.float32), y[order]
    cut = min(max(1, round(len(y) * test_size)), len(y) - 1)
    return Split(single[cut:], y[cut:], single[:cut], y[:cut])


def framed(x: Floats) -> Floats:
    """Points of any scale (n, 2), each axis stretched and shifted to ±5; one without extent goes to its middle."""
    low, high = x.min(axis=0), x.max(axis=0)
    extent = np.where(high > low, high - low, 1.0)
    return np.asarray(REACH * (2 * x - low - high) / extent)
