"""The imbalance page: the claims of its scenarios, its controls, its sentences, and a reader's own rows."""

import contextlib
import io
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import numpy as np
import pytest
from imblearn.over_sampling import SMOTE, RandomOverSampler
from imblearn.under_sampling import EditedNearestNeighbours, NearMiss
from sklearn.model_selection import StratifiedKFold, train_test_split
from sklearn.neighbors import NearestNeighbors
from sklearn.preprocessing import StandardScaler

from demos.data.balance_cascade import balance_cascade
from demos.data.class_imbalance import judged, leakage
from demos.data.methods import fit
from demos.data.samples import Floats, Sample, Split, split
from demos.data.scores import Scores
from pages.data.class_imbalance.controls import OWN, SIDES
from pages.data.class_imbalance.page import SCENARIOS
from pages.data.class_imbalance.sentences import conclusions
from tests.data.class_imbalance.oracle import (
    DEFAULTS,
    PAGE,
    Link,
    counted,
    csv_of,
    direct,
    divided,
    made,
    metrics,
    outcome_of,
    own,
    run_of,
    sample_of,
    text,
)
from tests.pages import chart_rows, enter, open_page

SETTINGS: Final = {scenario.name: {**DEFAULTS, **scenario.settings} for scenario in SCENARIOS}


def of_scenario(name: str, method: str, **changes: Any) -> tuple[Split, Scores]:  # noqa: ANN401 - settings
    """What the demos compute for a method under a scenario's settings."""
    chosen = {**SETTINGS[name], **changes}
    parts = split(made(**chosen), seed=chosen["seed"])
    settings = {"ratio": chosen["target"], "k_neighbors": chosen["k_neighbors"], "seed": chosen["seed"]}
    found = judged(parts, method, classifier=chosen["classifier"], **settings)
    assert found.scores is not None
    return parts, found.scores


def test_right_in_99_percent_and_none_found() -> None:
    parts, unchanged = of_scenario("Right in 99 %", "none")
    _, weighted = of_scenario("Right in 99 %", "class weights")
    assert SETTINGS["Right in 99 %"]["B"] == "class weights"
    assert parts.test.counts == (1485, 15)
    assert (unchanged.true_positives, unchanged.false_positives) == (0, 1)
    assert unchanged.accuracy == pytest.approx(0.989, abs=0.0005)
    assert weighted.true_positives == 10
    assert weighted.accuracy == pytest.approx(0.84, abs=0.005)
    assert unchanged.roc_auc == pytest.approx(0.829, abs=0.0005)
    assert weighted.roc_auc == pytest.approx(0.831, abs=0.0005)
    assert weighted.false_positives > 100 * unchanged.false_positives


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
    assert (chosen["data"], chosen["B"]) == ("pure noise", "random over-sampling")
    noise = made(data="pure noise")
    found = {
        method: leakage(noise, method, classifier=chosen["classifier"], ratio=1, k_neighbors=5, seed=0)
        for method in ("random over-sampling", "SMOTE")
    }
    assert found["random over-sampling"].leaky_auc.mean() == pytest.approx(0.97, abs=0.005)
    assert found["random over-sampling"].honest_auc.mean() == pytest.approx(0.52, abs=0.005)
    assert found["SMOTE"].leaky_auc.mean() == pytest.approx(0.83, abs=0.005)
    link: Link = {key: chosen[key] for key in ("data", "classifier", "B")}
    assert "ROC AUC **0.52** when each" in text(open_page(PAGE, {"tab": "Leakage", **link}))


def test_the_copies_that_k_nn_finds_are_in_the_training_set() -> None:
    x = np.arange(200, dtype=float)[:, None]
    copies, y = RandomOverSampler(random_state=0).fit_resample(x, (x[:, 0] < 10).astype(int))
    train, test = next(StratifiedKFold(5, shuffle=True, random_state=0).split(copies, y))
    assert np.isin(copies[test][y[test] == 1], copies[train]).all()


def test_in_each_of_20_seeds_nearmiss_2_ranks_worse_than_nearmiss_1_and_both_worse_than_chance_draws() -> None:
    name, methods = "NearMiss-1 or NearMiss-2", ("random under-sampling", "NearMiss-1", "NearMiss-2")
    for seed in range(20):
        areas = [of_scenario(name, method, seed=seed)[1].roc_auc for method in methods]
        assert areas == sorted(areas, reverse=True), seed
        if seed == 0:
            assert areas == [pytest.approx(area, abs=0.005) for area in (0.92, 0.68, 0.48)]


def test_what_nearmiss_keeps_is_what_the_answer_says() -> None:
    parts, _ = of_scenario("NearMiss-1 or NearMiss-2", "none")
    scaler = StandardScaler().fit(parts.train.x)
    x, majority = scaler.transform(parts.train.x), parts.train.y == 0
    left = {}
    for version, three in ((1, slice(3)), (2, slice(-3, None))):
        kept, y = NearMiss(version=version, n_neighbors=3).fit_resample(x, parts.train.y)

        def away(rows: Floats, three: slice = three) -> Floats:
            distances = np.sort(np.linalg.norm(rows[:, None] - x[~majority], axis=2), axis=1)
            return np.asarray(distances[:, three].mean(axis=1))

        left[version] = kept[y == 0]
        assert len(left[version]) == 67
        assert away(left[version]).max() <= np.sort(away(x[majority]))[66] + 1e-9
    assert away(left[2]).max() < np.median(away(x[~majority]))  # in the middle of the minority
    model = fit(parts.train, "NearMiss-2", classifier="k-nearest neighbours", ratio=1, k_neighbors=5, seed=0)
    near = NearestNeighbors(n_neighbors=1).fit(left[2]).kneighbors(scaler.transform(parts.test.x))[0][:, 0]
    far = (near > 1) & (parts.test.y == 0)
    assert far.sum() > 100
    assert (model.probability(parts.test.x)[far] >= 0.5).mean() > 0.9


def test_label_noise_makes_balance_cascade_call_most_of_the_majority_positive() -> None:
    parts, easy = of_scenario("Label noise", "EasyEnsemble")
    _, cascade = of_scenario("Label noise", "BalanceCascade")
    assert (cascade.false_positives, easy.false_positives, parts.test.counts[0]) == (421, 66, 572)
    assert cascade.roc_auc == pytest.approx(0.69, abs=0.005)
    assert easy.roc_auc == pytest.approx(0.76, abs=0.005)
    _, luckless = of_scenario("Label noise", "BalanceCascade", seed=2)
    assert luckless.true_negatives == luckless.false_negatives == 0


def test_swapped_rows_are_11_of_the_67_of_the_last_round_of_the_cascade() -> None:
    noisy, clean = made(label_noise=0.3), made()
    np.testing.assert_array_equal(noisy.x, clean.x)
    learnt, _ = train_test_split(np.arange(2000), test_size=0.3, stratify=noisy.y, random_state=0)
    swapped = (noisy.y < clean.y)[learnt]  # of the minority, and called majority
    train = Sample(StandardScaler().fit_transform(noisy.x[learnt]), noisy.y[learnt])
    rounds = balance_cascade(train, n_estimators=4, seed=0).rounds
    shares = [float(swapped[each.majority].mean()) for each in rounds]
    assert shares == sorted(shares)
    np.testing.assert_allclose([shares[0], shares[-1]], [22 / 1333, 11 / 67])


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda each: str(each.name))
def test_the_numbers_of_an_answer_stand_on_its_page(scenario: Any) -> None:  # noqa: ANN401 - a Scenario
    """Nothing of the models is sent before the prediction; then those of the view that the answer explains."""
    app = enter(open_page(PAGE), scenario.name)
    for table, column in (("curves", "x"), ("thresholds", "tp"), ("boundaries", "x"), ("lines", "x"), ("own", "tp")):
        assert not chart_rows(app, table)[column]
    assert chart_rows(app, "titles")["trouble"] == ["", ""]
    assert not app.dataframe
    app.button_group(key="prediction").set_value(scenario.predictions[0]).run()
    said, at_own = text(app), chart_rows(app, "own")
    for place, side in enumerate(SIDES):
        _, found = of_scenario(scenario.name, SETTINGS[scenario.name][side])
        positives = found.true_positives + found.false_negatives
        assert f"it finds {found.true_positives} of {positives} and calls {found.false_positives:,} of" in said
        assert f"{found.roc_auc:.3f}" in said
        # The slider stands at the method's own threshold and counts what the sentence counts.
        at = chart_rows(app, "thresholds")
        row = 99 * place + at_own[f"threshold_{side}"][0] - 1
        for counts in ({key: at[key][row] for key in ("tp", "fp")}, {key: at_own[key][place] for key in ("tp", "fp")}):
            assert counts == {"tp": found.true_positives, "fp": found.false_positives}


# Each control: the settings under which it matters, and another value of it.
REACHES: Final[Mapping[str, tuple[Link, Any]]] = {
    "data": ({}, "circles"),
    "ratio": ({}, 5),
    "rows": ({}, 1000),
    "overlap": ({}, 0.8),
    "label_noise": ({}, 0.2),
    "classifier": ({}, "decision tree"),
    "A": ({}, "Tomek links"),
    "B": ({}, "random under-sampling"),
    "target": ({}, 5),
    "k_neighbors": ({}, 1),
    "seed": ({}, 1),
}
OF_A_TAB: Final[Mapping[str, tuple[Link, Any]]] = {
    "cost_fp": ({"tab": "Costs"}, 3),
    "cost_fn": ({"tab": "Costs"}, 3),
    "rounds": ({"tab": "Ensembles"}, 3),
    "own rows": ({"data": OWN}, csv_of(30, 9)),
    "own rows label": ({"data": OWN, "own rows": "a,b,label,kind\n" + "1,2,x,p\n4,3,y,p\n2,2,x,q\n" * 9}, "kind"),
    "own rows minority": ({"data": OWN}, "versicolor"),
}


@pytest.mark.parametrize("key", REACHES)
def test_every_control_reaches_the_numbers_that_others_compute(key: str) -> None:
    changed = {key: REACHES[key][1]}
    app = open_page(PAGE, {name: str(value) for name, value in changed.items()}, reproduce=True)
    sides = [direct(side, **changed) for side in SIDES]
    a, b = expected = [metrics(each.test.y, each.probability) for each in sides]
    assert expected != [metrics(each.test.y, each.probability) for each in map(direct, SIDES)]
    for line, numbers in zip(str(app.code[1].value).splitlines(), expected, strict=True):
        found = {name: float(number) for name, number in re.findall(r"(\w+)=(\S+)", line)}
        assert found == pytest.approx(numbers, rel=6e-4, abs=1e-6)
    said, shown = text(app), app.dataframe[0].value
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
        column = shown[f"{side}: {method}"]
        for name, metric in (("F1", "f1"), ("ROC AUC", "roc_auc"), ("calibration error", "ece")):
            assert column[name] == f"{numbers[metric]:.3f}"
        assert column["true negatives"] == f"{numbers['true_negatives']:,}"
    assert f"({a['roc_auc']:.3f} and {b['roc_auc']:.3f}), by average precision **" in said
    assert f"({a['average_precision']:.3f} and {b['average_precision']:.3f}): " in said
    assert (
        f"The mean probability went from {a['mean_probability']:.1%} to **{b['mean_probability']:.1%}**; "
        f"{positives / (negatives + positives):.1%} of the test rows are positive." in said
    )
    assert repr(changed[key]) in app.code[0].value


@pytest.mark.parametrize("key", OF_A_TAB)
def test_a_control_of_a_tab_or_of_own_rows_changes_what_the_page_says(key: str) -> None:
    assert REACHES.keys() | OF_A_TAB.keys() == DEFAULTS.keys()
    link, other = OF_A_TAB[key]
    assert text(open_page(PAGE, link)) != text(open_page(PAGE, {**link, key: str(other)}))


@pytest.mark.parametrize(
    ("data", "hidden"),
    [
        (OWN, {"ratio", "rows", "overlap", "label_noise"}),
        ("pure noise", {"overlap", "own rows"}),
        ("breast cancer", {"overlap", "own rows"}),
        ("moons", {"own rows"}),
    ],
)
def test_controls_without_effect_are_not_shown(data: str, hidden: set[str]) -> None:
    app = open_page(PAGE, {"data": data})
    keys = {each.key for each in [*app.slider, *app.select_slider, *app.selectbox, *app.text_area]}
    always = {"data", "classifier", "A", "B", "target", "k_neighbors", "seed", "cost_fp", "cost_fn", "rounds"}
    expected = always | {"ratio", "rows", "overlap", "label_noise", "own rows"} - hidden
    assert keys - {"own rows label", "own rows minority"} == expected


# Sentences in special cases.


def test_a_method_that_cannot_work_says_why_and_leaves_the_other() -> None:
    link: Link = {"rows": "1000", "ratio": "200"}
    app = open_page(PAGE, link, reproduce=True)
    train, _ = divided(made(rows=1000, ratio=200))
    why = (
        "SMOTE looks at 5 neighbours of the same class and needs 6 minority rows to train on; there are "
        f"{train.counts[1]}."
    )
    said = text(app)
    assert f"**B** cannot work here: {why}" in said
    assert "**A** (none), at its threshold" in said
    assert "ranking" not in said
    assert "**B** has" not in said
    assert list(app.dataframe[0].value.columns) == ["A: none"]
    for table in ("thresholds", "curves", "boundaries", "own"):
        assert set(chart_rows(app, table)["side"]) == {"A"}
    first, trouble = chart_rows(app, "titles")["trouble"]
    assert (first, why.startswith(trouble.removesuffix(" …")), len(trouble) > 20) == ("", True, True)
    assert str(app.code[1].value).splitlines()[1] == f"SMOTE {why}"
    for tab in ("Calibration", "Costs"):
        said = text(open_page(PAGE, {**link, "tab": tab}))
        assert "**A: none**" in said
        assert "**B: SMOTE" not in said
        assert "tuned for F1" not in said
    neither = open_page(PAGE, {"rows": "1000", "ratio": "500", "A": "none", "tab": "Calibration"})
    for side in SIDES:
        assert f"**{side}** cannot work here" in text(neither)
    assert "Neither method gives probabilities." in text(neither)


@pytest.mark.parametrize("method", ["isolation forest", "one-class SVM"])
def test_a_one_class_model_claims_no_probability(method: str) -> None:
    app = open_page(PAGE, {"B": method})
    said, shown = text(app), app.dataframe[0].value[f"B: {method}"]
    assert "The mean probability went" not in said
    assert "By ROC AUC the ranking" in said
    assert "**B** has" not in said
    assert [shown[metric] for metric in ("Brier score", "calibration error", "mean probability")] == ["–"] * 3
    assert shown["ROC AUC"] != "–"
    assert set(chart_rows(open_page(PAGE, {"B": method, "tab": "Calibration"}), "bins")["model"]) == {"A: none"}
    costs = text(open_page(PAGE, {"B": method, "tab": "Costs"}))
    (line,) = (line for line in costs.splitlines() if line.startswith(f"- **B: {method}**"))
    assert line.endswith("a row at its own threshold of 0.5.")


def learnt(side: str = "B", **changes: Any) -> str:  # noqa: ANN401 - settings
    """The sentence on what a method has learnt from, or nothing."""
    view, result = run_of(**changes)
    return "".join(line for line in conclusions(view, result) if line.startswith(f"**{side}** has"))


@pytest.mark.parametrize("method", ["Tomek links", "edited nearest neighbours"])
def test_a_method_that_cleans_claims_no_balance(method: str) -> None:
    told = direct("B", B=method, overlap=0.6)
    majority, minority = told.learnt.counts
    assert majority + minority < 1400
    assert learnt(B=method, overlap=0.6) == (
        f"**B** has removed {1400 - majority - minority:,} in a training set of 1,400; it cleans and does not balance: "
        f"1 : {majority / minority:.3g} remains."
    )


def test_a_method_that_falls_short_says_what_came_out_and_warns_nobody() -> None:
    told = direct("B", B="NearMiss-3", ratio=5)
    majority, minority = told.learnt.counts
    assert majority < 0.95 * minority
    assert learnt(B="NearMiss-3", ratio=5) == (
        f"**B** has removed {1400 - majority - minority:,} in a training set of 1,400; 1 : 1 was asked for, and 1 : "
        f"{majority / minority:.3g} came out."
    )
    assert "has changed nothing in a training set of 1,400; 1 : 10 was asked for" in learnt(ratio=2, target=10)


@pytest.mark.parametrize(("method", "target"), [("SMOTE", 1), ("SMOTE", 2), ("random under-sampling", 10)])
def test_a_ratio_that_is_reached_is_said_to_be(method: str, target: int) -> None:
    change = len(direct("A", A=method, target=target).learnt.y) - 1400
    done = f"added {change:,} rows" if change > 0 else f"removed {-change:,}"
    said = learnt("A", A=method, B="none", target=target)
    assert said == f"**A** has {done} in a training set of 1,400; 1 : {target} is reached."
    assert not learnt("B", A=method, B="none", target=target)


def test_smote_with_enn_says_what_it_added_and_what_it_removed() -> None:
    _, result = run_of(B="SMOTE + ENN", overlap=0.6)
    scaled = StandardScaler().fit_transform(result.parts.train.x)
    before = SMOTE(k_neighbors=5, random_state=0).fit_resample(scaled, result.parts.train.y)
    clean = EditedNearestNeighbours(sampling_strategy="all")
    _, y = clean.fit_resample(*before)
    stayed = np.asarray(clean.sample_indices_)
    added, gone = int((stayed >= 1400).sum()), 1400 - int((stayed < 1400).sum())
    said = learnt(B="SMOTE + ENN", overlap=0.6)
    assert said.startswith(f"**B** has added {added:,} rows and removed {gone:,} in a training set of 1,400; ")
    assert said.endswith(f"1 : 1 was asked for, and 1 : {(y == 0).sum() / (y == 1).sum():.3g} came out.")


@pytest.mark.parametrize(
    ("area", "precision", "verdicts", "disagree"),
    [
        (0.019, -0.019, ("equal", "equal"), ""),
        (0.021, 0.3, ("better", "better"), ""),
        (-0.021, -0.021, ("worse", "worse"), ""),
        (0.021, -0.021, ("better", "worse"), ": **the two disagree**"),
        (-0.019, -0.021, ("equal", "worse"), ": **the two disagree**"),
    ],
)
def test_both_scores_of_the_ranking_are_named_and_where_they_disagree(
    area: float, precision: float, verdicts: tuple[str, str], disagree: str
) -> None:
    view, result = run_of()
    a, b = outcome_of(result, "A"), outcome_of(result, "B")
    moved = b.scores._replace(roc_auc=a.scores.roc_auc + area, average_precision=a.scores.average_precision + precision)
    b = b._replace(scores=moved)
    (said,) = (line for line in conclusions(view, result._replace(outcomes={"A": a, "B": b})) if "ranking" in line)
    assert said.startswith(f"By ROC AUC the ranking of B is **{verdicts[0]}** (")
    assert f", by average precision **{verdicts[1]}** (" in said
    assert ("disagree" in said) == bool(disagree)
    assert disagree in said


@pytest.mark.parametrize(("reached", "said"), [(5.2, "1 : 5 is reached."), (5.3, "came out."), (4.7, "came out.")])
def test_a_ratio_counts_as_reached_within_a_twentieth(reached: float, said: str) -> None:
    view, result = run_of(target=5)
    b = outcome_of(result, "B")
    assert b.after is not None
    minority = round(1000 / (1 + reached))
    y = np.repeat([0, 1], [round(minority * reached), minority])
    b = b._replace(after=b.after._replace(sample=Sample(np.zeros((len(y), 2)), y)))
    assert conclusions(view, result._replace(outcomes={**result.outcomes, "B": b}))[-1].endswith(said)


def test_a_ratio_that_leaves_no_minority_is_one_sentence() -> None:
    app = open_page(PAGE, {"rows": "500", "ratio": "500"}, mathematics=True, references=True)
    assert [each.value.replace("\\", "") for each in app.error] == [
        "1 : 500 leaves 1 minority rows of 500; at least 2 are needed."
    ]
    assert not app.get("vega_lite_chart")
    assert "arXiv:1106.1813" in text(app)
    app.select_slider(key="rows").set_value(5000).run()
    assert not app.error
    assert app.get("vega_lite_chart")


# A reader's own rows.


def test_own_rows_are_computed_as_scikit_learn_does_and_the_snippet_prints_the_same(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Five features and numbered rows, in the order of the classes: the numbers are left out, with a word on it."""
    content = csv_of(120, 30, features=5)
    head, *lines = content.splitlines()
    numbered = "\n".join([f"id,{head}", *(f"{place},{line}" for place, line in enumerate(lines))])
    app = own(numbered)
    said = text(app)
    assert "id numbers the rows and is left out of the features." in said
    assert "There are more than two features: the picture is the plane of the first two principal" in said
    for side, line in zip(SIDES, str(app.code[1].value).splitlines(), strict=True):
        told = direct(side, own=sample_of(content))
        found = {key: float(number) for key, number in re.findall(r"(\w+)=(\S+)", line)}
        assert found == pytest.approx(metrics(told.test.y, told.probability), rel=6e-4, abs=1e-6)
    (tmp_path / "your.csv").write_text(numbered, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(app.code[0].value, {})  # noqa: S102 - our own text
    assert printed.getvalue().strip() == str(app.code[1].value).strip()
    # A refused file leaves them, and other data and back too.
    good = app.code[1].value
    own("a,b\n1,2", app=app)
    assert len(app.error) == 1
    assert app.code[1].value == good
    app.selectbox(key="data").set_value("moons").run()
    assert app.code[1].value != good
    assert "numbers the rows" not in text(app)


def test_a_column_that_determines_the_label_is_named() -> None:
    head, *lines = csv_of(60, 20).splitlines()
    told = [f"{'9' if line.endswith('ill') else '1'},{line}" for line in lines]
    assert "leak alone determines the label." in text(own("\n".join([f"leak,{head}", *told])))


@pytest.mark.parametrize("tab", ["Scores", "Calibration", "Leakage", "Costs", "Ensembles"])
def test_own_rows_are_shown_in_every_tab_even_where_the_rarer_class_is_called_majority(tab: str) -> None:
    for content, method in ((csv_of(11, 11), "none"), (csv_of(60, 12, features=4), "BalanceCascade")):
        app = own(content, tab=tab, A=method)
        assert not app.exception
        assert not app.error
        app.selectbox(key="own rows minority").set_value("well").run()
        assert not app.exception
