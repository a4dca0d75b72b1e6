"""Whole families of descents against the same descents one by one, in loops slow enough to be read."""

import math
from typing import Final

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import ArrayLike, NDArray

from demos.optimization.comparisons import DIVERGED, ELSEWHERE, arrivals, basins, learning_rate_sweep, race
from demos.optimization.minima import lattice
from demos.optimization.optimizers import OPTIMIZERS, descend
from demos.optimization.surfaces import SURFACES, Surface, parse, ravine

Floats = NDArray[np.float64]

law = settings(derandomize=True, deadline=None, database=None, max_examples=20)
every = pytest.mark.parametrize("name", OPTIMIZERS)

SGD: Final = OPTIMIZERS["SGD"]
HIMMELBLAU: Final = SURFACES["Himmelblau"]
BOWL: Final = SURFACES["Quadratic bowl"]


# ---------------------------------------------------------------- basins


def by_hand(start: Floats, *, lr: float, steps: int, tolerance: float) -> tuple[int, int]:
    """Label and step count of one descent on Himmelblau, from the definition; the domain is 10 wide and high."""
    x, y = map(float, start)
    path = [(x, y)]
    for _ in range(steps):
        u, v = x * x + y - 11, x + y * y - 7
        x, y = x - lr * (4 * x * u + 2 * v), y - lr * (2 * u + 4 * y * v)
        path.append((x, y))
    if not max(abs(x), abs(y)) <= 15:
        return DIVERGED, -1
    for label, minimum in enumerate(HIMMELBLAU.minima):
        if math.dist(path[-1], minimum) <= tolerance * 10:
            last_outside = max((t for t, p in enumerate(path) if math.dist(p, minimum) > tolerance * 10), default=-1)
            return label, last_outside + 1
    return ELSEWHERE, -1


@pytest.mark.parametrize(
    ("lr", "steps", "labels"),
    [
        (0.002, 200, {0, 1, 2, 3}),
        (0.01, 15, {0, 1, 2, 3, ELSEWHERE}),  # too few steps for some
        (0.018, 25, {0, 1, 3, ELSEWHERE}),  # above 2/133.8, so that no descent can end at (−3.8, −3.3)
        (0.002, 0, {2, ELSEWHERE}),  # one start is within 0.2 of a minimum
    ],
)
def test_every_start_reaches_what_its_own_descent_reaches_after_as_many_steps(
    lr: float, steps: int, labels: set[int]
) -> None:
    result = basins(SGD, HIMMELBLAU, HIMMELBLAU.minima, lr=lr, steps=steps, resolution=14)
    assert result.minimum.shape == result.steps.shape == (14, 14)
    for index in np.ndindex(14, 14):
        expected = by_hand(result.starts[index], lr=lr, steps=steps, tolerance=0.02)
        assert (int(result.minimum[index]), int(result.steps[index])) == expected
    assert set(result.minimum.ravel().tolist()) - {DIVERGED} == labels


def test_the_starts_are_the_lattice_with_the_lowest_row_first() -> None:
    result = basins(SGD, HIMMELBLAU, HIMMELBLAU.minima, lr=0.002, steps=100, resolution=6)
    np.testing.assert_array_equal(result.starts, lattice(HIMMELBLAU.domain, resolution=6))
    corners = result.minimum[[-1, -1, 0, 0], [-1, 0, 0, -1]]
    np.testing.assert_array_equal(corners, [0, 1, 2, 3])  # each quadrant holds one minimum, in the order of `minima`


def test_a_minimum_has_the_number_of_its_place_in_the_list() -> None:
    forward = basins(SGD, HIMMELBLAU, HIMMELBLAU.minima, lr=0.002, steps=100, resolution=8)
    backward = basins(SGD, HIMMELBLAU, HIMMELBLAU.minima[::-1], lr=0.002, steps=100, resolution=8)
    reached = forward.minimum >= 0
    np.testing.assert_array_equal(backward.minimum[reached], 3 - forward.minimum[reached])
    np.testing.assert_array_equal(backward.steps, forward.steps)


def test_a_huge_learning_rate_diverges_from_everywhere() -> None:
    for lr in (0.2, 1e3, 1e200):
        result = basins(SGD, HIMMELBLAU, HIMMELBLAU.minima, lr=lr, steps=60, resolution=8)
        assert np.all(result.minimum == DIVERGED)
        assert np.all(result.steps == -1)


@law
@given(lr=st.integers(2, 95).map(lambda hundredth: hundredth / 100))
def test_on_the_bowl_every_start_arrives_when_the_closed_form_does(lr: float) -> None:
    """x_t = (1 − 2lr)^t x_0 and y_t = (1 − lr)^t y_0 come within 0.02·6 of the origin and stay."""
    result = basins(SGD, BOWL, BOWL.minima, lr=lr, steps=300, resolution=9)
    factors = np.array([1 - 2 * lr, 1 - lr]) ** np.arange(301)[:, None, None, None]
    distances = np.linalg.norm(factors * result.starts, axis=-1)
    assert np.all(result.minimum == 0)
    np.testing.assert_array_equal(result.steps, np.argmax(distances <= 0.12, axis=0))


def test_without_minima_a_path_diverges_where_it_ends_a_domain_away_and_is_elsewhere_otherwise() -> None:
    """On x² − y², y_t = (1 + 2lr)^t y_0; the domain is ±3, so that the path is away beyond ±9."""
    result = basins(SGD, SURFACES["Saddle"], SURFACES["Saddle"].minima, lr=0.1, steps=10, resolution=10)
    expected = np.where(np.abs(result.starts[..., 1]) * 1.2**10 > 9, DIVERGED, ELSEWHERE)
    np.testing.assert_array_equal(result.minimum, expected)
    assert set(expected.ravel().tolist()) == {DIVERGED, ELSEWHERE}
    assert np.all(result.steps == -1)


@pytest.mark.parametrize("name", ["Saddle", "Monkey saddle"])
def test_on_a_saddle_no_start_reaches_a_minimum(name: str) -> None:
    result = basins(OPTIMIZERS["Adam"], SURFACES[name], [], lr=0.1, steps=100, resolution=8)
    assert set(result.minimum.ravel().tolist()) <= {DIVERGED, ELSEWHERE}


@every
def test_the_basins_of_every_optimizer_are_those_of_its_single_descents(name: str) -> None:
    surface = SURFACES["Booth"]
    result = basins(OPTIMIZERS[name], surface, surface.minima, lr=0.08, steps=80, resolution=4)
    for index in np.ndindex(4, 4):
        path = descend(OPTIMIZERS[name], surface.gradient, result.starts[index], lr=0.08, steps=80)
        close = np.linalg.norm(path - [1, 3], axis=-1) <= 0.02 * 20
        assert (result.minimum[index] == 0) == close[-1]
        assert result.steps[index] == (81 - np.argmin([*close[::-1], False]) if close[-1] else -1)


def test_the_tolerance_is_a_share_of_the_shorter_side_of_the_domain() -> None:
    """Here it is half of 2; a path that leaves and comes back counts from where it stays."""
    path = np.array(
        [
            [(0.0, 0.0), (5.0, 0.0), (0.5, 0.0), (0.0, 1.5), (9.0, 9.0)],
            [(0.0, 0.0), (0.9, 0.0), (1.5, 0.0), (0.0, 0.5), (0.0, 0.0)],
            [(0.0, 0.0), (0.0, 0.9), (0.5, 0.5), (0.0, 1.1), (np.nan, 0.0)],
        ]
    )
    result = arrivals(path, [(0.0, 0.0)], domain=((-10.0, 10.0), (-1.0, 1.0)), tolerance=0.5)
    np.testing.assert_array_equal(result.minimum, [0, 0, 0, ELSEWHERE, DIVERGED])
    np.testing.assert_array_equal(result.steps, [0, 1, 2, -1, -1])


@law
@given(seed=st.integers(0, 1000))
def test_the_arrival_is_the_first_step_after_which_a_path_stays(seed: int) -> None:
    path = np.random.default_rng(seed).uniform(-1, 1, (8, 20, 2)) * 0.6
    result = arrivals(path, [(0.0, 0.0)], domain=((-1.0, 1.0), (-1.0, 1.0)), tolerance=0.2)
    for positions, label, steps in zip(path.transpose(1, 0, 2), result.minimum, result.steps, strict=True):
        stays = [t for t in range(8) if all(math.hypot(*position) <= 0.4 for position in positions[t:])]
        assert steps == (stays[0] if stays else -1)
        assert label == (0 if stays else ELSEWHERE)


def test_a_path_diverges_farther_outside_the_domain_than_the_domain_is_wide() -> None:
    ends = [(2.9, 0.0), (3.1, 0.0), (-2.9, 0.0), (-3.1, 0.0), (0.0, 14.0), (0.0, 16.0), (np.inf, 0.0), (0.0, np.nan)]
    result = arrivals(np.array([ends]), [], domain=((-1.0, 1.0), (-5.0, 5.0)))
    outside = [False, True] * 3 + [True, True]
    np.testing.assert_array_equal(result.minimum, np.where(outside, DIVERGED, ELSEWHERE))


# ---------------------------------------------------------------- learning-rate sweep


def loss_alone(name: str, surface: Surface, start: ArrayLike, *, lr: float, steps: int) -> float:
    end = descend(OPTIMIZERS[name], surface.gradient, start, lr=lr, steps=steps)[-1]
    loss = float(surface.value(end))
    return loss if math.isfinite(loss) else math.inf


LRS: Final = np.geomspace(1e-4, 10, 9)


@pytest.mark.parametrize("surface", [ravine(20.0), SURFACES["Booth"], SURFACES["Plateau"]], ids=lambda s: s.formula)
def test_the_sweep_holds_the_final_losses_of_single_descents(surface: Surface) -> None:
    starts = np.array([[1.0, 0.5], [-2.0, 1.5], [0.5, -2.5]])
    sweep = learning_rate_sweep(OPTIMIZERS, surface, starts, lrs=LRS, steps=40)
    assert list(sweep) == list(OPTIMIZERS)
    for name, losses in sweep.items():
        assert losses.shape == (9, 3)
        alone = [[loss_alone(name, surface, start, lr=lr, steps=40) for start in starts] for lr in LRS]
        np.testing.assert_allclose(losses, alone, rtol=1e-6, atol=1e-12)


def test_one_start_gives_one_loss_for_each_rate() -> None:
    sweep = learning_rate_sweep({"mine": SGD}, BOWL, [1.0, 2.0], lrs=[0.0, 0.5, 1.0], steps=2)
    assert set(sweep) == {"mine"}
    np.testing.assert_allclose(sweep["mine"], [3.0, 4 * 0.5**4 / 2, 1.0])  # x: (1 − 2lr)^2 · 1, y: (1 − lr)^2 · 2


def test_without_steps_the_loss_is_that_of_the_start() -> None:
    sweep = learning_rate_sweep(OPTIMIZERS, BOWL, [1.0, 2.0], lrs=LRS, steps=0)
    for losses in sweep.values():
        np.testing.assert_array_equal(losses, np.full(9, 3.0))


def test_a_run_that_overflows_has_an_infinite_loss() -> None:
    sweep = learning_rate_sweep(OPTIMIZERS, SURFACES["Rosenbrock"], [-1.2, 1.0], lrs=[1e-4, 1.0], steps=60)
    for name in ("SGD", "Momentum", "Nesterov"):
        assert sweep[name][0] < 24.2
        assert sweep[name][1] == np.inf
    assert not any(np.isnan(losses).any() for losses in sweep.values())


def test_a_run_that_ends_where_the_surface_is_undefined_has_an_infinite_loss() -> None:
    sweep = learning_rate_sweep({"SGD": SGD}, parse("log(x) + y**2"), [0.5, 0.0], lrs=[0.01, 1.0], steps=1)
    np.testing.assert_allclose(sweep["SGD"], [math.log(0.48), math.inf])  # 0.5 − 2·lr


def test_a_run_that_falls_for_ever_has_an_infinite_loss_and_not_the_lowest() -> None:
    sweep = learning_rate_sweep({"SGD": SGD}, SURFACES["Saddle"], [0.0, 1.0], lrs=[0.1, 1e100], steps=10)
    np.testing.assert_allclose(sweep["SGD"], [-(1.2**20), math.inf])


@law
@given(condition=st.integers(5, 100), below=st.floats(0.2, 0.98), above=st.floats(1.02, 3.0))
def test_on_the_ravine_sgd_converges_below_two_over_the_condition_and_grows_beyond_it(
    condition: int, below: float, above: float
) -> None:
    surface = ravine(condition)
    lrs = np.array([below, above]) * 2 / condition
    slow, fast = learning_rate_sweep({"SGD": SGD}, surface, surface.start, lrs=lrs, steps=2000)["SGD"]
    assert slow < 0.01 * surface.value(surface.start)
    assert fast > surface.value(surface.start)


# ---------------------------------------------------------------- race

STARTS: Final = np.random.default_rng(0).uniform(-2, 2, (10, 2))  # five to tune on and five to score
RATES: Final = np.geomspace(1e-3, 3, 8)


@pytest.mark.parametrize("surface", [ravine(20.0), SURFACES["Booth"]], ids=lambda s: s.formula)
def test_the_rate_is_the_best_of_one_half_and_the_quartiles_are_those_of_the_other(surface: Surface) -> None:
    results = race(OPTIMIZERS, surface, STARTS, lrs=RATES, steps=30)
    assert list(results) == list(OPTIMIZERS)
    for name, (lr, loss) in results.items():
        medians = [
            sorted(loss_alone(name, surface, start, lr=rate, steps=30) for start in STARTS[::2])[2] for rate in RATES
        ]
        assert lr == RATES[medians.index(min(medians))]
        scores = sorted(loss_alone(name, surface, start, lr=lr, steps=30) for start in STARTS[1::2])
        np.testing.assert_allclose(loss, scores[1:4], rtol=1e-6, atol=1e-12)


@every
def test_the_score_depends_on_the_tuning_half_through_the_rate_alone(name: str) -> None:
    other = STARTS.copy()
    other[::2] *= 0.1
    before, after = (race({name: OPTIMIZERS[name]}, BOWL, s, lrs=[0.05], steps=20)[name] for s in (STARTS, other))
    np.testing.assert_array_equal(before.loss, after.loss)


@every
def test_the_rate_does_not_depend_on_the_starts_that_are_scored(name: str) -> None:
    other = STARTS.copy()
    other[1::2] *= 100
    before, after = (race({name: OPTIMIZERS[name]}, BOWL, s, lrs=RATES, steps=20)[name] for s in (STARTS, other))
    assert before.lr == after.lr
    assert np.any(before.loss != after.loss)


def test_the_quartiles_ascend_and_the_rate_is_one_of_those_offered() -> None:
    for lr, loss in race(OPTIMIZERS, SURFACES["Beale"], STARTS, lrs=RATES, steps=30).values():
        assert lr in RATES
        assert loss.shape == (3,)
        assert loss[0] <= loss[1] <= loss[2]


def test_a_rate_at_which_every_run_overflows_is_never_chosen_but_may_be_all_there_is() -> None:
    chosen = race({"SGD": SGD}, SURFACES["Rosenbrock"], STARTS, lrs=[1e3, 1e-4, 1e4], steps=30)["SGD"]
    assert chosen.lr == 1e-4
    assert np.isfinite(chosen.loss).all()
    hopeless = race({"SGD": SGD}, SURFACES["Rosenbrock"], STARTS, lrs=[1e3, 1e4], steps=30)["SGD"]
    np.testing.assert_array_equal(hopeless.loss, [np.inf] * 3)


def test_a_few_overflowing_runs_leave_the_other_quartiles_finite() -> None:
    """Half of the squared norm at lr = 3 grows by 4 a step in f: the far starts overflow, the near ones do not."""
    starts = np.repeat([[1e-100, 0.0], [1e152, 0.0]], [6, 4], axis=0)[[0, 1, 2, 3, 4, 5, 6, 7, 8, 9]]
    loss = race({"SGD": SGD}, parse("(x**2 + y**2)/2"), starts, lrs=[3.0], steps=10)["SGD"].loss
    assert np.isfinite(loss[:2]).all()
    assert loss[2] == np.inf


@pytest.mark.parametrize("starts", [np.zeros((1, 2)), np.zeros((0, 2)), np.zeros(2), np.zeros((2, 2, 2))], ids=np.shape)
def test_a_race_needs_two_starts(starts: Floats) -> None:
    with pytest.raises(ValueError, match=r"starts must have shape \(s, 2\) with s at least 2, got \("):
        race(OPTIMIZERS, BOWL, starts, lrs=RATES, steps=5)


def test_two_starts_are_enough() -> None:
    result = race({"SGD": SGD}, BOWL, [[1.0, 0.0], [0.0, 2.0]], lrs=[0.1, 0.5], steps=1)["SGD"]
    assert result.lr == 0.5  # which takes x to 0 at once
    np.testing.assert_allclose(result.loss, [0.5] * 3)  # y = 1
