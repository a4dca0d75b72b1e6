"""The minima that a search finds against those of the literature, of algebra and of the definition."""

import functools
import math
from typing import Final

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from demos.optimization.minima import lattice, local_minima
from demos.optimization.surfaces import SURFACES, Floats, parse

law = settings(derandomize=True, deadline=None, database=None, max_examples=40)

COUNTS: Final = {  # of local minima inside the domain
    "Quadratic bowl": 1,
    "Ravine": 1,
    "Rosenbrock": 1,
    "Beale": 1,
    "Himmelblau": 4,
    "Booth": 1,
    "Saddle": 0,
    "Monkey saddle": 0,
    "Rastrigin": 121,  # one near every pair of whole numbers up to 5
    "Ackley": 121,  # likewise
    "Six-hump camel": 6,
    "Plateau": 1,
}

everywhere = pytest.mark.parametrize("name", SURFACES)


@functools.cache
def found_on(name: str) -> Floats:
    return local_minima(SURFACES[name])


def hundredths(number: int) -> float:
    return number / 100


def test_a_lattice_holds_the_centres_of_equal_cells_with_the_lowest_row_first() -> None:
    points = lattice(((0.0, 4.0), (-1.0, 1.0)), resolution=2)
    np.testing.assert_array_equal(points, [[(1, -0.5), (3, -0.5)], [(1, 0.5), (3, 0.5)]])


@law
@given(left=st.floats(-10, 10), width=st.floats(0.1, 10), resolution=st.integers(1, 12))
def test_a_lattice_has_its_mean_at_the_centre_and_its_edge_half_a_cell_inside(
    left: float, width: float, resolution: int
) -> None:
    points = lattice(((left, left + width), (0.0, 1.0)), resolution=resolution)
    assert points.shape == (resolution, resolution, 2)
    np.testing.assert_allclose(points.mean(axis=(0, 1)), [left + width / 2, 0.5], atol=1e-12)
    np.testing.assert_allclose(points.min(axis=(0, 1)), [left + width / resolution / 2, 0.5 / resolution], atol=1e-12)


@everywhere
def test_the_known_minima_are_found_to_six_digits(name: str) -> None:
    for known in SURFACES[name].minima:
        assert np.linalg.norm(found_on(name) - known, axis=-1).min() < 1e-6


@everywhere
def test_as_many_minima_are_found_as_there_are(name: str) -> None:
    if name in COUNTS:
        assert len(found_on(name)) == COUNTS[name]
    assert found_on(name).shape == (len(found_on(name)), 2)


@everywhere
def test_every_minimum_found_is_lower_than_a_small_circle_around_it(name: str) -> None:
    surface = SURFACES[name]
    angles = np.linspace(0, 2 * np.pi, 361)
    for radius in (1e-2, 1e-3):
        circles = found_on(name)[:, None] + radius * np.stack([np.cos(angles), np.sin(angles)], axis=-1)
        assert np.all(surface.value(circles) > surface.value(found_on(name))[:, None])


@everywhere
def test_the_gradient_vanishes_at_every_minimum_found(name: str) -> None:
    norms = np.linalg.norm(SURFACES[name].gradient(found_on(name)), axis=-1)
    if name == "Ackley":  # has no gradient at the origin, the lowest
        norms = norms[1:]
    assert np.all(norms < 1e-5)


@everywhere
def test_the_minima_are_distinct_inside_the_domain_and_lowest_first(name: str) -> None:
    found, surface = found_on(name), SURFACES[name]
    low, high = np.array(surface.domain).T
    assert np.all((low <= found) & (found <= high))
    assert np.all(np.diff(surface.value(found)) >= 0)
    distances = np.linalg.norm(found[:, None] - found, axis=-1) + 10 * np.eye(len(found))
    assert np.all(distances > 0.1)


def test_the_minima_of_rastrigin_are_the_pairs_of_those_along_one_axis() -> None:
    """A sum over the axes has products for minima: 11 roots of 2x + 20π sin 2πx, each near an integer."""
    roots = np.arange(-5.0, 6.0)
    for _ in range(20):  # Newton
        roots -= (2 * roots + 20 * np.pi * np.sin(2 * np.pi * roots)) / (2 + 40 * np.pi**2 * np.cos(2 * np.pi * roots))
    pairs = np.stack(np.meshgrid(roots, roots), axis=-1).reshape(-1, 1, 2)
    assert np.linalg.norm(pairs - found_on("Rastrigin"), axis=-1).min(axis=1).max() < 1e-6


def test_the_six_humps_have_the_values_of_the_literature() -> None:
    """Dixon and Szegö 1978: three pairs."""
    values = SURFACES["Six-hump camel"].value(found_on("Six-hump camel"))
    np.testing.assert_allclose(values, np.repeat([-1.0316284535, -0.2154638244, 2.1042503103], 2), atol=1e-9)


@law
@given(
    p=st.integers(-299, 299).map(hundredths),
    q=st.integers(-299, 299).map(hundredths),
    stretch=st.integers(10, 1000).map(hundredths),
    skew=st.integers(-90, 90).map(hundredths),
)
def test_a_convex_quadratic_has_one_minimum_wherever_it_lies_in_the_domain(
    p: float, q: float, stretch: float, skew: float
) -> None:
    x, y = f"(x - ({p}))", f"({stretch}*(y - ({q})))"
    found = local_minima(parse(f"{x}**2 + 2*({skew})*{x}*{y} + {y}**2"))
    np.testing.assert_allclose(found, [(p, q)], rtol=0, atol=1e-6)


@pytest.mark.parametrize(
    ("text", "minima"),
    [
        ("x*log(x) + y**2", [(1 / math.e, 0)]),
        ("x*log(25*x) + y**2", [(0.04 / math.e, 0)]),  # beside a lattice point where it is undefined
        ("x**2 + y**2 - log(x + 2)", [((math.sqrt(6) - 2) / 2, 0)]),
        ("x**4 - 2*x**2 + y**2", [(-1, 0), (1, 0)]),
        ("sqrt(1 + x**2 + 4*y**2)", [(0, 0)]),
        ("-exp(-x**2 - y**2)", [(0, 0)]),
    ],
)
def test_minima_known_from_calculus_are_found_though_f_be_undefined_elsewhere(
    text: str, minima: list[tuple[float, float]]
) -> None:
    found = local_minima(parse(text))
    np.testing.assert_allclose(found[np.argsort(found[:, 0])], minima, rtol=0, atol=1e-6)


def test_beside_a_pole_only_the_minimum_is_found() -> None:
    found = local_minima(parse("1/x + x + (y - 1)**2", domain=((1e-3, 3.0), (-3.0, 3.0))))
    np.testing.assert_allclose(found, [(1, 1)], rtol=0, atol=1e-6)


@pytest.mark.parametrize(
    "text",
    [
        "x**2 - y**2",
        "x*y",
        "x**3 - 3*x*y**2",
        "-x**2 - y**2",
        "cos(x) - y**2",
        "x + y",
        "7",
        "x**3 + y**2",
        "exp(x) + y**2",
        "(x - 5)**2 + y**2",  # outside the domain
        "x**2 + (y + 3.01)**2",
        "-1/((x - 0.01)**2 + y**2)",  # a pole that no lattice hits
    ],
)
def test_where_there_is_no_minimum_none_is_found(text: str) -> None:
    assert local_minima(parse(text)).shape == (0, 2)


@pytest.mark.parametrize(
    "text",
    [
        "x**2",
        "y**2",
        "(x - 1)**2",
        "(x - y)**2",
        "(x + 2*y)**2",
        "x**2*y**2",
        "cos(x)",
        "abs(y)",
        "(x**2 + y**2 - 1)**2",
    ],
)
def test_the_floor_of_a_valley_is_no_strict_minimum(text: str) -> None:
    assert local_minima(parse(text)).shape == (0, 2)


@pytest.mark.parametrize(
    "text", ["log(x)", "sqrt(x) + sqrt(y)", "log(x**2 + y**2)", "asin(x) + acos(y)", "exp(exp(x**2))", "cosh(900*x)"]
)
def test_a_surface_that_is_undefined_or_infinite_somewhere_is_searched_without_a_warning(text: str) -> None:
    assert local_minima(parse(text)).shape[1] == 2


def test_a_coarse_lattice_finds_a_lone_minimum_to_full_precision() -> None:
    found = local_minima(SURFACES["Rosenbrock"], resolution=8)
    np.testing.assert_allclose(found, [(1, 1)], rtol=0, atol=1e-6)
