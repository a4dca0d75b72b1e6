"""Contours: exact for planes, near the circle for a paraboloid, and everywhere at the level."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pages.data.class_imbalance.contours import NARROW, contours

law = settings(derandomize=True, deadline=None, database=None, max_examples=40)
N = 32
CENTRES = (np.arange(N) + 0.5) / N
ACROSS, UP = np.meshgrid(CENTRES, CENTRES)


@law
@given(angle=st.floats(0, 2 * np.pi), steep=st.floats(0.1, 50), level=st.floats(-0.4, 0.4))
def test_the_contour_of_a_plane_is_its_line_from_edge_to_edge(angle: float, steep: float, level: float) -> None:
    normal = steep * np.array([np.cos(angle), np.sin(angle)])
    field = normal[0] * (ACROSS - 0.5) + normal[1] * (UP - 0.5)
    (lines,) = contours(field, np.array([steep * level]))
    (line,) = lines
    assert len(line) == 2
    np.testing.assert_allclose((line - 0.5) @ normal, steep * level, atol=1e-9 * steep)
    np.testing.assert_allclose(np.abs(line - 0.5).max(axis=1), 0.5)  # both ends are on the edge of the square
    assert np.linalg.norm(line[1] - line[0]) > 0.1


@pytest.mark.parametrize("radius", [0.1, 0.25, 0.4])
def test_the_contour_of_a_cone_is_one_closed_circle(radius: float) -> None:
    ((line,),) = contours(np.hypot(ACROSS - 0.5, UP - 0.5), np.array([radius]))
    np.testing.assert_array_equal(line[0], line[-1])
    assert 8 < len(line) < 60
    middles = (line[1:] + line[:-1]) / 2
    away = np.hypot(*(np.concatenate([line, middles]) - 0.5).T)
    np.testing.assert_allclose(away, radius, atol=3 * NARROW)
    assert np.hypot(*np.diff(line, axis=0).T).sum() == pytest.approx(2 * np.pi * radius, rel=0.01)


def test_open_and_closed_lines_are_all_found_and_saddles_are_not_crossed() -> None:
    """cos(2πx) cos(2πy) is 0 on four lines; above it four corners, four half edges and the middle are apart."""
    field = np.cos(2 * np.pi * ACROSS) * np.cos(2 * np.pi * UP)
    above, below = contours(field, np.array([0.5, -0.5]))
    assert sum(bool(np.allclose(line[0], line[-1])) for line in above) == 1
    assert len(above) == 5
    assert len(below) == 4
    for lines, level in ((above, 0.5), (below, -0.5)):
        for line in lines:
            np.testing.assert_allclose(np.cos(2 * np.pi * line).prod(axis=1), level, atol=0.1)


@pytest.mark.parametrize(("high", "sums"), [(1.0, [1.0, 1.0]), (0.1, [0.398, 1.602])])
def test_a_saddle_joins_the_side_on_which_its_middle_is(high: float, sums: list[float]) -> None:
    """Two cells of `high` in the diagonal, the others as far below 0 as 1.1 − high: the middle is above or below.

    With a middle above, the lines cut off the two corners with x + y = 1; else those at (0, 0) and (1, 1). At the
    edge y = 0 the field is 0.1 + 1.1 / 2 and −1 − 1.1 / 2, so that the line ends at x = 0.25 + 0.5 · 0.65 / 2.2.
    """
    low = high - 1.1
    (lines,) = contours(np.array([[high, low], [low, high]]), np.array([0.0]))
    assert sorted(float(line[[0, -1]].sum()) / 2 for line in lines) == pytest.approx(sums, abs=0.01)


@law
@given(seed=st.integers(0, 10_000), level=st.floats(-1, 1))
def test_each_point_of_a_line_is_near_a_change_of_sides(seed: int, level: float) -> None:
    field = np.random.default_rng(seed).normal(size=(6, 6))
    (lines,) = contours(field, np.array([level]))
    for line in lines:
        assert np.all((line >= 0) & (line <= 1))
        closed = np.array_equal(line[0], line[-1])
        assert closed or all(np.isclose(np.abs(end - 0.5).max(), 0.5) for end in (line[0], line[-1]))


def test_a_level_that_is_not_reached_has_no_line() -> None:
    assert contours(ACROSS, np.array([2.0])) == [[]]
    assert contours(np.zeros((N, N)), np.array([0.5])) == [[]]
    assert contours(np.hypot(ACROSS, UP), np.array([-1.0])) == [[]]
