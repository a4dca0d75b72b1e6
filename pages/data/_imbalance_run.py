"""One view of the imbalance page as numbers: both methods on the same split, and the tables behind the charts."""

from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple

import numpy as np
import pandas as pd
import streamlit as st
from numpy.typing import NDArray
from sklearn.decomposition import PCA
from sklearn.metrics import precision_recall_curve, roc_curve
from sklearn.preprocessing import StandardScaler

from demos.data.methods import fit
from demos.data.resampling import RESAMPLERS, Mask, Resampled, between, resample
from demos.data.samples import SHAPES, Floats, Sample, Split, make_data, split
from demos.data.scores import Operating, Scores, operating, scores
from pages.data._imbalance_controls import DEFAULTS, SIDES, Controls
from ui.kit import raster
from ui.kit.charts import Columns, Ink
from ui.server import slots

MANY: Final = 3000  # training rows
SLOW: Final = frozenset(
    {"RBF SVM", "NearMiss-2", "one-class SVM", "balanced random forest"}
)  # with many rows: up to 10 s
THRESHOLDS: Final = np.arange(1, 100) / 100
GRID: Final = 64  # points a side at which the model is asked
PIXELS: Final = 400  # a side of the image of the rows
GAP: Final = 0.1  # between the two planes, in their width
MOST_LETTERS: Final = 50  # of a sentence in a plane
MOST_LINES: Final = 120  # from synthetic rows to the rows between which they lie
DISC: Final = tuple((i, j) for i in range(-2, 3) for j in range(-2, 3) if i**2 + j**2 <= 5)


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


class Outcome(NamedTuple):
    """A method on a split."""

    method: str
    after: Resampled | None  # the training set that it learnt from, if it is one that resamples
    threshold: float
    is_probability: bool
    probability: Floats  # of the test rows
    plane: Floats  # (GRID, GRID), of places, row 0 below
    scores: Scores  # at its own threshold
    at: Operating  # at THRESHOLDS


class Run(NamedTuple):
    """Both methods on the same split."""

    parts: Split
    window: Plane
    outcomes: Mapping[str, Outcome | str]  # by SIDES; a text says why there is none


def run(controls: Controls) -> Run:
    """Fit both methods, as far as they can work.

    Raises:
        ValueError: there is no data with these settings.
    """
    parts = split(sample(controls, seed=controls.seed), seed=controls.seed)
    return Run(parts, window(parts), {side: outcome(parts, each, controls) for side, each in controls.methods.items()})


def sample(controls: Controls, *, seed: int) -> Sample:
    """The reader's rows, or made ones."""
    if controls.own is not None:
        return controls.own.sample
    return make_data(
        shape=controls.data if controls.data in SHAPES else DEFAULTS["data"],
        rows=controls.rows,
        ratio=controls.ratio,
        overlap=controls.overlap,
        label_noise=controls.label_noise,
        seed=seed,
    )


def outcome(parts: Split, method: str, controls: Controls) -> Outcome | str:
    """A method, or why there is no model."""
    slow = len(parts.train.y) > MANY and SLOW & {method, controls.classifier}
    fitted = _slow if slow else _quick
    try:
        return fitted(
            parts,
            method,
            classifier=controls.classifier,
            ratio=controls.target,
            k_neighbors=controls.k_neighbors,
            seed=controls.seed,
        )
    except ValueError as error:
        return str(error)


def _outcome(parts: Split, method: str, *, classifier: str, ratio: float, k_neighbors: int, seed: int) -> Outcome:
    model = fit(parts.train, method, classifier=classifier, ratio=ratio, k_neighbors=k_neighbors, seed=seed)
    probability = model.probability(parts.test.x)
    steps = (np.arange(GRID) + 0.5) / GRID
    places = np.stack(np.meshgrid(steps, steps), axis=-1).reshape(-1, 2)
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
        model.probability(window(parts).lift(places)).reshape(GRID, GRID),
        scores(parts.test.y, probability, threshold=model.threshold, is_probability=model.is_probability),
        operating(parts.test.y, probability, THRESHOLDS),
    )


_quick = st.cache_resource(max_entries=12, show_spinner="Fitting")(_outcome)
_slow = slots.heavy(st.cache_resource(max_entries=12, show_spinner="Fitting"), above=True)(_outcome)


@st.cache_resource(max_entries=12, show_spinner=False)
def window(parts: Split) -> Plane:
    """The part of the plane that holds the training rows, but for a hundredth of each class."""
    x, y = parts.train
    scaler = StandardScaler().fit(x)
    to_plane = None if x.shape[1] == 2 else PCA(min(2, x.shape[1]), random_state=0).fit(scaler.transform(x))
    at = x if to_plane is None else to_plane.transform(scaler.transform(x))
    if at.shape[1] == 1:
        raise ValueError("The picture needs two features.")
    ends = [np.quantile(at[y == kind], (0.005, 0.995), axis=0) for kind in (0, 1)]
    low, high = np.min([each[0] for each in ends], axis=0), np.max([each[1] for each in ends], axis=0)
    margin = 0.05 * (high - low) + 1e-9
    return Plane(low - margin, high + margin, to_plane, scaler)


def images(result: Run, colors: Sequence[str], shades: Sequence[str]) -> Columns:
    """A row for each method's plane: the probability as shades, and above it the rows that it learnt from."""
    columns: dict[str, list[Any]] = {"x": [], "x2": [], "probability": [], "rows": []}
    for place, each in enumerate(result.outcomes.values()):
        columns["x"].append(place * (1 + GAP))
        columns["x2"].append(place * (1 + GAP) + 1)
        levels = np.zeros((1, 1), dtype=int)
        if not isinstance(each, str):
            levels = np.round((len(shades) - 1) * each.plane).astype(int)
        columns["probability"].append(raster.data_url(levels, shades))
        columns["rows"].append(dots(_learnt_from(result, each), result.window, colors))
    return columns


def boundaries(result: Run, ink: Ink) -> Columns:
    """An image of the boundary for each threshold at which it changes, and from where to where it is right.

    The negative side is veiled.
    """
    columns: dict[str, list[Any]] = {"x": [], "x2": [], "first": [], "last": [], "url": []}
    for place, each in enumerate(result.outcomes.values()):
        if isinstance(each, str):
            continue
        called = each.plane[None] < THRESHOLDS[:, None, None]  # (thresholds, GRID, GRID)
        changes = np.flatnonzero((called[1:] != called[:-1]).any(axis=(1, 2))) + 1
        starts = [0, *changes.tolist()]
        for first, behind in zip(starts, [*starts[1:], len(THRESHOLDS)], strict=True):
            columns["x"].append(place * (1 + GAP))
            columns["x2"].append(place * (1 + GAP) + 1)
            columns["first"].append(first + 1)
            columns["last"].append(behind)
            columns["url"].append(raster.data_url(_edged(called[first]), [f"{ink.paper}66", ink.text]))
    return columns


def lines(result: Run, *, k_neighbors: int) -> Columns:
    """From each of some synthetic rows to the two rows between which it lies, or to the one that it copies."""
    columns: dict[str, list[float]] = {"x": [], "y": [], "x2": [], "y2": []}
    train = result.parts.train
    for place, each in enumerate(result.outcomes.values()):
        if isinstance(each, str) or each.after is None or not each.after.new.any():
            continue
        new = np.flatnonzero(each.after.new)[:MOST_LINES]
        ends = np.stack([each.after.origin[new]] * 2, axis=1)
        made = ends[:, 0] < 0
        if made.any():
            scaler = result.window.scaler
            standard = Sample(scaler.transform(train.x), train.y)
            rows = scaler.transform(each.after.sample.x[new[made]])
            ends[made] = between(rows, standard, k_neighbors=k_neighbors)
        first, second = (result.window.project(train.x[ends[:, end]]) for end in (0, 1))
        # A copy is where its original is; a jittered one is joined to it.
        second[~made] = result.window.project(each.after.sample.x[new[~made]])
        columns["x"] += (first[:, 0] + place * (1 + GAP)).tolist()
        columns["y"] += first[:, 1].tolist()
        columns["x2"] += (second[:, 0] + place * (1 + GAP)).tolist()
        columns["y2"] += second[:, 1].tolist()
    return columns


def curves(result: Run) -> Columns:
    """ROC curves in the left square, precision–recall curves in the right one."""
    columns: dict[str, list[Any]] = {"side": [], "curve": [], "place": [], "x": [], "y": []}
    y = result.parts.test.y
    for side, each in result.outcomes.items():
        if isinstance(each, str):
            continue
        false_positive_rate, recall, _ = roc_curve(y, each.probability)
        precision, found, _ = precision_recall_curve(y, each.probability, drop_intermediate=True)
        for curve, along, up in (
            ("ROC", false_positive_rate, recall),
            ("PR", found[::-1] + 1 + GAP, precision[::-1]),
        ):
            columns["side"] += [side] * len(along)
            columns["curve"] += [f"{side} {curve}"] * len(along)
            columns["place"] += range(len(along))
            columns["x"] += along.tolist()
            columns["y"] += up.tolist()
    return columns


def thresholds(result: Run) -> Columns:
    """A row for each method and threshold: its place on both curves, and the confusion matrix."""
    columns: dict[str, list[Any]] = {
        key: []
        for key in ("side", "percent", "fpr", "recall", "pr_x", "precision", "tn", "fp", "fn", "tp", "said", "more")
    }
    negatives, positives = result.parts.test.counts
    for side, each in result.outcomes.items():
        if isinstance(each, str):
            continue
        false, true = each.at.false_positives, each.at.true_positives
        precision = np.divide(true, true + false, out=np.full(len(true), np.nan), where=true + false > 0)
        recall = true / positives
        f1 = 2 * true / (true + false + positives)
        columns["side"] += [side] * len(THRESHOLDS)
        columns["percent"] += range(1, 100)
        columns["fpr"] += (false / negatives).tolist()
        columns["recall"] += recall.tolist()
        columns["pr_x"] += (recall + 1 + GAP).tolist()
        columns["precision"] += precision.tolist()
        for key, values in (("tn", negatives - false), ("fp", false), ("fn", positives - true), ("tp", true)):
            columns[key] += values.tolist()
        accuracy = (true + negatives - false) / (negatives + positives)
        columns["said"] += [
            f"{side}: precision {'–' if np.isnan(p) else f'{p:.2f}'}, recall {r:.2f}"
            for p, r in zip(precision, recall, strict=True)
        ]
        columns["more"] += [f"F1 {f:.2f}, accuracy {a:.1%}" for f, a in zip(f1, accuracy, strict=True)]
    return columns


def titles(controls: Controls, result: Run) -> Columns:
    """The name of each plane, or why it is empty."""
    return {
        "side": list(SIDES),
        "x": [place * (1 + GAP) for place in range(len(SIDES))],
        "title": [f"{side}: {controls.methods[side]}" for side in SIDES],
        "trouble": [_short(each) if isinstance(each, str) else "" for each in result.outcomes.values()],
    }


def _short(sentence: str) -> str:
    return sentence if len(sentence) <= MOST_LETTERS else f"{sentence[:MOST_LETTERS].rsplit(' ', 1)[0]} …"


def table(result: Run) -> pd.DataFrame:
    """The metrics of both methods."""
    rows = [
        {"method": f"{side}: {each.method}", "threshold": each.threshold, **each.scores._asdict()}
        for side, each in result.outcomes.items()
        if not isinstance(each, str)
    ]
    return pd.DataFrame(rows)


def dots(layers: Sequence[tuple[Floats, int]], plane: Plane, colors: Sequence[str]) -> str:
    """Rows as small discs in an image, later layers above earlier ones, each with the index of its colour."""
    image = np.full((PIXELS, PIXELS), len(colors))
    for rows, index in layers:
        at = np.floor(plane.project(rows) * PIXELS).astype(int)
        for across, up in DISC:
            x, y = at[:, 0] + across, at[:, 1] + up
            inside = (x >= 0) & (x < PIXELS) & (y >= 0) & (y < PIXELS)
            image[y[inside], x[inside]] = index
    return raster.data_url(image, colors)


def _edged(negative: Mask) -> NDArray[np.int64]:
    """0 on the negative side, 1 where it ends, and 2, transparent, on the positive side."""
    edge = np.zeros_like(negative)
    edge[:-1] |= negative[:-1] & ~negative[1:]
    edge[1:] |= negative[1:] & ~negative[:-1]
    edge[:, :-1] |= negative[:, :-1] & ~negative[:, 1:]
    edge[:, 1:] |= negative[:, 1:] & ~negative[:, :-1]
    return np.where(edge, 1, np.where(negative, 0, 2))


def _learnt_from(result: Run, each: Outcome | str) -> list[tuple[Floats, int]]:
    """The training rows in layers: 0 majority, 1 minority, 2 new ones, 3 removed ones."""
    train = result.parts.train
    layers: list[tuple[Floats, int]] = [(train.x[train.y == kind], kind) for kind in (0, 1)]
    if not isinstance(each, str) and each.after is not None:
        kept = np.ones(len(train.y), dtype=bool)
        kept[each.after.removed] = False
        layers = [
            (train.x[~kept], 3),
            (train.x[kept & (train.y == 0)], 0),
            (each.after.sample.x[each.after.new], 2),
            (train.x[kept & (train.y == 1)], 1),
        ]
    return layers
