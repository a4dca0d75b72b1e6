"""One view of the polynomial page as numbers: the fits of every degree, and the tables behind the charts."""

from typing import Final, NamedTuple

import numpy as np
import pandas as pd

from demos.capacity.polynomial_fitting import Fit, cross_validate, errors_by_degree, fit, predictions
from demos.capacity.targets import TARGETS, Floats, Interval
from pages.capacity.polynomial_fitting.controls import MAX_DEGREE, Controls
from ui import kit
from ui.kit.charts import packed

CURVE: Final = 120  # pieces of a drawn curve, shorter near the ends of the domain, where polynomials turn
SETS: Final = 100  # training sets whose fits make the band
WORK: Final = 40_000  # points in all of them: with very many points there are fewer sets
BARS: Final = 250  # residuals that are drawn
FAR: Final = 20  # heights of the frame
ROUNDING: Final = 1e-18  # of the mean of y²
DEGREES: Final = MAX_DEGREE + 1
JUDGED: Final = ("training", "validation", "test")


class Run(NamedTuple):
    """The fits of all degrees to one training set, and what judges them. Errors are mean squared."""

    x: Floats  # (CURVE + 1,)
    curves: Floats  # (degrees, CURVE + 1)
    band: Floats  # (2, degrees, CURVE + 1)
    sets: int  # in the band
    errors: Floats  # (2 or 3, degrees): training, validation and, where the truth is known, test
    folds: Floats | None  # (K, degrees), None with fewer points than folds
    fitted: Fit  # of the chosen degree
    scale: float  # the mean of y²

    @property
    def rounding(self) -> float:
        """A squared error below it is 0 but for rounding."""
        return ROUNDING * self.scale

    @property
    def judged(self) -> Floats:
        """The errors with 0 for what is 0 but for rounding."""
        return np.where(self.errors < self.rounding, 0.0, self.errors)

    @property
    def cross_validated(self) -> tuple[Floats, Floats]:
        """The mean over the folds (degrees,) and its standard error (degrees,); NaN where there are no folds."""
        if self.folds is None:
            return np.full(DEGREES, np.nan), np.full(DEGREES, np.nan)
        mean = self.folds.mean(axis=0)
        error = self.folds.std(axis=0, ddof=1) / np.sqrt(len(self.folds))
        return np.where(mean < self.rounding, 0.0, mean), error


def run(view: Controls) -> Run:
    """Fit all degrees."""
    data, regression = view.sets, view.regression
    training = data.training
    low, high = data.domain
    x = low + (high - low) * (1 - np.cos(np.linspace(0, np.pi, CURVE + 1))) / 2
    sets = min(SETS, WORK // len(training.x))
    curves = predictions(*training, x, max_degree=MAX_DEGREE, domain=data.domain, **regression)
    others = predictions(*data.fresh(sets), x, max_degree=MAX_DEGREE, domain=data.domain, **regression)
    folds = None
    if view.folds <= len(training.x):
        folds = cross_validate(
            *training,
            max_degree=MAX_DEGREE,
            folds=view.folds,
            seed=view.seed,
            shuffle=view.shuffle,
            domain=data.domain,
            **regression,
        )
    return Run(
        x,
        curves,
        np.sort(others, axis=0)[[sets // 10, -1 - sets // 10]],  # np.quantile would take most of a slider's time
        sets,
        errors_by_degree(training, data.judges, max_degree=MAX_DEGREE, domain=data.domain, **regression),
        folds,
        fit(*training, degree=view.degree, domain=data.domain, **regression),
        float(np.mean(training.y**2)),
    )


class Frame(NamedTuple):
    """What the axes show; it depends on where the points come from, and not on the sliders."""

    domain: Interval
    y: Interval
    unit: float  # of the squared errors


def frame(view: Controls) -> Frame:
    """The axes of a source of points."""
    data = view.sets
    if data.truth is None:
        y = np.concatenate([data.training.y, data.validation.y])
        spread = float(np.var(y)) or 1.0
        return Frame(data.domain, _padded(float(y.min()), float(y.max())), 10.0 ** round(np.log10(spread)))
    target = TARGETS[data.truth.target]
    values = target.value(np.linspace(*target.domain, 1001))
    return Frame(target.domain, _padded(float(values.min()), float(values.max())), 1.0)


def _padded(low: float, high: float) -> Interval:
    margin = 0.4 * (high - low) or 1.0
    return low - margin, high + margin


def by_degree(view: Controls, result: Run, shown: Frame) -> kit.Columns:
    """One row a degree: errors, a line that says them, and curve, band and residuals as text that the chart unpacks."""
    errors = dict(zip(JUDGED, result.judged, strict=False))
    mean, error = result.cross_validated
    ends = [f"{name} {{:.3g}}" for name in JUDGED[: len(result.errors)]]
    line = f"degree {{}}\n{', '.join(ends)}"
    residuals: dict[str, list[str]] = {name: [""] * DEGREES for name in ("at", "measured", "fitted")}
    if view.residuals:
        training = view.sets.training
        few = np.linspace(0, len(training.x) - 1, min(len(training.x), BARS)).astype(int)
        x, y = training.x[few], training.y[few]
        there = predictions(*training, x, max_degree=MAX_DEGREE, domain=shown.domain, **view.regression)
        residuals = {
            "at": _packed(np.tile(x, (DEGREES, 1)), shown.domain),
            "measured": _packed(np.tile(y, (DEGREES, 1)), shown.y),
            "fitted": _packed(there, shown.y),
        }
    return {
        "degree": np.arange(DEGREES),
        **errors,
        "folds": mean,
        "least": np.maximum(mean - error, 0),
        "most": mean + error,
        "label": [line.format(degree, *column) for degree, column in enumerate(result.judged.T)],
        "fit": _packed(result.curves, shown.y),
        "lower": _packed(result.band[0], shown.y),
        "upper": _packed(result.band[1], shown.y),
        **residuals,
    }


def points(view: Controls, shown: Frame) -> kit.Columns:
    """The training and the validation points; one beyond the frame is drawn at its edge, as a triangle."""
    data = view.sets
    x, y = (np.concatenate([data.training[axis], data.validation[axis]]) for axis in (0, 1))
    return {
        "x": x,
        "y": np.clip(y, *shown.y),
        "set": ["training"] * len(data.training.x) + ["validation"] * len(data.validation.x),
        "beyond": np.sign(y - np.clip(y, *shown.y)),
    }


def row(view: Controls, result: Run, shown: Frame) -> kit.Columns:
    """The one row of what does not change with the degree under the hand.

    The chosen degree, the truth as text, σ², and the degree with as many coefficients as points.
    """
    truth = view.sets.truth
    return {
        "degree": [view.degree],
        "resets": [kit.resets()],
        "truth": [""] if truth is None else _packed(TARGETS[truth.target].value(result.x)[None], shown.y),
        "noise": [np.nan if truth is None else truth.noise**2],
        "full": [len(view.sets.training.x) - 1],
    }


def table(result: Run) -> pd.DataFrame:
    """The errors of every degree, and of every fold."""
    columns = dict(zip(JUDGED, result.errors, strict=False))
    frame = pd.DataFrame({"degree": np.arange(DEGREES), **columns})
    for number, fold in enumerate(result.folds if result.folds is not None else [], start=1):
        frame[f"fold {number}"] = fold
    return frame


def _packed(rows: Floats, shown: Interval) -> list[str]:
    """Each row as text with commas, exact to a thousandth of what is shown and cut far outside of it."""
    low, high = shown
    height = high - low
    near = np.clip(rows, low - FAR * height, high + FAR * height)
    return packed(near, decimals=int(np.ceil(3 - np.log10(height))))
