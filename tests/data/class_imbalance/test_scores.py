"""Metrics by their formulas and by hand, thresholds by counting."""

import math
from typing import Final

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from imblearn.metrics import geometric_mean_score
from sklearn import metrics
from sklearn.calibration import calibration_curve
from sklearn.metrics import auc, precision_recall_curve, roc_curve

from demos.data.samples import Floats, Ints
from demos.data.scores import BINS, Scores, expected_calibration_error, operating, reliability, scores

law = settings(derandomize=True, deadline=None, database=None, max_examples=40)

Y: Final = np.array([0, 0, 0, 0, 0, 0, 1, 1, 1, 1])
P: Final = np.array([0.05, 0.1, 0.2, 0.3, 0.6, 0.8, 0.3, 0.5, 0.9, 0.95])
TENTHS: Final = st.integers(0, 20).map(lambda twentieth: twentieth / 20)  # with ties, with 0 and 1


@st.composite
def judgements(draw: st.DrawFn) -> tuple[Ints, Floats]:
    """Both classes, and probabilities."""
    probability = draw(st.lists(st.one_of(TENTHS, st.floats(0, 1)), min_size=2, max_size=40))
    others = draw(st.lists(st.integers(0, 1), min_size=len(probability) - 2, max_size=len(probability) - 2))
    return np.array([0, 1, *others]), np.array(probability)


def counted(y: Ints, probability: Floats, threshold: float) -> tuple[int, int, int, int]:
    pairs = [(int(truth), bool(p >= threshold)) for truth, p in zip(y, probability, strict=True)]
    return pairs.count((0, False)), pairs.count((0, True)), pairs.count((1, False)), pairs.count((1, True))


def ratio(above: float, below: float) -> float:
    return above / below if below else 0.0


def ranked_above(y: Ints, probability: Floats) -> float:
    """The share of pairs of which the positive row has more, ties half: the area under the ROC curve."""
    pairs = [np.sign(p - n) for p in probability[y == 1] for n in probability[y == 0]]
    return float(np.mean(pairs)) / 2 + 0.5


def summed_precision(y: Ints, probability: Floats) -> float:
    """Σ (R_n − R_{n−1}) P_n over thresholds from the highest."""
    total, before = 0.0, 0.0
    for threshold in sorted(set(probability), reverse=True):
        _, false, _, true = counted(y, probability, threshold)
        recall = true / y.sum()
        total, before = total + (recall - before) * true / (true + false), recall
    return total


# ---------------------------------------------------------------- the metrics


def test_every_metric_of_ten_rows_by_hand() -> None:
    """At 0.5 two of six negatives are called positive, and three of four positives."""
    found = scores(Y, P, threshold=0.5)
    wanted = Scores(
        true_negatives=4,
        false_positives=2,
        false_negatives=1,
        true_positives=3,
        accuracy=7 / 10,
        balanced_accuracy=(4 / 6 + 3 / 4) / 2,
        precision=3 / 5,
        recall=3 / 4,
        f1=2 / 3,  # 2 · 3 / (2 · 3 + 2 + 1)
        g_mean=math.sqrt(4 / 6 * 3 / 4),
        mcc=(3 * 4 - 2 * 1) / math.sqrt(5 * 4 * 6 * 5),
        roc_auc=(3.5 + 4 + 6 + 6) / 24,  # of 0.3, 0.5, 0.9 and 0.95, over negatives
        average_precision=(1 + 1 + 3 / 5 + 4 / 7) / 4,
        brier=(0.05**2 + 0.1**2 + 0.2**2 + 0.3**2 + 0.6**2 + 0.8**2 + 0.7**2 + 0.5**2 + 0.1**2 + 0.05**2) / 10,
        # Bins from 0, 0.1, 0.2, 0.3, 0.5, 0.6, 0.8 and 0.9; two rows in that from 0.3 and two in that from 0.9.
        ece=(0.05 + 0.1 + 0.2 + 2 * abs(0.3 - 0.5) + (1 - 0.5) + 0.6 + 0.8 + 2 * (1 - 0.925)) / 10,
        mean_probability=4.7 / 10,
    )
    for name, ours, expected in zip(Scores._fields, found, wanted, strict=True):
        assert ours == pytest.approx(expected, abs=1e-12), name
        assert type(ours) is type(expected)


@law
@given(judged=judgements(), threshold=st.one_of(TENTHS, st.just(2.0)))
def test_every_metric_is_its_formula(judged: tuple[Ints, Floats], threshold: float) -> None:
    """Also where nothing, or everything, is called positive: a quotient of nothing is 0, and nobody is warned."""
    y, probability = judged
    found = scores(y, probability, threshold=threshold)
    tn, fp, fn, tp = counted(y, probability, threshold)
    assert found[:4] == (tn, fp, fn, tp)
    recall, specificity = tp / (tp + fn), tn / (tn + fp)
    wanted = {
        "accuracy": (tp + tn) / len(y),
        "balanced_accuracy": (recall + specificity) / 2,
        "precision": ratio(tp, tp + fp),
        "recall": recall,
        "f1": ratio(2 * tp, 2 * tp + fp + fn),
        "g_mean": math.sqrt(recall * specificity),
        "mcc": ratio(tp * tn - fp * fn, math.sqrt((tp + fp) * (tp + fn) * (tn + fp) * (tn + fn))),
        "roc_auc": ranked_above(y, probability),
        "average_precision": summed_precision(y, probability),
        "brier": np.mean((probability - y) ** 2),
        "ece": expected_calibration_error(y, probability),
        "mean_probability": math.fsum(probability) / len(y),
    }
    assert set(wanted) == set(Scores._fields[4:])
    for name, value in wanted.items():
        assert getattr(found, name) == pytest.approx(value, abs=1e-9), name


@law
@given(judged=judgements(), threshold=st.one_of(TENTHS, st.just(2.0)))
def test_every_metric_is_that_of_scikit_learn(judged: tuple[Ints, Floats], threshold: float) -> None:
    y, probability = judged
    called = (probability >= threshold).astype(int)
    found = scores(y, probability, threshold=threshold)
    assert list(found[:4]) == metrics.confusion_matrix(y, called, labels=[0, 1]).ravel().tolist()
    wanted = {
        "accuracy": metrics.accuracy_score(y, called),
        "balanced_accuracy": metrics.balanced_accuracy_score(y, called),
        "precision": metrics.precision_score(y, called, zero_division=0),
        "recall": metrics.recall_score(y, called),
        "f1": metrics.f1_score(y, called, zero_division=0),
        "g_mean": geometric_mean_score(y, called),
        "mcc": metrics.matthews_corrcoef(y, called),
        "brier": metrics.brier_score_loss(y, probability),
    }
    for name, value in wanted.items():
        assert getattr(found, name) == pytest.approx(value, abs=1e-12), name


def test_a_row_on_the_threshold_is_called_positive() -> None:
    assert scores(Y, P, threshold=0.3)[:4] == (3, 3, 0, 4)
    assert scores(Y, P, threshold=np.nextafter(0.3, 1))[:4] == (4, 2, 1, 3)


def test_average_precision_is_not_the_trapezoid() -> None:
    """A negative before the positive: recall leaps from 0 to 1 at precision ½. The trapezoid begins at precision 0."""
    y, probability = np.array([0, 1]), np.array([0.6, 0.4])
    precision, recall, _ = precision_recall_curve(y, probability)
    assert auc(recall, precision) == 0.25
    assert scores(y, probability, threshold=0.5).average_precision == 0.5


def test_the_accuracy_paradox_by_hand() -> None:
    """Of 100 rows one is positive, and nothing is called so."""
    found = scores(np.arange(100) == 0, np.zeros(100), threshold=0.5)
    assert found.accuracy == 0.99
    assert found.balanced_accuracy == found.roc_auc == 0.5
    assert found.recall == found.precision == found.f1 == found.g_mean == found.mcc == 0
    assert found.average_precision == found.brier == pytest.approx(0.01)


@law
@given(judged=judgements())
def test_scores_that_are_no_probability_have_no_calibration(judged: tuple[Ints, Floats]) -> None:
    y, probability = judged
    all_of_it = scores(y, probability, threshold=0.5)._asdict()
    ranked = scores(y, 100 * probability - 50, threshold=0, is_probability=False)._asdict()
    of_probability = {"brier", "ece", "mean_probability"}
    assert all(math.isnan(ranked[name]) and not math.isnan(all_of_it[name]) for name in of_probability)
    for name in set(Scores._fields) - of_probability:
        assert not math.isnan(ranked[name])


# ---------------------------------------------------------------- calibration


def test_the_calibration_error_by_hand() -> None:
    """Two bins of five rows: 0.2 predicted where 2 of 5 are positive, 0.9 where 3 of 5 are: (0.2 + 0.3) / 2."""
    y, probability = np.array([1, 1, 0, 0, 0, 1, 1, 1, 0, 0]), np.repeat([0.2, 0.9], 5)
    assert expected_calibration_error(y, probability) == pytest.approx(0.25)
    assert expected_calibration_error(np.array([1, 0, 0, 0, 0]), np.full(5, 0.2)) == pytest.approx(0)
    assert expected_calibration_error(np.array([0, 0, 0, 1]), np.array([1.0, 1, 1, 1])) == pytest.approx(0.75)
    assert expected_calibration_error(np.array([0, 1]), np.array([1.0, 0.0])) == 1
    assert expected_calibration_error(np.array([0, 1]), np.array([0.0, 1.0])) == 0


def test_bins_begin_with_a_tenth_and_the_last_one_has_1() -> None:
    y = np.array([0, 1, 0, 1, 1, 0, 1])
    probability = np.array([0.0, 0.09, 0.1, 0.5, 0.99, 1.0, 0.9])
    predicted, observed, rows = reliability(y, probability)
    assert BINS == 10
    assert rows.tolist() == [2, 1, 0, 0, 0, 1, 0, 0, 0, 3]
    np.testing.assert_allclose(predicted, [0.045, 0.1, *[np.nan] * 3, 0.5, *[np.nan] * 3, 2.89 / 3])
    np.testing.assert_allclose(observed, [0.5, 0, *[np.nan] * 3, 1, *[np.nan] * 3, 2 / 3])


@law
@given(judged=judgements())
def test_bins_lose_no_row(judged: tuple[Ints, Floats]) -> None:
    y, probability = judged
    predicted, observed, rows = reliability(y, probability)
    assert predicted.shape == observed.shape == rows.shape == (10,)
    assert rows.sum() == len(y)
    for mean in (predicted, observed):
        np.testing.assert_array_equal(np.isnan(mean), rows == 0)
    assert np.nansum(predicted * rows) == pytest.approx(probability.sum())
    assert np.nansum(observed * rows) == pytest.approx(y.sum())
    edges = np.arange(10) / 10
    full = rows > 0
    assert (predicted[full] >= edges[full] - 1e-9).all()
    assert (predicted[full] <= edges[full] + 0.1 + 1e-9).all()
    error = expected_calibration_error(y, probability)
    assert abs(probability.mean() - y.mean()) - 1e-9 <= error <= 1  # |Σ d| ≤ Σ |d|


def test_bins_are_scikit_learns() -> None:
    """Of numbers that are on no edge, for which scikit-learn's bins are closed on the right."""
    generator = np.random.default_rng(0)
    probability = generator.beta(0.5, 0.5, 500)
    y = (generator.random(500) < probability).astype(int)
    predicted, observed, rows = reliability(y, probability)
    theirs, mean = calibration_curve(y, probability, n_bins=10)
    np.testing.assert_allclose(observed[rows > 0], theirs)
    np.testing.assert_allclose(predicted[rows > 0], mean)


# ---------------------------------------------------------------- thresholds


@law
@given(judged=judgements(), thresholds=st.lists(st.one_of(TENTHS, st.floats(-1, 2)), max_size=12))
def test_operating_points_are_counts(judged: tuple[Ints, Floats], thresholds: list[float]) -> None:
    y, probability = judged
    found = operating(y, probability, [*thresholds, -math.inf, math.inf])
    np.testing.assert_array_equal(found.threshold, [*thresholds, -math.inf, math.inf])
    for threshold, false, true in zip(*found, strict=True):
        assert (false, true) == counted(y, probability, threshold)[1::2]
    assert (found.false_positives[-2], found.true_positives[-2]) == (len(y) - y.sum(), y.sum())
    assert (found.false_positives[-1], found.true_positives[-1]) == (0, 0)


@law
@given(judged=judgements())
def test_operating_points_are_those_of_scikit_learns_curve(judged: tuple[Ints, Floats]) -> None:
    y, probability = judged
    false_rate, true_rate, thresholds = roc_curve(y, probability, drop_intermediate=False)
    found = operating(y, probability, thresholds)
    np.testing.assert_allclose(found.false_positives / (y == 0).sum(), false_rate)
    np.testing.assert_allclose(found.true_positives / (y == 1).sum(), true_rate)


def test_operating_points_are_the_scores_confusion() -> None:
    found = operating(Y, P, np.linspace(0, 1, 21))
    for threshold, false, true in zip(*found, strict=True):
        confusion = scores(Y, P, threshold=threshold)
        assert (confusion.false_positives, confusion.true_positives) == (false, true)
