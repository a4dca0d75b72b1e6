"""The tabs of the imbalance page, against cross-validation, tuning and bins of scikit-learn and by counting."""

import math
import re
from itertools import pairwise
from typing import Final

import numpy as np
import pyarrow as pa
import pytest
from imblearn.pipeline import make_pipeline
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import StratifiedKFold, cross_val_score
from sklearn.preprocessing import StandardScaler

from demos.data.balance_cascade import balance_cascade
from demos.data.class_imbalance import Judged, judged
from demos.data.methods import METHODS
from demos.data.resampling import RESAMPLERS
from demos.data.samples import Floats, Sample, split
from demos.data.scores import Scores
from pages.data.class_imbalance import scores_tab
from pages.data.class_imbalance.sentences import tuned_sentence
from tests.data.class_imbalance.oracle import (
    PAGE,
    Link,
    Told,
    binned,
    corrected,
    counted,
    direct,
    divided,
    made,
    metrics,
    outcome_of,
    run_of,
    sampler,
    text,
    tuned,
)
from tests.pages import chart_rows, open_page


def test_calibration_shows_the_bins_and_the_correction_by_its_formula() -> None:
    app = open_page(PAGE, {"tab": "Calibration"})
    sent, said = chart_rows(app, "bins"), text(app)
    a, b = direct("A"), direct("B")
    y = a.test.y
    expected = {"A: none": a.probability, "B: SMOTE": b.probability, "B: SMOTE, corrected": corrected(b)}
    assert sent["model"][::10] == list(expected)
    for place, (name, probability) in enumerate(expected.items()):
        found = np.array([sent[key][10 * place : 10 * place + 10] for key in ("predicted", "observed", "rows")], float)
        np.testing.assert_allclose(found.T, binned(y, probability))
        told = metrics(y, probability)
        assert (
            f"- **{name}**: mean probability {told['mean_probability']:.1%}, expected calibration error "
            f"{told['ece']:.3f}." in said
        )
    assert f"- {28 / 600:.1%} of the test rows are positive." in said
    assert roc_auc_score(y, corrected(b)) == pytest.approx(roc_auc_score(y, b.probability))


@pytest.mark.parametrize("method", ["class weights", "random under-sampling", "random over-sampling"])
def test_the_correction_brings_the_mean_probability_back(method: str) -> None:
    told = direct("B", B="none")
    if method == "class weights":
        weighted = LogisticRegression(max_iter=1000, class_weight="balanced").fit(*told.learnt)
        seen = weighted.predict_proba(told.scaler.transform(told.test.x))[:, 1]
        beta = told.train.counts[1] / told.train.counts[0]
        right = beta * seen / (beta * seen - seen + 1)
    else:
        right = corrected(direct("A", A=method))
    said = text(open_page(PAGE, {"A": method, "B": "none", "tab": "Calibration"}))
    assert f"**A: {method}, corrected**: mean probability {right.mean():.1%}" in said
    assert right.mean() == pytest.approx(told.test.y.mean(), abs=0.01)
    assert "**B: none, corrected**" not in said


@pytest.mark.parametrize(
    "link", [{"B": "threshold tuning"}, {"B": "EasyEnsemble"}, {"B": "none", "rows": "1000", "ratio": "2"}]
)
def test_methods_that_resample_nothing_are_not_corrected(link: Link) -> None:
    assert "corrected**" not in text(open_page(PAGE, {**link, "tab": "Calibration"}))


@pytest.mark.parametrize(
    ("data", "method"), [("two Gaussians", "class weights"), ("pure noise", "random over-sampling")]
)
def test_leakage_is_what_cross_validation_by_scikit_learn_gives(data: str, method: str) -> None:
    app = open_page(PAGE, {"tab": "Leakage", "data": data, "B": method, "target": "2"})
    resampler = method if method in RESAMPLERS else "SMOTE"
    x, y = made(data=data)
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
    assert sent["way"][::5] == means["way"] == ["inside of each fold", "before the split"] * 2
    assert sent["score"][::5] == means["score"] == ["ROC AUC"] * 2 + ["average precision"] * 2
    assert means["label"] == [f"{each.mean():.2f}" for each in expected]
    honest, leaky, honest_precision, leaky_precision = (each.mean() for each in expected)
    assert (
        f"{resampler[0].upper()}{resampler[1:]} with logistic regression, five folds: ROC AUC **{honest:.2f}** when "
        f"each training part is resampled, and **{leaky:.2f}** when everything was resampled before the split; average "
        f"precision {honest_precision:.2f} and {leaky_precision:.2f}." in text(app)
    )


@pytest.mark.parametrize(
    ("link", "said"),
    [
        ({"rows": "1000", "ratio": "200"}, "SMOTE looks at 5 neighbours of the same class and needs 6 minority rows"),
        ({"rows": "1000", "ratio": "500", "B": "random over-sampling"}, "5 folds need 5 minority rows; there are 2."),
    ],
)
def test_leakage_with_too_few_rows_says_so(link: Link, said: str) -> None:
    (told,) = open_page(PAGE, {"tab": "Leakage", **link}).info
    assert said in told.value.replace("\\", "")


def cost(told: Told, probability: Floats, threshold: float, costs: tuple[int, int]) -> float:
    _, fp, fn, _ = counted(told.test.y, probability, threshold)
    return (costs[0] * fp + costs[1] * fn) / len(told.test.y)


@pytest.mark.parametrize("costs", [(1, 20), (7, 20), (100, 1)])
def test_costs_are_counted_row_by_row(costs: tuple[int, int]) -> None:
    app = open_page(PAGE, {"tab": "Costs", "cost_fp": str(costs[0]), "cost_fn": str(costs[1])})
    a, b = direct("A"), direct("B")
    bayes, said, sent = costs[0] / sum(costs), text(app), chart_rows(app, "costs")
    assert sent["model"] == ["A: none"] * 99 + ["B: SMOTE"] * 99
    np.testing.assert_allclose(sent["threshold"], [percent / 100 for percent in range(1, 100)] * 2)
    expected = [cost(told, told.probability, percent / 100, costs) for told in (a, b) for percent in range(1, 100)]
    np.testing.assert_allclose(sent["cost"], expected)
    (own_a, at_a), (own_b, at_b) = (
        [cost(told, told.probability, threshold, costs) for threshold in (0.5, bayes)] for told in (a, b)
    )
    right = cost(b, corrected(b), bayes, costs)
    assert f"- **A: none**: {own_a:.3f} a row at its own threshold of 0.5, {at_a:.3f} at the Bayes threshold.\n" in said
    assert (
        f"- **B: SMOTE**: {own_b:.3f} a row at its own threshold of 0.5, {at_b:.3f} at the Bayes threshold, and "
        f"**{right:.3f}** there after the correction." in said
    )
    lazy = min(costs[0] * 572, costs[1] * 28) / 600
    assert f"The cheaper of calling everything positive and calling nothing positive: {lazy:.3f}." in said
    threshold, _ = tuned(a)
    rules, ring = chart_rows(app, "rules"), chart_rows(app, "own thresholds")
    assert rules["threshold"] == [pytest.approx(bayes), pytest.approx(threshold)]
    assert rules["label"] == [f"Bayes {bayes:.3g}", f"tuned for F1 {threshold:.3g}"]
    assert (ring["threshold"], ring["cost"]) == ([0.5, 0.5], [pytest.approx(own_a), pytest.approx(own_b)])


@pytest.mark.parametrize("method", ["SMOTE", "threshold tuning"])
def test_a_tuned_threshold_is_compared_with_b(method: str) -> None:
    told = direct("A")
    threshold, probability = tuned(told)
    f1 = metrics(told.test.y, probability, threshold)["f1"]
    b = metrics(told.test.y, direct("B").probability)["f1"] if method == "SMOTE" else f1
    verdict = "more without any resampling." if method == "SMOTE" else "the same."
    said = text(open_page(PAGE, {"tab": "Costs", "B": method}))
    assert (
        f"A threshold of {threshold:.3g}, tuned for F1 on a part of the training set, gives logistic regression "
        f"without resampling F1 **{f1:.2f}**; B has {b:.2f} at its own. That is {verdict}" in said
    )
    if method == "threshold tuning":
        own_cost = cost(told, probability, threshold, (1, 20))
        assert f"**B: threshold tuning**: {own_cost:.3f} a row at its own threshold of {threshold:.3g}, " in said


@pytest.mark.parametrize(
    ("moved", "verdict"),
    [(0.019, "the same."), (-0.019, "the same."), (0.021, "less."), (-0.021, "more without any resampling.")],
)
def test_the_tuned_threshold_is_more_less_or_the_same(moved: float, verdict: str) -> None:
    tuned_one = outcome_of(run_of()[1], "A")
    b = tuned_one._replace(scores=tuned_one.scores._replace(f1=tuned_one.scores.f1 + moved))
    assert tuned_sentence("a model", tuned_one, b).endswith(f"That is {verdict}")


@pytest.mark.parametrize("rounds", [2, 4, 12])
def test_the_majority_of_the_cascade_shrinks_as_the_paper_says(rounds: int) -> None:
    app = open_page(PAGE, {"tab": "Ensembles", "rounds": str(rounds)})
    sent, said = chart_rows(app, "sizes"), text(app)
    train, _ = divided(made())
    majority, minority = train.counts
    factor = (minority / majority) ** (1 / (rounds - 1))
    sizes = [round(majority * factor**place) for place in range(rounds)]
    assert sizes[-1] == minority
    assert sent["rows"] == [*sizes, *[minority] * rounds]
    assert sent["round"] == [*range(1, rounds + 1)] * 2
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
    images = [
        dataset for chart in app.get("vega_lite_chart") for dataset in chart.proto.datasets if dataset.name == "images"
    ]
    shrinking = [len(url) for url in _urls(images[1].data.data)]
    assert len(shrinking) == rounds
    assert all(later < earlier for earlier, later in pairwise(shrinking))  # fewer dots, a smaller PNG


def _urls(packed: bytes) -> list[str]:
    urls: list[str] = pa.ipc.open_stream(packed).read_all().to_pydict()["url"]
    return urls


# All methods.

FEW: Final = ("none", "SMOTE", "random under-sampling", "isolation forest")


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    """Fewer seeds and methods."""
    monkeypatch.setattr(scores_tab, "SEEDS", 2)
    monkeypatch.setattr(scores_tab, "METHODS", {name: METHODS[name] for name in FEW})


@pytest.mark.usefixtures("few")
def test_all_methods_are_compared_and_a_moved_control_drops_the_comparison() -> None:
    app = open_page(PAGE, {"seed": "3", "rows": "500"})
    next(each for each in app.button if each.label.startswith("Compare all 20 methods with 5 seeds")).click().run()
    shown = app.dataframe[1].value
    assert list(shown.index) == list(FEW)
    for method in FEW[:3]:
        both = [direct("A", A=method, rows=500, seed=seed) for seed in (6, 7)]
        found = [metrics(told.test.y, told.probability) for told in both]
        for key, name in zip(scores_tab.METRICS, scores_tab.NAMES, strict=True):
            values = np.array([each[key] for each in found])
            if key in scores_tab.COUNTS:
                assert name not in shown.columns
            else:
                assert shown.loc[method, name] == pytest.approx(values.mean()), (method, key)
            if key in ("f1", "roc_auc", "average_precision"):
                assert shown.loc[method, f"± {name}"] == pytest.approx(np.std(values, ddof=1))
    assert shown["Brier score"].isna().tolist() == [method == "isolation forest" for method in FEW]
    assert "Means over 2 seeds" in text(app)
    # The best of each column is marked.
    css = str(app.dataframe[1].proto.arrow_data.styler.styles)
    marked = {(int(row), int(column)) for row, column in re.findall(r"_row(\d+)_col(\d+)", css)}
    expected = set()
    for column, name in enumerate(shown.columns):
        if not name.startswith("±") and name != "mean probability":
            best = shown[name].min() if name in ("Brier score", "calibration error") else shown[name].max()
            expected |= {(row, column) for row, value in enumerate(shown[name]) if value == best}
    assert marked == expected
    # Another method leaves the table, another classifier drops it.
    app.selectbox(key="A").set_value("Tomek links").run()
    assert len(app.dataframe) == 2
    for control, value in ((app.selectbox, ("classifier", "decision tree")), (app.slider, ("k_neighbors", 4))):
        control(key=value[0]).set_value(value[1]).run()
        assert len(app.dataframe) == 1


@pytest.mark.usefixtures("few")
def test_methods_that_cannot_work_are_named_with_their_reason() -> None:
    app = open_page(PAGE, {"rows": "1000", "ratio": "200", "classifier": "decision tree"})
    next(each for each in app.button if each.label.startswith("Compare all")).click().run()
    assert list(app.dataframe[1].value.index) == ["none", "random under-sampling", "isolation forest"]
    assert re.search(
        r"SMOTE: SMOTE looks at 5 neighbours .* needs 6 minority rows to train on; there are \d\.", text(app)
    )


def test_a_comparison_needs_a_sample_that_is_small_enough() -> None:
    for rows, offered in (("5000", True), ("10000", False)):
        app = open_page(PAGE, {"rows": rows, "A": "none", "B": "none"})
        assert any(each.label.startswith("Compare all") for each in app.button) is offered
        assert ("for at most 5,000 rows" in text(app)) is not offered


def test_k_nn_with_fewer_rows_than_neighbours_says_so_in_the_pages_words() -> None:
    link: Link = {"rows": "2000", "ratio": "500", "classifier": "k-nearest neighbours", "B": "random under-sampling"}
    said = text(open_page(PAGE, link))
    assert "**B** cannot work here: k-nearest neighbours needs 7 rows to train on" in said


def test_the_table_of_means_leaves_out_what_was_refused() -> None:
    parts = split(made(rows=500), seed=0)
    scores = judged(parts, "none", classifier="logistic regression", ratio=1, k_neighbors=5, seed=0).scores
    assert isinstance(scores, Scores)
    told = [
        Judged("first", 0, scores, None),
        Judged("second", 0, None, "why"),
        Judged("first", 1, scores._replace(f1=scores.f1 + 0.2), None),
        Judged("third", 0, None, "never"),
        Judged("second", 1, scores, None),
    ]
    shown = scores_tab.compared_table(told)
    assert list(shown.index) == ["first", "second"]
    assert shown.loc["first", "F1"] == pytest.approx(scores.f1 + 0.1)
    assert shown.loc["first", "± F1"] == pytest.approx(0.2 / math.sqrt(2))
    assert shown["± F1"].isna().tolist() == [False, True]
    assert shown.loc["second", "F1"] == scores.f1
