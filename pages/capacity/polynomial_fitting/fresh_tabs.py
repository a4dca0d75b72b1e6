"""The tabs of the polynomial page that draw fresh training sets, and so need to know the truth.

Each computes when it is open.
"""

from collections.abc import Sequence
from typing import Final

import numpy as np
import streamlit as st

from demos.capacity.generalization import (
    DoubleDescent,
    LearningCurve,
    bias_variance,
    double_descent,
    exact_bias_variance,
    grid,
    learning_curve,
    subset_curve,
)
from demos.capacity.polynomial_fitting import BASES, EPSILON
from demos.capacity.targets import DESIGNS, TARGETS, Truth
from pages.capacity.polynomial_fitting import tab_charts as charts
from pages.capacity.polynomial_fitting.colors import JUDGES, PARTS, SERIES, colors
from pages.capacity.polynomial_fitting.compute import DEGREES, Frame
from pages.capacity.polynomial_fitting.controls import MAX_DEGREE, SIZES, Controls
from pages.capacity.polynomial_fitting.data import RESAMPLED
from pages.capacity.polynomial_fitting.sentences import number
from ui import kit

MONTE_CARLO: Final = 200  # training sets, for bias and variance
CURVE_SETS: Final = 100  # for each point of a learning curve
DESCENT_SETS: Final = 60  # for each degree of a double descent
PLACES: Final = 100  # where in the domain the fits are judged
NEAR: Final = 1.1  # times the noise
MOST_POINTS: Final = 30  # of a double descent: its degrees go up to ten times as many
RISE: Final = 1.5  # times the lowest error before n: a smaller peak is none
PEAK: Final = 1e8  # up to which a double descent is drawn, in squares of y
UNKNOWN: Final = "This needs fresh training sets, and so a function to draw them from: choose one under *Points from*."


def bias_and_variance(view: Controls, shown: Frame) -> None:
    """The parts of the expected error over degree, and over x."""
    truth, degree = view.sets.truth, view.degree
    if truth is None:
        st.caption(UNKNOWN)
        return
    target, n = TARGETS[truth.target], len(view.sets.training.x)
    at = grid(target.domain, size=PLACES)
    parts = bias_variance(
        target,
        at,
        n=n,
        noise=truth.noise,
        seed=view.seed + RESAMPLED,
        design=DESIGNS[truth.design],
        sets=MONTE_CARLO,
        max_degree=MAX_DEGREE,
        **view.regression,
    )
    noise = truth.noise**2
    bias2, variance, error = (part.mean(axis=-1) for part in (parts.bias2, parts.variance, parts.error))
    bias2 = np.maximum(bias2, 0)  # the estimate of a vanishing bias² falls on either side of 0
    left, right = st.columns(2, gap="medium")
    with left:
        kit.show(
            charts.parts_over_degrees(shown.unit, last=MAX_DEGREE, colors=colors(PARTS, PARTS), ink=kit.ink()),
            {
                "parts": {
                    "degree": np.arange(DEGREES),
                    "bias²": bias2,
                    "variance": variance,
                    "noise": np.full(DEGREES, noise),
                    "sum": bias2 + variance + noise,
                    "measured": error,
                },
                "chosen": {"degree": [degree]},
            },
            key="parts over degrees",
            alt_text="Bias², variance, noise and their sum against the degree.",
        )
        st.caption(
            f"Averages over x and {MONTE_CARLO} fresh training sets. Squares: the error measured on fresh values. With "
            "x at random and about as many coefficients as points, a few unlucky sets make up the average."
        )
    with right:
        here = np.maximum(parts.bias2[degree], 0), parts.variance[degree]
        kit.show(
            charts.parts_over_x(target.domain, shown.unit, colors=colors(PARTS, PARTS)),
            {
                "parts": {
                    "x": at,
                    "bias²": here[0],
                    "variance": here[1],
                    "noise": np.full(PLACES, noise),
                    "sum": here[0] + here[1] + noise,
                }
            },
            key="parts over x",
            alt_text="Bias², variance, noise and their sum over x, for the chosen degree.",
        )
        st.caption(f"Degree {degree} over x.")
    best = int(np.argmin(bias2 + variance))
    st.markdown(
        f"- Degree {degree}: bias² {number(bias2[degree])} + variance {number(variance[degree])} + noise "
        f"{number(noise)} = **{number(bias2[degree] + variance[degree] + noise)}**; measured on fresh values: "
        f"{number(error[degree])}. The sum is lowest at degree {best}.\n- {_exactly(view, truth)}"
    )


def _exactly(view: Controls, truth: Truth) -> str:
    degree, x = view.degree, view.sets.training.x
    exact = exact_bias_variance(TARGETS[truth.target], x, x, noise=truth.noise, max_degree=degree, **view.regression)
    said = (
        f"If all training sets had the x of this one, algebra gives, averaged over these x, bias² "
        f"{number(exact.bias2[degree].mean())} and variance {number(exact.variance[degree].mean())}"
    )
    if view.ridge == 0 and degree < len(x) and truth.noise:
        return f"{said}, which is σ²(d + 1)/n = {number(truth.noise**2)} · {degree + 1}/{len(x)}."
    return f"{said}."


def sample_size(view: Controls, shown: Frame) -> None:
    """Training and test error against the number of points; of own points, on subsets of them."""
    truth, n = view.sets.truth, len(view.sets.training.x)
    if truth is None:
        _own_sizes(view, shown)
        return
    curve = _learning_curve(truth, view.degree, view.ridge, view.basis, penalize=view.penalize, seed=view.seed)
    _over_sizes(curve, SIZES, shown, judge="test", n=n)
    st.caption(
        f"Degree {view.degree}: median (line) and middle half (band) over {CURVE_SETS} training sets of each size."
    )
    noise = truth.noise**2
    if not noise:
        st.markdown("Without noise both errors fall to 0 if the degree is high enough and λ is 0.")
        return
    far = [place for place, (_, median, _) in enumerate(curve.test) if median > NEAR * noise]
    first = far[-1] + 1 if far else 0
    reach = (
        f"From n = {SIZES[first]} on, the median test error is within {NEAR - 1:.0%} of it."
        if first < len(SIZES)
        else f"Here the median test error at n = {SIZES[-1]} is still {number(curve.test[-1, 1])}."
    )
    st.markdown(
        f"With more points training and test error approach each other, and σ² = {number(noise)} if the degree is high "
        f"enough and λ low enough. {reach}"
    )


def _over_sizes(curve: LearningCurve, sizes: Sequence[int], shown: Frame, *, judge: str, n: int) -> None:
    both = np.concatenate([curve.training, curve.test])
    kit.show(
        charts.over_sizes(tuple(sizes), shown.unit, colors=colors(JUDGES, ("training", judge)), ink=kit.ink()),
        {
            "errors": {
                "n": np.tile(sizes, 2),
                "set": np.repeat(["training", judge], len(sizes)).astype(object),
                **dict(zip(("lower", "median", "upper"), both.T, strict=True)),
            },
            "chosen": {"n": [n]},
        },
        key="over sizes",
        alt_text=f"Training and {judge} error of the chosen degree against the number of points.",
    )


def _own_sizes(view: Controls, shown: Frame) -> None:
    """The learning curve of points of which nothing is known but themselves."""
    training, validation = view.sets.training, view.sets.validation
    n = len(training.x)
    sizes = sorted({round(size) for size in np.geomspace(2, n, len(SIZES))})
    curve = subset_curve(
        training,
        validation,
        sizes=sizes,
        sets=CURVE_SETS,
        seed=view.seed + RESAMPLED,
        degree=view.degree,
        domain=view.sets.domain,
        **view.regression,
    )
    _over_sizes(curve, sizes, shown, judge="validation", n=n)
    st.caption(
        f"Degree {view.degree}: median (line) and middle half (band) over {CURVE_SETS} random subsets of your {n} "
        f"training points; the {len(validation.x)} that are held out judge all of them."
    )
    last, half = curve.test[-1, 1], curve.test[int(np.searchsorted(sizes, n / 2)), 1]
    trend = "it is still falling, and more points may help" if last < half / NEAR else "it hardly falls any more"
    st.markdown(
        f"From half of the points to all of them the median validation error goes from {number(half)} to "
        f"{number(last)}: {trend}. The training error is {number(curve.training[-1, 1])}."
    )


@st.cache_data(max_entries=64, show_spinner="Fitting training sets of all sizes")
def _learning_curve(truth: Truth, degree: int, ridge: float, basis: str, *, penalize: bool, seed: int) -> LearningCurve:
    target = TARGETS[truth.target]
    return learning_curve(
        target,
        grid(target.domain, size=PLACES),
        sizes=SIZES,
        noise=truth.noise,
        seed=seed + RESAMPLED,
        design=DESIGNS[truth.design],
        sets=CURVE_SETS,
        degree=degree,
        basis=BASES[basis],
        ridge=ridge,
        exempt_constant=not penalize,
    )


def descending_twice(view: Controls) -> None:
    """The test error far beyond as many coefficients as points, in some bases."""
    truth, n = view.sets.truth, len(view.sets.training.x)
    if truth is None:
        st.caption(UNKNOWN)
        return
    names, n = view.bases, min(n, MOST_POINTS)
    degrees = _degrees(n)
    if not names:
        st.caption("Choose a basis under *More*.")
        return
    found = {name: _double_descent(truth, n, name, seed=view.seed) for name in names}
    order = sorted(names, key=list(BASES).index)
    kit.show(
        charts.descent(degrees[-1] + 1, highest=PEAK, colors=colors(SERIES, order), ink=kit.ink()),
        {
            "descent": {
                "basis": np.repeat(np.array(order, dtype=object), len(degrees)),
                "count": np.tile(np.array(degrees) + 1, len(order)),
                **{
                    quartile: np.concatenate([[], *(found[name].error[:, place] for name in order)])
                    for place, quartile in enumerate(("lower", "median", "upper"))
                },
                "condition": np.concatenate([[], *(found[name].condition for name in order)]),
            },
            "chosen": {"count": [n]},
        },
        key="descent",
        alt_text="Test error and condition number against the number of coefficients, up to ten times the points.",
    )
    fewer = f" of {n} points" if n < len(view.sets.training.x) else ""
    st.caption(
        f"Without λ: median (line) and middle half (band) over {DESCENT_SETS} training sets{fewer}. Dashed: as many "
        f"coefficients as points. Triangles: above the frame. Dotted: 1/ε = {1 / EPSILON:.2g}, beyond which no digit "
        "of float64 is certain."
    )
    st.markdown("\n".join(f"- {_descent(name, found[name], degrees, n)}" for name in order))


def _degrees(n: int) -> list[int]:
    beyond = np.geomspace(n + 4, 10 * n, 20).round().astype(int)
    return sorted({*range(n + 4), *beyond.tolist()})


def _descent(name: str, found: DoubleDescent, degrees: list[int], n: int) -> str:
    median, counts = found.error[:, 1], np.array(degrees) + 1
    lost = np.flatnonzero(found.condition > 1 / (EPSILON * np.maximum(n, counts)))
    if len(lost):
        return (
            f"**{name}**: from degree {degrees[lost[0]]} to {degrees[lost[-1]]} the condition number is beyond what "
            f"float64 resolves (up to {found.condition.max():.1g}): what is drawn there is rounding, and not the "
            "phenomenon."
        )
    before = int(np.argmin(median[:n]))
    peak = before + int(np.argmax(median[before:]))
    said = f"**{name}**: the median is lowest at degree {degrees[before]} ({number(median[before])})"
    if median[peak] < RISE * median[before]:
        return f"{said} and hardly rises after it: there is no peak to descend from."
    said = f"{said}, highest after it at degree {degrees[peak]} ({number(median[peak])})"
    end = f"{number(median[-1])} at degree {degrees[-1]}"
    if median[-1] ** 2 > median[before] * median[peak]:  # not even half of the way back, in orders of magnitude
        resolved = f"With condition numbers up to {found.condition.max():.1g} this is not rounding."
        return f"{said}, and {end}: no second descent. {resolved}"
    return f"{said}, and back at {end}: the second descent."


@st.cache_data(max_entries=64, show_spinner="Fitting with up to ten times as many coefficients as points")
def _double_descent(truth: Truth, n: int, basis: str, *, seed: int) -> DoubleDescent:
    target = TARGETS[truth.target]
    return double_descent(
        target,
        grid(target.domain, size=PLACES),
        n=n,
        noise=truth.noise,
        seed=seed + RESAMPLED,
        design=DESIGNS[truth.design],
        sets=DESCENT_SETS,
        degrees=_degrees(n),
        basis=BASES[basis],
    )
