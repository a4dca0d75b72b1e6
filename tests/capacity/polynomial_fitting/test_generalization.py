"""Bias, variance, learning curves, weight decay and double descent against algebra, distributions and brute force."""

from typing import Final

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.polynomial import Chebyshev, Legendre, Polynomial
from scipy import stats
from sklearn.linear_model import Ridge

from demos.capacity.generalization import (
    bias_variance,
    double_descent,
    effective_degrees,
    exact_bias_variance,
    grid,
    learning_curve,
    ridge_path,
)
from demos.capacity.polynomial_fitting import BASES, Basis, Regression, fit, predictions
from demos.capacity.targets import (
    DESIGNS,
    TARGETS,
    Design,
    Floats,
    Interval,
    Sample,
    Target,
    at_random,
    evenly_spaced,
    sample,
    samples,
)

law = settings(derandomize=True, deadline=None, database=None, max_examples=30)
every_basis = pytest.mark.parametrize("basis", BASES.values(), ids=list(BASES))
every_design = pytest.mark.parametrize("design", DESIGNS.values(), ids=list(DESIGNS))

LINE: Final = TARGETS["Line"]
SINE: Final = TARGETS["Sine"]
ORDINARY: Final[Regression] = {"basis": Legendre, "ridge": 0.0}

bases = st.sampled_from(list(BASES.values()))
targets = st.sampled_from(list(TARGETS.values()))
designs = st.sampled_from(list(DESIGNS.values()))
seeds = st.integers(0, 10_000)
noises = st.floats(0, 3)
regressions = st.builds(
    Regression, basis=bases, ridge=st.sampled_from([0.0, 1e-2, 1.0, 50.0]), exempt_constant=st.booleans()
)


def spread(seed: int, n: int, domain: Interval = (-1.0, 1.0)) -> Floats:
    """Ascending x, each somewhere in its own equal part of the domain, so that none are almost the same."""
    low, high = domain
    return np.asarray(low + (high - low) * (np.arange(n) + np.random.default_rng(seed).uniform(0.2, 0.8, n)) / n)


def vandermonde(x: Floats, degree: int, basis: Basis, domain: Interval) -> Floats:
    """Column k is numpy's own k-th basis polynomial."""
    return np.stack([basis.basis(k, domain=domain)(x) for k in range(degree + 1)], axis=-1)


def smoother(x: Floats, at: Floats, degree: int, domain: Interval, regression: Regression) -> Floats:
    """H, which makes predictions of y, by the normal equations or the pseudoinverse."""
    a, there = (vandermonde(points, degree, regression["basis"], domain) for points in (x, at))
    if not regression["ridge"]:
        return np.asarray(there @ np.linalg.pinv(a))
    penalty = np.full(degree + 1, regression["ridge"])
    penalty[0] *= not regression.get("exempt_constant", False)
    return np.asarray(there @ np.linalg.solve(a.T @ a + np.diag(penalty), a.T))


def assert_same(ours: Floats, theirs: Floats, tolerance: float = 1e-8) -> None:
    """Equal relative to the largest."""
    assert ours.shape == theirs.shape
    np.testing.assert_allclose(ours, theirs, rtol=0, atol=tolerance * max(1.0, np.abs(theirs).max()))


@law
@given(low=st.floats(-10, 10), width=st.floats(0.1, 10), size=st.integers(1, 50))
def test_the_grid_is_that_of_the_midpoint_rule(low: float, width: float, size: int) -> None:
    """Exact for straight lines, and for x² short of the integral by a twelfth of the squared step."""
    at, high = grid((low, low + width), size=size), low + width
    assert at.shape == (size,)
    assert at.mean() == pytest.approx(low + width / 2, abs=1e-9)
    square = (high**3 - low**3) / 3 / width - (width / size) ** 2 / 12
    assert (at**2).mean() == pytest.approx(square, rel=1e-9, abs=1e-9)
    assert np.all(np.diff(at) > 0)


# ---------------------------------------------------------------- bias and variance by Monte Carlo


@law
@given(
    target=targets,
    design=designs,
    regression=regressions,
    n=st.integers(1, 12),
    noise=noises,
    sets=st.integers(2, 6),
    max_degree=st.integers(0, 8),
    seed=seeds,
)
def test_the_mean_squared_distance_from_the_target_is_bias2_plus_variance(
    *,
    target: Target,
    design: Design,
    regression: Regression,
    n: int,
    noise: float,
    sets: int,
    max_degree: int,
    seed: int,
) -> None:
    at = grid(target.domain, size=7)
    parts = bias_variance(
        target, at, n=n, noise=noise, seed=seed, design=design, sets=sets, max_degree=max_degree, **regression
    )
    x, y = samples(target, n=n, noise=noise, seed=seed, design=design, sets=sets)
    predicted = predictions(x, y, at, max_degree=max_degree, domain=target.domain, **regression)
    assert_same(parts.bias2 + parts.variance, ((predicted - target.value(at)) ** 2).mean(axis=0))
    assert_same(parts.mean, sum(predicted, np.zeros((max_degree + 1, 7))) / sets)
    assert_same(parts.variance, ((predicted - parts.mean) ** 2).sum(axis=0) / (sets - 1))
    assert parts.error.shape == (max_degree + 1, 7)
    assert np.all(parts.error >= 0)


def test_few_sets_do_not_inflate_the_bias() -> None:
    """A cubic learns a line without bias, and its mean over two fits is off by half of their variance."""
    at = grid(LINE.domain, size=5)
    runs = [
        bias_variance(LINE, at, n=8, noise=0.5, seed=seed, design=evenly_spaced, sets=2, max_degree=3, **ORDINARY)
        for seed in range(400)
    ]
    bias2 = np.array([run.bias2[3].mean() for run in runs])
    variance = np.array([run.variance[3].mean() for run in runs])
    assert abs(bias2.mean()) < 4 * bias2.std() / 20
    assert variance.mean() / 2 > 8 * bias2.std() / 20


def test_one_set_has_no_variance() -> None:
    with pytest.raises(ValueError, match="sets must be at least 2"):
        bias_variance(LINE, np.zeros(1), n=3, noise=0.1, seed=0, design=at_random, sets=1, max_degree=1, **ORDINARY)


@every_design
@pytest.mark.parametrize("noise", [0.2, 2.0])
def test_the_error_measured_on_fresh_values_is_bias2_plus_variance_plus_noise2(design: Design, noise: float) -> None:
    """For given fits p it has the mean m + σ² with m = mean (p − f)², and the variance (2σ⁴ + 4σ² m)/sets."""
    sets, at = 4000, grid(SINE.domain, size=20)
    parts = bias_variance(SINE, at, n=15, noise=noise, seed=3, design=design, sets=sets, max_degree=5, **ORDINARY)
    m = parts.bias2 + parts.variance
    scores = (parts.error - m - noise**2) / np.sqrt((2 * noise**4 + 4 * noise**2 * m) / sets)
    assert np.abs(scores).max() < 4.5
    assert 0.5 < (scores**2).mean() < 1.6


def test_fresh_values_are_not_those_that_were_fitted() -> None:
    """In-sample the expected error is σ²(1 + (d + 1)/n), while that of the fitted values is σ²(1 − (d + 1)/n)."""
    at, degrees = np.linspace(-1, 1, 10), np.arange(1, 6)
    error = bias_variance(
        LINE, at, n=10, noise=0.5, seed=0, design=evenly_spaced, sets=4000, max_degree=5, **ORDINARY
    ).error
    np.testing.assert_allclose(error[1:].mean(axis=-1), 0.25 * (1 + (degrees + 1) / 10), rtol=0.05)


def test_without_noise_the_error_is_the_squared_distance() -> None:
    parts = bias_variance(
        SINE, grid(SINE.domain, size=9), n=6, noise=0, seed=0, design=at_random, sets=5, max_degree=4, **ORDINARY
    )
    assert_same(parts.error, parts.bias2 + parts.variance)


def test_another_seed_gives_other_sets_and_other_fresh_values() -> None:
    one, same, other = (
        bias_variance(
            LINE, np.zeros(2), n=5, noise=1, seed=seed, design=evenly_spaced, sets=2, max_degree=1, **ORDINARY
        )
        for seed in (1, 1, 2)
    )
    for ours, again, different in zip(one, same, other, strict=True):
        np.testing.assert_array_equal(ours, again)
        assert not np.allclose(ours, different)


def test_the_fresh_values_have_the_seed_too() -> None:
    """Under a penalty beyond measure the fits are 0, and the error at x = 0 is the mean square of the fresh noise."""
    sets = 500
    one, other = (
        bias_variance(
            LINE,
            np.zeros(20),
            n=2,
            noise=0.5,
            seed=seed,
            design=at_random,
            sets=sets,
            max_degree=1,
            basis=Legendre,
            ridge=1e15,
        ).error
        for seed in (1, 2)
    )
    assert not np.any(np.isclose(one, other, rtol=1e-6))
    levels = stats.chi2(sets).cdf(np.array([one, other]) * sets / 0.25)
    assert 1e-4 < levels.min() < levels.max() < 1 - 1e-4


# ---------------------------------------------------------------- bias and variance by algebra


@law
@given(
    target=targets,
    regression=regressions,
    n=st.integers(1, 12),
    noise=noises,
    max_degree=st.integers(0, 14),
    seed=seeds,
)
def test_exact_bias_and_variance_are_those_of_the_explicit_smoother(
    *, target: Target, regression: Regression, n: int, noise: float, max_degree: int, seed: int
) -> None:
    x, at = spread(seed, n, target.domain), grid(target.domain, size=6)
    ours = exact_bias_variance(target, x, at, noise=noise, max_degree=max_degree, **regression)
    assert ours.mean.shape == (max_degree + 1, 6)
    for degree in range(max_degree + 1):
        h = smoother(x, at, degree, target.domain, regression)
        mean, covariance = h @ target.value(x), noise**2 * h @ h.T
        assert_same(ours.mean[degree], mean, 1e-6)
        assert_same(ours.bias2[degree], (mean - target.value(at)) ** 2, 1e-6)
        assert_same(ours.variance[degree], np.diag(covariance), 1e-6)
        assert_same(ours.error[degree], (mean - target.value(at)) ** 2 + np.diag(covariance) + noise**2, 1e-6)


@law
@given(target=targets, basis=bases, n=st.integers(1, 14), noise=noises, seed=seeds)
def test_the_variance_averaged_over_the_points_is_noise2_times_coefficients_over_points(
    target: Target, basis: Basis, n: int, noise: float, seed: int
) -> None:
    x = spread(seed, n, target.domain)
    variance = exact_bias_variance(target, x, x, noise=noise, max_degree=n - 1, basis=basis, ridge=0).variance
    assert_same(variance.mean(axis=-1), noise**2 * np.arange(1, n + 1) / n)


@law
@given(
    basis=bases,
    coefficients=st.lists(st.floats(-5, 5), min_size=1, max_size=6),
    domain=st.sampled_from([(-1.0, 1.0), (0.0, 1.0), (3.0, 7.0)]),
    seed=seeds,
)
def test_a_polynomial_is_learned_without_bias_by_every_degree_that_can_hold_it(
    basis: Basis, coefficients: list[float], domain: Interval, seed: int
) -> None:
    target = Target("", domain, Chebyshev(coefficients, domain=domain))
    x, at = spread(seed, 10, domain), grid(domain, size=6)
    ours = exact_bias_variance(target, x, at, noise=1, max_degree=9, basis=basis, ridge=0)
    assert ours.bias2[len(coefficients) - 1 :].max() < 1e-12


@law
@given(target=targets, basis=bases, degree=st.integers(0, 5), seed=seeds)
def test_weight_decay_lowers_the_variance_at_every_point(target: Target, basis: Basis, degree: int, seed: int) -> None:
    x = spread(seed, 8, target.domain)
    variances = [
        exact_bias_variance(target, x, x, noise=1, max_degree=degree, basis=basis, ridge=ridge).variance.mean(axis=-1)
        for ridge in (0, 0.01, 1, 100)
    ]
    assert np.all(np.diff(variances, axis=0) < 0)


@pytest.mark.parametrize("ridge", [0.0, 0.1])
@every_basis
def test_monte_carlo_agrees_with_algebra_within_its_standard_error(basis: Basis, ridge: float) -> None:
    """A mean of normal values has the variance v/sets; their variance has the mean v(1 − 1/sets), and 2v²/sets."""
    sets, n, at = 4000, 12, grid(SINE.domain, size=10)
    regression: Regression = {"basis": basis, "ridge": ridge}
    drawn = bias_variance(SINE, at, n=n, noise=0.3, seed=1, design=evenly_spaced, sets=sets, max_degree=7, **regression)
    exact = exact_bias_variance(SINE, np.linspace(*SINE.domain, n), at, noise=0.3, max_degree=7, **regression)
    means = (drawn.mean - exact.mean) / np.sqrt(exact.variance / sets)
    variances = (drawn.variance - exact.variance) / exact.variance / np.sqrt(2 / sets)
    for scores in (means, variances):
        assert np.abs(scores).max() < 4.5
        assert 0.2 < (scores**2).mean() < 3  # over degrees and points that share their training sets
    error = np.sqrt((2 * 0.3**4 + 4 * 0.3**2 * (exact.error - 0.3**2)) / sets)
    assert np.abs((drawn.error - exact.error) / error).max() < 6  # and the fits vary, too


# ---------------------------------------------------------------- learning curves


@every_design
def test_the_quartiles_of_the_training_error_are_those_of_chi_squared(design: Design) -> None:
    """n/σ² times the error of a fit that can hold the target is χ² with n − d − 1 degrees of freedom."""
    sizes, sets, degree, noise = [6, 10, 30], 3000, 3, 0.7
    training = learning_curve(
        LINE, grid(LINE.domain, size=3), sizes=sizes, noise=noise, seed=1, design=design, sets=sets, degree=degree,
        **ORDINARY,
    ).training  # fmt: skip
    assert training.shape == (3, 3)
    for n, quartiles in zip(sizes, training, strict=True):
        levels = stats.chi2(n - degree - 1).cdf(quartiles * n / noise**2)
        error = np.sqrt(np.array([3, 4, 3]) / 16 / sets)  # of the level of a quantile, q(1 − q)/sets
        assert np.all(np.abs(levels - [0.25, 0.5, 0.75]) < 4 * error)


@law
@given(
    target=targets,
    design=designs,
    regression=regressions,
    sizes=st.lists(st.integers(2, 12), min_size=1, max_size=3),
    noise=noises,
    sets=st.integers(1, 7),
    degree=st.integers(0, 6),
    seed=seeds,
)
def test_learning_curves_are_the_quartiles_of_the_errors_of_single_fits(
    *,
    target: Target,
    design: Design,
    regression: Regression,
    sizes: list[int],
    noise: float,
    sets: int,
    degree: int,
    seed: int,
) -> None:
    at = grid(target.domain, size=5)
    curve = learning_curve(
        target, at, sizes=sizes, noise=noise, seed=seed, design=design, sets=sets, degree=degree, **regression
    )
    assert curve.training.shape == curve.test.shape == (len(sizes), 3)
    for n, training, test in zip(sizes, curve.training, curve.test, strict=True):
        errors = []
        xs, ys = samples(target, n=n, noise=noise, seed=seed, design=design, sets=sets)
        for x, y in zip(np.broadcast_to(xs, ys.shape), ys, strict=True):
            series = fit(x, y, degree=degree, domain=target.domain, **regression).series
            errors.append(
                [np.mean((series(x) - y) ** 2), np.mean((series(at) - target.value(at)) ** 2) + noise * noise]
            )
        expected = np.percentile(errors, [25, 50, 75], axis=0)
        np.testing.assert_allclose(training, expected[:, 0], rtol=1e-5, atol=1e-9)
        np.testing.assert_allclose(test, expected[:, 1], rtol=1e-5, atol=1e-9)


# ---------------------------------------------------------------- weight decay


@law
@given(
    basis=bases,
    exempt=st.booleans(),
    ridges=st.lists(st.floats(1e-3, 1e4), min_size=1, max_size=4),
    n=st.integers(2, 14),
    degree=st.integers(1, 10),
    seed=seeds,
)
def test_a_path_holds_scikit_learns_ridge_its_errors_and_its_degrees_of_freedom(
    *, basis: Basis, exempt: bool, ridges: list[float], n: int, degree: int, seed: int
) -> None:
    """Σ s²/(s² + λ), with the singular values of what is penalized: centred, and 1 more, if the constant is exempt."""
    domain = SINE.domain
    training, *held_out = (
        sample(SINE, n=size, noise=0.3, seed=seed + size, design=evenly_spaced) for size in (n, n + 1, 3)
    )
    path = ridge_path(
        training, held_out, ridges=ridges, degree=degree, basis=basis, domain=domain, exempt_constant=exempt
    )
    assert path.coefficients.shape == (len(ridges), degree + 1)
    assert path.errors.shape == (3, len(ridges))
    assert path.freedom.shape == (len(ridges),)
    features = [vandermonde(x, degree, basis, domain)[:, int(exempt) :] for x, _ in (training, *held_out)]
    penalized = features[0] - exempt * features[0].mean(axis=0)
    s2 = np.linalg.svd(penalized, compute_uv=False) ** 2
    for k, ridge in enumerate(ridges):
        theirs = Ridge(alpha=ridge, fit_intercept=exempt, solver="svd").fit(features[0], training.y)
        coefficients = np.concatenate([[theirs.intercept_], theirs.coef_]) if exempt else theirs.coef_
        assert_same(path.coefficients[k], coefficients, 1e-7)
        for row, matrix, (_, y) in zip(path.errors, features, (training, *held_out), strict=True):
            assert row[k] == pytest.approx(np.mean((theirs.predict(matrix) - y) ** 2), rel=1e-6, abs=1e-12)
        assert path.freedom[k] == pytest.approx(exempt + (s2 / (s2 + ridge)).sum(), rel=1e-7)


@law
@given(basis=bases, exempt=st.booleans(), n=st.integers(2, 12), degree=st.integers(1, 14), seed=seeds)
def test_the_degrees_of_freedom_fall_from_the_coefficients_or_points_to_zero_or_the_exempt_one(
    *, basis: Basis, exempt: bool, n: int, degree: int, seed: int
) -> None:
    training = Sample(spread(seed, n), np.random.default_rng(seed).standard_normal(n))
    path = ridge_path(
        training, [], ridges=[0, 1e-2, 1, 100, 1e12], degree=degree, basis=basis, domain=(-1.0, 1.0),
        exempt_constant=exempt,
    )  # fmt: skip
    assert path.freedom[0] == pytest.approx(min(n, degree + 1), rel=1e-9)
    assert path.freedom[-1] == pytest.approx(int(exempt), abs=1e-6)
    assert np.all(np.diff(path.freedom) < 0)
    assert np.all(np.diff(path.errors[0]) > -1e-12)  # the training error rises
    sizes = (path.coefficients[1:, int(exempt) :] ** 2).sum(axis=-1)
    assert np.all(np.diff(sizes) < 1e-12)  # what is penalized shrinks


@law
@given(regression=regressions, n=st.integers(1, 12), degree=st.integers(0, 12), seed=seeds)
def test_the_degrees_of_freedom_are_the_trace_of_the_smoother(
    regression: Regression, n: int, degree: int, seed: int
) -> None:
    x = spread(seed, n, (2.0, 5.0))
    trace = np.trace(smoother(x, x, degree, (2.0, 5.0), regression))
    ours = effective_degrees(x, degree=degree, domain=(2.0, 5.0), **regression)
    assert ours == pytest.approx(trace, rel=1e-6)
    assert ours <= min(n, degree + 1) + 1e-9


def test_the_constant_is_penalized_unless_it_is_exempt() -> None:
    training = Sample(np.array([-1.0, 0.0, 1.0]), np.array([5.0, 5.0, 5.0]))
    path = ridge_path(training, [], ridges=[1.0], degree=1, basis=Polynomial, domain=(-1.0, 1.0))
    np.testing.assert_allclose(path.coefficients, [[15 / 4, 0]], rtol=0, atol=1e-12)
    assert path.freedom[0] == pytest.approx(3 / 4 + 2 / 3)


# ---------------------------------------------------------------- double descent


@law
@given(
    target=targets,
    design=designs,
    n=st.integers(2, 9),
    noise=noises,
    sets=st.integers(1, 6),
    degrees=st.lists(st.integers(0, 14), min_size=1, max_size=4),
    seed=seeds,
)
def test_double_descent_is_lstsqs_error_and_numpys_condition(
    *, target: Target, design: Design, n: int, noise: float, sets: int, degrees: list[int], seed: int
) -> None:
    """Where the x lie at random some may be almost the same: a tolerance for what the condition makes of rounding."""
    at = grid(target.domain, size=5)
    ours = double_descent(
        target, at, n=n, noise=noise, seed=seed, design=design, sets=sets, degrees=degrees, basis=Legendre
    )
    assert ours.error.shape == (len(degrees), 3)
    assert ours.condition.shape == (len(degrees),)
    xs, ys = samples(target, n=n, noise=noise, seed=seed, design=design, sets=sets)
    for degree, quartiles, median in zip(degrees, ours.error, ours.condition, strict=True):
        errors, conditions = [], []
        for x, y in zip(np.broadcast_to(xs, ys.shape), ys, strict=True):
            a = vandermonde(x, degree, Legendre, target.domain)
            c = np.linalg.lstsq(a, y, rcond=None)[0]
            predicted = vandermonde(at, degree, Legendre, target.domain) @ c
            errors.append(np.mean((predicted - target.value(at)) ** 2) + noise * noise)
            conditions.append(np.linalg.cond(a))
        np.testing.assert_allclose(quartiles, np.percentile(errors, [25, 50, 75]), rtol=1e-5, atol=1e-9)
        assert median == pytest.approx(np.median(conditions), rel=1e-5)


@every_design
@pytest.mark.parametrize("basis", [Legendre, Chebyshev], ids=["Legendre", "Chebyshev"])
def test_the_error_peaks_where_there_is_a_coefficient_for_each_point_and_descends_again(
    basis: Basis, design: Design
) -> None:
    """Belkin et al. 2019, figure 1."""
    n = 12
    degrees = [*range(2 * n), 5 * n, 10 * n]
    error, cond = double_descent(
        SINE, grid(SINE.domain, size=40), n=n, noise=0.3, seed=1, design=design, sets=100, degrees=degrees, basis=basis
    )
    median = error[:, 1]
    assert abs(degrees[int(median.argmax())] - (n - 1)) <= 1
    assert median.max() > 3 * median[-1]
    assert median.max() > 3 * median[2 * n - 1]
    assert abs(degrees[int(cond.argmax())] - (n - 1)) <= 1


@every_design
def test_powers_of_x_do_not_descend_again(design: Design) -> None:
    """Inside the domain high powers vanish: more of them do not lift the smallest coefficients off the low ones."""
    error, _ = double_descent(
        SINE,
        grid(SINE.domain, size=40),
        n=12,
        noise=0.3,
        seed=1,
        design=design,
        sets=100,
        degrees=[3, 120],
        basis=Polynomial,
    )
    assert error[1, 1] > 1000 * error[0, 1]
