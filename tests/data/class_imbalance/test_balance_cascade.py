"""BalanceCascade against the paper's algorithm 2, and its margins against AdaBoost's own arithmetic."""

import math
from typing import Final

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.ensemble import AdaBoostClassifier

from demos.data.balance_cascade import ROUNDS, BalanceCascade, Round, balance_cascade, margin
from demos.data.samples import Floats, Ints, Sample

law = settings(derandomize=True, deadline=None, database=None, max_examples=15)


def gaussians(majority: int, minority: int, *, apart: float = 1.5, seed: int = 0) -> Sample:
    """Centres so far apart along both features, in random order."""
    generator = np.random.default_rng(seed)
    y = generator.permutation(np.repeat([0, 1], [majority, minority]))
    return Sample(generator.standard_normal((len(y), 2)) + apart * y[:, None], y)


OVERLAPPING: Final = gaussians(400, 30)
CASCADE: Final = balance_cascade(OVERLAPPING, n_estimators=4, seed=0)


def alphas(booster: AdaBoostClassifier, x: Floats, y: Ints) -> list[float]:
    """Y. Freund and R. Schapire's weights ½ ln((1 − ε) / ε) of the same stumps, with y and h −1 or 1."""
    signs, weight, found = 2 * y - 1, np.full(len(y), 1 / len(y)), []
    for stump in booster.estimators_:
        votes = 2 * stump.predict(x) - 1
        error = weight[votes != signs].sum()
        found.append(0.5 * math.log((1 - error) / error))
        weight = weight * np.exp(-found[-1] * signs * votes)
        weight = weight / weight.sum()
    return found


def summed(each: Round, x: Floats) -> Floats:
    """Σ α h by hand, without the demo's `margin`."""
    rows = np.concatenate([np.flatnonzero(OVERLAPPING.y == 1), each.drawn])
    weights = alphas(each.booster, OVERLAPPING.x[rows], OVERLAPPING.y[rows])
    return np.asarray(
        sum(
            alpha * (2 * stump.predict(x) - 1)
            for alpha, stump in zip(weights, each.booster.estimators_, strict=True)
        )
    )  # fmt: skip


# ---------------------------------------------------------------- the rounds


@law
@given(majority=st.integers(5, 300), share=st.floats(0, 1), t=st.integers(2, 7), seed=st.integers(0, 1000))
def test_the_majority_shrinks_by_the_same_rate_to_the_size_of_the_minority(
    majority: int, share: float, t: int, seed: int
) -> None:
    """|N_i| = |N| f^(i − 1) to the row, where f = (|P| / |N|)^(1 / (T − 1)), so that N_T is as large as P."""
    minority = max(2, round(share * majority))
    sample = gaussians(majority, minority, seed=seed)
    cascade = balance_cascade(sample, n_estimators=t, seed=seed)
    rate = (minority / majority) ** (1 / (t - 1))
    assert len(cascade.rounds) == t
    left = np.flatnonzero(sample.y == 0)
    for place, each in enumerate(cascade.rounds):
        np.testing.assert_array_equal(each.majority, left)
        assert abs(len(each.majority) - majority * rate**place) <= 0.5 + 1e-9
        assert len(np.unique(each.drawn)) == len(each.drawn) == minority
        assert set(each.drawn) <= set(each.majority)
        assert set(each.kept) <= set(each.majority)
        assert (np.diff(each.kept) > 0).all()
        left = each.kept
    assert len(cascade.rounds[-1].majority) == minority


@law
@given(majority=st.integers(40, 300), t=st.integers(2, 6), seed=st.integers(0, 1000))
def test_what_stays_are_the_false_positives_at_the_threshold(majority: int, t: int, seed: int) -> None:
    """Those with the largest margins. Stumps take few values, so that some that lie on θ stay and some go."""
    sample = gaussians(majority, 20, seed=seed)
    for each in balance_cascade(sample, n_estimators=t, seed=seed).rounds:
        found = dict(zip(each.majority.tolist(), margin(each.booster, sample.x[each.majority]), strict=True))
        kept = set(each.kept.tolist())
        assert min(found[row] for row in kept) == each.threshold
        assert all(found[row] <= each.threshold for row in set(found) - kept)


@pytest.mark.parametrize("t", [2, 3, 5, 10])
def test_the_rate_of_false_positives_is_f_in_every_round_but_the_last(t: int) -> None:
    """As near as rows on the threshold allow: above it are fewer, and with those on it there are more."""
    rate = (30 / 400) ** (1 / (t - 1))
    for each in balance_cascade(OVERLAPPING, n_estimators=t, seed=1).rounds[:-1]:
        found = margin(each.booster, OVERLAPPING.x[each.majority])
        rounding = 1 / len(each.majority)
        assert np.mean(found > each.threshold) <= rate + rounding
        assert np.mean(found >= each.threshold) >= rate - rounding
        assert len(each.kept) / len(each.majority) == pytest.approx(rate, abs=rounding)


@pytest.mark.parametrize("t", [2, 4])
def test_the_rate_of_false_positives_is_f_in_the_last_round(t: int) -> None:
    rate = (30 / 400) ** (1 / (t - 1))
    last = balance_cascade(OVERLAPPING, n_estimators=t, seed=1).rounds[-1]
    found = margin(last.booster, OVERLAPPING.x[last.majority])
    assert np.mean(found > last.threshold) <= rate + 1 / 30
    assert np.mean(found >= last.threshold) >= rate - 1 / 30


def test_each_round_learns_the_minority_and_what_is_drawn() -> None:
    minority = np.flatnonzero(OVERLAPPING.y == 1)
    for each in CASCADE.rounds:
        rows = np.concatenate([minority, each.drawn])
        theirs = AdaBoostClassifier(n_estimators=10, random_state=0).fit(OVERLAPPING.x[rows], OVERLAPPING.y[rows])
        assert ROUNDS == 10
        assert len(each.booster.estimators_) == 10
        np.testing.assert_array_equal(
            each.booster.decision_function(OVERLAPPING.x), theirs.decision_function(OVERLAPPING.x)
        )


def test_two_rounds_are_the_whole_majority_and_what_the_first_leaves_of_it() -> None:
    """The rate is |P| / |N|."""
    first, second = balance_cascade(OVERLAPPING, n_estimators=2, seed=0).rounds
    assert len(first.majority) == 400
    assert len(first.kept) == len(second.majority) == 30
    np.testing.assert_array_equal(np.sort(second.drawn), second.majority)


def test_draws_are_fair() -> None:
    """Of 40 rows 10 are drawn, each in a quarter of 400 cases."""
    sample = gaussians(40, 10)
    drawn = [balance_cascade(sample, n_estimators=2, seed=seed).rounds[0].drawn for seed in range(100)]
    counts = np.bincount(np.ravel(drawn), minlength=50)[sample.y == 0]
    assert np.abs(counts - 25).max() < 5 * math.sqrt(100 / 4 * 3 / 4)
    later = [tuple(each.drawn) for each in CASCADE.rounds]
    assert len(set(later)) == 4


def test_the_same_seed_gives_the_same_cascade_and_another_one_another() -> None:
    again, other = (balance_cascade(OVERLAPPING, n_estimators=4, seed=seed) for seed in (0, 1))
    np.testing.assert_array_equal(CASCADE.decision(OVERLAPPING.x), again.decision(OVERLAPPING.x))
    assert not np.array_equal(CASCADE.decision(OVERLAPPING.x), other.decision(OVERLAPPING.x))


# ---------------------------------------------------------------- the decision


def test_the_margin_is_adaboosts_sum_of_votes() -> None:
    for each in CASCADE.rounds:
        np.testing.assert_allclose(
            margin(each.booster, OVERLAPPING.x), summed(each, OVERLAPPING.x), rtol=1e-9, atol=1e-9
        )


def test_the_margin_is_scikit_learns_decision_up_to_its_scale() -> None:
    """Scikit-learn's weights are 2 α, and it takes 2 Σ (2 α) h / Σ (2 α), since it votes for both classes at once."""
    for each in CASCADE.rounds:
        weights = each.booster.estimator_weights_
        ours = 4 * margin(each.booster, OVERLAPPING.x) / weights.sum()
        np.testing.assert_allclose(ours, each.booster.decision_function(OVERLAPPING.x), atol=1e-12)
        np.testing.assert_array_equal(ours > 0, each.booster.predict(OVERLAPPING.x) == 1)


def test_the_decision_is_the_sum_over_rounds_of_votes_minus_thresholds() -> None:
    """A mean, which has the same sign; the probability is its logistic with the margin as half of the log-odds."""
    x = np.random.default_rng(5).normal(scale=3, size=(200, 2))
    by_hand = np.sum([summed(each, x) - each.threshold for each in CASCADE.rounds], axis=0) / 4
    np.testing.assert_allclose(CASCADE.decision(x), by_hand, rtol=1e-9, atol=1e-9)
    probability = CASCADE.probability(x)
    np.testing.assert_allclose(np.log(probability / (1 - probability)), 2 * by_hand, rtol=1e-6, atol=1e-9)
    assert ((probability > 0) & (probability < 1)).all()


def test_the_threshold_is_in_the_decision() -> None:
    x = OVERLAPPING.x
    moved = BalanceCascade([each._replace(threshold=each.threshold + 1) for each in CASCADE.rounds])
    np.testing.assert_allclose(moved.decision(x), CASCADE.decision(x) - 1, atol=1e-12)
    one = BalanceCascade([CASCADE.rounds[2]])
    np.testing.assert_allclose(
        one.decision(x), margin(CASCADE.rounds[2].booster, x) - CASCADE.rounds[2].threshold, atol=1e-12
    )


def test_the_minority_ranks_above_the_majority() -> None:
    """Of pairs of a minority and a majority row, in new rows: 1.5 √2 apart, Φ(1.5) = 0.93 at best."""
    fresh = gaussians(400, 200, seed=9)
    found = CASCADE.decision(fresh.x)
    assert 0.8 < np.mean(found[fresh.y == 1][:, None] > found[fresh.y == 0]) < 0.96


# ---------------------------------------------------------------- special cases


@pytest.mark.parametrize("t", [2, 5])
def test_classes_that_one_stump_tells_apart_are_ranked_without_error(t: int) -> None:
    """AdaBoost ends with its first stump, whose weight scikit-learn gives as 1 instead of infinity."""
    sample = gaussians(100, 10, apart=50)
    cascade = balance_cascade(sample, n_estimators=t, seed=0)
    for each in cascade.rounds:
        assert len(each.booster.estimators_) == 1
        np.testing.assert_array_equal(margin(each.booster, sample.x), sample.y - 0.5)
    found = cascade.decision(sample.x)
    assert np.isfinite(found).all()
    assert found[sample.y == 1].min() > found[sample.y == 0].max()


@pytest.mark.parametrize("apart", [10, 50])
def test_classes_that_are_far_apart_are_told_apart(apart: float) -> None:
    sample = gaussians(300, 30, apart=apart)
    positive = balance_cascade(sample, n_estimators=4, seed=0).probability(sample.x) > 0.5
    assert positive[sample.y == 1].mean() > 0.9
    assert positive[sample.y == 0].mean() < 0.1


def test_classes_of_one_size_are_not_thinned() -> None:
    for each in balance_cascade(gaussians(25, 25), n_estimators=3, seed=0).rounds:
        assert len(each.majority) == len(each.drawn) == len(each.kept) == 25


def test_one_minority_row_is_enough() -> None:
    sample = gaussians(50, 1)
    cascade = balance_cascade(sample, n_estimators=3, seed=0)
    assert [len(each.majority) for each in cascade.rounds] == [50, 7, 1]  # 50 / √50 = 7.07…
    assert cascade.decision(sample.x)[sample.y == 1] >= np.median(cascade.decision(sample.x))


@pytest.mark.parametrize("n_estimators", [-1, 0, 1])
def test_too_few_rounds_are_refused(n_estimators: int) -> None:
    with pytest.raises(ValueError, match=f"^n_estimators must be at least 2, not {n_estimators}\\.$"):
        balance_cascade(OVERLAPPING, n_estimators=n_estimators, seed=0)


@pytest.mark.parametrize(("majority", "minority"), [(10, 11), (10, 0), (0, 3)])
def test_a_minority_that_is_none_is_refused(majority: int, minority: int) -> None:
    with pytest.raises(ValueError, match=f"^There must be from 1 to {majority} minority rows, not {minority}\\.$"):
        balance_cascade(gaussians(majority, minority), n_estimators=3, seed=0)
