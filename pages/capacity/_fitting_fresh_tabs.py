"""The tabs of the polynomial page that draw fresh training sets, and so need to know the truth.

Each computes when it is open.
"""

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
)
from demos.capacity.polynomial_fitting import BASES, EPSILON
from demos.capacity.targets import DESIGNS, TARGETS, Truth
from pages.capacity import _fitting_tab_charts as charts
from pages.capacity._fitting_colors import JUDGES, PARTS, SERIES, colors
from pages.capacity._fitting_controls import DEFAULTS, MAX_DEGREE, SIZES, Controls
from pages.capacity._fitting_data import RESAMPLED
from pages.capacity._fitting_run import DEGREES, Frame
from pages.capacity._fitting_words import number
from ui.kit import charts as chart

MONTE_CARLO: Final = 200  # training sets, for bias and variance
CURVE_SETS: Final = 100  # for each point of a learning curve
DESCENT_SETS: Final = 60  # for each degree of a double descent
PLACES: Final = 100  # where in the domain the fits are judged
NEAR: Final = 1.1  # times the noise
MOST_POINTS: Final = 30  # of a double descent: its degrees go up to ten times as many
RISE: Final = 1.5  # times the lowest error before n: a smaller peak is none
PEAK: Final = 1e8  # up to which a double descent is drawn, in squares of y
UNKNOWN: Final = "This needs fresh training sets, and so a function to draw them from: choose one under *Points from*."


def bias_and_variance(controls: Controls, shown: Frame) -> None:
    """The parts of the expected error over degree, and over x."""
    truth, degree = controls.data.truth, controls.degree
    if truth is None:
        st.caption(UNKNOWN)
        return
    target, n = TARGETS[truth.target], len(controls.data.training.x)
    at = grid(target.domain, size=PLACES)
    parts = bias_variance(
        target,
        at,
        n=n,
        noise=truth.noise,
        seed=controls.seed + RESAMPLED,
        design=DESIGNS[truth.design],
        sets=MONTE_CARLO,
        max_degree=MAX_DEGREE,
        **controls.regression,
    )
    noise = truth.noise**2
    bias2, variance, error = (part.mean(axis=-1) for part in (parts.bias2, parts.variance, parts.error))
    bias2 = np.maximum(bias2, 0)  # the estimate of a vanishing bias² falls on either side of 0
    left, right = st.columns(2, gap="medium")
    with left:
        chart.show(
            charts.parts_over_degrees(shown.unit, last=MAX_DEGREE, colors=colors(PARTS, PARTS), ink=chart.ink()),
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
        chart.show(
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
        f"{number(error[degree])}. The sum is lowest at degree {best}.\n- {_exactly(controls, truth)}"
    )


def _exactly(controls: Controls, truth: Truth) -> str:
    degree, x = controls.degree, controls.data.training.x
    exact = exact_bias_variance(
        TARGETS[truth.target], x, x, noise=truth.noise, max_degree=degree, **controls.regression
    )
    said = (
        f"If all training sets had the x of this one, algebra gives, averaged over these x, bias² "
        f"{number(exact.bias2[degree].mean())} and variance {number(exact.variance[degree].mean())}"
    )
    if controls.ridge == 0 and degree < len(x) and truth.noise:
        return f"{said}, which is σ²(d + 1)/n = {number(truth.noise**2)} · {degree + 1}/{len(x)}."
    return f"{said}."


def sample_size(controls: Controls, shown: Frame) -> None:
    """Training and test error against the number of points."""
    truth, n = controls.data.truth, len(controls.data.training.x)
    if truth is None:
        st.caption(UNKNOWN)
        return
    curve = _learning_curve(
        truth, controls.degree, controls.ridge, controls.basis, penalize=controls.penalize, seed=controls.seed
    )
    both = np.concatenate([curve.training, curve.test])
    chart.show(
        charts.over_sizes(SIZES, shown.unit, colors=colors(JUDGES, ("training", "test")), ink=chart.ink()),
        {
            "errors": {
                "n": np.tile(SIZES, 2),
                "set": np.repeat(["training", "test"], len(SIZES)).astype(object),
                **dict(zip(("lower", "median", "upper"), both.T, strict=True)),
            },
            "chosen": {"n": [n]},
        },
        key="over sizes",
        alt_text="Training and test error of the chosen degree against the number of points.",
    )
    st.caption(
        f"Degree {controls.degree}: median (line) and middle half (band) over {CURVE_SETS} training sets of each size."
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


def descending_twice(controls: Controls) -> None:
    """The test error far beyond as many coefficients as points, in some bases."""
    truth, n = controls.data.truth, len(controls.data.training.x)
    names = st.pills(
        "Bases",
        list(BASES),
        selection_mode="multi",
        default=DEFAULTS["bases"],
        key="bases",
        bind="query-params",
        help="In which the coefficients are the smallest.",
    )
    if truth is None:
        st.caption(UNKNOWN)
        return
    n = min(n, MOST_POINTS)
    degrees = _degrees(n)
    if not names:
        st.caption("Choose a basis.")
        return
    found = {name: _double_descent(truth, n, name, seed=controls.seed) for name in names}
    order = sorted(names, key=list(BASES).index)
    chart.show(
        charts.descent(degrees[-1] + 1, highest=PEAK, colors=colors(SERIES, order), ink=chart.ink()),
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
    fewer = f" of {n} points" if n < len(controls.data.training.x) else ""
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
