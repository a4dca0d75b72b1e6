"""The tabs of the imbalance page. Each computes when it is open."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any, Final

import numpy as np
import pandas as pd
import streamlit as st
from sklearn.preprocessing import StandardScaler

from demos.data.balance_cascade import BalanceCascade, balance_cascade
from demos.data.class_imbalance import Judged, Leakage, bayes_threshold, evaluate, leakage, prior_correction
from demos.data.methods import METHODS
from demos.data.resampling import RESAMPLERS
from demos.data.samples import Floats, Ints, Sample
from demos.data.scores import Scores, expected_calibration_error, operating, reliability
from pages.data import _imbalance_tab_charts as charts
from pages.data._imbalance_controls import COSTS, DEFAULTS, ROUNDS, Controls
from pages.data._imbalance_run import THRESHOLDS, Outcome, Run, dots, outcome, sample
from pages.data._imbalance_words import CLOSE
from ui.kit import charts as chart
from ui.kit.plain import literal
from ui.server import slots

SEEDS: Final = 5
LOWER_IS_BETTER: Final = ("Brier score", "calibration error")
COUNTS: Final = ("true_negatives", "false_positives", "false_negatives", "true_positives")
SPREAD: Final = ("f1", "roc_auc", "average_precision")
METRICS: Final = tuple(Scores._fields)
SPELLED: Final = {
    "f1": "F1",
    "g_mean": "G-mean",
    "mcc": "MCC",
    "roc_auc": "ROC AUC",
    "brier": "Brier score",
    "ece": "calibration error",
}
NAMES: Final = tuple(SPELLED.get(name, name.replace("_", " ")) for name in METRICS)
MOST_ROWS: Final = 5_000  # for which the table of all methods is made


def draw(asked: Controls, result: Run) -> None:
    """All tabs, of which one is open."""
    bodies: dict[str, Callable[[], None]] = {
        "Scores": partial(_scores, asked, result),
        "Calibration": partial(_calibration, result),
        "Leakage": partial(_leakage, asked),
        "Costs": partial(_costs, asked, result),
        "Ensembles": partial(_ensembles, asked, result),
        "Own data": partial(_own_data, asked),
    }
    tabs = st.tabs(list(bodies), key="tab", on_change="rerun", bind="query-params")
    for tab, body in zip(tabs, bodies.values(), strict=True):
        if tab.open:
            with tab:
                body()


def fitted(result: Run) -> Mapping[str, Outcome]:
    """The methods that could work, by side."""
    return {side: each for side, each in result.outcomes.items() if not isinstance(each, str)}


def _scores(asked: Controls, result: Run) -> None:
    both = {f"{side}: {each.method}": each.scores for side, each in fitted(result).items()}
    if both:
        st.dataframe(
            pd.DataFrame({name: [_shown(each, key) for key in METRICS] for name, each in both.items()}, index=NAMES),
            height=35 * (len(METRICS) + 1) + 3,
            alt="Every metric of both methods",
        )
    st.caption(
        "On the test set, which keeps the natural ratio, each at its own threshold. Average precision is no trapezoid; "
        "Brier score and expected calibration error are better when lower."
    )
    settings = (asked.source, asked.own, asked.classifier, asked.target, asked.k_neighbors)
    few_enough = len(result.parts.train.y) + len(result.parts.test.y) <= MOST_ROWS
    if st.button(
        f"Compare all {len(METHODS)} methods with {SEEDS} seeds",
        icon=":material/play_arrow:",
        type="primary",
        disabled=not few_enough,
    ):
        with slots.slot():
            st.session_state["compared"] = settings, _compared(asked)
    if not few_enough:
        st.caption(f"For at most {MOST_ROWS:,} rows: the page is shared.")
    compared, told = st.session_state.get("compared", (None, []))
    if compared is not None and _same(compared, settings):
        _show_compared(told)


def _shown(found: Scores, metric: str) -> str:
    value = getattr(found, metric)
    return f"{value:,}" if metric in COUNTS else "–" if np.isnan(value) else f"{value:.3f}"


def _same(one: tuple[Any, ...], other: tuple[Any, ...]) -> bool:
    """Whether settings are equal; the reader's own rows are if they are the very same."""
    return one[0] == other[0] and one[1] is other[1] and one[2:] == other[2:]


def _compared(asked: Controls) -> list[Judged]:
    """Every method with every seed, under a progress bar."""
    bar = st.progress(0.0)
    seeds = range(SEEDS * asked.seed, SEEDS * (asked.seed + 1))
    told: list[Judged] = []
    for each in evaluate(
        [sample(asked, seed=seed) for seed in seeds],
        list(METHODS),
        classifier=asked.classifier,
        ratio=asked.target,
        k_neighbors=asked.k_neighbors,
        seeds=list(seeds),
    ):
        told.append(each)
        bar.progress(len(told) / (SEEDS * len(METHODS)), f"{each.method}, seed {each.seed}")
    bar.empty()
    return told


def _show_compared(told: Sequence[Judged]) -> None:
    frame = compared_table(told)
    styled = frame.style.format("{:.3f}", na_rep="–").set_uuid("compared")  # else a random one, and all is sent again
    for name in (name for name in frame.columns if not name.startswith("±") and name != "mean probability"):
        mark = styled.highlight_min if name in LOWER_IS_BETTER else styled.highlight_max
        styled = mark(subset=[name], props="font-weight: bold; background-color: #8884")
    st.dataframe(styled, height=35 * (len(frame) + 1) + 3, alt="Mean metrics of every method over the seeds")
    refused = {each.method: each.refusal for each in told if each.refusal}
    st.caption(
        f"Means over {SEEDS} seeds, each with data, division and models of its own; ± is the standard deviation. The "
        "best of a column is marked. Ensembles and one-class models do not use the classifier. A click on a heading "
        "sorts."
    )
    for method, why in refused.items():
        st.caption(literal(f"{method}: {why}"))


def compared_table(told: Sequence[Judged]) -> pd.DataFrame:
    """A row for each method: means over the seeds, and the spread of some."""
    rows = {}
    for method in dict.fromkeys(each.method for each in told):
        found = [each.scores for each in told if each.method == method and each.scores is not None]
        if found:
            rows[method] = _means(found)
    return pd.DataFrame.from_dict(rows, orient="index")


def _means(found: Sequence[Scores]) -> dict[str, float]:
    row = {}
    for key, name in zip(METRICS, NAMES, strict=True):
        if key in COUNTS:
            continue
        values = np.array([getattr(each, key) for each in found])
        row[name] = float(values.mean())
        if key in SPREAD:
            row[f"± {name}"] = float(values.std(ddof=1)) if len(values) > 1 else np.nan
    return row


def _calibration(result: Run) -> None:
    y = result.parts.test.y
    models: dict[str, Floats] = {}
    for side, each in fitted(result).items():
        if each.is_probability:
            models[f"{side}: {each.method}"] = each.probability
            if _beta(each, result) != 1:
                models[f"{side}: {each.method}, corrected"] = prior_correction(
                    each.probability, beta=_beta(each, result)
                )
    if not models:
        st.info("Neither method gives probabilities.")
        return
    bins = {name: reliability(y, probability) for name, probability in models.items()}
    left, right = st.columns(2, gap="medium")
    with left:
        chart.show(
            charts.calibration(
                colors=tuple(zip(models, (_shade(place) for place in (6, 4, 2, 3)), strict=False)), ink=chart.ink()
            ),
            {
                "bins": {
                    "model": [name for name, each in bins.items() for _ in each.rows],
                    "predicted": np.concatenate([each.predicted for each in bins.values()]),
                    "observed": np.concatenate([each.observed for each in bins.values()]),
                    "rows": np.concatenate([each.rows for each in bins.values()]),
                },
                "even": {"x": [0, 1], "y": [0, 1]},
            },
            key="calibration",
            alt_text="The share of positives against the predicted probability, in ten bins.",
        )
    with right:
        st.markdown(
            "\n".join(
                f"- **{name}**: mean probability {probability.mean():.1%}, expected calibration error "
                f"{expected_calibration_error(y, probability):.3f}."
                for name, probability in models.items()
            )
            + f"\n- {y.mean():.1%} of the test rows are positive."
        )
        st.caption(
            "The correction multiplies the odds by β, the odds of the minority in the training set before over "
            "those after resampling. It undoes drawing at random; what SMOTE and NearMiss do to the densities it "
            "does not undo. It changes no ranking: the corrected model at a corrected threshold says the same. "
            "Larger points have more rows."
        )


def _beta(each: Outcome, result: Run) -> float:
    """The odds of the minority in the training set, over those after the method has resampled it or weighted it."""
    majority, minority = result.parts.train.counts
    if each.method == "class weights":
        return minority / majority
    if each.after is None or not (each.after.new.any() or each.after.removed.size):
        return 1.0
    return each.after.ratio * minority / majority


def _leakage(asked: Controls) -> None:
    resampler = asked.methods["B"] if asked.methods["B"] in RESAMPLERS else "SMOTE"
    rows = sample(asked, seed=asked.seed)
    try:
        found = _leaked(
            rows,
            resampler,
            classifier=asked.classifier,
            ratio=asked.target,
            k_neighbors=asked.k_neighbors,
            seed=asked.seed,
        )
    except ValueError as error:
        st.info(literal(str(error)))
        return
    ways = (("inside of each fold", _shade(1)), ("before the split", _shade(5)))
    values = {
        ("ROC AUC", ways[0][0]): found.honest_auc,
        ("ROC AUC", ways[1][0]): found.leaky_auc,
        ("average precision", ways[0][0]): found.honest_precision,
        ("average precision", ways[1][0]): found.leaky_precision,
    }
    chart.show(
        charts.folds(("ROC AUC", "average precision"), colors=ways, ink=chart.ink()),
        {
            "folds": {
                "score": [score for (score, _), each in values.items() for _ in each],
                "way": [way for (_, way), each in values.items() for _ in each],
                "value": [float(value) for each in values.values() for value in each],
            },
            "means": {
                "score": [score for score, _ in values],
                "way": [way for _, way in values],
                "value": [float(each.mean()) for each in values.values()],
                "label": [f"{each.mean():.2f}" for each in values.values()],
            },
        },
        key="leakage",
        alt_text="ROC AUC and average precision of every fold, resampled inside of the folds and before the split.",
    )
    st.markdown(
        f"{resampler.capitalize() if resampler[0].islower() else resampler} with {asked.classifier}, five folds: "
        f"ROC AUC **{found.honest_auc.mean():.2f}** when each training part is resampled, and "
        f"**{found.leaky_auc.mean():.2f}** when everything was resampled before the split; average precision "
        f"{found.honest_precision.mean():.2f} and {found.leaky_precision.mean():.2f}."
    )
    st.caption(
        "Before the split, copies of test rows and rows made from them are in the training part, and the test "
        "part has not the natural ratio, which lifts average precision by itself. The resampler is that of "
        "method B, or SMOTE."
    )


@slots.heavy(st.cache_resource(max_entries=16, show_spinner="Cross-validating twice"))
def _leaked(rows: Sample, resampler: str, *, classifier: str, ratio: float, k_neighbors: int, seed: int) -> Leakage:
    return leakage(rows, resampler, classifier=classifier, ratio=ratio, k_neighbors=k_neighbors, seed=seed)


def _costs(asked: Controls, result: Run) -> None:
    left, right = st.columns(2)
    cost_fp = left.slider(
        "Cost of a false positive",
        *COSTS,
        DEFAULTS["cost_fp"],
        key="cost_fp",
        bind="query-params",
        help="Calling a majority row positive.",
    )
    cost_fn = right.slider(
        "Cost of a false negative",
        *COSTS,
        DEFAULTS["cost_fn"],
        key="cost_fn",
        bind="query-params",
        help="Missing a row of the minority.",
    )
    bayes = bayes_threshold(cost_fp, cost_fn)
    y = result.parts.test.y
    models = {f"{side}: {each.method}": each for side, each in fitted(result).items()}
    if not models:
        return
    lines = {name: cost_per_row(y, each.probability, THRESHOLDS, cost_fp, cost_fn) for name, each in models.items()}
    chart.show(
        charts.costs(colors=tuple(zip(models, (_shade(6), _shade(4)), strict=False)), ink=chart.ink()),
        {
            "costs": {
                "model": [name for name in lines for _ in THRESHOLDS],
                "threshold": np.tile(THRESHOLDS, len(lines)),
                "cost": np.concatenate(list(lines.values())),
            },
            "bayes": {"threshold": [bayes], "label": [f"Bayes threshold {bayes:.3g}"]},
        },
        key="costs",
        alt_text="The cost of a test row against the threshold, for both methods.",
    )
    st.markdown("\n".join(f"- {said}" for said in _cost_sentences(models, result, bayes, cost_fp, cost_fn)))
    _tuned(asked, result)


def cost_per_row(y: Ints, probability: Floats, thresholds: Floats, cost_fp: float, cost_fn: float) -> Floats:
    """The mean cost of a test row at each threshold."""
    at = operating(y, probability, thresholds)
    return np.asarray((cost_fp * at.false_positives + cost_fn * (y.sum() - at.true_positives)) / len(y))


def _cost_sentences(
    models: Mapping[str, Outcome], result: Run, bayes: float, cost_fp: float, cost_fn: float
) -> list[str]:
    """What each method costs at its own threshold, at Bayes's, and after the correction at Bayes's."""
    y = result.parts.test.y
    said = []
    for name, each in models.items():
        own, at_bayes = cost_per_row(y, each.probability, np.array([each.threshold, bayes]), cost_fp, cost_fn)
        sentence = f"**{name}**: {own:.3f} a row at its own threshold of {each.threshold:.3g}"
        if each.is_probability:
            sentence += f", {at_bayes:.3f} at the Bayes threshold"
            beta = _beta(each, result)
            if beta != 1:
                right = prior_correction(each.probability, beta=beta)
                corrected = float(cost_per_row(y, right, np.array([bayes]), cost_fp, cost_fn)[0])
                sentence += f", and **{corrected:.3f}** there after the correction"
        said.append(f"{sentence}.")
    lazy = min(cost_fp * (1 - y.mean()), cost_fn * y.mean())
    return [*said, f"The cheaper of calling everything positive and calling nothing positive: {lazy:.3f}."]


def _tuned(asked: Controls, result: Run) -> None:
    """Whether a moved threshold does what method B does."""
    tuned, b = outcome(result.parts, "threshold tuning", asked), result.outcomes["B"]
    if isinstance(tuned, str) or isinstance(b, str):
        return
    same = abs(tuned.scores.f1 - b.scores.f1) <= CLOSE
    more = tuned.scores.f1 > b.scores.f1
    verdict = "the same" if same else "more" if more else "less"
    st.markdown(
        f"A threshold of {tuned.threshold:.3g}, tuned for F1 on a part of the training set, gives "
        f"{asked.classifier} without resampling F1 **{tuned.scores.f1:.2f}**; B has {b.scores.f1:.2f} at its "
        f"own. That is {verdict}" + ("." if same or not more else " without any resampling.")
    )


def _ensembles(asked: Controls, result: Run) -> None:
    count = st.slider(
        "Rounds of BalanceCascade",
        *ROUNDS,
        DEFAULTS["rounds"],
        key="rounds",
        bind="query-params",
        help="The paper's T. EasyEnsemble draws as many subsets.",
    )
    train = result.parts.train
    try:
        cascade = _cascade(train, count, asked.seed)
    except ValueError as error:
        st.info(literal(str(error)))
        return
    majority, minority = train.counts
    sizes = [len(each.majority) for each in cascade.rounds]
    kinds = (("left", _shade(1)), ("drawn", _shade(3)), ("minority", _shade(5)))
    images = [_round_image(each.majority, each.drawn, result, kinds) for each in cascade.rounds]
    picture, words = st.columns(2, gap="medium")
    with picture:
        chart.show(
            charts.rounds(
                count,
                kinds=kinds,
                colors=(("BalanceCascade: left", _shade(1)), ("both: drawn to learn from", _shade(3))),
                ink=chart.ink(),
            ),
            {
                "sizes": {
                    "round": [*range(1, count + 1)] * 2,
                    "what": ["BalanceCascade: left"] * count + ["both: drawn to learn from"] * count,
                    "rows": [*sizes, *[minority] * count],
                },
                "images": {
                    "round": list(range(1, count + 1)),
                    "x": [0] * count,
                    "x2": [1] * count,
                    "y": [0] * count,
                    "y2": [1] * count,
                    "url": images,
                },
            },
            key=f"rounds {count}",
            alt_text="The majority rows left and drawn in every round, and where they lie.",
        )
    factor = (minority / majority) ** (1 / (count - 1))
    seen = np.unique(np.concatenate([each.drawn for each in cascade.rounds])).size
    with words:
        st.markdown(
            f"- **BalanceCascade** keeps a share of f = ({minority:,} / {majority:,})^(1/{count - 1}) = {factor:.3f} "
            f"in each round: {', '.join(f'{size:,}' for size in sizes)} majority rows. Those that it is sure of go; "
            "what is left is hard, or wrongly labelled.\n"
            f"- **EasyEnsemble** draws {minority:,} of all {majority:,} in each of {count} subsets: on average "
            f"{majority * (1 - (1 - minority / majority) ** count):,.0f} different ones. The cascade has drawn "
            f"{seen:,}."
        )
        st.caption("The slider above the picture goes from round to round. The scores of the methods use four rounds.")


@slots.heavy(st.cache_resource(max_entries=16, show_spinner="Boosting"))
def _cascade(train: Sample, count: int, seed: int) -> BalanceCascade:
    scaled = StandardScaler().fit_transform(train.x)
    return balance_cascade(Sample(scaled, train.y), n_estimators=count, seed=seed)


def _round_image(left: Ints, drawn: Ints, result: Run, kinds: chart.Colors) -> str:
    train = result.parts.train
    layers = [(train.x[left], 0), (train.x[drawn], 1), (train.x[train.y == 1], 2)]
    return dots(layers, result.window, [color for _, color in kinds])


def _own_data(asked: Controls) -> None:
    st.markdown(
        "Choose *your own CSV* under **Data** in the sidebar and upload a file like this: a line of names, numeric "
        "features, and one column with a label of two values, of which the rarer one is the minority."
    )
    st.code("age,dose,label\n61,0.5,healthy\n48,1.25,ill\n…", language="text")
    if asked.own is None:
        return
    table = asked.own
    x = table.sample.x
    st.dataframe(
        pd.DataFrame(
            {
                "feature": table.features,
                "least": x.min(axis=0),
                "mean": x.mean(axis=0),
                "most": x.max(axis=0),
                "mean of the majority": x[table.sample.y == 0].mean(axis=0),
                "mean of the minority": x[table.sample.y == 1].mean(axis=0),
            }
        ),
        hide_index=True,
        alt="The features that were read",
    )


def _shade(place: int) -> str:
    return chart.palette()[place]
