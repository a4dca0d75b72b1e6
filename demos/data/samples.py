"""Two classes of very different size: made ones with known overlap and label noise, and a real one thinned out.

The minority is class 1, also called positive. Training and test set are divided before anything else happens to them,
and the test set keeps the natural ratio.
"""

import math
from collections.abc import Callable, Mapping
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray
from sklearn.datasets import load_breast_cancer, make_circles, make_moons
from sklearn.model_selection import train_test_split

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
MAX_RATIO: Final = 500
MOST_ROWS: Final = 20_000
TEST_SHARE: Final = 0.3
SQUARES: Final = 4  # of the checkerboard, along a side
LEAST: Final = 2  # rows of each class, so that both halves of a split can have one


class Sample(NamedTuple):
    """Rows and their classes."""

    x: Floats  # (rows, features)
    y: Ints  # (rows,), 1 for the minority

    @property
    def counts(self) -> tuple[int, int]:
        """Rows of the majority and of the minority."""
        minority = int(self.y.sum())
        return len(self.y) - minority, minority


class Split(NamedTuple):
    """What a model may learn from, and what it is judged by."""

    train: Sample
    test: Sample


Draw = Callable[[int, int, float, np.random.Generator], tuple[Floats, Floats]]


def make_data(*, shape: str, rows: int, ratio: float, overlap: float, label_noise: float, seed: int) -> Sample:
    """A sample with so many majority rows for each of the minority.

    Args:
        shape: a key of `SHAPES`.
        rows: of both classes; a real data set has fewer if it ends before.
        ratio: majority rows for one minority row, from 1 to `MAX_RATIO`.
        overlap: from 0, nearly none, to 1, the classes lie on each other. Real data and noise have their own.
        label_noise: the share of the minority whose label is swapped with that of a majority row.
        seed: of everything random.

    Raises:
        ValueError: a number is out of range, a name unknown, or the ratio leaves no minority.
    """
    if shape not in SHAPES:
        raise ValueError(f"shape must be one of {', '.join(SHAPES)}, not {shape!r}.")
    if not 1 <= ratio <= MAX_RATIO:
        raise ValueError(f"ratio must be from 1 to {MAX_RATIO}, not {ratio}.")
    if not 10 <= rows <= MOST_ROWS:
        raise ValueError(f"rows must be from 10 to {MOST_ROWS:,}, not {rows}.")
    for name, value in (("overlap", overlap), ("label_noise", label_noise)):
        if not 0 <= value <= 1:
            raise ValueError(f"{name} must be from 0 to 1, not {value}.")
    minority = math.ceil(rows / (1 + ratio) - 0.5)  # rounded, and a half goes to the majority
    if minority < LEAST:
        raise ValueError(f"1 : {ratio:g} leaves {minority} minority rows of {rows}; at least {LEAST} are needed.")
    generator = np.random.default_rng(seed)
    negative, positive = SHAPES[shape](rows - minority, minority, overlap, generator)
    y = np.repeat([0, 1], [len(negative), len(positive)])
    swapped = round(label_noise * len(positive))
    y[generator.permutation(len(negative))[:swapped]] = 1
    y[len(negative) + generator.permutation(len(positive))[:swapped]] = 0
    order = generator.permutation(len(y))
    return Sample(np.concatenate([negative, positive])[order], y[order])


def split(sample: Sample, *, seed: int) -> Split:
    """Training and test set, with the same ratio in both.

    Raises:
        ValueError: a class is too small to be in both.
    """
    if min(sample.counts) < LEAST:
        raise ValueError(f"The smaller class has {min(sample.counts)} rows; at least {LEAST} are needed.")
    x, x_test, y, y_test = train_test_split(
        sample.x, sample.y, test_size=TEST_SHARE, stratify=sample.y, random_state=seed
    )
    return Split(Sample(x, y), Sample(x_test, y_test))


def _gaussians(negative: int, positive: int, overlap: float, generator: np.random.Generator) -> tuple[Floats, Floats]:
    """Two round Gaussians of variance 1; their centres are 4 apart without overlap."""
    centre = np.array([2 * (1 - overlap), 0.0])
    return generator.normal(-centre, 1, (negative, 2)), generator.normal(centre, 1, (positive, 2))


def _moons(negative: int, positive: int, overlap: float, generator: np.random.Generator) -> tuple[Floats, Floats]:
    return _two_shapes(
        make_moons((negative, positive), noise=0.05 + 0.5 * overlap, random_state=_seed(generator)), scale=2
    )


def _circles(negative: int, positive: int, overlap: float, generator: np.random.Generator) -> tuple[Floats, Floats]:
    """The minority is the inner circle."""
    noise = 0.05 + 0.4 * overlap
    return _two_shapes(
        make_circles((negative, positive), noise=noise, factor=0.4, random_state=_seed(generator)), scale=2.5
    )


def _checkerboard(
    negative: int, positive: int, overlap: float, generator: np.random.Generator
) -> tuple[Floats, Floats]:
    """The minority is in small clusters in the middle of the black squares, the majority in the white ones."""
    cells = np.array([(i, j) for i in range(SQUARES) for j in range(SQUARES)])
    black = cells[cells.sum(axis=1) % 2 == 0]
    white = cells[cells.sum(axis=1) % 2 == 1]
    spread = generator.normal(0, 0.1 + 0.4 * overlap, (positive, 2))
    inside = black[generator.integers(len(black), size=positive)] + 0.5 + spread
    outside = white[generator.integers(len(white), size=negative)] + generator.random((negative, 2))
    return outside - SQUARES / 2, inside - SQUARES / 2


def _noise(negative: int, positive: int, _overlap: float, generator: np.random.Generator) -> tuple[Floats, Floats]:
    """Both classes alike: an honest score must be chance."""
    return generator.normal(size=(negative, 2)), generator.normal(size=(positive, 2))


def _breast_cancer(
    negative: int, positive: int, _overlap: float, generator: np.random.Generator
) -> tuple[Floats, Floats]:
    """Benign tumours and, as the minority, malignant ones: 30 features of 569 of them, as many as there are."""
    data = load_breast_cancer()
    benign, malignant = data.data[data.target == 1], data.data[data.target == 0]
    shrunk = min(1.0, len(benign) / negative, len(malignant) / positive)
    kept = [round(shrunk * count) for count in (negative, positive)]
    if min(kept) < LEAST:
        raise ValueError(f"{len(benign)} benign rows are too few for this ratio: they leave {min(kept)} minority rows.")
    chosen = [generator.permutation(len(rows))[:count] for rows, count in zip((benign, malignant), kept, strict=True)]
    return benign[chosen[0]], malignant[chosen[1]]


def _two_shapes(made: tuple[Floats, Ints], *, scale: float) -> tuple[Floats, Floats]:
    x, y = made
    return scale * x[y == 0], scale * x[y == 1]


def _seed(generator: np.random.Generator) -> int:
    return int(generator.integers(2**31))


SHAPES: Final[Mapping[str, Draw]] = {
    "two Gaussians": _gaussians,
    "moons": _moons,
    "circles": _circles,
    "checkerboard": _checkerboard,
    "pure noise": _noise,
    "breast cancer": _breast_cancer,
}
