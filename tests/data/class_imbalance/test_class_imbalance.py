"""What resampling does and does not do: corrections by Bayes' rule, costs by counting, leaks on pure noise."""

import math
from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold, cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from demos.data import class_imbalance
from demos.data.class_imbalance import (
    FOLDS,
    METHODS,
    RESAMPLERS,
    Judged,
    bayes_threshold,
    evaluate,
    judged,
    leakage,
    make_data,
    prior_correction,
)
from demos.data.methods import Model, fit
from demos.data.samples import Floats, Sample, split
from demos.data.scores import scores

law = settings(derandomize=True, deadline=None, database=None, max_examples=100)

probabilities = st.lists(st.floats(0, 1), min_size=1, max_size=20).map(np.array)
betas = st.floats(1e-3, 1e3)
costs = st.floats(1e-3, 1e3)


def gaussians(*, rows: int = 400, ratio: float = 9, overlap: float = 0.4, seed: int = 0) -> Sample:
    return make_data(shape="two Gaussians", rows=rows, ratio=ratio, overlap=overlap, label_noise=0, seed=seed)


def noise(majority: int, minority: int, *, seed: int = 0) -> Sample:
    """Features that have nothing to do with the label."""
    generator = np.random.default_rng(seed)
    y = generator.permutation(np.repeat([0, 1], [majority, minority]))
    return Sample(generator.standard_normal((len(y), 3)), y)


def evaluated(
    samples: Sequence[Sample], methods: Sequence[str], *, classifier: str = "logistic regression", k_neighbors: int = 5
) -> list[Judged]:
    seeds = range(len(samples))
    return list(evaluate(samples, methods, classifier=classifier, ratio=1, k_neighbors=k_neighbors, seeds=seeds))


def keys(x: Floats) -> set[bytes]:
    return {row.tobytes() for row in np.ascontiguousarray(x)}


# ---------------------------------------------------------------- evaluate


def test_every_method_is_judged_on_the_whole_test_set_at_its_natural_ratio() -> None:
    """Of 400 rows at 1 : 9 the test set has 108 and 12, whatever is done to the training set."""
    found = evaluated([gaussians(seed=seed) for seed in range(2)], list(METHODS))
    assert [(each.method, each.seed) for each in found] == [(name, seed) for seed in range(2) for name in METHODS]
    for each in found:
        assert each.refusal is None
        assert each.scores is not None
        assert each.scores.true_negatives + each.scores.false_positives == 108
        assert each.scores.true_positives + each.scores.false_negatives == 12
        ranking_only = each.method in {"isolation forest", "one-class SVM"}
        assert each.scores.roc_auc > (0.5 if ranking_only else 0.8)
        assert math.isnan(each.scores.brier) == ranking_only


def test_the_test_set_is_not_seen_and_not_changed(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[tuple[Sample, dict[str, object]]] = []
    asked: list[Floats] = []

    def spied(train: Sample, method: str, **settings: object) -> Model:
        seen.append((train, {"method": method, **settings}))

        def probability(x: Floats) -> Floats:
            asked.append(x)
            return np.linspace(0, 1, len(x))

        return Model(probability, 0.25, is_probability=True)

    monkeypatch.setattr(class_imbalance, "fit", spied)
    samples = [gaussians(seed=5), gaussians(seed=6)]
    found = list(evaluate(samples, ["SMOTE", "none"], classifier="RBF SVM", ratio=2, k_neighbors=3, seeds=[11, 12]))
    assert [settings for _, settings in seen] == [
        {"method": method, "classifier": "RBF SVM", "ratio": 2, "k_neighbors": 3, "seed": seed}
        for seed in (11, 12)
        for method in ("SMOTE", "none")
    ]
    for place, ((train, _), x, each) in enumerate(zip(seen, asked, found, strict=True)):
        parts = split(samples[place // 2], seed=11 + place // 2)
        np.testing.assert_array_equal(train.x, parts.train.x)
        np.testing.assert_array_equal(train.y, parts.train.y)
        np.testing.assert_array_equal(x, parts.test.x)
        assert not keys(train.x) & keys(x)
        assert each.scores == scores(parts.test.y, np.linspace(0, 1, len(x)), threshold=0.25)
        assert each.seed == 11 + place // 2


def test_one_judgement_is_the_fit_and_the_scores() -> None:
    parts = split(gaussians(), seed=4)
    model = fit(parts.train, "threshold tuning", classifier="decision tree", ratio=1, k_neighbors=5, seed=2)
    found = judged(parts, "threshold tuning", classifier="decision tree", ratio=1, k_neighbors=5, seed=2)
    assert found.scores == scores(parts.test.y, model.probability(parts.test.x), threshold=model.threshold)
    assert (found.method, found.seed, found.refusal) == ("threshold tuning", 2, None)


def test_results_come_one_by_one() -> None:
    results = evaluate(
        [gaussians()], ["none", "no such method"], classifier="decision tree", ratio=1, k_neighbors=5, seeds=[0]
    )
    assert next(results).method == "none"


def test_a_refusal_is_carried_and_the_others_are_judged() -> None:
    """Of 7 minority rows 5 are learnt, which are too few for five neighbours and for a threshold."""
    found = evaluated([gaussians(rows=70)], ["none", "SMOTE", "threshold tuning", "class weights"])
    assert [each.refusal for each in found] == [
        None,
        "SMOTE looks at 5 neighbours of the same class and needs 6 minority rows to train on; there are 5.",
        "Threshold tuning needs 6 minority rows to train on; there are 5.",
        None,
    ]
    assert [each.scores is None for each in found] == [False, True, True, False]


def test_as_many_samples_as_seeds_are_needed() -> None:
    with pytest.raises(ValueError, match="zip"):
        list(evaluate([gaussians()], ["none"], classifier="decision tree", ratio=1, k_neighbors=5, seeds=[0, 1]))


@pytest.mark.parametrize("method", ["random under-sampling", "NearMiss-1", "NearMiss-2", "NearMiss-3"])
def test_four_minority_rows_and_seven_neighbours_end_no_table(method: str) -> None:
    (found,) = evaluated([gaussians(rows=40)], [method], classifier="k-nearest neighbours", k_neighbors=2)
    assert (found.scores is None) == (found.refusal is not None)


# ---------------------------------------------------------------- what resampling does and does not


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_smote_moves_the_probabilities_of_logistic_regression_and_not_its_ranking(seed: int) -> None:
    """The mean was the base rate of 1 : 19, since that is where the gradient of the intercept is 0."""
    parts = split(gaussians(rows=4000, ratio=19, overlap=0.5, seed=seed), seed=seed)
    plain, moved = (
        judged(parts, name, classifier="logistic regression", ratio=1, k_neighbors=5, seed=seed).scores
        for name in ("none", "SMOTE")
    )
    assert plain is not None
    assert moved is not None
    assert abs(plain.roc_auc - moved.roc_auc) < 0.02
    assert plain.mean_probability == pytest.approx(0.05, abs=0.01)
    assert moved.mean_probability > 3 * plain.mean_probability
    assert moved.ece > 3 * plain.ece
    assert moved.brier > plain.brier


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_smote_for_logistic_regression_is_a_moved_threshold(seed: int) -> None:
    """What SMOTE calls positive from ½ on is, but for a few rows, what the plain model ranks as high."""
    parts = split(gaussians(rows=4000, ratio=19, overlap=0.5, seed=seed), seed=seed)
    plain, moved = (
        fit(parts.train, name, classifier="logistic regression", ratio=1, k_neighbors=5, seed=seed).probability(
            parts.test.x
        )
        for name in ("none", "SMOTE")
    )
    called = moved >= 0.5
    alike = plain >= np.sort(plain)[-called.sum()]
    assert np.mean(called == alike) > 0.98
    assert np.mean(called == (plain >= 0.5)) < 0.95


def test_correcting_the_prior_gives_the_plain_probabilities_back() -> None:
    """Under-sampled to 1 : 1 from 1 : 19, beta is 1 / 19. The two Gaussians have a logistic posterior exactly."""
    parts = split(gaussians(rows=20_000, ratio=19, overlap=0.5), seed=0)
    plain, moved = (
        fit(parts.train, name, classifier="logistic regression", ratio=1, k_neighbors=5, seed=0).probability(
            parts.test.x
        )
        for name in ("none", "random under-sampling")
    )
    corrected = prior_correction(moved, beta=1 / 19)
    assert np.abs(corrected - plain).mean() < 0.01
    assert corrected.mean() == pytest.approx(0.05, abs=0.01)
    assert moved.mean() > 0.15


def test_at_1_to_99_accuracy_is_high_and_recall_is_not() -> None:
    """Calling nothing positive has an accuracy of 0.99, and a model of ordinary use is no better and finds little."""
    parts = split(gaussians(rows=10_000, ratio=99, overlap=0.6), seed=0)
    found = judged(parts, "none", classifier="logistic regression", ratio=1, k_neighbors=5, seed=0).scores
    nothing = scores(parts.test.y, np.zeros(3000), threshold=0.5)
    assert found is not None
    assert nothing.accuracy == 0.99
    assert nothing.recall == 0
    assert found.accuracy == pytest.approx(0.99, abs=0.003)
    assert found.recall < 0.15
    assert found.balanced_accuracy < 0.6
    assert found.roc_auc > 0.8


# ---------------------------------------------------------------- the prior


@law
@given(probability=probabilities, beta=betas)
def test_the_correction_is_a_factor_of_the_odds(probability: Floats, beta: float) -> None:
    found = prior_correction(probability, beta=beta)
    assert found.shape == probability.shape
    assert ((found >= 0) & (found <= 1 + 1e-12)).all()
    np.testing.assert_allclose(found * (1 - probability), beta * probability * (1 - found), rtol=1e-9, atol=1e-12)


@law
@given(probability=probabilities, beta=betas, other=betas)
def test_corrections_are_undone_by_their_inverse_and_follow_one_another(
    probability: Floats, beta: float, other: float
) -> None:
    there = prior_correction(probability, beta=beta)
    np.testing.assert_allclose(prior_correction(there, beta=1 / beta), probability, atol=1e-9)
    np.testing.assert_allclose(
        prior_correction(there, beta=other), prior_correction(probability, beta=beta * other), atol=1e-9
    )
    np.testing.assert_allclose(prior_correction(1 - probability, beta=1 / beta), 1 - there, atol=1e-9)
    np.testing.assert_allclose(prior_correction(probability, beta=1), probability, rtol=1e-12)


@law
@given(probability=probabilities, beta=betas)
def test_the_ranking_stays(probability: Floats, beta: float) -> None:
    ordered = np.sort(probability)
    found = prior_correction(ordered, beta=beta)
    assert (np.diff(found) >= -1e-12).all()
    apart = np.diff(ordered) > 1e-9
    assert (np.diff(found)[apart] > 0).all()


def test_the_ends_stay_and_a_half_becomes_the_base_rate() -> None:
    np.testing.assert_allclose(prior_correction(np.array([0, 0.5, 1]), beta=1 / 19), [0, 0.05, 1])
    np.testing.assert_allclose(prior_correction(np.array([[0.2], [0.8]]), beta=4), [[0.5], [16 / 17]])


@law
@given(
    apart=st.floats(0, 4),
    minority=st.floats(0.002, 0.5),
    beta=st.floats(0.01, 1),
    x=st.lists(st.floats(-6, 6), min_size=1, max_size=20).map(np.array),
)
def test_dal_pozzolos_formula_is_bayes_rule(apart: float, minority: float, beta: float, x: Floats) -> None:
    """Of every majority row a share beta is kept; the posterior of what is left gives the natural one exactly."""
    positive, negative = minority * stats.norm.pdf(x, apart), (1 - minority) * stats.norm.pdf(x)
    natural, resampled = positive / (positive + negative), positive / (positive + beta * negative)
    np.testing.assert_allclose(prior_correction(resampled, beta=beta), natural, rtol=1e-6)


def test_the_correction_holds_for_rows_that_are_counted() -> None:
    """In bins of x: shares of the minority before and after nine of ten majority rows are thrown away."""
    generator = np.random.default_rng(0)
    y = np.repeat([0, 1], [380_000, 20_000])
    place = np.digitize(generator.normal(1.5 * y), [-1, 0, 1, 2])
    kept = (y == 1) | (generator.random(len(y)) < 0.1)
    natural, resampled = (np.bincount(place[some], y[some]) / np.bincount(place[some]) for some in (y >= 0, kept))
    error = np.sqrt(natural * (1 - natural) / np.bincount(place[kept]))
    assert (np.abs(prior_correction(resampled, beta=0.1) - natural) < 5 * error).all()


@pytest.mark.parametrize("beta", [0, -1, math.inf, math.nan])
def test_a_beta_that_is_no_ratio_is_refused(beta: float) -> None:
    with pytest.raises(ValueError, match=f"^beta must be above 0 and finite, not {beta}\\.$"):
        prior_correction(np.array([0.5]), beta=beta)


@pytest.mark.parametrize("beta", [1e-10, 1e-17])
def test_certainty_stays_certain(beta: float) -> None:
    assert prior_correction(np.array([1.0]), beta=beta)[0] == 1


# ---------------------------------------------------------------- costs


@law
@given(cost_fp=costs, cost_fn=costs, probability=st.floats(0, 1))
def test_from_the_threshold_on_it_costs_less_to_call_a_row_positive(
    cost_fp: float, cost_fn: float, probability: float
) -> None:
    called, not_called = (1 - probability) * cost_fp, probability * cost_fn
    threshold = bayes_threshold(cost_fp, cost_fn)
    if abs(probability - threshold) > 1e-9:
        assert (called < not_called) == (probability >= threshold)
    else:
        assert called == pytest.approx(not_called, rel=1e-5)


@law
@given(cost_fp=costs, cost_fn=costs, seed=st.integers(0, 1000))
def test_no_other_threshold_has_a_smaller_expected_cost(cost_fp: float, cost_fn: float, seed: int) -> None:
    """Of rows with known probabilities, over every threshold between two of them."""
    probability = np.sort(np.random.default_rng(seed).random(30))

    def cost(threshold: float) -> float:
        called = probability >= threshold
        return float(cost_fp * (1 - probability[called]).sum() + cost_fn * probability[~called].sum())

    best = min(map(cost, [0, *(probability[:-1] + probability[1:]) / 2, 2]))
    assert cost(bayes_threshold(cost_fp, cost_fn)) <= best * (1 + 1e-9)


@pytest.mark.parametrize(
    ("cost_fp", "cost_fn", "threshold"), [(1, 1, 0.5), (1, 9, 0.1), (3, 1, 0.75), (0, 1, 0), (1, 0, 1), (2, 18, 0.1)]
)
def test_thresholds_by_hand(cost_fp: float, cost_fn: float, threshold: float) -> None:
    assert bayes_threshold(cost_fp, cost_fn) == pytest.approx(threshold)


@pytest.mark.parametrize(
    ("cost_fp", "cost_fn"), [(0, 0), (-1, 2), (2, -1), (math.nan, 1), (1, math.inf), (math.inf, 1)]
)
def test_costs_that_are_none_are_refused(cost_fp: float, cost_fn: float) -> None:
    with pytest.raises(ValueError, match=f"^costs must be at least 0 and not both 0, not {cost_fp} and {cost_fn}\\.$"):
        bayes_threshold(cost_fp, cost_fn)


# ---------------------------------------------------------------- leakage


@pytest.mark.parametrize("classifier", ["k-nearest neighbours", "decision tree"])
@pytest.mark.parametrize("resampler", ["random over-sampling", "SMOTE", "over-sampling with jitter"])
def test_on_pure_noise_the_honest_score_is_chance_and_the_leaky_one_is_not(classifier: str, resampler: str) -> None:
    """By chance an area has the variance (n₀ + n₁ + 1) / (12 n₀ n₁), here of five folds of 180 and 20 rows."""
    found = leakage(noise(900, 100), resampler, classifier=classifier, ratio=1, k_neighbors=5, seed=0)
    assert FOLDS == 5
    for each in found:
        assert each.shape == (5,)
    deviation = math.sqrt(201 / (12 * 180 * 20) / 5)
    assert abs(found.honest_auc.mean() - 0.5) < 4 * deviation
    assert found.honest_precision.mean() < 0.2  # the base rate is 0.1
    assert found.leaky_auc.mean() > (0.75 if resampler == "random over-sampling" else 0.5 + 4 * deviation)
    assert found.leaky_precision.mean() > 0.6  # the base rate is 0.5


@pytest.mark.parametrize("resampler", ["none", "Tomek links"])
def test_without_new_rows_there_is_no_leak(resampler: str) -> None:
    found = leakage(noise(450, 50), resampler, classifier="decision tree", ratio=1, k_neighbors=5, seed=1)
    deviation = math.sqrt(101 / (12 * 90 * 10) / 5)
    for area in (found.honest_auc, found.leaky_auc):
        assert abs(area.mean() - 0.5) < 4 * deviation
    if resampler == "none":
        np.testing.assert_array_equal(found.honest_auc, found.leaky_auc)
        np.testing.assert_array_equal(found.honest_precision, found.leaky_precision)


def test_the_honest_score_is_cross_validation_of_a_pipeline() -> None:
    sample = gaussians(rows=300, overlap=0.6)
    found = leakage(sample, "none", classifier="logistic regression", ratio=1, k_neighbors=5, seed=7)
    folds = StratifiedKFold(5, shuffle=True, random_state=7)
    pipeline = make_pipeline(StandardScaler(), LogisticRegression(max_iter=1000))
    for ours, scoring in ((found.honest_auc, "roc_auc"), (found.honest_precision, "average_precision")):
        np.testing.assert_allclose(ours, cross_val_score(pipeline, *sample, cv=folds, scoring=scoring), rtol=1e-9)


def test_honest_folds_are_untouched_and_leaky_ones_are_of_what_was_resampled(monkeypatch: pytest.MonkeyPatch) -> None:
    """Honest: resampled in the training part alone. Leaky: resampled first, so that a test row's copies are learnt."""
    learnt: list[tuple[Sample, str]] = []
    tested: list[Floats] = []

    def spied(train: Sample, method: str, **_settings: object) -> Model:
        learnt.append((train, method))

        def probability(x: Floats) -> Floats:
            tested.append(x)
            return np.linspace(0, 1, len(x))

        return Model(probability, 0.5, is_probability=True)

    monkeypatch.setattr(class_imbalance, "fit", spied)
    sample = gaussians(rows=200)
    leakage(sample, "random over-sampling", classifier="decision tree", ratio=1, k_neighbors=5, seed=0)
    assert [method for _, method in learnt] == ["random over-sampling"] * 5 + ["none"] * 5
    for (train, _), x in zip(learnt[:5], tested[:5], strict=True):
        assert (train.counts, len(x)) == ((144, 16), 40)
        assert not keys(train.x) & keys(x)
    for (train, _), x in zip(learnt[5:], tested[5:], strict=True):
        assert (train.counts, len(x)) == ((144, 144), 72)
        assert keys(train.x) & keys(x)
    assert len(keys(np.concatenate(tested[:5]))) == 200


def test_leakage_refuses_as_its_parts_do() -> None:
    """Of 7 minority rows at most 6 are in a training part, and 5 in some."""
    with pytest.raises(
        ValueError, match=r"^SMOTE looks at 5 neighbours .* needs 6 minority rows to train on; there are 5"
    ):
        leakage(gaussians(rows=70), "SMOTE", classifier="decision tree", ratio=1, k_neighbors=5, seed=0)
    with pytest.raises(ValueError, match=r"^name must be one of"):
        leakage(gaussians(), "smote", classifier="decision tree", ratio=1, k_neighbors=5, seed=0)


@pytest.mark.parametrize("minority", [2, 4])
def test_fewer_minority_rows_than_folds_are_refused(minority: int) -> None:
    with pytest.raises(ValueError, match="minority rows"):
        leakage(noise(60, minority), "random over-sampling", classifier="decision tree", ratio=1, k_neighbors=1, seed=0)


def test_the_same_seed_gives_the_same_leak() -> None:
    one, again, other = (
        leakage(noise(90, 30), "SMOTE", classifier="decision tree", ratio=1, k_neighbors=5, seed=seed)
        for seed in (0, 0, 1)
    )
    np.testing.assert_array_equal(one, again)
    assert not np.array_equal(one, other)


# ---------------------------------------------------------------- one place for the page


def test_the_page_finds_methods_and_resamplers_here() -> None:
    assert set(RESAMPLERS) < set(METHODS)
    assert set(class_imbalance.__all__) >= {"METHODS", "RESAMPLERS", "evaluate", "leakage", "make_data"}
