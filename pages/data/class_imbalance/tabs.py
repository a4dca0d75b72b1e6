"""The tabs of the imbalance page: calibration, leakage, costs and ensembles. Each computes when it is open."""

import numpy as np
import streamlit as st
from sklearn.preprocessing import StandardScaler

from demos.data.balance_cascade import BalanceCascade, balance_cascade
from demos.data.class_imbalance import Leakage, bayes_threshold, prior_correction
from demos.data.class_imbalance import leakage as leaks
from demos.data.resampling import RESAMPLERS
from demos.data.samples import Floats, Ints, Sample
from demos.data.scores import expected_calibration_error, reliability
from pages.data.class_imbalance import tab_charts as charts
from pages.data.class_imbalance.compute import THRESHOLDS, Run, cost_per_row, odds_ratio, outcome, sample
from pages.data.class_imbalance.controls import Controls
from pages.data.class_imbalance.picture import dots
from pages.data.class_imbalance.sentences import cost_sentences, tuned_sentence
from ui import kit
from ui.kit.charts import Colors
from ui.kit.plain import literal
from ui.server import slots


def calibration(result: Run) -> None:
    """Observed against predicted, before and after the correction of the prior."""
    y = result.parts.test.y
    models: dict[str, Floats] = {}
    for name, each in result.named.items():
        if each.is_probability:
            models[name] = each.probability
            beta = odds_ratio(each, result.parts)
            if beta != 1:
                models[f"{name}, corrected"] = prior_correction(each.probability, beta=beta)
    if not models:
        st.info("Neither method gives probabilities.")
        return
    bins = {name: reliability(y, probability) for name, probability in models.items()}
    left, right = st.columns(2, gap="medium")
    with left:
        kit.show(
            charts.calibration(
                colors=tuple(zip(models, (_shade(place) for place in (6, 4, 2, 3)), strict=False)), ink=kit.ink()
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


def leakage(view: Controls) -> None:
    """Cross-validation with the resampler inside of the folds, and with everything resampled before."""
    resampler = view.methods["B"] if view.methods["B"] in RESAMPLERS else "SMOTE"
    rows = sample(view.made, view.own_sample, seed=view.seed)
    try:
        found = _leaked(
            rows, resampler, classifier=view.classifier, ratio=view.target, k_neighbors=view.k_neighbors, seed=view.seed
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
    kit.show(
        charts.folds(("ROC AUC", "average precision"), colors=ways, ink=kit.ink()),
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
        f"{resampler.capitalize() if resampler[0].islower() else resampler} with {view.classifier}, five folds: "
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
    return leaks(rows, resampler, classifier=classifier, ratio=ratio, k_neighbors=k_neighbors, seed=seed)


def costs(view: Controls, result: Run) -> None:
    """What each threshold costs, with Bayes's, each method's own, and one that was tuned."""
    if not result.fitted:
        return
    y, bayes = result.parts.test.y, bayes_threshold(view.cost_fp, view.cost_fn)
    lines = {name: cost_per_row(y, each.at, view.cost_fp, view.cost_fn) for name, each in result.named.items()}
    own = [cost_per_row(y, each.at_own, view.cost_fp, view.cost_fn)[0] for each in result.fitted.values()]
    tuned = outcome(result.parts, "threshold tuning", view)
    rules = {bayes: f"Bayes {bayes:.3g}"}
    if not isinstance(tuned, str):
        rules[tuned.threshold] = f"tuned for F1 {tuned.threshold:.3g}"
    kit.show(
        charts.costs(colors=tuple(zip(lines, (_shade(6), _shade(4)), strict=False)), ink=kit.ink()),
        {
            "costs": {
                "model": [name for name in lines for _ in THRESHOLDS],
                "threshold": np.tile(THRESHOLDS, len(lines)),
                "cost": np.concatenate(list(lines.values())),
            },
            "own thresholds": {
                "model": list(lines),
                "threshold": [each.threshold for each in result.fitted.values()],
                "cost": own,
            },
            "rules": {"threshold": list(rules), "label": list(rules.values())},
        },
        key="costs",
        alt_text="The cost of a test row against the threshold, for both methods.",
    )
    st.markdown("\n".join(f"- {said}" for said in cost_sentences(view, result)))
    b = result.fitted.get("B")
    if b and not isinstance(tuned, str):
        st.markdown(tuned_sentence(view.classifier, tuned, b))


def ensembles(view: Controls, result: Run) -> None:
    """What BalanceCascade leaves of the majority, round by round."""
    train, count = result.parts.train, view.rounds
    try:
        cascade = _cascade(train, count, view.seed)
    except ValueError as error:
        st.info(literal(str(error)))
        return
    majority, minority = train.counts
    sizes = [len(each.majority) for each in cascade.rounds]
    kinds = (("left", _shade(1)), ("drawn", _shade(3)), ("minority", _shade(5)))
    images = [_round_image(each.majority, each.drawn, result, kinds) for each in cascade.rounds]
    kit.show(
        charts.rounds(
            count,
            kinds=kinds,
            colors=(("BalanceCascade: left", _shade(1)), ("both: drawn to learn from", _shade(3))),
            ink=kit.ink(),
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
    st.markdown(
        f"- **BalanceCascade** keeps a share of f = ({minority:,} / {majority:,})^(1/{count - 1}) = {factor:.3f} "
        f"in each round: {', '.join(f'{size:,}' for size in sizes)} majority rows. Those that it is sure of go; "
        "what is left is hard, or wrongly labelled.\n"
        f"- **EasyEnsemble** draws {minority:,} of all {majority:,} in each of {count} subsets: on average "
        f"{majority * (1 - (1 - minority / majority) ** count):,.0f} different ones. The cascade has drawn "
        f"{seen:,}."
    )
    st.caption("The scores of the methods use four rounds.")


@slots.heavy(st.cache_resource(max_entries=16, show_spinner="Boosting"))
def _cascade(train: Sample, count: int, seed: int) -> BalanceCascade:
    scaled = StandardScaler().fit_transform(train.x)
    return balance_cascade(Sample(scaled, train.y), n_estimators=count, seed=seed)


def _round_image(left: Ints, drawn: Ints, result: Run, kinds: Colors) -> str:
    train = result.parts.train
    layers = [(train.x[left], 0), (train.x[drawn], 1), (train.x[train.y == 1], 2)]
    return dots(layers, result.window, [color for _, color in kinds])


def _shade(place: int) -> str:
    return kit.palette()[place]
