"""What is done about imbalance: resampling, weighting, moving the threshold, ensembles, and one-class models.

Each method takes a training set and gives a model with probabilities and a threshold. References beside each.
"""

from collections.abc import Callable, Mapping
from typing import Any, Final, NamedTuple

import numpy as np
from imblearn.ensemble import BalancedRandomForestClassifier, EasyEnsembleClassifier
from sklearn.ensemble import AdaBoostClassifier, IsolationForest
from sklearn.model_selection import TunedThresholdClassifierCV
from sklearn.preprocessing import StandardScaler
from sklearn.svm import OneClassSVM
from sklearn.utils.class_weight import compute_sample_weight

from demos.data.balance_cascade import ROUNDS, balance_cascade
from demos.data.classifiers import CLASSIFIERS, NEIGHBORS, WEIGHTLESS
from demos.data.resampling import RESAMPLERS, resample
from demos.data.samples import Floats, Sample

SUBSETS: Final = 4  # of EasyEnsemble and rounds of BalanceCascade: the paper's T
TREES: Final = 50
VALIDATION: Final = 0.25  # of the training set finds the threshold, the rest is learnt
OUTLIERS: Final = 0.1  # of the majority that a one-class model may call positive


class Settings(NamedTuple):
    """What the methods share."""

    classifier: str  # a key of `CLASSIFIERS`; ensembles and one-class models bring their own
    ratio: float  # that resamplers are asked for
    k_neighbors: int
    seed: int


class Model(NamedTuple):
    """A fitted method."""

    probability: Callable[[Floats], Floats]  # (rows, features) -> (rows,), of class 1
    threshold: float
    is_probability: bool  # False for scores that only rank


Method = Callable[[Sample, Settings], Model]


def fit(train: Sample, method: str, *, classifier: str, ratio: float, k_neighbors: int, seed: int) -> Model:
    """A method of `METHODS` on a training set, whose features are standardized first.

    Args:
        train: the training set.
        method: a key of `METHODS`.
        classifier: a key of `CLASSIFIERS`.
        ratio: majority rows for one of the minority that resamplers are asked for.
        k_neighbors: of the resamplers that look at neighbours.
        seed: of everything random.

    Raises:
        ValueError: a name is unknown, or the method cannot work with so few rows or with this classifier.
    """
    for name, value, known in (("method", method, METHODS), ("classifier", classifier, CLASSIFIERS)):
        if value not in known:
            raise ValueError(f"{name} must be one of {', '.join(known)}, not {value!r}.")
    scaler = StandardScaler().fit(train.x)
    model = METHODS[method](Sample(scaler.transform(train.x), train.y), Settings(classifier, ratio, k_neighbors, seed))
    return model._replace(probability=lambda x: model.probability(scaler.transform(x)))


def _positive(estimator: Any) -> Callable[[Floats], Floats]:  # noqa: ANN401 - scikit-learn has no types
    return lambda x: np.asarray(estimator.predict_proba(x)[:, 1], dtype=float)


def _resampled(name: str) -> Method:
    def method(train: Sample, settings: Settings) -> Model:
        after = resample(train, name, ratio=settings.ratio, k_neighbors=settings.k_neighbors, seed=settings.seed).sample
        _enough(after, settings.classifier)
        estimator = _fitted(CLASSIFIERS[settings.classifier](settings.seed), after)
        return Model(_positive(estimator), 0.5, is_probability=True)

    return method


def _weighted(train: Sample, settings: Settings) -> Model:
    """Each class counts alike: rows weigh n / (2 n_class)."""
    if settings.classifier in WEIGHTLESS:
        raise ValueError(f"{settings.classifier} take no weights.")
    _enough(train, settings.classifier)
    weight = compute_sample_weight("balanced", train.y)
    estimator = _fitted(CLASSIFIERS[settings.classifier](settings.seed), train, sample_weight=weight)
    return Model(_positive(estimator), 0.5, is_probability=True)


def _tuned(train: Sample, settings: Settings) -> Model:
    """The threshold with the best F1 on a part of the training set that the model has not learnt."""
    if train.counts[1] < 2 * FEWEST:
        raise ValueError(f"Threshold tuning needs {2 * FEWEST} minority rows to train on; there are {train.counts[1]}.")
    tuned = TunedThresholdClassifierCV(
        CLASSIFIERS[settings.classifier](settings.seed),
        scoring="f1",
        cv=VALIDATION,
        refit=False,
        random_state=settings.seed,
    )
    _fitted(tuned, train)
    return Model(_positive(tuned), float(tuned.best_threshold_), is_probability=True)


def _easy_ensemble(train: Sample, settings: Settings) -> Model:
    """Liu, Wu and Zhou 2009, algorithm 1: AdaBoost on several balanced draws."""
    ensemble = EasyEnsembleClassifier(
        n_estimators=SUBSETS, estimator=AdaBoostClassifier(n_estimators=ROUNDS), random_state=settings.seed
    ).fit(train.x, train.y)
    return Model(_positive(ensemble), 0.5, is_probability=True)


def _cascade(train: Sample, settings: Settings) -> Model:
    """Liu, Wu and Zhou 2009, algorithm 2."""
    cascade = balance_cascade(train, n_estimators=SUBSETS, seed=settings.seed)
    return Model(cascade.probability, 0.5, is_probability=True)


def _balanced_forest(train: Sample, settings: Settings) -> Model:
    """C. Chen, A. Liaw and L. Breiman 2004: each tree learns from a balanced draw."""
    forest = BalancedRandomForestClassifier(n_estimators=TREES, min_samples_leaf=3, random_state=settings.seed).fit(
        train.x, train.y
    )
    return Model(_positive(forest), 0.5, is_probability=True)


def _one_class(make: Callable[[int], Any]) -> Method:
    """A model of the majority alone; what is unlike it is called positive, and its score is no probability."""

    def method(train: Sample, settings: Settings) -> Model:
        model = make(settings.seed).fit(train.x[train.y == 0])
        scale = float(np.std(model.decision_function(train.x[train.y == 0]))) or 1.0
        return Model(lambda x: 1 / (1 + np.exp(model.decision_function(x) / scale)), 0.5, is_probability=False)

    return method


def _fitted(estimator: Any, train: Sample, **settings: Any) -> Any:  # noqa: ANN401 - scikit-learn has no types
    """The estimator after its training, or a sentence in the words of the house."""
    try:
        return estimator.fit(train.x, train.y, **settings)
    except ValueError:
        raise ValueError("It finds nothing to learn in these rows.") from None


def _enough(train: Sample, classifier: str) -> None:
    if classifier in WEIGHTLESS and len(train.y) < NEIGHBORS:
        raise ValueError(f"{classifier} needs {NEIGHBORS} rows to train on; there are {len(train.y)}.")
    if min(train.counts) < FEWEST:
        raise ValueError(f"{classifier} needs {FEWEST} rows of each class to train on; there are {min(train.counts)}.")


FEWEST: Final = 3  # rows of a class, for the SVM's calibration and for nothing to rest on a single row

METHODS: Final[Mapping[str, Method]] = {
    **{name: _resampled(name) for name in RESAMPLERS},
    "class weights": _weighted,
    "threshold tuning": _tuned,
    "EasyEnsemble": _easy_ensemble,
    "BalanceCascade": _cascade,
    "balanced random forest": _balanced_forest,
    "isolation forest": _one_class(lambda seed: IsolationForest(contamination=OUTLIERS, random_state=seed)),
    "one-class SVM": _one_class(lambda _seed: OneClassSVM(nu=OUTLIERS)),
}
