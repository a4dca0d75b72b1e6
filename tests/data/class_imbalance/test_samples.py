"""Samples: counts to the row, overlap against Bayes' error, label noise by its swaps, and a split without a leak."""

import math
from typing import Final

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy import stats
from sklearn.datasets import load_breast_cancer
from sklearn.model_selection import StratifiedShuffleSplit, cross_val_score
from sklearn.neighbors import KNeighborsClassifier

from demos.data.samples import LEAST, MAX_RATIO, MOST_ROWS, SHAPES, TEST_SHARE, Floats, Sample, make_data, split

law = settings(derandomize=True, deadline=None, database=None, max_examples=40)

MADE: Final = ("two Gaussians", "moons", "circles", "checkerboard")
every_made_shape = pytest.mark.parametrize("shape", MADE)
shapes = st.sampled_from(MADE)


def made(
    shape: str = "two Gaussians",
    *,
    rows: int = 400,
    ratio: float = 3,
    overlap: float = 0.5,
    label_noise: float = 0,
    seed: int = 0,
) -> Sample:
    return make_data(shape=shape, rows=rows, ratio=ratio, overlap=overlap, label_noise=label_noise, seed=seed)


def numbered(majority: int, minority: int, *, seed: int = 0) -> Sample:
    """Rows that are told apart by their only feature."""
    y = np.random.default_rng(seed).permutation(np.repeat([0, 1], [majority, minority]))
    return Sample(np.arange(len(y), dtype=float)[:, None], y)


def assert_same(ours: Sample, theirs: Sample) -> None:
    np.testing.assert_array_equal(ours.x, theirs.x)
    np.testing.assert_array_equal(ours.y, theirs.y)


def row_keys(x: Floats) -> list[bytes]:
    return [row.tobytes() for row in np.ascontiguousarray(x)]


# ---------------------------------------------------------------- how many


def test_the_shapes_are_those_of_the_specification() -> None:
    assert set(SHAPES) == {*MADE, "pure noise", "breast cancer"}
    assert (MAX_RATIO, MOST_ROWS, TEST_SHARE, LEAST) == (500, 20_000, 0.3, 2)


@every_made_shape
@pytest.mark.parametrize(
    ("rows", "ratio", "counts"),
    [
        (10, 1, (5, 5)),
        (10, 4, (8, 2)),
        (1000, 1, (500, 500)),
        (1000, 9, (900, 100)),
        (1000, 99, (990, 10)),
        (1002, 500, (1000, 2)),
        (2000, 499, (1996, 4)),
        (100, 2.5, (71, 29)),  # 100 / 3.5 = 28.57…
        (20_000, 500, (19_960, 40)),  # 20,000 / 501 = 39.92…
    ],
)
def test_the_ratio_is_exact(shape: str, rows: int, ratio: float, counts: tuple[int, int]) -> None:
    sample = made(shape, rows=rows, ratio=ratio)
    assert sample.counts == counts
    assert sample.x.shape == (rows, 2)
    assert sample.x.dtype == np.float64
    assert np.isfinite(sample.x).all()
    assert np.bincount(sample.y).tolist() == list(counts)


@law
@given(shape=shapes, rows=st.integers(10, 1500), ratio=st.floats(1, 500), noise=st.floats(0, 1))
def test_no_other_count_is_nearer_to_the_ratio(shape: str, rows: int, ratio: float, noise: float) -> None:
    assume(rows / (1 + ratio) > 2)
    majority, minority = made(shape, rows=rows, ratio=ratio, label_noise=noise).counts
    assert majority + minority == rows
    assert abs(minority - rows / (1 + ratio)) <= 0.5 + 1e-9


@pytest.mark.parametrize("rows", [11, 1999])
def test_the_minority_is_never_the_larger_class(rows: int) -> None:
    majority, minority = made(rows=rows, ratio=1).counts
    assert majority >= minority


def test_counts_are_of_the_majority_and_of_the_minority() -> None:
    assert Sample(np.zeros((5, 1)), np.array([0, 1, 0, 0, 1])).counts == (3, 2)


# ---------------------------------------------------------------- where


@pytest.mark.parametrize("overlap", [0, 0.25, 0.5, 1])
def test_gaussians_have_the_bayes_error_of_their_distance(overlap: float) -> None:
    """Centres 4 (1 − overlap) apart with variance 1: the middle errs on Φ(−2 (1 − overlap)) of either class."""
    sample = made(rows=20_000, ratio=1, overlap=overlap)
    error = stats.norm.cdf(-2 * (1 - overlap))
    for kind, side in ((0, -1), (1, 1)):
        x = sample.x[sample.y == kind]
        wrong = np.mean(side * x[:, 0] < 0)
        assert abs(wrong - error) < 4 * math.sqrt(error * (1 - error) / len(x))
        np.testing.assert_allclose(x.mean(axis=0), [side * 2 * (1 - overlap), 0], atol=4 / math.sqrt(len(x)))
        np.testing.assert_allclose(np.cov(x.T), np.eye(2), atol=5 * math.sqrt(2 / len(x)))


def test_gaussians_that_overlap_wholly_are_one_distribution() -> None:
    sample = made(rows=4000, ratio=3, overlap=1)
    for column in sample.x.T:
        assert stats.ks_2samp(column[sample.y == 0], column[sample.y == 1]).pvalue > 1e-3


@every_made_shape
def test_more_overlap_is_harder(shape: str) -> None:
    """Nearest neighbours tell the classes apart without overlap, and err more and more with it."""
    error = []
    for overlap in (0, 0.5, 1):
        sample = made(shape, rows=1200, ratio=1, overlap=overlap)
        error.append(1 - cross_val_score(KNeighborsClassifier(15), *sample, cv=3, scoring="roc_auc").mean())
    assert error[0] < 0.01
    assert error[1] > 2 * error[0]
    assert error[2] > max(0.1, 2 * error[1])


def test_moons_without_overlap_are_two_half_circles() -> None:
    """Of radius 2, since all is doubled: the minority's is turned over and its centre is (2, 1)."""
    sample = made("moons", rows=4000, ratio=3, overlap=0)
    for kind, centre, side in ((0, (0, 0), 1), (1, (2, 1), -1)):
        away = sample.x[sample.y == kind] - centre
        radius = np.hypot(*away.T)
        assert abs(radius.mean() - 2) < 0.02
        assert radius.std() == pytest.approx(2 * 0.05, rel=0.1)
        assert (side * away[:, 1] > -0.5).all()


def test_the_minority_is_the_inner_circle() -> None:
    sample = made("circles", rows=4000, ratio=3, overlap=0)
    for kind, radius in ((0, 2.5), (1, 1.0)):
        assert np.hypot(*sample.x[sample.y == kind].T).mean() == pytest.approx(radius, abs=0.02)


def test_the_classes_of_a_checkerboard_have_squares_of_their_own() -> None:
    sample = made("checkerboard", rows=4000, ratio=3, overlap=0)
    square = np.floor(sample.x + 2).astype(int)
    assert set(square.ravel()) == {0, 1, 2, 3}
    np.testing.assert_array_equal(square.sum(axis=1) % 2, 1 - sample.y)
    for kind in (0, 1):
        assert len(np.unique(square[sample.y == kind], axis=0)) == 8
    minority = sample.y == 1
    inside = sample.x + 2 - square - 0.5
    np.testing.assert_allclose(inside[minority].std(axis=0), 0.1, rtol=0.1)  # clusters in the middle
    np.testing.assert_allclose(inside[~minority].std(axis=0), 12**-0.5, rtol=0.05)  # all over the square


# ---------------------------------------------------------------- label noise


@law
@given(
    shape=st.sampled_from(list(SHAPES)),
    rows=st.integers(20, 600),
    ratio=st.floats(1.5, 8),
    noise=st.floats(0, 1),
    seed=st.integers(0, 1000),
)
def test_noise_swaps_as_many_labels_as_it_says(shape: str, rows: int, ratio: float, noise: float, seed: int) -> None:
    clean = made(shape, rows=rows, ratio=ratio, seed=seed)
    noisy = made(shape, rows=rows, ratio=ratio, label_noise=noise, seed=seed)
    np.testing.assert_array_equal(noisy.x, clean.x)
    assert noisy.counts == clean.counts
    swapped = round(noise * clean.counts[1])
    assert np.sum((clean.y == 1) & (noisy.y == 0)) == swapped
    assert np.sum((clean.y == 0) & (noisy.y == 1)) == swapped


def test_which_labels_are_swapped_is_left_to_chance() -> None:
    """Each row of the minority in a quarter of the cases, each of the majority in a twelfth."""
    cases = [(made(rows=40, seed=seed), made(rows=40, label_noise=0.25, seed=seed)) for seed in range(300)]
    for kind, share in ((1, 1 / 4), (0, 1 / 12)):
        places = np.array(
            [(clean.y != noisy.y)[clean.y == kind][np.argsort(clean.x[clean.y == kind, 0])] for clean, noisy in cases]
        )
        np.testing.assert_allclose(places.mean(axis=0), share, atol=4.5 * math.sqrt(share * (1 - share) / 300))


# ---------------------------------------------------------------- breast cancer


@pytest.mark.parametrize("ratio", [1, 5, 20, 100])
def test_breast_cancer_is_scikit_learns(ratio: float) -> None:
    """Each row once, malignant ones as the minority, and as many as there are at that ratio."""
    data = load_breast_cancer()
    known = {key: int(target == 0) for key, target in zip(row_keys(data.data), data.target, strict=True)}
    assert len(known) == 569
    sample = made("breast cancer", rows=20_000, ratio=ratio)
    keys = row_keys(sample.x)
    assert len(set(keys)) == len(keys)
    assert [known[key] for key in keys] == sample.y.tolist()
    majority, minority = sample.counts
    assert majority == 357 or minority == 212  # one of the classes is all there
    assert abs(majority - ratio * minority) <= (1 + ratio) / 2


def test_breast_cancer_can_be_thinned_to_fewer_rows_than_there_are() -> None:
    assert made("breast cancer", rows=100, ratio=9).counts == (90, 10)
    one, other = (made("breast cancer", rows=100, ratio=9, seed=seed) for seed in (0, 1))
    assert set(row_keys(one.x)) != set(row_keys(other.x))
    assert_same(
        made("breast cancer", rows=100, overlap=0), made("breast cancer", rows=100, overlap=1)
    )  # it has its own


@pytest.mark.parametrize("ratio", [250, 500])
def test_a_ratio_that_breast_cancer_has_too_few_rows_for_is_refused(ratio: float) -> None:
    with pytest.raises(ValueError, match="minority rows"):
        made("breast cancer", rows=2000, ratio=ratio)


# ---------------------------------------------------------------- seeds


@pytest.mark.parametrize("shape", SHAPES)
def test_the_same_seed_gives_the_same_data_and_another_one_other_data(shape: str) -> None:
    before = np.random.get_state()[1].copy()  # type: ignore[index]  # noqa: NPY002 - the global one must stay
    one, again, other = (made(shape, rows=60, label_noise=0.2, seed=seed) for seed in (3, 3, 4))
    assert_same(one, again)
    assert not np.array_equal(one.x, other.x)
    parts, repeated, otherwise = (split(one, seed=seed) for seed in (0, 0, 1))
    for ours, theirs in zip(parts, repeated, strict=True):
        assert_same(ours, theirs)
    assert not np.array_equal(parts.test.x, otherwise.test.x)
    np.testing.assert_array_equal(before, np.random.get_state()[1])  # type: ignore[index]  # noqa: NPY002


@pytest.mark.parametrize("shape", SHAPES)
def test_the_classes_are_mixed(shape: str) -> None:
    """The rank sum of the minority's places is that of a random order, within four standard deviations."""
    y = made(shape, rows=400, ratio=3).y
    assert stats.mannwhitneyu(np.flatnonzero(y == 1), np.flatnonzero(y == 0)).pvalue > 1e-4


# ---------------------------------------------------------------- training and test set


@law
@given(majority=st.integers(8, 300), minority=st.integers(2, 100), seed=st.integers(0, 1000))
def test_a_split_keeps_every_row_once_and_the_natural_ratio(majority: int, minority: int, seed: int) -> None:
    sample = numbered(majority, minority, seed=seed)
    train, test = split(sample, seed=seed)
    rows = np.concatenate([train.x, test.x])[:, 0]
    assert sorted(rows) == list(range(majority + minority))  # so none is in both
    np.testing.assert_array_equal(np.concatenate([train.y, test.y]), sample.y[rows.astype(int)])
    assert len(test.y) == math.ceil(0.3 * (majority + minority) - 1e-9)
    for ours, count in zip(test.counts, (majority, minority), strict=True):
        assert abs(ours - count * len(test.y) / len(rows)) < 1
    for part in (train, test):
        assert min(part.counts) >= 1


def test_the_split_is_scikit_learns() -> None:
    sample = numbered(90, 10)
    train, test = split(sample, seed=5)
    learnt, tested = next(StratifiedShuffleSplit(1, test_size=0.3, random_state=5).split(sample.x, sample.y))
    assert_same(train, Sample(sample.x[learnt], sample.y[learnt]))
    assert_same(test, Sample(sample.x[tested], sample.y[tested]))
    assert train.counts == (63, 7)
    assert test.counts == (27, 3)


# ---------------------------------------------------------------- what is refused


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"shape": "spiral"}, r"^shape must be one of two Gaussians, .*, breast cancer, not 'spiral'\.$"),
        ({"ratio": 0.99}, r"^ratio must be from 1 to 500, not 0\.99\.$"),
        ({"ratio": 501}, r"^ratio must be from 1 to 500, not 501\.$"),
        ({"ratio": math.nan}, r"^ratio must be from 1 to 500, not nan\.$"),
        ({"rows": 9}, r"^rows must be from 10 to 20,000, not 9\.$"),
        ({"rows": 20_001}, r"^rows must be from 10 to 20,000, not 20001\.$"),
        ({"overlap": -0.01}, r"^overlap must be from 0 to 1, not -0\.01\.$"),
        ({"overlap": math.nan}, r"^overlap must be from 0 to 1, not nan\.$"),
        ({"label_noise": 1.01}, r"^label_noise must be from 0 to 1, not 1\.01\.$"),
        ({"rows": 100, "ratio": 99}, r"^1 : 99 leaves 1 minority rows of 100; at least 2 are needed\.$"),
        ({"rows": 100, "ratio": 500}, r"^1 : 500 leaves 0 minority rows of 100; at least 2 are needed\.$"),
    ],
)
def test_what_cannot_be_made_is_refused_in_a_sentence(change: dict[str, object], complaint: str) -> None:
    arguments = {"shape": "moons", "rows": 100, "ratio": 3, "overlap": 0.5, "label_noise": 0, "seed": 0}
    with pytest.raises(ValueError, match=complaint):
        make_data(**(arguments | change))  # type: ignore[arg-type]


@pytest.mark.parametrize("counts", [(10, 1), (10, 0), (1, 10)])
def test_a_class_that_cannot_be_in_both_halves_is_refused(counts: tuple[int, int]) -> None:
    with pytest.raises(ValueError, match=f"^The smaller class has {min(counts)} rows; at least 2 are needed"):
        split(numbered(*counts), seed=0)
