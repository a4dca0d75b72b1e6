"""How the error of a fit depends on luck, on the number of points, on weight decay, and on degrees beyond the points.

The expected squared error at x splits into (E p(x) − f(x))² + Var p(x) + σ²: bias² + variance + noise. For given x_i
the fit is linear in y, p = H y, so that both are plain algebra: bias = H f − f and Var p = σ² Σ H².

References: S. Geman, E. Bienenstock and R. Doursat, Neural networks and the bias/variance dilemma, Neural Computation
1992; M. Belkin, D. Hsu, S. Ma and S. Mandal, Reconciling modern machine-learning practice and the classical
bias-variance trade-off, PNAS 2019.
"""

from collections.abc import Sequence
from typing import Final, NamedTuple, Unpack

import numpy as np

from demos.capacity.own_points import subsets
from demos.capacity.polynomial_fitting import (
    Basis,
    Regression,
    condition,
    design_matrix,
    fit,
    minimum_norm,
    predictions,
    with_penalty,
)
from demos.capacity.targets import Design, Floats, Interval, Sample, Target, samples

QUARTILES: Final = (0.25, 0.5, 0.75)


class BiasVariance(NamedTuple):
    """The parts of the expected squared error of every degree, at every point of a grid."""

    mean: Floats  # (max_degree + 1, m), the average fit
    bias2: Floats  # (max_degree + 1, m); an unbiased estimate of a small bias² can be below 0
    variance: Floats  # (max_degree + 1, m)
    error: Floats  # (max_degree + 1, m)


def grid(domain: Interval, *, size: int) -> Floats:
    """The midpoints of `size` equal parts of the domain: a mean over them is a mean over the domain."""
    low, high = domain
    return low + (high - low) * (np.arange(size) + 0.5) / size


def bias_variance(
    target: Target,
    at: Floats,
    *,
    n: int,
    noise: float,
    seed: int,
    design: Design,
    sets: int,
    max_degree: int,
    **regression: Unpack[Regression],
) -> BiasVariance:
    """Bias² and variance over fresh training sets by Monte Carlo, and the error against fresh values, measured apart.

    Args:
        target: what is learned.
        at: the points (m,) at which the fits are judged.
        n: points in a training set.
        noise: standard deviation σ of y around f(x).
        seed: another seed, other training sets.
        design: where the x are, one of `DESIGNS`.
        sets: how many training sets, at least 2.
        max_degree: the highest degree.
        **regression: basis, ridge and exempt_constant, see `Regression`.

    Raises:
        ValueError: there are fewer than 2 sets, or an argument of `samples` is refused.
    """
    if sets < 2:
        raise ValueError(f"sets must be at least 2 to have a variance, not {sets}.")
    drawn = samples(target, n=n, noise=noise, seed=seed, design=design, sets=sets)
    predicted = predictions(*drawn, at, max_degree=max_degree, domain=target.domain, **regression)
    truth, mean, variance = target.value(at), predicted.mean(axis=0), predicted.var(axis=0, ddof=1)
    bias2 = (mean - truth) ** 2 - variance / sets  # the mean of finitely many fits is off by as much on its own
    fresh = truth + noise * np.random.default_rng([seed, 1]).standard_normal((sets, 1, len(at)))
    error = ((predicted - fresh) ** 2).mean(axis=0)
    return BiasVariance(mean, bias2, variance, error)


def exact_bias_variance(
    target: Target, x: Floats, at: Floats, *, noise: float, max_degree: int, **regression: Unpack[Regression]
) -> BiasVariance:
    """The same over training sets that all have these x (n,), by linear algebra and without luck.

    With ridge = 0 the variance averaged over the x themselves is σ²(d + 1)/n for every degree d < n.
    """
    smoother = predictions(  # H, its columns in the first axis: how much each y moves each prediction
        x, np.eye(len(x)), at, max_degree=max_degree, domain=target.domain, **regression
    )
    mean = np.tensordot(target.value(x), smoother, axes=1)
    bias2, variance = (mean - target.value(at)) ** 2, noise**2 * (smoother**2).sum(axis=0)
    return BiasVariance(mean, bias2, variance, bias2 + variance + noise**2)


class LearningCurve(NamedTuple):
    """Quartiles over training sets, for every size."""

    training: Floats  # (sizes, 3)
    test: Floats  # (sizes, 3), expected squared error at a fresh point


def learning_curve(
    target: Target,
    at: Floats,
    *,
    sizes: Sequence[int],
    noise: float,
    seed: int,
    design: Design,
    sets: int,
    degree: int,
    **regression: Unpack[Regression],
) -> LearningCurve:
    """Training and test error of one degree against the number of points; else the arguments of `bias_variance`."""
    training, test = [], []
    for n in sizes:
        x, y = samples(target, n=n, noise=noise, seed=seed, design=design, sets=sets)
        everywhere = np.concatenate([x, np.broadcast_to(at, (*x.shape[:-1], len(at)))], axis=-1)
        predicted = predictions(x, y, everywhere, max_degree=degree, domain=target.domain, **regression)[:, -1]
        training.append(np.quantile(((predicted[:, :n] - y) ** 2).mean(axis=-1), QUARTILES))
        test.append(np.quantile(((predicted[:, n:] - target.value(at)) ** 2).mean(axis=-1) + noise**2, QUARTILES))
    return LearningCurve(np.array(training), np.array(test))


def subset_curve(
    training: Sample,
    held_out: Sample,
    *,
    sizes: Sequence[int],
    sets: int,
    seed: int,
    degree: int,
    domain: Interval,
    **regression: Unpack[Regression],
) -> LearningCurve:
    """Quartiles of the errors of fits to random subsets of the training points, and of those on the points held out."""
    both: list[list[Floats]] = [[], []]
    for size in sizes:
        x, y = subsets(training, size=size, sets=sets, seed=seed)
        everywhere = np.concatenate([x, np.broadcast_to(held_out.x, (sets, len(held_out.x)))], axis=-1)
        predicted = predictions(x, y, everywhere, max_degree=degree, domain=domain, **regression)[:, -1]
        for errors, residuals in zip(both, (predicted[:, :size] - y, predicted[:, size:] - held_out.y), strict=True):
            errors.append(np.quantile((residuals**2).mean(axis=-1), QUARTILES))
    return LearningCurve(*map(np.array, both))


class RidgePath(NamedTuple):
    """One fit for every λ."""

    coefficients: Floats  # (λ, degree + 1)
    errors: Floats  # (1 + sets held out, λ), mean squared; row 0 on the training set
    freedom: Floats  # (λ,), effective degrees of freedom, which fall with λ


def ridge_path(
    training: Sample,
    held_out: Sequence[Sample],
    *,
    ridges: Sequence[float],
    degree: int,
    basis: Basis,
    domain: Interval,
    exempt_constant: bool = False,
) -> RidgePath:
    """Coefficients, errors and effective degrees of freedom against λ; else the arguments of `errors_by_degree`."""
    coefficients, errors, freedom = [], [], []
    for ridge in ridges:
        regression: Regression = {"basis": basis, "ridge": ridge, "exempt_constant": exempt_constant}
        series = fit(*training, degree=degree, domain=domain, **regression).series
        coefficients.append(series.coef)
        errors.append([np.mean((series(x) - y) ** 2) for x, y in (training, *held_out)])
        freedom.append(effective_degrees(training.x, degree=degree, domain=domain, **regression))
    return RidgePath(np.array(coefficients), np.array(errors).T, np.array(freedom))


def effective_degrees(x: Floats, *, degree: int, domain: Interval, **regression: Unpack[Regression]) -> float:
    """The effective degrees of freedom of a fit to these x (n,): the trace of H, at most min(n, degree + 1)."""
    matrix = design_matrix(x, degree=degree, basis=regression["basis"], domain=domain)
    q, _ = np.linalg.qr(with_penalty(matrix, x, **regression)[0])
    return float((q[: len(x)] ** 2).sum())  # the upper rows U of Q make H = U Uᵀ


class DoubleDescent(NamedTuple):
    """Over training sets, for every degree."""

    error: Floats  # (degrees, 3), quartiles of the expected squared error at a fresh point
    condition: Floats  # (degrees,), median condition number of the design matrix


def double_descent(
    target: Target,
    at: Floats,
    *,
    n: int,
    noise: float,
    seed: int,
    design: Design,
    sets: int,
    degrees: Sequence[int],
    basis: Basis,
) -> DoubleDescent:
    """The fit with the smallest coefficients up to and far beyond degree n; else the arguments of `bias_variance`."""
    x, y = samples(target, n=n, noise=noise, seed=seed, design=design, sets=sets)
    errors, conditions = [], []
    for degree in degrees:
        coefficients, singular = minimum_norm(design_matrix(x, degree=degree, basis=basis, domain=target.domain), y)
        predicted = coefficients @ design_matrix(at, degree=degree, basis=basis, domain=target.domain).T
        errors.append(np.quantile(((predicted - target.value(at)) ** 2).mean(axis=-1) + noise**2, QUARTILES))
        conditions.append(np.median(condition(singular)))
    return DoubleDescent(np.array(errors), np.array(conditions))
