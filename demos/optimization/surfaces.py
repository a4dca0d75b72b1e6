r"""Surfaces $f(x, y)$ with exact derivatives, and what kind of point a point is.

Everything an optimizer does near a point is decided there by the gradient and by the eigenvalues of the Hessian:
gradient descent contracts along an eigenvector by $|1 - \eta\lambda|$ a step, so it is stable exactly while
$\eta < 2/\lambda_{\max}$.

References: J. Nocedal and S. J. Wright, *Numerical Optimization*, 2nd ed., Springer 2006; M. Jamil and X.-S. Yang,
"A literature survey of benchmark functions for global optimization problems", arXiv:1308.4008, 2013.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Final, NamedTuple

import numpy as np
import sympy
from numpy.typing import ArrayLike, NDArray

from demos.formula import NUMERIC, denominators, kinks, read, symbols

Floats = NDArray[np.float64]
Point = tuple[float, float]
Domain = tuple[tuple[float, float], tuple[float, float]]

X, Y = symbols(("x", "y"))
MAX_OPERATIONS: Final = 1_000  # in the gradient; the built-in surfaces have fewer than 60
EXACT_INTEGERS: Final = 2**53  # up to here a float holds every integer


@dataclass(frozen=True)
class Surface:
    """A function of two variables, evaluated over arrays of points, with its exact first and second derivatives.

    Where f or a derivative is not defined the result is NaN, and where it overflows it is infinite: no warnings.
    """

    formula: str
    domain: Domain = ((-3.0, 3.0), (-3.0, 3.0))
    start: Point = (-2.0, 1.5)
    minima: tuple[Point, ...] = ()  # the global ones, as the literature gives them
    expression: sympy.Expr = field(default=sympy.Integer(0), repr=False, compare=False)
    partials: tuple[sympy.Expr, sympy.Expr] = field(default=(sympy.Integer(0),) * 2, repr=False, compare=False)
    remarks: tuple[str, ...] = field(default=(), repr=False, compare=False)  # sentences on how the formula was read

    def value(self, points: ArrayLike) -> Floats:
        """Values of f at points of shape (..., 2); shape (...)."""
        return _evaluate(self._value, points)[..., 0]

    def gradient(self, points: ArrayLike) -> Floats:
        """∇f at points of shape (..., 2); shape (..., 2)."""
        return self._where_defined(points, _evaluate(self._gradient, points))

    def hessian(self, points: ArrayLike) -> Floats:
        """The matrix of second derivatives at points of shape (..., 2); shape (..., 2, 2). On a kink there is none."""
        second = _evaluate(self._hessian, points)
        second[(_evaluate(self._kinks, points) == 0).any(axis=-1)] = np.nan
        return self._where_defined(points, second.reshape((*second.shape[:-1], 2, 2)))

    @cached_property
    def latex(self) -> str:
        """The formula as LaTeX."""
        return str(sympy.latex(self.expression))

    @cached_property
    def gradient_latex(self) -> str:
        """∇f as a LaTeX column."""
        return str(sympy.latex(sympy.Matrix(self.partials)))

    @cached_property
    def hessian_latex(self) -> str:
        """H as a LaTeX matrix."""
        return str(sympy.latex(sympy.Matrix(2, 2, self._second_partials)))

    def _where_defined(self, points: ArrayLike, derivative: Floats) -> Floats:
        """The derivative, or NaN where f is: 1/x exists left of zero, log(x) does not."""
        if not self._total:
            derivative[np.isnan(self.value(points))] = np.nan
        return derivative

    @cached_property
    def _total(self) -> bool:
        """Whether f is defined everywhere."""
        roots = [power for power in self.expression.atoms(sympy.Pow) if not power.exp.is_integer]
        partial = (sympy.log, sympy.asin, sympy.acos, sympy.acosh, sympy.atanh)
        return not self.expression.atoms(*partial) and all(power.base.is_nonnegative for power in roots)

    @cached_property
    def _second_partials(self) -> list[sympy.Expr]:
        by_x, by_y = self.partials
        mixed = _derivative(by_x, Y)
        return [_derivative(by_x, X), mixed, mixed, _derivative(by_y, Y)]

    @cached_property
    def _value(self) -> Callable[..., Sequence[ArrayLike]]:
        return _compiled([self.expression])

    @cached_property
    def _gradient(self) -> Callable[..., Sequence[ArrayLike]]:
        return _compiled(self.partials)

    @cached_property
    def _kinks(self) -> Callable[..., Sequence[ArrayLike]]:
        return _compiled(kinks(self.expression))

    @cached_property
    def _hessian(self) -> Callable[..., Sequence[ArrayLike]]:
        return _compiled(self._second_partials)


def _derivative(expression: sympy.Expr, variable: sympy.Symbol) -> sympy.Expr:
    """The derivative, with the point masses that a second derivative of |x| would hold left out."""
    return sympy.diff(expression, variable).replace(sympy.DiracDelta, lambda *_: sympy.Integer(0))


def _compiled(expressions: Sequence[sympy.Expr]) -> Callable[..., Sequence[ArrayLike]]:
    in_range = [  # NumPy takes no integer beyond 64 bits
        each.xreplace({n: sympy.Float(n) for n in each.atoms(sympy.Rational) if max(abs(n.p), n.q) > EXACT_INTEGERS})
        for each in expressions
    ]
    modules = [dict(NUMERIC), "numpy"]
    compiled: Callable[..., Sequence[ArrayLike]] = sympy.lambdify([X, Y], in_range, modules, cse=True)
    return compiled


def _evaluate(function: Callable[..., Sequence[ArrayLike]], points: ArrayLike) -> Floats:
    points = np.asarray(points, dtype=float)
    if points.ndim == 0 or points.shape[-1] != 2:
        raise ValueError(f"points must have shape (..., 2), got {points.shape}")
    with np.errstate(all="ignore"):
        parts = function(points[..., 0], points[..., 1])
    result = np.empty((*points.shape[:-1], len(parts)))
    for index, part in enumerate(parts):
        result[..., index] = part  # a constant derivative is a number and broadcasts
    return result


def parse(
    expression: str, *, domain: Domain = Surface.domain, start: Point = Surface.start, minima: tuple[Point, ...] = ()
) -> Surface:
    """The surface that a formula in two variables writes, as `demos.formula` reads it.

    The text is never run as code and the work is bounded.

    Raises:
        ValueError: naming the offending part of the text.
    """
    f, remarks = read(expression)
    partials = _derivative(f, X), _derivative(f, Y)
    if sum(sympy.count_ops(partial) for partial in partials) > MAX_OPERATIONS:
        raise ValueError(f"The derivatives of “{expression[:40]}” are too long to show. Try a shorter formula.")
    if any(partial.has(sympy.I) for partial in partials):
        raise ValueError(f"“{expression[:40]}” is not a real number.")
    surface = Surface(expression, domain, start, minima, f, partials, remarks)
    _check_domain(surface)
    return surface


def _check_domain(surface: Surface) -> None:
    (left, right), (bottom, top) = surface.domain
    points = np.stack(np.meshgrid(np.linspace(left, right, 101), np.linspace(bottom, top, 101)), axis=-1)
    f = surface.value(points)
    if np.isnan(f).all():
        raise ValueError(f"“{surface.formula[:40]}” is not defined anywhere in the frame.")
    if not np.isfinite(f).any():
        raise ValueError(f"“{surface.formula[:40]}” overflows everywhere in the frame.")
    for divisor in denominators(surface.expression):
        value = _evaluate(_compiled([divisor]), points)[..., 0]
        if np.nanmin(value) <= 0 <= np.nanmax(value):
            x, y = points.reshape(-1, 2)[np.nanargmin(np.abs(value))]
            raise ValueError(f"“{surface.formula[:40]}” divides by zero inside the frame, near ({x:.3g}, {y:.3g}).")


def framed(expression: str, *, extent: float) -> Surface:
    """The surface that a formula spells, from −extent to extent, with a start where it is defined."""
    surface = parse(expression, domain=((-extent, extent), (-extent, extent)))
    x, y = np.meshgrid(*[np.linspace(-extent, extent, 20)] * 2)
    places = np.stack([x, y], axis=-1).reshape(-1, 2)
    places = places[np.isfinite(surface.value(places))]
    if not len(places):
        raise ValueError(f"“{expression}” is defined on too little of the frame to be shown.")
    x0, y0 = places[np.argmin(np.linalg.norm(places - np.array([-0.6, 0.5]) * extent, axis=1))]
    return replace(surface, start=(float(x0), float(y0)))


def ravine(condition: float) -> Surface:
    """A quadratic valley along x whose Hessian has the eigenvalues 1 and `condition`."""
    if not 1 <= condition <= 1e6:
        raise ValueError(f"condition must lie between 1 and 1e6, got {condition}")
    return parse(f"(x**2 + {float(condition)!r}*y**2) / 2", start=(-2.5, 1.0), minima=((0.0, 0.0),))


SURFACES: Final[dict[str, Surface]] = {
    "Quadratic bowl": parse("x**2 + y**2 / 2", start=(-2.5, 2.0), minima=((0.0, 0.0),)),
    "Ravine": ravine(20.0),
    "Rosenbrock": parse(
        "(1 - x)**2 + 100*(y - x**2)**2", domain=((-2.0, 2.0), (-1.0, 3.0)), start=(-1.2, 1.0), minima=((1.0, 1.0),)
    ),
    "Beale": parse(
        "(1.5 - x + x*y)**2 + (2.25 - x + x*y**2)**2 + (2.625 - x + x*y**3)**2",
        domain=((-4.5, 4.5), (-4.5, 4.5)),
        start=(1.0, 1.5),
        minima=((3.0, 0.5),),
    ),
    "Himmelblau": parse(
        "(x**2 + y - 11)**2 + (x + y**2 - 7)**2",
        domain=((-5.0, 5.0), (-5.0, 5.0)),
        start=(0.0, -1.0),
        minima=(
            (3.0, 2.0),
            (-2.805118086952745, 3.131312518250573),
            (-3.779310253377747, -3.283185991286170),
            (3.584428340330492, -1.848126526964404),
        ),
    ),
    "Booth": parse(
        "(x + 2*y - 7)**2 + (2*x + y - 5)**2",
        domain=((-10.0, 10.0), (-10.0, 10.0)),
        start=(-8.0, 6.0),
        minima=((1.0, 3.0),),
    ),
    "Saddle": parse("x**2 - y**2", start=(-2.5, 0.0)),
    "Monkey saddle": parse("x**3 - 3*x*y**2", domain=((-2.0, 2.0), (-2.0, 2.0)), start=(1.5, 0.1)),
    "Rastrigin": parse(
        "20 + x**2 + y**2 - 10*cos(2*pi*x) - 10*cos(2*pi*y)",
        domain=((-5.12, 5.12), (-5.12, 5.12)),
        start=(-3.3, 2.3),
        minima=((0.0, 0.0),),
    ),
    "Ackley": parse(
        "20 + e - 20*exp(-0.2*sqrt((x**2 + y**2) / 2)) - exp((cos(2*pi*x) + cos(2*pi*y)) / 2)",
        domain=((-5.0, 5.0), (-5.0, 5.0)),
        start=(-3.3, 2.4),
        minima=((0.0, 0.0),),
    ),
    "Six-hump camel": parse(
        "(4 - 2.1*x**2 + x**4 / 3)*x**2 + x*y + (4*y**2 - 4)*y**2",
        domain=((-2.0, 2.0), (-1.5, 1.5)),
        start=(-1.8, 1.2),
        minima=((0.0898420131003180, -0.7126564030207396), (-0.0898420131003180, 0.7126564030207396)),
    ),
    "Plateau": parse(
        "1 - exp(-(x**2 + y**2) / 2)", domain=((-5.0, 5.0), (-5.0, 5.0)), start=(-3.5, 2.5), minima=((0.0, 0.0),)
    ),
}
FAMILIES: Final[dict[str, Callable[[float], Surface]]] = {"Ravine": ravine}  # those with an adjustable condition


class CriticalPoint(NamedTuple):
    """What the first and second derivatives say about a point."""

    gradient_norm: float
    eigenvalues: Floats  # (2,), ascending, of the Hessian
    kind: str  # minimum, maximum, saddle, degenerate, not critical, undefined


def critical_point(surface: Surface, point: ArrayLike, *, tolerance: float = 1e-6) -> CriticalPoint:
    """The gradient norm and Hessian eigenvalues at `point`, and the kind of critical point they make it.

    The point counts as critical where the gradient norm is at most `tolerance`, and as degenerate where an
    eigenvalue is zero within `tolerance` of the largest (or both vanish). Where a derivative does not exist the kind
    is "undefined".
    """
    point = np.asarray(point, dtype=float)
    if point.shape != (2,):
        raise ValueError(f"point must have shape (2,), got {point.shape}")
    norm = float(np.linalg.norm(surface.gradient(point)))
    hessian = surface.hessian(point)
    if not (np.isfinite(norm) and np.isfinite(hessian).all()):
        return CriticalPoint(norm, np.full(2, np.nan), "undefined")
    eigenvalues = np.asarray(np.linalg.eigvalsh(hessian), dtype=np.float64)
    return CriticalPoint(norm, eigenvalues, "not critical" if norm > tolerance else _kind(eigenvalues, tolerance))


def _kind(eigenvalues: Floats, tolerance: float) -> str:
    low, high = eigenvalues
    if min(abs(low), abs(high)) < tolerance * max(abs(low), abs(high), 1.0):
        return "degenerate"
    return "minimum" if low > 0 else "maximum" if high < 0 else "saddle"
