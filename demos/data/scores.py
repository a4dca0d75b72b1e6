"""What a classifier is worth on a test set that nobody has resampled.

References: T. Saito and M. Rehmsmeier, 2015, https://doi.org/10.1371/journal.pone.0118432; M. Pakdaman Naeini,
G. Cooper and M. Hauskrecht, 2015 (the expected calibration error);
https://scikit-learn.org/stable/modules/model_evaluation.html
"""

import math
from collections.abc import Sequence
from typing import Final, NamedTuple

import numpy as np
from sklearn.metrics import average_precision_score, roc_auc_score

from demos.data.samples import Floats, Ints

BINS: Final = 10


class Scores(NamedTuple):
    """The metrics of one classifier. Those that need a probability are NaN for scores that are none."""

    true_negatives: int
    false_positives: int
    false_negatives: int
    true_positives: int
    accuracy: float
    balanced_accuracy: float
    precision: float  # 0 where nothing is called positive
    recall: float
    f1: float
    g_mean: float  # of recall and specificity
    mcc: float
    roc_auc: float
    average_precision: float  # the sum over recall steps, which is not the trapezoid
    brier: float
    ece: float  # expected calibration error, ten equal bins
    mean_probability: float


class Operating(NamedTuple):
    """What each threshold gives."""

    threshold: Floats  # (thresholds,)
    false_positives: Ints  # (thresholds,)
    true_positives: Ints  # (thresholds,)


class Reliability(NamedTuple):
    """Bins of predicted probabilities; empty ones are NaN."""

    predicted: Floats  # (bins,), mean probability
    observed: Floats  # (bins,), share of positives
    rows: Ints  # (bins,)


def scores(y: Ints, probability: Floats, *, threshold: float, is_probability: bool = True) -> Scores:
    """All metrics of probabilities against the classes of a test set; positive from the threshold on.

    `y` has rows of both classes.
    """
    called = probability >= threshold
    tp, fp = int((called & (y == 1)).sum()), int((called & (y == 0)).sum())
    fn, tn = int((y == 1).sum()) - tp, int((y == 0).sum()) - fp
    recall, specificity = tp / (tp + fn), tn / (tn + fp)
    return Scores(
        tn,
        fp,
        fn,
        tp,
        accuracy=(tp + tn) / len(y),
        balanced_accuracy=(recall + specificity) / 2,
        precision=_share(tp, tp + fp),
        recall=recall,
        f1=_share(2 * tp, 2 * tp + fp + fn),
        g_mean=math.sqrt(recall * specificity),
        mcc=_share(tp * tn - fp * fn, math.sqrt((tp + fp) * (tp + fn) * (tn + fp) * (tn + fn))),
        roc_auc=float(roc_auc_score(y, probability)),
        average_precision=float(average_precision_score(y, probability)),
        brier=float(np.mean((probability - y) ** 2)) if is_probability else np.nan,
        ece=expected_calibration_error(y, probability) if is_probability else np.nan,
        mean_probability=float(probability.mean()) if is_probability else np.nan,
    )


def _share(part: float, whole: float) -> float:
    """0 where there is nothing to share."""
    return part / whole if whole else 0.0


def operating(y: Ints, probability: Floats, thresholds: Sequence[float] | Floats) -> Operating:
    """False and true positives at each threshold."""
    thresholds = np.asarray(thresholds, dtype=float)
    counted = []
    for kind in (0, 1):
        ordered = np.sort(probability[y == kind])
        counted.append(len(ordered) - np.searchsorted(ordered, thresholds, side="left"))
    return Operating(thresholds, counted[0], counted[1])


def reliability(y: Ints, probability: Floats) -> Reliability:
    """Mean probability against the share of positives, in `BINS` equal bins from 0 to 1."""
    place = np.minimum((probability * BINS).astype(int), BINS - 1)
    rows = np.bincount(place, minlength=BINS)
    total = np.where(rows, rows, np.nan)
    return Reliability(
        np.bincount(place, probability, minlength=BINS) / total, np.bincount(place, y, minlength=BINS) / total, rows
    )


def expected_calibration_error(y: Ints, probability: Floats) -> float:
    """The mean distance between predicted and observed, weighted by the bins' counts."""
    predicted, observed, rows = reliability(y, probability)
    return float(np.nansum(rows * np.abs(predicted - observed)) / rows.sum())
