"""The surfaces against the literature and torch's autograd, and the kinds of critical points against closed forms."""

import math
from collections.abc import Callable
from typing import Any, Final

import numpy as np
import pytest
import torch
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from demos.optimization.surfaces import FAMILIES, SURFACES, Surface, critical_point, parse, ravine

law = settings(derandomize=True, deadline=None, database=None, max_examples=30)

NOT_DIFFERENTIABLE: Final = {"Ackley": "a cone: exp(-sqrt(x² + y²)) has no gradient at the origin"}
MINIMAL_VALUES: Final = {"Six-hump camel": -1.0316284535}  # Jamil and Yang 2013; 0 for all others
LITERATURE: Final = [  # other points whose values are printed in the literature, or computed by hand from its formulas
    ("Rosenbrock", (-1.2, 1.0), 24.2),  # Rosenbrock 1960, the usual start
    ("Rosenbrock", (0.0, 0.0), 1.0),
    ("Beale", (0.0, 0.0), 14.203125),  # 1.5² + 2.25² + 2.625²
    ("Beale", (1.0, 1.0), 14.203125),
    ("Himmelblau", (0.0, 0.0), 170.0),  # 11² + 7²
    ("Himmelblau", (-0.270844590667, -0.923038522293), 181.616521525826),  # Himmelblau 1972, its local maximum
    ("Booth", (0.0, 0.0), 74.0),  # 7² + 5²
    ("Saddle", (3.0, 2.0), 5.0),
    ("Monkey saddle", (2.0, 1.0), 2.0),  # 8 − 3·2
    ("Rastrigin", (0.5, 0.5), 40.5),  # 20 + ½ + 2·10
    ("Rastrigin", (1.0, -2.0), 5.0),
    ("Ackley", (1.0, 1.0), 20 - 20 * math.exp(-0.2)),  # both cosines are 1, so that e cancels
    ("Six-hump camel", (1.703607, -0.796084), -0.21546382),  # Dixon and Szegö 1978: the other four minima
    ("Six-hump camel", (1.607105, 0.568651), 2.10425031),
    ("Quadratic bowl", (2.0, 4.0), 12.0),
    ("Ravine", (2.0, 1.0), 12.0),
    ("Plateau", (1.0, 1.0), 1 - math.exp(-1)),
]

everywhere = pytest.mark.parametrize("name", SURFACES)
unit = st.floats(0, 1)


def inside(surface: Surface, u: float, v: float) -> NDArray[np.float64]:
    """The point of the domain at the share u of its width and v of its height."""
    low, high = np.array(surface.domain).T
    point: NDArray[np.float64] = low + (high - low) * [u, v]
    return point


def scattered(surface: Surface, *shape: int) -> NDArray[np.float64]:
    """Points all over the domain: (*shape, 2)."""
    (left, right), (bottom, top) = surface.domain
    return np.random.default_rng(0).uniform([left, bottom], [right, top], (*shape, 2))


def of_torch(name: str) -> Callable[[torch.Tensor], torch.Tensor]:
    """The same formula, read by Python itself and differentiated by torch."""
    namespace: dict[str, Any] = {"pi": math.pi, "e": math.e, "exp": torch.exp, "cos": torch.cos, "sqrt": torch.sqrt}
    return lambda p: eval(SURFACES[name].formula, namespace | {"x": p[0], "y": p[1]})  # noqa: S307 — our own text


@everywhere
@law
@given(u=unit, v=unit)
def test_value_gradient_and_hessian_are_those_of_torch(name: str, u: float, v: float) -> None:
    surface = SURFACES[name]
    point = inside(surface, u, v)
    assume(name not in NOT_DIFFERENTIABLE or np.linalg.norm(point) > 1e-2)
    p, f = torch.tensor(point, requires_grad=True), of_torch(name)
    (gradient,) = torch.autograd.grad(f(p), p)
    hessian = torch.autograd.functional.hessian(f, p)  # type: ignore[no-untyped-call]  # torch leaves it untyped
    assert isinstance(hessian, torch.Tensor)
    scale = 1e-10 * max(1.0, float(hessian.abs().max()))  # cancellation between terms of the formula
    np.testing.assert_allclose(surface.value(point), f(p).item(), rtol=1e-10, atol=scale)
    np.testing.assert_allclose(surface.gradient(point), gradient, rtol=1e-10, atol=scale)
    np.testing.assert_allclose(surface.hessian(point), hessian, rtol=1e-10, atol=scale)


@everywhere
@law
@given(u=unit, v=unit)
def test_the_hessian_is_symmetric(name: str, u: float, v: float) -> None:
    hessian = SURFACES[name].hessian(inside(SURFACES[name], u, v))
    np.testing.assert_array_equal(hessian, hessian.T)


@everywhere
def test_an_array_of_points_has_the_values_of_its_points(name: str) -> None:
    surface = SURFACES[name]
    points = scattered(surface, 3, 4)
    for function, shape in ((surface.value, ()), (surface.gradient, (2,)), (surface.hessian, (2, 2))):
        together = function(points)
        assert together.shape == (3, 4, *shape)
        one_by_one = np.array([[function(point) for point in row] for row in points])
        np.testing.assert_allclose(together, one_by_one, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("points", [1.0, [1.0], [1.0, 2.0, 3.0], np.zeros((2, 3))], ids=np.shape)
def test_points_of_another_shape_are_refused(points: object) -> None:
    for function in (SURFACES["Booth"].value, SURFACES["Booth"].gradient, SURFACES["Booth"].hessian):
        with pytest.raises(ValueError, match=r"points must have shape \(\.\.\., 2\), got \("):
            function(points)  # type: ignore[arg-type]  # what mypy would catch is what a page could pass


def test_the_result_is_nan_where_f_is_undefined_and_infinite_where_it_overflows() -> None:
    log, power = parse("log(x) + sqrt(y)"), parse("exp(x**2)")
    assert np.isnan(log.value([-1.0, 1.0]))
    assert np.isnan(log.value([1.0, -1.0]))
    assert np.isnan(log.gradient([1.0, -1.0])[1])
    assert log.value([0.0, 1.0]) == -np.inf
    assert power.value([100.0, 0.0]) == np.inf
    assert power.gradient([-100.0, 0.0])[0] == -np.inf
    assert np.isnan(SURFACES["Booth"].value([np.nan, 0.0]))


def test_the_derivatives_are_nan_where_f_is_though_their_formulas_have_a_value() -> None:
    log = parse("log(x) + y")  # 1/x is a number at x = −1, but the derivative of nothing
    assert np.isnan(log.gradient([-1.0, 0.0])[0])
    assert np.isnan(log.hessian([-1.0, 0.0])[0, 0])


@pytest.mark.parametrize(("name", "point", "value"), LITERATURE)
def test_the_surface_has_the_value_that_the_literature_gives(
    name: str, point: tuple[float, float], value: float
) -> None:
    assert SURFACES[name].value(point) == pytest.approx(value, rel=1e-7)


@everywhere
def test_the_start_and_the_minima_lie_inside_the_domain(name: str) -> None:
    surface = SURFACES[name]
    low, high = np.array(surface.domain).T
    for point in (surface.start, *surface.minima):
        assert np.all((low < point) & (point < high))


@everywhere
def test_the_start_is_not_yet_the_answer(name: str) -> None:
    surface = SURFACES[name]
    assert critical_point(surface, surface.start).kind == "not critical"


@pytest.mark.parametrize("name", [name for name, surface in SURFACES.items() if surface.minima])
def test_the_known_minima_are_the_lowest_points_and_have_the_values_of_the_literature(name: str) -> None:
    surface = SURFACES[name]
    values = surface.value(surface.minima)
    np.testing.assert_allclose(values, MINIMAL_VALUES.get(name, 0.0), rtol=0, atol=5e-11)
    assert surface.value(scattered(surface, 20_000)).min() > values.max()


@pytest.mark.parametrize("name", [name for name, surface in SURFACES.items() if surface.minima])
def test_the_known_minima_are_critical_points_with_positive_eigenvalues(name: str) -> None:
    for point in SURFACES[name].minima:
        norm, eigenvalues, kind = critical_point(SURFACES[name], point)
        if name in NOT_DIFFERENTIABLE:
            assert kind == "undefined"
            continue
        assert kind == "minimum"
        assert norm < 1e-10
        assert np.all(eigenvalues > 0)


def test_exceptions_to_differentiability_are_surfaces() -> None:
    assert set(NOT_DIFFERENTIABLE) | set(MINIMAL_VALUES) | {name for name, *_ in LITERATURE} <= set(SURFACES)
    assert set(FAMILIES) <= set(SURFACES)


# ---------------------------------------------------------------- the ravine


@settings(law, max_examples=60)
@given(condition=st.floats(1, 1e6))
def test_the_eigenvalues_of_a_ravine_are_one_and_its_condition(condition: float) -> None:
    surface = ravine(condition)
    for point in (surface.start, (0.0, 0.0)):
        eigenvalues = np.linalg.eigvalsh(surface.hessian(point))
        np.testing.assert_allclose(eigenvalues, [1, condition], rtol=1e-12)


@pytest.mark.parametrize("condition", [1.0, 20.0, 1e3, 1e6])
def test_the_origin_of_every_ravine_is_a_minimum(condition: float) -> None:
    assert critical_point(ravine(condition), (0.0, 0.0)).kind == "minimum"


def test_the_flat_direction_of_a_ravine_is_x() -> None:
    np.testing.assert_array_equal(ravine(8.0).hessian([1.0, 2.0]), [[1, 0], [0, 8]])


@pytest.mark.parametrize("condition", [0.99, 0.0, -3.0, 1.1e6, math.inf, math.nan])
def test_a_condition_outside_its_range_is_refused(condition: float) -> None:
    with pytest.raises(ValueError, match=f"condition must lie between 1 and 1e6, got {condition}"):
        ravine(condition)


# ---------------------------------------------------------------- critical points


@settings(law, max_examples=100)
@given(
    a=st.integers(-5, 5),
    b=st.integers(-5, 5),
    c=st.integers(-5, 5),
    p=st.sampled_from([0.0, 0.5, -2.0]),
    q=st.sampled_from([0.0, -1.25, 3.0]),
)
def test_the_critical_point_of_a_quadratic_is_what_its_discriminant_says(
    a: int, b: int, c: int, p: float, q: float
) -> None:
    x, y = f"(x - ({p}))", f"(y - ({q}))"
    norm, eigenvalues, kind = critical_point(parse(f"({a})*{x}**2 + ({b})*{x}*{y} + ({c})*{y}**2"), (p, q))
    root = math.hypot(a - c, b)
    np.testing.assert_allclose(eigenvalues, [a + c - root, a + c + root], rtol=0, atol=1e-12)
    assert norm == pytest.approx(0, abs=1e-12)
    discriminant = 4 * a * c - b * b
    if discriminant == 0:
        assert kind == "degenerate"
    elif discriminant < 0:
        assert kind == "saddle"
    else:
        assert kind == ("minimum" if a > 0 else "maximum")


@pytest.mark.parametrize(
    ("surface", "point", "kind"),
    [
        (SURFACES["Saddle"], (0.0, 0.0), "saddle"),
        (SURFACES["Monkey saddle"], (0.0, 0.0), "degenerate"),
        (SURFACES["Himmelblau"], (-0.2708445906671, -0.9230385564706), "maximum"),
        (SURFACES["Himmelblau"], (-0.1279613467307, -1.9537149802445), "saddle"),
        (SURFACES["Six-hump camel"], (0.0, 0.0), "saddle"),  # H = [[8, 1], [1, −8]]
        (SURFACES["Beale"], (0.0, 1.0), "saddle"),
        (SURFACES["Rastrigin"], (0.0, 0.0), "minimum"),
        (SURFACES["Ackley"], (0.0, 0.0), "undefined"),
        (SURFACES["Booth"], (0.0, 0.0), "not critical"),
        (parse("log(x) + y"), (-1.0, 0.0), "undefined"),
        (parse("sqrt(abs(x)) + y**2"), (0.0, 0.0), "undefined"),  # a cusp
        (parse("exp(x)"), (1000.0, 0.0), "undefined"),  # f overflows
        (parse("x**2"), (0.0, 1.0), "degenerate"),  # a valley floor
        (parse("x**4 + y**4"), (0.0, 0.0), "degenerate"),  # a minimum that H cannot see
        (parse("7"), (0.0, 0.0), "degenerate"),
        (parse("1e6*x**2 + 1e6*y**2"), (0.0, 0.0), "minimum"),
    ],
)
def test_a_point_is_of_the_kind_that_it_is_known_to_be(surface: Surface, point: tuple[float, float], kind: str) -> None:
    assert critical_point(surface, point, tolerance=1e-5).kind == kind


def test_the_norm_is_that_of_the_gradient_and_decides_against_the_tolerance() -> None:
    bowl = parse("x**2 + y**2")
    near = (0.003, 0.004)  # |∇f| = 2·0.005
    assert critical_point(bowl, near).gradient_norm == pytest.approx(0.01)
    assert critical_point(bowl, near).kind == "not critical"
    assert critical_point(bowl, near, tolerance=0.0099).kind == "not critical"
    assert critical_point(bowl, near, tolerance=0.0101).kind == "minimum"


def test_the_eigenvalues_of_an_undefined_point_are_nan() -> None:
    np.testing.assert_array_equal(critical_point(SURFACES["Ackley"], (0.0, 0.0)).eigenvalues, [np.nan, np.nan])


@pytest.mark.parametrize("point", [(1.0,), (1.0, 2.0, 3.0), [(1.0, 2.0)]], ids=np.shape)
def test_a_point_of_another_shape_is_refused(point: object) -> None:
    with pytest.raises(ValueError, match=r"point must have shape \(2,\), got \("):
        critical_point(SURFACES["Booth"], point)  # type: ignore[arg-type]  # as above
