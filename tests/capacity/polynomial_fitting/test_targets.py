"""The targets against their formulas, the samples against the distributions they claim, the classics against print."""

import re
from itertools import pairwise
from typing import Final

import numpy as np
import pytest
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from sympy.parsing.sympy_parser import convert_xor, implicit_multiplication, parse_expr, standard_transformations

from demos.capacity.targets import (
    CLASSICS,
    DESIGNS,
    TARGETS,
    Design,
    Floats,
    Target,
    at_random,
    evenly_spaced,
    sample,
    samples,
)

law = settings(derandomize=True, deadline=None, database=None, max_examples=30)
every_target = pytest.mark.parametrize("target", TARGETS.values(), ids=list(TARGETS))
every_design = pytest.mark.parametrize("design", DESIGNS.values(), ids=list(DESIGNS))
every_classic = pytest.mark.parametrize("name", CLASSICS)

targets = st.sampled_from(list(TARGETS.values()))
designs = st.sampled_from(list(DESIGNS.values()))


# ---------------------------------------------------------------- targets


@pytest.mark.parametrize(
    ("name", "x", "y"),
    [
        ("Sine", [0, 1 / 12, 1 / 4, 1 / 2, 3 / 4, 1], [0, 1 / 2, 1, 0, -1, 0]),  # Bishop 2006, section 1.1
        ("Cosine", [0, 2 / 9, 1 / 3, 2 / 3, 1], [1, 1 / 2, 0, -1, 0]),  # scikit-learn's example
        ("Cubic", [0, 1, -2, 2], [5, 163 / 30, -175 / 15, 121 / 15]),  # Zhang et al., Dive into Deep Learning
        ("Runge", [0, 0.2, -0.4, 1, -1], [1, 1 / 2, 1 / 5, 1 / 26, 1 / 26]),  # Runge 1901
        ("Step", [-1, -1e-9, 0, 1e-9, 1], [-1, -1, 0, 1, 1]),
        ("Line", [-1, 0, 0.3, 1], [-1, 0, 0.3, 1]),
    ],
)
def test_a_target_has_the_values_of_its_formula(name: str, x: list[float], y: list[float]) -> None:
    np.testing.assert_allclose(TARGETS[name].value(np.array(x, dtype=float)), y, rtol=0, atol=1e-12)


def read(latex: str) -> sympy.Expr:
    text = re.sub(r"\\operatorname\{sign\} (\w)", r"sign(\1)", latex)
    text = re.sub(r"\\t?frac\{([^{}]*)\}\{([^{}]*)\}", r"((\1)/(\2))", text)
    text = re.sub(r"\\(sin|cos) (.*)", r"\1(\2)", text).replace(r"\pi ", "*pi*").replace(r"\pi", "*pi")
    return parse_expr(text, transformations=(*standard_transformations, convert_xor, implicit_multiplication))


@every_target
def test_the_formula_shown_is_the_function_computed(target: Target) -> None:
    x = np.linspace(*target.domain, 42)
    shown = sympy.lambdify(sympy.Symbol("x"), read(target.latex), "numpy")(x)
    np.testing.assert_allclose(target.value(x), shown, rtol=0, atol=1e-12)


@every_target
def test_a_target_is_elementwise_and_leaves_its_argument_alone(target: Target) -> None:
    x = np.linspace(*target.domain, 6).reshape(2, 3)
    before = x.copy()
    y = target.value(x)
    assert y.shape == (2, 3)
    for index in np.ndindex(2, 3):
        assert y[index] == pytest.approx(float(target.value(x[index])), abs=1e-15)
    y += 1
    np.testing.assert_array_equal(x, before)


# ---------------------------------------------------------------- samples


@law
@given(
    target=targets,
    design=designs,
    n=st.integers(1, 9),
    sets=st.integers(1, 4),
    noise=st.floats(0, 5),
    seed=st.integers(0),
)
def test_samples_have_ascending_x_in_the_domain_and_a_seed(
    *, target: Target, design: Design, n: int, sets: int, noise: float, seed: int
) -> None:
    x, y = samples(target, n=n, noise=noise, seed=seed, design=design, sets=sets)
    again = samples(target, n=n, noise=noise, seed=seed, design=design, sets=sets)
    assert x.shape == ((n,) if design is evenly_spaced else (sets, n))
    assert y.shape == (sets, n)
    assert np.all(np.diff(x, axis=-1) >= 0)
    assert np.all((target.domain[0] <= x) & (x <= target.domain[1]))
    np.testing.assert_array_equal(again.x, x)
    np.testing.assert_array_equal(again.y, y)


@law
@given(target=targets, design=designs, n=st.integers(1, 9), sets=st.integers(1, 4), seed=st.integers(0))
def test_without_noise_the_points_lie_on_the_target(
    target: Target, design: Design, n: int, sets: int, seed: int
) -> None:
    x, y = samples(target, n=n, noise=0, seed=seed, design=design, sets=sets)
    np.testing.assert_array_equal(y, np.broadcast_to(target.value(x), (sets, n)))


@every_design
def test_another_seed_and_another_set_are_other_points(design: Design) -> None:
    y = np.concatenate(
        [samples(TARGETS["Line"], n=5, noise=0.1, seed=seed, design=design, sets=3).y for seed in range(4)]
    )
    assert len(np.unique(y)) == y.size


@law
@given(target=targets, design=designs, n=st.integers(1, 9), seed=st.integers(0))
def test_one_sample_is_a_batch_of_one(target: Target, design: Design, n: int, seed: int) -> None:
    x, y = sample(target, n=n, noise=0.5, seed=seed, design=design)
    batch = samples(target, n=n, noise=0.5, seed=seed, design=design, sets=1)
    assert x.shape == y.shape == (n,)
    np.testing.assert_array_equal(x, batch.x.ravel())
    np.testing.assert_array_equal(y, batch.y.ravel())


@every_design
@pytest.mark.parametrize("noise", [0.1, 3.0])
def test_the_noise_is_normal_with_its_standard_deviation(design: Design, noise: float) -> None:
    target = TARGETS["Runge"]
    x, y = samples(target, n=20, noise=noise, seed=1, design=design, sets=300)
    errors = (y - target.value(x)) / noise
    assert stats.kstest(errors.ravel(), "norm").pvalue > 0.01
    assert 0.005 < stats.chi2(errors.size).cdf((errors**2).sum()) < 0.995  # σ to about 2 %
    assert abs(np.corrcoef(errors[:-1].ravel(), errors[1:].ravel())[0, 1]) < 0.05  # from set to set


def test_x_at_random_are_uniform_in_the_domain_and_independent_from_set_to_set() -> None:
    x = at_random((-2.0, 3.0), (300, 20), np.random.default_rng(1))
    assert stats.kstest((x.ravel() + 2) / 5, "uniform").pvalue > 0.01
    assert len(np.unique(x)) == x.size
    # the smallest of 20 is 1 - (1 - u)^20 distributed: only if it is sought among those of its own set
    assert stats.kstest((x[:, 0] + 2) / 5, stats.beta(1, 20).cdf).pvalue > 0.01


@law
@given(low=st.floats(-10, 10), width=st.floats(0.1, 10), n=st.integers(2, 20), sets=st.integers(1, 3))
def test_evenly_spaced_x_reach_from_end_to_end_in_equal_steps(low: float, width: float, n: int, sets: int) -> None:
    x = evenly_spaced((low, low + width), (sets, n), np.random.default_rng(0))
    assert x.shape == (n,)
    assert (x[0], x[-1]) == (low, low + width)
    np.testing.assert_allclose(np.diff(x), width / (n - 1), rtol=0, atol=1e-12)


@every_design
def test_one_point_is_enough(design: Design) -> None:
    x, y = sample(TARGETS["Line"], n=1, noise=0, seed=0, design=design)
    np.testing.assert_array_equal(x, y)
    assert -1 <= x[0] <= 1


@pytest.mark.parametrize(("n", "sets"), [(0, 1), (1, 0), (-3, 2), (2, -3)])
def test_fewer_than_one_point_or_set_are_refused(n: int, sets: int) -> None:
    with pytest.raises(ValueError, match=f"n and sets must be at least 1, not {n} and {sets}"):
        samples(TARGETS["Line"], n=n, noise=0.1, seed=0, design=at_random, sets=sets)


@pytest.mark.parametrize("noise", [-0.1, np.inf, np.nan])
def test_noise_without_a_standard_deviation_is_refused(noise: float) -> None:
    with pytest.raises(ValueError, match="noise must be a standard deviation of at least 0"):
        samples(TARGETS["Line"], n=3, noise=noise, seed=0, design=at_random, sets=1)
    with pytest.raises(ValueError, match="noise must be a standard deviation of at least 0"):
        sample(TARGETS["Line"], n=3, noise=noise, seed=0, design=at_random)


# ---------------------------------------------------------------- classics


@every_classic
def test_a_classic_comes_from_a_target_and_a_design_that_exist(name: str) -> None:
    (x, y), truth = CLASSICS[name]
    target = TARGETS[truth.target]
    assert x.shape == y.shape
    assert x.ndim == 1
    assert all(left < right for left, right in pairwise(x))
    assert target.domain[0] <= x[0] < x[-1] <= target.domain[1]
    even = np.allclose(x, np.linspace(*target.domain, len(x)), rtol=0, atol=1e-15)
    assert even == (DESIGNS[truth.design] is evenly_spaced)
    assert stats.kstest(x, "uniform", args=(target.domain[0], np.ptp(target.domain))).pvalue > 0.01


@every_classic
def test_the_noise_of_a_classic_is_as_large_as_it_says(name: str) -> None:
    (x, y), truth = CLASSICS[name]
    chi2 = (((y - TARGETS[truth.target].value(x)) / truth.noise) ** 2).sum()
    assert 0.01 < stats.chi2(len(x)).cdf(chi2) < 0.99


def test_bishops_points_are_ten_and_scikit_learns_thirty() -> None:
    assert [len(classic.sample.x) for classic in CLASSICS.values()] == [10, 30]
    np.testing.assert_allclose(CLASSICS["Bishop's ten points"].sample.x, np.arange(10) / 9, rtol=0, atol=1e-15)


NUMPYS_SEED_0: Final = [0.5488135, 0.71518937, 0.60276338, 0.54488318, 0.4236548, 0.64589411]  # of its rand()


def test_scikit_learns_x_are_those_of_numpys_seed_0() -> None:
    x: Floats = CLASSICS["scikit-learn's thirty points"].sample.x
    assert np.abs(x[:, None] - NUMPYS_SEED_0).min(axis=0).max() < 1e-8
