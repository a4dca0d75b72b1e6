"""Points that a reader brings: put in order, and a quarter of them held out."""

import math

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from demos.capacity.own_points import ascending, held_out, subsets

law = settings(derandomize=True, deadline=None, database=None, max_examples=100)
numbers = st.floats(-1e9, 1e9)


@law
@given(points=st.lists(st.tuples(numbers, numbers), min_size=4, max_size=60), seed=st.integers(0, 10_000))
def test_a_quarter_is_held_out_and_nothing_is_lost(points: list[tuple[float, float]], seed: int) -> None:
    x, y = (np.array(each) for each in zip(*points, strict=True))
    training, validation = held_out(ascending(x, y), seed=seed)
    assert len(validation.x) == len(points) // 4
    assert sorted(pair for part in (training, validation) for pair in zip(*part, strict=True)) == sorted(points)
    for part in (training, validation):
        assert np.all(np.diff(part.x) >= 0)


def test_points_of_one_x_keep_their_order() -> None:
    assert ascending(np.array([1.0, 0.0, 1.0, 0.0]), np.arange(4.0)).y.tolist() == [1, 3, 0, 2]


def test_which_points_are_held_out_is_left_to_the_seed() -> None:
    points = ascending(np.arange(20.0), np.zeros(20))
    held = [tuple(held_out(points, seed=seed)[1].x) for seed in range(200)]
    assert held == [tuple(held_out(points, seed=seed)[1].x) for seed in range(200)]
    counts = np.bincount(np.array(held, dtype=int).ravel(), minlength=20)
    assert len(set(held)) > 190
    assert np.all(np.abs(counts - 50) < 4 * math.sqrt(200 / 4 * 3 / 4))  # each point a quarter of the time


def test_subsets_have_each_point_at_most_once_and_others_with_another_seed() -> None:
    points = ascending(np.arange(20.0), np.arange(20.0) ** 2)
    x, y = subsets(points, size=7, sets=300, seed=1)
    assert x.shape == y.shape == (300, 7)
    assert np.all(np.diff(x) > 0)
    np.testing.assert_array_equal(y, x**2)
    assert np.all(np.abs(np.bincount(x.astype(int).ravel(), minlength=20) - 105) < 5 * math.sqrt(105 * 13 / 20))
    assert not np.array_equal(subsets(points, size=7, sets=300, seed=2).x, x)
