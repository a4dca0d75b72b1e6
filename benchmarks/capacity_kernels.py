"""The polynomial page's demos, against scikit-learn's pipelines.

Where the pipelines would take long, they fit an even selection of the training sets, and the time of all is
extrapolated.
"""

from typing import Final

import numpy as np
from numpy.polynomial import Legendre

from benchmarks.timing import Kernel
from demos.capacity.generalization import double_descent, grid, learning_curve, ridge_path
from demos.capacity.polynomial_fitting import Regression, cross_validate, predictions
from demos.capacity.sklearn_reference import sklearn_folds, sklearn_predictions
from demos.capacity.targets import TARGETS, Design, Sample, at_random, evenly_spaced, sample, samples

TARGET: Final = TARGETS["Sine"]
AT: Final = grid(TARGET.domain, size=100)
NOISE: Final = 0.25
MAX_DEGREE: Final = 20
SETS: Final = 200
PEER_SETS: Final = 10
HOW: Final[Regression] = {"basis": Legendre, "ridge": 0.0}
SIZES: Final = (5, 10, 20, 50, 100, 200, 500)
RIDGES: Final = np.geomspace(1e-10, 1e4, 57).tolist()


def kernels() -> list[Kernel]:
    """All of them."""
    return [
        resampled(n=30, design=at_random),
        resampled(n=12, design=at_random),
        resampled(n=12, design=evenly_spaced),
        folds(),
        Kernel(f"learning curve of degree 15, {len(SIZES)} sizes × 100 sets", curve),
        Kernel(f"ridge path of degree 15, {len(RIDGES)} λ", path),
        Kernel("double descent, n = 15, degrees 0–150 × 60 sets", descent),
    ]


def resampled(*, n: int, design: Design) -> Kernel:
    """Every degree on every resampled training set."""
    x, y = samples(TARGET, n=n, noise=NOISE, seed=0, design=design, sets=SETS)

    def pipelines() -> None:
        for k in range(PEER_SETS):
            training = Sample(x[k] if x.ndim > 1 else x, y[k])
            for degree in range(MAX_DEGREE + 1):
                sklearn_predictions(training, AT, degree=degree, domain=TARGET.domain, **HOW)

    where = "the same x" if design is evenly_spaced else "other x each"
    return Kernel(
        f"degrees 0–{MAX_DEGREE} × {SETS} resampled sets of {n} points, {where}",
        lambda: predictions(x, y, AT, max_degree=MAX_DEGREE, domain=TARGET.domain, **HOW),
        budget=0.060,
        peer=pipelines,
        peer_share=PEER_SETS / SETS,
    )


def folds() -> Kernel:
    """Ten-fold cross-validation of every degree."""
    training = sample(TARGET, n=30, noise=NOISE, seed=0, design=at_random)

    def scores() -> None:
        for degree in range(MAX_DEGREE + 1):
            sklearn_folds(training, degree=degree, folds=10, seed=0, shuffle=True, domain=TARGET.domain, **HOW)

    return Kernel(
        f"ten-fold cross-validation of degrees 0–{MAX_DEGREE}, 30 points",
        lambda: cross_validate(*training, max_degree=MAX_DEGREE, folds=10, seed=0, domain=TARGET.domain, **HOW),
        peer=scores,
    )


def curve() -> object:
    """As in the tab *Sample size*."""
    return learning_curve(TARGET, AT, sizes=SIZES, noise=NOISE, seed=0, design=at_random, sets=100, degree=15, **HOW)


def path() -> object:
    """As in the tab *Weight decay*."""
    training = sample(TARGET, n=30, noise=NOISE, seed=0, design=at_random)
    return ridge_path(training, [training], ridges=RIDGES, degree=15, basis=Legendre, domain=TARGET.domain)


def descent() -> object:
    """As in the tab *Double descent*, for one basis."""
    degrees = [*range(19), *np.geomspace(19, 150, 20).astype(int).tolist()]
    return double_descent(
        TARGET, AT, n=15, noise=NOISE, seed=0, design=at_random, sets=60, degrees=degrees, basis=Legendre
    )
