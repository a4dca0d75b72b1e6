"""The scores of both methods in a table, and on demand those of all methods over several seeds."""

from collections.abc import Iterator, Sequence
from typing import Final

import numpy as np
import pandas as pd
import streamlit as st

from demos.data.class_imbalance import Judged, evaluate
from demos.data.methods import METHODS
from demos.data.samples import Sample
from demos.data.scores import Scores
from pages.data.class_imbalance.compute import Run, sample
from pages.data.class_imbalance.controls import Controls
from ui import kit
from ui.kit.plain import literal

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


def scores(view: Controls, result: Run) -> None:
    """The table, and the button for that of all methods."""
    if result.fitted:
        st.dataframe(
            pd.DataFrame(
                {name: [_shown(each.scores, key) for key in METRICS] for name, each in result.named.items()},
                index=NAMES,
            ),
            height=35 * (len(METRICS) + 1) + 3,
            alt="Every metric of both methods",
        )
    st.caption(
        "On the test set, which keeps the natural ratio, each at its own threshold. Average precision is no trapezoid; "
        "Brier score and expected calibration error are better when lower."
    )
    if sum(len(part.y) for part in result.parts) > MOST_ROWS:
        st.caption(f"All {len(METHODS)} methods are compared for at most {MOST_ROWS:,} rows: the page is shared.")
        return
    told = compared(
        view.made,
        view.own_sample,
        classifier=view.classifier,
        ratio=view.target,
        k_neighbors=view.k_neighbors,
        seed=view.seed,
    )
    if told is not None:
        _show_compared(told)


def _shown(found: Scores, metric: str) -> str:
    value = getattr(found, metric)
    return f"{value:,}" if metric in COUNTS else "–" if np.isnan(value) else f"{value:.3f}"


@kit.long(f"Compare all {len(METHODS)} methods with {SEEDS} seeds", keep=16)
def compared(
    made: tuple[str, int, int, float, float],
    own: Sample | None,
    *,
    classifier: str,
    ratio: float,
    k_neighbors: int,
    seed: int,
) -> Iterator[kit.Progress[Judged]]:
    """Every method with every seed."""
    seeds = range(SEEDS * seed, SEEDS * (seed + 1))
    samples = [sample(made, own, seed=each) for each in seeds]
    judgements = evaluate(
        samples, list(METHODS), classifier=classifier, ratio=ratio, k_neighbors=k_neighbors, seeds=list(seeds)
    )
    for count, each in enumerate(judgements, 1):
        yield kit.Progress(count / (SEEDS * len(METHODS)), f"{each.method}, seed {each.seed}", each)


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
