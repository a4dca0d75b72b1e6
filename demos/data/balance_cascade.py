r"""BalanceCascade: boosted classifiers that throw away, round by round, what the majority has easy to offer.

In each of $T$ rounds AdaBoost learns from all $P$ and as many of the remaining $N_i$, its threshold $\theta_i$ is set
so that its false-positive rate on $N_i$ is $f = (|P| / |N|)^{1/(T-1)}$, and the majority rows that it gets right are
removed. After $T - 1$ rounds as many are left as there are in the minority. The ensemble decides by

    sum_i (sum_j alpha_ij h_ij(x) - theta_i).

Reference: X.-Y. Liu, J. Wu and Z.-H. Zhou, "Exploratory undersampling for class-imbalance learning", IEEE Transactions
on Systems, Man and Cybernetics B 39, 2009, algorithm 2
"""

from typing import Final, NamedTuple

import numpy as np
from sklearn.ensemble import AdaBoostClassifier

from demos.data.samples import Floats, Ints, Sample

ROUNDS: Final = 10  # of AdaBoost, in each round of the cascade: the paper's s_i


class Round(NamedTuple):
    """One round of the cascade."""

    majority: Ints  # (|N_i|,), rows that were there
    drawn: Ints  # (|P|,), of which these were learnt
    kept: Ints  # those left for the next round: the false positives, but for ties
    threshold: float  # theta_i
    booster: AdaBoostClassifier


class BalanceCascade(NamedTuple):
    """The rounds, and their common decision."""

    rounds: list[Round]

    def decision(self, x: Floats) -> Floats:
        """The mean over rounds of margin minus threshold; above 0 it is positive."""
        total = sum((margin(each.booster, x) - each.threshold for each in self.rounds), start=np.zeros(len(x)))
        return np.asarray(total / len(self.rounds))

    def probability(self, x: Floats) -> Floats:
        """The decision as a probability: AdaBoost's margin is half the logarithm of the odds.

        Rows that lie on the threshold, which can be most of the majority, are not above it: they are just below ½.
        """
        decision = self.decision(x)
        probability = 1 / (1 + np.exp(-2 * decision))
        return np.where(decision > 0, probability, np.minimum(probability, np.nextafter(0.5, 0)))


def balance_cascade(train: Sample, *, n_estimators: int, seed: int) -> BalanceCascade:
    """Train the cascade.

    Args:
        train: the training set, in which class 1 is the minority.
        n_estimators: rounds, the paper's T, at least 2.
        seed: of the draws and of AdaBoost.

    Raises:
        ValueError: there are too few rounds, or more minority than majority rows.
    """
    majority, minority = np.flatnonzero(train.y == 0), np.flatnonzero(train.y == 1)
    if n_estimators < 2:
        raise ValueError(f"n_estimators must be at least 2, not {n_estimators}.")
    if not 0 < len(minority) <= len(majority):
        raise ValueError(f"There must be from 1 to {len(majority)} minority rows, not {len(minority)}.")
    generator = np.random.default_rng(seed)
    rate = (len(minority) / len(majority)) ** (1 / (n_estimators - 1))
    left, rounds = majority, []
    for place in range(1, n_estimators + 1):
        drawn = generator.choice(left, len(minority), replace=False)
        rows = np.concatenate([minority, drawn])
        booster = AdaBoostClassifier(n_estimators=ROUNDS, random_state=seed)
        try:
            booster.fit(train.x[rows], train.y[rows])
        except ValueError:  # no stump is better than guessing
            raise ValueError("AdaBoost finds nothing to learn in these rows.") from None
        found = margin(booster, train.x[left])
        kept = max(1, round(len(majority) * rate**place))
        ranked = np.argsort(-found, kind="stable")
        # Several rows can lie on the threshold, since stumps take few values: the first of them stay.
        rounds.append(Round(left, drawn, np.sort(left[ranked[:kept]]), float(found[ranked[kept - 1]]), booster))
        left = rounds[-1].kept
    return BalanceCascade(rounds)


def margin(booster: AdaBoostClassifier, x: Floats) -> Floats:
    """AdaBoost's sum of votes, each −1 or 1, times its weight α = ½ ln((1 − ε) / ε), half of scikit-learn's."""
    votes = [2.0 * each.predict(x) - 1 for each in booster.estimators_]
    return np.asarray(np.transpose(votes) @ booster.estimator_weights_[: len(votes)] / 2)
