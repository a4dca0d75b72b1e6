"""Least squares with polynomials: one fit, all degrees at once, and K-fold cross-validation.

With the design matrix A, A[i, k] = φ_k(x_i), the coefficients c minimize ‖A c − y‖² + λ ‖c‖². Written as the taller
system [A; √λ I] c ≈ [y; 0] it needs no normal equations, which would square the condition number; and the QR factors of
the highest degree contain those of every lower one, so that all degrees cost one factorization.

Reference: T. Hastie, R. Tibshirani and J. Friedman, The Elements of Statistical Learning, 2009, chapters 3 and 7.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, NamedTuple, NotRequired, TypeAlias, TypedDict, Unpack

import numpy as np
from numpy.polynomial import Chebyshev, Legendre, Polynomial
from numpy.polynomial.chebyshev import chebvander
from numpy.polynomial.legendre import legvander
from numpy.polynomial.polynomial import polyvander
from numpy.typing import NDArray
from sklearn.model_selection import KFold

from demos.capacity.targets import Floats, Interval, Sample

Series: TypeAlias = Legendre | Chebyshev | Polynomial
Basis: TypeAlias = type[Legendre] | type[Chebyshev] | type[Polynomial]

BASES: Final[Mapping[str, Basis]] = {"Legendre": Legendre, "Chebyshev": Chebyshev, "Powers": Polynomial}
VANDERMONDE: Final[Mapping[Basis, Callable[..., NDArray[np.floating[Any]]]]] = {
    Legendre: legvander,
    Chebyshev: chebvander,
    Polynomial: polyvander,
}
EPSILON: Final = float(np.finfo(np.float64).eps)


class Regression(TypedDict):
    """What all functions here are told of the least squares, beside the points and the degree."""

    basis: Basis  # whose coefficients these are: one of `BASES`, numpy's own classes
    ridge: float  # λ ≥ 0, the weight of the squared coefficients: scikit-learn's Ridge(alpha=λ)
    exempt_constant: NotRequired[bool]  # whether λ leaves that of φ₀ = 1 alone, as with Ridge(fit_intercept=True)


class Fit(NamedTuple):
    """A fitted polynomial, and how well its equations determine it."""

    series: Series
    condition: float  # largest over smallest singular value of the system that was solved


def fit(x: Floats, y: Floats, *, degree: int, domain: Interval | None = None, **regression: Unpack[Regression]) -> Fit:
    """The polynomial of a degree that minimizes squared error + ridge × squared coefficients, by SVD.

    With ridge = 0 and more coefficients than points it is, of all polynomials through the points, the one with the
    smallest coefficients.

    Args:
        x: where, (n,).
        y: values there, (n,).
        degree: of the polynomial, at least 0.
        domain: the interval that is mapped to [−1, 1], where the basis lives; by default from the lowest x to the
            highest, which must then be another.
        **regression: basis, ridge and exempt_constant, see `Regression`.

    Raises:
        ValueError: an argument is outside what is said above, x and y differ in shape, or something is not finite.
    """
    x, y = np.asarray(x, dtype=float), np.asarray(y, dtype=float)
    if x.ndim != 1 or x.shape != y.shape or not len(x):
        raise ValueError(f"x and y must have the same shape (n,), not {x.shape} and {y.shape}.")
    if not (np.isfinite(x).all() and np.isfinite(y).all()):
        raise ValueError("x and y must be finite.")
    domain = domain or (float(x.min()), float(x.max()))
    matrix = design_matrix(x, degree=degree, basis=regression["basis"], domain=domain)
    coefficients, _, _, singular = np.linalg.lstsq(*with_penalty(matrix, y, **regression), rcond=None)
    return Fit(regression["basis"](coefficients, domain=domain), float(condition(singular)))


def predictions(
    x: Floats, y: Floats, at: Floats, *, max_degree: int, domain: Interval, **regression: Unpack[Regression]
) -> Floats:
    """What the fits of every degree from 0 to `max_degree`, to every set of a batch, predict at the points `at`.

    Row d of a set is `fit(x, y, degree=d, ...).series(at)`, as far as its condition number lets float64 tell.

    Args:
        x: (..., n), or (n,) where all sets share it.
        y: (..., n).
        at: (..., m), or (m,) where all sets share it.
        max_degree: the highest degree, at least 0.
        domain: the interval that is mapped to [−1, 1].
        **regression: basis, ridge and exempt_constant, see `Regression`.

    Returns:
        (..., max_degree + 1, m).
    """
    basis = regression["basis"]
    matrix = design_matrix(x, degree=max_degree, basis=basis, domain=domain)
    there = np.swapaxes(design_matrix(at, degree=max_degree, basis=basis, domain=domain), -1, -2)
    matrix, y = with_penalty(matrix, y, **regression)
    q, r = np.linalg.qr(matrix)
    count = _independent(r, rows=matrix.shape[-2])
    # Row k of the orthonormal basis at the points, times its coefficient: their sum up to d is the fit of degree d.
    orthonormal = np.linalg.solve(np.swapaxes(r[..., :count, :count], -1, -2), there[..., :count, :])
    nested = np.cumsum(_each(y, q[..., :count])[..., None] * orthonormal, axis=-2)
    beyond = [
        (minimum_norm(matrix[..., : d + 1], y)[0][..., None, :] @ there[..., : d + 1, :])
        for d in range(count, max_degree + 1)
    ]
    return np.concatenate([nested, *beyond], axis=-2)


def errors_by_degree(
    training: Sample, held_out: Sequence[Sample], *, max_degree: int, domain: Interval, **regression: Unpack[Regression]
) -> Floats:
    """Mean squared error of the fits of every degree on the training set (row 0) and on each set held out.

    Args:
        training: the points that are fitted.
        held_out: other points, such as a validation and a test set.
        max_degree: the highest degree.
        domain: the interval that is mapped to [−1, 1].
        **regression: basis, ridge and exempt_constant, see `Regression`.

    Returns:
        (1 + len(held_out), max_degree + 1).
    """
    sets = [training, *held_out]
    x, y = (np.concatenate([each[axis] for each in sets]) for axis in (0, 1))
    squared = (predictions(*training, x, max_degree=max_degree, domain=domain, **regression) - y) ** 2
    parts = np.split(squared, np.cumsum([len(each.x) for each in sets])[:-1], axis=-1)
    return np.array([part.mean(axis=-1) for part in parts])


def cross_validate(
    x: Floats,
    y: Floats,
    *,
    max_degree: int,
    folds: int,
    seed: int,
    domain: Interval,
    shuffle: bool = True,
    **regression: Unpack[Regression],
) -> Floats:
    """Mean squared error on each fold of the fits of every degree to the other folds.

    Args:
        x: (n,).
        y: (n,).
        max_degree: the highest degree.
        folds: K, from 2 to n; n leaves one out.
        seed: of the shuffle.
        domain: the interval that is mapped to [−1, 1].
        shuffle: whether the points are shuffled before they are cut into folds. Without it the folds of ascending x are
            intervals, and the fit has to extrapolate into the first and the last.
        **regression: basis, ridge and exempt_constant, see `Regression`.

    Returns:
        (folds, max_degree + 1). The folds are those of scikit-learn's `KFold`.

    Raises:
        ValueError: folds is not from 2 to n.
    """
    if not 2 <= folds <= len(x):
        raise ValueError(f"folds must be from 2 to the number of points, {len(x)}, not {folds}.")
    splits = list(KFold(folds, shuffle=shuffle, random_state=seed if shuffle else None).split(x))
    errors = np.empty((folds, max_degree + 1))
    for size in {len(held) for _, held in splits}:  # folds of one size are one batch
        batch = [k for k, (_, held) in enumerate(splits) if len(held) == size]
        fitted, held = (np.array([splits[k][part] for k in batch]) for part in (0, 1))
        predicted = predictions(x[fitted], y[fitted], x[held], max_degree=max_degree, domain=domain, **regression)
        errors[batch] = ((predicted - y[held][:, None]) ** 2).mean(axis=-1)
    return errors


def design_matrix(x: Floats, *, degree: int, basis: Basis, domain: Interval) -> Floats:
    """A[..., i, k] = φ_k(x_i) for k = 0 … degree, with the domain mapped to [−1, 1].

    Raises:
        ValueError: the degree is negative, or the domain is not an interval.
    """
    low, high = domain
    if degree < 0:
        raise ValueError(f"degree must be at least 0, not {degree}.")
    if not -np.inf < low < high < np.inf:
        raise ValueError(f"domain must be an interval (low, high) with low < high, not {domain}.")
    return np.asarray(VANDERMONDE[basis]((2 * x - low - high) / (high - low), degree), dtype=float)


def with_penalty(matrix: Floats, y: Floats, **regression: Unpack[Regression]) -> tuple[Floats, Floats]:
    """The system A c ≈ y with √λ I under A and zeros under y; without penalty, as it is.

    Raises:
        ValueError: ridge is negative or not finite.
    """
    ridge, size = regression["ridge"], matrix.shape[-1]
    if not 0 <= ridge < np.inf:
        raise ValueError(f"ridge must be at least 0 and finite, not {ridge}.")
    if ridge == 0:
        return matrix, y
    penalty = np.sqrt(ridge) * np.eye(size)[int(regression.get("exempt_constant", False)) :]
    below = np.broadcast_to(penalty, (*matrix.shape[:-2], *penalty.shape))
    zeros = np.zeros((*y.shape[:-1], len(penalty)))
    return np.concatenate([matrix, below], axis=-2), np.concatenate([y, zeros], axis=-1)


def minimum_norm(matrix: Floats, y: Floats) -> tuple[Floats, Floats]:
    """The smallest coefficients (..., p) that solve A c ≈ y best, and the singular values of A.

    Singular values below rounding count as zero, as in numpy's `lstsq`.
    """
    u, singular, vt = np.linalg.svd(matrix, full_matrices=False)
    kept = singular > EPSILON * max(matrix.shape[-2:]) * singular[..., :1]
    inverse = np.divide(1, singular, where=kept, out=np.zeros_like(singular))
    return _each(_each(y, u) * inverse, vt), singular


def condition(singular: NDArray[np.floating[Any]]) -> NDArray[np.floating[Any]]:
    """Largest over smallest singular value in the last axis: by how much a relative error in y may grow."""
    with np.errstate(divide="ignore"):
        return singular[..., 0] / singular[..., -1]


def _each(rows: Floats, matrices: Floats) -> Floats:
    """Every row vector (..., n) times its own matrix (..., n, p), or times the one that all share."""
    return (rows[..., None, :] @ matrices)[..., 0, :]


def _independent(r: Floats, *, rows: int) -> int:
    """How many leading columns are linearly independent in every set, up to rounding, by the factor R of them all."""
    diagonal = np.abs(np.diagonal(r, axis1=-2, axis2=-1))
    kept = diagonal > EPSILON * max(rows, r.shape[-1]) * diagonal.max(axis=-1, keepdims=True)
    return int(np.logical_and.accumulate(kept.reshape(-1, diagonal.shape[-1]).all(axis=0)).sum())
