"""The class-imbalance demos."""

from typing import Any, Final

from benchmarks.timing import Kernel
from demos.data.class_imbalance import METHODS, evaluate, judged, leakage, make_data
from demos.data.samples import Sample, split

SEEDS: Final = (0, 1, 2, 3, 4)
LEARNING: Final[dict[str, Any]] = {"classifier": "logistic regression", "ratio": 1.0, "k_neighbors": 5}


def kernels() -> list[Kernel]:
    """All of them."""
    return [
        Kernel("two methods against class imbalance, 2,000 rows", two_methods),
        Kernel(f"all {len(METHODS)} methods × {len(SEEDS)} seeds, 2,000 rows", all_methods, budget=20.0),
        Kernel("the same, with RBF SVMs", all_with_svm, budget=20.0),
        Kernel("leakage: two five-fold cross-validations", leaks),
    ]


def rows(seed: int) -> Sample:
    """The page's first data."""
    return make_data(shape="two Gaussians", rows=2_000, ratio=20, overlap=0.4, label_noise=0.0, seed=seed)


def two_methods() -> object:
    """The page's first view."""
    parts = split(rows(0), seed=0)
    return [judged(parts, method, **LEARNING, seed=0) for method in ("none", "SMOTE")]


def all_methods() -> object:
    """The page's table."""
    return list(evaluate([rows(seed) for seed in SEEDS], list(METHODS), **LEARNING, seeds=SEEDS))


def all_with_svm() -> object:
    """The slowest of the classifiers."""
    slow = {**LEARNING, "classifier": "RBF SVM"}
    return list(evaluate([rows(seed) for seed in SEEDS], list(METHODS), **slow, seeds=SEEDS))


def leaks() -> object:
    """As in the page's tab."""
    return leakage(rows(0), "SMOTE", **LEARNING, seed=0)
