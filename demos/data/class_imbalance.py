r"""Class imbalance: what resampling does, and what it does not.

Drawing the classes at other rates multiplies the odds of every prediction by the same number, 1/beta: the ranking stays
and the probabilities move. What resampling seems to give, a threshold gives as well, unless the model itself changes.

References: A. Dal Pozzolo, O. Caelen, R. Johnson and G. Bontempi, "Calibrating probability with undersampling for
unbalanced classification", 2015; C. Elkan, "The foundations of cost-sensitive learning", 2001
"""

from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

import numpy as np
from sklearn.metrics import average_precision_score, roc_auc_score
from sklearn.model_selection import StratifiedKFold
from sklearn.preprocessing import StandardScaler

from demos.data.methods import METHODS, Settings, fit
from demos.data.resampling import RESAMPLERS, resample
from demos.data.samples import Floats, Sample, Split, make_data, split
from demos.data.scores import Scores, scores

__all__ = ["METHODS", "RESAMPLERS", "bayes_threshold", "evaluate", "judged", "leakage", "make_data", "prior_correction"]
FOLDS: Final = 5


class Judged(NamedTuple):
    """One method on one split."""

    method: str
    seed: int
    scores: Scores | None
    refusal: str | None  # why there are none


class Leakage(NamedTuple):
    """Cross-validated scores of the same classifier (folds,), resampled inside and before."""

    honest_auc: Floats
    leaky_auc: Floats
    honest_precision: Floats  # average precision
    leaky_precision: Floats


def judged(parts: Split, method: str, *, classifier: str, ratio: float, k_neighbors: int, seed: int) -> Judged:
    """Fit a method on the training set and score it on the untouched test set."""
    try:
        model = fit(parts.train, method, classifier=classifier, ratio=ratio, k_neighbors=k_neighbors, seed=seed)
    except ValueError as error:
        return Judged(method, seed, None, str(error))
    found = scores(
        parts.test.y, model.probability(parts.test.x), threshold=model.threshold, is_probability=model.is_probability
    )
    return Judged(method, seed, found, None)


def evaluate(
    samples: Sequence[Sample],
    methods: Sequence[str],
    *,
    classifier: str,
    ratio: float,
    k_neighbors: int,
    seeds: Sequence[int],
) -> Iterator[Judged]:
    """Every method on every sample's split, one after the other.

    Args:
        samples: one for each seed: other draws of the same kind, or the same data to be divided otherwise.
        methods: keys of `METHODS`.
        classifier: a key of `CLASSIFIERS`.
        ratio: that resamplers are asked for.
        k_neighbors: of the resamplers that look at neighbours.
        seeds: of splits, resamplers and models.
    """
    for sample, seed in zip(samples, seeds, strict=True):
        parts = split(sample, seed=seed)
        for method in methods:
            yield judged(parts, method, classifier=classifier, ratio=ratio, k_neighbors=k_neighbors, seed=seed)


def prior_correction(probability: Floats, *, beta: float) -> Floats:
    """Probabilities as they would be at the natural ratio: beta p / (beta p − p + 1).

    Args:
        probability: of the positive class, from a model that has learnt from resampled rows.
        beta: the odds of the positive class in nature over those in the training set. For random under-sampling
            that is the share of the majority that was kept.

    Raises:
        ValueError: beta is not above 0.
    """
    if not 0 < beta < np.inf:
        raise ValueError(f"beta must be above 0 and finite, not {beta}.")
    return np.asarray(beta * probability / (beta * probability + (1 - probability)))


def bayes_threshold(cost_fp: float, cost_fn: float) -> float:
    """The probability from which on calling a row positive costs less: cost_fp / (cost_fp + cost_fn).

    Raises:
        ValueError: a cost is negative, or both are 0.
    """
    if not (0 <= cost_fp < np.inf and 0 <= cost_fn < np.inf and cost_fp + cost_fn > 0):
        raise ValueError(f"costs must be at least 0 and not both 0, not {cost_fp} and {cost_fn}.")
    return cost_fp / (cost_fp + cost_fn)


def leakage(sample: Sample, resampler: str, *, classifier: str, ratio: float, k_neighbors: int, seed: int) -> Leakage:
    """The same pipeline cross-validated twice: resampled inside of each fold, and before the folds were made.

    Before the split, copies of a test row and rows made from it are in the training set, and the test set has the
    ratio that was asked for instead of the natural one.

    Raises:
        ValueError: there are fewer rows of a class than folds, or the resampler cannot work.
    """
    if min(sample.counts) < FOLDS:
        raise ValueError(f"{FOLDS} folds need {FOLDS} minority rows; there are {min(sample.counts)}.")
    settings = Settings(classifier, ratio, k_neighbors, seed)
    standard = Sample(StandardScaler().fit_transform(sample.x), sample.y)
    before = resample(standard, resampler, ratio=ratio, k_neighbors=k_neighbors, seed=seed).sample
    honest, leaky = [], []
    folds = StratifiedKFold(FOLDS, shuffle=True, random_state=seed)
    for learnt, tested in folds.split(sample.x, sample.y):
        train = Sample(sample.x[learnt], sample.y[learnt])
        honest.append(_fold(train, Sample(sample.x[tested], sample.y[tested]), resampler, settings))
    for learnt, tested in folds.split(before.x, before.y):
        train = Sample(before.x[learnt], before.y[learnt])
        leaky.append(_fold(train, Sample(before.x[tested], before.y[tested]), "none", settings))
    (honest_auc, honest_precision), (leaky_auc, leaky_precision) = (np.transpose(each) for each in (honest, leaky))
    return Leakage(honest_auc, leaky_auc, honest_precision, leaky_precision)


def _fold(train: Sample, test: Sample, method: str, settings: Settings) -> tuple[float, float]:
    probability = fit(train, method, **settings._asdict()).probability(test.x)
    return float(roc_auc_score(test.y, probability)), float(average_precision_score(test.y, probability))
