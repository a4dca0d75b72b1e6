"""What the imbalance page should say, from scikit-learn and imbalanced-learn called directly, or from counting."""

import io
import math
from typing import Any, Final, NamedTuple

import numpy as np
import pandas as pd
from imblearn.over_sampling import SMOTE, RandomOverSampler
from imblearn.under_sampling import EditedNearestNeighbours, NearMiss, RandomUnderSampler, TomekLinks
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import average_precision_score, roc_auc_score
from sklearn.model_selection import TunedThresholdClassifierCV, train_test_split
from sklearn.neighbors import KNeighborsClassifier
from sklearn.preprocessing import StandardScaler
from sklearn.tree import DecisionTreeClassifier
from streamlit.testing.v1 import AppTest

from demos.data.samples import Floats, Ints, Sample, make_data
from pages.data.class_imbalance.compute import Outcome, Run, run
from pages.data.class_imbalance.controls import OWN, Controls
from tests.pages import open_page

PAGE: Final = "class_imbalance"
DEFAULTS: Final = Controls.defaults()
Link = dict[str, str | list[str]]


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
    made: Any = {
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


def made(**changes: Any) -> Sample:  # noqa: ANN401 - settings
    chosen = {**DEFAULTS, **changes}
    keys = ("rows", "ratio", "overlap", "label_noise", "seed")
    return make_data(shape=chosen["data"], **{key: chosen[key] for key in keys})


def divided(sample: Sample, seed: int = 0) -> tuple[Sample, Sample]:
    x, x_test, y, y_test = train_test_split(
        sample.x, sample.y, test_size=0.3, stratify=sample.y, random_state=seed, shuffle=True
    )
    return Sample(x, y), Sample(x_test, y_test)


def direct(side: str, *, own: Sample | None = None, **changes: Any) -> Told:  # noqa: ANN401 - settings
    """One side of the page under these settings."""
    chosen = {**DEFAULTS, **changes}
    seed = int(chosen["seed"])
    train, test = divided(own or made(**changes), seed)
    scaler = StandardScaler().fit(train.x)
    learnt = Sample(scaler.transform(train.x), train.y)
    if chosen[side] != "none":
        how = sampler(chosen[side], target=chosen["target"], k_neighbors=chosen["k_neighbors"], seed=seed)
        learnt = Sample(*how.fit_resample(*learnt))
    return Told(train, test, learnt, scaler, classifier_of(chosen["classifier"], seed).fit(*learnt))


def counted(y: Ints, probability: Floats, threshold: float) -> tuple[int, int, int, int]:
    """True and false negatives and positives by counting: tn, fp, fn, tp."""
    called = (probability >= threshold).tolist()
    pairs = list(zip(y.tolist(), called, strict=True))
    return pairs.count((0, False)), pairs.count((0, True)), pairs.count((1, False)), pairs.count((1, True))


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


def tuned(told: Told) -> tuple[float, Floats]:
    """Threshold and probabilities of scikit-learn's tuned classifier."""
    model = TunedThresholdClassifierCV(
        LogisticRegression(max_iter=1000), scoring="f1", cv=0.25, refit=False, random_state=0
    ).fit(told.scaler.transform(told.train.x), told.train.y)
    return float(model.best_threshold_), np.asarray(model.predict_proba(told.scaler.transform(told.test.x))[:, 1])


def run_of(**changes: Any) -> tuple[Controls, Run]:  # noqa: ANN401 - settings
    """The page's numbers without the page."""
    view = Controls.of(changes)
    return view, run(view)


def outcome_of(result: Run, side: str) -> Outcome:
    return result.fitted[side]


def text(app: AppTest) -> str:
    """What the page says, without the escapes of what a reader typed."""
    assert not app.exception
    return "\n".join(str(each.value) for each in [*app.markdown, *app.caption, *app.info, *app.error]).replace("\\", "")


def csv_of(majority: int, minority: int, features: int = 2) -> str:
    generator = np.random.default_rng(3)
    lines = [",".join([*(f"f{place}" for place in range(features)), "label"])]
    for kind, count in enumerate((majority, minority)):
        lines += [
            ",".join([*(f"{value:.4f}" for value in row), ("well", "ill")[kind]])
            for row in generator.normal(1.5 * kind, 1, (count, features))
        ]
    return "\n".join(lines)


def sample_of(content: str) -> Sample:
    frame = pd.read_csv(io.StringIO(content))
    return Sample(frame.iloc[:, :-1].to_numpy(dtype=float), np.asarray(frame["label"] == "ill").astype(np.int64))


def own(content: str | bytes, *, app: AppTest | None = None, **link: str) -> AppTest:
    """The page after a reader's upload."""
    if app is None:
        app = open_page(PAGE, {"data": OWN, **link}, reproduce=True)
    data = content if isinstance(content, bytes) else content.encode()
    return app.file_uploader(key="own rows file").set_value(("mine.csv", data, "text/csv")).run()
