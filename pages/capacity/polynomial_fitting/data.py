"""The points of a view: what is fitted, what judges the fit, and fresh training sets like it."""

from collections.abc import Callable
from typing import Final, NamedTuple

import numpy as np

from demos.capacity.own_points import held_out, subsets
from demos.capacity.targets import CLASSICS, DESIGNS, TARGETS, Interval, Sample, Truth, at_random, sample, samples

TESTED: Final = 1_000  # points of the test set
VALIDATION, TEST, RESAMPLED = 1_000, 2_000, 3_000  # added to the seed, so that these are other points
SHARE: Final = 0.8  # of one's own training points, in a resampled set
WRITTEN: Final = 200  # points that a snippet spells out


class Data(NamedTuple):
    """Points to fit and to judge by."""

    domain: Interval
    training: Sample
    validation: Sample
    test: Sample | None  # None where nothing is known but the points
    truth: Truth | None
    fresh: Callable[[int], Sample]  # as many training sets like the one that is fitted
    imports: tuple[str, ...]  # what `source` needs
    source: str  # Python that makes `training`, `validation` and `test`

    @property
    def judges(self) -> list[Sample]:
        """The sets that are not fitted."""
        return [self.validation] if self.test is None else [self.validation, self.test]


def drawn(target: str, *, n: int, noise: float, design: str, seed: int) -> Data:
    """Points of a target function."""
    training = sample(TARGETS[target], n=n, noise=noise, seed=seed, design=DESIGNS[design])
    written = f'sample(target, n={n}, noise={noise}, seed={seed}, design=DESIGNS["{design}"])'
    return _known(Truth(target, noise, design), training, seed=seed, written=written)


def classic(name: str, *, seed: int) -> Data:
    """A data set from the literature; the seed draws the points that judge it."""
    training, truth = CLASSICS[name]
    return _known(truth, training, seed=seed, written=f'CLASSICS["{name}"].sample')


def _known(truth: Truth, training: Sample, *, seed: int, written: str) -> Data:
    target, n, noise = TARGETS[truth.target], len(training.x), truth.noise
    judges = {"validation": (n, seed + VALIDATION), "test": (TESTED, seed + TEST)}
    lines = [
        f"{judge} = sample(target, n={size}, noise={noise}, seed={number}, design=at_random)"
        for judge, (size, number) in judges.items()
    ]
    validation, test = (
        sample(target, n=size, noise=noise, seed=number, design=at_random) for size, number in judges.values()
    )
    return Data(
        target.domain,
        training,
        validation,
        test,
        truth,
        lambda sets: samples(target, n=n, noise=noise, seed=seed + RESAMPLED, design=DESIGNS[truth.design], sets=sets),
        ("from demos.capacity.targets import CLASSICS, DESIGNS, TARGETS, at_random, sample",),
        "\n".join([f'target = TARGETS["{truth.target}"]', f"training = {written}", *lines]),
    )


def owned(points: Sample, *, seed: int) -> Data:
    """A reader's points, a quarter of them held out; resampled sets are random subsets of the rest."""
    training, validation = held_out(points, seed=seed)
    size = max(1, round(SHARE * len(training.x)))
    if len(points.x) > WRITTEN:
        read = 'np.loadtxt("points.csv", delimiter=",")  # the columns that you chose, as a file'
    else:
        read = f"np.array({np.stack(points, axis=-1).tolist()})"
    return Data(
        (float(points.x[0]), float(points.x[-1])),
        training,
        validation,
        None,
        None,
        lambda sets: subsets(training, size=size, sets=sets, seed=seed + RESAMPLED),
        ("from demos.capacity.own_points import ascending, held_out", "import numpy as np"),
        f"points = {read}\ntraining, validation = held_out(ascending(*points.T), seed={seed})",
    )
