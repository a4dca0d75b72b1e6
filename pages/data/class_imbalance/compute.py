"""One view of the imbalance page as numbers: both methods on the same split."""

from collections.abc import Mapping
from typing import Any, Final, NamedTuple

import numpy as np
import pandas as pd
import streamlit as st
from sklearn.decomposition import PCA
from sklearn.preprocessing import StandardScaler

from demos.data.methods import fit
from demos.data.resampling import RESAMPLERS, Resampled, resample
from demos.data.samples import Floats, Ints, Sample, Split, make_data, split
from demos.data.scores import Operating, Scores, operating, scores
from pages.data.class_imbalance.contours import contours
from pages.data.class_imbalance.controls import Controls
from ui.server import slots

MANY: Final = 3000  # training rows
SLOW: Final = frozenset(
    {"RBF SVM", "NearMiss-2", "one-class SVM", "balanced random forest"}
)  # with many rows: up to 10 s
THRESHOLDS: Final = np.arange(1, 100) / 100
GRID: Final = 64  # points a side at which the model is asked
CERTAIN: Final = 1e-9  # from 0 or 1, beyond which a probability is drawn as certain


class Plane(NamedTuple):
    """A window on the features: the two features themselves, or the plane of the first two principal components."""

    low: Floats  # (2,)
    high: Floats  # (2,)
    to_plane: Any  # of scikit-learn, or None for two features
    scaler: Any

    def project(self, x: Floats) -> Floats:
        """Rows in the unit square."""
        if not len(x):
            return np.empty((0, 2))
        at = x if self.to_plane is None else self.to_plane.transform(self.scaler.transform(x))
        return np.asarray((at - self.low) / (self.high - self.low))

    def lift(self, unit: Floats) -> Floats:
        """Places of the unit square among the features; what the plane leaves out is at its mean."""
        at = self.low + unit * (self.high - self.low)
        if self.to_plane is None:
            return at
        return np.asarray(self.scaler.inverse_transform(self.to_plane.inverse_transform(at)))


class Boundary(NamedTuple):
    """Where a model's probability crosses some thresholds."""

    first: int  # percent
    last: int
    lines: list[Floats]  # (points, 2) in the unit square


class Outcome(NamedTuple):
    """A method on a split."""

    method: str
    after: Resampled | None  # the training set that it learnt from, if it is one that resamples
    threshold: float
    is_probability: bool
    probability: Floats  # of the test rows
    plane: Floats  # (GRID, GRID), of places, row 0 below
    boundaries: list[Boundary]
    scores: Scores  # at its own threshold
    at: Operating  # at THRESHOLDS
    at_own: Operating  # at its own threshold


class Run(NamedTuple):
    """Both methods on the same split."""

    parts: Split
    window: Plane
    outcomes: Mapping[str, Outcome | str]  # by SIDES; a text says why there is none

    @property
    def fitted(self) -> dict[str, Outcome]:
        """The methods that could work, by side."""
        return {side: each for side, each in self.outcomes.items() if not isinstance(each, str)}

    @property
    def named(self) -> dict[str, Outcome]:
        """The same by side and method, as tabs call them."""
        return {f"{side}: {each.method}": each for side, each in self.fitted.items()}


def run(view: Controls) -> Run:
    """Fit both methods, as far as they can work.

    Raises:
        ValueError: there is no data with these settings.
    """
    parts = divided(view.made, view.own_sample, seed=view.seed)
    return Run(parts, window(parts), {side: outcome(parts, method, view) for side, method in view.methods.items()})


def sample(made: tuple[str, int, int, float, float], own: Sample | None, *, seed: int) -> Sample:
    """The reader's rows, or made ones."""
    shape, rows, ratio, overlap, label_noise = made
    return own or make_data(shape=shape, rows=rows, ratio=ratio, overlap=overlap, label_noise=label_noise, seed=seed)


@st.cache_resource(max_entries=12, show_spinner=False)
def divided(made: tuple[str, int, int, float, float], own: Sample | None, *, seed: int) -> Split:
    """Its training and test set."""
    return split(sample(made, own, seed=seed), seed=seed)


def outcome(parts: Split, method: str, view: Controls) -> Outcome | str:
    """A method, or why there is no model."""
    slow = len(parts.train.y) > MANY and SLOW & {method, view.classifier}
    fitted = _slow if slow else _quick
    try:
        return fitted(
            parts, method, classifier=view.classifier, ratio=view.target, k_neighbors=view.k_neighbors, seed=view.seed
        )
    except ValueError as error:
        return str(error)


def _outcome(parts: Split, method: str, *, classifier: str, ratio: float, k_neighbors: int, seed: int) -> Outcome:
    model = fit(parts.train, method, classifier=classifier, ratio=ratio, k_neighbors=k_neighbors, seed=seed)
    probability = model.probability(parts.test.x)
    steps = (np.arange(GRID) + 0.5) / GRID
    places = np.stack(np.meshgrid(steps, steps), axis=-1).reshape(-1, 2)
    plane = model.probability(window(parts).lift(places)).reshape(GRID, GRID)
    after = None
    if method in RESAMPLERS:
        scaler = StandardScaler().fit(parts.train.x)
        standard = Sample(scaler.transform(parts.train.x), parts.train.y)
        after = resample(standard, method, ratio=ratio, k_neighbors=k_neighbors, seed=seed)
        after = after._replace(sample=Sample(scaler.inverse_transform(after.sample.x), after.sample.y))
    return Outcome(
        method,
        after,
        model.threshold,
        model.is_probability,
        probability,
        plane,
        boundaries(plane),
        scores(parts.test.y, probability, threshold=model.threshold, is_probability=model.is_probability),
        operating(parts.test.y, probability, THRESHOLDS),
        operating(parts.test.y, probability, [model.threshold]),
    )


_quick = st.cache_resource(max_entries=12, show_spinner="Fitting")(_outcome)
_slow = slots.heavy(st.cache_resource(max_entries=12, show_spinner="Fitting"), above=True)(_outcome)


def boundaries(plane: Floats) -> list[Boundary]:
    """The boundary of every percent, told once where it stays.

    The logarithm of the odds of a linear model is linear, and so are its lines. A model of steps, such as the votes of
    neighbours or the leaves of trees, has the same boundary at all thresholds between two of its values.
    """
    if len(np.unique(plane)) > plane.size / 2:
        clipped = plane.clip(CERTAIN, 1 - CERTAIN)
        lines = contours(np.log(clipped / (1 - clipped)), np.log(THRESHOLDS / (1 - THRESHOLDS)))
        return [Boundary(percent, percent, each) for percent, each in enumerate(lines, 1)]
    called = plane[None] >= THRESHOLDS[:, None, None]  # (thresholds, GRID, GRID)
    starts = [0, *(np.flatnonzero((called[1:] != called[:-1]).any(axis=(1, 2))) + 1).tolist()]
    return [
        Boundary(first + 1, behind, contours(called[first].astype(float), np.array([0.5]))[0])
        for first, behind in zip(starts, [*starts[1:], len(THRESHOLDS)], strict=True)
    ]


@st.cache_resource(max_entries=12, show_spinner=False)
def window(parts: Split) -> Plane:
    """The part of the plane that holds the training rows, but for a hundredth of each class."""
    x, y = parts.train
    scaler = StandardScaler().fit(x)
    to_plane = None if x.shape[1] == 2 else PCA(2, random_state=0).fit(scaler.transform(x))
    at = x if to_plane is None else to_plane.transform(scaler.transform(x))
    ends = [np.quantile(at[y == kind], (0.005, 0.995), axis=0) for kind in (0, 1)]
    low, high = np.min([each[0] for each in ends], axis=0), np.max([each[1] for each in ends], axis=0)
    margin = 0.05 * (high - low) + 1e-9
    return Plane(low - margin, high + margin, to_plane, scaler)


def cost_per_row(y: Ints, at: Operating, cost_fp: float, cost_fn: float) -> Floats:
    """The mean cost of a test row at each threshold."""
    return np.asarray((cost_fp * at.false_positives + cost_fn * (y.sum() - at.true_positives)) / len(y))


def odds_ratio(each: Outcome, parts: Split) -> float:
    """The odds of the minority in the training set, over those after the method has resampled it or weighted it."""
    majority, minority = parts.train.counts
    if each.method == "class weights":
        return minority / majority
    if each.after is None or not (each.after.new.any() or each.after.removed.size):
        return 1.0
    return each.after.ratio * minority / majority


def table(result: Run) -> pd.DataFrame:
    """The metrics of both methods."""
    return pd.DataFrame(
        [{"method": name, "threshold": each.threshold, **each.scores._asdict()} for name, each in result.named.items()]
    )
