"""The imbalance page: the claims of its scenarios, its controls, its sentences, its charts' tables and its tabs.

What is expected comes from scikit-learn and imbalanced-learn called directly, or from counting, and not from the page.
"""

import base64
import contextlib
import io
import math
import re
import warnings
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final, NamedTuple

import numpy as np
import pandas as pd
import pytest
import streamlit as st
from imblearn.over_sampling import SMOTE, RandomOverSampler
from imblearn.pipeline import make_pipeline
from imblearn.under_sampling import EditedNearestNeighbours, NearMiss, RandomUnderSampler, TomekLinks
from PIL import Image
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import average_precision_score, precision_recall_curve, roc_auc_score, roc_curve
from sklearn.model_selection import StratifiedKFold, TunedThresholdClassifierCV, cross_val_score, train_test_split
from sklearn.neighbors import KNeighborsClassifier, NearestNeighbors
from sklearn.preprocessing import StandardScaler
from sklearn.tree import DecisionTreeClassifier
from streamlit.testing.v1 import AppTest

from demos.data.balance_cascade import balance_cascade
from demos.data.class_imbalance import Judged, judged, leakage
from demos.data.methods import METHODS, fit
from demos.data.resampling import RESAMPLERS
from demos.data.samples import Floats, Ints, Sample, Split, make_data, split
from demos.data.scores import Scores, operating
from pages.data import _imbalance_run as runs
from pages.data import _imbalance_tabs as tabs
from pages.data._imbalance_controls import DEFAULTS, OWN, SIDES, Controls
from pages.data._imbalance_words import conclusions
from pages.data.class_imbalance import SCENARIOS
from tests.pages import chart_rows, enter, open_page
from ui.kit.charts import Ink

PAGE: Final = "class_imbalance"
TABS: Final = ("Scores", "Calibration", "Leakage", "Costs", "Ensembles", "Own data")
SETTINGS: Final = {scenario.name: {**DEFAULTS, **scenario.settings} for scenario in SCENARIOS}
PERCENT: Final = range(1, 100)
Link = dict[str, str | list[str]]
Table = dict[str, list[Any]]


# What is expected, without the page.


class Told(NamedTuple):
    """A method applied by scikit-learn and imbalanced-learn alone."""

    train: Sample
    test: Sample
    learnt: Sample  # standardized, after resampling
    scaler: Any
    model: Any

    @property
    def probability(self) -> Floats:
        return self.asked(self.test.x)

    def asked(self, x: Floats) -> Floats:
        return np.asarray(self.model.predict_proba(self.scaler.transform(x))[:, 1])


def sampler(method: str, *, target: float, k_neighbors: int, seed: int) -> Any:  # noqa: ANN401 - no types
    share = 1 / target
    made: dict[str, Callable[[], Any]] = {
        "random over-sampling": lambda: RandomOverSampler(sampling_strategy=share, random_state=seed),
        "SMOTE": lambda: SMOTE(sampling_strategy=share, k_neighbors=k_neighbors, random_state=seed),
        "random under-sampling": lambda: RandomUnderSampler(sampling_strategy=share, random_state=seed),
        "NearMiss-3": lambda: NearMiss(sampling_strategy=share, version=3, n_neighbors=3, n_neighbors_ver3=3),
        "Tomek links": TomekLinks,
        "edited nearest neighbours": EditedNearestNeighbours,
    }
    return made[method]()


def classifier_of(name: str, seed: int) -> Any:  # noqa: ANN401 - no types
    return {
        "logistic regression": LogisticRegression(max_iter=1000),
        "decision tree": DecisionTreeClassifier(max_depth=6, min_samples_leaf=3, random_state=seed),
        "k-nearest neighbours": KNeighborsClassifier(7),
    }[name]


def divided(sample: Sample, seed: int) -> tuple[Sample, Sample]:
    x, x_test, y, y_test = train_test_split(
        sample.x, sample.y, test_size=0.3, stratify=sample.y, random_state=seed, shuffle=True
    )
    return Sample(x, y), Sample(x_test, y_test)


def direct(side: str, *, own: Sample | None = None, **changes: Any) -> Told:  # noqa: ANN401 - settings
    """One side of the page under these settings."""
    chosen = {**DEFAULTS, **changes}
    seed = int(chosen["seed"])
    keys = ("rows", "ratio", "overlap", "label_noise", "seed")
    sample = own or make_data(shape=chosen["data"], **{key: chosen[key] for key in keys})
    train, test = divided(sample, seed)
    scaler = StandardScaler().fit(train.x)
    learnt = Sample(scaler.transform(train.x), train.y)
    if chosen[side] != "none":
        how = sampler(chosen[side], target=chosen["target"], k_neighbors=chosen["k_neighbors"], seed=seed)
        with warnings.catch_warnings(action="ignore"):  # NearMiss-3 warns where it falls short
            learnt = Sample(*how.fit_resample(*learnt))
    return Told(train, test, learnt, scaler, classifier_of(chosen["classifier"], seed).fit(*learnt))


def counted(y: Ints, probability: Floats, threshold: float) -> tuple[int, int, int, int]:
    """True and false negatives and positives by counting: tn, fp, fn, tp."""
    tn = fp = fn = tp = 0
    for kind, value in zip(y.tolist(), probability.tolist(), strict=True):
        called = value >= threshold
        tp += called and kind == 1
        fp += called and kind == 0
        fn += not called and kind == 1
        tn += not called and kind == 0
    return tn, fp, fn, tp


def binned(y: Ints, probability: Floats) -> list[tuple[float, float, int]]:
    """Mean probability, share of positives and rows of each tenth."""
    found = []
    for low in range(10):
        rows = [place for place, value in enumerate(probability) if min(int(value * 10), 9) == low]
        found.append(
            (float(np.mean(probability[rows])), float(np.mean(y[rows])), len(rows)) if rows else (math.nan, math.nan, 0)
        )
    return found


def metrics(y: Ints, probability: Floats, threshold: float = 0.5) -> dict[str, float]:
    """By their formulas, but for the two areas, which are scikit-learn's."""
    tn, fp, fn, tp = counted(y, probability, threshold)
    recall, specificity = tp / (tp + fn), tn / (tn + fp)
    product = (tp + fp) * (tp + fn) * (tn + fp) * (tn + fn)
    return {
        "true_negatives": tn,
        "false_positives": fp,
        "false_negatives": fn,
        "true_positives": tp,
        "accuracy": (tp + tn) / len(y),
        "balanced_accuracy": (recall + specificity) / 2,
        "precision": tp / (tp + fp) if tp + fp else 0,
        "recall": recall,
        "f1": 2 * tp / (2 * tp + fp + fn),
        "g_mean": math.sqrt(recall * specificity),
        "mcc": (tp * tn - fp * fn) / math.sqrt(product) if product else 0,
        "roc_auc": float(roc_auc_score(y, probability)),
        "average_precision": float(average_precision_score(y, probability)),
        "brier": float(np.mean((probability - y) ** 2)),
        "ece": sum(rows * abs(p - o) for p, o, rows in binned(y, probability) if rows) / len(y),
        "mean_probability": float(probability.mean()),
    }


def corrected(told: Told) -> Floats:
    """The correction's formula with the odds before over those after, by counting."""
    (n, p), (n_after, p_after) = told.train.counts, told.learnt.counts
    beta, seen = (p / n) / (p_after / n_after), told.probability
    return np.asarray(beta * seen / (beta * seen - seen + 1))


# What the page says.


def text(app: AppTest) -> str:
    assert not app.exception
    return "\n".join(str(each.value) for each in [*app.markdown, *app.caption])


def plain(words: str) -> str:
    """Without the escapes of what a reader typed."""
    return words.replace("\\", "")


def errors(app: AppTest) -> list[str]:
    assert not app.exception
    return [plain(each.value) for each in app.error]


def printed(app: AppTest) -> list[dict[str, float]]:
    """The numbers of both methods that the snippet prints."""
    assert not app.exception
    return [
        {key: float(number) for key, number in re.findall(r"(\w+)=(\S+)", line)}
        for line in str(app.code[1].value).splitlines()
    ]


def own(content: str | bytes, *, app: AppTest | None = None, name: str = "mine.csv", **link: str) -> AppTest:
    """The page after a reader's upload."""
    if app is None:
        app = open_page(PAGE, {"data": OWN, **link}, reproduce=True)
    data = content if isinstance(content, bytes) else content.encode()
    return app.file_uploader(key="own rows file").set_value((name, data, "text/csv")).run()


def run_of(**changes: Any) -> tuple[Controls, runs.Run]:  # noqa: ANN401 - settings
    """The page's numbers without the page."""
    chosen = {**DEFAULTS, **changes}
    keys = ("ratio", "rows", "overlap", "label_noise", "classifier", "target", "k_neighbors", "seed")
    settings = {key: chosen[key] for key in keys}
    controls = Controls(data=chosen["data"], own=None, methods={side: chosen[side] for side in SIDES}, **settings)
    return controls, runs.run(controls)


def outcome_of(result: runs.Run, side: str) -> runs.Outcome:
    found = result.outcomes[side]
    assert not isinstance(found, str)
    return found


def decoded(url: str) -> Ints:
    """The pixels of an image (rows, columns, RGBA), row 0 at the bottom."""
    image = Image.open(io.BytesIO(base64.b64decode(url.split(",", 1)[1]))).convert("RGBA")
    return np.flipud(np.asarray(image)).astype(int)


def ends(train: Sample) -> tuple[Floats, Floats]:
    """The corners of the picture."""
    each = [np.quantile(train.x[train.y == kind], (0.005, 0.995), axis=0) for kind in (0, 1)]
    low = np.minimum(each[0][0], each[1][0])
    high = np.maximum(each[0][1], each[1][1])
    return low - 0.05 * (high - low), high + 0.05 * (high - low)


@pytest.fixture(scope="module")
def first_view() -> AppTest:
    return open_page(PAGE, reproduce=True)


# The scenarios.


def of_scenario(name: str, method: str, **changes: Any) -> tuple[Split, Scores]:  # noqa: ANN401 - settings
    """What the demos compute for a method under a scenario's settings."""
    chosen = {**SETTINGS[name], **changes}
    keys = ("rows", "ratio", "overlap", "label_noise", "seed")
    parts = split(make_data(shape=chosen["data"], **{key: chosen[key] for key in keys}), seed=chosen["seed"])
    found = judged(
        parts,
        method,
        classifier=chosen["classifier"],
        ratio=chosen["target"],
        k_neighbors=chosen["k_neighbors"],
        seed=chosen["seed"],
    )
    assert found.scores is not None
    return parts, found.scores


def test_the_scenarios_are_those_that_are_tested() -> None:
    assert list(SETTINGS) == [
        "Right in 99 %",
        "SMOTE or a threshold",
        "Over-sampled before the split",
        "NearMiss-1 or NearMiss-2",
        "Label noise",
    ]


def test_right_in_99_percent_and_none_found() -> None:
    parts, plain_model = of_scenario("Right in 99 %", "none")
    _, weighted = of_scenario("Right in 99 %", "class weights")
    assert SETTINGS["Right in 99 %"]["B"] == "class weights"
    assert parts.train.counts[1] + parts.test.counts[1] == round(5000 / 101)
    assert parts.test.counts == (1485, 15)
    assert (plain_model.true_positives, plain_model.false_positives) == (0, 1)
    assert plain_model.accuracy == pytest.approx(0.989, abs=0.0005)
    assert pytest.approx(0.99) == 1485 / 1500
    assert weighted.true_positives == 10
    assert weighted.accuracy == pytest.approx(0.84, abs=0.005)
    assert plain_model.roc_auc == pytest.approx(0.829, abs=0.0005)
    assert weighted.roc_auc == pytest.approx(0.831, abs=0.0005)
    assert weighted.false_positives > 100 * plain_model.false_positives


def test_smote_improves_neither_ranking_nor_calibration_and_a_threshold_has_the_same_hits() -> None:
    parts, none = of_scenario("SMOTE or a threshold", "none")
    _, smote = of_scenario("SMOTE or a threshold", "SMOTE")
    assert none.roc_auc == pytest.approx(0.916, abs=0.0005)
    assert smote.roc_auc == pytest.approx(0.910, abs=0.0005)
    assert none.mean_probability == pytest.approx(0.051, abs=0.0005)
    assert smote.mean_probability == pytest.approx(0.238, abs=0.0005)
    assert smote.ece > none.ece
    assert smote.brier > none.brier
    assert parts.test.y.mean() == pytest.approx(0.047, abs=0.0005)
    assert (smote.true_positives, smote.false_positives) == (22, 93)
    model = fit(parts.train, "none", classifier="logistic regression", ratio=1, k_neighbors=5, seed=0)
    assert counted(parts.test.y, model.probability(parts.test.x), 0.05)[1::2] == (94, 22)


def test_over_sampled_before_the_split_noise_looks_brilliant() -> None:
    chosen = SETTINGS["Over-sampled before the split"]
    assert chosen["data"] == "pure noise"
    assert chosen["B"] == "random over-sampling"
    noise = make_data(shape="pure noise", rows=2000, ratio=20, overlap=0.4, label_noise=0, seed=0)
    found = {
        method: leakage(noise, method, classifier=chosen["classifier"], ratio=1, k_neighbors=5, seed=0)
        for method in ("random over-sampling", "SMOTE")
    }
    copied = found["random over-sampling"]
    assert copied.leaky_auc.mean() == pytest.approx(0.97, abs=0.005)
    assert copied.leaky_auc.mean() > 0.95
    assert copied.honest_auc.mean() == pytest.approx(0.52, abs=0.005)
    assert found["SMOTE"].leaky_auc.mean() == pytest.approx(0.83, abs=0.005)


def test_the_honest_score_of_the_answer_is_the_one_that_the_page_shows() -> None:
    said = re.search(r"inside of each fold it gets (\d\.\d\d)", SCENARIOS[2].answer)
    assert said
    link: Link = {
        "tab": "Leakage",
        "data": "pure noise",
        "classifier": "k-nearest neighbours",
        "B": "random over-sampling",
    }
    assert f"ROC AUC **{said[1]}** when each" in text(open_page(PAGE, link))


def test_the_copies_that_k_nn_finds_are_in_the_training_set() -> None:
    x = np.arange(200, dtype=float)[:, None]
    copies, y = RandomOverSampler(random_state=0).fit_resample(x, (x[:, 0] < 10).astype(int))
    train, test = next(StratifiedKFold(5, shuffle=True, random_state=0).split(copies, y))
    positive = copies[test][y[test] == 1]
    assert np.isin(positive, copies[train]).all()


def test_nearmiss_1_ranks_better_than_chance_and_nearmiss_2_does_not() -> None:
    parts, first = of_scenario("NearMiss-1 or NearMiss-2", "NearMiss-1")
    _, second = of_scenario("NearMiss-1 or NearMiss-2", "NearMiss-2")
    _, none = of_scenario("NearMiss-1 or NearMiss-2", "none")
    assert first.roc_auc == pytest.approx(0.68, abs=0.005)
    assert second.roc_auc == pytest.approx(0.48, abs=0.005)
    assert second.roc_auc < 0.5 < first.roc_auc
    assert none.roc_auc == pytest.approx(0.88, abs=0.005)
    assert parts.train.counts[1] == 67
    x = StandardScaler().fit_transform(parts.train.x)
    minority = x[parts.train.y == 1]
    kept, y = NearMiss(version=2, n_neighbors=3).fit_resample(x, parts.train.y)
    left = kept[y == 0]
    assert len(left) == 67

    def farthest(rows: Floats) -> Floats:
        away = np.sort(np.linalg.norm(rows[:, None] - minority, axis=2), axis=1)
        return np.asarray(away[:, -3:].mean(axis=1))

    # The ones nearest to the farthest minority rows: in the middle of them.
    assert farthest(left).max() <= np.sort(farthest(x[parts.train.y == 0]))[66] + 1e-9
    assert farthest(left).max() < np.median(farthest(minority))
    # Nearly everything far from those that are left is called positive, though the majority is there.
    model = fit(parts.train, "NearMiss-2", classifier="k-nearest neighbours", ratio=1, k_neighbors=5, seed=0)
    scaled = StandardScaler().fit(parts.train.x).transform(parts.test.x)
    near = NearestNeighbors(n_neighbors=1).fit(left).kneighbors(scaled)[0][:, 0]
    far = (near > 1) & (parts.test.y == 0)
    assert far.sum() > 100
    assert (model.probability(parts.test.x)[far] >= 0.5).mean() > 0.9


def test_nearmiss_1_keeps_those_nearest_to_their_nearest_minority_rows() -> None:
    parts, _ = of_scenario("NearMiss-1 or NearMiss-2", "NearMiss-1")
    x = StandardScaler().fit_transform(parts.train.x)
    minority = x[parts.train.y == 1]
    kept, y = NearMiss(version=1, n_neighbors=3).fit_resample(x, parts.train.y)
    nearest = NearestNeighbors(n_neighbors=3).fit(minority)
    found = nearest.kneighbors(kept[y == 0])[0].mean(axis=1)
    every = np.sort(nearest.kneighbors(x[parts.train.y == 0])[0].mean(axis=1))
    assert found.max() <= every[66] + 1e-9


def test_label_noise_makes_balance_cascade_call_most_of_the_majority_positive() -> None:
    parts, easy = of_scenario("Label noise", "EasyEnsemble")
    _, cascade = of_scenario("Label noise", "BalanceCascade")
    assert (cascade.false_positives, easy.false_positives, parts.test.counts[0]) == (421, 66, 572)
    assert cascade.roc_auc == pytest.approx(0.69, abs=0.005)
    assert easy.roc_auc == pytest.approx(0.76, abs=0.005)
    settings: dict[str, Any] = {"shape": "two Gaussians", "rows": 2000, "ratio": 20, "overlap": 0.4, "seed": 2}
    luckless = split(make_data(**settings, label_noise=0.3), seed=2)
    found = judged(luckless, "BalanceCascade", classifier="logistic regression", ratio=1, k_neighbors=5, seed=2).scores
    assert found is not None
    assert found.true_negatives == found.false_negatives == 0


def shares_of_swapped_rows() -> list[float]:
    """Of the majority rows that are left in each round of the cascade, under the scenario's settings."""
    settings: dict[str, Any] = {"shape": "two Gaussians", "rows": 2000, "ratio": 20, "overlap": 0.4, "seed": 0}
    noisy = make_data(**settings, label_noise=0.3)
    clean = make_data(**settings, label_noise=0.0)
    np.testing.assert_array_equal(noisy.x, clean.x)
    assert noisy.counts == clean.counts
    assert (noisy.y < clean.y).sum() == round(0.3 * clean.counts[1])
    learnt, _ = train_test_split(np.arange(2000), test_size=0.3, stratify=noisy.y, random_state=0)
    swapped = (noisy.y < clean.y)[learnt]  # of the minority, and called majority
    train = Sample(StandardScaler().fit_transform(noisy.x[learnt]), noisy.y[learnt])
    return [float(swapped[each.majority].mean()) for each in balance_cascade(train, n_estimators=4, seed=0).rounds]


def test_swapped_rows_gather_in_the_last_rounds_of_the_cascade() -> None:
    shares = shares_of_swapped_rows()
    assert shares == sorted(shares)
    assert shares[0] < 0.02
    assert shares[-1] > 8 * shares[0]


def test_swapped_rows_are_11_of_the_67_of_the_last_round() -> None:
    shares = shares_of_swapped_rows()
    assert shares[0] == pytest.approx(22 / 1333)
    assert shares[-1] == pytest.approx(11 / 67)


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda each: str(each.name))
def test_the_numbers_of_an_answer_stand_on_its_page(scenario: Any) -> None:  # noqa: ANN401 - a Scenario
    """The ROC AUCs and the counts that an answer gives are those of the view that it explains."""
    app = enter(open_page(PAGE), scenario.name)
    assert not chart_rows(app, "curves")["x"]
    assert not chart_rows(app, "thresholds")["tp"]
    assert not chart_rows(app, "boundaries")["url"]
    assert not chart_rows(app, "lines")["x"]
    assert chart_rows(app, "titles")["trouble"] == ["", ""]
    assert len(app.info) == 1
    assert not app.dataframe
    app.button_group(key="prediction").set_value(scenario.predictions[0]).run()
    chosen = SETTINGS[scenario.name]
    said = text(app)
    for side in SIDES:
        _, found = of_scenario(scenario.name, chosen[side])
        positives = found.true_positives + found.false_negatives
        assert f"it finds {found.true_positives} of {positives} and calls {found.false_positives:,} of" in said
        assert f"{found.roc_auc:.3f}" in said
    assert chart_rows(app, "curves")["x"]


# The controls.

REACHES: Final[Mapping[str, tuple[Mapping[str, Any], Any]]] = {
    "data": ({}, "circles"),
    "ratio": ({}, 5),
    "rows": ({}, 1000),
    "overlap": ({}, 0.8),
    "label_noise": ({}, 0.2),
    "classifier": ({}, "decision tree"),
    "A": ({}, "Tomek links"),
    "B": ({}, "random under-sampling"),
    "target": ({}, 5),
    "k_neighbors": ({"overlap": 0.7}, 1),
    "seed": ({}, 1),
}


def test_every_control_is_tried() -> None:
    assert REACHES.keys() | {"cost_fp", "cost_fn", "rounds"} == DEFAULTS.keys()  # these have tabs, below


@pytest.mark.parametrize("key", REACHES)
def test_every_control_reaches_the_numbers_that_others_compute(key: str) -> None:
    link, other = REACHES[key]
    changed = {**link, key: other}
    app = open_page(PAGE, {name: str(value) for name, value in changed.items()}, reproduce=True)
    sides = [direct(side, **changed) for side in SIDES]
    expected = [metrics(each.test.y, each.probability) for each in sides]
    assert expected != [metrics(each.test.y, each.probability) for each in (direct(side, **link) for side in SIDES)]
    for found, numbers in zip(printed(app), expected, strict=True):
        assert found == pytest.approx(numbers, rel=6e-4, abs=1e-6)
    a, b = expected
    said = text(app)
    negatives, positives = sides[0].test.counts
    assert f"The test set has {negatives:,} majority rows and {positives:,} of the minority." in said
    assert f"is right in **{negatives / (negatives + positives):.1%}**, and finds none." in said
    for side, numbers in zip(SIDES, expected, strict=True):
        method = {**DEFAULTS, **changed}[side]
        assert (
            f"**{side}** ({method}), at its threshold of 0.5, is right in **{numbers['accuracy']:.1%}**: it finds "
            f"{numbers['true_positives']} of {positives} and calls {numbers['false_positives']:,} of the majority "
            f"positive. F1 {numbers['f1']:.2f}, balanced accuracy {numbers['balanced_accuracy']:.2f}." in said
        )
    assert f"ROC AUC {a['roc_auc']:.3f} and {b['roc_auc']:.3f}" in said
    assert f"average precision {a['average_precision']:.2f} and {b['average_precision']:.2f}." in said
    assert (
        f"The mean probability went from {a['mean_probability']:.1%} to **{b['mean_probability']:.1%}**; "
        f"{positives / (negatives + positives):.1%} of the test rows are positive." in said
    )
    shown = app.dataframe[0].value
    for column, numbers in zip(shown.columns, expected, strict=True):
        assert shown.loc["F1", column] == f"{numbers['f1']:.3f}"
        assert shown.loc["ROC AUC", column] == f"{numbers['roc_auc']:.3f}"
        assert shown.loc["calibration error", column] == f"{numbers['ece']:.3f}"
        assert shown.loc["true negatives", column] == f"{numbers['true_negatives']:,}"


@pytest.mark.parametrize("key", REACHES)
def test_every_control_stands_in_the_snippet(key: str) -> None:
    link, other = REACHES[key]
    base = open_page(PAGE, {name: str(value) for name, value in link.items()}, reproduce=True)
    app = open_page(PAGE, {**{n: str(v) for n, v in link.items()}, key: str(other)}, reproduce=True)
    assert app.code[0].value != base.code[0].value
    assert repr(other) in app.code[0].value


# Sentences in special cases.


def test_a_method_that_cannot_work_says_why_and_leaves_the_other() -> None:
    app = open_page(PAGE, {"rows": "1000", "ratio": "200"}, reproduce=True)
    train, _ = divided(make_data(shape="two Gaussians", rows=1000, ratio=200, overlap=0.4, label_noise=0, seed=0), 0)
    why = (
        "SMOTE looks at 5 neighbours of the same class and needs 6 minority rows to train on; there are "
        f"{train.counts[1]}."
    )
    said = text(app)
    assert f"**B** cannot work here: {why}" in said
    assert "**A** (none), at its threshold" in said
    assert "The ranking" not in said
    assert "**B** has" not in said
    assert list(app.dataframe[0].value.columns) == ["A: none"]
    assert set(chart_rows(app, "thresholds")["side"]) == {"A"}
    assert set(chart_rows(app, "curves")["side"]) == {"A"}
    assert set(chart_rows(app, "boundaries")["x"]) == {0}
    titles = chart_rows(app, "titles")
    assert titles["trouble"][0] == ""
    assert why.startswith(titles["trouble"][1].removesuffix(" …"))
    assert titles["trouble"][1]
    assert str(app.code[1].value).splitlines()[1] == f"SMOTE {why}"
    for tab in ("Calibration", "Costs"):
        said = text(open_page(PAGE, {"rows": "1000", "ratio": "200", "tab": tab}))
        assert "**A: none**" in said
        assert "**B: SMOTE" not in said
        assert "tuned for F1" not in said


def test_where_neither_works_the_data_is_still_shown() -> None:
    link: Link = {"rows": "1000", "ratio": "500", "A": "none"}
    for tab in TABS[:2] + TABS[3:]:
        app = open_page(PAGE, {**link, "tab": tab}, reproduce=True)
        said = text(app)
        assert "**A** cannot work here" in said
        assert "**B** cannot work here" in said
        assert "The test set has" in said
    assert [each.value for each in open_page(PAGE, {**link, "tab": "Calibration"}).info] == [
        "Neither method gives probabilities."
    ]


@pytest.mark.parametrize("method", ["isolation forest", "one-class SVM"])
def test_a_one_class_model_claims_no_probability(method: str) -> None:
    app = open_page(PAGE, {"B": method}, reproduce=True)
    said = text(app)
    assert "The mean probability went" not in said
    assert "The ranking" in said
    shown = app.dataframe[0].value[f"B: {method}"]
    for metric in ("Brier score", "calibration error", "mean probability"):
        assert shown[metric] == "–"
    assert shown["ROC AUC"] != "–"
    assert "**B** has" not in said
    calibrated = open_page(PAGE, {"B": method, "tab": "Calibration"})
    assert set(chart_rows(calibrated, "bins")["model"]) == {"A: none"}
    costs = text(open_page(PAGE, {"B": method, "tab": "Costs"}))
    (line,) = (line for line in costs.splitlines() if line.startswith(f"- **B: {method}**"))
    assert line.endswith("a row at its own threshold of 0.5.")
    swapped = text(open_page(PAGE, {"A": method, "B": "none"}))
    assert "The mean probability went" not in swapped


def test_two_one_class_models_have_no_calibration() -> None:
    app = open_page(PAGE, {"A": "isolation forest", "B": "one-class SVM", "tab": "Calibration"})
    assert [each.value for each in app.info] == ["Neither method gives probabilities."]


@pytest.mark.parametrize("method", ["Tomek links", "edited nearest neighbours"])
def test_a_method_that_cleans_claims_no_balance(method: str) -> None:
    told = direct("B", B=method, overlap=0.6)
    removed = len(told.train.y) - len(told.learnt.y)
    majority, minority = told.learnt.counts
    assert removed
    assert (
        f"**B** has removed {removed:,} in a training set of 1,400; it cleans and does not balance: "
        f"1 : {majority / minority:.3g} remains." in text(open_page(PAGE, {"B": method, "overlap": "0.6"}))
    )


def test_a_method_that_falls_short_says_what_came_out() -> None:
    told = direct("B", B="NearMiss-3", ratio=5, target=1)
    majority, minority = told.learnt.counts
    assert majority < 0.95 * minority or majority > 1.05 * minority
    said = text(open_page(PAGE, {"B": "NearMiss-3", "ratio": "5"}))
    assert f"; 1 : 1 was asked for, and 1 : {majority / minority:.3g} came out." in said
    assert f"has removed {len(told.train.y) - len(told.learnt.y):,} in a" in said


def test_a_sample_that_is_balanced_enough_stays_as_it_is() -> None:
    said = text(open_page(PAGE, {"ratio": "2", "target": "10"}))
    assert "**B** has changed nothing in a training set of 1,400; 1 : 10 was asked for, and 1 : 2 came out." in said


@pytest.mark.parametrize(("method", "target"), [("SMOTE", 1), ("SMOTE", 2), ("random under-sampling", 10)])
def test_a_ratio_that_is_reached_is_said_to_be(method: str, target: int) -> None:
    told = direct("A", A=method, target=target)
    change = len(told.learnt.y) - len(told.train.y)
    done = f"added {change:,} rows" if change > 0 else f"removed {-change:,}"
    said = text(open_page(PAGE, {"A": method, "B": "none", "target": str(target)}))
    assert f"**A** has {done} in a training set of 1,400; 1 : {target} is reached." in said
    assert "**B** has" not in said


def test_smote_with_enn_says_what_it_added_and_what_it_removed() -> None:
    controls, result = run_of(B="SMOTE + ENN", overlap=0.6)
    scaled = StandardScaler().fit_transform(result.parts.train.x)
    before = SMOTE(k_neighbors=5, random_state=0).fit_resample(scaled, result.parts.train.y)
    clean = EditedNearestNeighbours(sampling_strategy="all")
    _, y = clean.fit_resample(*before)
    stayed = np.asarray(clean.sample_indices_)
    added, gone = int((stayed >= 1400).sum()), 1400 - int((stayed < 1400).sum())
    ratio = (y == 0).sum() / (y == 1).sum()
    (said,) = (line for line in conclusions(controls, result) if line.startswith("**B** has"))
    assert said.startswith(f"**B** has added {added:,} rows and removed {gone:,} in a training set of 1,400; ")
    assert said.endswith(f"1 : 1 was asked for, and 1 : {ratio:.3g} came out.")


@pytest.mark.parametrize(
    ("moved", "verdict"),
    [
        (0.019, "The ranking is the same within ±0.02: "),
        (-0.019, "The ranking is the same within ±0.02: "),
        (0.021, "The ranking of B is **better**: "),
        (-0.021, "The ranking of B is **worse**: "),
    ],
)
def test_the_ranking_is_named_by_the_difference_of_the_areas(moved: float, verdict: str) -> None:
    controls, result = run_of()
    a, b = outcome_of(result, "A"), outcome_of(result, "B")
    b = b._replace(scores=b.scores._replace(roc_auc=a.scores.roc_auc + moved))
    said = conclusions(controls, result._replace(outcomes={"A": a, "B": b}))
    (ranking,) = (line for line in said if line.startswith("The ranking"))
    assert ranking.startswith(f"{verdict}ROC AUC {a.scores.roc_auc:.3f} and {b.scores.roc_auc:.3f}, ")


@pytest.mark.parametrize(("reached", "said"), [(5.2, "1 : 5 is reached."), (5.3, "came out."), (4.7, "came out.")])
def test_a_ratio_counts_as_reached_within_a_twentieth(reached: float, said: str) -> None:
    controls, result = run_of(target=5)
    b = outcome_of(result, "B")
    assert b.after is not None
    minority = round(1000 / (1 + reached))
    y = np.repeat([0, 1], [round(minority * reached), minority])
    b = b._replace(after=b.after._replace(sample=Sample(np.zeros((len(y), 2)), y)))
    found = conclusions(controls, result._replace(outcomes={**result.outcomes, "B": b}))
    assert found[-1].endswith(said)


def test_the_test_set_is_said_to_be_what_it_is_at_any_ratio() -> None:
    for ratio, rows in ((1, 500), (100, 10_000)):
        controls, result = run_of(ratio=ratio, rows=rows, A="none", B="none")
        _, test = divided(
            make_data(shape="two Gaussians", rows=rows, ratio=ratio, overlap=0.4, label_noise=0, seed=0), 0
        )
        negatives, positives = test.counts
        assert conclusions(controls, result)[0] == (
            f"The test set has {negatives:,} majority rows and {positives} of the minority. Who calls all of them "
            f"majority is right in **{100 * negatives / len(test.y):.1f}%**, and finds none."
        )


# The tables behind the charts.


def test_the_thresholds_table_is_what_direct_counting_gives(first_view: AppTest) -> None:
    sent = chart_rows(first_view, "thresholds")
    assert sent["side"] == ["A"] * 99 + ["B"] * 99
    assert sent["percent"] == [*PERCENT, *PERCENT]
    for start, side in ((0, "A"), (99, "B")):
        told = direct(side)
        for percent in PERCENT:
            row = {key: values[start + percent - 1] for key, values in sent.items()}
            tn, fp, fn, tp = counted(told.test.y, told.probability, percent / 100)
            assert (row["tn"], row["fp"], row["fn"], row["tp"]) == (tn, fp, fn, tp), (side, percent)
            assert row["fpr"] == pytest.approx(fp / (fp + tn))
            assert row["recall"] == pytest.approx(tp / (tp + fn))
            assert row["pr_x"] == pytest.approx(1.1 + row["recall"])
            precision = tp / (tp + fp) if tp + fp else math.nan
            assert row["precision"] == pytest.approx(precision, nan_ok=True)
            shown = f"{precision:.2f}" if tp + fp else "–"
            assert row["said"] == f"precision {shown}, recall {tp / (tp + fn):.2f}"
            f1, accuracy = 2 * tp / (2 * tp + fp + fn), (tp + tn) / 600
            assert row["more"] == f"F1 {f1:.2f}, accuracy {100 * accuracy:.1f}%"


def test_no_precision_is_claimed_where_nothing_is_called_positive() -> None:
    _, result = run_of(overlap=1.0, B="none")
    sent = runs.thresholds(result)
    nothing = [place for place, (tp, fp) in enumerate(zip(sent["tp"], sent["fp"], strict=True)) if not tp + fp]
    assert nothing
    assert all(math.isnan(float(sent["precision"][place])) for place in nothing)
    assert all(str(sent["said"][place]) == "precision –, recall 0.00" for place in nothing)


def test_the_curves_are_scikit_learns_and_have_its_areas(first_view: AppTest) -> None:
    sent = chart_rows(first_view, "curves")
    for side in SIDES:
        told = direct(side)
        y, probability = told.test.y, told.probability
        for curve in ("ROC", "PR"):
            own_rows = [place for place, name in enumerate(sent["curve"]) if name == f"{side} {curve}"]
            assert {sent["side"][place] for place in own_rows} == {side}
            assert [sent["place"][place] for place in own_rows] == list(range(len(own_rows)))
            x, up = (np.array([sent[axis][place] for place in own_rows]) for axis in "xy")
            assert np.all(np.diff(x) >= 0)
            if curve == "ROC":
                rate, recall, _ = roc_curve(y, probability)
                np.testing.assert_allclose(x, rate)
                np.testing.assert_allclose(up, recall)
                assert (x[0], up[0], x[-1], up[-1]) == (0, 0, 1, 1)
                assert np.trapezoid(up, x) == pytest.approx(roc_auc_score(y, probability))
            else:
                assert (x[0], up[0]) == (pytest.approx(1.1), 1)
                assert (x[-1], up[-1]) == (pytest.approx(2.1), pytest.approx(y.mean()))
                precision, found, _ = precision_recall_curve(y, probability)
                every = set(zip(found.round(9), precision.round(9), strict=True))
                assert {(round(a - 1.1, 9), round(b, 9)) for a, b in zip(x, up, strict=True)} <= every
                assert np.sum(np.diff(x) * up[1:]) == pytest.approx(average_precision_score(y, probability))


def test_the_points_of_the_thresholds_lie_on_the_curves(first_view: AppTest) -> None:
    curves, at = chart_rows(first_view, "curves"), chart_rows(first_view, "thresholds")
    for side in SIDES:
        roc = np.array(
            [(curves["x"][k], curves["y"][k]) for k, name in enumerate(curves["curve"]) if name == side + " ROC"]
        )
        points = [(at["fpr"][k], at["recall"][k]) for k, name in enumerate(at["side"]) if name == side]
        for x, y in points:
            column = roc[np.isclose(roc[:, 0], x)]
            # On a vertical or a horizontal piece, or on a slope between two kept points.
            low, high = np.interp([x - 1e-9, x + 1e-9], *roc.T)
            levels = [low, high, *column[:, 1]]
            assert min(levels) - 1e-6 <= y <= max(levels) + 1e-6


@pytest.mark.parametrize("changes", [{}, {"A": "isolation forest", "B": "random under-sampling"}, {"overlap": 0.0}])
def test_for_each_percent_there_is_exactly_one_boundary(changes: dict[str, Any]) -> None:
    _, result = run_of(**changes)
    ink = Ink("#112233", "#ffffff")
    sent = runs.boundaries(result, ink)
    for place, left in ((0, 0.0), (1, 1.1)):
        rows = [row for row, x in enumerate(sent["x"]) if float(x) == pytest.approx(left)]
        assert {round(float(sent["x2"][row]), 9) for row in rows} == {left + 1}
        ranges = [(int(sent["first"][row]), int(sent["last"][row])) for row in rows]
        covered = [percent for first, last in ranges for percent in range(first, last + 1)]
        assert covered == list(PERCENT)
        outcome = outcome_of(result, SIDES[place])
        for (first, last), row in list(zip(ranges, rows, strict=True))[:: max(1, len(rows) // 6)]:
            pixels = decoded(str(sent["url"][row]))
            for percent in (first, last):
                positive = outcome.plane >= percent / 100
                np.testing.assert_array_equal(pixels[..., 3] == 0, positive)
            edge = pixels[..., 3] == 255
            assert np.all(pixels[edge][:, :3] == [0x11, 0x22, 0x33])
            assert np.all(pixels[~positive & ~edge][:, :] == [255, 255, 255, 0x66])
            padded = np.pad(positive, 1)
            beside = padded[:-2, 1:-1] | padded[2:, 1:-1] | padded[1:-1, :-2] | padded[1:-1, 2:]
            np.testing.assert_array_equal(edge, beside & ~positive)


def test_a_place_at_the_threshold_is_on_the_positive_side() -> None:
    _, result = run_of()
    plane = np.broadcast_to(np.array([0.25, 0.5, 0.75, 1.0]).repeat(16), (64, 64))
    a = outcome_of(result, "A")._replace(plane=plane)
    sent = runs.boundaries(result._replace(outcomes={"A": a, "B": "nothing"}), Ink("#112233", "#ffffff"))
    assert (sent["first"], sent["last"]) == ([1, 26, 51, 76], [25, 50, 75, 99])
    for place, url in enumerate(sent["url"]):
        assert (decoded(str(url))[:, 16 * place :, 3] == 0).all()
        assert (decoded(str(url))[:, : 16 * place, 3] > 0).all()


def test_the_boundary_is_where_the_model_of_scikit_learn_says(first_view: AppTest) -> None:
    sent = chart_rows(first_view, "boundaries")
    for side, left in (("A", 0.0), ("B", 1.1)):
        told = direct(side)
        low, high = ends(told.train)
        steps = (np.arange(64) + 0.5) / 64
        across, up = np.meshgrid(low[0] + steps * (high - low)[0], low[1] + steps * (high - low)[1])
        field = told.asked(np.stack([across.ravel(), up.ravel()], axis=1)).reshape(64, 64)
        for percent in (1, 20, 50, 80, 99):
            (row,) = (
                row
                for row, x in enumerate(sent["x"])
                if x == pytest.approx(left) and sent["first"][row] <= percent <= sent["last"][row]
            )
            np.testing.assert_array_equal(decoded(sent["url"][row])[..., 3] == 0, field >= percent / 100)


def test_the_shades_are_the_probability(first_view: AppTest) -> None:
    sent = chart_rows(first_view, "images")
    assert sent["x"] == [0, pytest.approx(1.1)]
    assert sent["x2"] == [1, pytest.approx(2.1)]
    for place, side in enumerate(SIDES):
        told = direct(side)
        low, high = ends(told.train)
        steps = (np.arange(64) + 0.5) / 64
        across, up = np.meshgrid(low[0] + steps * (high - low)[0], low[1] + steps * (high - low)[1])
        field = told.asked(np.stack([across.ravel(), up.ravel()], axis=1)).reshape(64, 64)
        pixels = decoded(sent["probability"][place])
        levels = np.round(11 * field).astype(int)
        shades = {level: {tuple(pixel) for pixel in pixels[levels == level]} for level in np.unique(levels).tolist()}
        assert all(len(each) == 1 for each in shades.values())
        assert len(set.union(*shades.values())) == len(shades)


def at_pixels(rows: Floats, train: Sample) -> Ints:
    """Where rows are in the image of the rows, those that are inside."""
    low, high = ends(train)
    places = np.floor((rows - low) / (high - low) * 400).astype(int)
    return np.asarray(places[np.all((places >= 0) & (places < 400), axis=1)])


def colors_at(url: str, rows: Floats, train: Sample) -> list[tuple[int, ...]]:
    pixels = decoded(url)
    assert pixels.shape == (400, 400, 4)
    return [tuple(pixels[y, x]) for x, y in at_pixels(rows, train)]


def test_every_row_is_drawn_in_the_colour_of_its_kind() -> None:
    app = open_page(PAGE, {"A": "random under-sampling"})
    sent = chart_rows(app, "images")
    told, smote = direct("A", A="random under-sampling"), direct("B")
    train = told.train
    scaled = told.scaler.transform(train.x)
    under = RandomUnderSampler(sampling_strategy=1.0, random_state=0)
    under.fit_resample(scaled, train.y)
    kept = np.zeros(len(train.y), dtype=bool)
    kept[under.sample_indices_] = True
    minority = set(colors_at(sent["rows"][0], train.x[train.y == 1], train))
    assert len(minority) == 1
    assert minority == set(colors_at(sent["rows"][1], train.x[train.y == 1], train))
    removed = colors_at(sent["rows"][0], train.x[~kept], train)
    majority = colors_at(sent["rows"][0], train.x[kept & (train.y == 0)], train)
    grey = max(set(removed), key=removed.count)
    blue = max(set(majority), key=majority.count)
    assert set(removed) <= {grey, blue, *minority}
    assert set(majority) == {blue} | (set(majority) & minority)
    assert grey not in {blue, *minority}
    new = smote.scaler.inverse_transform(smote.learnt.x[1400:])
    added = colors_at(sent["rows"][1], new, train)
    green = max(set(added), key=added.count)
    assert set(added) <= {green, *minority}
    assert green not in {grey, blue, *minority}
    assert grey not in {tuple(pixel) for pixel in decoded(sent["rows"][1]).reshape(-1, 4)}
    empty = decoded(sent["rows"][0])[..., 3]
    assert (empty == 0).mean() > 0.5


def test_lines_join_each_synthetic_row_to_two_minority_neighbours(first_view: AppTest) -> None:
    sent = chart_rows(first_view, "lines")
    told = direct("B")
    low, high = ends(told.train)
    first = np.stack([np.array(sent["x"]) - 1.1, sent["y"]], axis=1) * (high - low) + low
    second = np.stack([np.array(sent["x2"]) - 1.1, sent["y2"]], axis=1) * (high - low) + low
    assert len(first) == 120
    minority = told.train.x[told.train.y == 1]
    for each in (first, second):
        away, _ = NearestNeighbors(n_neighbors=1).fit(minority).kneighbors(each)
        assert away.max() < 1e-9
    standard = told.scaler.transform(minority)
    near = NearestNeighbors(n_neighbors=6).fit(standard).kneighbors(standard)[1]
    who = NearestNeighbors(n_neighbors=1).fit(minority)
    starts, stops = (who.kneighbors(each)[1][:, 0] for each in (first, second))
    assert all(stop in near[start] for start, stop in zip(starts.tolist(), stops.tolist(), strict=True))
    new = told.scaler.inverse_transform(told.learnt.x[1400:1520])  # the first of those that SMOTE has made
    along, away = second - first, new - first
    share = (along * away).sum(axis=1) / (along**2).sum(axis=1)
    assert np.all((share > -1e-9) & (share < 1 + 1e-9))
    np.testing.assert_allclose(away, share[:, None] * along, atol=1e-9)


def test_the_line_of_a_copy_is_a_point_and_that_of_a_jittered_copy_starts_at_its_original() -> None:
    _, result = run_of(A="random over-sampling", B="over-sampling with jitter")
    sent = {key: np.array(values, dtype=float) for key, values in runs.lines(result, k_neighbors=5).items()}
    assert len(sent["x"]) == 240
    np.testing.assert_allclose(sent["x"][:120], sent["x2"][:120])
    np.testing.assert_allclose(sent["y"][:120], sent["y2"][:120])
    train = result.parts.train
    low, high = ends(train)
    first = np.stack([sent["x"][120:] - 1.1, sent["y"][120:]], axis=1) * (high - low) + low
    second = np.stack([sent["x2"][120:] - 1.1, sent["y2"][120:]], axis=1) * (high - low) + low
    minority = train.x[train.y == 1]
    assert NearestNeighbors(n_neighbors=1).fit(minority).kneighbors(first)[0].max() < 1e-9
    scaler = StandardScaler().fit(train.x)
    jittered, _ = RandomOverSampler(random_state=0, shrinkage={1: 0.2}).fit_resample(scaler.transform(train.x), train.y)
    np.testing.assert_allclose(second, scaler.inverse_transform(jittered[1400:1520]))


@pytest.mark.parametrize("method", ["none", "class weights", "Tomek links", "random under-sampling"])
def test_there_are_no_lines_where_nothing_is_added(method: str) -> None:
    _, result = run_of(A=method, B="none")
    assert not runs.lines(result, k_neighbors=5)["x"]


def test_the_titles_name_the_methods(first_view: AppTest) -> None:
    assert chart_rows(first_view, "titles") == {
        "side": ["A", "B"],
        "x": [0, pytest.approx(1.1)],
        "title": ["A: none", "B: SMOTE"],
        "trouble": ["", ""],
    }


def test_the_table_to_download_has_the_metrics_of_both_methods() -> None:
    _, result = run_of(B="threshold tuning")
    table = runs.table(result)
    assert list(table["method"]) == ["A: none", "B: threshold tuning"]
    told = direct("A")
    expected = metrics(told.test.y, told.probability)
    assert table.loc[0, list(expected)].to_dict() == pytest.approx(expected)
    assert table["threshold"].tolist() == [0.5, pytest.approx(tuned(told)[0])]


# The tabs.


def test_calibration_shows_the_bins_and_the_correction_by_its_formula() -> None:
    app = open_page(PAGE, {"tab": "Calibration"})
    sent = chart_rows(app, "bins")
    a, b = direct("A"), direct("B")
    y = a.test.y
    expected = {"A: none": a.probability, "B: SMOTE": b.probability, "B: SMOTE, corrected": corrected(b)}
    assert sent["model"][::10] == list(expected)
    said = text(app)
    for place, (name, probability) in enumerate(expected.items()):
        part = slice(10 * place, 10 * place + 10)
        for key, values in zip(
            ("predicted", "observed", "rows"), zip(*binned(y, probability), strict=True), strict=True
        ):
            np.testing.assert_allclose(np.array(sent[key][part], dtype=float), values)
        found = metrics(y, probability)
        assert (
            f"- **{name}**: mean probability {found['mean_probability']:.1%}, expected calibration error "
            f"{found['ece']:.3f}." in said
        )
    assert f"- {28 / 600:.1%} of the test rows are positive." in said
    assert roc_auc_score(y, corrected(b)) == pytest.approx(roc_auc_score(y, b.probability))


@pytest.mark.parametrize("method", ["class weights", "random under-sampling", "random over-sampling"])
def test_the_correction_brings_the_mean_probability_back(method: str) -> None:
    app = open_page(PAGE, {"A": method, "B": "none", "tab": "Calibration"})
    told = direct("B", B="none")
    if method == "class weights":
        weighted = LogisticRegression(max_iter=1000, class_weight="balanced").fit(*told.learnt)
        seen = weighted.predict_proba(told.scaler.transform(told.test.x))[:, 1]
        beta = told.train.counts[1] / told.train.counts[0]
        right = beta * seen / (beta * seen - seen + 1)
    else:
        right = corrected(direct("A", A=method))
    assert f"**A: {method}, corrected**: mean probability {right.mean():.1%}" in text(app)
    assert right.mean() == pytest.approx(told.test.y.mean(), abs=0.01)
    assert "**B: none, corrected**" not in text(app)


@pytest.mark.parametrize("method", ["threshold tuning", "EasyEnsemble", "none"])
def test_methods_that_resample_nothing_are_not_corrected(method: str) -> None:
    assert "corrected**" not in text(open_page(PAGE, {"B": method, "tab": "Calibration"}))


@pytest.mark.parametrize(("rows", "ratio"), [(1000, 2), (5000, 10)])
def test_no_rounding_makes_a_correction(rows: int, ratio: int) -> None:
    link: Link = {"rows": str(rows), "ratio": str(ratio), "B": "none", "tab": "Calibration"}
    assert "corrected**" not in text(open_page(PAGE, link))


@pytest.mark.parametrize(
    ("data", "method"),
    [
        ("two Gaussians", "SMOTE"),
        ("pure noise", "SMOTE"),
        ("pure noise", "random over-sampling"),
        ("two Gaussians", "class weights"),
    ],
)
def test_leakage_is_what_cross_validation_by_scikit_learn_gives(data: str, method: str) -> None:
    app = open_page(PAGE, {"tab": "Leakage", "data": data, "B": method, "target": "2"})
    resampler = method if method in RESAMPLERS else "SMOTE"
    x, y = make_data(shape=data, rows=2000, ratio=20, overlap=0.4, label_noise=0, seed=0)
    how = sampler(resampler, target=2, k_neighbors=5, seed=0)
    folds = StratifiedKFold(5, shuffle=True, random_state=0)
    model = LogisticRegression(max_iter=1000)
    before = how.fit_resample(StandardScaler().fit_transform(x), y)
    expected = [
        cross_val_score(pipeline, *rows, cv=folds, scoring=scoring)
        for scoring in ("roc_auc", "average_precision")
        for pipeline, rows in (
            (make_pipeline(StandardScaler(), how, model), (x, y)),
            (make_pipeline(StandardScaler(), model), before),
        )
    ]
    sent, means = chart_rows(app, "folds"), chart_rows(app, "means")
    np.testing.assert_allclose(sent["value"], np.concatenate(expected), rtol=1e-6)
    assert sent["way"][::5] == ["inside of each fold", "before the split"] * 2
    assert sent["score"][::5] == ["ROC AUC"] * 2 + ["average precision"] * 2
    np.testing.assert_allclose(means["value"], np.mean(expected, axis=1), rtol=1e-6)
    assert means["label"] == [f"{each.mean():.2f}" for each in expected]
    assert (means["way"], means["score"]) == (sent["way"][::5], sent["score"][::5])
    honest, leaky, honest_ap, leaky_ap = (each.mean() for each in expected)
    assert (
        f"{resampler[0].upper()}{resampler[1:]} with logistic regression, five folds: ROC AUC **{honest:.2f}** when "
        f"each training part is resampled, and **{leaky:.2f}** when everything was resampled before the split; average "
        f"precision {honest_ap:.2f} and {leaky_ap:.2f}." in text(app)
    )


def test_leakage_with_too_few_rows_says_so() -> None:
    app = open_page(PAGE, {"tab": "Leakage", "rows": "1000", "ratio": "200"})
    assert [plain(each.value) for each in app.info] == [
        "SMOTE looks at 5 neighbours of the same class and needs 6 minority rows to train on; there are 5."
    ]


@pytest.mark.parametrize(("rows", "ratio"), [("1000", "500"), ("2000", "500")])
def test_leakage_with_fewer_minority_rows_than_folds_says_so(rows: str, ratio: str) -> None:
    app = open_page(PAGE, {"tab": "Leakage", "rows": rows, "ratio": ratio, "B": "random over-sampling"})
    assert "nan" not in text(app)
    assert len(app.info) == 1


def cost(told: Told, probability: Floats, threshold: float, cost_fp: float, cost_fn: float) -> float:
    _, fp, fn, _ = counted(told.test.y, probability, threshold)
    return (cost_fp * fp + cost_fn * fn) / len(told.test.y)


def tuned(told: Told) -> tuple[float, Floats]:
    """Threshold and probabilities of scikit-learn's tuned classifier."""
    model = TunedThresholdClassifierCV(
        LogisticRegression(max_iter=1000), scoring="f1", cv=0.25, refit=False, random_state=0
    ).fit(told.scaler.transform(told.train.x), told.train.y)
    return float(model.best_threshold_), np.asarray(model.predict_proba(told.scaler.transform(told.test.x))[:, 1])


@pytest.mark.parametrize(("cost_fp", "cost_fn"), [(1, 20), (7, 20), (1, 3), (100, 1)])
def test_costs_are_counted_row_by_row(cost_fp: int, cost_fn: int) -> None:
    app = open_page(PAGE, {"tab": "Costs", "cost_fp": str(cost_fp), "cost_fn": str(cost_fn)})
    a, b = direct("A"), direct("B")
    bayes = cost_fp / (cost_fp + cost_fn)
    sent = chart_rows(app, "costs")
    assert sent["model"] == ["A: none"] * 99 + ["B: SMOTE"] * 99
    np.testing.assert_allclose(sent["threshold"], [percent / 100 for percent in PERCENT] * 2)
    expected = [cost(told, told.probability, percent / 100, cost_fp, cost_fn) for told in (a, b) for percent in PERCENT]
    np.testing.assert_allclose(sent["cost"], expected)
    assert chart_rows(app, "bayes") == {"threshold": [pytest.approx(bayes)], "label": [f"Bayes threshold {bayes:.3g}"]}
    said = text(app)
    own_a, own_b = (cost(told, told.probability, 0.5, cost_fp, cost_fn) for told in (a, b))
    at_a, at_b = (cost(told, told.probability, bayes, cost_fp, cost_fn) for told in (a, b))
    right = cost(b, corrected(b), bayes, cost_fp, cost_fn)
    assert f"- **A: none**: {own_a:.3f} a row at its own threshold of 0.5, {at_a:.3f} at the Bayes threshold.\n" in said
    assert (
        f"- **B: SMOTE**: {own_b:.3f} a row at its own threshold of 0.5, {at_b:.3f} at the Bayes threshold, and "
        f"**{right:.3f}** there after the correction." in said
    )
    lazy = min(cost_fp * 572, cost_fn * 28) / 600
    assert f"The cheaper of calling everything positive and calling nothing positive: {lazy:.3f}." in said


def test_the_own_threshold_of_a_tuned_method_is_the_one_that_costs() -> None:
    told = direct("A")
    threshold, probability = tuned(told)
    said = text(open_page(PAGE, {"tab": "Costs", "B": "threshold tuning"}))
    own_cost = cost(told, probability, threshold, 1, 20)
    assert f"**B: threshold tuning**: {own_cost:.3f} a row at its own threshold of {threshold:.3g}, " in said


@pytest.mark.parametrize("method", ["SMOTE", "none", "EasyEnsemble"])
def test_a_tuned_threshold_is_compared_with_b(method: str) -> None:
    told = direct("A")
    threshold, probability = tuned(told)
    f1 = metrics(told.test.y, probability, threshold)["f1"]
    b = (
        metrics(told.test.y, direct("B", B=method).probability)["f1"]
        if method != "EasyEnsemble"
        else of_scenario("SMOTE or a threshold", method, overlap=0.4)[1].f1
    )
    verdict = "the same" if abs(f1 - b) <= 0.02 else "more" if f1 > b else "less"
    end = " without any resampling." if verdict == "more" else "."
    assert (
        f"A threshold of {threshold:.3g}, tuned for F1 on a part of the training set, gives logistic regression "
        f"without resampling F1 **{f1:.2f}**; B has {b:.2f} at its own. That is {verdict}{end}"
        in text(open_page(PAGE, {"tab": "Costs", "B": method}))
    )


@pytest.mark.parametrize(
    ("f1", "verdict"),
    [
        (0.0, "That is more without any resampling."),
        (0.019, "That is the same."),
        (-0.019, "That is the same."),
        (0.021, "That is less."),
        (-0.021, "That is more without any resampling."),
    ],
)
def test_the_tuned_threshold_is_more_less_or_the_same(monkeypatch: pytest.MonkeyPatch, f1: float, verdict: str) -> None:
    controls, result = run_of()
    found = runs.outcome(result.parts, "threshold tuning", controls)
    assert not isinstance(found, str)
    b = outcome_of(result, "B")
    b = b._replace(scores=b.scores._replace(f1=found.scores.f1 + f1 if f1 else 0.0))
    said: list[str] = []
    monkeypatch.setattr(st, "markdown", said.append)
    tabs._tuned(controls, result._replace(outcomes={**result.outcomes, "B": b}))
    assert len(said) == 1
    assert said[0].endswith(verdict)


@pytest.mark.parametrize("rounds", [2, 4, 7, 12])
def test_the_majority_of_the_cascade_shrinks_as_the_paper_says(rounds: int) -> None:
    app = open_page(PAGE, {"tab": "Ensembles", "rounds": str(rounds)})
    sent = chart_rows(app, "sizes")
    train, _ = divided(make_data(shape="two Gaussians", rows=2000, ratio=20, overlap=0.4, label_noise=0, seed=0), 0)
    majority, minority = train.counts
    factor = (minority / majority) ** (1 / (rounds - 1))
    sizes = [round(majority * factor**place) for place in range(rounds)]
    assert sizes[-1] == minority
    assert sent["rows"] == [*sizes, *[minority] * rounds]
    assert sent["round"] == [*range(1, rounds + 1)] * 2
    assert sent["what"] == ["BalanceCascade: left"] * rounds + ["both: drawn to learn from"] * rounds
    said = text(app)
    assert (
        f"keeps a share of f = ({minority} / {majority:,})^(1/{rounds - 1}) = {factor:.3f} in each round: "
        f"{', '.join(f'{size:,}' for size in sizes)} majority rows." in said
    )
    generator = np.random.default_rng(0)
    simulated = [
        np.unique([generator.choice(majority, minority, replace=False) for _ in range(rounds)]).size for _ in range(400)
    ]
    found = re.search(rf"{minority} of all {majority:,} in each of {rounds} subsets: on average ([\d,]+) diff", said)
    assert found
    assert float(found[1].replace(",", "")) == pytest.approx(np.mean(simulated), abs=1.5)
    cascade = balance_cascade(Sample(StandardScaler().fit_transform(train.x), train.y), n_estimators=rounds, seed=0)
    drawn = {row for each in cascade.rounds for row in each.drawn.tolist()}
    assert f"The cascade has drawn {len(drawn):,}." in said
    images = chart_rows(app, "images")  # of the first chart
    assert len(images["x"]) == 2


def test_the_rows_left_and_drawn_are_shown_round_by_round() -> None:
    app = open_page(PAGE, {"tab": "Ensembles", "rounds": "3"})
    table = tables_of(app, "url")
    assert table["round"] == [1, 2, 3]
    assert (table["x"], table["x2"], table["y"], table["y2"]) == ([0] * 3, [1] * 3, [0] * 3, [1] * 3)
    train, _ = divided(make_data(shape="two Gaussians", rows=2000, ratio=20, overlap=0.4, label_noise=0, seed=0), 0)
    cascade = balance_cascade(Sample(StandardScaler().fit_transform(train.x), train.y), n_estimators=3, seed=0)
    opaque = []
    for url, each in zip(table["url"], cascade.rounds, strict=True):
        minority = set(colors_at(url, train.x[train.y == 1], train))
        assert len(minority) == 1
        drawn = set(colors_at(url, train.x[each.drawn], train)) - minority
        assert len(drawn) == 1
        left = set(colors_at(url, train.x[each.majority], train)) - minority - drawn
        assert len(left) == 1 or len(each.majority) == len(each.drawn)
        pixels = decoded(url)
        low, high = ends(train)
        shown = train.x[np.concatenate([each.majority, np.flatnonzero(train.y)])]
        drawn_on = np.zeros((400, 400), dtype=bool)
        for x, y in np.floor((shown - low) / (high - low) * 400).astype(int).tolist():
            if -2 <= x < 402 and -2 <= y < 402:
                drawn_on[max(0, y - 2) : y + 3, max(0, x - 2) : x + 3] = True
        assert not pixels[..., 3][~drawn_on].any()
        opaque.append(int((pixels[..., 3] > 0).sum()))
    assert opaque == sorted(opaque, reverse=True)


def tables_of(app: AppTest, column: str) -> Table:
    """The table called images that has both a round and this column."""
    import pyarrow as pa  # noqa: PLC0415 - only here

    for chart in app.get("vega_lite_chart"):
        for dataset in chart.proto.datasets:
            table: Table = pa.ipc.open_stream(dataset.data.data).read_all().to_pydict()
            if dataset.name == "images" and {"round", column} <= table.keys():
                return table
    raise KeyError(column)


# A reader's own rows.


def csv_of(majority: int, minority: int, features: int = 2, *, names: tuple[str, str] = ("well", "ill")) -> str:
    generator = np.random.default_rng(3)
    lines = [",".join([*(f"f{place}" for place in range(features)), "label"])]
    for kind, count in enumerate((majority, minority)):
        lines += [
            ",".join([*(f"{value:.4f}" for value in row), names[kind]])
            for row in generator.normal(1.5 * kind, 1, (count, features))
        ]
    return "\n".join(lines)


def sample_of(content: str) -> Sample:
    frame = pd.read_csv(io.StringIO(content))
    y = np.asarray(frame.iloc[:, -1] == frame.iloc[-1, -1]).astype(np.int64)
    return Sample(frame.iloc[:, :-1].to_numpy(dtype=float), y)


def test_own_rows_replace_the_data_and_are_counted() -> None:
    content = csv_of(150, 30)
    app = own(content)
    assert not errors(app)
    assert "150 rows of label = well and 30 of ill, which is the minority." in plain(text(app))
    assert "two Gaussians stay" not in text(app)
    for side, found in zip(SIDES, printed(app), strict=True):
        told = direct(side, own=sample_of(content))
        assert found == pytest.approx(metrics(told.test.y, told.probability), rel=6e-4, abs=1e-6)
    assert "There are more than two features" not in text(app)


def test_until_there_is_a_file_two_gaussians_stay() -> None:
    app = open_page(PAGE, {"data": OWN}, reproduce=True)
    assert "Until there is one, two Gaussians stay." in text(app)
    assert app.code[1].value == open_page(PAGE, reproduce=True).code[1].value


def test_own_rows_come_back_after_other_data() -> None:
    app = own(csv_of(150, 30))
    good = app.code[1].value
    app.selectbox(key="data").set_value("moons").run()
    assert app.code[1].value != good
    assert "which is the minority" not in text(app)
    app.selectbox(key="data").set_value(OWN).run()
    assert app.code[1].value == good


BAD: Final = [
    ("f0,f1,label\n1,two,ill", "There are 1 rows of data; from 20 to 20,000 are needed."),
    (csv_of(30, 6).replace("\n", "\nx,1,well\n", 1), "Row 2, column f0: “x” is not a number."),
    (csv_of(30, 6).replace("\n", "\n,1,well\n", 1), "Row 2, column f0: a number is missing."),
    (csv_of(30, 6).replace("\n", "\n1,1,\n", 1), "Row 2, column label: the label is missing."),
    (
        csv_of(30, 6).replace("\n", "\n1,1,odd\n", 1),
        "the label needs two values and has 3: well (30), ill (6), odd (1).",
    ),
    (csv_of(30, 0), "the label needs two values and has 1: well (30)."),
    (csv_of(30, 2), "ill has 2 rows; at least 4 are needed to train and to test."),
    (csv_of(30, 6).encode() + b"\n1,2,\xff", "is not text in UTF-8"),
    ("", "The file is empty."),
    (csv_of(30, 6).replace("\n", "\n1,1\n", 1), "Row 2 has 2 columns, and the first has 3."),
]


@pytest.mark.parametrize(("content", "complaint"), BAD, ids=[each for _, each in BAD])
def test_a_bad_file_is_refused_in_one_sentence_and_the_last_good_rows_stay(
    content: str | bytes, complaint: str
) -> None:
    app = own(csv_of(150, 30))
    good, table = app.code[1].value, app.dataframe[0].value
    own(content, app=app, name="bad.csv")
    (said,) = errors(app)
    assert said.startswith("bad.csv")
    assert complaint in said
    assert app.code[1].value == good
    pd.testing.assert_frame_equal(app.dataframe[0].value, table)
    assert "150 rows of label = well and 30 of ill" in plain(text(app))
    app.file_uploader(key="own rows file").set_value(None).run()
    assert not errors(app)
    assert app.code[1].value == good


def test_a_bad_first_file_leaves_two_gaussians() -> None:
    app = own("a,b\n1,2")
    assert len(errors(app)) == 1
    assert "Until there is one, two Gaussians stay." in text(app)


def test_the_byte_that_is_not_utf_8_is_named() -> None:
    content = csv_of(30, 6).encode() + b"\n1,2,\xff"
    assert errors(own(content)) == [f"mine.csv is not text in UTF-8: byte {content.index(0xFF) + 1} cannot be read."]


def test_a_byte_order_mark_is_no_part_of_the_first_name() -> None:
    app = own(b"\xef\xbb\xbf" + csv_of(30, 6).encode(), tab="Own data")
    assert list(app.dataframe[0].value["feature"]) == ["f0", "f1"]


def test_names_with_markdown_are_shown_as_they_are() -> None:
    names = ("$x$ *b*", "<b>[i](j)")
    app = own(csv_of(30, 6, names=names).replace("label", "**y** _z_", 1))
    (caption,) = (each.value for each in app.caption if "which is the minority" in each.value)
    assert plain(caption) == "30 rows of **y** _z_ = $x$ *b* and 6 of <b>[i](j), which is the minority."
    assert not re.search(r"(?<!\\)[*_<>\[\]$]", caption)
    refused = own(csv_of(30, 6, names=names).replace("\n", "\n*x*,1,w\n", 1), name="*a*.csv")
    assert not re.search(r"(?<!\\)[*_<>\[\]$]", refused.error[0].value)


def test_more_than_two_features_are_shown_in_the_plane_of_the_components() -> None:
    content = csv_of(120, 30, features=5)
    app = own(content)
    assert "There are more than two features: the picture is the plane of the first two principal" in text(app)
    for side, found in zip(SIDES, printed(app), strict=True):
        told = direct(side, own=sample_of(content))
        assert found == pytest.approx(metrics(told.test.y, told.probability), rel=6e-4, abs=1e-6)
    # The first line's ends are minority rows of the plane that numpy's decomposition gives.
    told = direct("B", own=sample_of(content))
    scaled = told.scaler.transform(told.train.x)
    _, _, components = np.linalg.svd(scaled, full_matrices=False)
    sent = chart_rows(app, "lines")
    plane = scaled @ components[:2].T
    low, high = ends(Sample(plane, told.train.y))
    unit = ((plane - low) / (high - low))[told.train.y == 1]
    starts = np.stack([np.array(sent["x"]) - 1.1, sent["y"]], axis=1)
    away = min(
        NearestNeighbors(n_neighbors=1).fit(np.where(flip, 1 - unit, unit)).kneighbors(starts)[0].max()
        for flip in ([False, False], [False, True], [True, False], [True, True])
    )
    assert away < 1e-6


def test_what_the_plane_leaves_out_is_at_its_mean() -> None:
    parts = split(sample_of(csv_of(120, 30, features=5)), seed=0)
    window = runs.window(parts)
    middle = -window.low / (window.high - window.low)  # the plane's origin
    np.testing.assert_allclose(window.lift(middle[None])[0], parts.train.x.mean(axis=0))
    places = np.random.default_rng(0).random((20, 2))
    np.testing.assert_allclose(window.project(window.lift(places)), places)
    assert window.project(np.empty((0, 5))).shape == (0, 2)


def test_the_plane_of_two_features_is_the_features() -> None:
    _, result = run_of()
    low, high = ends(result.parts.train)
    assert result.window.to_plane is None
    np.testing.assert_allclose(result.window.low, low, atol=1e-8)
    np.testing.assert_allclose(result.window.high, high, atol=1e-8)
    places = np.random.default_rng(0).random((20, 2))
    np.testing.assert_allclose(result.window.lift(places), low + places * (high - low), atol=1e-8)


def test_one_feature_is_refused_in_one_sentence() -> None:
    app = own(csv_of(30, 6, features=1))
    assert len(errors(app)) == 1
    assert "There are 1 columns beside the label; from 2 to 200 are needed." in errors(app)[0]
    assert {"Mathematics", "References"} <= {each.label for each in app.expander}


def test_the_features_that_were_read_are_summed_up() -> None:
    content = csv_of(50, 9, features=3)
    app = own(content, tab="Own data")
    sample = sample_of(content)
    shown = app.dataframe[0].value.set_index("feature")
    assert list(shown.index) == ["f0", "f1", "f2"]
    expected = {
        "least": sample.x.min(axis=0),
        "mean": sample.x.mean(axis=0),
        "most": sample.x.max(axis=0),
        "mean of the majority": sample.x[:50].mean(axis=0),
        "mean of the minority": sample.x[50:].mean(axis=0),
    }
    assert list(shown.columns) == list(expected)
    for name, values in expected.items():
        np.testing.assert_allclose(shown[name], values)
    assert not open_page(PAGE, {"tab": "Own data"}).dataframe


def test_labels_that_begin_alike_keep_their_columns() -> None:
    names = ("a label of many words, no", "a label of many words, yes")
    content = csv_of(30, 6).replace("well", f'"{names[0]}"').replace("ill", f'"{names[1]}"')
    assert len(own(content, tab="Own data").dataframe[0].value.columns) == 6


@pytest.mark.parametrize("tab", TABS)
def test_own_rows_are_shown_in_every_tab(tab: str) -> None:
    app = own(csv_of(60, 12, features=4), tab=tab)
    assert not errors(app)
    assert all(chart.proto.alt for chart in app.get("vega_lite_chart"))


def test_classes_of_equal_size_have_an_ensembles_tab() -> None:
    assert not own(csv_of(11, 11), tab="Ensembles").exception


def test_the_snippet_of_own_rows_prints_the_numbers(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    content = csv_of(80, 20)
    app = own(content)
    (tmp_path / "your.csv").write_text(content, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    said = io.StringIO()
    with contextlib.redirect_stdout(said):
        exec(app.code[0].value, {})  # noqa: S102 - our own text
    assert said.getvalue().strip() == str(app.code[1].value).strip()


# All methods.

FEW: Final = ("none", "SMOTE", "random under-sampling", "isolation forest")


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    """Fewer seeds and methods."""
    monkeypatch.setattr(tabs, "SEEDS", 2)
    monkeypatch.setattr(tabs, "METHODS", {name: METHODS[name] for name in FEW})


def compare(link: Link) -> AppTest:
    app = open_page(PAGE, link)
    next(each for each in app.button if each.label.startswith("Compare all")).click().run()
    assert not app.exception
    return app


@pytest.mark.usefixtures("few")
def test_all_methods_are_compared_with_means_and_spread() -> None:
    app = compare({"seed": "3", "rows": "500"})
    shown = app.dataframe[1].value
    assert list(shown.index) == list(FEW)
    for method in ("none", "SMOTE", "random under-sampling"):
        found = []
        for seed in (6, 7):
            told = direct("A", A=method, rows=500, seed=seed)
            found.append(metrics(told.test.y, told.probability))
        for key, name in zip(tabs.METRICS, tabs.NAMES, strict=True):
            if key in ("true_negatives", "false_positives", "false_negatives", "true_positives"):
                assert name not in shown.columns
                continue
            values = np.array([each[key] for each in found])
            assert shown.loc[method, name] == pytest.approx(values.mean()), (method, key)
            if key in ("f1", "roc_auc", "average_precision"):
                assert shown.loc[method, f"± {name}"] == pytest.approx(np.std(values, ddof=1))
            else:
                assert f"± {name}" not in shown.columns
    assert shown["Brier score"].isna().tolist() == [method == "isolation forest" for method in FEW]
    said = text(app)
    assert "Means over 2 seeds" in said


@pytest.mark.usefixtures("few")
def test_the_best_of_each_column_is_marked() -> None:
    app = compare({"rows": "500"})
    shown = app.dataframe[1].value
    css = str(app.dataframe[1].proto.arrow_data.styler.styles)
    marked = {(int(row), int(column)) for row, column in re.findall(r"_row(\d+)_col(\d+)", css)}
    expected = set()
    for column, name in enumerate(shown.columns):
        if name.startswith("±") or name == "mean probability":
            continue
        values = shown[name]
        best = values.min() if name in ("Brier score", "calibration error") else values.max()
        expected |= {(row, column) for row in range(len(values)) if values.iloc[row] == best}
    assert marked == expected
    assert len({column for _, column in marked}) == 11


@pytest.mark.usefixtures("few")
def test_a_moved_control_drops_the_comparison_and_a_method_does_not() -> None:
    app = compare({"rows": "500"})
    assert len(app.dataframe) == 2
    app.selectbox(key="A").set_value("Tomek links").run()
    assert len(app.dataframe) == 2
    for move in (
        lambda: app.slider(key="seed").set_value(5),
        lambda: app.slider(key="k_neighbors").set_value(4),
        lambda: app.selectbox(key="classifier").set_value("decision tree"),
        lambda: app.select_slider(key="target").set_value(2),
        lambda: app.slider(key="overlap").set_value(0.7),
    ):
        before = {key: app.session_state[key] for key in ("seed", "k_neighbors", "classifier", "target", "overlap")}
        move().run()
        assert len(app.dataframe) == 1
        for key, kind in (
            ("seed", app.slider),
            ("k_neighbors", app.slider),
            ("overlap", app.slider),
            ("classifier", app.selectbox),
            ("target", app.select_slider),
        ):
            kind(key=key).set_value(before[key])
        app.run()
        assert len(app.dataframe) == 2


@pytest.mark.usefixtures("few")
def test_other_own_rows_drop_the_comparison() -> None:
    app = own(csv_of(60, 20))
    next(each for each in app.button if each.label.startswith("Compare all")).click().run()
    assert len(app.dataframe) == 2
    own(csv_of(61, 20), app=app)
    assert not errors(app)
    assert len(app.dataframe) == 1


@pytest.mark.usefixtures("few")
def test_methods_that_cannot_work_are_named_with_their_reason() -> None:
    app = compare({"rows": "1000", "ratio": "200"})
    assert list(app.dataframe[1].value.index) == ["none", "random under-sampling", "isolation forest"]
    (said,) = (plain(each.value) for each in app.caption if each.value.startswith("SMOTE"))
    assert re.fullmatch(
        r"SMOTE: SMOTE looks at 5 neighbours of the same class and needs 6 minority rows to train on; there are [34]\.",
        said,
    )


@pytest.mark.usefixtures("few")
def test_k_nn_with_fewer_rows_than_neighbours_is_refused_in_the_comparison() -> None:
    app = compare({"rows": "2000", "ratio": "500", "classifier": "k-nearest neighbours"})
    assert "n_samples_fit" not in text(app)


def test_k_nn_with_fewer_rows_than_neighbours_says_so_in_the_pages_words() -> None:
    link: Link = {"rows": "2000", "ratio": "500", "classifier": "k-nearest neighbours", "B": "random under-sampling"}
    assert "n_samples_fit" not in text(open_page(PAGE, link))


def test_a_comparison_needs_a_sample_that_is_small_enough() -> None:
    for rows, disabled in (("5000", False), ("10000", True)):
        app = open_page(PAGE, {"rows": rows, "A": "none", "B": "none"})
        (button,) = (each for each in app.button if each.label == "Compare all 20 methods with 5 seeds")
        assert button.disabled is disabled
        assert ("For at most 5,000 rows" in text(app)) is disabled


def test_the_table_of_means_leaves_out_what_was_refused() -> None:
    _, scores = of_scenario("SMOTE or a threshold", "none")
    told = [
        Judged("first", 0, scores, None),
        Judged("second", 0, None, "why"),
        Judged("first", 1, scores._replace(f1=scores.f1 + 0.2), None),
        Judged("third", 0, None, "never"),
        Judged("second", 1, scores, None),
    ]
    shown = tabs.compared_table(told)
    assert list(shown.index) == ["first", "second"]
    assert shown.loc["first", "F1"] == pytest.approx(scores.f1 + 0.1)
    assert shown.loc["first", "± F1"] == pytest.approx(0.2 / math.sqrt(2))
    assert shown["± F1"].isna().tolist() == [False, True]
    assert shown.loc["second", "F1"] == scores.f1


# The ends.


def test_a_ratio_that_leaves_no_minority_is_one_sentence() -> None:
    app = open_page(PAGE, {"rows": "500", "ratio": "500"}, mathematics=True, references=True)
    assert errors(app) == ["1 : 500 leaves 1 minority rows of 500; at least 2 are needed."]
    assert not app.get("vega_lite_chart")
    assert "**BalanceCascade.** In $T$ rounds" in text(app)
    assert "arXiv:1106.1813" in text(app)
    app.select_slider(key="rows").set_value(5000).run()
    assert not errors(app)
    assert app.get("vega_lite_chart")


@pytest.mark.parametrize("tab", [tab for tab in TABS if tab != "Leakage"])
@pytest.mark.parametrize(
    "link",
    [
        {"rows": "1000", "ratio": "500"},
        {"rows": "500", "ratio": "1", "label_noise": "0.5", "k_neighbors": "15"},
        {"data": "breast cancer", "ratio": "50", "A": "one-class SVM", "B": "Borderline-SMOTE"},
        {"overlap": "0", "A": "edited nearest neighbours", "B": "NearMiss-1"},
        {"data": "checkerboard", "overlap": "1", "A": "balanced random forest", "B": "SMOTE + ENN"},
    ],
)
def test_extreme_settings_are_shown_in_every_tab(link: Link, tab: str) -> None:
    app = open_page(PAGE, {**link, "tab": tab}, reproduce=True, mathematics=True, references=True)
    assert not app.exception
    assert not app.error
    assert all(chart.proto.alt for chart in app.get("vega_lite_chart"))


def test_a_cost_table_agrees_with_the_demos_operating_points() -> None:
    generator = np.random.default_rng(1)
    y, probability = generator.integers(0, 2, 200), generator.random(200).round(2)
    thresholds = np.array([0.0, 0.25, 0.5, 1.0])
    at = operating(y, probability, thresholds)
    for place, threshold in enumerate(thresholds):
        _, fp, fn, tp = counted(y, probability, float(threshold))
        assert (at.false_positives[place], at.true_positives[place]) == (fp, tp)
        expected = (3 * fp + 5 * fn) / 200
        assert tabs.cost_per_row(y, probability, thresholds, 3, 5)[place] == pytest.approx(expected)
