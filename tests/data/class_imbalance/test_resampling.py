"""Resamplers against imbalanced-learn, their papers by brute force, and the geometry of what they add."""

import math
from typing import Any, Final

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from imblearn.combine import SMOTEENN
from imblearn.over_sampling import ADASYN, SMOTE, BorderlineSMOTE, RandomOverSampler
from imblearn.under_sampling import EditedNearestNeighbours, NearMiss, RandomUnderSampler, TomekLinks
from numpy.typing import NDArray

from demos.data import resampling
from demos.data.resampling import BETWEEN, RESAMPLERS, SHRINKAGE, Resampled, between, resample
from demos.data.samples import Floats, Ints, Sample

law = settings(derandomize=True, deadline=None, database=None, max_examples=40)

NEAR: Final = 1e-9
SELECTING: Final = ("random under-sampling", "NearMiss-1", "NearMiss-2", "NearMiss-3")
CLEANING: Final = ("Tomek links", "edited nearest neighbours")
INTERPOLATING: Final = ("SMOTE", "Borderline-SMOTE", "ADASYN")
COPYING: Final = ("random over-sampling", "over-sampling with jitter")
EXACT: Final = (*COPYING, "SMOTE", "Borderline-SMOTE")  # those that add as many as they are asked for
every_resampler = pytest.mark.parametrize("name", RESAMPLERS)
every_interpolating = pytest.mark.parametrize("name", INTERPOLATING)


def overlapping(majority: int = 120, minority: int = 20, *, features: int = 2, seed: int = 0) -> Sample:
    """Two Gaussians whose centres are 1.5 apart along every feature, in random order."""
    generator = np.random.default_rng(seed)
    y = generator.permutation(np.repeat([0, 1], [majority, minority]))
    return Sample(generator.standard_normal((len(y), features)) + 1.5 * y[:, None], y)


def resampled(
    sample: Sample, name: str, *, ratio: float = 1, k_neighbors: int = 5, seed: int = 0
) -> Resampled:  # with defaults
    return resample(sample, name, ratio=ratio, k_neighbors=k_neighbors, seed=seed)


def theirs(name: str, *, ratio: float, k_neighbors: int, seed: int) -> Any:  # noqa: ANN401 - imbalanced-learn has no types
    """The sampler of imbalanced-learn."""
    drawn = {"sampling_strategy": 1 / ratio, "random_state": seed}
    smote = SMOTE(k_neighbors=k_neighbors, **drawn)
    return {
        "random over-sampling": RandomOverSampler(**drawn),
        "over-sampling with jitter": RandomOverSampler(shrinkage=0.2, **drawn),
        "SMOTE": smote,
        "Borderline-SMOTE": BorderlineSMOTE(k_neighbors=k_neighbors, **drawn),
        "ADASYN": ADASYN(n_neighbors=k_neighbors, **drawn),
        "random under-sampling": RandomUnderSampler(**drawn),
        "NearMiss-1": NearMiss(version=1, sampling_strategy=1 / ratio),
        "NearMiss-2": NearMiss(version=2, sampling_strategy=1 / ratio),
        "NearMiss-3": NearMiss(version=3, sampling_strategy=1 / ratio),
        "Tomek links": TomekLinks(),
        "edited nearest neighbours": EditedNearestNeighbours(),
        "SMOTE + ENN": SMOTEENN(smote=smote, **drawn),
    }[name]


def distances(x: Floats, to: Floats) -> Floats:
    """Of every row to every row (rows, rows to)."""
    return np.asarray(np.sqrt(((x[:, None] - to) ** 2).sum(axis=-1)))


def nearest(x: Floats, k: int) -> Ints:
    """The k other rows next to each (rows, k)."""
    away = distances(x, x)
    np.fill_diagonal(away, np.inf)
    return np.asarray(np.argsort(away, axis=1)[:, :k])


def off_segment(point: Floats, start: Floats, end: Floats) -> float:
    """How far a point is from a segment."""
    length = float(((end - start) ** 2).sum())
    share = min(1.0, max(0.0, float((point - start) @ (end - start)) / length)) if length else 0.0
    return float(np.linalg.norm(point - start - share * (end - start)))


def segments(sample: Sample, k: int) -> list[tuple[int, int]]:
    """From each minority row to its k nearest minority rows, as rows of the sample."""
    minority = np.flatnonzero(sample.y == 1)
    return [
        (int(minority[row]), int(minority[other]))
        for row, others in enumerate(nearest(sample.x[minority], k))
        for other in others
    ]


def tomek_links(sample: Sample) -> list[tuple[int, int]]:
    """Pairs (majority row, minority row) that are each other's nearest, I. Tomek 1976."""
    first = nearest(sample.x, 1)[:, 0]
    return [
        (row, int(first[row]))
        for row in np.flatnonzero(sample.y == 0).tolist()
        if first[first[row]] == row and sample.y[first[row]] == 1
    ]


def kept_by_near_miss(sample: Sample, version: int, count: int) -> NDArray[Any]:
    """J. Zhang and I. Mani 2003: the majority rows with the smallest mean distance to the three nearest (1) or to the
    three farthest (2) minority rows; or (3) of the three majority rows next to each minority row those with the
    largest mean distance to the three nearest minority rows."""
    majority, minority = (np.flatnonzero(sample.y == kind) for kind in (0, 1))
    away = distances(sample.x[majority], sample.x[minority])
    ordered = np.sort(away, axis=1)
    mean = {1: ordered[:, :3], 2: ordered[:, -3:], 3: -ordered[:, :3]}[version].mean(axis=1)
    candidates = np.arange(len(majority)) if version < 3 else np.unique(np.argsort(away, axis=0)[:3])
    return np.sort(majority[candidates[np.argsort(mean[candidates])[:count]]])


# ---------------------------------------------------------------- against imbalanced-learn


def test_the_resamplers_are_those_of_the_specification() -> None:
    assert set(RESAMPLERS) == {"none", *COPYING, *INTERPOLATING, *SELECTING, *CLEANING, "SMOTE + ENN"}


@pytest.mark.parametrize("name", [name for name in RESAMPLERS if name != "none"])
@pytest.mark.parametrize(
    ("features", "ratio", "k_neighbors", "seed"), [(2, 1, 5, 0), (2, 2.5, 3, 1), (5, 1.5, 7, 2), (1, 4, 1, 3)]
)
def test_each_is_imbalanced_learns(name: str, features: int, ratio: float, k_neighbors: int, seed: int) -> None:
    sample = overlapping(features=features, seed=seed)
    ours = resample(sample, name, ratio=ratio, k_neighbors=k_neighbors, seed=seed).sample
    x, y = theirs(name, ratio=ratio, k_neighbors=k_neighbors, seed=seed).fit_resample(sample.x, sample.y)
    np.testing.assert_array_equal(ours.x, x)
    np.testing.assert_array_equal(ours.y, y)


def test_none_changes_nothing() -> None:
    sample = overlapping()
    assert_unchanged(resampled(sample, "none"), sample)


def assert_unchanged(after: Resampled, sample: Sample) -> None:
    np.testing.assert_array_equal(after.sample.x, sample.x)
    np.testing.assert_array_equal(after.sample.y, sample.y)
    np.testing.assert_array_equal(after.origin, np.arange(len(sample.y)))
    assert not after.new.any()
    assert after.removed.shape == (0,)
    assert after.new.shape == after.origin.shape


@every_resampler
def test_the_same_seed_gives_the_same_rows_and_the_sample_stays(name: str) -> None:
    sample = overlapping()
    copy = Sample(sample.x.copy(), sample.y.copy())
    one, again = (resampled(sample, name, seed=3) for _ in range(2))
    np.testing.assert_array_equal(one.sample.x, again.sample.x)
    np.testing.assert_array_equal(one.origin, again.origin)
    np.testing.assert_array_equal(sample.x, copy.x)
    np.testing.assert_array_equal(sample.y, copy.y)


@pytest.mark.parametrize("name", [*COPYING, *INTERPOLATING, "random under-sampling", "SMOTE + ENN"])
def test_another_seed_draws_others(name: str) -> None:
    one, other = (resampled(overlapping(), name, seed=seed).sample.x for seed in (0, 1))
    assert one.shape != other.shape or not np.array_equal(one, other)


# ---------------------------------------------------------------- what is new and what is gone


@settings(law, max_examples=60)
@given(
    name=st.sampled_from(list(RESAMPLERS)),
    majority=st.integers(30, 80),
    minority=st.integers(8, 30),
    ratio=st.sampled_from([1.0, 1.5, 2.0, 4.0]),
    seed=st.integers(0, 1000),
)
def test_every_row_is_told_where_it_comes_from(
    name: str, majority: int, minority: int, ratio: float, seed: int
) -> None:
    assume(majority > ratio * (minority + 1))
    sample = overlapping(majority, minority, seed=seed)
    after = resampled(sample, name, ratio=ratio, seed=seed)
    rows, made = after.origin, after.origin == BETWEEN
    assert rows.shape == after.new.shape == after.sample.y.shape == after.sample.x.shape[:1]
    same = ~made & ~(after.new if name == "over-sampling with jitter" else np.zeros(len(rows), dtype=bool))
    np.testing.assert_array_equal(after.sample.x[same], sample.x[rows[same]])
    np.testing.assert_array_equal(after.sample.y[~made], sample.y[rows[~made]])
    assert (after.sample.y[after.new] == 1).all()  # only the minority grows
    np.testing.assert_array_equal(made, after.new if name in {*INTERPOLATING, "SMOTE + ENN"} else np.zeros(len(rows)))
    kept = rows[~after.new]
    assert len(np.unique(kept)) == len(kept)
    np.testing.assert_array_equal(np.sort(np.concatenate([kept, after.removed])), np.arange(len(sample.y)))
    if name in {*COPYING, *INTERPOLATING}:
        assert len(after.removed) == 0
        np.testing.assert_array_equal(kept, np.arange(len(sample.y)))
    if name in {*SELECTING, *CLEANING}:
        assert not after.new.any()
        assert (sample.y[after.removed] == 0).all()


def test_copies_are_copies_and_jittered_copies_are_near() -> None:
    """The noise is h σ of a smoothed bootstrap, h = 0.2 (4 / ((d + 2) n))^(1 / (d + 4)), G. Menardi and N. Torelli."""
    sample = overlapping(3000, 300, features=3)
    copied, jittered = (resampled(sample, name) for name in COPYING)
    np.testing.assert_array_equal(copied.origin, jittered.origin)
    assert copied.new.sum() == jittered.new.sum() == 2700
    assert SHRINKAGE == 0.2
    noise = (jittered.sample.x - copied.sample.x)[jittered.new]
    width = 0.2 * (4 / (5 * 3300)) ** (1 / 7) * sample.x[sample.y == 1].std(axis=0)
    np.testing.assert_allclose(noise.std(axis=0), width, rtol=5 / math.sqrt(2 * 2700))
    np.testing.assert_allclose(noise.mean(axis=0), 0, atol=5 * width.max() / math.sqrt(2700))
    assert np.abs(np.corrcoef(noise.T) - np.eye(3)).max() < 5 / math.sqrt(2700)
    drawn = np.bincount(copied.origin[copied.new], minlength=3300)[sample.y == 1]  # each about 9 times
    assert drawn.sum() == 2700
    assert abs(drawn - 9).max() < 5 * 3


# ---------------------------------------------------------------- geometry


@every_interpolating
@pytest.mark.parametrize(("features", "k_neighbors"), [(2, 5), (4, 3), (1, 2), (2, 1)])
def test_new_rows_lie_between_a_minority_row_and_one_of_its_neighbours(
    name: str, features: int, k_neighbors: int
) -> None:
    sample = overlapping(80, 15, features=features, seed=2)
    after = resampled(sample, name, k_neighbors=k_neighbors)
    rows = after.sample.x[after.new]
    known = segments(sample, k_neighbors)
    assert len(rows) > 20
    found = between(rows, sample, k_neighbors=k_neighbors)
    assert found.shape == (len(rows), 2)
    for point, pair in zip(rows, found.tolist(), strict=True):
        assert min(off_segment(point, sample.x[start], sample.x[end]) for start, end in known) < NEAR
        assert off_segment(point, *sample.x[pair]) < NEAR
        assert tuple(pair) in known


@law
@given(seed=st.integers(0, 1000), k_neighbors=st.integers(1, 6), chunk=st.sampled_from([1, 50, 1000, 1_000_000]))
def test_between_finds_the_nearest_segment_whatever_is_asked(seed: int, k_neighbors: int, chunk: int) -> None:
    """Of points anywhere; however many distances are computed at once; and of none."""
    sample = overlapping(10, 8, seed=seed)
    points = 3 * np.random.default_rng(seed).standard_normal((9, 2))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(resampling, "CHUNK", chunk)
        found = between(points, sample, k_neighbors=k_neighbors)
        assert between(points[:0], sample, k_neighbors=k_neighbors).shape == (0, 2)
    known = segments(sample, k_neighbors)
    for point, pair in zip(points, found.tolist(), strict=True):
        best = min(off_segment(point, sample.x[start], sample.x[end]) for start, end in known)
        assert tuple(pair) in known
        assert off_segment(point, *sample.x[pair]) == pytest.approx(best, abs=NEAR)


def test_between_bears_rows_that_lie_on_each_other_and_a_k_as_large_as_the_class() -> None:
    x = np.array([[0.0, 0], [0, 0], [0, 0], [4, 0], [9, 9]])
    sample = Sample(x, np.array([1, 1, 1, 1, 0]))
    found = between(np.array([[1.0, 0], [0, 0]]), sample, k_neighbors=10)
    for point, pair in zip(([1.0, 0.0], [0.0, 0.0]), found, strict=True):
        assert off_segment(np.array(point), *x[pair]) < NEAR


def test_borderline_rows_start_where_half_of_ten_neighbours_or_more_are_of_the_majority() -> None:
    """But not all ten, H. Han, W.-Y. Wang and B.-H. Mao 2005."""
    sample = overlapping(100, 25, seed=4)
    around = (sample.y[nearest(sample.x, 10)] == 0).sum(axis=1)
    danger = {int(row) for row in np.flatnonzero((sample.y == 1) & (around >= 5) & (around < 10))}
    assert 3 < len(danger) < 20
    after = resampled(sample, "Borderline-SMOTE")
    starts = [(start, end) for start, end in segments(sample, 5) if start in danger]
    for point in after.sample.x[after.new]:
        assert min(off_segment(point, sample.x[start], sample.x[end]) for start, end in starts) < NEAR


def test_adasyn_adds_more_where_more_of_the_neighbours_are_of_the_majority() -> None:
    """Row i has its share of the majority among k neighbours, over their sum, of all that is added, H. He 2008."""
    sample = overlapping(100, 12, features=6, seed=1)  # in six dimensions no segment crosses another one
    after = resampled(sample, "ADASYN", k_neighbors=4)
    minority = np.flatnonzero(sample.y == 1)
    share = (sample.y[nearest(sample.x, 4)[minority]] == 0).mean(axis=1)
    wanted = np.rint(share / share.sum() * (100 - 12))
    assert after.new.sum() == wanted.sum()
    ours = between(after.sample.x[after.new], sample, k_neighbors=4)
    for row, count in zip(minority, wanted, strict=True):
        assert (ours == row).any(axis=1).sum() >= count  # it starts so many, and can end others
    assert not (ours[:, :, None] == minority[share == 0]).all(axis=1).any()


# ---------------------------------------------------------------- how many


@law
@given(
    name=st.sampled_from([*EXACT, "random under-sampling", "NearMiss-1", "NearMiss-2"]),
    majority=st.integers(12, 150),
    minority=st.integers(6, 20),
    ratio=st.floats(1, 20),
)
def test_the_ratio_is_reached_to_the_row(name: str, majority: int, minority: int, ratio: float) -> None:
    """Whichever class is changed, its count is that of the ratio rounded down, or a row less."""
    assume(majority > ratio * (minority + 1))
    sample = overlapping(majority, minority, seed=minority)
    after = resampled(sample, name, ratio=ratio)
    many, few = after.sample.counts
    if name in EXACT:
        assert many == majority
        assert few == minority or majority / ratio - 1 - NEAR <= few <= majority / ratio + NEAR
        assert few > minority or name == "Borderline-SMOTE"  # which finds no border in some
    else:
        assert few == minority
        assert minority * ratio - 1 - NEAR <= many <= minority * ratio + NEAR
    assert after.ratio == many / few


@pytest.mark.parametrize(
    ("name", "ratio", "majority", "minority", "counts"),
    [
        ("random over-sampling", 1, 100, 7, (100, 100)),
        ("random over-sampling", 4, 100, 7, (100, 25)),
        ("SMOTE", 3, 100, 7, (100, 33)),
        ("random under-sampling", 1, 100, 7, (7, 7)),
        ("random under-sampling", 4, 100, 7, (28, 7)),
        ("NearMiss-1", 2.5, 100, 7, (17, 7)),
        ("NearMiss-2", 10, 100, 7, (70, 7)),
    ],
)
def test_counts_by_hand(name: str, ratio: float, majority: int, minority: int, counts: tuple[int, int]) -> None:
    assert resampled(overlapping(majority, minority), name, ratio=ratio).sample.counts == counts


@pytest.mark.parametrize(
    ("name", "ratio", "counts"), [("random over-sampling", 49, (392, 8)), ("random under-sampling", 93, (372, 4))]
)
def test_no_row_is_lost_to_rounding(name: str, ratio: float, counts: tuple[int, int]) -> None:
    sample = overlapping(392, 4)
    assert resampled(sample, name, ratio=ratio, k_neighbors=3).sample.counts == counts


@pytest.mark.parametrize("name", [*COPYING, *INTERPOLATING, "SMOTE + ENN"])
def test_a_ratio_that_needs_less_than_one_row_is_no_mistake(name: str) -> None:
    """42 to 14 are 3; at 2.95 there would be 14.2 rows of the minority, which is as good as reached."""
    after = resampled(overlapping(42, 14), name, ratio=2.95)
    assert after.sample.counts[1] in {14, 15} or name == "SMOTE + ENN"


@pytest.mark.parametrize("name", [*COPYING, *INTERPOLATING, *SELECTING, "SMOTE + ENN"])
@pytest.mark.parametrize(("majority", "minority", "ratio"), [(30, 30, 1), (60, 30, 2), (60, 30, 2.5), (10, 30, 1)])
def test_what_is_balanced_already_stays_as_it_is(name: str, majority: int, minority: int, ratio: float) -> None:
    sample = overlapping(majority, minority)
    assert_unchanged(resampled(sample, name, ratio=ratio), sample)


def test_what_falls_short_is_said_by_the_ratio() -> None:
    """Of two groups of four that lie far from each other three of the majority are next to each of the minority."""
    generator = np.random.default_rng(0)
    x = generator.standard_normal((104, 2)) + np.repeat([[0, 0], [1.5, 1.5]], [100, 4], axis=0)
    sample = Sample(x, np.repeat([0, 1], [100, 4]))
    after = resampled(sample, "NearMiss-3", ratio=10, k_neighbors=3)
    majority, minority = after.sample.counts
    assert minority == 4
    assert majority == len(np.unique(np.argsort(distances(x[:100], x[100:]), axis=0)[:3])) <= 12
    assert after.ratio == majority / 4 < 10


def test_borderline_smote_adds_nothing_where_there_is_no_border() -> None:
    generator = np.random.default_rng(0)
    sample = Sample(
        generator.standard_normal((90, 2)) + np.repeat([[0, 0], [50, 50]], [70, 20], axis=0),
        np.repeat([0, 1], [70, 20]),
    )
    after = resampled(sample, "Borderline-SMOTE")
    assert_unchanged(after, sample)
    assert after.ratio == 3.5
    with pytest.raises(ValueError, match=r"^ADASYN adds rows where the majority is near, and here it is nowhere near"):
        resampled(sample, "ADASYN")


def test_the_ratio_of_nothing_is_finite() -> None:
    empty = Sample(np.zeros((3, 1)), np.zeros(3, dtype=int))
    assert Resampled(empty, np.arange(3), np.zeros(3, dtype=bool), np.empty(0, dtype=int)).ratio == 3


# ---------------------------------------------------------------- definitions by brute force


@pytest.mark.parametrize("version", [1, 2, 3])
@pytest.mark.parametrize(("seed", "features", "ratio"), [(0, 2, 1), (1, 3, 1.5), (2, 1, 2)])
def test_near_miss_keeps_what_its_definition_keeps(version: int, seed: int, features: int, ratio: float) -> None:
    sample = overlapping(50, 10, features=features, seed=seed)
    after = resampled(sample, f"NearMiss-{version}", ratio=ratio)
    wanted = kept_by_near_miss(sample, version, round(10 * ratio))
    np.testing.assert_array_equal(np.sort(after.origin[after.sample.y == 0]), wanted)


def test_near_miss_makes_do_with_two_rows_of_the_minority() -> None:
    """The mean distance is to both, so that 1 and 2 are one."""
    sample = overlapping(30, 2)
    first, second = (resampled(sample, name, ratio=2, k_neighbors=1) for name in ("NearMiss-1", "NearMiss-2"))
    np.testing.assert_array_equal(first.origin, second.origin)
    assert first.sample.counts == (4, 2)


def test_near_miss_1_and_2_and_3_on_a_line() -> None:
    """Sums of the distances to the minority at 0, 1, 30 and 31, by hand.

    To the nearest three: 2 and 29 have 31, 3 has 32, 27.5 has 32.5, 4 has 33, 15 and 16 have 44.
    To the farthest three: 15 and 16 have 46, 4 has 57, 27.5 has 57.5, 3 has 58, 2 and 29 have 59.
    Next to one of the minority are all but 15.
    """
    minority, majority = [0.0, 1, 30, 31], [2, 3, 4, 15, 16, 27.5, 29]
    sample = Sample(np.array([minority + majority]).T, np.repeat([1, 0], [4, 7]))
    for version, wanted in ((1, [2, 3, 27.5, 29]), (2, [4, 15, 16, 27.5]), (3, [3, 4, 16, 27.5])):
        kept = resampled(sample, f"NearMiss-{version}").sample
        assert sorted(kept.x[kept.y == 0, 0]) == wanted


@law
@given(seed=st.integers(0, 10_000), features=st.integers(1, 3))
def test_tomek_links_lose_their_majority_row(seed: int, features: int) -> None:
    sample = overlapping(40, 15, features=features, seed=seed)
    after = resampled(sample, "Tomek links")
    assert after.removed.tolist() == sorted(row for row, _ in tomek_links(sample))


@law
@given(seed=st.integers(0, 10_000), features=st.integers(1, 3))
def test_edited_nearest_neighbours_keep_majority_rows_among_three_of_their_own(seed: int, features: int) -> None:
    sample = overlapping(40, 15, features=features, seed=seed)
    after = resampled(sample, "edited nearest neighbours")
    alone = (sample.y[nearest(sample.x, 3)] == 1).any(axis=1)
    np.testing.assert_array_equal(after.removed, np.flatnonzero((sample.y == 0) & alone))


def test_smote_and_enn_clean_both_classes_of_what_smote_made() -> None:
    sample = overlapping(60, 15, seed=3)
    added, cleaned = (resampled(sample, name) for name in ("SMOTE", "SMOTE + ENN"))
    made = added.sample
    agreed = (made.y[nearest(made.x, 3)] == made.y[:, None]).all(axis=1)
    wanted = np.concatenate([np.flatnonzero(agreed & (made.y == kind)) for kind in (0, 1)])
    np.testing.assert_array_equal(cleaned.sample.x, made.x[wanted])
    np.testing.assert_array_equal(cleaned.origin, added.origin[wanted])
    np.testing.assert_array_equal(cleaned.new, added.new[wanted])
    np.testing.assert_array_equal(cleaned.removed, np.flatnonzero(~agreed[: len(sample.y)]))
    assert set(sample.y[cleaned.removed]) == {0, 1}


@pytest.mark.parametrize("name", CLEANING)
def test_the_minority_is_never_cleaned_away(name: str) -> None:
    sample = overlapping(60, 60)
    after = resampled(sample, name)
    assert len(after.removed) > 0
    assert (sample.y[after.removed] == 0).all()


# ---------------------------------------------------------------- what is refused


@pytest.mark.parametrize("name", [*INTERPOLATING, "SMOTE + ENN"])
@pytest.mark.parametrize("k_neighbors", [1, 5])
def test_too_few_neighbours_are_refused_and_enough_are_not(name: str, k_neighbors: int) -> None:
    with pytest.raises(ValueError, match=r"of the same class and needs") as caught:
        resampled(overlapping(60, k_neighbors), name, k_neighbors=k_neighbors)
    assert str(caught.value) == (
        f"{name} looks at {k_neighbors} neighbours of the same class and needs {k_neighbors + 1} minority rows to "
        f"train on; there are {k_neighbors}."
    )
    resampled(overlapping(60, k_neighbors + 1, seed=1), name, k_neighbors=k_neighbors)


@pytest.mark.parametrize("name", ["none", *COPYING, *SELECTING, *CLEANING])
def test_who_looks_at_no_minority_neighbours_needs_none(name: str) -> None:
    after = resampled(overlapping(60, 2), name, k_neighbors=5)
    assert after.sample.counts[1] >= 2


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"name": "smote"}, r"^name must be one of none, random over-sampling, .*, SMOTE \+ ENN, not 'smote'\.$"),
        ({"ratio": 0.99}, r"^ratio must be at least 1, not 0\.99\.$"),
        ({"ratio": -1}, r"^ratio must be at least 1, not -1\.$"),
        ({"ratio": math.nan}, r"^ratio must be at least 1, not nan\.$"),
    ],
)
def test_what_is_out_of_range_or_unknown_is_refused(change: dict[str, Any], complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        resampled(overlapping(), **({"name": "SMOTE"} | change))


@pytest.mark.parametrize(("name", "rows"), [("Borderline-SMOTE", 9), ("ADASYN", 30)])
def test_small_samples_are_resampled_or_refused_in_the_words_of_the_house(name: str, rows: int) -> None:
    """Borderline-SMOTE looks at ten neighbours of either class; ADASYN rounds the share of each row to none."""
    sample = Sample(np.arange(rows, dtype=float)[:, None], np.tile([0, 1], rows)[:rows])
    sample.y[-3:] = 0
    try:
        after = resampled(sample, name, k_neighbors=2)
    except ValueError as error:
        assert "n_neighbors" not in str(error)  # noqa: PT017 - what is refused is refused well
        assert "ratio settings" not in str(error)  # noqa: PT017
    else:
        assert after.sample.counts[0] == sample.counts[0]
