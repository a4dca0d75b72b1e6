"""The controls of the imbalance page: the data, two methods, and the classifier that both use."""

from collections.abc import Mapping
from typing import Any, Final, NamedTuple

import streamlit as st

from demos.data.classifiers import CLASSIFIERS
from demos.data.methods import METHODS
from demos.data.own_table import Table
from demos.data.samples import SHAPES
from pages.data._imbalance_own import own_table
from ui.kit.scenarios import reset_button

OWN: Final = "your own CSV"
SIDES: Final = ("A", "B")
RATIOS: Final = (1, 2, 5, 10, 20, 50, 100, 200, 500)
ROWS: Final = (500, 1000, 2000, 5000, 10_000, 20_000)
TARGETS: Final = (1, 2, 5, 10)
ROUNDS: Final = (2, 12)  # of BalanceCascade
COSTS: Final = (1, 100)

DEFAULTS: Final[Mapping[str, Any]] = {
    "data": "two Gaussians",
    "ratio": 20,
    "rows": 2000,
    "overlap": 0.4,
    "label_noise": 0.0,
    "classifier": "logistic regression",
    "A": "none",
    "B": "SMOTE",
    "target": 1,
    "k_neighbors": 5,
    "seed": 0,
    "cost_fp": 1,
    "cost_fn": 20,
    "rounds": 4,
}


class Controls(NamedTuple):
    """What the reader has set."""

    data: str
    own: Table | None
    ratio: int
    rows: int
    overlap: float
    label_noise: float
    classifier: str
    methods: Mapping[str, str]  # by SIDES
    target: int
    k_neighbors: int
    seed: int

    @property
    def source(self) -> tuple[str, int, int, float, float, int]:
        """What made data depends on."""
        return self.data, self.rows, self.ratio, self.overlap, self.label_noise, self.seed


def controls() -> Controls:
    """Draw the controls in the sidebar and read them."""
    with st.sidebar:
        names = [*SHAPES, OWN]
        data = st.selectbox(
            "Data",
            names,
            index=names.index(DEFAULTS["data"]),
            key="data",
            bind="query-params",
            help="Made samples, one of them noise, scikit-learn's breast-cancer data thinned to a ratio, or your own.",
        )
        own = own_table() if data == OWN else None
        ratio, rows, overlap, label_noise = _sample()
        classifier = st.selectbox(
            "Classifier",
            list(CLASSIFIERS),
            index=list(CLASSIFIERS).index(DEFAULTS["classifier"]),
            key="classifier",
            bind="query-params",
            help="Of both methods. Ensembles and one-class models bring their own.",
        )
        methods = {side: _method(side) for side in SIDES}
        target = st.select_slider(
            "Resample to 1 :",
            TARGETS,
            value=DEFAULTS["target"],
            key="target",
            bind="query-params",
            help="Majority rows for one of the minority after resampling, in the training set only.",
        )
        k_neighbors = st.slider(
            "Neighbours",
            1,
            15,
            DEFAULTS["k_neighbors"],
            key="k_neighbors",
            bind="query-params",
            help="Of the same class, between which SMOTE and its kin put new rows.",
        )
        seed = st.slider(
            "Seed",
            0,
            99,
            DEFAULTS["seed"],
            key="seed",
            bind="query-params",
            help="Of the data, of its division and of everything random.",
        )
        reset_button(DEFAULTS)
    return Controls(data, own, ratio, rows, overlap, label_noise, classifier, methods, target, k_neighbors, seed)


def _sample() -> tuple[int, int, float, float]:
    """Ratio, rows, overlap and label noise of made data."""
    ratio = st.select_slider(
        "Ratio 1 :",
        RATIOS,
        value=DEFAULTS["ratio"],
        key="ratio",
        bind="query-params",
        help="Majority rows for one of the minority. Your own rows have their own.",
    )
    rows = st.select_slider(
        "Rows", ROWS, value=DEFAULTS["rows"], key="rows", bind="query-params", help="Of both classes together."
    )
    overlap = st.slider(
        "Overlap",
        0.0,
        1.0,
        DEFAULTS["overlap"],
        step=0.05,
        key="overlap",
        bind="query-params",
        help="0 is nearly none, at 1 the classes lie on each other. Real data has its own.",
    )
    label_noise = st.slider(
        "Label noise",
        0.0,
        0.5,
        DEFAULTS["label_noise"],
        step=0.05,
        key="label_noise",
        bind="query-params",
        help="The share of the minority's labels that are swapped with majority labels.",
    )
    return ratio, rows, overlap, label_noise


def _method(side: str) -> str:
    names = list(METHODS)
    chosen: str = st.selectbox(
        f"Method {side}",
        names,
        index=names.index(DEFAULTS[side]),
        key=side,
        bind="query-params",
        help="What is done about the imbalance.",
    )
    return chosen
