"""Methods against pipelines of imbalanced-learn and scikit-learn, and the torch classifier against numpy."""

import itertools
import math
from collections.abc import Callable
from typing import Any, Final

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from imblearn.ensemble import BalancedRandomForestClassifier, EasyEnsembleClassifier
from imblearn.over_sampling import SMOTE
from imblearn.pipeline import make_pipeline
from imblearn.under_sampling import RandomUnderSampler
from sklearn.base import clone
from sklearn.calibration import CalibratedClassifierCV
from sklearn.ensemble import AdaBoostClassifier, HistGradientBoostingClassifier, IsolationForest
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import f1_score, roc_auc_score
from sklearn.model_selection import StratifiedShuffleSplit, TunedThresholdClassifierCV
from sklearn.neighbors import KNeighborsClassifier
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC, OneClassSVM
from sklearn.tree import DecisionTreeClassifier

from demos.data.balance_cascade import balance_cascade
from demos.data.classifiers import CLASSIFIERS, HIDDEN, LEARNING_RATE, STEPS, WEIGHTLESS, TorchMLP
from demos.data.methods import METHODS, Model, fit
from demos.data.resampling import RESAMPLERS
from demos.data.samples import Floats, Ints, Sample
from demos.randomness import stream

law = settings(derandomize=True, deadline=None, database=None, max_examples=12)

OWN: Final = (  # methods that bring a model of their own
    "EasyEnsemble",
    "BalanceCascade",
    "balanced random forest",
    "isolation forest",
    "one-class SVM",
)
ONE_CLASS: Final = OWN[-2:]
SEED: Final = 3

REFERENCES: Final[dict[str, Callable[[], Any]]] = {
    "logistic regression": lambda: LogisticRegression(max_iter=1000),
    "k-nearest neighbours": lambda: KNeighborsClassifier(7),
    "RBF SVM": lambda: CalibratedClassifierCV(SVC(random_state=SEED), cv=3, ensemble=False),
    "decision tree": lambda: DecisionTreeClassifier(max_depth=6, min_samples_leaf=3, random_state=SEED),
    "MLP in torch": lambda: TorchMLP(random_state=SEED),
    "gradient boosting": lambda: HistGradientBoostingClassifier(
        max_iter=40, max_leaf_nodes=8, min_samples_leaf=5, early_stopping=False, random_state=SEED
    ),
}
every_classifier = pytest.mark.parametrize("classifier", CLASSIFIERS)


def gaussians(majority: int = 90, minority: int = 30, *, apart: float = 2, seed: int = 0) -> Sample:
    """In random order, with features of very different scales."""
    generator = np.random.default_rng(seed)
    y = generator.permutation(np.repeat([0, 1], [majority, minority]))
    x = generator.standard_normal((len(y), 3)) + apart * y[:, None] * [1, 1, 0]
    return Sample(x * [1, 200, 0.01] + [5, 0, -3], y)


TRAIN: Final = gaussians()
FRESH: Final = gaussians(200, 100, seed=1)
SCALER: Final = StandardScaler().fit(TRAIN.x)
STANDARD: Final = Sample(SCALER.transform(TRAIN.x), TRAIN.y)


def fitted(
    method: str,
    classifier: str = "logistic regression",
    train: Sample = TRAIN,
    *,
    ratio: float = 1,
    k_neighbors: int = 5,
    seed: int = SEED,
) -> Model:
    return fit(train, method, classifier=classifier, ratio=ratio, k_neighbors=k_neighbors, seed=seed)


def positive(estimator: Any, x: Floats = FRESH.x) -> Floats:  # noqa: ANN401 - scikit-learn has no types
    return np.asarray(estimator.predict_proba(x)[:, 1])


def refusal(method: str, classifier: str, train: Sample, **settings: Any) -> str:  # noqa: ANN401 - numbers
    with pytest.raises(ValueError, match=r".") as caught:
        fitted(method, classifier, train, **settings)
    return str(caught.value)


# ---------------------------------------------------------------- every method with every classifier


def test_methods_and_classifiers_are_those_of_the_specification() -> None:
    assert set(METHODS) == {*RESAMPLERS, "class weights", "threshold tuning", *OWN}
    assert set(CLASSIFIERS) == set(REFERENCES)
    assert WEIGHTLESS == ("k-nearest neighbours",)


REFUSED: Final = (("class weights", "k-nearest neighbours"), ("threshold tuning", "gradient boosting"))
PAIRS: Final = (
    *(pair for pair in itertools.product(METHODS, CLASSIFIERS) if pair[0] not in OWN and pair not in REFUSED),
    *((name, "logistic regression") for name in OWN),
)


@pytest.mark.parametrize(("method", "classifier"), [*PAIRS, REFUSED[1]])
def test_each_ranks_new_rows_by_probabilities_and_the_same_seed_gives_the_same(method: str, classifier: str) -> None:
    """Centres 2 √2 apart: the best ranking has an area of Φ(2) = 0.977 under its ROC curve."""
    one, again = (fitted(method, classifier) for _ in range(2))
    found = one.probability(FRESH.x)
    assert found.shape == FRESH.y.shape
    assert found.dtype == np.float64
    assert ((found >= 0) & (found <= 1)).all()
    assert 0.85 < roc_auc_score(FRESH.y, found) < 0.995
    assert one.threshold == again.threshold
    assert method == "threshold tuning" or one.threshold == pytest.approx(0.5)
    assert one.is_probability == (method not in ONE_CLASS)
    np.testing.assert_array_equal(found, again.probability(FRESH.x))
    np.testing.assert_allclose(found[:7], one.probability(FRESH.x[:7]), atol=1e-5)  # rows are judged one by one


@pytest.mark.parametrize("method", METHODS)
def test_the_unit_of_a_feature_does_not_matter(method: str) -> None:
    """Not at all for a power of two, which standardization takes out without rounding."""
    scales = np.array([1024.0, 2.0**-10, 2.0])
    plain, scaled = fitted(method), fitted(method, train=Sample(TRAIN.x * scales, TRAIN.y))
    np.testing.assert_array_equal(plain.probability(FRESH.x), scaled.probability(FRESH.x * scales))
    assert plain.threshold == scaled.threshold


@every_classifier
def test_of_classifiers_neither(classifier: str) -> None:
    plain, scaled = (
        fitted("none", classifier, Sample(TRAIN.x * scale, TRAIN.y)).probability(FRESH.x * scale)
        for scale in (1, 1024.0)
    )
    np.testing.assert_array_equal(plain, scaled)


def test_a_thousand_times_as_large_or_moved_is_the_same_up_to_rounding() -> None:
    plain, moved = (
        fitted("SMOTE", train=Sample(TRAIN.x * scale + shift, TRAIN.y)).probability(FRESH.x * scale + shift)
        for scale, shift in ((1, 0), (1000, 70))
    )
    np.testing.assert_allclose(plain, moved, atol=1e-4)


@pytest.mark.parametrize("method", METHODS)
def test_the_training_set_stays_as_it_was(method: str) -> None:
    copy = Sample(TRAIN.x.copy(), TRAIN.y.copy())
    fitted(method)
    np.testing.assert_array_equal(TRAIN.x, copy.x)
    np.testing.assert_array_equal(TRAIN.y, copy.y)


@pytest.mark.parametrize(
    "method", ["random over-sampling", "SMOTE", "random under-sampling", "threshold tuning", *OWN[:-1]]
)
def test_another_seed_gives_another_model(method: str) -> None:
    one, other = (fitted(method, seed=seed) for seed in (0, 1))
    assert not np.array_equal(one.probability(FRESH.x), other.probability(FRESH.x))


# ---------------------------------------------------------------- against pipelines


@every_classifier
def test_none_is_the_classifier_behind_a_scaler(classifier: str) -> None:
    pipeline = make_pipeline(StandardScaler(), REFERENCES[classifier]()).fit(TRAIN.x, TRAIN.y)
    np.testing.assert_allclose(fitted("none", classifier).probability(FRESH.x), positive(pipeline), rtol=1e-9)


def test_the_tree_is_no_deeper_than_six_and_no_leaf_has_less_than_three_rows() -> None:
    """In much noise, where a tree without bounds would be deeper."""
    train = gaussians(400, 300, apart=0.2)
    standard = StandardScaler().fit(train.x)
    direct = DecisionTreeClassifier(max_depth=6, min_samples_leaf=3, random_state=SEED)
    direct.fit(standard.transform(train.x), train.y)
    assert direct.get_depth() == 6
    found = fitted("none", "decision tree", train).probability(FRESH.x)
    np.testing.assert_array_equal(found, positive(direct, standard.transform(FRESH.x)))


@every_classifier
@pytest.mark.parametrize(("ratio", "k_neighbors"), [(1, 5), (2, 3)])
def test_smote_is_imbalanced_learns_pipeline(classifier: str, ratio: float, k_neighbors: int) -> None:
    smote = SMOTE(sampling_strategy=1 / ratio, k_neighbors=k_neighbors, random_state=SEED)
    pipeline = make_pipeline(StandardScaler(), smote, REFERENCES[classifier]()).fit(TRAIN.x, TRAIN.y)
    ours = fitted("SMOTE", classifier, ratio=ratio, k_neighbors=k_neighbors)
    np.testing.assert_allclose(ours.probability(FRESH.x), positive(pipeline), rtol=1e-9)


def test_random_under_sampling_is_imbalanced_learns_pipeline() -> None:
    pipeline = make_pipeline(
        StandardScaler(), RandomUnderSampler(sampling_strategy=1 / 2, random_state=SEED), LogisticRegression()
    ).fit(TRAIN.x, TRAIN.y)
    ours = fitted("random under-sampling", ratio=2)
    np.testing.assert_allclose(ours.probability(FRESH.x), positive(pipeline), rtol=1e-9)


@pytest.mark.parametrize("classifier", ["logistic regression", "decision tree", "gradient boosting"])
def test_class_weights_are_scikit_learns_where_it_has_them(classifier: str) -> None:
    balanced = REFERENCES[classifier]().set_params(class_weight="balanced").fit(STANDARD.x, STANDARD.y)
    np.testing.assert_allclose(
        fitted("class weights", classifier).probability(FRESH.x),
        positive(balanced, SCALER.transform(FRESH.x)),
        rtol=1e-6,
    )


@pytest.mark.parametrize("classifier", [name for name in CLASSIFIERS if name not in WEIGHTLESS])
def test_class_weights_are_those_of_rows_that_count_alike(classifier: str) -> None:
    """120 rows, 90 and 30: each of the majority weighs 120 / 180, each of the minority 120 / 60."""
    weights = np.where(TRAIN.y == 1, 2.0, 2 / 3)
    weighted = REFERENCES[classifier]().fit(STANDARD.x, STANDARD.y, sample_weight=weights)
    ours = fitted("class weights", classifier).probability(FRESH.x)
    np.testing.assert_allclose(ours, positive(weighted, SCALER.transform(FRESH.x)), rtol=1e-6)


@pytest.mark.parametrize("classifier", ["logistic regression", "decision tree", "MLP in torch"])
def test_threshold_tuning_is_scikit_learns(classifier: str) -> None:
    """Whichever part is learnt, which is asked below."""
    tuned = (
        TunedThresholdClassifierCV(REFERENCES[classifier](), scoring="f1", cv=part, refit=False, random_state=SEED)
        for part in (0.25, 0.75)
    )
    theirs = {each.fit(STANDARD.x, STANDARD.y).best_threshold_: each for each in tuned}
    ours = fitted("threshold tuning", classifier)
    called = theirs[ours.threshold].predict(SCALER.transform(FRESH.x))
    np.testing.assert_array_equal(ours.probability(FRESH.x) >= ours.threshold, called)


def held_out(train: Sample, model: Model, seed: int) -> tuple[float, Floats, Ints]:
    """The share that was learnt, and the probabilities and classes of the rest, by scikit-learn's own split."""
    standard = StandardScaler().fit_transform(train.x)
    for share in (0.75, 0.25):
        parts = StratifiedShuffleSplit(1, train_size=share, random_state=seed).split(train.x, train.y)
        learnt, held = next(parts)
        found = positive(LogisticRegression().fit(standard[learnt], train.y[learnt]), standard[held])
        if np.allclose(model.probability(train.x[held]), found, rtol=1e-6):
            return share, found, train.y[held]
    return math.nan, np.empty(0), np.empty(0, dtype=int)


@pytest.mark.parametrize("seed", range(4))
def test_the_tuned_threshold_has_the_best_f1_on_rows_that_were_not_learnt(seed: int) -> None:
    """Of a hundred thresholds from the smallest to the largest probability of what was held out."""
    train = gaussians(160, 40, apart=1, seed=seed)
    model = fitted("threshold tuning", train=train, seed=seed)
    _, found, y = held_out(train, model, seed)
    worth = {threshold: f1_score(y, found >= threshold) for threshold in np.linspace(found.min(), found.max(), 100)}
    assert f1_score(y, found >= model.threshold) == max(worth.values())
    assert min(abs(model.threshold - threshold) for threshold in worth) < 1e-6


def test_three_quarters_are_learnt_and_the_threshold_is_found_on_the_rest() -> None:
    train = gaussians(160, 40, apart=1)
    share, _, _ = held_out(train, fitted("threshold tuning", train=train), SEED)
    assert share == 0.75


def test_easy_ensemble_is_imbalanced_learns() -> None:
    """Four balanced draws, ten rounds of AdaBoost on each."""
    theirs = make_pipeline(
        StandardScaler(), EasyEnsembleClassifier(4, AdaBoostClassifier(n_estimators=10), random_state=SEED)
    ).fit(TRAIN.x, TRAIN.y)
    np.testing.assert_allclose(fitted("EasyEnsemble").probability(FRESH.x), positive(theirs), rtol=1e-9)


def test_the_balanced_forest_is_imbalanced_learns() -> None:
    theirs = make_pipeline(
        StandardScaler(), BalancedRandomForestClassifier(50, min_samples_leaf=3, random_state=SEED)
    ).fit(TRAIN.x, TRAIN.y)
    np.testing.assert_allclose(fitted("balanced random forest").probability(FRESH.x), positive(theirs), rtol=1e-9)


def test_balance_cascade_is_the_demos() -> None:
    cascade = balance_cascade(STANDARD, n_estimators=4, seed=SEED)
    found = fitted("BalanceCascade").probability(FRESH.x)
    np.testing.assert_array_equal(found, cascade.probability(SCALER.transform(FRESH.x)))
    np.testing.assert_array_equal(found >= 0.5, cascade.decision(SCALER.transform(FRESH.x)) >= 0)


@pytest.mark.parametrize(
    ("method", "make"),
    [
        ("isolation forest", lambda: IsolationForest(contamination=0.1, random_state=SEED)),
        ("one-class SVM", lambda: OneClassSVM(nu=0.1)),
    ],
)
def test_one_class_models_learn_the_majority_alone_and_call_what_is_unlike_it_positive(
    method: str, make: Callable[[], Any]
) -> None:
    theirs = make().fit(STANDARD.x[STANDARD.y == 0])
    x = SCALER.transform(FRESH.x)
    ours, decision = fitted(method).probability(FRESH.x), theirs.decision_function(x)
    assert (np.diff(ours[np.argsort(-decision)]) >= 0).all()  # the less alike, the higher
    assert len(np.unique(ours)) == len(np.unique(decision))
    np.testing.assert_array_equal(ours >= 0.5, theirs.predict(x) == -1)
    spread = theirs.decision_function(STANDARD.x[STANDARD.y == 0]).std()
    np.testing.assert_allclose(np.log(ours / (1 - ours)), -decision / spread, rtol=1e-6, atol=1e-9)
    judged = fitted(method).probability(TRAIN.x[TRAIN.y == 0])
    border = np.abs(judged - 0.5) < 1e-3
    assert np.sum((judged >= 0.5) & ~border) <= 9 <= np.sum((judged >= 0.5) | border)  # a tenth of 90


def test_one_class_models_do_not_see_the_minority() -> None:
    """Other positive rows with the same mean and variance, so that features are standardized alike."""
    mirrored = TRAIN.x.copy()
    rows = mirrored[TRAIN.y == 1]
    mirrored[TRAIN.y == 1] = 2 * rows.mean(axis=0) - rows
    for method in ONE_CLASS:
        one, other = (fitted(method, train=Sample(x, TRAIN.y)).probability(FRESH.x) for x in (TRAIN.x, mirrored))
        np.testing.assert_allclose(one, other, rtol=1e-6)


@pytest.mark.parametrize("method", ONE_CLASS)
def test_a_majority_of_one_value_has_no_spread_to_divide_by(method: str) -> None:
    y = np.repeat([0, 1], [40, 10])
    x = np.random.default_rng(0).standard_normal((50, 2)) * y[:, None]
    found = fitted(method, train=Sample(x, y)).probability(x)
    assert ((found >= 0) & (found <= 1)).all()
    assert len(np.unique(found[y == 0])) == 1


# ---------------------------------------------------------------- the classifier in torch


def trained_by_hand(x: Floats, y: Ints, weights: Floats, seed: int) -> Callable[[Floats], Floats]:
    """The same network in numpy: its gradients by the chain rule, and D. Kingma and J. Ba's Adam, in 64 bits."""
    generator = stream(seed, "MLP")
    parameters = [
        (math.sqrt(2 / wide) * torch.randn(shape, generator=generator)).double().numpy()
        for shape, wide in (((HIDDEN, x.shape[1]), x.shape[1]), ((1, HIDDEN), HIDDEN))
    ]
    parameters = [parameters[0], np.zeros(HIDDEN), parameters[1], np.zeros(1)]
    first, second = ([np.zeros_like(each) for each in parameters] for _ in range(2))
    for step in range(1, STEPS + 1):
        hidden = np.maximum(x @ parameters[0].T + parameters[1], 0)
        logit = (hidden @ parameters[2].T + parameters[3])[:, 0]
        slope = (weights / weights.sum() * (1 / (1 + np.exp(-logit)) - y))[:, None]
        back = slope @ parameters[2] * (hidden > 0)
        gradients = [back.T @ x, back.sum(axis=0), slope.T @ hidden, slope.sum(axis=0)]
        for place, gradient in enumerate(gradients):
            first[place] = 0.9 * first[place] + 0.1 * gradient
            second[place] = 0.999 * second[place] + 0.001 * gradient**2
            scale = np.sqrt(second[place] / (1 - 0.999**step)) + 1e-8
            parameters[place] = parameters[place] - LEARNING_RATE * first[place] / (1 - 0.9**step) / scale

    def probability(at: Floats) -> Floats:
        hidden = np.maximum(at @ parameters[0].T + parameters[1], 0)
        return np.asarray(1 / (1 + np.exp(-(hidden @ parameters[2].T + parameters[3])[:, 0])))

    return probability


@pytest.mark.parametrize("seed", [0, 1, 2])
@pytest.mark.parametrize("weighted", [False, True])
def test_the_mlp_is_the_same_network_trained_in_numpy(seed: int, *, weighted: bool) -> None:
    weights = np.random.default_rng(seed).uniform(0.5, 3, len(STANDARD.y))
    ours = TorchMLP(random_state=seed).fit(*STANDARD, sample_weight=weights if weighted else None)
    by_hand = trained_by_hand(*STANDARD, weights if weighted else np.ones(len(weights)), seed)
    x = SCALER.transform(FRESH.x)
    np.testing.assert_allclose(positive(ours, x), by_hand(x), atol=2e-3)


@law
@given(seed=st.integers(0, 100), repeats=st.integers(2, 4))
def test_a_row_that_weighs_twice_stands_there_twice(seed: int, repeats: int) -> None:
    sample = gaussians(30, 10, seed=seed)
    x = StandardScaler().fit_transform(sample.x)
    times = np.random.default_rng(seed).integers(1, repeats + 1, len(x))
    weighted = TorchMLP(random_state=seed).fit(x, sample.y, sample_weight=times.astype(float))
    repeated = TorchMLP(random_state=seed).fit(np.repeat(x, times, axis=0), np.repeat(sample.y, times))
    np.testing.assert_allclose(positive(weighted, x), positive(repeated, x), atol=2e-3)


def test_only_the_proportion_of_weights_matters_and_equal_ones_are_none() -> None:
    weights = np.where(STANDARD.y == 1, 4.0, 1.0)
    one, eight, none, alike = (
        positive(TorchMLP(random_state=0).fit(*STANDARD, sample_weight=each), STANDARD.x)
        for each in (weights, 8 * weights, None, np.full(len(weights), 0.25))
    )
    np.testing.assert_array_equal(one, eight)
    np.testing.assert_allclose(none, alike, atol=1e-4)
    assert np.abs(one - none).max() > 0.01


def test_the_mlp_has_descended() -> None:
    """Far below the entropy of guessing the base rate, which is ln 4 − ¾ ln 3."""
    found = positive(TorchMLP(random_state=0).fit(*STANDARD), STANDARD.x)
    loss = -np.log(np.where(STANDARD.y == 1, found, 1 - found)).mean()
    assert loss < (math.log(4) - 0.75 * math.log(3)) / 2
    assert found.mean() == pytest.approx(0.25, abs=0.03)  # where the gradient of the last bias is 0


def test_the_mlp_bends_its_border() -> None:
    """The exclusive or, which no straight line divides."""
    x = np.random.default_rng(0).uniform(-1, 1, (400, 2))
    y = (x.prod(axis=1) > 0).astype(int)
    assert (TorchMLP(random_state=0).fit(x, y).predict(x) == y).mean() > 0.95
    assert (LogisticRegression().fit(x, y).predict(x) == y).mean() < 0.65


def test_the_mlp_has_scikit_learns_interface() -> None:
    mlp = clone(TorchMLP(random_state=7)).fit(*STANDARD)
    assert mlp.random_state == 7
    assert mlp.classes_.tolist() == [0, 1]
    found = mlp.predict_proba(STANDARD.x)
    assert found.shape == (120, 2)
    np.testing.assert_allclose(found.sum(axis=1), 1)
    np.testing.assert_array_equal(mlp.predict(STANDARD.x), (found[:, 1] >= 0.5).astype(int))
    assert mlp.score(*STANDARD) == np.mean(mlp.predict(STANDARD.x) == STANDARD.y)
    assert TorchMLP().get_params() == {"random_state": 0}


def test_the_mlp_has_its_own_random_numbers() -> None:
    with torch.random.fork_rng():
        found = []
        for noise, seed in ((0, 0), (1, 0), (0, 1)):
            torch.manual_seed(noise)
            found.append(positive(TorchMLP(random_state=seed).fit(*STANDARD), STANDARD.x))
    np.testing.assert_array_equal(found[0], found[1])
    assert not np.array_equal(found[0], found[2])


# ---------------------------------------------------------------- what is refused


@pytest.mark.parametrize(
    ("method", "classifier", "train", "sentence"),
    [
        ("class weights", "k-nearest neighbours", TRAIN, "k-nearest neighbours take no weights."),
        (
            "threshold tuning",
            "decision tree",
            gaussians(60, 5),
            "Threshold tuning needs 6 minority rows to train on; there are 5.",
        ),
        ("none", "RBF SVM", gaussians(60, 2), "RBF SVM needs 3 rows of each class to train on; there are 2."),
        (
            "class weights",
            "MLP in torch",
            gaussians(60, 2),
            "MLP in torch needs 3 rows of each class to train on; there are 2.",
        ),
        (
            "SMOTE",
            "RBF SVM",
            gaussians(60, 5),
            "SMOTE looks at 5 neighbours of the same class and needs 6 minority rows to train on; there are 5.",
        ),
    ],
)
def test_what_cannot_be_learnt_is_refused_in_a_sentence(
    method: str, classifier: str, train: Sample, sentence: str
) -> None:
    assert refusal(method, classifier, train) == sentence


@every_classifier
@pytest.mark.parametrize("method", ["none", "random over-sampling"])
def test_three_rows_are_enough(classifier: str, method: str) -> None:
    found = fitted(method, classifier, gaussians(60, 3)).probability(FRESH.x)
    assert ((found >= 0) & (found <= 1)).all()


def test_six_are_enough_for_a_threshold() -> None:
    assert 0 <= fitted("threshold tuning", train=gaussians(60, 6)).threshold <= 1


@pytest.mark.parametrize(
    ("name", "value", "complaint"),
    [
        ("method", "smote", r"^method must be one of none, .*, one-class SVM, not 'smote'\.$"),
        ("classifier", "SVM", r"^classifier must be one of logistic regression, .*, not 'SVM'\.$"),
        ("ratio", 0.5, r"^ratio must be at least 1, not 0\.5\.$"),
    ],
)
def test_what_is_unknown_or_out_of_range_is_refused(name: str, value: object, complaint: str) -> None:
    arguments = {"method": "SMOTE", "classifier": "decision tree", "ratio": 1.0, "k_neighbors": 5, "seed": 0}
    with pytest.raises(ValueError, match=complaint):
        fit(TRAIN, **(arguments | {name: value}))  # type: ignore[arg-type]


@pytest.mark.parametrize("method", ["random under-sampling", "NearMiss-1", "NearMiss-2", "NearMiss-3"])
def test_seven_neighbours_make_do_with_six_rows_or_refuse_them(method: str) -> None:
    try:
        model = fitted(method, "k-nearest neighbours", gaussians(60, 3))
    except ValueError as error:
        assert "n_neighbors" not in str(error)  # noqa: PT017 - what is refused is refused well
    else:
        assert np.isfinite(model.probability(FRESH.x)).all()


@pytest.mark.parametrize(
    ("method", "classifier"),
    [
        ("BalanceCascade", "decision tree"),  # “BaseClassifier in AdaBoostClassifier ensemble is worse than random”
        ("threshold tuning", "decision tree"),  # “The provided estimator makes constant predictions. Therefore, …”
    ],
)
def test_features_that_say_nothing_are_refused_in_the_words_of_the_house(method: str, classifier: str) -> None:
    sentence = refusal(method, classifier, Sample(np.ones_like(TRAIN.x), TRAIN.y))
    assert "Classifier" not in sentence
    assert "estimator" not in sentence


def test_gradient_boosting_learns_from_thirty_rows_or_refuses_them() -> None:
    """What it gives is the same probability, ½, for every row, so that every row is called positive."""
    try:
        model = fitted("random under-sampling", "gradient boosting", gaussians(200, 15))
    except ValueError:
        return
    assert len(np.unique(model.probability(FRESH.x))) > 1


def test_a_constant_feature_changes_nothing() -> None:
    def found(*constants: float) -> Floats:
        train, fresh = (np.concatenate([x, np.tile(constants, (len(x), 1))], axis=1) for x in (TRAIN.x, FRESH.x))
        return fitted("SMOTE", train=Sample(train, TRAIN.y)).probability(fresh)

    np.testing.assert_allclose(found(), found(7, -3), rtol=1e-6)
