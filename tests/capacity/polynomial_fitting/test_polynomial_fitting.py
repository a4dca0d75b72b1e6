"""Least squares against printed tables, numpy, scikit-learn, scipy, fifty digits and the algebra of projections."""

import re
from typing import Any, Final

import mpmath  # type: ignore[import-untyped]
import numpy as np
import pytest
import scipy.linalg
import scipy.special
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.polynomial import Chebyshev, Legendre, Polynomial
from sklearn.linear_model import Ridge
from sklearn.model_selection import KFold
from sklearn.preprocessing import PolynomialFeatures

from demos.capacity.polynomial_fitting import (
    BASES,
    VANDERMONDE,
    Basis,
    Regression,
    Series,
    condition,
    cross_validate,
    design_matrix,
    errors_by_degree,
    fit,
    minimum_norm,
    predictions,
    with_penalty,
)
from demos.capacity.targets import CLASSICS, Floats, Interval, Sample

law = settings(derandomize=True, deadline=None, database=None, max_examples=30)
every_basis = pytest.mark.parametrize("basis", BASES.values(), ids=list(BASES))

UNIT: Final[Interval] = (-1.0, 1.0)  # is mapped to itself
BISHOP: Final = CLASSICS["Bishop's ten points"].sample
THIRTY: Final = CLASSICS["scikit-learn's thirty points"].sample
ORDINARY: Final[Regression] = {"basis": Legendre, "ridge": 0.0}
SCIPY: Final = {
    Legendre: scipy.special.eval_legendre,
    Chebyshev: scipy.special.eval_chebyt,
    Polynomial: lambda k, u: u**k,
}

bases = st.sampled_from(list(BASES.values()))
seeds = st.integers(0, 10_000)
regressions = st.builds(
    Regression, basis=bases, ridge=st.sampled_from([0.0, 1e-3, 1.0, 50.0]), exempt_constant=st.booleans()
)


@st.composite
def intervals(draw: st.DrawFn) -> Interval:
    low = draw(st.floats(-20, 20))
    return low, low + draw(st.floats(0.01, 50))


def spread(seed: int, *shape: int, domain: Interval = UNIT) -> Floats:
    """Ascending x, each somewhere in its own equal part of the domain, so that none are almost the same."""
    low, high = domain
    inside = np.random.default_rng(seed).uniform(0.2, 0.8, shape)
    return np.asarray(low + (high - low) * (np.arange(shape[-1]) + inside) / shape[-1])


def normal(seed: int, *shape: int) -> Floats:
    return np.random.default_rng([seed, 7]).standard_normal(shape)


def vandermonde(x: Floats, degree: int, basis: Basis, domain: Interval = UNIT) -> Floats:
    u = -1 + 2 * (x - domain[0]) / (domain[1] - domain[0])
    return np.stack([SCIPY[basis](k, u) for k in range(degree + 1)], axis=-1)


def interpolated(x: Floats, y: Floats, at: Floats) -> Floats:
    """The polynomial through the points, by Newton's divided differences in fifty digits."""
    with mpmath.workdps(50):
        nodes, c = [mpmath.mpf(v) for v in x], [mpmath.mpf(v) for v in y]
        for j in range(1, len(c)):
            for i in range(len(c) - 1, j - 1, -1):
                c[i] = (c[i] - c[i - 1]) / (nodes[i] - nodes[i - j])
        values = []
        for point in at:
            value = mpmath.mpf(0)
            for node, coefficient in zip(reversed(nodes), reversed(c), strict=True):
                value = value * (mpmath.mpf(point) - node) + coefficient
            values.append(float(value))
    return np.array(values)


def coef(series: Series) -> Floats:
    """As floats, for mypy, to which a series may hold any numbers."""
    return np.asarray(series.coef, dtype=np.float64)


def assert_same(ours: Floats, theirs: Floats, tolerance: float = 1e-9) -> None:
    """Equal relative to the largest."""
    assert ours.shape == theirs.shape
    np.testing.assert_allclose(ours, theirs, rtol=0, atol=tolerance * max(1.0, np.abs(theirs).max()))


# ---------------------------------------------------------------- printed tables


@pytest.mark.parametrize(("degree", "printed"), [(0, [0.19]), (1, [0.82, -1.27]), (3, [0.31, 7.99, -25.43, 17.37])])
def test_low_degrees_have_the_coefficients_of_table_1_1_of_bishop(degree: int, printed: list[float]) -> None:
    series = fit(*BISHOP, degree=degree, domain=UNIT, basis=Polynomial, ridge=0).series
    np.testing.assert_allclose(coef(series), printed, rtol=0, atol=0.00501)


TABLE_1_1: Final = (
    0.35, 232.37, -5321.83, 48568.31, -231639.30, 640042.26, -1061800.52, 1042400.18, -557682.99, 125201.43,
)  # fmt: skip


def test_degree_9_has_the_coefficients_of_table_1_1_of_bishop() -> None:
    series = fit(*BISHOP, degree=9, domain=UNIT, basis=Polynomial, ridge=0).series
    np.testing.assert_allclose(coef(series), np.array(TABLE_1_1), rtol=1e-5, atol=0.005)


def test_the_last_column_of_table_1_1_passes_through_bishops_ten_points() -> None:
    np.testing.assert_allclose(Polynomial(TABLE_1_1)(np.linspace(0, 1, 10)), BISHOP.y, rtol=0, atol=0.002)


@pytest.mark.parametrize(
    ("ridge", "printed"),
    [
        (1.03744e-7, [0.35, 4.74, -0.77, -31.97, -3.89, 55.28, 41.32, -45.95, -91.53, 72.68]),
        (10.0, [0.13, -0.05, -0.06, -0.05, -0.03, -0.02, -0.01, 0.00, 0.00, 0.01]),
    ],
)
def test_weight_decay_gives_the_coefficients_of_table_1_2_of_bishop(ridge: float, printed: list[float]) -> None:
    """Its ln λ are -18 and 0, of a λ that multiplies the mean over the ten points: here λ is ten times that.

    The -18 is rounded: one λ, with ln(λ/10) = -18.38, gives all ten of the printed numbers.
    """
    series = fit(*BISHOP, degree=9, domain=UNIT, basis=Polynomial, ridge=ridge).series
    np.testing.assert_allclose(coef(series), printed, rtol=0, atol=0.00501)


@every_basis
@pytest.mark.parametrize(("degree", "printed"), [(1, ("4.08e-01", "4.25e-01")), (4, ("4.32e-02", "7.08e-02"))])
def test_cross_validation_prints_what_scikit_learns_example_prints(
    basis: Basis, degree: int, printed: tuple[str, str]
) -> None:
    """Its "Underfitting vs. Overfitting"."""
    errors = cross_validate(
        *THIRTY, max_degree=15, folds=10, seed=0, domain=(0.0, 1.0), shuffle=False, basis=basis, ridge=0
    )[:, degree]
    assert (f"{errors.mean():.2e}", f"{errors.std():.2e}") == printed


@every_basis
def test_degree_15_of_that_example_is_right_to_six_digits(basis: Basis) -> None:
    """It printed 1.81e+08 (+/- 5.42e+08), or 1.82 and 5.46 in other versions: the third digit there is rounding."""
    errors = cross_validate(
        *THIRTY, max_degree=15, folds=10, seed=0, domain=(0.0, 1.0), shuffle=False, basis=basis, ridge=0
    )[:, 15]
    assert errors.mean() == pytest.approx(1.81e8, rel=0.01)
    assert errors.std() == pytest.approx(5.42e8, rel=0.01)
    true = []
    with mpmath.workdps(50):
        a = mpmath.matrix([[mpmath.mpf(x) ** k for k in range(16)] for x in THIRTY.x])
        y = mpmath.matrix([mpmath.mpf(value) for value in THIRTY.y])
        for first in range(0, 30, 3):
            rows = [i for i in range(30) if not first <= i < first + 3]
            part = mpmath.matrix([[a[i, k] for k in range(16)] for i in rows])
            c = mpmath.lu_solve(part.T * part, part.T * mpmath.matrix([y[i] for i in rows]))
            residual = [(a[i, :] * c)[0] - y[i] for i in range(first, first + 3)]
            true.append(float(mpmath.fsum(r**2 for r in residual) / 3))
    np.testing.assert_allclose(errors, true, rtol=1e-6)


# ---------------------------------------------------------------- the basis


@law
@given(basis=bases, domain=intervals(), degree=st.integers(0, 12), seed=seeds)
def test_the_design_matrix_holds_scipys_polynomials_of_the_domain_mapped_to_one(
    basis: Basis, domain: Interval, degree: int, seed: int
) -> None:
    x = spread(seed, 2, 5, domain=domain)
    ours = design_matrix(x, degree=degree, basis=basis, domain=domain)
    assert ours.shape == (2, 5, degree + 1)
    assert ours.dtype == np.float64
    np.testing.assert_allclose(ours, vandermonde(x, degree, basis, domain), rtol=0, atol=1e-9)


@law
@given(basis=bases, domain=intervals(), degree=st.integers(0, 12))
def test_at_the_ends_of_the_domain_every_polynomial_is_one_up_to_its_sign(
    basis: Basis, domain: Interval, degree: int
) -> None:
    ends = design_matrix(np.array(domain), degree=degree, basis=basis, domain=domain)
    np.testing.assert_allclose(ends, [(-1.0) ** np.arange(degree + 1), np.ones(degree + 1)], rtol=0, atol=1e-9)


def test_integers_are_as_good_as_floats() -> None:
    whole: Any = np.arange(4)
    np.testing.assert_array_equal(
        design_matrix(whole, degree=2, basis=Polynomial, domain=(0.0, 2.0)),
        [[1, -1, 1], [1, 0, 0], [1, 1, 1], [1, 2, 4]],
    )
    np.testing.assert_allclose(fit(whole, whole, degree=1, **ORDINARY).series(1.5), 1.5, rtol=1e-12)


def test_a_negative_degree_is_refused() -> None:
    with pytest.raises(ValueError, match="degree must be at least 0, not -1"):
        design_matrix(BISHOP.x, degree=-1, basis=Legendre, domain=UNIT)
    with pytest.raises(ValueError, match="degree must be at least 0, not -1"):
        fit(*BISHOP, degree=-1, **ORDINARY)
    with pytest.raises(ValueError, match="degree must be at least 0, not -2"):
        predictions(*BISHOP, BISHOP.x, max_degree=-2, domain=UNIT, **ORDINARY)


@pytest.mark.parametrize(
    "domain", [(1.0, -1.0), (0.5, 0.5), (-np.inf, 1.0), (-1.0, np.inf), (np.nan, 1.0), (-1.0, np.nan)]
)
def test_a_domain_that_is_no_interval_is_refused(domain: Interval) -> None:
    with pytest.raises(ValueError, match="domain must be an interval"):
        design_matrix(BISHOP.x, degree=2, basis=Legendre, domain=domain)
    with pytest.raises(ValueError, match="domain must be an interval"):
        fit(*BISHOP, degree=2, domain=domain, **ORDINARY)


# ---------------------------------------------------------------- one fit


@law
@given(basis=bases, domain=intervals(), n=st.integers(2, 14), degree=st.integers(0, 8), seed=seeds)
def test_without_penalty_a_fit_is_numpys(basis: Basis, domain: Interval, n: int, degree: int, seed: int) -> None:
    x, y, degree = spread(seed, n, domain=domain), normal(seed, n), min(degree, n - 1)
    ours = fit(x, y, degree=degree, domain=domain, basis=basis, ridge=0).series
    theirs = basis.fit(x, y, degree, domain=domain)
    assert type(ours) is basis
    np.testing.assert_array_equal(ours.domain, theirs.domain)
    assert_same(coef(ours), coef(theirs))
    assert_same(coef(fit(x, y, degree=degree, basis=basis, ridge=0).series), coef(basis.fit(x, y, degree)))


def test_the_domain_is_that_of_the_x_whatever_their_order() -> None:
    series = fit(np.array([2.0, 7.0, -3.0, 1.0]), np.zeros(4), degree=2, **ORDINARY).series
    np.testing.assert_array_equal(series.domain, [-3, 7])


@law
@given(
    basis=bases,
    domain=intervals(),
    coefficients=st.lists(st.floats(-5, 5), min_size=1, max_size=7),
    degree=st.integers(0, 8),
)
def test_a_polynomial_is_recovered_by_every_degree_that_can_hold_it(
    basis: Basis, domain: Interval, coefficients: list[float], degree: int
) -> None:
    degree = max(degree, len(coefficients) - 1)
    truth = basis(coefficients, domain=domain)
    x = spread(degree, 12, domain=domain)
    series = fit(x, truth(x), degree=degree, domain=domain, basis=basis, ridge=0).series
    assert_same(coef(series), np.pad(np.array(coefficients), (0, degree + 1 - len(coefficients))))


@law
@given(n=st.integers(1, 10), degree=st.integers(0, 9), seed=seeds)
def test_the_function_is_the_same_in_every_basis_up_to_degree_n_minus_one(n: int, degree: int, seed: int) -> None:
    x, y, degree = spread(seed, n), normal(seed, n), min(degree, n - 1)
    legendre, *others = (fit(x, y, degree=degree, domain=UNIT, basis=basis, ridge=0).series for basis in BASES.values())
    for other in others:
        converted = other.convert(kind=Legendre, domain=legendre.domain)
        padded = np.pad(coef(converted), (0, degree + 1 - len(coef(converted))))  # numpy trims trailing zeros
        assert_same(padded, coef(legendre))


@law
@given(basis=bases, n=st.integers(1, 8), excess=st.integers(1, 12), seed=seeds)
def test_with_more_coefficients_than_points_the_smallest_of_all_that_pass_through_them_is_found(
    basis: Basis, n: int, excess: int, seed: int
) -> None:
    x, y, degree = spread(seed, n), normal(seed, n), n - 1 + excess
    series, a = fit(x, y, degree=degree, domain=UNIT, basis=basis, ridge=0).series, vandermonde(x, degree, basis)
    assert_same(series(x), y)
    assert_same(coef(series), np.linalg.pinv(a) @ y)
    silent = scipy.linalg.null_space(a) @ normal(seed + 1, excess)  # passes through zero at every point
    silent /= np.linalg.norm(silent)
    assert np.linalg.norm(a @ silent) < 1e-9
    for step in (0.01, 1.0, -0.01, -1.0):
        assert np.linalg.norm(coef(series) + step * silent) > np.linalg.norm(coef(series))


@law
@given(regression=regressions, n=st.integers(1, 12), degree=st.integers(0, 10), seed=seeds)
def test_the_gradient_of_squared_error_and_penalty_vanishes(
    regression: Regression, n: int, degree: int, seed: int
) -> None:
    x, y, a = spread(seed, n), normal(seed, n), vandermonde(spread(seed, n), degree, regression["basis"])
    c = coef(fit(x, y, degree=degree, domain=UNIT, **regression).series)
    penalized = np.arange(degree + 1) >= regression.get("exempt_constant", False)
    assert_same(a.T @ (a @ c - y) + regression["ridge"] * penalized * c, np.zeros(degree + 1), 1e-8)


@law
@given(
    basis=bases,
    exempt=st.booleans(),
    ridge=st.floats(1e-3, 1e3),
    n=st.integers(2, 15),
    degree=st.integers(1, 12),
    seed=seeds,
)
def test_with_penalty_a_fit_is_scikit_learns_ridge(
    *, basis: Basis, exempt: bool, ridge: float, n: int, degree: int, seed: int
) -> None:
    x, y = spread(seed, n), normal(seed, n)
    if basis is Polynomial:
        features = PolynomialFeatures(degree, include_bias=not exempt).fit_transform(x[:, None])
    else:
        features = vandermonde(x, degree, basis)[:, int(exempt) :]
    theirs = Ridge(alpha=ridge, fit_intercept=exempt, solver="svd").fit(features, y)
    expected = np.concatenate([[theirs.intercept_], theirs.coef_]) if exempt else theirs.coef_
    ours = fit(x, y, degree=degree, domain=UNIT, basis=basis, ridge=ridge, exempt_constant=exempt).series
    assert_same(coef(ours), expected, 1e-8)


@law
@given(basis=bases, ridge=st.floats(1e-3, 1e12), degree=st.integers(0, 10), seed=seeds)
def test_the_coefficients_are_at_most_as_large_as_their_correlations_over_lambda_and_become_these(
    basis: Basis, ridge: float, degree: int, seed: int
) -> None:
    """(AᵀA + λI)c = Aᵀy, hence ‖c‖ ≤ ‖Aᵀy‖/λ, and the difference is at most ‖AᵀA‖/λ of it."""
    x, y = spread(seed, 8), normal(seed, 8)
    a = vandermonde(x, degree, basis)
    c, limit = coef(fit(x, y, degree=degree, domain=UNIT, basis=basis, ridge=ridge).series), a.T @ y / ridge
    rounding = 1e-12 * np.linalg.norm(y) / np.sqrt(ridge)
    assert np.linalg.norm(c) <= np.linalg.norm(limit) + rounding
    assert np.linalg.norm(c - limit) <= np.linalg.norm(a, 2) ** 2 / ridge * np.linalg.norm(limit) + rounding


@law
@given(basis=bases, ridge=st.floats(1e-3, 1e12), n=st.integers(1, 12), degree=st.integers(0, 10), seed=seeds)
def test_an_exempt_constant_keeps_the_mean_and_an_infinite_penalty_leaves_nothing_else(
    basis: Basis, ridge: float, n: int, degree: int, seed: int
) -> None:
    """The derivative by the constant is the sum of the residuals; centred, the rest is bounded as above."""
    x, y = spread(seed, n), normal(seed, n)
    series = fit(x, y, degree=degree, domain=UNIT, basis=basis, ridge=ridge, exempt_constant=True).series
    assert series(x).mean() == pytest.approx(y.mean(), abs=1e-9)
    centred = vandermonde(x, degree, basis)
    centred -= centred.mean(axis=0)
    rounding = 1e-12 * np.linalg.norm(y) / np.sqrt(ridge)
    assert np.linalg.norm(coef(series)[1:]) <= np.linalg.norm(centred.T @ y) / ridge + rounding


@law
@given(basis=bases, n=st.integers(1, 8), degree=st.integers(0, 12), seed=seeds)
def test_a_vanishing_penalty_is_none(basis: Basis, n: int, degree: int, seed: int) -> None:
    """Not with an exempt constant and more coefficients than points: there it singles out another polynomial."""
    x, y = spread(seed, n), normal(seed, n)
    for exempt in {False, degree < n}:
        small = fit(x, y, degree=degree, domain=UNIT, basis=basis, ridge=1e-12, exempt_constant=exempt).series
        none = fit(x, y, degree=degree, domain=UNIT, basis=basis, ridge=0, exempt_constant=exempt).series
        assert_same(coef(small), coef(none), 1e-5)


@law
@given(basis=bases, domain=intervals(), ridge=st.sampled_from([0.0, 1e-3, 1.0]), n=st.integers(1, 8), seed=seeds)
def test_a_fit_moves_with_its_points_and_its_domain(
    basis: Basis, domain: Interval, ridge: float, n: int, seed: int
) -> None:
    u, y, low, high = spread(seed, n), normal(seed, n), *domain
    x = low + (high - low) * (u + 1) / 2
    here = coef(fit(u, y, degree=5, domain=UNIT, basis=basis, ridge=ridge).series)
    assert_same(coef(fit(x, y, degree=5, domain=domain, basis=basis, ridge=ridge).series), here, 1e-7)


def test_where_all_x_are_the_same_degree_0_is_the_mean() -> None:
    series = fit(np.full(3, 0.25), np.array([1.0, 2.0, 6.0]), degree=0, domain=UNIT, **ORDINARY).series
    np.testing.assert_allclose(coef(series), [3.0], rtol=1e-12)


@pytest.mark.parametrize(
    ("x", "y"),
    [
        (np.zeros(3), np.zeros(4)),
        (np.zeros((2, 3)), np.zeros((2, 3))),
        (np.zeros(3), np.zeros((1, 3))),
        (np.zeros(0), np.zeros(0)),
        (np.float64(1.0), np.float64(1.0)),
    ],
)
def test_points_of_other_shapes_are_refused(x: Floats, y: Floats) -> None:
    with pytest.raises(ValueError, match=re.escape(f"same shape (n,), not {x.shape} and {y.shape}")):
        fit(x, y, degree=0, domain=UNIT, **ORDINARY)


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_points_that_are_not_finite_are_refused(bad: float) -> None:
    for x, y in ((np.array([0.0, bad]), np.zeros(2)), (np.array([0.0, 1.0]), np.array([bad, 0.0]))):
        with pytest.raises(ValueError, match="must be finite"):
            fit(x, y, degree=0, domain=UNIT, **ORDINARY)


@pytest.mark.parametrize("ridge", [-1e-9, -1.0, np.inf, np.nan])
def test_a_penalty_that_is_negative_or_not_finite_is_refused(ridge: float) -> None:
    with pytest.raises(ValueError, match="ridge must be at least 0 and finite"):
        fit(*BISHOP, degree=1, basis=Legendre, ridge=ridge)
    with pytest.raises(ValueError, match="ridge must be at least 0 and finite"):
        predictions(*BISHOP, BISHOP.x, max_degree=1, domain=UNIT, basis=Legendre, ridge=ridge)


# ---------------------------------------------------------------- how well the equations determine it


@law
@given(regression=regressions, n=st.integers(1, 12), degree=st.integers(0, 8), seed=seeds)
def test_the_condition_is_numpys_of_the_system_with_the_penalty_below(
    regression: Regression, n: int, degree: int, seed: int
) -> None:
    x, y = spread(seed, n), normal(seed, n)
    system = vandermonde(x, degree, regression["basis"])
    if regression["ridge"]:
        weights = np.full(degree + 1, np.sqrt(regression["ridge"]))
        weights[0] *= not regression.get("exempt_constant", False)
        system = np.concatenate([system, np.diag(weights)])
    ours = fit(x, y, degree=degree, domain=UNIT, **regression).condition
    assert ours == pytest.approx(np.linalg.cond(system), rel=1e-6)


@law
@given(ridge=st.floats(1e-6, 100), degree=st.integers(0, 8), seed=seeds)
def test_a_penalty_adds_lambda_to_the_squares_of_the_singular_values(ridge: float, degree: int, seed: int) -> None:
    s2 = np.linalg.eigvalsh(
        vandermonde(spread(seed, 10), degree, Legendre).T @ vandermonde(spread(seed, 10), degree, Legendre)
    )
    ours = fit(spread(seed, 10), normal(seed, 10), degree=degree, domain=UNIT, basis=Legendre, ridge=ridge).condition
    assert ours == pytest.approx(np.sqrt((s2.max() + ridge) / (s2.min() + ridge)), rel=1e-6)


def test_the_condition_of_a_singular_system_is_infinite_without_a_warning() -> None:
    np.testing.assert_array_equal(condition(np.array([[6.0, 3.0, 2.0], [1.0, 1.0, 0.0]])), [3.0, np.inf])


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_monomials_of_degree_14_still_predict_to_six_digits(seed: int) -> None:
    x, y = np.sort(np.random.default_rng(seed).uniform(-1, 1, 15)), normal(seed, 15)
    at = np.linspace(-1, 1, 21)
    true = interpolated(x, y, at)
    series, cond = fit(x, y, degree=14, domain=UNIT, basis=Polynomial, ridge=0)
    assert 1e6 < cond < 1e12
    assert_same(np.asarray(series(at)), true, 1e-6)
    assert_same(predictions(x, y, at, max_degree=14, domain=UNIT, basis=Polynomial, ridge=0)[-1], true, 1e-6)


@pytest.mark.parametrize("seed", [0, 1, 3])
def test_monomials_of_degree_29_predict_nothing_while_orthogonal_polynomials_do(seed: int) -> None:
    """Thirty points at random: the condition is that of float64 itself, 1/eps = 4.5e15, against 1e10 to 1e12."""
    x, y = np.sort(np.random.default_rng(seed).uniform(-1, 1, 30)), normal(seed, 30)
    at = np.linspace(-1, 1, 21)
    true = interpolated(x, y, at)
    monomials = fit(x, y, degree=29, domain=UNIT, basis=Polynomial, ridge=0)
    assert monomials.condition > 1e15
    assert np.abs(monomials.series(at) - true).max() > 0.1 * np.abs(true).max()
    for basis in (Legendre, Chebyshev):
        orthogonal = fit(x, y, degree=29, domain=UNIT, basis=basis, ridge=0)
        assert orthogonal.condition < 1e13
        assert_same(np.asarray(orthogonal.series(at)), true, 1e-3)


@law
@given(rows=st.integers(1, 8), columns=st.integers(1, 8), rank=st.integers(1, 8), batch=st.integers(1, 3), seed=seeds)
def test_the_minimum_norm_solution_is_that_of_the_pseudoinverse_at_every_rank(
    rows: int, columns: int, rank: int, batch: int, seed: int
) -> None:
    matrix = normal(seed, batch, rows, rank) @ normal(seed + 1, batch, rank, columns)
    y = normal(seed + 2, batch, rows)
    solution, singular = minimum_norm(matrix, y)
    expected = np.stack([np.linalg.pinv(a, rcond=1e-12) @ b for a, b in zip(matrix, y, strict=True)])
    assert_same(solution, expected, 1e-7)
    np.testing.assert_allclose(singular, np.linalg.svd(matrix, compute_uv=False), rtol=0, atol=1e-12)


@pytest.mark.parametrize("scale", [3.0, 3e-20, 3e20])
@pytest.mark.parametrize(("rows", "share"), [(2, 1e-14), (1000, 1e-14), (1000, 1e-12), (2, 1e-16)])
def test_a_singular_value_counts_as_zero_where_numpys_lstsq_says_so(rows: int, share: float, scale: float) -> None:
    matrix = np.zeros((rows, 2))
    matrix[0, 0], matrix[1, 1] = scale, scale * share
    theirs = np.linalg.lstsq(matrix, np.ones(rows), rcond=None)[0]
    np.testing.assert_allclose(minimum_norm(matrix, np.ones(rows))[0], theirs, rtol=1e-9)


def test_without_penalty_the_system_is_as_it_is_and_with_one_it_gets_a_row_for_every_penalized_coefficient() -> None:
    a, y = np.arange(6.0).reshape(2, 3), np.array([7.0, 8.0])
    for exempt in (False, True):
        matrix, right = with_penalty(a, y, basis=Legendre, ridge=0, exempt_constant=exempt)
        np.testing.assert_array_equal(matrix, a)
        np.testing.assert_array_equal(right, y)
    matrix, right = with_penalty(a, y, basis=Legendre, ridge=9)
    np.testing.assert_array_equal(matrix, [[0, 1, 2], [3, 4, 5], [3, 0, 0], [0, 3, 0], [0, 0, 3]])
    np.testing.assert_array_equal(right, [7, 8, 0, 0, 0])
    matrix, right = with_penalty(a, y, basis=Legendre, ridge=9, exempt_constant=True)
    np.testing.assert_array_equal(matrix, [[0, 1, 2], [3, 4, 5], [0, 3, 0], [0, 0, 3]])
    np.testing.assert_array_equal(right, [7, 8, 0, 0])


# ---------------------------------------------------------------- all degrees at once


@settings(law, max_examples=80)
@given(
    regression=regressions,
    domain=intervals(),
    n=st.integers(1, 9),
    max_degree=st.integers(0, 12),
    batch=st.sampled_from([(), (1,), (3,), (2, 2)]),
    x_shared=st.booleans(),
    at_shared=st.booleans(),
    seed=seeds,
)
def test_every_row_of_the_predictions_is_the_fit_of_that_degree_to_that_set(
    *,
    regression: Regression,
    domain: Interval,
    n: int,
    max_degree: int,
    batch: tuple[int, ...],
    x_shared: bool,
    at_shared: bool,
    seed: int,
) -> None:
    x = spread(seed, *(() if x_shared else batch), n, domain=domain)
    at = spread(seed + 1, *(() if at_shared else batch), 4, domain=domain)
    y = normal(seed, *batch, n)
    ours = predictions(x, y, at, max_degree=max_degree, domain=domain, **regression)
    assert ours.shape == (*batch, max_degree + 1, 4)
    for index in np.ndindex(*batch):
        points, where = x if x_shared else x[index], at if at_shared else at[index]
        for degree in range(max_degree + 1):
            series = fit(points, y[index], degree=degree, domain=domain, **regression).series
            assert_same(ours[(*index, degree)], np.asarray(series(where)), 1e-7)


@law
@given(regression=regressions, distinct=st.integers(1, 6), max_degree=st.integers(0, 9), seed=seeds)
def test_that_holds_too_where_points_of_some_sets_stand_above_each_other(
    regression: Regression, distinct: int, max_degree: int, seed: int
) -> None:
    x = np.sort(np.stack([np.resize(spread(seed, distinct), 8), spread(seed, 8)]), axis=-1)
    y, at = normal(seed, 2, 8), np.linspace(-1, 1, 5)
    ours = predictions(x, y, at, max_degree=max_degree, domain=UNIT, **regression)
    for k in range(2):
        for degree in range(max_degree + 1):
            series = fit(x[k], y[k], degree=degree, domain=UNIT, **regression).series
            assert_same(ours[k, degree], np.asarray(series(at)), 1e-7)


@every_basis
@pytest.mark.parametrize("seed", range(3))
def test_that_holds_for_a_thousand_points_above_four_x(basis: Basis, seed: int) -> None:
    """Where rounding adds up: the fifth column of R is up to 50 eps, and yet no coefficient of its own."""
    x = np.resize(np.sort(np.random.default_rng(seed).uniform(-1, 1, 4)), 1000)
    y, at = normal(seed, 1000), np.linspace(-1, 1, 5)
    ours = predictions(x, y, at, max_degree=6, domain=UNIT, basis=basis, ridge=0)
    for degree in range(7):
        series = fit(x, y, degree=degree, domain=UNIT, basis=basis, ridge=0).series
        assert_same(ours[degree], np.asarray(series(at)), 1e-7)


@law
@given(basis=bases, ridge=st.sampled_from([0.0, 0.1]), n=st.integers(1, 8), seed=seeds, k=st.floats(-5, 5))
def test_predictions_are_linear_in_y(basis: Basis, ridge: float, n: int, seed: int, k: float) -> None:
    x, y, z, at = spread(seed, n), normal(seed, n), normal(seed + 1, n), np.linspace(-1, 1, 5)
    one, other, both = predictions(
        x, np.stack([y, z, y + k * z]), at, max_degree=9, domain=UNIT, basis=basis, ridge=ridge
    )
    assert_same(one + k * other, both)


@law
@given(basis=bases, n=st.integers(1, 10), max_degree=st.integers(0, 12), seed=seeds)
def test_the_training_error_falls_with_every_degree_to_zero_at_degree_n_minus_one(
    basis: Basis, n: int, max_degree: int, seed: int
) -> None:
    training = Sample(spread(seed, n), normal(seed, n))
    error = errors_by_degree(training, [], max_degree=max_degree, domain=UNIT, basis=basis, ridge=0)
    assert error.shape == (1, max_degree + 1)
    assert np.all(np.diff(error[0]) <= 1e-9)
    assert np.all(error[0, n - 1 :] < 1e-12)
    assert error[0, 0] == pytest.approx(training.y.var(), abs=1e-12)


@law
@given(regression=regressions, sizes=st.lists(st.integers(1, 7), max_size=3), seed=seeds)
def test_the_errors_are_the_mean_squares_on_the_training_set_and_on_each_set_held_out(
    regression: Regression, sizes: list[int], seed: int
) -> None:
    sets = [Sample(spread(seed + k, n), normal(seed + k, n)) for k, n in enumerate([6, *sizes])]
    ours = errors_by_degree(sets[0], sets[1:], max_degree=5, domain=UNIT, **regression)
    assert ours.shape == (1 + len(sizes), 6)
    for degree in range(6):
        series = fit(*sets[0], degree=degree, domain=UNIT, **regression).series
        for row, (x, y) in zip(ours, sets, strict=True):
            assert row[degree] == pytest.approx(np.mean((series(x) - y) ** 2), rel=1e-6, abs=1e-12)


# ---------------------------------------------------------------- cross-validation


@law
@given(
    regression=regressions,
    n=st.integers(2, 15),
    folds=st.integers(2, 15),
    shuffle=st.booleans(),
    max_degree=st.integers(0, 8),
    seed=seeds,
)
def test_the_folds_are_scikit_learns_and_each_is_predicted_from_the_others(
    *, regression: Regression, n: int, folds: int, shuffle: bool, max_degree: int, seed: int
) -> None:
    x, y, folds = spread(seed, n), normal(seed, n), min(folds, n)
    ours = cross_validate(
        x, y, max_degree=max_degree, folds=folds, seed=seed, domain=UNIT, shuffle=shuffle, **regression
    )
    assert ours.shape == (folds, max_degree + 1)
    splits = KFold(folds, shuffle=shuffle, random_state=seed if shuffle else None).split(x)
    for row, (others, held) in zip(ours, splits, strict=True):
        for degree in range(max_degree + 1):
            series = fit(x[others], y[others], degree=degree, domain=UNIT, **regression).series
            assert row[degree] == pytest.approx(np.mean((series(x[held]) - y[held]) ** 2), rel=1e-6, abs=1e-12)


@law
@given(regression=regressions, n=st.integers(3, 15), degree=st.integers(0, 8), seed=seeds)
def test_leaving_one_out_costs_the_residual_over_one_minus_the_leverage(
    regression: Regression, n: int, degree: int, seed: int
) -> None:
    """Hastie, Tibshirani and Friedman, equation 7.51, which holds with a penalty too."""
    x, y, degree = spread(seed, n), normal(seed, n), min(degree, n - 2)
    a = vandermonde(x, degree, regression["basis"])
    penalty = regression["ridge"] * np.diag(np.arange(degree + 1.0) >= regression.get("exempt_constant", False))
    smoother = a @ np.linalg.solve(a.T @ a + penalty, a.T)
    expected = ((y - smoother @ y) / (1 - np.diag(smoother))) ** 2
    ours = cross_validate(x, y, max_degree=degree, folds=n, seed=seed, domain=UNIT, shuffle=False, **regression)[
        :, degree
    ]
    assert_same(ours, expected, 1e-6)


def test_a_shuffle_has_a_seed_and_is_the_default() -> None:
    def errors(seed: int) -> Floats:
        return cross_validate(*THIRTY, max_degree=3, folds=5, seed=seed, domain=(0.0, 1.0), **ORDINARY)

    unshuffled = cross_validate(*THIRTY, max_degree=3, folds=5, seed=1, domain=(0.0, 1.0), shuffle=False, **ORDINARY)
    np.testing.assert_array_equal(errors(1), errors(1))
    assert not np.allclose(errors(1), errors(2))
    assert not np.allclose(errors(1), unshuffled)


@pytest.mark.parametrize("folds", [-1, 0, 1, 11])
def test_a_number_of_folds_outside_two_to_n_is_refused(folds: int) -> None:
    with pytest.raises(ValueError, match=f"from 2 to the number of points, 10, not {folds}"):
        cross_validate(*BISHOP, max_degree=1, folds=folds, seed=0, domain=UNIT, **ORDINARY)


def test_every_basis_has_its_vandermonde_matrix() -> None:
    assert set(VANDERMONDE) == set(BASES.values())
    assert all(basis.__name__ == name for name, basis in BASES.items() if name != "Powers")
    assert BASES["Powers"] is Polynomial
