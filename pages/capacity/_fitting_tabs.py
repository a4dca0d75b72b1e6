"""The tabs of the polynomial page. Each computes when it is open."""

from typing import Final

import numpy as np
import streamlit as st
from numpy.polynomial import Polynomial

from demos.capacity.generalization import (
    DoubleDescent,
    LearningCurve,
    bias_variance,
    double_descent,
    exact_bias_variance,
    grid,
    learning_curve,
    ridge_path,
)
from demos.capacity.polynomial_fitting import BASES, EPSILON, fit
from demos.capacity.targets import DESIGNS, TARGETS, Floats, Truth
from pages.capacity import _fitting_tab_charts as charts
from pages.capacity._fitting_controls import DEFAULTS, MAX_DEGREE, RIDGES, SIZES, Controls
from pages.capacity._fitting_data import RESAMPLED
from pages.capacity._fitting_run import DEGREES, Frame, Run
from pages.capacity._fitting_words import number
from ui import chart

SETS: Final = 200  # Monte Carlo training sets
CURVE_SETS: Final = 100  # for each point of a learning curve
DESCENT_SETS: Final = 60  # for each degree of a double descent
PLACES: Final = 100  # where in the domain the fits are judged
COMPARED: Final = (1, 3, 9)  # degrees whose coefficients are compared, as in Bishop's table 1.1
PATH: Final = np.geomspace(RIDGES[1], RIDGES[-1], 57)
MOST_POINTS: Final = 30  # of a double descent: its degrees go up to ten times as many
HIGHEST: Final = 1e8  # of a double descent, in squares of y
UNKNOWN: Final = "This needs the truth, and fresh training sets from it. Your points tell neither: choose a function."
JUDGES: Final = (1, 5, 4, 3)  # colours of training, validation, test and K-fold, from the theme's categories
PARTS: Final = (5, 1, 3, 0)  # of bias², variance, noise and their sum
SERIES: Final = (1, 4, 5)  # of the three bases


def colors(places: tuple[int, ...]) -> tuple[str, ...]:
    """Some of the theme's categorical colours."""
    palette = chart.palette("chartCategoricalColors")
    return tuple(palette[place] for place in places)


def coefficients(controls: Controls, result: Run) -> None:
    """The chosen fit in powers of x and in its basis, and how the coefficients grow with the degree."""
    own = np.asarray(result.fitted.series.coef, dtype=float)
    powers = {degree: _powers(controls, degree) for degree in sorted({*COMPARED, controls.degree})}
    both = zip(powers[controls.degree], own, strict=True)
    rows = [f"| {k} | {_cell(power)} | {_cell(other)} |" for k, (power, other) in enumerate(both)]
    st.markdown("\n".join([f"| k | of xᵏ | of {controls.basis} k |", "|---:|---:|---:|", *rows]))
    largest = ", ".join(f"degree {degree}: {_cell(np.abs(each).max())}" for degree, each in powers.items())
    st.markdown(
        f"The largest in powers of x, {largest}. In the {controls.basis} basis, on the domain mapped to [−1, 1], that "
        f"of degree {controls.degree} is {_cell(np.abs(own).max())}; there λ acts, and the condition number is "
        f"{result.fitted.condition:.3g}."
    )


def _powers(controls: Controls, degree: int) -> Floats:
    data = controls.data
    series = fit(*data.training, degree=degree, domain=data.domain, **controls.regression).series
    powers = np.asarray(series.convert(kind=Polynomial, domain=[-1, 1], window=[-1, 1]).coef, dtype=float)
    return np.pad(powers, (0, degree + 1 - len(powers)))  # convert trims zeros


def _cell(value: float) -> str:
    return f"{value + 0:,.2f}" if abs(value) < 1e8 else f"{value:.3g}"


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
        sets=SETS,
        max_degree=MAX_DEGREE,
        **controls.regression,
    )
    noise = truth.noise**2
    bias2, variance, error = (part.mean(axis=-1) for part in (parts.bias2, parts.variance, parts.error))
    left, right = st.columns(2, gap="medium")
    with left:
        chart.show(
            charts.parts_over_degrees(shown.unit, last=MAX_DEGREE, colors=colors(PARTS), ink=chart.ink()),
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
        st.caption(f"Averages over x and {SETS} fresh training sets. Squares: the error measured on fresh values.")
    with right:
        here = parts.bias2[degree], parts.variance[degree]
        chart.show(
            charts.parts_over_x(target.domain, shown.unit, colors=colors(PARTS)),
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
            alt_text=f"Bias², variance, noise and their sum over x, for degree {degree}.",
        )
        st.caption(f"Degree {degree} over x: near the ends there are neighbours on one side only.")
    best = int(np.argmin(bias2 + variance))
    st.markdown(
        f"- Degree {degree}: bias² {number(bias2[degree])} + variance {number(variance[degree])} + noise "
        f"{number(noise)} = **{number(bias2[degree] + variance[degree] + noise)}**; measured on fresh values: "
        f"{number(error[degree])}. The sum is lowest at degree {best}.\n- {_exactly(controls, truth)}"
    )


def _exactly(controls: Controls, truth: Truth) -> str:
    degree, x = controls.degree, controls.data.training.x
    exact = exact_bias_variance(
        TARGETS[truth.target], x, x, noise=truth.noise, max_degree=MAX_DEGREE, **controls.regression
    )
    said = (
        f"If all training sets had the x of this one, algebra would give, averaged over these x, bias² "
        f"{number(exact.bias2[degree].mean())} and variance {number(exact.variance[degree].mean())}"
    )
    if controls.ridge == 0 and degree < len(x):
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
        charts.over_sizes(SIZES, shown.unit, colors=colors(JUDGES), ink=chart.ink()),
        {
            "errors": {
                "n": np.tile(SIZES, 2),
                "set": np.repeat(["training", "test"], len(SIZES)).astype(object),
                **dict(zip(("lower", "median", "upper"), both.T, strict=True)),
            },
            "chosen": {"n": [n]},
        },
        key="over sizes",
        alt_text=f"Training and test error of degree {controls.degree} against the number of points.",
    )
    st.caption(f"Degree {controls.degree}: medians and quartiles over {CURVE_SETS} training sets of each size.")
    noise = truth.noise**2
    near = [size for size, (_, median, _) in zip(SIZES, curve.test, strict=True) if median <= 1.1 * noise]
    reach = (
        f"From n = {near[0]} on the median test error is within 10 % of it."
        if near
        else "No size shown brings the median test error within 10 % of it."
    )
    st.markdown(f"The two meet at the noise σ² = {number(noise)}, if degree and λ allow it. {reach}")


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


def weight_decay(controls: Controls, shown: Frame) -> None:
    """Errors and coefficients against λ."""
    data, degree = controls.data, controls.degree
    path = ridge_path(
        data.training,
        data.judges,
        ridges=PATH.tolist(),
        degree=degree,
        basis=BASES[controls.basis],
        domain=data.domain,
        exempt_constant=not controls.penalize,
    )
    chosen = {"ridge": [controls.ridge] if controls.ridge else []}
    errors = dict(zip(("training", "validation", "test"), [*path.errors, np.full(len(PATH), np.nan)], strict=False))
    ends = float(PATH[0]), float(PATH[-1])
    left, right = st.columns(2, gap="medium")
    with left:
        chart.show(
            charts.path_errors(ends, shown.unit, colors=colors(JUDGES), ink=chart.ink()),
            {"path": {"ridge": PATH, **errors}, "chosen": chosen},
            key="path errors",
            alt_text=f"Training, validation and test error of degree {degree} against weight decay.",
        )
        st.caption(f"Errors of degree {degree}. The dashed line: the λ of the sidebar, unless it is 0.")
    with right:
        chart.show(
            charts.path_coefficients(ends, shown.unit, ink=chart.ink()),
            {
                "coefficients": {
                    "ridge": np.repeat(PATH, degree + 1),
                    "k": np.tile(np.arange(degree + 1), len(PATH)),
                    "coefficient": path.coefficients.ravel(),
                },
                "chosen": chosen,
            },
            key="path coefficients",
            alt_text=f"The coefficients of degree {degree} against weight decay.",
        )
        st.caption(f"Its {controls.basis} coefficients.")
    best, y = int(np.argmin(path.errors[1])), data.training.y
    limit = "the coefficient of 1 goes to the mean of y, the others" if not controls.penalize else "all coefficients go"
    st.markdown(
        f"- **λ → 0** is least squares: {path.freedom[0]:.3g} effective degrees of freedom, training error "
        f"{number(path.errors[0, 0])}. **λ → ∞**: {limit} to 0, and the training error to "
        f"{number(float(np.var(y) if not controls.penalize else np.mean(y**2)))}.\n"
        f"- The validation error is lowest, {number(path.errors[1, best])}, at λ = {PATH[best]:.2g}, where "
        f"{path.freedom[best]:.3g} effective degrees of freedom are left."
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
    found = {name: _double_descent(truth, n, name, seed=controls.seed) for name in names}
    order = sorted(names, key=list(BASES).index)
    chart.show(
        charts.descent(tuple(BASES), degrees[-1] + 1, highest=HIGHEST, colors=colors(SERIES), ink=chart.ink()),
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
        f"Without λ: medians and quartiles over {DESCENT_SETS} training sets{fewer}. Dashed: as many coefficients as "
        f"points. Dotted: 1/ε = {1 / EPSILON:.2g}, beyond which no digit of float64 is certain."
    )
    st.markdown("\n".join(f"- {_descent(name, found[name], degrees, n)}" for name in order))


def _degrees(n: int) -> list[int]:
    beyond = np.geomspace(n + 4, 10 * n, 20).round().astype(int)
    return sorted({*range(n + 4), *beyond.tolist()})


def _descent(name: str, found: DoubleDescent, degrees: list[int], n: int) -> str:
    median, worst = found.error[:, 1], float(found.condition.max())
    before = int(np.argmin(median[:n]))
    peak = int(np.argmax(median))
    if worst > 1 / EPSILON:
        return (
            f"**{name}**: its condition number reaches {worst:.1g}, beyond 1/ε. What is drawn from there on is "
            "rounding, and not the phenomenon."
        )
    said = (
        f"**{name}**: lowest at degree {degrees[before]} ({number(median[before])}), highest at degree {degrees[peak]} "
        f"({number(median[peak])}), and {number(median[-1])} at degree {degrees[-1]}"
    )
    if median[-1] ** 2 > median[before] * median[peak]:  # not even half of the way back, in orders of magnitude
        return (
            f"{said}: no second descent. With condition numbers up to {worst:.1g} this is not rounding: the smallest "
            "coefficients in this basis do not make a smooth curve."
        )
    return f"{said}: the second descent."


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
