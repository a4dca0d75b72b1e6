"""Resamplers of imbalanced-learn, with what each adds and removes.

A resampler changes the training set only. What it makes is told apart from what was there.

References: N. Chawla et al., SMOTE, https://arxiv.org/abs/1106.1813; G. Lemaitre, F. Nogueira and C. Aridas,
imbalanced-learn, https://imbalanced-learn.org
"""

from collections.abc import Callable, Mapping
from typing import Any, Final, NamedTuple

import numpy as np
from imblearn.over_sampling import ADASYN, SMOTE, BorderlineSMOTE, RandomOverSampler
from imblearn.under_sampling import EditedNearestNeighbours, NearMiss, RandomUnderSampler, TomekLinks
from numpy.typing import NDArray
from sklearn.neighbors import NearestNeighbors

from demos.data.samples import Floats, Ints, Sample

Mask = NDArray[np.bool_]
SHRINKAGE: Final = 0.2  # of the jitter, in standard deviations as `RandomOverSampler` scales them
BETWEEN: Final = -1
ROUNDING: Final = 1e-9
CHUNK: Final = 1_000_000  # distances at once


class Resampled(NamedTuple):
    """A training set after a resampler."""

    sample: Sample
    origin: Ints  # (rows,), the row of the original that each is or copies; BETWEEN for one between two of them
    new: Mask  # (rows,), which were not there before: copies, jittered copies and rows between two
    removed: Ints  # rows of the original that are gone

    @property
    def ratio(self) -> float:
        """Majority rows for one of the minority."""
        majority, minority = self.sample.counts
        return majority / max(1, minority)


class Settings(NamedTuple):
    """What the resamplers share."""

    ratio: float  # majority rows for one of the minority, asked for; 1 is balanced
    k_neighbors: int
    seed: int


Resampler = Callable[[Sample, Settings], Resampled]


def resample(sample: Sample, name: str, *, ratio: float, k_neighbors: int, seed: int) -> Resampled:
    """A training set after one of `RESAMPLERS`.

    Args:
        sample: the training set.
        name: a key of `RESAMPLERS`.
        ratio: majority rows for one of the minority, asked for; methods that clean decide for themselves.
        k_neighbors: of the methods that look at neighbours.
        seed: of those that draw.

    Raises:
        ValueError: the name is unknown, or the method cannot work with so few rows of a class.
    """
    if name not in RESAMPLERS:
        raise ValueError(f"name must be one of {', '.join(RESAMPLERS)}, not {name!r}.")
    if not ratio >= 1:
        raise ValueError(f"ratio must be at least 1, not {ratio}.")
    majority, minority = sample.counts
    settings = Settings(ratio, k_neighbors, seed)
    if (name in ADDING and _more(sample, settings)[1] <= minority) or (
        name in REMOVING and _fewer(sample, settings)[0] >= majority
    ):
        return _as_it_is(sample)  # already as balanced as was asked for
    if name in NEIGHBORLY and minority <= k_neighbors:
        raise ValueError(
            f"{name} looks at {k_neighbors} neighbours of the same class and needs {k_neighbors + 1} minority rows to "
            f"train on; there are {minority}."
        )
    try:
        return RESAMPLERS[name](sample, settings)
    except RuntimeError:
        raise ValueError("ADASYN adds rows where the majority is near, and here it is nowhere near.") from None
    except ValueError:  # imbalanced-learn's, about neighbours and arguments that the reader has not set
        raise ValueError(f"{name} cannot work with {majority:,} majority and {minority:,} minority rows.") from None


def between(rows: Floats, sample: Sample, *, k_neighbors: int) -> Ints:
    """For each synthetic row the minority row and its neighbour (rows, 2) on whose segment it lies, or nearly so.

    SMOTE does not say where it has put a row; but each lies on the segment between a minority row and one of the
    `k_neighbors` minority rows next to it.
    """
    minority = np.flatnonzero(sample.y == 1)
    x = sample.x[minority]
    neighbors = NearestNeighbors(n_neighbors=min(k_neighbors + 1, len(x))).fit(x).kneighbors(x)[1][:, 1:]
    first, second = np.repeat(np.arange(len(x)), neighbors.shape[1]), neighbors.ravel()
    along = x[second] - x[first]  # (segments, features)
    found = []
    for some in np.array_split(rows, len(rows) * len(first) * x.shape[1] // CHUNK + 1):
        away = some[:, None] - x[first]  # (rows, segments, features)
        share = (away * along).sum(-1) / np.maximum((along**2).sum(-1), np.finfo(float).tiny)
        distance = ((away - share.clip(0, 1)[..., None] * along) ** 2).sum(-1)
        found.append(distance.argmin(axis=1))
    best = np.concatenate(found)
    return np.stack([minority[first[best]], minority[second[best]]], axis=1)


def _as_it_is(sample: Sample, _settings: Settings | None = None) -> Resampled:
    rows = np.arange(len(sample.y))
    return Resampled(sample, rows, np.zeros(len(rows), dtype=bool), np.empty(0, dtype=int))


def _more(sample: Sample, settings: Settings) -> dict[int, int]:
    """imbalanced-learn's `sampling_strategy` for adding: how many minority rows there shall be."""
    return {1: int(sample.counts[0] / settings.ratio + ROUNDING)}


def _fewer(sample: Sample, settings: Settings) -> dict[int, int]:
    """And for removing: how many majority rows."""
    return {0: int(sample.counts[1] * settings.ratio + ROUNDING)}


def _selected(sampler: Any, sample: Sample) -> Resampled:  # noqa: ANN401 - of imbalanced-learn, which has no types
    """The result of a sampler that only selects rows, once or several times."""
    sampler.fit_resample(sample.x, sample.y)
    rows = np.asarray(sampler.sample_indices_, dtype=int)
    removed = np.setdiff1d(np.arange(len(sample.y)), rows)
    new = np.arange(len(rows)) >= len(sample.y)  # those that are copied come behind all others
    return Resampled(Sample(sample.x[rows], sample.y[rows]), rows, new, removed)


def _interpolated(sampler: Any, sample: Sample) -> Resampled:  # noqa: ANN401 - as above
    """The result of a sampler that puts new rows behind the old ones, between minority neighbours."""
    x, y = sampler.fit_resample(sample.x, sample.y)
    new = np.arange(len(y)) >= len(sample.y)
    return Resampled(Sample(x, y), np.where(new, BETWEEN, np.arange(len(y))), new, np.empty(0, dtype=int))


def _oversampled(sample: Sample, settings: Settings) -> Resampled:
    return _selected(RandomOverSampler(sampling_strategy=_more(sample, settings), random_state=settings.seed), sample)


def _jittered(sample: Sample, settings: Settings) -> Resampled:
    """Copies with Gaussian noise."""
    sampler = RandomOverSampler(
        sampling_strategy=_more(sample, settings), random_state=settings.seed, shrinkage={1: SHRINKAGE}
    )
    x, y = sampler.fit_resample(sample.x, sample.y)
    new = np.arange(len(y)) >= len(sample.y)
    return Resampled(Sample(x, y), np.asarray(sampler.sample_indices_, dtype=int), new, np.empty(0, dtype=int))


def _smote(sample: Sample, settings: Settings) -> Resampled:
    sampler = SMOTE(
        sampling_strategy=_more(sample, settings), k_neighbors=settings.k_neighbors, random_state=settings.seed
    )
    return _interpolated(sampler, sample)


def _borderline(sample: Sample, settings: Settings) -> Resampled:
    sampler = BorderlineSMOTE(
        sampling_strategy=_more(sample, settings), k_neighbors=settings.k_neighbors, random_state=settings.seed
    )
    return _interpolated(sampler, sample)


def _adasyn(sample: Sample, settings: Settings) -> Resampled:
    sampler = ADASYN(
        sampling_strategy=_more(sample, settings), n_neighbors=settings.k_neighbors, random_state=settings.seed
    )
    return _interpolated(sampler, sample)


def _undersampled(sample: Sample, settings: Settings) -> Resampled:
    return _selected(RandomUnderSampler(sampling_strategy=_fewer(sample, settings), random_state=settings.seed), sample)


def _near_miss(version: int) -> Resampler:
    def near_miss(sample: Sample, settings: Settings) -> Resampled:
        neighbors, wanted = min(3, sample.counts[1]), _fewer(sample, settings)
        if version == 3:  # it chooses among those near the minority, and warns where they are too few
            near = NearestNeighbors(n_neighbors=neighbors).fit(sample.x[sample.y == 0])
            wanted = {0: min(wanted[0], len(np.unique(near.kneighbors(sample.x[sample.y == 1])[1])))}
        return _selected(
            NearMiss(sampling_strategy=wanted, version=version, n_neighbors=neighbors, n_neighbors_ver3=neighbors),
            sample,
        )

    return near_miss


def _tomek(sample: Sample, _settings: Settings) -> Resampled:
    return _selected(TomekLinks(sampling_strategy=[0]), sample)


def _edited(sample: Sample, _settings: Settings) -> Resampled:
    return _selected(EditedNearestNeighbours(sampling_strategy=[0]), sample)


def _smote_edited(sample: Sample, settings: Settings) -> Resampled:
    """SMOTE, then every row goes, of either class, that its three nearest neighbours do not agree with."""
    added = _smote(sample, settings)
    cleaned = _selected(EditedNearestNeighbours(sampling_strategy="all"), added.sample)
    origin = added.origin[cleaned.origin]
    removed = np.setdiff1d(np.arange(len(sample.y)), origin)
    return Resampled(cleaned.sample, origin, added.new[cleaned.origin], removed)


RESAMPLERS: Final[Mapping[str, Resampler]] = {
    "none": _as_it_is,
    "random over-sampling": _oversampled,
    "over-sampling with jitter": _jittered,
    "SMOTE": _smote,
    "Borderline-SMOTE": _borderline,
    "ADASYN": _adasyn,
    "random under-sampling": _undersampled,
    "NearMiss-1": _near_miss(1),
    "NearMiss-2": _near_miss(2),
    "NearMiss-3": _near_miss(3),
    "Tomek links": _tomek,
    "edited nearest neighbours": _edited,
    "SMOTE + ENN": _smote_edited,
}
CLEANING: Final = ("none", "Tomek links", "edited nearest neighbours")
REMOVING: Final = ("random under-sampling", "NearMiss-1", "NearMiss-2", "NearMiss-3")
ADDING: Final = tuple(name for name in RESAMPLERS if name not in (*CLEANING, *REMOVING))
NEIGHBORLY: Final = ("SMOTE", "Borderline-SMOTE", "ADASYN", "SMOTE + ENN")
